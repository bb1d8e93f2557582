/* Constraints and indexes as the server takes them. */
#include <string.h>

#include "base/text.h"
#include "dialect/postgresql/compiler.h"

#define NAME_BYTES 63 /* NAMEDATALEN - 1 */

/* "a, b", quoted where needed, behind what `sql` has. */
static void append_names(GString *sql, const GPtrArray *names)
{
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *name = postgresql_quote_identifier(names->pdata[i]);
        g_string_append_printf(sql, "%s%s", i ? ", " : "", name);
    }
}

/* --- storage parameters --- */

static gboolean is_plain(const char *value)
{
    return *value && strspn(value, "0123456789.-abcdefghijklmnopqrstuvwxyz_") == strlen(value);
}

char *postgresql_storage_parameter(const char *name, const char *value)
{
    if (!value)
        return g_strdup(name);
    g_autofree char *literal = is_plain(value) ? g_strdup(value) : postgresql_quote_literal(value);
    return g_strdup_printf("%s=%s", name, literal);
}

char *postgresql_storage_sql(const GPtrArray *options)
{
    g_autoptr(GPtrArray) parameters = strings_new();
    for (guint i = 0; i < options->len; i++) {
        const Option *option = options->pdata[i];
        if (g_str_has_prefix(option->name, "with."))
            g_ptr_array_add(parameters, postgresql_storage_parameter(option->name + strlen("with."), option->value));
    }
    return parameters->len ? text_list(parameters, ", ") : NULL;
}

static void append_storage(GString *sql, const GPtrArray *options, const char *tablespace_words)
{
    g_autofree char *storage = postgresql_storage_sql(options);
    const char *tablespace = options_get(options, "tablespace");
    if (storage)
        g_string_append_printf(sql, " WITH (%s)", storage);
    if (tablespace) {
        g_autofree char *quoted = postgresql_quote_identifier(tablespace);
        g_string_append_printf(sql, " %s %s", tablespace_words, quoted);
    }
}

/* --- names that the server chooses --- */

/* The bytes of `name` that fit without cutting a character in two. */
static gsize clipped(const char *name, gsize bytes)
{
    while (bytes > 0 && ((guchar)name[bytes] & 0xC0) == 0x80)
        bytes--;
    return bytes;
}

char *postgresql_object_name(const char *name1, const char *name2, const char *label)
{
    gsize first = strlen(name1), second = name2 ? strlen(name2) : 0;
    gsize room = NAME_BYTES - strlen(label) - 1 - (name2 ? 1 : 0);
    while (first + second > room) {
        if (first > second)
            first--;
        else
            second--;
    }
    GString *name = g_string_new_len(name1, (gssize)clipped(name1, first));
    if (name2) {
        g_string_append_c(name, '_');
        g_string_append_len(name, name2, (gssize)clipped(name2, second));
    }
    g_string_append_printf(name, "_%s", label);
    return g_string_free(name, FALSE);
}

/* The names of an option such as "include", without quotes. */
static GPtrArray *names_in(const char *list)
{
    return list ? sql_identifiers(&postgresql_dialect, list) : strings_new();
}

/* A check is named after its column when it has only one. */
static char *check_column(const Table *table, const Constraint *check)
{
    g_autoptr(GPtrArray) names = names_in(check->expression);
    const char *found = NULL;
    for (guint i = 0; i < names->len; i++) {
        const Column *column = table_find_column(table, names->pdata[i]);
        if (!column)
            continue;
        if (found)
            return NULL;
        found = column->name;
    }
    return g_strdup(found);
}

/* The elements of an exclusion constraint: columns and functions by their names, other expressions as "expr". */
static char *excluded_columns(const Constraint *constraint)
{
    const char *text = constraint->expression;
    gsize length = strlen(text), position = 0;
    g_autoptr(GPtrArray) names = strings_new();
    gboolean element = FALSE;
    int depth = 0;
    for (;;) {
        SqlToken token = sql_next_significant(&postgresql_dialect, text, length, &position);
        gboolean opens = sql_token_is(&token, text, "("), separates = sql_token_is(&token, text, ",");
        if (element) {
            gboolean word = token.kind == SQL_TOKEN_WORD || token.kind == SQL_TOKEN_QUOTED;
            g_ptr_array_add(names, word ? sql_token_identifier(&token, text) : g_strdup("expr"));
        }
        depth += opens ? 1 : sql_token_is(&token, text, ")") ? -1 : 0;
        element = depth == 1 && ((opens && names->len == 0) || separates);
        if (token.kind == SQL_TOKEN_END || (depth == 0 && names->len))
            return text_list(names, "_");
    }
}

static char *key_columns(const Constraint *constraint)
{
    g_autoptr(GPtrArray) names = strings_copy(constraint->columns);
    g_autoptr(GPtrArray) included = names_in(options_get(constraint->options, "include"));
    for (guint i = 0; i < included->len; i++)
        g_ptr_array_add(names, g_strdup(included->pdata[i]));
    return text_list(names, "_");
}

static char *implicit_name(const Table *table, const Constraint *constraint, guint number)
{
    static const char *const labels[] = {
        [CONSTRAINT_PRIMARY_KEY] = "pkey", [CONSTRAINT_UNIQUE] = "key",   [CONSTRAINT_FOREIGN_KEY] = "fkey",
        [CONSTRAINT_CHECK] = "check",      [CONSTRAINT_EXCLUDE] = "excl",
    };
    g_autofree char *columns = NULL, *label = NULL;
    switch (constraint->kind) {
    case CONSTRAINT_PRIMARY_KEY:
        break;
    case CONSTRAINT_UNIQUE:
        columns = key_columns(constraint);
        break;
    case CONSTRAINT_FOREIGN_KEY:
        columns = text_list(constraint->columns, "_");
        break;
    case CONSTRAINT_CHECK:
        columns = check_column(table, constraint);
        break;
    case CONSTRAINT_EXCLUDE:
        columns = excluded_columns(constraint);
        break;
    }
    label = number ? g_strdup_printf("%s%u", labels[constraint->kind], number) : g_strdup(labels[constraint->kind]);
    return postgresql_object_name(table->name, columns, label);
}

/* Where the compiler's copy of the schema keeps the name that the server has chosen: the name itself stays NULL, so
 * that operations find the constraint by what it is. */
#define SERVER_NAME "server_name"

static const char *name_of(const Constraint *constraint)
{
    return constraint->name ? constraint->name : options_get(constraint->options, SERVER_NAME);
}

static gboolean is_taken(const Table *table, const char *name)
{
    if (table->primary_key && g_strcmp0(name_of(table->primary_key), name) == 0)
        return TRUE;
    for (guint i = 0; i < table->constraints->len; i++)
        if (g_strcmp0(name_of(table->constraints->pdata[i]), name) == 0)
            return TRUE;
    return table_find_index(table, name) != NULL;
}

static char *choose_name(const Table *table, const Constraint *constraint)
{
    char *name = implicit_name(table, constraint, 0);
    for (guint number = 1; is_taken(table, name); number++) {
        g_free(name);
        name = implicit_name(table, constraint, number);
    }
    return name;
}

static void name_constraint(const Table *table, const Constraint *constraint)
{
    if (name_of(constraint))
        return;
    g_autofree char *name = choose_name(table, constraint);
    options_set(constraint->options, SERVER_NAME, name);
}

void compiler_name_constraints(const Table *table)
{
    if (table->primary_key)
        name_constraint(table, table->primary_key);
    for (guint i = 0; i < table->constraints->len; i++)
        name_constraint(table, table->constraints->pdata[i]);
}

static const Constraint *find_unnamed(const Table *table, const Constraint *like)
{
    if (like->kind == CONSTRAINT_PRIMARY_KEY)
        return table->primary_key;
    for (guint i = 0; i < table->constraints->len; i++) {
        const Constraint *constraint = table->constraints->pdata[i];
        if (!constraint->name && constraint->kind == like->kind &&
            strings_equal(constraint->columns, like->columns, FALSE) &&
            g_strcmp0(constraint->expression, like->expression) == 0 &&
            g_strcmp0(constraint->referred_table, like->referred_table) == 0 &&
            g_strcmp0(constraint->referred_schema, like->referred_schema) == 0 &&
            strings_equal(constraint->referred_columns, like->referred_columns, FALSE))
            return constraint;
    }
    return NULL;
}

/* The constraint's name, or for one without: the name that the server has chosen or will choose for it. New string. */
static char *server_name(const Table *table, const Constraint *constraint)
{
    if (name_of(constraint))
        return g_strdup(name_of(constraint));
    const Constraint *found = find_unnamed(table, constraint);
    if (found && name_of(found))
        return g_strdup(name_of(found));
    return choose_name(table, constraint);
}

/* --- constraints --- */

static void append_key(GString *sql, const char *words, const Constraint *constraint)
{
    const char *include = options_get(constraint->options, "include");
    g_string_append(sql, words);
    if (options_get(constraint->options, "nulls_not_distinct"))
        g_string_append(sql, " NULLS NOT DISTINCT");
    g_string_append(sql, " (");
    append_names(sql, constraint->columns);
    g_string_append_c(sql, ')');
    if (include)
        g_string_append_printf(sql, " INCLUDE (%s)", include);
    append_storage(sql, constraint->options, "USING INDEX TABLESPACE");
}

static void append_foreign_key(GString *sql, const Constraint *constraint)
{
    g_autofree char *referred = postgresql_qualified(constraint->referred_schema, constraint->referred_table);
    g_string_append(sql, "FOREIGN KEY (");
    append_names(sql, constraint->columns);
    g_string_append_printf(sql, ") REFERENCES %s", referred);
    if (constraint->referred_columns->len) {
        g_string_append(sql, " (");
        append_names(sql, constraint->referred_columns);
        g_string_append_c(sql, ')');
    }
    if (constraint->match)
        g_string_append_printf(sql, " MATCH %s", constraint->match);
    if (constraint->ondelete)
        g_string_append_printf(sql, " ON DELETE %s", constraint->ondelete);
    if (constraint->onupdate)
        g_string_append_printf(sql, " ON UPDATE %s", constraint->onupdate);
}

static void append_definition(GString *sql, const Constraint *constraint)
{
    switch (constraint->kind) {
    case CONSTRAINT_PRIMARY_KEY:
        append_key(sql, "PRIMARY KEY", constraint);
        return;
    case CONSTRAINT_UNIQUE:
        append_key(sql, "UNIQUE", constraint);
        return;
    case CONSTRAINT_FOREIGN_KEY:
        append_foreign_key(sql, constraint);
        return;
    case CONSTRAINT_CHECK:
        g_string_append(sql, "CHECK (");
        sql_append(&postgresql_dialect, sql, constraint->expression);
        g_string_append_c(sql, ')');
        return;
    case CONSTRAINT_EXCLUDE:
        g_string_append(sql, "EXCLUDE ");
        sql_append(&postgresql_dialect, sql, constraint->expression);
        return;
    }
}

char *postgresql_constraint_sql(const Constraint *constraint)
{
    g_autoptr(GString) sql = g_string_new(NULL);
    if (constraint->name) {
        g_autofree char *name = postgresql_quote_identifier(constraint->name);
        g_string_append_printf(sql, "CONSTRAINT %s ", name);
    }
    append_definition(sql, constraint);
    if (constraint->deferrable)
        g_string_append(sql, " DEFERRABLE");
    if (constraint->initially)
        g_string_append_printf(sql, " INITIALLY %s", constraint->initially);
    if (options_get(constraint->options, "no_inherit"))
        g_string_append(sql, " NO INHERIT");
    if (options_get(constraint->options, "not_valid"))
        g_string_append(sql, " NOT VALID");
    return g_string_free(g_steal_pointer(&sql), FALSE);
}

void compiler_comment_constraint(PgCompiler *compiler, const Table *table, const Constraint *constraint)
{
    g_autofree char *plain = server_name(table, constraint);
    g_autofree char *name = postgresql_quote_identifier(plain);
    g_autofree char *on = postgresql_table_name(table);
    g_autofree char *target = g_strdup_printf("CONSTRAINT %s ON %s", name, on);
    compiler_comment(compiler, target, constraint->comment);
}

void compiler_add_constraint(PgCompiler *compiler, const Table *table, const Constraint *constraint)
{
    g_autofree char *name = postgresql_table_name(table);
    g_autofree char *sql = postgresql_constraint_sql(constraint);
    compiler_add(compiler, g_strdup_printf("ALTER TABLE %s ADD %s", name, sql));
    if (constraint->comment)
        compiler_comment_constraint(compiler, table, constraint);
}

void compiler_drop_constraint(PgCompiler *compiler, const Table *table, const Constraint *constraint, const char *words)
{
    g_autofree char *name = postgresql_table_name(table);
    g_autofree char *plain = server_name(table, constraint);
    g_autofree char *quoted = postgresql_quote_identifier(plain);
    compiler_add(compiler, g_strdup_printf("ALTER TABLE %s DROP CONSTRAINT %s%s", name, words, quoted));
}

/* --- indexes --- */

static void append_index_column(GString *sql, const IndexColumn *column)
{
    if (column->name) {
        g_autofree char *name = postgresql_quote_identifier(column->name);
        g_string_append(sql, name);
    } else {
        gboolean wrap = !sql_is_enclosed(&postgresql_dialect, column->expression);
        g_string_append(sql, wrap ? "(" : "");
        sql_append(&postgresql_dialect, sql, column->expression);
        g_string_append(sql, wrap ? ")" : "");
    }
    if (column->collation) {
        g_autofree char *collation = postgresql_quote_identifier(column->collation);
        g_string_append_printf(sql, " COLLATE %s", collation);
    }
    if (column->opclass)
        g_string_append_printf(sql, " %s", column->opclass);
    if (column->descending)
        g_string_append(sql, " DESC");
    if (column->nulls)
        g_string_append_printf(sql, " NULLS %s", column->nulls);
}

/* The option "invalid" is the remains of a failed build; what is created is the index that was meant. */
char *postgresql_index_sql(const Table *table, const Index *index, const char *words)
{
    g_autofree char *name = postgresql_quote_identifier(index->name);
    g_autofree char *on = postgresql_table_name(table);
    g_autoptr(GString) sql = g_string_new(NULL);
    g_string_append_printf(sql, "CREATE %sINDEX %s%s ON %s", index->unique ? "UNIQUE " : "", words, name, on);
    if (index->using) {
        g_autofree char *method = postgresql_quote_identifier(index->using);
        g_string_append_printf(sql, " USING %s", method);
    }
    g_string_append(sql, " (");
    for (guint i = 0; i < index->columns->len; i++) {
        g_string_append(sql, i ? ", " : "");
        append_index_column(sql, index->columns->pdata[i]);
    }
    g_string_append_c(sql, ')');
    if (index->include->len) {
        g_string_append(sql, " INCLUDE (");
        append_names(sql, index->include);
        g_string_append_c(sql, ')');
    }
    if (options_get(index->options, "nulls_not_distinct"))
        g_string_append(sql, " NULLS NOT DISTINCT");
    append_storage(sql, index->options, "TABLESPACE");
    if (index->where) {
        g_string_append(sql, " WHERE ");
        sql_append(&postgresql_dialect, sql, index->where);
    }
    return g_string_free(g_steal_pointer(&sql), FALSE);
}

void compiler_comment_index(PgCompiler *compiler, const Table *table, const Index *index)
{
    g_autofree char *name = postgresql_qualified(table->schema, index->name);
    g_autofree char *target = g_strdup_printf("INDEX %s", name);
    compiler_comment(compiler, target, index->comment);
}

static const MigrateOp plain_manner;

/* CONCURRENTLY refuses transactions, also its own with other statements. */
static void add_in_manner(PgCompiler *compiler, const MigrateOp *op, char *sql)
{
    if (op->concurrently)
        compiler_add_alone(compiler, sql);
    else
        compiler_add(compiler, sql);
}

void compiler_create_index_as(PgCompiler *compiler, const Table *table, const Index *index, const MigrateOp *op)
{
    g_autofree char *words =
        g_strdup_printf("%s%s", op->concurrently ? "CONCURRENTLY " : "", op->if_not_exists ? "IF NOT EXISTS " : "");
    add_in_manner(compiler, op, postgresql_index_sql(table, index, words));
    if (index->comment)
        compiler_comment_index(compiler, table, index);
}

void compiler_drop_index_as(PgCompiler *compiler, const Table *table, const Index *index, const MigrateOp *op)
{
    g_autofree char *name = postgresql_qualified(table->schema, index->name);
    add_in_manner(compiler, op,
                  g_strdup_printf("DROP INDEX %s%s%s", op->concurrently ? "CONCURRENTLY " : "",
                                  op->if_exists ? "IF EXISTS " : "", name));
}

void compiler_create_index(PgCompiler *compiler, const Table *table, const Index *index)
{
    compiler_create_index_as(compiler, table, index, &plain_manner);
}

void compiler_drop_index(PgCompiler *compiler, const Table *table, const Index *index)
{
    compiler_drop_index_as(compiler, table, index, &plain_manner);
}
