/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The repository of WMI: see wmi.h. OBJECTS.DATA is read from its start to its end for
 * what begins as an instance does; mapping and index tell which of these are live.
 */

#include <inttypes.h>
#include <stdlib.h>

#include <fett/buffer.h>
#include <fett/bytes.h>
#include <fett/limits.h>
#include <fett/text.h>

#include "wmi_internal.h"

enum {
    CHUNK = 128 * WMI_PAGE,
    MOST_SHIFTS = 8, /* digits of others beside those of a hash */
    ENTRY = 16,      /* of the table at the start of a page */
};

struct scan {
    struct wmi *wmi;
    const struct wmi_files *files;
    struct wmi_hashes hashes;
    struct wmi_maps maps;
    struct wmi_references references;
    bool has_index;        /* all of it could be read */
    uint32_t *logical;     /* of each page of the file; WMI_NO_PAGE: it is not mapped */
    uint64_t page_count;
    uint64_t again, kept;  /* bytes, against the limits */
    const uint8_t *chunk;
    uint64_t chunk_at;
    size_t chunk_size;
    struct buffer record;
    wmi_problem problem;
    void *context;
    size_t problems;
    bool out_of_memory, ended;
};

static void tell(void *context, struct error *problem)
{
    struct scan *scan = context;

    if (scan->problems++ == LIMIT_WMI_PROBLEMS)
        error_set(problem, ERROR_LIMIT, "more problems than are told one by one");
    if (scan->problems <= LIMIT_WMI_PROBLEMS + 1)
        scan->problem(scan->context, problem);
}

/* --- which record of its page begins at a place --- */

/* The entry of the table of its page whose record begins at a place of the chunk; NULL: it
 * has none. */
static const uint8_t *find_entry(const struct scan *scan, size_t at)
{
    size_t in_page = at % WMI_PAGE, left = scan->chunk_size - (at - in_page);
    const uint8_t *page = scan->chunk + at - in_page;

    for (size_t i = 0; i + ENTRY <= left && i + ENTRY <= WMI_PAGE; i += ENTRY) {
        if (bytes_all_zero(page + i, ENTRY))
            return NULL;
        if (bytes_u32le(page + i + 4) == in_page)
            return page + i;
    }
    return NULL;
}

static struct wmi_reference *find_reference(const struct scan *scan, uint32_t page, uint32_t id)
{
    size_t low = 0, high = scan->references.count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct wmi_reference *item = &scan->references.items[middle];
        if (item->page == page && item->id == id)
            return item;
        if (item->page < page || (item->page == page && item->id < id))
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* What a record is that begins at a place of the file. */
struct standing {
    enum wmi_state state;
    struct wmi_reference *reference;
    uint32_t page; /* logical; WMI_NO_PAGE: none */
};

static struct standing stand(const struct scan *scan, uint64_t offset, const uint8_t *entry)
{
    struct standing standing = { .state = WMI_UNREFERENCED, .page = WMI_NO_PAGE };

    if (!scan->logical)
        return standing;
    standing.page = scan->logical[offset / WMI_PAGE];
    bool is_record = standing.page != WMI_NO_PAGE && entry;
    if (is_record)
        standing.reference = find_reference(scan, standing.page, bytes_u32le(entry));
    if (standing.reference)
        standing.state = WMI_LIVE;
    else if (!scan->maps.is_damaged && (scan->has_index || !is_record))
        standing.state = WMI_DELETED;
    return standing;
}

/* --- the bytes of a record --- */

static int add_bytes(struct scan *scan, uint64_t offset, size_t size)
{
    struct error reason = ERROR_INIT;
    char *at = buffer_reserve(&scan->record, size);

    if (!at)
        return -1;
    if (reader_read(scan->files->objects, offset, at, size, &reason) != 0) {
        error_prefix(&reason, "OBJECTS.DATA");
        tell(scan, &reason);
    }
    scan->record.length += size;
    return 0;
}

/* A record in scan->record: over logical pages where it is live, else as the file has it. What is
 * behind the end of the file, or on a page that is nowhere, is not there. */
static int gather(struct scan *scan, uint64_t offset, const struct standing *standing,
                  uint64_t size)
{
    const struct wmi_map *map = &scan->maps.objects;
    uint64_t end = scan->files->objects->size;
    uint32_t page = standing->page;

    buffer_clear(&scan->record);
    if (size > end)
        size = end;
    scan->again += size;
    if (page == WMI_NO_PAGE || standing->state == WMI_DELETED)
        return add_bytes(scan, offset, (size_t)(size < end - offset ? size : end - offset));
    while (size > 0 && offset < end) {
        uint64_t part = WMI_PAGE - offset % WMI_PAGE;
        if (part > size)
            part = size;
        if (part > end - offset)
            part = end - offset;
        if (add_bytes(scan, offset, (size_t)part) != 0)
            return -1;
        size -= part;
        if (++page >= map->count || map->pages[page] == WMI_NO_PAGE)
            return 0;
        offset = (uint64_t)map->pages[page] * WMI_PAGE;
    }
    return 0;
}

/* --- instances --- */

static void tell_of_record(struct scan *scan, uint64_t offset, enum error_kind kind,
                           const char *what)
{
    struct error reason = ERROR_INIT;

    error_set(&reason, kind, "OBJECTS.DATA: record at %" PRIu64 ": %s", offset, what);
    tell(scan, &reason);
}

static int keep(struct scan *scan, struct wmi_instance *instance)
{
    struct wmi *wmi = scan->wmi;

    for (size_t i = 0; i < instance->text_count; i++)
        scan->kept += strlen(instance->texts[i].text) + sizeof *instance->texts;
    scan->kept += sizeof *instance;
    if (scan->kept > LIMIT_WMI_KEPT_BYTES) {
        tell_of_record(scan, instance->offset, ERROR_LIMIT,
                       "this and all behind it are more instances than are kept");
        scan->ended = true;
        return 1;
    }
    if (memory_grow((void **)&wmi->instances, &wmi->capacity, wmi->count + 1,
                    sizeof *wmi->instances) != 0)
        return -1;
    wmi->instances[wmi->count++] = *instance;
    return 0;
}

/* What was read: kept, told, or both. What is left of a deleted one is ordinary. */
static int take(struct scan *scan, struct wmi_instance *instance, const struct standing *standing,
                uint64_t size)
{
    if (standing->state == WMI_LIVE && size > standing->reference->size && !instance->damaged)
        tell_of_record(scan, instance->offset, ERROR_DAMAGED,
                       "it is larger than the index says");
    if (instance->damaged && standing->state != WMI_DELETED) {
        struct buffer text = BUFFER_INIT;
        buffer_add_format(&text, "%s: %s", instance->class, instance->damaged);
        tell_of_record(scan, instance->offset, ERROR_DAMAGED, buffer_text(&text));
        buffer_release(&text);
    } else if (instance->text_count == 0 && standing->state != WMI_DELETED)
        tell_of_record(scan, instance->offset, ERROR_DAMAGED, "it has no texts");
    int result = instance->text_count == 0 ? 1 : keep(scan, instance);
    if (result != 0)
        wmi_release_instance(instance);
    return result < 0 ? -1 : 0;
}

/* Whether the text of a key stands at a place, "CI_" and the hash. */
static bool is_key(const struct scan *scan, size_t at)
{
    return at >= 2 && bytes_u16le(scan->chunk + at - 2) == '_';
}

/* Whether an instance begins at a place of the chunk with so many digits. */
static bool try_instance(struct scan *scan, size_t at, const char *digits, size_t count)
{
    const struct wmi_class *class = wmi_class_of(&scan->hashes, digits, count);
    uint64_t size = wmi_record_size(scan->chunk + at, scan->chunk_size - at, count);
    const uint8_t *entry = size > 0 ? find_entry(scan, at) : NULL;
    struct wmi_instance instance = { .offset = scan->chunk_at + at };

    if (size == 0 || ((!class || is_key(scan, at)) && !entry))
        return false;
    const struct standing standing = stand(scan, instance.offset, entry);
    if (scan->again + size > LIMIT_WMI_TIMES * scan->files->objects->size + CHUNK) {
        tell_of_record(scan, instance.offset, ERROR_LIMIT,
                       "the records before it claim the same bytes too often");
        scan->ended = true;
        return true;
    }
    int result = gather(scan, instance.offset, &standing, size);
    if (result == 0)
        result = wmi_read_instance(&instance, class, (const uint8_t *)scan->record.data,
                                   scan->record.length, count);
    instance.state = standing.state;
    if (standing.reference && result <= 0) {
        standing.reference->met = true;
        instance.name_space = standing.reference->name_space;
        instance.name_space_id = standing.reference->name_space_id;
    }
    if (result == 0)
        result = take(scan, &instance, &standing, size);
    else
        wmi_release_instance(&instance);
    scan->out_of_memory |= result < 0;
    return result <= 0;
}

/* A run of digits of 16 bits each: a hash, perhaps with what looks alike beside it. */
static void try_run(struct scan *scan, size_t at, size_t count)
{
    static const size_t lengths[2] = { WMI_SHA256_DIGITS, WMI_MD5_DIGITS };
    char digits[WMI_SHA256_DIGITS];

    for (size_t i = 0; i < 2; i++) {
        size_t length = lengths[i], shifts = count - length;
        if (count < length || (scan->maps.objects.pages && scan->maps.objects.is_xp != (i == 1)))
            continue;
        for (size_t shift = 0; shift <= shifts; shift++) {
            if (shift == 1 && shifts > MOST_SHIFTS)
                shift = shifts;
            for (size_t d = 0; d < length; d++)
                digits[d] = (char)scan->chunk[at + 2 * (shift + d)];
            if (try_instance(scan, at + 2 * shift, digits, length) || scan->out_of_memory)
                return;
        }
    }
}

static bool is_digit(const uint8_t *unit)
{
    uint8_t c = unit[0] | 0x20;

    return unit[1] == 0 && ((unit[0] >= '0' && unit[0] <= '9') || (c >= 'a' && c <= 'f'));
}

static void scan_chunk(struct scan *scan)
{
    for (size_t at = 0; at + 1 < scan->chunk_size && !scan->out_of_memory && !scan->ended;) {
        size_t count = 0;
        while (at + 2 * count + 1 < scan->chunk_size && is_digit(scan->chunk + at + 2 * count))
            count++;
        if (count >= WMI_MD5_DIGITS)
            try_run(scan, at, count);
        at += count > 0 ? 2 * count - 1 : 1; /* the next may begin with the last's NUL */
    }
}

static void scan_objects(struct scan *scan)
{
    struct reader *objects = scan->files->objects;
    uint8_t *chunk = malloc(CHUNK);

    scan->chunk = chunk;
    scan->out_of_memory |= !chunk;
    for (uint64_t at = 0; at < objects->size && !scan->out_of_memory && !scan->ended;
         at += CHUNK) {
        struct error reason = ERROR_INIT;
        scan->chunk_at = at;
        scan->chunk_size = objects->size - at < CHUNK ? (size_t)(objects->size - at) : CHUNK;
        if (reader_read(objects, at, chunk, scan->chunk_size, &reason) != 0) {
            error_prefix(&reason, "OBJECTS.DATA");
            tell(scan, &reason);
        }
        scan_chunk(scan);
    }
    free(chunk);
}

/* --- what is live --- */

static int map_pages(struct scan *scan)
{
    const struct wmi_map *map = &scan->maps.objects;
    uint64_t size = scan->files->objects->size;

    if (!map->pages)
        return 0;
    scan->page_count = size / WMI_PAGE + 1;
    scan->logical = malloc(scan->page_count * sizeof *scan->logical);
    if (!scan->logical)
        return -1;
    for (uint64_t i = 0; i < scan->page_count; i++)
        scan->logical[i] = WMI_NO_PAGE;
    for (size_t i = map->count; i-- > 0;)
        if (map->pages[i] < scan->page_count)
            scan->logical[map->pages[i]] = (uint32_t)i;
    return 0;
}

static void tell_missing(struct scan *scan, const char *what)
{
    struct error reason = ERROR_INIT;

    error_set(&reason, ERROR_DAMAGED, "%s, so which consumers were deleted is not known", what);
    tell(scan, &reason);
}

static int read_index(struct scan *scan, struct error *error)
{
    const struct wmi_files *files = scan->files;

    if (wmi_read_maps(&scan->maps, files, tell, scan, error) != 0)
        return -1;
    if (map_pages(scan) != 0)
        return error_set_memory(error);
    if (!scan->maps.objects.pages)
        tell_missing(scan, "no mapping file can be read");
    else if (!files->index)
        tell_missing(scan, "INDEX.BTR is not there");
    else if (!scan->maps.index.pages)
        tell_missing(scan, "the mapping of INDEX.BTR is not there");
    else
        return wmi_read_index(&scan->references, files->index, &scan->maps.index, &scan->hashes,
                              &scan->has_index, tell, scan, error);
    return 0;
}

/* Records of consumers and the like that the index names and that were not met. */
static void tell_unmet(struct scan *scan)
{
    for (size_t i = 0; i < scan->references.count && !scan->ended; i++) {
        const struct wmi_reference *item = &scan->references.items[i];
        struct error reason = ERROR_INIT;
        if (!item->is_wanted || item->met)
            continue;
        error_set(&reason, ERROR_DAMAGED, "OBJECTS.DATA: page %" PRIu32 " has no instance %"
                  PRIu32 " of %" PRIu32 " bytes, which the index names", item->page, item->id,
                  item->size);
        tell(scan, &reason);
    }
}

/* --- copies --- */

static int compare_texts(const struct wmi_instance *a, const struct wmi_instance *b)
{
    int order = strcmp(a->class, b->class);

    for (size_t i = 0; order == 0 && i < a->text_count && i < b->text_count; i++) {
        const struct wmi_text *x = &a->texts[i], *y = &b->texts[i];
        order = strcmp(x->name ? x->name : "", y->name ? y->name : "");
        if (order == 0)
            order = strcmp(x->text, y->text);
    }
    return order ? order : (a->text_count > b->text_count) - (a->text_count < b->text_count);
}

static int compare_places(const void *a, const void *b)
{
    const struct wmi_instance *x = a, *y = b;

    if (x->state != y->state)
        return x->state == WMI_LIVE || (x->state == WMI_UNREFERENCED && y->state == WMI_DELETED)
                   ? -1
                   : 1;
    return (x->offset > y->offset) - (x->offset < y->offset);
}

static int compare_copies(const void *a, const void *b)
{
    int order = compare_texts(a, b);

    return order ? order : compare_places(a, b);
}

/* Pages are written anew for every change of one of their records: of those that are not live
 * each is kept once, and none that says what a live one does. */
static void drop_copies(struct wmi *wmi)
{
    size_t kept = 0;

    if (wmi->count == 0)
        return;
    qsort(wmi->instances, wmi->count, sizeof *wmi->instances, compare_copies);
    for (size_t i = 1; i < wmi->count; i++) {
        struct wmi_instance *item = &wmi->instances[i];
        if (item->state != WMI_LIVE && compare_texts(&wmi->instances[kept], item) == 0)
            wmi_release_instance(item);
        else
            wmi->instances[++kept] = *item;
    }
    wmi->count = kept + 1;
    qsort(wmi->instances, wmi->count, sizeof *wmi->instances, compare_places);
}

int wmi_read(struct wmi *wmi, const struct wmi_files *files, wmi_problem problem, void *context,
             struct error *error)
{
    struct scan scan = { .wmi = wmi, .files = files, .problem = problem, .context = context };

    *wmi = (struct wmi){ .count = 0 };
    int result = wmi_hash_names(&scan.hashes, error);
    if (result == 0)
        result = read_index(&scan, error);
    if (result == 0) {
        scan_objects(&scan);
        tell_unmet(&scan);
        drop_copies(wmi);
        if (scan.out_of_memory || scan.record.failed)
            result = error_set_memory(error);
    }
    buffer_release(&scan.record);
    free(scan.logical);
    free(scan.references.items);
    wmi_release_maps(&scan.maps);
    return result;
}

void wmi_release(struct wmi *wmi)
{
    for (size_t i = 0; i < wmi->count; i++)
        wmi_release_instance(&wmi->instances[i]);
    free(wmi->instances);
    *wmi = (struct wmi){ .count = 0 };
}

const char *wmi_text(const struct wmi_instance *instance, const char *name)
{
    for (size_t i = 0; i < instance->text_count; i++)
        if (instance->texts[i].name && strcmp(instance->texts[i].name, name) == 0)
            return instance->texts[i].text;
    return NULL;
}

bool wmi_is_objects(const uint8_t *head, size_t size)
{
    uint32_t least = UINT32_MAX;
    size_t at = 0;

    /* records behind each other, none within the table, which zeros end */
    for (; at + ENTRY <= size && !bytes_all_zero(head + at, ENTRY); at += ENTRY) {
        uint32_t begin = bytes_u32le(head + at + 4);
        if (bytes_u32le(head + at) == 0 || begin < ENTRY || begin >= WMI_PAGE ||
            bytes_u32le(head + at + 8) == 0 ||
            bytes_u32le(head + at + 8) > LIMIT_WMI_INSTANCE_BYTES)
            return false;
        if (begin < least)
            least = begin;
    }
    return at > 0 && (at + ENTRY > size || at + ENTRY <= least);
}
