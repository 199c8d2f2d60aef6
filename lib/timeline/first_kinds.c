/* SPDX-License-Identifier: Apache-2.0 */

/*
 * first_kinds: which files and records can be a link of the chain, as tables.
 */

#include <string.h>

#include <fett/text.h>

#include "first.h"

/* What files can do, by how their names end. */
static const struct {
    const char *end; /* behind the last dot */
    uint8_t flags;
} ends[] = {
    { "exe", TRACE_PROGRAM | TRACE_CARRIER }, { "scr", TRACE_PROGRAM | TRACE_CARRIER },
    { "com", TRACE_PROGRAM | TRACE_CARRIER }, { "pif", TRACE_PROGRAM | TRACE_CARRIER },
    { "cpl", TRACE_PROGRAM | TRACE_CARRIER }, { "bat", TRACE_PROGRAM | TRACE_CARRIER },
    { "cmd", TRACE_PROGRAM | TRACE_CARRIER }, { "msi", TRACE_PROGRAM | TRACE_CARRIER },
    { "vbs", TRACE_PROGRAM | TRACE_CARRIER }, { "vbe", TRACE_PROGRAM | TRACE_CARRIER },
    { "wsf", TRACE_PROGRAM | TRACE_CARRIER }, { "wsh", TRACE_PROGRAM | TRACE_CARRIER },
    { "jse", TRACE_PROGRAM | TRACE_CARRIER }, { "hta", TRACE_PROGRAM | TRACE_CARRIER },
    { "ps1", TRACE_PROGRAM | TRACE_CARRIER }, { "jar", TRACE_PROGRAM | TRACE_CARRIER },
    { "shs", TRACE_PROGRAM | TRACE_CARRIER }, { "dll", TRACE_PROGRAM },
    { "sys", TRACE_PROGRAM },                 { "vxd", TRACE_PROGRAM },
    { "drv", TRACE_PROGRAM },                 { "ocx", TRACE_PROGRAM },
    { "zip", TRACE_CARRIER },                 { "rar", TRACE_CARRIER },
    { "7z", TRACE_CARRIER },                  { "cab", TRACE_CARRIER },
    { "arj", TRACE_CARRIER },                 { "lzh", TRACE_CARRIER },
    { "ace", TRACE_CARRIER },                 { "gz", TRACE_CARRIER },
    { "tar", TRACE_CARRIER },                 { "tgz", TRACE_CARRIER },
    { "iso", TRACE_CARRIER },                 { "chm", TRACE_CARRIER },
    { "doc", TRACE_DOCUMENT },                { "docm", TRACE_DOCUMENT },
    { "docx", TRACE_DOCUMENT },               { "xls", TRACE_DOCUMENT },
    { "xlsm", TRACE_DOCUMENT },               { "xlsx", TRACE_DOCUMENT },
    { "ppt", TRACE_DOCUMENT },                { "pps", TRACE_DOCUMENT },
    { "rtf", TRACE_DOCUMENT },                { "pdf", TRACE_DOCUMENT },
    { "hlp", TRACE_DOCUMENT },                { "lnk", TRACE_DOCUMENT },
    { "eml", TRACE_DOCUMENT },                { "msg", TRACE_DOCUMENT },
};

/* Where files come in; the first that matches is named. */
static const struct {
    const char *pattern, *name;
} places[] = {
    { "*", "" }, /* nowhere special */
    { "*/Temporary Internet Files/OLK*/*", "among the attachments of the mail program" },
    { "*/Content.Outlook/*", "among the attachments of the mail program" },
    { "*/Attachments/*", "among attachments" },
    { "*/Attach/*", "among attachments" },
    { "*/Temporary Internet Files/*", "in the cache of the browser" },
    { "*/INetCache/*", "in the cache of the browser" },
    { "*/Downloads/*", "among downloads" },
    { "*/My Received Files/*", "among the files received by messenger" },
    { "*/Temp/*", "in a temporary folder" },
    { "*/Tmp/*", "in a temporary folder" },
    { "*/RECYCLER/*", "in the recycle bin" },
    { "*/RECYCLED/*", "in the recycle bin" },
    { "*/$Recycle.Bin/*", "in the recycle bin" },
    { "*/Desktop/*", "on a desktop" },
    { "/Documents and Settings/*", "in a profile" },
    { "/Users/*", "in a profile" },
    { "/WINNT/Profiles/*", "in a profile" },
    { "/WINDOWS/Profiles/*", "in a profile" },
    { "/My Documents/*", "in a profile" },
    { "/home/*", "in a profile" },
    { "/root/*", "in a profile" },
};

static const char *const mail_stores[] = {
    "dbx", "mbx", "pst", "ost", "eml", "msf", "nsf", "tbb",
};

/* Files that start programs. */
static const char *const starters[] = { "ini", "inf", "job", "url" };

/* Events of logs. `provider` is how its name begins; `says` is in the message. */
static const struct {
    const char *provider;
    uint64_t id;
    uint8_t kind;
    const char *says;
} logged[] = {
    { "EventLog", 6005, TRACE_START, NULL },
    { "Microsoft-Windows-Kernel-General", 12, TRACE_START, NULL },
    { "EventLog", 6006, TRACE_STOP, NULL },
    { "Microsoft-Windows-Kernel-General", 13, TRACE_STOP, NULL },
    { "Service Control Manager", 7045, TRACE_SERVICE, NULL },
    { "Microsoft-Windows-Security-Auditing", 4697, TRACE_SERVICE, NULL },
    { "Microsoft-Windows-Winlogon", 7001, TRACE_LOGON, NULL },
    { "Microsoft-Windows-TerminalServices-LocalSessionManager", 21, TRACE_LOGON, NULL },
    { "Microsoft-Windows-TerminalServices-LocalSessionManager", 25, TRACE_LOGON, NULL },
    /* types 2 at the machine, 7 unlocked, 10 from afar, 11 by cached credentials */
    { "Microsoft-Windows-Security-Auditing", 4624, TRACE_LOGON, "*; LogonType=2; *" },
    { "Microsoft-Windows-Security-Auditing", 4624, TRACE_LOGON, "*; LogonType=7; *" },
    { "Microsoft-Windows-Security-Auditing", 4624, TRACE_LOGON, "*; LogonType=10; *" },
    { "Microsoft-Windows-Security-Auditing", 4624, TRACE_LOGON, "*; LogonType=11; *" },
    { "Security", 528, TRACE_LOGON, "*; (0x*); 2; *" },
    { "Security", 528, TRACE_LOGON, "*; (0x*); 7; *" },
    { "Security", 528, TRACE_LOGON, "*; (0x*); 10; *" },
    { "Security", 528, TRACE_LOGON, "*; (0x*); 11; *" },
};

/* Logons of the system's own accounts. */
static const char *const own_logons[] = {
    "*; TargetDomainName=Window Manager; *", "*; TargetDomainName=Font Driver Host; *",
};

static const char *end_of(const char *path, size_t size, size_t *length)
{
    const char *dot = memrchr(path, '.', size);

    *length = dot ? size - (size_t)(dot + 1 - path) : 0;
    return dot ? dot + 1 : "";
}

static bool has_end(const char *path, size_t size, const char *const *list, size_t count)
{
    size_t length;
    const char *end = end_of(path, size, &length);

    for (size_t i = 0; i < count; i++)
        if (text_compare_nocase(list[i], strlen(list[i]), end, length) == 0)
            return true;
    return false;
}

void first_classify_path(const char *path, size_t size, uint8_t *flags, uint8_t *place)
{
    size_t length;
    const char *end = end_of(path, size, &length);

    *flags = *place = 0;
    for (size_t i = 0; i < sizeof ends / sizeof *ends && *flags == 0; i++)
        if (strlen(ends[i].end) == length &&
            text_compare_nocase(ends[i].end, length, end, length) == 0)
            *flags = ends[i].flags;
    for (size_t i = 1; *flags != 0 && i < sizeof places / sizeof *places && *place == 0; i++)
        if (text_glob(places[i].pattern, path, size))
            *place = (uint8_t)i;
}

bool first_is_mail_store(const char *path, size_t size)
{
    static const char inbox[] = "/Inbox"; /* of Mozilla's */

    return has_end(path, size, mail_stores, sizeof mail_stores / sizeof *mail_stores) ||
           (size >= sizeof inbox && memcmp(path + size - (sizeof inbox - 1), inbox,
                                           sizeof inbox - 1) == 0 &&
            text_glob("*/Mail/*", path, size));
}

bool first_may_link(const char *path, size_t size)
{
    uint8_t flags, place;

    first_classify_path(path, size, &flags, &place);
    return flags != 0 || first_is_mail_store(path, size) ||
           has_end(path, size, starters, sizeof starters / sizeof *starters) ||
           text_glob("*/Tasks/*", path, size) || text_glob("*/Start*/*", path, size);
}

const char *first_place(uint8_t place)
{
    return places[place].name;
}

static uint64_t key_of(const char *image, uint64_t hash)
{
    hash ^= text_hash_nocase(image, strlen(image)) * 0x9e3779b97f4a7c15;
    return hash != 0 ? hash : 1;
}

uint64_t first_path_key(const char *image, const char *path, size_t size)
{
    return size > 0 ? key_of(image, text_hash_nocase(path, size)) : 0;
}

uint64_t first_name_key(const char *image, const char *path, size_t size)
{
    char plain[256]; /* Windows has no longer names */
    const char *slash = memrchr(path, '/', size);
    const char *name = slash ? slash + 1 : path;
    size_t length = size - (size_t)(name - path);
    const char *close = memrchr(name, ']', length);
    const char *open = close ? memrchr(name, '[', (size_t)(close - name)) : NULL;

    if (length == 0)
        return 0;
    if (!open || close == open + 1 || length > sizeof plain ||
        strspn(open + 1, "0123456789") != (size_t)(close - open - 1))
        return key_of(image, text_hash_nocase(name, length));
    size_t before = (size_t)(open - name), behind = length - (size_t)(close + 1 - name);
    memcpy(plain, name, before);
    memcpy(plain + before, close + 1, behind);
    return key_of(image, text_hash_nocase(plain, before + behind));
}

static bool text_matches(struct record_line *line, const char *member, const char *pattern)
{
    size_t size;
    const char *text = record_line_text(line, member, &size);

    return text && text_glob(pattern, text, size);
}

static bool classify_logged(struct record_line *line, struct trace *trace)
{
    const char *provider = record_line_text(line, "provider", NULL);
    uint64_t id;

    if (!provider || record_line_number(line, "event_id", &id) != 0)
        return false;
    for (size_t i = 0; i < sizeof own_logons / sizeof *own_logons; i++)
        if (text_matches(line, "message", own_logons[i]))
            return false;
    for (size_t i = 0; i < sizeof logged / sizeof *logged; i++)
        if (logged[i].id == id && text_equal_nocase(logged[i].provider, provider) &&
            (!logged[i].says || text_matches(line, "message", logged[i].says))) {
            trace->kind = logged[i].kind;
            return true;
        }
    return false;
}

static bool classify_run(struct record_line *line, struct trace *trace)
{
    static const char *const runs[] = { "run", "first run", "earliest run known", "last run" };
    const char *what = record_line_text(line, "timestamp_desc", NULL);
    uint64_t count = 0;

    if (!what || !record_line_has(line, "program"))
        return false;
    record_line_number(line, "count", &count);
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++)
        if (strcmp(runs[i], what) == 0) {
            trace->kind = TRACE_RUN;
            if (i == 1 || i == 2 || count == 1)
                trace->flags |= TRACE_FIRST_RUN;
            return true;
        }
    return false;
}

static bool classify_visit(struct record_line *line, struct trace *trace)
{
    trace->kind = TRACE_VISIT;
    if (text_matches(line, "message", "*@*://*"))
        trace->flags |= TRACE_HISTORY;
    return !text_matches(line, "message", "Cookie:*");
}

bool first_classify_record(struct record_line *line, struct trace *trace)
{
    const char *source = record_line_text(line, "source", NULL);
    const char *origin = record_line_text(line, "origin", NULL);

    if (line->type == RECORD_AUTORUN) {
        trace->kind = TRACE_AUTOSTART;
        return !origin || strcmp(origin, "live") == 0;
    }
    if (line->type == RECORD_KEY) {
        trace->kind = TRACE_DEVICE;
        return text_matches(line, "key", "*\\\\Enum\\\\USBSTOR\\\\*");
    }
    if (line->type != RECORD_EVENT || !source)
        return false;
    if (strcmp(source, "evt") == 0)
        return classify_logged(line, trace);
    if (strcmp(source, "webhist") == 0)
        return classify_visit(line, trace);
    return classify_run(line, trace);
}
