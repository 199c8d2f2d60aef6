/* SPDX-License-Identifier: Apache-2.0 */

/*
 * tsk_hfs: names of HFS+ that libtsk does not come to, for the index of tsk_index.h.
 *
 * libtsk finds a folder by the index nodes of the catalogue and goes on from leaf to leaf: where
 * one of them is damaged it passes over names without a word, or over whole folders. Here the
 * leaves were read one by one (hfs_catalog.h), and what libtsk did not list is added.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <fett/keyed.h>
#include <fett/text.h>

#include "hfs_catalog.h"
#include "tsk_index.h"

/* A name that libtsk did not list, or may not have listed. */
struct lost_name {
    uint64_t inode; /* first, for keyed.h */
    uint32_t parent;
    uint32_t number; /* of its entry, once it was added */
    uint32_t link;   /* of a hard link, as in hfs_catalog.h; else 0 */
    bool thread, listed;
    struct tsk_entry entry;
};

struct lost_names {
    struct tsk_filesystem *owner;
    size_t known; /* entries of the index before any were added */
    struct lost_name *names;
    size_t count, capacity;
    bool any_link;
};

static uint32_t find_live(const struct lost_names *lost, uint64_t inode)
{
    return tsk_index_find_live(lost->owner, lost->known, inode);
}

/* The name as libtsk shows it. */
static void add_text(struct tsk_filesystem *owner, struct tsk_entry *entry,
                     const struct hfs_name *name)
{
    size_t start = owner->text.length;

    text_add_utf16be(&owner->text, name->name, name->units);
    if (owner->text.failed)
        return;
    for (size_t i = start; i < owner->text.length; i++) {
        if (owner->text.data[i] == '\0')
            owner->text.data[i] = '^';
        else if (owner->text.data[i] == '/')
            owner->text.data[i] = ':';
    }
    entry->text = (uint32_t)start;
    entry->length = (uint16_t)(owner->text.length - start);
}

static void set_time(struct tsk_entry *entry, int which, const struct instant *time)
{
    if (instant_is_set(time))
        entry->seconds[which] = time->seconds;
}

static void set_meta(struct tsk_entry *entry, const struct hfs_name *name)
{
    entry->has_meta = true;
    entry->size = name->size;
    entry->mode = name->mode & 07777;
    entry->uid = name->uid;
    entry->gid = name->gid;
    entry->links = 1;
    set_time(entry, BORN, &name->born);
    set_time(entry, MODIFIED, &name->modified);
    set_time(entry, ACCESSED, &name->accessed);
    set_time(entry, CHANGED, &name->changed);
    if (S_ISLNK(name->mode))
        entry->type = FILE_LINK;
    else if (!name->folder && name->mode != 0 && !S_ISREG(name->mode))
        entry->type = FILE_SPECIAL;
}

static int take_name(void *context, const struct hfs_name *name)
{
    struct lost_names *lost = context;
    struct tsk_filesystem *owner = lost->owner;

    if (name->inode == HFS_ROOT || (name->link == 0 && find_live(lost, name->inode) != 0))
        return 0;
    if (memory_grow((void **)&lost->names, &lost->capacity, lost->count + 1,
                    sizeof *lost->names) != 0)
        return -1;
    struct lost_name *kept = &lost->names[lost->count++];
    *kept = (struct lost_name){ .inode = name->inode,
                                .parent = name->parent,
                                .link = name->link,
                                .thread = name->thread };
    kept->entry.inode = name->inode;
    kept->entry.type = name->folder ? FILE_DIRECTORY
                       : name->thread || name->link != 0 ? FILE_UNKNOWN
                                                    : FILE_REGULAR;
    add_text(owner, &kept->entry, name);
    if (!name->thread && name->link == 0)
        set_meta(&kept->entry, name);
    lost->any_link |= name->link != 0;
    return owner->text.failed || owner->text.length > UINT32_MAX ? -1 : 0;
}

static void add_fault(void *context, uint64_t at, uint64_t length, const char *reason)
{
    struct tsk_filesystem *owner = ((struct lost_names *)context)->owner;

    filesystem_add_gap(&owner->base, (uint64_t)owner->fs->offset + at, length, "/$CatalogFile",
                       "4", reason);
    owner->base.may_lack_names = true;
}

static int compare_names(const void *a, const void *b)
{
    const struct lost_name *x = a, *y = b;

    if (x->inode != y->inode)
        return x->inode < y->inode ? -1 : 1;
    return x->thread - y->thread;
}

/* A link by its folder and name. */
struct link_key {
    uint64_t parent;
    const char *text;
    size_t length;
    struct lost_name *name;
};

static int compare_links(const void *a, const void *b)
{
    const struct link_key *x = a, *y = b;

    if (x->parent != y->parent)
        return x->parent < y->parent ? -1 : 1;
    if (x->length != y->length)
        return x->length < y->length ? -1 : 1;
    return memcmp(x->text, y->text, x->length);
}

/* Libtsk gives a hard link the inode of its file: which ones it listed is told by their names. */
static int find_listed_links(struct lost_names *lost)
{
    const struct tsk_filesystem *owner = lost->owner;
    struct link_key *links = lost->any_link ? malloc(lost->count * sizeof *links) : NULL;
    size_t count = 0;

    if (!links)
        return lost->any_link ? -1 : 0;
    for (size_t i = 0; i < lost->count; i++) {
        struct lost_name *name = &lost->names[i];
        if (name->link != 0)
            links[count++] = (struct link_key){ name->parent, owner->text.data + name->entry.text,
                                                name->entry.length, name };
    }
    qsort(links, count, sizeof *links, compare_links);
    for (size_t i = 1; i < lost->known; i++) {
        const struct tsk_entry *entry = &owner->entries[i];
        const struct link_key key = { owner->entries[entry->parent].inode,
                                      owner->text.data + entry->text, entry->length, NULL };
        struct link_key *link = bsearch(&key, links, count, sizeof *links, compare_links);
        if (link)
            link->name->listed = true;
    }
    free(links);
    return 0;
}

/* Whether an entry is what links with this number are of. */
static bool is_linked(const struct tsk_filesystem *owner, const struct tsk_entry *entry,
                      uint32_t link)
{
    char name[24];
    int length = snprintf(name, sizeof name, "%s%u",
                          entry->type == FILE_DIRECTORY ? "dir_" : "iNode", link);

    return entry->length == length &&
           memcmp(owner->text.data + entry->text, name, entry->length) == 0;
}

/* Make a hard link a name of its file, if that is found: its number is its inode, but for those
 * of old systems. */
static void follow_link(const struct lost_names *lost, struct tsk_entry *entry, uint32_t link)
{
    const struct tsk_filesystem *owner = lost->owner;
    const struct lost_name *name =
        keyed_row(lost->names, lost->count, sizeof *lost->names, link);
    uint32_t number = find_live(lost, link);
    const struct tsk_entry *file = number != 0 ? &owner->entries[number]
                                   : name      ? &name->entry
                                               : NULL;

    if (!file || !is_linked(owner, file, link))
        return;
    uint32_t text = entry->text;
    uint16_t length = entry->length;
    *entry = *file;
    entry->text = text;
    entry->length = length;
}

/* Add a name. What has its record and its thread is added by its record, which stands first. */
static int add_name(struct lost_names *lost, size_t number)
{
    struct tsk_filesystem *owner = lost->owner;
    struct lost_name *name = &lost->names[number];

    if (name->listed || (number > 0 && lost->names[number - 1].inode == name->inode))
        return 0;
    struct tsk_entry *entry = tsk_index_add(owner);
    if (!entry)
        return -1;
    *entry = name->entry;
    if (name->link != 0)
        follow_link(lost, entry, name->link);
    else if (name->thread)
        entry->odd = TSK_ODD_NONE;
    name->number = (uint32_t)(owner->count - 1);
    return 0;
}

/* Links first: the file itself, in its private folder, is the last of its names. */
static int add_names(struct lost_names *lost)
{
    int result = 0;

    for (size_t i = 0; i < lost->count && result == 0; i++)
        result = lost->names[i].link != 0 ? add_name(lost, i) : 0;
    for (size_t i = 0; i < lost->count && result == 0; i++)
        result = lost->names[i].link == 0 ? add_name(lost, i) : 0;
    return result;
}

/* Find the folders of the names that were added: what has none any more is an orphan. */
static void find_parents(struct lost_names *lost)
{
    for (size_t i = 0; i < lost->count; i++) {
        const struct lost_name *name = &lost->names[i];
        const struct lost_name *folder =
            keyed_row(lost->names, lost->count, sizeof *lost->names, name->parent);
        if (name->number == 0)
            continue;
        struct tsk_entry *entry = &lost->owner->entries[name->number];
        entry->parent = find_live(lost, name->parent);
        if (entry->parent == 0 && folder && folder->entry.type == FILE_DIRECTORY)
            entry->parent = folder->number;
        if (entry->parent == 0 && name->parent != HFS_ROOT)
            entry->state = FILE_ORPHAN;
    }
}

static void tell_threads(struct tsk_filesystem *owner)
{
    for (size_t i = 0; i < owner->count; i++)
        if (owner->entries[i].odd & TSK_ODD_NONE)
            tsk_file_add_gap(owner, &owner->entries[i], (uint64_t)owner->fs->offset, 0,
                             "its record in the catalogue is lost: only its name is known");
}

int tsk_hfs_add_lost(struct tsk_filesystem *owner, struct error *error)
{
    const struct volume *volume = owner->base.volume;
    struct lost_names lost = { .owner = owner, .known = owner->count };
    uint64_t start = (uint64_t)owner->fs->offset;

    if (volume->kind != FS_HFS)
        return 0;
    /* Within a wrapper of HFS it begins behind the start of the volume. */
    owner->volume_reader = reader_over_part(owner->base.reader, start,
                                            volume->length - (start - volume->offset));
    if (!owner->volume_reader)
        return error_set_memory(error);
    int result = hfs_catalog_walk(owner->volume_reader, take_name, add_fault, &lost, error);
    if (result == 0 && find_listed_links(&lost) != 0)
        result = error_set_memory(error);
    if (result == 0 && lost.count > 0) {
        qsort(lost.names, lost.count, sizeof *lost.names, compare_names);
        result = add_names(&lost);
        if (result == 0)
            find_parents(&lost);
        if (result != 0 || tsk_index_sort(owner) != 0)
            result = error_set_memory(error);
        else
            tell_threads(owner);
    }
    free(lost.names);
    return result;
}
