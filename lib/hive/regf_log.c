/* SPDX-License-Identifier: Apache-2.0 */

/*
 * regf_log: transaction logs of hives, which hold what Windows had not yet written
 * into the hive itself. All integers little-endian.
 *
 * Both formats begin with the first 512 bytes of a base block (regf.c), of which
 *     4    4  sequence number; 8 again: they differ while the log is written
 *    12    8  when the hive was written last
 *    28    4  type: 1, up to Windows 2000 2; 6 the newer format
 *    40    4  size of the hbins with what is in the log
 *    44    4  sectors of 512 bytes in one of the disk; 1 from Windows 8 on
 *
 * Up to Windows 8: the next sector begins with "DIRT" and a bit for each 512 bytes
 * of the hbins, the lowest first; the pages whose bits are set begin in the sector
 * behind it. The log belongs to a hive of the same time, and, where the base block
 * of that is damaged, to one of the same time in its first hbin.
 *
 * From Windows 8.1 on: entries, one behind the other from 512 on
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

#include <stdlib.h>
#include <string.h>

#include <fett/bytes.h>
#include <fett/limits.h>

#include "overlay.h"
#include "regf_log.h"

enum {
    BASE = 4096,
    PAGE = 4096,
    SECTOR = 512,
    TYPE_HIVE = 0,
    TYPE_LOG = 1,
    TYPE_LOG_2000 = 2,
    TYPE_NEW_LOG = 6,
    ENTRY_HEADER = 40,
    MOST_SECTORS = 8, /* of 512 bytes in one of a disk: 4096 */
};

struct log {
    struct reader *reader;
    size_t number;        /* its place among the logs, from 1 */
    uint8_t base[SECTOR];
};

struct entry {
    uint64_t at;
    uint32_t size, sequence, bins_size, page_count;
};

struct replay {
    struct hive *hive;
    struct overlay *overlay;
    bool is_valid;      /* the base block of the hive itself */
    uint32_t next;      /* sequence number of the entry that is due */
    bool is_begun;      /* no entry may be missing any more */
    uint32_t bins_size; /* of the hive so far */
    struct error *error;
};

static uint32_t sequence_of(const uint8_t *base)
{
    return bytes_u32le(base + 4);
}

static uint64_t time_of(const uint8_t *base)
{
    return bytes_u64le(base + 12);
}

static uint32_t type_of(const uint8_t *base)
{
    return bytes_u32le(base + 28);
}

static uint32_t bins_size_of(const uint8_t *base)
{
    return bytes_u32le(base + 40);
}

static bool is_base(const uint8_t *base)
{
    return memcmp(base, "regf", 4) == 0 && regf_checksum(base) == bytes_u32le(base + 508);
}

static bool is_being_written(const uint8_t *base)
{
    return bytes_u32le(base + 4) != bytes_u32le(base + 8);
}

static void put_u32le(uint8_t *p, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> 8 * i);
}

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

/* Whether a log can be used at all; what is wrong is told. One that was never used
 * is empty or full of zeros. */
static bool load_log(struct hive *hive, struct log *log)
{
    struct error reason = ERROR_INIT;

    if (log->reader->size == 0)
        return false;
    if (log->reader->size > LIMIT_HIVE_LOG_BYTES) {
        hive_add_log_problem(hive, log->number, 0, "log: %llu bytes, more than the limit of %d",
                             (unsigned long long)log->reader->size, LIMIT_HIVE_LOG_BYTES);
        return false;
    }
    if (reader_read(log->reader, 0, log->base, SECTOR, &reason) != 0) {
        hive_add_log_problem(hive, log->number, 0, "log: base block: %s", reason.text);
        return false;
    }
    if (bytes_all_zero(log->base, SECTOR))
        return false;
    uint32_t type = type_of(log->base);
    if (!is_base(log->base))
        hive_add_log_problem(hive, log->number, 0,
                             "log: base block: no signature, or its checksum does not match");
    else if (type != TYPE_LOG && type != TYPE_LOG_2000 && type != TYPE_NEW_LOG)
        hive_add_log_problem(hive, log->number, 28, "log: file type %u", type);
    else if (is_being_written(log->base))
        hive_add_log_problem(hive, log->number, 4,
                             "log: was not written to its end: sequence numbers %u and %u",
                             bytes_u32le(log->base + 4), bytes_u32le(log->base + 8));
    else
        return true;
    return false;
}

/* Whether hbins may grow to a size, by a log that brings this many bytes of them:
 * what is new is in the log. */
static bool may_grow(const struct replay *replay, uint32_t bins_size, uint64_t brought)
{
    uint64_t had = replay->bins_size, size = replay->overlay->reader.size;

    if (size > BASE + had)
        had = size - BASE;
    return bins_size % PAGE == 0 && bins_size <= LIMIT_HIVE_BYTES - BASE &&
           bins_size <= had + brought;
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
    if (!may_grow(replay, entry->bins_size, brought)) {
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

/* The base block of the hive as it is behind what was applied. */
static void seal(struct replay *replay, uint32_t sequence)
{
    uint8_t *head = replay->overlay->head;

    put_u32le(head + 4, sequence);
    put_u32le(head + 8, sequence);
    put_u32le(head + 28, TYPE_HIVE);
    put_u32le(head + 40, replay->bins_size);
    put_u32le(head + 508, regf_checksum(head));
    replay->hive->is_replayed = true;
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
    seal(replay, entry->sequence);
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
static int replay_entries(struct replay *replay, const struct log *log)
{
    struct error reason = ERROR_INIT;
    struct entry entry = { .at = SECTOR };
    uint32_t follows = sequence_of(log->base);
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

/* Those of the older format, in the order that they were given in, then the newer
 * in the order of their entries. */
static int compare_logs(const void *a, const void *b)
{
    const struct log *x = a, *y = b;
    bool x_new = type_of(x->base) == TYPE_NEW_LOG, y_new = type_of(y->base) == TYPE_NEW_LOG;
    uint32_t x_first = sequence_of(x->base), y_first = sequence_of(y->base);

    if (x_new != y_new)
        return x_new ? 1 : -1;
    if (x_new && x_first != y_first)
        return x_first < y_first ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

/* Logs of the newer format, in the order of their entries. A damaged base block is
 * taken from the newest, whose entries alone can be relied on then. */
static int replay_new(struct replay *replay, const struct log *logs, size_t count)
{
    size_t first = 0;

    if (!replay->is_valid && count > 0) {
        first = count - 1;
        memcpy(replay->overlay->head, logs[first].base, SECTOR);
        replay->next = sequence_of(logs[first].base);
    }
    for (size_t i = first; i < count; i++)
        if (replay_entries(replay, &logs[i]) != 0)
            return -1;
    return 0;
}

/* The bits of a log of the older format: 1, or 0 where it has none, which is told.
 * *pages is where the pages begin. */
static int load_dirty(const struct replay *replay, const struct log *log, uint8_t **dirty,
                      uint64_t *pages)
{
    struct error reason = ERROR_INIT;
    uint32_t bins_size = bins_size_of(log->base), sectors = bytes_u32le(log->base + 44);
    uint64_t size = 4 + ((uint64_t)bins_size / SECTOR + 7) / 8;

    if (sectors == 0 || sectors > MOST_SECTORS || bins_size > LIMIT_HIVE_BYTES - BASE) {
        hive_add_log_problem(replay->hive, log->number, 40,
                             "log: hbins of %u bytes, sectors of %u times 512", bins_size, sectors);
        return 0;
    }
    uint64_t sector = (uint64_t)sectors * SECTOR;
    uint8_t *data = malloc(size);
    if (!data)
        return error_set_memory(replay->error);
    int result = reader_read(log->reader, sector, data, size, &reason);
    if (result != 0 || memcmp(data, "DIRT", 4) != 0) {
        hive_add_log_problem(replay->hive, log->number, sector, "log: list of pages: %s",
                             result != 0 ? reason.text : "no signature");
        free(data);
        return 0;
    }
    *dirty = data;
    *pages = sector + (size + sector - 1) / sector * sector;
    return 1;
}

static bool is_dirty(const uint8_t *dirty, uint32_t page)
{
    return dirty[4 + page / 8] >> page % 8 & 1;
}

/* Add the pages whose bits are set. A log that ends before its last page is told. */
static int apply_dirty(struct replay *replay, const struct log *log, const uint8_t *dirty,
                       uint32_t page_count, uint64_t from)
{
    struct patch patch = { .length = SECTOR, .log = log->reader, .from = from };

    for (uint32_t page = 0; page < page_count; page++) {
        if (!is_dirty(dirty, page))
            continue;
        if (patch.from + SECTOR > log->reader->size) {
            hive_add_log_problem(replay->hive, log->number, patch.from,
                                 "log: ends before page %u: it and what is behind it are not "
                                 "applied", page);
            return 0;
        }
        patch.at = BASE + (uint64_t)page * SECTOR;
        if (overlay_add(replay->overlay, &patch, replay->error) != 0)
            return -1;
        patch.from += SECTOR;
    }
    return 0;
}

static int replay_pages(struct replay *replay, const struct log *log)
{
    uint32_t bins_size = bins_size_of(log->base), page_count = bins_size / SECTOR;
    uint64_t from, brought = 0;
    uint8_t *dirty;
    int result = load_dirty(replay, log, &dirty, &from);

    if (result <= 0)
        return result;
    result = 0;
    for (uint32_t page = 0; page < page_count; page++)
        brought += is_dirty(dirty, page) ? SECTOR : 0;
    if (!may_grow(replay, bins_size, brought)) {
        hive_add_log_problem(replay->hive, log->number, 40,
                             "log: hbins of %u bytes, which are nowhere", bins_size);
    } else if ((result = apply_dirty(replay, log, dirty, page_count, from)) == 0) {
        if (!replay->is_valid)
            memcpy(replay->overlay->head, log->base, SECTOR);
        replay->bins_size = bins_size;
        seal(replay, sequence_of(log->base));
    }
    free(dirty);
    return result;
}

/* The first log of the older format that is of the hive's time; others are told
 * where there is none. */
static int replay_old(struct replay *replay, const struct log *logs, size_t count)
{
    uint8_t first_bin[8] = { 0 };
    uint64_t time = time_of(replay->overlay->head), bin_time = time;

    if (!replay->is_valid &&
        reader_read(replay->overlay->primary, BASE + 20, first_bin, sizeof first_bin, NULL) == 0)
        bin_time = bytes_u64le(first_bin);
    for (size_t i = 0; i < count; i++)
        if (time_of(logs[i].base) == time || time_of(logs[i].base) == bin_time)
            return replay_pages(replay, &logs[i]);
    for (size_t i = 0; i < count; i++)
        hive_add_log_problem(replay->hive, logs[i].number, 12,
                             "log: is of another time than the hive: not applied");
    return 0;
}

/* Logs of the newer format first: where Windows was upgraded, one of the older may
 * have been left. `logs` are sorted by format and sequence number. */
static int replay_all(struct replay *replay, const struct log *logs, size_t count)
{
    size_t old = 0;

    while (old < count && type_of(logs[old].base) != TYPE_NEW_LOG)
        old++;
    if (replay_new(replay, logs + old, count - old) != 0)
        return -1;
    if (replay->hive->is_replayed || replay->is_begun)
        return 0;
    return replay_old(replay, logs, old);
}

static int replay_loaded(struct replay *replay, struct reader *const *readers, size_t count)
{
    struct log *logs = calloc(count, sizeof *logs);
    size_t usable = 0;

    if (!logs)
        return error_set_memory(replay->error);
    for (size_t i = 0; i < count; i++) {
        logs[usable] = (struct log){ .reader = readers[i], .number = i + 1 };
        usable += load_log(replay->hive, &logs[usable]);
    }
    qsort(logs, usable, sizeof *logs, compare_logs);
    int result = replay_all(replay, logs, usable);
    free(logs);
    return result;
}

/* Whether a hive waits for its logs. One whose base block is damaged is told by
 * its first hbin. */
static bool needs_logs(struct reader *primary, const uint8_t *base)
{
    uint8_t first_bin[4];

    if (is_base(base))
        return is_being_written(base);
    return reader_read(primary, BASE, first_bin, sizeof first_bin, NULL) == 0 &&
           memcmp(first_bin, "hbin", 4) == 0;
}

int regf_replay(struct hive *hive, struct reader *primary, struct reader *const *logs,
                size_t count, struct reader **after, struct error *error)
{
    struct overlay *overlay = overlay_new(primary);
    struct replay replay = { .hive = hive, .overlay = overlay, .error = error };
    int result = 0;

    if (!overlay)
        return error_set_memory(error);
    if (count > 0 && needs_logs(primary, overlay->head)) {
        replay.is_valid = is_base(overlay->head);
        replay.next = bytes_u32le(overlay->head + 8);
        replay.bins_size = replay.is_valid ? bins_size_of(overlay->head) : 0;
        result = replay_loaded(&replay, logs, count);
    }
    if (hive->is_replayed && result == 0)
        *after = &overlay->reader;
    else
        reader_free(&overlay->reader);
    return result;
}
