#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# reg-runkeys: event consumers of WMI.
load helpers

# repository FOLDER [xp]: the files of a repository; instances, one a line, on standard input:
# CLASS, how it was deleted or -, and its properties as JSON.
repository() {
    python3 -c '
import json, sys
items = []
for line in sys.stdin:
    name, deleted, properties = line.split(None, 2)
    items.append({"class": name, "deleted": None if deleted == "-" else deleted,
                  "properties": json.loads(properties)})
json.dump(items, sys.stdout)' |
        PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$root/images/lib" \
            python3 "$root/images/lib/wmi.py" "$@"
}

# What is planted: the one of Windows, one that is bound, one that is not, a script of more than a
# page in UTF-16, one whose filter is gone, one whose binding was deleted; deleted ones on a free page,
# in a page in use, and without a key; a copy of a live one.
planted() {
    cat <<'END'
NTEventLogEventConsumer - {"Name": "SCM Event Log Consumer", "SourceName": "Service Control Manager", "NameOfUserSidProperty": "sid"}
__EventFilter - {"Name": "SCM Event Log Filter", "Query": "select * from MSFT_SCMEventLogEvent", "QueryLanguage": "WQL", "EventNamespace": "root\\cimv2"}
__FilterToConsumerBinding - {"Consumer": "NTEventLogEventConsumer.Name=\"SCM Event Log Consumer\"", "Filter": "__EventFilter.Name=\"SCM Event Log Filter\""}
CommandLineEventConsumer - {"Name": "Updater", "CommandLineTemplate": "C:\\evil\\a.exe -wmi", "WorkingDirectory": "C:\\evil"}
__EventFilter - {"Name": "Zeit €", "Query": "SELECT * FROM __TimerEvent", "QueryLanguage": "WQL", "EventNamespace": "root\\cimv2"}
__FilterToConsumerBinding - {"Consumer": "\\\\.\\root\\subscription:CommandLineEventConsumer.Name=\"Updater\"", "Filter": "\\\\.\\root\\subscription:__EventFilter.Name=\"Zeit €\""}
CommandLineEventConsumer - {"Name": "Unbound", "ExecutablePath": "C:\\evil\\gone.exe", "CommandLineTemplate": "gone.exe /x"}
LogFileEventConsumer - {"Name": "Log", "Filename": "C:\\log.txt", "Text": "%User%"}
__FilterToConsumerBinding - {"Consumer": "LogFileEventConsumer.Name=\"Log\"", "Filter": "__EventFilter.Name=\"Nowhere\""}
SMTPEventConsumer - {"Name": "Mail", "SMTPServer": "mail.example.com", "ToLine": "a@example.com"}
__FilterToConsumerBinding page {"Consumer": "SMTPEventConsumer.Name=\"Mail\"", "Filter": "__EventFilter.Name=\"Zeit €\""}
CommandLineEventConsumer page {"Name": "Gone", "CommandLineTemplate": "C:\\evil\\a.exe -gone"}
CommandLineEventConsumer page {"Name": "Updater", "CommandLineTemplate": "C:\\evil\\a.exe -wmi", "WorkingDirectory": "C:\\evil"}
CommandLineEventConsumer slack {"Name": "Slack", "CommandLineTemplate": "C:\\evil\\a.exe -ü€"}
CommandLineEventConsumer key {"Name": "Key", "CommandLineTemplate": "C:\\evil\\a.exe -key"}
END
    python3 -c 'print("ActiveScriptEventConsumer - {\"Name\": \"Script \u20ac\", \"ScriptingEngine\": \"VBScript\","
        " \"ScriptText\": \"" + "x = 1 \u20ac\\n" * 2500 + "\"}")'
    echo '__FilterToConsumerBinding - {"Consumer": "ActiveScriptEventConsumer.Name=\"Script €\"", "Filter": "__EventFilter.Name=\"Zeit €\""}'
}

# told: name, data, whether in effect, origin, filter, program, target and what is odd, sorted.
told() {
    python3 -c '
import json, sys
lines = []
for line in sys.stdin:
    r = json.loads(line)
    if r["type"] == "gap": lines.append("gap|" + r["reason"])
    else: lines.append("|".join([r["name"], r["data"][:24], str(r["enabled"]), r["origin"],
        r["facts"].get("filter", "-"), r.get("program", "-"), r.get("target", {}).get("state", "-"),
        ";".join(r.get("anomalies", []))] + ["default"] * r.get("default", False)))
print("\n".join(sorted(lines)))'
}

expected="Gone|C:\\evil\\a.exe -gone|False|deleted|-|PROGRAM|FOUND|
Key|C:\\evil\\a.exe -key|False|deleted|-|PROGRAM|FOUND|
Log|Filename=C:\\log.txt; Tex|False|live|__EventFilter.Name=\"Nowhere\"|-|-|its binding names a filter that is not there
Mail|SMTPServer=mail.example.|False|live|Zeit €|-|-|its binding was deleted, so nothing starts it
SCM Event Log Consumer|SourceName=Service Contr|True|live|SCM Event Log Filter|-|-||default
Script €|x = 1 €
x = 1 €
x = 1 €
|True|live|Zeit €|-|-|
Slack|C:\\evil\\a.exe -ü€|False|deleted|-|PROGRAM|FOUND|
Unbound|C:\\evil\\gone.exe gone.ex|False|live|-|GONE|ABSENT|no binding names this consumer, so nothing starts it
Updater|C:\\evil\\a.exe -wmi|True|live|Zeit €|PROGRAM|FOUND|"

# as_planted PROGRAM GONE FOUND ABSENT: of the records on standard input.
as_planted() {
    local want=${expected//PROGRAM/$1}
    want=${want//GONE/$2} want=${want//FOUND/$3}
    assert_equal "$(told)" "${want//ABSENT/$4}"
}

@test "consumers of an image: bound, unbound, deleted, Windows' own" {
    for at in 7:Windows/System32/wbem/Repository xp:WINDOWS/system32/wbem/Repository/FS; do
        rm -rf disk
        mkdir -p "disk/${at#*:}" disk/evil
        cp "$root/bin/rec-fmt" disk/evil/a.exe 2>/dev/null || echo MZ >disk/evil/a.exe
        planted | repository "disk/${at#*:}" "${at%%:*}"
        rm -f disk.raw
        truncate -s 16M disk.raw
        mkfs.vfat -F 16 disk.raw >/dev/null
        LC_ALL=C.UTF-8 mcopy -s -i disk.raw disk/* ::
        run -0 --separate-stderr reg-runkeys -z UTC disk.raw
        assert_equal "$stderr" ""
        as_planted /evil/a.exe 'C:\evil\gone.exe' allocated - <<<"$output"
        assert_equal "$(head -1 <<<"$output" | field path)" "/${at#*:}/OBJECTS.DATA"
        # -n leaves out Windows' own, -e all that is not in effect
        assert_equal "$(reg-runkeys -z UTC -n disk.raw | wc -l)" 8
        assert_equal "$(reg-runkeys -z UTC -e disk.raw | field name | sort)" $'SCM Event Log Consumer\nScript €\nUpdater'
    done
    record=$(grep '"name":"Updater"' <<<"$output")
    assert_equal "$(field facts.query <<<"$record")" 'SELECT * FROM __TimerEvent'
    assert_equal "$(field facts.query_language <<<"$record")" WQL
    assert_equal "$(field facts.event_namespace <<<"$record")" 'root\cimv2'
    assert_equal "$(field facts.namespace <<<"$record")" 'root\subscription'
    assert_equal "$(field facts.creator <<<"$record")" S-1-5-32-544
    assert_equal "$(field technique <<<"$record")" T1546.003
    assert_equal "$(field arguments <<<"$record")" -wmi
    record=$(grep '"name":"Script' <<<"$output")
    assert_equal "$(field data <<<"$record" | wc -l)" 2501
    assert_equal "$(field facts.scripting_engine <<<"$record")" VBScript
}

@test "a repository by itself, and in a folder" {
    for version in 7 xp; do
        planted | repository "loose$version" "$version"
        reg-runkeys "loose$version/OBJECTS.DATA" >records
        as_planted 'C:\evil\a.exe' 'C:\evil\gone.exe' - - <records
        reg-runkeys "loose$version" | as_planted 'C:\evil\a.exe' 'C:\evil\gone.exe' - -
    done
    # the files beside it are found whatever their case
    (cd loose7 && for file in *; do mv "$file" "${file,,}"; done)
    reg-runkeys loose7/objects.data | as_planted 'C:\evil\a.exe' 'C:\evil\gone.exe' - -
}

@test "without index or mapping all consumers are there, and that is told" {
    planted | repository sound
    names=$(reg-runkeys sound/OBJECTS.DATA | field name | sort -u)
    for lost in INDEX.BTR 'MAPPING?.MAP'; do
        rm -rf cut
        cp -r sound cut
        rm cut/$lost
        run -3 --separate-stderr reg-runkeys cut/OBJECTS.DATA
        assert_regex "$stderr" 'so which consumers were deleted is not known'
        assert_equal "$(field name <<<"$output" | sort -u)" "$names"
        assert_regex "$(grep '"name":"Updater"' <<<"$output")" '"enabled":true.*whether it was deleted is not known'
        # of a tree the same, as a gap
        run -3 --separate-stderr reg-runkeys cut
        assert_equal "$stderr" ""
        assert_regex "$output" '"type":"gap",.*"path":"/OBJECTS.DATA".*which consumers were deleted is not known'
    done
}

@test "damage is told with its place, and costs that part only" {
    planted | repository sound
    whole=$(reg-runkeys sound/OBJECTS.DATA | wc -l)
    damage() { # FILE OFFSET BYTES
        rm -rf cut
        cp -r sound cut
        printf "$3" | dd of="cut/$1" bs=1 seek="$2" conv=notrunc status=none
    }
    # an index page that is free: its keys are lost
    damage INDEX.BTR 0 '\xdd\xba'
    run -3 --separate-stderr reg-runkeys cut/OBJECTS.DATA
    assert_regex "$stderr" 'INDEX.BTR: page [0-9]+: its type is 0xbadd, not one in use'
    assert_equal "$(wc -l <<<"$output")" "$whole"
    # the mapping that counts: an older one is read, by which nothing is certain
    damage MAPPING2.MAP 20 '\xff\xff\xff\xff'
    run -3 --separate-stderr reg-runkeys cut/OBJECTS.DATA
    assert_regex "$stderr" 'MAPPING2.MAP: no mapping of [0-9]+ bytes'
    assert_regex "$(grep '"name":"Updater"' <<<"$output")" '"origin":"live","enabled":true'
    assert_regex "$(grep '"name":"Gone"' <<<"$output")" '"origin":"live","enabled":false.*whether it was deleted is not known'
    # a record that claims 4 GiB
    at=$(reg-runkeys sound/OBJECTS.DATA | grep '"name":"Updater"' | field facts.file_offset)
    damage OBJECTS.DATA $((at + 144)) '\xff\xff\xff\xff'
    run -3 --separate-stderr reg-runkeys cut/OBJECTS.DATA
    assert_regex "$stderr" 'OBJECTS.DATA: page [0-9]+ has no instance [0-9]+ of [0-9]+ bytes, which the index names'
    assert_equal "$(wc -l <<<"$output")" $((whole + 1))
    # of it only a copy and its binding are left
    assert_regex "$(grep '"data":"[^,]*CommandLineEventConsumer' <<<"$output")" '"enabled":false.*is not there'
    assert_regex "$(grep '"name":"Updater".*"origin":"deleted"' <<<"$output")" 'a.exe -wmi'
    # a file that ends early, and one of zeros
    rm -rf cut
    cp -r sound cut
    truncate -s 9000 cut/OBJECTS.DATA
    run -3 --separate-stderr reg-runkeys cut
    assert_regex "$output" '"type":"gap"'
    assert_regex "$output" '"name":"Gone"'
    : >cut/OBJECTS.DATA
    truncate -s 81920 cut/OBJECTS.DATA
    run -3 --separate-stderr reg-runkeys cut
    assert_equal "$(grep -c '"type":"gap".*which the index names' <<<"$output")" 12
}

@test "what belongs to no known class, and a binding alone" {
    repository odd <<'END'
OddEventConsumer - {"Name": "Odd", "Text": "c:\\odd.exe"}
__EventFilter - {"Name": "F", "Query": "q"}
__FilterToConsumerBinding - {"Consumer": "OddEventConsumer.Name=\"Odd\"", "Filter": "__EventFilter.Name=\"F\""}
__FilterToConsumerBinding - {"Consumer": "Lost.Name=\"a \\\"b\\\" \\\\c\"", "Filter": "__EventFilter.Name=\"F\""}
Win32_Nothing - {"Name": "no consumer"}
END
    run -0 --separate-stderr reg-runkeys odd/OBJECTS.DATA
    assert_equal "$(told <<<"$output")" "Odd|Odd; c:\\odd.exe|True|live|F|-|-|its class is not known: its texts are in their order
a \"b\" \\c|Lost.Name=\"a \\\"b\\\" \\\\c\"|False|live|F|-|-|a binding names this consumer, which is not there"
}

@test "each binding of a consumer, and what is left of one that was deleted" {
    repository many <<'END'
CommandLineEventConsumer - {"Name": "Two", "CommandLineTemplate": "c:\\two.exe"}
ActiveScriptEventConsumer - {"Name": "Both", "ScriptFilename": "c:\\a b.vbs", "ScriptText": "x = 1"}
__EventFilter - {"Name": "F", "Query": "q"}
__EventFilter - {"Name": "G", "Query": "r"}
__FilterToConsumerBinding - {"Consumer": "CommandLineEventConsumer.Name=\"Two\"", "Filter": "__EventFilter.Name=\"F\""}
__FilterToConsumerBinding - {"Consumer": "CommandLineEventConsumer.Name=\"two\"", "Filter": "__EventFilter.Name=\"G\""}
__FilterToConsumerBinding page {"Consumer": "CommandLineEventConsumer.Name=\"Wiped\"", "Filter": "__EventFilter.Name=\"G\""}
END
    for index in there gone; do
        [ $index = there ] || rm many/INDEX.BTR
        reg-runkeys many/OBJECTS.DATA 2>/dev/null >records || assert_equal $? 3
        run -0 told <records
        assert_regex "$output" 'Two.c:.two.exe.True.live.F.*Two.c:.two.exe.True.live.G'
        assert_regex "$output" 'Wiped.*.False.deleted.G.-.-.a binding that was deleted names this consumer, of which nothing is left'
        assert_regex "$output" 'Both.c:.a b.vbs x = 1.False.live'
        assert_equal "$(wc -l <records)" 4
    done
}

@test "copies of the repository are backups, and the one of Windows 2000 is named" {
    planted | head -6 | repository disk/Windows/System32/wbem/Repository
    planted | sed 's/Updater/Former/' | head -6 | repository disk/Windows/System32/wbem/Repository.001
    run -0 --separate-stderr reg-runkeys disk
    assert_equal "$(field origin <<<"$output" | sort | uniq -c | tr -s ' ')" $' 1 backup\n 2 live'
    assert_equal "$(grep '"origin":"backup"' <<<"$output" | field name)" Former
    mkdir -p old/WINNT/system32/wbem/Repository
    echo >old/WINNT/system32/wbem/Repository/CIM.REP
    run -3 --separate-stderr reg-runkeys old
    assert_regex "$output" '"path":"/WINNT/system32/wbem/Repository/CIM.REP".*repository of WMI of Windows 2000 is not read'
}
