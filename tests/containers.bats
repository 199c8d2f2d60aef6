#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helpers

# The media of a container is that of the raw image it was made of.
same_media() {
    assert_equal "$(img-verify "$1" | field sha256)" "$(sha256sum <"$2" | cut -d' ' -f1)"
    fs-ls "$1:p1" | sed "s|\"image\":\"[^\"]*\"||" >container
    fs-ls "$2:p1" | sed "s|\"image\":\"[^\"]*\"||" >raw
    run -0 cmp container raw
    assert [ -s raw ]
}

@test "VMDK and VHD" {
    qemu-img convert -O vmdk "$samples/clean-98.raw" disk.vmdk
    same_media disk.vmdk "$samples/clean-98.raw"
    qemu-img convert -O vpc -o force_size=on "$samples/clean-98.raw" disk.vhd
    same_media disk.vhd "$samples/clean-98.raw"
}

@test "split raw, found from its first segment" {
    split -b 10M -d -a 3 "$samples/clean-98.raw" disk.
    same_media disk.000 "$samples/clean-98.raw"
    rm disk.002
    run --separate-stderr fs-ls disk.000
    assert [ "$status" -ge 2 ]
    assert [ "$status" -le 3 ]
}

@test "APFS volumes of a container" {
    need_corpus
    run -0 --separate-stderr fs-ls "$corpus/images/dfvfs/apfs.raw:p0.vol1"
    assert_regex "$output" '"path":"/passwords.txt"[^}]*"size":116'
    # a link has no content: where it points is an attribute
    assert_equal "$(field link_target <<<"$output" | grep -v '^$')" \
        "$(fls -P apfs -B 107 -r -m / "$corpus/images/dfvfs/apfs.raw" | sed -n 's/.* -> \([^|]*\)|.*/\1/p')"
    assert_regex "$output" '"path":"/a_link".*"link_target":"a_directory/another_file"'
}

@test "what crashes libtsk, or keeps it for ever, is a gap" {
    # A Rock Ridge entry of length 0: libtsk does not come back.
    cp "$samples/iso.raw" hang.raw
    assert_equal "$(od -An -tu1 -j59683 -N1 hang.raw | xargs)" 36
    printf '\0' | dd of=hang.raw bs=1 seek=59683 conv=notrunc 2>/dev/null
    run -3 --separate-stderr timeout 60 ioc-strings -q hang.raw
    assert_regex "$output" '"type":"gap".*ISO 9660: libtsk does not come to an end on it'
    assert_regex "$output" '"type":"indicator"'
    need_corpus
    # One byte each: a null pointer, and an exception of C++.
    for damage in 421931:005 32748:022; do
        cp "$corpus/images/dfvfs/apfs.raw" crash.raw
        printf "\\${damage#*:}" | dd of=crash.raw bs=1 seek="${damage%:*}" conv=notrunc 2>/dev/null
        for command in fs-ls fs-timeline reg-runkeys "ioc-strings -q"; do
            run --separate-stderr $command crash.raw
            assert_equal "$status" 3
            assert_regex "$output" '"type":"gap".*APFS: libtsk fails on it'
        done
    done
}

@test "all segments of an image may be named: they are one" {
    split -b 1M -d -a 3 --numeric-suffixes=1 "$samples/kozirog-98.raw" part.
    ioc-strings -q part.001 >one
    ioc-strings -q part.0* >all
    run -0 cmp one all
    run -2 --separate-stderr ioc-strings part.002
    assert_regex "$stderr" 'not the first segment'
    cp "$samples"/kozirog-nt.E0? .
    fs-ls kozirog-nt.E01 >one
    fs-ls kozirog-nt.E0? >all
    run -0 cmp one all
    run -2 --separate-stderr fs-ls kozirog-nt.E02
}
