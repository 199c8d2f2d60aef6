/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Environment variables as hives have them. See autorun.h.
 *
 * What Windows makes an environment of, by CreateEnvironmentBlock and the key that each
 * variable is documented with: those of the machine from Session Manager\Environment, folders
 * of programs from CurrentVersion, folders of all users from ProfileList, those of the user
 * from his Environment and Volatile Environment, and his folders from Explorer's keys.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fett/autorun.h>
#include <fett/limits.h>
#include <fett/text.h>

struct variable {
    char *name, *text;
};

struct autorun_variables {
    struct variable *items; /* sorted by name */
    size_t count, capacity;
};

#define VERSION "Microsoft\\Windows\\CurrentVersion"
#define PROFILES "Microsoft\\Windows NT\\CurrentVersion\\ProfileList"
#define EXPLORER "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\"

/* In the order in which they are learnt: the last one counts. */
static const struct source {
    enum autorun_hive hive;
    const char *key;      /* of SYSTEM below the control set in use */
    const char *value;    /* NULL: each, by its own name */
    const char *variable;
} sources[] = {
    { AUTORUN_SYSTEM, "Control\\ComputerName\\ComputerName", "ComputerName", "COMPUTERNAME" },
    { AUTORUN_SYSTEM, "Control\\Session Manager\\Environment", NULL, NULL },
    { AUTORUN_SOFTWARE, VERSION, "ProgramFilesDir", "ProgramFiles" },
    { AUTORUN_SOFTWARE, VERSION, "ProgramFilesDir (x86)", "ProgramFiles(x86)" },
    { AUTORUN_SOFTWARE, VERSION, "ProgramFilesDir", "ProgramW6432" },
    { AUTORUN_SOFTWARE, VERSION, "ProgramW6432Dir", "ProgramW6432" },
    { AUTORUN_SOFTWARE, VERSION, "CommonFilesDir", "CommonProgramFiles" },
    { AUTORUN_SOFTWARE, VERSION, "CommonFilesDir (x86)", "CommonProgramFiles(x86)" },
    { AUTORUN_SOFTWARE, VERSION, "CommonFilesDir", "CommonProgramW6432" },
    { AUTORUN_SOFTWARE, VERSION, "CommonW6432Dir", "CommonProgramW6432" },
    { AUTORUN_SOFTWARE, PROFILES, "ProgramData", "ProgramData" },
    { AUTORUN_SOFTWARE, PROFILES, "ProgramData", "ALLUSERSPROFILE" },
    { AUTORUN_SOFTWARE, PROFILES, "Public", "PUBLIC" },
    { AUTORUN_9X_SYSTEM, "Software\\" VERSION, "ProgramFilesDir", "ProgramFiles" },
    { AUTORUN_9X_SYSTEM, "Software\\" VERSION, "CommonFilesDir", "CommonProgramFiles" },
    { AUTORUN_USER, EXPLORER "Shell Folders", "AppData", "APPDATA" },
    { AUTORUN_USER, EXPLORER "Shell Folders", "Local AppData", "LOCALAPPDATA" },
    { AUTORUN_USER, EXPLORER "User Shell Folders", "AppData", "APPDATA" },
    { AUTORUN_USER, EXPLORER "User Shell Folders", "Local AppData", "LOCALAPPDATA" },
    { AUTORUN_USER, "Environment", NULL, NULL },
    { AUTORUN_USER, "Volatile Environment", NULL, NULL },
};

struct autorun_variables *autorun_variables_new(void)
{
    return calloc(1, sizeof(struct autorun_variables));
}

void autorun_variables_free(struct autorun_variables *variables)
{
    for (size_t i = 0; variables && i < variables->count; i++) {
        free(variables->items[i].name);
        free(variables->items[i].text);
    }
    if (variables)
        free(variables->items);
    free(variables);
}

/* Where a name is, or where it would be; *found: it is there. */
static size_t place_of(const struct autorun_variables *variables, const char *name, size_t size,
                       bool *found)
{
    size_t low = 0, high = variables->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const char *other = variables->items[middle].name;
        int order = text_compare_nocase(name, size, other, strlen(other));
        *found = order == 0;
        if (*found)
            return middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    *found = false;
    return low;
}

const char *autorun_variables_find(const struct autorun_variables *variables, const char *name,
                                   size_t size)
{
    bool found = false;
    size_t at = variables ? place_of(variables, name, size, &found) : 0;

    return found ? variables->items[at].text : NULL;
}

int autorun_variables_add(struct autorun_variables *variables, const char *name, size_t size,
                          const char *text)
{
    bool found;
    size_t at = place_of(variables, name, size, &found);

    if (!found && variables->count == LIMIT_VARIABLES)
        return 0;
    char *copy = strdup(text), *own = found ? NULL : strndup(name, size);
    if (!copy || (!found && !own) ||
        memory_grow((void **)&variables->items, &variables->capacity, variables->count + 1,
                    sizeof *variables->items) != 0) {
        free(copy);
        free(own);
        return -1;
    }
    struct variable *item = &variables->items[at];
    if (found) {
        free(item->text);
        item->text = copy;
        return 0;
    }
    memmove(item + 1, item, (variables->count - at) * sizeof *item);
    *item = (struct variable){ own, copy };
    variables->count++;
    return 0;
}

static bool is_text(const struct hive_value *value)
{
    return value->data && (value->type == HIVE_SZ || value->type == HIVE_EXPAND_SZ);
}

static int learn_value(struct autorun_variables *variables, struct hive *hive,
                       const struct hive_value *value, const char *name, size_t size)
{
    struct buffer text = BUFFER_INIT;
    int result = 0;

    if (!is_text(value) || size == 0)
        return 0;
    hive_value_text(hive, value, &text);
    if (*buffer_text(&text))
        result = autorun_variables_add(variables, name, size, text.data);
    result = text.failed ? -1 : result;
    buffer_release(&text);
    return result;
}

static int learn_key(struct autorun_variables *variables, struct hive *hive, hive_key key,
                     const struct source *source)
{
    size_t count = source->value ? 1 : hive_value_count(hive, key);
    int result = 0;

    for (size_t i = 0; i < count && i < LIMIT_VARIABLES && result == 0; i++) {
        struct hive_value value;
        if (source->value
                ? hive_value_find(hive, key, source->value, &value, NULL) != 0
                : hive_value_get(hive, key, i, &value, NULL) != 0)
            continue;
        result = source->value
                     ? learn_value(variables, hive, &value, source->variable,
                                   strlen(source->variable))
                     : learn_value(variables, hive, &value, value.name, value.name_length);
    }
    return result;
}

static bool add_text(struct hive *hive, hive_key key, const char *name, struct buffer *text)
{
    struct hive_value value;

    if (hive_value_find(hive, key, name, &value, NULL) != 0 || !is_text(&value))
        return false;
    hive_value_text(hive, &value, text);
    return true;
}

/* Before Vista the folder of all users is named within that of the profiles. */
static int learn_all_users(struct autorun_variables *variables, struct hive *hive)
{
    static const char name[] = "ALLUSERSPROFILE";
    hive_key key = hive_key_find(hive, hive_root(hive), PROFILES);
    struct buffer text = BUFFER_INIT;
    int result = 0;

    if (key && add_text(hive, key, "ProfilesDirectory", &text)) {
        buffer_add_byte(&text, '\\');
        if (add_text(hive, key, "AllUsersProfile", &text))
            result = autorun_variables_add(variables, name, sizeof name - 1, buffer_text(&text));
    }
    result = text.failed ? -1 : result;
    buffer_release(&text);
    return result;
}

int autorun_variables_learn(struct autorun_variables *variables, struct hive *hive,
                            enum autorun_hive kind)
{
    char path[128];
    int result = kind == AUTORUN_SOFTWARE ? learn_all_users(variables, hive) : 0;

    for (size_t i = 0; i < sizeof sources / sizeof *sources && result == 0; i++) {
        if (sources[i].hive != kind)
            continue;
        if (kind == AUTORUN_SYSTEM)
            snprintf(path, sizeof path, "ControlSet%03u\\%s", autorun_current_set(hive),
                     sources[i].key);
        else
            snprintf(path, sizeof path, "%s", sources[i].key);
        hive_key key = hive_key_find(hive, hive_root(hive), path);
        if (key)
            result = learn_key(variables, hive, key, &sources[i]);
    }
    return result;
}
