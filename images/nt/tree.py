# SPDX-License-Identifier: Apache-2.0
"""The files of the Windows NT 4 workstation KRAKUS-WS3, as an ntfsforge script.

    python3 tree.py CONTENTS HIVES SCRIPT clean|compromised

Every time is UTC; the machine stood in Krakow (UTC+1 in November).
"""
import sys

import artifact
import forge
from kozirog import ATTACHMENT, MAIL, MRE, SOUNDV, crlf, dropper, padded

RTM = "1996-10-14T01:38:00Z"
SP6 = "1999-11-18T09:04:00Z"
INSTALLED = "1999-11-03T10:41:12.25Z"
SERVICED = "2000-03-14T09:10:45.5Z"
AV_INSTALLED = "2000-03-14T09:20:33.062Z"
LOGON = "2000-11-22T06:58:20.406Z"
SAVED = "2000-11-22T08:12:31.5Z"
OPENED = "2000-11-22T08:14:03.25Z"
DROPPED = "2000-11-22T08:14:04.981Z"
STOMPED = "2000-11-22T08:14:05.3Z"
REMOVED = "2000-11-22T08:15:30.75Z"
STOPPED = "2000-11-22T10:20:31.5Z"

PROFILES = "/WINNT/Profiles"
USER = PROFILES + "/jkowalski"
SYSTEM = "/WINNT/system32"

FOLDERS = """
/Program Files
/Program Files/AntiViral Toolkit Pro
/Program Files/Common Files
/Program Files/Plus!
/Program Files/Plus!/Microsoft Internet
/Program Files/Windows NT
/Program Files/Windows NT/Accessories
/Public
/TEMP
/WINNT
/WINNT/Fonts
/WINNT/Help
/WINNT/inf
/WINNT/Media
/WINNT/Profiles
/WINNT/repair
/WINNT/system
/WINNT/system32
/WINNT/system32/config
/WINNT/system32/drivers
/WINNT/system32/drivers/etc
/WINNT/system32/LogFiles
/WINNT/system32/LogFiles/MSFTPSVC1
/WINNT/system32/spool
/WINNT/system32/spool/drivers
""".split("\n")[1:-1]

PROFILE_FOLDERS = """
Application Data
Desktop
Personal
Recent
Start Menu
Start Menu/Programs
Start Menu/Programs/Startup
""".split("\n")[1:-1]

# Name and size of programs that came with the system; DLLs by their name.
PROGRAMS = {
    SYSTEM: """ntoskrnl.exe 197120,hal.dll 54272,ntdll.dll 90112,kernel32.dll 94208,user32.dll 81920,
        gdi32.dll 57344,advapi32.dll 61440,shell32.dll 327680,ole32.dll 172032,oleaut32.dll 126976,
        comctl32.dll 102400,comdlg32.dll 49152,rpcrt4.dll 61440,wsock32.dll 20480,ws2_32.dll 20480,
        msvcrt.dll 65536,version.dll 9216,winmm.dll 32768,mpr.dll 12288,netapi32.dll 40960,
        samsrv.dll 43008,lsasrv.dll 45056,lsass.exe 10752,services.exe 33280,smss.exe 12288,
        csrss.exe 4608,winlogon.exe 47104,userinit.exe 8192,nddeagnt.exe 7168,systray.exe 8192,
        spoolss.exe 24064,RpcSs.exe 24576,rasman.exe 12288,tapisrv.exe 16384,atsvc.exe 12288,
        netdde.exe 26624,clipsrv.exe 9216,locator.exe 18432,lmrepl.exe 20480,ups.exe 8704,
        cmd.exe 52224,notepad.exe 14336,taskmgr.exe 23552,rundll32.exe 6144,regedt32.exe 42496,
        drwtsn32.exe 23040,logon.scr 12288,msgina.dll 24576,msv1_0.dll 12288,win32k.sys 330752,
        sysdm.cpl 30720,localmon.dll 10240,netevent.dll 12288,shdocvw.dll 98304,url.dll 15360""",
    SYSTEM + "/drivers": """atapi.sys 8704,beep.sys 2048,cdrom.sys 7168,disk.sys 5120,fastfat.sys 35840,
        flpydisk.sys 6144,i8042prt.sys 9216,kbdclass.sys 4608,KSecDD.sys 3072,modem.sys 6144,
        mouclass.sys 4608,ndis.sys 24576,netbios.sys 8192,netbt.sys 33792,ntfs.sys 90112,
        null.sys 2048,parallel.sys 8192,rdr.sys 57344,rtl8029.sys 8192,scsiport.sys 10240,
        serial.sys 13312,srv.sys 58368,tcpip.sys 45056,vga.sys 4608""",
    "/WINNT": "explorer.exe 59392,regedit.exe 17920,winhlp32.exe 65536,TASKMAN.EXE 8704,welcome.exe 12288",
    "/Program Files/Plus!/Microsoft Internet": "IEXPLORE.EXE 22528",
    "/Program Files/Windows NT/Accessories": "WORDPAD.EXE 49152,mspaint.exe 82944",
}

# Noise whose format does not matter here.
OTHER_FILES = {
    "/WINNT/Fonts": "ARIAL.TTF 65692,COUR.TTF 66180,TIMES.TTF 83260,VGAOEM.FON 5168",
    "/WINNT/Help": "WINDOWS.HLP 24336,NETWORK.HLP 31250",
    "/WINNT/inf": "layout.inf 15230,printer.inf 21550",
    "/WINNT/Media": "Windows NT Logon Sound.wav 120344,ding.wav 11598",
}

BOOT_INI = """[boot loader]
timeout=30
default=multi(0)disk(0)rdisk(0)partition(1)\\WINNT
[operating systems]
multi(0)disk(0)rdisk(0)partition(1)\\WINNT="Windows NT Workstation Version 4.00"
multi(0)disk(0)rdisk(0)partition(1)\\WINNT="Windows NT Workstation Version 4.00 [VGA mode]" /basevideo /sos
"""
WIN_INI = """; for 16-bit app support
[fonts]
[extensions]
[mci extensions]
[files]
[windows]
load=
run=
[Mail]
MAPI=1
"""
SYSTEM_INI = """; for 16-bit app support
[drivers]
wave=mmdrv.dll
timer=timer.drv
[mci]
[driver32]
[386enh]
woafont=app850.FON
EGA80WOA.FON=EGA80850.FON
[boot]
shell=Explorer.exe
"""
HOSTS = "# Copyright (c) 1993-1995 Microsoft Corp.\n127.0.0.1       localhost\n10.2.0.2        krakus-srv1\n"
INTRANET = """<HTML><HEAD><TITLE>Biuro Podrozy Krakus</TITLE></HEAD><BODY>
<A HREF="http://www.krakow.example.com/oferty/">Oferty</A>
<A HREF="mailto:biuro@krakow.example.com">Biuro</A></BODY></HTML>
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
        v.clock(INSTALLED)
        for folder in FOLDERS:
            v.mkdir(folder)
        for profile in "Administrator", "All Users", "Default User", "jkowalski":
            v.mkdir(f"{PROFILES}/{profile}")
            for folder in PROFILE_FOLDERS:
                v.mkdir(f"{PROFILES}/{profile}/{folder}")
        old = (INSTALLED, RTM, LOGON, SERVICED)
        for name, data in (("/ntldr", artifact.noise("ntldr", 156496)),
                           ("/ntdetect.com", artifact.noise("ntdetect", 26816)),
                           ("/boot.ini", crlf(BOOT_INI))):
            v.write(name, data, old)
            v.do("attrib", name, "27")
        self._listing(PROGRAMS, old, lambda name, size: artifact.program(
            name, size, RTM, library=name.endswith(".dll")))
        self._listing(OTHER_FILES, old, artifact.noise)
        v.write("/WINNT/win.ini", crlf(WIN_INI), old)
        v.write("/WINNT/system.ini", crlf(SYSTEM_INI), old)
        v.write(SYSTEM + "/drivers/etc/hosts", crlf(HOSTS), old)
        v.write(SYSTEM + "/drivers/etc/services", crlf("ftp 21/tcp\ntelnet 23/tcp\nsmtp 25/tcp mail\n"), old)
        for name in "software", "system", "sam", "security", "default":
            v.write(f"/WINNT/repair/{name}._", artifact.noise(name, 4096), old)
        v.clock(SERVICED)
        for name in "srv.sys", "tcpip.sys":
            v.write(f"{SYSTEM}/drivers/sp6{name}", artifact.program("sp6" + name, 45056, SP6),
                    (SERVICED, SP6, SERVICED, SERVICED))
        v.clock(AV_INSTALLED)
        for name in "AvpM.exe", "Avp32.exe", "AvpUpd.exe":
            v.write(f"/Program Files/AntiViral Toolkit Pro/{name}",
                    artifact.program(name, 40960, "1999-10-05T12:00:00Z"))
        v.write("/Program Files/AntiViral Toolkit Pro/avp.set",
                crlf("[Update]\nServer=ftp://ftp.avp.example.com/updates/\n"))
        v.write(PROFILES + "/All Users/Start Menu/Programs/Startup/AVP Monitor.lnk", artifact.shortcut(
            "C:\\Program Files\\AntiViral Toolkit Pro\\AvpM.exe", 40960, AV_INSTALLED, AV_INSTALLED,
            LOGON, 0x2C5A1B07, "AntiViral Toolkit Pro Monitor"))

    def use(self):
        """Years of office work, in four files."""
        v = self.volume
        v.clock("2000-05-12T11:20:00Z")
        v.write(USER + "/Personal/oferta.doc", artifact.noise("oferta.doc", 51200))
        v.write("/Public/index.html", crlf(INTRANET))
        v.write(USER + "/Desktop/budget.xls", artifact.noise("budget.xls", 28672))
        v.write("/pagefile.sys", artifact.noise("pagefile", 1048576))
        v.do("attrib", "/pagefile.sys", "26")

    def settle(self):
        """Registry and event logs as they were last written."""
        v = self.volume
        v.clock(INSTALLED)
        last = (INSTALLED, STOPPED, STOPPED, STOPPED)
        for name in "software", "system", "sam", "security", "default":
            v.write(f"{SYSTEM}/config/{name}", self.hive(name), last)
        for name in "AppEvent.Evt", "SecEvent.Evt", "SysEvent.Evt":
            v.write(f"{SYSTEM}/config/{name}", self.hive(name), last)
        for user in "Administrator", "Default User", "jkowalski":
            v.write(f"{PROFILES}/{user}/NTUSER.DAT", self.hive(user), last)

    def mail(self):
        v = self.volume
        v.clock("2000-11-22T08:11:58.75Z")
        v.mkdir(USER + "/Application Data/Microsoft")
        v.mkdir(USER + "/Application Data/Microsoft/Outlook Express")
        v.write(USER + "/Application Data/Microsoft/Outlook Express/Inbox.mbx",
                padded(crlf(MAIL), 12288, b"\0"))
        v.clock(SAVED)
        v.write("/TEMP/" + ATTACHMENT, dropper())
        v.clock("2000-11-22T08:13:40Z")
        v.write(USER + "/Desktop/" + ATTACHMENT, dropper(),
                ("2000-11-22T08:13:40Z", SAVED, OPENED, "2000-11-22T08:13:40Z"))

    def compromise(self):
        v = self.volume
        v.clock(DROPPED)
        v.write(SYSTEM + "/SOUNDV.EXE", SOUNDV)
        v.write(SYSTEM + "/MRE.DLL", MRE)
        v.clock(STOMPED)
        v.write(SYSTEM + "/drivers/mouhid2.sys", artifact.program("mouhid2.sys", 8192, "2000-11-14T10:19:02Z"),
                (RTM, RTM, RTM, RTM))

    def traces(self):
        """Indicators in the places where a look at files alone does not find them."""
        v = self.volume
        v.clock("2000-11-22T08:16:00Z")
        # The cluster keeps what stood after byte 1000.
        slack = padded(b"budget notes\r\n", 2000, b"-" * 62 + b"\r\n") + b"http://slack.example.com/tail.htm\r\n"
        v.write(USER + "/Personal/notes.txt", slack)
        v.do("truncate", USER + "/Personal/notes.txt", 1000)
        v.stream(USER + "/Desktop/budget.xls", "summary", crlf("see http://stream.example.net/a.php\n"))
        # A record of this name and security descriptor holds its data from byte 376 on: the
        # URL lies over the end of the first sector, whose last two bytes NTFS moves away.
        v.write("/TEMP/resident.txt", padded(b"", 104, b".") + b" http://resident.example.com/straddle.htm \r\n")
        # libntfs-3g fills three zones of the volume in turn: one of the files written in between
        # takes the cluster that follows, and the host name is cut by the end of a fragment.
        v.write(SYSTEM + "/LogFiles/MSFTPSVC1/ex001121.log",
                padded(b"#Software: Microsoft Internet Information Server 4.0\r\n", 8192 - 9, b"# \r\n")
                + b"crossing.")
        for name in "ex001118.log", "ex001119.log", "ex001120.log":
            v.write(f"{SYSTEM}/LogFiles/MSFTPSVC1/{name}", padded(b"", 8192, b"# no requests\r\n"))
        v.append(SYSTEM + "/LogFiles/MSFTPSVC1/ex001121.log",
                 padded(b"fragment.example.org GET /\r\n", 4096, b"# \r\n"))
        v.append("/pagefile.sys", padded(bytes(512) + b"http://paged.example.org/cmd?id=7\0", 4096, b"\0"))
        v.write("/TEMP/todo.txt", crlf("get http://deleted.example.org/readme.txt\n"))
        v.write("/TEMP/list.dat", padded(b"198.51.100.23\r\nhost.deleted.example.net\r\n", 6000, b"0 "))
        v.clock(REMOVED)
        for name in ATTACHMENT, "todo.txt", "list.dat":
            v.do("rm", f"/TEMP/{name}")


def main(contents, hives, script, state):
    volume = forge.Volume(contents)
    machine = Machine(volume, hives)
    machine.install()
    machine.use()
    machine.settle()
    if state == "compromised":
        machine.mail()
        machine.compromise()
        machine.traces()
    volume.save(script)


if __name__ == "__main__":
    main(*sys.argv[1:])
