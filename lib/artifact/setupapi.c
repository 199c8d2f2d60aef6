/* SPDX-License-Identifier: Apache-2.0 */

/*
 * setupapi: the logs of what was installed: devices, drivers, parts of Windows. Times are
 * by the local clock. Sources: Microsoft's "Troubleshooting Device Installation with the
 * SetupAPI Log File" and "SetupAPI Text Logs", compared with real logs.
 *
 *     2000 to 2003, setupapi.log
 *         [2003/05/22 16:35:47 336.12 Driver Install]    process, number in it, what
 *         #-199 Executing "..." with command line: ...    its messages: # E, W, I, - number
 *     from Vista on, setupapi.dev.log, .setup.log, .app.log, .offline.log
 *         [Boot Session: 2015/11/22 17:58:03.498]
 *         >>>  [Device Install (Hardware initiated) - SWD\...]
 *         >>>  Section start 2015/11/22 17:59:28.110
 *              cmd: ...                                   and more messages
 *         <<<  Section end 2015/11/22 17:59:28.188
 *         <<<  [Exit status: SUCCESS]
 */

#include <stdlib.h>
#include <string.h>

#include <fett/limits.h>
#include <fett/text.h>

#include "artifact_internal.h"

enum { WINDOWS_1252 = 1252, HEAD = 512, MOST_MESSAGE = 2048 };

static const char boot[] = "[Boot Session: ", title[] = ">>>  [", start[] = ">>>  Section start ",
                  status[] = "<<<  [Exit status: ";

/* Of the messages of a section the first of each of these is told. */
static const char *const told_messages[] = {
    "#-199 ", "#-198 ", "#-019 ", "#I123 ", "#I121 ", "#E", "cmd: ",
};

enum { TOLD = sizeof told_messages / sizeof *told_messages };

struct line {
    const char *text; /* without the space around it */
    size_t length;
    size_t at;        /* in the file as text */
};

/* What is told of the section that is read. */
struct section {
    const struct artifact_sink *sink;
    struct instant time;   /* absent: none is open */
    const char *what;
    struct buffer message;
    unsigned told;         /* a bit for each message */
    bool titled;           /* its title came, and not its start yet */
    size_t title_at;
};

static bool begins(const struct line *line, const char *with)
{
    return line->length >= strlen(with) && memcmp(line->text, with, strlen(with)) == 0;
}

static int number(const char *text, size_t digits)
{
    int value = 0;

    for (size_t i = 0; i < digits; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = 10 * value + (text[i] - '0');
    }
    return value;
}

/* "2003/05/22 16:35:47", maybe ".498" behind it; absent where there is none. */
static struct instant read_time(const char *text, size_t length)
{
    static const char form[] = "dddd/dd/dd dd:dd:dd";
    size_t size = sizeof form - 1;
    bool exact = length >= size + 4 && text[size] == '.' && number(text + size + 1, 3) >= 0;

    if (length < size)
        return INSTANT_NONE;
    for (size_t i = 0; i < size; i++)
        if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
            return INSTANT_NONE;
    return instant_from_civil(number(text, 4), number(text + 5, 2), number(text + 8, 2),
                              number(text + 11, 2), number(text + 14, 2), number(text + 17, 2),
                              exact ? (uint32_t)number(text + size + 1, 3) * 1000000 : 0,
                              exact ? PRECISION_MILLISECOND : PRECISION_SECOND, true);
}

/* Where the process and the number of a section end: "[2003/05/22 16:35:47 336.12 Driver
 * Install]"; 0: it is no such line. */
static size_t behind_process(const struct line *line)
{
    size_t begin = strlen("[dddd/dd/dd dd:dd:dd "), at = begin, dots = 0;

    if (line->length <= begin || line->text[0] != '[' || line->text[begin - 1] != ' ' ||
        read_time(line->text + 1, line->length - 1).state == INSTANT_ABSENT)
        return 0;
    for (; at < line->length && (line->text[at] == '.' ||
                                 (line->text[at] >= '0' && line->text[at] <= '9')); at++)
        dots += line->text[at] == '.';
    return dots == 1 && at < line->length ? at : 0;
}

static bool is_beginning(const struct line *line)
{
    return begins(line, "[SetupAPI Log]") || begins(line, "[Device Install Log]") ||
           begins(line, boot) || behind_process(line) > 0;
}

/* The next line of a text, without the space around it; false: it ended. */
static bool next_line(const struct buffer *text, size_t *at, struct line *line)
{
    if (*at >= text->length)
        return false;
    const char *newline = memchr(text->data + *at, '\n', text->length - *at);
    size_t next = newline ? (size_t)(newline - text->data) + 1 : text->length;
    *line = (struct line){ text->data + *at, next - *at, *at };
    *at = next;
    while (line->length > 0 && strchr(" \t\r\n", line->text[line->length - 1]))
        line->length--;
    for (; line->length > 0 && (*line->text == ' ' || *line->text == '\t'); line->text++)
        line->length--;
    return true;
}

static bool is_setupapi(const uint8_t *head, size_t size)
{
    struct buffer text = BUFFER_INIT;
    struct line line;
    bool is = false;

    if (memchr(head, '[', size < HEAD ? size : HEAD)) /* most files have none there */
        text_add_file(&text, WINDOWS_1252, head, size < HEAD ? size : HEAD);
    for (size_t at = 0; !is && next_line(&text, &at, &line);)
        is = is_beginning(&line);
    buffer_release(&text);
    return is;
}

static bool is_setupapi_path(const char *path, size_t length)
{
    return path_has_name(path, length, "setupapi*.log");
}

/* Hand out the section that is open. */
static int finish(struct section *section, struct error *error)
{
    struct record record;
    int result = 0;

    record_begin(&record, RECORD_EVENT);
    if (section->message.failed)
        result = error_set_memory(error);
    else if (section->time.state != INSTANT_ABSENT)
        result = artifact_event(section->sink, &record, &section->time, "setupapi",
                                section->what, &section->message, error);
    if (result == 0 && section->titled)
        artifact_damage(section->sink, section->title_at, "a section of setup without its start");
    buffer_clear(&section->message);
    section->time = INSTANT_NONE;
    section->told = 0;
    section->titled = false;
    return result;
}

static void add(struct section *section, const char *text, size_t length)
{
    struct buffer *message = &section->message;

    if (message->length >= MOST_MESSAGE)
        return;
    if (message->length > 0)
        buffer_add_text(message, "; ");
    if (length > MOST_MESSAGE)
        length = text_valid_length(text, MOST_MESSAGE);
    buffer_add(message, text, length);
}

/* What stands in a line behind a mark, to its closing bracket. */
static void add_rest(struct section *section, const struct line *line, size_t from)
{
    size_t length = line->length;

    if (length > from && line->text[length - 1] == ']')
        length--;
    if (length > from)
        add(section, line->text + from, length - from);
}

static void read_start(struct section *section, const struct line *line)
{
    section->time = read_time(line->text + strlen(start), line->length - strlen(start));
    section->what = "setup begun";
    section->titled = false;
    if (section->time.state == INSTANT_ABSENT)
        artifact_damage(section->sink, line->at, "a section of setup without a time");
}

static int read_boot(struct section *section, const struct line *line, struct error *error)
{
    section->time = read_time(line->text + strlen(boot), line->length - strlen(boot));
    section->what = "Windows started";
    if (section->time.state == INSTANT_ABSENT)
        artifact_damage(section->sink, line->at, "a boot session without a time");
    buffer_add_text(&section->message, "Windows was started");
    return finish(section, error);
}

static void read_message(struct section *section, const struct line *line)
{
    for (size_t i = 0; i < TOLD; i++)
        if (begins(line, told_messages[i]) && !(section->told >> i & 1)) {
            section->told |= 1u << i;
            add(section, line->text, line->length);
        }
}

static int read_line(struct section *section, const struct line *line, struct error *error)
{
    size_t old = behind_process(line);
    bool titled = begins(line, title), booted = begins(line, boot);
    int result = old > 0 || titled || booted ? finish(section, error) : 0;

    if (result != 0)
        return result;
    if (old > 0) {
        section->time = read_time(line->text + 1, line->length - 1);
        section->what = "setup begun";
        old += line->text[old] == ' ';
        if (old + 1 < line->length)
            add_rest(section, line, old);
        else
            buffer_add_text(&section->message, "setup");
    } else if (booted) {
        return read_boot(section, line, error);
    } else if (titled) {
        section->titled = true;
        section->title_at = line->at;
        add_rest(section, line, strlen(title));
    } else if (begins(line, start)) {
        read_start(section, line);
    } else if (begins(line, status) && section->time.state != INSTANT_ABSENT) {
        add_rest(section, line, strlen("<<<  ["));
    } else {
        read_message(section, line);
    }
    return 0;
}

static int parse_text(const struct buffer *text, const struct artifact_sink *sink,
                      struct error *error)
{
    struct section section = { .sink = sink, .message = BUFFER_INIT };
    struct line line;
    int result = 0;

    for (size_t at = 0; result == 0 && next_line(text, &at, &line);)
        if (line.length > 0)
            result = read_line(&section, &line, error);
    if (result == 0)
        result = finish(&section, error);
    buffer_release(&section.message);
    return result;
}

static int parse_setupapi(struct reader *reader, const struct artifact_sink *sink,
                          struct error *error)
{
    struct buffer text = BUFFER_INIT;
    uint8_t *data;
    size_t size;

    if (artifact_read(reader, LIMIT_EVENT_LOG_BYTES, sink, &data, &size, error) != 0)
        return -1;
    text_add_file(&text, WINDOWS_1252, data, size);
    free(data);
    int result = text.failed ? error_set_memory(error) : parse_text(&text, sink, error);
    buffer_release(&text);
    return result;
}

const struct artifact_format artifact_setupapi = {
    "setupapi", "logs of devices and drivers that were installed", is_setupapi,
    is_setupapi_path, parse_setupapi,
};
