# SPDX-License-Identifier: Apache-2.0
"""Makes Windows shortcuts, task files, event logs and programs that hold no code."""
import hashlib
import struct

import moment

LNK_CLASS = bytes.fromhex("0114020000000000c000000000000046")


def noise(name, size):
    """SIZE bytes that do not compress, always the same for the same NAME."""
    return hashlib.shake_256(name.encode()).digest(size)


def wide(text):
    return text.encode("utf-16le") + b"\0\0"


def shortcut(target, size, born, modified, accessed, serial, description, arguments=""):
    """A .lnk to a file on a fixed disk, with LinkInfo and without an item list."""
    has = {"info": 0x2, "name": 0x4, "relative": 0x8, "arguments": 0x20}
    flags = has["info"] | has["name"] | has["relative"]
    strings = [description, ".\\" + target.rpartition("\\")[2]]
    if arguments:
        flags |= has["arguments"]
        strings.append(arguments)
    header = struct.pack("<I16sIIQQQIIIHHII", 0x4C, LNK_CLASS, flags, 0x20,
                         moment.filetime(born), moment.filetime(accessed),
                         moment.filetime(modified), size, 0, 1, 0, 0, 0, 0)
    volume = struct.pack("<IIII", 17, 3, serial, 16) + b"\0"
    path = target.encode("cp1252") + b"\0"
    at_path = 0x1C + len(volume)
    info = struct.pack("<IIIIIII", at_path + len(path) + 1, 0x1C, 1, 0x1C, at_path, 0,
                       at_path + len(path)) + volume + path + b"\0"
    return (header + info
            + b"".join(struct.pack("<H", len(s)) + s.encode("cp1252") for s in strings)
            + bytes(4))


def task(program, parameters, folder, author, comment, begin, minute_of_day):
    """A .job that starts PROGRAM every day; BEGIN is (year, month, day), local time."""
    def text(s):
        return struct.pack("<H", len(s) + 1) + wide(s) if s else struct.pack("<H", 0)

    variable = (struct.pack("<H", 0) + text(program) + text(parameters) + text(folder)
                + text(author) + text(comment) + struct.pack("<HH", 0, 8) + bytes(8))
    trigger = struct.pack("<H10H4I6H", 1, 48, 0, *begin, 0, 0, 0, minute_of_day // 60,
                          minute_of_day % 60, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0)
    fixed = struct.pack("<HH16s6H5I8H", 0x0400, 1, hashlib.md5(program.encode()).digest(),
                        70, 68 + len(variable), 0, 60, 10, 0x20, 0, 0, 259200000, 0x41303, 0,
                        *[0] * 8)
    return fixed + variable + trigger


EVENT_TYPES = {"error": 1, "warning": 2, "information": 4, "success": 8, "failure": 16}


def event_log(path, computer, size):
    """An .evt file of SIZE bytes from a description: time, id, type, source, strings..."""
    records = b""
    oldest = 1
    number = oldest
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("#"):
                continue
            time, event, kind, source, *strings = line.rstrip("\n").split("\t")
            when = moment.unix(time)
            names = wide(source) + wide(computer)
            at_strings = (56 + len(names) + 3) & ~3
            texts = b"".join(map(wide, strings))
            at_data = at_strings + len(texts)
            length = (at_data + 4 + 3) & ~3
            # Event identifiers carry severity and "system" bits above the number shown.
            record = struct.pack("<I4sIIIIHHHHIIIIII", length, b"LfLe", number, when, when,
                                 int(event) | 0x80000000 if source == "EventLog" else int(event),
                                 EVENT_TYPES[kind], len(strings), 0, 0, 0, at_strings, 0,
                                 at_strings, 0, at_data) + names
            record = record.ljust(at_strings, b"\0") + texts
            records += record.ljust(length - 4, b"\0") + struct.pack("<I", length)
            number += 1
    end = 48 + len(records)
    header = struct.pack("<I4s10I", 48, b"LfLe", 1, 1, 48, end, number, oldest, size, 0, 0, 48)
    tail = struct.pack("<10I", 40, 0x11111111, 0x22222222, 0x33333333, 0x44444444, 48, end,
                       number, oldest, 40)
    return (header + records + tail).ljust(size, b"\0")


SECTION_ALIGNMENT = 0x1000
FILE_ALIGNMENT = 0x200


def program(name, size, linked, texts=(), library=False):
    """A PE file of SIZE bytes with a valid header, and noise in place of code.

    TEXTS are (offset in the file, bytes); each is set between zero bytes.
    """
    body = bytearray(noise(name, size))
    if size < 0x800 or size % FILE_ALIGNMENT:
        raise ValueError(f"{name}: {size} is not the size of a program")
    body[:0x400] = bytes(0x400)
    body[:64] = struct.pack("<2s58xI", b"MZ", 0x80)
    body[0x4E:0x4E + 39] = b"This program cannot be run in DOS mode."
    code = size // 2 & -FILE_ALIGNMENT
    sections = [(b".text", 0x400, code - 0x400, 0x60000020), (b".data", code, size - code, 0xC0000040)]
    address = SECTION_ALIGNMENT
    headers = b""
    for section, offset, length, flags in sections:
        headers += struct.pack("<8sIIIIIIHHI", section, length, address, length, offset, 0, 0, 0, 0,
                               flags)
        address += -(-length // SECTION_ALIGNMENT) * SECTION_ALIGNMENT
    base = 0x10000000 if library else 0x400000
    optional = struct.pack(
        "<HBBIIIIIIIIIHHHHHHIIIIHHIIIIII", 0x10B, 6, 0, code - 0x400, size - code, 0, 0,
        0x1000, 0x1000 + code, base, SECTION_ALIGNMENT, FILE_ALIGNMENT, 4, 0, 0, 0, 4, 0, 0,
        address, 0x400, 0, 2, 0, 0x100000, 0x1000, 0x100000, 0x1000, 0, 16) + bytes(128)
    coff = struct.pack("<4sHHIIIHH", b"PE", 0x14C, len(sections), moment.unix(linked), 0, 0,
                       len(optional), 0x210E if library else 0x10F)
    new_header = coff + optional + headers
    body[0x80:0x80 + len(new_header)] = new_header
    for offset, text in texts:
        body[offset - 1:offset + len(text) + 2] = b"\0" + text + b"\0\0"
    return bytes(body)
