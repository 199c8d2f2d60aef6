/* SPDX-License-Identifier: Apache-2.0 */

/* verify_files: digests in the files that tools write beside images: lists as of md5sum(1) and
 * of BSD, and the logs of acquiring tools. */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fett/buffer.h>
#include <fett/limits.h>
#include <fett/text.h>

#include "segments.h"
#include "verify_internal.h"

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
    int algorithm = verify_algorithm_of(hex, length);

    if (algorithm < 0)
        return false;
    entry->algorithm = (enum digest_algorithm)algorithm;
    verify_copy_hex(entry->hex, hex, length);
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
    return verify_add_check(verify, source, raw ? NULL : subject, entry->algorithm, entry->hex,
                            error);
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

int verify_read_files(struct verify *verify, const struct image *image, struct error *error)
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
