/* SchemaObjects: created by their definition, dropped by their name, and replaced by the mildest means that there is:
 * a comment alone, ALTER, CREATE OR REPLACE, or dropping and creating. */
#include "dialect/postgresql/object.h"

#include <string.h>

#include "base/error.h"

char *object_qualified_name(const SchemaObject *object)
{
    g_autofree char *name = postgresql_object_base_name(object);
    return postgresql_qualified(object->schema, name);
}

static gboolean is_kind(const SchemaObject *object, const char *const *kinds)
{
    return g_strv_contains(kinds, object->kind);
}

/* --- targets --- */

static char *hanging_target(const SchemaObject *object, const char *words, GError **error)
{
    if (!object->table_name) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "%s '%s': 'table_name' is missing", object->kind,
                    object->name);
        return NULL;
    }
    g_autofree char *name = postgresql_quote_identifier(object->name);
    g_autofree char *table = postgresql_qualified(object->schema, object->table_name);
    return g_strdup_printf("%s %s ON %s", words, name, table);
}

static char *object_target(const SchemaObject *object, GError **error)
{
    static const char *const hanging[] = {"trigger", "rule", "policy", NULL};
    static const char *const routines[] = {"function", "procedure", "aggregate", NULL};
    static const char *const without_schema[] = {"extension", "schema", "event_trigger", NULL};
    const char *words = postgresql_object_words(object->kind);
    if (!words) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "%s '%s': PostgreSQL has no such kind of object",
                    object->kind, object->name);
        return NULL;
    }
    if (is_kind(object, hanging))
        return hanging_target(object, words, error);
    if (is_kind(object, without_schema)) {
        g_autofree char *quoted = postgresql_quote_identifier(object->name);
        return g_strdup_printf("%s %s", words, quoted);
    }
    g_autofree char *name = object_qualified_name(object);
    if (!is_kind(object, routines))
        return g_strdup_printf("%s %s", words, name);
    g_autofree char *arguments = postgresql_routine_arguments(object, error);
    return arguments ? g_strdup_printf("%s %s%s", words, name, arguments) : NULL;
}

/* --- create and drop --- */

static void add_statement(PgCompiler *compiler, const char *sql)
{
    if (postgresql_dialect.refuses_transaction(sql, strlen(sql)))
        compiler_add_alone(compiler, g_strdup(sql));
    else
        compiler_add(compiler, g_strdup(sql));
}

/* TRUE for what was dropped only to be created again, and may have privileges that are not known. */
static gboolean comes_back(const PgCompiler *compiler, const SchemaObject *object)
{
    static const char *const kinds[] = {"view", "materialized_view", "function", "procedure", "aggregate", NULL};
    for (guint i = 0; is_kind(object, kinds) && i < compiler->ops->len; i++) {
        const MigrateOp *op = compiler->ops->pdata[i];
        const SchemaObject *gone =
            op->kind == OP_DROP_OBJECT || op->kind == OP_REPLACE_OBJECT ? op->existing_object : NULL;
        if (gone && strcmp(gone->kind, object->kind) == 0 && strcmp(gone->name, object->name) == 0 &&
            g_strcmp0(gone->schema, object->schema) == 0)
            return !gone->grants && !object->grants;
    }
    return FALSE;
}

/* The statement that a person has to add to is where the comment stands. */
static void add_first_statement(PgCompiler *compiler, const SchemaObject *object, const char *sql)
{
    if (!comes_back(compiler, object) || strchr(object->name, '\n')) {
        add_statement(compiler, sql);
        return;
    }
    g_autofree char *commented =
        g_strdup_printf("-- Privileges granted on '%s' are lost when it is dropped: grant them again behind this.\n%s",
                        object->name, sql);
    add_statement(compiler, commented);
}

gboolean object_create(PgCompiler *compiler, const SchemaObject *object, GError **error)
{
    g_autoptr(PgDefinition) definition = postgresql_definition_read(object, error);
    if (!definition)
        return FALSE;
    for (guint i = 0; i < definition->statements->len; i++) {
        if (i == 0)
            add_first_statement(compiler, object, definition->statements->pdata[i]);
        else
            add_statement(compiler, definition->statements->pdata[i]);
    }
    if (!object->comment)
        return object_grant(compiler, object, error);
    g_autofree char *target = object_target(object, error);
    if (!target)
        return FALSE;
    compiler_comment(compiler, target, object->comment);
    return object_grant(compiler, object, error);
}

gboolean object_drop(PgCompiler *compiler, const SchemaObject *existing, GError **error)
{
    g_autofree char *target = object_target(existing, error);
    if (!target)
        return FALSE;
    compiler_add(compiler, g_strdup_printf("DROP %s", target));
    const SchemaObject *known = existing->grants ? existing : metadata_find_same_object(compiler->database, existing);
    g_ptr_array_add(compiler->dropped, schema_object_copy(known ? known : existing));
    return TRUE;
}

/* --- replace --- */

static gboolean same_relation(const SchemaObject *hanging, const SchemaObject *relation)
{
    return hanging->table_name && strcmp(hanging->table_name, relation->name) == 0 &&
           g_strcmp0(hanging->schema, relation->schema) == 0;
}

/* Triggers and rules of a view, and indexes of a materialized view, go with it; they are not what the op replaces. */
static gboolean recreate(PgCompiler *compiler, const SchemaObject *existing, const SchemaObject *object, GError **error)
{
    static const char *const relations[] = {"view", "materialized_view", NULL};
    if (!object_drop(compiler, existing, error) || !object_create(compiler, object, error))
        return FALSE;
    for (guint i = 0; is_kind(existing, relations) && i < compiler->database->objects->len; i++) {
        const SchemaObject *hanging = compiler->database->objects->pdata[i];
        if (same_relation(hanging, existing) && !object_create(compiler, hanging, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean alter(ObjectChange *change, GError **error)
{
    static const struct {
        const char *kind;
        gboolean (*alter)(ObjectChange *change, GError **error);
    } ways[] = {
        {"function", object_alter_routine},
        {"procedure", object_alter_routine},
        {"rule", object_alter_rule},
        {"policy", object_alter_policy},
        {"extension", object_alter_extension},
        {"schema", object_alter_schema},
        {"composite_type", object_alter_composite_type},
        {"range_type", object_alter_range_type},
        {"domain", object_alter_domain},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(ways); i++)
        if (strcmp(ways[i].kind, change->object->kind) == 0)
            return ways[i].alter(change, error);
    change->recreate = TRUE;
    return TRUE;
}

static gboolean same_definition(const PgDefinition *a, const PgDefinition *b)
{
    if (a->statements->len != b->statements->len)
        return FALSE;
    for (guint i = 0; i < a->statements->len; i++)
        if (!sql_equal(&postgresql_dialect, a->statements->pdata[i], b->statements->pdata[i]))
            return FALSE;
    return TRUE;
}

/* Both have one name. */
static gboolean change_object(PgCompiler *compiler, const SchemaObject *existing, const SchemaObject *object,
                              GError **error)
{
    g_autoptr(PgDefinition) from = postgresql_definition_read(existing, error);
    g_autoptr(PgDefinition) to = from ? postgresql_definition_read(object, error) : NULL;
    g_autofree char *target = to ? object_target(existing, error) : NULL;
    if (!target)
        return FALSE;
    ObjectChange change = {compiler, existing, object, from, to, target, FALSE};
    if (!same_definition(from, to) && !alter(&change, error))
        return FALSE;
    if (change.recreate)
        return recreate(compiler, existing, object, error);
    if (g_strcmp0(existing->comment, object->comment) == 0)
        return TRUE;
    compiler_comment(compiler, target, object->comment);
    return TRUE;
}

/* ALTER … RENAME TO, and `existing` as it is then. NULL when it is no matter of a name only. */
static SchemaObject *renamed_object(PgCompiler *compiler, const SchemaObject *existing, const SchemaObject *object,
                                    GError **error)
{
    g_autofree char *target = object_target(existing, error);
    g_autofree char *definition = target ? postgresql_definition_renamed(existing, object, error) : NULL;
    if (!definition)
        return NULL;
    g_autofree char *base_name = postgresql_object_base_name(object);
    g_autofree char *quoted = postgresql_quote_identifier(base_name);
    compiler_add(compiler, g_strdup_printf("ALTER %s RENAME TO %s", target, quoted));
    SchemaObject *renamed = schema_object_copy(existing);
    g_free(renamed->name);
    g_free(renamed->definition);
    renamed->name = g_strdup(object->name);
    renamed->definition = g_steal_pointer(&definition);
    return renamed;
}

static gboolean moves(const SchemaObject *existing, const SchemaObject *object)
{
    return g_strcmp0(existing->schema, object->schema) != 0 ||
           g_strcmp0(existing->table_name, object->table_name) != 0 || strcmp(existing->kind, object->kind) != 0;
}

/* A view or a trigger is dropped and created anyway when more than its name changes; an extension has no RENAME. */
static gboolean can_rename(const SchemaObject *existing, const SchemaObject *object, GError **error)
{
    static const char *const in_place[] = {"function",       "procedure",  "policy", "domain",
                                           "composite_type", "range_type", "schema", NULL};
    if (strcmp(existing->kind, "extension") == 0 || !existing->definition)
        return FALSE;
    if (is_kind(existing, in_place))
        return TRUE;
    g_autofree char *definition = postgresql_definition_renamed(existing, object, error);
    return definition && object->definition && sql_equal(&postgresql_dialect, definition, object->definition);
}

/* The op knows the table by the name it had when the database was read; it may have been renamed since. */
static void follow_table(const PgCompiler *compiler, SchemaObject *existing, const SchemaObject *object)
{
    if (!existing->table_name || g_strcmp0(existing->table_name, object->table_name) == 0 ||
        metadata_find_table(compiler->database, existing->schema, existing->table_name) ||
        !metadata_find_table(compiler->database, existing->schema, object->table_name))
        return;
    g_free(existing->table_name);
    existing->table_name = g_strdup(object->table_name);
}

static gboolean replace_object(PgCompiler *compiler, const MigrateOp *op, GError **error)
{
    g_autoptr(SchemaObject) existing = schema_object_copy(op->existing_object);
    g_autoptr(GError) failure = NULL;
    follow_table(compiler, existing, op->object);
    if (moves(existing, op->object))
        return recreate(compiler, existing, op->object, error);
    g_autofree char *former = postgresql_object_base_name(existing);
    g_autofree char *name = postgresql_object_base_name(op->object);
    if (strcmp(former, name) == 0)
        return change_object(compiler, existing, op->object, error);
    gboolean renames = can_rename(existing, op->object, &failure);
    if (failure) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    if (!renames)
        return recreate(compiler, existing, op->object, error);
    g_autoptr(SchemaObject) renamed = renamed_object(compiler, existing, op->object, error);
    return renamed && change_object(compiler, renamed, op->object, error);
}

gboolean compile_object_op(PgCompiler *compiler, const MigrateOp *op, GError **error)
{
    if (op->kind == OP_CREATE_OBJECT)
        return object_create(compiler, op->object, error);
    if (op->kind == OP_DROP_OBJECT)
        return object_drop(compiler, op->existing_object, error);
    return replace_object(compiler, op, error);
}
