/* SPDX-License-Identifier: Apache-2.0 */

/*
 * reg-runkeys: finds hives, INI files and Startup folders in a tree, walks them,
 * and joins each autostart with the file that it starts.
 *
 * A hive is taken by its name and place, and must begin as one; those in
 * RegBack, repair, .DA0 and the like are backups. Users are told by ProfileList.
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

struct autoruns {
    struct evidence *evidence;
    const struct volume *volume;
    struct tree *tree; /* NULL: a loose hive */
    struct place *places;
    size_t place_count, place_capacity;
    struct profile *profiles;
    size_t profile_count, profile_capacity;
    char *windows;     /* path of the Windows folder, "" when none was found */
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
    static const char *const startup[] = { "*/start menu/programs/startup/*", NULL };

    *backup = matches(path, backups);
    if (*backup || matches(path, hives))
        return PLACE_HIVE;
    if (ends_with(path, "/win.ini") || ends_with(path, "/system.ini"))
        return PLACE_INI;
    return matches(path, startup) && !ends_with(path, "/desktop.ini") ? PLACE_STARTUP : -1;
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

static int collect(void *context, const struct file *file)
{
    struct autoruns *all = context;
    bool backup;

    if (file->state != FILE_ALLOCATED || file->type != FILE_REGULAR || file->stream)
        return 0;
    int kind = place_of(file->path, &backup);
    if (kind < 0)
        return 0;
    if (memory_grow((void **)&all->places, &all->place_capacity, all->place_count + 1,
                    sizeof *all->places) != 0) {
        all->out_of_memory = true;
        return -1;
    }
    struct place *place = &all->places[all->place_count];
    *place = (struct place){ .kind = (enum place_kind)kind,
                             .handle = file->handle,
                             .path = strndup(file->path, file->path_length),
                             .backup = backup };
    if (!place->path) {
        all->out_of_memory = true;
        return -1;
    }
    strcpy(place->inode, file->inode);
    all->place_count++;
    note_windows(all, place->path);
    return 0;
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

/* Set program, arguments, target. What they point to lies in `program`, `members`
 * and the tree. */
static void set_target(struct autoruns *all, struct record *record, const char *command,
                       struct file *file, char program[1024],
                       struct member members[MOST_TARGET_MEMBERS])
{
    const struct autorun_machine machine = { .windows = all->windows };
    const char *arguments = "";
    size_t count;

    if (!all->tree || !*command)
        return;
    if (autorun_resolve(all->tree, &machine, command, file, program, 1024, &arguments) == 0) {
        record_text_n(record, FIELD_PROGRAM, file->path, file->path_length);
        count = target_members(all, file, members);
    } else {
        record_text(record, FIELD_PROGRAM, program);
        members[0] = (struct member){ "path", value_text(program) };
        members[1] = (struct member){ "state", value_text("absent") };
        count = 2;
    }
    while (*arguments == ' ' || *arguments == '\t')
        arguments++;
    if (*arguments)
        record_text(record, FIELD_ARGUMENTS, arguments);
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
        record_text(record, FIELD_INODE, all->place->inode);
    }
    record_text(record, FIELD_ORIGIN, all->place && all->place->backup ? "backup" : "live");
    record_text(record, FIELD_USER, all->user);
}

static int emit(void *context, const struct autorun *autorun)
{
    struct autoruns *all = context;
    struct member members[MOST_TARGET_MEMBERS];
    char program[1024];
    struct record record;
    struct file file;

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
    if (autorun_is_default(autorun))
        record_bool(&record, FIELD_DEFAULT, true);
    set_target(all, &record, autorun->text, &file, program, members);
    return all->sink(all->context, &record);
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

static void report(struct autoruns *all, struct error *error)
{
    error_prefix(error, "%s%s%s%s%s", all->evidence->name, all->volume ? ":" : "",
                 all->volume ? all->volume->name : "", all->place ? ":" : "",
                 all->place ? all->place->path : "");
    all->problem(all->context, error);
}

/* Damage of a hive costs a part of it: told, and the rest is walked. */
static void report_problems(struct autoruns *all, struct hive *hive)
{
    size_t count = hive_problem_count(hive);
    uint64_t offset;

    if (count == 0)
        return;
    const char *text = hive_problem(hive, 0, &offset);
    struct error error = ERROR_INIT;
    error_set(&error, ERROR_DAMAGED, "hive: at %llu: %s%s", (unsigned long long)offset, text,
              count > 1 ? ", and further damage" : "");
    report(all, &error);
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
    for (size_t i = 0; i < all->profile_count; i++)
        if (all->profiles[i].folder && all->profiles[i].sid &&
            text_equal_nocase(all->profiles[i].folder, user))
            snprintf(mount, size, "HKU\\%s", all->profiles[i].sid);
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
        report_problems(all, hive);
        if (hive_is_dirty(hive)) {
            error_set(&reason, ERROR_UNSUPPORTED,
                      "hive: its last changes are in its log, which is not read yet");
            report(all, &reason);
        }
        result = autorun_walk_hive(hive, kind, mount, emit, all, error);
        all->user = NULL;
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

static int walk_tree(struct autoruns *all, struct error *error)
{
    int result = tree_walk(all->tree, collect, all, error);

    if (all->out_of_memory)
        return error_set_memory(error);
    for (size_t i = 0; i < all->place_count && result == 0; i++)
        if (all->places[i].kind == PLACE_HIVE && !all->places[i].backup &&
            ends_with(all->places[i].path, "/software"))
            result = walk_place(all, &all->places[i], true, error);
    for (size_t i = 0; i < all->place_count && result == 0; i++)
        result = walk_place(all, &all->places[i], false, error);
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
    free(all->windows);
    free(all->items);
    buffer_release(&all->strings);
}

struct request {
    examine_sink sink;
    examine_problem problem;
    void *context;
};

static int walk_one(const struct request *request, struct evidence *evidence,
                    const struct volume *volume, struct tree *tree, struct reader *reader,
                    struct error *error)
{
    struct autoruns all = { .evidence = evidence,
                            .volume = volume,
                            .tree = tree,
                            .sink = request->sink,
                            .problem = request->problem,
                            .context = request->context };
    int result = init(&all, error);

    if (result == 0)
        result = reader ? walk_hive(&all, reader, false, error) : walk_tree(&all, error);
    release(&all);
    return result;
}

static int walk_filesystem(void *context, struct evidence *evidence,
                           struct filesystem *filesystem, struct error *error)
{
    return walk_one(context, evidence, filesystem_volume(filesystem),
                    filesystem_tree(filesystem), NULL, error);
}

int examine_autoruns(struct object *object, examine_sink sink, examine_problem problem,
                     void *context, struct error *error)
{
    struct request request = { sink, problem, context };
    struct reader *reader;

    if (object->kind == OBJECT_DIRECTORY)
        return walk_one(&request, object->evidence, NULL, object->evidence->directory, NULL,
                        error);
    if (object->kind == OBJECT_IMAGE || object->kind == OBJECT_VOLUME) {
        if (object->volume && !volume_has_files(object->volume))
            return error_set(error, ERROR_UNSUPPORTED,
                             "%s:%s has no file system that fett reads: %s",
                             object->evidence->name, object->volume->name,
                             object->volume->kind_name);
        return examine_filesystems(object, walk_filesystem, &request, error);
    }
    if (object_open(object, &reader, error) != 0)
        return -1;
    int result = walk_one(&request, object->evidence, object->volume, NULL, reader, error);
    reader_free(reader);
    return result;
}
