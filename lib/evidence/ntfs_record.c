/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ntfs_record: see ntfs_record.h. Format: the Linux-NTFS project's
 * documentation and libyal's of NTFS, checked against libtsk on real volumes.
 *
 * Boot sector
 *     3    8  "NTFS    "
 *    11    2  bytes a sector
 *    13    1  sectors a cluster; above 0x80: 2 ^ (256 - value)
 *    40    8  sectors of the volume
 *    48    8  cluster of $MFT
 *    56    8  cluster of $MFTMirr
 *    64    1  clusters an $MFT record; negative: 2 ^ -value bytes
 *
 * $MFT record
 *     0    4  "FILE"
 *     4    4  update sequence (fixup.h)
 *    16    2  sequence number
 *    18    2  hard links (DOS names counted)
 *    20    2  offset of the first attribute
 *    22    2  flags: 1 in use, 2 folder
 *    24    4  bytes in use
 *    32    8  base record (48 bits), its sequence (16); all 0 in base records
 *
 * Attribute
 *     0    4  type; 0xffffffff ends the list
 *     4    4  length
 *     8    1  nonresident
 *     9    1  length of the name in characters
 *    10    2  offset of the name
 *    12    2  flags
 *    14    2  id
 *   resident:     16  4  value length, 20  2  value offset
 *   nonresident:  16  8  first VCN, 24  8  last VCN, 32  2  offset of runs,
 *                 34  2  compression unit, 40  8  allocated, 48  8  size,
 *                 56  8  initialised
 *
 * Run: a byte with the sizes of what follows (low: count, high: cluster), the
 * count of clusters, the cluster as a signed distance from the run before; no
 * cluster: sparse. A zero byte ends the list.
 */

#include <string.h>

#include <fett/bytes.h>
#include <fett/fixup.h>
#include <fett/limits.h>

#include "ntfs_record.h"

enum {
    RECORD_HEADER = 42,
    RESIDENT_HEADER = 24,
    NONRESIDENT_HEADER = 64,
    LZNT1_BLOCK = 4096,
    USUAL_INDEX_RECORD = 4096,
};

static bool is_power_of_two(uint64_t n)
{
    return n != 0 && (n & (n - 1)) == 0;
}

/* Bytes of a record by its code, clusters or the logarithm of bytes; 0: none that can be. */
static uint32_t size_of_record(int8_t code, uint32_t cluster)
{
    uint32_t size = 0;

    if (code < 0)
        size = code >= -16 ? 1u << -code : 0;
    else if (cluster <= LIMIT_MFT_RECORD_BYTES)
        size = cluster * (uint32_t)code;
    return is_power_of_two(size) && size >= FIXUP_STRIDE && size <= LIMIT_MFT_RECORD_BYTES ? size
                                                                                          : 0;
}

int ntfs_geometry_parse(struct ntfs_geometry *geometry, const uint8_t boot[512],
                        struct error *error)
{
    if (memcmp(boot + 3, "NTFS    ", 8) != 0)
        return error_set(error, ERROR_DAMAGED, "NTFS boot sector: no signature");

    uint32_t sector = bytes_u16le(boot + 11), cluster;
    uint8_t per_cluster = boot[13];
    int8_t record_code = (int8_t)boot[64], index_code = (int8_t)boot[68];

    if (sector < 256 || sector > 4096 || !is_power_of_two(sector))
        return error_set(error, ERROR_DAMAGED, "NTFS boot sector: %u bytes a sector", sector);
    if (per_cluster > 0x80)
        cluster = 256 - per_cluster <= 12 ? sector << (256 - per_cluster) : 0;
    else
        cluster = sector * per_cluster;
    if (!is_power_of_two(cluster) || cluster > 2 * 1024 * 1024)
        return error_set(error, ERROR_DAMAGED, "NTFS boot sector: %u sectors a cluster",
                         per_cluster);
    uint32_t record = size_of_record(record_code, cluster);
    uint32_t index = size_of_record(index_code, cluster);
    if (record == 0)
        return error_set(error, ERROR_DAMAGED, "NTFS boot sector: $MFT record size code %d",
                         record_code);

    *geometry = (struct ntfs_geometry){
        .sector_size = sector,
        .cluster_size = cluster,
        .record_size = record,
        .index_size = index > 0 ? index : USUAL_INDEX_RECORD,
        .clusters = bytes_u64le(boot + 40) / (cluster / sector),
        .mft_cluster = bytes_u64le(boot + 48),
        .mirror_cluster = bytes_u64le(boot + 56),
    };
    return 0;
}

int ntfs_record_open(struct ntfs_record *record, uint8_t *data, size_t size, struct error *error)
{
    if (size < RECORD_HEADER || memcmp(data, "FILE", 4) != 0)
        return error_set(error, ERROR_DAMAGED, "no FILE signature");

    if (fixup_undo(data, size, &record->usable) != 0)
        return error_set(error, ERROR_DAMAGED, "update sequence of %u words at %u",
                         bytes_u16le(data + 6), bytes_u16le(data + 4));
    record->data = data;
    record->torn = record->usable < size;
    if (record->usable == 0)
        return error_set(error, ERROR_DAMAGED, "fixup of the first sector does not match");

    record->sequence = bytes_u16le(data + 16);
    record->links = bytes_u16le(data + 18);
    record->at = bytes_u16le(data + 20);
    record->flags = bytes_u16le(data + 22);
    /* record 0 has extensions too: only its sequence tells them from bases */
    record->extends = bytes_u64le(data + 32) != 0;
    record->base = bytes_u64le(data + 32) & 0xffffffffffff;
    record->base_sequence = bytes_u16le(data + 38);
    return 0;
}

/* What only the other kind has is set to nothing: each member by itself, as this is done for
 * every attribute of $MFT. */
static int parse_resident(struct ntfs_attribute *attribute, const uint8_t *p, size_t at,
                          size_t length)
{
    size_t size = bytes_u32le(p + 16), offset = bytes_u16le(p + 20);

    if (offset > length || size > length - offset)
        return -1;
    attribute->value = p + offset;
    attribute->value_size = size;
    attribute->value_offset = at + offset;
    attribute->first_vcn = attribute->size = attribute->initialized = 0;
    attribute->compression_unit = 0;
    attribute->runs = NULL;
    attribute->runs_size = 0;
    return 0;
}

static int parse_nonresident(struct ntfs_attribute *attribute, const uint8_t *p, size_t length)
{
    size_t offset = length < NONRESIDENT_HEADER ? 0 : bytes_u16le(p + 32);

    if (offset < NONRESIDENT_HEADER || offset > length)
        return -1;
    attribute->value = NULL;
    attribute->value_size = attribute->value_offset = 0;
    attribute->first_vcn = bytes_u64le(p + 16);
    attribute->compression_unit = (uint8_t)bytes_u16le(p + 34);
    attribute->size = bytes_u64le(p + 48);
    attribute->initialized = bytes_u64le(p + 56);
    attribute->runs = p + offset;
    attribute->runs_size = length - offset;
    return 0;
}

int ntfs_record_next(struct ntfs_record *record, struct ntfs_attribute *attribute,
                     struct error *error)
{
    size_t at = record->at, left = at < record->usable ? record->usable - at : 0;
    const uint8_t *p = record->data + at;

    if (left >= 4 && bytes_u32le(p) == 0xffffffff)
        return 0;
    if (left < RESIDENT_HEADER)
        return error_set(error, ERROR_DAMAGED, "attribute at %zu: needs %d bytes, has %zu", at,
                         RESIDENT_HEADER, left);

    size_t length = bytes_u32le(p + 4), name_at = bytes_u16le(p + 10);
    if (length < RESIDENT_HEADER || length > left)
        return error_set(error, ERROR_DAMAGED, "attribute at %zu: length %zu, has %zu", at, length,
                         left);
    if (p[9] > 0 && name_at + 2u * p[9] > length)
        return error_set(error, ERROR_DAMAGED, "attribute at %zu: name beyond its end", at);
    attribute->type = bytes_u32le(p);
    attribute->nonresident = p[8] != 0;
    attribute->name_units = p[9];
    attribute->name = p + name_at;
    attribute->flags = bytes_u16le(p + 12);
    attribute->id = bytes_u16le(p + 14);
    if (p[8] != 0 ? parse_nonresident(attribute, p, length)
                  : parse_resident(attribute, p, at, length))
        return error_set(error, ERROR_DAMAGED, "attribute at %zu: %s beyond its end", at,
                         p[8] != 0 ? "runs" : "value");
    record->at += length;
    return 1;
}

/* Little-endian, signed where `value` begins as the sign. */
static inline uint64_t load(const uint8_t *p, unsigned size, uint64_t value)
{
    while (size-- > 0)
        value = value << 8 | p[size];
    return value;
}

static inline int next_run(struct ntfs_run_walk *walk, struct ntfs_run *run)
{
    if (walk->at == walk->end || *walk->at == 0)
        return 0;

    unsigned count_size = *walk->at & 15, cluster_size = *walk->at >> 4;
    if (count_size == 0 || count_size > 8 || cluster_size > 8 ||
        (size_t)(walk->end - walk->at) < 1 + count_size + cluster_size)
        return -1;

    const uint8_t *p = walk->at + 1;
    uint64_t count = load(p, count_size, 0);
    p += count_size;
    if (count == 0 || count > LIMIT_RUN_CLUSTERS)
        return -1;
    if (cluster_size == 0) {
        run->cluster = NTFS_SPARSE;
    } else {
        uint64_t sign = p[cluster_size - 1] & 0x80 ? UINT64_MAX : 0;
        int64_t distance = (int64_t)load(p, cluster_size, sign), cluster;
        if (__builtin_add_overflow(walk->cluster, distance, &cluster) || cluster < 0 ||
            (uint64_t)cluster > LIMIT_RUN_CLUSTERS)
            return -1;
        walk->cluster = cluster;
        run->cluster = (uint64_t)cluster;
    }
    run->clusters = count;
    walk->at = p + cluster_size;
    return 1;
}

int ntfs_run_next(struct ntfs_run_walk *walk, struct ntfs_run *run)
{
    return next_run(walk, run);
}

struct ntfs_runs ntfs_runs_measure(const uint8_t *runs, size_t size)
{
    struct ntfs_runs measured = { .length = 0 };
    struct ntfs_run_walk walk;
    struct ntfs_run run;
    int got;

    ntfs_run_walk_init(&walk, runs, size);
    while ((got = next_run(&walk, &run)) > 0) {
        measured.clusters += run.clusters;
        if (run.cluster != NTFS_SPARSE && run.cluster + run.clusters > measured.end)
            measured.end = run.cluster + run.clusters;
    }
    measured.bad = got < 0;
    measured.length = (size_t)(walk.at - runs);
    return measured;
}

/*
 * One block of LZNT1: a flag byte tells of the next eight items whether each
 * is a literal or a back reference of 16 bits, whose split between distance
 * and length depends on how far into the block it stands.
 */
static int decompress_block(const uint8_t *in, size_t in_size, uint8_t *out, size_t out_size)
{
    size_t at = 0, done = 0;

    while (at < in_size) {
        unsigned flags = in[at++];
        for (unsigned i = 0; i < 8 && at < in_size; i++, flags >>= 1) {
            if (!(flags & 1)) {
                if (done == out_size)
                    return -1;
                out[done++] = in[at++];
                continue;
            }
            if (in_size - at < 2 || done == 0)
                return -1;
            unsigned item = bytes_u16le(in + at), length_bits = 12;
            for (size_t span = done - 1; span >= 0x10; span >>= 1)
                length_bits--;
            size_t distance = (item >> length_bits) + 1;
            size_t length = (item & ((1u << length_bits) - 1)) + 3;
            at += 2;
            if (distance > done || length > out_size - done)
                return -1;
            for (; length > 0; length--, done++)
                out[done] = out[done - distance];
        }
    }
    return 0;
}

int ntfs_decompress(const uint8_t *input, size_t input_size, uint8_t *output, size_t output_size)
{
    size_t at = 0;

    memset(output, 0, output_size);
    for (size_t done = 0; done < output_size && input_size - at >= 2; done += LZNT1_BLOCK) {
        unsigned header = bytes_u16le(input + at);
        size_t size = (header & 0xfff) + 1, room = output_size - done;

        if (header == 0)
            break;
        at += 2;
        if (size > input_size - at)
            return -1;
        if (room > LZNT1_BLOCK)
            room = LZNT1_BLOCK;
        if (header & 0x8000) {
            if (decompress_block(input + at, size, output + done, room) != 0)
                return -1;
        } else {
            memcpy(output + done, input + at, size < room ? size : room);
        }
        at += size;
    }
    return 0;
}
