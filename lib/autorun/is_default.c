/* SPDX-License-Identifier: Apache-2.0 */

/* Whether an autostart is Windows' own: by name and text, as its version ships it. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fett/limits.h>
#include <fett/text.h>

#include "defaults.h"
#include "walk.h"

/* Bytes of a prefix that the text has, or 0. */
static size_t prefix_size(const char *text, size_t size, const char *prefix)
{
    size_t length = strlen(prefix);

    return size >= length && text_compare_nocase(text, length, prefix, length) == 0 ? length : 0;
}

/* Bytes of the folder of Windows at the start of a path. */
static size_t windows_size(const char *text, size_t size, const char *windows)
{
    static const char *const names[] = { "%systemroot%\\", "%windir%\\", "\\systemroot\\",
                                         "systemroot\\" };
    size_t literal = prefix_size(text, size, "\\??\\"), length = strlen(windows), found = 0;

    for (size_t i = 0; i < sizeof names / sizeof *names && !found; i++)
        found = prefix_size(text, size, names[i]);
    if (found)
        return found;
    text += literal;
    size -= literal;
    if (length > 0)
        return prefix_size(text, size, windows) && size > length && text[length] == '\\'
                   ? literal + length + 1
                   : 0;
    for (length = 9; length <= 11; length += 2) /* C:\WINNT\ and C:\WINDOWS\ */
        if (size >= length && autorun_matches("?:\\winnt\\|?:\\windows\\", text, length))
            return literal + length;
    return 0;
}

/* Folders beside that of Windows, and what the tables have for them. */
static size_t folder_size(const char *text, size_t size, const char **name)
{
    static const struct {
        const char *folder, *name;
    } folders[] = {
        { "%programfiles%\\", "%programs%\\" },
        { "%commonprogramfiles%\\", "%programs%\\common files\\" },
        { "%commonprogramfiles(x86)%\\", "%programs%\\common files\\" },
        { "%programfiles(x86)%\\", "%programs%\\" },
        { ":\\program files\\", "%programs%\\" },
        { ":\\program files (x86)\\", "%programs%\\" },
        { ":\\progra~1\\", "%programs%\\" },
        { ":\\programdata\\", "%programdata%\\" },
    };

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        size_t drive = *folders[i].folder == ':' && size > 0;
        size_t found = prefix_size(text + drive, size - drive, folders[i].folder);
        *name = folders[i].name;
        if (found)
            return drive + found;
    }
    return 0;
}

/* Bytes of the folder of the system at the start of what stands below that of Windows. */
static size_t system_size(const char *text, size_t size, unsigned version)
{
    static const char *const folders[] = { "system32\\", "syswow64\\", "sysnative\\" };
    size_t found = version == AUTORUN_9X ? prefix_size(text, size, "system\\") : 0;

    for (size_t i = 0; i < sizeof folders / sizeof *folders && !found; i++)
        found = prefix_size(text, size, folders[i]);
    return found;
}

/* A command line without its folder, if that is one of Windows. */
static void shorten_path(const char *text, size_t size, const struct autorun_facts *facts,
                         struct buffer *out)
{
    bool quoted = size > 0 && *text == '"';
    const char *name;

    text += quoted;
    size -= quoted;
    size_t skip = windows_size(text, size, facts_windows(facts));
    bool in_windows = skip > 0;
    size_t folder = system_size(text + skip, size - skip, facts_version(facts));
    if (folder) {
        skip += folder;
    } else if (in_windows) {
        buffer_add_text(out, "%win%\\");
    } else if ((skip = folder_size(text, size, &name)) > 0) {
        buffer_add_text(out, name);
    }
    for (size_t i = skip; i < size; i++) {
        if (quoted && text[i] == '"') /* its end; others stay */
            quoted = false;
        else
            buffer_add_byte(out, text[i]);
    }
}

/* The text as the tables have it: see defaults.h. */
static void shorten(const char *text, size_t size, const struct autorun_facts *facts,
                    struct buffer *out)
{
    struct buffer first = BUFFER_INIT;

    shorten_path(text, size, facts, &first);
    size_t host = prefix_size(buffer_text(&first), first.length, "rundll32.exe ");
    if (!host)
        host = prefix_size(buffer_text(&first), first.length, "rundll32 ");
    buffer_add(out, buffer_text(&first), host);
    while (host > 0 && host < first.length && first.data[host] == ' ')
        host++;
    if (host > 0) /* of what it loads too */
        shorten_path(first.data + host, first.length - host, facts, out);
    else
        buffer_add(out, buffer_text(&first), first.length);
    out->failed |= first.failed;
    buffer_release(&first);
}

/* Whether a path leads out of the folder that it begins with. */
static bool leads_out(const char *text, size_t size)
{
    return autorun_matches("*\\..\\*|*/../*|*\\../*|*/..\\*", text, size);
}

static const struct autorun_facts *machine_of(const struct autorun *autorun)
{
    return autorun->known ? autorun->known->machine : NULL;
}

static bool is_of_version(unsigned versions, const struct autorun_facts *facts)
{
    unsigned version = facts_version(facts);

    return versions == 0 || version == 0 || (versions & version);
}

static bool is_text_value(const struct hive_value *value)
{
    return value && (value->type == HIVE_SZ || value->type == HIVE_EXPAND_SZ ||
                     value->type == HIVE_MULTI_SZ);
}

static int compare_driver(const void *key, const void *item)
{
    const char *name = key, *driver = *(const char *const *)item;

    return text_compare_nocase(name, strlen(name), driver, strlen(driver));
}

static int compare_service(const void *key, const void *item)
{
    const char *name = key, *service = ((const struct shipped_service *)item)->name;

    return text_compare_nocase(name, strlen(name), service, strlen(service));
}

static bool is_driver(const char *name)
{
    size_t count;
    const char *const *drivers = shipped_drivers(&count);

    return bsearch(name, drivers, count, sizeof *drivers, compare_driver) != NULL;
}

/* The row of a service of this Windows; NULL for none. */
static const struct shipped_service *find_service(const struct autorun_facts *facts,
                                                  const char *name)
{
    size_t count;
    const struct shipped_service *rows = shipped_services(&count);
    const struct shipped_service *row = bsearch(name, rows, count, sizeof *rows, compare_service);

    if (row)
        return is_of_version(row->versions, facts) ? row : NULL;
    rows = shipped_service_patterns(&count);
    for (size_t i = 0; i < count; i++)
        if (autorun_matches(rows[i].name, name, strlen(name)) &&
            is_of_version(rows[i].versions, facts))
            return &rows[i];
    return NULL;
}

bool is_shipped_name(const struct autorun_facts *facts, const char *name)
{
    return is_driver(name) || find_service(facts, name) != NULL;
}

/* Whether the text is "drivers\NAME.sys". */
static bool is_driver_of_name(const char *name, const char *text)
{
    static const char folder[] = "drivers\\";
    size_t length = strlen(name), size = strlen(text), skip = prefix_size(text, size, folder);

    return skip > 0 && size == skip + length + 4 && prefix_size(text + skip, length, name) &&
           text_equal_nocase(text + skip + length, ".sys");
}

static bool is_shipped_service(const struct autorun *autorun, const struct buffer *text)
{
    const char *name = autorun->identity;

    if (is_driver(name))
        return is_driver_of_name(name, buffer_text(text));
    const struct shipped_service *service = find_service(machine_of(autorun), name);
    return service && autorun_matches(service->texts, buffer_text(text), text->length);
}

static bool is_shipped(const struct autorun *autorun, const struct buffer *text)
{
    const struct shipped *row;

    for (size_t i = 0; (row = shipped(i)) != NULL; i++)
        if (strcmp(row->row, autorun->row) == 0 &&
            is_of_version(row->versions, machine_of(autorun)) &&
            autorun_matches(row->names, autorun->identity, strlen(autorun->identity)) &&
            autorun_matches(row->texts, buffer_text(text), text->length))
            return true;
    return false;
}

/* The class of a task whose server nobody knows; NULL: it has none. */
static const char *class_of(const struct autorun *autorun)
{
    for (size_t i = 0; i < autorun->fact_count; i++)
        if (strcmp(autorun->facts[i].name, "class") == 0)
            return autorun->facts[i].value.text;
    return NULL;
}

/* Of Vista and 7: whether the file that the task was made from is that of Windows. */
static bool is_shipped_digest(const struct autorun *autorun)
{
    const struct hive_value *value = autorun->value;
    const struct shipped_task *task;
    char digits[2 * SHIPPED_DIGEST_BYTES + 1];

    if (!value || !value->data || value->size < SHIPPED_DIGEST_BYTES ||
        !text_equal_nocase(autorun->name, "Hash"))
        return false;
    for (size_t i = 0; i < SHIPPED_DIGEST_BYTES; i++)
        snprintf(digits + 2 * i, 3, "%02x", value->data[i]);
    for (size_t i = 0; (task = shipped_task_digest(i)) != NULL; i++)
        if (text_equal_nocase(task->paths, autorun->identity) &&
            autorun_matches(task->texts, digits, 2 * SHIPPED_DIGEST_BYTES))
            return true;
    return false;
}

static bool is_shipped_task(const struct autorun *autorun, const struct buffer *shortened)
{
    const struct shipped_task *task;
    const char *text = buffer_text(shortened), *class = class_of(autorun);

    if (!*text && !class)
        return is_shipped_digest(autorun);
    if (!*text)
        text = class;
    for (size_t i = 0; (task = shipped_task(i)) != NULL; i++)
        if (autorun_matches(task->paths, autorun->identity, strlen(autorun->identity)) &&
            autorun_matches(task->texts, text, strlen(text)))
            return true;
    return false;
}

/* Groups list services of other versions too, which this one does not have. */
static bool is_shipped_member(const struct autorun *autorun, const struct buffer *shortened)
{
    return is_shipped_name(NULL, buffer_text(shortened)) || is_shipped(autorun, shortened);
}

static bool is_class(const struct autorun *autorun)
{
    /* Components of Active Setup have names like classes. */
    return autorun->whole || (is_guid(autorun->identity, strlen(autorun->identity)) &&
                              strcmp(autorun->row, "active-setup-hklm") != 0);
}

bool autorun_is_default(const struct autorun *autorun, const char *text, size_t size)
{
    struct buffer shortened = BUFFER_INIT;

    if (autorun->defaults && *autorun->defaults && autorun_matches(autorun->defaults, text, size))
        return true;
    if (!autorun->hive && autorun->key && *autorun->text == '\0')
        return true; /* an empty line of an INI file */
    if (!autorun->row || !autorun->identity || leads_out(text, size))
        return false;
    shorten(text, size, machine_of(autorun), &shortened);
    /* Nothing is started by what is empty, unless it is a class of unknown server. */
    bool empty = shortened.length == 0 && !is_class(autorun) && is_text_value(autorun->value);
    bool service = strcmp(autorun->row, "service") == 0;
    bool member = strcmp(autorun->row, "svchost-group") == 0;
    bool task = strcmp(autorun->row, "task-xml") == 0 || strcmp(autorun->row, "task-cache") == 0;
    bool odd = task && (autorun->says[AUTORUN_SAYS_ROW] || autorun->says[AUTORUN_SAYS_FILES]);
    bool found = !shortened.failed && !odd &&
                 (empty     ? true
                  : service ? is_shipped_service(autorun, &shortened)
                  : task    ? is_shipped_task(autorun, &shortened)
                  : member  ? is_shipped_member(autorun, &shortened)
                            : is_shipped(autorun, &shortened));
    buffer_release(&shortened);
    return found;
}
