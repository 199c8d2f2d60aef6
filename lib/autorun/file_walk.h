/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILE_WALK_H
#define FILE_WALK_H

#include <fett/autorun_files.h>

/* Parts of autorun_walk_file. */
int autorun_walk_task(const struct autorun_file *file, const char *name, const uint8_t *data,
                      size_t size, const struct autorun_known *known, autorun_visit visit,
                      void *context, struct error *damage, struct error *error);
int autorun_walk_shortcut(const struct autorun_file *file, const char *name, const uint8_t *data,
                          size_t size, unsigned code_page, autorun_visit visit, void *context,
                          struct error *damage, struct error *error);

/* Add the server of a class, as the hives know it, and tell how it stands there. */
enum autorun_list add_server(struct buffer *text, const struct autorun_known *known,
                             const char *class);

/* Facts of one autostart, in the order in which they are told. */
enum { MOST_FACTS = 24 };
struct facts {
    struct member members[MOST_FACTS];
    size_t count;
};

static inline void facts_add(struct facts *facts, const char *name, struct value value)
{
    facts->members[facts->count++] = (struct member){ name, value };
}

/* Unless it is NULL, or absent. */
static inline void facts_add_text(struct facts *facts, const char *name, const char *text)
{
    if (text)
        facts_add(facts, name, value_text(text));
}

static inline void facts_add_time(struct facts *facts, const char *name,
                                  const struct instant *time)
{
    if (time->state != INSTANT_ABSENT)
        facts_add(facts, name, value_time(time));
}

/* Add a command line: the program in quotes, so that all of it is its name; it may
 * have some already. */
static inline void add_command(struct buffer *text, const char *program, const char *arguments)
{
    program += *program == '"';
    buffer_add_byte(text, '"');
    buffer_add(text, program, strcspn(program, "\""));
    buffer_add_byte(text, '"');
    if (arguments)
        buffer_add_format(text, " %s", arguments);
}

/* The same as it is shown. */
static inline void add_shown(struct buffer *text, const char *program, const char *arguments)
{
    buffer_add_text(text, program);
    if (arguments)
        buffer_add_format(text, " %s", arguments);
}

#endif
