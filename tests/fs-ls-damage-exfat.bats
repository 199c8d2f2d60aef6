#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Damaged folders of exFAT: what is lost by it is told, and the other names are listed.
load helpers

# make_exfat: whole.raw of clusters of 4,096 bytes; where its folders and files are is in `places`.
make_exfat() {
    rm -f whole.raw
    truncate -s 8M whole.raw
    mkfs.exfat -c 4096 whole.raw >/dev/null
    python3 "$root/images/lib/exfat.py" whole.raw >places
    fsck.exfat -n whole.raw | grep -q 'clean. directories 4, files 302'
    run -0 --separate-stderr fs-ls whole.raw
    refute_regex "$output" '"type":"gap"'
    paths=$(grep -v '"path":"/\$' <<<"$output" | field path | sort)
    assert_equal "$(wc -l <<<"$paths")" 306
}

# place PATH [N]: where the N-th cluster of a folder, or the entries of a file are.
place() {
    awk -F'\t' -v path="$1" -v n="${2:-1}" '$1 == path { print $(n + 1) }' places
}
sub() {
    place "/sub/file $1 of the folder that is chained"
}

# damage OFFSET TEXT: damaged.raw is whole.raw with that text (of printf) there.
damage() {
    cp whole.raw damaged.raw
    printf "$2" | dd of=damaged.raw bs=1 seek="$1" conv=notrunc status=none
}
zero() {
    cp whole.raw damaged.raw
    dd if=/dev/zero of=damaged.raw bs=1 seek="$1" count="$2" conv=notrunc status=none
}

# link PATH N: where the FAT has what follows the N-th cluster of a folder.
link() {
    python3 - "$(place "$1" "$2")" <<'END'
import struct, sys
boot = open("whole.raw", "rb").read(512)
sector, fat, heap = 1 << boot[108], *(v << boot[108] for v in struct.unpack_from("<I4xI", boot, 80))
print(fat + 4 * ((int(sys.argv[1]) - heap) // 4096 + 2))
END
}

# told PATH OFFSET LENGTH REASON: a gap of damaged.raw; `lost` are the names that are not listed.
told() {
    run -3 --separate-stderr fs-ls damaged.raw
    assert_regex "$output" '"type":"gap"[^}]*"path":"'"$1"'"[^}]*"offset":'"$2,\"length\":$3"',[^}]*'"$4"
    lost=$(grep '"type":"file".*"state":"allocated"' <<<"$output" | field path | sort |
        comm -23 <(echo "$paths") -)
}

@test "exFAT: the entries of a file that are damaged are a gap" {
    make_exfat
    at=$(sub 70)
    damage $((at + 2)) '\0\0'
    told /sub "$at" 160 'checksum 0000, need'
    assert_equal "$lost" ""
    damage "$at" '\005'
    told /sub $((at + 32)) 32 'belongs to a file whose first one is not there'
    assert_equal "$lost" "/sub/file 70 of the folder that is chained"
    damage $((at + 1)) '\115'
    told /sub "$at" 32 'needs 2 to 18 entries behind its first one, says 77'
    damage $((at + 1)) '\003'
    told /sub "$at" 128 'are none|checksum'
    damage $((at + 1)) '\006'
    told /sub "$at" 160 'needs 7 entries, has 5'
    damage $((at + 32)) '\100'
    told /sub "$at" 32 'needs 5 entries, has 1'
    damage $((at + 32 + 3)) '\377'
    told /sub "$at" 160 'are none'
    # in use, and of no kind that there is; then not in use
    damage "$at" '\204'
    told /sub "$at" 32 'is none'
    damage "$at" 'y'
    told /sub "$at" 32 'is none'
}

@test "exFAT: parts of a folder that are zeros are a gap" {
    make_exfat
    zero "$(place /sub)" 512
    told /sub "$(place /sub)" 32 'ends here and has names behind its end'
    assert_equal "$(wc -l <<<"$lost")" 4
    zero "$(place /sub 4)" 4096
    told /sub "$(place /sub 4)" 32 'ends here and has names behind its end'
    zero "$(place /flat 2)" 4096
    told /flat "$(place /flat 2)" 32 'ends here and has names behind its end'
    assert_equal "$(grep -vc /flat/ <<<"$lost")" 0
    cp whole.raw damaged.raw
    yes | head -c 4096 | dd of=damaged.raw bs=1 seek="$(place /flat 2)" conv=notrunc status=none
    told /flat "$(place /flat 2)" 32 'is none: names may be lost'
}

@test "exFAT: the root is damaged" {
    make_exfat
    root_at=$(python3 -c 'import struct
data = open("whole.raw", "rb").read()
heap, root = struct.unpack_from("<I4xI", data, 88)
print((heap << data[108]) + (root - 2) * 4096)')
    at=$(od -An -v -tx1 -w32 -j "$root_at" -N 4096 whole.raw | awk -v at="$root_at" '$1 == "82" {
        print at + 32 * (NR - 1) }')
    zero "$at" 32
    told / "$root_at" 32 'the root has no entry of the bitmap, or of the capital letters'
}

@test "exFAT: of a folder whose chain is damaged the names before are listed" {
    make_exfat
    cluster=$(python3 -c 'import struct, sys
boot = open("whole.raw", "rb").read(512)
print((int(sys.argv[1]) - (struct.unpack_from("<I", boot, 88)[0] << boot[108])) // 4096 + 2)' \
        "$(place /sub 2)")
    loop=$(printf '\\x%02x\\x%02x\\0\\0' $((cluster % 256)) $((cluster / 256)))
    while read -r text reason; do
        [ "$text" != loop ] || text=$loop
        damage "$(link /sub 3)" "$text"
        told /sub "$(link /sub 3)" 4 "has 12288 of 32768 bytes, then comes to cluster $reason"
        # A file of the clusters before, and those of the other folders.
        refute_regex "$lost" "file 0 of the folder that is chained"
        assert_equal "$(grep -vc '^/sub/' <<<"$lost")" 0
        assert_regex "$lost" "/sub/file 199 "
        # The first cluster that is lost begins with this or the end of the one before.
        assert [ "$(wc -l <<<"$lost")" -lt 130 ]
    done <<'END'
\377\377\377\377 4294967295, which is the end
\0\0\0\0 0, which is none of the volume
\377\377\377\177 2147483647, which is none of the volume
loop [0-9]+, which is in it already
END
    # one without a chain that is too long, by its own entries
    at=$(python3 -c 'import struct, sys
data, place = open("whole.raw", "rb").read(), int(sys.argv[1])
heap = struct.unpack_from("<I", data, 88)[0] << data[108]
print(data.index(struct.pack("<IQ", (place - heap) // 4096 + 2, 16384), heap) + 4)' "$(place /flat)")
    damage "$at" '\0\0\0\001'
    told / $((at - 24 - 32)) 96 'checksum'
    assert_equal "$lost" ""
}
