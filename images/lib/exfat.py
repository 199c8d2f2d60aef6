#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Fill an empty exFAT volume that mkfs.exfat made (Microsoft's exFAT specification).

exfat.py VOLUME: /sub has 200 files and /sub/deep, in clusters of one chain that do not follow each
other; /flat has 100, in clusters without a chain. The clusters of the folders are lines on
standard output: path, then the offset of each; of each file its path and the offset of its entries.
"""

import struct
import sys

ENTRY = 32
END = 0xFFFFFFFF


def add_up(data, skip=()):
    total = 0
    for i, byte in enumerate(data):
        if i not in skip:
            total = ((total << 15 | total >> 1) + byte) & 0xFFFF
    return total


def entry_set(name, folder, cluster, size, chained):
    text = name.encode("utf-16-le")
    parts = [text[i:i + 30].ljust(30, b"\0") for i in range(0, len(text), 30)]
    date = (2018 - 1980) << 25 | 1 << 21 | 29 << 16 | 16 << 11
    out = bytearray(struct.pack("<BBHHHIII5B7x", 0x85, 1 + len(parts), 0, 0x10 if folder else 0x20, 0,
                                date, date, date, 0, 0, 0x80, 0x80, 0x80))
    out += struct.pack("<BBBBHHQIIQ", 0xC0, 1 if chained or not size else 3, 0, len(name),
                       add_up(name.upper().encode("utf-16-le")), 0, size, 0, cluster, size)
    for part in parts:
        out += b"\xc1\0" + part
    struct.pack_into("<H", out, 2, add_up(out, (2, 3)))
    return bytes(out)


class Volume:
    def __init__(self, path):
        self.data = data = bytearray(open(path, "rb").read())
        sector = 1 << data[108]
        self.cluster_size = sector << data[109]
        self.fat = struct.unpack_from("<I", data, 80)[0] * sector
        self.heap = struct.unpack_from("<I", data, 88)[0] * sector
        self.root = struct.unpack_from("<I", data, 96)[0]
        root = self.place(self.root)
        bitmap = next(at for at in range(root, root + self.cluster_size, ENTRY) if data[at] == 0x81)
        self.bitmap = self.place(struct.unpack_from("<I", data, bitmap + 20)[0])
        self.next = self.root + 1
        self.entries = {"": bytearray()}

    def place(self, cluster):
        return self.heap + (cluster - 2) * self.cluster_size

    def take(self):
        cluster = self.next
        self.next += 1
        self.data[self.bitmap + (cluster - 2) // 8] |= 1 << (cluster - 2) % 8
        return cluster

    def chain(self, clusters):
        for cluster, behind in zip(clusters, clusters[1:] + [END]):
            struct.pack_into("<I", self.data, self.fat + 4 * cluster, behind)

    def file(self, path, content):
        folder, name = path.rsplit("/", 1)
        cluster = self.take()
        self.data[self.place(cluster):self.place(cluster) + len(content)] = content
        at = len(self.entries[folder])
        self.entries[folder] += entry_set(name, False, cluster, len(content), False)
        return at

    def clusters(self, count, apart):
        taken = []
        for _ in range(count):
            taken.append(self.take())
            if apart:
                self.take()
        return taken

    def folder(self, path, chained):
        """Lay out a folder whose entries are all there, and name it in its own folder."""
        entries = self.entries.pop(path)
        count = max(1, -(-len(entries) // self.cluster_size))
        clusters = self.clusters(count, chained)
        if chained:
            self.chain(clusters)
        for i, cluster in enumerate(clusters):
            part = entries[i * self.cluster_size:(i + 1) * self.cluster_size]
            self.data[self.place(cluster):self.place(cluster) + len(part)] = part
        folder, name = path.rsplit("/", 1)
        self.entries[folder] += entry_set(name, True, clusters[0], count * self.cluster_size, chained)
        return [self.place(cluster) for cluster in clusters]


def main(path):
    volume = Volume(path)
    size = volume.cluster_size
    for folder in ("/sub", "/sub/deep", "/flat"):
        volume.entries[folder] = bytearray()
    files = [f"/sub/file {n} of the folder that is chained" for n in range(200)]
    files += [f"/flat/file {n} of the folder without a chain" for n in range(100)]
    files += ["/sub/deep/below", "/at the root"]
    places = {name: volume.file(name, name.encode()) for name in files}
    # The whole folders first, so that their entries are in those above.
    folders = {name: volume.folder(name, name != "/flat") for name in ("/sub/deep", "/sub", "/flat")}
    root = volume.place(volume.root)
    start = next(at for at in range(root, root + size, ENTRY) if volume.data[at] == 0)
    entries = volume.entries[""]
    volume.data[start:start + len(entries)] = entries
    with open(path, "wb") as out:
        out.write(volume.data)
    for name, clusters in folders.items():
        print(name, *clusters, sep="\t")
    for name in files[:-1]:
        clusters = folders[name.rsplit("/", 1)[0]]
        print(name, clusters[places[name] // size] + places[name] % size, sep="\t")


if __name__ == "__main__":
    main(sys.argv[1])
