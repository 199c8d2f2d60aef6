/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_ERROR_H
#define FETT_ERROR_H

/*
 * error: why something failed, in words, owned by the caller.
 *
 * Every function of the library that can fail for a reason worth telling takes
 * a `struct error *` as its last argument, returns 0 on success and -1 on
 * failure, and touches the error only on failure. The pointer may be NULL
 * where the caller does not care. Success out-parameters are untouched on
 * failure.
 *
 * What X_new or X_open made is given back by X_free, which accepts NULL; what a caller
 * embeds is given back by X_release. A handle is of one thread at a time unless its header
 * says otherwise. A callback that returns int ends the work with anything but 0, which
 * the function that called it then returns.
 *
 * The text says what failed, then on what, then why, without a full stop and
 * without the name of the command: "cannot read partition table: disk.raw:
 * needs 512 bytes at 0, has 100". It may carry bytes of the evidence; whoever
 * prints it neutralises control bytes (see text.h).
 */

#include <stdarg.h>

enum error_kind {
    ERROR_NONE,
    ERROR_USAGE,       /* the caller asked for something that has no meaning */
    ERROR_NOT_FOUND,   /* the named object does not exist */
    ERROR_UNSUPPORTED, /* a known format or variant that fett does not read */
    ERROR_DAMAGED,     /* evidence that is unreadable or malformed */
    ERROR_REMNANT,     /* what is left of a deleted thing is not enough, which is ordinary */
    ERROR_LIMIT,       /* a bound of limits.h was reached */
    ERROR_SYSTEM,      /* the examiner's machine: files, memory, threads */
};

enum { ERROR_TEXT_SIZE = 512 };

struct error {
    enum error_kind kind;
    char text[ERROR_TEXT_SIZE];
};

/* No error. */
#define ERROR_INIT { ERROR_NONE, "" }

/* The same, where it is done too often for all of the text to be cleared. */
static inline void error_clear(struct error *error)
{
    error->kind = ERROR_NONE;
    error->text[0] = '\0';
}

/* Fill in kind and text (cut to ERROR_TEXT_SIZE - 1 bytes at a UTF-8 border).
 * Always returns -1, so that a function can end with `return error_set(...)`. */
int error_set(struct error *error, enum error_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As error_set with kind ERROR_SYSTEM, and ": " with the text of errno behind. */
int error_set_errno(struct error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Put "what: " before the text that is there. Always returns -1. */
int error_prefix(struct error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The error for memory that could not be had. Always returns -1. */
int error_set_memory(struct error *error);

#endif
