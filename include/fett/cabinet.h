/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_CABINET_H
#define FETT_CABINET_H

/*
 * cabinet: the files in a cabinet file (.cab), as Windows 98 and Me keep copies of the
 * registry in: stored or compressed by MSZIP; Quantum and LZX are not read.
 *
 * What is damaged is told with its offset in the cabinet, and what can be read beside
 * it is delivered: where blocks have checksums a byte is as it was packed, or known to be
 * lost.
 */

#include <stdbool.h>

#include <fett/instant.h>
#include <fett/reader.h>

struct cabinet_folder {
    uint64_t offset; /* of its first block */
    unsigned blocks, compression;
};

struct cabinet_file {
    char *name;           /* as it is stored */
    uint64_t entry;       /* offset of what tells of it */
    uint64_t size, start; /* in what its folder unpacks to */
    unsigned folder;
    struct instant modified; /* local */
};

struct cabinet {
    uint8_t *data;
    size_t size;
    unsigned folder_reserve, block_reserve; /* bytes of others behind what tells of each */
    struct cabinet_folder *folders;
    size_t folder_count, folder_capacity;
    struct cabinet_file *files;
    size_t file_count, file_capacity;
};

/* Whether the first bytes of a file are those of a cabinet. */
bool cabinet_is(const uint8_t *head, size_t size);

/* Told of what is wrong at a place of the cabinet. */
typedef void (*cabinet_problem)(void *context, uint64_t offset, const char *what);

/* Read what tells of the files; to be released in any case. `problem` may be NULL. -1: it is
 * no cabinet, larger than LIMIT_CABINET_BYTES, or memory is out. */
int cabinet_read(struct cabinet *cabinet, struct reader *reader, cabinet_problem problem,
                 void *context, struct error *error);
void cabinet_release(struct cabinet *cabinet);

/* The content of one file; the cabinet need not outlive it. -1: none of it can be read, or
 * memory is out. */
int cabinet_open(const struct cabinet *cabinet, const struct cabinet_file *file,
                 cabinet_problem problem, void *context, struct reader **content,
                 struct error *error);

#endif
