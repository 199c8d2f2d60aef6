/* SPDX-License-Identifier: Apache-2.0 */

/* Names by folder: what a path leads to where names differ by case only, and
 * where folders of a damaged file system hold each other. */

#include <stdlib.h>

#include <fett/children.h>
#include <fett/limits.h>

#include "tap.h"

static struct buffer text = BUFFER_INIT;
static struct children children = { .text = &text };

static void add(uint32_t folder, uint32_t file, const char *name, bool alias)
{
    uint32_t at = (uint32_t)text.length;

    buffer_add_text(&text, name);
    ok(children_add(&children, folder, file, at, (uint16_t)strlen(name), alias) == 0,
       "%s is %u in %u", name, file, folder);
}

static void finds(const char *path, uint32_t expected)
{
    const char *part = NULL;
    size_t part_length;
    uint32_t file = UINT32_MAX;

    ok(children_find_path(&children, 0, path, strlen(path), &file, &part, &part_length) &&
           file == expected, "%s is %u (%u)", path, expected, file);
}

static void misses(const char *path, const char *expected)
{
    const char *part = NULL;
    size_t part_length;
    uint32_t file = UINT32_MAX;

    if (ok(!children_find_path(&children, 0, path, strlen(path), &file, &part, &part_length) &&
               file == UINT32_MAX, "%s is not there", path))
        ok(part_length == strlen(expected) && memcmp(part, expected, part_length) == 0,
           "because of %.*s", (int)part_length, part);
}

static void lists(uint32_t folder, const char *expected)
{
    struct buffer got = BUFFER_INIT;
    uint32_t *files;
    size_t count;

    if (!ok(children_list(&children, folder, &files, &count) == 0, "%u is listed", folder))
        return;
    for (size_t i = 0; i < count; i++)
        buffer_add_format(&got, "%u ", files[i]);
    same_text(buffer_text(&got), expected, "in order of name");
    buffer_release(&got);
    free(files);
}

static void release(void)
{
    children_release(&children);
    buffer_release(&text);
    ok(children.count == 0 && !children.sorted && children.text == &text, "and is empty again");
}

static void test_spellings(void)
{
    add(0, 1, "Folder", false);
    add(0, 2, "FOLDER", false);
    add(0, 3, "FOLDER~1", false);
    add(0, 1, "FOLDER~1", true);
    add(1, 11, "first", false);
    add(2, 12, "second", false);
    add(1, 13, "both", false);
    add(2, 14, "BOTH", false);
    add(2, 15, "Deep", false);
    add(15, 16, "x", false);
    add(1, 17, "deep", false);
    add(17, 18, "y", false);
    children_sort(&children);
    finds("/", 0);
    finds("", 0);
    finds("/Folder", 1);
    finds("/FOLDER", 2);
    finds("/folder", 1);
    finds("/folder/first", 11);
    finds("/folder/second", 12);
    finds("/FOLDER/first", 11);
    finds("/Folder/SECOND", 12);
    finds("/FOLDER/both", 14);
    finds("/Folder/BOTH", 13);
    finds("//folder//deep/x/", 16);
    finds("/folder/DEEP/y", 18);
    finds("/folder~1", 1);
    finds("/FOLDER~1/first", 11);
    misses("/folder/third", "third");
    misses("/folder/deep/z", "z");
    misses("/folder/first/second", "second");
    misses("/none/first", "none");
    misses("none", "none");
    lists(0, "2 1 3 ");
    lists(1, "13 17 11 ");
    lists(11, "");
    release();
}

/* Two folders that hold each other under two spellings each: 2^n ways. */
static void test_circles(void)
{
    struct buffer path = BUFFER_INIT;

    for (uint32_t i = 0; i < 2; i++) {
        add(i, 0, "a", false);
        add(i, 1, "A", false);
    }
    children_sort(&children);
    for (int i = 0; i < 100; i++)
        buffer_add_text(&path, "/a");
    finds(buffer_text(&path), 0);
    buffer_add_text(&path, "/b");
    misses(buffer_text(&path), "b");
    buffer_clear(&path);
    for (int i = 0; i < 100000; i++)
        buffer_add_text(&path, "/a");
    misses(buffer_text(&path), "a");
    buffer_release(&path);
    release();
}

int main(void)
{
    finds("/", 0);
    misses("/x", "x");
    test_spellings();
    test_circles();
    return tap_done();
}
