/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_TREE_H
#define FETT_TREE_H

/*
 * tree: files with paths, seen the same way whether they lie in a file system
 * of an image (filesystem.h), in a folder of the examiner's machine
 * (tree_open_directory) or in memory (tests). It is how the modules that know
 * artefacts and the one that knows file systems meet without knowing each other.
 *
 * A tree holds every file: live ones by path, deleted and orphan ones besides.
 * A handle names one file of one tree for as long as the tree lives; it is
 * never 0. A struct file and all that it points to belong to the tree and hold
 * until the next call on the same tree. One thread at a time uses a tree.
 *
 * Paths begin with '/', folders are separated by '/'; the root is "/". A
 * stream's path is path:stream. A '/' inside a name (possible in damaged or
 * hostile directories) appears as it is; such a file is found by handle or
 * inode only.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/error.h>
#include <fett/instant.h>
#include <fett/reader.h>

/* Of the name: does a folder still list it? */
enum file_state {
    FILE_ALLOCATED,
    FILE_DELETED, /* not in use, but the folder it was in is still known */
    FILE_ORPHAN,  /* not in use, or in use without a way up to the root */
};

/* Of a deleted file: what became of its metadata ... */
enum file_meta {
    META_ALLOCATED,   /* of live files; of a deleted name whose file lives on */
    META_DELETED,
    META_REALLOCATED, /* belongs to another file now: times, size, content unknown */
    META_UNKNOWN,     /* which it was is not known, or it cannot be read */
};

/* ... and of its content. */
enum file_content {
    CONTENT_INTACT,      /* every cluster is free, and no other deleted file's; resident */
    CONTENT_PARTIAL,     /* some are in use by others */
    CONTENT_OVERWRITTEN, /* all are */
    CONTENT_UNKNOWN,     /* also: two deleted files claim it; FAT, more than one cluster */
};

enum file_type {
    FILE_UNKNOWN,
    FILE_REGULAR,
    FILE_DIRECTORY,
    FILE_LINK,    /* symbolic link, reparse point that is one */
    FILE_SPECIAL, /* device, socket, FIFO */
    FILE_VIRTUAL, /* does not exist on disk: libtsk's $MBR, $FAT1, $OrphanFiles */
};

struct file_times {
    struct instant born;
    struct instant modified;
    struct instant accessed;
    struct instant changed; /* metadata changed */
};

/* One name of a file: a $FILE_NAME of NTFS that is not a DOS name; elsewhere a hard
 * link, without times. */
struct file_name {
    const char *path;
    size_t path_length;
    uint16_t id;            /* attribute id: name_id of events */
    struct file_times times;
};

enum { FILE_INODE_SIZE = 48 };

struct file {
    uint64_t handle;
    const char *path;       /* the first name that is not a DOS name; with :stream */
    size_t path_length;
    const char *name;       /* its last part, inside path; streams: the file's name */
    size_t name_length;     /* without :stream */
    const char *stream;     /* name of the stream inside path, or NULL */
    size_t stream_length;
    char inode[FILE_INODE_SIZE]; /* as TSK writes it: "61-128-3", "12" */
    uint64_t number;        /* its first part; 0 for what has none */
    enum file_type type;
    enum file_state state;
    enum file_meta meta;
    enum file_content content;
    bool metadata_file;     /* $MFT, $Boot, ...: structure of the file system itself */
    bool sized;             /* size is known */
    uint64_t size;          /* bytes of content */
    bool owned;             /* mode, uid, gid are known */
    uint32_t mode;          /* permission bits as stat(2) has them, without type */
    uint32_t uid, gid;
    bool linked;            /* links is known */
    uint32_t links;
    bool sequenced;         /* seq is known: NTFS */
    uint16_t seq;
    bool has_parent;
    uint64_t parent;        /* inode of the folder */
    uint16_t parent_seq;    /* of the reference: NTFS */
    bool hidden, system, read_only, archive, compressed, encrypted, sparse;
    bool resident;          /* content inside the $MFT record */
    const char *link_target; /* of FILE_LINK, or NULL */
    struct file_times times; /* $STANDARD_INFORMATION, or what the file system has */
    struct instant deleted;  /* ext dtime */
    const struct file_name *names; /* [0] is that of `path` */
    size_t name_count;      /* not NTFS: 0 for a file of one name */
};

/* What a walk calls for each file; not 0 ends the walk, which then returns it. */
typedef int (*tree_visit)(void *context, const struct file *file);

struct tree;

struct tree_operations {
    int (*root)(struct tree *tree, struct file *file, struct error *error);
    int (*lookup)(struct tree *tree, const char *path, struct file *file, struct error *error);
    int (*file)(struct tree *tree, uint64_t handle, struct file *file, struct error *error);
    int (*list)(struct tree *tree, uint64_t handle, tree_visit visit, void *context,
                struct error *error);
    int (*walk)(struct tree *tree, tree_visit visit, void *context, struct error *error);
    int (*walk_times)(struct tree *tree, tree_visit visit, void *context,
                      struct error *error); /* NULL: as walk */
    int (*open)(struct tree *tree, uint64_t handle, struct reader **reader, struct error *error);
    struct tree *(*view)(struct tree *tree); /* NULL: has none */
    void (*free)(struct tree *tree);
};

struct tree {
    const struct tree_operations *operations;
};

/* The root folder. */
int tree_root(struct tree *tree, struct file *file, struct error *error);

/* The live file at a path: first exactly, then without case (whatever the file
 * system: collected trees of Windows lie on any), also by DOS 8.3 names where
 * they are stored. The whole path is looked up first, then split at its last
 * colon into file and stream. ERROR_NOT_FOUND names the first missing part. */
int tree_lookup(struct tree *tree, const char *path, struct file *file, struct error *error);

/* The file of a handle. */
int tree_file(struct tree *tree, uint64_t handle, struct file *file, struct error *error);

/* The live files directly in a folder (streams of them not), in order of name. */
int tree_list(struct tree *tree, uint64_t handle, tree_visit visit, void *context,
              struct error *error);

/* Every file: live, deleted, orphan, every stream. A file comes once for its
 * content and once for each named stream. The order is that of handles and the
 * same at each walk. `visit` may call tree_file and tree_open. */
int tree_walk(struct tree *tree, tree_visit visit, void *context, struct error *error);

/* The same files in the same order, where their handles, numbers, times and those of their
 * names are enough: what else a struct file tells may be missing. Faster where paths cost time. */
int tree_walk_times(struct tree *tree, tree_visit visit, void *context, struct error *error);

/* The content of a file or stream. Reading sparse and never-written parts
 * gives zeros, compressed content comes decompressed. For metadata that was
 * reallocated, and for what has no content: ERROR_UNSUPPORTED. The reader
 * must be freed before the tree. */
int tree_open(struct tree *tree, uint64_t handle, struct reader **reader, struct error *error);

/* A tree that answers tree_file, and nothing else, as this one does, for another thread at
 * the same time; NULL where there is none. To be freed before the tree. */
struct tree *tree_view(struct tree *tree);

/* Accepts NULL. */
void tree_free(struct tree *tree);

/* What of a folder of the examiner's machine cannot be read, and why. */
typedef void (*tree_loss)(void *context, const char *path, const char *reason);

/*
 * A folder of the examiner's machine. Times are not given: they are those of
 * the copy.
 *
 * Nothing outside it is opened: each part of a path is opened in the folder
 * before it, and symbolic links are not followed, whenever they were put there.
 * What is neither file nor folder is not opened.
 *
 * It is listed once. A folder that cannot be read then, or lies beyond a limit,
 * costs what is in it and goes to `loss` (may be NULL); -1 only where there is
 * no tree at all. A file that is gone when it is opened, or is no file any
 * more, goes there too, and tree_open is ERROR_DAMAGED; one that has another
 * size goes there and is opened as it is now. `context` outlives the tree.
 */
int tree_open_directory(struct tree **tree, const char *path, tree_loss loss, void *context,
                        struct error *error);

/* A tree in memory, empty but for its root; files are added with their folders. */
struct tree *tree_new_memory(void);
int tree_memory_add(struct tree *tree, const char *path, const void *data, size_t size,
                    const struct file_times *times);

#endif
