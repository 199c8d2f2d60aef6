/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ioc_kinds: what is an indicator of each kind and what only looks like one, in
 * both encodings, and wherever the border between two blocks falls. The examples
 * are those of the documents that define the kinds, named beside them.
 */

#include "ioc_examples.h"

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
        { "\\\\srv01@SSL@8443\\DavWWWRoot\\a", "\\\\srv01@SSL@8443\\DavWWWRoot\\a" },
        { "\\\\192.0.2.7@80\\pub\\a.exe", "\\\\192.0.2.7@80\\pub\\a.exe" },
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
        { "C:\\WINNT\\temp\\-", "C:\\WINNT\\temp" },
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
        { "\\SystemRoot\\System32\\drivers\\a.sys", "\\SystemRoot\\System32\\drivers\\a.sys" },
        { "\\Device\\HarddiskVolume1\\WINNT\\a.exe", "\\Device\\HarddiskVolume1\\WINNT\\a.exe" },
        { "\\Device\\Tcp\\x", NULL },
        { "file:///C:\\a\\b.htm", "C:\\a\\b.htm" },
        { "C:\\a\\HKLM\\b.exe", "C:\\a\\HKLM\\b.exe" },
        { "C:\\", NULL },
        { "C:", NULL },
        { "abC:\\WINNT\\a.exe", NULL },
        { "HKLM:\\Software\\x", NULL },
        { "50%\\system32\\a.exe", NULL },
        { "http://a/%20%\\a.exe", NULL },
        { "C:\\\"\\a.exe", NULL },
    };

    CHECK("winpath", examples);
    is_weak("winpath", "at C:\\x", "C:\\x");
}

/* What goes on beyond the limits is given as far as they go. */
static void test_long(void)
{
    static char text[2 * TEXT_MOST] = "C:\\";
    struct ioc_scanner *scanner = scanner_of("winpath", 50);
    struct seen seen = { 0 };

    for (size_t i = 3; i + 1 < sizeof text; i += 2)
        memcpy(text + i, "a\\", 2);
    scan_part(scanner, (const uint8_t *)text, sizeof text, 0, sizeof text, &seen);
    ok(seen.count == 1 && seen.length > 1000 && seen.length <= 1024, "a path that is too long");
    ioc_scanner_free(scanner);
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

/* Slashes instead of backslashes, and variables as PowerShell has them. */
static void test_slashes(void)
{
    static const struct example examples[] = {
        { "D:/a.exe", "D:/a.exe" },
        { "run C:/Windows/System32/cmd.exe /c", "C:/Windows/System32/cmd.exe" },
        { "\"C:/Program Files/My App/a.exe\"", "C:/Program Files/My App/a.exe" },
        { "file:///C:/Temp/a.dll", "C:/Temp/a.dll" },
        { "copy %APPDATA%/x.exe", "%APPDATA%/x.exe" },
        { "Start $env:TEMP\\x.exe", "$env:TEMP\\x.exe" },
        { "${Env:ProgramFiles(x86)}\\a\\x.exe", "${Env:ProgramFiles(x86)}\\a\\x.exe" },
        { "PATH=/usr/a:/b/c", NULL },
        { "s/a:/b/g", NULL },
        { "http://example.com/a.exe", NULL },
        { "a:/", NULL },
        { "C://a.exe", NULL },
        { "$TEMP\\x", NULL },
        { "env:TEMP\\x.exe", NULL },
        { "100%/a.exe", NULL },
    };

    CHECK("winpath", examples);
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
        { " \\Device\\NamedPipe\\msagent_1f ", "\\Device\\NamedPipe\\msagent_1f" },
        { "open \\PIPE\\browser", "\\PIPE\\browser" },
        { "C:\\pipe\\x", NULL },
        { "a\\pipe\\x", NULL },
        { "pipe\\x", NULL },
        { "\\Device\\NamedPipe", NULL },
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
        { "\\Sessions\\1\\BaseNamedObjects\\abc-1", "\\Sessions\\1\\BaseNamedObjects\\abc-1" },
        { "\"\\\\Sessions\\\\12\\\\BaseNamedObjects\\\\Local\\\\abc\"",
          "\\Sessions\\12\\BaseNamedObjects\\Local\\abc" },
        { "mutex: Local\\abc-1", "Local\\abc-1" },
        { "see Local\\{C15730E2-145C-4c5e-B005-3BC753F42475}",
          "Local\\{C15730E2-145C-4c5e-B005-3BC753F42475}" },
        { "see Local\\abc-1", NULL },
        { "x\\BaseNamedObjects\\abc", NULL },
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
        { "open order.docm", "order.docm" },
        { "GET upload.aspx", "upload.aspx" },
        { "drop stage2.sct", "stage2.sct" },
        { "wget bot.x86.tgz", "bot.x86.tgz" },
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
        { "(d:\\src\\bot.pdb)", "d:\\src\\bot.pdb" },
        { "'d:\\src\\bot.pdb'", "d:\\src\\bot.pdb" },
        { "pdb=d:\\src\\bot.pdb;", "d:\\src\\bot.pdb" },
        { "PDB path: d:\\src\\bot.pdb, found", "d:\\src\\bot.pdb" },
        { "d:\\o'neil (x)\\bot.pdb]", "d:\\o'neil (x)\\bot.pdb" },
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

/* Paths and names with letters beyond ASCII, in UTF-8 and both orders of UTF-16. */
static void test_foreign_paths(void)
{
    static const struct {
        const char *kind, *value;
    } examples[] = {
        { "filename", "\u0434\u043e\u043a\u0443\u043c\u0435\u043d\u0442.exe" },
        { "filename", "caf\u00e9.scr" },
        { "filename", "\u8acb\u6c42\u66f8.zip" },
        { "winpath", "C:\\\u0414\u043e\u043a\u0443\u043c\u0435\u043d\u0442\u044b\\\u0444\u0430\u0439\u043b.exe" },
        { "winpath", "%TEMP%\\b\u00fccher\\a.dll" },
        { "unc", "\\\\srv1\\\u043e\u0431\u0449\u0438\u0439\\\u0444\u0430\u0439\u043b" },
    };

    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        struct ioc_scanner *scanner = scanner_of(examples[i].kind, 50);
        for (int encoding = 0; encoding < 3; encoding++) {
            uint8_t data[2 * TEXT_MOST] = { 0 };
            size_t used, size = 2, length = strlen(examples[i].value);
            struct seen seen = { 0 };
            if (encoding == 0)
                memcpy(data + size, examples[i].value, length);
            for (size_t at = 0; at < length && encoding > 0; at += used, size += 2) {
                uint32_t unit = text_code_point(examples[i].value + at, length - at, &used);
                data[size + (encoding == 2)] = (uint8_t)unit;
                data[size + (encoding == 1)] = (uint8_t)(unit >> 8);
            }
            scan_part(scanner, data, sizeof data, 0, sizeof data, &seen);
            same_text(seen.value, examples[i].value, examples[i].kind);
            same_number((long long)seen.offset, 2, "  at its place");
            same_number((long long)seen.count, 1, "  once");
        }
        ioc_scanner_free(scanner);
    }
}

static void test_tokens(void)
{
    static const struct example numbers[] = {
        { "see CVE-2001-0500.", "CVE-2001-0500" },
        { "cve-2021-44228,", "CVE-2021-44228" },
        { "CVE-1999-0001", "CVE-1999-0001" },
        { "(CVE-2019-1234567)", "CVE-2019-1234567" },
        { "see CVE 2001-0500", "CVE-2001-0500" },
        { "Exploit_CVE_2001_0500.rb", "CVE-2001-0500" },
        { "cve2001-0500", "CVE-2001-0500" },
        { "cve:2001-0500", "CVE-2001-0500" },
        { "CVE 2001 0500", NULL },
        { "CVE--2001-0500", NULL },
        { "2001-0500", NULL },
        { "CVE-1998-0001", NULL },
        { "CVE-2014-160", NULL },
        { "CVE-2014-12345678", NULL },
        { "CVE-2014-0160a", NULL },
        { "XCVE-2014-0160", NULL },
        { "CVE-201-40160", NULL },
        { "CAN-2001-0500", NULL },
    };
    static const struct example addresses[] = {
        { "ether 00:0c:29:3e:53:f9 txqueuelen", "00:0c:29:3e:53:f9" },
        { "Physical Address. . : 00-0C-29-3E-53-F9", "00:0c:29:3e:53:f9" },
        { "interface 000c.293e.53f9.", "00:0c:29:3e:53:f9" },
        { "000C.293E.53F9", "00:0c:29:3e:53:f9" },
        { "000c.293e.53f9.1234", NULL },
        { "1234.000c.293e.53f9", NULL },
        { "000c.293e-53f9", NULL },
        { "000c.293e.53f", NULL },
        { "00:0c:29:3e:53", NULL },
        { "00:0c:29:3e:53:f9:01", NULL },
        { "00:0c:29-3e-53-f9", NULL },
        { "a00:0c:29:3e:53:f9", NULL },
        { "00:0c:29:3e:53:fg", NULL },
        { "20-00-11-22-12-34", NULL },
        { "ff:ff:ff:ff:ff:ff", NULL },
    };

    CHECK("cve", numbers);
    CHECK("mac", addresses);
    is_weak("mac", "ff:ff:ff:ff:ff:ff", "ff:ff:ff:ff:ff:ff");
}

/* Of nothing and of "abc": RFC 1321 A.5, RFC 3174 7.3, RFC 6234 8.5. */
static void test_digests(void)
{
    static const struct example examples[] = {
        { "MD5 (\"\") = D41D8CD98F00B204E9800998ECF8427E", "d41d8cd98f00b204e9800998ecf8427e" },
        { "900150983cd24fb0d6963f7d28e17f72  abc.txt", "900150983cd24fb0d6963f7d28e17f72" },
        { "a9993e364706816aba3e25717850c26c9cd0d89d", "a9993e364706816aba3e25717850c26c9cd0d89d" },
        { "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
        { "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
          "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
          "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
          "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
        { "VirusShare_900150983cd24fb0d6963f7d28e17f72.zip", "900150983cd24fb0d6963f7d28e17f72" },
        { "x {900150983cd24fb0d6963f7d28e17f72}", "900150983cd24fb0d6963f7d28e17f72" },
        /* RFC 6234 8.5 */
        { "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
          "8086072ba1e7cc2358baeca134c825a7",
          "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
          "8086072ba1e7cc2358baeca134c825a7" },
        { "adc83b191b1c6ea0fd8b46cd9f32e592fc", NULL },
        { "900150983cd24fb0d6963f7d28e17f7", NULL },
        { "900150983cd24fb0d6963f7d28e17f72g", NULL },
        { "900150983cd24fb0d6963f7d28e17f7290", NULL },
        { "90015098-3cd2-4fb0-d696-3f7d28e17f72", NULL },
        { "00000000000000000000000000000000", NULL },
        { "0123456789abcdef0123456789abcdef", NULL },
        { "10000000000000000000000000000001", NULL },
        { "31415926535897932384626433832795", NULL },
        { "Products\\00004109110000000000000000F01FEC\\x", NULL },
        { "900150983CD24fb0d6963f7d28e17f72", NULL },
    };

    CHECK("hash", examples);
    is_weak("hash", "a\\900150983cd24fb0d6963f7d28e17f72", "900150983cd24fb0d6963f7d28e17f72");
}

static void test_coins(void)
{
    static const struct example examples[] = {
        /* the first block; BIP 13; Bitcoin wiki, "Address" */
        { "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa" },
        { "pay to 3P14159f73E4gFr7JterCCQh9QjiTjiZrG!", "3P14159f73E4gFr7JterCCQh9QjiTjiZrG" },
        { "bitcoin:1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2?x", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2" },
        { "1111111111111111111114oLvT2", "1111111111111111111114oLvT2" },
        /* BIP 173 and BIP 350, test vectors */
        { "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
          "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4" },
        { "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3",
          "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3" },
        { "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
          "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0" },
        { "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd", NULL },
        { "bc1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", NULL },
        { "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4", NULL },
        { "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P", NULL },
        { "bc1qW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", NULL },
        { "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", NULL },
        { "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", NULL },
        { "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfN0", NULL },
        { "11A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", NULL },
        { "x1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", NULL },
    };

    CHECK("btc", examples);
}

static void test_onions(void)
{
    static const struct example examples[] = {
        /* tor-spec, rend-spec-v3, "Encoding onion addresses" */
        { "http://pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion/x",
          "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion" },
        { "SP3K262UWY4R2K3YCR5AWLUARYKDPAG6A7Y33JXOP4CS2LU5UZ5SSEQD.ONION",
          "sp3k262uwy4r2k3ycr5awluarykdpag6a7y33jxop4cs2lu5uz5sseqd.onion" },
        { "www.xa4r2iadxm55fbnqgwwi5mymqdcofiu3w6rpbtqn7b2dyn7mgwj64jyd.onion",
          "www.xa4r2iadxm55fbnqgwwi5mymqdcofiu3w6rpbtqn7b2dyn7mgwj64jyd.onion" },
        { "at 3g2upl4pq6kufc4m.onion now", "3g2upl4pq6kufc4m.onion" },
        { "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscrye.onion", NULL },
        { "qg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion", NULL },
        { "3g2upl4pq6kufc4.onion", NULL },
        { "0g2upl4pq6kufc4m.onion", NULL },
        { "3g2upl4pq6kufc4m.onions", NULL },
        { "example.onion", NULL },
    };
    static const struct example domains[] = {
        { "http://pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion/x", NULL },
    };

    CHECK("onion", examples);
    CHECK("domain", domains);
}

static void test_agents(void)
{
    static const struct example examples[] = {
        { "x Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)",
          "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)" },
        { "\"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)\" 200",
          "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)" },
        { "User-Agent: wget 3.0\r\nHost: a", "wget 3.0" },
        { "user-agent:CERN-LineMode/2.15 libwww/2.17b3", "CERN-LineMode/2.15 libwww/2.17b3" },
        { "User-Agent: Mozilla/5.0 (Windows; U) Gecko/20071127\r\n",
          "Mozilla/5.0 (Windows; U) Gecko/20071127" },
        { "ua='Mozilla/4.0 (compatible)', x", "Mozilla/4.0 (compatible)" },
        { "mozilla/5.0 (windows nt 6.1; wow64) gecko", "mozilla/5.0 (windows nt 6.1; wow64) gecko" },
        { "\"User-Agent\": \"my agent\", \"x\": 1", "my agent" },
        { "'User-Agent':'curl/7.9'", "curl/7.9" },
        { "log \"curl/7.68.0\" 200", "curl/7.68.0" },
        { "Opera/9.80 (X11; U) Presto/2.2", "Opera/9.80 (X11; U) Presto/2.2" },
        { "(Mozilla/4.0 (compatible; MSIE 6.0)) was", "Mozilla/4.0 (compatible; MSIE 6.0)" },
        { "[Mozilla/4.0 (compatible; [en])]", "Mozilla/4.0 (compatible; [en])" },
        { "uses Mozilla/4.0 (compatible; MSIE 6.0).", "Mozilla/4.0 (compatible; MSIE 6.0)" },
        { "[curl/7.68.0]", "curl/7.68.0" },
        { "(User-Agent: my agent) x", "my agent" },
        /* Lines of their own and quotations have it as it was sent. */
        { "User-Agent: Mozilla/4.0 (compatible)).\r\n", "Mozilla/4.0 (compatible))." },
        { "\"Mozilla/4.0 (compatible))\" 200", "Mozilla/4.0 (compatible))" },
        { "a/curl/7.68.0", NULL },
        { "xcurl/7.68.0", NULL },
        { "curl/x", NULL },
        { "\"Agent\": \"x\"", NULL },
        { "Mozilla/5.0 and more", NULL },
        { "NotMozilla/5.0 (x)", NULL },
        { "Mozilla (x)", NULL },
        { "User-Agent:", NULL },
        { "User-Agent: \r\nHost: a", NULL },
        { "Agent: x", NULL },
    };

    CHECK("user-agent", examples);
}

/* Random bytes hold next to nothing, weak ones too. */
static void test_random(void)
{
    enum { SIZE = 4 << 20, MOST = 600 };
    struct ioc_options options = { .kinds = IOC_KINDS_ALL, .noise = true };
    struct ioc_scanner *scanner = NULL;
    struct seen seen = { 0 };
    uint8_t *data = malloc(SIZE);
    uint64_t state = 1;

    if (!data || ioc_scanner_new(&scanner, &options, NULL) != 0)
        abort();
    for (size_t i = 0; i < SIZE; i++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        data[i] = (uint8_t)(state >> 56);
    }
    scan_part(scanner, data, SIZE, 0, SIZE, &seen);
    if (!ok(seen.count < MOST, "few hits in 4 MiB of random bytes"))
        printf("# %zu\n", seen.count);
    ioc_scanner_free(scanner);
    free(data);
}

int main(void)
{
    test_ipv6();
    test_unc();
    test_winpath();
    test_neighbours();
    test_long();
    test_slashes();
    test_letters();
    test_registry();
    test_objects();
    test_names();
    test_name_letters();
    test_foreign_paths();
    test_debug_record();
    test_tokens();
    test_digests();
    test_coins();
    test_onions();
    test_agents();
    test_random();
    return tap_done();
}
