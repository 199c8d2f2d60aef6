#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helpers

w98=$root/images/98/hives
key='[Software\Microsoft\Windows\CurrentVersion\Run]'

python() { PYTHONDONTWRITEBYTECODE=1 python3 "$@"; }

# system FILE NAME...: SYSTEM.DAT of the sample with these Run values more.
system() {
    local file=$1 name
    shift
    {
        printf '%s\n' '@2000-11-20T08:00:00Z' "$key"
        for name; do printf '%s\tsz\tC:\\%s.exe\n' "$name" "$name"; done
    } >more
    python "$root/images/lib/creg.py" "$file" "$w98/system.txt" more
}

cabinet() { python "$root/images/lib/cabinet.py" "$@"; }

# Windows 98 with two backups of its registry: in the first a value and a run= that the live
# files do not have, in the second the value again.
make_disk() {
    cp --sparse=always "$samples/kozirog-98.raw" disk.raw
    system system.dat gone
    python "$root/images/lib/creg.py" user.dat "$w98/user.txt"
    mcopy -n -i disk.raw@@32256 ::/WINDOWS/WIN.INI live.ini
    printf '[windows]\r\nload=\r\nrun=C:\\inigone.exe\r\n' >win.ini
    cabinet RB001.CAB 2000-11-20T08:00:00 system.dat=system.dat user.dat=user.dat win.ini=win.ini
    cabinet RB002.CAB 2000-11-21T09:30:00 user.dat=user.dat system.dat=system.dat win.ini=live.ini
    mcopy -i disk.raw@@32256 RB001.CAB RB002.CAB ::/WINDOWS/SYSBCKUP/
}

# show: path, location, data, first and last seen of the autostarts of cabinets.
show() {
    python3 -c '
import json, sys
for line in sys.stdin:
    one = json.loads(line)
    if one["type"] == "autorun" and ".CAB" in one["path"]:
        print(one["path"], one["location"], one.get("data"), one["origin"],
              *(one[name][:20] for name in ("first_seen", "last_seen") if name in one), sep="|")'
}

# Offset of the first CFDATA.
first_block() { od -An -tu4 -j 36 -N 4 "$1" | tr -d ' '; }

# flip FILE OFFSET: another byte there.
flip() {
    python3 -c '
import sys
with open(sys.argv[1], "r+b") as file:
    file.seek(int(sys.argv[2]))
    byte = file.read(1)[0]
    file.seek(-1, 1)
    file.write(bytes([byte ^ 1]))' "$@"
}

@test "what only the registry in a cabinet has" {
    make_disk
    run -0 --separate-stderr reg-runkeys disk.raw
    assert_equal "$(grep -c '"type":"gap"' <<<"$output")" 0
    assert_equal "$(show <<<"$output" | sort)" \
'/WINDOWS/SYSBCKUP/RB001.CAB:system.dat|run-hklm|C:\gone.exe|backup
/WINDOWS/SYSBCKUP/RB001.CAB:win.ini|win-ini-run|C:\inigone.exe|backup
/WINDOWS/SYSBCKUP/RB002.CAB:system.dat|run-hklm|C:\gone.exe|backup'
}

@test "--history: once, with the times in the cabinets" {
    make_disk
    run -0 --separate-stderr reg-runkeys --history disk.raw
    # Krakow: UTC+1
    assert_equal "$(show <<<"$output" | sort)" \
'/WINDOWS/SYSBCKUP/RB001.CAB:win.ini|win-ini-run|C:\inigone.exe|backup|2000-11-20T07:00:00.|2000-11-20T07:00:00.
/WINDOWS/SYSBCKUP/RB002.CAB:system.dat|run-hklm|C:\gone.exe|backup|2000-11-20T07:00:00.|2000-11-21T08:30:00.'
}

@test "a cabinet that is named, and in a collected folder" {
    make_disk
    run -0 --separate-stderr reg-runkeys disk.raw:/WINDOWS/SYSBCKUP/RB001.CAB
    assert_equal "$(field path <<<"$output" | sort -u)" \
'/WINDOWS/SYSBCKUP/RB001.CAB:system.dat
/WINDOWS/SYSBCKUP/RB001.CAB:user.dat
/WINDOWS/SYSBCKUP/RB001.CAB:win.ini'
    mkdir -p collected/x
    cp RB002.CAB collected/x
    run -0 --separate-stderr reg-runkeys -z Europe/Warsaw --history collected
    assert_regex "$(show <<<"$output")" '/x/RB002.CAB:system.dat\|run-hklm\|C:.gone.exe\|backup\|2000-11-21T08:30'
}

@test "reg-ls: keys of the hives in cabinets" {
    make_disk
    run -0 --separate-stderr reg-ls disk.raw:/WINDOWS/SYSBCKUP/RB001.CAB
    assert_regex "$output" '"path":"/WINDOWS/SYSBCKUP/RB001.CAB:system.dat"[^}]*"name":"gone"'
}

@test "damage of a cabinet is told with its place, and the rest of it is read" {
    mkdir folder
    head -c 100000 /dev/urandom >noise
    system system.dat gone
    printf '[windows]\r\nrun=C:\\inigone.exe\r\n' >win.ini
    cabinet folder/RB000.CAB 2000-11-20T08:00:00 noise.bin=noise system.dat=system.dat win.ini=win.ini
    # a byte of the first block, in which the noise is, which does not compress
    flip folder/RB000.CAB $(($(first_block folder/RB000.CAB) + 100))
    run -3 --separate-stderr reg-runkeys folder
    place=$(first_block folder/RB000.CAB)
    assert_equal "$(gaps <<<"$output")" "/RB000.CAB: at $place: cabinet: block 1 of a folder is lost: its checksum does not match"
    assert_equal "$(show <<<"$output" | grep -c gone)" 2

    # cut off behind win.ini: what follows is lost
    cabinet whole.cab 2000-11-20T08:00:00 win.ini=win.ini noise.bin=noise system.dat=system.dat
    head -c 40000 whole.cab >folder/RB000.CAB
    run -3 --separate-stderr reg-runkeys folder
    assert_regex "$(gaps <<<"$output")" '/RB000.CAB: at 40000: cabinet: it is cut off here'
    assert_regex "$(gaps <<<"$output")" '/RB000.CAB: at [0-9]+: cabinet: block 2 of a folder is lost with all behind it: the cabinet ends in it'
    assert_regex "$(gaps <<<"$output")" '/RB000.CAB:system.dat: .*lost with a part of its cabinet'
    assert_equal "$(show <<<"$output")" '/RB000.CAB:win.ini|win-ini-run|C:\inigone.exe|backup'
}

@test "other compressions, and files over several cabinets, are named" {
    mkdir folder
    system system.dat gone
    printf '[windows]\r\nrun=C:\\inigone.exe\r\n' >win.ini
    cabinet --compression 5379 folder/RB000.CAB 2000-11-20T08:00:00 win.ini=win.ini
    cabinet --from RB000.CAB folder/RB001.CAB 2000-11-20T08:00:00 system.dat=system.dat win.ini=win.ini
    printf MSCF >folder/RB002.CAB
    run -3 --separate-stderr reg-runkeys folder
    # CFFILE: behind the header, a folder and in the second the names of a cabinet and a disk
    assert_equal "$(gaps <<<"$output" | sort)" \
'/RB000.CAB: at 44: cabinet: win.ini is compressed by LZX
/RB001.CAB: at 61: cabinet: system.dat goes on in another cabinet, or from one
/RB002.CAB: at 0: cabinet: it does not begin with MSCF'
    assert_equal "$(show <<<"$output")" '/RB001.CAB:win.ini|win-ini-run|C:\inigone.exe|backup'
}

@test "a cabinet that is an operand by itself, whatever it is called" {
    system system.dat gone
    printf '[windows]\r\nrun=C:\\inigone.exe\r\n' >win.ini
    head -c 5000 /dev/urandom >noise
    cabinet RB000.CAB 2000-11-20T08:00:00 noise.bin=noise system.dat=system.dat win.ini=win.ini
    cp RB000.CAB evidence
    for name in RB000.CAB evidence; do
        run -0 --separate-stderr reg-runkeys "./$name"
        assert_equal "$(grep gone <<<"$output" | field data)" $'C:\\gone.exe\nC:\\inigone.exe'
        assert_equal "$(field origin <<<"$output" | sort -u)" backup
        assert_equal "$(field image <<<"$output" | sort -u)" "./$name"
        assert_equal "$(field path <<<"$output" | sort -u)" "/$name:system.dat
/$name:win.ini"
        run -0 --separate-stderr reg-ls -k '**\Run' "$name"
        assert_regex "$output" '"key":"HKLM..Software..Microsoft..Windows..CurrentVersion..Run","name":"gone"'
        run -0 --separate-stderr host-info "$name"
        assert_regex "$output" "\"path\":\"/$name:system.dat\""
    done
    # beside what it was packed from: what is live is no matter
    mkdir win && cp RB000.CAB win/ && cp system.dat win/
    run -0 --separate-stderr reg-runkeys win/RB000.CAB
    assert_equal "$(field path <<<"$output" | sort -u)" '/RB000.CAB:system.dat
/RB000.CAB:win.ini'
}

@test "a cabinet by itself that is damaged, has no registry, or is none" {
    system system.dat gone
    head -c 50000 /dev/urandom >noise
    cabinet other.cab 2000-11-20T08:00:00 noise.bin=noise
    run -1 --separate-stderr reg-runkeys other.cab
    assert_equal "$output" ''
    run -0 --separate-stderr reg-ls other.cab
    assert_equal "$stderr" 'reg-ls: no registry hive was found'
    cabinet whole.cab 2000-11-20T08:00:00 noise.bin=noise system.dat=system.dat
    head -c 40000 whole.cab >cut.cab
    run -3 --separate-stderr reg-runkeys cut.cab
    assert_regex "$(gaps <<<"$output")" '/cut.cab: at 40000: cabinet: it is cut off here'
    { printf MSCF; head -c 100 /dev/zero; } >none.cab
    run -3 --separate-stderr reg-runkeys none.cab
    assert_equal "$(gaps <<<"$output")" '/none.cab: at 0: cabinet: version 0.0 is not known'
    # in an image, named
    make_fat16 whole.cab
    run -0 --separate-stderr reg-runkeys fat.raw:/whole.cab
    assert_regex "$output" '"path":"/whole.cab:system.dat"'
    assert_equal "$(grep '"name":"gone"' <<<"$output" | field data)" 'C:\gone.exe'
}
