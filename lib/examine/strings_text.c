/* SPDX-License-Identifier: Apache-2.0 */

/* strings_text: what is found in a stream, such as standard input. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fett/temporary.h>

#include "strings_internal.h"

/* Fill the buffer from a stream; *ended at its end. */
static int fill_from(int fd, uint8_t *buffer, size_t *filled, bool *ended, struct error *error)
{
    while (*filled < BUFFER && !*ended) {
        ssize_t got = read(fd, buffer + *filled, BUFFER - *filled);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_set_errno(error, "cannot read");
        *ended = got == 0;
        *filled += (size_t)got;
    }
    return 0;
}

/* All of a stream in a file without a name: encoded units reach beyond any buffer. */
static int copy_stream(int fd, struct reader **reader, struct error *error)
{
    char path[32];
    uint8_t *buffer = malloc(BUFFER);
    int file = buffer ? temporary_open(NULL, error) : error_set_memory(error), result = file;
    uint64_t size = 0;
    bool ended = false;

    while (result >= 0 && !ended) {
        size_t filled = 0;
        result = fill_from(fd, buffer, &filled, &ended, error);
        if (result == 0)
            result = temporary_write(file, size, buffer, filled, error);
        size += filled;
    }
    if (result == 0) {
        snprintf(path, sizeof path, "/proc/self/fd/%d", file);
        result = reader_open_file(reader, path, error);
    }
    if (file >= 0)
        close(file);
    free(buffer);
    return result;
}

/* The stream as a file that is scanned. */
static int scan_copy(struct scan *scan, int fd, struct ioc_held_back *held_back,
                     examine_sink sink, void *context, struct error *error)
{
    struct slot slot = { .done = false };
    struct reader *reader;
    struct block_reader blocks;
    int result = block_reader_init(&blocks) == 0 && found_init(&slot.block, BUFFER) == 0
                     ? copy_stream(fd, &reader, error)
                     : error_set_memory(error);

    if (result == 0) {
        slot.block.spills = true;
        scan->slots = &slot;
        scan->window = 1;
        scan_set_part(scan, reader->size);
        block_reader_set(&blocks, reader);
        result = scan_take_results(scan, &blocks, held_back, sink, context, error);
        reader_free(reader);
    }
    found_release(&slot.block);
    block_reader_release(&blocks);
    return result;
}

int examine_strings_text(int fd, const char *name, const struct examine_strings_options *options,
                         struct ioc_held_back *held_back, examine_sink sink, void *context,
                         struct error *error)
{
    struct evidence evidence = { .name = name };
    struct object object = { .kind = OBJECT_LOOSE, .evidence = &evidence };
    struct scan scan = { .object = &object,
                         .options = options,
                         .lock = PTHREAD_MUTEX_INITIALIZER,
                         .changed = PTHREAD_COND_INITIALIZER };
    struct found_block block;
    uint8_t *buffer = malloc(BUFFER);
    size_t filled = 0, start = 0;
    bool ended = false;
    uint64_t base = 0;
    int result = found_init(&block, BUFFER) == 0 && buffer ? scan_make_searchers(&scan, error)
                                                           : error_set_memory(error);

    if (result == 0 && options->decoder) {
        result = scan_copy(&scan, fd, held_back, sink, context, error);
        ended = true;
    }
    while (result == 0 && !(ended && start == filled)) {
        if ((result = fill_from(fd, buffer, &filled, &ended, error)) != 0)
            break;
        /* What begins in the last margin is left for the next turn. */
        size_t end = ended ? filled : filled - IOC_MARGIN;
        found_search(&block, &scan.searchers, buffer, filled, start, end, base, NULL);
        scan_add_held_back(held_back, &block);
        result = block.out_of_memory ? error_set_memory(error)
                                     : scan_hand_out(&scan, &block, 0, 0, sink, context, error);
        size_t drop = end < IOC_MARGIN ? 0 : end - IOC_MARGIN;
        memmove(buffer, buffer + drop, filled - drop);
        filled -= drop;
        start = end - drop;
        base += drop;
    }
    ioc_scanner_free(scan.scanner);
    found_release(&block);
    free(buffer);
    return result;
}
