/*
 * What a statement does to the catalog: the objects it is about and how it wants them, and their looks. Private to the
 * files of MySQL's dialect behind the journal.
 */
#ifndef MIGRATE_DIALECT_MYSQL_EFFECTS_H
#define MIGRATE_DIALECT_MYSQL_EFFECTS_H

#include "dialect/mysql/mysql.h"
#include "dialect/reader.h"

#pragma GCC visibility push(hidden)

typedef enum TargetKind {
    TARGET_TABLE,
    TARGET_VIEW,
    TARGET_TRIGGER,
    TARGET_PROCEDURE,
    TARGET_FUNCTION,
    TARGET_EVENT,
    TARGET_SEQUENCE,
    TARGET_DATABASE,
    TARGET_USER, /* roles, too; `name` is the account as it was written */
    TARGET_SERVER,
    N_TARGET_KINDS,
} TargetKind;

/* What the catalog looks like when the statement has taken effect. */
typedef enum Wish {
    WISH_CHANGED, /* there, as before or otherwise */
    WISH_THERE,
    WISH_GONE,
    N_WISHES,
} Wish;

typedef struct Target {
    TargetKind kind;
    Wish wish;
    char *schema, *name; /* schema NULL: the connection's database */
    char *state;         /* SHA-256 of how it looks, NULL: there is none, or STATE_… */
    gboolean twice;      /* RENAME TABLE takes the name from one table and gives it to another */
} Target;
#define STATE_UNREADABLE "unreadable" /* there may be one, but the role may not look at it */
#define STATE_EMPTY "empty"           /* a sequence without its row: the server died between its table and that */

Target *mysql_target_new(TargetKind kind, Wish wish, const char *schema, const char *name);
void mysql_target_free(Target *target);
/* "table", as SQL and the journal have it. Static. */
const char *mysql_target_kind_name(TargetKind kind);
/* "d.t" as SQL. New string. */
char *mysql_target_sql(const Target *target);

typedef enum EffectVerb {
    EFFECT_VERB_HARMLESS, /* to send it again does no harm: no targets */
    EFFECT_VERB_OPAQUE,   /* leaves no trace that is looked for: `risk` says why; no targets */
    EFFECT_VERB_CREATE,   /* also CREATE TABLE … LIKE or SELECT */
    EFFECT_VERB_REPLACE,  /* CREATE OR REPLACE */
    EFFECT_VERB_ALTER,    /* also CREATE INDEX and DROP INDEX, of their table */
    EFFECT_VERB_DROP,     /* each object for itself: MariaDB's DROP TABLE a, b is not atomic */
    EFFECT_VERB_RENAME,
    EFFECT_VERB_TRUNCATE,
    EFFECT_VERB_REVOKE,
    N_EFFECT_VERBS,
} EffectVerb;

typedef struct Effect {
    EffectVerb verb;
    GPtrArray *targets; /* Target*, no object twice */
    /* Why the statement must not be sent again although the catalog looks as before ("…"); NULL: it may be. Static. */
    const char *risk;
    gboolean if_exists;                  /* DROP … IF EXISTS: the whole list may be sent when a part is gone */
    char *created_index, *dropped_index; /* of CREATE INDEX, DROP INDEX */
    SqlReader rest;                      /* behind the name of the table, or what it is */
} Effect;

/* Never fails: what is not recognised is EFFECT_VERB_OPAQUE. `sql` must outlive it. Names are read as the pinned
 * sql_mode has them. Executable comments count as if every server executed them. */
Effect *mysql_effect_new(const char *sql, gsize length);
void mysql_effect_free(Effect *effect);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Effect, mysql_effect_free)
/* "alter", as the journal has it. Static. */
const char *mysql_effect_verb_name(EffectVerb verb);

/* --- catalog.c --- */
/* Fills in Target.state of all targets from SHOW CREATE … (the pages of both manuals), SHOW GRANTS and mysql.servers:
 * one round trip, and another one for each that does not exist. What is masked: AUTO_INCREMENT=n, which applications
 * move meanwhile, and a table's own name. *temporary (may be NULL) is the name of a table that is temporary, which
 * hides another one of that name, owned by the targets; NULL: none is. */
gboolean mysql_look_up_targets(Connection *connection, GPtrArray *targets, const char **temporary, GError **error);
/* Whether there is a table of that name for all connections, or a view. For where there should be none: to look it up
 * costs an error and what comes of errors. */
gboolean mysql_is_listed(Connection *connection, const Target *table, gboolean *listed, GError **error);
/* Whether a table holds rows. */
gboolean mysql_has_rows(Connection *connection, const Target *table, gboolean *has, GError **error);

#pragma GCC visibility pop

#endif
