/* SPDX-License-Identifier: Apache-2.0 */

/*
 * regf: hives of Windows NT, versions 1.0 to 1.6. All integers little-endian;
 * offsets of cells count from the end of the base block.
 *
 * Base block, 4096 bytes
 *     0    4  "regf"
 *     4    4  primary sequence number, 8 secondary
 *    20    4  major version, 24 minor
 *    36    4  root cell
 *    40    4  size of all hbins
 *   508    4  checksum: XOR of the 127 words before
 *
 * hbin: "hbin", 4 its offset, 8 its size (a multiple of 4096), 32 bytes; then
 * cells: a signed size (negative: in use), up to version 1.1 the offset of the cell
 * before, then data, rounded up to 8 bytes.
 *
 * nk    2 flags (4 root, 0x10 symbolic link, 0x20 Latin-1 name), 4 last write,
 *      16 parent, 20 number of subkeys, 28 their list, 36 number of values, 40 their
 *      list, 44 security (regf_security.c), 48 class name, 72 length of the name, 74 of
 *      the class name, 76 the name
 * lf lh 2 count, then offset and hash of each subkey
 * li    2 count, then offset of each;    ri  2 count, then offset of each list
 * vk    2 length of the name, 4 size of data (high bit: the data are the four
 *      bytes at 8), 8 data, 12 type, 16 flags (1 Latin-1 name), 20 the name
 * db    2 number of segments, 4 list of them; 16344 bytes in each but the last
 */

#include <stdlib.h>
#include <string.h>

#include <fett/bytes.h>
#include <fett/limits.h>
#include <fett/text.h>

#include "regf.h"

uint32_t regf_checksum(const uint8_t *base)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < CHECKSUM_AT; i += 4)
        sum ^= bytes_u32le(base + i);
    return sum == UINT32_MAX ? UINT32_MAX - 1 : sum == 0 ? 1 : sum;
}

bool regf_is_unsigned(const uint8_t *base)
{
    enum { MOST_MINOR = 6 };
    uint8_t repaired[CHECKSUM_AT];

    memcpy(repaired, base, sizeof repaired);
    memcpy(repaired, "regf", 4);
    return memcmp(base, "regf", 4) != 0 && bytes_u32le(base + 20) == 1 &&
           bytes_u32le(base + 24) <= MOST_MINOR && bytes_u32le(base + 28) == 0 &&
           regf_checksum(repaired) == bytes_u32le(base + CHECKSUM_AT);
}

bool regf_is_cell(const struct hive *hive, uint32_t offset)
{
    return offset % 8 == 0 && offset < hive->file_size - BASE && regf_bit(hive->cells, offset);
}

const uint8_t *regf_cell(const struct hive *hive, uint32_t offset, size_t *size)
{
    if (!regf_is_cell(hive, offset))
        return NULL;
    const uint8_t *p = hive->file + BASE + offset;
    size_t whole = (uint32_t)-(int32_t)bytes_u32le(p);
    *size = whole - hive->cell_header; /* each has at least its header: map_cells */
    return p + hive->cell_header;
}

const uint8_t *regf_cell_of(const struct hive *hive, uint32_t offset, const char *signature,
                            size_t least, size_t *size)
{
    const uint8_t *p = regf_cell(hive, offset, size);

    return p && *size >= least && memcmp(p, signature, 2) == 0 ? p : NULL;
}

/* Mark the cells of one hbin, which has `size` bytes at `at`. */
static void map_cells(struct hive *hive, size_t at, size_t size)
{
    size_t cell = at + HBIN_HEADER, end = at + size;

    while (end - cell >= 8) {
        int64_t signed_size = (int32_t)bytes_u32le(hive->file + cell);
        uint64_t length = (uint64_t)(signed_size < 0 ? -signed_size : signed_size);
        if (length < 8 || length % 8 != 0 || length > end - cell) {
            hive_add_problem(hive, cell, "cell size %lld, has %zu bytes",
                             (long long)signed_size, end - cell);
            return;
        }
        regf_set_bit(signed_size < 0 ? hive->cells : hive->borders, cell - BASE);
        cell += length;
    }
}

static void map_hbins(struct hive *hive)
{
    /* Behind the size that the header has the file may hold anything; but where
     * that is out of date there are hbins too. */
    size_t at = BASE, end = BASE + (size_t)bytes_u32le(hive->file + 40);

    while (hive->file_size - at >= HBIN_HEADER) {
        const uint8_t *p = hive->file + at;
        size_t left = hive->file_size - at, size = bytes_u32le(p + 8);
        if (memcmp(p, "hbin", 4) != 0) {
            /* What stands here is lost; the next page may begin another. */
            if (at < end && !bytes_all_zero(p, left < PAGE ? left : PAGE))
                hive_add_problem(hive, at, "hbin: no signature");
            for (size_t i = 0; i < PAGE && i < left; i += 8)
                regf_set_bit(hive->outside, at + i - BASE);
            at += left < PAGE ? left : PAGE;
            continue;
        }
        if (size < PAGE || size % PAGE != 0) {
            hive_add_problem(hive, at, "hbin: size %zu", size);
            size = PAGE;
        }
        if (size > left) {
            hive_add_problem(hive, at, "hbin: needs %zu bytes, has %zu", size, left);
            size = left;
        }
        regf_set_bit(hive->borders, at - BASE);
        map_cells(hive, at, size);
        at += size;
    }
}

int regf_set_name(struct hive *hive, struct key *key, const uint8_t *nk, size_t length)
{
    key->name = (uint32_t)hive->texts.length;
    if (bytes_u16le(nk + 2) & NK_LATIN1)
        text_add_latin1(&hive->texts, nk + NK_SIZE, length);
    else
        text_add_utf16le(&hive->texts, nk + NK_SIZE, length / 2);
    key->name_length = (uint32_t)(hive->texts.length - key->name);
    return hive->texts.failed || hive->texts.length > UINT32_MAX ? -1 : 0;
}

/* Add a key for the nk cell at `offset`; 0, 1 when there is none, -1 memory. */
static int add_key(struct hive *hive, uint32_t offset, uint32_t parent)
{
    size_t size;
    const uint8_t *nk = regf_cell_of(hive, offset, "nk", NK_SIZE, &size);

    if (!nk) {
        hive_add_problem(hive, BASE + (uint64_t)offset, "subkey: no key cell");
        return 1;
    }
    struct key *key = hive_add_key(hive);
    if (!key)
        return -1;
    size_t length = bytes_u16le(nk + 72);
    if (length > size - NK_SIZE) {
        hive_add_problem(hive, BASE + (uint64_t)offset,
                         "key name: needs %zu bytes, has %zu", length, size - NK_SIZE);
        length = size - NK_SIZE;
    }
    key->cell = offset;
    key->parent = parent;
    return regf_set_name(hive, key, nk, length);
}

/* Each cell may be one key once: what is taken is cleared from `free_keys`. */
static bool take_key(uint64_t *free_keys, uint32_t offset)
{
    uint64_t bit = (uint64_t)1 << offset / 8 % 64;
    bool is_free = free_keys[offset / 512] & bit;

    free_keys[offset / 512] &= ~bit;
    return is_free;
}

size_t regf_list_stride(const uint8_t *list, bool *of_lists)
{
    *of_lists = memcmp(list, "ri", 2) == 0;
    if (memcmp(list, "lf", 2) == 0 || memcmp(list, "lh", 2) == 0)
        return 8;
    return *of_lists || memcmp(list, "li", 2) == 0 ? 4 : 0;
}

/* Add the key that an entry of a list of keys names. */
static int add_listed(struct hive *hive, uint64_t *free_keys, uint32_t list, uint32_t offset,
                      uint32_t parent)
{
    if (!regf_is_cell(hive, offset)) {
        hive_add_problem(hive, BASE + (uint64_t)list, "subkey list: no cell at %u", offset);
        return 0;
    }
    if (!take_key(free_keys, offset)) {
        hive_add_problem(hive, BASE + (uint64_t)offset,
                         "key is listed twice: the second time is left out");
        return 0;
    }
    return add_key(hive, offset, parent);
}

/* Add the subkeys of a list. *left bounds how many the key declares. */
static int add_list(struct hive *hive, uint64_t *free_keys, uint32_t list, uint32_t parent,
                    uint32_t *left, unsigned level)
{
    size_t size;
    const uint8_t *p = regf_cell(hive, list, &size);

    if (!p || size < 4 || level > MOST_LIST_LEVELS) {
        hive_add_problem(hive, BASE + (uint64_t)list, "subkey list: %s",
                         level > MOST_LIST_LEVELS ? "lists within lists" : "no such cell");
        return 0;
    }
    bool of_lists;
    size_t stride = regf_list_stride(p, &of_lists);
    if (stride == 0) {
        hive_add_problem(hive, BASE + (uint64_t)list, "subkey list: signature %02x %02x", p[0],
                         p[1]);
        return 0;
    }
    size_t count = bytes_u16le(p + 2);
    if (count > (size - 4) / stride) {
        hive_add_problem(hive, BASE + (uint64_t)list, "subkey list: %zu entries, has room for %zu",
                         count, (size - 4) / stride);
        count = (size - 4) / stride;
    }
    for (size_t i = 0; i < count && *left > 0; i++) {
        uint32_t offset = regf_place(hive, p + 4 + i * stride);
        int result;
        if (of_lists) {
            /* Each list once, as each key: a list of itself would have no end. */
            if (!regf_is_cell(hive, offset) || !take_key(free_keys, offset)) {
                hive_add_problem(hive, BASE + (uint64_t)list,
                                 "subkey list: no list at %u, or one listed twice", offset);
                continue;
            }
            result = add_list(hive, free_keys, offset, parent, left, level + 1);
        } else {
            (*left)--;
            result = add_listed(hive, free_keys, list, offset, parent);
        }
        if (result < 0)
            return -1;
    }
    return 0;
}

/* Subkeys that say they are of another key, or have the same name as the one before,
 * which stand side by side because lists are sorted. */
static void check_children(struct hive *hive, uint32_t parent, uint32_t first)
{
    for (size_t i = first; i < hive->key_count; i++) {
        const struct key *key = &hive->keys[i], *before = key - 1;
        uint32_t says = regf_place(hive, regf_nk(hive, key) + 16);
        if (says != hive->keys[parent].cell)
            hive_add_problem(hive, BASE + (uint64_t)key->cell,
                             "key says that its parent is at %u, it is listed by that at %u", says,
                             hive->keys[parent].cell);
        const char *texts = buffer_text(&hive->texts);
        if (i > first && key->name_length == before->name_length &&
            text_compare_nocase(texts + key->name, key->name_length, texts + before->name,
                                before->name_length) == 0)
            hive_add_problem(hive, BASE + (uint64_t)key->cell,
                             "key has the same name as the one before");
    }
}

/* Breadth first: each key's children are added at the end of the table. */
static int load_keys(struct hive *hive, uint32_t root, struct error *error)
{
    uint64_t *free_keys = regf_new_bits(hive);
    int result = free_keys ? 0 : -1;

    if (result == 0) {
        memcpy(free_keys, hive->cells, regf_words(hive) * sizeof *free_keys);
        take_key(free_keys, root);
        result = add_key(hive, root, 0);
    }
    for (size_t i = 0; result == 0 && i < hive->key_count; i++) {
        size_t size;
        const uint8_t *nk = regf_cell_of(hive, hive->keys[i].cell, "nk", NK_SIZE, &size);
        uint32_t count = bytes_u32le(nk + 20), left = count, first = (uint32_t)hive->key_count;
        if (count == 0)
            continue;
        result = add_list(hive, free_keys, regf_place(hive, nk + 28), (uint32_t)i, &left, 0);
        hive->keys[i].first_child = first;
        hive->keys[i].child_count = (uint32_t)hive->key_count - first;
        if (result == 0)
            check_children(hive, (uint32_t)i, first);
        if (left > 0)
            hive_add_problem(hive, hive_key_offset(hive, (hive_key)i + 1),
                             "key has %u subkeys, its lists %u", count, count - left);
    }
    free(free_keys);
    return result != 0 ? error_set_memory(error) : 0;
}

/* The root by the base block, else the first key cell that says it is one. */
static int find_root(struct hive *hive, uint32_t *root, struct error *error)
{
    size_t size;
    uint32_t named = regf_place(hive, hive->file + 36);

    if (regf_cell_of(hive, named, "nk", NK_SIZE, &size)) {
        *root = named;
        return 0;
    }
    hive_add_problem(hive, 36, "no root key at %u", named);
    for (uint64_t offset = 0; offset < hive->file_size - BASE; offset += 8) {
        const uint8_t *nk = regf_cell_of(hive, (uint32_t)offset, "nk", NK_SIZE, &size);
        if (nk && bytes_u16le(nk + 2) & NK_ROOT) {
            *root = (uint32_t)offset;
            return 0;
        }
    }
    return error_set(error, ERROR_DAMAGED, "hive: no root key, neither at %u nor elsewhere",
                     named);
}

static bool has_long_cells(const struct hive *hive)
{
    return bytes_u32le(hive->file + 20) == 1 &&
           bytes_u32le(hive->file + 24) <= LAST_MINOR_OF_LONG_CELLS;
}

int hive_open_regf(struct hive *hive, struct reader *reader, struct error *error)
{
    struct error lost = ERROR_INIT;
    int damaged = 0;

    if (reader_read_all(reader, LIMIT_HIVE_BYTES, &hive->file, &hive->file_size, &damaged,
                        &lost) != 0)
        return error_set(error, lost.kind, "hive: %s", lost.text);
    if (damaged)
        hive_add_problem(hive, 0, "%s", lost.text);
    if (hive->file_size >= BASE && memcmp(hive->file, "regf", 4) != 0)
        regf_repair_base(hive);
    return regf_open_read(hive, error);
}

int regf_open_read(struct hive *hive, struct error *error)
{
    uint32_t root = 0;

    if (hive->file_size < BASE + PAGE)
        return error_set(error, ERROR_DAMAGED, "hive: needs %d bytes at 0, has %zu", BASE + PAGE,
                         hive->file_size);
    hive->is_dirty =
        hive->is_replayed || bytes_u32le(hive->file + 4) != bytes_u32le(hive->file + 8);
    if (regf_checksum(hive->file) != bytes_u32le(hive->file + CHECKSUM_AT))
        hive_add_problem(hive, 508, "base block: checksum does not match");
    if (bytes_u32le(hive->file + 40) > hive->file_size - BASE)
        hive_add_problem(hive, 40, "hive: needs %u bytes behind the base block, has %zu",
                         bytes_u32le(hive->file + 40), hive->file_size - BASE);
    hive->cell_header = has_long_cells(hive) ? 8 : 4;
    hive->cells = regf_new_bits(hive);
    hive->borders = regf_new_bits(hive);
    hive->outside = regf_new_bits(hive);
    if (!hive->cells || !hive->borders || !hive->outside)
        return error_set_memory(error);
    map_hbins(hive);
    if (find_root(hive, &root, error) != 0)
        return -1;
    if (load_keys(hive, root, error) != 0)
        return -1;
    hive->live_count = hive->key_count;
    return 0;
}

bool regf_is_link(const struct hive *hive, const struct key *key)
{
    return bytes_u16le(regf_nk(hive, key) + 2) & NK_LINK;
}

void regf_class(const struct hive *hive, const struct key *key, struct buffer *buffer)
{
    const uint8_t *nk = regf_nk(hive, key);
    size_t length = bytes_u16le(nk + 74), size;
    const uint8_t *name = length > 0 ? regf_cell(hive, regf_place(hive, nk + 48), &size) : NULL;

    if (name)
        text_add_utf16le(buffer, name, (length < size ? length : size) / 2);
}

struct instant regf_last_write(const struct hive *hive, const struct key *key)
{
    return instant_from_filetime(bytes_u64le(regf_nk(hive, key) + 4));
}
