/* SPDX-License-Identifier: Apache-2.0 */

/*
 * raw: the bytes of the media in one file or, one behind the other, in several
 * (.000 .001 ..., .001 .002 ..., .aa .ab ..., .aaa .aab ...).
 *
 * A missing file between two others can be placed only where all files but the
 * last are of one size, as every tool makes them: then it is a gap of that
 * size. Else the image is refused, because every offset behind would be wrong.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fett/buffer.h>
#include <fett/limits.h>

#include "image_internal.h"

enum { MISSING = -1 };

struct piece {
    uint64_t start, length;
    int segment; /* index, or MISSING */
};

struct raw {
    struct piece *pieces; /* in order, without space between */
    size_t count;
};

struct raw_reader {
    struct reader reader;
    struct image *image;
    struct segment_files files;
};

/* Of ".001": 1; of ".aa": 0, ".ab": 1; of others: -1. */
static int split_number(const char *extension, const char *first)
{
    size_t length = strlen(extension);
    int number = 0;

    if (length != strlen(first) || length < 2 || length > 3)
        return -1;
    char low = first[0] >= '0' && first[0] <= '9' ? '0' : first[0] >= 'a' ? 'a' : 'A';
    int base = low == '0' ? 10 : 26;
    if (base == 10 && length != 3)
        return -1;
    for (size_t i = 0; i < length; i++) {
        if (extension[i] < low || extension[i] >= low + base)
            return -1;
        number = number * base + (extension[i] - low);
    }
    return number;
}

static bool begins_series(const char *extension)
{
    int number = split_number(extension, extension);

    return number == 0 || (number == 1 && strcmp(extension, "001") == 0);
}

/* Whether the file with this extension, which must be as long as that of `path`, is
 * there. -1 without memory. */
static int has_sibling(const char *path, char digit, char last)
{
    size_t length = strlen(segment_extension(path));
    char *sibling = strdup(path);

    if (!sibling)
        return -1;
    char *extension = sibling + strlen(sibling) - length;
    memset(extension, digit, length);
    extension[length - 1] = last;
    int exists = access(sibling, F_OK) == 0;
    free(sibling);
    return exists;
}

/* A later segment is no image: ".000" or ".001" stands before it, or ".aa". */
static int check_first(const char *path, struct error *error)
{
    const char *extension = segment_extension(path);
    int number = split_number(extension, extension), exists = 0;
    char low = extension[0] >= 'a' ? 'a' : extension[0] >= 'A' ? 'A' : '0';

    if (number > 0)
        exists = has_sibling(path, low, low);
    if (number > 1 && low == '0' && exists == 0)
        exists = has_sibling(path, '0', '1');
    if (exists < 0)
        return error_set_memory(error);
    return exists ? error_set(error, ERROR_USAGE,
                              "not the first segment of its image: %s", path)
                  : 0;
}

/* Leave out what stands too far behind, or is larger than the first, to be
 * one of the series; *dropped is how many, and *name the first. */
static int drop_strangers(struct segments *segments, char **name, size_t *dropped,
                          struct error *error)
{
    for (size_t i = 1; i < segments->count; i++) {
        const struct segment *previous = &segments->items[i - 1], *segment = previous + 1;
        unsigned missing = segment->number - previous->number - 1;
        if (missing > LIMIT_MISSING_SEGMENTS ||
            (missing > 0 && segment->size > segments->items[0].size)) {
            *name = strdup(segment->path);
            *dropped = segments->count - i;
            segments_cut(segments, i);
            return *name ? 0 : error_set_memory(error);
        }
    }
    return 0;
}

static int check_missing(const struct segments *segments, unsigned number, struct error *error)
{
    for (size_t i = 0; i + 1 < segments->count; i++)
        if (segments->items[i].size != segments->items[0].size)
            return error_set(error, ERROR_DAMAGED,
                             "%s: segment number %u is missing, and the others are of different "
                             "sizes: what stands behind it has no place",
                             segments->items[0].path, number);
    return 0;
}

static int add_piece(struct raw *raw, struct image *image, uint64_t length, int segment,
                     struct error *error)
{
    if (length > (uint64_t)INT64_MAX - image->size)
        return error_set(error, ERROR_LIMIT, "%s: segments are longer than 8 EiB", image->path);
    raw->pieces[raw->count++] = (struct piece){ image->size, length, segment };
    image->size += length;
    return 0;
}

static int place_pieces(struct raw *raw, struct image *image, struct error *error)
{
    const struct segments *segments = &image->segments;

    for (size_t i = 0; i < segments->count; i++) {
        const struct segment *segment = &segments->items[i];
        for (unsigned lost = i > 0 ? segment[-1].number + 1 : segment->number;
             lost < segment->number; lost++) {
            uint64_t size = segments->items[0].size;
            if (check_missing(segments, lost, error) != 0)
                return -1;
            image_add_plain_gap(image, GAP_DAMAGE, image->size, size,
                                "segment file number %u is missing; its length is taken from "
                                "the others", lost);
            if (add_piece(raw, image, size, MISSING, error) != 0)
                return -1;
        }
        if (segment->size > 0 && add_piece(raw, image, segment->size, (int)i, error) != 0)
            return -1;
    }
    return 0;
}

/* The piece that holds a byte of the image. */
static const struct piece *find_piece(const struct raw *raw, uint64_t offset)
{
    size_t low = 0, high = raw->count - 1;

    while (low < high) {
        size_t middle = low + (high - low + 1) / 2;
        if (raw->pieces[middle].start <= offset)
            low = middle;
        else
            high = middle - 1;
    }
    return &raw->pieces[low];
}

/* What could not be read at once is read sector by sector: each that fails is
 * zeros and a gap. */
static void read_sectors(struct raw_reader *raw, const struct piece *piece, uint64_t inside,
                         uint8_t *buffer, size_t size)
{
    while (size > 0) {
        size_t part = 512 - (size_t)(inside % 512);
        if (part > size)
            part = size;
        ssize_t got = segment_read(&raw->files, (size_t)piece->segment, inside, buffer, part,
                                   NULL);
        if (got < (ssize_t)part) {
            memset(buffer, 0, part);
            image_add_plain_gap(raw->image, GAP_DAMAGE, piece->start + inside, part, "%s",
                                got < 0 ? "cannot be read" : "the file has become shorter");
        }
        inside += part;
        buffer += part;
        size -= part;
    }
}

static int read_piece(struct raw_reader *raw, const struct piece *piece, uint64_t inside,
                      uint8_t *buffer, size_t size, struct error *error)
{
    const char *path;
    ssize_t got;

    if (piece->segment == MISSING) {
        memset(buffer, 0, size);
        return error_set(error, ERROR_DAMAGED, "at %llu: the segment file is missing",
                         (unsigned long long)(piece->start + inside));
    }
    got = segment_read(&raw->files, (size_t)piece->segment, inside, buffer, size, NULL);
    if (got == (ssize_t)size)
        return 0;
    if (got < 0)
        got = 0;
    path = raw->image->segments.items[piece->segment].path;
    read_sectors(raw, piece, inside + (uint64_t)got, buffer + got, size - (size_t)got);
    return error_set(error, ERROR_DAMAGED, "at %llu: cannot read %s",
                     (unsigned long long)(piece->start + inside + (uint64_t)got), path);
}

static int raw_read_at(struct reader *reader, uint64_t offset, void *buffer, size_t size,
                       struct error *error)
{
    struct raw_reader *raw = (struct raw_reader *)reader;
    const struct piece *piece = find_piece(raw->image->container, offset);
    uint8_t *out = buffer;
    int result = 0;

    for (; size > 0; piece++) {
        uint64_t inside = offset - piece->start, left = piece->length - inside;
        size_t part = left < size ? (size_t)left : size;
        /* The first place is the one to tell. */
        if (read_piece(raw, piece, inside, out, part, result == 0 ? error : NULL) != 0)
            result = -1;
        out += part;
        offset += part;
        size -= part;
    }
    return result;
}

static void raw_reader_free(struct reader *reader)
{
    segment_files_release(&((struct raw_reader *)reader)->files);
    free(reader);
}

static int raw_reader(struct image *image, struct reader **reader, struct error *error)
{
    static const struct reader_operations operations = { raw_read_at, raw_reader_free };
    struct raw_reader *raw = malloc(sizeof *raw);

    if (!raw)
        return error_set_memory(error);
    raw->reader = (struct reader){ &operations, image->size };
    raw->image = image;
    segment_files_init(&raw->files, &image->segments);
    *reader = &raw->reader;
    return 0;
}

/* Holes of sparse files. A file system that does not know them says that all
 * is data. */
static bool raw_known_zero(struct image *image, struct reader *reader, uint64_t offset,
                           uint64_t size)
{
    struct raw_reader *raw = (struct raw_reader *)reader;
    const struct piece *piece = find_piece(image->container, offset);

    for (; size > 0; piece++) {
        uint64_t inside = offset - piece->start, left = piece->length - inside;
        uint64_t part = left < size ? left : size;
        int fd = piece->segment == MISSING ? -1
                                           : segment_fd(&raw->files, (size_t)piece->segment, NULL);
        if (fd < 0)
            return false;
        off_t data = lseek(fd, (off_t)inside, SEEK_DATA);
        if (data < 0 ? errno != ENXIO : (uint64_t)data < inside + part)
            return false;
        offset += part;
        size -= part;
    }
    return true;
}

static void raw_free(struct image *image)
{
    struct raw *raw = image->container;

    free(raw->pieces);
    free(raw);
}

int image_open_raw(struct image *image, struct error *error)
{
    static const struct image_operations operations = { raw_reader, raw_known_zero, raw_free };
    const char *extension = segment_extension(image->path);
    bool series = begins_series(extension);

    if (check_first(image->path, error) != 0)
        return -1;
    if (segments_find(&image->segments, image->path, series ? split_number : NULL, error) != 0)
        return -1;
    char *stranger = NULL;
    size_t dropped = 0;
    if (drop_strangers(&image->segments, &stranger, &dropped, error) != 0)
        return -1;
    const struct segments *segments = &image->segments;
    unsigned span = segments->items[segments->count - 1].number - segments->items[0].number + 1;
    struct raw *raw = calloc(1, sizeof *raw);
    if (raw)
        raw->pieces = calloc(span, sizeof *raw->pieces);
    if (!raw || !raw->pieces) {
        free(raw);
        free(stranger);
        return error_set_memory(error);
    }
    image->container = raw;
    int result = place_pieces(raw, image, error);
    if (result == 0 && stranger)
        image_add_plain_gap(image, GAP_DAMAGE, image->size, 0,
                            "%s: left out, with %zu behind it: too far from the segments before it",
                            stranger, dropped - 1);
    free(stranger);
    if (result != 0) {
        raw_free(image);
        return -1;
    }
    image->operations = &operations;
    image->format = segments->count > 1 ? IMAGE_SPLIT_RAW : IMAGE_RAW;
    return 0;
}
