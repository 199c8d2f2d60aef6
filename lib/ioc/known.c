/* SPDX-License-Identifier: Apache-2.0 */

/*
 * known: names of two labels that everybody knows: hosts too short, or with a suffix too much
 * like a word, to be told by their form; and names of other things that have the form of hosts.
 * Sorted by name, which a test holds.
 */

#include <fett/keyed.h>

#include "scan.h"

static const struct known_name {
    const char *name;
    enum known known;
    const char *reason;
} names[] = {
    { "0x0.st", KNOWN_HOST, "file sharing" },
    { "1drv.ms", KNOWN_HOST, "Microsoft" },
    { "adf.ly", KNOWN_HOST, "short links" },
    { "ado.net", KNOWN_NAME, ".NET" },
    { "aka.ms", KNOWN_HOST, "Microsoft" },
    { "amzn.to", KNOWN_HOST, "Amazon" },
    { "asp.net", KNOWN_NAME, ".NET" },
    { "assign.com", KNOWN_NAME, "DOS" },
    { "bit.ly", KNOWN_HOST, "short links" },
    { "buff.ly", KNOWN_HOST, "short links" },
    { "catbox.moe", KNOWN_HOST, "file sharing" },
    { "chcp.com", KNOWN_NAME, "DOS" },
    { "command.com", KNOWN_NAME, "DOS" },
    { "csharp.net", KNOWN_NAME, ".NET" },
    { "cutt.ly", KNOWN_HOST, "short links" },
    { "cv.com", KNOWN_NAME, "DOS" },
    { "discord.gg", KNOWN_HOST, "Discord" },
    { "discord.gift", KNOWN_HOST, "Discord" },
    { "diskcomp.com", KNOWN_NAME, "DOS" },
    { "diskcopy.com", KNOWN_NAME, "DOS" },
    { "doskey.com", KNOWN_NAME, "DOS" },
    { "edit.com", KNOWN_NAME, "DOS" },
    { "fb.me", KNOWN_HOST, "Facebook" },
    { "fb.watch", KNOWN_HOST, "Facebook" },
    { "file.io", KNOWN_HOST, "file sharing" },
    { "format.com", KNOWN_NAME, "DOS" },
    { "ghostbin.co", KNOWN_HOST, "pastes" },
    { "gist.io", KNOWN_HOST, "GitHub" },
    { "git.io", KNOWN_HOST, "GitHub" },
    { "gofile.io", KNOWN_HOST, "file sharing" },
    { "goo.gl", KNOWN_HOST, "short links" },
    { "graftabl.com", KNOWN_NAME, "DOS" },
    { "graphics.com", KNOWN_NAME, "DOS" },
    { "ibb.co", KNOWN_HOST, "pictures" },
    { "ident.me", KNOWN_HOST, "tells the address" },
    { "ifconfig.co", KNOWN_HOST, "tells the address" },
    { "ifconfig.me", KNOWN_HOST, "tells the address" },
    { "interact.sh", KNOWN_HOST, "collects requests" },
    { "ipinfo.io", KNOWN_HOST, "tells the address" },
    { "is.gd", KNOWN_HOST, "short links" },
    { "ix.io", KNOWN_HOST, "pastes" },
    { "justpaste.it", KNOWN_HOST, "pastes" },
    { "kb16.com", KNOWN_NAME, "DOS" },
    { "keyb.com", KNOWN_NAME, "DOS" },
    { "krnl386.com", KNOWN_NAME, "Windows" },
    { "lnkd.in", KNOWN_HOST, "LinkedIn" },
    { "loadfix.com", KNOWN_NAME, "DOS" },
    { "localhost.run", KNOWN_HOST, "tunnels" },
    { "mega.io", KNOWN_HOST, "file sharing" },
    { "mega.nz", KNOWN_HOST, "file sharing" },
    { "microsoft.net", KNOWN_NAME, ".NET, its folder" },
    { "mode.com", KNOWN_NAME, "DOS" },
    { "more.com", KNOWN_NAME, "DOS" },
    { "mouse.com", KNOWN_NAME, "DOS" },
    { "myip.is", KNOWN_HOST, "tells the address" },
    { "ngrok.app", KNOWN_HOST, "tunnels" },
    { "ngrok.io", KNOWN_HOST, "tunnels" },
    { "oast.fun", KNOWN_HOST, "collects requests" },
    { "oast.live", KNOWN_HOST, "collects requests" },
    { "oast.me", KNOWN_HOST, "collects requests" },
    { "oast.online", KNOWN_HOST, "collects requests" },
    { "oast.pro", KNOWN_HOST, "collects requests" },
    { "oast.site", KNOWN_HOST, "collects requests" },
    { "ok.ru", KNOWN_HOST, "OK" },
    { "ow.ly", KNOWN_HOST, "short links" },
    { "paste.ee", KNOWN_HOST, "pastes" },
    { "rb.gy", KNOWN_HOST, "short links" },
    { "redd.it", KNOWN_HOST, "Reddit" },
    { "rentry.co", KNOWN_HOST, "pastes" },
    { "shorturl.at", KNOWN_HOST, "short links" },
    { "soo.gd", KNOWN_HOST, "short links" },
    { "sprunge.us", KNOWN_HOST, "pastes" },
    { "sys.com", KNOWN_NAME, "DOS" },
    { "system.net", KNOWN_NAME, ".NET" },
    { "t.co", KNOWN_HOST, "links in messages" },
    { "t.me", KNOWN_HOST, "Telegram" },
    { "temp.sh", KNOWN_HOST, "file sharing" },
    { "tiny.cc", KNOWN_HOST, "short links" },
    { "transfer.sh", KNOWN_HOST, "file sharing" },
    { "tree.com", KNOWN_NAME, "DOS" },
    { "v.gd", KNOWN_HOST, "short links" },
    { "vb.net", KNOWN_NAME, ".NET" },
    { "vk.com", KNOWN_HOST, "VK" },
    { "wa.me", KNOWN_HOST, "WhatsApp" },
    { "we.tl", KNOWN_HOST, "file sharing" },
    { "webhook.site", KNOWN_HOST, "collects requests" },
    { "win.com", KNOWN_NAME, "Windows 9x" },
    { "ya.ru", KNOWN_HOST, "Yandex" },
    { "youtu.be", KNOWN_HOST, "YouTube" },
};

enum { NAME_COUNT = sizeof names / sizeof *names };

enum known known_name(const char *name, size_t length)
{
    const struct known_name *row = keyed_text_row(names, NAME_COUNT, sizeof *names, name, length);

    return row ? row->known : KNOWN_NONE;
}

const char *known_listed(size_t index)
{
    return index < NAME_COUNT ? names[index].name : NULL;
}
