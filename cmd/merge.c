#include "commands.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "committing.h"
#include "effects.h"
#include "exit.h"
#include "hooks.h"
#include "merge_auto.h"
#include "output.h"
#include "revisions.h"

/* What names one revision alone is no merge: 'revision' would be meant. */
static GPtrArray *find_several(RevisionMap *map, const char *targets, GError **error)
{
    g_auto(GStrv) words = g_strsplit_set(targets, ", ", -1);
    g_autoptr(GPtrArray) merged = g_ptr_array_new();
    for (guint i = 0; words[i]; i++) {
        g_autoptr(GPtrArray) found = *words[i] ? revision_map_range(map, words[i], NULL, error) : g_ptr_array_new();
        if (!found)
            return NULL;
        for (guint k = 0; k < found->len; k++)
            if (!g_ptr_array_find(merged, found->pdata[k], NULL))
                g_ptr_array_add(merged, found->pdata[k]);
    }
    if (merged->len > 1)
        return g_steal_pointer(&merged);
    const Revision *only = merged->len ? merged->pdata[0] : NULL;
    g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_SPEC, "nothing to merge: '%s' is %s%s%s", targets,
                only ? "one revision, '" : "no revision", only ? only->id : "", only ? "'" : "");
    return NULL;
}

static gboolean check_options(const Invocation *invocation, GError **error)
{
    if (option_flag(invocation, "auto") || !option_string(invocation, "dialect"))
        return TRUE;
    g_set_error_literal(error, BASE_ERROR, BASE_ERROR_USAGE, "option '--dialect' has a meaning only with --auto");
    return FALSE;
}

/* With --auto; *merge stays NULL without. */
static gboolean check_sides(Invocation *invocation, const GPtrArray *merged, AutoMerge **merge, GError **error)
{
    if (!option_flag(invocation, "auto"))
        return TRUE;
    *merge = auto_merge_check(invocation, merged, error);
    return *merge != NULL;
}

static int refuse(AutoMerge *merge, Invocation *invocation)
{
    if (invocation->json) {
        cJSON *document = cJSON_CreateObject();
        cJSON_AddNullToObject(document, "path");
        auto_merge_add_json(merge, invocation, document);
        output_json(document);
    } else {
        auto_merge_print(merge, invocation);
    }
    return EXIT_FOUND;
}

/* What the file says without -m. New string. */
static char *default_message(const GPtrArray *merged)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    for (guint i = 0; i < merged->len; i++)
        g_ptr_array_add(ids, ((const Revision *)merged->pdata[i])->id);
    g_autofree char *list = text_join(ids, "and");
    return g_strdup_printf("merge %s", list);
}

static void print_result(const Committing *committing, AutoMerge *merge, Invocation *invocation, const char *path)
{
    if (!invocation->json) {
        printf("%s\n", path);
        if (merge)
            log_info("the sides touch no object in common, and in both orders they make the same schema");
        return;
    }
    cJSON *document = cJSON_CreateObject();
    json_add_string(document, "path", path);
    if (merge)
        auto_merge_add_json(merge, invocation, document);
    committing_add_json(committing, document);
    output_json(document);
}

static int run(Invocation *invocation, GError **error)
{
    g_autofree char *targets = argument_count(invocation) ? argument_list(invocation) : g_strdup("heads");
    g_autofree char *message = NULL;
    RevisionMap *map = script_directory_map(invocation->directory, error);
    gboolean is_ops = FALSE;
    g_auto(Committing) committing = {0};
    g_autoptr(AutoMerge) merge = NULL;
    if (!map || !check_options(invocation, error) || !revision_format(invocation, NULL, &is_ops, error) ||
        !hooks_check(invocation->config, error))
        return -1;
    g_autoptr(GPtrArray) merged = find_several(map, targets, error);
    if (!merged || !committing_init(&committing, invocation, error) ||
        !committing_check_new(&committing, invocation, NULL, error) || !check_sides(invocation, merged, &merge, error))
        return -1;
    if (merge && !auto_merge_is_clean(merge))
        return refuse(merge, invocation);
    message = merge && !option_string(invocation, "message") ? default_message(merged)
                                                             : g_strdup(option_string(invocation, "message"));
    NewRevision revision = {
        .message = message,
        .rev_id = option_string(invocation, "rev-id"),
        .head = targets,
        .splice = option_flag(invocation, "splice"),
        .is_ops = is_ops,
        .branch_labels = option_strings(invocation, "branch-label"),
    };
    g_autofree char *path = script_directory_create_revision(invocation->directory, &revision, error);
    if (!path || !hooks_run(invocation->config, path, error) || !committing_finish_new(&committing, path, error))
        return -1;
    print_result(&committing, merge, invocation, path);
    return EXIT_DONE;
}

static const OptionSpec options[] = {
    {"message", 'm', OPTION_STRING, "TEXT", "what the merge is for", NULL},
    {"rev-id", 0, OPTION_STRING, "ID", "the revision's id instead of a random one", NULL},
    {"branch-label", 0, OPTION_STRINGS, "LABEL", "a name for the branch that starts here", NULL},
    {"auto", 0, OPTION_FLAG, NULL, "only when the sides touch no object in common, which is looked at", NULL},
    {"splice", 0, OPTION_FLAG, NULL, "merge revisions that are no heads", NULL},
    OPTION_DIALECT,
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
    .description =
        "Writes a revision file that revises several heads, and prints its path. Its sections are empty: it "
        "joins the histories, and may hold what is needed where both meet.\n\n"
        "With --auto it is written only when the sides have nothing to do with each other: when no table, "
        "view, function, type … is touched by more than one of them. A side touches what its operations "
        "change or refer to, and every known name in its SQL (UPDATE and INSERT, definitions of views, "
        "bodies of functions and triggers, and what stands behind the views and functions that it uses). "
        "SQL that is built when it runs (EXECUTE) cannot be told, and is refused. Then the sides run in "
        "both orders in a scratch database, and must make the same schema; that they write the same rows "
        "is not looked at beyond the names of the tables. Otherwise the objects are named, with the "
        "revisions, commits and authors, and nothing is written.\n\n" EFFECTS_DESCRIPTION COMMITTING_DESCRIPTION,
    .examples = "migrate merge -m \"join billing and cart\"\nmigrate merge ae1027 27c6a -m \"join\"\n"
                "# when both sides are independent of each other\nmigrate merge --auto",
    .exits = "with --auto: the sides touch the same objects, or that cannot be told; nothing is written",
    .options = options,
    .arguments = arguments,
    .needs = NEEDS_CONFIG | NEEDS_SCRIPT_DIRECTORY,
    .run = run,
};
