/* SPDX-License-Identifier: Apache-2.0 */

/*
 * stop: see ioc_stop.h. All entries stand in one hash table, told apart by what
 * they are; a suffix is looked up for each label of a host, a network for each
 * length of prefix that is used.
 */

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include <fett/buffer.h>
#include <fett/ioc_stop.h>
#include <fett/text.h>

/* What an entry is, besides enum ioc_kind. */
enum { ENTRY_ANY = IOC_KIND_COUNT, ENTRY_SUFFIX, ENTRY_NETWORK };

enum { ADDRESS_BYTES = 16, NETWORK_BYTES = 2 + ADDRESS_BYTES };

struct entry {
    uint64_t hash;
    size_t at; /* in texts */
    uint32_t length;
    uint8_t what;
    bool used;
};

struct ioc_stop {
    struct buffer texts;
    struct entry *entries; /* capacity of them, a power of two */
    size_t count, capacity;
    bool prefixes[2][8 * ADDRESS_BYTES + 1]; /* of IPv4, IPv6, that networks have */
};

struct ioc_stop *ioc_stop_new(void)
{
    return calloc(1, sizeof(struct ioc_stop));
}

void ioc_stop_free(struct ioc_stop *stop)
{
    if (!stop)
        return;
    buffer_release(&stop->texts);
    free(stop->entries);
    free(stop);
}

/* Networks are bytes, all others texts without case. */
static bool is_same(const struct ioc_stop *stop, const struct entry *entry, unsigned what,
                    const char *text, size_t length)
{
    const char *own = stop->texts.data + entry->at;

    if (entry->what != what || entry->length != length)
        return false;
    return what == ENTRY_NETWORK ? memcmp(own, text, length) == 0
                                 : text_compare_nocase(own, length, text, length) == 0;
}

static struct entry *find(const struct ioc_stop *stop, unsigned what, const char *text,
                          size_t length, uint64_t hash)
{
    size_t mask = stop->capacity - 1, place = (size_t)(hash + what) & mask;

    while (stop->entries[place].used &&
           (stop->entries[place].hash != hash ||
            !is_same(stop, &stop->entries[place], what, text, length)))
        place = (place + 1) & mask;
    return &stop->entries[place];
}

static int grow(struct ioc_stop *stop)
{
    struct entry *old = stop->entries;
    size_t capacity = stop->capacity;

    if (2 * (stop->count + 1) <= capacity)
        return 0;
    stop->capacity = capacity ? 2 * capacity : 64;
    stop->entries = calloc(stop->capacity, sizeof *stop->entries);
    if (!stop->entries) {
        stop->entries = old;
        stop->capacity = capacity;
        return -1;
    }
    for (size_t i = 0; i < capacity; i++)
        if (old[i].used)
            *find(stop, old[i].what, stop->texts.data + old[i].at, old[i].length, old[i].hash) =
                old[i];
    free(old);
    return 0;
}

static int add(struct ioc_stop *stop, unsigned what, const char *text, size_t length,
               struct error *error)
{
    uint64_t hash = text_hash_nocase(text, length);

    if (grow(stop) != 0)
        return error_set_memory(error);
    struct entry *entry = find(stop, what, text, length, hash);
    if (entry->used)
        return 0;
    *entry = (struct entry){ hash, stop->texts.length, (uint32_t)length, (uint8_t)what, true };
    buffer_add(&stop->texts, text, length);
    stop->count++;
    return stop->texts.failed ? error_set_memory(error) : 0;
}

static bool has(const struct ioc_stop *stop, unsigned what, const char *text, size_t length)
{
    return stop->count > 0 &&
           find(stop, what, text, length, text_hash_nocase(text, length))->used;
}

/* --- networks --- */

/* An address with all behind `prefix` bits cut: family, prefix, bytes. */
static void make_network(char network[NETWORK_BYTES], int family, const uint8_t *address,
                         unsigned prefix)
{
    memset(network, 0, NETWORK_BYTES);
    network[0] = (char)family;
    network[1] = (char)prefix;
    memcpy(network + 2, address, prefix / 8);
    if (prefix % 8)
        network[2 + prefix / 8] = (char)(address[prefix / 8] & (0xff00 >> prefix % 8));
}

/* 0 for IPv4, 1 for IPv6, whose zone is no part of it, -1 for no address. */
static int parse_address(const char *text, size_t length, uint8_t address[ADDRESS_BYTES])
{
    char copy[INET6_ADDRSTRLEN];
    const char *zone = memchr(text, '%', length);

    length = zone ? (size_t)(zone - text) : length;
    if (length >= sizeof copy)
        return -1;
    memcpy(copy, text, length);
    copy[length] = '\0';
    memset(address, 0, ADDRESS_BYTES);
    return inet_pton(AF_INET, copy, address) == 1    ? 0
           : inet_pton(AF_INET6, copy, address) == 1 ? 1
                                                     : -1;
}

static int add_prefix(struct ioc_stop *stop, int family, const uint8_t address[ADDRESS_BYTES],
                      unsigned prefix, struct error *error)
{
    char network[NETWORK_BYTES];

    make_network(network, family, address, prefix);
    stop->prefixes[family][prefix] = true;
    return add(stop, ENTRY_NETWORK, network, sizeof network, error);
}

static int add_network(struct ioc_stop *stop, const char *line, size_t length,
                       const char *slash, struct error *error)
{
    uint8_t address[ADDRESS_BYTES];
    int family = parse_address(line, (size_t)(slash - line), address);
    unsigned prefix = 0, most = family == 0 ? 32 : 128;

    if (slash + 1 == line + length || family < 0)
        return error_set(error, ERROR_USAGE, "not a network: %.*s", (int)length, line);
    for (const char *at = slash + 1; at < line + length; at++) {
        if (*at < '0' || *at > '9' || (prefix = 10 * prefix + (unsigned)(*at - '0')) > most)
            return error_set(error, ERROR_USAGE, "not a network: %.*s", (int)length, line);
    }
    return add_prefix(stop, family, address, prefix, error);
}

static bool in_network(const struct ioc_stop *stop, const char *host, size_t length)
{
    char network[NETWORK_BYTES];
    uint8_t address[ADDRESS_BYTES];
    int family = parse_address(host, length, address);

    for (unsigned prefix = 0; family >= 0 && prefix <= 8 * ADDRESS_BYTES; prefix++) {
        if (!stop->prefixes[family][prefix])
            continue;
        make_network(network, family, address, prefix);
        if (has(stop, ENTRY_NETWORK, network, sizeof network))
            return true;
    }
    return false;
}

/* --- lines and values --- */

/* A line as values are written: brackets around addresses and dots, and the final dot
 * of a host, are for people. */
static void normalise(struct buffer *text, const char *line, size_t length)
{
    bool brackets = length > 2 && line[0] == '[' && line[length - 1] == ']';

    if (brackets) {
        line++;
        length -= 2;
    }
    for (size_t i = 0; i < length; i++) {
        bool dot = length - i >= 3 && memcmp(line + i, "[.]", 3) == 0;
        buffer_add_byte(text, dot ? '.' : line[i]);
        i += dot ? 2 : 0;
    }
    if (text->length > 1 && text->data[text->length - 1] == '.')
        buffer_truncate(text, text->length - 1);
}

static int add_normal(struct ioc_stop *stop, const char *line, size_t length,
                      struct error *error)
{
    if (strspn(line, "*.") >= length)
        return error_set(error, ERROR_USAGE, "not a value: %.*s", (int)length, line);
    if (length > 2 && line[0] == '*' && line[1] == '.') {
        line++;
        length--;
    }
    if (length > 1 && *line == '.')
        return add(stop, ENTRY_SUFFIX, line + 1, length - 1, error);
    const char *slash = memchr(line, '/', length);
    uint8_t address[ADDRESS_BYTES];
    if (slash && parse_address(line, (size_t)(slash - line), address) >= 0)
        return add_network(stop, line, length, slash, error);
    /* An address is meant however it is written; with a zone it is that one alone. */
    int family = memchr(line, '%', length) ? -1 : parse_address(line, length, address);
    if (family >= 0 && add_prefix(stop, family, address, family == 0 ? 32 : 128, error) != 0)
        return -1;
    return add(stop, ENTRY_ANY, line, length, error);
}

int ioc_stop_add_line(struct ioc_stop *stop, const char *line, size_t length,
                      struct error *error)
{
    static const char mark[] = "\xef\xbb\xbf"; /* of UTF-8, which some editors write */
    struct buffer text = BUFFER_INIT;

    if (length >= sizeof mark - 1 && memcmp(line, mark, sizeof mark - 1) == 0) {
        line += sizeof mark - 1;
        length -= sizeof mark - 1;
    }
    while (length > 0 && strchr(" \t\r\n", line[length - 1]))
        length--;
    for (; length > 0 && strchr(" \t", *line); length--)
        line++;
    if (length == 0 || *line == '#')
        return 0;
    normalise(&text, line, length);
    int result = text.failed ? error_set_memory(error)
                             : add_normal(stop, buffer_text(&text), text.length, error);
    buffer_release(&text);
    return result;
}

int ioc_stop_add_value(struct ioc_stop *stop, enum ioc_kind kind, const char *value,
                       size_t length, struct error *error)
{
    return add(stop, kind, value, length, error);
}

/* The host in a value, which is all of it where none is around. */
static const char *host_of(enum ioc_kind kind, const char *value, size_t *length)
{
    const char *end = value + *length, *begin = value;

    if (kind == IOC_EMAIL) {
        const char *at = memrchr(value, '@', *length);
        begin = at ? at + 1 : value;
    } else if (kind == IOC_URL) {
        const char *slashes = memmem(value, *length, "://", 3);
        begin = slashes ? slashes + 3 : value;
        for (const char *at = begin; at < end && !strchr("/?#", *at); at++)
            if (*at == '@')
                begin = at + 1;
        const char *close = begin < end && *begin == '['
                                ? memchr(begin, ']', (size_t)(end - begin))
                                : NULL;
        if (close) {
            begin++;
            end = close;
        } else {
            const char *at = begin;
            while (at < end && !strchr(":/?#", *at))
                at++;
            end = at;
        }
    } else if (kind == IOC_UNC) { /* \\\\host@8080\\share */
        while (begin < end && *begin == '\\')
            begin++;
        for (const char *at = begin; at < end; at++)
            if (*at == '\\' || *at == '@')
                end = at;
    }
    *length = (size_t)(end - begin);
    return begin;
}

bool ioc_stop_matches(const struct ioc_stop *stop, enum ioc_kind kind, const char *value,
                      size_t length)
{
    if (stop->count == 0)
        return false;
    if (has(stop, kind, value, length) || has(stop, ENTRY_ANY, value, length))
        return true;
    const char *host = host_of(kind, value, &length), *end = host + length;
    if (host != value && has(stop, ENTRY_ANY, host, length))
        return true;
    if (in_network(stop, host, length))
        return true;
    for (const char *at = host; at < end;) {
        if (has(stop, ENTRY_SUFFIX, at, (size_t)(end - at)))
            return true;
        const char *dot = memchr(at, '.', (size_t)(end - at));
        at = dot ? dot + 1 : end;
    }
    return false;
}
