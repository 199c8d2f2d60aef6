/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SHORTCUT_ITEMS_H
#define SHORTCUT_ITEMS_H

/* shortcut_items: the path that a list of shell items stands for. */

#include <fett/buffer.h>
#include <fett/bytes.h>

/* Add the path of a list; nothing where it begins with neither drive nor share, but with
 * `folders` what a folder of the shell stands for too, by its GUID: "{3add1653-...}\a.png".
 * The reference of the last file to NTFS, where it has one, is stored in *reference. */
int shortcut_items(struct cursor *items, unsigned code_page, bool folders, struct buffer *path,
                   uint64_t *reference, struct error *error);

#endif
