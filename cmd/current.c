#include "commands.h"

#include <stdio.h>

#include "exit.h"
#include "opening.h"
#include "output.h"
#include "revisions.h"

static gboolean at_heads(const GPtrArray *heads, char **current)
{
    if (g_strv_length(current) != heads->len)
        return FALSE;
    for (guint i = 0; i < heads->len; i++)
        if (!g_strv_contains((const char *const *)current, ((const Revision *)heads->pdata[i])->id))
            return FALSE;
    return TRUE;
}

static void print_revision(const Invocation *invocation, const RevisionMap *map, const char *id)
{
    const Revision *revision = revision_map_get(map, id);
    const char *mark = !revision ? " (no file)" : revision_is_head(revision) ? " (head)" : "";
    if (invocation->verbose && revision)
        printf("%s%s\n  message: %s\n  file: %s\n", id, mark, revision->message, revision->path);
    else
        printf("%s%s\n", id, mark);
}

static int run(Invocation *invocation, GError **error)
{
    RevisionMap *map = script_directory_map(invocation->directory, error);
    g_auto(GStrv) current = map ? invocation_current(invocation, error) : NULL;
    if (!current)
        return -1;
    g_autoptr(GPtrArray) heads = revision_map_heads(map);
    gboolean at_head = at_heads(heads, current);
    if (invocation->json) {
        cJSON *document = cJSON_CreateObject();
        cJSON_AddItemToObject(document, "current", json_string_array((const char *const *)current));
        cJSON_AddItemToObject(document, "heads", revision_ids_to_json(heads));
        cJSON_AddBoolToObject(document, "at_head", at_head);
        output_json(document);
    } else {
        for (guint i = 0; current[i]; i++)
            print_revision(invocation, map, current[i]);
    }
    return option_flag(invocation, "check-heads") && !at_head ? EXIT_FOUND : EXIT_DONE;
}

static const OptionSpec options[] = {
    {"check-heads", 0, OPTION_FLAG, NULL, "exit with 3 unless the database is at head", NULL},
    {0},
};

const Command command_current = {
    .name = "current",
    .summary = "print the revision the database stands at",
    .description = "Prints one line per row of the version table, nothing for an empty one.",
    .examples = "migrate current\nmigrate current --check-heads",
    .exits = "with --check-heads: the database is not at head",
    .options = options,
    .needs = NEEDS_CONFIG | NEEDS_SCRIPT_DIRECTORY | NEEDS_SESSION | NEEDS_READ_ONLY,
    .run = run,
};
