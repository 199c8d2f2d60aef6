/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_EVIDENCE_VOLUME_SEARCH_H
#define FETT_EVIDENCE_VOLUME_SEARCH_H

/*
 * volume_search: how volumes are found. Internal to lib/evidence.
 *
 * volume.c keeps the list and has it filled, volume_search.c goes through the places where
 * volumes may be, volume_ntfs.c and volume_tsk.c find out whether what signatures claim
 * of a place (probe.h) holds.
 */

#include <fett/buffer.h>

#include "partition.h"
#include "probe.h"
#include "shadow_volumes.h"
#include "tsk_library.h"

enum { VOLUME_NAME_SIZE = 32 };

struct volumes {
    struct image *image;
    enum volume_scheme scheme;
    uint32_t sector_size; /* of the partition table, or of the image */
    struct volume *items;
    size_t count, capacity;
    struct shadow_volumes copies;
};

/* What volumes_open works with. */
struct search {
    struct volumes *volumes;
    struct image *image;
    struct reader *reader;
    struct tsk tsk;       /* loaded with the bridge */
    TSK_IMG_INFO *bridge;
    uint8_t *head; /* of the place that is looked at, PROBE_BYTES */
    size_t head_size;
    bool without_table; /* what is found is where the first partition must have been */
};

/* A place where volumes may be: a partition, or the whole media. */
struct place {
    char name[VOLUME_NAME_SIZE];
    uint64_t offset, length, declared;
    enum partition_use use;
    const char *detail;
};

/* What was found in a place. */
struct finding {
    enum filesystem_kind kind;
    const char *kind_name;
    bool unread;
    char detail[ERROR_TEXT_SIZE]; /* "" for none */
    struct buffer label;
};

/* --- volume.c --- */

const char *volume_kind_name(enum filesystem_kind kind);

/* Add a copy to the list. 0 or -1. */
int volumes_append(struct volumes *volumes, const struct volume *volume, struct error *error);

/* --- volume_search.c --- */

/* Find the volumes of all partitions, or of the media where there are none. 0 or -1. */
int search_partitions(struct search *search, const struct partitions *partitions,
                      struct error *error);

/* Tell what of a place cannot be used, and why. */
void search_gap(struct search *search, const struct place *place, uint64_t offset,
                uint64_t length, const char *reason);

/* Tell it where a file system is longer, by what it says of itself, than its place. */
void search_check_length(struct search *search, const struct place *place, uint64_t length);

/* Add what was found; `suffix` goes behind the name of the place. 0 or -1. */
int search_add(struct search *search, const struct place *place, const char *suffix,
               const struct finding *finding, struct error *error);

/* --- volume_ntfs.c --- */

/* 1 and the finding, 0: no NTFS, -1. `claimed`: the boot sector says that it is. */
int search_ntfs(struct search *search, const struct place *place, bool claimed,
                struct finding *finding, struct error *error);

/* --- volume_tsk.c --- */

/* 1 and the finding, 0: the claim, a weak one, does not hold, -1. */
int search_tsk(struct search *search, const struct place *place,
               const struct probe_result *claim, struct finding *finding, struct error *error);

/* Add the volumes that share an APFS container. 0 or -1. */
int search_apfs_volumes(struct search *search, const struct place *place, const char *suffix,
                        struct error *error);

#endif
