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
 * IOC_MARGIN bytes each. A hit that crosses the border is given where its first
 * byte lies (tail). In the piece behind (head) nothing is given, but what the
 * scan of the media makes of the hit's rest is dropped. A unit is scanned
 * whole. A hit that crosses several borders is given at the first of them.
 *
 * Dropped is what overlaps such a hit and is of the same kind and encoding;
 * what the file's view shows there besides (a URL inside a URL) is given here.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/buffer.h>
#include <fett/limits.h>

#include "hidden_internal.h"

/* The pieces of a unit follow each other without a hole, units never do. */
static bool same_unit(const struct piece *a, const struct piece *b)
{
    return a->packed && b->packed && same_file(a, b) &&
           a->file_offset + a->length == b->file_offset;
}

static int add_place(struct hidden *hidden, uint64_t at, size_t piece, enum place_kind kind)
{
    if (memory_grow((void **)&hidden->places, &hidden->place_capacity, hidden->place_count + 1,
                    sizeof *hidden->places) != 0)
        return -1;
    hidden->places[hidden->place_count++] =
        (struct place){ at, (uint32_t)piece, (uint8_t)kind };
    return 0;
}

/* The places between the pieces of one file, [first, end). */
static int add_places(struct hidden *hidden, size_t first, size_t end)
{
    int failed = 0;

    for (size_t i = first; i < end; i++) {
        const struct piece *piece = &hidden->pieces[i];
        bool cut = i + 1 < end && goes_on(piece, piece + 1);
        if (piece->packed && (i == first || !same_unit(piece - 1, piece)))
            failed |= add_place(hidden, piece->media, i, PLACE_UNIT);
        if (cut && !piece->packed) {
            failed |= add_place(hidden, tail_place(piece), i, PLACE_TAIL);
        }
        if (cut && !piece[1].packed)
            failed |= add_place(hidden, piece[1].media, i + 1, PLACE_HEAD);
    }
    return failed;
}

/* Resident content can be in pieces too: ext has it in two places of the inode. */
static bool in_question(const struct extent *extent)
{
    return (extent->area == AREA_CONTENT || extent->area == AREA_RESIDENT) &&
           extent->rank <= RANK_DELETED && extent->owner != 0;
}

/* Files of more than one piece, or of packed ones; the map has each file's
 * extents together, in the order of its content. */
static int collect_pieces(struct hidden *hidden, const struct extents *extents)
{
    size_t first = 0;

    for (size_t i = 0; i < extents_count(extents); i++) {
        const struct extent extent = extents_get(extents, i);
        if (!in_question(&extent))
            continue;
        const struct piece piece = { extent.start, extent.length, extent.file_offset,
                                     extent.owner, extent.space,  extent.packed, false };
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

static void keep_finding(void *context, const struct ioc_hit *hit)
{
    struct hidden *hidden = context;

    if (memory_grow((void **)&hidden->findings, &hidden->finding_capacity,
                    hidden->finding_count + 1, sizeof *hidden->findings) != 0) {
        hidden->out_of_memory = true;
        return;
    }
    struct finding *finding = &hidden->findings[hidden->finding_count++];
    *finding = (struct finding){
        .file_offset = hit->offset,
        .length = hit->length,
        .kind = hit->kind,
        .encoding = hit->encoding,
        .confidence = hit->confidence,
        .shown = hit->confidence >= hidden->options.min_confidence &&
                 (hidden->options.noise || !hit->noise),
        .value = hidden->texts.length,
        .value_length = hit->value_length,
    };
    buffer_add(&hidden->texts, hit->value, hit->value_length);
    finding->reason = hidden->texts.length;
    found_add_reason(&hidden->texts, hit);
    finding->rewritten = hit->rewritten;
    finding->context = hidden->texts.length;
    if (hit->rewritten)
        found_add_context(&hidden->texts, hit);
    hidden->out_of_memory |= hidden->texts.failed;
}

/* A unit that cannot be unpacked: each of its pieces is a gap, and what its bytes
 * show is given. */
static void add_broken(struct hidden *hidden, const struct piece *piece, const struct error *error)
{
    const struct piece *end = hidden->pieces + hidden->piece_count;
    const struct filesystem *filesystem = hidden->spaces[piece->space];

    do {
        const struct gap gap = {
            .offset = piece->media,
            .length = piece->length,
            .kind = GAP_STRUCTURE,
            .reason = error->text,
            .volume = filesystem_volume(filesystem)->name,
        };
        image_add_gap(hidden->image, &gap);
        if (memory_grow((void **)&hidden->broken, &hidden->broken_capacity,
                        hidden->broken_count + 1, sizeof *hidden->broken) != 0) {
            hidden->out_of_memory = true;
            return;
        }
        hidden->broken[hidden->broken_count++] =
            (struct cover){ .start = piece->media, .end = piece->media + piece->length };
    } while (++piece < end && same_unit(piece - 1, piece));
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

/* Scan the content of a piece's file: what begins in [from, to). */
static void scan_content(struct hidden *hidden, size_t number, uint64_t from, uint64_t to)
{
    const struct piece *piece = &hidden->pieces[number];
    struct ioc_held_back ignored = { 0 };
    struct error error = ERROR_INIT;

    hidden->finding_count = 0;
    buffer_clear(&hidden->texts);
    if (!hidden_content(hidden, number, &error)) {
        if (piece->packed)
            add_broken(hidden, piece, &error);
        return;
    }
    uint64_t size = hidden->content->size;
    if (to > size)
        to = size;
    if (from >= to)
        return;
    uint64_t before = from < IOC_MARGIN ? from : IOC_MARGIN;
    uint64_t behind = size - to < IOC_MARGIN ? size - to : IOC_MARGIN;
    size_t length = (size_t)(before + to - from + behind);
    /* What is wrong with the margins is not of this piece. */
    reader_read(hidden->content, from - before, hidden->bytes, (size_t)before, NULL);
    if (reader_read(hidden->content, from, hidden->bytes + before, (size_t)(to - from), &error) !=
            0 && piece->packed)
        add_broken(hidden, piece, &error);
    reader_read(hidden->content, to, hidden->bytes + before + (to - from), (size_t)behind, NULL);
    if (search_bytes(&hidden->searchers, hidden->bytes, length, (size_t)before,
                     (size_t)(before + to - from), from - before, keep_finding, hidden,
                     &ignored) != 0)
        hidden->out_of_memory = true;
}

static void add_cover(struct hidden *hidden, uint64_t start, uint64_t end,
                      const struct finding *finding)
{
    if (memory_grow((void **)&hidden->covers, &hidden->cover_capacity, hidden->cover_count + 1,
                    sizeof *hidden->covers) != 0) {
        hidden->out_of_memory = true;
        return;
    }
    hidden->covers[hidden->cover_count++] =
        (struct cover){ start, end, finding->kind, finding->encoding };
}

static int compare_hits(const struct hidden_hit *a, const struct hidden_hit *b)
{
    if (a->offset != b->offset)
        return a->offset < b->offset ? -1 : 1;
    if (a->file_offset != b->file_offset)
        return a->file_offset < b->file_offset ? -1 : 1;
    if (!a->coding != !b->coding)
        return a->coding ? 1 : -1;
    int order = a->coding ? strcmp(a->coding, b->coding) : 0;
    if (order != 0)
        return order;
    if (a->decoded_offset != b->decoded_offset)
        return a->decoded_offset < b->decoded_offset ? -1 : 1;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->encoding != b->encoding)
        return a->encoding < b->encoding ? -1 : 1;
    return (a->owner > b->owner) - (a->owner < b->owner);
}

/* The pieces of the media that hold the content [start, start + length), from
 * `piece` on. Sets *packed, and gives none, where some of it is compressed. */
static struct hidden_run *find_runs(const struct hidden *hidden, size_t piece, uint64_t start,
                                    uint64_t length, size_t *count, bool *packed)
{
    struct hidden_run *runs = NULL;
    size_t capacity = 0;

    *count = 0;
    *packed = false;
    for (; length > 0 && piece < hidden->piece_count && *count < HIDDEN_RUNS_MOST; piece++) {
        const struct piece *each = &hidden->pieces[piece];
        if (each->packed) {
            *packed = true;
            break;
        }
        if (start < each->file_offset || start - each->file_offset >= each->length)
            break;
        uint64_t into = start - each->file_offset, left = each->length - into;
        uint64_t part = left < length ? left : length;
        if (memory_grow((void **)&runs, &capacity, *count + 1, sizeof *runs) != 0)
            break;
        runs[(*count)++] = (struct hidden_run){ each->media + into, part };
        start += part;
        length -= part;
    }
    if (length > 0 && *count < HIDDEN_RUNS_MOST) {
        free(runs);
        *count = 0;
        return NULL;
    }
    return runs;
}

void hidden_keep(struct hidden *hidden, size_t piece, const struct finding *finding)
{
    const struct piece *first = &hidden->pieces[piece];
    struct kept_hit kept = { .hit = {
        .offset = first->media,
        .file_offset = finding->file_offset,
        .owner = first->owner,
        .space = first->space,
        .length = finding->length,
        .kind = finding->kind,
        .encoding = finding->encoding,
        .confidence = finding->confidence,
        .value_length = finding->value_length,
        .decoded_offset = finding->decoded_offset,
    } };

    if (!finding->shown)
        return;
    if (hidden->first_hit > 0 && hidden->first_hit == hidden->hit_count)
        hidden->first_hit = hidden->hit_count = 0;
    const char *value = hidden->texts.data + finding->value;
    const char *reason = hidden->texts.data + finding->reason;
    const char *context = finding->rewritten ? hidden->texts.data + finding->context : "";
    const char *coding = finding->decoded ? hidden->texts.data + finding->coding : "";
    size_t reason_size = strlen(reason) + 1, context_size = strlen(context) + 1;
    kept.text = malloc(finding->value_length + reason_size + context_size + strlen(coding) + 1);
    if (!kept.text || memory_grow((void **)&hidden->hits, &hidden->hit_capacity,
                                  hidden->hit_count + 1, sizeof *hidden->hits) != 0) {
        free(kept.text);
        hidden->out_of_memory = true;
        return;
    }
    memcpy(kept.text, value, finding->value_length);
    kept.hit.value = kept.text;
    kept.hit.reason = memcpy(kept.text + finding->value_length, reason, reason_size);
    if (finding->rewritten)
        kept.hit.context = memcpy(kept.text + finding->value_length + reason_size, context,
                                  context_size);
    if (finding->decoded)
        kept.hit.coding = strcpy(kept.text + finding->value_length + reason_size + context_size,
                                 coding);
    kept.runs = find_runs(hidden, piece, finding->file_offset, finding->length,
                          &kept.hit.run_count, &kept.hit.packed);
    kept.hit.runs = kept.runs;
    if (!first->packed)
        kept.hit.offset += finding->file_offset - first->file_offset;
    hidden->hits[hidden->hit_count++] = kept;
    hidden->unsorted = true;
}

static void free_kept(struct kept_hit *kept)
{
    free(kept->text);
    free(kept->runs);
}

static int compare_kept(const void *a, const void *b)
{
    const struct kept_hit *x = a, *y = b;

    return compare_hits(&x->hit, &y->hit);
}

/* In order, and each once: what is beside two borders was found twice. */
static void sort_hits(struct hidden *hidden)
{
    struct kept_hit *hits = hidden->hits + hidden->first_hit;
    size_t count = hidden->hit_count - hidden->first_hit, kept = 0;

    if (!hidden->unsorted || count == 0)
        return;
    qsort(hits, count, sizeof *hits, compare_kept);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && compare_kept(&hits[kept - 1], &hits[i]) == 0)
            free_kept(&hits[i]);
        else
            hits[kept++] = hits[i];
    }
    hidden->hit_count = hidden->first_hit + kept;
    hidden->unsorted = false;
}

static uint64_t end_of(const struct finding *finding)
{
    return finding->file_offset + finding->length;
}

static bool crosses(const struct finding *finding, uint64_t border)
{
    return finding->file_offset < border && end_of(finding) > border;
}

/* Whether it would be dropped for a crossing one, though it is whole itself. */
static bool is_beside_crossing(const struct hidden *hidden, const struct finding *finding,
                               uint64_t border)
{
    for (size_t i = 0; i < hidden->finding_count; i++) {
        const struct finding *other = &hidden->findings[i];
        if (crosses(other, border) && other->kind == finding->kind &&
            other->encoding == finding->encoding && other->file_offset < end_of(finding) &&
            end_of(other) > finding->file_offset)
            return true;
    }
    return false;
}

static void look_at_tail(struct hidden *hidden, size_t number)
{
    const struct piece *piece = &hidden->pieces[number];
    uint64_t border = piece->file_offset + piece->length;
    uint64_t from = piece->length < IOC_MARGIN ? piece->file_offset : border - IOC_MARGIN;

    scan_content(hidden, number, from, border);
    for (size_t i = 0; i < hidden->finding_count; i++) {
        const struct finding *finding = &hidden->findings[i];
        if (crosses(finding, border)) {
            add_cover(hidden, piece->media + finding->file_offset - piece->file_offset,
                      piece->media + piece->length, finding);
            hidden_keep(hidden, number, finding);
        } else if (is_beside_crossing(hidden, finding, border)) {
            hidden_keep(hidden, number, finding);
        }
    }
}

static void look_at_head(struct hidden *hidden, size_t number)
{
    const struct piece *piece = &hidden->pieces[number];
    uint64_t border = piece->file_offset, end = border + piece->length;
    uint64_t from = border < IOC_MARGIN ? 0 : border - IOC_MARGIN;
    uint64_t to = piece->length < IOC_MARGIN ? end : border + IOC_MARGIN;

    scan_content(hidden, number, from, to);
    for (size_t i = 0; i < hidden->finding_count; i++) {
        const struct finding *finding = &hidden->findings[i];
        uint64_t covered = end_of(finding) < end ? end_of(finding) : end;
        if (crosses(finding, border))
            add_cover(hidden, piece->media, piece->media + covered - border, finding);
        else if (finding->file_offset >= border && end_of(finding) <= end &&
                 is_beside_crossing(hidden, finding, border))
            hidden_keep(hidden, number, finding);
    }
}

static void look_at_unit(struct hidden *hidden, size_t number)
{
    const struct piece *piece = &hidden->pieces[number];
    size_t next = number + 1;

    while (next < hidden->piece_count && same_unit(&hidden->pieces[next - 1],
                                                   &hidden->pieces[next]))
        next++;
    uint64_t end = piece->file_offset + LIMIT_COMPRESSION_UNIT_BYTES;
    if (next < hidden->piece_count && same_file(piece, &hidden->pieces[next]) &&
        hidden->pieces[next].file_offset < end)
        end = hidden->pieces[next].file_offset;
    scan_content(hidden, number, piece->file_offset, end);
    for (size_t i = 0; i < hidden->finding_count; i++)
        hidden_keep(hidden, number, &hidden->findings[i]);
    if (hidden->decoding.decoder)
        hidden_decode_unit(hidden, number, piece->file_offset, end);
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
        if (place->kind == PLACE_UNIT)
            look_at_unit(hidden, place->piece);
        else if (place->kind == PLACE_TAIL)
            look_at_tail(hidden, place->piece);
        else
            look_at_head(hidden, place->piece);
        if (place->kind != PLACE_UNIT && hidden->decoding.decoder)
            hidden_decode_edge(hidden, place->piece, (enum place_kind)place->kind);
    }
    sort_hits(hidden);
    return hidden->out_of_memory ? error_set_memory(error) : 0;
}

const struct hidden_hit *hidden_first(const struct hidden *hidden, uint64_t end)
{
    if (hidden->first_hit == hidden->hit_count ||
        hidden->hits[hidden->first_hit].hit.offset >= end)
        return NULL;
    return &hidden->hits[hidden->first_hit].hit;
}

void hidden_next(struct hidden *hidden)
{
    free_kept(&hidden->hits[hidden->first_hit++]);
}

bool hidden_covers(const struct hidden *hidden, uint64_t offset, uint64_t length, uint8_t kind,
                   uint8_t encoding, uint64_t *from, uint64_t *to)
{
    for (size_t i = 0; i < hidden->cover_count; i++) {
        const struct cover *cover = &hidden->covers[i];
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
