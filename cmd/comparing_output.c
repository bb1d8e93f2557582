/* How a comparison is told: on the log, as JSON, as SQL. */
#include "comparing.h"

#include <string.h>

#include "base/text.h"
#include "output.h"
#include "schema/model.h"

/* In one line, however much it is. */
static void log_out_of_scope(const MetaData *live, const GPtrArray *names)
{
    g_autoptr(GPtrArray) left = names ? strings_copy(names) : strings_new();
    for (guint i = 0; live->not_modelled && i < live->not_modelled->len; i++) {
        const NotModelled *thing = live->not_modelled->pdata[i];
        if (thing->out_of_scope)
            g_ptr_array_add(left, g_strdup_printf("%s (%s)", thing->subject, thing->text));
    }
    if (left->len == 0)
        return;
    g_autofree char *list = text_list(left, ", ");
    log_detail("out of scope, left alone (include_tables, exclude_tables, include_schemas): %s", list);
}

void log_not_modelled(const MetaData *live, const GPtrArray *out_of_scope)
{
    for (guint i = 0; live->not_modelled && i < live->not_modelled->len; i++) {
        const NotModelled *thing = live->not_modelled->pdata[i];
        if (!thing->out_of_scope)
            log_detail("not modelled, left alone: %s: %s", thing->subject, thing->text);
    }
    log_out_of_scope(live, out_of_scope);
}

cJSON *not_modelled_to_json(const MetaData *live)
{
    cJSON *array = cJSON_CreateArray();
    for (guint i = 0; live->not_modelled && i < live->not_modelled->len; i++)
        cJSON_AddItemToArray(array, model_not_modelled_to_json(live->not_modelled->pdata[i]));
    return array;
}

void log_findings(const ModelComparison *comparison, LogLevel notes)
{
    for (guint i = 0; i < comparison->notes->len; i++)
        log_message(notes, "%s", (char *)comparison->notes->pdata[i]);
    for (guint i = 0; i < comparison->comparison->findings->len; i++) {
        const Finding *finding = comparison->comparison->findings->pdata[i];
        log_message(strcmp(finding->verdict, "unknown") == 0 ? LOG_WARNING : LOG_DETAIL, "%s: %s", finding->subject,
                    finding->text);
    }
    log_not_modelled(comparison->live, comparison->comparison->out_of_scope);
}

cJSON *findings_to_json(const ModelComparison *comparison)
{
    cJSON *array = cJSON_CreateArray();
    for (guint i = 0; i < comparison->comparison->findings->len; i++) {
        const Finding *finding = comparison->comparison->findings->pdata[i];
        cJSON *item = cJSON_CreateObject();
        json_add_string(item, "subject", finding->subject);
        json_add_string(item, "text", finding->text);
        json_add_string(item, "verdict", finding->verdict);
        cJSON_AddItemToArray(array, item);
    }
    return array;
}

cJSON *likely_renames_to_json(const ModelComparison *comparison)
{
    cJSON *array = cJSON_CreateArray();
    for (guint i = 0; i < comparison->comparison->likely_renames->len; i++) {
        const LikelyRename *rename = comparison->comparison->likely_renames->pdata[i];
        cJSON *item = cJSON_CreateObject();
        json_add_string(item, "kind", rename->kind);
        json_add_string(item, "of", rename->owner);
        json_add_string(item, "old_name", rename->old_name);
        json_add_string(item, "new_name", rename->new_name);
        json_add_string(item, "flag", rename->flag);
        cJSON_AddItemToArray(array, item);
    }
    return array;
}

char *operations_sql(const ModelComparison *comparison, GError **error)
{
    g_autoptr(GPtrArray) blocks =
        comparison->dialect->compile(comparison->comparison->operations, comparison->live, error);
    if (!blocks)
        return NULL;
    sql_blocks_add_notes(comparison->dialect, blocks, comparison->comparison->operations);
    GString *sql = g_string_new(NULL);
    for (guint i = 0; i < blocks->len; i++) {
        const SqlBlock *block = blocks->pdata[i];
        if (block->foreign_keys_off)
            g_string_append(sql, "-- with foreign keys off\n");
        for (guint j = 0; j < block->statements->len; j++)
            g_string_append_printf(sql, "%s;\n\n", (char *)block->statements->pdata[j]);
    }
    if (sql->len > 0)
        g_string_truncate(sql, sql->len - 1);
    return g_string_free(sql, FALSE);
}

char *operation_line(const MigrateOp *op)
{
    g_autofree char *text = migrate_op_describe(op);
    g_autofree char *rows = op->rows.rows > 0 ? row_estimate_text(&op->rows) : NULL;
    return rows ? g_strconcat(text, ", ", rows, NULL) : g_steal_pointer(&text);
}

char *pending_lines(const GPtrArray *pending)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < pending->len; i++) {
        const Revision *revision = pending->pdata[i];
        g_autofree char *title = text_first_line(revision->message);
        g_string_append_printf(text, "  %s%s%s\n", revision->id, *title ? " " : "", title);
    }
    return g_string_free(text, FALSE);
}
