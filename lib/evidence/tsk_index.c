/* SPDX-License-Identifier: Apache-2.0 */

/*
 * tsk_index: names and metadata of a file system by libtsk, folder by folder.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fett/keyed.h>
#include <fett/limits.h>

#include "tsk_fat.h"

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
    struct tsk_named named;
    bool out_of_memory;
};

/* libtsk goes into folders that lie at most 128 deep, and whose path has at most 4,096 bytes;
 * a name can have more bytes there than here. */
enum { SURE_DEPTH = 64, SURE_PATH = 1024 };

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

TSK_FS_FILE *tsk_index_open_inode(struct tsk_filesystem *owner, uint64_t inode)
{
    tsk_ext_choose_inode(owner, inode);
    return owner->tsk.fs_file_open_meta(owner->fs, NULL, inode);
}

bool tsk_block_in_use(struct tsk_filesystem *owner, TSK_DADDR_T block)
{
    tsk_ext_choose_block(owner, block);
    return owner->fs->block_getflags(owner->fs, block) & TSK_FS_BLOCK_FLAG_ALLOC;
}

void tsk_index_set_dos_time(struct tsk_entry *entry, int which, const struct instant *time)
{
    bool raw = time->state == INSTANT_RAW;

    entry->raw |= (uint8_t)((raw && entry->state == FILE_ALLOCATED) << which);
    entry->seconds[which] = raw && entry->state != FILE_ALLOCATED ? 0 : time->seconds;
    entry->nanoseconds[which] = time->nanoseconds;
}

struct tsk_entry *tsk_index_add(struct tsk_filesystem *owner)
{
    if (owner->count >= UINT32_MAX - 1 ||
        memory_grow((void **)&owner->entries, &owner->capacity, owner->count + 1,
                    sizeof *owner->entries) != 0)
        return NULL;
    owner->entries[owner->count] = (struct tsk_entry){ .inode = 0 };
    return &owner->entries[owner->count++];
}

/* The resource fork and other named attributes of HFS files. */
static void add_streams(struct index_walk *walk, TSK_FS_FILE *file, uint32_t main_entry)
{
    struct tsk_filesystem *owner = walk->owner;
    int count = owner->tsk.fs_file_attr_getsize(file);

    for (int i = 0; i < count; i++) {
        const TSK_FS_ATTR *attribute = owner->tsk.fs_file_attr_get_idx(file, i);
        if (!attribute || attribute->type != TSK_FS_ATTR_TYPE_HFS_RSRC)
            continue;
        const char *name = attribute->name ? attribute->name : "rsrc";
        struct tsk_entry *entry = tsk_index_add(owner);
        if (!entry) {
            walk->out_of_memory = true;
            return;
        }
        *entry = owner->entries[main_entry];
        /* The name again, with the stream's behind; room first, for it lies in the arena. */
        if (buffer_reserve(&owner->text, entry->length))
            entry->text = add_text(walk, owner->text.data + entry->text, entry->length);
        else
            walk->out_of_memory = true;
        entry->stream_length = (uint16_t)strlen(name);
        add_text(walk, name, entry->stream_length);
        entry->size = attribute->size < 0 ? 0 : (uint64_t)attribute->size;
        entry->type = FILE_REGULAR;
        entry->attribute_type = (uint16_t)attribute->type;
        entry->attribute_id = attribute->id;
    }
    owner->tsk.error_reset();
}

/* Whether libtsk would spend days on the holes of a file. */
static bool has_too_many_holes(const TSK_FS_INFO *fs, const TSK_FS_META *meta)
{
    uint64_t blocks = meta->size > 0 ? (uint64_t)meta->size / fs->block_size : 0;

    return TSK_FS_TYPE_ISEXT(fs->ftype) &&
           meta->content_type != TSK_FS_META_CONTENT_TYPE_EXT4_EXTENTS &&
           blocks > fs->block_count + LIMIT_TSK_HOLE_BLOCKS;
}

void tsk_index_add_gap(struct tsk_filesystem *owner, const struct tsk_entry *entry,
                       const char *reason)
{
    struct buffer path = BUFFER_INIT;
    char inode[FILE_INODE_SIZE];

    tsk_file_add_path(owner, (uint32_t)(entry - owner->entries), &path);
    snprintf(inode, sizeof inode, "%llu", (unsigned long long)entry->inode);
    filesystem_add_gap(&owner->base, owner->base.volume->offset, 0,
                       path.failed ? NULL : buffer_text(&path), inode, reason);
    owner->base.may_lack_names = true;
    buffer_release(&path);
}

/* A folder that is gone into: whether libtsk would go into it. */
static void note_folder(struct index_walk *walk, const TSK_FS_NAME *name)
{
    size_t length = 0;

    for (size_t i = 0; i < walk->depth; i++)
        length += walk->owner->entries[walk->stack[i].entry].length + (size_t)1;
    walk->named.whole &=
        (TSK_FS_IS_DIR_NAME(name->type) || name->type == TSK_FS_NAME_TYPE_UNDEF) &&
        walk->depth < SURE_DEPTH && length < SURE_PATH;
}

static void add_holes_gap(struct tsk_filesystem *owner, const struct tsk_entry *entry,
                          const TSK_FS_META *meta)
{
    char reason[96];

    snprintf(reason, sizeof reason, "file of %lld bytes in a volume of %llu: not read",
             (long long)meta->size,
             (unsigned long long)owner->fs->block_count * owner->fs->block_size);
    tsk_index_add_gap(owner, entry, reason);
}

/* Go down into a folder. One that cannot be read is a gap if it is live. */
static void enter(struct index_walk *walk, TSK_FS_FILE *file, uint32_t number, bool orphan)
{
    struct tsk_filesystem *owner = walk->owner;
    const struct tsk_entry *entry = &owner->entries[number];
    bool live = file->meta->flags & TSK_FS_META_FLAG_ALLOC;

    for (size_t i = 0; i < walk->depth; i++)
        if (owner->entries[walk->stack[i].entry].inode == file->meta->addr) {
            tsk_index_add_gap(owner, entry, "a folder that lies in itself");
            walk->named.whole = false;
            return;
        }
    if (walk->depth == LIMIT_PATH_DEPTH) {
        tsk_index_add_gap(owner, entry, "folders lie too deep in each other");
        return;
    }
    if (has_too_many_holes(owner->fs, file->meta)) {
        add_holes_gap(owner, entry, file->meta);
        walk->named.whole = false;
        return;
    }
    if (owner->apart && file->meta->addr == TSK_FS_ORPHANDIR_INUM(owner->fs)) {
        tsk_index_add_gap(owner, entry, "meta_bg: deleted files without a name are not listed");
        return;
    }
    if (file->meta->addr == TSK_FS_ORPHANDIR_INUM(owner->fs))
        tsk_named_give(&walk->named, owner, walk->depth);
    tsk_ext_choose_inode(owner, file->meta->addr);
    TSK_FS_DIR *folder = owner->tsk.fs_dir_open_meta(owner->fs, file->meta->addr);
    if (folder) {
        walk->stack[walk->depth].folder = folder;
        walk->stack[walk->depth].next = 0;
        walk->stack[walk->depth].entry = number;
        walk->stack[walk->depth++].orphan = orphan;
    } else if (live) {
        struct error reason = ERROR_INIT;
        tsk_bridge_error(&owner->tsk, &reason, ERROR_DAMAGED, "folder cannot be read");
        tsk_index_add_gap(owner, entry, reason.text);
    }
    owner->tsk.error_reset();
}

/* Whose the entry is, by its name and by its metadata. */
static void set_state(const struct index_walk *walk, const TSK_FS_NAME *name,
                      const TSK_FS_META *meta, struct tsk_entry *entry)
{
    const struct tsk_filesystem *owner = walk->owner;

    if (walk->stack[walk->depth - 1].orphan)
        entry->state = FILE_ORPHAN;
    else
        entry->state = name->flags & TSK_FS_NAME_FLAG_UNALLOC ? FILE_DELETED : FILE_ALLOCATED;
    /* What stands in $OrphanFiles itself was found by its metadata, not by a name. */
    bool has_name = owner->entries[entry->parent].inode != TSK_FS_ORPHANDIR_INUM(owner->fs);
    bool meta_live = has_name && meta && meta->flags & TSK_FS_META_FLAG_ALLOC;
    if (entry->state == FILE_ALLOCATED)
        entry->meta = META_ALLOCATED;
    else
        entry->meta = meta_live ? META_REALLOCATED : META_DELETED;
}

/* Live names that lead to nothing, or to what cannot be theirs. */
static void set_odd(const struct index_walk *walk, const TSK_FS_NAME *name,
                    const TSK_FS_META *meta, struct tsk_entry *entry)
{
    if (entry->state != FILE_ALLOCATED || !tsk_is_ext(walk->owner->base.volume->kind))
        return;
    if (!meta) {
        entry->odd = TSK_ODD_NONE;
        return;
    }
    if (meta->flags & TSK_FS_META_FLAG_UNALLOC)
        entry->odd |= TSK_ODD_FREE;
    if (name->type != TSK_FS_NAME_TYPE_UNDEF && meta->type != TSK_FS_META_TYPE_UNDEF &&
        (name->type == TSK_FS_NAME_TYPE_DIR) != (meta->type == TSK_FS_META_TYPE_DIR))
        entry->odd |= TSK_ODD_TYPE;
}

/* Add a name of the folder that the walk is in, and go down if it is a folder.
 * `file` is what it names, or NULL. */
static void index_entry(struct index_walk *walk, const TSK_FS_NAME *name, TSK_FS_FILE *file)
{
    struct tsk_filesystem *owner = walk->owner;
    enum filesystem_kind kind = owner->base.volume->kind;
    const TSK_FS_META *meta = file ? file->meta : NULL;
    struct tsk_entry *entry = tsk_index_add(owner);

    if (!entry) {
        walk->out_of_memory = true;
        return;
    }
    struct tsk_name shown;
    tsk_fat_name(owner, name, &shown);
    entry->inode = name->meta_addr;
    entry->parent = walk->stack[walk->depth - 1].entry;
    entry->length = (uint16_t)(shown.length > UINT16_MAX ? UINT16_MAX : shown.length);
    entry->text = add_text(walk, shown.text, entry->length);
    entry->type = (uint8_t)type_of(name, meta);
    set_state(walk, name, meta, entry);
    set_odd(walk, name, meta, entry);
    if (meta && entry->meta != META_REALLOCATED)
        set_meta(entry, meta);
    if (entry->has_meta && kind == FS_EXFAT)
        tsk_exfat_set_times(owner, entry);
    tsk_fat_set_times(owner, entry);
    if (meta && meta->time2.ext2.dtime && tsk_is_ext(kind) &&
        entry->meta == META_DELETED)
        entry->deleted_at = meta->time2.ext2.dtime;

    if (entry->state == FILE_ALLOCATED && shown.alias_length > 0 &&
        (shown.alias_length != shown.length ||
         memcmp(shown.alias, shown.text, shown.length) != 0)) {
        entry->dos_length = (uint8_t)shown.alias_length;
        add_text(walk, shown.alias, shown.alias_length);
    }

    /* What is read of live files later; those of FAT have their own chains. */
    if (owner->is_trial && meta && !tsk_is_fat(kind) && !has_too_many_holes(owner->fs, meta))
        owner->tsk.fs_file_attr_getsize(file);
    uint32_t number = (uint32_t)(owner->count - 1);
    bool folder = meta && (meta->type == TSK_FS_META_TYPE_DIR ||
                           meta->type == TSK_FS_META_TYPE_VIRT_DIR);
    if (folder && entry->meta != META_REALLOCATED) {
        note_folder(walk, name);
        enter(walk, file, number, entry->state == FILE_ORPHAN ||
                                      meta->addr == TSK_FS_ORPHANDIR_INUM(owner->fs));
    } else if (kind == FS_HFS && entry->type == FILE_REGULAR && entry->has_meta) {
        add_streams(walk, file, number);
    }
}

static void walk_folders(struct index_walk *walk)
{
    struct tsk_filesystem *owner = walk->owner;

    while (walk->depth > 0 && !walk->out_of_memory) {
        size_t top = walk->depth - 1, next = walk->stack[top].next++;
        TSK_FS_DIR *folder = walk->stack[top].folder;
        if (next == owner->tsk.fs_dir_getsize(folder)) {
            owner->tsk.fs_dir_close(folder);
            walk->depth--;
            continue;
        }
        if (owner->count > walk->most_entries) {
            tsk_index_add_gap(owner, owner->entries,
                              "more names than the volume can have: the rest is not listed");
            break;
        }
        const TSK_FS_NAME *name = owner->tsk.fs_dir_get_name(folder, next);
        if (!name || (TSK_FS_ISDOT(name->name) && !walk->named.whole))
            continue;
        /* tsk_fs_dir_get would leave out metadata whose sequence number differs,
         * though only NTFS has such numbers. */
        bool named = name->meta_addr != 0 || name->flags & TSK_FS_NAME_FLAG_ALLOC;
        TSK_FS_FILE *file =
            named ? tsk_index_open_inode(owner, name->meta_addr) : NULL;
        tsk_named_add(&walk->named, owner, file);
        if (!TSK_FS_ISDOT(name->name))
            index_entry(walk, name, file);
        owner->tsk.fs_file_close(file);
        owner->tsk.error_reset();
    }
    while (walk->depth > 0)
        owner->tsk.fs_dir_close(walk->stack[--walk->depth].folder);
}

static int compare_inodes(const void *a, const void *b, void *context)
{
    const struct tsk_entry *entries = context;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    if (entries[x].inode != entries[y].inode)
        return entries[x].inode < entries[y].inode ? -1 : 1;
    return (x > y) - (x < y);
}

int tsk_index_sort(struct tsk_filesystem *owner)
{
    struct tsk_entry *sorted = malloc(owner->count * sizeof *sorted);
    uint32_t *order = malloc(owner->count * sizeof *order);
    uint32_t *places = malloc(owner->count * sizeof *places);
    bool enough = sorted && order && places;

    for (size_t i = 0; enough && i < owner->count; i++)
        order[i] = (uint32_t)i;
    if (enough)
        qsort_r(order + 1, owner->count - 1, sizeof *order, compare_inodes, owner->entries);
    for (size_t i = 0; enough && i < owner->count; i++) {
        sorted[i] = owner->entries[order[i]];
        places[order[i]] = (uint32_t)i;
    }
    for (size_t i = 0; enough && i < owner->count; i++)
        sorted[i].parent = places[sorted[i].parent];
    free(order);
    free(places);
    if (!enough) {
        free(sorted);
        return -1;
    }
    free(owner->entries);
    owner->entries = sorted;
    owner->capacity = owner->count;
    return 0;
}

uint32_t tsk_index_find_live(const struct tsk_filesystem *owner, size_t sorted, uint64_t inode)
{
    const struct tsk_entry *entries = owner->entries;
    size_t i = 1 + keyed_find(entries + 1, sorted - 1, sizeof *entries, inode);

    for (; i < sorted && entries[i].inode == inode; i++)
        if (entries[i].state == FILE_ALLOCATED && entries[i].stream_length == 0)
            return (uint32_t)i;
    return 0;
}

/* Whether a name can be one of several of a file. */
static bool may_be_linked(const struct tsk_entry *entry)
{
    return entry->state == FILE_ALLOCATED && entry->has_meta && entry->type != FILE_DIRECTORY &&
           entry->type != FILE_VIRTUAL;
}

void tsk_index_join_links(struct tsk_filesystem *owner)
{
    const struct tsk_entry *first = NULL;
    size_t names = 0;
    bool further = false;

    if (tsk_is_fat(owner->base.volume->kind) || owner->base.volume->kind == FS_EXFAT)
        return;
    for (size_t i = 1; i < owner->count; i++) {
        struct tsk_entry *entry = &owner->entries[i];
        if (!may_be_linked(entry))
            continue;
        if (entry->stream_length == 0) {
            further = first && first->inode == entry->inode && names < LIMIT_NAMES_A_FILE;
            first = further ? first : entry;
            names = further ? names + 1 : 1;
        }
        entry->further = further;
    }
}

size_t tsk_index_most_entries(const struct tsk_filesystem *owner)
{
    enum { SMALLEST_NAME = 8 }; /* bytes that a name takes in any file system */
    uint64_t most = owner->base.volume->length / SMALLEST_NAME + 1024;

    return most < LIMIT_TSK_NAMES ? (size_t)most : LIMIT_TSK_NAMES;
}

/* Folder by folder from the root. tsk_fs_dir_walk would pass over folders that
 * cannot be read without a word. */
int tsk_index_load(struct tsk_filesystem *owner, struct error *error)
{
    if (tsk_exfat_open(owner, error) != 0)
        return -1;
    enum filesystem_kind kind = owner->base.volume->kind;
    struct index_walk *walk = calloc(1, sizeof *walk);
    struct tsk_entry *root = walk ? tsk_index_add(owner) : NULL;

    if (!root) {
        free(walk);
        return error_set_memory(error);
    }
    walk->owner = owner;
    walk->named.whole = tsk_is_ext(kind) || tsk_is_fat(kind);
    root->inode = owner->fs->root_inum;
    root->type = FILE_DIRECTORY;
    walk->most_entries = tsk_index_most_entries(owner);
    /* libtsk numbers $OrphanFiles behind the last file. Where it finds none in an ISO 9660 this
     * is the root too, and it waits for itself for ever. */
    bool empty = kind == FS_ISO9660 &&
                 owner->fs->root_inum == TSK_FS_ORPHANDIR_INUM(owner->fs);
    TSK_FS_FILE *file =
        empty ? NULL : tsk_index_open_inode(owner, owner->fs->root_inum);
    if (file && file->meta) {
        set_meta(root, file->meta);
        root->odd = file->meta->flags & TSK_FS_META_FLAG_UNALLOC ? TSK_ODD_FREE : 0;
        enter(walk, file, 0, false);
    } else if (empty) {
        tsk_index_add_gap(owner, owner->entries,
                          "libtsk finds no files: they are not listed");
    } else {
        struct error reason = ERROR_INIT;
        tsk_bridge_error(&owner->tsk, &reason, ERROR_DAMAGED, "the root folder cannot be read");
        tsk_index_add_gap(owner, owner->entries, reason.text);
    }
    owner->tsk.fs_file_close(file);
    walk_folders(walk);
    owner->tsk.list_free(walk->named.inodes);
    int result = walk->out_of_memory || tsk_index_sort(owner) != 0 ? error_set_memory(error) : 0;
    if (result == 0)
        result = tsk_hfs_add_lost(owner, error);
    if (result == 0)
        result = tsk_exfat_add_lost(owner, error);
    if (result == 0) {
        tsk_index_join_links(owner);
        tsk_ext_read_inodes(owner);
    }
    free(walk);
    owner->tsk.error_reset();
    return result;
}

TSK_FS_FILE *tsk_index_open_file(struct tsk_filesystem *owner, const struct tsk_entry *entry)
{
    TSK_FS_FILE *file = tsk_index_open_inode(owner, entry->inode);

    if (file && file->meta && has_too_many_holes(owner->fs, file->meta)) {
        add_holes_gap(owner, entry, file->meta);
        owner->tsk.fs_file_close(file);
        return NULL;
    }
    if (file && owner->tsk.fs_file_attr_getsize(file) < 0) {
        owner->tsk.fs_file_close(file);
        return NULL;
    }
    return file;
}

const TSK_FS_ATTR *tsk_index_attribute(const struct tsk_filesystem *owner, TSK_FS_FILE *file,
                                       const struct tsk_entry *entry)
{
    return entry->stream_length
               ? owner->tsk.fs_file_attr_get_type(file, entry->attribute_type,
                                                  entry->attribute_id, 1)
               : owner->tsk.fs_file_attr_get(file);
}
