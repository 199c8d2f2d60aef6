#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helpers

digest() { # NAME COLUMN
    awk -F'\t' -v name="$1" -v column="$2" '$1 == name { print $column }' "$samples/digests.tsv"
}

@test "the digests are those of md5sum, sha1sum, sha256sum" {
    run -0 --separate-stderr img-verify "$samples/kozirog-nt.E01"
    assert_equal "$(field md5 <<<"$output")" "$(md5sum <"$samples/kozirog-nt.raw" | cut -d' ' -f1)"
    assert_equal "$(field sha1 <<<"$output")" \
        "$(sha1sum <"$samples/kozirog-nt.raw" | cut -d' ' -f1)"
    assert_equal "$(field sha256 <<<"$output")" \
        "$(sha256sum <"$samples/kozirog-nt.raw" | cut -d' ' -f1)"
    assert_equal "$(field verdict <<<"$output")" match
}

@test "nothing to compare with is status 1" {
    run -1 --separate-stderr img-verify "$samples/kozirog-nt.raw"
    assert_equal "$(field verdict <<<"$output")" "nothing to compare with"
}

@test "--expect" {
    md5=$(md5sum <"$samples/floppy.raw" | cut -d' ' -f1)
    run -0 --separate-stderr img-verify --expect "md5:$md5" "$samples/floppy.raw"
    run -1 --separate-stderr img-verify --expect "md5:${md5//[0-4]/5}" "$samples/floppy.raw"
    assert_equal "$(field verdict <<<"$output")" differ
    run -2 --separate-stderr img-verify --expect md5:12 "$samples/floppy.raw"
    run -2 --separate-stderr img-verify --expect crc:12345678 "$samples/floppy.raw"
}

@test "a digest file beside the image" {
    cp "$samples/floppy.raw" a.raw
    sha256sum a.raw >a.raw.sha256
    run -0 --separate-stderr img-verify a.raw
    printf '\x01' | dd of=a.raw bs=1 seek=5000 conv=notrunc status=none
    run -1 --separate-stderr img-verify a.raw
}

@test "a flipped byte in a chunk" {
    cp "$samples"/kozirog-nt.E0? .
    chmod u+w kozirog-nt.E0?
    size=$(stat -c %s kozirog-nt.E03)
    printf '\xff\xff\xff\xff\xff\xff\xff\xff' |
        dd of=kozirog-nt.E03 bs=1 seek=$((size / 2)) conv=notrunc status=none
    run -3 --separate-stderr img-verify kozirog-nt.E01
    assert_regex "$output" '"verdict":"differ"'
    assert_regex "$output" '"type":"gap".*"kind":"damage".*EWF chunk'
}

@test "a missing segment" {
    cp "$samples"/kozirog-nt.E0[1-4] "$samples/kozirog-nt.E06" .
    run -3 --separate-stderr img-verify kozirog-nt.E01
    assert_regex "$output" '"type":"gap"'
}

@test "a truncated image" {
    head -c 300000 "$samples/kozirog-98.E01" >cut.E01
    run --separate-stderr img-verify cut.E01
    assert [ "$status" -eq 3 ] || assert [ "$status" -eq 2 ]
    assert [ "$status" -lt 128 ]
    [ "$status" -eq 3 ] && assert_regex "$output" '"type":"gap"'
}

@test "published digests of real images" {
    need_corpus
    run -0 --separate-stderr img-verify --expect md5:196066add11fb71c4c49cf1bb50d6d24 \
        "$corpus/images/dfvfs/ext2.splitraw.000" "$corpus/images/dfvfs/ext2.split.E01" \
        "$corpus/images/dfvfs/ext2.E01" "$corpus/images/dfvfs/ext2.raw"
    run -0 --separate-stderr img-verify --expect md5:30e7f792cc853e34e17335b243605d3a \
        "$corpus/images/dftt/ext3-img-kw-1.dd"
}

@test "an image that claims far more than it holds is not hashed for days" {
    # The size in the volume section, and the checksum over it, made 8 TiB.
    python3 - "$samples/kozirog-98.E01" <<'END'
import struct, sys, zlib
data = bytearray(open(sys.argv[1], "rb").read())
at = 13
while not data[at:at + 6] == b"volume":
    at = struct.unpack_from("<Q", data, at + 16)[0]
body = at + 76
struct.pack_into("<Q", data, body + 16, 8 << 31)
struct.pack_into("<I", data, body + 4, 8 << 25)
struct.pack_into("<I", data, body + 1048, zlib.adler32(data[body:body + 1048]))
open("huge.E01", "wb").write(data)
END
    run -3 --separate-stderr timeout 60 img-verify huge.E01
    assert_regex "$output" '"type":"gap".*"kind":"damage"'
    refute_regex "$output" '"sha256"'
    assert_regex "$output" '"verdict":"differ"'
}

@test "a segment that stands too far behind is told, not taken" {
    split -b 1M -d -a 3 --numeric-suffixes=1 "$samples/floppy.raw" part.
    run -0 --separate-stderr img-info part.001
    refute_regex "$output" '"type":"gap"'
    cp part.002 part.040
    run -3 --separate-stderr img-info part.001
    assert_regex "$output" '"type":"gap".*part.040: left out'
    assert_regex "$output" "\"size\":$(stat -c %s "$samples/floppy.raw")"
}

@test "a list of digests is read to its end" {
    cp "$samples/floppy.raw" .
    seq -f '%032.0f  other' 40000 >MD5SUMS
    md5sum floppy.raw >>MD5SUMS
    assert [ "$(stat -c %s MD5SUMS)" -gt 1048576 ]
    run -0 --separate-stderr img-verify floppy.raw
    assert_regex "$output" '"source":"[^"]*MD5SUMS".*"verdict":"match"|"verdict":"match".*MD5SUMS'
}

@test "digests in UTF-16, and lists that are about other folders" {
    cp "$samples/floppy.raw" .
    md5sum floppy.raw | iconv -t UTF-16LE | { printf '\xff\xfe'; cat; } >floppy.raw.md5
    run -0 --separate-stderr img-verify floppy.raw
    assert_regex "$output" '"verdict":"match"'
    rm floppy.raw.md5
    printf '%032d  sub/floppy.raw\n' 0 >MD5SUMS
    run -1 --separate-stderr img-verify floppy.raw
    refute_regex "$output" '"expected"'
    md5sum floppy.raw | sed 's,  ,  ./,' >MD5SUMS
    run -0 --separate-stderr img-verify floppy.raw
}
