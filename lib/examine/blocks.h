/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BLOCKS_H
#define BLOCKS_H

/*
 * blocks: the pieces in which bytes are searched, each with IOC_MARGIN of what is on
 * either side. Who reads block after block reads, and of an EWF image inflates, what two
 * of them need once.
 */

#include <fett/ioc.h>
#include <fett/reader.h>

enum { BLOCK = 1 << 20, BUFFER = BLOCK + 2 * IOC_MARGIN };

struct block_reader {
    struct reader *reader; /* the caller's */
    uint8_t *buffer;       /* BUFFER bytes */
    uint8_t *tail;         /* the end of what was read last, as the reader gave it */
    size_t tail_size;
    uint64_t tail_end;
};

/* 0, or -1 without memory. Release is right after both. */
int block_reader_init(struct block_reader *blocks);
void block_reader_release(struct block_reader *blocks);

/* Read from this one from now on. */
void block_reader_set(struct block_reader *blocks, struct reader *reader);

/* Fill the buffer with the bytes [from, from + size) of the reader, at most BUFFER; the
 * caller may change them. What cannot be read is zeros, which hold no indicators; images
 * remember it as a gap, of other readers `loss` tells it, once. */
void block_reader_fill(struct block_reader *blocks, uint64_t from, size_t size,
                       struct error *loss);

#endif
