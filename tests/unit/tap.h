/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TAP_H
#define TAP_H

/* Unit tests print TAP. One program a module: call ok() for each fact, return
 * tap_done() from main. */

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int tap_count, tap_failures;

__attribute__((format(printf, 2, 3)))
static inline bool ok(bool truth, const char *format, ...)
{
    va_list arguments;

    printf("%sok %d - ", truth ? "" : "not ", ++tap_count);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    tap_failures += !truth;
    return truth;
}

/* Two texts are equal; shows both when not. */
static inline bool same_text(const char *got, const char *expected, const char *what)
{
    bool equal = got && expected ? strcmp(got, expected) == 0 : got == expected;

    if (!ok(equal, "%s", what))
        printf("#      got: %s\n# expected: %s\n", got ? got : "(null)",
               expected ? expected : "(null)");
    return equal;
}

static inline bool same_number(long long got, long long expected, const char *what)
{
    if (!ok(got == expected, "%s", what))
        printf("#      got: %lld\n# expected: %lld\n", got, expected);
    return got == expected;
}

static inline int tap_done(void)
{
    printf("1..%d\n", tap_count);
    fflush(stdout);
    return tap_failures != 0;
}

#endif
