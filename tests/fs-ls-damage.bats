#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Damage in the structures of file systems that libtsk reads: what is lost by it is told.
load helpers

# zero FILE OFFSET BYTES, put FILE OFFSET: zeros there, or what standard input has.
zero() {
    dd if=/dev/zero of="$1" bs=1 seek="$2" count="$3" conv=notrunc status=none
}
put() {
    dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# make_ext OPTION...: whole.raw of blocks of 1,024 bytes, with a folder that has many names.
make_ext() {
    rm -rf content whole.raw
    mkdir -p content/sub/deep content/other
    echo text | tee content/sub/deep/file >content/other/file
    touch content/sub/{100..299}
    truncate -s 8M whole.raw
    mke2fs -q -F -b 1024 "$@" -d content whole.raw
    run -0 --separate-stderr fs-ls whole.raw
    refute_regex "$output" '"type":"gap"'
}

# block NAME N: where the N-th block of a file in whole.raw is.
block() {
    echo $(($(debugfs -R "bmap $1 $2" whole.raw 2>/dev/null) * 1024))
}

# inode NAME: where the inode of a file in whole.raw is; and its number.
inode() {
    debugfs -R "imap $1" whole.raw 2>/dev/null | awk '/located/ {
        sub(",", "", $4); sub("0x", "", $6); print $4, $6 }' | {
        read -r number hex
        echo $((number * 1024 + 0x$hex))
    }
}
number() {
    debugfs -R "stat $1" whole.raw 2>/dev/null | awk 'NR == 1 { print $2 }'
}

# told PATH REASON: a gap of damaged.raw is that, and the other files are still there.
told() {
    run -3 --separate-stderr fs-ls damaged.raw
    gaps=$(grep '"type":"gap"' <<<"$output")
    assert_equal "$(field path <<<"$gaps" | sort -u)" "$1"
    assert_equal "$(field inode <<<"$gaps" | sort -u)" "$(number "$1")"
    assert_regex "$gaps" "$2"
    assert_regex "$output" '"path":"/other/file"'
}

@test "ext: a folder whose blocks are damaged is a gap" {
    for options in "-t ext4" "-t ext4 -O ^metadata_csum" "-t ext4 -O ^extent,^64bit" "-t ext2"; do
        make_ext $options
        first=$(block /sub 0) second=$(block /sub 1)
        cp whole.raw damaged.raw
        zero damaged.raw "$first" 1024
        told /sub 'does not begin with'
        assert_equal "$(field offset <<<"$gaps") $(field length <<<"$gaps")" "$first 1024"
        cp whole.raw damaged.raw
        yes | head -c 1024 | put damaged.raw "$first"
        told /sub 'does not begin with'
        cp whole.raw damaged.raw
        zero damaged.raw $((second + 512)) 512
        told /sub 'a length that cannot be'
        assert_equal "$(field offset <<<"$gaps") $(field length <<<"$gaps")" "$second 1024"
        cp whole.raw damaged.raw
        yes | head -c 512 | put damaged.raw $((second + 512))
        told /sub 'in this part of the folder'
        # another folder's block
        cp whole.raw damaged.raw
        dd if=whole.raw of=damaged.raw bs=1024 skip=$(($(block /sub/deep 0) / 1024)) \
            seek=$((first / 1024)) count=1 conv=notrunc status=none
        told /sub 'does not begin with'
    done
}

@test "ext: a live name whose inode is empty, free or of another kind is a gap" {
    make_ext -t ext4 -I 256
    for path in /sub /sub/deep /sub/deep/file; do
        cp whole.raw damaged.raw
        zero damaged.raw "$(inode $path)" 256
        told $path 'inode of this live (folder|file) is empty'
        assert_equal "$(field offset <<<"$gaps")" "$(inode $path)"
    done
    for path in /sub /sub/deep/file; do
        cp whole.raw damaged.raw
        debugfs -w -R "freei $path" damaged.raw 2>/dev/null
        told $path 'inode of this live (folder|file) is marked as free'
    done
    cp whole.raw damaged.raw
    debugfs -w -R 'set_inode_field /sub/deep mode 0100644' damaged.raw 2>/dev/null
    told /sub/deep 'by its name it is a folder'
    cp whole.raw damaged.raw
    debugfs -w -R 'set_inode_field /sub/deep/file links_count 0' damaged.raw 2>/dev/null
    told /sub/deep/file 'says that it has no name'
    cp whole.raw damaged.raw
    debugfs -w -R 'set_inode_field /sub size 0' damaged.raw 2>/dev/null
    told /sub 'the size of this folder cannot be'
    cp whole.raw damaged.raw
    debugfs -w -R 'set_inode_field /sub size 65536' damaged.raw 2>/dev/null
    told /sub 'parts of this folder have no blocks'
}

@test "ext: group descriptors, inodes, bitmap of the root that are gone are a gap" {
    make_ext -t ext4 -I 256
    for place in 2048 "$(inode /)" "$(block / 0)"; do
        cp whole.raw damaged.raw
        zero damaged.raw "$place" 1024
        run -3 --separate-stderr fs-ls damaged.raw
        assert_regex "$output" '"type":"gap".*"path":"/","inode":"2"'
    done
    cp whole.raw damaged.raw
    debugfs -w -R 'freei /' damaged.raw 2>/dev/null
    run -3 --separate-stderr fs-ls damaged.raw
    assert_regex "$output" '"type":"gap".*"path":"/","inode":"2".*is marked as free'
}

@test "ext: folders of every kind that are whole are no gap" {
    mkdir -p content/{a..z}
    touch content/z/{1..3000}
    while read -r options; do
        rm -f whole.raw
        truncate -s 24M whole.raw
        mke2fs -q -F -N 4000 $options -d content whole.raw
        run -0 --separate-stderr fs-ls -p '/z/*' whole.raw
        assert_equal "$(grep -c '"type":"file"' <<<"$output")" 3000
        # with an index, with free places
        e2fsck -fyD whole.raw >/dev/null 2>&1 || true
        { printf 'rm /z/%d\n' {1..3000..3}; echo 'rmdir /b'; echo 'mkdir /new'; } >commands
        debugfs -w -f commands whole.raw >/dev/null 2>&1
        run -0 --separate-stderr fs-ls -a -p '/z/*' whole.raw
        assert_equal "$(grep -c '"type":"file"' <<<"$output")" 2000
    done <<'END'
-t ext2 -b 1024
-t ext2 -b 1024 -r 0
-t ext2 -b 4096 -O ^filetype,^dir_index
-t ext2 -b 65536
-t ext4 -b 1024
-t ext4 -b 4096 -O ^metadata_csum
-t ext4 -b 4096 -I 256 -O inline_data
-t ext4 -b 2048 -O casefold,encrypt,large_dir
END
}

@test "ext: what libtsk finds no way to is an orphan, also where fett finds one" {
    mkdir -p tree/odd
    touch tree/odd/file{1,2,3,4}
    truncate -s 1M right.raw
    mke2fs -q -F -t ext2 -b 1024 -d tree right.raw
    # A file that is freed and named, one whose name is deleted too.
    printf 'kill_file /odd/%s\n' file2 file3 | debugfs -w -f - right.raw >/dev/null 2>&1
    debugfs -w -R 'unlink /odd/file3' right.raw 2>/dev/null
    # By the name in the root the folder is a file: libtsk does not go into it.
    python3 -c '
data = bytearray(open("right.raw", "rb").read())
data[data.index(b"\3\2odd") + 1] = 1
open("odd.raw", "wb").write(data)'
    for image in right odd; do
        fls -r -p $image.raw | sed -n 's/^-.r \* \([0-9]*\):.\$OrphanFiles.*/\1/p' | sort >expected
        fs-ls -O $image.raw | grep '"type":"file"' | grep -o '"inode":"[0-9]*' |
            cut -d'"' -f4 | sort >found || true
        run diff expected found
        assert_success
    done
    assert_equal "$(xargs <expected)" "14 15"
}

@test "ext: a journal that was not replayed is told" {
    make_ext -t ext4 -b 1024
    cp whole.raw changed.raw
    echo secret >secret
    printf 'mkdir /later\nwrite secret /later/file\n' | debugfs -w -f - changed.raw >/dev/null 2>&1
    # The blocks that differ, but for the superblock, into the journal.
    python3 - <<'END' >commands
whole, changed = open("whole.raw", "rb").read(), open("changed.raw", "rb").read()
blocks = [i for i in range(2, len(whole) // 1024)
          if whole[i * 1024:i * 1024 + 1024] != changed[i * 1024:i * 1024 + 1024]]
open("blocks", "wb").write(b"".join(changed[i * 1024:i * 1024 + 1024] for i in blocks))
print("jo\njw -b", ",".join(map(str, blocks)), "blocks\njc")
END
    cp whole.raw damaged.raw
    debugfs -w -f commands damaged.raw >/dev/null 2>&1
    for command in fs-ls img-info fs-timeline; do
        run -3 --separate-stderr $command damaged.raw
        gap=$(grep '"type":"gap"' <<<"$output")
        assert_equal "$(field offset <<<"$gap")" 1024
        assert_regex "$gap" '"volume":"p0".*needs_recovery: its journal was not replayed'
    done
    run -3 --separate-stderr img-info damaged.raw
    assert_regex "$output" '"type":"volume".*"detail":"needs_recovery'
    # replayed
    e2fsck -fy damaged.raw >/dev/null 2>&1 || true
    run -0 --separate-stderr fs-ls damaged.raw
    assert_regex "$output" '"path":"/later/file"'
}

# make_fat BITS: whole.raw of clusters of two sectors; /SUB begins at `folder`, and has
# 28 sectors: `.`, `..`, 20 short names, 140 long ones.
make_fat() {
    rm -rf SUB whole.raw
    mkdir SUB
    touch SUB/{10..29}.TXT SUB/"a long name that takes three entries "{100..239}
    truncate -s 40M whole.raw
    mkfs.fat -F "$1" -s "$2" whole.raw >/dev/null
    mmd -i whole.raw ::/OTHER
    mcopy -i whole.raw SUB/10.TXT ::/OTHER/FILE.TXT
    mcopy -s -i whole.raw SUB ::/
    folder=$(istat whole.raw "$(fs-ls -n SUB whole.raw | field inode)" |
        awk '/^Sectors:/ { getline; print $1 * 512; exit }')
    run -0 --separate-stderr fs-ls whole.raw
    refute_regex "$output" '"type":"gap"'
    assert_equal "$(grep -c '/SUB/' <<<"$output")" 160
}

# fat_told REASON: /SUB of damaged.raw has a gap, and the rest is still there.
fat_told() {
    run -3 --separate-stderr fs-ls damaged.raw
    gaps=$(grep '"type":"gap"' <<<"$output")
    assert_equal "$(field path <<<"$gaps" | sort -u)" /SUB
    assert_regex "$gaps" "$1"
    assert_regex "$output" '"path":"/OTHER/FILE.TXT"'
    assert_regex "$output" '"path":"/SUB/a long name that takes three entries 239"'
}

@test "FAT: a folder whose clusters are damaged is a gap" {
    while read -r bits sectors; do
        make_fat "$bits" "$sectors"
        cp whole.raw damaged.raw
        zero damaged.raw "$folder" 512
        fat_told 'does not begin with'
        assert_regex "$gaps" 'has names behind its end'
        assert_equal "$(field offset <<<"$gaps" | head -1)" "$folder"
        cp whole.raw damaged.raw
        zero damaged.raw $((folder + 64)) 32
        fat_told 'has names behind its end'
        assert_equal "$(field offset <<<"$gaps")" $((folder + 64))
        cp whole.raw damaged.raw
        yes | head -c 512 | put damaged.raw $((folder + 512))
        fat_told 'an entry in use of this folder is no name'
        assert_equal "$(field offset <<<"$gaps") $(field length <<<"$gaps")" "$((folder + 512)) 512"
        # the end of what is in use: long names without their entry
        cp whole.raw damaged.raw
        zero damaged.raw $((folder + (2 + 20 + 4 * 140 - 1) * 32)) 32
        run -3 --separate-stderr fs-ls damaged.raw
        assert_regex "$output" '"type":"gap".*"path":"/SUB".*behind a long name without its entry'
    done <<'END'
12 32
16 4
32 1
END
}

@test "FAT: the root is damaged" {
    make_fat 16 4
    root_at=$(fsstat whole.raw | awk '/Root Directory:/ { print $4 * 512; exit }')
    cp whole.raw damaged.raw
    zero damaged.raw "$root_at" 32
    run -3 --separate-stderr fs-ls damaged.raw
    assert_regex "$output" '"type":"gap".*"path":"/","inode":"2".*has names behind its end'
    assert_regex "$output" '"path":"/SUB/10.TXT"'
}

@test "FAT: folders that are whole are no gap" {
    for options in "12 32" "16 4" "32 1"; do
        make_fat $options
        mdel -i whole.raw '::/SUB/a long name that takes three entries 1*' ::/SUB/2*.TXT
        mdeltree -i whole.raw ::/OTHER
        mmd -i whole.raw ::/NEW ::/NEW/BELOW '::/NEW/some long name'
        mlabel -i whole.raw ::LABEL
        mren -i whole.raw ::/SUB/10.TXT ::/SUB/renamed.text
        run -0 --separate-stderr fs-ls -a whole.raw
        refute_regex "$output" '"type":"gap"'
        assert_equal "$(grep -c '"path":"/SUB/' <<<"$output")" 50
    done
}

@test "FAT32: a boot sector whose copy is used instead is a gap" {
    make_fat 32 1
    cp whole.raw damaged.raw
    zero damaged.raw 0 512
    run -3 --separate-stderr fs-ls damaged.raw
    gaps=$(grep '"type":"gap"' <<<"$output")
    assert_equal "$(field offset <<<"$gaps") $(field length <<<"$gaps")" '0 512'
    assert_regex "$gaps" '"volume":"p0".*boot sector damaged, opened by its copy in sector 6'
    assert_regex "$output" '"path":"/SUB/10.TXT"'
    run -3 --separate-stderr img-info damaged.raw
    assert_regex "$output" '"volume":"p0".*opened by its copy'
}

# make_fats BITS SECTORS: whole.raw of make_fat, with a file of many clusters; `first`, `size` are
# those of the FATs, in bytes; `paths` what is in it.
make_fats() {
    make_fat "$@"
    seq 1500000 >big
    mcopy -i whole.raw big ::/SUB/BIG
    read -r first size < <(fsstat whole.raw | awk '/FAT 0:/ { split($0, a, /[ -]+/)
        for (i in a) if (a[i] == "0:") print a[i + 1] * 512, (a[i + 2] - a[i + 1] + 1) * 512 }')
    assert_equal "$(od -An -tx1 -N 8 -j "$first" whole.raw)" \
        "$(od -An -tx1 -N 8 -j $((first + size)) whole.raw)"
    paths=$(fs-ls whole.raw | field path)
}

# fats_told REASON: damaged.raw has one gap, of the FATs, and all names and contents.
fats_told() {
    run -3 --separate-stderr fs-ls damaged.raw
    gaps=$(grep '"type":"gap"' <<<"$output")
    assert_equal "$(grep -v '"type":"gap"' <<<"$output" | field path)" "$paths"
    assert_equal "$(wc -l <<<"$gaps")" 1
    assert_regex "$gaps" "the FATs differ, in .*: $1"
    fs-cat damaged.raw:p0:/SUB/BIG 2>/dev/null | cmp - big
}

@test "FAT: where the first FAT is damaged the second one is used" {
    while read -r bits sectors; do
        make_fats "$bits" "$sectors"
        cp whole.raw damaged.raw
        dd if=/dev/zero of=damaged.raw bs=512 seek=$((first / 512)) count=$((size / 512)) \
            conv=notrunc status=none
        fats_told 'what the first has there cannot be, the second is used'
        assert_equal "$(field offset <<<"$gaps")" "$first"
        for source in "head -c 512 /dev/zero" "yes y"; do
            cp whole.raw damaged.raw
            $source | head -c 512 | put damaged.raw $((first + 512))
            fats_told 'what the first has there cannot be, the second is used'
            [ "$bits" = 12 ] || assert_equal "$(field offset <<<"$gaps")" $((first + 512))
        done
        # the second one
        cp whole.raw damaged.raw
        zero damaged.raw $((first + size)) 512
        fats_told 'the first is used'
        # Windows tells the first one alone that the volume is in use.
        cp whole.raw damaged.raw
        printf '\177' | put damaged.raw $((first + (bits == 32 ? 7 : 3)))
        [ "$bits" = 12 ] || run -0 --separate-stderr fs-ls damaged.raw
    done <<'END'
12 32
16 4
32 1
END
}

@test "FAT32: only the second FAT is in use" {
    make_fats 32 1
    cp whole.raw damaged.raw
    zero damaged.raw "$first" 4096
    printf '\201' | put damaged.raw 40
    run -0 --separate-stderr fs-ls damaged.raw
    assert_equal "$(field path <<<"$output")" "$paths"
    fs-cat damaged.raw:p0:/SUB/BIG | cmp - big
}

# iso_at TREE NAME: where a folder is, by isoinfo.
iso_at() {
    isoinfo $1 -l -i whole.iso | awk -v name="$2" '/^d/ && ($NF == name || (name == "/" && $NF == ".")) {
        sub(/.*\[ */, ""); print $1 * 2048; exit }'
}

@test "ISO 9660: a folder that is damaged is a gap" {
    mkdir -p content/docs/below
    touch content/docs/below/{100..299} content/other
    for option in "" -J -R "-J -R"; do
        genisoimage -quiet $option -o whole.iso content 2>/dev/null
        run -0 --separate-stderr fs-ls whole.iso
        assert_regex "$output" '/299"'
        [ "${option#-J}" = "$option" ] && tree="" || tree=-J
        for name in / docs below; do
            cp whole.iso damaged.iso
            [ -n "$tree" ] || name=${name^^}
            place=$(iso_at "$tree" $name)
            zero damaged.iso "$place" 2048
            run -3 --separate-stderr fs-ls damaged.iso
            gaps=$(grep '"type":"gap"' <<<"$output" | head -1)
            assert_equal "$(field offset <<<"$gaps") $(field length <<<"$gaps")" "$place 2048"
            assert_regex "$gaps" 'does not begin with itself'
            assert_equal "$(field path <<<"$gaps" | sed 's,.*/,/,')" "/${name#/}"
        done
        # sectors further on
        cp whole.iso damaged.iso
        zero damaged.iso $((place + 2048)) 2048
        run -3 --separate-stderr fs-ls damaged.iso
        assert_regex "$output" '"type":"gap".*has nothing here and names behind it'
        cp whole.iso damaged.iso
        yes | head -c 2000 | put damaged.iso $((place + 2048))
        run -3 --separate-stderr fs-ls damaged.iso
        assert_regex "$output" '"type":"gap".*a record in this sector of the folder is none'
    done
}
