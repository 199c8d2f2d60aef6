/* SPDX-License-Identifier: Apache-2.0 */

/*
 * autorun_history: the same autostart in live hives and files, in backups, in restore
 * points, in shadow copies and in control sets.
 *
 * Two are the same where location, key, name, type and data are and both are in effect or
 * not, whatever the control set, and whenever the key was written. Of all that are met only
 * digests are kept: what the live ones have is left out of backups; for --history
 * everything is walked twice, first to learn when each was seen, then to hand it out once.
 */

#include <stdlib.h>

#include "autorun_internal.h"

/* The number of a control set in a key; 0 bytes where it has none. */
static size_t find_set(const char *key)
{
    static const char before[] = "HKLM\\SYSTEM\\ControlSet";
    size_t at = sizeof before - 1;

    return strlen(key) >= at + 3 && text_compare_nocase(key, at, before, at) == 0 ? at : 0;
}

/* A path from the root of the drive that Windows was on: /Windows.old is none. */
static const char *path_on_drive(const struct autoruns *all)
{
    const char *path = !all->place          ? ""
                       : all->place->before ? all->place->before
                                            : all->place->path;
    const char *root = all->installation ? all->installation->root : "";

    return *root && autorun_lies_in(path, root, strlen(root)) ? path + strlen(root) : path;
}

/* What tells an autostart of a file from others of its name: where the file lies. Repositories of
 * WMI are put elsewhere as a whole, and a consumer is told by its class, query and texts. */
static const char *identity_of(const struct autoruns *all, const struct autorun *autorun)
{
    if (strcmp(autorun->location, autorun_wmi_file.id) != 0)
        return path_on_drive(all);
    return autorun->identity ? autorun->identity : autorun->data;
}

static int identify(const struct autoruns *all, const struct autorun *autorun,
                    struct sighting *sighting)
{
    const struct hive_value *value = autorun->value;
    const char *key = autorun->key ? autorun->key : "";
    size_t set = find_set(key);
    struct digest digest;

    if (digest_init(&digest, DIGEST_SHA256, NULL) != 0)
        return -1;
    digest_update_part(&digest, autorun->location, strlen(autorun->location));
    digest_update_part(&digest, key, set);
    digest_update_part(&digest, key + (set ? set + 3 : 0), strlen(key) - (set ? set + 3 : 0));
    digest_update_part(&digest, autorun->name, autorun->name_length);
    digest_update_part(&digest, autorun->text, strlen(autorun->text));
    if (strncmp(key, "HKU\\?", 5) == 0 && all->user) /* else all users would be one */
        digest_update_part(&digest, all->user, strlen(all->user));
    if (!autorun->hive) {
        const char *what = identity_of(all, autorun);
        digest_update_part(&digest, what, strlen(what));
        if (all->place && all->place->drive)
            digest_update_part(&digest, &all->place->drive, 1);
    }
    if (value) {
        digest_update_part(&digest, &value->type, sizeof value->type);
        digest_update_part(&digest, value->data, value->data ? value->size : 0);
    }
    digest_update(&digest, &autorun->enabled, sizeof autorun->enabled);
    digest_finish(&digest, sighting->digest);
    return 0;
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct sighting *)a)->digest, ((const struct sighting *)b)->digest);
}

static struct sighting *find(struct history *history, const struct sighting *sighting)
{
    return history->count == 0 ? NULL
                               : bsearch(sighting, history->items, history->count,
                                         sizeof *history->items, compare);
}

static void widen(struct sighting *sighting, const struct sighting *other)
{
    if (instant_is_set(&other->first) && (!instant_is_set(&sighting->first) ||
                                          instant_compare(&other->first, &sighting->first) < 0))
        sighting->first = other->first;
    if (instant_is_set(&other->last) && (!instant_is_set(&sighting->last) ||
                                         instant_compare(&other->last, &sighting->last) > 0))
        sighting->last = other->last;
    sighting->in_use |= other->in_use;
}

/* Sort what was noted, and make one of those that are the same. */
void history_sort(struct history *history)
{
    size_t kept = 0;

    if (history->count == 0)
        return;
    qsort(history->items, history->count, sizeof *history->items, compare);
    for (size_t i = 1; i < history->count; i++)
        if (compare(&history->items[kept], &history->items[i]) == 0)
            widen(&history->items[kept], &history->items[i]);
        else
            history->items[++kept] = history->items[i];
    history->count = kept + 1;
}

void history_release(struct history *history)
{
    free(history->items);
    *history = (struct history){ .count = 0 };
}

/* It was there when its key was written last, and still when the file was, or when the
 * shadow copy was made that the file is of. */
static void set_times(const struct autoruns *all, const struct autorun *autorun,
                      struct sighting *sighting)
{
    sighting->last = all->copy && all->place && !all->place->backup ? all->copy->created
                     : all->place                                   ? all->place->time
                                                                    : INSTANT_NONE;
    sighting->first = instant_is_set(&autorun->last_write) ? autorun->last_write : sighting->last;
    sighting->in_use = !autorun->in_control_set || autorun->current;
}

static int note(struct history *history, const struct sighting *sighting)
{
    if (memory_grow((void **)&history->items, &history->capacity, history->count + 1,
                    sizeof *history->items) != 0)
        return -1;
    history->items[history->count++] = *sighting;
    return 0;
}

int autorun_keep(struct autoruns *all, const struct autorun *autorun)
{
    struct sighting sighting = { .in_use = false };
    struct sighting *known;
    bool failed = false;

    all->sighting = NULL;
    if (all->keeps == KEEP_ALL)
        return 0;
    if (identify(all, autorun, &sighting) != 0) {
        all->out_of_memory = true;
        return -1;
    }
    switch (all->keeps) {
    case KEEP_ALL:
        break;
    case KEEP_LIVE:
        failed = note(&all->history, &sighting) != 0;
        all->out_of_memory |= failed;
        return failed ? -1 : 0;
    case KEEP_OTHERS:
        return find(&all->history, &sighting) != NULL;
    case KEEP_NONE:
        set_times(all, autorun, &sighting);
        failed = note(&all->history, &sighting) != 0;
        all->out_of_memory |= failed;
        return failed ? -1 : 1;
    case KEEP_FIRST:
        known = find(&all->history, &sighting);
        if (!known)
            return 0;
        if (known->told || (known->in_use && autorun->in_control_set && !autorun->current))
            return 1;
        known->told = true;
        all->sighting = known;
        return 0;
    }
    return 0;
}
