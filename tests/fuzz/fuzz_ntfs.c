/* SPDX-License-Identifier: Apache-2.0 */

/* libFuzzer over the pieces of NTFS: boot sector, record, runs, compression, and
 * the search for fixups. */

#include <stdlib.h>
#include <string.h>

#include <fett/fixup.h>

#include "../../lib/evidence/ntfs_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk_record(uint8_t *copy, size_t size)
{
    struct ntfs_record record;
    struct ntfs_attribute attribute;

    if (ntfs_record_open(&record, copy, size, NULL) != 0)
        return;
    while (ntfs_record_next(&record, &attribute, NULL) > 0) {
        struct ntfs_run_walk walk;
        struct ntfs_run run;
        volatile uint8_t last;
        if (attribute.value_size > 0)
            last = attribute.value[attribute.value_size - 1];
        if (attribute.name_units > 0)
            last = attribute.name[2 * attribute.name_units - 1];
        (void)last;
        ntfs_run_walk_init(&walk, attribute.runs, attribute.runs_size);
        while (attribute.nonresident && ntfs_run_next(&walk, &run) > 0)
            ;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ntfs_geometry geometry;
    uint8_t *copy = malloc(size + 1), *map = malloc(fixup_map_size(size)), *out = malloc(65536);

    if (copy && map && out && size > 0) {
        memcpy(copy, data, size);
        walk_record(copy, size);
        memcpy(copy, data, size);
        fixup_undo_all(copy, size, data[0], map);
        ntfs_decompress(data, size, out, 65536);
        if (size >= 512)
            ntfs_geometry_parse(&geometry, data, NULL);
    }
    free(copy);
    free(map);
    free(out);
    return 0;
}
