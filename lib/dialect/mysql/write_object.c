/* Views, triggers, routines and events: created by their definition, dropped by their name, and replaced by the mildest
 * means that there is. */
#include "dialect/mysql/write_object.h"

#include <string.h>

#include "base/error.h"

/* --- words --- */

/* "VIEW v". NULL with an error. New string. */
static char *target_of(const SchemaObject *object, GError **error)
{
    const char *word = mysql_object_word(object->kind);
    if (word == NULL || object->schema != NULL) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "%s '%s': %s", object->kind, object->name,
                    word == NULL ? "there is no such kind of object here" : "it is in another database");
        return NULL;
    }
    g_autofree char *name = mysql_quote_identifier(object->name);
    return g_strdup_printf("%s %s", word, name);
}

static gboolean is_kind(const SchemaObject *object, const char *kind)
{
    return strcmp(object->kind, kind) == 0;
}

static gboolean is_routine(const SchemaObject *object)
{
    return is_kind(object, "function") || is_kind(object, "procedure");
}

/* --- create and drop --- */

void mysql_add_in_mode(MysqlCompiler *compiler, const SchemaObject *object, char *sql)
{
    if (object->sql_mode != NULL)
        mysql_add(compiler, g_strdup_printf("SET sql_mode = '%s'", object->sql_mode));
    mysql_add(compiler, sql);
    if (object->sql_mode != NULL)
        mysql_add(compiler, g_strdup_printf("SET sql_mode = '%s'", mysql_own_sql_mode(compiler->flavour)));
}

gboolean mysql_drop_object(MysqlCompiler *compiler, const SchemaObject *object, GError **error)
{
    g_autofree char *target = target_of(object, error);
    if (target == NULL)
        return FALSE;
    mysql_add(compiler, g_strdup_printf("DROP %s", target));
    return TRUE;
}

/* The routine was dropped only to be created again: privileges on tables and views outlive them, those on routines do
 * not (both manuals, automatic_sp_privileges). */
static gboolean comes_back(const MysqlCompiler *compiler, const SchemaObject *object)
{
    for (guint i = 0; is_routine(object) && i < compiler->ops->len; i++) {
        const MigrateOp *op = compiler->ops->pdata[i];
        if (op->kind == OP_DROP_OBJECT && is_kind(op->existing_object, object->kind) &&
            g_ascii_strcasecmp(op->existing_object->name, object->name) == 0)
            return TRUE;
    }
    return FALSE;
}

/* Takes the statement. */
static char *with_grants_note(const SchemaObject *object, char *sql)
{
    if (strchr(object->name, '\n') != NULL)
        return sql;
    char *commented = g_strdup_printf("-- Privileges granted on '%s' are lost when it is dropped: grant them again "
                                      "behind this.\n%s",
                                      object->name, sql);
    g_free(sql);
    return commented;
}

static gboolean create_object(MysqlCompiler *compiler, const SchemaObject *object, GError **error)
{
    g_autofree char *target = target_of(object, error);
    if (target == NULL)
        return FALSE;
    if (is_kind(object, "trigger"))
        return mysql_create_trigger(compiler, object, error);
    char *sql = mysql_object_sql(object, compiler->flavour, error);
    if (sql == NULL)
        return FALSE;
    mysql_add_in_mode(compiler, object, comes_back(compiler, object) ? with_grants_note(object, sql) : sql);
    return TRUE;
}

static gboolean drop_object(MysqlCompiler *compiler, const SchemaObject *existing, GError **error)
{
    return is_kind(existing, "trigger") ? mysql_drop_trigger(compiler, existing, error)
                                        : mysql_drop_object(compiler, existing, error);
}

/* --- replace --- */

gboolean mysql_replace_by(MysqlCompiler *compiler, const SchemaObject *existing, const SchemaObject *object,
                          char *create, GError **error)
{
    if (compiler->flavour == FLAVOUR_MARIADB || is_kind(existing, "view")) {
        mysql_add_in_mode(compiler, object, g_strdup_printf("CREATE OR REPLACE%s", create + strlen("CREATE")));
        g_free(create);
        return TRUE;
    }
    if (!mysql_drop_object(compiler, existing, error)) {
        g_free(create);
        return FALSE;
    }
    mysql_add_in_mode(compiler, object, is_routine(existing) ? with_grants_note(existing, create) : create);
    return TRUE;
}

/* ALTER … COMMENT: nothing else changes, and no privilege is lost. */
static gboolean change_comment(MysqlCompiler *compiler, const SchemaObject *object, GError **error)
{
    g_autofree char *target = target_of(object, error);
    g_autofree char *comment = mysql_quote_literal(object->comment != NULL ? object->comment : "");
    if (target == NULL)
        return FALSE;
    mysql_add(compiler, g_strdup_printf("ALTER %s COMMENT %s", target, comment));
    return TRUE;
}

static gboolean same_name(const SchemaObject *a, const SchemaObject *b)
{
    return is_kind(a, b->kind) && strcmp(a->name, b->name) == 0;
}

/* Nothing of these can be renamed but views and events, and no privilege follows a view's name. */
static gboolean replace_object(MysqlCompiler *compiler, const SchemaObject *existing, const SchemaObject *object,
                               GError **error)
{
    g_autofree char *target = target_of(existing, error);
    if (target == NULL)
        return FALSE;
    if (!same_name(existing, object))
        return drop_object(compiler, existing, error) && create_object(compiler, object, error);
    if (is_kind(object, "trigger"))
        return mysql_replace_trigger(compiler, existing, object, error);
    if (!is_kind(object, "view") && g_strcmp0(existing->sql_mode, object->sql_mode) == 0 &&
        mysql_object_equal(existing, object))
        return g_strcmp0(existing->comment, object->comment) == 0 || change_comment(compiler, object, error);
    char *sql = mysql_object_sql(object, compiler->flavour, error);
    return sql != NULL && mysql_replace_by(compiler, existing, object, sql, error);
}

gboolean mysql_write_object_op(MysqlCompiler *compiler, const MigrateOp *op, GError **error)
{
    if (op->kind == OP_CREATE_OBJECT)
        return create_object(compiler, op->object, error);
    if (op->kind == OP_DROP_OBJECT)
        return drop_object(compiler, op->existing_object, error);
    return replace_object(compiler, op->existing_object, op->object, error);
}
