/* SPDX-License-Identifier: Apache-2.0 */

/*
 * tsk_filesystem: the file systems that libtsk reads, walked once into an index
 * of entries. Handles are 1 + the number of the entry; entry 0 is the root.
 *
 * What libtsk does not tell is settled here: which times of which file system
 * are local and how exact they are, and that a name whose metadata is in use
 * again says nothing about its old content. libtsk converts FAT times by the
 * TZ of the process, which must be UTC (cli sets it).
 *
 * Times of exFAT are read from the directory entry, since libtsk leaves out
 * their zones. File entry (Microsoft's exFAT specification, 7.4):
 *     0    1  type: 0x85, or 0x05 when deleted
 *     8    4  created: DOS time, then date
 *    12    4  modified
 *    16    4  accessed
 *    20    2  created, modified: 10 ms units, 0-199
 *    22    3  created, modified, accessed: 0x80 known, 0x7f quarters of an
 *             hour ahead of UTC, signed
 * libtsk numbers the entries of 32 bytes from the start of the cluster heap, 3
 * is the first. Boot sector (3.1):
 *    88    4  where the cluster heap is, in sectors
 *   108    1  log2 of the bytes of a sector
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tsk/libtsk.h>

#include <fett/bytes.h>
#include <fett/limits.h>
#include <fett/text.h>

#include "children.h"
#include "filesystem_internal.h"
#include "trial.h"
#include "tsk_bridge.h"

enum { BORN, MODIFIED, ACCESSED, CHANGED, TIME_COUNT };

enum { DOS_NAME_MAX = 12 }; /* 8.3 */

struct tsk_entry {
    uint64_t inode;
    uint64_t size;
    int64_t seconds[TIME_COUNT];
    int64_t deleted_at;
    uint32_t nanoseconds[TIME_COUNT];
    uint32_t parent; /* entry */
    uint32_t text;   /* name */
    uint32_t uid, gid, links;
    uint16_t length; /* bytes of the name */
    uint16_t mode;
    uint16_t attribute_type, attribute_id;
    uint16_t stream_length; /* of a stream's name, which stands behind the name */
    uint8_t dos_length;     /* of a DOS name (FAT), likewise */
    uint8_t type, state, meta; /* enum file_type, file_state, file_meta */
    uint8_t zones[CHANGED];    /* exFAT: of born, modified, accessed, as stored */
    bool has_meta;
};

struct tsk_filesystem {
    struct filesystem base;
    TSK_IMG_INFO *view;
    TSK_FS_INFO *fs;
    struct tsk_bridge_apfs apfs; /* what `fs` belongs to in an APFS container */
    struct tsk_entry *entries;
    size_t count, capacity;
    struct buffer text;
    struct children children; /* live names; filled when first asked for */
    struct buffer path;
    uint64_t exfat_heap; /* bytes from the start of the volume to its cluster heap */
};

/* The state of the walk that fills the index: the folders from the root down. */
struct index_walk {
    struct tsk_filesystem *owner;
    struct {
        TSK_FS_DIR *folder;
        size_t next;    /* of its names */
        uint32_t entry;
        bool orphan;    /* $OrphanFiles, or below it */
    } stack[LIMIT_PATH_DEPTH];
    size_t depth;
    size_t most_entries;
    bool out_of_memory;
};

static const struct {
    enum filesystem_kind kind;
    TSK_FS_TYPE_ENUM type;
} types[] = {
    { FS_FAT12, TSK_FS_TYPE_FAT12 },     { FS_FAT16, TSK_FS_TYPE_FAT16 },
    { FS_FAT32, TSK_FS_TYPE_FAT32 },     { FS_EXFAT, TSK_FS_TYPE_EXFAT },
    { FS_EXT2, TSK_FS_TYPE_EXT_DETECT }, { FS_EXT3, TSK_FS_TYPE_EXT_DETECT },
    { FS_EXT4, TSK_FS_TYPE_EXT_DETECT }, { FS_HFS, TSK_FS_TYPE_HFS },
    { FS_ISO9660, TSK_FS_TYPE_ISO9660 }, { FS_UFS, TSK_FS_TYPE_FFS_DETECT },
};

static bool is_fat(enum filesystem_kind kind)
{
    return kind == FS_FAT12 || kind == FS_FAT16 || kind == FS_FAT32;
}

static enum file_type type_of(const TSK_FS_NAME *name, const TSK_FS_META *meta)
{
    switch (meta ? (int)meta->type : TSK_FS_META_TYPE_UNDEF) {
    case TSK_FS_META_TYPE_REG:
        return FILE_REGULAR;
    case TSK_FS_META_TYPE_DIR:
        return FILE_DIRECTORY;
    case TSK_FS_META_TYPE_LNK:
        return FILE_LINK;
    case TSK_FS_META_TYPE_VIRT:
    case TSK_FS_META_TYPE_VIRT_DIR:
        return FILE_VIRTUAL;
    case TSK_FS_META_TYPE_UNDEF:
        return name->type == TSK_FS_NAME_TYPE_DIR ? FILE_DIRECTORY : FILE_UNKNOWN;
    default:
        return FILE_SPECIAL;
    }
}

static uint32_t add_text(struct index_walk *walk, const char *text, size_t length)
{
    struct buffer *arena = &walk->owner->text;
    size_t at = arena->length;

    buffer_add(arena, text, length);
    if (arena->failed || arena->length > UINT32_MAX)
        walk->out_of_memory = true;
    return (uint32_t)at;
}

static void set_meta(struct tsk_entry *entry, const TSK_FS_META *meta)
{
    entry->has_meta = true;
    entry->size = meta->size < 0 ? 0 : (uint64_t)meta->size;
    entry->mode = (uint16_t)(meta->mode & 07777);
    entry->uid = meta->uid;
    entry->gid = meta->gid;
    entry->links = meta->nlink > 0 ? (uint32_t)meta->nlink : 0;
    entry->seconds[BORN] = meta->crtime;
    entry->seconds[MODIFIED] = meta->mtime;
    entry->seconds[ACCESSED] = meta->atime;
    entry->seconds[CHANGED] = meta->ctime;
    entry->nanoseconds[BORN] = meta->crtime_nano;
    entry->nanoseconds[MODIFIED] = meta->mtime_nano;
    entry->nanoseconds[ACCESSED] = meta->atime_nano;
    entry->nanoseconds[CHANGED] = meta->ctime_nano;
}

enum {
    EXFAT_BOOT_SIZE = 120, /* what is read of it */
    EXFAT_ENTRY_SIZE = 32,
    EXFAT_FIRST_INODE = 3,
    EXFAT_FILE_ENTRY = 0x05, /* without the bit of those in use */
    EXFAT_ZONE_KNOWN = 0x80,
};

/* The times of exFAT with their zones; those of libtsk stay where the entry
 * cannot be read, which the image remembers, or is none. */
static void set_exfat_times(const struct tsk_filesystem *owner, struct tsk_entry *entry)
{
    uint8_t data[EXFAT_ENTRY_SIZE];
    uint64_t at;

    if (entry->inode < EXFAT_FIRST_INODE ||
        __builtin_mul_overflow(entry->inode - EXFAT_FIRST_INODE, EXFAT_ENTRY_SIZE, &at) ||
        at > owner->base.volume->length)
        return;
    at += owner->exfat_heap;
    if (reader_read(owner->base.reader, owner->base.volume->offset + at, data, sizeof data,
                    NULL) != 0 ||
        (data[0] & ~EXFAT_ZONE_KNOWN) != EXFAT_FILE_ENTRY)
        return;
    for (int i = BORN; i < CHANGED; i++) {
        const uint8_t *stored = data + 8 + 4 * i;
        struct instant instant = instant_from_dos(bytes_u16le(stored + 2), bytes_u16le(stored),
                                                  i == ACCESSED ? -1 : data[20 + i]);
        entry->seconds[i] = instant.seconds;
        entry->nanoseconds[i] = instant.nanoseconds;
        entry->zones[i] = data[22 + i];
    }
}

static struct tsk_entry *add_entry(struct index_walk *walk)
{
    struct tsk_filesystem *owner = walk->owner;

    if (owner->count >= UINT32_MAX - 1 ||
        memory_grow((void **)&owner->entries, &owner->capacity, owner->count + 1,
                    sizeof *owner->entries) != 0) {
        walk->out_of_memory = true;
        return NULL;
    }
    owner->entries[owner->count] = (struct tsk_entry){ .inode = 0 };
    return &owner->entries[owner->count++];
}

/* The resource fork and other named attributes of HFS files. */
static void add_streams(struct index_walk *walk, TSK_FS_FILE *file, uint32_t main_entry)
{
    int count = tsk_fs_file_attr_getsize(file);

    for (int i = 0; i < count; i++) {
        const TSK_FS_ATTR *attribute = tsk_fs_file_attr_get_idx(file, i);
        if (!attribute || attribute->type != TSK_FS_ATTR_TYPE_HFS_RSRC)
            continue;
        const char *name = attribute->name ? attribute->name : "rsrc";
        struct tsk_entry *entry = add_entry(walk);
        if (!entry)
            return;
        *entry = walk->owner->entries[main_entry];
        entry->text = add_text(walk, walk->owner->text.data + entry->text, entry->length);
        entry->stream_length = (uint16_t)strlen(name);
        add_text(walk, name, entry->stream_length);
        entry->size = attribute->size < 0 ? 0 : (uint64_t)attribute->size;
        entry->type = FILE_REGULAR;
        entry->attribute_type = (uint16_t)attribute->type;
        entry->attribute_id = attribute->id;
    }
    tsk_error_reset();
}

/* Whether libtsk would spend days on the holes of a file. */
static bool has_too_many_holes(const TSK_FS_INFO *fs, const TSK_FS_META *meta)
{
    uint64_t blocks = meta->size > 0 ? (uint64_t)meta->size / fs->block_size : 0;

    return TSK_FS_TYPE_ISEXT(fs->ftype) &&
           meta->content_type != TSK_FS_META_CONTENT_TYPE_EXT4_EXTENTS &&
           blocks > fs->block_count + LIMIT_TSK_HOLE_BLOCKS;
}

static void add_gap(struct tsk_filesystem *owner, uint64_t inode, const char *reason)
{
    char text[FILE_INODE_SIZE];

    snprintf(text, sizeof text, "%llu", (unsigned long long)inode);
    filesystem_add_gap(&owner->base, owner->base.volume->offset, 0, NULL, text, reason);
}

static void add_holes_gap(struct tsk_filesystem *owner, const TSK_FS_META *meta)
{
    char reason[96];

    snprintf(reason, sizeof reason, "file of %lld bytes in a volume of %llu: not read",
             (long long)meta->size,
             (unsigned long long)owner->fs->block_count * owner->fs->block_size);
    add_gap(owner, meta->addr, reason);
}

/* Go down into a folder. One that cannot be read is a gap if it is live. */
static void enter(struct index_walk *walk, TSK_FS_FILE *file, uint32_t entry, bool orphan)
{
    struct tsk_filesystem *owner = walk->owner;
    bool live = file->meta->flags & TSK_FS_META_FLAG_ALLOC;

    for (size_t i = 0; i < walk->depth; i++)
        if (owner->entries[walk->stack[i].entry].inode == file->meta->addr) {
            add_gap(owner, file->meta->addr, "a folder that lies in itself");
            return;
        }
    if (walk->depth == LIMIT_PATH_DEPTH) {
        add_gap(owner, file->meta->addr, "folders lie too deep in each other");
        return;
    }
    if (has_too_many_holes(owner->fs, file->meta)) {
        add_holes_gap(owner, file->meta);
        return;
    }
    TSK_FS_DIR *folder = tsk_fs_dir_open_meta(owner->fs, file->meta->addr);
    if (folder) {
        walk->stack[walk->depth].folder = folder;
        walk->stack[walk->depth].next = 0;
        walk->stack[walk->depth].entry = entry;
        walk->stack[walk->depth++].orphan = orphan;
    } else if (live) {
        struct error reason = ERROR_INIT;
        tsk_bridge_error(&reason, ERROR_DAMAGED, "folder cannot be read");
        add_gap(owner, file->meta->addr, reason.text);
    }
    tsk_error_reset();
}

/* Add a name of the folder that the walk is in, and go down if it is a folder.
 * `file` is what it names, or NULL. */
static void index_entry(struct index_walk *walk, const TSK_FS_NAME *name, TSK_FS_FILE *file)
{
    struct tsk_filesystem *owner = walk->owner;
    enum filesystem_kind kind = owner->base.volume->kind;
    const TSK_FS_META *meta = file ? file->meta : NULL;
    struct tsk_entry *entry = add_entry(walk);

    if (!entry)
        return;
    size_t length = strlen(name->name);
    bool orphan = walk->stack[walk->depth - 1].orphan;
    bool named_deleted = name->flags & TSK_FS_NAME_FLAG_UNALLOC;
    entry->inode = name->meta_addr;
    entry->parent = walk->stack[walk->depth - 1].entry;
    entry->length = (uint16_t)(length > UINT16_MAX ? UINT16_MAX : length);
    entry->text = add_text(walk, name->name, entry->length);
    entry->type = (uint8_t)type_of(name, meta);
    if (orphan)
        entry->state = FILE_ORPHAN;
    else
        entry->state = named_deleted ? FILE_DELETED : FILE_ALLOCATED;
    /* What stands in $OrphanFiles itself was found by its metadata, not by a name. */
    bool has_name = owner->entries[entry->parent].inode != TSK_FS_ORPHANDIR_INUM(owner->fs);
    bool meta_live = has_name && meta && meta->flags & TSK_FS_META_FLAG_ALLOC;
    if (entry->state == FILE_ALLOCATED)
        entry->meta = META_ALLOCATED;
    else
        entry->meta = meta_live ? META_REALLOCATED : META_DELETED;
    if (meta && entry->meta != META_REALLOCATED)
        set_meta(entry, meta);
    if (entry->has_meta && kind == FS_EXFAT)
        set_exfat_times(owner, entry);
    if (meta && meta->time2.ext2.dtime && kind >= FS_EXT2 && kind <= FS_EXT4 &&
        entry->meta == META_DELETED)
        entry->deleted_at = meta->time2.ext2.dtime;

    if (is_fat(kind) && name->shrt_name && entry->state == FILE_ALLOCATED &&
        strcmp(name->shrt_name, name->name) != 0) {
        entry->dos_length = (uint8_t)strnlen(name->shrt_name, DOS_NAME_MAX);
        add_text(walk, name->shrt_name, entry->dos_length);
    }

    uint32_t number = (uint32_t)(owner->count - 1);
    bool folder = meta && (meta->type == TSK_FS_META_TYPE_DIR ||
                           meta->type == TSK_FS_META_TYPE_VIRT_DIR);
    if (folder && entry->meta != META_REALLOCATED)
        enter(walk, file, number, orphan || meta->addr == TSK_FS_ORPHANDIR_INUM(owner->fs));
    else if (kind == FS_HFS && entry->type == FILE_REGULAR && entry->has_meta)
        add_streams(walk, file, number);
}

static void walk_folders(struct index_walk *walk)
{
    while (walk->depth > 0 && !walk->out_of_memory) {
        size_t top = walk->depth - 1, next = walk->stack[top].next++;
        TSK_FS_DIR *folder = walk->stack[top].folder;
        if (next == tsk_fs_dir_getsize(folder)) {
            tsk_fs_dir_close(folder);
            walk->depth--;
            continue;
        }
        if (walk->owner->count > walk->most_entries) {
            add_gap(walk->owner, walk->owner->fs->root_inum,
                    "more names than the volume has room for: the rest is not listed");
            break;
        }
        const TSK_FS_NAME *name = tsk_fs_dir_get_name(folder, next);
        if (!name || TSK_FS_ISDOT(name->name))
            continue;
        /* tsk_fs_dir_get would leave out metadata whose sequence number differs,
         * though only NTFS has such numbers. */
        bool named = name->meta_addr != 0 || name->flags & TSK_FS_NAME_FLAG_ALLOC;
        TSK_FS_FILE *file =
            named ? tsk_fs_file_open_meta(walk->owner->fs, NULL, name->meta_addr) : NULL;
        index_entry(walk, name, file);
        tsk_fs_file_close(file);
        tsk_error_reset();
    }
    while (walk->depth > 0)
        tsk_fs_dir_close(walk->stack[--walk->depth].folder);
}

/* Folder by folder from the root. tsk_fs_dir_walk would pass over folders that
 * cannot be read without a word. */
static int load_index(struct tsk_filesystem *owner, struct error *error)
{
    enum { SMALLEST_NAME = 8 }; /* bytes that a name takes in any file system */
    struct index_walk *walk = calloc(1, sizeof *walk);
    struct tsk_entry *root = walk ? (walk->owner = owner, add_entry(walk)) : NULL;

    if (!root) {
        free(walk);
        return error_set_memory(error);
    }
    root->inode = owner->fs->root_inum;
    root->type = FILE_DIRECTORY;
    walk->most_entries = owner->base.volume->declared / SMALLEST_NAME + 1024;
    TSK_FS_FILE *file = tsk_fs_file_open_meta(owner->fs, NULL, owner->fs->root_inum);
    if (file && file->meta) {
        set_meta(root, file->meta);
        enter(walk, file, 0, false);
    } else {
        struct error reason = ERROR_INIT;
        tsk_bridge_error(&reason, ERROR_DAMAGED, "the root folder cannot be read");
        add_gap(owner, owner->fs->root_inum, reason.text);
    }
    tsk_fs_file_close(file);
    walk_folders(walk);
    int result = walk->out_of_memory ? error_set_memory(error) : 0;
    free(walk);
    tsk_error_reset();
    return result;
}

static struct instant make_time(const struct tsk_filesystem *owner, const struct tsk_entry *entry,
                                int which)
{
    enum filesystem_kind kind = owner->base.volume->kind;
    enum instant_precision precision = PRECISION_SECOND;

    if (entry->seconds[which] == 0 && entry->nanoseconds[which] == 0)
        return INSTANT_NONE;
    if (is_fat(kind))
        precision = which == ACCESSED   ? PRECISION_DAY
                    : which == MODIFIED ? PRECISION_2_SECONDS
                                        : PRECISION_10_MILLISECONDS;
    else if (kind == FS_EXFAT)
        precision = which == ACCESSED ? PRECISION_2_SECONDS : PRECISION_10_MILLISECONDS;
    else if (kind == FS_EXT4 || entry->nanoseconds[which] != 0)
        precision = PRECISION_NANOSECOND;
    struct instant instant =
        instant_from_unix(entry->seconds[which], entry->nanoseconds[which], precision);
    if (which < CHANGED && entry->zones[which] & EXFAT_ZONE_KNOWN) {
        /* Seven bits, signed. */
        int quarters = (entry->zones[which] & 0x7f) - (entry->zones[which] & 0x40 ? 0x80 : 0);
        instant.seconds -= quarters * 15 * 60;
    } else if (instant.state == INSTANT_UTC && (is_fat(kind) || kind == FS_EXFAT)) {
        instant.state = INSTANT_LOCAL;
        if (owner->base.zone)
            zone_resolve(owner->base.zone, &instant);
    }
    return instant;
}

static void add_path(struct tsk_filesystem *owner, uint32_t number)
{
    uint32_t chain[LIMIT_PATH_DEPTH];
    size_t depth = 0;

    for (; number != 0 && depth < LIMIT_PATH_DEPTH; number = owner->entries[number].parent)
        chain[depth++] = number;
    if (depth == 0)
        buffer_add_byte(&owner->path, '/');
    while (depth > 0) {
        const struct tsk_entry *entry = &owner->entries[chain[--depth]];
        buffer_add_byte(&owner->path, '/');
        buffer_add(&owner->path, owner->text.data + entry->text, entry->length);
    }
}

/* libtsk's file of an entry, with its attributes loaded; NULL and its error. */
static TSK_FS_FILE *open_meta(struct tsk_filesystem *owner, const struct tsk_entry *entry)
{
    TSK_FS_FILE *file = tsk_fs_file_open_meta(owner->fs, NULL, entry->inode);

    if (file && file->meta && has_too_many_holes(owner->fs, file->meta)) {
        add_holes_gap(owner, file->meta);
        tsk_fs_file_close(file);
        return NULL;
    }
    if (file && tsk_fs_file_attr_getsize(file) < 0) {
        tsk_fs_file_close(file);
        return NULL;
    }
    return file;
}

static const TSK_FS_ATTR *attribute_of(TSK_FS_FILE *file, const struct tsk_entry *entry)
{
    return entry->stream_length
               ? tsk_fs_file_attr_get_type(file, entry->attribute_type, entry->attribute_id, 1)
               : tsk_fs_file_attr_get(file);
}

static bool block_in_use(TSK_FS_INFO *fs, TSK_DADDR_T block)
{
    return fs->block_getflags(fs, block) & TSK_FS_BLOCK_FLAG_ALLOC;
}

static enum file_content content_of(struct tsk_filesystem *owner, const struct tsk_entry *entry)
{
    bool any_used = false, any_free = false;

    if (entry->meta == META_REALLOCATED || !entry->has_meta)
        return CONTENT_UNKNOWN;
    TSK_FS_FILE *file = open_meta(owner, entry);
    const TSK_FS_ATTR *attribute = file ? attribute_of(file, entry) : NULL;
    enum file_content content = CONTENT_UNKNOWN;
    if (attribute && attribute->flags & TSK_FS_ATTR_RES)
        content = CONTENT_INTACT;
    if (attribute && attribute->flags & TSK_FS_ATTR_NONRES) {
        for (const TSK_FS_ATTR_RUN *run = attribute->nrd.run; run; run = run->next)
            for (TSK_DADDR_T i = 0; i < run->len; i++) {
                if (run->flags != TSK_FS_ATTR_RUN_FLAG_NONE)
                    break;
                if (block_in_use(owner->fs, run->addr + i))
                    any_used = true;
                else
                    any_free = true;
            }
        if (any_used || any_free || entry->size == 0)
            content = any_used && any_free ? CONTENT_PARTIAL
                      : any_used           ? CONTENT_OVERWRITTEN
                                           : CONTENT_INTACT;
    }
    tsk_fs_file_close(file);
    tsk_error_reset();
    return content;
}

static int fill_file(struct tsk_filesystem *owner, uint32_t number, struct file *file,
                     struct error *error)
{
    const struct tsk_entry *entry = &owner->entries[number];

    *file = (struct file){ .handle = (uint64_t)number + 1 };
    buffer_clear(&owner->path);
    add_path(owner, number);
    size_t main_length = owner->path.length;
    if (entry->stream_length) {
        buffer_add_byte(&owner->path, ':');
        buffer_add(&owner->path, owner->text.data + entry->text + entry->length,
                   entry->stream_length);
    }
    if (owner->path.failed)
        return error_set_memory(error);
    file->path = owner->path.data;
    file->path_length = owner->path.length;
    file->name_length = entry->length;
    file->name = file->path + main_length - entry->length;
    if (entry->stream_length) {
        file->stream = file->path + main_length + 1;
        file->stream_length = entry->stream_length;
        snprintf(file->inode, sizeof file->inode, "%llu-%u-%u", (unsigned long long)entry->inode,
                 entry->attribute_type, entry->attribute_id);
    } else {
        snprintf(file->inode, sizeof file->inode, "%llu", (unsigned long long)entry->inode);
    }
    file->type = entry->type;
    file->state = entry->state;
    file->meta = entry->meta;
    file->metadata_file = entry->type == FILE_VIRTUAL;
    if (entry->state != FILE_ALLOCATED)
        file->content = content_of(owner, entry);
    if (number != 0) {
        file->has_parent = true;
        file->parent = owner->entries[entry->parent].inode;
    }
    if (!entry->has_meta)
        return 0;
    bool unix_like = !is_fat(owner->base.volume->kind) && owner->base.volume->kind != FS_EXFAT;
    file->sized = true;
    file->size = entry->size;
    file->owned = unix_like;
    file->mode = entry->mode;
    file->uid = entry->uid;
    file->gid = entry->gid;
    file->linked = unix_like;
    file->links = entry->links;
    file->times.born = make_time(owner, entry, BORN);
    file->times.modified = make_time(owner, entry, MODIFIED);
    file->times.accessed = make_time(owner, entry, ACCESSED);
    file->times.changed = make_time(owner, entry, CHANGED);
    if (entry->deleted_at)
        file->deleted = instant_from_unix(entry->deleted_at, 0, PRECISION_SECOND);
    return 0;
}

static int root(struct tree *tree, struct file *file, struct error *error)
{
    return fill_file((struct tsk_filesystem *)tree, 0, file, error);
}

static int by_handle(struct tree *tree, uint64_t handle, struct file *file, struct error *error)
{
    struct tsk_filesystem *owner = (struct tsk_filesystem *)tree;

    if (handle == 0 || handle > owner->count)
        return error_set(error, ERROR_NOT_FOUND, "no file with handle %llu",
                         (unsigned long long)handle);
    return fill_file(owner, (uint32_t)(handle - 1), file, error);
}

/* All live names by folder, made when first needed. */
static int load_children(struct tsk_filesystem *owner, struct error *error)
{
    struct children *children = &owner->children;

    if (children->sorted)
        return 0;
    children->text = &owner->text;
    for (size_t i = 1; i < owner->count; i++) {
        const struct tsk_entry *entry = &owner->entries[i];
        if (entry->state != FILE_ALLOCATED || entry->stream_length)
            continue;
        if (children_add(children, entry->parent, (uint32_t)i, entry->text, entry->length,
                         false) != 0 ||
            (entry->dos_length > 0 &&
             children_add(children, entry->parent, (uint32_t)i, entry->text + entry->length,
                          entry->dos_length, true) != 0)) {
            children_release(children);
            return error_set_memory(error);
        }
    }
    children_sort(children);
    return 0;
}

static int lookup(struct tree *tree, const char *path, struct file *file, struct error *error)
{
    struct tsk_filesystem *owner = (struct tsk_filesystem *)tree;
    const char *part = path, *ignored, *colon = strrchr(path, ':');
    size_t part_length = 0, ignored_length;
    uint32_t number;

    if (load_children(owner, error) != 0)
        return -1;
    if (children_find_path(&owner->children, 0, path, strlen(path), &number, &part,
                           &part_length))
        return fill_file(owner, number, file, error);
    if (colon && children_find_path(&owner->children, 0, path, (size_t)(colon - path), &number,
                                    &ignored, &ignored_length))
        for (size_t i = number + 1; i < owner->count && owner->entries[i].stream_length &&
                                    owner->entries[i].inode == owner->entries[number].inode;
             i++) {
            const struct tsk_entry *entry = &owner->entries[i];
            if (text_compare_nocase(owner->text.data + entry->text + entry->length,
                                    entry->stream_length, colon + 1, strlen(colon + 1)) == 0)
                return fill_file(owner, (uint32_t)i, file, error);
        }
    return error_set(error, ERROR_NOT_FOUND, "no such file: %s: %.*s is not there", path,
                     (int)part_length, part);
}

static int list(struct tree *tree, uint64_t handle, tree_visit visit, void *context,
                struct error *error)
{
    struct tsk_filesystem *owner = (struct tsk_filesystem *)tree;
    uint32_t *entries;
    size_t count;
    int result = 0;

    if (load_children(owner, error) != 0)
        return -1;
    if (children_list(&owner->children, (uint32_t)(handle - 1), &entries, &count) != 0)
        return error_set_memory(error);
    for (size_t i = 0; i < count && result == 0; i++) {
        struct file file;
        result = fill_file(owner, entries[i], &file, error);
        if (result == 0)
            result = visit(context, &file);
    }
    free(entries);
    return result;
}

static int walk(struct tree *tree, tree_visit visit, void *context, struct error *error)
{
    struct tsk_filesystem *owner = (struct tsk_filesystem *)tree;

    for (size_t i = 0; i < owner->count; i++) {
        struct file file;
        int result = fill_file(owner, (uint32_t)i, &file, error);
        if (result == 0)
            result = visit(context, &file);
        if (result != 0)
            return result;
    }
    return 0;
}

struct tsk_content {
    struct reader reader;
    TSK_FS_FILE *file;
    const TSK_FS_ATTR *attribute;
};

static int content_read_at(struct reader *reader, uint64_t offset, void *buffer, size_t size,
                           struct error *error)
{
    struct tsk_content *content = (struct tsk_content *)reader;
    ssize_t got = tsk_fs_attr_read(content->attribute, (TSK_OFF_T)offset, buffer, size,
                                   TSK_FS_FILE_READ_FLAG_NONE);

    if (got == (ssize_t)size)
        return 0;
    if (got < 0)
        got = 0;
    memset((uint8_t *)buffer + got, 0, size - (size_t)got);
    return tsk_bridge_error(error, ERROR_DAMAGED, "cannot read %zu bytes at %llu", size,
                            (unsigned long long)offset);
}

static void content_free(struct reader *reader)
{
    struct tsk_content *content = (struct tsk_content *)reader;

    tsk_fs_file_close(content->file);
    free(content);
}

static int open_content(struct tree *tree, uint64_t handle, struct reader **reader,
                        struct error *error)
{
    static const struct reader_operations operations = { content_read_at, content_free };
    struct tsk_filesystem *owner = (struct tsk_filesystem *)tree;

    if (handle == 0 || handle > owner->count)
        return error_set(error, ERROR_NOT_FOUND, "no file with handle %llu",
                         (unsigned long long)handle);
    const struct tsk_entry *entry = &owner->entries[handle - 1];
    if (!entry->has_meta)
        return error_set(error, ERROR_UNSUPPORTED,
                         "its metadata belongs to another file now: the content is unknown");
    TSK_FS_FILE *file = open_meta(owner, entry);
    const TSK_FS_ATTR *attribute = file ? attribute_of(file, entry) : NULL;
    if (!attribute && entry->type == FILE_VIRTUAL) { /* $OrphanFiles: a folder of libtsk's */
        tsk_fs_file_close(file);
        tsk_error_reset();
        *reader = reader_over_memory("", 0);
        return *reader ? 0 : error_set_memory(error);
    }
    if (!attribute) {
        tsk_fs_file_close(file);
        return tsk_bridge_error(error, ERROR_UNSUPPORTED, "has no content");
    }
    struct tsk_content *content = malloc(sizeof *content);
    if (!content) {
        tsk_fs_file_close(file);
        return error_set_memory(error);
    }
    *content = (struct tsk_content){
        { &operations, attribute->size < 0 ? 0 : (uint64_t)attribute->size }, file, attribute
    };
    *reader = &content->reader;
    return 0;
}

static int find_inode(struct filesystem *filesystem, const char *inode, struct file *file,
                      struct error *error)
{
    struct tsk_filesystem *owner = (struct tsk_filesystem *)filesystem;
    uint64_t number;
    unsigned type, id;
    int fields = filesystem_parse_inode(inode, &number, &type, &id, error);
    size_t best = SIZE_MAX;

    if (fields < 0)
        return -1;
    for (size_t i = 0; i < owner->count; i++) {
        const struct tsk_entry *entry = &owner->entries[i];
        if (entry->inode != number)
            continue;
        if (fields > 1 && entry->stream_length &&
            (entry->attribute_type != type || (fields > 2 && entry->attribute_id != id)))
            continue;
        if (fields > 1 && !entry->stream_length && type != TSK_FS_ATTR_TYPE_DEFAULT)
            continue;
        /* The live name of an inode before its former ones. */
        if (best == SIZE_MAX || entry->state < owner->entries[best].state)
            best = i;
    }
    if (best == SIZE_MAX)
        return error_set(error, ERROR_NOT_FOUND, "no inode %s", inode);
    return fill_file(owner, (uint32_t)best, file, error);
}

struct extent_pass {
    struct tsk_filesystem *owner;
    struct extents *extents;
    uint32_t space;
    bool out_of_memory;
    TSK_DADDR_T first_block; /* of the run of allocated blocks that grows */
    uint64_t block_count;
};

static void add_extent(struct extent_pass *pass, uint64_t start, uint64_t length,
                       uint64_t file_offset, uint64_t handle, enum area area,
                       enum extent_rank rank)
{
    const struct extent extent = {
        .start = start,
        .length = length,
        .file_offset = file_offset,
        .owner = handle,
        .space = pass->space,
        .area = (uint8_t)area,
        .rank = (uint8_t)rank,
    };

    if (length > 0 && extents_add(pass->extents, &extent) != 0)
        pass->out_of_memory = true;
}

/* One run of a file: content up to `valid`, slack behind. */
static void add_run(struct extent_pass *pass, const struct tsk_entry *entry, uint64_t handle,
                    const TSK_FS_ATTR_RUN *run, uint64_t valid)
{
    const struct tsk_filesystem *owner = pass->owner;
    uint64_t block_size = owner->fs->block_size;
    enum area area = entry->type == FILE_VIRTUAL     ? AREA_METADATA
                     : entry->type == FILE_DIRECTORY ? AREA_INDEX
                                                     : AREA_CONTENT;

    for (TSK_DADDR_T i = 0, next; i < run->len; i = next) {
        enum extent_rank rank = area == AREA_METADATA ? RANK_METADATA : RANK_ALLOCATED;
        bool used = entry->state == FILE_ALLOCATED || block_in_use(owner->fs, run->addr + i);
        next = run->len;
        if (entry->state != FILE_ALLOCATED) {
            rank = used ? RANK_REALLOCATED : RANK_DELETED;
            for (next = i + 1; next < run->len; next++)
                if (block_in_use(owner->fs, run->addr + next) != used)
                    break;
        }
        uint64_t start = owner->base.volume->offset + (run->addr + i) * block_size;
        uint64_t length = (next - i) * block_size, at = (run->offset + i) * block_size;
        uint64_t content = at < valid ? valid - at : 0;
        if (content > length)
            content = length;
        add_extent(pass, start, content, at, handle, area, rank);
        add_extent(pass, start + content, length - content, at + content, handle, AREA_SLACK,
                   rank);
    }
}

static void add_entry_extents(struct extent_pass *pass, uint32_t number)
{
    struct tsk_filesystem *owner = pass->owner;
    const struct tsk_entry *entry = &owner->entries[number];

    if (!entry->has_meta)
        return;
    TSK_FS_FILE *file = open_meta(owner, entry);
    const TSK_FS_ATTR *attribute = file ? attribute_of(file, entry) : NULL;
    if (attribute && attribute->flags & TSK_FS_ATTR_NONRES) {
        /* Folders are used to the end of their clusters. */
        uint64_t valid = entry->type == FILE_DIRECTORY ? UINT64_MAX
                         : attribute->nrd.initsize < attribute->size
                             ? (uint64_t)attribute->nrd.initsize
                             : (uint64_t)attribute->size;
        for (const TSK_FS_ATTR_RUN *run = attribute->nrd.run; run; run = run->next)
            if (run->flags == TSK_FS_ATTR_RUN_FLAG_NONE && run->addr <= owner->fs->last_block)
                add_run(pass, entry, (uint64_t)number + 1, run, valid);
    }
    tsk_fs_file_close(file);
    tsk_error_reset();
}

static void end_allocated_run(struct extent_pass *pass)
{
    uint64_t block_size = pass->owner->fs->block_size;

    add_extent(pass, pass->owner->base.volume->offset + pass->first_block * block_size,
               pass->block_count * block_size, 0, 0, AREA_METADATA, RANK_METADATA);
    pass->block_count = 0;
}

/* Blocks in use that no file owns: superblocks, tables, bitmaps, indirect blocks. */
static TSK_WALK_RET_ENUM add_allocated_block(const TSK_FS_BLOCK *block, void *context)
{
    struct extent_pass *pass = context;

    if (pass->block_count > 0 && block->addr != pass->first_block + pass->block_count)
        end_allocated_run(pass);
    if (pass->block_count == 0)
        pass->first_block = block->addr;
    pass->block_count++;
    return pass->out_of_memory ? TSK_WALK_STOP : TSK_WALK_CONT;
}

static int add_extents(struct filesystem *filesystem, uint32_t space, struct extents *extents,
                       struct error *error)
{
    struct tsk_filesystem *owner = (struct tsk_filesystem *)filesystem;
    struct extent_pass pass = { .owner = owner, .extents = extents, .space = space };

    for (size_t i = 0; i < owner->count; i++)
        add_entry_extents(&pass, (uint32_t)i);
    uint8_t failed = tsk_fs_block_walk(
        owner->fs, owner->fs->first_block, owner->fs->last_block_act,
        TSK_FS_BLOCK_WALK_FLAG_ALLOC | TSK_FS_BLOCK_WALK_FLAG_META | TSK_FS_BLOCK_WALK_FLAG_CONT |
            TSK_FS_BLOCK_WALK_FLAG_AONLY,
        add_allocated_block, &pass);
    end_allocated_run(&pass);
    if (failed && !pass.out_of_memory) {
        struct error reason = ERROR_INIT;
        tsk_bridge_error(&reason, ERROR_DAMAGED, "which blocks are in use cannot be told");
        filesystem_add_gap(&owner->base, owner->base.volume->offset, 0, NULL, NULL, reason.text);
    }
    tsk_error_reset();
    return pass.out_of_memory ? error_set_memory(error) : 0;
}

static void free_filesystem(struct tree *tree)
{
    struct tsk_filesystem *owner = (struct tsk_filesystem *)tree;

    if (owner->apfs.fs)
        tsk_bridge_apfs_close(&owner->apfs);
    else if (owner->fs)
        tsk_fs_close(owner->fs);
    if (owner->view)
        tsk_img_close(owner->view);
    free(owner->entries);
    children_release(&owner->children);
    buffer_release(&owner->text);
    buffer_release(&owner->path);
    filesystem_release(&owner->base);
    free(owner);
}

/* Open and list, on an owner that filesystem_init was called for. */
static int open_and_load(struct tsk_filesystem *owner, struct error *error)
{
    const struct volume *volume = owner->base.volume;
    TSK_FS_TYPE_ENUM type = TSK_FS_TYPE_UNSUPP;

    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].kind == volume->kind)
            type = types[i].type;
    if (!(owner->view = tsk_bridge_open(owner->base.image, error)))
        return -1;
    if (volume->kind == FS_APFS) {
        if (tsk_bridge_apfs_open(&owner->apfs, owner->view, volume, error) != 0)
            return -1;
        owner->fs = owner->apfs.fs;
    } else {
        owner->fs = tsk_fs_open_img(owner->view, (TSK_OFF_T)volume->offset, type);
    }
    if (!owner->fs)
        return tsk_bridge_error(error, ERROR_DAMAGED, "cannot open %s of volume %s",
                                volume->kind_name, volume->name);
    owner->base.cluster_size = owner->fs->block_size;
    if (volume->kind == FS_EXFAT) {
        uint8_t boot[EXFAT_BOOT_SIZE];
        if (reader_read(owner->base.reader, volume->offset, boot, sizeof boot, error) != 0)
            return -1;
        owner->exfat_heap = (uint64_t)bytes_u32le(boot + 88) << (boot[108] & 15);
    }
    return load_index(owner, error);
}

/* All that commands ask of libtsk but the content of files. */
static void try_everything(void *context)
{
    struct tsk_filesystem *owner = context;
    struct extents *extents = extents_new();
    struct file file;

    if (!extents || open_and_load(owner, NULL) != 0)
        return;
    add_extents(&owner->base, 0, extents, NULL);
    for (size_t i = 0; i < owner->count; i++)
        fill_file(owner, (uint32_t)i, &file, NULL);
}

int tsk_filesystem_open(struct filesystem **filesystem, struct image *image,
                        const struct volume *volume, struct error *error)
{
    static const struct tree_operations tree_operations = {
        .root = root,
        .lookup = lookup,
        .file = by_handle,
        .list = list,
        .walk = walk,
        .open = open_content,
        .free = free_filesystem,
    };
    static const struct filesystem_operations operations = { find_inode, add_extents };
    struct tsk_filesystem *owner = calloc(1, sizeof *owner);

    if (!owner)
        return error_set_memory(error);
    owner->base.tree.operations = &tree_operations;
    owner->base.operations = &operations;
    if (filesystem_init(&owner->base, image, volume, error) != 0 ||
        trial_run(image, try_everything, owner, volume->declared, volume->kind_name, error) != 0 ||
        open_and_load(owner, error) != 0) {
        free_filesystem(&owner->base.tree);
        return -1;
    }
    *filesystem = &owner->base;
    return 0;
}
