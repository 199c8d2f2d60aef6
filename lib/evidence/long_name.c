/* SPDX-License-Identifier: Apache-2.0 */

/*
 * long_name: see long_name.h. Entries of FAT that hold a long name stand before the entry of
 * the file, the last one of the name first:
 *     0    1  number of the piece, from 1; 0x40 is added to the last; 0xe5: deleted
 *     1   10  letters 1-5 in UTF-16LE
 *    11    1  0x0f
 *    12    1  0
 *    13    1  sum over the 8.3 name, the same in all
 *    14   12  letters 6-11
 *    26    2  0
 *    28    4  letters 12-13
 * Behind the end of the name, if there is room, a NUL and then 0xffff; some writers fill up
 * with NULs.
 *
 * Entries of exFAT stand in order: the file, its stream, the name. The first bit of their type
 * is 0 when deleted.
 *     0    1  0x85 file; 1: so many entries follow
 *     0    1  0xc0 stream; 3: letters of the name
 *     0    1  0xc1 name; 1: 0; 2   30  15 letters
 */

#include <string.h>

#include <fett/bytes.h>
#include <fett/long_name.h>

enum { DELETED = 0xe5, LAST = 0x40, NUMBER = 0x1f, ATTRIBUTES = 11, SUM = 13 };
enum { EXFAT_FILE = 0x05, EXFAT_STREAM = 0x40, EXFAT_NAME = 0x41, IN_USE = 0x80 };
enum { FAT_LETTERS = 13, EXFAT_LETTERS = 15 };

/* Where the pieces of an entry are; the table ends with 0. */
struct segment {
    uint8_t at, letters;
};

static const struct segment fat_segments[] = { { 1, 5 }, { 14, 6 }, { 28, 2 }, { 0, 0 } };
static const struct segment exfat_segments[] = { { 2, 15 }, { 0, 0 } };

static const struct segment *segments_of(enum long_name_format format)
{
    return format == LONG_NAME_FAT ? fat_segments : exfat_segments;
}

static unsigned letters_of(enum long_name_format format)
{
    return format == LONG_NAME_FAT ? FAT_LETTERS : EXFAT_LETTERS;
}

/* Where in its entry a letter of one piece stands. */
static unsigned letter_place(enum long_name_format format, unsigned letter)
{
    const struct segment *segment = segments_of(format);

    for (; letter >= segment->letters; segment++)
        letter -= segment->letters;
    return segment->at + 2 * letter;
}

static unsigned letter_of(const uint8_t *entry, enum long_name_format format, unsigned letter)
{
    return bytes_u16le(entry + letter_place(format, letter));
}

/* Letters of a piece of FAT before its end; 0: it is none. */
static unsigned fat_letters(const uint8_t *entry)
{
    unsigned number = entry[0] & NUMBER, count = 0, letter = 0;
    bool numbered = number > 0 && number <= LONG_NAME_ENTRIES && (entry[0] & ~NUMBER & ~LAST) == 0;

    if (entry[ATTRIBUTES] != 0x0f || entry[ATTRIBUTES + 1] != 0 || bytes_u16le(entry + 26) != 0 ||
        !(numbered || entry[0] == DELETED))
        return 0;
    while (count < FAT_LETTERS && (letter = letter_of(entry, LONG_NAME_FAT, count)) != 0) {
        if (letter < ' ' || letter == 0xffff)
            return 0;
        count++;
    }
    for (unsigned i = count + 1; i < FAT_LETTERS; i++) {
        letter = letter_of(entry, LONG_NAME_FAT, i);
        if (letter != 0 && letter != 0xffff)
            return 0;
    }
    return count;
}

/* Whether a piece goes on from the entry before it. */
static bool goes_on(const uint8_t *before, const uint8_t *entry)
{
    if (before[SUM] != entry[SUM] || fat_letters(entry) != FAT_LETTERS)
        return false;
    return before[0] == DELETED ? entry[0] == DELETED : entry[0] == (before[0] & NUMBER) - 1;
}

/* Whether the last entry found is that of the name's first piece. Of deleted ones that is
 * not said: the entry of the file follows it, which is deleted too. */
static bool begins(const uint8_t *entry, bool has_next)
{
    const uint8_t *next = entry + LONG_NAME_ENTRY;

    if (entry[0] != DELETED)
        return (entry[0] & NUMBER) == 1;
    return has_next && next[0] == DELETED && next[ATTRIBUTES] != 0x0f;
}

/* Whether the first entry found, which is full, is that of the name's last piece. The last
 * pieces of deleted ones are the first to be overwritten, by entries that are in use. */
static bool ends(const uint8_t *entry, bool has_before)
{
    if (entry[0] != DELETED)
        return entry[0] & LAST;
    return has_before && entry[-LONG_NAME_ENTRY] == DELETED;
}

static bool find_fat(const uint8_t *data, size_t size, size_t *at, struct long_name *name)
{
    const uint8_t *entry = data + *at;
    unsigned last = fat_letters(entry), count = 1;

    if (last == 0)
        return false;
    for (; size - *at >= (size_t)(count + 1) * LONG_NAME_ENTRY; count++, entry += LONG_NAME_ENTRY)
        if (!goes_on(entry, entry + LONG_NAME_ENTRY))
            break;
    name->entries = count;
    name->letters = (count - 1) * FAT_LETTERS + last;
    name->format = LONG_NAME_FAT;
    name->begins = begins(entry, size - *at > (size_t)count * LONG_NAME_ENTRY + ATTRIBUTES);
    name->ends = last < FAT_LETTERS || ends(data + *at, *at >= LONG_NAME_ENTRY);
    *at += (size_t)count * LONG_NAME_ENTRY;
    return count <= LONG_NAME_ENTRIES; /* nobody knows where in them names begin */
}

/* Of the stream's entry at *at, which stands between that of the file and the name. */
static bool find_exfat(const uint8_t *data, size_t size, size_t *at, struct long_name *name)
{
    const uint8_t *stream = data + *at;
    unsigned letters = stream[3], count = (letters + EXFAT_LETTERS - 1) / EXFAT_LETTERS;
    unsigned in_use = stream[0] & IN_USE;

    if (*at < LONG_NAME_ENTRY || (stream[0] & ~IN_USE) != EXFAT_STREAM || letters == 0 ||
        size - *at < (size_t)(count + 1) * LONG_NAME_ENTRY ||
        stream[-LONG_NAME_ENTRY] != (EXFAT_FILE | in_use) ||
        stream[1 - LONG_NAME_ENTRY] < count + 1)
        return false;
    for (unsigned i = 0; i < letters; i++) {
        const uint8_t *entry = stream + (i / EXFAT_LETTERS + 1) * LONG_NAME_ENTRY;
        if (entry[0] != (EXFAT_NAME | in_use) ||
            letter_of(entry, LONG_NAME_EXFAT, i % EXFAT_LETTERS) < ' ')
            return false;
    }
    *at += LONG_NAME_ENTRY;
    name->place += LONG_NAME_ENTRY;
    name->entries = count;
    name->letters = letters;
    name->format = LONG_NAME_EXFAT;
    name->begins = name->ends = true;
    *at += (size_t)count * LONG_NAME_ENTRY;
    return true;
}

enum { AT_ONCE = 4 };

static inline bool is_exfat(const uint8_t *entry)
{
    return (entry[0] & ~IN_USE & ~1) == EXFAT_STREAM; /* or the name behind it */
}

/* Whether one of four entries, or what stands before them, can be one of a name. */
static inline bool may_hold(const uint8_t *entry)
{
    return entry[ATTRIBUTES] == 0x0f || entry[ATTRIBUTES + LONG_NAME_ENTRY] == 0x0f ||
           entry[ATTRIBUTES + 2 * LONG_NAME_ENTRY] == 0x0f ||
           entry[ATTRIBUTES + 3 * LONG_NAME_ENTRY] == 0x0f || is_exfat(entry) ||
           is_exfat(entry + 2 * LONG_NAME_ENTRY);
}

/* The first entry from `at` on that can be one of a name. Most bytes of any evidence are none,
 * so this is the loop that costs. */
static size_t skip_others(const uint8_t *data, size_t end, size_t at)
{
    const size_t start = at;

    while (at < end) {
        while (end - at > AT_ONCE * LONG_NAME_ENTRY && !may_hold(data + at))
            at += AT_ONCE * LONG_NAME_ENTRY;
        size_t stop = end - at > AT_ONCE * LONG_NAME_ENTRY ? at + AT_ONCE * LONG_NAME_ENTRY : end;
        if (at > start) /* a stream's entry, of which the name's was seen */
            at -= LONG_NAME_ENTRY;
        for (; at < stop; at += LONG_NAME_ENTRY)
            if (data[at + ATTRIBUTES] == 0x0f || (data[at] & ~IN_USE) == EXFAT_STREAM)
                return at;
    }
    return at;
}

bool long_name_next(const uint8_t *data, size_t size, uint64_t place, size_t *at,
                    struct long_name *name)
{
    size_t next = *at + (LONG_NAME_ENTRY - (place + *at) % LONG_NAME_ENTRY) % LONG_NAME_ENTRY;
    size_t end = size < LONG_NAME_ENTRY ? 0 : size - LONG_NAME_ENTRY + 1; /* of places of entries */

    while ((next = skip_others(data, end, next)) < end) {
        size_t began = next;
        name->place = place + next;
        bool found = find_fat(data, size, &next, name);
        if (next == began)
            found = find_exfat(data, size, &next, name);
        if (next == began)
            next += LONG_NAME_ENTRY;
        if (found) {
            *at = next;
            return true;
        }
    }
    return false;
}

uint64_t long_name_letter(const struct long_name *name, unsigned letter)
{
    unsigned each = letters_of(name->format), piece = letter / each;

    if (name->format == LONG_NAME_FAT)
        piece = name->entries - 1 - piece;
    return name->place + (uint64_t)piece * LONG_NAME_ENTRY +
           letter_place(name->format, letter % each);
}

void long_name_text(const uint8_t *data, uint64_t place, const struct long_name *name,
                    uint8_t text[2 * LONG_NAME_LETTERS])
{
    for (unsigned i = 0; i < name->letters; i++)
        memcpy(text + 2 * i, data + (long_name_letter(name, i) - place), 2);
}

size_t long_name_runs(enum long_name_format format, uint64_t place, uint64_t length,
                      struct long_name_run runs[LONG_NAME_RUNS])
{
    const struct segment *segments = segments_of(format), *segment = segments;
    uint64_t entry = place - place % LONG_NAME_ENTRY;
    uint64_t into = place % LONG_NAME_ENTRY;
    size_t count = 0;

    while (segment[1].at != 0 && into >= segment[1].at)
        segment++;
    while (length > 0 && count < LONG_NAME_RUNS) {
        uint64_t left = segment->at + 2u * segment->letters - into;
        uint64_t part = length < left ? length : left;
        runs[count++] = (struct long_name_run){ entry + into, part };
        length -= part;
        segment++;
        if (segment->at == 0) {
            segment = segments;
            entry += format == LONG_NAME_FAT ? -(uint64_t)LONG_NAME_ENTRY : LONG_NAME_ENTRY;
        }
        into = segment->at;
    }
    return count;
}
