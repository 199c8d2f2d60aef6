/* SPDX-License-Identifier: Apache-2.0 */

/*
 * host-info: the facts of one hive as records, and which volumes of the image its
 * drive letters stand for.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

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
    if (result != 0 || !fact->partition ||
        !(volume = autorun_volume_of(all->evidence, fact->partition)))
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
