/* SPDX-License-Identifier: Apache-2.0 */

/*
 * .job files, by [MS-TSCH] 2.4. All numbers are little-endian.
 *
 *      0  2  version of Windows NT (0x0400 ... 0x0601)     44  4  status
 *      2  2  version of the format: 1                      48  4  flags
 *      4 16  UUID                                          52 16  last run: local; year,
 *     20  2  offset of the name of the program: 70                month, day of the week,
 *     22  2  offset of the triggers                               day, hour, minute, second,
 *     24  8  retries and their interval                           millisecond, 2 bytes each
 *     32  4  priority, 36 4 longest run, 40 4 exit code    68  2  running instances
 *
 * From 70 on five texts: program, arguments, folder, author, comment, each 2 bytes
 * count of UTF-16 units with the NUL, then those; two blocks of 2 bytes size and
 * content; at the offset above 2 bytes count of triggers, then 48 bytes each:
 *
 *      0  2  size, 2 2 reserved                            28  4  flags: 1 it ends, 2 killed
 *      4  6  first day: year, month, day                           at its end, 4 disabled
 *     10  6  last day                                      32  4  type
 *     16  4  hour, minute                                  36  6  days, weeks, months by type
 *     20  8  minutes that it is repeated for, and between  42  6  reserved
 */

#include <fett/bytes.h>
#include <fett/text.h>

#include "task_internal.h"

enum {
    FIXED_SIZE = 68, TRIGGER_SIZE = 48,
    FLAG_DISABLED = 0x4, FLAG_HIDDEN = 0x200,
    TRIGGER_HAS_END = 0x1, TRIGGER_DISABLED = 0x4,
};

bool task_is_job(const uint8_t *data, size_t size)
{
    return size >= FIXED_SIZE && bytes_u16le(data + 2) == 1 && data[1] <= 0x0a &&
           bytes_u16le(data) >= 0x0400 && bytes_u16le(data + 20) >= FIXED_SIZE &&
           bytes_u16le(data + 20) < size;
}

static struct instant read_time(struct cursor *file)
{
    uint16_t parts[8];

    for (size_t i = 0; i < 8; i++)
        parts[i] = cursor_u16(file);
    if (file->failed || parts[7] > 999)
        return INSTANT_NONE;
    return instant_from_civil(parts[0], parts[1], parts[3], parts[4], parts[5], parts[6],
                              parts[7] * UINT32_C(1000000), PRECISION_MILLISECOND, true);
}

static int read_text(char **to, struct cursor *file, struct error *error)
{
    struct buffer text = BUFFER_INIT;
    size_t units = cursor_u16(file), length = 0;
    const uint8_t *data = cursor_bytes(file, 2 * units);

    if (cursor_check(file, error) != 0)
        return -1;
    while (length < units && bytes_u16le(data + 2 * length) != 0)
        length++;
    text_add_utf16le(&text, data, length);
    int result = buffer_keep(&text, to, error);
    buffer_release(&text);
    return result;
}

/* The names of the bits of a mask, each behind a blank. */
static void add_names(struct buffer *text, const char *const *names, unsigned count, unsigned mask)
{
    for (unsigned i = 0; i < count; i++)
        if (mask >> i & 1)
            buffer_add_format(text, " %s", names[i]);
}

void task_add_days(struct buffer *text, unsigned days)
{
    static const char *const names[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };

    add_names(text, names, 7, days);
}

static void add_type(struct buffer *text, uint32_t type, const uint16_t specific[3])
{
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

    switch (type) {
    case 0:
        buffer_add_text(text, "once");
        break;
    case 1:
        buffer_add_text(text, "daily");
        if (specific[0] > 1)
            buffer_add_format(text, " every %u days", specific[0]);
        break;
    case 2:
        buffer_add_text(text, "weekly");
        if (specific[0] > 1)
            buffer_add_format(text, " every %u weeks", specific[0]);
        task_add_days(text, specific[1]);
        break;
    case 3:
        buffer_add_text(text, "monthly on days");
        for (unsigned i = 0; i < 31; i++)
            if ((specific[0] | (uint32_t)specific[1] << 16) >> i & 1)
                buffer_add_format(text, " %u", i + 1);
        add_names(text, months, 12, specific[2]);
        break;
    case 4:
        buffer_add_format(text, "monthly in week %u", specific[0]);
        task_add_days(text, specific[1]);
        add_names(text, months, 12, specific[2]);
        break;
    case 5:
        buffer_add_text(text, "when idle");
        break;
    case 6:
        buffer_add_text(text, "at system start");
        break;
    case 7:
        buffer_add_text(text, "at logon");
        break;
    default:
        buffer_add_format(text, "type %u", (unsigned)type);
        break;
    }
}

static int read_trigger(struct task *task, struct cursor *file, struct error *error)
{
    enum { WITH_TIME = 4 }; /* types from here on but "monthly in week" have none */
    struct buffer text = BUFFER_INIT;
    uint16_t begin[3], end[3], specific[3];
    size_t start = file->at;

    cursor_skip(file, 4);
    for (size_t i = 0; i < 3; i++)
        begin[i] = cursor_u16(file);
    for (size_t i = 0; i < 3; i++)
        end[i] = cursor_u16(file);
    unsigned hour = cursor_u16(file), minute = cursor_u16(file);
    uint32_t duration = cursor_u32(file), interval = cursor_u32(file);
    uint32_t flags = cursor_u32(file), type = cursor_u32(file);
    for (size_t i = 0; i < 3; i++)
        specific[i] = cursor_u16(file);
    cursor_seek(file, start + TRIGGER_SIZE);
    if (cursor_check(file, error) != 0)
        return -1;
    add_type(&text, type, specific);
    if (type <= WITH_TIME) {
        buffer_add_format(&text, " %02u:%02u", hour, minute);
        buffer_add_format(&text, " from %04u-%02u-%02u", begin[0], begin[1], begin[2]);
    }
    if (flags & TRIGGER_HAS_END)
        buffer_add_format(&text, " to %04u-%02u-%02u", end[0], end[1], end[2]);
    if (interval > 0)
        buffer_add_format(&text, ", every %u minutes for %u", (unsigned)interval,
                          (unsigned)duration);
    if (flags & TRIGGER_DISABLED)
        buffer_add_text(&text, ", disabled");
    int result = task_add_trigger(task, &text, error);
    buffer_release(&text);
    return result;
}

static int read_triggers(struct task *task, struct cursor *file, size_t offset,
                         struct error *error)
{
    int result = 0;

    cursor_seek(file, offset);
    size_t count = cursor_u16(file);
    if (cursor_check(file, error) != 0)
        return -1;
    while (count-- > 0 && result == 0)
        result = read_trigger(task, file, error);
    return result;
}

int task_read_job(struct task *task, const uint8_t *data, size_t size, struct error *error)
{
    struct task_action action = { .kind = TASK_PROGRAM };
    char **const texts[] = { &action.command, &action.arguments, &action.folder, &task->author,
                             &task->comment };
    struct cursor file;
    int result = 0;

    *task = (struct task){ .disabled = false };
    cursor_init(&file, data, size, 0, "job");
    if (!task_is_job(data, size))
        return error_set(error, ERROR_DAMAGED, "job: its first %zu bytes are not those of one",
                         size < FIXED_SIZE ? size : (size_t)FIXED_SIZE);
    cursor_seek(&file, 20);
    size_t name_offset = cursor_u16(&file), trigger_offset = cursor_u16(&file);
    cursor_seek(&file, 48);
    uint32_t flags = cursor_u32(&file);
    task->disabled = flags & FLAG_DISABLED;
    task->hidden = flags & FLAG_HIDDEN;
    task->last_run = read_time(&file);
    cursor_seek(&file, name_offset);
    for (size_t i = 0; i < sizeof texts / sizeof *texts && result == 0; i++)
        result = read_text(texts[i], &file, error);
    if (action.command && task_add_action(task, &action, result == 0 ? error : NULL) != 0)
        result = -1;
    task_action_release(&action);
    return result == 0 ? read_triggers(task, &file, trigger_offset, error) : result;
}
