/* SPDX-License-Identifier: Apache-2.0 */

/*
 * answers: what was asked of the lists of suffixes and of noise hosts last. The same
 * few hosts stand on a disk by the thousand, next to each other, and most names that
 * are none end in the same few words; asking again costs more than remembering. A
 * name has one place, where the next of the same place takes it.
 */

#include <stdlib.h>
#include <string.h>

#include "scan.h"

/* Any mixing will do: a name that is not the one asked for is never taken for it. */
static size_t place_of(const char *name, size_t length)
{
    uint64_t mixed = length, word = 0;
    size_t at = 0;

    for (; length - at >= sizeof word; at += sizeof word) {
        memcpy(&word, name + at, sizeof word);
        mixed = (mixed ^ word) * 0x9e3779b97f4a7c15;
        mixed ^= mixed >> 32;
    }
    for (word = 0; at < length; at++)
        word = word << 8 | (uint8_t)name[at];
    mixed = (mixed ^ word) * 0x9e3779b97f4a7c15;
    return (size_t)(mixed >> 32) % ANSWER_COUNT;
}

struct answer *answers_find(struct answers *answers, const char *name, size_t length)
{
    struct answer *answer;

    if (!answers || length > sizeof answer->name)
        return NULL;
    answer = &answers->answers[place_of(name, length)];
    if (answer->length == length && memcmp(answer->name, name, length) == 0)
        return answer;
    memcpy(answer->name, name, length);
    answer->length = (uint8_t)length;
    answer->known = 0;
    return answer;
}

struct answers *answers_new(void **memory)
{
    const size_t line = _Alignof(struct answers);

    /* calloc leaves what is never asked for untouched; aligned_alloc does not clear */
    *memory = calloc(1, ANSWER_TABLES * sizeof(struct answers) + line - 1);
    return *memory ? (void *)(((uintptr_t)*memory + line - 1) / line * line) : NULL;
}

struct answers *answers_take(struct answers tables[ANSWER_TABLES])
{
    for (size_t i = 0; i < ANSWER_TABLES; i++)
        if (!atomic_flag_test_and_set_explicit(&tables[i].taken, memory_order_acquire))
            return &tables[i];
    return NULL;
}

void answers_give_back(struct answers *answers)
{
    if (answers)
        atomic_flag_clear_explicit(&answers->taken, memory_order_release);
}
