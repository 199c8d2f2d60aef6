/* SPDX-License-Identifier: Apache-2.0 */

/* decode_source: bytes by their place, in memory or behind a reader. See decode.h. */

#include <stdlib.h>
#include <string.h>

#include "decode.h"

static const uint8_t *read_chunk(struct source *source, uint64_t at, size_t *size)
{
    if (!source->chunk && !(source->chunk = malloc(SOURCE_CHUNK))) {
        source->failed = true;
        return NULL;
    }
    source->chunk_at = at;
    source->chunk_size = source->end - at < SOURCE_CHUNK ? (size_t)(source->end - at)
                                                         : SOURCE_CHUNK;
    /* What cannot be read is zeros: a stream breaks off there by itself. */
    reader_read(source->more, at, source->chunk, source->chunk_size, NULL);
    *size = source->chunk_size;
    return source->chunk;
}

const uint8_t *source_at(struct source *source, uint64_t at, size_t *size)
{
    if (at >= source->base && at - source->base < source->size) {
        *size = source->size - (size_t)(at - source->base);
        return source->data + (at - source->base);
    }
    if (!source->more || at >= source->end)
        return NULL;
    if (source->chunk && at >= source->chunk_at && at - source->chunk_at < source->chunk_size) {
        *size = source->chunk_size - (size_t)(at - source->chunk_at);
        return source->chunk + (at - source->chunk_at);
    }
    return read_chunk(source, at, size);
}

size_t source_copy(struct source *source, uint64_t at, uint8_t *bytes, size_t size)
{
    size_t done = 0, have;

    while (done < size) {
        const uint8_t *from = source_at(source, at + done, &have);
        if (!from)
            break;
        if (have > size - done)
            have = size - done;
        memcpy(bytes + done, from, have);
        done += have;
    }
    return done;
}

void source_release(struct source *source)
{
    free(source->chunk);
}
