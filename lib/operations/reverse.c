#include "base/error.h"
#include "operations/operations.h"

#define SWAP(a, b)                                                                                                     \
    do {                                                                                                               \
        gpointer swapped = (a);                                                                                        \
        (a) = (b);                                                                                                     \
        (b) = swapped;                                                                                                 \
    } while (0)

/* Every pair of former and new definition changes places; what has only one keeps it under the opposite kind. */
static MigrateOp *reversed(const MigrateOp *op, OpKind kind)
{
    MigrateOp *reverse = migrate_op_copy(op);
    reverse->kind = kind;
    SWAP(reverse->column, reverse->existing);
    SWAP(reverse->options, reverse->existing_options);
    SWAP(reverse->comment, reverse->existing_comment);
    SWAP(reverse->enum_type, reverse->existing_enum);
    SWAP(reverse->sequence, reverse->existing_sequence);
    SWAP(reverse->object, reverse->existing_object);
    SWAP(reverse->depends_on, reverse->existing_depends_on);
    /* What may have been there before may be gone behind, and the other way round. */
    reverse->if_exists = op->if_not_exists;
    reverse->if_not_exists = op->if_exists;
    if (op->renamed_values) {
        g_ptr_array_set_size(reverse->renamed_values, 0);
        for (guint i = 0; i < op->renamed_values->len; i++) {
            const Option *pair = op->renamed_values->pdata[i];
            options_set(reverse->renamed_values, pair->value, pair->name);
        }
    }
    /* They say how to get there, not back. */
    g_clear_pointer(&reverse->using, g_free);
    g_clear_pointer(&reverse->insert_before, g_free);
    g_clear_pointer(&reverse->insert_after, g_free);
    /* They are of the way there, too. */
    g_clear_pointer(&reverse->note, g_free);
    reverse->rows = (RowEstimate){0};
    return reverse;
}

static MigrateOp *reversed_name(const MigrateOp *op)
{
    MigrateOp *reverse = migrate_op_copy(op);
    SWAP(reverse->name, reverse->new_name);
    return reverse;
}

static MigrateOp *reversed_table_name(const MigrateOp *op)
{
    MigrateOp *reverse = migrate_op_copy(op);
    SWAP(reverse->table_name, reverse->new_name);
    return reverse;
}

MigrateOp *migrate_op_reverse(const MigrateOp *op, GError **error)
{
    switch (op->kind) {
    case OP_CREATE_TABLE:
        return reversed(op, OP_DROP_TABLE);
    case OP_DROP_TABLE:
        return reversed(op, OP_CREATE_TABLE);
    case OP_RENAME_TABLE:
        return reversed_table_name(op);
    case OP_ADD_COLUMN:
        return reversed(op, OP_DROP_COLUMN);
    case OP_DROP_COLUMN: {
        MigrateOp *reverse = reversed(op, OP_ADD_COLUMN);
        reverse->restores = TRUE;
        return reverse;
    }
    case OP_CREATE_INDEX:
        return reversed(op, OP_DROP_INDEX);
    case OP_DROP_INDEX:
        return reversed(op, OP_CREATE_INDEX);
    case OP_CREATE_CONSTRAINT:
        return reversed(op, OP_DROP_CONSTRAINT);
    case OP_DROP_CONSTRAINT:
        return reversed(op, OP_CREATE_CONSTRAINT);
    case OP_RENAME_INDEX:
    case OP_RENAME_CONSTRAINT:
        return reversed_name(op);
    case OP_CREATE_TABLE_COMMENT:
        return reversed(op, op->existing_comment ? OP_CREATE_TABLE_COMMENT : OP_DROP_TABLE_COMMENT);
    case OP_DROP_TABLE_COMMENT:
        return reversed(op, OP_CREATE_TABLE_COMMENT);
    case OP_CREATE_ENUM:
        return reversed(op, OP_DROP_ENUM);
    case OP_DROP_ENUM:
        return reversed(op, OP_CREATE_ENUM);
    case OP_CREATE_SEQUENCE:
        return reversed(op, OP_DROP_SEQUENCE);
    case OP_DROP_SEQUENCE:
        return reversed(op, OP_CREATE_SEQUENCE);
    case OP_CREATE_OBJECT:
        return reversed(op, OP_DROP_OBJECT);
    case OP_DROP_OBJECT:
        return reversed(op, OP_CREATE_OBJECT);
    case OP_ALTER_TABLE_OPTIONS:
    case OP_ALTER_COLUMN:
    case OP_ALTER_ENUM:
    case OP_ALTER_SEQUENCE:
    case OP_REPLACE_OBJECT:
        return reversed(op, op->kind);
    case OP_EXECUTE:
        g_set_error(error, OPERATIONS_ERROR, OPERATIONS_ERROR_IRREVERSIBLE,
                    "an 'execute' operation cannot be reversed: write its downgrade by hand");
        return NULL;
    }
    g_return_val_if_reached(NULL);
}

GPtrArray *operations_reverse(const GPtrArray *ops, GError **error)
{
    g_autoptr(GPtrArray) reverse = operations_new();
    for (guint i = ops->len; i-- > 0;) {
        MigrateOp *op = migrate_op_reverse(ops->pdata[i], error);
        if (!op)
            return NULL;
        g_ptr_array_add(reverse, op);
    }
    return g_steal_pointer(&reverse);
}
