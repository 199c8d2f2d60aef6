/* SPDX-License-Identifier: Apache-2.0 */

/*
 * autorun_drives: the volumes of the same image that the drive letters of a Windows stand
 * for, and the Windows of another volume that a profile belongs to.
 */

#include <stdlib.h>

#include <fett/bytes.h>

#include "autorun_internal.h"

/* The signature of the image's disk, that Windows knows the partitions of an MBR by. */
static bool is_disk(struct evidence *evidence, uint32_t signature)
{
    enum { AT = 440 };
    struct reader *reader;
    uint8_t stored[4];

    if (image_reader(evidence->image, &reader, NULL) != 0)
        return false;
    bool read = reader_read(reader, AT, stored, sizeof stored, NULL) == 0;
    reader_free(reader);
    return read && bytes_u32le(stored) == signature;
}

/* The offset of the partition of a GPT with this GUID; 0: there is none.
 * Header in sector 1: 72 u64 first sector of the entries, 80 u32 how many, 84 u32 bytes of
 * each. Entry: 16 GUID, 32 u64 first sector. */
static uint64_t find_guid(struct evidence *evidence, const uint8_t guid[16])
{
    enum { HEADER = 92, ENTRY = 40, MOST = 128 };
    uint64_t sector = image_sector_size(evidence->image), found = 0;
    uint8_t data[HEADER];
    struct reader *reader;

    if (image_reader(evidence->image, &reader, NULL) != 0)
        return 0;
    if (reader_read(reader, sector, data, HEADER, NULL) == 0 &&
        memcmp(data, "EFI PART", 8) == 0) {
        uint64_t first = bytes_u64le(data + 72);
        uint32_t count = bytes_u32le(data + 80), size = bytes_u32le(data + 84);
        bool sane = first < reader->size / sector && size >= ENTRY && size <= 4096;
        for (uint32_t i = 0; sane && i < count && i < MOST && found == 0; i++) {
            if (reader_read(reader, first * sector + (uint64_t)i * size, data, ENTRY, NULL) != 0)
                break;
            if (memcmp(data + 16, guid, 16) == 0 && bytes_u64le(data + 32) < reader->size / sector)
                found = bytes_u64le(data + 32) * sector;
        }
    }
    reader_free(reader);
    return found;
}

const struct volume *autorun_volume_of(struct evidence *evidence,
                                       const struct host_partition *partition)
{
    if (!evidence->image)
        return NULL;
    uint64_t offset = partition->is_guid ? find_guid(evidence, partition->guid)
                                         : partition->offset;
    if (offset == 0 || (!partition->is_guid && !is_disk(evidence, partition->signature)))
        return NULL;
    for (size_t i = 0; i < volumes_count(evidence->volumes); i++) {
        const struct volume *volume = volumes_get(evidence->volumes, i);
        if (volume->name[0] && volume->offset == offset)
            return volume;
    }
    return NULL;
}

void autorun_set_drive(struct installation *installation, char letter,
                       const struct volume *volume)
{
    size_t length = strlen(installation->letters);

    installation->drives[autorun_drive_index(letter)] = volume;
    if (letter <= 'Z' && !strchr(installation->letters, letter))
        memcpy(installation->letters + length, (char[]){ letter, '\0' }, 2);
}

/* The letter that a Windows has for a volume; 0: none. */
static char letter_of(const struct installation *installation, const struct volume *volume)
{
    for (int i = 0; i < AUTORUN_DRIVES; i++)
        if (installation->drives[i] == volume)
            return (char)(i < AUTORUN_LETTERS ? 'A' + i : 'a' + i - AUTORUN_LETTERS);
    return '\0';
}

/* The same, one that stands for it here if it has none; 0: there are no more. */
static char need_letter(struct installation *installation, const struct volume *volume)
{
    char letter = letter_of(installation, volume);

    for (char free = 'a'; !letter && free <= 'z'; free++)
        if (!installation->drives[autorun_drive_index(free)]) {
            autorun_set_drive(installation, free, volume);
            letter = free;
        }
    return letter;
}

/* The length of "Volume{GUID}" in front of a name; 0: there is none. */
static size_t volume_name_length(const char *name)
{
    enum { VOLUME = 6, GUID = 38 };

    return text_compare_nocase(name, strnlen(name, VOLUME + 1), "Volume{", VOLUME + 1) == 0 &&
                   strlen(name) >= VOLUME + GUID && name[VOLUME + GUID - 1] == '}'
               ? VOLUME + GUID
               : 0;
}

/* The name of a volume without what stands before it; NULL: it is none. */
static const char *volume_name(const char *name)
{
    if (strncmp(name, "\\??\\", 4) == 0 || strncmp(name, "\\\\?\\", 4) == 0)
        name += 4;
    return volume_name_length(name) > 0 ? name : NULL;
}

char autorun_mounted_drive(const struct installation *installation, const char *name,
                           size_t *size)
{
    const char *volume = volume_name(name);
    size_t length = volume ? volume_name_length(volume) : 0;

    for (size_t i = 0; volume && installation && i < installation->mount_count; i++) {
        const struct mount *mount = &installation->mounts[i];
        if (text_compare_nocase(mount->name, strlen(mount->name), volume, length) == 0) {
            *size = (size_t)(volume - name) + length;
            return mount->letter;
        }
    }
    return '\0';
}

static int add_mount(struct installation *installation, const char *name, char letter)
{
    if (memory_grow((void **)&installation->mounts, &installation->mount_capacity,
                    installation->mount_count + 1, sizeof *installation->mounts) != 0)
        return -1;
    struct mount *mount = &installation->mounts[installation->mount_count];
    *mount = (struct mount){ strndup(name, volume_name_length(name)), letter };
    installation->mount_count += mount->name != NULL;
    return mount->name ? 0 : -1;
}

/* Values of MountedDevices: \DosDevices\C: with `mounts` false, \??\Volume{GUID} with it. */
static void learn_mounted(struct autoruns *all, struct installation *installation,
                          struct hive *hive, hive_key key, bool mounts)
{
    static const char prefix[] = "\\DosDevices\\";
    size_t begin = sizeof prefix - 1;

    for (size_t i = 0; i < hive_value_count(hive, key); i++) {
        struct host_partition partition;
        struct hive_value value;
        if (hive_value_get(hive, key, i, &value, NULL) != 0 ||
            !host_partition_read(&value, &partition))
            continue;
        const char *name = mounts ? volume_name(value.name) : NULL;
        bool letter = !mounts && value.name_length == begin + 2 &&
                      text_compare_nocase(value.name, begin, prefix, begin) == 0;
        const struct volume *volume = name || letter
                                          ? autorun_volume_of(all->evidence, &partition)
                                          : NULL;
        if (!volume || !volume_has_files(volume))
            continue;
        char drive = name ? need_letter(installation, volume) : (char)(value.name[begin] & ~0x20);
        if (name && drive)
            all->out_of_memory |= add_mount(installation, name, drive) != 0;
        else if (letter && drive >= 'A' && drive <= 'Z')
            autorun_set_drive(installation, drive, volume);
    }
}

/* Letters of a shadow copy stood for volumes as they were then. */
void autorun_learn_drives(struct autoruns *all, struct installation *installation,
                          struct hive *hive)
{
    hive_key key = hive_key_find(hive, hive_root(hive), "MountedDevices");

    if (!key || !all->volume || all->volume->shadow)
        return;
    learn_mounted(all, installation, hive, key, false);
    learn_mounted(all, installation, hive, key, true);
}

/* Put the letter of a drive before a path of its volume. */
static int add_letter(char **path, char letter)
{
    struct buffer text = BUFFER_INIT;

    buffer_add_format(&text, "%c:%s", letter, *path);
    if (text.failed)
        return -1;
    free(*path);
    *path = text.data;
    return 0;
}

/* Where the folder of a profile really is: profiles are moved by a junction too. */
static int follow_profile(struct autoruns *other, struct profile *profile)
{
    if (!profile->folder || autorun_look_up(other, profile->folder) != LOOKUP_FOUND)
        return 0;
    char *way = strdup(buffer_text(&other->way));
    if (!way)
        return -1;
    free(profile->folder);
    profile->folder = way;
    return 0;
}

/* Make of the Windows of another volume one whose paths are as the volume that is walked has
 * them: its own begin with a letter. */
static int see_from_here(struct autoruns *other, struct installation *installation)
{
    int result = 0;

    other->installation = installation;
    for (size_t i = 0; i < installation->profile_count && result == 0; i++)
        result = follow_profile(other, &installation->profiles[i]);
    other->installation = NULL;
    autorun_set_drive(installation, installation->drive, other->volume);
    return result != 0 || add_letter(&installation->windows, installation->drive) != 0 ||
                   add_letter(&installation->root, installation->drive) != 0
               ? -1
               : 0;
}

/* The Windows of another volume that have a letter for the one that is walked; NULL: none. */
static struct autoruns *find_on(struct autoruns *all, const struct volume *volume)
{
    struct filesystem *filesystem;
    struct autoruns *other = NULL;
    bool any = false;

    if (!volume_has_files(volume) || volume == all->volume ||
        evidence_filesystem(all->evidence, volume, &filesystem, NULL) != 0 ||
        !(other = calloc(1, sizeof *other)))
        return NULL;
    *other = (struct autoruns){ .evidence = all->evidence,
                                .volume = volume,
                                .tree = filesystem_tree(filesystem),
                                .whole = true };
    autorun_find_machines(other);
    all->out_of_memory |= other->place_count > 0 && autorun_find_installations(other, NULL) != 0;
    for (size_t i = 0; i < other->place_count; i++) {
        hive_free(other->places[i].opened);
        other->places[i].opened = NULL;
    }
    for (size_t i = 0; i < other->installation_count; i++) {
        struct installation *one = &other->installations[i];
        one->here = one->drive && !*one->root ? letter_of(one, all->volume) : '\0';
        any |= one->here != '\0';
        if (one->here)
            all->out_of_memory |= see_from_here(other, one) != 0;
    }
    if (any)
        return other;
    autorun_release(other);
    free(other);
    return NULL;
}

/* Whether a place lies in a profile, or is its hive. */
static bool is_of_profile(const struct place *place, const struct installation *installation,
                          const struct profile *profile)
{
    const char *folder = profile->folder;
    size_t length = autorun_profile_length(place->path);

    if (!folder || folder[0] != installation->here || folder[1] != ':')
        return false;
    folder += 2;
    return place->kind == PLACE_HIVE
               ? text_compare_nocase(place->path, length, folder, strlen(folder)) == 0
               : autorun_lies_in(place->path, folder, strlen(folder));
}

static bool is_wanted(const struct place *place)
{
    return !place->installation && place->kind != PLACE_FILE;
}

/* A place that more than one profile may have is of none. */
static void assign(struct autoruns *all, struct place *place)
{
    const struct installation *told = NULL;
    const struct profile *profile = NULL;
    bool several = false;

    for (size_t o = 0; o < all->other_count; o++)
        for (size_t i = 0; i < all->others[o]->installation_count; i++) {
            const struct installation *one = &all->others[o]->installations[i];
            for (size_t p = 0; p < one->profile_count; p++) {
                if (!is_of_profile(place, one, &one->profiles[p]))
                    continue;
                several |= told != NULL;
                told = one;
                profile = &one->profiles[p];
            }
        }
    if (!told || several)
        return;
    place->installation = told;
    if (place->kind == PLACE_HIVE)
        place->sid = profile->sid;
}

void autorun_assign_others(struct autoruns *all)
{
    struct volumes *volumes = all->evidence->volumes;
    bool wanted = false;

    for (size_t i = 0; i < all->place_count; i++)
        wanted |= is_wanted(&all->places[i]);
    for (size_t i = 0; wanted && volumes && i < volumes_count(volumes); i++) {
        struct autoruns *other = find_on(all, volumes_get(volumes, i));
        if (other && memory_grow((void **)&all->others, &all->other_capacity,
                                 all->other_count + 1, sizeof *all->others) != 0) {
            all->out_of_memory = true;
            autorun_release(other);
            free(other);
        } else if (other) {
            all->others[all->other_count++] = other;
        }
    }
    for (size_t i = 0; all->other_count > 0 && i < all->place_count; i++)
        if (is_wanted(&all->places[i]))
            assign(all, &all->places[i]);
}

void autorun_release_others(struct autoruns *all)
{
    for (size_t i = 0; i < all->other_count; i++) {
        autorun_release(all->others[i]);
        free(all->others[i]);
    }
    free(all->others);
}
