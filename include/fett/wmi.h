/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_WMI_H
#define FETT_WMI_H

/*
 * wmi: event consumers, event filters and what binds them, in the repository of WMI of
 * Windows XP and later.
 *
 * An instance is live where the index names it; what else looks like one was deleted, or
 * is an older copy of a page. Copies with the same texts as one that is live, or as an
 * earlier one, are left out.
 *
 * Nothing here was tried on a repository that a Windows made: see wmi_internal.h for the
 * documents that the layout is taken from.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/error.h>
#include <fett/instant.h>
#include <fett/reader.h>

enum { WMI_MAPPINGS = 3 };

/* The files of a repository; NULL: it is not there. */
struct wmi_files {
    struct reader *objects;                /* OBJECTS.DATA; never NULL */
    struct reader *index;                  /* INDEX.BTR */
    struct reader *mappings[WMI_MAPPINGS]; /* MAPPING1.MAP ... */
    struct reader *index_map;              /* INDEX.MAP of XP */
};

enum wmi_state {
    WMI_LIVE,
    WMI_DELETED,
    WMI_UNREFERENCED, /* index or mapping cannot be read: it may be either */
};

enum wmi_kind { WMI_CONSUMER, WMI_FILTER, WMI_BINDING };

/* A text that an instance has. Of an event consumer of another class than those that are known
 * all are there, in order, without a name. */
struct wmi_text {
    const char *name; /* "CommandLineTemplate"; NULL: not known */
    char *text;
};

struct wmi_instance {
    enum wmi_kind kind;
    enum wmi_state state;
    char *class;          /* "CommandLineEventConsumer" */
    const char *name_space; /* "root\\subscription"; NULL: its name is not known */
    uint64_t name_space_id; /* tells one from another; 0: not known, as of what is not live */
    uint64_t offset;      /* of its record in OBJECTS.DATA */
    struct wmi_text *texts;
    size_t text_count, text_capacity;
    char *creator;        /* SID; NULL: none */
    struct instant times[2]; /* before its data; what they mean is not documented */
    char *damaged;        /* what of it could not be read; NULL: nothing */
};

struct wmi {
    struct wmi_instance *instances; /* live ones first, then as they lie in the file */
    size_t count, capacity;
};

/* Told of what cannot be read: the text begins with the name of the file. */
typedef void (*wmi_problem)(void *context, struct error *problem);

/* Read a repository. What cannot be read is told, and the rest is there. -1: memory is
 * out. Release in any case. */
int wmi_read(struct wmi *wmi, const struct wmi_files *files, wmi_problem problem, void *context,
             struct error *error);
void wmi_release(struct wmi *wmi);

/* The text of that name; NULL: it has none. */
const char *wmi_text(const struct wmi_instance *instance, const char *name);

/* Whether a file begins as OBJECTS.DATA does: with a table of records that can be one. */
bool wmi_is_objects(const uint8_t *head, size_t size);

#endif
