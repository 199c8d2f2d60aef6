/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The catalogue of places from which Windows starts things, and of settings that
 * intruders change. Sources: the public definitions of ForensicArtifacts, RECmd,
 * RegRipper and PersistenceSniper, and Microsoft's documentation of each mechanism.
 * What stands there in a Windows as it is installed is in defaults.c.
 */

#include <fett/autorun.h>

#define WINDOWS "Microsoft\\Windows\\CurrentVersion\\"
#define EXPLORER WINDOWS "Explorer\\"
#define NT "Microsoft\\Windows NT\\CurrentVersion\\"
#define WINLOGON NT "Winlogon"
#define IFEO NT "Image File Execution Options\\"
#define TERMINAL_INSTALL NT "Terminal Server\\Install\\Software\\" WINDOWS
#define MSCONFIG "Microsoft\\Shared Tools\\MSConfig\\"
#define IE "Microsoft\\Internet Explorer\\"
#define POLICIES WINDOWS "Policies\\"
#define GROUP_POLICY "Policies\\Microsoft\\Windows\\"
#define SESSION "Control\\Session Manager"
#define WINSOCK "Services\\WinSock2\\Parameters\\"
#define TERMINAL "Control\\Terminal Server\\"
#define FIREWALL "Services\\SharedAccess\\Parameters\\FirewallPolicy\\"
#define INTERNET WINDOWS "Internet Settings"

/* Keys of Classes that hold for files, folders and drives of all kinds; a name of one
 * character is that of all files, "*". */
#define OBJECTS "?|AllFilesystemObjects|Directory|Folder|Drive|.lnk|lnkfile|exefile|comfile|" \
                "batfile|cmdfile|piffile|scrfile|htafile|regfile|txtfile|vbsfile|vbefile|jsfile|" \
                "jsefile|wsffile|wshfile|mscfile|inffile|inifile|Network|NetShare|NetServer|Printers|" \
                "LibraryFolder|DesktopBackground|InternetShortcut"
#define PROGRAM_FILES "exefile|comfile|batfile|cmdfile|piffile|scrfile|htafile|regfile|txtfile|" \
                      "vbsfile|vbefile|jsfile|jsefile|wsffile|wshfile|lnkfile|mscfile|inffile|" \
                      "inifile|htmlfile|http|https|ftp|ms-settings|Launcher.SystemSettings|" \
                      "AppX82a6gwre4fdg3bt635tn5ctqjf8msdd2|Unknown|Folder|Directory|Drive"
#define PROGRAM_ENDINGS ".exe|.com|.bat|.cmd|.pif|.scr|.lnk|.reg|.msc|.hta|.vbs|.vbe|.js|.jse|" \
                        ".wsf|.wsh|.ps1|.inf|.msi|.url|.chm|.cpl|.dll"

/* Programs of Windows for which it has no App Paths. */
#define WITHOUT_APP_PATH "control.exe|cmd.exe|explorer.exe|regedit.exe|taskmgr.exe|mmc.exe|" \
                         "rundll32.exe|eventvwr.exe|sdclt.exe|wscript.exe|cscript.exe|mshta.exe"

enum {
    SOFTWARE = AUTORUN_IN_SOFTWARE,
    MACHINE = AUTORUN_IN_SOFTWARE | AUTORUN_IN_WOW64,
    USER = AUTORUN_IN_USER | AUTORUN_IN_USER_WOW64,
    ALL = MACHINE | USER,
    CLASSES = AUTORUN_IN_CLASSES | AUTORUN_IN_USER_CLASSES,
    USER_CLASSES = AUTORUN_IN_USER_CLASSES,
    USER_ROOT = AUTORUN_IN_USER_ROOT,
    SETS = AUTORUN_IN_SETS,
    SYSTEM = AUTORUN_IN_SYSTEM,
    SETS_9X = AUTORUN_IN_SETS_9X,
    SAM = AUTORUN_IN_SAM,
};

/* The last five columns of most rows. */
#define AS(list) AUTORUN_VALUES, AUTORUN_##list, AUTORUN_ALWAYS, NULL, NULL
#define COMMAND AS(ONE)
#define LIBRARY AS(LIBRARY)
#define UNLESS(list, off_by) AUTORUN_VALUES, AUTORUN_##list, AUTORUN_##off_by, NULL, NULL
#define CLASS AUTORUN_CLASS, AUTORUN_LIBRARY, AUTORUN_ALWAYS, NULL, NULL
#define NAMED AUTORUN_NAMED, AUTORUN_LIBRARY, AUTORUN_ALWAYS, NULL, NULL
#define ONLY(list, only, says) AUTORUN_VALUES, AUTORUN_##list, AUTORUN_ALWAYS, only, says
#define TEXT(only, says) AUTORUN_SETTING, AUTORUN_NOTHING, AUTORUN_ALWAYS, only, says

#define SHOWN_BEFORE_LOGON "a text is shown before logon"
#define DEFENDER_OFF "a part of Defender is switched off"

#define VERIFIER_FLAGS \
    TEXT("256|512|768|0x100|0x200|0x300|0x*100|0x*200", \
         "flags of the verifier (0x100) or of the monitor of exits (0x200)")

/* Folders that users may write into. */
#define WRITABLE "*\\temp\\*|*\\tmp\\*|*\\appdata\\*|*\\application data\\*|*\\users\\public\\*|" \
                 "*\\recycle*\\*|*\\perflogs\\*|%temp%*|%tmp%*|%appdata%*|%localappdata%*"

/* The same in a list of folders. */
#define WRITABLE_PATH "*\\temp;*|*\\tmp;*|*\\temp\\*|*\\tmp\\*|*\\appdata\\*|*\\users\\*|" \
                      "*\\application data\\*|*\\documents and settings\\*|*\\perflogs*|" \
                      "*\\recycle*|%temp%*|*;%temp%*|%tmp%*|*;%tmp%*|*%appdata%*|" \
                      "*%localappdata%*|*%userprofile%*|*%public%*"

/* Layouts of keyboards and input methods that Windows ships, hundreds of keys: only others
 * are worth a record. Those of Windows 9x are tables without code, a country each. */
#define KEYBOARDS \
    "kbd??.kbd|kbd???.kbd|kbd????.kbd|kbd?????.kbd|" \
    "chajei.ime|cintlgnt.ime|dayi.ime|imekr61.ime|imekr70.ime|imekr98u.ime|imjp81.ime|" \
    "imjp81k.dll|imjp9.ime|imkr.ime|kbd101.dll|kbd101a.dll|kbd101b.dll|kbd101c.dll|kbd103.dll|" \
    "kbd106.dll|kbd106n.dll|kbda1.dll|kbda2.dll|kbda3.dll|kbdadlm.dll|kbdal.dll|kbdarm.dll|" \
    "kbdarme.dll|kbdarmph.dll|kbdarmty.dll|kbdarmw.dll|kbdax2.dll|kbdaze.dll|kbdazel.dll|" \
    "kbdazst.dll|kbdbash.dll|kbdbe.dll|kbdbene.dll|kbdbgph.dll|kbdbgph1.dll|kbdbhc.dll|" \
    "kbdblr.dll|kbdbr.dll|kbdbu.dll|kbdbug.dll|kbdbulg.dll|kbdca.dll|kbdcan.dll|kbdcher.dll|" \
    "kbdcherp.dll|kbdcmk.dll|kbdcr.dll|kbdcz.dll|kbdcz1.dll|kbdcz2.dll|kbdda.dll|kbddiv1.dll|" \
    "kbddiv2.dll|kbddv.dll|kbddvorak.dll|kbddzo.dll|kbdes.dll|kbdest.dll|kbdfa.dll|kbdfar.dll|" \
    "kbdfc.dll|kbdfi.dll|kbdfi1.dll|kbdfo.dll|kbdfr.dll|kbdfthrk.dll|kbdgae.dll|kbdgeo.dll|" \
    "kbdgeoer.dll|kbdgeome.dll|kbdgeooa.dll|kbdgeoqw.dll|kbdgkl.dll|kbdgn.dll|kbdgr.dll|" \
    "kbdgr1.dll|kbdgrlnd.dll|kbdgth.dll|kbdgthc.dll|kbdhau.dll|kbdhaw.dll|kbdhe.dll|" \
    "kbdhe220.dll|kbdhe319.dll|kbdheb.dll|kbdhebl3.dll|kbdhela2.dll|kbdhela3.dll|kbdhept.dll|" \
    "kbdhu.dll|kbdhu1.dll|kbdibm02.dll|kbdibo.dll|kbdic.dll|kbdinasa.dll|kbdinbe1.dll|" \
    "kbdinbe2.dll|kbdinben.dll|kbdindev.dll|kbdinen.dll|kbdinguj.dll|kbdinhin.dll|" \
    "kbdinkan.dll|kbdinmal.dll|kbdinmar.dll|kbdinori.dll|kbdinpun.dll|kbdintam.dll|" \
    "kbdintel.dll|kbdinuk2.dll|kbdir.dll|kbdit.dll|kbdit142.dll|kbdiulat.dll|kbdjav.dll|" \
    "kbdjpn.dll|kbdkaz.dll|kbdkhmr.dll|kbdkni.dll|kbdkor.dll|kbdkurd.dll|kbdkyr.dll|kbdla.dll|" \
    "kbdlao.dll|kbdlisub.dll|kbdlisus.dll|kbdlk41a.dll|kbdlk41j.dll|kbdlt.dll|kbdlt1.dll|" \
    "kbdlt2.dll|kbdlv.dll|kbdlv1.dll|kbdlvst.dll|kbdmac.dll|kbdmacst.dll|kbdmaori.dll|" \
    "kbdmlt47.dll|kbdmlt48.dll|kbdmon.dll|kbdmonmo.dll|kbdmonst.dll|kbdmyan.dll|kbdne.dll|" \
    "kbdnec.dll|kbdnec95.dll|kbdnecat.dll|kbdnecnt.dll|kbdnepr.dll|kbdnko.dll|kbdno.dll|" \
    "kbdno1.dll|kbdnorm.dll|kbdnso.dll|kbdntl.dll|kbdogham.dll|kbdolch.dll|kbdoldit.dll|" \
    "kbdosa.dll|kbdosm.dll|kbdpash.dll|kbdphags.dll|kbdpl.dll|kbdpl1.dll|kbdpo.dll|kbdro.dll|" \
    "kbdropr.dll|kbdrost.dll|kbdru.dll|kbdru1.dll|kbdrum.dll|kbdsf.dll|kbdsg.dll|kbdsl.dll|" \
    "kbdsl1.dll|kbdsmsfi.dll|kbdsmsn.dll|kbdsmsno.dll|kbdsn1.dll|kbdsora.dll|kbdsorex.dll|" \
    "kbdsors1.dll|kbdsorst.dll|kbdsp.dll|kbdsw.dll|kbdsw09.dll|kbdsyr1.dll|kbdsyr2.dll|" \
    "kbdtaile.dll|kbdtajik.dll|kbdtam.dll|kbdtam99.dll|kbdtat.dll|kbdth0.dll|kbdth1.dll|" \
    "kbdth2.dll|kbdth3.dll|kbdtifi.dll|kbdtifi2.dll|kbdtiprc.dll|kbdtiprd.dll|kbdtt102.dll|" \
    "kbdtuf.dll|kbdtuq.dll|kbdturme.dll|kbdtzm.dll|kbdughr.dll|kbdughr1.dll|kbduk.dll|" \
    "kbdukx.dll|kbdur.dll|kbdur1.dll|kbdurdu.dll|kbdus.dll|kbdusa.dll|kbdusl.dll|kbdusr.dll|" \
    "kbdusx.dll|kbduzb.dll|kbdvntc.dll|kbdwol.dll|kbdyak.dll|kbdyba.dll|kbdycc.dll|kbdycl.dll|" \
    "msime95.ime|phon.ime|pintlgnt.ime|quick.ime|romanime.ime|tintlgnt.ime|unicdime.ime|" \
    "winabc.ime|wingb.ime|winime.ime|winpy.ime|winsp.ime|winzm.ime"

static const struct autorun_location locations[] = {
    /* What starts when a user logs on. */
    { "run-hklm", "logon", "T1547.001", ALL, WINDOWS "Run", "*", UNLESS(ONE, APPROVED) },
    { "run-subkey-hklm", "logon", "T1547.001", ALL, WINDOWS "Run\\*", "*", COMMAND },
    { "runonce-hklm", "logon", "T1547.001", ALL, WINDOWS "RunOnce", "*", COMMAND },
    { "runonce-subkey-hklm", "logon", "T1547.001", ALL, WINDOWS "RunOnce\\*", "*", COMMAND },
    { "runonceex-hklm", "logon", "T1547.001", ALL, WINDOWS "RunOnceEx\\*", "?*", AS(PARTS) },
    { "runonceex-depend-hklm", "logon", "T1547.001", ALL, WINDOWS "RunOnceEx\\*\\Depend", "*",
      LIBRARY },
    { "runservices-hklm", "logon", "T1547.001", ALL, WINDOWS "RunServices", "*", COMMAND },
    { "runservicesonce-hklm", "logon", "T1547.001", ALL, WINDOWS "RunServicesOnce", "*", COMMAND },
    { "runservices-subkey-hklm", "logon", "T1547.001", ALL, WINDOWS "RunServices\\*", "*",
      COMMAND },
    { "runservicesonce-subkey-hklm", "logon", "T1547.001", ALL, WINDOWS "RunServicesOnce\\*", "*",
      COMMAND },
    { "runex-hklm", "logon", "T1547.001", ALL, WINDOWS "RunEx", "*", COMMAND },
    { "policies-run-hklm", "logon", "T1547.001", ALL, POLICIES "Explorer\\Run", "*", COMMAND },
    { "terminal-run-hklm", "logon", "T1547.001", ALL, TERMINAL_INSTALL "Run", "*", COMMAND },
    { "terminal-runonce-hklm", "logon", "T1547.001", ALL, TERMINAL_INSTALL "RunOnce", "*",
      COMMAND },
    { "terminal-runonceex-hklm", "logon", "T1547.001", ALL, TERMINAL_INSTALL "RunOnceEx\\*", "?*",
      AS(PARTS) },
    { "windows-load-hklm", "logon", "T1547.001", ALL, NT "Windows", "Load", AS(NAMES) },
    { "windows-run-hklm", "logon", "T1547.001", ALL, NT "Windows", "Run", AS(NAMES) },
    { "windows-programs-hklm", "logon", "T1547.001", ALL, NT "Windows", "Programs", AS(NOTHING) },
    { "policies-shell-hklm", "logon", "T1547.001", ALL, POLICIES "System", "Shell", AS(COMMANDS) },
    { "policies-userinit-hklm", "logon", "T1547.001", ALL, POLICIES "System", "Userinit",
      AS(COMMANDS) },
    { "startup-folder-path-hklm", "logon", "T1547.001", ALL,
      EXPLORER "User Shell Folders|Shell Folders",
      "Startup|Common Startup|AltStartup|Common AltStartup", AS(FOLDER) },
    { "active-setup-hklm", "logon", "T1547.014", ALL,
      "Microsoft\\Active Setup\\Installed Components\\*", "StubPath", UNLESS(ONE, IS_INSTALLED) },
    /* not documented: beside StubPath from Windows 8 on, which has its arguments then */
    { "active-setup-component-hklm", "logon", "T1547.014", ALL,
      "Microsoft\\Active Setup\\Installed Components\\*", "ShellComponent",
      UNLESS(LIBRARY, IS_INSTALLED) },
    { "logon-script-hklm", "logon", "T1037.001", ALL, GROUP_POLICY "System\\Scripts\\*\\*\\*",
      "Script", COMMAND },
    { "group-policy-script-hklm", "logon", "T1037.001", ALL,
      WINDOWS "Group Policy\\Scripts\\*\\*\\*", "Script", COMMAND },
    { "group-policy-state-script-hklm", "logon", "T1037.001", ALL,
      WINDOWS "Group Policy\\State\\*\\Scripts\\*\\*\\*", "Script", COMMAND },
    { "pending-gpo-hklm", "logon", "T1547", ALL, "Microsoft\\IEAK\\GroupPolicy\\PendingGPOs",
      "Path*", LIBRARY },
    { "environment-logon-script", "logon", "T1037.001", USER_ROOT, "Environment",
      "UserInitMprLogonScript|UserInitLogonScript|UserInitLogonServer", COMMAND },
    { "screen-saver", "logon", "T1546.002", USER_ROOT, "Control Panel\\Desktop", "SCRNSAVE.EXE",
      LIBRARY },
    { "screen-saver-policy-hklm", "logon", "T1546.002", ALL,
      GROUP_POLICY "Control Panel\\Desktop", "SCRNSAVE.EXE", LIBRARY },
    { "accessibility", "logon", "T1546.008", SOFTWARE, NT "Accessibility\\ATs\\*",
      "StartExe|ATExe", COMMAND },
    { "accessibility-start-hklm", "logon", "T1546.008", ALL, NT "Accessibility", "Configuration",
      AS(NOTHING) },
    { "icq-agent", "logon", "T1547.001", AUTORUN_IN_USER, "Mirabilis\\ICQ\\Agent\\Apps\\*",
      "Path", LIBRARY },
    { "ce-connect", "logon", "T1547", ALL,
      "Microsoft\\Windows CE Services\\AutoStartOnConnect|AutoStartOnDisconnect", "*", COMMAND },
    { "terminal-policy-program-hklm", "logon", "T1547.001", ALL,
      "Policies\\Microsoft\\Windows NT\\Terminal Services", "InitialProgram", COMMAND },
    { "task-folder", "logon", "T1053.005", SOFTWARE, "Microsoft\\SchedulingAgent", "TasksFolder",
      AS(FOLDER) },
    { "server-manager", "logon", "T1547.001", SOFTWARE,
      NT "Winlogon\\AlternateShells\\AvailableShells", "*", AS(COMMANDS) },

    /* What msconfig and others have put aside. */
    { "run-disabled-hklm", "logon", "T1547.001", ALL, WINDOWS "Run-", "*",
      UNLESS(ONE, PUT_ASIDE) },
    { "runservices-disabled-hklm", "logon", "T1547.001", ALL, WINDOWS "RunServices-", "*",
      UNLESS(ONE, PUT_ASIDE) },
    { "msconfig-run", "logon", "T1547.001", SOFTWARE, MSCONFIG "startupreg\\*", "command",
      UNLESS(ONE, PUT_ASIDE) },
    { "msconfig-startup-folder", "logon", "T1547.001", SOFTWARE, MSCONFIG "startupfolder\\*",
      "command", UNLESS(ONE, PUT_ASIDE) },
    { "msconfig-service", "service", "T1543.003", SOFTWARE, MSCONFIG "services", "*",
      UNLESS(NOTHING, PUT_ASIDE) },

    /* Winlogon. */
    { "winlogon-shell", "winlogon", "T1547.004", ALL, WINLOGON, "Shell", AS(COMMANDS) },
    { "winlogon-userinit", "winlogon", "T1547.004", ALL, WINLOGON, "Userinit", AS(COMMANDS) },
    { "winlogon-system", "winlogon", "T1547.004", ALL, WINLOGON, "System", AS(COMMANDS) },
    { "winlogon-taskman", "winlogon", "T1547.004", ALL, WINLOGON, "Taskman", COMMAND },
    { "winlogon-gina", "winlogon", "T1547.004", ALL, WINLOGON, "GinaDLL", LIBRARY },
    { "winlogon-vmapplet", "winlogon", "T1547.004", ALL, WINLOGON, "VmApplet", COMMAND },
    { "winlogon-program", "winlogon", "T1547.004", ALL, WINLOGON,
      "UIHost|AppSetup|mpnotify|SaveDumpStart|ServiceControllerStart|LsaStart", AS(COMMANDS) },
    { "winlogon-program-groups", "winlogon", "T1547.004", ALL, WINLOGON, "RunGrpConv",
      AUTORUN_SETTING, AUTORUN_NOTHING, AUTORUN_ALWAYS, "!0|", "grpconv.exe is started" },
    { "winlogon-notify", "winlogon", "T1547.004", ALL, WINLOGON "\\Notify\\*", "DllName",
      LIBRARY },
    { "winlogon-gp-extension", "winlogon", "T1547.004", MACHINE, WINLOGON "\\GPExtensions\\*",
      "DllName", LIBRARY },
    { "credential-provider", "winlogon", "T1556", MACHINE,
      WINDOWS "Authentication\\Credential Providers|Credential Provider Filters|PLAP Providers\\*",
      NULL, CLASS },

    /* Libraries that are loaded into many programs. */
    { "appinit-dlls", "appinit", "T1546.010", MACHINE, NT "Windows", "AppInit_DLLs",
      UNLESS(NAMES, LOAD_APPINIT) },
    { "icon-service", "appinit", "T1547", MACHINE, NT "Windows", "IconServiceLib", LIBRARY },
    { "appcert-dlls", "appinit", "T1546.009", SETS, SESSION "\\AppCertDlls", "*", LIBRARY },
    { "known-dlls", "known-dll", "T1574.001", SETS, SESSION "\\KnownDLLs", "*", LIBRARY },
    { "known-dlls-9x", "known-dll", "T1574.001", SETS_9X, SESSION "\\KnownDLLs|Known16DLLs", "*",
      LIBRARY },
    { "known-dlls-excluded", "known-dll", "T1574.001", SETS | SETS_9X, SESSION,
      "ExcludeFromKnownDlls", LIBRARY },
    { "drivers32", "codec", "T1547", ALL, NT "Drivers32|Drivers|Font Drivers", "*", LIBRARY },
    { "drivers-desc", "codec", "T1547", ALL, NT "Drivers.desc", "*", NAMED },
    { "drivers32-terminal", "codec", "T1547", ALL, NT "Drivers32\\Terminal Server\\*", "*",
      LIBRARY },
    { "netsh-helper", "netsh", "T1546.007", MACHINE, "Microsoft\\NetSh", "*", LIBRARY },
    { "address-book", "hijack", "T1546", ALL, "Microsoft\\WAB\\DLLPath", "", LIBRARY },
    { "office-test", "office", "T1137.002", ALL, "Microsoft\\Office test\\Special\\Perf", "",
      LIBRARY },
    { "amsi-provider", "security", "T1547", MACHINE, "Microsoft\\AMSI\\Providers|Providers2\\*",
      NULL, CLASS },
    { "crypto-offload", "security", "T1547", MACHINE, "Microsoft\\Cryptography\\Offload", "*",
      LIBRARY },
    { "crypto-sip", "security", "T1553.003", MACHINE,
      "Microsoft\\Cryptography\\OID\\EncodingType 0\\CryptSIPDll*\\*", "Dll", LIBRARY },
    { "crypto-trust", "security", "T1553.003", MACHINE,
      "Microsoft\\Cryptography\\Providers\\Trust\\*\\*", "$DLL", LIBRARY },
    { "crypto-provider", "security", "T1547", MACHINE,
      "Microsoft\\Cryptography\\Defaults\\Provider\\*", "Image Path", LIBRARY },
    { "msdtc-oracle", "hijack", "T1574", MACHINE, "Microsoft\\MSDTC\\MTxOCI",
      "OracleOciLib|OracleXaLib|OracleSqlLib", LIBRARY },
    { "msdtc-oracle-path", "hijack", "T1574", MACHINE, "Microsoft\\MSDTC\\MTxOCI",
      "OracleOciLibPath|OracleXaLibPath|OracleSqlLibPath", AS(FOLDER) },
    { "htmlhelp-author", "hijack", "T1574", ALL, "Microsoft\\HtmlHelp Author", "Location",
      LIBRARY },
    { "minidump-dll", "hijack", "T1546", ALL, NT "MiniDumpAuxiliaryDlls", "*", LIBRARY },
    { "function-table-dll", "hijack", "T1546", ALL, NT "KnownFunctionTableDlls", "*", NAMED },
    { "wer-runtime-helper", "hijack", "T1546", ALL,
      "Microsoft\\Windows\\Windows Error Reporting\\RuntimeExceptionHelperModules", "*", NAMED },
    { "wow64-dll", "hijack", "T1574", SOFTWARE, "Microsoft\\Wow64\\*", "*", LIBRARY },
    { "telephony-provider", "network", "T1547", MACHINE, WINDOWS "Telephony\\Providers",
      "ProviderFileName*", LIBRARY },

    /* What starts in place of another program, or beside it. */
    { "ifeo-debugger", "hijack", "T1546.012", ALL, IFEO "*", "Debugger", COMMAND },
    { "ifeo-filter-debugger", "hijack", "T1546.012", ALL, IFEO "*\\*", "Debugger", COMMAND },
    { "ifeo-verifier", "hijack", "T1546.012", ALL, IFEO "*", "VerifierDlls",
      UNLESS(NAMES, VERIFIER) },
    { "ifeo-filter-verifier", "hijack", "T1546.012", ALL, IFEO "*\\*", "VerifierDlls",
      UNLESS(NAMES, VERIFIER) },
    { "ifeo-monitor", "hijack", "T1546.012", ALL, IFEO "*", "MonitorProcess", COMMAND },
    { "ifeo-globalflag", "hijack", "T1546.012", ALL, IFEO "*", "GlobalFlag", VERIFIER_FLAGS },
    { "ifeo-filter-globalflag", "hijack", "T1546.012", ALL, IFEO "*\\*", "GlobalFlag",
      VERIFIER_FLAGS },
    { "silent-process-exit", "hijack", "T1546.012", MACHINE, NT "SilentProcessExit\\*",
      "MonitorProcess", COMMAND },
    { "aedebug", "hijack", "T1546", ALL, NT "AeDebug|AeDebugProtected", "Debugger|ProtectedDebugger",
      COMMAND },
    { "wer-hangs", "hijack", "T1546", ALL, "Microsoft\\Windows\\Windows Error Reporting\\Hangs",
      "Debugger", COMMAND },
    { "dotnet-debugger", "hijack", "T1546", ALL, "Microsoft\\.NETFramework", "DbgManagedDebugger",
      COMMAND },
    { "command-processor", "hijack", "T1546", ALL, "Microsoft\\Command Processor", "AutoRun",
      COMMAND },
    { "user-profiler", "hijack", "T1574.012", USER_ROOT, "Environment",
      "COR_PROFILER|CORECLR_PROFILER", CLASS },
    { "user-profiler-path", "hijack", "T1574.012", USER_ROOT, "Environment",
      "COR_PROFILER_PATH*|CORECLR_PROFILER_PATH*|DOTNET_STARTUP_HOOKS", LIBRARY },
    { "user-environment", "hijack", "T1574.007", USER_ROOT, "Environment",
      "windir|SystemRoot|ComSpec", ONLY(ONE, NULL, "a variable of the system in a user's hive") },
    { "user-path", "hijack", "T1574.007", USER_ROOT, "Environment", "Path", AS(NOTHING) },
    { "machine-profiler", "hijack", "T1574.012", SETS, SESSION "\\Environment",
      "COR_PROFILER|CORECLR_PROFILER", CLASS },
    { "machine-profiler-path", "hijack", "T1574.012", SETS, SESSION "\\Environment",
      "COR_PROFILER_PATH*|CORECLR_PROFILER_PATH*|DOTNET_STARTUP_HOOKS", LIBRARY },
    { "machine-path", "hijack", "T1574.007", SETS, SESSION "\\Environment", "Path", AUTORUN_SEARCH,
      AUTORUN_NOTHING, AUTORUN_ALWAYS, WRITABLE_PATH,
      "a folder that users may write into is searched before System32" },
    { "machine-environment", "hijack", "T1574.007", SETS, SESSION "\\Environment",
      "windir|ComSpec", COMMAND },
    { "shim-database", "hijack", "T1546.011", MACHINE, NT "AppCompatFlags\\InstalledSDB\\*",
      "DatabasePath", LIBRARY },
    { "shim-custom", "hijack", "T1546.011", MACHINE, NT "AppCompatFlags\\Custom\\*", "*",
      AS(NOTHING) },
    { "telemetry-controller", "hijack", "T1546", MACHINE,
      NT "AppCompatFlags\\TelemetryController\\*", "Command", COMMAND },
    { "app-path", "hijack", "T1546", USER, WINDOWS "App Paths\\*", "", COMMAND },
    { "app-path-machine", "hijack", "T1546", MACHINE, WINDOWS "App Paths\\!" WITHOUT_APP_PATH, "",
      ONLY(ONE, WRITABLE, NULL) },
    { "app-path-windows", "hijack", "T1546", MACHINE, WINDOWS "App Paths\\" WITHOUT_APP_PATH, "",
      COMMAND },
    { "app-key-hklm", "hijack", "T1546", ALL, EXPLORER "AppKey\\*", "ShellExecute", COMMAND },
    { "app-key-association-hklm", "hijack", "T1546.001", ALL, EXPLORER "AppKey\\*", "Association",
      AS(NOTHING) },
    { "file-open-command", "hijack", "T1546.001", CLASSES, PROGRAM_FILES "\\shell\\*\\command",
      "|IsolatedCommand", COMMAND },
    { "file-open-delegate", "hijack", "T1546.001", CLASSES, PROGRAM_FILES "\\shell\\*\\command",
      "DelegateExecute", CLASS },
    { "file-ending-command", "hijack", "T1546.001", CLASSES,
      PROGRAM_ENDINGS "\\shell\\*\\command", "|IsolatedCommand", COMMAND },
    { "file-type", "hijack", "T1546.001", CLASSES, PROGRAM_ENDINGS, "", AS(NOTHING) },
    { "file-choice", "hijack", "T1546.001", AUTORUN_IN_USER,
      EXPLORER "FileExts\\" PROGRAM_ENDINGS "\\UserChoice", "ProgId", AS(NOTHING) },
    /* of Windows 2000 and XP */
    { "file-choice-program", "hijack", "T1546.001", AUTORUN_IN_USER,
      EXPLORER "FileExts\\" PROGRAM_ENDINGS, "Application|Progid", AS(NOTHING) },
    { "mount-point-command", "hijack", "T1091", AUTORUN_IN_USER,
      EXPLORER "MountPoints2\\*\\shell\\*\\command", "", COMMAND },
    { "my-computer-tool-hklm", "hijack", "T1546", ALL,
      EXPLORER "MyComputer\\BackupPath|cleanuppath|DefragPath", "", COMMAND },
    { "display-calibrator-hklm", "hijack", "T1548.002", ALL, NT "ICM\\Calibration",
      "DisplayCalibrator", COMMAND },

    /* Explorer. */
    { "delay-load", "explorer", "T1547", ALL, WINDOWS "ShellServiceObjectDelayLoad", "*", CLASS },
    { "shell-service-object", "explorer", "T1547", ALL, EXPLORER "ShellServiceObjects\\*", NULL,
      CLASS },
    { "shared-task-scheduler", "explorer", "T1547", ALL, EXPLORER "SharedTaskScheduler", "*",
      CLASS },
    { "shell-execute-hook", "explorer", "T1546", ALL, EXPLORER "ShellExecuteHooks", "*", CLASS },
    { "icon-overlay", "explorer", "T1547", ALL, EXPLORER "ShellIconOverlayIdentifiers\\*", "",
      CLASS },
    { "find-extension", "explorer", "T1546", ALL, EXPLORER "FindExtensions\\Static\\*", "",
      CLASS },
    { "autoplay-handler", "explorer", "T1546", ALL, EXPLORER "AutoplayHandlers\\Handlers\\*",
      "ProgID|CLSID", CLASS },
    { "autoplay-command", "explorer", "T1546", ALL, EXPLORER "AutoplayHandlers\\Handlers\\*",
      "InitCmdLine", AS(NOTHING) },
    { "volume-cache", "explorer", "T1546", ALL, EXPLORER "VolumeCaches\\*", "", CLASS },
    { "shell-extension", "explorer", "T1546", CLASSES,
      OBJECTS "\\shellex\\ContextMenuHandlers|PropertySheetHandlers|DragDropHandlers|"
      "CopyHookHandlers|ColumnHandlers|ExtShellFolderViews\\*", "", CLASS },
    { "shell-extension-icon", "explorer", "T1546", CLASSES,
      OBJECTS "\\shellex\\IconHandler|DropHandler|DataHandler", "", CLASS },
    /* handlers that a key names by what they are asked for */
    { "shell-extension-shortcut", "explorer", "T1546", CLASSES, ".lnk|lnkfile\\shellex\\{*}", "",
      CLASS },
    { "shell-extension-background", "explorer", "T1546", CLASSES,
      "Directory\\Background\\shellex\\ContextMenuHandlers|PropertySheetHandlers|"
      "DragDropHandlers|CopyHookHandlers|ColumnHandlers|ExtShellFolderViews\\*", "", CLASS },
    { "shell-extension-approved", "explorer", "T1546", ALL, WINDOWS "Shell Extensions\\Approved",
      "*", CLASS },
    { "language-bar", "explorer", "T1547", ALL, "Microsoft\\Ctf\\LangBarAddin\\*", "FilePath",
      LIBRARY },

    /* Internet Explorer and other browsers. */
    { "browser-helper-object", "browser", "T1176", ALL, EXPLORER "Browser Helper Objects\\*",
      NULL, CLASS },
    { "ie-toolbar", "browser", "T1176", ALL, IE "Toolbar", "*", CLASS },
    { "ie-toolbar-user", "browser", "T1176", ALL, IE "Toolbar\\WebBrowser|ShellBrowser|Explorer",
      "*", CLASS },
    { "ie-bar", "browser", "T1176", ALL, IE "Explorer Bars\\*", NULL, CLASS },
    { "ie-extension-class", "browser", "T1176", ALL, IE "Extensions\\*",
      "ClsidExtension|BandCLSID", CLASS },
    { "ie-extension", "browser", "T1176", ALL, IE "Extensions\\*", "Exec|Script", COMMAND },
    { "ie-search-hook", "browser", "T1176", ALL, IE "URLSearchHooks", "*", CLASS },
    { "ie-menu", "browser", "T1176", ALL, IE "MenuExt\\*", "", AS(NOTHING) },
    { "ie-elevation", "browser", "T1546", ALL, IE "Low Rights\\ElevationPolicy\\*", "CLSID",
      CLASS },
    { "ie-elevation-program", "browser", "T1546", ALL, IE "Low Rights\\ElevationPolicy\\*",
      "AppName", AUTORUN_BESIDE, AUTORUN_LIBRARY, AUTORUN_ALWAYS, NULL, NULL },
    { "active-desktop", "browser", "T1547", AUTORUN_IN_USER, IE "Desktop\\Components\\*",
      "Source|SubscribedURL", AS(NOTHING) },
    { "active-desktop-wallpaper", "browser", "T1547", AUTORUN_IN_USER, IE "Desktop\\General",
      "Wallpaper|BackupWallpaper", ONLY(NOTHING, "*.htm|*.html|*.htt|*.mht|*:/*", NULL) },
    { "protocol", "browser", "T1546", CLASSES,
      "Protocols\\Filter|Handler|Name-Space Handler\\*", "CLSID", CLASS },
    { "protocol-name-space", "browser", "T1546", CLASSES,
      "Protocols\\Name-Space Handler\\*\\*", "CLSID", CLASS },
    { "chrome-extension", "browser", "T1176", ALL,
      "Google|Chromium|Microsoft\\Chrome|Chromium|Edge\\Extensions\\*", "path|update_url",
      AS(NOTHING) },
    { "chrome-extension-policy", "browser", "T1176", ALL,
      "Policies\\Google|Microsoft\\Chrome|Edge\\ExtensionInstallForcelist", "*", AS(NOTHING) },
    { "browser-native-host", "browser", "T1176", ALL,
      "Google|Chromium|Microsoft\\Chrome|Chromium|Edge\\NativeMessagingHosts\\*", "", LIBRARY },
    { "mozilla-native-host", "browser", "T1176", ALL, "Mozilla\\NativeMessagingHosts\\*", "",
      LIBRARY },
    { "firefox-extension", "browser", "T1176", ALL, "Mozilla\\*Firefox*\\Extensions", "*",
      LIBRARY },
    { "mozilla-extension", "browser", "T1176", ALL, "Mozilla\\!*Firefox*\\Extensions", "*",
      LIBRARY },
    { "mozilla-plugin", "browser", "T1176", ALL, "MozillaPlugins\\*", "Path", LIBRARY },
    { "browser-command", "browser", "T1546.001", ALL,
      "Clients\\StartMenuInternet\\*\\shell\\open\\command", "", COMMAND },

    /* Classes: what a user's own stand in the way of, and what leads elsewhere. */
    { "com-server", "com", "T1546.015", USER_CLASSES,
      "CLSID\\*\\InprocServer32|InprocServer|LocalServer32|LocalServer|InprocHandler32|"
      "InprocHandler", "", COMMAND },
    { "com-server-machine", "com", "T1546.015", AUTORUN_IN_CLASSES,
      "CLSID\\*\\InprocServer32|InprocServer|LocalServer32|LocalServer|InprocHandler32|"
      "InprocHandler", "", ONLY(ONE, WRITABLE, NULL) },
    { "com-treat-as", "com", "T1546.015", CLASSES, "CLSID\\*\\TreatAs", "", CLASS },
    { "com-scriptlet", "com", "T1218.010", CLASSES, "CLSID\\*\\ScriptletURL", "", AS(NOTHING) },
    { "com-proxy", "com", "T1546.015", USER_CLASSES, "Interface\\*\\ProxyStubClsid32", "",
      CLASS },
    { "com-typelib", "com", "T1546.015", CLASSES, "TypeLib\\*\\*\\*\\win32|win64", "",
      ONLY(NOTHING, "script:*", "a type library that is a script") },
    { "com-htmlhelp", "com", "T1546.015", AUTORUN_IN_CLASSES,
      "CLSID\\{52A2AAAE-085D-4187-97EA-8C30DB990436}\\InprocServer32", "", LIBRARY },

    /* Office. */
    { "office-addin", "office", "T1137.006", ALL, "Microsoft\\Office\\*\\Addins\\*", NULL,
      AUTORUN_CLASS, AUTORUN_LIBRARY, AUTORUN_LOAD_BEHAVIOR, NULL, NULL },
    { "office-version-addin", "office", "T1137.006", ALL, "Microsoft\\Office\\*\\*\\Addins\\*",
      NULL, AUTORUN_CLASS, AUTORUN_LIBRARY, AUTORUN_LOAD_BEHAVIOR, NULL, NULL },
    { "office-click-to-run-addin", "office", "T1137.006", SOFTWARE,
      "Microsoft\\Office\\ClickToRun\\REGISTRY\\MACHINE\\Software\\Microsoft\\Office\\*\\Addins\\*",
      NULL, AUTORUN_CLASS, AUTORUN_LIBRARY, AUTORUN_LOAD_BEHAVIOR, NULL, NULL },
    { "office-manifest", "office", "T1137.006", ALL, "Microsoft\\Office\\*\\Addins\\*", "Manifest",
      UNLESS(NOTHING, LOAD_BEHAVIOR) },
    { "office-vba-addin", "office", "T1137.006", ALL, "Microsoft\\VBA\\VBE\\6.0\\Addins*\\*",
      NULL, CLASS },
    { "excel-open", "office", "T1137.006", ALL, "Microsoft\\Office\\*\\Excel\\Options", "OPEN*",
      LIBRARY },
    { "word-startup-path", "office", "T1137.001", ALL, "Microsoft\\Office\\*\\Word\\Options",
      "STARTUP-PATH", AS(FOLDER) },
    { "excel-startup-path", "office", "T1137.001", ALL, "Microsoft\\Office\\*\\Excel\\Options",
      "AltStartup", AS(FOLDER) },
    { "outlook-page", "office", "T1137.004", ALL, "Microsoft\\Office\\*\\Outlook\\WebView\\*",
      "URL", AS(NOTHING) },
    { "outlook-today", "office", "T1137.004", ALL, "Microsoft\\Office\\*\\Outlook\\Today",
      "UserDefinedUrl|Stamp|URL", ONLY(NOTHING, "*:*", NULL) },
    { "vsto-inclusion", "office", "T1137.006", ALL, "Microsoft\\VSTO\\Security\\Inclusion\\*",
      "Url", AS(NOTHING) },

    /* The machine: boot, services, drivers. */
    { "boot-execute", "boot", "T1547", SETS, SESSION, "BootExecute", AS(NATIVE) },
    { "session-execute", "boot", "T1547", SETS, SESSION,
      "BootExecuteNoPnpSync|SetupExecute|SetupExecuteNoPnpSync|Execute|PlatformExecute",
      AS(NATIVE) },
    { "session-initial-command", "boot", "T1547", SETS, SESSION, "S0InitialCommand|BootShell",
      COMMAND },
    { "pending-rename", "boot", "T1547", SETS, SESSION, "PendingFileRenameOperations*",
      AUTORUN_RENAMES, AUTORUN_LIBRARY, AUTORUN_ALWAYS, NULL, NULL },
    { "wininit-9x", "boot", "T1547", SETS_9X, SESSION "\\WININIT", "*", LIBRARY },
    { "subsystem", "boot", "T1547", SETS, SESSION "\\SubSystems",
      "!Required|Optional", COMMAND },
    { "subsystem-list", "boot", "T1547", SETS, SESSION "\\SubSystems", "Required|Optional",
      AS(NOTHING) },
    { "setup-command", "boot", "T1547", SYSTEM, "Setup", "CmdLine", COMMAND },
    { "boot-verification", "boot", "T1547", SETS, "Control\\BootVerificationProgram", "ImagePath",
      COMMAND },
    { "safe-boot-shell", "boot", "T1547", SETS, "Control\\SafeBoot", "AlternateShell", COMMAND },
    { "safe-boot-service", "boot", "T1562.009", SETS, "Control\\SafeBoot\\Minimal|Network\\*", "",
      ONLY(NOTHING, "service|driver", NULL) },
    { "wow-command", "boot", "T1547", SETS, "Control\\WOW", "cmdline|wowcmdline", COMMAND },
    { "wow-command-session", "boot", "T1547", SETS, SESSION "\\WOW", "cmdline|wowcmdline",
      COMMAND },
    { "wow-known-dlls", "known-dll", "T1574.001", SETS, "Control\\WOW", "KnownDLLs", AS(NAMES) },
    { "service-control-extension", "service", "T1543.003", SETS, "Control",
      "ServiceControlManagerExtension", LIBRARY },
    { "service", "service", "T1543.003", SETS, "Services\\*", NULL, AUTORUN_SERVICES, AUTORUN_ONE,
      AUTORUN_ALWAYS, NULL, NULL },
    { "svchost-group", "service", "T1543.003", MACHINE, NT "Svchost", "*", AUTORUN_GROUP,
      AUTORUN_NOTHING, AUTORUN_ALWAYS, NULL, NULL },
    { "service-failure-command", "service", "T1543.003", SETS, "Services\\*", "FailureCommand",
      COMMAND },
    { "service-performance", "service", "T1543.003", SETS, "Services\\*\\Performance", "Library",
      LIBRARY },
    { "vxd", "driver", "T1547", SETS_9X, "Services\\VxD\\*", "StaticVxD", LIBRARY },
    { "mpr-service", "service", "T1547", SETS_9X, "Control\\MPRServices\\*", "DllName", LIBRARY },
    { "class-filter", "driver", "T1547", SETS, "Control\\Class\\*", "UpperFilters|LowerFilters",
      AS(DRIVER) },
    { "keyboard-layout", "driver", "T1547", SETS | SETS_9X, "Control\\Keyboard Layouts\\*",
      "Layout File|Ime File", ONLY(LIBRARY, "!" KEYBOARDS, NULL) },

    /* Security, printing, network. */
    { "lsa-authentication", "lsa", "T1547.002", SETS, "Control\\Lsa", "Authentication Packages",
      LIBRARY },
    { "lsa-notification", "lsa", "T1556.002", SETS, "Control\\Lsa", "Notification Packages",
      LIBRARY },
    { "lsa-security", "lsa", "T1547.005", SETS, "Control\\Lsa", "Security Packages", LIBRARY },
    { "lsa-security-config", "lsa", "T1547.005", SETS, "Control\\Lsa\\OSConfig",
      "Authentication Packages|Notification Packages|Security Packages", LIBRARY },
    { "lsa-extension", "lsa", "T1547.008", SETS, "Control\\LsaExtensionConfig\\*",
      "Extensions|Extension", LIBRARY },
    { "lsa-interface", "lsa", "T1547.008", SETS, "Control\\LsaExtensionConfig\\*\\*",
      "Extensions|Extension", LIBRARY },
    { "security-provider", "lsa", "T1547.005", SETS, "Control\\SecurityProviders",
      "SecurityProviders", AS(NAMES) },
    { "ntds-extension", "lsa", "T1547.008", SETS, "Services\\NTDS",
      "LsaDbExtPt|DirectoryServiceExtPt", LIBRARY },
    { "print-monitor", "print", "T1547.010", SETS | SETS_9X, "Control\\Print\\Monitors\\*",
      "Driver", LIBRARY },
    { "print-provider", "print", "T1547.010", SETS | SETS_9X, "Control\\Print\\Providers\\*",
      "Name", LIBRARY },
    { "print-processor", "print", "T1547.012", SETS | SETS_9X,
      "Control\\Print\\Environments\\*\\Print Processors\\*", "Driver", LIBRARY },
    { "winsock-protocol", "winsock", "T1547", SETS | SETS_9X,
      WINSOCK "Protocol_Catalog9\\Catalog_Entries*\\*", "PackedCatalogItem", AUTORUN_CATALOG,
      AUTORUN_LIBRARY, AUTORUN_ALWAYS, NULL, NULL },
    { "winsock-name-space", "winsock", "T1547", SETS | SETS_9X,
      WINSOCK "NameSpace_Catalog5\\Catalog_Entries*\\*", "LibraryPath", LIBRARY },
    { "winsock-autodial", "winsock", "T1547", SETS, WINSOCK, "AutodialDLL", LIBRARY },
    { "winsock-application", "winsock", "T1547", SETS, WINSOCK "AppId_Catalog\\*", "AppFullPath",
      LIBRARY },
    { "network-provider", "network", "T1556.008", SETS, "Services\\*\\NetworkProvider",
      "ProviderPath", LIBRARY },
    { "network-provider-order", "network", "T1556.008", SETS,
      "Control\\NetworkProvider\\Order|HwOrder", "ProviderOrder", AS(NOTHING) },
    { "time-provider", "network", "T1547.003", SETS, "Services\\W32Time\\TimeProviders\\*",
      "DllName", LIBRARY },
    { "dns-plugin", "network", "T1543.003", SETS, "Services\\DNS\\Parameters",
      "ServerLevelPluginDll", LIBRARY },
    { "router-manager", "network", "T1547", SETS, "Services\\RemoteAccess\\RouterManagers\\*",
      "DllPath", LIBRARY },
    { "terminal-startup-program", "network", "T1547", SETS, TERMINAL "Wds\\*", "StartupPrograms",
      AS(COMMANDS) },
    { "terminal-initial-program", "network", "T1547", SETS, TERMINAL "WinStations\\*",
      "InitialProgram", COMMAND },
    { "terminal-addin", "network", "T1547", SETS, TERMINAL "Addins\\*", "Name", LIBRARY },
    { "index-language", "network", "T1547", SETS, "Control\\ContentIndex\\Language\\*",
      "StemmerDLLPathOverride|WBDLLPathOverride", LIBRARY },
    { "wmi-autorecover", "boot", "T1546.003", SOFTWARE, "Microsoft\\Wbem\\CIMOM",
      "Autorecover MOFs", AS(EVERY) },

    /* Settings. A record is written only of those that are as `only` has them. */
    { "autodial", "setting", "T1112", USER, INTERNET, "EnableAutodial",
      TEXT("1", "dials out by itself") },
    { "proxy", "setting", "T1090", ALL, INTERNET, "ProxyServer",
      TEXT("?*", "a proxy for all connections of Internet Explorer") },
    { "proxy-script", "setting", "T1090", ALL, INTERNET, "AutoConfigURL",
      TEXT("?*", "a script names the proxy") },
    { "ie-start-page", "setting", "T1112", ALL, IE "Main", "Start Page|Search Page|Search Bar",
      TEXT("!*microsoft.com*|*msn.com*|about:*|*go.microsoft*|res:*|*bing.com*|*www.google.*|",
           "another start or search page") },
    { "service-disabled", "setting", "T1562.001", SETS,
      "Services\\wscsvc|WinDefend|wuauserv|SharedAccess|MpsSvc|BFE|ERSvc|WerSvc|SecurityHealthService|"
      "Sense|WdNisSvc|WdFilter|WdBoot|EventLog|CryptSvc|srservice|swprv", "Start",
      TEXT("4", "a service of the system's protection is disabled") },
    { "security-center", "setting", "T1562.001", MACHINE, "Microsoft\\Security Center",
      "AntiVirusDisableNotify|FirewallDisableNotify|UpdatesDisableNotify|AntiVirusOverride|"
      "FirewallOverride|UacDisableNotify|AutoUpdateDisableNotify|InternetSettingsDisableNotify|"
      "FirstRunDisabled", TEXT("!0", "Security Center does not warn") },
    { "security-center-service", "setting", "T1562.001", MACHINE,
      "Microsoft\\Security Center\\Svc",
      "AntiVirusDisableNotify|FirewallDisableNotify|UpdatesDisableNotify|AntiVirusOverride|"
      "FirewallOverride|UacDisableNotify|AntiSpywareOverride",
      TEXT("!0", "Security Center does not warn") },
    { "defender-off", "setting", "T1562.001", SOFTWARE,
      "Policies\\Microsoft\\Windows Defender", "Disable*", TEXT("!0", DEFENDER_OFF) },
    { "defender-off-policy", "setting", "T1562.001", SOFTWARE,
      "Policies\\Microsoft\\Windows Defender\\Real-Time Protection", "Disable*",
      TEXT("!0", DEFENDER_OFF) },
    { "defender-off-local", "setting", "T1562.001", SOFTWARE, "Microsoft\\Windows Defender",
      "DisableAntiSpyware|DisableAntiVirus", TEXT("!0", DEFENDER_OFF) },
    { "defender-off-real-time", "setting", "T1562.001", SOFTWARE,
      "Microsoft\\Windows Defender\\Real-Time Protection", "Disable*", TEXT("!0", DEFENDER_OFF) },
    { "defender-exclusion", "setting", "T1562.001", SOFTWARE,
      "Microsoft\\Windows Defender\\Exclusions\\Paths|Extensions|Processes|IpAddresses", "*",
      TEXT(NULL, "Defender does not look at it") },
    { "firewall-off", "setting", "T1562.004", SETS,
      FIREWALL "StandardProfile|DomainProfile|PublicProfile", "EnableFirewall",
      TEXT("0", "the firewall is off") },
    { "firewall-policy-off", "setting", "T1562.004", SOFTWARE,
      "Policies\\Microsoft\\WindowsFirewall\\*", "EnableFirewall",
      TEXT("0", "the firewall is off") },
    { "firewall-program", "setting", "T1562.004", SETS,
      FIREWALL "*\\AuthorizedApplications\\List", "*",
      TEXT("!*system32\\sessmgr.exe:^*:enabled:@xpsp2res.dll,-22019|"
           "*network diagnostic\\xpnetdiag.exe:^*:enabled:@xpsp3res.dll,-20000",
           "the firewall lets this program through") },
    { "firewall-port", "setting", "T1562.004", SETS, FIREWALL "*\\GloballyOpenPorts\\List", "*",
      TEXT("!*:@xpsp2res.dll,*|*:@xpsp3res.dll,*", "the firewall lets this port through") },
    { "hidden-files", "setting", "T1564.001", AUTORUN_IN_USER, EXPLORER "Advanced",
      "Hidden|SuperHidden|ShowSuperHidden|HideFileExt",
      TEXT("!0|1|2", "a setting of hidden files that Explorer does not write") },
    { "hidden-files-off", "setting", "T1564.001", AUTORUN_IN_USER, EXPLORER "Advanced", "Hidden",
      TEXT("0", "Explorer shows no hidden files") },
    { "hidden-checkbox", "setting", "T1564.001", MACHINE,
      EXPLORER "Advanced\\Folder\\Hidden\\SHOWALL", "CheckedValue",
      TEXT("!1", "hidden files cannot be shown") },
    { "hidden-checkbox-system", "setting", "T1564.001", MACHINE,
      EXPLORER "Advanced\\Folder\\SuperHidden", "Type|UncheckedValue|CheckedValue",
      TEXT("!checkbox|0|1", "hidden files of the system cannot be shown") },
    { "hidden-user", "setting", "T1564.002", MACHINE, WINLOGON "\\SpecialAccounts\\UserList", "*",
      TEXT("0", "the user is not shown where users log on") },
    { "task-manager-off", "setting", "T1562.001", ALL, POLICIES "System",
      "DisableTaskMgr|DisableRegistryTools|DisableCMD|DisableChangePassword|DisableLockWorkstation",
      TEXT("!0", "a tool of the system is forbidden") },
    { "explorer-policy", "setting", "T1562.001", ALL, POLICIES "Explorer",
      "NoFolderOptions|NoRun|NoFind|NoControlPanel|NoTrayContextMenu|NoViewContextMenu|"
      "NoWindowsUpdate|NoDesktop|NoClose|DisallowRun|RestrictRun|NoDrives|NoViewOnDrive",
      TEXT("!0", "a part of Explorer is forbidden") },
    { "disallowed-program", "setting", "T1562.001", ALL, POLICIES "Explorer\\DisallowRun", "*",
      TEXT(NULL, "this program is forbidden") },
    { "command-prompt-off", "setting", "T1562.001", ALL, GROUP_POLICY "System", "DisableCMD",
      TEXT("!0", "the command prompt is forbidden") },
    { "uac-off", "setting", "T1548.002", MACHINE, POLICIES "System",
      "EnableLUA|ConsentPromptBehaviorAdmin|PromptOnSecureDesktop",
      TEXT("0", "programs get the administrator's rights without a question") },
    { "restore-off", "setting", "T1490", MACHINE, NT "SystemRestore", "DisableSR|DisableConfig",
      TEXT("!0", "System Restore is off") },
    { "restore-policy-off", "setting", "T1490", MACHINE,
      "Policies\\Microsoft\\Windows NT\\SystemRestore", "DisableSR|DisableConfig",
      TEXT("!0", "System Restore is off") },
    { "file-protection-off", "setting", "T1562.001", MACHINE, WINLOGON, "SFCDisable",
      TEXT("!0", "Windows File Protection is off") },
    { "auto-logon", "setting", "T1552.002", MACHINE, WINLOGON, "AutoAdminLogon",
      TEXT("!0", "a user is logged on without a question; the password may stand beside it") },
    { "stored-password", "setting", "T1552.002", SOFTWARE, WINLOGON, "DefaultPassword",
      TEXT("?*", "the password of a user stands in clear text") },
    { "account-rid", "setting", "T1098", SAM, "SAM\\Domains\\Account\\Users\\????????", "F",
      AUTORUN_ACCOUNT, AUTORUN_NOTHING, AUTORUN_ALWAYS, NULL, NULL },
    { "legal-notice", "setting", "T1491.001", SOFTWARE, WINLOGON,
      "LegalNoticeCaption|LegalNoticeText", TEXT("?*", SHOWN_BEFORE_LOGON) },
    { "legal-notice-policy", "setting", "T1491.001", SOFTWARE, POLICIES "System",
      "LegalNoticeCaption|LegalNoticeText", TEXT("?*", SHOWN_BEFORE_LOGON) },
    { "autorun-policy", "setting", "T1091", ALL, POLICIES "Explorer",
      "NoDriveTypeAutoRun",
      TEXT("0", "AutoRun works on drives of every kind") },
    { "update-off", "setting", "T1562.001", SOFTWARE, GROUP_POLICY "WindowsUpdate\\AU",
      "NoAutoUpdate", TEXT("!0", "automatic updates are off") },
    { "update-off-local", "setting", "T1562.001", SOFTWARE,
      WINDOWS "WindowsUpdate\\Auto Update", "AUOptions", TEXT("1", "automatic updates are off") },
    { "script-host-off", "setting", "T1562.001", ALL, "Microsoft\\Windows Script Host\\Settings",
      "Enabled", TEXT("0", "scripts are switched off") },
    { "power-shell-policy", "setting", "T1059.001", ALL, "Microsoft\\PowerShell\\1\\ShellIds\\*",
      "ExecutionPolicy", TEXT("unrestricted|bypass", "PowerShell runs every script") },
    { "compatibility-layer", "setting", "T1546.011", ALL, NT "AppCompatFlags\\Layers", "*",
      TEXT("*elevatecreateprocess*|*runasinvoker*|*injectdll*|*redirectexe*",
           "a program is started in an altered way") },
    { "security-log-off", "setting", "T1562.002", SETS, "Control\\MiniNt", "*",
      TEXT(NULL, "the event log works as in Windows PE") },
    { "restrict-anonymous", "setting", "T1112", SETS, "Control\\Lsa",
      "RestrictAnonymousSAM", TEXT("0", "anyone may list the users") },
    { "anonymous-everyone", "setting", "T1112", SETS, "Control\\Lsa",
      "EveryoneIncludesAnonymous|ForceGuest", TEXT("1", "guests count as everyone") },
    { "restrict-anonymous-on", "setting", "T1112", SETS, "Control\\Lsa", "RestrictAnonymous",
      TEXT("!0", "anonymous access is restricted, as some worms do behind themselves") },
    { "blank-passwords", "setting", "T1112", SETS, "Control\\Lsa", "LimitBlankPasswordUse",
      TEXT("0", "blank passwords work over the network") },
    { "lsa-protection-off", "setting", "T1003.001", SETS, "Control\\Lsa",
      "RunAsPPL|RunAsPPLBoot", TEXT("0", "LSA is not protected") },
    { "dsrm-logon", "setting", "T1003", SETS, "Control\\Lsa", "DsrmAdminLogonBehavior",
      TEXT("!0", "the recovery administrator may log on over the network") },
    { "restricted-admin", "setting", "T1550.002", SETS, "Control\\Lsa", "DisableRestrictedAdmin",
      TEXT("0", "hashes are enough for a remote desktop") },
    { "wdigest", "setting", "T1003.001", SETS, "Control\\SecurityProviders\\WDigest",
      "UseLogonCredential", TEXT("1", "passwords are kept in memory") },
    { "dcom", "setting", "T1112", MACHINE, "Microsoft\\Ole", "EnableDCOM",
      TEXT("n", "DCOM is off, as some worms do behind themselves") },
    { "remote-desktop", "setting", "T1021.001", SETS, "Control\\Terminal Server",
      "fDenyTSConnections", TEXT("0", "remote desktop is on") },
    { "remote-desktop-port", "setting", "T1021.001", SETS, TERMINAL "WinStations\\RDP-Tcp",
      "PortNumber", TEXT("!3389", "remote desktop is at another port") },
    { "remote-desktop-authentication", "setting", "T1021.001", SETS,
      TERMINAL "WinStations\\RDP-Tcp", "UserAuthentication",
      TEXT("0", "remote desktop shows its logon to anyone") },
    { "hosts-path", "setting", "T1565.001", SETS, "Services\\Tcpip\\Parameters", "DataBasePath",
      TEXT("!%systemroot%\\system32\\drivers\\etc", "the hosts file is another one") },
    { "name-server", "setting", "T1557", SETS,
      "Services\\Tcpip\\Parameters", "NameServer",
      TEXT("?*", "names are looked up at these servers") },
    { "name-server-interface", "setting", "T1557", SETS,
      "Services\\Tcpip\\Parameters\\Interfaces\\*", "NameServer",
      TEXT("?*", "names are looked up at these servers") },
    { "connection-limit", "setting", "T1112", SETS, "Services\\Tcpip\\Parameters",
      "TcpNumConnections", TEXT("!0", "the limit of connections was changed") },
    { "safe-boot-alternate", "setting", "T1562.009", SETS, "Control\\SafeBoot\\Option",
      "UseAlternateShell", TEXT("!0", "safe mode starts AlternateShell") },
    { "admin-shares", "setting", "T1112", SETS, "Services\\LanmanServer\\Parameters",
      "AutoShareWks|AutoShareServer",
      TEXT("0", "no administrative shares, as some worms do behind themselves") },
};

const struct autorun_location *autorun_location(size_t index)
{
    return index < sizeof locations / sizeof *locations ? &locations[index] : NULL;
}
