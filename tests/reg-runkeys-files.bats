#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# reg-runkeys: autostarts that stand in files other than hives.
load helpers

# fat_disk FOLDER: disk.raw, a FAT disk with what is in the folder.
fat_disk() {
    rm -f disk.raw
    truncate -s 16M disk.raw
    mkfs.vfat -F 16 disk.raw >/dev/null
    LC_ALL=C.UTF-8 mcopy -s -i disk.raw "$1"/* ::
}

# hive FILE: a hive of the description on standard input.
hive() {
    cat >"$1.txt"
    PYTHONDONTWRITEBYTECODE=1 python3 "$root/images/lib/regf.py" "$1" 5 ROOT "$1" "$1.txt"
}

# told: location, name, data, program and state of each record on standard input;
# gaps by path and reason.
told() {
    python3 -c '
import json, sys
for line in sys.stdin:
    r = json.loads(line)
    if r["type"] == "gap": print("gap", r.get("path"), r["reason"], sep="|")
    else: print(r["location"], r.get("name", "-"), r.get("data", "-"), r.get("program", "-"),
                r.get("arguments", "-"), r.get("target", {}).get("state", "unknown"), sep="|")'
}

@test "autorun.inf of every volume" {
    for name in gpt-multi iso; do
        reg-runkeys "$samples/$name.raw" >autoruns || assert_equal $? 0
        run -0 python3 "$root/tests/check_truth.py" "$truth" "$name" "$samples/$name.raw" <autoruns
    done
}

@test "every planted file of the sample, and what is damaged" {
    run -3 --separate-stderr reg-runkeys "$samples/autostarts.raw"
    run -0 python3 "$root/tests/check_truth.py" "$truth" autostarts "$samples/autostarts.raw" <<<"$output"
    reg-runkeys "$samples/autostarts.raw" >autoruns || true
    # by the list of items alone
    record=$(grep '"name":"items.lnk"' autoruns)
    assert_equal "$(field target.path <<<"$record")" '/Long folder/Program file.exe'
    assert_equal "$(field facts.file_reference <<<"$record")" 291-5
    record=$(grep '"name":"variables.lnk"' autoruns)
    assert_equal "$(field facts.machine <<<"$record")" krakus-ws7
    assert_equal "$(field facts.birth_mac <<<"$record")" 00:11:22:33:44:55
    assert_equal "$(field facts.birth_time <<<"$record")" 2010-05-04T09:08:07.654321000Z
    # what was moved, hidden, damaged
    assert_regex "$(told <autoruns)" 'startup-folder\|moved.exe\|'
    assert_equal "$(grep -c 'hidden: ' autoruns)" 2
    assert_equal "$(grep -c 'a file only' autoruns)" 2
    run -0 grep -o '"path":"[^"]*","inode":"[0-9]*","kind":"structure"' autoruns
    assert_equal "$(grep -o 'cut.lnk\|cut.job\|Cut' <<<"$output" | sort | tr '\n' ' ')" 'Cut cut.job cut.lnk '
    # all of it is in the volume, and is no default
    assert_equal "$(reg-runkeys -n "$samples/autostarts.raw" 2>/dev/null | wc -l)" "$(wc -l <autoruns)"
}

@test "autorun.inf: lines between noise, verbs, UTF-16, other folders" {
    mkdir -p disk/RECYCLER/S-5-3-42-1 disk/sub
    echo x >disk/RECYCLER/S-5-3-42-1/jwgkvsq.vmx
    echo x >disk/setup.exe
    echo x >disk/long-setup-name.exe
    # As Conficker writes it: noise with NULs and brackets, mixed case, blanks.
    printf '\x8f\x00\x13;[\x01\r\n[AUTorUN\xc2\xb0\r\n\x00\xff=\xfe\r\n[aUtOrUn]\r\n;\x9c\x01\r\n\x02\x03\xe0\r\n' >disk/autorun.inf
    printf ' sheLLeXecUte \t=  RuNdLl32.EXE .\\RECYCLER\\S-5-3-42-1\\jwgkvsq.vmx,ahaezedrn\r\n\x00\x01\x1b\r\n' >>disk/autorun.inf
    printf 'shell\\Open\\Command=long-setup-name.exe -x\r\nicon=setup.exe\r\nopen=gone\\a.exe\r\n' >>disk/autorun.inf
    printf 'useautoplay=1\r\nshell\\open=Open\r\n' >>disk/autorun.inf
    printf '[autorun]\r\nopen=never.exe\r\n' >disk/sub/autorun.inf # not the root: never read
    fat_disk disk
    run -0 --separate-stderr reg-runkeys disk.raw
    assert_equal "$(told <<<"$output")" 'autorun-inf|sheLLeXecUte|RuNdLl32.EXE .\RECYCLER\S-5-3-42-1\jwgkvsq.vmx,ahaezedrn|/RECYCLER/S-5-3-42-1/jwgkvsq.vmx|ahaezedrn|allocated
autorun-inf|shell\Open\Command|long-setup-name.exe -x|/long-setup-name.exe|-x|allocated
autorun-inf|open|gone\a.exe|/gone/a.exe|-|absent'
    # deleted: it was there
    mdel -i disk.raw ::/long-setup-name.exe
    run -0 --separate-stderr reg-runkeys disk.raw
    assert_regex "$(told <<<"$output")" '/long-setup-name.exe\|-x\|deleted'
    # UTF-16, with a mark and without
    for mark in '\xff\xfe' ''; do
        { printf "$mark"; printf '[autorun]\r\nopen=setup.exe\r\n' | iconv -t UTF-16LE; } >disk/autorun.inf
        fat_disk disk
        run -0 --separate-stderr reg-runkeys disk.raw
        assert_equal "$(told <<<"$output")" 'autorun-inf|open|setup.exe|/setup.exe|-|allocated'
    done
    # the mark, and then 8 bits: it is told that nothing is read
    printf '\xff\xfe[autorun]\r\nopen=setup.exe\r\n' >disk/autorun.inf
    fat_disk disk
    run -3 --separate-stderr reg-runkeys disk.raw
    assert_regex "$output" '"type":"gap".*"path":"/autorun.inf".*begins with the mark of UTF-16'
    refute_regex "$output" '"type":"autorun"'
}

@test "AUTOEXEC.BAT, CONFIG.SYS, WINSTART.BAT: lines that start something" {
    mkdir -p disk/WINDOWS/COMMAND disk/evil
    PYTHONDONTWRITEBYTECODE=1 python3 "$root/images/lib/creg.py" disk/WINDOWS/SYSTEM.DAT \
        /dev/stdin <<<$'@1999-01-01T00:00:00Z\n[Software\\Microsoft\\Windows\\CurrentVersion]\nSystemRoot\tsz\tC:\\WINDOWS'
    for file in WINDOWS/HIMEM.SYS evil/a.com evil/b.exe evil/drv.sys tsr.exe; do
        echo x >"disk/$file"
    done
    printf '%s\r\n' '@ECHO OFF' 'rem C:\evil\a.com' 'SET X=C:\evil\a.com' 'path C:\DOS' ':start' \
        'echo. C:\evil\a.com' 'cd\evil' 'D:' 'mode con codepage select=852' '@C:\evil\a.com /x' \
        'LH /L:1 c:\evil\b.exe -y' 'call gone.bat' 'if not exist C:\x C:\evil\a.com' \
        'if "%1"=="a" goto start' 'for %%i in (a b) do c:\evil\b.exe %%i' 'tsr' '' '  ' \
        'pathfind.exe' >disk/AUTOEXEC.BAT
    printf '%s\r\n' 'FILES=40' 'DEVICE=C:\WINDOWS\HIMEM.SYS /testmem:off' 'rem device=C:\evil\a.sys' \
        'devicehigh /L:1,2 = C:\evil\drv.sys /q' 'INSTALL?=C:\evil\a.com' 'DEVICES=1' 'dos=high' \
        'device' >disk/CONFIG.SYS
    printf 'C:\\evil\\a.com\r\n' >disk/WINDOWS/WINSTART.BAT
    printf '[rename]\r\nC:\\WINDOWS\\SYSTEM\\NEW.DLL=C:\\evil\\b.exe\r\nNUL=C:\\GONE.EXE\r\n' >disk/WINDOWS/WININIT.INI
    fat_disk disk
    run -0 --separate-stderr reg-runkeys disk.raw
    told <<<"$output" | sort >got
    sort >expected <<'END'
autoexec-bat|line 9|mode con codepage select=852|mode|con codepage select=852|unknown
autoexec-bat|line 10|@C:\evil\a.com /x|/evil/a.com|/x|allocated
autoexec-bat|line 11|LH /L:1 c:\evil\b.exe -y|/evil/b.exe|-y|allocated
autoexec-bat|line 12|call gone.bat|gone.bat|-|unknown
autoexec-bat|line 13|if not exist C:\x C:\evil\a.com|/evil/a.com|-|allocated
autoexec-bat|line 15|for %%i in (a b) do c:\evil\b.exe %%i|/evil/b.exe|%%i|allocated
autoexec-bat|line 16|tsr|/tsr.exe|-|allocated
autoexec-bat|line 19|pathfind.exe|pathfind.exe|-|unknown
config-sys|DEVICE|C:\WINDOWS\HIMEM.SYS /testmem:off|/WINDOWS/HIMEM.SYS|/testmem:off|allocated
config-sys|devicehigh|C:\evil\drv.sys /q|/evil/drv.sys|/q|allocated
config-sys|INSTALL|C:\evil\a.com|/evil/a.com|-|allocated
winstart-bat|line 1|C:\evil\a.com|/evil/a.com|-|allocated
wininit-ini-rename|C:\WINDOWS\SYSTEM\NEW.DLL|C:\evil\b.exe|/evil/b.exe|-|allocated
wininit-ini-rename|NUL|C:\GONE.EXE|/GONE.EXE|-|absent
END
    diff got expected >differences || fail "$(cat differences)"
    # what SetUp writes is a default
    run -0 --separate-stderr reg-runkeys -n disk.raw
    refute_regex "$output" 'HIMEM|mode con'
    refute_regex "$output" '"enabled":false'
    # Windows NT reads none of them
    rm disk/WINDOWS/SYSTEM.DAT
    mkdir -p disk/WINDOWS/system32/config
    printf '%s\n' '@2005-05-05T10:00:00Z' '[Microsoft\Windows NT\CurrentVersion]' \
        $'SystemRoot\tsz\tC:\\WINDOWS' $'CurrentVersion\tsz\t5.1' | hive software
    cp software disk/WINDOWS/system32/config
    fat_disk disk
    run -1 --separate-stderr reg-runkeys -e disk.raw
    run -0 --separate-stderr reg-runkeys disk.raw
    assert_equal "$(grep -c '"enabled":false' <<<"$output")" 14
}

@test "scripts of Group Policy" {
    scripts=disk/Windows/System32/GroupPolicy/Machine/Scripts
    mkdir -p disk/Windows/System32/config "$scripts/Startup"
    printf '%s\n' '@2010-05-05T10:00:00Z' '[Microsoft\Windows NT\CurrentVersion]' \
        $'SystemRoot\tsz\tC:\\Windows' | hive disk/Windows/System32/config/software
    rm disk/Windows/System32/config/software.txt
    echo x >"$scripts/Startup/evil.bat"
    { printf '\xff\xfe'; printf '%s\r\n' '' '[Startup]' '0CmdLine=evil.bat' '0Parameters=-a b' \
        '1CmdLine=C:\x.exe' '[Shutdown]' '0CmdLine=two.bat' '0Parameters=' | iconv -t UTF-16LE; } \
        >"$scripts/scripts.ini"
    fat_disk disk
    run -0 --separate-stderr reg-runkeys disk.raw
    assert_equal "$(told <<<"$output")" 'group-policy-script|0CmdLine|evil.bat -a b|/Windows/System32/GroupPolicy/Machine/Scripts/Startup/evil.bat|-a b|allocated
group-policy-script|1CmdLine|C:\x.exe|/x.exe|-|absent
group-policy-script|0CmdLine|two.bat|two.bat|-|unknown'
}

@test "shortcuts of real Startup folders: published facts" {
    need_corpus
    folder="disk/Users/bob/AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Startup"
    mkdir -p "$folder"
    cp "$corpus"/artifacts/plaso/{NeroInfoTool,example,unpaired_surrogate}.lnk "$folder"
    run -0 --separate-stderr reg-runkeys disk
    record=$(grep NeroInfoTool <<<"$output")
    assert_equal "$(field program <<<"$record")" 'C:\Program Files (x86)\Nero\Nero 9\Nero InfoTool\InfoTool.exe'
    assert_equal "$(field facts.volume_serial <<<"$record")" 70ecfa33
    assert_equal "$(field facts.drive_type <<<"$record")" fixed
    # as plaso has them
    assert_equal "$(field facts.btime <<<"$record")" 2009-06-05T20:13:20.000000000Z
    assert_regex "$(field facts.atime <<<"$record")" '^2010-01-29T21:30:11\.332156'
    assert_equal "$(field facts.file_reference <<<"$record")" 81349-1
    record=$(grep example <<<"$output")
    assert_equal "$(field program <<<"$record")" '%windir%\system32\migwiz\migwiz.exe'
    assert_regex "$(field facts.btime <<<"$record")" '^2009-07-13T23:29:02\.849131'
    assert_equal "$(field facts.machine <<<"$record")" win-tj9qcsjkags
    assert_equal "$(field facts.birth_mac <<<"$record")" 00:1d:09:fa:5a:1c
    record=$(grep unpaired_surrogate <<<"$output")
    assert_equal "$(field facts.volume_serial <<<"$record")" 2ca3d1ae
    assert_equal "$(field data_hex <<<"$record")" \
        433a5c746573745c756e69636f64655f552b30303030643830305feda0802e657865
}

@test "a real job: published facts; its times are local" {
    need_corpus
    mkdir -p disk/WINDOWS/Tasks
    cp "$corpus/artifacts/dtformats/wintask.job" disk/WINDOWS/Tasks
    cp "$corpus/artifacts/dtformats/wintask.job" disk/WINDOWS/Tasks/At1.job
    head -c 600 disk/WINDOWS/Tasks/At1.job >disk/WINDOWS/Tasks/cut.job
    fat_disk disk
    run -3 --separate-stderr reg-runkeys disk.raw
    record=$(grep '"name":"wintask.job"' <<<"$output")
    assert_equal "$(field data <<<"$record")" \
        'C:\Program Files (x86)\Google\Update\GoogleUpdate.exe /ua /installsource scheduler'
    assert_equal "$(field facts.author <<<"$record")" Brian
    assert_equal "$(field facts.last_run <<<"$record")" 2013-08-24T12:42:00.112000000
    assert_equal "$(field enabled <<<"$record")" True
    assert_regex "$stderr" '-z ZONE'
    assert_equal "$(field technique < <(grep '"name":"At1.job"' <<<"$output"))" T1053.002
    # a damaged one gives what it has, and a gap
    assert_regex "$(told <<<"$output")" 'task\|cut.job\|.*GoogleUpdate.exe'
    assert_regex "$(told <<<"$output")" 'gap\|/WINDOWS/Tasks/cut.job\|job: needs 576 bytes at 258, has 342'
    run -3 --separate-stderr reg-runkeys -z +02:00 disk.raw
    assert_regex "$output" '"last_run":"2013-08-24T10:42:00.112000000Z"'
}

# put_startup NAME: standard input becomes that file in a Startup folder of disk.
startup='disk/Users/bob/AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Startup'
put_startup() {
    mkdir -p "$startup"
    cat >"$startup/$1"
}

@test "Startup folders: URLs, shortcuts of DOS, programs, damaged shortcuts" {
    printf '[InternetShortcut]\r\nURL=file:///C:/evil/a%%20b.exe\r\n' | put_startup local.url
    printf '[{000214A0-0000-0000-C000-000000000046}]\r\nURL=x\r\n[InternetShortcut]\r\nURL=http://evil.example.com/a\r\n' |
        put_startup web.url
    python3 -c '
import sys
pif = bytearray(0x171)
pif[36:49] = b"C:\\EVIL\\A.COM"
pif[165:167] = b"/x"
sys.stdout.buffer.write(pif)' | put_startup old.pif
    printf 'MZ and the rest of a program' | put_startup worm.pif
    printf 'MZ and the rest of a program' | put_startup plain.exe
    printf 'no shortcut at all' | put_startup bad.lnk
    mkdir -p disk/evil
    echo x >"disk/evil/a b.exe"
    echo x >disk/evil/a.com
    fat_disk disk
    run -3 --separate-stderr reg-runkeys disk.raw
    told <<<"$output" | sort >got
    path=${startup#disk}
    sort >expected <<END
startup-folder|local.url|C:\\evil\\a b.exe|/evil/a b.exe|-|allocated
startup-folder|web.url|http://evil.example.com/a|http://evil.example.com/a|-|unknown
startup-folder|old.pif|C:\\EVIL\\A.COM /x|/evil/a.com|/x|allocated
startup-folder|worm.pif|-|$path/worm.pif|-|allocated
startup-folder|plain.exe|-|$path/plain.exe|-|allocated
startup-folder|bad.lnk|-|$path/bad.lnk|-|allocated
gap|$path/bad.lnk|shortcut: it does not begin as one
END
    diff got expected >differences || fail "$(cat differences)"
}

@test "tasks as XML: programs, classes, damage" {
    mkdir -p disk/Windows/System32/Tasks/Microsoft/Sub disk/evil disk/Windows/SysWOW64/Tasks disk/other
    echo x >disk/evil/a.exe
    { printf '\xff\xfe'; iconv -t UTF-16LE <<'END'; } >disk/Windows/System32/Tasks/Evil
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Author>WS\bob</Author><URI>\Evil</URI></RegistrationInfo>
  <Triggers><LogonTrigger><Enabled>true</Enabled></LogonTrigger></Triggers>
  <Principals><Principal id="Author"><UserId>S-1-5-18</UserId></Principal></Principals>
  <Settings><Hidden>true</Hidden></Settings>
  <Actions Context="Author">
    <Exec><Command>C:\evil\a.exe</Command><Arguments>-x &amp; y</Arguments></Exec>
    <Exec><Command>a.exe</Command><WorkingDirectory>C:\evil</WorkingDirectory></Exec>
    <ComHandler><ClassId>{01234567-89AB-CDEF-0123-456789ABCDEF}</ClassId></ComHandler>
  </Actions>
</Task>
END
    printf '<Task><Settings><Enabled>false</Enabled></Settings><Actions><Exec><Command>C:\\b.exe</Command>' \
        >disk/Windows/System32/Tasks/Microsoft/Sub/Cut
    printf '<Task><Actions><Exec><Command>C:\\c.exe</Command></Exec></Actions></Task>' \
        >disk/Windows/SysWOW64/Tasks/Wow
    cp disk/Windows/SysWOW64/Tasks/Wow disk/other/Wow # not where tasks are
    fat_disk disk
    run -3 --separate-stderr reg-runkeys disk.raw
    told <<<"$output" | sort >got
    sort >expected <<'END'
task-xml|Evil|C:\evil\a.exe -x & y|/evil/a.exe|-x & y|allocated
task-xml|Evil|a.exe|/evil/a.exe|-|allocated
task-xml|Evil|{01234567-89AB-CDEF-0123-456789ABCDEF}|-|-|unknown
task-xml|Cut|C:\b.exe|C:\b.exe|-|unknown
task-xml|Wow|C:\c.exe|C:\c.exe|-|unknown
gap|/Windows/System32/Tasks/Microsoft/Sub/Cut|XML: an element without end at character 93 of 93
END
    diff got expected >differences || fail "$(cat differences)"
    record=$(grep -m1 '"name":"Evil"' <<<"$output")
    assert_equal "$(field user <<<"$record")" S-1-5-18
    assert_equal "$(field facts.uri <<<"$record")" '\Evil'
    assert_equal "$(field facts.triggers <<<"$record")" "['LogonTrigger']"
    assert_equal "$(field facts.hidden <<<"$record")" True
    assert_equal "$(field enabled <<<"$(grep '"name":"Cut"' <<<"$output")")" False
}

# actions COMMAND ARGUMENTS: the value Actions of Windows 10, in hex.
actions() {
    python3 - "$@" <<'END'
import struct, sys
text = lambda s: struct.pack("<I", 2 * len(s)) + s.encode("utf-16le")
command, arguments = sys.argv[1:]
if command.startswith("{"):
    import uuid
    blob = struct.pack("<H", 0x7777) + text("") + uuid.UUID(command).bytes_le + text(arguments)
else:
    blob = struct.pack("<H", 0x6666) + text("") + text(command) + text(arguments) + text("") + b"\0\0"
print((struct.pack("<H", 3) + text("Author") + blob).hex())
END
}

# triggers FLAGS: the start of the value Triggers, in hex.
triggers() {
    printf '1700000000000000%064d%s00000000' 0 "$1"
}

@test "tasks of the registry: hidden ones, with a file or a key only, damaged" {
    cache='Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache'
    class='{01234567-89AB-CDEF-0123-456789ABCDEF}'
    {
        printf '%s\n' '@2020-05-05T10:00:00Z' '[Microsoft\Windows NT\CurrentVersion]' \
            $'SystemRoot\tsz\tC:\\Windows' $'CurrentVersion\tsz\t6.3' \
            "[Classes\\CLSID\\$class\\InprocServer32]" $'@\tsz\tC:\\evil\\a b.dll'
        task() { # GUID PATH ACTIONS TRIGGERS
            printf '[%s\\Tasks\\%s]\nPath\tsz\t%s\nActions\tbinary\t%s\nTriggers\tbinary\t%s\n' \
                "$cache" "$@"
            # last run 2000-11-22T08:14:04Z
            printf 'Author\tsz\tWS\\bob\nDynamicInfo\tbinary\t03000000%016d%s%016d\n' \
                0 002e4b2d5c54c001 0
        }
        tree() { printf '[%s\\Tree\\%s]\nId\tsz\t%s\n' "$cache" "$1" "$2"; }
        task '{A}' '\Plain' "$(actions 'C:\evil\a.exe' '-x "y z"')" "$(triggers 38214143)"
        tree Plain '{A}'
        printf 'SD\tbinary\t0100\n'
        task '{B}' '\Sub\Ghost' "$(actions 'C:\evil\a.exe' '')" "$(triggers 38210143)"
        tree 'Sub\Ghost' '{B}'
        task '{C}' '\Gone' "$(actions "$class" 'd')" "$(triggers 38214143)"
        task '{D}' '\Other' "$(actions 'C:\evil\a.exe' '')" "$(triggers 38214143)"
        tree Other '{A}'
        cut=$(actions 'C:\evil\a.exe' '-x')
        task '{E}' '\Cut' "${cut:0:${#cut}-14}" "$(triggers 38214143)"
        tree Cut '{E}'
        printf 'SD\tbinary\t0100\n'
        tree 'Sub\Lost' '{F}'
        printf 'SD\tbinary\t0100\n'
    } | hive software
    mkdir -p disk/Windows/System32/{config,Tasks} disk/evil
    cp software disk/Windows/System32/config
    echo x >disk/evil/a.exe
    echo x >"disk/evil/a b.dll"
    for name in Plain Cut File; do
        printf '<Task><Actions><Exec><Command>C:\\evil\\a.exe</Command></Exec></Actions></Task>' \
            >"disk/Windows/System32/Tasks/$name"
    done
    printf "<Task><Actions><ComHandler><ClassId>$class</ClassId></ComHandler></Actions></Task>" \
        >disk/Windows/System32/Tasks/File
    fat_disk disk
    run -3 --separate-stderr reg-runkeys disk.raw
    python3 -c '
import json, sys
for line in sys.stdin:
    r = json.loads(line)
    if r["type"] == "gap": print("gap", r["path"], r["reason"], sep="|")
    elif r["category"] == "task":
        print(r["location"], r["facts"]["uri"] if "facts" in r else r["name"], r["enabled"],
              r.get("program"), r.get("arguments"), r.get("target", {}).get("state"),
              "; ".join(r.get("anomalies", [])), sep="|")' <<<"$output" | sort >got
    sort >expected <<'END'
task-cache|\Sub\Lost|False|None|None|None|a key in Tree only: its task is not there; a key only: System32\Tasks has no such file
task-cache|\Plain|True|/evil/a.exe|-x "y z"|allocated|
task-cache|\Sub\Ghost|False|/evil/a.exe|None|allocated|hidden: its key in Tree has no SD; a key only: System32\Tasks has no such file
task-cache|\Gone|True|/evil/a b.dll|None|allocated|hidden: it has no key in Tree; a key only: System32\Tasks has no such file
task-cache|\Other|True|/evil/a.exe|None|allocated|its key in Tree names another task; a key only: System32\Tasks has no such file
task-cache|\Cut|True|/evil/a.exe|None|allocated|
gap|/Windows/System32/config/software|actions of a task: needs 4 bytes at 58, has 3
task-xml|Plain|True|/evil/a.exe|None|allocated|
task-xml|Cut|True|/evil/a.exe|None|allocated|
task-xml|File|True|/evil/a b.dll|None|allocated|a file only: TaskCache has no such task
END
    diff got expected >differences || fail "$(cat differences)"
    record=$(grep -m1 '"uri":"..Plain"' <<<"$output")
    assert_equal "$(field facts.author <<<"$record")" 'WS\bob'
    assert_equal "$(field facts.last_run <<<"$record")" 2000-11-22T08:14:04.000000000Z
    assert_equal "$(field key_last_write <<<"$record")" 2020-05-05T10:00:00.000000000Z
    assert_equal "$(field key <<<"$record")" "HKLM\\SOFTWARE\\$cache\\Tasks\\{A}"
    # the hive by itself knows no files, nor does a disk to which only hives were taken
    run -3 --separate-stderr reg-runkeys software
    refute_regex "$output" 'a key only'
    rm -r disk/Windows/System32/Tasks
    fat_disk disk
    run -3 --separate-stderr reg-runkeys disk.raw
    assert_regex "$output" 'task-cache'
    refute_regex "$output" 'a key only'
}

@test "Startup folders that hives name: other places, other languages" {
    shell='Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders'
    printf '%s\n' '@2020-05-05T10:00:00Z' '[Microsoft\Windows NT\CurrentVersion]' \
        $'SystemRoot\tsz\tC:\\Windows' \
        '[Microsoft\Windows NT\CurrentVersion\ProfileList\S-1-5-21-1-1001]' \
        $'ProfileImagePath\texpand\t%SystemDrive%\\Users\\ann' \
        "[$shell]" $'Common Startup\texpand\t%SystemDrive%\\Autostart' \
        '[Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\StartupFolder]' | hive software
    printf '%s\n' '@2020-05-05T10:00:00Z' "[Software\\$shell]" \
        $'Startup\texpand\t%USERPROFILE%\\Ekkinisi' | hive ntuser.dat
    mkdir -p disk/Windows/System32/config disk/Autostart/folder disk/Users/ann/Ekkinisi \
        "disk/Users/ann/Start Menu/Programs/Startup"
    cp software disk/Windows/System32/config
    cp ntuser.dat disk/Users/ann/NTUSER.DAT
    echo x >disk/Autostart/all.exe
    echo x >disk/Autostart/desktop.ini
    echo x >disk/Users/ann/Ekkinisi/mine.exe
    printf '[InternetShortcut]\r\nURL=file:///C:/Autostart/all.exe\r\n' >disk/Users/ann/Ekkinisi/b.url
    echo x >"disk/Users/ann/Start Menu/Programs/Startup/old.exe"
    fat_disk disk
    run -0 --separate-stderr reg-runkeys disk.raw
    told <<<"$(grep '"location":"startup-folder"' <<<"$output")" | cut -d'|' -f2,4 | sort >got
    sort >expected <<'END'
all.exe|/Autostart/all.exe
mine.exe|/Users/ann/Ekkinisi/mine.exe
b.url|/Autostart/all.exe
old.exe|/Users/ann/Start Menu/Programs/Startup/old.exe
END
    diff got expected >differences || fail "$(cat differences)"
    assert_equal "$(field user <<<"$(grep '"name":"mine.exe"' <<<"$output")")" ann
    # a hive that names the folder as its language has it tells nothing twice
    printf '%s\n' '@2020-05-05T10:00:00Z' "[Software\\$shell]" \
        $'Startup\texpand\t%USERPROFILE%\\Start Menu\\Programs\\Startup' | hive ntuser.dat
    cp ntuser.dat disk/Users/ann/NTUSER.DAT
    fat_disk disk
    run -0 --separate-stderr reg-runkeys disk.raw
    assert_equal "$(grep -c old.exe <<<"$output")" 1
}

# Published: Windows 7 keeps no Actions, and no SD in Tree before Windows 10. The digest is that
# of RegIdleBackup's file on Windows 7.
@test "tasks of Windows 7: only a digest says what they start, and none is hidden" {
    cache='Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache'
    path='\Microsoft\Windows\Registry\RegIdleBackup'
    rest=$(printf '%048d' 0)
    task() { # GUID PATH DIGEST
        printf '[%s\\Tasks\\%s]\nPath\tsz\t%s\nHash\tbinary\t%s\nTriggers\tbinary\t%s\n' \
            "$cache" "$1" "$2" "$3" "$(sed 's/^17/15/' <<<"$(triggers 38214103)")"
        printf '[%s\\Tree%s]\nId\tsz\t%s\n' "$cache" "$2" "$1"
    }
    {
        printf '%s\n' '@2011-05-05T10:00:00Z' '[Microsoft\Windows NT\CurrentVersion]' \
            $'SystemRoot\tsz\tC:\\Windows' $'CurrentVersion\tsz\t6.1'
        task '{A}' "$path" "ae0db2f31a30b208$rest"
        task '{B}' "$path\\B" "ae0db2f31a30b208$rest"
        printf '[%s\\Tasks\\{C}]\nPath\tsz\t\\C\n' "$cache"
    } | hive software
    run -3 --separate-stderr reg-runkeys software
    assert_equal "$(grep -c '"type":"gap"' <<<"$output")" 1 # {C}: neither actions nor digest
    python3 -c '
import json, sys
for line in sys.stdin:
    r = json.loads(line)
    if r["type"] == "autorun" and r["name"] == "Hash":
        print(r["facts"]["uri"], r["enabled"], r.get("default"), r["data"][:4], r.get("anomalies"))
' <<<"$output" >got
    cat >expected <<'END'
\Microsoft\Windows\Registry\RegIdleBackup True True ae0d None
\Microsoft\Windows\Registry\RegIdleBackup\B True None ae0d None
END
    diff got expected >differences || fail "$(cat differences)"
    # another file of the same name
    { printf '%s\n' '@2011-05-05T10:00:00Z' '[Microsoft\Windows NT\CurrentVersion]' \
          $'CurrentVersion\tsz\t6.1'
      task '{A}' "$path" "ae0db2f31a30b209$rest"; } | hive software
    run -0 --separate-stderr reg-runkeys --no-default software
    assert_equal "$(grep -c '"name":"Hash"' <<<"$output")" 1
}

@test "a task whose program is in quotes, and a task of Windows that starts another class" {
    cache='Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache'
    backup='{CA767AA8-9157-4604-B64B-40747123D5F2}' other='{01234567-89AB-CDEF-0123-456789ABCDEF}'
    hives='{BA677074-762C-444B-94C8-8C83F93F6605}' # lives in a service: it has no server
    task() { # GUID PATH ACTIONS
        printf '[%s\\Tasks\\%s]\nPath\tsz\t%s\nActions\tbinary\t%s\nTriggers\tbinary\t%s\n' \
            "$cache" "$@" "$(triggers 38214143)"
        printf '[%s\\Tree%s]\nId\tsz\t%s\n' "$cache" "$2" "$1"
    }
    w='\Microsoft\Windows'
    {
        printf '%s\n' '@2020-05-05T10:00:00Z' '[Microsoft\Windows NT\CurrentVersion]' \
            $'SystemRoot\tsz\tC:\\Windows' $'CurrentVersion\tsz\t6.3' \
            "[Classes\\CLSID\\$backup\\InprocServer32]" $'@\tsz\tC:\\Windows\\System32\\regidle.dll' \
            "[Classes\\CLSID\\$other\\InprocServer32]" $'@\tsz\tC:\\Windows\\System32\\evil.dll'
        task '{A}' "$w\\Registry\\RegIdleBackup" "$(actions "$backup" '')"
        task '{B}' "$w\\Windows Media Sharing\\UpdateLibrary" \
            "$(actions '"%ProgramFiles%\Windows Media Player\wmpnscfg.exe"' '')"
        task '{C}' "$w\\User Profile Service\\HiveUploadTask" "$(actions "$hives" '')"
        task '{D}' "$w\\UPnP\\UPnPHostConfig" "$(actions sc.exe 'config upnphost start= auto')"
        task '{E}' "$w\\WDI\\ResolutionHost" "$(actions "$other" '')"
        task '{F}' "$w\\Servicing\\StartComponentCleanup" "$(actions "$hives" '')"
        task '{G}' "$w\\MUI\\LPRemove" "$(actions 'C:\evil\lpremove.exe' '')"
        task '{H}' "$w\\Time Zone\\SynchronizeTimeZone" "$(actions tzsync.exe '& evil.exe')"
    } | hive software
    run -0 --separate-stderr reg-runkeys software
    python3 -c '
import json, sys
for line in sys.stdin:
    r = json.loads(line)
    if r.get("category") == "task":
        print(r["facts"]["uri"].split("\\")[-1], r.get("default", False), r.get("program"))
' <<<"$output" | sort >got
    sort >expected <<'END'
RegIdleBackup True C:\Windows\System32\regidle.dll
UpdateLibrary True %ProgramFiles%\Windows Media Player\wmpnscfg.exe
HiveUploadTask True None
UPnPHostConfig True sc.exe
ResolutionHost False C:\Windows\System32\evil.dll
StartComponentCleanup False None
LPRemove False C:\evil\lpremove.exe
SynchronizeTimeZone False tzsync.exe
END
    diff got expected >differences || fail "$(cat differences)"
}

@test "tasks that Windows has as it is installed are defaults, by where they lie" {
    folder=disk/Windows/System32/Tasks/Microsoft/Windows
    mkdir -p disk/Windows/System32/config "$folder"/{Defrag,Registry,'Time Zone'}
    printf '%s\n' '@2020-05-05T10:00:00Z' '[Microsoft\Windows NT\CurrentVersion]' \
        $'SystemRoot\tsz\tC:\\Windows' \
        '[Classes\CLSID\{CA767AA8-9157-4604-B64B-40747123D5F2}\InprocServer32]' \
        $'@\texpand\t%SystemRoot%\\System32\\regidle.dll' | hive disk/Windows/System32/config/software
    rm disk/Windows/System32/config/software.txt
    xml() { printf '<Task><RegistrationInfo><URI>\\Microsoft\\Windows\\Defrag\\ScheduledDefrag</URI></RegistrationInfo><Actions>%s</Actions></Task>' "$1"; }
    defrag='<Exec><Command>%windir%\system32\defrag.exe</Command><Arguments>-c</Arguments></Exec>'
    class='<ComHandler><ClassId>{ca767aa8-9157-4604-b64b-40747123d5f2}</ClassId></ComHandler>'
    xml "$defrag" >"$folder/Defrag/ScheduledDefrag"
    xml "$class" >"$folder/Registry/RegIdleBackup"
    # another program, another place, a folder that is not Windows'
    xml '<Exec><Command>C:\evil\tzsync.exe</Command></Exec>' >"$folder/Time Zone/SynchronizeTimeZone"
    xml "$defrag" >disk/Windows/System32/Tasks/Mine
    fat_disk disk
    run -0 --separate-stderr reg-runkeys disk.raw
    assert_equal "$(grep '"default":true' <<<"$output" | field name | sort)" $'RegIdleBackup\nScheduledDefrag'
    run -0 --separate-stderr reg-runkeys -n disk.raw
    assert_equal "$(field name <<<"$output" | sort)" $'Mine\nSynchronizeTimeZone'
}

@test "a shortcut that shows one file and opens another" {
    PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$root/images/lib" python3 - >both.lnk <<'END'
import struct, sys
import artifact
when = "2010-05-05T10:00:00Z"
plain = bytearray(artifact.shortcut("C:\\docs\\report.pdf", 1, when, when, when, 1, "Report"))
block = struct.pack("<II260s520s", 0x314, 0xA0000001, b"", "%windir%\\system32\\cmd.exe".encode("utf-16le"))
plain[20:22] = struct.pack("<H", struct.unpack("<H", plain[20:22])[0] | 0x200)
sys.stdout.buffer.write(bytes(plain[:-4]) + block + bytes(4))
END
    put_startup both.lnk <both.lnk
    run -0 --separate-stderr reg-runkeys disk
    assert_regex "$output" '"anomalies":\["its path with variables names another file than its local path"\]'
    assert_equal "$(field facts.environment_path <<<"$output")" '%windir%\system32\cmd.exe'
}

@test "what stands behind a NUL in an INI file is shown, and is no default" {
    mkdir tree
    printf '[autorun]\r\nopen=\0evil.exe\r\n' >tree/autorun.inf
    run -0 --separate-stderr reg-runkeys -n tree
    assert_equal "$(field location <<<"$output")" autorun-inf
    assert_regex "$output" '"data":"\\u0000evil.exe"'
    assert_regex "$output" '"enabled":false'
    assert_regex "$output" 'where Windows does not read'
}

@test "files that are started because of where they lie, and tools that are a copy of a shell" {
    printf '%s\n' '@2020-05-05T10:00:00Z' '[Microsoft\Windows NT\CurrentVersion]' \
        $'SystemRoot\tsz\tC:\\Windows' | hive software
    root=disk/Windows/System32 user=disk/Users/bob
    mkdir -p $root/config $root/WindowsPowerShell/v1.0/Modules/x "$user/Documents/WindowsPowerShell" \
        "$user/Documents/PowerShell" "disk/Program Files/PowerShell/7" \
        "$user/AppData/Roaming/Microsoft/Word/STARTUP" "$user/AppData/Roaming/Microsoft/Excel/XLSTART" \
        "disk/Program Files/Microsoft Office/root/Office16/STARTUP" \
        "$user/AppData/Roaming/Microsoft/"{Outlook,Templates} disk/Windows/SysWOW64 disk/tools
    cp software $root/config
    echo shell >$root/cmd.exe
    echo SHELL >$root/osk.exe # of the same size
    cp $root/cmd.exe $root/sethc.exe
    cp $root/cmd.exe disk/tools/utilman.exe
    echo explorer >disk/Windows/explorer.exe
    cp disk/Windows/explorer.exe $root/Utilman.exe
    echo other >$root/narrator.exe
    : >$root/magnify.exe
    for file in disk/Explorer.exe disk/tools/program.exe disk/Program.exe $root/wpbbin.exe \
        $root/WindowsPowerShell/v1.0/profile.ps1 $root/WindowsPowerShell/v1.0/Modules/x/profile.ps1 \
        "$user/Documents/WindowsPowerShell/Microsoft.PowerShell_profile.ps1" \
        "$user/Documents/PowerShell/profile.ps1" "disk/Program Files/PowerShell/7/Profile.ps1" \
        "$user/AppData/Roaming/Microsoft/Word/STARTUP/a.dotm" \
        "$user/AppData/Roaming/Microsoft/Word/STARTUP/~\$a.dotm" \
        "disk/Program Files/Microsoft Office/root/Office16/STARTUP/b.wll" \
        "$user/AppData/Roaming/Microsoft/Excel/XLSTART/c.xlam" \
        "$user/AppData/Roaming/Microsoft/Outlook/VbaProject.OTM" \
        "$user/AppData/Roaming/Microsoft/Templates/Normal.dotm" disk/Windows/ntshrui.dll \
        disk/Windows/version.dll $root/version.dll disk/tools/version.dll \
        "$user/Documents/WindowsPowerShell/Microsoft.VSCode_profile.ps1"; do
        echo x >"$file"
    done
    fat_disk disk
    run -0 --separate-stderr reg-runkeys -b disk.raw
    python3 -c '
import json, sys
for line in sys.stdin:
    r = json.loads(line)
    print(r["location"], r["program"], r["target"]["state"], *r.get("anomalies", []), sep="|")' \
        <<<"$output" | grep -v '^$' | sort >got
    sort >expected <<'END'
root-program|/Explorer.exe|allocated
root-program|/Program.exe|allocated
platform-binary|/Windows/System32/wpbbin.exe|allocated
powershell-profile|/Windows/System32/WindowsPowerShell/v1.0/profile.ps1|allocated
powershell-profile|/Users/bob/Documents/WindowsPowerShell/Microsoft.PowerShell_profile.ps1|allocated
powershell-profile|/Users/bob/Documents/PowerShell/profile.ps1|allocated
powershell-profile|/Program Files/PowerShell/7/Profile.ps1|allocated
word-startup|/Users/bob/AppData/Roaming/Microsoft/Word/STARTUP/a.dotm|allocated
word-startup|/Program Files/Microsoft Office/root/Office16/STARTUP/b.wll|allocated
excel-startup|/Users/bob/AppData/Roaming/Microsoft/Excel/XLSTART/c.xlam|allocated
outlook-macros|/Users/bob/AppData/Roaming/Microsoft/Outlook/VbaProject.OTM|allocated
word-template|/Users/bob/AppData/Roaming/Microsoft/Templates/Normal.dotm|allocated
windows-library|/Windows/ntshrui.dll|allocated
windows-library|/Windows/version.dll|allocated
powershell-profile|/Users/bob/Documents/WindowsPowerShell/Microsoft.VSCode_profile.ps1|allocated
accessibility-program|/Windows/System32/sethc.exe|allocated|its content is that of cmd.exe
accessibility-program|/Windows/System32/Utilman.exe|allocated|its content is that of explorer.exe
END
    diff got expected >differences || fail "$(cat differences)"
    # a drive without Windows has no root that counts
    rm -r disk/Windows
    fat_disk disk
    run -0 --separate-stderr reg-runkeys disk.raw
    refute_regex "$output" 'root-program|windows-library'
}

@test "hives of apps that are packages, and of no profile" {
    printf '%s\n' '@2020-05-05T10:00:00Z' '[Software\Microsoft\Windows\CurrentVersion\Run]' \
        $'evil\tsz\tC:\\evil.exe' | hive user
    printf '%s\n' '@2020-05-05T10:00:00Z' '[CLSID\{e}\InprocServer32]' $'@\tsz\tC:\\evil.dll' | hive classes
    app=SystemAppData/Helium own=Users/bob/AppData/Local/Packages/Evil machine=ProgramData/Packages/Evil/S-1-5-21-1
    mkdir -p disk/WINDOWS/repair "disk/$own/$app" "disk/$machine/$app"
    cp user "disk/$own/$app/User.dat"
    cp classes "disk/$own/$app/UserClasses.dat"
    cp user "disk/$machine/$app/User.dat"
    cp user disk/WINDOWS/repair/ntuser.dat
    fat_disk disk
    run -0 --separate-stderr reg-runkeys -b disk.raw
    python3 -c '
import json, sys
for line in sys.stdin:
    r = json.loads(line)
    print(r["path"], r["location"], r.get("user"), r["enabled"], r["origin"], *r.get("anomalies", []),
          sep="|")' <<<"$output" | sort >got
    sort >expected <<END
/$own/$app/User.dat|run-hku|bob|False|live|only the app of its package sees this hive
/$own/$app/UserClasses.dat|com-server|bob|False|live|only the app of its package sees this hive
/$machine/$app/User.dat|run-hku|None|False|live|only the app of its package sees this hive
/WINDOWS/repair/ntuser.dat|run-hku|None|True|backup
END
    diff got expected >differences || fail "$(cat differences)"
}
