#include "graph.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "commands.h"
#include "exit.h"
#include "output.h"

char *graph_heading(const RevisionView *view, const Revision *revision)
{
    g_autofree char *labels = text_list(revision->branch_labels, ", ");
    g_autofree char *marks = revision_marks(view, revision, 0);
    g_autofree char *heading = g_strconcat(revision->id, *labels ? " (" : "", labels, *labels ? ")" : "", marks, NULL);
    return output_clean(heading);
}

char *graph_title(const Revision *revision)
{
    g_autofree char *title = text_first_line(revision->message);
    return output_clean(title);
}

/* Appends `text` with some of its characters replaced: pairs of a character and what stands for it. */
static void append_escaped(GString *out, const char *text, const char *const (*escapes)[2])
{
    for (const char *at = text; *at; at++) {
        const char *escape = NULL;
        for (guint i = 0; escapes[i][0] && !escape; i++)
            if (*escapes[i][0] == *at)
                escape = escapes[i][1];
        if (escape)
            g_string_append(out, escape);
        else
            g_string_append_c(out, *at);
    }
}

static GHashTable *set_of(const GPtrArray *revisions)
{
    GHashTable *set = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < revisions->len; i++)
        g_hash_table_add(set, revisions->pdata[i]);
    return set;
}

/* Calls `edge` for each edge between two of the revisions, from the older to the newer. */
typedef void (*EdgeFunc)(GString *out, const Revision *older, const Revision *newer, gboolean is_dependency);
static void each_edge(GString *out, const GPtrArray *revisions, EdgeFunc edge)
{
    g_autoptr(GHashTable) set = set_of(revisions);
    for (guint i = revisions->len; i-- > 0;) {
        const Revision *revision = revisions->pdata[i];
        for (guint k = 0; k < revision->parents->len; k++)
            if (g_hash_table_contains(set, revision->parents->pdata[k]))
                edge(out, revision->parents->pdata[k], revision, FALSE);
        for (guint k = 0; k < revision->dependencies->len; k++)
            if (g_hash_table_contains(set, revision->dependencies->pdata[k]))
                edge(out, revision->dependencies->pdata[k], revision, TRUE);
    }
}

/* ---- Graphviz: "The DOT Language", double-quoted strings; its labels know HTML's entities ---- */

static const char *const dot_escapes[][2] = {{"\"", "\\\""}, {"\\", "\\\\"}, {"&", "&amp;"}, {NULL, NULL}};

static void append_dot_edge(GString *out, const Revision *older, const Revision *newer, gboolean is_dependency)
{
    g_string_append_printf(out, "    \"%s\" -> \"%s\"%s;\n", older->id, newer->id,
                           is_dependency ? " [style=dashed, constraint=false]" : "");
}

static void append_dot(GString *out, const RevisionView *view, const GPtrArray *revisions)
{
    g_string_append(out, "digraph revisions {\n    node [shape=box, style=rounded];\n");
    for (guint i = revisions->len; i-- > 0;) {
        const Revision *revision = revisions->pdata[i];
        g_autofree char *heading = graph_heading(view, revision);
        g_autofree char *title = graph_title(revision);
        g_string_append_printf(out, "    \"%s\" [label=\"", revision->id);
        append_escaped(out, heading, dot_escapes);
        g_string_append(out, *title ? "\\n" : "");
        append_escaped(out, title, dot_escapes);
        g_string_append_printf(out, "\"%s%s];\n", revision_is_head(revision) ? ", penwidth=2" : "",
                               revision_view_is_current(view, revision) ? ", color=darkgreen, fontcolor=darkgreen"
                                                                        : "");
    }
    each_edge(out, revisions, append_dot_edge);
    g_string_append(out, "}\n");
}

/* ---- Mermaid: "Flowcharts", entity codes to escape characters. An id alone could be a keyword, "end"; "%%{" begins a
 * directive, and "$$" a formula, in a label, too. ---- */

static const char *const mermaid_escapes[][2] = {{"\"", "#quot;"}, {"#", "#35;"}, {"&", "#amp;"}, {"<", "#lt;"},
                                                 {">", "#gt;"},    {"`", "#96;"}, {"\\", "#92;"}, {"%", "#37;"},
                                                 {"$", "#36;"},    {NULL, NULL}};

static void append_mermaid_edge(GString *out, const Revision *older, const Revision *newer, gboolean is_dependency)
{
    g_string_append_printf(out, "    r_%s %s r_%s\n", older->id, is_dependency ? "-.->" : "-->", newer->id);
}

static void append_mermaid(GString *out, const RevisionView *view, const GPtrArray *revisions)
{
    g_string_append(out, "flowchart TB\n");
    for (guint i = revisions->len; i-- > 0;) {
        const Revision *revision = revisions->pdata[i];
        g_autofree char *heading = graph_heading(view, revision);
        g_autofree char *title = graph_title(revision);
        g_string_append_printf(out, "    r_%s[\"", revision->id);
        append_escaped(out, heading, mermaid_escapes);
        g_string_append(out, *title ? "<br/>" : "");
        append_escaped(out, title, mermaid_escapes);
        g_string_append_printf(out, "\"]%s\n",
                               revision_view_is_current(view, revision) ? ":::current"
                               : revision_is_head(revision)             ? ":::head"
                                                                        : "");
    }
    each_edge(out, revisions, append_mermaid_edge);
    g_string_append(out, "    classDef head stroke-width:3px\n    classDef current stroke:#060,stroke-width:3px\n");
}

/* ---- the command ---- */

static int run(Invocation *invocation, GError **error)
{
    const char *format = option_string(invocation, "format");
    g_auto(RevisionView) view = {0};
    g_autoptr(GPtrArray) revisions = revisions_choose(invocation, &view, error);
    if (!revisions)
        return -1;
    g_autoptr(GString) text = g_string_new(NULL);
    if (g_strcmp0(format, "mermaid") == 0)
        append_mermaid(text, &view, revisions);
    else if (g_strcmp0(format, "svg") == 0)
        graph_append_svg(text, &view, revisions);
    else
        append_dot(text, &view, revisions);
    if (invocation->json) {
        cJSON *document = cJSON_CreateObject();
        json_add_string(document, "format", format ? format : "dot");
        json_add_string(document, "text", text->str);
        output_json(document);
    } else {
        fputs(text->str, stdout);
    }
    return EXIT_DONE;
}

static const OptionSpec options[] = {
    {"format", 0, OPTION_STRING, "FORMAT", "what to print, dot unless said", "dot|mermaid|svg"},
    OPTION_RANGE,
    OPTION_INDICATE,
    {0},
};

const Command command_graph = {
    .name = "graph",
    .summary = "print the graph of revisions for a document",
    .description = "Prints the revisions and their edges as text for Graphviz (dot) or Mermaid, or as an SVG image: an "
                   "arrow leads from a revision to each that revises it, a dashed one to each that depends on it. Of a "
                   "range, the edges between its revisions. The database is asked only with -i, or when the range "
                   "speaks of where it stands.",
    .examples = "migrate graph | dot -Tpng -o revisions.png\nmigrate graph --format mermaid\n"
                "migrate graph --format svg >revisions.svg",
    .options = options,
    .needs = NEEDS_CONFIG | NEEDS_SCRIPT_DIRECTORY,
    .needs_by_options = revisions_choose_needs,
    .run = run,
};
