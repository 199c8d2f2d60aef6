/* SPDX-License-Identifier: Apache-2.0 */

/*
 * reg-runkeys: finds hives, INI files and Startup folders in a tree, walks them,
 * and joins each autostart with the file that it starts.
 *
 * In a file system a hive is taken by its name and place; in a folder of the
 * examiner's machine, where hives are collected in any way, by its first bytes.
 * Those in RegBack, repair, .DA0 and the like are backups. Users are told by
 * ProfileList.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fett/autorun.h>
#include <fett/examine.h>
#include <fett/text.h>

enum place_kind { PLACE_HIVE, PLACE_INI, PLACE_STARTUP };

/* A file that autostarts stand in. */
struct place {
    enum place_kind kind;
    uint64_t handle;
    char *path;
    char inode[FILE_INODE_SIZE];
    bool backup;
};

/* A profile, by ProfileList. */
struct profile {
    char *sid, *folder; /* last part of ProfileImagePath */
};

/* A deleted file, to be found by its path. */
struct deleted {
    uint64_t hash; /* of the path */
    uint64_t handle;
};

struct autoruns {
    struct evidence *evidence;
    const struct volume *volume;
    struct tree *tree; /* NULL: a loose hive */
    bool whole;        /* the tree is a file system: what is not in it is absent */
    struct deleted *deleted;
    size_t deleted_count, deleted_capacity;
    bool among_deleted; /* where find_program looks */
    struct file found;  /* what it found last */
    struct place *places;
    size_t place_count, place_capacity;
    struct profile *profiles;
    size_t profile_count, profile_capacity;
    char *windows;     /* path of the Windows folder, "" when none was found */
    char drive;        /* letter of the volume that it is on */
    char *profile;     /* folder of the user whose hive is walked, or NULL */
    const struct place *place; /* what is walked now */
    const char *user;
    examine_sink sink;
    examine_problem problem;
    void *context;
    struct buffer strings; /* of a REG_MULTI_SZ, each with its NUL */
    struct value *items;
    size_t item_count, item_capacity;
    bool out_of_memory;
};

static bool ends_with(const char *path, const char *end)
{
    size_t length = strlen(path), end_length = strlen(end);

    return length >= end_length &&
           text_compare_nocase(path + length - end_length, end_length, end, end_length) == 0;
}

static bool matches(const char *path, const char *const patterns[])
{
    for (size_t i = 0; patterns[i]; i++)
        if (text_glob(patterns[i], path, strlen(path)))
            return true;
    return false;
}

/* What a file is by its path; -1: nothing of interest. */
static int place_of(const char *path, bool *backup)
{
    static const char *const hives[] = {
        "*/config/software", "*/config/system", "*/config/default", "*/ntuser.dat",
        "*/ntuser.man",      "*/system.dat",    "*/user.dat",       NULL
    };
    static const char *const backups[] = {
        "*/config/regback/s*", "*/config/regback/default", "*/repair/software", "*/repair/system",
        "*/repair/default", "*/repair/ntuser.dat", "*/system.da0", "*/user.da0", "/system.1st",
        "*/snapshot/_registry_machine_software", "*/snapshot/_registry_machine_system",
        "*/snapshot/_registry_user_ntuser_*", "/windows.old/*/config/software",
        "/windows.old/*/config/system", "/windows.old/*/ntuser.dat", NULL
    };

    *backup = matches(path, backups);
    if (*backup || matches(path, hives))
        return PLACE_HIVE;
    if (ends_with(path, "/win.ini") || ends_with(path, "/system.ini"))
        return PLACE_INI;
    if (ends_with(path, "/desktop.ini"))
        return -1;
    for (size_t i = 0; autorun_startup_folder(i); i++)
        if (text_glob(autorun_startup_folder(i), path, strlen(path)))
            return PLACE_STARTUP;
    return -1;
}

/* The Windows folder is where config/software, or win.ini of 9x, stands. */
static void note_windows(struct autoruns *all, const char *path)
{
    static const char *const marks[] = { "/system32/config/software", "/system.dat" };

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (ends_with(path, marks[i]) && !text_glob("/windows.old/*", path, strlen(path)) &&
            !*all->windows) {
            char *windows = strndup(path, strlen(path) - strlen(marks[i]));
            if (!windows)
                return;
            free(all->windows);
            all->windows = windows;
        }
}

static void report(struct autoruns *all, struct error *error)
{
    error_prefix(error, "%s%s%s%s%s", all->evidence->name, all->volume ? ":" : "",
                 all->volume ? all->volume->name : "", all->place ? ":" : "",
                 all->place ? all->place->path : "");
    all->problem(all->context, error);
}

static int note_deleted(struct autoruns *all, const struct file *file)
{
    if (memory_grow((void **)&all->deleted, &all->deleted_capacity, all->deleted_count + 1,
                    sizeof *all->deleted) != 0) {
        all->out_of_memory = true;
        return -1;
    }
    all->deleted[all->deleted_count++] =
        (struct deleted){ text_hash_nocase(file->path, file->path_length), file->handle };
    return 0;
}

static int compare_deleted(const void *a, const void *b)
{
    const struct deleted *x = a, *y = b;

    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->handle > y->handle) - (x->handle < y->handle);
}

static int add_place(struct autoruns *all, const struct file *file, enum place_kind kind,
                     bool backup)
{
    char *path = strndup(file->path, file->path_length);

    if (!path || memory_grow((void **)&all->places, &all->place_capacity, all->place_count + 1,
                             sizeof *all->places) != 0) {
        free(path);
        all->out_of_memory = true;
        return -1;
    }
    struct place *place = &all->places[all->place_count++];
    *place = (struct place){
        .kind = kind, .handle = file->handle, .path = path, .backup = backup
    };
    strcpy(place->inode, file->inode);
    note_windows(all, path);
    return 0;
}

static int collect(void *context, const struct file *file)
{
    struct autoruns *all = context;
    bool backup;

    if (file->type != FILE_REGULAR || file->stream)
        return 0;
    if (file->state == FILE_DELETED)
        return note_deleted(all, file);
    if (file->state != FILE_ALLOCATED)
        return 0;
    int kind = place_of(file->path, &backup);
    return kind < 0 ? 0 : add_place(all, file, (enum place_kind)kind, backup);
}

/* Of a folder of the examiner's machine: hives by what they begin with. */
static int collect_loose(void *context, const struct file *file)
{
    struct autoruns *all = context;
    struct error error = ERROR_INIT;
    struct reader *reader;
    uint8_t head[HIVE_HEAD_SIZE];
    bool backup, hive = false;

    if (file->type != FILE_REGULAR)
        return 0;
    int kind = place_of(file->path, &backup);
    if (kind != PLACE_HIVE) {
        if (tree_open(all->tree, file->handle, &reader, &error) != 0) {
            all->place = NULL;
            report(all, &error);
            return 0;
        }
        hive = reader->size >= sizeof head &&
               reader_read(reader, 0, head, sizeof head, NULL) == 0 &&
               hive_is(head, sizeof head);
        reader_free(reader);
    }
    if (hive)
        kind = PLACE_HIVE;
    return kind < 0 ? 0 : add_place(all, file, (enum place_kind)kind, backup);
}

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

static void set_data(struct autoruns *all, struct record *record, const struct autorun *autorun)
{
    const struct hive_value *value = autorun->value;
    uint64_t number;

    if (!value) {
        record_text(record, FIELD_DATA, autorun->text);
        return;
    }
    const char *type = hive_type_name(value->type);
    if (type)
        record_text(record, FIELD_DATA_TYPE, type);
    if (value->type == HIVE_MULTI_SZ) {
        all->item_count = 0;
        buffer_clear(&all->strings);
        hive_value_strings(autorun->hive, value, add_string, all);
        for (size_t i = 0; i < all->item_count; i++)
            all->items[i].text = buffer_text(&all->strings) + all->items[i].number;
        const struct value list = { .kind = VALUE_LIST,
                                    .length = all->item_count,
                                    .items = all->items };
        record_value(record, FIELD_DATA, &list);
    } else if (hive_value_number(value, &number) == 0) {
        record_number(record, FIELD_DATA, number);
    } else if (value->type == HIVE_SZ || value->type == HIVE_EXPAND_SZ) {
        record_text(record, FIELD_DATA, autorun->text);
    } else if (value->data) {
        record_hex(record, FIELD_DATA, value->data, value->size);
    }
}

enum { MOST_TARGET_MEMBERS = 16 };

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
    if (all->volume)
        members[count++] = (struct member){ "volume", value_text(all->volume->name) };
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

/* Whether a file is at this path: a live one, or a deleted one. */
static bool find_program(void *context, const char *path)
{
    struct autoruns *all = context;
    size_t length = strlen(path), low = 0, high = all->deleted_count;
    uint64_t hash;

    if (!all->among_deleted)
        return tree_lookup(all->tree, path, &all->found, NULL) == 0 &&
               all->found.type != FILE_DIRECTORY;
    hash = text_hash_nocase(path, length);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (all->deleted[middle].hash < hash)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < all->deleted_count && all->deleted[low].hash == hash; low++)
        if (tree_file(all->tree, all->deleted[low].handle, &all->found, NULL) == 0 &&
            text_compare_nocase(all->found.path, all->found.path_length, path, length) == 0)
            return true;
    return false;
}

/* The program that a text starts: live, else deleted, else absent. */
static bool resolve(struct autoruns *all, enum autorun_list list, const char *text,
                    struct autorun_program *program)
{
    const struct autorun_machine machine = { .windows = all->windows,
                                             .profile = all->profile,
                                             .drive = all->drive,
                                             .find = find_program,
                                             .context = all };

    all->among_deleted = false;
    if (!autorun_resolve(&machine, list, text, program))
        return false;
    if (program->state != AUTORUN_ABSENT || all->deleted_count == 0)
        return true;
    buffer_release(&program->path);
    all->among_deleted = true;
    autorun_resolve(&machine, list, text, program);
    return true;
}

/* Set program, arguments, target. What they point to lies in the program,
 * `members` and the tree. */
static void set_target(struct autoruns *all, struct record *record,
                       const struct autorun_program *program,
                       struct member members[MOST_TARGET_MEMBERS])
{
    size_t count = 0;

    record_text_n(record, FIELD_PROGRAM, buffer_text(&program->path), program->path.length);
    if (program->arguments_size > 0)
        record_text_n(record, FIELD_ARGUMENTS, program->arguments, program->arguments_size);
    if (program->state == AUTORUN_FOUND) {
        record_text_n(record, FIELD_PROGRAM, all->found.path, all->found.path_length);
        count = target_members(all, &all->found, members);
    } else if (program->state == AUTORUN_ABSENT && all->whole) {
        if (*buffer_text(&program->path) == '/')
            members[count++] = (struct member){
                "path", value_text_n(buffer_text(&program->path), program->path.length)
            };
        members[count++] = (struct member){ "state", value_text("absent") };
    } else {
        return; /* nothing is known of it */
    }
    const struct value target = { .kind = VALUE_OBJECT, .length = count, .members = members };
    record_value(record, FIELD_TARGET, &target);
}

static void begin(struct autoruns *all, struct record *record)
{
    record_begin(record, RECORD_AUTORUN);
    record_text(record, FIELD_IMAGE, all->evidence->name);
    if (all->volume)
        record_text(record, FIELD_VOLUME, all->volume->name);
    if (all->place) {
        record_text(record, FIELD_PATH, all->place->path);
        record_text(record, FIELD_INODE, *all->place->inode ? all->place->inode : NULL);
    }
    record_text(record, FIELD_ORIGIN, all->place && all->place->backup ? "backup" : "live");
    record_text(record, FIELD_USER, all->user);
}

static void add_line(void *context, const char *text, size_t size)
{
    struct buffer *strings = context;

    buffer_add(strings, text, size);
    buffer_add_byte(strings, '\0');
}

static int emit_one(struct autoruns *all, const struct autorun *autorun,
                    const struct autorun_program *program)
{
    struct member members[MOST_TARGET_MEMBERS];
    struct record record;

    begin(all, &record);
    record_text(&record, FIELD_LOCATION, autorun->location);
    record_text(&record, FIELD_CATEGORY, autorun->category);
    record_text(&record, FIELD_TECHNIQUE, autorun->technique);
    record_text(&record, FIELD_KEY, autorun->key);
    record_text_n(&record, FIELD_NAME, autorun->name, autorun->name_length);
    set_data(all, &record, autorun);
    record_time(&record, FIELD_KEY_LAST_WRITE, &autorun->last_write);
    if (autorun->in_control_set)
        record_bool(&record, FIELD_CURRENT, autorun->current);
    record_bool(&record, FIELD_ENABLED, *autorun->text && (!autorun->service || autorun->start != 4));
    if (autorun_is_default(autorun->defaults, autorun->text, strlen(autorun->text)) ||
        (program && autorun_is_default(autorun->defaults, program->text, program->text_size)))
        record_bool(&record, FIELD_DEFAULT, true);
    if (program)
        set_target(all, &record, program, members);
    return all->sink(all->context, &record);
}

/* A record for each program of one text; one without where it has none. */
static int emit_programs(struct autoruns *all, const struct autorun *autorun, const char *text)
{
    struct autorun_program program = { .next = text };
    bool any = false;
    int result = 0;

    while (result == 0 && all->tree && program.next &&
           resolve(all, autorun->list, program.next, &program)) {
        any = true;
        result = program.path.failed ? -1 : emit_one(all, autorun, &program);
        buffer_release(&program.path);
    }
    return any || result != 0 ? result : emit_one(all, autorun, NULL);
}

static int emit(void *context, const struct autorun *autorun)
{
    struct autoruns *all = context;
    int result = 0;

    if (!autorun->value || autorun->value->type != HIVE_MULTI_SZ)
        return emit_programs(all, autorun, autorun->text);
    /* Each string of its own: set_data fills all->items again for each record. */
    struct buffer strings = BUFFER_INIT;
    hive_value_strings(autorun->hive, autorun->value, add_line, &strings);
    if (strings.length == 0)
        result = emit_one(all, autorun, NULL);
    for (size_t at = 0; at < strings.length && result == 0;
         at += strlen(strings.data + at) + 1)
        result = emit_programs(all, autorun, strings.data + at);
    if (strings.failed)
        all->out_of_memory = true;
    buffer_release(&strings);
    return result;
}

/* A file in a Startup folder: it is what is started. */
static int emit_startup(struct autoruns *all, struct error *error)
{
    struct member members[MOST_TARGET_MEMBERS];
    struct record record;
    struct file file;

    begin(all, &record);
    record_text(&record, FIELD_LOCATION, "startup-folder");
    record_text(&record, FIELD_CATEGORY, "logon");
    record_text(&record, FIELD_TECHNIQUE, "T1547.001");
    record_text(&record, FIELD_NAME, strrchr(all->place->path, '/') + 1);
    record_bool(&record, FIELD_ENABLED, true);
    record_text(&record, FIELD_PROGRAM, all->place->path);
    if (tree_file(all->tree, all->place->handle, &file, error) != 0)
        return -1;
    const struct value target = { .kind = VALUE_OBJECT,
                                  .length = target_members(all, &file, members),
                                  .members = members };
    record_value(&record, FIELD_TARGET, &target);
    return all->sink(all->context, &record);
}

/* Damage of a hive costs a part of it: each is a gap, and the rest is walked. */
static int hand_out_problems(struct autoruns *all, struct hive *hive)
{
    int result = 0;

    for (size_t i = 0; i < hive_problem_count(hive) && result == 0; i++) {
        struct record record;
        uint64_t offset;
        const char *text = hive_problem(hive, i, &offset);
        record_begin(&record, RECORD_GAP);
        record_text(&record, FIELD_IMAGE, all->evidence->name);
        if (all->volume)
            record_text(&record, FIELD_VOLUME, all->volume->name);
        if (all->place) {
            record_text(&record, FIELD_PATH, all->place->path);
            record_text(&record, FIELD_INODE, *all->place->inode ? all->place->inode : NULL);
        }
        record_number(&record, FIELD_FILE_OFFSET, offset);
        record_text(&record, FIELD_KIND, "structure");
        record_text(&record, FIELD_REASON, text);
        result = all->sink(all->context, &record);
    }
    return result;
}

/* SID and folder of each profile, out of a SOFTWARE hive. */
static int load_profiles(struct autoruns *all, struct hive *hive)
{
    hive_key list = hive_key_find(hive, hive_root(hive),
                                  "Microsoft\\Windows NT\\CurrentVersion\\ProfileList");
    struct buffer path = BUFFER_INIT;

    for (size_t i = 0; list && i < hive_key_child_count(hive, list); i++) {
        hive_key key = hive_key_child(hive, list, i);
        struct hive_value value;
        size_t length;
        if (hive_value_find(hive, key, "ProfileImagePath", &value, NULL) != 0)
            continue;
        buffer_clear(&path);
        hive_value_text(hive, &value, &path);
        const char *last = strrchr(buffer_text(&path), '\\');
        const char *sid = hive_key_name(hive, key, &length);
        if (!last || memory_grow((void **)&all->profiles, &all->profile_capacity,
                                 all->profile_count + 1, sizeof *all->profiles) != 0)
            continue;
        all->profiles[all->profile_count++] =
            (struct profile){ strndup(sid, length), strdup(last + 1) };
    }
    buffer_release(&path);
    return 0;
}

/* "HKU\\<SID>" for the hive of a profile folder; sets the user. */
static void mount_user(struct autoruns *all, char *mount, size_t size, char *user,
                       size_t user_size)
{
    const char *path = all->place ? all->place->path : "";
    const char *last = strrchr(path, '/'), *folder = last;

    while (folder && folder > path && folder[-1] != '/')
        folder--;
    snprintf(mount, size, "HKU\\?");
    if (ends_with(path, "/config/default")) {
        snprintf(mount, size, "HKU\\.DEFAULT");
        return;
    }
    if (!folder || folder == last)
        return;
    snprintf(user, user_size, "%.*s", (int)(last - folder), folder);
    all->user = user;
    all->profile = strndup(path, (size_t)(last - path));
    for (size_t i = 0; i < all->profile_count; i++)
        if (all->profiles[i].folder && all->profiles[i].sid &&
            text_equal_nocase(all->profiles[i].folder, user))
            snprintf(mount, size, "HKU\\%s", all->profiles[i].sid);
}

/* The letter of the volume that Windows is on, as its own hive says. */
static void set_drive(struct autoruns *all, struct hive *hive, enum autorun_hive kind)
{
    static const char *const keys[] = { "Microsoft\\Windows NT\\CurrentVersion",
                                        "Software\\Microsoft\\Windows\\CurrentVersion" };
    struct hive_value value;
    struct buffer text = BUFFER_INIT;

    if (kind != AUTORUN_SOFTWARE && kind != AUTORUN_9X_SYSTEM)
        return;
    hive_key key = hive_key_find(hive, hive_root(hive), keys[kind == AUTORUN_9X_SYSTEM]);
    if (key && hive_value_find(hive, key, "SystemRoot", &value, NULL) == 0)
        hive_value_text(hive, &value, &text);
    if (text.length >= 2 && text.data[1] == ':')
        all->drive = (char)(text.data[0] & ~0x20);
    buffer_release(&text);
}

static int walk_hive(struct autoruns *all, struct reader *reader, bool profiles_only,
                     struct error *error)
{
    struct error reason = ERROR_INIT;
    char mount[256], user[128];
    struct hive *hive;

    if (hive_open(&hive, reader, &reason) != 0) {
        if (!profiles_only)
            report(all, &reason);
        return 0;
    }
    enum autorun_hive kind = autorun_hive_kind(hive);
    int result = 0;
    if (profiles_only) {
        if (kind == AUTORUN_SOFTWARE)
            load_profiles(all, hive);
        set_drive(all, hive, kind);
    } else {
        all->user = NULL;
        snprintf(mount, sizeof mount, "%s",
                 kind == AUTORUN_SOFTWARE    ? "HKLM\\SOFTWARE"
                 : kind == AUTORUN_SYSTEM    ? "HKLM\\SYSTEM"
                 : kind == AUTORUN_9X_SYSTEM ? "HKLM"
                 : kind == AUTORUN_9X_USER   ? "HKU"
                                             : "HKU\\?");
        if (kind == AUTORUN_USER)
            mount_user(all, mount, sizeof mount, user, sizeof user);
        if (hive_is_dirty(hive)) {
            error_set(&reason, ERROR_UNSUPPORTED,
                      "hive: its last changes are in its log, which is not read yet");
            report(all, &reason);
        }
        result = autorun_walk_hive(hive, kind, mount, emit, all, error);
        if (result == 0)
            result = hand_out_problems(all, hive);
        all->user = NULL;
        free(all->profile);
        all->profile = NULL;
    }
    hive_free(hive);
    return result;
}

static int walk_ini(struct autoruns *all, struct reader *reader, struct error *error)
{
    struct error reason = ERROR_INIT;
    uint8_t *data;
    size_t size;
    int damaged;

    if (reader_read_all(reader, LIMIT_INI_BYTES, &data, &size, &damaged, &reason) != 0) {
        report(all, &reason);
        return 0;
    }
    if (damaged)
        report(all, &reason);
    int result = autorun_walk_ini(strrchr(all->place->path, '/') + 1, data, size, emit, all,
                                  error);
    free(data);
    return result;
}

static int walk_place(struct autoruns *all, const struct place *place, bool profiles_only,
                      struct error *error)
{
    struct error reason = ERROR_INIT;
    struct reader *reader;
    int result;

    all->place = place;
    if (place->kind == PLACE_STARTUP)
        return emit_startup(all, error);
    if (tree_open(all->tree, place->handle, &reader, &reason) != 0) {
        if (!profiles_only)
            report(all, &reason);
        return 0;
    }
    /* The content's reader is of the tree too: what it gives is taken at once. */
    result = place->kind == PLACE_HIVE ? walk_hive(all, reader, profiles_only, error)
                                       : walk_ini(all, reader, error);
    reader_free(reader);
    return result;
}

/* Windows reads the INI files of its own folder; others are copies. */
static void mark_copies(struct autoruns *all)
{
    size_t length = strlen(all->windows);

    for (size_t i = 0; i < all->place_count && *all->windows; i++) {
        struct place *place = &all->places[i];
        const char *name = strrchr(place->path, '/');
        place->backup |= place->kind == PLACE_INI &&
                         ((size_t)(name - place->path) != length ||
                          text_compare_nocase(place->path, length, all->windows, length) != 0);
    }
}

/* Find all places; learn users and the drive from SOFTWARE and SYSTEM.DAT. */
static int prepare_tree(struct autoruns *all, struct error *error)
{
    int result = tree_walk(all->tree, all->whole ? collect : collect_loose, all, error);

    if (all->out_of_memory)
        return error_set_memory(error);
    mark_copies(all);
    if (all->deleted_count > 0)
        qsort(all->deleted, all->deleted_count, sizeof *all->deleted, compare_deleted);
    for (size_t i = 0; i < all->place_count && result == 0; i++)
        if (all->places[i].kind == PLACE_HIVE && !all->places[i].backup &&
            (ends_with(all->places[i].path, "/software") ||
             ends_with(all->places[i].path, "/system.dat")))
            result = walk_place(all, &all->places[i], true, error);
    return result;
}

/* Whether a place is this file, or lies in this folder. */
static bool is_within(const struct place *place, const struct buffer *path)
{
    size_t length = path->length;

    if (length == 1) /* the root */
        return true;
    return strncmp(place->path, path->data, length) == 0 &&
           (place->path[length] == '\0' || place->path[length] == '/');
}

/* All places, or only those of one file or folder. */
static int walk_tree(struct autoruns *all, uint64_t handle, struct error *error)
{
    struct buffer path = BUFFER_INIT;
    struct file file = { .path = "/", .path_length = 1, .type = FILE_DIRECTORY };
    int result = prepare_tree(all, error);
    bool any = false;

    if (result == 0 && handle != 0)
        result = tree_file(all->tree, handle, &file, error);
    buffer_add(&path, file.path, result == 0 ? file.path_length : 0);
    bool folder = file.type == FILE_DIRECTORY;
    for (size_t i = 0; i < all->place_count && result == 0; i++)
        if (folder ? is_within(&all->places[i], &path) : all->places[i].handle == handle) {
            any = true;
            result = walk_place(all, &all->places[i], false, error);
        }
    if (result == 0 && !folder && !any) {
        /* A file that was named, whatever it is called: taken as a hive. */
        if (tree_file(all->tree, handle, &file, error) != 0 ||
            add_place(all, &file, PLACE_HIVE, false) != 0)
            result = -1;
        else
            result = walk_place(all, &all->places[all->place_count - 1], false, error);
    }
    buffer_release(&path);
    return result;
}

static int init(struct autoruns *all, struct error *error)
{
    all->windows = strdup("");
    return all->windows ? 0 : error_set_memory(error);
}

static void release(struct autoruns *all)
{
    for (size_t i = 0; i < all->place_count; i++)
        free(all->places[i].path);
    for (size_t i = 0; i < all->profile_count; i++) {
        free(all->profiles[i].sid);
        free(all->profiles[i].folder);
    }
    free(all->places);
    free(all->profiles);
    free(all->deleted);
    free(all->windows);
    free(all->profile);
    free(all->items);
    buffer_release(&all->strings);
}

struct request {
    examine_sink sink;
    examine_problem problem;
    void *context;
};

/* A tree, one file of it (`handle` not 0), or a loose hive (`reader`). */
static int walk_one(const struct request *request, struct evidence *evidence,
                    const struct volume *volume, struct tree *tree, uint64_t handle,
                    struct reader *reader, struct error *error)
{
    struct autoruns all = { .evidence = evidence,
                            .volume = volume,
                            .tree = tree,
                            .whole = volume != NULL,
                            .drive = 'C',
                            .sink = request->sink,
                            .problem = request->problem,
                            .context = request->context };
    int result = init(&all, error);

    if (result == 0)
        result = reader ? walk_hive(&all, reader, false, error) : walk_tree(&all, handle, error);
    if (result == 0 && all.out_of_memory)
        result = error_set_memory(error);
    release(&all);
    return result;
}

static int walk_filesystem(void *context, struct evidence *evidence,
                           struct filesystem *filesystem, struct error *error)
{
    return walk_one(context, evidence, filesystem_volume(filesystem),
                    filesystem_tree(filesystem), 0, NULL, error);
}

int examine_autoruns(struct object *object, examine_sink sink, examine_problem problem,
                     void *context, struct error *error)
{
    struct request request = { sink, problem, context };
    struct reader *reader;

    if (object->kind == OBJECT_DIRECTORY)
        return walk_one(&request, object->evidence, NULL, object->evidence->directory, 0, NULL,
                        error);
    if (object->kind == OBJECT_FILE)
        return walk_one(&request, object->evidence, object->volume,
                        object->filesystem ? filesystem_tree(object->filesystem)
                                           : object->evidence->directory,
                        object->handle, NULL, error);
    if (object->kind == OBJECT_IMAGE || object->kind == OBJECT_VOLUME) {
        if (examine_need_files(object, error) != 0)
            return -1;
        return examine_filesystems(object, walk_filesystem, &request, error);
    }
    if (object_open(object, &reader, error) != 0)
        return -1;
    int result = walk_one(&request, object->evidence, object->volume, NULL, 0, reader, error);
    reader_free(reader);
    return result;
}
