/* Revision files in JSON: the header in the order of migrate-revisions(5), then the operations. */
#include <string.h>

#include "schema/model.h"
#include "script/internal.h"

/* Without operations, what belongs there is said. */
#define HINT "// operations, such as {\"op\": \"add_column\", …}: see migrate-revisions(5)"

/* null for a base, a string for one, a list for a merge. */
static cJSON *parents_to_json(const GPtrArray *ids)
{
    if (ids->len == 0)
        return cJSON_CreateNull();
    return ids->len == 1 ? cJSON_CreateString(g_ptr_array_index(ids, 0)) : json_string_array_of(ids);
}

/* A line is a string, several are a list of them. */
static cJSON *message_to_json(const char *message)
{
    g_autofree char *valid = g_utf8_make_valid(message != NULL ? message : "", -1);
    g_auto(GStrv) lines = g_strsplit(g_strstrip(valid), "\n", -1);
    guint n = g_strv_length(lines);
    if (n < 2)
        return cJSON_CreateString(n == 0 ? "" : lines[0]);
    cJSON *list = cJSON_CreateArray();
    for (guint i = 0; i < n; i++)
        cJSON_AddItemToArray(list, cJSON_CreateString(g_strchomp(lines[i])));
    return list;
}

static void append_key(GString *text, const char *key, cJSON *taken)
{
    g_autoptr(cJSON) value = taken;
    g_string_append_printf(text, "%s\n  \"%s\": ", text->len > 1 ? "," : "", key);
    model_append_json(text, value, 1, 2);
}

static gboolean describes_table(const cJSON *op)
{
    const cJSON *name = cJSON_GetObjectItemCaseSensitive(op, "op");
    return cJSON_IsString(name) &&
           (strcmp(name->valuestring, "create_table") == 0 || strcmp(name->valuestring, "batch_alter_table") == 0);
}

static void append_ops(GString *text, const char *key, const cJSON *ops, const GPtrArray *notes)
{
    guint number = 0;
    g_string_append_printf(text, ",\n  \"%s\": [", key);
    for (const cJSON *op = ops != NULL ? ops->child : NULL; op != NULL; op = op->next, number++) {
        const char *note = notes != NULL ? g_ptr_array_index(notes, number) : "";
        if (*note != '\0')
            g_string_append_printf(text, "\n    // %s", note);
        g_string_append(text, "\n    ");
        model_append_json(text, op, describes_table(op) ? 0 : 1, 4);
        g_string_append(text, op->next != NULL ? "," : "\n  ");
    }
    if (ops == NULL)
        g_string_append(text, "\n    " HINT "\n  ");
    g_string_append_c(text, ']');
}

char *ops_text_write(const RevisionText *revision)
{
    GString *text = g_string_new("{");
    append_key(text, "revision", cJSON_CreateString(revision->id));
    append_key(text, "down_revision", parents_to_json(revision->down_revisions));
    append_key(text, "branch_labels", json_string_array_of(revision->branch_labels));
    append_key(text, "depends_on", json_string_array_of(revision->depends_on));
    append_key(text, "message", message_to_json(revision->message));
    if (revision->created != NULL)
        append_key(text, "create_date", cJSON_CreateString(revision->created));
    append_ops(text, "upgrade", revision->upgrade, revision->upgrade_notes);
    append_ops(text, "downgrade", revision->downgrade, revision->downgrade_notes);
    g_string_append(text, "\n}\n");
    return g_string_free(text, FALSE);
}
