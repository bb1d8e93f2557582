#include "commands.h"

#include <stdio.h>
#include <string.h>

#include "exit.h"
#include "output.h"
#include "revisions.h"

static void print_branch_point(const Invocation *invocation, const RevisionView *view, const Revision *revision)
{
    g_autofree char *text =
        invocation->verbose ? revision_entry(view, revision) : revision_line(view, revision, LINE_LABELS | LINE_TREE);
    printf("%s\n", text);
    for (guint i = 0; i < revision->children->len; i++) {
        g_autofree char *child = revision_line(view, revision->children->pdata[i],
                                               LINE_LABELS | LINE_TREE | (invocation->verbose ? LINE_TITLE : 0));
        printf("%*s -> %s\n", (int)strlen(revision->id), "", child);
    }
    printf("\n");
}

static int run(Invocation *invocation, GError **error)
{
    RevisionMap *map = script_directory_map(invocation->directory, error);
    g_autoptr(GPtrArray) revisions = map ? revision_map_range(map, "base:heads", NULL, error) : NULL;
    if (!revisions)
        return -1;
    g_auto(RevisionView) view = {0};
    revision_view_init(&view, map, NULL);
    cJSON *document = invocation->json ? cJSON_CreateArray() : NULL;
    for (guint i = 0; i < revisions->len; i++) {
        const Revision *revision = revisions->pdata[i];
        if (revision->children->len < 2)
            continue;
        if (!document) {
            print_branch_point(invocation, &view, revision);
            continue;
        }
        cJSON *item = revision_to_json(revision);
        cJSON_AddItemToObject(item, "branches_into", revision_ids_to_json(revision->children));
        cJSON_AddItemToArray(document, item);
    }
    if (document)
        output_json(document);
    return EXIT_DONE;
}

const Command command_branches = {
    .name = "branches",
    .summary = "print the branch points and what stands on them",
    .description = "A branch point is a revision that more than one other revises: there the history parts. Each is "
                   "printed with the revisions that revise it; with -v as its whole entry, and they with their "
                   "messages. The database is not asked.",
    .examples = "migrate branches\nmigrate branches -v",
    .needs = NEEDS_CONFIG | NEEDS_SCRIPT_DIRECTORY,
    .run = run,
};
