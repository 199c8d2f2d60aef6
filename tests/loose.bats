#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helpers

# Folders of the examiner's machine as evidence.

# A tree with a hive that starts something, and a folder deeper than fett reads.
make_tree() {
    mkdir -p tree/Windows/System32/config tree/a tree/z
    printf '[windows]\r\nload=c:\\evil.exe\r\n' >tree/Windows/win.ini
    printf one >tree/a/one
    printf two >tree/z/two
}

deep=$(printf '/d%.0s' {1..1025})

@test "a folder that cannot be read costs that folder, and is told" {
    make_tree
    mkdir -p "tree/m$deep/lost"
    run -3 --separate-stderr fs-ls tree
    assert_equal "$stderr" ""
    assert_regex "$output" '"path":"/a/one"'
    assert_regex "$output" '"path":"/z/two"'
    refute_regex "$output" '/lost"'
    assert_equal "$(grep '"type":"gap"' <<<"$output")" \
        "{\"type\":\"gap\",\"image\":\"tree\",\"path\":\"/m${deep%/d}\",\"kind\":\"damage\",\"reason\":\"cannot read folder: deeper than any that fett reads\"}"

    run -3 --separate-stderr reg-runkeys tree
    assert_equal "$(grep -c '"type":"autorun".*evil.exe' <<<"$output")" 1
    assert_equal "$(grep -c '"type":"gap"' <<<"$output")" 1

    run -3 --separate-stderr fs-ls -o tsv --gaps gaps tree
    assert_equal "$(grep -c '/z/two' <<<"$output")" 1
    assert_regex "$stderr" '^fs-ls: tree: /m/d/d/d'
    assert_equal "$(wc -l <gaps)" 1
}

@test "nor do folders and files without rights cost more" {
    make_tree
    mkdir tree/closed
    touch tree/closed/file
    printf '[windows]\r\nload=c:\\more.exe\r\n' >tree/a/win.ini
    chmod 0 tree/closed tree/a/one tree/a/win.ini
    bound=()
    if [ "$(id -u)" = 0 ]; then # who may read all
        bound=(setpriv --bounding-set=-dac_override,-dac_read_search --inh-caps=-all)
        "${bound[@]}" true || skip "root cannot give up its rights here"
    fi
    run -3 --separate-stderr "${bound[@]}" fs-ls tree
    assert_equal "$(grep -c '"type":"file"' <<<"$output")" 11
    assert_equal "$(grep '"type":"gap"' <<<"$output")" \
        '{"type":"gap","image":"tree","path":"/closed","kind":"damage","reason":"cannot read folder: Permission denied"}'
    run -3 --separate-stderr "${bound[@]}" reg-runkeys tree
    assert_equal "$(grep -c '"type":"autorun".*evil.exe' <<<"$output")" 1
    assert_equal "$(grep '"type":"gap"' <<<"$output" | field path)" $'/a/one\n/a/win.ini\n/closed'
    assert_equal "$stderr" ""
    chmod 755 tree/closed
}

@test "indicators of every file, in order of paths, and what cannot be read" {
    mkdir -p tree/a/b tree/z
    text='see http://evil.kozirog.net/x'
    echo "$text" >tree/a/b/one.log
    head -c 3000000 /dev/zero >tree/big # a hit across the border of two blocks
    printf 'http://far.example.org/a' | dd of=tree/big bs=1 seek=1048570 conv=notrunc status=none
    printf 'w\0i\0d\0e\0.\0k\0o\0z\0i\0r\0o\0g\0.\0n\0e\0t\0' >tree/z/wide
    : >tree/empty
    mkfifo tree/fifo
    echo "$text" >outside
    ln -s ../outside tree/link
    ln -s a tree/other
    run -0 --separate-stderr ioc-strings -q tree
    assert_equal "$(rec-fmt -o tsv -F image,path,file_offset,length,kind,value <<<"$output" |
        tail -n +2 | cut -f 2-)" \
        "$(printf 'tree\t%s\n' $'/a/b/one.log\t4\t25\turl\thttp://evil.kozirog.net/x' \
            $'/a/b/one.log\t11\t16\tdomain\tevil.kozirog.net' \
            $'/big\t1048570\t24\turl\thttp://far.example.org/a' \
            $'/big\t1048577\t15\tdomain\tfar.example.org' \
            $'/z/wide\t0\t32\tdomain\twide.kozirog.net')"
    printf '%s\n' "$output" >all
    for threads in 1 4; do
        run -0 cmp all <(ioc-strings -q -j "$threads" tree)
    done
    run -0 cmp all <(fs-ls tree | ioc-strings -q -) # as the records of its files do
    run -0 cmp <(tail -n +2 all | head -1 | fs-cat -) tree/a/b/one.log
    # Files by themselves too
    run -0 --separate-stderr ioc-strings -q -k url tree/a/b/one.log outside
    assert_equal "$(field image <<<"$output")" $'tree/a/b/one.log\noutside'
    # What is encoded, through the file's own end
    (head -c 1048500 /dev/zero; gzip -nc tree/a/b/one.log; echo behind) >tree/packed
    run -0 --separate-stderr ioc-strings -q --decode gzip -k domain tree
    assert_equal "$(grep packed <<<"$output" | field value)" evil.kozirog.net
    run -2 --separate-stderr ioc-strings --shard 1/2 tree
    assert_equal "$stderr" "ioc-strings: a folder has no parts, its files have: tree"

    chmod 0 tree/a/b/one.log tree/z
    bound=()
    if [ "$(id -u)" = 0 ]; then # who may read all
        bound=(setpriv --bounding-set=-dac_override,-dac_read_search --inh-caps=-all)
        "${bound[@]}" true || skip "root cannot give up its rights here"
    fi
    run -3 --separate-stderr "${bound[@]}" ioc-strings -q -j 4 tree
    chmod 755 tree/z
    assert_equal "$(field path <<<"$output")" $'/big\n/big\n/a/b/one.log\n/z'
    assert_equal "$(grep -c '"type":"gap".*Permission denied' <<<"$output")" 2
}

# between NAME ACTION...: the content of /a/one, then ACTION, then the content of NAME.
# Standard output goes to the file out, gap records to gaps.
between() {
    local name=$1
    shift
    fs-ls tree >files
    : >out
    {
        grep '"path":"/a/one"' files
        until [ -s out ]; do sleep 0.02; done
        "$@"
        grep "\"path\":\"$name\"" files
        grep '"path":"/Windows/win.ini"' files
    } | fs-cat --gaps gaps - >out
}

@test "a link that is put there after the tree was listed is not followed" {
    make_tree
    mkdir outside
    printf secret | tee outside/two >secret
    swap_file() { ln -sf ../../secret tree/z/two; }
    swap_folder() { mv tree/z was && ln -s ../outside tree/z; }
    for swap in swap_file swap_folder; do
        run -3 --separate-stderr between /z/two "$swap"
        assert_regex "$stderr" 'fs-cat: tree: /z/two: '
        assert_equal "$(cat out)" "$(printf 'one[windows]\r\nload=c:\\evil.exe\r\n')"
        assert_equal "$(field path <gaps)" /z/two
        rm -rf tree/z
        mkdir -p tree/z
        printf two >tree/z/two
    done
}

@test "a file that goes away or changes after it was listed is the only one" {
    make_tree
    run -3 --separate-stderr between /z/two rm tree/z/two
    assert_equal "$(cat out)" "$(printf 'one[windows]\r\nload=c:\\evil.exe\r\n')"
    assert_equal "$(field reason <gaps)" 'cannot open: No such file or directory'
    printf two >tree/z/two
    grow() { printf ' and more' >>tree/z/two; }
    run -3 --separate-stderr between /z/two grow
    assert_equal "$(cat out)" "$(printf 'onetwo and more[windows]\r\nload=c:\\evil.exe\r\n')"
    assert_equal "$(field reason <gaps)" 'changed after it was listed: from 3 bytes to 12'
    fifo() { rm tree/z/two && mkfifo tree/z/two; }
    run -3 --separate-stderr between /z/two fifo
    assert_equal "$(field reason <gaps)" 'not an ordinary file'
}

@test "two spellings of a folder are two folders" {
    make_tree
    mkdir tree/WINDOWS tree/A
    printf other >tree/A/one
    printf three >tree/WINDOWS/three
    for pattern in s/x/x/ s/WINDOWS/Windows/ s/WINDOWS/windows/; do
        run -0 --separate-stderr bash -c \
            "fs-ls tree | grep -E '/(one|three)\"' | sed $pattern | fs-cat -"
        assert_equal "$output" otherthreeone
    done
}

@test "a folder of many files is read without a search for each" {
    mkdir tree
    (cd tree && seq 1 40000 | xargs touch)
    run -0 --separate-stderr timeout 120 fs-ls tree
    assert_equal "${#lines[@]}" 40001
    fs-ls tree | grep -v '"path":"/"' >files
    run -0 --separate-stderr timeout 120 fs-cat - <files
}
