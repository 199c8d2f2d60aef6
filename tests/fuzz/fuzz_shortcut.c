/* SPDX-License-Identifier: Apache-2.0 */

/* libFuzzer over shortcuts, .lnk and .pif. */

#include <stdlib.h>

#include <fett/shortcut.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error error = ERROR_INIT;
    struct shortcut shortcut;

    /* Damage is always told with its reason. */
    if (shortcut_read(&shortcut, data, size, 1252, &error) != 0 && error.kind == ERROR_NONE)
        abort();
    shortcut_target(&shortcut);
    shortcut_release(&shortcut);
    error.kind = ERROR_NONE;
    if (shortcut_read_pif(&shortcut, data, size, 932, &error) != 0 && error.kind == ERROR_NONE)
        abort();
    shortcut_release(&shortcut);
    return 0;
}
