/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ewf_recover: chunks whose table is lost (an aborted copy ends before it). They are found one
 * behind the other, as long as each fits its checksum. See ewf_walk.h.
 */

#include <stdlib.h>

#include <libdeflate.h>

#include <fett/buffer.h>
#include <fett/bytes.h>
#include <fett/limits.h>

#include "ewf_walk.h"

/* How many of the `size` bytes are one stored chunk: 0 for none. */
static size_t match_chunk(struct libdeflate_decompressor *decompressor, const uint8_t *stored,
                          size_t size, uint8_t *chunk, uint32_t chunk_size, bool *deflated)
{
    size_t used = 0, got = 0;

    *deflated = libdeflate_zlib_decompress_ex(decompressor, stored, size, chunk, chunk_size,
                                              &used, &got) == LIBDEFLATE_SUCCESS &&
                got > 0;
    if (*deflated)
        return used;
    size_t plain = size < (size_t)chunk_size + 4 ? size : (size_t)chunk_size + 4; /* the last */
    return plain > 4 && ewf_checksum_matches(stored, plain) ? plain : 0;
}

/* Fill in the entries of a lost table; *at ends behind the last good chunk. */
static int recover_entries(struct ewf_walk *walk, struct ewf_table *table, uint64_t *at,
                           struct error *error)
{
    uint32_t chunk_size = walk->index->chunk_size;
    size_t room = ewf_stored_most(chunk_size), capacity = 0;
    struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
    uint8_t *stored = malloc(room), *chunk = malloc(chunk_size);
    int result = decompressor && stored && chunk ? 0 : error_set_memory(error);

    while (result == 0 && *at < walk->data_end && *at - table->base < 0x80000000 &&
           table->count < LIMIT_EWF_TABLE_ENTRIES) {
        size_t most = walk->data_end - *at < room ? (size_t)(walk->data_end - *at) : room;
        ssize_t got = segment_read(&walk->files, walk->segment, *at, stored, most, NULL);
        bool deflated;
        size_t used = got <= 0 ? 0
                               : match_chunk(decompressor, stored, (size_t)got, chunk,
                                             chunk_size, &deflated);
        if (used == 0)
            break;
        if (memory_grow((void **)&table->recovered, &capacity, (size_t)table->count + 1,
                        sizeof *table->recovered) != 0)
            result = error_set_memory(error);
        else
            table->recovered[table->count++] =
                (uint32_t)(*at - table->base) | (deflated ? 0x80000000 : 0);
        *at += used;
    }
    if (decompressor)
        libdeflate_free_decompressor(decompressor);
    free(stored);
    free(chunk);
    return result;
}

int ewf_recover_table(struct ewf_walk *walk, const char *fault, struct error *error)
{
    struct ewf_table table = { .base = walk->data, .segment = (uint32_t)walk->segment };
    uint64_t at = walk->data;

    if (walk->data_end == 0) {
        if (fault)
            ewf_walk_hole(walk, "%s", fault);
        return 0;
    }
    if (walk->geometry && recover_entries(walk, &table, &at, error) != 0) {
        free(table.recovered);
        return -1;
    }
    table.data_end = at;
    if (table.count > 0 && ewf_walk_add_table(walk, &table, error) != 0) {
        free(table.recovered);
        return -1;
    }
    if (fault)
        ewf_walk_hole(walk, "%s", fault);
    else if (at == walk->data_end)
        image_add_plain_gap(walk->image, GAP_STRUCTURE, 0, 0,
                            "%s: the table of the chunks before %llu is lost; all were found "
                            "without it", ewf_walk_file(walk), (unsigned long long)walk->data_end);
    else
        ewf_walk_hole(walk, "%s: the table of the chunks before %llu is lost", ewf_walk_file(walk),
                      (unsigned long long)walk->data_end);
    walk->data_end = 0;
    return 0;
}
