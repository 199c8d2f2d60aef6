/* SPDX-License-Identifier: Apache-2.0 */

/*
 * regf_log: transaction logs of hives, which hold what Windows had not yet written
 * into the hive itself. See regf_replay.h. All integers little-endian.
 *
 * Both formats begin with the first 512 bytes of a base block (regf.c), of which
 *     4    4  sequence number; 8 again: they differ while the log is written
 *    12    8  when the hive was written last
 *    28    4  type: 1, up to Windows 2000 2; 6 the newer format
 *    40    4  size of the hbins with what is in the log
 *    44    4  sectors of 512 bytes in one of the disk; 1 from Windows 8 on
 *    48   64  the end of the hive's path, UTF-16
 */

#include <stdlib.h>
#include <string.h>

#include <fett/limits.h>
#include <fett/text.h>

#include "regf_replay.h"

enum {
    PAGE = 4096,
    TYPE_HIVE = 0,
    TYPE_LOG = 1,
    TYPE_LOG_2000 = 2,
    TYPE_NEW_LOG = 6,
};

static uint32_t type_of(const uint8_t *base)
{
    return bytes_u32le(base + 28);
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

/* The last part of the path that a base block names its hive by, of which it has the end. */
static void add_hive_name(const uint8_t *base, struct buffer *name)
{
    enum { AT = 48, MOST = 32 };
    size_t units = 0, begin = 0;

    for (; units < MOST && bytes_u16le(base + AT + 2 * units) != 0; units++)
        if (bytes_u16le(base + AT + 2 * units) == '\\')
            begin = units + 1;
    text_add_utf16le(name, base + AT + 2 * begin, units - begin);
}

/* Tell of a log that names another hive. Windows does not look at it, and where its numbers fit
 * would apply it: so it is here. */
static void check_name(struct replay *replay, const struct log *log)
{
    struct buffer own = BUFFER_INIT, other = BUFFER_INIT;

    if (replay->is_valid)
        add_hive_name(replay->overlay->head, &own);
    add_hive_name(log->base, &other);
    if (own.length > 0 && other.length > 0 &&
        text_compare_nocase(own.data, own.length, other.data, other.length) != 0)
        hive_add_log_problem(replay->hive, log->number, 48, "log: names the hive %s, this is %s",
                             buffer_text(&other), buffer_text(&own));
    buffer_release(&own);
    buffer_release(&other);
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

bool replay_may_grow(const struct replay *replay, uint32_t bins_size, uint64_t brought)
{
    uint64_t had = replay->bins_size, size = replay->overlay->reader.size;

    if (size > BASE + had)
        had = size - BASE;
    return bins_size % PAGE == 0 && bins_size <= LIMIT_HIVE_BYTES - BASE &&
           bins_size <= had + brought;
}

void replay_seal(struct replay *replay, uint32_t sequence)
{
    uint8_t *head = replay->overlay->head;

    put_u32le(head + 4, sequence);
    put_u32le(head + 8, sequence);
    put_u32le(head + 28, TYPE_HIVE);
    put_u32le(head + 40, replay->bins_size);
    put_u32le(head + 508, regf_checksum(head));
    replay->hive->is_replayed = true;
}

/* Those of the older format, in the order that they were given in, then the newer
 * in the order of their entries. */
static int compare_logs(const void *a, const void *b)
{
    const struct log *x = a, *y = b;
    bool x_new = type_of(x->base) == TYPE_NEW_LOG, y_new = type_of(y->base) == TYPE_NEW_LOG;
    uint32_t x_first = log_sequence(x->base), y_first = log_sequence(y->base);

    if (x_new != y_new)
        return x_new ? 1 : -1;
    if (x_new && x_first != y_first)
        return x_first < y_first ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

/* Logs of the newer format first: where Windows was upgraded, one of the older may
 * have been left. `logs` are sorted by format and sequence number. */
static int replay_all(struct replay *replay, const struct log *logs, size_t count)
{
    size_t old = 0;

    while (old < count && type_of(logs[old].base) != TYPE_NEW_LOG)
        old++;
    if (replay_entries(replay, logs + old, count - old) != 0)
        return -1;
    if (replay->hive->is_replayed || replay->is_begun)
        return 0;
    return replay_pages(replay, logs, old);
}

static int replay_loaded(struct replay *replay, struct reader *const *readers, size_t count)
{
    struct log *logs = calloc(count, sizeof *logs);
    size_t usable = 0;

    if (!logs)
        return error_set_memory(replay->error);
    for (size_t i = 0; i < count; i++) {
        logs[usable] = (struct log){ .reader = readers[i], .number = i + 1 };
        if (load_log(replay->hive, &logs[usable]))
            check_name(replay, &logs[usable++]);
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
        replay.bins_size = replay.is_valid ? log_bins_size(overlay->head) : 0;
        result = replay_loaded(&replay, logs, count);
    }
    if (hive->is_replayed && result == 0)
        *after = &overlay->reader;
    else
        reader_free(&overlay->reader);
    return result;
}
