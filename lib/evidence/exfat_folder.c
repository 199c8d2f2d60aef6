/* SPDX-License-Identifier: Apache-2.0 */

/*
 * exfat_folder: see exfat_folder.h. Numbers are little-endian (Microsoft's exFAT specification).
 *
 * Boot sector:
 *    80    4  FAT: sector; 84 its sectors
 *    88    4  cluster heap: sector
 *    92    4  clusters
 *    96    4  first cluster of the root
 *   106    2  flags: 0x01 the second FAT is the one in use
 *   108    1  log2 of the bytes of a sector
 *   109    1  log2 of the sectors of a cluster
 *
 * The FAT has four bytes a cluster: the next one, from 0xfffffff8 on the end, 0xfffffff7 bad.
 *
 * A folder is a row of entries of 32 bytes. The first byte is the type: 0 ends the folder, 0x80
 * in use, 0x40 belongs to the entry before. A file is an entry 0x85, then 0xc0, then 0xc1 for
 * each 15 characters of its name, then others that belong to it:
 *     0x85:  1  1  entries that belong to it, 2 to 18
 *            2  2  checksum of all of them without these two bytes
 *            4  2  attributes: 0x10 folder
 *     0xc0:  1  1  flags: 0x02 its clusters follow each other, without a chain
 *            3  1  characters of the name
 *           20  4  first cluster
 *           24  8  bytes
 *     0xc1:  2 30  part of the name, UTF-16
 * The root also has entries 0x81 to 0x83 (bitmap, table of capital letters, label) and others from
 * 0xa0 to 0xbf.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fett/bytes.h>

#include "exfat_folder.h"

enum {
    FIRST_CLUSTER = 2,
    MOST_CLUSTER_SHIFT = 25, /* 32 MiB */
    IN_USE = 0x80,
    SECONDARY = 0x40,
    TYPE_BITMAP = 0x81,
    TYPE_CAPITALS = 0x82,
    TYPE_LABEL = 0x83,
    TYPE_FILE = 0x85,
    TYPE_STREAM = 0xc0,
    TYPE_NAME = 0xc1,
    MOST_SECONDARIES = 18,
    NAME_UNITS = 15,
    FLAG_CONTIGUOUS = 0x02,
    ATTRIBUTE_FOLDER = 0x10,
    PIECE = 4096,
};

#define FAT_END UINT32_C(0xfffffff8)
#define NONE UINT64_MAX

struct folder {
    struct exfat_volume *volume;
    const struct exfat_file *file; /* NULL: the root */
    const struct exfat_sink *sink;
    uint8_t set[(1 + MOST_SECONDARIES) * EXFAT_ENTRY_SIZE];
    size_t have, need; /* entries of the set; 0: in none */
    uint64_t set_at;
    uint64_t end_at; /* where the folder ends, or NONE */
    bool stray;      /* the entry before belongs to none */
    bool has_bitmap, has_capitals;
    int result;
};

int exfat_open(struct exfat_volume *volume, struct reader *reader)
{
    uint8_t boot[EXFAT_BOOT_SIZE];

    volume->reader = reader;
    reader_read(reader, 0, boot, sizeof boot, NULL);
    unsigned sector = boot[108], cluster = boot[108] + boot[109];
    if (sector < 9 || sector > 12 || cluster > MOST_CLUSTER_SHIFT)
        return 1;
    volume->table = (uint64_t)bytes_u32le(boot + 80) << sector;
    if (boot[106] & 1)
        volume->table += (uint64_t)bytes_u32le(boot + 84) << sector;
    volume->heap = (uint64_t)bytes_u32le(boot + 88) << sector;
    volume->cluster_size = UINT32_C(1) << cluster;
    volume->clusters = bytes_u32le(boot + 92);
    volume->root = bytes_u32le(boot + 96);
    if (volume->heap >= reader->size || volume->clusters == 0)
        return 1;
    uint64_t most = (reader->size - volume->heap) / volume->cluster_size;
    if (volume->clusters > most)
        volume->clusters = (uint32_t)most;
    volume->seen = calloc(volume->clusters / 8 + 1, 1);
    return volume->seen ? 0 : -1;
}

void exfat_release(struct exfat_volume *volume)
{
    free(volume->seen);
    volume->seen = NULL;
}

static void tell(const struct folder *folder, uint64_t at, uint64_t length, const char *reason)
{
    folder->sink->fault(folder->sink->context, at, length, reason);
}

static uint16_t checksum(const uint8_t *set, size_t size)
{
    uint16_t sum = 0;

    for (size_t i = 0; i < size; i++)
        if (i != 2 && i != 3)
            sum = (uint16_t)((sum << 15 | sum >> 1) + set[i]);
    return sum;
}

/* The set that is complete as a file. False where its entries are none of a file. */
static bool parse_set(const struct folder *folder, struct exfat_file *file)
{
    const uint8_t *set = folder->set, *stream = set + EXFAT_ENTRY_SIZE;
    size_t units = stream[3], parts = (units + NAME_UNITS - 1) / NAME_UNITS;

    if (stream[0] != TYPE_STREAM || units == 0 || parts > folder->need - 2)
        return false;
    *file = (struct exfat_file){
        .at = folder->set_at,
        .units = units,
        .folder = bytes_u16le(set + 4) & ATTRIBUTE_FOLDER,
        .contiguous = stream[1] & FLAG_CONTIGUOUS,
        .sure = checksum(set, folder->need * EXFAT_ENTRY_SIZE) == bytes_u16le(set + 2),
        .cluster = bytes_u32le(stream + 20),
        .size = bytes_u64le(stream + 24),
    };
    for (size_t i = 0; i < parts; i++) {
        const uint8_t *part = set + (2 + i) * EXFAT_ENTRY_SIZE;
        size_t count = units - NAME_UNITS * i;
        if (part[0] != TYPE_NAME)
            return false;
        memcpy(file->name + 2 * NAME_UNITS * i, part + 2,
               2 * (count < NAME_UNITS ? count : NAME_UNITS));
    }
    return true;
}

static void finish_set(struct folder *folder)
{
    struct exfat_file file;
    size_t length = folder->need * EXFAT_ENTRY_SIZE;
    char reason[128];
    bool good = parse_set(folder, &file);

    if (folder->end_at != NONE) {
        if (good && file.sure)
            tell(folder, folder->end_at, EXFAT_ENTRY_SIZE,
                 "this folder ends here and has names behind its end: names may be lost");
        /* Once is enough. */
        if (good && file.sure)
            folder->result = 1;
    } else if (!good) {
        tell(folder, folder->set_at, length,
             "the entries of a file in this folder are none: its name may be lost");
    } else {
        if (!file.sure) {
            snprintf(reason, sizeof reason,
                     "the entries of a file in this folder have the checksum %04x, need %04x",
                     bytes_u16le(folder->set + 2), checksum(folder->set, length));
            tell(folder, folder->set_at, length, reason);
        }
        folder->result = folder->sink->file(folder->sink->context, &file);
    }
}

/* An entry that belongs to a file. True if the file still lacks or has just got it. */
static bool add_to_set(struct folder *folder, const uint8_t data[EXFAT_ENTRY_SIZE])
{
    char reason[128];

    if (folder->have == 0)
        return false;
    if ((data[0] & (IN_USE | SECONDARY)) == (IN_USE | SECONDARY)) {
        memcpy(folder->set + folder->have * EXFAT_ENTRY_SIZE, data, EXFAT_ENTRY_SIZE);
        if (++folder->have == folder->need) {
            finish_set(folder);
            folder->have = 0;
        }
        return true;
    }
    if (folder->end_at == NONE) {
        snprintf(reason, sizeof reason,
                 "a file in this folder needs %zu entries, has %zu: its name may be lost",
                 folder->need, folder->have);
        tell(folder, folder->set_at, folder->have * EXFAT_ENTRY_SIZE, reason);
    }
    folder->have = 0;
    return false;
}

static void begin_set(struct folder *folder, uint64_t at, const uint8_t data[EXFAT_ENTRY_SIZE])
{
    char reason[128];

    if (data[1] >= 2 && data[1] <= MOST_SECONDARIES) {
        memcpy(folder->set, data, EXFAT_ENTRY_SIZE);
        folder->set_at = at;
        folder->have = 1;
        folder->need = 1u + data[1];
        return;
    }
    if (folder->end_at == NONE) {
        snprintf(reason, sizeof reason,
                 "a file in this folder needs 2 to 18 entries behind its first one, says %u: its "
                 "name may be lost",
                 data[1]);
        tell(folder, at, EXFAT_ENTRY_SIZE, reason);
    }
    folder->stray = true;
}

/* Whether there are entries of this type that belong to no file in use. */
static bool is_type(uint8_t type)
{
    enum { OF_OTHERS = 0x20, MOST_KNOWN = 2 };

    switch (type | IN_USE) {
    case TYPE_BITMAP:
    case TYPE_CAPITALS:
    case TYPE_LABEL:
    case TYPE_FILE:
        return true;
    }
    if (type & IN_USE)
        return type & OF_OTHERS && !(type & SECONDARY);
    return type & OF_OTHERS ? (type & 0x1f) <= MOST_KNOWN
                            : (type | IN_USE) == TYPE_STREAM || (type | IN_USE) == TYPE_NAME;
}

static void check_entry(struct folder *folder, uint64_t at, const uint8_t data[EXFAT_ENTRY_SIZE])
{
    bool stray = folder->stray;

    if (add_to_set(folder, data))
        return;
    folder->stray = false;
    folder->has_bitmap |= data[0] == TYPE_BITMAP;
    folder->has_capitals |= data[0] == TYPE_CAPITALS;
    if (data[0] == TYPE_FILE) {
        begin_set(folder, at, data);
    } else if (data[0] == 0) {
        if (folder->end_at == NONE)
            folder->end_at = at;
        if (folder->file && !folder->file->sure)
            folder->result = 1;
    } else if (!is_type(data[0])) {
        folder->stray = true;
        /* Of a row of them the first. */
        if (!stray && folder->end_at == NONE)
            tell(folder, at, EXFAT_ENTRY_SIZE,
                 data[0] >= TYPE_STREAM ? "an entry of this folder belongs to a file whose first "
                                          "one is not there: a name may be lost"
                                        : "an entry of this folder is none: names may be lost");
    }
}

static uint64_t cluster_place(const struct exfat_volume *volume, uint32_t cluster)
{
    return volume->heap + (uint64_t)(cluster - FIRST_CLUSTER) * volume->cluster_size;
}

static void check_cluster(struct folder *folder, uint32_t cluster)
{
    struct exfat_volume *volume = folder->volume;
    uint64_t at = cluster_place(volume, cluster);
    uint8_t data[PIECE];

    for (uint32_t left = volume->cluster_size; left > 0 && folder->result == 0;) {
        size_t piece = left < sizeof data ? left : sizeof data;
        bool lost = reader_read(volume->reader, at, data, piece, NULL) != 0;
        for (size_t i = 0; i < piece && !lost && folder->result == 0; i += EXFAT_ENTRY_SIZE)
            check_entry(folder, at + i, data + i);
        at += piece;
        left -= (uint32_t)piece;
    }
}

/* Whether it is a cluster of the volume that was not seen yet; then it was. */
static bool take_cluster(struct exfat_volume *volume, uint32_t cluster)
{
    uint32_t number = cluster - FIRST_CLUSTER;

    if (cluster < FIRST_CLUSTER || number >= volume->clusters ||
        volume->seen[number / 8] >> number % 8 & 1)
        return false;
    volume->seen[number / 8] |= (uint8_t)(1 << number % 8);
    return true;
}

/* What a cluster that is none leaves of the folder, as a fault at what leads to it. */
static void tell_cut(const struct folder *folder, uint32_t before, uint32_t cluster,
                     uint64_t done)
{
    const struct exfat_volume *volume = folder->volume;
    char reason[192], of[32] = "";
    bool inside = cluster >= FIRST_CLUSTER && cluster - FIRST_CLUSTER < volume->clusters;
    uint64_t at = volume->table + 4 * (uint64_t)before, length = 4;

    if (done == 0 || (folder->file && folder->file->contiguous)) {
        at = folder->file ? folder->file->at : 0;
        length = folder->file ? EXFAT_ENTRY_SIZE : EXFAT_BOOT_SIZE;
    }
    if (folder->file)
        snprintf(of, sizeof of, " of %llu", (unsigned long long)folder->file->size);
    snprintf(reason, sizeof reason,
             "this folder has %llu%s bytes, then comes to cluster %u, which is %s: names may be "
             "lost",
             (unsigned long long)done, of, cluster,
             inside                ? "in it already, or in another folder"
             : cluster >= FAT_END ? "the end"
                                  : "none of the volume");
    tell(folder, at, length, reason);
}

int exfat_read_folder(struct exfat_volume *volume, const struct exfat_file *file,
                      const struct exfat_sink *sink)
{
    struct folder folder = { .volume = volume, .file = file, .sink = sink, .end_at = NONE };
    uint32_t cluster = file ? file->cluster : volume->root, before = 0;
    uint64_t done = 0;
    uint8_t link[4];

    while (folder.result == 0 && (!file || done < file->size)) {
        if (!take_cluster(volume, cluster)) {
            if (file || cluster < FAT_END || done == 0)
                tell_cut(&folder, before, cluster, done);
            break;
        }
        check_cluster(&folder, cluster);
        done += volume->cluster_size;
        before = cluster++;
        /* What is lost of the table the image remembers. */
        if ((!file || !file->contiguous) &&
            reader_read(volume->reader, volume->table + 4 * (uint64_t)before, link, sizeof link,
                        NULL) != 0)
            break;
        if (!file || !file->contiguous)
            cluster = bytes_u32le(link);
    }
    static const uint8_t end[EXFAT_ENTRY_SIZE];
    if (folder.result == 0)
        add_to_set(&folder, end);
    if (!file && done > 0 && (!folder.has_bitmap || !folder.has_capitals))
        tell(&folder, cluster_place(volume, volume->root), EXFAT_ENTRY_SIZE,
             "the root has no entry of the bitmap, or of the capital letters: names may be lost");
    return folder.result < 0 ? -1 : 0;
}
