/* SPDX-License-Identifier: Apache-2.0 */

/*
 * tsk_file: an entry of the index of tsk_index.h as a file.
 *
 * What libtsk does not tell is settled here: which times of which file system
 * are local and how exact they are. libtsk converts FAT times by the TZ of the process,
 * which must be UTC (cli sets it).
 */

#include <stdio.h>

#include <fett/limits.h>
#include <fett/text.h>

#include "tsk_index.h"

static struct instant make_time(const struct tsk_filesystem *owner, const struct tsk_entry *entry,
                                int which)
{
    enum filesystem_kind kind = owner->base.volume->kind;
    enum instant_precision precision = PRECISION_SECOND;

    if (entry->raw >> which & 1)
        return (struct instant){ entry->seconds[which], 0, 0, INSTANT_RAW,
                                 entry->seconds[which] > UINT16_MAX ? 4 : 2 };
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
    if (which < CHANGED && entry->zones[which] & TSK_ZONE_KNOWN) {
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

void tsk_file_add_path(const struct tsk_filesystem *owner, uint32_t number, struct buffer *path)
{
    uint32_t chain[LIMIT_PATH_DEPTH];
    size_t depth = 0;

    for (; number != 0 && depth < LIMIT_PATH_DEPTH; number = owner->entries[number].parent)
        chain[depth++] = number;
    if (depth == 0)
        buffer_add_byte(path, '/');
    while (depth > 0) {
        const struct tsk_entry *entry = &owner->entries[chain[--depth]];
        buffer_add_byte(path, '/');
        buffer_add(path, owner->text.data + entry->text, entry->length);
    }
}

/* As add_link_target, of a link of APFS: it has no content, libtsk reads where it points with
 * its inode. */
static bool add_apfs_target(struct tsk_filesystem *owner, const struct tsk_entry *entry)
{
    TSK_FS_FILE *file = tsk_filesystem_need(owner, NULL) == 0
                            ? tsk_index_open_inode(owner, entry->inode)
                            : NULL;
    const char *link = file && file->meta && file->meta->link ? file->meta->link : "";
    size_t size = strnlen(link, LIMIT_LINK_BYTES);

    buffer_add(&owner->path, link, size);
    buffer_add_byte(&owner->path, '\0');
    owner->tsk.fs_file_close(file);
    return size > 0;
}

/* Add where a link points. False for what was overwritten, for damaged sizes, and
 * for what ext encrypted. */
static bool add_link_target(struct tsk_filesystem *owner, const struct tsk_entry *entry,
                            enum file_content content)
{
    struct ext_inode inode = { .encrypted = false };
    struct reader *reader;

    if (owner->base.volume->kind == FS_APFS && entry->type == FILE_LINK && entry->has_meta)
        return add_apfs_target(owner, entry);
    if (entry->type != FILE_LINK || !entry->has_meta || entry->size == 0 ||
        entry->size > LIMIT_LINK_BYTES ||
        (entry->state != FILE_ALLOCATED && content != CONTENT_INTACT))
        return false;
    if (owner->ext && ext_inode_read(owner->ext, entry->inode, &inode, NULL) == 0 &&
        inode.encrypted)
        return false;
    if (tsk_content_open(owner, entry, &reader, NULL) != 0)
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

uint32_t tsk_file_main(const struct tsk_filesystem *owner, uint32_t number)
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
        tsk_file_add_path(owner, i, &owner->path);
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
        *text_put_number(file->inode, entry->inode) = '\0';
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

/* The path, the stream, all names and what a link points to. 0, or -1 without memory. */
static int set_texts(struct tsk_filesystem *owner, uint32_t number, struct file *file)
{
    const struct tsk_entry *entry = &owner->entries[number];

    /* All texts first, since they move; then where they are. */
    buffer_clear(&owner->path);
    tsk_file_add_path(owner, number, &owner->path);
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
        file->name_count = add_names(owner, tsk_file_main(owner, number));
    size_t target_at = owner->path.length;
    bool target = add_link_target(owner, entry, file->content);
    if (owner->path.failed)
        return -1;
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

int tsk_file_fill(struct tsk_filesystem *owner, uint32_t number, struct file *file,
                  struct error *error)
{
    if (owner->entries[number].further)
        number = tsk_file_main(owner, number);
    const struct tsk_entry *entry = &owner->entries[number];

    *file = (struct file){ .handle = (uint64_t)number + 1 };
    file->type = entry->type;
    file->state = entry->state;
    file->meta = entry->meta;
    file->metadata_file = entry->type == FILE_VIRTUAL;
    if (entry->state != FILE_ALLOCATED &&
        tsk_content_state(owner, entry, &file->content, error) != 0)
        return -1;
    set_inode(file, entry);
    if (number != 0) {
        file->has_parent = true;
        file->parent = owner->entries[entry->parent].inode;
    }
    if (entry->has_meta)
        set_meta(owner, entry, file);
    return set_texts(owner, number, file) != 0 ? error_set_memory(error) : 0;
}

void tsk_file_add_gap(struct tsk_filesystem *owner, const struct tsk_entry *entry,
                      uint64_t offset, uint64_t length, const char *reason)
{
    struct file file;

    if (tsk_file_fill(owner, (uint32_t)(entry - owner->entries), &file, NULL) != 0)
        return;
    filesystem_add_gap(&owner->base, offset, length, buffer_text(&owner->path), file.inode, reason);
    owner->base.may_lack_names |= entry->type == FILE_DIRECTORY;
}
