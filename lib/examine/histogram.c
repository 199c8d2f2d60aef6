/* SPDX-License-Identifier: Apache-2.0 */

/*
 * histogram: indicators by value: how often, where first, in how many files.
 *
 * Values and files are numbered by a table of texts each; that a value was met in
 * a file is a pair of numbers in a set.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/buffer.h>
#include <fett/examine.h>
#include <fett/text.h>

/* Texts by number. */
struct names {
    struct buffer texts;
    size_t *places;    /* of the texts, by number */
    uint32_t *numbers; /* by hash; 0: none, else number + 1 */
    size_t count, place_capacity, capacity;
};

struct counted {
    uint64_t count, files, offset;
    size_t image;      /* place in images */
    bool placed;       /* offset is known */
};

struct histogram {
    struct names values, files, images;
    struct counted *counted; /* by number of value */
    size_t counted_capacity;
    uint64_t *pairs;   /* value << 32 | file, plus 1; 0: none */
    size_t pair_count, pair_capacity;
};

static uint32_t *find_name(const struct names *names, const char *text, size_t length)
{
    size_t mask = names->capacity - 1;

    for (size_t place = text_hash_nocase(text, length) & mask;; place = (place + 1) & mask) {
        uint32_t *number = &names->numbers[place];
        if (*number == 0)
            return number;
        const char *own = names->texts.data + names->places[*number - 1];
        if (strlen(own) == length && memcmp(own, text, length) == 0)
            return number;
    }
}

static int grow_names(struct names *names)
{
    if (2 * (names->count + 1) <= names->capacity)
        return 0;
    size_t capacity = names->capacity ? 2 * names->capacity : 1024;
    uint32_t *numbers = calloc(capacity, sizeof *numbers);
    if (!numbers || names->count >= UINT32_MAX - 1) {
        free(numbers);
        return -1;
    }
    free(names->numbers);
    names->numbers = numbers;
    names->capacity = capacity;
    for (size_t i = 0; i < names->count; i++) {
        const char *text = names->texts.data + names->places[i];
        *find_name(names, text, strlen(text)) = (uint32_t)i + 1;
    }
    return 0;
}

/* The number of a text without NUL; *new when it was not met before. */
static int number_of(struct names *names, const char *text, size_t length, uint32_t *number,
                     bool *new)
{
    if (grow_names(names) != 0)
        return -1;
    uint32_t *found = find_name(names, text, length);
    *new = *found == 0;
    if (*new) {
        if (memory_grow((void **)&names->places, &names->place_capacity, names->count + 1,
                        sizeof *names->places) != 0)
            return -1;
        names->places[names->count++] = names->texts.length;
        buffer_add(&names->texts, text, length);
        buffer_add_byte(&names->texts, '\0');
        *found = (uint32_t)names->count;
    }
    *number = *found - 1;
    return names->texts.failed ? -1 : 0;
}

static void release_names(struct names *names)
{
    buffer_release(&names->texts);
    free(names->places);
    free(names->numbers);
}

/* Whether a pair is new to the set; -1 without memory. */
static int add_pair(struct histogram *histogram, uint32_t value, uint32_t file)
{
    uint64_t pair = ((uint64_t)value << 32 | file) + 1;

    if (2 * (histogram->pair_count + 1) > histogram->pair_capacity) {
        size_t capacity = histogram->pair_capacity ? 2 * histogram->pair_capacity : 1024;
        uint64_t *pairs = calloc(capacity, sizeof *pairs);
        if (!pairs)
            return -1;
        for (size_t i = 0; i < histogram->pair_capacity; i++) {
            size_t place = histogram->pairs[i] * UINT64_C(0x9e3779b97f4a7c15) >> 20;
            if (histogram->pairs[i] == 0)
                continue;
            while (pairs[place &= capacity - 1] != 0)
                place++;
            pairs[place] = histogram->pairs[i];
        }
        free(histogram->pairs);
        histogram->pairs = pairs;
        histogram->pair_capacity = capacity;
    }
    size_t place = pair * UINT64_C(0x9e3779b97f4a7c15) >> 20;
    while (histogram->pairs[place &= histogram->pair_capacity - 1] != 0)
        if (histogram->pairs[place++] == pair)
            return 0;
    histogram->pairs[place] = pair;
    histogram->pair_count++;
    return 1;
}

struct histogram *histogram_new(void)
{
    return calloc(1, sizeof(struct histogram));
}

void histogram_free(struct histogram *histogram)
{
    if (!histogram)
        return;
    release_names(&histogram->values);
    release_names(&histogram->files);
    release_names(&histogram->images);
    free(histogram->counted);
    free(histogram->pairs);
    free(histogram);
}

static void add_field(struct buffer *key, const struct record *record, enum record_field field)
{
    const struct value *value = record_get(record, field);

    if (value)
        buffer_add(key, value->text, value->length);
    buffer_add_byte(key, '\n'); /* in no name of a kind, of an inode, of a volume */
}

/* The file, by image, volume and inode; loose files by image alone. */
static int count_file(struct histogram *histogram, const struct record *record, uint32_t value)
{
    const struct value *inode = record_get(record, FIELD_INODE);
    bool loose = !record_get(record, FIELD_OFFSET), new;
    struct buffer key = BUFFER_INIT;
    uint32_t file = 0;

    if (!inode && !loose)
        return 0;
    add_field(&key, record, FIELD_VOLUME);
    add_field(&key, record, FIELD_INODE);
    add_field(&key, record, FIELD_IMAGE);
    int result = key.failed ? -1 : number_of(&histogram->files, key.data, key.length, &file, &new);
    buffer_release(&key);
    int added = result == 0 ? add_pair(histogram, value, file) : -1;
    if (added > 0)
        histogram->counted[value].files++;
    return added < 0 ? -1 : 0;
}

/* Where it was met first, of several images in the first. */
static int note_place(struct histogram *histogram, const struct record *record,
                      struct counted *counted)
{
    const struct value *image = record_get(record, FIELD_IMAGE);
    const struct value *offset = record_get(record, FIELD_OFFSET);
    uint32_t number = 0;
    bool new;

    if (!offset)
        offset = record_get(record, FIELD_FILE_OFFSET);
    if (image && number_of(&histogram->images, image->text, image->length, &number, &new) != 0)
        return -1;
    counted->image = number;
    counted->placed = offset != NULL;
    counted->offset = offset ? offset->number : 0;
    return 0;
}

int histogram_add(struct histogram *histogram, const struct record *record)
{
    struct buffer key = BUFFER_INIT;
    uint32_t number = 0;
    bool new = false;

    add_field(&key, record, FIELD_KIND);
    const struct value *value = record_get(record, FIELD_VALUE);
    if (value)
        buffer_add(&key, value->text, value->length);
    int result = key.failed
                     ? -1
                     : number_of(&histogram->values, key.data, key.length, &number, &new);
    buffer_release(&key);
    if (result != 0 || memory_grow((void **)&histogram->counted, &histogram->counted_capacity,
                                   number + 1u, sizeof *histogram->counted) != 0)
        return -1;
    struct counted *counted = &histogram->counted[number];
    if (new) {
        *counted = (struct counted){ .count = 0 };
        if (note_place(histogram, record, counted) != 0)
            return -1;
    }
    counted->count++;
    return count_file(histogram, record, number);
}

int histogram_sink(void *context, struct record *record)
{
    struct histogram_filter *filter = context;

    if (record->type != RECORD_INDICATOR)
        return filter->sink(filter->context, record);
    filter->out_of_memory |= histogram_add(filter->histogram, record) != 0;
    return filter->out_of_memory ? -1 : 0;
}

static int compare_counts(const void *a, const void *b, void *context)
{
    const struct histogram *histogram = context;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    const struct counted *left = &histogram->counted[x], *right = &histogram->counted[y];

    if (left->count != right->count)
        return left->count > right->count ? -1 : 1;
    return strcmp(histogram->values.texts.data + histogram->values.places[x],
                  histogram->values.texts.data + histogram->values.places[y]);
}

int histogram_each(struct histogram *histogram, examine_sink sink, void *context,
                   struct error *error)
{
    size_t count = histogram->values.count;
    uint32_t *order = malloc((count + 1) * sizeof *order);
    int result = 0;

    if (!order)
        return error_set_memory(error);
    for (size_t i = 0; i < count; i++)
        order[i] = (uint32_t)i;
    qsort_r(order, count, sizeof *order, compare_counts, histogram);
    for (size_t i = 0; i < count && result == 0; i++) {
        const struct counted *counted = &histogram->counted[order[i]];
        const char *key = histogram->values.texts.data + histogram->values.places[order[i]];
        const char *value = strchr(key, '\n') + 1;
        struct record record;
        record_begin(&record, RECORD_COUNT);
        record_text_n(&record, FIELD_KIND, key, (size_t)(value - key) - 1);
        record_text(&record, FIELD_VALUE, value);
        record_number(&record, FIELD_COUNT, counted->count);
        record_number(&record, FIELD_FILES, counted->files);
        if (histogram->images.count > 0)
            record_text(&record, FIELD_IMAGE,
                        histogram->images.texts.data + histogram->images.places[counted->image]);
        if (counted->placed)
            record_number(&record, FIELD_OFFSET, counted->offset);
        result = sink(context, &record);
    }
    free(order);
    return result;
}
