#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helpers

@test "every planted autostart of the samples" {
    for name in kozirog-nt kozirog-98 clean-nt clean-98; do
        reg-runkeys "$samples/$name.E01" >autoruns || assert_equal $? 0
        run -0 python3 "$root/tests/check_truth.py" "$truth" "$name" "$samples/$name.E01" <autoruns
    done
}

@test "the trojan's autostart, joined with its file" {
    run -0 --separate-stderr reg-runkeys -n "$samples/kozirog-nt.E01"
    record=$(grep '"name":"soundv.exe"' <<<"$output")
    assert_equal "$(field key_last_write <<<"$record")" 2000-11-22T08:14:05.123000000Z
    assert_equal "$(field program <<<"$record")" /WINNT/system32/SOUNDV.EXE
    assert_equal "$(field target.size <<<"$record")" 61440
    assert_equal "$(field target.btime <<<"$record")" 2000-11-22T08:14:04.981000000Z
    run -0 --separate-stderr reg-runkeys -n "$samples/clean-nt.E01"
    refute_regex "$output" soundv
}

@test "the disabled antivirus" {
    record=$(reg-runkeys "$samples/kozirog-nt.E01" | grep 'ControlSet001.*AvpM.exe')
    assert_equal "$(field enabled <<<"$record")" False
    assert_equal "$(field current <<<"$record")" True
    assert_equal "$(field key_last_write <<<"$record")" 2000-11-22T08:14:07.000000000Z
    record=$(reg-runkeys "$samples/clean-nt.E01" | grep 'ControlSet001.*AvpM.exe')
    assert_equal "$(field enabled <<<"$record")" True
}

@test "Windows 98: SYSTEM.INI drivers, CREG hives, no times" {
    run -0 --separate-stderr reg-runkeys "$samples/kozirog-98.E01"
    record=$(grep system-ini-boot-drivers <<<"$output")
    assert_equal "$(field data <<<"$record")" mre.dll
    assert_equal "$(field program <<<"$record")" /WINDOWS/SYSTEM/MRE.DLL
    refute_regex "$output" key_last_write
    assert_equal "$(grep -c '"origin":"backup"' <<<"$output")" 6
}

# run_values HIVE: names of the values in Run, one a line.
run_values() {
    reg-runkeys "$1" 2>/dev/null | python3 -c '
import json, sys
for line in sys.stdin:
    r = json.loads(line)
    if r["location"] in ("run-hku", "run-hklm"): print(r["name"])'
}

@test "published Run values of real hives" {
    need_corpus
    cd "$corpus/hives"
    assert_equal "$(run_values regipy/NTUSER.DAT)" Sidebar
    assert_regex "$(reg-runkeys regipy/NTUSER.DAT | grep Sidebar | field key_last_write)" \
        '^2012-04-03T21:19:54\.837716.00Z'
    assert_equal "$(reg-runkeys regipy/NTUSER.DAT | grep Sidebar | field data)" \
        '%ProgramFiles%\Windows Sidebar\Sidebar.exe /autoRun'
    assert_equal "$(run_values notatin/win7_ntuser.dat | sort)" $'Eraser\nMySQL Notifier\nSidebar'
    assert_equal "$(run_values plaso/NTUSER-WIN7.DAT | sort)" $'Google Update\nSkype'
    assert_equal "$(run_values plaso/NTUSER.DAT)" ctfmon.exe
    assert_equal "$(run_values notatin/NTUSER.DAT)" OneDrive
}

@test "what is no hive, and a damaged one" {
    printf 'regf too short' >short
    run -3 --separate-stderr reg-runkeys short
    assert_regex "$stderr" 'hive: needs 8192 bytes at 0, has 14'
    need_corpus
    run --separate-stderr reg-runkeys "$corpus/hives/regipy/corrupted_system_hive"
    assert_equal "$status" 3
    assert_regex "$output" 'Abiosdsk'
}
