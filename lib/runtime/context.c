#include <string.h>

#include "base/text.h"
#include "runtime/internal.h"

static char *qualified(const MigrationContext *context, const char *table)
{
    g_autofree char *name = context->dialect->quote_identifier(table);
    if (context->schema == NULL)
        return g_steal_pointer(&name);
    g_autofree char *schema = context->dialect->quote_identifier(context->schema);
    return g_strconcat(schema, ".", name, NULL);
}

static const char *or_default(const char *value, const char *fallback)
{
    return value != NULL && *value != '\0' ? value : fallback;
}

/* New string. */
static char *who_text(const MigrationOptions *options)
{
    g_autofree char *who =
        options->who != NULL ? g_strdup(options->who) : g_strdup_printf("%s@%s", g_get_user_name(), g_get_host_name());
    return options->tag != NULL ? g_strdup_printf("%s [%s]", who, options->tag) : g_steal_pointer(&who);
}

MigrationContext *migration_context_new(Session *session, ScriptDirectory *directory, const MigrationOptions *options)
{
    MigrationContext *context = g_new0(MigrationContext, 1);
    context->session = session;
    context->directory = directory;
    context->dialect = session != NULL ? session_dialect(session) : NULL;
    context->schema = g_strdup(or_default(options->version_table_schema, NULL));
    context->version_table = g_strdup(or_default(options->version_table, "migrate_version"));
    context->history_table = g_strdup(or_default(options->history_table, "migrate_history"));
    if (context->dialect != NULL) {
        context->version_name = qualified(context, context->version_table);
        context->history_name = qualified(context, context->history_table);
    }
    context->one_transaction = options->one_transaction;
    context->allow_edited = options->allow_edited;
    context->who = who_text(options);
    context->naming_convention = options->naming_convention != NULL ? naming_convention_copy(options->naming_convention)
                                                                    : naming_convention_new_default();
    context->tool_version = g_strdup(or_default(options->tool_version, ""));
    context->maps = g_ptr_array_new_with_free_func((GDestroyNotify)revision_map_free);
    context->edited = g_ptr_array_new_with_free_func((GDestroyNotify)edited_revision_free);
    context->finder = options->finder;
    context->missing_files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)missing_file_free);
    return context;
}

void migration_context_free(MigrationContext *context)
{
    if (context == NULL)
        return;
    g_free(context->schema);
    g_free(context->version_table);
    g_free(context->history_table);
    g_free(context->version_name);
    g_free(context->history_name);
    g_free(context->who);
    g_free(context->tool_version);
    naming_convention_free(context->naming_convention);
    g_ptr_array_unref(context->maps);
    g_ptr_array_unref(context->edited);
    g_hash_table_unref(context->missing_files);
    g_free(context);
}

gboolean context_find_tables(MigrationContext *context, gboolean *version, gboolean *history, GError **error)
{
    *version = *history = FALSE;
    if (context->session == NULL)
        return TRUE;
    const char *names[] = {context->version_table, context->history_table, NULL};
    g_autoptr(GPtrArray) found =
        context->dialect->existing_tables(session_connection(context->session), context->schema, names, error);
    if (found == NULL)
        return FALSE;
    gboolean ignore_case = (context->dialect->capabilities & DIALECT_IGNORE_CASE) != 0;
    for (guint i = 0; i < found->len; i++) {
        const char *name = g_ptr_array_index(found, i);
        *version = *version || name_equal(name, context->version_table, ignore_case);
        *history = *history || name_equal(name, context->history_table, ignore_case);
    }
    return TRUE;
}

static int compare_strings(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorts `ids` (char*, owned by the array) and makes a NULL-terminated array of them; the array itself is freed. */
static char **rows_finish(GPtrArray *ids)
{
    g_ptr_array_sort(ids, compare_strings);
    g_ptr_array_add(ids, NULL);
    g_ptr_array_set_free_func(ids, NULL);
    return (char **)g_ptr_array_free(ids, FALSE);
}

char *context_rows_sql(const MigrationContext *context)
{
    return g_strdup_printf("SELECT version_num FROM %s", context->version_name);
}

char **context_rows_of(Result *result, GError **error)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    int more;
    while ((more = result_next(result, error)) == 1)
        if (result_text(result, 0) != NULL)
            g_ptr_array_add(ids, g_strdup(result_text(result, 0)));
    return more == 0 ? rows_finish(g_steal_pointer(&ids)) : NULL;
}

static gboolean read_value(Result *result, char **value, GError **error)
{
    int more = result_next(result, error);
    *value = more == 1 ? g_strdup(result_text(result, 0)) : NULL;
    return more >= 0;
}

char **migration_context_current_with(MigrationContext *context, const char *query, char **value, GError **error)
{
    gboolean version, history;
    *value = NULL;
    if (!context_find_tables(context, &version, &history, error))
        return NULL;
    g_autofree char *rows = version ? context_rows_sql(context) : NULL;
    Request requests[2] = {0};
    Result *results[2] = {NULL, NULL};
    guint n = 0;
    if (version)
        requests[n++].sql = rows;
    if (query && context->session)
        requests[n++].sql = query;
    if (n > 0 && !connection_run_many(session_connection(context->session), requests, n, results, NULL, error))
        return NULL;
    g_autoptr(Result) first = results[0];
    g_autoptr(Result) second = results[1];
    Result *asked = version ? second : first;
    if (asked && !read_value(asked, value, error))
        return NULL;
    return version ? context_rows_of(first, error) : g_new0(char *, 1);
}

char **migration_context_current(MigrationContext *context, GError **error)
{
    g_autofree char *none = NULL;
    return migration_context_current_with(context, NULL, &none, error);
}

gboolean migration_lock(MigrationContext *context, GError **error)
{
    g_autofree char *name = g_strdup_printf("%s.%s", or_default(context->schema, ""), context->version_table);
    return session_lock(context->session, name, error);
}

/* Alembic's own text, so that both tools can use the table. */
static char *version_create_sql(const MigrationContext *context)
{
    g_autofree char *constraint = g_strconcat(context->version_table, "_pkc", NULL);
    g_autofree char *quoted = context->dialect->quote_identifier(constraint);
    return g_strdup_printf("CREATE TABLE IF NOT EXISTS %s (\n"
                           "    version_num VARCHAR(32) NOT NULL,\n"
                           "    CONSTRAINT %s PRIMARY KEY (version_num)\n"
                           ")%s",
                           context->version_name, quoted, or_default(context->dialect->own_table_suffix, ""));
}

gboolean context_create_tables(MigrationContext *context, gboolean version, gboolean history, GError **error)
{
    g_autoptr(GPtrArray) sql = g_ptr_array_new_with_free_func(g_free);
    if (version)
        g_ptr_array_add(sql, version_create_sql(context));
    if (history)
        g_ptr_array_add(sql, history_create_sql(context));
    return session_run_transaction(context->session, (const char *const *)sql->pdata, sql->len, error);
}

gboolean migration_context_ensure_version(MigrationContext *context, gboolean *created, GError **error)
{
    gboolean version = FALSE, history = FALSE;
    *created = FALSE;
    if (!session_is_offline(context->session) && !context_find_tables(context, &version, &history, error))
        return FALSE;
    if (version && history)
        return TRUE;
    *created = context_create_tables(context, !version, !history, error);
    if (!*created)
        g_prefix_error(error, "tables '%s' and '%s' cannot be created: ", context->version_table,
                       context->history_table);
    return *created;
}

void context_change_sql(const MigrationContext *context, const GPtrArray *delete_ids, const GPtrArray *insert_ids,
                        GPtrArray *sql)
{
    const char *table = context->version_name;
    if (delete_ids->len == 1 && insert_ids->len == 1) {
        g_autofree char *before = context->dialect->quote_literal(g_ptr_array_index(delete_ids, 0));
        g_autofree char *after = context->dialect->quote_literal(g_ptr_array_index(insert_ids, 0));
        g_ptr_array_add(sql,
                        g_strdup_printf("UPDATE %s SET version_num = %s WHERE version_num = %s", table, after, before));
        return;
    }
    for (guint i = 0; i < delete_ids->len; i++) {
        g_autofree char *id = context->dialect->quote_literal(g_ptr_array_index(delete_ids, i));
        g_ptr_array_add(sql, g_strdup_printf("DELETE FROM %s WHERE version_num = %s", table, id));
    }
    for (guint i = 0; i < insert_ids->len; i++) {
        g_autofree char *id = context->dialect->quote_literal(g_ptr_array_index(insert_ids, i));
        g_ptr_array_add(sql, g_strdup_printf("INSERT INTO %s (version_num) VALUES (%s)", table, id));
    }
}

static gboolean contains(const GPtrArray *ids, const char *id)
{
    return g_ptr_array_find_with_equal_func((GPtrArray *)ids, id, g_str_equal, NULL);
}

char **rows_change(const char *const *rows, const GPtrArray *delete_ids, const GPtrArray *insert_ids)
{
    GPtrArray *changed = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; rows != NULL && rows[i] != NULL; i++)
        if (!contains(delete_ids, rows[i]))
            g_ptr_array_add(changed, g_strdup(rows[i]));
    for (guint i = 0; i < insert_ids->len; i++)
        if (!contains(changed, g_ptr_array_index(insert_ids, i)))
            g_ptr_array_add(changed, g_strdup(g_ptr_array_index(insert_ids, i)));
    return rows_finish(changed);
}
