#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# ioc-strings: operands that name a file or a folder of an image.
load helpers

@test "a folder is all that lies in it" {
    folder=$samples/kozirog-nt.E01:p1:/WINNT/system32
    for options in "" "-a -k all" --strings=8 "-e drivers" "--decode all" --histogram "-j 1"; do
        # shellcheck disable=SC2086
        run -0 --separate-stderr ioc-strings -q $options "$folder"
        echo "$output" >got
        # shellcheck disable=SC2086
        fs-ls -q "$folder" | ioc-strings -q $options - >expected
        run -0 diff expected got
    done
    # what the scan of the image gives to these files is found in them
    ioc-strings -q "$folder" | sort >got # each file by itself has no further owners
    ioc-strings -q "$samples/kozirog-nt.E01" |
        grep -E '"path":"/WINNT/system32/.*"area":"(content|resident|index)"' |
        sed 's/"also":\[[^]]*\],//' | sort >expected
    assert [ -s expected ]
    run -0 diff expected got
    # it has no parts
    for part in "--shard 1/2" "--range 0-4096"; do
        # shellcheck disable=SC2086
        run -2 --separate-stderr ioc-strings $part "$folder"
        assert_output ''
    done
    # a folder that a record names is itself
    fs-ls -q -p /WINNT/system32 "$samples/kozirog-nt.E01" >record
    run -1 --separate-stderr ioc-strings -q -e kozirog - <record
}

@test "a folder's streams, hard links and deleted files lie in it, its neighbour does not" {
    for name in a b c d e; do echo "http://$name.example.com/" >$name; done
    truncate -s 8M ext.raw
    mke2fs -q -F -t ext2 ext.raw
    debugfs -w -f - ext.raw >/dev/null 2>&1 <<'END'
mkdir /in
mkdir /in/deep
mkdir /inner
write a /in/deep/a
write b /inner/b
write c /c
ln /c /in/link
write e /in/e
write d /e
END
    run -0 --separate-stderr ioc-strings -k url ext.raw:/in
    assert_equal "$(field value <<<"$output" | sort | xargs)" \
        'http://a.example.com/ http://c.example.com/ http://e.example.com/'
    # fs-cat writes the same
    mkdir out
    run -0 --separate-stderr fs-cat -d out ext.raw:/in
    assert_equal "$(cat $(find out -type f) | sort | xargs)" \
        'http://a.example.com/ http://c.example.com/ http://e.example.com/'
}

@test "a hit in fragments or in compressed content has its place in the file's view too" {
    host=crossing.fragment.example.org
    inode=$(ioc-strings -q -a "$samples/kozirog-nt.raw" | grep -m1 "\"value\":\"$host\"" | field inode)
    record=$(ioc-strings -q -a "$samples/kozirog-nt.raw:p1:$inode" | grep "\"value\":\"$host\"")
    for run in $(python3 -c 'import json, sys
for run in json.loads(sys.stdin.read())["runs"]: print("@%d+%d" % (run["offset"], run["length"]))' <<<"$record"); do
        fs-cat "$samples/kozirog-nt.raw$run"
    done >joined
    assert_equal "$(cat joined)" "$host"
    # compressed: the record leads back to the content
    path=$(ioc-strings -q "$samples/ntfs-hostile.raw" |
        grep -m1 'compression undone' | field path)
    ioc-strings -q "$samples/ntfs-hostile.raw:$path" >hits
    assert_equal "$(field area <hits | sort -u)" content
    assert_equal "$(grep -c 'compression undone' hits)" "$(wc -l <hits)"
    sed -n 3p hits >record
    run -0 grep -c -F "$(field value <record)" <(fs-cat - <record)
}

@test "a file with holes before its content, which were set aside, has its place" {
    echo 'see http://behind.example.com/ here' >text
    truncate -s 8M ext.raw
    mke2fs -q -F -t ext4 -b 1024 ext.raw
    { head -c 51200 /dev/zero; cat text; } >file
    printf 'write file /file\nfallocate /file 0 199\nsif /file size 204800\n' | debugfs -w -f - ext.raw >/dev/null 2>&1
    run -0 --separate-stderr ioc-strings -k url ext.raw:/file
    assert_equal "$(field area <<<"$output")" content
    offset=$(field offset <<<"$output")
    run -0 --separate-stderr fs-cat "ext.raw@$offset+26"
    assert_output http://behind.example.com/
}

@test "what of a named file lies on missing media is told with its name, once" {
    cp "$samples"/kozirog-nt.E0[12456] .
    run -3 --separate-stderr ioc-strings -q -a kozirog-nt.E01
    missing=$(grep -m1 '"type":"gap"' <<<"$output")
    from=$(field offset <<<"$missing") to=$((from + $(field length <<<"$missing")))
    # a file whose first byte lies there
    inode=$(ifind -o 63 -d $(((from + 65536 - 63 * 512) / 4096)) "$samples/kozirog-nt.raw")
    run -3 --separate-stderr ioc-strings -a "kozirog-nt.E01:p1:$inode"
    grep '"type":"gap"' <<<"$output" | grep '"path"' >gap
    assert_equal "$(wc -l <gap)" 1
    assert [ "$(field offset <gap)" -lt "$to" ]
    assert_regex "$(field reason <gap)" 'is missing'
}
