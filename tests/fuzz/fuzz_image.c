/* SPDX-License-Identifier: Apache-2.0 */

/* libFuzzer over images: EWF segments, partition tables, NTFS; all that fett
 * reads itself. What libtsk reads is left out: its faults are known to be there
 * (lib/evidence/trial.c). */

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <fett/filesystem.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int read_file(void *context, const struct file *file)
{
    (void)context;
    return file->path_length > 0 ? 0 : 1;
}

static void walk(struct image *image, const struct volume *volume)
{
    struct filesystem *filesystem;
    struct extents *extents = extents_new();

    if (volume->kind == FS_NTFS && filesystem_open(&filesystem, image, volume, NULL) == 0) {
        struct file file;
        tree_walk(filesystem_tree(filesystem), read_file, NULL, NULL);
        tree_lookup(filesystem_tree(filesystem), "/a/b:c", &file, NULL);
        if (extents)
            filesystem_add_extents(filesystem, 0, extents, NULL);
        filesystem_free(filesystem);
    }
    extents_free(extents);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct image_options options = { .force_raw = false };
    char path[64];
    struct image *image;
    struct volumes *volumes;
    int fd = memfd_create("fuzz.E01", MFD_CLOEXEC);

    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        return 0;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (image_open(&image, path, &options, NULL) == 0) {
        if (image_size(image) < 1 << 26 && volumes_open(&volumes, image, NULL) == 0) {
            for (size_t i = 0; i < volumes_count(volumes); i++)
                walk(image, volumes_get(volumes, i));
            volumes_free(volumes);
        }
        image_free(image);
    }
    close(fd);
    return 0;
}
