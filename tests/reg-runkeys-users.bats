#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# reg-runkeys: what hives of the machine and of its users tell together.
load helpers

# hive FILE: a hive of the description on standard input.
hive() {
    cat >"$1.txt"
    PYTHONDONTWRITEBYTECODE=1 python3 "$root/images/lib/regf.py" "$1" 5 ROOT "$1" "$1.txt"
}

components='Microsoft\Active Setup\Installed Components'

# component KEY VERSION [TYPE]: one of the machine, or with "" of a user
component() {
    printf '[%s]\n' "$1"
    [ -z "$2" ] || printf 'Version\tsz\t%s\n' "$2"
}

# make_machine: folder evidence/C of a Windows with the users ann, bob and carl, services, and dan,
# whose profile is no longer in ProfileList.
make_machine() {
    mkdir -p evidence/C/Windows/System32/config evidence/C/Users/{ann,bob,carl,dan}
    mkdir -p evidence/C/Windows/ServiceProfiles/LocalService
    {
        printf '@2010-05-05T10:00:00Z\n[Microsoft\\Windows NT\\CurrentVersion]\nSystemRoot\tsz\tC:\\Windows\n'
        local list='Microsoft\Windows NT\CurrentVersion\ProfileList' id=1000
        for name in ann bob carl; do
            printf '[%s\\S-1-5-21-1-2-3-%s]\nProfileImagePath\tsz\tC:\\Users\\%s\n' "$list" $((++id)) $name
        done
        printf '[%s\\S-1-5-19]\nProfileImagePath\tsz\t%s\n' "$list" 'C:\Windows\ServiceProfiles\LocalService'
        for item in 'new 2,0,0,0' 'same 6,1,7601,17514' 'short 3,1' 'bare ' 'longer 1,0,0,1'; do
            component "$components\\{${item% *}}" "${item#* }"
            printf 'StubPath\tsz\t%s.exe\n' "${item% *}"
        done
        component "Wow6432Node\\$components\\{same}" 6,1,7601,17514
        printf 'StubPath\tsz\twow.exe\n'
        component "$components\\{removed}" 9
        printf 'StubPath\tsz\tremoved.exe\nIsInstalled\tdword\t0\n'
        component "$components\\{2179C5D3-EBFF-11CF-B6FD-00AA00B4E220}" 4
        printf 'StubPath\tsz\t\n'
    } | hive software
    {
        printf '@2010-05-05T10:00:00Z\n'
        component "Software\\$components\\{NEW}" 1,9,9,9
        component "Software\\$components\\{same}" 6,1,7601,17514
        component "Software\\$components\\{short}" 3,1,0,0
        component "Software\\$components\\{bare}" ''
        component "Software\\$components\\{longer}" 1
    } | hive ann
    {
        printf '@2010-05-05T10:00:00Z\n'
        component "Software\\$components\\{new}" 10,0
        component "Software\\$components\\{same}" ''
        component "Software\\Wow6432Node\\$components\\{same}" 6,1,7601,17514
    } | hive bob
    printf '@2010-05-05T10:00:00Z\n[Software]\n' | hive nothing
    mv software evidence/C/Windows/System32/config/SOFTWARE
    mv ann evidence/C/Users/ann/NTUSER.DAT
    mv bob evidence/C/Users/bob/NTUSER.DAT
    cp nothing evidence/C/Users/dan/NTUSER.DAT
    mv nothing evidence/C/Windows/ServiceProfiles/LocalService/NTUSER.DAT
}

# pending: program, and for whom it is pending and done, of each record on standard input.
pending() {
    python3 -c '
import json, sys
for line in sys.stdin:
    r = json.loads(line)
    if r["type"] == "autorun" and "active-setup" in r["location"]:
        facts = r.get("facts", {})
        if r["data"]: print(r["data"], *("%s: %s" % (k, ",".join(v)) for k, v in facts.items()), sep="|")' | sort
}

# What Windows runs is told by its documented rule: the user has no such key, or a lower version.
@test "for whom a component of Active Setup is pending" {
    make_machine
    expected='bare.exe|pending: bob|done: ann
longer.exe|pending: ann,bob
new.exe|pending: ann|done: bob
removed.exe
same.exe|pending: bob|done: ann
short.exe|pending: bob|done: ann
wow.exe|pending: ann|done: bob'
    run -0 --separate-stderr reg-runkeys evidence/C
    assert_equal "$(pending <<<"$output")" "$expected"
    rm -f disk.raw && truncate -s 16M disk.raw && mkfs.vfat -F 16 disk.raw >/dev/null
    mcopy -s -i disk.raw evidence/C/* ::
    run -0 --separate-stderr reg-runkeys disk.raw
    assert_equal "$(pending <<<"$output")" "$expected"
    # an empty command starts nothing, though its name is like that of a class
    refute_regex "$(reg-runkeys -n disk.raw)" 2179C5D3
    # nobody's hive is there: nothing is said of anybody
    run -0 --separate-stderr reg-runkeys evidence/C/Windows/System32/config/SOFTWARE
    refute_regex "$output" pending
}

@test "a user's hive that is damaged is none of whom Active Setup is told" {
    make_machine
    head -c 4096 </dev/zero >evidence/C/Users/bob/NTUSER.DAT
    run -3 --separate-stderr reg-runkeys evidence/C
    assert_equal "$(pending <<<"$output" | grep -e new -e same)" 'new.exe|pending: ann
same.exe|done: ann'
    assert_equal "$(pending <<<"$output" | grep -c bob)" 0
}

# What rogue antivirus programs of 2009 to 2011 did: no class is in the hive, only what .exe is.
@test "the classes of a user of Windows XP: a handler of programs and nothing else" {
    {
        printf '@2010-05-05T10:00:00Z\n[Microsoft\\Windows NT\\CurrentVersion]\nSystemRoot\tsz\tC:\\WINDOWS\n'
        printf '[Microsoft\\Windows NT\\CurrentVersion\\ProfileList\\S-1-5-21-1-2-3-1001]\n'
        printf 'ProfileImagePath\tsz\tC:\\Dokumente und Einstellungen\\hans\n'
    } | hive software
    printf '%s\n' '@2010-05-05T10:00:00Z' '[.exe]' $'@\tsz\tsecfile' \
        '[.exe\shell\open\command]' $'@\tsz\t"C:\\av.exe" /START "%1" %*' | hive ending
    printf '%s\n' '@2010-05-05T10:00:00Z' '[exefile\shell\open\command]' \
        $'@\tsz\t"C:\\av.exe" /START "%1" %*' | hive program
    # by its place alone
    printf '%s\n' '@2010-05-05T10:00:00Z' '[exefile\shell\open]' \
        '[Software\Microsoft]' | hive neither
    data='Lokale Einstellungen/Anwendungsdaten/Microsoft/Windows'
    user="disk/Dokumente und Einstellungen/hans/$data"
    mkdir -p disk/WINDOWS/system32/config "$user"
    cp software disk/WINDOWS/system32/config
    for name in ending program; do
        run -0 --separate-stderr reg-runkeys "$name"
        assert_regex "$(field key <<<"$output")" "HKU.\?_Classes..?$([ $name = ending ] && echo .exe || echo exefile)"
        assert_equal "$(grep -c -- 'command-hku","category":"hijack"' <<<"$output")" 1
        cp "$name" "$user/UsrClass.dat"
        rm -f disk.raw && truncate -s 16M disk.raw && mkfs.vfat -F 16 disk.raw >/dev/null
        mcopy -s -i disk.raw disk/* ::
        run -0 --separate-stderr reg-runkeys disk.raw
        assert_regex "$(field key <<<"$output")" 'HKU.S-1-5-21-1-2-3-1001_Classes'
        assert_equal "$(field user <<<"$output" | sort -u)" hans
    done
    cp neither "$user/UsrClass.dat"
    rm -f disk.raw && truncate -s 16M disk.raw && mkfs.vfat -F 16 disk.raw >/dev/null
    mcopy -s -i disk.raw disk/* ::
    run -0 --separate-stderr reg-ls disk.raw
    assert_regex "$(field key <<<"$output")" 'HKU.S-1-5-21-1-2-3-1001_Classes.Software.Microsoft'
    # a key that was put into a user's own hive hides nothing of it
    printf '%s\n' '@2010-05-05T10:00:00Z' '[CLSID]' '[.exe\shell\open\command]' '[Environment]' \
        '[Software\Microsoft\Windows\CurrentVersion\Run]' $'evil\tsz\tC:\\evil.exe' | hive own
    run -0 --separate-stderr reg-runkeys own
    assert_equal "$(field location <<<"$output")" run-hku
}
