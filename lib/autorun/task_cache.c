/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The tasks of Vista and later as the registry has them, which Windows starts them by:
 *
 *     HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache
 *         Tasks\{GUID}   Path, Actions, Triggers, DynamicInfo, Hash, Author, URI ...
 *         Tree\PATH      Id: its {GUID}; SD: who may see it
 *
 * Vista and 7 have no Actions: what a task starts stands in its XML file alone, and
 * Hash, a digest of that file, says which one it is. SD is there from Windows 10 on.
 * A task is hidden from all tools of Windows where its key in Tree is gone, or has no
 * SD while others have one. A key in Tree whose task is gone starts nothing, and is told
 * for what it was.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/autorun_files.h>
#include <fett/limits.h>
#include <fett/task.h>
#include <fett/text.h>

#include "file_walk.h"

#define TASK_CACHE "Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache"

struct cache {
    struct hive *hive;
    const struct autorun_known *known;
    const char *mount;
    hive_key tasks, tree; /* 0: none */
    bool has_descriptors; /* some key of a task in Tree has an SD */
    autorun_visit visit;
    void *context;
};

static void add_value(struct cache *cache, hive_key key, const char *name, struct buffer *text)
{
    struct hive_value value;

    if (hive_value_find(cache->hive, key, name, &value, NULL) == 0 &&
        (value.type == HIVE_SZ || value.type == HIVE_EXPAND_SZ))
        hive_value_text(cache->hive, &value, text);
}

static bool has_value(struct cache *cache, hive_key key, const char *name)
{
    struct hive_value value;

    return hive_value_find(cache->hive, key, name, &value, NULL) == 0;
}

/* The key of a task in Tree; 0: it has none. */
static hive_key find_in_tree(struct cache *cache, const char *path)
{
    while (*path == '\\')
        path++;
    return *path && cache->tree ? hive_key_find(cache->hive, cache->tree, path) : 0;
}

/* What is odd about the key of a task in Tree; NULL: nothing. */
static const char *tree_oddity(struct cache *cache, hive_key task, const char *path)
{
    struct buffer id = BUFFER_INIT;
    size_t length;
    const char *name = hive_key_name(cache->hive, task, &length), *oddity = NULL;
    hive_key key = find_in_tree(cache, path);

    if (!key)
        return "hidden: it has no key in Tree";
    add_value(cache, key, "Id", &id);
    if (text_compare_nocase(buffer_text(&id), id.length, name, length) != 0)
        oddity = "its key in Tree names another task";
    else if (cache->has_descriptors && !has_value(cache, key, "SD"))
        oddity = "hidden: its key in Tree has no SD";
    buffer_release(&id);
    return oddity;
}

/* Whether only the digest of its file says what a task starts. */
static bool is_by_digest(struct cache *cache, hive_key task)
{
    return !has_value(cache, task, "Actions") && has_value(cache, task, "Hash");
}

/* The texts of one task. */
struct texts {
    struct buffer path, author, comment, key;
    struct value *triggers;
};

/* What there is to say of a task, and of one of its actions. */
static void add_facts(struct facts *facts, const struct texts *texts, const struct task *task,
                      const struct task_action *action)
{
    const char *command = action ? action->command : NULL;

    facts_add_text(facts, "uri", texts->path.length > 0 ? texts->path.data : NULL);
    facts_add_text(facts, "author", texts->author.length > 0 ? texts->author.data : NULL);
    facts_add_text(facts, "comment", texts->comment.length > 0 ? texts->comment.data : NULL);
    if (command && action->kind == TASK_PROGRAM) {
        facts_add_text(facts, "working_folder", action->folder);
    } else if (command && action->kind == TASK_CLASS) {
        facts_add_text(facts, "class", command);
        facts_add_text(facts, "class_data", action->arguments);
    } else {
        facts_add_text(facts, "action", command);
    }
    if (task->trigger_count > 0)
        facts_add(facts, "triggers", (struct value){ .kind = VALUE_LIST,
                                                     .length = task->trigger_count,
                                                     .items = texts->triggers });
    if (task->hidden)
        facts_add(facts, "hidden", (struct value){ .kind = VALUE_BOOL, .number = 1 });
    facts_add_time(facts, "registered", &task->registered);
    facts_add_time(facts, "last_run", &task->last_run);
}

/* What is told of each key; `value` may be NULL. */
static struct autorun begin_autorun(const struct cache *cache, hive_key key, const char *name,
                                    const struct hive_value *value)
{
    return (struct autorun){
        .location = "task-cache",
        .row = "task-cache",
        .category = "task",
        .technique = "T1053.005",
        .known = cache->known,
        .name = name,
        .name_length = strlen(name),
        .hive = cache->hive,
        .value = value,
        .last_write = hive_key_last_write(cache->hive, key),
    };
}

static int visit_action(struct cache *cache, hive_key key, const struct texts *texts,
                        const struct task *task, const struct task_action *action,
                        const struct error *damage, struct error *error)
{
    struct buffer text = BUFFER_INIT;
    struct facts facts = { .count = 0 };
    struct hive_value value;
    enum autorun_list list = AUTORUN_ONE;
    const char *name = is_by_digest(cache, key) ? "Hash" : "Actions";
    bool found = hive_value_find(cache->hive, key, name, &value, NULL) == 0;
    const char *command = action ? action->command : NULL;

    add_facts(&facts, texts, task, action);
    if (command && action->kind == TASK_PROGRAM)
        add_command(&text, command, action->arguments);
    else if (command && action->kind == TASK_CLASS)
        list = add_server(&text, cache->known, command);
    struct autorun autorun = begin_autorun(cache, key, name, found ? &value : NULL);
    autorun.identity = buffer_text(&texts->path);
    autorun.key = buffer_text(&texts->key);
    autorun.text = buffer_text(&text);
    autorun.folder = action ? action->folder : NULL;
    autorun.facts = facts.members;
    autorun.fact_count = facts.count;
    autorun.says[0] = tree_oddity(cache, key, buffer_text(&texts->path));
    autorun.damaged = damage->kind != ERROR_NONE ? damage->text : NULL;
    autorun.enabled = !task->disabled && (command || (!action && damage->kind == ERROR_NONE));
    autorun.list = list;
    int result = text.failed ? error_set_memory(error) : cache->visit(cache->context, &autorun);
    buffer_release(&text);
    return result;
}

static int read_task(struct cache *cache, hive_key key, struct task *task, struct error *damage)
{
    struct hive_value value;
    int result = 0;

    if (hive_value_find(cache->hive, key, "Triggers", &value, NULL) == 0 && value.data)
        result = task_read_triggers(task, value.data, value.size, damage);
    if (hive_value_find(cache->hive, key, "DynamicInfo", &value, NULL) == 0 && value.data)
        task_read_times(task, value.data, value.size);
    if (result == 0 && !is_by_digest(cache, key) &&
        hive_value_find(cache->hive, key, "Actions", &value, damage) == 0 && value.data)
        result = task_read_actions(task, value.data, value.size, damage);
    return result;
}

static int visit_task(struct cache *cache, hive_key key, struct error *error)
{
    struct texts texts = { BUFFER_INIT, BUFFER_INIT, BUFFER_INIT, BUFFER_INIT, NULL };
    const struct error none = ERROR_INIT;
    struct error damage = ERROR_INIT;
    struct task task = { .disabled = false };
    int result = 0;

    add_value(cache, key, "Path", &texts.path);
    add_value(cache, key, "Author", &texts.author);
    add_value(cache, key, "Description", &texts.comment);
    buffer_add_format(&texts.key, "%s\\", cache->mount);
    hive_key_path(cache->hive, key, &texts.key);
    if (read_task(cache, key, &task, &damage) != 0 && damage.kind == ERROR_SYSTEM)
        result = error_set_memory(error);
    texts.triggers = calloc(task.trigger_count + 1, sizeof *texts.triggers);
    if (!texts.triggers)
        result = error_set_memory(error);
    for (size_t i = 0; i < task.trigger_count && result == 0; i++)
        texts.triggers[i] = value_text(task.triggers[i]);
    for (size_t i = 0; i < task.action_count && result == 0; i++)
        result = visit_action(cache, key, &texts, &task, &task.actions[i],
                              i + 1 == task.action_count ? &damage : &none, error);
    if (task.action_count == 0 && result == 0 &&
        (damage.kind != ERROR_NONE || is_by_digest(cache, key)))
        result = visit_action(cache, key, &texts, &task, NULL, &damage, error);
    if (result == 0 && (texts.path.failed || texts.author.failed || texts.comment.failed ||
                        texts.key.failed))
        result = error_set_memory(error);
    free(texts.triggers);
    task_release(&task);
    buffer_release(&texts.path);
    buffer_release(&texts.author);
    buffer_release(&texts.comment);
    buffer_release(&texts.key);
    return result;
}

static bool has_descriptor(struct cache *cache, hive_key task)
{
    struct buffer path = BUFFER_INIT;

    add_value(cache, task, "Path", &path);
    hive_key key = find_in_tree(cache, buffer_text(&path));
    buffer_release(&path);
    return key && has_value(cache, key, "SD");
}

/* Whether a key in Tree is that of a task, and there is no such task. */
static bool names_none(struct cache *cache, hive_key key, struct buffer *id)
{
    buffer_clear(id);
    add_value(cache, key, "Id", id);
    if (id->length == 0)
        return false; /* a folder */
    return memchr(id->data, '\\', id->length) ||
           !hive_key_find(cache->hive, cache->tasks, buffer_text(id));
}

static int emit_without_task(struct cache *cache, hive_key key, struct buffer *path, const char *id)
{
    struct buffer full = BUFFER_INIT;
    struct facts facts = { .count = 0 };
    struct hive_value value;
    bool found = hive_value_find(cache->hive, key, "Id", &value, NULL) == 0;

    buffer_add_format(&full, "%s\\", cache->mount);
    hive_key_path(cache->hive, key, &full);
    facts_add_text(&facts, "uri", buffer_text(path));
    struct autorun autorun = begin_autorun(cache, key, "Id", found ? &value : NULL);
    autorun.identity = buffer_text(path);
    autorun.key = buffer_text(&full);
    autorun.text = id;
    autorun.facts = facts.members;
    autorun.fact_count = facts.count;
    autorun.says[0] = "a key in Tree only: its task is not there";
    autorun.list = AUTORUN_NOTHING;
    int result = cache->visit(cache->context, &autorun);
    path->failed |= full.failed;
    buffer_release(&full);
    return result;
}

/* Keys below one of Tree whose tasks are gone. `path`: of it, "" for Tree itself. */
static int visit_tree(struct cache *cache, hive_key key, struct buffer *path, unsigned depth)
{
    struct buffer id = BUFFER_INIT;
    int result = 0;

    if (depth > 0 && names_none(cache, key, &id))
        result = emit_without_task(cache, key, path, buffer_text(&id));
    path->failed |= id.failed;
    buffer_release(&id);
    for (size_t i = 0; result == 0 && depth < LIMIT_KEY_DEPTH &&
                       i < hive_key_child_count(cache->hive, key); i++) {
        hive_key child = hive_key_child(cache->hive, key, i);
        size_t length, before = path->length;
        const char *name = hive_key_name(cache->hive, child, &length);
        buffer_add_byte(path, '\\');
        buffer_add(path, name, length);
        result = visit_tree(cache, child, path, depth + 1);
        buffer_truncate(path, before);
    }
    return result;
}

int autorun_walk_task_cache(struct hive *hive, const char *mount,
                            const struct autorun_known *known, autorun_visit visit,
                            void *context, struct error *error)
{
    struct cache cache = { .hive = hive, .mount = mount, .known = known, .visit = visit,
                         .context = context };
    const hive_key root = hive_root(hive), tasks = hive_key_find(hive, root, TASK_CACHE "\\Tasks");
    struct buffer path = BUFFER_INIT;
    int result = 0;

    cache.tasks = tasks;
    cache.tree = hive_key_find(hive, root, TASK_CACHE "\\Tree");
    for (size_t i = 0; tasks && i < hive_key_child_count(hive, tasks); i++)
        cache.has_descriptors |= has_descriptor(&cache, hive_key_child(hive, tasks, i));
    for (size_t i = 0; tasks && i < hive_key_child_count(hive, tasks) && result == 0; i++)
        result = visit_task(&cache, hive_key_child(hive, tasks, i), error);
    if (tasks && cache.tree && result == 0)
        result = visit_tree(&cache, cache.tree, &path, 0);
    if (path.failed)
        result = error_set_memory(error);
    buffer_release(&path);
    return result;
}
