/* SPDX-License-Identifier: Apache-2.0 */

/* The services and drivers that Windows ships. See defaults.h. */

#include <fett/autorun.h>

#include "defaults.h"

static const struct shipped_service services[] = {
    { "audiosrv", 0, "audiosrv.dll" },
};

static const struct shipped_service patterns[] = {
    { "cdpusersvc_*", 0, "cdpusersvc.dll" },
};

const struct shipped_service *shipped_services(size_t *count)
{
    *count = sizeof services / sizeof *services;
    return services;
}

const struct shipped_service *shipped_service_patterns(size_t *count)
{
    *count = sizeof patterns / sizeof *patterns;
    return patterns;
}
