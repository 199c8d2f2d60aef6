/* SPDX-License-Identifier: Apache-2.0 */

/* found: see found.h. */

#include <stdlib.h>
#include <string.h>

#include <fett/fixup.h>
#include <fett/limits.h>
#include <fett/text.h>

#include "found_names.h"
#include "found_spill.h"

/* Of the two readings of UTF-16 the one that programs would not have made. */
enum { DOUBTFUL_CONFIDENCE = 40 };

const char *found_kind_name(unsigned kind)
{
    return kind == FOUND_KEYWORD  ? "keyword"
           : kind == FOUND_STRING ? "string"
                                  : ioc_kind_name((enum ioc_kind)kind);
}

/* --- searching --- */

struct search {
    const struct searchers *searchers;
    const uint8_t *data;
    uint64_t base;
    ioc_sink sink;
    void *context;
    struct buffer value;
};

static void give_keyword(void *context, const struct ioc_keyword_hit *hit)
{
    const struct search *search = context;
    const char *word = search->searchers->words[hit->keyword];
    const struct ioc_hit given = {
        .offset = hit->offset,
        .length = hit->length,
        .kind = FOUND_KEYWORD,
        .encoding = hit->encoding,
        .confidence = hit->doubtful ? DOUBTFUL_CONFIDENCE : FOUND_SURE,
        .value = word,
        .value_length = strlen(word),
        .reason = hit->doubtful ? "rather in the other byte order" : "",
        .bytes = search->data + (hit->offset - search->base),
    };

    search->sink(search->context, &given);
}

static void give_string(void *context, const struct ioc_string *string)
{
    struct search *search = context;

    buffer_clear(&search->value);
    if (string->encoding == IOC_UTF16LE)
        text_add_utf16le(&search->value, string->bytes, string->length / 2);
    else if (string->encoding == IOC_UTF16BE)
        text_add_utf16be(&search->value, string->bytes, string->length / 2);
    else
        buffer_add(&search->value, string->bytes, string->length);
    const struct ioc_hit given = {
        .offset = string->offset,
        .length = string->length,
        .kind = FOUND_STRING,
        .encoding = string->encoding,
        .confidence = FOUND_SURE,
        .value = buffer_text(&search->value),
        .value_length = search->value.length,
        .reason = "",
        .bytes = string->bytes,
    };
    search->sink(search->context, &given);
}

int search_bytes(const struct searchers *searchers, const uint8_t *data, size_t size,
                 size_t start, size_t end, uint64_t base, ioc_sink sink, void *context,
                 struct ioc_held_back *held_back)
{
    struct search search = { searchers, data, base, sink, context, BUFFER_INIT };
    int result = 0;

    if (searchers->scanner)
        result = ioc_scan(searchers->scanner, data, size, start, end, base, sink, context,
                          held_back);
    if (searchers->keywords)
        ioc_keywords_scan(searchers->keywords, data, size, start, end, base, give_keyword,
                          &search);
    if (searchers->strings)
        ioc_strings_scan(searchers->strings, data, size, start, end, base, give_string, &search);
    if (search.value.failed)
        result = -1;
    buffer_release(&search.value);
    return result;
}

/* --- a block --- */

int found_init(struct found_block *block, size_t bytes)
{
    *block = (struct found_block){ .fixed_up = calloc(fixup_map_size(bytes), 1) };
    return block->fixed_up ? 0 : -1;
}

void found_release(struct found_block *block)
{
    free(block->hits);
    free(block->units);
    free(block->losses);
    free(block->names);
    sorter_free(block->sorter);
    free(block->fixed_up);
    buffer_release(&block->texts);
    buffer_release(&block->reason);
}

size_t found_memory(const struct found_block *block)
{
    return block->capacity * sizeof *block->hits + block->texts.capacity +
           block->unit_capacity * sizeof *block->units +
           block->loss_capacity * sizeof *block->losses +
           block->name_capacity * sizeof *block->names +
           (block->sorter ? LIMIT_FOUND_SORT_BYTES : 0);
}

void found_forget(struct found_block *block)
{
    free(block->hits);
    free(block->units);
    free(block->losses);
    free(block->names);
    block->hits = NULL;
    block->units = NULL;
    block->losses = NULL;
    block->names = NULL;
    block->count = block->capacity = 0;
    block->unit_count = block->unit_capacity = 0;
    block->loss_count = block->loss_capacity = 0;
    block->name_count = block->name_capacity = 0;
    buffer_release(&block->texts);
}

/* Whether the end of a stretch whose fixup was undone lies within. */
static bool is_fixed_up(const struct found_block *block, const struct ioc_hit *hit)
{
    uint64_t first = block->base / FIXUP_STRIDE;
    uint64_t sector = hit->offset / FIXUP_STRIDE;

    for (; (sector + 1) * FIXUP_STRIDE - 2 < hit->offset + hit->length; sector++)
        if (block->fixed_up[(sector - first) / 8] >> (sector - first) % 8 & 1)
            return true;
    return false;
}

/* Where the next text goes. */
static uint32_t text_place(struct found_block *block)
{
    if (block->texts.length > UINT32_MAX)
        block->out_of_memory = true;
    return (uint32_t)block->texts.length;
}

static uint32_t add_text(struct found_block *block, const char *text, size_t length)
{
    uint32_t place = text_place(block);

    buffer_add(&block->texts, text, length);
    buffer_add_byte(&block->texts, '\0');
    block->out_of_memory |= block->texts.failed;
    return place;
}

void found_add_context(struct buffer *text, const struct ioc_hit *hit)
{
    if (hit->encoding == IOC_UTF16LE)
        text_add_utf16le(text, hit->bytes, hit->length / 2);
    else if (hit->encoding == IOC_UTF16BE)
        text_add_utf16be(text, hit->bytes, hit->length / 2);
    else
        buffer_add(text, hit->bytes, hit->length);
    buffer_add_byte(text, '\0');
}

void found_add_reason(struct buffer *text, const struct ioc_hit *hit)
{
    if (!hit->noise) {
        buffer_add(text, hit->reason, strlen(hit->reason) + 1);
        return;
    }
    buffer_add_text(text, hit->reason);
    buffer_add_text(text, ", noise list: ");
    buffer_add(text, hit->noise, strlen(hit->noise) + 1);
}

static bool is_held_back(struct found_block *block, const struct ioc_hit *hit)
{
    const struct searchers *searchers = block->searchers;

    if (hit->kind == FOUND_KEYWORD && hit->confidence < searchers->min_confidence) {
        block->held_back.weak++;
        return true;
    }
    if (searchers->stop && hit->kind < IOC_KIND_COUNT &&
        ioc_stop_matches(searchers->stop, (enum ioc_kind)hit->kind, hit->value,
                         hit->value_length)) {
        block->held_back.stopped++;
        return true;
    }
    return false;
}

/* What a log or a bomb repeats is kept once: the text that was added at `place` is taken
 * back where the same one is found. */
static uint32_t share_text(struct found_block *block, uint32_t place)
{
    struct buffer *texts = &block->texts;
    size_t size = texts->length - place;
    uint32_t hash = 2166136261;

    if (texts->failed)
        return place;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (uint8_t)texts->data[place + i]) * 16777619; /* FNV-1a */
    uint32_t *shared = &block->shared[(hash ^ hash >> 16) % 256];
    if (*shared + size <= place && memcmp(texts->data + *shared, texts->data + place, size) == 0)
        buffer_truncate(texts, place);
    else
        *shared = place;
    return *shared;
}

static bool is_full(const struct found_block *block)
{
    return block->count * sizeof *block->hits + block->texts.length >= LIMIT_FOUND_UNIT_BYTES;
}

static void cut_hit(struct found_block *block)
{
    if (block->cut++ == 0)
        block->cut_from = block->unit->offset;
    block->cut_to = block->unit->offset; /* and its length, when that is known */
}

bool found_cut_gap(const struct found_block *block, struct gap *gap, struct error *reason)
{
    if (block->cut == 0)
        return false;
    error_set(reason, ERROR_LIMIT,
              "encoded units hold more indicators than are kept: %llu left out",
              (unsigned long long)block->cut);
    *gap = (struct gap){ .offset = block->cut_from,
                         .length = block->cut_to - block->cut_from,
                         .kind = GAP_STRUCTURE,
                         .reason = reason->text };
    return true;
}

void found_keep(void *context, const struct ioc_hit *hit)
{
    struct found_block *block = context;
    const struct ioc_decoded *unit = block->unit;

    if (is_held_back(block, hit))
        return;
    bool beyond = unit && is_full(block);
    size_t texts = block->texts.length;
    if (beyond && !block->spills) {
        cut_hit(block);
        return;
    }
    if (memory_grow((void **)&block->hits, &block->capacity, block->count + 1,
                    sizeof *block->hits) != 0) {
        block->out_of_memory = true;
        return;
    }
    struct found *found = &block->hits[block->count++];
    *found = (struct found){ .offset = unit ? unit->offset : hit->offset,
                             .length = hit->length,
                             .decoded_offset = unit ? hit->offset : 0,
                             .kind = hit->kind,
                             .encoding = hit->encoding,
                             .confidence = hit->confidence,
                             .fixed_up = !unit && is_fixed_up(block, hit),
                             .rewritten = hit->rewritten,
                             .decoded = unit,
                             .value_length = (uint32_t)hit->value_length };
    found->value = add_text(block, hit->value, hit->value_length);
    if (unit)
        found->value = share_text(block, found->value);
    found->reason = text_place(block);
    found_add_reason(&block->texts, hit);
    found->reason_length = (uint32_t)(block->texts.length - found->reason - 1);
    if (unit)
        found->reason = share_text(block, found->reason);
    found->context = text_place(block);
    if (hit->rewritten)
        found_add_context(&block->texts, hit);
    if (unit) {
        const char *encoding = ioc_encoding_name((enum ioc_encoding)hit->encoding);
        found->coding = text_place(block);
        buffer_add_text(&block->texts, unit->encoding);
        buffer_add_byte(&block->texts, '+');
        buffer_add(&block->texts, encoding, strlen(encoding) + 1);
        found->coding = share_text(block, found->coding);
    }
    block->out_of_memory |= block->texts.failed;
    if (beyond && !block->out_of_memory && spill_last(block, texts) != 0) {
        block->spills = false;
        cut_hit(block);
    }
}

static void keep_unit(struct found_block *block, const struct ioc_unit *unit)
{
    if (memory_grow((void **)&block->units, &block->unit_capacity, block->unit_count + 1,
                    sizeof *block->units) != 0)
        block->out_of_memory = true;
    else
        block->units[block->unit_count++] =
            (struct found_unit){ unit->offset, unit->length, (uint8_t)unit->coding };
}

/* Why a unit is not there to its end. Those inside others have no numbers, so that many
 * are told as one. */
static void add_loss_reason(struct buffer *text, const struct ioc_unit *unit)
{
    const char *name = unit->encoding;

    if (unit->coding < 0)
        buffer_add_format(text, "%s%stoo many encoded units: some that begin here are not decoded",
                          name, *name ? ": " : "");
    else if (unit->state == IOC_ENCRYPTED)
        buffer_add_format(text, "%s: encrypted, not decoded", name);
    else if (unit->state == IOC_UNSUPPORTED)
        buffer_add_format(text, "%s: another method than deflate, not decoded", name);
    else if (unit->depth > 0)
        buffer_add_format(text, "%s: decoded up to a limit", name);
    else
        buffer_add_format(text, "%s: %s, %llu bytes of it are decoded to %llu", name,
                          unit->state == IOC_LIMITED ? "decoded up to a limit"
                                                     : "damaged or cut off",
                          (unsigned long long)unit->length, (unsigned long long)unit->made);
    buffer_add_byte(text, '\0');
}

/* Only formats that say what they are count as damaged: of others it may be chance. */
static bool is_loss(const struct ioc_unit *unit)
{
    return unit->state != IOC_WHOLE &&
           (unit->state != IOC_DAMAGED ||
            (unit->depth == 0 && (unit->coding == IOC_GZIP || unit->coding == IOC_ZIP)));
}

/* Those of the same reason in one cell are told as one. */
static void keep_loss(struct found_block *block, const struct ioc_unit *unit)
{
    struct found_loss *last =
        block->loss_count > 0 ? &block->losses[block->loss_count - 1] : NULL;
    uint64_t length = unit->depth == 0 ? unit->length : 0;

    if (!is_loss(unit))
        return;
    uint32_t reason = text_place(block);
    add_loss_reason(&block->texts, unit);
    reason = share_text(block, reason);
    block->out_of_memory |= block->texts.failed;
    if (last && strcmp(block->texts.data + last->reason, block->texts.data + reason) == 0 &&
        last->offset / LIMIT_DECODE_CELL == unit->offset / LIMIT_DECODE_CELL) {
        if (last->length < unit->offset + length - last->offset)
            last->length = unit->offset + length - last->offset;
        return;
    }
    if (memory_grow((void **)&block->losses, &block->loss_capacity, block->loss_count + 1,
                    sizeof *block->losses) != 0) {
        block->out_of_memory = true;
        return;
    }
    block->losses[block->loss_count++] = (struct found_loss){
        .offset = unit->offset, .length = length, .reason = reason,
        .state = unit->state, .coding = (uint8_t)unit->coding };
}

/* Offsets within what was decoded count from its first byte. */
static void search_decoded(void *context, const struct ioc_decoded *decoded)
{
    struct found_block *block = context;

    block->unit = decoded;
    if (search_bytes(block->searchers, decoded->data, decoded->size, decoded->start, decoded->end,
                     decoded->base, found_keep, block, &block->held_back) != 0)
        block->out_of_memory = true;
    block->unit = NULL;
}

/* Now its length is known. All that is inside an outermost unit has its place. */
static void end_unit(void *context, const struct ioc_unit *unit)
{
    struct found_block *block = context;

    keep_loss(block, unit);
    if (unit->depth > 0)
        return;
    for (; block->unit_first < block->count; block->unit_first++)
        block->hits[block->unit_first].length = unit->length;
    if (block->cut > 0 && block->cut_to == unit->offset)
        block->cut_to += unit->length;
    if (unit->made > 0)
        keep_unit(block, unit);
}

/* Those of decoded bytes behind what stands in the unit's own first byte; spill_last makes
 * keys of the same order. */
static int compare_found(const void *a, const void *b, void *context)
{
    const struct found *x = a, *y = b;
    const struct found_block *block = context;

    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    if (x->decoded != y->decoded)
        return x->decoded ? 1 : -1;
    if (x->decoded) {
        int order = strcmp(block->texts.data + x->coding, block->texts.data + y->coding);
        if (order != 0)
            return order;
    }
    if (x->decoded_offset != y->decoded_offset)
        return x->decoded_offset < y->decoded_offset ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->length != y->length)
        return x->length < y->length ? -1 : 1;
    if (x->encoding != y->encoding)
        return x->encoding < y->encoding ? -1 : 1;
    return strcmp(block->texts.data + x->value, block->texts.data + y->value);
}

void found_clear(struct found_block *block)
{
    block->count = block->unit_count = block->loss_count = 0;
    block->cut = block->cut_to = block->spilled = 0;
    sorter_free(block->sorter);
    block->sorter = NULL;
    block->held_back = (struct ioc_held_back){ 0 };
    block->decoded = (struct ioc_decode_counts){ 0 };
    block->out_of_memory = false;
    buffer_clear(&block->texts);
}

static void search_encoded(struct found_block *block, const uint8_t *data, size_t size,
                           size_t start, size_t end, struct reader *more)
{
    const struct ioc_decode_sink sink = { search_decoded, end_unit, block };

    block->unit_first = block->count;
    if (ioc_decode(block->searchers->decoder, data, size, start, end, block->base, more, &sink,
                   &block->decoded, NULL) != 0)
        block->out_of_memory = true;
    spill_finish(block);
}

void found_search(struct found_block *block, const struct searchers *searchers,
                  const uint8_t *data, size_t size, size_t start, size_t end, uint64_t base,
                  struct reader *more)
{
    int several = (searchers->scanner != NULL) + (searchers->keywords != NULL) +
                  (searchers->strings != NULL) + (searchers->decoder != NULL);

    found_clear(block);
    block->searchers = searchers;
    block->base = base;
    found_names_collect(block, data, size);
    if (search_bytes(searchers, data, size, start, end, base,
                     block->name_count > 0 ? found_keep_outside : found_keep, block,
                     &block->held_back) != 0)
        block->out_of_memory = true;
    if (block->name_count > 0)
        found_names_search(block, data, start, end);
    if (searchers->decoder && !block->out_of_memory)
        search_encoded(block, data, size, start, end, more);
    if ((several > 1 || block->name_count > 0) && !block->out_of_memory)
        found_sort(block);
}

void found_decode(struct found_block *block, const struct searchers *searchers,
                  const uint8_t *data, size_t size, size_t start, size_t end,
                  struct reader *more)
{
    found_clear(block);
    block->searchers = searchers;
    block->base = 0;
    search_encoded(block, data, size, start, end, more);
    if (!block->out_of_memory)
        found_sort(block);
}

void found_sort(struct found_block *block)
{
    if (block->count > 1)
        qsort_r(block->hits, block->count, sizeof *block->hits, compare_found, block);
}

int found_add(struct found_block *block, const struct found_block *other,
              const struct found *found)
{
    const char *texts = other->texts.data;

    for (size_t i = 0; i < block->count; i++)
        if (block->hits[i].offset == found->offset && block->hits[i].length == found->length &&
            block->hits[i].kind == found->kind && block->hits[i].encoding == found->encoding)
            return 0;
    if (memory_grow((void **)&block->hits, &block->capacity, block->count + 1,
                    sizeof *block->hits) != 0)
        return -1;
    struct found *new = &block->hits[block->count++];
    *new = *found;
    new->value = add_text(block, texts + found->value, found->value_length);
    new->reason = add_text(block, texts + found->reason, found->reason_length);
    if (found->rewritten)
        new->context = add_text(block, texts + found->context, strlen(texts + found->context));
    return block->texts.failed ? -1 : 0;
}

/* A reason, and what was done to the bytes as they are stored. */
static void set_reason(struct record *record, const char *reason, const char *undone,
                       struct buffer *text)
{
    buffer_clear(text);
    buffer_add_text(text, reason);
    buffer_add_text(text, *reason ? ", " : "");
    buffer_add_text(text, undone);
    record_text(record, FIELD_REASON, buffer_text(text));
}

void found_fill(struct found_block *block, const struct found *found, const char *undone,
                struct record *record)
{
    const char *texts = block->texts.data;
    struct buffer *reason = &block->reason;

    record_number(record, FIELD_LENGTH, found->length);
    record_text(record, FIELD_KIND, found_kind_name(found->kind));
    record_text_n(record, FIELD_VALUE, texts + found->value, found->value_length);
    if (found->decoded) {
        record_text(record, FIELD_ENCODING, texts + found->coding);
        record_number(record, FIELD_DECODED_OFFSET, found->decoded_offset);
    } else {
        record_text(record, FIELD_ENCODING,
                    ioc_encoding_name((enum ioc_encoding)found->encoding));
    }
    if (found->confidence != FOUND_SURE)
        record_number(record, FIELD_CONFIDENCE, found->confidence);
    if (found->fixed_up)
        set_reason(record, texts + found->reason, FIXED_UP, reason);
    else if (found->long_name)
        set_reason(record, texts + found->reason, NAME_JOINED, reason);
    else if (undone)
        set_reason(record, texts + found->reason, undone, reason);
    else if (found->reason_length > 0)
        record_text_n(record, FIELD_REASON, texts + found->reason, found->reason_length);
    if (found->rewritten)
        record_text(record, FIELD_CONTEXT, texts + found->context);
}
