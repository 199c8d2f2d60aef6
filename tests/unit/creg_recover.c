/* SPDX-License-Identifier: Apache-2.0 */

/* Deleted keys and values of a small hive of Windows 98, as Windows leaves them. */

#include <stdio.h>
#include <stdlib.h>

#include "creg_maker.h"
#include "tap.h"

/* Of the record of Run where its values begin, of these, and of the record of Other. */
enum {
    RUN_VALUES = 20 + 3,
    A_SIZE = 12 + 1 + 5,
    B_SIZE = 12 + 1 + 4,
    OTHER_SIZE = 20 + 5 + 12 + 1 + 5,
};

static struct hive *recovered(void)
{
    struct reader *reader = reader_over_memory(file, SIZE);
    struct error error = ERROR_INIT;
    struct hive *hive;

    if (!ok(hive_open(&hive, reader, &error) == 0, "opens: %s", error.text))
        exit(tap_done());
    ok(hive_recover(hive, &error) == 0 && hive_recover(hive, &error) == 0, "recovers");
    reader_free(reader);
    return hive;
}

/* A deleted value as "key|name|text"; the key is empty where it is not known. */
static void same_value(struct hive *hive, size_t index, const char *expected)
{
    struct buffer text = BUFFER_INIT;
    struct hive_value value;
    hive_key key = 0;

    if (hive_deleted_value(hive, index, &value, &key, NULL) == 0) {
        if (key != 0)
            hive_key_path(hive, key, &text);
        buffer_add_text(&text, "|");
        buffer_add(&text, value.name, value.name_length);
        buffer_add_text(&text, "|");
        hive_value_text(hive, &value, &text);
    }
    same_text(buffer_text(&text), expected, expected);
    buffer_release(&text);
}

/* A deleted key as "path|values". */
static void same_key(struct hive *hive, size_t index, const char *expected)
{
    struct buffer text = BUFFER_INIT;
    hive_key key = hive_deleted_key(hive, index);
    char count[24] = "";

    if (key != 0) {
        hive_key_path(hive, key, &text);
        snprintf(count, sizeof count, "|%zu", hive_value_count(hive, key));
    }
    buffer_add_text(&text, count);
    same_text(buffer_text(&text), expected, expected);
    buffer_release(&text);
}

static void same_counts(struct hive *hive, size_t keys, size_t values)
{
    same_number((long long)hive_deleted_key_count(hive), (long long)keys, "deleted keys");
    same_number((long long)hive_deleted_value_count(hive), (long long)values, "deleted values");
    same_number((long long)hive_problem_count(hive), 0, "no problem");
}

/* Free a record: its size stays, number and bytes used are overwritten. */
static void set_free(uint32_t record)
{
    memset(file + record + 4, 0xff, 8);
}

static void test_none(void)
{
    build();
    struct hive *hive = recovered();
    same_counts(hive, 0, 0);
    hive_free(hive);
}

static void test_slack(void)
{
    struct hive_value value;
    hive_key key;

    /* its last value was deleted */
    build();
    put32(file + record_at[1] + 8, RUN_VALUES + A_SIZE);
    put16(file + record_at[1] + 14, 1);
    struct hive *hive = recovered();
    same_counts(hive, 0, 1);
    same_value(hive, 0, "Software\\Run|b|\a");
    ok(hive_deleted_value(hive, 0, &value, &key, NULL) == 0 &&
           value.offset == record_at[1] + RUN_VALUES + A_SIZE, "it is where it was");
    ok(!hive_is_unlinked(hive, value.offset), "its record is that of the key");
    hive_free(hive);

    /* the first: the other moved up, and stands twice */
    build();
    memmove(file + record_at[1] + RUN_VALUES, file + record_at[1] + RUN_VALUES + A_SIZE, B_SIZE);
    put32(file + record_at[1] + 8, RUN_VALUES + B_SIZE);
    put16(file + record_at[1] + 14, 1);
    hive = recovered();
    same_counts(hive, 0, 0);
    hive_free(hive);

    /* the last one, and something was written over its end */
    build();
    put32(file + record_at[1], RUN_VALUES + A_SIZE + B_SIZE - 1);
    put32(file + record_at[1] + 8, RUN_VALUES + A_SIZE);
    put16(file + record_at[1] + 14, 1);
    put32(file + record_at[1] + RUN_VALUES + A_SIZE + B_SIZE - 1, 4096);
    hive = recovered();
    same_number((long long)hive_deleted_value_count(hive), 0, "what is not whole is left out");
    hive_free(hive);
}

static void drop_other(void)
{
    build();
    set_free(record_at[2]);
    put32(file + TREE + RUN + 20, UINT32_MAX);
    put32(file + TREE + OTHER, 0x80000000);
    put32(file + TREE + OTHER + 4, 28);
    put32(file + TREE + OTHER + 8, FREE_RUN);
}

static void test_free_records(void)
{
    drop_other();
    struct hive *hive = recovered();
    same_counts(hive, 1, 0);
    same_key(hive, 0, "?\\Other|1");
    ok(!hive_is_unlinked(hive, hive_key_offset(hive, hive_deleted_key(hive, 0))), "it is free");
    ok(hive_key_is_deleted(hive, hive_deleted_key(hive, 0)), "it is deleted");
    hive_free(hive);

    /* joined with the next one */
    drop_other();
    put32(file + record_at[2], 4096 - 32);
    set_free(record_at[3]);
    put32(file + TREE + SOFTWARE + 20, UINT32_MAX);
    put32(file + TREE + SYSTEM, 0x80000000);
    hive = recovered();
    same_counts(hive, 2, 0);
    same_key(hive, 0, "?\\Other|1");
    same_key(hive, 1, "?\\System|0");
    hive_free(hive);

    /* an older copy of a key that grew out of its place */
    drop_other();
    put_record(record_at[2], 0x10000, "RUN");
    put_value(record_at[2], HIVE_SZ, "a", "a.exe", 5);
    put32(file + record_at[2], OTHER_SIZE);
    set_free(record_at[2]);
    file[record_at[2] + RUN_VALUES + 13] = 'x'; /* another text */
    hive = recovered();
    same_counts(hive, 1, 0);
    same_key(hive, 0, "?\\RUN|1");
    hive_free(hive);
    drop_other();
    put_record(record_at[2], 0x10000, "RUN");
    put_value(record_at[2], HIVE_DWORD, "b", "\7\0\0", 4);
    put32(file + record_at[2], OTHER_SIZE);
    set_free(record_at[2]);
    hive = recovered();
    same_number((long long)hive_deleted_key_count(hive), 0, "a copy is no deleted key");
    hive_free(hive);
}

static void test_copy(void)
{
    static const char evil[] = "\1\0\0\0????\4\0\7\0evilbad.exe";
    uint32_t at;

    build();
    at = put_record(record_at[3], 0x10001, "System");
    put_record(at, 0, "run");
    put_value(at, HIVE_SZ, "a", "a.exe", 5);
    memcpy(file + at + 20 + 3 + A_SIZE, evil, sizeof evil - 1);
    put16(file + at + 14, 2);
    put32(file + at, SECOND_BLOCK + 4096 - at);
    set_free(at);
    struct hive *hive = recovered();
    same_counts(hive, 0, 1);
    same_value(hive, 0, "Software\\Run|evil|bad.exe");
    hive_free(hive);

    /* without its beginning nothing tells whose it was */
    memset(file + at + 12, 0xee, 20 + 3 + A_SIZE - 12);
    hive = recovered();
    same_counts(hive, 0, 1);
    same_value(hive, 0, "|evil|bad.exe");
    hive_free(hive);
}

static void test_unlinked(void)
{
    /* the entry of Software is overwritten, and System stands below Run */
    build();
    put32(file + TREE + RUN + 16, SYSTEM);
    put32(file + TREE + SYSTEM + 12, RUN);
    memset(file + TREE + SOFTWARE, 0, 28);
    struct hive *hive = recovered();
    same_number((long long)hive_deleted_key_count(hive), 4, "four keys that no key leads to");
    same_key(hive, 0, "?\\Software|0");
    same_key(hive, 1, "?\\Run|2");
    same_key(hive, 2, "?\\Other|1");
    same_key(hive, 3, "?\\Run\\System|0");
    ok(hive_is_unlinked(hive, hive_key_offset(hive, hive_deleted_key(hive, 1))), "they are in use");
    hive_free(hive);
}

static void test_code_page(void)
{
    struct reader *reader;
    struct hive *hive;

    build();
    file[record_at[1] + RUN_VALUES + A_SIZE + 12] = 0xb3;
    put32(file + record_at[1] + 8, RUN_VALUES + A_SIZE);
    put16(file + record_at[1] + 14, 1);
    reader = reader_over_memory(file, SIZE);
    ok(hive_open(&hive, reader, NULL) == 0 && hive_set_code_page(hive, 1250, NULL) == 0 &&
           hive_recover(hive, NULL) == 0, "a hive with a code page");
    same_value(hive, 0, "Software\\Run|\xc5\x82|\a");
    hive_free(hive);
    reader_free(reader);
}

int main(void)
{
    test_none();
    test_slack();
    test_free_records();
    test_copy();
    test_unlinked();
    test_code_page();
    return tap_done();
}
