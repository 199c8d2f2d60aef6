# SPDX-License-Identifier: Apache-2.0
"""Plants the autostarts of tests/expect/autoruns.tsv, and tells which are not reported.

    check_autoruns.py describe LIST HIVE [WHAT]   a description (images/lib/registry.py) of one hive
    check_autoruns.py compare LIST HIVE [ORIGIN]  reg-runkeys' records of it on standard input
"""
import json
import sys

BESIDE = "beside"  # the name of a value that stays


def rows(path, hive):
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.startswith("#"):
                continue
            row = [part.replace("#", str(number)) for part in line.rstrip("\n").split("\t")]
            if row[0] == hive:
                yield row[1:]


def describe(path, hive, what="planted"):
    """Keys and values; `bare`: keys only; `beside`: another value before those of each key."""
    yield "@2010-05-05T10:00:00Z"
    if hive == "system":
        yield "[Select]\nCurrent\tdword\t1"
    if what == "beside":
        for key, *_ in rows(path, hive):
            yield f"[{key}]\n{BESIDE}\tsz\t"
    for key, value, kind, data, _, _ in rows(path, hive):
        yield f"[{key}]" + ("" if what == "bare" else f"\n{value}\t{kind}\t{data}")


def missing(path, hive, origin, records):
    records = [r for r in records if r["type"] == "autorun" and r["name"] != BESIDE]
    told = [r for r in records if r["origin"] == origin and not r.get("default")]
    for key, value, _, data, location, program in rows(path, hive):
        name = "" if value == "@" else value
        if location and not any(
                r["location"] == location and r["key"].lower().endswith("\\" + key.lower())
                and r["name"] == name and r.get("program", "") == program for r in told):
            found = [(r["location"], r.get("program"), r.get("default"), r["origin"])
                     for r in records if r["key"].lower().endswith("\\" + key.lower())
                     and r["name"] == name]
            yield f"{location}: {key} {value}: {program}: {found}"
        elif location:
            # a key that is an autostart by its name stays one without the value
            for r in records:
                if (r["location"], r["name"], r["origin"]) == (location, name, "live") and \
                        origin != "live" and "data_type" in r and \
                        r["key"].lower().endswith("\\" + key.lower()):
                    yield f"{location}: {key} {value}: live"


def main(action, path, hive, what=None):
    if action == "describe":
        print("\n".join(describe(path, hive, what or "planted")))
        return 0
    records = [json.loads(line) for line in sys.stdin]
    lost = list(missing(path, hive, what or "live", records))
    print("\n".join(lost))
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
