/* SPDX-License-Identifier: Apache-2.0 */

/* decode_source: bytes by their place, in memory, behind a reader or made by a stream. See
 * decode.h. */

#include <stdlib.h>
#include <string.h>

#include "decode.h"

static bool has_chunk(struct input *input)
{
    if (!input->chunk && !(input->chunk = malloc(SOURCE_HISTORY + SOURCE_CHUNK)))
        input->failed = true;
    return input->chunk != NULL;
}

static const uint8_t *read_media(struct input *input, uint64_t at, size_t *size)
{
    const struct source *source = input->source;

    if (at >= source->end || !has_chunk(input))
        return NULL;
    input->chunk_at = at;
    input->chunk_size = source->end - at < SOURCE_CHUNK ? (size_t)(source->end - at)
                                                         : SOURCE_CHUNK;
    /* What cannot be read is zeros: a stream breaks off there by itself. */
    reader_read(source->more, at, input->chunk, input->chunk_size, NULL);
    *size = input->chunk_size;
    return input->chunk;
}

/* The next chunk, behind the end of the one before; false: there is none. */
static bool make_chunk(struct input *input)
{
    const struct source *source = input->source;

    if (!has_chunk(input))
        return false;
    if (!input->ahead) {
        size_t kept = source->size < SOURCE_HISTORY ? source->size : SOURCE_HISTORY;
        if (!(input->ahead = stream_fork(source->goes_on))) {
            input->failed = true;
            return false;
        }
        memcpy(input->chunk, source->data + source->size - kept, kept);
        input->chunk_size = kept;
        input->chunk_at = source->base + source->size - kept;
    }
    size_t kept = input->chunk_size < SOURCE_HISTORY ? input->chunk_size : SOURCE_HISTORY;
    size_t gone = input->chunk_size - kept;
    memmove(input->chunk, input->chunk + gone, kept);
    input->chunk_at += gone;
    size_t made = stream_make(input->ahead, input->chunk + kept, SOURCE_CHUNK);
    input->chunk_size = kept + made;
    return made > 0;
}

const uint8_t *input_at(struct input *input, uint64_t at, size_t *size)
{
    const struct source *source = input->source;

    if (at >= source->base && at - source->base < source->size) {
        *size = source->size - (size_t)(at - source->base);
        return source->data + (at - source->base);
    }
    for (;;) {
        if (input->chunk && at >= input->chunk_at && at - input->chunk_at < input->chunk_size) {
            *size = input->chunk_size - (size_t)(at - input->chunk_at);
            return input->chunk + (at - input->chunk_at);
        }
        if (source->more)
            return read_media(input, at, size);
        if (!source->goes_on || at < source->base ||
            (input->ahead && at < input->chunk_at) || !make_chunk(input))
            return NULL;
    }
}

size_t input_copy(struct input *input, uint64_t at, uint8_t *bytes, size_t size)
{
    size_t done = 0, have;

    while (done < size) {
        const uint8_t *from = input_at(input, at + done, &have);
        if (!from)
            break;
        if (have > size - done)
            have = size - done;
        memcpy(bytes + done, from, have);
        done += have;
    }
    return done;
}

int input_fork(struct input *to, const struct input *from)
{
    *to = (struct input){ .source = from->source };
    if (!from->ahead)
        return 0;
    if (!has_chunk(to) || !(to->ahead = stream_fork(from->ahead)))
        return -1;
    memcpy(to->chunk, from->chunk, from->chunk_size);
    to->chunk_at = from->chunk_at;
    to->chunk_size = from->chunk_size;
    return 0;
}

void input_release(struct input *input)
{
    stream_free(input->ahead);
    free(input->chunk);
}
