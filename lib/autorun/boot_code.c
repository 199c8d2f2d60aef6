/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The boot codes that are known. Sources: of Windows and of others the list of ANSSI's
 * bootcode_parser (data/bootrecord_whitelist.csv), whose parts of the code are taken here as
 * they are there; for the MBRs of Windows 95 to Me mbr_matcher and ms-sys, which agree; for that
 * of MS-DOS mbr_matcher alone. Seen too on published disks: the MBR of Windows 7, the NTFS boot
 * records of XP and 8, the loader of 8. FAT of Windows XP: four published disks have the same, up
 * to the texts. mkfs.fat 4.2 and mkntfs 2022.10: their output. exFAT: Microsoft's
 * specification fills the place with F4.
 *
 *   NTFS    0 jump    3 "NTFS    "   84 code, texts, their places   510 55 AA
 *           512 loader, fifteen sectors; the last one may have anything, and is not compared
 *   FAT     0 jump    3 maker        62 code (FAT32: 90)            510 55 AA
 *   FAT32   1024 code of Windows 95 to Me   6144 code of Windows 2000 and later
 *   exFAT   0 jump    3 "EXFAT   "  120 code                        510 55 AA
 */

#include <string.h>

#include <fett/autorun_boot.h>
#include <fett/bytes.h>
#include <fett/digest.h>

static const struct autorun_boot_area areas[] = {
    { AUTORUN_BOOT_MBR, "mbr-code", "MBR", 0, 440 },
    { AUTORUN_BOOT_FAT, "boot-record-code", "FAT boot record", 62, 448 },
    { AUTORUN_BOOT_FAT32, "boot-record-code", "FAT32 boot record", 90, 420 },
    { AUTORUN_BOOT_FAT32, "boot-loader-code", "FAT32 sector 2", 1024, 510 },
    { AUTORUN_BOOT_FAT32, "boot-loader-code", "FAT32 sector 12", 6144, 510 },
    { AUTORUN_BOOT_NTFS, "boot-record-code", "NTFS boot record", 84, 426 },
    { AUTORUN_BOOT_NTFS, "boot-loader-code", "NTFS boot loader", 512, 7680 },
    { AUTORUN_BOOT_EXFAT, "boot-record-code", "exFAT boot record", 120, 390 },
};

#define JUMP { 0, 3 }

/* Parts of the first AUTORUN_BOOT_SIZE bytes whose digest it is; 0, 0 behind the last. */
enum { MOST_PARTS = 3 };

static const struct {
    enum autorun_boot_place place;
    uint16_t area; /* offset of its area */
    struct {
        uint16_t from, to;
    } parts[MOST_PARTS];
    const char *sha256;
    struct autorun_boot_code code;
} known[] = {
    { AUTORUN_BOOT_MBR, 0, { { 0, 139 } },
      "0a4c81c1dfbebc45e85625a39a77e472e8605bce50f114141e77c417cacf7c6d",
      { "MS-DOS, Windows 95", true } },
    /* between its parts the drive and the time of a start, and the texts */
    { AUTORUN_BOOT_MBR, 0, { { 0, 218 }, { 224, 271 }, { 387, 394 } },
      "c9411fff19ea8b4b7a47254f3b67a7799cfd27f7c2d46dbaeb1d6841258e83fa",
      { "Windows 95 OSR 2 to Me", true } },
    { AUTORUN_BOOT_MBR, 0, { { 0, 300 } },
      "b5ed343494f0326a08aa6abf7cc9aa4d96207532cf0d2b39453c6eb7bede19e3",
      { "Windows 2000, XP, 2003", true } },
    { AUTORUN_BOOT_MBR, 0, { { 0, 354 } },
      "4799e8c92d32bca8e5103110a322523adb7a3909324132bd9abab8f3345e094a",
      { "Windows Vista, 2008", true } },
    { AUTORUN_BOOT_MBR, 0, { { 0, 355 } },
      "088995559ab317af9b3291408da689651e8353f62e0a478d92eb0b5a947063fd",
      { "Windows 7 and later", true } },
    { AUTORUN_BOOT_MBR, 0, { JUMP, { 101, 440 } },
      "955ff28fdffd869e617dfc1d44a6a40b45005c5d76491069e06ad48817499fea", { "GRUB 2", false } },
    { AUTORUN_BOOT_MBR, 0, { { 0, 440 } },
      "e6e6605c48665800786de4651ade2893970aafb1237a06db0943a8603dd4fce1",
      { "TrueCrypt", false } },
    { AUTORUN_BOOT_MBR, 0, { JUMP, { 38, 440 } },
      "8a029cf94efd555b34d5564cc5c8e290a6ba5a52b6cdf9f02253f0d939f4dcec", { "SafeBoot", false } },
    { AUTORUN_BOOT_MBR, 0, { JUMP, { 38, 440 } },
      "eedc57fa55ab1c71aa2fd511ff121e7d635b1e4bf7e7aeaa2a860360442790e1", { "SafeBoot", false } },
    { AUTORUN_BOOT_FAT, 62, { JUMP, { 62, 428 } },
      "3c44e90bde253486077941a5424d69ca56b55a4caa4ab97a0d569b0805ba2bc7",
      { "Windows XP", true } },
    { AUTORUN_BOOT_FAT, 62, { JUMP, { 62, 510 } },
      "d9462ae3f92ea177fe64b7e964bb2f42711007d48d14b44eb21741222f760d1e", { "mkfs.fat", true } },
    { AUTORUN_BOOT_FAT32, 90, { JUMP, { 90, 510 } },
      "193de0d3526de6a2c6ed5acca85619e7eac62556967d263d007b38cae8cf7a42", { "mkfs.fat", true } },
    { AUTORUN_BOOT_NTFS, 84, { JUMP, { 84, 387 } },
      "5cb5aa385e0ada266690a2821e3a36ad372720d2ff47c0b1cd9d6ebcab25bf4e",
      { "Windows XP, 2003", true } },
    { AUTORUN_BOOT_NTFS, 84, { JUMP, { 84, 384 } },
      "a1932aaba7d6d3adb1637e2ee0c8355706842ba825ea811728165420c518c0b1",
      { "Windows Vista, 2008", true } },
    { AUTORUN_BOOT_NTFS, 84, { JUMP, { 84, 396 } },
      "96d38c1be37b9124fb71d1d0f5c52969f0074687fe17aef0e1bafc54428674f6",
      { "Windows 7, 2008 R2", true } },
    { AUTORUN_BOOT_NTFS, 84, { JUMP, { 84, 394 } },
      "51643dcce7e93d795b08e1f19e38374ae4deaf3b1217527561a44aa9913ded23",
      { "Windows 8 and later", true } },
    { AUTORUN_BOOT_NTFS, 84, { JUMP, { 84, 510 } },
      "a987cba0068c5bb11d3f8bacb0f79907aa9871302e1ebd407bdc486571f28aed", { "mkntfs", true } },
    { AUTORUN_BOOT_NTFS, 512, { { 512, 7680 } },
      "525788a688cfbe9e416122f0bc3cfb32ce9699fd12356b6ccaa173444c7d8f3f",
      { "Windows XP, 2003", true } },
    { AUTORUN_BOOT_NTFS, 512, { { 512, 7680 } },
      "ff1aae04bac3e29f062a7fa17320d7d26363256a69f96840718d45301da71291",
      { "Windows Vista, 2008", true } },
    { AUTORUN_BOOT_NTFS, 512, { { 512, 7680 } },
      "462afe2322bad3d1c2747d7437d5f6c157e00ca37e5d38ebedd25346b3b488ce",
      { "Windows 7, 2008 R2", true } },
    { AUTORUN_BOOT_NTFS, 512, { { 512, 666 }, { 793, 7680 } },
      "c09d496a1f24086c333468d58256d5db9c73fee945fca74603bdab05f19a6d57",
      { "Windows 8 and later", true } },
    { AUTORUN_BOOT_EXFAT, 120, { JUMP, { 120, 510 } },
      "e9a6a6bd69ce14d223dba4f252db6b5420bfd2ce2177bafdc550bef4020ba32b",
      { "exFAT without code", true } },
};

const struct autorun_boot_area *autorun_boot_area(size_t index)
{
    return index < sizeof areas / sizeof *areas ? &areas[index] : NULL;
}

int autorun_boot_known(const struct autorun_boot_area *area, const uint8_t *data,
                       const struct autorun_boot_code **code, struct error *error)
{
    char hex[DIGEST_HEX_SIZE];
    struct digest digest;

    *code = NULL;
    for (size_t i = 0; i < sizeof known / sizeof *known && !*code; i++) {
        if (known[i].place != area->place || known[i].area != area->offset)
            continue;
        if (digest_init(&digest, DIGEST_SHA256, error) != 0)
            return -1;
        for (size_t p = 0; p < MOST_PARTS && known[i].parts[p].to > 0; p++)
            digest_update(&digest, data + known[i].parts[p].from,
                          (size_t)(known[i].parts[p].to - known[i].parts[p].from));
        digest_finish(&digest, hex);
        if (strcmp(hex, known[i].sha256) == 0)
            *code = &known[i].code;
    }
    return 0;
}

/* The reserved sectors of FAT32 have what lies behind the first: 11 u16 bytes a sector, 14 u16
 * how many are reserved. */
static bool is_reserved(const struct autorun_boot_area *area, const uint8_t *data)
{
    enum { SECTOR = 512 };

    return area->offset < SECTOR || (bytes_u16le(data + 11) == SECTOR &&
                                     area->offset + SECTOR <= bytes_u16le(data + 14) * SECTOR);
}

bool autorun_boot_has(const struct autorun_boot_area *area, const uint8_t *data)
{
    bool is_ntfs = memcmp(data + 3, "NTFS    ", 8) == 0;
    bool is_exfat = memcmp(data + 3, "EXFAT   ", 8) == 0;

    if (data[510] != 0x55 || data[511] != 0xaa)
        return false;
    switch (area->place) {
    case AUTORUN_BOOT_NTFS:
        return is_ntfs;
    case AUTORUN_BOOT_EXFAT:
        return is_exfat;
    case AUTORUN_BOOT_FAT32:
        return !is_ntfs && !is_exfat && is_reserved(area, data);
    case AUTORUN_BOOT_FAT:
        return !is_ntfs && !is_exfat;
    default:
        return true;
    }
}
