#include "commands.h"

#include <stdio.h>

#include "drawing.h"
#include "exit.h"
#include "output.h"
#include "repository.h"

static void print_history(const Invocation *invocation, const RevisionView *view, const GPtrArray *revisions)
{
    for (guint i = 0; i < revisions->len; i++) {
        g_autofree char *text =
            invocation->verbose
                ? revision_entry(view, revisions->pdata[i])
                : revision_line(view, revisions->pdata[i], LINE_PARENTS | LINE_LABELS | LINE_TREE | LINE_TITLE);
        printf("%s\n", text);
    }
}

static int run(Invocation *invocation, GError **error)
{
    gboolean draw;
    g_auto(RevisionView) view = {0};
    if (!drawing_wanted(invocation, &draw, error))
        return -1;
    g_autoptr(GPtrArray) revisions = revisions_choose(invocation, &view, error);
    if (!revisions)
        return -1;
    if (invocation->verbose)
        view.commits = revision_commits_new(invocation);
    if (invocation->json)
        output_json(revision_graph_to_json(&view, revisions));
    else if (draw)
        draw_history(&view, revisions, invocation->verbose);
    else
        print_history(invocation, &view, revisions);
    return EXIT_DONE;
}

static const OptionSpec options[] = {
    OPTION_RANGE, OPTION_INDICATE, OPTION_GRAPH, OPTION_NO_GRAPH, OPTION_REF, {0},
};

const Command command_history = {
    .name = "history",
    .summary = "list the revisions, newest first",
    .description = "Lists the revision files: what each builds on, its dependencies in parentheses, the labels of its "
                   "branch, (head) or, where another revision depends on it, (effective head), (branchpoint), "
                   "(mergepoint), and the first line of its message. The database is asked only with -i, or when the "
                   "range speaks of where it stands; then revisions that it stands at and no file holds are listed, "
                   "too, with the branch and the commit of git that have them.\n\n"
                   "On a terminal, or with --graph, the revisions are drawn as a graph, with a line from each to what "
                   "it revises; what it depends on is named. With --json: nodes, and edges of the kinds revises and "
                   "depends_on, also to what is outside the range.\n\n"
                   "With -v, what git knows is told, too: the commit that brought each file, with author and date, "
                   "the one that changed it last where that is another, or that it is not committed." REF_DESCRIPTION,
    .examples = "migrate history\nmigrate history -v -r 1975ea:head\nmigrate history -i\n"
                "migrate history --graph | less",
    .options = options,
    .needs = NEEDS_CONFIG | NEEDS_SCRIPT_DIRECTORY,
    .needs_by_options = revisions_choose_needs,
    .run = run,
};
