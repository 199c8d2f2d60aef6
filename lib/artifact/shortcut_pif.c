/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Shortcuts to DOS programs, by the Windows 3.1 SDK. Texts are 8-bit, padded with NULs
 * or blanks.
 *
 *      0   1  0
 *      2  30  title
 *     36  63  program                    then, from 0x171 on, sections:
 *    101  64  folder to start in          0  16  name
 *    165  64  arguments                  16   2  offset of the next, 0xffff: none
 *                                        18   2  offset of its data, 20 2 its size
 *
 * "WINDOWS 386 3.0" has other arguments at 40, for the enhanced mode; Windows 95 and
 * later write them there.
 */

#include <stdlib.h>

#include <fett/bytes.h>
#include <fett/shortcut.h>
#include <fett/text.h>

enum { BASIC_SIZE = 0x171, LAST_SECTION = 0xffff, MOST_SECTIONS = 16 };

static int keep(char **to, const uint8_t *data, size_t size, unsigned code_page,
                struct error *error)
{
    struct buffer text = BUFFER_INIT;

    size = strnlen((const char *)data, size);
    while (size > 0 && data[size - 1] == ' ')
        size--;
    text_add_code_page(&text, code_page, data, size);
    free(*to);
    *to = size > 0 ? strdup(buffer_text(&text)) : NULL;
    bool failed = text.failed || (size > 0 && !*to);
    buffer_release(&text);
    return failed ? error_set_memory(error) : 0;
}

static int read_sections(struct shortcut *shortcut, const uint8_t *data, size_t size,
                         unsigned code_page, struct error *error)
{
    static const char enhanced[16] = "WINDOWS 386 3.0";
    struct cursor file;
    size_t at = BASIC_SIZE;

    cursor_init(&file, data, size, 0, "pif: section");
    for (int i = 0; i < MOST_SECTIONS && at != LAST_SECTION && at < size; i++) {
        cursor_seek(&file, at);
        const uint8_t *name = cursor_bytes(&file, sizeof enhanced);
        at = cursor_u16(&file);
        size_t begin = cursor_u16(&file), length = cursor_u16(&file);
        if (cursor_check(&file, error) != 0)
            return -1;
        if (memcmp(name, enhanced, sizeof enhanced) != 0 || length < 104)
            continue;
        cursor_seek(&file, begin + 40);
        const uint8_t *arguments = cursor_bytes(&file, 64);
        if (cursor_check(&file, error) != 0)
            return -1;
        return *arguments ? keep(&shortcut->arguments, arguments, 64, code_page, error) : 0;
    }
    return 0;
}

int shortcut_read_pif(struct shortcut *shortcut, const uint8_t *data, size_t size,
                      unsigned code_page, struct error *error)
{
    *shortcut = (struct shortcut){ .has_volume = false };
    if (size < BASIC_SIZE)
        return error_set(error, ERROR_DAMAGED, "pif: needs %d bytes at 0, has %zu", BASIC_SIZE,
                         size);
    if (keep(&shortcut->description, data + 2, 30, code_page, error) != 0 ||
        keep(&shortcut->local_path, data + 36, 63, code_page, error) != 0 ||
        keep(&shortcut->working_folder, data + 101, 64, code_page, error) != 0 ||
        keep(&shortcut->arguments, data + 165, 64, code_page, error) != 0)
        return -1;
    return read_sections(shortcut, data, size, code_page, error);
}
