/* SPDX-License-Identifier: Apache-2.0 */

/* tsk_library: see tsk_library.h. */

#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

#include "tsk_library.h"

_Static_assert(sizeof FETT_LIBTSK > 1, "libtsk-dev is not installed: make packages");

/* POSIX: what dlsym returns can be a function, though C has no cast that says so. */
static bool find(void *library, const char *name, void *function)
{
    void *address = dlsym(library, name);

    memcpy(function, &address, sizeof address);
    return address != NULL;
}

int tsk_load(struct tsk *tsk, struct error *error)
{
    void *library = dlopen(FETT_LIBTSK, RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);

#define TSK_FIND(name) && find(library, "tsk_" #name, &tsk->name)
    if (library TSK_FUNCTIONS(TSK_FIND))
        return 0;
#undef TSK_FIND
    return error_set(error, ERROR_SYSTEM, "libtsk cannot be loaded: %s", dlerror());
}
