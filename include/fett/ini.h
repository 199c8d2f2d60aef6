/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_INI_H
#define FETT_INI_H

/*
 * ini: the lines of INI files: WIN.INI, autorun.inf, scripts.ini, .url.
 *
 * As GetPrivateProfileString reads them: `[section]`, `key=value`, `;` begins a
 * line that is a comment, blanks around each part do not count, what stands
 * behind `]` does not either. Lines that are none of these are passed over,
 * whatever bytes they have: worms hide what they start between lines of noise.
 * A section or key that comes twice is handed out twice.
 */

#include <stddef.h>
#include <stdint.h>

#include <fett/error.h>

/* A line `key=value`; all hold for the call only. */
struct ini_line {
    const char *section;          /* "" before the first */
    const char *key, *value;      /* without NUL behind them */
    size_t key_length, value_length;
};

/* Other than 0 ends the walk, which returns it. */
typedef int (*ini_visit)(void *context, const struct ini_line *line);

/* Walk the lines of a file in memory, whose text is as text_add_file takes it. -1:
 * memory is out. */
int ini_walk(const uint8_t *data, size_t size, unsigned code_page, ini_visit visit,
             void *context, struct error *error);

#endif
