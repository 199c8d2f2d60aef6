/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fat_geometry: see fat_geometry.h. Boot sector (Microsoft's FAT specification):
 *    11    2  bytes in a sector
 *    13    1  sectors in a cluster
 *    14    2  reserved sectors, before the first FAT
 *    16    1  number of FATs
 *    17    2  entries of the root folder; 0 in FAT32
 *    19    2  sectors, or 0 and
 *    32    4  sectors
 *    22    2  sectors in a FAT, or 0 and
 *    36    4  sectors in a FAT (FAT32)
 *    44    4  first cluster of the root folder (FAT32)
 */

#include <fett/bytes.h>

#include "fat_entry.h"
#include "fat_geometry.h"
#include "probe.h"

bool fat_geometry_parse(struct fat_geometry *geometry, const uint8_t boot[FAT_BOOT_SIZE],
                        unsigned bits)
{
    if (!probe_is_fat(boot))
        return false;
    uint64_t sector = bytes_u16le(boot + 11);
    uint64_t sectors = bytes_u16le(boot + 19), table_sectors = bytes_u16le(boot + 22);
    uint64_t root = bits == 32 ? 0 : (uint64_t)bytes_u16le(boot + 17) * FAT_ENTRY_SIZE;
    if (sectors == 0)
        sectors = bytes_u32le(boot + 32);
    if (table_sectors == 0)
        table_sectors = bytes_u32le(boot + 36);

    *geometry = (struct fat_geometry){
        .sector_size = (uint32_t)sector,
        .cluster_size = (uint32_t)sector * boot[13],
        .table = bytes_u16le(boot + 14) * sector,
        .root_cluster = bits == 32 ? bytes_u32le(boot + 44) : 0,
        .bits = (uint8_t)bits,
    };
    geometry->data = geometry->table + boot[16] * table_sectors * sector;
    geometry->heap = geometry->data + (root + sector - 1) / sector * sector;
    if (geometry->heap >= sectors * sector)
        return false;
    uint64_t clusters = (sectors * sector - geometry->heap) / geometry->cluster_size;
    uint64_t entries = table_sectors * sector * 8 / bits;
    if (entries <= FAT_FIRST_CLUSTER)
        return false;
    if (clusters > entries - FAT_FIRST_CLUSTER)
        clusters = entries - FAT_FIRST_CLUSTER;
    geometry->clusters = (uint32_t)clusters;
    return clusters > 0;
}
