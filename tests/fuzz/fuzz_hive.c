/* SPDX-License-Identifier: Apache-2.0 */

/* libFuzzer over hives, NT and 9x: open, and ask for all that is in it, live and
 * deleted. */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <fett/autorun_files.h>
#include <fett/hive.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct autorun_file ini_file = { .kind = AUTORUN_INI };

static int ignore(void *context, const struct autorun *autorun)
{
    (void)context;
    autorun_is_default(autorun, autorun->text, strlen(autorun->text));
    return 0;
}

static void walk(struct hive *hive, hive_key key, struct buffer *text)
{
    size_t length;

    hive_key_name(hive, key, &length);
    hive_key_last_write(hive, key);
    buffer_clear(text);
    hive_key_path(hive, key, text);
    for (size_t i = 0; i < hive_value_count(hive, key) && i < 1000; i++) {
        struct hive_value value;
        struct error error;
        if (hive_value_get(hive, key, i, &value, &error) == 0)
            hive_value_text(hive, &value, text);
    }
    for (size_t i = 0; i < hive_key_child_count(hive, key); i++)
        walk(hive, hive_key_child(hive, key, i), text);
}

static void walk_deleted(struct hive *hive, struct buffer *text)
{
    if (hive_recover(hive, NULL) != 0)
        return;
    for (size_t i = 0; i < hive_deleted_key_count(hive); i++) {
        hive_key key = hive_deleted_key(hive, i), above = hive_key_parent(hive, key);
        if (above == 0 || !hive_key_is_deleted(hive, above))
            walk(hive, key, text);
    }
    for (size_t i = 0; i < hive_deleted_value_count(hive); i++) {
        struct hive_value value;
        hive_key key;
        buffer_clear(text);
        if (hive_deleted_value(hive, i, &value, &key, NULL) == 0)
            hive_value_text(hive, &value, text);
        if (key != 0)
            hive_key_path(hive, key, text);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reader *reader = reader_over_memory(data, size);
    struct buffer text = BUFFER_INIT;
    struct hive *hive;

    if (reader && hive_open(&hive, reader, NULL) == 0) {
        walk(hive, hive_root(hive), &text);
        walk_deleted(hive, &text);
        autorun_walk_hive(hive, autorun_hive_kind(hive), "HKLM", NULL, ignore, NULL, NULL);
        hive_free(hive);
    }
    autorun_walk_file(&ini_file, "system.ini", data, size, 932, NULL, ignore, NULL, NULL, NULL);
    buffer_release(&text);
    reader_free(reader);
    return 0;
}
