# SPDX-License-Identifier: Apache-2.0
"""hive.py OUT: the description of a SOFTWARE hive of 14 MB, with 43,000 keys and 94,000
values, as images/lib/regf.py takes it."""
import random
import sys

KEYS = 43000
WORDS = ("Applet Class Component Control Device Driver Extension Feature Handler Interface "
         "Library Manager Module Package Profile Provider Server Service Session Setting "
         "Shell Storage System Template Type User Version Window Worker Zone").split()


def main(output):
    chance = random.Random(20001122)
    with open(output, "w", encoding="utf-8") as file:
        def value(name, kind, data):
            file.write(f"{name}\t{kind}\t{data}\n")

        file.write("@2009-07-14T04:53:32Z\n[Microsoft\\Windows NT\\CurrentVersion]\n")
        value("SystemRoot", "sz", "C:\\Windows")
        file.write("[Microsoft\\Windows\\CurrentVersion\\Run]\n")
        value("Updater", "sz", "C:\\Program Files\\Updater\\updater.exe /background")
        for number in range(KEYS):
            words = [chance.choice(WORDS) for _ in range(3)]
            guid = f"{{{chance.getrandbits(32):08x}-{chance.getrandbits(16):04x}-0000-c000-{number:012x}}}"
            file.write(f"[Classes\\{words[0]}\\{words[1]}\\{guid}]\n")
            value("@", "sz", " ".join(words))
            if number % 2:
                value("InprocServer", "expand",
                      f"%SystemRoot%\\System32\\{words[2].lower()}{number % 977}.dll")
            if number % 3 == 0:
                value("Flags", "dword", chance.getrandbits(31))
            if number % 5 == 0:
                value("Blob", "binary", chance.randbytes(chance.randrange(8, 160)).hex())
            if number % 7 == 0:
                value("Aliases", "multi", "|".join(words))


main(sys.argv[1])
