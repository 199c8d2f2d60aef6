/* SPDX-License-Identifier: Apache-2.0 */

/*
 * verify: see verify.h. The calling thread reads blocks into a ring; each
 * digest has a thread that follows it. A block is free again when all three
 * have passed it.
 */

#include <ctype.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <fett/buffer.h>
#include <fett/limits.h>
#include <fett/text.h>
#include <fett/verify.h>

#include "segments.h"

enum { BLOCK_BYTES = 1 << 20, BLOCKS = 8 };

struct ring {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint8_t *bytes;
    size_t lengths[BLOCKS];
    uint64_t filled;               /* blocks, ever */
    uint64_t passed[DIGEST_COUNT]; /* blocks, by each digest */
    bool ended;
};

struct follower {
    struct ring *ring;
    enum digest_algorithm algorithm;
    struct digest digest;
    pthread_t thread;
};

struct check {
    char *source, *subject;
    enum digest_algorithm algorithm;
    char expected[DIGEST_HEX_SIZE], computed[DIGEST_HEX_SIZE];
};

struct verify {
    char digests[DIGEST_COUNT][DIGEST_HEX_SIZE];
    struct check *checks;
    size_t count, capacity;
};

/* --- one pass over the media --- */

static void *follow(void *context)
{
    struct follower *follower = context;
    struct ring *ring = follower->ring;
    uint64_t *passed = &ring->passed[follower->algorithm];

    pthread_mutex_lock(&ring->lock);
    for (;;) {
        while (*passed == ring->filled && !ring->ended)
            pthread_cond_wait(&ring->changed, &ring->lock);
        if (*passed == ring->filled)
            break;
        size_t slot = (size_t)(*passed % BLOCKS), length = ring->lengths[slot];
        pthread_mutex_unlock(&ring->lock);
        digest_update(&follower->digest, ring->bytes + slot * BLOCK_BYTES, length);
        pthread_mutex_lock(&ring->lock);
        ++*passed;
        pthread_cond_broadcast(&ring->changed);
    }
    pthread_mutex_unlock(&ring->lock);
    return NULL;
}

static bool is_full(const struct ring *ring)
{
    for (int i = 0; i < DIGEST_COUNT; i++)
        if (ring->filled - ring->passed[i] == BLOCKS)
            return true;
    return false;
}

static int fill(struct ring *ring, struct reader *reader, const struct verify_options *options,
                struct error *error)
{
    for (uint64_t offset = 0; offset < reader->size;) {
        size_t length = reader->size - offset < BLOCK_BYTES ? (size_t)(reader->size - offset)
                                                            : BLOCK_BYTES;
        struct error fault = ERROR_INIT;
        pthread_mutex_lock(&ring->lock);
        while (is_full(ring))
            pthread_cond_wait(&ring->changed, &ring->lock);
        size_t slot = (size_t)(ring->filled % BLOCKS);
        pthread_mutex_unlock(&ring->lock);
        if (reader_read(reader, offset, ring->bytes + slot * BLOCK_BYTES, length, &fault) != 0 &&
            fault.kind == ERROR_SYSTEM)
            return error_set(error, ERROR_SYSTEM, "%s", fault.text);
        pthread_mutex_lock(&ring->lock);
        ring->lengths[slot] = length;
        ring->filled++;
        pthread_cond_broadcast(&ring->changed);
        pthread_mutex_unlock(&ring->lock);
        offset += length;
        if (options->progress)
            options->progress(options->context, offset, reader->size);
    }
    return 0;
}

static int run_threads(struct verify *verify, struct ring *ring, struct reader *reader,
                       const struct verify_options *options, struct error *error)
{
    struct follower followers[DIGEST_COUNT] = { { .ring = NULL } };
    int started = 0, result = 0;

    for (; started < DIGEST_COUNT && result == 0; started += result == 0) {
        struct follower *follower = &followers[started];
        follower->ring = ring;
        follower->algorithm = (enum digest_algorithm)started;
        result = digest_init(&follower->digest, follower->algorithm, error);
        if (result != 0)
            break;
        errno = pthread_create(&follower->thread, NULL, follow, follower);
        if (errno != 0) {
            result = error_set_errno(error, "cannot start a thread");
            digest_release(&follower->digest);
        }
    }
    if (result == 0)
        result = fill(ring, reader, options, error);
    pthread_mutex_lock(&ring->lock);
    ring->ended = true;
    pthread_cond_broadcast(&ring->changed);
    pthread_mutex_unlock(&ring->lock);
    for (int i = 0; i < started; i++) {
        pthread_join(followers[i].thread, NULL);
        digest_finish(&followers[i].digest, verify->digests[i]);
    }
    return result;
}

static int digest_media(struct verify *verify, struct image *image,
                        const struct verify_options *options, struct error *error)
{
    struct ring ring = { .lock = PTHREAD_MUTEX_INITIALIZER,
                         .changed = PTHREAD_COND_INITIALIZER };
    uint64_t missing = image_missing(image), held = image_size(image) - missing;
    struct reader *reader;

    /* The image told at open what is missing; no digest could be right. */
    if (missing > LIMIT_MISSING_BYTES && missing / LIMIT_MISSING_TIMES > held)
        return 0;
    if (image_reader(image, &reader, error) != 0)
        return -1;
    ring.bytes = malloc((size_t)BLOCKS * BLOCK_BYTES);
    int result = ring.bytes ? run_threads(verify, &ring, reader, options, error)
                            : error_set_memory(error);
    free(ring.bytes);
    reader_free(reader);
    return result;
}

/* --- what to compare with --- */

static bool is_hex(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!isxdigit((unsigned char)text[i]))
            return false;
    return true;
}

/* The algorithm whose digests have so many hex digits, or -1. */
static int algorithm_of(const char *hex, size_t length)
{
    for (int i = 0; i < DIGEST_COUNT; i++)
        if (digest_hex_length((enum digest_algorithm)i) == length && is_hex(hex, length))
            return i;
    return -1;
}

static void copy_hex(char out[DIGEST_HEX_SIZE], const char *hex, size_t length)
{
    for (size_t i = 0; i < length; i++)
        out[i] = (char)tolower((unsigned char)hex[i]);
    out[length] = '\0';
}

int verify_parse_expectation(struct verify_expectation *expectation, const char *text,
                             struct error *error)
{
    const char *colon = strchr(text, ':'), *hex = colon ? colon + 1 : text;
    int algorithm = algorithm_of(hex, strlen(hex));
    char name[16];

    if (colon && (size_t)(colon - text) < sizeof name) {
        memcpy(name, text, (size_t)(colon - text));
        name[colon - text] = '\0';
        if (digest_by_name(name) < 0)
            return error_set(error, ERROR_USAGE, "unknown digest: %s", text);
        if (digest_by_name(name) != algorithm)
            algorithm = -1;
    } else if (colon) {
        return error_set(error, ERROR_USAGE, "unknown digest: %s", text);
    }
    if (algorithm < 0)
        return error_set(error, ERROR_USAGE, "not a digest of that kind: %s", text);
    expectation->algorithm = (enum digest_algorithm)algorithm;
    copy_hex(expectation->hex, hex, strlen(hex));
    return 0;
}

static int add_check(struct verify *verify, const char *source, const char *subject,
                     enum digest_algorithm algorithm, const char *hex, struct error *error)
{
    for (size_t i = 0; i < verify->count; i++) {
        const struct check *known = &verify->checks[i];
        if (known->algorithm == algorithm && strcasecmp(known->expected, hex) == 0 &&
            strcmp(known->source, source) == 0 &&
            strcmp(known->subject ? known->subject : "", subject ? subject : "") == 0)
            return 0;
    }
    if (memory_grow((void **)&verify->checks, &verify->capacity, verify->count + 1,
                    sizeof *verify->checks) != 0)
        return error_set_memory(error);
    struct check *check = &verify->checks[verify->count];
    *check = (struct check){ .algorithm = algorithm, .source = strdup(source) };
    check->subject = subject ? strdup(subject) : NULL;
    copy_hex(check->expected, hex, strlen(hex));
    verify->count++;
    return check->source && (check->subject || !subject) ? 0 : error_set_memory(error);
}

/* One digest out of a line. */
struct entry {
    enum digest_algorithm algorithm;
    char hex[DIGEST_HEX_SIZE];
    const char *name; /* NULL: none */
    size_t name_length;
};

static size_t hex_run(const char *text, const char *end)
{
    size_t length = 0;

    while (text + length < end && isxdigit((unsigned char)text[length]))
        length++;
    return length;
}

static bool set_hex(struct entry *entry, const char *hex, size_t length)
{
    int algorithm = algorithm_of(hex, length);

    if (algorithm < 0)
        return false;
    entry->algorithm = (enum digest_algorithm)algorithm;
    copy_hex(entry->hex, hex, length);
    return true;
}

/* "HEX", "HEX  NAME", "HEX *NAME" */
static bool parse_sum_line(const char *line, const char *end, struct entry *entry)
{
    size_t length = hex_run(line, end);
    const char *at = line + length;

    if (!set_hex(entry, line, length) || (at < end && *at != ' ' && *at != '\t'))
        return false;
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    if (at < end && *at == '*')
        at++;
    entry->name = at < end ? at : NULL;
    entry->name_length = (size_t)(end - at);
    return true;
}

/* The digest's name anywhere in the text: "SHA-1 checksum" */
static bool names_algorithm(const char *text, size_t length, enum digest_algorithm algorithm)
{
    char squeezed[128];
    size_t used = 0;

    for (size_t i = 0; i < length && used + 1 < sizeof squeezed; i++)
        if (text[i] != '-' && text[i] != ' ')
            squeezed[used++] = text[i];
    squeezed[used] = '\0';
    return strcasestr(squeezed, digest_name(algorithm)) != NULL;
}

/* "MD5 checksum:    HEX : verified", "MD5 (NAME) = HEX" */
static bool parse_label_line(const char *line, const char *end, struct entry *entry)
{
    const char *open = memchr(line, '(', (size_t)(end - line));
    const char *close = open ? memmem(open, (size_t)(end - open), ") = ", 4) : NULL;
    const char *colon = close ? close + 3 : memchr(line, ':', (size_t)(end - line));

    if (!colon)
        return false;
    const char *at = colon + 1;
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    size_t length = hex_run(at, end);
    if (at + length < end && at[length] != ' ' && at[length] != '\t')
        return false;
    if (!set_hex(entry, at, length) ||
        !names_algorithm(line, (size_t)((close ? open : colon) - line), entry->algorithm))
        return false;
    entry->name = close ? open + 1 : NULL;
    entry->name_length = close ? (size_t)(close - open - 1) : 0;
    return true;
}

static bool parse_line(const char *line, const char *end, struct entry *entry)
{
    while (end > line && isspace((unsigned char)end[-1]))
        end--;
    while (line < end && isspace((unsigned char)*line))
        line++;
    *entry = (struct entry){ .name = NULL };
    return parse_sum_line(line, end, entry) || parse_label_line(line, end, entry);
}

static const char *last_part(const char *path, size_t *length)
{
    for (size_t i = *length; i > 0; i--)
        if (path[i - 1] == '/' || path[i - 1] == '\\') {
            *length -= i;
            return path + i;
        }
    return path;
}

/* The segment of the image that has this name, or NULL. */
static const char *find_segment(const struct image *image, const struct entry *entry)
{
    size_t length = entry->name_length;
    const char *name = last_part(entry->name, &length);

    for (size_t i = 0; i < image_segment_count(image); i++) {
        const char *path = image_segment_path(image, i);
        size_t own_length = strlen(path);
        const char *own = last_part(path, &own_length);
        if (own_length == length && memcmp(own, name, length) == 0)
            return path;
    }
    return NULL;
}

static bool is_device(const struct entry *entry)
{
    return (entry->name_length == 1 && entry->name[0] == '-') ||
           (entry->name_length > 5 && memcmp(entry->name, "/dev/", 5) == 0) ||
           (entry->name_length > 4 && memcmp(entry->name, "\\\\.\\", 4) == 0);
}

/* A list in the image's folder names files of other folders by their paths. */
static bool is_elsewhere(const struct entry *entry)
{
    size_t length = entry->name_length, here = strlen("./");
    const char *name = entry->name;

    if (length > here && memcmp(name, "./", here) == 0) {
        name += here;
        length -= here;
    }
    return last_part(name, &length) != name;
}

/* `own`: the file is for this image alone; `only`: and has no other digest. */
static int add_entry(struct verify *verify, const struct image *image, const char *source,
                     const struct entry *entry, bool own, bool only, struct error *error)
{
    const char *subject = entry->name ? find_segment(image, entry) : NULL;
    bool raw = image_format(image) == IMAGE_RAW;

    if (entry->name && !own && is_elsewhere(entry))
        return 0;
    if (entry->name && !subject && !is_device(entry) && !(raw && only))
        return 0;
    return add_check(verify, source, raw ? NULL : subject, entry->algorithm, entry->hex, error);
}

static int read_lines(struct verify *verify, const struct image *image, const char *source,
                      const char *text, size_t size, bool own, struct error *error)
{
    const char *end = text + size;
    struct entry entry;
    size_t count = 0;

    for (int pass = 0; pass < 2; pass++)
        for (const char *line = text; line < end;) {
            const char *stop = memchr(line, '\n', (size_t)(end - line));
            stop = stop ? stop : end;
            if (parse_line(line, stop, &entry)) {
                count += pass == 0;
                if (pass == 1 && add_entry(verify, image, source, &entry, own,
                                           own && count == 1, error) != 0)
                    return -1;
            }
            line = stop + 1;
        }
    return 0;
}

/* `own`: the file is about this image alone; `log`: it is no list of digests, and
 * only its start is read. A file that is not there is fine. */
static int read_digest_file(struct verify *verify, const struct image *image, const char *path,
                            bool own, bool log, struct error *error)
{
    struct reader *file;

    if (access(path, F_OK) != 0)
        return 0;
    if (reader_open_file(&file, path, error) != 0)
        return -1;
    size_t most = log ? LIMIT_ACQUISITION_LOG_BYTES : LIMIT_DIGEST_FILE_BYTES;
    if (file->size > most && !log) {
        reader_free(file);
        return error_set(error, ERROR_LIMIT, "a list of digests of more than %zu bytes: %s", most,
                         path);
    }
    size_t size = file->size < most ? (size_t)file->size : most;
    char *text = malloc(size + 1);
    int result = text ? reader_read(file, 0, text, size, error) : error_set_memory(error);
    struct buffer plain = BUFFER_INIT;
    if (result == 0 && size >= 2 && memcmp(text, "\xff\xfe", 2) == 0) /* PowerShell */
        text_add_utf16le(&plain, (const uint8_t *)text + 2, (size - 2) / 2);
    else if (result == 0)
        buffer_add(&plain, text, size);
    if (plain.failed)
        result = error_set_memory(error);
    if (result == 0)
        result = read_lines(verify, image, path, buffer_text(&plain), plain.length, own, error);
    buffer_release(&plain);
    free(text);
    reader_free(file);
    return result;
}

static int read_digest_files(struct verify *verify, const struct image *image,
                             struct error *error)
{
    static const struct {
        enum { BEHIND_IMAGE, BEHIND_STEM, IN_FOLDER } place;
        const char *text;
        bool log;
    } names[] = {
        { BEHIND_IMAGE, ".md5", false },   { BEHIND_IMAGE, ".sha1", false },
        { BEHIND_IMAGE, ".sha256", false }, { BEHIND_IMAGE, ".txt", true },
        { BEHIND_STEM, ".txt", true },     { BEHIND_STEM, ".info", true },
        { IN_FOLDER, "MD5SUMS", false },   { IN_FOLDER, "SHA1SUMS", false },
        { IN_FOLDER, "SHA256SUMS", false },
    };
    const char *path = image_path(image), *slash = strrchr(path, '/');
    const char *extension = segment_extension(path);
    int result = 0;

    for (size_t i = 0; i < sizeof names / sizeof *names && result == 0; i++) {
        struct buffer name = BUFFER_INIT;
        size_t length = names[i].place == IN_FOLDER     ? (slash ? (size_t)(slash + 1 - path) : 0)
                        : names[i].place == BEHIND_STEM ? (*extension
                                                               ? (size_t)(extension - path) - 1
                                                               : strlen(path))
                                                        : strlen(path);
        buffer_add(&name, path, length);
        buffer_add_text(&name, names[i].text);
        if (name.failed)
            result = error_set_memory(error);
        else if (strcmp(buffer_text(&name), path) != 0)
            result = read_digest_file(verify, image, buffer_text(&name),
                                      names[i].place != IN_FOLDER, names[i].log, error);
        buffer_release(&name);
    }
    return result;
}

static int collect(struct verify *verify, const struct image *image,
                   const struct verify_options *options, struct error *error)
{
    for (int i = 0; i < DIGEST_COUNT; i++) {
        const char *stored = image_stored_digest(image, (enum digest_algorithm)i);
        if (stored &&
            add_check(verify, "image", NULL, (enum digest_algorithm)i, stored, error) != 0)
            return -1;
    }
    for (size_t i = 0; i < options->expected_count; i++)
        if (add_check(verify, "expected", NULL, options->expected[i].algorithm,
                      options->expected[i].hex, error) != 0)
            return -1;
    return options->ignore_files ? 0 : read_digest_files(verify, image, error);
}

/* --- results --- */

static int digest_file(const char *path, enum digest_algorithm algorithm,
                       char hex[DIGEST_HEX_SIZE], struct error *error)
{
    struct reader *file;
    struct digest digest;

    if (reader_open_file(&file, path, error) != 0)
        return -1;
    uint8_t *block = malloc(BLOCK_BYTES);
    int result = block ? digest_init(&digest, algorithm, error) : error_set_memory(error);
    for (uint64_t at = 0; result == 0 && at < file->size; at += BLOCK_BYTES) {
        size_t length = file->size - at < BLOCK_BYTES ? (size_t)(file->size - at) : BLOCK_BYTES;
        /* What cannot be read is zeros, and the digest will differ. */
        reader_read(file, at, block, length, NULL);
        digest_update(&digest, block, length);
    }
    if (result == 0)
        digest_finish(&digest, hex);
    free(block);
    reader_free(file);
    return result;
}

static int compute(struct verify *verify, struct error *error)
{
    for (size_t i = 0; i < verify->count; i++) {
        struct check *check = &verify->checks[i];
        if (!check->subject)
            memcpy(check->computed, verify->digests[check->algorithm], DIGEST_HEX_SIZE);
        else if (digest_file(check->subject, check->algorithm, check->computed, error) != 0)
            return -1;
    }
    return 0;
}

int verify_open(struct verify **verify, struct image *image,
                const struct verify_options *options, struct error *error)
{
    static const struct verify_options none = { .expected = NULL };
    struct verify *opened = calloc(1, sizeof *opened);

    if (!opened)
        return error_set_memory(error);
    if (!options)
        options = &none;
    if (collect(opened, image, options, error) != 0 ||
        digest_media(opened, image, options, error) != 0 || compute(opened, error) != 0) {
        verify_free(opened);
        return -1;
    }
    *verify = opened;
    return 0;
}

void verify_free(struct verify *verify)
{
    if (!verify)
        return;
    for (size_t i = 0; i < verify->count; i++) {
        free(verify->checks[i].source);
        free(verify->checks[i].subject);
    }
    free(verify->checks);
    free(verify);
}

const char *verify_digest(const struct verify *verify, enum digest_algorithm algorithm)
{
    return verify->digests[algorithm][0] ? verify->digests[algorithm] : NULL;
}

static bool is_equal(const struct check *check)
{
    return strcmp(check->expected, check->computed) == 0;
}

enum verify_verdict verify_verdict(const struct verify *verify)
{
    for (size_t i = 0; i < verify->count; i++)
        if (!is_equal(&verify->checks[i]))
            return VERIFY_DIFFER;
    return verify->count > 0 ? VERIFY_MATCH : VERIFY_NOTHING;
}

size_t verify_check_count(const struct verify *verify)
{
    return verify->count;
}

void verify_check(const struct verify *verify, size_t index, struct verify_check *check)
{
    const struct check *own = &verify->checks[index];

    *check = (struct verify_check){
        .source = own->source,
        .subject = own->subject,
        .algorithm = own->algorithm,
        .expected = own->expected,
        .computed = own->computed,
        .equal = is_equal(own),
    };
}
