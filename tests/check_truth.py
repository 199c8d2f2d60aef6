#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_truth.py TRUTH IMAGE FILE: compare the records on standard input with
what images/truth.tsv says of IMAGE, which is the file FILE. Prints one line for
each fact that does not hold, and how many were compared; status 1 for any that
fails, or when nothing was compared."""

import hashlib
import json
import subprocess
import sys
from urllib.parse import unquote_to_bytes


def text_bytes(record, name):
    """The bytes of a text member: those of its _hex twin when it has one."""
    if name + "_hex" in record:
        return bytes.fromhex(record[name + "_hex"])
    value = record.get(name)
    return value.encode() if value is not None else None


def main():
    truth, image, operand = sys.argv[1:]
    records = [json.loads(line) for line in sys.stdin]
    by_path = {}
    for record in records:
        path = text_bytes(record, "path") or b""
        stream = path[path.rfind(b"/"):].partition(b":")
        # A hard link is named in `names`; an orphan has only its own name for certain.
        paths = [path] + [n.encode() + stream[1] + stream[2] for n in record.get("names", [])]
        if record.get("state") == "orphan":
            paths.append(path[path.rfind(b"/"):])
        for each in paths:
            by_path.setdefault((record.get("volume"), each), []).append(record)
    compared = failed = 0

    def check(holds, what):
        nonlocal compared, failed
        compared += 1
        if not holds:
            failed += 1
            print("does not hold: " + what)

    for line in open(truth, encoding="utf-8"):
        if line.startswith("#"):
            continue
        row = (line.rstrip("\n").split("\t") + [""] * 4)[:8]
        of, fact, volume, path, name, value, where, offset = row
        if of != image:
            continue
        what = " ".join(part for part in row if part)
        found = by_path.get((volume, unquote_to_bytes(path)), [])
        if fact in ("file", "deleted", "orphan", "stream") and any(
                record["type"] == "file" for record in records):
            states = {"file": "allocated", "stream": "allocated", "deleted": "deleted",
                      "orphan": "orphan"}
            found = [r for r in found if r["type"] == "file" and r["state"] == states[fact]]
            if name == "size":
                check(any(str(r.get("size")) == value for r in found), what)
            elif name == "sha256":
                digests = []
                for r in found:
                    content = subprocess.run(
                        ["fs-cat", f"{operand}:{volume}:{r['inode']}"], check=True,
                        stdout=subprocess.PIPE).stdout
                    digests.append(hashlib.sha256(content).hexdigest())
                check(value in digests, what)
            elif name.endswith("time"):
                times = [r.get(name, "") for r in found]
                # FAT keeps 2 s, 10 ms or a day: the truth is what was meant.
                check(any(t == value or t.rstrip("Z") == value.rstrip("Z") or
                          (t and value.startswith(t[:10]) and r.get(name + "_precision") == "1d")
                          for t, r in zip(times, found)), what)
            elif not name or name == "exists":
                check(bool(found), what)
        elif fact == "indicator" and any(r["type"] == "indicator" for r in records):
            kind, encoding = name.split(":")
            if kind not in ("domain", "url", "email", "ipv4") or \
                    encoding not in ("ascii", "utf-16le"):
                continue
            if kind == "ipv4":
                value = value.partition(":")[0]
            hits = [r for r in records if r["type"] == "indicator" and r["kind"] == kind and
                    r["value"] == value and r["encoding"] == encoding]
            if path:
                hits = [r for r in hits if text_bytes(r, "path") == unquote_to_bytes(path)]
                place = "file_offset"
            else:
                place = "offset"
            if where:
                hits = [r for r in hits if r.get("area") == where]
            if offset:
                hits = [r for r in hits if r.get(place) == int(offset)]
            check(len(hits) == 1, what)
        elif fact == "autorun" and any(r["type"] == "autorun" for r in records):
            hits = [r for r in found if r["type"] == "autorun" and r["location"] == name]
            if not where:  # no key in it: data is that, or that with arguments
                hits = [r for r in hits if (r.get("data", "") + " ").startswith(value + " ")]
            else:
                hits = [r for r in hits if value in (r.get("data"), " ".join(
                    r["data"] if isinstance(r.get("data"), list) else []))]
                key, _, value_name = where.rpartition("\\")
                hits = [r for r in hits if r["key"].lower() == key.strip("[]").lower() and
                        r["name"].lower() == value_name.lower()]
                # A list has a record for each of its programs.
                programs = {r.get("program") for r in hits}
                check(len(hits) == len(programs) and (
                    len(hits) == 1 or all(
                        p.rpartition("/")[2].lower().removesuffix(".exe") in value.lower()
                        for p in programs)), what)
                continue
            check(len(hits) == 1, what)
    print(f"{compared} facts compared, {failed} do not hold")
    return 1 if failed or not compared else 0


sys.exit(main())
