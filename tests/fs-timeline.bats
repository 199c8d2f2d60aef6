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

# The same of fett, folded to whole seconds as fls has them.
fett_events() {
    fs-timeline "$1" | python3 -c '
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

@test "timelines that are piped in are merged as they are" {
    fs-timeline "$samples/kozirog-98.raw" >one
    fs-timeline "$samples/kozirog-nt.raw" >two
    fs-timeline "$samples/kozirog-98.raw" "$samples/kozirog-nt.raw" >both
    run -0 --separate-stderr fs-timeline "$samples/kozirog-nt.raw" - <one
    run -0 cmp both - <<<"$output"
    cat two one | fs-timeline - >merged
    run -0 cmp both merged
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
        sort -u >whole
    fs-ls "$samples/kozirog-nt.raw" | fs-timeline - | rec-fmt -F datetime,macb,source,path,size |
        sort -u >piped
    # records of streams have the names of their file too, and metadata files have
    # nothing but streams; else they are the same
    plain() { grep -vE '"path":"(/\$|[^"]*:)' "$1"; }
    assert [ -n "$(plain whole)" ]
    run -0 diff <(plain whole) <(plain piped)
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
    run -0 --separate-stderr fs-timeline "$samples/kozirog-98.raw"
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
    # what is corrected already is not corrected again
    fs-timeline --clock=-90m - <corrected >again
    run -0 cmp corrected again
    # of other records it is
    fs-ls -n soundv.exe "$image" | fs-timeline --clock=-90m - | field datetime | sort -u >piped
    fs-timeline --clock=-90m -p '*/soundv.exe' "$image" | field datetime | sort -u >expected
    run -0 diff expected piped
}
