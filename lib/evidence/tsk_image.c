/* SPDX-License-Identifier: Apache-2.0 */

/*
 * tsk_image: VMDK, VHD and VHDX, read by libtsk.
 *
 * libtsk is told the format: its own detection would also try AFF and take
 * what it does not know for raw. It holds a lock while it reads, so each
 * reader opens the container anew.
 *
 * The descriptor of a VMDK names the files that hold the data. Evidence must
 * not make fett read the examiner's own files: names with a folder in them,
 * devices and FIFOs are refused. So are images that hold only what changed
 * since a parent, because their other parts would be read as zeros.
 *
 *     sparse VMDK                          VHD footer, big-endian
 *      0  4  KDMV                           0  8  conectix
 *     28  8  first sector of descriptor    60  4  type: 4 = differencing
 *     36  8  its sectors
 *
 * References: VMware Virtual Disks, Virtual Disk Format 5.0; Microsoft Virtual
 * Hard Disk Image Format Specification.
 */

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <fett/buffer.h>
#include <fett/bytes.h>
#include <fett/limits.h>

#include "image_internal.h"
#include "tsk_bridge.h"

enum { RETRY_BYTES = 4096, VHD_FOOTER_SIZE = 512, VHD_DIFFERENCING = 4 };

struct tsk_image {
    struct tsk tsk;
    TSK_IMG_TYPE_ENUM type;
};

struct tsk_reader {
    struct reader reader;
    struct image *image;
    const struct tsk *library;
    TSK_IMG_INFO *info;
};

static TSK_IMG_INFO *open_info(const struct image *image, const struct tsk_image *container,
                               struct error *error)
{
    const TSK_TCHAR *path = image->path;
    TSK_IMG_INFO *info = container->tsk.img_open(1, &path, container->type, 0);

    if (!info)
        tsk_bridge_error(&container->tsk, error, ERROR_DAMAGED, "cannot open %s: %s",
                         image_format_name(image), image->path);
    return info;
}

/* Read in small parts what could not be read at once: those that fail are
 * zeros and gaps. The callback is called itself, because tsk_img_read always
 * reads 64 KiB. */
static void retry(struct tsk_reader *tsk, uint64_t offset, uint8_t *out, size_t size)
{
    while (size > 0) {
        size_t part = RETRY_BYTES - (size_t)(offset % RETRY_BYTES);
        if (part > size)
            part = size;
        if (tsk->info->read(tsk->info, (TSK_OFF_T)offset, (char *)out, part) != (ssize_t)part) {
            tsk->library->error_reset();
            memset(out, 0, part);
            image_add_plain_gap(tsk->image, GAP_DAMAGE, offset, part,
                                "the %s container cannot be read there",
                                image_format_name(tsk->image));
        }
        out += part;
        offset += part;
        size -= part;
    }
}

static int tsk_read_at(struct reader *reader, uint64_t offset, void *buffer, size_t size,
                       struct error *error)
{
    struct tsk_reader *tsk = (struct tsk_reader *)reader;

    if (tsk->library->img_read(tsk->info, (TSK_OFF_T)offset, buffer, size) == (ssize_t)size)
        return 0;
    tsk->library->error_reset();
    retry(tsk, offset, buffer, size);
    return error_set(error, ERROR_DAMAGED, "at %llu: the %s container cannot be read",
                     (unsigned long long)offset, image_format_name(tsk->image));
}

static void tsk_reader_free(struct reader *reader)
{
    struct tsk_reader *tsk = (struct tsk_reader *)reader;

    tsk->library->img_close(tsk->info);
    free(tsk);
}

static int tsk_reader(struct image *image, struct reader **reader, struct error *error)
{
    static const struct reader_operations operations = { tsk_read_at, tsk_reader_free };
    const struct tsk_image *container = image->container;
    struct tsk_reader *tsk = malloc(sizeof *tsk);

    if (!tsk)
        return error_set_memory(error);
    tsk->reader = (struct reader){ &operations, image->size };
    tsk->image = image;
    tsk->library = &container->tsk;
    tsk->info = open_info(image, container, error);
    if (!tsk->info) {
        free(tsk);
        return -1;
    }
    *reader = &tsk->reader;
    return 0;
}

static bool tsk_known_zero(struct image *image, struct reader *reader, uint64_t offset,
                           uint64_t size)
{
    (void)image;
    (void)reader;
    (void)offset;
    (void)size;
    return false;
}

static void tsk_free(struct image *image)
{
    free(image->container);
}

/* The extent that a line like `RW 2048 SPARSE "disk-s001.vmdk"` names must be an
 * ordinary file beside the descriptor; if that is `embedded` in a sparse file,
 * this file. (libvmdk would read another one that has the name.) */
static int check_extent(const struct image *image, const char *line, size_t length,
                        bool embedded, struct error *error)
{
    const char *open = memchr(line, '"', length);
    const char *close = open ? memchr(open + 1, '"', length - (size_t)(open + 1 - line)) : NULL;
    const char *slash = strrchr(image->path, '/');
    const char *own_name = slash ? slash + 1 : image->path;
    struct buffer path = BUFFER_INIT;
    struct stat status;
    int result = 0;

    if (!close)
        return 0; /* a ZERO extent has no file */
    int name_length = (int)(close - open - 1);
    if (memchr(open + 1, '/', (size_t)name_length))
        return error_set(error, ERROR_UNSUPPORTED,
                         "%s: names an extent that is not beside it: %.*s", image->path,
                         name_length, open + 1);
    if (embedded && (strlen(own_name) != (size_t)name_length ||
                     memcmp(own_name, open + 1, (size_t)name_length) != 0))
        return error_set(error, ERROR_UNSUPPORTED,
                         "%s: was renamed; its descriptor says that the data are in %.*s",
                         image->path, name_length, open + 1);
    buffer_add(&path, image->path, slash ? (size_t)(slash + 1 - image->path) : 0);
    buffer_add(&path, open + 1, (size_t)name_length);
    if (path.failed)
        result = error_set_memory(error);
    else if (stat(buffer_text(&path), &status) != 0)
        result = error_set(error, ERROR_DAMAGED, "%s: its extent is missing: %.*s", image->path,
                           name_length, open + 1);
    else if (!S_ISREG(status.st_mode))
        result = error_set(error, ERROR_UNSUPPORTED,
                           "%s: names an extent that is not an ordinary file: %.*s", image->path,
                           name_length, open + 1);
    buffer_release(&path);
    return result;
}

static bool begins(const char *line, size_t length, const char *word)
{
    return length >= strlen(word) && strncasecmp(line, word, strlen(word)) == 0;
}

static int check_line(const struct image *image, const char *line, size_t length, bool embedded,
                      struct error *error)
{
    if (begins(line, length, "parentCID=") && !begins(line, length, "parentCID=ffffffff"))
        return error_set(error, ERROR_UNSUPPORTED,
                         "%s: holds only what changed since its parent (a snapshot)",
                         image->path);
    if (begins(line, length, "RW ") || begins(line, length, "RDONLY ") ||
        begins(line, length, "NOACCESS "))
        return check_extent(image, line, length, embedded, error);
    return 0;
}

static int check_descriptor(const struct image *image, const char *text, size_t size,
                            bool embedded, struct error *error)
{
    while (size > 0) {
        const char *end = memchr(text, '\n', size);
        size_t length = end ? (size_t)(end - text) : size;
        size_t spaces = 0;
        while (spaces < length && (text[spaces] == ' ' || text[spaces] == '\t'))
            spaces++;
        if (check_line(image, text + spaces, length - spaces, embedded, error) != 0)
            return -1;
        length += end != NULL;
        text += length;
        size -= length;
    }
    return 0;
}

/* Where the descriptor stands: it is the file, or a part of a sparse one. An
 * old COWD has none: *size is 0. */
static int find_descriptor(const struct image *image, struct reader *file, uint64_t *offset,
                           uint64_t *size, struct error *error)
{
    uint8_t head[512];
    size_t head_size = file->size < sizeof head ? (size_t)file->size : sizeof head;

    *offset = 0;
    *size = file->size;
    if (reader_read(file, 0, head, head_size, error) != 0)
        return -1;
    if (memcmp(head, "COWD", 4) == 0)
        *size = 0;
    if (memcmp(head, "KDMV", 4) != 0)
        return 0;
    if (head_size < sizeof head)
        return error_set(error, ERROR_DAMAGED, "%s: too short for VMDK", image->path);
    *offset = bytes_u64le(head + 28);
    *size = bytes_u64le(head + 36);
    if (*offset == 0)
        return error_set(error, ERROR_USAGE,
                         "%s: one extent of a VMDK image; name the file that describes all",
                         image->path);
    if (*offset > file->size / 512 || *size > file->size / 512 - *offset)
        return error_set(error, ERROR_DAMAGED, "%s: VMDK descriptor is outside the file",
                         image->path);
    *offset *= 512;
    *size *= 512;
    return 0;
}

static int check_vmdk(const struct image *image, struct reader *file, struct error *error)
{
    uint64_t offset, size;

    if (find_descriptor(image, file, &offset, &size, error) != 0)
        return -1;
    if (size > LIMIT_VMDK_DESCRIPTOR_BYTES)
        return error_set(error, ERROR_LIMIT, "%s: VMDK descriptor of %llu bytes", image->path,
                         (unsigned long long)size);
    char *text = malloc((size_t)size + 1);
    if (!text)
        return error_set_memory(error);
    int result = reader_read(file, offset, text, (size_t)size, error);
    text[size] = '\0';
    if (result == 0)
        result = check_descriptor(image, text, strlen(text), offset > 0, error);
    free(text);
    return result;
}

static int check_vhd(const struct image *image, struct reader *file, struct error *error)
{
    uint8_t footer[VHD_FOOTER_SIZE];

    if (file->size < sizeof footer)
        return error_set(error, ERROR_DAMAGED, "%s: too short for VHD", image->path);
    if (reader_read(file, file->size - sizeof footer, footer, sizeof footer, error) != 0)
        return -1;
    if (memcmp(footer, "conectix", 8) != 0 && /* a dynamic one begins with a copy */
        reader_read(file, 0, footer, sizeof footer, error) != 0)
        return -1;
    if (memcmp(footer, "conectix", 8) == 0 && bytes_u32be(footer + 60) == VHD_DIFFERENCING)
        return error_set(error, ERROR_UNSUPPORTED,
                         "%s: holds only what changed since its parent (differencing VHD)",
                         image->path);
    return 0;
}

static int check(const struct image *image, struct error *error)
{
    struct reader *file;

    if (reader_open_file(&file, image->path, error) != 0)
        return -1;
    int result = image->format == IMAGE_VMDK ? check_vmdk(image, file, error)
                                             : check_vhd(image, file, error);
    reader_free(file);
    return result;
}

int image_open_tsk(struct image *image, enum image_format format, struct error *error)
{
    static const struct image_operations operations = { tsk_reader, tsk_known_zero, tsk_free };
    struct tsk_image *container = malloc(sizeof *container);

    if (!container)
        return error_set_memory(error);
    container->type = format == IMAGE_VMDK ? TSK_IMG_TYPE_VMDK_VMDK : TSK_IMG_TYPE_VHD_VHD;
    image->format = format;
    TSK_IMG_INFO *info = NULL;
    if (check(image, error) == 0 && tsk_load(&container->tsk, error) == 0 &&
        segments_find(&image->segments, image->path, NULL, error) == 0)
        info = open_info(image, container, error);
    if (!info) {
        free(container);
        return -1;
    }
    image->size = (uint64_t)info->size;
    image->sector_size = info->sector_size;
    container->tsk.img_close(info);
    image->container = container;
    image->operations = &operations;
    return 0;
}
