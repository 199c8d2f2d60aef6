/* SPDX-License-Identifier: Apache-2.0 */

/* Elements of an XML text. See xml.h; Extensible Markup Language 1.0, chapters 2-4. */

#include <ctype.h>
#include <stdlib.h>

#include <fett/limits.h>
#include <fett/text.h>

#include "xml.h"

/* Bytes of "&#x10ffff;" and the like; what is longer is text. */
enum { MOST_ENTITY = 16 };

void xml_init(struct xml *xml, const char *data, size_t size)
{
    *xml = (struct xml){ .data = data, .size = size };
}

void xml_release(struct xml *xml)
{
    buffer_release(&xml->path);
    buffer_release(&xml->text);
}

static enum xml_event damaged(const struct xml *xml, const char *what, struct error *error)
{
    error_set(error, ERROR_DAMAGED, "XML: %s at character %zu of %zu", what, xml->at, xml->size);
    return XML_DAMAGED;
}

static bool starts_with(const struct xml *xml, const char *what)
{
    size_t length = strlen(what);

    return xml->size - xml->at >= length && memcmp(xml->data + xml->at, what, length) == 0;
}

/* Go behind the next `end`; false: there is none. */
static bool pass(struct xml *xml, const char *end)
{
    const char *found = memmem(xml->data + xml->at, xml->size - xml->at, end, strlen(end));

    if (found)
        xml->at = (size_t)(found - xml->data) + strlen(end);
    return found != NULL;
}

/* Add what stands for a character or a predefined entity; others as they stand. */
static void add_entity(struct xml *xml, const char *name, size_t length)
{
    static const struct {
        const char *name;
        char character;
    } entities[] = { { "amp", '&' }, { "lt", '<' }, { "gt", '>' }, { "quot", '"' },
                     { "apos", '\'' } };

    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
        if (length == strlen(entities[i].name) && memcmp(name, entities[i].name, length) == 0) {
            buffer_add_byte(&xml->text, entities[i].character);
            return;
        }
    if (length > 1 && length < 10 && name[0] == '#') {
        bool hex = name[1] == 'x';
        char *end;
        unsigned long number = strtoul(name + 1 + hex, &end, hex ? 16 : 10);
        if (end == name + length && number > 0 && number <= 0x10ffff) {
            text_add_code_point(&xml->text, (uint32_t)number);
            return;
        }
    }
    buffer_add_byte(&xml->text, '&');
    buffer_add(&xml->text, name, length);
    buffer_add_byte(&xml->text, ';');
}

static void add_text(struct xml *xml, const char *text, size_t size)
{
    const char *end = text + size;

    while (text < end) {
        const char *mark = memchr(text, '&', (size_t)(end - text));
        buffer_add(&xml->text, text, (size_t)((mark ? mark : end) - text));
        if (!mark)
            return;
        const char *close = mark + 1;
        while (close < end && close - mark < MOST_ENTITY && (isalnum((unsigned char)*close) ||
                                                             *close == '#'))
            close++;
        if (close == end || *close != ';') {
            buffer_add_byte(&xml->text, '&');
            text = mark + 1;
        } else {
            add_entity(xml, mark + 1, (size_t)(close - mark) - 1);
            text = close + 1;
        }
    }
}

/* Text up to the next tag. */
static bool take_text(struct xml *xml)
{
    static const char cdata[] = "<![CDATA[";

    if (starts_with(xml, cdata)) {
        size_t begin = xml->at + sizeof cdata - 1;
        if (!pass(xml, "]]>"))
            return false;
        buffer_add(&xml->text, xml->data + begin, xml->at - 3 - begin);
        return true;
    }
    const char *tag = memchr(xml->data + xml->at, '<', xml->size - xml->at);
    size_t end = tag ? (size_t)(tag - xml->data) : xml->size;
    add_text(xml, xml->data + xml->at, end - xml->at);
    xml->at = end;
    return true;
}

/* Comments, processing instructions, document types. */
static bool pass_other(struct xml *xml, bool *passed)
{
    *passed = true;
    if (starts_with(xml, "<!--"))
        return pass(xml, "-->");
    if (starts_with(xml, "<?"))
        return pass(xml, "?>");
    *passed = false;
    if (!starts_with(xml, "<!") || starts_with(xml, "<![CDATA["))
        return true;
    *passed = true;
    /* What it defines in brackets is not looked at. */
    size_t begin = xml->at;
    if (!pass(xml, ">"))
        return false;
    return !memchr(xml->data + begin, '[', xml->at - begin) || pass(xml, "]>");
}

static bool is_name_end(char c)
{
    return strchr(" \t\r\n/>", c) != NULL; /* NUL too */
}

/* The name at a place, without its prefix. */
static size_t name_at(const struct xml *xml, size_t *begin)
{
    size_t end = *begin;

    for (; end < xml->size && !is_name_end(xml->data[end]); end++)
        if (xml->data[end] == ':')
            *begin = end + 1;
    return end - *begin;
}

/* Go behind the `>` of a tag, past its attributes; whether `/` stands before it. */
static bool pass_tag(struct xml *xml, bool *empty)
{
    char quote = '\0';

    for (; xml->at < xml->size; xml->at++) {
        char c = xml->data[xml->at];
        if (quote)
            quote = c == quote ? '\0' : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else if (c == '>') {
            *empty = xml->data[xml->at - 1] == '/';
            xml->at++;
            return true;
        }
    }
    return false;
}

static void leave(struct xml *xml)
{
    const char *last = xml->path.length > 0 ? strrchr(buffer_text(&xml->path), '/') : NULL;

    buffer_truncate(&xml->path, last ? (size_t)(last - xml->path.data) : 0);
    buffer_clear(&xml->text);
    xml->depth--;
}

static enum xml_event open_element(struct xml *xml, struct error *error)
{
    size_t begin = xml->at + 1, length = name_at(xml, &begin);

    if (length == 0 || length > LIMIT_XML_NAME_BYTES)
        return damaged(xml, "no name of an element", error);
    if (xml->depth == LIMIT_XML_DEPTH)
        return damaged(xml, "elements nested too deep", error);
    if (!pass_tag(xml, &xml->closes))
        return damaged(xml, "a tag without end", error);
    xml->depth++;
    if (xml->path.length > 0)
        buffer_add_byte(&xml->path, '/');
    buffer_add(&xml->path, xml->data + begin, length);
    buffer_clear(&xml->text);
    return XML_OPEN;
}

static enum xml_event close_element(struct xml *xml, struct error *error)
{
    size_t begin = xml->at + 2, length = name_at(xml, &begin);
    const char *path = buffer_text(&xml->path), *last = strrchr(path, '/');
    const char *name = last ? last + 1 : path;
    bool empty;

    if (strlen(name) != length || memcmp(name, xml->data + begin, length) != 0)
        return damaged(xml, "the end of another element", error);
    if (!pass_tag(xml, &empty))
        return damaged(xml, "a tag without end", error);
    return XML_CLOSE;
}

enum xml_event xml_next(struct xml *xml, struct error *error)
{
    bool passed;

    if (xml->closes) { /* "<a/>": told by its own event */
        xml->closes = false;
        xml->ended = true;
        return XML_CLOSE;
    }
    if (xml->ended) {
        leave(xml);
        xml->ended = false;
        if (xml->depth == 0)
            return XML_END;
    }
    while (xml->at < xml->size) {
        if (!pass_other(xml, &passed))
            return damaged(xml, "a part without end", error);
        if (passed)
            continue;
        if (xml->data[xml->at] != '<' || starts_with(xml, "<![CDATA[")) {
            if (!take_text(xml))
                return damaged(xml, "a part without end", error);
        } else if (!starts_with(xml, "</")) {
            return open_element(xml, error);
        } else {
            xml->ended = true;
            return close_element(xml, error);
        }
    }
    return damaged(xml, xml->depth > 0 ? "an element without end" : "no element", error);
}
