/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Tasks that Windows has as it is installed, by their path and what they start. A
 * class is given by its server. Texts are as in defaults.h; from clean installations
 * of Vista to 10 as far as they are known, so that what is missing is shown.
 */

#include "defaults.h"

#define W "\\microsoft\\windows\\"

static const struct shipped_task tasks[] = {
    { W "appid\\policyconverter", "appidpolicyconverter.exe" },
    { W "appid\\verifiedpublishercertstorecheck", "appidcertstorecheck.exe" },
    { W "application experience\\aitagent", "aitagent|aitagent.exe" },
    { W "application experience\\programdataupdater",
      "rundll32.exe aepdu.dll,aepdurunupdate|rundll32.exe invagent.dll,runupdate -noappraiser|"
      "compattelrunner.exe -maintenance" },
    { W "application experience\\microsoft compatibility appraiser", "compattelrunner.exe" },
    { W "application experience\\startupapptask", "rundll32.exe startupscan.dll,susruntask" },
    { W "autochk\\proxy", "rundll32.exe /d acproxy.dll,performautochkoperations" },
    { W "bluetooth\\uninstalldevicetask", "bthudtask.exe $(arg0)" },
    { W "certificateservicesclient\\*", "dimsjob.dll" },
    { W "customer experience improvement program\\consolidator", "wsqmcons.exe" },
    { W "customer experience improvement program\\optinnotification", "wsqmcons.exe -n *" },
    { W "defrag\\scheduleddefrag", "defrag.exe -c|defrag.exe -c -h -k -g -$|"
      "defrag.exe -c -h -o -$|defrag.exe -c -i|defrag.exe -c -h -g -$" },
    { W "defrag\\manualdefrag", "defrag.exe -c" },
    { W "diagnosis\\scheduled", "sdiagschd.dll" },
    { W "diskcleanup\\silentcleanup", "cleanmgr.exe /autoclean /d %systemdrive%" },
    { W "diskdiagnostic\\microsoft-windows-diskdiagnosticdatacollector",
      "rundll32.exe dfdts.dll,dfdgetdefaultpolicyandsmart" },
    { W "diskdiagnostic\\microsoft-windows-diskdiagnosticresolver", "dfdwiz.exe" },
    { W "diskfootprint\\diagnostics", "disksnapshot.exe -z" },
    { W "location\\notifications", "locationnotifications.exe|locationnotificationwindows.exe" },
    { W "location\\windowsactiondialog", "windowsactiondialog.exe" },
    { W "media center\\*", "%win%\\ehome\\ehprivjob.exe *|%win%\\ehome\\mcupdate.exe *|"
      "%win%\\ehome\\mcupdate *|%win%\\ehome\\ehrec.exe *|%win%\\ehome\\ehrec *" },
    { W "memorydiagnostic\\*", "memorydiagnostic.dll" },
    { W "mobilepc\\hotstart", "hotstartuseragent.dll" },
    { W "mui\\lpremove", "lpremove.exe" },
    { W "mui\\mcbuilder", "mcbuilder.exe" },
    { W "multimedia\\systemsoundsservice", "playsndsrv.dll" },
    { W "nettrace\\gathernetworkinfo", "gathernetworkinfo.vbs" },
    { W "offline files\\*", "cscui.dll" },
    { W "pi\\secure-boot-update", "tpmtasks.dll" },
    { W "pi\\sqm-tasks", "tpmtasks.dll" },
    { W "power efficiency diagnostics\\analyzesystem", "energytask.dll" },
    { W "ras\\mobilitymanager", "rasmbmgr.dll" },
    { W "registry\\regidlebackup", "regidle.dll" },
    { W "remoteassistance\\remoteassistancetask", "raserver.exe /offerraupdate" },
    { W "sideshow\\*", "auxiliarydisplayservices.dll" },
    { W "softwareprotectionplatform\\svcrestarttask", "sc.exe start sppsvc" },
    { W "spaceport\\spaceagenttask", "spaceagent.exe" },
    { W "spaceport\\spacemanagertask", "spaceman.exe /work" },
    { W "speech\\speechmodeldownloadtask", "speech_onecore\\common\\speechmodeldownload.exe" },
    { W "systemrestore\\sr", "rundll32.exe /d srrstr.dll,executescheduledsppcreation|"
      "srtasks.exe executescheduledsppcreation" },
    { W "tcpip\\ipaddressconflict1",
      "rundll32.exe ndfapi.dll,ndfrundllduplicateipoffendingsystem" },
    { W "tcpip\\ipaddressconflict2",
      "rundll32.exe ndfapi.dll,ndfrundllduplicateipdefendingsystem" },
    { W "textservicesframework\\msctfmonitor", "msctfmonitor.dll" },
    { W "time synchronization\\synchronizetime", "sc.exe start w32time task_started" },
    { W "time zone\\synchronizetimezone", "tzsync.exe" },
    { W "tpm\\tpm-maintenance", "tpmtasks.dll" },
    { W "upnp\\upnphostconfig", "sc.exe config upnphost start= auto" },
    { W "user profile service\\hiveuploadtask", "profsvc.dll" },
    { W "wdi\\resolutionhost", "wdi.dll" },
    { W "windows error reporting\\queuereporting",
      "wermgr.exe -queuereporting|wermgr.exe -upload" },
    { W "windows filtering platform\\bfeonservicestarttypechange",
      "rundll32.exe bfe.dll,bfeonservicestarttypechange" },
    { W "windows media sharing\\updatelibrary",
      "%programs%\\windows media player\\wmpnscfg.exe" },
    { W "windowsbackup\\confignotification", "sdclt.exe /confignotification" },
    { W "windowscolorsystem\\calibration loader", "mscms.dll" },
    { W "windowsupdate\\scheduled start", "sc.exe start wuauserv" },
    { W "updateorchestrator\\schedule scan", "usoclient.exe startscan" },
    { "\\microsoft\\windows defender\\mp scheduled scan",
      "%programs%\\windows defender\\mpcmdrun.exe scan -scheduletype 1 -windowstricted *|"
      "%programs%\\windows defender\\mpcmdrun.exe scan -schedulejob*" },
};

const struct shipped_task *shipped_task(size_t index)
{
    return index < sizeof tasks / sizeof *tasks ? &tasks[index] : NULL;
}
