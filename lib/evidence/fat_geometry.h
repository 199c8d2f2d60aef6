/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAT_GEOMETRY_H
#define FAT_GEOMETRY_H

/* fat_geometry: where things lie in a volume of FAT12, FAT16 or FAT32, by its boot
 * sector. Places are bytes from the start of the volume. */

#include <stdbool.h>
#include <stdint.h>

enum { FAT_BOOT_SIZE = 512, FAT_FIRST_CLUSTER = 2 };

struct fat_geometry {
    uint32_t sector_size, cluster_size; /* bytes */
    uint64_t table;        /* the first FAT */
    uint64_t data;         /* behind the last FAT: the root folder of FAT12 and FAT16 */
    uint64_t heap;         /* cluster 2 */
    uint32_t clusters;     /* how many have an entry in the FAT */
    uint32_t root_cluster; /* FAT32; else 0 */
    uint8_t bits;          /* of an entry: 12, 16, 32 */
};

/* Of a volume that is known to have entries of so many bits. False where the
 * numbers cannot be. */
bool fat_geometry_parse(struct fat_geometry *geometry, const uint8_t boot[FAT_BOOT_SIZE],
                        unsigned bits);

static inline bool fat_is_cluster(const struct fat_geometry *geometry, uint32_t cluster)
{
    return cluster >= FAT_FIRST_CLUSTER && cluster - FAT_FIRST_CLUSTER < geometry->clusters;
}

static inline uint64_t fat_cluster_place(const struct fat_geometry *geometry, uint32_t cluster)
{
    return geometry->heap + (uint64_t)(cluster - FAT_FIRST_CLUSTER) * geometry->cluster_size;
}

#endif
