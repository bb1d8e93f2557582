#include "commands.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "committing.h"
#include "exit.h"
#include "hooks.h"
#include "output.h"
#include "revisions.h"

/* What names one revision alone is no merge: 'revision' would be meant. */
static gboolean check_several(RevisionMap *map, const char *targets, GError **error)
{
    g_auto(GStrv) words = g_strsplit_set(targets, ", ", -1);
    g_autoptr(GPtrArray) merged = g_ptr_array_new();
    for (guint i = 0; words[i]; i++) {
        g_autoptr(GPtrArray) found = *words[i] ? revision_map_range(map, words[i], NULL, error) : g_ptr_array_new();
        if (!found)
            return FALSE;
        for (guint k = 0; k < found->len; k++)
            if (!g_ptr_array_find(merged, found->pdata[k], NULL))
                g_ptr_array_add(merged, found->pdata[k]);
    }
    if (merged->len > 1)
        return TRUE;
    const Revision *only = merged->len ? merged->pdata[0] : NULL;
    g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_SPEC, "nothing to merge: '%s' is %s%s%s", targets,
                only ? "one revision, '" : "no revision", only ? only->id : "", only ? "'" : "");
    return FALSE;
}

static int run(Invocation *invocation, GError **error)
{
    g_autofree char *targets = argument_count(invocation) ? argument_list(invocation) : g_strdup("heads");
    RevisionMap *map = script_directory_map(invocation->directory, error);
    gboolean is_ops = FALSE;
    g_auto(Committing) committing = {0};
    if (!map || !revision_format(invocation, NULL, &is_ops, error) || !hooks_check(invocation->config, error) ||
        !check_several(map, targets, error) || !committing_init(&committing, invocation, error) ||
        !committing_check_new(&committing, invocation, NULL, error))
        return -1;
    NewRevision revision = {
        .message = option_string(invocation, "message"),
        .rev_id = option_string(invocation, "rev-id"),
        .head = targets,
        .splice = option_flag(invocation, "splice"),
        .is_ops = is_ops,
        .branch_labels = option_strings(invocation, "branch-label"),
    };
    g_autofree char *path = script_directory_create_revision(invocation->directory, &revision, error);
    if (!path || !hooks_run(invocation->config, path, error) || !committing_finish_new(&committing, path, error))
        return -1;
    if (invocation->json) {
        cJSON *document = cJSON_CreateObject();
        json_add_string(document, "path", path);
        committing_add_json(&committing, document);
        output_json(document);
    } else {
        printf("%s\n", path);
    }
    return EXIT_DONE;
}

static const OptionSpec options[] = {
    {"message", 'm', OPTION_STRING, "TEXT", "what the merge is for", NULL},
    {"rev-id", 0, OPTION_STRING, "ID", "the revision's id instead of a random one", NULL},
    {"branch-label", 0, OPTION_STRINGS, "LABEL", "a name for the branch that starts here", NULL},
    {"splice", 0, OPTION_FLAG, NULL, "merge revisions that are no heads", NULL},
    OPTION_COMMIT,
    OPTION_STAGE,
    {0},
};

static const ArgumentSpec arguments[] = {
    {"REVISION", "what to merge, two or more; heads, which is the default, for all heads", TRUE, TRUE},
    {0},
};

const Command command_merge = {
    .name = "merge",
    .summary = "write a revision that joins branches",
    .description = "Writes a revision file that revises several heads, and prints its path. Its sections are empty: it "
                   "joins the histories, and may hold what is needed where both meet." COMMITTING_DESCRIPTION,
    .examples = "migrate merge -m \"join billing and cart\"\nmigrate merge ae1027 27c6a -m \"join\"",
    .options = options,
    .arguments = arguments,
    .needs = NEEDS_CONFIG | NEEDS_SCRIPT_DIRECTORY,
    .run = run,
};
