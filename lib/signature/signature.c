/* SPDX-License-Identifier: Apache-2.0 */

/* signature: types of content, by libmagic and by the headers of programs. See signature.h. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <magic.h>

#include <fett/bytes.h>
#include <fett/signature.h>

struct signatures {
    magic_t magic;
};

int signatures_new(struct signatures **signatures, struct error *error)
{
    /* The type of what is there: packed content is not unpacked for it. */
    magic_t magic = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS);
    struct signatures *new = malloc(sizeof *new);

    if (!magic || !new) {
        error_set_memory(error);
    } else if (magic_load(magic, NULL) != 0) {
        error_set(error, ERROR_SYSTEM, "libmagic has no database: %s", magic_error(magic));
    } else {
        new->magic = magic;
        *signatures = new;
        return 0;
    }
    if (magic)
        magic_close(magic);
    free(new);
    return -1;
}

void signatures_free(struct signatures *signatures)
{
    if (!signatures)
        return;
    magic_close(signatures->magic);
    free(signatures);
}

/* "MZ", and "PE\0\0" at the place that 0x3c tells: see pe.c. */
static bool is_program(const uint8_t *head, size_t size)
{
    enum { DOS_HEADER = 0x40 };

    if (size < DOS_HEADER || memcmp(head, "MZ", 2) != 0)
        return false;
    uint32_t place = bytes_u32le(head + 0x3c);
    return place <= size - 4 && memcmp(head + place, "PE\0\0", 4) == 0;
}

const char *signature_mime(struct signatures *signatures, const void *head, size_t size)
{
    if (is_program(head, size)) /* as libmagic names it since 2021 */
        return "application/vnd.microsoft.portable-executable";
    return magic_buffer(signatures->magic, head, size);
}

void signature_versions(version_sink sink, void *context)
{
    char version[16];

    snprintf(version, sizeof version, "%d.%02d", magic_version() / 100, magic_version() % 100);
    sink(context, "libmagic", version);
}
