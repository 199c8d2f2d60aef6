/* SPDX-License-Identifier: Apache-2.0 */

/* Catalogs of shadow copies, made here by the layout in shadow_catalog.c. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/evidence/shadow_catalog.h"
#include "tap.h"

enum {
    SIZE = 16 * SHADOW_BLOCK,
    CATALOG = 2 * SHADOW_BLOCK,
    MORE = 3 * SHADOW_BLOCK,
    STORES = 4 * SHADOW_BLOCK, /* a block for each */
};

static const uint8_t identifier[] = "\x6b\x87\x08\x38\x76\xc1\x48\x4e"
                                    "\xb7\xae\x04\x04\x6e\x6c\xc7\x52";

static uint8_t volume[SIZE];

static void put(uint64_t offset, uint64_t number, size_t size)
{
    for (size_t i = 0; i < size; i++)
        volume[offset + i] = (uint8_t)(number >> 8 * i);
}

static void put_head(uint64_t offset, uint32_t type)
{
    memcpy(volume + offset, identifier, 16);
    put(offset + 16, 1, 4);
    put(offset + 20, type, 4);
}

/* The entries of store `number`, made at `filetime`, and its header. */
static void put_store(uint64_t entry, unsigned number, uint64_t filetime)
{
    uint64_t header = STORES + (uint64_t)number * SHADOW_BLOCK;

    put(entry, 2, 8);
    put(entry + 8, SIZE, 8);
    put(entry + 16, number, 1);
    put(entry + 48, filetime, 8);
    put(entry + 128, 3, 8);
    put(entry + 128 + 16, number, 1);
    put(entry + 128 + 32, header, 8);
    put_head(header, 4);
    put(header + 144, 0xc0 + number, 1);
    put(header + 160, 0xd0 + number, 1);
    put(header + 192, 4, 2);
    memcpy(volume + header + 194, "P\0C\0", 4);
}

/* Three copies in two blocks of the catalog; 2 is the oldest, then 1, then 3. */
static void make(void)
{
    memset(volume, 0, sizeof volume);
    put_head(SHADOW_HEADER_AT, 1);
    put(SHADOW_HEADER_AT + 48, CATALOG, 8);
    put_head(CATALOG, 2);
    put(CATALOG + 40, MORE, 8);
    put_store(CATALOG + 128, 1, 2000);
    put_store(CATALOG + 512, 2, 1000);
    put_head(MORE, 2);
    put_store(MORE + 128, 3, 3000);
}

static void read_catalog(struct shadow_catalog *catalog, size_t size)
{
    struct reader *reader = reader_over_memory(volume, size);
    struct error error = ERROR_INIT;

    ok(shadow_catalog_read(catalog, reader, &error) == 0, "no damage is a failure");
    reader_free(reader);
}

static bool patched(const struct shadow_catalog *catalog, uint64_t offset, uint64_t number)
{
    for (size_t i = 0; i < catalog->patch_count; i++)
        if (catalog->patches[i].offset == offset && catalog->patches[i].number == number)
            return true;
    return false;
}

static bool readable(const struct shadow_catalog *catalog, size_t index)
{
    return catalog->stores[index].fault.kind == ERROR_NONE;
}

static void test_sound(void)
{
    struct shadow_catalog catalog;

    make();
    ok(shadow_catalog_is(volume + SHADOW_HEADER_AT), "the header is one");
    read_catalog(&catalog, SIZE);
    ok(catalog.count == 3 && catalog.fault.kind == ERROR_NONE, "three copies");
    ok(catalog.stores[0].id[0] == 2 && catalog.stores[1].id[0] == 1 &&
           catalog.stores[2].id[0] == 3,
       "the oldest comes first");
    ok(readable(&catalog, 0) && readable(&catalog, 1) && readable(&catalog, 2), "all are there");
    ok(catalog.stores[0].copy_id[0] == 0xc2 && catalog.stores[0].set_id[0] == 0xd2 &&
           catalog.stores[0].size == SIZE && catalog.stores[0].filetime == 1000,
       "what is told of one");
    ok(strcmp(buffer_text(&catalog.stores[0].machine), "PC") == 0, "and who made it");
    ok(catalog.patch_count == 0, "nothing is hidden");
    shadow_catalog_release(&catalog);

    put(SHADOW_HEADER_AT + 48, 0, 8);
    read_catalog(&catalog, SIZE);
    ok(catalog.count == 0 && catalog.fault.kind == ERROR_NONE, "without a catalog: none, no fault");
    shadow_catalog_release(&catalog);
}

static void test_lost_store(void)
{
    struct shadow_catalog catalog;

    make();
    put(STORES + SHADOW_BLOCK, 0, 8); /* of copy 1 */
    read_catalog(&catalog, SIZE);
    ok(!readable(&catalog, 0) && !readable(&catalog, 1) && readable(&catalog, 2),
       "a store that is lost takes those before it along");
    ok(patched(&catalog, CATALOG + 256, 1), "it is hidden");
    ok(catalog.patch_count == 1, "and nothing else is");
    shadow_catalog_release(&catalog);

    make();
    put(MORE + 256, 0, 8); /* the place of copy 3 */
    read_catalog(&catalog, SIZE);
    ok(!readable(&catalog, 0) && !readable(&catalog, 1) && !readable(&catalog, 2),
       "the newest is needed by all");
    shadow_catalog_release(&catalog);

    make();
    put(STORES + 3 * SHADOW_BLOCK + 192, 0xfff0, 2);
    read_catalog(&catalog, SIZE);
    ok(!readable(&catalog, 2) && catalog.stores[2].described, "a name longer than its block");
    shadow_catalog_release(&catalog);

    make();
    put(CATALOG + 128 + 8, UINT64_MAX, 8);
    read_catalog(&catalog, SIZE);
    ok(!readable(&catalog, 1), "a size that no volume has");
    shadow_catalog_release(&catalog);

    make();
    read_catalog(&catalog, STORES + 2 * SHADOW_BLOCK);
    ok(catalog.count == 3 && !readable(&catalog, 2), "stores behind the end of the image");
    shadow_catalog_release(&catalog);
}

static void test_lost_catalog(void)
{
    struct shadow_catalog catalog;

    make();
    put(MORE, 0, 8);
    read_catalog(&catalog, SIZE);
    ok(catalog.count == 2 && catalog.fault.kind == ERROR_DAMAGED && catalog.fault_at == MORE,
       "up to a block that is lost");
    ok(patched(&catalog, CATALOG + 40, 0), "which is hidden");
    shadow_catalog_release(&catalog);

    make();
    put(MORE + 40, CATALOG, 8);
    read_catalog(&catalog, SIZE);
    ok(catalog.count == 3 && catalog.fault.kind == ERROR_DAMAGED &&
           patched(&catalog, MORE + 40, 0),
       "a catalog that comes back to its start");
    shadow_catalog_release(&catalog);

    make();
    put(MORE + 384, 77, 8);
    read_catalog(&catalog, SIZE);
    ok(catalog.count == 3 && catalog.fault.kind == ERROR_DAMAGED &&
           patched(&catalog, MORE + 384, 1),
       "an entry of a kind that is not known");
    shadow_catalog_release(&catalog);

    make();
    put(SHADOW_HEADER_AT + 48, UINT64_MAX - 5, 8);
    read_catalog(&catalog, SIZE);
    ok(catalog.count == 0 && catalog.fault.kind == ERROR_DAMAGED, "a catalog that is nowhere");
    shadow_catalog_release(&catalog);

    make();
    put(SHADOW_HEADER_AT + 20, 7, 4);
    read_catalog(&catalog, SIZE);
    ok(catalog.count == 0 && catalog.fault.kind == ERROR_DAMAGED, "a header of another type");
    shadow_catalog_release(&catalog);
}

int main(void)
{
    test_sound();
    test_lost_store();
    test_lost_catalog();
    return tap_done();
}
