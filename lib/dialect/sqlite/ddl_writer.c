#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "dialect/sqlite/compiler.h"
#include "dialect/sqlite/sqlite.h"

static void append_name(GString *sql, const char *name)
{
    g_autofree char *quoted = sqlite_quote_identifier(name);
    g_string_append(sql, quoted);
}

static void append_names(GString *sql, const GPtrArray *names)
{
    g_string_append(sql, " (");
    for (guint i = 0; i < names->len; i++) {
        if (i)
            g_string_append(sql, ", ");
        append_name(sql, names->pdata[i]);
    }
    g_string_append_c(sql, ')');
}

static void append_constraint_name(GString *sql, const Constraint *constraint)
{
    if (!constraint->name)
        return;
    g_string_append(sql, "CONSTRAINT ");
    append_name(sql, constraint->name);
    g_string_append_c(sql, ' ');
}

static void append_text(GString *sql, const char *text)
{
    sql_append(&sqlite_dialect, sql, text);
}

/* --- defaults --- */

/* Significant tokens of a short text: at most `max`; one more means there are more. */
static guint read_tokens(const char *text, SqlToken *tokens, guint max)
{
    gsize length = strlen(text), position = 0;
    guint n = 0;
    for (;;) {
        SqlToken token = sql_next_significant(&sqlite_dialect, text, length, &position);
        if (token.kind == SQL_TOKEN_END)
            return n;
        if (n == max)
            return max + 1;
        tokens[n++] = token;
    }
}

static gboolean is_number_or_string(const SqlToken *token)
{
    return token->kind == SQL_TOKEN_NUMBER || token->kind == SQL_TOKEN_STRING;
}

static gboolean is_sign(const SqlToken *token, const char *text)
{
    return sql_token_is(token, text, "+") || sql_token_is(token, text, "-");
}

/* DEFAULT takes a literal, a signed number or one word as they are; any other expression needs parentheses
 * (sqlite.org/syntax/column-constraint.html). */
static gboolean default_is_bare(const char *text)
{
    SqlToken tokens[2];
    switch (read_tokens(text, tokens, 2)) {
    case 1:
        return is_number_or_string(&tokens[0]) || tokens[0].kind == SQL_TOKEN_WORD ||
               tokens[0].kind == SQL_TOKEN_QUOTED;
    case 2:
        return is_sign(&tokens[0], text) && tokens[1].kind == SQL_TOKEN_NUMBER;
    default:
        return FALSE;
    }
}

gboolean sqlite_default_is_null(const char *text)
{
    SqlToken token;
    return read_tokens(text, &token, 1) == 1 && sql_token_is(&token, text, "null");
}

gboolean sqlite_default_is_constant(const char *text)
{
    SqlToken tokens[2];
    guint n = read_tokens(text, tokens, 2);
    if (n == 1)
        return is_number_or_string(&tokens[0]) || sql_token_is(&tokens[0], text, "true") ||
               sql_token_is(&tokens[0], text, "false") || sql_token_is(&tokens[0], text, "null");
    return n == 2 && is_sign(&tokens[0], text) && tokens[1].kind == SQL_TOKEN_NUMBER;
}

char *sqlite_default_expression(const char *text)
{
    static const char *const keywords[] = {"true",         "false",        "null",
                                           "current_time", "current_date", "current_timestamp"};
    SqlToken token;
    if (read_tokens(text, &token, 1) != 1 || (token.kind != SQL_TOKEN_WORD && token.kind != SQL_TOKEN_QUOTED))
        return g_strdup(text);
    for (gsize i = 0; i < G_N_ELEMENTS(keywords); i++)
        if (sql_token_is(&token, text, keywords[i]))
            return g_strdup(text);
    g_autofree char *word = sql_token_identifier(&token, text);
    return sqlite_quote_literal(word);
}

static void append_default(GString *sql, const char *text)
{
    gboolean bare = default_is_bare(text) || sql_is_enclosed(&sqlite_dialect, text);
    g_string_append(sql, bare ? " DEFAULT " : " DEFAULT (");
    append_text(sql, text);
    if (!bare)
        g_string_append_c(sql, ')');
}

/* --- facts about a table --- */

static gboolean option_is_on(const GPtrArray *options, const char *name)
{
    return options_get(options, name) != NULL;
}

gboolean sqlite_is_without_rowid(const Table *table)
{
    return option_is_on(table->options, "without_rowid");
}

gboolean sqlite_is_rowid_alias(const Table *table, const Column *column)
{
    const Constraint *key = table->primary_key;
    if (!key || key->columns->len != 1 || !table_in_primary_key(table, column->name) || sqlite_is_without_rowid(table))
        return FALSE;
    if (option_is_on(key->options, "not_rowid"))
        return FALSE;
    g_autofree char *type = sqlite_type_sql(column->type, NULL);
    return type && g_ascii_strcasecmp(type, "INTEGER") == 0;
}

const Column *sqlite_rowid_alias(const Table *table)
{
    if (!table->primary_key || table->primary_key->columns->len != 1)
        return NULL;
    const Column *column = table_find_column(table, table->primary_key->columns->pdata[0]);
    return column && sqlite_is_rowid_alias(table, column) ? column : NULL;
}

gboolean sqlite_has_autoincrement(const Table *table)
{
    const Column *column = sqlite_rowid_alias(table);
    return column && column->autoincrement == AUTOINCREMENT_TRUE;
}

gboolean sqlite_accepts_null(const Table *table, const Column *column)
{
    if (!table_in_primary_key(table, column->name))
        return column->nullable;
    return option_is_on(column->options, "nullable_key");
}

/* --- columns --- */

static void append_on_conflict(GString *sql, const char *action)
{
    if (action)
        g_string_append_printf(sql, " ON CONFLICT %s", action);
}

static gboolean append_column(GString *sql, const Table *table, const Column *column, GError **error)
{
    g_autofree char *type = sqlite_type_sql(column->type, error);
    if (!type) {
        g_prefix_error(error, "column '%s.%s': ", table->name, column->name);
        return FALSE;
    }
    append_name(sql, column->name);
    if (*type)
        g_string_append_printf(sql, " %s", type);
    if (column->collation) {
        g_string_append(sql, " COLLATE ");
        append_name(sql, column->collation);
    }
    if (column->computed) {
        g_string_append(sql, " GENERATED ALWAYS AS (");
        append_text(sql, column->computed->expression);
        g_string_append(sql, column->computed->persisted ? ") STORED" : ") VIRTUAL");
    }
    if (column->server_default)
        append_default(sql, column->server_default);
    if (!sqlite_accepts_null(table, column)) {
        g_string_append(sql, " NOT NULL");
        append_on_conflict(sql, options_get(column->options, "on_conflict_not_null"));
    }
    return TRUE;
}

/* --- constraints --- */

static void append_reference(GString *sql, const Constraint *constraint)
{
    g_string_append(sql, "REFERENCES ");
    append_name(sql, constraint->referred_table);
    if (constraint->referred_columns->len)
        append_names(sql, constraint->referred_columns);
    if (constraint->ondelete)
        g_string_append_printf(sql, " ON DELETE %s", constraint->ondelete);
    if (constraint->onupdate)
        g_string_append_printf(sql, " ON UPDATE %s", constraint->onupdate);
    if (constraint->match)
        g_string_append_printf(sql, " MATCH %s", constraint->match);
    if (constraint->deferrable)
        g_string_append(sql, " DEFERRABLE");
    if (constraint->initially)
        g_string_append_printf(sql, " INITIALLY %s", constraint->initially);
}

/* A comma-separated list, by position: a renamed column keeps its place. */
static char **sort_clauses(const Constraint *constraint)
{
    const char *list = options_get(constraint->options, "sort");
    return g_strsplit(list ? list : "", ",", -1);
}

static void append_key(GString *sql, const char *words, const Constraint *constraint)
{
    g_auto(GStrv) sort = sort_clauses(constraint);
    guint n_sort = g_strv_length(sort);
    g_string_append(sql, words);
    g_string_append(sql, " (");
    for (guint i = 0; i < constraint->columns->len; i++) {
        if (i)
            g_string_append(sql, ", ");
        append_name(sql, constraint->columns->pdata[i]);
        if (i < n_sort && *g_strstrip(sort[i]))
            g_string_append_printf(sql, " %s", sort[i]);
    }
    g_string_append_c(sql, ')');
    append_on_conflict(sql, options_get(constraint->options, "on_conflict"));
}

static gboolean append_constraint(GString *sql, const Table *table, const Constraint *constraint, GError **error)
{
    append_constraint_name(sql, constraint);
    switch (constraint->kind) {
    case CONSTRAINT_PRIMARY_KEY:
        append_key(sql, "PRIMARY KEY", constraint);
        return TRUE;
    case CONSTRAINT_UNIQUE:
        append_key(sql, "UNIQUE", constraint);
        return TRUE;
    case CONSTRAINT_FOREIGN_KEY:
        g_string_append(sql, "FOREIGN KEY");
        append_names(sql, constraint->columns);
        g_string_append_c(sql, ' ');
        append_reference(sql, constraint);
        return TRUE;
    case CONSTRAINT_CHECK:
        g_string_append(sql, "CHECK (");
        append_text(sql, constraint->expression);
        g_string_append_c(sql, ')');
        return TRUE;
    case CONSTRAINT_EXCLUDE:
        break;
    }
    g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                "table '%s': SQLite has no exclusion constraints; drop '%s' from the model or give it for other "
                "dialects only",
                table->name, constraint->name ? constraint->name : "(unnamed)");
    return FALSE;
}

/* --- tables --- */

static void append_line(GString *sql, gboolean first)
{
    g_string_append(sql, first ? "\n    " : ",\n    ");
}

/* AUTOINCREMENT exists only behind a column's own PRIMARY KEY; so does the key that is no alias of the rowid. */
static gboolean key_in_column(const Table *table, const Column *column)
{
    const Constraint *key = table->primary_key;
    if (!key || key->columns->len != 1 || !table_in_primary_key(table, column->name))
        return FALSE;
    return option_is_on(key->options, "not_rowid") ||
           (column->autoincrement == AUTOINCREMENT_TRUE && sqlite_is_rowid_alias(table, column));
}

static void append_column_key(GString *sql, const Table *table, const Column *column)
{
    const Constraint *key = table->primary_key;
    g_string_append_c(sql, ' ');
    append_constraint_name(sql, key);
    g_string_append(sql, option_is_on(key->options, "not_rowid") ? "PRIMARY KEY DESC" : "PRIMARY KEY");
    append_on_conflict(sql, options_get(key->options, "on_conflict"));
    if (column->autoincrement == AUTOINCREMENT_TRUE && sqlite_is_rowid_alias(table, column))
        g_string_append(sql, " AUTOINCREMENT");
}

static gboolean append_body(GString *sql, const Table *table, GError **error)
{
    gboolean key_written = table->primary_key == NULL;
    for (guint i = 0; i < table->columns->len; i++) {
        const Column *column = table->columns->pdata[i];
        append_line(sql, i == 0);
        if (!append_column(sql, table, column, error))
            return FALSE;
        if (key_in_column(table, column)) {
            append_column_key(sql, table, column);
            key_written = TRUE;
        }
    }
    if (!key_written) {
        append_line(sql, FALSE);
        if (!append_constraint(sql, table, table->primary_key, error))
            return FALSE;
    }
    for (guint i = 0; i < table->constraints->len; i++) {
        append_line(sql, FALSE);
        if (!append_constraint(sql, table, table->constraints->pdata[i], error))
            return FALSE;
    }
    return TRUE;
}

char *sqlite_create_table_sql(const Table *table, const char *name, GError **error)
{
    g_autoptr(GString) sql = g_string_new("CREATE TABLE ");
    if (table->columns->len == 0) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "table '%s' has no columns; SQLite needs one",
                    table->name);
        return NULL;
    }
    append_name(sql, name);
    g_string_append(sql, " (");
    if (!append_body(sql, table, error))
        return NULL;
    g_string_append(sql, "\n)");
    gboolean without_rowid = sqlite_is_without_rowid(table);
    if (without_rowid)
        g_string_append(sql, " WITHOUT ROWID");
    if (option_is_on(table->options, "strict"))
        g_string_append(sql, without_rowid ? ", STRICT" : " STRICT");
    return g_strdup(sql->str);
}

static int compare_lines(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char *sqlite_definition(const Table *table)
{
    g_autoptr(Table) bare = table_copy(table);
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_set_size(bare->constraints, 0);
    g_autofree char *columns = sqlite_create_table_sql(bare, "t", NULL);
    if (!columns)
        return NULL;
    for (guint i = 0; i < table->constraints->len; i++) {
        g_autoptr(GString) line = g_string_new(NULL);
        if (!append_constraint(line, table, table->constraints->pdata[i], NULL))
            return NULL;
        g_ptr_array_add(lines, sql_normalise(&sqlite_dialect, line->str));
    }
    g_ptr_array_sort(lines, compare_lines);
    g_ptr_array_insert(lines, 0, sql_normalise(&sqlite_dialect, columns));
    g_ptr_array_add(lines, NULL);
    return g_strjoinv("\n", (char **)lines->pdata);
}

char *sqlite_add_column_sql(const Table *table, const Column *column, const GPtrArray *inline_with, GError **error)
{
    g_autoptr(GString) sql = g_string_new("ALTER TABLE ");
    append_name(sql, table->name);
    g_string_append(sql, " ADD COLUMN ");
    if (!append_column(sql, table, column, error))
        return NULL;
    for (guint i = 0; i < inline_with->len; i++) {
        const Constraint *constraint = inline_with->pdata[i];
        g_string_append_c(sql, ' ');
        if (constraint->kind == CONSTRAINT_FOREIGN_KEY) {
            append_constraint_name(sql, constraint);
            append_reference(sql, constraint);
        } else if (!append_constraint(sql, table, constraint, error)) {
            return NULL;
        }
    }
    return g_strdup(sql->str);
}

/* --- indexes --- */

static void append_index_column(GString *sql, const IndexColumn *column)
{
    if (column->name) {
        append_name(sql, column->name);
    } else {
        append_text(sql, column->expression);
    }
    if (column->collation) {
        g_string_append(sql, " COLLATE ");
        append_name(sql, column->collation);
    }
    if (column->descending)
        g_string_append(sql, " DESC");
}

char *sqlite_create_index_sql(const Table *table, const Index *index)
{
    g_autoptr(GString) sql = g_string_new(index->unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ");
    append_name(sql, index->name);
    g_string_append(sql, " ON ");
    append_name(sql, table->name);
    g_string_append(sql, " (");
    for (guint i = 0; i < index->columns->len; i++) {
        if (i)
            g_string_append(sql, ", ");
        append_index_column(sql, index->columns->pdata[i]);
    }
    g_string_append_c(sql, ')');
    if (index->where) {
        g_string_append(sql, " WHERE ");
        append_text(sql, index->where);
    }
    return g_strdup(sql->str);
}

char *sqlite_drop_index_sql(const Index *index)
{
    g_autofree char *name = sqlite_quote_identifier(index->name);
    return g_strdup_printf("DROP INDEX %s", name);
}
