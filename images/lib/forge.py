# SPDX-License-Identifier: Apache-2.0
"""Collects the content of an NTFS volume and the ntfsforge script that writes it."""
import hashlib
import os
import re

LONG_BASE, LONG_EXTENSION = 6, 3


def needs_short_name(name):
    base, _, extension = name.rpartition(".") if "." in name else (name, "", "")
    return (len(base) > 8 or len(extension) > 3 or
            re.search(r"[^A-Za-z0-9_\-~!#$%&'()@^`{}.]", name) or name.count(".") > 1)


class Volume:
    """Without DOS_NAMES every name is a POSIX name, as ntfs-3g leaves it."""

    def __init__(self, folder, dos_names=True):
        self.folder = folder
        self.dos_names = dos_names
        self.script = []
        self.taken = set()

    def do(self, *words):
        self.script.append("\t".join(map(str, words)))

    def _content(self, data):
        """The name of a file that holds DATA; equal contents share one."""
        name = os.path.join(self.folder, hashlib.sha1(data).hexdigest())
        if not os.path.exists(name):
            with open(name, "wb") as file:
                file.write(data)
        return name

    def _short_name(self, path):
        """The 8.3 name as Windows NT makes it, in the namespace of the folder."""
        folder, _, name = path.rpartition("/")
        short = name.upper()
        if needs_short_name(name):
            stem, _, extension = name.rpartition(".") if "." in name else (name, "", "")
            stem, extension = (re.sub(r"[^A-Z0-9_\-]", "", part.upper()) for part in (stem, extension))
            number = 1
            while True:
                short = f"{stem[:LONG_BASE]}~{number}" + ("." + extension[:LONG_EXTENSION] if extension else "")
                if (folder, short) not in self.taken:
                    break
                number += 1
        self.taken.add((folder, short))
        return short

    def clock(self, time):
        self.do("clock", time)

    def mkdir(self, path):
        self.do("mkdir", path)
        if self.dos_names:
            self.do("dosname", path, self._short_name(path))

    def write(self, path, data, times=None):
        """TIMES are born, modified, accessed and changed; without them all are the clock's."""
        self.do("write", path, self._content(data))
        if self.dos_names:
            self.do("dosname", path, self._short_name(path))
        if times:
            self.do("times", path, *times)

    def rewrite(self, path, data):
        self.do("write", path, self._content(data))

    def append(self, path, data):
        self.do("append", path, self._content(data))

    def stream(self, path, name, data):
        self.do("stream", path, name, self._content(data))

    def save(self, path):
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(self.script) + "\n")
