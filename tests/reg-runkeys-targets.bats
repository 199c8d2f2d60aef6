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
    run -0 diff got expected
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
