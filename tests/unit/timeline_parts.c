/* SPDX-License-Identifier: Apache-2.0 */

/* The timeline in parts that threads make: the same as without, whatever their number, and
 * whatever trees can be looked at by several. The files are made up when they are asked for. */

#include <stdlib.h>
#include <string.h>

#include <fett/buffer.h>
#include <fett/limits.h>
#include <fett/timeline.h>

#include "tap.h"

enum { FILES = 5000 };

static const struct timeline_focus everything;

struct made_up {
    struct tree tree;
    uint64_t files;
    char path[32];
    uint64_t lost; /* a file that the walk meets, and that cannot be looked at again */
};

static int file_of(struct tree *tree, uint64_t handle, struct file *file, struct error *error)
{
    struct made_up *self = (struct made_up *)tree;
    struct instant time = instant_from_unix((int64_t)(handle * 7919 % self->files), 0,
                                            PRECISION_NANOSECOND);

    if (handle == 0 || handle > self->files)
        return error_set(error, ERROR_NOT_FOUND, "no such file");
    if (handle == self->lost)
        return error_set(error, ERROR_DAMAGED, "lost");
    *file = (struct file){ .handle = handle, .type = FILE_REGULAR, .path = self->path,
                           .times = { .born = time, .modified = time } };
    file->path_length = (size_t)snprintf(self->path, sizeof self->path, "/%llu",
                                         (unsigned long long)handle);
    file->name = file->path + 1;
    file->name_length = file->path_length - 1;
    snprintf(file->inode, sizeof file->inode, "%llu", (unsigned long long)handle);
    file->number = handle;
    return 0;
}

static int walk(struct tree *tree, tree_visit visit, void *context, struct error *error)
{
    struct file file;
    int result = 0;
    struct made_up intact = *(struct made_up *)tree;

    intact.lost = 0;
    for (uint64_t handle = 1; handle <= intact.files && result == 0; handle++) {
        result = file_of(&intact.tree, handle, &file, error);
        if (result == 0)
            result = visit(context, &file);
    }
    return result;
}

static void free_view(struct tree *tree)
{
    free(tree);
}

static struct tree *view(struct tree *tree);

static const struct tree_operations with_views = { .walk = walk, .file = file_of, .view = view,
                                                   .free = free_view };
static const struct tree_operations without = { .walk = walk, .file = file_of };

static struct tree *view(struct tree *tree)
{
    struct made_up *copy = malloc(sizeof *copy);

    if (copy)
        *copy = *(struct made_up *)tree;
    return copy ? &copy->tree : NULL;
}

/* --- where it goes --- */

struct whole {
    struct buffer text;
    int joins, fails_at; /* 0: never */
    int makes, makes_at_most;
};

static int put(struct buffer *text, const struct record *record)
{
    char time[INSTANT_TEXT_SIZE];
    const struct value *message = record_get(record, FIELD_MESSAGE);

    instant_format(&record_get(record, FIELD_DATETIME)->time, time);
    buffer_add_format(text, "%s %s %.*s\n", time, record_get(record, FIELD_VOLUME)->text,
                      (int)message->length, message->text);
    return 0;
}

static int write_whole(void *context, struct record *record)
{
    return put(&((struct whole *)context)->text, record);
}

static void *make_part(void *context)
{
    struct whole *whole = context;

    return whole->makes++ == whole->makes_at_most ? NULL : calloc(1, sizeof(struct buffer));
}

/* The part fails at `full` bytes, as one does without memory. */
static size_t full = SIZE_MAX;

static int add_to_part(void *part, struct record *record)
{
    if (((struct buffer *)part)->length >= full)
        return -1;
    return put(part, record);
}

static int join(void *context, void *part)
{
    struct whole *whole = context;
    struct buffer *text = part;

    if (++whole->joins == whole->fails_at)
        return 7;
    if (text->length >= full)
        return 9;
    buffer_add(&whole->text, text->data, text->length);
    buffer_clear(text);
    return 0;
}

static void free_part(void *part)
{
    if (part)
        buffer_release(part);
    free(part);
}

static int run(const struct tree_operations *second, unsigned threads, struct whole *whole)
{
    struct made_up trees[2] = { { .tree = { &with_views }, .files = FILES },
                                 { .tree = { second }, .files = FILES } };
    const struct timeline_parts parts = { threads, make_part, add_to_part, join, free_part };
    struct timeline *timeline = timeline_new(&everything);

    for (int i = 0; i < 2; i++)
        if (timeline_add_tree(timeline, &trees[i].tree, "image", i == 0 ? "p1" : "p2",
                              TIMELINE_TREE,
                              NULL) != 0)
            return -2;
    int result = timeline_each(timeline, TIMELINE_TIMES, write_whole, whole,
                               threads > 0 ? &parts : NULL, NULL);
    timeline_free(timeline);
    return result;
}

static void test_same(const struct tree_operations *second, const char *what)
{
    struct whole plain = { .makes_at_most = -1 };

    ok(run(second, 0, &plain) == 0 && plain.text.length > 2 * FILES * 30, "%s: without parts", what);
    for (unsigned threads = 1; threads <= 64; threads = threads * 4 - 1) {
        struct whole whole = { .makes_at_most = -1 };
        ok(run(second, threads, &whole) == 0 && whole.text.length == plain.text.length &&
               memcmp(whole.text.data, plain.text.data, plain.text.length) == 0,
           "%s: the same by %u threads", what, threads);
        buffer_release(&whole.text);
    }
    buffer_release(&plain.text);
}

static void test_fails(void)
{
    struct whole whole = { .makes_at_most = -1, .fails_at = 2 };
    struct whole none = { .makes_at_most = 3 };

    ok(run(&with_views, 3, &whole) == 7 && whole.joins == 2, "a part that cannot be written ends it");
    full = 10000;
    whole.fails_at = whole.joins = 0;
    ok(run(&with_views, 3, &whole) != 0 && whole.joins == 1, "one that is not whole tells so");
    full = SIZE_MAX;
    ok(run(&with_views, 3, &none) == -1 && none.text.length == 0, "no memory for parts");
    buffer_release(&whole.text);
    buffer_release(&none.text);
}

static int run_lost(unsigned threads, struct whole *whole, struct error *error)
{
    struct made_up tree = { .tree = { &with_views }, .files = FILES, .lost = 3000 };
    const struct timeline_parts parts = { threads, make_part, add_to_part, join, free_part };
    struct timeline *timeline = timeline_new(&everything);

    if (timeline_add_tree(timeline, &tree.tree, "image", "p1", TIMELINE_TREE, NULL) != 0)
        return -2;
    int result = timeline_each(timeline, TIMELINE_TIMES, write_whole, whole,
                               threads > 0 ? &parts : NULL, error);
    timeline_free(timeline);
    return result;
}

static void test_lost(void)
{
    struct whole plain = { .makes_at_most = -1 };

    ok(run_lost(0, &plain, NULL) == -1 && plain.text.length > 0, "a file is lost: without parts");
    for (unsigned threads = 1; threads <= 64; threads = threads * 4 - 1) {
        struct whole whole = { .makes_at_most = -1 };
        struct error error = ERROR_INIT;
        ok(run_lost(threads, &whole, &error) == -1 && strcmp(error.text, "lost") == 0 &&
               whole.text.length == plain.text.length &&
               memcmp(whole.text.data, plain.text.data, plain.text.length) == 0,
           "told by %u threads, behind all that comes before it", threads);
        buffer_release(&whole.text);
    }
    buffer_release(&plain.text);
}

/* More events than are kept in memory. */
enum { MANY = 700000 };

struct last {
    uint64_t count, wrong;
    int64_t seconds;
};

static int look(void *context, struct record *record)
{
    struct last *last = context;
    int64_t seconds = record_get(record, FIELD_DATETIME)->time.seconds;

    last->wrong += seconds != (int64_t)last->count; /* 7919 and MANY have no common divisor */
    last->count++;
    return 0;
}

static int each_of_many(struct last *last, struct error *error)
{
    struct made_up tree = { .tree = { &with_views }, .files = MANY };
    struct timeline *timeline = timeline_new(&everything);
    int result = timeline_add_tree(timeline, &tree.tree, "image", "p1", TIMELINE_TREE, error);

    if (result == 0)
        result = timeline_each(timeline, TIMELINE_TIMES, look, last, NULL, error);
    timeline_free(timeline);
    return result;
}

static void test_spilt(void)
{
    struct last last = { .count = 0 }, none = { .count = 0 };
    struct error error = ERROR_INIT;

    ok(MANY > LIMIT_EVENTS_IN_MEMORY + 65536, "some go to a file");
    ok(each_of_many(&last, &error) == 0 && last.count == MANY && last.wrong == 0,
       "all come out, in order");
    setenv("TMPDIR", "/nonexistent", 1);
    ok(each_of_many(&none, &error) == -1 && none.count == 0 && strstr(error.text, "/nonexistent"),
       "no place for the file: nothing comes out, and why is told");
    unsetenv("TMPDIR");
}

int main(void)
{
    test_spilt();
    test_same(&with_views, "two trees with views");
    test_same(&without, "one without");
    test_fails();
    test_lost();
    return tap_done();
}
