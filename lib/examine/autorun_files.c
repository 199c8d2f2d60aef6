/* SPDX-License-Identifier: Apache-2.0 */

/* autorun_files: what starts from files other than hives. */

#include <stdlib.h>

#include <fett/limits.h>

#include "autorun_internal.h"

int autorun_emit_file(struct autoruns *all, struct reader *reader, struct error *error)
{
    struct error reason = ERROR_INIT;
    uint8_t *data;
    size_t size;
    int damaged;

    if (reader_read_all(reader, LIMIT_INI_BYTES, &data, &size, &damaged, &reason) != 0) {
        autorun_report(all, &reason);
        return 0;
    }
    if (damaged)
        autorun_report(all, &reason);
    int result = autorun_walk_file(all->place->file->kind, strrchr(all->place->path, '/') + 1,
                                   data, size,
                                   all->installation ? all->installation->code_page : 0,
                                   autorun_emit, all, error);
    free(data);
    return result;
}
