/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ARTIFACT_INTERNAL_H
#define ARTIFACT_INTERNAL_H

/* What the parsers of artifact.h share. */

#include <fett/artifact.h>
#include <fett/buffer.h>

extern const struct artifact_format artifact_evt, artifact_evtx, artifact_prefetch,
    artifact_recycle, artifact_usn, artifact_index_dat, artifact_lnk, artifact_jump_automatic,
    artifact_jump_custom, artifact_setupapi, artifact_task, artifact_restore;

extern const struct artifact_keys artifact_userassist, artifact_bam, artifact_bam_state,
    artifact_dam_state, artifact_shimcache, artifact_shimcache_xp, artifact_network,
    artifact_typed_run, artifact_typed_paths, artifact_typed_urls, artifact_recent_docs,
    artifact_recent_type, artifact_recent_opened, artifact_recent_drive, artifact_drives_mounted,
    artifact_drives_letters, artifact_drives_share, artifact_drives_usb, artifact_drives_property,
    artifact_shutdown;

/* Without case. */
bool path_ends(const char *path, size_t length, const char *end);
/* Whether the last part of a path matches a pattern with * and ?. */
bool path_has_name(const char *path, size_t length, const char *pattern);

/* Units of UTF-16 before a NUL, at most `most`. */
size_t utf16_units(const uint8_t *data, size_t most);

/* Add a security identifier, "S-1-5-21-..."; nothing for what is none. */
void sid_add(struct buffer *buffer, const uint8_t *sid, size_t size);

/* All of a file in memory, see reader_read_all; what of it is lost is told to the sink. */
int artifact_read(struct reader *reader, uint64_t limit, const struct artifact_sink *sink,
                  uint8_t **data, size_t *size, struct error *error);

/* Read a file so and parse it. */
typedef int (*artifact_parse_bytes)(const uint8_t *data, size_t size,
                                    const struct artifact_sink *sink, struct error *error);
int artifact_parse_whole(struct reader *reader, uint64_t limit, artifact_parse_bytes parse,
                         const struct artifact_sink *sink, struct error *error);

/* Tell what is wrong at a place of the file. */
void artifact_damage(const struct artifact_sink *sink, uint64_t offset, const char *what);

/* The value of this name, without case, or NULL. */
const struct artifact_value *key_value(const struct artifact_key *key, const char *name);
/* Its text; "" where it has none. */
const char *key_text(const struct artifact_key *key, const char *name, size_t *length);
/* The last part of the key's path, `up` parts above. */
const char *key_name(const struct artifact_key *key, unsigned up, size_t *length);

/* The path of a program as that of a file: without drive or device, with slashes. */
void artifact_set_program(struct buffer *program, const char *text, size_t length);

/* Hand out an event; the record was begun, and may have more fields. Without a time it is
 * damage. */
int artifact_event(const struct artifact_sink *sink, struct record *record,
                   const struct instant *time, const char *source, const char *description,
                   const struct buffer *message, struct error *error);

/* The times of a shortcut in memory. `base`: where it begins in what it lies in, for messages. */
int shortcut_events(const uint8_t *data, size_t size, uint64_t base, const char *source,
                    const struct artifact_sink *sink, struct error *error);

/* Decompress LZXPRESS Huffman (MS-XCA 2.2) to exactly `to_size` bytes. Where that fails *made of
 * them are right, as far as is seen. */
int xpress_inflate(const uint8_t *from, size_t size, uint8_t *to, size_t to_size, size_t *made,
                   struct error *error);

#endif
