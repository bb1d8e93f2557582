#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "dialect/postgresql/compiler.h"

char *postgresql_table_name(const Table *table)
{
    return postgresql_qualified(table->schema, table->name);
}

/* --- columns --- */

const char *postgresql_serial_type(const SqlType *type)
{
    static const struct {
        SqlTypeKind kind;
        const char *serial;
    } serials[] = {
        {SQL_TYPE_INTEGER, "SERIAL"},
        {SQL_TYPE_BIG_INTEGER, "BIGSERIAL"},
        {SQL_TYPE_SMALL_INTEGER, "SMALLSERIAL"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(serials); i++) {
        g_autoptr(SqlType) integer = sql_type_new(serials[i].kind);
        if (postgresql_type_equal(type, integer))
            return serials[i].serial;
    }
    return NULL;
}

/* Words that a default in CREATE TABLE (the grammar's b_expr) may have in parentheses only. */
static gboolean needs_parentheses(const char *expression)
{
    static const char *const words[] = {"and",  "or",    "not",     "is", "isnull",  "notnull",  "in",
                                        "like", "ilike", "similar", "at", "between", "overlaps", "collate"};
    gsize length = strlen(expression), position = 0;
    int depth = 0;
    for (;;) {
        SqlToken token = sql_next_significant(&postgresql_dialect, expression, length, &position);
        if (token.kind == SQL_TOKEN_END)
            return FALSE;
        if (sql_token_is(&token, expression, "(") || sql_token_is(&token, expression, "["))
            depth++;
        else if (sql_token_is(&token, expression, ")") || sql_token_is(&token, expression, "]"))
            depth--;
        for (gsize i = 0; depth == 0 && i < G_N_ELEMENTS(words); i++)
            if (sql_token_is(&token, expression, words[i]))
                return TRUE;
    }
}

/* A default as DEFAULT takes it in a column's definition: in parentheses where it needs them. New string. */
static char *default_sql(const char *expression)
{
    gboolean wrap = needs_parentheses(expression);
    g_autoptr(GString) sql = g_string_new(wrap ? "(" : NULL);
    sql_append(&postgresql_dialect, sql, expression);
    if (wrap)
        g_string_append_c(sql, ')');
    return g_string_free(g_steal_pointer(&sql), FALSE);
}

static void append_identity(GString *sql, const Identity *identity)
{
    g_autofree char *options = postgresql_sequence_options_sql(&identity->options);
    const char *given = options ? options : "";
    g_string_append_printf(sql, " GENERATED %s AS IDENTITY", identity->always ? "ALWAYS" : "BY DEFAULT");
    while (*given == ' ')
        given++;
    if (*given)
        g_string_append_printf(sql, " (%s)", given);
}

static void append_value(GString *sql, const Column *column)
{
    if (column->computed) {
        g_string_append(sql, " GENERATED ALWAYS AS (");
        sql_append(&postgresql_dialect, sql, column->computed->expression);
        g_string_append(sql, column->computed->persisted ? ") STORED" : ") VIRTUAL");
    } else if (column->identity) {
        append_identity(sql, column->identity);
    } else if (column->server_default && column->autoincrement != AUTOINCREMENT_TRUE) {
        g_autofree char *expression = default_sql(column->server_default);
        g_string_append_printf(sql, " DEFAULT %s", expression);
    }
}

static char *column_type(const Table *table, const Column *column, GError **error)
{
    if (column->autoincrement == AUTOINCREMENT_TRUE && !column->identity) {
        const char *serial = postgresql_serial_type(column->type);
        if (serial)
            return g_strdup(serial);
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                    "column '%s.%s': autoincrement needs an integer type", table->name, column->name);
        return NULL;
    }
    char *type = postgresql_type_sql(column->type, error);
    if (!type)
        g_prefix_error(error, "column '%s.%s': ", table->name, column->name);
    return type;
}

char *postgresql_column_sql(const Table *table, const Column *column, GError **error)
{
    g_autofree char *type = column_type(table, column, error);
    if (!type)
        return NULL;
    g_autofree char *name = postgresql_quote_identifier(column->name);
    g_autoptr(GString) sql = g_string_new(name);
    g_string_append_printf(sql, " %s", type);
    if (column->collation) {
        g_autofree char *collation = postgresql_quote_identifier(column->collation);
        g_string_append_printf(sql, " COLLATE %s", collation);
    }
    append_value(sql, column);
    if (!column->nullable)
        g_string_append(sql, " NOT NULL");
    return g_string_free(g_steal_pointer(&sql), FALSE);
}

/* --- tables --- */

typedef struct Lines {
    GString *sql;
    guint n;
} Lines;

static void add_line(Lines *lines, const char *text)
{
    g_string_append(lines->sql, lines->n++ ? ",\n    " : "\n    ");
    g_string_append(lines->sql, text);
}

/* Only ALTER TABLE makes a constraint that is not valid: a new table has no rows that could break it. */
static gboolean is_inline(const Constraint *constraint)
{
    return !options_get(constraint->options, "not_valid");
}

static gboolean append_columns(Lines *lines, const Table *table, GError **error)
{
    for (guint i = 0; i < table->columns->len; i++) {
        g_autofree char *sql = postgresql_column_sql(table, table->columns->pdata[i], error);
        if (!sql)
            return FALSE;
        add_line(lines, sql);
    }
    return TRUE;
}

static void append_constraints(Lines *lines, const Table *table)
{
    if (table->primary_key) {
        g_autofree char *sql = postgresql_constraint_sql(table->primary_key);
        add_line(lines, sql);
    }
    for (guint i = 0; i < table->constraints->len; i++) {
        const Constraint *constraint = table->constraints->pdata[i];
        g_autofree char *sql = postgresql_constraint_sql(constraint);
        if (is_inline(constraint))
            add_line(lines, sql);
    }
}

static void append_option(GString *sql, const Table *table, const char *name, const char *format)
{
    const char *value = options_get(table->options, name);
    if (!value)
        return;
    g_string_append(sql, format);
    g_string_append(sql, value);
}

static void append_table_options(GString *sql, const Table *table)
{
    const char *inherits = options_get(table->options, "inherits");
    if (inherits)
        g_string_append_printf(sql, " INHERITS (%s)", inherits);
    append_option(sql, table, "partition_bound", " ");
    append_option(sql, table, "partition_by", " PARTITION BY ");
    g_autofree char *storage = postgresql_storage_sql(table->options);
    if (storage)
        g_string_append_printf(sql, " WITH (%s)", storage);
    const char *tablespace = options_get(table->options, "tablespace");
    if (tablespace) {
        g_autofree char *quoted = postgresql_quote_identifier(tablespace);
        g_string_append_printf(sql, " TABLESPACE %s", quoted);
    }
}

static char *create_table_sql(const Table *table, const MigrateOp *op, GError **error)
{
    g_autofree char *name = postgresql_table_name(table);
    const char *parent = options_get(table->options, "partition_of");
    g_autoptr(GString) sql = g_string_new("CREATE ");
    g_autoptr(GString) body = g_string_new(NULL);
    Lines lines = {body, 0};
    g_string_append_printf(sql, "%sTABLE %s%s", options_get(table->options, "unlogged") ? "UNLOGGED " : "",
                           op->if_not_exists ? "IF NOT EXISTS " : "", name);
    if (parent)
        g_string_append_printf(sql, " PARTITION OF %s", parent);
    if (!append_columns(&lines, table, error))
        return NULL;
    append_constraints(&lines, table);
    if (lines.n)
        g_string_append_printf(sql, " (%s\n)", body->str);
    else if (!parent)
        g_string_append(sql, " ()");
    append_table_options(sql, table);
    return g_string_free(g_steal_pointer(&sql), FALSE);
}

static void finish_constraint(PgCompiler *compiler, const Table *table, const Constraint *constraint)
{
    if (!is_inline(constraint))
        compiler_add_constraint(compiler, table, constraint);
    else if (constraint->comment)
        compiler_comment_constraint(compiler, table, constraint);
}

static void finish_table(PgCompiler *compiler, const Table *table)
{
    g_autofree char *name = postgresql_table_name(table);
    if (options_get(table->options, "row_security"))
        compiler_add(compiler, g_strdup_printf("ALTER TABLE %s ENABLE ROW LEVEL SECURITY", name));
    if (options_get(table->options, "force_row_security"))
        compiler_add(compiler, g_strdup_printf("ALTER TABLE %s FORCE ROW LEVEL SECURITY", name));
    if (table->comment) {
        g_autofree char *target = g_strdup_printf("TABLE %s", name);
        compiler_comment(compiler, target, table->comment);
    }
}

static gboolean refuse_option(const GPtrArray *options, const char *name, const Table *table, GError **error)
{
    if (options_get(options, name) == NULL)
        return TRUE;
    g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                "create table %s: the option '%s' cannot be written yet", table->name, name);
    return FALSE;
}

/* What the inspector finds but nobody writes. */
static gboolean refuse_unwritten(const Table *table, GError **error)
{
    if (!refuse_option(table->options, "of_type", table, error) ||
        !refuse_option(table->options, "using", table, error))
        return FALSE;
    if (table->primary_key && !refuse_option(table->primary_key->options, "period", table, error))
        return FALSE;
    for (guint i = 0; i < table->constraints->len; i++) {
        const Constraint *constraint = table->constraints->pdata[i];
        if (!refuse_option(constraint->options, "period", table, error) ||
            !refuse_option(constraint->options, "not_enforced", table, error))
            return FALSE;
    }
    return TRUE;
}

gboolean compile_create_table(PgCompiler *compiler, const MigrateOp *op, GError **error)
{
    const Table *created = op->table;
    if (!refuse_unwritten(created, error))
        return FALSE;
    char *sql = create_table_sql(created, op, error);
    if (!sql)
        return FALSE;
    g_autoptr(Table) table = table_copy(created);
    compiler_name_constraints(table);
    compiler_add(compiler, sql);
    finish_table(compiler, table);
    compiler_set_own_settings(compiler, table);
    for (guint i = 0; i < table->columns->len; i++)
        compiler_finish_column(compiler, table, table->columns->pdata[i]);
    if (table->primary_key)
        finish_constraint(compiler, table, table->primary_key);
    for (guint i = 0; i < table->constraints->len; i++)
        finish_constraint(compiler, table, table->constraints->pdata[i]);
    for (guint i = 0; i < table->indexes->len; i++)
        compiler_create_index_as(compiler, table, table->indexes->pdata[i], op);
    g_autofree char *name = postgresql_table_name(table);
    compiler_grant(compiler, table->grants, name, NULL);
    return TRUE;
}

/* A partitioned table takes its partitions along. */
static gboolean went_with_parent(const PgCompiler *compiler, const Table *table)
{
    g_autoptr(GPtrArray) parents = postgresql_names_in(options_get(table->options, "partition_of"));
    for (guint i = 0; parents->len && i < compiler->position; i++) {
        const MigrateOp *op = compiler->ops->pdata[i];
        if (op->kind != OP_DROP_TABLE)
            continue;
        g_autofree char *dropped = postgresql_qualified(op->schema, op->table_name);
        if (g_ptr_array_find_with_equal_func(parents, dropped, g_str_equal, NULL) &&
            !metadata_find_table(compiler->database, op->schema, op->table_name))
            return TRUE;
    }
    return FALSE;
}

gboolean compile_drop_table(PgCompiler *compiler, const MigrateOp *op, GError **error)
{
    (void)error;
    g_autofree char *name = postgresql_table_name(op->table);
    if (!went_with_parent(compiler, op->table))
        compiler_add(compiler, g_strdup_printf("DROP TABLE %s%s", op->if_exists ? "IF EXISTS " : "", name));
    return TRUE;
}
