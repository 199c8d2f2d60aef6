/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_IOC_SCAN_H
#define FETT_IOC_SCAN_H

/*
 * scan: what the files of lib/ioc share; not public.
 *
 * sift.c leaves few bytes of a stretch, of which candidates.c finds those between plausible
 * neighbours, defang.c the marks; runs.c finds long words; order.c
 * tells in UTF-16 which byte is the low one; indicators.c and the file of each other
 * family make findings of them, through a view that makes ASCII and UTF-16 alike;
 * context.c tells what speaks for and against each host, by suffix.c and words.c, whose
 * answers answers.c remembers; weights.c counts it; scan.c sorts
 * and gives them.
 *
 * What is found depends only on bytes within IOC_MARGIN of it, and no byte is
 * walked over more than a fixed number of times: a run of host characters is
 * remembered once walked, mail names end at '@', URLs at the fourth "://", paths
 * where another root begins, long words are passed by.
 */

#include <stdatomic.h>
#include <string.h>

#include <libpsl.h>

#include <fett/buffer.h>
#include <fett/ioc.h>

#include "order.h"
#include "sift.h"

/* RFC 1035 2.3.4 (without the length bytes), RFC 5321 4.5.3.1.1 */
enum { HOST_LENGTH_MIN = 4 /* t.co */, HOST_LENGTH_MAX = 253, LABEL_LENGTH_MAX = 63,
       MAIL_NAME_LENGTH_MAX = 64 };

enum {
    CHARACTER_DIGIT = 1,
    CHARACTER_LETTER = 2,
    CHARACTER_ALNUM = 3,
    CHARACTER_LABEL = 4, /* alnum, '-', '_' */
    CHARACTER_MAIL = 8,  /* the part before '@' */
    CHARACTER_URL = 16,  /* RFC 3986 without "'", which ends URLs in scripts */
    CHARACTER_HEX = 32,
    CHARACTER_PATH = 64,  /* of names of files, as Windows has it */
    CHARACTER_NAME = 128, /* those of them that words in text are not parted by */
};

extern const uint8_t character_classes[256];

/* One encoding's view of a block. Places are byte offsets into the block; a
 * place beyond it, also below zero, has the unit UNIT_NONE. */
struct view {
    const uint8_t *data;
    size_t size;
    size_t step; /* bytes a unit: 1 or 2 */
    size_t low;  /* where in a unit its low byte is */
    uint8_t encoding; /* IOC_ASCII, IOC_UTF16LE, IOC_UTF16BE */
};

enum { UNIT_NONE = 0x10000 };

static inline unsigned view_unit(const struct view *view, size_t at)
{
    if (at >= view->size || view->size - at < view->step)
        return UNIT_NONE;
    return view->step == 1 ? view->data[at]
                           : view->data[at + view->low] |
                                 (unsigned)view->data[at + !view->low] << 8;
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

/* Beside a name in UTF-16BE, in an entry of a folder: see ioc.h. */
enum { UNIT_EDGE = 0xffff };

/* What an entry of a folder has before a name: see ioc.h. More letters are told as so many. */
enum { NAME_LETTERS_MANY = 127 };

static inline bool is_name_head(const struct view *view, unsigned unit)
{
    return view->encoding == IOC_UTF16LE && unit >= 0x700 && unit < 0x780;
}

static inline bool unit_is(unsigned unit, unsigned character_class)
{
    return unit < 256 && (character_classes[unit] & character_class);
}

/* How many units from `at` on, at most `most`, are of a class. Runs of letters are most of what is
 * read unit by unit. */
static inline size_t class_length(const struct view *view, size_t at, unsigned character_class,
                                  size_t most)
{
    size_t length = 0;

    if (view->step == 1) {
        size_t left = at < view->size ? view->size - at : 0;
        most = left < most ? left : most;
        while (length < most && (character_classes[view->data[at + length]] & character_class))
            length++;
    } else {
        while (length < most && unit_is(view_behind(view, at, length), character_class))
            length++;
    }
    return length;
}

/* Is it one of these ASCII characters? */
static inline bool unit_among(unsigned unit, const char *characters)
{
    return unit > 0 && unit < 0x80 && strchr(characters, (int)unit);
}

static inline unsigned unit_lower(unsigned unit)
{
    return unit >= 'A' && unit <= 'Z' ? unit + 32 : unit;
}

/* Whether `text`, which is in lower case, stands at `at` in any case. */
static inline bool view_has(const struct view *view, size_t at, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (unit_lower(view_behind(view, at, i)) != (unsigned char)text[i])
            return false;
    return true;
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
    REASON_DEFANGED,
    REASON_ESCAPED_DOTS,
    REASON_BLANKS,
    REASON_QUOTED_SLASHES,
    REASON_BACKSLASHES,
    REASON_ESCAPED,
    REASON_SCHEME,
    REASON_HEADER,
    REASON_BROWSER,
    REASON_PROGRAM,
    REASON_MAIL_NAME,
    REASON_ADDRESS,
    REASON_ADDRESS6,
    REASON_HOST_ADDRESS,
    REASON_GROUPS6,
    REASON_GLOBAL_ADDRESS,
    REASON_LOCAL_ADDRESS,
    REASON_MAPPED_ADDRESS,
    REASON_BRACKETS,
    REASON_BARE_ADDRESS,
    REASON_OWN_LINE,
    REASON_KNOWN_HOST,
    REASON_CVE,
    REASON_OCTETS,
    REASON_MD5_LENGTH,
    REASON_SHA1_LENGTH,
    REASON_SHA256_LENGTH,
    REASON_SHA384_LENGTH,
    REASON_SHA512_LENGTH,
    REASON_WORD_NEAR,
    REASON_CHECKSUM,
    REASON_DRIVE,
    REASON_VARIABLE,
    REASON_NT_PREFIX,
    REASON_KERNEL_NAME,
    REASON_SHARE,
    REASON_KNOWN_SHARE,
    REASON_DOTTED_HOST,
    REASON_PIPE,
    REASON_REGISTRY_ROOT,
    REASON_KNOWN_KEY,
    REASON_GLOBAL_NAME,
    REASON_LOCAL_NAME,
    REASON_OBJECT_FOLDER,
    REASON_OBJECT_WORD,
    REASON_OBJECT_NUMBER,
    REASON_PROGRAM_TYPE,
    REASON_SYMBOL_TYPE,
    REASON_FOLDERS,
    REASON_SOURCE_FOLDER,
    REASON_TYPE,
    REASON_OBJECT_TYPE,
    REASON_COM_TYPE,
    REASON_HIDDEN_TYPE,
    REASON_TWO_TYPES,
    REASON_LINKER_RECORD,
    REASON_FOREIGN,
    REASON_TOO_LONG,
    REASON_SUFFIX,
    REASON_INTERNATIONAL,
    REASON_ONION_KEY,
    REASON_ONION_HASH,
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
    REASON_HOSTS_FILE,
    REASON_NUL_BEFORE,
    REASON_AT_START,
    REASON_QUOTED,
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
    REASON_KNOWN_NAME,
    REASON_OBJECT,
    REASON_MEMBER,
    REASON_FILE_LABEL,
    REASON_FILE_NAME,
    REASON_SINGLE_LETTER,
    REASON_UNDERSCORE,
    REASON_MIXED_CASE,
    REASON_NO_TEXT,
    REASON_LETTER_BESIDE,
    REASON_SOFT_BREAK,
    REASON_BEHIND_ESCAPE,
    REASON_BESIDE_REFERENCE,
    REASON_SHORT,
    REASON_SHORT_NAME,
    REASON_SHORT_PATH,
    REASON_SHORT_FILE,
    REASON_SLASHES,
    REASON_SHORT_TYPE,
    REASON_VERSION_BEFORE,
    REASON_DIGITS_BESIDE,
    REASON_SMALL_NUMBERS,
    REASON_SPECIAL_ADDRESS,
    REASON_NETWORK,
    REASON_FEW_DIGITS,
    REASON_NO_LETTERS,
    REASON_NO_ONION,
    REASON_COUNT,
};

enum { REASON_WORDS = (REASON_COUNT + 63) / 64 };

/* A host name taken apart. */
struct host {
    char name[HOST_LENGTH_MAX + 1]; /* lower case */
    size_t length, skipped; /* units left out before it, which break the rules */
    unsigned labels;
    bool numeric, mixed_case, camel_case;
    bool short_label; /* of international names: one character before the suffix */
    bool hopeless;    /* of them: nor are more dots before the same end in one */
};

struct finding {
    size_t at;     /* in the block */
    size_t length; /* bytes there */
    size_t host_at, host_length; /* in units, from `at` */
    uint64_t reasons[REASON_WORDS]; /* bits of enum reason */
    int points;
    uint8_t kind;
    uint8_t encoding;
    uint8_t suffix; /* enum suffix; before the first reason */
    uint8_t repeat; /* of paths: backslashes a separator */
    bool international; /* the host has letters beyond ASCII */
    bool foreign;   /* something else in it has, which the value has in UTF-8 */
    bool plain;     /* defanged: the text without marks is in scan.plain */
    size_t plain_text, plain_at, plain_length;
};

/* answers.c: what the lists were asked of a name, and what they said. */
enum question {
    QUESTION_LABEL,    /* enum suffix of a last label */
    QUESTION_SUFFIX,   /* is it a public suffix of a registry's */
    QUESTION_NOISE,    /* its place in the list of noise hosts, counted from 1; 0: none */
    QUESTION_COUNT,
};

struct answer {
    char name[56];
    uint8_t length;
    uint8_t known; /* bit 1 << enum question: it was asked */
    uint16_t values[QUESTION_COUNT];
};

/* More than the names that one disk repeats near each other. */
enum { ANSWER_COUNT = 8192, ANSWER_TABLES = 8 };

/* What reasons are as text: there are few sets of them. */
struct reason_list {
    uint64_t reasons[REASON_WORDS];
    uint8_t suffix;
    char text[111]; /* "": none yet; longer ones are not remembered */
};

enum { REASON_LIST_COUNT = 64 };

/* Each answer lies in one line of the processor's cache. */
struct answers {
    _Alignas(64) struct answer answers[ANSWER_COUNT];
    struct reason_list reasons[REASON_LIST_COUNT];
    atomic_flag taken; /* by a scan */
};

_Static_assert(sizeof(struct answer) == 64, "a line of the cache");

/* The tables of a scanner, empty, in memory that is to be freed; NULL without memory. */
struct answers *answers_new(void **memory);

/* Take a table of a scanner's that no other scan has; NULL when all are taken. */
struct answers *answers_take(struct answers tables[ANSWER_TABLES]);
void answers_give_back(struct answers *answers);

/* The answers on a name; NULL for names that are too long to be remembered. Valid until the
 * next call. */
struct answer *answers_find(struct answers *answers, const char *name, size_t length);

static inline bool is_answered(const struct answer *answer, enum question question)
{
    return answer && (answer->known >> question & 1);
}

/* Remember it, where there is a place for it; returns the value. */
static inline unsigned remember(struct answer *answer, enum question question, unsigned value)
{
    if (answer) {
        answer->values[question] = (uint16_t)value;
        answer->known |= (uint8_t)(1u << question);
    }
    return value;
}

struct scan {
    const struct ioc_scanner *scanner;
    struct answers *answers;
    uint64_t base; /* where the block stands in the media */
    struct finding *findings;
    size_t count, capacity;
    struct buffer value;
    struct buffer plain; /* words without their marks, see defang.c */
    bool failed;         /* for want of memory */
    size_t walked[5]; /* end of the run walked last: ASCII, UTF-16LE even, odd, BE even, odd */
    size_t refused[5]; /* no dot before it is in an international name; in the same order */
    struct wide_texts texts; /* walked last */
};

/* weights.c: add a reason and its points; its text for this finding. */
void judge(struct finding *finding, enum reason reason);
bool has_reason(const struct finding *finding, enum reason reason);
const char *reason_text(const struct finding *finding, enum reason reason);

/* scan.c: keep a finding, if its kind is asked for. */
void add_finding(struct scan *scan, const struct finding *finding);

/* context.c: add what speaks for and against the host at [begin, end); of
 * judge_around what holds for addresses too. */
void judge_domain(const struct scan *scan, struct finding *finding, const struct host *host,
                  const struct view *view, size_t begin, size_t end);
void judge_around(struct finding *finding, const struct view *view, size_t begin, size_t end);
/* Before it stands NUL, or nothing at all: both end a text. */
void judge_border(struct finding *finding, unsigned before);

/* context.c: whether a word that announces an address stands before. */
bool address_word_before(const struct view *view, size_t begin);

/* context.c: whether [begin, end) is all of a line. */
bool is_own_line(const struct view *view, size_t begin, size_t end);

/* context.c: what stands before a path, name or token. */
void judge_before(struct finding *finding, const struct view *view);

/* context.c: whether a letter of Europe beyond ASCII ends, or begins, at a place: what was
 * found there is but a part of a name. */
bool is_european(unsigned unit);
bool letter_before(const struct view *view, size_t at);
bool letter_behind(const struct view *view, size_t at);

/* quoted.c: what is but half a name, where quoted-printable or HTML writes the rest of it in
 * another way. */
void judge_halves(struct finding *finding, const struct view *view, size_t begin, size_t end);
void judge_cut_behind(struct finding *finding, const struct view *view, size_t end);

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

/* known.c: what everybody knows a name of two labels as, in lower case. */
enum known { KNOWN_NONE, KNOWN_HOST, KNOWN_NAME };
enum known known_name(const char *name, size_t length);

/* The tables, for tests; NULL behind the last. */
const char *known_listed(size_t index);
const char *word_listed(size_t index);
const char *suffix_listed(size_t index);

/* order.c: the byte order of the text that the letter at `letter` is in. */
enum order text_order(struct scan *scan, const struct view *bytes, size_t letter);

/* The view of its text; where none fits as a whole, the likelier. */
const struct view *text_view(struct scan *scan, const struct view views[3], size_t letter);

/* The place of the unit that this letter is in. */
static inline size_t unit_place(const struct view *view, size_t letter)
{
    return letter - view->low;
}

/* indicators.c: look at one candidate. */
void find_at(struct scan *scan, const struct view *view, size_t at);

/* indicators.c: whether a place is in the run that hosts were looked for in last. */
bool is_walked(const struct scan *scan, const struct view *view, size_t at);

/* indicators.c */
/*
 * The host that begins at `begin`: all of [begin, *end), or as much of it as has
 * a suffix, with *end moved. In DER, which certificates are, it is followed by a tag that
 * looks like a digit (values.c); in names of files by endings (jo@example.com.pst). The
 * reason for what is cut is `cut`. SUFFIX_NONE and host->labels 0: it is no host at all.
 */
enum suffix fit_host(const struct scan *scan, const struct view *view, size_t begin, size_t *end,
                     struct host *host, struct finding *finding, enum reason cut);

/* values.c: where the data of a value in a hive of Windows 9x begins whose name stands before
 * `at`, or goes on there; 0 for none. */
size_t value_data(const struct view *view, size_t at);

/* values.c: the place of that data if it begins within (begin, end); else `begin`. */
size_t skip_value_name(const struct view *view, size_t begin, size_t end);

/* values.c: where the host at `begin`, or the mail address that it is of, ends if a tag of DER is
 * behind it, before `end`, by the length before it or by the last digit; else `end`. */
size_t before_tag(const struct view *view, size_t begin, size_t end);

/* values.c: whether the length of that host or mail address, up to `end`, stands before it. */
bool is_measured(const struct view *view, size_t begin, size_t end);

/* values.c: whether [*begin, *end) is a name made of a URL, as browsers give to files; the host
 * in it is then [*begin, *end). */
bool find_origin(const struct view *view, size_t *begin, size_t *end);

/* Whether a name goes on behind `end` with letters beyond ASCII. */
bool goes_on_behind(const struct view *view, size_t end);

/* urls.c: a candidate ':' that a slash follows, one that '?' follows */
void find_url(struct scan *scan, const struct view *view, size_t colon);
void find_magnet(struct scan *scan, const struct view *view, size_t colon);

/* urls.c: whether a character reference of HTML at `at`, a '&', stands for what ends URLs and
 * paths: a quotation mark, a bracket, a blank. */
bool is_html_border(const struct view *view, size_t at);

/* urls.c: the scheme that ends before `colon`; its length, 0 when it is none of note. */
size_t scheme_length(const struct view *view, size_t colon);

/* escaped.c: the beginning of a name behind a character that JSON and scripts write as \u003C, \x3c
 * or \n, whose letter is at `begin`, or behind the rest of a colour for terminals: 31m; `begin`
 * itself where none is. */
size_t skip_quoted(const struct view *view, size_t begin);

/* escaped.c: the same of what is no name, which the letter of \n cannot be mistaken for a part of;
 * also behind %22. */
size_t skip_any_quoted(const struct view *view, size_t begin);

/* escaped.c: the beginning of the name of a mailbox in [begin, end) behind the last escape (%20) of
 * a character that no name has. */
size_t skip_escapes(const struct view *view, size_t begin, size_t end);

/* escaped.c: whether such a character or colour ends before `at`. */
bool is_behind_quoted(const struct view *view, size_t at);

/* escaped.c: whether a letter of Europe beyond ASCII that is written as \u00E9 ends before `at`. */
bool quoted_letter_before(const struct view *view, size_t at);

/* escaped.c: a candidate ':' that a backslash follows */
void find_quoted_url(struct scan *scan, const struct view *view, size_t colon);

/* escaped.c: what the host at `host` belongs to, before which an escaped character ends (%2F,
 * %40); it is found as well. */
enum escaped { ESCAPED_NONE, ESCAPED_URL, ESCAPED_MAIL };
enum escaped find_escaped(struct scan *scan, const struct view *view, size_t host);

/* What a scheme that nobody is to click on (hxxp) stands for, as long as it;
 * NULL for others. In lower case. */
const char *hidden_scheme(const char *text, size_t length);

/* international.c: whether a letter beyond ASCII, of a script in common use, ends before,
 * or begins at, a place; or is one unit of UTF-16. */
bool foreign_before(const struct view *view, size_t at);
bool foreign_at(const struct view *view, size_t at);
bool is_foreign_letter(unsigned unit);

/* The name with such letters that the dot at *begin is in (backwards), or that begins
 * there. SUFFIX_NONE: there is none. */
enum suffix find_international(const struct scan *scan, const struct view *view, size_t *begin,
                               size_t *end, struct host *host, bool backwards);

/* The place before which no dot from `dot` on, where nothing but such names may be, is in
 * one: its last label is no suffix, or too far away. 0: they may be. */
size_t international_refused(const struct scan *scan, const struct view *view, size_t dot);

/* Where the name of a mailbox with such letters begins that ends before `at` (RFC 6531);
 * `at` itself for none. */
size_t international_name(const struct view *view, size_t at);

/* Bytes of the letter at `at` with which a URL goes on; 0 for none: scripts without blanks
 * between words stand behind URLs too, unless a separator is before them. In UTF-16 bytes of
 * other meaning look like them, and one alone at the end is none. */
size_t international_text(const struct view *view, size_t at);

/* The name [begin, end) as A-labels in lower case. */
void write_international(const struct view *view, size_t begin, size_t end, struct buffer *value);

/* indicators.c: the end of the run of labels and single dots at `at`. */
size_t run_end(const struct view *view, size_t at);

/* indicators.c: four numbers below 256 with dots between, all of three digits or none with a
 * zero before. */
bool parse_ipv4(const char *text, unsigned groups[4]);

void write_ipv4(const struct view *view, const struct finding *finding, struct buffer *value);

/* mails.c: a candidate '@' */
void find_mail(struct scan *scan, const struct view *view, size_t at);

/* mails.c: the mail address whose host is the address [begin, end) in brackets, if there is
 * one. */
void find_mail_at_address(struct scan *scan, const struct view *view, size_t begin, size_t end);

/* ipv6.c: a candidate ':' */
void find_ipv6(struct scan *scan, const struct view *view, size_t colon);
void write_ipv6(const struct view *view, const struct finding *finding, struct buffer *value);

/* tokens.c: a candidate '-' or '_' (of cve), ':', '-' or '.' (of mac), a run */
void find_cve(struct scan *scan, const struct view *view, size_t separator);
void find_mac(struct scan *scan, const struct view *view, size_t at);
void find_digest(struct scan *scan, const struct view *view, size_t begin, size_t units);
void write_cve(const struct view *view, const struct finding *finding, struct buffer *value);
void write_mac(const struct view *view, const struct finding *finding, struct buffer *value);
void write_lower(const struct view *view, const struct finding *finding, struct buffer *value);

/* coins.c: a run */
void find_coin(struct scan *scan, const struct view *view, size_t begin, size_t units);
void write_coin(const struct view *view, const struct finding *finding, struct buffer *value);

/* onion.c: is the host, in lower case, a hidden service? If so it is judged. */
bool is_onion(const char *host, struct finding *finding);

/* agents.c: a candidate '.', a candidate ':' */
void find_browser(struct scan *scan, const struct view *view, size_t dot);
void find_agent(struct scan *scan, const struct view *view, size_t colon);

/* defang.c: what was made harmless by hand, in words whose first mark is in [from, to), which was
 * sifted, in all views of it. Marks of one word are so far apart at most: in bytes. */
enum { DEFANG_LEAD = 2 * 1024 };
void find_marks(struct scan *scan, const struct view views[3], size_t from, size_t to,
                const struct sifted *sifted);

/* The texts of what an inner scan of a plain text rewrote itself become the block's; where they
 * begin. The inner scan has none then. */
size_t take_plain_texts(struct scan *scan, struct scan *inner);

/* A finding of an inner scan as one of the block: each byte of the plain text, which is at `text`
 * of scan->plain, stood at its place; `texts` is what take_plain_texts returned. */
void place_finding(struct finding *finding, const size_t *places, size_t text, size_t texts);

/* What a mark may begin with. */
static inline bool is_opening(unsigned unit)
{
    return unit == '[' || unit == '(' || unit == '{' || unit == '\\' || unit == '.' || unit == '%';
}

/* A mark: look at the word that it is the first in. */
void find_defanged(struct scan *scan, const struct view *view, size_t mark);

/* The mark ([.], (at) ...) that begins at `at`: its units, brackets too, or 0; *plain is
 * what it stands for. */
size_t token_at(const struct view *view, size_t at, const char **plain);

/* runs.c: the long words that begin in [from, to), in all views of it. */
void find_runs(struct scan *scan, const struct view views[3], size_t from, size_t to);

/* roots.c: a candidate backslash; a slash behind ':' or '%' */
void find_path(struct scan *scan, const struct view *view, size_t at);
void find_drive(struct scan *scan, const struct view *view, size_t separator);
void find_variable(struct scan *scan, const struct view *view, size_t separator);
/* names.c: a candidate '.' */
void find_filename(struct scan *scan, const struct view *view, size_t dot);
void find_pdb(struct scan *scan, const struct view *view, size_t dot);
/* path.c */
void write_utf8(const struct view *view, size_t begin, size_t end, struct buffer *value);
void write_path(const struct view *view, const struct finding *finding, struct buffer *value);

/* suffix.c */
enum { SHORT_SUFFIXES = 26 * 26 + 26 * 26 * 26 };

struct ioc_scanner {
    struct ioc_options options;
    unsigned marks; /* that the kinds asked for are found by */
    const psl_ctx_t *list;
    bool vector;
    struct sieve sieve;
    /* What the list said, for all threads: of labels of two and three letters (1 more
     * than enum suffix; 0: not asked yet), of others in tables that one takes at a time. */
    _Atomic uint8_t *short_suffixes;
    struct answers *answers;
    void *answers_memory;
};

static inline bool is_wanted(const struct scan *scan, enum ioc_kind kind)
{
    return scan->scanner->options.kinds >> kind & 1;
}

/* What the last label of a name is; in lower case, NUL behind. */
enum suffix suffix_of(const struct scan *scan, const char *label);

/* Whether names are registered under the whole of a name (co.uk). The list's private
 * part, hosts under which others get names (ddns.net), is left out: these are hosts
 * themselves. */
bool suffix_is_registry(const struct scan *scan, const char *name);

/* noise.c: what a host of the noise list is, or NULL; `host` in lower case. */
const char *noise_reason(const struct scan *scan, const char *host, size_t length);

/* candidates.c: what the kinds are found by; each is a rule for a byte and its
 * neighbours. */
enum mark {
    MARK_HOST = 1,   /* '.', '@' and "://" of hosts, mail addresses, URLs */
    MARK_GROUPS = 2, /* ':' between hex digits, or before another ':' */
    MARK_SHARE = 4,  /* the backslash before a host */
    MARK_PATH = 8,   /* a backslash behind a word, ':', '%' or '}'; ':' or '%' before a slash */
    MARK_NAME = 16,  /* a '.' before a letter or digit */
    MARK_DASH = 32,  /* a '-' or '_' between hex digits */
    MARK_HEADER = 64, /* a ':' behind a t or a quote */
    MARK_LAST = MARK_HEADER,
    MARK_RUN = 128,  /* not a byte, but long words: see runs.c */
};

enum { MARKS_DEFAULT = MARK_HOST | MARK_GROUPS | MARK_SHARE };

/* In what it is: 8 bits; UTF-16, whose order the text tells; in one order of UTF-16. */
enum candidate {
    CANDIDATE_BYTES,
    CANDIDATE_WIDE,
    CANDIDATE_LITTLE,
    CANDIDATE_BIG,
    CANDIDATE_NONE,
    CANDIDATE_BITS = 2, /* that a candidate takes */
};

static inline enum candidate candidate_of(uint32_t place)
{
    return (enum candidate)(place & ((1u << CANDIDATE_BITS) - 1));
}

/* Places in [from, to) of data[0..size) where one of the marks stands between
 * plausible neighbours, as offset - from, with enum candidate in the bits below; at most
 * to - from of them, in order. The first looks at the bytes that were left of [from, to),
 * the other finds the same by looking at each. */
size_t candidates(unsigned marks, const uint8_t *data, size_t size, size_t from, size_t to,
                  const struct sifted *sifted, uint32_t *places);
size_t candidates_portable(unsigned marks, const uint8_t *data, size_t size, size_t from,
                           size_t to, uint32_t *places);

#endif
