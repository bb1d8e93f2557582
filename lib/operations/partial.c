/* Tables of which only is known what operations say of them. */
#include "base/text.h"
#include "operations/internal.h"

static gboolean needs_table(const MigrateOp *op)
{
    return op->table_name && op->kind != OP_CREATE_TABLE && !(op->kind == OP_DROP_TABLE && op->if_exists);
}

/* An enum, sequence or object as the op says that it was, for what nobody knows. */
static void assume_existing(const MigrateOp *op, const MetaData *metadata)
{
    const EnumType *type = op->existing_enum;
    const Sequence *sequence = op->existing_sequence;
    const SchemaObject *object = op->existing_object;
    if (type && !metadata_find_enum(metadata, type->schema, type->name))
        g_ptr_array_add(metadata->enums, enum_type_copy(type));
    if (sequence && !metadata_find_sequence(metadata, sequence->schema, sequence->name))
        g_ptr_array_add(metadata->sequences, sequence_copy(sequence));
    if (object && !metadata_find_object(metadata, object->kind, object->schema, object->name))
        g_ptr_array_add(metadata->objects, schema_object_copy(object));
}

void operations_assume_tables(const GPtrArray *ops, MetaData *metadata)
{
    g_autoptr(GPtrArray) made = g_ptr_array_new(); /* ops that make a table of the name that they give */
    for (guint i = 0; i < ops->len; i++) {
        const MigrateOp *op = ops->pdata[i];
        gboolean made_before = FALSE;
        if (i == 0) /* what stands behind other ops may be theirs */
            assume_existing(op, metadata);
        for (guint j = 0; j < made->len && !made_before; j++) {
            const MigrateOp *maker = made->pdata[j];
            const char *name = maker->kind == OP_RENAME_TABLE ? maker->new_name : maker->table_name;
            made_before = name_equal(name, op->table_name, metadata->ignore_case) &&
                          name_equal(maker->schema, op->schema, metadata->ignore_case);
        }
        if (op->kind == OP_CREATE_TABLE || op->kind == OP_RENAME_TABLE)
            g_ptr_array_add(made, (gpointer)op);
        if (!needs_table(op) || made_before || metadata_find_table(metadata, op->schema, op->table_name))
            continue;
        Table *table = table_new(op->schema, op->table_name);
        table->partial = TRUE;
        metadata_add_table(metadata, table);
    }
}

/* --- what operations say was there --- */

/* A partial table, and what it was called before all operations. */
typedef struct Known {
    const Table *now; /* of the schema as the operations leave it so far */
    Table *before;
} Known;

static Table *table_before(const GArray *known, const Table *now)
{
    for (guint i = 0; i < known->len; i++)
        if (g_array_index(known, Known, i).now == now)
            return g_array_index(known, Known, i).before;
    return NULL;
}

/* What `now` does not have; `before` has it under the same name. */
static void learn_column(Table *now, Table *before, const Column *column)
{
    if (table_find_column(now, column->name))
        return;
    Column *learned = column_copy(column);
    if (learned->type->kind == SQL_TYPE_NULL)
        learned->unknown |= COLUMN_TYPE;
    g_ptr_array_add(now->columns, column_copy(learned));
    g_ptr_array_add(before->columns, learned);
}

static void learn_place(Table *now, Table *before, const char *name)
{
    g_autoptr(Column) column = name ? column_new(name, sql_type_new(SQL_TYPE_NULL)) : NULL;
    if (!column)
        return;
    column->unknown = COLUMN_EVERYTHING;
    learn_column(now, before, column);
}

static void learn_index(Table *now, Table *before, const Index *index, const char *name)
{
    if (table_find_index(now, name))
        return;
    g_ptr_array_add(now->indexes, index ? index_copy(index) : index_new(name));
    g_ptr_array_add(before->indexes, index ? index_copy(index) : index_new(name));
}

static void learn_constraint(Table *now, Table *before, const Constraint *constraint)
{
    if (constraint_lookup(now, constraint))
        return;
    if (constraint->kind != CONSTRAINT_PRIMARY_KEY) {
        g_ptr_array_add(now->constraints, constraint_copy(constraint));
        g_ptr_array_add(before->constraints, constraint_copy(constraint));
    } else if (!now->primary_key && !before->primary_key) {
        now->primary_key = constraint_copy(constraint);
        before->primary_key = constraint_copy(constraint);
    }
}

/* Of what is only taken away where it is, nothing is known. */
static void learn(const MigrateOp *op, Table *now, Table *before)
{
    if (op->if_exists)
        return;
    if (op->kind == OP_ADD_COLUMN)
        learn_place(now, before, op->insert_after);
    else if (op->kind == OP_DROP_COLUMN || op->kind == OP_ALTER_COLUMN)
        learn_column(now, before, op->existing);
    else if (op->kind == OP_DROP_INDEX)
        learn_index(now, before, op->index, op->index->name);
    else if (op->kind == OP_RENAME_INDEX)
        learn_index(now, before, NULL, op->name);
    else if (op->kind == OP_DROP_CONSTRAINT)
        learn_constraint(now, before, op->constraint);
}

static void learn_all(const GPtrArray *ops, MetaData *state, const GArray *known)
{
    for (guint i = 0; i < ops->len; i++) {
        const MigrateOp *op = ops->pdata[i];
        Table *now = op->table_name ? metadata_find_table(state, op->schema, op->table_name) : NULL;
        Table *before = now && now->partial ? table_before(known, now) : NULL;
        if (before)
            learn(op, now, before);
        /* What does not fit, the compiler says. */
        if (!migrate_op_apply(op, state, NULL))
            return;
    }
}

MetaData *operations_learn(const GPtrArray *ops, const MetaData *before)
{
    MetaData *learned = metadata_copy(before);
    g_autoptr(GArray) known = g_array_new(FALSE, FALSE, sizeof(Known));
    g_autoptr(MetaData) state = NULL;
    for (guint i = 0; i < learned->tables->len; i++) {
        Table *table = learned->tables->pdata[i];
        if (!table->partial)
            continue;
        if (!state)
            state = metadata_copy(before);
        Known one = {metadata_find_table(state, table->schema, table->name), table};
        g_array_append_val(known, one);
    }
    if (state)
        learn_all(ops, state, known);
    return learned;
}

/* --- columns --- */

static gboolean is_unknown(const Column *column, ColumnFacet facet)
{
    return (column->unknown & (guint)facet) != 0;
}

static void settle_text(char **before, char **now, gboolean unknown_now)
{
    g_free(*before);
    *before = g_strdup(unknown_now ? NULL : "unknown");
    if (unknown_now)
        g_clear_pointer(now, g_free);
}

static void forget_type(Column *column)
{
    sql_type_free(column->type);
    column->type = sql_type_new(SQL_TYPE_NULL);
}

void columns_settle(Column *existing, Column *column)
{
    if (is_unknown(existing, COLUMN_TYPE))
        forget_type(existing);
    if (is_unknown(column, COLUMN_TYPE))
        forget_type(column);
    if (is_unknown(column, COLUMN_NULLABLE))
        existing->nullable = column->nullable;
    else if (is_unknown(existing, COLUMN_NULLABLE))
        existing->nullable = !column->nullable;
    if (is_unknown(existing, COLUMN_SERVER_DEFAULT))
        settle_text(&existing->server_default, &column->server_default, is_unknown(column, COLUMN_SERVER_DEFAULT));
    if (is_unknown(existing, COLUMN_COMMENT))
        settle_text(&existing->comment, &column->comment, is_unknown(column, COLUMN_COMMENT));
    if (is_unknown(column, COLUMN_AUTOINCREMENT))
        column->autoincrement = AUTOINCREMENT_AUTO;
    if (is_unknown(existing, COLUMN_AUTOINCREMENT))
        existing->autoincrement = AUTOINCREMENT_AUTO; /* it may begin; that there was none is no harm */
}
