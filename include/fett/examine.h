/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_EXAMINE_H
#define FETT_EXAMINE_H

/*
 * examine: what the commands do, each one call: evidence in, records out. It
 * joins the modules that do not know each other.
 *
 * Every call hands complete records to a sink; what a record points to holds
 * for that call of the sink only. A sink that returns other than 0 ends the
 * work, which then returns that. Gaps stay with the evidence (object.h).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/error.h>
#include <fett/ioc.h>
#include <fett/ioc_decode.h>
#include <fett/ioc_keywords.h>
#include <fett/ioc_stop.h>
#include <fett/ioc_strings.h>
#include <fett/object.h>
#include <fett/record.h>
#include <fett/timeline.h>
#include <fett/verify.h>

/* Takes a record, which holds for the call; may add members, and changes none that are there. */
typedef int (*examine_sink)(void *context, struct record *record);

/* Done and total, in bytes; may be NULL. */
typedef void (*examine_progress)(void *context, uint64_t done, uint64_t total);

/* img-info: an image record, then a volume record for each volume and each
 * unpartitioned range. */
int examine_image(struct object *object, examine_sink sink, void *context,
                  struct error *error);

/* img-verify: one image record with computed, stored and expected digests and
 * the verdict, which is also stored in *verdict. */
int examine_verify(struct object *object, const struct verify_options *options,
                   enum verify_verdict *verdict, examine_sink sink, void *context,
                   struct error *error);

/* fs-ls: which files are listed. */
struct examine_filter {
    bool allocated, deleted, orphan; /* states; none set: all */
    const char *name;                /* pattern for the last part of the path, or NULL */
    const char *path;                /* pattern for the whole path, or NULL */
    uint64_t smallest, largest;      /* bytes; 0 and UINT64_MAX: all */
    struct instant after, before;    /* one of its times lies between; absent: all */
};

#define EXAMINE_FILTER_ALL { .largest = UINT64_MAX }

/* Whether a file passes. */
bool examine_filter_passes(const struct examine_filter *filter, const struct file *file);

/* The files of an object: a folder's (all below it), a volume's, all volumes'
 * of an image. A file by itself is one record, and so is a folder that a record named: what
 * lies in it has records of its own. */
int examine_files(struct object *object, bool of_record, const struct examine_filter *filter,
                  examine_sink sink, void *context, struct error *error);

/* Whether an image or a volume has any files: ERROR_UNSUPPORTED tells what there
 * is instead. Encrypted volumes become gaps, and are told so even where nothing else is there. */
int examine_need_files(const struct object *object, struct error *error);

/* Call visit for each volume of an object that has files, with its file system;
 * one that cannot be opened becomes a gap of the image, and the next is taken. */
typedef int (*examine_visit)(void *context, struct evidence *evidence,
                             struct filesystem *filesystem, struct error *error);
int examine_filesystems(struct object *object, examine_visit visit, void *context,
                        struct error *error);

/* Open the file systems of an object that libtsk reads. It is tried on them in processes of
 * their own (trial.h), which must begin while this process has one thread: what another one
 * locks is never given back there. What cannot be opened is told by examine_filesystems. */
void examine_open_tried(struct object *object);

/* Call visit for each shadow copy of a volume, the latest first, each closed behind it;
 * what cannot be read becomes a gap. */
int examine_shadow_copies(struct evidence *evidence, const struct volume *volume,
                          examine_visit visit, void *context, struct error *error);

/* Make a gap of each shadow copy of an object's volumes that cannot be read, and of each
 * catalog that may have more: for those that ask for shadow copies. */
void examine_tell_shadows(const struct object *object);

/* Make a gap where a file system has the file that the catalog of shadow copies lies in, and
 * its volume nothing that leads to it. */
void examine_tell_lost_shadows(struct evidence *evidence, struct filesystem *filesystem);

/* What a record of RECORD_FILE points to besides the file; zeroed at first, used again for
 * the next one. */
struct examine_space {
    struct value *items; /* lists */
    size_t capacity;
    char mode[8], parent[32];
};

/* Fill a record of RECORD_FILE, which holds as long as the file and until the next call with
 * this space. 0, or -1 without memory. */
int examine_file_record(struct record *record, const struct evidence *evidence,
                        const struct volume *volume, const struct file *file,
                        struct examine_space *space);
void examine_space_release(struct examine_space *space);

/* fs-cat: hand out the content of a reader in order, block by block. -1 with
 * the first place that could not be read, after everything was handed out; what
 * the sink returns when that is not 0. */
typedef int (*examine_data)(void *context, uint64_t offset, const void *data, size_t size);
int examine_content(struct reader *reader, examine_data sink, void *context,
                    struct error *error);

/* What went wrong with one file; the next is taken. The text may be changed. */
typedef void (*examine_problem)(void *context, struct error *error);

/* fs-cat -d: write the files of an object that pass below `folder`, which is
 * made if it is not there, as VOLUME/PATH with names made safe; of an object that a
 * record named as IMAGE/VOLUME/PATH, and a folder without what lies in it, which has
 * records of its own. `by_image`: with IMAGE in any case. Nothing is overwritten, nothing
 * is written outside. Metadata files of NTFS are left out. *files counts those written. */
int examine_recover(struct object *object, const char *folder, bool by_image, bool of_record,
                    const struct examine_filter *filter, examine_problem problem, void *context,
                    uint64_t *files, struct error *error);

struct examine_autoruns_options {
    bool backups;   /* all that backups have, not only what nothing live has */
    bool history;   /* each autostart once, with when it was seen first and last, in the shadow
                     * copies of a volume too */
    bool all_hives; /* hives are found by their first bytes too, whatever they are called */
    bool carve;     /* hives in bytes that no live file owns too */
};

/* reg-runkeys: everything that starts by itself: of an image, a volume, a folder of
 * the examiner's machine, or one hive. Hives that cannot be read go to `problem`. */
int examine_autoruns(struct object *object, const struct examine_autoruns_options *options,
                     examine_sink sink, examine_problem problem, void *context,
                     struct error *error);

/* Keys of one pattern, as that of the filter, for a sink of their own. */
struct examine_registry_pattern {
    const char *key;
    examine_sink sink; /* gets each key, and then its values */
    void *context;
};

/* reg-ls: which keys and values. */
struct examine_registry_filter {
    /*
     * Keys whose path matches, and `depth` levels below them; NULL: all. Parts are
     * separated by backslashes, each a pattern of text_glob, `**` any number of
     * parts; without case. It begins at the mount point with HKLM or HKU, or at the root
     * of each hive with a backslash, else anywhere. HKEY_LOCAL_MACHINE and HKEY_USERS are
     * the same, HKCU any user, HKCR the classes of the machine, CurrentControlSet the
     * one in use.
     */
    const char *key;
    uint64_t depth;
    const char *value;   /* values whose name matches, and no keys; NULL: all */
    bool keys, values;   /* records of these */
    bool live, deleted;  /* none set: both */
    bool all_hives;      /* as of autostarts */
    bool carve;          /* likewise */
    /* What others want of the same walk; `keys` and `values` not set: they alone. At most 63. */
    const struct examine_registry_pattern *patterns;
    size_t pattern_count;
};

/* ERROR_USAGE for a pattern with too many parts. */
int examine_check_key_pattern(const char *pattern, struct error *error);

/* The keys and values of the hives of an image, a volume, a folder of the examiner's
 * machine, or of one hive, in stored order, each key before what is in it. Hives that
 * cannot be read go to `problem`. */
int examine_registry(struct object *object, const struct examine_registry_filter *filter,
                     examine_sink sink, examine_problem problem, void *context,
                     struct error *error);

/*
 * Where no zone was given: convert the local times of the object's file systems by the
 * zone of the Windows in the same volume, else by that of the image where all of its
 * Windows have one. `told` gets which volume by which hive, "" where nothing is known.
 * The image is asked once; `always`: also where its file systems keep no local time.
 */
int examine_default_zone(struct object *object, bool always, struct buffer *told,
                         struct error *error);

/* The zone of what Windows noted in a volume (NULL: in none) by the local clock: that was
 * given, or found so, or NULL. */
const struct zone *examine_volume_zone(const struct evidence *evidence,
                                       const struct volume *volume);

/* host-info: what the hives tell about the machine. */
struct examine_host_filter {
    const char *const *categories; /* only facts of these, `count` of them; 0: all */
    size_t count;
    bool all_sets; /* of control sets that are not in use also what the one in use has too */
    bool backups; /* of hives that are kept as backups too */
    bool all_hives; /* as of autostarts */
};

/* ERROR_USAGE for a category that is none. */
int examine_check_categories(const struct examine_host_filter *filter, struct error *error);

/* The facts of an image, a volume, a folder of the examiner's machine, or of one hive.
 * Hives that cannot be read go to `problem`. */
int examine_host(struct object *object, const struct examine_host_filter *filter,
                 examine_sink sink, examine_problem problem, void *context, struct error *error);

/* fs-timeline: what is added to a timeline. */
struct examine_timeline_options {
    const char *sources;     /* "fs,evt", "all"; NULL: fs, the times of files */
    bool anomalies;          /* of logs too */
    examine_sink gap;        /* gap records of hives */
    examine_problem problem; /* what in an artifact cannot be used */
    void *context;           /* of both */
};

/* ERROR_USAGE for a source that is none. */
int examine_timeline_check_sources(const char *sources, struct error *error);

/* Add what the file systems of an object tell, which must stay open until the timeline
 * was handed out; of a loose file what it tells. */
int examine_timeline(struct object *object, struct timeline *timeline,
                     const struct examine_timeline_options *options, struct error *error);

/* The same of a bodyfile; lines that are none go to `problem`. */
int examine_timeline_body(const char *path, struct timeline *timeline, examine_problem problem,
                          void *context, struct error *error);

/*
 * ioc-strings. A part gives the hits that start in it, and its gaps, so that parts
 * put together are the whole, byte for byte: `from` and `to` are bytes of the
 * object; or shard `shard` of `shards`, from 1, 0: none.
 */
struct examine_strings_options {
    struct ioc_options ioc;
    bool indicators;             /* search for them, and not only for what follows */
    struct ioc_keywords *keywords; /* or NULL; and their words */
    struct ioc_words words;
    struct ioc_strings_options strings; /* all printable ones; of 0 characters: none */
    struct ioc_decoder *decoder; /* search what it decodes too; or NULL */
    struct ioc_stop *stop;       /* values that are left out; or NULL */
    uint64_t from, to;           /* UINT64_MAX: to the end */
    unsigned shard, shards;
    unsigned threads;
    examine_progress progress;
    void *progress_context;
};

/* What of it is made of texts and files. Texts: NULL for none. */
struct examine_texts {
    const char **items;
    size_t count;
};

struct examine_strings_request {
    const char *kinds;               /* "domain,url", "all"; NULL: the default ones, and
                                      * none beside keywords and strings */
    uint64_t min_confidence;
    uint64_t least;                  /* characters of printable strings */
    struct examine_texts words, word_files; /* keywords */
    bool nocase;
    struct examine_texts stop_lists; /* files, see ioc_stop.h */
    struct examine_texts baselines;  /* records of clean systems, whose values are left out */
    const char *codings;             /* "gzip,base64", "all" */
};

/* Printable strings are not searched. */
#define EXAMINE_NO_STRINGS UINT64_MAX
#define EXAMINE_STRINGS_REQUEST_DEFAULT { .min_confidence = 50, .least = EXAMINE_NO_STRINGS }

/* Make what `options` points to, and what it says of indicators. Bad lines of files
 * go to `problem`. Release in any case. */
int examine_strings_prepare(struct examine_strings_options *options,
                            const struct examine_strings_request *request,
                            examine_problem problem, void *context, struct error *error);
void examine_strings_release(struct examine_strings_options *options);

/* ioc-strings: indicator records, and gaps at their places. *held_back is added to. Of a
 * folder in an image those of all files that examine_files gives, in its order. */
int examine_strings(struct object *object, bool of_record,
                    const struct examine_strings_options *options,
                    struct ioc_held_back *held_back, examine_sink sink, void *context,
                    struct error *error);

/* The same of the plain bytes of a stream, of any length, about a MiB at a time.
 * `name` is their image. */
int examine_strings_text(int fd, const char *name, const struct examine_strings_options *options,
                         struct ioc_held_back *held_back, examine_sink sink, void *context,
                         struct error *error);

/*
 * Indicators by value: add each record (0, or -1 without memory), then take a count
 * record of each value, the most frequent first, then in order of kind and value.
 * Its place is that of the record that was added first.
 */
struct histogram *histogram_new(void); /* NULL when memory is out */
void histogram_free(struct histogram *histogram);
int histogram_add(struct histogram *histogram, const struct record *record);
int histogram_each(struct histogram *histogram, examine_sink sink, void *context,
                   struct error *error);

/* A sink, with a histogram_filter as its context, that adds indicators and lets other records
 * through. Memory that is out ends the work and is noted. */
struct histogram_filter {
    struct histogram *histogram;
    examine_sink sink;
    void *context;
    bool out_of_memory;
};
int histogram_sink(void *filter, struct record *record);

/* Make the record of a gap of this evidence. */
void examine_gap_record(struct record *record, const struct evidence *evidence,
                        const struct gap *gap);

/* Name the libraries and tables that evidence is read and judged with. */
void examine_versions(version_sink sink, void *context);

#endif
