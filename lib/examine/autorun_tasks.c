/* SPDX-License-Identifier: Apache-2.0 */

/*
 * autorun_tasks: tasks that have only one of file and key. Windows makes both, and
 * takes both away; the key alone is enough to be started.
 */

#include <stdlib.h>

#include <fett/keyed.h>
#include <fett/limits.h>

#include "autorun_internal.h"

#define TREE "Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache\\Tree"

/* Where the files lie in the folder of Windows. */
static const char tasks_folder[] = "/System32/Tasks";

struct collection {
    struct hive *hive;
    struct task_names *names;
    struct buffer path; /* "\Microsoft\Windows\..." */
    bool out_of_memory;
};

/* Note a key below Tree that is a task, and those below it. */
static void collect(struct collection *collection, hive_key key, unsigned depth)
{
    struct task_names *names = collection->names;
    struct hive_value value;

    if (depth > 0 && hive_value_find(collection->hive, key, "Id", &value, NULL) == 0) {
        if (memory_grow((void **)&names->hashes, &names->capacity, names->count + 1,
                        sizeof *names->hashes) != 0) {
            collection->out_of_memory = true;
            return;
        }
        names->hashes[names->count++] =
            text_hash_nocase(buffer_text(&collection->path), collection->path.length);
    }
    for (size_t i = 0; depth < LIMIT_KEY_DEPTH && !collection->out_of_memory &&
                       i < hive_key_child_count(collection->hive, key); i++) {
        hive_key child = hive_key_child(collection->hive, key, i);
        size_t length, before = collection->path.length;
        const char *name = hive_key_name(collection->hive, child, &length);
        buffer_add_byte(&collection->path, '\\');
        buffer_add(&collection->path, name, length);
        collect(collection, child, depth + 1);
        buffer_truncate(&collection->path, before);
    }
}


void autorun_learn_tasks(struct autoruns *all, struct installation *installation,
                         struct hive *hive)
{
    struct collection collection = { .hive = hive, .names = &installation->tasks };
    hive_key tree = hive_key_find(hive, hive_root(hive), TREE);

    if (!tree)
        return;
    installation->tasks.known = true;
    collect(&collection, tree, 0);
    all->out_of_memory |= collection.out_of_memory || collection.path.failed;
    buffer_release(&collection.path);
    if (installation->tasks.count > 0)
        qsort(installation->tasks.hashes, installation->tasks.count,
              sizeof *installation->tasks.hashes, keyed_compare);
}

void autorun_task_path(const struct autoruns *all, struct buffer *name)
{
    const char *path = all->place ? strcasestr(all->place->path, tasks_folder) : NULL;

    if (!path || path[sizeof tasks_folder - 1] != '/')
        return;
    for (path += sizeof tasks_folder - 1; *path; path++)
        buffer_add_byte(name, *path == '/' ? '\\' : *path);
}

/* Of the file of a task: whether the hive knows it. */
static const char *file_oddity(const struct autoruns *all, const char *uri)
{
    const struct installation *installation = all->installation;
    const char *path = all->place->path;

    if (!installation || !*installation->windows || !installation->tasks.known || !*uri ||
        all->place->backup)
        return NULL;
    size_t length = strlen(installation->windows);
    if (!autorun_lies_in(path, installation->windows, length) ||
        !autorun_lies_in(path + length, tasks_folder, sizeof tasks_folder - 1))
        return NULL;
    uint64_t hash = text_hash_nocase(uri, strlen(uri));
    bool known = keyed_row(installation->tasks.hashes, installation->tasks.count, sizeof hash,
                           hash) != NULL;
    return known ? NULL : "a file only: TaskCache has no such task";
}

/* Of a task of the hive: whether its file is there. Where not even the folder is, the tree has
 * hives and not all of Windows. */
static const char *key_oddity(struct autoruns *all, const char *uri)
{
    const struct installation *installation = all->installation;
    struct buffer path = BUFFER_INIT;
    struct file file;

    if (!all->tree || !all->complete || !installation || !*installation->windows || *uri != '\\' ||
        all->place->backup)
        return NULL;
    buffer_add_format(&path, "%s%s", installation->windows, tasks_folder);
    size_t folder_length = path.length;
    for (; *uri; uri++)
        buffer_add_byte(&path, *uri == '\\' ? '/' : *uri);
    bool found = path.failed || tree_lookup(all->tree, buffer_text(&path), &file, NULL) == 0;
    if (!found) {
        buffer_truncate(&path, folder_length);
        found = tree_lookup(all->tree, buffer_text(&path), &file, NULL) != 0;
    }
    buffer_release(&path);
    return found ? NULL : "a key only: System32\\Tasks has no such file";
}

const char *autorun_task_oddity(struct autoruns *all, const struct autorun *autorun)
{
    if (!all->place || !autorun->row)
        return NULL;
    if (strcmp(autorun->row, "task-xml") == 0)
        return file_oddity(all, autorun->identity);
    return strcmp(autorun->row, "task-cache") == 0 ? key_oddity(all, autorun->identity) : NULL;
}
