/*
 * Private to write_object.c and write_trigger.c.
 */
#ifndef MIGRATE_DIALECT_MYSQL_WRITE_OBJECT_H
#define MIGRATE_DIALECT_MYSQL_WRITE_OBJECT_H

#include "dialect/mysql/compiler.h"
#include "dialect/mysql/object.h"

#pragma GCC visibility push(hidden)

/* "DROP VIEW v". */
gboolean mysql_drop_object(MysqlCompiler *compiler, const SchemaObject *object, GError **error);
/* Adds the CREATE statement (taken), between SETs where the object has a sql_mode of its own. */
void mysql_add_in_mode(MysqlCompiler *compiler, const SchemaObject *object, char *sql);
/* Takes the CREATE statement of `object` that comes in the place of `existing`: MariaDB has CREATE OR REPLACE for all
 * kinds, MySQL for views only, so that there a DROP goes in front. */
gboolean mysql_replace_by(MysqlCompiler *compiler, const SchemaObject *existing, const SchemaObject *object,
                          char *create, GError **error);

/* --- write_trigger.c --- */
/* Triggers are created where their definition says, whatever the server would do with those without FOLLOWS; those of
 * compiler->written always say truly behind which one they stand. */
gboolean mysql_create_trigger(MysqlCompiler *compiler, const SchemaObject *object, GError **error);
gboolean mysql_replace_trigger(MysqlCompiler *compiler, const SchemaObject *existing, const SchemaObject *object,
                               GError **error);
gboolean mysql_drop_trigger(MysqlCompiler *compiler, const SchemaObject *existing, GError **error);

#pragma GCC visibility pop

#endif
