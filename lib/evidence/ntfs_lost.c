/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ntfs_lost: see ntfs_lost.h.
 *
 * An index record ($INDEX_ALLOCATION, "$I30")
 *     0    4  INDX
 *     4    4  place and length of the update sequence (fixup.h)
 *    24    4  where the entries begin, from here on
 *    28    4  bytes of entries in use, from 24 on; behind them lies what was moved or deleted
 *
 * The entries in it and in the folder's $MFT record (ntfs_entries.h) are looked at, in use or
 * not: records of the index that were freed say that theirs are in use. Names that $MFT has are
 * given with their files; a DOS name has a longer twin, which counts where it is there.
 *
 * Of the entries within $MFT records the pass over $MFT noted which file each means, since to
 * read these again would take as long as the pass. The index records are read as they lie on
 * the media, which of an EWF image inflates each chunk once; the thread that waits for the end
 * reads some too.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/fixup.h>
#include <fett/limits.h>
#include <fett/text.h>

#include "ntfs_entries.h"
#include "ntfs_lost.h"

enum {
    PIECES_AT_ONCE = 16, /* that one thread takes: neighbours are in the same chunk of EWF */
    ENTRIES_AT_ONCE = 64, /* that are compared with $MFT: as many as an index record has */
};

/* An entry whose file is known. */
struct met_entry {
    const uint8_t *name;
    uint32_t number;
    uint16_t sequence;
};

/* What looks through pieces. */
struct ntfs_seeker {
    struct ntfs_lost *lost;
    const struct ntfs *ntfs;
    struct reader *reader;
    uint8_t *block;
    struct buffer name;
    struct ntfs_lost_list list;
    bool too_many;
    /* of the piece that is looked through */
    size_t number;
    uint32_t folder;
    uint64_t reference;
    uint64_t place;      /* of data[0] */
    const uint8_t *data;
    struct met_entry entries[ENTRIES_AT_ONCE];
    size_t entry_count;
};

/* 0, or -1 without memory. */
static int keep_name(struct ntfs_seeker *seeker, const uint8_t *name,
                     const struct met_entry *entry)
{
    struct ntfs_lost_list *list = &seeker->list;
    struct ntfs_lost_name found = { .folder = seeker->folder, .piece = (uint32_t)seeker->number,
                                    .place = seeker->place + (size_t)(name - seeker->data),
                                    .text = (uint32_t)list->texts.length };
    const uint8_t *text;
    size_t units = ntfs_entry_name(name, &text);

    if (list->count == LIMIT_LOST_NAMES) {
        seeker->too_many = true;
        return 0;
    }
    if (memory_grow((void **)&list->names, &list->capacity, list->count + 1,
                    sizeof *list->names) != 0)
        return -1;
    text_add_utf16le(&list->texts, text, units);
    found.length = (uint16_t)(list->texts.length - found.text);
    ntfs_entry_times(name, found.times);
    found.size = ntfs_entry_size(name);
    found.directory = ntfs_entry_is_folder(name);
    found.dos = ntfs_entry_is_dos_name(name);
    if (entry) {
        found.referenced = true;
        found.number = entry->number;
        found.sequence = entry->sequence;
    }
    list->names[list->count++] = found;
    return list->texts.failed ? -1 : 0;
}

/* Keep the names that the files of their entries do not have. These lie anywhere in memory: what
 * is needed of all of them is asked for before it is looked at. */
static int keep_entries(struct ntfs_seeker *seeker)
{
    const struct ntfs *ntfs = seeker->ntfs;
    int result = 0;

    for (size_t i = 0; i < seeker->entry_count; i++)
        __builtin_prefetch(&ntfs->names[ntfs->nodes[seeker->entries[i].number].first_name]);
    for (size_t i = 0; i < seeker->entry_count; i++) {
        const struct ntfs_node *node = &ntfs->nodes[seeker->entries[i].number];
        if (node->name_count > 0)
            __builtin_prefetch(ntfs->text.data + ntfs->names[node->first_name].text);
    }
    for (size_t i = 0; i < seeker->entry_count && result == 0; i++) {
        const struct met_entry *entry = &seeker->entries[i];
        const uint8_t *text;
        size_t units = ntfs_entry_name(entry->name, &text);
        bool known = ntfs_entry_is_dos_name(entry->name)
                         ? ntfs_has_dos_entry(ntfs, seeker->folder, entry->number,
                                              entry->sequence)
                         : ntfs_has_entry(ntfs, seeker->folder, entry->number, entry->sequence,
                                          text, units, &seeker->name);
        if (!known && ntfs_entry_is_plausible(entry->name))
            result = keep_name(seeker, entry->name, entry);
    }
    seeker->entry_count = 0;
    return seeker->name.failed ? -1 : result;
}

static int take_name(void *context, const uint8_t *name, const uint8_t *head)
{
    struct ntfs_seeker *seeker = context;
    struct met_entry entry = { .name = name };

    if (!ntfs_entry_file(seeker->ntfs, head, name, &entry.number, &entry.sequence)) {
        if (!ntfs_entry_is_plausible(name))
            return 0;
        return keep_name(seeker, name, NULL) != 0 ? -1 : 1;
    }
    if (seeker->entry_count == ENTRIES_AT_ONCE && keep_entries(seeker) != 0)
        return -1;
    __builtin_prefetch(&seeker->ntfs->nodes[entry.number]);
    seeker->entries[seeker->entry_count++] = entry;
    return 1;
}

static int seek_in(struct ntfs_seeker *seeker, uint64_t place, const uint8_t *data, size_t size,
                   size_t whole)
{
    seeker->place = place;
    seeker->data = data;
    return ntfs_each_entry(data, size, whole, seeker->reference, take_name, seeker) != 0
               ? -1
               : keep_entries(seeker);
}

/* The index records in the block, which stands at `place`. */
static int seek_in_index(struct ntfs_seeker *seeker, uint64_t place, size_t size)
{
    uint32_t record_size = seeker->ntfs->geometry.index_size;
    int result = 0;

    for (size_t i = 0; i + record_size <= size && result == 0; i += record_size) {
        uint8_t *record = seeker->block + i;
        size_t whole = 0;
        if (memcmp(record, "INDX", 4) == 0)
            fixup_undo(record, record_size, &whole);
        result = seek_in(seeker, place + i, record, record_size, whole);
    }
    return result;
}

/* The names in a folder's index, or some of them, cannot be read. */
static int lose_index(const struct ntfs_seeker *seeker, uint32_t number, const char *reason,
                      struct error *error)
{
    struct ntfs *ntfs = seeker->lost->ntfs;
    struct ntfs_view view;
    struct file folder;
    int result = ntfs_view_init(&view, ntfs) == 0 ? 0 : error_set_memory(error);

    if (result == 0)
        result = ntfs_view_file(&view, number, ntfs_main_position(ntfs, &ntfs->nodes[number]),
                                &folder, error);
    if (result == 0)
        filesystem_add_gap(&ntfs->base, ntfs->base.volume->offset, 0, folder.path, folder.inode,
                           reason);
    ntfs_view_release(&view);
    return result;
}

static int seek_in_stream(struct ntfs_seeker *seeker, uint32_t position, uint64_t place,
                          struct error *error)
{
    const struct ntfs *ntfs = seeker->ntfs;
    const struct ntfs_stream *stream =
        ntfs_stream_at(ntfs, &ntfs->nodes[seeker->folder], position);
    struct error why = ERROR_INIT;
    struct reader *reader;
    int result = 0;

    if (ntfs_content_open_by(seeker->lost->ntfs, seeker->reader, stream, &reader, &why) != 0)
        return why.kind == ERROR_SYSTEM ? error_set(error, why.kind, "%s", why.text)
                                        : lose_index(seeker, seeker->folder, why.text, error);
    for (uint64_t at = 0; at < reader->size && result == 0; at += NTFS_PIECE_BYTES) {
        uint64_t left = reader->size - at;
        size_t size = left < NTFS_PIECE_BYTES ? (size_t)left : NTFS_PIECE_BYTES;
        reader_read(reader, at, seeker->block, size, NULL);
        result = seek_in_index(seeker, place + at, size);
    }
    reader_free(reader);
    return result != 0 ? error_set_memory(error) : 0;
}

/* One that cannot be read is told by the pass over $MFT. */
static int seek_in_record(struct ntfs_seeker *seeker, uint32_t number)
{
    const struct ntfs *ntfs = seeker->ntfs;
    uint32_t size = ntfs->geometry.record_size;
    struct ntfs_record record;

    if (ntfs_mft_read_by(ntfs, seeker->reader, (uint64_t)number * size, seeker->block, size,
                         NULL) != 0 ||
        ntfs_record_open(&record, seeker->block, size, NULL) != 0)
        return 0;
    return seek_in(seeker, number == seeker->folder ? 0 : size, record.data, record.usable,
                   record.usable);
}

/* What cannot be read of an index is zeros, and the image has the gap. */
static int seek_in_piece(struct ntfs_seeker *seeker, size_t number, struct error *error)
{
    const struct ntfs_piece *piece = &seeker->lost->pieces[number];
    const struct ntfs_node *node = &seeker->ntfs->nodes[piece->folder];
    uint16_t sequence = (uint16_t)(node->sequence - !(node->flags & NODE_IN_USE));
    uint64_t place = (uint64_t)piece->number << 48; /* $MFT records come first */
    int result;

    seeker->number = number;
    seeker->folder = piece->folder;
    seeker->reference = piece->folder | (uint64_t)sequence << 48;
    if (piece->kind == NTFS_PIECE_STREAM)
        return seek_in_stream(seeker, piece->number, place, error);
    if (piece->kind == NTFS_PIECE_RECORD) {
        result = seek_in_record(seeker, piece->number);
    } else {
        reader_read(seeker->reader, piece->media, seeker->block, piece->length, NULL);
        result = seek_in_index(seeker, place + piece->at, piece->length);
    }
    return result != 0 ? error_set_memory(error) : 0;
}

static size_t take_pieces(struct ntfs_lost *lost)
{
    return atomic_fetch_add(&lost->next, PIECES_AT_ONCE);
}

/* Look through pieces until there are no more. */
static int seek(struct ntfs_seeker *seeker, struct error *error)
{
    struct ntfs_lost *lost = seeker->lost;
    int result = 0;

    seeker->block = malloc(NTFS_PIECE_BYTES);
    if (!seeker->block)
        return error_set_memory(error);
    for (size_t first; result == 0 && (first = take_pieces(lost)) < lost->piece_count;) {
        size_t left = lost->piece_count - first;
        size_t count = left < PIECES_AT_ONCE ? left : PIECES_AT_ONCE;
        if (!seeker->reader)
            result = volume_reader(seeker->ntfs->base.image, seeker->ntfs->base.volume,
                                   &seeker->reader, error);
        for (size_t i = 0; i < count && result == 0; i++)
            result = seek_in_piece(seeker, first + i, error);
    }
    return result;
}

static void seeker_release(struct ntfs_seeker *seeker)
{
    reader_free(seeker->reader);
    free(seeker->block);
    buffer_release(&seeker->name);
    ntfs_lost_list_release(&seeker->list);
    *seeker = (struct ntfs_seeker){ .lost = seeker->lost, .ntfs = seeker->ntfs };
}

static void *work(void *context)
{
    struct ntfs_lost *lost = context;

    if (ntfs_lost_add_pieces(lost) != 0) {
        lost->result = error_set_memory(&lost->error);
        return NULL;
    }
    lost->ready = true;
    lost->result = seek(lost->seeker, &lost->error);
    return NULL;
}

int ntfs_seek_lost_names(struct filesystem *filesystem, struct error *error)
{
    struct ntfs *ntfs = ntfs_of(filesystem);
    struct ntfs_lost *lost;

    if (ntfs->lost)
        return 0;
    if (!(lost = calloc(1, sizeof *lost)))
        return error_set_memory(error);
    lost->tree.operations = &ntfs_lost_operations;
    lost->ntfs = ntfs;
    lost->seeker = calloc(1, sizeof *lost->seeker);
    if (ntfs_view_init(&lost->view, ntfs) != 0 || !lost->seeker) {
        ntfs_lost_free(lost);
        return error_set_memory(error);
    }
    *lost->seeker = (struct ntfs_seeker){ .lost = lost, .ntfs = ntfs };
    ntfs->lost = lost;
    lost->threaded = pthread_create(&lost->thread, NULL, work, lost) == 0;
    if (!lost->threaded)
        work(lost);
    return 0;
}

/* --- the end --- */

/* Add the names of one list to another. 0, or -1 without memory. */
static int join_lists(struct ntfs_lost_list *list, const struct ntfs_lost_list *other)
{
    size_t base = list->texts.length;

    buffer_add(&list->texts, other->texts.data, other->texts.length);
    if (list->texts.failed ||
        memory_grow((void **)&list->names, &list->capacity, list->count + other->count + 1,
                    sizeof *list->names) != 0)
        return -1;
    for (size_t i = 0; i < other->count; i++) {
        list->names[list->count] = other->names[i];
        list->names[list->count++].text += (uint32_t)base;
    }
    return 0;
}

static int compare_by_piece(const void *a, const void *b)
{
    const struct ntfs_lost_name *x = a, *y = b;

    if (x->piece != y->piece)
        return x->piece < y->piece ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

/* Too many are the same whichever thread found them. */
static int cut(struct ntfs_seeker *seeker, struct error *error)
{
    struct ntfs_lost_list *list = &seeker->lost->list;

    if (list->count <= LIMIT_LOST_NAMES && !seeker->too_many)
        return 0;
    qsort(list->names, list->count, sizeof *list->names, compare_by_piece);
    list->count = LIMIT_LOST_NAMES;
    return lose_index(seeker, NTFS_RECORD_ROOT,
                      "more names in the slack of indexes than are kept", error);
}

/* Look through what is left, wait for the thread, and put together what both found. */
static int finish(struct ntfs_lost *lost, struct error *error)
{
    struct ntfs_seeker own = { .lost = lost, .ntfs = lost->ntfs };
    int result = lost->ready ? seek(&own, error) : 0;

    if (lost->threaded)
        pthread_join(lost->thread, NULL);
    lost->threaded = false;
    if (result == 0 && lost->result != 0)
        result = error_set(error, lost->error.kind, "%s", lost->error.text);
    own.too_many |= lost->seeker->too_many;
    if (result == 0 && (join_lists(&lost->list, &lost->seeker->list) != 0 ||
                        join_lists(&lost->list, &own.list) != 0))
        result = error_set_memory(error);
    if (result == 0)
        result = cut(&own, error);
    if (result == 0 && ntfs_lost_settle(lost->ntfs, &lost->list) != 0)
        result = error_set_memory(error);
    seeker_release(&own);
    seeker_release(lost->seeker);
    free(lost->pieces);
    lost->pieces = NULL;
    return result;
}

int ntfs_lost_names(struct filesystem *filesystem, struct tree **tree, struct error *error)
{
    if (ntfs_seek_lost_names(filesystem, error) != 0)
        return -1;
    struct ntfs_lost *lost = ntfs_of(filesystem)->lost;
    if (!lost->done && finish(lost, error) != 0)
        return -1;
    lost->done = true;
    *tree = lost->list.count > 0 ? &lost->tree : NULL;
    return 0;
}

void ntfs_lost_list_release(struct ntfs_lost_list *list)
{
    free(list->names);
    buffer_release(&list->texts);
    *list = (struct ntfs_lost_list){ .count = 0 };
}

void ntfs_lost_free(struct ntfs_lost *lost)
{
    if (!lost)
        return;
    if (lost->threaded) {
        lost->next = SIZE_MAX / 2; /* nobody waits for the rest */
        pthread_join(lost->thread, NULL);
    }
    if (lost->seeker)
        seeker_release(lost->seeker);
    free(lost->seeker);
    free(lost->pieces);
    ntfs_view_release(&lost->view);
    ntfs_lost_list_release(&lost->list);
    buffer_release(&lost->path);
    free(lost);
}
