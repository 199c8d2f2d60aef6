/* SPDX-License-Identifier: Apache-2.0 */

/*
 * words: labels that names of packages, objects and files have but hosts do not,
 * and words that stand before hosts. Sorted by word, which a test holds.
 */

#include <string.h>

#include "scan.h"

static const struct {
    const char *word;
    unsigned uses; /* enum word_use */
    const char *reason;
} words[] = {
    { "anchor", WORD_MEMBER, "places in text" },
    { "android", WORD_PACKAGE, "Android" },
    { "androidx", WORD_PACKAGE, "Android" },
    { "args", WORD_MEMBER | WORD_OBJECT, "options of a program" },
    { "arguments", WORD_MEMBER, "JavaScript" },
    { "array", WORD_OBJECT, "JavaScript" },
    { "asyncio", WORD_OBJECT, "Python" },
    { "bat", WORD_FILE, "types of files" },
    { "cdn", WORD_SERVER, "servers" },
    { "cfg", WORD_FILE, "types of files" },
    { "collections", WORD_OBJECT, "Python" },
    { "com", WORD_REVERSED, "reversed host: Java, D-Bus, macOS" },
    { "conf", WORD_FILE, "types of files" },
    { "config", WORD_MEMBER | WORD_OBJECT, "options of a program" },
    { "constructor", WORD_MEMBER, "JavaScript" },
    { "cpanel", WORD_SERVER, "servers" },
    { "cpp", WORD_FILE, "types of files" },
    { "css", WORD_FILE, "types of files" },
    { "curl", WORD_HOST, "programs that take a host" },
    { "default", WORD_MEMBER, "JavaScript" },
    { "delete", WORD_CODE, "many languages" },
    { "dig", WORD_HOST, "programs that take a host" },
    { "django", WORD_OBJECT, "Python" },
    { "dll", WORD_FILE, "types of files" },
    { "document", WORD_OBJECT, "JavaScript in browsers" },
    { "domain", WORD_HOST, "settings of programs" },
    { "domains", WORD_HOST, "lists of hosts" },
    { "dylib", WORD_FILE, "types of files" },
    { "edu", WORD_REVERSED, "reversed host: Java, D-Bus, macOS" },
    { "ehlo", WORD_HOST, "SMTP" },
    { "event", WORD_OBJECT, "JavaScript in browsers" },
    { "exe", WORD_FILE, "types of files" },
    { "exports", WORD_MEMBER | WORD_OBJECT, "JavaScript" },
    { "ftp", WORD_SERVER, "servers" },
    { "function", WORD_OBJECT, "JavaScript" },
    { "gemspec", WORD_FILE, "types of files" },
    { "gnu", WORD_OBJECT, "ELF sections, GNU" },
    { "gov", WORD_REVERSED, "reversed host: Java, D-Bus, macOS" },
    { "gz", WORD_FILE, "types of files" },
    { "helo", WORD_HOST, "SMTP" },
    { "host", WORD_HOST, "settings of programs" },
    { "hostname", WORD_HOST, "settings of programs" },
    { "hosts", WORD_HOST, "lists of hosts" },
    { "hpp", WORD_FILE, "types of files" },
    { "htm", WORD_FILE, "types of files" },
    { "html", WORD_FILE, "types of files" },
    { "imap", WORD_SERVER, "mail" },
    { "import", WORD_CODE, "Python, Java, Go" },
    { "ini", WORD_FILE, "types of files" },
    { "instance", WORD_OBJECT, "content of an object" },
    { "instanceof", WORD_CODE, "JavaScript" },
    { "irc", WORD_SERVER, "servers" },
    { "item", WORD_OBJECT, "content of an object" },
    { "jakarta", WORD_PACKAGE, "Java" },
    { "jar", WORD_FILE, "types of files" },
    { "java", WORD_FILE | WORD_PACKAGE, "Java" },
    { "javafx", WORD_PACKAGE, "Java" },
    { "javax", WORD_PACKAGE, "Java" },
    { "jdk", WORD_PACKAGE, "Java" },
    { "js", WORD_FILE, "types of files" },
    { "json", WORD_FILE, "types of files" },
    { "kotlin", WORD_PACKAGE, "Kotlin" },
    { "kotlinx", WORD_PACKAGE, "Kotlin" },
    { "length", WORD_MEMBER, "places in text" },
    { "linkonce", WORD_PACKAGE, "ELF sections" },
    { "lodash", WORD_OBJECT, "JavaScript" },
    { "log", WORD_FILE, "types of files" },
    { "mail", WORD_SERVER, "mail" },
    { "md", WORD_FILE, "types of files" },
    { "meta", WORD_MEMBER, "Python" },
    { "module", WORD_OBJECT, "JavaScript" },
    { "moment", WORD_OBJECT, "JavaScript" },
    { "mono", WORD_PACKAGE, ".NET" },
    { "mx", WORD_SERVER, "mail" },
    { "mx1", WORD_SERVER, "mail" },
    { "mx2", WORD_SERVER, "mail" },
    { "mx3", WORD_SERVER, "mail" },
    { "nameserver", WORD_HOST, "settings of programs" },
    { "namespace", WORD_CODE, "C++, C#" },
    { "navigator", WORD_OBJECT, "JavaScript in browsers" },
    { "net", WORD_REVERSED, "reversed host: Java, D-Bus, macOS" },
    { "new", WORD_CODE, "many languages" },
    { "ns", WORD_SERVER, "name servers" },
    { "ns1", WORD_SERVER, "name servers" },
    { "ns2", WORD_SERVER, "name servers" },
    { "ns3", WORD_SERVER, "name servers" },
    { "ns4", WORD_SERVER, "name servers" },
    { "nslookup", WORD_HOST, "programs that take a host" },
    { "object", WORD_OBJECT, "JavaScript" },
    { "objects", WORD_MEMBER, "Python" },
    { "offset", WORD_MEMBER, "places in text" },
    { "operator", WORD_OBJECT, "Python" },
    { "options", WORD_MEMBER | WORD_OBJECT, "options of a program" },
    { "opts", WORD_MEMBER | WORD_OBJECT, "options of a program" },
    { "org", WORD_REVERSED, "reversed host: Java, D-Bus, macOS" },
    { "package", WORD_CODE, "Java, Perl, Go" },
    { "params", WORD_MEMBER | WORD_OBJECT, "options of a program" },
    { "ping", WORD_HOST, "programs that take a host" },
    { "pl", WORD_FILE, "types of files" },
    { "pop3", WORD_SERVER, "mail" },
    { "pos", WORD_MEMBER, "places in text" },
    { "pref", WORD_CODE, "Mozilla preferences" },
    { "props", WORD_MEMBER | WORD_OBJECT, "options of a program" },
    { "prototype", WORD_MEMBER | WORD_OBJECT, "JavaScript" },
    { "proxy", WORD_HOST, "settings of programs" },
    { "py", WORD_FILE, "types of files" },
    { "rb", WORD_FILE, "types of files" },
    { "readme", WORD_FILE, "types of files" },
    { "rel", WORD_PACKAGE, "ELF sections" },
    { "rela", WORD_PACKAGE, "ELF sections" },
    { "result", WORD_OBJECT, "content of an object" },
    { "return", WORD_CODE, "many languages" },
    { "self", WORD_OBJECT, "Python, Perl, Rust" },
    { "server", WORD_HOST, "settings of programs" },
    { "servers", WORD_HOST, "settings of programs" },
    { "settings", WORD_MEMBER | WORD_OBJECT, "options of a program" },
    { "sftp", WORD_SERVER, "servers" },
    { "sh", WORD_FILE, "types of files" },
    { "smtp", WORD_SERVER, "mail" },
    { "so", WORD_FILE, "types of files" },
    { "ssh", WORD_HOST, "programs that take a host" },
    { "state", WORD_MEMBER, "JavaScript" },
    { "string", WORD_OBJECT, "JavaScript" },
    { "sun", WORD_PACKAGE, "Java" },
    { "sys", WORD_FILE, "types of files" },
    { "system", WORD_PACKAGE, ".NET" },
    { "tar", WORD_FILE, "types of files" },
    { "telnet", WORD_HOST, "programs that take a host" },
    { "this", WORD_OBJECT, "JavaScript, Java, C++" },
    { "traceroute", WORD_HOST, "programs that take a host" },
    { "tracert", WORD_HOST, "programs that take a host" },
    { "txt", WORD_FILE, "types of files" },
    { "typeof", WORD_CODE, "JavaScript" },
    { "typing", WORD_OBJECT, "Python" },
    { "using", WORD_CODE, "C++, C#" },
    { "value", WORD_OBJECT, "content of an object" },
    { "vpn", WORD_SERVER, "servers" },
    { "webmail", WORD_SERVER, "mail" },
    { "wget", WORD_HOST, "programs that take a host" },
    { "whois", WORD_HOST, "programs that take a host" },
    { "window", WORD_OBJECT, "JavaScript in browsers" },
    { "www1", WORD_SERVER, "servers" },
    { "www2", WORD_SERVER, "servers" },
    { "www3", WORD_SERVER, "servers" },
    { "xml", WORD_FILE, "types of files" },
    { "yaml", WORD_FILE, "types of files" },
    { "yml", WORD_FILE, "types of files" },
};

unsigned word_uses(const char *word, size_t length)
{
    size_t low = 0, high = sizeof words / sizeof *words;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strncmp(words[middle].word, word, length);
        if (order == 0 && words[middle].word[length] == '\0')
            return words[middle].uses;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

const char *word_listed(size_t index)
{
    return index < sizeof words / sizeof *words ? words[index].word : NULL;
}
