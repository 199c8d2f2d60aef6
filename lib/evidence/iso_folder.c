/* SPDX-License-Identifier: Apache-2.0 */

/*
 * iso_folder: see iso_folder.h.
 *
 * From sector 16 on stand volume descriptors (ECMA-119, 8; Joliet):
 *     0    1  type: 1 primary, 2 supplementary, 255 the last one
 *     1    5  "CD001"
 *    88    3  of a supplementary one: %/@, %/C or %/E where names are UCS-2, big-endian (Joliet)
 *   128    2  bytes of a block
 *   156   34  record of the root
 *
 * A folder is a row of records, none across the end of a sector; behind the last one of a
 * sector stand zeros:
 *     0    1  bytes of the record; 0: go on in the next sector
 *     1    1  blocks of extended attributes, before the content
 *     2    4  where it is: block, little-endian
 *    10    4  bytes, little-endian
 *    18    7  when: year since 1900, month, day, hour, minute, second, quarters of an hour
 *             ahead of UTC, signed, -48 to 52 (ECMA-119, 9.1.5)
 *    25    1  0x02 a folder
 *    32    1  bytes of the name
 *    33       name: one byte 0 in the first record, which is the folder itself, one byte 1 in
 *             the second, its parent
 */

#include <stdlib.h>
#include <string.h>

#include <fett/buffer.h>
#include <fett/bytes.h>
#include <fett/instant.h>
#include <fett/limits.h>
#include <fett/text.h>

#include "iso_folder.h"

enum {
    SECTOR = 2048,
    FIRST_DESCRIPTOR = 16,
    MOST_DESCRIPTORS = 64,
    TYPE_PRIMARY = 1,
    TYPE_SUPPLEMENTARY = 2,
    TIME_AT = 18,
    LEAST_QUARTERS = -48,
    MOST_QUARTERS = 52,
    FLAG_FOLDER = 0x02,
    NAME_LENGTH_AT = 32,
    NAME_AT = 33,
    SMALLEST_RECORD = 34,
    ROOT_AT = 156,
};

/* A folder that is still to be looked at. */
struct pending {
    uint64_t sector, size;
    size_t path; /* where its path begins in `paths`; it goes to the next one's, or the end */
};

struct iso_walk {
    struct reader *reader;
    uint64_t left; /* sectors that may still be read: each is in one folder at most */
    bool joliet;
    struct pending *pending;
    size_t count, capacity;
    struct buffer paths, path; /* of all pending folders; of the one that is looked at */
    const struct iso_visit *visit;
    bool out_of_memory;
};

static void tell(struct iso_walk *walk, uint64_t sector, uint64_t count, const char *reason)
{
    walk->visit->fault(walk->visit->context, sector * SECTOR, count * SECTOR,
                       walk->path.length > 0 ? buffer_text(&walk->path) : "/", reason);
}

static void tell_time(struct iso_walk *walk, const uint8_t *record)
{
    const uint8_t *time = record + TIME_AT;
    const struct instant instant = instant_from_civil(1900 + time[0], time[1], time[2], time[3],
                                                      time[4], time[5], 0, PRECISION_SECOND, true);
    int8_t quarters = (int8_t)time[6];

    if (instant_is_set(&instant) && quarters >= LEAST_QUARTERS && quarters <= MOST_QUARTERS)
        walk->visit->time(walk->visit->context, instant.seconds, quarters);
}

/* Keep the folder of a record, whose path is that in `paths` from `path` on. */
static void add_pending(struct iso_walk *walk, const uint8_t *record, size_t path)
{
    if (memory_grow((void **)&walk->pending, &walk->capacity, walk->count + 1,
                    sizeof *walk->pending) != 0 ||
        walk->paths.failed) {
        walk->out_of_memory = true;
        return;
    }
    walk->pending[walk->count++] = (struct pending){
        (uint64_t)bytes_u32le(record + 2) + record[1], bytes_u32le(record + 10), path
    };
}

/* A folder of the folder that is looked at. */
static void add_folder(struct iso_walk *walk, const uint8_t *record)
{
    size_t path = walk->paths.length;

    if (walk->count >= LIMIT_ISO_FOLDERS || walk->path.length >= LIMIT_ISO_PATH_BYTES) {
        tell(walk, 0, 0, "more folders than are looked at for damage");
        return;
    }
    buffer_add(&walk->paths, walk->path.data, walk->path.length);
    buffer_add_byte(&walk->paths, '/');
    if (walk->joliet)
        text_add_utf16be(&walk->paths, record + NAME_AT, record[NAME_LENGTH_AT] / 2);
    else
        text_add_latin1(&walk->paths, record + NAME_AT, record[NAME_LENGTH_AT]);
    add_pending(walk, record, path);
}

/* Whether a folder begins so: with itself and its parent. */
static bool begins_folder(const uint8_t data[SECTOR])
{
    size_t second = data[0];

    return second >= SMALLEST_RECORD && data[NAME_LENGTH_AT] == 1 && data[NAME_AT] == 0 &&
           data[second] >= SMALLEST_RECORD && data[second + NAME_LENGTH_AT] == 1 &&
           data[second + NAME_AT] == 1;
}

/* The records of a sector up to its zeros. False at one that is none. */
static bool walk_records(struct iso_walk *walk, const uint8_t data[SECTOR])
{
    for (size_t at = 0; at < SECTOR && data[at] != 0; at += data[at]) {
        const uint8_t *record = data + at;
        if (record[0] < SMALLEST_RECORD || record[0] > SECTOR - at ||
            record[NAME_LENGTH_AT] > record[0] - NAME_AT)
            return false;
        tell_time(walk, record);
        bool itself = record[NAME_LENGTH_AT] == 1 && record[NAME_AT] <= 1;
        if (record[25] & FLAG_FOLDER && !itself)
            add_folder(walk, record);
    }
    return true;
}

static void check_folder(struct iso_walk *walk, uint64_t sector, uint64_t count)
{
    uint8_t data[SECTOR];
    uint64_t empty = 0; /* sectors before this one */

    for (uint64_t end = sector + count; sector < end && walk->left > 0; sector++) {
        bool first = sector == end - count;
        walk->left--;
        if (reader_read(walk->reader, sector * SECTOR, data, sizeof data, NULL) != 0)
            continue;
        if (first && !begins_folder(data))
            tell(walk, sector, 1,
                 "this folder does not begin with itself and its parent: names may be lost");
        else if (data[0] == 0)
            empty++;
        else if (empty > 0)
            tell(walk, sector - empty, empty,
                 "this folder has nothing here and names behind it: names may be lost");
        if (data[0] == 0)
            continue;
        empty = 0;
        if (!walk_records(walk, data))
            tell(walk, sector, 1,
                 "a record in this sector of the folder is none: names may be lost");
    }
}

/* The tree of a descriptor. */
static void walk_tree(struct iso_walk *walk, const uint8_t *descriptor)
{
    uint64_t sectors = walk->reader->size / SECTOR;

    buffer_clear(&walk->paths);
    tell_time(walk, descriptor + ROOT_AT);
    add_pending(walk, descriptor + ROOT_AT, 0);
    while (walk->count > 0 && !walk->out_of_memory) {
        const struct pending folder = walk->pending[--walk->count];
        buffer_clear(&walk->path);
        if (walk->paths.length > folder.path)
            buffer_add(&walk->path, walk->paths.data + folder.path,
                       walk->paths.length - folder.path);
        buffer_truncate(&walk->paths, folder.path);
        walk->out_of_memory |= walk->path.failed;
        if (folder.sector < sectors)
            check_folder(walk, folder.sector, (folder.size + SECTOR - 1) / SECTOR);
        else
            tell(walk, 0, 0, "this folder lies outside of the volume");
    }
}

static bool is_joliet(const uint8_t *descriptor)
{
    return descriptor[0] == TYPE_SUPPLEMENTARY && memcmp(descriptor + 88, "%/", 2) == 0 &&
           memchr("@CE", descriptor[90], 3) != NULL;
}

int iso_check_folders(struct reader *reader, const struct iso_visit *visit, struct error *error)
{
    struct iso_walk walk = { .reader = reader, .visit = visit };
    uint8_t descriptor[SECTOR];

    for (unsigned i = 0; i < MOST_DESCRIPTORS && !walk.out_of_memory; i++) {
        if (reader_read(reader, (uint64_t)(FIRST_DESCRIPTOR + i) * SECTOR, descriptor,
                        sizeof descriptor, NULL) != 0 ||
            memcmp(descriptor + 1, "CD001", 5) != 0)
            break;
        walk.joliet = is_joliet(descriptor);
        walk.left = reader->size / SECTOR;
        if (bytes_u16le(descriptor + 128) == SECTOR &&
            (descriptor[0] == TYPE_PRIMARY || walk.joliet))
            walk_tree(&walk, descriptor);
    }
    free(walk.pending);
    buffer_release(&walk.paths);
    buffer_release(&walk.path);
    return walk.out_of_memory ? error_set_memory(error) : 0;
}
