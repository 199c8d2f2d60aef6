/* SPDX-License-Identifier: Apache-2.0 */

/*
 * cabinet_content: the blocks of a folder of a cabinet, MS-CAB 2.5, and MSZIP, MS-MCI.
 *
 * CFDATA
 *      0   4  checksum of all that follows; 0: none
 *      4   2  bytes of the block as it is stored
 *      6   2  bytes that it unpacks to; 32,768 of all but a folder's last
 *      8      what others keep there, then the block; of MSZIP "CK", then one stream of
 *             deflate, which may copy from the 32,768 bytes that the blocks before made
 *
 * Of a block that is damaged nothing is used. Those behind it may copy from what it made:
 * they are unpacked twice, with different bytes in its place. Deflate takes no decision by
 * the bytes that it copies, so what comes out the same both times does not depend on them,
 * and what differs is lost.
 *
 * By zlib, and here and in lib/ioc only, neither of which may include the other: libdeflate
 * takes no window from before.
 */

#include <stdio.h>
#include <stdlib.h>

#include <zlib.h>

#include <fett/buffer.h>
#include <fett/bytes.h>
#include <fett/limits.h>

#include "cabinet_internal.h"

enum { BLOCK = 32768, HEAD = 8, MSZIP = 1 };
enum { LOST_HERE = 0x00, LOST_THERE = 0xFF };

struct content {
    struct reader reader;
    struct buffer here;  /* what the folder unpacks to, up to the file's end; lost bytes are 0 */
    struct buffer there; /* the same with others for the lost; empty: none were lost so far */
    uint64_t start;      /* of the file */
};

struct unpacking {
    const struct cabinet *cabinet;
    const struct cabinet_problems *problems;
    struct content *content;
    z_stream inflater;
    uint64_t at; /* of the next block */
    unsigned number;
    bool was_lost; /* the block before: one is told for all that follow */
    bool failed;
};

static bool is_lost(const struct content *content, uint64_t at)
{
    return at >= content->here.length ||
           (at < content->there.length && content->here.data[at] != content->there.data[at]);
}

static int content_read_at(struct reader *reader, uint64_t offset, void *buffer, size_t size,
                           struct error *error)
{
    struct content *content = (struct content *)reader;
    uint64_t at = content->start + offset;
    uint64_t there = at < content->here.length ? content->here.length - at : 0;
    size_t have = there < size ? (size_t)there : size;
    size_t good = 0;

    if (have > 0)
        memcpy(buffer, content->here.data + at, have);
    memset((uint8_t *)buffer + have, 0, size - have);
    if (have == size && content->there.length == 0)
        return 0;
    while (good < size && !is_lost(content, at + good))
        good++;
    return good == size ? 0
                        : error_set(error, ERROR_DAMAGED,
                                    "its byte %llu is lost with a part of its cabinet",
                                    (unsigned long long)(offset + good));
}

static void content_free(struct reader *reader)
{
    struct content *content = (struct content *)reader;

    buffer_release(&content->here);
    buffer_release(&content->there);
    free(content);
}

static const struct reader_operations operations = { content_read_at, content_free };

/* Words under exclusive or; of one to three bytes at the end the first is the highest. */
static uint32_t checksum(const uint8_t *data, size_t size, uint32_t sum)
{
    uint32_t rest = 0;

    for (; size >= 4; size -= 4, data += 4)
        sum ^= bytes_u32le(data);
    for (size_t i = 0; i < size; i++)
        rest = rest << 8 | data[i];
    return sum ^ rest;
}

/* The bytes of others are in it or not, by who wrote the cabinet. */
static bool is_sound(const uint8_t *head, unsigned reserve, size_t size)
{
    uint32_t stored = bytes_u32le(head), data = checksum(head + HEAD + reserve, size, 0);

    return stored == 0 || stored == checksum(head + 4, 4 + reserve, data) ||
           stored == checksum(head + 4, 4, data);
}

/* One stream behind what is there already. False: it does not make `made` bytes. */
static bool inflate_into(struct unpacking *unpacking, struct buffer *to, const uint8_t *data,
                         size_t size, size_t made)
{
    z_stream *inflater = &unpacking->inflater;
    size_t window = to->length < BLOCK ? to->length : BLOCK;
    char *room = buffer_reserve(to, BLOCK);

    if (!room || inflateReset(inflater) != Z_OK ||
        (window > 0 && inflateSetDictionary(inflater, (Bytef *)(room - window),
                                            (uInt)window) != Z_OK)) {
        unpacking->failed = true;
        return false;
    }
    inflater->next_in = (Bytef *)data;
    inflater->avail_in = (uInt)size;
    inflater->next_out = (Bytef *)room;
    inflater->avail_out = (uInt)made;
    int result = inflate(inflater, Z_FINISH);
    unpacking->failed |= result == Z_MEM_ERROR;
    if (result != Z_STREAM_END || inflater->avail_out > 0)
        return false;
    to->length += made;
    to->data[to->length] = '\0';
    return true;
}

/* A block that makes so many bytes; 0: all behind it too. */
static void lose(struct unpacking *unpacking, const char *why, size_t made)
{
    struct buffer *here = &unpacking->content->here, *there = &unpacking->content->there;
    char text[160];

    if (!unpacking->was_lost || made == 0) {
        snprintf(text, sizeof text, "cabinet: block %u of a folder is lost%s: %s",
                 unpacking->number, made == 0 ? " with all behind it" : "", why);
        cabinet_tell(unpacking->problems, unpacking->at, text);
    }
    unpacking->was_lost = true;
    if (there->length == 0)
        buffer_add(there, here->data, here->length);
    char *a = buffer_reserve(here, made), *b = buffer_reserve(there, made);
    if (!a || !b) {
        unpacking->failed = true;
        return;
    }
    memset(a, LOST_HERE, made);
    memset(b, LOST_THERE, made);
    here->length += made;
    there->length += made;
}

/* NULL: the block is good. */
static const char *unpack_sound(struct unpacking *unpacking, const uint8_t *data, size_t size,
                                size_t made, bool compressed)
{
    struct buffer *here = &unpacking->content->here, *there = &unpacking->content->there;
    bool twice = there->length > 0;

    if (!compressed) {
        if (size != made)
            return "its sizes differ";
        buffer_add(here, data, size);
        if (twice)
            buffer_add(there, data, size);
        return NULL;
    }
    if (size < 2 || data[0] != 'C' || data[1] != 'K')
        return "it does not begin with CK";
    if (!inflate_into(unpacking, here, data + 2, size - 2, made) ||
        (twice && !inflate_into(unpacking, there, data + 2, size - 2, made)))
        return "it cannot be decompressed";
    return NULL;
}

/* False: where the next block begins is not known. */
static bool unpack_block(struct unpacking *unpacking, bool compressed, bool is_last)
{
    const struct cabinet *cabinet = unpacking->cabinet;
    size_t head = HEAD + cabinet->block_reserve;
    uint64_t left = unpacking->at < cabinet->size ? cabinet->size - unpacking->at : 0;
    const uint8_t *at = cabinet->data + (left > 0 ? unpacking->at : 0);

    if (left < head) {
        lose(unpacking, "the cabinet ends before it", 0);
        return false;
    }
    size_t size = bytes_u16le(at + 4), made = bytes_u16le(at + 6);
    if (left - head < size) {
        lose(unpacking, "the cabinet ends in it", 0);
        return false;
    }
    if (size == 0 || made == 0 || made > BLOCK) {
        lose(unpacking, "its size is impossible", 0);
        return false;
    }
    const char *why = is_sound(at, cabinet->block_reserve, size) ? NULL
                                                                 : "its checksum does not match";
    if (!why)
        why = unpack_sound(unpacking, at + head, size, made, compressed);
    if (why && !unpacking->failed)
        lose(unpacking, why, is_last ? made : BLOCK);
    else
        unpacking->was_lost = false;
    unpacking->at += head + size;
    return !unpacking->failed;
}

/* All up to the file's end. */
static int unpack(struct unpacking *unpacking, const struct cabinet_folder *folder, uint64_t end)
{
    const struct content *content = unpacking->content;

    if (inflateInit2(&unpacking->inflater, -15) != Z_OK)
        return -1;
    unpacking->at = folder->offset;
    bool more = true;
    for (unsigned i = 0; i < folder->blocks && more && content->here.length < end; i++) {
        unpacking->number = i + 1;
        more = unpack_block(unpacking, folder->compression == MSZIP, i + 1 == folder->blocks);
    }
    inflateEnd(&unpacking->inflater);
    if (unpacking->failed || content->here.failed || content->there.failed)
        return -1;
    if (more && content->here.length < end)
        cabinet_tell(unpacking->problems, unpacking->at,
                     "cabinet: a folder has less than its files need");
    return 0;
}

int cabinet_open(const struct cabinet *cabinet, const struct cabinet_file *file,
                 cabinet_problem problem, void *context, struct reader **content,
                 struct error *error)
{
    static const char *const names[] = { "none", "MSZIP", "Quantum", "LZX" };
    const struct cabinet_problems problems = { problem, context };

    if (file->folder >= 0xFFFD)
        return error_set(error, ERROR_UNSUPPORTED,
                         "cabinet: %s goes on in another cabinet, or from one", file->name);
    if (file->folder >= cabinet->folder_count)
        return error_set(error, ERROR_DAMAGED, "cabinet: %s is in folder %u, of %zu", file->name,
                         file->folder, cabinet->folder_count);
    const struct cabinet_folder *folder = &cabinet->folders[file->folder];
    if (folder->compression > MSZIP)
        return error_set(error, ERROR_UNSUPPORTED, "cabinet: %s is compressed by %s", file->name,
                         folder->compression < 4 ? names[folder->compression]
                                                 : "a method that is not known");
    if (file->start + file->size > LIMIT_CABINET_CONTENT_BYTES)
        return error_set(error, ERROR_LIMIT, "cabinet: %s ends %llu bytes into its folder",
                         file->name, (unsigned long long)(file->start + file->size));
    struct content *new = calloc(1, sizeof *new);
    if (!new)
        return error_set_memory(error);
    *new = (struct content){ .reader = { &operations, file->size }, .start = file->start };
    struct unpacking unpacking = { .cabinet = cabinet, .problems = &problems, .content = new };
    if (unpack(&unpacking, folder, file->start + file->size) != 0) {
        content_free(&new->reader);
        return error_set_memory(error);
    }
    *content = &new->reader;
    return 0;
}
