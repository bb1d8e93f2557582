#include "revisions.h"

#include <string.h>

#include "base/text.h"
#include "missing.h"
#include "opening.h"
#include "output.h"

/* ---- lines ---- */

void revision_view_init(RevisionView *view, const RevisionMap *map, char **current)
{
    *view = (RevisionView){.map = map, .current = current, .labels = revision_map_branch_labels(map)};
}

void revision_view_clear(RevisionView *view)
{
    g_clear_pointer(&view->missing, g_hash_table_unref);
    g_clear_pointer(&view->current, g_strfreev);
    g_clear_pointer(&view->labels, g_hash_table_unref);
    g_clear_pointer(&view->commits, revision_commits_free);
}

/* By the files: what only the database stands at is no head that an upgrade leads to. */
static gboolean view_is_head(const RevisionView *view, const Revision *revision)
{
    const Revision *file = view->files ? revision_map_get(view->files, revision->id) : revision;
    return file && revision_is_head(file);
}

static const MissingRevision *view_missing(const RevisionView *view, const Revision *revision)
{
    return view->missing ? g_hash_table_lookup(view->missing, revision->id) : NULL;
}

gboolean revision_view_is_current(const RevisionView *view, const Revision *revision)
{
    return view->current && g_strv_contains((const char *const *)view->current, revision->id);
}

/* "1975ea83b712", "<base>", or "a, b" for a merge: what a revision revises. New string. */
static char *revision_parents_text(const Revision *revision)
{
    return revision->down_revisions->len ? text_list(revision->down_revisions, ", ") : g_strdup("<base>");
}

static gboolean is_branch_point(const Revision *revision)
{
    return revision->children->len > 1;
}

char *revision_marks(const RevisionView *view, const Revision *revision, guint parts)
{
    GString *marks = g_string_new(NULL);
    if (view_is_head(view, revision))
        g_string_append(marks, revision->dependents->len ? " (effective head)" : " (head)");
    if (revision_view_is_current(view, revision))
        g_string_append(marks, " (current)");
    g_autofree char *missing = view_missing(view, revision) ? missing_mark(view_missing(view, revision)) : NULL;
    if (missing)
        g_string_append_printf(marks, " (%s)", missing);
    if ((parts & LINE_TREE) && is_branch_point(revision))
        g_string_append(marks, " (branchpoint)");
    if ((parts & LINE_TREE) && revision_is_merge(revision))
        g_string_append(marks, " (mergepoint)");
    return g_string_free(marks, FALSE);
}

char *revision_line(const RevisionView *view, const Revision *revision, guint parts)
{
    GString *line = g_string_new(NULL);
    if (parts & LINE_PARENTS) {
        g_autofree char *parents = revision_parents_text(revision);
        g_autofree char *dependencies = text_list(revision->depends_on, ", ");
        g_string_append_printf(line, *dependencies ? "%s (%s) -> " : "%s%s -> ", parents, dependencies);
    }
    g_autofree char *id =
        output_styled(revision_view_is_current(view, revision) ? STYLE_GOOD : STYLE_MARK, revision->id);
    g_string_append(line, id);
    const GPtrArray *labels = (parts & LINE_LABELS) ? g_hash_table_lookup(view->labels, revision) : NULL;
    if (labels) {
        g_autofree char *list = text_list(labels, ", ");
        g_string_append_printf(line, " (%s)", list);
    }
    g_autofree char *marks = revision_marks(view, revision, parts);
    g_string_append(line, marks);
    g_autofree char *title = text_first_line(revision->message);
    if ((parts & LINE_TITLE) && *title)
        g_string_append_printf(line, ", %s", title);
    return g_string_free(line, FALSE);
}

static void append_list(GString *text, const char *key, const GPtrArray *words)
{
    if (!words || !words->len)
        return;
    g_autofree char *list = text_list(words, ", ");
    g_string_append_printf(text, "%s: %s\n", key, list);
}

static GPtrArray *ids_of(const GPtrArray *revisions)
{
    GPtrArray *ids = g_ptr_array_new();
    for (guint i = 0; i < revisions->len; i++)
        g_ptr_array_add(ids, ((const Revision *)revisions->pdata[i])->id);
    return ids;
}

static void append_docstring(GString *text, const Revision *revision)
{
    g_auto(GStrv) lines = g_strsplit(revision->message, "\n", -1);
    for (guint i = 0; lines[i]; i++)
        g_string_append_printf(text, "%s%s\n", *lines[i] ? "    " : "", lines[i]);
    g_autofree char *revises = text_list(revision->down_revisions, ", ");
    g_string_append_printf(text, "%s    Revision ID: %s\n    Revises:%s%s\n", lines[0] ? "\n" : "", revision->id,
                           *revises ? " " : "", revises);
    if (revision->created)
        g_string_append_printf(text, "    Create Date: %s\n", revision->created);
}

/* What the path alone does not say of where the file is: new string, NULL for one on disk. */
static char *place_of_file(const RevisionView *view, const Revision *revision)
{
    if (view_missing(view, revision))
        return missing_mark(view_missing(view, revision));
    return revision->tree ? g_strdup_printf("in %s", revision->tree->name) : NULL;
}

char *revision_entry(const RevisionView *view, const Revision *revision)
{
    GString *text = g_string_new(NULL);
    g_autofree char *id =
        output_styled(revision_view_is_current(view, revision) ? STYLE_GOOD : STYLE_MARK, revision->id);
    g_string_append_printf(text, "Rev: %s%s%s%s%s\n", id, view_is_head(view, revision) ? " (head)" : "",
                           is_branch_point(revision) ? " (branchpoint)" : "",
                           revision_is_merge(revision) ? " (mergepoint)" : "",
                           revision_view_is_current(view, revision) ? " (current)" : "");
    g_autofree char *parents = revision_parents_text(revision);
    g_string_append_printf(text, "%s: %s\n", revision_is_merge(revision) ? "Merges" : "Parent", parents);
    append_list(text, "Also depends on", revision->depends_on);
    if (is_branch_point(revision)) {
        g_autoptr(GPtrArray) children = ids_of(revision->children);
        append_list(text, "Branches into", children);
    }
    append_list(text, "Branch names", g_hash_table_lookup(view->labels, revision));
    g_autofree char *place = place_of_file(view, revision);
    g_autofree char *commits =
        view_missing(view, revision) ? g_strdup("") : revision_commits_text(view->commits, revision);
    g_string_append_printf(text, "Path: %s%s%s%s\n%s\n", revision->path, place ? " (" : "", place ? place : "",
                           place ? ")" : "", commits);
    append_docstring(text, revision);
    return g_string_free(text, FALSE);
}

/* ---- documents ---- */

cJSON *revision_to_json(const Revision *revision)
{
    cJSON *item = cJSON_CreateObject();
    json_add_string(item, "revision", revision->id);
    cJSON_AddItemToObject(item, "down_revision", json_string_array_of(revision->down_revisions));
    cJSON_AddItemToObject(item, "branch_labels", json_string_array_of(revision->branch_labels));
    cJSON_AddItemToObject(item, "depends_on", json_string_array_of(revision->depends_on));
    json_add_string(item, "message", revision->message);
    json_add_string(item, "create_date", revision->created);
    json_add_string(item, "path", revision->path);
    cJSON_AddBoolToObject(item, "is_head", revision_is_head(revision));
    return item;
}

cJSON *revision_ids_to_json(const GPtrArray *revisions)
{
    g_autoptr(GPtrArray) ids = ids_of(revisions);
    return json_string_array_of(ids);
}

static cJSON *node_to_json(const RevisionView *view, const Revision *revision)
{
    cJSON *node = revision_to_json(revision);
    cJSON_ReplaceItemInObjectCaseSensitive(node, "is_head", cJSON_CreateBool(view_is_head(view, revision)));
    if (view_missing(view, revision)) {
        cJSON_ReplaceItemInObjectCaseSensitive(node, "path", cJSON_CreateNull());
        cJSON_AddItemToObject(node, "found_in", missing_to_json(view_missing(view, revision)));
    }
    cJSON_AddItemToObject(node, "branches", json_string_array_of(g_hash_table_lookup(view->labels, revision)));
    cJSON_AddBoolToObject(node, "is_branch_point", is_branch_point(revision));
    cJSON_AddBoolToObject(node, "is_merge_point", revision_is_merge(revision));
    if (view->current)
        cJSON_AddBoolToObject(node, "is_current", revision_view_is_current(view, revision));
    if (!view_missing(view, revision))
        revision_commits_add(view->commits, revision, node);
    return node;
}

static void add_edges(cJSON *edges, const Revision *from, const GPtrArray *to, const char *kind)
{
    for (guint i = 0; i < to->len; i++) {
        cJSON *edge = cJSON_CreateObject();
        json_add_string(edge, "from", from->id);
        json_add_string(edge, "to", ((const Revision *)to->pdata[i])->id);
        json_add_string(edge, "kind", kind);
        cJSON_AddItemToArray(edges, edge);
    }
}

cJSON *revision_graph_to_json(const RevisionView *view, const GPtrArray *revisions)
{
    cJSON *document = cJSON_CreateObject();
    cJSON *nodes = cJSON_AddArrayToObject(document, "nodes");
    cJSON *edges = cJSON_AddArrayToObject(document, "edges");
    for (guint i = 0; i < revisions->len; i++) {
        const Revision *revision = revisions->pdata[i];
        cJSON_AddItemToArray(nodes, node_to_json(view, revision));
        add_edges(edges, revision, revision->parents, "revises");
        add_edges(edges, revision, revision->dependencies, "depends_on");
    }
    return document;
}

/* ---- choosing ---- */

gboolean revision_format(const Invocation *invocation, const char *said, gboolean *is_ops, GError **error)
{
    GError *failure = NULL;
    g_autofree char *format =
        said ? g_strdup(said) : config_string(invocation->config, "migrate", "revision_format", &failure);
    *is_ops = g_strcmp0(format, "ops") == 0;
    if (failure)
        g_propagate_error(error, failure);
    return !failure;
}

static gboolean is_relative(const char *end)
{
    const char *at = strchr(end, '@');
    const char *symbol = at ? at + 1 : end;
    return *symbol == '+' || *symbol == '-';
}

static gboolean names_current(const char *end)
{
    const char *at = strchr(end, '@');
    const char *symbol = at ? at + 1 : end;
    return g_str_has_prefix(symbol, "current") &&
           (symbol[7] == '\0' || symbol[7] == '+' || symbol[7] == '-' || g_ascii_isspace(symbol[7]));
}

/* "-3:X" counts down from X, "X:+3" up from it: neither asks the database unless X does. */
/* Whether a spec or a range ("-3:current") counts from where the database stands. NULL: no. */
static gboolean spec_wants_current(const char *spec)
{
    if (!spec)
        return FALSE;
    g_auto(GStrv) ends = g_strsplit(spec, ":", 2);
    for (guint i = 0; ends[i]; i++)
        g_strstrip(ends[i]);
    if (!ends[0] || !ends[1])
        return ends[0] && (is_relative(ends[0]) || names_current(ends[0]));
    return names_current(ends[0]) || names_current(ends[1]) || (is_relative(ends[0]) && is_relative(ends[1])) ||
           (is_relative(ends[0]) && !strchr(ends[0], '-')) || (is_relative(ends[1]) && !strchr(ends[1], '+'));
}

guint arguments_want_current(const Invocation *invocation)
{
    guint needs = 0;
    for (guint i = 0; i < argument_count(invocation); i++)
        if (spec_wants_current(argument_at(invocation, i)))
            needs = NEEDS_SESSION | NEEDS_READ_ONLY;
    return needs;
}

guint revisions_choose_needs(const Invocation *invocation)
{
    gboolean wanted =
        option_flag(invocation, "indicate-current") || spec_wants_current(option_string(invocation, "rev-range"));
    return wanted ? NEEDS_SESSION | NEEDS_READ_ONLY : 0;
}

static GPtrArray *all_of(const RevisionMap *map)
{
    const GPtrArray *all = revision_map_all(map);
    GPtrArray *newest_first = g_ptr_array_sized_new(all->len);
    for (guint i = all->len; i-- > 0;)
        g_ptr_array_add(newest_first, all->pdata[i]);
    return newest_first;
}

GPtrArray *revisions_choose(Invocation *invocation, RevisionView *view, GError **error)
{
    const char *range = option_string(invocation, "rev-range");
    gboolean asks = revisions_choose_needs(invocation) && invocation->context;
    g_auto(GStrv) current = NULL;
    g_autoptr(GHashTable) missing = NULL;
    *view = (RevisionView){0};
    RevisionMap *files = script_directory_map(invocation->directory, error);
    RevisionMap *map = files && asks ? migration_map(invocation->context, &current, &missing, error) : files;
    if (!map)
        return NULL;
    missing_explain(missing);
    GPtrArray *revisions = range ? revision_map_range(map, range, (const char *const *)current, error) : all_of(map);
    revision_view_init(view, map, option_flag(invocation, "indicate-current") ? g_steal_pointer(&current) : NULL);
    view->files = files;
    view->missing = g_steal_pointer(&missing);
    return revisions;
}
