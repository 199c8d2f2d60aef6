/* SPDX-License-Identifier: Apache-2.0 */

/*
 * autorun_boot: the code that a BIOS starts before any Windows, as records with its digest.
 *
 * It is read from the media, whatever the file systems say of these sectors: a record's offset
 * and length are the bytes that its digest is of. The jump in front of a volume's code is no
 * part of them, because what differs from disk to disk stands between; it is told beside.
 *
 * Nearly every disk has code that Windows or a program which makes file systems put there.
 * That is of the category of what is told on request only.
 */

#include <stdio.h>

#include <fett/autorun_boot.h>
#include <fett/bytes.h>

#include "autorun_internal.h"

enum { SECTOR = 512, JUMP = 3 };

/* Of an MBR: entries of 16 bytes from 446 on, 0 u8 0x80 active, 8 u32 first sector. */
enum { TABLE = 446, ENTRIES = 4, ENTRY = 16, ACTIVE = 0x80 };

struct boot {
    struct evidence *evidence;
    const struct volume *volume; /* NULL: the disk */
    struct reader *media;
    uint64_t offset;             /* of the disk or volume */
    bool enabled;
    uint8_t data[AUTORUN_BOOT_SIZE];
    examine_sink sink;
    void *context;
};

/* Whether it is the partition that the MBR starts. */
static bool is_active(const struct boot *boot)
{
    uint64_t sector = volumes_sector_size(boot->evidence->volumes);
    uint8_t table[ENTRIES * ENTRY];

    if (reader_read(boot->media, TABLE, table, sizeof table, NULL) != 0)
        return false;
    for (const uint8_t *entry = table; entry < table + sizeof table; entry += ENTRY)
        if (entry[0] == ACTIVE && bytes_u32le(entry + 8) * sector == boot->offset)
            return true;
    return false;
}

/* Without partitions the volume is what a BIOS starts; from a GPT it starts none. */
static bool is_started(const struct boot *boot)
{
    enum volume_scheme scheme = volumes_scheme(boot->evidence->volumes);

    return !boot->volume || scheme == SCHEME_NONE || (scheme == SCHEME_MBR && is_active(boot));
}

static int digest_of(const uint8_t *data, size_t size, char hex[DIGEST_HEX_SIZE],
                     struct error *error)
{
    struct digest digest;

    if (digest_init(&digest, DIGEST_SHA256, error) != 0)
        return -1;
    digest_update(&digest, data, size);
    digest_finish(&digest, hex);
    return 0;
}

static int emit_code(struct boot *boot, const struct autorun_boot_area *area,
                     const struct autorun_boot_code *code, struct error *error)
{
    const struct value unknown = value_text("it is none of the boot codes that are known");
    const struct value anomalies = { .kind = VALUE_LIST, .length = 1, .items = &unknown };
    struct member facts[2], target[4];
    size_t fact_count = 0, count = 0;
    char jump[2 * JUMP + 1], sha256[DIGEST_HEX_SIZE];
    struct record record;

    if (digest_of(boot->data + area->offset, area->length, sha256, error) != 0)
        return -1;
    record_begin(&record, RECORD_AUTORUN);
    record_text(&record, FIELD_IMAGE, boot->evidence->name);
    record_text(&record, FIELD_VOLUME, boot->volume ? boot->volume->name : NULL);
    record_number(&record, FIELD_OFFSET, boot->offset + area->offset);
    record_number(&record, FIELD_LENGTH, area->length);
    record_text(&record, FIELD_LOCATION, area->location);
    record_text(&record, FIELD_CATEGORY, code && code->is_default ? "setting" : "boot");
    record_text(&record, FIELD_TECHNIQUE, "T1542.003");
    record_text(&record, FIELD_NAME, area->name);
    record_text(&record, FIELD_ORIGIN, "live");
    record_bool(&record, FIELD_ENABLED, boot->enabled);
    if (code && code->is_default)
        record_bool(&record, FIELD_DEFAULT, true);
    if (area->offset > 0 && area->offset < SECTOR) {
        snprintf(jump, sizeof jump, "%02x%02x%02x", boot->data[0], boot->data[1], boot->data[2]);
        facts[fact_count++] = (struct member){ "jump", value_text(jump) };
    }
    if (code)
        facts[fact_count++] = (struct member){ "known", value_text(code->name) };
    else
        record_value(&record, FIELD_ANOMALIES, &anomalies);
    const struct value fact_list = { .kind = VALUE_OBJECT, .length = fact_count, .members = facts };
    if (fact_count > 0)
        record_value(&record, FIELD_FACTS, &fact_list);
    target[count++] = (struct member){ "image", value_text(boot->evidence->name) };
    if (boot->volume)
        target[count++] = (struct member){ "volume", value_text(boot->volume->name) };
    target[count++] = (struct member){ "size", value_number(area->length) };
    target[count++] = (struct member){ "sha256", value_text(sha256) };
    const struct value started = { .kind = VALUE_OBJECT, .length = count, .members = target };
    record_value(&record, FIELD_TARGET, &started);
    return boot->sink(boot->context, &record);
}

/* What cannot be read is a gap of the image, and no digest is made of it. */
static int emit_area(struct boot *boot, const struct autorun_boot_area *area, struct error *error)
{
    const struct autorun_boot_code *code;
    uint8_t *data = boot->data + area->offset;

    if (!autorun_boot_has(area, boot->data) ||
        (boot->volume && area->offset + area->length > boot->volume->length) ||
        reader_read(boot->media, boot->offset + area->offset, data, area->length, NULL) != 0 ||
        bytes_all_zero(data, area->length))
        return 0;
    if (autorun_boot_known(area, boot->data, &code, error) != 0)
        return -1;
    return emit_code(boot, area, code, error);
}

static int emit_place(struct boot *boot, enum autorun_boot_place place, struct error *error)
{
    const struct autorun_boot_area *area;
    int result = 0;

    if (reader_read(boot->media, boot->offset, boot->data, SECTOR, NULL) != 0)
        return 0;
    boot->enabled = is_started(boot);
    for (size_t i = 0; (area = autorun_boot_area(i)) != NULL && result == 0; i++)
        if (area->place == place)
            result = emit_area(boot, area, error);
    return result;
}

static int emit_volume(struct boot *boot, const struct volume *volume, struct error *error)
{
    static const struct {
        enum filesystem_kind kind;
        enum autorun_boot_place place;
    } places[] = {
        { FS_FAT12, AUTORUN_BOOT_FAT },    { FS_FAT16, AUTORUN_BOOT_FAT },
        { FS_FAT32, AUTORUN_BOOT_FAT32 },  { FS_NTFS, AUTORUN_BOOT_NTFS },
        { FS_EXFAT, AUTORUN_BOOT_EXFAT },
    };

    boot->volume = volume;
    boot->offset = volume->offset;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (places[i].kind == volume->kind)
            return emit_place(boot, places[i].place, error);
    return 0;
}

/* Whether the disk begins with an MBR, its table may be empty. */
static bool has_mbr(const struct boot *boot)
{
    const struct volumes *volumes = boot->evidence->volumes;
    enum volume_scheme scheme = volumes_scheme(volumes);
    uint8_t table[ENTRIES * ENTRY];

    if (scheme != SCHEME_NONE)
        return scheme == SCHEME_MBR || scheme == SCHEME_GPT;
    return volumes_count(volumes) == 1 && volumes_get(volumes, 0)->kind == FS_NONE &&
           reader_read(boot->media, TABLE, table, sizeof table, NULL) == 0 &&
           bytes_all_zero(table, sizeof table);
}

int autorun_emit_boot(struct object *object, examine_sink sink, void *context,
                      struct error *error)
{
    struct volumes *volumes = object->evidence->volumes;
    struct boot boot = { .evidence = object->evidence, .sink = sink, .context = context };
    int result = 0;

    if (object->volume && object->volume->shadow)
        return 0;
    if (image_reader(object->evidence->image, &boot.media, error) != 0)
        return -1;
    if (object->volume) {
        result = emit_volume(&boot, object->volume, error);
    } else {
        if (has_mbr(&boot))
            result = emit_place(&boot, AUTORUN_BOOT_MBR, error);
        for (size_t i = 0; i < volumes_count(volumes) && result == 0; i++)
            result = emit_volume(&boot, volumes_get(volumes, i), error);
    }
    reader_free(boot.media);
    return result;
}
