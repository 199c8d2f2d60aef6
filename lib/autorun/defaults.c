/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What Windows itself puts into the places of the catalogue, but services. Sources:
 * Microsoft's documentation, and hives of clean installations. A name of * stands
 * where any number of names lead to the same files of Windows. See defaults.h.
 */

#include <fett/autorun.h>

#include "defaults.h"

enum {
    OLD = AUTORUN_NT4 | AUTORUN_2000 | AUTORUN_XP | AUTORUN_2003,
    MID = AUTORUN_VISTA | AUTORUN_7,
    NEW = AUTORUN_8 | AUTORUN_10 | AUTORUN_11,
};

/* Where the Startup folders of machine and user are, in English. */
#define STARTUP \
    "%userprofile%\\*menu*\\programs\\startup|" \
    "?:\\documents and settings\\*\\start menu\\programs\\startup|" \
    "%allusersprofile%\\start menu\\programs\\startup|" \
    "%userprofile%\\appdata\\roaming\\microsoft\\windows\\start menu\\programs\\startup|" \
    "%appdata%\\microsoft\\windows\\start menu\\programs\\startup|" \
    "?:\\users\\*\\appdata\\roaming\\microsoft\\windows\\start menu\\programs\\startup|" \
    "%programdata%\\microsoft\\windows\\start menu\\programs\\startup|" \
    "%win%\\start menu\\programs\\startup|%win%\\all users\\start menu\\programs\\startup|" \
    "%win%\\profiles\\*\\start menu\\programs\\startup"

/* Parts of Windows itself have a number where others have a program. */
#define DIGITS "0|1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16|17|18|19|20|21|22|23|24|25|26|27|28|29|"

/* Libraries that hold Explorer's extensions. */
#define SHELL \
    "shell32.dll|shdocvw.dll|browseui.dll|explorerframe.dll|windows.storage.dll|stobject.dll|" \
    "webcheck.dll|wpdshserviceobj.dll|wpdshext.dll|upnpui.dll|ieframe.dll|ieproxy.dll|" \
    "zipfldr.dll|cscui.dll|cscobj.dll|cscdll.dll|ntshrui.dll|syncui.dll|mydocs.dll|sendmail.dll|" \
    "printui.dll|photowiz.dll|shimgvw.dll|shmedia.dll|docprop.dll|docprop2.dll|rshx32.dll|" \
    "dskquoui.dll|deskadp.dll|deskmon.dll|deskpan.dll|deskperf.dll|diskcopy.dll|dsquery.dll|" \
    "dsuiext.dll|dfsshlex.dll|fontext.dll|hticons.dll|icmui.dll|mmsys.cpl|mstask.dll|" \
    "msieftp.dll|netshell.dll|netplwiz.dll|nwprovau.dll|occache.dll|ole32.dll|remotepg.dll|" \
    "shscrap.dll|slayerxp.dll|acppage.dll|themeui.dll|timedate.cpl|twext.dll|wiashext.dll|" \
    "wmpshell.dll|wshext.dll|extmgr.dll|fde.dll|cryptext.dll|audiodev.dll|cabview.dll|" \
    "appwiz.cpl|inetcpl.cpl|prnfldr.dll|thumbcache.dll|propsys.dll|srchadmin.dll|" \
    "searchfolder.dll|mssvp.dll|devicecenter.dll|provsvc.dll|hgcpl.dll|gameux.dll|fdprint.dll|" \
    "fdwcn.dll|synccenter.dll|workfoldersshell.dll|bthprops.cpl|colorui.dll|connect.dll|" \
    "fvecpl.dll|photometadatahandler.dll|actioncenter.dll|hcproviders.dll|networkexplorer.dll|" \
    "usercpl.dll|van.dll|pnidui.dll|sndvolsso.dll|inputswitch.dll|playtomenu.dll|" \
    "playtodevice.dll|shwebsvc.dll|appresolver.dll|twinui.dll|twinui.appcore.dll|" \
    "twinui.pcshell.dll|starttiledata.dll|windowscodecsext.dll|shacct.dll|wuaucpl.cpl|mlang.dll|" \
    "msident.dll|url.dll|mshtml.dll|mscorier.dll|nmevtmsg.dll|inetcomm.dll|wab32.dll|" \
    "olepro32.dll|urlmon.dll|plustab.dll|diskmgmt.dll|shgina.dll|wucltux.dll|dxdiagn.dll|" \
    "fsutilext.dll|oobefldr.dll|speechuxcpl.dll|structuredquery.dll|tiptsf.dll|" \
    "sharemediacpl.dll|wlanpref.dll|acledit.dll|portabledeviceapi.dll|powercpl.dll|" \
    "systemcpl.dll|taskbarcpl.dll|wercon.exe|xwizards.dll|wcnwiz.dll|auxiliarydisplaycpl.dll|" \
    "mctres.dll|defaultlocationcpl.dll|fdproxy.dll|fontsub.dll|autoplay.dll|ehome\\ehdrop.dll|" \
    "pautoenr.dll|contactbar.dll|dfshim.dll|atl.dll|wlidcli.dll|storagecontexthandler.dll|" \
    "edpshell.dll|cmdext.dll|intl.cpl|credui.dll|shsvcs.dll|batmeter.dll|hotplug.dll|cdosys.dll|" \
    "mscms.dll|syncreg.dll|lpksetup.exe|dmview.ocx|mapi32.dll|%win%\\explorer.exe|" \
    "%win%\\ehome\\ehdrop.dll|%win%\\msagent\\agentpsh.dll|" \
    "%win%\\microsoft.net\\framework*\\shfusion.dll|" \
    "%win%\\microsoft.net\\framework\\*\\shfusion.dll|" \
    "dxp.dll|alttab.dll|pwsso.dll|systemresetplatform\\systemresetsso.dll|authui.dll|" \
    "settingmonitor.dll|ehstorshell.dll|rdbui.dll|sysmain.dll|srmshell.dll|mf.dll|dlnashext.dll|" \
    "%win%\\ehome\\ehsso.dll|%programs%\\windows mail\\wabfind.dll|" \
    "%programs%\\common files\\microsoft shared\\microsoft camera codec pack\\" \
    "microsoftrawcodec.dll|" \
    "%programs%\\windows photo viewer\\photoviewer.dll|" \
    "%programs%\\windows photo gallery\\photoviewer.dll|" \
    "%programs%\\windows media player\\wmpband.dll|%programs%\\windows media player\\mpvis.dll|" \
    "%programs%\\windows sidebar\\sbdrop.dll|%programs%\\windows defender\\shellext.dll|" \
    "%programs%\\windows mail\\wabimp.dll|%programs%\\outlook express\\wabfind.dll|" \
    "%programs%\\common files\\system\\wab32.dll|" \
    "%programs%\\common files\\microsoft shared\\msinfo\\ieinfo5.ocx"

static const struct shipped rows[] = {
    { 0, "run-hklm", "systemtray", "systray.exe" },
    { AUTORUN_9X, "run-hklm",
      "scanregistry|taskmonitor|loadpowerprofile|pchealth|taskbar display controls|"
      "stillimagemonitor|criticalupdate",
      "%win%\\scanregw.exe /autorun|scanregw.exe /autorun|%win%\\taskmon.exe|taskmon.exe|"
      "rundll32.exe powrprof.dll,loadcurrentpwrscheme|%win%\\pchealth\\support\\pchschd.exe -s|"
      "rundll deskcp16.dll,quickres_rundll32|stimon.exe|wucrtupd.exe -startup" },
    { 0, "run-hklm", "loadpowerprofile", "rundll32.exe powrprof.dll,loadcurrentpwrscheme" },
    { 0, "run-hklm", "ctfmon|ctfmon.exe|internat.exe|synchronization manager|thumbnail|mobsync",
      "ctfmon.exe|internat.exe|mobsync.exe /logon|mobsync.exe" },
    { MID, "run-hklm",
      "sidebar|windowswelcomecenter|windows defender|windows mobile-based device management",
      "%programs%\\windows sidebar\\sidebar.exe /autorun|"
      "%programs%\\windows sidebar\\sidebar.exe /detectmem|"
      "rundll32.exe oobefldr.dll,showwelcomecenter|"
      "%programs%\\windows defender\\msascui.exe -hide|%win%\\windowsmobile\\wmdc.exe|"
      "%win%\\windowsmobile\\wmdsync.exe" },
    { NEW, "run-hklm", "securityhealth|windowsdefender",
      "securityhealthsystray.exe|%programs%\\windows defender\\msascuil.exe|"
      "%programs%\\windows defender\\msascui.exe -hide" },
    { 0, "runonce-hklm", "^*werkernelreporting", "werfault.exe -k -rq" },
    { MID, "runonce-hklm", "mctadmin", "mctadmin.exe" },
    { 0, "run-subkey-hklm", "installed|nochange|mapi", "1" },
    { 0, "runservices-hklm", "loadpowerprofile|schedulingagent|*statemgr",
      "rundll32.exe powrprof.dll,loadcurrentpwrscheme|mstask.exe|%win%\\restore\\statemgr.exe|"
      "restore\\statemgr.exe" },
    { 0, "windows-programs-hklm", "*", "com exe bat pif cmd|exe com bat pif cmd|exe com bat pif" },
    { 0, "startup-folder-path-hklm", "*", STARTUP },
    { 0, "screen-saver", "*",
      "logon.scr|scrnsave.scr|ssmarque.scr|ssmypics.scr|ssmyst.scr|sspipes.scr|ssstars.scr|"
      "ss3dfo.scr|sstext3d.scr|ssflwbox.scr|ssbezier.scr|mystify.scr|ribbons.scr|bubbles.scr|"
      "aurora.scr|photoscreensaver.scr|ss3dtext.scr|logon95.scr|default.scr|login.scr|(none)|"
      "channel screen saver.scr" },
    { 0, "active-setup-component-hklm", "*", "shell32.dll|themeui.dll" },
    { 0, "active-setup-hklm", "*",
      "unregmp2.exe *|%win%\\inf\\unregmp2.exe *|ie4uinit.exe *|"
      "regsvr32.exe /s /n /i:/userinstall *themeui.dll|regsvr32.exe /s /n /i:u shell32.dll|"
      "rundll32.exe iedkcs32.dll,brandie*|iedkcs32.dll *|shmgrate.exe ocinstall*|"
      "%programs%\\outlook express\\setup50.exe\" /app:*|"
      "%programs%\\outlook express\\setup50.exe /app:*|"
      "%programs%\\windows mail\\winmail.exe ocinstalluserconfigoe|"
      "rundll32.exe mscories.dll,install|"
      "rundll32 advpack.dll,launchinfsection %systemroot%\\inf\\*|"
      "rundll32.exe advpack.dll,launchinfsection %systemroot%\\inf\\*|"
      "rundll32.exe advpack.dll,launchinfsectionex %systemroot%\\inf\\*|"
      "rundll32.exe advpack.dll,launchinfsection c:\\win*\\inf\\*|"
      "rundll32 advpack.dll,launchinfsection c:\\win*\\inf\\*|"
      "%programs%\\microsoft\\edge\\application\\*\\installer\\setup.exe\" --configure-user-se"
      "ttings --verbose-logging --system-level*|"
      "%programs%\\microsoft\\edge\\application\\*\\installer\\setup.exe --configure-user-set"
      "tings --verbose-logging --system-level*|%programs%\\netmeeting\\mnmdd.dll|"
      "rundll32.exe themeui.dll,*|%win%\\system\\updcrl.exe *|"
      "updcrl.exe -e -u *verisignpub1.crl|u|/userinstall" },
    { 0, "accessibility", "*",
      DIGITS "magnify.exe|narrator.exe|osk.exe|easeofaccessdialog.exe|utilman.exe|atbroker.exe|"
      "sethc.exe|voiceaccess.exe|livecaptions.exe|%win%\\speech\\common\\sapisvr.exe -speechux" },
    { 0, "task-folder", "*", "%win%\\tasks" },
    { 0, "server-manager", "*",
      "explorer.exe|"
      "cmd.exe /c \"cd /d \"%userprofile%\" & start cmd.exe /k runonce.exe /alternateshell"
      "startup\"|powershell.exe" },
    { 0, "winlogon-shell", "*", "explorer.exe|progman.exe|taskman,progman,wowexec" },
    { 0, "winlogon-userinit", "*",
      "userinit|nddeagnt.exe|userinit.exe|userinit.exe,|userinit,nddeagnt.exe" },
    { 0, "winlogon-system", "*", "lsass.exe" },
    { 0, "winlogon-gina", "*", "msgina.dll" },
    { 0, "winlogon-vmapplet", "*",
      "rundll32 shell32,control_rundll \"sysdm.cpl\"|rundll32 shell32,control_rundll sysdm.cpl|"
      "systempropertiesperformance.exe /pagefile" },
    { 0, "winlogon-program", "uihost", "logonui.exe" },
    { 0, "winlogon-program", "appsetup", "usrlogon.cmd" },
    { OLD, "winlogon-notify", "crypt32chain", "crypt32.dll" },
    { OLD, "winlogon-notify", "cryptnet", "cryptnet.dll" },
    { OLD, "winlogon-notify", "cscdll", "cscdll.dll" },
    { OLD, "winlogon-notify", "dimsntfy", "dimsntfy.dll" },
    { OLD, "winlogon-notify", "sccertprop|schedule|senslogn|termsrv|wlballoon", "wlnotify.dll" },
    { OLD, "winlogon-notify", "sclgntfy|efs", "sclgntfy.dll" },
    { OLD, "winlogon-notify", "wgalogon", "wgalogon.dll" },
    { OLD, "winlogon-notify", "wzcnotif", "wzcdlg.dll" },
    { OLD, "winlogon-notify", "senslogn", "sens.dll" },
    { OLD, "winlogon-notify", "policyagent", "polagent.dll" },
    { 0, "winlogon-gp-extension", "*",
      "scecli.dll|gptext.dll|fdeploy.dll|iedkcs32.dll|dskquota.dll|appmgmts.dll|gpprefcl.dll|"
      "wlgpclnt.dll|dot3gpclnt.dll|cscobj.dll|auditcse.dll|gpscript.dll|gpprnext.dll|"
      "pwlauncher.dll|tsworkspace.dll|srchadmin.dll|polprocl.dll|hvsigpext.dll|dggpext.dll|"
      "polstore.dll|workfoldersgpext.dll|tsusbredirectiongrouppolicyextension.dll|"
      "appmanagementconfiguration.dll|wcnapi.dll|cpfilters.dll|auditpolicygpinterop.dll|"
      "agentservice.exe|dmenrollengine.dll|dmwmicsp.dll|ieadvpack.dll|mobilenetworking.dll|"
      "wifinetworkmanager.dll|wlanapi.dll|userenv.dll|gpsvc.dll|cscui.dll|rdpcorets.dll|"
      "winlogonext.dll|deviceguardgpext.dll|windowsudkservices.shellcommon.dll|appvclientps.dll|"
      "rsop.dll|cscsvc.dll|efsutil.dll|eqossnap.dll" },
    { 0, "credential-provider", "*",
      "authui.dll|credprovs.dll|credprovslegacy.dll|credprovhost.dll|"
      "smartcardcredentialprovider.dll|rasplap.dll|biocredprov.dll|certcredprovider.dll|"
      "wlidcredprov.dll|ngccredprov.dll|facecredentialprovider.dll|cngcredui.dll|"
      "credprov2fahelper.dll|trustedsignalcredprov.dll|fidocredprov.dll|devicengccredprov.dll|"
      "vaultcredprovider.dll|microsoftaccountwamextension.dll|cloudexperiencehostuser.dll|"
      "raspplap.dll|wwaninst.dll|wlancredprov.dll|l2nacp.dll|sessenv.dll|winlogonext.dll|"
      "rdpcredentialprovider.dll" },
    { 0, "icon-service", "*", "iconcodecservice.dll" },
    { 0, "known-dlls", "*",
      "advapi32.dll|comctl32.dll|comdlg32.dll|combase.dll|coml2.dll|clbcatq.dll|crypt32.dll|"
      "difxapi.dll|gdi32.dll|gdiplus.dll|iertutil.dll|imagehlp.dll|imm32.dll|kernel32.dll|"
      "kernelbase.dll|lpk.dll|lz32.dll|msctf.dll|msvcrt.dll|msvcirt.dll|mpr.dll|ntdll.dll|"
      "normaliz.dll|nsi.dll|ole32.dll|oleaut32.dll|olecli32.dll|olecnv32.dll|olesvr32.dll|"
      "olethk32.dll|psapi.dll|rpcrt4.dll|sechost.dll|setupapi.dll|shcore.dll|shell32.dll|"
      "shlwapi.dll|ucrtbase.dll|url.dll|urlmon.dll|user32.dll|usp10.dll|version.dll|wininet.dll|"
      "wldap32.dll|wow32.dll|wow64.dll|wow64base.dll|wow64con.dll|wow64cpu.dll|wow64win.dll|"
      "wowarmhw.dll|wowarmw.dll|xtajit.dll|xtajit64.dll|xtajit64se.dll|xtac64.dll|ws2_32.dll|"
      "bcrypt.dll|bcryptprimitives.dll|cfgmgr32.dll|wintrust.dll|wshtcpip.dll|msvcp_win.dll|"
      "win32u.dll|gdi32full.dll|windows.storage.dll|powrprof.dll|profapi.dll|wx86.dll|"
      "wow64lib.dll|wgl.dll|devobj.dll|firebase.dll|%win%\\system32|%systemroot%\\system32|"
      "%win%\\syswow64|%win%\\sysarm32" },
    { 0, "known-dlls-9x", "*",
      "advapi32.dll|avicap32.dll|avifil32.dll|comctl32.dll|comdlg32.dll|crtdll.dll|gdi32.dll|"
      "imagehlp.dll|kernel32.dll|lz32.dll|mapi32.dll|mpr.dll|msacm32.dll|msvfw32.dll|"
      "mswsock.dll|netapi32.dll|ole32.dll|oleaut32.dll|olecli32.dll|olecnv32.dll|oledlg.dll|"
      "olepro32.dll|olesvr32.dll|olethk32.dll|riched32.dll|rpcltc1.dll|rpclts1.dll|rpcrt4.dll|"
      "rpcss.exe|shell32.dll|shlwapi.dll|storage.dll|tapi32.dll|url.dll|urlmon.dll|user32.dll|"
      "version.dll|win32s16.dll|winmm.dll|winspool.drv|wow32.dll|wsock32.dll|ws2_32.dll|"
      "ws2help.dll|wininet.dll|secur32.dll|avicap.dll|commdlg.dll|ctl3dv2.dll|ddeml.dll|"
      "keyboard.drv|lanman.drv|mmsystem.dll|mouse.drv|msvideo.dll|netapi.dll|ole2.dll|"
      "ole2disp.dll|ole2nls.dll|olecli.dll|olesvr.dll|pmspl.dll|shell.dll|sound.drv|system.drv|"
      "toolhelp.dll|typelib.dll|ver.dll|win87em.dll|winsock.dll|rasapi16.dll|commctrl.dll|"
      "msacm.dll|avifile.dll|compobj.dll|mapi.dll|winnet16.dll|olenls.dll" },
    { 0, "drivers32", "*",
      "midimap.dll|imaadp32.acm|msadp32.acm|msg711.acm|msgsm32.acm|tssoft32.acm|msg723.acm|"
      "msaud32.acm|sl_anet.acm|iac25_32.ax|l3codeca.acm|l3codecp.acm|msh261.drv|msh263.drv|"
      "iccvid.dll|iyuv_32.dll|msrle32.dll|msvidc32.dll|msyuv.dll|tsbyuv.dll|ir32_32.dll|"
      "ir41_32.ax|ir50_32.dll|msacm32.drv|wdmaud.drv|rdpsnd.dll|rdpdr.dll|mciavi32.dll|"
      "mciwave.dll|mciseq.dll|mcicda.dll|mciqtz32.dll|mmdrv.dll|timer.drv|serwvdrv.dll|"
      "umdmxfrm.dll|mciqtz.drv|lhacm.acm|vivog723.acm|mmsystem.dll|sound.drv|mixer.drv|"
      "ctwdm32.dll|vcdct32.acm|cinepak.dll|atmfd.dll|msh263.dll|msaudite.acm|voxmsdec.ax|"
      "winmm.dll|l3codecx.ax|msadp32.dll|mciavi.drv|mciwave.drv|mciseq.drv|mcicda.drv|"
      "%win%\\system32\\*.acm" },
    { 0, "drivers-desc", "*", "l3codeca.acm|l3codecp.acm|wdmaud.drv|sl_anet.acm|iac25_32.ax|"
      "vidcap.ax|kswdmcap.ax|tssoft32.acm|msg723.acm|msh261.drv|msh263.drv|iccvid.dll|"
      "ir32_32.dll|ir41_32.ax|ir50_32.dll|msaud32.acm|serwvdrv.dll|rdpsnd.dll|vfwwdm32.dll" },
    { 0, "netsh-helper", "*",
      "ifmon.dll|ippromon.dll|ipmontr.dll|ipxmontr.dll|ipxpromn.dll|rasmontr.dll|netiohlp.dll|"
      "dhcpmon.dll|dhcpcmonitor.dll|dhcpmonitor.dll|dot3cfg.dll|fwcfg.dll|authfwcfg.dll|"
      "hnetmon.dll|httpcfg.dll|nshhttp.dll|nshipsec.dll|nshwfp.dll|napmontr.dll|netprofm.dll|"
      "p2pnetsh.dll|peerdistsh.dll|rpcnsh.dll|whhelper.dll|wshelper.dll|winipsec.dll|"
      "wlancfg.dll|wwancfg.dll|wcnnetsh.dll|mbnetsh.dll|netnshipsec.dll|bridgemon.dll|dgnet.dll|"
      "ndfetw.dll|nettrace.dll|netjoin.dll|aaaamon.dll|routmon.dll|iasmon.dll|nshnap.dll|"
      "ipsecsnp.dll|wcncsvc.dll|rasipmon.dll|igmpagnt.dll|xpnetdg.dll|netdiagfx.dll|ws2help.dll|"
      "hostnetsvc.dll|wfapigp.dll|dcommon.dll" },
    { 0, "amsi-provider",
      "{2781761e-28e0-4109-99fe-b9d127c57afe}|{a7c452ef-8e9f-42eb-9f2b-245613ca0dc9}",
      "%programdata%\\microsoft\\windows defender\\platform\\*\\mpoav.dll|"
      "%programs%\\windows defender\\mpoav.dll|%programs%\\windows defender\\*\\mpoav.dll|" },
    { 0, "crypto-sip", "*",
      "wintrust.dll|msisip.dll|wshext.dll|esdsip.dll|appxsip.dll|extractedsip.dll|mso.dll|"
      "msosip.dll|msosipx.dll|windowspowershell\\v1.0\\pwrshsip.dll|peauth.dll|"
      "appxpackaging.dll|cryptdlg.dll|sipcat.dll|mssip32.dll" },
    { 0, "crypto-trust", "*",
      "wintrust.dll|softpub.dll|initpki.dll|cryptdlg.dll|mssip32.dll|setupapi.dll|msoxmlmf.dll|"
      "ocppvd.dll|urlmon.dll|cryptnet.dll|wbemprox.dll" },
    { 0, "crypto-trust", "{31d1adc1-d329-11d1-8ed8-0080c76516c6}",
      "mscorsec.dll|%win%\\microsoft.net\\framework\\v*\\mscorsec.dll|"
      "%win%\\microsoft.net\\framework64\\v*\\mscorsec.dll" },
    { 0, "crypto-trust", "{a7f4c378-21be-494e-ba0f-bb12c5d208c5}",
      "%win%\\microsoft.net\\framework\\v*\\mscorsecimpl.dll|"
      "%win%\\microsoft.net\\framework64\\v*\\mscorsecimpl.dll" },
    { 0, "crypto-trust", "{d41e4f1f-a407-11d1-8bc9-00c04fa30a41}", "ieframe.dll" },
    { 0, "crypto-provider", "*",
      "rsaenh.dll|dssenh.dll|basecsp.dll|gpkcsp.dll|slbcsp.dll|sccbase.dll|rsabase.dll|"
      "dssbase.dll|rsasig.dll|rsaschannel.dll|sccsp.dll" },
    { 0, "msdtc-oracle", "*",
      "oci.dll|sqllib80.dll|sqllib18.dll|xa80.dll|orasql10.dll|oraclient10.dll|orasql8.dll|"
      "oraclient8.dll|sqllib80|xa73.dll" },
    { 0, "msdtc-oracle-path", "*", "%win%\\system32|%systemroot%\\system32" },
    { 0, "user-path", "*",
      "%userprofile%\\appdata\\local\\microsoft\\windowsapps|"
      "%userprofile%\\appdata\\local\\microsoft\\windowsapps;" },
    { 0, "minidump-dll", "*",
      "%win%\\microsoft.net\\framework\\v*\\mscordacwks.dll|"
      "%win%\\microsoft.net\\framework64\\v*\\mscordacwks.dll|jscript9.dll|chakra.dll|"
      "jscript9diag.dll|mrt_map.dll|%programs%\\microsoft silverlight\\*\\mscordaccore.dll|"
      "%programs%\\microsoft silverlight\\*\\coreclr.dll" },
    { 0, "function-table-dll", "*",
      "%win%\\microsoft.net\\framework\\v*\\mscordacwks.dll|"
      "%win%\\microsoft.net\\framework64\\v*\\mscordacwks.dll|jscript9.dll|chakra.dll|"
      "jscript9diag.dll|mrt100.dll|mrt100_app.dll" },
    { 0, "wer-runtime-helper", "*",
      "%win%\\microsoft.net\\framework\\*\\mscordacwks.dll|"
      "%win%\\microsoft.net\\framework64\\*\\mscordacwks.dll|iertutil.dll|jscript9.dll|"
      "chakra.dll|werdiagcontroller.dll|msiwer.dll|"
      "%programs%\\microsoft\\edge\\application\\*\\msedge_wer.dll|"
      "%programs%\\microsoft\\edgewebview\\application\\*\\msedge_wer.dll" },
    { 0, "wow64-dll", "*",
      "wow64cpu.dll|wowarmhw.dll|xtajit.dll|xtajit64.dll|wow64base.dll|wowarmw.dll" },
    { 0, "telephony-provider", "*",
      "unimdm.tsp|unimdm32.tsp|kmddsp.tsp|ndptsp.tsp|ipconf.tsp|h323.tsp|hidphone.tsp|"
      "remotesp.tsp|tsp3216l.tsp|esuprt.dll|rasmxs.dll" },
    { 0, "ifeo-debugger", "your image file name here without a path", "ntsd -d" },
    { 0, "aedebug", "*", "drwtsn32 -p %ld -e %ld -g" },
    { 0, "command-processor", "*", "" },
    { 0, "machine-environment", "windir", "%systemroot%|%win%|c:\\windows|c:\\winnt" },
    { 0, "machine-environment", "comspec", "cmd.exe" },
    { 0, "telemetry-controller", "*",
      "compattelrunner.exe|compattelrunner.exe *|rundll32.exe invagent.dll,runupdate*|"
      "rundll32.exe appraiser.dll,*|"
      "devicecensus.exe|devicecensus.exe *|rundll32.exe aeinv.dll,*" },
    { 0, "app-key-hklm", "*", "calc.exe|::{20d04fe0-3aea-1069-a2d8-08002b30309d}" },
    { 0, "app-key-association-hklm", "*", "http|mailto|.cda" },
    { 0, "file-open-command", "*",
      "%1 %^*|%1 /s|%1 /S \"%3\"|notepad.exe %1|notepad.exe \"%1\"|%win%\\notepad.exe %1|"
      "%win%\\notepad.exe \"%1\"|regedit.exe \"%1\"|%win%\\regedit.exe \"%1\"|regedit.exe %1|"
      "wscript.exe \"%1\" %^*|cscript.exe \"%1\" %^*|%win%\\wscript.exe \"%1\" %^*|"
      "%win%\\command\\cscript.exe \"%1\" %^*|edit.com \"%1\"|mshta.exe \"%1\" %^*|"
      "mshta.exe \"%1\" {1e460bd7-f1c3-4b2e-88bf-4e770a288af5}%u{1e460bd7-f1c3-4b2e-88bf-"
      "4e770a288af5} %^*|mmc.exe \"%1\" %^*|mmc.exe /a \"%1\" %^*|mmc.exe %1 %^*|"
      "notepad.exe /p %1|notepad.exe /p \"%1\"|%win%\\notepad.exe /p %1|"
      "%win%\\notepad.exe /p \"%1\"|notepad.exe /pt \"%1\" \"%2\" \"%3\" \"%4\"|"
      "%win%\\notepad.exe /pt \"%1\" \"%2\" \"%3\" \"%4\"|cmd.exe /c \"%1\" %^*|"
      "cmd.exe /C \"%1\" %^*|%programs%\\internet explorer\\iexplore.exe %1|"
      "%programs%\\internet explorer\\iexplore.exe\" %1|"
      "%programs%\\internet explorer\\iexplore.exe -nohome|"
      "%programs%\\internet explorer\\iexplore.exe\" -nohome|"
      "%programs%\\intern~1\\iexplore.exe -nohome|"
      "%programs%\\intern~1\\iexplore.exe -nohome %1|"
      "rundll32.exe setupapi.dll,installhinfsection defaultinstall 132 %1|"
      "rundll32.exe setupapi,installhinfsection defaultinstall 132 %1|"
      "rundll32.exe advpack.dll,launchinfsectionex \"%1\",,,4|infdefaultinstall.exe \"%1\"|"
      "%win%\\rundll.exe setupx.dll,installhinfsection defaultinstall 132 %1|"
      "rundll32.exe shell32.dll,openas_rundll %1|openwith.exe \"%1\"|%win%\\explorer.exe|"
      "%win%\\explorer.exe /idlist,%i,%l|%win%\\explorer.exe /e,/idlist,%i,%l|"
      "explorer.exe /idlist,%i,%l|explorer.exe /e,/idlist,%i,%l|"
      "%win%\\explorer.exe /separate,/idlist,%i,%l|"
      "%win%\\explorer.exe /separate,/e,/idlist,%i,%l|"
      "%win%\\explorer.exe /separate,/idlist,%I,%L|%win%\\helppane.exe|"
      "rundll32.exe desk.cpl,installscreensaver %l|%1 /d|runas.exe /user:administrator \"%1\"|"
      "rundll32.exe ieframe.dll,openurl %l|rundll32.exe mshtml.dll,printhtml \"%1\"|"
      "rundll32.exe url.dll,fileprotocolhandler %l|rundll32.exe shdocvw.dll,openurl %l|"
      "%programs%\\internet explorer\\iexplore.exe|launchwinapp.exe \"%1\"|"
      "cmd.exe /s /k pushd \"%v\"|"
      "powershell.exe -noexit -command set-location -literalpath '%v'|manage-bde.exe -lock *|"
      "bdeunlock.exe %1|bitlockerwizardelev.exe %1 t|bdeunlock.exe \"%1\"|"
      "fveupdate.exe -start -drive %1|%win%\\explorer.exe /select,%1|sdclt.exe /restorewizard|"
      "%win%\\immersivecontrolpanel\\systemsettings.exe|"
      "%programs%\\windows nt\\accessories\\wordpad.exe \"%1\"|"
      "%programs%\\access~1\\wordpad.exe \"%1\"|"
      "windowspowershell\\v1.0\\powershell.exe \"-command\" \"if((get-executionpolicy ) -ne "
      "'allsigned') { set-executionpolicy -scope process bypass }; & '%1'\"|"
      "rundll32.exe msrating.dll,clickedonrat %1|isoburn.exe \"%1\"|"
      "windowspowershell\\v1.0\\powershell.exe -noexit -command set-location -literalpath '%v'|"
      "rundll32.exe cabview.dll,*|takeown.exe|takeown.exe *|"
      "bitlockerwizard.exe %1 t|bitlockerwizard.exe %1 u|bitlockerwizard.exe %1 v|"
      "bitlockerwizardelev.exe %1 u|bitlockerwizardelev.exe %1 v|bdeunlockwizard.exe %1|"
      "bdechangepin.exe|bdechangepin.exe -pw %1|control.exe /name microsoft.bitlockerdriveencr"
      "yption /page ?initialvolume==%1|rundll32.exe mshtml.dll,printhtml \"%1\" \"%2\" \"%3\" "
      "\"%4\"|openwith.exe -override \"%1\"|%1" },
    { 0, "file-open-delegate", "*",
      SHELL "|%win%\\explorer.exe|ieframe.dll|shellstyle.dll|windows.ui.search.dll|"
      "appxdeploymentclient.dll|launchwinapp.exe|wpnapps.dll|"
      "windows.immersiveshell.serviceprovider.dll|execmodelproxy.dll|execmodelclient.dll|"
      "appxalluserstore.dll|openwith.exe|%programs%\\internet explorer\\ieproxy.dll" },
    { 0, "file-type", ".exe", "exefile" },
    { 0, "file-type", ".com", "comfile" },
    { 0, "file-type", ".bat", "batfile" },
    { 0, "file-type", ".cmd", "cmdfile" },
    { 0, "file-type", ".pif", "piffile" },
    { 0, "file-type", ".scr", "scrfile" },
    { 0, "file-type", ".lnk", "lnkfile" },
    { 0, "file-type", ".reg", "regfile" },
    { 0, "file-type", ".msc", "mscfile" },
    { 0, "file-type", ".hta", "htafile" },
    { 0, "file-type", ".vbs", "vbsfile" },
    { 0, "file-type", ".js", "jsfile" },
    { 0, "file-type", ".vbe", "vbefile" },
    { 0, "file-type", ".jse", "jsefile" },
    { 0, "file-type", ".wsf", "wsffile" },
    { 0, "file-type", ".wsh", "wshfile" },
    { 0, "file-type", ".ps1", "microsoft.powershellscript.1" },
    { 0, "file-type", ".inf", "inffile" },
    { 0, "file-type", ".msi", "msi.package" },
    { 0, "file-type", ".url", "internetshortcut" },
    { 0, "file-type", ".chm", "chm.file" },
    { 0, "file-type", ".cpl", "cplfile" },
    { 0, "file-type", ".dll", "dllfile" },
    { 0, "file-choice", ".url", "ie.assocfile.url" },
    { 0, "file-choice", ".inf", "inffile" },
    { 0, "file-choice", ".ps1", "microsoft.powershellscript.1" },
    { 0, "my-computer-tool-hklm", "*",
      "ntbackup.exe|sdclt.exe|cleanmgr.exe /d %c|cleanmgr.exe /d%c|cleanmgr.exe|dfrgui.exe|"
      "dfrg.msc %c:|mmc.exe dfrg.msc %c:|control.exe /name microsoft.backupandrestore|"
      "mmc.exe %systemroot%\\system32\\dfrg.msc %c:|dfrgntfs.exe %c:|%win%\\defrag.exe %c|"
      "defrag.exe %c|%programs%\\accessories\\backup\\msbackup.exe" },
    { 0, "display-calibrator-hklm", "*", "dccw.exe" },
    { 0, "delay-load", "*", SHELL },
    { 0, "shell-service-object", "*", SHELL },
    { 0, "shared-task-scheduler", "*", SHELL },
    { 0, "shell-execute-hook", "*", SHELL },
    { 0, "icon-overlay", "*", SHELL },
    { 0, "find-extension", "*", SHELL },
    { 0, "autoplay-handler", "*",
      SHELL "|migautoplay.exe|%programs%\\windows photo viewer\\photoacq.dll|"
      "%programs%\\windows photo gallery\\photoacq.dll|wpdshextautoplay.exe|"
      "%programs%\\windows media player\\wmlaunch.exe|"
      "rundll32.exe shell32.dll,shcreatelocalserverrundll {995c996e-d918-4a8c-a302-45719a6f4ea7}|"
      "rundll32.exe \"%programfiles%\\windows photo viewer\\photoacq.dll\",autoplaycomserverw "
      "{00f2b433-44e4-4d88-b2b0-2698a0a91dba}|rundll32.exe %programs%\\windows photo viewer\\"
      "photoacq.dll,autoplaycomserverw {00f2b433-44e4-4d88-b2b0-2698a0a91dba}" },
    { 0, "autoplay-handler", "shell.autoplayspecial", "" },
    { 0, "autoplay-command", "msenhancedstoragehandler", "authorize" },
    { 0, "autoplay-command", "msprompteachtime|msprompteachtimenocontent",
      "prompteachtime|prompteachtimenocontent" },
    { 0, "autoplay-command", "mswpdnetworkconfighandler",
      "/networkconfig;rundll32;xwizards.dll,runwizard {34c219bd-85c1-4338-95e8-788a36901dc2} "
      "/z %s" },
    { 0, "shell-extension", "*", SHELL },
    { 0, "shell-extension-icon", "*", SHELL },
    { 0, "shell-extension-shortcut", "*", SHELL },
    { 0, "shell-extension-background", "*", SHELL },
    { 0, "shell-extension-approved", "*", SHELL },
    /* Listed without a server: the parts that had one went with Internet Explorer 7 and 8.1. */
    { 0, "shell-extension-approved",
      "{e6fb5e20-de35-11cf-9c87-00aa005127ed}|{0f8604a5-4ece-4de1-ba7d-cf10f8aa4f48}", "" },
    { 0, "ie-toolbar", "*", SHELL },
    { 0, "ie-toolbar-user", "*", SHELL },
    { 0, "ie-bar", "*", SHELL },
    { 0, "ie-extension-class", "*", SHELL },
    { 0, "ie-search-hook", "*", SHELL },
    { 0, "ie-elevation", "*",
      SHELL "|ime\\shared\\imebroker.exe|"
      "rundll32.exe shell32.dll,shcreatelocalserverrundll {9ba05972-f6a8-11cf-a442-00a0c90a8f39}" },
    { 0, "ie-elevation",
      "{20fd4e26-8e0f-4f73-a0e0-f27b8c57be6f}|{33246f92-d56f-4e34-837a-9a49bfc91df3}", "" },
    { 0, "com-treat-as", "{f20da720-c02f-11ce-927b-0800095ae340}", "packager.dll" },
    { 0, "com-treat-as", "{d3e34b21-9d75-101a-8c3d-00aa001a1652}", "mspaint.exe" },
    { 0, "com-treat-as", "{0be35204-8f91-11ce-9de3-00aa004bb851}", "oleaut32.dll" },
    { 0, "com-treat-as", "{802b1fb9-056b-4720-b0cc-80d23b71171e}",
      "%programs%\\common files\\microsoft shared\\ink\\tiptsf.dll" },
    { 0, "office-addin", "search.outlooktoolbar", "mssphtb.dll" },
    { 0, "volume-cache", "*",
      SHELL "|dataclen.dll|fldrclnr.dll|scavengeui.dll|setupcln.dll|werconcpl.dll|cleanmgr.exe|"
      "storagewmi.dll|wininet.dll|dlnashext.dll|d3dscache.dll|domgmt.dll|rdpclip.exe|d3d9.dll|"
      "mydocs.dll|dotnetcleanup.dll|osfsr.dll|contentdeliverymanager.utilities.dll|wudriver.dll|"
      "sysclean.dll|dfrgshell.dll|pcaui.dll|wmp.dll|peerdistcleaner.dll|pnpclean.dll|"
      "fhcleanup.dll" },
    { 0, "delay-load",
      "{35cec8a3-2be6-11d2-8773-92e220524153}|{e6fb5e20-de35-11cf-9c87-00aa005127ed}|"
      "{7849596a-48ea-486e-8937-a2a3009f31a9}|{fbeb8a05-beee-4442-804e-409d6c4515e9}|"
      "{aaa288ba-9a4c-45b0-95d7-94d524869db5}|{e57ce738-33e8-4c51-8354-bb4de9d215d1}",
      "" },
    { 0, "ie-search-hook", "{cfbfae00-17a6-11d0-99cb-00c04fd64497}", "" },
    { 0, "ie-toolbar-user",
      "{01e04581-4eee-11d0-bfe9-00aa005b4383}|{0e5cbf21-d15f-11d0-8301-00aa005b4383}",
      "" },
    { 0, "ie-toolbar", "{8e718888-423f-11d2-876e-00a0c9082467}", "msdxm.ocx|" },
    { 0, "ie-extension", "*",
      "%programs%\\messenger\\msmsgs.exe|%win%\\network diagnostic\\xpnetdiag.exe" },
    /* The list that Internet Explorer comes with has programs of others too. */
    { 0, "ie-elevation-program", "*",
      "certenrollctrl.exe|cmd.exe|credentialuibroker.exe|ctfmon.exe|ime\\imejp\\imjpdct.exe|"
      "ime\\imejp\\imjpuex.exe|ime\\imetc\\imtcprop.exe|ime\\shared\\imecfmui.exe|"
      "ime\\shared\\imedictupdateui.exe|ime\\shared\\imepadsv.exe|ime\\shared\\imesearch.exe|"
      "%win%\\sysnative\\ime\\shared\\*.exe|msdt.exe|notepad.exe|presentationhost.exe|"
      "runtimebroker.exe|tswbprxy.exe|verclsid.exe|wermgr.exe|winfxdocobj.exe|wisptis.exe|"
      "macromed\\flash\\flashutil_activex.exe|wpcer.exe|wuapp.exe|"
      "xpsviewer\\xpsviewer.exe|dfsvc.exe|%win%\\helppane.exe|"
      "%win%\\splwow64.exe|%win%\\microsoft.net\\framework\\v*\\dfsvc.exe|"
      "%win%\\microsoft.net\\framework64\\v*\\dfsvc.exe|"
      "%programs%\\internet explorer\\iedw.exe|%programs%\\internet explorer\\ieinstal.exe|"
      "%programs%\\internet explorer\\iexplore.exe|"
      "%programs%\\windows media player\\wmplayer.exe|"
      "%programs%\\common files\\microsoft shared\\ink\\inputpersonalization.exe|"
      "%programs%\\common files\\microsoft shared\\ink\\tabtip.exe|"
      "%programs%\\adobe\\acrobat ?.0\\reader\\acrord32.exe|"
      "%programs%\\adobe\\acrobat ?.0\\acrobat\\acrobat.exe|"
      "%programs%\\adobe\\acrobat ?.0\\acrobat elements\\acrobat elements.exe" },
    { 0, "active-desktop", "*", "about:home" },
    { 0, "protocol", "*",
      "mshtml.dll|urlmon.dll|itss.dll|inetcomm.dll|msvidctl.dll|wiascr.dll|mscoree.dll|"
      "shell32.dll|ieframe.dll|tbauth.dll|wininet.dll|msxml.dll|msxml2.dll|msxml3.dll|"
      "vbscript.dll|hxds.dll|iertutil.dll|%win%\\microsoft.net\\framework\\*\\mscorie.dll|"
      "windows.ui.appdefaults.dll|wmp.dll|shdoclc.dll|msident.dll|helpctr.dll|"
      "%win%\\pchealth\\helpctr\\binaries\\hcappres.dll" },
    { 0, "browser-command", "*",
      "%programs%\\internet explorer\\iexplore.exe|"
      "%programs%\\internet explorer\\iexplore.exe\"|"
      "%programs%\\microsoft\\edge\\application\\msedge.exe" },
    { 0, "mozilla-plugin", "@microsoft.com/genuine", "disabled" },
    { 0, "browser-native-host", "com.microsoft.browsercore",
      "%programs%\\windows security\\browsercore\\manifest.json" },
    { 0, "com-htmlhelp", "*", "hhctrl.ocx" },
    { 0, "address-book", "", "%programs%\\common files\\system\\wab32.dll" },
    { 0, "wmi-autorecover", "*",
      "wbem\\*.mof|wbem\\*.mfl|%win%\\microsoft.net\\framework\\*\\aspnet.mof|"
      "%win%\\microsoft.net\\framework64\\*\\aspnet.mof|"
      "%win%\\microsoft.net\\framework\\*\\clr.mof|"
      "%win%\\microsoft.net\\framework64\\*\\clr.mof|"
      "%win%\\microsoft.net\\framework\\*\\mof\\servicemodel35.mof|"
      "%win%\\microsoft.net\\framework64\\*\\mof\\servicemodel35.mof|"
      "%win%\\microsoft.net\\framework*\\servicemodel.mof|powershell*.mof|winmgmt.mof|"
      "restartmanager.mof|?\?-?\?\\restartmanager.mfl|psmodulediscoveryprovider.mof|"
      "?\?-?\?\\psmodulediscoveryprovider.mfl|"
      "%programs%\\windows defender\\protectionmanagement.mof|"
      "%programs%\\windows defender\\?\?-?\?\\protectionmanagement.mfl" },
    { 0, "compatibility-layer", "*", "" },
    { 0, "language-bar", "*", "" },
};

const struct shipped *shipped(size_t index)
{
    size_t count = sizeof rows / sizeof *rows;

    return index < count ? &rows[index] : shipped_of_system(index - count);
}
