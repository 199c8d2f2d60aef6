/* SPDX-License-Identifier: Apache-2.0 */

/*
 * probe: signatures of file systems and other contents of volumes. See probe.h.
 *
 * A table of magic bytes; FAT has none and is told by the numbers of its boot
 * sector:
 *
 *     11  2  bytes in a sector: 512, 1024, 2048, 4096
 *     13  1  sectors in a cluster: a power of two
 *     14  2  reserved sectors, not 0
 *     16  1  number of FATs
 *     17  2  root entries
 *     19  2  sectors, or 0 and
 *     32  4  sectors
 *     21  1  media: f0, f8 to ff
 *     22  2  sectors in a FAT, or 0 and
 *     36  4  sectors in a FAT (FAT32)
 *
 * Left out: what begins behind the first MiB (VMFS), and what has no
 * signature (VeraCrypt).
 */

#include <string.h>

#include <fett/bytes.h>

#include "probe.h"

static const char linux_swap[] = "Linux swap";

static const struct magic {
    uint32_t offset;
    uint16_t length;
    uint8_t kind; /* enum filesystem_kind */
    const char *bytes;
    const char *name;
} magics[] = {
    { 3, 8, FS_NTFS, "NTFS    ", "NTFS" },
    { 3, 8, FS_EXFAT, "EXFAT   ", "exFAT" },
    { 1080, 2, FS_EXT4, "\x53\xef", "ext" },
    { 1024, 4, FS_HFS, "H+\0\4", "HFS+" },
    { 1024, 4, FS_HFS, "HX\0\5", "HFSX" },
    { 1024 + 124, 2, FS_HFS, "H+", "HFS+" }, /* inside a wrapper of HFS */
    { 32, 4, FS_APFS, "NXSB", "APFS" },
    { 32769, 5, FS_ISO9660, "CD001", "ISO 9660" },
    { 37649, 5, FS_ISO9660, "CD001", "ISO 9660" }, /* sectors of 2,352 bytes, mode 1 */
    { 37657, 5, FS_ISO9660, "CD001", "ISO 9660" }, /* mode 2 */
    { 8192 + 1372, 4, FS_UFS, "\x54\x19\x01\x00", "UFS" },
    { 8192 + 1372, 4, FS_UFS, "\x00\x01\x19\x54", "UFS" },
    { 65536 + 1372, 4, FS_UFS, "\x19\x01\x54\x19", "UFS2" },
    { 65536 + 1372, 4, FS_UFS, "\x19\x54\x01\x19", "UFS2" },
    { 3, 8, FS_ENCRYPTED, "-FVE-FS-", "BitLocker" },
    { 0, 6, FS_ENCRYPTED, "LUKS\xba\xbe", "LUKS" },
    { 88, 2, FS_ENCRYPTED, "CS", "CoreStorage" },
    { 3, 8, FS_KNOWN, "ReFS\0\0\0\0", "ReFS" },
    { 1024, 2, FS_KNOWN, "BD", "HFS (before HFS+)" },
    { 8192, 4, FS_KNOWN, "\x49\xe8\x95\xf9", "HPFS" },
    { 34817, 4, FS_KNOWN, "NSR0", "UDF" },
    { 0, 4, FS_KNOWN, "XFSB", "XFS" },
    { 65600, 8, FS_KNOWN, "_BHRfS_M", "Btrfs" },
    { 32768, 4, FS_KNOWN, "JFS1", "JFS" },
    { 65588, 8, FS_KNOWN, "ReIsErFs", "ReiserFS" },
    { 65588, 9, FS_KNOWN, "ReIsEr2Fs", "ReiserFS" },
    { 65588, 9, FS_KNOWN, "ReIsEr3Fs", "ReiserFS" },
    { 1024, 4, FS_KNOWN, "\x10\x20\xf5\xf2", "F2FS" },
    { 0, 4, FS_KNOWN, "hsqs", "SquashFS" },
    { 131072, 8, FS_KNOWN, "\x0c\xb1\xba\0\0\0\0\0", "ZFS" },
    { 4086, 10, FS_KNOWN, "SWAPSPACE2", linux_swap },
    { 4086, 10, FS_KNOWN, "SWAP-SPACE", linux_swap },
    { 65526, 10, FS_KNOWN, "SWAPSPACE2", linux_swap },
    { 512, 8, FS_KNOWN, "LABELONE", "LVM" },
    { 4096, 4, FS_KNOWN, "\xfc\x4e\x2b\xa9", "Linux RAID" },
    { 0, 4, FS_KNOWN, "\xfc\x4e\x2b\xa9", "Linux RAID" },
    { 0, 8, FS_KNOWN, "SPACEDB ", "Windows storage spaces" },
};

static bool power_of_two(unsigned number)
{
    return number != 0 && (number & (number - 1)) == 0;
}

bool probe_is_fat(const uint8_t *sector)
{
    unsigned bytes = bytes_u16le(sector + 11), fats = sector[16], media = sector[21];
    unsigned fat_sectors = bytes_u16le(sector + 22);

    return bytes >= 512 && bytes <= 4096 && power_of_two(bytes) && power_of_two(sector[13]) &&
           bytes_u16le(sector + 14) != 0 && fats >= 1 && fats <= 4 &&
           (media == 0xf0 || media >= 0xf8) &&
           (bytes_u16le(sector + 19) != 0 || bytes_u32le(sector + 32) != 0) &&
           (fat_sectors != 0 ? bytes_u16le(sector + 17) != 0 : bytes_u32le(sector + 36) != 0);
}

static bool names_fat(const uint8_t *sector)
{
    return memcmp(sector + 54, "FAT1", 4) == 0 || memcmp(sector + 82, "FAT32", 5) == 0;
}

/* The two bytes of some are found by chance: look at what must be beside them. */
static bool is_plausible(const struct magic *magic, const uint8_t *data, size_t size)
{
    if (magic->kind == FS_EXT4) /* blocks, inodes in a group, block size */
        return size >= 2048 && bytes_u32le(data + 1028) != 0 &&
               bytes_u32le(data + 1064) != 0 && bytes_u32le(data + 1048) <= 6;
    if (magic->offset == 88) /* CoreStorage: signature behind a checksummed header */
        return bytes_u16le(data + 8) == 1 && bytes_u32le(data + 48) >= 512;
    if (magic->offset == 1024 + 124)
        return memcmp(data + 1024, "BD", 2) == 0;
    if (magic->kind == FS_KNOWN && magic->offset == 1024 && magic->length == 2) /* HFS */
        return size >= 1536 && bytes_u16be(data + 1024 + 18) != 0 &&
               bytes_u32be(data + 1024 + 20) % 512 == 0 && bytes_u32be(data + 1024 + 20) != 0 &&
               memcmp(data + 1024 + 124, "H+", 2) != 0;
    return true;
}

static void add(struct probe_result found[PROBE_MOST], size_t *count, enum filesystem_kind kind,
                const char *name, bool weak)
{
    for (size_t i = 0; i < *count; i++)
        if (strcmp(found[i].name, name) == 0 ||
            (found[i].kind == kind && kind != FS_KNOWN && kind != FS_ENCRYPTED))
            return;
    if (*count < PROBE_MOST)
        found[(*count)++] =
            (struct probe_result){ kind, name, weak, strcmp(name, linux_swap) != 0 };
}

static void add_fat(const uint8_t *data, size_t size, struct probe_result found[PROBE_MOST],
                    size_t *count)
{
    enum { BACKUP = 6 * PROBE_BOOT_SECTOR };

    if (size < PROBE_BOOT_SECTOR || memcmp(data + 54, "HPFS", 4) == 0)
        return;
    if (probe_is_fat(data))
        add(found, count, FS_FAT32, "FAT", !names_fat(data));
    else if (size >= BACKUP + PROBE_BOOT_SECTOR && probe_is_fat(data + BACKUP) &&
             names_fat(data + BACKUP))
        add(found, count, FS_FAT32, "FAT", false);
}

size_t probe(const uint8_t *data, size_t size, struct probe_result found[PROBE_MOST])
{
    size_t count = 0;

    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
        const struct magic *magic = &magics[i];
        if (i == 1)
            add_fat(data, size, found, &count);
        if (magic->offset + (size_t)magic->length <= size &&
            memcmp(data + magic->offset, magic->bytes, magic->length) == 0 &&
            is_plausible(magic, data, size))
            add(found, &count, (enum filesystem_kind)magic->kind, magic->name, false);
    }
    return count;
}

/* Chi-square of the byte values over 256 classes: about 255 for random bytes,
 * above 400 with a probability of one in 100 million. */
bool probe_has_order(const uint8_t *data, size_t size)
{
    size_t counts[256] = { 0 };
    double expected = (double)size / 256, sum = 0;

    if (size < 65536)
        return true;
    for (size_t i = 0; i < size; i++)
        counts[data[i]]++;
    for (int i = 0; i < 256; i++) {
        double difference = (double)counts[i] - expected;
        sum += difference * difference / expected;
    }
    return sum > 400;
}
