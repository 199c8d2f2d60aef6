/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NTFS_INDEX_H
#define NTFS_INDEX_H

/*
 * ntfs_index: the pass over $MFT that fills the index. ntfs_index.c makes it, each record
 * goes to ntfs_index_record.c, what spreads over several records is put together by
 * ntfs_index_join.c, and ntfs_index_lists.c checks it with the attribute lists. What does
 * not add up is noted, and told at the end as gaps.
 */

#include "ntfs.h"

/* An extension record: what it adds to its base. */
struct ntfs_extension {
    uint32_t base, record;
    uint16_t base_sequence;
    bool in_use;
    uint32_t first_name, first_stream, first_dos_name;
    uint16_t name_count, stream_count, dos_name_count;
};

/* A record of which something or everything is lost. */
struct ntfs_loss {
    uint32_t record;
    bool certain; /* else only when $MFT's bitmap says that it is in use */
    char reason[104];
};

/* Memory that is out is noted in it. */
struct ntfs_pass {
    struct ntfs *ntfs;
    struct ntfs_extension *extensions;
    size_t extension_count, extension_capacity;
    struct ntfs_loss *losses;
    size_t loss_count, loss_capacity;
    uint64_t losses_beyond; /* not remembered one by one */
    uint64_t clusters;      /* of the volume, as it is declared */
    struct buffer name;     /* room to work in */
    struct error error;     /* of the record that is looked at */
    bool out_of_memory;
};

/* Note that a record, or something of it, is lost. */
void ntfs_pass_lose(struct ntfs_pass *pass, uint32_t record, bool certain, const char *reason);

/* A record as it was read; `data` is of the record's size and changed by its fixup. */
void ntfs_index_record(struct ntfs_pass *pass, uint32_t number, uint8_t *data);

/* Append run bytes to the arena, before them the initialised size where it is not the size.
 * 0, or -1 without memory. */
int ntfs_store_runs(struct ntfs *ntfs, struct ntfs_stream *stream, const void *runs, size_t size,
                    uint64_t initialized);

/* Give what extension records hold to their bases; they are sorted and those of other bases
 * dropped then. 0, or -1 without memory. */
int ntfs_index_join(struct ntfs_pass *pass);

/* After ntfs_index_join: whether a record extends this base. */
bool ntfs_has_extension(const struct ntfs_pass *pass, uint32_t base, uint64_t record);

/* Number the attributes of a record with an attribute list as TSK does; every record that the
 * list names must have been met. */
void ntfs_index_check_list(struct ntfs_pass *pass, uint32_t record);

#endif
