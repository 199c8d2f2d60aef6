/* SPDX-License-Identifier: Apache-2.0 */

/*
 * hidden_names: the long names in a folder that go on in another of its fragments. See
 * hidden.h and long_name.h.
 *
 * The scan of the media takes each half of such a name for a name with pieces missing.
 * Here the entries before and behind the border are read together; the name is searched
 * as a whole, and what the media shows in its entries is dropped.
 */

#include "found_names.h"
#include "hidden_internal.h"

/* Bytes on each side of a border: a name, and the entry beside it. */
enum { SIDE = (LONG_NAME_ENTRIES + 1) * LONG_NAME_ENTRY };

uint64_t hidden_names_place(const struct piece *piece)
{
    return piece->length < SIDE ? piece->media : piece->media + piece->length - SIDE;
}

/* Read what a folder has in [from, to) around a piece into `bytes`; *start is where what was
 * read begins. Returns how many bytes. */
static size_t read_folder(struct hidden *hidden, size_t number, uint64_t from, uint64_t to,
                          uint8_t bytes[2 * SIDE], uint64_t *start)
{
    size_t first = number, end = hidden->piece_count;
    const struct piece *pieces = hidden->pieces;
    uint64_t at = from;

    while (first > 0 && pieces[first].file_offset > from && goes_on(&pieces[first - 1],
                                                                    &pieces[first]))
        first--;
    if (at < pieces[first].file_offset)
        at = pieces[first].file_offset;
    *start = at;
    for (size_t i = first; i < end && at < to; i++) {
        const struct piece *piece = &pieces[i];
        if (i > first && !goes_on(piece - 1, piece))
            break;
        uint64_t into = at - piece->file_offset, left = piece->length - into;
        uint64_t part = left < to - at ? left : to - at;
        /* What cannot be read is zeros, and a gap already. */
        reader_read(hidden->media, piece->media + into, bytes + (at - *start), (size_t)part, NULL);
        at += part;
    }
    return (size_t)(at - *start);
}

/* A name that crosses the border: what begins in the piece is given. */
static void look_at_name(struct hidden *hidden, size_t number, const uint8_t *bytes,
                         uint64_t start, const struct long_name *name)
{
    const struct piece *piece = &hidden->pieces[number];
    uint64_t from = name->place, end = from + (uint64_t)name->entries * LONG_NAME_ENTRY;
    struct ioc_held_back ignored = { 0 };

    if (from < piece->file_offset)
        from = piece->file_offset;
    if (end > piece->file_offset + piece->length)
        end = piece->file_offset + piece->length;
    const struct cover cover = { .start = piece->media + (from - piece->file_offset),
                                 .end = piece->media + (end - piece->file_offset),
                                 .long_name = true };
    hidden_add_cover(hidden, &cover);
    hidden->finding_count = 0;
    buffer_clear(&hidden->texts);
    if (search_name(&hidden->searchers, bytes, start, name, hidden_add_finding, hidden,
                    &ignored) != 0)
        hidden->out_of_memory = true;
    for (size_t i = 0; i < hidden->finding_count; i++) {
        struct finding *finding = &hidden->findings[i];
        finding->long_name = (uint8_t)name->format;
        if (finding->file_offset >= from && finding->file_offset < end)
            hidden_keep(hidden, number, finding);
    }
}

void hidden_look_at_names(struct hidden *hidden, const struct place *place)
{
    const struct piece *piece = &hidden->pieces[place->piece];
    uint64_t border = piece->file_offset;
    struct long_name name;
    uint8_t bytes[2 * SIDE];
    uint64_t start;
    size_t at = 0;

    if (place->kind == PLACE_NAMES_TAIL)
        border += piece->length;
    if (!hidden->media && image_reader(hidden->image, &hidden->media, NULL) != 0) {
        hidden->media = NULL;
        hidden->out_of_memory = true;
        return;
    }
    size_t size = read_folder(hidden, place->piece, border < SIDE ? 0 : border - SIDE,
                              border + SIDE, bytes, &start);
    while (long_name_next(bytes, size, start, &at, &name))
        if (name.place < border &&
            name.place + (uint64_t)name.entries * LONG_NAME_ENTRY > border)
            look_at_name(hidden, place->piece, bytes, start, &name);
}
