/* JSON as it stands in the file: numbers keep their digits. */
#include "operations/reader.h"

static int compare_keys(gconstpointer a, gconstpointer b)
{
    return g_strcmp0((*(const cJSON *const *)a)->string, (*(const cJSON *const *)b)->string);
}

static void append_children(GString *out, JsonDocument *document, const cJSON *node, gboolean sorted)
{
    g_autoptr(GPtrArray) children = g_ptr_array_new();
    for (const cJSON *child = node->child; child; child = child->next)
        g_ptr_array_add(children, (gpointer)child);
    if (sorted && cJSON_IsObject(node))
        g_ptr_array_sort(children, compare_keys);
    for (guint i = 0; i < children->len; i++) {
        const cJSON *child = children->pdata[i];
        if (i > 0)
            g_string_append(out, ", ");
        if (cJSON_IsObject(node)) {
            g_autoptr(cJSON) key = cJSON_CreateStringReference(child->string);
            json_append_line(out, key);
            g_string_append(out, ": ");
        }
        op_append_json(out, document, child, sorted);
    }
}

void op_append_json(GString *out, JsonDocument *document, const cJSON *node, gboolean sorted)
{
    g_autofree char *number = cJSON_IsNumber(node) ? json_document_number_text(document, node) : NULL;
    if (number) {
        g_string_append(out, number);
    } else if (cJSON_IsArray(node) || cJSON_IsObject(node)) {
        g_string_append_c(out, cJSON_IsArray(node) ? '[' : '{');
        append_children(out, document, node, sorted);
        g_string_append_c(out, cJSON_IsArray(node) ? ']' : '}');
    } else {
        json_append_line(out, node);
    }
}
