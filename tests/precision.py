#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How many of the domains that ioc-strings gives are no host names.

    precision.py FOLDER RECORDS REVIEWED    judge the records of FOLDER's image; print the figure

Each distinct domain of confidence 60 and more is judged by what the files themselves say of it,
never by fett. It is a host name if

  url       it, or a name with the same registered part, is the host of a URL (a scheme and "://"
            before it) in some file of the tree,
  mail      or that of a mail address in a text file of the tree (a name and "@" before it), or in
            any file where it stands in angle brackets,
  reserved  or it lies in a domain that RFC 2606 or RFC 6761 keeps for examples,
  reviewed  or somebody has looked at it: REVIEWED has value, true or false, and why.

The registered part is the last two labels, or three behind a second level as co.uk and a suffix
of two letters. A value that none of these decides counts as no host name: the figure is the worst
case of what is not known. What the judge does not know: whether such a host ever existed, and
whether each single occurrence of a name that is one elsewhere is meant as one.
"""

import json
import os
import re
import sys

HOST = rb"((?:[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9])"
URL = re.compile(rb"[a-z]{2,10}://(?:[^\s/@<>\"']{1,64}@)?" + HOST)
MAIL = re.compile(rb"[A-Za-z0-9_.+-]{2,64}@" + HOST + rb"(?=[>\s),;\"'\]}:.|/\\]|$)")
ENCLOSED = re.compile(rb"<[A-Za-z0-9_.+-]{1,64}@" + HOST + rb">")
RESERVED = ("example", "test", "invalid", "localhost", "example.com", "example.net", "example.org",
            "in-addr.arpa", "ip6.arpa")
SECOND_LEVEL = {"ac", "co", "com", "edu", "gov", "govt", "ne", "net", "nom", "or", "org", "gob", "go"}


def registered(name):
    labels = name.split(".")
    three = len(labels) > 2 and labels[-2] in SECOND_LEVEL and len(labels[-1]) == 2
    return ".".join(labels[-3 if three else -2:])


def named_hosts(folder):
    urls, mails = set(), set()
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            if os.path.islink(path) or not os.path.isfile(path):
                continue
            with open(path, "rb") as file:
                data = file.read()
            # groff writes - as \-, and text in UTF-16 is looked at as well
            for text in {data, data.replace(b"\\-", b"-"), data.replace(b"\0", b"")}:
                if b"://" in text:
                    urls.update(host.lower() for host in URL.findall(text))
                if b"@" in text and b"\0" not in data[:8192]:
                    mails.update(host.lower() for host in MAIL.findall(text))
                elif b"@" in text:
                    mails.update(host.lower() for host in ENCLOSED.findall(text))
    return ({registered(host.decode()) for host in urls},
            {registered(host.decode()) for host in mails})


def main():
    folder, records, reviewed_file = sys.argv[1:]
    reviewed = {}
    with open(reviewed_file) as file:
        for line in file:
            if not line.startswith("#"):
                value, verdict, _ = line.rstrip("\n").split("\t")
                reviewed[value] = verdict
    values = {}
    with open(records) as file:
        for record in map(json.loads, file):
            if record["type"] == "indicator" and record["confidence"] >= 60:
                values.setdefault(record["value"], record)
    urls, mails = named_hosts(folder)
    counts, wrong = {}, []
    for value, record in sorted(values.items()):
        if value in reviewed:
            how = "reviewed" if reviewed[value] == "true" else "false"
        elif registered(value) in urls:
            how = "url"
        elif registered(value) in mails:
            how = "mail"
        elif value.endswith(RESERVED):
            how = "reserved"
        else:
            how = "undecided"
        counts[how] = counts.get(how, 0) + 1
        if how in ("false", "undecided"):
            wrong.append("%s\t%s\t%s\t%s" % (how, value, record.get("path"), record.get("reason")))
    print("\n".join(wrong), file=sys.stderr)
    print("domains %d, no host names at worst %d = %.2f %% (%s)" % (
        len(values), len(wrong), 100 * len(wrong) / len(values),
        ", ".join("%s %d" % item for item in sorted(counts.items()))))
    sys.exit(len(wrong) * 50 > len(values)) # 2 %


main()
