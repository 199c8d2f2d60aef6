# SPDX-License-Identifier: Apache-2.0
"""Writes a cabinet with one folder of MSZIP, as Windows 98 packs its registry.

    python3 cabinet.py OUTPUT [--from NAME] [--compression NUMBER] DATE-TIME NAME=FILE...

Times are local: 2000-11-20T08:00:00. By MS-CAB and MS-MCI: each block of 32 KiB is a stream of
deflate behind "CK", whose window is the block before. --from: the first file goes on from
another cabinet, NAME.
"""
import argparse
import functools
import struct
import zlib

BLOCK = 32768
MSZIP = 1
FROM_PREVIOUS = 0xFFFD


def checksum(data, seed):
    whole = len(data) // 4 * 4
    words = struct.unpack(f"<{whole // 4}I", data[:whole])
    return functools.reduce(int.__xor__, words, seed) ^ int.from_bytes(data[whole:], "big")


def blocks(content):
    packed = []
    for at in range(0, len(content), BLOCK):
        piece = content[at:at + BLOCK]
        before = {"zdict": content[max(0, at - BLOCK):at]} if at else {}
        deflate = zlib.compressobj(9, zlib.DEFLATED, -15, **before)
        data = b"CK" + deflate.compress(piece) + deflate.flush()
        sizes = struct.pack("<HH", len(data), len(piece))
        packed.append(struct.pack("<I", checksum(sizes, checksum(data, 0))) + sizes + data)
    return packed


def dos_time(text):
    date, time = text.split("T")
    year, month, day = map(int, date.split("-"))
    hour, minute, second = map(int, time.split(":"))
    return struct.pack("<HH", (year - 1980) << 9 | month << 5 | day,
                       hour << 11 | minute << 5 | second // 2)


def cabinet(files, when, previous=None, compression=MSZIP):
    entries, content = b"", b""
    for number, (name, data) in enumerate(files):
        folder = FROM_PREVIOUS if previous and number == 0 else 0
        entries += struct.pack("<IIH", len(data), len(content), folder) + dos_time(when)
        entries += struct.pack("<H", 0x20) + name.encode("ascii") + b"\0"
        content += data
    packed = blocks(content)
    names = f"{previous}\0Disk 1\0".encode("ascii") if previous else b""
    first_file = 36 + len(names) + 8
    first_block = first_file + len(entries)
    size = first_block + sum(map(len, packed))
    header = struct.pack("<4sIIIIIBBHHHHH", b"MSCF", 0, size, 0, first_file, 0, 3, 1, 1, len(files),
                         1 if previous else 0, 0, 0)
    folder = struct.pack("<IHH", first_block, len(packed), compression)
    return header + names + folder + entries + b"".join(packed)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("output")
    parser.add_argument("--from", dest="previous")
    parser.add_argument("--compression", type=int, default=MSZIP)
    parser.add_argument("when")
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    files = []
    for item in options.files:
        name, path = item.split("=", 1)
        with open(path, "rb") as file:
            files.append((name, file.read()))
    with open(options.output, "wb") as file:
        file.write(cabinet(files, options.when, options.previous, options.compression))


if __name__ == "__main__":
    main()
