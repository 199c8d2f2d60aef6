#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helpers

# make_disk: disk.raw, an MBR without code and three partitions: NTFS (active), FAT32, FAT16.
make_disk() {
    truncate -s 64M disk.raw
    printf 'label: dos\nunit: sectors\n2048,40960,7,*\n43008,67584,c\n110592,20480,6\n' |
        sfdisk -q --no-reread --no-tell-kernel disk.raw
    truncate -s 20M ntfs
    mkfs.ntfs -F -Q -q -p 2048 -H 255 -S 63 ntfs 2>/dev/null
    truncate -s 33M fat32
    mkfs.fat -F 32 -s 1 fat32 >/dev/null
    truncate -s 10M fat16
    mkfs.fat -F 16 fat16 >/dev/null
    put ntfs 1048576
    put fat32 $((43008 * 512))
    put fat16 $((110592 * 512))
}

# put FILE OFFSET: its bytes into disk.raw.
put() { dd if="$1" of=disk.raw bs=512 seek=$2 oflag=seek_bytes conv=notrunc status=none; }

# write TEXT OFFSET
write() {
    printf '%b' "$1" >bytes
    put bytes "$2"
}

digest() { tail -c +$(($1 + 1)) disk.raw | head -c "$2" | sha256sum | cut -d ' ' -f 1; }

# show: of the boot codes volume, location, offset, length, enabled, default, known and odd.
show() {
    python3 -c '
import json, sys
for line in sys.stdin:
    one = json.loads(line)
    if one["location"] in ("mbr-code", "boot-record-code", "boot-loader-code"):
        print(one.get("volume", "-"), one["location"], one["offset"], one["length"],
              *(["enabled"] if one["enabled"] else []), *(["default"] if one.get("default") else []),
              one.get("facts", {}).get("known", "unknown"), len(one.get("anomalies", [])))'
}

@test "boot code of the tools that the disk was made with, and none where there are zeros" {
    make_disk
    run -1 --separate-stderr reg-runkeys disk.raw
    assert_equal "$output" ''
    run -0 --separate-stderr reg-runkeys --settings disk.raw
    assert_equal "$(show <<<"$output")" \
"p1 boot-record-code $((1048576 + 84)) 426 enabled default mkntfs 0
p2 boot-record-code $((43008 * 512 + 90)) 420 default mkfs.fat 0
p3 boot-record-code $((110592 * 512 + 62)) 448 default mkfs.fat 0"
    assert_equal "$(field target.sha256 <<<"$output" | head -1)" "$(digest $((1048576 + 84)) 426)"
    assert_equal "$(field facts.jump <<<"$output" | tr '\n' ' ')" 'eb5290 eb5890 eb3c90 '
    run -1 --separate-stderr reg-runkeys --settings --no-default disk.raw
    run -0 --separate-stderr reg-runkeys --settings disk.raw:p3
    assert_equal "$(show <<<"$output" | cut -d ' ' -f 1)" p3
}

@test "boot code that is not known is seen, with its digest and its bytes" {
    make_disk
    write '\xfa\x33\xc0odd' 0
    write 'xyz' $((1048576 + 2000))
    write 'second part' $((43008 * 512 + 1024))
    write 'of Windows 2000' $((43008 * 512 + 6144))
    write '\xe9' $((110592 * 512)) # another jump to the same code
    run -0 --separate-stderr reg-runkeys disk.raw
    assert_equal "$(show <<<"$output")" \
"- mbr-code 0 440 enabled unknown 1
p1 boot-loader-code $((1048576 + 512)) 7680 enabled unknown 1
p2 boot-loader-code $((43008 * 512 + 1024)) 510 unknown 1
p2 boot-loader-code $((43008 * 512 + 6144)) 510 unknown 1
p3 boot-record-code $((110592 * 512 + 62)) 448 unknown 1"
    assert_equal "$(field target.sha256 <<<"$output")" "$(digest 0 440)
$(digest $((1048576 + 512)) 7680)
$(digest $((43008 * 512 + 1024)) 510)
$(digest $((43008 * 512 + 6144)) 510)
$(digest $((110592 * 512 + 62)) 448)"
    head -1 <<<"$output" >record
    fs-cat - <record >code
    assert_equal "$(sha256sum <code)" "$(digest 0 440)  -"
    run -0 --separate-stderr reg-runkeys --enabled disk.raw
    assert_equal "$(show <<<"$output" | cut -d ' ' -f 1,2 | sort -u)" \
'- mbr-code
p1 boot-loader-code'
}

@test "a changed byte of code is not the default, sectors of the FAT are no code" {
    make_disk
    write '\x90' $((1048576 + 0x60))
    mkfs.fat -F 32 -s 1 -R 8 fat32 >/dev/null
    put fat32 $((43008 * 512))
    run -0 --separate-stderr reg-runkeys --settings disk.raw
    assert_equal "$(show <<<"$output" | head -2)" \
"p1 boot-record-code $((1048576 + 84)) 426 enabled unknown 1
p2 boot-record-code $((43008 * 512 + 90)) 420 default mkfs.fat 0"
    # the second FAT is at sector 12 and on: one was put there
    assert_equal "$(show <<<"$output" | grep -c loader)" 0
}

@test "a file system without partitions, a GPT, exFAT" {
    truncate -s 2M disk.raw
    mkfs.fat disk.raw >/dev/null
    run -0 --separate-stderr reg-runkeys --settings disk.raw
    assert_equal "$(show <<<"$output")" 'p0 boot-record-code 62 448 enabled default mkfs.fat 0'

    truncate -s 0 disk.raw
    truncate -s 40M disk.raw
    printf 'label: gpt\nstart=2048,size=40960,type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7\n' |
        sfdisk -q --no-reread --no-tell-kernel disk.raw
    truncate -s 20M exfat
    mkfs.exfat exfat >/dev/null
    # filled as the specification says
    head -c 390 /dev/zero | tr '\0' '\364' | dd of=exfat bs=1 seek=120 conv=notrunc status=none
    put exfat 1048576
    write 'gpt' 0
    run -0 --separate-stderr reg-runkeys --settings disk.raw
    assert_equal "$(show <<<"$output")" \
"- mbr-code 0 440 enabled unknown 1
p1 boot-record-code $((1048576 + 120)) 390 default exFAT without code 0"
}

@test "code of an MBR whose table was emptied is told before there is nothing else" {
    truncate -s 1M disk.raw
    write 'All your files' 0
    write '\x55\xaa' 510
    run -2 --separate-stderr reg-runkeys disk.raw
    assert_equal "$(show <<<"$output")" '- mbr-code 0 440 enabled unknown 1'
    # no sector that a BIOS starts
    write '\x55\xab' 510
    run -2 --separate-stderr reg-runkeys disk.raw
    assert_equal "$output" ''
    # bytes where the table is: of something else
    write '\x55\xaa' 510
    write 'text' 450
    run -2 --separate-stderr reg-runkeys disk.raw
    assert_equal "$output" ''
}

@test "what cannot be read is a gap, not a code" {
    make_disk
    ewfacquire -u -q -f encase6 -S 1GiB -c none -b 16 -t disk disk.raw >/dev/null 2>&1
    cp disk.raw whole.raw
    # a byte of the chunk that the FAT16 boot record lies in, wherever it stands in the file
    python3 - <<'EOF'
chunk = open("disk.raw", "rb").read()[110592 * 512:110592 * 512 + 8192]
with open("disk.E01", "r+b") as file:
    at = file.read().index(chunk[:512])
    file.seek(at + 100)
    file.write(b"\xff")
EOF
    run -3 --separate-stderr reg-runkeys --settings disk.E01
    assert_equal "$(grep -v '"gap"' <<<"$output" | show | cut -d ' ' -f 1)" 'p1
p2'
    assert_equal "$(grep -c '"gap"' <<<"$output")" 1
}

@test "real disks: codes of Windows are known whatever language they speak" {
    need_corpus
    run -0 --separate-stderr reg-runkeys --settings "$corpus/images/sleuthkit/imageformat_mmls_1.E01"
    assert_equal "$(show <<<"$output")" \
'- mbr-code 0 440 enabled default Windows 7 and later 0
p1 boot-record-code 65620 426 default Windows 8 and later 0
p1 boot-loader-code 66048 7680 default Windows 8 and later 0
p2 boot-record-code 28377172 426 default Windows 8 and later 0
p2 boot-loader-code 28377600 7680 default Windows 8 and later 0'
    img=$corpus/images/sleuthkit/imageformat_mmls_1.E01
    fs-cat "$img" >disk.raw
    # the text, then a byte of the code
    write 'Ung\x81ltige P.Tabelle ' 355
    run -0 --separate-stderr reg-runkeys --settings disk.raw
    assert_equal "$(show <<<"$output" | head -1)" '- mbr-code 0 440 enabled default Windows 7 and later 0'
    write '\x90' 354
    run -0 --separate-stderr reg-runkeys --settings disk.raw
    assert_equal "$(show <<<"$output" | head -1)" '- mbr-code 0 440 enabled unknown 1'

    # NTFS of Windows XP, whose loader is in none of the sources; FAT of XP; exFAT
    run -0 --separate-stderr reg-runkeys --settings "$corpus/images/dftt/8-jpeg-search.dd"
    assert_equal "$(show <<<"$output")" \
'p0 boot-record-code 84 426 enabled default Windows XP, 2003 0
p0 boot-loader-code 512 7680 enabled unknown 1'
    run -0 --separate-stderr reg-runkeys --settings "$corpus/images/dftt/9-fat-label.dd"
    assert_equal "$(show <<<"$output")" 'p0 boot-record-code 62 448 enabled default Windows XP 0'
    run -0 --separate-stderr reg-runkeys --settings "$corpus/images/sleuthkit/exfat1.E01"
    assert_equal "$(show <<<"$output")" \
'p1 boot-record-code 1048696 390 default exFAT without code 0'
}
