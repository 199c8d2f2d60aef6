#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# reg-runkeys: which file an autostart starts, where its path leads to another.
load helpers

# hive FILE: a hive of the description on standard input.
hive() {
    cat >"$1.txt"
    PYTHONDONTWRITEBYTECODE=1 python3 "$root/images/lib/regf.py" "$1" 5 ROOT "$1" "$1.txt"
}

# programs: name, program, volume and state of what it starts, of each record on standard input.
programs() {
    python3 -c '
import json, sys
for line in sys.stdin:
    r = json.loads(line)
    if r["type"] != "autorun": continue
    target = r.get("target", {})
    print(r["name"], r.get("program", "-"), target.get("volume", "-"),
          target.get("state", "unknown"), sep="|")'
}

# Microsoft, "File System Redirector"; runonce.exe of SysWOW64 starts what Run of
# Wow6432Node has, programs of 32 bits load the libraries that it names, and Windows
# itself starts servers that are programs.
@test "System32 of programs of 32 bits is SysWOW64" {
    nt='Microsoft\Windows NT\CurrentVersion'
    {
        printf '@2020-05-05T10:00:00Z\n[%s]\nSystemRoot\tsz\tC:\\Windows\n' "$nt"
        printf '[Microsoft\\Windows\\CurrentVersion\\Run]\n'
        printf '%s\tsz\t%s\n' own64 'C:\Windows\system32\both.exe' \
            host 'C:\Windows\SysWOW64\rundll32.exe both.dll,Go'
        printf '[Wow6432Node\\Microsoft\\Windows\\CurrentVersion\\Run]\n'
        printf '%s\tsz\t%s\n' own32 'C:\Windows\system32\both.exe' name32 both \
            only32 'C:\Windows\system32\evil\only.exe' only64 'C:\Windows\system32\calc.exe' \
            etc32 'C:\Windows\system32\drivers\etc\e.exe' back32 '%windir%\sysnative\calc.exe'
        printf '[Wow6432Node\\%s\\Windows]\nAppInit_DLLs\tsz\tC:\\Windows\\system32\\both.dll\n' "$nt"
        printf '[%s\\Windows]\nAppInit_DLLs\tsz\tboth.dll\n' "$nt"
        printf '[Wow6432Node\\%s\\Drivers32]\nwave\tsz\tboth.dll\n' "$nt"
        for class in '{11111111-1111-1111-1111-111111111111}	InprocServer32	both.dll' \
            '{22222222-2222-2222-2222-222222222222}	LocalServer32	both.exe'; do
            IFS=$'\t' read -r id server file <<<"$class"
            printf '[Wow6432Node\\%s\\%s]\n@\tsz\t%s\n' \
                'Microsoft\Windows\CurrentVersion\Explorer\Browser Helper Objects' "$id" "$server"
            printf '[Classes\\Wow6432Node\\CLSID\\%s\\%s]\n' "$id" "$server"
            printf '@\tsz\tC:\\Windows\\System32\\%s\n' "$file"
        done
    } | hive software
    printf '%s\n' '@2020-05-05T10:00:00Z' '[Select]' $'Current\tdword\t1' \
        '[ControlSet001\Control\Session Manager\Environment]' $'Path\tsz\tC:\\Windows\\system32' \
        '[ControlSet001\Services\Own]' $'Start\tdword\t2' $'Type\tdword\t16' \
        $'ImagePath\tsz\tC:\\Windows\\SysWOW64\\both.exe' '[ControlSet001\Services\Hosted]' \
        $'Start\tdword\t2' $'Type\tdword\t32' \
        $'ImagePath\texpand\t%SystemRoot%\\SysWOW64\\svchost.exe -k x' \
        '[ControlSet001\Services\Hosted\Parameters]' \
        $'ServiceDll\texpand\t%SystemRoot%\\System32\\both.dll' | hive system
    mkdir -p disk/Windows/System32/{config,drivers/etc} disk/Windows/SysWOW64/evil
    cp software system disk/Windows/System32/config
    for file in System32/both.exe System32/both.dll System32/calc.exe System32/drivers/etc/e.exe \
        System32/rundll32.exe SysWOW64/rundll32.exe SysWOW64/both.exe SysWOW64/both.dll \
        SysWOW64/evil/only.exe SysWOW64/svchost.exe; do
        echo "$file" >"disk/Windows/$file"
    done
    truncate -s 16M disk.raw
    mkfs.vfat -F 16 disk.raw >/dev/null
    mcopy -s -i disk.raw disk/* ::
    reg-runkeys disk.raw >all
    programs <all | sort >got
    sort >expected <<'END'
own64|/Windows/System32/both.exe|p0|allocated
host|/Windows/SysWOW64/both.dll|p0|allocated
own32|/Windows/SysWOW64/both.exe|p0|allocated
name32|/Windows/SysWOW64/both.exe|p0|allocated
only32|/Windows/SysWOW64/evil/only.exe|p0|allocated
only64|/Windows/SysWOW64/calc.exe|-|absent
etc32|/Windows/System32/drivers/etc/e.exe|p0|allocated
back32|/Windows/System32/calc.exe|p0|allocated
AppInit_DLLs|/Windows/SysWOW64/both.dll|p0|allocated
AppInit_DLLs|/Windows/System32/both.dll|p0|allocated
wave|/Windows/SysWOW64/both.dll|p0|allocated
|/Windows/SysWOW64/both.dll|p0|allocated
|/Windows/System32/both.exe|p0|allocated
ImagePath|/Windows/SysWOW64/both.exe|p0|allocated
ImagePath|/Windows/SysWOW64/both.dll|p0|allocated
ServiceDll|/Windows/SysWOW64/both.dll|p0|allocated
END
    diff got expected >differences || fail "$(cat differences)"
    # the digest is that of the file that is loaded
    run -0 sha256sum disk/Windows/SysWOW64/both.dll
    assert_equal "$(grep '"name":"wave"' all | field target.sha256)" "${output%% *}"
    # a Windows of 32 bits has one folder
    rm -r disk/Windows/SysWOW64 disk.raw
    truncate -s 16M disk.raw
    mkfs.vfat -F 16 disk.raw >/dev/null
    mcopy -s -i disk.raw disk/* ::
    run -0 programs < <(reg-runkeys disk.raw | grep '"name":"own32"')
    assert_output 'own32|/Windows/System32/both.exe|p0|allocated'
}

# reparse FILE TAG TARGET [relative]: a junction (a0000003) or symbolic link (a000000c). What
# Explorer shows of "users" is not where it leads.
reparse() {
    python3 - "$@" <<'END'
import struct, sys
tag, target, relative = int(sys.argv[2], 16), sys.argv[3], len(sys.argv) > 4
shown = target.encode("utf-16le")
meant = shown if relative else ("\\??\\" + target).encode("utf-16le")
shown = b"" if target.startswith("Volume{") else shown
shown = "C:\\Windows".encode("utf-16le") if sys.argv[1] == "users" else shown
body = struct.pack("<4H", 0, len(meant), len(meant) + 2, len(shown))
if tag == 0xa000000c:
    body += struct.pack("<I", relative)
body += meant + b"\0\0" + shown + b"\0\0"
open(sys.argv[1], "wb").write(struct.pack("<IHH", tag, len(body), 0) + body)
END
}

# forge: volume.raw, NTFS by ntfsforge's script on standard input.
forge() {
    cc -O1 -o forge "$root/images/ntfsforge.c" -lntfs-3g
    truncate -s 16M volume.raw
    mkntfs -q -F -s 512 -c 4096 -p 0 -H 1 -S 1 volume.raw 2>/dev/null
    ./forge volume.raw
}

@test "junctions and symbolic links on the way to a program" {
    shell='Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders'
    {
        printf '@2020-05-05T10:00:00Z\n[Microsoft\\Windows NT\\CurrentVersion]\n'
        printf 'SystemRoot\tsz\tC:\\Windows\n[Microsoft\\Windows\\CurrentVersion\\Run]\n'
        printf '%s\tsz\t%s\n' junction 'C:\Documents and Settings\bob\a.exe -x' \
            short 'C:\DOCUME~1\bob\a.exe' two 'C:\Documents and Settings\bob\Application Data\b.exe' \
            relative '"C:\Users\All Users\c.exe"' file 'C:\link.exe' none 'C:\Users\All Users\gone.exe' \
            far 'C:\far\x.exe' circle 'C:\one\x.exe' dead 'C:\dead\x.exe' \
            deleted 'C:\Documents and Settings\bob\was.exe' mounted 'C:\mounted\x.exe' \
            folder '"C:\Documents and Settings\bob"'
        printf '[%s]\nCommon Startup\tsz\tC:\\Documents and Settings\\all\n' "$shell"
    } | hive software
    reparse users a0000003 'C:\Users'
    reparse roaming a0000003 'C:\Users\bob\AppData\Roaming'
    reparse data a000000c '..\ProgramData' relative
    reparse link a000000c 'C:\real.exe'
    reparse far a0000003 'X:\folder'
    reparse one a0000003 'C:\two'
    reparse two a0000003 'C:\one'
    reparse dead a0000003 'C:\not there'
    reparse mounted a0000003 'Volume{e1a82db3-a9f0-11e7-b142-806e6f6e6963}\'
    for file in a b c real all was; do echo "$file" >$file; done
    sed 's/ /\t/g' <<'END' >script
clock 2020-05-05T10:00:00Z
mkdir /Windows
mkdir /Windows/System32
mkdir /Windows/System32/config
write /Windows/System32/config/software software
mkdir /Users
mkdir /Users/bob
mkdir /Users/all
mkdir /Users/bob/AppData
mkdir /Users/bob/AppData/Roaming
mkdir /ProgramData
write /Users/bob/a.exe a
write /Users/bob/was.exe was
write /Users/all/all.exe all
write /Users/bob/AppData/Roaming/b.exe b
write /ProgramData/c.exe c
write /real.exe real
mkdir /Documents%0020and%0020Settings
dosname /Documents%0020and%0020Settings DOCUME~1
reparse /Documents%0020and%0020Settings users
mkdir /Users/bob/Application%0020Data
reparse /Users/bob/Application%0020Data roaming
mkdir /Users/All%0020Users
reparse /Users/All%0020Users data
write /link.exe /dev/null
reparse /link.exe link
mkdir /far
reparse /far far
mkdir /one
reparse /one one
mkdir /two
reparse /two two
mkdir /dead
reparse /dead dead
mkdir /mounted
reparse /mounted mounted
rm /Users/bob/was.exe
END
    forge <script
    reg-runkeys volume.raw >all
    programs <all | sort >got
    sort >expected <<'END'
junction|/Users/bob/a.exe|p0|allocated
short|/Users/bob/a.exe|p0|allocated
two|/Users/bob/AppData/Roaming/b.exe|p0|allocated
relative|/ProgramData/c.exe|p0|allocated
file|/real.exe|p0|allocated
none|/Users/All Users/gone.exe|-|absent
far|/far/x.exe|-|unknown
circle|/one/x.exe|-|unknown
dead|/dead/x.exe|-|absent
deleted|/Users/bob/was.exe|p0|deleted
mounted|/mounted/x.exe|-|unknown
folder|/Users/bob|p0|allocated
Common Startup|/Users/all|p0|allocated
all.exe|/Users/all/all.exe|p0|allocated
END
    diff got expected >differences || fail "$(cat differences)"
    run -0 sha256sum real
    assert_equal "$(grep '"name":"file"' all | field target.sha256)" "${output%% *}"
}

# volume FILE FOLDER: FAT16 of 16 MiB with what is in the folder.
volume() {
    rm -f "$1"
    truncate -s 16M "$1"
    mkfs.vfat -F 16 "$1" >/dev/null
    mcopy -s -i "$1" "$2"/* ::
}

# two_volumes LABEL: disk.raw with data.raw as p1 and windows.raw as p2; LABEL for sfdisk.
two_volumes() {
    rm -f disk.raw
    truncate -s 35M disk.raw
    printf %s "$1" | /sbin/sfdisk -q --no-reread --no-tell-kernel disk.raw
    dd if=data.raw of=disk.raw bs=512 seek=2048 conv=notrunc status=none
    dd if=windows.raw of=disk.raw bs=512 seek=34816 conv=notrunc status=none
}

# drives C D E: the SYSTEM hive of windows.raw, with what MountedDevices has for these.
drives() {
    printf '%s\n' '@2020-05-05T10:00:00Z' '[Select]' $'Current\tdword\t1' '[MountedDevices]' \
        $'\\DosDevices\\C:\tbinary\t'"$1" $'\\DosDevices\\D:\tbinary\t'"$2" \
        $'\\DosDevices\\E:\tbinary\t'"$3" \
        '[ControlSet001\Control\ComputerName\ComputerName]' $'ComputerName\tsz\tONE' \
        '[ControlSet001\Control\Session Manager\Environment]' \
        $'Path\tsz\tC:\\Windows\\system32;D:\\Apps' '[ControlSet001\Services\Far]' \
        $'Start\tdword\t2' $'Type\tdword\t16' $'ImagePath\tsz\tD:\\Apps\\service.exe' | hive system
    mcopy -o -i windows.raw system ::/Windows/System32/config/system
}

# MountedDevices has the signature of the disk and the offset of an MBR's partition.
@test "programs and profiles on another volume of the image" {
    {
        printf '%s\n' '@2020-05-05T10:00:00Z' '[Microsoft\Windows NT\CurrentVersion]' \
            $'SystemRoot\tsz\tC:\\Windows' \
            '[Microsoft\Windows NT\CurrentVersion\ProfileList\S-1-5-21-1-1001]' \
            $'ProfileImagePath\tsz\tD:\\Profiles\\bob' '[Microsoft\Windows\CurrentVersion\Run]'
        printf '%s\tsz\t%s\n' far 'D:\Apps\d.exe -x' gone 'D:\Apps\gone.exe' other 'E:\x.exe' \
            none 'F:\x.exe' dots 'd:\..\Apps\d.exe' library 'rundll32.exe D:\Apps\lib.dll,Go' \
            name tool nowhere nowhere.exe was 'D:\Apps\It was here.exe' own 'C:\Tools\c.exe'
    } | hive software
    {
        printf '@2020-05-05T10:00:00Z\n[Software\\Microsoft\\Windows\\CurrentVersion\\Run]\n'
        printf '%s\tsz\t%s\n' mine '%USERPROFILE%\mine.exe' here 'D:\Apps\d.exe' \
            windows 'C:\Tools\c.exe' hosted 'C:\Windows\system32\rundll32.exe C:\Tools\lib.dll,Go' \
            found calc lost 'C:\Tools\lost.exe'
    } | hive ntuser.dat
    mkdir -p data/Apps "data/Profiles/bob/Start Menu/Programs/Startup" \
        windows/Windows/System32/config windows/Tools
    cp software windows/Windows/System32/config
    cp ntuser.dat data/Profiles/bob/NTUSER.DAT
    for file in Apps/d.exe Apps/lib.dll Apps/tool.exe Apps/service.exe Profiles/bob/mine.exe \
        'Apps/It was here.exe'; do
        echo "$file" >"data/$file"
    done
    for file in Tools/c.exe Tools/lib.dll Windows/System32/calc.exe Windows/System32/rundll32.exe; do
        echo "$file" >"windows/$file"
    done
    printf '[InternetShortcut]\r\nURL=file:///C:/Tools/c.exe\r\n' \
        >"data/Profiles/bob/Start Menu/Programs/Startup/a.url"
    volume data.raw data
    mdel -i data.raw '::/Apps/It was here.exe'
    volume windows.raw windows
    drives d4c3b2a50000100100000000 d4c3b2a50000100000000000 d4c3b2a40000100000000000
    mbr=$'label: dos\nlabel-id: 0xa5b2c3d4\nunit: sectors\n2048,32768,6\n34816,32768,6\n'
    two_volumes "$mbr"
    sort >machine <<'END'
far|/Apps/d.exe|p1|allocated
gone|/Apps/gone.exe|p1|absent
other|E:\x.exe|-|unknown
none|F:\x.exe|-|unknown
dots|/Apps/d.exe|p1|allocated
library|/Apps/lib.dll|p1|allocated
name|/Apps/tool.exe|p1|allocated
nowhere|nowhere.exe|-|absent
was|/Apps/It was here.exe|p1|deleted
own|/Tools/c.exe|p2|allocated
ImagePath|/Apps/service.exe|p1|allocated
END
    sort >user <<'END'
mine|/Profiles/bob/mine.exe|p1|allocated
here|/Apps/d.exe|p1|allocated
windows|/Tools/c.exe|p2|allocated
hosted|/Tools/lib.dll|p2|allocated
found|/Windows/System32/calc.exe|p2|allocated
lost|/Tools/lost.exe|p2|absent
a.url|/Tools/c.exe|p2|allocated
END
    reg-runkeys disk.raw >all
    programs <all | sort >got
    sort machine user >expected
    diff got expected >differences || fail "$(cat differences)"
    run -0 sha256sum data/Apps/d.exe
    assert_equal "$(grep '"name":"far"' all | field target.sha256)" "${output%% *}"
    # whose the profile is, and of which machine
    grep '"name":"windows"' all >one
    assert_equal "$(field key <one)" \
        'HKU\S-1-5-21-1-1001\Software\Microsoft\Windows\CurrentVersion\Run'
    assert_equal "$(field host <one)" ONE
    run -0 --separate-stderr reg-ls -k '**\Run' disk.raw:p1
    assert_regex "$output" '"key":"HKU..S-1-5-21-1-1001..Software'
    # the same of one volume, and of one hive
    for object in p1 p1:/Profiles; do
        reg-runkeys "disk.raw:$object" | programs | sort >got
        diff got user >differences || fail "$object: $(cat differences)"
    done
    # what the record of a target names is the file
    grep '"name":"far"' all | python3 -c '
import json, sys
print(json.dumps({"type": "file", **json.load(sys.stdin)["target"]}))' | fs-cat - >again
    run -0 cmp again data/Apps/d.exe

    # of a GPT by its GUID
    drives 444d494f3a49443a00112233445566778899aabbccddeeff \
        444d494f3a49443a10112233445566778899aabbccddeeff d4c3b2a50000100000000000
    two_volumes $'label: gpt\nunit: sectors
start=2048,size=32768,uuid=33221110-5544-7766-8899-AABBCCDDEEFF
start=34816,size=32768,uuid=33221100-5544-7766-8899-AABBCCDDEEFF\n'
    reg-runkeys disk.raw | programs | sort >got
    diff got expected >differences || fail "$(cat differences)"

    # the letter is of another disk: nothing is known of it, and nobody's is the profile
    drives d4c3b2a50000100100000000 d4c3b2a40000100000000000 d4c3b2a40000100000000000
    two_volumes "$mbr"
    reg-runkeys disk.raw >all
    run -0 programs < <(grep '"name":"\(far\|gone\|was\|windows\)"' all)
    assert_output 'windows|C:\Tools\c.exe|-|unknown
far|D:\Apps\d.exe|-|unknown
gone|D:\Apps\gone.exe|-|unknown
was|D:\Apps\It was here.exe|-|unknown'
    assert_equal "$(grep '"name":"windows"' all | field key)" \
        'HKU\?\Software\Microsoft\Windows\CurrentVersion\Run'
}

# ntfs_windows: windows.raw, NTFS with what the script on standard input adds to a Windows.
ntfs_windows() {
    {
        sed 's/ /\t/g' <<'END'
clock 2020-05-05T10:00:00Z
mkdir /Windows
mkdir /Windows/System32
mkdir /Windows/System32/config
write /Windows/System32/config/software software
write /Windows/System32/config/system system
END
        cat
    } | forge
    mv volume.raw windows.raw
}

# started: name, volume and path of what lies in Startup folders, whether it is on, whose it is,
# and what it starts.
started() {
    python3 -c '
import json, sys
for line in sys.stdin:
    one = json.loads(line)
    if one["type"] == "autorun" and one["location"] == "startup-folder":
        print(one["volume"], one["path"], one["enabled"], one.get("user", "-"),
              one.get("target", {}).get("volume", "-"), one["program"], sep="|")' | sort
}

# A volume without a letter has a name of its own in MountedDevices, by which folders lead to it.
@test "volumes that are mounted in folders, with profiles and programs" {
    explorer='Microsoft\Windows\CurrentVersion\Explorer'
    {
        printf '%s\n' '@2020-05-05T10:00:00Z' '[Microsoft\Windows NT\CurrentVersion]' \
            $'SystemRoot\tsz\tC:\\Windows' \
            '[Microsoft\Windows NT\CurrentVersion\ProfileList\S-1-5-21-1-1001]' \
            $'ProfileImagePath\tsz\tC:\\Users\\bob' '[Microsoft\Windows\CurrentVersion\Run]'
        printf '%s\tsz\t%s\n' there 'C:\mounted\Apps\d.exe -x' gone 'C:\mounted\Apps\gone.exe' \
            was 'C:\mounted\Apps\It was here.exe' root '"C:\mounted"' deep 'C:\deep\d.exe' \
            own 'C:\own\Windows\n.exe' other 'C:\other\x.exe'
    } | hive software
    data='\??\Volume{e1a82db3-a9f0-11e7-b142-806e6f6e6963}'
    printf '%s\n' '@2020-05-05T10:00:00Z' '[Select]' $'Current\tdword\t1' '[MountedDevices]' \
        "$data"$'\tbinary\td4c3b2a50000100000000000' \
        $'\\??\\Volume{00000000-a9f0-11e7-b142-806e6f6e6963}\tbinary\td4c3b2a50000100100000000' \
        $'\\DosDevices\\C:\tbinary\td4c3b2a50000100100000000' \
        $'\\??\\Volume{11111111-a9f0-11e7-b142-806e6f6e6963}\tbinary\td4c3b2a40000100000000000' |
        hive system
    printf '%s\n' '@2020-05-05T10:00:00Z' "[Software\\$explorer\\User Shell Folders]" \
        $'Startup\texpand\t%USERPROFILE%\\Ekkinisi' \
        "[Software\\$explorer\\StartupApproved\\StartupFolder]" \
        $'off.exe\tbinary\t030000000000000000000000' | hive ntuser.dat
    mkdir -p data/Apps data/bob/Ekkinisi "data/bob/Start Menu/Programs/Startup"
    for file in Apps/d.exe 'Apps/It was here.exe' bob/Ekkinisi/mine.exe bob/Ekkinisi/off.exe \
        "bob/Start Menu/Programs/Startup/named.exe"; do
        echo "$file" >"data/$file"
    done
    printf '[InternetShortcut]\r\nURL=file:///C:/Windows/n.exe\r\n' >data/bob/Ekkinisi/a.url
    cp ntuser.dat data/bob/NTUSER.DAT
    volume data.raw data
    mdel -i data.raw '::/Apps/It was here.exe'
    echo n >n
    reparse mounted a0000003 'Volume{e1a82db3-a9f0-11e7-b142-806e6f6e6963}\'
    reparse deep a0000003 'Volume{E1A82DB3-A9F0-11E7-B142-806E6F6E6963}\Apps'
    reparse own a0000003 'Volume{00000000-a9f0-11e7-b142-806e6f6e6963}\'
    reparse other a0000003 'Volume{11111111-a9f0-11e7-b142-806e6f6e6963}\'
    {
        printf 'write\t/Windows/n.exe\tn\n'
        for folder in mounted deep own other; do
            printf 'mkdir\t/%s\nreparse\t/%s\t%s\n' $folder $folder $folder
        done
        printf 'mkdir\t/Users\nreparse\t/Users\tmounted\n'
    } | ntfs_windows
    mbr=$'label: dos\nlabel-id: 0xa5b2c3d4\nunit: sectors\n2048,32768,6\n34816,32768,7\n'
    two_volumes "$mbr"
    reg-runkeys disk.raw >all
    grep '"location":"run-hklm"' all | programs | sort >got
    sort >expected <<'END'
there|/Apps/d.exe|p1|allocated
gone|/mounted/Apps/gone.exe|p1|absent
was|/Apps/It was here.exe|p1|deleted
root|/|p1|allocated
deep|/Apps/d.exe|p1|allocated
own|/Windows/n.exe|p2|allocated
other|/other/x.exe|-|unknown
END
    diff got expected >differences || fail "$(cat differences)"
    started <all >got
    sort >expected <<'END'
p1|/bob/Ekkinisi/a.url|True|bob|p2|/Windows/n.exe
p1|/bob/Ekkinisi/mine.exe|True|bob|p1|/bob/Ekkinisi/mine.exe
p1|/bob/Ekkinisi/off.exe|False|bob|p1|/bob/Ekkinisi/off.exe
p1|/bob/Start Menu/Programs/Startup/named.exe|True|bob|p1|/bob/Start Menu/Programs/Startup/named.exe
END
    diff got expected >differences || fail "$(cat differences)"
}

@test "Startup folders on another volume than the hive that names them" {
    explorer='Microsoft\Windows\CurrentVersion\Explorer'
    printf '%s\n' '@2020-05-05T10:00:00Z' '[Microsoft\Windows NT\CurrentVersion]' \
        $'SystemRoot\tsz\tC:\\Windows' \
        '[Microsoft\Windows NT\CurrentVersion\ProfileList\S-1-5-21-1-1001]' \
        $'ProfileImagePath\tsz\tC:\\Users\\ann' "[$explorer\\User Shell Folders]" \
        $'Common Startup\texpand\tD:\\All' \
        "[$explorer\\StartupApproved\\StartupFolder]" \
        $'mine.exe\tbinary\t030000000000000000000000' | hive software
    printf '%s\n' '@2020-05-05T10:00:00Z' "[Software\\$explorer\\User Shell Folders]" \
        $'Startup\texpand\tD:\\Ann' "[Software\\$explorer\\StartupApproved\\StartupFolder]" \
        $'off.exe\tbinary\t030000000000000000000000' | hive ntuser.dat
    mkdir -p data/All data/Ann "data/Start Menu/Programs/Startup" windows/Windows/System32/config \
        windows/Users/ann
    cp software windows/Windows/System32/config
    cp ntuser.dat windows/Users/ann/NTUSER.DAT
    for file in All/all.exe Ann/mine.exe Ann/off.exe Ann/beside.exe \
        "Start Menu/Programs/Startup/named.exe"; do
        echo "$file" >"data/$file"
    done
    printf '[InternetShortcut]\r\nURL=file:///D:/All/all.exe\r\n' >data/Ann/a.url
    volume data.raw data
    volume windows.raw windows
    drives d4c3b2a50000100100000000 d4c3b2a50000100000000000 d4c3b2a40000100000000000
    two_volumes $'label: dos\nlabel-id: 0xa5b2c3d4\nunit: sectors\n2048,32768,6\n34816,32768,6\n'
    sort >expected <<'END'
p1|/All/all.exe|True|-|p1|/All/all.exe
p1|/Ann/a.url|True|ann|p1|/All/all.exe
p1|/Ann/mine.exe|True|ann|p1|/Ann/mine.exe
p1|/Ann/off.exe|False|ann|p1|/Ann/off.exe
p1|/Ann/beside.exe|True|ann|p1|/Ann/beside.exe
END
    reg-runkeys disk.raw:p2 | started >got
    diff got expected >differences || fail "$(cat differences)"
    { echo 'p1|/Start Menu/Programs/Startup/named.exe|True|-|p1|/Start Menu/Programs/Startup/named.exe'
        cat expected; } | sort >all
    reg-runkeys disk.raw >records
    started <records >got
    diff got all >differences || fail "$(cat differences)"
    # what the record of one names is the file
    grep '"path":"/Ann/mine.exe"' records | head -1 | fs-cat - >again
    run -0 cmp again data/Ann/mine.exe

    # named by a hive, and known by its name: once, also where its volume is not asked for
    printf '%s\n' '@2020-05-05T10:00:00Z' "[Software\\$explorer\\User Shell Folders]" \
        $'Startup\texpand\tD:\\Start Menu\\Programs\\Startup' | hive ntuser.dat
    mcopy -o -i windows.raw ntuser.dat ::/Users/ann/NTUSER.DAT
    two_volumes $'label: dos\nlabel-id: 0xa5b2c3d4\nunit: sectors\n2048,32768,6\n34816,32768,6\n'
    assert_equal "$(reg-runkeys disk.raw | grep -c '"name":"named.exe"')" 1
    assert_equal "$(reg-runkeys disk.raw:p2 | grep -c '"name":"named.exe"')" 1
}
