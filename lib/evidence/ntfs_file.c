/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ntfs_file: a record of the index as a file: its paths, state, times.
 *
 * A name points to its folder by record and sequence number. The folder counts
 * only if its sequence is the same, or one more when its record was freed since;
 * otherwise the record belongs to another by now, and the file is an orphan.
 *
 * Reparse point
 *     0    4  tag: 0xa000000c symbolic link, 0xa0000003 mount point
 *     8    8  offset and length of the substitute name, which Windows follows, then of the print
 *             name, which it shows
 *    16       the names (behind 4 bytes of flags for symbolic links), UTF-16LE
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fett/bytes.h>
#include <fett/limits.h>
#include <fett/text.h>

#include "ntfs.h"

#define ORPHAN_FOLDER "/$OrphanFiles"

#define TAG_MOUNT_POINT 0xa0000003u
#define TAG_SYMBOLIC_LINK 0xa000000cu

/* Before a substitute name with a drive stands \??\, which means the names of the system. */
#define NATIVE "\\\0?\0?\0\\"
enum { NATIVE_SIZE = 8 };

int ntfs_view_init(struct ntfs_view *view, struct ntfs *ntfs)
{
    *view = (struct ntfs_view){ .ntfs = ntfs,
                                .paths = calloc(NTFS_PATH_CACHE, sizeof *view->paths) };
    return view->paths ? 0 : -1;
}

void ntfs_view_release(struct ntfs_view *view)
{
    for (size_t i = 0; view->paths && i < NTFS_PATH_CACHE; i++)
        free(view->paths[i].path);
    free(view->paths);
    buffer_release(&view->path);
    free(view->file_names);
}

static uint64_t handle_of(uint64_t record, unsigned position)
{
    return record << 16 | position;
}

static bool is_index_of_names(const struct ntfs *ntfs, const struct ntfs_stream *stream)
{
    return stream->name_length == 4 && memcmp(ntfs->text.data + stream->text, "$I30", 4) == 0;
}

bool ntfs_stream_shown(const struct ntfs_node *node, const struct ntfs *ntfs,
                       const struct ntfs_stream *stream)
{
    if (stream->type == NTFS_DATA)
        return true;
    return stream->type == NTFS_INDEX_ROOT &&
           (node->flags & NODE_DIRECTORY || !is_index_of_names(ntfs, stream));
}

unsigned ntfs_main_position(const struct ntfs *ntfs, const struct ntfs_node *node)
{
    bool directory = node->flags & NODE_DIRECTORY;

    for (unsigned i = 1; i <= node->stream_count; i++) {
        const struct ntfs_stream *stream = ntfs_stream_at(ntfs, node, i);
        if (directory ? stream->type == NTFS_INDEX_ROOT && is_index_of_names(ntfs, stream)
                      : stream->type == NTFS_DATA && stream->name_length == 0)
            return i;
    }
    return 0;
}

bool ntfs_parent_of(const struct ntfs *ntfs, const struct ntfs_name *name, uint32_t *parent)
{
    uint64_t record = name->parent & 0xffffffffffff;
    uint16_t sequence = (uint16_t)(name->parent >> 48);

    if (record >= ntfs->records)
        return false;
    const struct ntfs_node *node = &ntfs->nodes[record];
    if (!(node->flags & NODE_USABLE) || !(node->flags & NODE_DIRECTORY))
        return false;
    if (!(node->flags & NODE_IN_USE))
        sequence++;
    *parent = (uint32_t)record;
    return node->sequence == sequence;
}

static void add_own_name(struct ntfs_view *view, uint32_t record, const struct ntfs_name *name)
{
    buffer_add_byte(&view->path, '/');
    if (name)
        buffer_add(&view->path, view->ntfs->text.data + name->text, name->length);
    else
        buffer_add_format(&view->path, "OrphanFile-%u", record);
}

static const struct ntfs_name *first_name(const struct ntfs *ntfs, uint32_t record)
{
    const struct ntfs_node *node = &ntfs->nodes[record];

    return node->name_count ? &ntfs->names[node->first_name] : NULL;
}

static void remember_path(struct ntfs_view *view, uint32_t record, size_t start,
                          enum file_state state)
{
    struct ntfs_cached_path *cached = &view->paths[record % NTFS_PATH_CACHE];
    size_t length = view->path.length - start;
    char *path = view->path.failed || length > LIMIT_KEPT_PATH_BYTES
                     ? NULL
                     : realloc(cached->path, length + 1);

    if (!path)
        return;
    memcpy(path, view->path.data + start, length);
    *cached = (struct ntfs_cached_path){ record, (uint8_t)state, true, (uint32_t)length, path };
}

/* Add the path of a folder ("" for the root) to view->path; tells its state. */
static enum file_state add_folder_path(struct ntfs_view *view, uint32_t record)
{
    const struct ntfs *ntfs = view->ntfs;
    uint32_t chain[LIMIT_PATH_DEPTH];
    size_t depth = 0, start = view->path.length;
    enum file_state state = FILE_ALLOCATED;

    while (record != NTFS_RECORD_ROOT) {
        const struct ntfs_cached_path *cached = &view->paths[record % NTFS_PATH_CACHE];
        if (cached->known && cached->record == record) {
            buffer_add(&view->path, cached->path, cached->length);
            state = cached->state;
            break;
        }
        const struct ntfs_name *name = first_name(ntfs, record);
        bool full = depth == LIMIT_PATH_DEPTH;
        if (!full)
            chain[depth++] = record;
        /* A chain this deep is a loop. */
        if (full || !name || !ntfs_parent_of(ntfs, name, &record)) {
            buffer_add_text(&view->path, ORPHAN_FOLDER);
            state = FILE_ORPHAN;
            break;
        }
    }
    while (depth > 0) {
        record = chain[--depth];
        add_own_name(view, record, first_name(ntfs, record));
        if (state == FILE_ALLOCATED && !(ntfs->nodes[record].flags & NODE_IN_USE))
            state = FILE_DELETED;
        remember_path(view, record, start, state);
    }
    return state;
}

/* Add the path of a file by one of its names. */
static enum file_state add_path(struct ntfs_view *view, uint32_t record,
                                const struct ntfs_name *name)
{
    const struct ntfs *ntfs = view->ntfs;
    bool in_use = ntfs->nodes[record].flags & NODE_IN_USE;
    enum file_state folder = FILE_ORPHAN;
    uint32_t parent;

    if (record == NTFS_RECORD_ROOT) {
        buffer_add_byte(&view->path, '/');
        return FILE_ALLOCATED;
    }
    if (name && ntfs_parent_of(ntfs, name, &parent))
        folder = add_folder_path(view, parent);
    else
        buffer_add_text(&view->path, ORPHAN_FOLDER);
    add_own_name(view, record, name);
    if (folder == FILE_ORPHAN || (in_use && folder != FILE_ALLOCATED))
        return FILE_ORPHAN;
    return in_use ? FILE_ALLOCATED : FILE_DELETED;
}

static void set_times(struct file_times *times, const uint64_t filetimes[4])
{
    times->born = instant_from_filetime(filetimes[0]);
    times->modified = instant_from_filetime(filetimes[1]);
    times->changed = instant_from_filetime(filetimes[2]);
    times->accessed = instant_from_filetime(filetimes[3]);
}

static void set_name_times(const struct ntfs *ntfs, const struct ntfs_name *name,
                           struct file_times *times)
{
    const struct instant born = instant_from_filetime(name->born);

    *times = (struct file_times){ born, born, born, born };
    if (name->later == 0)
        return;
    const uint64_t *later = ntfs->later_times[name->later - 1].times;
    times->modified = instant_from_filetime(later[0]);
    times->changed = instant_from_filetime(later[1]);
    times->accessed = instant_from_filetime(later[2]);
}

/* What deleted files say is theirs, when first needed. */
static int load_claims(struct ntfs *ntfs)
{
    struct ntfs_run_walk walk;
    struct ntfs_run run;
    size_t size;
    int failed = 0;

    for (uint64_t i = 0; i < ntfs->records && !ntfs->claims.sealed; i++) {
        const struct ntfs_node *node = &ntfs->nodes[i];
        if ((node->flags & (NODE_USABLE | NODE_IN_USE)) != NODE_USABLE)
            continue;
        for (uint16_t k = 0; k < node->stream_count; k++) {
            const struct ntfs_stream *stream = &ntfs->streams[node->first_stream + k];
            if (stream->flags & STREAM_RESIDENT)
                continue;
            const uint8_t *runs = ntfs_stream_runs(ntfs, stream, &size);
            ntfs_run_walk_init(&walk, runs, size);
            while (ntfs_run_next(&walk, &run) > 0)
                if (run.cluster != NTFS_SPARSE)
                    failed |= claims_add(&ntfs->claims, run.cluster, run.clusters);
        }
    }
    if (failed) {
        claims_release(&ntfs->claims);
        return -1;
    }
    if (!ntfs->claims.sealed)
        claims_seal(&ntfs->claims);
    return 0;
}

static enum file_content content_state(struct ntfs *ntfs, const struct ntfs_stream *stream)
{
    struct ntfs_run_walk walk;
    struct ntfs_run run;
    struct claims_tally tally = { .free = false };
    size_t size;

    if (stream->flags & STREAM_RESIDENT)
        return CONTENT_INTACT;
    if (load_claims(ntfs) != 0)
        return CONTENT_UNKNOWN;
    const uint8_t *runs = ntfs_stream_runs(ntfs, stream, &size);
    ntfs_run_walk_init(&walk, runs, size);
    while (ntfs_run_next(&walk, &run) > 0) {
        if (run.cluster == NTFS_SPARSE)
            continue;
        bool contested = claims_contested(&ntfs->claims, run.cluster, run.clusters);
        for (uint64_t i = 0; i < run.clusters; i++) {
            int used = ntfs_cluster_in_use(ntfs, run.cluster + i);
            if (used < 0)
                return CONTENT_UNKNOWN;
            if (used)
                tally.used = true;
            else if (contested && claims_contested(&ntfs->claims, run.cluster + i, 1))
                tally.contested = true;
            else
                tally.free = true;
            if (tally.used && tally.free)
                return CONTENT_PARTIAL;
        }
    }
    return stream->flags & STREAM_BROKEN ? CONTENT_PARTIAL : claims_judge(&tally);
}

/* Type and target of a reparse point; its text goes behind the path. */
static void read_reparse_point(struct ntfs_view *view, const struct ntfs_node *node,
                               struct file *file, size_t *target_at)
{
    struct ntfs *ntfs = view->ntfs;
    uint8_t data[LIMIT_REPARSE_BYTES];
    struct reader *reader = NULL;
    struct cursor cursor;

    for (unsigned i = 1; i <= node->stream_count && !reader; i++)
        if (ntfs_stream_at(ntfs, node, i)->type == NTFS_REPARSE_POINT)
            ntfs_content_open(ntfs, ntfs_stream_at(ntfs, node, i), &reader, NULL);
    if (!reader)
        return;
    size_t size = reader->size < sizeof data ? (size_t)reader->size : sizeof data;
    int damaged = reader_read(reader, 0, data, size, NULL);
    reader_free(reader);
    cursor_init(&cursor, data, size, 0, "reparse point");
    uint32_t tag = cursor_u32(&cursor);
    if (damaged || (tag != TAG_MOUNT_POINT && tag != TAG_SYMBOLIC_LINK))
        return;
    cursor_seek(&cursor, 8);
    size_t substitute = cursor_u16(&cursor), substitute_size = cursor_u16(&cursor);
    cursor_seek(&cursor, (tag == TAG_SYMBOLIC_LINK ? 20 : 16) + substitute);
    const uint8_t *text = cursor_bytes(&cursor, substitute_size);
    file->type = FILE_LINK;
    if (!text)
        return;
    bool drive = substitute_size >= NATIVE_SIZE + 4 && memcmp(text, NATIVE, NATIVE_SIZE) == 0 &&
                 bytes_u16le(text + NATIVE_SIZE + 2) == ':';
    size_t skip = drive ? NATIVE_SIZE : 0;
    *target_at = view->path.length;
    text_add_utf16le(&view->path, text + skip, (substitute_size - skip) / 2);
    buffer_add_byte(&view->path, '\0');
}

static void read_reparse_point_locked(struct ntfs_view *view, const struct ntfs_node *node,
                                      struct file *file, size_t *target_at)
{
    pthread_mutex_lock(&view->ntfs->lock);
    read_reparse_point(view, node, file, target_at);
    pthread_mutex_unlock(&view->ntfs->lock);
}

static enum file_content content_state_locked(struct ntfs *ntfs, const struct ntfs_stream *stream)
{
    pthread_mutex_lock(&ntfs->lock);
    enum file_content state = content_state(ntfs, stream);
    pthread_mutex_unlock(&ntfs->lock);
    return state;
}

/* The paths of all names one behind the other, each with a NUL. */
static int add_names(struct ntfs_view *view, uint32_t record, size_t main_length)
{
    const struct ntfs *ntfs = view->ntfs;
    const struct ntfs_node *node = &ntfs->nodes[record];

    if (memory_grow((void **)&view->file_names, &view->file_name_capacity, node->name_count,
                    sizeof *view->file_names) != 0)
        return -1;
    for (uint16_t i = 0; i < node->name_count; i++) {
        const struct ntfs_name *name = &ntfs->names[node->first_name + i];
        struct file_name *out = &view->file_names[i];
        size_t at = view->path.length;
        if (i > 0)
            add_path(view, record, name);
        else if (buffer_reserve(&view->path, main_length)) /* before its address is taken */
            buffer_add(&view->path, view->path.data, main_length);
        out->path_length = view->path.length - at;
        out->id = name->id;
        set_name_times(ntfs, name, &out->times);
        buffer_add_byte(&view->path, '\0');
    }
    return 0;
}

static void set_inode(struct file *file, uint32_t record, const struct ntfs_stream *stream)
{
    char *at = text_put_number(file->inode, record);

    if (stream) {
        *at++ = '-';
        at = text_put_number(at, stream->type);
        *at++ = '-';
        at = text_put_number(at, stream->id);
    }
    *at = '\0';
}

static void set_attributes(struct file *file, const struct ntfs_node *node,
                           const struct ntfs_stream *stream)
{
    file->read_only = node->attributes & ATTRIBUTE_READ_ONLY;
    file->hidden = node->attributes & ATTRIBUTE_HIDDEN;
    file->system = node->attributes & ATTRIBUTE_SYSTEM;
    file->archive = node->attributes & ATTRIBUTE_ARCHIVE;
    file->compressed = node->attributes & ATTRIBUTE_COMPRESSED;
    file->encrypted = node->attributes & ATTRIBUTE_ENCRYPTED;
    file->sparse = node->attributes & ATTRIBUTE_SPARSE;
    if (stream) {
        file->compressed |= (stream->flags & STREAM_COMPRESSED) != 0;
        file->encrypted |= (stream->flags & STREAM_ENCRYPTED) != 0;
        file->sparse |= (stream->flags & STREAM_SPARSE) != 0;
        file->resident = stream->flags & STREAM_RESIDENT;
    }
}

/* Where texts of a file begin in view->path, which moves while they are added. */
struct text_places {
    size_t main_length; /* of the path without the stream */
    size_t stream, names;
    size_t target; /* SIZE_MAX: no link */
};

/* Path, stream and names. 0, or -1 without memory. */
static int add_texts(struct ntfs_view *view, uint32_t record, const struct ntfs_stream *stream,
                     struct text_places *places, struct file *file)
{
    const struct ntfs *ntfs = view->ntfs;
    const struct ntfs_name *name = first_name(ntfs, record);

    *places = (struct text_places){ .target = SIZE_MAX };
    buffer_clear(&view->path);
    file->state = add_path(view, record, name);
    places->main_length = view->path.length;
    if (record != NTFS_RECORD_ROOT)
        file->name_length = name ? name->length : places->main_length - sizeof ORPHAN_FOLDER;
    if (stream && stream->name_length > 0) {
        buffer_add_byte(&view->path, ':');
        places->stream = view->path.length;
        buffer_add(&view->path, ntfs->text.data + stream->text, stream->name_length);
        file->stream_length = stream->name_length;
    }
    file->path_length = view->path.length;
    buffer_add_byte(&view->path, '\0');
    places->names = view->path.length;
    return add_names(view, record, places->main_length);
}

/* All texts are there: they move no more. */
static void set_texts(const struct ntfs_view *view, uint32_t record,
                      const struct text_places *places, struct file *file)
{
    file->path = view->path.data;
    file->name = file->path + places->main_length - file->name_length;
    if (file->stream_length > 0)
        file->stream = file->path + places->stream;
    if (places->target != SIZE_MAX)
        file->link_target = file->path + places->target;
    const char *at = file->path + places->names;
    file->name_count = view->ntfs->nodes[record].name_count;
    for (uint16_t i = 0; i < file->name_count; i++) {
        view->file_names[i].path = at;
        at += view->file_names[i].path_length + 1;
    }
    file->names = view->file_names;
}

/* What stands in the record besides times and attributes. */
static void set_record(struct file *file, const struct ntfs_node *node,
                       const struct ntfs_name *name, const struct ntfs_stream *stream)
{
    file->sized = stream != NULL;
    if (file->sized)
        file->size = stream->size;
    file->linked = true;
    file->links = node->links;
    file->sequenced = true;
    file->seq = node->sequence;
    if (name) {
        file->has_parent = true;
        file->parent = name->parent & 0xffffffffffff;
        file->parent_seq = (uint16_t)(name->parent >> 48);
    }
}

int ntfs_view_file(struct ntfs_view *view, uint32_t record, unsigned position, struct file *file,
                   struct error *error)
{
    struct ntfs *ntfs = view->ntfs;
    const struct ntfs_node *node = &ntfs->nodes[record];
    const struct ntfs_stream *stream = ntfs_stream_at(ntfs, node, position);
    bool directory = node->flags & NODE_DIRECTORY;
    bool is_main = position == ntfs_main_position(ntfs, node);
    struct text_places places;

    *file = (struct file){ .handle = handle_of(record, position), .number = record };
    if (add_texts(view, record, is_main ? NULL : stream, &places, file) != 0)
        return error_set_memory(error);
    set_inode(file, record, stream);
    file->type = directory && is_main ? FILE_DIRECTORY : FILE_REGULAR;
    if (node->attributes & ATTRIBUTE_REPARSE && is_main)
        read_reparse_point_locked(view, node, file, &places.target);
    file->meta = node->flags & NODE_IN_USE ? META_ALLOCATED : META_DELETED;
    if (file->meta == META_DELETED)
        file->content = stream && !directory ? content_state_locked(ntfs, stream) : CONTENT_UNKNOWN;
    file->metadata_file = record < NTFS_FIRST_USER_RECORD ||
                          (places.main_length > 9 &&
                           memcmp(view->path.data, "/$Extend/", 9) == 0);
    set_record(file, node, first_name(ntfs, record), stream);
    set_attributes(file, node, stream);
    set_times(&file->times, node->times);
    if (view->path.failed)
        return error_set_memory(error);
    set_texts(view, record, &places, file);
    return 0;
}

int ntfs_view_times(struct ntfs_view *view, uint32_t record, unsigned position,
                    struct file *file, struct error *error)
{
    const struct ntfs *ntfs = view->ntfs;
    const struct ntfs_node *node = &ntfs->nodes[record];

    if (memory_grow((void **)&view->file_names, &view->file_name_capacity, node->name_count,
                    sizeof *view->file_names) != 0)
        return error_set_memory(error);
    *file = (struct file){ .handle = handle_of(record, position), .number = record,
                           .names = view->file_names, .name_count = node->name_count };
    set_times(&file->times, node->times);
    for (uint16_t i = 0; i < node->name_count; i++) {
        view->file_names[i] = (struct file_name){ .id = 0 };
        set_name_times(ntfs, &ntfs->names[node->first_name + i], &view->file_names[i].times);
    }
    return 0;
}
