#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Autostarts of which a part is lost: deleted keys without the keys above them, hbins without
# their hive.
load helpers

# hive FILE: a hive of the description on standard input.
hive() {
    cat >"$1.txt"
    PYTHONDONTWRITEBYTECODE=1 python3 "$root/images/lib/regf.py" "$1" 5 ROOT "$1" "$1.txt"
}

# in_hive HIVE WORD...: change a hive, with Python on standard input: `words`, and `hive`, whose
# cells are named by where they begin, counted from the first hbin.
in_hive() {
    python3 -c '
import struct, sys
name, words = sys.argv[1], sys.argv[2:]
hive = bytearray(open(name, "rb").read())

def word(at):
    return struct.unpack_from("<I", hive, at)[0]

def free(cell):
    size, = struct.unpack_from("<i", hive, 4096 + cell)
    struct.pack_into("<i", hive, 4096 + cell, abs(size))

exec(sys.stdin.read())
open(name, "wb").write(hive)' "$@"
}

# lose HIVE KEY...: delete keys, and let what they say of their parents be the place of something
# else. Each key's own cell, list and values are free afterwards, with what is in them.
lose() {
    in_hive "$@" <<'END'
for key in words:
    nk = hive.index(key.encode(), 4096) - 76
    assert hive[nk:nk + 2] == b"nk"
    cell, parent = nk - 4 - 4096, 4096 + word(nk + 16) + 4
    count, leaf = word(parent + 20), 4096 + word(parent + 28) + 4
    entries = [hive[leaf + 4 + 8 * i:leaf + 12 + 8 * i] for i in range(count)]
    rest = [entry for entry in entries if struct.unpack_from("<I", entry)[0] != cell]
    assert len(rest) == count - 1
    hive[leaf + 4:leaf + 4 + 8 * len(rest)] = b"".join(rest)
    struct.pack_into("<H", hive, leaf + 2, len(rest))
    struct.pack_into("<I", hive, parent + 20, len(rest))
    values, where = word(nk + 36), word(nk + 40)
    for i in range(values):
        value = word(4096 + where + 4 + 4 * i)
        if not word(4096 + value + 8) & 0x80000000:
            free(word(4096 + value + 12))
        free(value)
    if values:
        free(where)
    free(cell)
    struct.pack_into("<I", hive, nk + 16, len(hive) - 4096 - 8)
END
}

# told: location, key, name, data and origin of each record on standard input.
told() {
    python3 -c '
import json, sys
for line in sys.stdin:
    r = json.loads(line)
    print(*[r.get(name, "-") for name in ("location", "key", "name", "data", "origin", "enabled")], sep="|")'
}

lost='only the end of its key.s path is left: it may have been another key'

@test "a deleted Run key of which nobody knows where it was" {
    printf '%s\n' '@2010-05-05T10:00:00Z' '[Software\Microsoft\Windows\CurrentVersion\Run]' \
        $'list\tmulti\tone||two' $'bad\tsz\tC:\\evil.exe /x' $'note\tsz\tsome words' \
        $'number\tdword\t5' \
        '[Software\Microsoft\Windows\CurrentVersion\Explorer]' '[Software\Vendor\Settings]' \
        $'path\tsz\tC:\\vendor.exe' | hive NTUSER.DAT
    lose NTUSER.DAT Run Settings
    run -0 --separate-stderr reg-runkeys NTUSER.DAT
    assert_equal "$(told <<<"$output")" 'run-hku|HKU\?\?\Run|bad|C:\evil.exe /x|deleted|False'
    assert_regex "$output" "$lost"
    assert_regex "$output" '"key_last_write":"2010-05-05T10:00:00.000000000Z"'
    run -1 --separate-stderr reg-runkeys -e NTUSER.DAT
}

@test "what two names tell: of keys, or of a key and its value" {
    {
        printf '%s\n' '@2010-05-05T10:00:00Z' '[Microsoft\Windows NT\CurrentVersion\Winlogon]' \
            $'Shell\tsz\tevil.exe' $'Other\tsz\tC:\\no.exe' \
            '[Microsoft\Windows NT\CurrentVersion\Image File Execution Options\sethc.exe]' \
            $'Debugger\tsz\tcmd.exe' '[Classes\thing\shell\open\command]' $'@\tsz\tC:\\thing.exe "%1"' \
            '[Microsoft\Windows\CurrentVersion]' $'a\tsz\tb'
    } | hive SOFTWARE
    # Image File Execution Options goes with the key below it; a command of a class is of any
    lose SOFTWARE Winlogon 'Image File' command
    run -0 --separate-stderr reg-runkeys SOFTWARE
    assert_equal "$(told <<<"$output" | grep -v '|live|')" 'winlogon-shell|HKLM\SOFTWARE\?\Winlogon|Shell|evil.exe|deleted|False
ifeo-debugger|HKLM\SOFTWARE\?\Image File Execution Options\sethc.exe|Debugger|cmd.exe|deleted|False'
    # hives that nothing starts from
    printf '%s\n' '@2010-05-05T10:00:00Z' '[SAM\Run]' $'bad\tsz\tC:\\evil.exe' '[SAM\Domains]' | hive SAM
    lose SAM Run
    run -1 --separate-stderr reg-runkeys SAM
    assert_output ""
}

# machine: a SYSTEM hive of several hbins, of which the services stand in the middle.
machine() {
    {
        printf '%s\n' '@2010-05-05T10:00:00Z' '[Select]' $'Current\tdword\t1'
        for i in {100..160}; do
            printf '[ControlSet001\\Control\\Filler%s]\nText\tsz\t%0400d\n' "$i" "$i"
        done
        printf '%s\n' '[ControlSet001\Services\Evil]' $'ImagePath\tsz\tC:\\evil.exe' $'Start\tdword\t2' \
            $'Type\tdword\t16' '[ControlSet001\Services\Evil\Security]' $'x\tbinary\t0102'
        for i in {100..160}; do
            printf '[ControlSet001\\Services\\Evil\\Zone%s]\nText\tsz\t%0400d\n' "$i" "$i"
        done
    } | hive SYSTEM
}

# check_fragment HIVE FROM TO: the keys and values on standard input are those of the hive that
# stand from one byte of it to another: names and data, or no data where it stands elsewhere.
check_fragment() {
    reg-ls "$1" >whole
    python3 -c '
import json, sys
low, high = int(sys.argv[1]), int(sys.argv[2])
def read(lines, less):
    return {(r["type"], r["file_offset"] - less): r for r in map(json.loads, lines)}
whole = {k: r for k, r in read(open("whole"), low).items() if 0 <= k[1] < high - low}
found = read(sys.stdin, 0)
assert len(whole) > 20, len(whole)
assert set(found) == set(whole), (set(whole) ^ set(found))
known = 0
for k, r in found.items():
    assert r["origin"] == "deleted", r
    assert r.get("name") == whole[k].get("name"), r
    assert r["key"].split("\\")[-1] in (whole[k]["key"].split("\\")[-1], "?"), r
    if "data" in r:
        assert r["data"] == whole[k]["data"], r
        known += 1
assert known > 5, known' "$2" "$3"
}

@test "hbins without a base block: their keys and values, below what is left of their paths" {
    machine
    size=$(stat -c %s SYSTEM)
    ((size > 90000))
    # from the seventh page of bins on
    { head -c 1536 /dev/zero && tail -c +$((4096 * 8 + 1)) SYSTEM && head -c 9000 /dev/zero; } >disk.raw
    run -0 --separate-stderr reg-ls --carve disk.raw
    assert_equal "$(field offset <<<"$output" | sort -u)" 1536
    check_fragment SYSTEM $((4096 * 8)) "$size" <<<"$output"
    assert_regex "$output" '"key":"\\\\[?]\\\\Services\\\\Evil"'
    run -0 --separate-stderr reg-runkeys --carve disk.raw
    assert_equal "$(told <<<"$output")" 'service|\?\Services\Evil|ImagePath|C:\evil.exe|deleted|False'
    assert_regex "$output" "$lost"
    # all but the base block: the root is there
    { head -c 1536 /dev/zero && tail -c +4097 SYSTEM; } >all.raw
    run -0 --separate-stderr reg-runkeys --carve all.raw
    assert_equal "$(told <<<"$output")" \
        'service|HKLM\SYSTEM\ControlSet001\Services\Evil|ImagePath|C:\evil.exe|deleted|False'
}

@test "what is odd of a service whose key above is lost is told beside that" {
    printf '%s\n' '@2010-05-05T10:00:00Z' '[ControlSet001\Services\Evil]' $'Start\tdword\t3' \
        $'Type\tdword\t16' $'ImagePath\tsz\tC:\\Users\\bob\\evil.exe' | hive SYSTEM
    python3 -c '
hive = bytearray(open("SYSTEM", "rb").read())[4096:]
root = hive.index(b"nk")
hive[root:root + 2] = b"XX"
open("disk.raw", "wb").write(bytes(512) + hive)'
    run -0 --separate-stderr reg-runkeys --carve disk.raw
    assert_equal "$(told <<<"$output")" \
        'service|\?\ControlSet001\Services\Evil|ImagePath|C:\Users\bob\evil.exe|deleted|False'
    assert_regex "$output" '"anomalies":\[[^]]*"started on demand, from a folder that users write into"'
    assert_regex "$output" "$lost"
}

@test "the root is there, but not its list: which hive it was is not known" {
    printf '%s\n' '@2010-05-05T10:00:00Z' '[Software\Microsoft\Windows\CurrentVersion\Run]' \
        $'bad\tsz\tC:\\evil.exe' '[Software\Vendor]' | hive NTUSER.DAT
    # no cell is there
    python3 -c '
import struct
hive = bytearray(open("NTUSER.DAT", "rb").read())
root = 4096 + struct.unpack_from("<I", hive, 36)[0] + 4
assert hive[root:root + 2] == b"nk"
struct.pack_into("<I", hive, root + 28, 0x7ffff8)
open("NTUSER.DAT", "wb").write(hive)'
    run -3 --separate-stderr reg-runkeys NTUSER.DAT
    assert_equal "$(grep autorun <<<"$output" | told)" \
        'run|\Software\Microsoft\Windows\CurrentVersion\Run|bad|C:\evil.exe|deleted|False'
    assert_regex "$output" '"gap"'
}

@test "hbins that do not follow each other are fragments of their own; one that is cut ends there" {
    machine
    { head -c 512 /dev/zero && dd if=SYSTEM bs=4096 skip=12 count=4 status=none &&
        dd if=SYSTEM bs=4096 skip=8 count=4 status=none && head -c 4096 /dev/zero; } >disk.raw
    run -0 --separate-stderr reg-ls --carve disk.raw
    assert_equal "$(field offset <<<"$output" | sort -un | tr '\n' ' ')" "512 $((512 + 4 * 4096)) "
    # the base block is there: what it says is its own is no fragment
    { head -c 512 /dev/zero && cat SYSTEM; } >whole.raw
    run -0 --separate-stderr reg-ls --carve whole.raw
    assert_equal "$(field offset <<<"$output" | sort -u)" 512
    # the base block alone does not help: the root was in the first of them
    { head -c 512 /dev/zero && head -c 4096 SYSTEM && head -c 4096 /dev/zero && tail -c +8193 SYSTEM; } >first.raw
    run -0 --separate-stderr reg-runkeys --carve first.raw
    assert_regex "$stderr" '^reg-runkeys: first.raw@512: no first hbin is left of this hive: hive: no root key'
    assert_equal "$(told <<<"$output")" 'service|\?\Services\Evil|ImagePath|C:\evil.exe|deleted|False'
    # less than a page is left of it
    { head -c 512 /dev/zero && dd if=SYSTEM bs=4096 skip=8 count=1 status=none | head -c 3000; } >short.raw
    run -0 --separate-stderr reg-ls --carve short.raw
    assert_output ""
}

@test "hbins of a live file are no fragment, those of a deleted one are" {
    machine
    tail -c +4097 SYSTEM >bins
    truncate -s 4M fat.raw
    mkfs.fat -F 12 -s 8 fat.raw >/dev/null
    mcopy -i fat.raw bins ::/BINS.BIN
    run -0 --separate-stderr reg-ls --carve fat.raw
    assert_output ""
    mdel -i fat.raw ::/BINS.BIN
    run -0 --separate-stderr reg-ls --carve fat.raw
    assert_regex "$output" 'Services.{2,4}Evil'
    assert_equal "$(field offset <<<"$output" | sort -u | wc -l)" 1
    # a deleted hive is told once, by its name
    mcopy -i fat.raw SYSTEM ::/SYSTEM
    mdel -i fat.raw ::/SYSTEM
    run -0 --separate-stderr reg-runkeys --carve fat.raw
    assert_equal "$(grep -c evil.exe <<<"$output")" 1
}

@test "a hive ends where the hbins behind it are of another" {
    machine
    printf '%s\n' '@2010-05-05T10:00:00Z' '[Vendor\Small]' $'own\tsz\tsmall' >text
    for i in {100..190}; do printf '[Vendor\\F%s]\nText\tsz\t%0400d\n' "$i" "$i"; done >>text
    hive small <text
    { head -c 512 /dev/zero && head -c $((4096 * 5)) small &&
        dd if=SYSTEM bs=4096 skip=8 count=6 status=none && head -c 65536 /dev/zero; } >disk.raw
    run -0 --separate-stderr reg-ls --carve disk.raw
    assert_equal "$(field offset <<<"$output" | sort -un | tr '\n' ' ')" "512 $((512 + 4096 * 5)) "
    grep "\"offset\":$((512 + 4096 * 5))," <<<"$output" | check_fragment SYSTEM $((4096 * 8)) $((4096 * 14))
}

@test "hbins that are made up do not take for ever" {
    python3 - >bins.raw <<'END'
import struct, sys
for i in range(20000):
    sys.stdout.buffer.write(struct.pack("<4sII20xi", b"hbin", i * 8192 % 0x70000000, 4096, 4064).ljust(512, b"\0"))
END
    run -0 timeout 60 bash -c 'reg-ls --carve bins.raw 2>/dev/null | head -1'
}

@test "the hbins of a large deleted hive are looked at once" {
    machine
    # a third of a minute for 4,096 hbins, were each followed to the last one
    python3 - SYSTEM LARGE 8192 <<'END'
import struct, sys
hive, count = bytearray(open(sys.argv[1], "rb").read()), int(sys.argv[3])
size, = struct.unpack_from("<I", hive, 40)
del hive[4096 + size:]
for i in range(count):
    hive += struct.pack("<4sII20xi", b"hbin", size + i * 4096, 4096, 4064).ljust(4096, b"\0")
struct.pack_into("<I", hive, 40, size + count * 4096)
checksum = 0
for i in range(0, 508, 4):
    checksum ^= struct.unpack_from("<I", hive, i)[0]
struct.pack_into("<I", hive, 508, checksum)
open(sys.argv[2], "wb").write(hive)
END
    truncate -s 64M fat.raw
    mkfs.fat -F 16 -s 8 fat.raw >/dev/null
    mcopy -i fat.raw LARGE ::/LARGE
    mdel -i fat.raw ::/LARGE
    run -0 --separate-stderr timeout 30 reg-runkeys --carve fat.raw
    assert_equal "$(grep -c evil.exe <<<"$output")" 1
}

# absent FILE: how many programs are told to be on no place of the volume.
absent() {
    reg-runkeys -q "$1" | grep -c '"target":{[^}]*"state":"absent"'
}

@test "no program is absent where names of files could not be read" {
    # NTFS: the program is there, and its record of $MFT is torn
    number=$(fs-ls "$samples/kozirog-nt.raw:p1:/WINNT/system32/SOUNDV.EXE" | field inode)
    tear_record "$samples/kozirog-nt.raw" "${number%%-*}" torn.raw
    run -3 --separate-stderr reg-runkeys torn.raw
    assert_regex "$output" "\"type\":\"gap\".*\"inode\":\"${number%%-*}\""
    run -0 grep '"name":"soundv.exe"' <<<"$output"
    refute_regex "$output" '"target"'
    assert_regex "$(reg-runkeys "$samples/kozirog-nt.raw")" '"name":"soundv.exe".*"target":\{.*"state":"allocated"'
    run -1 absent torn.raw
    assert_output 0
    # FAT32: a folder's chain comes to an end too early
    run -0 absent "$samples/kozirog-98.raw"
    python3 - "$samples/kozirog-98.raw" <<'END'
import struct, sys
disk, start = bytearray(open(sys.argv[1], "rb").read()), 32256
sector, = struct.unpack_from("<H", disk, start + 11)
reserved, copies = struct.unpack_from("<HB", disk, start + 14)
size, = struct.unpack_from("<I", disk, start + 36)
first = start + reserved * sector
entry = disk.index(b"PROGRA~1   \x10", first + copies * size * sector)
cluster, = struct.unpack_from("<H", disk, entry + 26)
for copy in range(copies):
    struct.pack_into("<I", disk, first + copy * size * sector + 4 * cluster, 0)
open("short.raw", "wb").write(disk)
END
    run -3 --separate-stderr reg-runkeys short.raw
    assert_regex "$output" '"type":"gap".*"path":"/Program Files".*comes to the free cluster'
    run -1 absent short.raw
    assert_output 0
}

# take HIVE [KEY\]VALUE...: delete values as Windows does: those behind one move up in the list of its key,
# whose cell stays as long as it was; the value and its data are free.
take() {
    in_hive "$@" <<'END'
def keys(cell):
    nk = 4096 + cell + 4
    yield nk
    if word(nk + 20):
        leaf = 4096 + word(nk + 28) + 4
        for i in range(word(nk + 20)):
            yield from keys(word(leaf + 4 + 8 * i))

for value in words:
    key, _, value = value.rpartition("\\")
    for nk in keys(word(36)):
        if hive[nk + 76:nk + 76 + len(key)] != key.encode():
            continue
        count, at = word(nk + 36), 4096 + word(nk + 40) + 4
        cells = [word(at + 4 * i) for i in range(count)]
        for i, cell in enumerate(cells):
            vk = 4096 + cell + 4
            length, = struct.unpack_from("<H", hive, vk + 2)
            if hive[vk + 20:vk + 20 + length] != value.encode():
                continue
            for j, other in enumerate(cells[:i] + cells[i + 1:]):
                struct.pack_into("<I", hive, at + 4 * j, other)
            struct.pack_into("<I", hive, nk + 36, count - 1)
            if not word(vk + 4) & 0x80000000:
                free(word(vk + 8))
            free(cell)
            break
END
}

@test "a deleted value of a live list that is not its last: its key is lost, not the value" {
    printf '%s\n' '@2010-05-05T10:00:00Z' '[Software\Microsoft\Windows\CurrentVersion\Run]' \
        $'one\tsz\tC:\\one.exe' $'bad\tsz\t"C:\\evil folder\\bad.exe" /x' $'three\tsz\tC:\\three.exe' \
        $'last\tsz\tC:\\last.exe' '[Software\Vendor]' $'words\tsz\tC:\\docs\\text.txt' \
        $'EventMessageFile\tsz\tC:\\vendor.dll' $'name\tsz\tvendor.exe' $'a\texpand\t%TEMP%\\a.vbs' \
        $'one\tsz\tC:\\one.exe' $'stays\tsz\tx' $'too\tsz\ty' | hive NTUSER.DAT
    take NTUSER.DAT bad words EventMessageFile name a
    run -0 --separate-stderr reg-runkeys NTUSER.DAT
    assert_equal "$(told <<<"$output")" 'run-hku|HKU\?\Software\Microsoft\Windows\CurrentVersion\Run|one|C:\one.exe|live|True
run-hku|HKU\?\Software\Microsoft\Windows\CurrentVersion\Run|three|C:\three.exe|live|True
run-hku|HKU\?\Software\Microsoft\Windows\CurrentVersion\Run|last|C:\last.exe|live|True
lost-value|HKU\?\?|bad|"C:\evil folder\bad.exe" /x|deleted|False
lost-value|HKU\?\?|a|%TEMP%\a.vbs|deleted|False'
    assert_regex "$output" 'its key is lost: where it stood is not known; a value was taken from Software..Microsoft..Windows..CurrentVersion..Run"'
    refute_regex "$(grep '"name":"bad"' <<<"$output")" key_last_write
    # the last of the list is still told by it
    take NTUSER.DAT last
    run -0 --separate-stderr reg-runkeys NTUSER.DAT
    assert_regex "$(told <<<"$output")" 'Run.last.C:.last.exe.deleted'
    # a copy of what is live is not gone: tools write a hive anew
    take NTUSER.DAT 'Vendor\one'
    run -0 --separate-stderr reg-runkeys NTUSER.DAT
    assert_equal "$(told <<<"$output" | grep '|one|' | cut -d'|' -f1)" run-hku
    take NTUSER.DAT 'Run\one'
    run -0 --separate-stderr reg-runkeys NTUSER.DAT
    assert_equal "$(told <<<"$output" | grep '|one|' | cut -d'|' -f1)" lost-value
}
