/* SPDX-License-Identifier: Apache-2.0 */

/*
 * tokens: words of a fixed form: numbers of vulnerabilities, hardware addresses,
 * digests in hex.
 *
 *     CVE-2001-0500    00:0c:29:3e:53:f9    68b329da9893e34099c7d8ad5cb9c940
 *     CVE_2001_0500    000c.293e.53f9
 */

#include "scan.h"

static bool digits_at(const struct view *view, size_t at, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!unit_is(view_behind(view, at, i), CHARACTER_DIGIT))
            return false;
    return true;
}

/* https://www.cve.org/About/Process: a year since 1999, four digits and more. */
enum { CVE_NAME = 3, CVE_YEAR = 4, CVE_NUMBER_MIN = 4, CVE_NUMBER_MAX = 7 };

static bool is_cve_year(const struct view *view, size_t year)
{
    unsigned century = (view_unit(view, year) - '0') * 10 + view_behind(view, year, 1) - '0';

    return century == 20 || (century == 19 && view_behind(view, year, 2) == '9' &&
                             view_behind(view, year, 3) == '9');
}

/* Where "CVE" begins that stands before `year`, with a separator or none between; `year`
 * itself for none. */
static size_t cve_name(const struct view *view, size_t year)
{
    size_t end = year - (unit_among(view_before(view, year, 1), "-_ :") ? view->step : 0);

    size_t begin = end - CVE_NAME * view->step;

    return unit_lower(view_before(view, end, 1)) == 'e' &&
                   unit_lower(view_before(view, end, 2)) == 'v' &&
                   unit_lower(view_before(view, end, 3)) == 'c' &&
                   (!unit_is(view_before(view, begin, 1), CHARACTER_ALNUM) ||
                    is_behind_quoted(view, begin))
               ? begin
               : year;
}

/* The separator between year and number: names of files and programs have '_'. */
void find_cve(struct scan *scan, const struct view *view, size_t separator)
{
    size_t year = separator - CVE_YEAR * view->step, number = separator + view->step;
    size_t digits = CVE_NUMBER_MIN;

    if (!digits_at(view, year, CVE_YEAR) || !digits_at(view, number, CVE_NUMBER_MIN) ||
        !is_cve_year(view, year))
        return;
    size_t begin = cve_name(view, year);
    while (digits <= CVE_NUMBER_MAX &&
           unit_is(view_behind(view, number, digits), CHARACTER_DIGIT))
        digits++;
    if (begin == year || digits > CVE_NUMBER_MAX ||
        unit_is(view_behind(view, number, digits), CHARACTER_ALNUM))
        return;
    struct finding finding = { .at = begin,
                               .length = number + digits * view->step - begin,
                               .kind = IOC_CVE,
                               .encoding = view->encoding };
    judge(&finding, REASON_CVE);
    add_finding(scan, &finding);
}

/* IEEE 802: six octets; in the form of Unix, of Windows, and of Cisco. */
enum { MAC_DIGITS = 12 };

static const struct mac_form {
    const char *separators;
    size_t digits; /* a group */
} mac_forms[] = { { ":-", 2 }, { ".", 4 } };

static size_t mac_units(const struct mac_form *form)
{
    return MAC_DIGITS + MAC_DIGITS / form->digits - 1;
}

static bool is_mac(const struct view *view, size_t begin, const struct mac_form *form,
                   unsigned separator)
{
    size_t group = form->digits + 1;

    for (size_t i = 0; i < mac_units(form); i++) {
        unsigned unit = view_behind(view, begin, i);
        if (i % group == form->digits ? unit != separator : !unit_is(unit, CHARACTER_HEX))
            return false;
    }
    return true;
}

static bool is_beside_mac(unsigned unit)
{
    return unit_is(unit, CHARACTER_LABEL) || unit == ':';
}

/* A dot behind ends a sentence, or parts more groups. */
static bool goes_on(const struct view *view, const struct finding *finding, unsigned separator)
{
    size_t end = finding->at + finding->length;

    return (is_beside_mac(view_before(view, finding->at, 1)) &&
            !is_behind_quoted(view, finding->at)) ||
           is_beside_mac(view_unit(view, end)) ||
           (separator == '.' && (view_before(view, finding->at, 1) == '.' ||
                                 (view_unit(view, end) == '.' &&
                                  unit_is(view_behind(view, end, 1), CHARACTER_ALNUM))));
}

/* Whether the first three octets are those of a maker of cards, real or virtual, that have no
 * letters: times do not begin so often like that. */
static bool is_known_maker(const struct view *view, size_t begin, unsigned separator)
{
    static const char makers[][7] = {
        "080027", /* VirtualBox */ "005056", "000569", /* VMware */
        "080020", /* Sun */ "001422", /* Dell */ "000393", /* Apple */
        "005004", "006008", /* 3Com */ "009027", "000347", /* Intel */ "525400", /* QEMU */
    };

    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++) {
        size_t at = begin, k = 0;
        for (; makers[i][k]; at += view->step) {
            if (view_unit(view, at) == separator)
                continue;
            if (view_unit(view, at) != (unsigned char)makers[i][k])
                break;
            k++;
        }
        if (!makers[i][k])
            return true;
    }
    return false;
}

static void judge_mac(struct finding *finding, const struct view *view, unsigned separator)
{
    bool same = true, letters = false;

    for (size_t i = 0; i < finding->length / view->step; i++) {
        unsigned unit = unit_lower(view_behind(view, finding->at, i));
        same &= unit == separator || unit == unit_lower(view_unit(view, finding->at));
        letters |= unit_is(unit, CHARACTER_LETTER);
    }
    judge(finding, REASON_OCTETS);
    if (same)
        judge(finding, REASON_SPECIAL_ADDRESS);
    else if (!letters && !is_known_maker(view, finding->at, separator))
        judge(finding, REASON_SMALL_NUMBERS);
}

/* The first separator of it. */
void find_mac(struct scan *scan, const struct view *view, size_t at)
{
    unsigned separator = view_unit(view, at);
    const struct mac_form *form = &mac_forms[separator == '.'];
    struct finding finding = { .at = at - form->digits * view->step,
                               .length = mac_units(form) * view->step,
                               .kind = IOC_MAC,
                               .encoding = view->encoding };

    if (!unit_among(separator, form->separators) || !is_mac(view, finding.at, form, separator) ||
        goes_on(view, &finding, separator))
        return;
    judge_mac(&finding, view, separator);
    judge_before(&finding, view);
    add_finding(scan, &finding);
}

/* Digests by their number of digits, and words that are said of them. */
static const struct digest_form {
    size_t digits;
    enum reason reason;
    const char *words[4];
} digest_forms[] = {
    { 32, REASON_MD5_LENGTH, { "md5" } },
    { 40, REASON_SHA1_LENGTH, { "sha1", "sha-1", "sha_1" } },
    { 64, REASON_SHA256_LENGTH, { "sha256", "sha-256", "sha_256", "sha2" } },
    { 96, REASON_SHA384_LENGTH, { "sha384", "sha-384", "sha_384", "sha2" } },
    { 128, REASON_SHA512_LENGTH, { "sha512", "sha-512", "sha_512", "sha2" } },
};

static bool word_is_near(const struct view *view, size_t begin, const struct digest_form *form)
{
    enum { NEAR = 24 };
    char text[NEAR + 1];

    for (size_t i = 0; i < NEAR; i++) {
        unsigned unit = unit_lower(view_before(view, begin, NEAR - i));
        text[i] = unit > ' ' && unit < 0x80 ? (char)unit : ' ';
    }
    text[NEAR] = '\0';
    for (size_t i = 0; i < sizeof form->words / sizeof *form->words && form->words[i]; i++)
        if (strstr(text, form->words[i]))
            return true;
    return strstr(text, "hash") || strstr(text, "checksum") || strstr(text, "digest");
}

/* Digests use all digits; lists of numbers, fillings and tests do not. */
static void judge_digits(struct finding *finding, const struct view *view, size_t count)
{
    enum { DIFFERENT_MIN = 8 };
    unsigned seen = 0;
    bool upper = false, lower = false, repeated = true;

    for (size_t i = 0; i < count; i++) {
        unsigned unit = view_behind(view, finding->at, i);
        seen |= 1u << (unit <= '9' ? unit - '0' : unit_lower(unit) - 'a' + 10);
        upper |= unit >= 'A' && unit <= 'F';
        lower |= unit >= 'a';
        repeated &= unit == view_behind(view, finding->at, (i + count / 2) % count);
    }
    if (__builtin_popcount(seen) < DIFFERENT_MIN || repeated)
        judge(finding, REASON_FEW_DIGITS);
    if (!upper && !lower)
        judge(finding, REASON_NO_LETTERS);
    if (upper && lower)
        judge(finding, REASON_MIXED_CASE);
}

void find_digest(struct scan *scan, const struct view *view, size_t begin, size_t units)
{
    const struct digest_form *form = digest_forms;
    const struct digest_form *end = form + sizeof digest_forms / sizeof *digest_forms;
    struct finding finding = { .at = begin,
                               .length = units * view->step,
                               .kind = IOC_HASH,
                               .encoding = view->encoding };

    while (form < end && form->digits != units)
        form++;
    if (form == end)
        return;
    for (size_t i = 0; i < units; i++)
        if (!unit_is(view_behind(view, begin, i), CHARACTER_HEX))
            return;
    judge(&finding, form->reason);
    if (word_is_near(view, begin, form))
        judge(&finding, REASON_WORD_NEAR);
    judge_digits(&finding, view, units);
    if (view_before(view, begin, 1) != '{')
        judge_before(&finding, view);
    add_finding(scan, &finding);
}

void write_lower(const struct view *view, const struct finding *finding, struct buffer *value)
{
    for (size_t i = 0; i < finding->length / view->step; i++)
        buffer_add_byte(value, (char)unit_lower(view_behind(view, finding->at, i)));
}

/* With the separators that it has in lists, whatever stands there. */
void write_cve(const struct view *view, const struct finding *finding, struct buffer *value)
{
    size_t at = CVE_NAME, units = finding->length / view->step;

    at += !unit_is(view_behind(view, finding->at, at), CHARACTER_DIGIT);
    buffer_add_text(value, "CVE-");
    for (size_t i = at; i < units; i++)
        buffer_add_byte(value, i == at + CVE_YEAR ? '-' : (char)view_behind(view, finding->at, i));
}

void write_mac(const struct view *view, const struct finding *finding, struct buffer *value)
{
    size_t digits = 0;

    for (size_t i = 0; i < finding->length / view->step; i++) {
        unsigned unit = view_behind(view, finding->at, i);
        if (!unit_is(unit, CHARACTER_HEX))
            continue;
        if (digits > 0 && digits % 2 == 0)
            buffer_add_byte(value, ':');
        buffer_add_byte(value, (char)unit_lower(unit));
        digits++;
    }
}
