#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helpers

# disk.raw: p1 is clean-nt; when p1.vss1 was made it was that too, with p1.vss2 kozirog-nt.
first=2000-11-20T00:00:00.000000000Z second=2000-12-24T12:00:00.000000000Z

setup_file() {
    load helpers
    cd "$BATS_FILE_TMPDIR"
    # 100 ns since 1601
    filetime() { echo $((($(date -d "$1" +%s) + 11644473600) * 10000000)); }
    for made in "disk clean kozirog" "infected kozirog clean"; do
        set -- $made
        python3 "$root/images/lib/shadow.py" "$1.raw" "$samples/$2-nt.raw" 32256 \
            "$(filetime "$first")" "$samples/clean-nt.raw" \
            "$(filetime "$second")" "$samples/$3-nt.raw"
    done
}

setup() {
    cd "$BATS_FILE_TMPDIR"
}

# Records without what names their evidence.
plain() {
    sed -E 's/"(image|volume)":"[^"]*",?//g'
}

# Where the parts of disk.raw are, by the format: place NAME.
place() {
    python3 - "$1" <<'END'
import struct, sys
data = open("disk.raw", "rb").read()[32256:]
number = lambda at: struct.unpack_from("<Q", data, at)[0]
catalog = number(0x1e00 + 48)
first, second = catalog + 256, catalog + 512
print(32256 + {"header": 0x1e00, "catalog": catalog,
               "list1": number(first + 8), "store1": number(first + 32),
               "list2": number(second + 8), "store2": number(second + 32)}[sys.argv[1]])
END
}

# bad.raw: disk.raw with a sector of zeros there.
damage() {
    cp disk.raw bad.raw
    dd if=/dev/zero of=bad.raw bs=1 seek="$(place "$1")" count=512 conv=notrunc status=none
}

@test "img-info lists the shadow copies of a volume" {
    run -0 --separate-stderr img-info disk.raw
    assert_equal "$(field volume <<<"$output" | xargs)" "p1 p1.vss1 p1.vss2"
    assert_equal "$(field btime <<<"$output" | xargs)" "$first $second"
    assert_regex "$output" '"volume":"p1.vss1".*"detail":"shadow copy of p1","facts":\{"shadow_copy_id":"[0-9a-f-]{36}".*"machine":"EXAMPLE"'
    run -0 img-info disk.raw:p1.vss2
    assert_equal "$(field volume <<<"$output")" p1.vss2
}

@test "a shadow copy is the volume as it was" {
    for command in fs-ls reg-runkeys reg-ls host-info "fs-timeline --source all"; do
        $command disk.raw:p1.vss2 | plain | grep -v '"source":"vss"' >copy
        $command "$samples/kozirog-nt.raw:p1" | plain >before
        run -0 cmp copy before
        assert [ -s copy ]
    done
    fs-ls disk.raw:p1.vss1 | plain >copy
    fs-ls "$samples/clean-nt.raw:p1" | plain >before
    run -0 cmp copy before
    for name in :/WINNT/system32/SOUNDV.EXE :/WINNT/system32/config/software; do
        fs-cat "disk.raw:p1.vss2$name" >copy
        fs-cat "$samples/kozirog-nt.raw:p1$name" >before
        run -0 cmp copy before
        assert [ -s copy ]
    done
    inode=$(fs-ls disk.raw:p1.vss2:/WINNT/system32/SOUNDV.EXE | field inode)
    assert_equal "$(fs-cat "disk.raw:p1.vss2:$inode" | md5sum)" \
        "$(fs-cat "$samples/kozirog-nt.raw:p1:/WINNT/system32/SOUNDV.EXE" | md5sum)"
}

@test "indicators of a shadow copy are those of the volume as it was, and can be read again" {
    # Besides them there are those in the stores, where the volume was empty then.
    ioc-strings -q -j 2 disk.raw:p1.vss2 >hits
    plain <hits | sort >copy
    ioc-strings -q "$samples/kozirog-nt.raw:p1" | plain | sort >before
    run -0 comm -13 copy before
    assert_output ""
    ioc-strings -q -j 1 disk.raw:p1.vss2 | run -0 cmp hits -
    # The live volume has other bytes there.
    grep '"area":"content".*"value":"kozirog.netissat.net","encoding":"ascii"' hits >one
    assert [ -s one ]
    sed 's/"path":"[^"]*",//; s/"inode":"[^"]*",//' one | head -1 >bytes
    run -0 fs-cat - <bytes
    assert_regex "$output" '[kK]ozirog'
}

@test "shadow copies are read when they are named, and only then" {
    for command in fs-ls reg-runkeys "ioc-strings -q" fs-timeline; do
        run --separate-stderr $command disk.raw
        assert_equal "$(grep -c 'p1\.vss' <<<"$output")" 0
    done
    run -0 --separate-stderr fs-ls disk.raw
    assert_equal "$(wc -l <<<"$output")" "$(fs-ls "$samples/clean-nt.raw" | wc -l)"
    run -2 --separate-stderr fs-ls disk.raw:p1.vss3
    assert_equal "$stderr" "fs-ls: disk.raw:p1.vss3: no volume p1.vss3 in disk.raw; volumes: p1, p1.vss1, p1.vss2"
}

@test "reg-runkeys --history follows autostarts through shadow copies" {
    # The volume is clean now: what started then is only in the copy.
    reg-runkeys --history disk.raw >history
    run -0 grep '"volume":"p1.vss2".*"location":"run-hklm".*"name":"soundv.exe"' history
    assert_regex "$output" '"origin":"backup".*"first_seen":"2000-11-22T08:14:05.123000000Z","last_seen":"2000-12-24T12:00:00.000000000Z","target":\{.*"volume":"p1.vss2","path":"/WINNT/system32/SOUNDV.EXE"'
    assert_equal "$(grep -c '"volume":"p1.vss1"' history)" 0
    run -0 grep '"location":"winlogon-shell"' history
    assert_equal "${#lines[@]}" 1
    assert_regex "$output" '"volume":"p1",.*"origin":"live".*"last_seen":"2000-12-24T12:00:00.000000000Z"'
    # Now it is there, and was not when the copies were made: its key was written later than the
    # first, which cannot say that it was there.
    reg-runkeys --history infected.raw >history
    run -0 grep '"name":"soundv.exe"' history
    assert_equal "${#lines[@]}" 1
    assert_regex "$output" '"volume":"p1",.*"origin":"live".*"first_seen":"2000-11-22T08:14:05.123000000Z","last_seen":"2000-11-22T'
    # A folder or a hive that is named is followed through the copies too, with nothing else.
    for path in /WINNT/system32/config /WINNT/system32/config/software; do
        reg-runkeys --history "disk.raw:p1:$path" >history
        run -0 grep '"volume":"p1.vss2".*"location":"run-hklm".*"name":"soundv.exe"' history
        assert_regex "$output" '"origin":"backup".*"last_seen":"2000-12-24T12:00:00.000000000Z"'
        run -0 grep -c '"location":"winlogon-shell"' history
        assert_output 1
        assert_equal "$(field path <history | grep -ivc "^$path")" 0
    done
    # A copy by itself is followed by itself.
    run -0 reg-runkeys --history disk.raw:p1.vss2
    assert_equal "$(grep -c '"origin":"backup"' <<<"$output")" \
        "$(reg-runkeys --history "$samples/kozirog-nt.raw" | grep -c '"origin":"backup"')"
}

@test "history: what is damaged of the copies is told, the rest is followed" {
    damage store1
    run -3 --separate-stderr reg-runkeys --history bad.raw
    assert_regex "$output" '"volume":"p1.vss2".*"name":"soundv.exe"'
    assert_regex "$output" '"type":"gap".*"volume":"p1.vss1"'
    damage list2
    run -3 --separate-stderr reg-runkeys --history bad.raw
    assert_regex "$output" '"volume":"p1",.*"location":"winlogon-shell"'
    assert_regex "$output" '"type":"gap".*"volume":"p1.vss2"'
}

@test "history: a named file whose \$MFT record is damaged in a copy is no file that was not there" {
    number=$(fs-ls "$samples/kozirog-nt.raw:p1:/WINNT/system32/config/software" | field inode)
    tear_record "$samples/kozirog-nt.raw" "${number%%-*}" torn.raw
    python3 "$root/images/lib/shadow.py" copies.raw "$samples/clean-nt.raw" 32256 \
        $((($(date -d "$second" +%s) + 11644473600) * 10000000)) torn.raw
    run -3 --separate-stderr reg-runkeys --history copies.raw:p1:/WINNT/system32/config/software
    assert_regex "$output" "\"type\":\"gap\".*\"volume\":\"p1.vss1\",\"inode\":\"${number%%-*}\""
    assert_regex "$output" '"volume":"p1",.*"location":"winlogon-shell"'
}

@test "fs-timeline: when shadow copies were made" {
    run -0 fs-timeline --source vss disk.raw
    assert_equal "$(field datetime <<<"$output" | xargs)" "$first $second"
    assert_equal "$(field volume <<<"$output" | xargs)" "p1.vss1 p1.vss2"
    assert_equal "$(fs-timeline --source all disk.raw | grep -c '"source":"vss"')" 2
    assert_equal "$(fs-timeline disk.raw | grep -c '"source":"vss"')" 0
    run -0 fs-timeline --source vss disk.raw:p1.vss2
    assert_equal "$(field datetime <<<"$output")" "$second"
    damage catalog
    run -3 --separate-stderr fs-timeline --source vss bad.raw
    assert_regex "$output" '"type":"gap".*shadow copies may be missing'
}

@test "a damaged store costs its copy and those made before it" {
    damage store1
    run -2 --separate-stderr fs-ls bad.raw:p1.vss1
    assert_regex "$output" '"type":"gap".*"volume":"p1.vss1".*store header at [0-9]+ of the volume: no identifier'
    assert_equal "$(fs-ls bad.raw:p1.vss2 | wc -l)" "$(fs-ls "$samples/kozirog-nt.raw" | wc -l)"
    run -3 img-info bad.raw
    assert_regex "$output" '"volume":"p1.vss1".*"detail":"shadow copy of p1, unreadable: store header'
    damage store2
    for copy in 1 2; do
        run -2 --separate-stderr fs-ls bad.raw:p1.vss$copy
        assert_regex "$output" "\"type\":\"gap\".*\"volume\":\"p1.vss$copy\""
    done
    damage list1
    run -3 --separate-stderr fs-ls bad.raw:p1.vss1
    assert_regex "$output" '"type":"gap".*"volume":"p1.vss1".*block list'
    run -0 fs-ls bad.raw:p1.vss2
    damage list2
    run -3 --separate-stderr fs-ls bad.raw:p1.vss1
    assert_regex "$output" 'needs shadow copy 2, made after it'
    assert_equal "$(grep -c '"type":"file"' <<<"$output")" 0
}

@test "damage of shadow copies costs the live volume nothing" {
    fs-ls disk.raw | plain >before
    for part in header catalog store1 store2 list1 list2; do
        damage "$part"
        run -0 --separate-stderr fs-ls bad.raw
        plain <<<"$output" | run -0 cmp before -
    done
    damage catalog
    run -3 img-info bad.raw
    assert_regex "$output" '"type":"gap".*"volume":"p1".*shadow copies may be missing: catalog block'
    run -2 --separate-stderr fs-ls bad.raw:p1.vss2
    assert_regex "$stderr" 'no volume p1.vss2 .*shadow copies may be missing: catalog block'
}

@test "an image that is cut: what lies before the cut is read" {
    # The stores lie at the end.
    head -c "$(place store2)" disk.raw >cut.raw
    run -3 img-info cut.raw
    for copy in 1 2; do
        assert_regex "$output" "\"volume\":\"p1.vss$copy\".*\"detail\":\"shadow copy of p1, unreadable: store header"
    done
    head -c "$(place catalog)" disk.raw >cut.raw
    run -3 img-info cut.raw
    assert_regex "$output" '"type":"gap".*shadow copies may be missing'
    run -3 --separate-stderr fs-ls cut.raw:p1
    assert_regex "$output" '"path":"/WINNT/win.ini"'
}

@test "shadow copies that Windows 7 made" {
    need_corpus
    qemu-img convert -O raw "$corpus/images/plaso/vsstest.qcow2" seven.raw
    run -0 img-info seven.raw
    assert_equal "$(field btime <<<"$output" | xargs)" \
        "2013-12-03T06:35:09.736378700Z 2013-12-03T06:37:48.919058300Z"
    names() { fs-ls "seven.raw:$1" | field path | grep '^/[a-z]' | xargs; }
    assert_equal "$(names p0.vss1)" "/syslog"
    assert_equal "$(names p0.vss2)" "/syslog.gz /another_file"
    assert_equal "$(names p0)" "/syslog.gz /another_file /password.txt"
    # Its file was compressed in between: both are of the same text.
    run -0 bash -c "fs-cat seven.raw:p0.vss1:/syslog | cmp - <(fs-cat seven.raw:p0.vss2:/syslog.gz | gzip -dc)"
    # Without its header the catalog is not found, but its file tells that there is one.
    dd if=/dev/zero of=seven.raw bs=512 seek=15 count=1 conv=notrunc status=none
    run -0 img-info seven.raw
    assert_equal "$(field volume <<<"$output" | xargs)" p0
    run -3 --separate-stderr fs-timeline --source vss seven.raw
    assert_regex "$output" '"type":"gap".*"volume":"p0".*no header'
}
