#include "commands.h"

#include <stdio.h>

#include "base/log.h"
#include "exit.h"
#include "opening.h"
#include "output.h"
#include "revisions.h"

/* The rows without a file are shown as such, and do not hide the others. */
static GPtrArray *applied_tips(const RevisionMap *map, char **current, GError **error)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new();
    for (guint i = 0; current[i]; i++)
        if (revision_map_get(map, current[i]))
            g_ptr_array_add(rows, current[i]);
    g_ptr_array_add(rows, NULL);
    return revision_map_all_current(map, (const char *const *)rows->pdata, error);
}

/* At head is who has applied every head, be it by a row of its own or because what is applied depends on it. */
static gboolean at_heads(const RevisionMap *map, const GPtrArray *heads, const GPtrArray *branch_heads, char **current)
{
    for (guint i = 0; current[i]; i++)
        if (!revision_map_get(map, current[i]))
            return FALSE;
    for (guint i = 0; i < heads->len; i++)
        if (!g_ptr_array_find((GPtrArray *)branch_heads, heads->pdata[i], NULL))
            return FALSE;
    return TRUE;
}

static void print_current(const Invocation *invocation, const RevisionView *view, const GPtrArray *branch_heads,
                          char **current)
{
    if (invocation->verbose) {
        g_autofree char *url = engine_describe(invocation->engine);
        printf("Current revision(s) for %s:\n", url);
    }
    for (guint i = 0; current[i]; i++)
        if (!revision_map_get(view->map, current[i]))
            printf("%s (no file)\n", current[i]);
    for (guint i = 0; i < branch_heads->len; i++) {
        g_autofree char *text = invocation->verbose ? revision_entry(view, branch_heads->pdata[i])
                                                    : revision_line(view, branch_heads->pdata[i], LINE_TREE);
        printf("%s\n", text);
    }
}

static int run(Invocation *invocation, GError **error)
{
    RevisionMap *map = script_directory_map(invocation->directory, error);
    g_auto(GStrv) current = map ? invocation_current(invocation, error) : NULL;
    if (!current)
        return -1;
    g_autoptr(GPtrArray) heads = revision_map_heads(map);
    g_autoptr(GPtrArray) branch_heads = applied_tips(map, current, error);
    if (!branch_heads)
        return -1;
    gboolean at_head = at_heads(map, heads, branch_heads, current);
    if (invocation->json) {
        cJSON *document = cJSON_CreateObject();
        cJSON_AddItemToObject(document, "current", json_string_array((const char *const *)current));
        cJSON_AddItemToObject(document, "branch_heads", revision_ids_to_json(branch_heads));
        cJSON_AddItemToObject(document, "heads", revision_ids_to_json(heads));
        cJSON_AddBoolToObject(document, "at_head", at_head);
        output_json(document);
    } else {
        g_auto(RevisionView) view = {0};
        revision_view_init(&view, map, NULL);
        print_current(invocation, &view, branch_heads, current);
    }
    if (!option_flag(invocation, "check-heads") || at_head)
        return EXIT_DONE;
    log_info("the database is not at head: 'migrate upgrade heads' takes it there");
    return EXIT_FOUND;
}

static const OptionSpec options[] = {
    {"check-heads", 0, OPTION_FLAG, NULL, "exit with 3 unless every head is applied", NULL},
    {0},
};

const Command command_current = {
    .name = "current",
    .summary = "print the revision the database stands at",
    .description =
        "Prints the newest applied revision of each branch: one line per row of the version table, and one "
        "for a branch that a row depends on; nothing for an empty table. With -v the whole entry of each.\n\n"
        "--check-heads also counts a head as applied when another revision that is applied depends on it, "
        "though it has no row of its own (Alembic compares the rows alone).",
    .examples = "migrate current\nmigrate current -v\nmigrate current --check-heads",
    .exits = "with --check-heads: the database is not at head",
    .options = options,
    .needs = NEEDS_CONFIG | NEEDS_SCRIPT_DIRECTORY | NEEDS_SESSION | NEEDS_READ_ONLY,
    .run = run,
};
