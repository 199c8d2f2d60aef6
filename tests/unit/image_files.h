/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IMAGE_FILES_H
#define IMAGE_FILES_H

/* image_files: images in files, for the tests of image. */

#include <fett/image.h>

#include "test_folder.h"

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
