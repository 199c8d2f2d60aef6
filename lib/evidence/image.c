/* SPDX-License-Identifier: Apache-2.0 */

/*
 * image: what kind of container a file is, and what all containers have in
 * common. See image.h.
 *
 * A file is recognised by its content, never by its name. What has a signature
 * that fett does not read is refused by name: taken for raw, it would be
 * searched without a word that nothing can be found in it.
 */

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fett/buffer.h>
#include <fett/bytes.h>

#include "ewf_index.h"
#include "image_internal.h"

enum { HEAD_SIZE = 4096, TAIL_SIZE = 512, UNREAD = -1 };

#define NOT_READ ", a format that fett does not read"

/* offset < 0: from the end of the file. UNREAD ones are refused with their text. */
static const struct signature {
    int offset;
    unsigned length;
    const char *bytes;
    int format;
    const char *text;
} signatures[] = {
    { 0, 8, "EVF\x09\r\n\xff\0", IMAGE_EWF, NULL },
    { 0, 4, "KDMV", IMAGE_VMDK, NULL },
    { 0, 4, "COWD", IMAGE_VMDK, NULL },
    { 0, 21, "# Disk DescriptorFile", IMAGE_VMDK, NULL },
    { 0, 8, "conectix", IMAGE_VHD, NULL },
    { -512, 8, "conectix", IMAGE_VHD, NULL },
    { 0, 8, "vhdxfile", IMAGE_VHD, NULL },
    { 0, 8, "EVF2\r\n\x81\0", UNREAD, "EnCase 7 evidence file (Ex01)" NOT_READ },
    { 0, 8, "LVF\x09\r\n\xff\0", UNREAD, "EnCase logical evidence file (L01)" NOT_READ },
    { 0, 8, "LEF2\r\n\x81\0", UNREAD, "EnCase 7 logical evidence file (Lx01)" NOT_READ },
    { 0, 8, "ADCRYPT\0", UNREAD, "image encrypted by AccessData (AD encryption)" NOT_READ },
    { 0, 15, "ADSEGMENTEDFILE", UNREAD, "AccessData logical image (AD1)" NOT_READ },
    { 0, 5, "AFF10", UNREAD, "Advanced Forensic Format image (AFF)" NOT_READ },
    { 0, 4, "QFI\xfb", UNREAD, "QEMU image (qcow2)" NOT_READ },
    { 0, 4, "QED\0", UNREAD, "QEMU image (QED)" NOT_READ },
    { 64, 4, "\x7f\x10\xda\xbe", UNREAD, "VirtualBox image (VDI)" NOT_READ },
    { 0, 16, "WithoutFreeSpace", UNREAD, "Parallels image" NOT_READ },
    { 0, 16, "WithouFreSpacExt", UNREAD, "Parallels image" NOT_READ },
    { -512, 4, "koly", UNREAD, "Apple disk image (DMG)" NOT_READ },
    { 0, 8, "MSWIM\0\0\0", UNREAD, "Windows imaging file (WIM)" NOT_READ },
    { 0, 2, "\xfe\xef", UNREAD, "Norton Ghost image (GHO)" NOT_READ },
    { 0, 3, "\x1f\x8b\x08", UNREAD, "compressed file (gzip): decompress it first" },
    { 0, 3, "BZh", UNREAD, "compressed file (bzip2): decompress it first" },
    { 0, 6, "\xfd" "7zXZ\0", UNREAD, "compressed file (xz): decompress it first" },
    { 0, 4, "\x28\xb5\x2f\xfd", UNREAD, "compressed file (zstd): decompress it first" },
    { 0, 6, "7z\xbc\xaf\x27\x1c", UNREAD, "archive (7z): unpack it first" },
    { 0, 6, "Rar!\x1a\x07", UNREAD, "archive (RAR): unpack it first" },
    { 0, 4, "PK\x03\x04", UNREAD, "archive (zip): unpack it first" },
};

static const struct signature *find_signature(const uint8_t *head, size_t head_size,
                                              const uint8_t *tail, size_t tail_size)
{
    for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++) {
        const struct signature *row = &signatures[i];
        const uint8_t *block = row->offset < 0 ? tail : head;
        size_t size = row->offset < 0 ? tail_size : head_size;
        size_t at = (size_t)(row->offset < 0 ? TAIL_SIZE + row->offset : row->offset);
        if (at + row->length <= size && memcmp(block + at, row->bytes, row->length) == 0)
            return row;
    }
    return NULL;
}

/* A boot sector decides for raw: the two bytes of Ghost or gzip may begin one. */
static bool is_boot_sector(const uint8_t *head, size_t size)
{
    return size >= 512 && head[510] == 0x55 && head[511] == 0xaa;
}

static bool contains(const uint8_t *data, size_t size, const char *text)
{
    return memmem(data, size, text, strlen(text)) != NULL;
}

static int open_container(struct image *image, const struct image_options *options, int fd,
                          uint64_t size, struct error *error)
{
    uint8_t head[HEAD_SIZE], tail[TAIL_SIZE];
    ssize_t head_size = pread(fd, head, sizeof head, 0);
    ssize_t tail_size = size < TAIL_SIZE ? 0
                                         : pread(fd, tail, sizeof tail,
                                                 (off_t)(size - TAIL_SIZE));

    if (options && options->force_raw)
        return image_open_raw(image, error);
    /* Unreadable here is unreadable there: image_open_raw makes it a gap. */
    const struct signature *found =
        find_signature(head, head_size > 0 ? (size_t)head_size : 0, tail,
                       tail_size == TAIL_SIZE ? TAIL_SIZE : 0);
    if (!found)
        return ewf_is_headless(head, head_size > 0 ? (size_t)head_size : 0)
                   ? image_open_ewf(image, error)
                   : image_open_raw(image, error);
    if (found->format == IMAGE_EWF)
        return image_open_ewf(image, error);
    if (found->format != UNREAD)
        return image_open_tsk(image, (enum image_format)found->format, error);
    if (found->length < 4 && is_boot_sector(head, (size_t)head_size))
        return image_open_raw(image, error);
    const char *text = found->text;
    if (memcmp(head, "PK", 2) == 0 && (contains(head, (size_t)head_size, "container.desc") ||
                                       contains(head, (size_t)head_size, "aff4")))
        text = "AFF4 image" NOT_READ;
    return error_set(error, ERROR_UNSUPPORTED, "%s: %s; --raw takes its bytes as they are",
                     image->path, text);
}

static int check_file(int fd, const char *path, uint64_t *size, struct error *error)
{
    struct stat status;

    if (fstat(fd, &status) != 0)
        return error_set_errno(error, "cannot open: %s", path);
    if (S_ISDIR(status.st_mode))
        return error_set(error, ERROR_USAGE, "a folder, not an image: %s", path);
    if (!S_ISREG(status.st_mode))
        return error_set(error, ERROR_USAGE, "not an ordinary file: %s", path);
    if (status.st_size == 0)
        return error_set(error, ERROR_USAGE, "empty file: %s", path);
    *size = (uint64_t)status.st_size;
    return 0;
}

static struct image *image_new(const char *path)
{
    struct image *image = calloc(1, sizeof *image);

    if (!image)
        return NULL;
    image->path = strdup(path);
    image->sector_size = 512;
    if (!image->path || gaps_init(&image->gaps) != 0) {
        free(image->path);
        free(image);
        return NULL;
    }
    return image;
}

static void image_release(struct image *image)
{
    for (size_t i = 0; i < image->fact_count; i++) {
        free(image->facts[i].name);
        free(image->facts[i].value);
    }
    free(image->facts);
    gaps_release(&image->gaps);
    segments_release(&image->segments);
    free(image->path);
    free(image);
}

int image_open(struct image **image, const char *path, const struct image_options *options,
               struct error *error)
{
    /* O_NONBLOCK: opening a FIFO must not wait for its writer. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    uint64_t size = 0;

    if (fd < 0)
        return error_set_errno(error, "cannot open: %s", path);
    if (check_file(fd, path, &size, error) != 0) {
        close(fd);
        return -1;
    }
    struct image *opened = image_new(path);
    if (!opened) {
        close(fd);
        return error_set_memory(error);
    }
    int result = open_container(opened, options, fd, size, error);
    close(fd);
    if (result != 0) {
        image_release(opened);
        return -1;
    }
    *image = opened;
    return 0;
}

void image_free(struct image *image)
{
    if (!image)
        return;
    image->operations->free(image);
    image_release(image);
}

const char *image_path(const struct image *image)
{
    return image->path;
}

enum image_format image_format(const struct image *image)
{
    return image->format;
}

const char *image_format_name(const struct image *image)
{
    static const char *const names[] = {
        [IMAGE_RAW] = "raw", [IMAGE_SPLIT_RAW] = "split raw", [IMAGE_EWF] = "EWF",
        [IMAGE_VMDK] = "VMDK", [IMAGE_VHD] = "VHD",
    };

    return names[image->format];
}

uint64_t image_size(const struct image *image)
{
    return image->size;
}

uint64_t image_missing(const struct image *image)
{
    return image->missing;
}

uint32_t image_sector_size(const struct image *image)
{
    return image->sector_size;
}

size_t image_segment_count(const struct image *image)
{
    return image->segments.count;
}

const char *image_segment_path(const struct image *image, size_t index)
{
    return image->segments.items[index].path;
}

int image_reader(struct image *image, struct reader **reader, struct error *error)
{
    return image->operations->reader(image, reader, error);
}

bool image_known_zero(struct image *image, struct reader *reader, uint64_t offset, uint64_t size)
{
    if (size == 0 || offset >= image->size || size > image->size - offset)
        return false;
    return image->operations->known_zero(image, reader, offset, size);
}

int image_add_fact(struct image *image, const char *name, const char *value, size_t length,
                   struct error *error)
{
    if (memory_grow((void **)&image->facts, &image->fact_capacity, image->fact_count + 1,
                    sizeof *image->facts) != 0)
        return error_set_memory(error);
    struct image_fact fact = { strdup(name), strndup(value, length) };
    if (!fact.name || !fact.value) {
        free(fact.name);
        free(fact.value);
        return error_set_memory(error);
    }
    image->facts[image->fact_count++] = fact;
    return 0;
}

size_t image_fact_count(const struct image *image)
{
    return image->fact_count;
}

void image_fact(const struct image *image, size_t index, const char **name, const char **value)
{
    *name = image->facts[index].name;
    *value = image->facts[index].value;
}

const char *image_stored_digest(const struct image *image, enum digest_algorithm algorithm)
{
    return image->digests[algorithm][0] ? image->digests[algorithm] : NULL;
}

void image_add_gap(struct image *image, const struct gap *gap)
{
    gaps_add(&image->gaps, gap);
}

void image_add_plain_gap(struct image *image, enum gap_kind kind, uint64_t offset,
                         uint64_t length, const char *format, ...)
{
    char reason[ERROR_TEXT_SIZE];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    const struct gap gap = { .offset = offset, .length = length, .kind = kind,
                             .reason = reason };
    gaps_add(&image->gaps, &gap);
}

bool image_take_gap(struct image *image, uint64_t offset, struct gap *gap)
{
    return gaps_take(&image->gaps, offset, gap);
}

size_t image_gap_count(struct image *image)
{
    return gaps_count(&image->gaps);
}

void image_gap(struct image *image, size_t index, struct gap *gap)
{
    gaps_get(&image->gaps, index, gap);
}
