/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_IOC_DECODE_INTERNAL_H
#define FETT_IOC_DECODE_INTERNAL_H

/*
 * decode: what the files of the decoder share; not public.
 *
 * Each coding is a row of the table in decode.c: one function looks through a
 * cell for places where a unit may begin, another decodes from there. decode.c
 * brings the places in order, keeps account of the work, and looks through what
 * was decoded in the same way.
 *
 * Where a unit is found depends only on the bytes of its cell and DECODE_MARGIN
 * on both sides, and on the units before it in the same cell.
 */

#include <zlib.h>

#include <fett/buffer.h>
#include <fett/ioc_decode.h>

/* Bytes beside a cell that tell what begins in it. */
enum { DECODE_MARGIN = 8256 };

/* decode_source.c: bytes by their place, whether in memory or behind a reader. */

enum { SOURCE_CHUNK = 65536 };

struct source {
    const uint8_t *data; /* what stands at base, in memory */
    size_t size;
    uint64_t base, end;  /* end: of the media */
    struct reader *more; /* NULL: data is all */
    uint8_t *chunk;      /* read through more; NULL before the first */
    uint64_t chunk_at;
    size_t chunk_size;
    bool failed;         /* no memory */
};

/* The byte at `at` and *size - 1 behind it, as many as are at hand; NULL where
 * there is none. Holds until the next call. */
const uint8_t *source_at(struct source *source, uint64_t at, size_t *size);

/* Copy bytes; returns how many there were. */
size_t source_copy(struct source *source, uint64_t at, uint8_t *bytes, size_t size);

void source_release(struct source *source);

/* A stretch of a source in one piece. */
struct window {
    const uint8_t *bytes;
    uint64_t from, to;
};

/* A place where a unit may begin. */
struct start {
    uint64_t at;
    uint8_t coding;
    uint8_t step; /* of base64 and XOR: bytes a character, 1 or 2 */
    uint8_t key;  /* of XOR; else 0 */
    bool program; /* of XOR: no text */
    uint64_t text_start, text_end, end; /* of XOR: the text around it, the end of its own */
};

struct starts {
    struct start *list;
    size_t count, capacity;
};

/* One nesting of one call. */
struct level {
    struct starts starts;
    struct buffer output;
};

/* One call of ioc_decode. */
struct run {
    const struct ioc_decoder *decoder;
    struct level levels[LIMIT_DECODE_DEPTH];
    z_stream inflater;
    bool has_inflater;
    uint8_t *bytes;       /* of a cell that is not in memory in one piece */
    uint64_t work_left;   /* of the cell */
    bool muted;           /* units are decoded for the account only */
    bool failed;          /* no memory */
    uint64_t offset, length; /* of the outermost unit */
    struct buffer names;  /* "gzip+zip" */
    ioc_decoded_sink sink;
    void *context;
    struct ioc_decode_counts *counts;
};

/* Where units are looked for. */
struct place {
    struct run *run;
    struct source *source;
    unsigned depth; /* 0: on the media */
    int inside;     /* enum ioc_coding that the source comes from; -1: the media */
};

/* A unit as its decoder leaves it. */
struct unit {
    uint64_t length;        /* bytes it takes in its source */
    struct buffer *output;
    size_t start, end;      /* of output, as in struct ioc_decoded */
    uint8_t state;          /* enum ioc_decoded_state */
    bool open;              /* what lies in it may be a unit of its own, though it is whole */
};

/* Bytes that a unit of this place may make. */
size_t place_output_limit(const struct place *place);

/* Take work from the account; the rest of the cell goes without when it is spent. */
void run_charge(struct run *run, uint64_t work);

/* A unit may begin at `at`. */
void run_add_start(const struct place *place, const struct start *start);

/* The functions of a coding. `find` calls run_add_start for places in
 * [from, to) of the window; `decode` returns whether there is a unit. */
struct coding {
    const char *name;
    void (*find)(const struct place *place, const struct window *window, uint64_t from,
                 uint64_t to);
    bool (*decode)(const struct place *place, const struct start *start, struct unit *unit);
};

/* decode_inflate.c */
enum { INFLATE_RAW = -15, INFLATE_ZLIB = 15, INFLATE_GZIP = 31 };

/* Inflate what stands at `at` into the output of the unit. Sets state, end, and
 * *used to the bytes that were read. */
void place_inflate(const struct place *place, uint64_t at, int format, struct unit *unit,
                   uint64_t *used);
void run_release_inflater(struct run *run);

void base64_find(const struct place *, const struct window *, uint64_t from, uint64_t to);
bool base64_decode(const struct place *, const struct start *, struct unit *);
void gzip_find(const struct place *, const struct window *, uint64_t from, uint64_t to);
bool gzip_decode(const struct place *, const struct start *, struct unit *);
void zlib_find(const struct place *, const struct window *, uint64_t from, uint64_t to);
bool zlib_decode(const struct place *, const struct start *, struct unit *);
void zip_find(const struct place *, const struct window *, uint64_t from, uint64_t to);
bool zip_decode(const struct place *, const struct start *, struct unit *);
void pdf_find(const struct place *, const struct window *, uint64_t from, uint64_t to);
bool pdf_decode(const struct place *, const struct start *, struct unit *);
void deflate_find(const struct place *, const struct window *, uint64_t from, uint64_t to);
bool deflate_decode(const struct place *, const struct start *, struct unit *);
void xor_find(const struct place *, const struct window *, uint64_t from, uint64_t to);
bool xor_decode(const struct place *, const struct start *, struct unit *);

#endif
