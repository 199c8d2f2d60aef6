#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helpers

sid=S-1-5-21-1-2-3-1001

# hive FILE TIME: a hive of the description on standard input.
hive() {
    { printf '@%s\n' "$2"; cat; } >description
    PYTHONDONTWRITEBYTECODE=1 python3 "$root/images/lib/regf.py" "$1" 5 ROOT "$1" description
}

# software FILE TIME NAME...: a SOFTWARE hive with these Run values.
software() {
    local file=$1 time=$2
    shift 2
    {
        printf '%s\n' '[Microsoft\Windows NT\CurrentVersion]' $'SystemRoot\tsz\tC:\\WINDOWS' \
            "[Microsoft\\Windows NT\\CurrentVersion\\ProfileList\\$sid]" \
            $'ProfileImagePath\texpand\t%SystemDrive%\\Documents and Settings\\bob' \
            '[Microsoft\Windows NT\CurrentVersion\ProfileList\S-1-5-18]' \
            $'ProfileImagePath\texpand\t%systemroot%\\system32\\config\\systemprofile' \
            '[Microsoft\Windows NT\CurrentVersion\ProfileList\S-1-5-19]' \
            $'ProfileImagePath\texpand\t%systemroot%\\ServiceProfiles\\LocalService' \
            '[Microsoft\Windows\CurrentVersion\Run]'
        for name; do printf '%s\tsz\tC:\\%s.exe\n' "$name" "$name"; done
    } | hive "$file" "$time"
}

# user FILE TIME NAME: a user's hive with this Run value.
user() {
    printf '%s\n' '[Software\Microsoft\Windows\CurrentVersion\Run]' "$3"$'\tsz\tC:\\'"$3.exe" |
        hive "$1" "$2"
}

# put FILE MTIME PATH: into disk.raw.
put() {
    local folder='' part
    touch -d "$2" "$1"
    IFS=/ read -ra parts <<<"${3%/*}"
    for part in "${parts[@]:1}"; do
        folder+=/$part
        mdir -i disk.raw "::$folder" >/dev/null 2>&1 || mmd -i disk.raw "::$folder"
    done
    mcopy -o -m -i disk.raw "$1" "::$3"
}

restore='/System Volume Information/_restore{0}'

# A Windows XP with what it has kept: three restore points, RegBack, repair, an older
# Windows put aside, several profiles, and a hive under another name.
make_disk() {
    rm -f disk.raw
    truncate -s 20M disk.raw
    mkfs.fat -F 16 disk.raw >/dev/null
    software live 2009-03-09T08:00:00Z stays new
    put live 2009-03-10T09:00:00Z /WINDOWS/system32/config/software
    software rp1 2009-03-01T08:00:00Z stays gone
    put rp1 2009-03-02T00:00:00Z "$restore/RP1/snapshot/_REGISTRY_MACHINE_SOFTWARE"
    software rp2 2009-03-04T08:00:00Z stays gone
    put rp2 2009-03-05T00:00:00Z "$restore/RP2/snapshot/_REGISTRY_MACHINE_SOFTWARE"
    software rp3 2009-03-06T08:00:00Z stays
    put rp3 2009-03-07T00:00:00Z "$restore/RP3/snapshot/_REGISTRY_MACHINE_SOFTWARE"
    software regback 2009-03-09T08:00:00Z stays new
    put regback 2009-03-09T20:00:00Z /WINDOWS/system32/config/RegBack/SOFTWARE
    software repair 2008-01-01T08:00:00Z stays setup
    put repair 2008-01-02T00:00:00Z /WINDOWS/repair/software
    software old 2007-01-01T08:00:00Z older
    put old 2007-01-02T00:00:00Z /Windows.old/WINDOWS/system32/config/software
    user bob 2009-03-08T08:00:00Z bobs
    put bob 2009-03-10T09:00:00Z '/Documents and Settings/bob/NTUSER.DAT'
    user bob1 2009-03-01T07:00:00Z bobs
    put bob1 2009-03-02T00:00:00Z "$restore/RP1/snapshot/_REGISTRY_USER_NTUSER_$sid"
    user ann1 2009-03-01T07:00:00Z anns
    put ann1 2009-03-02T00:00:00Z "$restore/RP1/snapshot/_REGISTRY_USER_NTUSER_S-1-5-21-9-9-9-1009"
    user system 2009-03-01T07:00:00Z systems
    put system 2009-03-02T00:00:00Z /WINDOWS/system32/config/systemprofile/NTUSER.DAT
    user service 2009-03-01T07:00:00Z services
    put service 2009-03-02T00:00:00Z /WINDOWS/ServiceProfiles/LocalService/NTUSER.DAT
    user default 2009-03-01T07:00:00Z defaults
    put default 2009-03-02T00:00:00Z /WINDOWS/system32/config/RegBack/DEFAULT
    software hidden 2009-03-03T08:00:00Z hidden
    put hidden 2009-03-03T09:00:00Z /TEMP/picture.jpg
}

# run_values OPTION...: origin|key|name of each Run value.
run_values() {
    reg-runkeys -z UTC "$@" | python3 -c '
import json, sys
for line in sys.stdin:
    r = json.loads(line)
    if r.get("location", "").startswith("run-"):
        key = r["key"].split("\\")[:2] if r["key"].startswith("HKU") else ["HKLM"]
        print(r["origin"], "\\".join(key), r["name"], r.get("first_seen", "")[:16],
              r.get("last_seen", "")[:16], sep="|")'
}

@test "of backups only what nothing live has" {
    make_disk
    run_values disk.raw | sort >got
    sort >expected <<END
live|HKLM|stays||
live|HKLM|new||
live|HKU\\$sid|bobs||
live|HKU\\S-1-5-18|systems||
live|HKU\\S-1-5-19|services||
backup|HKLM|gone||
backup|HKLM|gone||
backup|HKLM|setup||
backup|HKLM|older||
backup|HKU\\S-1-5-21-9-9-9-1009|anns||
backup|HKU\\.DEFAULT|defaults||
END
    run -0 diff expected got
}

@test "-b: all that backups have" {
    make_disk
    run_values -b disk.raw >got
    assert_equal "$(grep -c '^backup|HKLM|stays|' got)" 5
    assert_equal "$(grep -c '^backup|HKLM|gone|' got)" 2
    assert_equal "$(grep -c "^backup|HKU.$sid|bobs|" got)" 1
    assert_equal "$(grep -c '^live|' got)" 5
    # a backup that is named itself, and a folder of them
    run_values "disk.raw:p0:$restore/RP2/snapshot/_REGISTRY_MACHINE_SOFTWARE" >got
    assert_equal "$(sort got)" $'backup|HKLM|gone||\nbackup|HKLM|stays||'
    run_values "disk.raw:p0:$restore/RP1" >got
    assert_equal "$(wc -l <got)" 4
}

@test "--history: each once, from the first key that has it to the last file" {
    make_disk
    run_values --history disk.raw | sort >got
    sort >expected <<END
live|HKLM|stays|2008-01-01T08:00|2009-03-10T09:00
live|HKLM|new|2009-03-09T08:00|2009-03-10T09:00
backup|HKLM|gone|2009-03-01T08:00|2009-03-05T00:00
backup|HKLM|setup|2008-01-01T08:00|2008-01-02T00:00
backup|HKLM|older|2007-01-01T08:00|2007-01-02T00:00
live|HKU\\$sid|bobs|2009-03-01T07:00|2009-03-10T09:00
backup|HKU\\S-1-5-21-9-9-9-1009|anns|2009-03-01T07:00|2009-03-02T00:00
live|HKU\\S-1-5-18|systems|2009-03-01T07:00|2009-03-02T00:00
live|HKU\\S-1-5-19|services|2009-03-01T07:00|2009-03-02T00:00
backup|HKU\\.DEFAULT|defaults|2009-03-01T07:00|2009-03-02T00:00
END
    run -0 diff expected got
    # the newest hive that has it
    record=$(reg-runkeys --history disk.raw | grep '"name":"gone"')
    assert_regex "$(field path <<<"$record")" RP2
    assert_equal "$(grep '"name":"bobs"' <<<"$(reg-runkeys --history disk.raw)" | field user)" bob
}

@test "--history: control sets are one; what was switched off is another" {
    printf '%s\n' '[Select]' $'Current\tdword\t2' \
        '[ControlSet001\Services\Both]' $'Start\tdword\t2' $'Type\tdword\t16' \
        $'ImagePath\tsz\tC:\\both.exe' '[ControlSet001\Services\Guard]' $'Start\tdword\t2' \
        $'Type\tdword\t16' $'ImagePath\tsz\tC:\\guard.exe' \
        '[ControlSet002\Services\Both]' $'Start\tdword\t2' $'Type\tdword\t16' \
        $'ImagePath\tsz\tC:\\both.exe' '[ControlSet002\Services\Guard]' $'Start\tdword\t4' \
        $'Type\tdword\t16' $'ImagePath\tsz\tC:\\guard.exe' | hive system 2009-03-01T08:00:00Z
    mkdir -p tree/config
    mv system tree/config
    reg-runkeys --history tree >got
    assert_equal "$(grep -c 'both.exe' got)" 1
    assert_equal "$(grep 'both.exe' got | field current)" True
    assert_equal "$(grep 'guard.exe' got | field enabled | sort | xargs)" "False True"
    reg-runkeys tree >got
    assert_equal "$(grep -c 'both.exe' got)" 2
}

@test "--all-hives: a hive of another name is a copy" {
    make_disk
    run -1 grep hidden <<<"$(run_values disk.raw)"
    run -0 grep -x 'backup|HKLM|hidden||' <<<"$(run_values --all-hives disk.raw)"
    run -0 --separate-stderr reg-ls --all-hives -n hidden disk.raw
    assert_regex "$output" '"path":"/TEMP/picture.jpg"'
    # one whose signature is lost is known by its first bin
    cp hidden lost
    printf 'JFIF' | dd of=lost conv=notrunc status=none
    put lost 2009-03-01 /TEMP/lost.jpg
    run -3 --separate-stderr reg-ls --all-hives -n hidden disk.raw
    assert_regex "$output" '"path":"/TEMP/lost.jpg"'
    # of a folder of this machine hives are always found so
    mkdir -p collected
    cp hidden collected/picture.jpg
    run -0 --separate-stderr reg-runkeys collected
    assert_regex "$output" '"name":"hidden"'
}

@test "damage of a hive is told once, whatever is walked twice" {
    make_disk
    printf 'regf, but no hive' >bad
    put bad 2009-03-01 /WINDOWS/system32/config/default
    for option in -b --history -e; do
        run -3 --separate-stderr reg-runkeys $option disk.raw
        assert_equal "$(grep -c '"gap"' <<<"$output")" 1
    done
    # what is tampered with in SAM is told
    make_disk
    put bad 2009-03-01 /WINDOWS/system32/config/SAM
    run -3 --separate-stderr reg-runkeys disk.raw
    # nothing is told of SECURITY: its damage is no concern of autostarts
    make_disk
    put bad 2009-03-01 /WINDOWS/system32/config/SECURITY
    run -0 --separate-stderr reg-runkeys disk.raw
    run -3 --separate-stderr reg-ls disk.raw
}

@test "facts of the machine are those of its live hives, unless backups are asked for" {
    make_disk
    printf '%s\n' '[Select]' $'Current\tdword\t1' \
        '[ControlSet001\Control\ComputerName\ComputerName]' $'ComputerName\tsz\tOLD' |
        hive oldname 2009-03-01T08:00:00Z
    put oldname 2009-03-02 "$restore/RP1/snapshot/_REGISTRY_MACHINE_SYSTEM"
    printf '%s\n' '[Select]' $'Current\tdword\t1' \
        '[ControlSet001\Control\ComputerName\ComputerName]' $'ComputerName\tsz\tNEW' |
        hive newname 2009-03-05T08:00:00Z
    put newname 2009-03-06 /WINDOWS/system32/config/SYSTEM
    run -0 --separate-stderr host-info -c system disk.raw
    refute_regex "$output" OLD
    run -0 --separate-stderr host-info -b -c system disk.raw
    assert_regex "$output" '"value":"OLD".*"origin":"backup"'
    # records of every hive of the machine carry its name
    assert_equal "$(reg-runkeys disk.raw | grep '"name":"bobs"' | field host)" NEW
    assert_equal "$(reg-runkeys -H mine disk.raw | grep '"name":"bobs"' | field host)" mine
}
