/* SPDX-License-Identifier: Apache-2.0 */

/* Cabinets, made byte by byte as MS-CAB has it, with zlib; damaged in any way. */

#include <stdlib.h>

#include <zlib.h>

#include <fett/buffer.h>
#include <fett/bytes.h>
#include <fett/cabinet.h>

#include "tap.h"

enum { BLOCK = 32768, SIZE = 3 * BLOCK + 500, FIRST_SIZE = 1000 };

static void put16(struct buffer *to, unsigned number)
{
    buffer_add_byte(to, (char)number);
    buffer_add_byte(to, (char)(number >> 8));
}

static void put32(struct buffer *to, uint32_t number)
{
    put16(to, number & 0xFFFF);
    put16(to, number >> 16);
}

static void set32(struct buffer *to, size_t at, uint32_t number)
{
    for (int i = 0; i < 4; i++)
        to->data[at + i] = (char)(number >> 8 * i);
}

/* By the bytes' places in words, not word by word. */
static uint32_t sum_of(const uint8_t *data, size_t size)
{
    uint8_t sum[4] = { 0 };

    for (size_t i = 0; i < size; i++)
        sum[i < size / 4 * 4 ? i % 4 : size - 1 - i] ^= data[i];
    return bytes_u32le(sum);
}

static size_t put_block(struct buffer *to, const uint8_t *content, size_t at, size_t size)
{
    uint8_t packed[2 * BLOCK];
    z_stream deflater = { .avail_out = sizeof packed, .next_out = packed };
    size_t begin = to->length;

    deflateInit2(&deflater, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY);
    if (at > 0)
        deflateSetDictionary(&deflater, content + at - BLOCK, BLOCK);
    deflater.next_in = (Bytef *)content + at;
    deflater.avail_in = (uInt)size;
    deflate(&deflater, Z_FINISH);
    size_t made = sizeof packed - deflater.avail_out;
    deflateEnd(&deflater);
    put32(to, 0);
    put16(to, (unsigned)made + 2);
    put16(to, (unsigned)size);
    buffer_add_text(to, "CK");
    buffer_add(to, packed, made);
    const uint8_t *bytes = (const uint8_t *)to->data + begin;
    set32(to, begin, sum_of(bytes + 8, made + 2) ^ bytes_u32le(bytes + 4));
    return begin;
}

static void put_file(struct buffer *to, const char *name, size_t start, size_t size)
{
    put32(to, (uint32_t)size);
    put32(to, (uint32_t)start);
    put16(to, 0);
    put16(to, (2000 - 1980) << 9 | 11 << 5 | 20);
    put16(to, 8 << 11 | 30 << 5 | 10 / 2);
    put16(to, 32);
    buffer_add(to, name, strlen(name) + 1);
}

/* Two files in one folder, in four blocks: the second from byte 1,000 on. */
static struct buffer make(const uint8_t *content, size_t blocks[4])
{
    struct buffer to = BUFFER_INIT;

    buffer_add(&to, "MSCF\0\0\0\0\0\0\0\0\0\0\0\0", 16);
    put32(&to, 44);
    put32(&to, 0);
    put16(&to, 0x0103);
    put16(&to, 1);
    put16(&to, 2);
    put16(&to, 0);
    put32(&to, 0);
    put32(&to, 0);
    put16(&to, 4);
    put16(&to, 1);
    put_file(&to, "win.ini", 0, FIRST_SIZE);
    put_file(&to, "system.dat", FIRST_SIZE, SIZE - FIRST_SIZE);
    set32(&to, 36, (uint32_t)to.length);
    for (size_t i = 0, at = 0; i < 4; i++, at += BLOCK)
        blocks[i] = put_block(&to, content, at, SIZE - at < BLOCK ? SIZE - at : BLOCK);
    set32(&to, 8, (uint32_t)to.length);
    return to;
}

/* Every block copies from 20,000 bytes before, but for its middle, which is of its own. */
static void fill(uint8_t *content)
{
    uint32_t state = 1;

    for (size_t i = 0; i < SIZE; i++) {
        state = state * 1103515245 + 12345;
        bool own = i < BLOCK || i % BLOCK - 10000 < 5000;
        content[i] = own ? (uint8_t)(state >> 16) : content[i - 20000];
    }
}

struct told {
    uint64_t offset;
    struct buffer text;
    size_t count;
};

static void note(void *context, uint64_t offset, const char *what)
{
    struct told *told = context;

    if (told->count++ == 0) {
        told->offset = offset;
        buffer_add_text(&told->text, what);
    }
}

/* A file byte by byte: how many are as they were; *wrong: delivered without a word, and not. */
static size_t compare(struct reader *content, const uint8_t *expected, size_t *wrong)
{
    size_t good = 0;

    *wrong = 0;
    for (size_t i = 0; i < content->size; i++) {
        uint8_t byte;
        bool read = reader_read(content, i, &byte, 1, NULL) == 0;
        good += read && byte == expected[i];
        *wrong += read && byte != expected[i];
    }
    return good;
}

/* Open a file of a cabinet in memory of exactly its size. */
static struct reader *open_file(const struct buffer *bytes, const char *name, struct told *told,
                                struct error *error)
{
    uint8_t *copy = malloc(bytes->length);
    struct reader *content = NULL;
    struct cabinet cabinet;

    memcpy(copy, bytes->data, bytes->length);
    struct reader *reader = reader_over_memory(copy, bytes->length);
    if (cabinet_read(&cabinet, reader, note, told, error) == 0)
        for (size_t i = 0; i < cabinet.file_count && !content; i++)
            if (strcmp(cabinet.files[i].name, name) == 0)
                cabinet_open(&cabinet, &cabinet.files[i], note, told, &content, error);
    cabinet_release(&cabinet);
    reader_free(reader);
    free(copy);
    return content;
}

static void test_whole(const struct buffer *bytes, const uint8_t *content)
{
    struct told told = { .count = 0 };
    struct reader *reader = reader_over_memory(bytes->data, bytes->length);
    char text[INSTANT_TEXT_SIZE] = "";
    struct cabinet cabinet;
    size_t wrong;

    ok(cabinet_read(&cabinet, reader, note, &told, NULL) == 0, "a cabinet is read");
    same_number((long long)cabinet.file_count, 2, "it has two files");
    instant_format(&cabinet.files[1].modified, text);
    same_text(text, "2000-11-20T08:30:10.000000000", "with their times");
    cabinet_release(&cabinet);
    reader_free(reader);
    struct reader *file = open_file(bytes, "system.dat", &told, NULL);
    same_number((long long)compare(file, content + FIRST_SIZE, &wrong), SIZE - FIRST_SIZE,
                "the content is what was packed");
    same_number((long long)told.count, 0, "nothing is told");
    reader_free(file);
}

/* A byte of the second block: of those behind it what does not hang on it is right. */
static void test_block(struct buffer *bytes, const uint8_t *content, const size_t blocks[4])
{
    struct told told = { .text = BUFFER_INIT };
    size_t wrong;

    bytes->data[blocks[1] + 50] ^= 4;
    struct reader *file = open_file(bytes, "system.dat", &told, NULL);
    bytes->data[blocks[1] + 50] ^= 4;
    size_t good = compare(file, content + FIRST_SIZE, &wrong);
    same_number((long long)told.count, 1, "a block whose checksum is wrong is told once");
    same_number((long long)told.offset, (long long)blocks[1], "with its place");
    same_text(buffer_text(&told.text),
              "cabinet: block 2 of a folder is lost: its checksum does not match", "and reason");
    same_number((long long)wrong, 0, "no byte is delivered that was not packed");
    /* Of the first block all; of the third 5,000 of its own and the 2,768 at its end that copy
     * from them, as the 500 of the last do; a few more or less where matches begin by chance. */
    size_t expected = BLOCK - FIRST_SIZE + 5000 + 2768 + 500;
    ok(good + 20 >= expected && good <= expected + 20, "what does not hang on it is: %zu", good);
    reader_free(file);
    buffer_release(&told.text);
}

static void test_refused(struct buffer *bytes)
{
    struct told told = { .text = BUFFER_INIT };
    struct error error = ERROR_INIT;

    bytes->data[42] = 3;
    ok(!open_file(bytes, "win.ini", &told, &error), "LZX is not read");
    same_text(error.text, "cabinet: win.ini is compressed by LZX", "and named");
    bytes->data[42] = 1;
    bytes->data[44 + 8] = bytes->data[44 + 9] = (char)0xFF;
    ok(!open_file(bytes, "win.ini", &told, &error), "a file over several cabinets is not read");
    bytes->data[44 + 8] = bytes->data[44 + 9] = 0;
    bytes->data[0] = 'X';
    ok(!open_file(bytes, "win.ini", &told, &error), "another signature is refused");
    bytes->data[0] = 'M';
    set32(bytes, 44, 0xFFFFFFFF);
    ok(!open_file(bytes, "win.ini", &told, &error) && error.kind == ERROR_LIMIT,
       "a file of 4 GiB is refused by the limit");
    set32(bytes, 44, FIRST_SIZE);
    buffer_release(&told.text);
}

/* Checksums are there: whatever changes in the blocks is lost and told, or as it was. */
static void test_random(const struct buffer *bytes, const uint8_t *content,
                        const size_t blocks[4])
{
    size_t first = blocks[0], silent = 0, untold = 0;

    srandom(1);
    for (int i = 0; i < 60; i++) {
        struct told told = { .text = BUFFER_INIT };
        struct buffer damaged = BUFFER_INIT;
        size_t wrong;
        buffer_add(&damaged, bytes->data, bytes->length);
        for (int n = 0; n < 1 + i % 3; n++)
            damaged.data[first + (size_t)random() % (bytes->length - first)] ^=
                (char)(1 << random() % 8);
        if (i % 4 == 0) { /* a sector that was not read */
            size_t at = first + (size_t)random() % (bytes->length - first - 512);
            memset(damaged.data + at, 0, 512);
        }
        if (i % 6 == 0) /* the head of a block */
            memset(damaged.data + blocks[i % 24 / 6], 0, 64);
        if (i % 5 == 0)
            buffer_truncate(&damaged, first + (size_t)random() % (bytes->length - first));
        struct reader *file = open_file(&damaged, "system.dat", &told, NULL);
        if (file) {
            size_t good = compare(file, content + FIRST_SIZE, &wrong);
            silent += wrong > 0;
            untold += good < SIZE - FIRST_SIZE && told.count == 0;
        }
        reader_free(file);
        buffer_release(&told.text);
        buffer_release(&damaged);
    }
    same_number((long long)silent, 0, "no damage of blocks makes other bytes");
    same_number((long long)untold, 0, "and all of it is told");
    for (int i = 0; i < 300; i++) { /* of what tells of the files: sanitizers look */
        struct told told = { .text = BUFFER_INIT };
        struct buffer damaged = BUFFER_INIT;
        buffer_add(&damaged, bytes->data, bytes->length);
        damaged.data[random() % (long)first] = (char)random();
        buffer_truncate(&damaged, i % 4 ? damaged.length : (size_t)random() % first + 1);
        reader_free(open_file(&damaged, "win.ini", &told, NULL));
        buffer_release(&told.text);
        buffer_release(&damaged);
    }
}

int main(void)
{
    static uint8_t content[SIZE];
    size_t blocks[4];

    fill(content);
    struct buffer bytes = make(content, blocks);
    test_whole(&bytes, content);
    test_block(&bytes, content, blocks);
    test_refused(&bytes);
    test_random(&bytes, content, blocks);
    buffer_release(&bytes);
    return tap_done();
}
