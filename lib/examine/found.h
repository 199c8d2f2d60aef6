/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FOUND_H
#define FOUND_H

/*
 * found: what was found in one block, in the order in which it is told: indicators,
 * keywords and strings, as the bytes stand there and in what was decoded of them.
 *
 * For any thread; each block has its own.
 */

#include <fett/examine.h>
#include <fett/long_name.h>

/* Kinds behind enum ioc_kind. */
enum { FOUND_KEYWORD = IOC_KIND_COUNT, FOUND_STRING };

/* What is said of hits in long names, in compressed content, across the ends of sectors. */
#define NAME_JOINED "pieces of a long name joined"
#define UNPACKED "compression undone"
#define FIXED_UP "update sequence undone"

const char *found_kind_name(unsigned kind);

/* What is searched for; each may be NULL. The same for all threads. */
struct searchers {
    const struct ioc_scanner *scanner;
    const struct ioc_keywords *keywords;
    const char *const *words; /* of the keywords */
    const struct ioc_strings_options *strings;
    const struct ioc_decoder *decoder;
    const struct ioc_stop *stop;
    unsigned min_confidence;  /* of keywords, of which some are doubtful */
};

/*
 * Search data[start .. end) of data[0 .. size), as ioc_scan does, for all but what is
 * encoded: those of each searcher in order. `kind` of a hit may be FOUND_KEYWORD or
 * FOUND_STRING, its confidence FOUND_SURE: it has none. Doubtful keywords are given.
 * -1 when memory was out.
 */
enum { FOUND_SURE = 255 };

int search_bytes(const struct searchers *searchers, const uint8_t *data, size_t size,
                 size_t start, size_t end, uint64_t base, ioc_sink sink, void *context,
                 struct ioc_held_back *held_back);

struct found {
    uint64_t offset;   /* of decoded ones: of the encoded unit */
    uint64_t length;
    uint64_t decoded_offset;
    uint32_t value, value_length, reason, reason_length; /* in texts */
    uint32_t context; /* of rewritten values: as it stands there */
    uint32_t coding;  /* of decoded ones: "gzip+ascii", "base64+zlib+utf-16le" */
    uint8_t kind, encoding, confidence;
    uint8_t long_name; /* enum long_name_format: its pieces stand in a folder's entries */
    bool fixed_up; /* the update sequence of a record stood within */
    bool rewritten, decoded;
    bool covered;  /* a hidden hit stands for it */
};

/* An encoded unit. */
struct found_unit {
    uint64_t offset, length;
    uint8_t coding; /* enum ioc_coding */
};

/* An outermost unit that was not decoded to its end, or one in which there is such a one. */
struct found_loss {
    uint64_t offset, length;
    uint32_t reason; /* in texts */
    uint8_t state;   /* enum ioc_decoded_state */
    uint8_t coding;  /* enum ioc_coding, of the outermost; of IOC_DAMAGED */
};

struct found_block {
    uint64_t base;     /* of the bytes that are searched */
    uint8_t *fixed_up; /* map of fixup_undo_all over them */
    const struct searchers *searchers;
    struct found *hits;
    size_t count, capacity;
    struct buffer texts;
    struct buffer reason; /* of the record that is filled */
    struct ioc_held_back held_back;
    struct ioc_decode_counts decoded;
    struct found_unit *units; /* outermost encoded ones, in order */
    size_t unit_count, unit_capacity;
    struct found_loss *losses;
    size_t loss_count, loss_capacity;
    bool spills;              /* hits beyond LIMIT_FOUND_UNIT_BYTES go to TMPDIR: found_spill.h */
    struct sorter *sorter;    /* of those; NULL: none */
    uint64_t spilled;         /* so many */
    uint64_t cut;             /* hits in encoded units that are beyond LIMIT_FOUND_UNIT_BYTES, */
    uint64_t cut_from, cut_to; /* and where those units are */
    size_t unit_first;        /* the first hit of the outermost unit that is searched */
    uint32_t shared[256];     /* texts that may come again, by hash */
    bool out_of_memory;
    struct long_name *names;  /* in pieces in entries of folders, in order */
    size_t name_count, name_capacity;
    const struct ioc_decoded *unit; /* whose piece is searched, while it is */
};

/* Room for the map of `bytes`. 0, or -1 without memory. */
int found_init(struct found_block *block, size_t bytes);
void found_release(struct found_block *block);

/* Bytes of memory that what was found takes; give them back. */
size_t found_memory(const struct found_block *block);
void found_forget(struct found_block *block);

/* Nothing was found: for a block that need not be searched. */
void found_clear(struct found_block *block);

/* Forget what was found, and search. `more` reads what encoded units have beyond
 * `data`; NULL: nothing. */
void found_search(struct found_block *block, const struct searchers *searchers,
                  const uint8_t *data, size_t size, size_t start, size_t end, uint64_t base,
                  struct reader *more);

/* The same for encoded units alone; data[0] is the first byte of `more`. */
void found_decode(struct found_block *block, const struct searchers *searchers,
                  const uint8_t *data, size_t size, size_t start, size_t end,
                  struct reader *more);

/* Add one that another block has, unless it is there already; 0, or -1 without memory.
 * found_sort brings it to its place. */
int found_add(struct found_block *block, const struct found_block *other,
              const struct found *found);
void found_sort(struct found_block *block);

/* Add what a hit says of itself to a text, with a NUL behind: the reason, with what its
 * host is on the noise list; what stood there before its value was made of it. */
void found_add_reason(struct buffer *text, const struct ioc_hit *hit);
void found_add_context(struct buffer *text, const struct ioc_hit *hit);

/* Fill in the gap of those that are cut; false: there are none. `reason` has its text. */
bool found_cut_gap(const struct found_block *block, struct gap *gap, struct error *reason);

/* Say in a record what was found: length, kind, value, encoding, confidence, reason;
 * also what was undone by who read the bytes, or NULL. */
void found_fill(struct found_block *block, const struct found *found, const char *undone,
                struct record *record);

#endif
