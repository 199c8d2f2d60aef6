/* SPDX-License-Identifier: Apache-2.0 */

/*
 * regf_log_entries: transaction logs from Windows 8.1 on. See regf_replay.h. Behind the base
 * block are entries, one behind the other from 512 on
 *     0    4  "HvLE"
 *     4    4  size, a multiple of 512
 *    12    4  sequence number
 *    16    4  size of the hbins with this entry
 *    20    4  number of pages
 *    24    8  Marvin32 of all from 40 on
 *    32    8  Marvin32 of the 32 bytes before
 *    40    8  of each page: where it goes in the hbins, its size; then the pages
 *
 * Entries are numbered without gaps over both logs of a hive. The first one has
 * the second sequence number of the hive, or a higher one where Windows has
 * written some pages into the hive without its base block. Behind the last one
 * stands what an earlier use of the file left there.
 */

#include <string.h>

#include "regf_replay.h"

enum { ENTRY_HEADER = 40 };

struct entry {
    uint64_t at;
    uint32_t size, sequence, bins_size, page_count;
};

/* Marvin32 of a whole number of words. */
struct marvin {
    uint32_t low, high;
};

static const struct marvin marvin_seed = { 0x7a4e55c5, 0x82ef4d88 };

static uint32_t rotate(uint32_t word, int bits)
{
    return word << bits | word >> (32 - bits);
}

static void marvin_add(struct marvin *marvin, uint32_t word)
{
    marvin->low += word;
    marvin->high ^= marvin->low;
    marvin->low = rotate(marvin->low, 20) + marvin->high;
    marvin->high = rotate(marvin->high, 9) ^ marvin->low;
    marvin->low = rotate(marvin->low, 27) + marvin->high;
    marvin->high = rotate(marvin->high, 19);
}

static void marvin_update(struct marvin *marvin, const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i += 4)
        marvin_add(marvin, bytes_u32le(data + i));
}

static bool marvin_matches(struct marvin *marvin, const uint8_t *stored)
{
    marvin_add(marvin, 0x80); /* the end mark */
    marvin_add(marvin, 0);
    return marvin->low == bytes_u32le(stored) && marvin->high == bytes_u32le(stored + 4);
}

static bool hash_matches(const struct log *log, const struct entry *entry, const uint8_t *stored,
                         struct error *reason)
{
    uint8_t chunk[16384];
    struct marvin marvin = marvin_seed;

    for (uint32_t at = ENTRY_HEADER, take; at < entry->size; at += take) {
        take = entry->size - at < sizeof chunk ? entry->size - at : sizeof chunk;
        if (reader_read(log->reader, entry->at + at, chunk, take, reason) != 0)
            return false;
        marvin_update(&marvin, chunk, take);
    }
    if (marvin_matches(&marvin, stored))
        return true;
    error_set(reason, ERROR_DAMAGED, "hash of its pages does not match");
    return false;
}

/* Where page `index` of an entry goes in the hive, and how many bytes it has. */
static int read_page(const struct log *log, const struct entry *entry, uint32_t index,
                     struct patch *patch, struct error *error)
{
    uint8_t reference[8];

    if (reader_read(log->reader, entry->at + ENTRY_HEADER + 8 * (uint64_t)index, reference,
                    sizeof reference, error) != 0)
        return -1;
    patch->at = BASE + (uint64_t)bytes_u32le(reference);
    patch->length = bytes_u32le(reference + 4);
    return 0;
}

/* Whether the pages of an entry lie in it and go where hbins are. */
static bool check_pages(const struct replay *replay, const struct log *log,
                        const struct entry *entry, struct error *reason)
{
    uint64_t brought = 0, used = ENTRY_HEADER + 8 * (uint64_t)entry->page_count;

    for (uint32_t i = 0; i < entry->page_count && used <= entry->size; i++) {
        struct patch patch;
        if (read_page(log, entry, i, &patch, reason) != 0)
            return false;
        if (patch.length == 0 || patch.length % SECTOR != 0 || patch.at % SECTOR != 0 ||
            patch.at - BASE + patch.length > entry->bins_size) {
            error_set(reason, ERROR_DAMAGED, "page of %llu bytes for %llu",
                      (unsigned long long)patch.length, (unsigned long long)patch.at);
            return false;
        }
        brought += patch.length;
        used += patch.length;
    }
    if (used > entry->size) {
        error_set(reason, ERROR_DAMAGED, "its pages need %llu bytes, it has %u",
                  (unsigned long long)used, entry->size);
        return false;
    }
    if (!replay_may_grow(replay, entry->bins_size, brought)) {
        error_set(reason, ERROR_DAMAGED, "hbins of %u bytes, which are nowhere",
                  entry->bins_size);
        return false;
    }
    return true;
}

/* The entry of number `sequence` that begins at entry->at: 1, or 0 where there is
 * none, but perhaps one of an earlier use of the file, or -1 where it is damaged. */
static int read_entry(const struct log *log, uint32_t sequence, struct entry *entry,
                      struct error *reason)
{
    uint64_t left = log->reader->size - entry->at;
    uint8_t header[ENTRY_HEADER];
    struct marvin marvin = marvin_seed;

    if (left < ENTRY_HEADER)
        return 0;
    if (reader_read(log->reader, entry->at, header, sizeof header, reason) != 0)
        return -1;
    if (memcmp(header, "HvLE", 4) != 0)
        return 0;
    marvin_update(&marvin, header, 32);
    if (!marvin_matches(&marvin, header + 32))
        return error_set(reason, ERROR_DAMAGED, "hash of its header does not match");
    if (bytes_u32le(header + 12) != sequence)
        return 0;
    entry->sequence = sequence;
    entry->size = bytes_u32le(header + 4);
    entry->bins_size = bytes_u32le(header + 16);
    entry->page_count = bytes_u32le(header + 20);
    if (entry->size == 0 || entry->size % SECTOR != 0)
        return error_set(reason, ERROR_DAMAGED, "size %u", entry->size);
    if (entry->size > left)
        return error_set(reason, ERROR_DAMAGED, "needs %u bytes, has %llu", entry->size,
                         (unsigned long long)left);
    return hash_matches(log, entry, header + 24, reason) ? 1 : -1;
}

static int apply_entry(struct replay *replay, const struct log *log, const struct entry *entry)
{
    struct patch patch = {
        .log = log->reader,
        .from = entry->at + ENTRY_HEADER + 8 * (uint64_t)entry->page_count,
    };

    for (uint32_t i = 0; i < entry->page_count; i++, patch.from += patch.length)
        if (read_page(log, entry, i, &patch, replay->error) != 0 ||
            overlay_add(replay->overlay, &patch, replay->error) != 0)
            return -1;
    replay->bins_size = entry->bins_size;
    replay->next = entry->sequence + 1;
    replay->is_begun = true;
    replay_seal(replay, entry->sequence);
    return 0;
}

/* Apply an entry if it is due: 1, also where it is in the hive already; 0: it is
 * damaged; -1: no memory. */
static int apply_due(struct replay *replay, const struct log *log, const struct entry *entry,
                     struct error *reason)
{
    if (entry->sequence != replay->next)
        return 1;
    if (!check_pages(replay, log, entry, reason))
        return 0;
    return apply_entry(replay, log, entry) == 0 ? 1 : -1;
}

/* Apply the entries of one log that are due, as far as they follow each other. */
static int apply_log(struct replay *replay, const struct log *log)
{
    struct error reason = ERROR_INIT;
    struct entry entry = { .at = SECTOR };
    uint32_t follows = log_sequence(log->base);
    int found;

    if (!replay->is_begun && follows >= replay->next) {
        replay->is_begun = true;
        replay->next = follows;
    }
    while ((found = read_entry(log, follows, &entry, &reason)) > 0) {
        if (entry.sequence > replay->next) {
            hive_add_log_problem(replay->hive, log->number, entry.at,
                                 "log: begins with entry %u, the next is %u: not applied",
                                 entry.sequence, replay->next);
            return 0;
        }
        int applied = apply_due(replay, log, &entry, &reason);
        if (applied < 0)
            return -1;
        if (applied == 0) {
            found = -1;
            break;
        }
        follows = entry.sequence + 1;
        entry.at += entry.size;
    }
    if (found < 0) {
        hive_add_log_problem(replay->hive, log->number, entry.at,
                             "log: entry %u: %s: it and what is behind it are not applied", follows,
                             reason.text);
        replay->is_begun = true;
    } else if (entry.at == SECTOR) {
        hive_add_log_problem(replay->hive, log->number, entry.at, "log: no entry %u", follows);
    }
    return 0;
}

int replay_entries(struct replay *replay, const struct log *logs, size_t count)
{
    size_t first = 0;

    if (!replay->is_valid && count > 0) {
        first = count - 1;
        memcpy(replay->overlay->head, logs[first].base, SECTOR);
        replay->next = log_sequence(logs[first].base);
    }
    for (size_t i = first; i < count; i++)
        if (apply_log(replay, &logs[i]) != 0)
            return -1;
    return 0;
}
