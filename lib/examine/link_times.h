/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINK_TIMES_H
#define LINK_TIMES_H

/* link_times: when programs were linked, by the clock of who built them. */

#include <fett/examine.h>

/* Whether a file of this name may be a program of Windows. */
bool link_times_is_path(const char *path, size_t length);

/* Hand out an event, and with `anomalies` the sign that this cannot be. Nothing for what
 * is no program. 0, -1 without memory, or what the sink returns. */
int link_times_add(const struct file *file, struct reader *reader, bool anomalies,
                   examine_sink sink, void *context);

#endif
