/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WMI_INTERNAL_H
#define WMI_INTERNAL_H

/*
 * What the parts of the reader of WMI's repository share: wmi_map.c the mapping files,
 * wmi_index.c the keys of INDEX.BTR, wmi_instance.c one record, wmi.c all of them.
 *
 * Sources: "WMI repository file formats" of libyal/dtformats; [MS-WMIO] (blocks of
 * instances, their heap and strings); python-cim and WMIParser of Mandiant's flare-wmi (files,
 * keys, order of the properties of each class); artemis (records that go on in the next page).
 * XP stands for Windows XP and 2003, 7 for Vista and later. Integers are little-endian.
 *
 * OBJECTS.DATA and INDEX.BTR are pages of 8192 bytes. Pages name each other by logical
 * numbers, which the mapping turns into places in the file; a page that is changed is
 * written elsewhere, so older states of it stay.
 *
 * MAPPINGn.MAP, the one with the highest version counts; once for OBJECTS.DATA and, behind
 * that, once for INDEX.BTR (of XP this may stand in INDEX.MAP):
 *     XP  7
 *      0  0  4   0xabcd
 *      4  4  4   version
 *      -  8  8   not used here
 *      8 16  4   pages of the file, not used here
 *     12 20  4   entries; then for each logical page
 *      0  0  4      place in pages, 30 bits; all of them set: it has none
 *      - 12  4      in the first entry of the index: logical page of the root
 *      4 24         next entry
 *            4   count; then as many times 4 bytes: free pages, not used here
 *            4   0xdcba
 *
 * Page of INDEX.BTR:
 *      0  4   0xaccc: in use; 0xaddd: administration (XP, logical page 0); others: free
 *      4  4   its logical number
 *     12  4   of the administration: logical page of the root
 *     16  4   keys, n; then n times 4 bytes, not used here
 *         4   n + 1 times: logical page of a child; 0 and 0xffffffff: none
 *         2   n times: place of a key in the words below
 *         2   count of words; then these, 2 bytes each: of a key how many parts it has, and
 *             the number of each
 *         2   parts; then one more than that, 2 bytes each: where a part begins below
 *             Parts are 8-bit text with a NUL: "NS_HASH", "CI_HASH", "IL_HASH.PAGE.ID.SIZE". A
 *             hash is SHA-256 (XP: MD5) of the name in upper case, UTF-16.
 *
 * Page of OBJECTS.DATA with records: entries of 16 bytes up to one of zeros
 *      0  4   number of the record
 *      4  4   where it begins in the page
 *      8  4   size; what the page has no room for is at the start of the next logical ones
 *     12  4   CRC-32, not checked
 *
 * Record of an instance:
 *      0  2k  the hash of its class in hex, UTF-16; k = 64, XP: 32
 *     2k  8   FILETIME, twice
 * 2k + 16  4   size of what follows, with itself
 *         4   place of the name of the class in the heap
 *         1   flags
 *             2 bits for each property, whole bytes: 1 it has no value, 2 that of its class
 *             the value of each property: number, or place in the heap
 *         4   size of qualifiers, with itself; then these
 *         1   1, or 2 and more qualifiers
 *         4   size of the heap, with the highest bit set; then it, at the end
 * In the heap a string is 0 and 8-bit text (the low bytes of UTF-16), or 1 and UTF-16, with a
 * NUL; an array is 4 bytes count, and the items.
 */

#include <fett/wmi.h>

enum { WMI_PAGE = 8192, WMI_NO_PAGE = 0x3fffffff };

/* Where the pages of a file are, by their logical numbers. */
struct wmi_map {
    uint32_t *pages; /* WMI_NO_PAGE: nowhere */
    size_t count;
    uint32_t root;   /* of the index of 7 */
    bool is_xp;
};

struct wmi_maps {
    struct wmi_map objects, index; /* pages NULL: it could not be read */
    bool is_damaged;               /* one of the files: it may be the one that counts */
};

/* Read the mapping that counts. What is damaged is told; -1: memory is out. */
int wmi_read_maps(struct wmi_maps *maps, const struct wmi_files *files, wmi_problem problem,
                  void *context, struct error *error);
void wmi_release_maps(struct wmi_maps *maps);

/* A record that the index names. */
struct wmi_reference {
    uint32_t page, id;      /* logical page and number of the record */
    uint32_t size;
    const char *name_space; /* NULL: not one whose name is known */
    uint64_t name_space_id; /* of its hash */
    bool is_wanted;         /* of an instance of a class that is read */
    bool met;
};

struct wmi_references {
    struct wmi_reference *items; /* sorted by page and id */
    size_t count, capacity;
};

/* The references of all keys of instances. -1: memory is out. *complete: all pages could be
 * read. */
struct wmi_hashes;
int wmi_read_index(struct wmi_references *references, struct reader *index,
                   const struct wmi_map *map, const struct wmi_hashes *hashes, bool *complete,
                   wmi_problem problem, void *context, struct error *error);

/* How a property stands in an instance. */
enum wmi_type { WMI_STRING, WMI_BYTES, WMI_OTHER };

struct wmi_property {
    const char *name;
    uint8_t size;
    enum wmi_type type;
};

struct wmi_class {
    const char *name;
    enum wmi_kind kind;
    const struct wmi_property *properties; /* in their order on disk */
    size_t count;
};

/* Hashes of the names that are known, in hex; of a class's and of a namespace's. */
enum { WMI_CLASSES = 7, WMI_NAME_SPACES = 4, WMI_SHA256_DIGITS = 64, WMI_MD5_DIGITS = 32 };
struct wmi_hashes {
    char classes[2][WMI_CLASSES][WMI_SHA256_DIGITS + 1];
    char name_spaces[2][WMI_NAME_SPACES][WMI_SHA256_DIGITS + 1];
};

int wmi_hash_names(struct wmi_hashes *hashes, struct error *error);
/* By so many digits, or, where there are more, by the first of them; NULL: none of these. */
const struct wmi_class *wmi_class_of(const struct wmi_hashes *hashes, const char *digits,
                                     size_t count);
const char *wmi_name_space_of(const struct wmi_hashes *hashes, const char *digits, size_t count);

/* Of a record that begins with `digits` digits its size, or 0 where it can be none. `data` is
 * its first bytes, as many as WMI_HEAD_BYTES. */
enum { WMI_HEAD_BYTES = 2 * 64 + 16 + 4 };
uint64_t wmi_record_size(const uint8_t *data, size_t size, size_t digits);
/* Read one. 1: it is none; 0: it is one, or a damaged one; -1: memory is out. `class` NULL:
 * not one that is known; it counts where its class is an event consumer by its name. */
int wmi_read_instance(struct wmi_instance *instance, const struct wmi_class *class,
                      const uint8_t *data, size_t size, size_t digits);
void wmi_release_instance(struct wmi_instance *instance);

#endif
