/* SPDX-License-Identifier: Apache-2.0 */

/*
 * strings_hits: what was found as records, in order: hits of the media, looked up in the map
 * of who owns which bytes; hidden ones, which only a file as a whole shows; gaps.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/fixup.h>

#include "found_spill.h"
#include "loss.h"
#include "strings_internal.h"

/* Inside a file the owner is known; where its bytes lie is looked up. */
static void attribute_in_file(struct scan *scan, struct record *record, uint64_t offset)
{
    const struct object *object = scan->object;

    record_begin(record, RECORD_INDICATOR);
    record_text(record, FIELD_IMAGE, object->evidence->name);
    record_number(record, FIELD_FILE_OFFSET, offset);
    if (object->kind == OBJECT_LOOSE)
        return;
    if (object->volume)
        record_text(record, FIELD_VOLUME, object->volume->name);
    if (scan->file_known)
        record_file_reference(record, &scan->file);
    const struct extent *extent = own_extents_at(&scan->own, offset);
    if (extent) {
        record_number(record, FIELD_OFFSET, own_extents_place(extent, offset));
        record_text(record, FIELD_AREA, area_name((enum area)extent->area));
    }
}

int scan_hand_out_gaps(struct scan *scan, uint64_t offset, examine_sink sink, void *context)
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

/* The pieces that a hit lies in, with room for what the record holds of them. */
struct run_list {
    struct value list, items[HIDDEN_RUNS_MOST];
    struct member members[HIDDEN_RUNS_MOST][2];
};

static void add_run(struct run_list *runs, uint64_t offset, uint64_t length)
{
    struct member *member = runs->members[runs->list.length];

    if (runs->list.length == HIDDEN_RUNS_MOST)
        return;
    member[0] = (struct member){ "offset", value_number(offset) };
    member[1] = (struct member){ "length", value_number(length) };
    runs->items[runs->list.length++] =
        (struct value){ .kind = VALUE_OBJECT, .length = 2, .members = member };
}

static void set_runs(struct record *record, struct run_list *runs)
{
    runs->list.kind = VALUE_LIST;
    runs->list.items = runs->items;
    if (runs->list.length > 1)
        record_value(record, FIELD_RUNS, &runs->list);
}

/* Where on the media the pieces of a hit in a long name are, if all of them are known. */
static void set_name_runs(const struct scan *scan, const struct found *hit, struct record *record,
                          struct run_list *runs)
{
    struct long_name_run pieces[LONG_NAME_RUNS];
    size_t count = long_name_runs((enum long_name_format)hit->long_name, hit->offset, hit->length,
                                  pieces);

    runs->list.length = 0;
    for (size_t i = 0; i < count; i++) {
        const struct extent *own =
            scan->hidden ? NULL : own_extents_at(&scan->own, pieces[i].place);
        if (!scan->hidden && !own)
            return;
        add_run(runs, own ? own_extents_place(own, pieces[i].place) : pieces[i].place,
                pieces[i].length);
    }
    set_runs(record, runs);
}

/* The same of a hit in the file that is scanned; what was undone to read it, or NULL. */
static const char *set_own_runs(const struct scan *scan, const struct found *hit,
                                struct record *record, struct run_list *runs)
{
    struct hidden_run pieces[HIDDEN_RUNS_MOST];
    bool packed;
    size_t count = own_extents_runs(&scan->own, hit->offset, hit->length, pieces, &packed);

    runs->list.length = 0;
    for (size_t i = 0; i < count; i++)
        add_run(runs, pieces[i].offset, pieces[i].length);
    set_runs(record, runs);
    if (packed)
        return UNPACKED;
    const struct extent *extent = count > 0 ? own_extents_at(&scan->own, hit->offset) : NULL;
    const struct object *object = scan->object;
    if (!extent || extent->area != AREA_RESIDENT || hit->decoded ||
        filesystem_kind(object->filesystem) != FS_NTFS)
        return NULL;
    uint64_t in_sector = (pieces[0].offset - object->volume->offset) % FIXUP_STRIDE;
    return in_sector + hit->length > FIXUP_STRIDE - 2 ? FIXED_UP : NULL;
}

/* A hit of the media, unless it is but a part of a hidden one, or of one file. */
static int hand_out_found(struct scan *scan, struct found_block *block, const struct found *hit,
                          examine_sink sink, void *context)
{
    struct run_list runs;
    struct record own, *record = &own;
    const char *undone = NULL;

    if (hit->covered)
        return 0;
    if (scan->hidden) {
        const struct extent *extent;
        record = owners_record(&scan->owners, hit->offset, &extent);
        if (extent->packed && !hidden_is_broken(scan->hidden, hit->offset))
            return 0;
        if (hit->decoded && hidden_has_unit(scan->hidden, extent, hit->offset, hit->length))
            return 0;
    } else {
        attribute_in_file(scan, record, hit->offset);
    }
    if (hit->long_name)
        set_name_runs(scan, hit, record, &runs);
    else if (!scan->hidden)
        undone = set_own_runs(scan, hit, record, &runs);
    found_fill(block, hit, undone, record);
    return sink(context, record);
}

/* A hidden hit, if the file that it was found in is the one that counts. */
static int hand_out_hidden(struct scan *scan, const struct hidden_hit *hit, examine_sink sink,
                           void *context)
{
    struct run_list runs;
    struct buffer reason = BUFFER_INIT;
    const struct extent *extent;

    if (scan->options->stop && hit->kind < IOC_KIND_COUNT &&
        ioc_stop_matches(scan->options->stop, (enum ioc_kind)hit->kind, hit->value,
                         hit->value_length)) {
        scan->stopped++;
        return 0;
    }
    struct record *record = owners_record(&scan->owners, hit->offset, &extent);
    if (extent->owner != hit->owner || extent->space != hit->space)
        return 0;
    record_number(record, FIELD_FILE_OFFSET, hit->file_offset);
    record_number(record, FIELD_LENGTH, hit->length);
    record_text(record, FIELD_KIND, found_kind_name(hit->kind));
    record_text(record, FIELD_ENCODING,
                hit->coding ? hit->coding : ioc_encoding_name((enum ioc_encoding)hit->encoding));
    if (hit->coding)
        record_number(record, FIELD_DECODED_OFFSET, hit->decoded_offset);
    if (hit->confidence != FOUND_SURE)
        record_number(record, FIELD_CONFIDENCE, hit->confidence);
    record_text_n(record, FIELD_VALUE, hit->value, hit->value_length);
    runs.list.length = 0;
    for (size_t i = 0; i < hit->run_count; i++)
        add_run(&runs, hit->runs[i].offset, hit->runs[i].length);
    set_runs(record, &runs);
    buffer_add_text(&reason, hit->reason);
    if (hit->packed)
        buffer_add_text(&reason, *hit->reason ? ", " UNPACKED : UNPACKED);
    if (hit->long_name && hit->run_count > 1)
        buffer_add_text(&reason, *hit->reason ? ", " NAME_JOINED : NAME_JOINED);
    if (reason.length > 0)
        record_text(record, FIELD_REASON, buffer_text(&reason));
    record_text(record, FIELD_CONTEXT, hit->context);
    int result = sink(context, record);
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
        struct found *found = &block->hits[i];
        if (found->covered || found->decoded ||
            !hidden_covers(scan->hidden, found->offset, found->length, found->kind,
                           found->encoding, &from, &to))
            continue;
        found->covered = true;
        const struct found hit = *found; /* the block's hits may move */
        uint64_t end = hit.offset + hit.length;
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

/* Of media a gap comes at its place, among the hits; else here. */
static int tell_gap(struct scan *scan, struct gap *gap, examine_sink sink, void *context)
{
    struct record record;

    if (scan->hidden) {
        image_add_gap(scan->object->evidence->image, gap);
        return 0;
    }
    const uint64_t at = gap->offset;
    const struct extent *extent = own_extents_at(&scan->own, at);
    gap->volume = scan->object->volume ? scan->object->volume->name : NULL;
    gap->path = scan->file_known ? scan->file.path : NULL;
    gap->offset = extent ? own_extents_place(extent, at) : 0;
    examine_gap_record(&record, scan->object->evidence, gap);
    record_number(&record, FIELD_FILE_OFFSET, at);
    return sink(context, &record);
}

/* Hits in encoded units that were too many. */
static int tell_cut(struct scan *scan, const struct found_block *block, examine_sink sink,
                    void *context)
{
    struct error reason = ERROR_INIT;
    struct gap gap;

    return found_cut_gap(block, &gap, &reason) ? tell_gap(scan, &gap, sink, context) : 0;
}

/* Encoded units that were not decoded to their end. */
static int tell_losses(struct scan *scan, const struct found_block *block, examine_sink sink,
                       void *context)
{
    int result = 0;

    for (size_t i = 0; i < block->loss_count && result == 0; i++) {
        const struct found_loss *loss = &block->losses[i];
        struct gap gap = loss_gap(block, loss);
        struct file file;
        if (scan->hidden) {
            const struct extent extent = *owners_strongest(&scan->owners, loss->offset);
            bool owned = extent.owner != 0 && extent.area <= AREA_RESIDENT &&
                         extent.area != AREA_SLACK;
            uint64_t at = loss->offset - extent.start + extent.file_offset;
            if (extent.packed ||
                hidden_has_unit(scan->hidden, &extent, loss->offset, loss->length) ||
                !(owned ? loss_find_owner(loss, at, scan->owners.spaces[extent.space],
                                          extent.owner, &file, &gap)
                        : loss_is_told(loss, 0, NULL)))
                continue;
        }
        result = tell_gap(scan, &gap, sink, context);
    }
    return result;
}

/* The hits of a block and the hidden ones before `end`, in order. */
static int hand_out_all(struct scan *scan, struct found_block *block, uint64_t end,
                        examine_sink sink, void *context, struct error *error)
{
    struct found_walk walk;
    int result = found_walk_begin(&walk, block, error);

    while (result == 0) {
        const struct found *hit = found_walk_first(&walk);
        const struct hidden_hit *hidden =
            scan->hidden ? hidden_first(scan->hidden, hit ? hit->offset + 1 : end) : NULL;
        if (!hit && !hidden)
            break;
        if (hit && hidden && hidden->offset == hit->offset &&
            (hit->decoded != !!hidden->coding ? !hit->decoded : hidden->kind > hit->kind))
            hidden = NULL;
        if (scan->hidden)
            result = scan_hand_out_gaps(scan, hidden ? hidden->offset : hit->offset, sink, context);
        if (result == 0 && hidden) {
            if (hidden->offset >= scan->start)
                result = hand_out_hidden(scan, hidden, sink, context);
            hidden_next(scan->hidden);
        } else if (result == 0) {
            result = hand_out_found(scan, walk.of, hit, sink, context);
            if (result == 0)
                result = found_walk_next(&walk, error);
        }
    }
    found_walk_end(&walk);
    return result;
}

int scan_hand_out(struct scan *scan, struct found_block *block, uint64_t start, uint64_t end,
                  examine_sink sink, void *context, struct error *error)
{
    for (size_t i = 0; scan->hidden && i < block->unit_count; i++) {
        const struct found_unit *unit = &block->units[i];
        const struct extent extent = *owners_strongest(&scan->owners, unit->offset);
        hidden_add_unit(scan->hidden, &extent, unit);
    }
    int result = scan->hidden ? hidden_advance(scan->hidden, start, end, error) : 0;

    if (result == 0 && scan->hidden && split_covered(scan, block) != 0)
        return error_set_memory(error);
    if (result == 0)
        result = tell_cut(scan, block, sink, context);
    if (result == 0)
        result = tell_losses(scan, block, sink, context);
    if (result == 0)
        result = hand_out_all(scan, block, end, sink, context, error);
    if (result == 0 && scan->owners.out_of_memory)
        result = error_set_memory(error);
    if (scan->hidden)
        hidden_forget_units(scan->hidden);
    return result;
}

void scan_add_held_back(struct ioc_held_back *held_back, const struct found_block *block)
{
    held_back->weak += block->held_back.weak;
    held_back->noise += block->held_back.noise;
    held_back->stopped += block->held_back.stopped;
    held_back->limited += block->decoded.limited + block->decoded.left_out +
                          block->decoded.closed;
}
