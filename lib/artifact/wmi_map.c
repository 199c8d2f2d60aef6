/* SPDX-License-Identifier: Apache-2.0 */

/* The mapping files of WMI's repository: see wmi_internal.h. */

#include <stdlib.h>

#include <fett/bytes.h>
#include <fett/limits.h>

#include "wmi_internal.h"

enum {
    BEGINS = 0xabcd,
    ENDS = 0xdcba,
    ENTRY_XP = 4,
    ENTRY_7 = 24,
    AT_ROOT = 12,
};

/* A mapping file while it is chosen. */
struct file {
    struct wmi_maps maps;
    uint32_t version;
};

/* One table at the cursor, as XP or as 7 writes it. 1: it is none; -1: memory. */
static int read_table(struct cursor *cursor, bool is_xp, struct wmi_map *map, uint32_t *version)
{
    const size_t entry = is_xp ? ENTRY_XP : ENTRY_7;
    uint32_t begins = cursor_u32(cursor);

    *version = cursor_u32(cursor);
    cursor_skip(cursor, is_xp ? 0 : 8);
    cursor_skip(cursor, 4);
    uint32_t count = cursor_u32(cursor);
    if (begins != BEGINS || count > cursor_left(cursor) / entry)
        return 1;
    const uint8_t *entries = cursor_bytes(cursor, count * entry);
    uint32_t free_pages = cursor_u32(cursor);
    if (free_pages > cursor_left(cursor) / 4)
        return 1;
    cursor_skip(cursor, (size_t)free_pages * 4);
    if (cursor_u32(cursor) != ENDS || cursor->failed)
        return 1;
    map->pages = calloc((size_t)count + 1, sizeof *map->pages);
    if (!map->pages)
        return -1;
    map->count = count;
    map->is_xp = is_xp;
    map->root = !is_xp && count > 0 ? bytes_u32le(entries + AT_ROOT) : 0;
    for (size_t i = 0; i < count; i++)
        map->pages[i] = bytes_u32le(entries + i * entry) & WMI_NO_PAGE;
    return 0;
}

/* A file with one table or two. 1: it has none, and the error says so; -1: memory. */
static int read_tables(const uint8_t *data, size_t size, const char *name, struct file *file,
                       struct error *error)
{
    for (int is_xp = 0; is_xp < 2; is_xp++) {
        struct cursor cursor;
        uint32_t version;
        cursor_init(&cursor, data, size, 0, name);
        int result = read_table(&cursor, is_xp, &file->maps.objects, &file->version);
        if (result > 0)
            continue;
        if (result == 0 && cursor_left(&cursor) > 8) /* the end of 7 has 4 bytes more */
            result = read_table(&cursor, is_xp, &file->maps.index, &version);
        if (result == 1) {
            wmi_release_maps(&file->maps);
            error_set(error, ERROR_DAMAGED, "%s: its second table is damaged", name);
        }
        return result;
    }
    error_set(error, ERROR_DAMAGED, "%s: no mapping of %zu bytes", name, size);
    return 1;
}

/* 1: what cannot be read of it is told. */
static int read_file(struct reader *reader, const char *name, struct file *file,
                     wmi_problem problem, void *context)
{
    struct error reason = ERROR_INIT;
    uint8_t *data;
    size_t size;
    int damaged;

    *file = (struct file){ .version = 0 };
    if (reader_read_all(reader, LIMIT_WMI_MAPPING_BYTES, &data, &size, &damaged, &reason) != 0) {
        error_prefix(&reason, "%s", name);
        problem(context, &reason);
        return 1;
    }
    if (damaged) {
        error_prefix(&reason, "%s", name);
        problem(context, &reason);
    }
    int result = read_tables(data, size, name, file, &reason);
    if (result == 1)
        problem(context, &reason);
    free(data);
    return result;
}

int wmi_read_maps(struct wmi_maps *maps, const struct wmi_files *files, wmi_problem problem,
                  void *context, struct error *error)
{
    static const char *const names[WMI_MAPPINGS] = { "MAPPING1.MAP", "MAPPING2.MAP",
                                                     "MAPPING3.MAP" };
    struct file best = { .version = 0 }, file;
    bool is_damaged = false;
    int result = 0;

    *maps = (struct wmi_maps){ .objects.pages = NULL };
    for (size_t i = 0; i < WMI_MAPPINGS && result >= 0; i++) {
        if (!files->mappings[i])
            continue;
        result = read_file(files->mappings[i], names[i], &file, problem, context);
        is_damaged |= result == 1;
        if (result != 0)
            continue;
        if (best.maps.objects.pages && file.version <= best.version) {
            wmi_release_maps(&file.maps);
            continue;
        }
        wmi_release_maps(&best.maps);
        best = file;
    }
    if (result >= 0 && best.maps.objects.pages && !best.maps.index.pages && files->index_map) {
        result = read_file(files->index_map, "INDEX.MAP", &file, problem, context);
        if (result == 0) {
            best.maps.index = file.maps.objects;
            free(file.maps.index.pages);
        }
    }
    *maps = best.maps;
    maps->is_damaged = is_damaged;
    return result < 0 ? error_set_memory(error) : 0;
}

void wmi_release_maps(struct wmi_maps *maps)
{
    free(maps->objects.pages);
    free(maps->index.pages);
    *maps = (struct wmi_maps){ .objects.pages = NULL };
}
