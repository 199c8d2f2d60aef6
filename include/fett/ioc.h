/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_IOC_H
#define FETT_IOC_H

/*
 * ioc: indicators in raw bytes.
 *
 * Make a scanner from options once; any number of threads then scan blocks
 * with it. A block is handed over with the bytes that stand before and behind
 * the part that is to be scanned: a hit belongs to the part in which its first
 * byte lies, so parts put together give every hit once, whatever their borders.
 * Margins of IOC_MARGIN bytes are enough for every kind.
 *
 * Hits come in order of offset, kind, value, encoding. Time is linear in the
 * size of the block for every input.
 *
 * The host of a URL or of a mail address is a hit of its own as well, a domain,
 * onion, ipv4 or ipv6 at its own offset: who looks for a host must find it
 * wherever it stands. A URL inside another one is a hit too; one holds at most
 * three others and ends before the next, so that the output stays linear as well.
 *
 * What was made harmless by hand (hxxp://evil[.]com, jo(at)evil{dot}com), or is escaped
 * (http%3A%2F%2Fevil.com, http:\/\/evil.com, evil\.com), is given as what it means, with place and
 * length as it stands.
 *
 * Neighbours beyond the data count as the border of a text. A byte of the number of its letters
 * and one of 1 to 7 before a name are those of an entry in a folder; in UTF-16LE that
 * is no letter where the second is 7 and the number below 128. In UTF-16BE such names have
 * U+FFFF on both sides.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/error.h>
#include <fett/limits.h>
#include <fett/version.h>

enum ioc_kind {
    IOC_DOMAIN, /* host names, also bare ones */
    IOC_URL,
    IOC_EMAIL,
    IOC_IPV4,
    IOC_IPV6,
    IOC_UNC,     /* \\host\share */
    IOC_WINPATH, /* of drives, of folders that variables name */
    IOC_REGPATH,
    IOC_PIPE,
    IOC_MUTEX,   /* also of events and other named objects */
    IOC_FILENAME, /* of programs, scripts, archives, without a path */
    IOC_PDB,      /* symbol files that the linker names in programs */
    IOC_HASH,     /* MD5, SHA-1, SHA-256, SHA-384, SHA-512 in hex */
    IOC_CVE,
    IOC_MAC,
    IOC_BTC,
    IOC_ONION,    /* hidden services of Tor; these are not domains */
    IOC_USER_AGENT,
    IOC_KIND_COUNT,
};

/* How text stands in the bytes. ioc_scan gives the first three, and
 * IOC_UTF8 for hosts; keywords and strings (ioc_keywords.h, ioc_strings.h) all.
 * Letters of ASCII in UTF-16 look the same in both byte orders, one byte apart; by what
 * ioc_scan tells them, lib/ioc/order.c says. */
enum ioc_encoding {
    IOC_ASCII,
    IOC_UTF16LE,
    IOC_UTF16BE,
    IOC_UTF8, /* with letters beyond ASCII */
    IOC_WINDOWS_1252,
    IOC_ENCODING_COUNT,
};

/* "domain", "url" ...; "ascii", "utf-16le" ... */
const char *ioc_kind_name(enum ioc_kind kind);
int ioc_kind_by_name(const char *name); /* -1 for none */

/* Names with commas between, or "all", into bits 1 << what `by_name` gives (-1: none).
 * `what` is what a name is of: "kind". */
int ioc_parse_names(const char *text, const char *what, int (*by_name)(const char *name),
                    uint32_t all, uint32_t *bits, struct error *error);

/* "domain,url", or "all", into bits 1 << enum ioc_kind. */
int ioc_parse_kinds(const char *text, uint32_t *kinds, struct error *error);
const char *ioc_encoding_name(enum ioc_encoding encoding);

/* Bytes before and behind a part that a scan may look at: the longest
 * indicator in UTF-16, and its context. */
enum { IOC_MARGIN = 2 * LIMIT_INDICATOR_BYTES + 64 };

struct ioc_options {
    uint32_t kinds;          /* bit 1 << enum ioc_kind */
    unsigned min_confidence; /* 0-100: weaker hits are counted, not given */
    bool noise;              /* give hosts of the noise list too */
    bool portable;           /* no vector instructions; the hits are the same */
};

/* Whom the machine talked to: kinds that are worth a look at any evidence. */
enum {
    IOC_KINDS_DEFAULT =
        1 << IOC_DOMAIN | 1 << IOC_URL | 1 << IOC_EMAIL | 1 << IOC_IPV4 | 1 << IOC_IPV6 |
        1 << IOC_UNC | 1 << IOC_ONION,
    IOC_KINDS_ALL = (1 << IOC_KIND_COUNT) - 1,
};

#define IOC_OPTIONS_DEFAULT { IOC_KINDS_DEFAULT, 50, false, false }

struct ioc_hit {
    uint64_t offset;       /* of the first byte, from the start of the media */
    uint32_t length;       /* bytes that it takes there */
    uint8_t kind;          /* enum ioc_kind */
    uint8_t encoding;      /* enum ioc_encoding */
    uint8_t confidence;    /* 0-100 */
    const char *value;     /* normalised: schemes and hosts in lower case, without the dot
                            * at their end, labels beyond ASCII as A-labels (xn--, RFC 5890),
                            * which lists of indicators have; IPv6 addresses as RFC 5952
                            * writes them, IPv4 without leading
                            * zeros; paths with single backslashes, in UTF-8 where the encoding is known;
                            * MAC addresses with ':', digests in lower case */
    size_t value_length;
    const char *reason;    /* why so sure: "public suffix, three labels, NUL before" */
    bool rewritten;        /* the value does not say how it stands: made harmless by hand (hxxp,
                            * evil[.]com), or a host with letters beyond ASCII */
    const uint8_t *bytes;  /* as it stands there, `length` of them */
    const char *noise;     /* what its host is, if on the noise list: "XML name space"; else NULL */
};

/* Counts of what was held back, by reason. */
struct ioc_held_back {
    uint64_t weak;  /* below min_confidence */
    uint64_t noise; /* hosts of the noise list */
    uint64_t stopped; /* counted by callers that have a stop list or a baseline */
    uint64_t limited; /* counted by those that decode: units cut or left out by a limit */
};

typedef void (*ioc_sink)(void *context, const struct ioc_hit *hit);

struct ioc_scanner;

int ioc_scanner_new(struct ioc_scanner **scanner, const struct ioc_options *options,
                    struct error *error);
void ioc_scanner_free(struct ioc_scanner *scanner);

/*
 * Scan data[start .. end) of data[0 .. size); data[0] stands at `base` of the
 * media. `held_back` is added to. The strings of a hit hold for the call of the
 * sink. 0, or -1 when memory was out and hits are missing.
 */
int ioc_scan(const struct ioc_scanner *scanner, const uint8_t *data, size_t size, size_t start,
              size_t end, uint64_t base, ioc_sink sink, void *context,
              struct ioc_held_back *held_back);

/* The noise list, for printing: the host, and what it is; NULL behind the last. */
const char *ioc_noise_host(size_t index);
const char *ioc_noise_reason(size_t index);

/* The library and the public suffix list that host names are judged by. */
void ioc_versions(version_sink sink, void *context);

#endif
