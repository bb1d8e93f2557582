/* add_column, drop_column, alter_column. */
#include <string.h>

#include "base/text.h"
#include "operations/reader.h"

/* --- add_column --- */

/* The table with the column and what stands beside it, as said. NULL: a mistake, or nothing for this dialect. */
static Table *with_column(OpReader *reader, const Table *table, const cJSON *node)
{
    Table *wanted = table ? table_copy(table) : table_new(NULL, "t");
    guint n_columns = wanted->columns->len;
    g_autoptr(TableReader) part = model_table_reader_new(reader->model, wanted, table && op_is_known(table));
    model_read_column(part, node);
    const ColumnFacts *facts = part->facts->len > 0 ? &g_array_index(part->facts, ColumnFacts, 0) : NULL;
    if (facts && facts->primary_key == TRUE)
        OP_MISTAKE(reader, cJSON_GetObjectItemCaseSensitive(node, "primary_key"),
                   "an added column cannot bring a primary key: write create_primary_key behind it");
    if (table && wanted->columns->len > n_columns) {
        model_name_nameless(part);
        op_settle_references(reader, wanted);
        return wanted;
    }
    table_free(wanted);
    return NULL;
}

static void emit_column(OpReader *reader, const Table *wanted, const MigrateOp *manner)
{
    g_autoptr(MetaData) small = op_adapt_table(reader, wanted);
    const Table *before = op_find_table(reader, wanted->schema, wanted->name);
    if (small)
        op_emit_additions(reader, before, small->tables->pdata[0], manner);
}

static void read_add_column(OpReader *reader, const cJSON *const *fields)
{
    enum { TABLE_NAME, SCHEMA, COLUMN, IF_NOT_EXISTS, INSERT_BEFORE, INSERT_AFTER, RESTORES };
    g_autofree char *schema = NULL, *name = NULL;
    g_autoptr(MigrateOp) manner = migrate_op_new(OP_ADD_COLUMN);
    manner->if_not_exists = op_flag(reader, fields[IF_NOT_EXISTS]);
    manner->restores = op_flag(reader, fields[RESTORES]);
    manner->insert_before = op_optional_name(reader, fields[INSERT_BEFORE]);
    manner->insert_after = op_optional_name(reader, fields[INSERT_AFTER]);
    if (manner->insert_before && manner->insert_after)
        OP_MISTAKE(reader, fields[INSERT_AFTER], "either insert_before or insert_after, not both");
    gboolean named = op_table_name(reader, fields[SCHEMA], fields[TABLE_NAME], "table_name", &schema, &name);
    if (!fields[COLUMN]) {
        OP_MISTAKE(reader, reader->node, "the argument 'column' of add_column is missing");
        return;
    }
    const Table *table = named && op_reader_resolves(reader) ? op_need_table(reader, schema, name) : NULL;
    if (op_reader_resolves(reader) && !table)
        return;
    const cJSON *column = cJSON_GetObjectItemCaseSensitive(fields[COLUMN], "name");
    if (table && manner->if_not_exists && cJSON_IsString(column) && table_find_column(table, column->valuestring))
        return;
    g_autoptr(Table) wanted = with_column(reader, table, fields[COLUMN]);
    if (!wanted)
        return;
    if ((manner->insert_before && !op_need_column(reader, table, manner->insert_before, fields[INSERT_BEFORE])) ||
        (manner->insert_after && !op_need_column(reader, table, manner->insert_after, fields[INSERT_AFTER])))
        return;
    emit_column(reader, wanted, manner);
}

static const char *const add_column_keys[] = {"table_name",    "schema",       "column",   "if_not_exists",
                                              "insert_before", "insert_after", "restores", NULL};
const OpSpec op_add_column = {.name = "add_column", .keys = add_column_keys, .in_batch = TRUE, .read = read_add_column};

/* --- drop_column --- */

static gboolean mentions_another(const OpReader *reader, const Table *table, const char *expression, const char *name)
{
    for (guint i = 0; i < table->columns->len; i++) {
        const Column *column = table->columns->pdata[i];
        if (!name_equal(column->name, name, table->ignore_case) && op_mentions(reader, expression, column->name))
            return TRUE;
    }
    return FALSE;
}

static gboolean is_only(const GPtrArray *columns, const char *name, gboolean ignore_case)
{
    return columns->len == 1 && name_equal(columns->pdata[0], name, ignore_case);
}

static gboolean is_own_constraint(const OpReader *reader, const Table *table, const Constraint *constraint,
                                  const char *name)
{
    if (constraint->kind == CONSTRAINT_CHECK)
        return op_mentions(reader, constraint->expression, name) &&
               !mentions_another(reader, table, constraint->expression, name) &&
               !options_get(constraint->options, "column");
    return is_only(constraint->columns, name, table->ignore_case);
}

static gboolean is_own_index(const Table *table, const Index *index, const char *name)
{
    const IndexColumn *column = index->columns->len == 1 ? index->columns->pdata[0] : NULL;
    return column && name_equal(column->name, name, table->ignore_case) && index->include->len == 0;
}

/* Constraints and indexes of nothing but this column go with it on most databases, so they do on all. */
static void drop_own_keys(OpReader *reader, const Table *table, const char *name)
{
    g_autoptr(GPtrArray) ops = operations_new();
    for (guint i = 0; i < table->constraints->len; i++) {
        const Constraint *constraint = table->constraints->pdata[i];
        if (is_own_constraint(reader, table, constraint, name))
            g_ptr_array_add(ops, migrate_op_drop_constraint(table, constraint));
    }
    for (guint i = 0; i < table->indexes->len; i++) {
        const Index *index = table->indexes->pdata[i];
        if (is_own_index(table, index, name))
            g_ptr_array_add(ops, migrate_op_drop_index(table, index));
    }
    while (ops->len > 0)
        op_emit(reader, g_ptr_array_steal_index(ops, 0));
}

/* `said`, on a table that is not known, as the dialect would have it; else only its name. */
static Column *former_column(OpReader *reader, const Table *table, const char *name, const Column *said)
{
    const Column *known = table_find_column(table, name);
    if (known)
        return column_copy(known);
    if (!said) {
        Column *column = column_new(name, sql_type_new(SQL_TYPE_NULL));
        column->unknown = COLUMN_EVERYTHING;
        return column;
    }
    g_autoptr(Table) with = table_copy(table);
    g_ptr_array_add(with->columns, column_copy(said));
    g_autoptr(MetaData) small = op_adapt_table(reader, with);
    const Column *adapted = small ? table_find_column(small->tables->pdata[0], said->name) : NULL;
    return column_copy(adapted ? adapted : said);
}

static void read_drop_column(OpReader *reader, const cJSON *const *fields)
{
    enum { TABLE_NAME, SCHEMA, COLUMN_NAME, IF_EXISTS, EXISTING };
    g_autofree char *schema = NULL, *name = NULL;
    gboolean if_exists = op_flag(reader, fields[IF_EXISTS]);
    g_autofree char *column_name = op_name(reader, fields[COLUMN_NAME], "column_name");
    g_autoptr(Column) said = fields[EXISTING] ? op_read_column(reader, fields[EXISTING]) : NULL;
    if (!op_table_name(reader, fields[SCHEMA], fields[TABLE_NAME], "table_name", &schema, &name) || !column_name ||
        !op_reader_resolves(reader))
        return;
    const Table *table = op_need_table(reader, schema, name);
    if (!table || (!if_exists && !op_need_column(reader, table, column_name, fields[COLUMN_NAME])))
        return;
    g_autoptr(Column) former = former_column(reader, table, column_name, said);
    drop_own_keys(reader, table, column_name);
    MigrateOp *op = migrate_op_drop_column(table, former);
    op->if_exists = if_exists;
    op_emit(reader, op);
}

static const char *const drop_column_keys[] = {"table_name", "schema", "column_name", "if_exists", "existing", NULL};
const OpSpec op_drop_column = {
    .name = "drop_column", .keys = drop_column_keys, .in_batch = TRUE, .read = read_drop_column};

/* --- alter_column --- */

enum {
    TABLE_NAME,
    SCHEMA,
    NEW_COLUMN_NAME,
    EXISTING_TYPE,
    EXISTING_SERVER_DEFAULT,
    EXISTING_NULLABLE,
    EXISTING_COMMENT,
    EXISTING_AUTOINCREMENT,
    EXISTING,
    POSTGRESQL_USING,
    RENAMED_VALUES,
    INSERT_BEFORE,
    INSERT_AFTER,
};
static const char *const alter_column_keys[] = {"table_name",
                                                "schema",
                                                "new_column_name",
                                                "existing_type",
                                                "existing_server_default",
                                                "existing_nullable",
                                                "existing_comment",
                                                "existing_autoincrement",
                                                "existing",
                                                "postgresql_using",
                                                "renamed_values",
                                                "insert_before",
                                                "insert_after",
                                                NULL};
/* The rest of the arguments are a column's keys. */
static const char *const alter_column_names[] = {"name", "column_name", "type", "type_", NULL};

static const cJSON *argument(const OpReader *reader, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(reader->node, key);
}

static void refuse_other_changes(OpReader *reader, const cJSON *const *fields)
{
    static const struct {
        const char *key, *instead;
    } others[] = {
        {"primary_key", "create_primary_key"}, {"unique", "create_unique_constraint"}, {"index", "create_index"},
        {"foreign_key", "create_foreign_key"}, {"renamed_from", "new_column_name"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(others); i++)
        if (argument(reader, others[i].key))
            OP_MISTAKE(reader, argument(reader, others[i].key), "alter_column does not change '%s': use %s",
                       others[i].key, others[i].instead);
    for (guint i = INSERT_BEFORE; i <= INSERT_AFTER; i++)
        if (fields[i])
            OP_MISTAKE(reader, fields[i], "'%s' belongs to add_column: a column keeps its place", alter_column_keys[i]);
}

static guint unknown_facets(const cJSON *const *fields)
{
    return (fields[EXISTING_TYPE] ? 0 : (guint)COLUMN_TYPE) | (fields[EXISTING_NULLABLE] ? 0 : (guint)COLUMN_NULLABLE) |
           (fields[EXISTING_SERVER_DEFAULT] ? 0 : (guint)COLUMN_SERVER_DEFAULT) |
           (fields[EXISTING_COMMENT] ? 0 : (guint)COLUMN_COMMENT) |
           (fields[EXISTING_AUTOINCREMENT] ? 0 : (guint)COLUMN_AUTOINCREMENT);
}

/* The former definition that the existing_… arguments make, and what they leave open. */
static Column *existing_column(OpReader *reader, const char *name, const cJSON *const *fields)
{
    if (fields[EXISTING])
        return op_read_column(reader, fields[EXISTING]);
    SqlType *type = fields[EXISTING_TYPE] ? op_read_type(reader, fields[EXISTING_TYPE]) : NULL;
    Column *column = column_new(name, type ? type : sql_type_new(SQL_TYPE_NULL));
    column->unknown = unknown_facets(fields);
    column->nullable = model_flag(reader->model, fields[EXISTING_NULLABLE], TRUE);
    column->server_default = model_server_default(reader->model, fields[EXISTING_SERVER_DEFAULT]);
    column->comment = model_optional_text(reader->model, fields[EXISTING_COMMENT]);
    if (op_flag(reader, fields[EXISTING_AUTOINCREMENT]))
        column->autoincrement = AUTOINCREMENT_TRUE;
    return column;
}

static gboolean replace_text(OpReader *reader, const char *key, char **text, const char *said)
{
    if (!model_says(reader->model, argument(reader, key)))
        return FALSE;
    g_free(*text);
    *text = g_strdup(said);
    return TRUE;
}

static void change_sources(OpReader *reader, const Column *said, Column *column)
{
    if (argument(reader, "computed")) {
        computed_free(column->computed);
        column->computed = said->computed ? computed_new(said->computed->expression, said->computed->persisted) : NULL;
    }
    if (argument(reader, "identity")) {
        identity_free(column->identity);
        column->identity = identity_copy(said->identity);
    }
    if (argument(reader, "autoincrement")) {
        column->autoincrement = said->autoincrement;
        column->unknown &= ~(guint)COLUMN_AUTOINCREMENT;
    }
    if (model_says(reader->model, argument(reader, "options"))) {
        g_ptr_array_unref(column->options);
        column->options = options_copy(said->options);
    }
}

/* What is said of it, else as it was. */
static Column *changed_column(OpReader *reader, const Column *former, const Column *said, const char *new_name)
{
    Column *column = column_copy(former);
    if (new_name) {
        g_free(column->name);
        column->name = g_strdup(new_name);
    }
    if (model_says(reader->model, argument(reader, "type_"))) {
        sql_type_free(column->type);
        column->type = sql_type_copy(said->type);
        column->unknown &= ~(guint)COLUMN_TYPE;
    }
    if (argument(reader, "nullable") && !cJSON_IsNull(argument(reader, "nullable"))) {
        column->nullable = said->nullable;
        column->unknown &= ~(guint)COLUMN_NULLABLE;
    }
    if (replace_text(reader, "server_default", &column->server_default, said->server_default))
        column->unknown &= ~(guint)COLUMN_SERVER_DEFAULT;
    if (replace_text(reader, "comment", &column->comment, said->comment))
        column->unknown &= ~(guint)COLUMN_COMMENT;
    replace_text(reader, "collation", &column->collation, said->collation);
    change_sources(reader, said, column);
    return column;
}

/* The table as it is behind the change, the new column as it is said. NULL and a mistake when it cannot be. */
static Table *changed_table(OpReader *reader, const Table *table, const Column *former, const Column *column)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MetaData) scratch = metadata_new(reader->work->ignore_case);
    g_autoptr(MigrateOp) op = migrate_op_alter_column(table, former, column);
    scratch->backticks = reader->work->backticks;
    metadata_add_table(scratch, table_copy(table));
    if (!migrate_op_apply(op, scratch, &error)) {
        OP_MISTAKE(reader, reader->node, "%s", error->message);
        return NULL;
    }
    return metadata_steal_table(scratch, table->schema, table->name);
}

/* The check that stands for a former enum; one for the new type comes by itself. */
static void drop_enum_check(OpReader *reader, const Table *table, const Column *existing)
{
    const Constraint *check = op_enum_check(reader, table, existing);
    if (check)
        op_emit(reader, migrate_op_drop_constraint(table, check));
}

/* A check has its column's name in its own: with a new name for the column comes a new check, of the same type. */
static void replace_named_check(OpReader *reader, const Table *table, const Column *existing, Column *column)
{
    g_autofree char *name = g_strdup_printf("ck_%s_%s", table->name, existing->name);
    const Constraint *check = op_enum_check(reader, table, existing);
    if (!check || !name_equal(check->name, name, table->ignore_case))
        return;
    op_emit(reader, migrate_op_drop_constraint(table, check));
    sql_type_free(column->type);
    column->type = sql_type_copy(existing->type);
}

/* {"former value": "new value"}; NULL: none. */
static GPtrArray *read_renamed_values(OpReader *reader)
{
    const cJSON *node = argument(reader, "renamed_values");
    g_autoptr(GPtrArray) pairs = options_new();
    if (node && !cJSON_IsObject(node))
        model_wrong(reader->model, node, "an object, {\"former value\": \"new value\"}");
    else if (node)
        for (const cJSON *child = node->child; child; child = child->next)
            if (model_check_text(reader->model, child))
                options_set(pairs, child->string, child->valuestring);
    return pairs->len > 0 ? g_steal_pointer(&pairs) : NULL;
}

static void emit_change(OpReader *reader, const Table *table, const Column *former, const Column *column,
                        const char *using)
{
    g_autoptr(Table) changed = changed_table(reader, table, former, column);
    g_autoptr(MetaData) small = changed ? op_adapt_table(reader, changed) : NULL;
    if (!small)
        return;
    const Table *adapted = small->tables->pdata[0];
    MigrateOp *op = migrate_op_alter_column(table, former, table_find_column(adapted, column->name));
    op->using = g_strdup(using);
    op->renamed_values = read_renamed_values(reader);
    op_emit(reader, op);
    const MigrateOp manner = {.kind = OP_ALTER_COLUMN};
    op_emit_additions(reader, table, adapted, &manner);
}

static void read_alter_column(OpReader *reader, const cJSON *const *fields)
{
    g_autofree char *schema = NULL, *name = NULL;
    refuse_other_changes(reader, fields);
    g_autofree char *new_name = op_optional_name(reader, fields[NEW_COLUMN_NAME]);
    char *text = NULL;
    model_text(reader->model, fields[POSTGRESQL_USING], &text);
    g_autofree char *using = text;
    g_autofree char *column_name = op_name(reader, argument(reader, "column_name"), "column_name");
    g_autoptr(Column) existing = existing_column(reader, column_name ? column_name : "", fields);
    g_autoptr(Column) said = column_name ? op_read_column(reader, reader->node) : NULL;
    gboolean named = op_table_name(reader, fields[SCHEMA], fields[TABLE_NAME], "table_name", &schema, &name);
    if (!named || !said || !existing || !op_reader_resolves(reader))
        return;
    const Table *table = op_need_table(reader, schema, name);
    if (!table || !op_need_column(reader, table, column_name, argument(reader, "column_name")))
        return;
    g_autoptr(Column) former = former_column(reader, table, column_name, existing);
    const Column *basis = table_find_column(table, column_name) ? former : existing;
    g_autoptr(Column) column = changed_column(reader, basis, said, new_name);
    if (model_says(reader->model, argument(reader, "type_")))
        drop_enum_check(reader, table, existing);
    else if (column && strcmp(column->name, column_name) != 0)
        replace_named_check(reader, table, existing, column);
    emit_change(reader, table, former, column, using);
}

const OpSpec op_alter_column = {.name = "alter_column",
                                .keys = alter_column_keys,
                                .names = alter_column_names,
                                .changes = TRUE,
                                .in_batch = TRUE,
                                .read = read_alter_column};
