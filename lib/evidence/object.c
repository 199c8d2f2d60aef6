/* SPDX-License-Identifier: Apache-2.0 */

/* object: operands and references of records to what they name. See object.h. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <fett/buffer.h>
#include <fett/text.h>

#include "object_internal.h"

/* --- operands --- */

/* Does a file of the examiner's machine have this name? */
static bool exists(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0;
}

/*
 * The longest prefix of the operand that exists and that a separator or the
 * end follows. Tried as it is, then with %XX decoded. *path is malloc'd.
 */
static int split_operand(const char *operand, char **path, size_t *prefix, struct error *error)
{
    struct buffer decoded = BUFFER_INIT;

    for (size_t length = strlen(operand); length > 0; length--) {
        if (operand[length] != '\0' && operand[length] != ':' && operand[length] != '@')
            continue;
        char *plain = strndup(operand, length);
        if (!plain) {
            buffer_release(&decoded);
            return error_set_memory(error);
        }
        buffer_clear(&decoded);
        if (exists(plain)) {
            *path = plain;
            *prefix = length;
            buffer_release(&decoded);
            return 0;
        }
        free(plain);
        if (text_add_unescaped(&decoded, operand, length) == 0 && !decoded.failed &&
            strlen(buffer_text(&decoded)) == decoded.length && exists(buffer_text(&decoded))) {
            *path = decoded.data;
            *prefix = length;
            return 0;
        }
    }
    buffer_release(&decoded);
    errno = ENOENT;
    error_set_errno(error, "cannot open: %s", operand);
    if (error)
        error->kind = ERROR_NOT_FOUND;
    return -1;
}

static bool is_image_loose(const struct evidence *evidence)
{
    return !evidence->image && !evidence->directory;
}

static void set_whole(struct object *object, struct evidence *evidence)
{
    *object = (struct object){ .evidence = evidence };
    if (evidence->directory) {
        object->kind = OBJECT_DIRECTORY;
    } else if (is_image_loose(evidence)) {
        object->kind = OBJECT_LOOSE;
    } else {
        object->kind = OBJECT_IMAGE;
        object->length = image_size(evidence->image);
    }
}

static void set_volume(struct object *object, struct evidence *evidence,
                       const struct volume *volume)
{
    *object = (struct object){ .kind = OBJECT_VOLUME,
                               .evidence = evidence,
                               .volume = volume,
                               .offset = volume->offset,
                               .length = volume->length };
}

/* The names of volumes, for messages. */
static void add_volume_names(struct buffer *buffer, const struct evidence *evidence,
                             bool with_files)
{
    size_t count = volumes_count(evidence->volumes);
    bool any = false;

    if (!with_files)
        count += volumes_shadow_count(evidence->volumes);
    for (size_t i = 0; i < count; i++) {
        const struct volume *volume = volumes_get(evidence->volumes, i);
        if (!volume->name[0] || (with_files && !volume_has_files(volume)))
            continue;
        buffer_add_text(buffer, any ? ", " : "");
        buffer_add_text(buffer, volume->name);
        if (volume->shadow_fault && !with_files)
            buffer_add_format(buffer, " (shadow copies may be missing: %s)", volume->shadow_fault);
        any = true;
    }
    if (!any)
        buffer_add_text(buffer, "none");
}

static int no_volume(const struct evidence *evidence, const char *what, bool with_files,
                     struct error *error)
{
    struct buffer names = BUFFER_INIT;

    add_volume_names(&names, evidence, with_files);
    error_set(error, ERROR_NOT_FOUND, "%s in %s; volumes%s: %s", what, evidence->name,
              with_files ? " with files" : "", buffer_text(&names));
    buffer_release(&names);
    return -1;
}

static bool has_files(const struct evidence *evidence)
{
    for (size_t i = 0; i < volumes_count(evidence->volumes); i++)
        if (volume_has_files(volumes_get(evidence->volumes, i)))
            return true;
    return false;
}

/* The one volume with files, for operands that name none. */
static int only_volume(const struct evidence *evidence, const struct volume **volume,
                       struct error *error)
{
    const struct volume *only = NULL;

    for (size_t i = 0; i < volumes_count(evidence->volumes); i++) {
        const struct volume *each = volumes_get(evidence->volumes, i);
        if (!volume_has_files(each))
            continue;
        if (only)
            return no_volume(evidence, "the volume must be named: more than one has files", true,
                             error);
        only = each;
    }
    if (!only)
        return no_volume(evidence, "no volume with files", false, error);
    *volume = only;
    return 0;
}

static int set_path(struct object *object, const char *path, struct error *error)
{
    struct file file;

    object->kind = OBJECT_FILE;
    if (evidence_filesystem(object->evidence, object->volume, &object->filesystem, error) != 0 ||
        tree_lookup(filesystem_tree(object->filesystem), path, &file, error) != 0)
        return -1;
    object->handle = file.handle;
    return 0;
}

static int set_inode(struct object *object, const char *inode, struct error *error)
{
    struct file file;

    object->kind = OBJECT_FILE;
    if (evidence_filesystem(object->evidence, object->volume, &object->filesystem, error) != 0 ||
        filesystem_find_inode(object->filesystem, inode, &file, error) != 0)
        return -1;
    object->handle = file.handle;
    return 0;
}

/* Decimal, or hex behind 0x; not octal. */
static unsigned long long parse_number(const char *text, char **end)
{
    bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');

    return strtoull(text, end, hex ? 16 : 10);
}

/* OFFSET+LENGTH in decimal or 0x hex; LENGTH may be left out: to the end. */
static int set_range(struct object *object, const char *text, struct error *error)
{
    uint64_t size = image_size(object->evidence->image);
    char *end;

    errno = 0;
    unsigned long long offset = parse_number(text, &end), length = 0;
    if (end == text || *text == '-' || errno != 0)
        return error_set(error, ERROR_USAGE, "not OFFSET+LENGTH: %s", text);
    if (*end == '\0') {
        length = offset < size ? size - offset : 0;
    } else {
        const char *rest = end + 1;
        if (*end != '+')
            return error_set(error, ERROR_USAGE, "not OFFSET+LENGTH: %s", text);
        length = parse_number(rest, &end);
        if (end == rest || *rest == '-' || *end != '\0' || errno != 0)
            return error_set(error, ERROR_USAGE, "not OFFSET+LENGTH: %s", text);
    }
    if (offset > size || length > size - offset)
        return error_set(error, ERROR_USAGE, "%s lies beyond the end of the media at %llu", text,
                         (unsigned long long)size);
    object->kind = OBJECT_BYTES;
    object->offset = offset;
    object->length = length;
    return 0;
}

/* What stands behind the image: [:VOLUME][:/PATH | :INODE]. */
static int set_inside(struct object *object, const char *text, struct error *error)
{
    struct evidence *evidence = object->evidence;
    size_t length = strcspn(text, ":");
    const struct volume *volume = NULL;

    if (text[0] == '/') {
        if (only_volume(evidence, &volume, error) != 0)
            return -1;
        set_volume(object, evidence, volume);
        return set_path(object, text, error);
    }
    char *name = strndup(text, length);
    if (!name)
        return error_set_memory(error);
    volume = volumes_find(evidence->volumes, name);
    bool inode = !volume && name[0] >= '0' && name[0] <= '9' && text[length] == '\0';
    if (!volume && !inode) {
        struct error missing = ERROR_INIT;
        error_set(&missing, ERROR_NOT_FOUND, "no volume %s", name);
        free(name);
        return no_volume(evidence, missing.text, false, error);
    }
    free(name);
    if (inode) {
        if (only_volume(evidence, &volume, error) != 0)
            return -1;
        set_volume(object, evidence, volume);
        return set_inode(object, text, error);
    }
    set_volume(object, evidence, volume);
    if (text[length] == '\0')
        return 0;
    const char *rest = text + length + 1;
    return rest[0] == '/' ? set_path(object, rest, error)
                          : set_inode(object, rest, error);
}

int objects_resolve(struct objects *objects, const char *operand, struct object *object,
                    struct error *error)
{
    struct evidence_item *item;
    struct buffer inside = BUFFER_INIT;
    char *path = NULL, *name;
    size_t prefix = 0;
    int result;

    if (split_operand(operand, &path, &prefix, error) != 0)
        return -1;
    const char *rest = operand + prefix;
    if (*rest == '\0' && (item = objects_find_segment(objects, path))) {
        free(path);
        *object = (struct object){ .kind = OBJECT_SEGMENT, .evidence = &item->evidence };
        return 0;
    }
    name = strndup(operand, prefix);
    if (!name) {
        free(path);
        return error_set_memory(error);
    }
    if (objects_get_evidence(objects, name, path, *rest != '\0', &item, error) != 0)
        return -1;
    set_whole(object, &item->evidence);
    if (*rest == '@') {
        result = set_range(object, rest + 1, error);
    } else if (*rest == ':') {
        /* A path that holds a literal % which is no escape is taken as it is. */
        if (text_add_unescaped(&inside, rest + 1, strlen(rest + 1)) != 0) {
            buffer_clear(&inside);
            buffer_add_text(&inside, rest + 1);
        }
        if (inside.failed)
            result = error_set_memory(error);
        else if (strlen(buffer_text(&inside)) != inside.length)
            result = error_set(error, ERROR_NOT_FOUND, "no name has a NUL in it");
        else
            result = set_inside(object, buffer_text(&inside), error);
        buffer_release(&inside);
    } else if (objects->options.sector >= 0 && object->kind == OBJECT_IMAGE) {
        const struct volume *volume =
            volumes_at_sector(item->evidence.volumes, (uint64_t)objects->options.sector);
        if (!volume)
            return no_volume(&item->evidence, "no volume starts at the sector that was given",
                             false, error);
        set_volume(object, &item->evidence, volume);
        result = 0;
    } else {
        result = 0;
    }
    return result != 0 ? error_prefix(error, "%s", operand) : 0;
}

int objects_resolve_reference(struct objects *objects, const struct object_reference *reference,
                              struct object *object, struct error *error)
{
    struct evidence_item *item;

    if (!reference->image)
        return error_set(error, ERROR_USAGE, "the record names no image");
    char *name = strdup(reference->image), *path = strdup(reference->image);
    if (!name || !path) {
        free(name);
        free(path);
        return error_set_memory(error);
    }
    bool inside = reference->volume || reference->length > 0;
    if (objects_get_evidence(objects, name, path, inside, &item, error) != 0)
        return -1;
    set_whole(object, &item->evidence);
    if (item->evidence.directory && reference->path) {
        struct file file;
        if (tree_lookup(item->evidence.directory, reference->path, &file, error) != 0)
            return -1;
        object->handle = file.handle;
        object->kind = OBJECT_FILE;
        return 0;
    }
    bool file = item->evidence.image && (reference->inode || reference->path);
    if (file && (reference->volume || has_files(&item->evidence))) {
        const struct volume *volume = NULL;
        if (!reference->volume && only_volume(&item->evidence, &volume, error) != 0)
            return -1;
        if (reference->volume &&
            !(volume = volumes_find(item->evidence.volumes, reference->volume)))
            return no_volume(&item->evidence, "the record's volume is not there", false, error);
        set_volume(object, &item->evidence, volume);
        return reference->inode ? set_inode(object, reference->inode, error)
                                : set_path(object, reference->path, error);
    }
    if (reference->length > 0 && item->evidence.image) {
        uint64_t size = image_size(item->evidence.image);
        const struct volume *volume =
            reference->volume ? volumes_find(item->evidence.volumes, reference->volume) : NULL;
        /* What lies there in a shadow copy is read through it. */
        object->volume = volume && volume->shadow ? volume : NULL;
        if (reference->offset > size || reference->length > size - reference->offset)
            return error_set(error, ERROR_USAGE, "the record's bytes lie beyond the media");
        object->kind = OBJECT_BYTES;
        object->offset = reference->offset;
        object->length = reference->length;
    }
    return 0;
}

/* --- content --- */

/* A reader over a part of the image that owns the image's reader. */
struct range_reader {
    struct reader reader;
    struct reader *media, *part;
};

static int range_read_at(struct reader *reader, uint64_t offset, void *buffer, size_t size,
                         struct error *error)
{
    return reader_read(((struct range_reader *)reader)->part, offset, buffer, size, error);
}

static void range_free(struct reader *reader)
{
    struct range_reader *range = (struct range_reader *)reader;

    reader_free(range->part);
    reader_free(range->media);
    free(range);
}

static int open_range(const struct object *object, struct reader **reader, struct error *error)
{
    static const struct reader_operations operations = { range_read_at, range_free };
    struct range_reader *range = calloc(1, sizeof *range);

    if (!range)
        return error_set_memory(error);
    if (volume_reader(object->evidence->image, object->volume, &range->media, error) != 0) {
        free(range);
        return -1;
    }
    range->part = reader_over_part(range->media, object->offset, object->length);
    if (!range->part) {
        range_free(&range->reader);
        return error_set_memory(error);
    }
    range->reader = (struct reader){ &operations, range->part->size };
    *reader = &range->reader;
    return 0;
}

int object_open(const struct object *object, struct reader **reader, struct error *error)
{
    switch (object->kind) {
    case OBJECT_FILE:
        return tree_open(object->filesystem ? filesystem_tree(object->filesystem)
                                            : object->evidence->directory,
                         object->handle, reader, error);
    case OBJECT_LOOSE:
        return reader_open_file(reader, object->evidence->path, error);
    case OBJECT_DIRECTORY:
        return error_set(error, ERROR_USAGE, "is a folder: %s", object->evidence->name);
    default:
        return open_range(object, reader, error);
    }
}
