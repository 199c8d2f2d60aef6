#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helpers

@test "every command has a page with its sections, and mandoc has no complaint" {
    for source in "$root"/cmd/*.c; do
        page=$root/man/$(basename "$source" .c).1
        assert [ -f "$page" ]
        for section in NAME SYNOPSIS DESCRIPTION OPTIONS 'EXIT STATUS' EXAMPLES 'SEE ALSO'; do
            run -0 grep -qx ".Sh $section" "$page"
        done
    done
    for page in "$root"/man/*.[0-9]; do
        run mandoc -T lint -W warning "$page"
        assert_output ""
    done
}

@test "each option of --help is in the page of its command or in fett(7)" {
    for source in "$root"/cmd/*.c; do
        command=$(basename "$source" .c)
        for option in $("$command" --help | grep -oE '^ +(-.,|   ) --[a-z-]+' | grep -oE '[a-z-]+$'); do
            grep -qE "Fl Fl ${option#--}( |\$)" "$root/man/$command.1" "$root/man/fett.7" ||
                fail "$command --${option#--} is in no page"
        done
    done
}

@test "the examples of the pages run" {
    for image in "$samples"/*.E0? "$samples"/*.raw; do ln -s "$image" .; done
    count=0
    for page in "$root"/man/*.[17]; do
        while IFS= read -r example; do
            run bash -c "$example"
            [ "$status" -eq 0 ] || fail "$(basename "$page"): $example: status $status: $output"
            assert [ -n "$output" ]
            count=$((count + 1))
        done < <(sed -n 's/^\.Dl \$ //p' "$page" | sed 's/\\e/\\/g')
    done
    assert [ "$count" -gt 15 ]
}
