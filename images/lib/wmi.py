# SPDX-License-Identifier: Apache-2.0
"""Makes a repository of WMI: OBJECTS.DATA, INDEX.BTR and its mapping files.

    python3 wmi.py FOLDER [xp] <DESCRIPTION

DESCRIPTION is a JSON list of instances: {"class": ..., "properties": {NAME: TEXT, ...},
"namespace": "root\\\\subscription", "deleted": one of
    "page"   on a page that no mapping names any more
    "slack"  on a page that is mapped, but without an entry in its table
    "key"    with an entry, which no key of the index names}.

After the documents, not after a repository of Windows, of which none was at hand: "WMI
repository file formats" (libyal/dtformats), [MS-WMIO] 2.2 (blocks of instances and their
heap), python-cim and WMIParser of flare-wmi (keys of the index, order of the properties),
artemis (records that go on in the next page). What they do not tell, numbers of changes and
checksums of pages, is zero or counted up.
"""
import hashlib
import json
import os
import struct
import sys
import zlib

import moment

PAGE = 8192
NONE = 0xFFFFFFFF
MADE = moment.filetime("2012-03-04T05:06:07Z")
CHANGED = moment.filetime("2012-03-05T06:07:08.5Z")

CONSUMER = "MachineName:s MaximumQueueSize:4 CreatorSID:b Name:s "
CLASSES = {
    "CommandLineEventConsumer": CONSUMER +
        "ExecutablePath:s CommandLineTemplate:s UseDefaultErrorMode:2 CreateNewConsole:2 "
        "CreateNewProcessGroup:2 CreateSeparateWowVdm:2 CreateSharedWowVdm:2 Priority:4 "
        "WorkingDirectory:s DesktopName:s WindowTitle:s XCoordinate:4 YCoordinate:4 XSize:4 YSize:4 "
        "XNumCharacters:4 YNumCharacters:4 FillAttributes:4 ShowWindowCommand:4 ForceOnFeedback:2 "
        "ForceOffFeedback:2 RunInteractively:2 KillTimeout:4",
    "ActiveScriptEventConsumer": CONSUMER +
        "ScriptingEngine:s ScriptText:s ScriptFilename:s KillTimeout:4",
    "NTEventLogEventConsumer": CONSUMER +
        "UNCServerName:s SourceName:s EventID:4 EventType:4 Category:2 NumberOfInsertionStrings:4 "
        "InsertionStringTemplates:4 NameOfRawDataProperty:s NameOfUserSidProperty:s",
    "LogFileEventConsumer": CONSUMER + "Filename:s Text:s MaximumFileSize:8 IsUnicode:2",
    "SMTPEventConsumer": CONSUMER +
        "SMTPServer:s Subject:s FromLine:s ReplyToLine:s Message:s ToLine:s CcLine:s BccLine:s "
        "HeaderFields:4",
    "__EventFilter": "Name:s CreatorSID:b QueryLanguage:s Query:s EventNamespace:s EventAccess:4",
    "__FilterToConsumerBinding":
        "Filter:s Consumer:s DeliveryQoS:4 DeliverSynchronously:2 MaintainSecurityContext:2 "
        "SlowDownProviders:2 CreatorSID:b",
    # of others, whose layout a reader need not know
    "OddEventConsumer": "Name:s Odd:8 Text:s",
    "Win32_Nothing": "Name:s",
}
ADMINISTRATORS = bytes.fromhex("01020000000000052000000020020000")  # S-1-5-32-544


def name_hash(name, xp):
    data = name.upper().encode("utf-16le")
    return (hashlib.md5(data) if xp else hashlib.sha256(data)).hexdigest().upper()


def encode(text):
    """An Encoded-String: one byte a character where that is enough."""
    try:
        return b"\0" + text.encode("latin-1") + b"\0"
    except UnicodeEncodeError:
        return b"\1" + text.encode("utf-16le") + b"\0\0"


def instance(class_name, properties, xp):
    """The record of an instance."""
    layout = [item.split(":") for item in CLASSES[class_name].split()]
    heap = encode(class_name)
    bits, values = 0, b""
    for number, (name, kind) in enumerate(layout):
        size = int(kind) if kind.isdigit() else 4
        if kind == "s" and name in properties:
            values += struct.pack("<I", len(heap))
            heap += encode(properties[name])
        elif kind == "b":
            values += struct.pack("<I", len(heap))
            heap += struct.pack("<I", len(ADMINISTRATORS)) + ADMINISTRATORS
        else:
            bits |= 1 << 2 * number  # no value
            values += b"\xff" * size if kind == "s" else bytes(size)
    block = struct.pack("<IB", 0, 0) + bits.to_bytes((2 * len(layout) + 7) // 8, "little") + values
    block += struct.pack("<IBI", 4, 1, len(heap) | 0x80000000) + heap
    return (name_hash(class_name, xp).encode("utf-16le") + struct.pack("<QQI", CHANGED, MADE, len(block) + 4)
            + block)


class Repository:
    def __init__(self, xp=False):
        self.xp = xp
        self.records = []  # (key or None, bytes, how it was deleted)

    def add(self, class_name, properties, namespace="root\\subscription", deleted=None):
        data = instance(class_name, properties, self.xp)
        name = properties.get("Name", properties.get("Consumer", "") + properties.get("Filter", ""))
        key = ["NS_" + name_hash(namespace, self.xp), "CI_" + name_hash(class_name, self.xp),
               "IL_" + name_hash(name, self.xp)]
        self.records.append((key, data, deleted))

    # --- OBJECTS.DATA ---

    def _page(self, entries, hidden):
        """A page of records (id, bytes), of which the hidden have no entry. The bytes of it and what
        goes on in the next ones."""
        at = 16 * (len(entries) + 1)
        table, body = b"", b""
        for number, data in entries:
            table += struct.pack("<IIII", number, at + len(body), len(data), zlib.crc32(data) if self.xp else 0)
            body += data
        page = table + bytes(16) + body
        if len(page) > PAGE:
            assert not hidden
            return page + bytes(-len(page) % PAGE)
        for data in hidden:
            page += b"\xcc\xcc" + data
        assert len(page) <= PAGE
        return page + bytes(PAGE - len(page))

    def _lay_out(self):
        """Logical pages, free pages, and the keys."""
        logical, free, keys = [self._page([(1, b"\0" * 40)], [])], [], []
        entries, hidden, size = [], [], 16

        def close():
            nonlocal entries, hidden, size
            if entries or hidden:
                page = self._page(entries, hidden)
                logical.extend(page[i:i + PAGE] for i in range(0, len(page), PAGE))
            entries, hidden, size = [], [], 16

        for number, (key, data, deleted) in enumerate(self.records, 100):
            need = len(data) + 18
            if deleted == "page":
                free.append(self._page([(number, data)], []))
                continue
            if size + need > PAGE:
                close()
            if deleted == "slack":
                hidden.append(data)
            else:
                if deleted is None:
                    keys.append(key[:2] + [f"{key[2]}.{len(logical)}.{number}.{len(data)}"])
                entries.append((number, data))
            size += need
            if size > PAGE:  # goes on in the next page
                close()
        close()
        return logical, free, keys

    # --- INDEX.BTR ---

    def _index_page(self, number, keys, children):
        parts = sorted({part for key in keys for part in key})
        words, places = [], []
        for key in keys:
            places.append(len(words))
            words += [len(key)] + [parts.index(part) for part in key]
        text, begins = b"", []
        for part in parts:
            begins.append(len(text))
            text += part.encode() + b"\0"
        page = struct.pack("<IIIII", 0xACCC, number, 0, 0, len(keys)) + bytes(4 * len(keys))
        page += struct.pack(f"<{len(children)}I", *children) + struct.pack(f"<{len(keys)}H", *places)
        page += struct.pack("<H", len(words)) + struct.pack(f"<{len(words)}H", *words)
        page += struct.pack("<H", len(parts)) + struct.pack(f"<{len(parts) + 1}H", *begins, len(text)) + text
        assert len(page) <= PAGE
        return page + bytes(PAGE - len(page))

    def _subtree(self, pages, keys, a_page):
        """Lay out the pages of these keys; the number of the upper one."""
        number = len(pages)
        pages.append(None)
        upper, children = [], []
        step = -(-len(keys) // (a_page + 1))  # to each child, with the key behind it
        while len(keys) > a_page:
            child, keys = keys[:step - 1], keys[step - 1:]
            children.append(self._subtree(pages, child, a_page) if child else NONE)
            upper.append(keys.pop(0))
            if len(upper) == a_page:
                break
        if upper:
            children.append(self._subtree(pages, keys, a_page) if keys else NONE)
        else:
            upper, children = keys, [0] * (len(keys) + 1)
        pages[number] = self._index_page(number, upper, children)
        return number

    def _index(self, keys, a_page=8):
        """Logical pages and the number of the root; few keys a page, so that there are levels."""
        pages = [struct.pack("<IIII", 0xADDD, 0, 0, 1 if self.xp else 0) + bytes(PAGE - 16)]
        return pages, self._subtree(pages, sorted(keys), a_page)

    # --- MAPPING*.MAP ---

    def _table(self, version, places, count, root):
        data = struct.pack("<II", 0xABCD, version)
        if not self.xp:
            data += struct.pack("<II", version, version - 1)
        data += struct.pack("<II", count, len(places))
        for number, place in enumerate(places):
            data += struct.pack("<I", place)
            if not self.xp:
                used = root if number == 0 else 100
                data += struct.pack("<IIIII", 0, 0, used, version, version)
        free = sorted(set(range(count)) - set(places))
        return data + struct.pack(f"<I{len(free)}I", len(free), *free) + struct.pack("<I", 0xDCBA)

    def files(self):
        """All files by their names."""
        logical, free, keys = self._lay_out()
        index, root = self._index(keys)
        # Live pages lie behind the free ones, the last first.
        places = [len(free) + len(logical) - 1 - i for i in range(len(logical))]
        objects = free + [page for _, page in sorted(zip(places, logical))]
        index_places = [len(index) - 1 - i for i in range(len(index))]
        index_pages = [page for _, page in sorted(zip(index_places, index))]
        files = {"OBJECTS.DATA": b"".join(objects), "INDEX.BTR": b"".join(index_pages)}
        for number in range(1, 3 if self.xp else 4):
            # The last one is of an older version, which has no places.
            older = number == (2 if self.xp else 3)
            version = 7 if older else 8 + number
            places_then = [NONE] * len(places) if older else places
            files[f"MAPPING{number}.MAP"] = (
                self._table(version, places_then, len(objects), root)
                + self._table(version, index_places, len(index), root)
                + (b"" if self.xp else struct.pack("<I", 1)))
        return files


def main(folder, version="7"):
    repository = Repository(version == "xp")
    for item in json.load(sys.stdin):
        repository.add(item["class"], item.get("properties", {}),
                       item.get("namespace", "root\\subscription"), item.get("deleted"))
    os.makedirs(folder, exist_ok=True)
    for name, data in repository.files().items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)


if __name__ == "__main__":
    main(*sys.argv[1:])
