/* SPDX-License-Identifier: Apache-2.0 */

/* Shortcuts, made byte by byte as [MS-SHLLINK] and the Windows 3.1 SDK have them. */

#include <stdlib.h>

#include <fett/buffer.h>
#include <fett/shortcut.h>

#include "tap.h"

static void u16(struct buffer *file, unsigned value)
{
    uint8_t bytes[2] = { (uint8_t)value, (uint8_t)(value >> 8) };

    buffer_add(file, bytes, sizeof bytes);
}

static void u32(struct buffer *file, uint32_t value)
{
    u16(file, value & 0xffff);
    u16(file, value >> 16);
}

static void zeros(struct buffer *file, size_t count)
{
    while (count-- > 0)
        buffer_add_byte(file, '\0');
}

static void wide(struct buffer *file, const char *text)
{
    for (; *text; text++)
        u16(file, (unsigned char)*text);
}

/* With times of 2000-11-22T08:14:04Z: 0x01c0545c2d4b2e00. */
static void header(struct buffer *file, uint32_t flags)
{
    static const uint8_t class_id[] = { 1, 20, 2, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46 };

    u32(file, 0x4c);
    buffer_add(file, class_id, sizeof class_id);
    u32(file, flags);
    u32(file, 0x20);
    for (int i = 0; i < 3; i++) {
        u32(file, 0x2d4b2e00);
        u32(file, 0x01c0545c);
    }
    u32(file, 61440);
    zeros(file, 20);
}

static void info_narrow(struct buffer *file)
{
    static const char path[] = "C:\\dir\\", suffix[] = "a.exe";

    u32(file, 28 + 21 + sizeof path + sizeof suffix);
    u32(file, 28);
    u32(file, 1);
    u32(file, 28);
    u32(file, 28 + 21);
    u32(file, 0);
    u32(file, 28 + 21 + sizeof path);
    u32(file, 21); /* the volume */
    u32(file, 2);
    u32(file, 0x1234abcd);
    u32(file, 16);
    buffer_add(file, "DISK", 5);
    buffer_add(file, path, sizeof path);
    buffer_add(file, suffix, sizeof suffix);
}

static void read_exact(struct shortcut *shortcut, const struct buffer *file, int expected,
                       const char *what)
{
    struct error error = ERROR_INIT;
    uint8_t *exact = malloc(file->length);

    memcpy(exact, file->data, file->length);
    ok(shortcut_read(shortcut, exact, file->length, 1252, &error) == expected &&
           (error.kind == ERROR_NONE) == (expected == 0),
       "%s: %s", what, error.text);
    free(exact);
}

static void test_local(void)
{
    struct buffer file = BUFFER_INIT;
    struct shortcut shortcut;
    char text[INSTANT_TEXT_SIZE];

    header(&file, 0x2 | 0x4 | 0x20);
    info_narrow(&file);
    u16(&file, 2);
    buffer_add_text(&file, "a\xe4"); /* Windows-1252 */
    u16(&file, 2);
    buffer_add_text(&file, "-x");
    u32(&file, 0);
    read_exact(&shortcut, &file, 0, "local path");
    same_text(shortcut.local_path, "C:\\dir\\a.exe", "base and suffix");
    same_text(shortcut_target(&shortcut), "C:\\dir\\a.exe", "which is what it opens");
    same_text(shortcut.description, "a\u00e4", "8-bit text");
    same_text(shortcut.arguments, "-x", "arguments");
    same_number(shortcut.volume_serial, 0x1234abcd, "serial");
    same_number(shortcut.drive_type, 2, "drive type");
    same_text(shortcut.volume_label, "DISK", "label");
    same_number(shortcut.size, 61440, "size");
    instant_format(&shortcut.modified, text);
    same_text(text, "2000-11-22T08:14:04.000000000Z", "time");
    shortcut_release(&shortcut);
    /* Cut anywhere: never read behind its end, told unless all is there. */
    bool told = true;
    for (size_t size = 0; size + 4 < file.length; size++) {
        struct error error = ERROR_INIT;
        uint8_t *exact = malloc(size + !size);
        memcpy(exact, file.data, size);
        told &= shortcut_read(&shortcut, exact, size, 0, &error) == -1 &&
                error.kind == ERROR_DAMAGED;
        shortcut_release(&shortcut);
        free(exact);
    }
    ok(told, "each cut is damage");
    buffer_release(&file);
}

static void test_unicode_and_share(void)
{
    struct buffer file = BUFFER_INIT;
    struct shortcut shortcut;

    header(&file, 0x2 | 0x80 | 0x8);
    size_t begin = file.length;
    u32(&file, 0);
    u32(&file, 0x24);
    u32(&file, 3);
    u32(&file, 0x24);      /* volume */
    u32(&file, 0x24 + 20); /* local, 8-bit */
    u32(&file, 0x24 + 28); /* share */
    u32(&file, 0x24 + 22); /* suffix, 8-bit */
    u32(&file, 0x24 + 60); /* local, Unicode */
    u32(&file, 0x24 + 76); /* suffix, Unicode */
    u32(&file, 20);        /* the volume: its label is Unicode, and lies outside of it */
    u32(&file, 3);
    u32(&file, 1);
    u32(&file, 0x14);
    u32(&file, 0x1000);
    buffer_add(&file, "?\0?\0....", 8);
    u32(&file, 32); /* the share */
    u32(&file, 2);
    u32(&file, 0x14);
    u32(&file, 0);
    u32(&file, 0x20000);
    buffer_add(&file, "\\\\srv\\shr\0.", 12);
    wide(&file, "D:\\\x05" "a\\\0");
    zeros(&file, 4);
    wide(&file, "b.exe");
    zeros(&file, 2);
    file.data[begin] = (char)(file.length - begin);
    u16(&file, 3);
    wide(&file, ".\\b");
    read_exact(&shortcut, &file, 0, "Unicode paths and a share");
    same_text(shortcut.local_path, "D:\\\x05" "a\\b.exe", "the Unicode path counts");
    same_text(shortcut.network_path, "\\\\srv\\shr\\b.exe", "network path");
    same_text(shortcut.relative_path, ".\\b", "relative path");
    same_text(shortcut.volume_label, NULL, "a label outside is none");
    shortcut_release(&shortcut);
    buffer_release(&file);
}

static void item(struct buffer *list, const void *data, size_t size)
{
    u16(list, (unsigned)size + 2);
    buffer_add(list, data, size);
}

/* Windows 8 and later: a folder of the shell has the class of a drive, and a GUID. */
static void test_items_of_folder(void)
{
    struct buffer file = BUFFER_INIT, list = BUFFER_INIT;
    struct shortcut shortcut;

    item(&list, "\x2e\x80\x53\x16\xdd\x3a\x32\xeb\xb0\x4c\xbb\xd7\xdf\xa0\xab\xb5\xac\xca", 18);
    item(&list, "\x32\0\0\0\0\0....\x20\0a.png\0\0", 19);
    u16(&list, 0);
    header(&file, 0x1);
    u16(&file, (unsigned)list.length);
    buffer_add(&file, list.data, list.length);
    read_exact(&shortcut, &file, 0, "list of items below a folder of the shell");
    same_text(shortcut.item_path, NULL, "it is no path");
    shortcut_release(&shortcut);
    buffer_release(&file);
    buffer_release(&list);
}

/* All lists begin at the desktop: of a file on it they have nothing else. */
static void test_items_of_desktop(void)
{
    struct buffer file = BUFFER_INIT, list = BUFFER_INIT;
    struct shortcut shortcut;

    item(&list, "\x32\0\0\0\0\0....\x20\0a.exe\0\0", 19);
    u16(&list, 0);
    header(&file, 0x1);
    u16(&file, (unsigned)list.length);
    buffer_add(&file, list.data, list.length);
    read_exact(&shortcut, &file, 0, "list of one item");
    same_text(shortcut.item_path, "%USERPROFILE%\\Desktop\\a.exe", "it lies on the desktop");
    shortcut_release(&shortcut);
    buffer_release(&file);
    buffer_release(&list);
}

static void test_items(void)
{
    struct buffer file = BUFFER_INIT, list = BUFFER_INIT, entry = BUFFER_INIT;
    struct shortcut shortcut;

    item(&list, "\x1f\x50....................", 18);
    item(&list, "\x2f" "C:\\\0\0\0", 7);
    buffer_add(&entry, "\x31\0\0\0\0\0....\x10\0PROGRA~1\0\0", 22); /* long name at 24 */
    u16(&entry, 40);
    u16(&entry, 3);
    u32(&entry, 0xbeef0004);
    zeros(&entry, 10);
    u16(&entry, 0);
    wide(&entry, "Long dir");
    zeros(&entry, 2);
    u16(&entry, 24);
    item(&list, entry.data, entry.length);
    buffer_clear(&entry);
    buffer_add(&entry, "\x32\0\0\0\0\0....\x20\0B.EXE\0", 18);
    u16(&entry, 54);
    u16(&entry, 9);
    u32(&entry, 0xbeef0004);
    zeros(&entry, 12);
    u32(&entry, 1234);
    u32(&entry, 0x00050000);
    zeros(&entry, 10);
    zeros(&entry, 8);
    wide(&entry, "b.exe");
    zeros(&entry, 2);
    u16(&entry, 20);
    item(&list, entry.data, entry.length);
    u16(&list, 0);

    header(&file, 0x1);
    u16(&file, (unsigned)list.length);
    buffer_add(&file, list.data, list.length);
    read_exact(&shortcut, &file, 0, "list of items");
    same_text(shortcut.item_path, "C:\\Long dir\\b.exe", "its path, in long names");
    same_number((long long)shortcut.file_reference, 0x00050000000004d2, "reference of NTFS");
    same_text(shortcut_target(&shortcut), "C:\\Long dir\\b.exe", "which is what it opens");
    shortcut_release(&shortcut);
    buffer_release(&list);
    buffer_release(&entry);
    buffer_release(&file);
}

static void test_blocks(void)
{
    /* UUIDs of version 1: 1a2b3c4d-5e6f-11d4-8899-001122334455 is of
     * 2000-07-20T18:53:57.4008909Z; of version 4: no time in it. */
    static const uint8_t one[] = { 0x4d, 0x3c, 0x2b, 0x1a, 0x6f, 0x5e, 0xd4, 0x11,
                                   0x88, 0x99, 0x00, 0x11, 0x22, 0x33, 0x44, 0x55 };
    static const uint8_t four[] = { 0x4d, 0x3c, 0x2b, 0x1a, 0x6f, 0x5e, 0xd4, 0x41,
                                    0x88, 0x99, 0x00, 0x11, 0x22, 0x33, 0x44, 0x55 };
    struct buffer file = BUFFER_INIT;
    struct shortcut shortcut;
    char text[INSTANT_TEXT_SIZE];

    header(&file, 0);
    u32(&file, 0x10); /* a block that is not known */
    u32(&file, 0xa0000099);
    zeros(&file, 8);
    u32(&file, 0x60);
    u32(&file, 0xa0000003);
    u32(&file, 0x58);
    u32(&file, 0);
    buffer_add(&file, "krakus-ws3\0\0\0\0\0\0", 16);
    zeros(&file, 16);
    buffer_add(&file, four, 16);
    zeros(&file, 16);
    buffer_add(&file, one, 16);
    u32(&file, 0x314);
    u32(&file, 0xa0000001);
    zeros(&file, 260);
    wide(&file, "%windir%\\x.exe");
    zeros(&file, 520 - 28);
    u32(&file, 0);
    read_exact(&shortcut, &file, 0, "blocks");
    same_text(shortcut.machine, "krakus-ws3", "machine");
    same_text(shortcut.environment_path, "%windir%\\x.exe", "path with variables");
    ok(memcmp(shortcut.birth.mac, "\0\x11\x22\x33\x44\x55", 6) == 0, "network card");
    instant_format(&shortcut.birth.time, text);
    same_text(text, "2000-07-20T18:53:57.400890900Z", "time of the UUID");
    ok(shortcut.droid.time.state == INSTANT_ABSENT, "a random UUID has none");
    shortcut_release(&shortcut);
    /* A block that claims more than there is: what stands before it is there. */
    file.data[0x4c + 0x10 + 0x60] = 0x15;
    file.data[0x4c + 0x10 + 0x60 + 1] = 0x13;
    read_exact(&shortcut, &file, -1, "a block that is cut");
    same_text(shortcut.machine, "krakus-ws3", "the one before it");
    shortcut_release(&shortcut);
    buffer_release(&file);
}

static void test_pif(void)
{
    struct buffer file = BUFFER_INIT;
    struct shortcut shortcut;

    zeros(&file, 0x171);
    memset(file.data + 2, ' ', 30);
    memcpy(file.data + 2, "Title", 5);
    strcpy(file.data + 36, "C:\\EVIL\\A.COM");
    strcpy(file.data + 101, "C:\\EVIL");
    strcpy(file.data + 165, "/old");
    ok(shortcut_read_pif(&shortcut, (uint8_t *)file.data, file.length, 0, NULL) == 0, "a .pif");
    same_text(shortcut_target(&shortcut), "C:\\EVIL\\A.COM", "its program");
    same_text(shortcut.arguments, "/old", "arguments");
    same_text(shortcut.working_folder, "C:\\EVIL", "folder");
    same_text(shortcut.description, "Title", "title without blanks");
    shortcut_release(&shortcut);
    buffer_add(&file, "MICROSOFT PIFEX\0", 16);
    u16(&file, 0x187);
    u16(&file, 0);
    u16(&file, 0x171);
    buffer_add(&file, "WINDOWS 386 3.0\0", 16);
    u16(&file, 0xffff);
    u16(&file, 0x19d);
    u16(&file, 104);
    zeros(&file, 40);
    buffer_add(&file, "/new", 4);
    zeros(&file, 60);
    ok(shortcut_read_pif(&shortcut, (uint8_t *)file.data, file.length, 0, NULL) == 0,
       "with a section of the enhanced mode");
    same_text(shortcut.arguments, "/new", "whose arguments count");
    shortcut_release(&shortcut);
    ok(shortcut_read_pif(&shortcut, (uint8_t *)file.data, file.length - 60, 0, NULL) == -1,
       "which is cut");
    same_text(shortcut.arguments, "/old", "then those before it");
    shortcut_release(&shortcut);
    /* A section that points to itself ends. */
    file.data[0x181] = 0x71;
    ok(shortcut_read_pif(&shortcut, (uint8_t *)file.data, file.length, 0, NULL) == 0, "a circle");
    shortcut_release(&shortcut);
    ok(shortcut_read_pif(&shortcut, (uint8_t *)file.data, 100, 0, NULL) == -1, "too short");
    shortcut_release(&shortcut);
    buffer_release(&file);
}

int main(void)
{
    test_local();
    test_unicode_and_share();
    test_items();
    test_items_of_folder();
    test_items_of_desktop();
    test_blocks();
    test_pif();
    return tap_done();
}
