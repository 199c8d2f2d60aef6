/* SPDX-License-Identifier: Apache-2.0 */

/*
 * autorun_record: what starts by itself as records, each joined with the file of
 * the tree that it starts: a live one, a deleted one, or none.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <fett/limits.h>
#include <fett/zone.h>

#include "autorun_internal.h"

static void add_string(void *context, const char *text, size_t size)
{
    struct autoruns *all = context;

    if (memory_grow((void **)&all->items, &all->item_capacity, all->item_count + 1,
                    sizeof *all->items) != 0) {
        all->out_of_memory = true;
        return;
    }
    /* The place for now: the buffer may move until all are in. */
    all->items[all->item_count++] =
        (struct value){ .kind = VALUE_TEXT, .length = size, .number = all->strings.length };
    buffer_add(&all->strings, text, size);
}

void autorun_set_data(struct autoruns *all, struct record *record, const struct hive *hive,
                      const struct hive_value *value)
{
    uint64_t number;
    const char *type = hive_type_name(value->type);
    if (!type)
        snprintf(all->type, sizeof all->type, "0x%" PRIx32, value->type);
    record_text(record, FIELD_DATA_TYPE, type ? type : all->type);
    if (!value->data) /* it could not be read */
        return;
    buffer_clear(&all->strings);
    if (value->type == HIVE_MULTI_SZ) {
        all->item_count = 0;
        hive_value_strings(hive, value, add_string, all);
        for (size_t i = 0; i < all->item_count; i++)
            all->items[i].text = buffer_text(&all->strings) + all->items[i].number;
        const struct value list = { .kind = VALUE_LIST,
                                    .length = all->item_count,
                                    .items = all->items };
        record_value(record, FIELD_DATA, &list);
    } else if (hive_value_number(value, &number) == 0) {
        record_number(record, FIELD_DATA, number);
    } else if (value->type == HIVE_SZ || value->type == HIVE_EXPAND_SZ ||
               value->type == HIVE_LINK) {
        hive_value_text(hive, value, &all->strings);
        record_text_n(record, FIELD_DATA, buffer_text(&all->strings), all->strings.length);
    } else {
        record_hex(record, FIELD_DATA, value->data, value->size);
    }
}

enum { MOST_TARGET_MEMBERS = 20 };

static size_t add_time(struct member *members, size_t count, const char *name,
                       const struct instant *time)
{
    if (time->state != INSTANT_ABSENT)
        members[count++] = (struct member){ name, value_time(time) };
    return count;
}

/* The file that is started, as a nested object. */
static size_t target_members(const struct autoruns *all, const struct file *file,
                             struct member members[MOST_TARGET_MEMBERS])
{
    size_t count = 0;

    members[count++] = (struct member){ "image", value_text(all->evidence->name) };
    if (all->where.volume)
        members[count++] = (struct member){ "volume", value_text(all->where.volume->name) };
    members[count++] =
        (struct member){ "path", value_text_n(file->path, file->path_length) };
    if (*file->inode)
        members[count++] = (struct member){ "inode", value_text(file->inode) };
    members[count++] = (struct member){ "state", value_text(record_state_word(file->state)) };
    if (file->sized)
        members[count++] = (struct member){ "size", value_number(file->size) };
    count = add_time(members, count, "btime", &file->times.born);
    count = add_time(members, count, "mtime", &file->times.modified);
    count = add_time(members, count, "atime", &file->times.accessed);
    count = add_time(members, count, "ctime", &file->times.changed);
    if (file->name_count > 0) {
        count = add_time(members, count, "fn_btime", &file->names[0].times.born);
        count = add_time(members, count, "fn_mtime", &file->names[0].times.modified);
    }
    return count;
}

/* The folder of the file that is walked, or one below it, in the tree. */
static const char *folder_beside(struct autoruns *all, const char *below)
{
    const char *path = all->place ? all->place->path : "/";

    buffer_clear(&all->beside);
    if (all->place && all->place->drive)
        buffer_add_format(&all->beside, "%c:", all->place->drive);
    buffer_add(&all->beside, path, (size_t)(strrchr(path, '/') - path));
    if (*below)
        buffer_add_format(&all->beside, "/%s", below);
    return buffer_text(&all->beside);
}

/* The folder that something is started in, if it lies in the tree. */
static bool folder_of(struct autoruns *all, const struct autorun_machine *machine,
                      const char *name)
{
    size_t length = strlen(name);
    bool quoted = length > 1 && name[0] == '"' && name[length - 1] == '"';

    buffer_clear(&all->beside);
    return autorun_path(machine, name + quoted, length - 2 * quoted, &all->beside, NULL);
}

/* The program that a text starts: live, else deleted, else absent. */
static bool resolve(struct autoruns *all, const struct autorun *autorun, const char *text,
                    struct autorun_program *program)
{
    struct autorun_machine machine = autorun_machine_walked(all, autorun->user);
    enum autorun_list list = autorun->list;
    struct autorun_program deleted;

    machine.wow64 = machine.has_wow64 && autorun->wow64;
    if (autorun->folder && folder_of(all, &machine, autorun->folder))
        machine.folder = buffer_text(&all->beside);
    else if (autorun->beside)
        machine.folder = folder_beside(all, autorun->beside);
    if (machine.search)
        machine.search = buffer_text(&all->search);
    /* Only the shell asks App Paths. */
    if (strcmp(autorun->category, "logon") == 0)
        machine.app_path = autorun_find_app_path;
    machine.find = autorun_find_program;
    machine.context = all;
    all->among_deleted = false;
    if (!autorun_resolve(&machine, list, text, program))
        return false;
    if (!autorun_settle(all, program))
        return true;
    bool none = all->deleted.count == 0 && all->where.tree == all->tree;
    if (program->state == AUTORUN_FOUND || none)
        return true;
    const struct where where = all->where;
    all->among_deleted = true;
    autorun_resolve(&machine, list, text, &deleted);
    bool better = deleted.state == AUTORUN_FOUND;
    buffer_release(better ? &program->path : &deleted.path);
    if (better)
        *program = deleted;
    else
        all->where = where;
    return true;
}

/* Set program, arguments, target. What they point to lies in the program,
 * `members` and the tree. */
static int set_target(struct autoruns *all, struct record *record,
                      const struct autorun_program *program,
                      struct member members[MOST_TARGET_MEMBERS])
{
    const struct target_content *content;
    size_t count = 0;
    int result = 0;

    record_text_n(record, FIELD_PROGRAM, buffer_text(&program->path), program->path.length);
    if (program->arguments_size > 0)
        record_text_n(record, FIELD_ARGUMENTS, program->arguments, program->arguments_size);
    if (program->state == AUTORUN_FOUND) {
        result = autorun_target_content(all, &all->found, &content);
        record_text_n(record, FIELD_PROGRAM, all->found.path, all->found.path_length);
        count = target_members(all, &all->found, members);
        count = autorun_add_content(content, members, count);
    } else if (program->state == AUTORUN_ABSENT && all->where.complete) {
        const char *path = buffer_text(&program->path);
        path += autorun_drive_length(path);
        if (all->where.volume != all->volume)
            members[count++] =
                (struct member){ "volume", value_text(all->where.volume->name) };
        if (*path == '/') {
            record_text(record, FIELD_PROGRAM, path);
            members[count++] = (struct member){ "path", value_text(path) };
        }
        members[count++] = (struct member){ "state", value_text("absent") };
    } else {
        return 0; /* nothing is known of it */
    }
    const struct value target = { .kind = VALUE_OBJECT, .length = count, .members = members };
    record_value(record, FIELD_TARGET, &target);
    return result;
}

/* Where a carved hive lies, and whose it was. */
static void add_carved(const struct carved *carved, struct record *record)
{
    if (carved->volume && *carved->volume->name)
        record_text(record, FIELD_VOLUME, carved->volume->name);
    if (carved->file) {
        record_text_n(record, FIELD_PATH, carved->file->path, carved->file->path_length);
        record_text(record, FIELD_INODE, carved->file->inode);
    }
    record_number(record, FIELD_OFFSET, carved->offset);
}

void autorun_begin_record(const struct autoruns *all, struct record *record,
                          enum record_type type)
{
    record_begin(record, type);
    record_text(record, FIELD_IMAGE, all->evidence->name);
    const struct where where = autorun_of_place(all);
    if (where.volume)
        record_text(record, FIELD_VOLUME, where.volume->name);
    if (all->place) {
        record_text(record, FIELD_PATH, all->place->path);
        record_text(record, FIELD_INODE, *all->place->inode ? all->place->inode : NULL);
    }
    if (all->carved)
        add_carved(all->carved, record);
    if (all->installation)
        record_text(record, FIELD_HOST, all->installation->name);
    bool backup = all->copy || (all->place && all->place->backup);
    if (type != RECORD_GAP)
        record_text(record, FIELD_ORIGIN, backup        ? "backup"
                                          : all->carved ? "deleted"
                                          : all->origin ? all->origin
                                                        : "live");
    if (type == RECORD_AUTORUN)
        record_text(record, FIELD_USER, all->user);
}

static void add_line(void *context, const char *text, size_t size)
{
    struct buffer *strings = context;

    buffer_add(strings, text, size);
    buffer_add_byte(strings, '\0');
}

/* Strings of a MULTI_SZ up to the first empty one, where Windows stops. */
static size_t strings_in_effect(const struct buffer *strings)
{
    size_t at = 0;

    while (at < strings->length && strings->data[at])
        at += strlen(strings->data + at) + 1;
    return at;
}

/* What a file says besides; its local times by the zone of the evidence. */
static void set_facts(struct autoruns *all, struct record *record, const struct autorun *autorun)
{
    if (autorun->fact_count == 0)
        return;
    if (memory_grow((void **)&all->facts, &all->fact_capacity, autorun->fact_count,
                    sizeof *all->facts) != 0) {
        all->out_of_memory = true;
        return;
    }
    memcpy(all->facts, autorun->facts, autorun->fact_count * sizeof *all->facts);
    const struct zone *zone = autorun_zone(all);
    for (size_t i = 0; i < autorun->fact_count && zone; i++)
        if (all->facts[i].value.kind == VALUE_TIME)
            zone_resolve(zone, &all->facts[i].value.time);
    const struct value facts = { .kind = VALUE_OBJECT,
                                 .length = autorun->fact_count,
                                 .members = all->facts };
    record_value(record, FIELD_FACTS, &facts);
}

/* All but what it starts. */
static void set_autorun(struct autoruns *all, struct record *record,
                        const struct autorun *autorun)
{
    const char *data = autorun->data ? autorun->data : autorun->text;

    record_text(record, FIELD_LOCATION, autorun->location);
    record_text(record, FIELD_CATEGORY, autorun->category);
    record_text(record, FIELD_TECHNIQUE, autorun->technique);
    if (autorun->user)
        record_text(record, FIELD_USER, autorun->user);
    record_text(record, FIELD_KEY, autorun->key);
    record_text_n(record, FIELD_NAME, autorun->name, autorun->name_length);
    if (autorun->value)
        autorun_set_data(all, record, autorun->hive, autorun->value);
    else if (*data || autorun->key)
        record_text_n(record, FIELD_DATA, data,
                      autorun->data_length > 0 ? autorun->data_length : strlen(data));
    record_time(record, FIELD_KEY_LAST_WRITE, &autorun->last_write);
    if (autorun->in_control_set)
        record_bool(record, FIELD_CURRENT, autorun->current);
    record_bool(record, FIELD_ENABLED, autorun->enabled);
    if (all->sighting) {
        record_time(record, FIELD_FIRST_SEEN, &all->sighting->first);
        record_time(record, FIELD_LAST_SEEN, &all->sighting->last);
    }
    set_facts(all, record, autorun);
}

/* What is odd about it; `items` and the texts hold with the record. */
static void set_anomalies(const struct autoruns *all, struct record *record,
                          const struct autorun *autorun, const struct autorun_program *program,
                          struct value items[AUTORUN_MOST_ODDITIES])
{
    const char *windows = all->installation ? all->installation->windows : "";
    const char *texts[AUTORUN_MOST_ODDITIES];
    size_t count = autorun_oddities(autorun, program, windows, texts);

    for (size_t i = 0; i < count; i++)
        items[i] = value_text(texts[i]);
    const struct value list = { .kind = VALUE_LIST, .length = count, .items = items };
    if (count > 0)
        record_value(record, FIELD_ANOMALIES, &list);
}

static int emit_one(struct autoruns *all, const struct autorun *autorun,
                    const struct autorun_program *program)
{
    struct member members[MOST_TARGET_MEMBERS];
    struct value oddities[AUTORUN_MOST_ODDITIES];
    struct record record;
    bool is_default = !autorun->more &&
                      (autorun_is_default(autorun, autorun->text, strlen(autorun->text)) ||
                       (program && autorun_is_default(autorun, program->text,
                                                      program->text_size)));

    /* What Windows names here and does not ship: somebody else has put it there. */
    if (is_default && program && program->state == AUTORUN_FOUND && autorun->row &&
        strcmp(autorun->row, "msdtc-oracle") == 0)
        is_default = false;
    if (is_default && autorun->unless_default)
        return 0;
    autorun_begin_record(all, &record, RECORD_AUTORUN);
    set_autorun(all, &record, autorun);
    if (is_default)
        record_bool(&record, FIELD_DEFAULT, true);
    set_anomalies(all, &record, autorun, program, oddities);
    int result = program ? set_target(all, &record, program, members) : 0;
    if (autorun->arguments)
        record_text(&record, FIELD_ARGUMENTS, autorun->arguments);
    return result == 0 ? all->sink(all->context, &record) : result;
}

/* A record for each program of one text; one without where it has none. */
static int emit_programs(struct autoruns *all, const struct autorun *autorun, const char *text)
{
    struct autorun_program program = { .next = text };
    size_t count = 0;
    int result = 0;

    if (autorun->damaged)
        result = autorun_emit_gap(all, autorun->damaged,
                                  autorun->value ? &autorun->value->offset : NULL);
    while (result == 0 && program.next &&
           resolve(all, autorun, program.next, &program)) {
        if (count++ == LIMIT_PROGRAMS_A_VALUE) {
            buffer_release(&program.path);
            return autorun_emit_gap(all, "a list of more programs than are resolved", NULL);
        }
        result = program.path.failed ? -1 : emit_one(all, autorun, &program);
        buffer_release(&program.path);
    }
    return count > 0 || result != 0 ? result : emit_one(all, autorun, NULL);
}

static int emit_strings(struct autoruns *all, const struct autorun *autorun)
{
    bool every = autorun->list == AUTORUN_EVERY;
    int result = 0;

    if (!autorun->value || autorun->whole || autorun->value->type != HIVE_MULTI_SZ)
        return emit_programs(all, autorun, autorun->text);
    /* Each string of its own: set_data fills all->items again for each record. */
    struct buffer strings = BUFFER_INIT;
    hive_value_strings(autorun->hive, autorun->value, add_line, &strings);
    size_t length = every ? strings.length : strings_in_effect(&strings);
    bool any = false;
    for (size_t at = 0; at < length && result == 0; at += strlen(strings.data + at) + 1) {
        if (!strings.data[at])
            continue;
        struct autorun one = *autorun; /* what it is judged by */
        one.text = strings.data + at;
        result = emit_programs(all, &one, one.text);
        any = true;
    }
    if (!any && result == 0)
        result = emit_one(all, autorun, NULL);
    if (strings.failed)
        all->out_of_memory = true;
    buffer_release(&strings);
    return result;
}

int autorun_emit(void *context, const struct autorun *autorun)
{
    struct autoruns *all = context;
    struct autorun judged = *autorun;
    struct buffer path = BUFFER_INIT;
    struct member users[2];
    int kept = autorun_keep(all, autorun);

    if (kept != 0)
        return kept > 0 ? 0 : -1;
    if (autorun->row && strcmp(autorun->row, "task-xml") == 0) {
        autorun_task_path(all, &path);
        judged.identity = buffer_text(&path);
    }
    /* The tree is asked for it, so before it is asked for the program. */
    judged.says[AUTORUN_SAYS_FILES] = autorun_task_oddity(all, &judged);
    if (autorun->component && autorun->enabled) {
        judged.facts = users;
        judged.fact_count = autorun_component_facts(all, autorun->component, users);
    }
    int result = emit_strings(all, &judged);
    all->out_of_memory |= path.failed;
    buffer_release(&path);
    return result;
}

int autorun_emit_itself(struct autoruns *all, const struct autorun *autorun)
{
    struct member members[MOST_TARGET_MEMBERS];
    struct value oddities[AUTORUN_MOST_ODDITIES];
    const struct target_content *content;
    struct record record;
    struct file file;
    int kept = autorun_keep(all, autorun);

    if (kept != 0)
        return kept > 0 ? 0 : -1;
    autorun_begin_record(all, &record, RECORD_AUTORUN);
    set_autorun(all, &record, autorun);
    set_anomalies(all, &record, autorun, NULL, oddities);
    record_text(&record, FIELD_PROGRAM, all->place->path);
    all->where = autorun_of_place(all);
    if (tree_file(all->where.tree, all->place->handle, &file, NULL) != 0)
        return all->sink(all->context, &record);
    int result = autorun_target_content(all, &file, &content);
    size_t count = autorun_add_content(content, members, target_members(all, &file, members));
    const struct value target = { .kind = VALUE_OBJECT, .length = count, .members = members };
    record_value(&record, FIELD_TARGET, &target);
    return result == 0 ? all->sink(all->context, &record) : result;
}

int autorun_emit_gap(struct autoruns *all, const char *reason, const uint64_t *file_offset)
{
    struct record record;

    /* told in the second walk; what is left of a carved hive is incomplete as a rule */
    if (all->keeps == KEEP_NONE || all->carved)
        return 0;
    autorun_begin_record(all, &record, RECORD_GAP);
    if (file_offset)
        record_number(&record, FIELD_FILE_OFFSET, *file_offset);
    record_text(&record, FIELD_KIND, "structure");
    record_text(&record, FIELD_REASON, reason);
    return all->sink(all->context, &record);
}
