/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_IOC_STOP_H
#define FETT_IOC_STOP_H

/*
 * ioc_stop: values that are not to be told again: what an examiner knows, and what
 * a clean system has too. Filled once, then asked by any number of threads.
 *
 * A line of a stop list is one of
 *
 *     evil.example.com        a value of any kind, without case; a host also as that
 *                             of URLs, shares and mail addresses, an address in any form
 *     .example.com            all hosts below it, and itself (*.example.com likewise)
 *     192.0.2.0/24            all addresses of a network; IPv6 too
 *     # remark                nothing, like an empty line
 *
 * evil[.]com, [2001:db8::5] and the final dot of a host are read as they are meant.
 */

#include <stdbool.h>
#include <stddef.h>

#include <fett/error.h>
#include <fett/ioc.h>

struct ioc_stop;

struct ioc_stop *ioc_stop_new(void); /* NULL when memory is out */
void ioc_stop_free(struct ioc_stop *stop);

/* Add what a line says; blanks around it are nothing. -1 with ERROR_USAGE for a
 * network that is none, and for dots and stars alone. */
int ioc_stop_add_line(struct ioc_stop *stop, const char *line, size_t length,
                      struct error *error);

/* Add one value of one kind, as a baseline has it: no other kind is meant. */
int ioc_stop_add_value(struct ioc_stop *stop, enum ioc_kind kind, const char *value,
                       size_t length, struct error *error);

bool ioc_stop_matches(const struct ioc_stop *stop, enum ioc_kind kind, const char *value,
                      size_t length);

#endif
