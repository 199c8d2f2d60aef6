/* SPDX-License-Identifier: Apache-2.0 */

#include <string.h>

#include <fett/keyed.h>

static uint64_t key_of(const void *rows, size_t size, size_t row)
{
    uint64_t key;

    memcpy(&key, (const char *)rows + row * size, sizeof key);
    return key;
}

size_t keyed_find(const void *rows, size_t count, size_t size, uint64_t key)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (key_of(rows, size, middle) < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const void *keyed_row(const void *rows, size_t count, size_t size, uint64_t key)
{
    size_t row = keyed_find(rows, count, size, key);

    return row < count && key_of(rows, size, row) == key ? (const char *)rows + row * size : NULL;
}
