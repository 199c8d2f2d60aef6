/* SPDX-License-Identifier: Apache-2.0 */

/*
 * hidden: see hidden.h. Content that lies in pieces:
 *
 *       piece 0      piece 1  (packed)  piece 2
 *     |----------|  |========|        |---------|
 *               ^    ^                 ^
 *             tail  unit              head        places that are looked at
 *
 * At a border the content before it and behind it is read through the file,
 * IOC_MARGIN bytes each. A hit that crosses the border, or reaches it, is given
 * where its first byte lies (tail). In the piece behind (head) only what begins
 * with it is given, but what the scan of the media makes of the hit's rest is
 * dropped. A unit is scanned
 * whole. A hit that crosses several borders is given at the first of them.
 *
 * Dropped is what overlaps such a hit and is of the same kind and encoding;
 * what the file's view shows there besides (a URL inside a URL) is given here.
 */

#include <stdlib.h>

#include <fett/buffer.h>
#include <fett/limits.h>

#include "hidden_internal.h"

static int add_place(struct hidden *hidden, uint64_t at, size_t piece, enum place_kind kind)
{
    if (memory_grow((void **)&hidden->places, &hidden->place_capacity, hidden->place_count + 1,
                    sizeof *hidden->places) != 0)
        return -1;
    hidden->places[hidden->place_count++] =
        (struct place){ at, (uint32_t)piece, (uint8_t)kind };
    return 0;
}

/* The places of a piece of a folder. */
static int add_places_of_names(struct hidden *hidden, size_t number)
{
    const struct piece *piece = &hidden->pieces[number];
    int failed = 0;

    if (number > 0 && goes_on(piece - 1, piece))
        failed |= add_place(hidden, piece->media, number, PLACE_NAMES_HEAD);
    if (number + 1 < hidden->piece_count && goes_on(piece, piece + 1))
        failed |= add_place(hidden, hidden_names_place(piece), number, PLACE_NAMES_TAIL);
    return failed;
}

/* The places between the pieces of one file, [first, end). */
static int add_places(struct hidden *hidden, size_t first, size_t end)
{
    int failed = 0;

    for (size_t i = first; i < end; i++) {
        const struct piece *piece = &hidden->pieces[i];
        if (piece->folder) {
            failed |= add_places_of_names(hidden, i);
            continue;
        }
        bool cut = i + 1 < end && goes_on(piece, piece + 1);
        if (piece->packed && (i == first || !same_unit(piece - 1, piece)))
            failed |= add_place(hidden, piece->media, i, PLACE_UNIT);
        if (cut && !piece->packed)
            failed |= add_place(hidden, tail_place(piece), i, PLACE_TAIL);
        if (cut && !piece[1].packed)
            failed |= add_place(hidden, piece[1].media, i + 1, PLACE_HEAD);
    }
    return failed;
}

/* Folders have long names in FAT and exFAT. */
static bool has_names(const struct hidden *hidden, const struct extent *extent)
{
    if (extent->area != AREA_INDEX)
        return false;
    enum filesystem_kind kind = filesystem_kind(hidden->spaces[extent->space]);
    return kind == FS_FAT12 || kind == FS_FAT16 || kind == FS_FAT32 || kind == FS_EXFAT;
}

/* Resident content can be in pieces too: ext has it in two places of the inode. */
static bool in_question(const struct hidden *hidden, const struct extent *extent)
{
    return extent->rank <= RANK_DELETED && extent->owner != 0 &&
           (extent->area == AREA_CONTENT || extent->area == AREA_RESIDENT ||
            has_names(hidden, extent));
}

/* Files of more than one piece, or of packed ones; the map has each file's
 * extents together, in the order of its content. */
static int collect_pieces(struct hidden *hidden, const struct extents *extents)
{
    size_t first = 0, extent_count = extents_count(extents);

    for (size_t i = 0; i < extent_count; i++) {
        const struct extent *extent = extents_get(extents, i);
        if (!in_question(hidden, extent))
            continue;
        const struct piece piece = { .media = extent->start,
                                     .length = extent->length,
                                     .file_offset = extent->file_offset,
                                     .owner = extent->owner,
                                     .space = extent->space,
                                     .packed = extent->packed,
                                     .folder = extent->area == AREA_INDEX };
        size_t count = hidden->piece_count;
        if (count > first && !same_file(&hidden->pieces[count - 1], &piece)) {
            if (count - first == 1 && !hidden->pieces[first].packed)
                count = first; /* in one piece: nothing is hidden */
            else if (add_places(hidden, first, count) != 0)
                return -1;
            hidden->piece_count = first = count;
        }
        if (count >= UINT32_MAX ||
            memory_grow((void **)&hidden->pieces, &hidden->piece_capacity, count + 1,
                        sizeof *hidden->pieces) != 0)
            return -1;
        hidden->pieces[hidden->piece_count++] = piece;
    }
    return add_places(hidden, first, hidden->piece_count);
}

static int compare_places(const void *a, const void *b)
{
    const struct place *x = a, *y = b;

    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    if (x->piece != y->piece)
        return x->piece < y->piece ? -1 : 1;
    return (x->kind > y->kind) - (x->kind < y->kind);
}

int hidden_new(struct hidden **hidden, const struct extents *extents, struct image *image,
               struct filesystem *const *spaces, const struct ioc_options *options,
               const struct searchers *searchers, struct error *error)
{
    struct hidden *new = calloc(1, sizeof *new);
    struct ioc_options all = *options;

    if (!new)
        return error_set_memory(error);
    new->image = image;
    new->spaces = spaces;
    new->options = *options;
    new->bytes = malloc(LOOK_BYTES);
    all.min_confidence = 0;
    all.noise = true;
    if (!new->bytes || found_init(&new->decoded, LOOK_BYTES) != 0 ||
        collect_pieces(new, extents) != 0) {
        hidden_free(new);
        return error_set_memory(error);
    }
    if (searchers->scanner && ioc_scanner_new(&new->scanner, &all, error) != 0) {
        hidden_free(new);
        return -1;
    }
    new->decoding = new->searchers = *searchers;
    new->searchers.scanner = new->scanner;
    for (size_t i = 0; i < new->piece_count; i++)
        new->work_left += new->pieces[i].length * HIDDEN_WORK_A_BYTE;
    if (new->place_count > 0)
        qsort(new->places, new->place_count, sizeof *new->places, compare_places);
    *hidden = new;
    return 0;
}

void hidden_free(struct hidden *hidden)
{
    if (!hidden)
        return;
    while (hidden->first_hit < hidden->hit_count)
        hidden_next(hidden);
    reader_free(hidden->content);
    reader_free(hidden->media);
    ioc_scanner_free(hidden->scanner);
    found_release(&hidden->decoded);
    buffer_release(&hidden->texts);
    free(hidden->pieces);
    free(hidden->places);
    free(hidden->bytes);
    free(hidden->findings);
    free(hidden->hits);
    free(hidden->covers);
    free(hidden->broken);
    free(hidden);
}

struct reader *hidden_content(struct hidden *hidden, size_t number, struct error *error)
{
    struct piece *piece = &hidden->pieces[number];

    if (hidden->content && hidden->content_owner == piece->owner &&
        hidden->content_space == piece->space)
        return hidden->content;
    reader_free(hidden->content);
    hidden->content = NULL;
    if (tree_open(filesystem_tree(hidden->spaces[piece->space]), piece->owner, &hidden->content,
                  error) != 0) {
        hidden->content = NULL;
        piece->closed = true;
        return NULL;
    }
    hidden->content_owner = piece->owner;
    hidden->content_space = piece->space;
    return hidden->content;
}

/* Forget what ends before `start`. */
static size_t drop_passed(struct cover *covers, size_t count, uint64_t start)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++)
        if (covers[i].end > start)
            covers[kept++] = covers[i];
    return kept;
}

int hidden_advance(struct hidden *hidden, uint64_t start, uint64_t end, struct error *error)
{
    hidden->cover_count = drop_passed(hidden->covers, hidden->cover_count, start);
    /* What begins before `end` may reach into a piece behind it. */
    for (; hidden->next_place < hidden->place_count &&
           hidden->places[hidden->next_place].at < end + IOC_MARGIN;
         hidden->next_place++) {
        const struct place *place = &hidden->places[hidden->next_place];
        /* A unit that begins before a part may reach into it. */
        uint64_t reach = place->kind == PLACE_UNIT ? LIMIT_COMPRESSION_UNIT_BYTES : SHORT_PIECE;
        if (place->at + reach < start)
            continue;
        hidden_look(hidden, place);
    }
    hidden_sort(hidden);
    return hidden->out_of_memory ? error_set_memory(error) : 0;
}

bool hidden_covers(const struct hidden *hidden, uint64_t offset, uint64_t length, uint8_t kind,
                   uint8_t encoding, uint64_t *from, uint64_t *to)
{
    bool is_wide = encoding == IOC_UTF16LE || encoding == IOC_UTF16BE;

    for (size_t i = 0; i < hidden->cover_count; i++) {
        const struct cover *cover = &hidden->covers[i];
        if (cover->long_name) {
            if (is_wide && offset >= cover->start && offset < cover->end) {
                *from = offset;
                *to = offset + length;
                return true;
            }
            continue;
        }
        if (cover->kind == kind && cover->encoding == encoding && cover->start < offset + length &&
            cover->end > offset) {
            *from = cover->start;
            *to = cover->end;
            return true;
        }
    }
    return false;
}

bool hidden_is_broken(const struct hidden *hidden, uint64_t offset)
{
    for (size_t i = 0; i < hidden->broken_count; i++)
        if (offset - hidden->broken[i].start < hidden->broken[i].end - hidden->broken[i].start)
            return true;
    return false;
}
