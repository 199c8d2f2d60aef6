/* SPDX-License-Identifier: Apache-2.0 */

/* Drive letters, shares, devices that were plugged in. */

#include <inttypes.h>
#include <stdio.h>

#include <fett/bytes.h>
#include <fett/text.h>

#include "host_internal.h"

static void add_guid(struct buffer *text, const uint8_t *data)
{
    buffer_add_byte(text, '{');
    text_add_guid(text, data);
    buffer_add_byte(text, '}');
}

/* A value of MountedDevices: of an MBR's partition | u32 signature of the disk | u64 offset |;
 * of a GPT's "DMIO:ID:" and its GUID; else the name of a device, UTF-16. Its name is
 * \DosDevices\C: or \??\Volume{GUID}. */
bool host_partition_read(const struct hive_value *value, struct host_partition *partition)
{
    enum { MBR_SIZE = 12, GPT_SIZE = 24, ID_SIZE = 8 };
    const uint8_t *data = value->data;

    *partition = (struct host_partition){ .is_guid = false };
    if (data && value->size == MBR_SIZE) {
        partition->signature = bytes_u32le(data);
        partition->offset = bytes_u64le(data + 4);
        return true;
    }
    if (!data || value->size != GPT_SIZE || memcmp(data, "DMIO:ID:", ID_SIZE) != 0)
        return false;
    partition->is_guid = true;
    memcpy(partition->guid, data + ID_SIZE, sizeof partition->guid);
    return true;
}

int host_read_mounted(struct host_walk *walk, hive_key key, const struct hive_value *value)
{
    struct host_partition partition;
    const char *last = strrchr(buffer_text(&walk->subject), '\\');
    int result;

    if (!value->data || value->size == 0)
        return 0;
    buffer_clear(&walk->text);
    walk->partition = host_partition_read(value, &partition) ? &partition : NULL;
    if (!walk->partition) {
        text_add_utf16le(&walk->text, value->data, value->size / 2);
    } else if (partition.is_guid) {
        buffer_add_text(&walk->text, "partition ");
        add_guid(&walk->text, partition.guid);
    } else {
        buffer_add_format(&walk->text, "disk 0x%08" PRIx32 ", offset %" PRIu64,
                          partition.signature, partition.offset);
    }
    if (last) {
        size_t length = strlen(last + 1);
        memmove(walk->subject.data, last + 1, length);
        buffer_truncate(&walk->subject, length);
    }
    result = host_emit(walk, key, value, "stands for");
    walk->partition = NULL;
    return result;
}

struct share {
    struct host_walk *walk;
    hive_key key;
    const struct hive_value *value;
    int result;
};

/* "Path=C:\data": what it is called there is what it is. */
static void emit_share(void *context, const char *text, size_t size)
{
    static const struct {
        const char *stored, *name;
    } names[] = { { "Path", "path" },           { "Remark", "remark" },
                  { "Type", "type" },           { "MaxUses", "most users" },
                  { "CSCFlags", "caching" },    { "Permissions", "permissions" },
                  { "ShareName", "share name" } };
    struct share *share = context;
    const char *equals = memchr(text, '=', size);

    if (!equals || share->result != 0)
        return;
    size_t length = (size_t)(equals - text);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (text_compare_nocase(text, length, names[i].stored, strlen(names[i].stored)) == 0) {
            buffer_clear(&share->walk->text);
            buffer_add(&share->walk->text, equals + 1, size - length - 1);
            if (share->walk->text.length > 0)
                share->result =
                    host_emit(share->walk, share->key, share->value, names[i].name);
        }
}

int host_read_share(struct host_walk *walk, hive_key key, const struct hive_value *value)
{
    struct share share = { walk, key, value, 0 };

    if (value->type == HIVE_MULTI_SZ)
        hive_value_strings(walk->hive, value, emit_share, &share);
    return share.result;
}

/* When a device was connected: properties of the device, FILETIME. Windows 7 keeps
 * them in 00000064\00000000, value Data, later ones in 0064, default value. */
int host_read_device_times(struct host_walk *walk, hive_key key, const struct hive_value *value)
{
    static const struct {
        const char *number, *name;
    } times[] = { { "0064", "installed" },
                  { "0065", "first installed" },
                  { "0066", "last connected" },
                  { "0067", "last removed" } };
    int result = 0;

    (void)value;
    for (size_t i = 0; i < sizeof times / sizeof *times && result == 0; i++) {
        struct hive_value stored;
        char old[32];
        snprintf(old, sizeof old, "0000%s\\00000000", times[i].number);
        hive_key property = hive_key_find(walk->hive, key, times[i].number);
        bool found = property && hive_value_find(walk->hive, property, "", &stored, NULL) == 0;
        if (!found) {
            property = hive_key_find(walk->hive, key, old);
            found = property && hive_value_find(walk->hive, property, "Data", &stored, NULL) == 0;
        }
        buffer_clear(&walk->text);
        if (found && host_decode_filetime(walk->hive, &stored, &walk->text))
            result = host_emit(walk, property, &stored, times[i].name);
    }
    return result;
}

/* The name of the key: a volume's GUID, a letter, or ##SERVER#SHARE. */
int host_read_mount_point(struct host_walk *walk, hive_key key, const struct hive_value *value)
{
    (void)value;
    buffer_clear(&walk->text);
    buffer_add(&walk->text, buffer_text(&walk->subject), walk->subject.length);
    for (size_t i = 0; i < walk->text.length && walk->text.data[0] == '#'; i++)
        if (i > 0 && walk->text.data[i] == '#')
            walk->text.data[i] = '\\';
    if (walk->text.length > 0 && walk->text.data[0] == '#')
        walk->text.data[0] = '\\';
    return host_emit(walk, key, NULL, "mounted by the user");
}
