/* SPDX-License-Identifier: Apache-2.0 */

/*
 * log_order: the numbers of a log against its times. Numbers only rise: where the time
 * falls behind and stays there, the clock was set back; where numbers are missing, so are
 * records. A single record that is late was written late: services at the start and the
 * end of Windows do that all the time. Of a record's times the latest counts, since it
 * gets its number when it is written.
 */

#include <stdlib.h>
#include <string.h>

#include "log_order.h"

/* Less is what a clock is corrected by over the network, or a service is late. */
enum { LEAST_BACK = 300, MOST_TOLD = 100 };

int log_order_add(struct log_order *order, uint64_t number, const struct instant *time)
{
    if (memory_grow((void **)&order->items, &order->capacity, order->count + 1,
                    sizeof *order->items) != 0)
        return -1;
    order->items[order->count++] = (struct log_entry){ number, *time };
    return 0;
}

void log_order_release(struct log_order *order)
{
    free(order->items);
    *order = (struct log_order){ 0 };
}

static int compare(const void *a, const void *b)
{
    const struct log_entry *x = a, *y = b;

    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return instant_compare(&x->time, &y->time);
}

static void add_entry(struct buffer *buffer, const struct log_entry *entry)
{
    char text[INSTANT_TEXT_SIZE];

    buffer_add_format(buffer, "record %llu of ", (unsigned long long)entry->number);
    buffer_add(buffer, text, instant_format(&entry->time, text));
}

/* Of each number the entry with the latest time. */
static void keep_latest(struct log_order *order)
{
    size_t kept = 0;

    for (size_t i = 0; i < order->count; i++)
        if (i + 1 == order->count || order->items[i + 1].number != order->items[i].number)
            order->items[kept++] = order->items[i];
    order->count = kept;
}

static bool is_back(const struct log_entry *entry, const struct log_entry *before)
{
    return entry->time.seconds + LEAST_BACK < before->time.seconds;
}

/* How many records, from that at `index` on, are earlier than the one before it. */
static size_t count_behind(const struct log_order *order, size_t index)
{
    size_t end = index;

    while (end < order->count &&
           instant_compare(&order->items[end].time, &order->items[index - 1].time) < 0)
        end++;
    return end - index;
}

static int tell(const struct log_entry *entry, const char *code, const char *message,
                const struct buffer *evidence, examine_sink sink, void *context)
{
    struct record record;

    if (evidence->failed)
        return -1;
    record_begin(&record, RECORD_ANOMALY);
    record_time(&record, FIELD_DATETIME, &entry->time);
    record_text(&record, FIELD_CODE, code);
    record_text_n(&record, FIELD_EVIDENCE, buffer_text(evidence), evidence->length);
    record_text(&record, FIELD_MESSAGE, message);
    return sink(context, &record);
}

int log_order_check(struct log_order *order, bool numbered, examine_sink sink, void *context)
{
    struct buffer evidence = BUFFER_INIT;
    int told = 0, result = 0;

    if (order->count > 1)
        qsort(order->items, order->count, sizeof *order->items, compare);
    keep_latest(order);
    for (size_t i = 1; i < order->count && told < MOST_TOLD && result == 0; i++) {
        const struct log_entry *before = &order->items[i - 1], *entry = &order->items[i];
        size_t behind = is_back(entry, before) ? count_behind(order, i) : 0;
        bool back = behind > 1 || (behind == 1 && i + 1 == order->count);
        bool missing = numbered && entry->number > before->number + 1;
        if (!back && !missing)
            continue;
        told++;
        buffer_clear(&evidence);
        add_entry(&evidence, before);
        buffer_add_text(&evidence, ", ");
        add_entry(&evidence, entry);
        if (back)
            buffer_add_format(&evidence, ", %zu record%s until that time was reached again",
                              behind, behind == 1 ? "" : "s");
        result = back ? tell(entry, "clock-set-back",
                             "a later record has an earlier time: the clock may have been set "
                             "back; a wrong clock that is corrected, events of a shutdown that are "
                             "written at the next start, a virtual machine that "
                             "is resumed and another system on the disk do that too",
                             &evidence, sink, context)
                      : tell(entry, "log-gap",
                             "numbers of records are missing between these: they may have been "
                             "removed; a log that is damaged or was copied in part has gaps too",
                             &evidence, sink, context);
    }
    buffer_release(&evidence);
    return result;
}
