#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helpers

# hive FILE: a hive of the description on standard input.
hive() {
    cat >"$1.txt"
    PYTHONDONTWRITEBYTECODE=1 python3 "$root/images/lib/regf.py" "$1" 5 ROOT "$1" "$1.txt"
}

# tell OPERAND...: subject|name|value of each fact.
tell() {
    host-info "$@" | python3 -c '
import json, sys
for line in sys.stdin:
    record = json.loads(line)
    if record["type"] == "host":
        print(*(record.get(name, "") for name in ("subject", "name", "value")), sep="|")'
}

# found EXPECTED: each line of it is among those that tell gave.
found() {
    while IFS= read -r line; do
        grep -qxF -- "$line" "$1" || fail "not told: $line
$(cat "$1")"
    done
}

@test "Windows NT 4: what was planted in the sample" {
    tell "$samples/kozirog-nt.E01" >got
    found got <<'END'
|computer name|KRAKUS-WS3
|Windows|Windows NT, version 4.0, build 1381, Service Pack 6
|installed|1999-11-03T10:41:12.000000000Z
|owner|Jan Kowalski
|rule|<+0100>-1:00<+0200>-2:00,M3.5.0/2:00,M10.5.0/3:00
|IANA zone|Europe/Berlin
S-1-5-21-1085031214-1292428093-343818398-1001|profile|%SystemRoot%\Profiles\jkowalski
|domain|krakus.example.com
RTL80291|address|10.2.0.13
RTL80291|gateway|10.2.0.1
Public|path|C:\Public
|control set in use|1
END
    record=$(host-info "$samples/kozirog-nt.E01" | grep '"name":"computer name"')
    assert_equal "$(field host <<<"$record")" KRAKUS-WS3
    assert_equal "$(field path <<<"$record")" /WINNT/system32/config/system
    assert_equal "$(field key <<<"$record")" \
        'HKLM\SYSTEM\ControlSet001\Control\ComputerName\ComputerName'
    assert_equal "$(field value_name <<<"$record")" ComputerName
    assert_equal "$(field current <<<"$record")" True
    assert_equal "$(field origin <<<"$record")" live
}

@test "Windows 98: what was planted in the sample, without times of keys" {
    tell "$samples/kozirog-98.E01" >got
    found got <<'END'
|computer name|KRAKUS-98
|Windows|Windows 98 4.10.1998
|owner|Jan Kowalski
|IANA zone|Europe/Berlin
0000|address|10.2.0.24
0000|network mask|255.255.255.0
END
    run -0 --separate-stderr host-info "$samples/kozirog-98.E01"
    refute_regex "$output" key_last_write
    assert_equal "$stderr" ""
}

# Expected: regipy's own tests (computer names), RegRipper 3.0 (the others).
@test "real hives of Windows XP to 10" {
    need_corpus
    tell "$corpus/hives/regipy/SYSTEM" >got
    found got <<'END'
|computer name|WKS-WIN732BITA
|computer name|WIN-V5T3CSP8U4H
|last shutdown|2012-04-04T01:58:40.839249900Z
|zone|Eastern Standard Time
|IANA zone|America/New_York
{698E50A9-4F58-4D86-B61D-F42E58DCACF6}|address|10.3.58.5
C:|stands for|disk 0x5cbea03e, offset 1048576
Disk&Ven_HP&Prod_v100w&Rev_1024\AA951D0000007252&0|first installed|2011-04-01T04:52:38.686000000Z
END
    names=$(host-info "$corpus/hives/regipy/SYSTEM" | grep '"name":"computer name"')
    assert_equal "$(grep WKS-WIN732BITA <<<"$names" | field current)" True
    assert_equal "$(grep WIN-V5T3CSP8U4H <<<"$names" | field current)" False
    tell "$corpus/hives/regipy/SYSTEM_WIN_10_1709" >got || true
    found got <<'END'
|control set in use|1
|control set last known good|1
|control set that failed|0
Disk&Ven_SanDisk&Prod_Cruzer&Rev_1.20\200608767007B7C08A6A&0|last removed|2020-03-17T14:23:45.504690000Z
END
    tell "$corpus/hives/regipy/corrupted_system_hive" >got 2>/dev/null || true
    found got <<'END'
|computer name|GINEVRA
|service pack|Service Pack 3
END
    tell "$corpus/hives/dfwinreg/SAM" >got
    found got <<'END'
S-1-5-21-4070822719-3404542230-2541167049-1001|name|gold_administrator
S-1-5-21-4070822719-3404542230-2541167049-1001|last logon|2016-10-11T19:52:35.969985900Z
S-1-5-21-4070822719-3404542230-2541167049-1001|password set|2015-11-23T02:59:18.432106900Z
S-1-5-21-4070822719-3404542230-2541167049-1001|logon count|4
S-1-5-21-4070822719-3404542230-2541167049-501|account flags|disabled, no password needed, normal account, password never expires
END
    tell "$corpus/hives/regipy/SAM" >got
    found got <<'END'
|machine SID|S-1-5-21-1760460187-1592185332-161725925
S-1-5-32-544|name|Administrators
S-1-5-32-544|member|S-1-5-21-1760460187-1592185332-161725925-1000
S-1-5-32-545|member|S-1-5-11
|lockout duration|30m
END
}

# zone NAME BIAS STANDARD DAYLIGHT [VALUE TYPE DATA]...: a SYSTEM hive of that zone.
zone() {
    {
        printf '%s\n' '@2013-06-07T10:00:00Z' '[Select]' $'Current\tdword\t1' \
            '[ControlSet001\Control\TimeZoneInformation]' $'StandardName\tsz\t'"$1" \
            $'Bias\tdword\t'"$2" $'StandardBias\tdword\t0' $'DaylightBias\tdword\t0xffffffc4' \
            $'StandardStart\tbinary\t'"$3" $'DaylightStart\tbinary\t'"$4"
        shift 4
        [ $# -eq 0 ] || printf '%s\t%s\t%s\n' "$@"
    } | hive system
}

berlin='00000a00050003000000000000000000 00000300050002000000000000000000'

@test "a zone whose name is translated is found by Time Zones of SOFTWARE" {
    mkdir -p tree/config
    zone 'Westeuropäische Normalzeit' 0xffffffc4 $berlin TimeZoneKeyName sz ''
    mv system tree/config
    printf '%s\n' '@2011-06-07T10:00:00Z' '[Microsoft\Windows\CurrentVersion]' \
        '[Microsoft\Windows NT\CurrentVersion\Time Zones\W. Europe Standard Time]' \
        $'Std\tsz\tWesteuropäische Normalzeit' | hive software
    mv software tree/config
    tell -c zone tree >got
    found got <<<'|IANA zone|Europe/Berlin'
    # by itself the hive has the rule alone
    tell -c zone tree/config/system >got
    found got <<<'|rule|<+0100>-1:00<+0200>-2:00,M3.5.0/2:00,M10.5.0/3:00'
    run -1 grep IANA got
}

@test "an IANA zone that does not agree with the hive is not named" {
    # Russia has kept summer time since 2011; this machine never heard of it
    zone 'Russian Standard Time' 0xffffff4c $berlin
    tell -c zone system >got
    found got <<<'|rule|<+0300>-3:00<+0400>-4:00,M3.5.0/2:00,M10.5.0/3:00'
    run -1 grep IANA got
    # the user has switched daylight time off
    zone 'W. Europe Standard Time' 0xffffffc4 $berlin DisableAutoDaylightTimeSet dword 1
    tell -c zone system >got
    found got <<'END'
|rule|<+0100>-1:00
|daylight time|off
END
    run -1 grep IANA got
    zone 'W. Europe Standard Time' 0xffffffc4 $berlin
    tell -c zone system >got
    found got <<<'|IANA zone|Europe/Berlin'
}

@test "firewall, antivirus, shares, updates of a machine of many vendors" {
    printf '%s\n' '@2009-03-01T10:00:00Z' '[Select]' $'Current\tdword\t1' \
        '[ControlSet001\Services\SharedAccess\Parameters\FirewallPolicy\StandardProfile]' \
        $'EnableFirewall\tdword\t0' \
        '[ControlSet001\Services\SharedAccess\Parameters\FirewallPolicy\StandardProfile\GloballyOpenPorts\List]' \
        $'4099:TCP\tsz\t4099:TCP:*:Enabled:worm' \
        '[ControlSet001\Services\SharedAccess\Parameters\FirewallPolicy\StandardProfile\AuthorizedApplications\List]' \
        $'C:\\evil.exe\tsz\tC:\\evil.exe:*:Enabled:evil' \
        '[ControlSet001\Services\LanmanServer\Shares]' \
        $'Data\tmulti\tCSCFlags=0|MaxUses=5|Path=D:\\data|Remark=all of it|Type=0' \
        '[ControlSet002\Services\SharedAccess\Parameters\FirewallPolicy\StandardProfile]' \
        $'EnableFirewall\tdword\t1' '[ControlSet002\Services\LanmanServer\Shares]' \
        $'Data\tmulti\tCSCFlags=0|MaxUses=5|Path=D:\\data|Remark=all of it|Type=0' | hive system
    tell system >got
    found got <<'END'
|StandardProfile: firewall|off
|StandardProfile: firewall|on
4099:TCP|StandardProfile: open port|4099:TCP:*:Enabled:worm
C:\evil.exe|StandardProfile: allowed program|C:\evil.exe:*:Enabled:evil
Data|path|D:\data
Data|remark|all of it
Data|most users|5
END
    # what the other control set has too is told on demand
    assert_equal "$(grep -c 'Data|path' got)" 1
    assert_equal "$(tell -a system | grep -c 'Data|path')" 2
    printf '%s\n' '@2009-03-01T10:00:00Z' '[Microsoft\Windows NT\CurrentVersion]' \
        $'ProductName\tsz\tWindows 10 Pro' $'CurrentVersion\tsz\t6.3' \
        $'CurrentBuildNumber\tsz\t22631' $'DisplayVersion\tsz\t23H2' $'UBR\tdword\t2861' \
        '[Microsoft\Windows NT\CurrentVersion\HotFix\KB958644]' \
        $'Fix Description\tsz\tSecurity Update' $'Installed\tdword\t1' \
        '[Microsoft\Windows\CurrentVersion\Component Based Servicing\Packages\Package_for_KB5007~31bf]' \
        $'CurrentState\tdword\t0x70' $'InstallTimeHigh\tdword\t0x01c95e77' \
        $'InstallTimeLow\tdword\t0x2c1d0000' \
        '[Microsoft\Windows Defender]' $'DisableAntiSpyware\tdword\t1' \
        '[Microsoft\Windows Defender\Signature Updates]' $'AVSignatureVersion\tsz\t1.49.1' \
        $'AVSignatureApplied\tbinary\t00803ed5deb19d01' \
        '[Microsoft\Windows Defender\Exclusions\Paths]' $'C:\\evil\tdword\t0' \
        '[Intel\LANDesk\VirusProtect6\CurrentVersion]' $'PatternFileDate\tbinary\t23050e0000000000' \
        '[Wow6432Node\McAfee\AVEngine]' $'AVDatDate\tsz\t2009/02/27' | hive software
    tell software >got
    found got <<'END'
|Windows|Windows 11 Pro, version 6.3, build 22631.2861, release 23H2
KB958644|hotfix|Security Update
Package_for_KB5007~31bf|state|installed
Windows Defender|antispyware|off
Windows Defender|definitions|1.49.1
Windows Defender|definitions date|1970-01-01T00:00:00.000000000Z
C:\evil|Windows Defender: excluded path|0
Symantec AntiVirus|definitions date|2005-06-14
McAfee|definitions date|2009/02/27
END
    run -0 host-info software
    assert_regex "$output" 'HKLM..SOFTWARE..Wow6432Node..McAfee..AVEngine'
}

# disk STORED [LABEL]: a disk with Windows, whose C: is that; LABEL for sfdisk.
disk() {
    local table=${2:-$'label: dos\nlabel-id: 0xa5b2c3d4\nunit: sectors\n63,10240,6\n'} first=63
    printf '%s\n' '@2009-03-01T10:00:00Z' '[Select]' $'Current\tdword\t1' '[MountedDevices]' \
        $'\\DosDevices\\C:\tbinary\t'"$1" '[ControlSet001\Control\ComputerName\ComputerName]' \
        $'ComputerName\tsz\tONE' | hive system
    truncate -s 5242880 part.raw
    mkfs.fat -F 16 -s 1 part.raw >/dev/null
    mmd -i part.raw ::/WINDOWS ::/WINDOWS/system32 ::/WINDOWS/system32/config
    mcopy -i part.raw system ::/WINDOWS/system32/config/system
    rm -f disk.raw
    truncate -s 8M disk.raw
    [[ $table == *gpt* ]] && first=2048
    printf %s "$table" | /sbin/sfdisk -q --no-reread --no-tell-kernel disk.raw
    dd if=part.raw of=disk.raw bs=512 seek=$first conv=notrunc status=none
}

@test "a drive letter is joined with the volume of the image" {
    disk d4c3b2a5007e000000000000
    tell disk.raw >got
    found got <<'END'
C:|stands for|disk 0xa5b2c3d4, offset 32256
C:|volume of this image|p1
END
    # of a GPT by its GUID
    disk 444d494f3a49443a00112233445566778899aabbccddeeff $'label: gpt
unit: sectors
start=2048,size=10240,uuid=33221100-5544-7766-8899-AABBCCDDEEFF
'
    tell disk.raw >got
    found got <<'END'
C:|stands for|partition {33221100-5544-7766-8899-aabbccddeeff}
C:|volume of this image|p1
END
    # of another disk
    disk d4c3b2a4007e000000000000
    tell disk.raw >got
    found got <<<'C:|stands for|disk 0xa4b2c3d4, offset 32256'
    run -1 grep 'volume of' got
}

@test "categories: only those, status 1 when nothing is known, misuse" {
    run -0 --separate-stderr host-info -c share,zone "$samples/kozirog-nt.E01"
    refute_regex "$output" '"category":"system"'
    assert_regex "$output" '"category":"share"'
    assert_regex "$output" '"category":"zone"'
    run -1 --separate-stderr host-info -c share "$samples/kozirog-98.E01"
    assert_equal "$output" ""
    run -2 host-info -c nonsense "$samples/kozirog-98.E01"
    assert_regex "$output" 'no such category: nonsense'
}

@test "damage: SAM values that are cut, lengths that point outside" {
    long=$(printf '%0160d' 0)
    printf '%s\n' '@2009-03-01T10:00:00Z' '[SAM\Domains\Account]' $'V\tbinary\t0102' \
        $'F\tbinary\t0200' '[SAM\Domains\Account\Users\000001F4]' $'F\tbinary\t'"${long:0:60}" \
        $'V\tbinary\tffffffffffffffffffffffff'"$long$long$long" \
        '[SAM\Domains\Builtin\Aliases\00000220]' \
        $'C\tbinary\t'"${long:0:80}ffffffff00000000ffffffff00" \
        '[SAM\Domains\Account\Users\Names\Administrator]' $'@\tnone\t' | hive SAM
    run -0 --separate-stderr host-info SAM
    assert_regex "$output" 'listed name'
    printf 'regf, but no hive' >bad
    run -3 --separate-stderr host-info bad SAM
    assert_regex "$output" 'listed name'
}

@test "a full disk is status 2" {
    [ -e /dev/full ] || skip "no /dev/full"
    run -2 bash -c 'host-info "$1" >/dev/full' - "$samples/kozirog-98.E01"
}

# F: the RID that an account logs on with is at 48 ([MS-SAMR] and published research on RID
# hijacking).
@test "an account that has the rights of another is told" {
    f() { printf '%096d%02x%02x0000%056d' 0 $(($1 % 256)) $(($1 / 256)) 0; }
    {
        printf '%s\n' '@2010-05-05T10:00:00Z'
        printf '[SAM\\Domains\\Account\\Users\\%08X]\nF\tbinary\t%s\n' 500 "$(f 500)" 501 "$(f 500)" \
            1001 "$(f 1001)"
    } | hive SAM
    run -0 --separate-stderr host-info SAM
    assert_equal "$(grep -c 'RID of another account' <<<"$output")" 1
    assert_regex "$output" '"logs on with the rights of 500, is 501"'
}

@test "an interface is the same one whatever case its GUID is written in" {
    printf '%s\n' '@2020-05-05T10:00:00Z' '[Select]' $'Current\tdword\t1' \
        '[ControlSet001\Services\Tcpip\Parameters\Interfaces\{0a1b2c3d-0000-1111-2222-abcdefabcdef}]' \
        $'DhcpIPAddress\tsz\t10.1.2.3' \
        '[ControlSet001\Control\Network\{4D36E972-E325-11CE-BFC1-08002BE10318}\{0A1B2C3D-0000-1111-2222-ABCDEFABCDEF}\Connection]' \
        $'Name\tsz\tEthernet' | hive system
    tell system | grep -e 10.1.2.3 -e Ethernet >got
    assert_equal "$(cut -d'|' -f1 got | grep -o '{0[^}]*}' | sort -u)" '{0A1B2C3D-0000-1111-2222-ABCDEFABCDEF}'
    assert_equal "$(wc -l <got)" 2
    # the key is told as it is stored
    assert_regex "$(host-info system)" 'Interfaces..\{0a1b2c3d'
}
