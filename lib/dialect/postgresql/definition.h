/*
 * The definitions of SchemaObjects, read as far as it takes to name, alter and compare them. Definitions may be the
 * inspector's (inspector.h) or anybody's own.
 */
#ifndef MIGRATE_DIALECT_POSTGRESQL_DEFINITION_H
#define MIGRATE_DIALECT_POSTGRESQL_DEFINITION_H

#include "dialect/postgresql/postgresql.h"

#pragma GCC visibility push(hidden)

/* Tokens `from` up to, not including, `to` of PgDefinition.create. */
typedef struct PgSpan {
    guint from, to;
} PgSpan;

typedef struct PgDefinition {
    GPtrArray *statements; /* char*: the CREATE, then what CREATE cannot say (ALTER …, COMMENT ON …) */
    const char *create;    /* the first of them */
    GArray *tokens;        /* SqlToken of it, without space and comments */
    PgSpan name;           /* the object's name with its schema */
    char *base_name;       /* without schema and quotes */
} PgDefinition;

/* The words between DROP and the name ("MATERIALIZED VIEW"), NULL for a kind that PostgreSQL has not. Static. */
const char *postgresql_object_words(const char *kind);

/* DIALECT_ERROR_SYNTAX when it is no CREATE statement of the object's kind; DIALECT_ERROR_UNSUPPORTED when there is no
 * definition. */
PgDefinition *postgresql_definition_read(const SchemaObject *object, GError **error);
void postgresql_definition_free(PgDefinition *definition);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PgDefinition, postgresql_definition_free)

/* TRUE for the word or operator at that place; FALSE behind the end. */
gboolean definition_is(const PgDefinition *definition, guint token, const char *word);
/* The text of the tokens as written. New string. */
char *definition_text(const PgDefinition *definition, PgSpan span);
/* The name in a token, without quotes. New string. */
char *definition_identifier(const PgDefinition *definition, guint token);
/* Equal as tokens. Both may be spans of the same definition. */
gboolean definition_spans_equal(const PgDefinition *a, PgSpan first, const PgDefinition *b, PgSpan second);
/* The first of the words (NULL-terminated) at or behind `from` that is in no parentheses, brackets or CASE; `to` when
 * there is none before. */
guint definition_find(const PgDefinition *definition, PgSpan span, const char *const *words);
/* Behind the parenthesis that closes the one at `open`; the number of tokens when it is missing. */
guint definition_behind_group(const PgDefinition *definition, guint open);
/* What commas separate in the parentheses that open at `open`. Empty for "()". New GArray of PgSpan. */
GArray *definition_list(const PgDefinition *definition, guint open);

/* The object's name without the argument types that tell functions apart. New string. */
char *postgresql_object_base_name(const SchemaObject *object);
/* "(a integer, b text)" as DROP FUNCTION takes it: the parameters without their defaults; where there is no definition,
 * the types in the object's name. New string. */
char *postgresql_routine_arguments(const SchemaObject *object, GError **error);
/* The object's definition under the name of `renamed`. New string. */
char *postgresql_definition_renamed(const SchemaObject *object, const SchemaObject *renamed, GError **error);

#pragma GCC visibility pop

#endif
