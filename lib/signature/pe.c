/* SPDX-License-Identifier: Apache-2.0 */

/*
 * pe: when a Windows program was linked.
 *
 *     DOS header     0x00  2   "MZ"
 *                    0x3c  4   place of the PE header
 *     PE header         0  4   "PE\0\0"
 *                       6  2   number of sections
 *                       8  4   time stamp: seconds since 1970
 *                      20  2   size of the optional header
 *     optional         24  2   0x10b: PE32, 0x20b: PE32+
 *     header   24+92/+108  4   number of directories
 *              24+96/+112  8   each directory: address in memory, size; the 7th: debugging
 *     section           8  4   size in memory     (40 bytes each, behind the optional header)
 *                      12  4   address in memory
 *                      16  4   size in the file
 *                      20  4   place in the file
 *     debug entry      12  4   type; 16: the time stamp is a digest of the content
 *     (28 bytes)
 */

#include <string.h>

#include <fett/bytes.h>
#include <fett/signature.h>

enum { DOS_HEADER = 0x40, PE_HEADER = 24, OPTIONAL_MOST = 1024, SECTION = 40, SECTIONS_MOST = 96 };
enum { DEBUG_DIRECTORY = 6, DEBUG_ENTRY = 28, DEBUG_ENTRIES_MOST = 32, DEBUG_REPRODUCIBLE = 16 };

/* `size` bytes, or fewer at the end of the file; how many. */
static size_t read_some(struct reader *reader, uint64_t offset, uint8_t *data, size_t size)
{
    if (offset >= reader->size)
        return 0;
    if (reader->size - offset < size)
        size = (size_t)(reader->size - offset);
    return reader_read(reader, offset, data, size, NULL) == 0 ? size : 0;
}

/* Where an address in memory lies in the file; 0: nowhere. */
static uint64_t file_place(struct reader *reader, uint64_t sections, unsigned count,
                           uint32_t address)
{
    uint8_t section[SECTION];

    for (unsigned i = 0; i < count && i < SECTIONS_MOST; i++) {
        if (read_some(reader, sections + (uint64_t)i * SECTION, section, SECTION) < SECTION)
            return 0;
        uint32_t start = bytes_u32le(section + 12), size = bytes_u32le(section + 16);
        if (address >= start && address - start < size)
            return (uint64_t)bytes_u32le(section + 20) + (address - start);
    }
    return 0;
}

/* Whether the debug directory says that the build was a reproducible one. */
static bool is_reproducible(struct reader *reader, uint64_t place, const uint8_t *header)
{
    uint8_t optional[OPTIONAL_MOST], entry[DEBUG_ENTRY];
    size_t declared = bytes_u16le(header + 20);
    size_t size = read_some(reader, place + PE_HEADER, optional,
                            declared < sizeof optional ? declared : sizeof optional);
    bool wide = size >= 2 && bytes_u16le(optional) == 0x20b;
    size_t count_at = wide ? 108 : 92, debug_at = count_at + 4 + 8 * DEBUG_DIRECTORY;

    if (size < debug_at + 8 || bytes_u32le(optional + count_at) <= DEBUG_DIRECTORY)
        return false;
    uint32_t length = bytes_u32le(optional + debug_at + 4);
    uint64_t at = file_place(reader, place + PE_HEADER + declared, bytes_u16le(header + 6),
                             bytes_u32le(optional + debug_at));
    for (unsigned i = 0; at > 0 && i < length / DEBUG_ENTRY && i < DEBUG_ENTRIES_MOST; i++)
        if (read_some(reader, at + i * DEBUG_ENTRY, entry, sizeof entry) == sizeof entry &&
            bytes_u32le(entry + 12) == DEBUG_REPRODUCIBLE)
            return true;
    return false;
}

struct instant signature_link_time(struct reader *reader)
{
    uint8_t dos[DOS_HEADER], header[PE_HEADER];

    if (read_some(reader, 0, dos, sizeof dos) < sizeof dos || memcmp(dos, "MZ", 2) != 0)
        return INSTANT_NONE;
    uint64_t place = bytes_u32le(dos + 0x3c);
    if (read_some(reader, place, header, sizeof header) < sizeof header ||
        memcmp(header, "PE\0\0", 4) != 0 || bytes_u32le(header + 8) == 0 ||
        is_reproducible(reader, place, header))
        return INSTANT_NONE;
    return instant_from_unix(bytes_u32le(header + 8), 0, PRECISION_SECOND);
}
