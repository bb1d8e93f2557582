#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "dialect/adapter.h"
#include "dialect/postgresql/compiler.h"

/* --- options --- */

static void set_case(GPtrArray *options, const char *name, char *(*change)(const char *, gssize), const char *ordinary)
{
    const char *value = options_get(options, name);
    if (!value)
        return;
    g_autofree char *changed = change(value, -1);
    if (g_strcmp0(changed, ordinary) == 0)
        options_remove(options, name);
    else
        options_set(options, name, changed);
}

/* "a,B" is "a, b" to the server. */
static void normalise_names(GPtrArray *options, const char *name)
{
    const char *value = options_get(options, name);
    if (!value)
        return;
    g_autoptr(GPtrArray) names = postgresql_names_in(value);
    g_autofree char *list = text_list(names, ", ");
    options_set(options, name, list);
}

/* "range(created_at)" is "RANGE (created_at)". */
static void normalise_partition_by(GPtrArray *options)
{
    const char *value = options_get(options, "partition_by");
    gsize word = value ? strcspn(value, " (") : 0;
    if (!word)
        return;
    const char *rest = value + word;
    while (*rest == ' ')
        rest++;
    g_autofree char *method = g_ascii_strup(value, (gssize)word);
    g_autofree char *text = g_strdup_printf("%s %s", method, rest);
    options_set(options, "partition_by", text);
}

/* --- enums --- */

/* A name with a dot is one in a schema. */
static EnumType *find_enum(const MetaData *model, const char *name)
{
    EnumType *found = metadata_find_enum(model, NULL, name);
    const char *dot = strchr(name, '.');
    if (found || !dot)
        return found;
    g_autofree char *schema = g_strndup(name, (gsize)(dot - name));
    return metadata_find_enum(model, schema, dot + 1);
}

static EnumType *enum_of(const SqlType *type)
{
    const char *dot = strchr(type->name, '.');
    g_autofree char *schema = dot ? g_strndup(type->name, (gsize)(dot - type->name)) : NULL;
    EnumType *added = enum_type_new(schema, dot ? dot + 1 : type->name);
    for (char **value = type->values; *value; value++)
        g_ptr_array_add(added->values, g_strdup(*value));
    return added;
}

static gboolean adapt_named_enum(MetaData *model, const Table *table, const Column *column, SqlType *type,
                                 GError **error)
{
    const EnumType *declared = find_enum(model, type->name);
    if (!type->values)
        return declared ? TRUE
                        : adapter_refuse(error, "column '%s.%s': enum '%s' is not declared; add it to \"enums\"",
                                         table->name, column->name, type->name);
    EnumType *given = enum_of(type);
    g_clear_pointer(&type->values, g_strfreev);
    if (!declared) {
        g_ptr_array_add(model->enums, given);
        return TRUE;
    }
    gboolean same = strings_equal(declared->values, given->values, FALSE);
    enum_type_free(given);
    return same ? TRUE
                : adapter_refuse(error, "column '%s.%s': enum '%s' has other values elsewhere in the model",
                                 table->name, column->name, type->name);
}

/* --- types --- */

/* SERIAL is no type, but a way to write a numbered column. */
static void adapt_serial_word(Column *column)
{
    static const struct {
        const char *word;
        SqlTypeKind kind;
    } words[] = {
        {"SERIAL", SQL_TYPE_INTEGER},      {"SERIAL4", SQL_TYPE_INTEGER},           {"BIGSERIAL", SQL_TYPE_BIG_INTEGER},
        {"SERIAL8", SQL_TYPE_BIG_INTEGER}, {"SMALLSERIAL", SQL_TYPE_SMALL_INTEGER}, {"SERIAL2", SQL_TYPE_SMALL_INTEGER},
    };
    for (gsize i = 0; column->type->kind == SQL_TYPE_NATIVE && i < G_N_ELEMENTS(words); i++) {
        if (g_ascii_strcasecmp(column->type->name, words[i].word) != 0)
            continue;
        adapter_set_type(column, sql_type_new(words[i].kind));
        if (!column->identity)
            column->autoincrement = AUTOINCREMENT_TRUE;
    }
}

static gboolean adapt_type(const Adapter *adapter, MetaData *model, Table *table, Column *column, GError **error)
{
    adapt_serial_word(column);
    SqlType *type = column->type;
    if (type->kind == SQL_TYPE_ENUM && !type->name)
        return adapter_enum_to_check(adapter, table, column, error);
    while (type->kind == SQL_TYPE_ARRAY)
        type = type->item;
    if (type->kind != SQL_TYPE_ENUM)
        return TRUE;
    if (!type->name)
        return adapter_refuse(error, "column '%s.%s': the enum of an array needs a name: Enum('a', 'b', name=…)",
                              table->name, column->name);
    return adapt_named_enum(model, table, column, type, error);
}

/* --- numbering --- */

/* What SQLAlchemy numbers without being asked. */
static gboolean is_numbered_key(const Table *table, const Column *column)
{
    return adapter_is_numbered_key(table, column) && postgresql_serial_type(column->type) &&
           !options_get(table->options, "partition_of");
}

/* `type` is "smallint", "integer" or NULL (CREATE SEQUENCE, "Parameters"). */
static void drop_ordinary_sequence_options(SequenceOptions *options, const char *type)
{
    gboolean descends = options->increment && *options->increment == '-';
    const char *most = !type ? "9223372036854775807" : strcmp(type, "integer") == 0 ? "2147483647" : "32767";
    const char *least = !type ? "-9223372036854775808" : strcmp(type, "integer") == 0 ? "-2147483648" : "-32768";
    adapter_drop_ordinary(&options->increment, "1");
    adapter_drop_ordinary(&options->cache, "1");
    adapter_drop_ordinary(&options->minvalue, descends ? least : "1");
    adapter_drop_ordinary(&options->maxvalue, descends ? "-1" : most);
    const char *limit = descends ? options->maxvalue : options->minvalue;
    adapter_drop_ordinary(&options->start, limit ? limit : descends ? "-1" : "1");
}

static const char *sequence_type_of(const SqlType *type)
{
    const char *serial = postgresql_serial_type(type);
    if (g_strcmp0(serial, "SERIAL") == 0)
        return "integer";
    return g_strcmp0(serial, "SMALLSERIAL") == 0 ? "smallint" : NULL;
}

static gboolean adapt_numbering(const Table *table, Column *column, GError **error)
{
    gboolean wanted = column->autoincrement == AUTOINCREMENT_TRUE ||
                      (column->autoincrement == AUTOINCREMENT_AUTO && is_numbered_key(table, column));
    if ((wanted || column->identity) && !postgresql_serial_type(column->type))
        return adapter_refuse(error, "column '%s.%s': PostgreSQL numbers columns of an integer type only", table->name,
                              column->name);
    column->autoincrement = wanted && !column->identity ? AUTOINCREMENT_TRUE : AUTOINCREMENT_FALSE;
    if (column->autoincrement == AUTOINCREMENT_TRUE && column->server_default)
        return adapter_refuse(error, "column '%s.%s': it has a server_default and autoincrement; leave one of them out",
                              table->name, column->name);
    if (column->identity)
        drop_ordinary_sequence_options(&column->identity->options, sequence_type_of(column->type));
    if (wanted || column->identity)
        column->nullable = FALSE;
    return TRUE;
}

/* --- columns --- */

static gboolean adapt_column(const Adapter *adapter, MetaData *model, Table *table, Column *column, GError **error)
{
    static const char *const known[] = {"storage", "compression", "statistics", NULL};
    g_autofree char *what = g_strdup_printf("column '%s.%s'", table->name, column->name);
    if (!adapter_check_options(adapter, column->options, known, what, error) ||
        !adapt_type(adapter, model, table, column, error) || !adapt_numbering(table, column, error))
        return FALSE;
    set_case(column->options, "storage", g_ascii_strup, "DEFAULT");
    set_case(column->options, "compression", g_ascii_strdown, "default");
    set_case(column->options, "statistics", g_ascii_strdown, "-1");
    adapter_drop_ordinary(&column->comment, "");
    if (table_in_primary_key(table, column->name))
        column->nullable = FALSE;
    return TRUE;
}

/* --- constraints and indexes --- */

static gboolean adapt_constraint(Adapter *adapter, const Table *table, Constraint *constraint, GError **error)
{
    static const char *const key_options[] = {"include", "nulls_not_distinct", "with.", "tablespace", NULL};
    static const char *const check_options[] = {"not_valid", "no_inherit", NULL};
    static const char *const foreign_key_options[] = {"not_valid", NULL};
    static const char *const no_options[] = {NULL};
    static const char *const *const known[] = {
        [CONSTRAINT_PRIMARY_KEY] = key_options,
        [CONSTRAINT_UNIQUE] = key_options,
        [CONSTRAINT_FOREIGN_KEY] = foreign_key_options,
        [CONSTRAINT_CHECK] = check_options,
        [CONSTRAINT_EXCLUDE] = no_options,
    };
    const char *name = constraint->name ? constraint->name : "(unnamed)";
    g_autofree char *what = g_strdup_printf("constraint '%s' of table '%s'", name, table->name);
    if (!adapter_check_options(adapter, constraint->options, known[constraint->kind], what, error))
        return FALSE;
    adapter_normalise_switch(constraint->options, "nulls_not_distinct");
    adapter_normalise_switch(constraint->options, "not_valid");
    adapter_normalise_switch(constraint->options, "no_inherit");
    normalise_names(constraint->options, "include");
    adapter_drop_ordinary(&constraint->comment, "");
    if (constraint->kind == CONSTRAINT_CHECK && (constraint->deferrable || constraint->initially)) {
        constraint->deferrable = FALSE;
        g_clear_pointer(&constraint->initially, g_free);
        adapter_leave_out(adapter, "DEFERRABLE of a check is", "DEFERRABLE of checks are",
                          "PostgreSQL defers keys and exclusion constraints only");
    }
    adapter_drop_ordinary(&constraint->initially, "IMMEDIATE");
    constraint->deferrable = constraint->deferrable || constraint->initially;
    adapter_drop_ordinary(&constraint->ondelete, "NO ACTION");
    adapter_drop_ordinary(&constraint->onupdate, "NO ACTION");
    adapter_drop_ordinary(&constraint->match, "SIMPLE");
    return TRUE;
}

static void adapt_index_column(Adapter *adapter, IndexColumn *column)
{
    adapter_drop_ordinary(&column->nulls, column->descending ? "FIRST" : "LAST");
    if (column->length) {
        column->length = 0;
        adapter_leave_out(adapter, "prefix length of an index is", "prefix lengths of indexes are",
                          "PostgreSQL's indexes hold whole values");
    }
}

static gboolean adapt_index(Adapter *adapter, const Table *table, Index *index, GError **error)
{
    static const char *const known[] = {"with.", "tablespace", "nulls_not_distinct", "invalid", NULL};
    g_autofree char *what = g_strdup_printf("index '%s' of table '%s'", index->name, table->name);
    if (!adapter_check_options(adapter, index->options, known, what, error))
        return FALSE;
    adapter_normalise_switch(index->options, "nulls_not_distinct");
    adapter_normalise_switch(index->options, "invalid");
    adapter_drop_ordinary(&index->comment, "");
    if (index->using) {
        g_autofree char *method = g_ascii_strdown(index->using, -1);
        g_free(index->using);
        index->using = strcmp(method, "btree") == 0 ? NULL : g_steal_pointer(&method);
    }
    for (guint i = 0; i < index->columns->len; i++)
        adapt_index_column(adapter, index->columns->pdata[i]);
    return TRUE;
}

static gboolean adapt_keys(Adapter *adapter, Table *table, GError **error)
{
    if (table->primary_key && !adapt_constraint(adapter, table, table->primary_key, error))
        return FALSE;
    for (guint i = 0; i < table->constraints->len; i++)
        if (!adapt_constraint(adapter, table, table->constraints->pdata[i], error))
            return FALSE;
    for (guint i = 0; i < table->indexes->len; i++)
        if (!adapt_index(adapter, table, table->indexes->pdata[i], error))
            return FALSE;
    return TRUE;
}

/* --- tables --- */

/* The server stores no default that is NULL. */
static void normalise_own_settings(GPtrArray *options)
{
    g_autoptr(GPtrArray) before = options_copy(options);
    for (guint i = 0; i < before->len; i++) {
        const Option *option = before->pdata[i];
        if (g_str_has_prefix(option->name, "column_not_null."))
            adapter_normalise_switch(options, option->name);
        else if (g_str_has_prefix(option->name, "column_default.") &&
                 g_ascii_strcasecmp(option->value ? option->value : "NULL", "NULL") == 0)
            options_set(options, option->name, "NULL");
    }
}

static gboolean adapt_table_options(const Adapter *adapter, const Table *table, GError **error)
{
    static const char *const known[] = {"unlogged",     "row_security",    "force_row_security", "partition_by",
                                        "partition_of", "partition_bound", "inherits",           "tablespace",
                                        "with.",        "column_default.", "column_not_null.",   NULL};
    g_autofree char *what = g_strdup_printf("table '%s'", table->name);
    if (!adapter_check_options(adapter, table->options, known, what, error))
        return FALSE;
    adapter_normalise_switch(table->options, "unlogged");
    adapter_normalise_switch(table->options, "row_security");
    adapter_normalise_switch(table->options, "force_row_security");
    normalise_own_settings(table->options);
    normalise_partition_by(table->options);
    normalise_names(table->options, "partition_of");
    normalise_names(table->options, "inherits");
    gboolean partition = options_get(table->options, "partition_of") != NULL;
    if (partition != (options_get(table->options, "partition_bound") != NULL))
        return adapter_refuse(error, "table '%s': a partition needs both, 'partition_of' and 'partition_bound'",
                              table->name);
    if (partition && table->columns->len)
        return adapter_refuse(error, "table '%s': a partition has the columns of its parent; leave them out",
                              table->name);
    return TRUE;
}

static gboolean adapt_table(Adapter *adapter, MetaData *model, Table *table, GError **error)
{
    if (!adapt_table_options(adapter, table, error))
        return FALSE;
    adapter_drop_ordinary(&table->comment, "");
    for (guint i = 0; i < table->columns->len; i++)
        if (!adapt_column(adapter, model, table, table->columns->pdata[i], error))
            return FALSE;
    return adapt_keys(adapter, table, error);
}

/* --- what stands beside the tables --- */

/* A sequence and the table that owns it are in one schema: "schema.table.column" says it once more. */
static void drop_owner_schema(const MetaData *model, Sequence *sequence)
{
    const char *table = sequence->owned_by_table, *dot = table ? strchr(table, '.') : NULL;
    if (!dot || metadata_find_table(model, sequence->schema, table) ||
        !metadata_find_table(model, sequence->schema, dot + 1))
        return;
    g_autofree char *schema = g_strndup(table, (gsize)(dot - table));
    if (sequence->schema && strcmp(schema, sequence->schema) != 0)
        return;
    char *plain = g_strdup(dot + 1);
    g_free(sequence->owned_by_table);
    sequence->owned_by_table = plain;
}

static gboolean adapt_sequence(Sequence *sequence, GError **error)
{
    g_autoptr(SqlType) type = sql_type_new_native(sequence->type ? sequence->type : "bigint");
    const char *name = sequence_type_of(type);
    if (!postgresql_serial_type(type))
        return adapter_refuse(error, "sequence '%s': its type is smallint, integer or bigint, not '%s'", sequence->name,
                              sequence->type);
    g_free(sequence->type);
    sequence->type = g_strdup(name);
    drop_ordinary_sequence_options(&sequence->options, name);
    adapter_drop_ordinary(&sequence->comment, "");
    return TRUE;
}

static gboolean adapt_objects(Adapter *adapter, MetaData *model, GPtrArray *notes, GError **error)
{
    for (guint i = 0; i < model->objects->len;) {
        SchemaObject *object = model->objects->pdata[i];
        adapter_drop_ordinary(&object->comment, "");
        if (strcmp(object->kind, "schema") == 0 && strcmp(object->name, "public") == 0) {
            g_ptr_array_remove_index(model->objects, i); /* every database has it, and it is not reported */
            continue;
        }
        if (postgresql_has_object_kind(object->kind)) {
            if (!postgresql_adapt_object(object, notes, error))
                return FALSE;
            i++;
            continue;
        }
        gboolean event = strcmp(object->kind, "event") == 0;
        adapter_leave_out(adapter, event ? "event is" : "virtual table is", event ? "events are" : "virtual tables are",
                          "PostgreSQL has none");
        g_ptr_array_remove_index(model->objects, i);
    }
    return TRUE;
}

gboolean postgresql_adapt(MetaData *model, GPtrArray *notes, GError **error)
{
    g_auto(Adapter) adapter;
    adapter_init(&adapter, &postgresql_dialect, "PostgreSQL", model);
    for (guint i = 0; i < model->tables->len; i++)
        if (!adapt_table(&adapter, model, model->tables->pdata[i], error))
            return FALSE;
    for (guint i = 0; i < model->enums->len; i++)
        adapter_drop_ordinary(&((EnumType *)model->enums->pdata[i])->comment, "");
    for (guint i = 0; i < model->sequences->len; i++) {
        drop_owner_schema(model, model->sequences->pdata[i]);
        if (!adapt_sequence(model->sequences->pdata[i], error))
            return FALSE;
    }
    if (!adapt_objects(&adapter, model, notes, error))
        return FALSE;
    adapter_write_notes(&adapter, notes);
    return TRUE;
}
