/* SPDX-License-Identifier: Apache-2.0 */

/* Keys of the registry that keep times: the layouts as they are published, whole and
 * cut at each place. */

#include <stdlib.h>

#include <fett/artifact.h>

#include "tap.h"

enum { SIZE = 1024, PATH_BYTES = 20 };

static const uint8_t path[PATH_BYTES] = "C\0:\0\\\0a\0\\\0x\0.\0e\0x\0e"; /* and a NUL */

/* 2000-11-22T08:14:04Z */
static const uint64_t filetime = (UINT64_C(974880844) + 11644473600) * 10000000;

struct maker {
    uint8_t data[SIZE];
    size_t size;
};

static void add(struct maker *maker, uint64_t number, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        maker->data[maker->size++] = (uint8_t)(number >> 8 * i);
}

static void add_path(struct maker *maker)
{
    memcpy(maker->data + maker->size, path, PATH_BYTES);
    maker->size += PATH_BYTES;
}

/* Widths and numbers, ended by 0; PATH: the path; TO: fill up to a place; NOW: the time. */
enum { PATH = 100, TO, NOW };

static void make(struct maker *maker, const uint32_t (*parts)[2])
{
    *maker = (struct maker){ .size = 0 };
    for (; (*parts)[0]; parts++)
        if ((*parts)[0] == PATH)
            add_path(maker);
        else if ((*parts)[0] == TO)
            maker->size = (*parts)[1];
        else if ((*parts)[0] == NOW)
            add(maker, filetime, 8);
        else
            add(maker, (*parts)[1], (*parts)[0]);
}

struct seen {
    int events, damages;
    char message[64], program[64], time[INSTANT_TEXT_SIZE];
};

static int take_event(void *context, struct record *record)
{
    struct seen *seen = context;

    seen->events++;
    snprintf(seen->message, sizeof seen->message, "%s", record_get(record, FIELD_MESSAGE)->text);
    snprintf(seen->program, sizeof seen->program, "%s", record_get(record, FIELD_PROGRAM)->text);
    instant_format(&record_get(record, FIELD_DATETIME)->time, seen->time);
    return 0;
}

static void take_damage(void *context, const uint64_t *offset, struct error *error)
{
    (void)offset;
    (void)error;
    ((struct seen *)context)->damages++;
}

static const struct artifact_keys *shimcache(void)
{
    for (size_t i = 0; i < artifact_registry_count; i++)
        if (strcmp(artifact_registry[i]->source, "shimcache") == 0)
            return artifact_registry[i];
    return NULL;
}

static struct seen parse(const struct maker *maker, size_t size)
{
    struct seen seen = { .events = 0 };
    const struct artifact_sink sink = { take_event, take_damage, &seen };
    struct error error = ERROR_INIT;
    uint8_t *data = malloc(size + 1); /* so that a sanitizer sees its end */

    memcpy(data, maker->data, size);
    const struct artifact_value value = { .name = "AppCompatCache", .name_length = 14,
                                          .data = data, .size = size };
    const struct artifact_key key = { .path = "k", .path_length = 1, .values = &value,
                                      .value_count = 1 };
    ok(shimcache()->parse(&key, &sink, &error) == 0, "parses %zu bytes", size);
    free(data);
    return seen;
}

static void reads(const char *windows, const uint32_t (*parts)[2], int events)
{
    struct maker maker;
    bool told = true;

    make(&maker, parts);
    struct seen seen = parse(&maker, maker.size);
    same_number(seen.events, events, windows);
    same_number(seen.damages, 0, "undamaged");
    same_text(seen.message, "C:\\a\\x.exe", "message");
    same_text(seen.program, "/a/x.exe", "program");
    same_text(seen.time, "2000-11-22T08:14:04.000000000Z", "time");
    for (size_t size = 140; size < maker.size - 24; size += 8) {
        seen = parse(&maker, size);
        told &= seen.events == events || seen.damages > 0;
    }
    ok(told, "%s: what was cut is told", windows);
}

/* --- keys of texts and small values --- */

enum { MOST_VALUES = 3, MOST_EVENTS = 2 };

/* "name=text", or "name" and bytes. */
struct given {
    const char *text;
    const uint8_t *data;
    size_t size;
};

struct heard {
    size_t count, damages;
    char events[MOST_EVENTS][160];
};

static int hear(void *context, struct record *record)
{
    struct heard *heard = context;
    char time[INSTANT_TEXT_SIZE];

    instant_format(&record_get(record, FIELD_DATETIME)->time, time);
    if (heard->count < MOST_EVENTS)
        snprintf(heard->events[heard->count], sizeof heard->events[0], "%.23s %s: %s", time,
                 record_get(record, FIELD_TIMESTAMP_DESC)->text,
                 record_get(record, FIELD_MESSAGE)->text);
    heard->count++;
    return 0;
}

static void hear_damage(void *context, const uint64_t *offset, struct error *error)
{
    (void)offset;
    (void)error;
    ((struct heard *)context)->damages++;
}

static const struct artifact_keys *keys_of(const char *pattern)
{
    for (size_t i = 0; i < artifact_registry_count; i++)
        if (strcmp(artifact_registry[i]->pattern, pattern) == 0)
            return artifact_registry[i];
    return NULL;
}

static struct artifact_key key_of(const char *key_path, const struct given *given,
                                  struct artifact_value values[MOST_VALUES])
{
    struct artifact_key key = { .path = key_path, .path_length = strlen(key_path), .values = values,
                                .last_write = instant_from_filetime(filetime) };

    for (; key.value_count < MOST_VALUES && given[key.value_count].text; key.value_count++) {
        const struct given *one = &given[key.value_count];
        const char *equals = strchr(one->text, '=');
        values[key.value_count] = (struct artifact_value){
            .name = one->text,
            .name_length = equals ? (size_t)(equals - one->text) : strlen(one->text),
            .text = equals ? equals + 1 : NULL, .text_length = equals ? strlen(equals + 1) : 0,
            .data = one->data, .size = one->size,
        };
    }
    return key;
}

static size_t damages; /* that the next key is told of */

/* `first`, `second`: the events; NULL: none. */
static void tells(const char *pattern, const char *key_path, const struct given *given,
                  const char *first, const char *second)
{
    struct artifact_value values[MOST_VALUES];
    const struct artifact_key key = key_of(key_path, given, values);
    struct heard heard = { .count = 0 };
    const struct artifact_sink sink = { hear, hear_damage, &heard };
    struct error error = ERROR_INIT;

    ok(keys_of(pattern)->parse(&key, &sink, &error) == 0, "parses %s", key_path);
    same_number(heard.count, (first != NULL) + (second != NULL), "events");
    same_number(heard.damages, damages, "told of damage");
    damages = 0;
    if (first)
        same_text(heard.events[0], first, key_path);
    if (second)
        same_text(heard.events[1], second, key_path);
}

#define WHEN "2000-11-22T08:14:04.000"

static void reads_texts(void)
{
    static const uint8_t order[] = { 1, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff };
    static const uint8_t document[] = "a\0.\0t\0x\0t\0\0\0rest";
    /* year 2000, month 11, Wednesday, 22, 9:14:04.5 */
    static const uint8_t first[] = { 0xd0, 7, 11, 0, 3, 0, 22, 0, 9, 0, 14, 0, 4, 0, 0xf4, 1 };
    static const uint8_t no_month[16] = { 0xd0, 7, 13, 0, 3, 0, 22, 0, 9, 0, 14, 0, 4 };
    static const uint8_t now[] = { 0x00, 0x2e, 0x4b, 0x2d, 0x5c, 0x54, 0xc0, 0x01 };
    const struct given run[] = { { "a=cmd\\1", NULL, 0 }, { "b=soundv.exe\\1", NULL, 0 },
                                 { "MRUList=ba", NULL, 0 } };
    const struct given no_run[] = { { "a=cmd\\1", NULL, 0 }, { "MRUList=z", NULL, 0 }, { 0 } };
    const struct given paths[] = { { "url2=C:\\old", NULL, 0 }, { "url1=C:\\new", NULL, 0 },
                                   { 0 } };
    const struct given recent[] = { { "MRUListEx", order, sizeof order },
                                    { "0=wrong", NULL, 0 },
                                    { "1", document, sizeof document } };
    /* a folder of the shell by its GUID, a file in it */
    static const uint8_t items[] = { 20, 0, 0x2e, 0x80, 0x53, 0x16, 0xdd, 0x3a, 0x32, 0xeb, 0xb0, 0x4c,
                                     0xbb, 0xd7, 0xdf, 0xa0, 0xab, 0xb5, 0xac, 0xca, 20, 0, 0x32, 0,
                                     0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'a', '.', 'p', 'n', 'g', 0, 0, 0 };
    static const uint8_t drive[] = { 7, 0, 0x2f, 'C', ':', '\\', 0, 20, 0, 0x32, 0, 0, 0, 0, 0, 0, 0, 0,
                                     0, 0, 0, 'a', '.', 'p', 'n', 'g', 0, 0, 0 };
    const struct given opened[] = { { "MRUListEx", order, sizeof order },
                                    { "1", items, sizeof items }, { 0 } };
    const struct given on_drive[] = { { "MRUListEx", order, sizeof order },
                                      { "1", drive, sizeof drive }, { 0 } };
    const struct given cut[] = { { "MRUListEx", order, 3 }, { "1=x", NULL, 0 }, { 0 } };
    const struct given network[] = { { "ProfileName=cafe", NULL, 0 },
                                     { "DateCreated", first, sizeof first },
                                     { "DateLastConnected", no_month, sizeof no_month } };
    const struct given share[] = { { "RemotePath=\\\\srv\\c$", NULL, 0 }, { 0 } };
    const struct given usb[] = { { "FriendlyName=A Stick", NULL, 0 }, { 0 } };
    const struct given property[] = { { "", now, sizeof now }, { 0 } };
    const struct given data[] = { { "Data", now, sizeof now }, { 0 } };
    const struct given shutdown[] = { { "ShutdownTime", now, sizeof now }, { 0 } };
    const struct given cut_shutdown[] = { { "ShutdownTime", now, 7 }, { 0 } };
    const struct given none[] = { { 0 } };
    static const char properties[] =
        "Enum\\USBSTOR\\*\\*\\Properties\\{83da6326-97a6-4088-9453-a1923f573b29}\\**";

    tells("Explorer\\RunMRU", "x\\RunMRU", run, WHEN " last command typed to run: soundv.exe", NULL);
    tells("Explorer\\RunMRU", "x\\RunMRU", no_run, NULL, NULL);
    tells("Explorer\\RunMRU", "x\\RunMRU", none, NULL, NULL);
    tells("Explorer\\TypedPaths", "x\\TypedPaths", paths, WHEN " last path typed: C:\\new", NULL);
    tells("Explorer\\RecentDocs", "x\\RecentDocs", recent, WHEN " last opened: a.txt", NULL);
    tells("Explorer\\RecentDocs", "x\\RecentDocs", cut, NULL, NULL);
    tells("Explorer\\ComDlg32\\*MRU*\\**", "x\\ComDlg32\\OpenSavePidlMRU\\png", opened,
          WHEN " last opened: {3add1653-eb32-4cb0-bbd7-dfa0abb5acca}\\a.png", NULL);
    tells("Explorer\\ComDlg32\\*MRU*\\**", "x\\ComDlg32\\OpenSavePidlMRU\\png", on_drive,
          WHEN " last opened: C:\\a.png", NULL);
    damages = 1; /* the month of the second */
    tells("NetworkList\\Profiles\\*", "x\\{1}", network,
          "2000-11-22T09:14:04.500 network first connected: network cafe", NULL);
    tells("Explorer\\MountPoints*\\*", "x\\##srv#pub", none,
          WHEN " mount point last written: \\\\srv\\pub", NULL);
    tells("HKU\\*\\Network\\?", "x\\Z", share, WHEN " network drive connected: Z: \\\\srv\\c$", NULL);
    tells("Enum\\USBSTOR\\*\\*", "x\\Disk&Ven_A\\77&0", usb,
          WHEN " USB storage key last written: A Stick, Disk&Ven_A, serial 77&0", NULL);
    tells(properties, "x\\Disk\\77\\Properties\\{83}\\0067", property,
          WHEN " USB storage last removed: Disk, serial 77", NULL);
    tells(properties, "x\\Disk\\77\\Properties\\{83}\\00000064\\00000000", data,
          WHEN " USB storage first installed: Disk, serial 77", NULL);
    tells(properties, "x\\Disk\\77\\Properties\\{83}\\0003", property, NULL, NULL);
    damages = 1;
    tells("Control\\Windows", "x\\Windows", cut_shutdown, NULL, NULL);
    tells("Control\\Windows", "x\\Windows", shutdown, WHEN " last shut down: Windows was shut down",
          NULL);
}

/* The times of typed addresses stand in another key than they. */
static void reads_typed_times(void)
{
    static const uint8_t now[] = { 0x00, 0x2e, 0x4b, 0x2d, 0x5c, 0x54, 0xc0, 0x01 };
    const struct given urls[] = { { "url1=http://a/", NULL, 0 }, { "url2=http://b/", NULL, 0 },
                                  { 0 } };
    const struct given times[] = { { "url2", now, sizeof now }, { "url3", now, sizeof now },
                                   { 0 } };
    struct artifact_value values[2][MOST_VALUES];
    const struct artifact_key before = key_of("x\\TypedURLs", urls, values[0]);
    struct artifact_key key = key_of("x\\TypedURLsTime", times, values[1]);
    struct heard heard = { .count = 0 };
    const struct artifact_sink sink = { hear, hear_damage, &heard };
    struct error error = ERROR_INIT;

    key.before = &before;
    ok(keys_of("Internet Explorer\\TypedURLs*")->parse(&key, &sink, &error) == 0, "typed addresses");
    same_number(heard.count, 2, "events");
    same_text(heard.events[0], WHEN " address typed: http://b/", "address");
    same_text(heard.events[1], WHEN " address typed: url3", "address that is gone");
}

int main(void)
{
    static const uint32_t xp[][2] = {
        { 4, 0xdeadbeef }, { 4, 1 }, { TO, 400 }, { PATH, 0 }, { TO, 928 }, { NOW, 0 },
        { 8, 7 }, { NOW, 0 }, { 0, 0 },
    };
    static const uint32_t vista32[][2] = {
        { 4, 0xbadc0ffe }, { 4, 1 }, { 2, 20 }, { 2, 22 }, { 4, 140 }, { NOW, 0 }, { 8, 0 },
        { TO, 140 }, { PATH, 0 }, { TO, 200 }, { 0, 0 },
    };
    static const uint32_t vista64[][2] = {
        { 4, 0xbadc0ffe }, { 4, 1 }, { 2, 20 }, { 2, 22 }, { 4, 0 }, { 8, 140 }, { NOW, 0 },
        { 8, 0 }, { TO, 140 }, { PATH, 0 }, { TO, 200 }, { 0, 0 },
    };
    static const uint32_t seven32[][2] = {
        { 4, 0xbadc0fee }, { 4, 1 }, { TO, 128 }, { 2, 20 }, { 2, 22 }, { 4, 160 }, { NOW, 0 },
        { 8, 0 }, { 8, 0 }, { PATH, 0 }, { TO, 220 }, { 0, 0 },
    };
    static const uint32_t seven64[][2] = {
        { 4, 0xbadc0fee }, { 4, 1 }, { TO, 128 }, { 2, 20 }, { 2, 22 }, { 4, 0 }, { 8, 176 },
        { NOW, 0 }, { 8, 0 }, { 8, 0 }, { 8, 0 }, { PATH, 0 }, { TO, 240 }, { 0, 0 },
    };
    static const uint32_t eight[][2] = {
        { 4, 128 }, { TO, 128 }, { 4, 0x73743030 }, { 4, 0 }, { 4, 46 }, { 2, 20 }, { PATH, 0 },
        { 2, 0 }, { 8, 0 }, { NOW, 0 }, { 4, 0 }, { TO, 240 }, { 0, 0 },
    };
    static const uint32_t ten[][2] = {
        { 4, 52 }, { TO, 52 }, { 4, 0x73743031 }, { 4, 0 }, { 4, 34 }, { 2, 20 }, { PATH, 0 },
        { NOW, 0 }, { 4, 0 }, { TO, 200 }, { 0, 0 },
    };

    reads("Windows XP", xp, 2);
    reads("Vista", vista32, 1);
    reads("Vista, 64 bits", vista64, 1);
    reads("7", seven32, 1);
    reads("7, 64 bits", seven64, 1);
    reads("8", eight, 1);
    reads("10", ten, 1);
    reads_texts();
    reads_typed_times();
    return tap_done();
}
