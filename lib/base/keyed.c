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

int keyed_compare(const void *a, const void *b)
{
    uint64_t x = key_of(a, 0, 0), y = key_of(b, 0, 0);

    return (x > y) - (x < y);
}

const void *keyed_text_row(const void *rows, size_t count, size_t size, const char *text,
                           size_t length)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const void *row = (const char *)rows + middle * size;
        const char *name;
        memcpy(&name, row, sizeof name);
        int order = strncmp(name, text, length);
        if (order == 0 && name[length] == '\0')
            return row;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
