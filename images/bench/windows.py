# SPDX-License-Identifier: Apache-2.0
"""windows.py FOLDER: a Windows 7 of three users for the benchmark: FOLDER/*.txt describe what
its hives have besides (software: hive.py's), FOLDER/pool are programs, and FOLDER/script is
the ntfsforge script that writes all of it. The same bytes each time."""
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import artifact  # noqa: E402

VERSION = "Software\\Microsoft\\Windows\\CurrentVersion\\"
NT = "Microsoft\\Windows NT\\CurrentVersion\\"
CONFIG = "/Windows/System32/config"
USERS = {"anna": 1001, "bert": 1002, "carl": 1003}
DOMAIN = "S-1-5-21-1004336348-1177238915-682003330"
CONTROL_SETS, SERVICES, DEVICES, CLASSES, PACKAGES = 2, 450, 300, 3000, 120
PROGRAM_SIZES = (12288, 30720, 48128, 70656, 110592, 180224, 260096, 400384)


class Description:
    """The description of a hive as images/lib/registry.py takes it."""

    def __init__(self, folder, name):
        self.path = os.path.join(folder, name + ".txt")
        self.lines = ["@2009-07-14T04:53:32Z"]

    def key(self, path):
        self.lines.append(f"[{path}]")
        return self

    def value(self, name, kind, data):
        self.lines.append(f"{name}\t{kind}\t{data}")
        return self

    def save(self):
        with open(self.path, "w", encoding="utf-8") as file:
            file.write("\n".join(self.lines) + "\n")


class Machine:
    def __init__(self, folder):
        self.folder = folder
        self.chance = random.Random(20001122)
        self.programs = []

    def guid(self):
        bits = self.chance.getrandbits
        return f"{{{bits(32):08X}-{bits(16):04X}-{bits(16):04X}-{bits(16):04X}-{bits(48):012X}}}"

    def blob(self, size):
        return self.chance.randbytes(size).hex()

    def program(self, path):
        """The path of a file that will be there, as Windows writes it."""
        self.programs.append("/" + path.replace("\\", "/"))
        return "C:\\" + path

    def software(self):
        hive = Description(self.folder, "software")
        hive.key(NT[:-1]).value("CurrentVersion", "sz", "6.1").value(
            "ProductName", "sz", "Windows 7 Professional").value("SystemRoot", "sz", "C:\\Windows")
        for name, number in USERS.items():
            hive.key(f"{NT}ProfileList\\{DOMAIN}-{number}").value(
                "ProfileImagePath", "expand", f"C:\\Users\\{name}")
        hive.key(NT + "Winlogon").value("Shell", "sz", "explorer.exe").value(
            "Userinit", "sz", "C:\\Windows\\system32\\userinit.exe,")
        hive.key(NT + "Svchost").value("netsvcs", "multi", "|".join(
            f"Service{i}" for i in range(0, SERVICES, 3)))
        for i in range(50):
            hive.key(f"{NT}Image File Execution Options\\program{i}.exe").value(
                "DisableExceptionChainValidation", "dword", 0)
        for i in range(CLASSES):
            path = self.program(f"Windows\\System32\\class{i}.dll") if i % 20 == 0 else \
                f"C:\\Windows\\System32\\class{i % 40}.dll"
            hive.key(f"Classes\\CLSID\\{self.guid()}\\InprocServer32").value("@", "sz", path).value(
                "ThreadingModel", "sz", "Both")
        windows = VERSION.removeprefix("Software\\")
        hive.key(windows + "Run")
        for i in range(12):
            path = self.program(f"Program Files\\Product {i}\\tray{i}.exe")
            hive.value(f"Product {i}", "sz", f'"{path}" /background')
        for i in range(PACKAGES):
            hive.key(f"{windows}Uninstall\\{self.guid()}").value(
                "DisplayName", "sz", f"Product {i}").value("DisplayVersion", "sz", f"{i}.1").value(
                "UninstallString", "sz", f"MsiExec.exe /X{self.guid()}")
            hive.key(f"{windows}App Paths\\product{i}.exe").value(
                "@", "sz", f"C:\\Program Files\\Product {i}\\product{i}.exe")
        for i in range(30):
            hive.key(f"Microsoft\\Active Setup\\Installed Components\\{self.guid()}").value(
                "StubPath", "expand", f"%SystemRoot%\\system32\\setup{i % 5}.exe /user").value(
                "Version", "sz", f"6,1,{i},0")
        hive.save()

    def system(self):
        hive = Description(self.folder, "system")
        hive.key("Select").value("Current", "dword", 1).value("Default", "dword", 1)
        paths = [self.program(f"Windows\\System32\\drivers\\driver{i}.sys" if i % 2 else
                              f"Windows\\System32\\service{i}.dll") for i in range(SERVICES)]
        for number in range(1, CONTROL_SETS + 1):
            root = f"ControlSet{number:03}\\"
            hive.key(root + "Control\\ComputerName\\ComputerName").value(
                "ComputerName", "sz", "BENCH")
            hive.key(root + "Control\\TimeZoneInformation").value("Bias", "dword", 0)
            hive.key(root + "Control\\Session Manager").value(
                "BootExecute", "multi", "autocheck autochk *")
            hive.key(root + "Control\\Session Manager\\Environment").value(
                "Path", "expand", "%SystemRoot%\\system32;%SystemRoot%")
            for i, path in enumerate(paths):
                hive.key(f"{root}services\\Service{i}").value("Type", "dword", 1 if i % 2 else 32)
                hive.value("Start", "dword", i % 5).value("DisplayName", "sz", f"Service {i}")
                if i % 2:
                    hive.value("ImagePath", "expand", path.replace("C:\\Windows\\", ""))
                else:
                    hive.value("ImagePath", "expand", "%SystemRoot%\\System32\\svchost.exe -k netsvcs")
                    hive.key(f"{root}services\\Service{i}\\Parameters").value(
                        "ServiceDll", "expand", path)
            for i in range(DEVICES):
                for part in range(8):
                    hive.key(f"{root}Enum\\USB\\VID_{i:04X}&PID_{i * 7:04X}\\{part}&1A2B").value(
                        "DeviceDesc", "sz", f"@usb.inf,device {i}").value(
                        "HardwareID", "multi", f"USB\\VID_{i:04X}|USB\\Class_08").value(
                        "Data", "binary", self.blob(40))
        hive.save()

    def user(self, name):
        hive = Description(self.folder, name)
        hive.key("Environment").value("TEMP", "expand", "%USERPROFILE%\\AppData\\Local\\Temp")
        hive.key("Control Panel\\Desktop").value("SCRNSAVE.EXE", "sz", "C:\\Windows\\system32\\logon.scr")
        hive.key(VERSION + "Run")
        for i in range(5):
            path = self.program(f"Users\\{name}\\AppData\\Roaming\\Tool {i}\\tool{i}.exe")
            hive.value(f"Tool {i}", "sz", f'"{path}" -minimized')
        explorer = VERSION + "Explorer\\"
        hive.key(explorer + "User Shell Folders").value(
            "Startup", "expand",
            "%USERPROFILE%\\AppData\\Roaming\\Microsoft\\Windows\\Start Menu\\Programs\\Startup")
        for i in range(400):
            hive.key(f"{explorer}RecentDocs\\.x{i}").value("MRUListEx", "binary", "00000000ffffffff")
            hive.value("0", "binary", self.blob(90))
            hive.key(f"{explorer}FileExts\\.x{i}\\OpenWithList").value("a", "sz", f"program{i % 50}.exe")
        hive.key(f"{explorer}UserAssist\\{{CEBFF5CD-ACE2-4F4F-9178-9926F41749EA}}\\Count")
        for i in range(600):
            hive.value(f"P:\\Cebtenz Svyrf\\Cebqhpg {i}\\cebqhpg.rkr", "binary", self.blob(72))
        for i in range(4000):
            hive.key(f"Software\\Product {i % 100}\\Setting {i}").value("@", "sz", f"value {i}")
            hive.value("Blob", "binary", self.blob(60))
        hive.save()

    def classes(self, name):
        hive = Description(self.folder, name + "-classes")
        hive.key("CLSID")
        for i in range(1500):
            hive.key(f"Local Settings\\Software\\Microsoft\\Windows\\Shell\\BagMRU\\{i // 40}\\{i % 40}")
            hive.value("0", "binary", self.blob(80)).value("MRUListEx", "binary", "00000000ffffffff")
            hive.key(f"Local Settings\\Software\\Microsoft\\Windows\\Shell\\Bags\\{i}\\Shell").value(
                "FFlags", "dword", i)
        hive.save()

    def contents(self):
        pool = os.path.join(self.folder, "pool")
        os.makedirs(pool)
        for i, size in enumerate(PROGRAM_SIZES):
            with open(os.path.join(pool, str(i)), "wb") as file:
                file.write(artifact.program(f"program{i}", size, "2009-07-13T23:20:00Z",
                                            library=i % 2 == 1))

    def files(self):
        """All files by their path: contents of the pool, and the hives that make builds."""
        for i, path in enumerate(dict.fromkeys(self.programs)):
            yield path, f"pool/{i % len(PROGRAM_SIZES)}"
        for path in "explorer.exe", "System32/svchost.exe", "System32/userinit.exe":
            yield "/Windows/" + path, "pool/2"
        for hive in "SOFTWARE", "SYSTEM", "SAM", "SECURITY", "DEFAULT":
            yield f"{CONFIG}/{hive}", hive
        for name in USERS:
            yield f"/Users/{name}/NTUSER.DAT", name + ".dat"
            yield (f"/Users/{name}/AppData/Local/Microsoft/Windows/UsrClass.dat",
                   name + "-classes.dat")

    def script(self):
        made = set()
        with open(os.path.join(self.folder, "script"), "w", encoding="utf-8") as out:
            out.write("clock\t2009-11-01T08:00:00Z\n")
            for path, content in self.files():
                parts = path.split("/")[1:-1]
                for depth in range(1, len(parts) + 1):
                    folder = "/" + "/".join(parts[:depth])
                    if folder not in made:
                        out.write(f"mkdir\t{folder}\n")
                        made.add(folder)
                out.write(f"write\t{path}\t{self.folder}/{content}\n")


def main(folder):
    machine = Machine(folder)
    machine.software()
    machine.system()
    for name in USERS:
        machine.user(name)
        machine.classes(name)
    machine.contents()
    machine.script()


main(sys.argv[1])
