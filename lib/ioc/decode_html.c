/* SPDX-License-Identifier: Apache-2.0 */

/*
 * decode_html: character references of HTML and XML (HTML 13.1.4, XML 1.0 4.1), in words of text
 * (decode_words.c).
 *
 *     &#46;  &#046  &#x2e;     a character by its number; browsers need no ';'
 *     &period;                 by its name: those of signs, and of letters up to U+017F
 *     &#173;  &shy;  &#8203;   nothing: characters that host names are read without (UTS 46),
 *                              which break words up for filters
 *
 * A word is a unit if what it stands for may be, or hold, a host, an address or a path, and a
 * reference in it may be of that: text beside it (&nbsp; &mdash;) is none. Quotes and
 * brackets end a URL, so that they count where one is.
 */

#include <stdlib.h>
#include <string.h>

#include "decode.h"

enum { DIGITS_MOST = 16, NAME_MOST = 16 };

struct name {
    const char *name;
    uint32_t character;
};

/* Sorted. From the list of the HTML standard, 13.5. */
static const struct name names[] = {
    { "AElig", 0xc6 }, { "AMP", 0x26 }, { "Aacute", 0xc1 }, { "Abreve", 0x102 }, { "Acirc", 0xc2 },
    { "Agrave", 0xc0 }, { "Amacr", 0x100 }, { "Aogon", 0x104 }, { "Aring", 0xc5 },
    { "Atilde", 0xc3 }, { "Auml", 0xc4 }, { "Cacute", 0x106 }, { "Ccaron", 0x10c },
    { "Ccedil", 0xc7 }, { "Ccirc", 0x108 }, { "Cdot", 0x10a }, { "Dcaron", 0x10e },
    { "Dstrok", 0x110 }, { "ENG", 0x14a }, { "ETH", 0xd0 }, { "Eacute", 0xc9 },
    { "Ecaron", 0x11a }, { "Ecirc", 0xca }, { "Edot", 0x116 }, { "Egrave", 0xc8 },
    { "Emacr", 0x112 }, { "Eogon", 0x118 }, { "Euml", 0xcb }, { "GT", 0x3e }, { "Gbreve", 0x11e },
    { "Gcedil", 0x122 }, { "Gcirc", 0x11c }, { "Gdot", 0x120 }, { "Hat", 0x5e },
    { "Hcirc", 0x124 }, { "Hstrok", 0x126 }, { "IJlig", 0x132 }, { "Iacute", 0xcd },
    { "Icirc", 0xce }, { "Idot", 0x130 }, { "Igrave", 0xcc }, { "Imacr", 0x12a },
    { "Iogon", 0x12e }, { "Itilde", 0x128 }, { "Iuml", 0xcf }, { "Jcirc", 0x134 },
    { "Kcedil", 0x136 }, { "LT", 0x3c }, { "Lacute", 0x139 }, { "Lcaron", 0x13d },
    { "Lcedil", 0x13b }, { "Lmidot", 0x13f }, { "Lstrok", 0x141 }, { "Nacute", 0x143 },
    { "Ncaron", 0x147 }, { "Ncedil", 0x145 }, { "NewLine", 0x0a }, { "NoBreak", 0x2060 },
    { "NonBreakingSpace", 0xa0 }, { "Ntilde", 0xd1 }, { "OElig", 0x152 }, { "Oacute", 0xd3 },
    { "Ocirc", 0xd4 }, { "Odblac", 0x150 }, { "Ograve", 0xd2 }, { "Omacr", 0x14c },
    { "Oslash", 0xd8 }, { "Otilde", 0xd5 }, { "Ouml", 0xd6 }, { "QUOT", 0x22 },
    { "Racute", 0x154 }, { "Rcaron", 0x158 }, { "Rcedil", 0x156 }, { "Sacute", 0x15a },
    { "Scaron", 0x160 }, { "Scedil", 0x15e }, { "Scirc", 0x15c }, { "THORN", 0xde },
    { "Tab", 0x09 }, { "Tcaron", 0x164 }, { "Tcedil", 0x162 }, { "Tstrok", 0x166 },
    { "Uacute", 0xda }, { "Ubreve", 0x16c }, { "Ucirc", 0xdb }, { "Udblac", 0x170 },
    { "Ugrave", 0xd9 }, { "Umacr", 0x16a }, { "UnderBar", 0x5f }, { "Uogon", 0x172 },
    { "Uring", 0x16e }, { "Utilde", 0x168 }, { "Uuml", 0xdc }, { "VerticalLine", 0x7c },
    { "Wcirc", 0x174 }, { "Yacute", 0xdd }, { "Ycirc", 0x176 }, { "Yuml", 0x178 },
    { "Zacute", 0x179 }, { "Zcaron", 0x17d }, { "Zdot", 0x17b }, { "ZeroWidthSpace", 0x200b },
    { "aacute", 0xe1 }, { "abreve", 0x103 }, { "acirc", 0xe2 }, { "aelig", 0xe6 },
    { "agrave", 0xe0 }, { "amacr", 0x101 }, { "amp", 0x26 }, { "aogon", 0x105 }, { "apos", 0x27 },
    { "aring", 0xe5 }, { "ast", 0x2a }, { "atilde", 0xe3 }, { "auml", 0xe4 }, { "bsol", 0x5c },
    { "cacute", 0x107 }, { "ccaron", 0x10d }, { "ccedil", 0xe7 }, { "ccirc", 0x109 },
    { "cdot", 0x10b }, { "colon", 0x3a }, { "comma", 0x2c }, { "commat", 0x40 },
    { "dcaron", 0x10f }, { "divide", 0xf7 }, { "dollar", 0x24 }, { "dstrok", 0x111 },
    { "eacute", 0xe9 }, { "ecaron", 0x11b }, { "ecirc", 0xea }, { "edot", 0x117 },
    { "egrave", 0xe8 }, { "emacr", 0x113 }, { "eng", 0x14b }, { "eogon", 0x119 },
    { "equals", 0x3d }, { "eth", 0xf0 }, { "euml", 0xeb }, { "excl", 0x21 }, { "gbreve", 0x11f },
    { "gcirc", 0x11d }, { "gdot", 0x121 }, { "grave", 0x60 }, { "gt", 0x3e }, { "hcirc", 0x125 },
    { "hstrok", 0x127 }, { "iacute", 0xed }, { "icirc", 0xee }, { "igrave", 0xec },
    { "ijlig", 0x133 }, { "imacr", 0x12b }, { "imath", 0x131 }, { "inodot", 0x131 },
    { "iogon", 0x12f }, { "itilde", 0x129 }, { "iuml", 0xef }, { "jcirc", 0x135 },
    { "kcedil", 0x137 }, { "kgreen", 0x138 }, { "lacute", 0x13a }, { "lbrace", 0x7b },
    { "lbrack", 0x5b }, { "lcaron", 0x13e }, { "lcedil", 0x13c }, { "lcub", 0x7b },
    { "lmidot", 0x140 }, { "lowbar", 0x5f }, { "lpar", 0x28 }, { "lsqb", 0x5b },
    { "lstrok", 0x142 }, { "lt", 0x3c }, { "nacute", 0x144 }, { "napos", 0x149 }, { "nbsp", 0xa0 },
    { "ncaron", 0x148 }, { "ncedil", 0x146 }, { "ntilde", 0xf1 }, { "num", 0x23 },
    { "oacute", 0xf3 }, { "ocirc", 0xf4 }, { "odblac", 0x151 }, { "oelig", 0x153 },
    { "ograve", 0xf2 }, { "omacr", 0x14d }, { "oslash", 0xf8 }, { "otilde", 0xf5 },
    { "ouml", 0xf6 }, { "percnt", 0x25 }, { "period", 0x2e }, { "plus", 0x2b }, { "quest", 0x3f },
    { "quot", 0x22 }, { "racute", 0x155 }, { "rbrace", 0x7d }, { "rbrack", 0x5d },
    { "rcaron", 0x159 }, { "rcedil", 0x157 }, { "rcub", 0x7d }, { "rpar", 0x29 }, { "rsqb", 0x5d },
    { "sacute", 0x15b }, { "scaron", 0x161 }, { "scedil", 0x15f }, { "scirc", 0x15d },
    { "semi", 0x3b }, { "shy", 0xad }, { "sol", 0x2f }, { "szlig", 0xdf }, { "tcaron", 0x165 },
    { "tcedil", 0x163 }, { "thorn", 0xfe }, { "times", 0xd7 }, { "tstrok", 0x167 },
    { "uacute", 0xfa }, { "ubreve", 0x16d }, { "ucirc", 0xfb }, { "udblac", 0x171 },
    { "ugrave", 0xf9 }, { "umacr", 0x16b }, { "uogon", 0x173 }, { "uring", 0x16f },
    { "utilde", 0x169 }, { "uuml", 0xfc }, { "verbar", 0x7c }, { "vert", 0x7c },
    { "wcirc", 0x175 }, { "yacute", 0xfd }, { "ycirc", 0x177 }, { "yuml", 0xff },
    { "zacute", 0x17a }, { "zcaron", 0x17e }, { "zdot", 0x17c },
};

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const struct name *)a)->name, ((const struct name *)b)->name);
}

static bool is_letter(unsigned byte)
{
    return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
}

/* Below 16; more for what is no digit. */
static unsigned digit_value(unsigned byte)
{
    return byte >= '0' && byte <= '9' ? byte - '0' : is_letter(byte) ? (byte | 0x20) - 'a' + 10
                                                                     : 99;
}

/* Characters that host names are read without. */
static uint32_t meaning_of(uint32_t character)
{
    return character == 0xad || character == 0x200b || character == 0x2060 || character == 0xfeff
               ? MARK_NOTHING : character;
}

/* bytes[at .. size) begins with "&#". */
static size_t number_at(const uint8_t *bytes, size_t size, size_t at, uint32_t *character)
{
    bool hex = size - at > 2 && (bytes[at + 2] | 0x20) == 'x';
    unsigned base = hex ? 16 : 10;
    size_t first = at + 2 + hex, end = first;
    uint32_t number = 0;

    for (; end < size && end - first < DIGITS_MOST && digit_value(bytes[end]) < base; end++)
        if (number < MARK_NOTHING)
            number = number * base + digit_value(bytes[end]);
    if (end == first || number == 0 || number >= MARK_NOTHING ||
        (number >= 0xd800 && number < 0xe000))
        return 0;
    *character = meaning_of(number);
    return end + (end < size && bytes[end] == ';') - at;
}

static size_t reference_at(const uint8_t *bytes, size_t size, size_t at, uint32_t *character)
{
    char text[NAME_MOST + 1];
    size_t length = 0, left = size - at;

    if (left < 3 || bytes[at] != '&')
        return 0;
    if (bytes[at + 1] == '#')
        return number_at(bytes, size, at, character);
    while (length < NAME_MOST && length + 1 < left && is_letter(bytes[at + length + 1])) {
        text[length] = (char)bytes[at + length + 1];
        length++;
    }
    text[length] = '\0';
    if (length + 1 >= left || bytes[at + length + 1] != ';')
        return 0;
    const struct name wanted = { text, 0 };
    const struct name *name = bsearch(&wanted, names, sizeof names / sizeof *names, sizeof *names,
                                      compare_names);
    if (!name)
        return 0;
    *character = meaning_of(name->character);
    return length + 2;
}

static bool is_within(unsigned byte)
{
    return byte > ' ' && byte != 0x7f && !strchr("<>\"'`", (int)byte);
}

/* What hosts, URLs, addresses and paths have: not the signs of prose beyond ASCII. */
static bool is_telling(uint32_t character)
{
    if (character < 0x80)
        return is_within(character) && !strchr("()*,;[]^{|}", (int)character);
    return character == MARK_NOTHING ||
           (character >= 0xc0 && character != 0xd7 && character != 0xf7 &&
            !(character >= 0x2000 && character < 0x2c00));
}

static bool is_sensible(const uint8_t *bytes, size_t begin, size_t end)
{
    bool telling = false, ending = false, separator = false, url = false;
    uint32_t before[2] = { 0 };

    for (size_t at = begin; at < end;) {
        uint32_t character = bytes[at];
        size_t reference = reference_at(bytes, end, at, &character);
        if (reference > 0) {
            telling |= is_telling(character);
            separator |= character == '&' && at + reference < end &&
                         bytes[at + reference] == '#'; /* &amp;#46; */
            ending |= character < 0x80 && !is_within(character);
        }
        separator |= character == '.' || character == ':' || character == '@' || character == '\\';
        url |= before[1] == ':' && before[0] == '/' && character == '/';
        before[1] = before[0];
        before[0] = character;
        at += reference > 0 ? reference : 1;
    }
    return separator && (telling || (ending && url));
}

const struct word_rules html_words = { '&', false, false, reference_at, is_within, is_sensible };

void html_find(const struct place *place, const struct window *window, uint64_t from, uint64_t to)
{
    words_find(place, window, from, to, IOC_HTML);
}
