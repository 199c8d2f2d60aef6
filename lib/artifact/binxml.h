/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ARTIFACT_BINXML_H
#define ARTIFACT_BINXML_H

/* binxml: what an event of Windows Vista and later says, out of its binary XML. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/buffer.h>

enum { EVTX_CHUNK = 65536 };

/* What of an event is used; buffers are cleared at the start of each. */
struct binxml_event {
    struct buffer provider, computer, user;
    struct buffer strings; /* "Name=value; Name=value" */
    uint32_t id;
    bool has_id;
};

/* Parse the binary XML at [at, end) of a chunk. False where something in it does not
 * fit: what was understood until then is in *event. */
bool binxml_parse(const uint8_t chunk[EVTX_CHUNK], size_t at, size_t end,
                  struct binxml_event *event);

void binxml_release(struct binxml_event *event);

/* binxml_value.c: add a value of a type of binary XML as text. */
void binxml_add_value(struct buffer *buffer, uint8_t type, const uint8_t *data, size_t size);

#endif
