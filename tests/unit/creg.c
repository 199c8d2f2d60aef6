/* SPDX-License-Identifier: Apache-2.0 */

/* A small hive of Windows 98, whole, cut at each byte, and damaged. */

#include <stdio.h>
#include <stdlib.h>

#include "creg_maker.h"
#include "tap.h"

static struct hive *opened_of(size_t size, struct error *error)
{
    struct reader *reader = reader_over_memory(file, size);
    struct hive *hive = NULL;

    if (hive_open(&hive, reader, error) != 0)
        hive = NULL;
    reader_free(reader);
    return hive;
}

static struct hive *opened(const char *what)
{
    struct error error = ERROR_INIT;
    struct hive *hive = opened_of(SIZE, &error);

    if (!ok(hive != NULL, "%s: opens: %s", what, error.text))
        exit(tap_done());
    return hive;
}

static bool has_problem(const struct hive *hive, uint64_t offset, const char *text)
{
    for (size_t i = 0; i < hive_problem_count(hive); i++) {
        uint64_t at;
        const char *problem = hive_problem(hive, i, &at);
        if (at == offset && strstr(problem, text))
            return true;
    }
    return false;
}

/* The text of a value of a key at a path; "" when there is none. */
static const char *text_of(struct hive *hive, const char *path, const char *name)
{
    static struct buffer text = BUFFER_INIT;
    struct hive_value value;
    hive_key key = hive_key_find(hive, hive_root(hive), path);

    buffer_clear(&text);
    if (key != 0 && hive_value_find(hive, key, name, &value, NULL) == 0)
        hive_value_text(hive, &value, &text);
    return buffer_text(&text);
}

static size_t count_keys(struct hive *hive, hive_key key)
{
    size_t count = 1;

    for (size_t i = 0; i < hive_key_child_count(hive, key); i++)
        count += count_keys(hive, hive_key_child(hive, key, i));
    return count;
}

static void same_tree(struct hive *hive, const char *what)
{
    same_number((long long)count_keys(hive, hive_root(hive)), 5, what);
    same_text(text_of(hive, "Software\\Run", "a"), "a.exe", what);
    same_text(text_of(hive, "Software\\Other", "c"), "c.exe", what);
    ok(hive_key_find(hive, hive_root(hive), "system") != 0, "%s: System", what);
}

static void test_whole(void)
{
    build();
    struct hive *hive = opened("a whole hive");
    struct hive_value value;
    uint64_t number;
    size_t length;
    hive_key run = hive_key_find(hive, hive_root(hive), "Software\\Run");

    same_tree(hive, "a whole hive");
    same_number((long long)hive_problem_count(hive), 0, "without a problem");
    same_number((long long)hive_key_offset(hive, run), record_at[1], "a key is at its record");
    ok(hive_value_get(hive, run, 1, &value, NULL) == 0 &&
           hive_value_number(&value, &number) == 0 && number == 7, "a number");
    same_number((long long)value.offset, record_at[1] + 20 + 3 + 18, "a value is at its header");
    hive_key_name(hive, hive_root(hive), &length);
    ok(length == 0, "the root has no name");
    hive_free(hive);
}

/* What stands before the cut is given, and the rest is told. */
static void test_cut(void)
{
    bool all_given = true, all_told = true;
    size_t fails = 0;

    for (size_t size = 4; size < SIZE; size++) {
        struct error error = ERROR_INIT;
        build();
        struct hive *hive = opened_of(size, &error);
        if (!hive) {
            fails++;
            all_told &= error.kind == ERROR_DAMAGED;
            continue;
        }
        all_told &= hive_problem_count(hive) > 0;
        if (size >= record_at[1] + 20 + 3 + 18)
            all_given &= strcmp(text_of(hive, "Software\\Run", "a"), "a.exe") == 0;
        if (size >= record_at[3])
            all_given &= strcmp(text_of(hive, "Software\\Other", "c"), "c.exe") == 0;
        hive_free(hive);
    }
    ok(all_given, "what stands before a cut is given");
    ok(all_told, "that it is cut is told");
    same_number((long long)fails, record_at[0] + 20 - 4, "as long as one record is there");
}

/* A link of the tree that leads elsewhere. */
static void test_link(uint32_t place, uint32_t value, const char *problem)
{
    build();
    put32(file + TREE + place, value);
    struct hive *hive = opened(problem);
    ok(has_problem(hive, TREE + place, problem), "a link %s is told", problem);
    same_tree(hive, problem);
    hive_free(hive);
}

static void test_links(void)
{
    test_link(RUN + 20, SOFTWARE, "to a key that was met before");
    test_link(OTHER + 16, RUN, "to a key that was met before");
    test_link(SOFTWARE + 20, RUN, "to what is no key of this parent");
    test_link(ROOT + 16, FREE_RUN, "to what is no key of this parent");
    test_link(SOFTWARE + 20, 5000, "out of it");
    test_link(SOFTWARE + 16, 4096 - 27, "out of it");

    build();
    put32(file + TREE + 8, 7);
    struct hive *hive = opened("no root");
    ok(has_problem(hive, TREE + 8, "no root key at 7"), "a root elsewhere is told");
    same_tree(hive, "a root elsewhere");
    hive_free(hive);

    /* its entry is overwritten: its name is not known, nor where it was */
    build();
    memset(file + TREE + SOFTWARE, 0, 28);
    hive = opened("an entry overwritten");
    ok(hive_key_find(hive, hive_root(hive), "System") != 0, "those behind it are found");
    ok(hive_key_find(hive, hive_root(hive), "Run") == 0, "those below it not at the root");
    hive_free(hive);
}

static void test_records(void)
{
    build();
    put16(file + TREE + RUN + 24, 9);
    struct hive *hive = opened("a record that is missing");
    ok(has_problem(hive, TREE + RUN + 24, "1 keys have no record in data block 1"),
       "a missing record is told");
    hive_key key = hive_key_find(hive, hive_root(hive), "Software\\?");
    ok(key != 0 && hive_value_count(hive, key) == 0, "its key has no name");
    hive_free(hive);

    build();
    put16(file + record_at[1] + 4, 0); /* a second record 0 */
    put16(file + TREE + RUN + 24, 0);
    hive = opened("two of the same number");
    ok(has_problem(hive, record_at[1], "a second record 0"), "a second record is told");
    same_tree(hive, "each has the one that fits its name");
    hive_free(hive);

    build();
    put16(file + TREE + OTHER + 24, 1); /* that of System, whose name fits */
    put32(file + TREE + OTHER + 4, 0);
    hive = opened("two with one record");
    ok(has_problem(hive, TREE + SYSTEM + 24, "no record") ||
           has_problem(hive, TREE + OTHER + 24, "no record"),
       "that two keys have one record is told");
    hive_free(hive);

    build();
    put32(file + record_at[0], 3);
    hive = opened("a chain that is broken");
    ok(has_problem(hive, record_at[0], "no record at"), "a broken chain is told");
    same_text(text_of(hive, "?\\Run", "a"), "a.exe", "and taken up again");
    hive_free(hive);
}

static void test_blocks(void)
{
    build();
    memset(file + FIRST_BLOCK, 0, 32);
    struct hive *hive = opened("a block without a header");
    ok(has_problem(hive, FIRST_BLOCK, "no RGDB"), "a block without a header is told");
    same_tree(hive, "a block without a header");
    hive_free(hive);

    build();
    put32(file + FIRST_BLOCK + 4, 0x7fffffff);
    hive = opened("a block of any size");
    ok(has_problem(hive, FIRST_BLOCK, "needs 2147483647 bytes at 4128, has 4096"),
       "the size of a block is told");
    same_tree(hive, "a block of any size");
    hive_free(hive);

    build();
    put32(file + SECOND_BLOCK + 4, 60);
    hive = opened("a last block that is small");
    ok(hive_problem_count(hive) > 0, "a last block that ends in a record is told");
    same_tree(hive, "a last block that is small");
    hive_free(hive);

    build();
    put16(file + 16, 1);
    hive = opened("more blocks than are counted");
    ok(has_problem(hive, SECOND_BLOCK, "more than 1 data blocks"), "a further block is told");
    same_tree(hive, "more blocks than are counted");
    hive_free(hive);

    build();
    put32(file + 8, 17);
    put32(file + TREE + 4, 77);
    hive = opened("a tree of any size");
    ok(has_problem(hive, 8, "no data block at 17"), "a first block elsewhere is told");
    same_tree(hive, "a tree of any size");
    hive_free(hive);
}

static void test_values(void)
{
    struct hive_value value;
    struct hive *hive;

    build();
    put16(file + record_at[1] + 20 + 3 + 10, 0xfff0);
    hive = opened("a value of any size");
    hive_key run = hive_key_find(hive, hive_root(hive), "Software\\Run");
    ok(has_problem(hive, record_at[1] + 23, "value 1 of 2 of key Run needs 65533 bytes"),
       "a value that is too large is told");
    ok(hive_value_find(hive, run, "a", &value, NULL) == 0 && !value.data &&
           value.declared == 0xfff0, "it has no data");
    ok(hive_value_find(hive, run, "b", &value, NULL) == 0 && value.size == 4, "the next one has");
    hive_free(hive);

    build();
    put16(file + record_at[1] + 14, 1);
    hive = opened("fewer values");
    run = hive_key_find(hive, hive_root(hive), "Software\\Run");
    ok(has_problem(hive, record_at[1], "key Run: 2 values in 58 bytes, of which it tells 1 in 58"),
       "values that are not counted are told");
    same_number((long long)hive_value_count(hive, run), 2, "and given");
    hive_free(hive);

    build();
    put16(file + record_at[1] + 14, 3);
    hive = opened("more values");
    ok(hive_problem_count(hive) > 0, "values that are not there are told");
    same_tree(hive, "more values");
    hive_free(hive);
}

int main(void)
{
    test_whole();
    test_cut();
    test_links();
    test_records();
    test_blocks();
    test_values();
    return tap_done();
}
