/* SPDX-License-Identifier: Apache-2.0 */

/* autorun_wmi: what WMI's event consumers start, from the files of its repository. */

#include <stdlib.h>

#include <fett/wmi.h>

#include "autorun_internal.h"

static void report(void *context, struct error *problem)
{
    autorun_report(context, problem);
}

/* A file of the repository; NULL: it is not there, or cannot be opened, which is told. */
static struct reader *open_file(struct autoruns *all, const char *name)
{
    const char *path = all->place ? all->place->path : all->evidence->path;
    const char *slash = strrchr(path, '/');
    struct buffer text = BUFFER_INIT;
    struct reader *reader = NULL;

    buffer_add(&text, path, slash ? (size_t)(slash + 1 - path) : 0);
    buffer_add_text(&text, name);
    if (text.failed) {
        all->out_of_memory = true;
        return NULL;
    }
    struct place place = { .kind = PLACE_FILE, .path = text.data };
    if (autorun_open_beside(all, &place, &reader, true) != 0)
        reader = NULL;
    buffer_release(&text);
    return reader;
}

static int emit(void *context, const struct autorun *autorun)
{
    struct autoruns *all = context;

    all->origin = autorun->deleted ? "deleted" : NULL;
    int result = autorun_emit(all, autorun);
    all->origin = NULL;
    return result;
}

int autorun_emit_wmi(struct autoruns *all, struct reader *objects, struct error *error)
{
    static const char *const mappings[WMI_MAPPINGS] = { "MAPPING1.MAP", "MAPPING2.MAP",
                                                        "MAPPING3.MAP" };
    struct wmi_files files = { .objects = objects,
                               .index = open_file(all, "INDEX.BTR"),
                               .index_map = open_file(all, "INDEX.MAP") };
    struct wmi wmi;

    for (size_t i = 0; i < WMI_MAPPINGS; i++)
        files.mappings[i] = open_file(all, mappings[i]);
    int result = wmi_read(&wmi, &files, report, all, error);
    reader_free(files.index);
    reader_free(files.index_map);
    for (size_t i = 0; i < WMI_MAPPINGS; i++)
        reader_free(files.mappings[i]);
    if (result == 0)
        result = autorun_walk_wmi(&autorun_wmi_file, &wmi, emit, all, error);
    wmi_release(&wmi);
    return result;
}
