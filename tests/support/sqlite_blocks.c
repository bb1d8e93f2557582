#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sqlite_blocks.h"

Connection *memory_open(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Url) url = url_parse("sqlite://", &error);
    ConnectOptions options = {0};
    Connection *connection = url ? connection_open(&sqlite_driver, url, &options, &error) : NULL;
    if (!connection)
        fail_msg("%s", error->message);
    memory_run(connection, "PRAGMA foreign_keys = ON");
    return connection;
}

void memory_run(Connection *connection, const char *script)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) statements = sqlite_dialect.split(script, strlen(script), &error);
    for (guint i = 0; statements && i < statements->len; i++) {
        const SqlStatement *statement = statements->pdata[i];
        g_autofree char *sql = g_strndup(script + statement->start, statement->length);
        if (!connection_execute(connection, sql, &error))
            fail_msg("%s\n%s", error->message, sql);
    }
    if (error)
        fail_msg("%s", error->message);
}

char *memory_rows(Connection *connection, const char *query)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) rows = g_string_new(NULL);
    g_autoptr(Result) result = connection_query(connection, query, &error);
    while (result && result_next(result, &error) > 0) {
        for (guint i = 0; i < result_n_columns(result); i++) {
            const char *value = result_text(result, i);
            g_string_append_printf(rows, "%s%s", i ? "|" : "", value ? value : "NULL");
        }
        g_string_append_c(rows, '\n');
    }
    if (error)
        fail_msg("%s\n%s", error->message, query);
    return g_strdup(rows->str);
}

static gboolean run_all(Connection *connection, const char *const *statements, GError **error)
{
    for (; statements && *statements; statements++)
        if (!connection_execute(connection, *statements, error))
            return FALSE;
    return TRUE;
}

static gboolean run_statements(Connection *connection, const SqlBlock *block, GError **error)
{
    for (guint i = 0; i < block->statements->len; i++)
        if (!connection_execute(connection, block->statements->pdata[i], error)) {
            g_prefix_error(error, "%s\n", (char *)block->statements->pdata[i]);
            return FALSE;
        }
    return TRUE;
}

static gboolean run_checked(Connection *connection, const SqlBlock *block, GError **error)
{
    gpointer baseline = NULL;
    gboolean done = sqlite_dialect.check_begin(connection, &baseline, error) &&
                    connection_execute(connection, sqlite_dialect.section_begin, error) &&
                    run_statements(connection, block, error) &&
                    connection_execute(connection, sqlite_dialect.section_end, error) &&
                    sqlite_dialect.check_end(connection, baseline, error);
    sqlite_dialect.baseline_free(baseline);
    return done;
}

static gboolean run_block(Connection *connection, const SqlBlock *block, GError **error)
{
    if (!block->transactional)
        return run_statements(connection, block, error);
    gboolean off = block->foreign_keys_off;
    if (off && !run_all(connection, sqlite_dialect.before_foreign_keys_off, error))
        return FALSE;
    gboolean done = connection_execute(connection, sqlite_dialect.begin, error) &&
                    (off ? run_checked(connection, block, error) : run_statements(connection, block, error)) &&
                    connection_execute(connection, sqlite_dialect.commit, error);
    if (!done) {
        connection_execute(connection, sqlite_dialect.rollback, NULL);
        connection_execute(connection, sqlite_dialect.section_end, NULL);
    }
    if (off)
        run_all(connection, sqlite_dialect.after_foreign_keys_off, NULL);
    return done;
}

gboolean blocks_run(Connection *connection, const GPtrArray *blocks, GError **error)
{
    for (guint i = 0; i < blocks->len; i++)
        if (!run_block(connection, blocks->pdata[i], error))
            return FALSE;
    return TRUE;
}

char *blocks_text(const GPtrArray *blocks)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < blocks->len; i++) {
        const SqlBlock *block = blocks->pdata[i];
        g_string_append(text, block->foreign_keys_off ? "[off]\n" : "");
        g_string_append(text, block->transactional ? "" : "[no transaction]\n");
        for (guint j = 0; j < block->statements->len; j++)
            g_string_append_printf(text, "%s;\n", (char *)block->statements->pdata[j]);
    }
    return g_strdup(text->str);
}
