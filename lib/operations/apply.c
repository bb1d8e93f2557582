#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "operations/internal.h"

static gboolean conflict(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static gboolean conflict(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (error)
        *error = g_error_new_valist(OPERATIONS_ERROR, OPERATIONS_ERROR_CONFLICT, format, arguments);
    va_end(arguments);
    return FALSE;
}

static Table *need_table(const MigrateOp *op, const MetaData *metadata, GError **error)
{
    Table *table = metadata_find_table(metadata, op->schema, op->table_name);
    if (!table)
        conflict(error, "%s: table '%s' does not exist", migrate_op_name(op), op->table_name);
    return table;
}

static void set_string(char **place, const char *value)
{
    char *copy = g_strdup(value);
    g_free(*place);
    *place = copy;
}

/* --- tables --- */

static gboolean create_table(const MigrateOp *op, MetaData *metadata, GError **error)
{
    const Table *existing = metadata_find_table(metadata, op->schema, op->table_name);
    if (existing && op->if_not_exists)
        return TRUE;
    if (existing && existing->partial) /* SQL that nobody has read may have dropped it */
        table_free(metadata_steal_table(metadata, op->schema, op->table_name));
    else if (existing)
        return conflict(error, "create_table: table '%s' exists already", op->table_name);
    metadata_add_table(metadata, table_copy(op->table));
    return TRUE;
}

/* What hangs on a table (triggers, policies) goes with it in every database. */
static gboolean drop_table(const MigrateOp *op, MetaData *metadata, GError **error)
{
    if (op->if_exists && !metadata_find_table(metadata, op->schema, op->table_name))
        return TRUE;
    if (!need_table(op, metadata, error))
        return FALSE;
    table_free(metadata_steal_table(metadata, op->schema, op->table_name));
    for (guint i = metadata->objects->len; i-- > 0;) {
        const SchemaObject *object = metadata->objects->pdata[i];
        if (object->table_name && name_equal(object->table_name, op->table_name, metadata->ignore_case) &&
            g_strcmp0(object->schema, op->schema) == 0)
            g_ptr_array_remove_index(metadata->objects, i);
    }
    return TRUE;
}

static gboolean refers_to(const Constraint *constraint, const char *schema, const char *table_name,
                          gboolean ignore_case)
{
    return constraint->kind == CONSTRAINT_FOREIGN_KEY &&
           name_equal(constraint->referred_table, table_name, ignore_case) &&
           name_equal(constraint->referred_schema, schema, ignore_case);
}

static gboolean owned_by(const Sequence *sequence, const char *schema, const char *table_name, gboolean ignore_case)
{
    return name_equal(sequence->owned_by_table, table_name, ignore_case) &&
           name_equal(sequence->schema, schema, ignore_case);
}

/* What hangs on it, and what says that it depends on it. */
static void rename_in_objects(const MetaData *metadata, const char *old_name, const char *new_name)
{
    for (guint i = 0; i < metadata->objects->len; i++) {
        SchemaObject *object = metadata->objects->pdata[i];
        if (name_equal(object->table_name, old_name, metadata->ignore_case))
            set_string(&object->table_name, new_name);
        for (guint j = 0; j < object->depends_on->len; j++)
            if (name_equal(object->depends_on->pdata[j], old_name, metadata->ignore_case))
                set_string((char **)&object->depends_on->pdata[j], new_name);
    }
}

static gboolean rename_table(const MigrateOp *op, MetaData *metadata, GError **error)
{
    Table *renamed = need_table(op, metadata, error);
    if (!renamed)
        return FALSE;
    const Table *other = metadata_find_table(metadata, op->schema, op->new_name);
    if (other && other != renamed)
        return conflict(error, "rename_table: table '%s' cannot become '%s', which exists already", op->table_name,
                        op->new_name);
    metadata_rename_table(metadata, renamed, op->new_name);
    for (guint i = 0; i < metadata->tables->len; i++) {
        const Table *table = metadata->tables->pdata[i];
        for (guint j = 0; j < table->constraints->len; j++) {
            Constraint *constraint = table->constraints->pdata[j];
            if (refers_to(constraint, op->schema, op->table_name, metadata->ignore_case))
                set_string(&constraint->referred_table, op->new_name);
        }
    }
    for (guint i = 0; i < metadata->sequences->len; i++) {
        Sequence *sequence = metadata->sequences->pdata[i];
        if (owned_by(sequence, op->schema, op->table_name, metadata->ignore_case))
            set_string(&sequence->owned_by_table, op->new_name);
    }
    rename_in_objects(metadata, op->table_name, op->new_name);
    return TRUE;
}

static gboolean alter_table_options(const MigrateOp *op, const MetaData *metadata, GError **error)
{
    Table *table = need_table(op, metadata, error);
    if (!table)
        return FALSE;
    g_ptr_array_unref(table->options);
    table->options = options_copy(op->options);
    return TRUE;
}

static gboolean set_table_comment(const MigrateOp *op, const MetaData *metadata, GError **error)
{
    Table *table = need_table(op, metadata, error);
    if (!table)
        return FALSE;
    set_string(&table->comment, op->kind == OP_CREATE_TABLE_COMMENT ? op->comment : NULL);
    return TRUE;
}

/* --- columns --- */

static gboolean find_column(const Table *table, const char *name, guint *position)
{
    for (guint i = 0; i < table->columns->len; i++) {
        const Column *column = table->columns->pdata[i];
        if (name_equal(column->name, name, table->ignore_case)) {
            *position = i;
            return TRUE;
        }
    }
    return FALSE;
}

/* Where insert_before and insert_after want it; *position stays without them. */
static gboolean find_place(const Table *table, const MigrateOp *op, guint *position, GError **error)
{
    const char *beside = op->insert_before ? op->insert_before : op->insert_after;
    if (!beside)
        return TRUE;
    if (find_column(table, beside, position)) {
        *position += op->insert_before ? 0 : 1;
        return TRUE;
    }
    return table->partial ||
           conflict(error, "add_column: column '%s.%s' cannot stand beside '%s', which does not exist", op->table_name,
                    op->column->name, beside);
}

static gboolean add_column(const MigrateOp *op, const MetaData *metadata, GError **error)
{
    Table *table = need_table(op, metadata, error);
    if (!table)
        return FALSE;
    if (table_find_column(table, op->column->name))
        return op->if_not_exists ||
               conflict(error, "add_column: column '%s.%s' exists already", op->table_name, op->column->name);
    guint position = table->columns->len;
    if (!find_place(table, op, &position, error))
        return FALSE;
    g_ptr_array_insert(table->columns, (int)position, column_copy(op->column));
    return TRUE;
}

static gboolean names_contain(const GPtrArray *names, const char *name, gboolean ignore_case)
{
    for (guint i = 0; i < names->len; i++)
        if (name_equal(names->pdata[i], name, ignore_case))
            return TRUE;
    return FALSE;
}

static gboolean index_uses(const Index *index, const char *name, gboolean ignore_case)
{
    for (guint i = 0; i < index->columns->len; i++) {
        const IndexColumn *column = index->columns->pdata[i];
        if (name_equal(column->name, name, ignore_case))
            return TRUE;
    }
    return names_contain(index->include, name, ignore_case);
}

/* Databases differ in what goes with a dropped column; asking for the drop of its keys and indexes first means the
 * same on all of them and can be undone. */
static gboolean check_unused(const Table *table, const char *name, GError **error)
{
    if (table_in_primary_key(table, name))
        return conflict(error, "drop_column: column '%s.%s' is in the primary key: drop that first", table->name, name);
    for (guint i = 0; i < table->constraints->len; i++) {
        const Constraint *constraint = table->constraints->pdata[i];
        if (names_contain(constraint->columns, name, table->ignore_case))
            return conflict(error, "drop_column: column '%s.%s' is used by constraint '%s': drop that first",
                            table->name, name, constraint->name ? constraint->name : "(unnamed)");
    }
    for (guint i = 0; i < table->indexes->len; i++) {
        const Index *index = table->indexes->pdata[i];
        if (index_uses(index, name, table->ignore_case))
            return conflict(error, "drop_column: column '%s.%s' is used by index '%s': drop that first", table->name,
                            name, index->name);
    }
    return TRUE;
}

static gboolean drop_column(const MigrateOp *op, const MetaData *metadata, GError **error)
{
    Table *table = need_table(op, metadata, error);
    guint position = 0;
    if (!table)
        return FALSE;
    if (!find_column(table, op->existing->name, &position))
        return table->partial || op->if_exists ||
               conflict(error, "drop_column: column '%s.%s' does not exist", op->table_name, op->existing->name);
    /* A table that has become a partition has them from its parent. */
    gboolean stays = table_inherits(table);
    if (!stays && !check_unused(table, op->existing->name, error))
        return FALSE;
    if (!stays && !table->partial && table->columns->len == 1)
        return conflict(error, "drop_column: column '%s.%s' is the only one: drop the table instead", op->table_name,
                        op->existing->name);
    g_ptr_array_remove_index(table->columns, position);
    return TRUE;
}

typedef struct Rename {
    const char *old_name, *new_name;
    gboolean ignore_case, backticks;
} Rename;

static void rename_in_names(const Rename *rename, GPtrArray *names)
{
    for (guint i = 0; i < names->len; i++)
        if (name_equal(names->pdata[i], rename->old_name, rename->ignore_case))
            set_string((char **)&names->pdata[i], rename->new_name);
}

static void rename_in_expression(const Rename *rename, char **expression)
{
    char *renamed =
        expression_rename(*expression, rename->old_name, rename->new_name, rename->ignore_case, rename->backticks);
    g_free(*expression);
    *expression = renamed;
}

static void rename_in_index(const Rename *rename, Index *index)
{
    for (guint i = 0; i < index->columns->len; i++) {
        IndexColumn *column = index->columns->pdata[i];
        if (name_equal(column->name, rename->old_name, rename->ignore_case))
            set_string(&column->name, rename->new_name);
        rename_in_expression(rename, &column->expression);
    }
    rename_in_names(rename, index->include);
    rename_in_expression(rename, &index->where);
}

/* A check that stands in a column's definition is called like the column (MariaDB). */
static void rename_of_column(const Rename *rename, Constraint *constraint)
{
    if (!name_equal(options_get(constraint->options, "column"), rename->old_name, rename->ignore_case))
        return;
    options_set(constraint->options, "column", rename->new_name);
    set_string(&constraint->name, rename->new_name);
}

static void rename_in_table(const Rename *rename, const Table *table)
{
    if (table->primary_key)
        rename_in_names(rename, table->primary_key->columns);
    for (guint i = 0; i < table->columns->len; i++) {
        const Column *column = table->columns->pdata[i];
        if (column->computed)
            rename_in_expression(rename, &column->computed->expression);
    }
    for (guint i = 0; i < table->constraints->len; i++) {
        Constraint *constraint = table->constraints->pdata[i];
        rename_in_names(rename, constraint->columns);
        rename_in_expression(rename, &constraint->expression);
        rename_of_column(rename, constraint);
    }
    for (guint i = 0; i < table->indexes->len; i++)
        rename_in_index(rename, table->indexes->pdata[i]);
}

static void rename_in_references(const Rename *rename, const MetaData *metadata, const Table *target)
{
    for (guint i = 0; i < metadata->tables->len; i++) {
        const Table *table = metadata->tables->pdata[i];
        for (guint j = 0; j < table->constraints->len; j++) {
            const Constraint *constraint = table->constraints->pdata[j];
            if (refers_to(constraint, target->schema, target->name, metadata->ignore_case))
                rename_in_names(rename, constraint->referred_columns);
        }
    }
    for (guint i = 0; i < metadata->sequences->len; i++) {
        Sequence *sequence = metadata->sequences->pdata[i];
        if (owned_by(sequence, target->schema, target->name, metadata->ignore_case) &&
            name_equal(sequence->owned_by_column, rename->old_name, metadata->ignore_case))
            set_string(&sequence->owned_by_column, rename->new_name);
    }
}

static gboolean alter_column(const MigrateOp *op, const MetaData *metadata, GError **error)
{
    Table *table = need_table(op, metadata, error);
    guint position = 0, other = 0;
    const char *old_name = op->existing->name, *new_name = op->column->name;
    if (!table)
        return FALSE;
    gboolean known = find_column(table, old_name, &position);
    if (!known && !table->partial)
        return conflict(error, "alter_column: column '%s.%s' does not exist", op->table_name, old_name);
    if (find_column(table, new_name, &other) && (!known || other != position))
        return conflict(error, "alter_column: column '%s.%s' cannot become '%s', which exists already", op->table_name,
                        old_name, new_name);
    if (strcmp(old_name, new_name) != 0) {
        Rename rename = {old_name, new_name, metadata->ignore_case, metadata->backticks};
        rename_in_table(&rename, table);
        rename_in_references(&rename, metadata, table);
    }
    if (known)
        g_ptr_array_remove_index(table->columns, position);
    g_ptr_array_insert(table->columns, known ? (int)position : -1, column_copy(op->column));
    return TRUE;
}

/* --- indexes and constraints --- */

static gboolean change_index(const MigrateOp *op, const MetaData *metadata, GError **error)
{
    Table *table = need_table(op, metadata, error);
    if (!table)
        return FALSE;
    const char *name = op->kind == OP_RENAME_INDEX ? op->name : op->index->name;
    Index *existing = table_find_index(table, name);
    if (op->kind == OP_CREATE_INDEX) {
        if (existing)
            return op->if_not_exists ||
                   conflict(error, "create_index: index '%s' exists already on table '%s'", name, op->table_name);
        g_ptr_array_add(table->indexes, index_copy(op->index));
        return TRUE;
    }
    if (!existing)
        return table->partial || op->if_exists ||
               conflict(error, "%s: table '%s' has no index '%s'", migrate_op_name(op), op->table_name, name);
    if (op->kind == OP_RENAME_INDEX)
        set_string(&existing->name, op->new_name);
    else
        g_ptr_array_remove(table->indexes, existing);
    return TRUE;
}

static gboolean same_structure(const Constraint *a, const Constraint *b, gboolean ignore_case)
{
    return a->kind == b->kind && strings_equal(a->columns, b->columns, ignore_case) &&
           g_strcmp0(a->expression, b->expression) == 0 &&
           name_equal(a->referred_table, b->referred_table, ignore_case) &&
           name_equal(a->referred_schema, b->referred_schema, ignore_case) &&
           strings_equal(a->referred_columns, b->referred_columns, ignore_case);
}

Constraint *constraint_lookup(const Table *table, const Constraint *like)
{
    if (like->name) {
        Constraint *named = table_find_constraint(table, like->name);
        /* An operation on a table that is not known has no kind to look up. */
        return named && (named->kind == like->kind || table->partial) ? named : NULL;
    }
    if (like->kind == CONSTRAINT_PRIMARY_KEY)
        return table->primary_key;
    for (guint i = 0; i < table->constraints->len; i++) {
        Constraint *constraint = table->constraints->pdata[i];
        if (!constraint->name && same_structure(constraint, like, table->ignore_case))
            return constraint;
    }
    return NULL;
}

static gboolean create_constraint(const MigrateOp *op, const MetaData *metadata, GError **error)
{
    Table *table = need_table(op, metadata, error);
    const Constraint *constraint = op->constraint;
    if (!table)
        return FALSE;
    if (constraint->kind == CONSTRAINT_PRIMARY_KEY && table->primary_key)
        return conflict(error, "create_primary_key: table '%s' has a primary key already", op->table_name);
    if (constraint->name && table_find_constraint(table, constraint->name))
        return op->if_not_exists || conflict(error, "%s: constraint '%s' exists already on table '%s'",
                                             migrate_op_name(op), constraint->name, op->table_name);
    gboolean may_have_more = table->partial || table_inherits(table);
    for (guint i = 0; i < constraint->columns->len && !may_have_more; i++)
        if (!table_find_column(table, constraint->columns->pdata[i]))
            return conflict(error, "%s: column '%s.%s' does not exist", migrate_op_name(op), op->table_name,
                            (const char *)constraint->columns->pdata[i]);
    if (constraint->kind == CONSTRAINT_PRIMARY_KEY)
        table->primary_key = constraint_copy(constraint);
    else
        g_ptr_array_add(table->constraints, constraint_copy(constraint));
    return TRUE;
}

static gboolean drop_constraint(const MigrateOp *op, const MetaData *metadata, GError **error)
{
    Table *table = need_table(op, metadata, error);
    if (!table)
        return FALSE;
    Constraint *constraint = constraint_lookup(table, op->constraint);
    if (!constraint && (table->partial || op->if_exists))
        return TRUE;
    if (!constraint) {
        g_autofree char *what = migrate_op_describe(op);
        return conflict(error, "%s: the table has no such constraint", what);
    }
    if (constraint == table->primary_key)
        g_clear_pointer(&table->primary_key, constraint_free);
    else
        g_ptr_array_remove(table->constraints, constraint);
    return TRUE;
}

static gboolean rename_constraint(const MigrateOp *op, const MetaData *metadata, GError **error)
{
    Table *table = need_table(op, metadata, error);
    if (!table)
        return FALSE;
    Constraint *constraint = table_find_constraint(table, op->name);
    if (!constraint)
        return table->partial ||
               conflict(error, "rename_constraint: table '%s' has no constraint '%s'", op->table_name, op->name);
    set_string(&constraint->name, op->new_name);
    return TRUE;
}

/* --- enums, sequences, objects: lists of the MetaData --- */

/* Takes `existing` (or NULL) out of `list` and puts `value` (or NULL) in its place. */
static gboolean replace_in(const MigrateOp *op, GPtrArray *list, gpointer existing, gpointer value, const char *name,
                           GError **error)
{
    gboolean creates = op->kind == OP_CREATE_ENUM || op->kind == OP_CREATE_SEQUENCE || op->kind == OP_CREATE_OBJECT;
    guint position = list->len;
    if (creates == (existing != NULL))
        return conflict(error, "%s: '%s' %s", migrate_op_name(op), name, creates ? "exists already" : "does not exist");
    if (existing) {
        g_ptr_array_find(list, existing, &position);
        g_ptr_array_remove_index(list, position);
    }
    if (value)
        g_ptr_array_insert(list, (int)position, value);
    return TRUE;
}

/* Columns name their enum as a model does: qualified outside the default schema. */
static char *enum_reference(const EnumType *type)
{
    return type->schema ? g_strdup_printf("%s.%s", type->schema, type->name) : g_strdup(type->name);
}

/* Wherever a column's type, or that of its elements, is of this kind and name. */
static void rename_type_in_columns(const MetaData *metadata, SqlTypeKind kind, const char *former, const char *name)
{
    for (guint i = 0; i < metadata->tables->len; i++) {
        const Table *table = metadata->tables->pdata[i];
        for (guint j = 0; j < table->columns->len; j++) {
            SqlType *type = ((const Column *)table->columns->pdata[j])->type;
            while (type->item)
                type = type->item;
            if (type->kind == kind && g_strcmp0(type->name, former) == 0)
                set_string(&type->name, name);
        }
    }
}

static void rename_enum_in_columns(const MetaData *metadata, const EnumType *existing, const EnumType *renamed)
{
    g_autofree char *former = enum_reference(existing), *name = enum_reference(renamed);
    if (strcmp(former, name) != 0)
        rename_type_in_columns(metadata, SQL_TYPE_ENUM, former, name);
}

static gboolean change_enum(const MigrateOp *op, const MetaData *metadata, GError **error)
{
    const EnumType *key = op->existing_enum ? op->existing_enum : op->enum_type;
    EnumType *existing = metadata_find_enum(metadata, key->schema, key->name);
    EnumType *value = op->enum_type ? enum_type_copy(op->enum_type) : NULL;
    if (existing && value)
        rename_enum_in_columns(metadata, existing, value);
    if (replace_in(op, metadata->enums, existing, value, key->name, error))
        return TRUE;
    enum_type_free(value);
    return FALSE;
}

static gboolean change_sequence(const MigrateOp *op, const MetaData *metadata, GError **error)
{
    const Sequence *key = op->existing_sequence ? op->existing_sequence : op->sequence;
    Sequence *existing = metadata_find_sequence(metadata, key->schema, key->name);
    Sequence *value = op->sequence ? sequence_copy(op->sequence) : NULL;
    if (replace_in(op, metadata->sequences, existing, value, key->name, error))
        return TRUE;
    sequence_free(value);
    return FALSE;
}

/* A name as the server writes it in types. New string. */
static char *type_word(const char *name)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz_0123456789";
    if (strspn(name, plain) == strlen(name) && !g_ascii_isdigit(*name))
        return g_strdup(name);
    g_auto(GStrv) parts = g_strsplit(name, "\"", -1);
    g_autofree char *doubled = g_strjoinv("\"\"", parts);
    return g_strdup_printf("\"%s\"", doubled);
}

static char *type_reference(const SchemaObject *type)
{
    g_autofree char *name = type_word(type->name);
    g_autofree char *schema = type->schema ? type_word(type->schema) : NULL;
    return schema ? g_strdup_printf("%s.%s", schema, name) : g_steal_pointer(&name);
}

/* What has the name of a renamed object in it, but for definitions. */
static void follow_object(const MetaData *metadata, const SchemaObject *existing, const SchemaObject *renamed)
{
    static const char *const types[] = {"domain", "composite_type", "range_type", NULL};
    static const char *const hanging[] = {"trigger", "policy", "rule", "index", NULL};
    if (strcmp(existing->kind, renamed->kind) != 0 || strcmp(existing->name, renamed->name) == 0 ||
        g_strv_contains(hanging, existing->kind))
        return;
    rename_in_objects(metadata, existing->name, renamed->name);
    if (g_strv_contains(types, existing->kind)) {
        g_autofree char *former = type_reference(existing), *name = type_reference(renamed);
        rename_type_in_columns(metadata, SQL_TYPE_NATIVE, former, name);
    }
}

static gboolean change_object(const MigrateOp *op, const MetaData *metadata, GError **error)
{
    const SchemaObject *key = op->existing_object ? op->existing_object : op->object;
    g_assert(key != NULL);
    SchemaObject *existing = metadata_find_same_object(metadata, key);
    /* The table may have been renamed since. */
    if (!existing && op->existing_object)
        existing = metadata_find_object(metadata, key->kind, key->schema, key->name);
    SchemaObject *value = op->object ? schema_object_copy(op->object) : NULL;
    if (existing && value)
        follow_object(metadata, existing, value);
    if (replace_in(op, metadata->objects, existing, value, key->name, error))
        return TRUE;
    schema_object_free(value);
    return FALSE;
}

gboolean migrate_op_apply(const MigrateOp *op, MetaData *metadata, GError **error)
{
    switch (op->kind) {
    case OP_CREATE_TABLE:
        return create_table(op, metadata, error);
    case OP_DROP_TABLE:
        return drop_table(op, metadata, error);
    case OP_RENAME_TABLE:
        return rename_table(op, metadata, error);
    case OP_ALTER_TABLE_OPTIONS:
        return alter_table_options(op, metadata, error);
    case OP_ADD_COLUMN:
        return add_column(op, metadata, error);
    case OP_DROP_COLUMN:
        return drop_column(op, metadata, error);
    case OP_ALTER_COLUMN:
        return alter_column(op, metadata, error);
    case OP_CREATE_INDEX:
    case OP_DROP_INDEX:
    case OP_RENAME_INDEX:
        return change_index(op, metadata, error);
    case OP_CREATE_CONSTRAINT:
        return create_constraint(op, metadata, error);
    case OP_DROP_CONSTRAINT:
        return drop_constraint(op, metadata, error);
    case OP_RENAME_CONSTRAINT:
        return rename_constraint(op, metadata, error);
    case OP_CREATE_TABLE_COMMENT:
    case OP_DROP_TABLE_COMMENT:
        return set_table_comment(op, metadata, error);
    case OP_CREATE_ENUM:
    case OP_DROP_ENUM:
    case OP_ALTER_ENUM:
        return change_enum(op, metadata, error);
    case OP_CREATE_SEQUENCE:
    case OP_DROP_SEQUENCE:
    case OP_ALTER_SEQUENCE:
        return change_sequence(op, metadata, error);
    case OP_CREATE_OBJECT:
    case OP_DROP_OBJECT:
    case OP_REPLACE_OBJECT:
        return change_object(op, metadata, error);
    case OP_EXECUTE:
        return TRUE;
    }
    g_return_val_if_reached(FALSE);
}

gboolean operations_apply(const GPtrArray *ops, MetaData *metadata, GError **error)
{
    for (guint i = 0; i < ops->len; i++)
        if (!migrate_op_apply(ops->pdata[i], metadata, error))
            return FALSE;
    return TRUE;
}
