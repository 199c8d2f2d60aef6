/* SPDX-License-Identifier: Apache-2.0 */

/*
 * host-info: the facts of one hive as records, and which volumes of the image its
 * drive letters stand for.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <fett/bytes.h>

#include "autorun_internal.h"

struct facts {
    struct autoruns *all;
    struct found_list current; /* facts of the control set in use */
    bool learns;               /* they are collected now */
    char value[64]; /* of a fact that is made here */
};

bool host_kind_of(const struct mounted_hive *mounted, enum host_hive *kind)
{
    switch (mounted->kind) {
    case AUTORUN_SOFTWARE:
        *kind = HOST_SOFTWARE;
        return true;
    case AUTORUN_SYSTEM:
        *kind = HOST_SYSTEM;
        return true;
    case AUTORUN_USER:
        *kind = HOST_USER;
        return true;
    case AUTORUN_9X_SYSTEM:
        *kind = HOST_9X_SYSTEM;
        return true;
    case AUTORUN_9X_USER:
        *kind = HOST_9X_USER;
        return true;
    default:
        *kind = strcmp(mounted->mount, "HKLM\\SAM") == 0 ? HOST_SAM : HOST_SECURITY;
        return *kind == HOST_SAM || strcmp(mounted->mount, "HKLM\\SECURITY") == 0;
    }
}

static bool is_among(const char *category, const struct examine_host_filter *filter)
{
    for (size_t i = 0; i < filter->count; i++)
        if (strcmp(category, filter->categories[i]) == 0)
            return true;
    return false;
}

int examine_check_categories(const struct examine_host_filter *filter, struct error *error)
{
    for (size_t i = 0; i < filter->count; i++) {
        bool known = false;
        for (size_t k = 0; host_category(k) && !known; k++)
            known = strcmp(host_category(k), filter->categories[i]) == 0;
        if (!known)
            return error_set(error, ERROR_USAGE, "no such category: %s", filter->categories[i]);
    }
    return 0;
}

static bool passes(const struct examine_host_filter *filter, const struct host_fact *fact)
{
    return filter->count == 0 || is_among(fact->category, filter);
}

/* Bytes of a key up to the name of its control set, and behind it. */
static size_t behind_set(const struct host_fact *fact)
{
    return fact->in_control_set ? sizeof "HKLM\\SYSTEM\\ControlSet001" - 1 : 0;
}

/* What a fact is: with the name of its control set for the passes over a hive with and
 * without its logs; without it where control sets are compared. */
static int identify(const struct host_fact *fact, bool with_set, struct found *found)
{
    size_t skipped = with_set ? 0 : behind_set(fact);
    const uint64_t sizes[4] = { fact->subject_length, fact->value_length,
                                fact->key_length - skipped, fact->value_name_length };
    struct digest digest;

    if (digest_init(&digest, DIGEST_SHA256, NULL) != 0)
        return -1;
    digest_update(&digest, sizes, sizeof sizes);
    digest_update(&digest, fact->name, strlen(fact->name));
    digest_update(&digest, fact->subject, fact->subject_length);
    digest_update(&digest, fact->value, fact->value_length);
    digest_update(&digest, fact->key + skipped, fact->key_length - skipped);
    digest_update(&digest, fact->value_name, fact->value_name ? fact->value_name_length : 0);
    digest_finish(&digest, found->digest);
    return 0;
}

static int emit(struct autoruns *all, const struct host_fact *fact)
{
    struct record record;

    autorun_begin_record(all, &record, RECORD_HOST);
    record_text(&record, FIELD_CATEGORY, fact->category);
    if (fact->subject_length > 0)
        record_text_n(&record, FIELD_SUBJECT, fact->subject, fact->subject_length);
    record_text(&record, FIELD_NAME, fact->name);
    record_text_n(&record, FIELD_VALUE, fact->value, fact->value_length);
    record_text_n(&record, FIELD_KEY, fact->key, fact->key_length);
    if (fact->value_name)
        record_text_n(&record, FIELD_VALUE_NAME, fact->value_name, fact->value_name_length);
    record_time(&record, FIELD_KEY_LAST_WRITE, &fact->last_write);
    if (fact->in_control_set)
        record_bool(&record, FIELD_CURRENT, fact->current);
    return all->sink(all->context, &record);
}

/* The signature of the image's disk, that Windows knows the partitions of an MBR by. */
static bool is_disk(struct evidence *evidence, uint32_t signature)
{
    enum { AT = 440 };
    struct reader *reader;
    uint8_t stored[4];

    if (image_reader(evidence->image, &reader, NULL) != 0)
        return false;
    bool read = reader_read(reader, AT, stored, sizeof stored, NULL) == 0;
    reader_free(reader);
    return read && bytes_u32le(stored) == signature;
}

/* The offset of the partition of a GPT with this GUID; 0: there is none.
 * Header in sector 1: 72 u64 first sector of the entries, 80 u32 how many, 84 u32 bytes of
 * each. Entry: 16 GUID, 32 u64 first sector. */
static uint64_t find_guid(struct evidence *evidence, const uint8_t guid[16])
{
    enum { HEADER = 92, ENTRY = 40, MOST = 128 };
    uint64_t sector = image_sector_size(evidence->image), found = 0;
    uint8_t data[HEADER];
    struct reader *reader;

    if (image_reader(evidence->image, &reader, NULL) != 0)
        return 0;
    if (reader_read(reader, sector, data, HEADER, NULL) == 0 &&
        memcmp(data, "EFI PART", 8) == 0) {
        uint64_t first = bytes_u64le(data + 72);
        uint32_t count = bytes_u32le(data + 80), size = bytes_u32le(data + 84);
        bool sane = first < reader->size / sector && size >= ENTRY && size <= 4096;
        for (uint32_t i = 0; sane && i < count && i < MOST && found == 0; i++) {
            if (reader_read(reader, first * sector + (uint64_t)i * size, data, ENTRY, NULL) != 0)
                break;
            if (memcmp(data + 16, guid, 16) == 0 && bytes_u64le(data + 32) < reader->size / sector)
                found = bytes_u64le(data + 32) * sector;
        }
    }
    reader_free(reader);
    return found;
}

/* The volume of this image that a drive letter stands for; NULL: of another disk. */
static const struct volume *find_volume(const struct autoruns *all,
                                        const struct host_partition *partition)
{
    struct evidence *evidence = all->evidence;

    if (!evidence->image)
        return NULL;
    uint64_t offset = partition->is_guid ? find_guid(evidence, partition->guid)
                                         : partition->offset;
    if (offset == 0 || (!partition->is_guid && !is_disk(evidence, partition->signature)))
        return NULL;
    for (size_t i = 0; i < volumes_count(evidence->volumes); i++) {
        const struct volume *volume = volumes_get(evidence->volumes, i);
        if (volume->name[0] && volume->offset == offset)
            return volume;
    }
    return NULL;
}

/* Facts of another control set are told where the one in use has them not. 0 tell it; 1
 * do not; -1 memory is out. */
static int judge_set(struct facts *facts, const struct host_fact *fact)
{
    struct found found;

    if (!fact->in_control_set || (fact->current && !facts->learns))
        return facts->learns;
    if (identify(fact, false, &found) != 0 ||
        (facts->learns && fact->current && found_list_add(&facts->current, &found) != 0)) {
        facts->all->out_of_memory = true;
        return -1;
    }
    return facts->learns || found_list_has(&facts->current, &found);
}

static int visit(void *context, const struct host_fact *fact)
{
    struct facts *facts = context;
    struct autoruns *all = facts->all;
    const struct volume *volume;
    struct found found;

    if (!passes(all->host, fact))
        return 0;
    int result = judge_set(facts, fact);
    if (result != 0)
        return result > 0 ? 0 : -1;
    if (all->pass != PASS_ONLY && identify(fact, true, &found) != 0) {
        all->out_of_memory = true;
        return -1;
    }
    result = autorun_judge(all, &found, false);
    if (result != 0)
        return result > 0 ? 0 : -1;
    result = emit(all, fact);
    if (result != 0 || !fact->partition || !(volume = find_volume(all, fact->partition)))
        return result;
    struct host_fact joined = *fact;
    snprintf(facts->value, sizeof facts->value, "%s", volume->name);
    joined.name = "volume of this image";
    joined.value = facts->value;
    joined.value_length = strlen(facts->value);
    return emit(all, &joined);
}

int host_walk(struct autoruns *all, const struct mounted_hive *mounted, struct error *error)
{
    struct facts facts = { .all = all };
    struct zone *zone = NULL;
    enum host_hive kind;

    if (!host_kind_of(mounted, &kind))
        return 0;
    if (kind == HOST_SYSTEM || kind == HOST_9X_SYSTEM)
        zone = host_find_zone(all, mounted->hive, kind);
    bool named = zone && zone_name(zone)[0] != '<'; /* else it is a rule */
    const char *iana = named ? zone_name(zone) : NULL;
    int result = 0;
    if (kind == HOST_SYSTEM && !all->host->all_sets) {
        facts.learns = true;
        result = host_walk_hive(mounted->hive, kind, mounted->mount, iana, visit, &facts, error);
        facts.learns = false;
    }
    if (result == 0)
        result = host_walk_hive(mounted->hive, kind, mounted->mount, iana, visit, &facts, error);
    found_list_release(&facts.current);
    zone_free(zone);
    return result;
}
