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

@test "the disabled antivirus" {
    record=$(reg-runkeys "$samples/kozirog-nt.E01" | grep 'ControlSet001.*AvpM.exe')
    assert_equal "$(field enabled <<<"$record")" False
    assert_equal "$(field current <<<"$record")" True
    assert_equal "$(field key_last_write <<<"$record")" 2000-11-22T08:14:07.000000000Z
    record=$(reg-runkeys "$samples/clean-nt.E01" | grep 'ControlSet001.*AvpM.exe')
    assert_equal "$(field enabled <<<"$record")" True
}

@test "Windows 98: SYSTEM.INI drivers, CREG hives, no times" {
    run -0 --separate-stderr reg-runkeys "$samples/kozirog-98.E01"
    record=$(grep system-ini-boot-drivers <<<"$output")
    assert_equal "$(field data <<<"$record")" mre.dll
    assert_equal "$(field program <<<"$record")" /WINDOWS/SYSTEM/MRE.DLL
    refute_regex "$output" key_last_write
    assert_equal "$(grep -c '"origin":"backup"' <<<"$output")" 6
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
ImagePath|/Windows/System32/svchost.exe|allocated
ServiceDll|/evil/two.dll|allocated
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
