# SPDX-License-Identifier: Apache-2.0
"""Plants the autostarts of tests/expect/autoruns.tsv, and tells which are not reported.

    check_autoruns.py describe LIST HIVE     a description (images/lib/registry.py) of one hive
    check_autoruns.py compare LIST HIVE      reg-runkeys' records of it on standard input
"""
import json
import sys


def rows(path, hive):
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.startswith("#"):
                continue
            row = [part.replace("#", str(number)) for part in line.rstrip("\n").split("\t")]
            if row[0] == hive:
                yield row[1:]


def describe(path, hive):
    yield "@2010-05-05T10:00:00Z"
    if hive == "system":
        yield "[Select]\nCurrent\tdword\t1"
    for key, value, kind, data, _, _ in rows(path, hive):
        yield f"[{key}]\n{value}\t{kind}\t{data}"


def missing(path, hive, records):
    told = [r for r in records if r["type"] == "autorun" and not r.get("default")]
    for key, value, _, data, location, program in rows(path, hive):
        name = "" if value == "@" else value
        if location and not any(
                r["location"] == location and r["key"].lower().endswith("\\" + key.lower())
                and r["name"] == name and r.get("program", "") == program for r in told):
            found = [(r["location"], r.get("program"), r.get("default")) for r in records
                     if r["type"] == "autorun" and r["key"].lower().endswith("\\" + key.lower())
                     and r["name"] == name]
            yield f"{location}: {key} {value}: {program}: {found}"


action, path, hive = sys.argv[1:]
if action == "describe":
    print("\n".join(describe(path, hive)))
else:
    lost = list(missing(path, hive, [json.loads(line) for line in sys.stdin]))
    print("\n".join(lost))
    sys.exit(1 if lost else 0)
