/* SPDX-License-Identifier: Apache-2.0 */

/* libFuzzer over the repository of WMI: the sizes of a mapping and of the index, 4 bytes each,
 * then these, then OBJECTS.DATA. A seed:
 *
 *     python3 images/lib/wmi.py r <description.json
 *     python3 -c 'import struct; m, i, o = (open("r/" + n, "rb").read() for n in
 *         ("MAPPING2.MAP", "INDEX.BTR", "OBJECTS.DATA"));
 *         open("seed", "wb").write(struct.pack("<II", len(m), len(i)) + m + i + o)'
 */

#include <stdlib.h>

#include <fett/autorun_files.h>
#include <fett/bytes.h>
#include <fett/wmi.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ignore_problem(void *context, struct error *problem)
{
    (void)context;
    if (problem->kind == ERROR_NONE)
        abort();
}

static int ignore(void *context, const struct autorun *autorun)
{
    (void)context;
    if (!autorun->text || !autorun->data || (autorun->deleted && autorun->enabled))
        abort();
    return 0;
}

static size_t take(const uint8_t **data, size_t *size, size_t want)
{
    size_t taken = want < *size ? want : *size;

    *data += taken;
    *size -= taken;
    return taken;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 8)
        return 0;
    size_t sizes[2] = { bytes_u32le(data), bytes_u32le(data + 4) };
    take(&data, &size, 8);
    const uint8_t *mapping = data;
    sizes[0] = take(&data, &size, sizes[0]);
    const uint8_t *index = data;
    sizes[1] = take(&data, &size, sizes[1]);
    struct reader *objects = reader_over_memory(data, size);
    const struct wmi_files files = { .objects = objects,
                                     .index = sizes[1] ? reader_over_memory(index, sizes[1]) : NULL,
                                     .mappings = { reader_over_memory(mapping, sizes[0]) } };
    struct wmi wmi;
    wmi_is_objects(data, size < 4096 ? size : 4096);
    if (wmi_read(&wmi, &files, ignore_problem, NULL, NULL) != 0)
        abort();
    for (size_t i = 0; i < wmi.count; i++)
        if (!wmi.instances[i].class || wmi.instances[i].text_count == 0)
            abort();
    if (autorun_walk_wmi(&autorun_wmi_file, &wmi, ignore, NULL, NULL) != 0)
        abort();
    wmi_release(&wmi);
    reader_free(objects);
    reader_free(files.index);
    reader_free(files.mappings[0]);
    return 0;
}
