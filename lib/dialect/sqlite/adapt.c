#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "dialect/adapter.h"
#include "dialect/reader.h"
#include "dialect/sqlite/compiler.h"
#include "dialect/sqlite/sqlite.h"

static void drop_comment(Adapter *adapter, char **comment)
{
    adapter_drop_text(adapter, comment, "comment is", "comments are", "SQLite stores none");
}

/* "main" is the default schema's name. */
static gboolean drop_schema(char **schema, const char *what, const char *name, GError **error)
{
    if (*schema && g_ascii_strcasecmp(*schema, "main") != 0) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                    "%s '%s.%s': SQLite has no schemas (only 'main', the default); leave the schema out for sqlite",
                    what, *schema, name);
        return FALSE;
    }
    g_clear_pointer(schema, g_free);
    return TRUE;
}

/* --- options --- */

/* Conflict clauses are compared as the catalog has them, in capitals; ABORT is the default. */
static void normalise_conflict(GPtrArray *options, const char *name)
{
    const char *value = options_get(options, name);
    if (!value)
        return;
    g_autofree char *upper = g_ascii_strup(value, -1);
    if (strcmp(upper, "ABORT") == 0)
        options_remove(options, name);
    else if (strcmp(upper, value) != 0)
        options_set(options, name, upper);
}

/* --- types --- */

static gboolean contains_any(const char *upper, const char *const *parts)
{
    for (; *parts; parts++)
        if (strstr(upper, *parts))
            return TRUE;
    return FALSE;
}

/* A STRICT table takes only these six (sqlite.org/stricttables.html). The others go to the one that stores the same
 * values; ANY where that is open. */
static const char *strict_type(const char *spelling)
{
    static const char *const exact[] = {"INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY"};
    static const char *const text[] = {"CHAR", "CLOB", "TEXT", "DATE", "TIME", "JSON", "UUID", NULL};
    static const char *const real[] = {"REAL", "FLOA", "DOUB", "NUMERIC", "DECIMAL", NULL};
    static const char *const integer[] = {"INT", "BOOL", NULL};
    static const char *const blob[] = {"BLOB", "BINARY", NULL};
    g_autofree char *upper = g_ascii_strup(spelling, -1);
    for (gsize i = 0; i < G_N_ELEMENTS(exact); i++)
        if (strcmp(upper, exact[i]) == 0)
            return exact[i];
    if (contains_any(upper, text))
        return "TEXT";
    if (contains_any(upper, real))
        return "REAL";
    if (contains_any(upper, integer))
        return "INTEGER";
    return contains_any(upper, blob) ? "BLOB" : "ANY";
}

static gboolean adapt_type(const Adapter *adapter, Table *table, Column *column, GError **error)
{
    if (column->type->kind == SQL_TYPE_ENUM && !adapter_enum_to_check(adapter, table, column, error))
        return FALSE;
    if (column->type->kind == SQL_TYPE_ARRAY) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                    "column '%s.%s': SQLite has no arrays; give another type for it, such as "
                    "{\"default\": …, \"sqlite\": \"JSON\"}",
                    table->name, column->name);
        return FALSE;
    }
    if (!options_get(table->options, "strict"))
        return TRUE;
    g_autofree char *spelling = sqlite_type_sql(column->type, error);
    if (!spelling)
        return FALSE;
    const char *strict = strict_type(spelling);
    if (g_ascii_strcasecmp(strict, spelling) != 0)
        adapter_set_type(column, sqlite_type_from_sql(strict));
    return TRUE;
}

/* --- columns --- */

static gboolean is_integer(const SqlType *type)
{
    g_autofree char *spelling = sqlite_type_sql(type, NULL);
    g_autofree char *upper = spelling ? g_ascii_strup(spelling, -1) : NULL;
    return upper && strstr(upper, "INT");
}

static gboolean is_whole_key(const Table *table, const Column *column)
{
    return table->primary_key && table->primary_key->columns->len == 1 && table_in_primary_key(table, column->name);
}

static gboolean identity_has_options(const Identity *identity)
{
    const SequenceOptions *options = &identity->options;
    return (options->start && strcmp(options->start, "1") != 0) ||
           (options->increment && strcmp(options->increment, "1") != 0) || options->minvalue || options->maxvalue ||
           options->cache || options->cycle;
}

/* Only INTEGER PRIMARY KEY numbers itself; AUTOINCREMENT then never gives a number twice, as an identity does. */
static void adapt_numbering(Adapter *adapter, const Table *table, Column *column)
{
    gboolean can = is_whole_key(table, column) && is_integer(column->type) && !sqlite_is_without_rowid(table);
    gboolean wanted = column->autoincrement == AUTOINCREMENT_TRUE || column->identity;
    if (column->identity && (!can || identity_has_options(column->identity)))
        adapter_leave_out(adapter, can ? "identity option set is" : "identity is",
                          can ? "identity option sets are" : "identities are",
                          "SQLite numbers only an INTEGER primary key, from 1 by 1");
    else if (wanted && !can)
        adapter_leave_out(adapter, "autoincrement is", "autoincrements are",
                          "SQLite numbers only an INTEGER primary key");
    g_clear_pointer(&column->identity, identity_free);
    column->autoincrement = wanted && can ? AUTOINCREMENT_TRUE : AUTOINCREMENT_AUTO;
    if (wanted && can && !sqlite_is_rowid_alias(table, column))
        adapter_set_type(column, sql_type_new(SQL_TYPE_INTEGER));
}

static gboolean adapt_column(Adapter *adapter, Table *table, Column *column, GError **error)
{
    static const char *const known[] = {"nullable_key", "on_conflict_not_null", NULL};
    g_autofree char *what = g_strdup_printf("column '%s.%s'", table->name, column->name);
    if (!adapter_check_options(adapter, column->options, known, what, error) ||
        !adapt_type(adapter, table, column, error))
        return FALSE;
    adapter_normalise_switch(column->options, "nullable_key");
    normalise_conflict(column->options, "on_conflict_not_null");
    drop_comment(adapter, &column->comment);
    adapt_numbering(adapter, table, column);
    return TRUE;
}

/* --- constraints and indexes --- */

static gboolean adapt_constraint(Adapter *adapter, const Table *table, Constraint *constraint, GError **error)
{
    static const char *const known[] = {"on_conflict", "sort", "not_rowid", NULL};
    const char *name = constraint->name ? constraint->name : "(unnamed)";
    g_autofree char *what = g_strdup_printf("constraint '%s' of table '%s'", name, table->name);
    drop_comment(adapter, &constraint->comment);
    if (options_get(constraint->options, "include")) {
        options_remove(constraint->options, "include");
        adapter_leave_out(adapter, "included column list is", "included column lists are",
                          "SQLite's indexes have none");
    }
    if (!adapter_check_options(adapter, constraint->options, known, what, error))
        return FALSE;
    normalise_conflict(constraint->options, "on_conflict");
    if (constraint->kind == CONSTRAINT_FOREIGN_KEY)
        return drop_schema(&constraint->referred_schema, "referred table", constraint->referred_table, error);
    if (constraint->deferrable || constraint->initially) {
        constraint->deferrable = FALSE;
        g_clear_pointer(&constraint->initially, g_free);
        adapter_leave_out(adapter, "DEFERRABLE of a key or check is", "DEFERRABLE of keys or checks are",
                          "SQLite defers foreign keys only");
    }
    return TRUE;
}

static gboolean adapt_constraints(Adapter *adapter, Table *table, GError **error)
{
    if (table->primary_key && !adapt_constraint(adapter, table, table->primary_key, error))
        return FALSE;
    for (guint i = 0; i < table->constraints->len;) {
        Constraint *constraint = table->constraints->pdata[i];
        if (constraint->kind == CONSTRAINT_EXCLUDE) {
            g_ptr_array_remove_index(table->constraints, i);
            adapter_leave_out(adapter, "exclusion constraint is", "exclusion constraints are", "SQLite has none");
            continue;
        }
        if (!adapt_constraint(adapter, table, constraint, error))
            return FALSE;
        i++;
    }
    return TRUE;
}

static void adapt_index_column(Adapter *adapter, IndexColumn *column)
{
    adapter_drop_text(adapter, &column->opclass, "operator class is", "operator classes are", "SQLite has none");
    adapter_drop_text(adapter, &column->nulls, "NULLS FIRST or LAST of an index is",
                      "NULLS FIRST or LAST of indexes are",
                      "SQLite's indexes have NULL first, or last when descending");
    if (column->length) {
        column->length = 0;
        adapter_leave_out(adapter, "prefix length of an index is", "prefix lengths of indexes are",
                          "SQLite's indexes hold whole values");
    }
}

static gboolean adapt_index(Adapter *adapter, const Table *table, Index *index, GError **error)
{
    static const char *const known[] = {NULL};
    g_autofree char *what = g_strdup_printf("index '%s' of table '%s'", index->name, table->name);
    if (!adapter_check_options(adapter, index->options, known, what, error))
        return FALSE;
    drop_comment(adapter, &index->comment);
    if (index->using && g_ascii_strcasecmp(index->using, "btree") == 0)
        g_clear_pointer(&index->using, g_free);
    adapter_drop_text(adapter, &index->using, "access method of an index is", "access methods of indexes are",
                      "SQLite's indexes are all B-trees");
    if (index->include->len) {
        g_ptr_array_set_size(index->include, 0);
        adapter_leave_out(adapter, "included column list is", "included column lists are",
                          "SQLite's indexes have none");
    }
    for (guint i = 0; i < index->columns->len; i++)
        adapt_index_column(adapter, index->columns->pdata[i]);
    return TRUE;
}

/* --- tables --- */

static gboolean adapt_table(Adapter *adapter, Table *table, GError **error)
{
    static const char *const known[] = {"strict", "without_rowid", NULL};
    g_autofree char *what = g_strdup_printf("table '%s'", table->name);
    if (!adapter_check_options(adapter, table->options, known, what, error))
        return FALSE;
    adapter_normalise_switch(table->options, "strict");
    adapter_normalise_switch(table->options, "without_rowid");
    drop_comment(adapter, &table->comment);
    for (guint i = 0; i < table->columns->len; i++)
        if (!adapt_column(adapter, table, table->columns->pdata[i], error))
            return FALSE;
    if (!adapt_constraints(adapter, table, error))
        return FALSE;
    for (guint i = 0; i < table->indexes->len; i++)
        if (!adapt_index(adapter, table, table->indexes->pdata[i], error))
            return FALSE;
    return TRUE;
}

gboolean sqlite_adapt_table(Table *table, const MetaData *model, GError **error)
{
    g_auto(Adapter) adapter;
    adapter_init(&adapter, &sqlite_dialect, "SQLite", model);
    return drop_schema(&table->schema, "table", table->name, error) && adapt_table(&adapter, table, error);
}

/* --- the model --- */

static const struct {
    const char *kind, *one, *many;
} object_kinds[] = {
    {"materialized_view", "materialized view is", "materialized views are"},
    {"function", "function is", "functions are"},
    {"procedure", "procedure is", "procedures are"},
    {"domain", "domain is", "domains are"},
    {"composite_type", "composite type is", "composite types are"},
    {"extension", "extension is", "extensions are"},
    {"policy", "policy is", "policies are"},
    {"event", "event is", "events are"},
};

gboolean sqlite_has_object_kind(const char *kind)
{
    return strcmp(kind, "view") == 0 || strcmp(kind, "trigger") == 0 || strcmp(kind, "virtual_table") == 0;
}

static void leave_object_out(Adapter *adapter, const SchemaObject *object)
{
    for (gsize i = 0; i < G_N_ELEMENTS(object_kinds); i++)
        if (strcmp(object_kinds[i].kind, object->kind) == 0)
            adapter_leave_out(adapter, object_kinds[i].one, object_kinds[i].many, "SQLite has none");
}

/* SQLite keeps the text without it. */
static void adapt_virtual_table(SchemaObject *object)
{
    SqlReader reader = sql_reader_new(&sqlite_dialect, object->definition, strlen(object->definition));
    if (!sql_reader_take_words(&reader, "CREATE", "VIRTUAL") || !sql_reader_take(&reader, "TABLE") ||
        !sql_reader_take(&reader, "IF") || !sql_reader_take_words(&reader, "NOT", "EXISTS"))
        return;
    char *text = g_strconcat("CREATE VIRTUAL TABLE ", object->definition + reader.token.start, NULL);
    g_free(object->definition);
    object->definition = text;
}

static gboolean adapt_objects(Adapter *adapter, MetaData *model, GError **error)
{
    for (guint i = 0; i < model->objects->len;) {
        SchemaObject *object = model->objects->pdata[i];
        if (!sqlite_has_object_kind(object->kind)) {
            leave_object_out(adapter, object);
            g_ptr_array_remove_index(model->objects, i);
            continue;
        }
        if (!drop_schema(&object->schema, object->kind, object->name, error))
            return FALSE;
        if (object->definition && strcmp(object->kind, "virtual_table") == 0)
            adapt_virtual_table(object);
        i++;
    }
    return TRUE;
}

/* Moves the tables of "main" to where the inspector says they are. */
static gboolean adapt_schemas(MetaData *model, GError **error)
{
    g_autoptr(GPtrArray) qualified = g_ptr_array_new();
    for (guint i = 0; i < model->tables->len; i++) {
        const Table *table = model->tables->pdata[i];
        if (table->schema)
            g_ptr_array_add(qualified, model->tables->pdata[i]);
    }
    for (guint i = 0; i < qualified->len; i++) {
        const Table *table = qualified->pdata[i];
        g_autoptr(Table) moved = metadata_steal_table(model, table->schema, table->name);
        if (!drop_schema(&moved->schema, "table", moved->name, error))
            return FALSE;
        if (metadata_find_table(model, NULL, moved->name)) {
            g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                        "table '%s' is there twice: with schema 'main' and without, which is the same on SQLite",
                        moved->name);
            return FALSE;
        }
        metadata_add_table(model, g_steal_pointer(&moved));
    }
    return TRUE;
}

gboolean sqlite_adapt(MetaData *model, GPtrArray *notes, GError **error)
{
    g_auto(Adapter) adapter;
    adapter_init(&adapter, &sqlite_dialect, "SQLite", model);
    if (!adapt_schemas(model, error))
        return FALSE;
    for (guint i = 0; i < model->tables->len; i++)
        if (!adapt_table(&adapter, model->tables->pdata[i], error))
            return FALSE;
    for (guint i = 0; i < model->sequences->len; i++)
        adapter_leave_out(&adapter, "sequence is", "sequences are", "SQLite has none");
    g_ptr_array_set_size(model->sequences, 0);
    adapter_take_enums(model);
    if (!adapt_objects(&adapter, model, error))
        return FALSE;
    adapter_write_notes(&adapter, notes);
    return TRUE;
}
