# SPDX-License-Identifier: Apache-2.0
"""Content of the disks that the benchmark runs on, and the ntfsforge script that writes it.

    python3 disk.py FOLDER FILES A-FOLDER [tiny] [tree]

writes FOLDER/pool, some hundred different contents, and FOLDER/script: FILES files with at
most A-FOLDER in one folder, deleted ones and fragments among them. `tiny` takes only contents
that fit into an $MFT record. `tree` writes the files into FOLDER/tree besides, and into
FOLDER/removed which of them the script deletes. The same arguments give the same bytes.

What is in the pool: logs and pages with hosts, addresses and mail addresses in some of the
lines; the same in UTF-16; programs (random code, tables of names as compilers leave them);
data that cannot be compressed; blank space.
"""
import datetime
import os
import random
import sys

SYLLABLES = ("ka ro mi ne to la si vo de pu an er il os un ta re no li ma be gu fi ha jo ze wy "
             "st tr kl pr sch").split()
ENDINGS = "com net org de pl co.uk info".split()
SIZES = (300, 700, 1500, 3000, 5000, 9000, 12000, 20000, 40000, 70000)


class Writer:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.words = ["".join(self.random.choices(SYLLABLES, k=self.random.randint(1, 4)))
                      for _ in range(5000)]
        self.hosts = [f"www.{self.word()}{i}.{self.random.choice(ENDINGS)}" for i in range(400)]

    def word(self):
        return self.random.choice(self.words)

    def line(self):
        kind = self.random.random()
        text = " ".join(self.word() for _ in range(self.random.randint(3, 14)))
        if kind < 0.02:
            return f"{text} http://{self.random.choice(self.hosts)}/{self.word()}?id={len(text)}"
        if kind < 0.03:
            return f"{text} <{self.word()}@{self.random.choice(self.hosts)[4:]}>"
        if kind < 0.05:
            return f"{text} 10.{len(text)}.{self.random.randint(0, 255)}.{self.random.randint(1, 254)}"
        return text + "."

    def text(self, size):
        lines, length = [], 0
        while length < size:
            lines.append(self.line())
            length += len(lines[-1]) + 2
        return "\r\n".join(lines).encode()[:size]

    def program(self, size):
        parts, length = [b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0"], 16
        while length < size:
            kind = self.random.random()
            if kind < 0.5:  # code: the bytes that occur often, and others
                part = bytes(self.random.choices(b"\x8b\x00\xff\x45\x89\x24\x04\xe8\x0f\x85\x74",
                                                 k=200)) + self.random.randbytes(56)
            elif kind < 0.8:
                part = b"\0".join(f"_{self.word()}_{self.word()}@{len(parts)}".encode()
                                  for _ in range(12))
            else:
                part = bytes(256)
            parts.append(part)
            length += len(part)
        return b"".join(parts)[:size]

    def contents(self):
        for size in SIZES:
            for _ in range(6):
                yield self.text(size)
            for _ in range(2):
                yield self.text(size // 2).decode().encode("utf-16le")
            for _ in range(6):
                yield self.program(size)
            for _ in range(4):
                yield self.random.randbytes(size)


def plant(folder):
    """What the script says, as files; they keep what is appended and what is deleted."""
    tree = os.path.join(folder, "tree")
    os.mkdir(tree)
    with open(os.path.join(folder, "script"), encoding="utf-8") as script, \
            open(os.path.join(folder, "removed"), "w", encoding="utf-8") as removed:
        for line in script:
            verb, path, *source = line.rstrip("\n").split("\t")
            if verb == "clock":
                when = datetime.datetime.fromisoformat(path[:19] + "+00:00").timestamp()
            elif verb == "mkdir":
                os.mkdir(tree + path)
            elif verb == "rm":
                removed.write(path + "\n")
            else:
                with open(source[0], "rb") as content, open(tree + path, "ab") as out:
                    out.write(content.read())
                os.utime(tree + path, (when, when))


def main(folder, files, a_folder, *options):
    files, a_folder = int(files), int(a_folder)
    writer = Writer(2000)
    pool = os.path.join(folder, "pool")
    os.makedirs(pool, exist_ok=True)
    sizes = []
    for content in writer.contents():
        with open(os.path.join(pool, str(len(sizes))), "wb") as out:
            out.write(content)
        sizes.append(len(content))
    usable = [i for i, size in enumerate(sizes) if "tiny" not in options or size <= 600]
    choose = random.Random(files)
    with open(os.path.join(folder, "script"), "w", encoding="utf-8") as out:
        out.write("clock\t2000-11-01T08:00:00Z\n")
        for i in range(files):
            if i % a_folder == 0:
                out.write(f"mkdir\t/{i // a_folder:05d}\n")
            if i % 500 == 0:
                out.write(f"clock\t2000-11-{1 + i // 50000 % 28:02d}T{i // 500 % 24:02d}:"
                          f"{i % 60:02d}:{i % 59:02d}.{i:07d}Z\n")
            path = f"/{i // a_folder:05d}/{writer.words[i % 5000]}{i}." + \
                choose.choice(("txt", "log", "htm", "dll", "exe", "dat"))
            content = choose.choice(usable)
            out.write(f"write\t{path}\t{pool}/{content}\n")
            if i % 50 == 49 and "tiny" not in options:  # grows behind the next one: a fragment
                out.write(f"append\t{before}\t{pool}/{choose.choice(usable)}\n")
            if i % 40 == 39:
                out.write(f"rm\t{path}\n")
            else:
                before = path
    if "tree" in options:
        plant(folder)


main(*sys.argv[1:])
