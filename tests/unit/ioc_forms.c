/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ioc_forms: the forms in which hosts, URLs, mail addresses and addresses of networks stand in
 * text, and what only looks like them. From the documents named beside them, and from what the
 * test lists of other tools have.
 */

#include "ioc_examples.h"

#include "../../lib/ioc/scan.h"

static void test_mails(void)
{
    static const struct example examples[] = {
        /* RFC 5321 4.1.2, 4.1.3; RFC 3696 3 */
        { "o'brien@example.com", "o'brien@example.com" },
        { "\"jo smith\"@example.com", "\"jo smith\"@example.com" },
        { "\"john..doe\"@example.org", "\"john..doe\"@example.org" },
        { "\"very.unusual.@.unusual.com\"@example.com",
          "\"very.unusual.@.unusual.com\"@example.com" },
        { "_______@example.com", "_______@example.com" },
        { "_jo@example.com", "_jo@example.com" },
        { "jo@[192.0.2.7]", "jo@[192.0.2.7]" },
        { "jo@[IPv6:2001:db8::7]", "jo@[IPv6:2001:db8::7]" },
        { "user+tag%x@example.com", "user+tag%x@example.com" },
        /* what stands around them */
        { "'jo@example.com'", "jo@example.com" },
        { "u'jo@example.com'", "jo@example.com" },
        { "f('a','jo@example.com')", "jo@example.com" },
        { "-----jo@example.com-----", "jo@example.com" },
        { "\"jo@example.com\"", "jo@example.com" },
        { "\"Jo\" <jo@example.com>", "jo@example.com" },
        { "mail=jo%40example.com&a=b", "jo@example.com" },
        { "q=mail%3Djo%2540example.com", "jo@example.com" },
        { "\\u003Cjo@example.com\\u003E", "jo@example.com" },
        { "\"see.\\njo@example.com\"", "jo@example.com" },
        { "see\\r\\njo@example.com", "jo@example.com" },
        { "Outlook\\nick@example.com.ost", "nick@example.com" },
        { "\\u00e9jo@example.com", NULL },
        { "x=\"a\"@\"b.com\"", NULL },
        { "\"\"@example.com", NULL },
        { "a\"b\"@example.com", NULL },
        { "jo@[192.0.2.256]", NULL },
        { "jo@[192.0.2.7", NULL },
        { "%40example.com", NULL },
        { "@[192.0.2.7]", NULL },
    };

    CHECK("email", examples);
    is_weak("email", "ssh jo@192.0.2.7", "jo@192.0.2.7");
}

static void test_urls(void)
{
    static const struct example examples[] = {
        { "file:///C:/Temp/a.exe", "file:///C:/Temp/a.exe" },
        { "file:///etc/passwd", "file:///etc/passwd" },
        { "magnet:?xt=urn:btih:c12fe1c06bba254a9dc9f519b335aa7c1367a88a&dn=x",
          "magnet:?xt=urn:btih:c12fe1c06bba254a9dc9f519b335aa7c1367a88a&dn=x" },
        { "[a](http://example.com/a)", "http://example.com/a" },
        { "[http://example.com/a](b)", "http://example.com/a" },
        { "id,http://example.com/a,2001-01-01", "http://example.com/a" },
        { "http://example.com/a,b", "http://example.com/a,b" },
        { "http:\\\\example.com\\a\\b.exe", "http://example.com/a/b.exe" },
        { "http://evil[.com/a", "http://evil.com/a" },
        { "http://evil.]com/a", "http://evil.com/a" },
        { "?u=http%3A%2F%2Fexample.com%2Fa%3Fb%3Dc&d=e", "http://example.com/a?b=c" },
        { "?u=https%253A%252F%252Fexample.com%252Fa%2526b&d", "https://example.com/a&b" },
        { "?u=http:%2f%2fexample.com%2fa%20b", "http://example.com/a" },
        { "?u=http%3A%2F%2Fexample[.]com%2Fa%26b", "http://example.com/a&b" },
        { "http:\\\\www.evil.]com\\a", "http://www.evil.com/a" },
        /* in HTML */
        { "&quot;http://example.com/a&quot;&gt;b", "http://example.com/a" },
        { "<b>http://example.com/a&lt;/b&gt;", "http://example.com/a" },
        { "'http://example.com&#39; b", "http://example.com" },
        { "http://example.com/?a=1&amp;b=2", "http://example.com/?a=1&amp;b=2" },
        { "http://example.com/?a=1&lta=2&gtb=3", "http://example.com/?a=1&lta=2&gtb=3" },
        { "http:///a", NULL },
        { "http://-a.b.co", NULL },
        { "c:\\\\example.com\\a", NULL },
        { "file:\\\\example.com\\a", NULL },
        { "magnet:?x", NULL },
        { "a:?xt=urn:btih:c12fe1c06bba254a9dc9f519b335aa7c1367a88a", NULL },
        { "%3A%2F%2Fexample.com", NULL },
        { "file:///", NULL },
        { "file:///C:\\a", NULL },
    };

    CHECK("url", examples);
}

static void test_hosts(void)
{
    static const struct example examples[] = {
        { "evil[.com", "evil.com" },
        { "www[.]evil.com", "www.evil.com" },
        { "www.]evil[.]com", "www.evil.com" },
        { "link[.] webhook.site/a", "webhook.site" }, /* the first sentence has ended */
        { "bit.ly/2Vwv7", "bit.ly" },
        { "see t.me/durov", "t.me" },
        { "footballtimes.info", "footballtimes.info" },
        { "u%3Dhttp%3A%2F%2Fevil.info%2Fa", "evil.info" },
        { "a=jo%40evil.info", "evil.info" },
        { "http:\\\\evil.com\\a", "evil.com" },
        /* in JSON and scripts */
        { "\"https:\\u002F\\u002Fwww.evil.info\\u002Fa\"", "www.evil.info" },
        { "\\u003cjo@evil.info\\u003E", "evil.info" },
        { "line\\r\\nwww.evil.com", "www.evil.com" },
        { "\\new.evil.com", "new.evil.com" },
        { "\"\\new.evil.com\"", "ew.evil.com" }, /* a line in a text */
        { "\\u00a0www.evil.com", "www.evil.com" },
        { "\\u2019evil.com", "evil.com" },
        { "caf\\u00e9.evil.com", "evil.com" },
        { "\\u00fcevil.com", NULL },
        /* names of files that browsers make */
        { "https_www.evil.com_0.localstorage", "www.evil.com" },
        { "http_evil.ru_0.indexeddb.leveldb", "evil.ru" },
        { "http__www.evil.info_a_index.html", "www.evil.info" },
        { "see http__evil.com/a", "evil.com" },
        { "http_conn.is_valid", NULL },
        { "http_request.py", NULL },
        { "https_client.connection.py", NULL },
        /* files of hosts: what the owner is kept from */
        { "127.0.0.1\tupdate.evil.top", "update.evil.top" },
        { "0.0.0.0 evil.info # x", "evil.info" },
        { "1127.0.0.1 setup.top", NULL },
        /* of .za names are given below co.za and others alone */
        { "www.absa.co.za", "www.absa.co.za" },
        { "jo@absa.co.za", "absa.co.za" },
        { "tracert evil.info", "evil.info" },
        /* the usage of touch(1), and others of this form */
        { "[[CC]YY]MMDDhhmm[.ss]", NULL },
        { "x[.de", NULL },
        { "ASP.NET", NULL },
        { "using System.Net;", NULL },
        { "run command.com", NULL },
        { "see footballtimes.info.", NULL },
    };

    CHECK("domain", examples);
}

static void test_addresses(void)
{
    static const struct example examples[] = {
        { "192.0.2.1-254", "192.0.2.1" },
        { "192.000.002.001", "192.0.2.1" },
        { "010.000.000.007", "10.0.0.7" },
        { "1.2.3.4", "1.2.3.4" },
        { "dns 8.8.8.8", "8.8.8.8" },
        { "nameserver 192.0.2.53", "192.0.2.53" },
        { "DNS server: 192.0.2.53", "192.0.2.53" },
        { "driver 10.20.30.40", NULL },
        { "192.0.02.1", NULL },
        { "192.0.2.1-x", NULL },
        { "192.0.2.1-2-3", NULL },
        { "300.0.2.1-192", NULL },
        { "0-7.2.237.0", NULL }, /* versions, as Windows has them of drivers */
        { "2.5.0.9-2.7.17.0", NULL },
        { "192.0.2.1-193.0.2.1", NULL },
        { "is 1.2.3.4", NULL },
        { "1.2.3.0", NULL },
    };
    static const struct example groups[] = {
        { "v=spf1 ip6:2001:db8::7 -all", "2001:db8::7" },
        { "v=spf1 ip6:2001:db8:1::/48", "2001:db8:1::" },
        { "jo@[IPv6:2001:db8::7]", "2001:db8::7" },
        { "zip6:2001:db8::7", NULL },
        { "ip6:7", NULL },
    };

    CHECK("ipv4", examples);
    CHECK("ipv6", groups);
}

/* Both ends of a range. */
static void test_range(void)
{
    static const char text[] = "192.0.2.1-192.0.2.9";
    struct ioc_scanner *scanner = scanner_of("ipv4", 50);
    struct seen seen = { 0 };

    scan_part(scanner, (const uint8_t *)text, sizeof text - 1, 0, sizeof text - 1, &seen);
    ok(seen.count == 2 && seen.offset == 10 && strcmp(seen.value, "192.0.2.9") == 0,
       "both addresses of a range");
    ioc_scanner_free(scanner);
}

static void test_paths(void)
{
    static const struct example keys[] = {
        /* the address bar of regedit.exe, and its LastKey */
        { "Computer\\HKEY_LOCAL_MACHINE\\SOFTWARE\\X", "HKEY_LOCAL_MACHINE\\SOFTWARE\\X" },
        { "[HKEY_USERS\\S-1-5-18\\Software\\Windows Defender]",
          "HKEY_USERS\\S-1-5-18\\Software\\Windows Defender" },
        { "HKLM\\Software\\Policies\\Microsoft\\Windows Defender",
          "HKLM\\Software\\Policies\\Microsoft\\Windows Defender" },
        { "HKEY_DYN_DATA\\Config Manager\\Enum", "HKEY_DYN_DATA\\Config Manager\\Enum" },
        { "HKLM\\Software\\X is there", "HKLM\\Software\\X" },
        { "see HKLM\\Software\\X New", "HKLM\\Software\\X" },
        { "Computer\\HKLM\\x", NULL },
    };
    static const struct example files[] = {
        { "C:\\a\\b.txt:c.exe", "C:\\a\\b.txt:c.exe" },
        { "C:\\a\\b.txt:Zone.Identifier:$DATA -x", "C:\\a\\b.txt:Zone.Identifier:$DATA" },
        { "C:\\a\\b.txt::$DATA", "C:\\a\\b.txt::$DATA" },
        { "C:\\a\\b.c:12: error", "C:\\a\\b.c" },
        { "C:\\a\\b.txt: none", "C:\\a\\b.txt" },
        { "C:\\a\\b.txt:x", "C:\\a\\b.txt" },
        { "C:\\My Documents\\Old Letters", "C:\\My Documents\\Old Letters" },
        { "C:\\Temp\\x is full", "C:\\Temp\\x" },
        { "|C:\\a\\b c d|", "C:\\a\\b c d" },
    };
    static const struct example pipes[] = {
        { "\\\\?\\pipe\\evil", "\\\\?\\pipe\\evil" },
        { "\\??\\pipe\\evil", "\\pipe\\evil" },
    };

    CHECK("regpath", keys);
    CHECK("winpath", files);
    CHECK("pipe", pipes);
}

static void test_programs(void)
{
    static const struct example names[] = {
        /* of Unix, and in archives */
        { "/usr/bin/evil.sh", "evil.sh" },
        { "sub/evil.exe", "evil.exe" },
        { "a.bat", "a.bat" },
        { "run backup.tar.gz", "backup.tar.gz" },
        { "libevil.so", "libevil.so" },
        { "x.js", NULL },
        { "http://example.com/a/evil.exe", NULL },
        { "C:/a/evil.exe", NULL },
        { "%TEMP%/evil.exe", NULL },
        { "sub\\evil.exe", NULL },
    };
    static const struct example agents[] = {
        { "Mozilla/4.0", "Mozilla/4.0" },
        { "Mozilla/5.0 (compatible; Googlebot/2.1; +http://a)",
          "Mozilla/5.0 (compatible; Googlebot/2.1; +http://a)" },
        { "WinHTTP/1.0", "WinHTTP/1.0" },
        { "Mozilla/4.0 is", NULL },
    };
    static const struct example cards[] = {
        { "08:00:27:12:34:56", "08:00:27:12:34:56" },
        { "00-50-56-12-34-56", "00:50:56:12:34:56" },
        { "08:01:27:12:34:56", NULL },
    };

    CHECK("filename", names);
    CHECK("user-agent", agents);
    CHECK("mac", cards);
}

/* A URL that is longer in the block than it means ends where blocks that end near it show too. */
static void test_long_escapes(void)
{
    enum { SIZE = 4 * LIMIT_INDICATOR_BYTES, BORDER = 8 };
    static const char head[] = "u=http%3A%2F%2Fexample.com%2F";
    struct ioc_scanner *scanner = scanner_of("url", 50);
    struct seen whole = { 0 }, part = { 0 };
    uint8_t data[SIZE];

    for (size_t i = 0; i < SIZE; i++)
        data[i] = i < sizeof head - 1 ? (uint8_t)head[i] : (uint8_t)"%61"[(i - sizeof head + 1) % 3];
    scan_part(scanner, data, SIZE, 0, BORDER, &whole);
    scan_part(scanner, data, BORDER + IOC_MARGIN, 0, BORDER, &part);
    ok(whole.count == 1 && part.count == 1 && whole.length == part.length &&
           strcmp(whole.value, part.value) == 0,
       "a long URL with escapes does not depend on where a block ends");
    ioc_scanner_free(scanner);
}

/* Letters beyond ASCII: RFC 6531 in names of mailboxes, and as browsers show URLs. */
static void test_letters(void)
{
    static const struct {
        const char *kind, *text, *value; /* NULL: none */
    } cases[] = {
        { "email", "gr\xc3\xb6\xc3\x9f" "e@example.com", "gr\xc3\xb6\xc3\x9f" "e@example.com" },
        { "email", "\xd0\xb0@\xd0\xb1\xd0\xb2.\xd1\x80\xd1\x84",
          "\xd0\xb0@xn--90ac.xn--p1ai" },
        { "email", "\xe7\x94\xa8\xe6\x88\xb7jo@example.com", "jo@example.com" },
        { "email", "\xd0\xbfjo@example.com", NULL }, /* two alphabets */
        { "url", "http://example.com/wiki/\xd0\xa0\xd0\xbe, x",
          "http://example.com/wiki/\xd0\xa0\xd0\xbe" },
        { "url", "http://example.com/M\xc3\xbcnchen", "http://example.com/M\xc3\xbcnchen" },
        { "url", "http://example.com/a\xe6\x9f\xa5", "http://example.com/a" },
        { "url", "http://example.com/\xe6\x9f\xa5", "http://example.com/\xe6\x9f\xa5" },
        { "url", "http://example.com/a\xfc", "http://example.com/a" }, /* not UTF-8 */
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ioc_scanner *scanner = scanner_of(cases[i].kind, 50);
        struct seen seen = { 0 };
        size_t size = strlen(cases[i].text);
        scan_part(scanner, (const uint8_t *)cases[i].text, size, 0, size, &seen);
        bool right = cases[i].value ? seen.count == 1 && strcmp(seen.value, cases[i].value) == 0
                                    : seen.count == 0;
        if (!ok(right && parts_agree(scanner, (const uint8_t *)cases[i].text, size, &seen),
                "%s with letters beyond ASCII, %zu", cases[i].kind, i))
            printf("# %zu, %s\n", seen.count, seen.value);
        ioc_scanner_free(scanner);
    }
}

static void is_wide(const char *kind, const char *text, size_t size, const char *value,
                    const char *what)
{
    struct ioc_scanner *scanner = scanner_of(kind, 50);
    struct seen seen = { 0 };

    scan_part(scanner, (const uint8_t *)text, size, 0, size, &seen);
    ok(seen.count == 1 && strcmp(seen.value, value) == 0, "%s", what);
    ioc_scanner_free(scanner);
}

static void test_wide(void)
{
    static const char name[] = "g\0r\0\xf6\0\xdf\0e\0@\0e\0x\0a\0m\0p\0l\0e\0.\0c\0o\0m\0 ";
    /* What stands behind text without an end mark, as in event logs, looks like a letter. */
    static const char end[] = "/\0h\0t\0t\0p\0:\0/\0/\0a\0.\0d\0e\0/\0w\0\xfc\0b\0\x02\x01\x01\0";

    is_wide("email", name, sizeof name, "gr\xc3\xb6\xc3\x9f" "e@example.com",
            "a name with letters beyond ASCII in UTF-16");
    is_wide("url", end, sizeof end, "http://a.de/w\xc3\xbc" "b",
            "one letter behind a URL in UTF-16 is not of it");
}

/* Halves and rests that quoted-printable leaves, in lines of 50 to 76 characters. */
#define LINE "a line of a mail that is not shorter than it must be "
static void test_quoted_printable(void)
{
    static const struct example whole[] = {
        { "behind =\nwww.example.org", "www.example.org" },
        { "jo@=\r\nexample.org", "example.org" },
        { "www.example.org=\n/path", "www.example.org" },
        { "aGVsbG8gd29ybGQgaGVsbG8gd29ybGQgaGVsbG8=\nexample.org", "example.org" },
        { "a==\nexample.org", "example.org" },
        { "site=20minutes.fr", "20minutes.fr" },
        { "[proxy]\nserver=\nkozirog.netissat.net\n", "kozirog.netissat.net" },
        { LINE "that no mail has, as long as it is, server=\nkozirog.netissat.net",
          "kozirog.netissat.net" },
    };

    check("domain", whole, sizeof whole / sizeof *whole);
    is_weak("domain", LINE "visit exam=\nple.org today", "ple.org");
    is_weak("domain", "from\n" LINE "visit exam=\r\nple.org/a", "ple.org");
    is_weak("domain", LINE "at mail.example.co=\nm now", "mail.example.co");
    is_weak("domain", "a=3Dexample.org", "3dexample.org");
    is_weak("domain", "from b=C3=BCcher.example.de", "bccher.example.de");
    is_weak("email", LINE "to jo=\r\ne@example.org", "e@example.org");
    is_weak("email", LINE "to joe@example.co=\r\nm", "joe@example.co");
    is_weak("url", LINE "http://www.exam=\r\nple.org/", "http://www.exam=");
}

/* Forms of hosts that are not to be clicked on, as ioc-fanger, iocextract and reports have them,
 * and of patterns and Markdown. */
static void test_marks(void)
{
    static const struct example hosts[] = {
        { "evil[,]example.com", "evil.example.com" },
        { "www[,]evil[,]com now", "www.evil.com" },
        { "diota[-]ar.com/a", "diota-ar.com" },
        { "www[.[evil[.[com", "www.evil.com" },
        { "evil (punto) com", "evil.com" },
        { "evil [punkt] com", "evil.com" },
        { "evil(point)com", "evil.com" },
        { "www\\.evil\\.com", "www.evil.com" },
        { "\"www\\\\.evil\\\\.com\"", "www.evil.com" },
        { "^(www\\.)?kozirog\\.com$", "kozirog.com" },
        { "https?:\\/\\/www\\.evil\\.com\\/a", "www.evil.com" },
        { "\\\\www[.]evil[.]com\\a\\b.exe", "www.evil.com" },
        { "\\\\\\\\www[.]evil[.]com\\\\www.exe", "www.evil.com" },
        /* halves, and %2E, which RFC 3986 2.3 wants nobody to write */
        { "see evil(.com/a", "evil.com" },
        { "see www.evil.)com", "www.evil.com" },
        { "see www.evil.]com", "www.evil.com" },
        { "evil[.com]", "evil.com" },
        { "u=http%3A%2F%2Fevil%2Ecom%2Fa", "evil.com" },
        { "www%2eevil.com", "www.evil.com" },
        { "C:\\Users\\jo\\.net", NULL },
        { "C:\\Users\\jo\\.net\\a.exe", NULL },
        { "(see evil.)com", NULL },
        { "log(.info, a)", NULL },
        { "qw(.com .exe)", NULL },
        { "name(.zip)", NULL },
        { "\\bevil\\.com", NULL },
        { "evil(,)com", NULL },
        { "evil(-)host(-)com", NULL },
        { "the (point) of it", NULL },
        { "setup\\.py", NULL },
        { "evil\\..com", NULL },
        { "evil\\\\\\.com", NULL },
    };
    static const struct example shares[] = {
        { "run \\\\evil[.]example[.]com\\share\\x.exe", "\\\\evil.example.com\\share\\x.exe" },
        { "\"\\\\\\\\evil[.]com\\\\share\\\\my file.exe\"", "\\\\evil.com\\share\\my file.exe" },
        { "\\\\evil(dot)com\\share\\a[.]exe", "\\\\evil.com\\share\\a.exe" },
        { "\\\\198[.]51[.]100[.]7\\c$\\x", "\\\\198.51.100.7\\c$\\x" },
        { "\\\\evil[.]com@SSL\\DavWWWRoot\\x", "\\\\evil.com@SSL\\DavWWWRoot\\x" },
        { "\\\\evil[.]com", NULL },
        { "a\\\\evil[.]com\\share\\x", NULL },
        { "\\evil[.]com\\share\\x", NULL },
    };
    static const struct example urls[] = {
        { "hxxp:\\\\evil[.]com\\a", "http://evil.com/a" },
        { "hxxps[:]\\\\evil[.]com\\a", "https://evil.com/a" },
        { "hxxps[:]\\\\evil.com", "https://evil.com" },
        { "http://www\\.evil\\.com/a", "http://www.evil.com/a" },
        { "http[:]//evil[,]com/a", "http://evil.com/a" },
        { "http://evil(.com/a", "http://evil.com/a" },
        { "http%3A%2F%2Fevil%2Ecom", "http://evil.com" },
        { "u=http%3A%2F%2Fevil%2Ecom%2Fa%20b", "http://evil.com/a" },
        { "http://evil%2Ecom/a", "http://evil.com/a" },
        { "x[:]\\\\evil.com", NULL },
    };
    static const struct example mails[] = {
        { "jo (arroba) example (punto) com", "jo@example.com" },
        { "jo@example\\.com", "jo@example.com" },
        { "jo[arobase]example[point]com", "jo@example.com" },
        { "jo@example8.]com", "jo@example8.com" },
    };
    static const struct example numbers[] = {
        { "198\\.51\\.100\\.7", "198.51.100.7" },
        { "198[,]51[,]100[,]7", "198.51.100.7" },
        { "22.)22.)22.)22", "22.22.22.22" },
        { "198%2E51%2E100%2E7", "198.51.100.7" },
        { "1\\.2\\.3", NULL },
    };

    CHECK("domain", hosts);
    CHECK("unc", shares);
    CHECK("url", urls);
    CHECK("email", mails);
    CHECK("ipv4", numbers);
}

/* Halves and rests that character references of HTML leave. */
static void test_references(void)
{
    static const struct example whole[] = {
        { "mail jo&#64;www.example.org", "www.example.org" },
        { "&#8203;www.example.org&#8203;", "www.example.org" },
        { "&nbsp;www.example.org&nbsp;", "www.example.org" },
        { "&#;www.example.org&#x;", "www.example.org" },
        { "#46;www.example.org&46;", "www.example.org" },
    };

    check("domain", whole, sizeof whole / sizeof *whole);
    is_weak("domain", "see www&#46;example.org now", "example.org");
    is_weak("domain", "see www&#x2E;example.org now", "example.org");
    is_weak("domain", "see ev&#0105;l.org now", "l.org");
    is_weak("domain", "see www.example.co&#46;uk now", "www.example.co");
    is_weak("email", "see jo&#46;ann@example.org now", "ann@example.org");
    is_weak("url", "see http://www&#46;example&#46;org/ now", "http://www&#46;example&#46;org/");
}

/* What binary formats have before and behind a text, none of which is a separator. */
struct packed {
    const char *kind;
    const char *bytes;
    size_t size;
    const char *value; /* NULL: there is none */
};

#define PACKED(kind, bytes, value) { kind, bytes, sizeof bytes - 1, value }

static void check_packed(const struct packed *examples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct packed *example = &examples[i];
        const uint8_t *data = (const uint8_t *)example->bytes;
        struct ioc_scanner *scanner = scanner_of(example->kind, 50);
        struct seen seen = { 0 };
        scan_part(scanner, data, example->size, 0, example->size, &seen);
        bool right = example->value ? seen.count == 1 && strcmp(seen.value, example->value) == 0
                                    : seen.count == 0;
        ok(right && parts_agree(scanner, data, example->size, &seen), "%s among bytes, %zu: %s",
           example->kind, i, example->value ? example->value : "none");
        if (!right)
            printf("# %zu, %s\n", seen.count, seen.value);
        ioc_scanner_free(scanner);
    }
}

/* Values of hives of Windows 9x, laid out as libyal's documentation of CREG has them: type,
 * something, lengths of the name and of the data. */
static void test_values(void)
{
    static const struct packed examples[] = {
        PACKED("domain", "\1\0\0\0\x9\x8\x7\x6\6\0\x11\0" "Domain" "evil.example.com\0\1\0\0\0",
               "evil.example.com"),
        PACKED("ipv4", "\0\1\0\0\0\0\0\0\0\xa\0\x9\0" "NameServer" "10.2.0.24\1\0\0\0",
               "10.2.0.24"),
        PACKED("email", "\1\0\0\0\0\0\0\0\x12\0\xf\0" "SMTP Email Address" "jo@example.com\0",
               "jo@example.com"),
        PACKED("winpath", "\1\0\0\0\0\0\0\0\6\0\x16\0" "Soundv" "C:\\WINDOWS\\SOUNDV.EXE\0",
               "C:\\WINDOWS\\SOUNDV.EXE"),
        PACKED("winpath", "\1\0\0\0\0\0\0\0\4\0\x11\0" "Path" "C:\\My Files\\a b\0",
               "C:\\My Files\\a b"),
        PACKED("winpath", "\1\0\0\0\0\0\0\0\4\0\x11\0" "Path" "%windir%\\b.exe\0",
               "%windir%\\b.exe"),
        PACKED("filename", "\1\0\0\0\0\0\0\0\x10\0\xb\0" "LoadPowerProfile" "rundll32.exe\0",
               "rundll32.exe"),
        PACKED("unc", "\1\0\0\0\0\0\0\0\4\0\x16\0" "Home" "\\\\srv.example.com\\a$\0",
               "\\\\srv.example.com\\a$"),
        /* lengths of other things */
        PACKED("domain", "\x55\0\0\0\0\0\0\0\6\0\x11\0" "Domain" "evil.example.com\0",
               "domainevil.example.com"),
    };

    check_packed(examples, sizeof examples / sizeof *examples);
}

/* Names in certificates (X.690 8.1, RFC 5280 4.1.2.4), as openssl(1) writes them: a tag, the
 * length, the text; then the next tag and length. */
static void test_certificates(void)
{
    static const struct packed examples[] = {
        PACKED("domain", "\x13\x10www.example7.com1+0)\6\3U\4\3", "www.example7.com"),
        PACKED("domain", "\x13\x10www.example7.com1200\6\3U\4\3", "www.example7.com"),
        PACKED("domain", "\x0c\x0fwww.example9.ru1 0\x1e\6\x9*\x86H", "www.example9.ru"),
        PACKED("domain", "\x82\x0fwww.example9.de0\x82\1\1", "www.example9.de"),
        PACKED("email", "\x16\x0fjo@www.evil5.ru0\x82\1\x22", "jo@www.evil5.ru"),
        PACKED("domain", "\x16\x0fjo@www.evil5.ru1\x82\1\x22", "www.evil5.ru"),
        PACKED("domain", "\x13\x0fwww.example7.com1+0)\6\3U\4\3", NULL),
        PACKED("domain", "\x0c\x0ewww.example9.ru1 0\x1e\6\x9*\x86H", NULL),
    };

    check_packed(examples, sizeof examples / sizeof *examples);
}

static void test_known(void)
{
    bool sorted = known_listed(0);

    for (size_t i = 1; known_listed(i); i++)
        sorted &= strcmp(known_listed(i - 1), known_listed(i)) < 0;
    ok(sorted, "the known names are in order");
}

int main(void)
{
    test_mails();
    test_urls();
    test_hosts();
    test_addresses();
    test_range();
    test_paths();
    test_programs();
    test_long_escapes();
    test_letters();
    test_wide();
    test_quoted_printable();
    test_references();
    test_marks();
    test_values();
    test_certificates();
    test_known();
    return tap_done();
}
