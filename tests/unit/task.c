/* SPDX-License-Identifier: Apache-2.0 */

/* Tasks: .job files made byte by byte as [MS-TSCH] has them, and XML. */

#include <stdlib.h>

#include <fett/buffer.h>
#include <fett/task.h>

#include "tap.h"

static void u16(struct buffer *file, unsigned value)
{
    uint8_t bytes[2] = { (uint8_t)value, (uint8_t)(value >> 8) };

    buffer_add(file, bytes, sizeof bytes);
}

static void text(struct buffer *file, const char *string)
{
    u16(file, *string ? (unsigned)strlen(string) + 1 : 0);
    for (const char *at = string; *at; at++)
        u16(file, (unsigned char)*at);
    if (*string)
        u16(file, 0);
}

static void words(struct buffer *file, const unsigned *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        u16(file, values[i]);
}

static void job(struct buffer *file, unsigned flags)
{
    static const unsigned run[] = { 2010, 2, 3, 28, 23, 59, 58, 999 };

    u16(file, 0x0501);
    u16(file, 1);
    buffer_add(file, "0123456789abcdef", 16);
    u16(file, 70);
    u16(file, 0); /* triggers: set below */
    for (int i = 0; i < 12; i++)
        u16(file, 0);
    u16(file, flags);
    u16(file, 0);
    words(file, run, 8);
    u16(file, 0);
    text(file, "C:\\evil\\a.exe");
    text(file, "-x y");
    text(file, "C:\\evil");
    text(file, "bob");
    text(file, "");
    u16(file, 0);
    u16(file, 2);
    buffer_add(file, "..", 2);
    file->data[22] = (char)file->length;
}

static void trigger(struct buffer *file, unsigned type, unsigned flags, unsigned a, unsigned b,
                    unsigned c)
{
    const unsigned values[] = { 48, 0, 2010, 1, 2, 2011, 3, 4, 5, 6, 120, 0, 15, 0,
                                flags, 0, type, 0, a, b, c, 0, 0, 0 };

    words(file, values, 24);
}

static int read_job(struct task *task, const struct buffer *file, size_t size)
{
    uint8_t *exact = malloc(size + !size);

    memcpy(exact, file->data, size);
    int result = task_read_job(task, exact, size, NULL);
    free(exact);
    return result;
}

static void test_job(void)
{
    static const char *const expected[] = {
        "once 05:06 from 2010-01-02, every 15 minutes for 120",
        "daily every 3 days 05:06 from 2010-01-02 to 2011-03-04, every 15 minutes for 120",
        "weekly every 2 weeks Mon Sat 05:06 from 2010-01-02, every 15 minutes for 120",
        "monthly on days 1 31 Jan Dec 05:06 from 2010-01-02, every 15 minutes for 120",
        "monthly in week 2 Sun Jun 05:06 from 2010-01-02, every 15 minutes for 120",
        "when idle, every 15 minutes for 120",
        "at system start, every 15 minutes for 120, disabled",
        "at logon, every 15 minutes for 120",
    };
    struct buffer file = BUFFER_INIT;
    struct task task;
    char time[INSTANT_TEXT_SIZE];

    job(&file, 0x204);
    u16(&file, 8);
    trigger(&file, 0, 0, 0, 0, 0);
    trigger(&file, 1, 1, 3, 0, 0);
    trigger(&file, 2, 0, 2, 0x42, 0);
    trigger(&file, 3, 0, 1, 0x4000, 0x801);
    trigger(&file, 4, 0, 2, 1, 0x20);
    trigger(&file, 5, 0, 0, 0, 0);
    trigger(&file, 6, 4, 0, 0, 0);
    trigger(&file, 7, 0, 0, 0, 0);
    ok(read_job(&task, &file, file.length) == 0, "a job");
    ok(task.action_count == 1 && task.trigger_count == 8, "one action, eight triggers");
    same_text(task.actions[0].command, "C:\\evil\\a.exe", "program");
    same_text(task.actions[0].arguments, "-x y", "arguments");
    same_text(task.actions[0].folder, "C:\\evil", "folder");
    same_text(task.author, "bob", "author");
    same_text(task.comment, NULL, "no comment");
    ok(task.disabled && task.hidden, "flags");
    instant_format(&task.last_run, time);
    same_text(time, "2010-02-28T23:59:58.999000000", "last run, local");
    for (size_t i = 0; i < task.trigger_count; i++)
        same_text(task.triggers[i], expected[i], "trigger");
    task_release(&task);
    bool told = true;
    for (size_t size = 0; size < file.length; size++) {
        told &= read_job(&task, &file, size) == -1;
        task_release(&task);
    }
    ok(told, "each cut is damage");
    read_job(&task, &file, file.length - 1);
    ok(task.action_count == 1 && task.trigger_count == 7, "what stands before it is there");
    task_release(&task);
    file.data[2] = 2;
    ok(read_job(&task, &file, file.length) == -1, "another version is none");
    task_release(&task);
    buffer_release(&file);
}

static int xml(struct task *task, const char *document)
{
    size_t size = strlen(document);
    uint8_t *exact = malloc(size + !size);

    memcpy(exact, document, size);
    int result = task_read_xml(task, exact, size, NULL);
    free(exact);
    return result;
}

static const char document[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<!DOCTYPE Task [<!ENTITY a \"xxxxxxxx\">]>\n"
    "<Task version=\"1.2\" xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">\n"
    "  <RegistrationInfo><Date>2009-11-22T08:14:04.5</Date><Author>A &amp; B&#x21;</Author>\n"
    "    <URI>\\Evil</URI><!-- <URI>no</URI> --></RegistrationInfo>\n"
    "  <Triggers>\n"
    "    <LogonTrigger><Enabled>true</Enabled></LogonTrigger>\n"
    "    <CalendarTrigger><StartBoundary>2009-01-01T00:00:00</StartBoundary>\n"
    "      <Enabled>false</Enabled><ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>\n"
    "    </CalendarTrigger><BootTrigger/>\n"
    "  </Triggers>\n"
    "  <Principals><Principal id=\"a>b\"><UserId>S-1-5-18</UserId></Principal></Principals>\n"
    "  <Settings><Enabled>false</Enabled><Hidden>1</Hidden></Settings>\n"
    "  <Actions Context='x'>\n"
    "    <Exec><Command> C:\\a.exe </Command><Arguments>&lt;&a;&unknown &quot;<![CDATA[<&>]]></Arguments>"
    "<WorkingDirectory>C:\\</WorkingDirectory></Exec>\n"
    "    <ComHandler><ClassId>{0-1}</ClassId><Data><![CDATA[d]]></Data></ComHandler>\n"
    "    <Exec><Command/></Exec>\n"
    "    <x:SendEmail><x:To>a@example.com</x:To></x:SendEmail>\n"
    "  </Actions>\n"
    "</Task>\n";

static void test_xml(void)
{
    struct task task;
    char time[INSTANT_TEXT_SIZE];

    ok(xml(&task, document) == 0, "XML");
    same_text(task.uri, "\\Evil", "URI; a comment is none");
    same_text(task.author, "A & B!", "entities");
    same_text(task.user, "S-1-5-18", "user");
    instant_format(&task.registered, time);
    same_text(time, "2009-11-22T08:14:04.500000000", "registered, local");
    ok(task.disabled && task.hidden, "settings");
    ok(task.trigger_count == 3, "three triggers");
    same_text(task.triggers[0], "LogonTrigger", "a trigger that is enabled");
    same_text(task.triggers[1],
              "CalendarTrigger StartBoundary=2009-01-01T00:00:00 disabled DaysInterval=1",
              "one that is not");
    same_text(task.triggers[2], "BootTrigger", "one that is empty");
    ok(task.action_count == 3, "three actions: an empty program is none");
    same_text(task.actions[0].command, "C:\\a.exe", "program, without blanks around it");
    same_text(task.actions[0].arguments, "<&a;&unknown \"<&>",
              "entities that a document defines are not expanded");
    same_text(task.actions[0].folder, "C:\\", "folder");
    ok(task.actions[1].kind == TASK_CLASS, "a class");
    same_text(task.actions[1].command, "{0-1}", "its id");
    same_text(task.actions[1].arguments, "d", "its data");
    same_text(task.actions[2].command, "SendEmail", "another action, with a prefix");
    task_release(&task);
    /* Cut anywhere before the last tag. */
    const char *end = strstr(document, "</Task>");
    bool told = true;
    for (size_t size = 0; document + size < end; size++) {
        char *cut = strndup(document, size);
        told &= xml(&task, cut) == -1;
        task_release(&task);
        free(cut);
    }
    ok(told, "each cut is damage");
    char *cut = strndup(document, (size_t)(strstr(document, "<WorkingDirectory") - document));
    xml(&task, cut);
    ok(task.action_count == 1, "a program before the damage counts");
    task_release(&task);
    free(cut);
    ok(xml(&task, "<Task><Actions><Exec></Task>") == -1, "ends crossed");
    task_release(&task);
    ok(xml(&task, "<html><body>no task</body></html>") == -1, "another document");
    task_release(&task);
    ok(xml(&task, "") == -1, "nothing");
    task_release(&task);
}

static void test_encodings(void)
{
    static const char plain[] = "<Task><Actions><Exec><Command>x</Command></Exec></Actions></Task>";
    struct buffer file = BUFFER_INIT;
    struct task task;

    buffer_add(&file, "\xff\xfe", 2);
    for (const char *at = plain; *at; at++)
        u16(&file, (unsigned char)*at);
    ok(task_read_xml(&task, (uint8_t *)file.data, file.length, NULL) == 0, "UTF-16");
    same_text(task.actions[0].command, "x", "its program");
    task_release(&task);
    buffer_release(&file);
    ok(xml(&task, "<Task><RegistrationInfo><Author>\xe4</Author></RegistrationInfo></Task>") == 0,
       "8-bit text");
    same_text(task.author, "\u00e4", "is Windows-1252");
    task_release(&task);
    /* Deep, and with long names: it ends. */
    for (int i = 0; i < 100000; i++)
        buffer_add_text(&file, "<a>");
    ok(task_read_xml(&task, (uint8_t *)file.data, file.length, NULL) == -1, "nested too deep");
    task_release(&task);
    buffer_release(&file);
}

static void blob_text(struct buffer *blob, const char *string)
{
    u16(blob, 2 * (unsigned)strlen(string));
    u16(blob, 0);
    for (; *string; string++)
        u16(blob, (unsigned char)*string);
}

static void test_registry(void)
{
    /* As published: cmd.exe /c notepad.exe in c:\windows, version 1; without folder but
     * with context and flags, version 3. */
    struct buffer blob = BUFFER_INIT;
    struct task task = { .disabled = false };
    uint8_t triggers[48] = { 0x15 }, info[28] = { 3 };
    char time[INSTANT_TEXT_SIZE];

    u16(&blob, 1);
    u16(&blob, 0x6666);
    blob_text(&blob, "");
    blob_text(&blob, "cmd.exe");
    blob_text(&blob, "/c notepad.exe");
    blob_text(&blob, "c:\\windows\\");
    ok(task_read_actions(&task, (uint8_t *)blob.data, blob.length, NULL) == 0, "version 1");
    same_text(task.actions[0].command, "cmd.exe", "program");
    same_text(task.actions[0].folder, "c:\\windows\\", "folder");
    task_release(&task);
    buffer_clear(&blob);
    u16(&blob, 3);
    blob_text(&blob, "Author");
    u16(&blob, 0x6666);
    blob_text(&blob, "");
    blob_text(&blob, "cmd.exe");
    blob_text(&blob, "/c notepad.exe");
    blob_text(&blob, "");
    u16(&blob, 0);
    size_t first = blob.length;
    u16(&blob, 0x7777);
    blob_text(&blob, "id");
    buffer_add(&blob, "\x67\x45\x23\x01\xab\x89\xef\xcd\x01\x23\x45\x67\x89\xab\xcd\xef", 16);
    blob_text(&blob, "data");
    u16(&blob, 0x9999);
    blob_text(&blob, "");
    blob_text(&blob, "caption");
    task = (struct task){ .disabled = false };
    ok(task_read_actions(&task, (uint8_t *)blob.data, blob.length, NULL) == 0, "version 3");
    ok(task.action_count == 3, "three actions");
    same_text(task.actions[0].arguments, "/c notepad.exe", "arguments");
    same_text(task.actions[1].command, "{01234567-89AB-CDEF-0123-456789ABCDEF}", "class");
    same_text(task.actions[1].arguments, "data", "its data");
    same_text(task.actions[2].command, "ShowMessage", "message");
    task_release(&task);
    bool told = true;
    for (size_t size = 0; size < blob.length - 30; size++) {
        uint8_t *exact = malloc(size + !size);
        memcpy(exact, blob.data, size);
        task = (struct task){ .disabled = false };
        bool whole = size == first || size == 2 + 4 + 12;
        told &= (task_read_actions(&task, exact, size, NULL) == 0) == whole || size > first;
        task_release(&task);
        free(exact);
    }
    ok(told, "each cut of a program is damage");
    blob.data[0] = 9;
    ok(task_read_actions(&task, (uint8_t *)blob.data, blob.length, NULL) == -1,
       "a version that is not known");
    task = (struct task){ .disabled = false };
    task_read_triggers(&task, triggers, sizeof triggers, NULL);
    task_release(&task);
    ok(task.disabled && !task.hidden, "disabled");
    triggers[42] = 0xc1; /* as Windows 8.1 has it: 38 21 41 43, and hidden */
    task_read_triggers(&task, triggers, sizeof triggers, NULL);
    task_release(&task);
    ok(!task.disabled && task.hidden, "enabled and hidden");
    triggers[0] = 0;
    triggers[42] = 0;
    task_read_triggers(&task, triggers, sizeof triggers, NULL);
    task_release(&task);
    ok(!task.disabled, "a version that is not known says nothing");
    memcpy(info + 12, "\x00\x2e\x4b\x2d\x5c\x54\xc0\x01", 8);
    task_read_times(&task, info, sizeof info);
    instant_format(&task.last_run, time);
    same_text(time, "2000-11-22T08:14:04.000000000Z", "last run");
    ok(task.registered.state == INSTANT_ABSENT, "not registered");
    buffer_release(&blob);
}

static void u32(struct buffer *blob, uint32_t number)
{
    const uint8_t bytes[] = { number & 0xff, number >> 8 & 0xff, number >> 16 & 0xff, number >> 24 };

    buffer_add(blob, (const char *)bytes, 4);
}

/* A number, and what fills it up to 8 bytes, which Windows leaves as it was. */
static void filled(struct buffer *blob, uint32_t number)
{
    u32(blob, number);
    u32(blob, 0x48484848);
}

/* As it stands in Windows 10: 2011-01-05T10:20:30Z as FILETIME, or none. */
static void start_time(struct buffer *blob, bool local, bool none)
{
    filled(blob, local);
    u32(blob, none ? UINT32_MAX : 0x2daaeb00);
    u32(blob, none ? UINT32_MAX : 0x01cbacc2);
}

static void trigger_id(struct buffer *blob)
{
    u32(blob, 2);
    buffer_add(blob, "A\0", 2);
    u16(blob, 0);
}

static void time_trigger(struct buffer *blob, unsigned mode, unsigned every, unsigned days)
{
    filled(blob, 0xdddd);
    start_time(blob, true, false);
    start_time(blob, false, true);
    start_time(blob, false, true);
    u32(blob, mode == 0 ? 900 : 0); /* repetition */
    u32(blob, mode == 0 ? UINT32_MAX : 0);
    u32(blob, 0);
    u32(blob, mode);
    u16(blob, every);
    u16(blob, days);
    u16(blob, 0);
    u16(blob, 0);
    u16(blob, mode == 2 ? 0 : 0x100); /* enabled in the second byte */
    u16(blob, 0);
    u32(blob, 0);
    u32(blob, 0);
    u32(blob, 0);
    trigger_id(blob);
}

static void other_trigger(struct buffer *blob, unsigned kind, unsigned delay)
{
    filled(blob, kind);
    start_time(blob, false, true);
    start_time(blob, false, true);
    u32(blob, delay);
    for (int i = 0; i < 5; i++)
        u32(blob, 0);
    filled(blob, 1);
    filled(blob, 0);
    trigger_id(blob);
}

static void some_user(struct buffer *blob, bool any)
{
    filled(blob, !any);
    if (!any)
        return;
    filled(blob, 0);
    filled(blob, 1);
    filled(blob, 12);
    buffer_add(blob, "\1\1\0\0\0\0\0\5\x12\0\0\0\0\0\0\0", 16); /* S-1-5-18 */
    filled(blob, 2);
    buffer_add(blob, "a\0\0\0\0\0\0\0", 8);
}

static void test_triggers(void)
{
    char unknown[64];
    const char *const expected[] = {
        "once from 2011-01-05T10:20:30, every 900 seconds",
        "daily every 3 days from 2011-01-05T10:20:30",
        "weekly Mon Sat from 2011-01-05T10:20:30, disabled",
        "monthly from 2011-01-05T10:20:30",
        "at logon of S-1-5-18, 60 seconds later",
        "at an event: <Q/>",
        "at session lock",
        "at system start",
        unknown,
    };
    struct buffer blob = BUFFER_INIT;
    struct task task = { .disabled = false };

    filled(&blob, 0x17);
    start_time(&blob, false, true);
    start_time(&blob, false, true);
    filled(&blob, 0x42412108);
    filled(&blob, 0);
    filled(&blob, 12);
    buffer_add(&blob, "A\0u\0t\0h\0o\0r\0\0\0\0\0", 16);
    filled(&blob, 0);
    some_user(&blob, true);
    filled(&blob, 4);
    filled(&blob, 0);
    time_trigger(&blob, 0, 0, 0);
    time_trigger(&blob, 1, 3, 0);
    time_trigger(&blob, 2, 1, 0x42);
    time_trigger(&blob, 3, 1, 0);
    other_trigger(&blob, 0xaaaa, 60);
    some_user(&blob, true);
    other_trigger(&blob, 0xcccc, 0);
    filled(&blob, 4);
    buffer_add(&blob, "<\0Q\0/\0>\0\0\0\0\0\0\0\0\0", 16);
    filled(&blob, 0);
    filled(&blob, 0);
    filled(&blob, 0);
    other_trigger(&blob, 0x7777, 0);
    filled(&blob, 5);
    some_user(&blob, false);
    other_trigger(&blob, 0xffff, 0);
    snprintf(unknown, sizeof unknown, "not known, from byte %zu on", blob.length);
    filled(&blob, 0x1234);
    ok(task_read_triggers(&task, (uint8_t *)blob.data, blob.length, NULL) == 0, "triggers");
    same_number((long long)task.trigger_count, 9, "nine");
    for (size_t i = 0; i < task.trigger_count && i < 9; i++)
        same_text(task.triggers[i], expected[i], "trigger");
    task_release(&task);
    for (size_t size = 0; size < blob.length; size++) {
        uint8_t *exact = malloc(size + !size);
        memcpy(exact, blob.data, size);
        task = (struct task){ .disabled = false };
        task_read_triggers(&task, exact, size, NULL);
        task_release(&task);
        free(exact);
    }
    buffer_release(&blob);
}

int main(void)
{
    test_triggers();
    test_job();
    test_xml();
    test_encodings();
    test_registry();
    return tap_done();
}
