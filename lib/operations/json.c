/* Alembic's operation and argument names around the model's own keys. */
#include "operations/operations.h"
#include "schema/model.h"

static void add_string(cJSON *node, const char *key, const char *value)
{
    if (value)
        cJSON_AddStringToObject(node, key, value);
}

static void add_item(cJSON *node, const char *key, cJSON *item)
{
    cJSON_AddItemToObject(node, key, item);
}

static cJSON *options_to_json(const GPtrArray *options)
{
    cJSON *node = cJSON_CreateObject();
    for (guint i = 0; i < options->len; i++) {
        const Option *option = options->pdata[i];
        if (option->value)
            cJSON_AddStringToObject(node, option->name, option->value);
        else
            cJSON_AddTrueToObject(node, option->name);
    }
    return node;
}

static const char *constraint_type(ConstraintKind kind)
{
    switch (kind) {
    case CONSTRAINT_PRIMARY_KEY:
        return "primary";
    case CONSTRAINT_UNIQUE:
        return "unique";
    case CONSTRAINT_FOREIGN_KEY:
        return "foreignkey";
    case CONSTRAINT_CHECK:
        return "check";
    case CONSTRAINT_EXCLUDE:
        return "exclude";
    }
    g_return_val_if_reached(NULL);
}

static void add_constraint(cJSON *node, const MigrateOp *op, const char *dialect)
{
    if (op->constraint->name)
        add_string(node, "constraint_name", op->constraint->name);
    else
        cJSON_AddNullToObject(node, "constraint_name");
    add_string(node, "type_", constraint_type(op->constraint->kind));
    add_item(node, "constraint", model_constraint_to_json(op->constraint, dialect));
}

static void add_column_arguments(cJSON *node, const MigrateOp *op, const char *dialect)
{
    if (op->kind != OP_ADD_COLUMN)
        add_string(node, "column_name", op->existing->name);
    if (op->kind == OP_ALTER_COLUMN && g_strcmp0(op->existing->name, op->column->name) != 0)
        add_string(node, "new_column_name", op->column->name);
    if (op->column)
        add_item(node, "column", model_column_to_json(op->column, dialect));
    if (op->existing)
        add_item(node, "existing", model_column_to_json(op->existing, dialect));
}

static void add_object_arguments(cJSON *node, const MigrateOp *op)
{
    if (op->object)
        add_item(node, "object", model_object_to_json(op->object));
    if (op->existing_object)
        add_item(node, "existing", model_object_to_json(op->existing_object));
}

static void add_type_arguments(cJSON *node, const MigrateOp *op)
{
    if (op->enum_type)
        add_item(node, "enum", model_enum_to_json(op->enum_type));
    if (op->existing_enum)
        add_item(node, "existing", model_enum_to_json(op->existing_enum));
    if (op->sequence)
        add_item(node, "sequence", model_sequence_to_json(op->sequence));
    if (op->existing_sequence)
        add_item(node, "existing", model_sequence_to_json(op->existing_sequence));
}

static void add_arguments(cJSON *node, const MigrateOp *op, const char *dialect)
{
    switch (op->kind) {
    case OP_CREATE_TABLE:
    case OP_DROP_TABLE:
        add_item(node, "table", model_table_to_json(op->table, dialect));
        break;
    case OP_RENAME_TABLE:
        add_string(node, "new_table_name", op->new_name);
        break;
    case OP_ALTER_TABLE_OPTIONS:
        add_item(node, "options", options_to_json(op->options));
        add_item(node, "existing_options", options_to_json(op->existing_options));
        break;
    case OP_ADD_COLUMN:
    case OP_DROP_COLUMN:
    case OP_ALTER_COLUMN:
        add_column_arguments(node, op, dialect);
        break;
    case OP_CREATE_INDEX:
    case OP_DROP_INDEX:
        add_string(node, "index_name", op->index->name);
        add_item(node, "index", model_index_to_json(op->index, dialect));
        break;
    case OP_RENAME_INDEX:
        add_string(node, "index_name", op->name);
        add_string(node, "new_index_name", op->new_name);
        break;
    case OP_CREATE_CONSTRAINT:
    case OP_DROP_CONSTRAINT:
        add_constraint(node, op, dialect);
        break;
    case OP_RENAME_CONSTRAINT:
        add_string(node, "constraint_name", op->name);
        add_string(node, "new_constraint_name", op->new_name);
        break;
    case OP_CREATE_TABLE_COMMENT:
    case OP_DROP_TABLE_COMMENT:
        add_string(node, "comment", op->comment);
        add_string(node, "existing_comment", op->existing_comment);
        break;
    case OP_CREATE_ENUM:
    case OP_DROP_ENUM:
    case OP_ALTER_ENUM:
    case OP_CREATE_SEQUENCE:
    case OP_DROP_SEQUENCE:
    case OP_ALTER_SEQUENCE:
        add_type_arguments(node, op);
        break;
    case OP_CREATE_OBJECT:
    case OP_DROP_OBJECT:
    case OP_REPLACE_OBJECT:
        add_object_arguments(node, op);
        break;
    case OP_EXECUTE:
        add_string(node, "sql", op->sql);
        break;
    }
}

static void add_flag(cJSON *node, const char *key, gboolean value)
{
    if (value)
        cJSON_AddTrueToObject(node, key);
}

/* What only revision files say. */
static void add_manner(cJSON *node, const MigrateOp *op)
{
    static const char *const recreate[] = {
        [RECREATE_AUTO] = NULL, [RECREATE_ALWAYS] = "always", [RECREATE_NEVER] = "never"};
    add_flag(node, "if_not_exists", op->if_not_exists);
    add_flag(node, "if_exists", op->if_exists);
    add_flag(node, "postgresql_concurrently", op->concurrently);
    add_string(node, "postgresql_using", op->using);
    add_string(node, "insert_before", op->insert_before);
    add_string(node, "insert_after", op->insert_after);
    add_string(node, "recreate", recreate[op->recreate]);
}

cJSON *migrate_op_to_json(const MigrateOp *op, const char *dialect)
{
    cJSON *node = cJSON_CreateObject();
    add_string(node, "op", migrate_op_name(op));
    add_string(node, "schema", op->schema);
    add_string(node, "table_name", op->table_name);
    add_arguments(node, op, dialect);
    add_manner(node, op);
    add_string(node, "verdict", op->verdict);
    return node;
}

cJSON *operations_to_json(const GPtrArray *ops, const char *dialect)
{
    cJSON *array = cJSON_CreateArray();
    for (guint i = 0; i < ops->len; i++)
        cJSON_AddItemToArray(array, migrate_op_to_json(ops->pdata[i], dialect));
    return array;
}
