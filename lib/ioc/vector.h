/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_IOC_VECTOR_H
#define FETT_IOC_VECTOR_H

/*
 * vector: what the searches of lib/ioc that look at 32 bytes at once need. Each has a
 * portable twin that finds the same; HAVE_AVX2 says whether this machine's kind can
 * have the other, vector_available whether this one does.
 */

#include <stdbool.h>

#if defined(__x86_64__) || defined(__i386__)

#include <immintrin.h>

#define HAVE_AVX2 1

/* A piece of such a search, which must be compiled into it. */
#define VECTOR __attribute__((target("avx2"), always_inline)) static inline

/* With the instructions on bits that every processor has which has AVX2. */
static inline bool vector_available(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("bmi2");
}

#else

static inline bool vector_available(void)
{
    return false;
}

#endif

#endif
