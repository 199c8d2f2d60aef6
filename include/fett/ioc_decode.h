/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_IOC_DECODE_H
#define FETT_IOC_DECODE_H

/*
 * ioc_decode: bytes that are encoded, as they were before.
 *
 * Make a decoder from options once; any number of threads then look through
 * parts with it, as with a scanner (ioc.h). A unit is a piece of encoded bytes:
 * a gzip file, an entry of a ZIP file, a base64 text. It belongs to the part in
 * which its first byte lies, so parts put together give every unit once,
 * whatever their borders. What is decoded is searched for units again, down to
 * the depth of the options.
 *
 * Units come in order of offset, each with what is inside it. What is in memory of them has
 * a bound, however long they are: they are decoded piece by piece, those inside too.
 *
 * The work is linear in the size of the media for every input. The media is cut
 * into cells of LIMIT_DECODE_CELL bytes, counted from its start. No unit is
 * looked for inside one that begins in the same cell and was whole, and all
 * units of one cell together, with what is inside them, may read and make
 * LIMIT_DECODE_CELL_WORK bytes; what is held back then is counted. To know what
 * holds for a part, the cell in which it begins is decoded from its first byte
 * on: parts that begin at cells are the cheapest. A long unit, which makes more than
 * LIMIT_DECODED_WINDOW bytes, has an account of its own, which grows with what it reads
 * (LIMIT_DECODED_RATIO), and ends where it meets LIMIT_DECODE_CROWD others.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/error.h>
#include <fett/limits.h>
#include <fett/reader.h>
#include <fett/version.h>

enum ioc_coding {
    IOC_BASE64, /* RFC 4648, both alphabets, also in lines; ASCII and UTF-16LE */
    IOC_GZIP,   /* RFC 1952 */
    IOC_ZLIB,   /* RFC 1950, also the streams of PDF */
    IOC_ZIP,    /* entries of ZIP files, method 8 */
    IOC_DEFLATE, /* RFC 1951 with nothing around it, in base64 only */
    IOC_PDF,    /* text of PDF pages in zlib, put together where it is in pieces */
    IOC_XOR,    /* by one byte: text around literals as "p://" and ".exe", in ASCII and
                 * UTF-16LE; Windows programs */
    IOC_QUOTED_PRINTABLE, /* RFC 2045, words of text in ASCII */
    IOC_HTML,   /* character references of HTML and XML, words of text in them */
    IOC_CODING_COUNT,
};

/* "gzip", "zlib" ... */
const char *ioc_coding_name(enum ioc_coding coding);
int ioc_coding_by_name(const char *name); /* -1 for none */

struct ioc_decoder_options {
    uint32_t codings; /* bit 1 << enum ioc_coding */
    unsigned depth;   /* codings inside each other, 1 to LIMIT_DECODE_DEPTH */
};

#define IOC_DECODER_OPTIONS_DEFAULT { (1u << IOC_CODING_COUNT) - 1, LIMIT_DECODE_DEPTH }

enum ioc_decoded_state {
    IOC_WHOLE,       /* to its end, where a checksum told so */
    IOC_DAMAGED,     /* up to where it is damaged or breaks off */
    IOC_LIMITED,     /* up to a limit of limits.h */
    IOC_ENCRYPTED,   /* nothing: an entry of a ZIP file under a password */
    IOC_UNSUPPORTED, /* nothing: one in another method than deflate */
};

/* A piece of what a unit is decoded to. */
struct ioc_decoded {
    uint64_t offset;      /* of the outermost unit, from the start of the media */
    const char *encoding; /* from the outside: "gzip", "gzip+zip", "xor-0x5a" */
    uint64_t base;        /* place of data[0] in what the unit is decoded to; modulo 2^64,
                           * for of a text under XOR some context stands before that */
    const uint8_t *data;
    size_t size;
    size_t start, end;    /* the part of data that is this piece's to scan; around it is
                           * context, as for ioc_scan */
};

/* A unit that is over. */
struct ioc_unit {
    uint64_t offset;      /* as above */
    uint64_t start;       /* of the unit itself, in what it lies in: the same for an outermost */
    uint64_t length;      /* bytes that it takes there, as far as it was read */
    uint64_t made;        /* bytes that it was decoded to */
    const char *encoding; /* as above */
    int coding;           /* enum ioc_coding; -1: places where some may begin, which were left
                           * out for a limit */
    unsigned depth;       /* 0: the outermost */
    uint8_t state;        /* enum ioc_decoded_state */
};

/*
 * Where units go. A unit comes in pieces of any size, in order, each followed by the units
 * that begin in it; a unit that fits into LIMIT_DECODED_WINDOW in one. Then `unit` tells
 * what it was. Strings and bytes hold for the call.
 */
struct ioc_decode_sink {
    void (*decoded)(void *context, const struct ioc_decoded *decoded);
    void (*unit)(void *context, const struct ioc_unit *unit);
    void *context;
};

/* Counts of what was done, and of what limits held back. */
struct ioc_decode_counts {
    uint64_t units;    /* given */
    uint64_t limited;  /* given, but not whole because of a limit */
    uint64_t closed;   /* entries of ZIP files that are encrypted or in another method */
    uint64_t left_out; /* places not looked at: the work of their cell was spent */
    uint64_t work;     /* bytes read and made; parts put together may do some twice */
};

struct ioc_decoder;

int ioc_decoder_new(struct ioc_decoder **decoder, const struct ioc_decoder_options *options,
                    struct error *error);
void ioc_decoder_free(struct ioc_decoder *decoder);

/*
 * Find the units that begin in data[start .. end) of data[0 .. size), and decode
 * them. data[0] stands at `base` of the media. Bytes beyond `data` are read
 * through `more`, a reader over the same media that this thread may use; without
 * one (NULL) the media ends where data does. Bytes that the evidence no longer
 * has are zeros; the owner of `more` knows of them. `counts` is added to.
 *
 * -1 if memory could not be had: some units are missing then.
 */
int ioc_decode(const struct ioc_decoder *decoder, const uint8_t *data, size_t size, size_t start,
               size_t end, uint64_t base, struct reader *more, const struct ioc_decode_sink *sink,
               struct ioc_decode_counts *counts, struct error *error);

/* The library that inflates. */
void ioc_decode_versions(version_sink sink, void *context);

#endif
