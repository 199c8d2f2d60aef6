/* SPDX-License-Identifier: Apache-2.0 */

/*
 * autorun_target: what the content of a started file says: its type, when it was
 * linked, its digest. Many services start the same file, which is read once.
 */

#include <search.h>
#include <stdlib.h>

#include <fett/limits.h>

#include "autorun_internal.h"

struct target_content {
    const struct tree *tree;
    uint64_t handle;
    char sha256[DIGEST_HEX_SIZE]; /* "": not read, or not whole */
    char *mime;                   /* NULL: not known */
    struct instant linked;
};

static int by_handle(const void *a, const void *b)
{
    const struct target_content *x = a, *y = b;

    if (x->tree != y->tree)
        return (uintptr_t)x->tree > (uintptr_t)y->tree ? 1 : -1;
    return (x->handle > y->handle) - (x->handle < y->handle);
}

static void content_free(void *content)
{
    free(((struct target_content *)content)->mime);
    free(content);
}

void autorun_release_targets(struct autoruns *all)
{
    tdestroy(all->targets, content_free);
    signatures_free(all->signatures);
}

static int add_to_digest(void *digest, uint64_t offset, const void *data, size_t size)
{
    (void)offset;
    digest_update(digest, data, size);
    return 0;
}

/* The digest of all of it; -1 when something could not be read. */
static int read_digest(struct reader *reader, char hex[DIGEST_HEX_SIZE], struct error *error)
{
    struct digest digest;

    if (digest_init(&digest, DIGEST_SHA256, error) != 0)
        return -1;
    int result = examine_content(reader, add_to_digest, &digest, error);
    if (result == 0)
        digest_finish(&digest, hex);
    else
        digest_release(&digest);
    return result;
}

static void read_type(struct autoruns *all, struct reader *reader, struct target_content *content)
{
    size_t size = reader->size < SIGNATURE_HEAD_SIZE ? (size_t)reader->size : SIGNATURE_HEAD_SIZE;
    uint8_t *head = malloc(SIGNATURE_HEAD_SIZE);
    const char *mime = NULL;

    if (head && size > 0 && reader_read(reader, 0, head, size, NULL) == 0)
        mime = signature_mime(all->signatures, head, size);
    content->mime = mime ? strdup(mime) : NULL;
    all->out_of_memory |= !head || (mime && !content->mime);
    free(head);
}

/* Tell that a started file cannot be read, as the file and not as what starts it. */
static int emit_unread(struct autoruns *all, const struct file *file, const struct error *error)
{
    struct record record;

    record_begin(&record, RECORD_GAP);
    record_text(&record, FIELD_IMAGE, all->evidence->name);
    if (all->where.volume)
        record_text(&record, FIELD_VOLUME, all->where.volume->name);
    record_text_n(&record, FIELD_PATH, file->path, file->path_length);
    record_text(&record, FIELD_INODE, *file->inode ? file->inode : NULL);
    record_text(&record, FIELD_KIND, "damage");
    record_text(&record, FIELD_REASON, error->text);
    return all->sink(all->context, &record);
}

static int read_content(struct autoruns *all, const struct file *file,
                        struct target_content *content)
{
    struct error error = ERROR_INIT;
    struct reader *reader;
    int result = tree_open(all->where.tree, file->handle, &reader, &error);

    if (result == 0) {
        if (reader->size <= LIMIT_TARGET_BYTES)
            result = read_digest(reader, content->sha256, &error);
        read_type(all, reader, content);
        content->linked = signature_link_time(reader);
        reader_free(reader);
    }
    /* Of what was deleted no more is to be expected. */
    return result != 0 && file->state == FILE_ALLOCATED ? emit_unread(all, file, &error) : 0;
}

/* Whether there is content that is the file's own. */
static bool has_content(const struct file *file)
{
    return file->type == FILE_REGULAR &&
           (file->state == FILE_ALLOCATED || file->content == CONTENT_INTACT);
}

int autorun_target_content(struct autoruns *all, struct file *file,
                           const struct target_content **found)
{
    struct target_content *content = calloc(1, sizeof *content), **known = NULL;
    int result = 0;

    if (content) {
        content->tree = all->where.tree;
        content->handle = file->handle;
        known = tsearch(content, &all->targets, by_handle);
    }
    *found = known ? *known : NULL;
    all->out_of_memory |= !known;
    if (!known || *known != content) {
        free(content);
    } else if (has_content(file)) {
        result = read_content(all, file, content);
        /* The tree has the file's texts until it is asked the next time. */
        if (tree_file(all->where.tree, content->handle, file, NULL) != 0)
            all->out_of_memory = true;
    }
    return result;
}

bool autorun_same_content(struct autoruns *all, uint64_t a, uint64_t b)
{
    const struct target_content *content[2] = { NULL, NULL };
    const uint64_t handles[2] = { a, b };
    uint64_t size = 0;
    struct file file;

    for (int i = 0; i < 2; i++) {
        if (tree_file(all->tree, handles[i], &file, NULL) != 0 || !file.sized ||
            file.size == 0 || (i > 0 && file.size != size))
            return false;
        size = file.size;
    }
    for (int i = 0; i < 2; i++)
        if (tree_file(all->tree, handles[i], &file, NULL) != 0 ||
            autorun_target_content(all, &file, &content[i]) != 0 || !content[i])
            return false;
    return *content[0]->sha256 && strcmp(content[0]->sha256, content[1]->sha256) == 0;
}

size_t autorun_add_content(const struct target_content *content, struct member *members,
                           size_t count)
{
    if (!content)
        return count;
    if (content->mime)
        members[count++] = (struct member){ "mime", value_text(content->mime) };
    if (content->linked.state != INSTANT_ABSENT)
        members[count++] = (struct member){ "linked", value_time(&content->linked) };
    if (*content->sha256)
        members[count++] = (struct member){ "sha256", value_text(content->sha256) };
    return count;
}
