/*
 * How the files of compile_object_op() share the work. Private to them.
 */
#ifndef MIGRATE_DIALECT_POSTGRESQL_OBJECT_H
#define MIGRATE_DIALECT_POSTGRESQL_OBJECT_H

#include "dialect/postgresql/compiler.h"
#include "dialect/postgresql/definition.h"

#pragma GCC visibility push(hidden)

/* An object that changes: both ends have one name, schema and table (a rename has been done before). */
typedef struct ObjectChange {
    PgCompiler *compiler;
    const SchemaObject *existing, *object;
    const PgDefinition *from, *to; /* their definitions, which differ */
    char *target;                  /* "FUNCTION f(integer)": what stands between DROP, ALTER, COMMENT ON and the rest */
    gboolean recreate;             /* out: nothing was added, it has to be dropped and created */
} ObjectChange;

/* --- object.c --- */
/* DROP of `existing`, then object_create(). */
gboolean object_drop(PgCompiler *compiler, const SchemaObject *existing, GError **error);
/* The statements of its definition, and its comment. */
gboolean object_create(PgCompiler *compiler, const SchemaObject *object, GError **error);
/* The owner and privileges of what was there before under this name: of `object` itself, or of what has been dropped.
 */
gboolean object_grant(PgCompiler *compiler, const SchemaObject *object, GError **error);
/* "SCHEMA.NAME", quoted where needed, of what has neither a table nor arguments. New string. */
char *object_qualified_name(const SchemaObject *object);

/* Each alters in place what can be altered; `recreate` for what can only be created anew; DIALECT_ERROR_UNSUPPORTED for
 * what cannot be done at all. */
/* --- object_alter.c --- */
gboolean object_alter_routine(ObjectChange *change, GError **error);
gboolean object_alter_rule(ObjectChange *change, GError **error);
gboolean object_alter_policy(ObjectChange *change, GError **error);
gboolean object_alter_extension(ObjectChange *change, GError **error);
gboolean object_alter_schema(ObjectChange *change, GError **error);
/* --- object_type.c, object_domain.c --- */
gboolean object_alter_composite_type(ObjectChange *change, GError **error);
gboolean object_alter_range_type(ObjectChange *change, GError **error);
gboolean object_alter_domain(ObjectChange *change, GError **error);

/* --- object_domain.c --- */
/* The spelling of the type that a domain is based on (new string), and whether it has a default of its own. NULL when
 * its definition cannot be read. */
char *object_domain_base(const SchemaObject *object, gboolean *has_default);
/* --- object_type.c --- */
/* A column whose type is the named one or an array of it, and its table; NULL behind the last. `index` counts the
 * columns that match, from 0. */
const Column *object_column_of_type(const MetaData *database, const char *type, guint index, const Table **table);
/* The COMMENT statements behind a type's CREATE: `again` repeats those that are unchanged. */
void object_clear_comments(const ObjectChange *change);
void object_set_comments(const ObjectChange *change, gboolean again);

#pragma GCC visibility pop

#endif
