/* SPDX-License-Identifier: Apache-2.0 */

/* regf over hives that are built here, whole and damaged. */

#include <stdlib.h>

#include <fett/hive.h>

#include "hive_maker.h"
#include "tap.h"

static struct hive *opened(size_t size, struct error *error)
{
    struct reader *reader = reader_over_memory(file, size);
    struct hive *hive = NULL;

    if (hive_open(&hive, reader, error) != 0)
        hive = NULL;
    reader_free(reader);
    return hive;
}

static void test_whole(void)
{
    struct error error = ERROR_INIT;
    struct hive_value value;
    struct buffer text = BUFFER_INIT;
    char time[INSTANT_TEXT_SIZE];
    uint64_t number = 0;

    build();
    struct hive *hive = opened(SIZE, &error);
    if (!ok(hive != NULL, "opens: %s", error.text))
        return;
    same_number((long long)hive_problem_count(hive), 0, "nothing is wrong with it");
    hive_key key = hive_key_find(hive, hive_root(hive), "rUN");
    ok(key != 0, "a key is found without case");
    same_number((long long)hive_key_child_count(hive, hive_root(hive)), 2, "two subkeys");
    struct instant last_write = hive_key_last_write(hive, key);
    instant_format(&last_write, time);
    same_text(time, "1970-01-01T00:00:00.000000000Z", "last write");
    same_number((long long)hive_value_count(hive, key), 2, "two values");
    ok(hive_value_find(hive, key, "A", &value, &error) == 0, "a value is found");
    hive_value_text(hive, &value, &text);
    same_text(buffer_text(&text), "xy", "its text");
    ok(hive_value_find(hive, key, "b", &value, &error) == 0 &&
           hive_value_number(&value, &number) == 0 && number == 7, "data inside the value");
    ok(hive_value_find(hive, key, "c", &value, &error) != 0 && error.kind == ERROR_NOT_FOUND,
       "a value that is not there");
    ok(hive_key_find(hive, hive_root(hive), "Run\\x") == 0, "a key that is not there");
    buffer_release(&text);
    hive_free(hive);
}

static void add_quoted(void *context, const char *text, size_t size)
{
    buffer_add_byte(context, '<');
    buffer_add(context, text, size);
    buffer_add_byte(context, '>');
}

static void reads(struct hive *hive, const char *data, size_t size, const char *expected,
                  size_t expected_size, const char *expected_strings, const char *what)
{
    struct buffer text = BUFFER_INIT, strings = BUFFER_INIT;
    uint8_t *exact = malloc(size + !size);
    struct hive_value value = { .type = HIVE_SZ, .data = exact, .size = size };

    memcpy(exact, data, size);
    hive_value_text(hive, &value, &text);
    ok(text.length == expected_size && memcmp(buffer_text(&text), expected, expected_size) == 0,
       "%s: text", what);
    hive_value_strings(hive, &value, add_quoted, &strings);
    same_text(buffer_text(&strings), expected_strings, what);
    buffer_release(&text);
    buffer_release(&strings);
    free(exact);
}

#define READS(data, text, strings, what) \
    reads(hive, data, sizeof data - 1, text, sizeof text - 1, strings, what)

/* What stands behind a NUL is not out of sight. */
static void test_text(void)
{
    struct error error = ERROR_INIT;

    build();
    struct hive *hive = opened(SIZE, &error);
    if (!ok(hive != NULL, "opens: %s", error.text))
        return;
    READS("a\0b\0\0\0", "ab", "<ab>", "with its NUL");
    READS("a\0b\0", "ab", "<ab>", "without one");
    READS("a\0b\0\0\0\0\0\0\0", "ab", "<ab>", "with more than one");
    READS("a\0\0\0b\0\0\0", "a\0b", "<a><b>", "text behind the NUL");
    READS("a\0\0\0\0\0b\0\0\0\0\0", "a\0\0b", "<a><><b>", "an empty string inside");
    READS("\0\0b\0\0\0", "\0b", "<><b>", "an empty string first");
    READS("a\0\0\0e", "a\0e", "<a><e>", "a byte left over behind the NUL");
    READS("a\0b", "ab", "<ab>", "a byte left over");
    READS("a\0\0", "a", "<a>", "a NUL left over");
    READS("", "", "", "no data");
    READS("\0\0\0\0", "", "", "NULs only");
    struct hive_value lost = { .type = HIVE_SZ, .declared = 10 };
    struct buffer text = BUFFER_INIT;
    hive_value_text(hive, &lost, &text);
    ok(text.length == 0, "data that could not be read");
    buffer_release(&text);
    hive_free(hive);
}

/* It still opens, has this many keys, and says that something is wrong. */
static void survives(const char *what, size_t keys)
{
    struct error error = ERROR_INIT;
    struct hive *hive = opened(SIZE, &error);
    size_t count = 0;

    if (!ok(hive != NULL, "%s: opens: %s", what, error.text))
        return;
    for (hive_key key = hive_root(hive); key; key = 0) {
        count = 1 + hive_key_child_count(hive, key);
        for (size_t i = 0; i < hive_key_child_count(hive, key); i++)
            count += hive_key_child_count(hive, hive_key_child(hive, key, i));
    }
    same_number((long long)count, (long long)keys, what);
    ok(hive_problem_count(hive) > 0, "%s: is told", what);
    hive_free(hive);
}

static void test_damaged(void)
{
    struct error error = ERROR_INIT;

    build();
    set_children(run, (uint32_t[]){ root }, 1);
    survives("a list that leads back to the root", 3);
    build();
    set_children(run, (uint32_t[]){ run, other }, 2);
    survives("a key below itself", 3);
    build();
    put32(cell_at(root) + 28, 0x00ffffff);
    survives("a list beyond the end", 1);
    build();
    put32(file + BASE + other, 3);
    survives("a cell of size 3 costs the rest of its hbin", 1);
    build();
    put32(file + 36, 0x500);
    survives("the root not where the header says", 3);
    build();
    put32(file + BASE + 8, 0);
    survives("an hbin of size 0", 3);
    build();
    file[508] ^= 1;
    survives("a wrong checksum", 3);
    build();
    put16(cell_at(other) + 72, 5000);
    survives("a name beyond its cell", 3);
    build();
    put16(cell_at(root_list) + 2, 60000);
    survives("a list of 60000 entries", 3);

    build();
    ok(!opened(13, &error) && error.kind == ERROR_DAMAGED, "13 bytes are no hive: %s", error.text);
    memcpy(file, "RIFF", 4);
    survives("another signature, all else as the checksum says", 3);
    memset(file, 0, BASE);
    survives("no base block, its hbins behind it", 3);
    memcpy(file + BASE, "RIFF", 4);
    ok(!opened(SIZE, &error) && error.kind == ERROR_DAMAGED, "another signature: %s", error.text);
    build();
    memset(cell_at(root), 0, 2);
    ok(!opened(SIZE, &error) && error.kind == ERROR_DAMAGED, "no root at all: %s", error.text);
}

/* What stands behind the size that the header has is no damage. */
static void test_rest(void)
{
    static uint8_t longer[SIZE + 4096];
    struct error error = ERROR_INIT;
    struct hive *hive;

    build();
    memcpy(longer, file, SIZE);
    memset(longer + SIZE, 0x5a, sizeof longer - SIZE);
    struct reader *reader = reader_over_memory(longer, sizeof longer);
    if (ok(hive_open(&hive, reader, &error) == 0, "opens: %s", error.text)) {
        same_number((long long)hive_problem_count(hive), 0, "bytes behind the last hbin");
        hive_free(hive);
    }
    reader_free(reader);
}

int main(void)
{
    test_rest();
    test_whole();
    test_text();
    test_damaged();
    return tap_done();
}
