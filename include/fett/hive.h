/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_HIVE_H
#define FETT_HIVE_H

/*
 * hive: the Windows registry, NT (regf) and 9x (CREG), read-only.
 *
 * A hive is read whole into memory at open and every cell is found once; a key
 * is a validated place in it, so that a handle can never point outside. Damage
 * costs the part that is damaged: it is told in the list of problems, and
 * what can be read is given. Keys and values come in stored order.
 *
 * Names and text are UTF-8 as in text.h (embedded NUL is kept).
 *
 * Sources of the format knowledge: libyal's documentation of REGF and CREG,
 * M. Suhanov's "Windows registry file format specification", and comparison
 * with hivex, libregf, yarp on real hives.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/buffer.h>
#include <fett/error.h>
#include <fett/instant.h>
#include <fett/reader.h>

/* REG_NONE 0, REG_SZ 1, ... REG_QWORD 11; others as stored. */
enum {
    HIVE_NONE, HIVE_SZ, HIVE_EXPAND_SZ, HIVE_BINARY, HIVE_DWORD, HIVE_DWORD_BIG_ENDIAN,
    HIVE_LINK, HIVE_MULTI_SZ, HIVE_RESOURCE_LIST, HIVE_FULL_RESOURCE_DESCRIPTOR,
    HIVE_RESOURCE_REQUIREMENTS_LIST, HIVE_QWORD,
};

/* "REG_SZ" ...; NULL for a number that has no name. */
const char *hive_type_name(uint32_t type);

/* A key of one hive; 0 is none. */
typedef uint32_t hive_key;

struct hive;

struct hive_value {
    const char *name;      /* "" for the default value */
    size_t name_length;
    uint32_t type;
    const uint8_t *data;   /* whole, also big data; NULL when it could not be read */
    size_t size;           /* bytes at data */
    size_t declared;       /* bytes that the value claims to have */
    uint64_t offset;       /* of the value's cell, or of itself in 9x hives, in the hive file */
};

/* Whether the first bytes of a file are those of a hive ("regf", "CREG"). A
 * transaction log begins as one too; it is told apart where HIVE_HEAD_SIZE bytes
 * are given. A hive of NT whose signature is damaged is known too where HIVE_WHOLE_HEAD_SIZE
 * are: by the checksum of its base block, or by its first hbin. */
enum { HIVE_HEAD_SIZE = 32, HIVE_WHOLE_HEAD_SIZE = 4096 + 64 };
bool hive_is(const uint8_t *head, size_t size);

/* Bytes of the hive that begins with this sector (512 bytes), by its header, a 9x hive at most
 * as large as one can be; 0: none does. `sure`: more than a signature and numbers that can be
 * says so, the checksum or what stands behind the header. */
uint64_t hive_measure(const uint8_t *head, size_t size, bool *sure);

/* Bytes of the hbin that begins with these, at least 64, and where it stood among those of its
 * hive; 0: none does. */
size_t hive_measure_bin(const uint8_t *head, size_t size, uint32_t *place);

/* Read a hive. The reader may be freed afterwards. One whose base block has no signature, but
 * an hbin behind it, is read too: that is a problem of it. A file that is no hive, or of which
 * not even the root can be found, is ERROR_DAMAGED. */
int hive_open(struct hive **hive, struct reader *reader, struct error *error);

/*
 * The same of a hive with the transaction logs that lie beside it (NAME.LOG,
 * NAME.LOG1, NAME.LOG2), in any order: where its header says that its last
 * changes are there, or is damaged, the hive is as Windows would make it out of
 * them at its next start. Neither file is changed, and the logs may be freed
 * afterwards too. What a log has that was written into the hive already is
 * passed over; one that is damaged, or does not belong, is a problem.
 */
int hive_open_with_logs(struct hive **hive, struct reader *primary, struct reader *const *logs,
                        size_t count, struct error *error);
void hive_free(struct hive *hive);

/*
 * Hbins of an NT hive that stand in a row, without the base block and the others. Keys and
 * values are those of hive_recover, whether they were in use or free, below what is left of
 * the keys above them; where the root is not there hive_root has no name, and nothing below it.
 * Offsets are from 4096 bytes before the first of them.
 */
int hive_open_fragment(struct hive **hive, struct reader *bins, struct error *error);

/* The same of an NT hive that has its base block, or hbins where they belong, but whose root is
 * lost: all that hive_open finds none in. Offsets are those of the file. */
int hive_open_rootless(struct hive **hive, struct reader *reader, struct error *error);
bool hive_is_fragment(const struct hive *hive);
bool hive_is_rootless(const struct hive *hive);

bool hive_is_9x(const struct hive *hive);

/* The code page that names and text of a 9x hive are in; called once, before any
 * is asked for. Without it, or with 0, bytes above 0x7f are kept as they are. */
int hive_set_code_page(struct hive *hive, unsigned code_page, struct error *error);

/* The last changes are in a log: the two sequence numbers of the file's header
 * differ, or it was damaged and is taken from a log. */
bool hive_is_dirty(const struct hive *hive);

/* Something of a log was applied. What the file has without it, hive_open gives. */
bool hive_is_replayed(const struct hive *hive);

/* What was wrong with it, each as a text with its offset in the hive file, or,
 * where hive_problem_log is n and not 0, in the n-th log. */
size_t hive_problem_count(const struct hive *hive);
const char *hive_problem(const struct hive *hive, size_t index, uint64_t *offset);
size_t hive_problem_log(const struct hive *hive, size_t index);

hive_key hive_root(const struct hive *hive);

/* The name, without a NUL behind it; valid as long as the hive. "?" for a key of a damaged 9x
 * hive whose record is lost. */
const char *hive_key_name(struct hive *hive, hive_key key, size_t *length);

/* Absent for 9x hives. */
struct instant hive_key_last_write(const struct hive *hive, hive_key key);

/* 0 for the root. */
hive_key hive_key_parent(const struct hive *hive, hive_key key);

/* Offset of the key's cell in the hive file; of 9x hives of its record, or, for one that has
 * none, of its entry in the key tree. */
uint64_t hive_key_offset(const struct hive *hive, hive_key key);

/* Add the class name of a key; nothing for one that has none, or of a deleted key. */
void hive_key_class(const struct hive *hive, hive_key key, struct buffer *buffer);

/* Whether a key is a symbolic link: its value SymbolicLinkValue says where to. */
bool hive_key_is_link(const struct hive *hive, hive_key key);

/* Who may read a key, as far as its descriptor allows it. */
enum hive_readers {
    HIVE_READ_UNKNOWN,
    HIVE_READ_BY_OTHERS, /* than SYSTEM alone */
    HIVE_READ_BY_SYSTEM,
    HIVE_READ_BY_NONE,
};

enum { HIVE_SID_SIZE = 192 }; /* the longest SID as text, with its NUL */

struct hive_security {
    uint32_t id;               /* the same for keys that have the same descriptor */
    char owner[HIVE_SID_SIZE]; /* "S-1-5-18"; "" when it is not known */
    enum hive_readers readers;
    bool users_may_write;      /* its DACL lets Everyone, or all users, change values or rights */
};

/* Keys that have the same descriptor share it: 0 for none, as in 9x hives. */
uint32_t hive_key_security_id(const struct hive *hive, hive_key key);
void hive_key_security(const struct hive *hive, hive_key key, struct hive_security *security);

/* Subkeys, in stored order: the first, and the one behind. hive_key_child with
 * index from 0 to hive_key_child_count - 1. */
size_t hive_key_child_count(struct hive *hive, hive_key key);
hive_key hive_key_child(struct hive *hive, hive_key key, size_t index);

/* The subkey of the same parent behind this one; 0 behind the last. */
hive_key hive_key_next(const struct hive *hive, hive_key key);

/* The subkey at a path of names separated by backslashes, without case; "" is
 * the key itself; 0 when there is none. */
hive_key hive_key_find(struct hive *hive, hive_key key, const char *path);

/* Values, in stored order. A value is valid until the next call on the hive
 * for a value. Returns 0, or -1 with the reason: the rest of the key's values
 * can still be read. */
size_t hive_value_count(struct hive *hive, hive_key key);
int hive_value_get(struct hive *hive, hive_key key, size_t index, struct hive_value *value,
                   struct error *error);

/* Whether the list of a live key's values tells that one was taken out of it: those behind it
 * were moved up, and the last stands there twice. Which one it was does not stand there. */
bool hive_key_lost_value(const struct hive *hive, hive_key key);

/* By name without case; -1 and ERROR_NOT_FOUND when there is none. */
int hive_value_find(struct hive *hive, hive_key key, const char *name, struct hive_value *value,
                    struct error *error);

/* Add the text of an SZ, EXPAND_SZ or LINK value without the NULs at its end. What
 * stands behind one is added too, with the NUL: Windows does not read it. */
void hive_value_text(const struct hive *hive, const struct hive_value *value,
                     struct buffer *buffer);

/* Call for each string of a MULTI_SZ, empty ones too, behind which Windows reads no
 * further. */
void hive_value_strings(const struct hive *hive, const struct hive_value *value,
                        void (*each)(void *context, const char *text, size_t size),
                        void *context);

/* The number of a DWORD (either order) or QWORD of the right size; else -1. */
int hive_value_number(const struct hive_value *value, uint64_t *number);

/*
 * Deleted keys and values, found in what no live key uses: free cells, also inside larger
 * ones, what stands behind the content of live cells, cells that no list leads to. Only
 * those that are whole are taken; data is NULL where something else was put there
 * since. Of 9x hives: free records, what stands behind the bytes used of those of live keys,
 * records that no key has. A free one does not tell its parent.
 *
 * Deleted keys are further handles, for all calls: hive_key_parent is the live or
 * deleted key that they were below, 0 where that is not known (their cell may have become
 * that of another key since: then it is the wrong one); children of live keys are
 * live, those of deleted keys deleted; hive_value_get gives the values that their list
 * still leads to.
 */
int hive_recover(struct hive *hive, struct error *error);

/* After hive_recover, in the order of levels: each after the deleted key above it. */
size_t hive_deleted_key_count(const struct hive *hive);
hive_key hive_deleted_key(const struct hive *hive, size_t index);
bool hive_key_is_deleted(const struct hive *hive, hive_key key);

/* Deleted values that no deleted key has. *key is the live one that had it, as what is left
 * of its list tells (its own behind its end, or an older one with its other values), of 9x
 * hives its record, or an older one of that name with another of its values; 0 where nothing
 * tells. 0 or -1 as hive_value_get. */
size_t hive_deleted_value_count(const struct hive *hive);
/* The key alone, without reading the value. */
hive_key hive_deleted_value_key(const struct hive *hive, size_t index);
int hive_deleted_value(struct hive *hive, size_t index, struct hive_value *value, hive_key *key,
                       struct error *error);

/* Whether the cell of a deleted key or value (hive_key_offset, value.offset) is still in
 * use: damage or a tool has cut it off, Windows has not freed it. */
bool hive_is_unlinked(const struct hive *hive, uint64_t offset);

/* Add the path from below the root to the key: "Microsoft\\Windows". It begins with
 * "?\\" where a parent is not known. */
void hive_key_path(struct hive *hive, hive_key key, struct buffer *buffer);

#endif
