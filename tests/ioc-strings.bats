#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helpers

@test "every planted indicator, in its file and at its place, once" {
    for name in kozirog-nt kozirog-98 clean-nt; do
        ioc-strings -q -a "$samples/$name.E01" >hits || assert_equal $? 0
        run -0 python3 "$root/tests/check_truth.py" "$truth" "$name" "$samples/$name.E01" <hits
    done
}

@test "the host that was flooded" {
    run -0 --separate-stderr ioc-strings -q "$samples/kozirog-nt.E01"
    record=$(grep '"path":"/WINNT/system32/SOUNDV.EXE".*"value":"kozirog.netissat.net"' <<<"$output")
    assert_equal "$(field file_offset <<<"$record")" 20480
    assert_equal "$(field confidence <<<"$record")" 90
    assert_equal "$(field reason <<<"$record")" "public suffix, three labels, NUL before"
    run --separate-stderr ioc-strings -q "$samples/clean-nt.E01"
    refute_regex "$output" kozirog
}

@test "a NUL before is said where there is one, and a start counts the same" {
    for text in '%bkozirog.netissat.net' '%b2001:4860:4860::8888 x' '%bC:\\WINNT\\a.exe'; do
        run -0 --separate-stderr ioc-strings -q -a -k all --text - < <(printf "$text" '')
        start=$output
        run -0 --separate-stderr ioc-strings -q -a -k all --text - < <(printf "$text" '\0')
        refute_regex "$start" 'NUL before'
        assert_regex "$start" 'nothing before'
        refute_regex "$output" 'nothing before'
        assert_equal "$(field confidence <<<"$start")" "$(field confidence <<<"$output")"
    done
}

@test "raw and EWF, one thread and four, give the same" {
    ioc-strings -q -a -j1 "$samples/kozirog-nt.raw" | sed 's/kozirog-nt\.raw/IMAGE/' >one
    ioc-strings -q -a -j4 "$samples/kozirog-nt.raw" | sed 's/kozirog-nt\.raw/IMAGE/' >four
    ioc-strings -q -a -j2 "$samples/kozirog-nt.E01" | sed 's/kozirog-nt\.E01/IMAGE/' >ewf
    run -0 cmp one four
    run -0 cmp one ewf
    assert [ -s one ]
}

# An address across the border of every chunk of 16 sectors and so of every larger one and of
# every segment, at a place that only this recipe knows.
@test "addresses across the borders of chunks and segments, once each and at their place" {
    python3 - <<'END'
import random
random.seed(3)
size, step = 6 << 20, 8192
data = bytearray(random.randbytes(size).translate(bytes.maketrans(b".@:[]\\", b"abcdef")))
data[size // 2:size // 2 + (1 << 20)] = bytes(1 << 20)  # chunks of zeros
with open("truth", "w") as truth:
    for i, border in enumerate(range(step, size, step)):
        wide = i % 3 == 2
        text = "\nuser%04d@mail%d.example.com\n" % (i, i % 97)
        value = text.strip().encode("utf-16le" if wide else "ascii")
        around = text.encode("utf-16le" if wide else "ascii")
        margin = 2 if wide else 1
        begin = border - (1 + i % (len(value) - 1))
        begin &= -margin
        data[begin - margin:begin - margin + len(around)] = around
        truth.write("%d\t%s\n" % (begin, text.strip()))
open("disk.raw", "wb").write(data)
END
    ioc-strings -k email -F offset,value -o tsv disk.raw | tail -n +2 | cut -f2- >found
    run -0 diff truth found
    assert [ "$(wc -l <truth)" -eq 767 ]
    ioc-strings -q -k email disk.raw | sed 's/"image":"[^"]*"//' >whole
    for form in "encase6 -b 16 -c fast" "encase5 -b 64 -c none" "smart -b 32 -c empty-block"; do
        rm -f case.*
        run -0 ewfacquire -u -q -t case -S 1048576 -f $form disk.raw
        assert [ "$(ls case.* | wc -l)" -gt 4 ]
        for threads in 1 4; do
            ioc-strings -q -k email -j $threads case.[Es]01 | sed 's/"image":"[^"]*"//' >got
            run -0 cmp whole got
        done
        for part in 1 2 3; do
            ioc-strings -q -k email --shard $part/3 case.[Es]01
        done | sed 's/"image":"[^"]*"//' >got
        run -0 cmp whole got
    done
}

@test "the bytes of an image and the content of its files show the same, each hit once" {
    run -0 python3 "$root/tests/compare_views.py" "$samples/kozirog-nt.E01" / --decode all
    run -0 python3 "$root/tests/compare_views.py" "$samples/kozirog-98.raw"
    run -0 python3 "$root/tests/compare_views.py" "$samples/ext4.raw"
    # compressed: 2,000 lines of it
    run -0 python3 "$root/tests/compare_views.py" "$samples/ntfs-hostile.raw" /packed/
    assert_regex "$output" '^[1-9][0-9]* files 8[0-9]* hits 0 different$'
}

@test "what the border of a fragment, an update sequence, compression hide" {
    ioc-strings -q -a "$samples/kozirog-nt.raw" >hits
    record=$(grep '"value":"crossing.fragment.example.org"' hits)
    assert_equal "$(wc -l <<<"$record")" 1
    # its two runs on the media, put together, are the host
    for run in $(python3 -c 'import json, sys
for run in json.loads(sys.stdin.read())["runs"]: print("@%d+%d" % (run["offset"], run["length"]))' <<<"$record"); do
        fs-cat "$samples/kozirog-nt.raw$run"
    done >joined
    assert_equal "$(cat joined)" crossing.fragment.example.org
    # no part of it stands there as another host
    run -1 grep -E '"kind":"domain","value":"(ssing|[a-z.]*fragment.example.org)"' \
        <(grep -v '"value":"crossing.fragment.example.org"' hits)
    record=$(grep '"value":"http://resident.example.com/straddle.htm"' hits)
    assert_regex "$record" 'update sequence undone'
    record=$(ioc-strings -q "$samples/ntfs-hostile.raw" | grep -m1 '"value":"http://compressed.example.net/a')
    assert_regex "$record" 'compression undone'
}

@test "gaps stand among the hits at their offset, whatever the number of threads" {
    # The third of six segments is away: what is before and behind it is still found.
    cp "$samples"/kozirog-nt.E0[12456] .
    run -3 --separate-stderr ioc-strings -q -a -j1 kozirog-nt.E01
    echo "$output" >one
    run -3 --separate-stderr ioc-strings -q -a -j4 kozirog-nt.E01
    echo "$output" >four
    run -0 cmp one four
    run -0 sort -c -n <(field offset <one)
    run -0 grep -n '"type":"gap".*"kind":"damage"' one
    assert [ "${output%%:*}" -gt 1 ]
    assert [ "${output%%:*}" -lt "$(wc -l <one)" ]
}

@test "a hit can be read again by fs-cat" {
    ioc-strings -q -k domain "$samples/kozirog-nt.E01" |
        grep '"value":"kozirog.netissat.net","encoding":"ascii"' | head -1 >record
    offset=$(field offset <record) length=$(field length <record)
    run -0 --separate-stderr fs-cat "$samples/kozirog-nt.E01@$offset+$length"
    assert_output kozirog.netissat.net
}

@test "mail addresses of nps-2010-emails at their published offsets" {
    need_corpus
    ioc-strings -q -k email "$corpus/images/bulk_extractor/nps-2010-emails.E01" |
        python3 -c '
import json, sys
for line in sys.stdin:
    r = json.loads(line)
    print(r["offset"], r["value"], r["encoding"])' >hits
    run -0 grep -cx '80896 plain_text@textedit.com ascii' hits
    run -0 grep -cx '91449 rtf_text@textedit.com ascii' hits
    run -0 grep -cx '102402 plain_utf16@textedit.com utf-16le' hits
    # Published as UTF-16; the bytes at that place are 8-bit text, as xxd shows too.
    run -0 grep -cx '106024 user_doc@microsoftword.com ascii' hits
}

@test "wrong use" {
    run -2 --separate-stderr ioc-strings -k nonsense "$samples/floppy.raw"
    assert_regex "$stderr" 'no such kind: nonsense'
    run -2 --separate-stderr ioc-strings --min-confidence 101 "$samples/floppy.raw"
    run -2 --separate-stderr ioc-strings -j 0 "$samples/floppy.raw"
    head -c 100000 /dev/zero >zeros
    run -1 --separate-stderr ioc-strings zeros
    assert_output ""
}

@test "kinds that are asked for, and no others" {
    printf '%s\n' 'Global\abcdef C:\WINNT\a.exe HKLM\SOFTWARE\x \\srv01\public CVE-2001-0500' \
        '00:0c:29:3e:53:f9 2001:db8::7 a9993e364706816aba3e25717850c26c9cd0d89d bc.scr' \
        '3g2upl4pq6kufc4m.onion 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa \\.\pipe\x1f' \
        'Mozilla/4.0 (x) ' '"C:\bot.pdb"' >text
    run -0 --separate-stderr ioc-strings --text - <text
    assert_equal "$(field kind <<<"$output" | tr '\n' ' ')" "unc ipv6 onion "
    run -0 --separate-stderr ioc-strings -k all --text - <text
    assert_equal "$(field kind <<<"$output" | tr '\n' ' ')" \
        "mutex winpath regpath unc cve mac ipv6 hash filename onion btc pipe user-agent winpath pdb "
    for kind in $(field kind <<<"$output" | sort -u); do
        run -0 --separate-stderr ioc-strings -k "$kind" --text - <text
        assert_equal "$(field kind <<<"$output" | sort -u)" "$kind"
    done
}

@test "hostile input is linear" {
    python3 -c 'print("a." * 2000000, end="")' >dots
    python3 -c 'print("http://" * 600000, end="")' >urls
    python3 -c 'print("@a" * 2000000, end="")' >ats
    python3 -c 'print("C:\\a \\\\b\\c -%d%\\" * 300000, end="")' >paths
    python3 -c 'print("aa:bb::c-" * 400000, end="")' >groups
    python3 -c 'print("User-Agent: Mozilla/4.0 (" * 150000, end="")' >agents
    python3 -c 'print("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb " * 110000, end="")' >coins
    python3 -c 'print("b\u00fc." * 2000000, end="")' >letters
    python3 -c 'print(("\u00fc." * 200 + "_.de ") * 5000, end="")' >labels
    for file in dots urls ats paths groups agents coins letters labels; do
        run timeout 20 ioc-strings -q -k all "$file"
        assert [ "$status" -lt 2 ]
    done
}

@test "plain bytes on standard input, in pieces of any size" {
    fs-cat "$samples/kozirog-nt.raw" >bytes
    ioc-strings -q -a --text - <bytes | rec-fmt -F file_offset,kind,value,encoding >text
    # Where no fixup, fragment, compression or name of a file has a part in it, they are those of
    # the raw bytes.
    ioc-strings -q -a --raw bytes | grep -v '"runs"\|undone\|"\(index\|metadata\)".*utf-16le' |
        rec-fmt -F offset,kind,value,encoding | sed 's/"offset"/"file_offset"/' >raw
    run -0 comm -23 <(sort raw) <(sort text)
    assert_output ""
    assert [ "$(wc -l <raw)" -gt 100 ]
    # A pipe that gives a few bytes at a time
    head -c 3000000 bytes | python3 -c '
import os, sys
while data := os.read(0, 7777): os.write(1, data)' | ioc-strings -q -a --text - >slow
    head -c 3000000 bytes | ioc-strings -q -a --text - >fast
    run -0 cmp slow fast
    run -1 --separate-stderr ioc-strings --text - </dev/null
    run -2 --separate-stderr ioc-strings --text bytes
}

@test "ext: blocks that were set aside and never written are slack of their file" {
    mkdir content
    head -c 1000 /dev/zero >content/pre
    printf 'see http://old.unwritten.example.com/a now' >old
    for size in 1k 4k; do
        truncate -s 8M $size.raw
        mke2fs -q -F -t ext4 -b $size -d content $size.raw
        # 40 pieces do not fit the inode: its tree has a level below
        for ((i = 10; i < 90; i += 2)); do echo "fallocate /pre $i $i"; done >changes
        echo 'fallocate /pre 200 300' >>changes
        echo "sif /pre size $((250 * ${size%k} * 1024))" >>changes
        debugfs -w -f changes $size.raw >/dev/null 2>&1
        debugfs -R 'stat /pre' $size.raw 2>/dev/null | grep -q ETB
        for at in 10 88 222 299; do # the last is behind the end of the file
            block=$(debugfs -R "bmap /pre $at" $size.raw 2>/dev/null | cut -d' ' -f1)
            dd if=old of=$size.raw bs=${size%k}K seek="$block" conv=notrunc status=none
        done
        run -0 --separate-stderr ioc-strings -k url $size.raw
        assert_equal "$(field area <<<"$output" | sort | uniq -c | xargs)" "4 slack"
        assert_equal "$(field path <<<"$output" | sort -u)" /pre
        assert_equal "$(field file_offset <<<"$output" | sort -n | xargs)" \
            "$(for at in 10 88 222 299; do echo $((at * ${size%k} * 1024 + 4)); done | xargs)"
        # the system reads zeros there
        assert_equal "$(fs-cat $size.raw:/pre | tr -d '\0' | wc -c)" 0
    done
    # the first extent of the level below is one of no blocks: a gap
    block=$(debugfs -R 'stat /pre' 1k.raw 2>/dev/null | sed -n 's/.*(ETB[0-9]*):\([0-9]*\).*/\1/p' | head -1)
    printf '\0\0' | dd of=1k.raw bs=1 seek=$((block * 1024 + 16)) conv=notrunc status=none
    run -3 --separate-stderr ioc-strings -k url 1k.raw
    assert_regex "$output" '"type":"gap".*extent of 0 blocks at 10 of the file'
}

@test "ext: content in the inode is resident, in both of its places" {
    mkdir content
    echo 'http://short.resident.example.com/a' >content/short
    printf '%50shttp://across.resident.example.com/a%30shttp://end.resident.example.com/' '' '' >content/long
    ln -s 'http://link.resident.example.com' content/link
    echo 'http://gone.resident.example.com/a' >content/gone
    truncate -s 2M inline.raw
    mke2fs -q -F -t ext4 -I 512 -O inline_data -d content inline.raw
    debugfs -w -R 'rm /gone' inline.raw 2>/dev/null
    ioc-strings -k url inline.raw >hits
    assert_equal "$(field area <hits | sort | uniq -c | xargs)" "5 resident"
    assert_equal "$(field path <hits | sort | xargs)" '/gone /link /long /long /short'
    assert_equal "$(field state <hits | sort | uniq -c | xargs)" '4 allocated 1 deleted'
    # in /long one goes from the block map into the attribute
    assert_equal "$(grep /long hits | field file_offset | sort -n | xargs)" '50 116'
    run -0 python3 "$root/tests/compare_views.py" inline.raw
    assert_equal "$(grep -c across.resident hits)" 1
    # in the inode of each: debugfs knows where that is
    for link in short link; do
        place=$(debugfs -R "imap /$link" inline.raw 2>/dev/null |
            sed -n 's/.*block \([0-9]*\), offset \(0x[0-9a-f]*\).*/\1 * 1024 + \2 + 40/p')
        assert_equal "$(grep "/$link\"" hits | field offset)" "$((place))"
    done
}

# put TEXT IMAGE BLOCK OFFSET: into a block of 1 KiB.
put() {
    printf %s "$1" | dd of="$2" bs=1 seek=$(($3 * 1024 + $4)) conv=notrunc status=none
}

@test "ext: what is in use and no file's is structure only if the file system says so" {
    mkdir -p content/sub
    head -c 400000 /dev/zero | tr '\0' x >content/large # has indirect blocks
    head -c 5000 /dev/zero | tr '\0' x >content/running
    printf 'http://attribute.example.com/%300s' '' >value
    for kind in 'ext3' 'ext4' 'ext4 -O ^flex_bg,^64bit,^metadata_csum' 'ext4 -O meta_bg,^resize_inode'; do
        rm -f volume.raw
        truncate -s 20M volume.raw
        # shellcheck disable=SC2086
        mke2fs -q -F -b 1024 -g 8192 -d content -t $kind volume.raw
        tree='IND)'
        echo 'ea_set -f value /sub user.name' >changes
        if [[ $kind = ext4* ]]; then
            tree='ETB0)'
            for ((i = 1000; i < 1040; i += 2)); do echo "fallocate /large $i $i"; done >>changes
        fi
        debugfs -w -f changes volume.raw >/dev/null 2>&1
        tree=$(debugfs -R 'stat /large' volume.raw 2>/dev/null | grep -o "($tree:[0-9]*" | head -1)
        put http://tree.example.com/ volume.raw "${tree#*:}" 960
        put http://journal.example.com/ volume.raw "$(debugfs -R 'bmap <8> 77' volume.raw 2>/dev/null)" 0
        put http://backup.example.com/ volume.raw 8193 900 # a superblock has room there
        # A program that deletes itself while it runs: the name goes, the inode stays.
        put http://running.example.com/ volume.raw "$(debugfs -R 'bmap /running 1' volume.raw 2>/dev/null)" 0
        debugfs -w -R 'unlink /running' volume.raw 2>/dev/null
        # A block that is in use without reason
        lost=$(debugfs -R 'ffb 1 15000' volume.raw 2>/dev/null | grep -o '[0-9]\+')
        debugfs -w -R "setb $lost" volume.raw >/dev/null 2>&1
        put http://lost.example.com/ volume.raw "$lost" 0
        run -0 --separate-stderr ioc-strings -k url volume.raw
        for hit in content:lost content:running metadata:attribute metadata:backup \
            metadata:journal metadata:tree; do
            assert_equal "$(grep "http://${hit#*:}.example" <<<"$output" | field area)" "${hit%:*}"
        done
        refute_regex "$output" '"(path|inode)"'
    done
}

@test "parts put together are the whole, gaps included" {
    cp "$samples"/kozirog-nt.E0? .
    chmod u+w kozirog-nt.E0?
    for place in 3000 60000 90000; do
        printf '\xff\xff\xff\xff\xff\xff\xff\xff' |
            dd of=kozirog-nt.E03 bs=1 seek=$place conv=notrunc status=none
    done
    rm kozirog-nt.E05
    ioc-strings -qa kozirog-nt.E01 >whole || assert_equal $? 3
    assert [ "$(grep -c '"type":"gap"' whole)" -ge 3 ]
    size=$(img-info kozirog-nt.E01 | head -1 | field size)
    for count in 2 7; do
        for i in $(seq "$count"); do
            ioc-strings -qa --shard "$i/$count" kozirog-nt.E01 || true
        done >parts
        run -0 cmp whole parts
    done
    for from in 0 1000001 10374656 10374657; do
        case $from in 0) to=1000001 ;; 1000001) to=10374656 ;; 10374656) to=10374657 ;; *) to= ;; esac
        ioc-strings -qa --range "$from-$to" kozirog-nt.E01 || true
    done >parts
    run -0 cmp whole parts
    # inside a file, by its bytes
    object=$samples/kozirog-nt.raw:p1:/WINNT/system32/SOUNDV.EXE
    ioc-strings -q "$object" >whole
    { ioc-strings -q --range 0-20481 "$object"; ioc-strings -q --range 20481- "$object"; } >parts || true
    run -0 cmp whole parts
    for wrong in "--range 5" "--range 9-5" "--shard 0/2" "--shard 3/2" "--shard 1" "--shard 1/2 --range 0-5"; do
        run -2 --separate-stderr ioc-strings $wrong kozirog-nt.E01
    done
    assert [ "$size" -gt 10374657 ]
}

@test "a stop list and the baseline of a clean system" {
    image=$samples/kozirog-nt.raw
    ioc-strings -q "$samples/clean-nt.raw" >clean || true
    printf '%s\n' '# known' kozirog.netissat.net '.example.org' 192.0.2.0/24 >known
    ioc-strings -q "$image" >all
    ioc-strings -q --baseline clean --stop known "$image" >new
    assert [ -s new ]
    python3 - <<'END'
import json
rows = lambda name: [json.loads(line) for line in open(name)]
clean = {(r["kind"], r["value"]) for r in rows("clean")}
expected = [r for r in rows("all") if (r["kind"], r["value"]) not in clean
            and "kozirog.netissat.net" not in r["value"].replace("@", "/").split("/")
            and not r["value"].endswith("example.org") and "example.org/" not in r["value"]
            and not r["value"].startswith("192.0.2.") and "//192.0.2." not in r["value"]]
assert rows("new") == expected, (len(rows("new")), len(expected))
END
    run -3 --separate-stderr ioc-strings --stop <(printf '10.0.0.0/99\nkozirog.netissat.net\n') "$image"
    assert_regex "$stderr" 'line 1: not a network'
    refute_regex "$output" '"value":"kozirog.netissat.net"'
    run -2 --separate-stderr ioc-strings --stop /nonexistent "$image"
}

@test "a histogram is the records counted" {
    image=$samples/kozirog-nt.raw
    ioc-strings -q "$image" >all
    ioc-strings -q --histogram "$image" >counts
    python3 - <<'END'
import collections, json
rows = lambda name: [json.loads(line) for line in open(name)]
count, files, first = collections.Counter(), collections.defaultdict(set), {}
for r in rows("all"):
    key = r["kind"], r["value"]
    count[key] += 1
    first.setdefault(key, r["offset"])
    if "inode" in r:
        files[key].add((r["volume"], r["inode"]))
expected = [(n, k, v, len(files[k, v]), first[k, v])
            for (k, v), n in sorted(count.items(), key=lambda item: (-item[1], item[0]))]
got = [(r["count"], r["kind"], r["value"], r["files"], r["offset"]) for r in rows("counts")]
assert got == expected
END
    run -1 --separate-stderr ioc-strings --histogram "$samples/exfat-empty.raw"
}

# A.TXT has clusters 2 to 5, B.TXT 6; in the others stands a URL each.
@test "clusters of FAT that are in use but of no file, and those behind a file's end" {
    printf '%512s' a 'http://one.example.net/' b 'http://two.example.net/' >A.TXT
    printf '%512s' b >B.TXT
    make_fat16 A.TXT B.TXT
    set_link 2 ffff # the chain of A.TXT ends early: 3, 4, 5 are lost
    set_link 6 0003 # and that of B.TXT goes on with 3, beyond its size
    set_link 3 ffff
    run -3 --separate-stderr ioc-strings fat.raw
    url() { grep "\"value\":\"http://$1" <<<"$output"; }
    assert_equal "$(url one | field path):$(url one | field area):$(url one | field file_offset)" \
        /B.TXT:slack:$((2 * 512 - 23))
    assert_equal "$(url two | field path):$(url two | field area)" ":unallocated"
    make_fat16 A.TXT B.TXT
    run -0 --separate-stderr ioc-strings fat.raw
    assert_equal "$(url two | field path):$(url two | field area):$(url two | field file_offset)" \
        /A.TXT:content:$((4 * 512 - 23))
}

@test "what was made harmless by hand is undone, and kept as it stands" {
    printf 'see hxxps://gate[.]evil(dot)com/a and jo[at]evil[.]com' >note
    run -0 --separate-stderr ioc-strings --text -k url,email - <note
    assert_equal "$(field value <<<"$output")" $'https://gate.evil.com/a\njo@evil.com'
    assert_equal "$(field context <<<"$output")" $'hxxps://gate[.]evil(dot)com/a\njo[at]evil[.]com'
    run -0 --separate-stderr bash -c 'iconv -t UTF-16LE note | ioc-strings --text -k url -'
    assert_equal "$(field value <<<"$output")" https://gate.evil.com/a
    assert_equal "$(field context <<<"$output")" 'hxxps://gate[.]evil(dot)com/a'
}

@test "hosts with letters beyond ASCII, in all encodings the same" {
    printf 'x\nsee http://b\xc3\xbccher.example.de/a?b, mail jo@\xe6\x97\xa5\xe6\x9c\xac.jp or www.\xd0\xbf\xd1\x80\xd0\xb8\xd0\xbc\xd0\xb5\xd1\x80.\xd1\x80\xd1\x84\n' >note
    values=$'http://xn--bcher-kva.example.de/a?b\nxn--bcher-kva.example.de\njo@xn--wgv71a.jp\nxn--wgv71a.jp\nwww.xn--e1afmkfd.xn--p1ai'
    for encoding in UTF-8 UTF-16LE UTF-16BE; do
        iconv -f UTF-8 -t $encoding note >encoded
        run -0 --separate-stderr ioc-strings --text - <encoded
        assert_equal "$(field value <<<"$output")" "$values"
        assert_equal "$(field encoding <<<"$output" | sort -u)" "${encoding,,}"
        assert_equal "$(field context <<<"$output" | tail -1)" "$(printf 'www.\xd0\xbf\xd1\x80\xd0\xb8\xd0\xbc\xd0\xb5\xd1\x80.\xd1\x80\xd1\x84')"
    done
}

@test "the same text in ASCII and both orders of UTF-16 has the same indicators, at its place" {
    # what is found in a sample, a line each, no longer than what tells the order is looked for
    ioc-strings -q -a -k all "$samples/kozirog-nt.raw" | field value | grep -v '[^ -~]' | sort -u |
        head -c 1990 >plain
    printf '\n' >>plain
    ioc-strings -q -a -k all --text - <plain | rec-fmt -F file_offset,kind,value,confidence >ascii
    assert [ "$(wc -l <ascii)" -gt 10 ]
    for encoding in UTF-16LE UTF-16BE; do
        for shift in 0 1; do
            { head -c $shift /dev/zero | tr '\0' '\377'; iconv -f ASCII -t $encoding plain; printf '\377'; } |
                ioc-strings -q -a -k all --text - >wide
            assert_equal "$(field encoding <wide | sort -u)" "${encoding,,}"
            rec-fmt -F file_offset,kind,value,confidence <wide | python3 -c '
import json, sys
for line in sys.stdin:
    record = json.loads(line)
    record["file_offset"] = (record["file_offset"] - int(sys.argv[1])) // 2
    print(json.dumps(record, separators=(",", ":"), ensure_ascii=False))' $shift >narrow
            run -0 diff ascii narrow
        done
    done
}

@test "UTF-16BE and letters beyond ASCII in content, slack and across a fragment" {
    host=$'www.b\xc3\xbccher.example.de'
    mkfs.fat -C -S 512 -s 1 -F 12 fat.raw 1440 >/dev/null
    # A file of one cluster is removed between two others, then one of two clusters is written,
    # with the host across their border.
    for name in A B C; do head -c 512 /dev/zero | tr '\0' '\200' >$name; done
    mcopy -i fat.raw A B C ::/
    mdel -i fat.raw ::/B
    { head -c 492 A; printf ' %s ' "$host" | iconv -f UTF-8 -t UTF-16BE; head -c 486 A; } >split
    mcopy -i fat.raw split ::/SPLIT
    printf 'x %s' "$host" | iconv -f UTF-8 -t UTF-16BE >short
    mcopy -i fat.raw short ::/SHORT
    # behind the end of the last file, in its cluster
    short=$(ioc-strings --raw -q fat.raw | field offset | tail -1)
    printf ' kozirog.example.net ' | iconv -f UTF-8 -t UTF-16BE |
        dd of=fat.raw bs=1 seek=$((short + 200)) conv=notrunc 2>/dev/null
    run -0 --separate-stderr ioc-strings -F path,area,file_offset,value,encoding,context fat.raw
    refute_line --partial utf-16le
    assert_equal "$(grep -c . <<<"$output")" 3
    assert_line --partial '"path":"/SPLIT","area":"content","file_offset":494,"value":"www.xn--bcher-kva.example.de","encoding":"utf-16be","context":"'"$host"'"'
    assert_line --partial '"path":"/SHORT","area":"content","file_offset":4,"value":"www.xn--bcher-kva.example.de","encoding":"utf-16be"'
    assert_line --partial '"path":"/SHORT","area":"slack","file_offset":206,"value":"kozirog.example.net","encoding":"utf-16be"'
}

@test "keywords of a published test, in fragments and slack too" {
    need_corpus
    image=$corpus/images/dftt/ext3-img-kw-1.dd
    run -0 --separate-stderr ioc-strings -e first -e second -e third -e slacker "$image"
    # sector,offset as its author gives them
    for hit in first:330,100 first:392,100 first:432,100 first:2416,181 slacker:2417,179 \
        second:2419,509 third:2420,80; do
        place=${hit#*:}
        echo "${hit%:*} $((${place%,*} * 512 + ${place#*,}))"
    done >expected
    paste -d' ' <(field value <<<"$output") <(field offset <<<"$output") >got
    run -0 diff expected got
}

@test "addresses in streams of a published image" {
    need_corpus
    image=$corpus/images/bulk_extractor/nps-2010-emails.E01
    ioc-strings -q -k email "$image" | field value | sort -u >plain
    ioc-strings -q -k email --decode all "$image" >decoded
    for address in email_in_zip@zipfile1.com email_in_zip_zip@zipfile2.com \
        email_in_gzip@gzipfile.com email_in_gzip_gzip@gzipfile.com; do
        run -1 grep -c "^$address" plain
        grep "\"value\":\"$address\"" decoded >one
        # the unit can be read again where the record says, and has the address inside
        assert_equal "$(head -1 one | field encoding | grep -c '+ascii$')" 1
    done
    for address in plain_text@textedit.com:80896 rtf_text@textedit.com:91449 \
        plain_utf16@textedit.com:102402 user_doc@microsoftword.com:106024; do
        grep "\"value\":\"${address%:*}\"" decoded | field offset | grep -qx "${address#*:}"
    done
    # all that were published, also of a host that can be none
    for address in {plain_text,plain_text_pdf,rtf_text,rtf_text_pdf,plain_utf16,plain_utf16_pdf}@textedit.com \
        {pages,pages_comment,keynote,keynote_comment,numbers,numbers_comment}@iwork09.com \
        {user_doc,user_doc_pdf,user_docx,user_docx_pdf}@microsoftword.com \
        {xls_cell,xls_comment,xlsx_cell,xlsx_comment}@microsoft_excel.com \
        {doc_within_doc,docx_within_docx,ppt_within_doc,pptx_within_docx,xls_within_doc,xlsx_within_docx}@document.com; do
        grep -qF "\"value\":\"$address\"" decoded || fail "$address"
    done
    ioc-strings -q -k email --decode zip "$image" | field encoding | sort -u | grep '+' >codings
    run -1 grep -cv '^zip' codings
}

@test "keywords: files, case, encodings, whose they are" {
    image=$samples/kozirog-nt.raw
    printf 'KOZIROG.netissat.net\n# a remark\n\xff\xfe\nOffer2001\r\n' >words
    run -3 --separate-stderr ioc-strings -i -f words "$image"
    assert_regex "$stderr" 'words: line 3: not UTF-8'
    assert_equal "$(field kind <<<"$output" | sort -u)" keyword
    assert_equal "$(field value <<<"$output" | sort -u | xargs)" "KOZIROG.netissat.net Offer2001"
    grep -c '"encoding":"utf-16le"' <<<"$output"
    # out of a pipe too
    run -3 --separate-stderr ioc-strings -i -f <(cat words) "$image"
    assert_equal "$(field value <<<"$output" | sort -u | xargs)" "KOZIROG.netissat.net Offer2001"
    # as many as a search of all bytes, in both encodings
    python3 - "$image" >expected <<'END'
import re, sys
data = open(sys.argv[1], "rb").read()
for word in (b"kozirog.netissat.net",):
    wide = word.decode().encode("utf-16le")
    for text in (word, wide):
        for hit in re.finditer(re.escape(text), data, re.I):
            print(hit.start())
END
    grep netissat <<<"$output" | field offset | sort -n >got
    run -0 diff <(sort -n expected) got
    run -1 --separate-stderr ioc-strings -e nowhere-at-all "$image"
    run -2 --separate-stderr ioc-strings -f /nonexistent "$image"
    # beside indicators, where kinds are named
    ioc-strings -q -k url -e Offer2001 -i "$image" | field kind | sort -u | xargs >kinds
    assert_equal "$(<kinds)" "keyword url"
}

@test "printable strings are those of strings(1), and whose they are" {
    image=$samples/floppy.raw
    ioc-strings -q --strings=6 "$image" >ours
    # runs in UTF-8 are longer than those of ASCII: compare where all is ASCII
    LC_ALL=C strings -a -n 6 -t d "$image" | sed 's/^ *//' >theirs
    python3 - <<'END'
import json
ours = [json.loads(line) for line in open("ours")]
got = {(r["offset"], r["value"]) for r in ours if r["encoding"] == "ascii"}
theirs = {(int(at), text) for at, text in
          (line.rstrip("\n").split(" ", 1) for line in open("theirs", encoding="latin-1"))}
spans = [(r["offset"], r["offset"] + r["length"]) for r in ours if r["encoding"] == "utf-8"]
missing = {t for t in theirs - got if not any(a <= t[0] < b for a, b in spans)}
assert not missing and not got - theirs, (missing, got - theirs)
assert any("path" in r for r in ours)
END
    run -2 --separate-stderr ioc-strings --strings=1 "$image"
    run -2 --separate-stderr ioc-strings --strings=0 "$image"
}

@test "an IPv6 address in brackets with its port" {
    run -0 --separate-stderr ioc-strings -k ipv6 --text - <<<'to [2001:db8::7]:443 and [2001:db8::8] and [2001:db8::9]:x'
    assert_equal "$(field value <<<"$output" | tr '\n' ' ')" "2001:db8::7 2001:db8::8 2001:db8::9 "
    assert_equal "$(grep -c 'port behind' <<<"$output")" 1
    assert_regex "$(grep 'port behind' <<<"$output")" '"value":"2001:db8::7"'
}

@test "what is encoded is found where it is asked for, with its place" {
    printf 'inner http://decoded.example.com/x and more text around it\n' >inner
    { head -c 5000 /dev/zero; gzip -nc inner; head -c 700 /dev/zero; base64 inner; } >loose
    run -1 --separate-stderr ioc-strings -q -k url --text - <loose
    run -0 --separate-stderr ioc-strings -q -k url --decode gzip,base64 --text - <loose
    assert_equal "$(field encoding <<<"$output" | xargs)" "gzip+ascii base64+ascii"
    assert_equal "$(field value <<<"$output" | sort -u)" http://decoded.example.com/x
    assert_equal "$(field decoded_offset <<<"$output" | sort -u)" 6
    assert_equal "$(field file_offset <<<"$output" | head -1)" 5000
    assert_equal "$(field length <<<"$output" | head -1)" "$(gzip -nc inner | wc -c)"
    run -2 --separate-stderr ioc-strings --decode rot13 loose
}

@test "the noise list can be seen, and its hosts are marked" {
    run -0 --separate-stderr ioc-strings --noise-list
    assert [ "${#lines[@]}" -gt 100 ]
    printf 'xmlns="http://www.w3.org/1999/xhtml"' >note
    run -1 --separate-stderr ioc-strings --text -k domain - <note
    run -0 --separate-stderr ioc-strings --text -n -k domain - <note
    assert_regex "$(field reason <<<"$output")" 'noise list: '
    run -2 bash -c 'ioc-strings --noise-list >/dev/full'
}

# forge SIZE: an NTFS volume by ntfsforge's script on standard input.
forge() {
    cc -O1 -o forge "$root/images/ntfsforge.c" -lntfs-3g
    truncate -s "$1" volume.raw
    mkntfs -q -F -s 512 -c 4096 -p 0 -H 1 -S 1 volume.raw 2>/dev/null
    ./forge volume.raw
}

@test "what stands beside a fragment belongs to its own file" {
    pad() { head -c "$1" /dev/zero | tr '\0' y; }
    { pad 4077; printf '\nhttp://dd.example.'; } >first
    { printf 'com/path1234\n'; pad 5000; } >rest
    { printf 'net.ee.example.org is mine\n'; pad 4043; printf '\nalso end.example.'; } >beside
    printf 'clock\t2001-01-01T00:00:00Z\nwrite\t/D.txt\tfirst\nwrite\t/E.txt\tbeside\nappend\t/D.txt\trest\n' |
        forge 8M
    ioc-strings -qa -k url,domain volume.raw >found
    # the host that crosses from fragment to fragment, once, with its pieces
    run -0 grep -c '"value":"http://dd.example.com/path1234"' found
    assert_output 1
    # the one at the start of the file behind the first fragment
    grep '"path":"/E.txt"' found | grep '"value":"net.ee.example.org"' >one
    assert_equal "$(field file_offset <one)" 0
    # and strings, each with the file that it lies in
    ioc-strings -q --strings=20 volume.raw >strings
    grep '"path":"/E.txt"' strings | head -1 >one
    assert_equal "$(field value <one)" "net.ee.example.org is mine"
}

@test "one damaged compression unit is one gap, in whatever part" {
    { for i in $(seq 5000); do echo "line $i http://unit$i.example.com/"; done; } >text
    printf 'clock\t2001-01-01T00:00:00Z\nmkdir\t/packed\nattrib\t/packed\t0800\nwrite\t/packed/text\ttext\n' |
        forge 16M
    # the second unit of 16 clusters, in the middle
    set -- $(istat volume.raw "$(fs-ls -p /packed/text volume.raw | field inode)" | sed -n '/DATA/,$p' |
        tail -n +2 | xargs)
    cluster=${17}
    [ "$cluster" != 0 ] || cluster=${18}
    printf '\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff' |
        dd of=volume.raw bs=1 seek=$((cluster * 4096 + 5000)) conv=notrunc status=none
    ioc-strings -qa -k url volume.raw >whole || assert_equal $? 3
    assert_equal "$(grep -c '"type":"gap"' whole)" 1
    for border in $((cluster * 4096 + 100)) $((cluster * 4096 + 9000)); do
        ioc-strings -qa -k url --range "0-$border" volume.raw >parts || true
        ioc-strings -qa -k url --range "$border-" volume.raw >>parts || true
        run -0 cmp whole parts
    done
    # and in the file's view: also what can be read is the same
    run -3 --separate-stderr ioc-strings -qa -k url volume.raw:/packed/text
    assert_equal "$(grep -c '"type":"gap"' <<<"$output")" 1
    assert_equal "$(grep '"type":"gap"' <<<"$output")" "$(grep '"type":"gap"' whole)"
    assert_equal "$(grep -c 'compression undone' <<<"$output")" "$(grep -c 'compression undone' whole)"
}

@test "an encoded unit of a stream that is longer than any buffer" {
    seq -f 'http://host%.0f.example.com/ with more text' 60000 >inner
    { head -c 900000 /dev/zero; gzip -nc inner; } >long
    ioc-strings -q --text --decode gzip -k url - <long | wc -l >count
    assert_equal "$(<count)" 60000
}

# plant: files whose encoded units lie in fragments, in compressed and in resident content; a
# script for forge; `planted`, the host of each line with its file.
plant() {
    python3 - <<'END'
import base64, gzip, io, random, zipfile, zlib
random.seed(3)
noise = lambda size: bytes(random.randrange(1, 9) for _ in range(size))
script = ["clock\t2001-01-01T00:00:00Z", "mkdir\t/packed", "attrib\t/packed\t0800"]
files, planted = {}, []
def text(path, lines):
    out = b""
    for _ in range(lines):
        host = "u%d.example.com" % len(planted)
        planted.append(host + "\t" + path)
        rest = "".join(random.choice("abcdefghij klmnop") for _ in range(30))
        out += ("line of http://%s/ %s\n" % (host, rest)).encode()
    return out
def zipped(path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in "ab":
            archive.writestr(zipfile.ZipInfo(name), text(path, 200), zipfile.ZIP_DEFLATED)
    return out.getvalue()
kinds = [lambda path: gzip.compress(text(path, 1500), mtime=0),
         lambda path: zlib.compress(text(path, 700)), zipped,
         lambda path: b"\n" + base64.encodebytes(text(path, 150)) + b"\n",
         lambda path: b": " + base64.b64encode(text(path, 150)) + b"\n",
         lambda path: b"\0" * 9 + bytes(c ^ 0xa5 for c in text(path, 50)) + b"\0" * 9]
for number in range(12):
    path = ("/packed/%d" if number % 3 == 0 else "/%d") % number
    files[path] = b"".join(noise(700 * number) + kinds[(number + k) % 6](path) for k in range(5))
files["/resident"] = noise(100) + b"\n" + base64.encodebytes(text("/resident", 5))
pieces = []
for path, data in files.items():
    at = 0
    for turn in range(1000):
        size = len(data) if path.startswith("/packed") else 4096 * (1 + (turn * 7 + len(path)) % 9)
        pieces.append((turn, path, data[at:at + size]))
        at += size
        if at >= len(data):
            break
for number, (turn, path, data) in enumerate(sorted(pieces)): # in turns: in fragments
    open("piece%d" % number, "wb").write(data)
    script.append("%s\t%s\tpiece%d" % ("append" if turn else "write", path, number))
open("script", "w").write("\n".join(script) + "\n")
open("planted", "w").write("\n".join(sorted(planted)) + "\n")
END
}

@test "encoded units in fragments, in compressed and in resident content, once each" {
    plant
    forge 32M <script
    ioc-strings -q --decode all -k url volume.raw >whole
    run -0 cmp <(python3 -c 'import json, sys
for line in sys.stdin:
    record = json.loads(line)
    print(record["value"][7:-1] + "\t" + record["path"])' <whole | sort) planted
    run -0 python3 "$root/tests/compare_views.py" volume.raw / --decode all -k url
    # with place and pieces: the unit of a hit, put together, is what it was found in
    record=$(grep '"encoding":"gzip+ascii"' whole | grep -m1 '"runs"')
    for run in $(python3 -c 'import json, sys
for run in json.loads(sys.stdin.read())["runs"]: print("@%d+%d" % (run["offset"], run["length"]))' <<<"$record"); do
        fs-cat "volume.raw$run"
    done | gzip -dc >text
    run -0 cmp -n "$(($(field value <<<"$record" | wc -c) - 1))" -i "$(field decoded_offset <<<"$record"):0" \
        text <(field value <<<"$record")
    assert_regex "$(grep '"path":"/packed/' whole | grep -m1 '"encoding":"xor-0xa5+ascii"')" 'compression undone'
    # whatever threads and parts
    run -0 cmp whole <(ioc-strings -q -j 1 --decode all -k url volume.raw)
    run -0 cmp whole <(for part in 1 2 3 4 5; do
        ioc-strings -q --shard $part/5 --decode all -k url volume.raw || [ $? = 1 ]; done)
    run -0 cmp whole <(for range in 0-9500001 9500001-9504096 9504096-; do
        ioc-strings -q --range $range --decode all -k url volume.raw || [ $? = 1 ]; done)
}

@test "encoded units with more indicators than memory holds" {
    python3 - <<'END'
import gzip
text = b"".join(b"http://h%d.example.com/%d\n" % (i % 5000, i % 7) for i in range(20000))
packed = gzip.compress(text, 9, mtime=0) * 14 # 14 times 20,000 URLs
open("many", "wb").write(b"http://first.example.com/ " + packed + b" http://last.example.com/ ")
open("one", "wb").write(gzip.compress(text * 14, 9, mtime=0))
END
    # AddressSanitizer needs memory of its own
    nm "$(command -v ioc-strings)" | grep -q __asan_init && times=8 || times=1
    for file in many one; do
        run -0 --separate-stderr python3 -c '
import resource, subprocess, sys
status = subprocess.call(["ioc-strings", "-q", "--raw", "-j2", "--decode=gzip", "-kurl,domain", sys.argv[2]],
                         stdout=open("hits", "wb"))
assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < int(sys.argv[1]) * 256 * 1024
sys.exit(status)' $times $file
        # each URL has a host; in order, each once
        [ $file = many ] && others=4 || others=0
        assert_equal "$(grep -c '"type":"indicator"' hits)" $((14 * 20000 * 2 + others))
        assert_equal "$(grep -c '"encoding":"gzip+ascii"' hits)" $((14 * 20000 * 2))
        paste -d' ' <(field offset <hits) <(field decoded_offset <hits) <(field kind <hits) >order
        run -0 sort -c -k1,1n -k2,2n order
        assert_equal "$(sort -u order | wc -l)" "$(wc -l <order)"
        run -0 cmp hits <(ioc-strings -q --raw -j1 --decode=gzip -kurl,domain $file)
    done
    # where there is no room for them, what is left out is counted
    mkdir folder
    mv many folder
    TMPDIR=/nowhere ioc-strings -q --decode=gzip -kurl,domain folder >hits || assert_equal $? 3
    grep '"type":"gap"' hits >gaps
    assert_equal "$(field path <gaps | sort -u)" /many
    left=$(sed 's/.*than are kept: \([0-9]*\) left out.*/\1/' gaps | paste -sd+)
    assert [ $((left)) -gt 0 ]
    assert_equal $(($(grep -c '"type":"indicator"' hits) + left)) $((14 * 20000 * 2 + 4))
}

@test "a long stream is decoded to its end in little memory, with what is inside it" {
    python3 - <<'END'
import io, random, zipfile, zlib
random.seed(5)
zeros, size = bytes(1 << 20), 0
packer, out = zlib.compressobj(6, zlib.DEFLATED, 31), open("long", "wb")
out.write(b"before it\0" * 100)
hits = open("expected", "w")
def add(data):
    global size
    out.write(packer.compress(data))
    size += len(data)
def archive(number):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as entries:
        entries.writestr("entry", b"words " * 70000 + b" http://inner%d.example.com/x " % number)
    return file.getvalue()
for number in range(40):
    for _ in range(random.randrange(1, 12)):
        add(zeros)
    add(random.randbytes(random.randrange(300000)))
    hits.write("%d http://host%d.example.com/a\n" % (size + 5, number))
    add(b"see: http://host%d.example.com/a \n" % number)
    add(archive(number))
    hits.write("420001 http://inner%d.example.com/x\n" % number)
out.write(packer.flush() + bytes(1 << 21))
END
    nm "$(command -v ioc-strings)" | grep -q __asan_init && times=8 || times=1
    run -0 python3 -c '
import resource, subprocess, sys
status = subprocess.call(["ioc-strings", "-q", "--raw", "-j2", "--decode=gzip,zip", "-kurl", "long"],
                         stdout=open("hits", "wb"))
assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < int(sys.argv[1]) * 80 * 1024
sys.exit(status)' $times
    grep '"encoding":"gzip+' hits >within # some lies there as it is, in stored blocks
    paste -d' ' <(field decoded_offset <within) <(field value <within) | sort >got
    run -0 diff got <(sort expected)
    assert_equal "$(field offset <within | sort -u)" 1000
    assert_equal "$(field length <within | sort -u)" $(($(stat -c %s long) - 1000 - (1 << 21)))
    run -0 cmp hits <(ioc-strings -q --raw -j1 --decode=gzip,zip -kurl long)
    run -0 cmp hits <(for part in 1 2 3; do
        ioc-strings -q --raw --shard $part/3 --decode gzip,zip -kurl long || [ $? = 1 ]; done)
}

@test "what is encoded and cannot be decoded is told where it stands" {
    python3 - <<'END'
import gzip, io, zipfile
def archive(method):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as entries:
        for number in range(3):
            entries.writestr("e%d" % number, b"see http://host%d.example.com/ it is\n" % number * 50)
    return file.getvalue()
def change(data, at, value, entry):
    place = -1
    for _ in range(entry):
        place = data.index(b"PK\3\4", place + 1)
    return data[:place + at] + value + data[place + at + len(value):]
plain = archive(zipfile.ZIP_DEFLATED)
text = b"".join(b"see http://host%d.example.com/\n" % number for number in range(20000))
packed = gzip.compress(text, mtime=0)
files = {
    "whole": plain,
    "stored": archive(zipfile.ZIP_STORED),
    "encrypted": change(change(plain, 6, b"\1", 2), 6, b"\1", 3),
    "lzma": archive(zipfile.ZIP_LZMA),
    "damaged": change(plain, 33, b"\xff\xff\xff", 2),
    "cut": packed[:len(packed) // 2],
    "members": b"".join(gzip.compress(b"see http://%s.example.com/ \n" % name, mtime=0)
                        for name in (b"one", b"two")),
    "inside": b"text before " + packed[:len(packed) // 2], # may be a remnant
}
script = "clock\t2001-01-01T00:00:00Z\n"
for name, data in files.items():
    open(name, "wb").write(data)
    script += "write\t/%s\t%s\n" % (name, name)
open("script", "w").write(script)
END
    forge 8M <script
    ioc-strings -q --decode all -k url volume.raw >all || assert_equal $? 3
    grep '"type":"gap"' all >gaps
    paste -d'|' <(field path <gaps) <(field reason <gaps) | sed 's/[0-9][0-9]*/N/g' | sort >told
    run -0 diff told - <<'EOF'
/cut|gzip: damaged or cut off, N bytes of it are decoded to N
/damaged|zip: damaged or cut off, N bytes of it are decoded to N
/encrypted|zip: encrypted, not decoded
/lzma|zip: another method than deflate, not decoded
EOF
    assert_equal "$(grep '"path":"/members"' all | field value | xargs)" \
        "http://one.example.com/ http://two.example.com/"
    assert_equal "$(grep '"path":"/stored"' all | grep -c '"encoding":"ascii"')" 150
    # what stands before the damage
    assert [ "$(grep '"path":"/cut"' all | grep -c indicator)" -gt 5000 ]
    # and nothing that the bytes behind the end of a file would make of it
    for file in cut inside; do
        run -0 diff <(grep '"type":"indicator"' all | grep "\"path\":\"/$file\"" | field value) \
            <(ioc-strings -q --decode all -k url volume.raw:/$file | grep '"type":"indicator"' | field value)
    done
    # of files by themselves
    for file in cut damaged encrypted lzma; do
        ioc-strings -q --decode all -k url volume.raw:/$file >one || assert_equal $? 3
        assert_equal "$(grep -c '"type":"gap"' one)" 1
        ioc-strings -q --decode all -k url --text - <$file >one || assert_equal $? 3
        assert_equal "$(grep -c '"type":"gap"' one)" 1
    done
    run -0 --separate-stderr ioc-strings -q --decode all -k url volume.raw:/inside
}

@test "a unit that is cut off leaves the names of the files beside it alone" {
    # The hits of `long` go on behind a border of blocks; those behind it come after the gap.
    python3 - <<'END'
import gzip
with open("long", "wb") as file:
    for number in range(600):
        file.write((b"see http://host%d.example.com/ \n" % number).ljust(4096, b"."))
text = b"".join(b"see http://packed%d.example.com/\n" % number for number in range(20000))
packed = gzip.compress(text, mtime=0)
open("cut", "wb").write(packed[:len(packed) // 2])
END
    mkfs.fat -C -F 16 fat.raw 16384 >/dev/null
    mcopy -i fat.raw long cut ::/
    mkdir files
    cp long cut files
    mke2fs -q -t ext2 -d files ext.raw 16M 2>/dev/null
    for image in fat.raw ext.raw; do
        ioc-strings -q --decode gzip -k url $image >all || assert_equal $? 3
        assert_equal "$(grep '"type":"gap"' all | field path)" /cut
        grep -v packed all | grep '"type":"indicator"' >plain
        run -0 diff <(field path <plain | sort | uniq -c) - <<<"    600 /long"
    done
}

@test "base64 as mails, JSON and PowerShell have it" {
    python3 - <<'END'
import base64
text = b"".join(b"see http://host%d.example.net/some/path\n" % i for i in range(12))
lines = [base64.b64encode(text[i:i + 48]).decode() for i in range(0, len(text), 48)]
other = text.replace(b"see", b"\xff\xfe?>")
safe = base64.urlsafe_b64encode(other).decode()
files = {
    "json": '{"a":"' + "\\n".join(lines) + '"}',
    "json_crlf": '{"a":"' + "\\r\\n".join(lines) + '\\r\\n"}',
    "pem_in_json": '"-----BEGIN X-----\\n' + "\\n".join(lines) + '\\n-----END X-----\\n"',
    "quoted": "> Hello,\n> \n> " + "\n> ".join(lines) + "\n> Bye",
    "quoted_twice": ">> " + "\r\n>> ".join(lines) + "\r\nand then",
    "pem": "-----BEGIN X-----\n" + "\n".join(lines) + "\n-----END X-----\n",
    "safe": safe,
    "safe_lines": "\n".join(safe[i:i + 64] for i in range(0, len(safe), 64)),
}
for name, data in files.items():
    open(name, "w").write(data)
def script(coding):
    return base64.b64encode("(New-Object Net.WebClient).Get('http://ps.example.org/a')".encode(coding)).decode()
open("ps", "w").write("powershell -EncodedCommand " + script("utf-16le"))
open("ps_wide", "wb").write(("powershell -enc " + script("utf-16le")).encode("utf-16le"))
open("ps_big", "w").write("text " + script("utf-16be"))
END
    seq -f 'http://host%.0f.example.net/some/path' 0 11 | sort >expected
    for file in json json_crlf pem_in_json quoted quoted_twice pem safe safe_lines; do
        ioc-strings -q --raw --decode base64 -k url "$file" >found
        run -0 diff <(field value <found | sort) expected
        assert_equal "$(field length <found | sort -u | wc -l)" 1 # of one unit
    done
    for file in ps ps_wide ps_big; do
        run -0 --separate-stderr ioc-strings -q --raw --decode base64 -k url "$file"
        assert_equal "$(field value <<<"$output")" http://ps.example.org/a
        assert_regex "$(field encoding <<<"$output")" '^base64\+utf-16'
    done
}

# make_names: fat.raw, in whose folder /sub there are files with long names, one of them deleted.
# A cluster has 16 entries. With . and .. the first two names take 13 of them; of the third one,
# of four pieces, the last three are there, and the first one in another cluster, which is behind
# those of three files.
make_names() {
    fraud="OFFER2001.ZIP$(printf '%45s' '').EXE"
    fetched="fetched from www.kozirog.example.org today"
    crossing="joe@update.mailer-host.example.net[1].txt"
    gone="gone www.gone.example.org"
    truncate -s 5M fat.raw
    mkfs.fat -F 16 -s 1 -R 1 fat.raw >/dev/null
    mmd -i fat.raw ::/sub
    for name in "$fraud" "$fetched" "$crossing" "$gone"; do
        echo content >"$name"
        mcopy -i fat.raw "$name" ::/sub/
    done
    mdel -i fat.raw "::/sub/$gone"
}

@test "long names of FAT are searched as a whole, each hit once" {
    make_names
    ioc-strings -qa -k filename,domain,email fat.raw | grep -v '"value":"offer2001.zip"' >hits
    rec-fmt -F path,area,kind,value,encoding hits >got
    for hit in "filename $fraud" "domain www.kozirog.example.org" \
        "email joe@update.mailer-host.example.net" "domain update.mailer-host.example.net" \
        "domain www.gone.example.org"; do
        echo '{"type":"indicator","path":"/sub","area":"index","kind":"'"${hit%% *}"'","value":"'"${hit#* }"'","encoding":"utf-16le"}'
    done >expected
    run -0 diff <(sort expected) <(sort got)
    # Its pieces, read and put together, are the text; the first one is at its place.
    while IFS= read -r record; do
        for run in $(python3 -c 'import json, sys
r = json.loads(sys.stdin.read())
assert r["runs"][0]["offset"] == r["offset"]
for run in r["runs"]: print("@%d+%d" % (run["offset"], run["length"]))' <<<"$record"); do
            fs-cat "fat.raw$run"
        done | iconv -f UTF-16LE -t UTF-8 >text
        assert_equal "$(cat text)" "$(field value <<<"$record")"
        assert_regex "$record" 'pieces of a long name joined'
    done <hits
    # The folder by itself, in whose content there is no border, shows the same at the same places.
    ioc-strings -qa -k filename,domain,email fat.raw:p0:/sub | grep -v '"value":"offer2001.zip"' |
        sort >folder
    run -0 diff <(sort hits) folder
    # A keyword within one piece is given once, and in the short name in ASCII.
    run -0 ioc-strings -q -e OFFER2001.ZIP -e date.mail -e OFFER fat.raw
    assert_equal "$(field value <<<"$output" | sort | tr '\n' ' ')" \
        'OFFER OFFER OFFER2001.ZIP date.mail '
    assert_equal "$(grep '"value":"OFFER"' <<<"$output" | field encoding | sort | tr '\n' ' ')" \
        'ascii utf-16le '
    ioc-strings -q --strings=5 fat.raw | grep utf-16 | field value | sort >strings
    run -0 diff <(printf '%s\n' "$fraud" "$fetched" "$crossing" "$gone" | sort) strings
}

@test "long names of FAT: parts put together are the whole, whatever the threads" {
    make_names
    at=$(ioc-strings -q -e fetched fat.raw | field offset)
    # The same entries across the borders of blocks of 1 MiB, among free bytes
    for start in $((1048576 - 32)) $((2 * 1048576 - 64)); do
        dd if=fat.raw of=fat.raw bs=32 skip=$((at / 32 - 3)) seek=$((start / 32)) count=5 \
            conv=notrunc status=none
    done
    ioc-strings -qa -j1 -k domain,email,filename fat.raw >whole
    assert_equal "$(grep -c '"value":"www.kozirog.example.org"' whole)" 3
    ioc-strings -qa -j4 -k domain,email,filename fat.raw >threads
    run -0 cmp whole threads
    for i in 1 2 3 4 5; do
        ioc-strings -qa -k domain,email,filename --shard $i/5 fat.raw || [ $? = 1 ]
    done >parts
    run -0 cmp whole parts
    start=0
    for end in $((at - 64)) $((at - 31)) $((at + 1)) $((at + 50)) 1048544 1048570 1048576 1048609; do
        ioc-strings -qa -k domain,email,filename --range $start-$end fat.raw || [ $? = 1 ]
        start=$end
    done >parts
    ioc-strings -qa -k domain,email,filename --range $start- fat.raw >>parts
    run -0 cmp whole parts
}

@test "names of exFAT are searched as a whole; what is at a torn end of a name is not sure" {
    python3 - <<'END'
def exfat(name, in_use):
    text = name.encode("utf-16le")
    pieces = [text[i:i + 30] for i in range(0, len(text), 30)]
    bit = 0x80 if in_use else 0
    entries = [bytes([5 | bit, 1 + len(pieces)]), bytes([0x40 | bit, 1, 0, len(name)])]
    entries += [bytes([0x41 | bit, 0]) + piece for piece in pieces]
    return b"".join(entry.ljust(32, b"\0") for entry in entries)

def fat(name):
    text = name.encode("utf-16le")
    count = (len(name) + 12) // 13
    text = (text + b"\0\0").ljust(26 * count, b"\xff")[:26 * count]
    pieces = [text[26 * i:26 * i + 26] for i in range(count)]
    entries = [bytes([i + 1 | (0x40 if i + 1 == count else 0)]) + p[:10] + b"\x0f\0\x63" + p[10:22] +
               b"\0\0" + p[22:] for i, p in enumerate(pieces)]
    return b"".join(reversed(entries)) + b"SHORT~1 TXT ".ljust(32, b"\0")

# 13 letters, 13, 5; the first entry is that of the last piece
name = fat("copy-of-first.www.second.example.com")
open("raw", "wb").write(exfat("an www.live.example.org file", True) +
                        exfat("another www.deleted.example.net", False) + bytes(64) +
                        name + bytes(64) + name[:64] + bytes(64) + name[32:])
END
    run -0 --separate-stderr ioc-strings --raw -q raw
    assert_equal "$(field value <<<"$output" | tr '\n' ' ')" \
        'www.live.example.org www.deleted.example.net copy-of-first.www.second.example.com '
    # the 4th to the 15th letter stand in the first piece, at 2 bytes of its entry
    assert_equal "$(field runs <<<"$(head -1 <<<"$output")")" \
        "[{'offset': 72, 'length': 24}, {'offset': 98, 'length': 16}]"
    run -0 --separate-stderr ioc-strings --raw -qa raw
    grep 'a piece of the name is missing' <<<"$output" >torn
    assert [ -s torn ]
    assert_equal "$(field confidence <torn | sort -u)" 40
}

@test "NTFS: the length and the namespace before a name, and what is behind it, are no part of it" {
    # 20 letters and 21; 15, behind which no byte is left before what follows
    names="update.evil-host.net www.kozirog-netiss.at www.closing.com bericht-2001.exe"
    printf 'clock\t2001-01-01T00:00:00Z\n' >script
    for name in $names; do
        head -c 3000 /dev/zero >"$name" # not resident
        printf 'write\t/%s\t%s\n' "$name" "$name" >>script
    done
    forge 8M <script
    for namespace in 0 1 2 3; do
        python3 - $namespace $names <<'END'
import sys
data = bytearray(open("volume.raw", "rb").read())
for name in sys.argv[2:]:
    text = name.encode("utf-16le")
    place = data.find(text)
    while place >= 0:
        if data[place - 2] == len(name):
            data[place - 1] = int(sys.argv[1])
        place = data.find(text, place + 1)
open("named.raw", "wb").write(data)
END
        run -0 --separate-stderr ioc-strings -q named.raw
        assert_equal "$(field value <<<"$output" | sort -u | tr '\n' ' ')" \
            'update.evil-host.net www.closing.com www.kozirog-netiss.at '
        # each in a record of $MFT and in the folder at least
        for name in update.evil-host.net www.closing.com www.kozirog-netiss.at; do
            assert [ "$(grep -c "\"value\":\"$name\"" <<<"$output")" -ge 2 ]
        done
        run -0 --separate-stderr ioc-strings -q -k filename named.raw
        assert_equal "$(field value <<<"$output" | sort -u)" bericht-2001.exe
    done
}

@test "ISO 9660: names of Joliet and Rock Ridge begin and end where they do" {
    mkdir folder
    names="a.evil-host.net ab.evil-host.net update.closing.com www.kozirog-netiss.at www.kozirog-net.com"
    for name in $names; do echo x >"folder/$name"; done
    echo x >"folder/my last report.exe"
    for option in -J -R; do
        genisoimage -quiet $option -o names.iso folder 2>/dev/null
        run -0 --separate-stderr ioc-strings -q -k domain names.iso
        assert_equal "$(field value <<<"$output" | sort -u)" "$(tr ' ' '\n' <<<"$names" | sort)"
        if [ $option = -J ]; then
            assert_equal "$(field encoding <<<"$output" | sort -u)" utf-16be
            run -0 --separate-stderr ioc-strings -q -k filename names.iso
            assert_regex "$(field value <<<"$output")" 'my last report\.exe'
        fi
    done
}

@test "the change journal of NTFS: names begin and end where they do" {
    python3 - <<'END'
import struct
def record(version, name):
    text, place = name.encode("utf-16le"), 60 if version == 2 else 76
    length = (place + len(text) + 7) // 8 * 8
    head = struct.pack("<IHH", length, version, 0).ljust(place - 4, b"\0")
    return (head + struct.pack("<HH", len(text), place) + text).ljust(length, b"\0")

names = ["a.evil-host.net", "ab.evil-host.net", "abc.evil-host.net", "abcd.evil-host.net",
         "www.kozirog-netiss.at", "soundv.exe", "my last report.exe", "invoice.pdf.exe"]
data = b"".join(b"".join(record(version, name) for name in names).ljust(4096, b"\0")
                for version in (2, 3))
# pages of a volume that begins at sector 63, across the border of a block of the scan
open("journal", "wb").write(bytes(63 * 512 + (1 << 20) - 2 * 4096 * 4) + data * 8)
END
    run -0 --separate-stderr ioc-strings --raw -q -k domain,filename journal
    assert_equal "$(field value <<<"$output" | sort | uniq -c | tr -s ' ')" \
        " 16 a.evil-host.net
 16 ab.evil-host.net
 16 abc.evil-host.net
 16 abcd.evil-host.net
 16 invoice.pdf.exe
 16 my last report.exe
 16 soundv.exe
 16 www.kozirog-netiss.at"
    ioc-strings --raw -qa -k all -j1 journal >whole
    for i in 1 2 3 4 5; do # there is nothing in the first
        ioc-strings --raw -qa -k all --shard $i/5 journal || assert_equal $? 1
    done >parts
    run -0 cmp whole parts
}

@test "names of programs with blanks are whole where an entry of a folder has them" {
    long="a name of more than one hundred and twenty-seven letters, whose number does not fit into the byte that is before it in folders, as one.exe"
    mkdir files
    for name in "my last report.exe" "copy of setup.exe old.exe" "offer 2001.zip$(printf '%40s').exe" "$long" \
        "read me.txt" "setup.exe of mine.txt"; do
        head -c 3000 /dev/zero >"files/$name"
    done
    truncate -s $((16 * 16 * 63 * 512)) fat.raw
    mformat -i fat.raw -t 16 -h 16 -s 63 ::
    mcopy -i fat.raw files/* ::
    truncate -s 8M ntfs.raw
    mkntfs -qF ntfs.raw >/dev/null 2>&1
    for name in files/*; do ntfscp -q ntfs.raw "$name" "${name#files/}" 2>/dev/null; done
    for image in fat.raw ntfs.raw; do
        run -0 --separate-stderr ioc-strings --raw -q -k filename "$image"
        # what is no name of a program is none of an entry either: of this a word
        assert_equal "$(field value <<<"$output" | sort -u)" "$(printf '%s\n' "$long" "copy of setup.exe old.exe" \
            "my last report.exe" "offer 2001.zip$(printf '%40s').exe" setup.exe | sort)"
    done
}

# decodes_in_parts CODING COUNT: the file `long` has www.kozirog.net so often, and threads and shards
# find what one thread does in the whole.
decodes_in_parts() {
    ioc-strings --raw -qa --decode "$1" -j1 long >whole
    assert_equal "$(grep -c '"value":"www.kozirog.net"' whole)" "$2"
    ioc-strings --raw -qa --decode "$1" -j3 long >threads
    run -0 cmp whole threads
    for i in 1 2 3; do ioc-strings --raw -qa --decode "$1" --shard $i/3 long; done >parts
    run -0 cmp whole parts
}

@test "quoted-printable: halves of hosts are not sure, decoding finds the whole" {
    printf '%-45s Please visit http://www.exam=\r\nple.org/path or www=2Ekozirog=2Enet.\r\n' Hello >mail
    run -1 --separate-stderr ioc-strings --raw -q mail
    run -0 --separate-stderr ioc-strings --raw -q --decode qp -F offset,length,kind,value,encoding,decoded_offset mail
    # from the blank before each
    assert_output '{"type":"indicator","offset":58,"length":31,"kind":"url","value":"http://www.example.org/path","encoding":"qp+ascii","decoded_offset":1}
{"type":"indicator","offset":58,"length":31,"kind":"domain","value":"www.example.org","encoding":"qp+ascii","decoded_offset":8}
{"type":"indicator","offset":92,"length":21,"kind":"domain","value":"www.kozirog.net","encoding":"qp+ascii","decoded_offset":1}'
    # A unit across the borders of cells and blocks, in parts
    python3 -c '
line = b"x see http://www.exam=\r\nple.org/a=3Db and www=2Ekozirog=2Enet\r\n"
open("long", "wb").write((line * (2400000 // len(line))))' 
    decodes_in_parts qp $((2400000 / 63))
    # What is nothing but marks
    for text in '=' '=41' '=\n' '=\r\n' 'a=\n.' '=2E '; do
        yes "$(printf "$text")" | tr -d "$([ "$text" = '=2E ' ] && echo '\n')" | head -c 3000000 >marks
        run timeout 20 ioc-strings --raw -q --decode qp marks
        assert [ "$status" -lt 2 ]
    done
}

@test "character references: halves of hosts are not sure, decoding finds the whole" {
    printf 'x <a href="http://www&#46;kozirog&#46;net/?a=1&amp;b=2">jo&commat;netissat&period;at</a>\n' >page
    run -1 --separate-stderr ioc-strings --raw -q page
    run -0 --separate-stderr ioc-strings --raw -q --decode html -F offset,length,kind,value,encoding,decoded_offset page
    # from the quote, or bracket, before each; the end tag is not of the word
    assert_output '{"type":"indicator","offset":10,"length":44,"kind":"url","value":"http://www.kozirog.net/?a=1&b=2","encoding":"html+ascii","decoded_offset":1}
{"type":"indicator","offset":10,"length":44,"kind":"domain","value":"www.kozirog.net","encoding":"html+ascii","decoded_offset":8}
{"type":"indicator","offset":55,"length":29,"kind":"email","value":"jo@netissat.at","encoding":"html+ascii","decoded_offset":1}
{"type":"indicator","offset":55,"length":29,"kind":"domain","value":"netissat.at","encoding":"html+ascii","decoded_offset":4}'
    # A unit across the borders of cells and blocks, in parts
    python3 -c '
line = b"x see http://www&#46;example.org/a&amp;b and www&period;kozirog.net\n"
open("long", "wb").write((line * (2400000 // len(line))))'
    decodes_in_parts html $((2400000 / 68))
    # What is nothing but marks
    for text in '&' '&#' '&#46' '&#46;' '&amp;' 'a&amp;.' '&#46; ' '&#0'; do
        yes "$text" | tr -d '\n' | head -c 3000000 >marks
        run timeout 20 ioc-strings --raw -q --decode html marks
        assert [ "$status" -lt 2 ]
    done
}

# Each record of a hive names the hive, each hit the file it lies in.
@test "what many records name is searched once" {
    image=$samples/kozirog-nt.raw
    reg-runkeys -q "$image" >autostarts
    field inode <autostarts | sort | uniq -d >several
    assert [ -s several ]
    ioc-strings -q - <autostarts >hits || assert_equal $? 3
    assert_equal "$(sort hits | uniq -d)" ""
    assert_equal "$(field inode <hits | sort -u)" \
        "$(comm -12 <(field inode <hits | sort -u) <(field inode <autostarts | sort -u))"
    host=krakus.example.com
    assert_equal "$(ioc-strings -q --histogram - <autostarts |
        rec-fmt -w "value = $host" -F count,files)" '{"type":"count","count":2,"files":1}'
    fs-cat "$image:p1:/WINNT/system32/config/software" >software
    reg-ls -q software >keys
    assert [ "$(wc -l <keys)" -gt 100 ]
    run -0 cmp <(ioc-strings -q - <keys) <(ioc-strings -q software)
}
