/* SPDX-License-Identifier: Apache-2.0 */

/* libFuzzer over transaction logs: a small hive whose logs are the input, the
 * length of the first in its first two bytes. Checksums and hashes are made right,
 * so that what stands behind them is reached. */

#include <stdlib.h>

#include <fett/bytes.h>

#include "../unit/hive_maker.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SECTOR = 512, ENTRY_HEADER = 40 };

static void make_right(uint8_t *log, size_t size)
{
    if (size < SECTOR)
        return;
    memcpy(log, "regf", 4);
    memcpy(log + 8, log + 4, 4);
    seal(log);
    for (size_t at = SECTOR, whole; at + SECTOR <= size; at += whole) {
        whole = bytes_u32le(log + at + 4) & ~(uint32_t)(SECTOR - 1);
        if (whole < SECTOR || whole > size - at)
            return;
        hash_entry(log + at, whole);
    }
}

static void walk(struct hive *hive, hive_key key)
{
    struct hive_value value;

    for (size_t i = 0; i < hive_value_count(hive, key) && i < 1000; i++)
        hive_value_get(hive, key, i, &value, NULL);
    for (size_t i = 0; i < hive_key_child_count(hive, key); i++)
        walk(hive, hive_key_child(hive, key, i));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    size_t sizes[2] = { bytes_u16le(data), 0 };
    if (sizes[0] > size - 2)
        sizes[0] = size - 2;
    sizes[1] = size - 2 - sizes[0];
    uint8_t *logs[2] = { malloc(sizes[0] + 1), malloc(sizes[1] + 1) };
    struct reader *readers[2];
    struct hive *hive;

    for (int i = 0; i < 2; i++) {
        memcpy(logs[i], data + 2 + (i ? sizes[0] : 0), sizes[i]);
        make_right(logs[i], sizes[i]);
        readers[i] = reader_over_memory(logs[i], sizes[i]);
    }
    build();
    put32(file + 4, 2);
    put32(file + 8, 1);
    put32(file + 44, 1);
    seal(file);
    struct reader *reader = reader_over_memory(file, SIZE);
    if (hive_open_with_logs(&hive, reader, readers, 2, NULL) == 0) {
        walk(hive, hive_root(hive));
        hive_recover(hive, NULL);
        for (size_t i = 0; i < hive_deleted_key_count(hive); i++)
            walk(hive, hive_deleted_key(hive, i));
        hive_free(hive);
    }
    reader_free(reader);
    for (int i = 0; i < 2; i++) {
        reader_free(readers[i]);
        free(logs[i]);
    }
    return 0;
}
