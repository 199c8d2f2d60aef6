/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ntfs_tree: the index of an NTFS volume as a tree: paths, states, look-ups.
 *
 * A name points to its folder by record and sequence number. The folder counts
 * only if its sequence is the same, or one more when its record was freed since;
 * otherwise the record belongs to another by now, and the file is an orphan.
 *
 * Reparse point
 *     0    4  tag: 0xa000000c symbolic link, 0xa0000003 mount point
 *     8    8  offset and length of the substitute name, then of the print name
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

enum {
    ATTRIBUTE_READ_ONLY = 1,
    ATTRIBUTE_HIDDEN = 2,
    ATTRIBUTE_SYSTEM = 4,
    ATTRIBUTE_ARCHIVE = 0x20,
    ATTRIBUTE_SPARSE = 0x200,
    ATTRIBUTE_REPARSE = 0x400,
    ATTRIBUTE_COMPRESSED = 0x800,
    ATTRIBUTE_ENCRYPTED = 0x4000,
};

#define TAG_MOUNT_POINT 0xa0000003u
#define TAG_SYMBOLIC_LINK 0xa000000cu

static uint64_t handle_of(uint64_t record, unsigned position)
{
    return record << 16 | position;
}

static const struct ntfs_stream *stream_at(const struct ntfs *ntfs, const struct ntfs_node *node,
                                           unsigned position)
{
    return position > 0 ? &ntfs->streams[node->first_stream + position - 1] : NULL;
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

/* The stream that stands for the file itself: 0 when it has none. */
static unsigned main_position(const struct ntfs *ntfs, const struct ntfs_node *node)
{
    bool directory = node->flags & NODE_DIRECTORY;

    for (unsigned i = 1; i <= node->stream_count; i++) {
        const struct ntfs_stream *stream = stream_at(ntfs, node, i);
        if (directory ? stream->type == NTFS_INDEX_ROOT && is_index_of_names(ntfs, stream)
                      : stream->type == NTFS_DATA && stream->name_length == 0)
            return i;
    }
    return 0;
}

/* The folder that a name points to, if it is still that folder. */
static bool parent_of(const struct ntfs *ntfs, const struct ntfs_name *name, uint32_t *parent)
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

static void add_own_name(struct ntfs *ntfs, uint32_t record, const struct ntfs_name *name)
{
    buffer_add_byte(&ntfs->path, '/');
    if (name)
        buffer_add(&ntfs->path, ntfs->text.data + name->text, name->length);
    else
        buffer_add_format(&ntfs->path, "OrphanFile-%u", record);
}

static const struct ntfs_name *first_name(const struct ntfs *ntfs, uint32_t record)
{
    const struct ntfs_node *node = &ntfs->nodes[record];

    return node->name_count ? &ntfs->names[node->first_name] : NULL;
}

static void remember_path(struct ntfs *ntfs, uint32_t record, size_t start, enum file_state state)
{
    struct ntfs_cached_path *cached = &ntfs->paths[record % NTFS_PATH_CACHE];
    size_t length = ntfs->path.length - start;
    char *path = ntfs->path.failed || length > LIMIT_KEPT_PATH_BYTES
                     ? NULL
                     : realloc(cached->path, length + 1);

    if (!path)
        return;
    memcpy(path, ntfs->path.data + start, length);
    *cached = (struct ntfs_cached_path){ record, (uint8_t)state, true, (uint32_t)length, path };
}

/* Add the path of a folder ("" for the root) to ntfs->path; tells its state. */
static enum file_state add_folder_path(struct ntfs *ntfs, uint32_t record)
{
    uint32_t chain[LIMIT_PATH_DEPTH];
    size_t depth = 0, start = ntfs->path.length;
    enum file_state state = FILE_ALLOCATED;

    while (record != NTFS_RECORD_ROOT) {
        const struct ntfs_cached_path *cached = &ntfs->paths[record % NTFS_PATH_CACHE];
        if (cached->known && cached->record == record) {
            buffer_add(&ntfs->path, cached->path, cached->length);
            state = cached->state;
            break;
        }
        const struct ntfs_name *name = first_name(ntfs, record);
        bool full = depth == LIMIT_PATH_DEPTH;
        if (!full)
            chain[depth++] = record;
        /* A chain this deep is a loop. */
        if (full || !name || !parent_of(ntfs, name, &record)) {
            buffer_add_text(&ntfs->path, ORPHAN_FOLDER);
            state = FILE_ORPHAN;
            break;
        }
    }
    while (depth > 0) {
        record = chain[--depth];
        add_own_name(ntfs, record, first_name(ntfs, record));
        if (state == FILE_ALLOCATED && !(ntfs->nodes[record].flags & NODE_IN_USE))
            state = FILE_DELETED;
        remember_path(ntfs, record, start, state);
    }
    return state;
}

/* Add the path of a file by one of its names. */
static enum file_state add_path(struct ntfs *ntfs, uint32_t record, const struct ntfs_name *name)
{
    bool in_use = ntfs->nodes[record].flags & NODE_IN_USE;
    enum file_state folder = FILE_ORPHAN;
    uint32_t parent;

    if (record == NTFS_RECORD_ROOT) {
        buffer_add_byte(&ntfs->path, '/');
        return FILE_ALLOCATED;
    }
    if (name && parent_of(ntfs, name, &parent))
        folder = add_folder_path(ntfs, parent);
    else
        buffer_add_text(&ntfs->path, ORPHAN_FOLDER);
    add_own_name(ntfs, record, name);
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

enum file_content ntfs_content_state(struct ntfs *ntfs, const struct ntfs_stream *stream)
{
    struct ntfs_run_walk walk;
    struct ntfs_run run;
    bool any_free = false, any_used = false;
    size_t size;

    if (stream->flags & STREAM_RESIDENT)
        return CONTENT_INTACT;
    const uint8_t *runs = ntfs_stream_runs(ntfs, stream, &size);
    ntfs_run_walk_init(&walk, runs, size);
    while (ntfs_run_next(&walk, &run) > 0) {
        for (uint64_t i = 0; run.cluster != NTFS_SPARSE && i < run.clusters; i++) {
            int used = ntfs_cluster_in_use(ntfs, run.cluster + i);
            if (used < 0)
                return CONTENT_UNKNOWN;
            any_used |= used;
            any_free |= !used;
            if (any_used && any_free)
                return CONTENT_PARTIAL;
        }
    }
    if (stream->flags & STREAM_BROKEN)
        return CONTENT_PARTIAL;
    return any_used ? CONTENT_OVERWRITTEN : CONTENT_INTACT;
}

/* Type and target of a reparse point; its text goes behind the path. */
static void read_reparse_point(struct ntfs *ntfs, const struct ntfs_node *node, struct file *file,
                               size_t *target_at)
{
    uint8_t data[LIMIT_REPARSE_BYTES];
    struct reader *reader = NULL;
    struct cursor cursor;

    for (unsigned i = 1; i <= node->stream_count && !reader; i++)
        if (stream_at(ntfs, node, i)->type == NTFS_REPARSE_POINT)
            ntfs_content_open(ntfs, stream_at(ntfs, node, i), &reader, NULL);
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
    size_t print = cursor_u16(&cursor), print_size = cursor_u16(&cursor);
    if (print_size == 0) {
        print = substitute;
        print_size = substitute_size;
    }
    cursor_seek(&cursor, (tag == TAG_SYMBOLIC_LINK ? 20 : 16) + print);
    const uint8_t *text = cursor_bytes(&cursor, print_size);
    file->type = FILE_LINK;
    if (!text)
        return;
    *target_at = ntfs->path.length;
    text_add_utf16le(&ntfs->path, text, print_size / 2);
    buffer_add_byte(&ntfs->path, '\0');
}

/* The paths of all names one behind the other, each with a NUL. */
static int add_names(struct ntfs *ntfs, uint32_t record, size_t main_length)
{
    const struct ntfs_node *node = &ntfs->nodes[record];

    if (memory_grow((void **)&ntfs->file_names, &ntfs->file_name_capacity, node->name_count,
                    sizeof *ntfs->file_names) != 0)
        return -1;
    for (uint16_t i = 0; i < node->name_count; i++) {
        const struct ntfs_name *name = &ntfs->names[node->first_name + i];
        struct file_name *out = &ntfs->file_names[i];
        size_t at = ntfs->path.length;
        if (i > 0)
            add_path(ntfs, record, name);
        else if (buffer_reserve(&ntfs->path, main_length)) /* before its address is taken */
            buffer_add(&ntfs->path, ntfs->path.data, main_length);
        out->path_length = ntfs->path.length - at;
        out->id = name->id;
        set_times(&out->times, name->times);
        buffer_add_byte(&ntfs->path, '\0');
    }
    return 0;
}

static char *put_number(char *at, uint64_t number)
{
    char digits[20];
    int count = 0;

    do
        digits[count++] = (char)('0' + number % 10);
    while (number /= 10);
    while (count > 0)
        *at++ = digits[--count];
    return at;
}

static void set_inode(struct file *file, uint32_t record, const struct ntfs_stream *stream)
{
    char *at = put_number(file->inode, record);

    if (stream) {
        *at++ = '-';
        at = put_number(at, stream->type);
        *at++ = '-';
        at = put_number(at, stream->id);
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

static int fill_file(struct ntfs *ntfs, uint32_t record, unsigned position, struct file *file,
                     struct error *error)
{
    const struct ntfs_node *node = &ntfs->nodes[record];
    const struct ntfs_stream *stream = stream_at(ntfs, node, position);
    const struct ntfs_name *name = first_name(ntfs, record);
    bool directory = node->flags & NODE_DIRECTORY, is_main = position == main_position(ntfs, node);
    size_t target_at = SIZE_MAX, stream_at_byte = 0;

    *file = (struct file){ .handle = handle_of(record, position) };
    buffer_clear(&ntfs->path);
    file->state = add_path(ntfs, record, name);
    size_t main_length = ntfs->path.length;
    if (record != NTFS_RECORD_ROOT)
        file->name_length = name ? name->length : main_length - sizeof ORPHAN_FOLDER;
    if (stream && !is_main && stream->name_length > 0) {
        buffer_add_byte(&ntfs->path, ':');
        stream_at_byte = ntfs->path.length;
        buffer_add(&ntfs->path, ntfs->text.data + stream->text, stream->name_length);
        file->stream_length = stream->name_length;
    }
    file->path_length = ntfs->path.length;
    buffer_add_byte(&ntfs->path, '\0');
    size_t names_at = ntfs->path.length;
    if (add_names(ntfs, record, main_length) != 0)
        return error_set_memory(error);

    set_inode(file, record, stream);
    file->type = directory && is_main ? FILE_DIRECTORY : FILE_REGULAR;
    if (node->attributes & ATTRIBUTE_REPARSE && is_main)
        read_reparse_point(ntfs, node, file, &target_at);
    file->meta = node->flags & NODE_IN_USE ? META_ALLOCATED : META_DELETED;
    if (file->meta == META_DELETED)
        file->content = stream && !directory ? ntfs_content_state(ntfs, stream) : CONTENT_UNKNOWN;
    file->metadata_file = record < NTFS_FIRST_USER_RECORD ||
                          (main_length > 9 && memcmp(ntfs->path.data, "/$Extend/", 9) == 0);
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
    set_attributes(file, node, stream);
    set_times(&file->times, node->times);

    if (ntfs->path.failed)
        return error_set_memory(error);
    file->path = ntfs->path.data;
    file->name = file->path + main_length - file->name_length;
    if (file->stream_length > 0)
        file->stream = file->path + stream_at_byte;
    if (target_at != SIZE_MAX)
        file->link_target = file->path + target_at;
    const char *at = file->path + names_at;
    for (uint16_t i = 0; i < node->name_count; i++) {
        ntfs->file_names[i].path = at;
        at += ntfs->file_names[i].path_length + 1;
    }
    file->names = ntfs->file_names;
    file->name_count = node->name_count;
    return 0;
}

static int root(struct tree *tree, struct file *file, struct error *error)
{
    struct ntfs *ntfs = (struct ntfs *)tree;

    if (ntfs->records <= NTFS_RECORD_ROOT ||
        !(ntfs->nodes[NTFS_RECORD_ROOT].flags & NODE_USABLE))
        return error_set(error, ERROR_DAMAGED, "the root folder's record cannot be used");
    return fill_file(ntfs, NTFS_RECORD_ROOT,
                     main_position(ntfs, &ntfs->nodes[NTFS_RECORD_ROOT]), file, error);
}

static int by_handle(struct tree *tree, uint64_t handle, struct file *file, struct error *error)
{
    struct ntfs *ntfs = (struct ntfs *)tree;
    uint64_t record = handle >> 16;
    unsigned position = handle & 0xffff;

    if (record >= ntfs->records || !(ntfs->nodes[record].flags & NODE_USABLE) ||
        position > ntfs->nodes[record].stream_count)
        return error_set(error, ERROR_NOT_FOUND, "no file with handle %llu",
                         (unsigned long long)handle);
    return fill_file(ntfs, (uint32_t)record, position, file, error);
}

/* All live names by folder, made when first needed. */
static int load_children(struct ntfs *ntfs, struct error *error)
{
    struct children *children = &ntfs->children;
    int failed = 0;

    if (children->sorted)
        return 0;
    children->text = &ntfs->text;
    for (uint64_t i = 0; i < ntfs->records; i++) {
        const struct ntfs_node *node = &ntfs->nodes[i];
        if (!(node->flags & NODE_USABLE) || !(node->flags & NODE_IN_USE))
            continue;
        for (uint16_t k = 0; k < node->name_count; k++) {
            const struct ntfs_name *name = &ntfs->names[node->first_name + k];
            uint32_t parent;
            if (i != NTFS_RECORD_ROOT && parent_of(ntfs, name, &parent) &&
                ntfs->nodes[parent].flags & NODE_IN_USE)
                failed |= children_add(children, parent, (uint32_t)i, name->text, name->length,
                                       false);
        }
    }
    for (size_t i = 0; i < ntfs->dos_name_count; i++) {
        const struct ntfs_dos_name *name = &ntfs->dos_names[i];
        const struct ntfs_name reference = { .parent = name->parent };
        uint32_t parent;
        if (name->record < ntfs->records && ntfs->nodes[name->record].flags & NODE_IN_USE &&
            parent_of(ntfs, &reference, &parent) && ntfs->nodes[parent].flags & NODE_IN_USE)
            failed |= children_add(children, parent, name->record, name->text, name->length,
                                   true);
    }
    if (failed) {
        children_release(children);
        return error_set_memory(error);
    }
    children_sort(children);
    return 0;
}

static int find_stream(struct ntfs *ntfs, uint32_t record, const char *name, size_t length,
                       struct file *file, struct error *error)
{
    const struct ntfs_node *node = &ntfs->nodes[record];

    for (unsigned i = 1; i <= node->stream_count; i++) {
        const struct ntfs_stream *stream = stream_at(ntfs, node, i);
        if (ntfs_stream_shown(node, ntfs, stream) && stream->name_length > 0 &&
            text_compare_nocase(ntfs->text.data + stream->text, stream->name_length, name,
                                length) == 0)
            return fill_file(ntfs, record, i, file, error);
    }
    return error_set(error, ERROR_NOT_FOUND, "no stream of this name: %.*s", (int)length, name);
}

static int lookup(struct tree *tree, const char *path, struct file *file, struct error *error)
{
    struct ntfs *ntfs = (struct ntfs *)tree;
    const char *part = path, *ignored, *colon = strrchr(path, ':');
    size_t part_length = 0, ignored_length;
    uint32_t record;

    if (load_children(ntfs, error) != 0)
        return -1;
    bool found = children_find_path(&ntfs->children, NTFS_RECORD_ROOT, path, strlen(path), &record,
                                    &part, &part_length);
    bool stream = !found && colon &&
                  children_find_path(&ntfs->children, NTFS_RECORD_ROOT, path,
                                     (size_t)(colon - path), &record, &ignored, &ignored_length);
    if ((found || stream) &&
        (record >= ntfs->records || !(ntfs->nodes[record].flags & NODE_USABLE)))
        return error_set(error, ERROR_DAMAGED, "$MFT record %u cannot be used", record);
    if (found)
        return fill_file(ntfs, record, main_position(ntfs, &ntfs->nodes[record]), file, error);
    if (stream)
        return find_stream(ntfs, record, colon + 1, strlen(colon + 1), file, error);
    return error_set(error, ERROR_NOT_FOUND, "no such file: %s: %.*s is not there", path,
                     (int)part_length, part);
}

static int list(struct tree *tree, uint64_t handle, tree_visit visit, void *context,
                struct error *error)
{
    struct ntfs *ntfs = (struct ntfs *)tree;
    uint32_t *records;
    size_t count;
    int result = 0;

    if (load_children(ntfs, error) != 0)
        return -1;
    if (children_list(&ntfs->children, (uint32_t)(handle >> 16), &records, &count) != 0)
        return error_set_memory(error);
    for (size_t i = 0; i < count && result == 0; i++) {
        struct file file;
        result = fill_file(ntfs, records[i], main_position(ntfs, &ntfs->nodes[records[i]]), &file,
                           error);
        if (result == 0)
            result = visit(context, &file);
    }
    free(records);
    return result;
}

/* Records that were never used, or reserved by the format, are no files. */
static bool is_file(uint64_t record, const struct ntfs_node *node)
{
    if (!(node->flags & NODE_USABLE))
        return false;
    if (node->name_count > 0)
        return true;
    return record >= NTFS_FIRST_USER_RECORD && (node->flags & NODE_SI || node->stream_count > 0);
}

static int walk(struct tree *tree, tree_visit visit, void *context, struct error *error)
{
    struct ntfs *ntfs = (struct ntfs *)tree;

    for (uint64_t record = 0; record < ntfs->records; record++) {
        const struct ntfs_node *node = &ntfs->nodes[record];
        struct file file;
        bool shown = false;
        int result;

        if (!is_file(record, node))
            continue;
        for (unsigned i = 1; i <= node->stream_count; i++) {
            if (!ntfs_stream_shown(node, ntfs, stream_at(ntfs, node, i)))
                continue;
            shown = true;
            result = fill_file(ntfs, (uint32_t)record, i, &file, error);
            if (result == 0)
                result = visit(context, &file);
            if (result != 0)
                return result;
        }
        if (shown)
            continue;
        result = fill_file(ntfs, (uint32_t)record, 0, &file, error);
        if (result == 0)
            result = visit(context, &file);
        if (result != 0)
            return result;
    }
    return 0;
}

static bool compressed_by_wof(const struct ntfs *ntfs, const struct ntfs_node *node)
{
    static const char name[] = "WofCompressedData";

    for (unsigned i = 1; node->attributes & ATTRIBUTE_REPARSE && i <= node->stream_count; i++) {
        const struct ntfs_stream *stream = stream_at(ntfs, node, i);
        if (stream->name_length == sizeof name - 1 &&
            memcmp(ntfs->text.data + stream->text, name, sizeof name - 1) == 0)
            return true;
    }
    return false;
}

static int open_content(struct tree *tree, uint64_t handle, struct reader **reader,
                        struct error *error)
{
    struct ntfs *ntfs = (struct ntfs *)tree;
    uint64_t record = handle >> 16;
    unsigned position = handle & 0xffff;

    if (record >= ntfs->records || !(ntfs->nodes[record].flags & NODE_USABLE) ||
        position > ntfs->nodes[record].stream_count)
        return error_set(error, ERROR_NOT_FOUND, "no file with handle %llu",
                         (unsigned long long)handle);
    const struct ntfs_node *node = &ntfs->nodes[record];
    const struct ntfs_stream *stream = stream_at(ntfs, node, position);
    if (!stream)
        return error_set(error, ERROR_UNSUPPORTED, "has no content");
    if (stream->type == NTFS_DATA && stream->name_length == 0 &&
        compressed_by_wof(ntfs, node))
        return error_set(error, ERROR_UNSUPPORTED,
                         "compressed by the system (WOF): its stored bytes are in the stream "
                         "WofCompressedData");
    return ntfs_content_open(ntfs, stream, reader, error);
}

int ntfs_find_inode(struct filesystem *filesystem, const char *inode, struct file *file,
                    struct error *error)
{
    struct ntfs *ntfs = ntfs_of(filesystem);
    uint64_t record;
    unsigned type, id;
    int fields = filesystem_parse_inode(inode, &record, &type, &id, error);

    if (fields < 0)
        return -1;
    if (record >= ntfs->records)
        return error_set(error, ERROR_NOT_FOUND, "no inode %s: the last one is %llu", inode,
                         (unsigned long long)ntfs->records - 1);
    const struct ntfs_node *node = &ntfs->nodes[record];
    if (!(node->flags & NODE_USABLE))
        return error_set(error, ERROR_NOT_FOUND, "no inode %s: its $MFT record is not usable",
                         inode);
    if (fields == 1)
        return fill_file(ntfs, (uint32_t)record, main_position(ntfs, node), file, error);
    for (unsigned i = 1; i <= node->stream_count; i++) {
        const struct ntfs_stream *stream = stream_at(ntfs, node, i);
        if (stream->type == type && (fields == 2 || stream->id == id))
            return fill_file(ntfs, (uint32_t)record, i, file, error);
    }
    return error_set(error, ERROR_NOT_FOUND, "no inode %s: the file has no such attribute", inode);
}

static void free_ntfs(struct tree *tree)
{
    struct ntfs *ntfs = (struct ntfs *)tree;

    reader_free(ntfs->bitmap);
    for (size_t i = 0; ntfs->paths && i < NTFS_PATH_CACHE; i++)
        free(ntfs->paths[i].path);
    free(ntfs->paths);
    free(ntfs->nodes);
    free(ntfs->names);
    free(ntfs->streams);
    free(ntfs->dos_names);
    free(ntfs->mft_runs);
    free(ntfs->volume_bitmap);
    children_release(&ntfs->children);
    free(ntfs->file_names);
    buffer_release(&ntfs->text);
    buffer_release(&ntfs->runs);
    buffer_release(&ntfs->path);
    filesystem_release(&ntfs->base);
    free(ntfs);
}

const struct tree_operations ntfs_tree_operations = {
    .root = root,
    .lookup = lookup,
    .file = by_handle,
    .list = list,
    .walk = walk,
    .open = open_content,
    .free = free_ntfs,
};
