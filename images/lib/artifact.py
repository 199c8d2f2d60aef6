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


def _item(data):
    return struct.pack("<H", len(data) + 2) + data


def _file_item(name, short, folder, reference):
    """A file or folder of a list of shell items, as Windows 7 writes it."""
    head = struct.pack("<BBIHHH", 0x31 if folder else 0x32, 0, 0, 0, 0, 0x10 if folder else 0x20)
    head += short.encode("cp1252") + b"\0"
    head += bytes(len(head) % 2)
    extension = struct.pack("<HIIIHHQQHI", 8, 0xBEEF0004, 0, 0, 0x2A, 0, reference, 0, 0, 0)
    extension += wide(name)
    extension = struct.pack("<H", len(extension) + 4) + extension
    return _item(head + extension + struct.pack("<H", len(head) + 2))


def shortcut_of_items(parts, reference):
    """A .lnk with a list of items only: PARTS are (long name, short name) below C:\\."""
    items = _item(bytes.fromhex("1f50e04fd020ea3a6910a2d808002b30309d"))
    items += _item(b"\x2fC:\\" + bytes(19))
    for number, (name, short) in enumerate(parts, 1):
        last = number == len(parts)
        items += _file_item(name, short, not last, reference if last else 0)
    items += b"\0\0"
    header = struct.pack("<I16sIIQQQIIIHHII", 0x4C, LNK_CLASS, 0x81, 0x20, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0)
    return header + struct.pack("<H", len(items)) + items + bytes(4)


def shortcut_of_variables(path, arguments, machine, born, mac):
    """A .lnk with variables in its path, and the tracker of the machine that made it."""
    header = struct.pack("<I16sIIQQQIIIHHII", 0x4C, LNK_CLASS, 0x2A0, 0x20, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0)
    texts = struct.pack("<H", len(arguments)) + arguments.encode("utf-16le")
    block = struct.pack("<II260s520s", 0x314, 0xA0000001, path.encode("cp1252"), path.encode("utf-16le"))
    # A UUID of version 1: 100 ns since 1582-10-15, which is 0x146bf33e42c000 before 1601.
    time = moment.filetime(born) + 0x146BF33E42C000
    uuid = struct.pack("<IHHBB", time & 0xFFFFFFFF, time >> 32 & 0xFFFF, time >> 48 | 0x1000, 0x80, 0) + mac
    tracker = struct.pack("<IIII16s", 0x60, 0xA0000003, 0x58, 0, machine.encode()) + (bytes(16) + uuid) * 2
    return header + texts + block + tracker + bytes(4)


def pif(program, parameters, folder):
    """A .pif of Windows 3.1: no sections."""
    data = bytearray(0x171)
    data[2:32] = b"MS-DOS".ljust(30)
    for offset, text in ((0x24, program), (0x65, folder), (0xA5, parameters)):
        data[offset:offset + len(text)] = text.encode("cp437")
    return bytes(data)


def actions(command, parameters):
    """The value Actions of a task in the registry, as Windows 10 writes it."""
    def text(s):
        return struct.pack("<I", 2 * len(s)) + s.encode("utf-16le")

    return (struct.pack("<H", 3) + text("Author") + struct.pack("<H", 0x6666) + text("") + text(command)
            + text(parameters) + text("") + b"\0\0")


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
