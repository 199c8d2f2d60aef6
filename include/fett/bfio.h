/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_BFIO_H
#define FETT_BFIO_H

/*
 * bfio: a reader as the libyal libraries want to see it, so that they parse
 * evidence without a temporary file. Internal to the modules that use one.
 */

#include <libbfio.h>

#include <fett/error.h>
#include <fett/reader.h>

/* A read-only handle over a reader, which stays the caller's and must outlive
 * it. Free it by libbfio_handle_free after the library that uses it. */
int bfio_open(libbfio_handle_t **handle, struct reader *reader, struct error *error);

#endif
