/* CREATE TABLE as SQLite stores it, read by its grammar (parse.y). */
#include <string.h>

#include "dialect/sqlite/ddl_reader.h"
#include "dialect/sqlite/sqlite.h"

#define MANY_COLUMNS 64 /* from here on, columns are looked up by hash */

static Constraint *add_constraint(Table *table, ConstraintKind kind, char **name)
{
    Constraint *constraint = constraint_new(kind, *name);

    g_clear_pointer(name, g_free);
    if (kind == CONSTRAINT_PRIMARY_KEY && table->primary_key == NULL)
        table->primary_key = constraint;
    else
        g_ptr_array_add(table->constraints, constraint);
    return constraint;
}

static gboolean read_check(SqlReader *reader, Table *table, char **name, GError **error)
{
    DdlSpan inside;

    if (!ddl_read_parenthesised(reader, &inside, error))
        return FALSE;
    add_constraint(table, CONSTRAINT_CHECK, name)->expression = ddl_text(reader, inside);
    /* SQLite reads the clause and ignores it. */
    return ddl_read_on_conflict(reader, NULL, NULL, error);
}

static gboolean refuse_second_key(const SqlReader *reader, const Table *table, GError **error)
{
    return table->primary_key == NULL || ddl_failed(reader, "no second primary key", error);
}

/* --- columns --- */

static gboolean at_plain_type_word(const SqlReader *reader)
{
    static const char *const stops[] = {"CONSTRAINT", "DEFAULT",    "NULL",       "NOT",     "PRIMARY", "UNIQUE",
                                        "CHECK",      "REFERENCES", "DEFERRABLE", "COLLATE", "AS",      NULL};
    return ddl_at_name(reader) && !sql_reader_is_one_of(reader, stops);
}

/* The words of a type end where a column's constraints begin. GENERATED ALWAYS is a constraint unless the type goes on
 * behind it. */
static gboolean at_type_word(const SqlReader *reader)
{
    SqlReader ahead = *reader;

    if (sql_reader_take_words(&ahead, "GENERATED", "ALWAYS"))
        return at_plain_type_word(&ahead);
    return at_plain_type_word(reader);
}

static gboolean read_type(SqlReader *reader, SqlType **type, GError **error)
{
    DdlSpan span = {reader->token.start, reader->token.start}, arguments;

    while (at_type_word(reader)) {
        sql_reader_advance(reader);
        span.end = reader->previous_end;
    }
    if (span.end > span.start && sql_reader_is(reader, "(")) {
        if (!ddl_read_parenthesised(reader, &arguments, error))
            return FALSE;
        span.end = reader->previous_end;
    }
    g_autofree char *spelling = ddl_text(reader, span);
    *type = sqlite_type_from_sql(spelling);
    return TRUE;
}

static gboolean read_default(SqlReader *reader, Column *column, GError **error)
{
    DdlSpan span = {reader->token.start, 0};

    if (sql_reader_is(reader, "(")) {
        if (!ddl_read_parenthesised(reader, &span, error))
            return FALSE;
    } else {
        if (!sql_reader_take(reader, "-"))
            sql_reader_take(reader, "+");
        if (reader->token.kind == SQL_TOKEN_END || reader->token.kind == SQL_TOKEN_OPERATOR)
            return ddl_failed(reader, "a default value", error);
        sql_reader_advance(reader);
        span.end = reader->previous_end;
    }
    /* Nothing tells a second pair of parentheses from the first when it is written again. */
    g_autofree char *text = ddl_text(reader, span);
    g_free(column->server_default);
    column->server_default = sql_without_parentheses(&sqlite_dialect, text);
    return TRUE;
}

/* Behind AS. */
static gboolean read_computed(SqlReader *reader, Column *column, GError **error)
{
    DdlSpan inside;

    if (!ddl_read_parenthesised(reader, &inside, error))
        return FALSE;
    gboolean persisted = sql_reader_take(reader, "STORED");
    if (!persisted)
        sql_reader_take(reader, "VIRTUAL");
    g_autofree char *expression = ddl_text(reader, inside);
    computed_free(column->computed);
    column->computed = computed_new(expression, persisted);
    return TRUE;
}

/* Behind PRIMARY KEY. A key that descends in the column itself makes no rowid (sqlite.org/lang_createtable.html). */
static gboolean read_column_key(SqlReader *reader, Table *table, Column *column, char **name, GError **error)
{
    if (!refuse_second_key(reader, table, error))
        return FALSE;
    Constraint *key = add_constraint(table, CONSTRAINT_PRIMARY_KEY, name);
    g_ptr_array_add(key->columns, g_strdup(column->name));
    if (sql_reader_take(reader, "DESC")) {
        if (column->type->kind == SQL_TYPE_INTEGER)
            options_set(key->options, "not_rowid", "true");
        else
            options_set(key->options, "sort", "DESC");
    } else {
        sql_reader_take(reader, "ASC");
    }
    if (!ddl_read_on_conflict(reader, key->options, "on_conflict", error))
        return FALSE;
    if (sql_reader_take(reader, "AUTOINCREMENT"))
        column->autoincrement = AUTOINCREMENT_TRUE;
    return TRUE;
}

typedef struct ColumnReading {
    Table *table;
    Column *column;
    char *name;              /* behind CONSTRAINT, for the constraint that follows */
    Constraint *foreign_key; /* the last one of the table, which DEFERRABLE is about */
} ColumnReading;

/* Constraints that change the column only; the name that was given to one is not kept by SQLite either. */
static gboolean read_column_property(SqlReader *reader, ColumnReading *reading, gboolean *known, GError **error)
{
    Column *column = reading->column;

    if (sql_reader_take(reader, "NULL"))
        return ddl_read_on_conflict(reader, NULL, NULL, error);
    if (sql_reader_take_words(reader, "NOT", "NULL")) {
        column->nullable = FALSE;
        return ddl_read_on_conflict(reader, column->options, "on_conflict_not_null", error);
    }
    if (sql_reader_take(reader, "DEFAULT"))
        return read_default(reader, column, error);
    if (sql_reader_take(reader, "COLLATE")) {
        g_free(column->collation);
        column->collation = ddl_read_name(reader, "a collation's name", error);
        return column->collation != NULL;
    }
    /* Without AS the two words mean nothing to SQLite. */
    gboolean generated = sql_reader_take_words(reader, "GENERATED", "ALWAYS");
    if (generated && !sql_reader_is(reader, "AS"))
        return TRUE;
    if (sql_reader_take(reader, "AS"))
        return read_computed(reader, column, error);
    *known = FALSE;
    return TRUE;
}

static gboolean read_column_constraint(SqlReader *reader, ColumnReading *reading, GError **error)
{
    gboolean known = TRUE;

    if (sql_reader_take(reader, "CONSTRAINT")) {
        g_free(reading->name);
        reading->name = ddl_read_name(reader, "a constraint's name", error);
        return reading->name != NULL;
    }
    if (sql_reader_take_words(reader, "PRIMARY", "KEY"))
        return read_column_key(reader, reading->table, reading->column, &reading->name, error);
    if (sql_reader_take(reader, "UNIQUE")) {
        Constraint *unique = add_constraint(reading->table, CONSTRAINT_UNIQUE, &reading->name);
        g_ptr_array_add(unique->columns, g_strdup(reading->column->name));
        return ddl_read_on_conflict(reader, unique->options, "on_conflict", error);
    }
    if (sql_reader_take(reader, "CHECK"))
        return read_check(reader, reading->table, &reading->name, error);
    if (sql_reader_take(reader, "REFERENCES")) {
        reading->foreign_key = add_constraint(reading->table, CONSTRAINT_FOREIGN_KEY, &reading->name);
        g_ptr_array_add(reading->foreign_key->columns, g_strdup(reading->column->name));
        return ddl_read_reference(reader, reading->foreign_key, error);
    }
    if (ddl_take_deferral(reader, reading->foreign_key))
        return TRUE;
    if (!read_column_property(reader, reading, &known, error))
        return FALSE;
    if (!known)
        return ddl_failed(reader, "a column constraint", error);
    g_clear_pointer(&reading->name, g_free);
    return TRUE;
}

static gboolean read_column(SqlReader *reader, Table *table, Constraint **foreign_key, GError **error)
{
    g_autofree char *name = ddl_read_name(reader, "a column's name", error);
    SqlType *type = NULL;

    if (name == NULL || !read_type(reader, &type, error))
        return FALSE;
    ColumnReading reading = {.table = table, .column = column_new(name, type), .foreign_key = *foreign_key};
    g_ptr_array_add(table->columns, reading.column);
    gboolean good = TRUE;
    while (good && !sql_reader_is(reader, ",") && !sql_reader_is(reader, ")"))
        good = read_column_constraint(reader, &reading, error);
    g_free(reading.name);
    *foreign_key = reading.foreign_key;
    return good;
}

/* --- tables --- */

static gboolean read_table_key(SqlReader *reader, Table *table, char **name, GError **error)
{
    gboolean autoincrement = FALSE;

    if (!refuse_second_key(reader, table, error))
        return FALSE;
    Constraint *key = add_constraint(table, CONSTRAINT_PRIMARY_KEY, name);
    if (!ddl_read_key_columns(reader, key, &autoincrement, error))
        return FALSE;
    Column *column = key->columns->len == 1 ? table_find_column(table, key->columns->pdata[0]) : NULL;
    if (autoincrement && column != NULL)
        column->autoincrement = AUTOINCREMENT_TRUE;
    return ddl_read_on_conflict(reader, key->options, "on_conflict", error);
}

static gboolean read_foreign_key(SqlReader *reader, Table *table, char **name, GError **error)
{
    Constraint *key = add_constraint(table, CONSTRAINT_FOREIGN_KEY, name);

    if (!ddl_read_names(reader, key->columns, error) || !ddl_expect(reader, "REFERENCES", error) ||
        !ddl_read_reference(reader, key, error))
        return FALSE;
    ddl_take_deferral(reader, key);
    return TRUE;
}

static gboolean at_table_constraint(const SqlReader *reader)
{
    static const char *const words[] = {"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", NULL};
    return sql_reader_is_one_of(reader, words);
}

static gboolean read_table_constraint(SqlReader *reader, Table *table, char **name, GError **error)
{
    gboolean autoincrement = FALSE;

    if (sql_reader_take(reader, "CONSTRAINT")) {
        g_free(*name);
        *name = ddl_read_name(reader, "a constraint's name", error);
        return *name != NULL;
    }
    if (sql_reader_take_words(reader, "PRIMARY", "KEY"))
        return read_table_key(reader, table, name, error);
    if (sql_reader_take(reader, "UNIQUE")) {
        Constraint *unique = add_constraint(table, CONSTRAINT_UNIQUE, name);
        return ddl_read_key_columns(reader, unique, &autoincrement, error) &&
               ddl_read_on_conflict(reader, unique->options, "on_conflict", error);
    }
    if (sql_reader_take(reader, "CHECK"))
        return read_check(reader, table, name, error);
    if (sql_reader_take_words(reader, "FOREIGN", "KEY"))
        return read_foreign_key(reader, table, name, error);
    return ddl_failed(reader, "a table constraint", error);
}

/* What stands between the parentheses: columns, then constraints, which commas may separate. */
static gboolean read_body(SqlReader *reader, Table *table, GError **error)
{
    g_autofree char *name = NULL;
    Constraint *foreign_key = NULL;

    do {
        if (at_table_constraint(reader))
            break;
        if (!read_column(reader, table, &foreign_key, error))
            return FALSE;
    } while (sql_reader_take(reader, ","));
    while (!sql_reader_is(reader, ")")) {
        if (!read_table_constraint(reader, table, &name, error))
            return FALSE;
        if (sql_reader_take(reader, ","))
            g_clear_pointer(&name, g_free);
    }
    return ddl_expect(reader, ")", error);
}

static gboolean read_table_options(SqlReader *reader, Table *table, GError **error)
{
    while (reader->token.kind != SQL_TOKEN_END) {
        if (sql_reader_take_words(reader, "WITHOUT", "ROWID"))
            options_set(table->options, "without_rowid", "true");
        else if (sql_reader_take(reader, "STRICT"))
            options_set(table->options, "strict", "true");
        else
            return ddl_failed(reader, "WITHOUT ROWID or STRICT", error);
        if (!sql_reader_take(reader, ","))
            break;
    }
    return reader->token.kind == SQL_TOKEN_END || ddl_failed(reader, "the end", error);
}

/* The table's columns by lower-case name, when it has many. */
static GHashTable *index_columns(const Table *table)
{
    if (table->columns->len < MANY_COLUMNS)
        return NULL;
    GHashTable *by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < table->columns->len; i++) {
        Column *column = table->columns->pdata[i];
        g_hash_table_insert(by_name, g_ascii_strdown(column->name, -1), column);
    }
    return by_name;
}

static Column *find_column(const Table *table, GHashTable *by_name, const char *name)
{
    if (by_name == NULL)
        return table_find_column(table, name);
    g_autofree char *lower = g_ascii_strdown(name, -1);
    return g_hash_table_lookup(by_name, lower);
}

/* TRUE when the only column of the key is the rowid under another name. Behind PRIMARY KEY (…), unlike in the column
 * itself, DESC does not keep it from being that. */
static gboolean key_is_rowid(const Table *table, const Column *column)
{
    const Constraint *key = table->primary_key;
    return key->columns->len == 1 && column->type->kind == SQL_TYPE_INTEGER &&
           options_get(table->options, "without_rowid") == NULL && options_get(key->options, "not_rowid") == NULL;
}

/* A key's columns are NOT NULL for the model. Where SQLite lets them be NULL all the same (a table with a rowid of its
 * own, not STRICT), option "nullable_key" keeps it. */
static void settle_primary_key(Table *table)
{
    const Constraint *key = table->primary_key;
    if (key == NULL)
        return;

    g_autoptr(GHashTable) by_name = index_columns(table);
    gboolean implied = options_get(table->options, "without_rowid") || options_get(table->options, "strict");
    for (guint i = 0; i < key->columns->len; i++) {
        Column *column = find_column(table, by_name, key->columns->pdata[i]);
        if (column == NULL)
            continue;
        if (key_is_rowid(table, column))
            options_remove(key->options, "sort"); /* means nothing to a rowid */
        else if (column->nullable && !implied)
            options_set(column->options, "nullable_key", "true");
        column->nullable = FALSE;
    }
}

gboolean sqlite_read_table(Table *table, const char *sql, GError **error)
{
    SqlReader reader = ddl_reader_new(sql);

    if (!ddl_expect(&reader, "CREATE", error))
        return FALSE;
    if (!sql_reader_take(&reader, "TEMP"))
        sql_reader_take(&reader, "TEMPORARY");
    if (!ddl_expect(&reader, "TABLE", error))
        return FALSE;
    g_autofree char *name = ddl_read_name(&reader, "the table's name", error);
    if (name == NULL || !ddl_expect(&reader, "(", error) || !read_body(&reader, table, error) ||
        !read_table_options(&reader, table, error))
        return FALSE;
    settle_primary_key(table);
    return TRUE;
}
