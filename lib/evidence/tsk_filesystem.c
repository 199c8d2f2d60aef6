/* SPDX-License-Identifier: Apache-2.0 */

/*
 * tsk_filesystem: the file systems that libtsk reads as trees, over the index of
 * tsk_index.c.
 *
 * What libtsk does not tell is settled here: which times of which file system
 * are local and how exact they are, and that a name whose metadata is in use
 * again says nothing about its old content. libtsk converts FAT times by the
 * TZ of the process, which must be UTC (cli sets it).
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fett/keyed.h>
#include <fett/limits.h>
#include <fett/text.h>

#include "trial.h"
#include "tsk_fat.h"

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

static struct instant make_time(const struct tsk_filesystem *owner, const struct tsk_entry *entry,
                                int which)
{
    enum filesystem_kind kind = owner->base.volume->kind;
    enum instant_precision precision = PRECISION_SECOND;

    if (entry->seconds[which] == 0 && entry->nanoseconds[which] == 0)
        return INSTANT_NONE;
    if (tsk_is_fat(kind))
        precision = which == ACCESSED   ? PRECISION_DAY
                    : which == MODIFIED ? PRECISION_2_SECONDS
                                        : PRECISION_10_MILLISECONDS;
    else if (kind == FS_EXFAT)
        precision = which == ACCESSED ? PRECISION_2_SECONDS : PRECISION_10_MILLISECONDS;
    else if ((kind == FS_EXT4 && !entry->whole_seconds) || entry->nanoseconds[which] != 0)
        precision = PRECISION_NANOSECOND;
    struct instant instant =
        instant_from_unix(entry->seconds[which], entry->nanoseconds[which], precision);
    if (which < CHANGED && entry->zones[which] & EXFAT_ZONE_KNOWN) {
        /* Seven bits, signed. */
        int quarters = (entry->zones[which] & 0x7f) - (entry->zones[which] & 0x40 ? 0x80 : 0);
        instant.seconds -= quarters * 15 * 60;
    } else if (instant.state == INSTANT_UTC && (tsk_is_fat(kind) || kind == FS_EXFAT)) {
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

/* Whether ext keeps an entry's content in the inode: short links, inline data. */
static bool is_in_inode(struct tsk_filesystem *owner, const struct tsk_entry *entry,
                        struct ext_inode *inode)
{
    return owner->ext && entry->type != FILE_DIRECTORY && entry->type != FILE_VIRTUAL &&
           ext_inode_read(owner->ext, entry->inode, inode, NULL) == 0 && inode->piece_count > 0;
}

/* What deleted files say is theirs, when first needed. */
static int load_claims(struct tsk_filesystem *owner, struct error *error)
{
    const struct tsk_entry *before = NULL;
    bool out_of_memory = false;

    if (owner->claims.sealed)
        return 0;
    for (size_t i = 0; i < owner->count; i++) {
        const struct tsk_entry *entry = &owner->entries[i];
        bool again = before && before->inode == entry->inode &&
                     before->attribute_type == entry->attribute_type &&
                     before->attribute_id == entry->attribute_id;
        if (entry->state == FILE_ALLOCATED || !entry->has_meta || again)
            continue;
        TSK_FS_FILE *file = tsk_index_open_file(owner, entry);
        const TSK_FS_ATTR *attribute = file ? tsk_index_attribute(owner, file, entry) : NULL;
        if (attribute && attribute->flags & TSK_FS_ATTR_NONRES)
            for (const TSK_FS_ATTR_RUN *run = attribute->nrd.run; run; run = run->next)
                if (run->flags == TSK_FS_ATTR_RUN_FLAG_NONE &&
                    claims_add(&owner->claims, run->addr, run->len) != 0)
                    out_of_memory = true;
        owner->tsk.fs_file_close(file);
        owner->tsk.error_reset();
        before = entry;
    }
    if (out_of_memory) {
        claims_release(&owner->claims);
        return error_set_memory(error);
    }
    claims_seal(&owner->claims);
    return 0;
}

static enum file_content content_of(struct tsk_filesystem *owner, const struct tsk_entry *entry)
{
    struct claims_tally tally = { .free = false };
    struct ext_inode inode;

    if (entry->meta == META_REALLOCATED || !entry->has_meta)
        return CONTENT_UNKNOWN;
    if (owner->fat)
        return tsk_fat_content_state(owner, entry);
    if (is_in_inode(owner, entry, &inode))
        return CONTENT_INTACT;
    TSK_FS_FILE *file = tsk_index_open_file(owner, entry);
    const TSK_FS_ATTR *attribute = file ? tsk_index_attribute(owner, file, entry) : NULL;
    enum file_content content = CONTENT_UNKNOWN;
    if (attribute && attribute->flags & TSK_FS_ATTR_RES)
        content = CONTENT_INTACT;
    if (attribute && attribute->flags & TSK_FS_ATTR_NONRES) {
        for (const TSK_FS_ATTR_RUN *run = attribute->nrd.run; run; run = run->next) {
            if (run->flags != TSK_FS_ATTR_RUN_FLAG_NONE)
                continue;
            bool contested = claims_contested(&owner->claims, run->addr, run->len);
            for (TSK_DADDR_T i = 0; i < run->len; i++) {
                if (tsk_block_in_use(owner->fs, run->addr + i))
                    tally.used = true;
                else if (contested && claims_contested(&owner->claims, run->addr + i, 1))
                    tally.contested = true;
                else
                    tally.free = true;
            }
        }
        if (tally.used || tally.free || tally.contested || entry->size == 0)
            content = claims_judge(&tally);
    }
    owner->tsk.fs_file_close(file);
    owner->tsk.error_reset();
    return content;
}

static int open_entry(struct tsk_filesystem *owner, const struct tsk_entry *entry,
                      struct reader **reader, struct error *error);

/* Add where a link points. False for what was overwritten, for damaged sizes, and
 * for what ext encrypted. */
static bool add_link_target(struct tsk_filesystem *owner, const struct tsk_entry *entry,
                            enum file_content content)
{
    struct ext_inode inode = { .encrypted = false };
    struct reader *reader;

    if (entry->type != FILE_LINK || !entry->has_meta || entry->size == 0 ||
        entry->size > LIMIT_LINK_BYTES ||
        (entry->state != FILE_ALLOCATED && content != CONTENT_INTACT))
        return false;
    if (owner->ext && ext_inode_read(owner->ext, entry->inode, &inode, NULL) == 0 &&
        inode.encrypted)
        return false;
    if (open_entry(owner, entry, &reader, NULL) != 0)
        return false;
    size_t size = reader->size < LIMIT_LINK_BYTES ? (size_t)reader->size : LIMIT_LINK_BYTES;
    char *target = buffer_reserve(&owner->path, size);
    bool whole = target && reader_read(reader, 0, target, size, NULL) == 0 && target[0] != '\0';
    reader_free(reader);
    if (whole)
        owner->path.length += size;
    buffer_add_byte(&owner->path, '\0');
    return whole;
}

/* The entry of the file that a live name or stream belongs to. */
static uint32_t main_of(const struct tsk_filesystem *owner, uint32_t number)
{
    const struct tsk_entry *entries = owner->entries;

    for (uint32_t i = number; i > 0 && entries[i].inode == entries[number].inode; i--)
        if (entries[i].state == FILE_ALLOCATED && !entries[i].further &&
            entries[i].stream_length == 0)
            return i;
    return number;
}

/* Add the paths of all names of a live file, each with a NUL, if there is more than
 * one. Returns how many. */
static size_t add_names(struct tsk_filesystem *owner, uint32_t number)
{
    const struct tsk_entry *entries = owner->entries;
    size_t count = 0, start = owner->path.length;

    for (uint32_t i = number; i < owner->count && entries[i].inode == entries[number].inode; i++) {
        if (entries[i].state != FILE_ALLOCATED || entries[i].stream_length > 0)
            continue;
        if (i != number && !entries[i].further)
            break;
        if (memory_grow((void **)&owner->names, &owner->name_capacity, count + 1,
                        sizeof *owner->names) != 0) {
            owner->path.failed = true;
            break;
        }
        size_t at = owner->path.length;
        add_path(owner, i);
        owner->names[count++] = (struct file_name){ .path_length = owner->path.length - at };
        buffer_add_byte(&owner->path, '\0');
    }
    if (count < 2)
        owner->path.length = start;
    return count < 2 ? 0 : count;
}

static void set_inode(struct file *file, const struct tsk_entry *entry)
{
    file->number = entry->inode;
    if (entry->stream_length)
        snprintf(file->inode, sizeof file->inode, "%llu-%u-%u", (unsigned long long)entry->inode,
                 entry->attribute_type, entry->attribute_id);
    else
        snprintf(file->inode, sizeof file->inode, "%llu", (unsigned long long)entry->inode);
}

static void set_meta(const struct tsk_filesystem *owner, const struct tsk_entry *entry,
                     struct file *file)
{
    bool unix_like = !tsk_is_fat(owner->base.volume->kind) && owner->base.volume->kind != FS_EXFAT;

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
}

static int fill_file(struct tsk_filesystem *owner, uint32_t number, struct file *file,
                     struct error *error)
{
    if (owner->entries[number].further)
        number = main_of(owner, number);
    const struct tsk_entry *entry = &owner->entries[number];

    *file = (struct file){ .handle = (uint64_t)number + 1 };
    file->type = entry->type;
    file->state = entry->state;
    file->meta = entry->meta;
    file->metadata_file = entry->type == FILE_VIRTUAL;
    if (entry->state != FILE_ALLOCATED) {
        if (load_claims(owner, error) != 0)
            return -1;
        file->content = content_of(owner, entry);
    }
    set_inode(file, entry);
    if (number != 0) {
        file->has_parent = true;
        file->parent = owner->entries[entry->parent].inode;
    }
    if (entry->has_meta)
        set_meta(owner, entry, file);

    /* All texts first, since they move; then where they are. */
    buffer_clear(&owner->path);
    add_path(owner, number);
    size_t main_length = owner->path.length;
    if (entry->stream_length) {
        buffer_add_byte(&owner->path, ':');
        buffer_add(&owner->path, owner->text.data + entry->text + entry->length,
                   entry->stream_length);
    }
    file->path_length = owner->path.length;
    buffer_add_byte(&owner->path, '\0');
    size_t names_at = owner->path.length;
    if (entry->state == FILE_ALLOCATED)
        file->name_count = add_names(owner, main_of(owner, number));
    size_t target_at = owner->path.length;
    bool target = add_link_target(owner, entry, file->content);
    if (owner->path.failed)
        return error_set_memory(error);
    file->path = owner->path.data;
    file->name_length = entry->length;
    file->name = file->path + main_length - entry->length;
    if (entry->stream_length) {
        file->stream = file->path + main_length + 1;
        file->stream_length = entry->stream_length;
    }
    const char *name = file->path + names_at;
    for (size_t i = 0; i < file->name_count; i++) {
        owner->names[i].path = name;
        name += owner->names[i].path_length + 1;
    }
    file->names = owner->names;
    if (target)
        file->link_target = file->path + target_at;
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
                                    &ignored, &ignored_length)) {
        number = main_of(owner, number);
        for (size_t i = number + 1; i < owner->count && owner->entries[i].stream_length &&
                                    owner->entries[i].inode == owner->entries[number].inode;
             i++) {
            const struct tsk_entry *entry = &owner->entries[i];
            if (text_compare_nocase(owner->text.data + entry->text + entry->length,
                                    entry->stream_length, colon + 1, strlen(colon + 1)) == 0)
                return fill_file(owner, (uint32_t)i, file, error);
        }
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
        if (owner->entries[i].further)
            continue;
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
    const struct tsk *tsk;
    TSK_FS_FILE *file;
    const TSK_FS_ATTR *attribute;
};

static int content_read_at(struct reader *reader, uint64_t offset, void *buffer, size_t size,
                           struct error *error)
{
    struct tsk_content *content = (struct tsk_content *)reader;
    ssize_t got = content->tsk->fs_attr_read(content->attribute, (TSK_OFF_T)offset, buffer, size,
                                             TSK_FS_FILE_READ_FLAG_NONE);

    if (got == (ssize_t)size)
        return 0;
    if (got < 0)
        got = 0;
    memset((uint8_t *)buffer + got, 0, size - (size_t)got);
    return tsk_bridge_error(content->tsk, error, ERROR_DAMAGED, "cannot read %zu bytes at %llu",
                            size, (unsigned long long)offset);
}

static void content_free(struct reader *reader)
{
    struct tsk_content *content = (struct tsk_content *)reader;

    content->tsk->fs_file_close(content->file);
    free(content);
}

/* The text of a link, where libtsk has it and the blocks have not. */
static int link_read_at(struct reader *reader, uint64_t offset, void *buffer, size_t size,
                        struct error *error)
{
    const struct tsk_content *content = (const struct tsk_content *)reader;

    (void)error;
    memcpy(buffer, content->file->meta->link + offset, size);
    return 0;
}

struct inode_content {
    struct reader reader;
    struct reader *volume;
    struct ext_piece pieces[EXT_PIECES];
    size_t piece_count;
};

static int inode_read_at(struct reader *reader, uint64_t offset, void *buffer, size_t size,
                         struct error *error)
{
    const struct inode_content *content = (const struct inode_content *)reader;
    uint8_t *out = buffer;
    int result = 0;

    for (size_t i = 0; i < content->piece_count && size > 0; i++) {
        const struct ext_piece *piece = &content->pieces[i];
        if (offset >= piece->file_offset + piece->length)
            continue;
        uint64_t inside = offset - piece->file_offset;
        size_t part = piece->length - inside < size ? (size_t)(piece->length - inside) : size;
        if (reader_read(content->volume, piece->at + inside, out, part,
                        result == 0 ? error : NULL) != 0)
            result = -1;
        out += part;
        offset += part;
        size -= part;
    }
    return result;
}

static void inode_content_free(struct reader *reader)
{
    free(reader);
}

static int open_in_inode(struct tsk_filesystem *owner, const struct ext_inode *inode,
                         struct reader **reader, struct error *error)
{
    static const struct reader_operations operations = { inode_read_at, inode_content_free };
    const struct ext_piece *last = &inode->pieces[inode->piece_count - 1];
    struct inode_content *content = malloc(sizeof *content);

    if (!content)
        return error_set_memory(error);
    *content = (struct inode_content){ .reader = { &operations, last->file_offset + last->length },
                                       .volume = owner->volume_reader,
                                       .piece_count = inode->piece_count };
    memcpy(content->pieces, inode->pieces, sizeof content->pieces);
    *reader = &content->reader;
    return 0;
}

/* The content of an entry that has metadata. */
static int open_entry(struct tsk_filesystem *owner, const struct tsk_entry *entry,
                      struct reader **reader, struct error *error)
{
    static const struct reader_operations operations = { content_read_at, content_free };
    static const struct reader_operations link_operations = { link_read_at, content_free };

    struct ext_inode inode;

    if (is_in_inode(owner, entry, &inode))
        return open_in_inode(owner, &inode, reader, error);
    TSK_FS_FILE *file = tsk_index_open_file(owner, entry);
    const TSK_FS_ATTR *attribute = file ? tsk_index_attribute(owner, file, entry) : NULL;
    /* ext: what the inode does not have is in blocks */
    bool link = file && entry->type == FILE_LINK && file->meta->link && !owner->ext;
    if (!attribute && !link && entry->type == FILE_VIRTUAL) { /* $OrphanFiles: a folder of libtsk's */
        owner->tsk.fs_file_close(file);
        owner->tsk.error_reset();
        *reader = reader_over_memory("", 0);
        return *reader ? 0 : error_set_memory(error);
    }
    if (!attribute && !link) {
        owner->tsk.fs_file_close(file);
        return tsk_bridge_error(&owner->tsk, error, ERROR_UNSUPPORTED, "has no content");
    }
    struct tsk_content *content = malloc(sizeof *content);
    if (!content) {
        owner->tsk.fs_file_close(file);
        return error_set_memory(error);
    }
    *content = (struct tsk_content){ .tsk = &owner->tsk, .file = file, .attribute = attribute };
    content->reader.operations = link ? &link_operations : &operations;
    if (link)
        content->reader.size = strlen(file->meta->link);
    else
        content->reader.size = attribute->size < 0 ? 0 : (uint64_t)attribute->size;
    *reader = &content->reader;
    return 0;
}

static int open_content(struct tree *tree, uint64_t handle, struct reader **reader,
                        struct error *error)
{
    struct tsk_filesystem *owner = (struct tsk_filesystem *)tree;

    if (handle == 0 || handle > owner->count)
        return error_set(error, ERROR_NOT_FOUND, "no file with handle %llu",
                         (unsigned long long)handle);
    const struct tsk_entry *entry = &owner->entries[handle - 1];
    if (!entry->has_meta)
        return error_set(error, ERROR_UNSUPPORTED,
                         "its metadata belongs to another file now: the content is unknown");
    if (entry->broken)
        return tsk_fat_open_content(owner, entry, reader, error);
    return open_entry(owner, entry, reader, error);
}

/* The first entry but the root that has this inode or a higher one. */
static size_t first_of_inode(const struct tsk_filesystem *owner, uint64_t inode)
{
    return 1 + keyed_find(owner->entries + 1, owner->count - 1, sizeof *owner->entries, inode);
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
    if (number == owner->entries[0].inode && (fields == 1 || type == TSK_FS_ATTR_TYPE_DEFAULT))
        return fill_file(owner, 0, file, error);
    for (size_t i = first_of_inode(owner, number);
         i < owner->count && owner->entries[i].inode == number; i++) {
        const struct tsk_entry *entry = &owner->entries[i];
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

static void free_filesystem(struct tree *tree)
{
    struct tsk_filesystem *owner = (struct tsk_filesystem *)tree;

    if (owner->apfs.fs)
        tsk_bridge_apfs_close(&owner->apfs);
    else if (owner->fs)
        owner->tsk.fs_close(owner->fs);
    if (owner->view)
        owner->tsk.img_close(owner->view);
    ext_free(owner->ext);
    reader_free(owner->volume_reader);
    tsk_fat_close(owner);
    free(owner->entries);
    claims_release(&owner->claims);
    children_release(&owner->children);
    buffer_release(&owner->text);
    buffer_release(&owner->path);
    free(owner->names);
    filesystem_release(&owner->base);
    free(owner);
}

/* What ext_inode.c cannot make sense of is left to libtsk, and is a gap; so is what
 * libtsk does not find. */
static int open_ext(struct tsk_filesystem *owner, struct error *error)
{
    const struct volume *volume = owner->base.volume;
    struct error reason = ERROR_INIT;

    owner->volume_reader = reader_over_part(owner->base.reader, volume->offset, volume->length);
    if (!owner->volume_reader)
        return error_set_memory(error);
    if (ext_open(&owner->ext, owner->volume_reader, &reason) == 0) {
        uint64_t first = ext_first_apart(owner->ext);
        if (first == 0)
            return 0;
        error_set(&reason, ERROR_UNSUPPORTED,
                  "meta_bg: what has inode %llu or a higher one is not read",
                  (unsigned long long)first);
    }
    if (reason.kind == ERROR_SYSTEM)
        return error_set(error, reason.kind, "%s", reason.text);
    filesystem_add_gap(&owner->base, volume->offset, 0, NULL, NULL, reason.text);
    return 0;
}

/* Open and list, on an owner that filesystem_init was called for. */
static int open_and_load(struct tsk_filesystem *owner, struct error *error)
{
    const struct volume *volume = owner->base.volume;
    TSK_FS_TYPE_ENUM type = TSK_FS_TYPE_UNSUPP;

    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].kind == volume->kind)
            type = types[i].type;
    if (tsk_load(&owner->tsk, error) != 0 ||
        !(owner->view = tsk_bridge_open(owner->base.image, &owner->tsk, error)))
        return -1;
    if (volume->kind == FS_APFS) {
        if (tsk_bridge_apfs_open(&owner->apfs, &owner->tsk, owner->view, volume, error) != 0)
            return -1;
        owner->fs = owner->apfs.fs;
    } else {
        owner->fs = owner->tsk.fs_open_img(owner->view, (TSK_OFF_T)volume->offset, type);
    }
    if (!owner->fs)
        return tsk_bridge_error(&owner->tsk, error, ERROR_DAMAGED, "cannot open %s of volume %s",
                                volume->kind_name, volume->name);
    owner->base.cluster_size = owner->fs->block_size;
    if (tsk_is_ext(volume->kind) && open_ext(owner, error) != 0)
        return -1;
    return tsk_index_load(owner, error) != 0 ? -1 : tsk_fat_check_chains(owner, error);
}

/* All that commands ask of libtsk but the content of files. */
static void try_everything(void *context)
{
    struct tsk_filesystem *owner = context;
    struct extents *extents = extents_new();
    struct file file;

    if (!extents || open_and_load(owner, NULL) != 0)
        return;
    tsk_add_extents(&owner->base, 0, 0, extents, NULL);
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
    static const struct filesystem_operations operations = { find_inode, tsk_add_extents };
    struct tsk_filesystem *owner = calloc(1, sizeof *owner);

    if (!owner)
        return error_set_memory(error);
    owner->base.tree.operations = &tree_operations;
    owner->base.operations = &operations;
    if (filesystem_init(&owner->base, image, volume, error) != 0 ||
        trial_run(image, try_everything, owner, volume->length, volume->kind_name, "libtsk",
                  error) != 0 ||
        open_and_load(owner, error) != 0) {
        free_filesystem(&owner->base.tree);
        return -1;
    }
    *filesystem = &owner->base;
    return 0;
}
