/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NTFS_H
#define NTFS_H

/*
 * ntfs: the index of an NTFS volume, made in one sequential pass over $MFT, and
 * what is answered from it: a node for each $MFT record, a name for each $FILE_NAME
 * that is no DOS name, a stream for each attribute that records give as content or
 * that owns clusters. Besides its text a file takes 120 bytes, 24 more where it has a
 * DOS name of its own, 24 where the times of its $FILE_NAME differ, and 16 where its entry
 * lies in the $MFT record of its folder.
 *
 * Handles are record << 16 | (position of the stream among those of the record
 * + 1); a record without any content has position 0.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include <fett/buffer.h>
#include <fett/children.h>
#include <fett/tree.h>

#include "claims.h"
#include "filesystem_internal.h"
#include "ntfs_record.h"

enum {
    NTFS_RECORD_MFT = 0,
    NTFS_RECORD_ROOT = 5,
    NTFS_RECORD_BITMAP = 6,
    NTFS_RECORD_EXTEND = 11,
    NTFS_FIRST_USER_RECORD = 24,
};

/* Of a file, as Windows shows them. */
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

enum node_flags {
    NODE_USABLE = 1,    /* a base record that could be read */
    NODE_IN_USE = 2,
    NODE_DIRECTORY = 4,
    NODE_EXTENDED = 8,  /* has an attribute list */
    NODE_SI = 16,       /* has $STANDARD_INFORMATION */
    NODE_UNSURE = 32,   /* while indexing: its run lists may be in pieces or unsound */
};

struct ntfs_node {
    uint64_t times[4];   /* $STANDARD_INFORMATION: born, modified, changed, accessed */
    uint32_t first_name; /* in ntfs.names, name_count of them */
    uint32_t first_stream;
    uint32_t attributes;
    uint16_t sequence;
    uint16_t links;
    uint16_t name_count;
    uint16_t stream_count;
    uint8_t flags;
};

/* The times of most names are those of their making, all four. */
struct ntfs_name {
    uint64_t born;
    uint64_t parent;     /* record | sequence << 48 */
    uint32_t later;      /* in ntfs.later_times, plus 1; 0: the others are the same */
    uint32_t text;       /* in ntfs.text */
    uint16_t id;
    uint16_t length;     /* bytes */
};

struct ntfs_later_times {
    uint64_t times[3];   /* modified, changed, accessed */
};

enum stream_flags {
    STREAM_RESIDENT = 1,
    STREAM_COMPRESSED = 2,
    STREAM_ENCRYPTED = 4,
    STREAM_SPARSE = 8,
    STREAM_TAIL = 16,    /* initialised size differs: eight bytes before the runs */
    STREAM_BROKEN = 32,  /* pieces of the run list are missing or malformed */
    STREAM_PIECE = 64,   /* while indexing: a continuation, `size` is its first VCN */
    STREAM_JOINED = 128, /* while indexing: a piece that has its head */
};

struct ntfs_stream {
    uint64_t size;
    uint32_t place;      /* resident: offset in the $MFT record that holds it, see
                            `holder`; else in ntfs.runs */
    uint32_t holder;     /* resident: that record; else bytes of runs */
    uint32_t text;       /* name, in ntfs.text */
    uint32_t type;       /* of the attribute */
    uint16_t id;
    uint16_t name_length; /* bytes, 0: unnamed */
    uint8_t flags;
    uint8_t unit;        /* log2 of clusters of a compression unit */
};

/* One DOS name, for look-ups only. */
struct ntfs_dos_name {
    uint64_t parent;     /* record | sequence << 48 */
    uint32_t record, text;
    uint16_t length;
};

enum { NTFS_NO_FILE = UINT32_MAX };

/* An entry of a folder's index that lies in the folder's $MFT record. */
struct ntfs_entry {
    uint32_t folder;
    uint32_t number;     /* of the file that it means, NTFS_NO_FILE: not known */
    uint32_t key;        /* of its name: the lower half of ntfs_entry_key */
    uint16_t sequence;   /* of the file */
    bool dos;            /* a DOS name */
};

/* A stretch of $MFT in one place; in bytes. */
struct ntfs_mft_run {
    uint64_t start;      /* within $MFT */
    uint64_t length;
    uint64_t media;      /* NTFS_SPARSE: nowhere */
};

enum { NTFS_PATH_CACHE = 4096 };

struct ntfs_cached_path {
    uint32_t record;
    uint8_t state;       /* enum file_state of the folder */
    uint8_t known;
    uint32_t length;
    char *path;
};

/* What gives out files, one at a time: the file system's own, or that of another thread. */
struct ntfs_view {
    struct tree tree;               /* of another thread */
    struct ntfs *ntfs;
    struct ntfs_cached_path *paths; /* NTFS_PATH_CACHE of them */
    /* of the file given out last */
    struct buffer path;
    struct file_name *file_names;
    size_t file_name_capacity;
};

struct ntfs {
    struct filesystem base;
    struct ntfs_geometry geometry;
    uint64_t records;               /* in $MFT */
    struct ntfs_node *nodes;        /* one for each */
    struct ntfs_name *names;
    size_t name_count, name_capacity;
    struct ntfs_later_times *later_times;
    size_t later_count, later_capacity;
    struct ntfs_stream *streams;
    size_t stream_count, stream_capacity;
    struct ntfs_dos_name *dos_names;
    size_t dos_name_count, dos_name_capacity;
    struct ntfs_entry *entries;     /* for the search for lost names */
    size_t entry_count, entry_capacity;
    struct ntfs_lost *lost;         /* that search; NULL before it is asked for */
    struct buffer text;             /* all names */
    struct buffer runs;             /* all run lists */
    struct ntfs_mft_run *mft_runs;  /* where $MFT lies, in its order */
    size_t mft_run_count, mft_run_capacity;
    uint8_t *volume_bitmap;         /* one window of $Bitmap */
    uint64_t bitmap_window;
    struct reader *bitmap;          /* content of $Bitmap, or NULL */
    struct children children;       /* live names; filled when first asked for */
    struct claims claims;           /* clusters of deleted files, likewise */
    pthread_mutex_t lock;           /* of claims and bitmap, and of what reads the media */
    struct ntfs_view own;
};

static inline struct ntfs *ntfs_of(struct filesystem *filesystem)
{
    return (struct ntfs *)filesystem;
}

/* Where on the media byte `offset` of $MFT lies, and how many bytes go on from
 * there; false beyond its runs and where they are sparse. */
bool ntfs_mft_place(const struct ntfs *ntfs, uint64_t offset, uint64_t *media, uint64_t *left);

/* Read bytes of $MFT, across its runs: where the clusters are smaller than a
 * record, one record can lie in two places. What has no place is zeros and
 * ERROR_DAMAGED, as is what cannot be read. */
int ntfs_mft_read(const struct ntfs *ntfs, uint64_t offset, void *data, size_t size,
                  struct error *error);

/* The same by another reader of the volume, for another thread. */
int ntfs_mft_read_by(const struct ntfs *ntfs, struct reader *reader, uint64_t offset, void *data,
                     size_t size, struct error *error);

/* ntfs_index.c: read $MFT. */
int ntfs_index(struct ntfs *ntfs, struct error *error);

/* The runs of a stream, and its initialised size. */
static inline const uint8_t *ntfs_stream_runs(const struct ntfs *ntfs,
                                              const struct ntfs_stream *stream, size_t *size)
{
    *size = stream->holder;
    return (const uint8_t *)buffer_text(&ntfs->runs) + stream->place;
}

static inline uint64_t ntfs_stream_initialized(const struct ntfs *ntfs,
                                               const struct ntfs_stream *stream)
{
    uint64_t initialized = stream->size;

    if (stream->flags & STREAM_TAIL)
        memcpy(&initialized, ntfs->runs.data + stream->place - sizeof initialized,
               sizeof initialized);
    return initialized;
}

/* ntfs_content.c: a stream as a reader. */
int ntfs_content_open(struct ntfs *ntfs, const struct ntfs_stream *stream,
                      struct reader **reader, struct error *error);

/* The same by another reader of the volume, for another thread. */
int ntfs_content_open_by(struct ntfs *ntfs, struct reader *media,
                         const struct ntfs_stream *stream, struct reader **reader,
                         struct error *error);

/* Whether a cluster is in use by $Bitmap; -1 where that cannot be told. */
int ntfs_cluster_in_use(struct ntfs *ntfs, uint64_t cluster);

/* ntfs_file.c */

/* 0, or -1 without memory. Release is right after both. */
int ntfs_view_init(struct ntfs_view *view, struct ntfs *ntfs);
void ntfs_view_release(struct ntfs_view *view);

/* The stream at `position` (see handles) of a usable record; it holds until the next. */
int ntfs_view_file(struct ntfs_view *view, uint32_t record, unsigned position, struct file *file,
                   struct error *error);

/* The same, but only what tree_walk_times tells. */
int ntfs_view_times(struct ntfs_view *view, uint32_t record, unsigned position,
                    struct file *file, struct error *error);

/* The stream at a position; NULL for 0. */
static inline const struct ntfs_stream *ntfs_stream_at(const struct ntfs *ntfs,
                                                       const struct ntfs_node *node,
                                                       unsigned position)
{
    return position > 0 ? &ntfs->streams[node->first_stream + position - 1] : NULL;
}

/* The position of the stream that stands for the file itself: 0 when it has none. */
unsigned ntfs_main_position(const struct ntfs *ntfs, const struct ntfs_node *node);

/* Whether the folder that a name points to is still that folder, and which it is. */
bool ntfs_parent_of(const struct ntfs *ntfs, const struct ntfs_name *name, uint32_t *parent);

/* ntfs_tree.c */
extern const struct tree_operations ntfs_tree_operations;
int ntfs_find_inode(struct filesystem *filesystem, const char *inode, struct file *file,
                    struct error *error);

/* ntfs_extents.c */
int ntfs_add_extents(struct filesystem *filesystem, uint64_t handle, uint32_t space,
                     struct extents *extents, struct error *error);

/* Whether records give this stream as a file of its own. */
bool ntfs_stream_shown(const struct ntfs_node *node, const struct ntfs *ntfs,
                       const struct ntfs_stream *stream);

#endif
