/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Lists of shell items, of which [MS-SHLLINK] tells only that each begins with its
 * size (2 bytes) and one of 0 ends them. By libyal's "Windows Shell Item format":
 *
 *      2  1  class: 0x1f root folder, 0x2_ drive, 0x3_ file or folder (bit 2: Unicode),
 *            0x4_ network (bit 7 may be set); others stand for no path
 *     root:     4 16  GUID of the folder
 *     drive:    3  n  "C:\"; where the class has no bit 0: 4 16 GUID of a folder
 *     network:  5  n  "\\server\share"
 *     file:     8  4  DOS date and time, 12 2 attributes, 14 n short name,
 *               then at the offset that the last 2 bytes say:
 *                  0  2  size, 2 2 version, 4 4 0xbeef0004, 8 8 DOS times, 16 2 kind
 *                  from version 7 on: 20 8 reference of NTFS, 36 2 as below
 *                  before: 18 2 bytes of the translated name
 *                  then from version 9 on 4, from version 8 on 4 more bytes, long name
 */

#include <fett/text.h>

#include "shortcut_items.h"

enum { CLASS_DRIVE = 0x20, CLASS_FILE = 0x30, CLASS_NETWORK = 0x40, CLASS_ROOT = 0x1f,
       HAS_NAME = 1,
       EXTENSION = 0xbeef0004u };

static bool add_name(struct cursor *item, size_t at, bool wide, unsigned code_page,
                     struct buffer *path)
{
    size_t left = at < item->size ? item->size - at : 0, units = 0, length = path->length;
    const uint8_t *data = item->data + item->size - left;

    if (wide) {
        while (units < left / 2 && bytes_u16le(data + 2 * units) != 0)
            units++;
        text_add_utf16le(path, data, units);
    } else {
        text_add_code_page(path, code_page, data, strnlen((const char *)data, left));
    }
    return path->length > length;
}

/* The long name, if the item has one. */
static bool add_long_name(struct cursor *item, struct buffer *path, uint64_t *reference)
{
    struct cursor extension = *item;
    size_t begin = item->size >= 16 ? bytes_u16le(item->data + item->size - 2) : item->size;

    cursor_seek(&extension, begin);
    cursor_skip(&extension, 2);
    unsigned version = cursor_u16(&extension);
    if (cursor_u32(&extension) != EXTENSION || version < 3)
        return false;
    if (version >= 7) {
        cursor_seek(&extension, begin + 20);
        *reference = cursor_u64(&extension);
    }
    size_t name = begin + (version >= 7 ? 38 : 20) + (version >= 9 ? 4 : 0) +
                  (version >= 8 ? 4 : 0);
    cursor_seek(&extension, name);
    return !extension.failed && add_name(item, name, true, 0, path);
}

static void add_file(struct cursor *item, unsigned code_page, struct buffer *path,
                     uint64_t *reference)
{
    size_t length = path->length;

    if (length > 0 && path->data[length - 1] != '\\')
        buffer_add_byte(path, '\\');
    *reference = 0;
    if (!add_long_name(item, path, reference) &&
        !add_name(item, 14, item->data[2] & 4, code_page, path))
        buffer_truncate(path, length);
}

/* A folder that a GUID names, in place of what stands before. */
static void set_folder(const struct cursor *item, bool folders, struct buffer *path)
{
    buffer_clear(path);
    if (!folders || item->size < 20)
        return;
    buffer_add_byte(path, '{');
    text_add_guid(path, item->data + 4);
    buffer_add_byte(path, '}');
}

static bool is_named_drive(const struct cursor *item)
{
    return item->data[2] & HAS_NAME || (item->size > 5 && item->data[4] == ':');
}

int shortcut_items(struct cursor *items, unsigned code_page, bool folders, struct buffer *path,
                   uint64_t *reference, struct error *error)
{
    static const char desktop[] = "%USERPROFILE%\\Desktop"; /* where all lists begin */

    for (bool first = true; cursor_left(items) >= 2; first = false) {
        struct cursor item;
        uint64_t base = items->base + items->at;
        size_t size = bytes_u16le(items->data + items->at);
        if (size == 0)
            return 0;
        const uint8_t *data = cursor_bytes(items, size);
        if (cursor_check(items, error) != 0)
            return -1;
        cursor_init(&item, data, size, base, "shortcut: item");
        if (size < 3)
            continue;
        if (data[2] == CLASS_ROOT) {
            if (folders)
                set_folder(&item, folders, path);
            continue;
        }
        switch (data[2] & 0x70) {
        case CLASS_DRIVE:
            set_folder(&item, folders && !is_named_drive(&item), path);
            if (is_named_drive(&item))
                add_name(&item, 3, false, code_page, path);
            break;
        case CLASS_NETWORK:
            buffer_clear(path);
            add_name(&item, 5, false, code_page, path);
            break;
        case CLASS_FILE:
            if (first && !folders && path->length == 0)
                buffer_add_text(path, desktop);
            if (path->length > 0 || folders) /* below a folder of the shell it is no path */
                add_file(&item, code_page, path, reference);
            break;
        default:
            buffer_clear(path);
            break;
        }
    }
    return 0;
}
