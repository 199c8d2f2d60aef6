# SPDX-License-Identifier: Apache-2.0
"""shadow.py OUT NOW OFFSET {TIME OLD}...: NOW with shadow copies of its NTFS volume.

The volume begins at byte OFFSET of each disk. Each OLD, the oldest first, is the disk as it
was at TIME (FILETIME, decimal). All are raw and of one size. The stores lie in blocks that
are zeros on all of the disks, from the end of the volume on. The layout is that of
lib/evidence/shadow_catalog.c; entries of a block list are
     0  8  offset of the block in the volume
    16  8  offset of its former content
"""
import struct
import sys
import uuid

BLOCK = 16384
IDENTIFIER = uuid.UUID("3808876b-c176-4e48-b7ae-04046e6cc752").bytes_le
CATALOG, LIST, STORE, BITMAP = 2, 3, 4, 6
PER_LIST = (BLOCK - 128) // 32


def guid(number):
    return uuid.uuid5(uuid.NAMESPACE_OID, "fett shadow copy %d" % number).bytes_le


def header(kind, relative, offset, following=0):
    return (IDENTIFIER + struct.pack("<IIQQQ", 1, kind, relative, offset, following)).ljust(128, b"\0")


class Volume:
    def __init__(self, data, at, length, olds):
        self.data, self.at = data, at
        self.free = [offset for offset in range(length // BLOCK * BLOCK - 16 * BLOCK, 0, -BLOCK)
                     if not any(any(disk[at + offset:at + offset + BLOCK])
                                for disk in [data] + olds)]

    def take(self):
        return self.free.pop(0)

    def put(self, offset, content):
        assert len(content) <= BLOCK
        self.data[self.at + offset:self.at + offset + len(content)] = content


def write_list(volume, entries):
    """A chain of block lists; the offset of the first."""
    places = [volume.take() for _ in range(0, max(len(entries), 1), PER_LIST)]
    for i, place in enumerate(places):
        part = entries[i * PER_LIST:(i + 1) * PER_LIST]
        following = places[i + 1] if i + 1 < len(places) else 0
        volume.put(place, header(LIST, i * BLOCK, place, following) +
                   b"".join(struct.pack("<QQQII", original, 0, stored, 0, 0)
                            for original, stored in part))
    return places[0]


def write_store(volume, number, old, later, length):
    """What `old` had where `later` differs; the places of its parts."""
    entries = []
    for offset in range(0, length // BLOCK * BLOCK, BLOCK):
        start = volume.at + offset
        before = old[start:start + BLOCK]
        if before != later[start:start + BLOCK]:
            place = volume.take()
            volume.put(place, before)
            entries.append((offset, place))
    name = "EXAMPLE".encode("utf-16-le")
    name = struct.pack("<H", len(name)) + name
    place = volume.take()
    volume.put(place, header(STORE, 0, place) + bytes(16) + guid(10 * number + 1) +
               guid(10 * number + 2) + struct.pack("<IIII", 9, 1, 0x420009, 0) + name + name)
    bitmap = volume.take()
    volume.put(bitmap, header(BITMAP, 0, bitmap))
    return write_list(volume, entries), place, bitmap


def main():
    out, now, at = sys.argv[1], sys.argv[2], int(sys.argv[3])
    times = [int(text) for text in sys.argv[4::2]]
    olds = [open(path, "rb").read() for path in sys.argv[5::2]]
    first = open(now, "rb").read()
    boot = first[at:at + 512]
    length = (struct.unpack_from("<Q", boot, 40)[0] + 1) * struct.unpack_from("<H", boot, 11)[0]
    volume = Volume(bytearray(first), at, length, olds)
    entries = b""
    for i, (time, old) in enumerate(zip(times, olds)):
        blocks, place, bitmap = write_store(volume, i, old, (olds + [first])[i + 1], length)
        entries += struct.pack("<QQ16sQQQ", 2, length, guid(10 * i), i + 1, 0x40,
                               time).ljust(128, b"\0")
        entries += struct.pack("<QQ16sQQQQQ", 3, blocks, guid(10 * i), place, 0, bitmap, 0,
                               0).ljust(128, b"\0")
    catalog = volume.take()
    volume.put(catalog, header(CATALOG, 0, catalog) + entries)
    volume.put(0x1e00, (header(1, 0, 0x1e00)[:48] + struct.pack("<Q", catalog)).ljust(512, b"\0"))
    open(out, "wb").write(volume.data)


main()
