/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ioc-strings: every indicator of an object, named by what it lies in.
 *
 * The media is cut into blocks. Threads read and scan them, each with a reader
 * of its own; the caller's thread takes the results in order, looks each hit up
 * in the map of who owns which bytes, and hands out records. A window bounds how
 * far threads run ahead. Inside a file (an operand that names one) the caller's
 * thread does all, because a file's reader belongs to its tree.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/entry_names.h>
#include <fett/fixup.h>
#include <fett/limits.h>

#include "loss.h"
#include "strings_internal.h"

enum { WINDOW_A_THREAD = 32 };

/* Blocks that a thread takes at once: next to each other, so that what two of them need
 * is read, and of an EWF image inflated, once. */
enum { BLOCKS_AT_ONCE = 8 };

int scan_make_searchers(struct scan *scan, struct error *error)
{
    const struct examine_strings_options *options = scan->options;

    if (options->indicators && ioc_scanner_new(&scan->scanner, &options->ioc, error) != 0)
        return -1;
    scan->searchers = (struct searchers){
        .scanner = scan->scanner,
        .keywords = options->keywords,
        .words = options->words.words,
        .strings = options->strings.least > 0 ? &options->strings : NULL,
        .decoder = options->decoder,
        .stop = options->stop,
        .min_confidence = options->ioc.min_confidence,
    };
    return 0;
}

void scan_set_part(struct scan *scan, uint64_t length)
{
    const struct examine_strings_options *options = scan->options;
    uint64_t from = options->from < length ? options->from : length;
    uint64_t to = options->to < length ? options->to : length;

    if (options->shards > 0) {
        uint64_t blocks = (length + BLOCK - 1) / BLOCK;
        from = blocks * (options->shard - 1) / options->shards * BLOCK;
        to = blocks * options->shard / options->shards * BLOCK;
        to = to < length ? to : length;
    }
    scan->first = from == 0;
    scan->last = to == length;
    scan->end = scan->start + (to > from ? to : from);
    scan->start += from;
    scan->block_count = (scan->end - scan->start + BLOCK - 1) / BLOCK;
}

/* What a block is of: a part of what is scanned, or of a file of the folder. */
static struct stretch block_stretch(const struct scan *scan, uint64_t number)
{
    bool in_folder = scan->object->kind == OBJECT_DIRECTORY;
    const struct folder_file *file = in_folder ? folder_file(&scan->folder, number) : NULL;
    uint64_t from = file ? (number - file->first_block) * BLOCK : scan->start + number * BLOCK;
    uint64_t end = file ? file->size : scan->end;

    return (struct stretch){ from, end - from < BLOCK ? end : from + BLOCK };
}

/* Whether the bytes are the media's, which knows which of it are zeros. */
static bool has_media(const struct object *object)
{
    return (object->kind == OBJECT_IMAGE || object->kind == OBJECT_VOLUME ||
            object->kind == OBJECT_BYTES) &&
           !(object->volume && object->volume->shadow);
}

/* Of a file that is scanned by itself: leave what of its units is told. */
static void drop_ordinary(struct found_block *block, struct reader *content)
{
    size_t kept = 0;

    for (size_t i = 0; i < block->loss_count; i++)
        if (loss_is_told(&block->losses[i], block->losses[i].offset, content))
            block->losses[kept++] = block->losses[i];
    block->loss_count = kept;
}

/* Read block `number`; of `size` 0: nothing is in it. */
static struct searched read_block(struct scan *scan, struct block_reader *blocks, uint64_t number,
                                  struct slot *slot)
{
    struct reader *reader = blocks->reader;
    struct stretch part = block_stretch(scan, number);
    uint64_t at = part.from, end = part.to < reader->size ? part.to : reader->size;

    slot->loss = (struct error)ERROR_INIT;
    if (at >= end || (has_media(scan->object) &&
                      image_known_zero(scan->object->evidence->image, reader, at, end - at)))
        return (struct searched){ .size = 0 };
    uint64_t before = at < IOC_MARGIN ? at : IOC_MARGIN;
    uint64_t behind = reader->size - end < IOC_MARGIN ? reader->size - end : IOC_MARGIN;
    size_t size = (size_t)(before + end - at + behind);
    block_reader_fill(blocks, at - before, size, &slot->loss);
    fixup_undo_all(blocks->buffer, size, at - before, slot->block.fixed_up);
    entry_names_mark_all(blocks->buffer, size, at - before);
    return (struct searched){ blocks->buffer, size, at - before, at, end };
}

/* Read and scan block `number` into its slot. */
static struct searched scan_block(struct scan *scan, struct block_reader *blocks, uint64_t number,
                                  struct slot *slot)
{
    const struct searched part = read_block(scan, blocks, number, slot);

    found_clear(&slot->block);
    if (part.size == 0)
        return part;
    found_search(&slot->block, &scan->searchers, part.data, part.size,
                 (size_t)(part.from - part.base), (size_t)(part.to - part.base), part.base,
                 blocks->reader);
    if (!has_media(scan->object))
        drop_ordinary(&slot->block, blocks->reader);
    return part;
}

/* Mend what was found at the borders of files, or leave it to the caller's thread while the
 * map is not there. */
static void mend_block(struct scan *scan, struct borders *borders, struct searched part,
                       struct slot *slot)
{
    if (part.size == 0 || !scan->scanner)
        return;
    slot->unmended = !atomic_load(&scan->mapped);
    if (slot->unmended)
        return;
    if ((!borders->extents &&
         borders_init(borders, scan->owners.extents, &scan->searchers) != 0) ||
        borders_mend(borders, &slot->block, &part) != 0)
        slot->block.out_of_memory = true;
}

/* Blocks that were searched before the map was there. */
static int mend_early(struct scan *scan, uint64_t number, struct slot *slot, struct error *error)
{
    struct block_reader *blocks = &scan->early;

    if (!blocks->buffer && block_reader_init(blocks) != 0)
        return error_set_memory(error);
    if (!blocks->reader) {
        struct reader *reader;
        if (volume_reader(scan->object->evidence->image, scan->object->volume, &reader, error) !=
            0)
            return -1;
        block_reader_set(blocks, reader);
    }
    mend_block(scan, &scan->borders, read_block(scan, blocks, number, slot), slot);
    return 0;
}

/* Scan a block of a folder, through the reader where that is of the same file. */
static void scan_folder_block(struct scan *scan, const struct folder_file **file,
                              struct block_reader *blocks, uint64_t number, struct slot *slot)
{
    const struct folder_file *next = folder_file(&scan->folder, number);

    if (next != *file) {
        reader_free(blocks->reader);
        block_reader_set(blocks, folder_open(&scan->folder, next));
        *file = next;
    }
    if (blocks->reader)
        scan_block(scan, blocks, number, slot);
    else
        found_clear(&slot->block);
}

/* Wait until block `number` may be searched; false: no more are. */
static bool wait_for_turn(struct scan *scan, uint64_t number)
{
    pthread_mutex_lock(&scan->lock);
    while ((number >= scan->taken + scan->window ||
            (number > scan->taken && scan->held > LIMIT_FOUND_BYTES)) &&
           !atomic_load(&scan->stop))
        pthread_cond_wait(&scan->changed, &scan->lock);
    pthread_mutex_unlock(&scan->lock);
    return !atomic_load(&scan->stop);
}

static void *work(void *context)
{
    struct scan *scan = context;
    bool in_folder = scan->object->kind == OBJECT_DIRECTORY;
    const struct folder_file *file = NULL; /* of the reader */
    struct reader *reader = NULL;
    struct borders borders = { .extents = NULL };
    struct block_reader blocks;
    bool usable = block_reader_init(&blocks) == 0 &&
                  (in_folder ||
                   volume_reader(scan->object->evidence->image, scan->object->volume, &reader,
                                 NULL) == 0);
    uint64_t number = 0, end = 0;

    block_reader_set(&blocks, reader);
    for (;; number++) {
        if (number == end) {
            number = atomic_fetch_add(&scan->next, BLOCKS_AT_ONCE);
            end = number + BLOCKS_AT_ONCE;
        }
        if (number >= scan->block_count || !wait_for_turn(scan, number))
            break;
        struct slot *slot = &scan->slots[number % scan->window];
        if (usable && in_folder)
            scan_folder_block(scan, &file, &blocks, number, slot);
        else if (!usable)
            slot->block.out_of_memory = true;
        else
            mend_block(scan, &borders, scan_block(scan, &blocks, number, slot), slot);
        pthread_mutex_lock(&scan->lock);
        slot->held = found_memory(&slot->block);
        scan->held += slot->held;
        slot->done = true;
        pthread_cond_broadcast(&scan->changed);
        pthread_mutex_unlock(&scan->lock);
    }
    reader_free(blocks.reader);
    block_reader_release(&blocks);
    borders_release(&borders);
    return NULL;
}

/* Of a folder: the file that a block is of. */
static void know_file(struct scan *scan, uint64_t number)
{
    if (scan->object->kind != OBJECT_DIRECTORY)
        return;
    const struct folder_file *file = folder_file(&scan->folder, number);
    if (file->first_block == number)
        scan->file_known = folder_describe(&scan->folder, file, &scan->file) == 0;
}

/* What of a file could not be read; that of the media itself an image remembers. */
static void tell_loss(struct scan *scan, const struct error *loss, struct stretch part,
                      struct reader *content)
{
    const struct gap gap = { .kind = GAP_DAMAGE,
                             .reason = loss->text,
                             .path = scan->file_known ? scan->file.path : NULL };

    if (loss->kind != ERROR_NONE && scan->object->filesystem)
        scan_tell_loss(scan, loss, part, content);
    else if (loss->kind != ERROR_NONE)
        evidence_add_gap(scan->object->evidence, &gap);
}

int scan_take_results(struct scan *scan, struct block_reader *blocks,
                      struct ioc_held_back *held_back, examine_sink sink, void *context,
                      struct error *error)
{
    int result = 0;

    for (uint64_t number = 0; number < scan->block_count && result == 0; number++) {
        struct slot *slot = &scan->slots[number % scan->window];
        if (blocks) {
            scan_block(scan, blocks, number, slot);
        } else {
            pthread_mutex_lock(&scan->lock);
            while (!slot->done)
                pthread_cond_wait(&scan->changed, &scan->lock);
            pthread_mutex_unlock(&scan->lock);
        }
        if (slot->unmended && mend_early(scan, number, slot, error) != 0)
            return -1;
        struct stretch part = block_stretch(scan, number);
        know_file(scan, number);
        tell_loss(scan, &slot->loss, part, blocks ? blocks->reader : NULL);
        result = slot->block.out_of_memory
                     ? error_set_memory(error)
                     : scan_hand_out(scan, &slot->block, part.from, part.to, sink, context, error);
        scan_add_held_back(held_back, &slot->block);
        pthread_mutex_lock(&scan->lock);
        scan->held -= slot->held;
        slot->held = 0;
        if (found_memory(&slot->block) > LIMIT_FOUND_KEPT_BYTES / scan->window)
            found_forget(&slot->block);
        slot->done = slot->unmended = false;
        scan->taken = number + 1;
        pthread_cond_broadcast(&scan->changed);
        pthread_mutex_unlock(&scan->lock);
        if (scan->options->progress)
            scan->options->progress(
                scan->options->progress_context, (scan->blocks_before + number + 1) * BLOCK,
                (scan->blocks_in_all ? scan->blocks_in_all : scan->block_count) * BLOCK);
    }
    return result;
}

/* Who owns which bytes, of all file systems of the image. */
static int build_map(struct scan *scan, struct error *error)
{
    struct evidence *evidence = scan->object->evidence;

    if (owners_init(&scan->owners, scan->object, error) != 0 ||
        hidden_new(&scan->hidden, scan->owners.extents, evidence->image, scan->owners.spaces,
                   &scan->options->ioc, &scan->searchers, error) != 0)
        return -1;
    if (owners_seal(&scan->owners, error) != 0)
        return -1;
    atomic_store(&scan->mapped, true);
    return 0;
}

static int list_folder(struct scan *scan, struct error *error)
{
    int result = folder_init(&scan->folder, scan->object->evidence->directory, BLOCK, error);

    scan->block_count = scan->folder.block_count;
    return result;
}

static int scan_with_threads(struct scan *scan, struct ioc_held_back *held_back,
                             examine_sink sink, void *context, struct error *error)
{
    unsigned count = scan->options->threads ? scan->options->threads : 1, started = 0;
    pthread_t *threads = calloc(count, sizeof *threads);
    int result;

    if (!threads)
        return error_set_memory(error);
    examine_open_tried(scan->object);
    while (started < count && pthread_create(&threads[started], NULL, work, scan) == 0)
        started++;
    /* The map is made while the first blocks are searched. */
    result = started == 0 ? error_set(error, ERROR_SYSTEM, "cannot start a thread")
             : scan->object->kind == OBJECT_DIRECTORY ? 0
                                                      : build_map(scan, error);
    if (result == 0)
        result = scan_take_results(scan, NULL, held_back, sink, context, error);
    pthread_mutex_lock(&scan->lock);
    atomic_store(&scan->stop, true);
    pthread_cond_broadcast(&scan->changed);
    pthread_mutex_unlock(&scan->lock);
    while (started > 0)
        pthread_join(threads[--started], NULL);
    free(threads);
    return result;
}

int examine_strings(struct object *object, bool of_record,
                    const struct examine_strings_options *options,
                    struct ioc_held_back *held_back, examine_sink sink, void *context,
                    struct error *error)
{
    bool inside = object->kind == OBJECT_FILE || object->kind == OBJECT_LOOSE;
    unsigned threads = options->threads ? options->threads : 1;
    struct scan scan = {
        .object = object,
        .options = options,
        .start = object->offset,
        .window = inside ? 1 : WINDOW_A_THREAD * threads,
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .changed = PTHREAD_COND_INITIALIZER,
    };
    int result = 0;

    if (object->kind == OBJECT_DIRECTORY && (options->from > 0 || options->to < UINT64_MAX ||
                                             options->shards > 0))
        return error_set(error, ERROR_USAGE, "a folder has no parts, its files have: %s",
                         object->evidence->name);
    scan_set_part(&scan, object->length);
    scan.slots = calloc(scan.window, sizeof *scan.slots);
    for (size_t i = 0; scan.slots && i < scan.window && result == 0; i++) {
        result = found_init(&scan.slots[i].block, BUFFER);
        scan.slots[i].block.spills = true;
    }
    if (!scan.slots || result != 0)
        result = error_set_memory(error);
    if (result == 0)
        result = scan_make_searchers(&scan, error);
    if (result == 0 && object->kind == OBJECT_DIRECTORY)
        result = list_folder(&scan, error);
    if (result == 0)
        result = inside ? scan_inside(&scan, of_record, held_back, sink, context, error)
                        : scan_with_threads(&scan, held_back, sink, context, error);
    held_back->stopped += scan.stopped;
    held_back->limited += scan.hidden ? hidden_limited(scan.hidden) : 0;
    /* The gaps of this part; of a whole object the others tell theirs in turn. */
    if (result == 0 && !inside && !(scan.first && scan.last))
        result = scan_hand_out_gaps(&scan, UINT64_MAX, sink, context);
    for (size_t i = 0; scan.slots && i < scan.window; i++)
        found_release(&scan.slots[i].block);
    free(scan.slots);
    reader_free(scan.media);
    reader_free(scan.early.reader);
    block_reader_release(&scan.early);
    borders_release(&scan.borders);
    found_release(&scan.beside);
    ioc_scanner_free(scan.scanner);
    hidden_free(scan.hidden);
    folder_release(&scan.folder);
    owners_release(&scan.owners);
    return result;
}
