# SPDX-License-Identifier: Apache-2.0
"""Makes of two hives of images/lib/regf.py what Windows leaves of them.

    remains.py log BEFORE AFTER HIVE LOG     the hive BEFORE, waiting for a log that makes it AFTER
    remains.py values LIST KIND HIVE         frees the values that LIST (check_autoruns.py) planted
    remains.py keys LIST KIND HIVE           frees their keys, with all that is below them
    remains.py key PATH HIVE                 frees one key, the same

A cell is freed by its size only, as Windows does: content and references stay. A list of
values loses its last entries by the count of the key, or is freed with the key.
"""
import struct
import sys

from check_autoruns import rows

BASE = PAGE = 4096
SECTOR = 512
NOTHING = 0xFFFFFFFF
DATA_INLINE = 0x80000000
MASK = 0xFFFFFFFF


def marvin32(data):
    """With the seed of hive logs, of whole words."""
    low, high = 0x7A4E55C5, 0x82EF4D88

    def turn(word, bits):
        return (word << bits | word >> (32 - bits)) & MASK

    for word, in struct.iter_unpack("<I", data + struct.pack("<II", 0x80, 0)):
        low = (low + word) & MASK
        high ^= low
        low = (turn(low, 20) + high) & MASK
        high = turn(high, 9) ^ low
        low = (turn(low, 27) + high) & MASK
        high = turn(high, 19)
    return struct.pack("<II", low, high)


def seal(base):
    checksum = 0
    for word, in struct.iter_unpack("<I", base[:508]):
        checksum ^= word
    struct.pack_into("<I", base, 508, {0: 1, NOTHING: NOTHING - 1}.get(checksum, checksum))


def write_log(before, after, hive_path, log_path):
    """One entry, with all pages that differ."""
    with open(before, "rb") as file:
        hive = bytearray(file.read())
    with open(after, "rb") as file:
        new = file.read()
    sequence = struct.unpack_from("<I", hive, 8)[0]
    struct.pack_into("<II", hive, 4, sequence + 1, sequence)
    seal(hive)
    log = bytearray(hive[:SECTOR])
    struct.pack_into("<II", log, 4, sequence, sequence)
    struct.pack_into("<I", log, 28, 6)
    seal(log)
    pages = [at for at in range(BASE, len(new), PAGE) if new[at:at + PAGE] != hive[at:at + PAGE]]
    body = b"".join(struct.pack("<II", at - BASE, PAGE) for at in pages)
    body += b"".join(new[at:at + PAGE] for at in pages)
    body += bytes(-(40 + len(body)) % SECTOR)
    head = struct.pack("<4sIIIII", b"HvLE", 40 + len(body), 0, sequence, len(new) - BASE,
                       len(pages)) + marvin32(body)
    with open(hive_path, "wb") as file:
        file.write(hive)
    with open(log_path, "wb") as file:
        file.write(log + head + marvin32(head) + body)


class Hive:
    def __init__(self, data):
        self.data = data
        self.root = self.u32(36 - BASE)

    def u32(self, at):
        return struct.unpack_from("<I", self.data, BASE + at)[0]

    def put(self, at, number):
        struct.pack_into("<I", self.data, BASE + at, number)

    def free(self, cell):
        size, = struct.unpack_from("<i", self.data, BASE + cell)
        assert size < 0, f"cell {cell} is free already"
        struct.pack_into("<i", self.data, BASE + cell, -size)

    def name(self, cell, at):
        """Names of the list are Latin-1: its length stands at `at`, or before its flags."""
        content = BASE + cell + 4
        length, = struct.unpack_from("<H", self.data, content + (72 if at == 76 else 2))
        return self.data[content + at:content + at + length].decode("latin-1").upper()

    def list_of(self, key, count_at, list_at, stride, head):
        start = self.u32(key + 4 + list_at) + 4 + head
        return [self.u32(start + stride * i) for i in range(self.u32(key + 4 + count_at))]

    def subkeys(self, key):
        return self.list_of(key, 20, 28, 8, 4)

    def values(self, key):
        return self.list_of(key, 36, 40, 4, 0)

    def find(self, path):
        """The cells from the root to the key; None where it is gone."""
        chain = [self.root]
        for part in path.upper().split("\\"):
            found = [key for key in self.subkeys(chain[-1]) if self.name(key, 76) == part]
            if not found:
                return None
            chain.append(found[0])
        return chain

    def free_value(self, value):
        size = self.u32(value + 8)
        if size and not size & DATA_INLINE:
            self.free(self.u32(value + 12))
        self.free(value)

    def drop_value(self, key, name):
        """Takes a value out of the list: those behind it move up, and the last is left."""
        values = self.values(key)
        index = [self.name(value, 20) for value in values].index(name.upper())
        self.free_value(values.pop(index))
        start = self.u32(key + 44) + 4
        for i, value in enumerate(values):
            self.put(start + 4 * i, value)
        self.put(key + 40, len(values))
        assert values, "the last value takes its list along"

    def free_key(self, key):
        for subkey in self.subkeys(key):
            self.free_key(subkey)
        if self.u32(key + 24):
            self.free(self.u32(key + 32))
            self.put(key + 24, 0)
            self.put(key + 32, NOTHING)
        for value in self.values(key):
            self.free_value(value)
        if self.u32(key + 40):
            self.free(self.u32(key + 44))
        self.free(key)

    def drop_key(self, key, parent):
        keep = [(subkey, self.u32(self.u32(parent + 32) + 8 + 8 * i + 4))
                for i, subkey in enumerate(self.subkeys(parent)) if subkey != key]
        self.free_key(key)
        if not keep:
            self.free(self.u32(parent + 32))
            self.put(parent + 32, NOTHING)
        for i, (subkey, hint) in enumerate(keep):
            self.put(self.u32(parent + 32) + 8 + 8 * i, subkey)
            self.put(self.u32(parent + 32) + 12 + 8 * i, hint)
        self.put(parent + 24, len(keep))


def load(path):
    with open(path, "rb") as file:
        return Hive(bytearray(file.read()))


def save(hive, path):
    with open(path, "wb") as file:
        file.write(hive.data)


def delete_key(path, hive_path):
    hive = load(hive_path)
    chain = hive.find(path)
    hive.drop_key(chain[-1], chain[-2])
    save(hive, hive_path)


def delete(what, path, kind, hive_path):
    hive = load(hive_path)
    planted = [row[:2] for row in rows(path, kind) if row[4]]
    for key, value in reversed(planted):
        chain = hive.find(key)
        if chain and what == "values":
            hive.drop_value(chain[-1], "" if value == "@" else value)
        elif chain:
            hive.drop_key(chain[-1], chain[-2])
    save(hive, hive_path)


if __name__ == "__main__":
    action, *operands = sys.argv[1:]
    if action == "log":
        write_log(*operands)
    elif action == "key":
        delete_key(*operands)
    else:
        delete(action, *operands)
