/* SPDX-License-Identifier: Apache-2.0 */

/*
 * tsk_content: the content of the files that libtsk reads, and what became of that of deleted
 * ones: a name whose metadata is in use again says nothing about its old content. See
 * tsk_index.h.
 */

#include <stdlib.h>
#include <string.h>

#include "tsk_fat.h"

/* --- what became of it --- */

/* Whether ext keeps an entry's content in the inode: short links, inline data. */
static bool is_in_inode(struct tsk_filesystem *owner, const struct tsk_entry *entry,
                        struct ext_inode *inode)
{
    return owner->ext && entry->type != FILE_DIRECTORY && entry->type != FILE_VIRTUAL &&
           ext_inode_read(owner->ext, entry->inode, inode, NULL) == 0 && inode->piece_count > 0;
}

/* What deleted files say is theirs, when first needed. */
static int load_claims(struct tsk_filesystem *owner, struct error *error)
{
    const struct tsk_entry *before = NULL;
    bool out_of_memory = false;

    if (owner->claims.sealed)
        return 0;
    if (tsk_filesystem_need(owner, error) != 0)
        return -1;
    for (size_t i = 0; i < owner->count; i++) {
        const struct tsk_entry *entry = &owner->entries[i];
        bool again = before && before->inode == entry->inode &&
                     before->attribute_type == entry->attribute_type &&
                     before->attribute_id == entry->attribute_id;
        if (entry->state == FILE_ALLOCATED || !entry->has_meta || again)
            continue;
        TSK_FS_FILE *file = tsk_index_open_file(owner, entry);
        const TSK_FS_ATTR *attribute = file ? tsk_index_attribute(owner, file, entry) : NULL;
        if (attribute && attribute->flags & TSK_FS_ATTR_NONRES)
            for (const TSK_FS_ATTR_RUN *run = attribute->nrd.run; run; run = run->next)
                if (run->flags == TSK_FS_ATTR_RUN_FLAG_NONE &&
                    claims_add(&owner->claims, run->addr, run->len) != 0)
                    out_of_memory = true;
        owner->tsk.fs_file_close(file);
        owner->tsk.error_reset();
        before = entry;
    }
    if (out_of_memory) {
        claims_release(&owner->claims);
        return error_set_memory(error);
    }
    claims_seal(&owner->claims);
    return 0;
}

static enum file_content judge(struct tsk_filesystem *owner, const struct tsk_entry *entry)
{
    struct claims_tally tally = { .free = false };
    struct ext_inode inode;

    if (entry->meta == META_REALLOCATED || !entry->has_meta)
        return CONTENT_UNKNOWN;
    if (owner->fat)
        return tsk_fat_content_state(owner, entry);
    if (is_in_inode(owner, entry, &inode))
        return CONTENT_INTACT;
    TSK_FS_FILE *file = tsk_index_open_file(owner, entry);
    const TSK_FS_ATTR *attribute = file ? tsk_index_attribute(owner, file, entry) : NULL;
    enum file_content content = CONTENT_UNKNOWN;
    if (attribute && attribute->flags & TSK_FS_ATTR_RES)
        content = CONTENT_INTACT;
    if (attribute && attribute->flags & TSK_FS_ATTR_NONRES) {
        for (const TSK_FS_ATTR_RUN *run = attribute->nrd.run; run; run = run->next) {
            if (run->flags != TSK_FS_ATTR_RUN_FLAG_NONE)
                continue;
            bool contested = claims_contested(&owner->claims, run->addr, run->len);
            for (TSK_DADDR_T i = 0; i < run->len; i++) {
                if (tsk_block_in_use(owner, run->addr + i))
                    tally.used = true;
                else if (contested && claims_contested(&owner->claims, run->addr + i, 1))
                    tally.contested = true;
                else
                    tally.free = true;
            }
        }
        if (tally.used || tally.free || tally.contested || entry->size == 0)
            content = claims_judge(&tally);
    }
    owner->tsk.fs_file_close(file);
    owner->tsk.error_reset();
    return content;
}

int tsk_content_state(struct tsk_filesystem *owner, const struct tsk_entry *entry,
                      enum file_content *content, struct error *error)
{
    if (owner->is_own) {
        *content = entry->content;
        return 0;
    }
    if (load_claims(owner, error) != 0)
        return -1;
    *content = judge(owner, entry);
    return 0;
}

/* --- as readers --- */

struct tsk_content {
    struct reader reader;
    const struct tsk *tsk;
    TSK_FS_FILE *file;
    const TSK_FS_ATTR *attribute;
};

static int content_read_at(struct reader *reader, uint64_t offset, void *buffer, size_t size,
                           struct error *error)
{
    struct tsk_content *content = (struct tsk_content *)reader;
    ssize_t got = content->tsk->fs_attr_read(content->attribute, (TSK_OFF_T)offset, buffer, size,
                                             TSK_FS_FILE_READ_FLAG_NONE);

    if (got == (ssize_t)size)
        return 0;
    if (got < 0)
        got = 0;
    memset((uint8_t *)buffer + got, 0, size - (size_t)got);
    return tsk_bridge_error(content->tsk, error, ERROR_DAMAGED, "cannot read %zu bytes at %llu",
                            size, (unsigned long long)offset);
}

static void content_free(struct reader *reader)
{
    struct tsk_content *content = (struct tsk_content *)reader;

    content->tsk->fs_file_close(content->file);
    free(content);
}

/* The text of a link, where libtsk has it and the blocks have not. */
static int link_read_at(struct reader *reader, uint64_t offset, void *buffer, size_t size,
                        struct error *error)
{
    const struct tsk_content *content = (const struct tsk_content *)reader;

    (void)error;
    memcpy(buffer, content->file->meta->link + offset, size);
    return 0;
}

struct inode_content {
    struct reader reader;
    struct reader *volume;
    struct ext_piece pieces[EXT_PIECES];
    size_t piece_count;
};

static int inode_read_at(struct reader *reader, uint64_t offset, void *buffer, size_t size,
                         struct error *error)
{
    const struct inode_content *content = (const struct inode_content *)reader;
    uint8_t *out = buffer;
    int result = 0;

    for (size_t i = 0; i < content->piece_count && size > 0; i++) {
        const struct ext_piece *piece = &content->pieces[i];
        if (offset >= piece->file_offset + piece->length)
            continue;
        uint64_t inside = offset - piece->file_offset;
        size_t part = piece->length - inside < size ? (size_t)(piece->length - inside) : size;
        if (reader_read(content->volume, piece->at + inside, out, part,
                        result == 0 ? error : NULL) != 0)
            result = -1;
        out += part;
        offset += part;
        size -= part;
    }
    return result;
}

static void inode_content_free(struct reader *reader)
{
    free(reader);
}

static int open_in_inode(struct tsk_filesystem *owner, const struct ext_inode *inode,
                         struct reader **reader, struct error *error)
{
    static const struct reader_operations operations = { inode_read_at, inode_content_free };
    const struct ext_piece *last = &inode->pieces[inode->piece_count - 1];
    struct inode_content *content = malloc(sizeof *content);

    if (!content)
        return error_set_memory(error);
    *content = (struct inode_content){ .reader = { &operations, last->file_offset + last->length },
                                       .volume = owner->volume_reader,
                                       .piece_count = inode->piece_count };
    memcpy(content->pieces, inode->pieces, sizeof content->pieces);
    *reader = &content->reader;
    return 0;
}

/* The one block in which a live link of ext has its text, as a piece; false where it is not so
 * simple. Links are read by who lists files, and need no libtsk for it. */
static bool find_link_block(struct tsk_filesystem *owner, const struct tsk_entry *entry,
                            struct ext_inode *inode)
{
    uint64_t block;

    if (!owner->is_own || entry->type != FILE_LINK || entry->state != FILE_ALLOCATED ||
        ext_inode_read(owner->ext, entry->inode, inode, NULL) != 0 || inode->inside ||
        inode->size != entry->size || inode->size > ext_block_size(owner->ext) ||
        !ext_inode_first_block(owner->ext, inode, &block))
        return false;
    inode->pieces[0] = (struct ext_piece){ block * ext_block_size(owner->ext), 0, inode->size };
    inode->piece_count = 1;
    return true;
}

int tsk_content_open(struct tsk_filesystem *owner, const struct tsk_entry *entry,
                     struct reader **reader, struct error *error)
{
    static const struct reader_operations operations = { content_read_at, content_free };
    static const struct reader_operations link_operations = { link_read_at, content_free };
    struct ext_inode inode;

    if (is_in_inode(owner, entry, &inode) || find_link_block(owner, entry, &inode))
        return open_in_inode(owner, &inode, reader, error);
    if (tsk_filesystem_need(owner, error) != 0)
        return -1;
    if (entry->broken)
        return tsk_fat_open_content(owner, entry, reader, error);
    TSK_FS_FILE *file = tsk_index_open_file(owner, entry);
    const TSK_FS_ATTR *attribute = file ? tsk_index_attribute(owner, file, entry) : NULL;
    /* ext: what the inode does not have is in blocks */
    bool link = file && entry->type == FILE_LINK && file->meta->link && !owner->ext;
    if (!attribute && !link && entry->type == FILE_VIRTUAL) {
        /* $OrphanFiles: a folder of libtsk's. */
        owner->tsk.fs_file_close(file);
        owner->tsk.error_reset();
        *reader = reader_over_memory("", 0);
        return *reader ? 0 : error_set_memory(error);
    }
    if (!attribute && !link) {
        owner->tsk.fs_file_close(file);
        return tsk_bridge_error(&owner->tsk, error, ERROR_UNSUPPORTED, "has no content");
    }
    struct tsk_content *content = malloc(sizeof *content);
    if (!content) {
        owner->tsk.fs_file_close(file);
        return error_set_memory(error);
    }
    *content = (struct tsk_content){ .tsk = &owner->tsk, .file = file, .attribute = attribute };
    content->reader.operations = link ? &link_operations : &operations;
    if (link)
        content->reader.size = strlen(file->meta->link);
    else
        content->reader.size = attribute->size < 0 ? 0 : (uint64_t)attribute->size;
    *reader = &content->reader;
    return 0;
}
