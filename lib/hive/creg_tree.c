/* SPDX-License-Identifier: Apache-2.0 */

/*
 * creg_tree: the keys of a hive of Windows 9x. Links are followed from the root, each to an
 * entry that was not met before and names the parent that it is looked for below. Where one
 * leads elsewhere, the keys that it cut off are still told: by an entry that names its
 * parent, and whose record no other key has and fits its name. Layout: creg.h.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/limits.h>

#include "creg.h"
#include "traces.h"

/* A key's entry, until all are known. */
struct found {
    struct below below; /* the parent's place; CREG_NONE: of the root */
    uint32_t at;        /* its own place in the tree */
};

struct tree {
    struct hive *hive;
    struct found *found;
    size_t count, capacity;
    struct {
        uint32_t count, first; /* keys of this data block that have no record */
    } *missing;
};

uint32_t creg_next_entry(uint32_t offset)
{
    uint32_t end = offset < TREE_FIRST_RUN ? TREE_FIRST_RUN
                                           : (offset / CREG_PAGE + 1) * CREG_PAGE;

    offset += ENTRY_SIZE;
    return offset + ENTRY_SIZE > end ? end : offset;
}

static int note(struct tree *tree, uint32_t at, uint32_t parent)
{
    if (memory_grow((void **)&tree->found, &tree->capacity, tree->count + 1,
                    sizeof *tree->found) != 0)
        return -1;
    tree->found[tree->count] = (struct found){ { parent, (uint32_t)tree->count }, at };
    tree->count++;
    return 0;
}

static int add_found(struct tree *tree, uint32_t at, uint32_t parent)
{
    if (note(tree, at, parent) != 0)
        return -1;
    tree->hive->creg->met[at / 8] |= (uint8_t)(1 << at % 8);
    return 0;
}

/* What is wrong with what a link leads to, as a key of this parent; NULL: nothing. */
static const char *wrong_child(const struct hive *hive, uint32_t at, uint32_t parent)
{
    if (!creg_can_be_entry(hive, at))
        return "out of it";
    if (creg_is_met(hive, at))
        return "to a key that was met before";
    if (bytes_u32le(creg_entry(hive, at) + ENTRY_PARENT) != parent)
        return "to what is no key of this parent";
    return bytes_u32le(creg_entry(hive, at) + ENTRY_STATE) == CREG_FREE_ENTRY ? "to a free entry"
                                                                              : NULL;
}

/* The subkeys of a key, as far as their list leads. */
static int follow(struct tree *tree, uint32_t parent)
{
    struct hive *hive = tree->hive;
    uint32_t link = parent + ENTRY_SUBKEY, at;

    for (; (at = bytes_u32le(hive->file + TREE_AT + link)) != CREG_NONE; link = at + ENTRY_NEXT) {
        const char *wrong = wrong_child(hive, at, parent);
        if (wrong || tree->count >= LIMIT_9X_KEYS) {
            hive_add_problem(hive, TREE_AT + link, "a link of the key tree leads %s: cut",
                             wrong ? wrong : "to more keys than are read");
            hive->creg->is_damaged = true;
            return 0;
        }
        if (add_found(tree, at, parent) != 0)
            return -1;
    }
    return 0;
}

static void tell_missing(struct tree *tree)
{
    for (size_t block = 0; tree->missing && block <= 0xffff; block++)
        if (tree->missing[block].count > 0)
            hive_add_problem(tree->hive, TREE_AT + tree->missing[block].first + ENTRY_RECORD,
                             "%u keys have no record in data block %zu: their names and values "
                             "are missing",
                             tree->missing[block].count, block + 1);
}

/* The record of a key: of several the one that fits its name. NULL: none that is left. */
static struct creg_record *find_record(const struct hive *hive, uint32_t at)
{
    const uint8_t *entry = creg_entry(hive, at);
    struct creg *creg = hive->creg;
    size_t count;
    const uint32_t *places = creg_find_id(hive, creg_entry_id(entry), &count);
    struct creg_record *free_one = NULL;

    for (size_t i = 0; i < count; i++) {
        struct creg_record *record = &creg->records[places[i]];
        if (record->entry != CREG_NONE)
            continue;
        if (creg_name_fits(hive, record, entry))
            return record;
        free_one = free_one ? free_one : record;
    }
    return free_one;
}

static int claim_record(struct tree *tree, uint32_t at)
{
    struct hive *hive = tree->hive;
    uint32_t id = creg_entry_id(creg_entry(hive, at));
    struct creg_record *record = id == CREG_NONE ? NULL : find_record(hive, at);

    if (record) {
        record->entry = at;
        return 0;
    }
    if (id == CREG_NONE && at == hive->creg->root)
        return 0;
    if (!tree->missing && !(tree->missing = calloc(0x10000, sizeof *tree->missing)))
        return -1;
    if (tree->missing[id >> 16].count++ == 0)
        tree->missing[id >> 16].first = at;
    return 0;
}

/* --- keys that no link leads to --- */

/* Entries that links should have led to: in use, with a record that fits and is no other's. */
static int find_lost(struct tree *tree, struct tree *lost)
{
    struct hive *hive = tree->hive;

    for (uint32_t at = TREE_HEADER; creg_can_be_entry(hive, at); at = creg_next_entry(at)) {
        const uint8_t *entry = creg_entry(hive, at);
        if (creg_is_met(hive, at) || bytes_u32le(entry + ENTRY_STATE) != 0 ||
            creg_entry_id(entry) == CREG_NONE)
            continue;
        const struct creg_record *record = find_record(hive, at);
        if (!record || !creg_name_fits(hive, record, entry))
            continue;
        if (note(lost, at, bytes_u32le(entry + ENTRY_PARENT)) != 0)
            return -1;
    }
    if (lost->count > 0)
        qsort(lost->found, lost->count, sizeof *lost->found, below_compare);
    return 0;
}

static int adopt(struct tree *tree)
{
    struct tree lost = { .hive = tree->hive };
    size_t before = tree->count;
    int result = find_lost(tree, &lost);

    for (size_t i = 0; result == 0 && i < tree->count; i++) {
        uint32_t parent = tree->found[i].at;
        for (size_t k = below_first(lost.found, lost.count, sizeof *lost.found, parent);
             result == 0 && k < lost.count && lost.found[k].below.above == parent; k++) {
            uint32_t at = lost.found[k].at;
            if (creg_is_met(tree->hive, at) || tree->count >= LIMIT_9X_KEYS)
                continue;
            result = add_found(tree, at, parent) != 0 || claim_record(tree, at) != 0 ? -1 : 0;
        }
    }
    if (tree->count > before)
        hive_add_problem(tree->hive, TREE_AT,
                         "%zu keys that the key tree does not lead to were found by their parents",
                         tree->count - before);
    free(lost.found);
    return result;
}

/* --- into the table --- */

static int add_key(struct tree *tree, const struct found *found, uint32_t parent)
{
    struct key *key = hive_add_key(tree->hive);

    if (!key)
        return -1;
    key->parent = parent;
    key->entry = found->at;
    return 0;
}

/* Level by level, subkeys side by side. */
static int fill_table(struct tree *tree)
{
    struct hive *hive = tree->hive;
    const struct found root = { .at = hive->creg->root };
    int result = add_key(tree, &root, 0);

    qsort(tree->found, tree->count, sizeof *tree->found, below_compare);
    for (size_t i = 0; result == 0 && i < hive->key_count; i++) {
        uint32_t parent = hive->keys[i].entry;
        hive->keys[i].first_child = (uint32_t)hive->key_count;
        for (size_t k = below_first(tree->found, tree->count, sizeof *tree->found, parent);
             result == 0 && k < tree->count && tree->found[k].below.above == parent; k++)
            result = add_key(tree, &tree->found[k], (uint32_t)i);
        hive->keys[i].child_count = (uint32_t)hive->key_count - hive->keys[i].first_child;
    }
    return result;
}

int creg_read_tree(struct hive *hive)
{
    struct tree tree = { .hive = hive };
    int result = add_found(&tree, hive->creg->root, CREG_NONE);

    for (size_t i = 0; result == 0 && i < tree.count; i++)
        result = follow(&tree, tree.found[i].at);
    for (size_t i = 0; result == 0 && i < tree.count; i++)
        result = claim_record(&tree, tree.found[i].at);
    if (result == 0 && hive->creg->is_damaged)
        result = adopt(&tree);
    if (result == 0)
        result = fill_table(&tree);
    tell_missing(&tree);
    free(tree.found);
    free(tree.missing);
    return result;
}
