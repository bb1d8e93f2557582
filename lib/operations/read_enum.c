/* Enums: types of their own on some dialects; elsewhere they are remembered, and columns of them are changed. */
#include <string.h>

#include "base/text.h"
#include "operations/internal.h"
#include "operations/reader.h"

/* TRUE when the dialect keeps it as a type. */
static gboolean is_type_here(OpReader *reader, const EnumType *type)
{
    g_autoptr(MetaData) small = metadata_new(reader->state->ignore_case);
    g_ptr_array_add(small->enums, enum_type_copy(type));
    return op_adapt(reader, small) && small->enums->len > 0;
}

static MigrateOp *emit(OpReader *reader, OpKind kind, const EnumType *existing, const EnumType *type,
                       gboolean conditional)
{
    MigrateOp *op = migrate_op_new(kind);
    op->existing_enum = existing ? enum_type_copy(existing) : NULL;
    op->enum_type = type ? enum_type_copy(type) : NULL;
    op->if_exists = conditional && kind == OP_DROP_ENUM;
    op->if_not_exists = conditional && kind == OP_CREATE_ENUM;
    if (is_type_here(reader, type ? type : existing)) {
        op_emit_only(reader, op);
        return op;
    }
    if (!reader->step->declared)
        reader->step->declared = operations_new();
    g_ptr_array_add(reader->step->declared, op);
    return op;
}

static const EnumType *need_enum(OpReader *reader, const char *schema, const char *name)
{
    const EnumType *known = op_find_enum(reader, schema, name);
    if (known || !reader->target->state_is_whole)
        return known;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < reader->state->enums->len; i++)
        g_ptr_array_add(names, ((const EnumType *)reader->state->enums->pdata[i])->name);
    op_unknown(reader, reader->node, "no create_enum before it has made the enum", name, names);
    return NULL;
}

/* --- create_enum, drop_enum --- */

static void read_create_enum(OpReader *reader, const cJSON *const *fields)
{
    enum { IF_NOT_EXISTS };
    gboolean if_not_exists = op_flag(reader, fields[IF_NOT_EXISTS]);
    g_autoptr(EnumType) type = op_read_enum(reader, reader->node);
    if (!type || !op_reader_resolves(reader))
        return;
    if (!op_find_enum(reader, type->schema, type->name))
        emit(reader, OP_CREATE_ENUM, NULL, type, if_not_exists);
    else if (!if_not_exists)
        OP_MISTAKE(reader, reader->node, "create_enum: there is an enum '%s' already", type->name);
}

static void read_drop_enum(OpReader *reader, const cJSON *const *fields)
{
    enum { NAME, SCHEMA, IF_EXISTS, EXISTING };
    gboolean if_exists = op_flag(reader, fields[IF_EXISTS]);
    g_autofree char *name = op_name(reader, fields[NAME], "name");
    g_autofree char *schema = model_optional_text(reader->model, fields[SCHEMA]);
    g_autoptr(EnumType) said = fields[EXISTING] ? op_read_enum(reader, fields[EXISTING]) : NULL;
    if (!name || !op_reader_resolves(reader))
        return;
    g_autoptr(EnumType) plain = said ? enum_type_copy(said) : enum_type_new(schema, name);
    const EnumType *known = if_exists ? op_find_enum(reader, schema, name) : need_enum(reader, schema, name);
    if (known)
        emit(reader, OP_DROP_ENUM, known, NULL, if_exists);
    else if (!reader->target->state_is_whole && is_type_here(reader, plain))
        emit(reader, OP_DROP_ENUM, plain, NULL, if_exists);
}

static const char *const create_keys[] = {"if_not_exists", NULL};
static const char *const no_names[] = {NULL};
static const char *const drop_keys[] = {"name", "schema", "if_exists", "existing", NULL};
const OpSpec op_create_enum = {.name = "create_enum", .keys = create_keys, .names = no_names, .read = read_create_enum};
const OpSpec op_drop_enum = {.name = "drop_enum", .keys = drop_keys, .read = read_drop_enum};

/* --- alter_enum --- */

static gboolean mentions(const cJSON *node, const char *value)
{
    if (cJSON_IsString(node) && strstr(node->valuestring, value))
        return TRUE;
    for (const cJSON *child = node->child; child; child = child->next)
        if (mentions(child, value))
            return TRUE;
    return FALSE;
}

/* A server may take a new value only behind the end of the transaction that adds it. */
static gboolean uses_later(const OpReader *reader, const EnumType *existing, const EnumType *type)
{
    for (guint i = 0; i < type->values->len; i++) {
        const char *value = type->values->pdata[i];
        if (g_ptr_array_find_with_equal_func(existing->values, value, g_str_equal, NULL))
            continue;
        for (const cJSON *later = reader->node->next; later; later = later->next)
            if (mentions(later, value))
                return TRUE;
    }
    return FALSE;
}

/* The column as one of the enum, in the dialect's words, beside the constraints of the table. */
static Column *as_enum(const Column *column, const EnumType *type)
{
    Column *copy = column_copy(column);
    sql_type_free(copy->type);
    copy->type = sql_type_new(SQL_TYPE_ENUM);
    copy->type->values = g_new0(char *, type->values->len + 1);
    for (guint i = 0; i < type->values->len; i++)
        copy->type->values[i] = g_strdup(type->values->pdata[i]);
    return copy;
}

/* What a column of the enum becomes in a table of its own; NULL: a mistake. */
static MetaData *adapt_alone(OpReader *reader, const Table *table, const char *name, const EnumType *type)
{
    g_autoptr(Table) alone = table_new(table->schema, table->name);
    g_autoptr(Column) plain = column_new(name, sql_type_new(SQL_TYPE_TEXT));
    alone->ignore_case = table->ignore_case;
    g_ptr_array_add(alone->columns, as_enum(plain, type));
    return op_adapt_table(reader, alone);
}

const Constraint *op_find_check(const OpReader *reader, const Table *table, const char *expression, const char *column)
{
    gboolean ignore_case = reader->work->ignore_case, backticks = reader->work->backticks;
    g_autofree char *wanted = expression_rename(expression, column, column, ignore_case, backticks);
    for (guint i = 0; i < table->constraints->len; i++) {
        const Constraint *check = table->constraints->pdata[i];
        if (check->kind != CONSTRAINT_CHECK)
            continue;
        g_autofree char *found = expression_rename(check->expression, column, column, ignore_case, backticks);
        if (g_strcmp0(found, wanted) == 0)
            return check;
    }
    return NULL;
}

/* TRUE when the column is what the dialect makes of one of this enum; *check is what it has beside it, or NULL. */
static gboolean is_of_enum(OpReader *reader, const Table *table, const Column *column, const EnumType *type,
                           const Constraint **check)
{
    g_autoptr(MetaData) small = adapt_alone(reader, table, column->name, type);
    const Table *alone = small ? small->tables->pdata[0] : NULL;
    if (!alone || !sql_type_equal(((const Column *)alone->columns->pdata[0])->type, column->type))
        return FALSE;
    const Constraint *made = alone->constraints->len > 0 ? alone->constraints->pdata[0] : NULL;
    *check = made ? op_find_check(reader, table, made->expression, column->name) : NULL;
    return !made || *check;
}

/* The type's own, or the way back of those that the former type says; NULL: none. New. */
static GPtrArray *pairs_of(const EnumType *existing, const EnumType *type)
{
    g_autoptr(GPtrArray) pairs = options_copy(type->renamed_values);
    for (guint i = 0; existing && type->renamed_values->len == 0 && i < existing->renamed_values->len; i++) {
        const Option *pair = existing->renamed_values->pdata[i];
        options_set(pairs, pair->value, pair->name);
    }
    return pairs->len > 0 ? g_steal_pointer(&pairs) : NULL;
}

static void change_column(OpReader *reader, const Table *table, const Column *column, const Constraint *check,
                          const EnumType *type, const GPtrArray *pairs)
{
    static const MigrateOp manner = {.kind = OP_ALTER_COLUMN};
    g_autoptr(Column) like = as_enum(column, type);
    g_autoptr(Column) former = column_copy(column);
    if (check)
        op_emit(reader, migrate_op_drop_constraint(table, check));
    g_autoptr(Table) wanted = table_copy(table);
    for (guint i = 0; i < wanted->columns->len; i++) {
        if (strcmp(((const Column *)wanted->columns->pdata[i])->name, like->name) != 0)
            continue;
        column_free(wanted->columns->pdata[i]);
        wanted->columns->pdata[i] = column_copy(like);
    }
    g_autoptr(MetaData) small = op_adapt_table(reader, wanted);
    if (!small)
        return;
    const Column *adapted = table_find_column(small->tables->pdata[0], like->name);
    if (!sql_type_equal(adapted->type, former->type) || pairs) {
        MigrateOp *op = migrate_op_alter_column(table, former, adapted);
        op->renamed_values = pairs ? options_copy(pairs) : NULL;
        op_emit(reader, op);
    }
    op_emit_additions(reader, table, small->tables->pdata[0], &manner);
}

/* Another enum whose columns look the same here; NULL: none. */
static const EnumType *find_twin(const OpReader *reader, const EnumType *existing)
{
    for (guint i = 0; i < reader->state->enums->len; i++) {
        const EnumType *other = reader->state->enums->pdata[i];
        gboolean is_itself =
            strcmp(other->name, existing->name) == 0 && g_strcmp0(other->schema, existing->schema) == 0;
        if (!is_itself && strings_equal(other->values, existing->values, FALSE))
            return other;
    }
    return NULL;
}

/* TRUE, and a mistake, when it cannot be told whether the column is of the enum. */
static gboolean is_ambiguous(OpReader *reader, const Table *table, const Column *column, const EnumType *existing)
{
    const EnumType *twin = find_twin(reader, existing);
    if (!twin)
        return FALSE;
    OP_MISTAKE(
        reader, reader->node,
        "alter_enum: the enums '%s' and '%s' have the same values, by which alone columns are known where enums "
        "are no types of their own, so whether '%s.%s' is meant cannot be told: let one of the enums serve both, "
        "or create them with different values",
        existing->name, twin->name, table->name, column->name);
    return TRUE;
}

/* Columns are known by what the dialect has made of the former values. */
static void change_columns(OpReader *reader, const EnumType *existing, const EnumType *type, const GPtrArray *pairs)
{
    for (guint i = 0; i < reader->state->tables->len; i++) {
        const Table *known = reader->state->tables->pdata[i];
        for (guint j = 0; j < known->columns->len; j++) {
            const Constraint *check = NULL;
            const Column *column = known->columns->pdata[j];
            if (!is_of_enum(reader, known, column, existing, &check))
                continue;
            if (is_ambiguous(reader, known, column, existing))
                return;
            const Table *table = op_find_table(reader, known->schema, known->name);
            change_column(reader, table, table_find_column(table, column->name),
                          check ? table_find_constraint(table, check->name) : NULL, type, pairs);
        }
    }
}

static void alter_enum(OpReader *reader, const EnumType *existing, const EnumType *type, const EnumType *said)
{
    g_autoptr(GPtrArray) pairs = pairs_of(said, type);
    MigrateOp *op = emit(reader, OP_ALTER_ENUM, existing, type, FALSE);
    op->concurrently = is_type_here(reader, type) && uses_later(reader, existing, type);
    reader->step->outside_transactions = reader->step->outside_transactions || op->concurrently;
    if (is_type_here(reader, type) || strings_equal(existing->values, type->values, FALSE))
        return;
    change_columns(reader, existing, type, pairs);
}

static void read_alter_enum(OpReader *reader, const cJSON *const *fields)
{
    enum { EXISTING };
    g_autoptr(EnumType) said = fields[EXISTING] ? op_read_enum(reader, fields[EXISTING]) : NULL;
    g_autoptr(EnumType) type = op_read_enum(reader, reader->node);
    if (!type || !op_reader_resolves(reader))
        return;
    const char *former_name = type->renamed_from ? type->renamed_from : type->name;
    const EnumType *known = need_enum(reader, type->schema, former_name);
    if (known)
        alter_enum(reader, known, type, said);
    else if (said)
        alter_enum(reader, said, type, said);
    else if (!reader->target->state_is_whole)
        OP_MISTAKE(reader, reader->node,
                   "alter_enum: the revisions before do not say what the enum '%s' was: add "
                   "\"existing\"",
                   former_name);
}

static const char *const alter_keys[] = {"existing", NULL};
const OpSpec op_alter_enum = {.name = "alter_enum", .keys = alter_keys, .names = no_names, .read = read_alter_enum};
