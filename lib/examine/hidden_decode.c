/* SPDX-License-Identifier: Apache-2.0 */

/*
 * hidden_decode: encoded units that the bytes of the media do not show as they lie. See
 * hidden.h.
 *
 * The scan of the media finds the units that begin in a piece too, but reads on behind
 * its end into the bytes of others, and does not know what stood before it. So a unit is
 * the file's, and not the media's, if it begins beside a border, or reaches the end of its
 * piece, or is packed. Both views go by this rule: a unit that they see alike is
 * given by one of them. One that reads on behind the end of a file that lies in one piece,
 * or of a last piece, is the file's too.
 *
 *         piece                                   border
 *     |----------------------------------------------|
 *     |<-margin->|                        |<-margin->|    begins here: the file's
 *                      ####                               the media's
 *                           ############################# the file's
 */

#include <string.h>

#include <fett/keyed.h>

#include "hidden_internal.h"
#include "loss.h"

/* What a decoder looks at behind the end of a unit: two lines of base64 in UTF-16. */
enum { BEHIND_UNIT = 512 };

static bool has_head_border(const struct hidden *hidden, const struct piece *piece)
{
    return piece > hidden->pieces && goes_on(piece - 1, piece);
}

static bool has_tail_border(const struct hidden *hidden, const struct piece *piece)
{
    return piece + 1 < hidden->pieces + hidden->piece_count && goes_on(piece, piece + 1);
}

/* Whether a place of a piece, from its start, is looked at through the file. */
static bool is_beside_border(const struct hidden *hidden, const struct piece *piece, uint64_t at)
{
    bool head = has_head_border(hidden, piece), tail = has_tail_border(hidden, piece);

    if (piece->length < SHORT_PIECE)
        return head || tail;
    return (head && at < IOC_MARGIN) || (tail && at >= piece->length - IOC_MARGIN);
}

/* Whether a unit that begins in a piece is the file's; `at` is from its start. */
static bool is_of_file(const struct hidden *hidden, const struct piece *piece, uint64_t at,
                       uint64_t length)
{
    return piece->packed || is_beside_border(hidden, piece, at) ||
           (has_tail_border(hidden, piece) && length + BEHIND_UNIT > piece->length - at);
}

/* Texts of a hit, with a NUL behind each. */
static size_t add_text(struct hidden *hidden, const char *text, size_t length)
{
    size_t at = hidden->texts.length;

    buffer_add(&hidden->texts, text, length);
    buffer_add_byte(&hidden->texts, '\0');
    return at;
}

static void keep_unit_hit(struct hidden *hidden, size_t piece, const struct found *hit,
                          uint64_t file_offset)
{
    const char *texts = hidden->decoded.texts.data;
    struct finding finding = {
        .file_offset = file_offset,
        .length = hit->length,
        .kind = hit->kind,
        .encoding = hit->encoding,
        .confidence = hit->confidence,
        .shown = true,
        .rewritten = hit->rewritten,
        .decoded = true,
        .decoded_offset = hit->decoded_offset,
        .value_length = hit->value_length,
    };

    buffer_clear(&hidden->texts);
    finding.value = add_text(hidden, texts + hit->value, hit->value_length);
    finding.reason = add_text(hidden, texts + hit->reason, strlen(texts + hit->reason));
    finding.coding = add_text(hidden, texts + hit->coding, strlen(texts + hit->coding));
    if (hit->rewritten)
        finding.context = add_text(hidden, texts + hit->context, strlen(texts + hit->context));
    if (hidden->texts.failed)
        hidden->out_of_memory = true;
    else
        hidden_keep(hidden, piece, &finding);
}

static bool is_of_coding(const char *encoding, unsigned coding)
{
    const char *name = ioc_coding_name((enum ioc_coding)coding);
    size_t length = strlen(name);

    return strncmp(encoding, name, length) == 0 && strchr("+-", encoding[length]);
}

/* What of a unit of the file was not decoded; `start` is where the block begins. */
static void tell_loss(struct hidden *hidden, const struct piece *piece,
                      const struct found_loss *loss, uint64_t start)
{
    struct gap gap = loss_gap(&hidden->decoded, loss);
    uint64_t at = start + loss->offset;
    struct file file;

    if (!loss_find_owner(loss, at, hidden->spaces[piece->space], piece->owner, &file, &gap))
        return;
    gap.offset = piece->media + (piece->packed ? 0 : at - piece->file_offset);
    gap.length = 0; /* it may go on elsewhere */
    image_add_gap(hidden->image, &gap);
}

/* Decode what begins in [from, to) of the content, and keep what is the file's; of a `unit`
 * that the media showed at `from`, what is of its coding. */
static void decode(struct hidden *hidden, size_t number, uint64_t from, uint64_t to,
                   const struct found_unit *unit)
{
    const struct piece *piece = &hidden->pieces[number];
    struct reader *content = hidden_content(hidden, number, NULL);
    uint64_t place = piece->packed ? from : piece->media + from - piece->file_offset;
    uint64_t before = IOC_MARGIN + (place - IOC_MARGIN) % UNIT_ALIGNMENT;

    if (!content || from >= content->size)
        return;
    if (hidden->work_left == 0) {
        hidden->limited++;
        return;
    }
    if (to > content->size)
        to = content->size;
    if (before > from)
        before = from;
    uint64_t start = from - before;
    uint64_t behind = content->size - to < IOC_MARGIN ? content->size - to : IOC_MARGIN;
    struct reader *part = reader_over_part(content, start, content->size - start);
    if (!part) {
        hidden->out_of_memory = true;
        return;
    }
    size_t size = (size_t)(to + behind - start);
    struct found_block *block = &hidden->decoded;
    reader_read(part, 0, hidden->bytes, size, NULL); /* what is wrong, scan_content has told */
    found_decode(block, &hidden->decoding, hidden->bytes, size, (size_t)before,
                 (size_t)(to - start), part);
    reader_free(part);
    uint64_t work = block->decoded.work;
    hidden->work_left -= work < hidden->work_left ? work : hidden->work_left;
    hidden->limited += block->decoded.limited + block->decoded.left_out + block->decoded.closed;
    hidden->out_of_memory |= block->out_of_memory;
    struct error reason = ERROR_INIT;
    struct gap gap;
    if (found_cut_gap(block, &gap, &reason)) {
        gap.offset = piece->media; /* the rest may lie elsewhere */
        gap.length = piece->length;
        image_add_gap(hidden->image, &gap);
    }
    for (size_t i = 0; i < block->loss_count; i++)
        if (unit || is_of_file(hidden, piece, start + block->losses[i].offset - piece->file_offset,
                               block->losses[i].length))
            tell_loss(hidden, piece, &block->losses[i], start);
    for (size_t i = 0; i < block->count && !hidden->out_of_memory; i++) {
        const struct found *hit = &block->hits[i];
        uint64_t file_offset = start + hit->offset;
        if (unit ? is_of_coding(block->texts.data + hit->coding, unit->coding)
                 : is_of_file(hidden, piece, file_offset - piece->file_offset, hit->length))
            keep_unit_hit(hidden, number, hit, file_offset);
    }
}

void hidden_decode_edge(struct hidden *hidden, size_t number, enum place_kind kind)
{
    const struct piece *piece = &hidden->pieces[number];
    uint64_t from = piece->file_offset, end = from + piece->length;

    if (piece->length < SHORT_PIECE) {
        if (kind == PLACE_HEAD || !has_head_border(hidden, piece)) /* once */
            decode(hidden, number, from, end, NULL);
    } else if (kind == PLACE_HEAD) {
        decode(hidden, number, from, from + IOC_MARGIN, NULL);
    } else {
        decode(hidden, number, end - IOC_MARGIN, end, NULL);
    }
}

void hidden_decode_unit(struct hidden *hidden, size_t number, uint64_t from, uint64_t to)
{
    decode(hidden, number, from, to, NULL);
}

/* The piece that an extent of the map is, by a place at `at`. */
static const struct piece *piece_at(const struct hidden *hidden, const struct extent *extent,
                                    uint64_t at)
{
    const struct place *places = hidden->places;
    size_t count = hidden->place_count;

    for (size_t i = keyed_find(places, count, sizeof *places, at);
         i < count && places[i].at == at; i++) {
        const struct piece *piece = &hidden->pieces[places[i].piece];
        if (!piece->folder && piece->media == extent->start && piece->owner == extent->owner &&
            piece->space == extent->space)
            return piece;
    }
    return NULL;
}

/* The same, from either of its ends; NULL: nothing of it is hidden. */
static const struct piece *piece_of(struct hidden *hidden, const struct extent *extent)
{
    const struct extent *asked = &hidden->asked;

    if (extent->owner == 0)
        return NULL;
    if (asked->start != extent->start || asked->owner != extent->owner ||
        asked->space != extent->space) {
        const struct piece like = { .media = extent->start, .length = extent->length };
        hidden->asked = *extent;
        hidden->answer = piece_at(hidden, extent, extent->start);
        if (!hidden->answer)
            hidden->answer = piece_at(hidden, extent, tail_place(&like));
    }
    return hidden->answer;
}

/* The file that lies in one piece, which is this extent; NULL: not added, no memory. */
static const struct piece *whole_file(const struct hidden *hidden, const struct extent *extent)
{
    for (size_t i = hidden->whole_count; i-- > 0;) {
        const struct piece *piece = &hidden->pieces[hidden->piece_count + i];
        if (piece->media == extent->start && piece->owner == extent->owner &&
            piece->space == extent->space)
            return piece;
    }
    return NULL;
}

static const struct piece *add_whole_file(struct hidden *hidden, const struct extent *extent)
{
    const struct piece *known = whole_file(hidden, extent);
    size_t at = hidden->piece_count + hidden->whole_count;

    if (known)
        return known;
    if (memory_grow((void **)&hidden->pieces, &hidden->piece_capacity, at + 1,
                    sizeof *hidden->pieces) != 0) {
        hidden->out_of_memory = true;
        return NULL;
    }
    hidden->pieces[at] = (struct piece){ .media = extent->start,
                                         .length = extent->length,
                                         .file_offset = extent->file_offset,
                                         .owner = extent->owner,
                                         .space = extent->space };
    hidden->whole_count++;
    hidden->work_left += extent->length * HIDDEN_WORK_A_BYTE;
    hidden->asked = (struct extent){ 0 }; /* the answer may have moved */
    return &hidden->pieces[at];
}

void hidden_forget_units(struct hidden *hidden)
{
    hidden->whole_count = 0;
}

/* Whether a unit reads on behind the end of its file. */
static bool leaves_file(const struct hidden *hidden, const struct piece *piece,
                        const struct extent *extent, uint64_t offset, uint64_t length)
{
    bool content = (extent->area == AREA_CONTENT || extent->area == AREA_RESIDENT) &&
                   extent->rank <= RANK_DELETED && extent->owner != 0 && !extent->packed;

    return content && length > extent->length - (offset - extent->start) &&
           !(piece && has_tail_border(hidden, piece));
}

bool hidden_has_unit(struct hidden *hidden, const struct extent *extent, uint64_t offset,
                     uint64_t length)
{
    const struct piece *piece = piece_of(hidden, extent);

    if (piece && !piece->closed && !piece->packed &&
        is_of_file(hidden, piece, offset - piece->media, length))
        return true;
    if (!leaves_file(hidden, piece, extent, offset, length))
        return false;
    if (!piece)
        piece = whole_file(hidden, extent);
    return piece && !piece->closed;
}

void hidden_add_unit(struct hidden *hidden, const struct extent *extent,
                     const struct found_unit *unit)
{
    const struct piece *piece = piece_of(hidden, extent);
    uint64_t at = unit->offset - extent->start;
    bool leaves = leaves_file(hidden, piece, extent, unit->offset, unit->length);

    if (leaves && !piece)
        piece = add_whole_file(hidden, extent);
    if (!piece || is_beside_border(hidden, piece, at) ||
        !(leaves || hidden_has_unit(hidden, extent, unit->offset, unit->length)))
        return;
    at += piece->file_offset;
    decode(hidden, (size_t)(piece - hidden->pieces), at, at + 1, leaves ? unit : NULL);
}

uint64_t hidden_limited(const struct hidden *hidden)
{
    return hidden->limited;
}
