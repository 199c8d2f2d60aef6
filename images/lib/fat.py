# SPDX-License-Identifier: Apache-2.0
"""Writes files into an unmounted FAT12, FAT16 or FAT32 volume that mkfs.fat has made.

mtools can do this too, but not with the times, the deleted files and the order of clusters
that a recipe wants. Clusters are given out in ascending order and never again, as Windows
does until it reaches the end of the volume. All times are local, as FAT keeps them.
"""
import re
import struct
import time

READ_ONLY, HIDDEN, SYSTEM, LABEL, FOLDER, ARCHIVE = 1, 2, 4, 8, 16, 32
LONG_NAME = 0x0F
ENTRY = 32
DELETED = 0xE5
UNITS_IN_LONG_ENTRY = 13


def dos_date_time(text):
    """YYYY-MM-DDThh:mm:ss[.ff] as date, time in steps of 2 s, and the rest in 10 ms."""
    whole, _, fraction = text.partition(".")
    t = time.strptime(whole, "%Y-%m-%dT%H:%M:%S")
    return ((t.tm_year - 1980) << 9 | t.tm_mon << 5 | t.tm_mday,
            t.tm_hour << 11 | t.tm_min << 5 | t.tm_sec // 2,
            t.tm_sec % 2 * 100 + int(fraction.ljust(2, "0")[:2]))


def is_short(name):
    return re.fullmatch(r"[A-Z0-9_~!#$%&'()@^`{}-]{1,8}(\.[A-Z0-9_~!#$%&'()@^`{}-]{1,3})?", name)


class Node:
    """A folder in memory: its clusters and its directory entries."""

    def __init__(self, clusters, entries):
        self.clusters = clusters
        self.entries = entries
        self.names = {}


class File:
    def __init__(self, parent, slots, clusters, size):
        self.parent = parent
        self.slots = slots
        self.clusters = clusters
        self.size = size


class Volume:
    def __init__(self, path):
        self.path = path
        with open(path, "rb") as file:
            self.data = bytearray(file.read())
        (self.sector, self.per_cluster, reserved, self.fats, self.root_entries, small_total, _,
         self.fat_sectors) = struct.unpack_from("<HBHBHHBH", self.data, 11)
        total, = struct.unpack_from("<I", self.data, 32)
        if not self.fat_sectors:
            self.fat_sectors, = struct.unpack_from("<I", self.data, 36)
        self.fat_start = reserved * self.sector
        self.root_start = self.fat_start + self.fats * self.fat_sectors * self.sector
        self.data_start = self.root_start + self.root_entries * ENTRY
        self.cluster = self.per_cluster * self.sector
        self.clusters = ((small_total or total) * self.sector - self.data_start) // self.cluster
        self.bits = 12 if self.clusters < 4085 else 16 if self.clusters < 65525 else 32
        self.fat = {}
        self.next = 2
        clusters = []
        if self.bits == 32:
            clusters = [struct.unpack_from("<I", self.data, 44)[0]]
            self.next = clusters[0] + 1
            self._chain(clusters)
        start = self._place(clusters[0]) if clusters else self.root_start
        self.root = Node(clusters, [])
        if self.data[start + 11] == LABEL:
            self.root.entries.append(bytes(self.data[start:start + ENTRY]))
        self.folders = {"": self.root}

    def _place(self, cluster):
        return self.data_start + (cluster - 2) * self.cluster

    def _allocate(self, count):
        first = self.next
        self.next += count
        if self.next > self.clusters + 2:
            raise ValueError("the volume is full")
        return list(range(first, self.next))

    def _chain(self, clusters):
        for here, after in zip(clusters, clusters[1:] + [(1 << min(self.bits, 28)) - 1]):
            self.fat[here] = after

    def _store(self, clusters, data):
        for index, cluster in enumerate(clusters):
            piece = data[index * self.cluster:(index + 1) * self.cluster]
            at = self._place(cluster)
            self.data[at:at + len(piece)] = piece

    def _short_name(self, folder, name):
        if is_short(name):
            return name
        stem, dot, extension = name.upper().rpartition(".")
        if not dot:
            stem, extension = extension, ""
        stem, extension = (re.sub(r"[^A-Z0-9_\-]", "", part) for part in (stem, extension))
        number = 1
        while True:
            short = f"{stem[:7 - len(str(number))]}~{number}" + ("." + extension[:3] if extension else "")
            if short not in folder.names:
                return short
            number += 1

    def _entry(self, short, attributes, first, size, times):
        """TIMES are born, modified and accessed."""
        if short in (".", ".."):
            stored = short.encode().ljust(11)
        else:
            stem, _, extension = short.partition(".")
            stored = stem.encode().ljust(8) + extension.encode().ljust(3)
        born, modified, accessed = map(dos_date_time, times)
        return struct.pack("<11sBBBHHHHHHHI", stored, attributes, 0, born[2], born[1], born[0],
                           accessed[0], first >> 16, modified[1], modified[0], first & 0xFFFF, size)

    def _long_entries(self, name, stored_short):
        checksum = 0
        for byte in stored_short:
            checksum = ((checksum >> 1) + ((checksum & 1) << 7) + byte) & 0xFF
        units = name.encode("utf-16le")
        parts = -(-len(name) // UNITS_IN_LONG_ENTRY)
        if len(name) % UNITS_IN_LONG_ENTRY:
            units += b"\0\0"
        units = units.ljust(parts * UNITS_IN_LONG_ENTRY * 2, b"\xff")
        for part in range(parts, 0, -1):
            u = units[(part - 1) * 26:part * 26]
            order = part | (0x40 if part == parts else 0)
            yield struct.pack("<B10sBBB12sH4s", order, u[:10], LONG_NAME, 0, checksum, u[10:22], 0, u[22:])

    def _add(self, path, attributes, clusters, size, times):
        parent, _, name = path.rpartition("/")
        folder = self.folders[parent]
        short = self._short_name(folder, name)
        entry = self._entry(short, attributes, clusters[0] if clusters else 0, size, times)
        first = len(folder.entries)
        if short != name:
            folder.entries += self._long_entries(name, entry[:11])
        folder.entries.append(entry)
        folder.names[short] = folder.names[name] = File(
            folder, range(first, len(folder.entries)), clusters, size)

    def mkdir(self, path, when):
        clusters = self._allocate(1)
        self._chain(clusters)
        parent = self.folders[path.rpartition("/")[0]]
        above = parent.clusters[0] if parent is not self.root else 0
        self._add(path, FOLDER, clusters, 0, (when,) * 3)
        self.folders[path] = Node(clusters, [
            self._entry(".", FOLDER, clusters[0], 0, (when,) * 3),
            self._entry("..", FOLDER, above, 0, (when,) * 3)])

    def write(self, path, data, times, attributes=ARCHIVE):
        clusters = self._allocate(-(-len(data) // self.cluster))
        self._chain(clusters)
        self._store(clusters, data)
        self._add(path, attributes, clusters, len(data), times)

    def _file(self, path):
        parent, _, name = path.rpartition("/")
        return self.folders[parent].names[name]

    def _resize(self, file, size):
        slot = file.slots[-1]
        entry = file.parent.entries[slot]
        file.parent.entries[slot] = entry[:28] + struct.pack("<I", size)
        file.size = size

    def append(self, path, data):
        """Adds whole clusters to a file that ends with one."""
        file = self._file(path)
        if file.size % self.cluster:
            raise ValueError(f"{path} does not end with a cluster")
        added = self._allocate(-(-len(data) // self.cluster))
        file.clusters += added
        self._chain(file.clusters)
        self._store(added, data)
        self._resize(file, file.size + len(data))

    def shorten(self, path, size):
        """Within the last cluster, so that what stood there stays as slack."""
        file = self._file(path)
        if -(-size // self.cluster) != len(file.clusters):
            raise ValueError(f"{path} would lose a cluster")
        self._resize(file, size)

    def delete(self, path):
        file = self._file(path)
        for slot in file.slots:
            entry = file.parent.entries[slot]
            file.parent.entries[slot] = bytes([DELETED]) + entry[1:]
        for cluster in file.clusters:
            del self.fat[cluster]

    def _store_folders(self):
        for folder in self.folders.values():
            data = b"".join(folder.entries)
            if folder.clusters:
                more = -(-len(data) // self.cluster) - len(folder.clusters)
                if more > 0:
                    folder.clusters += self._allocate(more)
                    self._chain(folder.clusters)
                self._store(folder.clusters, data)
            else:
                self.data[self.root_start:self.root_start + len(data)] = data

    def _store_table(self):
        for copy in range(self.fats):
            start = self.fat_start + copy * self.fat_sectors * self.sector
            for cluster, after in self.fat.items():
                if self.bits == 32:
                    struct.pack_into("<I", self.data, start + cluster * 4, after)
                elif self.bits == 16:
                    struct.pack_into("<H", self.data, start + cluster * 2, after)
                else:
                    at = start + cluster * 3 // 2
                    pair, = struct.unpack_from("<H", self.data, at)
                    pair = pair & 0x000F | after << 4 if cluster % 2 else pair & 0xF000 | after
                    struct.pack_into("<H", self.data, at, pair)

    def save(self):
        self._store_folders()
        self._store_table()
        if self.bits == 32:
            info = self.sector
            struct.pack_into("<II", self.data, info + 488, self.clusters - len(self.fat), self.next)
        with open(self.path, "wb") as file:
            file.write(self.data)
