#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load helpers

# Which file a text of the registry starts, by the variables of the machine and of the user that
# Windows takes from the same hives, and by the rules of the programs that start others.

# hive FILE: a hive of the description on standard input.
hive() {
    cat >"$1.txt"
    PYTHONDONTWRITEBYTECODE=1 python3 "$root/images/lib/regf.py" "$1" 5 ROOT "$1" "$1.txt"
}

# disk FOLDER: of that folder a FAT disk.
disk() {
    rm -f disk.raw
    truncate -s 16M disk.raw
    mkfs.vfat -F 16 disk.raw >/dev/null
    LC_ALL=C.UTF-8 mcopy -s -i disk.raw "$1"/* ::
}

# files FOLDER FILE...: below that folder, each with its folders.
files() {
    local folder=$1
    shift
    for file; do
        mkdir -p "$folder/${file%/*}"
        echo x >"$folder/$file"
    done
}

# programs: name, program, arguments and state of each record on standard input.
programs() {
    python3 -c '
import json, sys
for line in sys.stdin:
    r = json.loads(line)
    if r["type"] == "autorun":
        print(r["name"], r.get("program", "-"), r.get("arguments", ""),
              r.get("target", {}).get("state", "unknown"), sep="|")' | sort
}

@test "variables are those of the machine and of the user: a German Windows XP" {
    printf '%s\n' '@2005-05-05T10:00:00Z' '[Microsoft\Windows NT\CurrentVersion]' \
        $'SystemRoot\tsz\tC:\\WINDOWS' \
        '[Microsoft\Windows NT\CurrentVersion\ProfileList]' \
        $'ProfilesDirectory\texpand\t%SystemDrive%\\Dokumente und Einstellungen' \
        $'AllUsersProfile\tsz\tAll Users' \
        '[Microsoft\Windows\CurrentVersion]' $'ProgramFilesDir\tsz\tC:\\Programme' \
        $'CommonFilesDir\tsz\tC:\\Programme\\Gemeinsame Dateien' \
        '[Microsoft\Windows\CurrentVersion\Run]' \
        $'1\texpand\t%ProgramFiles%\\1.exe' $'2\texpand\t"%CommonProgramFiles%\\2.exe" -x' \
        $'3\texpand\t%ALLUSERSPROFILE%\\3.exe' $'4\texpand\t%ProgramFiles%\\gone.exe' \
        $'5\texpand\t%APPL%\\5.exe' $'6\texpand\t%DEEP%\\6.exe' $'7\texpand\t%LOOP%\\7.exe' \
        $'8\texpand\t%UNSET%\\8.exe' $'9\texpand\t%TEMP%\\9.exe' \
        $'10\texpand\tC:\\100%\\x.exe' $'11\texpand\tC:\\%COMPUTERNAME%\\x.exe' \
        $'12\texpand\t%old%\\x.exe' | hive software
    printf '%s\n' '@2005-05-05T10:00:00Z' '[Select]' $'Current\tdword\t2' \
        '[ControlSet002\Control\ComputerName\ComputerName]' $'ComputerName\tsz\tBERLIN' \
        '[ControlSet001\Control\Session Manager\Environment]' $'old\tsz\tC:\\firma' \
        '[ControlSet002\Control\Session Manager\Environment]' $'APPL\tsz\tC:\\firma' \
        $'DEEP\texpand\t%Appl%\\x\\..' $'LOOP\texpand\t%LOOP%' \
        $'TEMP\texpand\t%SystemRoot%\\TEMP' $'windir\texpand\t%SystemRoot%' | hive system
    printf '%s\n' '@2005-05-05T10:00:00Z' '[Environment]' \
        $'TEMP\texpand\t%USERPROFILE%\\Lokale Einstellungen\\Temp' $'OWN\tsz\tC:\\firma\\own' \
        '[Volatile Environment]' $'HOMEDRIVE\tsz\tC:' \
        $'HOMEPATH\tsz\t\\Dokumente und Einstellungen\\hans' \
        '[Software\Microsoft\Windows\CurrentVersion\Explorer\Shell Folders]' \
        $'AppData\tsz\tC:\\Dokumente und Einstellungen\\hans\\Anwendungsdaten' \
        '[Software\Microsoft\Windows\CurrentVersion\Run]' \
        $'21\texpand\t%APPDATA%\\1.exe' $'22\texpand\t%temp%\\2.exe' $'23\texpand\t%OWN%\\3.exe' \
        $'24\texpand\t%HOMEDRIVE%%HOMEPATH%\\4.exe' $'25\texpand\t%TEMP%\\gone.exe' \
        $'27\texpand\tC:\\Dokumente und Einstellungen\\%USERNAME%\\4.exe' | hive ntuser.dat
    local hans='Dokumente und Einstellungen/hans'
    files disk WINDOWS/system32/config/x Programme/1.exe 'Programme/Gemeinsame Dateien/2.exe' \
        'Dokumente und Einstellungen/All Users/3.exe' firma/{5,6,own/3}.exe WINDOWS/TEMP/9.exe \
        100%/x.exe BERLIN/x.exe "$hans/Anwendungsdaten/1.exe" \
        "$hans/Lokale Einstellungen/Temp/2.exe" "$hans/4.exe"
    cp software system disk/WINDOWS/system32/config
    cp ntuser.dat "disk/$hans/NTUSER.DAT"
    disk disk
    reg-runkeys disk.raw | grep '"location":"run-hk' | programs >got
    sort >expected <<'END'
1|/Programme/1.exe||allocated
2|/Programme/Gemeinsame Dateien/2.exe|-x|allocated
3|/Dokumente und Einstellungen/All Users/3.exe||allocated
4|/Programme/gone.exe||absent
5|/firma/5.exe||allocated
6|/firma/6.exe||allocated
7|%LOOP%\7.exe||unknown
8|%UNSET%\8.exe||unknown
9|/WINDOWS/TEMP/9.exe||allocated
10|/100%/x.exe||allocated
11|/BERLIN/x.exe||allocated
12|%old%\x.exe||unknown
21|/Dokumente und Einstellungen/hans/Anwendungsdaten/1.exe||allocated
22|/Dokumente und Einstellungen/hans/Lokale Einstellungen/Temp/2.exe||allocated
23|/firma/own/3.exe||allocated
24|/Dokumente und Einstellungen/hans/4.exe||allocated
25|/Dokumente und Einstellungen/hans/Lokale Einstellungen/Temp/gone.exe||absent
27|/Dokumente und Einstellungen/hans/4.exe||allocated
END
    run -0 diff expected got
}

@test "folders of 64-bit Windows; where only the default is known nothing is absent" {
    printf '%s\n' '@2015-05-05T10:00:00Z' '[Microsoft\Windows NT\CurrentVersion]' \
        $'SystemRoot\tsz\tC:\\Windows' \
        '[Microsoft\Windows NT\CurrentVersion\ProfileList]' \
        $'ProgramData\texpand\t%SystemDrive%\\Data' $'Public\texpand\t%SystemDrive%\\All' \
        '[Microsoft\Windows\CurrentVersion]' $'ProgramFilesDir\tsz\tC:\\P64' \
        $'ProgramFilesDir (x86)\tsz\tC:\\P32' $'ProgramW6432Dir\tsz\tC:\\P64' \
        $'CommonFilesDir\tsz\tC:\\P64\\Common' $'CommonFilesDir (x86)\tsz\tC:\\P32\\Common' \
        $'CommonW6432Dir\tsz\tC:\\P64\\Common' '[Microsoft\Windows\CurrentVersion\Run]' \
        $'1\texpand\t%ProgramFiles%\\a.exe' $'2\texpand\t%ProgramFiles(x86)%\\b.exe' \
        $'3\texpand\t%ProgramW6432%\\a.exe' $'4\texpand\t%CommonProgramFiles(x86)%\\c.exe' \
        $'5\texpand\t%CommonProgramW6432%\\d.exe' $'6\texpand\t%ProgramData%\\e.exe' \
        $'7\texpand\t%ALLUSERSPROFILE%\\e.exe' $'8\texpand\t%PUBLIC%\\f.exe' \
        $'9\texpand\t%HOMEDRIVE%\\Data\\e.exe' $'10\texpand\t%ProgramFiles%\\b.exe' |
        hive software
    printf '%s\n' '@2015-05-05T10:00:00Z' '[Software\Microsoft\Windows\CurrentVersion\Run]' \
        $'21\texpand\t%APPDATA%\\x.exe' $'22\texpand\t%APPDATA%\\gone.exe' \
        $'23\texpand\t%USERPROFILE%\\gone.exe' $'24\texpand\t%TEMP%\\gone.exe' | hive ntuser.dat
    files disk Windows/System32/config/x P64/{a,Common/d}.exe P32/{b,Common/c}.exe Data/e.exe \
        All/f.exe Users/ann/AppData/Roaming/x.exe
    cp software disk/Windows/System32/config
    cp ntuser.dat disk/Users/ann/NTUSER.DAT
    disk disk
    reg-runkeys disk.raw | programs >got
    sort >expected <<'END'
1|/P64/a.exe||allocated
2|/P32/b.exe||allocated
3|/P64/a.exe||allocated
4|/P32/Common/c.exe||allocated
5|/P64/Common/d.exe||allocated
6|/Data/e.exe||allocated
7|/Data/e.exe||allocated
8|/All/f.exe||allocated
9|/Data/e.exe||allocated
10|/P32/b.exe||allocated
21|/Users/ann/AppData/Roaming/x.exe||allocated
22|%APPDATA%\gone.exe||unknown
23|/Users/ann/gone.exe||absent
24|%TEMP%\gone.exe||unknown
END
    run -0 diff expected got
}

@test "what a user's classes and shortcuts start is by the variables of his own hive" {
    printf '%s\n' '@2015-05-05T10:00:00Z' '[Microsoft\Windows NT\CurrentVersion]' \
        $'SystemRoot\tsz\tC:\\Windows' | hive software
    printf '%s\n' '@2015-05-05T10:00:00Z' '[Environment]' $'TOOLS\tsz\tC:\\mine' | hive ntuser.dat
    printf '%s\n' '@2015-05-05T10:00:00Z' \
        '[CLSID\{00000001-0001-0001-0001-000000000001}\InprocServer32]' \
        $'@\texpand\t%TOOLS%\\a.dll' | hive usrclass.dat
    local classes=Users/ann/AppData/Local/Microsoft/Windows
    files disk Windows/System32/config/x mine/a.dll "$classes/x"
    cp software disk/Windows/System32/config
    cp ntuser.dat disk/Users/ann/NTUSER.DAT
    cp usrclass.dat "disk/$classes/UsrClass.dat"
    disk disk
    run -0 --separate-stderr reg-runkeys disk.raw
    assert_regex "$output" '"program":"/mine/a.dll"'
}

@test "what a task starts is by the variables of whom it runs as" {
    local profiles='Microsoft\Windows NT\CurrentVersion\ProfileList' name
    printf '%s\n' '@2015-05-05T10:00:00Z' '[Microsoft\Windows NT\CurrentVersion]' \
        $'SystemRoot\tsz\tC:\\Windows' "[$profiles\\S-1-5-21-1-2-3-1001]" \
        $'ProfileImagePath\tsz\tC:\\Users\\ann' "[$profiles\\S-1-5-18]" \
        $'ProfileImagePath\tsz\tC:\\Windows\\system32\\config\\systemprofile' | hive software
    printf '%s\n' '@2015-05-05T10:00:00Z' '[Environment]' $'TEMP\tsz\tC:\\mine' | hive ntuser.dat
    files disk Windows/System32/{config,Tasks}/x mine/a.exe Users/ann/b.exe
    cp software disk/Windows/System32/config
    cp ntuser.dat disk/Users/ann/NTUSER.DAT
    task() { # NAME USER COMMAND
        printf '<Task><Principals><Principal><UserId>%s</UserId></Principal></Principals>%s%s%s' \
            "$2" '<Actions><Exec><Command>' "$3" '</Command></Exec></Actions></Task>' \
            >"disk/Windows/System32/Tasks/$1"
    }
    task sid S-1-5-21-1-2-3-1001 '%TEMP%\a.exe'
    task name 'WS\Ann' '%USERPROFILE%\b.exe'
    task other 'WS\bob' '%USERPROFILE%\b.exe'
    task system S-1-5-18 '%TEMP%\a.exe'
    rm disk/Windows/System32/Tasks/x
    disk disk
    reg-runkeys disk.raw | grep '"location":"task-xml"' | programs >got
    sort >expected <<'END'
sid|/mine/a.exe||allocated
name|/Users/ann/b.exe||allocated
other|%USERPROFILE%\b.exe||unknown
system|%TEMP%\a.exe||unknown
END
    run -0 diff expected got
}

@test "what cmd and other programs of Windows are only there to start" {
    printf '%s\n' '@2015-05-05T10:00:00Z' '[Microsoft\Windows NT\CurrentVersion]' \
        $'SystemRoot\tsz\tC:\\Windows' '[Microsoft\Windows\CurrentVersion\Run]' \
        $'1\tsz\tcmd.exe /c "C:\\Tools\\x.bat arg"' $'2\tsz\tcmd /c "start /b C:\\Tools\\x.exe"' \
        $'3\tsz\tcmd.exe /c C:\\Tools\\x.bat&exit' \
        $'4\tsz\tcmd /c start /d "C:\\Program Files\\Evil Corp" r.exe' \
        $'5\tsz\tC:\\Tools\\x.exe" -a' \
        $'6\tsz\trundll32 advpack.dll,LaunchINFSection C:\\Tools\\x.inf,,1,' \
        $'7\tsz\tmsiexec /q/i C:\\Tools\\x.msi' $'8\tsz\tconhost --headless cmd /c C:\\Tools\\x.exe' \
        $'9\tsz\tforfiles /m x /c "cmd /c C:\\Tools\\x.exe"' $'10\tsz\tpwsh -File C:\\Tools\\x.ps1' \
        $'11\tsz\texplorer.exe "C:\\Tools\\x.exe"' $'12\tsz\tC:\\Tools\\script' \
        $'13\tsz\texplorer.exe C:\\Tools' $'14\tsz\tcmd /c "C:\\Tools & exit"' \
        $'15\tsz\trundll32 advpack,LaunchINFSection C:\\Windows\\INF\\wmp.inf,Stub' \
        $'16\tsz\tC:\\Windows\\INF\\x.exe' $'17\tsz\twscript.exe "%1" %*' \
        '[Microsoft\Windows NT\CurrentVersion\Winlogon]' \
        $'Shell\tsz\texplorer.exe C:\\Tools\\x.exe' | hive software
    files disk Windows/System32/{config/x,cmd.exe,rundll32.exe,msiexec.exe,forfiles.exe} \
        Windows/System32/{conhost,rundll32,advpack.dll} Windows/explorer.exe \
        Windows/INF/{wmp.inf,x.exe} Windows/System32/wscript.exe \
        'Program Files/Evil Corp/r.exe' Tools/x.{bat,exe,inf,msi,ps1} Tools/script.vbs
    cp software disk/Windows/System32/config
    disk disk
    reg-runkeys disk.raw | programs >got
    sort >expected <<'END'
1|/Tools/x.bat|arg|allocated
2|/Tools/x.exe||allocated
3|/Tools/x.bat||allocated
4|/Program Files/Evil Corp/r.exe||allocated
5|/Tools/x.exe|-a|allocated
6|/Tools/x.inf|1,|allocated
7|/Tools/x.msi||allocated
8|/Tools/x.exe||allocated
9|/Tools/x.exe||allocated
10|/Tools/x.ps1||allocated
11|/Tools/x.exe||allocated
12|/Tools/script.vbs||allocated
13|/Windows/explorer.exe|C:\Tools|allocated
14|/Tools||allocated
15|/Windows/INF/wmp.inf|Stub|allocated
16|/Windows/INF/x.exe||allocated
17|/Windows/System32/wscript.exe|"%1" %*|allocated
Shell|/Windows/explorer.exe|C:\Tools\x.exe|allocated
Shell|/Tools/x.exe||allocated
END
    run -0 diff expected got
    # what setup has in its folder is no program in a place for none
    reg-runkeys disk.raw >got
    assert_equal "$(grep 'holds no programs' got | field name)" 16
}

@test "a command that cmd starts only if a condition holds" {
    printf '%s\n' '@2020-05-05T10:00:00Z' '[Microsoft\Windows\CurrentVersion\Run]' \
        $'If\tsz\tcmd /c if exist C:\\x (start C:\\a.exe) else C:\\b.exe' \
        $'Plain\tsz\tcmd /c start C:\\a.exe' | hive software
    run -0 --separate-stderr reg-runkeys software
    assert_equal "$(field program <<<"$output" | uniq)" 'C:\a.exe'
    assert_equal "$(grep '"If"' <<<"$output" | field anomalies)" \
        "['its command line starts it only if a condition holds']"
    assert_equal "$(grep '"Plain"' <<<"$output" | field anomalies)" ''
}

@test "two backslashes are one" {
    printf '%s\n' '@2015-05-05T10:00:00Z' '[Microsoft\Windows NT\CurrentVersion]' \
        $'SystemRoot\tsz\tC:\\Windows' '[Microsoft\Windows\CurrentVersion\Run]' \
        $'own\tsz\t%windir%\\\\explorer.exe' $'there\tsz\tC:\\\\Windows\\\\system32\\\\ctfmon.exe' \
        $'far\tsz\tE:\\\\Windows\\\\explorer.exe' $'fake\tsz\tC:\\\\evil\\\\explorer.exe' |
        hive software
    files disk Windows/System32/{config/x,ctfmon.exe} {Windows,evil}/explorer.exe
    cp software disk/Windows/System32/config
    disk disk
    reg-runkeys disk.raw >got
    run -0 programs <got
    assert_output 'fake|/evil/explorer.exe||allocated
far|E:\\Windows\\explorer.exe||unknown
own|/Windows/explorer.exe||allocated
there|/Windows/System32/ctfmon.exe||allocated'
    run -0 grep -c 'lies elsewhere' got
    assert_output 2
    # loose, where nothing is known of the folder of Windows
    run -0 --separate-stderr reg-runkeys software
    assert_equal "$(grep 'lies elsewhere' <<<"$output" | field name)" fake
}
