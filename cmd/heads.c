#include "commands.h"

#include <stdio.h>

#include "exit.h"
#include "output.h"
#include "revisions.h"

static int run(Invocation *invocation, GError **error)
{
    RevisionMap *map = script_directory_map(invocation->directory, error);
    if (!map)
        return -1;
    g_autoptr(GPtrArray) heads = revision_map_heads(map);
    cJSON *document = invocation->json ? cJSON_CreateArray() : NULL;
    for (guint i = 0; i < heads->len; i++) {
        const Revision *revision = heads->pdata[i];
        g_autofree char *marks = revision_marks(revision, FALSE);
        if (document)
            cJSON_AddItemToArray(document, revision_to_json(revision));
        else if (invocation->verbose)
            revision_print_details(revision, FALSE);
        else
            printf("%s%s\n", revision->id, marks);
    }
    if (document)
        output_json(document);
    return EXIT_DONE;
}

const Command command_heads = {
    .name = "heads",
    .summary = "print the newest revisions of the script directory",
    .description = "A head is a revision that no other revises. More than one head means that two branches were not "
                   "merged yet. The database is not asked.",
    .examples = "migrate heads\nmigrate heads -v",
    .needs = NEEDS_CONFIG | NEEDS_SCRIPT_DIRECTORY,
    .run = run,
};
