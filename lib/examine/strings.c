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

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <fett/examine.h>

enum { BLOCK = 1 << 20, WINDOW_A_THREAD = 4, MOST_OWNERS = 16 };

struct found {
    uint64_t offset;
    uint32_t length;
    uint8_t kind, encoding, confidence;
    size_t value, value_length, reason; /* in texts */
};

/* The result of one block. */
struct slot {
    struct found *hits;
    size_t count, capacity;
    struct buffer texts;
    struct ioc_held_back held_back;
    bool done, out_of_memory;
};

struct scan {
    const struct object *object;
    const struct examine_strings_options *options;
    struct ioc_scanner *scanner;
    uint64_t start, end; /* within what the readers read */
    uint64_t block_count;
    _Atomic uint64_t next;
    _Atomic bool stop;
    struct slot *slots;
    size_t window;
    uint64_t taken; /* blocks handed out; under the lock */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    /* attribution, caller's thread only */
    struct extents *extents;
    struct filesystem **spaces;
    size_t space_count;
    uint32_t last_space;
    uint64_t last_owner;
    struct file last_file;
    bool last_known;
};

static void keep_hit(void *context, const struct ioc_hit *hit)
{
    struct slot *slot = context;

    if (memory_grow((void **)&slot->hits, &slot->capacity, slot->count + 1,
                    sizeof *slot->hits) != 0) {
        slot->out_of_memory = true;
        return;
    }
    struct found *found = &slot->hits[slot->count++];
    *found = (struct found){ .offset = hit->offset,
                             .length = hit->length,
                             .kind = hit->kind,
                             .encoding = hit->encoding,
                             .confidence = hit->confidence,
                             .value = slot->texts.length,
                             .value_length = hit->value_length };
    buffer_add(&slot->texts, hit->value, hit->value_length);
    found->reason = slot->texts.length;
    buffer_add(&slot->texts, hit->reason, strlen(hit->reason) + 1);
    slot->out_of_memory |= slot->texts.failed;
}

/* Read and scan block `number` into its slot. */
static void scan_block(struct scan *scan, struct reader *reader, uint8_t *buffer, uint64_t number,
                       struct slot *slot)
{
    uint64_t at = scan->start + number * BLOCK;
    uint64_t length = scan->end - at < BLOCK ? scan->end - at : BLOCK;
    uint64_t before = at < IOC_MARGIN ? at : IOC_MARGIN;
    uint64_t behind = reader->size - at - length < IOC_MARGIN ? reader->size - at - length
                                                             : IOC_MARGIN;

    slot->count = 0;
    slot->held_back = (struct ioc_held_back){ 0 };
    buffer_clear(&slot->texts);
    if (scan->object->kind != OBJECT_FILE && scan->object->kind != OBJECT_LOOSE &&
        image_known_zero(scan->object->evidence->image, reader, at, length))
        return;
    /* The image remembers what could not be read; zeros hold no indicators. */
    reader_read(reader, at - before, buffer, (size_t)(before + length + behind), NULL);
    ioc_scan(scan->scanner, buffer, (size_t)(before + length + behind), (size_t)before,
             (size_t)(before + length), at - before, keep_hit, slot, &slot->held_back);
}

static void *work(void *context)
{
    struct scan *scan = context;
    struct reader *reader = NULL;
    uint8_t *buffer = malloc(BLOCK + 2 * IOC_MARGIN);
    bool usable = buffer && image_reader(scan->object->evidence->image, &reader, NULL) == 0;

    for (;;) {
        uint64_t number = atomic_fetch_add(&scan->next, 1);
        if (number >= scan->block_count || atomic_load(&scan->stop))
            break;
        struct slot *slot = &scan->slots[number % scan->window];
        pthread_mutex_lock(&scan->lock);
        while (number >= scan->taken + scan->window && !atomic_load(&scan->stop))
            pthread_cond_wait(&scan->changed, &scan->lock);
        pthread_mutex_unlock(&scan->lock);
        if (atomic_load(&scan->stop))
            break;
        if (usable)
            scan_block(scan, reader, buffer, number, slot);
        else
            slot->out_of_memory = true;
        pthread_mutex_lock(&scan->lock);
        slot->done = true;
        pthread_cond_broadcast(&scan->changed);
        pthread_mutex_unlock(&scan->lock);
    }
    reader_free(reader);
    free(buffer);
    return NULL;
}

/* The file that an extent belongs to; NULL for structure that no file owns. */
static const struct file *owner_file(struct scan *scan, const struct extent *extent)
{
    if (extent->owner == 0)
        return NULL;
    if (!scan->last_known || scan->last_space != extent->space ||
        scan->last_owner != extent->owner) {
        scan->last_known =
            tree_file(filesystem_tree(scan->spaces[extent->space]), extent->owner,
                      &scan->last_file, NULL) == 0;
        scan->last_space = extent->space;
        scan->last_owner = extent->owner;
    }
    return scan->last_known ? &scan->last_file : NULL;
}

/* Further owners, as a list of objects; texts are copied into `texts`. */
struct also {
    struct value items[MOST_OWNERS];
    struct member members[MOST_OWNERS][3];
    size_t count;
    struct buffer texts;
    size_t places[MOST_OWNERS][3], lengths[MOST_OWNERS][3];
};

static void add_also(struct also *also, const struct file *file)
{
    const char *texts[3] = { file->path, file->inode, record_state_word(file->state) };
    size_t lengths[3] = { file->path_length, strlen(texts[1]), strlen(texts[2]) };

    for (int i = 0; i < 3; i++) {
        also->places[also->count][i] = also->texts.length;
        also->lengths[also->count][i] = lengths[i];
        buffer_add(&also->texts, texts[i], lengths[i]);
    }
    also->count++;
}

static void set_also(struct record *record, struct also *also)
{
    static const char *const names[3] = { "path", "inode", "state" };
    const struct value list = { .kind = VALUE_LIST, .length = also->count, .items = also->items };

    for (size_t i = 0; i < also->count; i++) {
        for (int k = 0; k < 3; k++)
            also->members[i][k] =
                (struct member){ names[k], value_text_n(buffer_text(&also->texts) +
                                                            also->places[i][k],
                                                        also->lengths[i][k]) };
        also->items[i] =
            (struct value){ .kind = VALUE_OBJECT, .length = 3, .members = also->members[i] };
    }
    if (also->count > 0)
        record_value(record, FIELD_ALSO, &list);
}

/* The volume or unpartitioned range that holds a place of the media. */
static const struct volume *volume_at(const struct evidence *evidence, uint64_t offset)
{
    for (size_t i = 0; i < volumes_count(evidence->volumes); i++) {
        const struct volume *volume = volumes_get(evidence->volumes, i);
        if (offset >= volume->offset && offset - volume->offset < volume->length)
            return volume;
    }
    return NULL;
}

/* Who owns the byte: sets volume, path, inode, state, area, file_offset, also. */
static void attribute(struct scan *scan, struct record *record, uint64_t offset,
                      struct also *also)
{
    struct extent owners[MOST_OWNERS];
    size_t count = extents_at(scan->extents, offset, owners, MOST_OWNERS);
    const struct volume *volume = volume_at(scan->object->evidence, offset);
    bool owned = count > 0 && owners[0].rank != RANK_REALLOCATED;

    for (size_t i = owned ? 1 : 0; i < count; i++) {
        const struct file *file = owner_file(scan, &owners[i]);
        if (file)
            add_also(also, file);
    }
    if (owned) {
        const struct file *file = owner_file(scan, &owners[0]);
        volume = filesystem_volume(scan->spaces[owners[0].space]);
        if (file) {
            record_file_reference(record, file);
            record_number(record, FIELD_FILE_OFFSET,
                          owners[0].file_offset + (offset - owners[0].start));
        }
        record_text(record, FIELD_AREA, area_name((enum area)owners[0].area));
    } else if (!volume || !volume->name[0]) {
        record_text(record, FIELD_AREA, area_name(AREA_UNPARTITIONED));
    } else if (volume_has_files(volume)) {
        record_text(record, FIELD_AREA, area_name(AREA_UNALLOCATED));
    }
    if (volume && volume->name[0])
        record_text(record, FIELD_VOLUME, volume->name);
    set_also(record, also);
}

/* Inside a file the owner is known; where its bytes lie is looked up. */
static void attribute_in_file(struct scan *scan, struct record *record, uint64_t offset)
{
    const struct object *object = scan->object;
    struct file file;

    record_number(record, FIELD_FILE_OFFSET, offset);
    if (object->kind == OBJECT_LOOSE)
        return;
    if (object->volume)
        record_text(record, FIELD_VOLUME, object->volume->name);
    struct tree *tree = object->filesystem ? filesystem_tree(object->filesystem)
                                           : object->evidence->directory;
    if (!scan->last_known && tree_file(tree, object->handle, &file, NULL) == 0) {
        scan->last_file = file;
        scan->last_known = true;
    }
    if (scan->last_known)
        record_file_reference(record, &scan->last_file);
    for (size_t i = 0; scan->extents && i < extents_count(scan->extents); i++) {
        const struct extent extent = extents_get(scan->extents, i);
        if (extent.owner == object->handle && offset >= extent.file_offset &&
            offset - extent.file_offset < extent.length) {
            record_number(record, FIELD_OFFSET, extent.start + offset - extent.file_offset);
            record_text(record, FIELD_AREA, area_name((enum area)extent.area));
            return;
        }
    }
}

/* The gaps up to a place. Blocks come in order and a gap holds no hits, so that
 * none is told too early. */
static int hand_out_gaps(struct scan *scan, uint64_t offset, examine_sink sink, void *context)
{
    struct record record;
    struct gap gap;
    int result = 0;

    while (result == 0 && image_take_gap(scan->object->evidence->image, offset, &gap)) {
        examine_gap_record(&record, scan->object->evidence, &gap);
        result = sink(context, &record);
    }
    return result;
}

static int hand_out(struct scan *scan, const struct slot *slot, examine_sink sink, void *context)
{
    bool inside = scan->object->kind == OBJECT_FILE || scan->object->kind == OBJECT_LOOSE;
    struct also also = { .count = 0 };
    int result = 0;

    for (size_t i = 0; i < slot->count && result == 0; i++) {
        const struct found *hit = &slot->hits[i];
        struct record record;
        if (!inside && (result = hand_out_gaps(scan, hit->offset, sink, context)) != 0)
            break;
        record_begin(&record, RECORD_INDICATOR);
        record_text(&record, FIELD_IMAGE, scan->object->evidence->name);
        also.count = 0;
        buffer_clear(&also.texts);
        if (inside) {
            attribute_in_file(scan, &record, hit->offset);
        } else {
            record_number(&record, FIELD_OFFSET, hit->offset);
            attribute(scan, &record, hit->offset, &also);
        }
        record_number(&record, FIELD_LENGTH, hit->length);
        record_text(&record, FIELD_KIND, ioc_kind_name((enum ioc_kind)hit->kind));
        record_text_n(&record, FIELD_VALUE, slot->texts.data + hit->value, hit->value_length);
        record_text(&record, FIELD_ENCODING,
                    ioc_encoding_name((enum ioc_encoding)hit->encoding));
        record_number(&record, FIELD_CONFIDENCE, hit->confidence);
        record_text(&record, FIELD_REASON, slot->texts.data + hit->reason);
        result = sink(context, &record);
    }
    buffer_release(&also.texts);
    return result;
}

static int take_results(struct scan *scan, struct reader *reader, uint8_t *buffer,
                        struct ioc_held_back *held_back, examine_sink sink, void *context,
                        struct error *error)
{
    int result = 0;

    for (uint64_t number = 0; number < scan->block_count && result == 0; number++) {
        struct slot *slot = &scan->slots[number % scan->window];
        if (reader) {
            scan_block(scan, reader, buffer, number, slot);
        } else {
            pthread_mutex_lock(&scan->lock);
            while (!slot->done)
                pthread_cond_wait(&scan->changed, &scan->lock);
            pthread_mutex_unlock(&scan->lock);
        }
        result = slot->out_of_memory ? error_set_memory(error)
                                     : hand_out(scan, slot, sink, context);
        held_back->weak += slot->held_back.weak;
        held_back->noise += slot->held_back.noise;
        pthread_mutex_lock(&scan->lock);
        slot->done = false;
        scan->taken = number + 1;
        pthread_cond_broadcast(&scan->changed);
        pthread_mutex_unlock(&scan->lock);
        if (scan->options->progress)
            scan->options->progress(scan->options->progress_context, (number + 1) * BLOCK,
                                    scan->end - scan->start);
    }
    return result;
}

static int add_space(void *context, struct evidence *evidence, struct filesystem *filesystem,
                     struct error *error)
{
    struct scan *scan = context;

    (void)evidence;
    scan->spaces[scan->space_count] = filesystem;
    return filesystem_add_extents(filesystem, (uint32_t)scan->space_count++, scan->extents,
                                  error);
}

/* Who owns which bytes, of all file systems of the image. */
static int build_map(struct scan *scan, struct error *error)
{
    struct object whole = *scan->object;

    whole.volume = NULL;
    scan->extents = extents_new();
    scan->spaces = calloc(volumes_count(whole.evidence->volumes) + 1, sizeof *scan->spaces);
    if (!scan->extents || !scan->spaces)
        return error_set_memory(error);
    int result = scan->object->kind == OBJECT_FILE
                     ? add_space(scan, whole.evidence, whole.filesystem, error)
                     : examine_filesystems(&whole, add_space, scan, error);
    if (result == 0 && extents_seal(scan->extents) != 0)
        result = error_set_memory(error);
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
    if (started == 0)
        result = error_set(error, ERROR_SYSTEM, "cannot start a thread");
    else
        result = take_results(scan, NULL, NULL, held_back, sink, context, error);
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
    uint8_t *buffer = malloc(BLOCK + 2 * IOC_MARGIN);
    int result = -1;

    if (!buffer)
        return error_set_memory(error);
    if (object_open(scan->object, &reader, error) == 0) {
        scan->end = reader->size;
        scan->block_count = (scan->end + BLOCK - 1) / BLOCK;
        result = take_results(scan, reader, buffer, held_back, sink, context, error);
        reader_free(reader);
    }
    free(buffer);
    return result;
}

int examine_strings(struct object *object, const struct examine_strings_options *options,
                    struct ioc_held_back *held_back, examine_sink sink, void *context,
                    struct error *error)
{
    struct scan scan = {
        .object = object,
        .options = options,
        .start = object->offset,
        .end = object->offset + object->length,
        .window = WINDOW_A_THREAD * (options->threads ? options->threads : 1),
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .changed = PTHREAD_COND_INITIALIZER,
    };
    bool inside = object->kind == OBJECT_FILE || object->kind == OBJECT_LOOSE;
    int result = 0;

    if (object->kind == OBJECT_DIRECTORY)
        return error_set(error, ERROR_USAGE, "is a folder: %s", object->evidence->name);
    scan.block_count = (object->length + BLOCK - 1) / BLOCK;
    scan.slots = calloc(scan.window, sizeof *scan.slots);
    if (!scan.slots)
        return error_set_memory(error);
    if (object->evidence->image)
        result = build_map(&scan, error);
    if (result == 0)
        result = ioc_scanner_new(&scan.scanner, &options->ioc, error);
    if (result == 0)
        result = inside ? scan_here(&scan, held_back, sink, context, error)
                        : scan_with_threads(&scan, held_back, sink, context, error);
    for (size_t i = 0; i < scan.window; i++) {
        free(scan.slots[i].hits);
        buffer_release(&scan.slots[i].texts);
    }
    free(scan.slots);
    ioc_scanner_free(scan.scanner);
    extents_free(scan.extents);
    free(scan.spaces);
    return result;
}
