/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fat_copy: see fat_copy.h. Boot sector (Microsoft's FAT specification):
 *    16    1  number of FATs
 *    40    2  FAT32: 0x80 only the FAT whose number is in 0x0f is in use
 *
 * The first two entries of a FAT are of no cluster: all bits are set but the lowest eight of the
 * first one, which are from 0xf0 on, and two of the second one that tell of a volume in use. What
 * an entry can be stands in fat_chain.c.
 *
 * A part of the first FAT cannot be if an entry in it cannot, if two neighbours lead to the same
 * cluster, if a chain leads to a cluster that is free by it and in use by the second, or if it is
 * all zeros and next to such a part.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/bytes.h>

#include "fat_copy.h"

enum {
    SECTOR = 512,
    PIECE = 64 * SECTOR,
    NOT_MIRRORED = 0x80,
    IN_USE_MASK = 0x0f,
    MOST_PASSES = 8, /* over both FATs: each may find parts that those found before lead to */
};

struct compare {
    struct fat_copy *copy;
    struct reader *reader;
    const struct fat_geometry *geometry;
    uint8_t *blank; /* a bit a unit: the first FAT has zeros, the second has not */
    uint8_t *freed; /* a bit a cluster: by the first FAT it is free, and not by the second */
    uint8_t first[PIECE], second[PIECE];
};

static bool get_bit(const uint8_t *bits, uint64_t number)
{
    return bits[number / 8] >> number % 8 & 1;
}

static void set_bit(uint8_t *bits, uint64_t number)
{
    bits[number / 8] |= (uint8_t)(1 << number % 8);
}

/* Entry `index` of the bytes, which begin with an entry. */
static uint32_t entry_of(const uint8_t *data, size_t index, unsigned bits)
{
    if (bits == 32)
        return bytes_u32le(data + 4 * index) & 0xfffffff;
    if (bits == 16)
        return bytes_u16le(data + 2 * index);
    uint32_t value = bytes_u16le(data + index * 3 / 2);
    return index % 2 == 1 ? value >> 4 : value & 0xfff;
}

static uint32_t mask_of(unsigned bits)
{
    return bits == 12 ? 0xfff : bits == 16 ? 0xffff : 0xfffffff;
}

static size_t entries_in(size_t size, unsigned bits)
{
    return size * 8 / bits;
}

/* Whether an entry can have this value. */
static bool is_possible(const struct fat_geometry *geometry, uint64_t cluster, uint32_t value)
{
    uint32_t mask = mask_of(geometry->bits);
    uint32_t in_use = geometry->bits == 12 ? 0 : (mask >> 1 ^ mask) | (mask >> 2 ^ mask >> 1);

    if (cluster == 0)
        return (value | 0xff) == mask && (value & 0xff) >= 0xf0;
    if (cluster == 1)
        return (value | in_use) >= mask - 7;
    return value == 0 || value >= mask - 8 || fat_is_cluster(geometry, value);
}

/* Whether all entries of a unit can be. Two that lead to the same cluster cannot: this is asked of
 * neighbours, and of all in FAT12, where an entry can be damaged by half. */
static bool can_be(const struct compare *compare, uint64_t unit, const uint8_t *data, size_t size)
{
    const struct fat_geometry *geometry = compare->geometry;
    uint64_t cluster = unit * entries_in(compare->copy->unit, geometry->bits);
    uint64_t end = (uint64_t)FAT_FIRST_CLUSTER + geometry->clusters;
    size_t count = entries_in(size, geometry->bits);
    uint8_t led_to[4096 / 8] = { 0 };
    uint32_t before = 0;

    for (size_t i = 0; i < count && cluster + i < end; i++) {
        uint32_t value = entry_of(data, i, geometry->bits);
        if (!is_possible(geometry, cluster + i, value) ||
            (value == before && fat_is_cluster(geometry, value)))
            return false;
        before = value;
        if (geometry->bits != 12 || !fat_is_cluster(geometry, value))
            continue;
        if (get_bit(led_to, value))
            return false;
        set_bit(led_to, value);
    }
    return true;
}

static void note(struct fat_difference *difference, uint64_t at, uint64_t size)
{
    if (difference->units++ == 0)
        difference->at = at;
    difference->end = at + size;
}

/* Where the copies differ in nothing but clusters that are free by the first: which ones. */
static void add_freed(struct compare *compare, uint64_t unit, const uint8_t *first,
                      const uint8_t *second, size_t size)
{
    unsigned bits = compare->geometry->bits;
    uint64_t cluster = unit * entries_in(compare->copy->unit, bits);
    size_t count = entries_in(size, bits);

    for (size_t i = 0; i < count; i++)
        if (entry_of(first, i, bits) != 0 && entry_of(first, i, bits) != entry_of(second, i, bits))
            return;
    for (size_t i = 0; i < count; i++)
        if (entry_of(first, i, bits) != entry_of(second, i, bits))
            set_bit(compare->freed, cluster + i);
}

/* What to do about a unit in which the copies differ. */
static void judge(struct compare *compare, uint64_t unit, const uint8_t *first,
                  const uint8_t *second, size_t size)
{
    if (bytes_all_zero(second, size) || !can_be(compare, unit, second, size))
        return;
    if (!can_be(compare, unit, first, size))
        set_bit(compare->copy->used, unit);
    else
        add_freed(compare, unit, first, second, size);
    if (bytes_all_zero(first, size))
        set_bit(compare->blank, unit);
}

/* A cluster that a chain leads to is not free. Whether this shows that a unit is damaged. */
static bool lead_to(struct compare *compare, uint32_t cluster)
{
    uint64_t unit = cluster / entries_in(compare->copy->unit, compare->geometry->bits);

    if (!fat_is_cluster(compare->geometry, cluster) || !get_bit(compare->freed, cluster) ||
        get_bit(compare->copy->used, unit))
        return false;
    set_bit(compare->copy->used, unit);
    return true;
}

static bool follow(struct compare *compare, const uint8_t *data, size_t size)
{
    size_t count = entries_in(size, compare->geometry->bits);
    bool found = false;

    for (size_t i = 0; i < count; i++)
        found |= lead_to(compare, entry_of(data, i, compare->geometry->bits));
    return found;
}

/* Whether the FATs differ in a unit: for the first two entries, in which some systems tell only
 * the first one that the volume is in use, they do not. */
static bool differ(const struct compare *compare, uint64_t unit, const uint8_t *first,
                   const uint8_t *second, size_t size)
{
    size_t from = unit == 0 ? compare->geometry->bits * 2u / 8 : 0;

    return size > from && memcmp(first + from, second + from, size - from) != 0;
}

enum pass { JUDGE, FOLLOW, COUNT };

/* Go over both FATs. Whether they differ; of FOLLOW, whether it found units. */
static bool go_over(struct compare *compare, enum pass pass)
{
    struct fat_copy *copy = compare->copy;
    size_t piece = copy->unit > PIECE ? PIECE : PIECE / copy->unit * copy->unit;
    bool found = false, any = false;

    for (uint64_t at = 0; at < copy->size; at += piece) {
        size_t part = copy->size - at < piece ? (size_t)(copy->size - at) : piece;
        reader_read(compare->reader, copy->first + at, compare->first, part, NULL);
        reader_read(compare->reader, copy->second + at, compare->second, part, NULL);
        if (pass != FOLLOW && memcmp(compare->first, compare->second, part) == 0)
            continue;
        for (size_t k = 0; k < part; k += copy->unit) {
            size_t size = part - k < copy->unit ? part - k : copy->unit;
            uint64_t unit = (at + k) / copy->unit;
            const uint8_t *first = compare->first + k, *second = compare->second + k;
            bool used = get_bit(copy->used, unit);
            any |= pass == JUDGE && differ(compare, unit, first, second, size);
            if (pass == FOLLOW)
                found |= follow(compare, used ? second : first, size);
            else if (!differ(compare, unit, first, second, size))
                continue;
            else if (pass == JUDGE)
                judge(compare, unit, first, second, size);
            else
                note(used ? &copy->mended : &copy->left, copy->first + at + k, size);
        }
    }
    return pass == FOLLOW ? found : any;
}

/* What is zeros next to what is damaged was overwritten with it. Whether there is any. */
static bool spread(struct compare *compare, uint64_t units)
{
    uint8_t *used = compare->copy->used;
    bool found = false;

    for (uint64_t i = 1; i < 2 * units - 1; i++) {
        uint64_t unit = i < units ? i : 2 * units - 2 - i, before = i < units ? unit - 1 : unit + 1;
        if (get_bit(compare->blank, unit) && !get_bit(used, unit) && get_bit(used, before)) {
            set_bit(used, unit);
            found = true;
        }
    }
    return found;
}

/* Find the units of the first FAT that cannot be. */
static void find_damage(struct compare *compare, uint64_t units)
{
    bool found = true;

    if (!go_over(compare, JUDGE))
        return;
    lead_to(compare, compare->geometry->root_cluster);
    for (unsigned i = 0; i < MOST_PASSES && found; i++) {
        found = spread(compare, units);
        found |= go_over(compare, FOLLOW);
    }
    go_over(compare, COUNT);
}

int fat_copy_compare(struct fat_copy *copy, struct reader *reader, uint64_t start,
                     const struct fat_geometry *geometry, const uint8_t boot[FAT_BOOT_SIZE])
{
    unsigned count = boot[16], flags = geometry->bits == 32 ? bytes_u16le(boot + 40) : 0;
    unsigned in_use = flags & NOT_MIRRORED ? flags & IN_USE_MASK : 1;

    if (count < 2 || in_use == 0 || in_use >= count)
        return 0;
    copy->first = start + geometry->table;
    copy->size = (geometry->data - geometry->table) / count;
    copy->second = copy->first + in_use * copy->size;
    /* An entry of FAT12 may be in two sectors: all of it, which is some KiB, is one unit. */
    copy->unit = geometry->bits == 12 ? (uint32_t)copy->size : SECTOR;
    if (copy->size == 0 || (geometry->bits == 12 && copy->size > PIECE))
        return 0;
    uint64_t units = (copy->size + copy->unit - 1) / copy->unit;
    struct compare *compare = calloc(1, sizeof *compare);
    copy->used = calloc(units / 8 + 1, 1);
    uint8_t *blank = calloc(units / 8 + 1, 1);
    uint8_t *freed = calloc(entries_in(copy->size, geometry->bits) / 8 + 1, 1);
    bool enough = compare && copy->used && blank && freed;
    if (enough && flags & NOT_MIRRORED) {
        memset(copy->used, 0xff, units / 8 + 1);
    } else if (enough) {
        *compare = (struct compare){ .copy = copy, .reader = reader, .geometry = geometry,
                                     .blank = blank, .freed = freed };
        find_damage(compare, units);
    }
    free(blank);
    free(freed);
    free(compare);
    return enough ? 0 : -1;
}

void fat_copy_release(struct fat_copy *copy)
{
    free(copy->used);
    copy->used = NULL;
}

void fat_copy_mend(const struct fat_copy *copy, struct reader *reader, uint64_t offset,
                   void *buffer, size_t size)
{
    uint64_t at = offset > copy->first ? offset : copy->first;
    uint64_t end = offset + size < copy->first + copy->size ? offset + size
                                                             : copy->first + copy->size;

    while (copy->used && at < end) {
        uint64_t unit = (at - copy->first) / copy->unit;
        uint64_t unit_end = copy->first + (unit + 1) * copy->unit;
        size_t part = (size_t)((unit_end < end ? unit_end : end) - at);
        if (get_bit(copy->used, unit))
            reader_read(reader, copy->second + (at - copy->first),
                        (uint8_t *)buffer + (at - offset), part, NULL);
        at += part;
    }
}
