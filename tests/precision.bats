#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helpers

# How many of the domains of a clean system are no host names: precision.py says how it knows.

# make_tree PACKAGE...: the files of these packages that are there, in tree and as ext4 in
# tree.img.
make_tree() {
    grep -qx 'VERSION_CODENAME=bookworm' /etc/os-release 2>/dev/null ||
        skip "no Debian 12: its packages are the clean system, and what was looked at"
    mkdir tree
    for package; do
        cat "/var/lib/dpkg/info/$package.list" "/var/lib/dpkg/info/$package":*.list 2>/dev/null || true
    done | sort -u | while read -r file; do
        [ ! -f "$file" ] || [ -L "$file" ] || [ ! -r "$file" ] || printf '%s\n' "${file#/}"
    done >files
    tar -C / --no-recursion -T files -cf - | tar -xf - -C tree
    chmod -R u+rwX tree
    mke2fs -q -t ext4 -d tree tree.img $(($(du -sk tree | cut -f1) * 5 / 4 + 20000))k >&2
}

# measure: at most 2 % of the distinct ones; the figure is printed.
measure() {
    ioc-strings -q -k domain --min-confidence 60 tree.img >records
    run -0 --separate-stderr python3 "$BATS_TEST_DIRNAME/precision.py" tree records \
        "$BATS_TEST_DIRNAME/precision.tsv"
    echo "# $1: $output" >&3
    assert [ "$(grep -c . records)" -gt 100 ]
}

# The rules of host names were made with these files among others. What every Debian has,
# with its Perl and Python: others have packages that nobody has looked at, as udev, whose
# lists have a hundred companies that are called as their hosts (Stamps.com).
@test "the base system" {
    make_tree $(dpkg-query -W -f '${Package} ${Priority}\n' | awk '$2 == "required" { print $1 }') \
        less perl perl-modules-5.36 python3 python3.11 libpython3.11-stdlib libpython3.11-minimal
    measure "base system"
}

@test "packages that no rule of fett was made with" {
    make_tree git git-man binutils binutils-common cpp-12 gcc-12 libc6-dev ntfs-3g sleuthkit libtsk19 \
        bats mtools dosfstools openssl libssl-dev libssl3 mandoc genisoimage ewf-tools libhivex0
    measure "git, gcc, openssl and others"
}
