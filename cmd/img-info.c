/* SPDX-License-Identifier: Apache-2.0 */

/* img-info: what an image is, and what volumes are in it. */

#include <fett/cli.h>
#include <fett/examine.h>

static const struct command command = {
    .name = "img-info",
    .summary = "tell what an image is and which volumes are in it",
    .operands = "IMAGE...",
    .flags = CLI_OBJECTS,
    .main_type = RECORD_VOLUME,
    .table_fields = "type,volume,format,name,size,sector,sectors,offset,slot,scheme,detail",
};

static int describe(struct cli *cli, struct object *object, void *context, struct error *error)
{
    (void)context;
    return examine_image(object, cli_write, cli, error);
}

int main(int argc, char **argv)
{
    struct cli cli;

    if (cli_begin(&cli, &command, argc, argv) == 0)
        cli_each_object(&cli, describe, NULL, NULL);
    return cli_end(&cli);
}
