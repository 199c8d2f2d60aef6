/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What Windows itself puts into the places of HKLM\SYSTEM, but services. Sources as of
 * defaults.c.
 */

#include <fett/autorun.h>

#include "defaults.h"

static const struct shipped rows[] = {
    /* class, name, query and texts of a consumer of WMI: it writes to the event log */
    { 0, "wmi-consumer",
      "nteventlogeventconsumer / scm event log consumer / "
      "select ^* from msft_scmeventlogevent / *sourcename=service control manager*", "" },
    { 0, "boot-execute", "*", "autocheck autochk ^*|autocheck autochk /q /v ^*" },
    { 0, "session-initial-command", "*", "bootim.exe" },
    { 0, "subsystem", "windows",
      "csrss.exe objectdirectory=\\windows sharedsection=* windows=on subsystemtype=wind"
      "ows serverdll=basesrv,1 serverdll=winsrv:userserverdllinitialization,3 *serverdl"
      "l=sxssrv,4 profilecontrol=off maxrequestthreads=16|"
      "csrss.exe objectdirectory=\\windows sharedsection=* windows=on subsystemtype=wind"
      "ows serverdll=basesrv,1 serverdll=winsrv:*serverdllinitialization,3 serverdll=wi"
      "nsrv:conserverdllinitialization,2 profilecontrol=off maxrequestthreads=16" },
    { 0, "subsystem", "kmode", "win32k.sys" },
    { 0, "subsystem", "posix", "psxss.exe" },
    { 0, "subsystem", "os2", "os2ss.exe" },
    { 0, "subsystem", "", "mnmsrvc" },
    { 0, "subsystem-list", "required", "debug|windows" },
    { 0, "subsystem-list", "optional", "posix|os2" },
    { 0, "setup-command", "cmdline", "setup -newsetup|oobe\\windeploy.exe|winlogon.exe -setup" },
    { 0, "safe-boot-shell", "*", "cmd.exe" },
    { 0, "safe-boot-service",
      "afd|ahcache.sys|appinfo|appmgmt|audioendpointbuilder|audiosrv|basicdisplay.sys|"
      "basicrender.sys|bfe|bowser|brokerinfrastructure|browser|cbdhsvc|coremessagingregistrar|"
      "cryptsvc|dcomlaunch|deviceinstall|dfsc|dhcp|dmadmin|dmboot.sys|dmio.sys|dmload.sys|"
      "dmserver|dnscache|dot3svc|dxgkrnl.sys|eaphost|efs|eventlog|fsdepends.sys|"
      "hdaudaddservice.sys|hdaudbus.sys|helpsvc|iai2c.sys|ikeext|ip6fw.sys|ipnat.sys|keyiso|"
      "lanmanserver|lanmanworkstation|lmhosts|lsm|messenger|mpsdrv|mpssvc|mrxsmb|mrxsmb10|"
      "mrxsmb20|msquic|nativewifip|ndiscap|ndisuio|netbios|netbt|netlogon|netman|netprofm|"
      "netsetupsvc|ngcctnrsvc|ngcsvc|nlasvc|nsi|nsiproxy.sys|ntds|ntlmssp|plugplay|policyagent|"
      "power|profsvc|rdbss|rdpcdd.sys|rdpdd.sys|rdpencdd.sys|rdpwd.sys|rdsessmgr|rpceptmapper|"
      "rpcss|sacsvr|scardsvr|sercx2.sys|sermouse.sys|sharedaccess|smartcardsimulator|spbcx.sys|"
      "sr.sys|srservice|staterepository|swprv|systemeventsbroker|tabletinputservice|tbs|tcpip|"
      "tdpipe.sys|tdtcp.sys|termservice|tiledatamodelsvc|trustedinstaller|uefi.sys|uploadmgr|"
      "usbaudio.sys|usermanager|vaultsvc|vds|vga.sys|vgasave.sys|virtualsmartcardreader|vmms|"
      "volmgr.sys|volmgrx.sys|wcmsvc|wdf01000.sys|windefend|winmgmt|winquic|wlansvc|wlms|"
      "wudfpf|wudfrd|wudfsvc|wudfusbcciddriver|wzcsvc",
      "service|driver" },
    { 0, "wow-command", "*",
      "ntvdm.exe|ntvdm.exe -i%p -wcommand -a|ntvdm.exe -a krnl386|ntvdm.exe -m -a krnl386|"
      "ntvdm.exe -f* -w*|ntvdm.exe -f* -a|ntvdm.exe -w -a krnl386|ntvdm.exe -f -i -w -a krnl386" },
    { 0, "wow-known-dlls", "*",
      "avicap.dll|avifile.dll|comm.drv|commdlg.dll|compobj.dll|ctl3dv2.dll|ddeml.dll|"
      "keyboard.drv|lanman.drv|mapi.dll|mciavi.drv|mciseq.drv|mciwave.drv|mmsystem.dll|"
      "mouse.drv|msacm.dll|msvideo.dll|netapi.dll|ole2.dll|ole2disp.dll|ole2nls.dll|olecli.dll|"
      "olesvr.dll|pmspl.dll|progman.exe|rasapi16.dll|shell.dll|sound.drv|storage.dll|system.drv|"
      "timer.drv|toolhelp.dll|typelib.dll|vga.drv|wfwnet.drv|win87em.dll|winoldap.mod|"
      "winsock.dll|winspool.exe|wowdeb.exe" },
    { 0, "service-control-extension", "*", "scext.dll" },
    /* In the groups of svchost without a service of the name in any version. */
    { 0, "svchost-group", "*",
      "ias|nwcworkstation|nwsapagent|logonhours|pcaudit|ip6fwhlp|dcpsvc|penservice|cloudidsvc|"
      "smbwitness|midisrv|wmdmpmsp" },
    { 0, "service-failure-command", "msiscsi|wpcsvc|msdtc", "customscript.cmd" },
    { 0, "service-failure-command", "wephostsvc", "not used" },
    { 0, "service-failure-command", "spectrum", "spectrum.exe -safemode" },
    { 0, "service-failure-command", "windefend", "mrt.exe /ehb /servicefailure *" },
    { 0, "service-performance", "*",
      "netfxperf.dll|mscoree.dll|bitsperf.dll|esentprf.dll|secur32.dll|msdtcuiu.dll|"
      "msscntrs.dll|perfdisk.dll|perfnet.dll|perfos.dll|perfproc.dll|sysmain.dll|rasctrs.dll|"
      "winspool.drv|tapiperf.dll|perfctrs.dll|perfts.dll|usbperf.dll|wbem\\wmiaprpl.dll|"
      "tquery.dll|query.dll|contindex.dll|infoctrs.dll|w3ctrs.dll|aspperf.dll|axperf.dll|"
      "rsvpperf.dll|pschdprf.dll|ntfrsprf.dll|nntpctrs.dll|smtpctrs.dll|ftpctrs2.dll|"
      "winsctrs.dll|dhcpperf.dll|dnsperf.dll|ntdsperf.dll|iasperf.dll|ipxctrs.dll|perfdhcp.dll|"
      "atkctrs.dll|nbfctrs.dll|rpcperf.dll|clusperf.dll|mqperf.dll|sfmctrs.dll|mscorperf.dll|"
      "%win%\\microsoft.net\\framework\\*\\corperfmonext.dll|"
      "%win%\\microsoft.net\\framework64\\*\\corperfmonext.dll|"
      "%win%\\microsoft.net\\framework\\*\\aspnet_perf.dll|"
      "%win%\\microsoft.net\\framework64\\*\\aspnet_perf.dll|fxsperf.dll|faxperf.dll|"
      "wmiaprpl.dll|pdh.dll" },
    { 0, "vxd", "*",
      "^**|vnetsup.vxd|vredir.vxd|dfs.vxd|ndis.vxd|ndis2sup.vxd|javasup.vxd|vrtwd.386|vfixd.vxd|"
      "vnetbios.vxd|vtcp.386|vip.386|vdhcp.386|vtdi.386|vnbt.386|ntkern.vxd|msmouse.vxd|"
      "vmm32.vxd|nwlink.vxd|netbeui.vxd|vpowerd.vxd|mmdevldr.vxd|msmouse|vpasid.vxd|vcond.vxd|"
      "vnetware.386|vserver.vxd|afvxd.vxd|wsock.vxd|wsock2.vxd|ndiswan.vxd|pppmac.vxd|spap.vxd|"
      "wshtcp.vxd|vsecdll.vxd|logger.vxd|bios.vxd|lptenum.vxd|serenum.vxd|serial.vxd|vcomm.vxd|"
      "unimodem.vxd|umdm.vxd|configmg.vxd|pci.vxd|isapnp.vxd|mtrr.vxd|shell.vxd|int13|dosmgr|"
      "vcache|ios|apix.vxd|voltrack.vxd|cdfs.vxd|cdtsd.vxd|cdvsd.vxd|disktsd.vxd|diskvsd.vxd|"
      "hsflop.pdr|smartvsd.vxd|scsi1hlp.vxd|drvspacx.vxd|enable.vxd|filesec.vxd|nwredir.vxd|"
      "nscl.vxd|sage.vxd|mswebdvd.vxd|vgateway.vxd" },
    { 0, "mpr-service", "*",
      "mprserv.dll|msnp32.dll|mstask.dll|mspwl32.dll|rsaenh.dll|pwlogon.dll|choosusr.dll" },
    { 0, "class-filter", "*",
      "volsnap|scfilter|partmgr|mouclass|ksthunk|kbdclass|wpdupfltr|spatialgraphfilter|irenum|"
      "fvevol|iorate|rdyboost|ehstorclass|ecache|redbook|imapi|storvolume|storqosflt|"
      "sensorsservicedriver|gameenum|wudfrd|winusb|afd|cdrom|rasacd|acpi|hidusb|serenum|mskssrv|"
      "lowerfilter|wacompen|usbccgp|bthpan|wdf01000|crcdisk" },
    { 0, "lsa-authentication", "*", "msv1_0|msv1_0.dll" },
    { 0, "lsa-notification", "*", "scecli|rassfm|fpnwclnt|kdcsvc|nwlmclnt|scecli.dll" },
    { 0, "lsa-security", "*",
      "kerberos|msv1_0|schannel|wdigest|tspkg|pku2u|livessp|cloudap|negoexts|negotiate" },
    { 0, "lsa-security-config", "*",
      "kerberos|msv1_0|schannel|wdigest|tspkg|pku2u|livessp|cloudap|negoexts" },
    { 0, "lsa-extension", "*",
      "lsasrv.dll|efslsaext.dll|dpapisrv.dll|lsaadt.dll|keyiso.dll|lsaext.dll" },
    { 0, "lsa-interface", "*",
      "lsasrv.dll|dpapisrv.dll|efslsaext.dll|efssvc.dll|keyiso.dll|lsadb.dll|samsrv.dll" },
    { 0, "security-provider", "*",
      "credssp.dll|msapsspc.dll|schannel.dll|digest.dll|msnsspc.dll|pwdssp.dll|"
      "msapsspc.dll, schannel.dll, digest.dll, msnsspc.dll|schannel.dll, digest.dll|"
      "msapsspc.dll, schannel.dll, digest.dll, msnsspc.dll, credssp.dll" },
    { 0, "print-monitor", "*",
      "localspl.dll|localmon.dll|tcpmon.dll|usbmon.dll|wsdmon.dll|apmon.dll|appmon.dll|"
      "ippmon.dll|fxsmon.dll|msfax.dll|winfax.dll|pjlmon.dll|cnbjmon.dll|decpsmon.dll|hpmon.dll|"
      "lexmon.dll|lprmon.dll|sfmmon.dll|mdimon.dll|msonpmon.dll|redmon.dll|bjmon.dll|irmon.dll|"
      "tsprint.dll|msfaxmon.dll|digmon.dll|faxmon.dll|epnpmon.dll" },
    { 0, "print-provider", "*",
      "win32spl.dll|inetpp.dll|nwprovau.dll|nwspool.dll|sfmpsprt.dll|mssprint.dll|mslanprt.dll" },
    { 0, "print-processor", "*", "winprint.dll|localspl.dll|winprint|sfmpsprt.dll|msprint.dll" },
    { AUTORUN_7, "print-processor", "*", "hpzppwn7.dll" },
    { 0, "pending-rename", "*", "\\^?^?\\?:\\config.msi\\*.rb?" },
    { 0, "winsock-protocol", "*",
      "mswsock.dll|rsvpsp.dll|msafd.dll|wshbth.dll|vmbuspipe.dll|msvsp.dll|wspwsp.dll|rnr20.dll|"
      "mswsosp.dll|wshtcpip.dll|nwsap.dll|hvsocket.dll" },
    { 0, "winsock-name-space", "*",
      "mswsock.dll|winrnr.dll|rnr20.dll|nlaapi.dll|napinsp.dll|pnrpnsp.dll|wshbth.dll|"
      "nwprovau.dll|nwlnkip.dll|rasadhlp.dll" },
    { 0, "winsock-autodial", "*", "rasadhlp.dll" },
    { 0, "winsock-application", "*",
      "svchost.exe|lsass.exe|wininit.exe|services.exe|spoolsv.exe|xbgmsvc.exe|searchindexer.exe|"
      "vmms.exe|vmcompute.exe" },
    { 0, "network-provider", "lanmanworkstation", "ntlanman.dll" },
    { 0, "network-provider", "rdpnp", "drprov.dll" },
    { 0, "network-provider", "webclient", "davclnt.dll" },
    { 0, "network-provider", "p9np", "p9np.dll" },
    { 0, "network-provider", "cscservice", "cscdll.dll" },
    { 0, "network-provider", "nwcworkstation", "nwprovau.dll" },
    { 0, "network-provider-order", "*",
      "rdpnp,lanmanworkstation,webclient|p9np,rdpnp,lanmanworkstation,webclient|"
      "lanmanworkstation|rdpnp,lanmanworkstation|lanmanworkstation,webclient" },
    { 0, "time-provider", "ntpclient|ntpserver", "w32time.dll" },
    { 0, "time-provider", "vmictimeprovider", "vmictimeprovider.dll" },
    { 0, "router-manager", "*", "iprtrmgr.dll|ipxrtmgr.dll" },
    { 0, "terminal-startup-program", "*", "rdpclip|rdpclip.exe" },
    { 0, "terminal-initial-program", "eh-tcp", "cmd.exe" },
    { 0, "terminal-addin", "*", "rdpdnd|rdpclip|rdpclip.exe|rdpdnd.dll" },
    { 0, "index-language", "*",
      "nlhtml.dll|infosoft.dll|wbcache.dll|langwrbk.dll|msgrcore.dll|chtbrkr.dll|chsbrkr.dll|"
      "korwbrkr.dll|lrwizdll.dll|naturallanguage6.dll|nlslexicons0009.dll|query.dll|"
      "thawbrkr.dll|imskf.dll" },
};

const struct shipped *shipped_of_system(size_t index)
{
    size_t count = sizeof rows / sizeof *rows;

    return index < count ? &rows[index] : shipped_9x(index - count);
}
