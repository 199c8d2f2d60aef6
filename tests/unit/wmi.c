/* SPDX-License-Identifier: Apache-2.0 */

/* The repository of WMI, made byte by byte as the documents have it; damaged in any way. */

#include <fett/autorun_files.h>

#include "../../lib/artifact/wmi_internal.h"
#include "tap.h"
#include "wmi_maker.h"

/* What a reading tells, and what it is told of. */
struct reading {
    struct wmi wmi;
    struct buffer problems;
    size_t problem_count;
    int result;
};

static void note(void *context, struct error *problem)
{
    struct reading *reading = context;

    reading->problem_count++;
    if (reading->problem_count <= 3)
        buffer_add_format(&reading->problems, "%s\n", problem->text);
}

/* In memory of exactly their sizes; NULL: the file is not there. */
static struct reading read_files(const struct buffer *objects, const struct buffer *index,
                                 const struct buffer *mapping)
{
    const struct buffer *all[3] = { objects, index, mapping };
    struct reading reading = { .problem_count = 0 };
    struct reader *readers[3] = { NULL };
    uint8_t *copies[3] = { NULL };

    for (size_t i = 0; i < 3; i++) {
        if (!all[i])
            continue;
        copies[i] = malloc(all[i]->length + !all[i]->length);
        memcpy(copies[i], all[i]->data, all[i]->length);
        readers[i] = reader_over_memory(copies[i], all[i]->length);
    }
    const struct wmi_files files = { readers[0], readers[1], { readers[2] }, NULL };
    reading.result = wmi_read(&reading.wmi, &files, note, &reading, NULL);
    for (size_t i = 0; i < 3; i++) {
        reader_free(readers[i]);
        free(copies[i]);
    }
    return reading;
}

static void release(struct reading *reading)
{
    wmi_release(&reading->wmi);
    buffer_release(&reading->problems);
}

static const char *const updater[] = { "Updater", "", "C:\\evil\\a.exe -x", "C:\\evil" };
static const char *const unbound[] = { "Unbound", "C:\\b.exe", "b /x", "" };
static const char *const gone[] = { "Gone", "", "1C:\\gone.exe", "" };
static const char *const timer[] = { "Timer", "WQL", "1SELECT * FROM __TimerEvent", "root\\cimv2" };
static const char *const bound[] = {
    "__EventFilter.Name=\"Timer\"",
    "\\\\.\\root\\subscription:CommandLineEventConsumer.Name=\"updater\"",
};

static struct maker make(bool is_xp)
{
    struct maker maker = { .is_xp = is_xp };

    make_live(&maker, "CommandLineEventConsumer", COMMAND_LINE, updater);
    make_live(&maker, "CommandLineEventConsumer", COMMAND_LINE, unbound);
    make_live(&maker, "__EventFilter", FILTER, timer);
    make_live(&maker, "__FilterToConsumerBinding", BINDING, bound);
    make_deleted(&maker, "CommandLineEventConsumer", COMMAND_LINE, gone);
    make_deleted(&maker, "CommandLineEventConsumer", COMMAND_LINE, updater); /* a copy */
    make_repository(&maker);
    return maker;
}

static void test_sound(bool is_xp)
{
    struct maker maker = make(is_xp);
    struct reading reading = read_files(&maker.objects, &maker.index, &maker.mapping);
    const struct wmi_instance *items = reading.wmi.instances;

    ok(reading.result == 0, "a repository of %s", is_xp ? "XP" : "7");
    same_text(buffer_text(&reading.problems), "", "nothing wrong with it");
    same_number((long long)reading.wmi.count, 5, "four live ones, one that was deleted");
    if (reading.wmi.count == 5) {
        same_text(items[0].class, "CommandLineEventConsumer", "class");
        same_text(wmi_text(&items[0], "Name"), "Updater", "name");
        same_text(wmi_text(&items[0], "CommandLineTemplate"), "C:\\evil\\a.exe -x", "command");
        same_text(wmi_text(&items[0], "WorkingDirectory"), "C:\\evil", "folder");
        same_text(wmi_text(&items[0], "DesktopName"), NULL, "no value");
        same_text(items[0].name_space, "root\\subscription", "namespace");
        same_text(items[0].creator, "S-1-5-18", "creator");
        same_text(wmi_text(&items[2], "Query"), "SELECT * FROM __TimerEvent", "query, UTF-16");
        ok(items[2].kind == WMI_FILTER && items[3].kind == WMI_BINDING, "kinds");
        ok(items[3].state == WMI_LIVE && items[4].state == WMI_DELETED, "states");
        same_text(wmi_text(&items[4], "CommandLineTemplate"), "C:\\gone.exe", "deleted, UTF-16");
        same_number((long long)items[4].offset, MAKER_PAGE, "where it lies");
    }
    release(&reading);
    maker_release(&maker);
}

/* Of published values: dtformats and artemis. */
static void test_hashes(void)
{
    static const char name_of_name[] =
        "5F7920B75914FA9869AC87CF44262E78C0A9B5751CCB3610B2392617F72D95CD";
    static const char this_namespace[] =
        "41C53E6DB1ACF2453CEFD41398198E613F10DFF47709ECAB1D7F037756AC8CE7";
    const struct maker maker = { .is_xp = false };
    struct wmi_hashes hashes;
    char hex[DIGEST_HEX_SIZE];

    maker_hash(&maker, "name", hex);
    same_text(hex, name_of_name, "the maker's hash of a name, as artemis has it");
    maker_hash(&maker, "__thisNAMESPACE", hex);
    same_text(hex, this_namespace, "and as dtformats has it");
    ok(wmi_hash_names(&hashes, NULL) == 0, "hashes of names");
    maker_hash(&maker, "__EventFilter", hex);
    const struct wmi_class *class = wmi_class_of(&hashes, hex, 64);
    same_text(class ? class->name : NULL, "__EventFilter", "a class by its hash");
    ok(!wmi_class_of(&hashes, hex, 63) && !wmi_class_of(&hashes, this_namespace, 64), "or none");
}

static int add(void *context, const struct autorun *autorun)
{
    buffer_add_format(context, "%.*s|%s|%s|%d%s%s\n", (int)autorun->name_length, autorun->name,
                      autorun->text, autorun->arguments ? autorun->arguments : "",
                      autorun->enabled, autorun->deleted ? " deleted" : "",
                      autorun->says[AUTORUN_SAYS_LOST] ? " unsure" : "");
    return 0;
}

static void walked(const struct reading *reading, const char *expected, const char *what)
{
    struct buffer got = BUFFER_INIT;

    ok(autorun_walk_wmi(&autorun_wmi_file, &reading->wmi, add, &got, NULL) == 0, "%s: walked",
       what);
    same_text(buffer_text(&got), expected, what);
    buffer_release(&got);
}

static void test_walk(void)
{
    struct maker maker = make(false);
    struct reading reading = read_files(&maker.objects, &maker.index, &maker.mapping);

    walked(&reading, "Updater|C:\\evil\\a.exe -x||1\nUnbound|\"C:\\b.exe\"|b /x|0\n"
                     "Gone|C:\\gone.exe||0 deleted\n", "what the index names");
    release(&reading);
    reading = read_files(&maker.objects, NULL, &maker.mapping);
    same_text(buffer_text(&reading.problems),
              "INDEX.BTR is not there, so which consumers were deleted is not known\n", "told");
    walked(&reading, "Updater|C:\\evil\\a.exe -x||1 unsure\nUnbound|\"C:\\b.exe\"|b /x|0 unsure\n"
                     "Gone|C:\\gone.exe||0 deleted\n", "without index");
    release(&reading);
    reading = read_files(&maker.objects, &maker.index, NULL);
    same_number((long long)reading.problem_count, 1, "told");
    walked(&reading, "Updater|C:\\evil\\a.exe -x||1 unsure\nUnbound|\"C:\\b.exe\"|b /x|0 unsure\n"
                     "Gone|C:\\gone.exe||0 unsure\n", "without mapping");
    release(&reading);
    maker_release(&maker);
}

/* Each size of each file: what the index names and is not there is told. */
static void test_cut(bool is_xp)
{
    struct maker maker = make(is_xp);
    size_t used = 16 * (maker.live_count + 1), whole = maker.objects.length;
    bool sound = true, told = true;

    for (size_t i = 0; i < maker.live_count; i++)
        used += maker.live[i].bytes.length;
    for (size_t size = 0; size < whole; size += 1 + size / 97) {
        maker.objects.length = size;
        struct reading reading = read_files(&maker.objects, &maker.index, &maker.mapping);
        sound &= reading.result == 0;
        told &= size >= used || reading.problem_count > 0;
        release(&reading);
    }
    maker.objects.length = whole;
    ok(sound, "OBJECTS.DATA cut anywhere is read");
    ok(told, "and what is missing is told");
    told = true;
    for (size_t size = 0; size < maker.mapping.length - (is_xp ? 0 : 4); size++) {
        const struct buffer cut = { maker.mapping.data, size, size, false };
        struct reading reading = read_files(&maker.objects, &maker.index, &cut);
        told &= reading.result == 0 && reading.problem_count > 0 && reading.wmi.count == 5;
        release(&reading);
    }
    ok(told, "a mapping that is cut is told, and all is found");
    for (size_t size = 0; size < MAKER_PAGE + 700; size++) {
        const struct buffer cut = { maker.index.data, size, size, false };
        struct reading reading = read_files(&maker.objects, &cut, &maker.mapping);
        told &= reading.result == 0 && reading.problem_count > 0 && reading.wmi.count == 5;
        release(&reading);
    }
    ok(told, "an index likewise");
    maker_release(&maker);
}

static void hostile(struct maker *maker, struct buffer *file, size_t at, uint32_t value,
                    const char *what)
{
    char saved[4];

    memcpy(saved, file->data + at, 4);
    put_at(file, at, value);
    struct reading reading = read_files(&maker->objects, &maker->index, &maker->mapping);
    ok(reading.result == 0 && reading.problem_count > 0 && reading.wmi.count >= 4, "%s", what);
    release(&reading);
    memcpy(file->data + at, saved, 4);
}

static void test_hostile(void)
{
    struct maker maker = make(false);
    size_t block = 16 * 5 + 128 + 16, keys = MAKER_PAGE + 16;

    hostile(&maker, &maker.mapping, 20, UINT32_MAX, "a mapping of too many entries");
    hostile(&maker, &maker.mapping, 20 + 4 + 24 * 4, UINT32_MAX, "of too many free pages");
    hostile(&maker, &maker.mapping, 20 + 4 + 24 * 3, 77, "a place behind the end of the file");
    hostile(&maker, &maker.index, keys, UINT32_MAX, "an index page of too many keys");
    hostile(&maker, &maker.index, keys + 4 + 16, 77, "a child that is nowhere");
    hostile(&maker, &maker.index, MAKER_PAGE, 0xbadd, "a root that is free");
    hostile(&maker, &maker.objects, block, UINT32_MAX, "a record of 4 GiB");
    hostile(&maker, &maker.objects, block, 1, "a record of one byte");
    hostile(&maker, &maker.objects, block + 4, 0x7fffffff, "a class name that is nowhere");
    put_at(&maker.index, keys + 4 + 16, 1); /* its own child */
    struct reading reading = read_files(&maker.objects, &maker.index, &maker.mapping);
    ok(reading.result == 0 && reading.problem_count == 0 && reading.wmi.count == 5, "a loop ends");
    release(&reading);
    maker_release(&maker);
}

/* A record of a class that is not laid out as known: nothing of it is lost, and it is told. */
static void test_layout(void)
{
    struct maker maker = { .is_xp = false };
    const char *const odd[] = { "Odd name", "odd text" };

    make_live(&maker, "CommandLineEventConsumer", "8sb8s8", odd);
    make_live(&maker, "MyEventConsumer", "s2bs", odd);
    make_live(&maker, "MyThing", "s2s", odd);
    make_repository(&maker);
    struct reading reading = read_files(&maker.objects, &maker.index, &maker.mapping);
    same_number((long long)reading.wmi.count, 2, "a consumer by its class's name, nothing else");
    same_number((long long)reading.problem_count, 1, "the known class in another form is told");
    bool all = reading.wmi.count == 2;
    for (size_t i = 0; i < reading.wmi.count; i++) {
        const struct wmi_instance *item = &reading.wmi.instances[i];
        all &= item->text_count == 2 && !item->texts[0].name &&
               strcmp(item->texts[0].text, odd[0]) == 0 && strcmp(item->texts[1].text, odd[1]) == 0;
    }
    ok(all, "with their texts in order");
    release(&reading);
    maker_release(&maker);
}

static uint32_t seed = 12345;

static uint32_t chance(uint32_t below)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % below;
}

/* Any bytes anywhere: read to the end, live ones first, each with what it must have. */
static void test_random(bool is_xp)
{
    struct maker maker = make(is_xp);
    struct buffer *const files[] = { &maker.objects, &maker.index, &maker.mapping };
    bool sound = true;

    for (int round = 0; round < 1500; round++) {
        struct buffer copies[3] = { BUFFER_INIT, BUFFER_INIT, BUFFER_INIT };
        for (size_t i = 0; i < 3; i++)
            buffer_add(&copies[i], files[i]->data, files[i]->length);
        for (uint32_t n = 1 + chance(8); n > 0; n--) {
            struct buffer *file = &copies[chance(3)];
            uint32_t at = file == &copies[0]   ? chance(3000)
                          : file == &copies[1] ? MAKER_PAGE + chance(1200)
                                               : chance(300);
            if (at < file->length)
                file->data[at] = (char)(chance(3) ? chance(256) : 255 * chance(2));
        }
        struct reading reading = read_files(&copies[0], &copies[1], &copies[2]);
        struct buffer got = BUFFER_INIT;
        sound &= reading.result == 0 &&
                 autorun_walk_wmi(&autorun_wmi_file, &reading.wmi, add, &got, NULL) == 0;
        for (size_t i = 0; i < reading.wmi.count; i++) {
            const struct wmi_instance *item = &reading.wmi.instances[i];
            sound &= item->class && item->text_count > 0 &&
                     (i == 0 || item->state != WMI_LIVE || item[-1].state == WMI_LIVE);
        }
        buffer_release(&got);
        release(&reading);
        for (size_t i = 0; i < 3; i++)
            buffer_release(&copies[i]);
    }
    ok(sound, "random damage of %s", is_xp ? "XP" : "7");
    maker_release(&maker);
}

static void test_head(void)
{
    struct maker maker = make(false);
    uint8_t zeros[4096] = { 0 };

    ok(wmi_is_objects((const uint8_t *)maker.objects.data, 4096), "OBJECTS.DATA by its head");
    ok(!wmi_is_objects(zeros, sizeof zeros) && !wmi_is_objects(zeros, 0), "not zeros");
    ok(!wmi_is_objects((const uint8_t *)maker.index.data, 4096), "not the index");
    ok(!wmi_is_objects((const uint8_t *)maker.mapping.data, 120), "nor a mapping");
    maker_release(&maker);
}

int main(void)
{
    test_hashes();
    for (int is_xp = 0; is_xp < 2; is_xp++) {
        test_sound(is_xp);
        test_cut(is_xp);
        test_random(is_xp);
    }
    test_walk();
    test_hostile();
    test_layout();
    test_head();
    return tap_done();
}
