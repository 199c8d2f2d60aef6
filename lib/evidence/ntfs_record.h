/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NTFS_RECORD_H
#define NTFS_RECORD_H

/*
 * ntfs_record: the pieces of NTFS that lie in one block of memory: the boot
 * sector, an $MFT record with its fixups and attributes, a run list, a
 * compression unit. Nothing here reads from anywhere; all of it is bounded.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/error.h>

struct ntfs_geometry {
    uint32_t sector_size;  /* bytes */
    uint32_t cluster_size; /* bytes */
    uint32_t record_size;  /* bytes of an $MFT record */
    uint32_t index_size;   /* bytes of an index record */
    uint64_t clusters;     /* of the volume, by the boot sector */
    uint64_t mft_cluster;
    uint64_t mirror_cluster;
};

/* From the first 512 bytes of the volume. */
int ntfs_geometry_parse(struct ntfs_geometry *geometry, const uint8_t boot[512],
                        struct error *error);

enum {
    NTFS_STANDARD_INFORMATION = 0x10,
    NTFS_ATTRIBUTE_LIST = 0x20,
    NTFS_FILE_NAME = 0x30,
    NTFS_DATA = 0x80,
    NTFS_INDEX_ROOT = 0x90,
    NTFS_INDEX_ALLOCATION = 0xa0,
    NTFS_BITMAP = 0xb0,
    NTFS_REPARSE_POINT = 0xc0,
};

enum { NTFS_RECORD_IN_USE = 1, NTFS_RECORD_DIRECTORY = 2 };

struct ntfs_record {
    const uint8_t *data;
    size_t usable;       /* bytes that can be trusted: all, or those before a torn sector */
    bool torn;           /* some sector's fixup does not match */
    uint16_t sequence;
    uint16_t links;
    uint16_t flags;      /* NTFS_RECORD_* */
    bool extends;        /* another record: `base`, when that had `base_sequence` */
    uint64_t base;
    uint16_t base_sequence;
    size_t at;           /* next attribute */
};

/*
 * Undo the fixups in place and read the header. A torn record (one whose
 * sectors were not all written) is usable up to its first torn sector and says
 * so. Returns -1 where nothing can be used: no FILE signature, no room for the
 * update sequence, first sector torn.
 */
int ntfs_record_open(struct ntfs_record *record, uint8_t *data, size_t size, struct error *error);

struct ntfs_attribute {
    uint32_t type;
    uint16_t id;
    uint16_t flags;              /* 1: compressed, 0x4000: encrypted, 0x8000: sparse */
    bool nonresident;
    uint8_t name_units;
    uint8_t compression_unit;    /* log2 of clusters, 0: none */
    const uint8_t *name;         /* UTF-16LE */
    const uint8_t *value;        /* resident */
    size_t value_size;
    size_t value_offset;         /* within the record */
    uint64_t first_vcn;          /* nonresident: of this piece */
    uint64_t size, initialized;  /* only of the piece with first_vcn 0 */
    const uint8_t *runs;
    size_t runs_size;
};

/* The next attribute: 1, or 0 at the end, or -1 when the rest is damaged. */
int ntfs_record_next(struct ntfs_record *record, struct ntfs_attribute *attribute,
                     struct error *error);

/* One piece of a run list. */
struct ntfs_run {
    uint64_t clusters;
    uint64_t cluster; /* on the volume; NTFS_SPARSE for none */
};

#define NTFS_SPARSE UINT64_MAX

struct ntfs_run_walk {
    const uint8_t *at, *end;
    int64_t cluster;
};

static inline void ntfs_run_walk_init(struct ntfs_run_walk *walk, const uint8_t *runs,
                                      size_t size)
{
    *walk = (struct ntfs_run_walk){ runs, runs + size, 0 };
}

/* 1 and the run, 0 at the end, -1 when it is malformed. */
int ntfs_run_next(struct ntfs_run_walk *walk, struct ntfs_run *run);

/* A run list as a whole; of a malformed one its good part. */
struct ntfs_runs {
    size_t length;     /* bytes, without its end mark */
    uint64_t clusters; /* with the sparse ones */
    uint64_t end;      /* behind the furthest cluster on the volume; 0: all are sparse */
    bool bad;
};

struct ntfs_runs ntfs_runs_measure(const uint8_t *runs, size_t size);

/*
 * Decompress LZNT1 (a compression unit). Output that the input does not give
 * is zero. Returns 0, or -1 when the input is malformed (what came before it is
 * there).
 */
int ntfs_decompress(const uint8_t *input, size_t input_size, uint8_t *output, size_t output_size);

#endif
