/* SPDX-License-Identifier: Apache-2.0 */

/* Unit tests of text, bytes, buffer. Expected values are from the Unicode standard. */

#include <stdlib.h>

#include <fett/bytes.h>
#include <fett/text.h>

#include "tap.h"

static const char *utf16(const void *data, size_t units)
{
    static struct buffer buffer;

    buffer_clear(&buffer);
    text_add_utf16le(&buffer, data, units);
    return buffer_text(&buffer);
}

static const char *safe(const char *text)
{
    static struct buffer buffer;

    buffer_clear(&buffer);
    text_add_safe(&buffer, text, strlen(text));
    return buffer_text(&buffer);
}

static bool valid(const char *text)
{
    return text_valid_length(text, strlen(text)) == strlen(text);
}

static void test_utf16(void)
{
    same_text(utf16("a\0b\0c\0", 3), "abc", "ASCII from UTF-16");
    same_text(utf16("0\0001\0002\0003\0004\0005\0006\0007\0008\0\xe9\0x\0", 11), "012345678\xc3\xa9x",
              "Latin-1 behind a packed run");
    same_text(utf16("\x3d\xd8\x00\xde", 2), "\xf0\x9f\x98\x80", "surrogate pair U+1F600");
    same_text(utf16("\x3d\xd8x\0", 2), "\xed\xa0\xbdx", "lone high surrogate is kept");
    same_text(utf16("\x3d\xd8", 1), "\xed\xa0\xbd", "high surrogate at the end");
    same_text(utf16("\x00\xdc", 1), "\xed\xb0\x80", "lone low surrogate is kept");
}

/* Names of every length, all ASCII and with one other letter at each place. */
static void test_utf16_lengths(void)
{
    bool right = true;

    for (size_t units = 0; units <= 40; units++)
        for (size_t other = 0; other <= units; other++) {
            uint8_t *data = malloc(2 * units + 1); /* sanitizers watch its end */
            char expected[2 * 40 + 1], *end = expected;
            for (size_t i = 0; i < units; i++) {
                data[2 * i] = (uint8_t)(i == other ? 0xe9 : '!' + i);
                data[2 * i + 1] = 0;
                end += i == other ? sprintf(end, "\xc3\xa9") : sprintf(end, "%c", (int)('!' + i));
            }
            *end = '\0';
            right &= strcmp(utf16(data, units), expected) == 0;
            free(data);
        }
    ok(right, "up to 40 letters, one of them not ASCII");
}

static void test_valid(void)
{
    ok(valid(""), "empty is valid");
    ok(valid("plain ASCII that is longer than one vector of bytes"), "ASCII");
    ok(valid("\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"),
       "borders of each length");
    ok(!valid("\xc0\xaf"), "overlong, two bytes");
    ok(!valid("\xe0\x9f\xbf"), "overlong, three bytes");
    ok(!valid("\xf0\x8f\xbf\xbf"), "overlong, four bytes");
    ok(!valid("\xed\xa0\x80"), "surrogate");
    ok(!valid("\xf4\x90\x80\x80"), "beyond U+10FFFF");
    ok(!valid("\x80"), "lone continuation");
    ok(!valid("abc\xe2\x82"), "cut sequence");
    same_number((long long)text_valid_length("0123456789abcdef0\xff", 18), 17, "length before");
}

static void test_case(void)
{
    ok(text_equal_nocase("SYSTEM32", "system32"), "ASCII");
    ok(text_equal_nocase("\xc3\x84\xc3\x96\xc3\x9c", "\xc3\xa4\xc3\xb6\xc3\xbc"), "umlauts");
    ok(text_equal_nocase("\xd0\x9f\xd0\xa0\xd0\x98\xd0\x92\xd0\x95\xd0\xa2",
                         "\xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82"), "Cyrillic");
    ok(text_equal_nocase("\xc5\x81\xc3\x93\xc4\x84", "\xc5\x82\xc3\xb3\xc4\x85"), "Polish");
    ok(!text_equal_nocase("a", "b"), "different");
    ok(!text_equal_nocase("a", "ab"), "prefix");
    ok(!text_equal_nocase("\xc3\x97", "\xc3\xb7"), "times is not divide");
    ok(text_hash_nocase("\xc3\x84x", 3) == text_hash_nocase("\xc3\xa4X", 3), "hash agrees");
    ok(text_compare_nocase("a", 1, "B", 1) < 0, "order");
}

static void test_glob(void)
{
    ok(text_glob("*.exe", "/WINNT/SOUNDV.EXE", 17), "star, no case");
    ok(text_glob("/WINNT/*/x", "/WINNT/a/b/x", 12), "star takes slashes");
    ok(text_glob("a?c", "a\xc3\xa9" "c", 4), "question mark is one character");
    ok(!text_glob("a?c", "ac", 2), "question mark is not none");
    ok(text_glob("*a*b*", "xxaxxbxx", 8), "several stars");
    ok(!text_glob("*a*b", "xxbxxa", 6), "order matters");
    ok(text_glob("*aB*", "a\xc3\xa9" "aaxAbx", 8), "a star gives back what it took too much");
    ok(text_glob("*\xc3\x89z", "zz\xc3\xa9z", 5) && text_glob("*\\*z", "zz*z", 4) &&
           text_glob("*?z", "zzz", 3),
       "letters, escapes and question marks behind a star");
    ok(text_glob("\\*", "*", 1) && !text_glob("\\*", "x", 1), "escaped star");
    ok(text_glob("", "", 0) && !text_glob("", "x", 1) && text_glob("*", "", 0), "empty ones");
}

static void test_safe(void)
{
    same_text(safe("a\nb\tc\rd"), "a\\nb\\tc\\rd", "line ends");
    same_text(safe("\x1b[31m"), "\\x1B[31m", "escape");
    same_text(safe("\x7f"), "\\x7F", "DEL");
    same_text(safe("\xc2\x9b" "31m"), "\\u{9B}31m", "C1 CSI");
    same_text(safe("exe.\xe2\x80\xaetxt"), "exe.\\u{202E}txt", "right-to-left override");
    same_text(safe("\xff\xc3\xa9"), "\\xFF\xc3\xa9", "invalid byte, then a letter");
    same_text(safe("\xed\xa0\xbd"), "\\u{D83D}", "lone surrogate");
}

static void test_unescape(void)
{
    struct buffer buffer = BUFFER_INIT;

    ok(text_add_unescaped(&buffer, "a%3Ab%ff", 8) == 0, "escapes decode");
    same_text(buffer_text(&buffer), "a:b\xff", "to their bytes");
    ok(text_add_unescaped(&buffer, "%4", 2) == -1, "cut escape");
    ok(text_add_unescaped(&buffer, "%zz", 3) == -1, "no hex");
    buffer_release(&buffer);
}

static void test_cursor(void)
{
    static const uint8_t data[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
    struct cursor cursor;
    struct error error = ERROR_INIT;

    cursor_init(&cursor, data, sizeof data, 100, "header");
    same_number(cursor_u16(&cursor), 0x0201, "u16");
    same_number(cursor_u32(&cursor), 0x06050403, "u32");
    ok(cursor_check(&cursor, &error) == 0, "good so far");
    same_number(cursor_u32(&cursor), 0, "beyond the end is 0");
    same_number(cursor_u8(&cursor), 0, "and stays so, though one byte would fit");
    ok(cursor_check(&cursor, &error) == -1 && error.kind == ERROR_DAMAGED, "failed");
    same_text(error.text, "header: needs 4 bytes at 106, has 3", "says what, where, how much");
    cursor_init(&cursor, data, sizeof data, 0, "x");
    cursor_seek(&cursor, 9);
    ok(!cursor.failed && cursor_left(&cursor) == 0, "seek to the end");
    cursor_seek(&cursor, 10);
    ok(cursor.failed, "seek beyond");
    ok(bytes_all_zero("\0\0\0", 3) && !bytes_all_zero("\0\0\1", 3) && bytes_all_zero("", 0) &&
           !bytes_all_zero("\1\1\1", 3), "all zero");
}

static void test_error(void)
{
    struct error error = ERROR_INIT;
    char long_text[ERROR_TEXT_SIZE + 10];

    memset(long_text, 'a', sizeof long_text);
    memcpy(long_text + ERROR_TEXT_SIZE - 3, "\xe2\x82\xac", 3);
    long_text[sizeof long_text - 1] = '\0';
    error_set(&error, ERROR_USAGE, "%s", long_text);
    same_number((long long)strlen(error.text), ERROR_TEXT_SIZE - 3, "cut at a character");
    error_set(&error, ERROR_DAMAGED, "why");
    ok(error_prefix(&error, "file %d", 7) == -1, "prefix returns -1");
    same_text(error.text, "file 7: why", "prefix stands in front");
    ok(error.kind == ERROR_DAMAGED, "kind stays");
    ok(error_set(NULL, ERROR_USAGE, "x") == -1, "no error wanted");
}

static void test_numbers(void)
{
    static const struct {
        uint64_t number;
        const char *text;
    } numbers[] = { { 0, "0" }, { 7, "7" }, { 10, "10" }, { 99, "99" }, { 100, "100" },
                    { 101, "101" }, { 990, "990" }, { 1000, "1000" }, { 65535, "65535" },
                    { UINT64_MAX, "18446744073709551615" } };
    struct buffer buffer = BUFFER_INIT;

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        buffer_clear(&buffer);
        buffer_add_number(&buffer, numbers[i].number);
        same_text(buffer_text(&buffer), numbers[i].text, "a number");
    }
    buffer_release(&buffer);
}

int main(void)
{
    test_numbers();
    test_utf16();
    test_utf16_lengths();
    test_valid();
    test_case();
    test_glob();
    test_safe();
    test_unescape();
    test_cursor();
    test_error();
    return tap_done();
}
