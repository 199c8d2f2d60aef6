/* SPDX-License-Identifier: Apache-2.0 */

/*
 * log_order: the numbers of a log against its times. Numbers only rise: where the time
 * falls behind, the clock was set back; where numbers are missing, so are records.
 */

#include <stdlib.h>
#include <string.h>

#include "log_order.h"

/* Less is what a clock is corrected by over the network. */
enum { LEAST_BACK = 60, MOST_TOLD = 100 };

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
    for (size_t i = 1; i < order->count && told < MOST_TOLD && result == 0; i++) {
        const struct log_entry *before = &order->items[i - 1], *entry = &order->items[i];
        bool back = entry->time.seconds + LEAST_BACK < before->time.seconds;
        bool missing = numbered && entry->number > before->number + 1;
        if (!back && !missing)
            continue;
        told++;
        buffer_clear(&evidence);
        add_entry(&evidence, before);
        buffer_add_text(&evidence, ", ");
        add_entry(&evidence, entry);
        result = back ? tell(entry, "clock-set-back",
                             "a later record has an earlier time: the clock may have been set "
                             "back; a wrong clock that is corrected, a virtual machine that "
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
