/* SPDX-License-Identifier: Apache-2.0 */

/* ioc: what is and is not an indicator; parts against the whole; both searches
 * for candidates against each other. */

#include <stdlib.h>

#include <fett/ioc.h>
#include <fett/text.h>

#include "../../lib/ioc/scan.h"
#include "../../lib/ioc/vector.h"
#include "tap.h"

enum { MOST = 4096 };

struct hits {
    char text[MOST][96];
    size_t count;
};

static struct ioc_scanner *scanner;

static void keep(void *context, const struct ioc_hit *hit)
{
    struct hits *hits = context;

    if (hits->count < MOST)
        snprintf(hits->text[hits->count++], sizeof hits->text[0], "%llu+%u %s %s %.*s",
                 (unsigned long long)hit->offset, hit->length,
                 ioc_kind_name((enum ioc_kind)hit->kind),
                 ioc_encoding_name((enum ioc_encoding)hit->encoding),
                 (int)(hit->value_length < 40 ? hit->value_length : 40), hit->value);
}

static void scan_all(const void *data, size_t size, struct hits *hits)
{
    struct ioc_held_back held_back = { 0 };

    hits->count = 0;
    ioc_scan(scanner, data, size, 0, size, 0, keep, hits, &held_back);
}

/* The text holds exactly this hit of its kind, or none (expected NULL). */
static void finds(const char *text, const char *kind, const char *expected)
{
    static struct hits hits;
    const char *found = NULL;
    size_t count = 0;

    scan_all(text, strlen(text), &hits);
    for (size_t i = 0; i < hits.count; i++) {
        char got_kind[16];
        if (sscanf(hits.text[i], "%*s %15s", got_kind) == 1 && strcmp(got_kind, kind) == 0) {
            found = strrchr(hits.text[i], ' ') + 1;
            count++;
        }
    }
    if (!ok(expected ? count == 1 && found && strcmp(found, expected) == 0 : count == 0,
            "%s in \"%s\": %s", kind, text, expected ? expected : "none"))
        printf("# %zu, %s\n", count, found ? found : "");
}

static void test_kinds(void)
{
    finds("ping kozirog.netissat.net now", "domain", "kozirog.netissat.net");
    finds("WWW.EXAMPLE.COM", "domain", "www.example.com");
    finds("www.example.co.uk.", "domain", "www.example.co.uk");
    finds("co.uk", "domain", NULL);
    finds("kernel32.dll", "domain", NULL);
    finds("setup.exe", "domain", NULL);
    finds("foo.py", "domain", NULL);
    finds("a..b.com", "domain", "b.com");
    finds("-bad-.com", "domain", NULL);
    finds("this.is.no.notatld", "domain", NULL);
    finds("see http://www.example.com/a?b=c#d, then", "url", "http://www.example.com/a?b=c#d");
    finds("HTTP://User@Example.COM/Path", "url", "http://User@example.com/Path");
    finds("ftp://10.1.2.3:21/x", "url", "ftp://10.1.2.3:21/x");
    finds("nothttp:/one", "url", NULL);
    finds("foo://bar", "url", NULL);
    finds("http://-/", "url", NULL);
    finds("-o stratum+tcp://pool.example.com:3333 -u", "url",
          "stratum+tcp://pool.example.com:3333");
    finds("${jndi:ldap://192.0.2.9:1389/a}", "url", "ldap://192.0.2.9:1389/a");
    finds("(see http://example.com/a_(b)).", "url", "http://example.com/a_(b)");
    finds("(http://example.com/a)", "url", "http://example.com/a");
    finds("http://example.com/(a)(b).", "url", "http://example.com/(a)(b)");
    finds("mail <John.Doe@Example.com>", "email", "John.Doe@example.com");
    finds("x@localhost", "email", NULL);
    finds("@example.com", "email", NULL);
    finds("from 192.0.2.45 to", "ipv4", "192.0.2.45");
    finds("192.0.2.256", "ipv4", NULL);
    finds("route 192.0.2.0/24 via", "ipv4", NULL);
    finds("allow 192.0.2.0/24;", "ipv4", NULL);
    finds("10.0.0.0/8, 192.0.2.64/26.", "ipv4", NULL);
    finds("inet 192.0.2.77/24 brd", "ipv4", "192.0.2.77");
    finds("192.0.2.77/24, x", "ipv4", "192.0.2.77");
    finds("src 192.0.2.5/32 dst", "ipv4", "192.0.2.5");
    finds("192.0.2.0/24/x", "ipv4", "192.0.2.0");
    finds("http://192.0.2.45/24", "ipv4", "192.0.2.45");
    finds("192.0.2.45/index.html", "ipv4", "192.0.2.45");
    finds("192.0.2.45/99", "ipv4", "192.0.2.45");
    finds("1.2.3.4.5", "ipv4", NULL);
    finds("Version 10.20.30.40", "ipv4", NULL);
    finds("192.0.02.45", "ipv4", NULL);
    finds("the IP address (8.8.4.4) is", "ipv4", "8.8.4.4");
    finds("ping 1.1.1.2", "ipv4", "1.1.1.2");
    finds("SQL Server 8.0.0.194", "ipv4", NULL);
    finds("release 1.1.1.2", "ipv4", NULL);
}

/* Hosts inside longer words, and words that only look like hosts. */
static void test_fitting(void)
{
    finds("jo.doe@example.com.pst", "email", "jo.doe@example.com");
    finds("x jo.doe@example.com.pst x", "domain", "example.com");
    finds("javax.net.ssl.SSLSocket", "domain", NULL);
    finds("http://evil.example.com0$\x06", "url", "http://evil.example.com");
    finds("http://evil.example.com0$\x06", "domain", "evil.example.com");
    finds("http://evil.example.com0@ ", "url", "http://evil.example.com");
    finds("ddns.net", "domain", "ddns.net");
    finds("http://github.io/", "domain", "github.io");
    finds("co.uk", "domain", NULL);
    finds("http://user:pw@example.com:8080/", "email", NULL);
    finds("http://user@example.com/", "email", NULL);
    finds("http://user:pw@example.com:8080/", "domain", "example.com");
    finds("to: user@example.com", "email", "user@example.com");
    finds("http://[fe80::1]:80/x", "url", "http://[fe80::1]:80/x");
    finds("http://[not an address]/x", "url", NULL);
}

/* How sure a host is in its context: by classes, since a weight may move. */
enum sureness { HELD_BACK, WEAK, SURE }; /* below 50, below 60, above */

struct best {
    const char *host;
    int confidence;
};

static void keep_best(void *context, const struct ioc_hit *hit)
{
    struct best *best = context;

    if ((hit->kind == IOC_DOMAIN || hit->kind == IOC_ONION) &&
        hit->value_length == strlen(best->host) &&
        memcmp(hit->value, best->host, hit->value_length) == 0 &&
        hit->confidence > best->confidence)
        best->confidence = hit->confidence;
}

static void weighs(const char *text, size_t size, const char *host, enum sureness expected)
{
    static const char *const names[] = { "held back", "weak", "sure" };
    struct ioc_options options = IOC_OPTIONS_DEFAULT;
    struct ioc_held_back held_back = { 0 };
    struct ioc_scanner *all;
    struct error error = ERROR_INIT;
    struct best best = { host, -1 };

    options.min_confidence = 0;
    if (!ok(ioc_scanner_new(&all, &options, &error) == 0, "a scanner for %s", host))
        return;
    ioc_scan(all, (const uint8_t *)text, size, 0, size, 0, keep_best, &best, &held_back);
    ioc_scanner_free(all);
    enum sureness got = best.confidence >= 60 ? SURE : best.confidence >= 50 ? WEAK : HELD_BACK;
    if (!ok(best.confidence >= 0 && got == expected, "%s is %s in \"%.40s\"", host,
            names[expected], text))
        printf("# %d\n", best.confidence);
}

/* Made harmless by hand, in all encodings; what its value is, and what it stood as. */
static void undoes(const char *text, const char *kind, const char *value, const char *stood)
{
    static struct hits hits;
    size_t size = strlen(text);
    const char *at = strstr(text, stood);

    finds(text, kind, value);
    for (size_t low = 0; low < 2; low++) {
        uint8_t wide[512] = { low ? 0 : 0xff };
        bool found = false;
        for (size_t i = 0; i < size; i++)
            wide[2 * i + 1] = (uint8_t)text[i];
        scan_all(wide, 2 * size + (low ? 1 : 2), &hits);
        for (size_t i = 0; at && i < hits.count; i++) {
            unsigned long long offset;
            char got_kind[16], got[48];
            if (sscanf(hits.text[i], "%llu+%*u %15s %*s %47s", &offset, got_kind, got) == 3)
                found |= offset == 2u * (size_t)(at - text) + 1 - low &&
                         strcmp(got_kind, kind) == 0 && strcmp(got, value) == 0;
        }
        ok(found, "  in UTF-16%s, at its place: %s", low ? "BE" : "LE", value);
    }
}

static void test_defanged(void)
{
    undoes("see evil[.]com now", "domain", "evil.com", "evil[.]com");
    undoes("see www(dot)evil[DOT]com.", "domain", "www.evil.com", "www(dot)evil[DOT]com");
    undoes("hxxp://evil[.]com/a/b?c=d", "url", "http://evil.com/a/b?c=d", "hxxp");
    undoes("hXXps[://]gate[.]sh:8080/x", "url", "https://gate.sh:8080/x", "hXXps");
    undoes("<jo[at]evil{.}com>", "email", "jo@evil.com", "jo[at]");
    undoes("ip=192[.]0[.]2[.]45,", "ipv4", "192.0.2.45", "192[");
    undoes("hxxp://evil.com/plain", "url", "http://evil.com/plain", "hxxp");
    undoes("gate [.] evil [dot] com", "domain", "gate.evil.com", "gate");
    undoes("to jo [at] evil (dot) com now", "email", "jo@evil.com", "jo");
    undoes("2001[:]db9:1:2:3:4:5[:]6", "ipv6", "2001:db9:1:2:3:4:5:6", "2001");
    undoes("2a01[:]4f8[::]2", "ipv6", "2a01:4f8::2", "2a01");
    finds("see [.] and com", "domain", NULL);
    finds("gate [.]  com", "domain", NULL);
    finds("le point (.) ne change pas", "domain", NULL);
    finds("a literal [.] in brackets", "domain", NULL);
    undoes("{\"u\":\"https:\\/\\/evil.com\\/a?b=1\\u0026c=2\"}", "url",
           "https://evil.com/a?b=1&c=2", "https");
    undoes("http:\\\\/\\\\/evil.com\\\\/a", "url", "http://evil.com/a", "http");
    finds("{\"u\":\"https:\\/\\/evil.com\\/a\"}", "domain", "evil.com");
    finds("C:\\/\\/evil.com", "url", NULL);
    undoes("hxtps://evil.com/plain", "url", "https://evil.com/plain", "hxtps");
    undoes("meow://evil.com/plain", "url", "http://evil.com/plain", "meow");
    undoes("sfXp://evil.com/plain", "url", "sftp://evil.com/plain", "sfXp");
    undoes("http://a.evil[.]com/x[.]html", "url", "http://a.evil.com/x.html", "http");
    undoes("evil(.)org,worse{dot}invalid", "domain", "evil.org", "evil");
    finds("array[d] = list(a)", "domain", NULL);
    finds("see evil.com", "domain", "evil.com");
    finds("func(dot)product", "domain", NULL);
}

static void test_contexts(void)
{
    static const struct {
        const char *text, *host;
        enum sureness expected;
    } cases[] = {
        /* suffixes by themselves */
        { " evil.com ", "evil.com", SURE },
        { " evil.de ", "evil.de", WEAK },
        { " cdn.evil.de ", "cdn.evil.de", SURE },
        { " evil.xyz ", "evil.xyz", HELD_BACK },
        { " gate.evil.xyz ", "gate.evil.xyz", WEAK },
        { " gate.evil.pl ", "gate.evil.pl", WEAK },
        { " program.pl ", "program.pl", HELD_BACK },
        { " gate.evil.py ", "gate.evil.py", HELD_BACK },
        { " gate.evil.stream ", "gate.evil.stream", HELD_BACK },
        { " abcdefghijklmnop.onion ", "abcdefghijklmnop.onion", SURE },
        { " abcdefghijklmno.onion ", "abcdefghijklmno.onion", HELD_BACK },
        { " host.xn--p1ai ", "host.xn--p1ai", WEAK },
        /* parts of names in other alphabets: UTF-8, Latin-1 */
        { " m\xc3\xbcnchen-bank.de ", "xn--mnchen-bank-thb.de", WEAK },
        { "GET http://b\xfc" "cher-shop.de/", "cher-shop.de", HELD_BACK },
        { " www.\xd0\xb1" "anki.ru ", "anki.ru", HELD_BACK },
        { " cdn.evil.com\xc3\xa9 ", "cdn.evil.com", HELD_BACK },
        { "\xe2\x80\x94" "cdn.evil.com\xe2\x80\x94", "cdn.evil.com", SURE },
        { "\x82\x0c" "cdn.evil.com\x82", "cdn.evil.com", SURE },
        { "\xc2\xab" "cdn.evil.com\xc2\xbb", "cdn.evil.com", SURE },
        /* what makes a host of any suffix */
        { " www.evil.py ", "www.evil.py", SURE },
        { "http://gate.sh/", "gate.sh", SURE },
        { "https://play.stream", "play.stream", SURE },
        { "jo@bank.in ", "bank.in", SURE },
        { " evil.co.in ", "evil.co.in", SURE },
        { " shop.evil.com.pl ", "shop.evil.com.pl", SURE },
        { "Host: gate.evil.sh", "gate.evil.sh", SURE },
        { "\"host\": \"gate.evil.md\"", "gate.evil.md", WEAK },
        { " ns1.evil.so ", "ns1.evil.so", WEAK },
        { " *.evil.de ", "evil.de", SURE },
        { " \\\\files.evil.de\\share ", "files.evil.de", SURE },
        /* what a URL holds is a host, whatever it is called */
        { "http://this.config.stream/", "this.config.stream", SURE },
        { "http://java.sun.de/", "java.sun.de", SURE },
        /* names of mailboxes */
        { "<jo.doe.de@example.com>", "jo.doe.de", HELD_BACK },
        { "<ahmad.com@example.com>", "ahmad.com", HELD_BACK },
        /* packages, objects, members */
        { " javax.xml.stream ", "javax.xml.stream", HELD_BACK },
        { " com.sun.jmx.remote.security ", "com.sun.jmx.remote.security", HELD_BACK },
        { " jdk.internal.vm.ci ", "jdk.internal.vm.ci", HELD_BACK },
        { " com.sun.net ", "com.sun.net", HELD_BACK },
        { " com.com ", "com.com", SURE },
        { "return self.socket.ws;", "self.socket.ws", HELD_BACK },
        { "if (this.head.ch)", "this.head.ch", HELD_BACK },
        { "= lodash.prototype.at = x", "lodash.prototype.at", HELD_BACK },
        { " %Function.prototype.call% ", "function.prototype.call", HELD_BACK },
        /* source code around */
        { " $base.de ", "base.de", HELD_BACK },
        { " conn->data.frame.sz ", "data.frame.sz", HELD_BACK },
        { " rows.head.ch[0] ", "rows.head.ch", HELD_BACK },
        { " conn.dc.ci.(*fake) ", "conn.dc.ci", HELD_BACK },
        { " gp.sched.lr += 1", "gp.sched.lr", HELD_BACK },
        { " import selenium.common.by ", "selenium.common.by", HELD_BACK },
        { "pref(\"browser.touch.de\", 1)", "browser.touch.de", HELD_BACK },
        { " %s.example.com ", "s.example.com", WEAK },
        /* spelling */
        { " README.Debian.security ", "readme.debian.security", HELD_BACK },
        { " pip._vendor.android.de ", "pip._vendor.android.de", HELD_BACK },
        { " _dmarc.evil.com ", "_dmarc.evil.com", SURE },
        { " a.from.ch ", "a.from.ch", WEAK },
        { " SWP.B.GE ", "swp.b.ge", WEAK },
        { " FollowSite.com ", "followsite.com", SURE },
        { " FollowSite.de ", "followsite.de", HELD_BACK },
        { " qq.com ", "qq.com", WEAK },
        { "http://t.co/a ", "t.co", SURE },
        { "wtf@ao2.it ", "ao2.it", SURE },
        { "h@w.hm ", "w.hm", WEAK },
        { " Mapy.cz ", "mapy.cz", WEAK },
        { " rubocop.yml.tt ", "rubocop.yml.tt", HELD_BACK },
        { " evil.sh.cn ", "evil.sh.cn", SURE },
        /* bytes that are no text; a length; a character of UTF-8 */
        { "\x83\x05" "evil.com\x17\x99", "evil.com", WEAK },
        { "\x83\x08" "evil.com\x1a\x04", "evil.com", SURE },
        { "\xe9\x97\xae" "evil.com\xe3\x80\x82", "evil.com", SURE },
        /* escaped, and within lines */
        { "u=https%3A%2F%2Fevil.example.com%2F", "evil.example.com", SURE },
        { "u=https%253A%252F%252Fevil.example.com", "evil.example.com", SURE },
        { "-----evil.com-----", "evil.com", SURE },
    };
    bool words = word_listed(0), suffixes = suffix_listed(0);

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        weighs(cases[i].text, strlen(cases[i].text), cases[i].host, cases[i].expected);
    weighs("\0evil.ru\0", 9, "evil.ru", SURE);
    /* entries of folders in ext4 */
    weighs("\x14\0\x0c\x01" "cs.readme.de", 16, "cs.readme.de", HELD_BACK);
    weighs("\x14\0\x08\x02" "evil.com", 12, "evil.com", WEAK);
    weighs("\x07\0evil.ru\0", 10, "evil.ru", SURE); /* a length, not a folder's entry */
    for (size_t i = 1; word_listed(i); i++)
        words &= strcmp(word_listed(i - 1), word_listed(i)) < 0;
    ok(words, "the words are in order");
    for (size_t i = 1; suffix_listed(i); i++)
        suffixes &= strcmp(suffix_listed(i - 1), suffix_listed(i)) < 0;
    ok(suffixes, "the suffixes are in order");
}

static void test_noise(void)
{
    bool sorted = true;

    for (size_t i = 1; ioc_noise_host(i); i++)
        sorted &= strcmp(ioc_noise_host(i - 1), ioc_noise_host(i)) < 0;
    ok(sorted && ioc_noise_host(0), "the noise list is in order");
    for (size_t i = 0; ioc_noise_host(i); i++)
        if (!ioc_noise_reason(i) || !*ioc_noise_reason(i))
            ok(false, "a reason for %s", ioc_noise_host(i));
    finds("http://schemas.microsoft.com/x", "domain", NULL);
    finds("http://schemas.microsoft.com.example.org/x", "domain",
          "schemas.microsoft.com.example.org");
}

/* The only hit is at `first`, of the whole host. */
static void is_only_host(const uint8_t *data, size_t size, size_t first, const char *encoding,
                         const char *what)
{
    static struct hits hits;
    char expected[96];

    scan_all(data, size, &hits);
    snprintf(expected, sizeof expected, "%zu+40 domain %s kozirog.netissat.net", first, encoding);
    if (ok(hits.count == 1, "one hit in UTF-16: %s", what))
        same_text(hits.text[0], expected, what);
}

/* Zeros on both sides fit both byte orders: an even place is likelier. A byte that is none
 * before or behind the text decides at any place. */
static void test_utf16(void)
{
    const char *text = "kozirog.netissat.net";
    uint8_t data[128];

    for (size_t letter = 10; letter < 12; letter++) {
        const char *likely = letter % 2 == 0 ? "utf-16le" : "utf-16be";
        memset(data, 0, sizeof data);
        for (size_t i = 0; text[i]; i++)
            data[letter + 2 * i] = (uint8_t)text[i];
        is_only_host(data, sizeof data, 10, likely, "between zeros");
        data[letter - 1] = 0xff;
        is_only_host(data, sizeof data, letter, "utf-16le", "no zero before");
        data[letter - 1] = 0;
        data[letter + 39] = 0xff;
        is_only_host(data, sizeof data, letter - 1, "utf-16be", "no zero behind");
        /* beside a word in Cyrillic: "\u0430\u0431 " and "\u0430\u0431" before */
        data[letter + 39] = 0;
        memcpy(data + letter - 6, "\x30\x04\x31\x04 \0", 6);
        is_only_host(data, sizeof data, letter, "utf-16le", "Cyrillic in little-endian before");
        memcpy(data + letter - 7, "\x04\x30\x04\x31\0 \0", 7);
        is_only_host(data, sizeof data, 10, likely, "Cyrillic in big-endian before");
    }
}

/* `text` in one byte order, with the same bytes before and behind it in both, at `at`; the
 * place of it. */
static size_t wide_at(uint8_t *data, size_t at, const char *before, size_t before_size,
                      const char *text, bool big, const char *behind, size_t behind_size)
{
    memcpy(data + at, before, before_size);
    at += before_size;
    for (size_t i = 0; text[i]; i++) {
        data[at + 2 * i + big] = (uint8_t)text[i];
        data[at + 2 * i + !big] = 0;
    }
    memcpy(data + at + 2 * strlen(text), behind, behind_size);
    return at;
}

/* What follows a text in LE may look like its last letter in BE, and what is before one in BE
 * like its first letter in LE: a number of its letters or bytes before it tells, else the host
 * that there is. */
static void test_utf16_neighbours(void)
{
    static const struct {
        const char *what, *before, *behind;
        uint8_t before_size, behind_size;
        bool big;
    } cases[] = {
        { "a letter behind it, zeros before", "\0\0\0\0", "d3", 4, 2, false },
        { "units in 16 bits", "\xee\x14\0", "d3", 3, 2, false },
        { "bytes in 16 bits", "\xee\x28\0", "d3", 3, 2, false },
        { "bytes in 16 bits, no letter behind it", "\xee\x28\0", "\xee\xee", 3, 2, false },
        { "a letter of a few bytes before it", "\xee\xee\x80\2", "\xee\xee", 4, 2, false },
        { "such a letter behind it", "\xee\xee", "\x80\2\xee\xee", 2, 4, false },
        { "units in 32 bits", "\xee\x14\0\0\0", "d3", 5, 2, false },
        { "bytes in 32 bits", "\xee\x28\0\0\0", "d3", 5, 2, false },
        { "units in 32 bits, zeros behind", "\xee\x14\0\0\0", "\0\0\0\0", 5, 4, false },
        { "zeros before, no letter behind it", "\xee\0\0\0\0", "\xee\xee", 5, 2, false },
        { "a letter behind it, bytes in 8 bits", "\xee\x28", "d3", 2, 2, true },
        { "a letter behind it, bytes in 16 bits", "\xee\0\x28", "d3", 3, 2, true },
        { "a letter behind it, bytes in 32 bits", "\xee\0\0\0\x28", "d3", 5, 2, true },
        { "a name in DER", "\x03\x1e\x28", "0\x82", 3, 2, true },
        { "a byte order mark", "\xee\xfe\xff", "\0\0\0\0", 3, 4, true },
    };

    for (size_t at = 10; at < 12; at++)
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            uint8_t data[128];
            memset(data, 0xee, sizeof data);
            size_t place = wide_at(data, at, cases[i].before, cases[i].before_size,
                                   "kozirog.netissat.net", cases[i].big, cases[i].behind,
                                   cases[i].behind_size);
            is_only_host(data, sizeof data, place, cases[i].big ? "utf-16be" : "utf-16le",
                         cases[i].what);
        }
}

/* What is far from the begin of a document, with letters of another script in it, has the byte
 * order that even places have. */
static void test_utf16_document(void)
{
    static const char line[] = "see http://www.example.com/ now\r\n";
    static const uint16_t letters[] = { 0x17e, 'l', 'u', 0x165, 'o', 'u', 0x10d, 'k', 0xfd };
    static uint8_t data[1 << 15];
    static struct hits hits;

    for (size_t big = 0; big < 2; big++) {
        size_t wrong = 0, count = sizeof data / 2;
        for (size_t i = 0; i < count; i++) {
            uint16_t unit = (uint8_t)line[i % (sizeof line - 1)];
            if (i >= count / 2)
                unit = i % 500 < 9 ? letters[i % 500] : unit;
            if (i == 0)
                unit = 0xfeff;
            data[2 * i + big] = (uint8_t)unit;
            data[2 * i + !big] = (uint8_t)(unit >> 8);
        }
        scan_all(data, sizeof data, &hits);
        for (size_t i = 0; i < hits.count; i++)
            wrong += !strstr(hits.text[i], big ? "utf-16be" : "utf-16le");
        ok(hits.count > 900 && wrong == 0, "a document in UTF-16%s: %zu hits, %zu in the other",
           big ? "BE" : "LE", hits.count, wrong);
    }
}

/* The text is longer than what is walked over: no other order in its midst. */
static void test_long_utf16(void)
{
    static uint8_t data[1 << 16];
    static struct hits hits;

    for (size_t low = 0; low < 2; low++) {
        static const char *const encodings[] = { "utf-16le", "utf-16be" };
        size_t wrong = 0;
        memset(data, 0, sizeof data);
        for (size_t i = 0; i + 2 < sizeof data; i += 2)
            data[i + low] = (uint8_t)"see http://www.example.com/ now\r\n"[i / 2 % 33];
        scan_all(data, sizeof data, &hits);
        for (size_t i = 0; i < hits.count; i++)
            wrong += !strstr(hits.text[i], encodings[low]);
        ok(hits.count > 1900 && wrong == 0, "a long text in %s: %zu hits, %zu in the other order",
           encodings[low], hits.count, wrong);
    }
}

/* What stands in the text, which is UTF-8; `raw`: how. */
struct international {
    const char *text, *kind, *raw, *value;
};

/* `text` in one encoding between bytes that are no text, at `at`; its length there. */
static size_t lay_out(uint8_t *data, size_t size, size_t at, const char *text, size_t text_size,
                      enum ioc_encoding encoding)
{
    size_t used, length = 0;

    memset(data, 0xff, size);
    if (encoding == IOC_UTF8) {
        memcpy(data + at, text, text_size);
        return text_size;
    }
    for (size_t i = 0; i < text_size; i += used, length += 2) {
        uint32_t unit = text_code_point(text + i, text_size - i, &used);
        data[at + length + (encoding == IOC_UTF16BE)] = (uint8_t)unit;
        data[at + length + (encoding == IOC_UTF16LE)] = (uint8_t)(unit >> 8);
    }
    return length;
}

static void is_international(const struct international *example)
{
    static const enum ioc_encoding encodings[] = { IOC_UTF8, IOC_UTF16LE, IOC_UTF16BE };
    static struct hits hits;
    uint8_t data[512], rest[512];
    size_t before = (size_t)(strstr(example->text, example->raw) - example->text);
    /* letters of ISO 8859-1 have zeros beside them too, and nothing tells the order there */
    size_t places = strchr(example->raw, '\xc3') ? 1 : 2;

    for (int i = 0; i < 3; i++)
        for (size_t at = 8; at < 8 + places; at++) {
            size_t skipped = lay_out(rest, sizeof rest, 0, example->text, before, encodings[i]);
            size_t length = lay_out(rest, sizeof rest, 0, example->raw, strlen(example->raw),
                                    encodings[i]);
            size_t count = 0;
            char expected[96], got[96] = "";
            lay_out(data, sizeof data, at, example->text, strlen(example->text), encodings[i]);
            scan_all(data, sizeof data, &hits);
            for (size_t k = 0; k < hits.count; k++) {
                char kind[16];
                if (sscanf(hits.text[k], "%*s %15s", kind) == 1 &&
                    strcmp(kind, example->kind) == 0 && ++count == 1)
                    memcpy(got, hits.text[k], sizeof got);
            }
            snprintf(expected, sizeof expected, "%zu+%zu %s %s %.40s", at + skipped, length,
                     example->kind, ioc_encoding_name(encodings[i]), example->value);
            if (ok(count == 1, "one %s in \"%s\"", example->kind, example->text))
                same_text(got, expected, "  as it should be");
        }
}

/* The labels are those of RFC 3492 7.1, and of hosts that there are. */
static void test_international(void)
{
    static const struct international examples[] = {
        { "see b\u00fccher.example.de now", "domain", "b\u00fccher.example.de",
          "xn--bcher-kva.example.de" },
        { " \u0130stanbul.com.tr, ", "domain", "\u0130stanbul.com.tr",
          "xn--istanbul-o0e.com.tr" },
        { " STRA\u1e9eE.de, ", "domain", "STRA\u1e9eE.de", "xn--strae-oqa.de" },
        { " VI\u1ec6TNAM.vn, ", "domain", "VI\u1ec6TNAM.vn", "xn--vitnam-jk8b.vn" },
        { " M\u00dcNCHEN.de, ", "domain", "M\u00dcNCHEN.de", "xn--mnchen-3ya.de" },
        { "(\u043f\u0440\u0435\u0437\u0438\u0434\u0435\u043d\u0442.\u0440\u0444)", "domain",
          "\u043f\u0440\u0435\u0437\u0438\u0434\u0435\u043d\u0442.\u0440\u0444",
          "xn--d1abbgf6aiiy.xn--p1ai" },
        { "at \u4ed6\u4eec\u4e3a\u4ec0\u4e48\u4e0d\u8bf4\u4e2d\u6587.com.", "domain",
          "\u4ed6\u4eec\u4e3a\u4ec0\u4e48\u4e0d\u8bf4\u4e2d\u6587.com",
          "xn--ihqwcrb4cv8a8dqg056pqjye.com" },
        { "http://\u65e5\u672c\u8a9e.jp/a?b ", "url", "http://\u65e5\u672c\u8a9e.jp/a?b",
          "http://xn--wgv71a119e.jp/a?b" },
        { "http://\u65e5\u672c\u8a9e.jp/a?b ", "domain", "\u65e5\u672c\u8a9e.jp",
          "xn--wgv71a119e.jp" },
        { "ftp://me@b\u00fccher.de:21/", "url", "ftp://me@b\u00fccher.de:21/",
          "ftp://me@xn--bcher-kva.de:21/" },
        { "<Jo@b\u00fccher.de>", "email", "Jo@b\u00fccher.de", "Jo@xn--bcher-kva.de" },
        { "<Jo@\u65e5\u672c\u8a9e.jp>", "email", "Jo@\u65e5\u672c\u8a9e.jp",
          "Jo@xn--wgv71a119e.jp" },
    };

    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++)
        is_international(&examples[i]);
    finds("xn--d1abbgf6aiiy.xn--p1ai", "domain", "xn--d1abbgf6aiiy.xn--p1ai");
    /* beside scripts that are written without blanks, as before */
    finds("\u8bbf\u95eewww.example.com\u7684", "domain", "www.example.com");
    /* two alphabets in a label; no suffix; a word behind a full stop */
    finds("\u043f\u0440\u0438example.com", "domain", NULL);
    finds("b\u00fccher.notatld", "domain", NULL);
    finds("\u0441\u043b\u043e\u0432\u043e.\u0441\u0430\u0439\u0442", "domain", NULL);
    finds("b\u00fccher[.]de", "domain", "xn--bcher-kva.de");
    finds("hxxp://jo@b\u00fccher[.]de/a", "url", "http://jo@xn--bcher-kva.de/a");
    finds("-b\u00fccher.de", "domain", "xn--bcher-kva.de");
}

/* Bytes of other meaning have letters of all scripts: sentences of ASCII look like Han. */
static void test_no_international(void)
{
    static const char sentences[] = "not found.\0Next string.\0Name.NET\0";
    static struct hits hits;
    uint8_t data[128] = { 0 };

    scan_all(sentences, sizeof sentences, &hits);
    ok(hits.count == 1 && strstr(hits.text[0], "ascii name.net"), "sentences are no names");
    memcpy(data + 10, "\x4e\x61.\0N\0E\0T\0", 9); /* a number before ".NET" */
    scan_all(data, sizeof data, &hits);
    same_number((long long)hits.count, 0, "one letter of another script is no name in UTF-16");
}

/* Pseudo-random text of what indicators are made of. */
static void fill(uint8_t *data, size_t size, unsigned seed)
{
    static const char *const words[] = { "www.", "example", ".com", "http://", "@", ".", "a",
                                         "\0", " ", "10.", "1.2.3.4", "-", "net", "/", "mail",
                                         ".org", "w\0w\0w\0.\0a\0b\0.\0d\0e\0", "C:", "\\",
                                         "\\\\", "HKLM", "Global", "%TEMP%", ".exe", ".pdb", "::",
                                         "2001:db8", "C\0:\0\\\0", "Mozilla/4.0 (", "User-Agent:",
                                         "0123456789abcdef0f1e2d3c4b5a6978",
                                         "[.]", "(dot)", "[at]", "hxxp[:]//",
                                         "b\0[\0.\0]\0d\0e\0" };
    static const size_t lengths[] = { 4, 7, 4, 7, 1, 1, 1, 1, 1, 3, 7, 1, 3, 1, 4, 4, 18, 2, 1,
                                      2, 4, 6, 6, 4, 4, 2, 8, 6, 13, 11, 32, 3, 5, 4, 9, 12 };
    size_t at = 0;

    while (at < size) {
        seed = seed * 1103515245 + 12345;
        size_t word = (seed >> 16) % (sizeof words / sizeof *words);
        for (size_t i = 0; i < lengths[word] && at < size; i++)
            data[at++] = (uint8_t)words[word][i];
    }
}

static void test_parts(const char *kinds)
{
    enum { SIZE = 3000 };
    static struct hits whole, parts;
    static uint8_t data[SIZE];
    bool equal = true;

    for (unsigned seed = 1; seed <= 20; seed++) {
        fill(data, SIZE, seed);
        scan_all(data, SIZE, &whole);
        for (size_t part = 1; part < 200; part += 13) {
            struct ioc_held_back held_back = { 0 };
            parts.count = 0;
            for (size_t at = 0; at < SIZE; at += part)
                ioc_scan(scanner, data, SIZE, at, at + part < SIZE ? at + part : SIZE, 0, keep,
                         &parts, &held_back);
            equal &= parts.count == whole.count &&
                     memcmp(parts.text, whole.text, whole.count * sizeof whole.text[0]) == 0;
        }
        equal &= whole.count > 10;
    }
    ok(equal, "parts of every size put together are the whole: %s", kinds);
}

/* Text with hits in words and beside each other, which cross the borders of stretches; the same
 * in parts of several sizes is the same. */
static void test_stretches(void)
{
    enum { SIZE = 3 * STRETCH + 1000 };
    static const char *const words[] = {
        "see", "http://www.example.org/a/b?c=d", "evil[.]example[dot]net", "jo@mail.example.com",
        "198.51.100.7", "www.a-longer-name.with.more.labels.example.co.uk", "foo.bar.baz", "\n",
        "hxxp://bad(.)example(.)com/x", "2001:db8::7:1", "\\\\files.example.org\\share\\a.exe" };
    /* the address is found before its border, the URL around it behind */
    static const char border_word[] = " ftp://198.51.100.77@bad.border[.]example.org/a ";
    static struct hits whole, parts;
    static uint8_t data[SIZE];
    size_t at = 0, across = 0;
    bool equal = true;

    for (unsigned seed = 3; at < SIZE;) {
        seed = seed * 1103515245 + 12345;
        const char *word = words[(seed >> 16) % (sizeof words / sizeof *words)];
        for (size_t k = 0; word[k] && at < SIZE; k++)
            data[at++] = (uint8_t)word[k];
        for (size_t k = 0; k < 20 + (seed >> 24) && at < SIZE; k++) /* few hits fit into `whole` */
            data[at++] = ' ';
    }
    for (size_t border = STRETCH; border < SIZE; border += STRETCH)
        memcpy(data + border - sizeof border_word / 2, border_word, sizeof border_word - 1);
    scan_all(data, SIZE, &whole);
    for (size_t i = 0; i < whole.count; i++) {
        unsigned long offset, length;
        if (sscanf(whole.text[i], "%lu+%lu", &offset, &length) == 2)
            across += offset / STRETCH != (offset + length - 1) / STRETCH;
    }
    for (size_t part = 5000; part < SIZE; part = 2 * part + 777) {
        struct ioc_held_back held_back = { 0 };
        parts.count = 0;
        for (at = 0; at < SIZE; at += part)
            ioc_scan(scanner, data, SIZE, at, at + part < SIZE ? at + part : SIZE, 0, keep, &parts,
                     &held_back);
        equal &= parts.count == whole.count &&
                 memcmp(parts.text, whole.text, whole.count * sizeof whole.text[0]) == 0;
    }
    ok(equal && across > 3 && whole.count < MOST,
       "%zu hits over several stretches, %zu across their borders", whole.count, across);
}

/* Bytes of any value, and bytes that rules ask for. */
static void fill_anchors(uint8_t *data, size_t size, unsigned seed)
{
    static const char bytes[] = "..@::-\\\\/%?aAfFgtT09 _~\xe9\xd0\xb0\x04";

    for (size_t i = 0; i < size; i++) {
        seed = seed * 1103515245 + 12345;
        unsigned number = seed >> 16;
        data[i] = number & 64 ? (uint8_t)bytes[number % sizeof bytes]
                              : (number & 128 ? (uint8_t)(number >> 8) : 0);
    }
}

static size_t sifted_candidates(unsigned marks, const uint8_t *data, size_t size, size_t from,
                                size_t to, uint32_t *places)
{
    static struct sifted sifted;
    struct sieve sieve;

    sieve_init(&sieve, marks);
    sift(&sieve, true, data, size, from, to, &sifted);
    return candidates(marks, data, size, from, to, &sifted, places);
}

/* For each set of marks. */
static bool searches_agree(const uint8_t *data, size_t size)
{
    static uint32_t portable[5000], vector[5000];
    bool equal = true;

    for (unsigned marks = 0; marks < 2 * MARK_LAST; marks++)
        for (size_t from = 0; from < 70; from += 23) {
            size_t to = size - from / 2;
            size_t a = candidates_portable(marks, data, size, from, to, portable);
            size_t b = sifted_candidates(marks, data, size, from, to, vector);
            equal &= a == b && memcmp(portable, vector, a * sizeof *portable) == 0 &&
                     (a > 0 || !(marks & MARK_HOST));
        }
    return equal;
}

/* What the kinds are found by, with any bytes around. */
static void fill_random(uint8_t *data, size_t size, unsigned seed)
{
    static const char marks[] = ".@:\\%-_";

    for (size_t i = 0; i < size; i++) {
        seed = seed * 1103515245 + 12345;
        data[i] = seed >> 28 < 4 ? (uint8_t)marks[(seed >> 20) % (sizeof marks - 1)]
                                 : (uint8_t)(seed >> 16);
    }
}

static void test_candidates(void)
{
    enum { SIZE = 5000 };
    static uint8_t data[SIZE];
    bool equal = true;

    if (!vector_available()) {
        ok(true, "vector search # SKIP this processor has no AVX2");
        return;
    }
    for (unsigned seed = 1; seed <= 50; seed++) {
        fill_anchors(data, SIZE, seed);
        equal &= searches_agree(data, SIZE);
        fill_random(data, SIZE, seed);
        equal &= searches_agree(data, SIZE);
    }
    ok(equal, "the vector search finds what the portable one finds");
}

/* Marks of defang.c, whole and broken, in both encodings and at every place of a vector. */
static void test_marks_agree(void)
{
    static const char *const marks[] = { "[.]", "(dot)", "{DoT}", "[:]//x(.)", "{at}x[.]", "(@)x{.}",
                                         "[/]", "[,]", "(/", "[do]", "()", "{a}", "[\xb1]",
                                         "\\.", "\\\\.", "|.", "(Punto)", "[-]", "\b.", "[.[", ".]", ".)",
                                         "[.", "(.", "%2e", "%2E", "[Punto]", "<.>" };
    enum { SIZE = 400, MARKS = sizeof marks / sizeof *marks };
    static struct hits vector, portable;
    struct ioc_options options = IOC_OPTIONS_DEFAULT;
    struct ioc_scanner *both[2] = { scanner, NULL };
    static uint8_t data[SIZE];
    size_t most = 0;
    bool equal = true;

    options.portable = true;
    ok(ioc_scanner_new(&both[1], &options, NULL) == 0, "a portable scanner");
    for (size_t place = 0; place < 70; place++)
        for (size_t i = 0; i < 2 * MARKS; i++) {
            char word[40];
            int length = snprintf(word, sizeof word, " mail%s.evil-host%scom ", marks[i / 2],
                                  marks[i / 2]);
            for (size_t k = 0; k < SIZE; k++)
                data[k] = (uint8_t)"([{"[k % 3];
            for (size_t k = 0; k < (size_t)length; k++) {
                data[place + (i % 2 + 1) * k] = (uint8_t)word[k];
                if (i % 2)
                    data[place + 2 * k + 1] = 0;
            }
            scanner = both[1];
            scan_all(data, SIZE, &portable);
            scanner = both[0];
            scan_all(data, SIZE, &vector);
            equal &= portable.count == vector.count &&
                     memcmp(portable.text, vector.text, portable.count * sizeof *portable.text) == 0;
            most = vector.count > most ? vector.count : most;
        }
    ok(equal && most > 0, "the vector search finds the marks that the portable one finds");
    ioc_scanner_free(both[1]);
}

/* A scan may be interrupted by others that ask for other names, or for the same. */
static void test_answers(void)
{
    void *memory;
    struct answers *tables = answers_new(&memory), *taken[ANSWER_TABLES];
    enum { NAMES = 2 * ANSWER_COUNT };
    char name[60];
    bool right = true, apart = true;
    size_t remembered = 0;

    for (int i = 0; i < ANSWER_TABLES; i++) {
        taken[i] = answers_take(tables);
        apart &= taken[i] && (i == 0 || taken[i] != taken[i - 1]);
    }
    ok(apart && !answers_take(tables), "each scan has a table, one too many has none");
    answers_give_back(taken[3]);
    ok(answers_take(tables) == taken[3], "a table that was given back is taken again");
    for (int round = 0; round < 3; round++)
        for (unsigned i = 0; i < NAMES; i++) {
            snprintf(name, sizeof name, "host%u.example.%s", i, i % 3 ? "com" : "museum");
            for (unsigned question = 0; question < QUESTION_COUNT; question++) {
                struct answer *answer = answers_find(tables, name, strlen(name));
                const unsigned value = 3 * i + question;
                remembered += is_answered(answer, question);
                right &= !is_answered(answer, question) || answer->values[question] == value;
                right &= remember(answer, question, value) == value;
                answer = answers_find(tables, name, strlen(name));
                right &= is_answered(answer, question) && answer->values[question] == value;
            }
        }
    ok(right && remembered > 0, "what is remembered of a name was said of it");
    memset(name, 'a', sizeof name);
    struct answer *none = answers_find(tables, name, sizeof name);
    ok(!none && !is_answered(none, QUESTION_LABEL) && remember(none, QUESTION_LABEL, 7) == 7,
       "long names are not remembered");
    ok(!answers_find(NULL, "com", 3), "nor any without a table");
    free(memory);
}

int main(void)
{
    struct ioc_options options = IOC_OPTIONS_DEFAULT;
    struct error error = ERROR_INIT;

    if (!ok(ioc_scanner_new(&scanner, &options, &error) == 0, "a scanner"))
        return tap_done();
    test_kinds();
    test_fitting();
    test_defanged();
    test_contexts();
    test_noise();
    test_utf16();
    test_utf16_neighbours();
    test_utf16_document();
    test_long_utf16();
    test_international();
    test_no_international();
    test_parts("default kinds");
    test_stretches();
    test_candidates();
    test_marks_agree();
    test_answers();
    ioc_scanner_free(scanner);
    options = (struct ioc_options){ .kinds = IOC_KINDS_ALL };
    if (ok(ioc_scanner_new(&scanner, &options, &error) == 0, "a scanner for all kinds"))
        test_parts("all kinds");
    ioc_scanner_free(scanner);
    return tap_done();
}
