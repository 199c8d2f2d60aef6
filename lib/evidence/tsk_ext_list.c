/* SPDX-License-Identifier: Apache-2.0 */

/*
 * tsk_ext_list: the index of tsk_index.h of an ext that is sound, without libtsk: what its walk
 * would give, in a fraction of the time. Its folders are walked from the root; then the inodes
 * of all names are read in their order. Whatever is odd, a damage or no more than rare, leaves
 * the volume to libtsk, so that what is told of it does not depend on who listed it.
 *
 * Names that were taken away stand in the room that the entry before has behind its own name.
 * As libtsk does, entries are looked for there at each multiple of four bytes that could begin
 * one: with room for one character, ending in the block, of an inode that there is. Of the
 * same name and inode in one folder the first is told, live rather than deleted.
 *
 * Inodes that are free, were in use once, and that no name leads to stand in $OrphanFiles.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fett/bytes.h>
#include <fett/limits.h>

#include "tsk_index.h"

enum {
    ENTRY_HEADER_SIZE = 8, /* of a folder: ext_folder.c */
    SMALLEST_ENTRY = 12,
    TYPE_REGULAR = 1,
    TYPE_FOLDER = 2,
    MOST_TYPE = 7,
    MODE_TYPE = 0170000,
    MODE_FOLDER = 0040000,
    MODE_REGULAR = 0100000,
    MODE_LINK = 0120000,
};

/* Deeper, or in longer paths, libtsk may stop: tsk_named.c. */
enum { SURE_DEPTH = 64, SURE_PATH = 1024 };

struct name {
    uint32_t inode, text;
    uint8_t length, type;
    bool deleted;
};

struct level {
    size_t next, end;  /* of its names */
    size_t first;
    uint32_t entry;
    size_t path_length;
};

struct listing {
    struct tsk_filesystem *owner;
    uint8_t *in_use;     /* a bit for each inode, from that of inode 1 on */
    uint8_t *named;      /* likewise: free, and a name leads to it */
    struct name *names;  /* of the folders that the walk is in */
    size_t count, capacity;
    uint32_t *slots;     /* of the names of one folder: their number there plus 1, or 0 */
    size_t slot_count;
    struct level stack[SURE_DEPTH];
    size_t depth;
    bool odd;
    bool out_of_memory;
};

static bool get_bit(const uint8_t *bits, uint64_t inode)
{
    return bits[(inode - 1) / 8] >> (inode - 1) % 8 & 1;
}

/* --- the names of one folder --- */

static void add_name(struct listing *listing, const uint8_t *data, bool deleted)
{
    struct buffer *text = &listing->owner->text;
    const char *name = (const char *)data + ENTRY_HEADER_SIZE;
    size_t length = strnlen(name, data[6]); /* what was no name may have zeros in it */

    if (memory_grow((void **)&listing->names, &listing->capacity, listing->count + 1,
                    sizeof *listing->names) != 0) {
        listing->out_of_memory = true;
        return;
    }
    uint32_t inode = bytes_u32le(data);
    listing->odd |= inode > ext_inode_count(listing->owner->ext) ||
                    (!deleted && (length < data[6] || data[7] < TYPE_REGULAR ||
                                  data[7] > MOST_TYPE));
    listing->names[listing->count++] =
        (struct name){ inode, (uint32_t)text->length, (uint8_t)length, data[7], deleted };
    buffer_add(text, name, length);
    listing->out_of_memory |= text->failed || text->length > UINT32_MAX;
}

/* A block of a folder, whose entries fill it (ext_folder.c). */
static void add_block(void *context, const uint8_t *data, size_t size)
{
    struct listing *listing = context;
    uint64_t most_inode = (uint64_t)ext_inode_count(listing->owner->ext) + 1;
    size_t room = 0; /* left of what an entry has behind its name */

    for (size_t at = 0; at + SMALLEST_ENTRY <= size && !listing->out_of_memory;) {
        size_t name_length = data[at + 6], length = bytes_u16le(data + at + 4);
        size_t need = (ENTRY_HEADER_SIZE + name_length + 3) & ~(size_t)3;
        bool fits = bytes_u32le(data + at) <= most_inode && name_length > 0 && length >= need &&
                    length % 4 == 0 && length <= size - at && (room == 0 || need <= room);
        if (!fits) {
            at += 4;
            room -= room > 0 ? 4 : 0;
            continue;
        }
        add_name(listing, data + at, room > 0 || bytes_u32le(data + at) == 0);
        at += need;
        if (room > 0)
            room -= need;
        if (room > 0)
            continue;
        if (length - need >= SMALLEST_ENTRY)
            room = length - need;
        else
            at += length - need;
    }
}

static void note_fault(void *context, uint64_t at, uint64_t length, const char *reason)
{
    struct listing *listing = context;

    (void)at;
    (void)length;
    (void)reason;
    listing->odd = true;
}

/* Where a name stands among the first of the folder that begins at `first`, or the free slot
 * where it would. */
static uint32_t *find_slot(struct listing *listing, size_t first, const struct name *name)
{
    const char *text = listing->owner->text.data;
    uint32_t hash = name->inode;

    for (size_t i = 0; i < name->length; i++)
        hash = hash * 31 + (unsigned char)text[name->text + i];
    for (size_t slot = hash % listing->slot_count;; slot = (slot + 1) % listing->slot_count) {
        uint32_t *number = &listing->slots[slot];
        const struct name *other = *number ? &listing->names[first + *number - 1] : NULL;
        if (!other || (other->inode == name->inode && other->length == name->length &&
                       memcmp(text + other->text, text + name->text, name->length) == 0))
            return number;
    }
}

/* Each name of a folder once. */
static void drop_doubles(struct listing *listing, size_t first)
{
    size_t names = listing->count - first, end = first;

    free(listing->slots);
    listing->slot_count = 2 * names + 1;
    listing->slots = calloc(listing->slot_count, sizeof *listing->slots);
    listing->out_of_memory |= !listing->slots;
    for (size_t i = first; i < listing->count && !listing->out_of_memory; i++) {
        const struct name *name = &listing->names[i];
        uint32_t *slot = find_slot(listing, first, name);
        struct name *other = *slot ? &listing->names[first + *slot - 1] : NULL;
        if (other && other->deleted && !name->deleted)
            *other = *name;
        if (other)
            continue;
        listing->names[end++] = *name;
        *slot = (uint32_t)(end - first);
    }
    listing->count = end;
}

/* --- the folders --- */

/* Go down into the live folder of an entry. */
static void enter(struct listing *listing, uint32_t entry, size_t path_length)
{
    struct tsk_filesystem *owner = listing->owner;
    uint64_t number = owner->entries[entry].inode;
    size_t first = listing->count;
    struct ext_inode inode;

    for (size_t i = 0; i < listing->depth; i++)
        listing->odd |= owner->entries[listing->stack[i].entry].inode == number;
    if (listing->depth == SURE_DEPTH || path_length >= SURE_PATH ||
        !get_bit(listing->in_use, number) ||
        ext_inode_read(owner->ext, number, &inode, NULL) != 0 ||
        !ext_inode_is_folder(&inode) || inode.inside || inode.size > UINT32_MAX)
        listing->odd = true;
    if (listing->odd)
        return;
    ext_folder_walk(owner->ext, number, &inode, add_block, note_fault, listing);
    drop_doubles(listing, first);
    listing->stack[listing->depth++] =
        (struct level){ first, listing->count, first, entry, path_length };
}

static bool is_dots(const char *text, size_t length)
{
    return (length == 1 || (length == 2 && text[1] == '.')) && text[0] == '.';
}

/* A name of the folder that the walk is in. */
static void list_name(struct listing *listing, const struct name *name, const struct level *level)
{
    struct tsk_filesystem *owner = listing->owner;
    bool in_use = name->inode > 0 && get_bit(listing->in_use, name->inode);

    if (name->inode > 0 && !in_use)
        listing->named[(name->inode - 1) / 8] |= (uint8_t)(1 << (name->inode - 1) % 8);
    if (is_dots(owner->text.data + name->text, name->length))
        return;
    struct tsk_entry *entry = tsk_index_add(owner);
    if (!entry) {
        listing->out_of_memory = true;
        return;
    }
    entry->inode = name->inode;
    entry->parent = level->entry;
    entry->length = name->length;
    entry->text = name->text;
    entry->type = name->type == TYPE_FOLDER ? FILE_DIRECTORY : FILE_UNKNOWN;
    entry->state = name->deleted ? FILE_DELETED : FILE_ALLOCATED;
    entry->meta = !name->deleted ? META_ALLOCATED : in_use ? META_REALLOCATED : META_DELETED;
    if (!name->deleted && name->type == TYPE_FOLDER)
        enter(listing, (uint32_t)(owner->count - 1), level->path_length + name->length + 1);
    else
        listing->odd |= !name->deleted && !in_use;
}

static void walk_folders(struct listing *listing, uint64_t most_entries)
{
    while (listing->depth > 0 && !listing->odd && !listing->out_of_memory) {
        struct level *level = &listing->stack[listing->depth - 1];
        listing->odd |= listing->owner->count > most_entries;
        if (level->next < level->end) {
            const struct name name = listing->names[level->next++];
            list_name(listing, &name, level);
        } else {
            listing->count = level->first;
            listing->depth--;
        }
    }
}

static struct tsk_entry *add_with_text(struct listing *listing, const char *text)
{
    struct tsk_filesystem *owner = listing->owner;
    struct tsk_entry *entry = tsk_index_add(owner);

    if (!entry) {
        listing->out_of_memory = true;
        return NULL;
    }
    entry->text = (uint32_t)owner->text.length;
    entry->length = (uint16_t)strlen(text);
    buffer_add(&owner->text, text, entry->length);
    listing->out_of_memory |= owner->text.failed || owner->text.length > UINT32_MAX;
    return entry;
}

/* $OrphanFiles, which libtsk makes up behind the last inode. */
static void list_orphans(struct listing *listing)
{
    struct tsk_filesystem *owner = listing->owner;
    uint64_t last = ext_inode_count(owner->ext);
    struct tsk_entry *folder = add_with_text(listing, "$OrphanFiles");
    uint32_t parent = (uint32_t)(owner->count - 1);
    struct ext_inode inode;

    if (!folder)
        return;
    folder->inode = last + 1;
    folder->type = FILE_VIRTUAL;
    folder->links = 1;
    folder->has_meta = true;
    for (uint64_t i = 1; i <= last && !listing->odd && !listing->out_of_memory; i++) {
        char name[32];
        if (get_bit(listing->in_use, i) || get_bit(listing->named, i))
            continue;
        if (ext_inode_read(owner->ext, i, &inode, NULL) != 0)
            listing->odd = true;
        else if (inode.was_used) {
            snprintf(name, sizeof name, "OrphanFile-%llu", (unsigned long long)i);
            struct tsk_entry *entry = add_with_text(listing, name);
            if (!entry)
                return;
            entry->inode = i;
            entry->parent = parent;
            entry->state = FILE_ORPHAN;
            entry->meta = META_DELETED;
        }
    }
}

/* --- the inodes --- */

static enum file_type type_of(const struct tsk_entry *entry, const struct ext_inode *inode)
{
    switch (inode->mode & MODE_TYPE) {
    case MODE_REGULAR: return FILE_REGULAR;
    case MODE_FOLDER: return FILE_DIRECTORY;
    case MODE_LINK: return FILE_LINK;
    case 0020000: /* devices, pipes, sockets */
    case 0060000:
    case 0010000:
    case 0140000: return FILE_SPECIAL;
    default: return entry->type; /* as its name says */
    }
}

/* Whether a live name has the inode of such. libtsk reads the text of a link together with its
 * inode, and has neither where it cannot. */
static bool is_sound_live(const struct tsk_filesystem *owner, const struct tsk_entry *entry,
                          const struct ext_inode *inode, bool folder_by_name)
{
    if (entry->type == FILE_LINK &&
        (inode->inside || (inode->piece_count == 0 && !inode->extents &&
                           !ext_inode_map_is_sound(owner->ext, inode))))
        return false;
    return entry->type != FILE_UNKNOWN && folder_by_name == ext_inode_is_folder(inode) &&
           !tsk_ext_fault(owner, entry, inode);
}

static void set_inode(struct listing *listing, struct tsk_entry *entry)
{
    struct tsk_filesystem *owner = listing->owner;
    bool live = entry->state == FILE_ALLOCATED, by_name = entry->type == FILE_DIRECTORY;
    struct ext_inode inode;

    if (entry->type == FILE_VIRTUAL || entry->inode == 0)
        return;
    if (ext_inode_read(owner->ext, entry->inode, &inode, NULL) != 0) {
        listing->odd = true;
        return;
    }
    entry->type = (uint8_t)type_of(entry, &inode);
    if (entry->meta == META_REALLOCATED)
        return;
    entry->has_meta = true;
    entry->size = ext_inode_plain_size(owner->ext, &inode);
    entry->mode = inode.mode & 07777;
    entry->uid = inode.uid;
    entry->gid = inode.gid;
    entry->links = inode.links;
    tsk_ext_set_times(entry, &inode);
    listing->odd |= live ? !is_sound_live(owner, entry, &inode, by_name)
                         : !tsk_ext_can_judge(owner, entry, &inode);
}

static void list_all(struct listing *listing)
{
    struct tsk_filesystem *owner = listing->owner;
    struct tsk_entry *root = tsk_index_add(owner);

    if (!root) {
        listing->out_of_memory = true;
        return;
    }
    root->inode = EXT_ROOT_INODE;
    root->type = FILE_DIRECTORY;
    enter(listing, 0, 0);
    walk_folders(listing, tsk_index_most_entries(owner));
    if (!listing->odd && !listing->out_of_memory)
        list_orphans(listing);
    if (!listing->odd && !listing->out_of_memory)
        listing->out_of_memory = tsk_index_sort(owner) != 0;
    for (size_t i = 0; i < owner->count && !listing->odd && !listing->out_of_memory; i++)
        set_inode(listing, &owner->entries[i]);
    if (!listing->odd && !listing->out_of_memory) {
        int judged = tsk_ext_judge(owner);
        listing->odd = judged > 0;
        listing->out_of_memory = judged < 0;
        tsk_index_join_links(owner);
    }
}

int tsk_ext_list(struct tsk_filesystem *owner, struct error *error)
{
    struct listing *listing = calloc(1, sizeof *listing);
    uint32_t inodes = ext_inode_count(owner->ext);

    if (!listing)
        return error_set_memory(error);
    listing->owner = owner;
    if (!ext_is_plain(owner->ext, owner->base.volume->length) || inodes < EXT_ROOT_INODE ||
        ext_inodes_in_use(owner->ext, &listing->in_use, NULL) != 0)
        listing->odd = true;
    else if (!(listing->named = calloc(inodes / 8 + 1, 1)))
        listing->out_of_memory = true;
    if (!listing->odd && !listing->out_of_memory)
        list_all(listing);
    int result = listing->out_of_memory ? error_set_memory(error) : listing->odd;
    free(listing->in_use);
    free(listing->named);
    free(listing->names);
    free(listing->slots);
    free(listing);
    return result;
}
