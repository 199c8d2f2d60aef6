# SPDX-License-Identifier: Apache-2.0
"""Writes a Windows NT registry hive (regf).

    python3 regf.py OUTPUT MINOR ROOT-NAME HIVE-NAME DESCRIPTION...

A hive is a base block of 4096 bytes and hive bins that hold cells. A cell is its size,
negative while in use, and its content; cells refer to each other by offsets from the first
bin. No cell crosses the end of its bin. Version 1.3 lists subkeys by "lf" (the first four
characters of the name as a hint), 1.5 by "lh" (a hash).
"""
import struct
import sys

import moment
import registry

PAGE = 4096
NOTHING = 0xFFFFFFFF
KEY_HIVE_EXIT_ROOT = 0x0C
KEY_COMPRESSED_NAME = 0x20
VALUE_COMPRESSED_NAME = 1
DATA_INLINE = 0x80000000

# Self-relative: owner Administrators, group SYSTEM, everyone may read (0x20019).
SECURITY_DESCRIPTOR = (
    struct.pack("<BBHIIII", 1, 0, 0x8004, 0x30, 0x40, 0, 0x14)
    + bytes.fromhex("02001c00010000000002140019000200010100000000000100000000")
    + bytes.fromhex("01020000000000052000000020020000")
    + bytes.fromhex("010100000000000512000000"))


class Bins:
    """Cells in the order of their allocation."""

    def __init__(self, time):
        self.data = bytearray()
        self.time = time
        self.used = self.end = 0

    def _close_bin(self):
        free = self.end - self.used
        if free:
            struct.pack_into("<i", self.data, self.used, free)

    def _open_bin(self, size):
        self._close_bin()
        start = self.end
        self.end += -(-(size + 32) // PAGE) * PAGE
        self.data.extend(bytes(self.end - start))
        struct.pack_into("<4sII8xQI", self.data, start, b"hbin", start, self.end - start,
                         self.time if start == 0 else 0, 0)
        self.used = start + 32

    def allocate(self, length):
        size = (length + 4 + 7) & ~7
        if self.end - self.used < size:
            self._open_bin(size)
        cell = self.used
        struct.pack_into("<i", self.data, cell, -size)
        self.used += size
        return cell

    def fill(self, cell, content):
        self.data[cell + 4:cell + 4 + len(content)] = content

    def add(self, content):
        cell = self.allocate(len(content))
        self.fill(cell, content)
        return cell

    def finish(self):
        self._close_bin()
        return bytes(self.data)


def stored_name(text):
    """Latin-1 names are stored one byte a character, others as UTF-16."""
    try:
        return text.encode("latin-1"), True
    except UnicodeEncodeError:
        return text.encode("utf-16le"), False


def name_hash(name):
    value = 0
    for character in name.upper():
        value = (value * 37 + ord(character)) & 0xFFFFFFFF
    return value


def count_keys(key):
    return 1 + sum(count_keys(subkey) for subkey in key.subkeys.values())


class Writer:
    def __init__(self, minor, root):
        self.minor = minor
        self.root = root
        self.time = moment.filetime(root.last_write)
        self.bins = Bins(self.time)

    def _value(self, name, kind, data):
        stored, compressed = stored_name(name)
        if len(data) <= 4:
            size, where = len(data) | DATA_INLINE, int.from_bytes(data.ljust(4, b"\0"), "little")
        else:
            size, where = len(data), self.bins.add(data)
        flags = VALUE_COMPRESSED_NAME if compressed else 0
        return self.bins.add(struct.pack("<2sHIIIHH", b"vk", len(stored), size, where, kind,
                                         flags, 0) + stored)

    def _subkey_list(self, entries):
        if not entries:
            return NOTHING
        signature = b"lf" if self.minor < 5 else b"lh"
        content = struct.pack("<2sH", signature, len(entries))
        for cell, name in entries:
            hint = (stored_name(name)[0][:4].ljust(4, b"\0") if self.minor < 5
                    else struct.pack("<I", name_hash(name)))
            content += struct.pack("<I", cell) + hint
        return self.bins.add(content)

    def _key(self, key, parent, flags):
        """Writes KEY and all below it; the cells of a key lie before those of its subkeys."""
        stored, compressed = stored_name(key.name)
        cell = self.bins.allocate(76 + len(stored))
        if parent is None:
            parent = cell
            self.security = self._security()
        values = [self._value(*value) for value in key.values.values()]
        value_list = (self.bins.add(struct.pack(f"<{len(values)}I", *values))
                      if values else NOTHING)
        subkeys = [(self._key(subkey, cell, 0), subkey.name) for subkey in key.sorted_subkeys()]
        names = [len(subkey.name) * 2 for subkey in key.subkeys.values()]
        value_names = [len(name) * 2 for name, _, _ in key.values.values()]
        value_sizes = [len(data) for _, _, data in key.values.values()]
        self.bins.fill(cell, struct.pack(
            "<2sHQIIIIIIIIIIIIIIIHH", b"nk", flags | (KEY_COMPRESSED_NAME if compressed else 0),
            moment.filetime(key.last_write), 0, parent, len(subkeys), 0,
            self._subkey_list(subkeys), NOTHING, len(values), value_list, self.security,
            NOTHING, max(names, default=0), 0, max(value_names, default=0),
            max(value_sizes, default=0), 0, len(stored), 0) + stored)
        return cell

    def _security(self):
        """One descriptor serves all keys; its list of descriptors is a ring of itself."""
        cell = self.bins.allocate(20 + len(SECURITY_DESCRIPTOR))
        self.bins.fill(cell, struct.pack("<2sHIIII", b"sk", 0, cell, cell, count_keys(self.root),
                                         len(SECURITY_DESCRIPTOR)) + SECURITY_DESCRIPTOR)
        return cell

    def hive(self, hive_name):
        root_cell = self._key(self.root, None, KEY_HIVE_EXIT_ROOT)
        bins = self.bins.finish()
        base = bytearray(PAGE)
        struct.pack_into("<4sIIQIIIIIII", base, 0, b"regf", 7, 7, self.time, 1, self.minor, 0, 1,
                         root_cell, len(bins), 1)
        base[48:48 + 64] = hive_name[-31:].encode("utf-16le").ljust(64, b"\0")
        checksum = 0
        for (word,) in struct.iter_unpack("<I", base[:508]):
            checksum ^= word
        # The values 0 and -1 mean something else, so they are stored as their neighbours.
        checksum = {0: 1, NOTHING: NOTHING - 1}.get(checksum, checksum)
        struct.pack_into("<I", base, 508, checksum)
        return bytes(base) + bins


def main(output, minor, root_name, hive_name, *descriptions):
    root = registry.read(descriptions, root_name, "utf-16le")
    with open(output, "wb") as file:
        file.write(Writer(int(minor), root).hive(hive_name))


if __name__ == "__main__":
    main(*sys.argv[1:])
