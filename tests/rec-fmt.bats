#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helpers

records() {
    printf '%s\n' \
        '{"type":"file","path":"/b","size":20,"mtime":"2000-11-22T08:14:04.000000000Z"}' \
        '{"type":"file","path":"/a","size":3,"mtime":"2000-11-23T00:00:00.000000000Z"}' \
        '{"type":"file","path":"/c","size":100,"new_field":[1,2]}'
}

@test "without options records pass as they are, unknown fields too" {
    records >in
    run -0 --separate-stderr rec-fmt <in
    assert_equal "$output" "$(cat in)"
}

@test "conditions compare numbers as numbers and times as times" {
    records >in
    assert_equal "$(rec-fmt -w 'size > 9' <in | field path | tr '\n' ' ')" "/b /c "
    assert_equal "$(rec-fmt -w 'mtime = 2000-11-22' <in | field path)" /b
    assert_equal "$(rec-fmt -w 'path ~ /[ab]' <in | field path)" ""
    assert_equal "$(rec-fmt -w 'path ~ */A' <in | field path)" /a
    assert_equal "$(rec-fmt -w 'mtime ?' -w 'size < 10' <in | field path)" /a
    run -1 --separate-stderr rec-fmt -w 'path = /x' <in
    run -2 --separate-stderr rec-fmt -w 'path' <in
    run -2 --separate-stderr rec-fmt -w 'nonsense = 1' <in
}

@test "sorting" {
    records >in
    assert_equal "$(rec-fmt -s path <in | field path | tr '\n' ' ')" "/a /b /c "
    assert_equal "$(rec-fmt -s -size <in | field path | tr '\n' ' ')" "/c /b /a "
}

@test "tsv, csv, projection" {
    records >in
    run -0 --separate-stderr rec-fmt -o tsv -F path,size in
    assert_output $'type\tpath\tsize\nfile\t/b\t20\nfile\t/a\t3\nfile\t/c\t100'
    printf '%s\n' '{"type":"file","path":"/x,\"y\"\n\tz"}' >odd
    run -0 --separate-stderr rec-fmt -o csv -F path odd
    assert_output $'type,path\nfile,"/x,""y""\n\tz"'
    run -0 --separate-stderr rec-fmt -o tsv -F path odd
    assert_output $'type\tpath\nfile\t/x,"y"\\n\\tz'
    run -2 --separate-stderr rec-fmt -F nonsense in
}

@test "a malformed line is told by its number, the others pass, status 3" {
    { records; echo 'no json'; records; } >in
    run -3 --separate-stderr rec-fmt <in
    assert_equal "${#lines[@]}" 6
    assert_regex "$stderr" 'standard input: line 4'
}

@test "fs-ls as tsv is fs-ls through rec-fmt as tsv" {
    fs-ls -o tsv -F path,inode,size,mtime "$samples/kozirog-nt.E01" >direct
    fs-ls "$samples/kozirog-nt.E01" | rec-fmt -o tsv -F path,inode,size,mtime >piped
    run -0 cmp direct piped
}
