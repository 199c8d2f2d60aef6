/* SPDX-License-Identifier: Apache-2.0 */

/*
 * cabinet: what tells of the files in a cabinet, MS-CAB 2.
 *
 * CFHEADER
 *      0   4  "MSCF"
 *      8   4  size of the cabinet
 *     16   4  offset of the first CFFILE
 *     24   2  version: 3, 1
 *     26   2  number of folders
 *     28   2  number of files
 *     30   2  flags: 1 a cabinet comes before, 2 one behind, 4 there is room of others
 *     36      with 4: bytes behind the header (2), each CFFOLDER (1), each CFDATA's head (1),
 *             then those behind the header
 *             with 1 and with 2: names of a cabinet and of its disk, each with its NUL
 *             then the CFFOLDERs
 * CFFOLDER
 *      0   4  offset of the first CFDATA
 *      4   2  number of them
 *      6   2  compression; the low four bits: 0 none, 1 MSZIP, 2 Quantum, 3 LZX
 * CFFILE
 *      0   4  size of the file
 *      4   4  where it begins in what the folder unpacks to
 *      8   2  number of its folder; FFFD to FFFF: goes on from, or in, another cabinet
 *     10   4  date and time, of DOS
 *     14   2  attributes
 *     16      name with its NUL
 */

#include <stdlib.h>

#include <fett/buffer.h>
#include <fett/bytes.h>
#include <fett/limits.h>

#include "cabinet_internal.h"

enum { HAS_PREVIOUS = 1, HAS_NEXT = 2, HAS_RESERVE = 4 };

void cabinet_tell(const struct cabinet_problems *problems, uint64_t offset, const char *what)
{
    if (problems->problem)
        problems->problem(problems->context, offset, what);
}

/* Text with its NUL; NULL: there is none to the end. */
static const char *take_text(struct cursor *cursor)
{
    size_t left = cursor_left(cursor);
    const char *text = (const char *)cursor->data + cursor->at;
    size_t length = left > 0 ? strnlen(text, left) : 0;

    return cursor_bytes(cursor, length + 1) ? text : NULL;
}

static void read_folders(struct cabinet *cabinet, struct cursor *cursor, unsigned count,
                         bool *failed)
{
    for (unsigned i = 0; i < count; i++) {
        const uint8_t *at = cursor_bytes(cursor, 8);
        cursor_skip(cursor, cabinet->folder_reserve);
        if (!at || cursor->failed)
            return;
        if (memory_grow((void **)&cabinet->folders, &cabinet->folder_capacity,
                        cabinet->folder_count + 1, sizeof *cabinet->folders) != 0) {
            *failed = true;
            return;
        }
        cabinet->folders[cabinet->folder_count++] =
            (struct cabinet_folder){ .offset = bytes_u32le(at),
                                     .blocks = bytes_u16le(at + 4),
                                     .compression = bytes_u16le(at + 6) & 15 };
    }
}

static void read_files(struct cabinet *cabinet, struct cursor *cursor, unsigned count,
                       bool *failed)
{
    for (unsigned i = 0; i < count && !*failed; i++) {
        size_t entry = cursor->at;
        const uint8_t *at = cursor_bytes(cursor, 16);
        const char *name = at ? take_text(cursor) : NULL;
        if (!name)
            return;
        char *copy = strdup(name);
        if (!copy || memory_grow((void **)&cabinet->files, &cabinet->file_capacity,
                                 cabinet->file_count + 1, sizeof *cabinet->files) != 0) {
            free(copy);
            *failed = true;
            return;
        }
        cabinet->files[cabinet->file_count++] = (struct cabinet_file){
            .name = copy,
            .entry = entry,
            .size = bytes_u32le(at),
            .start = bytes_u32le(at + 4),
            .folder = bytes_u16le(at + 8),
            .modified = instant_from_dos(bytes_u16le(at + 10), bytes_u16le(at + 12), -1),
        };
    }
}

/* Go behind what stands between the header and the folders. */
static void skip_optional(struct cabinet *cabinet, struct cursor *cursor, unsigned flags)
{
    unsigned texts = (flags & HAS_PREVIOUS ? 2u : 0u) + (flags & HAS_NEXT ? 2u : 0u);

    if (flags & HAS_RESERVE) {
        unsigned room = cursor_u16(cursor);
        cabinet->folder_reserve = cursor_u8(cursor);
        cabinet->block_reserve = cursor_u8(cursor);
        cursor_skip(cursor, room);
    }
    for (unsigned i = 0; i < texts; i++)
        take_text(cursor);
}

bool cabinet_is(const uint8_t *head, size_t size)
{
    return size >= 4 && memcmp(head, "MSCF", 4) == 0;
}

int cabinet_read(struct cabinet *cabinet, struct reader *reader, cabinet_problem problem,
                 void *context, struct error *error)
{
    const struct cabinet_problems problems = { problem, context };
    struct error reason = ERROR_INIT;
    struct cursor cursor;
    bool failed = false;
    int damaged;

    *cabinet = (struct cabinet){ .data = NULL };
    if (reader_read_all(reader, LIMIT_CABINET_BYTES, &cabinet->data, &cabinet->size, &damaged,
                        &reason) != 0)
        return error_set(error, reason.kind, "%s", reason.text);
    if (damaged)
        cabinet_tell(&problems, 0, reason.text);
    if (cabinet->size < 36 || !cabinet_is(cabinet->data, cabinet->size))
        return error_set(error, ERROR_DAMAGED, "cabinet: it does not begin with MSCF");
    if (cabinet->data[25] != 1)
        return error_set(error, ERROR_UNSUPPORTED, "cabinet: version %u.%u is not known",
                         cabinet->data[25], cabinet->data[24]);
    if (bytes_u32le(cabinet->data + 8) > cabinet->size)
        cabinet_tell(&problems, cabinet->size, "cabinet: it is cut off here");
    cursor_init(&cursor, cabinet->data, cabinet->size, 0, "cabinet");
    cursor_seek(&cursor, 36);
    skip_optional(cabinet, &cursor, bytes_u16le(cabinet->data + 30));
    read_folders(cabinet, &cursor, bytes_u16le(cabinet->data + 26), &failed);
    if (!cursor.failed) {
        cursor_seek(&cursor, bytes_u32le(cabinet->data + 16));
        read_files(cabinet, &cursor, bytes_u16le(cabinet->data + 28), &failed);
    }
    if (cursor_check(&cursor, &reason) != 0)
        cabinet_tell(&problems, cursor.failed_at, reason.text);
    return failed ? error_set_memory(error) : 0;
}

void cabinet_release(struct cabinet *cabinet)
{
    for (size_t i = 0; i < cabinet->file_count; i++)
        free(cabinet->files[i].name);
    free(cabinet->files);
    free(cabinet->folders);
    free(cabinet->data);
    *cabinet = (struct cabinet){ .data = NULL };
}
