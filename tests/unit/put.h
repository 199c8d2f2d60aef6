/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PUT_H
#define PUT_H

/* put: numbers into evidence that a test makes, little-endian. */

#include <stdint.h>

static inline void put16(uint8_t *p, unsigned value)
{
    p[0] = (uint8_t)value;
    p[1] = (uint8_t)(value >> 8);
}

static inline void put32(uint8_t *p, uint32_t value)
{
    put16(p, value & 0xffff);
    put16(p + 2, value >> 16);
}

#endif
