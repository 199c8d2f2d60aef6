/* SPDX-License-Identifier: Apache-2.0 */

/* libFuzzer over media in which hives are carved: whole ones, those of deleted files, pieces.
 * File systems that libtsk reads are left out, as in fuzz_image.c. */

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <fett/examine.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Each thing lies where the media are. */
static int check(void *context, struct record *record)
{
    const size_t *size = context;
    const struct value *offset = record_get(record, FIELD_OFFSET);

    if (offset && offset->number >= *size)
        abort();
    return 0;
}

static void ignore(void *context, struct error *error)
{
    (void)context;
    if (error->kind == ERROR_NONE || !*error->text)
        abort();
}

static bool is_left_out(const struct evidence *evidence)
{
    for (size_t i = 0; i < volumes_count(evidence->volumes); i++) {
        const struct volume *volume = volumes_get(evidence->volumes, i);
        if (volume_has_files(volume) && volume->kind != FS_NTFS)
            return true;
    }
    return false;
}

static void carve(struct object *object, size_t size)
{
    static const struct examine_registry_filter filter = {
        .depth = UINT64_MAX, .values = true, .carve = true
    };
    static const struct examine_autoruns_options options = { .carve = true };

    if (is_left_out(object->evidence))
        return;
    examine_registry(object, &filter, check, ignore, &size, NULL);
    examine_autoruns(object, &options, check, ignore, &size, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct objects_options options = { .image = { .force_raw = true }, .sector = -1 };
    char path[64];
    struct object object;
    int fd = memfd_create("fuzz.raw", MFD_CLOEXEC);

    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        return 0;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct objects *objects = objects_new(&options);
    if (objects && objects_resolve(objects, path, &object, NULL) == 0)
        carve(&object, size);
    objects_free(objects);
    close(fd);
    return 0;
}
