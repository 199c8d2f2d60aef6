/* SPDX-License-Identifier: Apache-2.0 */

/* img-info and img-verify: what an image is and whether it is whole. */

#include <stdlib.h>
#include <string.h>

#include <fett/examine.h>
#include <fett/hive.h>
#include <fett/ioc.h>
#include <fett/ioc_decode.h>
#include <fett/limits.h>
#include <fett/signature.h>
#include <fett/zone.h>

static const enum record_field digest_fields[DIGEST_COUNT] = {
    [DIGEST_MD5] = FIELD_MD5, [DIGEST_SHA1] = FIELD_SHA1, [DIGEST_SHA256] = FIELD_SHA256
};

static struct value object_value(const struct member *members, size_t count)
{
    return (struct value){ .kind = VALUE_OBJECT, .length = count, .members = members };
}

static size_t stored_members(const struct image *image, struct member members[DIGEST_COUNT])
{
    size_t count = 0;

    for (int i = 0; i < DIGEST_COUNT; i++) {
        const char *hex = image_stored_digest(image, (enum digest_algorithm)i);
        if (hex)
            members[count++] =
                (struct member){ digest_name((enum digest_algorithm)i), value_text(hex) };
    }
    return count;
}

/* What img-info and img-verify both say of an image. `facts` and `segments` are
 * room for LIMIT_IMAGE_FACTS and for all segments. */
static void fill_image(struct record *record, const struct evidence *evidence,
                       struct member *facts, struct value *segments)
{
    const struct image *image = evidence->image;
    size_t fact_count = 0, segment_count = image_segment_count(image);

    record_begin(record, RECORD_IMAGE);
    record_text(record, FIELD_IMAGE, evidence->name);
    record_text(record, FIELD_FORMAT, image_format_name(image));
    record_number(record, FIELD_SIZE, image_size(image));
    record_number(record, FIELD_SECTOR_SIZE, volumes_sector_size(evidence->volumes));
    record_text(record, FIELD_SCHEME, volumes_scheme_name(evidence->volumes));
    for (size_t i = 0; i < segment_count; i++)
        segments[i] = value_text(image_segment_path(image, i));
    const struct value list = { .kind = VALUE_LIST, .length = segment_count, .items = segments };
    record_value(record, FIELD_SEGMENTS, &list);
    for (size_t i = 0; i < image_fact_count(image) && fact_count < LIMIT_IMAGE_FACTS; i++) {
        const char *name, *value;
        image_fact(image, i, &name, &value);
        facts[fact_count++] = (struct member){ name, value_text(value) };
    }
    if (fact_count > 0) {
        const struct value object = object_value(facts, fact_count);
        record_value(record, FIELD_FACTS, &object);
    }
}

static void fill_volume(struct record *record, const struct evidence *evidence,
                        const struct volume *volume)
{
    uint32_t sector_size = volumes_sector_size(evidence->volumes);

    record_begin(record, RECORD_VOLUME);
    record_text(record, FIELD_IMAGE, evidence->name);
    if (volume->name[0])
        record_text(record, FIELD_VOLUME, volume->name);
    else
        record_text(record, FIELD_AREA, area_name(AREA_UNPARTITIONED));
    record_number(record, FIELD_OFFSET, volume->offset);
    record_number(record, FIELD_LENGTH, volume->length);
    record_number(record, FIELD_SECTOR, volume->offset / sector_size);
    record_number(record, FIELD_SECTORS, volume->length / sector_size);
    if (volume->slot >= 0)
        record_number(record, FIELD_SLOT, (uint64_t)volume->slot);
    if (volume->name[0])
        record_text(record, FIELD_FORMAT, volume->kind_name);
    record_text(record, FIELD_NAME, volume->label);
    record_text(record, FIELD_DETAIL, volume->detail[0] ? volume->detail : NULL);
}

/* What is told of a shadow copy besides: `members` is room for four. */
static size_t shadow_members(const struct shadow_copy *shadow, struct member *members)
{
    const struct member all[] = { { "shadow_copy_id", value_text(shadow->copy_id) },
                                  { "shadow_copy_set_id", value_text(shadow->set_id) },
                                  { "store_id", value_text(shadow->id) },
                                  { "machine", value_text(shadow->machine) } };
    size_t count = 0;

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i].value.length > 0)
            members[count++] = all[i];
    return count;
}

static int hand_out_volume(const struct evidence *evidence, const struct volume *volume,
                           examine_sink sink, void *context)
{
    struct record record;
    struct member members[4];

    fill_volume(&record, evidence, volume);
    if (!volume->shadow)
        return sink(context, &record);
    record_time(&record, FIELD_BTIME, &volume->shadow->created);
    const struct value object =
        object_value(members, shadow_members(volume->shadow, members));
    record_value(&record, FIELD_FACTS, &object);
    return sink(context, &record);
}

/* The shadow copies of a volume, as an image or the volume has them. */
static int hand_out_shadows(const struct evidence *evidence, const struct volume *volume,
                            examine_sink sink, void *context)
{
    size_t count = volumes_count(evidence->volumes);
    int result = 0;

    for (size_t i = 0; i < volumes_shadow_count(evidence->volumes) && result == 0; i++) {
        const struct volume *copy = volumes_get(evidence->volumes, count + i);
        if (copy->shadow->of == volume)
            result = hand_out_volume(evidence, copy, sink, context);
    }
    return result;
}

static bool in_object(const struct object *object, const struct volume *volume)
{
    return object->kind == OBJECT_IMAGE || object->volume == volume;
}

int examine_image(struct object *object, examine_sink sink, void *context, struct error *error)
{
    struct evidence *evidence = object->evidence;
    struct member facts[LIMIT_IMAGE_FACTS], stored[DIGEST_COUNT];
    struct record record;
    int result = 0;

    if (!evidence->image)
        return error_set(error, ERROR_USAGE, "not an image: %s", evidence->name);
    if (volumes_find_slots(evidence->volumes, error) != 0)
        return -1;
    struct value *segments =
        malloc((image_segment_count(evidence->image) + 1) * sizeof *segments);
    if (!segments)
        return error_set_memory(error);
    if (object->kind == OBJECT_IMAGE) {
        fill_image(&record, evidence, facts, segments);
        size_t count = stored_members(evidence->image, stored);
        const struct value object_stored = object_value(stored, count);
        if (count > 0)
            record_value(&record, FIELD_STORED, &object_stored);
        result = sink(context, &record);
    }
    free(segments);
    for (size_t i = 0; i < volumes_count(evidence->volumes) && result == 0; i++) {
        const struct volume *volume = volumes_get(evidence->volumes, i);
        if (!in_object(object, volume))
            continue;
        result = hand_out_volume(evidence, volume, sink, context);
        if (result == 0)
            result = hand_out_shadows(evidence, volume, sink, context);
    }
    if (result == 0 && object->volume && object->volume->shadow)
        result = hand_out_volume(evidence, object->volume, sink, context);
    examine_tell_shadows(object);
    return result;
}

enum { CHECK_MEMBERS = 5 };

/* One digest that was compared, as an object over `members`. */
static struct value check_value(const struct verify *verify, size_t number,
                                struct member members[CHECK_MEMBERS])
{
    struct verify_check check;
    size_t count = 0;

    verify_check(verify, number, &check);
    members[count++] = (struct member){ "source", value_text(check.source) };
    if (check.subject)
        members[count++] = (struct member){ "subject", value_text(check.subject) };
    members[count++] = (struct member){ "algorithm", value_text(digest_name(check.algorithm)) };
    members[count++] = (struct member){ "digest", value_text(check.expected) };
    members[count++] = (struct member){ "equal", { .kind = VALUE_BOOL, .number = check.equal } };
    return object_value(members, count);
}

int examine_verify(struct object *object, const struct verify_options *options,
                   enum verify_verdict *verdict, examine_sink sink, void *context,
                   struct error *error)
{
    static const char *const verdicts[] = { "nothing to compare with", "match", "differ" };
    struct evidence *evidence = object->evidence;
    struct member facts[LIMIT_IMAGE_FACTS], stored[DIGEST_COUNT];
    struct record record;
    struct verify *verify;

    if (object->kind != OBJECT_IMAGE)
        return error_set(error, ERROR_USAGE, "a whole image is verified, not a part: %s",
                         evidence->name);
    if (verify_open(&verify, evidence->image, options, error) != 0)
        return error_prefix(error, "%s", evidence->name);
    size_t check_count = verify_check_count(verify);
    struct value *segments =
        malloc((image_segment_count(evidence->image) + 1) * sizeof *segments);
    struct value *checks = malloc((check_count + 1) * sizeof *checks);
    struct member(*members)[CHECK_MEMBERS] = malloc((check_count + 1) * sizeof *members);
    int result = segments && checks && members ? 0 : error_set_memory(error);
    if (result == 0) {
        fill_image(&record, evidence, facts, segments);
        for (int i = 0; i < DIGEST_COUNT; i++)
            record_text(&record, digest_fields[i],
                        verify_digest(verify, (enum digest_algorithm)i));
        size_t count = stored_members(evidence->image, stored);
        const struct value object_stored = object_value(stored, count);
        if (count > 0)
            record_value(&record, FIELD_STORED, &object_stored);
        for (size_t i = 0; i < check_count; i++)
            checks[i] = check_value(verify, i, members[i]);
        const struct value list = { .kind = VALUE_LIST, .length = check_count, .items = checks };
        if (check_count > 0)
            record_value(&record, FIELD_EXPECTED, &list);
        *verdict = verify_verdict(verify);
        record_text(&record, FIELD_VERDICT, verdicts[*verdict]);
        result = sink(context, &record);
    }
    free(members);
    free(checks);
    free(segments);
    verify_free(verify);
    return result;
}

void examine_gap_record(struct record *record, const struct evidence *evidence,
                        const struct gap *gap)
{
    static const char *const kinds[] = { "damage", "acquisition", "structure" };

    record_begin(record, RECORD_GAP);
    record_text(record, FIELD_IMAGE, evidence->name);
    record_text(record, FIELD_VOLUME, gap->volume && *gap->volume ? gap->volume : NULL);
    record_text(record, FIELD_PATH, gap->path);
    record_text(record, FIELD_INODE, gap->inode);
    if (evidence->image)
        record_number(record, FIELD_OFFSET, gap->offset);
    if (gap->length > 0)
        record_number(record, FIELD_LENGTH, gap->length);
    record_text(record, FIELD_KIND, kinds[gap->kind]);
    record_text(record, FIELD_REASON, gap->reason);
}

void examine_versions(version_sink sink, void *context)
{
    image_versions(sink, context);
    ioc_versions(sink, context);
    ioc_decode_versions(sink, context);
    signature_versions(sink, context);
    zone_versions(sink, context);
}
