/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Windows shortcuts by [MS-SHLLINK]. All numbers are little-endian.
 *
 *     header   0  4  0x4c            LinkInfo  0  4  bytes
 *              4 16  class id                  4  4  bytes of its header; from 0x24 on
 *             20  4  flags                           the two Unicode offsets are there
 *             24  4  attributes                8  4  1: volume and local path, 2: network
 *             28  8  born                     12  4  offset of VolumeID
 *             36  8  accessed                 16  4  of the local base path
 *             44  8  modified                 20  4  of CommonNetworkRelativeLink
 *             52  4  size                     24  4  of the suffix of both paths
 *             56 20  icon, window, key        28  4  of the local base path, Unicode
 *                                             32  4  of the suffix, Unicode
 *
 *     VolumeID 0  4  bytes           CommonNetworkRelativeLink
 *              4  4  drive type                0  4  bytes
 *              8  4  serial                    8  4  offset of the share's name
 *             12  4  offset of label          12  4  of the device's; 16 4 provider
 *             16  4  the same, Unicode,       20  4  of the share's name, Unicode, where
 *                    where 12 has 0x14               8 has more than 0x14
 *
 * Behind the header, each where its flag says so: the list of items (shortcut_items.c),
 * LinkInfo, five texts with their length before them, then blocks of 4 bytes size, 4
 * signature, content; one of less than 4 bytes ends them.
 *
 * liblnk is not used: it knows no lists of items and neither path with variables nor
 * descriptor of Windows Installer, and refuses a file as a whole for one damaged part.
 */

#include <stdlib.h>

#include <fett/bytes.h>
#include <fett/shortcut.h>
#include <fett/text.h>

#include "shortcut_items.h"

enum {
    HEADER_SIZE = 0x4c,
    HAS_ITEMS = 0x1, HAS_INFO = 0x2, HAS_DESCRIPTION = 0x4, HAS_RELATIVE = 0x8,
    HAS_FOLDER = 0x10, HAS_ARGUMENTS = 0x20, HAS_ICON = 0x40, IS_UNICODE = 0x80,
    IGNORE_INFO = 0x100,
};

enum block {
    BLOCK_ENVIRONMENT = 0xa0000001, BLOCK_TRACKER = 0xa0000003, BLOCK_INSTALLER = 0xa0000006,
};

static const uint8_t class_id[16] = { 0x01, 0x14, 0x02, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0,
                                      0x46 };

/* Add 8-bit text up to its NUL, or all there is. */
static void add_narrow(struct buffer *text, const uint8_t *data, size_t size, unsigned code_page)
{
    text_add_code_page(text, code_page, data, strnlen((const char *)data, size));
}

static void add_wide(struct buffer *text, const uint8_t *data, size_t size)
{
    size_t units = 0;

    while (units < size / 2 && bytes_u16le(data + 2 * units) != 0)
        units++;
    text_add_utf16le(text, data, units);
}

/* Add the text at an offset of a structure, which ends where that does. */
static void add_at(struct buffer *text, const struct cursor *structure, uint32_t offset,
                   bool wide, unsigned code_page)
{
    if (offset == 0 || offset >= structure->size)
        return;
    if (wide)
        add_wide(text, structure->data + offset, structure->size - offset);
    else
        add_narrow(text, structure->data + offset, structure->size - offset, code_page);
}

/* A structure that says its own size in its first 4 bytes. */
static void begin_structure(struct cursor *part, const struct cursor *whole, size_t offset,
                            const char *what)
{
    size_t at = offset < whole->size ? offset : whole->size, left = whole->size - at;
    uint32_t size = left >= 4 ? bytes_u32le(whole->data + at) : 0;

    cursor_init(part, whole->data + at, size < left ? size : left, whole->base + at, what);
}

static int read_volume(struct shortcut *shortcut, const struct cursor *info, uint32_t offset,
                       unsigned code_page, struct error *error)
{
    struct buffer label = BUFFER_INIT;
    struct cursor volume;

    begin_structure(&volume, info, offset, "shortcut: volume");
    cursor_skip(&volume, 4);
    shortcut->drive_type = cursor_u32(&volume);
    shortcut->volume_serial = cursor_u32(&volume);
    uint32_t at = cursor_u32(&volume);
    if (cursor_check(&volume, error) != 0)
        return -1;
    shortcut->has_volume = true;
    if (at == 0x14)
        add_at(&label, &volume, cursor_u32(&volume), true, 0);
    else
        add_at(&label, &volume, at, false, code_page);
    int result = buffer_keep(&label, &shortcut->volume_label, error);
    buffer_release(&label);
    return result;
}

static int read_share(const struct cursor *info, uint32_t offset, unsigned code_page,
                      struct buffer *path, struct error *error)
{
    struct cursor share;

    begin_structure(&share, info, offset, "shortcut: network share");
    cursor_skip(&share, 8);
    uint32_t at = cursor_u32(&share);
    cursor_skip(&share, 8);
    if (cursor_check(&share, error) != 0)
        return -1;
    if (at > 0x14)
        add_at(path, &share, cursor_u32(&share), true, 0);
    if (path->length == 0)
        add_at(path, &share, at, false, code_page);
    return 0;
}

static int read_paths(struct shortcut *shortcut, const struct cursor *info, unsigned code_page,
                      struct error *error)
{
    struct buffer path = BUFFER_INIT, suffix = BUFFER_INIT;
    struct cursor cursor = *info;
    uint32_t offsets[8] = { 0 }; /* from the size of its header on */
    int result = 0;

    cursor_skip(&cursor, 4);
    for (size_t i = 0; i < 6; i++)
        offsets[i] = cursor_u32(&cursor);
    bool wide = offsets[0] >= 0x24;
    for (size_t i = 6; wide && i < 8; i++)
        offsets[i] = cursor_u32(&cursor);
    if (cursor_check(&cursor, error) != 0)
        return -1;
    add_at(&suffix, info, offsets[wide && offsets[7] ? 7 : 5], wide && offsets[7], code_page);
    if (offsets[1] & 1) {
        result = read_volume(shortcut, info, offsets[2], code_page, error);
        add_at(&path, info, offsets[wide && offsets[6] ? 6 : 3], wide && offsets[6], code_page);
        buffer_add(&path, buffer_text(&suffix), suffix.length);
        if (buffer_keep(&path, &shortcut->local_path, error) != 0)
            result = -1;
    }
    if (result == 0 && offsets[1] & 2) {
        buffer_clear(&path);
        result = read_share(info, offsets[4], code_page, &path, error);
        if (path.length > 0 && path.data[path.length - 1] != '\\' && suffix.length > 0)
            buffer_add_byte(&path, '\\');
        buffer_add(&path, buffer_text(&suffix), suffix.length);
        if (result == 0)
            result = buffer_keep(&path, &shortcut->network_path, error);
    }
    buffer_release(&path);
    buffer_release(&suffix);
    return result;
}

/* What is read, part after part. */
struct reading {
    struct shortcut *shortcut;
    struct cursor file;
    uint32_t flags;
    unsigned code_page;
};

static int read_items(struct reading *reading, struct error *error)
{
    struct buffer path = BUFFER_INIT;
    struct cursor *file = &reading->file, items;

    if (!(reading->flags & HAS_ITEMS))
        return 0;
    size_t size = cursor_u16(file);
    uint64_t base = file->base + file->at;
    const uint8_t *data = cursor_bytes(file, size);
    if (cursor_check(file, error) != 0)
        return -1;
    cursor_init(&items, data, size, base, "shortcut: list of items");
    int result = shortcut_items(&items, reading->code_page, false, &path,
                                &reading->shortcut->file_reference, error);
    if (buffer_keep(&path, &reading->shortcut->item_path, result == 0 ? error : NULL) != 0)
        result = -1;
    buffer_release(&path);
    return result;
}

/* What is damaged inside of it costs only that: the next part begins where its size
 * says. */
static int read_info(struct reading *reading, struct error *error)
{
    enum { LEAST = 0x1c };
    struct cursor *file = &reading->file, info;
    int result = 0;

    if (!(reading->flags & HAS_INFO))
        return 0;
    begin_structure(&info, file, file->at, "shortcut: link information");
    if (!(reading->flags & IGNORE_INFO))
        result = read_paths(reading->shortcut, &info, reading->code_page, error);
    uint32_t size = cursor_left(file) >= 4 ? bytes_u32le(info.data) : 0;
    cursor_skip(file, size < LEAST ? SIZE_MAX : size);
    if (cursor_check(file, result == 0 ? error : NULL) != 0)
        result = -1;
    return result;
}

static int read_texts(struct reading *reading, struct error *error)
{
    struct shortcut *shortcut = reading->shortcut;
    const struct {
        uint32_t flag;
        char **to;
    } texts[] = { { HAS_DESCRIPTION, &shortcut->description },
                  { HAS_RELATIVE, &shortcut->relative_path },
                  { HAS_FOLDER, &shortcut->working_folder },
                  { HAS_ARGUMENTS, &shortcut->arguments },
                  { HAS_ICON, &shortcut->icon } };
    bool wide = reading->flags & IS_UNICODE;
    int result = 0;

    for (size_t i = 0; i < sizeof texts / sizeof *texts && result == 0; i++) {
        struct buffer text = BUFFER_INIT;
        if (!(reading->flags & texts[i].flag))
            continue;
        size_t length = (size_t)cursor_u16(&reading->file) << wide;
        const uint8_t *data = cursor_bytes(&reading->file, length);
        if (cursor_check(&reading->file, error) != 0)
            return -1;
        if (wide)
            add_wide(&text, data, length);
        else
            add_narrow(&text, data, length, reading->code_page);
        result = buffer_keep(&text, texts[i].to, error);
        buffer_release(&text);
    }
    return result;
}

/* A path of a block: 260 bytes 8-bit, 520 bytes Unicode. */
static int read_path(char **to, struct cursor *block, unsigned code_page, struct error *error)
{
    enum { MAX_PATH_UNITS = 260 };
    struct buffer path = BUFFER_INIT;
    const uint8_t *narrow = cursor_bytes(block, MAX_PATH_UNITS);
    const uint8_t *wide = cursor_bytes(block, 2 * MAX_PATH_UNITS);

    if (wide)
        add_wide(&path, wide, 2 * MAX_PATH_UNITS);
    if (narrow && path.length == 0)
        add_narrow(&path, narrow, MAX_PATH_UNITS, code_page);
    int result = buffer_keep(&path, to, error);
    buffer_release(&path);
    return result == 0 ? cursor_check(block, error) : result;
}

/* A UUID as Windows stores it: 4, 2 and 2 bytes little-endian, then 8. */
static void read_origin(struct shortcut_origin *origin, const uint8_t *uuid)
{
    /* 100 ns from 1582-10-15 to 1601-01-01. */
    static const uint64_t gregorian = UINT64_C(0x146bf33e42c000);
    uint16_t high = bytes_u16le(uuid + 6);
    uint64_t time = bytes_u32le(uuid) | (uint64_t)bytes_u16le(uuid + 4) << 32 |
                    (uint64_t)(high & 0xfff) << 48;

    if (high >> 12 != 1 || time <= gregorian)
        return; /* not of version 1: made at random */
    origin->time = instant_from_filetime(time - gregorian);
    memcpy(origin->mac, uuid + 10, sizeof origin->mac);
}

/* Length, version, name of the machine, then volume and file where it is, and where
 * it was made. */
static int read_tracker(struct shortcut *shortcut, struct cursor *block, unsigned code_page,
                        struct error *error)
{
    struct buffer machine = BUFFER_INIT;

    cursor_skip(block, 8);
    const uint8_t *name = cursor_bytes(block, 16), *droids = cursor_bytes(block, 64);
    if (cursor_check(block, error) != 0)
        return -1;
    add_narrow(&machine, name, 16, code_page);
    read_origin(&shortcut->droid, droids + 16);
    read_origin(&shortcut->birth, droids + 48);
    int result = buffer_keep(&machine, &shortcut->machine, error);
    buffer_release(&machine);
    return result;
}

static int read_block(struct reading *reading, struct cursor *block, struct error *error)
{
    switch (cursor_u32(block)) {
    case BLOCK_ENVIRONMENT:
        return read_path(&reading->shortcut->environment_path, block, reading->code_page, error);
    case BLOCK_INSTALLER:
        return read_path(&reading->shortcut->installer, block, reading->code_page, error);
    case BLOCK_TRACKER:
        return read_tracker(reading->shortcut, block, reading->code_page, error);
    default:
        return 0;
    }
}

static int read_blocks(struct reading *reading, struct error *error)
{
    struct cursor *file = &reading->file, block;
    int result = 0;

    while (cursor_left(file) >= 4) {
        uint64_t base = file->base + file->at + 4;
        uint32_t size = cursor_u32(file);
        if (size < 4)
            break;
        const uint8_t *data = cursor_bytes(file, size - 4);
        if (cursor_check(file, result == 0 ? error : NULL) != 0)
            return -1;
        cursor_init(&block, data, size - 4, base, "shortcut: data block");
        if (read_block(reading, &block, result == 0 ? error : NULL) != 0)
            result = -1;
    }
    return result;
}

bool shortcut_is(const uint8_t *data, size_t size)
{
    return size >= 20 && bytes_u32le(data) == HEADER_SIZE &&
           memcmp(data + 4, class_id, sizeof class_id) == 0;
}

int shortcut_read(struct shortcut *shortcut, const uint8_t *data, size_t size,
                  unsigned code_page, struct error *error)
{
    static int (*const parts[])(struct reading *, struct error *) = { read_items, read_info,
                                                                      read_texts, read_blocks };
    struct reading reading = { .shortcut = shortcut, .code_page = code_page };
    struct cursor *file = &reading.file;

    *shortcut = (struct shortcut){ .has_volume = false };
    if (!shortcut_is(data, size))
        return error_set(error, ERROR_DAMAGED, "shortcut: it does not begin as one");
    cursor_init(file, data, size, 0, "shortcut");
    cursor_skip(file, 20);
    reading.flags = cursor_u32(file);
    shortcut->attributes = cursor_u32(file);
    shortcut->born = instant_from_filetime(cursor_u64(file));
    shortcut->accessed = instant_from_filetime(cursor_u64(file));
    shortcut->modified = instant_from_filetime(cursor_u64(file));
    shortcut->size = cursor_u32(file);
    cursor_skip(file, 20);
    int result = cursor_check(file, error);
    for (size_t i = 0; i < sizeof parts / sizeof *parts && !file->failed; i++)
        if (parts[i](&reading, result == 0 ? error : NULL) != 0)
            result = -1;
    return result;
}

void shortcut_release(struct shortcut *shortcut)
{
    free(shortcut->local_path);
    free(shortcut->network_path);
    free(shortcut->environment_path);
    free(shortcut->item_path);
    free(shortcut->relative_path);
    free(shortcut->arguments);
    free(shortcut->working_folder);
    free(shortcut->description);
    free(shortcut->icon);
    free(shortcut->installer);
    free(shortcut->volume_label);
    free(shortcut->machine);
}

const char *shortcut_target(const struct shortcut *shortcut)
{
    const char *const paths[] = { shortcut->local_path, shortcut->network_path,
                                  shortcut->environment_path, shortcut->item_path,
                                  shortcut->relative_path };

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (paths[i])
            return paths[i];
    return NULL;
}
