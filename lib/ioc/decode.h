/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_IOC_DECODE_INTERNAL_H
#define FETT_IOC_DECODE_INTERNAL_H

/*
 * decode: what the files of the decoder share; not public.
 *
 * Each coding is a row of the table in decode.c: one function looks through a
 * cell for places where a unit may begin, another makes a stream of what stands
 * there. decode.c brings the places in order, and looks through what a stream
 * makes in the same way, a window of it at a time:
 *
 *     source, depth 0    |--- media ------####################--------|
 *     stream                              |     window     |->
 *     source, depth 1                     |---####---###########
 *     stream                                         |  window  |->
 *
 * A unit inside may begin in the window and end far behind it. It reads on through a
 * copy of the stream, which goes ahead by itself, so that the window is not lost:
 * what is in memory has a bound, whatever lies in each other.
 *
 * Where a unit is found depends only on the bytes of its cell and DECODE_MARGIN
 * on both sides, and on the units before it in the same cell. What is decoded of
 * it depends only on the bytes that it reads.
 */

#include <zlib.h>

#include <fett/buffer.h>
#include <fett/ioc_decode.h>

struct ioc_decoder {
    struct ioc_decoder_options options;
};

/* Bytes beside a cell that tell what begins in it. */
enum { DECODE_MARGIN = 8256 };

/* decode_source.c: bytes by their place, read from front to back. */

enum {
    SOURCE_CHUNK = 65536,
    SOURCE_HISTORY = 8192, /* bytes before the place read last that can be read again */
};

struct stream;

/* What streams read: the media, or what another stream makes. */
struct source {
    const uint8_t *data; /* what stands at base, in memory */
    size_t size;
    uint64_t base, end;  /* end: of all; UINT64_MAX: not known yet */
    struct reader *more; /* the media; NULL: data is all there is, but for */
    const struct stream *goes_on; /* which makes what stands behind data; NULL: nothing */
};

/* A way through a source. */
struct input {
    const struct source *source;
    struct stream *ahead; /* makes what stands behind the chunk; NULL: none yet */
    uint8_t *chunk;       /* NULL before the first */
    uint64_t chunk_at;
    size_t chunk_size;
    bool failed;          /* no memory */
};

/* The byte at `at` and *size - 1 behind it, as many as are at hand; NULL where there is
 * none. Holds until the next call. Of what a stream makes no place is asked for that is
 * more than SOURCE_HISTORY before the last. */
const uint8_t *input_at(struct input *input, uint64_t at, size_t *size);

/* Copy bytes; returns how many there were. */
size_t input_copy(struct input *input, uint64_t at, uint8_t *bytes, size_t size);

/* A way of its own that goes on where the other is. */
int input_fork(struct input *to, const struct input *from);
void input_release(struct input *input);

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
    uint64_t text_start, text_end, end; /* of XOR: the text around it, the end
                                        * of its own; of quoted-printable and HTML that of the word */
};

struct starts {
    struct start *list;
    size_t count, capacity;
};

/* One nesting of one call. */
struct level {
    struct starts starts;
    struct buffer output; /* the window of a stream */
};

/* Bytes that may still be read and made. */
struct account {
    uint64_t left;
    bool earns;         /* by what is read of the media, behind `earned` bytes of the unit */
    uint64_t earned;
};

/* One call of ioc_decode. */
struct run {
    const struct ioc_decoder *decoder;
    struct level levels[LIMIT_DECODE_DEPTH];
    struct starts *found; /* where run_add_start puts them */
    struct starts beside; /* of cells that a long unit reads */
    struct buffer beside_output;
    z_stream *inflater;   /* that no stream uses; NULL: none */
    uint8_t *bytes;       /* of a cell that is not in memory in one piece */
    struct account account; /* of the cell, or of a long unit and what is inside it */
    bool muted;           /* units are decoded for the account only */
    bool failed;          /* no memory */
    uint64_t offset;      /* of the outermost unit */
    struct buffer names;  /* "gzip+zip" */
    const struct ioc_decode_sink *sink;
    struct ioc_decode_counts *counts;
};

/* Where units are looked for. */
struct place {
    struct run *run;
    const struct source *source;
    unsigned depth; /* 0: on the media */
    int inside;     /* enum ioc_coding that the source comes from; -1: the media */
};

/* decode_stream.c: what a unit is decoded to, from front to back. */

struct base64_state {
    uint8_t step;
    uint64_t line;       /* where the line begins */
    uint64_t line_before; /* where the one before ends */
    bool joined;         /* it is not the first */
    bool standard, url;  /* letters of these alphabets were seen */
    uint32_t held;
    unsigned held_count; /* of characters held */
    uint64_t characters;
};

enum { PDF_NUMBER_SIZE = 24 };

struct pdf_state {
    struct buffer lines;       /* complete up to `line` */
    size_t line;               /* where in it the one begins that is not */
    size_t given;              /* of the complete ones */
    unsigned pieces;           /* of the line */
    bool changed;              /* it is not as the stream shows it */
    bool array;
    unsigned image;            /* those of one are passed over; 2: behind "\n", 3: "\nE" */
    char number[PDF_NUMBER_SIZE];     /* the last one */
    char heights[2][PDF_NUMBER_SIZE]; /* the last numbers of Tm and cm */
};

struct xor_state {
    uint8_t key;
    bool keeps_zeros;
    uint64_t size;       /* bytes in all, */
    bool cut;            /* up to a limit */
};

struct words_state {
    uint64_t size;       /* bytes of the word */
};

struct stream {
    struct run *run;
    const struct coding *coding;
    unsigned depth;      /* of the place that it is read from */
    struct input input;
    uint64_t start;      /* in its source */
    uint64_t used;       /* bytes it takes there, as far as it was read */
    uint64_t made;
    uint64_t cost;       /* of what was made */
    bool copy;           /* reads ahead of another one */
    bool ended;
    uint8_t state;       /* enum ioc_decoded_state, when it ended */
    bool open;           /* what lies in it may be a unit of its own, though it is whole */
    uint64_t own_start, own_end; /* what of it is the unit's to scan */
    z_stream *inflater;
    uint8_t *joined;     /* input over a border of its pieces; NULL: none yet */
    struct filling {     /* the input is one byte over and over */
        uint64_t used, made;
        uint8_t byte;
        bool varied;     /* what it made is not */
    } filling;
    struct zip_state {
        uint32_t crc, expected;
        uint32_t made; /* modulo 2^32, as 32-bit sizes are */
        bool sizes_behind;
    } zip;
    struct base64_state base64;
    struct pdf_state pdf;
    struct xor_state xor;
    struct words_state words;
};

/* Begin to decode; NULL: there is no unit, or no memory. */
struct stream *stream_open(const struct place *place, const struct start *start);

/* Make at most `room` bytes; only at the end is there more room than STREAM_LEAST left. */
size_t stream_make(struct stream *stream, uint8_t *output, size_t room);

/* A stream of its own that goes on where the other is. */
struct stream *stream_fork(const struct stream *stream);
void stream_free(struct stream *stream);

/* It is over, in this state. Returns `made`, for a last line. */
size_t stream_end(struct stream *stream, uint8_t state, size_t made);

/* Take work from the account; the rest goes without when it is spent. */
void run_charge(struct run *run, uint64_t work);

/* A unit may begin there. */
void run_add_start(const struct place *place, const struct start *start);

/* decode.c: the places in a cell where a unit of these codings may begin, in order, go to
 * `found`. */
void place_find_starts(const struct place *place, uint64_t cell, uint32_t codings,
                       struct starts *found);

/* Its first `size` bytes, decoded into `output`; NULL: there is no unit. */
struct stream *place_decode(const struct place *place, const struct start *start,
                            struct buffer *output, size_t size);

/* decode_crowd.c: how many large units begin in a cell that a long one reads. */
unsigned place_count_large(const struct place *place, uint64_t cell);

/* The functions of a coding. `find` calls run_add_start for places in [from, to) of the
 * window. `open` looks at the first bytes: whether there may be a unit. `make` makes some
 * bytes, at most `room`, which is STREAM_LEAST or more, moves `used`, and calls stream_end
 * when there are no more; it may make none. `is_sensible` judges by what was made first;
 * NULL: all are that made something. */
enum { STREAM_LEAST = 256, STREAM_STEP = 65536 };

struct coding {
    const char *name;
    void (*find)(const struct place *place, const struct window *window, uint64_t from,
                 uint64_t to);
    bool (*open)(struct stream *stream, const struct start *start);
    size_t (*make)(struct stream *stream, uint8_t *output, size_t room);
    bool (*is_sensible)(const struct stream *stream, const uint8_t *bytes, size_t size);
    bool crowds; /* the same bytes can be of many units */
    const struct word_rules *words; /* of those in words */
};

/* What a coding in words (decode_words.c) has for marks, and for words. */
enum { MARK_NOTHING = 0x110000, MARK_BYTES_MOST = 4 };

struct word_rules {
    uint8_t first;    /* byte that each mark begins with */
    bool joins_lines; /* "\n" and "\r\n" behind it are a mark, within a word */
    bool makes_bytes; /* what a mark stands for is a byte, not a character */
    /* Bytes of the mark at `at` of bytes[0 .. size), with what it stands for: MARK_NOTHING if
     * it is to be left out. 0: there is none. */
    size_t (*mark_at)(const uint8_t *bytes, size_t size, size_t at, uint32_t *character);
    bool (*is_within)(unsigned byte); /* a word, besides breaks of lines that are marks */
    bool (*is_sensible)(const uint8_t *bytes, size_t begin, size_t end); /* as a word */
};

const struct coding *coding_of(unsigned coding);

/* decode_words.c */
extern const struct word_rules qp_words, html_words;
void words_find(const struct place *place, const struct window *window, uint64_t from, uint64_t to,
                enum ioc_coding coding);
bool words_open(struct stream *stream, const struct start *start);
size_t words_make(struct stream *stream, uint8_t *output, size_t room);

/* decode_inflate.c */
enum { INFLATE_RAW = -15, INFLATE_ZLIB = 15, INFLATE_GZIP = 31 };

bool inflate_open(struct stream *stream, int format);

/* What deflate with nothing around it makes; 0 if it does not end where the bytes do, or makes
 * more than `room`. */
size_t inflate_all(struct run *run, const uint8_t *bytes, size_t size, uint8_t *output,
                   size_t room);

bool is_one_byte(const uint8_t *bytes, size_t size);
size_t inflate_make(struct stream *stream, uint8_t *output, size_t room);
z_stream *inflater_copy(const z_stream *inflater);

/* Back to the run, which keeps one: a new one takes long. */
void run_give_inflater(struct run *run, z_stream *inflater);
void run_release_inflater(struct run *run);

#define DECLARE_CODING(name) \
    void name##_find(const struct place *, const struct window *, uint64_t from, uint64_t to); \
    bool name##_open(struct stream *, const struct start *); \
    size_t name##_make(struct stream *, uint8_t *output, size_t room)

DECLARE_CODING(base64);
DECLARE_CODING(gzip);
DECLARE_CODING(zlib);
DECLARE_CODING(zip);
DECLARE_CODING(deflate);
DECLARE_CODING(pdf);
DECLARE_CODING(xor);
void qp_find(const struct place *, const struct window *, uint64_t from, uint64_t to);
void html_find(const struct place *, const struct window *, uint64_t from, uint64_t to);
bool base64_is_sensible(const struct stream *stream, const uint8_t *bytes, size_t size);
bool zlib_is_sensible(const struct stream *stream, const uint8_t *bytes, size_t size);
bool deflate_is_sensible(const struct stream *stream, const uint8_t *bytes, size_t size);
bool pdf_is_sensible(const struct stream *stream, const uint8_t *bytes, size_t size);

#endif
