/* SPDX-License-Identifier: Apache-2.0 */

/*
 * creg_links: the tree of keys of a Windows 9x hive is checked before libcreg
 * sees it. One link that leads back to its own siblings makes libcreg take
 * gigabytes. A link that leads out of the tree, to a key that was met before, or
 * to one of another parent, is cut: libcreg finds the end of the list there.
 *
 * Header                               RGKN, at 32
 *     0  4  CREG                           0  4  RGKN
 *     8  4  offset of the first RGDB       4  4  size
 *    16  2  how many of them               8  4  offset of the root
 * Data block: 0  4  RGDB, 4  4  size; the next one follows it
 * Key, 28 bytes, by offsets from RGKN
 *    12  4  parent
 *    16  4  first subkey, 0xffffffff: none
 *    20  4  next key of the same parent, likewise
 *
 * Format: libyal's documentation of CREG.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/bytes.h>

#include "hive_internal.h"

enum { TREE_AT = 32, TREE_HEADER = 32, KEY_SIZE = 28, PARENT = 12, FIRST_SUBKEY = 16, NEXT_KEY = 20 };

#define NO_KEY 0xffffffffu

struct links {
    struct hive *hive;
    uint8_t *tree;    /* RGKN */
    uint32_t size;
    uint8_t *met;     /* a bit for each offset */
    uint32_t *waiting; /* keys whose links are to be followed */
    size_t count, capacity;
};

static bool can_be_key(const struct links *links, uint32_t offset)
{
    return offset >= TREE_HEADER && offset <= links->size - KEY_SIZE;
}

/* What is wrong with a key as a child of this parent; NULL: nothing. */
static const char *wrong_child(const struct links *links, uint32_t offset, uint32_t parent)
{
    if (!can_be_key(links, offset))
        return "out of it";
    if (links->met[offset / 8] >> offset % 8 & 1)
        return "to a key that was met before";
    return bytes_u32le(links->tree + offset + PARENT) == parent ? NULL
                                                                : "to what is no key of this parent";
}

/* The key that a link leads to waits for its turn; a link to none is cut. */
static int follow(struct links *links, uint32_t place, uint32_t parent)
{
    uint32_t offset = bytes_u32le(links->tree + place);

    if (offset == NO_KEY)
        return 0;
    const char *wrong = wrong_child(links, offset, parent);
    if (wrong) {
        hive_add_problem(links->hive, TREE_AT + place, "a link of the key tree leads %s: cut",
                         wrong);
        memset(links->tree + place, 0xff, sizeof offset);
        return 0;
    }
    links->met[offset / 8] |= (uint8_t)(1 << offset % 8);
    if (memory_grow((void **)&links->waiting, &links->capacity, links->count + 1,
                    sizeof *links->waiting) != 0)
        return -1;
    links->waiting[links->count++] = offset;
    return 0;
}

int creg_check_links(struct hive *hive, uint8_t *data, size_t size, struct error *error)
{
    struct links links = { .hive = hive };
    int result = 0;

    if (size < TREE_AT + TREE_HEADER || memcmp(data + TREE_AT, "RGKN", 4) != 0)
        return error_set(error, ERROR_DAMAGED, "9x hive: no key tree");
    links.tree = data + TREE_AT;
    links.size = bytes_u32le(links.tree + 4);
    if (links.size > size - TREE_AT || links.size < TREE_HEADER + KEY_SIZE)
        return error_set(error, ERROR_DAMAGED, "9x hive: a key tree of %u bytes", links.size);
    uint32_t root = bytes_u32le(links.tree + 8);
    if (!can_be_key(&links, root))
        return error_set(error, ERROR_DAMAGED, "9x hive: no root key");
    links.met = calloc(links.size / 8 + 1, 1);
    if (!links.met)
        return error_set_memory(error);
    links.met[root / 8] |= (uint8_t)(1 << root % 8);
    /* The root has no siblings: what its link says is not a key of the hive. */
    result = follow(&links, root + FIRST_SUBKEY, root);
    while (result == 0 && links.count > 0) {
        uint32_t key = links.waiting[--links.count];
        uint32_t parent = bytes_u32le(links.tree + key + PARENT);
        if (follow(&links, key + FIRST_SUBKEY, key) != 0 ||
            follow(&links, key + NEXT_KEY, parent) != 0)
            result = -1;
    }
    free(links.waiting);
    free(links.met);
    return result == 0 ? 0 : error_set_memory(error);
}

bool creg_is_cut(const uint8_t *data, size_t size, struct error *what)
{
    uint64_t at = bytes_u32le(data + 8);
    unsigned count = bytes_u16le(data + 16);

    for (unsigned i = 0; i < count; i++) {
        uint64_t has = at < size ? size - at : 0;
        uint32_t needs = has < 8 ? 8 : bytes_u32le(data + at + 4);
        if (needs > has) {
            error_set(what, ERROR_DAMAGED,
                      "9x hive: data block %u of %u needs %u bytes at %llu, has %llu", i + 1, count,
                      needs, (unsigned long long)at, (unsigned long long)has);
            return true;
        }
        at += needs;
    }
    return false;
}
