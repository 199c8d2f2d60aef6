/* SPDX-License-Identifier: Apache-2.0 */

/*
 * regf_recover: deleted keys and values of regf hives.
 *
 * Windows frees the cells of what is deleted and overwrites nothing: cells stand in
 * free cells, which neighbours were joined to, and behind the content of cells that
 * were given out again. First all that live keys use is marked (taken). A deleted
 * key or value is an nk or vk in the rest that is whole: nothing of it is taken, no
 * cell begins in it, its size fits, and what it says of others is possible. Outside of
 * hbins, behind the last or in what was overwritten, cells stand at any four bytes, and
 * the size before one may be lost.
 *
 * An nk tells its parent and its list of values, which is still read if it is free
 * too. A vk that no such list has is of a live key where that key's own list has it
 * behind its end, or an old copy of that list, where live values of the key stand
 * beside it; else nobody knows.
 */

#include <fett/limits.h>

#include "regf.h"

/* 100 ns since 1601: 1990-01-01 and 2100-01-01. */
#define EARLIEST UINT64_C(122756256000000000)
#define LATEST UINT64_C(157469184000000000)

enum {
    MOST_KEY_NAME = 512,   /* bytes; Windows allows 255 characters */
    MOST_VALUE_NAME = 32767,
    MOST_CONTROLS = 4,     /* control characters in a name */
    KNOWN_VALUE_FLAGS = 3,
};

/* A cell found, and what it belongs to. */
struct trace {
    uint32_t cell;
    uint32_t parent; /* of a key: place of a live key, or NO_PLACE */
    uint32_t above;  /* of a key: index of a deleted key, or NO_PLACE */
    uint32_t place;  /* of a key: in the table; of a value: of its key, or NO_PLACE */
};

struct traces {
    struct trace *items;
    size_t count, capacity;
};

/* A cell of a live key or value, and the place of that key. */
struct owner {
    uint32_t cell, place;
};

struct recovery {
    struct hive *hive;
    struct traces keys, values;
    struct owner *key_owners;   /* of live nk cells, by cell */
    struct owner *value_owners; /* of live vk cells, by cell */
    size_t value_owner_count, value_owner_capacity;
    size_t list_budget; /* entries of lists of deleted keys that may still be looked at: no
                           two have the same, but for damage */
    bool out_of_memory;
};

/* --- what live keys use --- */

/* Mark the first `size` bytes of a cell's data; false: it was marked before. */
static bool take(struct hive *hive, uint32_t offset, size_t size)
{
    size_t end = offset + hive->cell_header + size;

    if (regf_bit(hive->taken, offset))
        return false;
    for (size_t at = offset; at < end; at += 8)
        regf_set_bit(hive->taken, at);
    return true;
}

static void take_list(struct hive *hive, uint32_t offset, unsigned level)
{
    size_t size;
    bool of_lists;
    const uint8_t *list = regf_cell(hive, offset, &size);

    if (!list || size < 4 || level > MOST_LIST_LEVELS)
        return;
    size_t stride = regf_list_stride(list, &of_lists);
    size_t count = bytes_u16le(list + 2);
    if (stride == 0)
        return;
    if (count > (size - 4) / stride)
        count = (size - 4) / stride;
    if (take(hive, offset, 4 + count * stride) && of_lists)
        for (size_t i = 0; i < count; i++)
            take_list(hive, bytes_u32le(list + 4 + 4 * i), level + 1);
}

/* A cell of which `size` bytes are used, as far as it has them. */
static void take_plain(struct hive *hive, uint32_t offset, size_t size)
{
    size_t has;

    if (regf_cell(hive, offset, &has))
        take(hive, offset, size < has ? size : has);
}

static void take_data(struct hive *hive, const uint8_t *vk)
{
    uint32_t declared = bytes_u32le(vk + 4), place = bytes_u32le(vk + 8);
    size_t size, list_size = 0;

    if (declared & INLINE_DATA || declared == 0)
        return;
    const uint8_t *data = regf_cell(hive, place, &size);
    if (!data)
        return;
    if (declared <= SEGMENT || size >= declared || size < 8 || memcmp(data, "db", 2) != 0) {
        take(hive, place, size < declared ? size : declared);
        return;
    }
    size_t count = bytes_u16le(data + 2), left = declared;
    const uint8_t *list = regf_cell(hive, bytes_u32le(data + 4), &list_size);
    if (!take(hive, place, 8) || !list || !take(hive, bytes_u32le(data + 4),
                                                list_size / 4 < count ? list_size : 4 * count))
        return;
    for (size_t i = 0; i < count && i < list_size / 4 && left > 0; i++) {
        size_t part = left < SEGMENT ? left : SEGMENT;
        take_plain(hive, bytes_u32le(list + 4 * i), part);
        left -= part;
    }
}

static void take_values(struct recovery *recovery, uint32_t place)
{
    struct hive *hive = recovery->hive;
    const uint8_t *nk = regf_nk(hive, &hive->keys[place]);
    size_t count = bytes_u32le(nk + 36), size, list_size;
    const uint8_t *list = count > 0 ? regf_cell(hive, bytes_u32le(nk + 40), &list_size) : NULL;

    if (!list)
        return;
    if (count > list_size / 4)
        count = list_size / 4;
    /* Two keys that have the same list are damage: once is enough. */
    if (!take(hive, bytes_u32le(nk + 40), 4 * count))
        return;
    for (size_t i = 0; i < count; i++) {
        uint32_t cell = bytes_u32le(list + 4 * i);
        const uint8_t *vk = regf_cell_of(hive, cell, "vk", VK_SIZE, &size);
        if (!vk)
            continue;
        size_t name = bytes_u16le(vk + 2);
        if (!take(hive, cell, VK_SIZE + (name < size - VK_SIZE ? name : size - VK_SIZE)))
            continue;
        take_data(hive, vk);
        if (memory_grow((void **)&recovery->value_owners, &recovery->value_owner_capacity,
                        recovery->value_owner_count + 1, sizeof(struct owner)) != 0) {
            recovery->out_of_memory = true;
            return;
        }
        recovery->value_owners[recovery->value_owner_count++] = (struct owner){ cell, place };
    }
}

static void take_live(struct recovery *recovery)
{
    struct hive *hive = recovery->hive;

    for (size_t i = 0; i < hive->live_count; i++) {
        const uint8_t *nk = regf_nk(hive, &hive->keys[i]);
        take_plain(hive, hive->keys[i].cell, NK_SIZE + (size_t)bytes_u16le(nk + 72));
        if (bytes_u32le(nk + 20) > 0)
            take_list(hive, bytes_u32le(nk + 28), 0);
        if (bytes_u16le(nk + 74) > 0)
            take_plain(hive, bytes_u32le(nk + 48), bytes_u16le(nk + 74));
        size_t size;
        const uint8_t *sk = regf_cell_of(hive, bytes_u32le(nk + 44), "sk", 20, &size);
        if (sk)
            take_plain(hive, bytes_u32le(nk + 44), 20 + (size_t)bytes_u32le(sk + 16));
        take_values(recovery, (uint32_t)i);
    }
}

/* --- what is left --- */

/* Whether `size` bytes are free, and no cell begins in them but the first. */
static bool is_free(const struct hive *hive, size_t offset, size_t size)
{
    if (size > hive->file_size - BASE || offset > hive->file_size - BASE - size)
        return false;
    for (size_t at = offset & ~(size_t)7; at < offset + size; at += 8)
        if (regf_bit(hive->taken, at) ||
            (at > offset && (regf_bit(hive->cells, at) || regf_bit(hive->borders, at))))
            return false;
    return true;
}

/* The size that stands before a cell, without its sign; 0 when it cannot be one. */
static size_t stored_size(const struct hive *hive, uint32_t offset)
{
    int64_t size = (int32_t)bytes_u32le(hive->file + BASE + offset);

    size = size < 0 ? -size : size;
    return size % 8 == 0 && (uint64_t)size <= hive->file_size - BASE ? (size_t)size : 0;
}

const uint8_t *regf_free_data(const struct hive *hive, uint32_t offset, size_t size)
{
    size_t whole = hive->cell_header + size;

    if (offset % 8 != 0 || !is_free(hive, offset, whole) || stored_size(hive, offset) < whole)
        return NULL;
    return hive->file + BASE + offset + hive->cell_header;
}

/* The same of a cell that may stand outside of hbins. */
static const uint8_t *free_cell(const struct hive *hive, uint32_t offset, size_t size)
{
    size_t data = (size_t)offset + hive->cell_header;

    if (!regf_bit(hive->outside, data))
        return regf_free_data(hive, offset, size);
    return is_free(hive, data, size) ? hive->file + BASE + data : NULL;
}

/* Whether an offset is one of a cell, or none. */
static bool is_place(const struct hive *hive, uint32_t offset)
{
    return offset == NO_CELL || (offset % 8 == 0 && offset < hive->file_size - BASE);
}

/* Whether a name has no separator and few control characters. */
static bool is_name(const uint8_t *name, size_t length, bool latin1, bool of_key)
{
    size_t controls = 0;

    if (!latin1 && length % 2 != 0)
        return false;
    for (size_t i = 0; i < length && controls <= MOST_CONTROLS; i += latin1 ? 1 : 2) {
        unsigned character = latin1 ? name[i] : bytes_u16le(name + i);
        controls += character < ' ';
        if (of_key && character == '\\')
            return false;
    }
    return controls <= MOST_CONTROLS && controls < length;
}

/* Bytes of the deleted key that begins at a place; 0 when there is none. */
static size_t key_at(const struct hive *hive, uint32_t offset)
{
    const uint8_t *nk = free_cell(hive, offset, NK_SIZE);

    if (!nk || memcmp(nk, "nk", 2) != 0)
        return 0;
    size_t length = bytes_u16le(nk + 72), most = (hive->file_size - BASE) / 4;
    uint64_t time = bytes_u64le(nk + 4);
    if (length == 0 || length > MOST_KEY_NAME || !free_cell(hive, offset, NK_SIZE + length) ||
        !is_name(nk + NK_SIZE, length, bytes_u16le(nk + 2) & NK_LATIN1, true))
        return 0;
    if (time < EARLIEST || time > LATEST || bytes_u32le(nk + 20) > most ||
        bytes_u32le(nk + 36) > most || !is_place(hive, bytes_u32le(nk + 16)))
        return 0;
    if ((bytes_u32le(nk + 20) > 0 && !is_place(hive, bytes_u32le(nk + 28))) ||
        (bytes_u32le(nk + 36) > 0 && !is_place(hive, bytes_u32le(nk + 40))) ||
        !is_place(hive, bytes_u32le(nk + 44)))
        return 0;
    return hive->cell_header + NK_SIZE + length;
}

static size_t value_at(const struct hive *hive, uint32_t offset)
{
    const uint8_t *vk = free_cell(hive, offset, VK_SIZE);

    if (!vk || memcmp(vk, "vk", 2) != 0)
        return 0;
    size_t length = bytes_u16le(vk + 2);
    uint32_t size = bytes_u32le(vk + 4), place = bytes_u32le(vk + 8);
    unsigned flags = bytes_u16le(vk + 16);
    if (length > MOST_VALUE_NAME || flags > KNOWN_VALUE_FLAGS ||
        !free_cell(hive, offset, VK_SIZE + length) ||
        (length > 0 && !is_name(vk + VK_SIZE, length, flags & VK_LATIN1, false)))
        return 0;
    if (size & INLINE_DATA ? (size & ~INLINE_DATA) > 4
                           : size > hive->file_size - BASE ||
                                 (size > 0 && (place == NO_CELL || !is_place(hive, place))))
        return 0;
    return hive->cell_header + VK_SIZE + length;
}

static void add_trace(struct recovery *recovery, struct traces *traces, uint32_t cell)
{
    if (memory_grow((void **)&traces->items, &traces->capacity, traces->count + 1,
                    sizeof *traces->items) != 0) {
        recovery->out_of_memory = true;
        return;
    }
    traces->items[traces->count++] = (struct trace){ cell, NO_PLACE, NO_PLACE, NO_PLACE };
}

/* What is found; what it begins in was written over by it. */
struct last_trace {
    struct traces *of;
    size_t end;
};

static void look_at(struct recovery *recovery, uint32_t offset, struct last_trace *last)
{
    const struct hive *hive = recovery->hive;
    const uint8_t *data = hive->file + BASE + offset + hive->cell_header;

    if (data[1] != 'k' || (data[0] != 'n' && data[0] != 'v'))
        return;
    bool is_key = data[0] == 'n';
    size_t size = is_key ? key_at(hive, offset) : value_at(hive, offset);
    if (size == 0)
        return;
    if (last->of && offset < last->end)
        last->of->count--;
    last->of = is_key ? &recovery->keys : &recovery->values;
    last->end = offset + size;
    add_trace(recovery, last->of, offset);
}

static void find_traces(struct recovery *recovery)
{
    const struct hive *hive = recovery->hive;
    size_t end = hive->file_size - BASE, header = hive->cell_header;
    struct last_trace last = { NULL, 0 };

    for (size_t at = 0; at + header + VK_SIZE <= end; at += 8) {
        if (at % 512 == 0 && hive->taken[at / 512] == UINT64_MAX) {
            at += 504;
            continue;
        }
        if (regf_bit(hive->taken, at))
            continue;
        if (!regf_bit(hive->outside, at)) {
            look_at(recovery, (uint32_t)at, &last);
            continue;
        }
        for (size_t half = at < header ? header : at; half < at + 8; half += 4)
            if (half + VK_SIZE <= end)
                look_at(recovery, (uint32_t)(half - header), &last);
    }
}

/* --- what belongs together --- */

static int compare_owners(const void *a, const void *b)
{
    const struct owner *x = a, *y = b;

    return (x->cell > y->cell) - (x->cell < y->cell);
}

/* The place of the live key that a cell is of; NO_PLACE for none. */
static uint32_t owner_of(const struct owner *owners, size_t count, uint32_t cell)
{
    const struct owner wanted = { cell, 0 };
    const struct owner *found =
        count > 0 ? bsearch(&wanted, owners, count, sizeof *owners, compare_owners) : NULL;

    return found ? found->place : NO_PLACE;
}

static void index_live(struct recovery *recovery)
{
    const struct hive *hive = recovery->hive;

    recovery->key_owners = malloc(hive->live_count * sizeof *recovery->key_owners);
    if (!recovery->key_owners) {
        recovery->out_of_memory = true;
        return;
    }
    for (size_t i = 0; i < hive->live_count; i++)
        recovery->key_owners[i] = (struct owner){ hive->keys[i].cell, (uint32_t)i };
    qsort(recovery->key_owners, hive->live_count, sizeof(struct owner), compare_owners);
    if (recovery->value_owner_count > 0)
        qsort(recovery->value_owners, recovery->value_owner_count, sizeof(struct owner),
              compare_owners);
}

static int compare_traces(const void *a, const void *b)
{
    const struct trace *x = a, *y = b;

    return (x->cell > y->cell) - (x->cell < y->cell);
}

/* Traces are found in the order of their cells. */
static struct trace *find_trace(const struct traces *traces, uint32_t cell)
{
    const struct trace wanted = { .cell = cell };

    return traces->count > 0 ? bsearch(&wanted, traces->items, traces->count, sizeof wanted,
                                       compare_traces)
                             : NULL;
}

static void find_parents(struct recovery *recovery)
{
    struct hive *hive = recovery->hive;
    struct traces *keys = &recovery->keys;

    for (size_t i = 0; i < keys->count; i++) {
        struct trace *key = &keys->items[i];
        const uint8_t *nk = hive->file + BASE + key->cell + hive->cell_header;
        uint32_t cell = bytes_u32le(nk + 16);
        if (bytes_u16le(nk + 2) & NK_ROOT)
            continue;
        key->parent = owner_of(recovery->key_owners, hive->live_count, cell);
        const struct trace *above = find_trace(keys, cell);
        if (key->parent == NO_PLACE && above && above != key)
            key->above = (uint32_t)(above - keys->items);
    }
}

/* A key of a trace, at the end of the table. */
static void add_key(struct recovery *recovery, struct trace *trace, uint32_t parent)
{
    struct hive *hive = recovery->hive;
    struct key *key = hive_add_key(hive);

    if (!key) {
        recovery->out_of_memory = true;
        return;
    }
    key->cell = trace->cell;
    key->parent = parent;
    trace->place = (uint32_t)(hive->key_count - 1);
    const uint8_t *nk = regf_nk(hive, key);
    recovery->out_of_memory |= regf_set_name(hive, key, nk, bytes_u16le(nk + 72)) != 0;
}

/* Index of a trace by the key above it. */
struct below {
    uint32_t above, index;
};

static int compare_below(const void *a, const void *b)
{
    const struct below *x = a, *y = b;

    if (x->above != y->above)
        return x->above < y->above ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

/* The first of those below a deleted key. */
static size_t first_below(const struct below *below, size_t count, uint32_t above)
{
    size_t low = 0;

    while (low < count) {
        size_t middle = low + (count - low) / 2;
        if (below[middle].above < above)
            low = middle + 1;
        else
            count = middle;
    }
    return low;
}

/* Those below deleted keys that are in the table, level by level, from `next` on; `order` has
 * the trace of each deleted key of the table. */
static void add_below(struct recovery *recovery, const struct below *below, size_t count,
                      uint32_t *order, size_t next)
{
    struct hive *hive = recovery->hive;

    for (; next < hive->key_count - hive->live_count && !recovery->out_of_memory; next++) {
        uint32_t place = (uint32_t)(hive->live_count + next), first = (uint32_t)hive->key_count;
        for (size_t i = first_below(below, count, order[next]);
             i < count && below[i].above == order[next] && !recovery->out_of_memory; i++) {
            struct trace *trace = &recovery->keys.items[below[i].index];
            if (trace->place != NO_PLACE)
                continue;
            order[hive->key_count - hive->live_count] = below[i].index;
            add_key(recovery, trace, place);
        }
        hive->keys[place].first_child = first;
        hive->keys[place].child_count = (uint32_t)hive->key_count - first;
    }
}

/* The deleted keys into the table, level by level as the live ones. Those that lead into a
 * circle have no parent that is known. */
static void add_keys(struct recovery *recovery)
{
    struct hive *hive = recovery->hive;
    struct traces *keys = &recovery->keys;
    struct below *below = malloc((keys->count + 1) * sizeof *below);
    uint32_t *order = malloc((keys->count + 1) * sizeof *order);
    size_t count = 0;

    recovery->out_of_memory |= !below || !order;
    for (size_t i = 0; i < keys->count && !recovery->out_of_memory; i++) {
        struct trace *trace = &keys->items[i];
        if (trace->above != NO_PLACE) {
            below[count++] = (struct below){ trace->above, (uint32_t)i };
            continue;
        }
        order[hive->key_count - hive->live_count] = (uint32_t)i;
        add_key(recovery, trace, trace->parent);
    }
    if (count > 0)
        qsort(below, count, sizeof *below, compare_below);
    if (!recovery->out_of_memory)
        add_below(recovery, below, count, order, 0);
    for (size_t i = 0; i < keys->count && !recovery->out_of_memory; i++) {
        size_t next = hive->key_count - hive->live_count;
        if (keys->items[i].place != NO_PLACE)
            continue;
        order[next] = (uint32_t)i;
        add_key(recovery, &keys->items[i], NO_PLACE);
        if (!recovery->out_of_memory)
            add_below(recovery, below, count, order, next);
    }
    free(below);
    free(order);
}

static void add_value(struct recovery *recovery, uint32_t cell, uint32_t key)
{
    struct hive *hive = recovery->hive;

    if (memory_grow((void **)&hive->recovered, &hive->recovered_capacity,
                    hive->recovered_count + 1, sizeof *hive->recovered) != 0) {
        recovery->out_of_memory = true;
        return;
    }
    hive->recovered[hive->recovered_count++] = (struct recovered_value){ cell, key };
}

/* The values of a deleted key, as far as its list is left. */
static void add_values(struct recovery *recovery, uint32_t place)
{
    struct hive *hive = recovery->hive;
    const uint8_t *nk = regf_nk(hive, &hive->keys[place]);
    size_t count = bytes_u32le(nk + 36), left = count;
    uint32_t at = bytes_u32le(nk + 40);

    hive->keys[place].first_value = (uint32_t)hive->recovered_count;
    if (at == NO_CELL || count > recovery->list_budget)
        return;
    recovery->list_budget -= count;
    while (left > 0 && !regf_free_data(hive, at, 4 * left))
        left /= 2;
    const uint8_t *list = left > 0 ? hive->file + BASE + at + hive->cell_header : NULL;
    for (size_t i = 0; i < left; i++) {
        struct trace *value = find_trace(&recovery->values, bytes_u32le(list + 4 * i));
        if (!value || value->place != NO_PLACE)
            continue;
        value->place = place;
        add_value(recovery, value->cell, place);
    }
    hive->keys[place].value_count =
        (uint32_t)hive->recovered_count - hive->keys[place].first_value;
}

/* What stands behind the end of a live key's list of values. */
static void claim_behind(struct recovery *recovery, uint32_t place)
{
    const struct hive *hive = recovery->hive;
    const uint8_t *nk = regf_nk(hive, &hive->keys[place]);
    size_t count = bytes_u32le(nk + 36), size;
    const uint8_t *list = count > 0 ? regf_cell(hive, bytes_u32le(nk + 40), &size) : NULL;

    for (size_t i = count; list && i < size / 4; i++) {
        struct trace *value = find_trace(&recovery->values, bytes_u32le(list + 4 * i));
        if (value && value->place == NO_PLACE)
            value->place = place;
    }
}

/* The live key that all live values in a row of offsets are of; NO_PLACE for none. */
static uint32_t owner_of_row(const struct recovery *recovery, const uint8_t *row, size_t count)
{
    uint32_t owner = NO_PLACE;

    for (size_t i = 0; i < count; i++) {
        uint32_t other = owner_of(recovery->value_owners, recovery->value_owner_count,
                                  bytes_u32le(row + 4 * i));
        if (other != NO_PLACE && owner != NO_PLACE && other != owner)
            return NO_PLACE;
        owner = other != NO_PLACE ? other : owner;
    }
    return owner;
}

/* Whether an offset is that of a vk, live or deleted. */
static bool is_value(const struct recovery *recovery, uint32_t cell)
{
    const struct hive *hive = recovery->hive;

    if (cell == 0 || cell % 8 != 0 || cell >= hive->file_size - BASE - VK_SIZE - 8 ||
        memcmp(hive->file + BASE + cell + hive->cell_header, "vk", 2) != 0)
        return false;
    return find_trace(&recovery->values, cell) ||
           owner_of(recovery->value_owners, recovery->value_owner_count, cell) != NO_PLACE;
}

/* Old copies of lists of values: rows of offsets of values in what is free. */
static void claim_by_rows(struct recovery *recovery)
{
    const struct hive *hive = recovery->hive;
    size_t end = hive->file_size - BASE, count = 0;
    const uint8_t *bytes = hive->file + BASE;

    for (size_t at = 0; at <= end; at += 4) {
        if (count == 0 && at % 512 == 0 && hive->taken[at / 512] == UINT64_MAX) {
            at += 508;
            continue;
        }
        if (at + 4 <= end && !regf_bit(hive->taken, at) &&
            is_value(recovery, bytes_u32le(bytes + at))) {
            count++;
            continue;
        }
        const uint8_t *row = bytes + at - 4 * count;
        uint32_t owner = count > 1 ? owner_of_row(recovery, row, count) : NO_PLACE;
        for (size_t i = 0; i < count && owner != NO_PLACE; i++) {
            struct trace *value = find_trace(&recovery->values, bytes_u32le(row + 4 * i));
            if (value && value->place == NO_PLACE)
                value->place = owner;
        }
        count = 0;
    }
}

static void assign_values(struct recovery *recovery)
{
    struct hive *hive = recovery->hive;

    for (size_t i = hive->live_count; i < hive->key_count && !recovery->out_of_memory; i++)
        add_values(recovery, (uint32_t)i);
    hive->recovered_of_keys = hive->recovered_count;
    if (recovery->values.count == 0)
        return;
    for (size_t i = 0; i < hive->live_count; i++)
        claim_behind(recovery, (uint32_t)i);
    claim_by_rows(recovery);
    for (size_t i = 0; i < recovery->values.count && !recovery->out_of_memory; i++) {
        const struct trace *value = &recovery->values.items[i];
        if (value->place == NO_PLACE || value->place < hive->live_count)
            add_value(recovery, value->cell, value->place);
    }
}

int regf_recover(struct hive *hive, struct error *error)
{
    struct recovery recovery = { .hive = hive, .list_budget = hive->file_size / 4 };

    hive->taken = regf_new_bits(hive);
    if (!hive->taken)
        return error_set_memory(error);
    hive->deleted_budget = (uint64_t)LIMIT_DELETED_DATA_TIMES * hive->file_size;
    take_live(&recovery);
    find_traces(&recovery);
    if (recovery.keys.count + recovery.values.count > 0)
        index_live(&recovery);
    if (!recovery.out_of_memory)
        find_parents(&recovery);
    if (!recovery.out_of_memory)
        add_keys(&recovery);
    if (!recovery.out_of_memory)
        assign_values(&recovery);
    free(recovery.keys.items);
    free(recovery.values.items);
    free(recovery.key_owners);
    free(recovery.value_owners);
    return recovery.out_of_memory ? error_set_memory(error) : 0;
}
