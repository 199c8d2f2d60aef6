/* SPDX-License-Identifier: Apache-2.0 */

/* Values of the registry that keep times: the layouts as they are published, whole and
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

static void take_damage(void *context, struct error *error)
{
    (void)error;
    ((struct seen *)context)->damages++;
}

static const struct artifact_values *shimcache(void)
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
    const struct artifact_value value = { .key = "k", .name = "n", .key_length = 1,
                                          .name_length = 1, .data = data, .size = size };
    ok(shimcache()->parse(&value, &sink, &error) == 0, "parses %zu bytes", size);
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
    return tap_done();
}
