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

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fett/examine.h>
#include <fett/fixup.h>
#include <fett/limits.h>
#include <fett/temporary.h>
#include <fett/text.h>

#include "blocks.h"
#include "found.h"
#include "hidden.h"
#include "owners.h"
#include "strings_folder.h"

enum { WINDOW_A_THREAD = 32 };

/* Blocks that a thread takes at once: next to each other, so that what two of them need
 * is read, and of an EWF image inflated, once. */
enum { BLOCKS_AT_ONCE = 8 };

/* The result of one block. */
struct slot {
    struct found_block block;
    size_t held; /* its part of scan.held */
    struct error loss; /* bytes that could not be read, which an image remembers itself */
    bool done;
};

struct scan {
    struct object *object;
    const struct examine_strings_options *options;
    struct searchers searchers;
    struct ioc_scanner *scanner; /* of the searchers, or NULL */
    uint64_t start, end; /* within what the readers read */
    bool first, last;    /* this part is the first, the last of the object */
    uint64_t stopped;    /* hidden hits */
    uint64_t block_count;
    _Atomic uint64_t next;
    _Atomic bool stop;
    struct slot *slots;
    size_t window;
    uint64_t taken; /* blocks handed out; under the lock */
    size_t held;    /* bytes of blocks that wait for their turn; under the lock */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    /* attribution, caller's thread only */
    struct owners owners;
    struct hidden *hidden;
    struct also also;
    struct reader *media;       /* for split_covered, with room for what it reads */
    struct found_block beside;
    struct extent *own; /* of the file that is scanned, in order of its content */
    size_t own_count;
    struct file file;   /* likewise */
    bool file_known;
    struct folder folder; /* of OBJECT_DIRECTORY; all threads */
};

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

/* Read and scan block `number` into its slot. */
static void scan_block(struct scan *scan, struct block_reader *blocks, uint64_t number,
                       struct slot *slot)
{
    struct reader *reader = blocks->reader;
    struct stretch part = block_stretch(scan, number);
    uint64_t at = part.from, end = part.to < reader->size ? part.to : reader->size;

    found_clear(&slot->block);
    slot->loss = (struct error)ERROR_INIT;
    if (at >= end || (has_media(scan->object) &&
                      image_known_zero(scan->object->evidence->image, reader, at, end - at)))
        return;
    uint64_t before = at < IOC_MARGIN ? at : IOC_MARGIN;
    uint64_t behind = reader->size - end < IOC_MARGIN ? reader->size - end : IOC_MARGIN;
    size_t size = (size_t)(before + end - at + behind);
    block_reader_fill(blocks, at - before, size, &slot->loss);
    fixup_undo_all(blocks->buffer, size, at - before, slot->block.fixed_up);
    found_search(&slot->block, &scan->searchers, blocks->buffer, size, (size_t)before,
                 (size_t)(before + end - at), at - before, reader);
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
        else if (usable)
            scan_block(scan, &blocks, number, slot);
        else
            slot->block.out_of_memory = true;
        pthread_mutex_lock(&scan->lock);
        slot->held = found_memory(&slot->block);
        scan->held += slot->held;
        slot->done = true;
        pthread_cond_broadcast(&scan->changed);
        pthread_mutex_unlock(&scan->lock);
    }
    reader_free(blocks.reader);
    block_reader_release(&blocks);
    return NULL;
}

/* The extent of the file that is scanned which holds a byte of it; NULL: none. */
static const struct extent *own_extent(const struct scan *scan, uint64_t file_offset)
{
    size_t low = 0, high = scan->own_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (scan->own[middle].file_offset <= file_offset)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return NULL;
    const struct extent *extent = &scan->own[low - 1];
    return extent->packed || file_offset - extent->file_offset < extent->length ? extent : NULL;
}

/* Inside a file the owner is known; where its bytes lie is looked up. */
static void attribute_in_file(struct scan *scan, struct record *record, uint64_t offset)
{
    const struct object *object = scan->object;

    record_number(record, FIELD_FILE_OFFSET, offset);
    if (object->kind == OBJECT_LOOSE)
        return;
    if (object->volume)
        record_text(record, FIELD_VOLUME, object->volume->name);
    if (scan->file_known)
        record_file_reference(record, &scan->file);
    const struct extent *extent = own_extent(scan, offset);
    if (extent) {
        record_number(record, FIELD_OFFSET,
                      extent->packed ? extent->start
                                     : extent->start + offset - extent->file_offset);
        record_text(record, FIELD_AREA, area_name((enum area)extent->area));
    }
}

/* The gaps up to a place. Blocks come in order and a gap holds no hits, so that
 * none is told too early. */
static int hand_out_gaps(struct scan *scan, uint64_t offset, examine_sink sink, void *context)
{
    struct record record;
    struct gap gap;
    int result = 0;

    while (result == 0 && evidence_take_gap(scan->object->evidence, offset, &gap)) {
        if ((gap.offset < scan->start && !scan->first) || (gap.offset >= scan->end && !scan->last))
            continue; /* of another part */
        examine_gap_record(&record, scan->object->evidence, &gap);
        result = sink(context, &record);
    }
    return result;
}

static void begin_record(const struct scan *scan, struct record *record)
{
    record_begin(record, RECORD_INDICATOR);
    record_text(record, FIELD_IMAGE, scan->object->evidence->name);
}

/* A hit of the media, unless it is but a part of a hidden one. */
static int hand_out_found(struct scan *scan, struct found_block *block, const struct found *hit,
                          examine_sink sink, void *context)
{
    struct record record;

    if (hit->covered)
        return 0;
    begin_record(scan, &record);
    if (scan->hidden) {
        struct extent extent;
        record_number(&record, FIELD_OFFSET, hit->offset);
        owners_attribute(&scan->owners, &record, hit->offset, &scan->also, &extent);
        if (extent.packed && !hidden_is_broken(scan->hidden, hit->offset))
            return 0;
        if (hit->decoded && hidden_has_unit(scan->hidden, &extent, hit->offset, hit->length))
            return 0;
    } else {
        attribute_in_file(scan, &record, hit->offset);
    }
    found_fill(block, hit, &record);
    return sink(context, &record);
}

/* A hidden hit, if the file that it was found in is the one that counts. */
static int hand_out_hidden(struct scan *scan, const struct hidden_hit *hit, examine_sink sink,
                           void *context)
{
    struct value items[64], list = { .kind = VALUE_LIST, .items = items };
    struct member members[64][2];
    struct buffer reason = BUFFER_INIT;
    struct record record;
    struct extent extent;

    if (scan->options->stop && hit->kind < IOC_KIND_COUNT &&
        ioc_stop_matches(scan->options->stop, (enum ioc_kind)hit->kind, hit->value,
                         hit->value_length)) {
        scan->stopped++;
        return 0;
    }
    begin_record(scan, &record);
    record_number(&record, FIELD_OFFSET, hit->offset);
    owners_attribute(&scan->owners, &record, hit->offset, &scan->also, &extent);
    if (extent.owner != hit->owner || extent.space != hit->space)
        return 0;
    record_number(&record, FIELD_FILE_OFFSET, hit->file_offset);
    record_number(&record, FIELD_LENGTH, hit->length);
    record_text(&record, FIELD_KIND, found_kind_name(hit->kind));
    record_text(&record, FIELD_ENCODING,
                hit->coding ? hit->coding : ioc_encoding_name((enum ioc_encoding)hit->encoding));
    if (hit->coding)
        record_number(&record, FIELD_DECODED_OFFSET, hit->decoded_offset);
    if (hit->confidence != FOUND_SURE)
        record_number(&record, FIELD_CONFIDENCE, hit->confidence);
    record_text_n(&record, FIELD_VALUE, hit->value, hit->value_length);
    for (; list.length < hit->run_count && list.length < 64; list.length++) {
        struct member *member = members[list.length];
        member[0] = (struct member){ "offset", value_number(hit->runs[list.length].offset) };
        member[1] = (struct member){ "length", value_number(hit->runs[list.length].length) };
        items[list.length] =
            (struct value){ .kind = VALUE_OBJECT, .length = 2, .members = member };
    }
    if (hit->run_count > 1)
        record_value(&record, FIELD_RUNS, &list);
    buffer_add_text(&reason, hit->reason);
    if (hit->packed)
        buffer_add_text(&reason, *hit->reason ? ", compression undone" : "compression undone");
    if (reason.length > 0)
        record_text(&record, FIELD_REASON, buffer_text(&reason));
    record_text(&record, FIELD_CONTEXT, hit->context);
    int result = sink(context, &record);
    buffer_release(&reason);
    return result;
}

/* Search the bytes [start, end) of the media, at most IOC_MARGIN of them, as if nothing
 * was before `begin` and behind `stop`; what is of the same kind is added to the block. */
static int search_beside(struct scan *scan, struct found_block *block, const struct found *like,
                         uint64_t begin, uint64_t start, uint64_t end, uint64_t stop)
{
    enum { MOST = 3 * IOC_MARGIN };
    const unsigned kind = like->kind, encoding = like->encoding; /* the block's hits may move */
    uint8_t *bytes = malloc(MOST);
    int result = bytes ? 0 : -1;

    if (result == 0 && !scan->media)
        result = volume_reader(scan->object->evidence->image, scan->object->volume, &scan->media,
                               NULL);
    if (result == 0 && !scan->beside.fixed_up)
        result = found_init(&scan->beside, MOST);
    uint64_t size_of_media = image_size(scan->object->evidence->image);
    if (stop > size_of_media)
        stop = size_of_media;
    if (result == 0) {
        size_t size = (size_t)(stop - begin);
        struct searchers plain = scan->searchers;
        plain.decoder = NULL;
        reader_read(scan->media, begin, bytes, size, NULL);
        found_search(&scan->beside, &plain, bytes, size, (size_t)(start - begin),
                     (size_t)(end - begin), begin, NULL);
        result = scan->beside.out_of_memory ? -1 : 0;
    }
    for (size_t i = 0; result == 0 && i < scan->beside.count; i++)
        if (scan->beside.hits[i].kind == kind && scan->beside.hits[i].encoding == encoding)
            result = found_add(block, &scan->beside, &scan->beside.hits[i]);
    free(bytes);
    return result;
}

/*
 * A hit that runs from the end of a fragment on into the next file, or from a file into
 * the fragment behind it, is none: the fragment's part was found with the rest of its
 * file. The other part is searched by itself, for it belongs to somebody else. Keywords
 * need no such care: each stands for itself. What was added is a hit like the others.
 */
static int split_covered(struct scan *scan, struct found_block *block)
{
    size_t count = block->count;
    uint64_t from, to;
    int result = 0;

    for (size_t i = 0; i < block->count && result == 0; i++) {
        const struct found hit = block->hits[i];
        uint64_t end = hit.offset + hit.length;
        if (hit.decoded || !hidden_covers(scan->hidden, hit.offset, hit.length, hit.kind,
                                          hit.encoding, &from, &to))
            continue;
        block->hits[i].covered = true;
        if (i >= count || hit.kind == FOUND_KEYWORD || hit.length > IOC_MARGIN)
            continue;
        uint64_t margin = hit.offset < IOC_MARGIN ? hit.offset : IOC_MARGIN;
        if (hit.offset < from)
            result = search_beside(scan, block, &hit, hit.offset - margin, hit.offset, from, from);
        if (result == 0 && end > to)
            result = search_beside(scan, block, &hit, to, to, end, end + IOC_MARGIN);
    }
    if (block->count > count)
        found_sort(block);
    return result;
}

/* Hits in encoded units that were too many. Of media the gap comes at its place, among the
 * hits; else here. */
static int tell_cut(struct scan *scan, const struct found_block *block, examine_sink sink,
                    void *context)
{
    struct error reason = ERROR_INIT;
    struct record record;
    struct gap gap;

    if (!found_cut_gap(block, &gap, &reason))
        return 0;
    if (scan->hidden) {
        image_add_gap(scan->object->evidence->image, &gap);
        return 0;
    }
    const struct extent *extent = own_extent(scan, gap.offset);
    gap.volume = scan->object->volume ? scan->object->volume->name : NULL;
    gap.path = scan->file_known ? scan->file.path : NULL;
    gap.offset = extent ? extent->start + gap.offset - extent->file_offset : 0;
    examine_gap_record(&record, scan->object->evidence, &gap);
    return sink(context, &record);
}

/* Hits, hidden ones and gaps of one block, in order. */
static int hand_out(struct scan *scan, struct found_block *block, uint64_t start,
                    uint64_t end, examine_sink sink, void *context, struct error *error)
{
    for (size_t i = 0; scan->hidden && i < block->unit_count; i++) {
        const struct found_unit *unit = &block->units[i];
        const struct extent extent = owners_strongest(&scan->owners, unit->offset);
        hidden_add_unit(scan->hidden, &extent, unit->offset, unit->length);
    }
    int result = scan->hidden ? hidden_advance(scan->hidden, start, end, error) : 0;

    if (result == 0 && scan->hidden && split_covered(scan, block) != 0)
        return error_set_memory(error);
    if (result == 0)
        result = tell_cut(scan, block, sink, context);
    for (size_t i = 0; result == 0;) {
        const struct found *hit = i < block->count ? &block->hits[i] : NULL;
        const struct hidden_hit *hidden =
            scan->hidden ? hidden_first(scan->hidden, hit ? hit->offset + 1 : end) : NULL;
        if (!hit && !hidden)
            break;
        if (hit && hidden && hidden->offset == hit->offset &&
            (hit->decoded != !!hidden->coding ? !hit->decoded : hidden->kind > hit->kind))
            hidden = NULL;
        if (scan->hidden)
            result = hand_out_gaps(scan, hidden ? hidden->offset : hit->offset, sink, context);
        if (result == 0 && hidden) {
            if (hidden->offset >= scan->start)
                result = hand_out_hidden(scan, hidden, sink, context);
            hidden_next(scan->hidden);
        } else if (result == 0) {
            result = hand_out_found(scan, block, hit, sink, context);
            i++;
        }
    }
    return result;
}

static void add_held_back(struct ioc_held_back *held_back, const struct found_block *block)
{
    held_back->weak += block->held_back.weak;
    held_back->noise += block->held_back.noise;
    held_back->stopped += block->held_back.stopped;
    held_back->limited += block->decoded.limited + block->decoded.left_out;
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

/* What of a file of the examiner's machine could not be read. */
static void tell_loss(struct scan *scan, const struct error *loss)
{
    const struct gap gap = { .kind = GAP_DAMAGE,
                             .reason = loss->text,
                             .path = scan->file_known ? scan->file.path : NULL };

    if (loss->kind != ERROR_NONE)
        evidence_add_gap(scan->object->evidence, &gap);
}

/* Of all blocks in order: searched here where there are `blocks`, else by threads. */
static int take_results(struct scan *scan, struct block_reader *blocks,
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
        struct stretch part = block_stretch(scan, number);
        know_file(scan, number);
        tell_loss(scan, &slot->loss);
        result = slot->block.out_of_memory ? error_set_memory(error)
                                           : hand_out(scan, &slot->block, part.from, part.to, sink,
                                                      context, error);
        add_held_back(held_back, &slot->block);
        pthread_mutex_lock(&scan->lock);
        scan->held -= slot->held;
        slot->held = 0;
        if (found_memory(&slot->block) > LIMIT_FOUND_KEPT_BYTES / scan->window)
            found_forget(&slot->block);
        slot->done = false;
        scan->taken = number + 1;
        pthread_cond_broadcast(&scan->changed);
        pthread_mutex_unlock(&scan->lock);
        if (scan->options->progress)
            scan->options->progress(scan->options->progress_context, (number + 1) * BLOCK,
                                    scan->block_count * BLOCK);
    }
    return result;
}

/* Cut what is scanned to the part that was asked for. */
static void set_part(struct scan *scan, uint64_t length)
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

/* Where the bytes of the one file that is scanned lie. */
static int find_own_extents(struct scan *scan, struct error *error)
{
    struct object *object = scan->object;
    struct extents *extents = extents_new();
    int result = extents ? filesystem_add_file_extents(object->filesystem, object->handle, 0,
                                                       extents, error)
                         : error_set_memory(error);

    scan->own_count = result == 0 ? extents_count(extents) : 0;
    scan->own = calloc(scan->own_count + 1, sizeof *scan->own);
    if (result == 0 && !scan->own)
        result = error_set_memory(error);
    for (size_t i = 0; result == 0 && i < scan->own_count; i++)
        scan->own[i] = extents_get(extents, i);
    extents_free(extents);
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
    return owners_seal(&scan->owners, error);
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
    while (started < count && pthread_create(&threads[started], NULL, work, scan) == 0)
        started++;
    /* The map is made while the first blocks are searched. */
    result = started == 0 ? error_set(error, ERROR_SYSTEM, "cannot start a thread")
             : scan->object->kind == OBJECT_DIRECTORY ? 0
                                                      : build_map(scan, error);
    if (result == 0)
        result = take_results(scan, NULL, held_back, sink, context, error);
    pthread_mutex_lock(&scan->lock);
    atomic_store(&scan->stop, true);
    pthread_cond_broadcast(&scan->changed);
    pthread_mutex_unlock(&scan->lock);
    while (started > 0)
        pthread_join(threads[--started], NULL);
    free(threads);
    return result;
}

static int scan_here(struct scan *scan, struct ioc_held_back *held_back, examine_sink sink,
                     void *context, struct error *error)
{
    struct reader *reader;
    struct block_reader blocks;
    int result = block_reader_init(&blocks);

    if (result != 0) {
        block_reader_release(&blocks);
        return error_set_memory(error);
    }
    struct tree *tree = scan->object->filesystem ? filesystem_tree(scan->object->filesystem)
                                                 : scan->object->evidence->directory;
    scan->file_known = scan->object->kind == OBJECT_FILE &&
                       tree_file(tree, scan->object->handle, &scan->file, NULL) == 0;
    if (scan->file_known && !scan->object->filesystem && scan->file.type != FILE_REGULAR) {
        result = 0; /* a loose folder's files have records of their own */
    } else if ((result = object_open(scan->object, &reader, error)) == 0) {
        scan->start = 0;
        set_part(scan, reader->size);
        block_reader_set(&blocks, reader);
        result = take_results(scan, &blocks, held_back, sink, context, error);
        reader_free(reader);
    }
    block_reader_release(&blocks);
    return result;
}

/* What all threads search for. */
static int make_searchers(struct scan *scan, struct error *error)
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

int examine_strings(struct object *object, const struct examine_strings_options *options,
                    struct ioc_held_back *held_back, examine_sink sink, void *context,
                    struct error *error)
{
    struct scan scan = {
        .object = object,
        .options = options,
        .start = object->offset,
        .window = WINDOW_A_THREAD * (options->threads ? options->threads : 1),
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .changed = PTHREAD_COND_INITIALIZER,
    };
    bool inside = object->kind == OBJECT_FILE || object->kind == OBJECT_LOOSE;
    int result = 0;

    if (object->kind == OBJECT_DIRECTORY && (options->from > 0 || options->to < UINT64_MAX ||
                                             options->shards > 0))
        return error_set(error, ERROR_USAGE, "a folder has no parts, its files have: %s",
                         object->evidence->name);
    set_part(&scan, object->length);
    scan.slots = calloc(scan.window, sizeof *scan.slots);
    for (size_t i = 0; scan.slots && i < scan.window && result == 0; i++)
        result = found_init(&scan.slots[i].block, BUFFER);
    if (!scan.slots || result != 0)
        result = error_set_memory(error);
    if (result == 0)
        result = make_searchers(&scan, error);
    if (result == 0 && object->kind == OBJECT_FILE && object->filesystem)
        result = find_own_extents(&scan, error);
    else if (result == 0 && object->kind == OBJECT_DIRECTORY)
        result = list_folder(&scan, error);
    if (result == 0)
        result = inside ? scan_here(&scan, held_back, sink, context, error)
                        : scan_with_threads(&scan, held_back, sink, context, error);
    held_back->stopped += scan.stopped;
    held_back->limited += scan.hidden ? hidden_limited(scan.hidden) : 0;
    /* The gaps of this part; of a whole object the others tell theirs in turn. */
    if (result == 0 && !inside && !(scan.first && scan.last))
        result = hand_out_gaps(&scan, UINT64_MAX, sink, context);
    for (size_t i = 0; scan.slots && i < scan.window; i++)
        found_release(&scan.slots[i].block);
    free(scan.slots);
    free(scan.own);
    reader_free(scan.media);
    found_release(&scan.beside);
    ioc_scanner_free(scan.scanner);
    hidden_free(scan.hidden);
    folder_release(&scan.folder);
    owners_release(&scan.owners);
    buffer_release(&scan.also.texts);
    return result;
}

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
        scan->slots = &slot;
        scan->window = 1;
        set_part(scan, reader->size);
        block_reader_set(&blocks, reader);
        result = take_results(scan, &blocks, held_back, sink, context, error);
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
    int result = found_init(&block, BUFFER) == 0 && buffer ? make_searchers(&scan, error)
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
        add_held_back(held_back, &block);
        result = block.out_of_memory ? error_set_memory(error)
                                     : hand_out(&scan, &block, 0, 0, sink, context, error);
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
