#include "operations/operations.h"

MigrateOp *migrate_op_new(OpKind kind)
{
    MigrateOp *op = g_new0(MigrateOp, 1);
    op->kind = kind;
    return op;
}

void migrate_op_free(MigrateOp *op)
{
    if (!op)
        return;
    g_free(op->schema);
    g_free(op->table_name);
    g_free(op->name);
    g_free(op->new_name);
    table_free(op->table);
    column_free(op->column);
    column_free(op->existing);
    constraint_free(op->constraint);
    index_free(op->index);
    g_clear_pointer(&op->options, g_ptr_array_unref);
    g_clear_pointer(&op->existing_options, g_ptr_array_unref);
    g_free(op->comment);
    g_free(op->existing_comment);
    enum_type_free(op->enum_type);
    enum_type_free(op->existing_enum);
    sequence_free(op->sequence);
    sequence_free(op->existing_sequence);
    schema_object_free(op->object);
    schema_object_free(op->existing_object);
    g_free(op->sql);
    g_free(op->using);
    g_clear_pointer(&op->renamed_values, g_ptr_array_unref);
    g_free(op->insert_before);
    g_free(op->insert_after);
    g_clear_pointer(&op->depends_on, g_ptr_array_unref);
    g_free(op->note);
    g_clear_pointer(&op->existing_depends_on, g_ptr_array_unref);
    g_free(op);
}

#define COPY(function, from) ((from) ? function(from) : NULL)

MigrateOp *migrate_op_copy(const MigrateOp *op)
{
    MigrateOp *copy = migrate_op_new(op->kind);
    copy->schema = g_strdup(op->schema);
    copy->table_name = g_strdup(op->table_name);
    copy->name = g_strdup(op->name);
    copy->new_name = g_strdup(op->new_name);
    copy->table = COPY(table_copy, op->table);
    copy->column = COPY(column_copy, op->column);
    copy->existing = COPY(column_copy, op->existing);
    copy->constraint = COPY(constraint_copy, op->constraint);
    copy->index = COPY(index_copy, op->index);
    copy->options = COPY(options_copy, op->options);
    copy->existing_options = COPY(options_copy, op->existing_options);
    copy->comment = g_strdup(op->comment);
    copy->existing_comment = g_strdup(op->existing_comment);
    copy->enum_type = COPY(enum_type_copy, op->enum_type);
    copy->existing_enum = COPY(enum_type_copy, op->existing_enum);
    copy->sequence = COPY(sequence_copy, op->sequence);
    copy->existing_sequence = COPY(sequence_copy, op->existing_sequence);
    copy->object = COPY(schema_object_copy, op->object);
    copy->existing_object = COPY(schema_object_copy, op->existing_object);
    copy->sql = g_strdup(op->sql);
    copy->depends_on = COPY(strings_copy, op->depends_on);
    copy->existing_depends_on = COPY(strings_copy, op->existing_depends_on);
    copy->verdict = op->verdict;
    copy->restores = op->restores;
    copy->if_not_exists = op->if_not_exists;
    copy->if_exists = op->if_exists;
    copy->concurrently = op->concurrently;
    copy->using = g_strdup(op->using);
    copy->renamed_values = COPY(options_copy, op->renamed_values);
    copy->insert_before = g_strdup(op->insert_before);
    copy->insert_after = g_strdup(op->insert_after);
    copy->recreate = op->recreate;
    copy->rows = op->rows;
    copy->note = g_strdup(op->note);
    return copy;
}

GPtrArray *operations_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)migrate_op_free);
}

/* --- constructors --- */

static MigrateOp *op_on_table(OpKind kind, const Table *table)
{
    MigrateOp *op = migrate_op_new(kind);
    op->schema = g_strdup(table->schema);
    op->table_name = g_strdup(table->name);
    return op;
}

MigrateOp *migrate_op_create_table(const Table *table)
{
    MigrateOp *op = op_on_table(OP_CREATE_TABLE, table);
    op->table = table_copy(table);
    return op;
}

MigrateOp *migrate_op_drop_table(const Table *table)
{
    MigrateOp *op = op_on_table(OP_DROP_TABLE, table);
    op->table = table_copy(table);
    return op;
}

MigrateOp *migrate_op_rename_table(const Table *table, const char *new_name)
{
    MigrateOp *op = op_on_table(OP_RENAME_TABLE, table);
    op->new_name = g_strdup(new_name);
    return op;
}

MigrateOp *migrate_op_add_column(const Table *table, const Column *column)
{
    MigrateOp *op = op_on_table(OP_ADD_COLUMN, table);
    op->column = column_copy(column);
    return op;
}

MigrateOp *migrate_op_drop_column(const Table *table, const Column *existing)
{
    MigrateOp *op = op_on_table(OP_DROP_COLUMN, table);
    op->existing = column_copy(existing);
    return op;
}

MigrateOp *migrate_op_alter_column(const Table *table, const Column *existing, const Column *column)
{
    MigrateOp *op = op_on_table(OP_ALTER_COLUMN, table);
    op->existing = column_copy(existing);
    op->column = column_copy(column);
    return op;
}

MigrateOp *migrate_op_create_index(const Table *table, const Index *index)
{
    MigrateOp *op = op_on_table(OP_CREATE_INDEX, table);
    op->index = index_copy(index);
    return op;
}

MigrateOp *migrate_op_drop_index(const Table *table, const Index *index)
{
    MigrateOp *op = op_on_table(OP_DROP_INDEX, table);
    op->index = index_copy(index);
    return op;
}

MigrateOp *migrate_op_create_constraint(const Table *table, const Constraint *constraint)
{
    MigrateOp *op = op_on_table(OP_CREATE_CONSTRAINT, table);
    op->constraint = constraint_copy(constraint);
    return op;
}

MigrateOp *migrate_op_drop_constraint(const Table *table, const Constraint *constraint)
{
    MigrateOp *op = op_on_table(OP_DROP_CONSTRAINT, table);
    op->constraint = constraint_copy(constraint);
    return op;
}

MigrateOp *migrate_op_alter_table_options(const Table *table, const GPtrArray *existing, const GPtrArray *options)
{
    MigrateOp *op = op_on_table(OP_ALTER_TABLE_OPTIONS, table);
    op->existing_options = options_copy(existing);
    op->options = options_copy(options);
    return op;
}

MigrateOp *migrate_op_create_object(const SchemaObject *object)
{
    MigrateOp *op = migrate_op_new(OP_CREATE_OBJECT);
    op->object = schema_object_copy(object);
    return op;
}

MigrateOp *migrate_op_drop_object(const SchemaObject *existing)
{
    MigrateOp *op = migrate_op_new(OP_DROP_OBJECT);
    op->existing_object = schema_object_copy(existing);
    return op;
}

MigrateOp *migrate_op_replace_object(const SchemaObject *existing, const SchemaObject *object)
{
    MigrateOp *op = migrate_op_new(OP_REPLACE_OBJECT);
    op->existing_object = schema_object_copy(existing);
    op->object = schema_object_copy(object);
    return op;
}

gboolean migrate_op_loses_data(const MigrateOp *op)
{
    if (op->kind == OP_DROP_COLUMN)
        return op->existing->computed == NULL;
    return op->kind == OP_DROP_TABLE;
}
