/* SPDX-License-Identifier: Apache-2.0 */

/* timeline_lost: names that only the index of a folder has (source i30), into a timeline. */

#include <stdio.h>

#include <fett/buffer.h>

#include "timeline_sources.h"

struct request {
    struct timeline *timeline;
    const char *image, *volume;
    struct buffer path, message;
};

static int add_name(void *context, const struct file *folder, const struct lost_name *name,
                    struct error *error)
{
    struct request *request = context;
    struct buffer *path = &request->path, *message = &request->message;
    char inode[FILE_INODE_SIZE];
    struct record record;

    buffer_clear(path);
    if (folder->path_length > 1) /* "/" ends in what separates */
        buffer_add(path, folder->path, folder->path_length);
    buffer_add_byte(path, '/');
    buffer_add(path, name->name, name->name_length);
    buffer_clear(message);
    buffer_add(message, path->data, path->length);
    buffer_add_text(message, " (only in the index of its folder)");
    if (path->failed || message->failed)
        return error_set_memory(error);
    record_begin(&record, RECORD_EVENT);
    record_text(&record, FIELD_SOURCE, "i30");
    record_text_n(&record, FIELD_MESSAGE, message->data, message->length);
    record_text(&record, FIELD_IMAGE, request->image);
    record_text(&record, FIELD_VOLUME, request->volume);
    record_text_n(&record, FIELD_PATH, path->data, path->length);
    record_text(&record, FIELD_STATE, record_state_word(FILE_DELETED));
    record_number(&record, FIELD_SIZE, name->size);
    snprintf(inode, sizeof inode, "%llu", (unsigned long long)name->number);
    if (name->referenced)
        record_text(&record, FIELD_INODE, inode);
    return timeline_add_made_times(request->timeline, &record, &name->times, error);
}

int timeline_add_lost_names(struct timeline *timeline, const struct evidence *evidence,
                            struct filesystem *filesystem, struct error *error)
{
    struct request request = { .timeline = timeline, .image = evidence->name,
                               .volume = filesystem_volume(filesystem)->name };
    int result = filesystem_each_lost_name(filesystem, add_name, &request, error);

    buffer_release(&request.path);
    buffer_release(&request.message);
    return result;
}
