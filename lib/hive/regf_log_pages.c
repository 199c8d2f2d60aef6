/* SPDX-License-Identifier: Apache-2.0 */

/*
 * regf_log_pages: transaction logs up to Windows 8. See regf_replay.h. The sector behind that
 * of the base block begins with "DIRT" and a bit for each 512 bytes of the hbins, the lowest
 * first; the pages whose bits are set begin in the sector behind it. The log belongs to a
 * hive of the same time, and, where the base block of that is damaged, to one of the
 * same time in its first hbin.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/limits.h>

#include "regf_replay.h"

enum { MOST_SECTORS = 8 }; /* of 512 bytes in one of a disk: 4096 */

/* The bits of a log of the older format: 1, or 0 where it has none, which is told.
 * *pages is where the pages begin. */
static int load_dirty(const struct replay *replay, const struct log *log, uint8_t **dirty,
                      uint64_t *pages)
{
    struct error reason = ERROR_INIT;
    uint32_t bins_size = log_bins_size(log->base), sectors = bytes_u32le(log->base + 44);
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

static int apply_log(struct replay *replay, const struct log *log)
{
    uint32_t bins_size = log_bins_size(log->base), page_count = bins_size / SECTOR;
    uint64_t from, brought = 0;
    uint8_t *dirty;
    int result = load_dirty(replay, log, &dirty, &from);

    if (result <= 0)
        return result;
    result = 0;
    for (uint32_t page = 0; page < page_count; page++)
        brought += is_dirty(dirty, page) ? SECTOR : 0;
    if (!replay_may_grow(replay, bins_size, brought)) {
        hive_add_log_problem(replay->hive, log->number, 40,
                             "log: hbins of %u bytes, which are nowhere", bins_size);
    } else if ((result = apply_dirty(replay, log, dirty, page_count, from)) == 0) {
        if (!replay->is_valid)
            memcpy(replay->overlay->head, log->base, SECTOR);
        replay->bins_size = bins_size;
        replay_seal(replay, log_sequence(log->base));
    }
    free(dirty);
    return result;
}

int replay_pages(struct replay *replay, const struct log *logs, size_t count)
{
    uint8_t first_bin[8] = { 0 };
    uint64_t time = log_time(replay->overlay->head), bin_time = time;

    if (!replay->is_valid &&
        reader_read(replay->overlay->primary, BASE + 20, first_bin, sizeof first_bin, NULL) == 0)
        bin_time = bytes_u64le(first_bin);
    for (size_t i = 0; i < count; i++)
        if (log_time(logs[i].base) == time || log_time(logs[i].base) == bin_time)
            return apply_log(replay, &logs[i]);
    for (size_t i = 0; i < count; i++)
        hive_add_log_problem(replay->hive, logs[i].number, 12,
                             "log: is of another time than the hive: not applied");
    return 0;
}
