# SPDX-License-Identifier: Apache-2.0
"""Writes a Windows 9x registry hive (CREG).

    python3 creg.py OUTPUT DESCRIPTION...

The header is followed by the tree (RGKN: one entry a key, linked by offsets, and a run of free
ones) and by blocks
(RGDB) with names and values; an entry names its record by block and number. A CREG hive
stores no times and no checksum that readers need. The root has no record.
"""
import struct
import sys

import registry

PAGE = 4096
NOTHING = 0xFFFFFFFF
ENTRY = 28
BLOCK_LIMIT = 0x8000


class Entry:
    def __init__(self, key, parent):
        self.key = key
        self.parent = parent
        self.children = []
        self.block = self.number = 0xFFFF


def flatten(key, parent=None):
    entry = Entry(key, parent)
    entries = [entry]
    for subkey in key.subkeys.values():
        below = flatten(subkey, entry)
        entry.children.append(below[0])
        entries += below
    return entries


def record(entry):
    name = entry.key.name.encode("cp1252")
    values = b""
    for value_name, kind, data in entry.key.values.values():
        value_name = value_name.encode("cp1252")
        values += struct.pack("<IIHH", kind, 0, len(value_name), len(data)) + value_name + data
    size = 20 + len(name) + len(values)
    return struct.pack("<IHHIHHI", size, entry.number, entry.block, size, len(name),
                       len(entry.key.values), 0) + name + values


def round_up(size):
    return -(-size // PAGE) * PAGE


def data_blocks(entries):
    """Places the records in blocks, numbering the entries on the way."""
    blocks = [[]]
    used = 0
    for entry in entries:
        size = len(record(entry))
        if used + size > BLOCK_LIMIT:
            blocks.append([])
            used = 0
        entry.block, entry.number = len(blocks) - 1, len(blocks[-1])
        blocks[-1].append(record(entry))
        used += size
    for index, records in enumerate(blocks):
        body = b"".join(records)
        size = round_up(32 + len(body) + 12)
        free = size - 32 - len(body)
        yield (struct.pack("<4sIIHHIHH8x", b"RGDB", size, free, 8, index, size - free,
                           len(records), 0)
               + body + struct.pack("<IHHI", free, 0xFFFF, 0xFFFF, NOTHING).ljust(free, b"\0"))


def next_place(offset):
    """Of the entry behind one: none crosses the end of the first 8 KiB, or of a later page."""
    end = 2 * PAGE if offset < 2 * PAGE else (offset // PAGE + 1) * PAGE
    return offset + ENTRY if offset + 2 * ENTRY <= end else end


def tree(entries):
    offset = 32
    for entry in entries:
        entry.offset = offset
        offset = next_place(offset)
    size = round_up(offset + ENTRY)
    data = struct.pack("<4sIII16x", b"RGKN", size, 32, offset)
    for entry in entries:
        data = data.ljust(entry.offset, b"\0")
        siblings = entry.parent.children if entry.parent else [entry]
        after = siblings[siblings.index(entry) + 1:]
        name_sum = sum(c for c in entry.key.name.upper().encode("cp1252") if c < 0x80)
        data += struct.pack("<IIIIIIHH", 0, name_sum, NOTHING,
                            entry.parent.offset if entry.parent else NOTHING,
                            entry.children[0].offset if entry.children else NOTHING,
                            after[0].offset if after else NOTHING, entry.number, entry.block)
    free = struct.pack("<IIIIIIHH", 0x80000000, size - offset, NOTHING, 0, 0, 0, 0, 0)
    return (data.ljust(offset, b"\0") + free).ljust(size, b"\0")


def main(output, *descriptions):
    entries = flatten(registry.read(descriptions, "", "cp1252"))
    blocks = list(data_blocks(entries[1:]))
    keys = tree(entries)
    header = struct.pack("<4sHHIIHHHH8x", b"CREG", 0, 1, 32 + len(keys), 0, len(blocks), 0, 0, 1)
    with open(output, "wb") as file:
        file.write(header + keys + b"".join(blocks))


if __name__ == "__main__":
    main(*sys.argv[1:])
