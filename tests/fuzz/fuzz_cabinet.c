/* SPDX-License-Identifier: Apache-2.0 */

/* libFuzzer over cabinets. Seeds: images/lib/cabinet.py. */

#include <stdlib.h>

#include <fett/cabinet.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ignore(void *context, uint64_t offset, const char *what)
{
    (void)context;
    (void)offset;
    if (!*what)
        abort();
}

/* What is lost is told, and zeros. */
static void read_content(struct reader *content)
{
    uint8_t bytes[4096];

    for (uint64_t at = 0; at < content->size && at < 1 << 20; at += sizeof bytes) {
        struct error error = ERROR_INIT;
        uint64_t left = content->size - at;
        size_t size = left < sizeof bytes ? (size_t)left : sizeof bytes;
        if (reader_read(content, at, bytes, size, &error) != 0 && error.kind == ERROR_NONE)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reader *reader = reader_over_memory(data, size);
    struct cabinet cabinet;

    if (cabinet_read(&cabinet, reader, ignore, NULL, NULL) == 0)
        for (size_t i = 0; i < cabinet.file_count && i < 4; i++) {
            struct error error = ERROR_INIT;
            struct reader *content;
            if (cabinet_open(&cabinet, &cabinet.files[i], ignore, NULL, &content, &error) == 0) {
                read_content(content);
                reader_free(content);
            } else if (error.kind == ERROR_NONE) {
                abort();
            }
        }
    cabinet_release(&cabinet);
    reader_free(reader);
    return 0;
}
