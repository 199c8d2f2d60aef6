#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helpers

# hive FILE: a hive of the description on standard input.
hive() {
    cat >"$1.txt"
    PYTHONDONTWRITEBYTECODE=1 python3 "$root/images/lib/regf.py" "$1" 5 ROOT "$1" "$1.txt"
}

# listed: type, key, name, data and origin of each record on standard input.
listed() {
    python3 -c '
import json, sys
for line in sys.stdin:
    r = json.loads(line)
    print(*[r.get(f, "-") for f in ("type", "key", "name", "data", "origin")], sep="|")'
}

make_software() {
    printf '%s\n' '@2010-05-05T10:00:00Z' '[Microsoft\Windows\CurrentVersion\Run]' \
        $'a\tsz\tC:\\a.exe' $'b\texpand\t%windir%\\b.exe' '[Microsoft\Windows\CurrentVersion\RunOnce]' \
        $'c\tmulti\tone|two' '[Vendor\Run\Deep\Deeper]' $'@\tdword\t7' $'bin\tbinary\t00ff' | hive software
}

@test "keys before their values, in stored order, data by its type" {
    make_software
    run -0 --separate-stderr reg-ls software
    assert_equal "$(listed <<<"$output")" 'key|HKLM\SOFTWARE|-|-|live
key|HKLM\SOFTWARE\Microsoft|-|-|live
key|HKLM\SOFTWARE\Microsoft\Windows|-|-|live
key|HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion|-|-|live
key|HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Run|-|-|live
value|HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Run|a|C:\a.exe|live
value|HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Run|b|%windir%\b.exe|live
key|HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\RunOnce|-|-|live
value|HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\RunOnce|c|['"'one', 'two'"']|live
key|HKLM\SOFTWARE\Vendor|-|-|live
key|HKLM\SOFTWARE\Vendor\Run|-|-|live
key|HKLM\SOFTWARE\Vendor\Run\Deep|-|-|live
key|HKLM\SOFTWARE\Vendor\Run\Deep\Deeper|-|-|live
value|HKLM\SOFTWARE\Vendor\Run\Deep\Deeper||7|live
value|HKLM\SOFTWARE\Vendor\Run\Deep\Deeper|bin|00ff|live'
    assert_equal "$(grep '"name":"a"' <<<"$output" | field key_last_write)" \
        2010-05-05T10:00:00.000000000Z
    # the cell of a key is where the record says
    offset=$(head -1 <<<"$output" | field file_offset)
    assert_equal "$(dd if=software bs=1 skip=$((offset + 4)) count=2 status=none)" nk
}

@test "patterns of keys: by part, at any depth, from the mount point or the root" {
    make_software
    keys() { reg-ls -t key "$@" software | field key; }
    assert_equal "$(keys -k run)" 'HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Run
HKLM\SOFTWARE\Vendor\Run'
    assert_equal "$(keys -k 'currentversion\run*')" 'HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Run
HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\RunOnce'
    assert_equal "$(keys -k '\vendor')" 'HKLM\SOFTWARE\Vendor'
    assert_equal "$(keys -k 'HKEY_LOCAL_MACHINE\software\*')" 'HKLM\SOFTWARE\Microsoft
HKLM\SOFTWARE\Vendor'
    assert_equal "$(keys -k 'hklm\**\deep*')" 'HKLM\SOFTWARE\Vendor\Run\Deep
HKLM\SOFTWARE\Vendor\Run\Deep\Deeper'
    assert_equal "$(keys -k '\Vendor\**')" "$(keys -r -k '\Vendor')"
    assert_equal "$(keys -k '\Vendor\**' | wc -l)" 4
    assert_equal "$(keys -k '\Vendor' --depth 1)" 'HKLM\SOFTWARE\Vendor
HKLM\SOFTWARE\Vendor\Run'
    # values of the keys that match; by name, without keys
    run -0 --separate-stderr reg-ls -k '\Vendor' -r -n bin software
    assert_equal "$(listed <<<"$output")" 'value|HKLM\SOFTWARE\Vendor\Run\Deep\Deeper|bin|00ff|live'
    run -0 --separate-stderr reg-ls -n '' software
    assert_equal "$(field data <<<"$output")" 7
    # nothing matches; a key without values does
    run -1 --separate-stderr reg-ls -k nothing software
    run -1 --separate-stderr reg-ls -k Windows -n x software
    run -0 --separate-stderr reg-ls -k Windows software
    run -2 --separate-stderr reg-ls -t keys software
    run -2 --separate-stderr reg-ls -k "$(printf 'x\\%.0s' {1..70})" software
}

@test "the control set in use" {
    printf '%s\n' '@2010-05-05T10:00:00Z' '[Select]' $'Current\tdword\t2' \
        '[ControlSet001\Services\A]' $'Start\tdword\t2' '[ControlSet002\Services\B]' \
        $'Start\tdword\t3' | hive system
    run -0 --separate-stderr reg-ls -k 'HKLM\SYSTEM\CurrentControlSet\Services\*' -n start system
    assert_equal "$(field key <<<"$output")" 'HKLM\SYSTEM\ControlSet002\Services\B'
    assert_equal "$(field current <<<"$output")" True
    run -0 --separate-stderr reg-ls -k 'HKLM\SYSTEM\*\Services\*' -n start system
    assert_equal "$(field current <<<"$output")" $'False\nTrue'
    # of other keys it is not told
    run -0 --separate-stderr reg-ls -k Select system
    refute_regex "$output" '"current"'
}

@test "the hives of an image, mounted by their profiles; one of them by its path" {
    run -0 --separate-stderr reg-ls -k 'CurrentVersion\Run' -n soundv.exe "$samples/kozirog-nt.E01"
    assert_equal "$(field path <<<"$output")" /WINNT/system32/config/software
    assert_equal "$(field key_last_write <<<"$output")" 2000-11-22T08:14:05.123000000Z
    reg-ls "$samples/kozirog-nt.E01" | grep '"path":"/WINNT/system32/config/software"' >whole
    reg-ls "$samples/kozirog-nt.E01:p1:/WINNT/system32/config/software" >one
    assert [ -s one ]
    run -0 cmp whole one
    fs-cat "$samples/kozirog-nt.E01:p1:/WINNT/system32/config/software" >software
    reg-ls software | listed >loose
    run -0 cmp loose <(listed <one)
    # 9x: no times
    run -0 --separate-stderr reg-ls "$samples/kozirog-98.E01"
    assert_regex "$output" '"key":"HKLM..Software..Microsoft'
    refute_regex "$output" 'key_last_write'
}

@test "of a Windows 9x hive that was cut the block that is not whole is named" {
    need_corpus
    # its second RGDB is at 69664 and has 20480 bytes
    head -c 79888 "$corpus/hives9x/dfwinreg/USER.DAT" >USER.DAT
    run -3 --separate-stderr reg-ls USER.DAT
    assert_regex "$output$stderr" 'data block 2 of 4 needs 20480 bytes at 69664, has 10224'
    # the third has 248 keys, the fourth 177; some of the first two are left
    assert_regex "$output" '248 keys have no record in data block 3.*
.*177 keys have no record in data block 4'
    assert_regex "$output" '"type":"value".*"file_offset":79'
    head -c 159775 "$corpus/hives9x/dfwinreg/USER.DAT" >USER.DAT
    run -3 --separate-stderr reg-ls USER.DAT
    assert_regex "$output$stderr" 'data block 4 of 4 needs 40960 bytes at 118816, has 40959'
}

@test "keys and values of real hives are those that hivex finds" {
    need_corpus
    count=0
    while IFS= read -r hive; do
        # without the logs beside it, which hivex does not read
        cp "$hive" hive
        hivexml hive >hive.xml 2>/dev/null || continue
        run reg-ls hive
        [ "$status" -eq 0 ] || [ "$status" -eq 3 ] || fail "$hive: status $status"
        run python3 "$root/tests/compare_hives.py" hive.xml < <(grep '^{' <<<"$output")
        [ "$status" -eq 0 ] || fail "$hive: $output"
        count=$((count + 1))
    done < <(find "$corpus/hives" -type f ! -path '*Carving*' ! -iname '*.log*' -size -4M | sort)
    assert [ "$count" -ge 60 ]
}

@test "keys and values of a hive of Windows 9x stand at their offsets" {
    fs-cat "$samples/kozirog-98.raw:p1:/WINDOWS/SYSTEM.DAT" >system.dat
    run -0 --separate-stderr reg-ls -k 'CurrentVersion\Run' -n TaskMonitor system.dat
    at=$(field file_offset <<<"$output")
    # type 1, four bytes that are not stored, lengths of name and data, then these
    assert_equal "$(tail -c +$((at + 1)) system.dat | head -c 1 | od -An -tu1 | tr -d ' ')" 1
    assert_equal "$(tail -c +$((at + 13)) system.dat | head -c 11)" TaskMonitor
}

@test "keys and values of a real hive of Windows Me are those that libcreg finds" {
    need_corpus
    reg-ls -L "$corpus/hives9x/dfwinreg/USER.DAT" >ours
    assert_equal "$(grep -c '"type":"key"' ours)" 788
    cregexport "$corpus/hives9x/dfwinreg/USER.DAT" |
        sed -n 's/^Key path: *//p; s/^Value: [0-9]* //p' >theirs
    python3 - >ours.txt <<'END'
import json
for line in open("ours"):
    r = json.loads(line)
    print(r["key"][4:] if r["type"] == "key" else r["name"] or "(default)")
END
    run -0 diff <(sort theirs | tr -d '\r') <(sort ours.txt)
}

@test "published facts of real hives" {
    need_corpus
    cd "$corpus/hives"
    counts() { # HIVE KEYS VALUES
        run -0 --separate-stderr reg-ls -L "$1"
        assert_equal "$1 $(grep -c '"type":"key"' <<<"$output") $(grep -c '"type":"value"' <<<"$output")" "$*"
    }
    counts regipy/NTUSER.DAT 1812 4094
    for kind in SZ:1636 DWORD:1336 BINARY:531 MULTI_SZ:303 NONE:141 EXPAND_SZ:93 QWORD:54; do
        assert_equal "${kind%:*} $(grep -c "\"data_type\":\"REG_${kind%:*}\"" <<<"$output")" "${kind/:/ }"
    done
    counts notatin/NTUSER.DAT 2853 5523
    run -0 --separate-stderr reg-ls -L dfwinreg/NTUSER.DAT
    assert_equal "$(grep -c '"type":"key"' <<<"$output")" 1597
    run -3 --separate-stderr reg-ls -L plaso/winreg/Amcache.hve
    assert_equal "$(grep -c '"type":"key"' <<<"$output") $(grep -c '"type":"value"' <<<"$output")" '2105 17539'
    value() { # HIVE KEY NAME
        reg-ls -L -k "$2" -n "$3" "$1" 2>/dev/null | field data
    }
    computer='ControlSet00?\Control\ComputerName\ComputerName'
    assert_equal "$(value regipy/SYSTEM "$computer" ComputerName)" $'WKS-WIN732BITA\nWIN-V5T3CSP8U4H'
    for name in Current:1 Default:1 LastKnownGood:1 Failed:0; do
        assert_equal "$(value regipy/SYSTEM_WIN_10_1709 Select "${name%:*}")" "${name#*:}"
    done
    assert_equal "$(value regipy/NTUSER.DAT TypedURLs url1)" http://199.73.28.114:53/
    assert_equal "$(reg-ls -L -t key -k '\*' dissect.regf/SYSTEM | wc -l)" 17
    assert_equal "$(reg-ls -L -t key -k '\key_with_many_subkeys\2119\find_me' yarp/ManySubkeysHive | wc -l)" 1
    assert_equal "$(reg-ls -L -t key -k '\Привет\Ключ' yarp/UnicodeHive | wc -l)" 1
    assert_equal "$(reg-ls -L -t key -k '\ëigenaardig' yarp/ExtendedASCIIHive | wc -l)" 1
    assert_equal "$(reg-ls -L -t value yarp/MultiSzHive | field data)" "[]
['привет', 'как дела?']"
    python3 -c '
import json, subprocess
def data(hive):
    text = subprocess.run(["reg-ls", "-L", "-t", "value", hive], capture_output=True).stdout
    return {r["name"]: r["data"] for r in map(json.loads, text.splitlines())}
big = data("yarp/BigDataHive")
big = sorted(bytes.fromhex(value) for value in big.values())
assert big == [b"1" * 16345, b"2" * 81725], [len(v) for v in big]
sizes = sorted(len(v) // 2 for v in data("nt-hive/testhive").values() if isinstance(v, str))
assert {16343, 16344, 16345} <= set(sizes), sizes'
    # names that could break the output
    run -0 --separate-stderr reg-ls -L -t key yarp/BogusKeyNamesHive
    assert_regex "$output" '"key":"..testnew.r.nne"'
    assert_regex "$output" '"key":"..testnu.u0000l".*"a NUL in its name"'
    # damage
    run -3 --separate-stderr reg-ls -L Registry/SAMBadHBinHeader
    assert_regex "$output" '"type":"gap".*hbin: no signature'
    assert [ "$(grep -c '"type":"value"' <<<"$output")" -gt 40 ]
    run -3 --separate-stderr reg-ls -L plaso/regf/corrupt_sub_key_list.hiv
    assert_equal "$(grep -c '"type":"key"' <<<"$output") $(grep -c '"type":"gap"' <<<"$output")" '100 1'
    run -3 --separate-stderr reg-ls -L regipy/corrupted_system_hive
    assert_regex "$output" 'ControlSet001..Services..Abiosdsk","file_offset":[0-9]*,"key_last_write":"2008-10-21T17:48:29.32812[45]'
}

@test "what the logs of real hives add and take away" {
    need_corpus
    cd "$corpus/hives"
    paths() { grep '"type":"key"' | grep "\"origin\":\"$1\"" | field key | sort -u; }
    run -0 --separate-stderr reg-ls -L yarp/NewDirtyHive1/NewDirtyHive
    assert_equal "$(paths superseded <<<"$output" | grep Key)" '\Key1
\Key2
\Key2\Key2_1
\Key2\Key2_2'
    assert_equal "$(paths log <<<"$output" | grep Key)" '\Key3
\Key3\Key3_1
\Key3\Key3_2
\Key3\Key3_3'
    # 521 keys come and 6 go, which makes the 527 that regipy publishes; all that there is
    # afterwards is what hivex has in a hive that the logs were applied to by others
    run -0 --separate-stderr reg-ls -L regipy/transactions_NTUSER.DAT
    comm -13 <(grep -v '"origin":"log"' <<<"$output" | paths '[a-z]*') \
        <(paths log <<<"$output") >added
    assert_equal "$(wc -l <added)" 521
    comm -23 <(paths superseded <<<"$output") <(grep -v superseded <<<"$output" | paths '[a-z]*') >gone
    assert_equal "$(wc -l <gone)" 6
    assert_equal "$(reg-ls -L -t key -k $'International\\\xf0\x9f\x8c\x8e\xf0\x9f\x8c\x8f\xf0\x9f\x8c\x8d' regipy/transactions_NTUSER.DAT | wc -l)" 1
    assert_equal "$(grep '"type":"key"' <<<"$output" | grep -vc superseded)" 3105
    run -0 --separate-stderr reg-ls -L regipy/SYSTEM_B
    assert_equal "$(grep '"type":"key"' <<<"$output" | grep -vc superseded)" 35595
}

# deleted HIVE: type, key, name and data of what is deleted in a real hive.
deleted() {
    reg-ls -D "$corpus/hives/$1" 2>/dev/null | listed | grep '|deleted$' | cut -d'|' -f1-4 | sort
}

@test "deleted keys and values of real hives, as they are published" {
    need_corpus
    assert_equal "$(deleted yarp/DeletedDataHive)" 'key|\456|-|-
value|\123|v2|456
value|\456|v|123456'
    for hive in DeletedTreeHive DeletedTreeNoRootFlagHive; do
        assert_equal "$(deleted yarp/$hive)" 'key|\1\2\3\4\5|-|-
key|\1\2\3\4\New Key #1|-|-
key|\1\2\3\4|-|-
key|\1\2\3|-|-'
    done
    assert_equal "$(deleted yarp/RemnantsHive)" 'value|\?||1'
    # the data of this one, and the list and the data of that one, were given out again
    assert_equal "$(deleted yarp/ReallocValueDataHive)" 'key|\2|-|-
value|\2||-'
    assert_equal "$(deleted yarp/ReallocValueHive | head -1)" 'key|\2|-|-'
    for hive in EmptyHive BigDataHive MultiSzHive StringValuesHive; do
        assert_equal "$(deleted yarp/$hive)" ""
    done
    # all that is left of a hive that was cut
    run -0 deleted yarp/TruncatedHive
    assert_equal "$(grep -vxE 'key\|.key_with_many_subkeys.[0-9]+\|-\|-' <<<"$output")" ""
    assert [ "${#lines[@]}" -gt 60 ]
    run -3 --separate-stderr reg-ls -D "$corpus/hives/yarp/TruncatedHive"
    assert_regex "$output" '"anomalies":."its cell is in use, but no list leads to it"'
    # -L leaves them out, and is all that there is of a hive without any
    run -1 --separate-stderr reg-ls -D "$corpus/hives/yarp/EmptyHive"
    run -0 --separate-stderr reg-ls -L "$corpus/hives/yarp/DeletedTreeHive"
    assert_equal "$(field origin <<<"$output" | sort -u)" live
    # patterns
    assert_equal "$(reg-ls -D -t key -k '\1\*\3\*' "$corpus/hives/yarp/DeletedTreeHive" | field key)" '\1\2\3\4'
}

@test "as many deleted keys and values as reglookup-recover finds, or more" {
    need_corpus
    command -v reglookup-recover >/dev/null || skip "reglookup-recover is not installed"
    for hive in dissect.regf/SYSTEM Registry/UsrClassDeletedBags.dat dfwinreg/UsrClass.dat \
        notatin/NTUSER.DAT plaso/NTUSER.DAT regipy/SYSTEM; do
        reglookup-recover "$corpus/hives/$hive" | cut -d, -f3 >theirs
        deleted "$hive" >ours
        for kind in key value; do
            assert [ "$(grep -c "^$kind" ours)" -ge "$(grep -ci "^$kind$" theirs)" ]
        done
    done
}

@test "what a log removed is superseded, and is not told a second time as deleted" {
    need_corpus
    run -0 --separate-stderr reg-ls "$corpus/hives/yarp/NewDirtyHive1/NewDirtyHive"
    for name in Key1 Key2 Key2_1 Key2_2; do
        assert_equal "$(grep '"type":"key"' <<<"$output" | grep -c "$name\"")" 1
    done
}

@test "class names, owners, who may read, symbolic links" {
    need_corpus
    # JD, Skew1, GBG and Data make the boot key
    run -0 --separate-stderr reg-ls -L -t key -k 'ControlSet001\Control\Lsa\*' "$corpus/hives/dissect.regf/SYSTEM"
    for class in JD:cdebfed5 Skew1:7db4e11c GBG:b185f3f2 Data:a282942c; do
        assert_equal "$(grep "Lsa..${class%:*}\"" <<<"$output" | field class)" "${class#*:}"
    done
    run -0 --separate-stderr reg-ls -L -t key -k '\SAM' "$corpus/hives/regipy/SAM"
    assert_equal "$(field owner <<<"$output")" S-1-5-32-544
    # what only SYSTEM may read is told where it begins
    run -0 --separate-stderr reg-ls -L -t key "$corpus/hives/regipy/SAM"
    assert_equal "$(grep -c 'only SYSTEM may read it' <<<"$output")" 1
    make_software
    run -0 --separate-stderr reg-ls -t key software
    refute_regex "$output" 'SYSTEM may read'
    link=$(python3 -c 'print(*["%02x" % b for b in r"\Registry\X".encode("utf-16le")], sep=",")')
    printf '%s\n' 'cd \Vendor' 'setval 1' SymbolicLinkValue "hex:6:$link" commit | hivexsh -w software
    python3 -c '
hive = bytearray(open("software", "rb").read())
hive[hive.index(b"Vendor", 4096) - 74] |= 0x10
open("software", "wb").write(hive)'
    run -0 --separate-stderr reg-ls -t key -k '\Vendor' software
    assert_equal "$(field link_target <<<"$output")" '\Registry\X'
}

@test "damage that costs nothing is told too" {
    need_corpus
    cd "$corpus/hives/yarp"
    run -3 --separate-stderr reg-ls -L InvalidParentHive
    assert_equal "$(grep -c '"type":"key"' <<<"$output")" 5003
    assert_regex "$output" '"type":"gap".*key says that its parent is at'
    run -3 --separate-stderr reg-ls -L DuplicateSubkeysHive
    assert_regex "$output" '"type":"gap".*key has the same name as the one before'
    run -3 --separate-stderr reg-ls -L BadListHive
    assert_regex "$output" '"type":"gap".*key is listed twice'
    run -3 --separate-stderr reg-ls -L TruncatedNameHive
    assert_regex "$output" '"type":"gap".*key name: needs 22 bytes, has 16'
}

@test "what is no hive, and what ends too soon" {
    printf 'regf too short' | head -c 13 >short
    run -3 --separate-stderr reg-ls short
    assert_regex "$stderr" 'hive: needs 8192 bytes at 0, has 13'
    run -2 --separate-stderr reg-ls nothing
    printf 'regf' >disk.raw # a 13-byte hive at the right path
    mkfs.vfat -C disk 4096 >/dev/null
    mmd -i disk ::/Windows ::/Windows/System32 ::/Windows/System32/config
    mcopy -i disk short ::/Windows/System32/config/SYSTEM
    make_software
    mcopy -i disk software ::/Windows/System32/config/SOFTWARE
    run -3 --separate-stderr reg-ls disk
    assert_regex "$output" '"type":"gap".*"path":"/Windows/System32/config/SYSTEM".*needs 8192 bytes at 0, has 13'
    assert_regex "$output" '"name":"bin"'
}

@test "a disk without a hive" {
    mkfs.vfat -C disk 1024 >/dev/null
    run -0 --separate-stderr reg-ls disk
    assert_equal "$output" ""
    assert_equal "$stderr" 'reg-ls: no registry hive was found'
    run -0 --separate-stderr host-info disk
    assert_equal "$output" ""
    assert_regex "$stderr" 'nothing is known of the machine'
}

@test "a full disk, and a closed pipe" {
    make_software
    run -2 bash -c 'reg-ls software >/dev/full'
    assert_regex "$output" 'cannot write'
}
