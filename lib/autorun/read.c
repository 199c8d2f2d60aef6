/* SPDX-License-Identifier: Apache-2.0 */

/* What stands in the keys of a row. See autorun.h. */

#include <inttypes.h>
#include <string.h>

#include <fett/text.h>

#include "walk.h"

static void add_string(void *context, const char *text, size_t size)
{
    struct walk *walk = context;

    if (size == 0 && walk->location->list == AUTORUN_EVERY)
        return;
    walk->more |= walk->ended;
    walk->ended |= size == 0;
    if (walk->ended)
        return;
    if (walk->text.length > 0)
        buffer_add_byte(&walk->text, walk->separator);
    buffer_add(&walk->text, text, size);
}

void walk_set_text(struct walk *walk, const struct hive_value *value)
{
    buffer_clear(&walk->text);
    walk->ended = walk->more = false;
    if (value->type == HIVE_MULTI_SZ)
        hive_value_strings(walk->hive, value, add_string, walk);
    else if (value->type == HIVE_SZ || value->type == HIVE_EXPAND_SZ)
        hive_value_text(walk->hive, value, &walk->text);
    walk->more |= strlen(buffer_text(&walk->text)) < walk->text.length;
}

/* A number as its decimal digits: Windows 9x keeps some as bytes. */
static void set_setting(struct walk *walk, const struct hive_value *value)
{
    uint64_t number = 0;

    walk_set_text(walk, value);
    if (hive_value_number(value, &number) != 0) {
        if (value->type != HIVE_BINARY || value->size == 0 || value->size > sizeof number)
            return;
        for (size_t i = value->size; i > 0; i--)
            number = number << 8 | value->data[i - 1];
    }
    buffer_add_format(&walk->text, "%" PRIu64, number);
}

/* The path that a packed catalog item of Winsock begins with. */
static void set_catalog(struct walk *walk, const struct hive_value *value)
{
    enum { PATH_SIZE = 260 }; /* MAX_PATH; a WSAPROTOCOL_INFO is behind it */
    size_t size = value->data ? value->size : 0;
    const uint8_t *end = memchr(value->data, '\0', size < PATH_SIZE ? size : PATH_SIZE);

    buffer_clear(&walk->text);
    walk->more = false;
    if (end)
        text_add_latin1(&walk->text, value->data, (size_t)(end - value->data));
}

/* The folders that are searched before those of the system, each with what separates it from
 * the next. Whatever stands behind is found too late to be in the way. */
static void set_search(struct walk *walk, const struct hive_value *value)
{
    static const char systems[] = "*\\system32|*\\system32\\";
    const char *text;
    size_t length = 0, whole = 0;

    walk_set_text(walk, value);
    text = buffer_text(&walk->text);
    for (; text[whole]; whole += length + (text[whole + length] == ';')) {
        length = strcspn(text + whole, ";");
        if (autorun_matches(systems, text + whole, length))
            break;
    }
    walk->more = false;
    buffer_truncate(&walk->text, whole);
}

/* Put the folder before the file's name. Another value is asked for meanwhile. */
static void set_beside(struct walk *walk, hive_key key, struct hive_value *value)
{
    struct buffer name = BUFFER_INIT;

    walk_set_text(walk, value);
    if (walk->deleted && !hive_key_is_deleted(walk->hive, key)) /* what is live is not its own */
        return;
    buffer_add(&name, walk->text.data, walk->text.length);
    buffer_clear(&walk->text);
    if (hive_value_find(walk->hive, key, "AppPath", value, NULL) == 0)
        walk_set_text(walk, value);
    if (walk->text.length > 0 && walk->text.data[walk->text.length - 1] != '\\')
        buffer_add_byte(&walk->text, '\\');
    buffer_add(&walk->text, buffer_text(&name), name.length);
    walk->text.failed |= name.failed;
    buffer_release(&name);
    hive_value_find(walk->hive, key, walk->location->value, value, NULL);
}

static void set_key(struct walk *walk, hive_key key)
{
    buffer_clear(&walk->key);
    buffer_add_text(&walk->key, walk->mount);
    if (key != hive_root(walk->hive))
        buffer_add_byte(&walk->key, '\\');
    if (key)
        hive_key_path(walk->hive, key, &walk->key);
    else
        buffer_add_byte(&walk->key, '?');
}

static bool is_pattern(const char *text)
{
    return text && text[strcspn(text, "*?|")] != '\0';
}

/* What Windows' own table knows it by: the class or the value's name, or where the
 * row asks for one value of many keys, that key's. */
static const char *identity_of(const struct walk *walk, const struct autorun *autorun)
{
    if (walk->class.length > 0)
        return buffer_text(&walk->class);
    return is_pattern(walk->location->value) || walk->matched.length == 0
               ? autorun->name
               : buffer_text(&walk->matched);
}

int walk_emit(struct walk *walk, hive_key key, const struct hive_value *value,
              struct autorun *autorun)
{
    const struct autorun_location *location = walk->location;

    if (location->only &&
        !autorun_matches(location->only, buffer_text(&walk->text), walk->text.length))
        return 0;
    set_key(walk, key);
    autorun->location = walk->id;
    autorun->row = location->id;
    autorun->category = location->category;
    autorun->technique = location->technique;
    autorun->known = walk->known;
    if (autorun->list == AUTORUN_ONE && !walk->is_command)
        autorun->list = location->list;
    autorun->key = buffer_text(&walk->key);
    autorun->hive = walk->hive;
    autorun->value = value;
    autorun->name = value ? value->name : "";
    autorun->name_length = value ? value->name_length : 0;
    autorun->identity = identity_of(walk, autorun);
    if (!autorun->says[AUTORUN_SAYS_ROW])
        autorun->says[AUTORUN_SAYS_ROW] = location->says;
    if (walk->lost)
        autorun->says[AUTORUN_SAYS_LOST] =
            walk->lost_says ? walk->lost_says
                            : "only the end of its key's path is left: it may have been another key";
    autorun->says[AUTORUN_SAYS_RIGHTS] = key ? walk_rights_oddity(walk, key) : NULL;
    /* A live key was written after a value of it was deleted, or then. */
    autorun->deleted = walk->deleted;
    autorun->last_write = walk->deleted && (!key || !hive_key_is_deleted(walk->hive, key))
                              ? INSTANT_NONE
                              : hive_key_last_write(walk->hive, key);
    autorun->text = buffer_text(&walk->text);
    autorun->more = value && walk->more;
    autorun->enabled &= !walk->deleted && (*autorun->text != '\0' || walk->class.length > 0);
    /* A server that is a program of its own is started by Windows, in 64 bits. */
    autorun->wow64 |= walk->base->wow64 && !walk->is_command;
    autorun->in_control_set = walk->base->in_control_set && !walk->lost;
    autorun->current = walk->base->current;
    walk->text.failed |= value && !walk->deleted && walk_note_met(walk, value) != 0;
    return walk->visit(walk->context, autorun);
}

bool is_guid(const char *text, size_t size)
{
    static const char form[] = "{xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx}";

    if (size != sizeof form - 1)
        return false;
    for (size_t i = 0; i < size; i++)
        if (form[i] == 'x' ? !strchr("0123456789abcdefABCDEF", text[i]) : text[i] != form[i])
            return false;
    return true;
}

/* The class that a value, or a key without one, tells. */
static bool find_class(struct walk *walk, hive_key key, const struct hive_value *value)
{
    const char *wanted = walk->location->value, *text = buffer_text(&walk->text);
    size_t length = walk->text.length;

    buffer_clear(&walk->class);
    if (value && length > 0 && (is_guid(text, length) || (wanted && *wanted && *wanted != '*'))) {
        buffer_add(&walk->class, text, length);
    } else if (value && is_guid(value->name, value->name_length)) {
        buffer_add(&walk->class, value->name, value->name_length);
    } else if (!wanted || !*wanted) {
        const char *name = hive_key_name(walk->hive, key, &length);
        buffer_add(&walk->class, name, length);
    }
    return walk->class.length > 0;
}

/* A user's class that stands in the way of the machine's. */
static const char *shadow_oddity(const struct walk *walk)
{
    const struct autorun_facts *machine = walk->known ? walk->known->machine : NULL;
    const struct autorun_facts *user = walk->known ? walk->known->user : NULL;
    const char *class = walk->class.length > 0 ? walk->class.data : buffer_text(&walk->matched);
    size_t size = strlen(class);
    bool own = walk->base->place == AUTORUN_IN_USER_CLASSES ||
               (walk->class.length > 0 && facts_has_server(user, class, size, walk->base->wow64));

    return own && is_guid(class, size) &&
                   facts_has_server(machine, class, size, walk->base->wow64)
               ? "a user's class that stands in the way of the machine's"
               : NULL;
}

/* A server that is a program of its own serves 32 bits and 64. */
static void set_server(struct walk *walk)
{
    const char *class = buffer_text(&walk->class);
    size_t size = walk->class.length;

    buffer_clear(&walk->text);
    if (facts_server(walk->known, class, size, walk->base->wow64, &walk->text,
                     &walk->is_command) ||
        !walk->base->wow64)
        return;
    facts_server(walk->known, class, size, false, &walk->text, &walk->is_command);
    if (!walk->is_command)
        buffer_clear(&walk->text);
}

static int emit_class(struct walk *walk, hive_key key, const struct hive_value *value,
                      struct autorun *autorun)
{
    if (!find_class(walk, key, value))
        return 0;
    set_server(walk);
    autorun->whole = true;
    autorun->says[AUTORUN_SAYS_VALUE] = shadow_oddity(walk);
    int result = walk_emit(walk, key, value, autorun);
    buffer_clear(&walk->class);
    walk->is_command = false;
    return result;
}

/* What some values have in another beside them. */
static void set_arguments(struct walk *walk, hive_key key, struct hive_value *value,
                          struct autorun *autorun)
{
    static const char *const pairs[][2] = { { "Script", "Parameters" },
                                            { "StartExe", "StartParams" } };

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs && !walk->deleted; i++) {
        if (text_compare_nocase(value->name, value->name_length, pairs[i][0],
                                strlen(pairs[i][0])) != 0)
            continue;
        buffer_clear(&walk->arguments);
        if (hive_value_find(walk->hive, key, pairs[i][1], value, NULL) == 0)
            hive_value_text(walk->hive, value, &walk->arguments);
        if (walk->arguments.length > 0)
            autorun->arguments = buffer_text(&walk->arguments);
        /* Another value was asked for meanwhile. */
        hive_value_find(walk->hive, key, pairs[i][0], value, NULL);
        return;
    }
}

/* A component of Active Setup that is in effect for users for whom it has not run. */
static bool set_component(struct walk *walk, hive_key key, struct hive_value *value,
                          struct autorun_component *component)
{
    if (walk->location->off_by != AUTORUN_IS_INSTALLED || walk->deleted ||
        !(walk->base->place & (AUTORUN_IN_SOFTWARE | AUTORUN_IN_WOW64)))
        return false;
    walk_version(walk->hive, key, &walk->version);
    *component = (struct autorun_component){ .name = buffer_text(&walk->matched),
                                             .version = buffer_text(&walk->version),
                                             .wow64 = walk->base->wow64 };
    /* Another value was asked for meanwhile. */
    return hive_value_find(walk->hive, key, walk->location->value, value, NULL) == 0;
}

int walk_value(struct walk *walk, hive_key key, struct hive_value *value, bool enabled)
{
    struct autorun autorun = { .enabled = enabled };
    struct autorun_component component;

    switch (walk->location->read) {
    case AUTORUN_RENAMES:
        return walk_renames(walk, key, value, enabled);
    case AUTORUN_GROUP:
        return walk_group(walk, key, value);
    case AUTORUN_ACCOUNT:
        return walk_account(walk, key, value, enabled);
    case AUTORUN_SEARCH:
        set_search(walk, value);
        autorun.whole = true;
        break;
    case AUTORUN_BESIDE:
        set_beside(walk, key, value);
        break;
    case AUTORUN_SETTING:
        set_setting(walk, value);
        autorun.whole = true;
        break;
    case AUTORUN_CATALOG:
        set_catalog(walk, value);
        break;
    case AUTORUN_NAMED:
        buffer_clear(&walk->text);
        buffer_add(&walk->text, value->name, value->name_length);
        autorun.whole = true;
        break;
    case AUTORUN_CLASS:
        walk_set_text(walk, value);
        return emit_class(walk, key, value, &autorun);
    default:
        walk_set_text(walk, value);
        set_arguments(walk, key, value, &autorun);
        if (enabled && set_component(walk, key, value, &component))
            autorun.component = &component;
        break;
    }
    if (walk->base->place == AUTORUN_IN_USER_CLASSES)
        autorun.says[AUTORUN_SAYS_VALUE] = shadow_oddity(walk);
    return walk_emit(walk, key, value, &autorun);
}

/* A value that the row asks for, and whether it is in effect; 1 for another. */
static int get_value(struct walk *walk, hive_key key, size_t index, struct hive_value *value,
                     bool *enabled)
{
    struct buffer name = BUFFER_INIT;
    const char *wanted = walk->location->value;

    if (hive_value_get(walk->hive, key, index, value, NULL) != 0 ||
        !autorun_matches(wanted ? wanted : "", value->name, value->name_length))
        return 1;
    buffer_add(&name, value->name, value->name_length);
    *enabled = !walk_is_off(walk, key, buffer_text(&name), name.length);
    buffer_release(&name);
    /* Other values were asked for meanwhile. */
    return hive_value_get(walk->hive, key, index, value, NULL);
}

int walk_values(struct walk *walk, hive_key key)
{
    const char *wanted = walk->location->value;
    bool any = false;

    for (size_t i = 0, count = hive_value_count(walk->hive, key); i < count; i++) {
        struct hive_value value;
        bool enabled;
        if (get_value(walk, key, i, &value, &enabled) != 0)
            continue;
        any = true;
        int result = walk_value(walk, key, &value, enabled);
        if (result != 0)
            return result;
    }
    if (any || walk->location->read != AUTORUN_CLASS || (wanted && *wanted))
        return 0;
    /* The key itself names the class. */
    struct autorun autorun = { .enabled = !walk_is_off(walk, key, "", 0) };
    buffer_clear(&walk->text);
    walk->more = false;
    return emit_class(walk, key, NULL, &autorun);
}
