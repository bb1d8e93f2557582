/* Operations as revision files have them (document.h): Alembic's operation and argument names around the model's own
 * keys. What only a reverse or a table that nobody knows has need of stands under "existing". */
#include <string.h>

#include "operations/reader.h"
#include "schema/model.h"

static void add_string(cJSON *node, const char *key, const char *value)
{
    if (value)
        cJSON_AddStringToObject(node, key, value);
}

static void add_string_or_null(cJSON *node, const char *key, const char *value)
{
    if (value)
        cJSON_AddStringToObject(node, key, value);
    else
        cJSON_AddNullToObject(node, key);
}

static void add_item(cJSON *node, const char *key, cJSON *item)
{
    cJSON_AddItemToObject(node, key, item);
}

static void add_flag(cJSON *node, const char *key, gboolean value)
{
    if (value)
        cJSON_AddTrueToObject(node, key);
}

/* Moves the keys of `part` to `node`, under their names there: pairs of a model's key and the argument, NULL. */
static void add_parts(cJSON *node, cJSON *part, const char *const *names)
{
    while (part->child) {
        cJSON *child = cJSON_DetachItemViaPointer(part, part->child);
        const char *key = child->string;
        for (const char *const *name = names; name && name[0]; name += 2)
            if (strcmp(key, name[0]) == 0)
                key = name[1];
        g_autofree char *copy = g_strdup(key);
        cJSON_AddItemToObject(node, copy, child);
    }
    cJSON_Delete(part);
}

static void add_table_name(cJSON *node, const MigrateOp *op)
{
    add_string(node, "table_name", op->table_name);
    add_string(node, "schema", op->schema);
}

/* --- tables --- */

/* {"sqlite": {"strict": "true"}}, as a model has them. */
static cJSON *options_to_json(const GPtrArray *options, const char *dialect)
{
    cJSON *node = cJSON_CreateObject();
    cJSON *own = cJSON_AddObjectToObject(node, dialect);
    for (guint i = 0; i < options->len; i++) {
        const Option *option = options->pdata[i];
        add_string_or_null(own, option->name, option->value);
    }
    return node;
}

static void add_table(cJSON *node, const MigrateOp *op, const char *dialect)
{
    if (op->kind == OP_CREATE_TABLE) {
        add_parts(node, model_table_to_json(op->table, dialect), op_create_table.names);
        return;
    }
    add_table_name(node, op);
    if (!op->table->partial)
        add_item(node, "existing", model_table_to_json(op->table, dialect));
}

static void add_table_arguments(cJSON *node, const MigrateOp *op, const char *dialect)
{
    if (op->kind == OP_RENAME_TABLE) {
        add_string(node, "old_table_name", op->table_name);
        add_string(node, "new_table_name", op->new_name);
        add_string(node, "schema", op->schema);
        return;
    }
    add_table_name(node, op);
    if (op->kind == OP_ALTER_TABLE_OPTIONS) {
        add_item(node, "options", options_to_json(op->options, dialect));
        add_item(node, "existing_options", options_to_json(op->existing_options, dialect));
        return;
    }
    if (op->kind == OP_CREATE_TABLE_COMMENT)
        add_string_or_null(node, "comment", op->comment);
    add_string(node, "existing_comment", op->existing_comment);
}

/* --- columns --- */

static void add_changed_text(cJSON *node, const char *key, const char *from, const char *to)
{
    if (g_strcmp0(from, to) != 0)
        add_string_or_null(node, key, to);
}

static cJSON *part_of_column(const Column *column, const char *key, const char *dialect)
{
    g_autoptr(cJSON) whole = model_column_to_json(column, dialect);
    cJSON *part = cJSON_DetachItemFromObjectCaseSensitive(whole, key);
    return part ? part : cJSON_CreateNull();
}

static gboolean computed_equal(const Computed *a, const Computed *b)
{
    return a && b ? strcmp(a->expression, b->expression) == 0 && !a->persisted == !b->persisted : a == b;
}

static void add_changed_sources(cJSON *node, const Column *from, const Column *to, const char *dialect)
{
    if (!computed_equal(from->computed, to->computed))
        add_item(node, "computed", part_of_column(to, "computed", dialect));
    if (!identity_equal(from->identity, to->identity))
        add_item(node, "identity", part_of_column(to, "identity", dialect));
    if (from->autoincrement != to->autoincrement && to->autoincrement == AUTOINCREMENT_AUTO)
        cJSON_AddStringToObject(node, "autoincrement", "auto");
    else if (from->autoincrement != to->autoincrement)
        cJSON_AddBoolToObject(node, "autoincrement", to->autoincrement == AUTOINCREMENT_TRUE);
    if (!options_equal(from->options, to->options))
        add_item(node, "options", options_to_json(to->options, dialect));
}

static void add_changes(cJSON *node, const Column *from, const Column *to, const char *dialect)
{
    if (!sql_type_equal(from->type, to->type)) {
        g_autofree char *type = sql_type_to_string(to->type);
        add_string(node, "type_", type);
    }
    if (!from->nullable != !to->nullable)
        cJSON_AddBoolToObject(node, "nullable", to->nullable);
    add_changed_text(node, "server_default", from->server_default, to->server_default);
    add_changed_sources(node, from, to, dialect);
    add_changed_text(node, "collation", from->collation, to->collation);
    add_changed_text(node, "comment", from->comment, to->comment);
}

/* Of a column that is not known whole, what is. */
static void add_existing(cJSON *node, const Column *existing, const char *dialect)
{
    if (!existing->unknown && existing->type->kind != SQL_TYPE_NULL) {
        add_item(node, "existing", model_column_to_json(existing, dialect));
        return;
    }
    if (existing->type->kind != SQL_TYPE_NULL && !(existing->unknown & COLUMN_TYPE)) {
        g_autofree char *type = sql_type_to_string(existing->type);
        add_string(node, "existing_type", type);
    }
    if (!(existing->unknown & COLUMN_NULLABLE))
        cJSON_AddBoolToObject(node, "existing_nullable", existing->nullable);
    if (!(existing->unknown & COLUMN_SERVER_DEFAULT))
        add_string_or_null(node, "existing_server_default", existing->server_default);
    if (!(existing->unknown & COLUMN_COMMENT))
        add_string_or_null(node, "existing_comment", existing->comment);
    if (!(existing->unknown & COLUMN_AUTOINCREMENT) && existing->autoincrement == AUTOINCREMENT_TRUE)
        cJSON_AddTrueToObject(node, "existing_autoincrement");
}

static void add_column_arguments(cJSON *node, const MigrateOp *op, const char *dialect)
{
    add_table_name(node, op);
    if (op->kind == OP_ADD_COLUMN) {
        add_item(node, "column", model_column_to_json(op->column, dialect));
        add_flag(node, "restores", op->restores);
        return;
    }
    add_string(node, "column_name", op->existing->name);
    if (op->kind == OP_DROP_COLUMN) {
        if (!op->existing->unknown && op->existing->type->kind != SQL_TYPE_NULL)
            add_item(node, "existing", model_column_to_json(op->existing, dialect));
        return;
    }
    if (g_strcmp0(op->existing->name, op->column->name) != 0)
        add_string(node, "new_column_name", op->column->name);
    add_changes(node, op->existing, op->column, dialect);
    add_existing(node, op->existing, dialect);
}

/* --- indexes and constraints --- */

static void add_index_arguments(cJSON *node, const MigrateOp *op, const char *dialect)
{
    if (op->kind == OP_CREATE_INDEX) {
        add_table_name(node, op);
        add_parts(node, model_index_to_json(op->index, dialect), op_create_index.names);
        return;
    }
    add_string(node, "index_name", op->kind == OP_DROP_INDEX ? op->index->name : op->name);
    if (op->kind == OP_RENAME_INDEX)
        add_string(node, "new_index_name", op->new_name);
    add_table_name(node, op);
    if (op->kind == OP_DROP_INDEX && op->index->columns->len > 0)
        add_item(node, "existing", model_index_to_json(op->index, dialect));
}

/* The arguments that the keys of a model become. */
static const char *const *constraint_names(ConstraintKind kind)
{
    switch (kind) {
    case CONSTRAINT_PRIMARY_KEY:
    case CONSTRAINT_UNIQUE:
    case CONSTRAINT_EXCLUDE:
        return op_create_unique_constraint.names;
    case CONSTRAINT_FOREIGN_KEY:
        return op_create_foreign_key.names;
    case CONSTRAINT_CHECK:
        return op_create_check_constraint.names;
    }
    g_return_val_if_reached(NULL);
}

static void create_constraint(cJSON *node, const MigrateOp *op, const char *dialect)
{
    if (op->constraint->kind == CONSTRAINT_FOREIGN_KEY) {
        add_string(node, "source_table", op->table_name);
        add_string(node, "source_schema", op->schema);
    } else {
        add_table_name(node, op);
    }
    add_parts(node, model_constraint_to_json(op->constraint, dialect), constraint_names(op->constraint->kind));
}

/* Nothing but its name is known of one whose table is not. */
static gboolean is_defined(const Constraint *constraint)
{
    return constraint->expression || constraint->columns->len > 0;
}

static void add_constraint_arguments(cJSON *node, const MigrateOp *op, const char *dialect)
{
    if (op->kind == OP_CREATE_CONSTRAINT) {
        create_constraint(node, op, dialect);
        return;
    }
    add_string_or_null(node, "constraint_name", op->kind == OP_DROP_CONSTRAINT ? op->constraint->name : op->name);
    if (op->kind == OP_RENAME_CONSTRAINT)
        add_string(node, "new_constraint_name", op->new_name);
    add_table_name(node, op);
    if (op->kind != OP_DROP_CONSTRAINT)
        return;
    add_string(node, "type_", op_constraint_types[op->constraint->kind]);
    if (is_defined(op->constraint))
        add_item(node, "existing", model_constraint_to_json(op->constraint, dialect));
}

/* --- what stands beside tables --- */

/* The whole thing as the op's arguments, and `existing` what it was; of one that goes, its name. */
static void add_thing(cJSON *node, cJSON *thing, cJSON *existing, gboolean known)
{
    static const char *const keys[] = {"kind", "name", "schema", "table_name"};
    if (thing)
        add_parts(node, thing, NULL);
    for (guint i = 0; !thing && i < G_N_ELEMENTS(keys); i++) {
        const cJSON *value = cJSON_GetObjectItemCaseSensitive(existing, keys[i]);
        if (value)
            add_item(node, keys[i], cJSON_Duplicate(value, TRUE));
    }
    if (existing && known)
        add_item(node, "existing", existing);
    else
        cJSON_Delete(existing);
}

static void add_object_arguments(cJSON *node, const MigrateOp *op)
{
    const SchemaObject *former = op->existing_object;
    add_thing(node, op->object ? model_object_to_json(op->object) : NULL, former ? model_object_to_json(former) : NULL,
              former && former->definition && *former->definition);
}

static void add_enum_arguments(cJSON *node, const MigrateOp *op)
{
    add_thing(node, op->enum_type ? model_enum_to_json(op->enum_type) : NULL,
              op->existing_enum ? model_enum_to_json(op->existing_enum) : NULL, TRUE);
}

static void add_sequence_arguments(cJSON *node, const MigrateOp *op)
{
    add_thing(node, op->sequence ? model_sequence_to_json(op->sequence) : NULL,
              op->existing_sequence ? model_sequence_to_json(op->existing_sequence) : NULL, TRUE);
}

/* --- operations --- */

static void add_arguments(cJSON *node, const MigrateOp *op, const char *dialect)
{
    switch (op->kind) {
    case OP_CREATE_TABLE:
    case OP_DROP_TABLE:
        add_table(node, op, dialect);
        break;
    case OP_RENAME_TABLE:
    case OP_ALTER_TABLE_OPTIONS:
    case OP_CREATE_TABLE_COMMENT:
    case OP_DROP_TABLE_COMMENT:
        add_table_arguments(node, op, dialect);
        break;
    case OP_ADD_COLUMN:
    case OP_DROP_COLUMN:
    case OP_ALTER_COLUMN:
        add_column_arguments(node, op, dialect);
        break;
    case OP_CREATE_INDEX:
    case OP_DROP_INDEX:
    case OP_RENAME_INDEX:
        add_index_arguments(node, op, dialect);
        break;
    case OP_CREATE_CONSTRAINT:
    case OP_DROP_CONSTRAINT:
    case OP_RENAME_CONSTRAINT:
        add_constraint_arguments(node, op, dialect);
        break;
    case OP_CREATE_ENUM:
    case OP_DROP_ENUM:
    case OP_ALTER_ENUM:
        add_enum_arguments(node, op);
        break;
    case OP_CREATE_SEQUENCE:
    case OP_DROP_SEQUENCE:
    case OP_ALTER_SEQUENCE:
        add_sequence_arguments(node, op);
        break;
    case OP_CREATE_OBJECT:
    case OP_DROP_OBJECT:
    case OP_REPLACE_OBJECT:
        add_object_arguments(node, op);
        break;
    case OP_EXECUTE:
        add_string(node, "sqltext", op->sql);
        break;
    }
}

static void add_renamed_values(cJSON *node, const GPtrArray *pairs)
{
    cJSON *renamed = pairs ? cJSON_AddObjectToObject(node, "renamed_values") : NULL;
    for (guint i = 0; pairs && i < pairs->len; i++) {
        const Option *pair = pairs->pdata[i];
        cJSON_AddStringToObject(renamed, pair->name, pair->value);
    }
}

/* What only revision files say. */
static void add_manner(cJSON *node, const MigrateOp *op)
{
    add_flag(node, "if_not_exists", op->if_not_exists);
    add_flag(node, "if_exists", op->if_exists);
    add_flag(node, "postgresql_concurrently",
             op->concurrently && (op->kind == OP_CREATE_INDEX || op->kind == OP_DROP_INDEX));
    add_string(node, "postgresql_using", op->using);
    add_renamed_values(node, op->renamed_values);
    add_string(node, "insert_before", op->insert_before);
    add_string(node, "insert_after", op->insert_after);
}

/* A batch around an op that says how its table is made anew. */
static cJSON *in_batch(const MigrateOp *op, cJSON *node)
{
    static const char *const words[] = {
        [RECREATE_AUTO] = "auto", [RECREATE_ALWAYS] = "always", [RECREATE_NEVER] = "never"};
    static const char *const keys[] = {"table_name", "schema", "source_table", "source_schema"};
    cJSON *batch = cJSON_CreateObject();
    add_string(batch, "op", "batch_alter_table");
    add_table_name(batch, op);
    add_string(batch, "recreate", words[op->recreate]);
    for (guint i = 0; i < G_N_ELEMENTS(keys); i++)
        cJSON_DeleteItemFromObjectCaseSensitive(node, keys[i]);
    cJSON_AddItemToArray(cJSON_AddArrayToObject(batch, "operations"), node);
    return batch;
}

static void add_rows(cJSON *node, const RowEstimate *rows)
{
    if (!rows->known)
        return;
    cJSON_AddNumberToObject(node, "rows", (double)rows->rows);
    cJSON_AddTrueToObject(node, "estimated");
    add_flag(node, "at_least", rows->at_least);
}

cJSON *migrate_op_to_json(const MigrateOp *op, const char *dialect)
{
    cJSON *node = cJSON_CreateObject();
    add_string(node, "op", migrate_op_name(op));
    add_arguments(node, op, dialect);
    add_manner(node, op);
    add_string(node, "verdict", op->verdict);
    add_rows(node, &op->rows);
    return op->recreate == RECREATE_AUTO ? node : in_batch(op, node);
}

cJSON *operations_to_json(const GPtrArray *ops, const char *dialect)
{
    cJSON *array = cJSON_CreateArray();
    for (guint i = 0; i < ops->len; i++)
        cJSON_AddItemToArray(array, migrate_op_to_json(ops->pdata[i], dialect));
    return array;
}
