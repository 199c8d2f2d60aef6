#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Hives in bytes that no live file owns: --carve of reg-ls and reg-runkeys.
load helpers

# software FILE NAME: a hive whose Run key starts C:\NAME.
software() {
    printf '%s\n' '@2010-05-05T10:00:00Z' '[Microsoft\Windows\CurrentVersion\Run]' \
        "bad"$'\tsz\tC:\\'"$2" '[Vendor\'"$2"']' $'big\tsz\t'"$(printf '%0300d' 0)" >"$1.txt"
    PYTHONDONTWRITEBYTECODE=1 python3 "$root/images/lib/regf.py" "$1" 5 ROOT "$1" "$1.txt"
}

# compared: what of a key or value does not depend on where its hive lies.
compared() {
    rec-fmt -o jsonl -F key,name,data,data_type,key_last_write,file_offset
}

# told NAME...: these members of each record on standard input, separated by |.
told() {
    python3 -c '
import json, sys
for line in sys.stdin:
    record = json.loads(line)
    print(*[record.get(name, "-") for name in sys.argv[1:]], sep="|")' "$@"
}

@test "a hive in the middle of nothing: at any sector, only when asked for, all of it deleted" {
    software software a.exe
    { head -c 1536 /dev/zero && cat software && head -c 70000 /dev/zero; } >disk.raw
    run -2 --separate-stderr reg-ls disk.raw
    assert_output ""
    run -0 --separate-stderr reg-ls --carve disk.raw
    assert_equal "$(compared <<<"$output")" "$(reg-ls software | compared)"
    assert_equal "$(told origin offset <<<"$output" | sort -u)" 'deleted|1536'
    run -0 --separate-stderr reg-runkeys --carve disk.raw
    assert_equal "$(told name program enabled origin <<<"$output")" 'bad|C:\a.exe|False|deleted'
    # live ones alone are in file systems, and here is none
    run -2 --separate-stderr reg-ls --carve -L disk.raw
    assert_output ""
    run -0 reg-ls --carve -D -k run disk.raw
    assert_equal "$(grep -c '"name":"bad"' <<<"$output")" 1
    # not at a sector: no file system puts one there
    { head -c 1500 /dev/zero && cat software; } >off.raw
    run -0 reg-ls --carve off.raw
    assert_output ""
}

@test "of a deleted file it has its name; what a live file owns is no remnant" {
    software old old.exe
    software live live.exe
    truncate -s 4M fat.raw
    mkfs.fat -F 16 -s 1 fat.raw >/dev/null
    mcopy -i fat.raw live ::/LIVE.DAT
    mcopy -i fat.raw old ::/OLD.DAT
    run -0 reg-ls --carve fat.raw
    assert_output ""
    mdel -i fat.raw ::/OLD.DAT
    run -0 --separate-stderr reg-ls --carve fat.raw
    assert_equal "$(compared <<<"$output")" "$(reg-ls old | compared)"
    assert_equal "$(told path origin volume <<<"$output" | sort -u)" '/_LD.DAT|deleted|p0'
    offset=$(head -1 <<<"$output" | field offset)
    assert_equal "$(fs-cat "fat.raw@$offset+4")" regf
}

@test "one that was overwritten gives what is left, and is no gap" {
    software software a.exe
    size=$(stat -c %s software)
    # a head that says more than there is, and one whose keys are gone
    { head -c 512 /dev/zero && head -c 4608 software; } >cut.raw
    run -0 --separate-stderr reg-ls --carve cut.raw
    assert_equal "$stderr" ""
    { head -c 512 /dev/zero && head -c 4096 software && head -c "$size" /dev/zero; } >empty.raw
    run -0 --separate-stderr reg-ls --carve empty.raw
    assert_output ""
    assert_equal "$stderr" "reg-ls: empty.raw@512: no first hbin is left of this hive: hive: needs 8192 bytes at 0, has 4096"
    # without the checksum the first bin tells; without both it is text
    cp software broken
    printf 'XXXX' | dd of=broken bs=1 seek=508 conv=notrunc status=none
    { head -c 512 /dev/zero && cat broken; } >broken.raw
    run -0 --separate-stderr reg-runkeys --carve broken.raw
    assert_equal "$(field name <<<"$output")" bad
    printf 'XXXX' | dd of=broken bs=1 seek=4096 conv=notrunc status=none
    { head -c 512 /dev/zero && cat broken; } >text.raw
    run -1 reg-runkeys --carve text.raw
}

# rootless FILE: the same hive without the signature of its root.
rootless() {
    python3 - "$1" <<'END'
import struct, sys
hive = bytearray(open(sys.argv[1], "rb").read())
root = 4096 + struct.unpack_from("<I", hive, 36)[0] + 4
assert hive[root:root + 2] == b"nk"
hive[root:root + 2] = b"XX"
open(sys.argv[1], "wb").write(hive)
END
}

@test "a hive without a root: what it led to is given, carved and in a file" {
    software software a.exe
    rootless software
    { head -c 512 /dev/zero && cat software && head -c 4096 /dev/zero; } >rootless.raw
    run -0 --separate-stderr reg-ls --carve rootless.raw
    assert_equal "$stderr" ""
    run -0 grep '"name":"bad"' <<<"$output"
    assert_equal "$(told key data origin offset <<<"$output")" \
        '\?\Microsoft\Windows\CurrentVersion\Run|C:\a.exe|deleted|512'
    # the value is where it says
    at=$((512 + $(field file_offset <<<"$output")))
    assert_equal "$(fs-cat "rootless.raw@$((at + 4))+2")" vk
    run -0 reg-runkeys --carve rootless.raw
    assert_equal "$(told name program enabled origin <<<"$output")" 'bad|C:\a.exe|False|deleted'
    # a file's loss is told, and what is left is given too
    run -3 --separate-stderr reg-ls software
    assert_regex "$stderr" 'software: hive: no root key'
    local lost='the root of its hive is lost: it need not have been deleted'
    assert_equal "$(grep '"name":"bad"' <<<"$output" | told key origin anomalies)" \
        "\\?\\Microsoft\\Windows\\CurrentVersion\\Run|deleted|['$lost']"
    run -3 --separate-stderr reg-runkeys software
    assert_equal "$(told name origin <<<"$output")" 'bad|deleted'
    assert_regex "$output" "$lost"
}

@test "a hive of a deleted file without its first hbin: the others are of that file" {
    software old old.exe
    { cat old && head -c 4096 /dev/zero; } >long
    # the root's hbin is written over, a second one follows
    python3 - <<'END'
import struct
hive = bytearray(open("old", "rb").read())
second = bytearray(hive[4096:])
struct.pack_into("<I", second, 4, len(second))
struct.pack_into("<I", hive, 40, 2 * len(second))
hive[4096:] = b"\0" * len(second)
x = 0
for i in range(0, 508, 4):
    x ^= struct.unpack_from("<I", hive, i)[0]
struct.pack_into("<I", hive, 508, x)
open("old", "wb").write(hive + second)
END
    truncate -s 4M fat.raw
    mkfs.fat -F 16 -s 1 fat.raw >/dev/null
    mcopy -i fat.raw old ::/OLD.DAT
    mdel -i fat.raw ::/OLD.DAT
    run -0 --separate-stderr reg-ls --carve fat.raw
    assert_equal "$(grep '"name":"bad"' <<<"$output" | told path name)" '/_LD.DAT|bad'
}

@test "hives of Windows 9x, many on a small disk: each has the size that its head tells" {
    printf '%s\n' '@1999-01-01T00:00:00Z' '[Software\Microsoft\Windows\CurrentVersion\Run]' $'bad\tsz\tC:\\a.exe' >text
    PYTHONDONTWRITEBYTECODE=1 python3 "$root/images/lib/creg.py" user.dat text
    truncate -s %512 user.dat
    for _ in {1..20}; do head -c 262144 /dev/zero && cat user.dat; done >disk.raw
    run -0 --separate-stderr reg-ls --carve disk.raw
    assert_equal "$stderr" ""
    assert_equal "$(grep -c '"name":"bad"' <<<"$output")" 20
    assert_equal "$(field offset <<<"$output" | sort -u | wc -l)" 20
}

@test "volumes that cannot be read are told where hives are carved too" {
    software software a.exe
    # LUKS
    { printf 'LUKS\xba\xbe\0\1' && head -c 1048568 /dev/zero && cat software; } >luks.raw
    run -3 --separate-stderr reg-ls --carve luks.raw
    assert_equal "$(grep -v '"gap"' <<<"$output" | compared)" "$(reg-ls software | compared)"
    assert_regex "$output" '"type":"gap".*"volume":"p0".*encrypted.*: its files cannot be read'
}

@test "a range of bytes is searched; folders and files are no media" {
    software software a.exe
    size=$(stat -c %s software)
    { head -c 1536 /dev/zero && cat software && head -c 4096 /dev/zero && cat software; } >disk.raw
    run -0 --separate-stderr reg-ls --carve disk.raw@100+4000
    assert_equal "$(field offset <<<"$output" | sort -u)" 1536
    run -0 reg-ls --carve "disk.raw@1536+$size"
    assert_equal "$(told origin offset <<<"$output" | sort -u)" 'live|-'
    mkdir folder
    cp software folder/SOFTWARE
    run -2 --separate-stderr reg-ls --carve folder
    assert_output ""
    assert_regex "$stderr" "folder: --carve is for media"
    run -2 --separate-stderr reg-runkeys --carve folder
    assert_output ""
}

@test "carved hives of yarp's tests are found where they lie" {
    need_corpus
    run -0 --separate-stderr reg-ls --carve "$corpus/hives/yarp/Carving/512"
    assert_equal "$(field offset <<<"$output" | sort -u)" 512
    assert_equal "$(compared <<<"$output")" "$(reg-ls "$corpus/hives/yarp/Carving/0" | compared)"
}

@test "heads that are made up do not take forever" {
    software software a.exe
    head -c 512 software >head
    # each head says that its hive has 1 GiB, and its checksum is right
    python3 - <<'PY'
import struct
h = bytearray(open("head", "rb").read())
h[40:44] = struct.pack("<I", 1 << 30)
x = 0
for i in range(0, 508, 4):
    x ^= struct.unpack_from("<I", h, i)[0]
h[508:512] = struct.pack("<I", x)
open("many.raw", "wb").write(bytes(512) + bytes(h) * 16384)
PY
    run -3 --separate-stderr timeout 60 reg-ls --carve many.raw
    assert_regex "$stderr" "hives in free space have more bytes than 4 times the media: [0-9]+ are left out, the first at"
    # a piece of a real one behind them is found all the same
    { cat many.raw && tail -c +4097 software; } >behind.raw
    run -3 --separate-stderr timeout 60 reg-ls --carve behind.raw
    assert_equal "$(grep '"name":"bad"' <<<"$output" | told offset data)" '8389120|C:\a.exe'
}
