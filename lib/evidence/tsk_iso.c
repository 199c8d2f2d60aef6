/* SPDX-License-Identifier: Apache-2.0 */

/*
 * tsk_iso: what libtsk does not tell of ISO 9660, for the index of tsk_index.h: damages of
 * folders; zones of times.
 *
 * libtsk gives a record's time as its clock showed it, and numbers records as it likes. So the
 * zone is that of the records of the same time, of all trees.
 */

#include <stdlib.h>

#include <fett/buffer.h>
#include <fett/keyed.h>

#include "iso_folder.h"
#include "tsk_index.h"

struct zoned_time {
    uint64_t seconds; /* first, for keyed.h */
    int8_t quarters;
};

struct iso_check {
    struct tsk_filesystem *owner;
    struct zoned_time *times;
    size_t count, capacity;
    bool out_of_memory;
};

static void add_gap(void *context, uint64_t at, uint64_t length, const char *path,
                    const char *reason)
{
    struct tsk_filesystem *owner = ((struct iso_check *)context)->owner;

    filesystem_add_gap(&owner->base, owner->base.volume->offset + at, length, path, NULL, reason);
    owner->base.may_lack_names = true;
}

static void add_time(void *context, int64_t seconds, int8_t quarters)
{
    struct iso_check *check = context;
    const struct zoned_time *last = check->count > 0 ? &check->times[check->count - 1] : NULL;

    if (last && last->seconds == (uint64_t)seconds && last->quarters == quarters)
        return;
    if (memory_grow((void **)&check->times, &check->capacity, check->count + 1,
                    sizeof *check->times) != 0)
        check->out_of_memory = true;
    else
        check->times[check->count++] = (struct zoned_time){ (uint64_t)seconds, quarters };
}

/* The zone of the records of a time; false: they have several. */
static bool find_zone(const struct iso_check *check, int64_t seconds, uint8_t *zone)
{
    size_t first = keyed_find(check->times, check->count, sizeof *check->times,
                              (uint64_t)seconds);

    for (size_t i = first; i < check->count && check->times[i].seconds == (uint64_t)seconds; i++) {
        if (check->times[i].quarters != check->times[first].quarters)
            return false;
        *zone = (uint8_t)(TSK_ZONE_KNOWN | (check->times[i].quarters & ~TSK_ZONE_KNOWN));
    }
    return true;
}

static void set_zones(struct iso_check *check)
{
    struct tsk_filesystem *owner = check->owner;
    bool told = false;

    if (check->count > 1)
        qsort(check->times, check->count, sizeof *check->times, keyed_compare);
    for (size_t i = 0; i < owner->count; i++) {
        struct tsk_entry *entry = &owner->entries[i];
        for (int which = BORN; which < CHANGED; which++) {
            if (entry->seconds[which] == 0 ||
                find_zone(check, entry->seconds[which], &entry->zones[which]) || told)
                continue;
            filesystem_add_gap(&owner->base, owner->base.volume->offset, 0, NULL, NULL,
                               "records of the same time have several zones: such times are "
                               "told as they stand");
            told = true;
        }
    }
}

int tsk_iso_check(struct tsk_filesystem *owner, struct error *error)
{
    const struct volume *volume = owner->base.volume;
    struct iso_check check = { .owner = owner };

    if (volume->kind != FS_ISO9660)
        return 0;
    owner->volume_reader = reader_over_part(owner->base.reader, volume->offset, volume->length);
    const struct iso_visit visit = { add_gap, add_time, &check };
    if (!owner->volume_reader)
        return error_set_memory(error);
    int result = iso_check_folders(owner->volume_reader, &visit, error);
    if (result == 0 && check.out_of_memory)
        result = error_set_memory(error);
    if (result == 0)
        set_zones(&check);
    free(check.times);
    return result;
}
