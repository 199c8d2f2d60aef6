#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helpers

# holds NAME FILE: every planted file of a sample is listed as it was planted.
holds() {
    fs-ls -z none "$samples/$2" >files || assert_equal $? 0
    run -0 python3 "$root/tests/check_truth.py" "$truth" "$1" "$samples/$2" <files
}

@test "every planted file, with its states, sizes, times, content" {
    holds kozirog-nt kozirog-nt.E01
    holds kozirog-98 kozirog-98.E01
    holds clean-nt clean-nt.E01
    holds clean-98 clean-98.E01
    for name in ext4 floppy gpt-multi iso ntfs-hostile two-fs; do
        [ "$name" = extended ] || holds "$name" "$name.raw"
    done
}

# agrees IMAGE VOLUME SECTOR: names, inodes and sizes are those of fls. Left out
# is what fls makes up: reserved $MFT records, $OrphanFiles itself, index rows
# without a record; and the root, which fls does not list.
agrees() {
    fls -r -m / -o "$3" "$1" 2>/dev/null | python3 -c '
import re, sys
for line in sys.stdin.buffer:
    f = line.decode(errors="replace").rstrip("\n").split("|")
    name, inode, size = f[1], f[2], f[6]
    if "($FILE_NAME)" in name or "/.:" in name or re.search(r"OrphanFile-(1[6-9]|2[0-3])( |$)", name) or \
            re.fullmatch(r"/\$OrphanFiles", name) or inode == "0":
        continue
    name = re.sub(r" \(deleted(-realloc)?\)$", "", name)
    print("|".join([re.sub(r" -> .*", "", name), inode, size]))' | sort -u >fls
    fs-ls "$1:$2" | python3 -c '
import json, sys
for line in sys.stdin:
    r = json.loads(line)
    if r["type"] == "file" and r["path"] not in ("/", "/$OrphanFiles") and r["inode"] != "0":
        for path in [r["path"], *(r.get("names", []) if ":" not in r["path"] else [])]:
            print("|".join([path, r["inode"], str(r.get("size", 0))]))' | sort -u >fett
    run diff fls fett
    assert_success
    assert [ -s fett ]
}

@test "the same files as fls, on the samples" {
    agrees "$samples/kozirog-nt.raw" p1 63
    agrees "$samples/clean-98.raw" p1 63
    agrees "$samples/ext4.raw" p0 0
    agrees "$samples/floppy.raw" p0 0
    agrees "$samples/iso.raw" p0 0
    agrees "$samples/gpt-multi.raw" p1 2048
}

@test "ext: live, deleted and lost files as fls has them, in every layout" {
    mkdir -p tree/many tree/links tree/gone/inside
    for i in {1..300}; do
        echo $i >tree/many/a-longer-name-of-file-$i
    done
    echo text >tree/gone/inside/file
    ln -s "$(printf 'x%.0s' {1..200})" tree/links/long
    ln -s short tree/links/short
    ln tree/many/a-longer-name-of-file-7 tree/links/hard
    while read -r options; do
        rm -f volume.raw
        truncate -s 16M volume.raw
        mke2fs -q -F $options -d tree volume.raw 2>/dev/null
        agrees "$PWD/volume.raw" p0 0
        assert_equal "$(fs-ls -n long volume.raw | field link_target | wc -c)" 201
        debugfs -w -f - volume.raw >/dev/null 2>&1 <<'END'
rm /many/a-longer-name-of-file-5
rm /many/a-longer-name-of-file-250
rm /links/short
kill_file /many/a-longer-name-of-file-100
unlink /many/a-longer-name-of-file-100
END
        agrees "$PWD/volume.raw" p0 0
    done <<'END'
-t ext2 -b 1024
-t ext2 -b 1024 -O ^filetype,^dir_index
-t ext3 -b 2048
-t ext4
-t ext4 -b 1024 -O ^metadata_csum,^64bit
-t ext4 -b 1024 -g 1024 -I 128
END
}

@test "the same files as fls, on real images" {
    need_corpus
    while read -r image volume sector; do
        cd "$BATS_TEST_TMPDIR"
        agrees "$corpus/images/$image" "$volume" "$sector"
    done <<'END'
dftt/8-jpeg-search.dd p0 0
dftt/6-fat-undel.dd p0 0
dftt/daylight.dd p0 0
dftt/ext3-img-kw-1.dd p0 0
dftt/iso-dirtree1.iso p0 0
ntfs/testfs1 p0 0
grr/ntfs_img.dd p1 63
dfir_ntfs/fat12.raw p0 0
dissect.fat/exfat.bin p0 0
dissect.fat/fat16.bin p0 0
sleuthkit/exfat1.E01 p1 2048
sleuthkit/imageformat_mmls_1.E01 p2 55424
velociraptor/test.ntfs.dd.E01 p0 0
disktype/iso9660-joliet.image p0 0
END
}

@test "ISO 9660: times are UTC, by the zone of each record" {
    mkdir -p tree/folder
    echo a >tree/summer
    echo b >tree/folder/winter
    touch -d 2010-07-01T12:00:00Z tree/summer
    touch -d 2010-01-01T12:00:00Z tree/folder/winter
    for zone in UTC Asia/Kolkata America/New_York; do
        TZ=$zone genisoimage -quiet -R -J -o zone.iso tree 2>/dev/null
        run -0 --separate-stderr fs-ls -F path,btime zone.iso
        assert_line '{"type":"file","path":"/summer","btime":"2010-07-01T12:00:00.000000000Z","btime_precision":"1s"}'
        assert_line '{"type":"file","path":"/folder/winter","btime":"2010-01-01T12:00:00.000000000Z","btime_precision":"1s"}'
    done
    # One record of the same time that says another zone: which it is of cannot be told
    touch -d 2010-07-01T12:00:00Z tree/folder/winter
    TZ=UTC genisoimage -quiet -o zone.iso tree 2>/dev/null
    python3 -c '
data = bytearray(open("zone.iso", "rb").read())
at = data.index(b"WINTER") - 33
assert data[at + 24] == 0
data[at + 24] = 4
open("zone.iso", "wb").write(data)'
    run -3 --separate-stderr fs-ls zone.iso
    assert_regex "$output" '"type":"gap".*records of the same time have several zones'
    assert_regex "$output" '"path":"/SUMMER".*"btime":"2010-07-01T12:00:00.000000000Z"'
}

@test "an ISO 9660 in which libtsk waits for itself is told, and does not hang" {
    # of level 4 libtsk takes the second descriptor for Joliet's, and finds no file by it
    mkdir folder
    echo text >folder/file
    genisoimage -quiet -iso-level 4 -o level4.iso folder 2>/dev/null
    run -3 --separate-stderr timeout 20 fs-ls level4.iso
    assert_regex "$output" '"type":"gap".*libtsk finds no files'
}

@test "raw and EWF give the same records" {
    fs-ls "$samples/kozirog-nt.raw" | sed 's/kozirog-nt\.raw/IMAGE/' >raw
    fs-ls "$samples/kozirog-nt.E01" | sed 's/kozirog-nt\.E01/IMAGE/' >ewf
    run -0 diff raw ewf
}

@test "filters" {
    run -0 --separate-stderr fs-ls -n 'soundv.*' "$samples/kozirog-nt.E01"
    assert_equal "$(field path <<<"$output")" /WINNT/system32/SOUNDV.EXE
    run -0 --separate-stderr fs-ls -r -p '/temp/*' --min-size 10K "$samples/kozirog-nt.E01"
    assert_equal "$(field state <<<"$output" | sort -u)" deleted
    run -0 --separate-stderr fs-ls --after 2000-11-22T08:14:04Z --before 2000-11-22T08:14:05Z \
        -n '*.exe' "$samples/kozirog-nt.E01"
    assert_equal "$(field path <<<"$output")" /WINNT/system32/SOUNDV.EXE
    run -1 --separate-stderr fs-ls -n 'no such name' "$samples/kozirog-nt.E01"
    assert_equal "$output" ""
    run -2 --separate-stderr fs-ls --min-size many "$samples/kozirog-nt.E01"
    run -2 --separate-stderr fs-ls --after yesterday "$samples/kozirog-nt.E01"
}

@test "local times are converted by -z and say so" {
    record=$(fs-ls -z Europe/Warsaw -n soundv.exe "$samples/kozirog-98.E01")
    local=$(fs-ls -z none -n soundv.exe "$samples/kozirog-98.E01" | field mtime)
    assert_regex "$local" '[0-9]$'
    assert_equal "$(field mtime <<<"$record")" \
        "$(date -u -d "TZ=\"Europe/Warsaw\" ${local%.*}" +%Y-%m-%dT%H:%M:%S.000000000Z)"
    assert_regex "$record" '"mtime_precision":"2s"'
    assert_regex "$record" '"local":\['
    run -2 --separate-stderr fs-ls -z Nowhere "$samples/kozirog-98.E01"
}

@test "without -z local times are those of the Windows in the image, and it is said" {
    # W. Europe: one hour ahead in November, two in May
    local=$(fs-ls -z none -n soundv.exe "$samples/kozirog-98.E01" | field mtime)
    run -0 --separate-stderr fs-ls -n soundv.exe "$samples/kozirog-98.E01"
    assert_equal "$(field mtime <<<"$output")" \
        "$(date -u -d "TZ=\"Europe/Berlin\" ${local%.*}" +%Y-%m-%dT%H:%M:%S.000000000Z)"
    assert_regex "$output" '"local":\['
    assert_regex "$stderr" 'p1: Europe/Berlin, by /WINDOWS/SYSTEM.DAT'
    # a file by itself, and another volume of the same disk
    run -0 --separate-stderr fs-ls "$samples/kozirog-98.E01:p1:/WINDOWS/SYSTEM/SOUNDV.EXE"
    assert_regex "$output" '"mtime":"[^"]*Z"'
    {
        dd if="$samples/kozirog-98.raw" bs=512 skip=63 count=80262 status=none
        make_fat16 "$BATS_TEST_FILENAME"
        cat fat.raw
    } >two.raw
    cat >table <<'END'
label: dos
unit: sectors
63,80262,c
80325,10240,6
END
    { head -c $((63 * 512)) /dev/zero; cat two.raw; } >disk.raw
    /sbin/sfdisk -q --no-reread --no-tell-kernel disk.raw <table
    run -0 --separate-stderr fs-ls -n fs-ls.bats disk.raw
    assert_regex "$output" '"volume":"p2".*"mtime":"[^"]*Z"'
    assert_regex "$stderr" 'p2: Europe/Berlin, by /WINDOWS/SYSTEM.DAT'
    # nothing is known
    run -0 --separate-stderr fs-ls -n fs-ls.bats fat.raw
    assert_regex "$stderr" 'zone is not known'
    refute_regex "$output" '"mtime":"[^"]*Z"'
}

@test "a broken fixup of a folder's record is a gap, and its files are still there" {
    cp "$samples/ntfs-hostile.raw" broken.raw
    inode=$(fs-ls -p /names broken.raw | field inode)
    # $MFT of this volume begins at cluster 4 of 4 KiB, records have 1 KiB.
    cluster=$(fsstat broken.raw | sed -n 's/First Cluster of MFT: //p')
    offset=$((cluster * 4096 + ${inode%%-*} * 1024))
    printf '\xee\xee' | dd of=broken.raw bs=1 seek=$((offset + 1022)) conv=notrunc status=none
    run -3 --separate-stderr fs-ls broken.raw
    assert_regex "$output" "\"type\":\"gap\".*\"inode\":\"${inode%%-*}\".*fixup does not match"
    assert_regex "$output" 'pipe\|pipe'
    # The whole record gone: what was in it becomes orphans.
    printf 'XXXX' | dd of=broken.raw bs=1 seek="$offset" conv=notrunc status=none
    run -3 --separate-stderr fs-ls broken.raw
    assert_regex "$output" '"path":"/\$OrphanFiles/pipe\|pipe\.txt"[^}]*"state":"orphan"'
    assert_regex "$output" "\"type\":\"gap\".*\"inode\":\"${inode%%-*}\""
}

@test "operands: by path, stream, inode, without volume" {
    run -0 --separate-stderr fs-ls "$samples/kozirog-nt.E01:p1:/winnt/SYSTEM32/soundv.exe"
    assert_equal "$(field path <<<"$output")" /WINNT/system32/SOUNDV.EXE
    inode=$(field inode <<<"$output")
    run -0 --separate-stderr fs-ls "$samples/kozirog-nt.E01:p1:$inode"
    assert_equal "$(field path <<<"$output")" /WINNT/system32/SOUNDV.EXE
    run -0 --separate-stderr fs-ls "$samples/kozirog-nt.E01:/WINNT/system32/soundv.exe"
    run -0 --separate-stderr fs-ls --sector 63 "$samples/kozirog-nt.E01"
    run -2 --separate-stderr fs-ls "$samples/kozirog-nt.E01:p7"
    assert_regex "$stderr" 'no volume p7.*volumes: p1'
    run -2 --separate-stderr fs-ls "$samples/kozirog-nt.E01:p1:/WINNT/nothing/here"
    assert_regex "$stderr" 'nothing is not there'
    run -2 --separate-stderr fs-ls "$samples/gpt-multi.raw:/x"
    assert_regex "$stderr" 'must be named.*p1, p2, p3'
}

@test "exFAT times carry their own zone" {
    need_corpus
    image=$corpus/images/dissect.fat/exfat.bin
    # The entry of find_me.txt stores 2019-04-17 10:56:18 and 0x88: 8 quarters ahead of UTC.
    stored=$(icat "$image" 2 | od -An -v -tx1 -w32 | awk '$1 == 85 && $2 == "02" { print $23 }' | sort -u)
    assert_equal "$stored" 88
    fls -m / "$image" | awk -F'|' '$2 == "/find_me.txt" { print $11 - 7200 }' >expected
    run -0 --separate-stderr fs-ls -n find_me.txt "$image"
    refute_regex "$stderr" zone
    run -0 date -u -d "$(field btime <<<"$output")" +%s
    assert_equal "$output" "$(cat expected)"
}

# libtsk gives none: its own conversion ends in 2037.
@test "FAT times up to 2107" {
    touch -d '2040-05-06 10:30:08' a.txt
    touch -d '2107-12-31 23:59:58' b.txt
    while read -r bits sectors; do
        rm -f fat.raw
        truncate -s 40M fat.raw
        mkfs.fat -F "$bits" -s "$sectors" fat.raw >/dev/null
        mmd -i fat.raw ::/SUB
        mcopy -m -i fat.raw a.txt ::/A.TXT
        mcopy -m -i fat.raw b.txt ::/SUB/B.TXT
        run -0 mdir -i fat.raw ::/A.TXT
        assert_output -p '2040-05-06  10:30'
        run -0 mdir -i fat.raw ::/SUB/B.TXT
        assert_output -p '2107-12-31  23:59'
        run -0 --separate-stderr fs-ls -p '*.txt' -o tsv -F path,mtime,atime,btime fat.raw
        assert_line -n 1 $'file\t/A.TXT\t2040-05-06T10:30:08.000000000\t2040-05-06\t2040-05-06T10:30:08.000000000'
        assert_line -n 2 $'file\t/SUB/B.TXT\t2107-12-31T23:59:58.000000000\t2107-12-31\t2107-12-31T23:59:58.000000000'
    done <<<$'12 32\n16 2\n32 1'
    run -0 --separate-stderr fs-timeline fat.raw
    assert_regex "$output" '"datetime":"2107-12-31T23:59:58[^}]*"path":"/SUB/B.TXT"'
}

# A.BIN has clusters 2 to 6, B.BIN 7 to 9.
@test "a damaged cluster chain of FAT is a gap" {
    head -c 2560 /dev/zero | tr '\0' a >A.BIN
    head -c 1536 /dev/zero | tr '\0' b >B.BIN
    make_fat16 A.BIN B.BIN
    run -0 --separate-stderr fs-ls fat.raw
    refute_regex "$output" '"type":"gap"'
    while IFS='|' read -r next reason; do
        make_fat16 A.BIN B.BIN
        set_link 4 "$next"
        run -3 --separate-stderr fs-ls fat.raw
        gaps=$(grep '"type":"gap"' <<<"$output")
        assert_equal "$(field path <<<"$gaps")" /A.BIN
        assert_equal "$(field inode <<<"$gaps")" 3
        assert_equal "$(field reason <<<"$gaps")" "its cluster chain $reason cluster 4, after 1536 of 2560 bytes"
    done <<'END'
ffff|ends with
fff8|ends with
0000|comes to the free
fff7|comes to the bad
0001|leads out of the volume behind
f000|leads out of the volume behind
0002|goes back into itself behind
0003|goes back into itself behind
0004|goes back into itself behind
END
    make_fat16 A.BIN B.BIN
    set_link 9 0005 # and A.BIN has 5 and 6 too
    run -3 --separate-stderr fs-ls fat.raw
    gaps=$(grep '"type":"gap"' <<<"$output")
    assert_equal "$(field path <<<"$gaps" | xargs)" "/A.BIN /B.BIN"
    assert_equal "$(field reason <<<"$gaps" | sort -u)" \
        "clusters of its chain are in that of another file too: 2, the first is 5"
}

@test "a damaged cluster chain of a FAT folder is a gap" {
    mkdir SUB
    touch SUB/{A..Z}.TXT # 28 entries: two clusters
    rm -f fat.raw
    truncate -s 5M fat.raw
    mkfs.fat -F 16 -s 1 -R 1 fat.raw >/dev/null
    mcopy -s -i fat.raw SUB ::/
    run -0 --separate-stderr fs-ls fat.raw
    assert_equal "$(grep -c '/SUB/..TXT' <<<"$output")" 26
    set_link 2 0000
    run -3 --separate-stderr fs-ls fat.raw
    assert_regex "$output" '"type":"gap".*"path":"/SUB".*comes to the free cluster 2, after 512 bytes'
}

# Clusters: ONE.TXT 2, BIG.TXT 3 to 5, TWO.TXT 6, OVER.TXT 7, EMPTY.TXT none.
@test "a deleted file of FAT is intact only if it fits one cluster" {
    echo one >ONE.TXT
    head -c 1500 /dev/zero >BIG.TXT
    echo two >TWO.TXT
    echo over >OVER.TXT
    echo again >AGAIN.TXT
    touch EMPTY.TXT
    make_fat16 ONE.TXT BIG.TXT TWO.TXT OVER.TXT EMPTY.TXT
    states() { fs-ls -q -r -F path,content fat.raw | python3 -c '
import json, sys
for line in sys.stdin:
    r = json.loads(line)
    print(r["path"][2:], r["content"])' | sort | xargs; }
    mdel -i fat.raw ::/ONE.TXT ::/BIG.TXT ::/TWO.TXT ::/OVER.TXT ::/EMPTY.TXT
    assert_equal "$(states)" "IG.TXT unknown MPTY.TXT intact NE.TXT intact VER.TXT intact WO.TXT intact"
    # A live file's entry: its first cluster is that of OVER.TXT.
    printf 'AGAIN   TXT\x20\0\0\0\0\x21\x28\x21\x28\0\0\0\0\x21\x28\x07\0\x06\0\0\0' |
        dd of=fat.raw bs=1 seek=$((512 + 2 * 512 * 40 + 5 * 32)) conv=notrunc status=none
    run -0 mdir -i fat.raw ::/AGAIN.TXT
    set_link 7 ffff
    set_link 2 ffff # in use, but of no live file: perhaps its own
    assert_equal "$(states)" "IG.TXT unknown MPTY.TXT intact NE.TXT unknown VER.TXT overwritten WO.TXT intact"
    # TWO.TXT where BIG.TXT begins: at most one of them is whole.
    printf '\x03' | dd of=fat.raw bs=1 seek=$((512 + 2 * 512 * 40 + 2 * 32 + 26)) conv=notrunc status=none
    assert_equal "$(states)" "IG.TXT unknown MPTY.TXT intact NE.TXT unknown VER.TXT overwritten WO.TXT unknown"
}

@test "a folder that libtsk cannot read is a gap, the others are listed" {
    mkdir -p content/good content/bad
    echo good >content/good/file
    echo bad >content/bad/file
    truncate -s 2M whole.raw
    mkfs.ext2 -q -F -d content whole.raw
    cp whole.raw damaged.raw
    debugfs -w -R 'set_inode_field /bad block[0] 999999' damaged.raw 2>/dev/null
    run -0 --separate-stderr fs-ls -n file whole.raw
    assert_equal "$(field path <<<"$output" | sort | xargs)" "/bad/file /good/file"
    run -3 --separate-stderr fs-ls -n file damaged.raw
    assert_regex "$output" '"path":"/good/file"'
    inode=$(debugfs -R 'stat /bad' whole.raw 2>/dev/null | awk 'NR == 1 { print $2 }')
    assert_regex "$output" "\"type\":\"gap\".*\"path\":\"/bad\",\"inode\":\"$inode\".*folder cannot be read"
}

@test "a folder of a damaged size does not take days" {
    truncate -s 2M damaged.raw
    mkdir content
    echo x >content/file
    mkfs.ext2 -q -F -d content damaged.raw
    debugfs -w -R 'set_inode_field / size 2097152000' damaged.raw 2>/dev/null
    run -3 --separate-stderr timeout 20 fs-ls damaged.raw
    assert_regex "$output" '"type":"gap".*file of 2097152000 bytes in a volume of 2097152: not read'
}

@test "records of an image that is cut are told together" {
    # $MFT lies at cluster 4 (fsstat); which of its records are in use says ils.
    head -c $((63 * 512 + 4 * 4096 + 200 * 1024)) "$samples/kozirog-nt.raw" >cut.raw
    ils -o 63 -e "$samples/kozirog-nt.raw" | awk -F'|' '
        $2 != "a" || $1 < 200 || $5 == 0 { next } # without times: what ils makes up
        $1 != last + 1 { first = $1; runs++ }
        { last = $1; text[runs] = first " to " last }
        END { for (i = 1; i <= runs; i++) print "$MFT records " text[i] ": beyond the end of the image" }
    ' >expected
    run -0 test -s expected
    run -3 --separate-stderr fs-ls cut.raw
    run -0 diff expected <(field reason <<<"$output" | grep MFT)
}

@test "a disk whose partition table was destroyed" {
    for name in kozirog-nt kozirog-98; do
        { head -c 512 /dev/zero; tail -c +513 "$samples/$name.raw"; } >disk.raw
        run -3 --separate-stderr fs-ls disk.raw
        assert_equal "$(grep -c '"type":"gap"' <<<"$output")" 1
        assert_regex "$output" '"reason":"no partition table: the file system'
        run -0 diff <(grep -v '"gap"' <<<"$output") <(fs-ls "$samples/$name.raw" | sed "s/$name/disk/; s|\"image\":\"[^\"]*/|\"image\":\"|")
    done
    # Nothing is made of a disk that was never partitioned.
    truncate -s 4M empty.raw
    run -2 --separate-stderr fs-ls --sector 63 empty.raw
}

@test "patterns fit any hard link" {
    inode=$(fs-ls "$samples/ntfs-hostile.raw:p0:/links.bin" | field inode)
    run -0 --separate-stderr fs-ls -n links.bin "$samples/ntfs-hostile.raw"
    assert_equal "$(grep -v '"path":"[^"]*:' <<<"$output" | field inode)" "$inode"
    run -0 --separate-stderr fs-ls -p '/links.bin' "$samples/ntfs-hostile.raw"
    assert_equal "$(field inode <<<"$output")" "$inode"
}

@test "BitLocker To Go: the files that its discovery volume hides are told as lost" {
    truncate -s 40M togo.raw
    mkfs.fat -F 32 togo.raw >/dev/null
    run -0 fs-ls togo.raw
    # {4967D63B-2E29-4AD8-8399-F6A339E3D001} at 424 of the boot sector
    printf '\x3b\xd6\x67\x49\x29\x2e\xd8\x4a\x83\x99\xf6\xa3\x39\xe3\xd0\x01' |
        dd of=togo.raw bs=1 seek=424 conv=notrunc status=none
    for command in 'fs-ls -r' fs-timeline reg-ls reg-runkeys host-info; do
        run -3 $command togo.raw
        assert_regex "$output" '"type":"gap".*"volume":"p0".*BitLocker To Go'
    done
}

@test "an image without a file system, and an encrypted volume, are not just empty" {
    head -c 100000 /dev/urandom >random.raw
    for command in fs-ls fs-timeline reg-runkeys; do
        run -2 --separate-stderr "$command" random.raw
        assert_regex "$stderr" 'random.raw has no file system that fett reads: p0'
    done
    # two partitions, the second begins as BitLocker does
    truncate -s 8M disk.raw
    printf '2048,4096,6\n8192,4096,7\n' | sfdisk -q disk.raw
    truncate -s 2M fat.raw
    mkfs.vfat fat.raw >/dev/null
    dd if=fat.raw of=disk.raw bs=512 seek=2048 conv=notrunc 2>/dev/null
    printf '\353X\220-FVE-FS-' | dd of=disk.raw bs=512 seek=8192 conv=notrunc 2>/dev/null
    for command in fs-ls fs-timeline reg-runkeys; do
        run -3 --separate-stderr "$command" disk.raw
        assert_regex "$output" '"type":"gap".*"volume":"p2".*"offset":4194304.*its files cannot be read'
    done
    # and nothing else is there
    dd if=disk.raw of=alone.raw bs=512 skip=8192 status=none
    for command in fs-ls fs-timeline reg-runkeys host-info; do
        run -3 --separate-stderr "$command" alone.raw
        assert_regex "$output" '"volume":"p0".*"encrypted \(BitLocker\): its files cannot be read"'
    done
}

# $MFT is made to grow where only single clusters are free: its run list does not
# fit record 0, and only record 0 has the number that "no base" is written with.
@test "an \$MFT in so many pieces that its run list needs extension records" {
    cc -O1 -o forge "$root/images/ntfsforge.c" -lntfs-3g
    truncate -s 12M pieces.raw
    mkntfs -q -F -s 512 -c 512 -p 0 -H 1 -S 1 pieces.raw
    head -c 1024 /dev/zero >two-clusters
    head -c 3225600 /dev/zero >rest
    clock=$'clock\t2000-01-01T00:00:00Z'
    { echo "$clock"; printf 'write\t/a%d\ttwo-clusters\n' {1..3000}; } | ./forge pieces.raw
    {
        printf '%s\nwrite\t/balloon\trest\n' "$clock"
        printf 'rm\t/a%d\n' {1..2999..2}
        printf 'write\t/n%d\t/dev/null\n' {1..2200}
    } | ./forge pieces.raw || true # until no room is left for the next piece
    istat pieces.raw 0 | grep -q ATTRIBUTE_LIST
    run -0 --separate-stderr fs-ls -a -o tsv -F path pieces.raw
    refute_regex "$output" 'gap'
    printf '%s\n' "${lines[@]}" | sed -n 's,^file\t/\(.*[^:]*\)$,\1,p' | grep '^[an]' | sort >ours
    fls -r -u -p pieces.raw | cut -f2 | grep '^[an]' | sort -u >theirs
    assert [ "$(wc -l <ours)" -gt 3000 ]
    run -0 diff ours theirs
    run -0 --separate-stderr fs-ls -p '/$MFT' -F inode pieces.raw
    assert_equal "$output" '{"type":"file","inode":"0-128-1"}'
    cmp <(fs-cat "pieces.raw:0") <(icat pieces.raw 0)
}

# The head and the run list of the $DATA of one file are changed, those of its neighbours not.
@test "NTFS: a run list that cannot be whole is a gap" {
    cc -O1 -o forge "$root/images/ntfsforge.c" -lntfs-3g
    truncate -s 12M whole.raw
    mkntfs -q -F -s 512 -c 512 -p 0 -H 1 -S 1 whole.raw
    head -c 3000 /dev/zero >content
    printf 'clock\t2000-01-01T00:00:00Z\nwrite\t/%s\tcontent\n' before >script
    printf 'write\t/%s\tcontent\n' victim behind >>script
    ./forge whole.raw <script
    run -0 --separate-stderr fs-ls whole.raw
    refute_regex "$output" '"type":"gap"'
    inode=$(fs-ls -p /victim whole.raw | field inode)
    while read -r change reason; do
        python3 - "$inode" "$change" <<'END'
import struct, sys
d = bytearray(open("whole.raw", "rb").read())
u16, u32, u64 = (lambda at, f=f: struct.unpack_from(f, d, at)[0] for f in ("<H", "<I", "<Q"))
record = u64(48) * 512 + int(sys.argv[1].split("-")[0]) * 1024
at = record + u16(record + 20)
while u32(at) != 0x80:
    at += u32(at + 4)
runs = at + u16(at + 32)
assert d[at + 8] == 1 and d[runs] == 0x21 and d[runs + 4] == 0, "one run, its cluster of two bytes"
covered = d[runs + 1] * 512
change = sys.argv[2]
if change == "size": struct.pack_into("<Q", d, at + 48, covered + 1)
elif change == "all": struct.pack_into("<Q", d, at + 48, covered)
elif change == "huge": struct.pack_into("<Q", d, at + 48, 2 ** 64 - 1)
elif change == "bad": d[runs] = 0x99
elif change == "none": d[runs] = 0
elif change == "last": struct.pack_into("<H", d, runs + 2, 12 * 2048 - d[runs + 1])
elif change == "outside": struct.pack_into("<H", d, runs + 2, 12 * 2048 - d[runs + 1] + 1)
elif change == "later": struct.pack_into("<Q", d, at + 16, 5)
open("damaged.raw", "wb").write(d)
END
        if [ "$reason" = sound ]; then
            run -0 --separate-stderr fs-ls damaged.raw
            refute_regex "$output" '"type":"gap"'
        else
            run -3 --separate-stderr fs-ls damaged.raw
            assert_equal "$(grep -c '"type":"gap"' <<<"$output")" 1
            assert_regex "$output" "\"type\":\"gap\".*\"path\":\"/victim\".*$reason"
        fi
        assert_equal "$(grep -cE '"path":"/(before|behind)"' <<<"$output")" 2
    done <<'END'
all sound
size run list covers less than the size
huge run list covers less than the size
bad run list covers less than the size
none run list covers less than the size
last sound
outside runs lie beyond the end of the volume
later the first piece of a run list is missing
END
}

# ext_times IMAGE FILE: its times as debugfs has them, as records write them.
ext_times() {
    debugfs -R "stat $2" "$1" 2>/dev/null |
        sed -n 's/^ *\(cr\|[acmd]\)time: 0x[0-9a-f]*:\?(\?\([0-9a-f]*\))\? -- \(.*\)$/\1 \2 \3/p' |
        while read -r which extra time; do
            [ "$which" = d ] && extra=0
            printf '%s %s.%09dZ\n' "${which/cr/b}time" "$(date -u -d "$time" +%FT%T)" \
                $((0x${extra:-0} >> 2))
        done | sort
}

# Each as long before or behind 1970 as the bits allow.
@test "ext: times are signed, and have two bits more where the inode has room" {
    mkdir content
    touch content/{far,near}
    touch -d '1905-01-01 12:34:56' content/old
    for size in 128 256; do
        truncate -s 2M "$size.raw"
        mke2fs -q -F -t ext4 -I $size -d content "$size.raw"
    done
    {
        printf 'sif /far %s\n' 'mtime 24460510223855' 'atime 21060207062816' 'ctime 20380119031408' \
            'mtime_extra 0x1ee6b27f' 'crtime 22000101000000'
        printf 'sif /near %s\n' 'mtime 20380119031407' 'atime 19011213204552' 'ctime 19691231235959'
        printf 'sif /near %s_extra 0x3b9ac9fc\n' mtime atime ctime
    } >changes
    debugfs -w -f changes 256.raw >/dev/null 2>&1
    run -0 ext_times 256.raw /far
    assert_line 'mtime 2446-05-10T22:38:55.129608863Z'
    for file in far near old; do
        ext_times 256.raw /$file >debugfs
        fs-ls -n $file 256.raw >record
        for which in atime btime ctime mtime; do
            echo "$which $(field $which <record)"
        done >fett
        run -0 diff debugfs fett
    done
    # the same in the timeline
    fs-timeline -p /old 256.raw >events
    assert_equal "$(head -1 events | field datetime)" 1905-01-01T12:34:56.000000000Z
    # no room: whole seconds, no birth
    run -0 --separate-stderr fs-ls -n old 128.raw
    assert_equal "$(field mtime <<<"$output")" 1905-01-01T12:34:56.000000000Z
    assert_equal "$(field mtime_precision <<<"$output")" 1s
    assert_equal "$(field btime <<<"$output")" ""
}

@test "ext: the time of deletion is in the epoch of the last change" {
    mkdir content
    touch content/gone
    truncate -s 2M volume.raw
    mke2fs -q -F -t ext4 -I 256 -d content volume.raw
    inode=$(debugfs -R 'stat /gone' volume.raw 2>/dev/null | awk 'NR == 1 { print $2 }')
    printf '%s\n' 'sif /gone ctime 21500101000000' 'rm /gone' \
        "sif <$inode> dtime 21500101000000" >changes
    debugfs -w -f changes volume.raw >/dev/null 2>&1
    run -0 --separate-stderr fs-ls -r -n gone volume.raw
    assert_equal "$(field dtime <<<"$output")" 2150-01-01T00:00:00.000000000Z
    assert_equal "dtime $(field dtime <<<"$output")" "$(ext_times volume.raw "<$inode>" | grep dtime)"
}

@test "ext: hard links are one record with all names" {
    mkdir -p content/{a,b}
    echo text >content/b/first
    ln content/b/first content/a/second
    ln content/b/first content/third
    echo text >content/alone
    ln -s alone content/link
    truncate -s 2M volume.raw
    mke2fs -q -F -t ext4 -d content volume.raw
    debugfs -w -R 'link /link /b/same' volume.raw 2>/dev/null
    agrees volume.raw p0 0
    debugfs -w -R 'unlink /third' volume.raw 2>/dev/null
    fs-ls -a -p '*/second' volume.raw >record
    assert_equal "$(wc -l <record)" 1
    assert_equal "$(python3 -c 'import json
r = json.loads(open("record").read()); print(*sorted([r["path"], *r["names"]]))')" "/a/second /b/first"
    assert_equal "$(field links <record)" 3
    # found by each name, read by each, in each folder, an event once
    for name in /a/second /b/first; do
        assert_equal "$(fs-ls "volume.raw:$name" | field inode)" "$(field inode <record)"
        assert_equal "$(fs-cat "volume.raw:$name")" text
        assert_equal "$(fs-ls "volume.raw:${name%/*}" | field inode | grep -cx "$(field inode <record)")" 1
        assert_equal "$(fs-timeline -p "$name" volume.raw | field macb | tr -d '\n.' | fold -w1 | sort | uniq -d)" ""
    done
    fs-ls -n same volume.raw >record
    assert_equal "$(field path <record) $(field names <record) $(field link_target <record)" \
        "/b/same ['/link'] alone"
    # another file's deleted name is no name of it
    run -0 --separate-stderr fs-ls -n third volume.raw
    assert_equal "$(field state <<<"$output")" deleted
    assert_equal "$(field meta <<<"$output")" reallocated
}

@test "ext: a file of more links than one record has" {
    mkdir content
    echo text >content/name
    python3 -c 'import os
for i in range(1500): os.link("content/name", f"content/{i}")'
    truncate -s 8M volume.raw
    mke2fs -q -F -t ext4 -d content volume.raw
    run -0 --separate-stderr timeout 60 fs-ls volume.raw
    assert_equal "$(python3 -c 'import json, sys
rows = [json.loads(line) for line in sys.stdin]
print([1 + len(r["names"]) for r in rows if "names" in r])' <<<"$output")" "[1024, 477]"
}

# disk SIZE TYPE...: an MBR with partitions of 4 MiB from 1 MiB on, 4 MiB apart.
disk() {
    truncate -s "$1" disk.raw
    shift
    start=2048
    for type; do
        echo "$start,8192,$type"
        start=$((start + 8192))
    done | sfdisk -q disk.raw
}

@test "volumes that fett does not read are gaps beside those that it reads" {
    truncate -s 4M fat.raw
    mkfs.fat fat.raw >/dev/null
    disk 20M 6 83 82 7
    dd if=fat.raw of=disk.raw bs=512 seek=2048 conv=notrunc status=none
    run -0 --separate-stderr fs-ls disk.raw
    # p2 with the signature of XFS, p3 swap, p4 something
    printf 'XFSB' | dd of=disk.raw bs=512 seek=10240 conv=notrunc status=none
    printf 'SWAPSPACE2' | dd of=disk.raw bs=1 seek=$((18432 * 512 + 4086)) conv=notrunc status=none
    run -3 --separate-stderr fs-ls disk.raw
    assert_equal "$(grep '"type":"gap"' <<<"$output" | field volume | xargs)" p2
    assert_regex "$output" 'XFS: its files cannot be read'
    printf 'something' | dd of=disk.raw bs=512 seek=$((26624 + 4000)) conv=notrunc status=none
    run -3 --separate-stderr fs-timeline disk.raw
    assert_equal "$(grep '"type":"gap"' <<<"$output" | field volume | xargs)" "p2 p4"
    run -0 --separate-stderr fs-ls disk.raw:p1
}

@test "a dynamic disk has more volumes than the one that is found" {
    truncate -s 4M fat.raw
    mkfs.fat fat.raw >/dev/null
    disk 8M 42
    dd if=fat.raw of=disk.raw bs=512 seek=2048 conv=notrunc status=none
    run -3 --separate-stderr fs-ls disk.raw
    assert_regex "$output" '"type":"gap".*"volume":"p1".*dynamic disk'
}

@test "an MBR that counts sectors of 4,096 bytes" {
    truncate -s 4M fat.raw
    mkfs.fat -S 4096 fat.raw >/dev/null
    truncate -s 16M large.raw
    # one partition, type 6, at sector 256 of 1024
    printf '\x00\x00\x00\x00\x06\x00\x00\x00\x00\x01\x00\x00\x00\x04\x00\x00' |
        dd of=large.raw bs=1 seek=446 conv=notrunc status=none
    printf '\x55\xaa' | dd of=large.raw bs=1 seek=510 conv=notrunc status=none
    dd if=fat.raw of=large.raw bs=4096 seek=256 conv=notrunc status=none
    run -0 --separate-stderr img-info large.raw
    assert_regex "$output" '"volume":"p1","offset":1048576,"length":4194304'
    run -0 --separate-stderr fs-ls large.raw
}

@test "ext: groups whose descriptors are apart" {
    mkdir content
    for i in {1..200}; do echo "see http://host$i.example.com/ here" >content/$i; done
    head -c 300000 /dev/urandom >content/large
    truncate -s 40M volume.raw
    # 40 groups of 8 inodes; 16 descriptors a block, and the second block stands apart
    mke2fs -q -F -t ext4 -b 1024 -g 1024 -N 320 -O meta_bg,^resize_inode,64bit -d content volume.raw
    debugfs -w -R 'rm /100' volume.raw 2>/dev/null
    run -3 --separate-stderr fs-ls volume.raw
    # only what no folder names is not looked for
    assert_equal "$(grep -c '"type":"gap"' <<<"$output")" 1
    assert_regex "$output" '"type":"gap".*meta_bg: deleted files without a name are not listed'
    assert_equal "$(grep -c '"state":"allocated","file_type":"regular","size":[1-9]' <<<"$output")" 200
    for name in 1 99 101 200 large; do
        run -0 cmp content/$name <(fs-cat -q volume.raw:/$name)
    done
    # all of it is in files, and what is free is known as such
    ioc-strings -q -k url volume.raw >hits || assert_equal $? 3
    assert_equal "$(grep -c '"path":"/[0-9]*","inode":"[0-9]*","state":"allocated".*"area":"content"' hits)" 199
    assert_equal "$(grep '//host100.example' hits | field state)" deleted
    # in one block: all are found
    truncate -s 16M small.raw
    mke2fs -q -F -t ext4 -b 1024 -g 1024 -O meta_bg,^resize_inode,64bit -d content small.raw
    run -0 --separate-stderr fs-ls small.raw
}

# Also what the corpus calls it otherwise: the image is the same by whatever name.
@test "records name each file once, and a folder without what lies in it" {
    for image in kozirog-nt.raw ext4.raw two-fs.raw; do
        fs-ls -q "$samples/$image" >files || true
        run -0 cmp files <(fs-ls -q - <files)
        run -0 cmp files <(cat files files | fs-ls -q -)
    done
    cp "$samples/floppy.raw" .
    fs-ls -q floppy.raw >files
    (cat files; fs-ls -q ./floppy.raw; fs-ls -q "$PWD/floppy.raw") | fs-ls -q - >again
    run -0 cmp files again
    # an operand is taken whenever it is named
    assert_equal "$(fs-ls -q floppy.raw - <files | wc -l)" $((2 * $(wc -l <files)))
}
