#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A damaged catalogue of HFS+: its nodes are gaps, and no other name is lost.
load helpers

# make_hfs [PIECES]: whole.raw, and what its nodes are in the lines of `nodes`: number, offset,
# kind, records, inodes.
make_hfs() {
    python3 "$root/images/lib/hfs.py" whole.raw "$@" >nodes
    run -0 --separate-stderr fs-ls whole.raw
    refute_regex "$output" '"type":"gap"'
    paths=$(grep -v '"path":"/\$' <<<"$output" | field path)
    assert_equal "$(wc -l <<<"$paths")" 339
}

# node NUMBER FIELD: 2 its offset, 4 its records, 5- its inodes.
node() {
    awk -v n="$1" '$1 == n' nodes | cut -d' ' -f"$2"
}

# damage NUMBER BYTE TEXT: damaged.raw is whole.raw with that text (of printf) in a node.
damage() {
    cp whole.raw damaged.raw
    printf "$3" | dd of=damaged.raw bs=1 seek=$(($(node "$1" 2) + $2)) conv=notrunc status=none
}
zero_node() {
    cp whole.raw damaged.raw
    dd if=/dev/zero of=damaged.raw bs=4096 seek=$(($(node "$1" 2) / 4096)) count=1 conv=notrunc \
        status=none
}

# told NUMBER REASON: damaged.raw has a gap at that node, and still all names.
told() {
    run -3 --separate-stderr fs-ls damaged.raw
    assert_equal "$(grep -v '"path":"/\$' <<<"$output" | grep '"type":"file"' | field path)" "$paths"
    gaps=$(grep '"path":"/$CatalogFile".*"reason"' <<<"$output" | grep -E "$2")
    assert_equal "$(field offset <<<"$gaps") $(field length <<<"$gaps")" "$(node "$1" 2) 4096"
}

# The leaf that has the record of an inode.
leaf_of() {
    awk -v inode="$1" '{ for (i = 5; i <= NF; i++) if ($i == inode) print $1 }' nodes
}

@test "the catalogue may lie in many pieces" {
    make_hfs 12
    assert_equal "$(fls -rp whole.raw | grep -vc '\$')" 339
    # Of a piece that the extents overflow file has.
    zero_node 34
    told 34 'node 34 of the catalogue: needs a kind of -1, 0 or 2, has 0, height 0'
}

@test "a leaf that is damaged is a gap; its names are known by their threads" {
    make_hfs
    inode=$(fls -p whole.raw 60 | awk '/file 05/ { sub(":", "", $2); print $2 }')
    leaf=$(leaf_of "$inode")
    zero_node "$leaf"
    told "$leaf" 'has 0, height 0'
    assert_regex "$output" '"path":"/b/b file 05","inode":"'"$inode"'".*its record in the catalogue is lost'
    record=$(grep -E '"type":"file".*"path":"/b/b file 05"' <<<"$output")
    assert_regex "$record" '"state":"allocated"'
    refute_regex "$record" '"size"'
    # How many there are of the others: the header has a count.
    told 0 "leaves have [0-9]+ records, [0-9]+ were found"
    counts=$(grep -oE 'have [0-9]+ records, [0-9]+' <<<"$gaps" | tr -dc '0-9 ')
    set -- $counts
    assert_equal $(($1 - $2)) "$(node "$leaf" 4)"
    # a name of a leaf behind it has all that its record has
    record=$(grep '"path":"/b/b file 39"' <<<"$output")
    assert_regex "$record" '"size":160,"mode":"0644","uid":501,"gid":20,.*"btime":"2018-01-28T16:00:00.*"mtime":"2018-01-28T16:00:01.*"atime":"2018-01-28T16:00:03.*"ctime":"2018-01-28T16:00:02'
    damage "$leaf" 8 '\007'
    told "$leaf" 'has 7, height'
    damage "$leaf" 9 '\011'
    told "$leaf" 'has -1, height 9'
    damage "$leaf" 4092 '\125'
    told "$leaf" "needs $(node "$leaf" 4) records, has $(($(node "$leaf" 4) - 2))"
    damage "$leaf" 10 '\377'
    told "$leaf" 'needs 65[0-9]+ records, has'
    # the key of the first record
    damage "$leaf" 14 '\177'
    told "$leaf" "needs $(node "$leaf" 4) records, has $(($(node "$leaf" 4) - 1))"
}

@test "leaves that do not lead to each other, or that nothing leads to, are read" {
    make_hfs
    damage 6 0 '\0\0\0\0'
    told 6 'follow each other to node 6, which leads to node 0; the last one is node 35'
    damage 6 0 '\177\0\0\0'
    told 6 'follow each other to node 6'
    # the root of the tree
    zero_node 36
    told 36 'node 36 of the catalogue'
    assert_regex "$output" '"type":"gap".*"path":"/","inode":"2".*the root folder cannot be read'
    damage 36 8 '\007'
    told 36 'has 7, height 2'
    # the map
    damage 0 248 '\0'
    told 0 'the map of the nodes of the catalogue is damaged'
    damage 0 248 '\375'
    told 6 'is free by the map'
    # the count
    damage 0 20 '\0\0\0\011'
    told 0 'leaves have 9 records, 680 were found'
}

@test "names whose folder is lost are orphans; a header that is lost is told" {
    make_hfs
    # It has the records of the folders, and the thread of one of them.
    zero_node 1
    run -3 --separate-stderr fs-ls damaged.raw
    assert_regex "$output" '"path":"/a file 00","inode":"19","state":"orphan"'
    assert_regex "$output" '"path":"/h/h file 00"[^}]*"state":"allocated"'
    zero_node 0
    run -3 --separate-stderr fs-ls damaged.raw
    assert_regex "$output" '"type":"gap".*"path":"/\$CatalogFile".*"offset":'"$(node 0 2)"',.*the header of the catalogue is damaged'
}

@test "a hard link is a name of its file" {
    make_hfs
    for node in "" 36 6; do
        cp whole.raw damaged.raw
        [ -z "$node" ] || zero_node $node
        run --separate-stderr fs-ls damaged.raw
        assert_regex "$output" '"path":"/link","inode":"17"[^}]*"size":7,[^}]*"names":\["/\^\^\^\^HFS\+ Private Data/iNode17"\]'
        assert_equal "$(grep -c '/link' <<<"$output")" 1
    done
}

@test "HFS+: a journal of a volume that was not unmounted is told" {
    make_hfs
    for attributes in '\040\0' '\041\0' '\0\0'; do
        cp whole.raw damaged.raw
        printf "$attributes" | dd of=damaged.raw bs=1 seek=$((1024 + 6)) conv=notrunc status=none
        run --separate-stderr img-info damaged.raw
        [ "$attributes" = '\040\0' ] && expected=3 || expected=0
        assert_equal "$status" "$expected"
        [ "$expected" = 0 ] || assert_regex "$output" '"detail":"not unmounted: its journal was not'
    done
}

@test "fs-timeline, ioc-strings tell of it too" {
    make_hfs
    zero_node 6
    run -3 --separate-stderr fs-timeline damaged.raw
    assert_regex "$output" '"type":"gap".*node 6 of the catalogue'
    run -3 --separate-stderr ioc-strings damaged.raw
    assert_regex "$output" '"type":"gap".*node 6 of the catalogue'
}
