/* SPDX-License-Identifier: Apache-2.0 */

/* libFuzzer over tasks: .job files, XML, and the values of the registry. */

#include <stdlib.h>

#include <fett/task.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int read_values(struct task *task, const uint8_t *data, size_t size, struct error *error)
{
    *task = (struct task){ .disabled = false };
    task_read_triggers(task, data, size, NULL);
    task_read_times(task, data, size);
    return task_read_actions(task, data, size, error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int (*const readers[])(struct task *, const uint8_t *, size_t, struct error *) = {
        task_read_job, task_read_xml, read_values
    };

    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        struct error error = ERROR_INIT;
        struct task task;
        /* Damage is always told with its reason; every action names something. */
        if (readers[i](&task, data, size, &error) != 0 && error.kind == ERROR_NONE)
            abort();
        for (size_t a = 0; a < task.action_count; a++)
            if (!task.actions[a].command)
                abort();
        task_release(&task);
    }
    return 0;
}
