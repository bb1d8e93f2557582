#include "commands.h"

#include <stdio.h>

#include "drawing.h"
#include "exit.h"
#include "opening.h"
#include "output.h"

static void print_heads(const Invocation *invocation, const RevisionView *view, const GPtrArray *heads)
{
    for (guint i = 0; i < heads->len; i++) {
        g_autofree char *text = invocation->verbose ? revision_entry(view, heads->pdata[i])
                                                    : revision_line(view, heads->pdata[i], LINE_LABELS);
        printf("%s\n", text);
    }
}

static int run(Invocation *invocation, GError **error)
{
    gboolean draw, dependencies = option_flag(invocation, "resolve-dependencies");
    if (!drawing_wanted(invocation, &draw, error))
        return -1;
    RevisionMap *map = script_directory_map(invocation->directory, error);
    g_auto(GStrv) current = NULL;
    if (!map || (option_flag(invocation, "indicate-current") && !(current = invocation_current(invocation, error))))
        return -1;
    g_auto(RevisionView) view = {0};
    revision_view_init(&view, map, g_steal_pointer(&current));
    g_autoptr(GPtrArray) heads = dependencies ? revision_map_real_heads(map) : revision_map_heads(map);
    if (invocation->json)
        output_json(revision_graph_to_json(&view, heads));
    else if (draw)
        draw_heads(&view, dependencies, invocation->verbose);
    else
        print_heads(invocation, &view, heads);
    return EXIT_DONE;
}

static guint needs_by_options(const Invocation *invocation)
{
    return option_flag(invocation, "indicate-current") ? NEEDS_SESSION | NEEDS_READ_ONLY : 0;
}

static const OptionSpec options[] = {
    {"resolve-dependencies", 0, OPTION_FLAG, NULL, "what another revision depends on is no head", NULL},
    OPTION_INDICATE,
    OPTION_GRAPH,
    OPTION_NO_GRAPH,
    {0},
};

const Command command_heads = {
    .name = "heads",
    .summary = "print the newest revisions of the script directory",
    .description = "A head is a revision that no other revises. More than one head means that two branches were not "
                   "merged yet. A head that another revision depends on is an effective head: the version table has a "
                   "row for the other one only. The database is asked only with -i.\n\n"
                   "On a terminal, or with --graph, the heads are drawn with the revisions where their lines part; the "
                   "revisions between them are counted. With --json: nodes, which are the heads, and edges, which are "
                   "what these revise or depend on.",
    .examples = "migrate heads\nmigrate heads -v\nmigrate heads --resolve-dependencies",
    .options = options,
    .needs = NEEDS_CONFIG | NEEDS_SCRIPT_DIRECTORY,
    .needs_by_options = needs_by_options,
    .run = run,
};
