/* SPDX-License-Identifier: Apache-2.0 */

/*
 * shadow_catalog: see shadow_catalog.h. Format: libyal's documentation of the Volume
 * Shadow Snapshot format, checked on volumes of Windows 7 and 10.
 *
 * All structures begin with
 *     0   16  identifier 3808876b-c176-4e48-b7ae-04046e6cc752
 *    16    4  version: 1, of the volume header also 2
 *    20    4  what it is: 1 volume header, 2 catalog, 3 block list, 4 store header,
 *             5 block ranges, 6 bitmap
 *
 * Volume header, at 0x1e00 of the volume
 *    48    8  offset of the catalog; 0: there are no shadow copies
 *
 * Block of the catalog, 16 KiB: a header of 128 bytes, then entries of 128 bytes
 *    40    8  offset of the next block; 0: the last
 *   entry
 *     0    8  2: a store; 3: where its data is; 0 and 1: unused
 *   entry 2                              entry 3
 *     8    8  size of the volume             8    8  offset of the block list
 *    16   16  identifier of the store       16   16  identifier of the store
 *    48    8  when it was made, FILETIME    32    8  offset of the store header
 *
 * Store header, a block of 16 KiB
 *   144   16  identifier of the shadow copy
 *   160   16  identifier of the set of copies (of several volumes) that it is in
 *   192    2  bytes of the name of the machine that made it, UTF-16, which follows;
 *             likewise the one that serves it
 *
 * A block that was changed since lies in the store of the copy made last before the
 * change: to read a copy all that were made after it are needed.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/bytes.h>
#include <fett/limits.h>
#include <fett/text.h>

#include "shadow_catalog.h"

enum {
    HEADER_SIZE = 128,
    ENTRY_SIZE = 128,
    NEXT_AT = 40,
    CATALOG_AT = 48,
    STORE_COPY_ID = 144,
    STORE_SET_ID = 160,
    STORE_NAMES = 192,
};

enum record { RECORD_HEADER = 1, RECORD_CATALOG = 2, RECORD_STORE = 4 };
enum entry { ENTRY_UNUSED = 1, ENTRY_STORE = 2, ENTRY_PLACE = 3 };

static const uint8_t identifier[SHADOW_ID] = { 0x6b, 0x87, 0x08, 0x38, 0x76, 0xc1, 0x48, 0x4e,
                                               0xb7, 0xae, 0x04, 0x04, 0x6e, 0x6c, 0xc7, 0x52 };

struct reading {
    struct shadow_catalog *catalog;
    struct reader *volume;
    uint8_t *block; /* SHADOW_BLOCK bytes */
};

bool shadow_catalog_is(const uint8_t *data)
{
    return memcmp(data, identifier, sizeof identifier) == 0;
}

/* Whether a structure is what it should be; `what` and `offset` are for the message. */
static int check(const uint8_t *data, enum record type, const char *what, uint64_t offset,
                 struct error *error)
{
    uint32_t version = bytes_u32le(data + 16), is = bytes_u32le(data + 20);

    if (!shadow_catalog_is(data))
        return error_set(error, ERROR_DAMAGED, "%s at %llu of the volume: no identifier", what,
                         (unsigned long long)offset);
    if (is != type || (version != 1 && !(type == RECORD_HEADER && version == 2)))
        return error_set(error, ERROR_DAMAGED, "%s at %llu of the volume: version %u, type %u",
                         what, (unsigned long long)offset, version, is);
    return 0;
}

static int read_block(struct reading *reading, uint64_t offset, enum record type,
                      const char *what, struct error *error)
{
    if (reader_read(reading->volume, offset, reading->block, SHADOW_BLOCK, error) != 0)
        return error_prefix(error, "%s at %llu of the volume", what, (unsigned long long)offset);
    return check(reading->block, type, what, offset, error);
}

static int add_patch(struct shadow_catalog *catalog, uint64_t offset, uint64_t number)
{
    if (memory_grow((void **)&catalog->patches, &catalog->patch_capacity,
                    catalog->patch_count + 1, sizeof *catalog->patches) != 0)
        return -1;
    catalog->patches[catalog->patch_count++] = (struct shadow_patch){ offset, number };
    return 0;
}

static struct shadow_store *find_store(struct shadow_catalog *catalog, const uint8_t *id)
{
    for (size_t i = 0; i < catalog->count; i++)
        if (memcmp(catalog->stores[i].id, id, SHADOW_ID) == 0)
            return &catalog->stores[i];
    return NULL;
}

/* The store with an identifier, a new one where none has it; NULL: memory is out. */
static struct shadow_store *store_of(struct shadow_catalog *catalog, const uint8_t *id)
{
    struct shadow_store *store = find_store(catalog, id);

    if (store || memory_grow((void **)&catalog->stores, &catalog->capacity, catalog->count + 1,
                             sizeof *catalog->stores) != 0)
        return store;
    store = &catalog->stores[catalog->count++];
    *store = (struct shadow_store){ .machine = BUFFER_INIT };
    memcpy(store->id, id, SHADOW_ID);
    return store;
}

static int read_entry(struct shadow_catalog *catalog, const uint8_t *entry, uint64_t offset,
                      struct error *error)
{
    uint64_t type = bytes_u64le(entry);
    struct shadow_store *store;

    if (type <= ENTRY_UNUSED)
        return 0;
    if (type != ENTRY_STORE && type != ENTRY_PLACE) {
        if (add_patch(catalog, offset, ENTRY_UNUSED) != 0)
            return error_set_memory(error);
        if (catalog->fault.kind == ERROR_NONE) {
            error_set(&catalog->fault, ERROR_DAMAGED,
                      "catalog entry at %llu of the volume: type %llu",
                      (unsigned long long)offset, (unsigned long long)type);
            catalog->fault_at = offset;
        }
        return 0;
    }
    store = store_of(catalog, entry + 16);
    if (!store)
        return error_set_memory(error);
    if (type == ENTRY_STORE) {
        store->size = bytes_u64le(entry + 8);
        store->filetime = bytes_u64le(entry + 48);
    } else {
        store->entry = offset;
        store->header = bytes_u64le(entry + 32);
    }
    return 0;
}

/* All blocks of the catalog, up to one that is damaged. */
static int read_blocks(struct reading *reading, uint64_t offset, struct error *error)
{
    struct shadow_catalog *catalog = reading->catalog;
    uint64_t seen[LIMIT_SHADOW_CATALOG_BLOCKS];
    size_t count = 0;

    while (offset != 0) {
        struct error fault = ERROR_INIT;
        bool again = count == LIMIT_SHADOW_CATALOG_BLOCKS;
        for (size_t i = 0; i < count; i++)
            again |= seen[i] == offset;
        if (again)
            error_set(&fault, ERROR_DAMAGED, "the catalog does not end, at %llu of the volume",
                      (unsigned long long)offset);
        if (again || read_block(reading, offset, RECORD_CATALOG, "catalog block", &fault) != 0) {
            catalog->fault = fault;
            catalog->fault_at = offset;
            return count > 0 && add_patch(catalog, seen[count - 1] + NEXT_AT, 0) != 0
                       ? error_set_memory(error)
                       : 0;
        }
        seen[count++] = offset;
        for (size_t at = HEADER_SIZE; at < SHADOW_BLOCK; at += ENTRY_SIZE)
            if (read_entry(catalog, reading->block + at, offset + at, error) != 0)
                return -1;
        offset = bytes_u64le(reading->block + NEXT_AT);
    }
    return 0;
}

/* Two names, each behind its length: whether libvshadow finds them within the block. */
static bool names_fit(const uint8_t *block)
{
    size_t at = STORE_NAMES;

    for (int i = 0; i < 2; i++) {
        if (at + 2 > SHADOW_BLOCK)
            return false;
        at += 2 + (size_t)bytes_u16le(block + at);
    }
    return at <= SHADOW_BLOCK;
}

static int describe(struct reading *reading, struct shadow_store *store)
{
    const uint8_t *block = reading->block;

    if (store->size == 0 || store->size > INT64_MAX / 2)
        return error_set(&store->fault, ERROR_DAMAGED, "the catalog gives no size for it");
    if (store->entry == 0)
        return error_set(&store->fault, ERROR_DAMAGED, "its data is not in this volume");
    if (read_block(reading, store->header, RECORD_STORE, "store header", &store->fault) != 0)
        return -1;
    memcpy(store->copy_id, block + STORE_COPY_ID, SHADOW_ID);
    memcpy(store->set_id, block + STORE_SET_ID, SHADOW_ID);
    store->described = true;
    if (!names_fit(block))
        return error_set(&store->fault, ERROR_DAMAGED,
                         "store header at %llu of the volume: names do not fit",
                         (unsigned long long)store->header);
    text_add_utf16le(&store->machine, block + STORE_NAMES + 2,
                     bytes_u16le(block + STORE_NAMES) / 2);
    return 0;
}

static int compare(const void *a, const void *b)
{
    const struct shadow_store *x = a, *y = b;

    return x->filetime != y->filetime ? (x->filetime > y->filetime) - (x->filetime < y->filetime)
                                      : memcmp(x->id, y->id, SHADOW_ID);
}

/* Look at each store, the newest first; one that is lost takes all before it along. */
static int describe_all(struct reading *reading, struct error *error)
{
    struct shadow_catalog *catalog = reading->catalog;
    bool lost = false;

    for (size_t i = catalog->count; i-- > 0;) {
        struct shadow_store *store = &catalog->stores[i];
        int result = describe(reading, store);
        if (store->machine.failed ||
            (result != 0 && store->entry != 0 &&
             add_patch(catalog, store->entry, ENTRY_UNUSED) != 0))
            return error_set_memory(error);
        if (result == 0 && lost)
            error_set(&store->fault, ERROR_DAMAGED,
                      "needs a shadow copy made after it, which cannot be read");
        lost |= result != 0;
    }
    return 0;
}

int shadow_catalog_read(struct shadow_catalog *catalog, struct reader *volume,
                        struct error *error)
{
    uint8_t header[HEADER_SIZE];
    struct reading reading = { catalog, volume, malloc(SHADOW_BLOCK) };

    *catalog = (struct shadow_catalog){ .fault_at = SHADOW_HEADER_AT };
    if (!reading.block)
        return error_set_memory(error);
    int result = 0;
    if (reader_read(volume, SHADOW_HEADER_AT, header, sizeof header, &catalog->fault) == 0 &&
        check(header, RECORD_HEADER, "header", SHADOW_HEADER_AT, &catalog->fault) == 0)
        result = read_blocks(&reading, bytes_u64le(header + CATALOG_AT), error);
    if (catalog->count > 0)
        qsort(catalog->stores, catalog->count, sizeof *catalog->stores, compare);
    if (result == 0)
        result = describe_all(&reading, error);
    free(reading.block);
    return result;
}

void shadow_catalog_release(struct shadow_catalog *catalog)
{
    for (size_t i = 0; i < catalog->count; i++)
        buffer_release(&catalog->stores[i].machine);
    free(catalog->stores);
    free(catalog->patches);
    *catalog = (struct shadow_catalog){ .stores = NULL };
}
