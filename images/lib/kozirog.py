# SPDX-License-Identifier: Apache-2.0
"""The files of the incident: harmless copies in shape and strings, without code.

The names, kozirog.netissat.net and the sender of the mail are the published ones. What else
they name is invented, in the domains example.com, .net, .org and in the documentation
addresses of RFC 5737.
"""
import artifact

ATTACHMENT = "OFFER2001.ZIP" + " " * 100 + ".EXE"

MAIL = """From: World Travel Agency Ltd. <office4@worldtravel.com>
To: All tourists and vacationist
Subject: Celebrate the New Millenium!
Date: Tue, 21 Nov 2000 17:31:04 +0100
X-Originating-IP: 192.0.2.17

Dear Sir/Madam
Celebrate the New Millenium! Discover the Paradise!
"""

SOUNDV = artifact.program("SOUNDV.EXE", 61440, "2000-11-14T10:21:33Z", [
    (20480, b"kozirog.netissat.net"),
    (40960, b"Software\\Microsoft\\Windows\\CurrentVersion\\Run"),
    (41088, b"Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"),
    (41216, b"EnableAutodial"),
    (41344, b"soundv.exe"),
    (41472, b"mre.dll"),
    (41600, b"SYSTEM.INI"),
    (42000, b"http://update.example.net/kz/list.txt"),
    (42200, b"192.0.2.45:6667"),
])
MRE = artifact.program("MRE.DLL", 24576, "2000-11-14T10:19:02Z", [
    (16384, "kozirog.netissat.net".encode("utf-16le")),
    (16640, "ftp://ftp.example.org/pub/mre.zip".encode("utf-16le")),
    (16896, "irc.example.net".encode("utf-16le")),
    (17152, "\\\\KRAKUS-SRV1\\Public\\OFFER2001.ZIP".encode("utf-16le")),
    (17408, b"198.51.100.7"),
    (17664, b"master@example.org"),
], library=True)


def dropper():
    """The attachment carries both files it drops."""
    data = bytearray(artifact.program(ATTACHMENT, 122880, "2000-11-14T10:25:47Z"))
    data[16384:16384 + len(SOUNDV)] = SOUNDV
    data[81920:81920 + len(MRE)] = MRE
    return bytes(data)


def crlf(text):
    return text.replace("\n", "\r\n").encode("cp1252")


def padded(text, size, line):
    """TEXT, followed by repetitions of LINE up to SIZE bytes."""
    data = text
    while len(data) < size:
        data += line
    return data[:size]
