#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helpers

@test "the volumes of kozirog-nt are those of mmls" {
    run -0 --separate-stderr img-info "$samples/kozirog-nt.E01"
    got=$(img-info "$samples/kozirog-nt.raw" | python3 -c '
import json, sys
for line in sys.stdin:
    r = json.loads(line)
    if r.get("volume"): print(r["sector"], r["sectors"])')
    assert_equal "$got" "$(mmls "$samples/kozirog-nt.raw" | awk '$2 ~ /^[0-9]+:[0-9]+$/ { print $3 + 0, $5 + 0 }')"
}

@test "logical partitions are numbered as Linux does" {
    run -0 --separate-stderr img-info "$samples/extended.raw"
    assert_equal "$(field volume <<<"$output" | grep . | tr '\n' ' ')" "p1 p5 p6 "
}

@test "two file systems in one place are both reported" {
    run -0 --separate-stderr img-info "$samples/two-fs.raw"
    assert_equal "$(field volume <<<"$output" | grep . | tr '\n' ' ')" "p0.fs1 p0.fs2 "
}

@test "GPT, each volume with its file system and label" {
    run -0 --separate-stderr img-info -o tsv -F volume,format,name "$samples/gpt-multi.raw"
    assert_line $'volume\tp1\tFAT16\tSTICK'
    assert_line $'volume\tp2\text4\tDATA'
    assert_line $'volume\tp3\tNTFS\tEMPTY'
}

@test "case data of the acquisition" {
    run -0 --separate-stderr img-info "$samples/kozirog-nt.E01"
    for name in case_number evidence_number description notes; do
        expected=$(facts kozirog-nt case | cut -f5- | sed -n "s/^$name\t//p" | cut -f1)
        assert [ -n "$expected" ]
        assert_equal "$(head -1 <<<"$output" | field "facts.$name")" "$expected"
    done
    assert_equal "$(head -1 <<<"$output" | field size)" 67108864
}

@test "what is no image" {
    run -2 --separate-stderr img-info nowhere.raw
    assert_equal "$stderr" "img-info: cannot open: nowhere.raw: No such file or directory"
    : >empty
    run -2 --separate-stderr img-info empty
    run -2 --separate-stderr img-info .
    printf 'QFI\xfb' >disk.qcow2
    head -c 4096 /dev/zero >>disk.qcow2
    run -2 --separate-stderr img-info disk.qcow2
    assert_regex "$stderr" "qcow2"
    run -0 --separate-stderr img-info --raw disk.qcow2
}

@test "partitions of the DFTT extended partition set" {
    need_corpus
    run -0 --separate-stderr img-info "$corpus/images/dftt/ext-part-test-2.dd"
    assert_equal "$(python3 -c '
import json, sys
for line in sys.stdin:
    r = json.loads(line)
    if r.get("format") == "FAT16": print(r["sector"], r["sectors"])' <<<"$output")" \
"63 52353
52416 52416
104832 52416
157311 52353
209727 52353
262143 50337"
}

@test "a table that counts in sectors of 4,096 bytes is told in these" {
    truncate -s 16M disk.raw
    printf 'g\nn\n1\n\n\nw\n' | fdisk -b 4096 disk.raw >/dev/null
    start=$(fdisk -b 4096 -l -o Start disk.raw | tail -1)
    mkfs.fat -C fat.raw 4096 >/dev/null
    dd if=fat.raw of=disk.raw bs=4096 seek="$start" conv=notrunc status=none
    run -0 --separate-stderr img-info disk.raw
    assert_equal "$(grep '"type":"image"' <<<"$output" | field sector_size)" 4096
    grep '"volume":"p1"' <<<"$output" >volume
    assert_equal "$(field sector <volume | xargs)" "$((start))"
    assert_equal "$(field offset <volume)" "$((start * 4096))"
    run -0 --separate-stderr fs-ls --sector $((start)) disk.raw
    assert_regex "$output" '"volume":"p1"'
}
