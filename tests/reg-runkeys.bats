#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helpers

@test "every planted autostart of the samples" {
    for name in kozirog-nt kozirog-98 clean-nt clean-98; do
        reg-runkeys "$samples/$name.E01" >autoruns || assert_equal $? 0
        run -0 python3 "$root/tests/check_truth.py" "$truth" "$name" "$samples/$name.E01" <autoruns
    done
}

@test "the trojan's autostart, joined with its file" {
    run -0 --separate-stderr reg-runkeys -n "$samples/kozirog-nt.E01"
    record=$(grep '"name":"soundv.exe"' <<<"$output")
    assert_equal "$(field key_last_write <<<"$record")" 2000-11-22T08:14:05.123000000Z
    assert_equal "$(field program <<<"$record")" /WINNT/system32/SOUNDV.EXE
    assert_equal "$(field target.size <<<"$record")" 61440
    assert_equal "$(field target.btime <<<"$record")" 2000-11-22T08:14:04.981000000Z
    run -0 --separate-stderr reg-runkeys -n "$samples/clean-nt.E01"
    refute_regex "$output" soundv
}

@test "what the content of the trojan says" {
    record=$(reg-runkeys "$samples/kozirog-nt.raw" | grep '"name":"soundv.exe"')
    run -0 bash -c 'icat -o 63 "$1" "$2" | sha256sum' - "$samples/kozirog-nt.raw" \
        "$(field target.inode <<<"$record")"
    assert_equal "$(field target.sha256 <<<"$record")" "${output%% *}"
    assert_regex "$(field target.linked <<<"$record")" '^2000-11-14T'
    assert_regex "$(field target.mime <<<"$record")" 'portable-executable|dosexec'
}

@test "a started file that cannot be read is a gap of its own" {
    mkdir -p tree/WINNT/system32/config
    fs-cat "$samples/kozirog-nt.raw:p1:/WINNT/system32/config/software" \
        >tree/WINNT/system32/config/software
    head -c 5000 /dev/zero >tree/WINNT/system32/soundv.exe
    truncate -s 2M damaged.raw
    mkfs.ext2 -q -F -d tree damaged.raw
    debugfs -w -R 'set_inode_field /WINNT/system32/soundv.exe block[0] 999999' damaged.raw 2>/dev/null
    run -3 --separate-stderr reg-runkeys damaged.raw
    assert_equal "$(grep '"type":"gap"' <<<"$output" | field path)" /WINNT/system32/soundv.exe
    record=$(grep '"name":"soundv.exe"' <<<"$output")
    assert_equal "$(field target.state <<<"$record")" allocated
    assert_equal "$(field target.sha256 <<<"$record")" ""
}

@test "the disabled antivirus" {
    record=$(reg-runkeys "$samples/kozirog-nt.E01" | grep 'ControlSet001.*AvpM.exe')
    assert_equal "$(field enabled <<<"$record")" False
    assert_equal "$(field current <<<"$record")" True
    assert_equal "$(field key_last_write <<<"$record")" 2000-11-22T08:14:07.000000000Z
    record=$(reg-runkeys "$samples/clean-nt.E01" | grep 'ControlSet001.*AvpM.exe')
    assert_equal "$(field enabled <<<"$record")" True
}

@test "-e: what is in effect, not what other control sets and backups keep" {
    # The antivirus is disabled (Start 4) in the current set only.
    run -0 --separate-stderr reg-runkeys "$samples/kozirog-nt.E01"
    assert_regex "$output" '"key":"HKLM..SYSTEM..ControlSet002..Services..AvpService".*"enabled":true'
    run -0 --separate-stderr reg-runkeys -e "$samples/kozirog-nt.E01"
    refute_regex "$output" 'AvpService'
    refute_regex "$output" '"current":false'
    assert_regex "$output" '"current":true'
    run -0 --separate-stderr reg-runkeys -e "$samples/kozirog-98.E01"
    refute_regex "$output" '"origin":"backup"'
    # a hive that does not tell which set it uses
    printf '%s\n' '@2010-05-05T10:00:00Z' '[ControlSet001\Services\Lib]' $'Start\tdword\t2' \
        $'Type\tdword\t32' $'ImagePath\tsz\tC:\\a.exe' | hive system
    run -0 --separate-stderr reg-runkeys -e system
    refute_regex "$output" '"current"'
    # gaps are not filtered
    printf 'regf, but no hive' >bad
    make_disk
    mcopy -o -i disk.raw bad ::/Windows/System32/config/software
    run -3 --separate-stderr reg-runkeys -e disk.raw
    assert_regex "$output" '"type":"gap"'
}

@test "Windows 98: SYSTEM.INI drivers, CREG hives, no times" {
    run -0 --separate-stderr reg-runkeys -b "$samples/kozirog-98.E01"
    record=$(grep system-ini-boot-drivers <<<"$output")
    assert_equal "$(field data <<<"$record")" mre.dll
    assert_equal "$(field program <<<"$record")" /WINDOWS/SYSTEM/MRE.DLL
    refute_regex "$output" key_last_write
    assert_equal "$(grep '"origin":"backup"' <<<"$output" | grep -c '"location":"run')" 6
}

# run_values HIVE: names of the values in Run, one a line.
run_values() {
    reg-runkeys "$1" 2>/dev/null | python3 -c '
import json, sys
for line in sys.stdin:
    r = json.loads(line)
    if r["location"] in ("run-hku", "run-hklm"): print(r["name"])'
}

@test "published Run values of real hives" {
    need_corpus
    cd "$corpus/hives"
    assert_equal "$(run_values regipy/NTUSER.DAT)" Sidebar
    assert_regex "$(reg-runkeys regipy/NTUSER.DAT | grep Sidebar | field key_last_write)" \
        '^2012-04-03T21:19:54\.837716.00Z'
    assert_equal "$(reg-runkeys regipy/NTUSER.DAT | grep Sidebar | field data)" \
        '%ProgramFiles%\Windows Sidebar\Sidebar.exe /autoRun'
    assert_equal "$(run_values notatin/win7_ntuser.dat | sort)" $'Eraser\nMySQL Notifier\nSidebar'
    assert_equal "$(run_values plaso/NTUSER-WIN7.DAT | sort)" $'Google Update\nSkype'
    assert_equal "$(run_values plaso/NTUSER.DAT)" ctfmon.exe
    assert_equal "$(run_values notatin/NTUSER.DAT)" OneDrive
}

@test "what is no hive, and a damaged one" {
    printf 'regf too short' >short
    run -3 --separate-stderr reg-runkeys short
    assert_regex "$stderr" 'hive: needs 8192 bytes at 0, has 14'
    need_corpus
    run --separate-stderr reg-runkeys "$corpus/hives/regipy/corrupted_system_hive"
    assert_equal "$status" 3
    assert_regex "$output" 'Abiosdsk'
}

# hive FILE: a hive of the description on standard input.
hive() {
    cat >"$1.txt"
    PYTHONDONTWRITEBYTECODE=1 python3 "$root/images/lib/regf.py" "$1" 5 ROOT "$1" "$1.txt"
}

# make_disk: a FAT disk with hives and the programs that they name.
make_disk() {
    {
        printf '@2010-05-05T10:00:00Z\n[Microsoft\\Windows NT\\CurrentVersion]\n'
        printf 'SystemRoot\tsz\tC:\\Windows\n'
        printf '[Microsoft\\Windows\\CurrentVersion\\Run]\n'
        printf '%s\t%s\t%s\n' plain sz 'C:\evil\a.exe -x' blanks sz 'C:\Program Files\Evil\x.exe -a' \
            x86 expand '%ProgramFiles(x86)%\Evil\b.exe' data expand '%ProgramData%\c.exe' \
            nobody expand '%APPDATA%\roam.exe' drive sz 'E:\evil\a.exe' share sz '\\server\share\e.exe' \
            short sz 'C:\PROGRA~1\Evil\x.exe' name sz 'calc' gone sz 'C:\evil\gone.exe' \
            dots sz 'C:\x\..\evil\.\a.exe' fake sz 'C:\evil\system32\ctfmon.exe'
        printf '[Microsoft\\Windows NT\\CurrentVersion\\Winlogon]\n'
        printf 'Userinit\tsz\tC:\\Windows\\system32\\userinit.exe,C:\\evil\\a.exe,\n'
        printf 'Shell\tsz\tExplorer.exe C:\\evil\\a.exe\n'
        printf '[Microsoft\\Windows NT\\CurrentVersion\\Windows]\nAppInit_DLLs\tsz\tone.dll C:\\evil\\two.dll\n'
    } | hive software
    printf '%s\n' '@2010-05-05T10:00:00Z' '[Select]' $'Current\tdword\t1' \
        '[ControlSet001\Control\Session Manager]' \
        $'BootExecute\tmulti\tautocheck autochk *|native' \
        '[ControlSet001\Services\Lib]' $'Start\tdword\t2' $'Type\tdword\t32' \
        $'ImagePath\texpand\t%SystemRoot%\\system32\\svchost.exe -k netsvcs' \
        $'ServiceDll\texpand\tC:\\evil\\two.dll' '[ControlSet001\Services\Manual]' \
        $'Start\tdword\t3' $'Type\tdword\t32' $'ImagePath\tsz\tC:\\evil\\a.exe' \
        '[ControlSet001\Services\Triggered]' $'Start\tdword\t3' $'Type\tdword\t32' \
        $'ImagePath\tsz\tC:\\evil\\a.exe' '[ControlSet001\Services\Triggered\TriggerInfo]' |
        hive system
    printf '%s\n' '@2010-05-05T10:00:00Z' '[Software\Microsoft\Windows\CurrentVersion\Run]' \
        $'own\texpand\t%APPDATA%\\roam.exe' $'home\texpand\t%USERPROFILE%\\home.exe' | hive ntuser.dat
    mkdir -p disk/Windows/System32/config disk/evil/system32 "disk/Program Files/Evil" \
        "disk/Program Files (x86)/Evil" disk/ProgramData disk/Users/bob/AppData/Roaming
    cp software system disk/Windows/System32/config
    cp ntuser.dat disk/Users/bob/NTUSER.DAT
    for file in evil/a.exe evil/two.dll evil/system32/ctfmon.exe "Program Files/Evil/x.exe" \
        "Program Files (x86)/Evil/b.exe" ProgramData/c.exe Users/bob/AppData/Roaming/roam.exe \
        Users/bob/home.exe Windows/explorer.exe Windows/System32/calc.exe \
        Windows/System32/userinit.exe Windows/System32/one.dll Windows/System32/autochk.exe \
        Windows/System32/native.exe Windows/System32/svchost.exe; do
        echo x >"disk/$file"
    done
    truncate -s 16M disk.raw
    mkfs.vfat -F 16 disk.raw >/dev/null
    mcopy -s -i disk.raw disk/* ::
}

# programs: name, program and state of each record on standard input.
programs() {
    python3 -c '
import json, sys
for line in sys.stdin:
    r = json.loads(line)
    if r["type"] == "autorun":
        print(r["name"], r.get("program", "-"), r.get("target", {}).get("state", "unknown"), sep="|")'
}

@test "what a command line starts: variables, drives, 8.3 names, lists" {
    make_disk
    reg-runkeys disk.raw | programs | sort >got
    sort >expected <<'END'
plain|/evil/a.exe|allocated
blanks|/Program Files/Evil/x.exe|allocated
x86|/Program Files (x86)/Evil/b.exe|allocated
data|/ProgramData/c.exe|allocated
nobody|%APPDATA%\roam.exe|unknown
drive|E:\evil\a.exe|unknown
share|\\server\share\e.exe|unknown
short|/Program Files/Evil/x.exe|allocated
name|/Windows/System32/calc.exe|allocated
gone|/evil/gone.exe|absent
dots|/evil/a.exe|allocated
fake|/evil/system32/ctfmon.exe|allocated
Userinit|/Windows/System32/userinit.exe|allocated
Userinit|/evil/a.exe|allocated
Shell|/Windows/explorer.exe|allocated
Shell|/evil/a.exe|allocated
AppInit_DLLs|/Windows/System32/one.dll|allocated
AppInit_DLLs|/evil/two.dll|allocated
BootExecute|/Windows/System32/autochk.exe|allocated
BootExecute|/Windows/System32/native.exe|allocated
ImagePath|/evil/two.dll|allocated
ServiceDll|/evil/two.dll|allocated
ImagePath|/evil/a.exe|allocated
ImagePath|/evil/a.exe|allocated
own|/Users/bob/AppData/Roaming/roam.exe|allocated
home|/Users/bob/home.exe|allocated
END
    run -0 diff got expected
    # what a clean Windows has, and nothing else, is a default
    run -0 --separate-stderr reg-runkeys -n disk.raw
    run -0 grep -c '"name":"fake"' <<<"$output"
    reg-runkeys disk.raw | grep '"default":true' | programs >defaults
    run -0 sort defaults
    assert_output 'BootExecute|/Windows/System32/autochk.exe|allocated
Userinit|/Windows/System32/userinit.exe|allocated'
}

@test "a hive named in an image is joined as in the whole image" {
    make_disk
    reg-runkeys disk.raw | grep '"path":"/Users/bob/NTUSER.DAT"' >whole
    reg-runkeys disk.raw:p0:/Users/bob/NTUSER.DAT >one
    assert [ -s one ]
    run -0 cmp whole one
    reg-runkeys disk.raw:p0:/Users >folder
    run -0 cmp whole folder
    # and what its record names is the hive
    head -1 one | fs-cat - >again
    run -0 cmp again ntuser.dat
    run -3 --separate-stderr reg-runkeys disk.raw:p0:/evil/a.exe
    assert_regex "$output" '"type":"gap","image":"disk.raw","volume":"p0","path":"/evil/a.exe"'
    # told once, also where there is no room for gap records
    run -3 --separate-stderr reg-runkeys -o csv disk.raw:p0:/evil/a.exe
    assert_equal "$(grep -c '/evil/a.exe' <<<"$stderr")" 1
}

@test "a hive that cannot be read is a gap with its path, the others are walked" {
    make_disk
    printf 'regf, but no hive' >bad
    mcopy -o -i disk.raw bad ::/Windows/System32/config/software
    run -3 --separate-stderr reg-runkeys disk.raw
    assert_regex "$output" '"type":"gap".*"path":"/Windows/System32/config/software".*"reason":"hive: '
    assert_regex "$output" '"name":"own"'
}

@test "a folder of hives, whatever they are called: nothing is absent from it" {
    make_disk
    mkdir loose
    cp software loose/SOFTWARE.export
    cp ntuser.dat loose/bob
    cp system loose/SYSTEM
    printf 'regf\0' >loose/notes.txt
    reg-runkeys loose | programs >got
    assert_equal "$(grep -c '^own|' got)" 1
    assert_equal "$(grep -c '^plain|' got)" 1
    assert_equal "$(grep -c '^ServiceDll|' got)" 1
    run -1 grep absent got
    run -1 grep '"inode":""' <(reg-runkeys loose)
}

@test "a deleted program is not absent" {
    # The trojan's \$MFT record without its bit of being in use, freed as Windows does it.
    cp "$samples/kozirog-nt.raw" deleted.raw
    record=$(fs-ls -n soundv.exe "$samples/kozirog-nt.raw" | field inode | cut -d- -f1)
    start=$(istat -o 63 deleted.raw 0 | awk '/^Type: .DATA/ { on = 1; next } on { print $1; exit }')
    cluster=$(fsstat -o 63 deleted.raw | sed -n 's/^Cluster Size: //p')
    at=$((63 * 512 + start * cluster + record * 1024))
    assert_equal "$(dd if=deleted.raw bs=1 skip=$at count=4 2>/dev/null)" FILE
    printf '\0' | dd of=deleted.raw bs=1 seek=$((at + 22)) conv=notrunc 2>/dev/null
    reg-runkeys -n deleted.raw | grep '"name":"soundv.exe"' >record
    assert_equal "$(field target.state <record)" deleted
    assert_equal "$(field target.path <record)" /WINNT/system32/SOUNDV.EXE
}

@test "Startup folders by their translated names; INI files of other folders are copies" {
    make_disk
    mkdir -p "more/Documents and Settings/kow/Menu Start/Programy/Autostart" \
        "more/Dokumente und Einstellungen/x/Startmenü/Programme/Autostart" more/backup more/Windows
    echo x >"more/Documents and Settings/kow/Menu Start/Programy/Autostart/one.exe"
    echo x >"more/Dokumente und Einstellungen/x/Startmenü/Programme/Autostart/two.exe"
    printf '[windows]\r\nrun=C:\\evil\\a.exe\r\n' >more/backup/win.ini
    cp more/backup/win.ini more/Windows/win.ini
    LC_ALL=C.UTF-8 mcopy -D s -s -i disk.raw more/* ::
    reg-runkeys disk.raw >got
    run -0 grep -c '"location":"startup-folder".*"name":"\(one\|two\).exe"' got
    assert_output 2
    assert_equal "$(grep '"path":"/Windows/win.ini"' got | field origin)" live
    assert_equal "$(grep '"path":"/backup/win.ini"' got | field origin)" backup
}

@test "a circle in the key tree of a 9x hive is cut, and told" {
    fs-cat "$samples/kozirog-98.raw:p1:/WINDOWS/SYSTEM.DAT" >system.dat
    run -0 --separate-stderr reg-runkeys system.dat
    # RGKN is at 32, its first key below the root is 60; the second of its links, to the
    # next key, is at 20
    printf '\x3c\x00\x00\x00' | dd of=system.dat bs=1 seek=$((32 + 60 + 20)) conv=notrunc status=none
    run -3 --separate-stderr timeout 60 reg-runkeys system.dat
    assert_regex "$output" '"type":"gap".*"file_offset":112.*a key that was met before: cut'
}

@test "a deleted autostart of a 9x hive, behind the values of its key" {
    printf '%s\n' '@1999-01-01T00:00:00Z' '[Software\Microsoft\Windows\CurrentVersion\Run]' \
        $'one\tsz\tone.exe' $'two\tsz\ttwo.exe' '[System\CurrentControlSet]' | hive_9x SYSTEM.DAT
    run -0 reg-runkeys SYSTEM.DAT
    assert_equal "$(field name <<<"$output")" $'one\ntwo'
    # Windows counts one value and fewer bytes, at 14 and 8 of the record, and keeps the rest
    python3 - <<'END'
data = bytearray(open("SYSTEM.DAT", "rb").read())
record = data.index(b"\3\0\2\0\0\0\0\0Run") - 12
used = int.from_bytes(data[record + 8:record + 12], "little")
data[record + 8:record + 12] = (used - 12 - len("twotwo.exe\0")).to_bytes(4, "little")
data[record + 14] = 1
open("SYSTEM.DAT", "wb").write(data)
END
    run -0 --separate-stderr reg-runkeys SYSTEM.DAT
    assert_equal "$(field name <<<"$output")" $'one\ntwo'
    assert_equal "$(field origin <<<"$output")" $'live\ndeleted'
    assert_equal "$(field key <<<"$output" | sort -u)" 'HKLM\Software\Microsoft\Windows\CurrentVersion\Run'
    run -0 --separate-stderr reg-ls -D SYSTEM.DAT
    assert_equal "$(field name <<<"$output")" two
    assert_regex "$output" 'its key is told by its place'
}

# software WINDOWS [SID FOLDER]...: a SOFTWARE hive of Windows in that folder, with a
# Run value, and with these profiles.
software() {
    {
        printf '@2010-05-05T10:00:00Z\n[Microsoft\\Windows NT\\CurrentVersion]\nSystemRoot\tsz\t%s\n' "$1"
        printf '[Microsoft\\Windows\\CurrentVersion\\Run]\nx\tsz\tx.exe\n'
        for ((i = 2; i < $#; i += 2)); do
            printf '[Microsoft\\Windows NT\\CurrentVersion\\ProfileList\\%s]\n' "${!i}"
            printf 'ProfileImagePath\texpand\t%s\n' "${@:i+1:1}"
        done
    } | hive software
}

# user VALUE TYPE DATA: a user's hive with that Run value.
user() {
    printf '@2010-05-05T10:00:00Z\n[Software\\Microsoft\\Windows\\CurrentVersion\\Run]\n%s\t%s\t%s\n' \
        "$@" | hive ntuser.dat
}

# fat_disk FOLDER: disk.raw, a FAT disk with what is in the folder.
fat_disk() {
    truncate -s 16M disk.raw
    mkfs.vfat -F 16 disk.raw >/dev/null
    LC_ALL=C.UTF-8 mcopy -s -i disk.raw "$1"/* ::
}

# states: name and whether it is enabled, of each record on standard input.
states() {
    python3 -c '
import json, sys
for line in sys.stdin:
    r = json.loads(line)
    if r["type"] == "autorun":
        print(r["location"], r["name"], r["enabled"], sep="|")' | sort
}

@test "what Task Manager, msconfig or LoadAppInit_DLLs have switched off" {
    # The first byte of StartupApproved: 02 and 06 are on, 03 and 07 off, with the time.
    at=0000000102030405060708
    printf '%s\n' '@2020-05-05T10:00:00Z' '[Microsoft\Windows NT\CurrentVersion]' \
        $'SystemRoot\tsz\tC:\\Windows' $'CurrentVersion\tsz\t6.3' \
        '[Microsoft\Windows NT\CurrentVersion\Windows]' $'AppInit_DLLs\tsz\tone.dll' \
        $'LoadAppInit_DLLs\tdword\t0' \
        '[Wow6432Node\Microsoft\Windows NT\CurrentVersion\Windows]' \
        $'AppInit_DLLs\tsz\ttwo.dll' $'LoadAppInit_DLLs\tdword\t1' \
        '[Microsoft\Windows\CurrentVersion\Run]' $'on\tsz\ta' $'off\tsz\ta' $'off6\tsz\ta' \
        $'off32\tsz\ta' $'never\tsz\ta' $'mine\tsz\ta' \
        '[Wow6432Node\Microsoft\Windows\CurrentVersion\Run]' $'off32\tsz\ta' $'off\tsz\ta' \
        '[Microsoft\Windows\CurrentVersion\RunOnce]' $'off\tsz\ta' \
        '[Microsoft\Windows\CurrentVersion\Run-]' $'old\tsz\ta' \
        '[Microsoft\Shared Tools\MSConfig\startupreg\Some]' $'command\tsz\tC:\\a.exe' \
        '[Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run]' \
        $'on\tbinary\t02'$at $'OFF\tbinary\t03'$at $'off6\tbinary\t07'$at $'on6\tbinary\t06'$at \
        '[Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run32]' \
        $'off32\tbinary\t03'$at \
        '[Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\StartupFolder]' \
        $'all off.lnk\tbinary\t03'$at $'own on.lnk\tbinary\t03'$at | hive software
    printf '%s\n' '@2020-05-05T10:00:00Z' '[Software\Microsoft\Windows\CurrentVersion\Run]' \
        $'mine\tsz\ta' $'off\tsz\ta' \
        '[Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run]' \
        $'mine\tbinary\t01'$at \
        '[Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\StartupFolder]' \
        $'own off.lnk\tbinary\t03'$at $'all on.lnk\tbinary\t03'$at | hive ntuser.dat
    menu="Microsoft/Windows/Start Menu/Programs/Startup"
    mkdir -p disk/Windows/System32/config "disk/ProgramData/$menu" \
        "disk/Users/ann/AppData/Roaming/$menu"
    cp software disk/Windows/System32/config
    cp ntuser.dat disk/Users/ann/NTUSER.DAT
    touch "disk/ProgramData/$menu/all on.lnk" "disk/ProgramData/$menu/all off.lnk" \
        "disk/Users/ann/AppData/Roaming/$menu/own on.lnk" \
        "disk/Users/ann/AppData/Roaming/$menu/own off.lnk"
    fat_disk disk
    reg-runkeys disk.raw | states >got
    sort >expected <<'END'
appinit-dlls|AppInit_DLLs|False
appinit-dlls-wow64|AppInit_DLLs|True
run-hklm|on|True
run-hklm|off|False
run-hklm|off6|False
run-hklm|off32|True
run-hklm|never|True
run-hklm|mine|True
run-wow64-hklm|off32|False
run-wow64-hklm|off|True
runonce-hklm|off|True
run-disabled-hklm|old|False
msconfig-run|command|False
run-hku|mine|False
run-hku|off|True
startup-folder|all on.lnk|True
startup-folder|all off.lnk|False
startup-folder|own on.lnk|True
startup-folder|own off.lnk|False
END
    run -0 diff got expected
    # Windows XP has AppInit_DLLs loaded all the same
    printf '%s\n' '@2005-05-05T10:00:00Z' '[Microsoft\Windows NT\CurrentVersion]' \
        $'CurrentVersion\tsz\t5.1' '[Microsoft\Windows NT\CurrentVersion\Windows]' \
        $'AppInit_DLLs\tsz\tone.dll' $'LoadAppInit_DLLs\tdword\t0' | hive software
    run -0 states < <(reg-runkeys software)
    assert_output 'appinit-dlls|AppInit_DLLs|True'
}

@test "names without a folder: PATH and App Paths of the same Windows; folders" {
    {
        printf '%s\n' '@2020-05-05T10:00:00Z' '[Microsoft\Windows NT\CurrentVersion]' \
            $'SystemRoot\tsz\tC:\\Windows' '[Microsoft\Windows\CurrentVersion\Run]'
        printf '%s\tsz\t%s\n' shell 'powershell.exe -w hidden -enc AAAA' tool tool.exe \
            known known gone gone.exe dot 'C:\Windows\x.exe.' folder 'C:\Windows' own own.exe
        printf '%s\n' '[Microsoft\Windows\CurrentVersion\App Paths\known.exe]' \
            $'@\tsz\tC:\\apps\\known.exe'
    } | hive software
    printf '%s\n' '@2020-05-05T10:00:00Z' '[Select]' $'Current\tdword\t2' \
        '[ControlSet001\Control\Session Manager\Environment]' $'Path\tsz\tE:\\old' \
        '[ControlSet002\Control\Session Manager\Environment]' \
        $'Path\texpand\t%SystemRoot%\\system32;C:\\tools\\' \
        '[ControlSet002\Services\Known]' $'Start\tdword\t2' $'Type\tdword\t16' \
        $'ImagePath\tsz\tknown' | hive system
    printf '%s\n' '@2020-05-05T10:00:00Z' '[Environment]' $'Path\tsz\t%USERPROFILE%\\bin' \
        '[Software\Microsoft\Windows\CurrentVersion\Run]' $'mine\tsz\town.exe' | hive ntuser.dat
    mkdir -p disk/Windows/System32/{config,WindowsPowerShell/v1.0} disk/{tools,apps} disk/Users/ann/bin
    cp software disk/Windows/System32/config
    cp ntuser.dat disk/Users/ann/NTUSER.DAT
    for file in Windows/System32/WindowsPowerShell/v1.0/powershell.exe Windows/x.exe \
        tools/tool.exe apps/known.exe Users/ann/bin/own.exe; do
        echo x >"disk/$file"
    done
    fat_disk disk
    # without SYSTEM nobody knows PATH
    assert_equal "$(reg-runkeys disk.raw | programs | grep '^gone')" 'gone|gone.exe|unknown'
    mcopy -i disk.raw system ::/Windows/System32/config
    reg-runkeys disk.raw | programs | sort >got
    sort >expected <<'END'
shell|/Windows/System32/WindowsPowerShell/v1.0/powershell.exe|allocated
tool|/tools/tool.exe|allocated
known|/apps/known.exe|allocated
ImagePath|known|absent
gone|gone.exe|absent
dot|/Windows/x.exe|allocated
folder|/Windows|allocated
own|own.exe|absent
mine|/Users/ann/bin/own.exe|allocated
Path|-|unknown
END
    run -0 diff got expected
}

# joined: hive, key of a user, program and state, origin of each record on standard input.
joined() {
    python3 -c '
import json, sys
for line in sys.stdin:
    r = json.loads(line)
    user = r["key"].split("\\")[1] if r["key"].startswith("HKU") else "-"
    print(r["path"], user, r.get("program", "-"), r.get("target", {}).get("state", "unknown"),
          r["origin"], sep="|")'
}

@test "several installations on one volume: the folder that a hive lies in decides" {
    for windows in WINNT WINDOWS Windows.old/Windows; do
        mkdir -p "disk/$windows/System32/config"
        echo "$windows" >"disk/$windows/System32/x.exe"
        printf '[windows]\r\nload=x.exe\r\n' >"disk/$windows/win.ini"
    done
    mkdir -p "disk/Documents and Settings/"{ann,bob,both,nobody} disk/Windows.old/Users/bob disk/apps
    echo x >disk/apps/a.exe
    user x sz x.exe
    for folder in "disk/Documents and Settings/"{ann,bob,both,nobody}; do
        cp ntuser.dat "$folder/NTUSER.DAT"
    done
    software 'C:\WINNT' S-1-5-21-1-500 '%SystemDrive%\Documents and Settings\ann' \
        S-1-5-21-1-501 'C:\Documents and Settings\both'
    cp software disk/WINNT/System32/config
    mkdir -p disk/copy/system32/config # takes nothing from where it was copied from
    cp software disk/copy/system32/config
    software 'C:\WINDOWS' S-1-5-21-2-500 'C:\Documents and Settings\bob' \
        S-1-5-21-2-501 'C:\Documents and Settings\both'
    cp software disk/WINDOWS/System32/config
    software 'C:\Windows' S-1-5-21-3-500 'C:\Users\bob'
    cp software disk/Windows.old/Windows/System32/config
    user y sz 'C:\apps\a.exe'
    cp ntuser.dat disk/Windows.old/Users/bob/NTUSER.DAT
    fat_disk disk
    reg-runkeys -b disk.raw | joined | sort >got
    sort >expected <<'END'
/WINNT/System32/config/software|-|/WINNT/System32/x.exe|allocated|live
/WINDOWS/System32/config/software|-|/WINDOWS/System32/x.exe|allocated|live
/Windows.old/Windows/System32/config/software|-|/Windows.old/Windows/System32/x.exe|allocated|backup
/copy/system32/config/software|-|x.exe|unknown|live
/WINNT/win.ini|-|/WINNT/System32/x.exe|allocated|live
/WINDOWS/win.ini|-|/WINDOWS/System32/x.exe|allocated|live
/Windows.old/Windows/win.ini|-|/Windows.old/Windows/System32/x.exe|allocated|backup
/Documents and Settings/ann/NTUSER.DAT|S-1-5-21-1-500|/WINNT/System32/x.exe|allocated|live
/Documents and Settings/bob/NTUSER.DAT|S-1-5-21-2-500|/WINDOWS/System32/x.exe|allocated|live
/Documents and Settings/both/NTUSER.DAT|?|x.exe|unknown|live
/Documents and Settings/nobody/NTUSER.DAT|?|x.exe|unknown|live
/Windows.old/Users/bob/NTUSER.DAT|S-1-5-21-3-500|C:\apps\a.exe|unknown|backup
END
    run -0 diff got expected
}

@test "a user is known by the whole path of the profile" {
    mkdir -p disk/Windows/System32/config disk/Users/{carl,temp,two}
    user x sz x.exe
    for name in carl temp two; do cp ntuser.dat "disk/Users/$name/NTUSER.DAT"; done
    software 'C:\Windows' S-1-5-21-1-1001 'C:\Users\carl' S-1-5-21-1-1002 'D:\Users\carl' \
        S-1-5-21-1-1003.bak '%SystemDrive%\Users\temp' \
        S-1-5-21-1-1004 'C:\Users\two' S-1-5-21-1-1005 'c:\users\TWO'
    cp software disk/Windows/System32/config
    fat_disk disk
    reg-runkeys disk.raw | joined | grep NTUSER | sort >got
    cut -d'|' -f1,2 got >users
    run -0 cat users
    assert_output '/Users/carl/NTUSER.DAT|S-1-5-21-1-1001
/Users/temp/NTUSER.DAT|S-1-5-21-1-1003
/Users/two/NTUSER.DAT|?'
    # of hives that were only collected the name of the folder is all there is
    mkdir -p flat/one/carl flat/one/temp flat/two/carl
    cp software flat/one/SOFTWARE
    cp ntuser.dat flat/one/carl
    cp ntuser.dat flat/one/temp
    cp ntuser.dat flat/two/carl
    software 'C:\Windows' S-1-5-21-2-1001 'C:\Users\carl'
    cp software flat/two/SOFTWARE
    reg-runkeys flat | joined | grep ntuser | cut -d'|' -f1,2 | sort >got
    run -0 cat got
    assert_output '/one/carl/ntuser.dat|?
/one/temp/ntuser.dat|S-1-5-21-1-1003
/two/carl/ntuser.dat|S-1-5-21-2-1001'
}

# hive_9x FILE: a hive of Windows 9x of the description on standard input, whose
# letters are bytes as Windows-1252 has them.
hive_9x() {
    cat >"$1.txt"
    PYTHONDONTWRITEBYTECODE=1 python3 "$root/images/lib/creg.py" "$1" "$1.txt"
}

@test "8-bit text is in the code page that the same Windows names" {
    # 0xb3 is l with a stroke in Windows-1250, the sign for "cubed" in 1252.
    mkdir -p disk/WINDOWS
    run_key=$'@1999-01-01T00:00:00Z\n[Software\\Microsoft\\Windows\\CurrentVersion\\Run]'
    value=$'sz\tC:\\WINDOWS\\tas³monitor.exe'
    printf '%s\n' "$run_key" $'machine³\t'"$value" '[System\CurrentControlSet\Control\Nls\Codepage]' \
        $'ACP\tsz\t1250' | hive_9x disk/WINDOWS/SYSTEM.DAT
    printf '%s\n' "${run_key/Software/.DEFAULT\\Software}" $'user\t'"$value" |
        hive_9x disk/WINDOWS/USER.DAT
    printf '[windows]\r\nrun=C:\\WINDOWS\\tas\xb3monitor.exe\r\n' >disk/WINDOWS/WIN.INI
    echo x >disk/WINDOWS/tasłmonitor.exe
    printf 'default_codepage=852\n' >mtoolsrc # without it mtools writes l for the letter
    MTOOLSRC=mtoolsrc fat_disk disk
    run -0 programs < <(reg-runkeys disk.raw)
    assert_equal "$(sort <<<"$output")" 'machineł|/WINDOWS/tasłmonitor.exe|allocated
run|/WINDOWS/tasłmonitor.exe|allocated
user|/WINDOWS/tasłmonitor.exe|allocated'
    refute_regex "$(reg-runkeys disk.raw)" 'data_hex'
    # where nothing tells the page, the bytes are kept and nothing is absent
    printf '%s\n' "$run_key" $'machine\t'"$value" '[System\CurrentControlSet]' |
        hive_9x disk/WINDOWS/SYSTEM.DAT
    rm disk/WINDOWS/tasłmonitor.exe
    fat_disk disk
    run -0 reg-runkeys disk.raw
    assert_equal "$(grep -c '"data_hex":"433a5c57494e444f57535c746173b36d6f6e69746f722e657865"' <<<"$output")" 3
    refute_regex "$output" absent
}

@test "what Windows 98 and Me put into their hives themselves is a default" {
    setup_x='rundll.exe C:\WINDOWS\SYSTEM\setupx.dll,InstallHinfSection'
    printf '%s\n' '@1999-01-01T00:00:00Z' '[System\CurrentControlSet\Control\Print\Providers\a]' \
        $'Name\tsz\tC:\\WINDOWS\\SYSTEM\\mspp32.dll' \
        '[System\CurrentControlSet\Control\Print\Providers\b]' \
        $'Name\tsz\tC:\\WINDOWS\\mspp32.dll' \
        '[System\CurrentControlSet\Control\keyboard layouts\00000415]' \
        $'layout file\tsz\tkbdpl.kbd' \
        '[System\CurrentControlSet\Control\keyboard layouts\00010415]' \
        $'layout file\tsz\tkbdpl.dat' \
        '[Software\Microsoft\Windows\CurrentVersion\Shell Extensions\Approved]' \
        $'{FBF23B40-E3F0-101B-8488-00AA003E56F8}\tsz\tInternetShortcut' \
        $'{FBF23B40-E3F0-101B-8488-00AA003E56F9}\tsz\tInternetShortcut' \
        '[Software\Microsoft\Active Setup\Installed Components\TapiPerUser]' \
        "StubPath"$'\tsz\t'"$setup_x"' TapiPerUser 64 C:\WINDOWS\INF\tapi.inf' \
        '[Software\Microsoft\Active Setup\Installed Components\OtherPerUser]' \
        "StubPath"$'\tsz\t'"$setup_x"' TapiPerUser 64 C:\WINDOWS\INF\tapi2.inf' | hive_9x SYSTEM.DAT
    run -0 --separate-stderr reg-runkeys -n SYSTEM.DAT
    assert_equal "$(field name <<<"$output" | sort)" 'Name
StubPath
layout file
{FBF23B40-E3F0-101B-8488-00AA003E56F9}'
    assert_regex "$output" 'C:....WINDOWS....mspp32.dll|C:..WINDOWS..mspp32.dll'
    assert_regex "$output" 'tapi2.inf'
    assert_equal "$(reg-runkeys SYSTEM.DAT | grep -c '"default":true')" 3
}

@test "code pages of East Asia, and of INI files of Windows NT" {
    # 83 5c is one character of code page 932, though 5c alone is a backslash
    printf '%s\n' '@1999-01-01T00:00:00Z' '[Software\Microsoft\Windows\CurrentVersion\Run]' \
        $'x\tsz\tC:\\ƒ\\.exe' '[System\CurrentControlSet\Control\Nls\Codepage]' \
        $'ACP\tsz\t932' | hive_9x SYSTEM.DAT
    assert_equal "$(reg-runkeys SYSTEM.DAT | field data)" 'C:\ソ.exe'
    mkdir -p disk/WINNT/system32/config
    software 'C:\WINNT'
    printf '%s\n' '@1999-01-01T00:00:00Z' '[Select]' $'Current\tdword\t1' \
        '[ControlSet001\Control\Nls\CodePage]' $'ACP\tsz\t1251' | hive system
    cp software system disk/WINNT/system32/config
    printf '[windows]\r\nload=\xef\xf3\xf1\xea.exe\r\n' >disk/WINNT/win.ini
    fat_disk disk
    assert_equal "$(reg-runkeys disk.raw | grep win-ini-load | field data)" 'пуск.exe'
}

@test "data behind a NUL is shown, and so are types without a name" {
    {
        printf '%s\n' '@2010-05-05T10:00:00Z' '[Microsoft\Windows\CurrentVersion\Run]'
        printf 'nul\tsz\tctfmon.exe\0evil.exe\nmulti\tmulti\ta.exe||b.exe\nctfmon.exe\tsz\tctfmon.exe\n'
    } | hive software
    printf '%s\n' 'cd \Microsoft\Windows\CurrentVersion' 'add RunOnce' 'cd RunOnce' 'setval 1' odd \
        'hex:0x12345:63,00,00,00' commit | hivexsh -w software
    run -0 --separate-stderr reg-runkeys software
    assert_regex "$output" '"name":"nul","data_type":"REG_SZ","data":"ctfmon.exe.u0000evil.exe"'
    assert_regex "$output" '"data":\["a.exe","","b.exe"\]'
    assert_regex "$output" '"name":"odd","data_type":"0x12345","data":"63000000"'
    # what hides behind a default is no default
    run -0 --separate-stderr reg-runkeys -n software
    assert_equal "$(field name <<<"$output")" $'nul\nmulti\nodd'
}

# put_log HIVE LOG FORMAT CHANGED...: a log that makes each CHANGED out of HIVE, which
# waits for it then. FORMAT: old, new, or torn (a new one whose last entry is damaged).
put_log() {
    python3 - "$@" <<'EOF'
import struct, sys
hive_name, log_name, form, *changed_names = sys.argv[1:]
PAGE, SECTOR = 4096, 512

def seal(base):
    total = 0
    for (word,) in struct.iter_unpack("<I", base[:508]):
        total ^= word
    struct.pack_into("<I", base, 508, total)

def marvin(data):
    low, high = 0x7a4e55c5, 0x82ef4d88
    turn = lambda word, bits: (word << bits | word >> (32 - bits)) & 0xffffffff
    words = [word for (word,) in struct.iter_unpack("<I", data)] + [0x80, 0]
    for word in words:
        low = (low + word) & 0xffffffff
        high ^= low
        low = (turn(low, 20) + high) & 0xffffffff
        high = turn(high, 9) ^ low
        low = (turn(low, 27) + high) & 0xffffffff
        high = turn(high, 19)
    return struct.pack("<II", low, high)

hive = bytearray(open(hive_name, "rb").read())
struct.pack_into("<II", hive, 4, 8, 7)
seal(hive)
with open(hive_name, "wb") as file:
    file.write(hive)
changed = [open(name, "rb").read() for name in changed_names]
base = hive[:SECTOR]
struct.pack_into("<II", base, 4, 7, 7)
struct.pack_into("<I", base, 28, 1 if form == "old" else 6)
struct.pack_into("<I", base, 40, len(changed[0]) - PAGE)
seal(base)
log = bytes(base)
for number, after in enumerate(changed):
    bins = after[PAGE:]
    if form == "old":
        log += (b"DIRT" + b"\xff" * (len(bins) // PAGE)).ljust(SECTOR, b"\0") + bins
        continue
    count = len(bins) // PAGE
    size = -(-(40 + 8 * count + len(bins)) // SECTOR) * SECTOR
    rest = b"".join(struct.pack("<II", PAGE * i, PAGE) for i in range(count)) + bins
    rest = rest.ljust(size - 40, b"\0")
    header = struct.pack("<4sIIIII", b"HvLE", size, 0, 7 + number, len(bins), count)
    header += marvin(rest)
    log += header + marvin(header) + rest
if form == "torn":
    log = log[:-1] + b"\1"
with open(log_name, "wb") as file:
    file.write(log)
EOF
}

# user_run NAME DATA...: the description of a user's hive with these Run values.
user_run() {
    printf '@2010-05-05T10:00:00Z\n[Software\\Microsoft\\Windows\\CurrentVersion\\Run]\n'
    printf '%s\tsz\t%s\n' "$@"
}

# told: name, data, origin and enabled of each record on standard input, gaps by
# path and reason.
told() {
    python3 -c '
import json, sys
for line in sys.stdin:
    r = json.loads(line)
    if r["type"] == "gap": print("gap", r.get("path"), r["reason"], sep="|")
    else: print(r["name"], r["data"], r["origin"], r["enabled"], sep="|")'
}

# make_logged FORMAT: a user's hive, and a log that changes one value, removes one,
# and adds one; a second entry adds another.
make_logged() {
    user_run stays 'C:\a.exe' changes 'C:\before.exe' goes 'C:\gone.exe' | hive NTUSER.DAT
    user_run stays 'C:\a.exe' changes 'C:\after.exe' comes 'C:\evil.exe' | hive changed
    user_run stays 'C:\a.exe' changes 'C:\after.exe' comes 'C:\evil.exe' last 'C:\last.exe' |
        hive again
    rm -f ntuser.dat.*
    case $1 in
    old) put_log NTUSER.DAT ntuser.dat.LOG old again ;;
    *) put_log NTUSER.DAT ntuser.dat.LOG1 "$1" changed again ;;
    esac
}

# put_disk FILE...: a FAT disk with these in the profile of a user.
put_disk() {
    rm -f disk.raw
    mkfs.vfat -C disk.raw 4096 >/dev/null
    mmd -i disk.raw ::/Users ::/Users/bob
    mcopy -o -i disk.raw "$@" ::/Users/bob
}

replayed='stays|C:\a.exe|live|True
changes|C:\after.exe|log|True
comes|C:\evil.exe|log|True
last|C:\last.exe|log|True
changes|C:\before.exe|superseded|False
goes|C:\gone.exe|superseded|False'

@test "autostarts that only a transaction log has, and those that it changed" {
    for format in new old; do
        make_logged "$format"
        put_disk NTUSER.DAT ntuser.dat.LOG*
        run -0 --separate-stderr reg-runkeys disk.raw
        assert_equal "$(told <<<"$output")" "$replayed"
        assert_equal "$stderr" ""
        # the hive by itself in the image, loose, and in a folder
        run -0 --separate-stderr reg-runkeys disk.raw:/Users/bob/NTUSER.DAT
        assert_equal "$(told <<<"$output")" "$replayed"
        run -0 --separate-stderr reg-runkeys NTUSER.DAT
        assert_equal "$(told <<<"$output")" "$replayed"
        rm -rf tree
        mkdir tree
        cp NTUSER.DAT ntuser.dat.LOG* tree
        run -0 --separate-stderr reg-runkeys tree
        assert_equal "$(told <<<"$output")" "$replayed"
        # what is in effect is not what the primary file says
        run -0 --separate-stderr reg-runkeys -e NTUSER.DAT
        assert_equal "$(told <<<"$output" | grep -c '|log|')" 3
        refute_regex "$output" superseded
    done
}

@test "a log that is not there, does not belong, or is damaged" {
    make_logged new
    mkdir alone
    cp NTUSER.DAT alone
    run -3 --separate-stderr reg-runkeys alone/NTUSER.DAT
    assert_regex "$stderr" 'hive: its last changes are in its log, which is not there'
    assert_equal "$(told <<<"$output" | grep -c '|live|True')" 3

    mkdir alone/ntuser.DAT.Log # no file
    run -3 --separate-stderr reg-runkeys alone/NTUSER.DAT
    assert_regex "$stderr" 'ntuser.DAT.Log: not an ordinary file'

    # one that was never finished
    put_disk NTUSER.DAT
    python3 -c '
import struct
base = bytearray(open("ntuser.dat.LOG1", "rb").read(512))
struct.pack_into("<II", base, 4, 3, 3)
total = 0
for (word,) in struct.iter_unpack("<I", base[:508]): total ^= word
struct.pack_into("<I", base, 508, total)
open("stale", "wb").write(base + bytes(1024))'
    mcopy -o -i disk.raw stale ::/Users/bob/NTUSER.DAT.LOG2
    run -3 --separate-stderr reg-runkeys disk.raw
    assert_equal "$(told <<<"$output" | grep gap)" \
        'gap|/Users/bob/NTUSER.DAT|hive: its last changes are in none of the logs beside it
gap|/Users/bob/NTUSER.DAT.LOG2|log: no entry 3'
    refute_regex "$output" evil.exe

    # the first entry is whole, the second is not
    make_logged torn
    put_disk NTUSER.DAT ntuser.dat.LOG1
    run -3 --separate-stderr reg-runkeys disk.raw
    assert_equal "$(told <<<"$output" | grep -v superseded)" 'stays|C:\a.exe|live|True
changes|C:\after.exe|log|True
comes|C:\evil.exe|log|True
gap|/Users/bob/ntuser.dat.LOG1|log: entry 8: hash of its pages does not match: it and what is behind it are not applied'
}

@test "a log that names another hive" {
    make_logged new
    # name FILE PATH: what its base block says
    name() {
        python3 - "$@" <<'END'
import struct, sys
data = bytearray(open(sys.argv[1], "rb").read())
data[48:112] = sys.argv[2].encode("utf-16le").ljust(64, b"\0")
total = 0
for (word,) in struct.iter_unpack("<I", data[:508]): total ^= word
struct.pack_into("<I", data, 508, total)
open(sys.argv[1], "wb").write(data)
END
    }
    name NTUSER.DAT 'rs\bob\NTUSER.DAT'
    name ntuser.dat.LOG1 '\ann\ntuser.dat'
    run -0 --separate-stderr reg-runkeys NTUSER.DAT
    refute_regex "$output" 'names the hive'
    name ntuser.dat.LOG1 'System32\Config\SYSTEM'
    run -3 --separate-stderr reg-runkeys NTUSER.DAT
    assert_regex "$output" 'log: names the hive SYSTEM, this is NTUSER.DAT'
}

@test "a hive of which the base block is damaged, and a clean one with old logs" {
    make_logged old
    printf XXXX | dd of=NTUSER.DAT bs=1 seek=200 conv=notrunc status=none
    run -0 --separate-stderr reg-runkeys NTUSER.DAT
    assert_regex "$(told <<<"$output")" 'comes\|C:.evil.exe\|log\|True'
    make_logged new
    user_run stays 'C:\a.exe' | hive NTUSER.DAT
    run -0 --separate-stderr reg-runkeys NTUSER.DAT
    assert_equal "$(told <<<"$output")" 'stays|C:\a.exe|live|True'
}

@test "a hive of which the signature, the base block or its first pages are lost" {
    user_run a 'C:\a.exe' b 'C:\b.exe' | hive NTUSER.DAT
    mkdir disk
    for damage in 'X 1' 'XXXX 1' 'zero 4096'; do
        cp NTUSER.DAT disk/NTUSER.DAT
        case $damage in
        zero*) head -c 4096 </dev/zero ;;
        *) printf '%s' "${damage% *}" ;;
        esac | dd of=disk/NTUSER.DAT conv=notrunc status=none
        put_disk disk/NTUSER.DAT
        for object in disk.raw disk disk/NTUSER.DAT; do
            run -3 --separate-stderr reg-runkeys "$object"
            assert_equal "$(told <<<"$output" | grep -v ^gap)" 'a|C:\a.exe|live|True
b|C:\b.exe|live|True'
            assert_regex "$output" '"file_offset":0,.*"reason":"base block: no signature: begins with'
        done
        run -3 --separate-stderr reg-ls disk/NTUSER.DAT
        assert_equal "$(grep -c '"type":"value"' <<<"$output")" 2
        run -3 --separate-stderr fs-timeline disk/NTUSER.DAT
        assert_regex "$output" 'CurrentVersion..Run"'
    done
    # the checksum of the other bytes still tells how old it is: nothing of it is guessed
    printf 'X' | dd of=NTUSER.DAT conv=notrunc status=none
    run -3 --separate-stderr reg-runkeys NTUSER.DAT
    refute_regex "$output" 'no root key'
    # the root too: what is left of its keys
    user_run a 'C:\a.exe' | hive one
    python3 -c '
one = open("one", "rb").read()
open("disk/NTUSER.DAT", "wb").write(bytes(4096) + one[4096:].replace(b"nk\x2c\x00", b"nx\x2c\x00", 1))'
    run -3 --separate-stderr reg-runkeys disk
    assert_equal "$(told <<<"$output" | grep -v ^gap)" 'a|C:\a.exe|deleted|False'
    # what is none, whatever it is called
    head -c 16384 </dev/zero >disk/NTUSER.DAT
    run -3 --separate-stderr reg-runkeys disk
    assert_regex "$output" 'not a hive: begins with 00 00 00 00'
}

@test "a profile that only the log of SOFTWARE tells of" {
    printf '%s\n' '@2010-05-05T10:00:00Z' '[Microsoft\Windows NT\CurrentVersion]' \
        $'SystemRoot\tsz\tC:\\Windows' >description
    hive software <description
    printf '%s\n' '[Microsoft\Windows NT\CurrentVersion\ProfileList\S-1-5-21-1-2-3-1000]' \
        $'ProfileImagePath\tsz\tC:\\Users\\bob' >>description
    hive changed <description
    put_log software software.LOG1 new changed
    user_run a 'C:\a.exe' | hive NTUSER.DAT
    put_disk NTUSER.DAT
    mmd -i disk.raw ::/Windows ::/Windows/System32 ::/Windows/System32/config
    mcopy -i disk.raw software software.LOG1 ::/Windows/System32/config
    run -0 --separate-stderr reg-runkeys disk.raw
    assert_regex "$(field key <<<"$output")" 'HKU.S-1-5-21-1-2-3-1000'
}

@test "dirty hives of others with their logs" {
    need_corpus
    cd "$corpus/hives/regipy"
    run -0 --separate-stderr reg-runkeys SYSTEM_B
    assert_equal "$stderr" ""
    refute_regex "$output" '"gap"'
    run -0 --separate-stderr reg-runkeys transactions_NTUSER.DAT
    assert_equal "$(run_values transactions_NTUSER.DAT)" OneDrive
    cp "$corpus/hives/yarp/BadBaseBlockHive/BadBaseBlockHive" "$BATS_TEST_TMPDIR/hive"
    cp "$corpus/hives/yarp/OldLogWithRemnantData" "$BATS_TEST_TMPDIR/HIVE.log1"
    run -1 --separate-stderr reg-runkeys "$BATS_TEST_TMPDIR/hive"
    assert_equal "$stderr" ""
    # without its logs
    run -3 --separate-stderr reg-runkeys NTUSER_BAGMRU.DAT
    assert_equal "$(grep -c '"location":"run-hku"' <<<"$output")" 6
}

# drop HIVE KEY-NAME: delete a key, or its last value (drop_value), as Windows does it: what
# leads to it counts one less, and its cells are free, with what is in them.
drop() { delete_of key "$@"; }
drop_value() { delete_of value "$@"; }
delete_of() {
    python3 - "$@" <<'END'
import struct, sys
what, name, key = sys.argv[1:]
hive = bytearray(open(name, "rb").read())

def word(at):
    return struct.unpack_from("<I", hive, at)[0]

def free(cell):
    size, = struct.unpack_from("<i", hive, 4096 + cell)
    assert size < 0
    struct.pack_into("<i", hive, 4096 + cell, -size)

def free_value(cell):
    size, data = word(4096 + cell + 8), word(4096 + cell + 12)
    free(cell)
    if not size & 0x80000000:
        free(data)

nk = hive.index(key.encode(), 4096) - 76
assert hive[nk:nk + 2] == b"nk"
count, where = word(nk + 36), word(nk + 40)
values = struct.unpack_from(f"<{count}I", hive, 4096 + where + 4)
if what == "value":
    struct.pack_into("<I", hive, nk + 36, count - 1)
    free_value(values[-1])
else:
    cell, parent = nk - 4 - 4096, 4096 + word(nk + 16) + 4
    keys, leaf = word(parent + 20), 4096 + word(parent + 28) + 4
    entries = [hive[leaf + 4 + 8 * i:leaf + 12 + 8 * i] for i in range(keys)]
    rest = [entry for entry in entries if struct.unpack_from("<I", entry)[0] != cell]
    assert len(rest) == keys - 1
    hive[leaf + 4:leaf + 4 + 8 * len(rest)] = b"".join(rest)
    struct.pack_into("<H", hive, leaf + 2, len(rest))
    struct.pack_into("<I", hive, parent + 20, len(rest))
    for value in values:
        free_value(value)
    free(where)
    free(cell)
open(name, "wb").write(hive)
END
}

@test "autostarts that were deleted: a value, a key, a service, each once" {
    user_run stays 'C:\a.exe' gone 'C:\gone.exe' | hive NTUSER.DAT
    drop_value NTUSER.DAT Run
    run -0 --separate-stderr reg-runkeys NTUSER.DAT
    assert_equal "$(told <<<"$output")" 'stays|C:\a.exe|live|True
gone|C:\gone.exe|deleted|False'
    # the time of the key is not that of the deletion
    refute_regex "$(grep deleted <<<"$output")" key_last_write
    run -0 --separate-stderr reg-runkeys -e NTUSER.DAT
    assert_equal "$(told <<<"$output")" 'stays|C:\a.exe|live|True'

    # a key with all that is in it; the same under another name stays
    printf '%s\n' '@2010-05-05T10:00:00Z' '[Select]' $'Current\tdword\t1' \
        '[ControlSet001\Services\Bad]' $'ImagePath\tsz\tC:\\bad.exe' $'Start\tdword\t2' \
        $'Type\tdword\t16' '[ControlSet001\Services\Good]' $'ImagePath\tsz\tC:\\bad.exe' \
        $'Start\tdword\t2' $'Type\tdword\t16' | hive system
    drop system Bad
    run -0 --separate-stderr reg-runkeys system
    assert_equal "$(told <<<"$output")" 'ImagePath|C:\bad.exe|live|True
ImagePath|C:\bad.exe|deleted|False'
    assert_equal "$(grep deleted <<<"$output" | field key)" 'HKLM\SYSTEM\ControlSet001\Services\Bad'
    assert_equal "$(grep deleted <<<"$output" | field key_last_write)" 2010-05-05T10:00:00.000000000Z
    # made again as it was: it is only live
    printf '%s\n' 'cd \ControlSet001\Services' 'add Bad' 'cd Bad' 'setval 3' \
        ImagePath 'string:C:\bad.exe' Start dword:2 Type dword:16 commit | hivexsh -w system
    run -0 --separate-stderr reg-runkeys system
    assert_equal "$(field origin <<<"$output" | sort -u)" live
}

@test "what Autoruns has put aside, values and keys; the title of RunOnceEx" {
    printf '%s\n' '@2010-05-05T10:00:00Z' '[Microsoft\Windows NT\CurrentVersion\Winlogon\AutorunsDisabled]' \
        $'Shell\tsz\tC:\\shell.exe' '[Microsoft\Windows\CurrentVersion\Run\AutorunsDisabled]' $'a\tsz\tC:\\run.exe' \
        '[Microsoft\Windows NT\CurrentVersion\Winlogon\Notify\AutorunsDisabled\Evil]' $'DllName\tsz\tC:\\n.dll' \
        '[Microsoft\Windows NT\CurrentVersion\Winlogon\Notify\Live]' $'DllName\tsz\tC:\\l.dll' \
        '[Classes\CLSID\{11111111-2222-3333-4444-555555555555}\InprocServer32]' $'@\tsz\tC:\\b.dll' \
        '[Microsoft\Windows\CurrentVersion\Explorer\Browser Helper Objects\AutorunsDisabled\{11111111-2222-3333-4444-555555555555}]' \
        '[Microsoft\Windows\CurrentVersion\RunOnceEx\0001]' $'@\tsz\tA title' $'1\tsz\tC:\\once.exe' | hive software
    run -0 --separate-stderr reg-runkeys software
    assert_equal "$(python3 -c '
import json, sys
for line in sys.stdin:
    r = json.loads(line)
    print(r["location"], r["program"], r["enabled"], sep="|")' <<<"$output" | sort)" \
        'browser-helper-object|C:\b.dll|False
run-hklm|C:\run.exe|False
runonceex-hklm|C:\once.exe|True
winlogon-notify|C:\l.dll|True
winlogon-notify|C:\n.dll|False
winlogon-shell|C:\shell.exe|False'
}

@test "every place of the published lists, planted" {
    list=$root/tests/expect/autoruns.tsv
    for name in software system user classes 9x-system 9x-user; do
        python3 "$root/tests/check_autoruns.py" describe "$list" "$name" >"$name.list"
        case $name in
        9x-*) hive_9x "$name" <"$name.list" ;;
        *) hive "$name" <"$name.list" ;;
        esac
        run -0 --separate-stderr reg-runkeys "$name"
        run -0 python3 "$root/tests/check_autoruns.py" compare "$list" "$name" <<<"$output"
        assert_output ""
    done
}

# planted KIND WHAT: a hive of that name with what check_autoruns.py describes.
planted() {
    python3 "$root/tests/check_autoruns.py" describe "$list" "$1" "$2" | hive "$1"
}

@test "the same places, in the log only" {
    list=$root/tests/expect/autoruns.tsv
    for name in software system user classes; do
        planted "$name" bare
        mv "$name" before
        planted "$name" planted
        mv "$name" after
        PYTHONDONTWRITEBYTECODE=1 python3 "$root/tests/remains.py" log before after "$name" "$name.LOG1"
        run -0 --separate-stderr reg-runkeys "$name"
        run -0 python3 "$root/tests/check_autoruns.py" compare "$list" "$name" log <<<"$output"
        assert_output ""
    done
}

@test "the same places, their keys deleted" {
    list=$root/tests/expect/autoruns.tsv
    for name in software system user classes; do
        planted "$name" planted
        PYTHONDONTWRITEBYTECODE=1 python3 "$root/tests/remains.py" keys "$list" "$name" "$name"
        run -0 --separate-stderr reg-runkeys "$name"
        run -0 python3 "$root/tests/check_autoruns.py" compare "$list" "$name" deleted <<<"$output"
        assert_output ""
    done
}

# By nature lost, and therefore not made here: whose the only value of a live key was (its list
# is freed with it, and a value does not name its key); that of one that others behind it
# moved over in the list. A lone ImagePath names svchost, not the library of another value; a
# lone AppName no folder.
@test "the same places, their values deleted from live keys" {
    grep -v 'netsvcs\|AppName' "$root/tests/expect/autoruns.tsv" >list
    list=list
    for name in software system user classes; do
        planted "$name" beside
        PYTHONDONTWRITEBYTECODE=1 python3 "$root/tests/remains.py" values list "$name" "$name"
        run -0 --separate-stderr reg-runkeys "$name"
        run -0 python3 "$root/tests/check_autoruns.py" compare list "$name" deleted <<<"$output"
        assert_output ""
    done
}

@test "a deleted key of parameters, its service live" {
    printf '%s\n' '@2010-05-05T10:00:00Z' '[Select]' $'Current\tdword\t1' \
        '[ControlSet001\Services\Bad]' $'Start\tdword\t2' $'Type\tdword\t32' \
        $'ImagePath\texpand\t%SystemRoot%\\system32\\svchost.exe -k netsvcs' \
        '[ControlSet001\Services\Bad\Parameters]' $'ServiceDll\texpand\tC:\\bad one.dll' | hive system
    PYTHONDONTWRITEBYTECODE=1 python3 "$root/tests/remains.py" key 'ControlSet001\Services\Bad\Parameters' system
    run -0 --separate-stderr reg-runkeys system
    grep '"origin":"deleted"' <<<"$output" >deleted
    assert_equal "$(field key <deleted)" 'HKLM\SYSTEM\ControlSet001\Services\Bad\Parameters'
    assert_equal "$(field program <deleted)" 'C:\bad one.dll'
    refute_regex "$(grep '"origin":"live"' <<<"$output")" 'bad one'
}

@test "--settings: only what was tampered with" {
    printf '%s\n' '@2010-05-05T10:00:00Z' '[Select]' $'Current\tdword\t1' \
        '[ControlSet001\Services\wscsvc]' $'Start\tdword\t4' $'Type\tdword\t32' \
        '[ControlSet001\Services\wuauserv]' $'Start\tdword\t2' $'Type\tdword\t32' \
        '[ControlSet001\Services\SharedAccess\Parameters\FirewallPolicy\StandardProfile]' \
        $'EnableFirewall\tdword\t0' \
        '[ControlSet001\Services\SharedAccess\Parameters\FirewallPolicy\DomainProfile]' \
        $'EnableFirewall\tdword\t1' '[ControlSet001\Control\Terminal Server]' \
        $'fDenyTSConnections\tdword\t1' | hive system
    run -1 --separate-stderr reg-runkeys system
    run -0 --separate-stderr reg-runkeys --settings system
    assert_equal "$(field location <<<"$output" | sort)" $'firewall-off\nservice-disabled'
    printf '%s\n' '@2000-11-22T10:00:00Z' \
        '[.DEFAULT\Software\Microsoft\Windows\CurrentVersion\Internet Settings]' \
        $'EnableAutodial\tbinary\t01000000' | hive_9x USER.DAT
    run -0 --separate-stderr reg-runkeys --settings USER.DAT
    assert_equal "$(field location <<<"$output")" autodial
    assert_equal "$(field data <<<"$output")" 01000000
    # the hosts file
    mkdir -p disk/Windows/System32/drivers/etc disk/Windows/System32/config
    software 'C:\Windows'
    cp software disk/Windows/System32/config
    printf '# comment\r\n127.0.0.1       localhost\r\n::1 localhost # own\r\n127.0.0.1 www.kaspersky.com\r\n10.1.1.1\tbank.example x\r\n\r\n' \
        >disk/Windows/System32/drivers/etc/hosts
    fat_disk disk
    run -0 --separate-stderr reg-runkeys --settings disk.raw
    assert_equal "$(grep hosts-file <<<"$output" | field name)" $'www.kaspersky.com\nbank.example'
}

# F: the RID that an account logs on with is at 48 ([MS-SAMR] and published research on RID
# hijacking).
@test "--settings: an account that has the rights of another" {
    f() { printf '%096d%02x%02x0000%056d' 0 $(($1 % 256)) $(($1 / 256)) 0; }
    {
        printf '%s\n' '@2010-05-05T10:00:00Z' '[SAM\Domains\Account]' $'F\tbinary\t'"$(f 7)"
        printf '[SAM\\Domains\\Account\\Users\\%s]\nF\tbinary\t%s\n' 000001F4 "$(f 500)" \
            000001F5 "$(f 500)" 000003e9 "$(f 1001)" 000003EA "$(f 1001 | cut -c1-102)" \
            Names "$(f 9)" Strange_ "$(f 9)"
    } | hive SAM
    run -1 --separate-stderr reg-runkeys SAM
    run -0 --separate-stderr reg-runkeys --settings SAM
    assert_equal "$(field key <<<"$output")" 'HKLM\SAM\SAM\Domains\Account\Users\000001F5'
    assert_equal "$(field location <<<"$output")" account-rid
    assert_equal "$(field anomalies <<<"$output")" \
        "['account 501 logs on with the rights of account 500']"
    mkdir -p disk/Windows/System32/config
    cp SAM disk/Windows/System32/config/SAM
    fat_disk disk
    run -0 --separate-stderr reg-runkeys --settings --no-default disk.raw
    assert_equal "$(field location <<<"$output")" account-rid
}

@test "--settings: no account of a good SAM has the rights of another" {
    need_corpus
    for good in Registry/SAM Registry/SAM_DUPENAME regipy/SAM dfwinreg/SAM; do
        run -1 --separate-stderr reg-runkeys --settings "$corpus/hives/$good"
        assert_output ""
    done
}

@test "svchost: the group, its library, and who is not of it" {
    {
        printf '%s\n' '@2009-01-15T10:00:00Z' '[Microsoft\Windows NT\CurrentVersion]' \
            $'CurrentVersion\tsz\t5.1' $'SystemRoot\tsz\tC:\\WINDOWS' \
            '[Microsoft\Windows NT\CurrentVersion\Svchost]' $'netsvcs\tmulti\tBITS|qwxzkv'
    } | hive software
    {
        printf '%s\n' '@2009-01-15T10:00:00Z' '[Select]' $'Current\tdword\t1'
        for name in BITS qwxzkv unlisted; do
            printf '%s\n' "[ControlSet001\\Services\\$name]" $'Start\tdword\t2' $'Type\tdword\t32' \
                $'ImagePath\texpand\t%SystemRoot%\\system32\\svchost.exe -k netsvcs' \
                "[ControlSet001\\Services\\$name\\Parameters]" \
                $'ServiceDll\texpand\t%SystemRoot%\\system32\\'"${name/BITS/qmgr}.dll"
        done
    } | hive system
    mkdir -p disk/WINDOWS/system32/config
    cp software system disk/WINDOWS/system32/config
    touch disk/WINDOWS/system32/{qmgr,qwxzkv}.dll
    fat_disk disk
    reg-runkeys -n disk.raw | grep '"name":"ImagePath"' >found
    assert_equal "$(field program <found)" $'/WINDOWS/system32/qwxzkv.dll\n/WINDOWS/system32/unlisted.dll'
    assert_equal "$(field arguments <found)" $'-k netsvcs\n-k netsvcs'
    assert_equal "$(field target.state <found)" $'allocated\nabsent'
    assert_regex "$(sed -n 1p found)" 'in the group netsvcs, where this Windows has no service'
    assert_regex "$(sed -n 2p found)" 'the group of svchost does not list it'
}

@test "svchost: a group that lists a service of which nothing else is left" {
    printf '%s\n' '@2020-05-05T10:00:00Z' '[Microsoft\Windows NT\CurrentVersion]' \
        $'SystemRoot\tsz\tC:\\Windows' '[Microsoft\Windows NT\CurrentVersion\Svchost]' \
        $'netsvcs\tmulti\tNwsapagent|BITS|ghost|here' | hive software
    printf '%s\n' '@2020-05-05T10:00:00Z' '[Select]' $'Current\tdword\t1' \
        '[ControlSet001\Services\Here]' $'Start\tdword\t2' $'Type\tdword\t32' \
        $'ImagePath\texpand\t%SystemRoot%\\system32\\svchost.exe -k netsvcs' | hive system
    mkdir -p both/Windows/System32/config
    cp software system both/Windows/System32/config
    group() {
        python3 -c '
import json, sys
for r in map(json.loads, sys.stdin):
    if r["location"] == "svchost-group": print(r["name"], r["data"], r["enabled"], r.get("anomalies"))'
    }
    run -0 --separate-stderr reg-runkeys both
    assert_equal "$(group <<<"$output")" "netsvcs ['ghost'] False ['a group of svchost lists it, and no service has its name']
netsvcs ['here'] False None"
    # without SYSTEM nobody knows
    run -0 --separate-stderr reg-runkeys software
    assert_equal "$(group <<<"$output")" "netsvcs ['ghost'] False None
netsvcs ['here'] False None"
}

@test "PATH: only what stands before System32, and only where users may write" {
    list() {
        printf '%s\n' '@2020-05-05T10:00:00Z' '[Select]' $'Current\tdword\t1' \
            '[ControlSet001\Control\Session Manager\Environment]' "Path"$'\texpand\t'"$1" | hive system
    }
    for path in '%SystemRoot%\system32;C:\Users\bob\bin' 'C:\Tools;C:\Windows\System32\;C:\Temp' \
        '%SystemRoot%\system32;%SystemRoot%;C:\Temp;%SystemRoot%\System32\Wbem'; do
        list "$path"
        run -1 --separate-stderr reg-runkeys system
    done
    for path in 'C:\Temp;%SystemRoot%\system32' 'C:\Tools;%USERPROFILE%\bin;C:\Windows\System32\' \
        'C:\Users\bob\bin;%SystemRoot%\Sysnative'; do
        list "$path"
        run -0 --separate-stderr reg-runkeys system
        assert_equal "$(field location <<<"$output")" machine-path
        assert_equal "$(field data <<<"$output")" "$path"
    done
}

@test "a library that Windows names and does not ship" {
    printf '%s\n' '@2010-05-05T10:00:00Z' '[Microsoft\Windows NT\CurrentVersion]' \
        $'SystemRoot\tsz\tC:\\Windows' '[Microsoft\MSDTC\MTxOCI]' $'OracleOciLib\tsz\toci.dll' | hive software
    mkdir -p ships/Windows/System32/config
    cp software ships/Windows/System32/config
    fat_disk ships
    run -0 --separate-stderr reg-runkeys disk.raw
    assert_equal "$(field default <<<"$output")" True
    echo x >ships/Windows/System32/oci.dll
    fat_disk ships
    run -0 --separate-stderr reg-runkeys -n disk.raw
    assert_equal "$(field program <<<"$output")" /Windows/System32/oci.dll
}

@test "pending renames: each record has its own pair, the last deletion too" {
    {
        printf '%s\n' '@2010-05-05T10:00:00Z' '[Select]' $'Current\tdword\t1' \
            '[ControlSet001\Control\Session Manager]'
        printf 'PendingFileRenameOperations\tmulti\t%s|||%s|!%s|%s|\n' \
            '\??\C:\Config.Msi\1.rbf' '\??\C:\evil\new.dll' '\??\C:\Temp\old.dll' '\??\C:\Temp\a.exe'
    } | sed 's/rbf|||/rbf||/' | hive system
    run -0 --separate-stderr reg-runkeys system
    python3 -c '
import json, sys
for line in sys.stdin:
    r = json.loads(line)
    print(r["location"], r["data"], r.get("program"), r.get("arguments"), r.get("default", False),
          *r.get("anomalies", []), sep="|")' <<<"$output" >got
    cat >expected <<'END'
pending-rename|['\\??\\C:\\Config.Msi\\1.rbf']|\??\C:\Config.Msi\1.rbf|None|True|deleted at the next start
pending-rename|['\\??\\C:\\evil\\new.dll', '!\\??\\C:\\Temp\\old.dll']|\??\C:\Temp\old.dll|\??\C:\evil\new.dll|False|put in place at the next start|its program lies in a folder for temporary files
pending-rename|['\\??\\C:\\Temp\\a.exe']|\??\C:\Temp\a.exe|None|False|deleted at the next start
END
    diff got expected >differences || fail "$(cat differences)"
}

@test "a value that names a folder is not judged as a program" {
    {
        printf '%s\n' '@2010-05-05T10:00:00Z' \
            '[Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders]'
        printf 'Common Startup\tsz\tC:\\Documents and Settings\\All Users\\Start Menu\\Startup\n'
        printf '%s\n' '[Microsoft\Windows\CurrentVersion\Run]'
        printf 'x\tsz\tC:\\Documents and Settings\\All Users\\x.exe\n'
    } | hive software
    run -0 --separate-stderr reg-runkeys software
    refute_regex "$(grep startup-folder-path-hklm <<<"$output")" 'anomalies'
    assert_regex "$(grep startup-folder-path-hklm <<<"$output")" 'All Users.{1,9}Start Menu'
    assert_regex "$(grep run-hklm <<<"$output")" "its program lies in a user's folder"
}

@test "MOF files behind an empty string, a helper of dumps, a server with a comma" {
    class='{01234567-89AB-CDEF-0123-456789ABCDEF}' other='{11234567-89AB-CDEF-0123-456789ABCDEF}'
    handlers='Microsoft\Windows\CurrentVersion\Explorer\AutoplayHandlers\Handlers'
    dumps='Microsoft\Windows NT\CurrentVersion\MiniDumpAuxiliaryDlls'
    framework='C:\Windows\Microsoft.NET\Framework\v2.0.50727'
    {
        printf '%s\n' '@2010-05-05T10:00:00Z' '[Microsoft\Windows NT\CurrentVersion]' \
            $'SystemRoot\tsz\tC:\\Windows' '[Microsoft\Wbem\CIMOM]' \
            $'Autorecover MOFs\tmulti\t|%windir%\\system32\\wbem\\cimwin32.mof|C:\\evil\\x.mof' \
            "[$dumps]"
        printf '%s\tsz\t%s\n' "$framework\\mscorwks.dll" "$framework\\mscordacwks.dll" \
            "$framework\\clr.dll" 'C:\evil\m.dll' \
            "$framework\\dots.dll" "$framework\\..\\..\\Temp\\mscordacwks.dll"
        printf '%s\n' "[Classes\\CLSID\\$class\\LocalServer32]" \
            $'@\tsz\t%SystemRoot%\\System32\\rundll32.exe C:\\evil\\s.dll,Start now' \
            "[$handlers\\Evil]" $'CLSID\tsz\t'"$class" \
            "[Classes\\CLSID\\$other\\LocalServer32]" $'@\tsz\tC:\\evil\\native.exe' \
            "[Wow6432Node\\$handlers\\Narrow]" $'CLSID\tsz\t'"$other" \
            '[Microsoft\Active Setup\Installed Components\Brand]' \
            $'StubPath\tsz\t"C:\\Windows\\System32\\rundll32.exe" "C:\\Windows\\System32\\iedkcs32.dll",BrandIEActiveSetup SIGNUP' \
            '[Microsoft\Active Setup\Installed Components\Evil]' \
            $'StubPath\tsz\t"C:\\Windows\\System32\\rundll32.exe" "C:\\evil\\iedkcs32.dll",BrandIEActiveSetup SIGNUP'
    } | hive software
    run -0 --separate-stderr reg-runkeys software
    python3 -c '
import json, sys
for line in sys.stdin:
    r = json.loads(line)
    print(r["location"], r["program"], r.get("arguments"), r.get("default", False), sep="|")' \
        <<<"$output" | sort >got
    sort >expected <<'END'
wmi-autorecover|%windir%\system32\wbem\cimwin32.mof|None|True
wmi-autorecover|C:\evil\x.mof|None|False
minidump-dll|C:\Windows\Microsoft.NET\Framework\v2.0.50727\mscordacwks.dll|None|True
minidump-dll|C:\evil\m.dll|None|False
minidump-dll|C:\Windows\Microsoft.NET\Framework\v2.0.50727\..\..\Temp\mscordacwks.dll|None|False
autoplay-handler|C:\evil\s.dll|Start now|False
autoplay-handler-wow64|C:\evil\native.exe|None|False
active-setup-hklm|C:\Windows\System32\iedkcs32.dll|BrandIEActiveSetup SIGNUP|True
active-setup-hklm|C:\evil\iedkcs32.dll|BrandIEActiveSetup SIGNUP|False
END
    diff got expected >differences || fail "$(cat differences)"
}

@test "rights to a key: every user may change it, or only SYSTEM may read it" {
    printf '%s\n' '@2010-05-05T10:00:00Z' '[Microsoft\Windows\CurrentVersion\Run]' \
        $'a\tsz\tC:\\a.exe' | hive software
    run -0 --separate-stderr reg-runkeys software
    refute_regex "$output" anomalies
    # Everyone: KEY_SET_VALUE instead of KEY_READ; then SYSTEM instead of Everyone
    python3 - software <<'END'
import sys
data = open(sys.argv[1], "rb").read()
ace = bytes.fromhex("19000200010100000000000100000000")
assert data.count(ace) == 1
open("open", "wb").write(data.replace(ace, bytes.fromhex("02000000") + ace[4:]))
open("shut", "wb").write(data.replace(ace, ace[:4] + bytes.fromhex("010100000000000512000000")))
END
    run -0 --separate-stderr reg-runkeys open
    assert_equal "$(field anomalies <<<"$output")" "['every user may change its key']"
    run -0 --separate-stderr reg-runkeys shut
    assert_equal "$(field anomalies <<<"$output")" "['only SYSTEM may read its key']"
    # a user's own hive is his
    printf '%s\n' '@2010-05-05T10:00:00Z' '[Software\Microsoft\Windows\CurrentVersion\Run]' \
        $'a\tsz\tC:\\a.exe' | hive ntuser
    python3 -c 'd = open("ntuser", "rb").read()
open("ntuser", "wb").write(d.replace(bytes.fromhex("1900020001010000"), bytes.fromhex("0200000001010000")))'
    run -0 --separate-stderr reg-runkeys ntuser
    refute_regex "$output" anomalies
}

@test "what starts in safe mode: a service of others is none of Windows" {
    printf '%s\n' '@2010-05-05T10:00:00Z' '[Select]' $'Current\tdword\t1' \
        '[ControlSet001\Control\SafeBoot\Minimal\EventLog]' $'@\tsz\tService' \
        '[ControlSet001\Control\SafeBoot\Minimal\Base]' $'@\tsz\tDriver Group' \
        '[ControlSet001\Control\SafeBoot\Network\evilsvc]' $'@\tsz\tService' \
        '[ControlSet001\Control\SafeBoot\Network\vga.sys]' $'@\tsz\tDriver' | hive system
    run -0 --separate-stderr reg-runkeys system
    assert_equal "$(grep -c safe-boot-service <<<"$output")" 3
    run -0 --separate-stderr reg-runkeys --no-default system
    assert_equal "$(field key <<<"$output")" 'HKLM\SYSTEM\ControlSet001\Control\SafeBoot\Network\evilsvc'
}

@test "services that others start on demand: told where Windows does not ship them" {
    service() { # NAME START TYPE IMAGE
        printf '[ControlSet001\\Services\\%s]\nStart\tdword\t%s\nType\tdword\t%s\nImagePath\texpand\t%s\n' "$@"
    }
    {
        printf '%s\n' '@2010-05-05T10:00:00Z' '[Select]' $'Current\tdword\t1'
        service PSEXESVC 3 16 '%SystemRoot%\PSEXESVC.EXE'
        service msiserver 3 16 '%systemroot%\system32\msiexec.exe /V'
        service mouhid 3 1 'system32\DRIVERS\mouhid.sys'
        service hidusb 3 1 'system32\DRIVERS\evil.sys'
        service BITS 3 32 '%SystemRoot%\System32\svchost.exe -k netsvcs'
        printf '[ControlSet001\\Services\\BITS\\Parameters]\nServiceDll\texpand\tC:\\evil\\qmgr.dll\n'
    } | hive system
    run -0 --separate-stderr reg-runkeys system
    python3 -c '
import json, sys
for line in sys.stdin:
    r = json.loads(line)
    print(r["key"].split("Services\\")[1], r["program"], r["enabled"], *r["anomalies"], sep="|")' \
        <<<"$output" | sort >got
    sort >expected <<'END'
PSEXESVC|%SystemRoot%\PSEXESVC.EXE|False|started on demand
hidusb|system32\DRIVERS\evil.sys|False|started on demand
BITS|C:\evil\qmgr.dll|False|started on demand
BITS\Parameters|C:\evil\qmgr.dll|False|started on demand
END
    diff got expected >differences || fail "$(cat differences)"
}

# Published listings have these names: of a user beside his hive, of the machine in TxR too.
@test "logs of transactions of hives are not read, which is told once" {
    printf '%s\n' '@2020-05-05T10:00:00Z' '[Microsoft\Windows NT\CurrentVersion]' \
        $'SystemRoot\tsz\tC:\\Windows' | hive software
    printf '%s\n' '@2020-05-05T10:00:00Z' '[Software\Microsoft\Windows\CurrentVersion\Run]' \
        $'a\tsz\tC:\\a.exe' | hive ntuser.dat
    guid={6392777f-a0b5-11eb-ae6e-000c2908ad93}
    mkdir -p disk/Windows/System32/config/TxR disk/Users/ann disk/Users/bob disk/other
    cp software disk/Windows/System32/config
    cp ntuser.dat disk/Users/ann/NTUSER.DAT
    cp ntuser.dat disk/Users/bob/NTUSER.DAT
    head -c 65536 /dev/zero >"disk/Users/bob/NTUSER.DAT$guid.TMContainer1.regtrans-ms"
    fat_disk disk
    run -0 --separate-stderr reg-runkeys disk.raw
    refute_regex "$stderr" transactions

    head -c 9000 /dev/zero >log
    echo records >>log
    cp log "disk/Users/ann/NTUSER.DAT$guid.TMContainer1.regtrans-ms"
    cp log "disk/Users/ann/NTUSER.DAT$guid.TMContainer2.REGTRANS-MS"
    cp log "disk/Windows/System32/config/TxR/$guid.TxR.0.regtrans-ms"
    cp log "disk/other/$guid.regtrans-ms" # beside no hive
    fat_disk disk
    told() { grep -c 'logs of transactions of hives (TxR) are not read: '"$1"', the first /' <<<"$stderr"; }
    for how in '' --history --all-hives; do
        run -0 --separate-stderr reg-runkeys $how disk.raw
        assert_equal "$(told 3)" 1
    done
    run -0 --separate-stderr reg-ls disk.raw
    assert_equal "$(told 3)" 1
    run -0 --separate-stderr reg-runkeys disk.raw:/Users/ann/NTUSER.DAT
    assert_equal "$(told 2)" 1
    run -0 --separate-stderr reg-ls disk.raw:/Windows
    assert_equal "$(told 1)" 1
    run -0 --separate-stderr reg-runkeys disk.raw:/Users/bob
    refute_regex "$stderr" transactions
    run -0 --separate-stderr reg-runkeys disk
    assert_equal "$(told 3)" 1
    run -0 --separate-stderr reg-runkeys -q disk.raw
    assert_equal "$stderr" ''
}
