/* SPDX-License-Identifier: Apache-2.0 */

/*
 * autorun_find: the file that a path of Windows leads to, where folders on the way may be
 * junctions or symbolic links: those that Windows itself makes for the names that its
 * folders had before Vista, and those of users.
 */

#include <fett/limits.h>

#include "autorun_internal.h"

/* Where the name behind the last slash begins. */
static size_t folder_length(const struct buffer *path)
{
    const char *last = memrchr(buffer_text(path), '/', path->length);

    return last ? (size_t)(last - path->data) : 0;
}

/* Bytes of the longest part of a path that is there, if it is a link, which is all->found then;
 * else 0. Names are looked for in one folder with many endings: it is asked once. */
static size_t link_length(struct autoruns *all)
{
    struct buffer *way = &all->way;
    size_t length = folder_length(way), first = length;

    if (all->plain.length == first && first > 0 && memcmp(all->plain.data, way->data, first) == 0)
        return 0;
    while (length > 0) {
        way->data[length] = '\0';
        bool found = tree_lookup(all->tree, way->data, &all->found, NULL) == 0;
        way->data[length] = '/';
        if (found && all->found.type == FILE_LINK)
            return length;
        if (found)
            break;
        while (length > 0 && way->data[--length] != '/')
            ;
    }
    buffer_clear(&all->plain);
    buffer_add(&all->plain, way->data, first);
    return 0;
}

/* Whether a target says nothing of where it begins: then it is the folder of the link. */
static bool is_relative(const char *target)
{
    return *target && !strchr("\\/", *target) && target[1] != ':';
}

/* Put what a link says in place of the first `length` bytes of the path. False: nobody knows
 * what that is. */
static bool follow(struct autoruns *all, size_t length)
{
    struct autorun_machine machine = autorun_machine_of(all->installation);
    struct buffer target = BUFFER_INIT, path = BUFFER_INIT;
    const char *text = all->found.link_target;
    bool told = false;

    if (text && is_relative(text)) {
        /* in the tree, wherever the root of the drive was */
        machine = (struct autorun_machine){ .windows = "", .drive = machine.drive };
        size_t folder = length;
        while (folder > 0 && all->way.data[--folder] != '/')
            ;
        buffer_add(&target, all->way.data, folder);
        buffer_add_byte(&target, '/');
    }
    buffer_add_text(&target, text ? text : "");
    if (target.length > 0)
        told = autorun_path(&machine, target.data, target.length, &path);
    while (told && path.length > 0 && path.data[path.length - 1] == '/')
        buffer_truncate(&path, path.length - 1);
    buffer_add(&path, all->way.data + length, all->way.length - length);
    buffer_clear(&all->way);
    buffer_add(&all->way, buffer_text(&path), path.length);
    all->out_of_memory |= target.failed || path.failed || all->way.failed;
    buffer_release(&target);
    buffer_release(&path);
    return told && !all->out_of_memory;
}

enum lookup autorun_look_up(struct autoruns *all, const char *path)
{
    buffer_clear(&all->way);
    buffer_add_text(&all->way, path);
    for (unsigned links = 0; links <= LIMIT_LINKS_A_PATH && all->way.length > 0; links++) {
        size_t length = all->way.length;
        if (tree_lookup(all->tree, all->way.data, &all->found, NULL) != 0)
            length = link_length(all);
        else if (all->found.type != FILE_LINK)
            return LOOKUP_FOUND;
        if (length == 0)
            return LOOKUP_ABSENT;
        if (!follow(all, length))
            return LOOKUP_AWAY;
    }
    return LOOKUP_AWAY; /* a circle */
}
