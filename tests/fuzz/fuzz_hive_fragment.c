/* SPDX-License-Identifier: Apache-2.0 */

/* libFuzzer over hbins whose hive is lost, as they are carved, and hives without a root: all keys
 * and values, and what starts by them. */

#include <stdlib.h>

#include <fett/autorun.h>
#include <fett/hive.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int take_autostart(void *context, const struct autorun *autorun)
{
    const size_t *deleted_keys = context;

    /* Nothing of a part without a root is in effect. */
    if (*deleted_keys > 0 && (!autorun->deleted || autorun->enabled))
        abort();
    autorun_is_default(autorun, autorun->text, strlen(autorun->text));
    return 0;
}

static void read_values(struct hive *hive, hive_key key, struct buffer *text)
{
    struct hive_security security;

    hive_key_path(hive, key, text);
    hive_key_class(hive, key, text);
    hive_key_security(hive, key, &security);
    for (size_t i = 0; i < hive_value_count(hive, key) && i < 1000; i++) {
        struct hive_value value;
        if (hive_value_get(hive, key, i, &value, NULL) == 0)
            hive_value_text(hive, &value, text);
        buffer_clear(text);
    }
}

static void read_all(struct hive *hive)
{
    struct buffer text = BUFFER_INIT;
    size_t deleted = 0;

    if (hive_recover(hive, NULL) != 0)
        return;
    for (size_t i = 0; i < hive_deleted_key_count(hive); i++)
        read_values(hive, hive_deleted_key(hive, i), &text);
    for (size_t i = 0; i < hive_deleted_value_count(hive); i++) {
        struct hive_value value;
        hive_key key;
        buffer_clear(&text);
        if (hive_deleted_value(hive, i, &value, &key, NULL) == 0)
            hive_value_text(hive, &value, &text);
    }
    buffer_release(&text);
    if (hive_is_rootless(hive))
        deleted = hive_deleted_key_count(hive);
    autorun_walk_hive(hive, autorun_hive_kind(hive), "", NULL, take_autostart, &deleted, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reader *reader = reader_over_memory(data, size);
    struct error error = ERROR_INIT;
    struct hive *hive;
    uint32_t place;

    if (size >= 512 && hive_measure_bin(data, 512, &place) > 0x80000000u - place)
        abort();
    if (reader && hive_open_fragment(&hive, reader, &error) == 0) {
        read_all(hive);
        hive_free(hive);
    } else if (error.kind == ERROR_NONE) {
        abort(); /* what is none is told with its reason */
    }
    if (reader && hive_open_rootless(&hive, reader, &error) == 0) {
        read_all(hive);
        hive_free(hive);
    } else if (error.kind == ERROR_NONE) {
        abort();
    }
    reader_free(reader);
    return 0;
}
