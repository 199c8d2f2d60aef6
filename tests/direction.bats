#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helpers

# Which module a public header belongs to.
module_of() {
    case $1 in
    record* | sorter) echo record ;;
    image | volume | filesystem | fixup | entry_names | long_name | object | verify) echo evidence ;;
    ioc*) echo ioc ;;
    artifact | cabinet | ini | shortcut | task | xml) echo artifact ;;
    autorun*) echo autorun ;;
    hive | host | signature | timeline | cli | examine) echo "$1" ;;
    *) echo base ;;
    esac
}

# The modules that a module may include, besides itself.
allowed() {
    case $1 in
    base) ;;
    record) echo base ;;
    evidence | hive | ioc | timeline | artifact | signature) echo base record ;;
    host) echo base record hive ;;
    autorun) echo base record hive artifact ;;
    examine) echo base record evidence hive ioc artifact signature host autorun timeline ;;
    cli) echo base record evidence examine ;;
    esac
}

@test "modules include only what stands below them" {
    for file in "$root"/lib/*/*.[ch]; do
        module=$(basename "$(dirname "$file")")
        for header in $(sed -n 's|^#include <fett/\(.*\)\.h>.*|\1|p' "$file"); do
            other=$(module_of "$header")
            [ "$other" = "$module" ] && continue
            [[ " $(allowed "$module" | tr '\n' ' ') " == *" $other "* ]] ||
                fail "$file includes $header of $other"
        done
    done
}

@test "each foreign library is included by one module only" {
    only() { # PATTERN MODULE
        run grep -rlE "#include <($1)" "$root/lib" "$root/cmd" "$root/include"
        for file in "${lines[@]}"; do
            [[ "$file" == "$root"/$2 ]] || fail "$file includes $1"
        done
    }
    only 'tsk/' 'lib/evidence/*'
    only 'libvshadow' 'lib/evidence/*'
    only 'libpsl' 'lib/ioc/*'
    only 'magic' 'lib/signature/*'
    only 'libdeflate' 'lib/evidence/*'
    # Cabinets need a window from before, which libdeflate does not take, and lib/artifact may
    # not include lib/ioc.
    only 'zlib' 'lib/@(ioc/*|artifact/cabinet_content.c)'
}

@test "the library never prints, never exits, has no mutable globals" {
    [ -d "$root/build/lib" ] || skip "only in a build without sanitizers: build/lib is not there"
    for object in "$root"/build/lib/*/*.o; do
        [[ "$object" == */lib/cli/* ]] && continue
        # trial.c ends the process that it started itself, by _exit.
        run bash -c "nm -u '$object' |
            { if [[ '$object' == */trial.o ]]; then grep -v _exit; else cat; fi; } |
            grep -wE 'exit|_exit|abort|printf|puts|putchar|fprintf|fputs|stdout|stderr|perror'"
        assert_failure
        # Tables with addresses in them lie in .data.rel.ro: written once by the loader.
        run bash -c "size -A '$object' | awk '(\$1 == \".data\" || \$1 == \".bss\") && \$2 > 0'"
        assert_output ""
    done
}

@test "each public header compiles alone" {
    for header in "$root"/include/fett/*.h; do
        [ "$(basename "$header")" = record_table.h ] && continue
        printf '#include <fett/%s>\n' "$(basename "$header")" >alone.c
        run -0 cc -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -I"$root/include" -fsyntax-only alone.c
    done
}

@test "fuzz targets compile" {
    for source in "$root"/tests/fuzz/*.c; do
        run -0 cc -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -I"$root/include" -fsyntax-only "$source"
    done
}
