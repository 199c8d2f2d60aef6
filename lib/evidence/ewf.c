/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ewf: the chunks of an EWF image (.E01, .s01). What stands where is found by
 * ewf_index.c.
 *
 * A chunk is one zlib stream, which ends with the Adler-32 of the chunk, or the
 * bytes as they are with their Adler-32 behind. It reaches to the next entry of
 * its table. The checksum of every chunk that is read is verified. A chunk of
 * zeros is deflated once; those whose stored bytes are the same are known to be
 * zeros without inflating them.
 *
 * Each reader has a decompressor, a few tables and a small cache of chunks; big
 * reads inflate into the caller's buffer, and take the stored bytes of many
 * chunks from the file at once.
 *
 * EnCase 6.7 wrote segments of more than 2 GiB with 32-bit offsets in its
 * tables: from where offsets would pass 2^31, bit 31 is part of the offset and
 * the size alone tells whether a chunk is deflated.
 */

#include <ctype.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <libdeflate.h>

#include <fett/bytes.h>
#include <fett/limits.h>

#include "ewf_index.h"

enum {
    TABLES = 8,              /* a reader keeps so many */
    CACHE_BYTES = 2 << 20,   /* chunks that are read in part */
    CACHE_LEAST = 2,
    AHEAD_BYTES = 256 << 10, /* stored bytes that are read at once: a quarter of a usual L2 */
    ZERO_PATTERNS = 2,
    ZERO_PATTERN_SIZE = 512, /* 32 KiB of zeros deflate to 50 to 180 bytes */
};

struct ewf {
    struct ewf_index index;
    _Atomic uint64_t *zero_chunks; /* bit set: met, and all zeros */
};

struct loaded_table {
    const struct ewf_table *table; /* NULL: unused */
    uint32_t *entries;             /* NULL: unreadable */
    uint32_t overflow;             /* entries from here on use bit 31 for the offset */
    uint64_t used;
};

struct cached_chunk {
    uint64_t number;
    uint64_t used; /* 0: empty */
    const char *fault;
};

struct zero_pattern {
    size_t size; /* 0: unused */
    uint8_t bytes[ZERO_PATTERN_SIZE];
};

/* Bytes of a segment as they stand in the file. */
struct stored {
    uint8_t *bytes;
    size_t room, length;
    size_t segment;
    uint64_t at;
};

struct ewf_reader {
    struct reader reader;
    struct image *image;
    struct ewf *ewf;
    struct segment_files files;
    struct libdeflate_decompressor *decompressor;
    struct loaded_table tables[TABLES];
    struct zero_pattern zeros[ZERO_PATTERNS];
    struct cached_chunk *cache;
    size_t cache_count;
    uint8_t *cache_data;
    struct stored stored;
    uint64_t last;      /* chunk of the read that is under way */
    uint64_t clock;
};

static void set_zero(struct ewf *ewf, uint64_t chunk)
{
    atomic_fetch_or_explicit(&ewf->zero_chunks[chunk / 64], UINT64_C(1) << chunk % 64,
                             memory_order_relaxed);
}

static bool is_zero(struct ewf *ewf, uint64_t chunk)
{
    return atomic_load_explicit(&ewf->zero_chunks[chunk / 64], memory_order_relaxed) >>
           chunk % 64 & 1;
}

/* Bytes of the media in a chunk: the last one may be cut. */
static size_t chunk_length(const struct ewf_reader *ewf, uint64_t chunk)
{
    uint64_t left = ewf->image->size - chunk * ewf->ewf->index.chunk_size;

    return left < ewf->ewf->index.chunk_size ? (size_t)left : ewf->ewf->index.chunk_size;
}

static bool read_entries(struct ewf_reader *ewf, const struct ewf_table *table, uint64_t at,
                         uint8_t *data, bool *verified)
{
    size_t size = (size_t)table->count * 4, whole = size + (table->checksum ? 4 : 0);

    if (segment_read(&ewf->files, table->segment, at, data, whole, NULL) != (ssize_t)whole)
        return false;
    *verified = !table->checksum ||
                libdeflate_adler32(1, data, size) == bytes_u32le(data + size);
    return true;
}

/* A gap about a table that costs the first `lost` chunks of it. */
static void table_gap(struct ewf_reader *ewf, const struct ewf_table *table, enum gap_kind kind,
                      uint32_t lost, const char *reason)
{
    uint64_t size = ewf->ewf->index.chunk_size;
    uint64_t from = table->first * size, to = (table->first + lost) * size;

    if (to > ewf->image->size)
        to = ewf->image->size;
    image_add_plain_gap(ewf->image, kind, from, to - from, "EWF table of chunks %llu to %llu: %s",
                        (unsigned long long)table->first,
                        (unsigned long long)(table->first + table->count - 1), reason);
}

/* Where 31 bits do not suffice any more; see above. */
static uint32_t find_overflow(const struct ewf_table *table, const uint32_t *entries,
                              uint32_t chunk_size)
{
    for (uint32_t i = 1; i < table->count; i++) {
        uint32_t before = entries[i - 1] & 0x7fffffff;
        if ((entries[i] & 0x7fffffff) < before && entries[i] > before &&
            before > 0x7fffffff - 2 * (uint64_t)chunk_size)
            return i;
    }
    return table->count;
}

/* Read the copy that is whole, or the first. false: neither can be read. */
static bool choose_entries(struct ewf_reader *ewf, const struct ewf_table *table, uint8_t *data)
{
    bool verified = false, mirror_verified = false;
    bool have = read_entries(ewf, table, table->entries, data, &verified);

    if (have && verified)
        return true;
    bool have_mirror = table->mirror &&
                       read_entries(ewf, table, table->mirror, data, &mirror_verified);
    if (have_mirror && mirror_verified) {
        table_gap(ewf, table, GAP_STRUCTURE, 0, "the first copy is damaged, the second is used");
        return true;
    }
    if (!have && !have_mirror) {
        table_gap(ewf, table, GAP_DAMAGE, table->count, "cannot be read");
        return false;
    }
    table_gap(ewf, table, GAP_STRUCTURE, table->count,
              "checksum does not match, chunks may be in the wrong place");
    return !have || read_entries(ewf, table, table->entries, data, &verified);
}

/* Unreadable ones leave entries NULL. */
static int load_table(struct ewf_reader *ewf, struct loaded_table *slot,
                      const struct ewf_table *table, struct error *error)
{
    uint8_t *data = malloc(((size_t)table->count + 1) * 4);

    if (!data)
        return error_set_memory(error);
    if (table->recovered) {
        memcpy(data, table->recovered, (size_t)table->count * 4);
    } else if (!choose_entries(ewf, table, data)) {
        free(data);
        data = NULL;
    }
    free(slot->entries);
    slot->table = table;
    slot->entries = (uint32_t *)(void *)data;
    slot->overflow = table->count;
    if (data) {
        for (uint32_t i = 0; i < table->count && !table->recovered; i++)
            slot->entries[i] = bytes_u32le(data + (size_t)i * 4);
        slot->overflow = find_overflow(table, slot->entries, ewf->ewf->index.chunk_size);
    }
    return 0;
}

static struct loaded_table *get_table(struct ewf_reader *ewf, const struct ewf_table *table,
                                      struct error *error)
{
    struct loaded_table *oldest = &ewf->tables[0];

    for (size_t i = 0; i < TABLES; i++) {
        struct loaded_table *slot = &ewf->tables[i];
        if (slot->table == table) {
            slot->used = ++ewf->clock;
            return slot;
        }
        if (slot->used < oldest->used)
            oldest = slot;
    }
    if (load_table(ewf, oldest, table, error) != 0)
        return NULL;
    oldest->used = ++ewf->clock;
    return oldest;
}

static bool match_zero_pattern(const struct ewf_reader *ewf, const uint8_t *stored, size_t size)
{
    for (size_t i = 0; i < ZERO_PATTERNS; i++)
        if (ewf->zeros[i].size == size && memcmp(ewf->zeros[i].bytes, stored, size) == 0)
            return true;
    return false;
}

static void learn_zero_pattern(struct ewf_reader *ewf, const uint8_t *stored, size_t size)
{
    size_t free_one = 0;

    while (free_one < ZERO_PATTERNS && ewf->zeros[free_one].size != 0)
        free_one++;
    if (free_one == ZERO_PATTERNS)
        return;
    memcpy(ewf->zeros[free_one].bytes, stored, size);
    ewf->zeros[free_one].size = size;
}

/* Inflate the `size` stored bytes. NULL, or what is wrong. */
static const char *inflate_chunk(struct ewf_reader *ewf, uint64_t chunk, const uint8_t *stored,
                                 size_t size, uint8_t *out, size_t need)
{
    size_t room = ewf->ewf->index.chunk_size, used = 0, got = 0;
    bool small = size <= ZERO_PATTERN_SIZE, full = need == room;

    if (small && full && match_zero_pattern(ewf, stored, size)) {
        memset(out, 0, need);
        set_zero(ewf->ewf, chunk);
        return NULL;
    }
    switch (libdeflate_zlib_decompress_ex(ewf->decompressor, stored, size, out, room, &used,
                                          &got)) {
    case LIBDEFLATE_SUCCESS:
        break;
    case LIBDEFLATE_INSUFFICIENT_SPACE:
        return "is longer than a chunk";
    default: /* the stream, or only the checksum at its end? */
        if (size > 6 && libdeflate_deflate_decompress(ewf->decompressor, stored + 2, size - 2, out,
                                                      room, &got) == LIBDEFLATE_SUCCESS &&
            got >= need)
            return "checksum does not match";
        return "cannot be decompressed";
    }
    if (got < need)
        return "is shorter than a chunk";
    if (small && bytes_all_zero(out, need)) {
        set_zero(ewf->ewf, chunk);
        if (full && used == size)
            learn_zero_pattern(ewf, stored, size);
    }
    return NULL;
}

/* The bytes as they are. What fails its checksum is delivered all the same. */
static const char *copy_chunk(const struct ewf_reader *ewf, const uint8_t *stored, size_t size,
                              uint8_t *out, size_t need, bool *deliver)
{
    size_t length = size < 4 ? 0 : size - 4;

    if (length > ewf->ewf->index.chunk_size)
        length = ewf->ewf->index.chunk_size;
    if (length < need)
        return "is cut";
    memcpy(out, stored, need);
    *deliver = true;
    return libdeflate_adler32(1, stored, length) == bytes_u32le(stored + length)
               ? NULL
               : "checksum does not match";
}

/* Where a chunk stands: `size` reaches to the next one. */
static bool locate(const struct ewf_reader *ewf, const struct loaded_table *slot, uint64_t chunk,
                   uint64_t *start, size_t *size, bool *deflated)
{
    const struct ewf_table *table = slot->table;
    uint32_t i = (uint32_t)(chunk - table->first);
    bool overflow = i >= slot->overflow;
    uint32_t offset = overflow ? slot->entries[i] : slot->entries[i] & 0x7fffffff;
    uint64_t end = table->data_end;

    *start = table->base + offset;
    if (i + 1 < table->count) {
        uint32_t next = i + 1 >= slot->overflow ? slot->entries[i + 1]
                                                : slot->entries[i + 1] & 0x7fffffff;
        if (next > offset)
            end = table->base + next;
    }
    if (*start >= end)
        return false;
    uint64_t most = ewf_stored_most(ewf->ewf->index.chunk_size);
    *size = (size_t)(end - *start < most ? end - *start : most);
    *deflated = overflow ? *size < ewf->ewf->index.chunk_size : slot->entries[i] >> 31;
    return true;
}

/* Where the read that is under way ends in this table, at `end` at least. */
static uint64_t locate_end(const struct ewf_reader *ewf, const struct loaded_table *slot,
                           uint64_t end)
{
    uint64_t last = slot->table->first + slot->table->count - 1, start;
    size_t size;
    bool deflated;

    if (ewf->last < last)
        last = ewf->last;
    return locate(ewf, slot, last, &start, &size, &deflated) && start + size > end ? start + size
                                                                                   : end;
}

/* The `size` bytes of a segment from `start` on, and with them what lies before `end`, as more of
 * it is wanted next. How many there are, or -1. */
static ssize_t read_stored(struct ewf_reader *ewf, size_t segment, uint64_t start, size_t size,
                           uint64_t end, const uint8_t **bytes)
{
    struct stored *stored = &ewf->stored;

    if (segment != stored->segment || start < stored->at ||
        start + size > stored->at + stored->length) {
        size_t ask = (size_t)(end - start < stored->room ? end - start : stored->room);
        ssize_t got = segment_read(&ewf->files, segment, start, stored->bytes, ask, NULL);
        if (got < 0)
            return -1;
        stored->segment = segment;
        stored->at = start;
        stored->length = (size_t)got;
    }
    size_t left = stored->length - (size_t)(start - stored->at);
    *bytes = stored->bytes + (start - stored->at);
    return (ssize_t)(left < size ? left : size);
}

/* Fill `out`, which has room for a whole chunk. *fault: NULL, or what is wrong;
 * then zeros, or the bytes as stored, are delivered. -1 only for want of memory. */
static int read_chunk(struct ewf_reader *ewf, uint64_t chunk, uint8_t *out, const char **fault,
                      struct error *error)
{
    size_t need = chunk_length(ewf, chunk), size = 0;
    const struct ewf_table *table = ewf_index_find(&ewf->ewf->index, chunk);
    bool deliver = false, deflated = false;
    uint64_t start = 0;

    *fault = "is missing";
    if (!table) { /* told as a gap when the image was opened */
        memset(out, 0, need);
        return 0;
    }
    struct loaded_table *slot = get_table(ewf, table, error);
    if (!slot)
        return -1;
    if (!slot->entries) { /* told when the table was loaded */
        memset(out, 0, need);
        return 0;
    }
    const uint8_t *stored;
    ssize_t got = -1;
    if (!locate(ewf, slot, chunk, &start, &size, &deflated))
        *fault = "is outside the chunks of its segment";
    else if ((got = read_stored(ewf, table->segment, start, size,
                                locate_end(ewf, slot, start + size), &stored)) < 0)
        *fault = "cannot be read";
    else if (got == 0)
        *fault = "is behind the end of its segment";
    else if (deflated)
        *fault = inflate_chunk(ewf, chunk, stored, (size_t)got, out, need);
    else
        *fault = copy_chunk(ewf, stored, (size_t)got, out, need, &deliver);
    if (!*fault)
        return 0;
    if (got > 0 && (size_t)got < size)
        *fault = "cannot be read whole";
    if (!deliver)
        memset(out, 0, need);
    image_add_plain_gap(ewf->image, GAP_DAMAGE, chunk * ewf->ewf->index.chunk_size, need,
                        "EWF chunk %llu: %s", (unsigned long long)chunk, *fault);
    return 0;
}

/* The cached copy of a chunk; read if it is not there. */
static const uint8_t *cached(struct ewf_reader *ewf, uint64_t chunk, bool read,
                             const char **fault, struct error *error)
{
    size_t oldest = 0;

    for (size_t i = 0; i < ewf->cache_count; i++) {
        struct cached_chunk *slot = &ewf->cache[i];
        if (slot->used && slot->number == chunk) {
            slot->used = ++ewf->clock;
            *fault = slot->fault;
            return ewf->cache_data + i * ewf->ewf->index.chunk_size;
        }
        if (slot->used < ewf->cache[oldest].used)
            oldest = i;
    }
    if (!read)
        return NULL;
    uint8_t *data = ewf->cache_data + oldest * ewf->ewf->index.chunk_size;
    ewf->cache[oldest].used = 0;
    if (read_chunk(ewf, chunk, data, fault, error) != 0)
        return NULL;
    ewf->cache[oldest] = (struct cached_chunk){ chunk, ++ewf->clock, *fault };
    return data;
}

/* `size` bytes from `inside` a chunk on. */
static int read_part(struct ewf_reader *ewf, uint64_t chunk, size_t inside, uint8_t *out,
                     size_t size, const char **fault, struct error *error)
{
    bool whole = size == ewf->ewf->index.chunk_size;
    const uint8_t *data = cached(ewf, chunk, !whole, fault, error);

    if (data) {
        memcpy(out, data + inside, size);
        return 0;
    }
    if (whole && read_chunk(ewf, chunk, out, fault, error) == 0)
        return 0;
    memset(out, 0, size);
    return -1;
}

static int ewf_read_at(struct reader *reader, uint64_t offset, void *buffer, size_t size,
                       struct error *error)
{
    struct ewf_reader *ewf = (struct ewf_reader *)reader;
    size_t chunk_size = ewf->ewf->index.chunk_size;
    uint8_t *out = buffer;
    int result = 0;

    ewf->last = size > 0 ? (offset + size - 1) / chunk_size : 0;
    while (size > 0) {
        uint64_t chunk = offset / chunk_size;
        size_t inside = (size_t)(offset % chunk_size);
        size_t part = chunk_size - inside < size ? chunk_size - inside : size;
        const char *fault = NULL;
        struct error *first = result == 0 ? error : NULL;
        if (read_part(ewf, chunk, inside, out, part, &fault, first) != 0)
            result = -1;
        else if (fault)
            result = error_set(first, ERROR_DAMAGED, "at %llu: EWF chunk %llu: %s",
                               (unsigned long long)offset, (unsigned long long)chunk, fault);
        out += part;
        offset += part;
        size -= part;
    }
    return result;
}

static void ewf_reader_free(struct reader *reader)
{
    struct ewf_reader *ewf = (struct ewf_reader *)reader;

    for (size_t i = 0; i < TABLES; i++)
        free(ewf->tables[i].entries);
    if (ewf->decompressor)
        libdeflate_free_decompressor(ewf->decompressor);
    segment_files_release(&ewf->files);
    free(ewf->cache);
    free(ewf->cache_data);
    free(ewf->stored.bytes);
    free(ewf);
}

static int ewf_reader(struct image *image, struct reader **reader, struct error *error)
{
    static const struct reader_operations operations = { ewf_read_at, ewf_reader_free };
    struct ewf_reader *ewf = calloc(1, sizeof *ewf);

    if (!ewf)
        return error_set_memory(error);
    ewf->reader = (struct reader){ &operations, image->size };
    ewf->image = image;
    ewf->ewf = image->container;
    segment_files_init(&ewf->files, &image->segments);
    size_t chunk_size = ewf->ewf->index.chunk_size;
    ewf->cache_count = CACHE_BYTES / chunk_size > CACHE_LEAST ? CACHE_BYTES / chunk_size
                                                              : CACHE_LEAST;
    ewf->stored.room = ewf_stored_most((uint32_t)chunk_size);
    if (ewf->stored.room < AHEAD_BYTES)
        ewf->stored.room = AHEAD_BYTES;
    ewf->stored.bytes = malloc(ewf->stored.room);
    ewf->cache = calloc(ewf->cache_count, sizeof *ewf->cache);
    ewf->cache_data = malloc(ewf->cache_count * chunk_size);
    ewf->decompressor = libdeflate_alloc_decompressor();
    if (!ewf->stored.bytes || !ewf->cache || !ewf->cache_data || !ewf->decompressor) {
        ewf_reader_free(&ewf->reader);
        return error_set_memory(error);
    }
    *reader = &ewf->reader;
    return 0;
}

static bool ewf_known_zero(struct image *image, struct reader *reader, uint64_t offset,
                           uint64_t size)
{
    struct ewf *ewf = image->container;
    uint64_t last = (offset + size - 1) / ewf->index.chunk_size;

    (void)reader;
    for (uint64_t chunk = offset / ewf->index.chunk_size; chunk <= last; chunk++)
        /* A chunk that no table has reads as zeros, and was told as a gap at open. */
        if (!is_zero(ewf, chunk) && ewf_index_find(&ewf->index, chunk))
            return false;
    return true;
}

static void ewf_free(struct image *image)
{
    struct ewf *ewf = image->container;

    ewf_index_release(&ewf->index);
    free(ewf->zero_chunks);
    free(ewf);
}

/* "E02", "s02": 2, ..., 99; "EAA": 100, ..., "ZZZ". The first letter of the
 * first segment's name begins the series. */
static int segment_of(const char *extension, const char *first)
{
    if (strlen(extension) != 3 || strlen(first) != 3)
        return -1;
    int series = toupper((unsigned char)first[0]), a = toupper((unsigned char)extension[0]);
    int b = toupper((unsigned char)extension[1]), c = toupper((unsigned char)extension[2]);
    if (a == series && b >= '0' && b <= '9' && c >= '0' && c <= '9')
        return b == '0' && c == '0' ? -1 : (b - '0') * 10 + (c - '0');
    if (a < series || a > 'Z' || b < 'A' || b > 'Z' || c < 'A' || c > 'Z')
        return -1;
    return 100 + ((a - series) * 26 + (b - 'A')) * 26 + (c - 'A');
}

int image_open_ewf(struct image *image, struct error *error)
{
    static const struct image_operations operations = { ewf_reader, ewf_known_zero, ewf_free };
    struct ewf *ewf = calloc(1, sizeof *ewf);

    if (!ewf)
        return error_set_memory(error);
    if (segments_find(&image->segments, image->path, segment_of, error) != 0 ||
        ewf_index_read(&ewf->index, image, error) != 0) {
        free(ewf);
        return -1;
    }
    ewf->zero_chunks = calloc((size_t)(ewf->index.chunk_count / 64 + 1),
                              sizeof *ewf->zero_chunks);
    if (!ewf->zero_chunks) {
        ewf_index_release(&ewf->index);
        free(ewf);
        return error_set_memory(error);
    }
    const struct ewf_table *last = ewf->index.table_count > 0
                                       ? &ewf->index.tables[ewf->index.table_count - 1]
                                       : NULL;
    uint64_t held = last ? (last->first + last->count) * ewf->index.chunk_size : 0;
    image->missing = held < image->size ? image->size - held : 0;
    image->container = ewf;
    image->operations = &operations;
    image->format = IMAGE_EWF;
    return 0;
}
