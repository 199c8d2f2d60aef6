/* SPDX-License-Identifier: Apache-2.0 */
#ifndef XML_H
#define XML_H

/*
 * xml: elements of an XML text in memory, one after the other.
 *
 * It knows what the files of Windows have: elements, text, CDATA, the five entities
 * and numbers of characters. Attributes, comments, processing instructions and
 * document types are passed over, and no entity is ever defined, so that a text
 * cannot grow. Prefixes of names are left out.
 */

#include <fett/buffer.h>
#include <fett/error.h>

struct xml {
    const char *data;
    size_t size, at;
    struct buffer path; /* of the element: "Task/Actions/Exec" */
    struct buffer text; /* in it, since its last child */
    size_t depth;
    bool closes;        /* "<a/>": its end comes next */
    bool ended;         /* its end was told: the next call leaves it */
};

enum xml_event {
    XML_OPEN,    /* an element begins: path is its */
    XML_CLOSE,   /* it ends: path and text are its until the next call */
    XML_END,     /* of the text, or behind the first element */
    XML_DAMAGED, /* the error tells where */
};

/* Over UTF-8 that must outlive it. */
void xml_init(struct xml *xml, const char *data, size_t size);
void xml_release(struct xml *xml);
enum xml_event xml_next(struct xml *xml, struct error *error);

#endif
