/* SPDX-License-Identifier: Apache-2.0 */

/* hidden_hits: what was found in the content of files, until it is given. See hidden.h. */

#include <stdlib.h>
#include <string.h>

#include <fett/buffer.h>

#include "hidden_internal.h"

static int compare_hits(const struct hidden_hit *a, const struct hidden_hit *b)
{
    if (a->offset != b->offset)
        return a->offset < b->offset ? -1 : 1;
    if (a->file_offset != b->file_offset)
        return a->file_offset < b->file_offset ? -1 : 1;
    if (!a->coding != !b->coding)
        return a->coding ? 1 : -1;
    int order = a->coding ? strcmp(a->coding, b->coding) : 0;
    if (order != 0)
        return order;
    if (a->decoded_offset != b->decoded_offset)
        return a->decoded_offset < b->decoded_offset ? -1 : 1;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->encoding != b->encoding)
        return a->encoding < b->encoding ? -1 : 1;
    return (a->owner > b->owner) - (a->owner < b->owner);
}

/* The pieces of the media that hold the content [start, start + length), from
 * `piece` on. Sets *packed, and gives none, where some of it is compressed. */
static struct hidden_run *find_runs(const struct hidden *hidden, size_t piece, uint64_t start,
                                    uint64_t length, size_t *count, bool *packed)
{
    struct hidden_run *runs = NULL;
    size_t capacity = 0;

    *count = 0;
    *packed = false;
    for (; length > 0 && piece < hidden->piece_count && *count < HIDDEN_RUNS_MOST; piece++) {
        const struct piece *each = &hidden->pieces[piece];
        if (each->packed) {
            *packed = true;
            break;
        }
        if (start < each->file_offset || start - each->file_offset >= each->length)
            break;
        uint64_t into = start - each->file_offset, left = each->length - into;
        uint64_t part = left < length ? left : length;
        if (memory_grow((void **)&runs, &capacity, *count + 1, sizeof *runs) != 0)
            break;
        runs[(*count)++] = (struct hidden_run){ each->media + into, part };
        start += part;
        length -= part;
    }
    if (length > 0 && *count < HIDDEN_RUNS_MOST) {
        free(runs);
        *count = 0;
        return NULL;
    }
    return runs;
}

/* The piece of the same file that holds a place of it, from `piece` on; that one: none. */
static size_t find_piece(const struct hidden *hidden, size_t piece, uint64_t place)
{
    const struct piece *pieces = hidden->pieces;
    size_t found = piece;

    while (found > 0 && place < pieces[found].file_offset &&
           same_file(&pieces[found - 1], &pieces[piece]))
        found--;
    while (found + 1 < hidden->piece_count && same_file(&pieces[found + 1], &pieces[piece]) &&
           place >= pieces[found + 1].file_offset)
        found++;
    return found;
}

/* The same of a text in a long name, whose pieces stand in the entries of a folder. */
static struct hidden_run *find_name_runs(const struct hidden *hidden, size_t piece,
                                         const struct finding *finding, size_t *count)
{
    struct long_name_run pieces[LONG_NAME_RUNS];
    struct hidden_run *runs = calloc(LONG_NAME_RUNS, sizeof *runs);

    *count = 0;
    if (!runs)
        return NULL;
    *count = long_name_runs((enum long_name_format)finding->long_name, finding->file_offset,
                            finding->length, pieces);
    for (size_t i = 0; i < *count; i++) {
        const struct piece *of = &hidden->pieces[find_piece(hidden, piece, pieces[i].place)];
        runs[i] = (struct hidden_run){ of->media + pieces[i].place - of->file_offset,
                                       pieces[i].length };
    }
    return runs;
}

/* Copies of a finding's texts, which the hit points to then. 0, or -1 without memory. */
static int copy_texts(const struct hidden *hidden, const struct finding *finding,
                      struct kept_hit *kept)
{
    const char *value = hidden->texts.data + finding->value;
    const char *reason = hidden->texts.data + finding->reason;
    const char *context = finding->rewritten ? hidden->texts.data + finding->context : "";
    const char *coding = finding->decoded ? hidden->texts.data + finding->coding : "";
    size_t reason_size = strlen(reason) + 1, context_size = strlen(context) + 1;
    struct hidden_hit *hit = &kept->hit;

    kept->text = malloc(finding->value_length + reason_size + context_size + strlen(coding) + 1);
    if (!kept->text)
        return -1;
    char *at = kept->text;
    memcpy(at, value, finding->value_length);
    hit->value = at;
    hit->reason = memcpy(at += finding->value_length, reason, reason_size);
    at += reason_size;
    if (finding->rewritten)
        hit->context = memcpy(at, context, context_size);
    if (finding->decoded)
        hit->coding = strcpy(at + context_size, coding);
    return 0;
}

void hidden_keep(struct hidden *hidden, size_t piece, const struct finding *finding)
{
    const struct piece *first = &hidden->pieces[piece];
    struct kept_hit kept = { .hit = {
        .offset = first->media,
        .file_offset = finding->file_offset,
        .owner = first->owner,
        .space = first->space,
        .length = finding->length,
        .kind = finding->kind,
        .encoding = finding->encoding,
        .confidence = finding->confidence,
        .value_length = finding->value_length,
        .decoded_offset = finding->decoded_offset,
        .long_name = finding->long_name,
    } };

    if (!finding->shown)
        return;
    if (hidden->first_hit > 0 && hidden->first_hit == hidden->hit_count)
        hidden->first_hit = hidden->hit_count = 0;
    if (copy_texts(hidden, finding, &kept) != 0 ||
        memory_grow((void **)&hidden->hits, &hidden->hit_capacity, hidden->hit_count + 1,
                    sizeof *hidden->hits) != 0) {
        free(kept.text);
        hidden->out_of_memory = true;
        return;
    }
    kept.runs = finding->long_name
                    ? find_name_runs(hidden, piece, finding, &kept.hit.run_count)
                    : find_runs(hidden, piece, finding->file_offset, finding->length,
                                &kept.hit.run_count, &kept.hit.packed);
    kept.hit.runs = kept.runs;
    if (!first->packed)
        kept.hit.offset += finding->file_offset - first->file_offset;
    hidden->hits[hidden->hit_count++] = kept;
    hidden->unsorted = true;
}

static void free_kept(struct kept_hit *kept)
{
    free(kept->text);
    free(kept->runs);
}

static int compare_kept(const void *a, const void *b)
{
    const struct kept_hit *x = a, *y = b;

    return compare_hits(&x->hit, &y->hit);
}

void hidden_sort(struct hidden *hidden)
{
    struct kept_hit *hits = hidden->hits + hidden->first_hit;
    size_t count = hidden->hit_count - hidden->first_hit, kept = 0;

    if (!hidden->unsorted || count == 0)
        return;
    qsort(hits, count, sizeof *hits, compare_kept);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && compare_kept(&hits[kept - 1], &hits[i]) == 0)
            free_kept(&hits[i]);
        else
            hits[kept++] = hits[i];
    }
    hidden->hit_count = hidden->first_hit + kept;
    hidden->unsorted = false;
}

const struct hidden_hit *hidden_first(const struct hidden *hidden, uint64_t end)
{
    if (hidden->first_hit == hidden->hit_count ||
        hidden->hits[hidden->first_hit].hit.offset >= end)
        return NULL;
    return &hidden->hits[hidden->first_hit].hit;
}

void hidden_next(struct hidden *hidden)
{
    free_kept(&hidden->hits[hidden->first_hit++]);
}
