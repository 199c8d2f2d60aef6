/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_INTERNAL_H
#define CLI_INTERNAL_H

/* What the parts of cli know of each other. */

#include <fett/cli.h>

#define CLI_ZONE_TOLD "local times are converted by the zone of Windows: %s; -z sets another"

/* options.c */
int cli_options_parse(struct cli *cli, int argc, char **argv);
void cli_options_release(struct cli *cli);
/* Members of the JSON object of options in effect. */
void cli_options_add_json(const struct cli *cli, struct buffer *buffer);

/* references.c: the object that a record on standard input names. 1: it is in *object; 0:
 * there is none, or an earlier record named it; -1. */
int cli_refer(struct cli *cli, struct record_line *line, struct object *object,
              struct error *error);

/* output.c */
bool cli_has_format(const struct cli *cli, int format); /* for -o */
int cli_output_open(struct cli *cli, struct error *error);
void cli_output_close(struct cli *cli);
void cli_output_release(struct cli *cli);

/* custody.c */
int cli_custody_open(struct cli *cli, struct error *error);
void cli_custody_append(struct cli *cli);

/* progress.c: take the bar off the screen; the lock of messages is held. */
void cli_progress_clear(struct cli *cli);
void cli_progress_init(struct cli *cli);

/* seal.c: from here on no program, no socket, no file written but in the folder
 * and TMPDIR. */
void cli_seal(struct cli *cli);

/* Open an output beside standard output, in the examiner's own system: a file
 * that holds anything but records is not overwritten, for it may be evidence. */
int cli_open_records(const char *path, int flags, struct error *error);

/* messages.c */
void cli_message(struct cli *cli, const char *text);

#endif
