/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NTFS_LOST_H
#define NTFS_LOST_H

/*
 * ntfs_lost: names that the index of a folder has and no record of $MFT. ntfs_lost.c looks
 * through the pieces of indexes that ntfs_lost_pieces.c lists, in a thread of its own;
 * ntfs_lost_known.c tells what $MFT has; ntfs_lost_tree.c gives the others as a tree.
 */

#include <pthread.h>
#include <stdatomic.h>

#include "ntfs.h"

/* One name; its text is in that list's texts. */
struct ntfs_lost_name {
    uint64_t times[4];   /* born, modified, changed, accessed */
    uint64_t size;
    uint64_t place;      /* within the folder's streams: orders the names of a folder */
    uint32_t piece;      /* of the search, which found it */
    uint32_t folder;     /* record */
    uint32_t number;     /* of the file, if it is known, and its sequence then */
    uint32_t text;
    uint16_t sequence;
    uint16_t length;     /* bytes of the text */
    bool referenced;     /* number and sequence are known */
    bool directory;
    bool dos;            /* a DOS name */
};

struct ntfs_lost_list {
    struct ntfs_lost_name *names;
    size_t count, capacity;
    struct buffer texts;
};

static inline const char *ntfs_lost_text(const struct ntfs_lost_list *list,
                                         const struct ntfs_lost_name *name)
{
    return list->texts.data + name->text;
}

enum { NTFS_PIECE_BYTES = 65536 }; /* of a run: a multiple of what index and $MFT records have */

enum ntfs_piece_kind {
    NTFS_PIECE_RUN,    /* whole index records in one place */
    NTFS_PIECE_STREAM, /* the whole index, whose records lie across runs */
    NTFS_PIECE_RECORD, /* an $MFT record */
};

struct ntfs_piece {
    uint64_t media;      /* bytes, of a run; else about where it lies */
    uint64_t at;         /* within the stream */
    uint32_t folder;
    uint32_t length;     /* of a run */
    uint32_t number;     /* of a stream: its position; of an $MFT record: which */
    uint8_t kind;
};

/* Until the search was waited for, what stands behind `path` is its threads'. */
struct ntfs_lost {
    struct tree tree;    /* first */
    struct ntfs *ntfs;
    struct ntfs_view view;       /* of folders */
    struct buffer path;          /* of the file given out last */
    struct ntfs_lost_list list;  /* by folder, then as they lie there */
    struct ntfs_piece *pieces;   /* to look through, as they lie on the media */
    size_t piece_count, piece_capacity;
    _Atomic size_t next;         /* of them */
    _Atomic bool ready;          /* there are pieces */
    struct ntfs_seeker *seeker;  /* of the thread */
    pthread_t thread;
    bool threaded;       /* the thread is to be joined */
    bool done;
    int result;          /* of the search */
    struct error error;
};

/* Wait for the end of the search, which filesystem_seek_lost_names began, and free. Accepts
 * NULL. */
void ntfs_lost_free(struct ntfs_lost *lost);

void ntfs_lost_list_release(struct ntfs_lost_list *list);

/* Of the tree. */
extern const struct tree_operations ntfs_lost_operations;

/* --- ntfs_lost_pieces.c --- */

/* What there is to look through, into lost->pieces. 0, or -1 without memory. */
int ntfs_lost_add_pieces(struct ntfs_lost *lost);

/* --- ntfs_lost_known.c --- */

/* Whether the file of a record is the one with this sequence number, as it is or as it was
 * deleted. */
bool ntfs_is_same_file(const struct ntfs_node *node, uint16_t sequence);

/* Whether the file that an entry means has its name in this folder. */
bool ntfs_has_entry(const struct ntfs *ntfs, uint32_t folder, uint32_t number, uint16_t sequence,
                    const uint8_t *utf16, size_t units, struct buffer *room);

/* The folders in whose $MFT records are entries that no file has, sorted, in memory of their
 * own. 0, or -1 without memory. */
int ntfs_find_suspects(const struct ntfs *ntfs, uint32_t **suspects, size_t *count);

/* Whether the file that the entry of a DOS name means has any name in this folder. */
bool ntfs_has_dos_entry(const struct ntfs *ntfs, uint32_t folder, uint32_t number,
                        uint16_t sequence);

/* Put the names in order, and drop copies, DOS names whose longer twin is there, and what $MFT
 * has after all. 0, or -1 without
 * memory. */
int ntfs_lost_settle(const struct ntfs *ntfs, struct ntfs_lost_list *list);

#endif
