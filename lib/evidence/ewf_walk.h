/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_EVIDENCE_EWF_WALK_H
#define FETT_EVIDENCE_EWF_WALK_H

/*
 * ewf_walk: how the index of an EWF image is made, see ewf_index.h. ewf_index.c goes through
 * the segments and their chains of sections, ewf_descriptor.c reads the links of a chain,
 * ewf_section.c takes what a section says, ewf_recover.c finds chunks whose table is lost.
 */

#include "ewf_index.h"

enum { EWF_SET_IDENTIFIER_SIZE = 16, EWF_DESCRIPTOR_SIZE = 76 };

struct ewf_section {
    char type[17];
    uint64_t at;      /* of the descriptor in the file */
    uint64_t content; /* behind it */
    uint64_t end;     /* where the next begins */
    uint64_t size;    /* of both, as it says; 0 in some */
};

struct ewf_walk {
    struct image *image;
    struct ewf_index *index;
    struct segment_files files;
    size_t segment;            /* index of the file that is read */
    size_t table_capacity;
    uint64_t data, data_end;   /* of the last "sectors" section without a table; 0: none */
    uint64_t table_size;       /* of the table section before, descriptor and all, where it was
                                * usable and its copy is to come; else 0 */
    bool goes_on, done;        /* how the last segment ended */
    bool geometry, geometry_whole; /* known; by a section whose checksum matches */
    bool identified, case_data;
    uint8_t identifier[EWF_SET_IDENTIFIER_SIZE];
    /* Holes: places where an unknown number of chunks is lost. */
    size_t first_hole, last_hole; /* number of tables before them */
    bool hole;
    char hole_reason[ERROR_TEXT_SIZE];
};

/* --- ewf_index.c --- */

/* The name of the segment file that is read. */
const char *ewf_walk_file(const struct ewf_walk *walk);

/* Read bytes of that file; false where it does not have them all. */
bool ewf_walk_read(struct ewf_walk *walk, uint64_t at, void *buffer, size_t size);

/* Whether the last four bytes of data are the checksum of those before. */
bool ewf_checksum_matches(const uint8_t *data, size_t size);

/* Tell what is wrong with a section. */
void ewf_walk_note(struct ewf_walk *walk, const struct ewf_section *section, const char *what);

/* Chunks are lost between the table before and the next one; nobody knows how many. */
void ewf_walk_hole(struct ewf_walk *walk, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Add a table, whose `recovered` is the index's then. 0, or -1 without memory. */
int ewf_walk_add_table(struct ewf_walk *walk, const struct ewf_table *table,
                       struct error *error);

/* --- ewf_descriptor.c --- */

/* Whether it is a whole descriptor of a known type. */
bool ewf_descriptor_is(const uint8_t data[EWF_DESCRIPTOR_SIZE]);

/* Whether no section follows it in its segment. */
bool ewf_section_is_last(const struct ewf_section *section);

/* Read a descriptor; what is wrong with it goes to `fault`. */
bool ewf_descriptor_read(struct ewf_walk *walk, uint64_t at, struct ewf_section *section,
                         char fault[ERROR_TEXT_SIZE]);

/* Read one that is damaged, where what is left of it says what it was. */
bool ewf_descriptor_repair(struct ewf_walk *walk, uint64_t at, struct ewf_section *section);

/* Find the next whole one from a place of the segment on. All before it is read once. */
bool ewf_descriptor_search(struct ewf_walk *walk, uint64_t from, struct ewf_section *section);

/* --- ewf_section.c --- */

/* Take what a section says. 0; -1 without memory, and where the image's size makes no sense. */
int ewf_section_read(struct ewf_walk *walk, const struct ewf_section *section,
                     struct error *error);

/* --- ewf_recover.c --- */

/* Find the chunks whose table did not come before the next ones begin, or before the
 * chain of sections broke, for the reason `fault`. 0, or -1 without memory. */
int ewf_recover_table(struct ewf_walk *walk, const char *fault, struct error *error);

#endif
