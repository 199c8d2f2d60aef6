#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""compare_hives.py XML: compare records of reg-ls on standard input with what
hivexml says of the same hive, by where keys and values stand in the file. Prints
what differs, then how many keys and values are the same; status 1 if any differs
or there are none."""

import base64
import json
import re
import sys
import xml.etree.ElementTree as ElementTree

NUMBERS = {"REG_DWORD", "REG_DWORD_BIG_ENDIAN", "REG_QWORD"}
TEXTS = {"REG_SZ", "REG_EXPAND_SZ", "REG_LINK"}


def plain(text):
    """As hivexml has it: it ends names and text at a NUL, and XML has no control
    characters, and a blank for each end of a line."""
    text = re.sub(r"[\x01-\x08\x0b\x0c\x0e-\x1f]", "?", text.partition("\0")[0])
    return re.sub("\r\n|[\r\n\t]", " ", text)


def strings(texts):
    """hivex has the empty string that ends a list too."""
    return "\0".join(plain(text) for text in texts).rstrip("\0")


def theirs_of(path):
    keys, values = {}, {}
    text = re.sub(br"[\x01-\x08\x0b\x0c\x0e-\x1f]", b"?", open(path, "rb").read())
    for node in ElementTree.fromstring(text).iter("node"):
        offset = int(node.find("byte_runs/byte_run").get("file_offset"))
        keys[offset] = (node.get("name"), (node.findtext("mtime") or "")[:19])
        for value in node.findall("value"):
            run = value.find("byte_runs/byte_run")
            # Some have no place there: they are found by where their key stands.
            place = (offset, value.get("key") or "") if run is None else int(run.get("file_offset"))
            kind = value.get("type")
            if kind == "string-list":
                data = [string.text or "" for string in value.findall("string")]
            elif value.get("encoding") == "base64":
                data = base64.b64decode(value.get("value") or "")
            else:
                data = value.get("value")
            values[place] = (value.get("key") or "", kind, data)
    return keys, values


def same_data(record, kind, data):
    """Whether the data are the same; None where hivex gives nothing to compare."""
    ours, name = record.get("data"), record["data_type"]
    if name in NUMBERS and all(re.match("-?[0-9]+$", str(number)) for number in (ours, data)):
        # hivex prints them signed; large numbers are strings in records
        bits = 64 if name == "REG_QWORD" else 32
        return (int(ours) - int(data)) % 2**bits == 0
    if name == "REG_MULTI_SZ" and kind == "string-list":
        return strings(ours) == strings(data)
    if name in TEXTS and kind in ("string", "expand", "link") and isinstance(data, str):
        return plain(ours) == plain(data)
    if name not in TEXTS | NUMBERS and isinstance(data, bytes) and isinstance(ours, str):
        return bytes.fromhex(ours) == data
    return None


def main():
    keys, values = theirs_of(sys.argv[1])
    differs = key = 0
    found = {"key": 0, "value": 0, "data": 0}

    def tell(what, *facts):
        nonlocal differs
        differs += 1
        if differs <= 10:
            print(what, *facts)

    for line in sys.stdin:
        record = json.loads(line)
        if record["type"] not in ("key", "value") or record["origin"] == "deleted":
            continue
        if record["type"] == "key":
            key = record["file_offset"]
            other = keys.pop(key, None)
        else:
            other = values.pop(record["file_offset"], None) or values.pop(
                (key, plain(record["name"])), None)
        if other is None:
            tell("only here:", line.strip())
            continue
        found[record["type"]] += 1
        if record["type"] == "key":
            path, name = plain(record["key"]), plain(other[0])
            if found["key"] > 1 and not path.endswith("\\" + name):
                tell("name:", path, name)
            if record.get("key_last_write", "1601-01-01T00:00:00")[:19] != other[1]:
                tell("time:", line.strip(), other[1])
            continue
        if plain(record["name"]) != plain(other[0]):
            tell("name:", record["name"], other[0])
        same = same_data(record, other[1], other[2])
        found["data"] += same is not None
        if same is False:
            tell("data:", line.strip(), other)
    for offset, other in [*keys.items(), *values.items()]:
        tell("only there:", offset, other)
    print(f"{differs} differ, {found['key']} keys, {found['value']} values, {found['data']} data")
    return 1 if differs or found["key"] == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
