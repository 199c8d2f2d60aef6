# SPDX-License-Identifier: Apache-2.0
# What every bats file loads: where the commands, the samples and the corpus are.

bats_require_minimum_version 1.5.0
for library in bats-support bats-assert bats-file; do
    bats_load_library "$library"
done

export LC_ALL=C TZ=UTC TERM=dumb
root=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
PATH="${FETT_BIN:-$root/bin}:$PATH"
samples=${FETT_SAMPLES:-$root/build/samples}
truth=$root/images/truth.tsv

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
}

# The real evidence that stands beside the project, laid out once.
need_corpus() {
    [ -x "$root/../shared/corpus/unpack" ] || skip "../shared/corpus is not there"
    corpus=$("$root/../shared/corpus/unpack")
}

# truth IMAGE FACT [VOLUME]: the rows of truth.tsv, tab-separated.
facts() {
    awk -F'\t' -v image="$1" -v fact="$2" '$1 == image && $2 == fact' "$truth"
}

# field NAME: that member of each record on standard input, one a line.
field() {
    python3 -c '
import json, sys
for line in sys.stdin:
    value = json.loads(line)
    for part in sys.argv[1].split("."):
        value = value.get(part) if isinstance(value, dict) else None
    print("" if value is None else value)' "$1"
}

# gaps: of the records on standard input the gaps, as "IMAGE or PATH: at OFFSET: REASON".
gaps() {
    python3 -c '
import json, sys
for line in sys.stdin:
    gap = json.loads(line)
    if gap["type"] == "gap":
        at = gap.get("file_offset", gap.get("offset"))
        print(gap.get("path", gap["image"]), *([] if at is None else ["at %d" % at]), gap["reason"], sep=": ")'
}

# make_fat16 FILE...: fat.raw, FAT16 with clusters of 512 bytes and two FATs; the
# files are in its root folder, one behind the other from cluster 2 on.
make_fat16() {
    rm -f fat.raw
    truncate -s 5M fat.raw
    mkfs.fat -F 16 -s 1 -R 1 fat.raw >/dev/null
    mcopy -i fat.raw "$@" ::/
}

# set_link CLUSTER NEXT: what both FATs of fat.raw say, in hex of two bytes.
set_link() {
    local place size
    size=$(($(od -An -tu2 -j 22 -N 2 fat.raw) * 512))
    for place in 512 $((512 + size)); do
        printf "\\x${2:2}\\x${2:0:2}" | dd of=fat.raw bs=1 seek=$((place + 2 * $1)) conv=notrunc \
            status=none
    done
}

# tear_record DISK NUMBER OUT: a copy of a disk, the $MFT record of whose NTFS volume at sector 63
# was not written whole: its first sector is of another time.
tear_record() {
    python3 - "$@" <<'END'
import struct, sys
disk, start = bytearray(open(sys.argv[1], "rb").read()), 63 * 512
cluster = struct.unpack_from("<H", disk, start + 11)[0] * disk[start + 13]
record = start + struct.unpack_from("<Q", disk, start + 48)[0] * cluster + int(sys.argv[2]) * 1024
assert disk[record:record + 4] == b"FILE"
disk[record + 510] ^= 0x55
open(sys.argv[3], "wb").write(disk)
END
}
