# SPDX-License-Identifier: Apache-2.0
"""An NTFS volume that is hard to read: two ntfsforge scripts, run one after the other.

    python3 tree.py CONTENTS SCRIPT1 SCRIPT2

A new mount gives out the lowest free MFT record, so that what the second script creates takes
the records that the first one freed.
"""
import struct
import sys

import artifact
import forge
import moment

WHEN = "2000-11-22T12:00:00.1234567Z"
LATER = "2000-11-22T13:00:00Z"

NAMES = {
    "new%000Aline.txt": "line feed",
    "tab%0009stop.txt": "tab",
    "escape%001B[31mred%001B[0m.txt": "escape sequences",
    "lone%D800surrogate.txt": "a high surrogate without its low one",
    "pipe|pipe.txt": "the separator of the body format",
    "quote\"back%005Cslash.txt": "JSON's special characters",
    "right%202Eto left.txt": "U+202E turns the text around",
    "żółw \U0001F422.txt": "beyond ASCII and the BMP",
    "x" * 255: "the longest name",
    "Case.txt": "and its twin",
    "CASE.TXT": "and its twin",
}


def usn_record(usn, name, reason):
    """A change of a file that is gone: its record, 70, has been given to another since."""
    record_7_times_used = 70 | 7 << 48
    root = 5 | 5 << 48
    text = name.encode("utf-16le")
    length = (60 + len(text) + 7) & ~7
    record = struct.pack("<IHHQQQQIIIIHH", length, 2, 0, record_7_times_used, root, usn,
                         moment.filetime(WHEN), reason, 0, 0, 0x20, len(text), 60) + text
    return record.ljust(length, b"\0")


def journal():
    data = b""
    for reason in 0x100, 0x80000102, 0x80000200:
        data += usn_record(len(data), "dropper.exe", reason)
    return data


def first(v):
    v.clock(WHEN)
    v.mkdir("/gone")
    for name in "child1.txt", "child2.txt":
        v.write(f"/gone/{name}", b"http://orphan.example.org/" + name.encode() + b"\r\n")
    v.write("/dead.bin", artifact.noise("dead", 20480))
    v.mkdir("/names")
    for name, meaning in NAMES.items():
        v.write(f"/names/{name}", meaning.encode() + b"\n")
    v.mkdir("/many")
    for number in range(2000):
        v.write(f"/many/file{number:04}.txt", b"%d\n" % number)
    v.mkdir("/links")
    v.write("/links.bin", artifact.noise("links", 9000))
    for number in range(30):
        v.do("link", "/links.bin", f"/links/link{number:02}-" + "y" * 90)
    for number in range(12):
        v.stream("/links.bin", f"stream{number:02}", b"stream %d\n" % number)
    v.stream("/many", "hidden.txt", b"http://folderstream.example.net/\r\n")
    v.write("/sparse.bin", b"begin\n")
    v.do("truncate", "/sparse.bin", 1048576)
    v.mkdir("/packed")
    v.do("attrib", "/packed", "810")
    v.write("/packed/compressed.txt", b"http://compressed.example.net/a\r\n" * 4000)
    v.write("/valid.bin", b"http://valid.example.com/\r\n" * 400 + b"http://beyond.example.com/\r\n" * 100)
    v.do("valid", "/valid.bin", 27 * 400)
    v.write("/$Extend/$UsnJrnl", b"")
    # TSK takes the stream with the lowest attribute number for the journal.
    v.stream("/$Extend/$UsnJrnl", "$J", journal())
    v.stream("/$Extend/$UsnJrnl", "$Max", struct.pack("<QQQQ", 0x2000000, 0x800000, moment.filetime(WHEN), 0))
    v.do("dropdata", "/$Extend/$UsnJrnl")
    for path in "/gone/child1.txt", "/gone/child2.txt", "/gone", "/dead.bin":
        v.do("rm", path)


def second(v):
    v.clock(LATER)
    v.write("/reuser.txt", b"This file took the record of the folder gone.\r\n")


def main(contents, *scripts):
    for make, script in zip((first, second), scripts):
        volume = forge.Volume(contents, dos_names=False)
        make(volume)
        volume.save(script)


if __name__ == "__main__":
    main(*sys.argv[1:])
