/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The facts, each a row: where it stands, what it is, how it is decoded. Facts come out
 * in this order. Sources: Microsoft's documentation of each key, RegRipper's plugins,
 * the vendors' notes on how to tell the date of their definitions.
 */

#include "host_internal.h"

#define NT "Microsoft\\Windows NT\\CurrentVersion"
#define WINDOWS "Microsoft\\Windows\\CurrentVersion"
#define ZONE "Control\\TimeZoneInformation"
#define TCPIP "Services\\Tcpip\\Parameters"
#define FIREWALL "Services\\SharedAccess\\Parameters\\FirewallPolicy"
#define PACKAGES WINDOWS "\\Component Based Servicing\\Packages"
#define UNINSTALL WINDOWS "\\Uninstall\\*"
#define NETWORKS NT "\\NetworkList"
#define ADAPTERS "Control\\Network\\{4D36E972-E325-11CE-BFC1-08002BE10318}"
#define DEVICE_TIMES "Properties\\{83da6326-97a6-4088-9453-a1923f573b29}"

/* One value; the same of a subject that is named here; what a function reads. */
#define FACT(begin, category, name, key, value, decode)                                            \
    { HOST_AT_##begin, category, NULL, name, key, value, decode, NULL }
#define OF(subject, name, key, value, decode)                                                      \
    { HOST_AT_BOTH, "antivirus", subject, name, key, value, decode, NULL }
#define READ(begin, category, key, value, read)                                                    \
    { HOST_AT_##begin, category, NULL, NULL, key, value, NULL, read }

/* Values of an interface of TCP/IP, whose place has changed. */
#define INTERFACE(key)                                                                             \
    FACT(SET, "network", "DHCP", key, "EnableDHCP", host_decode_on),                               \
    FACT(SET, "network", "address", key, "IPAddress", NULL),                                       \
    FACT(SET, "network", "network mask", key, "SubnetMask", NULL),                                 \
    FACT(SET, "network", "gateway", key, "DefaultGateway", NULL),                                  \
    FACT(SET, "network", "DNS servers", key, "NameServer", NULL),                                  \
    FACT(SET, "network", "domain", key, "Domain", NULL),                                           \
    FACT(SET, "network", "DHCP address", key, "DhcpIPAddress", NULL),                              \
    FACT(SET, "network", "DHCP network mask", key, "DhcpSubnetMask", NULL),                        \
    FACT(SET, "network", "DHCP gateway", key, "DhcpDefaultGateway", NULL),                         \
    FACT(SET, "network", "DHCP server", key, "DhcpServer", NULL),                                  \
    FACT(SET, "network", "DHCP DNS servers", key, "DhcpNameServer", NULL),                         \
    FACT(SET, "network", "DHCP domain", key, "DhcpDomain", NULL),                                  \
    FACT(SET, "network", "lease obtained", key, "LeaseObtainedTime", host_decode_unix),            \
    FACT(SET, "network", "lease ends", key, "LeaseTerminatesTime", host_decode_unix)

#define PROFILE(profile)                                                                           \
    FACT(SET, "firewall", profile ": firewall", FIREWALL "\\" profile, "EnableFirewall",           \
         host_decode_on),                                                                          \
    FACT(SET, "firewall", profile ": exceptions", FIREWALL "\\" profile, "DoNotAllowExceptions",   \
         host_decode_off),                                                                         \
    FACT(SET, "firewall", profile ": notifications", FIREWALL "\\" profile,                        \
         "DisableNotifications", host_decode_off),                                                 \
    FACT(SET, "firewall", profile ": open port",                                                   \
         FIREWALL "\\" profile "\\GloballyOpenPorts\\List", "*", NULL),                            \
    FACT(SET, "firewall", profile ": allowed program",                                             \
         FIREWALL "\\" profile "\\AuthorizedApplications\\List", "*", NULL)

/* What the firewall is told by policy. */
#define POLICY_PROFILE(profile)                                                                    \
    FACT(SOFTWARE, "firewall", profile ": firewall by policy",                                     \
         "Policies\\Microsoft\\WindowsFirewall\\" profile, "EnableFirewall", host_decode_on)

/* Microsoft's own antivirus under its several names. */
#define DEFENDER(subject, key)                                                                     \
    OF(subject, "antivirus", key, "DisableAntiVirus", host_decode_off),                            \
    OF(subject, "antispyware", key, "DisableAntiSpyware", host_decode_off),                        \
    OF(subject, "real-time protection", key "\\Real-Time Protection",                              \
       "DisableRealtimeMonitoring", host_decode_off),                                              \
    OF(subject, "installed", key, "InstallTime", host_decode_filetime),                            \
    OF(subject, "folder", key, "InstallLocation", NULL),                                           \
    OF(subject, "engine", key "\\Signature Updates", "EngineVersion", NULL),                       \
    OF(subject, "definitions", key "\\Signature Updates", "AVSignatureVersion", NULL),             \
    OF(subject, "definitions date", key "\\Signature Updates", "AVSignatureApplied",               \
       host_decode_filetime),                                                                      \
    OF(subject, "antispyware definitions", key "\\Signature Updates", "ASSignatureVersion", NULL), \
    OF(subject, "antispyware definitions date", key "\\Signature Updates", "ASSignatureApplied",   \
       host_decode_filetime),                                                                      \
    OF(subject, "definitions updated", key "\\Signature Updates", "SignaturesLastUpdated",         \
       host_decode_filetime),                                                                      \
    OF(subject, "last scan", key "\\Scan", "LastScanRun", host_decode_filetime),                   \
    FACT(BOTH, "antivirus", subject ": excluded path", key "\\Exclusions\\Paths", "*", NULL),      \
    FACT(BOTH, "antivirus", subject ": excluded process", key "\\Exclusions\\Processes", "*",      \
         NULL),                                                                                    \
    FACT(BOTH, "antivirus", subject ": excluded extension", key "\\Exclusions\\Extensions", "*",   \
         NULL)

const struct host_row host_rows[] = {
    /* name and version */
    FACT(SET, "system", "computer name", "Control\\ComputerName\\ComputerName", "ComputerName",
         NULL),
    FACT(SET, "system", "computer name in use", "Control\\ComputerName\\ActiveComputerName",
         "ComputerName", NULL),
    READ(SOFTWARE, "system", NT, NULL, host_read_windows),
    READ(SOFTWARE, "system", WINDOWS, NULL, host_read_windows_9x),
    FACT(SOFTWARE, "system", "product", NT, "ProductName", NULL),
    FACT(SOFTWARE, "system", "version", NT, "CurrentVersion", NULL),
    FACT(SOFTWARE, "system", "build", NT, "CurrentBuildNumber", NULL),
    FACT(SOFTWARE, "system", "revision", NT, "UBR", NULL),
    FACT(SOFTWARE, "system", "release", NT, "DisplayVersion", NULL),
    FACT(SOFTWARE, "system", "release number", NT, "ReleaseId", NULL),
    FACT(SOFTWARE, "system", "edition", NT, "EditionID", NULL),
    FACT(SOFTWARE, "system", "installation type", NT, "InstallationType", NULL),
    FACT(SOFTWARE, "system", "service pack", NT, "CSDVersion", NULL),
    FACT(SOFTWARE, "system", "build lab", NT, "BuildLab", NULL),
    FACT(SOFTWARE, "system", "build lab", NT, "BuildLabEx", NULL),
    FACT(SOFTWARE, "system", "build type", NT, "CurrentType", NULL),
    FACT(SOFTWARE, "system", "installed", NT, "InstallDate", host_decode_unix),
    FACT(SOFTWARE, "system", "installed", NT, "InstallTime", host_decode_filetime),
    FACT(SOFTWARE, "system", "folder", NT, "SystemRoot", NULL),
    FACT(SOFTWARE, "system", "installed from", NT, "SourcePath", NULL),
    FACT(SOFTWARE, "system", "owner", NT, "RegisteredOwner", NULL),
    FACT(SOFTWARE, "system", "organization", NT, "RegisteredOrganization", NULL),
    FACT(SOFTWARE, "system", "product id", NT, "ProductId", NULL),
    FACT(9X, "system", "product", "Software\\" WINDOWS, "ProductName", NULL),
    FACT(9X, "system", "version", "Software\\" WINDOWS, "VersionNumber", NULL),
    FACT(9X, "system", "installed", "Software\\" WINDOWS, "FirstInstallDateTime",
         host_decode_dos_time),
    FACT(9X, "system", "folder", "Software\\" WINDOWS, "SystemRoot", NULL),
    FACT(9X, "system", "owner", "Software\\" WINDOWS, "RegisteredOwner", NULL),
    FACT(9X, "system", "organization", "Software\\" WINDOWS, "RegisteredOrganization", NULL),
    FACT(9X, "system", "product id", "Software\\" WINDOWS, "ProductId", NULL),
    FACT(SOFTWARE, "system", "Internet Explorer", "Microsoft\\Internet Explorer", "Version", NULL),
    FACT(SOFTWARE, "system", "Internet Explorer", "Microsoft\\Internet Explorer", "svcVersion",
         NULL),
    FACT(SET, "system", "kind", "Control\\ProductOptions", "ProductType",
         host_decode_product_type),
    FACT(SET, "system", "service pack", "Control\\Windows", "CSDVersion",
         host_decode_service_pack),
    FACT(SET, "system", "last shutdown", "Control\\Windows", "ShutdownTime",
         host_decode_filetime),
    FACT(SET, "system", "processor", "Control\\Session Manager\\Environment",
         "PROCESSOR_ARCHITECTURE", NULL),
    FACT(SET, "system", "processor type", "Control\\Session Manager\\Environment",
         "PROCESSOR_IDENTIFIER", NULL),
    FACT(SET, "system", "manufacturer", "Control\\SystemInformation", "SystemManufacturer", NULL),
    FACT(SET, "system", "model", "Control\\SystemInformation", "SystemProductName", NULL),
    FACT(SET, "system", "BIOS", "Control\\SystemInformation", "BIOSVersion", NULL),
    FACT(SET, "system", "BIOS date", "Control\\SystemInformation", "BIOSReleaseDate", NULL),
    FACT(SET, "system", "code page", "Control\\Nls\\CodePage", "ACP", NULL),
    FACT(SET, "system", "language", "Control\\Nls\\Language", "InstallLanguage", NULL),
    FACT(SET, "system", "last access updates", "Control\\FileSystem",
         "NtfsDisableLastAccessUpdate", host_decode_last_access),
    FACT(SET, "system", "page file", "Control\\Session Manager\\Memory Management", "PagingFiles",
         NULL),
    FACT(SET, "system", "page file is cleared", "Control\\Session Manager\\Memory Management",
         "ClearPageFileAtShutdown", host_decode_on),
    FACT(SET, "system", "remote desktop", "Control\\Terminal Server", "fDenyTSConnections",
         host_decode_off),
    FACT(SET, "system", "remote desktop port",
         "Control\\Terminal Server\\WinStations\\RDP-Tcp", "PortNumber", NULL),
    FACT(SYSTEM, "system", "control set in use", "Select", "Current", NULL),
    FACT(SYSTEM, "system", "control set last known good", "Select", "LastKnownGood", NULL),
    FACT(SYSTEM, "system", "control set that failed", "Select", "Failed", NULL),
    FACT(SYSTEM, "system", "system partition", "Setup", "SystemPartition", NULL),
    FACT(SYSTEM, "system", "before the upgrade: product", "Setup\\Source OS*", "ProductName",
         NULL),
    FACT(SYSTEM, "system", "before the upgrade: build", "Setup\\Source OS*", "CurrentBuild", NULL),
    FACT(SYSTEM, "system", "before the upgrade: installed", "Setup\\Source OS*", "InstallDate",
         host_decode_unix),
    FACT(SECURITY, "system", "account domain", "Policy\\PolAcDmN", "", host_decode_lsa_name),
    FACT(SECURITY, "system", "machine SID", "Policy\\PolAcDmS", "", host_decode_lsa_sid),
    FACT(SECURITY, "system", "domain", "Policy\\PolPrDmN", "", host_decode_lsa_name),
    FACT(SECURITY, "system", "domain SID", "Policy\\PolPrDmS", "", host_decode_lsa_sid),
    FACT(SAM, "system", "machine SID", "SAM\\Domains\\Account", "V", host_decode_sid),

    /* updates */
    FACT(SOFTWARE, "update", "hotfix", NT "\\HotFix\\*", "Fix Description", NULL),
    FACT(SOFTWARE, "update", "hotfix is installed", NT "\\HotFix\\*", "Installed", host_decode_on),
    FACT(SOFTWARE, "update", "hotfix", "Microsoft\\Updates\\*\\*", "Description", NULL),
    FACT(SOFTWARE, "update", "hotfix", "Microsoft\\Updates\\*\\*\\*", "Description", NULL),
    FACT(SOFTWARE, "update", "installed", "Microsoft\\Updates\\*\\*\\*", "InstalledDate", NULL),
    FACT(SOFTWARE, "update", "installed by", "Microsoft\\Updates\\*\\*\\*", "InstalledBy", NULL),
    READ(SOFTWARE, "update", PACKAGES "\\Package_for_KB*", NULL, host_read_package),
    READ(SOFTWARE, "update", PACKAGES "\\Package_for_RollupFix*", NULL, host_read_package),
    FACT(9X, "update", "hotfix", "Software\\" WINDOWS "\\Setup\\Updates\\*", "", NULL),
    FACT(SOFTWARE, "update", "automatic updates", WINDOWS "\\WindowsUpdate\\Auto Update",
         "AUOptions", NULL),
    FACT(SOFTWARE, "update", "last search",
         WINDOWS "\\WindowsUpdate\\Auto Update\\Results\\Detect", "LastSuccessTime", NULL),
    FACT(SOFTWARE, "update", "last installation",
         WINDOWS "\\WindowsUpdate\\Auto Update\\Results\\Install", "LastSuccessTime", NULL),

    /* zone and clock */
    FACT(SET, "zone", "zone", ZONE, "TimeZoneKeyName", NULL),
    FACT(SET, "zone", "standard name", ZONE, "StandardName", NULL),
    FACT(SET, "zone", "daylight name", ZONE, "DaylightName", NULL),
    FACT(SET, "zone", "bias", ZONE, "Bias", host_decode_signed),
    FACT(SET, "zone", "active bias", ZONE, "ActiveTimeBias", host_decode_signed),
    FACT(SET, "zone", "standard bias", ZONE, "StandardBias", host_decode_signed),
    FACT(SET, "zone", "daylight bias", ZONE, "DaylightBias", host_decode_signed),
    FACT(SET, "zone", "standard time begins", ZONE, "StandardStart", host_decode_day_rule),
    FACT(SET, "zone", "daylight time begins", ZONE, "DaylightStart", host_decode_day_rule),
    FACT(SET, "zone", "daylight time", ZONE, "DisableAutoDaylightTimeSet", host_decode_off),
    FACT(SET, "zone", "daylight time", ZONE, "DynamicDaylightTimeDisabled", host_decode_off),
    READ(SET, "zone", ZONE, NULL, host_read_zone),
    FACT(SET, "zone", "time server", "Services\\W32Time\\Parameters", "NtpServer", NULL),
    FACT(SET, "zone", "clock is set by", "Services\\W32Time\\Parameters", "Type", NULL),

    /* users */
    READ(SAM, "user", "SAM\\Domains\\Account\\Users\\0*", NULL, host_read_user),
    READ(SAM, "user", "SAM\\Domains\\Account\\Users\\Names\\*", "", host_read_user_name),
    READ(SAM, "group", "SAM\\Domains\\Builtin\\Aliases\\0*", NULL, host_read_alias),
    READ(SAM, "group", "SAM\\Domains\\Account\\Aliases\\0*", NULL, host_read_alias),
    READ(SAM, "policy", "SAM\\Domains\\Account", "F", host_read_policy),
    FACT(SOFTWARE, "user", "profile", NT "\\ProfileList\\*", "ProfileImagePath", NULL),
    READ(SOFTWARE, "user", NT "\\ProfileList\\*", NULL, host_read_profile_times),
    FACT(9X, "user", "profile", "Software\\" WINDOWS "\\ProfileList\\*", "ProfileImagePath", NULL),
    FACT(9X, "user", "last logon name", "Network\\Logon", "username", NULL),
    FACT(SOFTWARE, "user", "default logon name", NT "\\Winlogon", "DefaultUserName", NULL),
    FACT(SOFTWARE, "user", "default logon domain", NT "\\Winlogon", "DefaultDomainName", NULL),
    FACT(SOFTWARE, "user", "automatic logon", NT "\\Winlogon", "AutoAdminLogon", NULL),
    FACT(SOFTWARE, "user", "last logon name", WINDOWS "\\Authentication\\LogonUI",
         "LastLoggedOnUser", NULL),
    FACT(SOFTWARE, "user", "last logon SID", WINDOWS "\\Authentication\\LogonUI",
         "LastLoggedOnUserSID", NULL),

    /* network */
    FACT(SET, "network", "host name", TCPIP, "Hostname", NULL),
    FACT(SET, "network", "domain", TCPIP, "Domain", NULL),
    FACT(SET, "network", "DNS servers", TCPIP, "NameServer", NULL),
    FACT(SET, "network", "DHCP domain", TCPIP, "DhcpDomain", NULL),
    FACT(SET, "network", "DHCP DNS servers", TCPIP, "DhcpNameServer", NULL),
    FACT(SET, "network", "forwarding", TCPIP, "IPEnableRouter", host_decode_on),
    FACT(SET, "network", "persistent route", TCPIP "\\PersistentRoutes", "*", NULL),
    INTERFACE(TCPIP "\\Interfaces\\*"),
    /* Windows NT 4; later the same interfaces stand here again by their GUIDs. */
    INTERFACE("Services\\!{*\\Parameters\\Tcpip"),
    FACT(SET, "network", "interface name", ADAPTERS "\\*\\Connection", "Name", NULL),
    FACT(SOFTWARE, "network", "card", NT "\\NetworkCards\\*", "Description", NULL),
    FACT(SOFTWARE, "network", "card's interface", NT "\\NetworkCards\\*", "ServiceName", NULL),
    FACT(SOFTWARE, "network", "network", NETWORKS "\\Profiles\\*", "ProfileName", NULL),
    FACT(SOFTWARE, "network", "first connected", NETWORKS "\\Profiles\\*", "DateCreated",
         host_decode_system_time),
    FACT(SOFTWARE, "network", "last connected", NETWORKS "\\Profiles\\*", "DateLastConnected",
         host_decode_system_time),
    FACT(SOFTWARE, "network", "network", NETWORKS "\\Signatures\\*\\*", "FirstNetwork", NULL),
    FACT(SOFTWARE, "network", "network's profile", NETWORKS "\\Signatures\\*\\*", "ProfileGuid",
         NULL),
    FACT(SOFTWARE, "network", "gateway's hardware address", NETWORKS "\\Signatures\\*\\*",
         "DefaultGatewayMac", host_decode_mac),
    FACT(SOFTWARE, "network", "DNS suffix", NETWORKS "\\Signatures\\*\\*", "DnsSuffix", NULL),
    FACT(SET, "network", "computer name", "Services\\VxD\\VNETSUP", "ComputerName", NULL),
    FACT(SET, "network", "workgroup", "Services\\VxD\\VNETSUP", "Workgroup", NULL),
    FACT(SET, "network", "remark", "Services\\VxD\\VNETSUP", "Comment", NULL),
    FACT(SET, "network", "host name", "Services\\VxD\\MSTCP", "HostName", NULL),
    FACT(SET, "network", "domain", "Services\\VxD\\MSTCP", "Domain", NULL),
    FACT(SET, "network", "DNS servers", "Services\\VxD\\MSTCP", "NameServer", NULL),
    FACT(SET, "network", "interface name", "Services\\Class\\NetTrans\\*", "DriverDesc", NULL),
    FACT(SET, "network", "address", "Services\\Class\\NetTrans\\*", "IPAddress", NULL),
    FACT(SET, "network", "network mask", "Services\\Class\\NetTrans\\*", "IPMask", NULL),
    FACT(SET, "network", "gateway", "Services\\Class\\NetTrans\\*", "DefaultGateway", NULL),

    /* shares */
    READ(SET, "share", "Services\\LanmanServer\\Shares", "*", host_read_share),
    FACT(SET, "share", "administrative shares", "Services\\LanmanServer\\Parameters",
         "AutoShareWks", host_decode_on),
    FACT(SET, "share", "administrative shares", "Services\\LanmanServer\\Parameters",
         "AutoShareServer", host_decode_on),
    FACT(SET, "share", "without logon", "Services\\LanmanServer\\Parameters", "NullSessionShares",
         NULL),
    FACT(9X, "share", "path", "Software\\" WINDOWS "\\Network\\LanMan\\*", "Path", NULL),
    FACT(9X, "share", "remark", "Software\\" WINDOWS "\\Network\\LanMan\\*", "Remark", NULL),
    FACT(9X, "share", "flags", "Software\\" WINDOWS "\\Network\\LanMan\\*", "Flags",
         host_decode_hex_number),

    /* drives and devices */
    READ(SYSTEM, "drive", "MountedDevices", "*", host_read_mounted),
    FACT(9X, "drive", "letter", "Enum\\*\\*\\*", "CurrentDriveLetterAssignment", NULL),
    FACT(9X, "device", "description", "Enum\\*\\*\\*", "DeviceDesc", NULL),
    FACT(USER, "drive", "network drive", "Network\\*", "RemotePath", NULL),
    READ(USER, "drive", "Software\\" WINDOWS "\\Explorer\\MountPoints2\\*", NULL,
         host_read_mount_point),
    FACT(SET, "device", "name", "Enum\\USBSTOR\\*\\*", "FriendlyName", NULL),
    FACT(SET, "device", "description", "Enum\\USBSTOR\\*\\*", "DeviceDesc", NULL),
    FACT(SET, "device", "parent id", "Enum\\USBSTOR\\*\\*", "ParentIdPrefix", NULL),
    FACT(SET, "device", "container", "Enum\\USBSTOR\\*\\*", "ContainerID", NULL),
    READ(SET, "device", "Enum\\USBSTOR\\*\\*\\" DEVICE_TIMES, NULL, host_read_device_times),
    FACT(SET, "device", "description", "Enum\\USB\\*\\*", "DeviceDesc", NULL),
    FACT(SET, "device", "place", "Enum\\USB\\*\\*", "LocationInformation", NULL),
    READ(SET, "device", "Enum\\USB\\*\\*\\" DEVICE_TIMES, NULL, host_read_device_times),
    FACT(SOFTWARE, "device", "name", "Microsoft\\Windows Portable Devices\\Devices\\*",
         "FriendlyName", NULL),

    /* firewall */
    PROFILE("StandardProfile"),
    PROFILE("PublicProfile"),
    PROFILE("DomainProfile"),
    POLICY_PROFILE("StandardProfile"),
    POLICY_PROFILE("PublicProfile"),
    POLICY_PROFILE("DomainProfile"),
    FACT(SET, "firewall", "rule", FIREWALL "\\FirewallRules", "*", NULL),
    FACT(SOFTWARE, "firewall", "rule by policy",
         "Policies\\Microsoft\\WindowsFirewall\\FirewallRules", "*", NULL),

    /* antivirus */
    DEFENDER("Windows Defender", "Microsoft\\Windows Defender"),
    DEFENDER("Windows Defender by policy", "Policies\\Microsoft\\Windows Defender"),
    DEFENDER("Microsoft Antimalware", "Microsoft\\Microsoft Antimalware"),
    FACT(BOTH, "antivirus", "product", "Microsoft\\Security Center\\Provider\\Av\\*",
         "DISPLAYNAME", NULL),
    FACT(BOTH, "antivirus", "state", "Microsoft\\Security Center\\Provider\\Av\\*", "STATE",
         host_decode_hex_number),
    FACT(BOTH, "antivirus", "program", "Microsoft\\Security Center\\Provider\\Av\\*",
         "PRODUCTEXE", NULL),
    OF("Security Center", "antivirus warnings", "Microsoft\\Security Center",
       "AntiVirusDisableNotify", host_decode_off),
    OF("Security Center", "antivirus is watched", "Microsoft\\Security Center",
       "AntiVirusOverride", host_decode_off),
    OF("Security Center", "firewall warnings", "Microsoft\\Security Center",
       "FirewallDisableNotify", host_decode_off),
    OF("Security Center", "firewall is watched", "Microsoft\\Security Center", "FirewallOverride",
       host_decode_off),
    OF("Security Center", "update warnings", "Microsoft\\Security Center",
       "UpdatesDisableNotify", host_decode_off),
    FACT(BOTH, "antivirus", "Symantec: definitions", "Symantec\\SharedDefs", "*", NULL),
    OF("Symantec Endpoint Protection", "version",
       "Symantec\\Symantec Endpoint Protection\\CurrentVersion", "PRODUCTVERSION", NULL),
    OF("Symantec Endpoint Protection", "real-time protection",
       "Symantec\\Symantec Endpoint Protection\\AV\\Storages\\Filesystem\\RealTimeScan", "OnOff",
       host_decode_on),
    OF("Symantec AntiVirus", "definitions date", "Intel\\LANDesk\\VirusProtect6\\CurrentVersion",
       "PatternFileDate", host_decode_pattern_date),
    OF("Symantec AntiVirus", "version", "Intel\\LANDesk\\VirusProtect6\\CurrentVersion",
       "ProductVersion", host_decode_hex_number),
    OF("Symantec AntiVirus", "real-time protection",
       "Intel\\LANDesk\\VirusProtect6\\CurrentVersion\\Storages\\Filesystem\\RealTimeScan",
       "OnOff", host_decode_on),
    OF("McAfee", "definitions", "McAfee\\AVEngine", "AVDatVersion", NULL),
    OF("McAfee", "definitions date", "McAfee\\AVEngine", "AVDatDate", NULL),
    OF("McAfee", "engine", "McAfee\\AVEngine", "EngineVersionMajor", NULL),
    OF("McAfee", "version", "McAfee\\DesktopProtection", "szProductVer", NULL),
    OF("McAfee", "real-time protection",
       "McAfee\\SystemCore\\VSCore\\On Access Scanner\\McShield\\Configuration", "OASEnabled",
       host_decode_on),
    FACT(BOTH, "antivirus", "McAfee: definitions",
         "Network Associates\\TVD\\Shared Components\\VirusScan Engine\\*", "szDatVersion", NULL),
    FACT(BOTH, "antivirus", "McAfee: definitions date",
         "Network Associates\\TVD\\Shared Components\\VirusScan Engine\\*", "szDatDate", NULL),
    FACT(BOTH, "antivirus", "McAfee: engine",
         "Network Associates\\TVD\\Shared Components\\VirusScan Engine\\*", "szEngineVer", NULL),
    FACT(BOTH, "antivirus", "Trend Micro: definitions", "TrendMicro\\*\\CurrentVersion\\Misc.",
         "PatternVer", NULL),
    FACT(BOTH, "antivirus", "Trend Micro: definitions date",
         "TrendMicro\\*\\CurrentVersion\\Misc.", "PatternDate", NULL),
    FACT(BOTH, "antivirus", "Trend Micro: version", "TrendMicro\\*\\CurrentVersion\\Misc.",
         "ProgramVer", NULL),
    FACT(BOTH, "antivirus", "Trend Micro: real-time protection",
         "TrendMicro\\*\\CurrentVersion\\Real Time Scan Configuration", "Enable", host_decode_on),
    FACT(BOTH, "antivirus", "Kaspersky: product", "KasperskyLab\\*\\environment", "ProductName",
         NULL),
    FACT(BOTH, "antivirus", "Kaspersky: version", "KasperskyLab\\*\\environment",
         "ProductVersion", NULL),
    FACT(BOTH, "antivirus", "Kaspersky: product", "KasperskyLab\\protected\\*\\environment",
         "ProductName", NULL),
    FACT(BOTH, "antivirus", "Kaspersky: version", "KasperskyLab\\protected\\*\\environment",
         "ProductVersion", NULL),
    FACT(BOTH, "antivirus", "Kaspersky: definitions updated", "KasperskyLab\\protected\\*\\Data",
         "LastSuccessfulUpdate", host_decode_unix),
    OF("ESET", "product", "ESET\\ESET Security\\CurrentVersion\\Info", "ProductName", NULL),
    OF("ESET", "version", "ESET\\ESET Security\\CurrentVersion\\Info", "ProductVersion", NULL),
    OF("ESET", "definitions", "ESET\\ESET Security\\CurrentVersion\\Info", "ScannerVersion",
       NULL),
    OF("Sophos", "definitions updated", "Sophos\\AutoUpdate\\UpdateStatus", "LastUpdateTime",
       host_decode_unix),
    OF("Avast", "version", "AVAST Software\\Avast", "Version", NULL),
    OF("Avast", "folder", "AVAST Software\\Avast", "ProgramFolder", NULL),
    OF("Avast", "version", "ALWIL Software\\Avast\\4.0", "Version", NULL),
    FACT(BOTH, "antivirus", "Avira: engine", "Avira\\*", "EngineVersion", NULL),
    FACT(BOTH, "antivirus", "Avira: definitions", "Avira\\*", "VdfVersion", NULL),

    /* programs, among them antivirus that has no row above */
    FACT(BOTH, "program", "name", UNINSTALL, "DisplayName", NULL),
    FACT(BOTH, "program", "version", UNINSTALL, "DisplayVersion", NULL),
    FACT(BOTH, "program", "publisher", UNINSTALL, "Publisher", NULL),
    FACT(BOTH, "program", "installed", UNINSTALL, "InstallDate", NULL),
};

const size_t host_row_count = sizeof host_rows / sizeof *host_rows;
