/* Whatever schema SQLite accepts, the inspector reads; a database made from what it read is the same schema, and the
 * comparison of the two finds nothing. Input: CREATE and ALTER statements, of which those that fail are passed over. */
#include <string.h>

#include "autogenerate/autogenerate.h"
#include "fuzz.h"
#include "schema/model.h"

static Connection *open_memory(void)
{
    static const ConnectOptions options = {.lock_timeout = 0, .statement_timeout = 1};
    g_autoptr(Url) url = url_parse("sqlite://", NULL);
    Connection *connection = connection_open(&sqlite_driver, url, &options, NULL);
    promise(connection);
    return connection;
}

/* Only statements that change nothing but the schema and compute nothing. */
static gboolean is_harmless(const char *sql, gsize length)
{
    gsize position = 0;
    SqlToken token = sql_next_significant(&sqlite_dialect, sql, length, &position);
    if (!sql_token_is(&token, sql, "CREATE") && !sql_token_is(&token, sql, "ALTER"))
        return FALSE;
    token = sql_next_significant(&sqlite_dialect, sql, length, &position);
    gboolean is_view = sql_token_is(&token, sql, "VIEW") || sql_token_is(&token, sql, "TRIGGER");
    if (sql_token_is(&token, sql, "VIRTUAL"))
        return FALSE;
    for (; !is_view && token.kind != SQL_TOKEN_END;
         token = sql_next_significant(&sqlite_dialect, sql, length, &position)) {
        if (sql_token_is(&token, sql, "SELECT") || sql_token_is(&token, sql, "VALUES") ||
            sql_token_is(&token, sql, "WITH"))
            return FALSE;
    }
    return TRUE;
}

static void run_input(Connection *connection, const char *text, gsize length)
{
    g_autoptr(GPtrArray) statements = sqlite_dialect.split(text, length, NULL);
    for (guint i = 0; statements && i < statements->len && i < 20; i++) {
        const SqlStatement *statement = g_ptr_array_index(statements, i);
        g_autofree char *sql = g_strndup(text + statement->start, statement->length);
        if (is_harmless(sql, statement->length))
            connection_execute(connection, sql, NULL);
    }
}

static void fail_with(const char *what, const GError *error, const MetaData *metadata)
{
    g_autofree char *model = model_write(metadata, "sqlite");
    g_printerr("%s: %s\n%s\n", what, error ? error->message : "", model);
    abort();
}

/* Runs the operations that make `metadata` in an empty database. FALSE: they cannot be compiled, and it says why. */
static gboolean rebuild(const MetaData *metadata, Connection *connection)
{
    static const CompareOptions options = {.compare_type = TRUE, .compare_server_default = TRUE};
    g_autoptr(GError) error = NULL;
    g_autoptr(MetaData) empty = metadata_new(TRUE);
    g_autoptr(Comparison) missing = autogenerate_missing(&sqlite_dialect, metadata, empty, &options, &error);
    if (!missing)
        fail_with("autogenerate_missing", error, metadata);
    g_autoptr(GPtrArray) blocks = sqlite_dialect.compile(missing->operations, empty, &error);
    promise_one(blocks, error);
    for (guint i = 0; blocks && i < blocks->len; i++) {
        const SqlBlock *block = g_ptr_array_index(blocks, i);
        for (guint j = 0; j < block->statements->len; j++) {
            const char *sql = g_ptr_array_index(block->statements, j);
            if (!connection_execute(connection, sql, &error)) {
                g_printerr("%s;\n", sql);
                fail_with("a compiled statement fails", error, metadata);
            }
        }
    }
    return blocks != NULL;
}

static void compare(const MetaData *model, const MetaData *live)
{
    static const CompareOptions options = {.compare_type = TRUE, .compare_server_default = TRUE};
    g_autoptr(GError) error = NULL;
    g_autoptr(Comparison) comparison = autogenerate_compare(&sqlite_dialect, model, live, &options, &error);
    if (!comparison)
        fail_with("autogenerate_compare", error, model);
    if (comparison->operations->len == 0)
        return;
    g_autoptr(cJSON) ops = operations_to_json(comparison->operations, "sqlite");
    g_autofree char *text = json_print(ops);
    g_printerr("%s", text);
    fail_with("a difference is found to its own copy", NULL, model);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const InspectOptions everything = {.ignore_tables = NULL};
    if (memchr(data, '\0', size) || !g_utf8_validate((const char *)data, (gssize)size, NULL))
        return 0;
    g_autoptr(Connection) first = open_memory(), second = open_memory();
    g_autoptr(GError) error = NULL, again_error = NULL;
    run_input(first, (const char *)data, size);

    g_autoptr(MetaData) metadata = sqlite_dialect.inspect(first, &everything, &error);
    promise_one(metadata, error);
    if (!metadata)
        return 0;
    compare(metadata, metadata);
    if (!rebuild(metadata, second))
        return 0;
    g_autoptr(MetaData) again = sqlite_dialect.inspect(second, &everything, &again_error);
    if (!again)
        fail_with("the copy cannot be read", again_error, metadata);
    compare(metadata, again);
    return 0;
}
