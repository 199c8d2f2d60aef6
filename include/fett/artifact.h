/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_ARTIFACT_H
#define FETT_ARTIFACT_H

/*
 * artifact: what Windows notes of what happened, as event records: event logs, the
 * journal of a volume, prefetch files, the recycle bin, the history of Internet
 * Explorer, shortcuts and jump lists, tasks, logs of what was installed, restore points,
 * keys of the registry.
 *
 * Each format is one file in lib/artifact, which begins with its layout and where that is
 * known from, and one entry in the table. A parser hands
 * out events with datetime, timestamp_desc, message, source and what else the format
 * says; where it lies (image, volume, path, inode) is set by whoever opened it. What a
 * parser cannot use is told, with its place in the file, and the rest is read.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/error.h>
#include <fett/reader.h>
#include <fett/record.h>

/* Where events go. What a record points to holds for the call. Not 0 ends the
 * parsing, which then returns it. The offset of a damage is in the file; NULL: not known. */
struct artifact_sink {
    int (*event)(void *context, struct record *record);
    void (*damage)(void *context, const uint64_t *offset, struct error *error);
    void *context;
};

struct artifact_format {
    const char *source;  /* of --source, and of its events */
    const char *meaning;
    /* By the first bytes, at most 4096; where they tell nothing, never. */
    bool (*is)(const uint8_t *head, size_t size);
    /* Whether a file of this name may be one: where to look in a file system. Without
     * case, the path with its stream. */
    bool (*is_path)(const char *path, size_t length);
    /* 0, what the sink returned, or -1: it is no such file, or memory is out. */
    int (*parse)(struct reader *reader, const struct artifact_sink *sink, struct error *error);
};

extern const struct artifact_format *const artifact_formats[];
extern const size_t artifact_format_count;

/* A value of the registry: `text` where it is one (UTF-8), else `data` where it has any. */
struct artifact_value {
    const char *name;
    size_t name_length;
    const char *text;
    size_t text_length;
    const uint8_t *data;
    size_t size;
};

/* A key with its values; of one that was deleted, or changed by a log, maybe not all. */
struct artifact_key {
    const char *path;
    size_t path_length;
    struct instant last_write; /* absent: not known */
    const struct artifact_value *values;
    size_t value_count;
    const struct artifact_key *before; /* of the same kind in the same hive, or NULL */
};

/* Keys that one parser reads. */
struct artifact_keys {
    const char *source;  /* of --source, and of its events */
    const char *meaning;
    const char *pattern; /* of their paths, as of examine_registry */
    int (*parse)(const struct artifact_key *key, const struct artifact_sink *sink,
                 struct error *error);
};

/* Those of one source stand together. */
extern const struct artifact_keys *const artifact_registry[];
extern const size_t artifact_registry_count;

/* The format of a file by its first bytes, or NULL. */
const struct artifact_format *artifact_by_head(const uint8_t *head, size_t size);

#endif
