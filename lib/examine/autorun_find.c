/* SPDX-License-Identifier: Apache-2.0 */

/*
 * autorun_find: the file that a path of Windows leads to, where folders on the way may be
 * junctions or symbolic links: those that Windows itself makes for the names that its
 * folders had before Vista, and those of users.
 */

#include <fett/keyed.h>
#include <fett/limits.h>

#include "autorun_internal.h"

/* Where the name behind the last slash begins. */
static size_t folder_length(const struct buffer *path)
{
    const char *last = memrchr(buffer_text(path), '/', path->length);

    return last ? (size_t)(last - path->data) : 0;
}

struct where autorun_own(const struct autoruns *all)
{
    return (struct where){ all->tree, all->volume, all->complete };
}

struct where autorun_of_place(const struct autoruns *all)
{
    return all->place && all->place->where.tree ? all->place->where : autorun_own(all);
}

bool autorun_find_volume(struct autoruns *all, const char *path)
{
    struct filesystem *filesystem;
    int drive = autorun_drive_index(path[0]);

    all->where = autorun_own(all);
    if (!autorun_drive_length(path))
        return true;
    const struct volume *volume =
        all->installation && drive >= 0 ? all->installation->drives[drive] : NULL;
    if (volume == all->volume)
        return true;
    if (!volume || evidence_filesystem(all->evidence, volume, &filesystem, NULL) != 0)
        return false;
    all->where = (struct where){ filesystem_tree(filesystem), volume,
                                 !filesystem_may_lack_names(filesystem) };
    return true;
}

/* Bytes of the longest part of a path that is there, if it is a link, which is all->found then;
 * else 0. Names are looked for in one folder with many endings: it is asked once. */
static size_t link_length(struct autoruns *all)
{
    struct buffer *way = &all->way;
    size_t drive = autorun_drive_length(way->data);
    size_t length = folder_length(way), first = length;

    if (all->plain.length == first && first > 0 && memcmp(all->plain.data, way->data, first) == 0)
        return 0;
    while (length > drive) {
        way->data[length] = '\0';
        bool found = tree_lookup(all->where.tree, way->data + drive, &all->found, NULL) == 0;
        way->data[length] = '/';
        if (found && all->found.type == FILE_LINK)
            return length;
        if (found)
            break;
        while (length > drive && way->data[--length] != '/')
            ;
    }
    buffer_clear(&all->plain);
    buffer_add(&all->plain, way->data, first);
    return 0;
}

/* Whether a target begins in the volume of its link: in its root, or in the folder of the
 * link. */
static bool is_rooted(const char *target)
{
    return strchr("\\/", *target) && !strchr("\\?", target[1]);
}

static bool is_relative(const char *target)
{
    return !strchr("\\/", *target) && target[1] != ':';
}

/* The path that a link to a volume stands for, whether that has a letter or not. False: it is
 * none, or to a volume that nobody knows. */
static bool mounted_path(struct autoruns *all, const char *text, struct buffer *path)
{
    size_t size;
    char letter = autorun_mounted_drive(all->installation, text, &size);

    if (!letter)
        return false;
    if (all->installation->drives[autorun_drive_index(letter)] != all->volume)
        buffer_add_format(path, "%c:", letter);
    for (text += size; *text; text++)
        buffer_add_byte(path, *text == '\\' ? '/' : *text);
    return true;
}

/* The path that a link at the first `length` bytes of the way stands for. */
static bool target_path(struct autoruns *all, size_t length, struct buffer *path)
{
    const char *text = all->found.link_target;
    size_t drive = autorun_drive_length(all->way.data), folder = length;
    struct buffer target = BUFFER_INIT;

    if (!text || !*text)
        return false;
    if (mounted_path(all, text, path))
        return true;
    if (!is_relative(text) && !(drive > 0 && is_rooted(text))) {
        const struct autorun_machine machine = autorun_machine_of(all->installation);
        return autorun_path(&machine, text, strlen(text), path, NULL);
    }
    /* in the tree, wherever the root of the drive was */
    const struct autorun_machine nobody = { .windows = "", .drive = 'C' };
    while (folder > drive && all->way.data[--folder] != '/')
        ;
    if (is_relative(text)) {
        buffer_add(&target, all->way.data + drive, folder - drive);
        buffer_add_byte(&target, '/');
    }
    buffer_add_text(&target, text);
    bool told = autorun_path(&nobody, buffer_text(&target), target.length, path, NULL);
    if (told && drive > 0) {
        buffer_clear(&target);
        buffer_add(&target, path->data, path->length);
        buffer_clear(path);
        buffer_add_format(path, "%c:%s", all->way.data[0], buffer_text(&target));
    }
    path->failed |= target.failed;
    buffer_release(&target);
    return told;
}

/* Put what a link says in place of the first `length` bytes of the way. False: nobody knows
 * what that is. */
static bool follow(struct autoruns *all, size_t length)
{
    struct buffer path = BUFFER_INIT;
    bool told = target_path(all, length, &path);

    while (told && path.length > 0 && path.data[path.length - 1] == '/')
        buffer_truncate(&path, path.length - 1);
    buffer_add(&path, all->way.data + length, all->way.length - length);
    buffer_clear(&all->way);
    buffer_add(&all->way, buffer_text(&path), path.length);
    if (path.length == autorun_drive_length(buffer_text(&path))) /* the root itself */
        buffer_add_byte(&all->way, '/');
    all->out_of_memory |= path.failed || all->way.failed;
    buffer_release(&path);
    return told && !all->out_of_memory;
}

enum lookup autorun_look_up(struct autoruns *all, const char *path)
{
    buffer_clear(&all->way);
    buffer_add_text(&all->way, path);
    for (unsigned links = 0; links <= LIMIT_LINKS_A_PATH && all->way.length > 0; links++) {
        size_t drive = autorun_drive_length(all->way.data), length = all->way.length;
        if (!autorun_find_volume(all, all->way.data))
            return LOOKUP_AWAY;
        if (tree_lookup(all->where.tree, all->way.data + drive, &all->found, NULL) != 0)
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

/* Whether a deleted file is at this path. */
static bool find_deleted(struct autoruns *all, const char *path)
{
    if (!autorun_find_volume(all, path))
        return false;
    struct deleted_files *deleted =
        all->where.tree == all->tree ? &all->deleted : &all->deleted_on[autorun_drive_index(*path)];
    path += autorun_drive_length(path);
    size_t length = strlen(path);
    all->out_of_memory |= autorun_find_deleted(deleted, all->where.tree, NULL) != 0;
    uint64_t hash = text_hash_nocase(path, length);
    for (size_t i = keyed_find(deleted->items, deleted->count, sizeof *deleted->items, hash);
         i < deleted->count && deleted->items[i].hash == hash; i++)
        if (tree_file(all->where.tree, deleted->items[i].handle, &all->found, NULL) == 0 &&
            text_compare_nocase(all->found.path, all->found.path_length, path, length) == 0)
            return true;
    return false;
}

bool autorun_find_program(void *context, const char *path)
{
    struct autoruns *all = context;

    if (!all->tree)
        return false;
    if (!all->among_deleted)
        return autorun_look_up(all, path) == LOOKUP_FOUND && all->found.type != FILE_DIRECTORY;
    if (find_deleted(all, path))
        return true;
    return autorun_look_up(all, path) == LOOKUP_ABSENT &&
           !text_equal_nocase(path, buffer_text(&all->way)) && find_deleted(all, all->way.data);
}

/* A program that was found behind a link is judged by where it is. */
static void set_way(struct autoruns *all, struct autorun_program *program)
{
    if (!all->tree || text_equal_nocase(buffer_text(&program->path), buffer_text(&all->way)))
        return;
    buffer_clear(&program->path);
    buffer_add(&program->path, all->found.path, all->found.path_length);
}

/* A program that was not found may be a folder, which Explorer opens, or lie behind a link:
 * false where that leads out of the image. */
static bool look_again(struct autoruns *all, struct autorun_program *program)
{
    const char *path = buffer_text(&program->path);

    all->where = autorun_own(all);
    if (!all->tree || (*path != '/' && !autorun_drive_length(path)))
        return true;
    enum lookup lookup = autorun_look_up(all, path);
    if (lookup == LOOKUP_FOUND && all->found.type == FILE_DIRECTORY)
        program->state = AUTORUN_FOUND;
    else if (lookup == LOOKUP_AWAY)
        program->state = AUTORUN_UNKNOWN;
    return lookup != LOOKUP_AWAY;
}

bool autorun_settle(struct autoruns *all, struct autorun_program *program)
{
    if (program->state == AUTORUN_ABSENT && !look_again(all, program))
        return false;
    if (program->state == AUTORUN_FOUND)
        set_way(all, program);
    return true;
}
