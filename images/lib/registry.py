# SPDX-License-Identifier: Apache-2.0
"""Reads descriptions of registry hives.

    # comment
    @2000-03-14T09:20:00Z                        the last write of the keys that follow
    [Key\\Subkey]                                  a key; keys above it are made when missing
    [Key\\Subkey] 2000-11-22T08:14:05.123Z         a key with its own last write
    Name<TAB>type<TAB>data                       a value of the key; @ is the default value

Types and their data: sz, expand (text), multi (texts separated by |), dword (decimal or 0x),
binary, none (hex). A later description of the same key or value replaces the earlier one.
"""
import struct

TYPES = {"none": 0, "sz": 1, "expand": 2, "binary": 3, "dword": 4, "multi": 7}


class Key:
    def __init__(self, name, last_write):
        self.name = name
        self.last_write = last_write
        self.subkeys = {}
        self.values = {}

    def sorted_subkeys(self):
        return [self.subkeys[name] for name in sorted(self.subkeys)]


def encode(kind, text, encoding):
    if kind in ("sz", "expand"):
        return (text + "\0").encode(encoding)
    if kind == "multi":
        return ("".join(part + "\0" for part in text.split("|")) + "\0").encode(encoding)
    if kind == "dword":
        return struct.pack("<I", int(text, 0))
    return bytes.fromhex(text)


def read(paths, root_name, encoding):
    """The root Key of the hive that the descriptions at PATHS tell of, later ones on top."""
    root = None
    for path in paths:
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                line = line.rstrip("\n")
                if not line or line.startswith("#"):
                    continue
                if line.startswith("@2") or line.startswith("@1"):
                    default_time = line[1:]
                    if root is None:
                        root = Key(root_name, default_time)
                elif line.startswith("["):
                    name, _, own_time = line[1:].rpartition("]")
                    key = root
                    for part in name.split("\\"):
                        key = key.subkeys.setdefault(part.upper(), Key(part, default_time))
                    key.last_write = own_time.strip() or default_time
                else:
                    name, kind, data = line.split("\t")
                    name = "" if name == "@" else name
                    key.values[name.upper()] = (name, TYPES[kind], encode(kind, data, encoding))
    return root
