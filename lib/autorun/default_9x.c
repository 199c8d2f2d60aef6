/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What Windows 95, 98 and Me themselves put into the places of the catalogue, and no other
 * Windows does. Sources: their INF files, and hives of clean installations. Classes by
 * themselves are for a SYSTEM.DAT that is read without the CLASSES.DAT beside it (Me), which
 * names their servers. See defaults.h.
 */

#include <fett/autorun.h>

#include "defaults.h"

/* What an INF file of Windows sets for each user. */
#define PER_USER(section, flags, inf) \
    "rundll.exe ?:\\windows\\system\\setupx.dll,installhinfsection " section " " flags \
    " ?:\\windows\\inf\\" inf "|"

static const struct shipped rows[] = {
    { AUTORUN_9X, "active-setup-hklm", "*",
      PER_USER("peruser_charmap_inis", "64", "appletpp.inf")
      PER_USER("peruser_dialer_inis", "64", "appletpp.inf")
      PER_USER("peruseroldlinks", "64", "appletpp.inf")
      PER_USER("appletsperuser", "64", "applets.inf")
      PER_USER("peruser_calc_inis", "64", "applets.inf")
      PER_USER("peruser_paint_inis", "64", "applets.inf")
      PER_USER("peruser_cvt_inis", "64", "applets1.inf")
      PER_USER("peruser_dxxspace_links", "64", "applets1.inf")
      PER_USER("peruser_enable_inis", "64", "enable.inf")
      PER_USER("fontsperuser", "64", "fonts.inf")
      PER_USER("peruser_pbgame_inis", "64", "games.inf")
      PER_USER("peruser_wingames_inis", "64", "games.inf")
      PER_USER("peruser_zonegame_inis", "64", "games.inf")
      PER_USER("peruser_hnw_inis", "64", "ics.inf")
      PER_USER("peruser_icw_inis", "0", "icw97.inf")
      PER_USER("mmoptregisterperuser", "64", "mmopt.inf")
      PER_USER("peruser_cdplayer_inis", "64", "mmopt.inf")
      PER_USER("motownavivideoperuser", "64", "motown.inf")
      PER_USER("motownmmsysperuser", "64", "motown.inf")
      PER_USER("motownmplayperuser", "64", "motown.inf")
      PER_USER("motownrecperuser", "64", "motown.inf")
      PER_USER("peruser_vol", "64", "motown.inf")
      PER_USER("peruser_moviemaker", "64", "moviemk.inf")
      PER_USER("peruser_msinfo", "64", "msinfo.inf")
      PER_USER("peruser_msinfo2", "64", "msinfo.inf")
      PER_USER("peruser_base", "64", "msmail.inf")
      PER_USER("olsaolperuser", "64", "ols.inf")
      PER_USER("olsattperuser", "64", "ols.inf")
      PER_USER("olsearthlinkperuser", "64", "ols.inf")
      PER_USER("olsmsnperuser", "64", "ols.inf")
      PER_USER("olsperuser", "64", "ols.inf")
      PER_USER("olsprodigyperuser", "64", "ols.inf")
      PER_USER("peruser_pchealth", "64", "pchealth.inf")
      PER_USER("peruser_rna_inis", "64", "rna.inf")
      PER_USER("samplerperuser", "64", "sampler.inf")
      PER_USER("setupcperuser", "64", "setupc.inf")
      PER_USER("shellperuser", "64", "shell.inf")
      PER_USER("shell2peruser", "64", "shell2.inf")
      PER_USER("peruser_winapps_links", "64", "subase.inf")
      PER_USER("peruser_winbase_links", "64", "subase.inf")
      PER_USER("tapiperuser", "64", "tapi.inf")
      PER_USER("peruser_mswordpad_inis", "64", "wordpad.inf")
      "rundll setupx.dll,installhinfsection powercfg.user 0 powercfg.inf|ie4uinit.exe|updcrl.exe *|"
      "rundll32 iedkcs32.dll,brandie4 signup|%win%\\msnmgsr1.exe|%win%\\command\\sulfnbk.exe /l|"
      "%programs%\\outloo~1\\setup50.exe /app:oe /caller:win9x /user /install|"
      "%programs%\\outloo~1\\setup50.exe /app:wab /caller:win9x /user /install" },
    { AUTORUN_9X, "my-computer-tool-hklm", "*", "%win%\\cleanmgr.exe /d %c" },
    { AUTORUN_9X, "crypto-sip", "*", "asfsipc.dll" },
    { AUTORUN_9X, "crypto-trust", "*", "psbase.dll|corpol.dll|javacypt.dll" },
    { AUTORUN_9X, "print-provider", "*", "mspp32.dll" },
    { AUTORUN_9X, "ie-extension", "*",
      "%win%\\web\\related.htm|%programs%\\messen~1\\msmsgs.exe" },
    { AUTORUN_9X, "wmi-autorecover", "*", "%win%\\pchealth\\uploadlb\\config\\pchealth.mof" },
    { AUTORUN_9X, "delay-load",
      "{bcbcd383-3e06-11d3-91a9-00c04f68105c}",
      "" },
    { AUTORUN_9X, "shared-task-scheduler",
      "{438755c2-a8ba-11d1-b96b-00a0c90312e1}|{8c7461ef-2b13-11d2-be35-3078302c2030}",
      "" },
    { AUTORUN_9X, "shell-execute-hook",
      "{aeb6717e-7e19-11d0-97ee-00c04fd91972}",
      "" },
    { AUTORUN_9X, "find-extension",
      "{07798131-af23-11d1-9111-00a0c98ba67d}|{169a0691-8df9-11d1-a1c4-00c04fd75d13}|"
      "{32714800-2e5f-11d0-8b85-00aa0044f941}",
      "" },
    { AUTORUN_9X, "ie-bar",
      "{4d5c8c25-d075-11d0-b416-00c04fb90376}",
      "" },
    { AUTORUN_9X, "volume-cache",
      "{5ef4af3a-f726-11d0-b8a2-00c04fc309a4}|{8369ab20-56c9-11d0-94e8-00aa0059ce02}|"
      "{8e6e6079-0cb7-11d2-8f10-0000f87abd16}|{9b0efd60-f7b0-11d0-baef-00c04fc308c9}|"
      "{c0e13e61-0cc6-11d1-bbb6-0060978b2ae6}",
      "" },
    { AUTORUN_9X, "shell-extension-approved",
      "{888dca60-fc0a-11cf-8f0f-00c04fd7d062}|{e88dcce0-b7b3-11d1-a9f0-00aa0060fa31}|"
      "{bd472f60-27fa-11cf-b8b4-444553540000}|"
      "{00bb2763-6a77-11d0-a535-00c04fd7d062}|{00bb2764-6a77-11d0-a535-00c04fd7d062}|"
      "{00bb2765-6a77-11d0-a535-00c04fd7d062}|{01e04581-4eee-11d0-bfe9-00aa005b4383}|"
      "{03c036f1-a186-11d0-824a-00aa005b4383}|{07798131-af23-11d1-9111-00a0c98ba67d}|"
      "{08165ea0-e946-11cf-9c87-00aa005127ed}|{09799afb-ad67-11d1-abcd-00c04fc30936}|"
      "{0a89a860-d7b1-11ce-8350-444553540000}|{0afaced1-e828-11d1-9187-b532f1e9575d}|"
      "{0cd7a5c0-9f37-11ce-ae65-08002b2e1262}|{0e5cbf21-d15f-11d0-8301-00aa005b4383}|"
      "{12518493-00b2-11d2-9fa5-9e3420524153}|{131a6951-7f78-11d0-a979-00c04fd705a2}|"
      "{13709620-c279-11ce-a49e-444553540000}|{169a0691-8df9-11d1-a1c4-00c04fd75d13}|"
      "{176d6597-26d3-11d1-b350-080036a75b03}|{1a9ba3a0-143a-11cf-8350-444553540000}|"
      "{1aeb1360-5afc-11d0-b806-00c04fd706ec}|{20d04fe0-3aea-1069-a2d8-08002b30309d}|"
      "{21b22460-3aea-1069-a2dc-08002b30309d}|{22bf0c20-6da7-11d0-b373-00a0c9034938}|"
      "{30d02401-6a81-11d0-8274-00c04fd5ae38}|{3c374a40-bae4-11cf-bf7d-00aa006946ee}|"
      "{3ccf8a41-5c85-11d0-9796-00aa00b90adf}|{3dc7a020-0acd-11cf-a9bb-00aa004ae837}|"
      "{3f30c968-480a-4c6c-862d-efc0897bb84b}|{3fc0b520-68a9-11d0-8d77-00c04fd70822}|"
      "{450d8fba-ad25-11d0-98a8-0800361b1103}|{4622ad11-ff23-11d0-8d34-00a0c90f2719}|"
      "{4657278a-411b-11d2-839a-00c04fd918d0}|{4a7ded0a-ad25-11d0-98a8-0800361b1103}|"
      "{500202a0-731e-11d0-b829-00c04fd706ec}|{568804ca-cbd7-11d0-9816-00c04fd91972}|"
      "{57651662-ce3e-11d0-8d77-00c04fc99d61}|{5b4dae26-b807-11d0-9815-00c04fd91972}|"
      "{5db2625a-54df-11d0-b6c4-0800091aa605}|{5e6ab780-7743-11cf-a12b-00aa004ae837}|"
      "{60254ca5-953b-11cf-8c96-00aa00b8708c}|{62112aa1-ebe4-11cf-a5fb-0020afe7292d}|"
      "{6413ba2c-b461-11d1-a18a-080036b11a03}|{6756a641-de71-11d0-831b-00aa005b4383}|"
      "{675f097e-4c4d-11d0-b6c1-0800091aa605}|{67ea19a0-ccef-11d0-8024-00c04fd75d13}|"
      "{6d5313c0-8c62-11d1-b2cd-006097df8c11}|{7376d660-c583-11d0-a3a5-00c04fd706ec}|"
      "{7444c717-39bf-11d1-8cd9-00c04fc29d45}|{7444c719-39bf-11d1-8cd9-00c04fc29d45}|"
      "{7487cd30-f71a-11d0-9ea7-00805f714772}|{75048700-ef1f-11d0-9888-006097deacf9}|"
      "{797f1e90-9edd-11cf-8d8e-00aa0060f5bf}|{7ba4c740-9e81-11cf-99d3-00aa004ae837}|"
      "{7ba4c742-9e81-11cf-99d3-00aa004ae837}|{7bd29e00-76c1-11cf-9dd0-00a0c9034933}|"
      "{7d559c10-9fe9-11d0-93f7-00aa0059ce02}|{7fc0b86e-5fa7-11d1-bc7c-00c04fd929db}|"
      "{8278f931-2a3e-11d2-838f-00c04fd918d0}|{86747ac0-42a0-1069-a2e6-08002b30309d}|"
      "{871c5380-42a0-1069-a2ea-08002b30309d}|{88c6c381-2e85-11d0-94de-444553540000}|"
      "{8bebb290-52d0-11d0-b7f4-00c04fd706ec}|{8de56a0d-e58b-41fe-9f80-3563cdcb2c22}|"
      "{91ea3f8b-c99b-11d0-9815-00c04fd91972}|{9461b922-3c5a-11d2-bf8b-00c04fb93661}|"
      "{992cffa0-f557-101a-88ec-00dd010ccc48}|{9dbd2c50-62ad-11d0-b806-00c04fd706ec}|"
      "{9e56be60-c50f-11cf-9a2c-00a0c90a90ce}|{9e56be61-c50f-11cf-9a2c-00a0c90a90ce}|"
      "{a08c11d2-a228-11d0-825b-00aa005b4383}|{a2b0dd40-cc59-11d0-a3a5-00c04fd706ec}|"
      "{abbe31d0-6dae-11d0-beca-00c04fd940be}|{af4f6510-f982-11d0-8595-00aa004cd6d8}|"
      "{b091e540-83e3-11cf-a713-0020afd79762}|{bdeadf00-c265-11d0-bced-00a0c90ab50f}|"
      "{c2fbb630-2971-11d1-a18c-00c04fd75d13}|{c2fbb631-2971-11d1-a18c-00c04fd75d13}|"
      "{cfbfae00-17a6-11d0-99cb-00c04fd64497}|{d82be2b0-5764-11d0-a96e-00c04fd705a2}|"
      "{d8bd2030-6fc9-11d0-864f-00aa006809d9}|{d969a300-e7ff-11d0-a93b-00a0c90f2719}|"
      "{dbce2480-c732-101b-be72-ba78e9ad5b27}|{dd313e04-feff-11d1-8ecd-0000f87a470c}|"
      "{e13ef4e4-d2f2-11d0-9816-00c04fd91972}|{e3a8bde6-abce-11d0-bc4b-00c04fd929db}|"
      "{e6cc6978-6b6e-11d0-beca-00c04fd940be}|{e6fb5e20-de35-11cf-9c87-00aa005127ed}|"
      "{e7e4bc40-e76a-11ce-a9bb-00aa004ae837}|{e8bb6dc0-6b4e-11d0-92db-00a0c90c2bd7}|"
      "{eab841a0-9550-11cf-8c16-00805f1408f3}|{ecd4fc4c-521c-11d0-b792-00a0c90312e1}|"
      "{ecd4fc4d-521c-11d0-b792-00a0c90312e1}|{ecd4fc4e-521c-11d0-b792-00a0c90312e1}|"
      "{ecd4fc4f-521c-11d0-b792-00a0c90312e1}|{ecf03a32-103d-11d2-854d-006008059367}|"
      "{ecf03a33-103d-11d2-854d-006008059367}|{ef8ad2d1-ae36-11d1-b2d2-006097df8c11}|"
      "{efa24e61-b078-11d0-89e4-00c04fc9e26e}|{f39a0dc0-9cc8-11d0-a599-00c04fd64433}|"
      "{f3aa0dc0-9cc8-11d0-a599-00c04fd64434}|{f3ba0dc0-9cc8-11d0-a599-00c04fd64435}|"
      "{f3da0dc0-9cc8-11d0-a599-00c04fd64437}|{f3ea0dc0-9cc8-11d0-a599-00c04fd64438}|"
      "{f5175861-2688-11d0-9c5e-00aa00a45957}|{f61ffec1-754f-11d0-80ca-00aa005b4383}|"
      "{fbf23b40-e3f0-101b-8488-00aa003e56f8}|{fbf23b41-e3f0-101b-8488-00aa003e56f8}|"
      "{ff393560-c2a7-11cf-bff4-444553540000}",
      "" },
};

const struct shipped *shipped_9x(size_t index)
{
    return index < sizeof rows / sizeof *rows ? &rows[index] : NULL;
}
