# SPDX-License-Identifier: Apache-2.0
"""The files of the sample image autostarts.

    python3 tree.py VOLUME DESCRIPTION             write the description of its SOFTWARE hive
    python3 tree.py VOLUME SOFTWARE NTUSER.DAT     write the files

It is no whole Windows: what is started, and what starts it.
"""
import sys

import artifact
import fat
import wmi
from kozirog import crlf

WHEN = ("2010-05-05T10:00:00",) * 3
MADE = "2010-05-04T09:08:07.654321Z"
STARTUP = "/Users/ann/AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Startup"
TASKS = "/Windows/System32/Tasks"
SCRIPTS = "/Windows/System32/GroupPolicy/Machine/Scripts"
REPOSITORY = "/Windows/System32/wbem/Repository"
CACHE = r"Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache"

SOFTWARE = r"""@2010-05-05T10:00:00Z
[Microsoft\Windows NT\CurrentVersion]
SystemRoot	sz	C:\Windows
CurrentVersion	sz	6.1
[Microsoft\Windows NT\CurrentVersion\ProfileList\S-1-5-21-1-2-3-1001]
ProfileImagePath	expand	%SystemDrive%\Users\ann
[Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders]
Common Startup	expand	%SystemDrive%\Autostart
"""

# As Conficker wrote it: lines of noise around those that count.
AUTORUN_INF = (b"\x8f\x00\x13;[\x01\r\n\r\n[AUTorUN\xc2\xb0\r\n\x00\xff=\xfe\r\n[aUtOrUn]\r\n;\x9c\x01\r\n"
               b"AcTION=Open folder to view files\r\n\x02\x03\xe0\r\n"
               b"shelLExECUte=.\\RECYCLER\\S-5-3-42-28\\jwgkvsq.exe ahaezedrn\r\n\x00\x01\x1b\r\nuseAUTopLAY=1\r\n")

AUTOEXEC = """@ECHO OFF
REM C:\\evil\\never.exe
SET TEMP=C:\\TEMP
LH C:\\evil\\a.exe /tsr
IF EXIST C:\\x CALL C:\\evil\\gone.bat
"""
CONFIG = "FILES=40\nDEVICEHIGH=C:\\evil\\driver.sys /q\n"
SCRIPTS_INI = "\n[Startup]\n0CmdLine=boot.bat\n0Parameters=-s\n"


def xml(command, arguments="", more=""):
    return (f'<?xml version="1.0" encoding="UTF-16"?>\r\n<Task version="1.2" xmlns="http://schemas.'
            f'microsoft.com/windows/2004/02/mit/task">{more}<Triggers><LogonTrigger /></Triggers>'
            f'<Actions Context="Author"><Exec><Command>{command}</Command><Arguments>{arguments}'
            f'</Arguments></Exec></Actions></Task>').encode("utf-16")


def description():
    lines = [SOFTWARE]
    for guid, path, in_tree in (("{11111111-0000-4000-8000-000000000001}", "\\Plain", "SD\tbinary\t0100\n"),
                                ("{11111111-0000-4000-8000-000000000002}", "\\Ghost", ""),
                                ("{11111111-0000-4000-8000-000000000003}", "\\Alone", None)):
        blob = artifact.actions("C:\\evil\\a.exe", "-task" + path[1:]).hex()
        lines.append(f"[{CACHE}\\Tasks\\{guid}]\nPath\tsz\t{path}\nActions\tbinary\t{blob}\n")
        if in_tree is not None:
            lines.append(f"[{CACHE}\\Tree{path}]\nId\tsz\t{guid}\n{in_tree}")
    return "".join(lines)


def repository():
    """Of WMI: a consumer that a timer starts, one that nothing does, one that was deleted."""
    made = wmi.Repository()
    for name, arguments, deleted in (("Clock", "-wmi", None), ("Idle", "-idle", None), ("Former", "-was", "page")):
        made.add("CommandLineEventConsumer", {"Name": name, "CommandLineTemplate": "C:\\evil\\a.exe " + arguments},
                 deleted=deleted)
    made.add("__EventFilter", {"Name": "Tick", "QueryLanguage": "WQL", "Query": "SELECT * FROM __TimerEvent"})
    made.add("__FilterToConsumerBinding", {"Filter": '__EventFilter.Name="Tick"',
                                           "Consumer": 'CommandLineEventConsumer.Name="Clock"'})
    return made.files()


def make_folder(volume, path):
    parts = path.split("/")
    for end in range(2, len(parts) + 1):
        if "/".join(parts[:end]) not in volume.folders:
            volume.mkdir("/".join(parts[:end]), WHEN[0])


def write(volume, software, user):
    for path in ("/evil/a.exe", "/evil/driver.sys", "/Long folder/Program file.exe",
                 "/Windows/System32/calc.exe", "/RECYCLER/S-5-3-42-28/jwgkvsq.exe",
                 SCRIPTS + "/Startup/boot.bat", STARTUP + "/worm.pif", "/Users/ann/Moved/moved.exe"):
        make_folder(volume, path.rpartition("/")[0])
        volume.write(path, artifact.program(path, 0x800, "2010-05-01T00:00:00Z"), WHEN)
    for folder in ("/Windows/System32/config", "/Windows/Tasks", TASKS, TASKS + "/Sub", "/Autostart",
                   REPOSITORY):
        make_folder(volume, folder)
    volume.write("/Windows/System32/config/SOFTWARE", software, WHEN)
    volume.write("/Users/ann/NTUSER.DAT", user, WHEN)
    volume.write("/autorun.inf", AUTORUN_INF, WHEN)
    volume.write("/AUTOEXEC.BAT", crlf(AUTOEXEC), WHEN)
    volume.write("/CONFIG.SYS", crlf(CONFIG), WHEN)
    volume.write(SCRIPTS + "/scripts.ini", b"\xff\xfe" + SCRIPTS_INI.replace("\n", "\r\n").encode("utf-16le"), WHEN)
    plain = artifact.shortcut("C:\\evil\\a.exe", 2048, MADE, MADE, MADE, 0x1234ABCD, "Plain", "-lnk")
    volume.write(STARTUP + "/plain.lnk", plain, WHEN)
    volume.write(STARTUP + "/items.lnk", artifact.shortcut_of_items(
        (("Long folder", "LONGFO~1"), ("Program file.exe", "PROGRA~1.EXE")), 0x0005000000000123), WHEN)
    volume.write(STARTUP + "/variables.lnk", artifact.shortcut_of_variables(
        "%windir%\\system32\\calc.exe", "-env", "krakus-ws7", MADE, bytes.fromhex("001122334455")), WHEN)
    volume.write(STARTUP + "/cut.lnk", plain[:0x60], WHEN)
    volume.write(STARTUP + "/dos.pif", artifact.pif("C:\\EVIL\\A.EXE", "/pif", "C:\\EVIL"), WHEN)
    volume.write(STARTUP + "/web.url", crlf("[InternetShortcut]\nURL=http://start.example.com/\n"), WHEN)
    volume.write("/Autostart/all.lnk", plain, WHEN)
    job = artifact.task("C:\\evil\\a.exe", "-job", "C:\\evil", "ann", "", (2010, 5, 5), 60)
    volume.write("/Windows/Tasks/At1.job", job, WHEN)
    volume.write("/Windows/Tasks/cut.job", job[:-10], WHEN)
    volume.write(TASKS + "/Plain", xml("C:\\evil\\a.exe", "-taskPlain"), WHEN)
    volume.write(TASKS + "/Sub/Only", xml("C:\\evil\\a.exe", "-xml"), WHEN)
    volume.write(TASKS + "/Cut", xml("C:\\evil\\a.exe", "-cut")[:-60], WHEN)
    for name, data in repository().items():
        volume.write(REPOSITORY + "/" + name, data, WHEN)
    volume.save()


def main(volume, first, user=None):
    if user is None:
        with open(first, "w", encoding="utf-8") as file:
            file.write(description())
        return
    with open(first, "rb") as software, open(user, "rb") as hive:
        write(fat.Volume(volume), software.read(), hive.read())


if __name__ == "__main__":
    main(*sys.argv[1:])
