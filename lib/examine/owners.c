/* SPDX-License-Identifier: Apache-2.0 */

/* owners: see owners.h. */

#include <stdlib.h>
#include <string.h>

#include "owners.h"

static int add_space(void *context, struct evidence *evidence, struct filesystem *filesystem,
                     struct error *error)
{
    struct owners *owners = context;

    (void)evidence;
    owners->spaces[owners->space_count] = filesystem;
    return filesystem_add_extents(filesystem, (uint32_t)owners->space_count++, owners->extents,
                                  error);
}

int owners_init(struct owners *owners, const struct object *object, struct error *error)
{
    struct evidence *evidence = object->evidence;
    bool copy = object->volume && object->volume->shadow;
    struct object whole = { .kind = OBJECT_IMAGE,
                            .evidence = evidence,
                            .volume = copy ? object->volume : NULL };

    *owners = (struct owners){ .evidence = evidence,
                               .copy = whole.volume,
                               .extents = extents_new() };
    owners->spaces = calloc(volumes_count(evidence->volumes) + 1, sizeof *owners->spaces);
    if (!owners->extents || !owners->spaces)
        return error_set_memory(error);
    return examine_filesystems(&whole, add_space, owners, error);
}

int owners_seal(struct owners *owners, struct error *error)
{
    return extents_seal(owners->extents) == 0 ? 0 : error_set_memory(error);
}

void owners_release(struct owners *owners)
{
    extents_free(owners->extents);
    free(owners->spaces);
    buffer_release(&owners->path);
    buffer_release(&owners->also.texts);
}

/* Look a file up. Its path is copied: that of the tree holds until the next one who asks. */
static bool find_file(struct owners *owners, const struct extent *extent)
{
    if (tree_file(filesystem_tree(owners->spaces[extent->space]), extent->owner, &owners->file,
                  NULL) != 0)
        return false;
    buffer_clear(&owners->path);
    buffer_add(&owners->path, owners->file.path, owners->file.path_length);
    owners->file.path = buffer_text(&owners->path);
    owners->file.name = owners->file.stream = owners->file.link_target = NULL; /* not copied */
    owners->out_of_memory |= owners->path.failed;
    return !owners->path.failed;
}

/* The file that an extent belongs to; NULL for structure that no file owns. */
static const struct file *file_of(struct owners *owners, const struct extent *extent)
{
    if (extent->owner == 0)
        return NULL;
    if (!owners->file_known || owners->file_space != extent->space ||
        owners->file_owner != extent->owner) {
        owners->file_known = find_file(owners, extent);
        owners->file_space = extent->space;
        owners->file_owner = extent->owner;
    }
    return owners->file_known ? &owners->file : NULL;
}

static void add_also(struct also *also, const struct file *file)
{
    const char *texts[3] = { file->path, file->inode, record_state_word(file->state) };
    size_t lengths[3] = { file->path_length, strlen(texts[1]), strlen(texts[2]) };

    for (int i = 0; i < 3; i++) {
        also->places[also->count][i] = also->texts.length;
        also->lengths[also->count][i] = lengths[i];
        buffer_add(&also->texts, texts[i], lengths[i]);
    }
    also->count++;
}

static void set_also(struct record *record, struct also *also)
{
    static const char *const names[3] = { "path", "inode", "state" };
    const struct value list = { .kind = VALUE_LIST, .length = also->count, .items = also->items };

    for (size_t i = 0; i < also->count; i++) {
        for (int k = 0; k < 3; k++)
            also->members[i][k] =
                (struct member){ names[k], value_text_n(buffer_text(&also->texts) +
                                                            also->places[i][k],
                                                        also->lengths[i][k]) };
        also->items[i] =
            (struct value){ .kind = VALUE_OBJECT, .length = 3, .members = also->members[i] };
    }
    if (also->count > 0)
        record_value(record, FIELD_ALSO, &list);
}

/* The volume or unpartitioned range that holds a place of the media. */
static const struct volume *volume_at(const struct owners *owners, uint64_t offset,
                                      struct stretch *stretch)
{
    const struct evidence *evidence = owners->evidence;
    const struct volume *found = owners->copy;

    for (size_t i = 0; i < volumes_count(evidence->volumes); i++) {
        const struct volume *volume = volumes_get(evidence->volumes, i);
        stretch_cut(stretch, offset, volume->offset);
        stretch_cut(stretch, offset, volume->offset + volume->length);
        if (!found && offset >= volume->offset && offset - volume->offset < volume->length)
            found = volume;
    }
    return found;
}

/* Hits come in order, many of them from the same file: what was looked up for one
 * holds for the next. */
static void look_up(struct owners *owners, uint64_t offset)
{
    if (offset >= owners->stretch.from && offset < owners->stretch.to)
        return;
    owners->count =
        extents_at(owners->extents, offset, owners->found, OWNERS_MOST, &owners->stretch);
    owners->volume = volume_at(owners, offset, &owners->stretch);
}

/* Whether an extent counts, which is then the first that was found. */
static bool is_owned(const struct owners *owners)
{
    return owners->count > 0 && owners->found[0].rank != RANK_REALLOCATED;
}

const struct extent *owners_strongest(struct owners *owners, uint64_t offset)
{
    static const struct extent none;

    look_up(owners, offset);
    return is_owned(owners) ? &owners->found[0] : &none;
}

/* Begin the record of any byte of the stretch that was looked up. */
static void describe(struct owners *owners)
{
    struct record *record = &owners->record;
    struct also *also = &owners->also;
    const struct extent *found = owners->found;
    const struct volume *volume = owners->volume;
    bool owned = is_owned(owners);

    record_begin(record, RECORD_INDICATOR);
    record_text(record, FIELD_IMAGE, owners->evidence->name);
    also->count = 0;
    buffer_clear(&also->texts);
    for (size_t i = owned ? 1 : 0; i < owners->count; i++) {
        const struct file *file = file_of(owners, &found[i]);
        if (file)
            add_also(also, file);
    }
    const struct file *file = owned ? file_of(owners, &found[0]) : NULL;
    owners->in_file = file;
    if (file)
        record_file_reference(record, file);
    if (owned) {
        volume = filesystem_volume(owners->spaces[found[0].space]);
        record_text(record, FIELD_AREA, area_name((enum area)found[0].area));
    } else if (!volume || !volume->name[0]) {
        record_text(record, FIELD_AREA, area_name(AREA_UNPARTITIONED));
    } else if (volume_has_files(volume)) {
        record_text(record, FIELD_AREA, area_name(AREA_UNALLOCATED));
    }
    if (volume && volume->name[0])
        record_text(record, FIELD_VOLUME, volume->name);
    owners->out_of_memory |= also->texts.failed;
    if (!also->texts.failed)
        set_also(record, also);
    memcpy(owners->present, record->present, sizeof owners->present);
    owners->described = owners->stretch;
}

struct record *owners_record(struct owners *owners, uint64_t offset,
                             const struct extent **strongest)
{
    struct record *record = &owners->record;
    const struct extent *extent = owners_strongest(owners, offset);

    if (offset < owners->described.from || offset >= owners->described.to)
        describe(owners);
    memcpy(record->present, owners->present, sizeof owners->present);
    record_number(record, FIELD_OFFSET, offset);
    if (owners->in_file)
        record_number(record, FIELD_FILE_OFFSET, extent->file_offset + (offset - extent->start));
    *strongest = extent;
    return record;
}
