/* SPDX-License-Identifier: Apache-2.0 */

/* hidden_look: the content of a file at one place, as the file has it. See hidden.h and the
 * drawing in hidden.c. */

#include <fett/buffer.h>
#include <fett/limits.h>

#include "hidden_internal.h"

void hidden_add_finding(void *context, const struct ioc_hit *hit)
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

/* Scan the content of a piece's file: what begins in [from, to). False: it cannot be read. */
static bool scan_content(struct hidden *hidden, size_t number, uint64_t from, uint64_t to)
{
    const struct piece *piece = &hidden->pieces[number];
    struct ioc_held_back ignored = { 0 };
    struct error error = ERROR_INIT;

    hidden->finding_count = 0;
    buffer_clear(&hidden->texts);
    if (!hidden_content(hidden, number, &error)) {
        if (piece->packed)
            add_broken(hidden, piece, &error);
        return false;
    }
    uint64_t size = hidden->content->size;
    if (to > size)
        to = size;
    if (from >= to)
        return true;
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
                     (size_t)(before + to - from), from - before, hidden_add_finding, hidden,
                     &ignored) != 0)
        hidden->out_of_memory = true;
    return true;
}

void hidden_add_cover(struct hidden *hidden, const struct cover *cover)
{
    if (memory_grow((void **)&hidden->covers, &hidden->cover_capacity, hidden->cover_count + 1,
                    sizeof *hidden->covers) != 0) {
        hidden->out_of_memory = true;
        return;
    }
    hidden->covers[hidden->cover_count++] = *cover;
}

static void add_cover(struct hidden *hidden, uint64_t start, uint64_t end,
                      const struct finding *finding)
{
    const struct cover cover = { start, end, finding->kind, finding->encoding, false };

    hidden_add_cover(hidden, &cover);
}

static uint64_t end_of(const struct finding *finding)
{
    return finding->file_offset + finding->length;
}

/* What only reaches a border counts as well: on the media foreign bytes may go on with it. */
static bool reaches(const struct finding *finding, uint64_t border)
{
    return finding->file_offset <= border && end_of(finding) >= border;
}

/* Whether it would be dropped for one that reaches the border, though it is whole itself. */
static bool is_beside_reaching(const struct hidden *hidden, const struct finding *finding,
                               uint64_t border)
{
    for (size_t i = 0; i < hidden->finding_count; i++) {
        const struct finding *other = &hidden->findings[i];
        if (reaches(other, border) && other->kind == finding->kind &&
            other->encoding == finding->encoding && other->file_offset < end_of(finding) &&
            end_of(other) > finding->file_offset)
            return true;
    }
    return false;
}

static bool any_reaches(const struct hidden *hidden, uint64_t border)
{
    for (size_t i = 0; i < hidden->finding_count; i++)
        if (reaches(&hidden->findings[i], border))
            return true;
    return false;
}

static void look_at_tail(struct hidden *hidden, size_t number)
{
    const struct piece *piece = &hidden->pieces[number];
    uint64_t border = piece->file_offset + piece->length;
    uint64_t from = piece->length < IOC_MARGIN ? piece->file_offset : border - IOC_MARGIN;

    if (piece[1].quiet)
        return;
    /* What begins at the border is the head's, which looks as far back. */
    if (scan_content(hidden, number, from, border + 1) &&
        (from == 0 || border - from == IOC_MARGIN))
        hidden->pieces[number + 1].quiet = !any_reaches(hidden, border);
    for (size_t i = 0; i < hidden->finding_count; i++) {
        const struct finding *finding = &hidden->findings[i];
        if (finding->file_offset >= border)
            continue;
        if (reaches(finding, border)) {
            add_cover(hidden, piece->media + finding->file_offset - piece->file_offset,
                      piece->media + piece->length, finding);
            hidden_keep(hidden, number, finding);
        } else if (is_beside_reaching(hidden, finding, border)) {
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

    if (piece->quiet)
        return;
    if (scan_content(hidden, number, from, to))
        hidden->pieces[number].quiet = !any_reaches(hidden, border);
    for (size_t i = 0; i < hidden->finding_count; i++) {
        const struct finding *finding = &hidden->findings[i];
        uint64_t covered = end_of(finding) < end ? end_of(finding) : end;
        if (reaches(finding, border) && covered > border)
            add_cover(hidden, piece->media, piece->media + covered - border, finding);
        if (finding->file_offset >= border && end_of(finding) <= end &&
            is_beside_reaching(hidden, finding, border))
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

void hidden_look(struct hidden *hidden, const struct place *place)
{
    if (place->kind >= PLACE_NAMES_TAIL) {
        hidden_look_at_names(hidden, place);
        return;
    }
    if (place->kind == PLACE_UNIT)
        look_at_unit(hidden, place->piece);
    else if (place->kind == PLACE_TAIL)
        look_at_tail(hidden, place->piece);
    else
        look_at_head(hidden, place->piece);
    if (place->kind != PLACE_UNIT && hidden->decoding.decoder)
        hidden_decode_edge(hidden, place->piece, (enum place_kind)place->kind);
}
