/* SPDX-License-Identifier: Apache-2.0 */

/* blocks: see blocks.h. */

#include <stdlib.h>
#include <string.h>

#include "blocks.h"

enum { TAIL = 2 * IOC_MARGIN };

int block_reader_init(struct block_reader *blocks)
{
    *blocks = (struct block_reader){ .buffer = malloc(BUFFER), .tail = malloc(TAIL) };
    return blocks->buffer && blocks->tail ? 0 : -1;
}

void block_reader_release(struct block_reader *blocks)
{
    free(blocks->buffer);
    free(blocks->tail);
}

void block_reader_set(struct block_reader *blocks, struct reader *reader)
{
    blocks->reader = reader;
    blocks->tail_size = 0;
    blocks->tail_end = 0;
}

void block_reader_fill(struct block_reader *blocks, uint64_t from, size_t size,
                       struct error *loss)
{
    size_t have = 0;

    if (blocks->tail_end > from && blocks->tail_end - from <= blocks->tail_size) {
        const uint8_t *known = blocks->tail + blocks->tail_size - (blocks->tail_end - from);
        have = blocks->tail_end - from < size ? (size_t)(blocks->tail_end - from) : size;
        memcpy(blocks->buffer, known, have);
    }
    reader_read(blocks->reader, from + have, blocks->buffer + have, size - have, loss);
    blocks->tail_size = size < TAIL ? size : TAIL;
    blocks->tail_end = from + size;
    memcpy(blocks->tail, blocks->buffer + size - blocks->tail_size, blocks->tail_size);
}
