/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WMI_MAKER_H
#define WMI_MAKER_H

/* Makes small repositories of WMI, after the documents that lib/artifact/wmi_internal.h names:
 * one page of live records, one that the mapping names no more, and an index of one page. */

#include <stdio.h>
#include <stdlib.h>

#include <fett/buffer.h>
#include <fett/digest.h>
#include <fett/wmi.h>

enum { MAKER_PAGE = 8192, MAKER_MOST = 16 };

struct maker_record {
    struct buffer bytes;
    const char *class;
    uint32_t at;
};

struct maker {
    bool is_xp;
    struct maker_record live[MAKER_MOST];
    size_t live_count;
    struct buffer deleted; /* the page that is free */
    struct buffer objects, index, mapping;
};

static inline void put(struct buffer *buffer, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        buffer_add_byte(buffer, (char)(value >> 8 * i));
}

static inline void put_at(struct buffer *buffer, size_t at, uint32_t value)
{
    for (size_t i = 0; i < 4; i++)
        buffer->data[at + i] = (char)(value >> 8 * i);
}

static inline void put_zeros(struct buffer *buffer, size_t size)
{
    while (buffer->length < size)
        buffer_add_byte(buffer, 0);
}

static inline void maker_hash(const struct maker *maker, const char *name,
                              char hex[DIGEST_HEX_SIZE])
{
    struct digest digest;

    digest_init(&digest, maker->is_xp ? DIGEST_MD5 : DIGEST_SHA256, NULL);
    for (; *name; name++) {
        const char unit[2] = { *name >= 'a' && *name <= 'z' ? (char)(*name - 32) : *name, 0 };
        digest_update(&digest, unit, 2);
    }
    digest_finish(&digest, hex);
    for (char *c = hex; *c; c++)
        if (*c >= 'a')
            *c = (char)(*c - 32);
}

/* An instance: `layout` has a letter for each property: s with the next of the texts, - a string
 * without a value, 2 4 8 a number of so many bytes, b bytes. A text that begins with 1 is in
 * UTF-16. */
static inline void make_instance(const struct maker *maker, struct buffer *out, const char *class,
                                 const char *layout, const char *const texts[])
{
    struct buffer heap = BUFFER_INIT, values = BUFFER_INIT;
    uint8_t bits[16] = { 0 };
    char hex[DIGEST_HEX_SIZE];
    size_t count = strlen(layout), size = 0;

    buffer_add_byte(&heap, 0);
    buffer_add(&heap, class, strlen(class) + 1);
    for (size_t i = 0; i < count; i++) {
        char kind = layout[i];
        size = kind >= '0' && kind <= '9' ? (size_t)(kind - '0') : 4;
        if (kind == 's') {
            const char *text = *texts++;
            put(&values, heap.length, 4);
            if (*text == '1') {
                buffer_add_byte(&heap, 1);
                for (text++; *text; text++)
                    put(&heap, (uint8_t)*text, 2);
                put(&heap, 0, 2);
            } else {
                buffer_add_byte(&heap, 0);
                buffer_add(&heap, text, strlen(text) + 1);
            }
        } else if (kind == 'b') {
            static const uint8_t sid[] = { 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0 };
            put(&values, heap.length, 4);
            put(&heap, sizeof sid, 4);
            buffer_add(&heap, sid, sizeof sid);
        } else {
            bits[i / 4] |= (uint8_t)(1 << 2 * (i % 4));
            put(&values, kind == '-' ? UINT32_MAX : 0, size);
        }
    }
    maker_hash(maker, class, hex);
    for (const char *c = hex; *c; c++)
        put(out, (uint8_t)*c, 2);
    put(out, UINT64_C(0x01cd000000000000), 8);
    put(out, UINT64_C(0x01cc000000000000), 8);
    put(out, 4 + 4 + 1 + (count + 3) / 4 + values.length + 4 + 1 + 4 + heap.length, 4);
    put(out, 0, 4);
    put(out, 0, 1);
    buffer_add(out, bits, (count + 3) / 4);
    buffer_add(out, values.data, values.length);
    put(out, 4, 4);
    put(out, 1, 1);
    put(out, heap.length | 0x80000000u, 4);
    buffer_add(out, heap.data, heap.length);
    buffer_release(&heap);
    buffer_release(&values);
}

#define COMMAND_LINE "-4bsss22222-s--4444444422" "24"
#define FILTER "sbsss4"
#define BINDING "ss4222b"

static inline void make_live(struct maker *maker, const char *class, const char *layout,
                             const char *const texts[])
{
    struct maker_record *record = &maker->live[maker->live_count++];

    record->class = class;
    make_instance(maker, &record->bytes, class, layout, texts);
}

static inline void make_deleted(struct maker *maker, const char *class, const char *layout,
                                const char *const texts[])
{
    make_instance(maker, &maker->deleted, class, layout, texts);
}

static inline void make_objects(struct maker *maker)
{
    struct buffer *out = &maker->objects;
    uint32_t at = (uint32_t)(16 * (maker->live_count + 1));

    for (size_t i = 0; i < maker->live_count; i++) {
        struct maker_record *record = &maker->live[i];
        put(out, 100 + i, 4);
        put(out, at, 4);
        put(out, record->bytes.length, 4);
        put(out, 0, 4);
        at += (uint32_t)record->bytes.length;
    }
    put(out, 0, 8);
    put(out, 0, 8);
    for (size_t i = 0; i < maker->live_count; i++)
        buffer_add(out, maker->live[i].bytes.data, maker->live[i].bytes.length);
    put_zeros(out, MAKER_PAGE);
    buffer_add(out, maker->deleted.data, maker->deleted.length);
    put_zeros(out, 2 * MAKER_PAGE);
}

/* Keys of four parts' places: namespace, class, instance. */
static inline void make_index(struct maker *maker)
{
    struct buffer *out = &maker->index, texts = BUFFER_INIT, begins = BUFFER_INIT;
    size_t count = maker->live_count;
    char hex[DIGEST_HEX_SIZE];

    put(out, 0xaddd, 4); /* the place of logical page 0 */
    put(out, 0, 8);
    put(out, 1, 4);
    put_zeros(out, MAKER_PAGE);
    put(out, 0xaccc, 4);
    put(out, 1, 4);
    put(out, 0, 8);
    put(out, count, 4);
    for (size_t i = 0; i < 2 * count + 1; i++) /* unknown, and no children */
        put(out, i < count ? 0 : UINT32_MAX, 4);
    for (size_t i = 0; i < count; i++)
        put(out, 4 * i, 2);
    put(out, 4 * count, 2);
    maker_hash(maker, "root\\subscription", hex);
    put(&begins, 0, 2);
    buffer_add_format(&texts, "NS_%s", hex);
    buffer_add_byte(&texts, 0);
    for (size_t i = 0; i < count; i++) {
        put(out, 3, 2);
        put(out, 0, 2);
        put(out, 1 + 2 * i, 2);
        put(out, 2 + 2 * i, 2);
        maker_hash(maker, maker->live[i].class, hex);
        put(&begins, texts.length, 2);
        buffer_add_format(&texts, "CI_%s", hex);
        buffer_add_byte(&texts, 0);
        put(&begins, texts.length, 2);
        buffer_add_format(&texts, "IL_%s.3.%zu.%zu", hex, 100 + i, maker->live[i].bytes.length);
        buffer_add_byte(&texts, 0);
    }
    put(out, 1 + 2 * count, 2);
    put(&begins, texts.length, 2);
    buffer_add(out, begins.data, begins.length);
    buffer_add(out, texts.data, texts.length);
    put_zeros(out, 2 * MAKER_PAGE);
    buffer_release(&texts);
    buffer_release(&begins);
}

static inline void make_table(struct maker *maker, const uint32_t *pages, uint32_t count)
{
    struct buffer *out = &maker->mapping;

    put(out, 0xabcd, 4);
    put(out, 5, 4);
    if (!maker->is_xp)
        put(out, 0, 8);
    put(out, 2, 4);
    put(out, count, 4);
    for (uint32_t i = 0; i < count; i++) {
        put(out, pages[i], 4);
        if (!maker->is_xp) {
            put(out, 0, 8);
            put(out, 1, 4); /* the root */
            put(out, 0, 8);
        }
    }
    put(out, 1, 4);
    put(out, 1, 4);
    put(out, 0xdcba, 4);
}

/* Logical page 3 is the first of OBJECTS.DATA; the second is free. */
static inline void make_repository(struct maker *maker)
{
    static const uint32_t objects[] = { UINT32_MAX, UINT32_MAX, UINT32_MAX, 0 }, index[] = { 0, 1 };

    make_objects(maker);
    make_index(maker);
    make_table(maker, objects, 4);
    make_table(maker, index, 2);
    if (!maker->is_xp)
        put(&maker->mapping, 1, 4);
}

static inline void maker_release(struct maker *maker)
{
    for (size_t i = 0; i < maker->live_count; i++)
        buffer_release(&maker->live[i].bytes);
    buffer_release(&maker->deleted);
    buffer_release(&maker->objects);
    buffer_release(&maker->index);
    buffer_release(&maker->mapping);
}

#endif
