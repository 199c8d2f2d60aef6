/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_IOC_SCAN_H
#define FETT_IOC_SCAN_H

/*
 * scan: what the files of lib/ioc share; not public.
 *
 * candidates.c finds a '.', '@' or ':' between plausible neighbours; indicators.c
 * makes findings of them, through a view that makes ASCII and UTF-16LE alike;
 * context.c tells what speaks for and against each, by suffix.c and words.c;
 * weights.c counts it; scan.c sorts and gives them.
 *
 * What is found depends only on bytes within IOC_MARGIN of it, and no byte is
 * walked over more than a fixed number of times: a run of host characters is
 * remembered once walked, mail names end at '@', URLs at the fourth "://".
 */

#include <libpsl.h>

#include <fett/ioc.h>

/* RFC 1035 2.3.4 (without the length bytes), RFC 5321 4.5.3.1.1 */
enum { HOST_LENGTH_MAX = 253, LABEL_LENGTH_MAX = 63, MAIL_NAME_LENGTH_MAX = 64 };

enum {
    CHARACTER_DIGIT = 1,
    CHARACTER_LETTER = 2,
    CHARACTER_ALNUM = 3,
    CHARACTER_LABEL = 4, /* alnum, '-', '_' */
    CHARACTER_MAIL = 8,  /* the part before '@' */
    CHARACTER_URL = 16,  /* RFC 3986 without "'", which ends URLs in scripts */
};

extern const uint8_t character_classes[256];

/* One encoding's view of a block. Places are byte offsets into the block; a
 * place beyond it, also below zero, has the unit UNIT_NONE. */
struct view {
    const uint8_t *data;
    size_t size;
    size_t step; /* bytes a unit: 1 or 2 */
};

enum { UNIT_NONE = 0x10000 };

static inline unsigned view_unit(const struct view *view, size_t at)
{
    if (at >= view->size || view->size - at < view->step)
        return UNIT_NONE;
    return view->step == 1 ? view->data[at]
                           : (unsigned)view->data[at] | (unsigned)view->data[at + 1] << 8;
}

/* The unit `distance` units before or behind `at`. */
static inline unsigned view_before(const struct view *view, size_t at, size_t distance)
{
    return view_unit(view, at - distance * view->step);
}

static inline unsigned view_behind(const struct view *view, size_t at, size_t distance)
{
    return view_unit(view, at + distance * view->step);
}

static inline bool unit_is(unsigned unit, unsigned character_class)
{
    return unit < 256 && (character_classes[unit] & character_class);
}

/* How sure a suffix makes that a name is a host. */
enum suffix {
    SUFFIX_NONE,
    SUFFIX_PUBLIC,
    SUFFIX_COUNTRY,
    SUFFIX_GENERIC,
    SUFFIX_WORD, /* a country's that programs put behind dots as well */
    SUFFIX_FILE, /* more often the type of a file or a word than a suffix */
    SUFFIX_COUNT,
};

/* Why so sure, in the order in which it is told; texts and points in weights.c. */
enum reason {
    REASON_SCHEME,
    REASON_MAIL_NAME,
    REASON_ADDRESS,
    REASON_ADDRESS6,
    REASON_HOST_ADDRESS,
    REASON_SUFFIX,
    REASON_LABELS_TWO,
    REASON_LABELS_THREE,
    REASON_LABELS_MORE,
    REASON_WWW,
    REASON_SERVER,
    REASON_REGISTRY,
    REASON_IN_URL,
    REASON_SLASHES_BEFORE,
    REASON_IN_MAIL,
    REASON_AT_BEFORE,
    REASON_WILDCARD,
    REASON_HOST_WORD,
    REASON_HOST_FIELD,
    REASON_NUL_BEFORE,
    REASON_PORT_BEHIND,
    REASON_TAG_BEHIND,
    REASON_CUT_BEHIND,
    REASON_CUT_MAIL,
    REASON_PATH_BEHIND,
    REASON_PATH_BEFORE,
    REASON_CALL_BEHIND,
    REASON_MAIL_BEHIND,
    REASON_CODE_BEFORE,
    REASON_CODE_BEHIND,
    REASON_PACKAGE,
    REASON_OBJECT,
    REASON_MEMBER,
    REASON_FILE_LABEL,
    REASON_FILE_NAME,
    REASON_SINGLE_LETTER,
    REASON_UNDERSCORE,
    REASON_MIXED_CASE,
    REASON_NO_TEXT,
    REASON_LETTER_BESIDE,
    REASON_SHORT,
    REASON_SHORT_NAME,
    REASON_VERSION_BEFORE,
    REASON_DIGITS_BESIDE,
    REASON_SMALL_NUMBERS,
    REASON_SPECIAL_ADDRESS,
    REASON_COUNT,
};

/* A host name taken apart. */
struct host {
    char name[HOST_LENGTH_MAX + 1]; /* lower case */
    size_t length, skipped; /* units left out before it, which break the rules */
    unsigned labels;
    bool numeric, mixed_case, camel_case;
};

struct finding {
    size_t at;     /* in the block */
    size_t length; /* bytes there */
    size_t host_at, host_length; /* in units, from `at` */
    uint64_t reasons;
    int points;
    uint8_t kind;
    uint8_t wide;
    uint8_t suffix; /* enum suffix; before the first reason */
};

struct scan {
    const struct ioc_scanner *scanner;
    struct finding *findings;
    size_t count, capacity;
    size_t walked[3]; /* end of the run walked last: ASCII, UTF-16 even, odd */
};

/* weights.c: add a reason and its points; its text for this finding. */
void judge(struct finding *finding, enum reason reason);
const char *reason_text(const struct finding *finding, enum reason reason);

/* context.c: add what speaks for and against the host at [begin, end); of
 * judge_around what holds for addresses too. */
void judge_domain(const struct scan *scan, struct finding *finding, const struct host *host,
                  const struct view *view, size_t begin, size_t end);
void judge_around(struct finding *finding, const struct view *view, size_t begin, size_t end);

/* context.c: whether a letter of Europe beyond ASCII ends, or begins, at a place: what was
 * found there is but a part of a name. */
bool letter_before(const struct view *view, size_t at);
bool letter_behind(const struct view *view, size_t at);

/* words.c: what a word in or before a name says of it. */
enum word_use {
    WORD_PACKAGE = 1,  /* first label: a package or section */
    WORD_REVERSED = 2, /* first of three labels and more: a host the other way round */
    WORD_OBJECT = 4,   /* first label: an object, whose members follow */
    WORD_MEMBER = 8,   /* any label: a member of an object */
    WORD_FILE = 16,    /* label before the suffix: the type of a file */
    WORD_SERVER = 32,  /* first label: a server of some kind (mail, ns1) */
    WORD_HOST = 64,    /* before the name: announces a host */
    WORD_CODE = 128,   /* before the name: a keyword of source code */
};

/* The uses of a word in lower case, together; 0 where it says nothing. */
unsigned word_uses(const char *word, size_t length);

/* The tables, for tests; NULL behind the last. */
const char *word_listed(size_t index);
const char *suffix_listed(size_t index);

/* indicators.c: look at one candidate. */
void find_at(struct scan *scan, const struct view *view, size_t at);

/* suffix.c */
enum { SHORT_SUFFIXES = 26 * 26 + 26 * 26 * 26 };

struct ioc_scanner {
    struct ioc_options options;
    const psl_ctx_t *list;
    uint8_t short_suffixes[SHORT_SUFFIXES]; /* labels of two and three letters, asked once */
    bool vector;
};

void suffixes_init(struct ioc_scanner *scanner);

/* What the last label of a name is; in lower case, NUL behind. */
enum suffix suffix_of(const struct ioc_scanner *scanner, const char *label);

/* noise.c: what a host of the noise list is, or NULL; `host` in lower case. */
const char *noise_reason(const char *host, size_t length);

/* candidates.c: places in [from, to) of data[0..size) where a '.', '@' or ':'
 * stands between plausible neighbours, as offset - from, doubled, plus 1 for
 * UTF-16; at most to - from of them, in order. Both functions give the same. */
size_t candidates_portable(const uint8_t *data, size_t size, size_t from, size_t to,
                           uint32_t *places);
bool candidates_have_vector(void);
size_t candidates_vector(const uint8_t *data, size_t size, size_t from, size_t to,
                         uint32_t *places);

#endif
