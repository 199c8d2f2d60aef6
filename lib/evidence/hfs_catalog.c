/* SPDX-License-Identifier: Apache-2.0 */

/*
 * hfs_catalog: see hfs_catalog.h. Numbers are big-endian (Apple's Technical Note 1150).
 *
 * Volume header, 1,024 bytes from the start:
 *    40    4  bytes of a block
 *   192   80  fork of the extents overflow file
 *   272   80  fork of the catalogue
 *
 * The header of the catalogue besides what hfs_nodes.c knows of it:
 *    20    4  records in leaves
 *    24    4  first leaf
 *    28    4  last leaf
 * Its third record, and the first one of each map node, have a bit a node, the highest first: in
 * use.
 *
 * Record of a leaf of the catalogue: its key, then its data from the next even byte on. Key:
 *     0    2  bytes that follow
 *     2    4  inode of the folder; of a thread its own
 *     6    2  characters of the name; 0 of a thread
 *     8       name, UTF-16
 * Data:
 *     0    2  1 folder, 2 file, 3 thread of a folder, 4 thread of a file
 *     4    4  of a thread: inode of the folder; then characters of the name, name
 *     8    4  inode
 *    12   16  born, modified, changed, accessed: seconds from 1904 on
 *    32   12  uid, gid, two bytes of flags, mode (2)
 *    44    4  of a hard link: the number of its file
 *    48    8  of a file: type and creator; "hlnkhfs+" a hard link of a file, "fdrpMACS" of a
 *             folder
 *    88    8  of a file: bytes
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fett/bytes.h>

#include "hfs_catalog.h"
#include "hfs_nodes.h"

enum {
    HEADER_AT = 1024,
    HEADER_SIZE = 512,
    OVERFLOW_FORK_AT = 192,
    CATALOG_FORK_AT = 272,
    HEADER_MAP_RECORD = 2,
    CATALOG_INODE = 4,
    FOLDER_SIZE = 88,
    FILE_SIZE = 248,
    THREAD_SIZE = 10, /* and the name */
    LONGEST_NAME = 255,
};

#define SECONDS_1904_TO_1970 INT64_C(2082844800)

/* What the walk knows of a node of the catalogue that is no sound leaf, in place of the number of
 * the leaf behind it. */
#define NO_LEAF UINT32_MAX
#define BAD_NODE (UINT32_MAX - 1)

struct walk {
    struct hfs_nodes catalog;
    uint8_t *map;     /* a bit a node: in use */
    uint32_t mapped;  /* so many have one */
    uint32_t *behind; /* by number: the leaf behind this leaf */
    uint64_t records; /* in leaves */
    hfs_name_sink sink;
    hfs_catalog_fault fault;
    void *context;
};

static void tell(struct walk *walk, uint32_t number, const char *reason)
{
    walk->fault(walk->context, hfs_node_place(&walk->catalog, number), walk->catalog.size, reason);
}

static bool is_set(const uint8_t *map, uint32_t number)
{
    return map[number / 8] >> (7 - number % 8) & 1;
}

/* The map of the nodes in use: in the header, then in the map nodes. */
static void read_map(struct walk *walk)
{
    struct hfs_nodes *nodes = &walk->catalog;
    size_t need = (nodes->count + 7) / 8, have = 0, length, index = HEADER_MAP_RECORD;

    for (;;) {
        const uint8_t *part = hfs_node_record(nodes, index, &length);
        uint32_t behind = bytes_u32be(nodes->node);
        if (!part)
            break;
        length = length < need - have ? length : need - have;
        memcpy(walk->map + have, part, length);
        have += length;
        if (have == need || behind == 0 || behind >= nodes->count)
            break;
        hfs_node_read(nodes, behind);
        if (nodes->node[8] != HFS_MAP)
            break;
        index = 0;
    }
    /* The header is a node in use. */
    walk->mapped = have == need ? nodes->count : (uint32_t)have * 8;
    if (!is_set(walk->map, 0))
        walk->mapped = 0;
    if (walk->mapped < nodes->count)
        tell(walk, nodes->number,
             "the map of the nodes of the catalogue is damaged: names may be lost");
}

static struct instant make_time(uint32_t seconds)
{
    return seconds == 0 ? INSTANT_NONE
                        : instant_from_unix(seconds - SECONDS_1904_TO_1970, 0, PRECISION_SECOND);
}

/* What the record of a file or folder has besides its name. */
static void parse_data(struct hfs_name *name, const uint8_t *data)
{
    name->inode = bytes_u32be(data + 8);
    name->born = make_time(bytes_u32be(data + 12));
    name->modified = make_time(bytes_u32be(data + 16));
    name->changed = make_time(bytes_u32be(data + 20));
    name->accessed = make_time(bytes_u32be(data + 24));
    name->uid = bytes_u32be(data + 32);
    name->gid = bytes_u32be(data + 36);
    name->mode = bytes_u16be(data + 42);
    if (name->folder)
        return;
    if (memcmp(data + 48, "hlnkhfs+", 8) == 0 || memcmp(data + 48, "fdrpMACS", 8) == 0)
        name->link = bytes_u32be(data + 44);
    name->size = (uint64_t)bytes_u32be(data + 88) << 32 | bytes_u32be(data + 92);
}

/* A record of a leaf of the catalogue. False for what is none. */
static bool parse_record(struct hfs_name *name, const uint8_t *record, size_t length)
{
    enum { FOLDER = 1, FILE_RECORD, FOLDER_THREAD, FILE_THREAD };
    size_t key = length < 8 ? 0 : bytes_u16be(record) + 2u;

    key += key % 2;
    if (key < 8 || key + THREAD_SIZE > length)
        return false;
    *name = (struct hfs_name){ .parent = bytes_u32be(record + 2),
                               .name = record + 8,
                               .units = bytes_u16be(record + 6) };
    const uint8_t *data = record + key;
    unsigned type = bytes_u16be(data);
    length -= key;
    name->folder = type == FOLDER || type == FOLDER_THREAD;
    name->thread = type == FOLDER_THREAD || type == FILE_THREAD;
    if (name->thread) {
        name->inode = name->parent;
        name->parent = bytes_u32be(data + 4);
        name->name = data + THREAD_SIZE;
        name->units = bytes_u16be(data + 8);
        return name->units <= LONGEST_NAME && THREAD_SIZE + 2 * name->units <= length;
    }
    if ((type != FOLDER && type != FILE_RECORD) || 8 + 2 * name->units > key ||
        name->units > LONGEST_NAME || length < (name->folder ? FOLDER_SIZE : FILE_SIZE))
        return false;
    parse_data(name, data);
    return true;
}

/* The records of the leaf that was read last. */
static int give_records(struct walk *walk)
{
    const struct hfs_nodes *nodes = &walk->catalog;
    size_t count = bytes_u16be(nodes->node + 10), good = 0;
    char reason[128];
    int result = 0;

    for (size_t i = 0; i < hfs_node_records(nodes) && result == 0; i++) {
        struct hfs_name name;
        size_t length;
        const uint8_t *record = hfs_node_record(nodes, i, &length);
        if (!record || !parse_record(&name, record, length))
            continue;
        good++;
        result = walk->sink(walk->context, &name);
    }
    walk->records += good;
    if (good < count) {
        snprintf(reason, sizeof reason,
                 "node %u of the catalogue: needs %zu records, has %zu: names may be lost",
                 nodes->number, count, good);
        tell(walk, nodes->number, reason);
    }
    return result;
}

/* What a node in use is. */
static int check_node(struct walk *walk, uint32_t number)
{
    struct hfs_nodes *nodes = &walk->catalog;
    int kind = (int8_t)nodes->node[8];
    unsigned height = nodes->node[9];
    char reason[160];

    if (hfs_node_is_leaf(nodes)) {
        uint32_t behind = bytes_u32be(nodes->node);
        walk->behind[number] = behind < nodes->count ? behind : nodes->count;
        return give_records(walk);
    }
    walk->behind[number] = NO_LEAF;
    if ((kind == HFS_INDEX && height > 1) || kind == HFS_MAP)
        return 0;
    walk->behind[number] = BAD_NODE;
    snprintf(reason, sizeof reason,
             "node %u of the catalogue: needs a kind of -1, 0 or 2, has %d, height %u: names may "
             "be lost",
             number, kind, height);
    tell(walk, number, reason);
    return 0;
}

/* From leaf to leaf as they follow each other. */
static int follow_leaves(struct walk *walk, uint32_t first, uint32_t last)
{
    struct hfs_nodes *nodes = &walk->catalog;
    uint32_t before = 0, number = first, steps = 0;
    char reason[160];
    int result = 0;

    for (; number != 0 && number < nodes->count && steps < nodes->count && result == 0; steps++) {
        if (walk->behind[number] == NO_LEAF) {
            hfs_node_read(nodes, number);
            if (!hfs_node_is_leaf(nodes))
                break;
            if (number < walk->mapped)
                tell(walk, number, "a leaf of the catalogue is free by the map of its nodes");
            result = check_node(walk, number);
        }
        if (walk->behind[number] == BAD_NODE)
            return result;
        before = number;
        number = walk->behind[number];
    }
    if (result != 0 || (number == 0 && before == last))
        return result;
    snprintf(reason, sizeof reason,
             "the leaves of the catalogue follow each other to node %u, which leads to node %u; "
             "the last one is node %u",
             before, number, last);
    tell(walk, before, reason);
    return 0;
}

static int walk_nodes(struct walk *walk)
{
    struct hfs_nodes *nodes = &walk->catalog;
    uint32_t records = bytes_u32be(nodes->node + 20), first = bytes_u32be(nodes->node + 24);
    uint32_t last = bytes_u32be(nodes->node + 28);
    char reason[128];
    int result = 0;

    read_map(walk);
    for (uint32_t n = 1; n < nodes->count && result == 0; n++) {
        walk->behind[n] = NO_LEAF;
        if (n >= walk->mapped || !is_set(walk->map, n))
            continue;
        hfs_node_read(nodes, n);
        result = check_node(walk, n);
    }
    if (result == 0)
        result = follow_leaves(walk, first, last);
    if (result == 0 && walk->records != records) {
        snprintf(reason, sizeof reason,
                 "the header of the catalogue says that its leaves have %u records, %llu were "
                 "found",
                 records, (unsigned long long)walk->records);
        tell(walk, 0, reason);
    }
    return result;
}

/* Find the catalogue. 1: it cannot be walked, which is told. */
static int open_catalog(struct walk *walk, struct reader *reader)
{
    struct hfs_nodes *catalog = &walk->catalog;
    uint8_t header[HEADER_SIZE];

    reader_read(reader, HEADER_AT, header, sizeof header, NULL);
    const uint8_t *fork = header + CATALOG_FORK_AT;
    uint32_t block_size = bytes_u32be(header + 40);
    if (block_size < HFS_SMALLEST_NODE) {
        walk->fault(walk->context, HEADER_AT, HEADER_SIZE,
                    "the size of a block cannot be: names of the catalogue may be lost");
        return 1;
    }
    int result = hfs_nodes_open(catalog, reader, block_size, fork, header + OVERFLOW_FORK_AT,
                                CATALOG_INODE);
    if (result > 0)
        walk->fault(walk->context, hfs_node_place(catalog, 0), HFS_SMALLEST_NODE,
                    "the header of the catalogue is damaged: names may be lost");
    else if (result == 0 && (catalog->count < bytes_u32be(catalog->node + 36) ||
                             catalog->blocks < bytes_u32be(fork + 12)))
        walk->fault(walk->context, hfs_node_place(catalog, 0), HFS_SMALLEST_NODE,
                    "the catalogue has more nodes than are found: names may be lost");
    return result;
}

int hfs_catalog_walk(struct reader *reader, hfs_name_sink sink, hfs_catalog_fault fault,
                     void *context, struct error *error)
{
    struct walk *walk = calloc(1, sizeof *walk);

    if (!walk)
        return error_set_memory(error);
    walk->sink = sink;
    walk->fault = fault;
    walk->context = context;
    int result = open_catalog(walk, reader);
    if (result == 0) {
        walk->map = calloc(walk->catalog.count / 8 + 1, 1);
        walk->behind = calloc(walk->catalog.count, sizeof *walk->behind);
        result = walk->map && walk->behind ? walk_nodes(walk) : -1;
    }
    hfs_nodes_release(&walk->catalog);
    free(walk->map);
    free(walk->behind);
    free(walk);
    return result < 0 ? error_set_memory(error) : 0;
}
