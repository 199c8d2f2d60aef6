#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helpers

@test "the same content as icat" {
    while read -r inode; do
        fs-cat "$samples/ntfs-hostile.raw:p0:$inode" >fett
        icat "$samples/ntfs-hostile.raw" "$inode" >tsk
        run -0 cmp fett tsk
    done < <(fs-ls -a "$samples/ntfs-hostile.raw" | python3 -c '
import json, sys
for line in sys.stdin:
    r = json.loads(line)
    if r["file_type"] == "regular" and not r["path"].startswith(("/$", "/many/", "/links")):
        print(r["inode"])')
}

@test "a stream, and what a record names" {
    path=$(facts kozirog-nt stream | cut -f4 | head -1)
    size=$(facts kozirog-nt stream | awk -F'\t' '$5 == "size" { print $6; exit }')
    fs-cat "$samples/kozirog-nt.E01:p1:$path" >stream
    assert_equal "$(stat -c %s stream)" "$size"
    fs-ls -n soundv.exe "$samples/kozirog-nt.E01" | fs-cat - >soundv
    expected=$(facts kozirog-nt file | awk -F'\t' '/SOUNDV.EXE/ && $5 == "sha256" { print $6 }')
    assert_equal "$(sha256sum <soundv | cut -d' ' -f1)" "$expected"
}

@test "bytes of the media" {
    fs-cat "$samples/kozirog-nt.E01@0x1000+5000" >fett
    run -0 cmp fett <(tail -c +4097 "$samples/kozirog-nt.raw" | head -c 5000)
    run -0 --separate-stderr fs-cat -x "$samples/kozirog-nt.E01@510+2"
    assert_output "0000000001fe  55 aa                                            U."
    run -2 --separate-stderr fs-cat "$samples/kozirog-nt.E01@99999999999+1"
}

@test "deleted files of the DFTT undelete set" {
    need_corpus
    image=$corpus/images/dftt/6-fat-undel.dd
    for each in ing.dat:59b20779f69ff9f0ac5fcd2c38835a79 ult1.dat:ffd27bd782bdce67750b6b9ee069d2ef; do
        inode=$(fs-ls -r -n "?${each%%:*}" "$image" 2>/dev/null | field inode | head -1)
        assert_equal "$(fs-cat "$image:p0:$inode" | md5sum | cut -d' ' -f1)" "${each#*:}"
    done
    image=$corpus/images/dftt/8-jpeg-search.dd
    assert_equal "$(fs-cat "$image:p0:32" | md5sum | cut -d' ' -f1)" afd55222024a4e22f7f5a3a665320763
    assert_equal "$(fs-cat "$image:p0:31" | md5sum | cut -d' ' -f1)" 0c452c5800fcfa7c66027ae89c4f068a
}

@test "a recovered tree stays inside, overwrites nothing, has safe names" {
    run -0 --separate-stderr fs-cat -d out "$samples/ntfs-hostile.raw"
    assert_equal "$(find out -name '*[[:cntrl:]]*' | wc -l)" 0
    assert [ -f 'out/p0/names/new%0Aline.txt' ]
    before=$(find out -type f | wc -l)
    sum=$(find out -type f -not -name '*~*' -exec md5sum {} + | sort | md5sum)
    run --separate-stderr fs-cat -d out "$samples/ntfs-hostile.raw"
    assert_equal "$(find out -type f -not -name '*~*' -exec md5sum {} + | sort | md5sum)" "$sum"
    assert [ "$before" -gt 2000 ]
}

@test "what has no content is said" {
    run -2 --separate-stderr fs-cat "$samples/kozirog-nt.E01:p1:/no/such/file"
    run -2 --separate-stderr fs-cat .
}

@test "content in an \$MFT record that lies in two places" {
    need_corpus
    # Clusters of 512 bytes, records of 1,024: record 255 begins at the end of a run.
    image=$corpus/images/ntfs/testfs1
    fs-cat "$image:p0:255-144-2" >fett
    icat "$image" 255-144-2 >tsk
    assert [ -s tsk ]
    run -0 cmp fett tsk
}

@test "all that fs-ls lists can be piped, what has no content too" {
    fs-ls "$samples/iso.raw" >records
    run -0 --separate-stderr fs-cat - <records
    assert_equal "$stderr" ""
}

@test "filters need a folder to recover into" {
    run -2 --separate-stderr fs-cat -n '*.dll' "$samples/kozirog-nt.raw"
    assert_regex "$stderr" 'need --directory'
}

@test "the files of two images stay apart" {
    cp "$samples/floppy.raw" one.raw
    cp "$samples/floppy.raw" two.raw
    run -0 --separate-stderr fs-cat -d out one.raw two.raw
    diff -r out/one.raw out/two.raw
    name=$(fs-ls -qa -n README.TXT one.raw | field path)
    assert [ -f "out/two.raw/p0$name" ]
    fs-ls -q "$PWD/one.raw" | fs-cat -d records -
    run -0 diff -r out/one.raw "records/$(sed 's,/,%2F,g' <<<"$PWD/one.raw")"
}

@test "a hit beside the content of its file is given by its bytes" {
    image=$samples/kozirog-nt.E01
    ioc-strings -q "$image" | rec-fmt -w 'area = slack' -w 'kind = url' >hit
    assert [ "$(wc -l <hit)" -ge 1 ]
    assert_equal "$(head -1 hit | fs-cat -)" "$(head -1 hit | field value)"
    ioc-strings -q "$image" | rec-fmt -w 'area = content' | head -1 >hit
    run -0 cmp <(fs-cat - <hit) <(fs-cat "$image:$(field volume <hit):$(field inode <hit)")
}
