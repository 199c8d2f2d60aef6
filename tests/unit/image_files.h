/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IMAGE_FILES_H
#define IMAGE_FILES_H

/* image_files: files of images in a folder of their own, for the tests of image. */

#include <stdlib.h>
#include <unistd.h>

#include <fett/image.h>

#include "tap.h"

static char folder[64];

static void make_folder(void)
{
    const char *base = getenv("TMPDIR");

    snprintf(folder, sizeof folder, "%.40s/fett-image-XXXXXX", base ? base : "/tmp");
    if (!mkdtemp(folder)) {
        printf("Bail out! cannot make a folder\n");
        exit(1);
    }
}

/* Remove it; the status of the program. */
static int done(void)
{
    char command[128];

    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) == 0 ? tap_done() : 1;
}

static const char *in_folder(const char *name)
{
    static char paths[4][256];
    static int next;

    next = (next + 1) % 4;
    snprintf(paths[next], sizeof paths[next], "%s/%s", folder, name);
    return paths[next];
}

static void write_file(const char *name, const void *data, size_t size)
{
    FILE *file = fopen(in_folder(name), "wb");

    if (!file || fwrite(data, 1, size, file) != size || fclose(file) != 0) {
        printf("Bail out! cannot write %s\n", name);
        exit(1);
    }
}

static struct image *open_image(const char *name, enum error_kind expected, const char *word)
{
    struct error error = ERROR_INIT;
    struct image *image = NULL;

    if (image_open(&image, in_folder(name), NULL, &error) == 0) {
        if (expected != ERROR_NONE) {
            ok(false, "%s is refused", name);
            image_free(image);
            image = NULL;
        }
        return image;
    }
    ok(error.kind == expected && strstr(error.text, word), "%s: %s", name, error.text);
    return NULL;
}

/* Read a range; -2: no reader, else what reader_read returns. */
static int read_range(struct image *image, uint64_t offset, void *data, size_t size)
{
    struct reader *reader;

    if (image_reader(image, &reader, NULL) != 0)
        return -2;
    int result = reader_read(reader, offset, data, size, NULL);
    reader_free(reader);
    return result;
}

static const char *gap_text(struct image *image, size_t index)
{
    static char text[512];
    struct gap gap;

    if (index >= image_gap_count(image))
        return "none";
    image_gap(image, index, &gap);
    snprintf(text, sizeof text, "%llu+%llu %d %s", (unsigned long long)gap.offset,
             (unsigned long long)gap.length, gap.kind, gap.reason);
    return text;
}

#endif
