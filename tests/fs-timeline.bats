#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helpers

# The times of fls as "second|inode|letters of $SI|$FN or not", one event a time.
fls_events() {
    fls -r -m / -o "$2" "$1" 2>/dev/null | python3 -c '
import re, sys
for line in sys.stdin.buffer:
    f = line.decode(errors="replace").rstrip("\n").split("|")
    if re.search(r"OrphanFile-(1[6-9]|2[0-3])( |$)", f[1]) or f[2] == "0" or \
            re.fullmatch(r"/\$OrphanFiles", f[1]):
        continue
    fn = "($FILE_NAME)" in f[1]
    seconds = {}
    for letter, second in zip("amcb", f[7:11]):
        # A time that is not set is 1601, which fls wraps to 2076.
        if 0 < int(second) < 2**31: seconds.setdefault(int(second), set()).add(letter)
    inode = f[2].split("-")[0] if fn else f[2]
    for second, letters in seconds.items():
        macb = "".join(x if x in letters else "." for x in "macb")
        print(second, inode, "fn" if fn else "si", macb)' | sort -u
}

# The same of fett, folded to whole seconds as fls has them; names that only an index has are
# without times there.
fett_events() {
    fs-timeline --source fs "$1" | python3 -c '
import calendar, json, sys, time
folded = {}
for line in sys.stdin:
    r = json.loads(line)
    if r["path"] == "/":
        continue
    second = calendar.timegm(time.strptime(r["datetime"][:19], "%Y-%m-%dT%H:%M:%S"))
    fn = r["source"] == "fn"
    inode = r["inode"].split("-")[0] if fn else r["inode"]
    folded.setdefault((second, inode, "fn" if fn else "si"), set()).update(r["macb"])
for (second, inode, source), letters in folded.items():
    print(second, inode, source, "".join(x if x in letters else "." for x in "macb"))' | sort -u
}

@test "the events of fls, but for its whole seconds" {
    fls_events "$samples/kozirog-nt.raw" 63 >fls
    fett_events "$samples/kozirog-nt.raw:p1" >fett
    run diff fls fett
    assert_success
    assert [ "$(wc -l <fett)" -gt 300 ]
}

@test "the events of fls on real images" {
    need_corpus
    for image in dftt/8-jpeg-search.dd ntfs/testfs1; do
        fls_events "$corpus/images/$image" 0 >fls
        fett_events "$corpus/images/$image" >fett
        run diff fls fett
    assert_success
    done
}

@test "events are in the order of time" {
    for image in kozirog-nt.E01 kozirog-98.raw floppy.raw; do
        fs-timeline -q "$samples/$image" | field datetime >times
        run -0 sort -c times
        assert [ -s times ]
    done
}

@test "around the trojan, in the right order, with the reasons" {
    run -0 --separate-stderr fs-timeline --around soundv.exe=2m "$samples/kozirog-nt.E01"
    offer=$(grep -n '"path":"/TEMP/OFFER2001.ZIP.*"state":"deleted"' <<<"$output" | head -1)
    dropped=$(grep -n '"path":"/WINNT/system32/MRE.DLL"' <<<"$output" | head -1)
    assert [ "${offer%%:*}" -lt "${dropped%%:*}" ]
    refute_regex "$output" '"datetime":"2000-11-22T08:1[7-9]'
    assert_regex "$output" '93 s before birth of /WINNT/system32/SOUNDV.EXE'
    run -0 --separate-stderr fs-timeline --around 2000-11-22T08:14:04Z=1s "$samples/kozirog-nt.E01"
    run -1 --separate-stderr fs-timeline --around nothing.exe=1h "$samples/kozirog-nt.E01"
    assert_equal "$stderr" "fs-timeline: --around: not found: nothing.exe"
    run -2 --separate-stderr fs-timeline --around soundv.exe "$samples/kozirog-nt.E01"
    run -2 --separate-stderr fs-timeline --around soundv.exe=2x "$samples/kozirog-nt.E01"
}

@test "after, before, path" {
    run -0 --separate-stderr fs-timeline --after 2000-11-22T08:14:04Z \
        --before 2000-11-22T08:14:05Z -p '*.dll' "$samples/kozirog-nt.E01"
    assert_equal "$(field path <<<"$output" | sort -u)" /WINNT/system32/MRE.DLL
}

@test "records piped in become events" {
    printf '%s\n' '{"type":"autorun","key":"HKLM\\SOFTWARE\\Run","name":"x","data":"soundv.exe","key_last_write":"2000-11-22T08:14:05.123000000Z"}' 'no json' >records
    run -3 --separate-stderr fs-timeline - <records
    assert_equal "$(field datetime <<<"$output")" 2000-11-22T08:14:05.123000000Z
    assert_equal "$(field message <<<"$output")" 'HKLM\SOFTWARE\Run\x: soundv.exe'
    assert_regex "$stderr" 'line 2'
}

# Hand-made: of two programs of one value each has its times; data may be a number or a list.
@test "events of records name the program that a time is of, and the data of a value" {
    cat >records <<'END'
{"type":"autorun","key":"HKLM\\W","name":"Userinit","data":"a,b","program":"/a.exe","target":{"path":"/a.exe","btime":"2000-11-22T08:14:01Z"}}
{"type":"autorun","key":"HKLM\\W","name":"Userinit","data":"a,b","program":"/b.exe","target":{"path":"/b.exe","mtime":"2000-11-22T08:14:02Z"}}
{"type":"autorun","path":"/win.ini","name":"run","data":"c","program":"/c.exe","target":{"path":"/c.exe","btime":"2000-11-22T08:14:03Z"}}
{"type":"value","key":"HKU\\S","name":"EnableAutodial","data":1,"key_last_write":"2000-11-22T08:14:04Z"}
{"type":"value","key":"HKLM\\L","name":"Packages","data":["x","y"],"key_last_write":"2000-11-22T08:14:05Z"}
{"type":"autorun","key":"HKLM\\R","name":"z","data":"z.exe","user":"S-1-5-18","program":"/z.exe","first_seen":"2000-11-22T08:14:06Z","last_seen":"2000-11-22T08:14:07Z"}
END
    run -0 --separate-stderr fs-timeline -o tsv -F timestamp_desc,source,program,message,user - <records
    assert_output 'type	timestamp_desc	source	program	message	user
event	program born	autorun	/a.exe	/a.exe (HKLM\\W\\Userinit: a,b)	
event	program modified	autorun	/b.exe	/b.exe (HKLM\\W\\Userinit: a,b)	
event	program born	autorun	/c.exe	/c.exe (run: c)	
event	key last written	reg		HKU\\S\\EnableAutodial: 1	
event	key last written	reg		HKLM\\L\\Packages: ["x","y"]	
event	first seen	autorun	/z.exe	HKLM\\R\\z: z.exe	S-1-5-18
event	last seen	autorun	/z.exe	HKLM\\R\\z: z.exe	S-1-5-18'
}

@test "timelines that are piped in are merged as they are" {
    fs-timeline "$samples/kozirog-98.raw" >one
    fs-timeline "$samples/kozirog-nt.raw" >two
    fs-timeline "$samples/kozirog-98.raw" "$samples/kozirog-nt.raw" >both
    run -0 --separate-stderr fs-timeline "$samples/kozirog-nt.raw" - <one
    run -0 cmp both - <<<"$output"
    cat two one | fs-timeline - >merged
    run -0 cmp both merged
}

@test "records that come in and cannot be kept are told of once" {
    # more than is kept in memory
    yes "{\"type\":\"event\",\"datetime\":\"2001-01-01T00:00:00Z\",\"message\":\"$(printf '%01000d')\"}" |
        head -n 40000 >"$BATS_TEST_TMPDIR/many.jsonl" || true
    TMPDIR=/nonexistent run -2 --separate-stderr fs-timeline - <"$BATS_TEST_TMPDIR/many.jsonl"
    [ "${#stderr_lines[@]}" -eq 1 ]
    [[ $stderr == *"temporary file in /nonexistent"* ]]
}

@test "records whose time cannot be read are told with their line" {
    cat >records <<'END'
{"type":"event","datetime":"2000-11-22T08:14:04Z","message":"good"}
{"type":"event","datetime":"2000-13-22T08:14:04Z","message":"a month of 13"}
{"type":"event","datetime":974880844,"message":"a number"}
{"type":"file","path":"/a","mtime":"2000-11-22T08:14:05Z","btime":"soon","atime":null}
{"type":"file","path":"/b","mtime":"2000-11-22T08:14:06Z","btime_hex":"ffffffffffffff7f"}
{"type":"event","datetime":"2000-11-22T08:14:07.123456789987Z","message":"finer than is kept"}
{"type":"indicator","value":"no.time.example"}
END
    run -3 --separate-stderr fs-timeline - <records
    assert_equal "$(field datetime <<<"$output" | cut -c18-29 | xargs)" \
        "04.000000000 05.000000000 06.000000000 07.123456789"
    assert_equal "$stderr" "fs-timeline: standard input: line 2: datetime is no time: left out
fs-timeline: standard input: line 3: datetime is no time: left out
fs-timeline: standard input: line 4: btime is no time: left out
fs-timeline: standard input: line 5: btime is no time: left out"
}

@test "the time of an autostart key is an event of the registry among the others" {
    reg-runkeys -n "$samples/kozirog-nt.raw" |
        fs-timeline --around 2000-11-22T08:14:05.123Z=0s "$samples/kozirog-nt.raw" - >events
    run -0 grep -c '"timestamp_desc":"key last written".*soundv.exe","source":"reg"' events
    assert_output 1
    # exactly that time, to the nanosecond
    assert_equal "$(field datetime <events | sort -u)" 2000-11-22T08:14:05.123000000Z
}

@test "files that are piped in give the events of their file system" {
    fs-timeline "$samples/kozirog-nt.raw" | rec-fmt -F datetime,macb,source,path,size |
        sort >whole
    fs-ls "$samples/kozirog-nt.raw" | fs-timeline - | rec-fmt -F datetime,macb,source,path,size |
        sort >piped
    assert [ -s whole ]
    run -0 diff whole piped
    # the stomped driver's true time is among them
    run -0 grep -c '2000-11-22T08:14:05.300000000Z.*"source":"fn".*mouhid2.sys' piped
}

@test "a date alone is all of its day" {
    fs-timeline --after 2000-11-22 --before 2000-11-22 "$samples/kozirog-nt.raw" >day
    assert_equal "$(field datetime <day | cut -c1-10 | sort -u)" 2000-11-22
    fs-timeline "$samples/kozirog-nt.raw" | grep -c '"datetime":"2000-11-22' >expected
    assert_equal "$(wc -l <day)" "$(cat expected)"
}

@test "hard links and streams are known by each of their names" {
    name=$(facts kozirog-nt stream | cut -f4 | head -1)
    run -0 --separate-stderr fs-timeline --around "$name=1s" "$samples/kozirog-nt.raw"
    run -0 --separate-stderr fs-timeline --around links.bin=1s "$samples/ntfs-hostile.raw"
    fs-timeline -p '/links.bin' "$samples/ntfs-hostile.raw" >events
    assert_equal "$(field source <events | sort -u | xargs)" "fn si"
}

@test "times without a zone are warned of" {
    run -0 --separate-stderr fs-timeline -z none "$samples/kozirog-98.raw"
    assert_regex "$stderr" 'zone is not known.*-z ZONE'
    run -0 --separate-stderr fs-timeline -z Europe/Warsaw "$samples/kozirog-98.raw"
    assert_equal "$stderr" ""
    run -0 --separate-stderr fs-timeline "$samples/kozirog-nt.raw"
    assert_equal "$stderr" ""
}

# The same focus on an image and on its records, as they come and as files.
@test "the focus holds for what is piped in too" {
    image=$samples/kozirog-nt.raw
    fs-timeline "$image" >all
    for focus in "--around SOUNDV.EXE=2s" "-p *soundv*" "-p /TEMP/* --around /TEMP/todo.txt=1m"; do
        fs-timeline $focus "$image" >expected
        fs-timeline $focus - <all >got
        assert [ -s expected ]
        run -0 diff expected got
        fs-ls "$image" | fs-timeline $focus - | field datetime | sort -u >got
        run -0 diff <(field datetime <expected | sort -u) got
    done
    # a hard link is in `names` only
    fs-ls "$samples/ntfs-hostile.raw" | fs-timeline -p '/links.bin' - >events
    assert [ -s events ]
}

@test "around a file is around the key that starts it" {
    reg-runkeys -n "$samples/kozirog-nt.raw" | fs-timeline --around soundv.exe=0s - >events
    run -0 grep -c '"timestamp_desc":"key last written"' events
    assert_equal "$(field reason <events | grep -c 'key of autostart of .*SOUNDV.EXE')" "$output"
}

@test "a clock that was wrong is corrected, and said" {
    image=$samples/kozirog-nt.raw
    fs-timeline --clock=-90m "$image" >corrected
    fs-timeline "$image" | field datetime >plain
    run -0 diff plain <(field datetime_clock <corrected)
    # 08:14:05.123 by the clock of the machine, which was 90 minutes fast
    run -0 --separate-stderr fs-timeline --clock=-90m --around soundv.exe=1s "$image"
    assert_regex "$output" '"datetime":"2000-11-22T06:44:0[^"]*","datetime_clock":"2000-11-22T08:14:0'
    run -2 --separate-stderr fs-timeline --clock=99999999999999d "$image"
    # of a date alone whole days, by where most of the day lies
    dates() { fs-timeline -q "--clock=$1" -p /README.TXT "$samples/floppy.raw" | grep '"1d"'; }
    day=$(fs-timeline -q -p /README.TXT "$samples/floppy.raw" | grep '"1d"' | field datetime)
    for clock in -11h 90m; do
        assert_equal "$(dates $clock | field datetime)" "$day"
    done
    assert_equal "$(dates 13h | field datetime)" "$(date -ud "$day + 1 day" +%F)"
    assert_equal "$(dates -13h | field datetime)" "$(date -ud "$day - 1 day" +%F)"
    assert_equal "$(dates 13h | field datetime_clock)" "$day"
    # what is corrected already is not corrected again
    fs-timeline --clock=-90m - <corrected >again
    run -0 cmp corrected again
    # of other records it is
    fs-ls -n soundv.exe "$image" | fs-timeline --clock=-90m - | field datetime | sort -u >piped
    fs-timeline --clock=-90m -p '*/soundv.exe' "$image" | field datetime | sort -u >expected
    run -0 diff expected piped
}

# compare_bodies FLS FETT: lines that are in one only, but for what fs-timeline(1) lists:
# the root folder, $OrphanFiles, "." with its streams, $MFT records 16 to 23, names that
# name no record, resource forks, FAT's odd seconds, the zones of exFAT and ISO 9660.
compare_bodies() {
    python3 -c '
import collections, re, sys
kind = sys.argv[3]
def lines(path, fls):
    rows = collections.Counter()
    for line in open(path, errors="surrogateescape", newline="\n"):
        f = line.rstrip("\n").split("|")
        assert fls or len(f) == 11, line
        name, inode, size, times = "%7C".join(f[1:-9]), f[-9], f[-5], [int(t) for t in f[-4:]]
        if fls:
            times = [0 if t >= 2**31 or t < 0 else t for t in times]
            if re.search(r"/OrphanFile-(1[6-9]|2[0-3]) \(deleted\)|/\.:", name):
                continue
        elif re.fullmatch(r"/( \(\$FILE_NAME\))?", name) or name.endswith(":RSRC"):
            continue
        if name == "/$OrphanFiles" or inode == "0":
            continue
        if kind == "exFAT":
            times = [True]
        if kind.startswith("ISO"):
            times = [t % 900 for t in times]
        if kind.startswith("FAT"):
            times[3] //= 2
        rows[(name, inode, size, tuple(times))] += 1
    return rows
fls, fett = lines(sys.argv[1], True), lines(sys.argv[2], False)
for row in fls - fett: print("fls only", *row)
for row in fett - fls: print("fett only", *row)
print(sum(fett.values()), "lines")' "$@"
}

# What debugfs was told to write: ext keeps when a file was deleted, which fls does not tell.
@test "when a file of ext was deleted" {
    mkdir content
    echo x >content/gone
    echo x >content/both
    touch -d 2000-11-22T08:14:04Z content/gone content/both
    truncate -s 4M ext.raw
    mke2fs -q -F -t ext2 -I 128 -d content ext.raw 2>/dev/null
    number() { debugfs -R "stat $1" ext.raw 2>/dev/null | awk 'NR == 1 { print $2 }'; }
    gone=$(number /gone) both=$(number /both)
    debugfs -w -f - ext.raw >/dev/null 2>&1 <<END
rm /gone
rm /both
sif <$gone> ctime 20001122081404
sif <$gone> dtime 20001122081405
sif <$both> ctime 20001122081404
sif <$both> dtime 20001122081404
END
    run -0 --separate-stderr fs-timeline --path '/gone' -o tsv \
        -F datetime,datetime_precision,timestamp_desc,macb,source ext.raw
    assert_output "type	datetime	datetime_precision	timestamp_desc	macb	source
event	2000-11-22T08:14:04.000000000Z	1s	modified; metadata changed; accessed	mac.	fs
event	2000-11-22T08:14:05.000000000Z	1s	deleted	....	fs"
    run -0 --separate-stderr fs-timeline --path '/both' -o tsv -F datetime,timestamp_desc,macb \
        ext.raw
    assert_output "type	datetime	timestamp_desc	macb
event	2000-11-22T08:14:04.000000000Z	modified; metadata changed; accessed; deleted	mac."
    fs-timeline ext.raw >direct
    fs-ls ext.raw | fs-timeline - >piped
    run -0 diff direct piped
    # The lines of fls and mactime have no place for it, and no time that is none.
    fls -r -m / ext.raw | grep '/gone\|/both' >fls
    fs-timeline -o body ext.raw | grep '/gone\|/both' >body
    run -0 diff fls body
    run -0 bash -c "fs-timeline -o mactime ext.raw | grep -c '/gone'"
    assert_output 1
    run -0 --separate-stderr rec-fmt -o mactime direct
    refute_output --partial 08:14:05
    assert_regex "$stderr" '^rec-fmt: 1 records? of type event'
}

@test "-o body is what fls says, on every image that it reads" {
    need_corpus
    total=0
    while IFS= read -r image; do
        while read -r volume offset format; do
            fls -r -m / -o "$((offset / 512))" "$image" >fls 2>/dev/null || continue
            fs-timeline -q -o body "$image:$volume" >fett 2>/dev/null || [ $? -eq 3 ]
            run -0 compare_bodies fls fett "$format"
            assert_regex "$output" '^[0-9]+ lines$'
            total=$((total + ${output% lines}))
        done < <(img-info -o tsv -F volume,offset,format "$image" 2>/dev/null |
            awk -F'\t' '$1 == "volume" && $2 != "" { print $2, $3 + 0, $4 }')
    done < <(find "$corpus/images" -type f ! -name '*.E02' ! -name '*.001' ! -name '*.qcow2')
    assert [ "$total" -gt 3000 ]
}

@test "a file without any time is a line of a body, and of nothing where a time is asked for" {
    # $FAT1 has no times; nor has the name of ext whose inode another file has by now
    run -0 --separate-stderr fs-timeline -q -o body "$samples/floppy.raw"
    assert_line '0|/$FAT1|45780|v/v---------|0|0|4608|0|0|0|0'
    assert_equal "$(fls -r -m / "$samples/floppy.raw" | grep -c .)" \
        "$(grep -vc '|/|' <<<"$output")"
    for options in "--after 1970-01-01" "--before 2030-01-01" "--around /README.TXT=9999d"; do
        run -0 --separate-stderr fs-timeline -q -o body $options "$samples/floppy.raw"
        refute_regex "$output" FAT1
    done
    truncate -s 2M volume
    mke2fs -q -t ext2 volume
    echo content >names
    debugfs -w -f - volume <<<$'mkdir d\nwrite names gone\nrm gone\ncd d\nwrite names new' \
        >/dev/null 2>&1
    run -0 --separate-stderr fs-timeline -q -o body volume
    assert_regex "$output" '\|/gone \(deleted-realloc\)\|13\|[^|]*\|0\|0\|0\|0\|0\|0\|0'
    run -0 --separate-stderr fs-timeline -q -o mactime volume
    refute_regex "$output" '/gone'
}

@test "-o body and -o mactime are what fls and mactime say of the samples" {
    for sample in kozirog-nt:63:p1 ntfs-hostile:0:p0 ext4:0:p0; do
        IFS=: read -r name offset volume <<<"$sample"
        fs-timeline -q -o body "$samples/$name.raw:$volume" >body
        # hard links of the samples have each their own $FILE_NAME, of which fls shows one
        # and it swallows what comes behind a lone surrogate
        fls -r -m / -o "$offset" "$samples/$name.raw" | grep -v '/link.*(\$FILE_NAME)' |
            sed 's/lone^urrogate/lone^surrogate/' >fls
        grep -v '/link.*(\$FILE_NAME)' body >fett
        run -0 compare_bodies fls fett other
        assert_regex "$output" '^[0-9]+ lines$'
        mactime -d -y -b body | grep -v '^0000-' | sort >expected
        fs-timeline -q -o mactime "$samples/$name.raw:$volume" | sort >got
        run -0 diff expected got
        assert [ "$(wc -l <got)" -gt 5 ]
    done
}

@test "mactime has the lines in the order of time, and a body once for each file" {
    fs-timeline -q -o mactime "$samples/kozirog-nt.raw" >lines
    assert_equal "$(head -1 lines)" 'Date,Size,Type,Mode,UID,GID,Meta,File Name'
    run -0 sort -c <(tail -n +2 lines | cut -d, -f1)
    run -0 --separate-stderr fs-timeline -q -o body "$samples/kozirog-nt.raw"
    assert_equal "$(cut -d'|' -f2,3 <<<"$output" | sort | uniq -d)" ""
}

@test "of several volumes and images names are told apart" {
    fs-timeline -q -o body "$samples/gpt-multi.raw" | cut -d'|' -f2 | cut -d/ -f1 | sort -u >begin
    assert_equal "$(xargs <begin)" "p1: p2: p3:"
    fs-timeline -q -o mactime "$samples/ext4.raw" "$samples/iso.raw" >lines
    assert_equal "$(tail -n +2 lines | cut -d'"' -f2 | cut -d/ -f1,2 | cut -c1-6 | sort -u | wc -l)" 1
    run -0 grep -c 'ext4.raw:p0:/var/log/access.log"$' lines
}

@test "body and mactime of the records of an image are those of the image" {
    image=$samples/kozirog-nt.raw
    # the records of files do not tell which attribute a name is
    plain() { sed -E 's/(\|[0-9]+-48)-[0-9]+\|/\1|/' | sort; }
    run -0 diff <(fs-timeline -o body "$image" | plain) <(fs-ls "$image" | fs-timeline -o body - | plain)
    reg-runkeys "$image" | fs-timeline -o body "$image" - >merged
    run -0 grep -c '|\[reg: key last written\] HKLM.*soundv.exe' merged
    # a timeline that was kept is converted line by line
    fs-timeline "$image" | rec-fmt -o body | mactime -d -y | grep '^[1-9]' | cut -d, -f1,3,7- |
        sort >converted
    fs-timeline -o mactime "$image" | tail -n +2 | cut -d, -f1,3,7- | sort >straight
    run -0 diff straight converted
}

@test "timesketch and l2tcsv have what their readers ask for" {
    image=$samples/kozirog-nt.raw
    count=$(fs-timeline "$image" | wc -l)
    fs-timeline -o timesketch "$image" >jsonl
    fs-timeline -o timesketch-csv "$image" >csv
    fs-timeline -o l2tcsv "$image" >l2t
    run -0 python3 -c '
import csv, datetime, json, sys
count = int(sys.argv[1])
rows = [json.loads(line) for line in open("jsonl")]
assert len(rows) == count
for r in rows:
    when = datetime.datetime.fromisoformat(r["datetime"][:26] + "+00:00")
    assert r["message"] and r["timestamp_desc"]
    assert r["timestamp"] == round(when.timestamp() * 1e6), r
rows2 = list(csv.DictReader(open("csv", newline="")))
assert [(r["message"], r["datetime"], r["timestamp_desc"], int(r["timestamp"])) for r in rows2] == \
       [(r["message"], r["datetime"], r["timestamp_desc"], r["timestamp"]) for r in rows]
l2t = list(csv.reader(open("l2t", newline="")))
assert len(l2t) == count + 1 and all(len(r) == 17 for r in l2t)
for r, row in zip(rows, l2t[1:]):
    assert datetime.datetime.strptime(row[0] + row[1], "%m/%d/%Y%H:%M:%S").isoformat() == r["datetime"][:19]
    assert row[3] == r["macb"].upper() and row[9] == r["message"]' "$count"
}

@test "formats of timelines have their own fields, and gaps are told" {
    run -2 --separate-stderr fs-timeline -o body -F path "$samples/ext4.raw"
    assert_regex "$stderr" "has its own fields"
    run -2 --separate-stderr fs-ls -o body "$samples/ext4.raw"
    echo '{"type":"file","path":"/a"}' >file
    run -0 --separate-stderr rec-fmt -o body file
    assert_regex "$stderr" '1 records of type file have no place'
}

@test "records of streams do not repeat the names of their file" {
    for name in kozirog-nt kozirog-98; do
        fs-timeline -q "$samples/$name.raw" | sort >whole
        fs-ls "$samples/$name.raw" | fs-timeline -q - | sort >piped
        run -0 diff <(sed 's/,"name_id":[0-9]*//' whole) piped
    done
}

@test "bodyfiles of other tools are merged" {
    image=$samples/kozirog-nt.raw
    # all that fls has, but for times that are not set, is what fls has
    fls -r -m / -o 63 "$image" >body
    run -0 --separate-stderr fs-timeline -o body --body body
    sed -E 's/\|3373865674/|0/g' body | cut -d'|' -f2,3,8- |
        sort >expected
    assert [ "$(wc -l <expected)" -gt 300 ]
    run -0 diff expected <(cut -d'|' -f2,3,8- <<<"$output" | sort)
    # beside an image
    echo '0|/a%7Cb %2541 %zz|5|r/rrwxr-x--x|0|0|7|0|974880844|-1|974880845.5' >body
    fs-timeline --body body "$image" | grep '"image":"body"' >got
    assert_equal "$(field datetime <got | xargs)" \
        "2000-11-22T08:14:04.000000000Z 2000-11-22T08:14:05.500000000Z"
    assert_equal "$(field path <got | sort -u)" '/a|b %41 %zz'
    assert_equal "$(field macb <got | xargs)" "m... ...b"
    # what fett wrote comes back
    fs-timeline -o body "$image" | sort >one
    run -0 diff one <(fs-timeline -o body --body one | sort)
}

@test "a line of a bodyfile keeps its size and mode" {
    printf '%s\n' '0|/dir/ab|61-128-3|-/rr-xr-xr-x|0|0|70|1|2|3|4' \
        '0|/dir/ab ($FILE_NAME)|61-48-2|-/rr-xr-xr-x|0|0|1|1|2|3|4' \
        '0|/dir/pipe|62|p/prw-r--r--|0|0|0|1|2|3|4' \
        '0|/dir/none|63|r/----------|0|0|5|1|2|3|4' \
        '0|/dir/gone (deleted)|64|-/drwsrwSrwt|1|2|5|1|2|3|4' >body
    run -0 --separate-stderr fs-timeline -o body --body body
    run -0 diff <(sort body) <(sort <<<"$output")
    # the size of a name is none of the file
    run -0 --separate-stderr fs-timeline --body body
    assert_equal "$(grep '"source":"fn"' <<<"$output" | field size | sort -u)" ""
    assert_equal "$(grep '/dir/ab.*"source":"fs"' <<<"$output" | field size | sort -u)" 70
}

@test "what a link of a bodyfile points to is no part of its path" {
    mkdir content
    ln -s 'there/b -> c' content/link
    echo x >'content/a -> b'
    truncate -s 4M ext.raw
    mke2fs -q -F -t ext4 -d content ext.raw
    fls -r -m / ext.raw | grep -v OrphanFiles >fls
    assert_equal "$(grep -c '|/link -> there/b -> c|' fls)" 1
    assert_equal "$(fs-timeline --body fls --path /link | field path | sort -u)" /link
    assert_equal "$(fs-timeline --body fls --path '/a -> b' | field path | sort -u)" '/a -> b'
    run -0 diff fls <(fs-timeline -o body --body fls)
    # no inode is none, not an empty one
    echo '0|/none||r/rrw-r--r--|0|0|0|100|100|100|100' >body
    run -0 --separate-stderr fs-timeline --body body
    refute_output --partial inode
}

@test "a line that is no bodyfile's is told with its number, the others are used" {
    printf '%s\n' '# a comment' '' '0|/a|5|r/r|0|0|7|1|2|3|4' '0|/b|5|1|2|3' \
        '0|/c|5|r/r|0|0|7|1|2|soon|4' '0|/d|5|r/r|0|0|many|1|2|3|4' '0|/e|5|r/r|||' \
        '0|/f|5|r/r|0|0|7|99999999999999999999|2|3|4' '0|/g|5|r/r|0|0||0|0|0|9' >body
    run -3 --separate-stderr fs-timeline --body body
    assert_equal "$(field path <<<"$output" | sort -u | xargs)" "/a /g"
    for line in 4 5 6 7 8; do
        assert_regex "$stderr" "body: line $line: no bodyfile: "
    done
    assert_equal "$(wc -l <<<"$stderr")" 5
    # a time that cannot be told costs that one alone
    echo '0|/h|5|r/r|0|0|7|999999999999|2|3|4' >late
    run -3 --separate-stderr fs-timeline --body late
    assert_equal "$(field timestamp_desc <<<"$output" | xargs)" "modified metadata changed born"
    assert_regex "$stderr" 'late: line 1: a time is beyond the year 9999: left out'
    run -2 --separate-stderr fs-timeline --body absent
    # the body alone is merged with what comes by pipe where that is asked for
    run -3 --separate-stderr fs-timeline --body body - <<<'{"type":"event","datetime":"2000-11-22T08:14:04Z","source":"x"}'
    assert_equal "$(tail -1 <<<"$output" | field source)" x
}

# count_events FILE ORIGIN: different records of a log with this origin.
count_events() {
    fs-timeline -q "$1" 2>messages >events || [ $? -eq 3 ]
    grep '"timestamp_desc":"event \(generated\|written\)"' events | grep "\"origin\":\"$2\"" |
        field record_number | sort -u | wc -l
}

@test "event logs: the counts that are known" {
    need_corpus
    logs=$corpus/artifacts
    # libevt: 6063, and 438 recovered
    assert_equal "$(fs-timeline -q "$logs/plaso/SysEvent.Evt" 2>/dev/null |
        grep -c '"event generated".*"origin":"live"')" 6063
    fs-timeline -q "$logs/plaso/SysEvent.Evt" 2>/dev/null >events || [ $? -eq 3 ]
    assert_equal "$(grep -c '"event generated".*"origin":"deleted"' events)" 438
    evtexport -m recovered "$logs/plaso/SysEvent.Evt" | awk '/^Event number/ { print $NF }' |
        sort -n >expected
    run -0 diff expected <(grep '"event generated".*"origin":"deleted"' events |
        field record_number | sort -n)
    # a newer record stands in the end of one of them
    run -0 grep -c '"message":"LSASRV 40960 (warning): cifs/CONTROLLER; .*(the end of this record was overwritten)' events
    assert_output 1
    assert_equal "$(count_events "$logs/plaso/System-2M.evtx" live)" 5009
    assert_equal "$(wc -c <messages)" 0
    assert_equal "$(count_events "$logs/evtx/sample-with-irregular-bool-values.evtx" live)" 3028
    assert_equal "$(wc -c <messages)" 0
    assert_equal "$(count_events "$logs/evtx/Application_no_crc32.evtx" live)" 17
    assert_equal "$(wc -c <messages)" 0
    # damaged: no fewer than others find, and it is told
    assert [ "$(count_events "$logs/plaso/System2.evtx" live)" -ge 194 ]
    run -0 grep -c 'a chunk that was cut' events
    assert [ "$(count_events "$logs/evtx/sample_with_a_bad_chunk_magic.evtx" live)" -ge 270 ]
    run -0 grep -c 'no chunk of an event log' events
    assert [ "$(count_events "$logs/evtx/sample-with-zero-data-size-event.evtx" live)" -ge 336 ]
}

# Behind the free space of its chunk lies what others wrote over, with a number for a time.
@test "event logs: no remnants of 1601" {
    need_corpus
    fs-timeline "$corpus/artifacts/evtx/new-user-security.evtx" >events
    assert_equal "$(grep -c '"origin":"live"' events)" 4
    assert [ "$(head -1 events | field datetime | cut -c1-4)" -ge 2013 ]
}

@test "event logs: one that ends within the head of a record" {
    # 48 bytes of header, 14 of a record; what is behind is not the log's (asan)
    python3 -c '
import struct
open("short.evt", "wb").write(struct.pack("<I4s10I", 48, b"LfLe", 1, 1, 48, 48, 1, 0, 0, 0, 0, 48) +
                              struct.pack("<I4s6s", 48, b"LfLe", b"xxxxxx"))'
    run -0 --separate-stderr fs-timeline --source evt short.evt
    assert_output ""
}

@test "event logs: what an event says" {
    need_corpus
    # evtexport 20200926 of the first
    fs-timeline "$corpus/artifacts/plaso/SysEvent.Evt" 2>/dev/null >events || [ $? -eq 3 ]
    run -0 grep '"origin":"live".*"record_number":1393}' events
    assert_regex "$output" '"datetime":"2011-07-27T07:44:18.000000000Z","datetime_precision":"1s"'
    assert_regex "$output" '"host":"WKS-WINXP32BIT"'
    assert_regex "$output" '"provider":"LSASRV","event_id":40960'
    assert_regex "$output" 'cifs/CONTROLLER; Kerberos; .*no logon servers'
    fs-timeline "$corpus/artifacts/plaso/System-2M.evtx" >events
    run -0 grep '"record_number":1}' events
    assert_regex "$output" '"message":"Service Control Manager 7036: param1=Windows Event Log; param2=stopped'
    # without a template
    fs-timeline "$corpus/artifacts/evtx/MSExchange_Management_wec.evtx" | tail -1 >event
    run -0 grep -c '"message":"MSExchange CmdletLogs 1: Set-Mailbox; -Identity' event
}

@test "prefetch: runs and their times" {
    need_corpus
    while read -r name count last; do
        fs-timeline "$corpus/artifacts/plaso/$name"*.pf >events
        assert_equal "$(field count <events | sort -u)" "$count"
        [ -z "$last" ] || assert_equal "$(tail -1 events | field datetime)" "$last"
    done <<'TRUTH'
PING.EXE 14 2012-04-06T19:00:55.932955600Z
WUAUCLT.EXE 25 2012-03-15T21:17:39.807996300Z
TASKHOST.EXE 4
BYTECODEGENERATOR.EXE 7
ONEDRIVE.EXE 2
NOTEPAD.EXE 2
TRUTH
    fs-timeline "$corpus/artifacts/plaso/CMD.EXE-087B4001.pf" >events
    assert_equal "$(field datetime <events)" 2013-03-10T10:11:49.281250000Z
    # the drive by its serial number, as plaso's tests have it
    assert_equal "$(field message <events)" "CMD.EXE was run 2 times, hash 087B4001, drive 24CB074B made 2013-03-10T10:19:46.234375000Z"
    # loaded from somewhere: the path without its device
    assert_equal "$(field program <events)" /WINDOWS/SYSTEM32/CMD.EXE
}

# Of the name the header has 29 characters; the files that it loaded have the path.
@test "prefetch: a program with a long name" {
    need_corpus
    run -0 --separate-stderr fs-timeline -F program,message "$corpus"/artifacts/plaso/AM_DELTA*.pf
    assert_equal "$(field program <<<"$output")" \
        /WINDOWS/SOFTWAREDISTRIBUTION/DOWNLOAD/INSTALL/AM_DELTA_PATCH_1.443.990.0.EXE
    assert_regex "$(field message <<<"$output")" ', drive BC1F1BFC made '
}

# What stands before the cut is right: the runs are at the beginning, compressed or not.
@test "prefetch: files that were cut" {
    need_corpus
    for file in "$corpus"/artifacts/plaso/*.pf; do
        head -c $(($(stat -c %s "$file") / 2)) "$file" >cut.pf
        fs-timeline -F datetime,count "$file" >whole
        run -3 --separate-stderr fs-timeline -F datetime,count cut.pf
        assert_equal "$(grep -v '"gap"' <<<"$output")" "$(cat whole)"
        assert_equal "$(grep -c '"gap"' <<<"$output")" 1
    done
}

@test "journals: every record, with its reasons" {
    need_corpus
    fs-timeline "$corpus/artifacts/dissect.target/usnjrnl.bin" >events
    assert_equal "$(wc -l <events)" 15214
    fs-timeline "$corpus/artifacts/plaso/UsnJrnl.raw" >events
    assert_equal "$(head -1 events | field message)" "Nieuw - Tekstdocument.txt: created (file 30-1)"
    # as a copy of $J is: a hole before the first record
    truncate -s $((733 * 4096)) hole
    cat hole "$corpus/artifacts/plaso/UsnJrnl.raw" >journal
    run -0 --separate-stderr fs-timeline journal
    assert_equal "$stderr" ""
    run -0 diff <(field message <<<"$output") \
        <(fs-timeline "$corpus/artifacts/plaso/UsnJrnl.raw" | field message)
    # zeros alone are none
    run -2 --separate-stderr fs-timeline hole
    # a cut in the middle of a record
    head -c 1000 "$corpus/artifacts/plaso/UsnJrnl.raw" >journal
    run -3 --separate-stderr fs-timeline journal
    assert_regex "$(gaps <<<"$output")" 'no record of a journal'
    assert [ "$(wc -l <<<"$output")" -gt 8 ]
}

@test "recycle bins of all versions" {
    python3 -c '
import struct
def filetime(seconds): return (seconds + 11644473600) * 10**7
old = lambda path, n, left: struct.pack("<260sIIQI", (b"\0" + path[1:] if left else path), n, 2, filetime(974880844), 77)
open("INFO2-98", "wb").write(struct.pack("<IIIII", 4, 0, 0, 280, 0) + old(b"C:\\a.txt", 1, False) + old(b"C:\\b.txt", 2, True))
wide = "C:\\\u017c.txt".encode("utf-16-le")
open("INFO2-NT", "wb").write(struct.pack("<IIIII", 5, 0, 0, 800, 0) + old(b"C:\\z.txt", 1, False) + wide.ljust(520, b"\0") + b"cut")
open("I1", "wb").write(struct.pack("<QQQ", 1, 5, filetime(974880845)) + wide.ljust(520, b"\0"))
open("I2", "wb").write(struct.pack("<QQQI", 2, 6, filetime(974880846), len(wide) // 2 + 1) + wide + b"\0\0")'
    run -0 --separate-stderr fs-timeline INFO2-98
    assert_equal "$(field message <<<"$output" | xargs -d'\n' printf '%s|')" \
        'C:\a.txt|C:\b.txt (no longer in the bin)|'
    assert_equal "$(field datetime <<<"$output" | sort -u)" 2000-11-22T08:14:04.000000000Z
    run -3 --separate-stderr fs-timeline INFO2-NT
    assert_equal "$(field message <<<"$output" | xargs -d'\n')" ' C:\ż.txt'
    assert_equal "$(gaps <<<"$output")" 'INFO2-NT: at 820: an entry that was cut'
    run -0 --separate-stderr fs-timeline I1 I2
    assert_equal "$(field message <<<"$output" | sort -u)" 'C:\ż.txt'
    assert_equal "$(field size <<<"$output" | xargs)" "5 6"
    assert_equal "$(field datetime <<<"$output" | cut -c18-19 | xargs)" "05 06"
}

@test "recycle bins of Windows 95 and NT 4, of shares, with a size that lacks a byte" {
    python3 -c '
import struct
def filetime(seconds): return (seconds + 11644473600) * 10**7
entry = lambda path, drive, n: struct.pack("<260sIIQI", path, n, drive, filetime(974880844), 77)
head = lambda version, size: struct.pack("<IIIII", version, 1, 1, size, 0)
wide = lambda path: path.encode("utf-16-le")
open("INFO-95", "wb").write(head(0, 280) + entry(b"C:\\a.txt", 2, 0) + entry(b"\0\\srv\\b.txt", 26, 1))
open("INFO-NT", "wb").write(head(2, 800) + entry(b"C:\\x", 2, 3) + wide("C:\\\u017c.txt").ljust(520, b"\0"))
open("other", "wb").write(head(0, 280) + b"no path".ljust(280, b"\0"))
share = wide("\\\\srv\\c.txt")
open("I1", "wb").write(struct.pack("<QQQ", 1, 5, filetime(974880845)) + share.ljust(520, b"\0"))
open("I2", "wb").write(struct.pack("<QQQI", 2, 6, filetime(974880846), 11) + share + b"\0\0")
open("I3", "wb").write(struct.pack("<Q", 1) + b"\0" * 7 + struct.pack("<Q", filetime(974880847)) + wide("C:\\d.txt").ljust(520, b"\0"))
open("cut", "wb").write(struct.pack("<QQQI", 2, 6, filetime(974880846), 11) + share[:-4])'
    run -0 --separate-stderr fs-timeline INFO-95 INFO-NT I1 I2 I3
    assert_equal "$(field message <<<"$output" | sort | xargs -d'\n' printf '%s|')" \
        'C:\a.txt|C:\d.txt|C:\ż.txt|\\srv\b.txt (no longer in the bin)|\\srv\c.txt|\\srv\c.txt|'
    assert_equal "$(grep -c '"size":' <<<"$output")" 5
    assert_equal "$(field datetime <<<"$output" | cut -c18-19 | xargs)" "04 04 04 05 06 07"
    # an entry without a time
    head -c 288 INFO-95 >no-time
    head -c 12 /dev/zero >>no-time
    run -3 --separate-stderr fs-timeline no-time
    assert_equal "$(gaps <<<"$output")" \
        'no-time: at 20: a file that was put into the recycle bin at no time'
    run -3 --separate-stderr fs-timeline cut
    assert_equal "$(gaps <<<"$output")" 'cut: at 46: a path that was cut'
    assert_equal "$(field message <<<"$output" | tail -1)" '\\srv\c.t'
    run -2 --separate-stderr fs-timeline other
}

@test "--source: what Windows noted is found by itself, and tells the story in one command" {
    image=$samples/kozirog-nt.raw
    fs-timeline -q --source all --around soundv.exe=3m "$image" >events
    line() { grep -n "$1" events | head -1 | cut -d: -f1; }
    mail=$(line 'Inbox.mbx') offer=$(line '/TEMP/OFFER2001.ZIP') dropped=$(line '/WINNT/system32/MRE.DLL')
    key=$(line '"key last written".*Run..soundv.exe') log=$(line 'Service Control Manager 7031.*AVP Control Centre')
    assert [ "$mail" -lt "$offer" ]
    assert [ "$offer" -lt "$dropped" ]
    assert [ "$dropped" -lt "$key" ]
    assert [ "$key" -lt "$log" ]
    assert_equal "$(grep -vc '"reason":"' events)" 0
    # the events of the logs are those of the truth
    fs-timeline -q --source evt "$image" >logs
    while IFS=$'\t' read -r _ _ _ _ name time _; do
        run -0 grep -c "\"datetime\":\"${time%Z}[^\"]*\".*\"event_id\":${name#*:}," logs
    done < <(facts kozirog-nt event | grep -v 'usn:')
    assert [ -s logs ]
    refute [ -n "$(field source <logs | grep -v evt)" ]
    fs-timeline -q --source usn "$image" >journal
    while IFS=$'\t' read -r _ _ _ _ name time _; do
        run -0 grep -c "\"datetime\":\"${time%Z}" journal
    done < <(facts kozirog-nt event | grep 'usn:')
    run -2 --separate-stderr fs-timeline --source all,nonsense "$image"
    assert_regex "$stderr" 'no such source: nonsense'
}

@test "programs that ran, by the registry" {
    need_corpus
    hives=$corpus/hives
    # values of UserAssist as the tests of plaso and regipy have them
    fs-timeline --source userassist "$hives/plaso/NTUSER.DAT" >events
    run -0 grep '"datetime":"2009-08-04T15:11:22.811067600Z".*"message":"UEME_RUNPIDL:%csidl2%..MSN.lnk was run 14 times"' events
    fs-timeline --source userassist "$hives/plaso/NTUSER-WIN7.DAT" >events
    run -0 grep '"datetime":"2010-11-10T07:49:37.078067600Z".*GettingStarted was run 14 times' events
    # the count of ShimCacheParser, the times of regipy
    fs-timeline -q --source shimcache "$hives/regipy/SYSTEM" >events
    assert_equal "$(wc -l <events)" 660
    run -0 grep -c '"datetime":"2011-01-12T12:08:00.*"program":"/Program Files/McAfee/VirusScan Enterprise/mfeann.exe"' events
    # 55 values that are no number, each 24 bytes with its FILETIME first
    fs-timeline -q --source bam "$hives/regipy/SYSTEM_WIN_10_1709" >events || [ $? -eq 3 ]
    assert_equal "$(wc -l <events)" 55
    run -0 grep '"program":"/Windows/explorer.exe"' events
    assert_regex "$output" '"datetime":"2020-04-19T09:0[^"]*"'
    assert_regex "$output" '"user":"S-1-5-21-2595688666-2948619230-3055395256-1001"'
}

@test "what the registry keeps of a user and of the machine" {
    need_corpus
    hives=$corpus/hives
    # values that the tests of plaso have
    fs-timeline "$hives/plaso/NTUSER-WIN7.DAT" >events
    assert_equal "$(grep '"2011-08-23T17:10:14.960960500Z".*"drives"' events | field message)" \
        '\\controller\home\nfury, Home Drive'
    run -0 grep '"datetime":"2010-11-10T07:58:15.811625000Z","timestamp_desc":"last path typed","message":"....controller"' events
    run -0 grep '"datetime":"2012-03-12T21:23:53.307749900Z","timestamp_desc":"last address typed","message":"http://cnn.com/"' events
    run -0 grep '"datetime":"2012-04-01T13:52:39.113741700Z","timestamp_desc":"last opened","message":"The SHIELD"' events
    # a folder in place of its GUID
    assert_equal "$(grep '"source":"userassist"' events | grep -c 'Windows..System32..cmd.exe was run')" 1
    refute [ -n "$(field program <events | grep -i 'C0F2E0B9FA8E')" ]
    fs-timeline -q --source shutdown "$hives/regipy/SYSTEM" >events
    assert_equal "$(field timestamp_desc <events | sort -u)" "last shut down"
}

@test "a name that only the index of its folder has, by default too: source i30" {
    cp "$samples/clean-nt.raw" copy.raw
    # Of one file of a large folder: its entry means another file from now on.
    truth=$(python3 - copy.raw <<'PYTHON'
import sys
disk = open(sys.argv[1], 'r+b')
data = disk.read()
name = 'comctl32.dll'.encode('utf-16le')
at = -1
while (at := data.find(name, at + 1)) >= 0:
    entry = at - 66 - 16
    block = next((entry - back for back in range(0, 4096)
                  if data[entry - back:entry - back + 4] == b'INDX'), None)
    if block is None or (entry + 6 - block) % 512 >= 510:
        continue
    disk.seek(entry + 6)
    disk.write(b'\x77\x07')
    print(int.from_bytes(data[entry:entry + 6], 'little'))
PYTHON
    )
    assert_equal "$(wc -l <<<"$truth")" 1
    fs-timeline --source i30 copy.raw >events
    path=$(fs-ls -a -n comctl32.dll copy.raw | field path | head -1)
    assert_equal "$(field path <events | sort -u)" "$path"
    assert_equal "$(field inode <events | sort -u)" "$truth"
    assert_equal "$(field meta <events | sort -u)" reallocated
    assert_equal "$(field message <events | sort -u)" "$path (only in the index of its folder)"
    assert_equal "$(field datetime <events | sort -u)" \
        "$(fs-timeline -p "$path" copy.raw | grep '"source":"si"' | field datetime | sort -u)"
    assert_equal "$(fs-timeline --source i30 "$samples/clean-nt.raw" | wc -l)" 0
    # by default, among the others; all of it is what --source fs has besides
    fs-timeline copy.raw >whole
    assert_equal "$(grep '"source":"i30"' whole)" "$(cat events)"
    fs-timeline --source fs copy.raw >files
    assert_equal "$(grep -v '"source":"i30"' whole)" "$(cat files)"
    for threads in 1 3 8; do
        fs-timeline -j "$threads" copy.raw | cmp - whole
    done
    # a line of a body, behind those of files
    fs-timeline -o body copy.raw >body
    fs-timeline -o body --source fs copy.raw >body-files
    assert_equal "$(head -n -1 body)" "$(cat body-files)"
    assert_regex "$(tail -1 body)" "^0\\|$path \\(only in the index of its folder\\) \\(deleted-realloc\\)\\|$truth\\|r/"
    # what is around it
    run -0 fs-timeline --source i30 --around "comctl32.dll=1s" copy.raw
    assert_regex "$output" '"reason":"0 s after birth of /[^"]*comctl32.dll'
}

@test "a name in what is left in the \$MFT record of a folder" {
    need_corpus
    image=$corpus/images/dftt/8-jpeg-search.dd # written by Windows XP
    # the 8.3 name of a file whose long name is overwritten: its $FILE_NAME, and the folder in it
    truth=$(python3 - "$image" <<'PYTHON'
import datetime, struct, sys
data = open(sys.argv[1], 'rb').read()
name = data.rindex('TRACKI~1.TMP'.encode('utf-16le'))
start = name - 66
born = struct.unpack_from('<Q', data, start + 8)[0]
time = datetime.datetime(1601, 1, 1) + datetime.timedelta(microseconds=born // 10)
print(struct.unpack_from('<I', data, start)[0], time.isoformat() + '%d00Z' % (born % 10))
PYTHON
    )
    fs-timeline --source i30 "$image" >events
    assert_equal "$(field path <events | sort -u)" "/System Volume Information/TRACKI~1.TMP"
    folder=$(fs-ls -a -p "/System Volume Information" "$image" | field inode | cut -d- -f1)
    assert_equal "$folder $(field datetime <events | head -1)" "$truth"
    assert_equal "$(field inode <events)" ""
}

@test "all keys where they are named, and they alone" {
    need_corpus
    hive=$corpus/hives/plaso/NTUSER.DAT
    fs-timeline --source keys "$hive" >keys
    assert_equal "$(wc -l <keys)" "$(reg-ls -t key "$hive" | grep -c '"key_last_write"')"
    assert_equal "$(field timestamp_desc <keys | sort -u)" "key last written"
    run -1 --separate-stderr fs-timeline --source fs,evt --after 1990-01-01 "$hive"
    fs-timeline "$hive" >whole
    assert_equal "$(field source <whole | sort -u | xargs)" "drives recent reg typed userassist"
    assert_equal "$(grep -c '"source":"reg"' whole)" "$(wc -l <keys)"
    fs-timeline -q --source all "$samples/kozirog-nt.raw" >all
    fs-timeline -q --source all,keys "$samples/kozirog-nt.raw" >more
    assert [ "$(grep -c 'key last written' more)" -gt "$(grep -c 'key last written' all)" ]
}

# Those that yarp's tests say are deleted.
@test "deleted keys are told from live ones, in every format" {
    need_corpus
    hive=$corpus/hives/yarp/DeletedTreeHive
    names='\1\2\3 \1\2\3\4 \1\2\3\4\5 \1\2\3\4\New Key #1'
    fs-timeline --source keys "$hive" >keys
    assert_equal "$(grep '"origin":"deleted"' keys | field message | sort | xargs -d '\n')" "$names"
    assert_equal "$(grep -c '"origin":"live"' keys)" 3
    reg-ls "$hive" | fs-timeline - >piped
    assert_equal "$(grep '"origin":"deleted"' piped | field message | sort | xargs -d '\n')" "$names"
    for format in table l2tcsv timesketch-csv timesketch body mactime; do
        run -0 --separate-stderr fs-timeline --source keys -o "$format" "$hive"
        assert_equal "$(grep -c deleted <<<"$output")" 4
    done
}

@test "scheduled tasks: registered, last run" {
    need_corpus
    # dtformats: by the local clock
    run -0 --separate-stderr fs-timeline "$corpus/artifacts/dtformats/wintask.job"
    assert_equal "$(field datetime <<<"$output")" 2013-08-24T12:42:00.112000000
    assert_regex "$output" '"message":"C:.*GoogleUpdate.exe /ua /installsource scheduler'
    assert_regex "$stderr" 'zone is not known'
    printf '%s' '<?xml version="1.0"?><Task><RegistrationInfo><Date>2009-11-22T08:14:04Z</Date></RegistrationInfo>' \
        '<Principals><Principal><UserId>S-1-5-18</UserId></Principal></Principals>' \
        '<Actions><Exec><Command>C:\evil\a.exe</Command></Exec></Actions></Task>' >Evil
    iconv -t UTF-16 Evil >Wide
    for task in Evil Wide; do
        run -0 --separate-stderr fs-timeline "$task"
        assert_equal "$stderr" ""
        assert_equal "$(field datetime <<<"$output")" 2009-11-22T08:14:04.000000000Z
        assert_equal "$(field program <<<"$output")" /evil/a.exe
        assert_equal "$(field timestamp_desc <<<"$output")" "task registered"
    done
    # those of an image are found, a damaged one is told
    run -3 --separate-stderr fs-timeline --source task "$samples/autostarts.raw"
    assert_regex "$(gaps <<<"$output")" '/Windows/System32/Tasks/Cut: XML: '
}

@test "programs: when they were linked, and a driver that was born before" {
    image=$samples/kozirog-nt.raw
    fs-timeline -q --source pe --anomalies "$image" >events
    # images/README.md
    for name in SOUNDV.EXE MRE.DLL; do
        run -0 grep -c "\"datetime\":\"2000-11-14T.*\"program linked\".*\"path\":\"/WINNT/system32/$name\"" events
    done
    assert_equal "$(grep -c '"program linked"' events)" \
        "$(fs-timeline -q --source pe "$image" | wc -l)"
    grep '"type":"anomaly"' events >found
    assert_equal "$(field code <found) $(field path <found)" \
        "linked-after-born /WINNT/system32/drivers/mouhid2.sys"
    assert_regex "$(field evidence <found)" \
        'linked 2000-11-14T10:19:02.*born in \$SI 1996-10-14.*\$FN born 2000-11-22T08:14:05.3'
    run -1 grep -c '"type":"anomaly"' <(fs-timeline -q --source pe --anomalies "$samples/clean-nt.raw")
}

@test "damaged artifacts cost what is damaged only" {
    need_corpus
    for file in "$corpus"/artifacts/plaso/{SysEvent.Evt,PING*.pf,BYTECODE*.pf,UsnJrnl.raw} \
        "$corpus/artifacts/evtx/system.evtx"; do
        for seed in 1 2 3 4; do
            python3 -c '
import random, sys
random.seed(int(sys.argv[2]))
data = bytearray(open(sys.argv[1], "rb").read()[:300000])
for _ in range(200): data[random.randrange(64, len(data))] = random.randrange(256)
open("damaged", "wb").write(data[:random.randrange(len(data) // 2, len(data))])' "$file" "$seed"
            run --separate-stderr fs-timeline damaged
            [ "$status" -eq 0 ] || [ "$status" -eq 3 ] || fail "$file: $status: $stderr"
        done
    done
}

@test "around the records that are piped in: their times, or the birth of their file" {
    image=$samples/kozirog-nt.raw
    reg-runkeys -n "$image" | grep '"name":"soundv.exe"' >key
    fs-timeline -q --around -=0s "$image" - <key >events
    assert_equal "$(field datetime <events | sort -u | xargs)" \
        "2000-11-22T08:14:04.981000000Z 2000-11-22T08:14:05.123000000Z"
    run -0 grep -c 'after last write of key HKLM..SOFTWARE.*Run"' events
    # an indicator has no time: the file it lies in has
    echo "{\"type\":\"indicator\",\"image\":\"$image\",\"volume\":\"p1\",\"path\":\"/WINNT/system32/MRE.DLL\",\"value\":\"x\"}" |
        fs-timeline -q --around -=0s "$image" - >events
    assert_equal "$(field datetime <events | sort -u)" 2000-11-22T08:14:04.981000000Z
    assert_equal "$(field reason <events | sort -u)" "0 s after birth of /WINNT/system32/MRE.DLL"
    # a name in a volume that is not there
    run -1 --separate-stderr fs-timeline --around -=1h "$image" - \
        <<<'{"type":"indicator","image":"other","volume":"p1","path":"/WINNT/system32/MRE.DLL"}'
    assert_equal "$stderr" "fs-timeline: --around: not found: -"
}

@test "around the records that are piped in: found is what a file gives too; all spans count" {
    image=$samples/kozirog-nt.raw
    ioc-strings -q "$image" | grep netissat >hits
    run -0 --separate-stderr fs-timeline --around -=1m "$image" - <hits
    assert_equal "$stderr" ""
    for span in 1s 1h; do
        fs-timeline --around -=$span "$image" - <hits >events.$span
    done
    assert [ "$(wc -l <events.1s)" -lt "$(wc -l <events.1h)" ]
    fs-timeline --around -=1h --around -=1s "$image" - <hits >down
    fs-timeline --around -=1s --around -=1h "$image" - <hits >up
    run -0 cmp down events.1h
    run -0 cmp up events.1h
    # what nothing is known of is still told
    run -0 --separate-stderr fs-timeline --around -=1m --around nothing.exe=1m "$image" - <hits
    assert_equal "$stderr" "fs-timeline: --around: not found: nothing.exe"
}

@test "records that are piped in are of the image whatever it is called" {
    cp "$samples/kozirog-nt.raw" ghost.raw
    ln ghost.raw linked.raw
    mkdir folder
    reg-runkeys -q ghost.raw >keys
    ioc-strings -q ghost.raw | grep netissat >hits
    fs-timeline -q --first ghost.raw - <keys >first
    fs-timeline -q --around -=1m ghost.raw - <hits >around
    assert [ -s first ]
    assert [ -s around ]
    called() { sed 's|"image":"[^"]*"|"image":"ghost.raw"|g' "$@"; }
    for name in ./ghost.raw folder/../ghost.raw "$PWD/ghost.raw" linked.raw; do
        reg-runkeys -q "$name" | fs-timeline -q --first ghost.raw - >out
        run -0 cmp first <(called out)
        fs-timeline -q --first "$name" - <keys >out
        run -0 cmp first <(called out)
        sed "s|\"image\":\"ghost.raw\"|\"image\":\"$name\"|" hits |
            fs-timeline -q --around -=1m ghost.raw - >out
        run -0 cmp around out
    done
    # of names that are not there the text decides
    sed 's|"image":"ghost.raw"|"image":"gone.raw"|' hits >gone
    run -1 --separate-stderr fs-timeline --around -=1m ghost.raw - <gone
    # there it is not, and its records are of one image all the same
    sed 's|"image":"ghost.raw"|"image":"gone.raw"|' keys <(fs-ls -q ghost.raw) >gone
    run -0 cmp <(fs-ls -q ghost.raw | cat keys - | fs-timeline -q --first) \
        <(fs-timeline -q --first <gone | called)
}

@test "around a file is around its first run, and no later one" {
    need_corpus
    fs-timeline --around taskhost.exe=0s "$corpus"/artifacts/plaso/TASKHOST*.pf >events
    assert_equal "$(wc -l <events)" 1
    assert_equal "$(field reason <events)" "0 s after first run known of /WINDOWS/SYSTEM32/TASKHOST.EXE"
    assert_equal "$(field timestamp_desc <events)" "first run"
}

@test "--first: the mail, the installer, what it dropped, the Run value, the restart, with the reasons" {
    for image in kozirog-nt.raw kozirog-nt.E01; do
        run -0 --separate-stderr fs-timeline --first --around soundv.exe=3m "$samples/$image"
        line() { grep -n "$1" <<<"$output" | head -1 | cut -d: -f1; }
        logon=$(line '"event_id":528,.*the last logon')
        mail=$(line 'Inbox.mbx.*the mail store was written')
        saved=$(line '"path":"/TEMP/OFFER2001.ZIP.*in a temporary folder')
        opened=$(line 'Desktop/OFFER2001.ZIP.*born 24 s before the birth of /WINNT/system32/SOUNDV.EXE, on a desktop; last opened 1 s before')
        trojan=$(line '"path":"/WINNT/system32/SOUNDV.EXE".*in focus')
        library=$(line '"path":"/WINNT/system32/MRE.DLL".*same moment')
        key=$(line 'Run..soundv.exe: soundv.exe.*what starts it was written')
        restart=$(line '08:33:40.*"event_id":6005,.*the first start of the system')
        run -0 sort -cn <<<"$logon
$mail
$saved
$opened
$trojan
$library
$key
$restart"
        for number in $logon $mail $saved $opened $trojan $library $key $restart; do
            assert [ "$number" -ge 1 ]
        done
    done
    # the driver whose times were set back, by its $FILE_NAME
    fs-timeline -q --first --path '*/soundv.exe' "$samples/kozirog-nt.raw" >events
    run -0 grep -c '"source":"fn".*mouhid2.sys.*its birth in $STANDARD_INFORMATION is another' events
    # on FAT what starts a program is an INI file
    run -0 --separate-stderr fs-timeline -q --first --around soundv.exe=3m "$samples/kozirog-98.raw"
    assert_regex "$output" 'SYSTEM.INI.*what starts it was written.*MRE.DLL'
    # of records that are piped in
    reg-runkeys -q "$samples/kozirog-nt.raw" | grep soundv >runkeys
    fs-timeline -q --first "$samples/kozirog-nt.raw" - <runkeys >events
    run -0 grep -c 'Inbox.mbx' events
    run -0 grep -c '"path":"/WINNT/system32/SOUNDV.EXE".*in focus' events
}

@test "--first: of all autostarts that come in, those that Windows has by default begin nothing" {
    image=$samples/kozirog-nt.raw
    reg-runkeys -q "$image" >runkeys
    assert [ "$(grep -c '"default":true' runkeys)" -gt 50 ]
    fs-timeline -q --first "$image" - <runkeys >events
    run -0 grep -c 'in focus: birth of /WINNT/system32/SOUNDV.EXE' events
    run -0 grep -c 'Inbox.mbx' events
    # all of them are as many as a person reads
    assert [ "$(wc -l <events)" -lt 50 ]
    # what came in and was found here too is told once
    assert_equal "$(grep 'what starts it was written' events | field key | sort | uniq -d)" ""
    assert_equal "$(grep -c 'Run..soundv.exe: .*what starts it was written' events)" 1
    # by its name it is in focus all the same
    grep '"default":true' runkeys | fs-timeline -q --first "$image" - >events || [ $? -eq 1 ]
    assert_equal "$(cat events)" ""
}

@test "--first: a logon or start that is more than a month away belongs to nothing" {
    birth='{"type":"file","image":"i","path":"/TEMP/a.exe","btime":"2004-06-01T12:00:00Z"}'
    logon() {
        printf '{"type":"event","datetime":"%s","source":"evt","image":"i","path":"/SecEvent.Evt","event_id":528,"provider":"Security","message":"Security 528: jk; HOST; (0x0,0x1); 2; User32"}\n' "$1"
    }
    { logon 2004-05-30T08:00:00Z; logon 2002-02-01T08:00:00Z; echo "$birth"; } |
        fs-timeline -q --first --around a.exe=1h - >events
    assert_equal "$(grep -c 'the last logon' events)" 1
    run -1 --separate-stderr fs-timeline -q --first --around a.exe=1h - < <(logon 2002-02-01T08:00:00Z; echo "$birth")
    assert_equal "$output" ""
}

@test "a file in an image: its events say where it lies; a folder is told" {
    image=$samples/kozirog-nt.raw
    fs-timeline -q --source evt -p '*/SecEvent.Evt' "$image" >expected
    assert [ -s expected ]
    fs-timeline -q "$image:p1:/WINNT/system32/config/SecEvent.Evt" >got
    run -0 diff expected got
    run -2 --separate-stderr fs-timeline "$image:p1:/WINNT/system32"
    assert_regex "$stderr" "is a folder: /WINNT/system32: .*-p '/WINNT/system32/\*'"
    run -2 --separate-stderr fs-timeline "$image:p1:/WINNT/system32/SOUNDV.EXE"
    assert_regex "$stderr" 'no artifact with times: .*:/WINNT/system32/SOUNDV.EXE'
    run -1 --separate-stderr fs-timeline --first "$image"
    assert_regex "$stderr" '--around, --path or records$'
}

@test "where nothing could be read only that is told" {
    head -c 100000 /dev/zero >none.raw
    for image in none.raw missing.raw; do
        run -2 --separate-stderr fs-timeline --first --around nothing.exe=1h "$image"
        assert_regex "$stderr" "$image"
        assert_equal "$(wc -l <<<"$stderr")" 1
    done
    # another image was read
    run -2 --separate-stderr fs-timeline --around nothing.exe=1h missing.raw "$samples/floppy.raw"
    assert_regex "$stderr" 'missing.raw.*--around: not found: nothing.exe'
}

@test "what is not found is told by the option that named it" {
    run -1 --separate-stderr fs-timeline --first --path '*/nothing.exe' "$samples/kozirog-nt.raw"
    assert_regex "$stderr" '^fs-timeline: --path: not found: \*/nothing.exe'
    refute_regex "$stderr" around
}

@test "--first: says so when nothing is known" {
    run -1 --separate-stderr fs-timeline --first --around 1990-01-01T00:00:00Z=1m "$samples/clean-nt.raw"
    assert_regex "$stderr" 'nothing is known that belongs to what is in focus'
    assert_equal "$output" ""
    # one line where what is in focus is not there at all
    run -1 --separate-stderr fs-timeline --first --around nothing.exe=3m "$samples/kozirog-nt.raw"
    assert_equal "$stderr" "fs-timeline: --around: not found: nothing.exe"
    assert_equal "$output" ""
}

@test "hours of use: the starts and stops of the logs, a day a record" {
    fs-timeline -q --source evt --all-anomalies "$samples/kozirog-nt.raw" | grep '"code":"use"' >days
    assert_equal "$(field datetime <days | tr '\n' ' ')" \
        "2000-11-20T07:01:10.000000000Z 2000-11-21T07:03:27.000000000Z 2000-11-22T06:57:51.000000000Z "
    # the crash of 2000-11-22 has no stop: the log was last written at 08:34:15
    assert_equal "$(field evidence <days | tail -1)" "off since 2000-11-21T15:41:02.000000000Z; on 06:57:51-08:31:02, 08:33:40-08:34:15 (no stop is known), 10:02:18-10:20:30; 1 h 51 min"
    # by the right clock
    fs-timeline -q --clock=1h --source evt --all-anomalies "$samples/kozirog-nt.raw" >events
    run -0 grep -c '"2000-11-20T08:01:10.000000000Z".*"code":"use","evidence":"on 08:01:10-16:32:44; 8 h 31 min"' events
}

@test "an event log whose checksums do not match: each is told with its place, all is read" {
    need_corpus
    python3 -c '
import sys
data = bytearray(open(sys.argv[1], "rb").read())
chunk = [4096 + 65536 * n for n in range(3)]
data[chunk[0] + 124] ^= 0xff       # the checksum of the header
data[chunk[2] + 52] ^= 0xff        # that of the records, which the header has
open("bad.evtx", "wb").write(data)' "$corpus/artifacts/plaso/System-2M.evtx"
    run -3 --separate-stderr fs-timeline bad.evtx
    assert_equal "$(grep -c '"type":"event"' <<<"$output")" 5009
    assert_equal "$(gaps <<<"$output")" "bad.evtx: at 4096: a chunk whose header has another checksum
bad.evtx: at 135168: a chunk whose header has another checksum
bad.evtx: at 135168: a chunk whose checksum does not match"
    # of a log that was not closed the chunk that was written to last is none to judge
    python3 -c '
data = bytearray(open("bad.evtx", "rb").read())
data[120] |= 1
data[4096 + 65536 * 26 + 52] ^= 0xff
open("open.evtx", "wb").write(data)'
    run -3 --separate-stderr fs-timeline open.evtx
    assert_equal "$(gaps <<<"$output" | sed 's/^[^:]*//')" \
        "$(fs-timeline bad.evtx | gaps | sed 's/^[^:]*//')"
    # one without its header
    tail -c +4097 bad.evtx >headless.evtx
    run -3 --separate-stderr fs-timeline headless.evtx
    assert_equal "$(grep -c '"type":"event"' <<<"$output")" 5009
    assert_regex "$(gaps <<<"$output")" 'headless.evtx: at 0: the header of an event log is lost'
    # one whose header is zeros is no image either
    cat <(head -c 4096 /dev/zero) headless.evtx >zeros.evtx
    run -3 --separate-stderr fs-timeline zeros.evtx
    assert_equal "$(grep -c '"type":"event"' <<<"$output")" \
        "$(fs-timeline headless.evtx 2>/dev/null | grep -c '"type":"event"')"
    run -0 --separate-stderr fs-timeline "$corpus/artifacts/plaso/System-2M.evtx"
    assert_equal "$stderr" ""
}

@test "a time out of range is told, and the others are events" {
    cp --sparse=always "$samples/kozirog-nt.raw" image.raw
    python3 -c '
import struct
with open("image.raw", "r+b") as f:
    data = f.read(16 << 20)
    name = data.find("SOUNDV.EXE".encode("utf-16le"))
    record = data.rfind(b"FILE", 0, name)
    attribute = record + struct.unpack_from("<H", data, record + 20)[0]
    assert data[attribute] == 0x10 # $STANDARD_INFORMATION: its birth comes first
    f.seek(attribute + struct.unpack_from("<H", data, attribute + 20)[0])
    f.write(b"\xff" * 7 + b"\x7f")'
    run -3 --separate-stderr fs-timeline image.raw
    assert_regex "$stderr" 'image.raw:p1:/WINNT/system32/SOUNDV.EXE: a time is out of range and no event \(1 file\)'
    assert_regex "$output" '"source":"si","macb":"mac."[^}]*"path":"/WINNT/system32/SOUNDV.EXE"'
    assert_equal "$(wc -l <<<"$output")" "$(fs-timeline "$samples/kozirog-nt.raw" | wc -l)"
    # of a $FILE_NAME too
    cp --sparse=always "$samples/kozirog-nt.raw" image.raw
    python3 -c '
import struct
with open("image.raw", "r+b") as f:
    data = f.read(16 << 20)
    attribute = data.rfind(b"FILE", 0, data.find("SOUNDV.EXE".encode("utf-16le")))
    attribute += struct.unpack_from("<H", data, attribute + 20)[0]
    while data[attribute] != 0x30:
        attribute += struct.unpack_from("<I", data, attribute + 4)[0]
    f.seek(attribute + struct.unpack_from("<H", data, attribute + 20)[0] + 8)
    f.write(b"\xff" * 7 + b"\x7f")'
    run -3 --separate-stderr fs-timeline image.raw
    assert_regex "$stderr" 'p1:/WINNT/system32/SOUNDV.EXE: a time is out of range and no event \(1 file\)'
}

@test "artifacts: times out of range are told, and the others are events" {
    need_corpus
    artifacts=$corpus/artifacts/plaso
    # damage FILE OFFSET: a time there
    damage() { printf '\377\377\377\377\377\377\377\177' | dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }
    cp "$artifacts/UsnJrnl.raw" journal
    damage journal $((112 + 32)) # of the second record
    run -3 --separate-stderr fs-timeline journal
    assert_equal "$(gaps <<<"$output" | grep -c 'out of range: Nieuw - Tekstdocument.txt: ')" 1
    assert_equal "$(grep -c '"type":"event"' <<<"$output")" 18
    cp "$artifacts/example.lnk" a.lnk
    damage a.lnk 44 # when the target was modified
    run -3 --separate-stderr fs-timeline a.lnk
    assert_equal "$(gaps <<<"$output" | grep -c 'target modified, but a time out of range')" 1
    assert_equal "$(grep -c '"type":"event"' <<<"$output")" 2
    cp "$artifacts/History.IE5_index.dat" index.dat
    record=$(grep -abo -m1 'URL ' index.dat | head -1 | cut -d: -f1)
    damage index.dat $((record + 16)) # when it was accessed last
    run -3 --separate-stderr fs-timeline index.dat
    assert_equal "$(gaps <<<"$output" | grep -c 'last visited, but a time out of range')" 1
}

@test "artifacts that were cut where a part ends, or lost one" {
    need_corpus
    artifacts=$corpus/artifacts/plaso
    # cut FILE BYTES WHAT: the rest is read, and it is told
    cut_is_told() {
        head -c "$2" "$1" >cut
        run -3 --separate-stderr fs-timeline cut
        assert_equal "$(gaps <<<"$output")" "cut: at $2: $3"
    }
    cut_is_told "$artifacts/System-2M.evtx" $((4096 + 3 * 65536)) "an event log that was cut"
    assert [ "$(grep -c '"type":"event"' <<<"$output")" -gt 100 ]
    cut_is_told "$artifacts/System-2M.evtx" 4096 "an event log that was cut"
    # the oldest records stand at the end
    cut_is_told "$artifacts/SysEvent.Evt" 1885306 "an event log that was cut"
    cut_is_told "$artifacts/History.IE5_index.dat" $((16384 + 64 * 128)) "an index.dat that was cut"
    # a chunk that was used; the file goes on with chunks that never were
    cp "$artifacts/System-2M.evtx" log
    dd if=/dev/zero of=log bs=4096 seek=17 count=16 conv=notrunc status=none
    run -3 --separate-stderr fs-timeline log
    assert_equal "$(gaps <<<"$output")" "log: at 69632: no chunk of an event log"
    # a record of a journal that was wiped, and one of which a few bytes are left
    cp "$artifacts/UsnJrnl.raw" journal
    size=$(od -An -tu4 -N4 journal | tr -d ' ')
    dd if=/dev/zero of=journal bs=1 count="$size" seek="$size" conv=notrunc status=none
    run -3 --separate-stderr fs-timeline journal
    assert_equal "$(gaps <<<"$output")" "journal: at $size: no record of a journal"
    head -c $((size + 2)) "$artifacts/UsnJrnl.raw" >cut
    run -3 --separate-stderr fs-timeline cut
    assert_equal "$(gaps <<<"$output")" "cut: at $size: no record of a journal"
}

@test "artifacts are corrected by --clock as files are" {
    image=$samples/kozirog-nt.raw
    fs-timeline -q --source evt "$image" >plain
    fs-timeline -q --source evt --clock=-90m "$image" >corrected
    run -0 diff <(field datetime <plain) <(field datetime_clock <corrected)
    assert_equal "$(head -1 plain | field datetime)" 2000-11-20T07:01:10.000000000Z
    assert_equal "$(head -1 corrected | field datetime)" 2000-11-20T05:31:10.000000000Z
}

@test "anomalies: the driver whose times were set back, and nothing of clean systems" {
    fs-timeline -q --anomalies "$samples/kozirog-nt.raw" | grep '"type":"anomaly"' >found
    assert_equal "$(field path <found)" /WINNT/system32/drivers/mouhid2.sys
    assert_equal "$(field code <found)" si-before-fn
    assert_regex "$(field evidence <found)" \
        'born in \$SI 1996-10-14T01:38:00.*born in \$FN 2000-11-22T08:14:05.3'
    run -1 grep -c '"type":"anomaly"' <(fs-timeline -q --anomalies "$samples/clean-nt.raw")
    # each sign by itself
    fs-timeline -q --all-anomalies "$samples/kozirog-nt.raw" | grep '"type":"anomaly"' >found
    assert_equal "$(grep mouhid2.sys found | field code | sort | xargs)" \
        "before-volume si-before-fn zero-subseconds"
    # what is asked for only; the others are as without it
    run -0 diff <(fs-timeline "$samples/kozirog-nt.raw") \
        <(fs-timeline --anomalies "$samples/kozirog-nt.raw" | grep -v '"type":"anomaly"')
}

@test "anomalies: times after the image was acquired" {
    image=$samples/kozirog-nt
    run -1 grep -c after-acquisition <(fs-timeline -q --anomalies "$image.E01")
    # the same disk, as if acquired on the 20th: the incident was on the 22nd
    faketime -f '2000-11-20 08:00:00' ewfacquire -u -q -t early -f encase6 "$image.raw" >/dev/null
    fs-timeline -q --anomalies early.E01 | grep '"code":"after-acquisition"' >found
    assert_equal "$(field path <found | grep -c -e '/SOUNDV.EXE$' -e '/MRE.DLL$')" 2
    assert_regex "$(head -1 found | field evidence)" ', acquired 2000-11-20T08:00:00'
    assert_equal "$(field datetime <found | awk '$1 < "2000-11-21T08:00:00"')" ""
    # every such time of a file is one of the timeline
    fs-timeline -q early.E01 | grep -vF '"macb":".a.."' | grep -v '"source":"fn"' >events
    assert [ "$(wc -l <found)" -gt 2 ]
    run -0 diff <(field path <found | cut -d: -f1 | sort -u) \
        <(python3 -c '
import json
print("\n".join(sorted({r["path"].split(":")[0] for r in map(json.loads, open("events"))
    if r["datetime"] > "2000-11-21T08:00:00" and not r["path"].startswith("/$")})))')
    # raw images do not say, but what Windows wrote last does
    run -1 grep -c after-acquisition <(fs-timeline -q --anomalies "$image.raw")
    printf '{"type":"event","image":"%s","source":"shutdown","datetime":"%s"}\n' \
        "$image.raw" 2000-11-20T08:00:00Z >log
    fs-timeline -q --anomalies "$image.raw" - <log | grep '"code":"after-last-log"' >late
    run -0 diff <(field path <found | sort) <(field path <late | sort)
    assert_regex "$(head -1 late | field evidence)" ', last log 2000-11-20T08:00:00'
    # its own logs go on behind the incident
    run -1 grep -c after-last-log \
        <(fs-timeline -q --anomalies --source fs,evt,usn,shutdown "$image.raw")
}

@test "anomalies of logs: a clock that was set back, records that are missing" {
    python3 -c '
import struct
def record(number, when):
    texts = "src\0pc\0".encode("utf-16-le")
    size = 56 + len(texts) + (-(56 + len(texts))) % 4 + 4
    return struct.pack("<I4sIIIIHHHHIIIIII", size, b"LfLe", number, when, when, 6005, 4, 0, 0, 0,
                       0, 56 + len(texts), 0, 56, 0, 56) + texts.ljust(size - 60, b"\0") + struct.pack("<I", size)
body = record(7, 974880844) + record(8, 974880944) + record(9, 974880000) + record(12, 974880300) + record(13, 974881000) + \
    record(14, 974880000) + record(15, 974882000)
end = 48 + len(body)
mark = struct.pack("<IIIIIIIIII", 40, 0x11111111, 0x22222222, 0x33333333, 0x44444444, 48, end, 13, 7, 40)
open("log.evt", "wb").write(struct.pack("<I4sIIIIIIIIII", 48, b"LfLe", 1, 1, 48, end, 13, 7, 65536, 0, 0, 48) + body + mark)'
    run -0 --separate-stderr fs-timeline --anomalies log.evt
    assert_equal "$(grep '"type":"event"' <<<"$output" | field record_number | xargs)" "9 14 12 7 8 13 15"
    assert_equal "$(grep '"type":"anomaly"' <<<"$output" | field code | xargs)" "clock-set-back log-gap"
    assert_regex "$output" '"evidence":"record 8 of 2000-11-22T08:15:44.000000000Z, record 9 of 2000-11-22T08:00:00.000000000Z, 2 records until that time was reached again"'
    assert_regex "$output" '"evidence":"record 9 of .*, record 12 of '
    run -0 --separate-stderr fs-timeline log.evt
    refute_regex "$output" anomaly
}

@test "index.dat: what was visited and cached" {
    need_corpus
    artifacts=$corpus/artifacts/plaso
    # 35 items, of which 14 are redirections without times; 17
    fs-timeline "$artifacts/Content.IE5_index.dat" >events
    assert_equal "$(grep -c '"last accessed"' events)" 21
    run -0 grep -c 'Windows6.1-KB2533623-x64.msu (Windows6.1-KB2533623-x64\[1\].msu)"' events
    fs-timeline "$artifacts/History.IE5_index.dat" >events
    # both times of such a record are the visit
    assert_equal "$(field timestamp_desc <events | uniq -c | xargs)" "17 last visited"
    run -0 grep -c 'Visited: gold_administrator@http://www.msn.com/?ocid=iehp"' events
    # the history of a day has its visits by the clock of the machine
    day=$artifacts/MSHist012013031020130311-index.dat
    run -0 --separate-stderr fs-timeline "$day"
    assert_regex "$stderr" 'zone is not known'
    run -0 --separate-stderr fs-timeline -z +01:00 "$day"
    assert_equal "$stderr" ""
    assert_equal "$(grep -c '"visited, by the local clock"' <<<"$output")" 23
    # with the right zone both times of a visit are one
    assert_equal "$(field datetime <<<"$output" | sort | uniq -u | wc -l)" 0
}

@test "index.dat: when something was put into the cache; that of Internet Explorer 4" {
    python3 -c '
import struct
def filetime(seconds): return (seconds + 11644473600) * 10**7
dos = (8 << 11 | 14 << 5 | 10 // 2) << 16 | (20 << 9 | 11 << 5 | 22) # 2000-11-22 08:14:10
def record(late, location, when, checked, cached):
    shift = 4 if late else 0
    texts = location + b"\0" + b"x[1].htm\0"
    at = 104 + shift
    data = bytearray(384)
    data[:8] = struct.pack("<4sI", b"URL ", 3)
    data[8:24] = struct.pack("<QQ", *when)
    for place, value in ((52, at), (60, at + len(location) + 1), (80, checked), (84, 3), (92, cached)):
        data[place + shift:place + shift + 4] = struct.pack("<I", value)
    data[at:at + len(texts)] = texts
    return bytes(data)
def index(name, version, late):
    head = bytearray(16384)
    signature = b"Client UrlCache MMF Ver " + version + b"\0"
    head[:len(signature)] = signature
    head[592] = 0x3f
    times = filetime(974880840), filetime(974880900)
    open(name, "wb").write(bytes(head) + record(late, b"http://kozirog.netissat.net/", times, dos + 0x10000, dos)
        + record(late, b"Visited: me@http://kozirog.netissat.net/", times[:1] * 2, dos, 0))
index("index4", b"4.7", True)
index("index5", b"5.2", False)'
    for file in index4 index5; do
        run -0 --separate-stderr fs-timeline "$file"
        assert_equal "$stderr" ""
        assert_equal "$(field timestamp_desc <<<"$output" | xargs -d'\n' printf '%s|')" \
            "content modified|last visited|put into the cache|compared with the server|last accessed|"
        assert_equal "$(field datetime <<<"$output" | cut -c15-19 | xargs)" \
            "14:00 14:00 14:10 14:12 15:00"
        assert_equal "$(field message <<<"$output" | sort -u | head -1)" \
            'Visited: me@http://kozirog.netissat.net/ (x[1].htm)'
        assert_equal "$(field count <<<"$output" | sort -u)" 3
    done
}

@test "shortcuts: the times of what they open" {
    need_corpus
    fs-timeline "$corpus/artifacts/plaso/NeroInfoTool.lnk" >events
    # its drive as published, and the times that plaso's tests have
    assert_equal "$(grep -c 'drive 70ECFA33' events)" "$(wc -l <events)"
    assert_equal "$(field timestamp_desc <events | head -1)" "target born; target modified"
    assert_equal "$(field datetime <events | cut -c1-26 | xargs)" \
        "2009-06-05T20:13:20.000000 2010-01-29T21:02:17.840171 2010-01-29T21:30:11.332156"
    fs-timeline "$corpus/artifacts/plaso/example.lnk" >events
    assert_equal "$(field datetime <events | cut -c1-26 | xargs)" \
        "2009-07-13T23:29:02.849131 2009-07-14T01:39:18.220000 2009-07-14T05:45:20.500012"
    fs-timeline -q --source lnk "$samples/kozirog-nt.raw" >events
    run -0 grep -c '"path":"/WINNT/Profiles/All Users/Start Menu/Programs/Startup/AVP Monitor.lnk"' events
    head -c 200 "$corpus/artifacts/plaso/example.lnk" >cut.lnk
    run --separate-stderr fs-timeline cut.lnk
    assert [ "$status" -eq 3 ]
}

# make_jump_lists: auto1, auto3: automatic destinations of Windows 7 and 10, of 40 entries,
# which lie in sectors, and a shortcut, which lies in small ones; custom: two shortcuts.
make_jump_lists() {
    python3 -c '
import struct
def filetime(seconds): return (seconds + 11644473600) * 10**7
link = struct.pack("<I", 0x4c) + bytes.fromhex("0114020000000000c000000000000046")
def shortcut(born): return (link + struct.pack("<II", 0, 0) + struct.pack("<QQQ", filetime(born), 0, 0)).ljust(76, b"\0") + b"\0" * 4
def entry(version, n):
    path = ("C:\\\u017c%d.txt" % n).encode("utf-16-le")
    data = bytes(72) + b"kozirog".ljust(16, b"\0") + struct.pack("<IIIQi", n, 0, 0, filetime(974880800 + n), -1 if n else 0)
    if version > 1: data += struct.pack("<IIQ", 0, 7, 0)
    return data + struct.pack("<H", len(path) // 2) + path + (bytes(4) if version > 1 else b"")
def directory(name, kind, sector, size):
    name = name.encode("utf-16-le") + b"\0\0"
    return name.ljust(64, b"\0") + struct.pack("<HBB", len(name), kind, 1) + b"\xff" * 12 + bytes(36) + struct.pack("<IQ", sector, size)
for version in 1, 3:
    entries = b"".join(entry(version, n) for n in range(40))
    destlist = struct.pack("<III", version, 40, 1).ljust(32, b"\0") + entries
    small = shortcut(974880844)
    sectors = -(-len(destlist) // 512)
    end, free = 0xfffffffe, 0xffffffff
    # 0 the table, 1 the directory, 2 the table of small sectors, 3 these, then DestList
    table = [0xfffffffd, end, end, end] + [5 + i for i in range(sectors - 1)] + [end]
    table += [free] * (128 - len(table))
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3e, 3, 0xfffe, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIIII", 0, 1, 1, 0, 4096, 2, 1, end, 0, 0) + b"\xff" * 432
    body = struct.pack("<128I", *table)
    body += directory("Root Entry", 5, 3, 128) + directory("1", 2, 0, len(small)) + directory("DestList", 2, 4, len(destlist)) + bytes(128)
    body += struct.pack("<128I", 1, end, *[free] * 126) + small.ljust(512, b"\0") + destlist.ljust(512 * sectors, b"\0")
    open("auto%d" % version, "wb").write(head + body)
open("custom", "wb").write(struct.pack("<IIIII", 2, 1, 0, 2, 2) + link[4:] + shortcut(974880844) + link[4:] + shortcut(974880845) + bytes.fromhex("abfbbfba"))
open("custom-empty", "wb").write(struct.pack("<III", 2, 0, 0))'
}

@test "jump lists: what was opened, and the shortcuts in them" {
    make_jump_lists
    for version in 1 3; do
        run -0 --separate-stderr fs-timeline "auto$version"
        assert_equal "$stderr" ""
        assert_equal "$(field timestamp_desc <<<"$output" | sort | uniq -c | xargs)" "40 last opened 1 target born"
        assert_equal "$(field message <<<"$output" | head -1)" 'C:\ż0.txt, machine kozirog, entry 0, pinned'
        assert_equal "$(field datetime <<<"$output" | tail -1)" 2000-11-22T08:14:04.000000000Z
        assert_equal "$(field source <<<"$output" | sort -u)" jumplist
    done
    assert_equal "$(field count <<<"$output" | sort -u | xargs)" 7
    run -0 --separate-stderr fs-timeline custom custom-empty
    assert_equal "$(field datetime <<<"$output" | cut -c18-19 | xargs)" "04 05"
}

@test "jump lists that were cut, or lead in a circle" {
    make_jump_lists
    head -c 4000 auto1 >cut
    run -3 --separate-stderr fs-timeline cut
    assert_regex "$(gaps <<<"$output")" 'cut: compound file: a stream ends at sector 6'
    assert_regex "$(gaps <<<"$output")" 'DestList: an entry that was cut'
    assert [ "$(wc -l <<<"$output")" -gt 5 ]
    # the second sector of DestList leads to the first
    cp auto1 circle
    printf '\004' | dd of=circle bs=1 seek=$((512 + 4 * 5)) conv=notrunc status=none
    run -3 timeout 10 fs-timeline circle
    # a compound file that is no jump list
    cp auto1 other
    printf 'X' | dd of=other bs=1 seek=$((1024 + 256)) conv=notrunc status=none
    run -3 --separate-stderr fs-timeline other
    assert_regex "$(gaps <<<"$output")" 'a compound file without DestList'
    head -c 200 custom >cut
    run -3 --separate-stderr fs-timeline cut
    assert_regex "$(gaps <<<"$output")" 'shortcut at .*needs|a jump list that was cut'
    assert_equal "$(field datetime <<<"$output" | xargs | cut -c18-19)" 04
}

# restore_point FILE EVENT KIND DESCRIPTION: made 2000-11-22T08:14:04.5Z
restore_point() {
    python3 - "$@" <<'PY'
import struct, sys
name, event, kind, text = sys.argv[1:5]
made = (974880844 + 11644473600) * 10**7 + 5 * 10**6
open(name, "wb").write(struct.pack("<IIQ", int(event), int(kind), 7) +
                       text.encode("utf-16-le").ljust(512, b"\0") + struct.pack("<Q", made))
PY
}

@test "restore: when a restore point was made and why; one that is cut is told" {
    mkdir -p "SVI/_restore{1}/RP3"
    restore_point "SVI/_restore{1}/RP3/rp.log" 102 0 'Installed OFFER2001'
    run -0 --separate-stderr fs-timeline "SVI/_restore{1}/RP3/rp.log"
    assert_equal "$(field message <<<"$output")" 'Installed OFFER2001 (program installed)'
    assert_equal "$(field datetime <<<"$output")" 2000-11-22T08:14:04.500000000Z
    assert_equal "$(field source <<<"$output")" restore
    truncate -s 4M fat.raw
    mkfs.fat -F 16 -s 1 fat.raw >/dev/null
    mcopy -s -i fat.raw SVI "::/System Volume Information"
    run -0 --separate-stderr fs-timeline --source restore fat.raw
    assert_equal "$(field path <<<"$output")" '/System Volume Information/_restore{1}/RP3/rp.log'
    # a number that no kind has
    restore_point rp.log 100 31 text
    run -0 --separate-stderr fs-timeline rp.log
    assert_equal "$(field message <<<"$output")" text
    # no event without a time
    head -c 8 /dev/zero | dd of=rp.log bs=1 seek=528 conv=notrunc status=none
    run -3 --separate-stderr fs-timeline rp.log
    refute_regex "$output" '"event"'
    assert_equal "$(gaps <<<"$output")" 'rp.log: restore point made, but no time: text'
    # nor of a journal, which tells what there is
    python3 - <<'PY'
import struct
name = "a.exe".encode("utf-16-le")
open("journal", "wb").write(b"".join(
    struct.pack("<IHHQQQQIIIIHH", 72, 2, 0, 5 << 48 | 40, 5 << 48 | 5, usn, time, 0x100, 0, 0, 32,
                len(name), 60).ljust(60, b"\0") + name.ljust(12, b"\0")
    for usn, time in ((0, (974880844 + 11644473600) * 10**7), (72, 0))))
PY
    run -3 --separate-stderr fs-timeline --source usn journal
    assert_equal "$(grep -c '"event"' <<<"$output")" 1
    assert_regex "$(gaps <<<"$output")" 'journal of the volume, but no time: a.exe: created'
    # of another file of that name nothing is made, and in that place it is told
    echo 'no restore point at all' >rp.log
    mcopy -o -i fat.raw rp.log "::/System Volume Information/_restore{1}/RP3/rp.log"
    run -3 --separate-stderr fs-timeline --source restore fat.raw
    assert_regex "$(gaps <<<"$output")" 'has the name of an artifact \(restore\) and is none'
    mdel -i fat.raw "::/System Volume Information/_restore{1}/RP3/rp.log"
    mcopy -i fat.raw rp.log ::/
    run -0 --separate-stderr fs-timeline --source restore fat.raw
    assert_output ""
}

@test "setupapi: what was installed, by the local clock, of both forms of the log" {
    cat >setupapi.log <<'LOG'
[SetupAPI Log]
OS Version = 5.1.2600
[2000/11/22 09:14:04 336.12 Driver Install]
#-019 Searching for hardware ID(s): usb\vid_1234&pid_5678
#-018 Searching for compatible ID(s): usb\class_08
#-198 Command line processed: C:\WINDOWS\system32\services.exe
#E142 Class: {F}. Install failed.
#E143 later.
[2000/11/22 09:14:05 336.13]
LOG
    printf '%s\r\n' '[Device Install Log]' '     OS Version = 10.0' '' '[BeginLog]' '' \
        '[Boot Session: 2000/11/22 09:13:00.250]' '' \
        '>>>  [Device Install (Hardware initiated) - USB\VID_1234]' \
        '>>>  Section start 2000/11/22 09:14:06.500' '      cmd: C:\evil.exe' \
        '<<<  Section end 2000/11/22 09:14:07.000' '<<<  [Exit status: SUCCESS]' >setupapi.dev.log
    run -0 --separate-stderr fs-timeline -z +01:00 setupapi.log setupapi.dev.log
    assert_equal "$stderr" ""
    assert_equal "$(field datetime <<<"$output" | xargs)" "2000-11-22T08:13:00.250000000Z \
2000-11-22T08:14:04.000000000Z 2000-11-22T08:14:05.000000000Z 2000-11-22T08:14:06.500000000Z"
    assert_equal "$(field message <<<"$output" | sed -n 2p)" 'Driver Install; '\
'#-019 Searching for hardware ID(s): usb\vid_1234&pid_5678; #-198 Command line processed: '\
'C:\WINDOWS\system32\services.exe; #E142 Class: {F}. Install failed.'
    assert_equal "$(field message <<<"$output" | sed -n 4p)" 'Device Install (Hardware initiated) - '\
'USB\VID_1234; cmd: C:\evil.exe; Exit status: SUCCESS'
    assert_equal "$(field timestamp_desc <<<"$output" | head -1)" "Windows started"
    assert_equal "$(field message <<<"$output" | sed -n 3p)" setup
    # one that begins with other lines; a log that only looks like it
    { echo 'OS Version = 5.0.2195'; sed 1,2d setupapi.log; } >old.log
    run -0 fs-timeline -q old.log
    assert_equal "$(wc -l <<<"$output")" 2
    echo '[2000/11/22 09:14:04 error] something' >other.log
    run -2 fs-timeline -q other.log
    # UTF-16, and a section that has no time
    iconv -f ASCII -t UTF-16 setupapi.dev.log >wide.log
    run -0 fs-timeline -q -z +01:00 wide.log
    assert_equal "$(wc -l <<<"$output")" 2
    sed 's/start 2000/start XXXX/' setupapi.dev.log >bad.log
    run -3 --separate-stderr fs-timeline -z +01:00 bad.log
    assert_regex "$(gaps <<<"$output")" 'bad.log: at [0-9]+: a section of setup without a time'
    head -c 180 setupapi.dev.log >cut.log
    run -3 --separate-stderr fs-timeline -z +01:00 cut.log
    assert_regex "$(gaps <<<"$output")" 'a section of setup without its start'
    assert_equal "$(grep -c '"event"' <<<"$output")" 1
}

@test "journals: the path of a file by the folder that its record names" {
    cp "$samples/ntfs-hostile.raw" image.raw
    # three records: of a folder as it is, of the one that had its number before, of none
    fs-ls image.raw | python3 -c '
import json, struct, sys
files = [json.loads(line) for line in sys.stdin]
folder = next(f for f in files if f.get("file_type") == "directory" and f["state"] == "allocated"
              and len(f["path"]) > 1 and not f["path"].startswith("/$"))
number, sequence = int(folder["inode"].split("-")[0]), folder["seq"]
data = bytearray(open("image.raw", "rb").read())
name, at, places = "dropper.exe".encode("utf-16-le"), 0, []
while (at := data.find(name, at + 1)) > 0:
    if struct.unpack_from("<HH", data, at - 56) == (2, 0) and data[at - 4:at] == struct.pack("<HH", len(name), 60):
        places.append(at - 60)
assert len(places) == 3, places
for place, reference in zip(places, (number | sequence << 48, number | (sequence + 1) << 48, 1 << 40 | 1 << 48)):
    assert (place + 16) % 512 < 502 # where no fixup stands
    struct.pack_into("<Q", data, place + 16, reference)
open("image.raw", "wb").write(data)
open("folder", "w").write(folder["path"])'
    run -0 fs-timeline -q --source usn image.raw
    assert_equal "$(field message <<<"$output" | cut -d: -f1 | xargs)" \
        "$(<folder)/dropper.exe dropper.exe dropper.exe"
    # it is the target, by which -p finds it
    assert_equal "$(field target.path <<<"$output" | xargs)" "$(<folder)/dropper.exe"
    fs-timeline -q --source usn -p '*/dropper.exe' image.raw >events
    assert_equal "$(field target.path <events)" "$(<folder)/dropper.exe"
    assert_equal "$(field target.inode <events)" \
        "$(field message <events | sed 's/.*(file \([0-9]*\)-.*/\1/')"
    # of a journal by itself no path is known
    fs-cat "$samples/ntfs-hostile.raw:/\$Extend/\$UsnJrnl:\$J" >journal
    run -0 fs-timeline -q journal
    assert_equal "$(field message <<<"$output" | cut -d: -f1 | sort -u)" dropper.exe
}

@test "journals: records of version 3; ranges, of version 4, are passed over" {
    python3 -c '
import struct
name = "a.txt".encode("utf-16-le")
time = (974880844 + 11644473600) * 10**7
def record(version, usn):
    number = lambda n: struct.pack("<Q", n).ljust(16 if version > 2 else 8, b"\0")
    body = number(61 | 1 << 48) + number(5 | 5 << 48)
    if version == 4:
        return struct.pack("<IHH", 80, 4, 0) + body + struct.pack("<QIIIHH", usn, 1, 0, 0, 1, 16) + bytes(16)
    at = 76 if version == 3 else 60
    body += struct.pack("<QQIIIIHH", usn, time, 0x100, 0, 0, 32, len(name), at) + name
    size = -(-(8 + len(body)) // 8) * 8
    return (struct.pack("<IHH", size, version, 0) + body).ljust(size, b"\0")
open("journal", "wb").write(record(3, 0) + record(4, 100) + record(4, 200) + record(2, 300))'
    run -0 --separate-stderr fs-timeline journal
    assert_equal "$stderr" ""
    assert_equal "$(field message <<<"$output" | xargs -d'\n' printf '%s|')" \
        "a.txt: created (file 61-1)|a.txt: created (file 61-1)|"
    assert_equal "$(field parent <<<"$output" | sort -u)" 5-5
}

@test "logs by the local clock are converted by the zone of the Windows they lie in" {
    start=$(img-info "$samples/kozirog-nt.raw" | grep '"volume":"p1"' | field offset)
    dd if="$samples/kozirog-nt.raw" of=part.raw bs=1M iflag=skip_bytes skip="$start" status=none
    printf '%s\n' '[SetupAPI Log]' '[2000/11/22 09:14:04 336.12 Driver Install]' >setupapi.log
    ntfscp -q -f part.raw setupapi.log /WINNT/setupapi.log
    # Europe/Berlin, by its registry: said only where a time was converted
    run -0 --separate-stderr fs-timeline --source setupapi part.raw
    assert_equal "$(field datetime <<<"$output")" 2000-11-22T08:14:04.000000000Z
    assert_regex "$stderr" 'converted by the zone of Windows: part.raw: p0: Europe/Berlin, by /WINNT/system32/config/system'
    run -0 --separate-stderr fs-timeline --source evt part.raw
    assert_equal "$stderr" ""
    run -0 --separate-stderr fs-timeline --source setupapi -z UTC part.raw
    assert_equal "$(field datetime <<<"$output")" 2000-11-22T09:14:04.000000000Z
    assert_equal "$stderr" ""
    run -0 --separate-stderr fs-timeline part.raw:/WINNT/setupapi.log
    assert_equal "$(field datetime <<<"$output")" 2000-11-22T08:14:04.000000000Z
}

@test "FAT: impossible dates of live files are told, not left out" {
    mkfs.fat -C fat.raw 1024 >/dev/null
    echo text >file
    mcopy -i fat.raw file ::GOOD.TXT
    mcopy -i fat.raw file ::BAD.TXT
    mcopy -i fat.raw file ::GONE.TXT
    mdel -i fat.raw ::GONE.TXT
    # modified in the fifteenth month, accessed on 30 February
    python3 -c '
data = bytearray(open("fat.raw", "rb").read())
for name in b"BAD     TXT", b"\xe5ONE    TXT":
    at = data.index(name)
    data[at + 24:at + 26] = (25 << 9 | 15 << 5 | 3).to_bytes(2, "little")
    data[at + 18:at + 20] = (25 << 9 | 2 << 5 | 30).to_bytes(2, "little")
open("fat.raw", "wb").write(data)'
    run -3 --separate-stderr fs-timeline fat.raw
    assert_regex "$stderr" 'fat.raw:p0:/BAD.TXT: a time is out of range and no event \(1 file\)'
    assert_equal "$(fs-timeline -q fat.raw | grep -c '"path":"/BAD.TXT"')" 1
    # as they are stored: the time, then the date
    fs-ls fat.raw | grep BAD.TXT >bad
    assert_equal "$(field mtime_hex <bad | cut -c5-)" e333
    assert_equal "$(field atime_hex <bad)" 5e32
}
