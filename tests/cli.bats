#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helpers

commands() {
    for source in "$root"/cmd/*.c; do basename "$source" .c; done
}

@test "--help and --version on standard output, status 0" {
    for command in $(commands); do
        run -0 --separate-stderr "$command" --help
        assert_regex "$output" "^usage: $command "
        assert_equal "$stderr" ""
        run -0 --separate-stderr "$command" --version
        assert_regex "$output" "^$command \(fett\) [0-9]"
    done
}

@test "misuse is status 2 and says what is wrong" {
    for command in $(commands); do
        run -2 --separate-stderr "$command" --no-such-option
        assert_regex "$stderr" "^$command: unknown option: --no-such-option"
        assert_regex "$stderr" "try '$command --help'"
        assert_equal "$output" ""
    done
    run -2 --separate-stderr fs-ls
    assert_regex "$stderr" 'no operand'
    run -2 --separate-stderr fs-ls -o nonsense "$samples/floppy.raw"
    run -2 --separate-stderr fs-ls -F nonsense "$samples/floppy.raw"
}

# As a variable that is not set makes it: it would give the root folder, or everything.
@test "an empty pattern or place is misuse" {
    while read -r command; do
        run -2 --separate-stderr bash -c "$command \"\$1\"" _ "$samples/floppy.raw"
        assert_equal "$output" ""
        assert_regex "$stderr" "^${command%% *}: --[a-z]+: no"
    done <<'END'
fs-ls -n ''
fs-ls --path=
fs-cat -d out -n ''
fs-timeline -p ''
fs-timeline --around =2m
fs-timeline --first --around /=2m --around =2m
END
}

@test "a full disk is status 2" {
    for command in img-info fs-ls fs-timeline ioc-strings reg-runkeys img-verify; do
        run -2 bash -c "$command '$samples/kozirog-nt.E01' >/dev/full"
        assert_output --partial "$command: standard output: cannot write"
    done
    run -2 bash -c "fs-cat '$samples/kozirog-nt.E01:p1:/boot.ini' >/dev/full"
    run -2 bash -c "fs-ls '$samples/floppy.raw' | rec-fmt >/dev/full"
}

@test "a closed pipe ends a command quietly" {
    run bash -c "set -o pipefail; fs-ls '$samples/ntfs-hostile.raw' | head -1 >/dev/null"
    assert_equal "$output" ""
}

@test "control bytes of the evidence reach neither messages nor tables" {
    run -0 --separate-stderr fs-ls -o table "$samples/ntfs-hostile.raw:p0:/names"
    refute_regex "$output" $'\x1b'
    assert_regex "$output" 'escape\\x1B\[31m'
    assert_regex "$output" 'new\\nline'
    run -2 --separate-stderr fs-ls "$samples/ntfs-hostile.raw:p0:/x"$'\x1b[31m'
    refute_regex "$stderr" $'\x1b'
}

@test "records survive hostile names" {
    fs-ls "$samples/ntfs-hostile.raw:p0:/names" >records
    run -0 python3 -c 'import json; [json.loads(l) for l in open("records", newline="\n")]'
    run -0 grep -c 'path_hex' records
}

@test "the custody record" {
    fs-ls --custody custody -n soundv.exe "$samples/kozirog-nt.E01" >out
    assert_equal "$(field sha256 <custody)" "$(sha256sum <out | cut -d' ' -f1)"
    assert_equal "$(field records <custody)" 1
    assert_equal "$(field status <custody)" 0
    assert_regex "$(cat custody)" '"stored":\{"[^"]*kozirog-nt.E01:md5":"[0-9a-f]{32}"'
    for library in fett libtsk libdeflate libpsl libcrypto tzdata; do
        assert_regex "$(cat custody)" "\"versions\":\{[^}]*\"$library\":\"[^\"]+\""
    done
    assert_regex "$(cat custody)" '"public suffix list, SHA-1":"[0-9a-f]{40}"'
    fs-ls --custody custody "$samples/floppy.raw" >out
    assert_equal "$(wc -l <custody)" 2
}

@test "the custody record of an output that did not arrive" {
    # the pipe holds less than is written
    mkfifo pipe
    head -1 <pipe >first &
    status=0
    fs-ls --custody custody "$samples/ntfs-hostile.raw" >pipe || status=$?
    wait
    assert_equal "$status" 141
    assert_equal "$(wc -l <first)" 1
    assert_equal "$(field status <custody)" 141
    run -2 bash -c 'fs-ls --custody full "$1" >/dev/full' _ "$samples/floppy.raw"
    assert_equal "$(field status <full)" 2
    run -2 bash -c 'fs-cat --custody content "$1" >/dev/full' _ "$samples/floppy.raw"
    assert_equal "$(field status <content)" 2
    for file in custody full content; do
        assert_equal "$(wc -l <$file)" 1
        assert_equal "$(field sha256 <$file)$(field records <$file)" ""
    done
    # an output without a record arrives
    run -1 fs-ls --custody nothing -n no-such-file "$samples/floppy.raw"
    assert_equal "$(field records <nothing) $(field sha256 <nothing)" "0 $(sha256sum </dev/null | cut -d' ' -f1)"
}

@test "--gaps and --custody never overwrite what may be evidence" {
    cp "$samples/floppy.raw" evidence
    before=$(sha256sum <evidence)
    run -2 --separate-stderr fs-ls --gaps evidence evidence
    assert_regex "$stderr" 'evidence: holds no records'
    run -2 --separate-stderr fs-ls --custody evidence evidence
    assert_regex "$stderr" 'evidence: holds no records'
    assert_equal "$(sha256sum <evidence)" "$before"
}

@test "a sealed command still writes its folder, its gaps and its custody record" {
    run -0 --separate-stderr fs-cat -d out --gaps gaps --custody custody -n soundv.exe \
        "$samples/kozirog-nt.E01"
    assert [ -n "$(find out -iname soundv.exe)" ]
    assert_equal "$(wc -l <custody)" 1
}

@test "-H stands in every record" {
    run -0 --separate-stderr fs-ls -H KRAKUS -n soundv.exe "$samples/kozirog-nt.E01"
    assert_equal "$(field host <<<"$output")" KRAKUS
}

@test "--gaps keeps what tsv has no place for" {
    head -c 300000 "$samples/kozirog-98.E01" >cut.E01
    run --separate-stderr fs-ls -o tsv --gaps gaps cut.E01
    assert [ "$status" -eq 3 ]
    assert_regex "$(head -1 gaps)" '"type":"gap"'
    refute_regex "$output" '"type":"gap"'
}

@test "of several operands the highest status counts, the others are done" {
    run -2 --separate-stderr fs-ls -n soundv.exe nowhere.raw "$samples/kozirog-nt.E01"
    assert_regex "$output" SOUNDV.EXE
}

@test "a directory, an empty file, a JPEG are named as what they are" {
    : >empty
    printf '\xff\xd8\xff\xe0\0\x10JFIF' >a.jpg
    head -c 5000 /dev/urandom >>a.jpg
    for command in img-info fs-timeline ioc-strings; do
        run -2 --separate-stderr "$command" empty
        run --separate-stderr "$command" .
        assert_equal "$status" "$([ "$command" = ioc-strings ] && echo 1 || echo 2)"
        run --separate-stderr "$command" a.jpg
        assert [ "$status" -lt 128 ]
    done
}

@test "completion of options and formats, for every command" {
    complete_words() {
        bash -c 'source "$1/completions/fett.bash"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
            complete -p "$1" >/dev/null || exit 1
            _fett "$1"; echo "${COMPREPLY[*]}"' _ "$root" "$@"
    }
    for command in $(commands); do
        assert_equal "$(complete_words "$command" --vers)" --version
    done
    assert_equal "$(complete_words fs-ls --min)" --min-size
    assert_equal "$(complete_words fs-ls -o t)" "table tsv"
    assert_equal "$(complete_words fs-timeline --source evt,user)" "evt,userassist"
}

@test "a command's main is glue: at most 45 lines, its file 150" {
    for source in "$root"/cmd/*.c; do
        lines=$(awk '/^int main/ { s = NR } s && /^}/ { print NR - s + 1; exit }' "$source")
        assert [ "$lines" -le 45 ]
        assert [ "$(wc -l <"$source")" -le 150 ]
    done
}

@test "a closed standard output is not the custody file, --gaps not the custody record" {
    run -2 bash -c 'fs-ls --custody custody "$1" >&-' _ "$samples/floppy.raw"
    run -1 grep -c '"type":"file"' custody
    run -2 --separate-stderr fs-ls --custody both --gaps both "$samples/floppy.raw"
    assert_regex "$stderr" 'the same file'
}
