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

# libtsk shows ^ for each byte that is no ASCII.
@test "8.3 names of FAT keep their bytes" {
    truncate -s 1440K floppy.raw
    mkfs.fat -F 12 floppy.raw >/dev/null
    # name PLACE BYTES: the n-th entry of the root folder gets this 8.3 name.
    name() { printf "$2" | dd of=floppy.raw bs=1 seek=$((19 * 512 + 32 * $1)) conv=notrunc status=none; }
    for i in 0 1 2 3 4 5; do
        echo "content $i" >"N$i.TXT"
        mcopy -i floppy.raw "N$i.TXT" ::/
    done
    name 0 '\x8eB      TXT'
    name 1 '\x99B      TXT'
    name 2 '\x05B      TXT'     # stands for e5
    name 3 '\xc3\xa5      TXT'  # would be UTF-8 by chance
    name 4 '\xe5\x99      TXT'  # deleted
    name 5 'LOW\x8e    TXT\x20\x18'
    run -0 --separate-stderr fs-ls -p '*.TXT' floppy.raw
    assert_equal "$(field path_hex <<<"$output" | tr -d '\n')" \
        2f8e422e5458542f99422e5458542fe5422e5458542fedb383edb2a52e5458542f5f992e5458542f6c6f778e2e747874
    assert_equal "$(field path <<<"$output" | sort | uniq -c | sort -n | awk '{ print $1, $2 }' | xargs)" \
        "1 /_�.TXT 1 /low�.txt 1 /��.TXT 3 /�B.TXT"
    number=0
    for name in %8EB.TXT %99B.TXT %E5B.TXT %C3%A5.TXT; do
        run -0 --separate-stderr fs-cat "floppy.raw:p0:/$name"
        assert_output "content $number"
        number=$((number + 1))
    done
    run -0 --separate-stderr fs-cat 'floppy.raw:p0:/LOW%8E.TXT'
    assert_output "content 5"
    fs-ls -p '*.TXT' floppy.raw >records
    run -0 fs-cat - <records
    assert_output "$(printf 'content %d\n' {0..5})"
}

# A long name, and the 8.3 name beside it.
@test "a FAT file is found by its 8.3 name with letters beyond ASCII" {
    truncate -s 1440K floppy.raw
    mkfs.fat -F 12 floppy.raw >/dev/null
    echo content >x
    mcopy -i floppy.raw x "::/A name that is long.text"
    # Two entries of the long name, then the 8.3 name; the checksum is as libtsk has it: not looked at.
    printf '\x8eNAME~1 ' | dd of=floppy.raw bs=1 seek=$((19 * 512 + 32 * 2)) conv=notrunc status=none
    run -0 --separate-stderr fs-ls -n '*.text' -F path floppy.raw
    assert_output '{"type":"file","path":"/A name that is long.text"}'
    run -0 fs-cat 'floppy.raw:p0:/%8Ename~1.tex'
    assert_output content
}

@test "the sound part of a FAT file whose cluster chain is damaged" {
    seq 100000 110000 | head -c 2560 >A.BIN # clusters 2 to 6
    make_fat16 A.BIN
    fs-cat fat.raw:p0:/A.BIN >whole
    run -0 cmp whole A.BIN
    for next in ffff 0000 fff7 f000 0002; do
        set_link 4 "$next"
        status=0
        fs-cat fat.raw:p0:/A.BIN >part 2>message || status=$?
        assert_equal "$status" 3
        run -0 cmp -n 1536 part A.BIN
        run -0 cmp <(tail -c +1537 part) <(head -c 1024 /dev/zero)
        run -0 grep -q 'fs-cat: fat.raw:p0:/A.BIN: its cluster chain has 1536 of 2560 bytes' message
    done
    set_link 4 ffff
    fs-cat -x fat.raw:p0:3 2>/dev/null >hex || true
    assert_equal "$(wc -l <hex)" 160
    rm -rf out
    run -3 --separate-stderr fs-cat -d out fat.raw
    run -0 cmp part out/p0/A.BIN
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

@test "the content of a symbolic link of ext is where it points" {
    mkdir content
    ln -s /etc/passwd content/short # in the inode
    ln -s "$(printf '/a%.0s' {1..29})" content/58
    ln -s "$(printf '/a%.0s' {1..30})" content/60 # in a block
    ln -s "$(printf '/folder%.0s' {1..100})" content/long
    ln -s gone content/gone
    mkfs() { # NAME OPTION...
        truncate -s 4M "$1"
        mke2fs -q -F -d content "$@"
        debugfs -w -R 'rm /gone' "$1" 2>/dev/null
    }
    mkfs ext2 -t ext2 -I 128
    mkfs ext4 -t ext4
    mkfs inline -t ext4 -I 1024 -O inline_data # all in the inode
    for image in ext2 ext4 inline; do
        for link in short 58 60 long; do
            readlink -n content/$link >expected
            fs-cat "$image:/$link" >fett
            run -0 cmp expected fett
            fs-ls -n $link "$image" >record
            assert_equal "$(field link_target <record)" "$(cat expected)"
            assert_equal "$(field size <record)" "$(stat -c %s expected)"
        done
        fs-ls -r -n gone "$image" >record
        assert_equal "$(field content <record) $(field link_target <record)" 'intact gone'
        assert_equal "$(fs-cat - <record)" gone
    done
    # a size that no link has
    debugfs -w -R 'sif /short size 1000000' ext2 2>/dev/null
    run -0 --separate-stderr fs-ls -n short ext2
    assert_equal "$(field link_target <<<"$output")" ""
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

@test "what several records name is written once: a file, a stream, a range of bytes" {
    image=$samples/kozirog-nt.raw
    fs-ls -n boot.ini "$image" >record
    fs-cat "$image:p1:/boot.ini" >content
    run -0 cmp content <(cat record record record | fs-cat -)
    path=$(facts kozirog-nt stream | cut -f4 | head -1)
    fs-ls -p "${path%:*}*" "$image" >record
    assert [ "$(wc -l <record)" -ge 2 ] # the file and its stream
    run -0 cmp <(fs-cat "$image:p1:${path%:*}" "$image:p1:$path") <(cat record record | fs-cat -)
    bytes() { printf '{"type":"indicator","image":"%s","offset":%d,"length":%d}\n' "$image" "$@"; }
    (bytes 510 2; bytes 510 2; bytes 509 3; bytes 510 2) | fs-cat - >five
    run -0 cmp five <(fs-cat "$image@510+2" "$image@509+3")
}

@test "no path is cut at a NUL" {
    image=$samples/kozirog-nt.raw
    for path in /boot.ini%00 /boot.ini%00junk %00 /%00boot.ini; do
        run -2 --separate-stderr fs-cat "$image:p1:$path"
        assert_output ""
        assert_regex "$stderr" 'no name has a NUL in it'
    done
    run -2 --separate-stderr fs-cat "$image:%00"
    run -2 --separate-stderr fs-cat "$image%00"
}

@test "a bad record line is told and is status 3, the others are used" {
    image=$samples/kozirog-nt.raw
    fs-ls -n boot.ini "$image" >record
    fs-cat - <record >content
    for bad in '{"a":1}' '[1]' nonsense '{"type":"file","image":"gone.raw"}' \
        "{\"type\":\"file\",\"image\":\"$image\",\"volume\":\"p1\",\"inode\":\"99999999-128-1\"}"; do
        (echo "$bad"; cat record) >records
        for command in fs-cat fs-ls 'ioc-strings -k all -a'; do
            status=0
            $command - <records >out 2>message || status=$?
            assert_equal "$command $bad $status" "$command $bad 3"
            run -0 grep -q "^${command%% *}: .*line 1: " message
            run -0 cmp out <($command -q - <record)
        done
    done
    # nor is one that has no files to write
    echo "{\"type\":\"indicator\",\"image\":\"$image\",\"offset\":1,\"length\":2}" | cat - record >records
    run -3 --separate-stderr fs-cat -d out.d - <records
    run -0 cmp content "out.d/$(sed 's,/,%2F,g' <<<"$image")/p1/boot.ini"
}

# What a record does not say is not the whole image.
@test "a record that names no bytes and no file that is there is a bad line" {
    image=$samples/kozirog-nt.raw
    said() { printf '{"type":"%s","image":"%s",%s}\n' "$1" "$image" "$2"; }
    number=0
    while read -r type members; do
        run -3 --separate-stderr fs-cat - <<<"$(said "$type" "$members")"
        assert_output ""
        assert_regex "$stderr" '^fs-cat: line 1: '
        number=$((number + 1))
    done <<'END'
indicator "value":"kozirog.netissat.net"
indicator "offset":512
indicator "length":512
indicator "offset":512,"length":0
indicator "offset":512,"length":-5
indicator "offset":-5,"length":512
indicator "offset":512,"length":"many"
indicator "offset":512,"length":99999999999
indicator "volume":"p1","area":"slack","path":"/boot.ini","offset":512
volume "offset":512,"length":0
file "volume":"p1","path":5
file "volume":"p1","inode":5
file "volume":"p1","path":"/boot.ini\u0000junk"
file "volume":"p1","path":"/no/such/file"
file "volume":"p9","path":"/boot.ini"
file "path":"/no/such/file"
END
    assert_equal "$number" 16
    # the only volume need not be named
    run -0 cmp <(said file '"path":"/boot.ini"' | fs-cat -) <(fs-cat "$image:/boot.ini")
    run -0 cmp <(said indicator '"offset":512,"length":"1024"' | fs-cat -) <(fs-cat "$image@512+1024")
}
