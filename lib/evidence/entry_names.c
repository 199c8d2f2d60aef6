/* SPDX-License-Identifier: Apache-2.0 */

/*
 * entry_names: see entry_names.h.
 *
 * USN_RECORD_V2 and V3 (Microsoft's documentation), in pages of 4096 bytes that none crosses:
 *     0    4  its length, a multiple of 8
 *     4    2  major version: 2, 3; in 4, ranges, there is no name
 *     6    2  minor version: 0
 *    56    2  V2: bytes of the name
 *    58    2      its offset: 60
 *    72    4  V3: the same, of a name at 76
 * The next one follows at once where the name ends at a multiple of 8.
 *
 * A record of a folder (ECMA-119 9.1), in blocks of 2048 bytes that none crosses:
 *     0    1  its length
 *     1    1  length of the extended attributes: 0
 *     2    8  place of the content, 10 its size, each LE and BE
 *    28    4  volume, LE and BE
 *    32    1  bytes of the name
 *    33       the name; Joliet: in UTF-16BE; a byte more if its length is even
 *             then, of Rock Ridge, entries (SUSP 1.12):
 *     0    2  signature: NM is a name or a piece of one
 *     2    1  its length
 *     3    1  version: 1
 *     4    1  of NM: flags
 *     5       of NM: the text
 */

#include <stdbool.h>
#include <string.h>

#include <fett/bytes.h>
#include <fett/entry_names.h>
#include <fett/long_name.h>

/* A name, or none of one, in a record; behind it stands what is not marked before the
 * record there was read. */
struct edge {
    uint8_t *at; /* NULL: none */
    uint8_t bytes[2];
    size_t size;
};

static void close_edge(struct edge *edge)
{
    if (edge->at)
        memcpy(edge->at, edge->bytes, edge->size);
    edge->at = NULL;
}

/* The edge behind a name that ends at data[end], of `unit` bytes, as far as there are any. */
static void open_edge(struct edge *edge, uint8_t *data, size_t size, size_t end, uint8_t byte,
                      size_t unit)
{
    close_edge(edge);
    edge->at = end < size ? data + end : NULL;
    edge->size = size - end < unit ? size - end : unit;
    memset(edge->bytes, byte, sizeof edge->bytes);
}

/* --- the change journal --- */

enum {
    USN_PAGE = 4096, USN_LENGTH_MAX = 1024, USN_STEP = 8, NAME_BYTES_MAX = 510,
    USN_V2_NAME = 60, USN_V3_NAME = 76, USN_HEAD = 64,
};

/* Bytes of the record at data[at]; 0: there is none. */
static size_t usn_length(const uint8_t *data, size_t size, size_t at, size_t *name)
{
    if (size - at < USN_HEAD)
        return 0;
    const uint8_t *record = data + at;
    uint32_t length = bytes_u32le(record);
    unsigned major = bytes_u16le(record + 4);

    *name = 0;
    if (bytes_u16le(record + 6) != 0 || major < 2 || major > 4 || length < USN_HEAD ||
        length > USN_LENGTH_MAX || length % USN_STEP != 0 || length > size - at)
        return 0;
    if (major == 4)
        return length;
    *name = major == 2 ? USN_V2_NAME : USN_V3_NAME;
    if (length < *name)
        return 0;
    size_t bytes = bytes_u16le(record + *name - 4);
    return bytes_u16le(record + *name - 2) == *name && bytes > 0 && bytes <= NAME_BYTES_MAX &&
                   bytes % 2 == 0 && length - *name >= bytes &&
                   length - *name - bytes < 2 * USN_STEP
               ? length : 0;
}

static void mark_usn_page(uint8_t *data, size_t size, size_t at)
{
    size_t end = size - at < USN_PAGE ? size : at + USN_PAGE, length, name;
    struct edge edge = { NULL };

    for (; at < end && (length = usn_length(data, size, at, &name)) > 0; at += length) {
        uint8_t *head = data + at + name - 2;
        size_t bytes = name > 0 ? bytes_u16le(head - 2) : 0;
        if (name == 0) {
            close_edge(&edge);
            continue;
        }
        head[0] = bytes / 2 < LONG_NAME_MANY ? (uint8_t)(bytes / 2) : LONG_NAME_MANY;
        head[1] = LONG_NAME_MARK;
        open_edge(&edge, data, size, at + name + bytes, 0, 2);
    }
    close_edge(&edge);
}

/* --- folders of ISO 9660 --- */

enum { ISO_BLOCK = 2048, ISO_NAME = 33, ISO_HEAD = 34, SUSP_HEAD = 5 };

/* Whether a number in both byte orders stands there. */
static bool is_in_both_orders(const uint8_t *bytes, size_t half)
{
    for (size_t i = 0; i < half; i++)
        if (bytes[i] != bytes[2 * half - 1 - i])
            return false;
    return true;
}

static size_t iso_length(const uint8_t *data, size_t size, size_t at)
{
    const uint8_t *record = data + at;

    if (size - at < ISO_HEAD || record[0] < ISO_HEAD || record[0] > size - at || record[1] != 0 ||
        record[ISO_NAME - 1] == 0 || record[ISO_NAME - 1] > record[0] - ISO_NAME ||
        !is_in_both_orders(record + 2, 4) || !is_in_both_orders(record + 10, 4) ||
        !is_in_both_orders(record + 28, 2))
        return 0;
    return record[0];
}

/* Whether it is in UTF-16BE: other names have no NUL. */
static bool is_wide(const uint8_t *name, size_t bytes)
{
    for (size_t i = 0; i + 1 < bytes; i += 2)
        if (name[i] == 0)
            return bytes % 2 == 0;
    return false;
}

/* Names of Rock Ridge in the entries [at, end) of a record. */
static void mark_rock_ridge(struct edge *edge, uint8_t *data, size_t size, size_t at, size_t end)
{
    while (end > at && end - at >= SUSP_HEAD && data[at + 2] >= SUSP_HEAD &&
           data[at + 2] <= end - at && data[at + 3] == 1) {
        size_t length = data[at + 2];
        if (memcmp(data + at, "NM", 2) == 0)
            open_edge(edge, data, size, at + length, 0, 1);
        else
            close_edge(edge);
        at += length;
    }
}

static void mark_iso_block(uint8_t *data, size_t size, size_t at)
{
    size_t end = size - at < ISO_BLOCK ? size : at + ISO_BLOCK, length;
    struct edge edge = { NULL };

    for (; at < end && (length = iso_length(data, size, at)) > 0; at += length) {
        size_t bytes = data[at + ISO_NAME - 1], behind = at + ISO_NAME + bytes;
        close_edge(&edge);
        if (is_wide(data + at + ISO_NAME, bytes)) {
            memset(data + at + ISO_NAME - 2, 0xff, 2);
            open_edge(&edge, data, size, behind, 0xff, 2);
        } else if (bytes > 1 || data[at + ISO_NAME] > 1) { /* not "." and ".." */
            open_edge(&edge, data, size, behind, 0, 1);
            mark_rock_ridge(&edge, data, size, behind + (bytes % 2 == 0), at + length);
        }
    }
    close_edge(&edge);
}

/* From back to front: a name may end where the next page begins, which is read before that is
 * marked. Most strides begin with no length of either kind. */
void entry_names_mark_all(uint8_t *data, size_t size, uint64_t offset)
{
    size_t first = (ENTRY_STRIDE - offset % ENTRY_STRIDE) % ENTRY_STRIDE;

    if (size < first + USN_HEAD)
        return;
    const uint8_t *stride = data + first + (size - USN_HEAD - first) / ENTRY_STRIDE * ENTRY_STRIDE;
    for (size_t left = (size - USN_HEAD - first) / ENTRY_STRIDE + 1; left > 0;
         left--, stride -= ENTRY_STRIDE) {
        unsigned length = bytes_u16le(stride);
        if (length - ISO_HEAD > USN_LENGTH_MAX - ISO_HEAD)
            continue;
        if (length <= UINT8_MAX && is_in_both_orders(stride + 2, 4))
            mark_iso_block(data, size, (size_t)(stride - data));
        else if (bytes_u32le(stride + 4) - 2 <= 2) /* the version */
            mark_usn_page(data, size, (size_t)(stride - data));
    }
}
