/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What WMI's event consumers start: each that a __FilterToConsumerBinding binds to an
 * __EventFilter runs when that matches an event. See autorun_files.h.
 *
 * Both are named by paths, as a binding has them: CommandLineEventConsumer.Name="x", also
 * with the machine and the namespace before it ("\\\\.\\root\\subscription:"), with " and \ in
 * the name behind a backslash.
 */

#include <stdlib.h>

#include <fett/keyed.h>
#include <fett/limits.h>
#include <fett/text.h>
#include <fett/wmi.h>

#include "file_walk.h"

/* By what something is found: consumers and filters by their class and name, bindings by
 * those of their consumer. */
struct entry {
    uint64_t hash;
    size_t index; /* of the instance */
};

struct table {
    struct entry *entries; /* sorted */
    size_t count, capacity;
};

struct walk {
    const struct autorun_file *file;
    const struct wmi *wmi;
    struct table named, bound;
    autorun_visit visit;
    void *context;
};

static const char unbound[] = "no binding names this consumer, so nothing starts it";
static const char binding_deleted[] = "its binding was deleted, so nothing starts it";
static const char no_filter[] = "its binding names a filter that is not there";
static const char no_consumer[] = "a binding names this consumer, which is not there";
static const char lost_consumer[] =
    "a binding that was deleted names this consumer, of which nothing is left";
static const char class_unknown[] = "its class is not known: its texts are in their order";
static const char too_many[] = "no further bindings of this consumer are told";
static const char unreferenced[] =
    "whether it was deleted is not known, for the index cannot be read";
static const char binding_unreferenced[] =
    "whether its binding was deleted is not known, for the index cannot be read";

/* Add the class that a path names, a NUL, and the name. */
static void add_path(struct buffer *named, const char *text)
{
    const char *quote = strchr(text, '"'), *begin = text;
    size_t before = quote ? (size_t)(quote - text) : strlen(text);

    for (size_t i = 0; i < before; i++)
        if (text[i] == ':' || text[i] == '\\' || text[i] == '/')
            begin = text + i + 1;
    buffer_add(named, begin, strcspn(begin, ".=\""));
    buffer_add_byte(named, '\0');
    for (const char *at = quote ? quote + 1 : ""; *at && *at != '"'; at++) {
        at += *at == '\\' && at[1];
        buffer_add_byte(named, *at);
    }
}

/* Whether the layout of an instance is not known, and its texts have no names. */
static bool is_unnamed(const struct wmi_instance *instance)
{
    return instance->text_count > 0 && !instance->texts[0].name;
}

/* Names that an instance may have: of one whose texts have no names each of them. NULL behind
 * the last. */
static const char *name_of(const struct wmi_instance *instance, size_t index)
{
    if (is_unnamed(instance))
        return index < instance->text_count ? instance->texts[index].text : NULL;
    return index == 0 ? wmi_text(instance, "Name") : NULL;
}

static void add_named(struct buffer *named, const struct wmi_instance *instance, const char *name)
{
    buffer_add_text(named, instance->class);
    buffer_add_byte(named, '\0');
    buffer_add_text(named, name);
}

static uint64_t take_hash(struct buffer *named)
{
    uint64_t hash = text_hash_nocase(buffer_text(named), named->length);

    buffer_clear(named);
    return hash;
}

static int compare(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;

    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

static int add_entry(struct table *table, struct buffer *named, size_t index)
{
    if (named->failed || memory_grow((void **)&table->entries, &table->capacity, table->count + 1,
                                     sizeof *table->entries) != 0)
        return -1;
    table->entries[table->count++] = (struct entry){ take_hash(named), index };
    return 0;
}

static void sort(struct table *table)
{
    if (table->count > 0)
        qsort(table->entries, table->count, sizeof *table->entries, compare);
}

/* -1: no memory. */
static int make_tables(struct walk *walk)
{
    struct buffer named = BUFFER_INIT;
    int result = 0;

    for (size_t i = 0; i < walk->wmi->count && result == 0; i++) {
        const struct wmi_instance *instance = &walk->wmi->instances[i];
        const char *text = wmi_text(instance, "Consumer"), *name;
        if (instance->kind == WMI_BINDING) {
            add_path(&named, text ? text : "");
            result = add_entry(&walk->bound, &named, i);
        }
        for (size_t n = 0; (name = name_of(instance, n)) != NULL && result == 0; n++) {
            add_named(&named, instance, name);
            result = add_entry(&walk->named, &named, i);
        }
    }
    buffer_release(&named);
    sort(&walk->named);
    sort(&walk->bound);
    return result;
}

/* The first entry with a hash, or where it would be. */
static size_t first(const struct table *table, uint64_t hash)
{
    return keyed_find(table->entries, table->count, sizeof *table->entries, hash);
}

/* Whether what a binding names can be this: of one that is not deleted what is not deleted, in
 * its namespace; of deleted things any may belong together. */
static bool may_join(const struct wmi_instance *binding, const struct wmi_instance *instance)
{
    bool apart = binding->name_space_id != 0 && instance->name_space_id != 0 &&
                 binding->name_space_id != instance->name_space_id;

    return !apart && (binding->state == WMI_DELETED || instance->state != WMI_DELETED);
}

/* The consumer or filter that a text of a binding names, live ones before others. */
static const struct wmi_instance *find(const struct walk *walk, enum wmi_kind kind,
                                       const struct wmi_instance *binding, const char *property)
{
    const char *text = wmi_text(binding, property);
    struct buffer named = BUFFER_INIT;

    if (!text)
        return NULL;
    add_path(&named, text);
    uint64_t hash = take_hash(&named);
    buffer_release(&named);
    for (size_t i = first(&walk->named, hash);
         i < walk->named.count && walk->named.entries[i].hash == hash; i++) {
        const struct wmi_instance *found = &walk->wmi->instances[walk->named.entries[i].index];
        if (found->kind == kind && may_join(binding, found))
            return found;
    }
    return NULL;
}

/* --- what a consumer does --- */

/* The texts of a consumer that is neither command nor script, in order, with "; " between. */
static void add_texts(struct buffer *shown, const struct wmi_instance *consumer)
{
    for (size_t i = 0; i < consumer->text_count; i++) {
        const struct wmi_text *item = &consumer->texts[i];
        if (item->name && strcmp(item->name, "Name") == 0)
            continue;
        if (shown->length > 0)
            buffer_add_text(shown, "; ");
        if (item->name)
            buffer_add_format(shown, "%s=", item->name);
        buffer_add_text(shown, item->text);
    }
}

/* Fill in what it starts: a command line, of which ExecutablePath is the program where it is
 * there, or a script. */
static void set_action(struct autorun *autorun, const struct wmi_instance *consumer,
                       struct buffer *text, struct buffer *shown)
{
    const char *command = wmi_text(consumer, "CommandLineTemplate");
    const char *program = wmi_text(consumer, "ExecutablePath");
    const char *script = wmi_text(consumer, "ScriptText");
    const char *script_file = wmi_text(consumer, "ScriptFilename");

    if (program && *program) {
        add_command(text, program, NULL);
        autorun->arguments = command;
        add_shown(shown, program, command);
    } else if (command) {
        buffer_add_text(text, command);
        buffer_add_text(shown, command);
    } else if (script_file && *script_file) {
        add_command(text, script_file, NULL);
        add_shown(shown, script_file, script); /* both is not allowed, but what is there is told */
    } else if (script) {
        buffer_add_text(shown, script);
    } else {
        add_texts(shown, consumer);
    }
    autorun->folder = wmi_text(consumer, "WorkingDirectory");
    autorun->text = buffer_text(text);
    autorun->data = buffer_text(shown);
}

static void set_facts(struct facts *facts, const struct wmi_instance *consumer,
                      const struct wmi_instance *binding, const struct wmi_instance *filter)
{
    facts_add_text(facts, "class", consumer->class);
    facts_add_text(facts, "namespace", consumer->name_space);
    facts_add_text(facts, "creator", consumer->creator);
    facts_add_text(facts, "scripting_engine", wmi_text(consumer, "ScriptingEngine"));
    facts_add_text(facts, "working_folder", wmi_text(consumer, "WorkingDirectory"));
    if (filter) {
        facts_add_text(facts, "filter", wmi_text(filter, "Name"));
        facts_add_text(facts, "query", wmi_text(filter, "Query"));
        facts_add_text(facts, "query_language", wmi_text(filter, "QueryLanguage"));
        facts_add_text(facts, "event_namespace", wmi_text(filter, "EventNamespace"));
    } else if (binding) {
        facts_add_text(facts, "filter", wmi_text(binding, "Filter"));
    }
    facts_add(facts, "file_offset", value_number(consumer->offset));
    facts_add_time(facts, "time_1", &consumer->times[0]);
    facts_add_time(facts, "time_2", &consumer->times[1]);
}

/* What Windows' own table knows it by: all of it that matters. */
static void set_identity(struct buffer *identity, const struct wmi_instance *consumer,
                         const struct wmi_instance *filter, const struct buffer *shown)
{
    const char *name = wmi_text(consumer, "Name");
    const char *query = filter ? wmi_text(filter, "Query") : NULL;

    buffer_add_format(identity, "%s / %s / %s / %s", consumer->class, name ? name : "",
                      query ? query : "", buffer_text(shown));
}

/* A consumer as one binding, or none, starts it. */
static int emit(const struct walk *walk, const struct wmi_instance *consumer, const char *name,
                const struct wmi_instance *binding, const char *damaged, struct error *error)
{
    const struct wmi_instance *filter =
        binding ? find(walk, WMI_FILTER, binding, "Filter") : NULL;
    bool broken = binding && binding->state == WMI_DELETED && consumer->state != WMI_DELETED;
    struct buffer text = BUFFER_INIT, shown = BUFFER_INIT, identity = BUFFER_INIT;
    struct facts facts = { .count = 0 };
    struct autorun autorun = {
        .location = walk->file->id,
        .category = walk->file->category,
        .technique = walk->file->technique,
        .row = walk->file->id,
        .name = name ? name : "",
        .name_length = name ? strlen(name) : 0,
        .list = AUTORUN_ONE,
        .damaged = damaged,
        .deleted = consumer->state == WMI_DELETED,
        .enabled = consumer->state != WMI_DELETED && binding && !broken && filter,
        .says = { [AUTORUN_SAYS_VALUE] = is_unnamed(consumer) ? class_unknown : NULL,
                  [AUTORUN_SAYS_ROW] = consumer->state == WMI_DELETED ? NULL
                                       : !binding                     ? unbound
                                       : broken                       ? binding_deleted
                                       : !filter                      ? no_filter
                                                                      : NULL,
                  [AUTORUN_SAYS_LOST] =
                      consumer->state == WMI_UNREFERENCED             ? unreferenced
                      : binding && binding->state == WMI_UNREFERENCED ? binding_unreferenced
                                                                      : NULL },
    };

    set_action(&autorun, consumer, &text, &shown);
    set_facts(&facts, consumer, binding, filter);
    set_identity(&identity, consumer, filter, &shown);
    autorun.facts = facts.members;
    autorun.fact_count = facts.count;
    autorun.identity = buffer_text(&identity);
    int result = text.failed || shown.failed || identity.failed
                     ? error_set_memory(error)
                     : walk->visit(walk->context, &autorun);
    buffer_release(&text);
    buffer_release(&shown);
    buffer_release(&identity);
    return result;
}

/* What of the bindings of one consumer was met. */
struct bindings {
    const struct wmi_instance *other; /* one that was deleted, or of one that was */
    const char *name;                 /* that it names */
    size_t told;
};

/* Whether a consumer is told for a binding of its name: for each that is not deleted, where
 * neither is it. Of a live binding only the first of several consumers of one name is meant. */
static bool is_told(const struct walk *walk, const struct wmi_instance *consumer,
                    const struct wmi_instance *binding)
{
    if (consumer->state == WMI_DELETED || binding->state == WMI_DELETED)
        return false;
    return binding->state == WMI_LIVE && consumer->state == WMI_LIVE
               ? find(walk, WMI_CONSUMER, binding, "Consumer") == consumer
               : may_join(binding, consumer);
}

/* Of all bindings of one name. */
static int walk_bindings(const struct walk *walk, const struct wmi_instance *consumer,
                         const char *name, struct bindings *bindings, struct error *error)
{
    struct buffer named = BUFFER_INIT;
    int result = 0;

    add_named(&named, consumer, name);
    uint64_t hash = take_hash(&named);
    buffer_release(&named);
    for (size_t i = first(&walk->bound, hash);
         i < walk->bound.count && walk->bound.entries[i].hash == hash && result == 0 &&
         bindings->told < LIMIT_WMI_BINDINGS;
         i++) {
        const struct wmi_instance *binding =
            &walk->wmi->instances[walk->bound.entries[i].index];
        if (is_told(walk, consumer, binding)) {
            bool last = ++bindings->told == LIMIT_WMI_BINDINGS;
            result = emit(walk, consumer, name, binding, last ? too_many : NULL, error);
        } else if (!bindings->other &&
                   (binding->state == WMI_DELETED || consumer->state == WMI_DELETED)) {
            bindings->other = binding;
            bindings->name = name;
        }
    }
    return result;
}

/* Once for each binding; one that nothing binds once. */
static int walk_consumer(const struct walk *walk, const struct wmi_instance *consumer,
                         struct error *error)
{
    struct bindings bindings = { .name = wmi_text(consumer, "Name") };
    const char *name;
    int result = 0;

    for (size_t i = 0; (name = name_of(consumer, i)) != NULL && result == 0; i++)
        result = walk_bindings(walk, consumer, name, &bindings, error);
    return bindings.told > 0 || result != 0
               ? result
               : emit(walk, consumer, bindings.name, bindings.other, NULL, error);
}

/* A binding whose consumer is not there: of a class that is not known, or lost. */
static int walk_binding(const struct walk *walk, const struct wmi_instance *binding,
                        struct error *error)
{
    const char *text = wmi_text(binding, "Consumer");
    const struct wmi_instance *filter = find(walk, WMI_FILTER, binding, "Filter");
    bool deleted = binding->state == WMI_DELETED;
    struct facts facts = { .count = 0 };
    struct buffer named = BUFFER_INIT;

    if (!text || find(walk, WMI_CONSUMER, binding, "Consumer"))
        return 0;
    add_path(&named, text);
    const char *name = buffer_text(&named) + strlen(buffer_text(&named)) + 1;
    set_facts(&facts, binding, binding, filter);
    const struct autorun autorun = {
        .location = walk->file->id,
        .category = walk->file->category,
        .technique = walk->file->technique,
        .name = named.failed ? "" : name,
        .name_length = named.failed ? 0 : strlen(name),
        .text = "",
        .data = text,
        .facts = facts.members,
        .fact_count = facts.count,
        .deleted = deleted,
        .says = { [AUTORUN_SAYS_ROW] = deleted ? lost_consumer : no_consumer,
                  [AUTORUN_SAYS_LOST] =
                      binding->state == WMI_UNREFERENCED ? unreferenced : NULL },
    };
    int result = named.failed ? error_set_memory(error) : walk->visit(walk->context, &autorun);
    buffer_release(&named);
    return result;
}

int autorun_walk_wmi(const struct autorun_file *file, const struct wmi *wmi, autorun_visit visit,
                     void *context, struct error *error)
{
    struct walk walk = { .file = file, .wmi = wmi, .visit = visit, .context = context };
    int result = make_tables(&walk) != 0 ? error_set_memory(error) : 0;

    for (size_t i = 0; i < wmi->count && result == 0; i++) {
        const struct wmi_instance *instance = &wmi->instances[i];
        if (instance->kind == WMI_CONSUMER)
            result = walk_consumer(&walk, instance, error);
        else if (instance->kind == WMI_BINDING)
            result = walk_binding(&walk, instance, error);
    }
    free(walk.named.entries);
    free(walk.bound.entries);
    return result;
}
