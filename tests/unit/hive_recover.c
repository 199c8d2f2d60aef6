/* SPDX-License-Identifier: Apache-2.0 */

/* Deleted keys and values in small hives, whole and damaged; cells of Windows NT 3.1. */

#include <stdio.h>
#include <stdlib.h>

#include "hive_maker.h"
#include "tap.h"

static struct hive *recovered(void)
{
    struct reader *reader = reader_over_memory(file, SIZE);
    struct error error = ERROR_INIT;
    struct hive *hive;

    seal(file);
    if (!ok(hive_open(&hive, reader, &error) == 0, "opens: %s", error.text))
        exit(tap_done());
    ok(hive_recover(hive, &error) == 0, "recovers: %s", error.text);
    reader_free(reader);
    return hive;
}

static void set_free(uint32_t cell)
{
    uint8_t *p = file + BASE + cell;
    uint32_t size = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
                    (uint32_t)p[3] << 24;

    put32(p, 0u - size);
}

/* A time that a key may have: 2009-01-01. */
static void set_time(uint32_t cell)
{
    put32(cell_at(cell) + 4, 0xf5a54000);
    put32(cell_at(cell) + 8, 0x01c96ba5);
}

static void same_path(struct hive *hive, hive_key key, const char *path, const char *what)
{
    struct buffer text = BUFFER_INIT;

    hive_key_path(hive, key, &text);
    same_text(buffer_text(&text), path, what);
    buffer_release(&text);
}

/* Drop ROOT\Other, whose cell stays as it was. */
static void drop_other(void)
{
    build();
    put16(cell_at(root_list) + 2, 1);
    put32(cell_at(root) + 20, 1);
    set_time(other);
    put32(cell_at(other) + 16, root);
    put32(cell_at(other) + 44, UINT32_MAX);
}

static void test_keys(void)
{
    drop_other();
    set_free(other);
    struct hive *hive = recovered();
    same_number((long long)hive_deleted_key_count(hive), 1, "a deleted key");
    hive_key key = hive_deleted_key(hive, 0);
    same_path(hive, key, "Other", "its path");
    ok(hive_key_is_deleted(hive, key) && !hive_key_is_deleted(hive, hive_root(hive)), "told apart");
    ok(!hive_is_unlinked(hive, hive_key_offset(hive, key)), "its cell is free");
    same_number((long long)hive_key_child_count(hive, hive_root(hive)), 1, "the live ones stay");
    ok(hive_key_next(hive, key) == 0 && hive_key_child(hive, key, 0) == 0, "none beside or below");
    hive_free(hive);

    drop_other();
    hive = recovered();
    key = hive_deleted_key(hive, 0);
    ok(key != 0 && hive_is_unlinked(hive, hive_key_offset(hive, key)), "one that is only unlinked");
    hive_free(hive);
}

/* What cannot be a key is none. */
static void is_none(const char *what)
{
    set_free(other);
    struct hive *hive = recovered();
    same_number((long long)hive_deleted_key_count(hive), 0, what);
    hive_free(hive);
}

static void test_none(void)
{
    drop_other();
    put32(cell_at(other) + 8, 0);
    is_none("a time of 1601");
    drop_other();
    put32(cell_at(other) + 28, 12345);
    put32(cell_at(other) + 20, 1);
    is_none("subkeys at no cell");
    drop_other();
    put16(cell_at(other) + 72, 0);
    is_none("no name");
    drop_other();
    cell_at(other)[77] = '\\';
    is_none("a name with a backslash");
    drop_other();
    put16(cell_at(other) + 72, 200);
    is_none("a name that is longer than the cell");
    drop_other();
    put32(cell_at(other) + 16, 0x7ffffff8);
    is_none("a parent behind the end");
}

static void test_parents(void)
{
    drop_other();
    put32(cell_at(other) + 16, 8);
    set_free(other);
    struct hive *hive = recovered();
    hive_key key = hive_deleted_key(hive, 0);
    same_path(hive, key, "?\\Other", "a parent that is not there");
    ok(hive_key_parent(hive, key) == 0, "no parent");
    hive_free(hive);

    /* Two that are below each other. */
    build();
    put32(cell_at(root) + 20, 0);
    put32(cell_at(run) + 16, other);
    put32(cell_at(other) + 16, run);
    set_time(run);
    set_time(other);
    hive = recovered();
    same_number((long long)hive_deleted_key_count(hive), 2, "a circle of two");
    ok(hive_key_parent(hive, hive_deleted_key(hive, 0)) == 0, "is cut");
    same_path(hive, hive_deleted_key(hive, 1), "?\\Run\\Other", "and what is left is a path");
    same_number((long long)hive_value_count(hive, hive_deleted_key(hive, 0)), 2,
                "values of a deleted key");
    hive_free(hive);
}

static void test_values(void)
{
    struct error error = ERROR_INIT;
    struct buffer text = BUFFER_INIT;
    struct hive_value value;
    hive_key key;

    /* The first of two: the list is [b, b], and an older one is not there. */
    build();
    uint32_t list = (uint32_t)cell_at(run)[40] | (uint32_t)cell_at(run)[41] << 8;
    memcpy(cell_at(list), cell_at(list) + 4, 4);
    put32(cell_at(run) + 36, 1);
    set_free(text_value);
    set_free(text_cell);
    struct hive *hive = recovered();
    same_number((long long)hive_deleted_value_count(hive), 1, "a deleted value");
    ok(hive_deleted_value(hive, 0, &value, &key, &error) == 0 && key == 0, "of no key");
    same_text(value.name, "a", "its name");
    hive_value_text(hive, &value, &text);
    same_text(buffer_text(&text), "xy", "its data");
    hive_free(hive);

    /* The last of two, behind the list; its data was given out again. */
    build();
    memcpy(cell_at(list), cell_at(list) + 4, 4);
    put32(cell_at(list) + 4, text_value);
    put32(cell_at(run) + 36, 1);
    set_free(text_value);
    put32(cell_at(root) + 48, text_cell); /* a class name */
    put16(cell_at(root) + 74, 6);
    hive = recovered();
    ok(hive_deleted_value(hive, 0, &value, &key, &error) == 0 &&
           key == hive_key_find(hive, hive_root(hive), "Run"),
       "of the key whose list has it behind its end");
    ok(!value.data && value.declared == 6, "without data");
    ok(hive_deleted_value(hive, 1, &value, &key, &error) != 0, "no other");
    hive_free(hive);
    buffer_release(&text);
}

/* Version 1.1 has the offset of the cell before in each: ROOT and ROOT\Sub. */
static void test_long_cells(void)
{
    static const struct {
        uint32_t cell;
        const char *name;
    } keys[2] = { { 32, "ROOT" }, { 144, "Sub" } };
    enum { LIST = 256, FREE = 272 };

    memset(file, 0, sizeof file);
    memcpy(file, "regf", 4);
    put32(file + 20, 1);
    put32(file + 24, 1);
    put32(file + 36, 32);
    put32(file + 40, 4096);
    memcpy(file + BASE, "hbin", 4);
    put32(file + BASE + 8, 4096);
    for (int i = 0; i < 2; i++) {
        uint8_t *nk = file + BASE + keys[i].cell + 8;
        put32(nk - 8, 0u - 112);
        memcpy(nk, "nk", 2);
        put16(nk + 2, 0x20);
        put32(nk + 16, 32);
        put32(nk + 28, UINT32_MAX);
        put16(nk + 72, (unsigned)strlen(keys[i].name));
        memcpy(nk + 76, keys[i].name, strlen(keys[i].name));
    }
    put32(file + BASE + 32 + 8 + 20, 1);
    put32(file + BASE + 32 + 8 + 28, LIST);
    put32(file + BASE + LIST, 0u - 16);
    memcpy(file + BASE + LIST + 8, "li\1\0", 4);
    put32(file + BASE + LIST + 12, 144);
    put32(file + BASE + FREE, 4096 - FREE);
    struct hive *hive = recovered();
    same_number((long long)hive_problem_count(hive), 0, "nothing is wrong with long cells");
    ok(hive_key_find(hive, hive_root(hive), "Sub") != 0, "the key in one is found");
    hive_free(hive);
}

int main(void)
{
    test_keys();
    test_none();
    test_parents();
    test_values();
    test_long_cells();
    return tap_done();
}
