# SPDX-License-Identifier: Apache-2.0
"""The files of the Windows 98 computer KRAKUS-98, written into a FAT32 volume.

    python3 tree.py VOLUME HIVES clean|compromised

Every time is local (Krakow, UTC+1 in November), as FAT keeps it.
"""
import sys

import artifact
import fat
from kozirog import ATTACHMENT, MAIL, MRE, SOUNDV, crlf, dropper, padded

RTM = "1998-05-11T20:01:00"
INSTALLED = "1999-06-10T14:00:00"
LAST_DAY = "2000-11-22T08:02:10"
SAVED = "2000-11-22T10:05:12.5"
COPIED = "2000-11-22T10:06:40"
DROPPED = "2000-11-22T10:07:30.24"
PATCHED = "2000-11-22T10:07:32"
STOPPED = "2000-11-22T10:31:06"

SYSTEM = "/WINDOWS/SYSTEM"
STARTUP = "/WINDOWS/Start Menu/Programs/StartUp"

FOLDERS = """
/My Documents
/Program Files
/Program Files/Accessories
/Program Files/Internet Explorer
/RECYCLED
/WINDOWS
/WINDOWS/All Users
/WINDOWS/Application Data
/WINDOWS/COMMAND
/WINDOWS/Desktop
/WINDOWS/FONTS
/WINDOWS/INF
/WINDOWS/Recent
/WINDOWS/Start Menu
/WINDOWS/Start Menu/Programs
/WINDOWS/Start Menu/Programs/StartUp
/WINDOWS/SYSBCKUP
/WINDOWS/SYSTEM
/WINDOWS/SYSTEM/IOSUBSYS
/WINDOWS/SYSTEM/VMM32
/WINDOWS/TASKS
/WINDOWS/TEMP
/WINDOWS/Temporary Internet Files
""".split("\n")[1:-1]

PROGRAMS = {
    SYSTEM: """KERNEL32.DLL 94208,USER32.DLL 11264,GDI32.DLL 30720,SHELL32.DLL 327680,ADVAPI32.DLL 13312,
        COMCTL32.DLL 102400,OLE32.DLL 172032,WSOCK32.DLL 12288,WS2_32.DLL 14336,WININET.DLL 94208,
        SHDOCVW.DLL 98304,MSVCRT.DLL 65536,RPCRT4.DLL 61440,MSTASK.EXE 24576,MPREXE.EXE 7168,
        SYSTRAY.EXE 8192,POWRPROF.DLL 6144,SPOOL32.EXE 10240,MMTASK.TSK 2048,VTCP.386 33792""",
    "/WINDOWS": """EXPLORER.EXE 45056,NOTEPAD.EXE 13312,REGEDIT.EXE 29696,RUNDLL32.EXE 6144,
        SCANREGW.EXE 36864,TASKMON.EXE 7168,WIN.COM 6144,WINHLP32.EXE 65536""",
    "/WINDOWS/COMMAND": "FDISK.EXE 15872,FORMAT.COM 12288,MODE.COM 7168,KEYB.COM 5120",
    "/Program Files/Internet Explorer": "IEXPLORE.EXE 18432",
}
OTHER_FILES = {
    "": "IO.SYS 222390,COMMAND.COM 93880,DRVSPACE.BIN 68871",
    "/WINDOWS/FONTS": "ARIAL.TTF 65412,COUR.TTF 60752",
    "/WINDOWS/INF": "LAYOUT.INF 31200",
    "/My Documents": "cennik.doc 33280",
}

AUTOEXEC = """@ECHO OFF
mode con codepage prepare=((852) C:\\WINDOWS\\COMMAND\\ega.cpi)
mode con codepage select=852
keyb pl,,C:\\WINDOWS\\COMMAND\\keybrd4.sys
"""
CONFIG = "device=C:\\WINDOWS\\himem.sys\ndevice=C:\\WINDOWS\\COMMAND\\display.sys con=(ega,,1)\n"
MSDOS_SYS = "[Paths]\nWinDir=C:\\WINDOWS\nWinBootDir=C:\\WINDOWS\nHostWinBootDrv=C\n\n[Options]\nBootMulti=1\nBootGUI=1\n"
WIN_INI = """[windows]
load=
run=
NullPort=None
device=HP LaserJet 5L,HPPCL5MS,LPT1:

[Desktop]
Wallpaper=(None)
"""
SYSTEM_INI = """[boot]
oemfonts.fon=vga852.fon
system.drv=system.drv
drivers={drivers}
shell=Explorer.exe
user.exe=user.exe
gdi.exe=gdi.exe
sound.drv=mmsound.drv
mouse.drv=mouse.drv
scrnsave.exe=

[386Enh]
device=*dynapage
device=*vcd
device=*vpd
device=*int13
keyboard=*vkd
display=*vdd,*vflatd
mouse=*vmouse, msmouse.vxd
woafont=app852.fon

[drivers]
wavemapper=*.drv
MSACM.imaadpcm=*.acm

[boot.description]
system.drv=Standard PC
"""


class Machine:
    def __init__(self, volume, hives):
        self.volume = volume
        self.hives = hives

    def hive(self, name):
        with open(f"{self.hives}/{name}", "rb") as file:
            return file.read()

    def _listing(self, files, times, make):
        for folder, listing in files.items():
            for item in listing.split(","):
                name, size = item.strip().rsplit(" ", 1)
                self.volume.write(f"{folder}/{name}", make(name, int(size)), times)

    def install(self):
        v = self.volume
        for folder in FOLDERS:
            v.mkdir(folder, INSTALLED)
        old = (INSTALLED, RTM, LAST_DAY)
        self._listing(PROGRAMS, old, lambda name, size: artifact.program(
            "98" + name, size, RTM + "Z", library=name.endswith(".DLL")))
        self._listing(OTHER_FILES, old, lambda name, size: artifact.noise("98" + name, size))
        v.write("/MSDOS.SYS", crlf(MSDOS_SYS), old, fat.READ_ONLY | fat.HIDDEN | fat.SYSTEM)
        v.write("/AUTOEXEC.BAT", crlf(AUTOEXEC), old)
        v.write("/CONFIG.SYS", crlf(CONFIG), old)
        v.write("/WINDOWS/WIN.INI", crlf(WIN_INI), old)
        when = ("2000-02-08T09:15:00Z",) * 3
        v.write(STARTUP + "/Microsoft Find Fast.lnk", artifact.shortcut(
            "C:\\Program Files\\Microsoft Office\\Office\\FINDFAST.EXE", 111376, *when, 0x1234ABCD,
            "Microsoft Find Fast"), ("2000-02-08T10:15:00",) * 3)
        v.write("/WINDOWS/TASKS/Maintenance-Disk cleanup.job", artifact.task(
            "C:\\WINDOWS\\CLEANMGR.EXE", "/sagerun:1", "C:\\WINDOWS", "jkowalski", "",
            (2000, 2, 8), 12 * 60 + 30), ("2000-02-08T10:20:30",) * 3)

    def registry(self):
        v = self.volume
        flags = fat.ARCHIVE | fat.HIDDEN | fat.SYSTEM | fat.READ_ONLY
        last = (INSTALLED, STOPPED, STOPPED)
        v.write("/WINDOWS/SYSTEM.DAT", self.hive("system.dat"), last, flags)
        v.write("/WINDOWS/USER.DAT", self.hive("user.dat"), last, flags)
        before = (INSTALLED, LAST_DAY, LAST_DAY)
        v.write("/WINDOWS/SYSTEM.DA0", self.hive("system.da0"), before, flags)
        v.write("/WINDOWS/USER.DA0", self.hive("user.da0"), before, flags)

    def compromise(self):
        v = self.volume
        v.write("/WINDOWS/Application Data/Inbox.mbx", padded(crlf(MAIL), 6144, b"\0"),
                ("2000-11-22T10:04:30",) * 3)
        v.write("/WINDOWS/TEMP/" + ATTACHMENT, dropper(), (SAVED, SAVED, SAVED))
        v.write("/WINDOWS/Desktop/" + ATTACHMENT, dropper(), (COPIED, SAVED, COPIED))
        v.write(SYSTEM + "/SOUNDV.EXE", SOUNDV, (DROPPED, DROPPED, DROPPED))
        v.write(SYSTEM + "/MRE.DLL", MRE, (DROPPED, DROPPED, DROPPED))

    def traces(self):
        """The places where a look at files alone does not find indicators."""
        v = self.volume
        when = ("2000-11-22T10:12:00",) * 3
        # The last sector keeps what stood after byte 700.
        v.write("/My Documents/notes.txt", padded(b"zakupy\r\n", 800, b"-" * 38 + b"\r\n")
                + b"http://slack98.example.com/tail.htm\r\n", when)
        v.shorten("/My Documents/notes.txt", 700)
        v.write("/WINDOWS/ppp.log", padded(b"PPP log\r\n", 1024 - 9, b"# \r\n") + b"crossing.", when)
        v.write("/WINDOWS/modem.log", crlf("ATDT0202122\n"), when)
        v.append("/WINDOWS/ppp.log", padded(b"fragment98.example.org connected\r\n", 512, b"# \r\n"))
        v.write("/WINDOWS/TEMP/todo98.txt", crlf("get http://deleted98.example.org/readme.txt\n"), when)
        v.delete("/WINDOWS/TEMP/todo98.txt")
        v.delete("/WINDOWS/TEMP/" + ATTACHMENT)


def main(path, hives, state):
    volume = fat.Volume(path)
    machine = Machine(volume, hives)
    machine.install()
    machine.registry()
    drivers, changed = "mmsystem.dll power.drv", INSTALLED
    if state == "compromised":
        machine.compromise()
        drivers, changed = "mre.dll", PATCHED
    volume.write("/WINDOWS/SYSTEM.INI", crlf(SYSTEM_INI.format(drivers=drivers)),
                 (INSTALLED, changed, changed))
    if state == "compromised":
        machine.traces()
    volume.save()


if __name__ == "__main__":
    main(*sys.argv[1:])
