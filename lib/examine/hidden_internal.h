/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HIDDEN_INTERNAL_H
#define HIDDEN_INTERNAL_H

/* hidden: what its files share; see hidden.h and hidden.c. */

#include <fett/buffer.h>
#include <fett/limits.h>

#include "hidden.h"

struct piece {
    uint64_t media, length, file_offset;
    uint64_t owner;
    uint32_t space;
    bool packed;
    bool folder;       /* with long names; nothing else of it is hidden */
    bool closed;       /* the file cannot be opened */
    bool quiet;        /* nothing that begins or ends at the border before it, or crosses it */
};

/* NAMES_TAIL and NAMES_HEAD are TAIL and HEAD of folders. */
enum place_kind { PLACE_UNIT, PLACE_TAIL, PLACE_HEAD, PLACE_NAMES_TAIL, PLACE_NAMES_HEAD };

struct place {
    uint64_t at;       /* of the media: where it has to be looked at, at the latest */
    uint32_t piece;    /* TAIL: before the border, HEAD: behind it */
    uint8_t kind;      /* enum place_kind */
};

/* A hit in the content of one file. */
struct finding {
    uint64_t file_offset;
    uint64_t length;
    uint8_t kind, encoding, confidence;
    bool shown;        /* sure enough and no noise */
    bool rewritten;
    uint8_t long_name; /* enum long_name_format */
    bool decoded;      /* of an encoded unit, whose place and length these are */
    uint64_t decoded_offset;
    size_t value, value_length, reason, context, coding; /* in texts */
};

/* Media that a hit found here covers. */
struct cover {
    uint64_t start, end;
    uint8_t kind, encoding;
    bool long_name;    /* entries of one: all that begins there in UTF-16 */
};

struct kept_hit {
    struct hidden_hit hit;
    char *text;        /* value, reason, context, coding */
    struct hidden_run *runs;
};

struct hidden {
    struct image *image;
    struct filesystem *const *spaces;
    struct ioc_options options;
    struct ioc_scanner *scanner; /* gives weak ones and noise too: they also cover */
    struct searchers searchers;  /* with this scanner */
    struct piece *pieces;        /* and behind them whole files, of units that were added */
    size_t piece_count, piece_capacity, whole_count;
    struct place *places;
    size_t place_count, place_capacity, next_place;
    struct reader *media;        /* for folders; NULL until there is need */
    struct reader *content;      /* of the file looked at last */
    uint64_t content_owner;
    uint32_t content_space;
    uint8_t *bytes;
    struct finding *findings;    /* of one look */
    size_t finding_count, finding_capacity;
    struct buffer texts;
    struct kept_hit *hits;       /* sorted, from first_hit on */
    size_t hit_count, hit_capacity, first_hit;
    bool unsorted;               /* some were added behind */
    struct cover *covers;        /* those that can still be met */
    size_t cover_count, cover_capacity;
    struct cover *broken;        /* pieces of units that could not be unpacked */
    size_t broken_count, broken_capacity;
    struct searchers decoding;   /* as the media is searched */
    struct found_block decoded;  /* of one look */
    struct extent asked;         /* by hidden_has_unit, and its piece */
    const struct piece *answer;
    uint64_t work_left;          /* of all encoded units */
    uint64_t limited;            /* units that a limit cut or left out */
    bool out_of_memory;
};

enum {
    UNIT_ALIGNMENT = 4096, /* of the groups in which texts under XOR are given */
    LOOK_BYTES = LIMIT_COMPRESSION_UNIT_BYTES + 2 * IOC_MARGIN + UNIT_ALIGNMENT,
    SHORT_PIECE = 3 * IOC_MARGIN, /* all of it is beside a border */
};

/* What units of content may read and make, for each byte of it: as those of a cell. */
enum { HIDDEN_WORK_A_BYTE = LIMIT_DECODE_CELL_WORK / LIMIT_DECODE_CELL };

static inline bool same_file(const struct piece *a, const struct piece *b)
{
    return a->owner == b->owner && a->space == b->space;
}

/* The pieces of a unit follow each other without a hole, units never do. */
static inline bool same_unit(const struct piece *a, const struct piece *b)
{
    return a->packed && b->packed && same_file(a, b) &&
           a->file_offset + a->length == b->file_offset;
}

/* Whether content goes on from one piece to the next. */
static inline bool goes_on(const struct piece *a, const struct piece *b)
{
    return same_file(a, b) && (a->packed || a->file_offset + a->length == b->file_offset);
}

/* Where the end of a piece has to be looked at. */
static inline uint64_t tail_place(const struct piece *piece)
{
    return piece->length < SHORT_PIECE ? piece->media
                                       : piece->media + piece->length - IOC_MARGIN;
}

/* The content of a piece's file, which stays hidden's; NULL if it cannot be opened. */
struct reader *hidden_content(struct hidden *hidden, size_t piece, struct error *error);

/* hidden_look.c: scan the file's content at a place, and keep what is found. */
void hidden_look(struct hidden *hidden, const struct place *place);

/* Note a hit of one look, of ioc_sink's form; media that findings cover. */
void hidden_add_finding(void *hidden, const struct ioc_hit *hit);
void hidden_add_cover(struct hidden *hidden, const struct cover *cover);

/* hidden_names.c: the same for the names in a folder that go on beyond the end, or the start,
 * of a piece; of the piece all that may be a part of one. */
void hidden_look_at_names(struct hidden *hidden, const struct place *place);
uint64_t hidden_names_place(const struct piece *piece);

/* hidden_hits.c: keep a finding to be given. Its first byte is in `piece`. */
void hidden_keep(struct hidden *hidden, size_t piece, const struct finding *finding);

/* In order, and each once: what is beside two borders was found twice. */
void hidden_sort(struct hidden *hidden);

/* hidden_decode.c: the encoded units that begin in the first or last bytes of a piece; in
 * [from, to) of packed content. */
void hidden_decode_edge(struct hidden *hidden, size_t piece, enum place_kind kind);
void hidden_decode_unit(struct hidden *hidden, size_t piece, uint64_t from, uint64_t to);

#endif
