#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Files without a byte between them: what two of them make together stands in neither.
load helpers

# fill TEXT: a cluster of 512 bytes that ends in it.
fill() {
    printf '%*s' $((512 - ${#1})) '' | tr ' ' '-'
    printf %s "$1"
}

# A volume of clusters of one sector, in which files follow each other as they are copied.
floppy() {
    truncate -s 1440K disk.raw
    mkfs.fat -F 12 -S 512 -s 1 disk.raw >/dev/null
}

copy() {
    mcopy -i disk.raw "$1" ::/
}

# The values of an operand, with file, area and place in it.
values() {
    ioc-strings -q -a -k "${kinds:-all}" "$@" >hits || [ $? -eq 1 ]
    python3 -c '
import json
for line in open("hits"):
    hit = json.loads(line)
    print(hit.get("path", "-"), hit.get("area", "-"), hit.get("file_offset", "-"), hit["value"])'
}

@test "a file's name does not begin in the file before it" {
    floppy
    fill "it says no" >one.txt
    printf 'kozirog.netissat.net' >two.txt
    fill "version 7" >three.txt
    printf '93.184.216.34' >four.txt
    fill 'mail to jo@www.evil.com' >five.txt
    fill 'munition' >six.txt
    for name in one two three four five six; do copy $name.txt; done
    run -0 values disk.raw -k domain,email,ipv4
    assert_equal "$output" "/two.txt content 0 kozirog.netissat.net
/four.txt content 0 93.184.216.34
/five.txt content 497 jo@www.evil.com
/five.txt content 500 www.evil.com"
}

@test "nor does its end go on in its slack, in UTF-16 as little" {
    floppy
    printf 'go to http://www.evil.com/a' >end.txt
    printf 'go to www.evil.com' | iconv -t UTF-16LE >wide.txt
    copy end.txt
    copy wide.txt
    first=$(grep -aobF 'go to http' disk.raw | cut -d: -f1)
    printf 'bcd/index.html' | dd of=disk.raw bs=1 seek=$((first + 27)) conv=notrunc status=none
    printf 'munity.org' | iconv -t UTF-16LE |
        dd of=disk.raw bs=1 seek=$((first + 512 + 36)) conv=notrunc status=none
    run -0 values disk.raw -k domain,url
    assert_equal "$output" "/end.txt content 6 http://www.evil.com/a
/end.txt content 13 www.evil.com
/wide.txt content 12 www.evil.com
/wide.txt slack 36 munity.org"
}

@test "nor a fragment's in the file behind it" {
    floppy
    fill x >first.txt
    fill x >second.txt
    copy first.txt
    fill 'bout-this.html' | sed 's/^-*//' >next.txt
    copy next.txt
    mdel -i disk.raw ::/first.txt
    { fill 'see http://evil.example.com/a'; printf ' and more'; } >parts.txt
    copy parts.txt
    run -0 values disk.raw -k domain,url
    assert_equal "$output" "/parts.txt content 487 http://evil.example.com/a
/parts.txt content 494 evil.example.com"
}

@test "keywords stand for themselves, across files too" {
    floppy
    fill koz >one.txt
    printf irog >two.txt
    copy one.txt
    copy two.txt
    run -0 --separate-stderr ioc-strings -q -e kozirog disk.raw
    assert_equal "$(field file_offset <<<"$output")" 509
}

@test "many files without a byte between them, in all parts and with all threads" {
    floppy
    mkdir files
    for i in {100..399}; do
        fill "www.host$i.example.com" >files/${i}A.TXT
        printf 'host%d.example.net' "$i" >files/${i}B.TXT
    done
    mcopy -i disk.raw -s files ::/FILES
    run -0 grep -c 'host[0-9]*\.example\.comhost' disk.raw # they do lie so
    ioc-strings -q -k domain disk.raw >whole
    for i in {100..399}; do echo www.host$i.example.com; echo host$i.example.net; done | sort >expected
    run -0 diff <(field value <whole | sort) expected
    run -0 cmp whole <(ioc-strings -q -j4 -k domain disk.raw)
    run -0 cmp whole <(ioc-strings -q -j1 -k domain disk.raw)
    for i in 1 2 3; do ioc-strings -q -k domain --shard $i/3 disk.raw || [ $? -eq 1 ]; done >parts
    run -0 cmp whole parts
}
