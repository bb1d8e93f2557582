#include "dialect/sqlite/sqlite.h"

#include <stdlib.h>
#include <string.h>

/* Keywords that fail as the bare name of a table, column, index or constraint somewhere (tried with SQLite 3.40),
 * joins' words, which would fail behind a comma-less table in FROM, and BEGIN and END, which confuse readers and
 * splitters. Sorted. */
/* clang-format off */
static const char *const reserved[] = {
    "ADD", "ALL", "ALTER", "AND", "AS", "AUTOINCREMENT", "BEGIN", "BETWEEN", "CASE", "CAST", "CHECK", "COLLATE",
    "COMMIT", "CONSTRAINT", "CREATE", "CROSS", "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "DEFAULT",
    "DEFERRABLE", "DELETE", "DISTINCT", "DROP", "ELSE", "END", "ESCAPE", "EXCEPT", "EXISTS", "FALSE", "FOREIGN",
    "FROM", "FULL", "GROUP", "HAVING", "IF", "IN", "INDEX", "INDEXED", "INNER", "INSERT", "INTERSECT", "INTO", "IS",
    "ISNULL", "JOIN", "LEFT", "LIMIT", "NATURAL", "NOT", "NOTHING", "NOTNULL", "NULL", "ON", "OR", "ORDER", "OUTER",
    "PRIMARY", "RAISE", "REFERENCES", "RETURNING", "RIGHT", "SELECT", "SET", "TABLE", "THEN", "TO", "TRANSACTION",
    "TRUE", "UNION", "UNIQUE", "UPDATE", "USING", "VALUES", "WHEN", "WHERE", "WITH",
};
/* clang-format on */

gboolean sqlite_is_keyword(const char *word, gsize length)
{
    return sql_is_word_of(word, length, reserved, G_N_ELEMENTS(reserved));
}

static gboolean needs_quotes(const char *name)
{
    if (!g_ascii_isalpha(*name) && *name != '_')
        return TRUE;
    const char *c = name;
    while (g_ascii_isalnum(*c) || *c == '_')
        c++;
    return *c != '\0' || sqlite_is_keyword(name, (gsize)(c - name));
}

char *sqlite_quote_identifier(const char *name)
{
    return needs_quotes(name) ? sql_quote(name, '"') : g_strdup(name);
}

char *sqlite_quote_literal(const char *value)
{
    return value ? sql_quote(value, '\'') : g_strdup("NULL");
}

static gboolean is_one_of(const SqlToken *token, const char *sql, const char *const *words)
{
    for (; *words != NULL; words++)
        if (sql_token_is(token, sql, *words))
            return TRUE;
    return FALSE;
}

/* PRAGMAs that fail inside a transaction or silently do nothing there (sqlite.org/pragma.html); reading one is fine. */
static gboolean pragma_refuses(const char *sql, gsize length, gsize position)
{
    static const char *const pragmas[] = {"foreign_keys", "journal_mode", "synchronous",
                                          "page_size",    "auto_vacuum",  NULL};
    SqlToken name = sql_next_significant(&sqlite_dialect, sql, length, &position);
    SqlToken next = sql_next_significant(&sqlite_dialect, sql, length, &position);

    if (sql_token_is(&next, sql, ".")) {
        name = sql_next_significant(&sqlite_dialect, sql, length, &position);
        next = sql_next_significant(&sqlite_dialect, sql, length, &position);
    }
    if (sql_token_is(&name, sql, "wal_checkpoint"))
        return TRUE;
    return next.kind == SQL_TOKEN_OPERATOR && is_one_of(&name, sql, pragmas);
}

gboolean sqlite_refuses_transaction(const char *sql, gsize length)
{
    static const char *const words[] = {"VACUUM", "ATTACH", "DETACH", NULL};
    gsize position = 0;
    SqlToken token = sql_next_significant(&sqlite_dialect, sql, length, &position);

    if (sql_token_is(&token, sql, "PRAGMA"))
        return pragma_refuses(sql, length, position);
    return is_one_of(&token, sql, words);
}

gboolean sqlite_controls_transaction(const char *sql, gsize length)
{
    static const char *const words[] = {"BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE", NULL};
    gsize position = 0;
    SqlToken token = sql_next_significant(&sqlite_dialect, sql, length, &position);

    return is_one_of(&token, sql, words);
}

gboolean sqlite_sets_session(const char *sql, gsize length)
{
    static const char *const words[] = {"PRAGMA", "ATTACH", "DETACH", NULL};
    gsize position = 0;
    SqlToken token = sql_next_significant(&sqlite_dialect, sql, length, &position);

    return is_one_of(&token, sql, words);
}

/* A file of its own: also VACUUM INTO. */
static const char *reaches_beyond(const char *sql, gsize length)
{
    gsize position = 0;
    SqlToken token = sql_next_significant(&sqlite_dialect, sql, length, &position);
    gboolean vacuum = sql_token_is(&token, sql, "VACUUM");
    if (sql_token_is(&token, sql, "ATTACH"))
        return "another database file";
    while (vacuum && token.kind != SQL_TOKEN_END) {
        token = sql_next_significant(&sqlite_dialect, sql, length, &position);
        if (sql_token_is(&token, sql, "INTO"))
            return "another file";
    }
    return NULL;
}

static const char *const session_setup[] = {"PRAGMA foreign_keys = ON", NULL};
static const char *const before_foreign_keys_off[] = {"PRAGMA foreign_keys = OFF", NULL};
static const char *const after_foreign_keys_off[] = {"PRAGMA foreign_keys = ON", NULL};

/* sqlite.org/limits.html, "Maximum Number Of Host Parameters": since 3.32. Uuid and DateTime as SQLAlchemy keeps them.
 */
static const ValueStyle value_style = {
    .max_parameters = 32766,
    .uuid_digits = TRUE,
    .space_before_time = TRUE,
    .binary_prefix = "X'",
    .binary_suffix = "'",
    .default_row = " DEFAULT VALUES",
};

const Dialect sqlite_dialect = {
    .name = "sqlite",
    .capabilities = DIALECT_TRANSACTIONAL_DDL | DIALECT_FILE_LOCK | DIALECT_IGNORE_CASE | DIALECT_LATE_REFERENCES |
                    DIALECT_TABLE_REBUILD | DIALECT_MEMORY_SCRATCH | DIALECT_LOOSE_VALUES,
    .max_identifier_length = 0,

    .next_token = sqlite_next_token,
    .split = sqlite_split,
    .read_model_statement = sqlite_read_model_statement,

    .type_sql = sqlite_type_sql,
    .type_from_sql = sqlite_type_from_sql,
    .type_equal = sqlite_type_equal,

    .quote_identifier = sqlite_quote_identifier,
    .quote_literal = sqlite_quote_literal,
    .value_style = &value_style,

    .adapt = sqlite_adapt,
    .inspect = sqlite_inspect,
    .compile = sqlite_compile,

    .estimate_rows = sqlite_estimate_rows,
    .begin = "BEGIN IMMEDIATE",
    .commit = "COMMIT",
    .rollback = "ROLLBACK",
    .session_setup = session_setup,
    .before_foreign_keys_off = before_foreign_keys_off,
    .after_foreign_keys_off = after_foreign_keys_off,
    .foreign_keys_query = "PRAGMA foreign_keys",
    .check_begin = sqlite_check_begin,
    .check_end = sqlite_check_end,
    .baseline_free = sqlite_baseline_free,
    .section_begin = "PRAGMA legacy_alter_table = ON",
    .section_end = "PRAGMA legacy_alter_table = OFF",

    .refuses_transaction = sqlite_refuses_transaction,
    .controls_transaction = sqlite_controls_transaction,
    .reaches_beyond = reaches_beyond,
    .sets_session = sqlite_sets_session,
    .existing_tables = sqlite_existing_tables,
    .now_utc = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')",
};
