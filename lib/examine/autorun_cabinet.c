/* SPDX-License-Identifier: Apache-2.0 */

/*
 * autorun_cabinet: the copies of the registry that Windows 98 and Me keep in cabinets:
 * SYSBCKUP\RB000.CAB and on, RBBAD.CAB what was found damaged, each with SYSTEM.DAT, USER.DAT,
 * of Me CLASSES.DAT, WIN.INI and SYSTEM.INI.
 *
 * What is in one is a place of its own, CABINET:NAME, whose offsets are those of the file that
 * was packed. What is wrong with the cabinet is told of the cabinet, by its own offsets.
 */

#include <stdlib.h>

#include <fett/cabinet.h>
#include <fett/limits.h>
#include <fett/zone.h>

#include "autorun_internal.h"

bool autorun_is_cabinet(const char *path, bool whole)
{
    const char *pattern = whole ? "*/sysbckup/rb???.cab" : "*/rb???.cab";

    return autorun_ends_with(path, ".cab") && text_glob(pattern, path, strlen(path));
}

/* Path of the file that is packed under this name: beside the folder of the cabinets. NULL:
 * memory is out. */
static char *path_before(const char *cabinet, const char *name)
{
    const char *end = strrchr(cabinet, '/');
    struct buffer path = BUFFER_INIT;

    for (const char *at = name; *at; at++)
        if (*at == '\\' || *at == '/')
            name = at + 1;
    while (end > cabinet && *--end != '/')
        ;
    buffer_add(&path, cabinet, (size_t)(end - cabinet));
    buffer_add_format(&path, "/%s", name);
    if (path.failed)
        buffer_release(&path);
    return path.data;
}

/* The same as the live file is written, by which the two are compared. */
static void write_as_live(struct autoruns *all, char *path)
{
    struct file live;

    if (tree_lookup(all->tree, path, &live, NULL) == 0 && live.path_length == strlen(path))
        memcpy(path, live.path, live.path_length);
}

/* What of a file in a cabinet is of interest: a hive, or lines of an INI file; else -1. */
static int kind_of(const struct autoruns *all, const char *before)
{
    const struct autorun_file *file = autorun_file_of(before, all->whole);
    bool backup;

    if (autorun_place_of(before, all->whole, &backup) == PLACE_HIVE)
        return PLACE_HIVE;
    return file && file->kind == AUTORUN_INI ? PLACE_FILE : -1;
}

/* That the times of the volume are told by. */
static const struct zone *zone_of(const struct autoruns *all)
{
    return all->volume ? examine_volume_zone(all->evidence, all->volume) : all->evidence->zone;
}

static int add_member(struct autoruns *all, const struct place *cabinet,
                      const struct cabinet_file *packed, size_t number, size_t *count)
{
    char *before = path_before(cabinet->path, packed->name);
    struct buffer path = BUFFER_INIT;
    int kind = before ? kind_of(all, before) : -1;
    int result = 0;

    if (kind >= 0 && (*count)++ < LIMIT_CABINET_PLACES) {
        buffer_add_format(&path, "%s:%s", cabinet->path, packed->name);
        struct file file = { .path = buffer_text(&path),
                             .path_length = path.length,
                             .handle = cabinet->handle,
                             .times.modified = packed->modified };
        const struct zone *zone = zone_of(all);
        if (zone)
            zone_resolve(zone, &file.times.modified);
        strcpy(file.inode, cabinet->inode);
        result = path.failed ? -1 : autorun_add_place(all, &file, (enum place_kind)kind, true);
        if (result == 0) {
            struct place *place = &all->places[all->place_count - 1];
            place->member = number + 1;
            place->file = kind == PLACE_FILE ? autorun_file_of(before, all->whole) : NULL;
            write_as_live(all, before);
            place->before = before;
            before = NULL;
        }
        buffer_release(&path);
    } else if (!before) {
        result = -1;
    }
    free(before);
    all->out_of_memory |= result != 0;
    return result;
}

/* Its reader is given back before: the tree is asked for what lies beside it. */
static int read_cabinet(struct autoruns *all, const struct place *place, struct cabinet *cabinet)
{
    struct reader *reader;

    if (tree_open(all->tree, place->handle, &reader, NULL) != 0)
        return -1;
    int result = cabinet_read(cabinet, reader, NULL, NULL, NULL);
    reader_free(reader);
    if (result != 0)
        cabinet_release(cabinet);
    return result;
}

/* In the cabinets among the places from this one on. */
static int find_in_cabinets(struct autoruns *all, size_t from)
{
    size_t count = all->place_count;
    int result = 0;

    for (size_t i = from; i < count && result == 0; i++) {
        const struct place place = all->places[i]; /* which moves */
        struct cabinet cabinet;
        size_t taken = 0;
        if (place.kind != PLACE_CABINET || read_cabinet(all, &place, &cabinet) != 0)
            continue;
        for (size_t f = 0; f < cabinet.file_count && result == 0; f++)
            result = add_member(all, &place, &cabinet.files[f], f, &taken);
        cabinet_release(&cabinet);
    }
    return result;
}

int autorun_find_in_cabinets(struct autoruns *all)
{
    return find_in_cabinets(all, 0);
}

static bool begins_as_cabinet(struct reader *reader)
{
    uint8_t head[4];

    return reader->size >= sizeof head && reader_read(reader, 0, head, sizeof head, NULL) == 0 &&
           cabinet_is(head, sizeof head);
}

int autorun_take_cabinet(struct autoruns *all, uint64_t handle)
{
    size_t count = all->place_count;
    struct reader *reader;
    struct file file;

    for (size_t i = 0; i < count; i++)
        if (all->places[i].handle == handle)
            return 0;
    if (tree_file(all->tree, handle, &file, NULL) != 0 || file.type != FILE_REGULAR ||
        tree_open(all->tree, handle, &reader, NULL) != 0)
        return 0;
    bool is = begins_as_cabinet(reader);
    reader_free(reader);
    /* The tree was asked since: `file` holds no more. */
    if (!is || tree_file(all->tree, handle, &file, NULL) != 0)
        return 0;
    return autorun_add_place(all, &file, PLACE_CABINET, true) != 0 ? -1
                                                                   : find_in_cabinets(all, count);
}

int autorun_loose_cabinet(const struct evidence *evidence, struct reader *reader,
                          struct tree **tree, uint64_t *handle, struct error *error)
{
    const char *slash = strrchr(evidence->path, '/');
    struct buffer path = BUFFER_INIT;
    struct file file;
    uint8_t *data;
    size_t size;

    *tree = NULL;
    if (!begins_as_cabinet(reader))
        return 0;
    if (reader_read_all(reader, LIMIT_CABINET_BYTES, &data, &size, NULL, error) != 0)
        return -1;
    buffer_add_format(&path, "/%s", slash ? slash + 1 : evidence->path);
    bool made = !path.failed && (*tree = tree_new_memory()) != NULL &&
                tree_memory_add(*tree, buffer_text(&path), data, size, NULL) == 0;
    free(data);
    int result = made ? tree_lookup(*tree, buffer_text(&path), &file, error)
                      : error_set_memory(error);
    if (result == 0)
        *handle = file.handle;
    buffer_release(&path);
    return result;
}

int autorun_open_place(struct autoruns *all, const struct place *place, struct reader **reader,
                       struct error *error)
{
    struct cabinet cabinet;

    if (place->member == 0)
        return tree_open(all->tree, place->handle, reader, error);
    if (read_cabinet(all, place, &cabinet) != 0)
        return error_set(error, ERROR_DAMAGED, "cabinet: it cannot be read again");
    int result = place->member > cabinet.file_count
                     ? error_set(error, ERROR_DAMAGED, "cabinet: it cannot be read again")
                     : cabinet_open(&cabinet, &cabinet.files[place->member - 1], NULL, NULL,
                                    reader, error);
    cabinet_release(&cabinet);
    return result;
}

/* What is told of the cabinet that is walked: once, though files share their folder. */
struct telling {
    struct autoruns *all;
    uint64_t *told;
    size_t count, capacity;
    int result;
};

static void tell(void *context, uint64_t offset, const char *what)
{
    struct telling *telling = context;

    for (size_t i = 0; i < telling->count; i++)
        if (telling->told[i] == offset)
            return;
    if (telling->result != 0)
        return;
    if (memory_grow((void **)&telling->told, &telling->capacity, telling->count + 1,
                    sizeof *telling->told) != 0) {
        telling->all->out_of_memory = true;
        telling->result = -1;
        return;
    }
    telling->told[telling->count++] = offset;
    telling->result = autorun_emit_gap(telling->all, what, &offset);
}

static void check_file(struct telling *telling, const struct cabinet *cabinet,
                       const struct cabinet_file *file)
{
    struct error reason = ERROR_INIT;
    struct reader *content;

    if (cabinet_open(cabinet, file, tell, telling, &content, &reason) == 0)
        reader_free(content);
    else if (reason.kind == ERROR_SYSTEM)
        telling->all->out_of_memory = true;
    else
        tell(telling, file->entry, reason.text);
}

int autorun_emit_cabinet(struct autoruns *all, struct reader *reader, struct error *error)
{
    struct telling telling = { .all = all };
    struct error reason = ERROR_INIT;
    struct cabinet cabinet;
    size_t taken = 0;

    if (cabinet_read(&cabinet, reader, tell, &telling, &reason) != 0)
        tell(&telling, 0, reason.text);
    for (size_t f = 0; f < cabinet.file_count && telling.result == 0; f++) {
        char *before = path_before(all->place->path, cabinet.files[f].name);
        bool wanted = before && kind_of(all, before) >= 0;
        if (wanted && taken++ < LIMIT_CABINET_PLACES)
            check_file(&telling, &cabinet, &cabinet.files[f]);
        else if (wanted && taken == LIMIT_CABINET_PLACES + 1)
            tell(&telling, cabinet.files[f].entry,
                 "cabinet: it has more hives and INI files than are read");
        if (!before) {
            all->out_of_memory = true;
            telling.result = -1;
        }
        free(before);
    }
    cabinet_release(&cabinet);
    free(telling.told);
    return telling.result == 0 ? 0 : all->out_of_memory ? error_set_memory(error) : telling.result;
}
