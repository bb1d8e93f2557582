/* The schema that operations are resolved against, and what the dialect makes of them. */
#include <string.h>

#include "base/text.h"
#include "operations/internal.h"
#include "operations/reader.h"

void op_unknown(OpReader *reader, const cJSON *at, const char *what, const char *name, const GPtrArray *names)
{
    const char *nearest = text_nearest(name, (const char *const *)names->pdata, names->len);
    if (nearest)
        OP_MISTAKE(reader, at, "%s: %s '%s', did you mean '%s'?", reader->spec->name, what, name, nearest);
    else
        OP_MISTAKE(reader, at, "%s: %s '%s'", reader->spec->name, what, name);
}

/* --- tables --- */

Table *op_find_table(OpReader *reader, const char *schema, const char *name)
{
    Table *table = metadata_find_table(reader->work, schema, name);
    const Table *known = table ? NULL : metadata_find_table(reader->state, schema, name);
    if (known) {
        table = table_copy(known);
        metadata_add_table(reader->work, table);
    }
    return table;
}

Table *op_need_table(OpReader *reader, const char *schema, const char *name)
{
    Table *table = op_find_table(reader, schema, name);
    if (table)
        return table;
    if (!reader->target->state_is_whole) {
        table = table_new(schema, name);
        table->partial = TRUE;
        metadata_add_table(reader->work, table);
        return table;
    }
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < reader->state->tables->len; i++)
        g_ptr_array_add(names, ((const Table *)reader->state->tables->pdata[i])->name);
    op_unknown(reader, reader->node, "there is no table", name, names);
    return NULL;
}

gboolean op_is_known(const Table *table)
{
    return !table->partial && !table_inherits(table);
}

gboolean op_need_column(OpReader *reader, const Table *table, const char *name, const cJSON *at)
{
    if (!op_is_known(table) || table_find_column(table, name))
        return TRUE;
    g_autofree char *what = g_strdup_printf("the table '%s' has no column", table->name);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < table->columns->len; i++)
        g_ptr_array_add(names, ((const Column *)table->columns->pdata[i])->name);
    op_unknown(reader, at, what, name, names);
    return FALSE;
}

/* --- ops --- */

void op_emit_only(OpReader *reader, MigrateOp *op)
{
    if (!reader->step->operations)
        reader->step->operations = operations_new();
    g_ptr_array_add(reader->step->operations, op);
    reader->step->outside_transactions = reader->step->outside_transactions || op->concurrently;
}

void op_emit(OpReader *reader, MigrateOp *op)
{
    g_autoptr(GError) error = NULL;
    if (migrate_op_apply(op, reader->work, &error)) {
        op_emit_only(reader, op);
        return;
    }
    OP_MISTAKE(reader, reader->node, "%s", error->message);
    migrate_op_free(op);
}

/* --- the dialect --- */

MetaData *op_small(const OpReader *reader)
{
    MetaData *small = metadata_new(reader->state->ignore_case);
    small->folds_names = reader->work->folds_names;
    small->backticks = reader->work->backticks;
    for (guint i = 0; i < reader->state->enums->len; i++)
        g_ptr_array_add(small->enums, enum_type_copy(reader->state->enums->pdata[i]));
    for (guint i = 0; i < reader->work->enums->len; i++)
        g_ptr_array_add(small->enums, enum_type_copy(reader->work->enums->pdata[i]));
    return small;
}

gboolean op_adapt(OpReader *reader, MetaData *small)
{
    g_autoptr(GError) error = NULL;
    if (json_mistakes_count(reader->model->mistakes) > 0) /* one mistake need not be told twice */
        return FALSE;
    if (!reader->target->adapt || reader->target->adapt(small, reader->step->notes, &error))
        return TRUE;
    OP_MISTAKE(reader, reader->node, "%s", error->message);
    return FALSE;
}

/* Of columns whose type is not known, nothing that depends on it is. */
static void hide_unknown_types(const Table *table, GHashTable *hidden)
{
    for (guint i = 0; table->partial && i < table->columns->len; i++) {
        Column *column = table->columns->pdata[i];
        if (column->type->kind != SQL_TYPE_NULL)
            continue;
        column->type->kind = SQL_TYPE_TEXT;
        g_hash_table_add(hidden, g_strdup(column->name));
    }
}

static void show_unknown_types(const Table *table, GHashTable *hidden)
{
    for (guint i = 0; i < table->columns->len; i++) {
        Column *column = table->columns->pdata[i];
        if (!g_hash_table_contains(hidden, column->name))
            continue;
        sql_type_free(column->type);
        column->type = sql_type_new(SQL_TYPE_NULL);
    }
}

/* Some dialects take from them what a foreign key leaves unsaid. */
static void add_referred_tables(OpReader *reader, MetaData *small, const Table *table)
{
    for (guint i = 0; i < table->constraints->len; i++) {
        const Constraint *key = table->constraints->pdata[i];
        if (key->kind != CONSTRAINT_FOREIGN_KEY || key->referred_columns->len > 0 ||
            metadata_find_table(small, key->referred_schema, key->referred_table))
            continue;
        const Table *referred = metadata_find_table(reader->state, key->referred_schema, key->referred_table);
        if (referred && referred->columns->len > 0)
            metadata_add_table(small, table_copy(referred));
    }
}

/* Enum('a', name=mood): the dialect has made a type of it. */
static void emit_new_enums(OpReader *reader, const MetaData *small)
{
    for (guint i = 0; i < small->enums->len; i++) {
        const EnumType *type = small->enums->pdata[i];
        if (op_find_enum(reader, type->schema, type->name))
            continue;
        MigrateOp *op = migrate_op_new(OP_CREATE_ENUM);
        op->enum_type = enum_type_copy(type);
        op_emit(reader, op);
    }
}

/* Whether a column can be numbered hangs on the key, which an op behind this one may make anew. Lent to the table while
 * it is adapted. NULL: there is none. */
static Constraint *coming_primary_key(const OpReader *reader, const Table *table)
{
    for (const cJSON *later = reader->node->next; later && !table->primary_key; later = later->next) {
        const cJSON *op = cJSON_GetObjectItemCaseSensitive(later, "op");
        const cJSON *name = cJSON_GetObjectItemCaseSensitive(later, "table_name");
        const cJSON *columns = cJSON_GetObjectItemCaseSensitive(later, "columns");
        if (!cJSON_IsString(op) || strcmp(op->valuestring, "create_primary_key") != 0 ||
            (!reader->batch && (!cJSON_IsString(name) || !name_equal(name->valuestring, table->name, TRUE))))
            continue;
        Constraint *key = constraint_new(CONSTRAINT_PRIMARY_KEY, NULL);
        for (const cJSON *column = columns ? columns->child : NULL; column; column = column->next)
            if (cJSON_IsString(column))
                g_ptr_array_add(key->columns, g_strdup(column->valuestring));
        return key;
    }
    return NULL;
}

MetaData *op_adapt_table(OpReader *reader, const Table *table)
{
    g_autoptr(MetaData) small = op_small(reader);
    g_autoptr(GHashTable) hidden = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Table *copy = table_copy(table);
    Constraint *lent = coming_primary_key(reader, copy);
    if (lent)
        copy->primary_key = lent;
    hide_unknown_types(copy, hidden);
    metadata_add_table(small, copy);
    add_referred_tables(reader, small, copy);
    if (!op_adapt(reader, small))
        return NULL;
    Table *adapted = small->tables->pdata[0];
    if (lent)
        g_clear_pointer(&adapted->primary_key, constraint_free);
    show_unknown_types(adapted, hidden);
    emit_new_enums(reader, small);
    return g_steal_pointer(&small);
}

/* A constraint without a name is met by its structure. */
static gboolean has_constraint(const Table *table, const Constraint *constraint)
{
    return constraint_lookup(table, constraint) != NULL;
}

static void emit_column(OpReader *reader, const Table *adapted, const Column *column, const MigrateOp *manner)
{
    MigrateOp *op = migrate_op_add_column(adapted, column);
    op->if_not_exists = manner->if_not_exists;
    op->restores = manner->restores;
    op->insert_before = g_strdup(manner->insert_before);
    op->insert_after = g_strdup(manner->insert_after);
    op_emit(reader, op);
}

static void emit_index(OpReader *reader, const Table *adapted, const Index *index, const MigrateOp *manner)
{
    MigrateOp *op = migrate_op_create_index(adapted, index);
    op->if_not_exists = manner->if_not_exists;
    op->concurrently = manner->concurrently;
    op_emit(reader, op);
}

static void emit_constraint(OpReader *reader, const Table *adapted, const Constraint *constraint,
                            const MigrateOp *manner)
{
    MigrateOp *op = migrate_op_create_constraint(adapted, constraint);
    op->if_not_exists = manner->if_not_exists;
    op_emit(reader, op);
}

void op_emit_additions(OpReader *reader, const Table *before, const Table *adapted, const MigrateOp *manner)
{
    for (guint i = 0; i < adapted->columns->len; i++) {
        const Column *column = adapted->columns->pdata[i];
        if (!table_find_column(before, column->name))
            emit_column(reader, adapted, column, manner);
    }
    if (adapted->primary_key && !before->primary_key)
        emit_constraint(reader, adapted, adapted->primary_key, manner);
    /* An index that a foreign key of before waits for is another op's. */
    gboolean brings_indexes = manner->kind == OP_ADD_COLUMN || manner->kind == OP_CREATE_CONSTRAINT;
    for (guint i = 0; i < adapted->indexes->len; i++) {
        const Index *index = adapted->indexes->pdata[i];
        if (table_find_index(before, index->name))
            continue;
        if (!index->implied || (brings_indexes && !op_index_comes_later(reader, index, adapted->name)))
            emit_index(reader, adapted, index, manner);
    }
    for (guint i = 0; i < adapted->constraints->len; i++) {
        const Constraint *constraint = adapted->constraints->pdata[i];
        if (!has_constraint(before, constraint))
            emit_constraint(reader, adapted, constraint, manner);
    }
}

/* --- enums --- */

const EnumType *op_find_enum(const OpReader *reader, const char *schema, const char *name)
{
    const EnumType *made = metadata_find_enum(reader->work, schema, name);
    return made ? made : metadata_find_enum(reader->state, schema, name);
}

static gboolean knows_enum(const OpReader *reader, const char *name)
{
    const char *dot = strchr(name, '.');
    g_autofree char *schema = dot ? g_strndup(name, (gsize)(dot - name)) : NULL;
    return op_find_enum(reader, NULL, name) || (dot && op_find_enum(reader, schema, dot + 1));
}

/* What the dialect makes of a table with nothing but this column. */
const Constraint *op_enum_check(OpReader *reader, const Table *table, const Column *column)
{
    if (column->type->kind != SQL_TYPE_ENUM)
        return NULL;
    g_autoptr(Table) alone = table_new(table->schema, table->name);
    alone->ignore_case = table->ignore_case;
    g_ptr_array_add(alone->columns, column_copy(column));
    g_autoptr(MetaData) small = op_adapt_table(reader, alone);
    const Table *adapted = small ? small->tables->pdata[0] : NULL;
    for (guint i = 0; adapted && i < adapted->constraints->len; i++) {
        const Constraint *check = adapted->constraints->pdata[i];
        const Constraint *same =
            check->expression ? op_find_check(reader, table, check->expression, column->name) : NULL;
        if (same)
            return same;
        for (guint j = 0; j < table->constraints->len; j++) {
            const Constraint *there = table->constraints->pdata[j];
            if (there->kind == CONSTRAINT_CHECK && name_equal(there->name, check->name, table->ignore_case))
                return there;
        }
    }
    return NULL;
}

gboolean op_mentions(const OpReader *reader, const char *expression, const char *column)
{
    g_autofree char *renamed =
        expression_rename(expression, column, "\x01", reader->work->ignore_case, reader->work->backticks);
    return g_strcmp0(renamed, expression) != 0;
}

/* --- references --- */

static void check_enum(OpReader *reader, const ModelReference *reference)
{
    if (knows_enum(reader, reference->name) || !reader->target->state_is_whole)
        return;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < reader->state->enums->len; i++)
        g_ptr_array_add(names, ((const EnumType *)reader->state->enums->pdata[i])->name);
    op_unknown(reader, reference->node, "no create_enum before it has made the enum", reference->name, names);
}

void op_settle_references(OpReader *reader, const Table *self)
{
    for (guint i = 0; i < reader->model->references->len && op_reader_resolves(reader); i++) {
        const ModelReference *reference = &g_array_index(reader->model->references, ModelReference, i);
        if (reference->kind == REFERENCE_ENUM) {
            check_enum(reader, reference);
        } else if (reference->kind == REFERENCE_FOREIGN_KEY) {
            const Constraint *key = reference->constraint;
            gboolean own = name_equal(key->referred_table, self->name, self->ignore_case) &&
                           g_strcmp0(key->referred_schema, self->schema) == 0;
            const Table *referred = own ? self : op_find_table(reader, key->referred_schema, key->referred_table);
            model_settle_foreign_key(reader->model, reference, referred);
        }
    }
    g_array_set_size(reader->model->references, 0);
}
