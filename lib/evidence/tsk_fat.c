/* SPDX-License-Identifier: Apache-2.0 */

/*
 * tsk_fat: see tsk_fat.h.
 *
 * libtsk numbers the directory entries of 32 bytes from the end of the last FAT,
 * 3 is the first, so that the number of an inode is the place of its entry.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fett/text.h>

#include "probe.h"
#include "tsk_fat.h"

enum {
    BACKUP_SECTOR = 6, /* of the boot sector, in FAT32 */
};

static unsigned bits_of(const struct tsk_filesystem *owner)
{
    enum filesystem_kind kind = owner->base.volume->kind;

    return kind == FS_FAT12 ? 12 : kind == FS_FAT16 ? 16 : 32;
}

static void read_boot(const struct tsk_filesystem *owner, uint8_t boot[FAT_BOOT_SIZE])
{
    uint64_t start = owner->base.volume->offset;

    reader_read(owner->base.reader, start, boot, FAT_BOOT_SIZE, NULL);
    if (!probe_is_fat(boot))
        reader_read(owner->base.reader, start + BACKUP_SECTOR * FAT_BOOT_SIZE, boot, FAT_BOOT_SIZE,
                    NULL);
}

/* The FATs differ in a part that is read from the first or second one. */
static void add_copy_gap(struct tsk_filesystem *owner, const struct fat_difference *difference,
                         const char *what)
{
    char reason[160];

    snprintf(reason, sizeof reason, "the FATs differ, in %llu times %u bytes: %s",
             (unsigned long long)difference->units, owner->fat_copy.unit, what);
    if (difference->units > 0)
        filesystem_add_gap(&owner->base, difference->at, difference->end - difference->at, NULL,
                           NULL, reason);
}

int tsk_fat_compare(struct tsk_filesystem *owner, struct error *error)
{
    struct fat_geometry geometry;
    uint8_t boot[FAT_BOOT_SIZE];

    if (!tsk_is_fat(owner->base.volume->kind))
        return 0;
    read_boot(owner, boot);
    if (!fat_geometry_parse(&geometry, boot, bits_of(owner)))
        return 0;
    if (fat_copy_compare(&owner->fat_copy, owner->base.reader, owner->base.volume->offset,
                         &geometry, boot) != 0)
        return error_set_memory(error);
    add_copy_gap(owner, &owner->fat_copy.mended,
                 "what the first has there cannot be, the second is used");
    add_copy_gap(owner, &owner->fat_copy.left, "the first is used");
    tsk_bridge_mend(owner->view, &owner->fat_copy);
    return 0;
}

static size_t claimed_size(const struct tsk_fat *fat)
{
    return fat->geometry.clusters / 8 + 1;
}

int tsk_fat_open(struct tsk_filesystem *owner, struct error *error)
{
    const struct volume *volume = owner->base.volume;
    uint8_t boot[FAT_BOOT_SIZE];

    if (!tsk_is_fat(volume->kind))
        return 0;
    read_boot(owner, boot);
    owner->fat = calloc(1, sizeof *owner->fat);
    if (!owner->fat)
        return error_set_memory(error);
    if (!fat_geometry_parse(&owner->fat->geometry, boot, bits_of(owner)) ||
        owner->fat->geometry.sector_size != owner->fs->block_size) {
        tsk_fat_close(owner);
        return 0;
    }
    owner->fat->table.reader = owner->base.reader;
    owner->fat->table.start = volume->offset;
    owner->fat->table.geometry = &owner->fat->geometry;
    owner->fat->table.copy = &owner->fat_copy;
    if (!owner->claimed || owner->claimed_size == claimed_size(owner->fat))
        return 0;
    tsk_fat_close(owner);
    return error_set(error, ERROR_DAMAGED, "the FAT has another size than before");
}

void tsk_fat_close(struct tsk_filesystem *owner)
{
    if (owner->fat)
        fat_chain_release(&owner->fat->chain);
    free(owner->fat);
    owner->fat = NULL;
}

/* Where on the media the directory entry of an inode stands; false for inodes
 * that have none: the root and what libtsk makes up. */
static bool find_entry(const struct tsk_filesystem *owner, uint64_t inode, uint64_t *place)
{
    const struct fat_geometry *geometry = &owner->fat->geometry;
    uint64_t end = fat_cluster_place(geometry, FAT_FIRST_CLUSTER + geometry->clusters);

    if (inode < FAT_FIRST_INODE ||
        inode - FAT_FIRST_INODE >= (end - geometry->data) / FAT_ENTRY_SIZE)
        return false;
    *place = owner->base.volume->offset + geometry->data +
             (inode - FAT_FIRST_INODE) * FAT_ENTRY_SIZE;
    return true;
}

/* The 32 bytes at a place, until the next; with those around them, which are asked for next.
 * NULL where they cannot be read, which the image remembers. */
static const uint8_t *entry_bytes(const struct tsk_filesystem *owner, uint64_t place)
{
    struct tsk_fat *fat = owner->fat;
    uint64_t start = owner->base.volume->offset;
    uint64_t inside = (place - start) % fat->geometry.sector_size, sector = place - inside;
    bool whole = fat->sector_place == sector;

    if (!whole && fat->geometry.sector_size <= sizeof fat->sector) {
        whole = reader_read(owner->base.reader, sector, fat->sector, fat->geometry.sector_size,
                            NULL) == 0;
        fat->sector_place = whole ? sector : 0;
    }
    if (whole)
        return fat->sector + inside;
    fat->sector_place = 0;
    return reader_read(owner->base.reader, place, fat->sector, FAT_ENTRY_SIZE, NULL) == 0
               ? fat->sector
               : NULL;
}

/* The directory entry of an inode, and its bytes until the next; NULL where it has none, and
 * where it cannot be read. */
static const uint8_t *read_entry(const struct tsk_filesystem *owner, uint64_t inode,
                                 struct fat_entry *stored)
{
    const uint8_t *data;
    uint64_t place;

    if (!owner->fat || !find_entry(owner, inode, &place) ||
        !(data = entry_bytes(owner, place)))
        return NULL;
    fat_entry_parse(stored, data, owner->fat->geometry.bits);
    return fat_entry_is_long_part(stored) ? NULL : data;
}

/* The same, of what libtsk took for a file; NULL where it says another size. */
static const uint8_t *read_file_entry(const struct tsk_filesystem *owner,
                                      const struct tsk_entry *entry, struct fat_entry *stored)
{
    const uint8_t *data = entry->has_meta && entry->type != FILE_VIRTUAL
                              ? read_entry(owner, entry->inode, stored)
                              : NULL;

    return data && (entry->type == FILE_DIRECTORY || stored->size == entry->size) ? data : NULL;
}

/* Each byte of `name` that is no ASCII as a lone surrogate. */
static size_t keep_bytes(char *kept, const char *name, size_t length)
{
    size_t size = 0;

    for (size_t i = 0; i < length; i++) {
        unsigned c = (unsigned char)name[i];
        if (c < 0x80) {
            kept[size++] = (char)c;
            continue;
        }
        kept[size++] = (char)0xed; /* U+DC00 + c */
        kept[size++] = (char)(0xb0 | c >> 6);
        kept[size++] = (char)(0x80 | (c & 0x3f));
    }
    return size;
}

void tsk_fat_name(const struct tsk_filesystem *owner, const TSK_FS_NAME *name,
                  struct tsk_name *result)
{
    const char *alias = tsk_is_fat(owner->base.volume->kind) && name->shrt_name ? name->shrt_name
                                                                              : "";
    struct fat_entry stored;

    *result = (struct tsk_name){ name->name, strlen(name->name), "", 0, "" };
    if (!read_entry(owner, name->meta_addr, &stored) ||
        !fat_entry_is_shown_as(&stored, alias[0] ? alias : name->name)) {
        result->alias_length = strnlen(alias, sizeof result->alias);
        memcpy(result->alias, alias, result->alias_length);
        return;
    }
    result->alias_length = fat_entry_name(&stored, result->alias);
    if (alias[0])
        return;
    memcpy(result->kept, result->alias, result->alias_length);
    result->length = result->alias_length;
    if (text_valid_length(result->alias, result->alias_length) == result->alias_length)
        result->length = keep_bytes(result->kept, result->alias, result->alias_length);
    result->text = result->kept;
}

void tsk_fat_set_times(const struct tsk_filesystem *owner, struct tsk_entry *entry)
{
    struct fat_entry stored;
    const uint8_t *data = read_file_entry(owner, entry, &stored);
    struct file_times local;

    if (!data)
        return;
    fat_entry_times(&local, data);
    const struct instant times[] = {
        [BORN] = local.born, [MODIFIED] = local.modified, [ACCESSED] = local.accessed
    };
    for (int i = BORN; i < CHANGED; i++)
        tsk_index_set_dos_time(entry, i, &times[i]);
}

/* The first cluster of a live file or folder; false for what has no clusters. */
static bool first_cluster(const struct tsk_filesystem *owner, const struct tsk_entry *entry,
                          uint32_t *cluster)
{
    struct fat_entry stored;
    char name[FAT_NAME_MAX];

    if (!owner->fat || entry->state != FILE_ALLOCATED)
        return false;
    if (entry == owner->entries) {
        *cluster = owner->fat->geometry.root_cluster;
        return owner->fat->geometry.bits == 32;
    }
    if (!read_file_entry(owner, entry, &stored) || fat_entry_name(&stored, name) == 0)
        return false;
    *cluster = stored.first_cluster;
    return stored.first_cluster != 0 || entry->type == FILE_DIRECTORY || entry->size != 0;
}

bool tsk_fat_read_chain(struct tsk_filesystem *owner, const struct tsk_entry *entry,
                        bool *out_of_memory)
{
    uint32_t cluster;

    if (!first_cluster(owner, entry, &cluster))
        return false;
    if (fat_chain_read(&owner->fat->chain, &owner->fat->table, cluster) != 0)
        *out_of_memory = true;
    return !*out_of_memory;
}

static void add_gap(struct tsk_filesystem *owner, const struct tsk_entry *entry,
                    const char *reason)
{
    uint64_t place, length = FAT_ENTRY_SIZE;

    if (!find_entry(owner, entry->inode, &place)) {
        place = owner->base.volume->offset;
        length = 0;
    }
    tsk_file_add_gap(owner, entry, place, length, reason);
}

/* What is wrong with the chain that was read for an entry, as a gap. */
static void check_chain(struct tsk_filesystem *owner, struct tsk_entry *entry)
{
    static const char *const ends[] = {
        [FAT_END] = "ends with",
        [FAT_FREE] = "comes to the free",
        [FAT_BAD] = "comes to the bad",
        [FAT_OUTSIDE] = "leads out of the volume behind",
        [FAT_UNREADABLE] = "cannot be read on behind",
        [FAT_LOOP] = "goes back into itself behind",
    };
    const struct fat_chain *chain = &owner->fat->chain;
    uint64_t bytes = (uint64_t)chain->clusters * owner->fat->geometry.cluster_size;
    char reason[160], of[32] = "";

    if (entry->type != FILE_DIRECTORY) {
        entry->broken = bytes < entry->size;
        snprintf(of, sizeof of, " of %llu", (unsigned long long)entry->size);
        if (bytes > entry->size)
            bytes = entry->size;
    }
    if (chain->end == FAT_END && !entry->broken)
        return;
    if (chain->clusters == 0)
        snprintf(reason, sizeof reason, "its first cluster is none of the volume");
    else
        snprintf(reason, sizeof reason, "its cluster chain %s cluster %u, after %llu%s bytes",
                 ends[chain->end], chain->last, (unsigned long long)bytes, of);
    add_gap(owner, entry, reason);
}

static bool get_bit(const uint8_t *bits, uint32_t number)
{
    return bits[number / 8] >> number % 8 & 1;
}

static void set_bit(uint8_t *bits, uint32_t number)
{
    bits[number / 8] |= (uint8_t)(1 << number % 8);
}

/* Mark the clusters of the chain that was read; those that are marked already are
 * marked in `shared` too. Whether there were any. */
static bool claim(struct tsk_filesystem *owner, uint8_t *shared)
{
    const struct tsk_fat *fat = owner->fat;
    bool any = false;

    for (size_t i = 0; i < fat->chain.count; i++)
        for (uint32_t k = 0; k < fat->chain.runs[i].count; k++) {
            uint32_t number = fat->chain.runs[i].cluster + k - FAT_FIRST_CLUSTER;
            if (get_bit(owner->claimed, number)) {
                set_bit(shared, number);
                any = true;
            }
            set_bit(owner->claimed, number);
        }
    return any;
}

/* Files that have a cluster of another one: all of them, for nobody knows whose it is. */
static int report_shared(struct tsk_filesystem *owner, const uint8_t *shared, struct error *error)
{
    const struct fat_chain *chain = &owner->fat->chain;
    bool out_of_memory = false;

    for (size_t i = 0; i < owner->count; i++) {
        const struct tsk_entry *entry = &owner->entries[i];
        uint32_t first = 0, count = 0;
        if (!tsk_fat_read_chain(owner, entry, &out_of_memory))
            continue;
        for (size_t k = 0; k < chain->count; k++)
            for (uint32_t n = 0; n < chain->runs[k].count; n++)
                if (get_bit(shared, chain->runs[k].cluster + n - FAT_FIRST_CLUSTER) &&
                    count++ == 0)
                    first = chain->runs[k].cluster + n;
        if (count > 0) {
            char reason[128];
            snprintf(reason, sizeof reason,
                     "clusters of its chain are in that of another file too: %u, the first is %u",
                     count, first);
            add_gap(owner, entry, reason);
        }
    }
    return out_of_memory ? error_set_memory(error) : 0;
}

int tsk_fat_check_chains(struct tsk_filesystem *owner, struct error *error)
{
    struct tsk_fat *fat = owner->fat;
    bool out_of_memory = false, any_shared = false;

    if (!fat)
        return 0;
    owner->claimed_size = claimed_size(fat);
    uint8_t *shared = calloc(owner->claimed_size, 1);
    owner->claimed = calloc(owner->claimed_size, 1);
    if (!shared || !owner->claimed)
        out_of_memory = true;
    if (!out_of_memory)
        tsk_fat_check_root(owner);
    for (size_t i = 0; i < owner->count && !out_of_memory; i++) {
        if (!tsk_fat_read_chain(owner, &owner->entries[i], &out_of_memory))
            continue;
        check_chain(owner, &owner->entries[i]);
        if (owner->entries[i].type == FILE_DIRECTORY)
            tsk_fat_check_folder(owner, &owner->entries[i]);
        any_shared |= claim(owner, shared);
    }
    int result = out_of_memory ? error_set_memory(error) : 0;
    if (result == 0 && any_shared)
        result = report_shared(owner, shared, error);
    free(shared);
    return result;
}

enum file_content tsk_fat_content_state(struct tsk_filesystem *owner,
                                        const struct tsk_entry *entry)
{
    const struct fat_geometry *geometry = &owner->fat->geometry;
    uint64_t sector = geometry->sector_size;
    struct fat_entry stored;
    uint32_t next;

    /* The size of folders is not stored. */
    if (entry->type != FILE_REGULAR || !read_file_entry(owner, entry, &stored))
        return CONTENT_UNKNOWN;
    if (stored.size == 0)
        return CONTENT_INTACT;
    if (stored.size > geometry->cluster_size || !fat_is_cluster(geometry, stored.first_cluster))
        return CONTENT_UNKNOWN;
    if (fat_table_link(&owner->fat->table, stored.first_cluster, &next) != FAT_FREE)
        /* If in use by nobody it may be its own: a table that was not brought up to date. */
        return tsk_fat_is_claimed(owner, stored.first_cluster)
                   ? CONTENT_OVERWRITTEN
                   : CONTENT_UNKNOWN;
    return claims_contested(&owner->claims,
                            fat_cluster_place(geometry, stored.first_cluster) / sector,
                            geometry->cluster_size / sector)
               ? CONTENT_UNKNOWN
               : CONTENT_INTACT;
}

/* What is left of a broken file. */
struct fat_content {
    struct reader reader;
    struct reader *volume; /* over the media; `start` is the volume's */
    uint64_t start;
    struct fat_geometry geometry;
    struct fat_chain chain;
};

static int content_read_at(struct reader *reader, uint64_t offset, void *buffer, size_t size,
                           struct error *error)
{
    struct fat_content *content = (struct fat_content *)reader;
    uint64_t cluster_size = content->geometry.cluster_size, run_at = 0;
    uint8_t *at = buffer;
    int result = 0;

    for (size_t i = 0; i < content->chain.count && size > 0; i++) {
        uint64_t run_size = content->chain.runs[i].count * cluster_size;
        if (offset < run_at + run_size) {
            uint64_t inside = offset - run_at, left = run_size - inside;
            size_t part = size < left ? size : (size_t)left;
            uint64_t place =
                fat_cluster_place(&content->geometry, content->chain.runs[i].cluster) + inside;
            if (reader_read(content->volume, content->start + place, at, part,
                            result == 0 ? error : NULL) != 0)
                result = -1;
            at += part;
            offset += part;
            size -= part;
        }
        run_at += run_size;
    }
    if (size == 0)
        return result;
    memset(at, 0, size);
    return result != 0 ? result
                       : error_set(error, ERROR_DAMAGED,
                                   "its cluster chain has %llu of %llu bytes, then zeros",
                                   (unsigned long long)run_at, (unsigned long long)reader->size);
}

static void content_free(struct reader *reader)
{
    struct fat_content *content = (struct fat_content *)reader;

    fat_chain_release(&content->chain);
    free(content);
}

int tsk_fat_open_content(struct tsk_filesystem *owner, const struct tsk_entry *entry,
                         struct reader **reader, struct error *error)
{
    static const struct reader_operations operations = { content_read_at, content_free };
    struct fat_content *content = malloc(sizeof *content);
    bool out_of_memory = !content;

    if (!out_of_memory && !tsk_fat_read_chain(owner, entry, &out_of_memory) && !out_of_memory)
        owner->fat->chain.count = 0;
    if (out_of_memory) {
        free(content);
        return error_set_memory(error);
    }
    *content = (struct fat_content){ { &operations, entry->size },
                                     owner->base.reader,
                                     owner->base.volume->offset,
                                     owner->fat->geometry,
                                     owner->fat->chain };
    owner->fat->chain = (struct fat_chain){ .runs = NULL };
    *reader = &content->reader;
    return 0;
}
