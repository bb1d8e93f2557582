/* Operations of one database, taken back in the words of another dialect. */
#include <string.h>

#include "autogenerate/former.h"
#include "base/text.h"

/* What the files told the database and not this dialect is not there; where they told nothing, it is as in the model.
 */
static gboolean is_known(const Former *former, const char *name)
{
    return former->same || !name || file_names_has(former->files, name) || !file_names_has(former->change->files, name);
}

/* What does not fit is not there in this dialect. */
static gboolean apply(const Former *former, const MigrateOp *op)
{
    return migrate_op_apply(op, former->before, NULL);
}

static Table *find_table(const Former *former, const MigrateOp *op)
{
    return metadata_find_table(former->before, op->schema, op->table_name);
}

/* --- tables and columns --- */

static void restore_table(const Former *former, const MigrateOp *op)
{
    if (!is_known(former, op->table_name))
        return;
    g_autoptr(MigrateOp) copy = migrate_op_copy(op);
    former_table(former, copy->table);
    apply(former, copy);
}

/* The name of a key that has the table's in it, where the database compared has no names for such keys. */
static void restore_key_name(const Former *former, const MigrateOp *op)
{
    const Table *table = metadata_find_table(former->before, op->schema, op->new_name);
    const Table *live = metadata_find_table(former->change->live, op->schema, op->new_name);
    Constraint *key = table ? table->primary_key : NULL;
    if (!key || !key->name || !live || !live->primary_key || live->primary_key->name)
        return;
    GString *name = g_string_new(key->name);
    g_string_replace(name, op->table_name, op->new_name, 1);
    if (file_names_has(former->files, name->str)) {
        g_free(key->name);
        key->name = g_strdup(name->str);
    }
    g_string_free(name, TRUE);
}

static void restore_name(const Former *former, const MigrateOp *op)
{
    if (apply(former, op) && !former->same)
        restore_key_name(former, op);
}

static gboolean uses_column(const Table *table, const GPtrArray *columns, const char *name)
{
    for (guint i = 0; i < columns->len; i++)
        if (name_equal(columns->pdata[i], name, table->ignore_case))
            return TRUE;
    return FALSE;
}

static gboolean index_uses_column(const Table *table, const Index *index, const char *name)
{
    for (guint i = 0; i < index->columns->len; i++)
        if (name_equal(((const IndexColumn *)index->columns->pdata[i])->name, name, table->ignore_case))
            return TRUE;
    return uses_column(table, index->include, name);
}

/* What only this dialect has on a new column. */
static void remove_from_keys(Table *table, const char *column)
{
    for (guint i = table->constraints->len; i-- > 0;)
        if (uses_column(table, ((const Constraint *)table->constraints->pdata[i])->columns, column))
            g_ptr_array_remove_index(table->constraints, i);
    for (guint i = table->indexes->len; i-- > 0;)
        if (index_uses_column(table, table->indexes->pdata[i], column))
            g_ptr_array_remove_index(table->indexes, i);
}

static void remove_column(const Former *former, const MigrateOp *op)
{
    Table *table = find_table(former, op);
    if (!table || !table_find_column(table, op->existing->name))
        return;
    remove_from_keys(table, op->existing->name);
    if (!apply(former, op))
        former_doubt(former, "%s.%s: what is built on it is not known", op->table_name, op->existing->name);
}

static void restore_column(const Former *former, const MigrateOp *op)
{
    const Table *table = find_table(former, op);
    if (!table || !is_known(former, op->column->name))
        return;
    g_autoptr(MigrateOp) copy = migrate_op_copy(op);
    former_column(former, table, copy->column);
    apply(former, copy);
}

/* --- what of a column was otherwise --- */

/* `now` and `was`: as the database has it. An enum that is a check there has a length of its own. */
static void restore_type(const Former *former, const char *table, const Column *now, const Column *was, Column *column)
{
    if (former->change->dialect->type_equal(now->type, was->type))
        return;
    if (column->type->kind == SQL_TYPE_ENUM && now->type->kind != SQL_TYPE_ENUM)
        return;
    if (was->type->kind == SQL_TYPE_ENUM && was->type->values) {
        g_autoptr(GPtrArray) values = strings_new();
        for (char **value = was->type->values; *value; value++)
            g_ptr_array_add(values, g_strdup(*value));
        if (column->type->kind == SQL_TYPE_ENUM)
            former_set_values(former, column, values);
        else
            former_restore_enum(former, table, column, values);
        return;
    }
    sql_type_free(column->type);
    column->type = sql_type_copy(was->type);
}

static void restore_text(const char *now, const char *was, char **text)
{
    if (g_strcmp0(now, was) == 0)
        return;
    g_free(*text);
    *text = g_strdup(was);
}

static gboolean is_one_of(const char *text, const char *a, const char *b)
{
    return text && (g_ascii_strcasecmp(text, a) == 0 || g_ascii_strcasecmp(text, b) == 0);
}

/* 0 and 1 are false and true where the model says so. */
static const char *boolean_default(const char *was, const char *like)
{
    gboolean words = is_one_of(like, "true", "false"), digits = is_one_of(like, "1", "0");
    if (!is_one_of(was, "1", "true") && !is_one_of(was, "0", "false"))
        return NULL;
    gboolean value = is_one_of(was, "1", "true");
    return words ? (value ? "true" : "false") : digits ? (value ? "1" : "0") : NULL;
}

static gboolean is_same_number(const char *a, const char *b)
{
    char *end_a = NULL, *end_b = NULL;
    double x = g_ascii_strtod(a, &end_a), y = g_ascii_strtod(b, &end_b);
    return end_a != a && end_b != b && !*end_a && !*end_b && x == y;
}

/* The server writes a number as its type shows it: 17.00. */
static gboolean is_same_default(const Dialect *dialect, const char *was, const char *present)
{
    return was && present && (sql_equal(dialect, was, present) || is_same_number(was, present));
}

/* What the model says per dialect it may have said per dialect before. */
static void restore_default(const Former *former, const MigrateOp *op, const Column *was, Column *column)
{
    const Dialect *from = former->change->dialect;
    const Column *now = op->existing;
    if (sql_equal(from, now->server_default, was->server_default) ||
        (!former->same && is_same_default(from, was->server_default, column->server_default)))
        return;
    const char *text = column->type->kind == SQL_TYPE_BOOLEAN && !former->same
                           ? boolean_default(was->server_default, column->server_default)
                           : NULL;
    if (!text && !former->same && was->server_default && column->server_default &&
        !sql_equal(from, now->server_default, column->server_default))
        former_doubt(former, "%s.%s: its former default for %s is not known, only that for %s, %s", op->table_name,
                     now->name, former->dialect->name, from->name, was->server_default);
    char *copy = g_strdup(text ? text : was->server_default);
    g_free(column->server_default);
    column->server_default = copy;
}

static void restore_sources(const Former *former, const Column *now, const Column *was, Column *column)
{
    gboolean same_expression = now->computed && was->computed && now->computed->persisted == was->computed->persisted &&
                               sql_equal(former->change->dialect, now->computed->expression, was->computed->expression);
    if ((now->computed || was->computed) && !same_expression) {
        computed_free(column->computed);
        column->computed = was->computed ? computed_new(was->computed->expression, was->computed->persisted) : NULL;
    }
    gboolean same_identity = identity_equal(now->identity, was->identity);
    if (!same_identity) {
        g_clear_pointer(&column->identity, identity_free);
        column->identity = was->identity ? identity_copy(was->identity) : NULL;
    }
    if (now->autoincrement != was->autoincrement || !same_identity)
        column->autoincrement = was->autoincrement;
}

static void restore_altered(const Former *former, const MigrateOp *op)
{
    const Column *now = op->existing, *was = op->column;
    Table *table = find_table(former, op);
    const Column *present = table ? table_find_column(table, now->name) : NULL;
    if (!present)
        return;
    g_autoptr(Column) untranslated = column_copy(was), column = column_copy(present);
    former_column(former, table, untranslated);
    if (strcmp(now->name, was->name) != 0)
        restore_text(now->name, was->name, &column->name);
    restore_type(former, op->table_name, now, untranslated, column);
    restore_default(former, op, untranslated, column);
    restore_sources(former, now, untranslated, column);
    restore_text(now->comment, was->comment, &column->comment);
    if (former->same)
        restore_text(now->collation, was->collation, &column->collation);
    if (now->nullable != was->nullable)
        column->nullable = was->nullable;
    g_autoptr(MigrateOp) alter = migrate_op_alter_column(table, present, column);
    if (!apply(former, alter))
        former_doubt(former, "%s.%s: what it was before is not known", op->table_name, now->name);
}

/* --- constraints and indexes --- */

static void take_back_constraint(Former *former, const MigrateOp *op)
{
    const Table *table = find_table(former, op);
    if (!table || former_take_back_check(former, op))
        return;
    if (op->kind == OP_DROP_CONSTRAINT) {
        apply(former, op);
        return;
    }
    /* The files of a dialect without names of primary keys do not tell them. */
    if (op->constraint->kind != CONSTRAINT_PRIMARY_KEY && !is_known(former, op->constraint->name))
        return;
    g_autoptr(MigrateOp) copy = migrate_op_copy(op);
    former_constraint(former, table, copy->constraint);
    if (!apply(former, copy))
        former_doubt(former, "table %s: its former constraint %s does not fit", op->table_name,
                     op->constraint->name ? op->constraint->name : "without a name");
}

static MigrateOp *op_create_unique(const Table *table, const Index *index)
{
    g_autoptr(Constraint) unique = former_unique_key(index);
    return migrate_op_create_constraint(table, unique);
}

static void restore_index(const Former *former, const MigrateOp *op)
{
    const Table *table = find_table(former, op);
    if (!table || !is_known(former, op->index->name))
        return;
    g_autoptr(MigrateOp) copy =
        former_is_unique_key(former, op->index) ? op_create_unique(table, op->index) : migrate_op_copy(op);
    if (copy->index)
        former_index(former, table, copy->index);
    if (!apply(former, copy))
        former_doubt(former, "table %s: its former index %s does not fit", op->table_name, op->index->name);
}

/* --- objects --- */

/* As the files told it to this dialect, else as the database had it. */
static void settle_definition(const Former *former, SchemaObject *object)
{
    const char *told = former->same ? NULL : file_names_definition(former->files, object->kind, object->name);
    if (told && *told) {
        g_free(object->definition);
        object->definition = g_strdup(told);
    } else if (!former->same) {
        former_doubt(former, "%s %s: its former definition is in the words of %s", object->kind, object->name,
                     former->change->dialect->name);
    }
}

static void restore_object(const Former *former, const MigrateOp *op)
{
    if (!is_known(former, op->object->name))
        return;
    g_autoptr(MigrateOp) copy = migrate_op_copy(op);
    settle_definition(former, copy->object);
    apply(former, copy);
}

static void restore_replaced(const Former *former, const MigrateOp *op)
{
    SchemaObject *present = metadata_find_same_object(former->before, op->existing_object);
    if (!present)
        return;
    g_autoptr(MigrateOp) copy = migrate_op_copy(op);
    settle_definition(former, copy->object);
    schema_object_free(copy->existing_object);
    copy->existing_object = schema_object_copy(present);
    apply(former, copy);
}

void former_take_back(Former *former, const MigrateOp *op)
{
    switch (op->kind) {
    case OP_CREATE_TABLE:
        restore_table(former, op);
        break;
    case OP_ADD_COLUMN:
        restore_column(former, op);
        break;
    case OP_DROP_COLUMN:
        remove_column(former, op);
        break;
    case OP_ALTER_COLUMN:
        restore_altered(former, op);
        break;
    case OP_CREATE_CONSTRAINT:
    case OP_DROP_CONSTRAINT:
        take_back_constraint(former, op);
        break;
    case OP_CREATE_INDEX:
        restore_index(former, op);
        break;
    case OP_CREATE_OBJECT:
        restore_object(former, op);
        break;
    case OP_REPLACE_OBJECT:
        restore_replaced(former, op);
        break;
    case OP_ALTER_TABLE_OPTIONS: /* a dialect's own */
        if (former->same)
            apply(former, op);
        break;
    case OP_RENAME_TABLE:
        restore_name(former, op);
        break;
    case OP_DROP_TABLE:
    case OP_DROP_INDEX:
    case OP_RENAME_INDEX:
    case OP_RENAME_CONSTRAINT:
    case OP_CREATE_TABLE_COMMENT:
    case OP_DROP_TABLE_COMMENT:
    case OP_CREATE_ENUM:
    case OP_DROP_ENUM:
    case OP_ALTER_ENUM:
    case OP_CREATE_SEQUENCE:
    case OP_DROP_SEQUENCE:
    case OP_ALTER_SEQUENCE:
    case OP_DROP_OBJECT:
    case OP_EXECUTE:
        apply(former, op);
        break;
    }
}
