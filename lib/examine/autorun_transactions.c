/* SPDX-License-Identifier: Apache-2.0 */

/*
 * autorun_transactions: logs of transactions of the registry (TxR), from Windows Vista on.
 *
 * What a program changes within a transaction stands in logs of CLFS beside the hive
 * (NAME{GUID}.TMContainer...regtrans-ms) or in the folder TxR below before it is in the hive. The
 * records of these logs are in no document, and nothing else tells whether all of them are in
 * the hive: bit 1 of the flags at 144 of its header, "transactions pending or anticipated" in
 * published descriptions, is set in SYSTEM hives of machines that were shut down in order too.
 * So the logs are not read, and it is told that there are some. One of zeros only has none.
 */

#include <fett/limits.h>

#include "autorun_internal.h"

static const char ending[] = ".regtrans-ms";

void autorun_note_transactions(struct autoruns *all, const struct file *file)
{
    size_t length = sizeof ending - 1;

    if (file->path_length <= length || file->path[file->path_length - 3] != '-' ||
        text_compare_nocase(file->path + file->path_length - length, length, ending, length) != 0)
        return;
    if (memory_grow((void **)&all->transaction_logs, &all->transaction_log_capacity,
                    all->transaction_log_count + 1, sizeof *all->transaction_logs) != 0)
        all->out_of_memory = true;
    else
        all->transaction_logs[all->transaction_log_count++] = file->handle;
}

static size_t folder_length(const char *path, size_t length)
{
    while (length > 0 && path[--length] != '/')
        ;
    return length;
}

/* Whether a hive that Windows loads lies in this folder. */
static bool has_hive(const struct autoruns *all, const char *folder, size_t length)
{
    for (size_t i = 0; i < all->place_count; i++) {
        const struct place *place = &all->places[i];
        if (place->kind == PLACE_HIVE && !place->backup &&
            folder_length(place->path, strlen(place->path)) == length &&
            strncmp(place->path, folder, length) == 0)
            return true;
    }
    return false;
}

/* Whether a log lies in a folder that is asked for, or below, and beside a hive. */
static bool is_asked(const struct autoruns *all, const struct file *file, const char *asked,
                     size_t asked_length)
{
    static const char below[] = "/TxR";
    size_t length = folder_length(file->path, file->path_length), more = sizeof below - 1;

    if (length < asked_length || strncmp(file->path, asked, asked_length) != 0 ||
        file->path[asked_length] != '/')
        return false;
    return has_hive(all, file->path, length) ||
           (length > more &&
            text_compare_nocase(file->path + length - more, more, below, more) == 0 &&
            has_hive(all, file->path, length - more));
}

/* One that is larger than any that Windows makes is taken to have some. */
static bool has_records(struct autoruns *all, uint64_t handle)
{
    uint8_t page[READER_PAGE];
    struct reader *reader;
    size_t size;

    if (tree_open(all->tree, handle, &reader, NULL) != 0)
        return false;
    bool any = reader->size > LIMIT_TRANSACTION_LOG_BYTES ||
               reader_skip_zeros(reader, reader->size, page, &size) == 0;
    reader_free(reader);
    return any;
}

void autorun_tell_transactions(struct autoruns *all, const struct buffer *path, bool folder)
{
    size_t length = folder && path->length > 1 ? path->length
                                               : folder_length(buffer_text(path), path->length);
    struct buffer first = BUFFER_INIT;
    struct error told = ERROR_INIT;
    size_t count = 0;

    for (size_t i = 0; i < all->transaction_log_count && !all->copy; i++) {
        struct file file;
        if (tree_file(all->tree, all->transaction_logs[i], &file, NULL) != 0 ||
            !is_asked(all, &file, buffer_text(path), length))
            continue;
        if (count == 0) {
            buffer_clear(&first);
            buffer_add(&first, file.path, file.path_length);
        }
        count += has_records(all, all->transaction_logs[i]);
    }
    if (count > 0) {
        error_set(&told, ERROR_REMNANT,
                  "logs of transactions of hives (TxR) are not read: %zu, the first %s: what "
                  "was changed last may be in no hive yet",
                  count, buffer_text(&first));
        autorun_report(all, &told);
    }
    all->out_of_memory |= first.failed;
    buffer_release(&first);
}
