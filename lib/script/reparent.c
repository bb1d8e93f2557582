#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "script/internal.h"

/* A text in which bytes are to be replaced. */
typedef struct Edit {
    gsize start, length;
    char *replacement;
} Edit;

/* Takes the replacement. */
static void add_edit(GArray *edits, gsize start, gsize length, char *replacement)
{
    Edit edit = {start, length, replacement};
    g_array_append_val(edits, edit);
}

static int compare_edits(gconstpointer a, gconstpointer b)
{
    const Edit *first = a, *second = b;
    return first->start < second->start ? -1 : first->start > second->start;
}

static void edit_clear(Edit *edit)
{
    g_free(edit->replacement);
}

/* ---- files of SQL ---- */

static void reparent_sql(const char *path, const char *text, gsize length, const GPtrArray *parents, GArray *edits)
{
    HeaderPlaces places;
    revision_header_places(path, text, length, &places);
    g_autofree char *ids = text_list(parents, ", ");
    if (!places.has_revises) {
        gboolean crlf = places.after_id >= 2 && text[places.after_id - 2] == '\r';
        add_edit(edits, places.after_id, 0,
                 g_strdup_printf("-- Revises:%s%s%s", *ids != '\0' ? " " : "", ids, crlf ? "\r\n" : "\n"));
        return;
    }
    gsize start = places.revises, end = places.revises_end;
    while (start < end && g_ascii_isspace(text[start]))
        start++;
    while (end > start && g_ascii_isspace(text[end - 1]))
        end--;
    gboolean touches = start == places.revises && *ids != '\0';
    add_edit(edits, start, end - start, g_strconcat(touches ? " " : "", ids, NULL));
}

/* ---- files of operations ---- */

/* Ids hold nothing that JSON escapes. */
static char *json_ids(const GPtrArray *parents)
{
    if (parents->len == 0)
        return g_strdup("null");
    g_autofree char *ids = text_list(parents, "\", \"");
    return parents->len == 1 ? g_strdup_printf("\"%s\"", ids) : g_strdup_printf("[\"%s\"]", ids);
}

/* A list stays one: the first strings are replaced, the others taken out, more put behind the last. */
static void reparent_list(const JsonDocument *document, const cJSON *list, const GPtrArray *parents, GArray *edits)
{
    gsize start = 0, length = 0, behind;
    json_document_token(document, list, &start, &length);
    behind = start + length;
    guint i = 0;
    const cJSON *item = list->child;
    for (; item != NULL && i < parents->len; item = item->next, i++) {
        json_document_token(document, item, &start, &length);
        add_edit(edits, start, length, g_strdup_printf("\"%s\"", (const char *)g_ptr_array_index(parents, i)));
        behind = start + length;
    }
    if (item != NULL) {
        gsize from = behind;
        if (i == 0)
            json_document_token(document, item, &from, &length);
        for (; item != NULL; item = item->next)
            json_document_token(document, item, &start, &length);
        add_edit(edits, from, start + length - from, g_strdup(""));
    } else if (i < parents->len) {
        g_autoptr(GString) more = g_string_new(NULL);
        for (; i < parents->len; i++)
            g_string_append_printf(more, "%s\"%s\"", i > 0 ? ", " : "", (const char *)g_ptr_array_index(parents, i));
        add_edit(edits, behind, 0, g_strdup(more->str));
    }
}

/* A key of its own behind "revision", on a line of its own where that has one. */
static void add_key(const JsonDocument *document, const char *text, const GPtrArray *parents, GArray *edits)
{
    const cJSON *id = cJSON_GetObjectItemCaseSensitive(json_document_root(document), "revision");
    gsize start = 0, length = 0;
    json_document_token(document, id, &start, &length);
    gsize line = start;
    while (line > 0 && text[line - 1] != '\n')
        line--;
    gsize indent = line;
    while (g_ascii_isspace(text[indent]))
        indent++;
    gboolean own_line = line > 0 && text[indent] == '"';
    const char *line_end = line >= 2 && text[line - 2] == '\r' ? "\r\n" : "\n";
    g_autofree char *ids = json_ids(parents);
    g_autofree char *space = own_line ? g_strndup(text + line, indent - line) : g_strdup(" ");
    add_edit(edits, start + length, 0,
             g_strdup_printf(",%s%s\"down_revision\": %s", own_line ? line_end : "", space, ids));
}

static gboolean reparent_ops(const char *path, const char *text, gsize length, const GPtrArray *parents, GArray *edits,
                             GError **error)
{
    g_autoptr(JsonDocument) document = json_document_parse(path, text, length, error);
    if (document == NULL)
        return FALSE;
    const cJSON *node = cJSON_GetObjectItemCaseSensitive(json_document_root(document), "down_revision");
    if (node == NULL) {
        add_key(document, text, parents, edits);
    } else if (cJSON_IsArray(node)) {
        reparent_list(document, node, parents, edits);
    } else {
        gsize start = 0, size = 0;
        json_document_token(document, node, &start, &size);
        add_edit(edits, start, size, json_ids(parents));
    }
    return TRUE;
}

/* ---- both ---- */

static gboolean same_strings(const GPtrArray *a, const GPtrArray *b)
{
    gboolean same = a->len == b->len;
    for (guint i = 0; same && i < a->len; i++)
        same = strcmp(g_ptr_array_index(a, i), g_ptr_array_index(b, i)) == 0;
    return same;
}

/* Whether the new text says of everything else what the old one does. */
static gboolean check_text(const Revision *old, const char *text, gsize length, const GPtrArray *parents,
                           GError **error)
{
    g_autoptr(Revision) revision = revision_parse(old->path, text, length, error);
    if (revision == NULL)
        return FALSE;
    if (strcmp(revision->id, old->id) == 0 && strcmp(revision->message, old->message) == 0 &&
        g_strcmp0(revision->created, old->created) == 0 && same_strings(revision->down_revisions, parents) &&
        same_strings(revision->branch_labels, old->branch_labels) &&
        same_strings(revision->depends_on, old->depends_on) && revision->sections->len == old->sections->len)
        return TRUE;
    g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_FILE,
                "%s: the parents of revision '%s' cannot be replaced without changing more: write them by hand",
                old->path, old->id);
    return FALSE;
}

char *revision_text_reparent(const char *path, const char *bytes, gsize length, const GPtrArray *parents,
                             gsize *new_length, GError **error)
{
    g_autoptr(Revision) old = revision_parse(path, bytes, length, error);
    if (old == NULL)
        return NULL;
    gsize text_length = length;
    const char *text = text_skip_bom(bytes, &text_length);
    g_autoptr(GArray) edits = g_array_new(FALSE, FALSE, sizeof(Edit));
    g_array_set_clear_func(edits, (GDestroyNotify)edit_clear);
    if (!old->is_ops)
        reparent_sql(path, text, text_length, parents, edits);
    else if (!reparent_ops(path, text, text_length, parents, edits, error))
        return NULL;
    g_array_sort(edits, compare_edits);
    g_autoptr(GString) result = g_string_new_len(bytes, text - bytes);
    gsize from = 0;
    for (guint i = 0; i < edits->len; i++) {
        const Edit *edit = &g_array_index(edits, Edit, i);
        g_string_append_len(result, text + from, (gssize)(edit->start - from));
        g_string_append(result, edit->replacement);
        from = edit->start + edit->length;
    }
    g_string_append_len(result, text + from, (gssize)(text_length - from));
    if (!check_text(old, result->str, result->len, parents, error))
        return NULL;
    *new_length = result->len;
    return g_string_free(g_steal_pointer(&result), FALSE);
}
