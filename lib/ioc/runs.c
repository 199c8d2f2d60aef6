/* SPDX-License-Identifier: Apache-2.0 */

/*
 * runs: long words of letters and digits, which digests and addresses of coins
 * are. A word of RUN_MIN characters cannot lie between two places that are so far
 * apart, so only every RUN_MIN-th byte is looked at, and words that one of them
 * is in are walked over once.
 *
 * In UTF-16 such a word takes twice the bytes; a zero before or behind the letter
 * tells.
 */

#include "scan.h"

enum { RUN_MIN = 26, RUN_MAX = 128 };

static inline bool is_run_unit(const struct view *view, size_t at)
{
    return unit_is(view_unit(view, at), CHARACTER_ALNUM);
}

/* The word that `at` is in; returns its end, or `at` if it is none. Words that are
 * too long are walked to `limit` and no further. */
static size_t look_at_run(struct scan *scan, const struct view *view, size_t at, size_t limit)
{
    size_t begin = at, end = at;

    while (end < limit && is_run_unit(view, end))
        end += view->step;
    if (end == at)
        return at;
    while ((at - begin) / view->step <= RUN_MAX && is_run_unit(view, begin - view->step))
        begin -= view->step;
    begin = skip_any_quoted(view, begin);
    size_t units = begin < end ? (end - begin) / view->step : 0;
    if (units >= RUN_MIN && units <= RUN_MAX) {
        if (is_wanted(scan, IOC_HASH))
            find_digest(scan, view, begin, units);
        if (is_wanted(scan, IOC_BTC))
            find_coin(scan, view, begin, units);
    }
    return end;
}

/* A word that is long enough and has `at` in it goes on for half of it before or
 * behind. */
static bool may_be_run(const struct view *view, size_t at)
{
    size_t half = RUN_MIN / 2 * view->step;

    return is_run_unit(view, at) && (is_run_unit(view, at + half) || is_run_unit(view, at - half));
}

/* The end of the last of the words around `at`, in 8 bits or UTF-16. */
static size_t look_around(struct scan *scan, const struct view views[3], size_t at, size_t limit)
{
    const uint8_t *data = views[0].data;
    const struct view *little = &views[IOC_UTF16LE], *big = &views[IOC_UTF16BE];
    size_t end = at, letter = data[at] == 0 ? at + 1 : at;

    if (may_be_run(&views[IOC_ASCII], at))
        end = look_at_run(scan, &views[IOC_ASCII], at, limit);
    if (may_be_run(little, unit_place(little, letter)) ||
        may_be_run(big, unit_place(big, letter))) {
        const struct view *view = text_view(scan, views, letter);
        size_t wide_end = look_at_run(scan, view, unit_place(view, letter), limit);
        end = wide_end > end ? wide_end : end;
    }
    return end;
}

void find_runs(struct scan *scan, const struct view views[3], size_t from, size_t to)
{
    size_t size = views[0].size;
    /* A word that goes on so far behind the last place is too long. */
    size_t limit = size - to > 2 * (RUN_MAX + 1) ? to + 2 * (RUN_MAX + 1) : size;

    for (size_t at = from; at < to;) {
        unsigned byte = views[0].data[at];
        bool possible = byte == 0 || unit_is(byte, CHARACTER_ALNUM);
        size_t end = possible ? look_around(scan, views, at, limit) : at;
        /* The next word begins at the end of this one at the earliest. */
        at = end > at ? end + RUN_MIN - 1 : at + RUN_MIN;
    }
}
