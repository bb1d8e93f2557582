#include "commands.h"

#include <stdio.h>

#include "base/log.h"
#include "exit.h"
#include "missing.h"
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

/* At head is who has applied every head, be it by a row of its own or because what is applied depends on it, and
 * nothing that no file holds; then the tips are those of the files' own map. */
static gboolean at_heads(const RevisionMap *files, const GPtrArray *heads, const GPtrArray *branch_heads,
                         char **current)
{
    for (guint i = 0; current[i]; i++)
        if (!revision_map_get(files, current[i]))
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
    for (guint i = 0; current[i]; i++) {
        const MissingRevision *missing =
            revision_map_get(view->map, current[i]) ? NULL : g_hash_table_lookup(view->missing, current[i]);
        g_autofree char *mark = missing ? missing_mark(missing) : NULL;
        if (mark)
            printf("%s (%s)\n", current[i], mark);
    }
    for (guint i = 0; i < branch_heads->len; i++) {
        g_autofree char *text = invocation->verbose ? revision_entry(view, branch_heads->pdata[i])
                                                    : revision_line(view, branch_heads->pdata[i], LINE_TREE);
        printf("%s\n", text);
    }
}

/* The version rows that have no file: [{"revision", "applied", "found_in"}]. */
static cJSON *rows_without_file(const RevisionMap *files, char **current, GHashTable *missing)
{
    cJSON *list = cJSON_CreateArray();
    for (guint i = 0; current[i]; i++) {
        const MissingRevision *entry =
            revision_map_get(files, current[i]) || !missing ? NULL : g_hash_table_lookup(missing, current[i]);
        if (!entry)
            continue;
        cJSON *item = cJSON_CreateObject();
        json_add_string(item, "revision", entry->id);
        json_add_string(item, "detail", entry->detail);
        cJSON_AddItemToObject(item, "found_in", missing_to_json(entry));
        cJSON_AddItemToArray(list, item);
    }
    return list;
}

static int run(Invocation *invocation, GError **error)
{
    g_auto(RevisionView) view = {0};
    g_auto(GStrv) current = NULL;
    g_autoptr(GHashTable) missing = NULL;
    RevisionMap *files = script_directory_map(invocation->directory, error);
    RevisionMap *map = files ? migration_map(invocation->context, &current, &missing, error) : NULL;
    if (!map)
        return -1;
    g_autoptr(GPtrArray) heads = revision_map_heads(files);
    g_autoptr(GPtrArray) branch_heads = applied_tips(map, current, error);
    if (!branch_heads)
        return -1;
    missing_explain(missing);
    gboolean at_head = at_heads(files, heads, branch_heads, current);
    if (invocation->json) {
        cJSON *document = cJSON_CreateObject();
        cJSON_AddItemToObject(document, "current", json_string_array((const char *const *)current));
        cJSON_AddItemToObject(document, "branch_heads", revision_ids_to_json(branch_heads));
        cJSON_AddItemToObject(document, "heads", revision_ids_to_json(heads));
        cJSON_AddBoolToObject(document, "at_head", at_head);
        cJSON_AddItemToObject(document, "missing", rows_without_file(files, current, missing));
        output_json(document);
    } else {
        revision_view_init(&view, map, NULL);
        view.files = files;
        view.missing = g_steal_pointer(&missing);
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
        "A row whose file is not here is shown with the branch and the commit of git that have it.\n\n"
        "--check-heads also counts a head as applied when another revision that is applied depends on it, "
        "though it has no row of its own (Alembic compares the rows alone).",
    .examples = "migrate current\nmigrate current -v\nmigrate current --check-heads",
    .exits = "with --check-heads: the database is not at head",
    .options = options,
    .needs = NEEDS_CONFIG | NEEDS_SCRIPT_DIRECTORY | NEEDS_SESSION | NEEDS_READ_ONLY,
    .run = run,
};
