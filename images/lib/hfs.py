#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Write an HFS+ volume (Apple's Technical Note 1150).

hfs.py OUT [EXTENTS]: folders of one name a letter, each with files of a kilobyte, in a catalogue
of many nodes, which lies in so many pieces (1). A hard link besides. Each node of the catalogue is
a line on standard output: number, offset, kind, records, then the inodes of the files and folders
whose records it has.
"""

import struct
import sys

BLOCK = NODE = 4096
DATE = 3_600_000_000  # 2018-01-29T16:00:00Z, in seconds from 1904 on
LEAF, INDEX, HEADER = -1, 0, 1
PRIVATE = "\0\0\0\0HFS+ Private Data"


def fork(size, extents):
    pairs = [number for extent in extents[:8] for number in extent]
    blocks = sum(count for _, count in extents)
    return struct.pack(">QII16I", size, 0, blocks, *pairs, *[0] * (16 - len(pairs)))


def key(parent, name):
    text = name.encode("utf-16-be")
    return struct.pack(">HIH", 6 + len(text), parent, len(text) // 2) + text


def common(inode, mode, special=1):
    return struct.pack(">I5I2I2BHI", inode, DATE, DATE + 1, DATE + 2, DATE + 3, 0, 501, 20, 0, 0, mode,
                       special)


def folder_record(inode, children):
    return struct.pack(">HHI", 1, 0, children) + common(inode, 0o40755) + bytes(40)


def file_record(inode, size, extents, kind=b"", special=1):
    return (struct.pack(">HHI", 2, 2, 0) + common(inode, 0o100644, special) +
            kind.ljust(16, b"\0") + bytes(24) + fork(size, extents) + fork(0, []))


def thread(parent, name, folder):
    text = name.encode("utf-16-be")
    return struct.pack(">HHIH", 3 if folder else 4, 0, parent, len(text) // 2) + text


class Volume:
    def __init__(self, blocks):
        self.data = bytearray(blocks * BLOCK)
        self.next_block, self.next_inode = 1, 16
        self.records, self.children = {}, {}
        self.files, self.folders = 0, 0

    def take(self, content):
        """Blocks for content; where they are, as an extent."""
        count = -(-len(content) // BLOCK)
        first = self.next_block
        self.data[first * BLOCK:first * BLOCK + len(content)] = content
        self.next_block += count
        return first, count

    def add(self, parent, name, inode, record, folder):
        self.records[parent, name] = record, inode
        self.records[inode, ""] = thread(parent, name, folder), 0
        self.children[parent] = self.children.get(parent, 0) + 1

    def folder(self, parent, name):
        inode = self.next_inode
        self.next_inode += 1
        self.folders += 1
        self.add(parent, name, inode, None, True)
        return inode

    def file(self, parent, name, content=b"", kind=b"", special=1):
        inode = self.next_inode
        self.next_inode += 1
        self.files += 1
        extents = [self.take(content)] if content else []
        self.add(parent, name, inode, file_record(inode, len(content), extents, kind, special), False)
        return inode

    def leaf_records(self):
        """Keys, data and inodes in order. A NUL is behind all others; folded the names have it too."""
        self.records[1, "volume"] = None, 2
        self.records[2, ""] = thread(1, "volume", True), 0
        for (parent, name), (data, inode) in sorted(
                self.records.items(), key=lambda item: (item[0][0], item[0][1].replace("\0", "\uffff"))):
            if data is None:
                data = folder_record(inode, self.children.get(inode, 0))
            yield key(parent, name), data, inode


def node(kind, height, before, behind, records):
    out = bytearray(struct.pack(">IIbBHH", behind, before, kind, height, len(records), 0))
    offsets = []
    for record in records:
        offsets.append(len(out))
        out += record
    offsets.append(len(out))
    table = b"".join(struct.pack(">H", offset) for offset in reversed(offsets))
    return out + bytes(NODE - len(out) - len(table)) + table


def split(records):
    """Records into groups that fill a node each, by three quarters."""
    group, size = [], 0
    for record in records:
        if size + len(record[0]) > NODE * 3 // 4:
            yield group
            group, size = [], 0
        group.append(record)
        size += len(record[0]) + 2
    if group:
        yield group


def tree(leaf_records, spare):
    """The nodes of a catalogue, and which inodes each has."""
    level = [(k + d, k, inode) for k, d, inode in leaf_records]
    count, height, nodes, inodes = len(level), 1, [None], [[]]
    first = last = 0
    while height == 1 or len(level) > 1:
        groups, upper = list(split(level)), []
        for i, group in enumerate(groups):
            number = len(nodes)
            nodes.append(node(LEAF if height == 1 else INDEX, height, number - 1 if i else 0,
                              number + 1 if i + 1 < len(groups) else 0, [r[0] for r in group]))
            inodes.append([r[2] for r in group if height == 1 and r[2]])
            upper.append((group[0][1] + struct.pack(">I", number), group[0][1], 0))
        if height == 1:
            first, last = 1, len(nodes) - 1
        level, height = upper, height + 1
    used = len(nodes)
    total = used + spare
    header = struct.pack(">HIIIIHHIIHIBBI", height - 1, used - 1, count, first, last, NODE, 516, total,
                         spare, 0, NODE, 0, 0xcf, 6) + bytes(64)
    bits = bytearray(NODE - 256)
    for number in range(used):
        bits[number // 8] |= 0x80 >> number % 8
    nodes[0] = node(HEADER, 0, 0, 0, [header, bytes(128), bits])
    nodes += [bytes(NODE)] * spare
    return nodes, inodes + [[]] * spare


def make(pieces):
    volume = Volume(2048)
    private = volume.folder(2, PRIVATE)
    target = volume.file(private, f"iNode{volume.next_inode}", b"linked\n", special=2)
    for letter in "abcdefgh":
        folder = volume.folder(2, letter)
        for number in range(40):
            volume.file(folder, f"{letter} file {number:02}", f"{letter}{number}\n".encode() * 40)
        volume.folder(folder, "below")
    volume.file(2, "link", kind=b"hlnkhfs+", special=target)
    nodes, inodes = tree(list(volume.leaf_records()), 8)
    # The catalogue in pieces, each behind a free block.
    extents, places = [], []
    share = -(-len(nodes) // pieces)
    for at in range(0, len(nodes), share):
        volume.next_block += 1
        part = nodes[at:at + share]
        first, count = volume.take(b"".join(bytes(n) for n in part))
        extents.append((first, count))
        places += [(first + i) * BLOCK for i in range(count)]
    further = []
    for at in range(8, len(extents), 8):
        start = sum(count for _, count in extents[:at])
        further.append(struct.pack(">HBBII", 10, 0, 0, 4, start) + fork(0, extents[at:at + 8])[16:])
    leaf = node(LEAF, 1, 0, 0, further)
    header = struct.pack(">HIIIIHHIIHIBBI", 1 if further else 0, 1 if further else 0, len(further),
                         1 if further else 0, 1 if further else 0, NODE, 10, 2, 0 if further else 1, 0,
                         NODE, 0, 0, 2) + bytes(64)
    bits = bytes([0xc0 if further else 0x80]) + bytes(NODE - 257)
    overflow = node(HEADER, 0, 0, 0, [header, bytes(128), bits])
    overflow = volume.take(overflow + (leaf if further else bytes(NODE)))
    bitmap = bytearray(BLOCK)
    for block in range(volume.next_block + 1):
        bitmap[block // 8] |= 0x80 >> block % 8
    bitmap = volume.take(bytes(bitmap))
    head = struct.pack(">2sHI4sI4I3I2I5IQ", b"H+", 4, 0x100, b"10.0", 0, DATE, DATE, 0, DATE,
                       volume.files, volume.folders, BLOCK, len(volume.data) // BLOCK, 100, 0, BLOCK,
                       BLOCK, volume.next_inode, 1, 1) + bytes(32)
    head = head[:112] + fork(BLOCK, [bitmap]) + fork(2 * NODE, [overflow])
    head += fork(len(nodes) * NODE, extents) + fork(0, []) + fork(0, [])
    volume.data[1024:1536] = volume.data[-1024:-512] = head
    return volume.data, nodes, inodes, places


if __name__ == "__main__":
    data, nodes, inodes, places = make(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    with open(sys.argv[1], "wb") as out:
        out.write(data)
    for number, (content, place) in enumerate(zip(nodes, places)):
        kind, _, records = struct.unpack(">bBH", bytes(content[8:12]))
        print(number, place, kind, records, *inodes[number])
