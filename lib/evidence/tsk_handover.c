/* SPDX-License-Identifier: Apache-2.0 */

/*
 * tsk_handover: the index of tsk_index.h from the process that tried libtsk (trial.h) to the
 * one that it tried for, by a file in memory, so that libtsk need not list the volume again.
 * libtsk may have written anywhere in the first: what comes is looked at.
 *
 *     struct head, entries, text, bits of claimed clusters, gaps
 *
 * A gap is a struct handed_gap, then those of its four texts that it has, each with its NUL.
 * All gaps of the image come: those that it knows already add nothing to it.
 */

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <fett/limits.h>
#include <fett/temporary.h>

#include "tsk_index.h"

struct head {
    uint64_t entries; /* how many */
    uint64_t text, claimed, gaps; /* bytes */
    uint64_t may_lack_names;
};

enum { GAP_TEXTS = 4 };

struct handed_gap {
    uint64_t offset, length;
    uint32_t kind;
    uint8_t has[GAP_TEXTS];
};

/* --- to a file --- */

static void add_gap(struct buffer *out, const struct gap *gap)
{
    const char *const texts[GAP_TEXTS] = { gap->reason, gap->volume, gap->path, gap->inode };
    struct handed_gap handed = {
        .offset = gap->offset, .length = gap->length, .kind = (uint32_t)gap->kind
    };

    for (int i = 0; i < GAP_TEXTS; i++)
        handed.has[i] = texts[i] != NULL;
    buffer_add(out, &handed, sizeof handed);
    for (int i = 0; i < GAP_TEXTS; i++)
        if (texts[i])
            buffer_add(out, texts[i], strlen(texts[i]) + 1);
}

static int write_part(int file, uint64_t *at, const void *data, size_t size)
{
    uint64_t place = *at;

    *at += size;
    return size > 0 ? temporary_write(file, place, data, size, NULL) : 0;
}

/* The head last: without it there is nothing. */
static void write_all(const struct tsk_filesystem *owner, const struct buffer *gaps, int file)
{
    const struct head head = {
        .entries = owner->count,
        .text = owner->text.length,
        .claimed = owner->claimed_size,
        .gaps = gaps->length,
        .may_lack_names = owner->base.may_lack_names,
    };
    uint64_t at = sizeof head, start = 0;

    if (write_part(file, &at, owner->entries, owner->count * sizeof *owner->entries) == 0 &&
        write_part(file, &at, owner->text.data, owner->text.length) == 0 &&
        write_part(file, &at, owner->claimed, owner->claimed_size) == 0 &&
        write_part(file, &at, gaps->data, gaps->length) == 0)
        write_part(file, &start, &head, sizeof head);
}

void tsk_index_hand_over(struct tsk_filesystem *owner, int file)
{
    size_t count = image_gap_count(owner->base.image);
    struct buffer gaps = BUFFER_INIT;

    /* The last of so many stands for others, which are not known any more. */
    if (file < 0 || count >= LIMIT_GAPS)
        return;
    for (size_t i = 0; i < count; i++) {
        struct gap gap;
        image_gap(owner->base.image, i, &gap);
        add_gap(&gaps, &gap);
    }
    if (!gaps.failed)
        write_all(owner, &gaps, file);
    buffer_release(&gaps);
}

/* --- from a file --- */

static int read_part(int file, uint64_t *at, void *data, size_t size, struct error *error)
{
    uint64_t place = *at;

    *at += size;
    if (!data)
        return error_set_memory(error);
    return size > 0 ? temporary_read(file, place, data, size, error) : 0;
}

static bool has_sane_sizes(const struct head *head, uint64_t size)
{
    uint64_t most = size / sizeof(struct tsk_entry);

    return head->entries <= most && head->entries < UINT32_MAX &&
           head->text <= UINT32_MAX && head->claimed <= size && head->gaps <= size &&
           sizeof *head + head->entries * sizeof(struct tsk_entry) + head->text + head->claimed +
                   head->gaps ==
               size;
}

static bool are_sane(const struct tsk_entry *entries, size_t count, size_t text)
{
    for (size_t i = 0; i < count; i++) {
        const struct tsk_entry *entry = &entries[i];
        size_t length = (size_t)entry->length + entry->stream_length + entry->dos_length;
        if (entry->text > text || length > text - entry->text || entry->parent >= count ||
            entry->type > FILE_VIRTUAL || entry->state > FILE_ORPHAN ||
            entry->meta > META_UNKNOWN || (i > 1 && entry->inode < entry[-1].inode))
            return false;
    }
    return true;
}

/* The gap at *at of the handed ones; its texts lie in them. */
static bool take_gap(const struct buffer *gaps, size_t *at, struct gap *gap)
{
    const char *texts[GAP_TEXTS] = { NULL };
    struct handed_gap handed;

    if (gaps->length - *at < sizeof handed)
        return false;
    memcpy(&handed, gaps->data + *at, sizeof handed);
    *at += sizeof handed;
    for (int i = 0; i < GAP_TEXTS; i++) {
        const char *end = handed.has[i] ? memchr(gaps->data + *at, '\0', gaps->length - *at) : NULL;
        if (handed.has[i] && !end)
            return false;
        texts[i] = end ? gaps->data + *at : NULL;
        *at = end ? (size_t)(end + 1 - gaps->data) : *at;
    }
    *gap = (struct gap){ handed.offset, handed.length, (enum gap_kind)handed.kind, texts[0],
                         texts[1],      texts[2],      texts[3] };
    return handed.kind <= GAP_STRUCTURE && texts[0];
}

static bool take_gaps(struct tsk_filesystem *owner, const struct buffer *gaps)
{
    struct gap gap;

    for (size_t at = 0; at < gaps->length;) {
        if (!take_gap(gaps, &at, &gap))
            return false;
        image_add_gap(owner->base.image, &gap);
    }
    return true;
}

/* Read what the head says; 0, 1: it is none of ours, or -1. */
static int read_all(struct tsk_filesystem *owner, const struct head *head, struct buffer *gaps,
                    int file, struct error *error)
{
    uint64_t at = sizeof *head;
    size_t size = (size_t)head->entries * sizeof *owner->entries;

    owner->entries = malloc(size);
    owner->claimed = head->claimed > 0 ? malloc((size_t)head->claimed) : NULL;
    owner->claimed_size = (size_t)head->claimed;
    if (read_part(file, &at, owner->entries, size, error) != 0 ||
        read_part(file, &at, buffer_reserve(&owner->text, (size_t)head->text),
                  (size_t)head->text, error) != 0 ||
        (head->claimed > 0 &&
         read_part(file, &at, owner->claimed, (size_t)head->claimed, error) != 0) ||
        read_part(file, &at, buffer_reserve(gaps, (size_t)head->gaps), (size_t)head->gaps,
                  error) != 0)
        return -1;
    owner->count = owner->capacity = (size_t)head->entries;
    owner->text.length = (size_t)head->text;
    gaps->length = (size_t)head->gaps;
    owner->base.may_lack_names |= head->may_lack_names != 0;
    return are_sane(owner->entries, owner->count, owner->text.length) ? 0 : 1;
}

int tsk_index_take_over(struct tsk_filesystem *owner, int file, struct error *error)
{
    struct buffer gaps = BUFFER_INIT;
    struct stat status;
    struct head head;
    int result = 1;

    if (file < 0 || fstat(file, &status) != 0 || (uint64_t)status.st_size < sizeof head ||
        temporary_read(file, 0, &head, sizeof head, NULL) != 0 || head.entries == 0)
        return 1;
    if (has_sane_sizes(&head, (uint64_t)status.st_size))
        result = read_all(owner, &head, &gaps, file, error);
    if (result == 0 && !take_gaps(owner, &gaps))
        result = 1;
    buffer_release(&gaps);
    return result <= 0 ? result
                       : error_set(error, ERROR_DAMAGED,
                                   "%s: libtsk fails on it (its list of files makes no sense)",
                                   owner->base.volume->kind_name);
}
