/* SPDX-License-Identifier: Apache-2.0 */

/*
 * international: host names with letters beyond ASCII (RFC 5890), in UTF-8 and UTF-16.
 *
 *     bücher.example.de   ->  xn--bcher-kva.example.de
 *     пример.рф           ->  xn--e1afmkfd.xn--p1ai
 *
 * Lists of indicators, logs and packets have the form on the right (A-labels), so that
 * is the value: lower case, each label with such letters encoded by Punycode (RFC 3492).
 *
 * Bytes that are no text look like letters of all scripts. So a label has letters of one
 * script in common use; Latin ones alone stand beside those of ASCII. Names in scripts
 * that part words by no blanks end where the script changes: beside them stand hosts in
 * ASCII. A name whose alphabets are mixed is none.
 */

#include <fett/text.h>

#include "path.h"

enum script {
    SCRIPT_NONE,
    SCRIPT_LATIN,
    SCRIPT_GREEK,
    SCRIPT_CYRILLIC,
    SCRIPT_ARMENIAN,
    SCRIPT_GEORGIAN,
    SCRIPT_LAST_WITH_BLANKS = SCRIPT_GEORGIAN, /* of those that do not end a name */
    SCRIPT_HEBREW,
    SCRIPT_ARABIC,
    SCRIPT_THAI,
    SCRIPT_HAN, /* with Kana */
    SCRIPT_HANGUL,
    SCRIPT_INDIC, /* and one more for each block of 128 */
};

/* Letters, and marks that are parts of them. Sorted. */
static const struct range {
    uint16_t from, to;
    uint8_t script;
} ranges[] = {
    { 0x00c0, 0x00d6, SCRIPT_LATIN },    { 0x00d8, 0x00f6, SCRIPT_LATIN },
    { 0x00f8, 0x024f, SCRIPT_LATIN },    { 0x0386, 0x0386, SCRIPT_GREEK },
    { 0x0388, 0x03ce, SCRIPT_GREEK },    { 0x0400, 0x045f, SCRIPT_CYRILLIC },
    { 0x048a, 0x052f, SCRIPT_CYRILLIC }, { 0x0531, 0x0556, SCRIPT_ARMENIAN },
    { 0x0561, 0x0587, SCRIPT_ARMENIAN }, { 0x05d0, 0x05ea, SCRIPT_HEBREW },
    { 0x0620, 0x0669, SCRIPT_ARABIC },   { 0x0671, 0x06d3, SCRIPT_ARABIC },
    { 0x06f0, 0x06f9, SCRIPT_ARABIC },   { 0x0901, 0x0963, SCRIPT_INDIC },
    { 0x0966, 0x096f, SCRIPT_INDIC },    { 0x0981, 0x0df3, SCRIPT_INDIC },
    { 0x0e01, 0x0e3a, SCRIPT_THAI },     { 0x0e40, 0x0e4e, SCRIPT_THAI },
    { 0x0e50, 0x0e59, SCRIPT_THAI },     { 0x0e81, 0x0edd, SCRIPT_INDIC },
    { 0x10d0, 0x10fa, SCRIPT_GEORGIAN }, { 0x1e00, 0x1eff, SCRIPT_LATIN },
    { 0x3041, 0x3096, SCRIPT_HAN },      { 0x30a1, 0x30fe, SCRIPT_HAN },
    { 0x4e00, 0x9fff, SCRIPT_HAN },      { 0xac00, 0xd7a3, SCRIPT_HANGUL },
};

/* Suffixes in other scripts that are words, which stand behind dots in prose as well. */
static const char *const word_suffixes[] = {
    "xn--80adxhks",  /* Moscow */
    "xn--80asehdb",  /* online */
    "xn--80aswg",    /* site */
    "xn--c1avg",     /* org */
    "xn--d1acj3b",   /* children */
    "xn--j1aef",     /* com */
    "xn--p1acf",     /* rus */
};

static enum script script_of(uint32_t code_point)
{
    size_t low = 0, high = sizeof ranges / sizeof *ranges;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (code_point > ranges[middle].to)
            low = middle + 1;
        else if (code_point < ranges[middle].from)
            high = middle;
        else
            return ranges[middle].script < SCRIPT_INDIC
                       ? (enum script)ranges[middle].script
                       : (enum script)(SCRIPT_INDIC + code_point / 0x80);
    }
    return SCRIPT_NONE;
}

/* A character and the bytes it takes. */
struct character {
    uint32_t code_point; /* UNIT_NONE where there is none */
    size_t size;
};

static struct character character_at(const struct view *view, size_t at)
{
    struct character character = { view_unit(view, at), view->step };

    if (view->step == 1 && character.code_point >= 0x80 && character.code_point != UNIT_NONE)
        character.code_point = text_code_point((const char *)view->data + at, view->size - at,
                                               &character.size);
    return character;
}

static struct character character_before(const struct view *view, size_t at)
{
    struct character character = { view_before(view, at, 1), view->step };

    if (view->step == 2 || character.code_point < 0x80 || character.code_point == UNIT_NONE)
        return character;
    for (size_t size = 2; size <= UTF8_LENGTH_MAX && size <= at; size++) {
        character = character_at(view, at - size);
        if (character.size == size)
            return character;
    }
    return (struct character){ 0xdc00, 1 }; /* no character */
}

bool is_foreign_letter(unsigned unit)
{
    return unit != UNIT_NONE && script_of(unit) != SCRIPT_NONE;
}

/* Most bytes that are no text are told by these two without more. */

bool foreign_before(const struct view *view, size_t at)
{
    unsigned last = view_before(view, at, 1);

    if (view->step == 2)
        return is_foreign_letter(last);
    return last >= 0x80 && last < 0xc0 && view_before(view, at, 2) >= 0x80 &&
           is_foreign_letter(character_before(view, at).code_point);
}

bool foreign_at(const struct view *view, size_t at)
{
    unsigned first = view_unit(view, at), second = view_behind(view, at, 1);

    if (view->step == 2)
        return is_foreign_letter(first);
    return first >= 0xc3 && first < 0xf5 && second >= 0x80 && second < 0xc0 &&
           is_foreign_letter(character_at(view, at).code_point);
}

/* What a character is in a label: a script, or one of these. */
enum { LABEL_NEUTRAL = -1, LABEL_NOT = -2 };

static int label_script(uint32_t code_point)
{
    if (code_point < 0x80) {
        unsigned unit = (unsigned)code_point;
        return unit_is(unit, CHARACTER_LETTER)  ? SCRIPT_LATIN
               : unit_is(unit, CHARACTER_LABEL) ? LABEL_NEUTRAL
                                                : LABEL_NOT;
    }
    enum script script = script_of(code_point);
    return script == SCRIPT_NONE ? LABEL_NOT : (int)script;
}

/* A walk over the labels of a name. */
struct walk {
    int script; /* of the label; LABEL_NEUTRAL: not known yet */
    bool mixed; /* two alphabets in one label */
};

/* Does the name go on with this character, within the label? */
static bool walk_over(struct walk *walk, uint32_t code_point)
{
    int script = label_script(code_point);

    if (script == LABEL_NOT)
        return false;
    if (script == LABEL_NEUTRAL || script == walk->script)
        return true;
    if (walk->script == LABEL_NEUTRAL) {
        walk->script = script;
        return true;
    }
    walk->mixed |= script <= SCRIPT_LAST_WITH_BLANKS && walk->script <= SCRIPT_LAST_WITH_BLANKS;
    return false;
}

static size_t walk_back(struct walk *walk, const struct view *view, size_t at)
{
    for (size_t walked = 0; walked <= HOST_LENGTH_MAX; walked++) {
        struct character before = character_before(view, at);
        if (before.code_point == '.' && walked > 0 &&
            label_script(character_before(view, at - view->step).code_point) != LABEL_NOT &&
            view_unit(view, at) != '.')
            walk->script = LABEL_NEUTRAL;
        else if (!walk_over(walk, before.code_point))
            break;
        at -= before.size;
    }
    return at;
}

/* Over `most` characters and no more. */
static size_t walk_on(struct walk *walk, const struct view *view, size_t at, size_t most)
{
    bool dot = true; /* none may come next */

    for (size_t walked = 0; walked < most; walked++) {
        struct character next = character_at(view, at);
        if (next.code_point == '.' && !dot &&
            label_script(character_at(view, at + view->step).code_point) != LABEL_NOT)
            walk->script = LABEL_NEUTRAL;
        else if (!walk_over(walk, next.code_point))
            break;
        dot = next.code_point == '.';
        at += next.size;
    }
    return at;
}

/* --- Punycode, RFC 3492 5 and 6 --- */

enum { BASE = 36, T_MIN = 1, T_MAX = 26, SKEW = 38, DAMP = 700, BIAS = 72, FIRST = 0x80 };

static uint32_t adapt(uint32_t delta, uint32_t count, bool first)
{
    uint32_t k = 0;

    delta = first ? delta / DAMP : delta / 2;
    delta += delta / count;
    for (; delta > (BASE - T_MIN) * T_MAX / 2; k += BASE)
        delta /= BASE - T_MIN;
    return k + (BASE - T_MIN + 1) * delta / (delta + SKEW);
}

static char punycode_digit(uint32_t digit)
{
    return (char)(digit < 26 ? 'a' + digit : '0' + digit - 26);
}

/* Write `delta` as a number of variable length; false when there is no room. */
static bool add_delta(char *text, size_t *length, uint32_t delta, uint32_t bias)
{
    for (uint32_t k = BASE;; k += BASE) {
        uint32_t t = k <= bias ? T_MIN : k >= bias + T_MAX ? T_MAX : k - bias;
        bool last = delta < t;
        if (*length >= LABEL_LENGTH_MAX)
            return false;
        text[(*length)++] = punycode_digit(last ? delta : t + (delta - t) % (BASE - t));
        if (last)
            return true;
        delta = (delta - t) / (BASE - t);
    }
}

/* A label of at most LABEL_LENGTH_MAX characters, not all of ASCII, as an A-label; its
 * length, 0 where that is too long. With so few the sums cannot overflow. */
static size_t encode_label(const uint32_t *label, size_t count, char text[LABEL_LENGTH_MAX])
{
    static const char prefix[] = "xn--";
    size_t length = sizeof prefix - 1, done = 0;
    uint32_t least = FIRST, delta = 0, bias = BIAS;

    memcpy(text, prefix, length);
    for (size_t i = 0; i < count; i++)
        if (label[i] < FIRST) {
            if (length >= LABEL_LENGTH_MAX - 1)
                return 0;
            text[length++] = (char)label[i];
            done++;
        }
    size_t basic = done;
    if (basic > 0)
        text[length++] = '-';
    while (done < count) {
        uint32_t next = UINT32_MAX;
        for (size_t i = 0; i < count; i++)
            if (label[i] >= least && label[i] < next)
                next = label[i];
        delta += (next - least) * (uint32_t)(done + 1);
        for (size_t i = 0; i < count; i++) {
            delta += label[i] < next;
            if (label[i] != next)
                continue;
            if (!add_delta(text, &length, delta, bias))
                return 0;
            bias = adapt(delta, (uint32_t)done + 1, done == basic);
            delta = 0;
            done++;
        }
        delta++;
        least = next + 1;
    }
    return length;
}

/* Lower case, as UTS 46 has it: the small sigma at the end of words is a letter of its own, and
 * of the letters of Vietnamese and others the even ones are capitals, but for some. The capital
 * I with a dot becomes two letters, of which this is the second. */
enum { DOTTED_CAPITAL_I = 0x130, DOT_ABOVE = 0x307 };

static uint32_t lower(uint32_t code_point)
{
    enum { FINAL_SIGMA = 0x3c2, SHARP_S = 0xdf, CAPITAL_SHARP_S = 0x1e9e, ADDITIONAL = 0x1e00,
           ADDITIONAL_SMALL_FROM = 0x1e96, ADDITIONAL_SMALL_TO = 0x1e9f, ADDITIONAL_END = 0x1eff };

    if (code_point == DOTTED_CAPITAL_I)
        return DOT_ABOVE;
    if (code_point == CAPITAL_SHARP_S)
        return SHARP_S;
    if (code_point >= ADDITIONAL && code_point <= ADDITIONAL_END &&
        (code_point < ADDITIONAL_SMALL_FROM || code_point > ADDITIONAL_SMALL_TO))
        return code_point | 1;
    return code_point == FINAL_SIGMA ? code_point : text_fold(code_point);
}

/* --- labels --- */

struct label {
    char text[LABEL_LENGTH_MAX]; /* in lower case, as an A-label if it is not of ASCII */
    size_t length;               /* 0: no good one */
    size_t characters;
    bool foreign;      /* not of ASCII */
    bool upper, small; /* has such letters */
};

/* The label that begins at `at` and ends at `end` or at a dot; moves *at to its end. */
static void read_label(const struct view *view, size_t *at, size_t end, struct label *label)
{
    uint32_t letters[LABEL_LENGTH_MAX + 1];
    bool fits = true;

    *label = (struct label){ 0 };
    while (*at < end) {
        struct character character = character_at(view, *at);
        uint32_t small = lower(character.code_point);
        if (character.code_point == '.')
            break;
        fits &= small != '_';
        label->foreign |= small >= 0x80;
        label->upper |= small != character.code_point;
        label->small |= small == character.code_point && !unit_is((unsigned)small, CHARACTER_DIGIT);
        fits &= label->characters < LABEL_LENGTH_MAX;
        if (fits && small == DOT_ABOVE && character.code_point == DOTTED_CAPITAL_I)
            letters[label->characters++] = 'i';
        if (fits)
            letters[label->characters++] = small;
        *at += character.size;
    }
    if (!fits || label->characters == 0 || letters[0] == '-' ||
        letters[label->characters - 1] == '-')
        return;
    if (label->foreign) {
        label->length = encode_label(letters, label->characters, label->text);
        return;
    }
    for (label->length = 0; label->length < label->characters; label->length++)
        label->text[label->length] = (char)letters[label->length];
}

/* Take [*begin, end) apart, from the first label on that good ones alone follow. */
static bool measure(const struct view *view, size_t *begin, size_t end, struct host *host)
{
    size_t start = *begin, last_characters = 0, registered = 0;
    bool foreign = false, upper = false, small = false, overlong = false;
    struct label label;

    *host = (struct host){ 0 };
    for (size_t at = start; at < end; at += view->step) {
        size_t label_at = at;
        read_label(view, &at, end, &label);
        bool good = label.length > 0 && host->length + label.length + 1 <= HOST_LENGTH_MAX;
        overlong = label.length > 0 && (overlong || !good);
        if (!good || host->labels == 0) {
            host->length = host->labels = 0;
            foreign = upper = small = false;
            start = good ? label_at : at + view->step;
        }
        if (!good)
            continue;
        if (host->labels++ > 0)
            host->name[host->length++] = '.';
        memcpy(host->name + host->length, label.text, label.length);
        host->length += label.length;
        foreign |= label.foreign;
        host->camel_case |= label.upper && label.small && upper;
        upper |= label.upper;
        small |= label.small;
        registered = last_characters;
        last_characters = label.characters;
    }
    host->name[host->length] = '\0';
    host->mixed_case = upper && small;
    host->short_label = registered < 2;
    *begin = start;
    bool found = host->labels >= 2 && foreign;
    host->hopeless = !found && !overlong;
    return found;
}

/* Whether a character that is no text stands there, as in bytes of other meaning. */
static bool is_noise(const struct view *view, struct character character)
{
    uint32_t code_point = character.code_point;

    if (code_point == UNIT_NONE || code_point < 0x250 || script_of(code_point) != SCRIPT_NONE)
        return false;
    if (view->step == 1) /* what is valid UTF-8 is text */
        return character.size == 1;
    return !((code_point >= 0x2000 && code_point < 0x2070) ||
             (code_point >= 0x3000 && code_point < 0x3040) ||
             (code_point >= 0xff00 && code_point < 0xfff0));
}

static enum suffix foreign_suffix(const struct scan *scan, const struct host *host)
{
    const char *label = strrchr(host->name, '.') + 1;
    enum suffix suffix = suffix_of(scan, label);

    for (size_t i = 0; i < sizeof word_suffixes / sizeof *word_suffixes; i++)
        if (suffix != SUFFIX_NONE && strcmp(label, word_suffixes[i]) == 0)
            return SUFFIX_WORD;
    return suffix;
}

/* Behind the hyphens at the end of a name. */
static size_t without_hyphens(const struct view *view, size_t begin, size_t end)
{
    while (end > begin && view_before(view, end, 1) == '-')
        end -= view->step;
    return end;
}

/* Can a name end at `end`: is its last label a suffix, and what is behind text? */
static bool may_end(const struct scan *scan, const struct view *view, size_t begin, size_t end)
{
    size_t at = end = without_hyphens(view, begin, end);
    char text[LABEL_LENGTH_MAX + 1];
    struct label label;

    while (at > begin && view_before(view, at, 1) != '.')
        at -= view->step;
    read_label(view, &at, end, &label);
    memcpy(text, label.text, label.length);
    text[label.length] = '\0';
    return label.length > 0 && suffix_of(scan, text) != SUFFIX_NONE &&
           !is_noise(view, character_at(view, end));
}

size_t international_refused(const struct scan *scan, const struct view *view, size_t dot)
{
    struct walk walk = { .script = LABEL_NEUTRAL };
    size_t begin = dot + view->step, end = walk_on(&walk, view, begin, SIZE_MAX);

    if (!may_end(scan, view, begin, end))
        return end > begin ? end : begin;
    size_t at = end;
    for (size_t walked = 0; walked <= HOST_LENGTH_MAX && at > begin; walked++)
        at -= character_before(view, at).size;
    return at > begin ? at : 0;
}

/* Whether what stands before it says that it is a name in a folder, as long as this. */
static bool is_whole_name(const struct view *view, size_t begin, size_t end)
{
    unsigned before = view_before(view, begin, 1);

    return is_name_head(view, before) && (before & 0xff) == (end - begin) / view->step;
}

enum suffix find_international(const struct scan *scan, const struct view *view, size_t *begin,
                               size_t *end, struct host *host, bool backwards)
{
    struct walk walk = { .script = LABEL_NEUTRAL };
    size_t at = *begin, dot = at + view->step;

    if (backwards) {
        at = walk_back(&walk, view, at);
        walk.script = LABEL_NEUTRAL;
        while (view_unit(view, at) == '-') /* of a list, an option */
            at += view->step;
    } else {
        dot = at;
    }
    *end = without_hyphens(view, dot, walk_on(&walk, view, dot, HOST_LENGTH_MAX + 1));
    if (walk.mixed ||
        (is_noise(view, character_before(view, at)) && !is_whole_name(view, at, *end)) ||
        is_noise(view, character_at(view, *end)) || !measure(view, &at, *end, host) ||
        (!backwards && at != *begin) || (view->step == 2 && backwards && host->short_label))
        return SUFFIX_NONE;
    *begin = at;
    return foreign_suffix(scan, host);
}

size_t international_name(const struct view *view, size_t at)
{
    struct walk walk = { .script = LABEL_NEUTRAL };
    size_t begin = at;

    for (size_t walked = 0; walked < MAIL_NAME_LENGTH_MAX; walked++) {
        struct character before = character_before(view, begin);
        if (!unit_among(before.code_point, ".+") && !walk_over(&walk, before.code_point))
            break;
        begin -= before.size;
    }
    while (begin < at && unit_among(view_unit(view, begin), "-.+"))
        begin += view->step;
    return walk.mixed || is_noise(view, character_before(view, begin)) ? at : begin;
}

size_t international_text(const struct view *view, size_t at)
{
    unsigned before = view_before(view, at, 1);
    struct character next = character_at(view, at);
    enum script script = script_of(next.code_point);
    bool apart = unit_among(before, "/=-_.?&+~%");

    if (script == SCRIPT_NONE)
        return 0;
    if (view->step == 2) {
        unsigned behind = view_behind(view, at, 1);
        bool goes_on = unit_is(behind, CHARACTER_URL) || script_of(behind) == script ||
                       (before >= 0x80 && script_of(before) == script);
        return script <= SCRIPT_LAST_WITH_BLANKS && goes_on ? next.size : 0;
    }
    return script <= SCRIPT_LAST_WITH_BLANKS || apart || before >= 0x80 ? next.size : 0;
}

void write_international(const struct view *view, size_t begin, size_t end, struct buffer *value)
{
    struct label label;

    for (size_t at = begin; at < end; at += view->step) {
        if (at > begin)
            buffer_add_byte(value, '.');
        read_label(view, &at, end, &label);
        buffer_add(value, label.text, label.length);
    }
}
