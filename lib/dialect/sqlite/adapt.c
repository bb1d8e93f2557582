#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "dialect/sqlite/compiler.h"
#include "dialect/sqlite/sqlite.h"

/* What was left out, counted; a note for each kind at the end. */
typedef struct LeftOut {
    const char *one, *many; /* "comment", "comments" */
    const char *why;        /* "SQLite stores none" */
    guint count;
} LeftOut;

typedef struct Adapter {
    const MetaData *model;
    GArray *left_out; /* LeftOut, in order of appearance */
} Adapter;

static void adapter_init(Adapter *adapter, const MetaData *model)
{
    adapter->model = model;
    adapter->left_out = g_array_new(FALSE, FALSE, sizeof(LeftOut));
}

static void adapter_clear(Adapter *adapter)
{
    g_array_unref(adapter->left_out);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Adapter, adapter_clear)

static void leave_out(Adapter *adapter, const char *one, const char *many, const char *why)
{
    for (guint i = 0; i < adapter->left_out->len; i++) {
        LeftOut *entry = &g_array_index(adapter->left_out, LeftOut, i);
        if (strcmp(entry->one, one) == 0) {
            entry->count++;
            return;
        }
    }
    LeftOut entry = {one, many, why, 1};
    g_array_append_val(adapter->left_out, entry);
}

static void write_notes(const Adapter *adapter, GPtrArray *notes)
{
    for (guint i = 0; notes && i < adapter->left_out->len; i++) {
        const LeftOut *entry = &g_array_index(adapter->left_out, LeftOut, i);
        g_ptr_array_add(notes, g_strdup_printf("%u %s left out: %s", entry->count,
                                               entry->count == 1 ? entry->one : entry->many, entry->why));
    }
}

static void drop_text(Adapter *adapter, char **text, const char *one, const char *many, const char *why)
{
    if (!*text)
        return;
    g_clear_pointer(text, g_free);
    leave_out(adapter, one, many, why);
}

static void drop_comment(Adapter *adapter, char **comment)
{
    drop_text(adapter, comment, "comment is", "comments are", "SQLite stores none");
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

/* An option that is unknown here is a mistake, not a wish to be dropped in silence. */
static gboolean check_options(const GPtrArray *options, const char *const *known, const char *what, GError **error)
{
    for (guint i = 0; i < options->len; i++) {
        const Option *option = options->pdata[i];
        if (g_strv_contains(known, option->name))
            continue;
        const char *nearest = text_nearest(option->name, known, -1);
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "%s: SQLite has no option '%s'%s%s%s", what,
                    option->name, nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
        return FALSE;
    }
    return TRUE;
}

/* A switch is on when it is there: "false" takes it away, whatever else becomes "true". */
static void normalise_switch(GPtrArray *options, const char *name)
{
    const char *value = options_get(options, name);
    if (!value)
        return;
    if (g_ascii_strcasecmp(value, "false") == 0 || strcmp(value, "0") == 0)
        options_remove(options, name);
    else
        options_set(options, name, "true");
}

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

static void set_type(Column *column, SqlType *type)
{
    sql_type_free(column->type);
    column->type = type;
}

static const EnumType *find_enum(const Adapter *adapter, const SqlType *type)
{
    for (guint i = 0; adapter->model && i < adapter->model->enums->len; i++) {
        const EnumType *candidate = adapter->model->enums->pdata[i];
        if (name_equal(candidate->name, type->name, adapter->model->ignore_case))
            return candidate;
    }
    return NULL;
}

/* The enum's values, NULL-terminated, borrowed. NULL when it is not declared. */
static const char **enum_values(const Adapter *adapter, const SqlType *type)
{
    GPtrArray *values = g_ptr_array_new();
    if (type->values) {
        for (char **value = type->values; *value; value++)
            g_ptr_array_add(values, *value);
    } else {
        const EnumType *declared = find_enum(adapter, type);
        if (!declared) {
            g_ptr_array_unref(values);
            return NULL;
        }
        for (guint i = 0; i < declared->values->len; i++)
            g_ptr_array_add(values, declared->values->pdata[i]);
    }
    g_ptr_array_add(values, NULL);
    return (const char **)g_ptr_array_free(values, FALSE);
}

static char *free_constraint_name(const Table *table, const Column *column)
{
    char *name = g_strdup_printf("ck_%s_%s", table->name, column->name);
    for (guint i = 2; table_find_constraint(table, name); i++) {
        g_free(name);
        name = g_strdup_printf("ck_%s_%s_%u", table->name, column->name, i);
    }
    return name;
}

static gboolean has_check(const Table *table, const char *expression)
{
    for (guint i = 0; i < table->constraints->len; i++) {
        const Constraint *constraint = table->constraints->pdata[i];
        if (constraint->kind == CONSTRAINT_CHECK && sql_equal(&sqlite_dialect, constraint->expression, expression))
            return TRUE;
    }
    return FALSE;
}

static void add_enum_check(Table *table, const Column *column, const char **values)
{
    g_autoptr(GString) expression = g_string_new(NULL);
    g_autofree char *quoted = sqlite_quote_identifier(column->name);
    g_string_append_printf(expression, "%s IN (", quoted);
    for (gsize i = 0; values[i]; i++) {
        g_autofree char *literal = sqlite_quote_literal(values[i]);
        g_string_append_printf(expression, "%s%s", i ? ", " : "", literal);
    }
    g_string_append_c(expression, ')');
    if (has_check(table, expression->str))
        return;
    g_autofree char *name = free_constraint_name(table, column);
    Constraint *check = constraint_new(CONSTRAINT_CHECK, name);
    check->expression = g_strdup(expression->str);
    g_ptr_array_add(table->constraints, check);
}

/* An enum becomes VARCHAR, as long as its longest value, with a check, as in SQLAlchemy. */
static gboolean adapt_enum(const Adapter *adapter, Table *table, Column *column, GError **error)
{
    glong longest = 0;
    g_autofree const char **values = enum_values(adapter, column->type);
    if (!values) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                    "column '%s.%s': enum '%s' is not declared; add it to \"enums\"", table->name, column->name,
                    column->type->name ? column->type->name : "");
        return FALSE;
    }
    for (gsize i = 0; values[i]; i++)
        longest = MAX(longest, g_utf8_strlen(values[i], -1));
    if (values[0])
        add_enum_check(table, column, values);
    SqlType *type = sql_type_new(SQL_TYPE_STRING);
    type->length = longest > 0 ? (int)longest : -1;
    set_type(column, type);
    return TRUE;
}

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
    if (column->type->kind == SQL_TYPE_ENUM && !adapt_enum(adapter, table, column, error))
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
        set_type(column, sqlite_type_from_sql(strict));
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
        leave_out(adapter, can ? "identity option set is" : "identity is",
                  can ? "identity option sets are" : "identities are",
                  "SQLite numbers only an INTEGER primary key, from 1 by 1");
    else if (wanted && !can)
        leave_out(adapter, "autoincrement is", "autoincrements are", "SQLite numbers only an INTEGER primary key");
    g_clear_pointer(&column->identity, identity_free);
    column->autoincrement = wanted && can ? AUTOINCREMENT_TRUE : AUTOINCREMENT_AUTO;
    if (wanted && can && !sqlite_is_rowid_alias(table, column))
        set_type(column, sql_type_new(SQL_TYPE_INTEGER));
}

static gboolean adapt_column(Adapter *adapter, Table *table, Column *column, GError **error)
{
    static const char *const known[] = {"nullable_key", "on_conflict_not_null", NULL};
    g_autofree char *what = g_strdup_printf("column '%s.%s'", table->name, column->name);
    if (!check_options(column->options, known, what, error) || !adapt_type(adapter, table, column, error))
        return FALSE;
    normalise_switch(column->options, "nullable_key");
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
        leave_out(adapter, "included column list is", "included column lists are", "SQLite's indexes have none");
    }
    if (!check_options(constraint->options, known, what, error))
        return FALSE;
    normalise_conflict(constraint->options, "on_conflict");
    if (constraint->kind == CONSTRAINT_FOREIGN_KEY)
        return drop_schema(&constraint->referred_schema, "referred table", constraint->referred_table, error);
    if (constraint->deferrable || constraint->initially) {
        constraint->deferrable = FALSE;
        g_clear_pointer(&constraint->initially, g_free);
        leave_out(adapter, "DEFERRABLE of a key or check is", "DEFERRABLE of keys or checks are",
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
            leave_out(adapter, "exclusion constraint is", "exclusion constraints are", "SQLite has none");
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
    drop_text(adapter, &column->opclass, "operator class is", "operator classes are", "SQLite has none");
    drop_text(adapter, &column->nulls, "NULLS FIRST or LAST of an index is", "NULLS FIRST or LAST of indexes are",
              "SQLite's indexes have NULL first, or last when descending");
    if (column->length) {
        column->length = 0;
        leave_out(adapter, "prefix length of an index is", "prefix lengths of indexes are",
                  "SQLite's indexes hold whole values");
    }
}

static gboolean adapt_index(Adapter *adapter, const Table *table, Index *index, GError **error)
{
    static const char *const known[] = {NULL};
    g_autofree char *what = g_strdup_printf("index '%s' of table '%s'", index->name, table->name);
    if (!check_options(index->options, known, what, error))
        return FALSE;
    drop_comment(adapter, &index->comment);
    if (index->using && g_ascii_strcasecmp(index->using, "btree") == 0)
        g_clear_pointer(&index->using, g_free);
    drop_text(adapter, &index->using, "access method of an index is", "access methods of indexes are",
              "SQLite's indexes are all B-trees");
    if (index->include->len) {
        g_ptr_array_set_size(index->include, 0);
        leave_out(adapter, "included column list is", "included column lists are", "SQLite's indexes have none");
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
    if (!check_options(table->options, known, what, error))
        return FALSE;
    normalise_switch(table->options, "strict");
    normalise_switch(table->options, "without_rowid");
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
    adapter_init(&adapter, model);
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
    return strcmp(kind, "view") == 0 || strcmp(kind, "trigger") == 0;
}

static void leave_object_out(Adapter *adapter, const SchemaObject *object)
{
    for (gsize i = 0; i < G_N_ELEMENTS(object_kinds); i++)
        if (strcmp(object_kinds[i].kind, object->kind) == 0)
            leave_out(adapter, object_kinds[i].one, object_kinds[i].many, "SQLite has none");
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
    adapter_init(&adapter, model);
    if (!adapt_schemas(model, error))
        return FALSE;
    for (guint i = 0; i < model->tables->len; i++)
        if (!adapt_table(&adapter, model->tables->pdata[i], error))
            return FALSE;
    for (guint i = 0; i < model->sequences->len; i++)
        leave_out(&adapter, "sequence is", "sequences are", "SQLite has none");
    g_ptr_array_set_size(model->sequences, 0);
    g_ptr_array_set_size(model->enums, 0);
    if (!adapt_objects(&adapter, model, error))
        return FALSE;
    write_notes(&adapter, notes);
    return TRUE;
}
