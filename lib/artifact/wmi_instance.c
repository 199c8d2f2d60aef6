/* SPDX-License-Identifier: Apache-2.0 */

/* One instance in WMI's repository: see wmi_internal.h. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <fett/buffer.h>
#include <fett/bytes.h>
#include <fett/limits.h>
#include <fett/text.h>

#include "wmi_internal.h"

enum {
    TIMES_BYTES = 16,
    AT_CLASS_NAME = 4,  /* in the block, which begins with its size */
    AT_TABLE = 9,
    MOST_NAME_BYTES = 256, /* of a class, which Windows allows */
    LONGEST_SEARCH = 4096, /* bytes of values and qualifiers before the heap */
    LEAST_BLOCK = AT_TABLE + 4 + 1 + 4,
};

struct block {
    const uint8_t *data; /* of the size at its start */
    size_t size;
    const uint8_t *heap;
    size_t heap_size;
};

uint64_t wmi_record_size(const uint8_t *data, size_t size, size_t digits)
{
    size_t head = 2 * digits + TIMES_BYTES;

    if (size < head + 4)
        return 0;
    uint32_t block = bytes_u32le(data + head);
    return block < LEAST_BLOCK || block > LIMIT_WMI_INSTANCE_BYTES ? 0 : head + block;
}

/* The string at a place of the heap. False: there is none. *whole: it has its end there. */
static bool add_string(const struct block *block, uint32_t at, struct buffer *text, bool *whole)
{
    if (at >= block->heap_size || block->heap[at] > 1)
        return false;
    const uint8_t *begin = block->heap + at + 1;
    size_t left = block->heap_size - at - 1, length = 0;
    if (block->heap[at] == 0) {
        length = strnlen((const char *)begin, left);
        *whole = length < left;
        text_add_latin1(text, begin, length);
    } else {
        while (2 * length + 1 < left && bytes_u16le(begin + 2 * length) != 0)
            length++;
        *whole = 2 * length + 1 < left;
        text_add_utf16le(text, begin, length);
    }
    return true;
}

/* Whether the name of the class, as an identifier, is at a place of the heap. */
static bool is_name(const struct block *block, uint32_t at)
{
    size_t length = 0;

    if (at >= block->heap_size || block->heap[at] != 0)
        return false;
    const uint8_t *name = block->heap + at + 1;
    size_t left = block->heap_size - at - 1;
    while (length < left && length < MOST_NAME_BYTES &&
           (name[length] == '_' || (name[length] >= '0' && name[length] <= '9') ||
            ((name[length] | 0x20) >= 'a' && (name[length] | 0x20) <= 'z')))
        length++;
    return length > 0 && length < left && name[length] == '\0';
}

/* The heap is the end of the block; how long what stands before it is differs. */
static bool find_heap(struct block *block, size_t from)
{
    uint32_t name = bytes_u32le(block->data + AT_CLASS_NAME);

    for (size_t at = from; at + 4 <= block->size && at < from + LONGEST_SEARCH; at++) {
        uint32_t size = bytes_u32le(block->data + at);
        if (!(size & 0x80000000u) || (size & 0x7fffffffu) != block->size - at - 4)
            continue;
        block->heap = block->data + at + 4;
        block->heap_size = block->size - at - 4;
        if (is_name(block, name))
            return true;
    }
    block->heap = NULL;
    return false;
}

static void add_text(struct wmi_instance *instance, const char *name, struct buffer *text)
{
    if (memory_grow((void **)&instance->texts, &instance->text_capacity,
                    instance->text_count + 1, sizeof *instance->texts) != 0) {
        text->failed = true;
        return;
    }
    struct wmi_text *item = &instance->texts[instance->text_count];
    *item = (struct wmi_text){ name, strndup(buffer_text(text), text->length) };
    if (item->text)
        instance->text_count++;
    else
        text->failed = true;
}

/* The first damage is told. */
static void note(struct wmi_instance *instance, struct buffer *failed, const char *what,
                 const char *why)
{
    struct buffer text = BUFFER_INIT;

    if (instance->damaged)
        return;
    buffer_add_format(&text, "%s%s", what, why);
    instance->damaged = text.data;
    failed->failed |= text.failed || !text.data;
}

static char *format_sid(const uint8_t *sid, size_t size)
{
    struct buffer text = BUFFER_INIT;
    uint64_t authority = 0;

    if (size < 8 || sid[0] != 1 || sid[1] > 15 || size < 8 + 4 * (size_t)sid[1])
        return NULL;
    for (size_t i = 2; i < 8; i++)
        authority = authority << 8 | sid[i];
    buffer_add_format(&text, "S-1-%" PRIu64, authority);
    for (size_t i = 0; i < sid[1]; i++)
        buffer_add_format(&text, "-%" PRIu32, bytes_u32le(sid + 8 + 4 * i));
    return text.data;
}

static void read_bytes(struct wmi_instance *instance, const struct block *block, uint32_t at)
{
    if (at > block->heap_size || block->heap_size - at < 4)
        return;
    uint32_t size = bytes_u32le(block->heap + at);
    if (size <= block->heap_size - at - 4)
        instance->creator = format_sid(block->heap + at + 4, size);
}

/* Bytes of the two bits of each property, which are 0 where it has a value of its own, and
 * of the values. */
static size_t bits_size(const struct wmi_class *class)
{
    return (class->count + 3) / 4;
}

static size_t values_size(const struct wmi_class *class)
{
    size_t size = 0;

    for (size_t i = 0; i < class->count; i++)
        size += class->properties[i].size;
    return size;
}

/* Whether each string that has a value is a string of the heap: else it is another layout. */
static bool fits(const struct wmi_class *class, const struct block *block)
{
    const uint8_t *bits = block->data + AT_TABLE, *value = bits + bits_size(class);

    for (size_t i = 0; i < class->count; i++) {
        unsigned state = bits[i / 4] >> 2 * (i % 4) & 3;
        if (class->properties[i].type == WMI_STRING && state == 0 &&
            (bytes_u32le(value) >= block->heap_size || block->heap[bytes_u32le(value)] > 1))
            return false;
        value += class->properties[i].size;
    }
    return true;
}

static void read_properties(struct wmi_instance *instance, const struct wmi_class *class,
                            const struct block *block, struct buffer *text)
{
    const uint8_t *bits = block->data + AT_TABLE, *value = bits + bits_size(class);
    uint32_t none = bytes_u32le(block->data + AT_CLASS_NAME); /* tools take it for no value */

    for (size_t i = 0; i < class->count; i++) {
        const struct wmi_property *property = &class->properties[i];
        unsigned state = bits[i / 4] >> 2 * (i % 4) & 3;
        bool whole = true;
        if (property->type == WMI_BYTES && state == 0) {
            read_bytes(instance, block, bytes_u32le(value));
        } else if (property->type == WMI_STRING && state == 0 && bytes_u32le(value) != none) {
            buffer_clear(text);
            if (add_string(block, bytes_u32le(value), text, &whole))
                add_text(instance, property->name, text);
            if (!whole)
                note(instance, text, property->name, " has no end");
        }
        value += property->size;
    }
}

/* Bytes of what looks like a string at a place of the heap, with its flag and its end; 0: there
 * is none. Numbers and arrays lie between the strings, so it is all letters and blanks. */
static size_t string_size(const struct block *block, size_t at)
{
    size_t unit = block->heap[at] == 0 ? 1 : 2, end = at + 1;

    if (block->heap[at] > 1)
        return 0;
    for (; end + unit <= block->heap_size; end += unit) {
        uint16_t c = unit == 1 ? block->heap[end] : bytes_u16le(block->heap + end);
        if (c == 0)
            return end > at + 1 ? end + unit - at : 0;
        if (c < ' ' && c != '\t' && c != '\r' && c != '\n')
            return 0;
    }
    return 0;
}

/* All strings of the heap but the name of the class, in order, for what is not known. */
static void read_strings(struct wmi_instance *instance, const struct block *block,
                         struct buffer *text)
{
    uint32_t name = bytes_u32le(block->data + AT_CLASS_NAME);
    bool whole;

    for (size_t at = 0, size; at < block->heap_size; at += size ? size : 1) {
        size = string_size(block, at);
        if (size == 0 || at == name)
            continue;
        buffer_clear(text);
        add_string(block, (uint32_t)at, text, &whole);
        add_text(instance, NULL, text);
    }
}

static bool is_consumer(const char *name)
{
    static const char end[] = "EventConsumer";
    size_t length = strlen(name), size = sizeof end - 1;

    return length > size && text_equal_nocase(name + length - size, end);
}

/* What is left of a record whose end is lost: nothing can be said of its texts. */
static int read_lost(struct wmi_instance *instance, const struct wmi_class *class)
{
    struct buffer failed = BUFFER_INIT;

    instance->kind = class->kind;
    instance->class = strdup(class->name);
    note(instance, &failed, "its heap of texts", " cannot be found");
    return instance->class && !failed.failed ? 0 : -1;
}

int wmi_read_instance(struct wmi_instance *instance, const struct wmi_class *class,
                      const uint8_t *data, size_t size, size_t digits)
{
    size_t fixed = class ? bits_size(class) + values_size(class) : 0;
    size_t head = 2 * digits + TIMES_BYTES;
    uint64_t whole = wmi_record_size(data, size, digits);
    struct buffer text = BUFFER_INIT;

    if (whole == 0)
        return 1;
    for (size_t i = 0; i < 2; i++)
        instance->times[i] = instant_from_filetime(bytes_u64le(data + 2 * digits + 8 * i));
    struct block block = { .data = data + head, .size = (size_t)whole - head };
    if (whole > size)
        return class ? read_lost(instance, class) : 1;
    bool known = class && AT_TABLE + fixed <= block.size && find_heap(&block, AT_TABLE + fixed) &&
                 fits(class, &block);
    if (!known && !find_heap(&block, AT_TABLE))
        return class ? read_lost(instance, class) : 1;
    instance->class = strdup((const char *)block.heap +
                             bytes_u32le(block.data + AT_CLASS_NAME) + 1);
    if (!instance->class || (!class && !is_consumer(instance->class)))
        return instance->class ? 1 : -1;
    instance->kind = class ? class->kind : WMI_CONSUMER;
    if (known)
        read_properties(instance, class, &block, &text);
    else
        read_strings(instance, &block, &text);
    if (!known && class)
        note(instance, &text, "it is not laid out", " as its class is known");
    bool failed = text.failed;
    buffer_release(&text);
    return failed ? -1 : 0;
}

void wmi_release_instance(struct wmi_instance *instance)
{
    for (size_t i = 0; i < instance->text_count; i++)
        free(instance->texts[i].text);
    free(instance->texts);
    free(instance->class);
    free(instance->creator);
    free(instance->damaged);
    *instance = (struct wmi_instance){ .class = NULL };
}
