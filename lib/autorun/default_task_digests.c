/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Tasks of Windows 7 as the registry knows them: by the SHA-256 of their XML files (value
 * Hash), of which the first bytes are here. These are the same on machines of 32 and of
 * 64 bits. A file that was changed has another digest, and is shown.
 */

#include "defaults.h"

#define W "\\microsoft\\windows\\"
#define RIGHTS W "active directory rights management services client\\" \
                 "ad rms rights policy template management "

static const struct shipped_task tasks[] = {
    { RIGHTS "(automated)", "5fea8c5d590e391f" },
    { RIGHTS "(manual)", "62050c0d7c474998" },
    { W "appid\\policyconverter", "c645bb8f8d8c5de3" },
    { W "appid\\verifiedpublishercertstorecheck", "a8559f6ccca2df09" },
    { W "application experience\\aitagent", "9a13ff7fb54c9212" },
    { W "application experience\\programdataupdater", "dc338f10a3cfc796" },
    { W "autochk\\proxy", "02e603f0f0b98221" },
    { W "bluetooth\\uninstalldevicetask", "90a6903c079de796" },
    { W "certificateservicesclient\\systemtask", "5f1741f0e3673aee" },
    { W "certificateservicesclient\\usertask", "db89fe61b38cf541" },
    { W "certificateservicesclient\\usertask-roam", "8f8bacc2288b3b26|f2ce6ab8c22dcf17" },
    { W "customer experience improvement program\\consolidator", "555cd377ba0a0532" },
    { W "customer experience improvement program\\kernelceiptask", "aeb03f1bc169236f" },
    { W "customer experience improvement program\\usbceip", "ae1862ba40992424" },
    { W "defrag\\scheduleddefrag", "836a0f9a7943220e" },
    { W "diagnosis\\scheduled", "82ebd60108500fcd" },
    { W "diskdiagnostic\\microsoft-windows-diskdiagnosticdatacollector", "9615d02c18c2e20a" },
    { W "diskdiagnostic\\microsoft-windows-diskdiagnosticresolver", "ac67df7a4b9d1c87" },
    { W "location\\notifications", "e2eec5dc638b16a8" },
    { W "maintenance\\winsat", "66794e5d90fd8c6c" },
    { W "media center\\activatewindowssearch", "440979398f3ab418" },
    { W "media center\\configureinternettimeservice", "1a61fb3046f2f771" },
    { W "media center\\dispatchrecoverytasks", "a84c18326dbf82b1" },
    { W "media center\\ehdrminit", "9b2bff8825669b3c" },
    { W "media center\\installplayready", "fa87213de12b497a" },
    { W "media center\\mcupdate", "d23b7887dfd927fa" },
    { W "media center\\mediacenterrecoverytask", "eb514214b7fd8bcd" },
    { W "media center\\objectstorerecoverytask", "0d7ce53b5dedf3bb" },
    { W "media center\\ocuractivate", "21f0c71001fdad40" },
    { W "media center\\ocurdiscovery", "1fc092677fa581a6" },
    { W "media center\\pbdadiscovery", "fd760ab16d2846c5" },
    { W "media center\\pbdadiscoveryw1", "ed6c3af77bc32514" },
    { W "media center\\pbdadiscoveryw2", "d2b529269e9cd0c8" },
    { W "media center\\periodicscanretry", "8e6911ca59c45f2e" },
    { W "media center\\pvrrecoverytask", "f18e7e603225b086" },
    { W "media center\\pvrscheduletask", "695ac268a441273a" },
    { W "media center\\recordingrestart", "f5fe5470249ea95d" },
    { W "media center\\registersearch", "3c0b66d646867668" },
    { W "media center\\reindexsearchroot", "59500dac2b3df24d" },
    { W "media center\\sqlliterecoverytask", "0582c3dc8e70bc6f" },
    { W "media center\\updaterecordpath", "eb28225e5adad132" },
    { W "memorydiagnostic\\corruptiondetector", "39d0b04f356df665" },
    { W "memorydiagnostic\\decompressionfailuredetector", "cbb12f1ed1298618" },
    { W "mobilepc\\hotstart", "0651bf3b9923f80b" },
    { W "mui\\lpremove", "47d45b031c1994b3" },
    { W "multimedia\\systemsoundsservice", "fd7b51b9fb6ddd39" },
    { W "nettrace\\gathernetworkinfo", "9e154171408f80e0" },
    { W "offline files\\background synchronization", "df8145f16bc47a99" },
    { W "offline files\\logon synchronization", "6576a98588179a08" },
    { W "perftrack\\backgroundconfigsurveyor", "8a4bc3fb22e943ed" },
    { W "power efficiency diagnostics\\analyzesystem", "9423b265cbab426f" },
    { W "rac\\ractask", "e59879e1ff87cb7d" },
    { W "ras\\mobilitymanager", "472f2f6e40d88458" },
    { W "registry\\regidlebackup", "ae0db2f31a30b208" },
    { W "remoteassistance\\remoteassistancetask", "40f4a1b4cbf34672" },
    { W "shell\\windowsparentalcontrols", "886511e7dee4f447" },
    { W "shell\\windowsparentalcontrolsmigration", "6d5d71fcd9af69de" },
    { W "sideshow\\autowake", "f1f3647b90ef3206" },
    { W "sideshow\\gadgetmanager", "2b16a83d35908a64" },
    { W "sideshow\\sessionagent", "dbc065695455f165" },
    { W "sideshow\\systemdataproviders", "8dfb2aaa49e262bc" },
    { W "softwareprotectionplatform\\svcrestarttask", "fd59aa8fa7e6d6c6" },
    { W "systemrestore\\sr", "a2281a82814b04bf" },
    { W "task manager\\interactive", "89de49d146b9da8a" },
    { W "tcpip\\ipaddressconflict1", "cef4fd5da04459b6" },
    { W "tcpip\\ipaddressconflict2", "4d3c72ee9b731bfc" },
    { W "textservicesframework\\msctfmonitor", "f7ccb39021e7e245" },
    { W "time synchronization\\synchronizetime", "17d3bd884be1ead4" },
    { W "upnp\\upnphostconfig", "6a0c38920812dabe" },
    { W "user profile service\\hiveuploadtask", "22735240f634af52" },
    { W "wdi\\resolutionhost", "7678f283cd528277" },
    { W "windows error reporting\\queuereporting", "6eb7d50a0f0e813e" },
    { W "windows filtering platform\\bfeonservicestarttypechange", "cd3589987e9b5e1e" },
    { W "windows media sharing\\updatelibrary", "72a5683a40faa291" },
    { W "windowsbackup\\confignotification", "9735dd96746310e6" },
    { W "windowscolorsystem\\calibration loader", "1c5e72cb821b8910" },
};

const struct shipped_task *shipped_task_digest(size_t index)
{
    return index < sizeof tasks / sizeof *tasks ? &tasks[index] : NULL;
}
