/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXFAT_FOLDER_H
#define EXFAT_FOLDER_H

/* exfat_folder: the names in a folder of exFAT, and whether they are whole. Places are bytes from
 * the start of the volume. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/error.h>
#include <fett/reader.h>

enum { EXFAT_ENTRY_SIZE = 32, EXFAT_BOOT_SIZE = 120 };

struct exfat_volume {
    struct reader *reader;
    uint64_t table, heap;
    uint32_t cluster_size, clusters;
    uint32_t root; /* its first cluster */
    uint8_t *seen; /* a bit a cluster: was read as that of a folder */
};

/* Read the boot sector. 0; 1 where its numbers cannot be; -1 without memory. `volume` is zeros,
 * and is to be released in any case. */
int exfat_open(struct exfat_volume *volume, struct reader *reader);
void exfat_release(struct exfat_volume *volume);

/* A file or folder by its entries, which are in use. */
struct exfat_file {
    uint64_t at;  /* its first entry */
    uint8_t name[2 * 255]; /* UTF-16, little-endian */
    size_t units;
    bool folder;
    bool contiguous; /* its clusters follow each other, without a chain */
    bool sure;       /* its checksum is right */
    uint32_t cluster;
    uint64_t size;
};

struct exfat_sink {
    void *context;
    /* 0, or -1 to end. */
    int (*file)(void *context, const struct exfat_file *file);
    /* A part of the folder in which names may be lost. */
    void (*fault)(void *context, uint64_t at, uint64_t length, const char *reason);
};

/* Go over a folder; NULL: the root. Clusters that were seen already are passed over. Of a folder
 * that is not sure what is behind its end is not looked at. What cannot be read is passed over:
 * the reader's owner knows. 0, or -1 if the sink said so. */
int exfat_read_folder(struct exfat_volume *volume, const struct exfat_file *folder,
                      const struct exfat_sink *sink);

#endif
