/* SPDX-License-Identifier: Apache-2.0 */

/* ioc-strings: the lists of what is left out. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fett/examine.h>
#include <fett/record_reader.h>

static int load_list(struct ioc_stop *stop, const char *path, examine_problem problem,
                     void *context, struct error *error)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    int result = 0;

    if (!file)
        return error_set_errno(error, "cannot open: %s", path);
    for (unsigned number = 1; result == 0 && (length = getline(&line, &capacity, file)) >= 0;
         number++) {
        struct error wrong = ERROR_INIT;
        if (ioc_stop_add_line(stop, line, (size_t)length, &wrong) == 0)
            continue;
        if (wrong.kind == ERROR_SYSTEM) {
            result = error_set(error, wrong.kind, "%s", wrong.text);
        } else {
            wrong.kind = ERROR_DAMAGED; /* one line of many: the rest is used */
            error_prefix(&wrong, "%s: line %u", path, number);
            problem(context, &wrong);
        }
    }
    if (result == 0 && ferror(file))
        result = error_set_errno(error, "cannot read: %s", path);
    free(line);
    fclose(file);
    return result;
}

static int add_record(struct ioc_stop *stop, struct record_line *line, struct error *error)
{
    const char *kind_name = record_line_text(line, "kind", NULL);
    int kind = kind_name ? ioc_kind_by_name(kind_name) : -1;
    size_t length;
    const char *value = record_line_text(line, "value", &length);

    return kind < 0 || !value
               ? 0
               : ioc_stop_add_value(stop, (enum ioc_kind)kind, value, length, error);
}

static int load_baseline(struct ioc_stop *stop, const char *path, examine_problem problem,
                         void *context, struct error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC), got = 0, result = 0;
    struct record_reader *reader = fd < 0 ? NULL : record_reader_new(fd);
    struct record_line line;

    if (fd < 0)
        return error_set_errno(error, "cannot open: %s", path);
    if (!reader)
        result = error_set_memory(error);
    for (struct error wrong = ERROR_INIT;
         result == 0 && (got = record_reader_next(reader, &line, &wrong)) != 0;
         wrong = (struct error)ERROR_INIT) {
        if (got > 0) {
            result = add_record(stop, &line, error);
        } else if (got == -2) {
            result = error_set(error, wrong.kind, "%s: %s", path, wrong.text);
        } else {
            error_prefix(&wrong, "%s", path);
            problem(context, &wrong);
        }
    }
    record_reader_free(reader);
    close(fd);
    return result;
}

int examine_load_stop(struct ioc_stop **stop, const struct examine_stop_files *files,
                      examine_problem problem, void *context, struct error *error)
{
    *stop = NULL;
    if (files->list_count + files->baseline_count == 0)
        return 0;
    if (!(*stop = ioc_stop_new()))
        return error_set_memory(error);
    for (size_t i = 0; i < files->list_count; i++)
        if (load_list(*stop, files->lists[i], problem, context, error) != 0)
            return error_prefix(error, "stop list");
    for (size_t i = 0; i < files->baseline_count; i++)
        if (load_baseline(*stop, files->baselines[i], problem, context, error) != 0)
            return error_prefix(error, "baseline");
    return 0;
}
