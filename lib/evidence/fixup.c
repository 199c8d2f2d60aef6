/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fixup: see fixup.h. Head of a multi-sector record:
 *     0    4  signature: FILE, INDX, RCRD
 *     4    2  where the update sequence is
 *     6    2  its words: the number, then the bytes of each stretch
 *
 * $FILE_NAME, in $MFT records and entries of folders, at multiples of 8:
 *     0    8  the folder
 *     8   32  four times, in steps of 100 ns since 1601: their last byte is 1 from 1829 to 2057
 *    40   24  sizes, attributes
 *    64    1  letters of the name
 *    65    1  namespace: 0 POSIX, 1 Win32, 2 DOS, 3 both
 *    66       the name in UTF-16LE
 */

#include <stdbool.h>
#include <string.h>

#include <fett/bytes.h>
#include <fett/fixup.h>
#include <fett/limits.h>
#include <fett/long_name.h>

enum { HEAD = 24 }; /* no kind has its update sequence before */

/* Whether the update sequence of a record of `size` bytes stands in its head. */
static bool is_sound(const uint8_t *record, size_t size)
{
    size_t at = bytes_u16le(record + 4), words = bytes_u16le(record + 6);

    return words == size / FIXUP_STRIDE + 1 && at >= HEAD && at % 2 == 0 &&
           at + 2 * words <= FIXUP_STRIDE - 2;
}

int fixup_undo(uint8_t *record, size_t size, size_t *whole)
{
    const uint8_t *sequence;

    if (size < FIXUP_STRIDE || !is_sound(record, size))
        return -1;
    sequence = record + bytes_u16le(record + 4);
    *whole = size;
    for (size_t i = 0; i < size / FIXUP_STRIDE; i++) {
        uint8_t *last_word = record + (i + 1) * FIXUP_STRIDE - 2;
        if (memcmp(last_word, sequence, 2) == 0)
            memcpy(last_word, sequence + 2 * (i + 1), 2);
        else if (*whole == size)
            *whole = i * FIXUP_STRIDE;
    }
    return 0;
}

static bool has_signature(const uint8_t *data)
{
    return memcmp(data, "FILE", 4) == 0 || memcmp(data, "INDX", 4) == 0 ||
           memcmp(data, "RCRD", 4) == 0;
}

/* The size of the record that begins here; 0 where none does. All of it must be
 * there and every stretch hold the number: by chance that does not happen. */
static size_t record_size(const uint8_t *data, size_t size)
{
    size_t words = bytes_u16le(data + 6), length = (words - 1) * FIXUP_STRIDE;

    if (words < 2 || length > LIMIT_MFT_RECORD_BYTES || length > size || !is_sound(data, length))
        return 0;
    for (size_t i = 1; i < words; i++)
        if (memcmp(data + i * FIXUP_STRIDE - 2, data + bytes_u16le(data + 4), 2) != 0)
            return 0;
    return length;
}

enum { STEP = 8, TIMES = 4, TIME = 15, LENGTH = 64, NAMESPACE = 65, NAME = 66 };

/* Make the name ready to be read that begins at `at`, if one does. */
static void mark_name(uint8_t *record, size_t size, size_t at)
{
    uint8_t *file_name = record + at;

    if (size - at <= NAME)
        return;
    for (size_t i = 0; i < TIMES; i++)
        if (file_name[TIME + i * STEP] != 1)
            return;
    size_t end = at + NAME + 2 * (size_t)file_name[LENGTH];
    if (file_name[NAMESPACE] > 3 || file_name[LENGTH] == 0 || end > size)
        return;
    file_name[NAMESPACE] = LONG_NAME_MARK;
    if (file_name[LENGTH] > LONG_NAME_MANY)
        file_name[LENGTH] = LONG_NAME_MANY;
    if (size - end >= 2)
        memset(record + end, 0, 2);
}

/* All names in a record. Of four numbers that follow each other one is looked at. */
static void mark_names(uint8_t *record, size_t size)
{
    for (size_t at = 0; at + TIME < size; at += TIMES * STEP)
        if (record[at + TIME] == 1)
            for (size_t i = 0; i < TIMES; i++)
                if (at >= i * STEP)
                    mark_name(record, size, at - i * STEP);
}

size_t fixup_map_size(size_t size)
{
    return size / FIXUP_STRIDE / 8 + 2; /* data may begin and end within a stretch */
}

void fixup_undo_all(uint8_t *data, size_t size, uint64_t offset, uint8_t *sectors)
{
    size_t before = offset % FIXUP_STRIDE, whole;

    memset(sectors, 0, fixup_map_size(size));
    for (size_t at = before ? FIXUP_STRIDE - before : 0; at < size && size - at >= FIXUP_STRIDE;) {
        size_t length = has_signature(data + at) ? record_size(data + at, size - at) : 0;
        if (length == 0) {
            at += FIXUP_STRIDE;
            continue;
        }
        fixup_undo(data + at, length, &whole);
        mark_names(data + at, length);
        for (size_t end = at + length; at < end; at += FIXUP_STRIDE) {
            size_t sector = (before + at) / FIXUP_STRIDE;
            sectors[sector / 8] |= (uint8_t)(1 << sector % 8);
        }
    }
}
