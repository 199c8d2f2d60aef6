/* SPDX-License-Identifier: Apache-2.0 */

/*
 * prefetch: which programs were run, when, how often (Windows XP and later).
 *
 *     0 version  4 "SCCA"  12 size  16 name of the program, UTF-16, 60 bytes  76 hash of
 *     its path  100 names of files it loaded at, 104 their bytes: UTF-16 with NUL each
 *     108 volumes at, 112 how many: each 0 its device at (from 108), 4 units  8 FILETIME of
 *     when it was made  16 serial number, of 40 bytes in version 17, 96 from 30 on, else 104
 *
 *     version            last runs, FILETIME      times run
 *     17 XP, 2003        120: 1                   144
 *     23 Vista, 7        128: 1                   152
 *     26 8.1             128: 8                   208
 *     30, 31 from 10     128: 8                   208; 200 where the number at 84 is 296
 *
 * From Windows 10 on the file is compressed: "MAM" 4, the size of 32 bits, then LZXPRESS
 * Huffman. Bit 7 of the fourth byte: a checksum of 4 bytes comes first.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/bytes.h>
#include <fett/keyed.h>
#include <fett/limits.h>
#include <fett/text.h>

#include "artifact_internal.h"

enum { HEADER = 216, NAME = 16, NAME_UNITS = 29, LAST_RUNS = 8, MOST_VOLUMES = 64 };

static const struct {
    uint32_t version;
    uint16_t runs, run_count, count;
} layouts[] = {
    { 17, 120, 1, 144 }, { 23, 128, 1, 152 }, { 26, 128, 8, 208 },
    { 30, 128, 8, 208 }, { 31, 128, 8, 208 },
};

static bool is_compressed(const uint8_t *head, size_t size)
{
    return size > 8 && memcmp(head, "MAM", 3) == 0 && (head[3] & 0x7f) == 4;
}

static bool is_prefetch(const uint8_t *head, size_t size)
{
    return is_compressed(head, size) || (size > 8 && memcmp(head + 4, "SCCA", 4) == 0);
}

static bool is_prefetch_path(const char *path, size_t length)
{
    return path_ends(path, length, ".pf") && text_glob("*/prefetch/*", path, length);
}

/* The volume that a program lies in; serial 0: not known. */
struct drive {
    uint32_t serial;
    struct instant made;
};

static struct drive drive_of(const uint8_t *data, size_t size, const struct buffer *path)
{
    struct drive drive = { 0, INSTANT_NONE };
    uint32_t version = bytes_u32le(data), begin = bytes_u32le(data + 108);
    size_t entry = version == 17 ? 40 : version >= 30 ? 96 : 104;
    uint32_t count = bytes_u32le(data + 112);

    for (size_t i = 0; i < count && i < MOST_VOLUMES && drive.serial == 0; i++) {
        struct buffer device = BUFFER_INIT;
        size_t at = begin + i * entry;
        if (begin > size || at + entry > size)
            break;
        size_t name = begin + (size_t)bytes_u32le(data + at), units = bytes_u32le(data + at + 4);
        if (name <= size && units <= (size - name) / 2)
            text_add_utf16le(&device, data + name, units);
        if (device.length > 0 && path->length > device.length &&
            path->data[device.length] == '\\' &&
            text_compare_nocase(path->data, device.length, device.data, device.length) == 0)
            drive = (struct drive){ bytes_u32le(data + at + 16),
                                    instant_from_filetime(bytes_u64le(data + at + 8)) };
        buffer_release(&device);
    }
    return drive;
}

/* Whether a path ends in a name, of which the header has no more than NAME_UNITS: what goes on
 * may also be the texts of the program in a language, NAME.EXE.MUI. */
static bool is_named(const struct buffer *path, const struct buffer *name, bool whole)
{
    const char *slash = path->length > 0 ? memrchr(path->data, '\\', path->length) : NULL;
    size_t begin = slash ? (size_t)(slash - path->data) + 1 : path->length;
    size_t size = path->length - begin;

    if (size != name->length &&
        (whole || size < name->length || path_ends(path->data, path->length, ".mui")))
        return false;
    return text_compare_nocase(path->data + begin, name->length, name->data, name->length) == 0;
}

/* The program's own path among the files it loaded, without its device: it ends in
 * its name. *drive is the volume it lies in. */
static void add_program(struct buffer *path, const uint8_t *data, size_t size,
                        const struct buffer *name, struct drive *drive)
{
    size_t at = bytes_u32le(data + 100), left = bytes_u32le(data + 104);
    bool whole = utf16_units(data + NAME, NAME_UNITS) < NAME_UNITS;

    if (at > size || left > size - at)
        return;
    for (size_t units; left >= 2; at += 2 * units + 2, left -= 2 * units + 2) {
        units = utf16_units(data + at, left / 2);
        buffer_clear(path);
        text_add_utf16le(path, data + at, units);
        if (is_named(path, name, whole))
            break;
        buffer_clear(path);
        if (2 * units + 2 > left)
            break;
    }
    *drive = drive_of(data, size, path);
    /* \DEVICE\HARDDISKVOLUME1\WINDOWS\..., \VOLUME{...}\WINDOWS\... */
    size_t parts = path->length > 8 && strncasecmp(path->data, "\\DEVICE\\", 8) == 0 ? 2 : 1;
    const char *rest = path->data;
    for (size_t i = 0; path->length > 0 && rest && i < parts; i++)
        rest = strchr(rest + 1, '\\');
    size_t cut = path->length > 0 && rest ? (size_t)(rest - path->data) : path->length;
    for (size_t i = cut; i < path->length; i++)
        path->data[i - cut] = path->data[i] == '\\' ? '/' : path->data[i];
    if (path->length > 0)
        buffer_truncate(path, path->length - cut);
}

static int hand_out(const uint8_t *data, size_t size, size_t layout,
                    const struct artifact_sink *sink, struct error *error)
{
    bool later = layouts[layout].version >= 30 && bytes_u32le(data + 84) == 296;
    uint32_t count = bytes_u32le(data + (later ? 200 : layouts[layout].count));
    uint64_t runs[LAST_RUNS];
    size_t known = 0;
    struct buffer name = BUFFER_INIT, path = BUFFER_INIT, message = BUFFER_INIT;
    struct drive drive = { 0, INSTANT_NONE };
    int result = 0;

    for (size_t i = 0; i < layouts[layout].run_count; i++) {
        runs[known] = bytes_u64le(data + layouts[layout].runs + 8 * i);
        known += runs[known] != 0;
    }
    qsort(runs, known, sizeof *runs, keyed_compare);
    text_add_utf16le(&name, data + NAME, utf16_units(data + NAME, NAME_UNITS));
    if (!name.failed && name.length > 0)
        add_program(&path, data, size, &name, &drive);
    buffer_add(&message, name.data, name.length);
    buffer_add_format(&message, " was run %u times, hash %08X", count, bytes_u32le(data + 76));
    if (drive.serial != 0)
        buffer_add_format(&message, ", drive %08X", drive.serial);
    if (drive.made.state == INSTANT_UTC) {
        char text[INSTANT_TEXT_SIZE];
        instant_format(&drive.made, text);
        buffer_add_format(&message, " made %s", text);
    }
    for (size_t i = 0; i < known && result == 0; i++) {
        struct instant time = instant_from_filetime(runs[i]);
        const struct buffer *program = path.length > 0 ? &path : &name;
        struct record record;
        record_begin(&record, RECORD_EVENT);
        record_text_n(&record, FIELD_PROGRAM, buffer_text(program), program->length);
        record_number(&record, FIELD_COUNT, count);
        message.failed |= name.failed || path.failed;
        result = artifact_event(sink, &record, &time, "prefetch",
                                i > 0              ? "run"
                                : count <= known ? "first run"
                                                   : "earliest run known",
                                &message, error);
    }
    buffer_release(&name);
    buffer_release(&path);
    buffer_release(&message);
    return result;
}

static int parse_plain(const uint8_t *data, size_t size, const struct artifact_sink *sink,
                       struct error *error)
{
    if (size < HEADER || memcmp(data + 4, "SCCA", 4) != 0)
        return error_set(error, ERROR_DAMAGED, "no prefetch file: no header");
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++)
        if (layouts[i].version == bytes_u32le(data))
            return hand_out(data, size, i, sink, error);
    return error_set(error, ERROR_UNSUPPORTED, "prefetch file of version %u", bytes_u32le(data));
}

static int parse_compressed(const uint8_t *data, size_t size, const struct artifact_sink *sink,
                            struct error *error)
{
    size_t plain_size = bytes_u32le(data + 4), at = data[3] & 0x80 ? 12 : 8, made;
    struct error lost = ERROR_INIT;

    if (plain_size > LIMIT_PREFETCH_BYTES || at > size)
        return error_set(error, ERROR_LIMIT, "compressed: %zu bytes", plain_size);
    uint8_t *plain = malloc(plain_size + 1);
    if (!plain)
        return error_set_memory(error);
    int result = xpress_inflate(data + at, size - at, plain, plain_size, &made, &lost);
    if (result != 0 && made < HEADER) {
        free(plain);
        *error = lost;
        return -1;
    }
    if (result != 0) /* when the program ran stands at the beginning */
        sink->damage(sink->context, NULL, &lost);
    result = parse_plain(plain, made, sink, error);
    free(plain);
    return result;
}

static int parse_either(const uint8_t *data, size_t size, const struct artifact_sink *sink,
                        struct error *error)
{
    if (is_compressed(data, size))
        return parse_compressed(data, size, sink, error);
    if (size >= HEADER && bytes_u32le(data + 12) > size)
        artifact_damage(sink, size, "a prefetch file that was cut");
    return parse_plain(data, size, sink, error);
}

static int parse_prefetch(struct reader *reader, const struct artifact_sink *sink,
                          struct error *error)
{
    return artifact_parse_whole(reader, LIMIT_PREFETCH_BYTES, parse_either, sink, error);
}

const struct artifact_format artifact_prefetch = {
    "prefetch", "programs that were run, of Windows XP and later", is_prefetch,
    is_prefetch_path, parse_prefetch,
};
