/*
 * Enums. Values are added and renamed in place; the server takes none away and moves none, so for that a new type takes
 * the former one's place in every column.
 */
#include <string.h>

#include "base/error.h"
#include "dialect/postgresql/compiler.h"

static char *type_name(const EnumType *type)
{
    return postgresql_qualified(type->schema, type->name);
}

static void comment_on(PgCompiler *compiler, const EnumType *type)
{
    g_autofree char *name = type_name(type);
    g_autofree char *target = g_strdup_printf("TYPE %s", name);
    compiler_comment(compiler, target, type->comment);
}

static void create_type(PgCompiler *compiler, const EnumType *type)
{
    g_autofree char *name = type_name(type);
    g_autoptr(GString) sql = g_string_new(NULL);
    g_string_append_printf(sql, "CREATE TYPE %s AS ENUM (", name);
    for (guint i = 0; i < type->values->len; i++) {
        g_autofree char *value = postgresql_quote_literal(type->values->pdata[i]);
        g_string_append_printf(sql, "%s%s", i ? ", " : "", value);
    }
    g_string_append_c(sql, ')');
    compiler_add(compiler, g_strdup(sql->str));
    if (type->comment)
        comment_on(compiler, type);
}

/* --- renamed values --- */

/* `values`: what the type has; the renamed one is changed there. */
static void rename_value(PgCompiler *compiler, const EnumType *type, GPtrArray *values, const char *from,
                         const char *to)
{
    guint position = 0;
    if (!from || !to || !g_ptr_array_find_with_equal_func(values, from, g_str_equal, &position) ||
        has_name(values, to) || has_name(type->values, from) || !has_name(type->values, to))
        return;
    g_autofree char *name = type_name(type);
    g_autofree char *former = postgresql_quote_literal(from);
    g_autofree char *value = postgresql_quote_literal(to);
    compiler_add(compiler, g_strdup_printf("ALTER TYPE %s RENAME VALUE %s TO %s", name, former, value));
    g_free(values->pdata[position]);
    values->pdata[position] = g_strdup(to);
}

/* A pair stands in the model; the way back has it in the former definition. */
static void rename_values(PgCompiler *compiler, const EnumType *existing, const EnumType *type, GPtrArray *values)
{
    for (guint i = 0; i < type->renamed_values->len; i++) {
        const Option *pair = type->renamed_values->pdata[i];
        rename_value(compiler, type, values, pair->name, pair->value);
    }
    for (guint i = 0; i < existing->renamed_values->len; i++) {
        const Option *pair = existing->renamed_values->pdata[i];
        rename_value(compiler, type, values, pair->value, pair->name);
    }
}

/* --- added values --- */

static gboolean only_adds(const GPtrArray *values, const GPtrArray *wanted)
{
    guint found = 0;
    for (guint i = 0; i < wanted->len && found < values->len; i++)
        if (strcmp(wanted->pdata[i], values->pdata[found]) == 0)
            found++;
    return found == values->len;
}

/* TRUE when the JSON text has the value as an SQL string, or as an element of an array's literal: "'a'", "'{a,b}'". */
static gboolean has_value(const char *json, const char *escaped)
{
    gsize length = strlen(escaped);
    for (const char *at = strstr(json, escaped); at; at = strstr(at + 1, escaped)) {
        char before = at > json ? at[-1] : '\0', behind = at[length];
        gboolean element =
            (before == '{' || before == ',' || before == '"') && (behind == '}' || behind == ',' || behind == '\\');
        if ((before == '\'' && behind == '\'') || element)
            return TRUE;
    }
    return FALSE;
}

static char *json_escaped(const char *text)
{
    cJSON *item = cJSON_CreateString(text);
    char *printed = cJSON_PrintUnformatted(item);
    char *escaped = g_strndup(printed + 1, strlen(printed) - 2);
    cJSON_free(printed);
    cJSON_Delete(item);
    return escaped;
}

/* TRUE when a later op has the value as a string, so that the server sees it before the end of the transaction. */
static gboolean is_used(const PgCompiler *compiler, const char *value)
{
    g_autofree char *literal = postgresql_quote_literal(value);
    g_autofree char *inner = g_strndup(literal + 1, strlen(literal) - 2);
    g_autofree char *escaped = json_escaped(inner);
    gboolean used = FALSE;
    for (guint i = compiler->position + 1; i < compiler->ops->len && !used; i++) {
        cJSON *json = migrate_op_to_json(compiler->ops->pdata[i], "postgresql");
        char *printed = cJSON_PrintUnformatted(json);
        used = has_value(printed, escaped);
        cJSON_free(printed);
        cJSON_Delete(json);
    }
    return used;
}

static void add_values(PgCompiler *compiler, const EnumType *type, const GPtrArray *values)
{
    g_autofree char *name = type_name(type);
    guint found = 0;
    for (guint i = 0; i < type->values->len; i++) {
        if (found < values->len && strcmp(type->values->pdata[i], values->pdata[found]) == 0) {
            found++;
            continue;
        }
        g_autofree char *value = postgresql_quote_literal(type->values->pdata[i]);
        g_autofree char *neighbour =
            found == values->len ? NULL : postgresql_quote_literal(i ? type->values->pdata[i - 1] : values->pdata[0]);
        const char *where = !neighbour ? "" : i ? " AFTER " : " BEFORE ";
        const MigrateOp *op = compiler->ops->pdata[compiler->position];
        gboolean alone = op->concurrently || is_used(compiler, type->values->pdata[i]);
        /* Outside of a transaction it may be sent again by a run that goes on behind a crash. */
        char *sql = g_strdup_printf("ALTER TYPE %s ADD VALUE %s%s%s%s", name, alone ? "IF NOT EXISTS " : "", value,
                                    where, neighbour ? neighbour : "");
        if (alone)
            compiler_add_alone(compiler, sql);
        else
            compiler_add(compiler, sql);
    }
}

/* --- a new type in place of the former --- */

static GArray *find_columns(const MetaData *database, const EnumType *type)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(PgTypedColumn));
    for (guint i = 0; i < database->tables->len; i++) {
        const Table *table = database->tables->pdata[i];
        for (guint j = 0; j < table->columns->len; j++) {
            PgTypedColumn column = {table, table->columns->pdata[j]};
            if (postgresql_type_is_enum(column.column->type, type))
                g_array_append_val(found, column);
        }
    }
    return found;
}

/* TRUE when the key is over columns of the type: then the two sides have different types in between. */
static gboolean compares_enums(const Table *table, const Constraint *constraint, const EnumType *type)
{
    for (guint i = 0; i < constraint->columns->len; i++) {
        const Column *column = table_find_column(table, constraint->columns->pdata[i]);
        if (column && postgresql_type_is_enum(column->type, type))
            return TRUE;
    }
    return FALSE;
}

static gboolean find_dependents(const MetaData *database, const EnumType *type, const GArray *columns,
                                PgDependents *dependents, GError **error)
{
    for (guint i = 0; i < columns->len; i++) {
        PgTypedColumn found = g_array_index(columns, PgTypedColumn, i);
        if (!check_partition_key(database, found.table, found.column->name, error))
            return FALSE;
        if (found.column->computed) {
            dependents_add_column(dependents, found.table, found.column);
            dependents_add_users(dependents, database, found.table, found.column->name);
        }
        dependents_add_generated(dependents, database, found.table, found.column->name);
        dependents_add_expressions(dependents, database, found.table, found.column->name);
    }
    dependents_add_mentions(dependents, database, type->name);
    for (guint i = 0; i < database->tables->len; i++) {
        const Table *table = database->tables->pdata[i];
        for (guint j = 0; j < table->constraints->len; j++) {
            const Constraint *constraint = table->constraints->pdata[j];
            if (constraint->kind == CONSTRAINT_FOREIGN_KEY && compares_enums(table, constraint, type))
                dependents_add_constraint(dependents, table, constraint);
        }
    }
    return TRUE;
}

/* The default that the column is to have until the ops behind are done: one that changes then may name a value that is
 * gone now. */
static const char *default_behind(const PgCompiler *compiler, const PgTypedColumn *found)
{
    const MigrateOp *later = later_column_op(compiler, found->table, found->column->name);
    if (later && (!later->column || g_strcmp0(later->column->server_default, found->column->server_default) != 0))
        return NULL;
    return found->column->server_default;
}

/* A later op drops the column or gives it another type: then its values need not be ones of the new enum. Text becomes
 * whatever a label can become. */
static gboolean leaves_type(const PgCompiler *compiler, const PgTypedColumn *found)
{
    const MigrateOp *later = later_column_op(compiler, found->table, found->column->name);
    if (!later)
        return later_table_drop(compiler, found->table);
    return !later->column || !postgresql_type_equal(later->column->type, found->column->type);
}

/* By way of the labels: "x::text::mood". */
static void convert_column(PgCompiler *compiler, const PgTypedColumn *found, const char *type)
{
    const Column *column = found->column;
    gboolean leaves = leaves_type(compiler, found);
    const char *expression = leaves ? NULL : default_behind(compiler, found);
    g_autofree char *quoted = postgresql_quote_identifier(column->name);
    gboolean array = column->type->kind == SQL_TYPE_ARRAY || g_str_has_suffix(column->type->name, "[]");
    const char *brackets = array ? "[]" : "";
    g_autofree char *action =
        leaves ? g_strdup_printf("TYPE text%s", brackets)
               : g_strdup_printf("TYPE %s%s USING %s::text%s::%s%s", type, brackets, quoted, brackets, type, brackets);
    if (column->server_default)
        compiler_set_default(compiler, found->table, column->name, NULL);
    compiler_alter_column(compiler, found->table, column->name, action);
    if (expression)
        compiler_set_default(compiler, found->table, column->name, expression);
}

static gboolean is_free(const MetaData *database, const char *schema, const char *name)
{
    if (metadata_find_enum(database, schema, name) || metadata_find_table(database, schema, name))
        return FALSE;
    for (guint i = 0; i < database->objects->len; i++) {
        const SchemaObject *object = database->objects->pdata[i];
        if (strcmp(object->name, name) == 0 && g_strcmp0(object->schema, schema) == 0)
            return FALSE;
    }
    return TRUE;
}

static char *former_name(const MetaData *database, const EnumType *type)
{
    char *name = postgresql_object_name(type->name, NULL, "_old");
    for (guint i = 2; !is_free(database, type->schema, name); i++) {
        g_autofree char *label = g_strdup_printf("_old%u", i);
        g_free(name);
        name = postgresql_object_name(type->name, NULL, label);
    }
    return name;
}

/* Other types are made of it. */
static gboolean create_anew(PgCompiler *compiler, const EnumType *existing, const EnumType *type, GError **error)
{
    g_autofree char *name = type_name(type);
    g_autoptr(PgTypeSwap) swap = type_swap_begin(compiler, existing->schema, existing->name, TRUE, error);
    if (!swap)
        return FALSE;
    compiler_add(compiler, g_strdup_printf("DROP TYPE %s", name));
    create_type(compiler, type);
    return type_swap_end(swap, error);
}

/* `existing`: what the columns in the database say. */
static gboolean swap_type(PgCompiler *compiler, const EnumType *existing, const EnumType *type, GError **error)
{
    g_autoptr(GArray) columns = find_columns(compiler->database, existing);
    g_autoptr(PgDependents) dependents = dependents_new();
    g_autofree char *name = type_name(type);
    g_autofree char *former = former_name(compiler->database, type);
    g_autofree char *quoted = postgresql_quote_identifier(former);
    g_autofree char *qualified = postgresql_qualified(type->schema, former);
    g_autoptr(GPtrArray) names = strings_new();
    g_ptr_array_add(names, g_strdup(existing->name));
    g_autoptr(GPtrArray) standing = standing_on_types(compiler->database, names, columns, TRUE);
    if (!find_dependents(compiler->database, existing, columns, dependents, error) ||
        !standing_drop(compiler, standing, error))
        return FALSE;
    dependents_drop(compiler, dependents);
    compiler_add(compiler, g_strdup_printf("ALTER TYPE %s RENAME TO %s", name, quoted));
    create_type(compiler, type);
    for (guint i = 0; i < columns->len; i++) {
        const PgTypedColumn *found = &g_array_index(columns, PgTypedColumn, i);
        if (!found->column->computed)
            convert_column(compiler, found, name);
    }
    compiler_add(compiler, g_strdup_printf("DROP TYPE %s", qualified));
    return dependents_restore(compiler, dependents, error) && standing_restore(compiler, standing, error);
}

/* --- operations --- */

static gboolean alter_type(PgCompiler *compiler, const EnumType *existing, const EnumType *type, GError **error)
{
    if (!compiler_move(compiler, "TYPE", existing->schema, existing->name, type->schema, type->name, error))
        return FALSE;
    g_autoptr(GPtrArray) values = strings_copy(existing->values);
    rename_values(compiler, existing, type, values);
    if (!only_adds(values, type->values))
        return postgresql_is_in_type(compiler->database, type->name) ? create_anew(compiler, existing, type, error)
                                                                     : swap_type(compiler, existing, type, error);
    add_values(compiler, type, values);
    if (g_strcmp0(existing->comment, type->comment) != 0)
        comment_on(compiler, type);
    return TRUE;
}

gboolean compile_enum_op(PgCompiler *compiler, const MigrateOp *op, GError **error)
{
    if (op->kind == OP_CREATE_ENUM) {
        create_type(compiler, op->enum_type);
        return TRUE;
    }
    if (op->kind == OP_ALTER_ENUM)
        return alter_type(compiler, op->existing_enum, op->enum_type, error);
    g_autofree char *name = type_name(op->existing_enum);
    compiler_add(compiler, g_strdup_printf("DROP TYPE %s", name));
    return TRUE;
}
