/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ioc_kinds: what is an indicator of each kind and what only looks like one, in
 * both encodings, and wherever the border between two blocks falls. The examples
 * are those of the documents that define the kinds, named beside them.
 */

#include <stdlib.h>

#include <fett/ioc.h>

#include "tap.h"

enum { TEXT_MOST = 2400, VALUE_MOST = 700 };

struct example {
    const char *text;
    const char *value; /* NULL: there is none */
};

struct seen {
    size_t count;
    uint64_t offset;
    unsigned length;
    unsigned encoding;
    char value[VALUE_MOST];
};

static void see(void *context, const struct ioc_hit *hit)
{
    struct seen *seen = context;

    seen->count++;
    seen->offset = hit->offset;
    seen->length = hit->length;
    seen->encoding = hit->encoding;
    snprintf(seen->value, sizeof seen->value, "%.*s", (int)hit->value_length, hit->value);
}

static struct ioc_scanner *scanner_of(const char *kind, unsigned min_confidence)
{
    struct ioc_scanner *scanner = NULL;
    struct ioc_options options = { .kinds = 1u << ioc_kind_by_name(kind),
                                   .min_confidence = min_confidence };

    if (ioc_kind_by_name(kind) < 0 || ioc_scanner_new(&scanner, &options, NULL) != 0)
        abort();
    return scanner;
}

static void scan_part(const struct ioc_scanner *scanner, const uint8_t *data, size_t size,
                      size_t start, size_t end, struct seen *seen)
{
    struct ioc_held_back held_back = { 0 };

    ioc_scan(scanner, data, size, start, end, 0, see, seen, &held_back);
}

/* The text between two line ends, `shift` bytes further, in 8 or 16 bits a character. */
static size_t lay_out(uint8_t data[2 * TEXT_MOST], const char *text, size_t step, size_t shift)
{
    size_t length = strlen(text);

    if (length + 3 > TEXT_MOST)
        abort();
    memset(data, 0, 2 * TEXT_MOST);
    data[shift] = '\n';
    for (size_t i = 0; i < length; i++)
        data[shift + (i + 1) * step] = (uint8_t)text[i];
    data[shift + (length + 1) * step] = '\n';
    return shift + (length + 2) * step;
}

/* What the whole shows, two parts show together, whatever their border. */
static bool parts_agree(const struct ioc_scanner *scanner, const uint8_t *data, size_t size,
                        const struct seen *whole)
{
    for (size_t border = 0; border <= size; border++) {
        struct seen parts = { 0 };
        scan_part(scanner, data, size, 0, border, &parts);
        scan_part(scanner, data, size, border, size, &parts);
        if (parts.count != whole->count || parts.offset != whole->offset ||
            parts.length != whole->length || strcmp(parts.value, whole->value) != 0)
            return false;
    }
    return true;
}

static bool shows(const struct ioc_scanner *scanner, const struct example *example, size_t step,
                  size_t shift)
{
    uint8_t data[2 * TEXT_MOST];
    size_t size = lay_out(data, example->text, step, shift);
    struct seen seen = { 0 };

    scan_part(scanner, data, size, 0, size, &seen);
    bool right = example->value
                     ? seen.count == 1 && strcmp(seen.value, example->value) == 0 &&
                           seen.encoding == (step == 1 ? IOC_ASCII : IOC_UTF16LE)
                     : seen.count == 0;
    if (!right)
        printf("# %zu bytes a character: %zu, %s\n", step, seen.count, seen.value);
    return right && parts_agree(scanner, data, size, &seen);
}

static void check(const char *kind, const struct example *examples, size_t count)
{
    struct ioc_scanner *scanner = scanner_of(kind, 50);

    for (size_t i = 0; i < count; i++) {
        const struct example *example = &examples[i];
        bool right = shows(scanner, example, 1, 0);
        right &= shows(scanner, example, 2, 0) && shows(scanner, example, 2, 7);
        ok(right, "%s in \"%s\": %s", kind, example->text,
           example->value ? example->value : "none");
    }
    ioc_scanner_free(scanner);
}

#define CHECK(kind, examples) check(kind, examples, sizeof examples / sizeof *examples)

/* Only with -a: the text shows it, but no more. */
static void is_weak(const char *kind, const char *text, const char *value)
{
    struct ioc_scanner *scanner = scanner_of(kind, 0);
    const struct example example = { text, value }, none = { text, NULL };

    ok(shows(scanner, &example, 1, 0), "%s in \"%s\", weak", kind, text);
    ioc_scanner_free(scanner);
    scanner = scanner_of(kind, 50);
    ok(shows(scanner, &none, 1, 0), "%s in \"%s\", not sure", kind, text);
    ioc_scanner_free(scanner);
}

static void test_ipv6(void)
{
    static const struct example examples[] = {
        /* RFC 4291 2.2 */
        { "2001:DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a" },
        { "FF01:0:0:0:0:0:0:101", "ff01::101" },
        { "2001:DB8::8:800:200C:417A", "2001:db8::8:800:200c:417a" },
        { "::FFFF:129.144.52.38", "::ffff:129.144.52.38" },
        /* RFC 5952 1, 2.2, 4.2.2, 4.2.3 */
        { "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
        { "2001:0db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
        { "2001:db8:0:0:0::1", "2001:db8::1" },
        { "2001:db8::0:1", "2001:db8::1" },
        { "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1" },
        { "2001:0:0:1:0:0:0:1", "2001:0:0:1::1" },
        { "2001:db8::", "2001:db8::" },
        { "2001:db8:a:b:c:d:0:0", "2001:db8:a:b:c:d::" },
        /* RFC 3986 3.2.2, RFC 4007 11, RFC 6052 2.4, RFC 4193 */
        { "http://[2001:db8::7]:8080/a", "2001:db8::7" },
        { "[fe80::1%eth0]:80", "fe80::1%eth0" },
        { "fe80::1234%1", "fe80::1234%1" },
        { "64:ff9b::192.0.2.33", "64:ff9b::c000:221" },
        { "fd12:3456:789a:1::1/64", "fd12:3456:789a:1::1" },
        { "It was 2001:db8::5.", "2001:db8::5" },
        { "2001:db8::5: unreachable", "2001:db8::5" },
        { "http://fdc4:2581:575b:5a72:0000:0000:0000:0001", "fdc4:2581:575b:5a72::1" },
        { "12:34:56", NULL },
        { "2000-11-22T12:34:56:78", NULL },
        { "00:11:22:33:44:55", NULL },
        { "00:11:22:33:44:55:66:77", NULL },
        { "a9:4a:8f:e5:cc:b1:9b:a6:1c:4c:08:73:d3:91:e9:87:98:2f:bb:d3", NULL },
        { "std::x", NULL },
        { "std::deque", NULL },
        { "add::face", NULL },
        { "abc::def::x", NULL },
        { "::", NULL },
        { "::1", NULL },
        { "2001:db8:::1", NULL },
        { "2001:db8::1::2", NULL },
        { "2001:db8:1:2:3:4:5:6:7", NULL },
        { "2001:db8:1:2:3:4:5", NULL },
        { "2001:db8::12345", NULL },
        { "2001:db8::192.0.2.256", NULL },
        { "x2001:db8::1", NULL },
        { "2001:db8::1x", NULL },
    };

    CHECK("ipv6", examples);
    is_weak("ipv6", "::1", "::1");
    is_weak("ipv6", "add::face", "add::face");
}

static void test_unc(void)
{
    static const struct example examples[] = {
        { "\\\\FILESRV\\public", "\\\\FILESRV\\public" },
        { "\\\\192.0.2.7\\C$\\WINNT\\system32\\a.exe", "\\\\192.0.2.7\\C$\\WINNT\\system32\\a.exe" },
        { "net use x: \\\\srv01\\ADMIN$ /user:x", "\\\\srv01\\ADMIN$" },
        { "\"\\\\srv01\\my share\\a b.doc\"", "\\\\srv01\\my share\\a b.doc" },
        { "char *s = \"\\\\\\\\srv01\\\\ipc$\\\\x\";", "\\\\srv01\\ipc$\\x" },
        { "{\"p\":\"\\\\\\\\\\\\\\\\srv01\\\\\\\\pub\\\\\\\\x\"}", "\\\\srv01\\pub\\x" },
        { "\\\\?\\UNC\\srv01\\public\\a", "\\\\?\\UNC\\srv01\\public\\a" },
        { "\\\\srv.example.com\\public.", "\\\\srv.example.com\\public" },
        { "(\\\\srv01\\public)", "\\\\srv01\\public" },
        { "\\\\srv01", NULL },
        { "\\\\srv01\\", NULL },
        { "srv01\\\\public\\\\x", NULL },
        { "a\\\\srv01\\public", NULL },
        { "C:\\\\srv01\\public", NULL },
        { "\\\\\\srv01\\public", NULL },
        { "\\\\n\\t", NULL },
        { "\\\\.\\PhysicalDrive0\\x", NULL },
        { "\\\\?\\C:\\Windows", NULL },
        { "\\\\.\\pipe\\lsass", NULL },
    };

    CHECK("unc", examples);
    is_weak("unc", "\\\\a\\b", "\\\\a\\b");
}

static void test_winpath(void)
{
    static const struct example examples[] = {
        { "C:\\WINNT\\system32\\soundv.exe", "C:\\WINNT\\system32\\soundv.exe" },
        { "Run C:\\Program Files\\Common Files\\a.exe -x now",
          "C:\\Program Files\\Common Files\\a.exe" },
        { "rundll32 C:\\a\\mre.dll,Entry", "C:\\a\\mre.dll" },
        { "\"C:\\Program Files (x86)\\My Folder\"", "C:\\Program Files (x86)\\My Folder" },
        { "Shell=C:\\Program Files\\Bad Folder", "C:\\Program Files\\Bad Folder" },
        { "C:\\Temp\\x is full", "C:\\Temp\\x" },
        { "(see C:\\WINNT\\system32).", "C:\\WINNT\\system32" },
        { "C:\\Program Files\\Foo (x86)\\a (1).exe, D:",
          "C:\\Program Files\\Foo (x86)\\a (1).exe" },
        { "\"C:\\\\WINNT\\\\a.exe\\n\"", "C:\\WINNT\\a.exe" },
        { "%SystemRoot%\\system32\\drivers\\a.sys", "%SystemRoot%\\system32\\drivers\\a.sys" },
        { "@%ProgramFiles(x86)%\\A\\b.dll,-100", "%ProgramFiles(x86)%\\A\\b.dll" },
        { "\\??\\C:\\WINNT\\a.sys", "\\??\\C:\\WINNT\\a.sys" },
        { "\\\\?\\C:\\WINNT\\a.sys", "\\\\?\\C:\\WINNT\\a.sys" },
        { "\"\\\\??\\\\C:\\\\WINNT\\\\a.sys\"", "\\??\\C:\\WINNT\\a.sys" },
        { "C:\\My Documents\\OFFER2001.ZIP                    .EXE",
          "C:\\My Documents\\OFFER2001.ZIP                    .EXE" },
        { "file:///C:\\a\\b.htm", "C:\\a\\b.htm" },
        { "C:\\a\\HKLM\\b.exe", "C:\\a\\HKLM\\b.exe" },
        { "C:\\", NULL },
        { "C:", NULL },
        { "abC:\\WINNT\\a.exe", NULL },
        { "C:/WINNT/a.exe", NULL },
        { "HKLM:\\Software\\x", NULL },
        { "50%\\system32\\a.exe", NULL },
        { "http://a/%20%\\a.exe", NULL },
        { "C:\\\"\\a.exe", NULL },
    };

    CHECK("winpath", examples);
    is_weak("winpath", "at C:\\x", "C:\\x");
}

/* Two paths in one text, each to its end. */
static void test_neighbours(void)
{
    struct ioc_scanner *scanner = scanner_of("winpath", 0);
    const char *texts[] = { "copy C:\\a\\b.txt D:\\c\\d.txt", "C:\\a\\b -%TEMP%\\d.txt",
                            "C:\\a\\b,C:\\c\\d.txt", "\\??\\C:\\a\\b \\??\\C:\\d.txt" };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct seen seen = { 0 };
        scan_part(scanner, (const uint8_t *)texts[i], strlen(texts[i]), 0, strlen(texts[i]), &seen);
        ok(seen.count == 2 && strstr(seen.value, "d.txt"), "two paths in \"%s\"", texts[i]);
    }
    ioc_scanner_free(scanner);
}

/* Letters that are not ASCII: as UTF-16, as UTF-8, in a code page. */
static void test_letters(void)
{
    static const uint8_t wide[] = "C\0:\0\\\0\x14\x04\x3e\x04\\\0a\0.\0e\0x\0e\0\0";
    static const uint8_t value_name[] = "C\0:\0\\\0\xdc\0.\0e\0x\0e\0\xac\xd6\xd3\x01";
    static const uint8_t folder_name[] = "C\0:\0\\\0A\0p\0p\0\xf7\x29\xd3\x01";
    static const char utf8[] = "\0C:\\B\xc3\xbcro\\a.exe";
    static const char latin1[] = "\0C:\\B\xfcro\\a.exe";
    struct ioc_scanner *scanner = scanner_of("winpath", 0);
    struct seen seen = { 0 };

    scan_part(scanner, wide, sizeof wide, 0, sizeof wide, &seen);
    same_text(seen.value, "C:\\\xd0\x94\xd0\xbe\\a.exe", "a path in UTF-16 with other letters");
    scan_part(scanner, (const uint8_t *)utf8, sizeof utf8, 0, sizeof utf8, &seen);
    same_text(seen.value, "C:\\B\xc3\xbcro\\a.exe", "a path in UTF-8");
    scan_part(scanner, (const uint8_t *)latin1, sizeof latin1, 0, sizeof latin1, &seen);
    same_text(seen.value, "C:\\B\xfcro\\a.exe", "a path in a code page, as it stands");
    same_number((long long)seen.count, 3, "each once");
    scan_part(scanner, value_name, sizeof value_name, 0, sizeof value_name, &seen);
    same_text(seen.value, "C:\\\xc3\x9c.exe", "what stands behind a type is not of the path");
    scan_part(scanner, folder_name, sizeof folder_name, 0, sizeof folder_name, &seen);
    same_text(seen.value, "C:\\App", "nor a number behind a folder");
    ioc_scanner_free(scanner);
}

static void test_registry(void)
{
    static const struct example examples[] = {
        { "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run",
          "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run" },
        { "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion]",
          "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion" },
        { "[-HKEY_CURRENT_USER\\Software\\x]", "HKEY_CURRENT_USER\\Software\\x" },
        { "HKCU:\\Software\\x", "HKCU:\\Software\\x" },
        { "hku\\.DEFAULT\\x", "hku\\.DEFAULT\\x" },
        { "\\Registry\\Machine\\System\\CurrentControlSet\\Services\\a",
          "\\Registry\\Machine\\System\\CurrentControlSet\\Services\\a" },
        { "\\\\REGISTRY\\\\USER\\\\S-1-5-18", "\\REGISTRY\\USER\\S-1-5-18" },
        { "Software\\Microsoft\\Windows\\CurrentVersion\\RunServices",
          "Software\\Microsoft\\Windows\\CurrentVersion\\RunServices" },
        { "\"SYSTEM\\\\ControlSet001\\\\Services\\\\a\"", "SYSTEM\\ControlSet001\\Services\\a" },
        { "Software\\Microsoft\\Internet Explorer\\",
          "Software\\Microsoft\\Internet Explorer" },
        { "reg add HKLM\\SOFTWARE\\x /v a", "HKLM\\SOFTWARE\\x" },
        { "HKLM\\", NULL },
        { "HKLM", NULL },
        { "xHKLM\\SOFTWARE\\x", NULL },
        { "C:\\backup\\HKLM\\x", NULL },
        { "C:\\Software\\Microsoft\\x", NULL },
        { "Software\\Foo", NULL },
        { "system\\drivers", NULL },
    };

    CHECK("regpath", examples);
}

static void test_objects(void)
{
    static const struct example pipes[] = {
        { "\\\\.\\pipe\\lsarpc", "\\\\.\\pipe\\lsarpc" },
        { "\"\\\\\\\\.\\\\pipe\\\\msagent_1f\"", "\\\\.\\pipe\\msagent_1f" },
        { "\\\\SRV01\\PIPE\\spoolss", "\\\\SRV01\\PIPE\\spoolss" },
        { "\\\\.\\pipe\\", NULL },
        { "\\\\.\\pipeline\\x", NULL },
        { "\\\\.\\mailslot\\x", NULL },
    };
    static const struct example mutexes[] = {
        { "Global\\MsWinZonesCacheCounterMutexA", "Global\\MsWinZonesCacheCounterMutexA" },
        { "CreateMutex(\"Global\\\\a-7\")", "Global\\a-7" },
        { "\"Local\\{C15730E2-145C-4c5e-B005-3BC753F42475}\"",
          "Local\\{C15730E2-145C-4c5e-B005-3BC753F42475}" },
        { "\\BaseNamedObjects\\Global\\SvcctrlStart", "\\BaseNamedObjects\\Global\\SvcctrlStart" },
        { "\\BaseNamedObjects\\a.b_c", "\\BaseNamedObjects\\a.b_c" },
        { "C:\\Users\\a\\AppData\\Local\\Temp", NULL },
        { "Local\\Microsoft\\Windows", NULL },
        { "Global\\a.exe", NULL },
        { "NotGlobal\\abcdef", NULL },
        { "Global\\", NULL },
    };

    CHECK("pipe", pipes);
    CHECK("mutex", mutexes);
    is_weak("mutex", "see Local\\Temp", "Local\\Temp");
}

static void test_names(void)
{
    static const struct example names[] = {
        { "start SOUNDV.EXE now", "SOUNDV.EXE" },
        { "drivers=mre.dll", "mre.dll" },
        { "OFFER2001.ZIP                                     .EXE",
          "OFFER2001.ZIP                                     .EXE" },
        { "Open invoice.pdf.scr.", "invoice.pdf.scr" },
        { "setup(1).exe", "setup(1).exe" },
        { "(see setup.exe)", "setup.exe" },
        { "foo(bar.vbs", "bar.vbs" },
        { "~$tmp_1.ps1;", "~$tmp_1.ps1" },
        { "{0f0}-a.msi", "{0f0}-a.msi" },
        { "a.txt bc.exe", "bc.exe" },
        { "COMMAND.COM", NULL },
        { "C:\\WINNT\\a.exe", NULL },
        { "C:\\My Folder\\my file.exe", NULL },
        { "http://example.com/a.exe", NULL },
        { "kernel32.dll.mui", NULL },
        { "a.exe_", NULL },
        { "a.executable", NULL },
        { "the .exe file", NULL },
        { "the     .exe file", NULL },
        { "example.com", NULL },
        { "a.txt", NULL },
        { "exe", NULL },
    };
    static const struct example symbols[] = {
        { "C:\\src\\bot\\Release\\bot.pdb", "C:\\src\\bot\\Release\\bot.pdb" },
        { "Loading C:\\my src\\bot.pdb", "C:\\my src\\bot.pdb" },
        { "\"C:\\\\src\\\\bot.pdb\"", "C:\\src\\bot.pdb" },
        { "../obj/bot.pdb", "../obj/bot.pdb" },
        { "/home/x/bot.pdb", "/home/x/bot.pdb" },
        { "\\\\srv01\\src\\bot.pdb", "\\\\srv01\\src\\bot.pdb" },
        { "C:\\src\\bot.pdb.zip", NULL },
        { "C:\\src\\bot.pdbx", NULL },
        { ".pdb", NULL },
    };

    CHECK("filename", names);
    CHECK("pdb", symbols);
    is_weak("filename", "www.example.com", "www.example.com");
    is_weak("filename", "the d.js one", "d.js");
    is_weak("pdb", "bot.pdb", "bot.pdb");
}

/* The debug directory of a program, PE specification 6.1.2 and the record of the
 * linker that it points to. */
static void test_debug_record(void)
{
    static const uint8_t data[] = "RSDS\x10\x32\x54\x76\x98\xba\xdc\xfe\x10\x32\x54\x76\x98\xba\xdc"
                                  "\xfe\x01\0\0\0my bot.pdb";
    struct ioc_scanner *scanner = scanner_of("pdb", 50);
    struct seen seen = { 0 };

    scan_part(scanner, data, sizeof data, 0, sizeof data, &seen);
    same_text(seen.value, "my bot.pdb", "a symbol file without its folder in a record of the linker");
    ioc_scanner_free(scanner);
}

/* Letters beyond ASCII in names. */
static void test_name_letters(void)
{
    static const uint8_t wide[] = "\0\0\x3a\x04\x3e\x04\x44\0.\0e\0x\0e\0\0";
    static const char utf8[] = "\0\xd0\xba\xd0\xbe" "d.exe";
    struct ioc_scanner *scanner = scanner_of("filename", 50);
    struct seen seen = { 0 };

    scan_part(scanner, wide, sizeof wide, 0, sizeof wide, &seen);
    same_text(seen.value, "\xd0\xba\xd0\xbe" "D.exe", "a name in UTF-16 with other letters");
    scan_part(scanner, (const uint8_t *)utf8, sizeof utf8, 0, sizeof utf8, &seen);
    same_text(seen.value, "\xd0\xba\xd0\xbe" "d.exe", "a name in UTF-8");
    ioc_scanner_free(scanner);
}

int main(void)
{
    test_ipv6();
    test_unc();
    test_winpath();
    test_neighbours();
    test_letters();
    test_registry();
    test_objects();
    test_names();
    test_name_letters();
    test_debug_record();
    return tap_done();
}
