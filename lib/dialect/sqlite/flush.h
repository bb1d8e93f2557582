/*
 * What compiler.c has written so far and what it has yet to write. Each operation changes `state`, what the database
 * shall look like; tables wait, marked as touched, until something needs them as they shall be. Then the table in
 * `live`, what the statements written so far make of the database, is compared with the one in `state`, and what lies
 * between is written: native ALTER TABLE where that is exact, else one rebuild, however many operations there were.
 *
 * Names are compared as SQLite compares them: without case. GError is DIALECT_ERROR, or what migrate_op_apply() says.
 */
#ifndef MIGRATE_DIALECT_SQLITE_FLUSH_H
#define MIGRATE_DIALECT_SQLITE_FLUSH_H

#include <glib.h>

#include "dialect/dialect.h"

#pragma GCC visibility push(hidden)

typedef struct Touched {
    char *name;
    GPtrArray *reasons;  /* char*: the operations in words */
    GPtrArray *restored; /* char*: columns that come back without their values */
    GPtrArray *moved;    /* RenamedValues* */
    Recreate recreate;
} Touched;

typedef struct Compiler {
    MetaData *live, *state;
    GPtrArray *touched;        /* Touched*, in order */
    GPtrArray *stale_triggers; /* char*: names of triggers whose text in `live` is not known any more */
    GPtrArray *statements;     /* of the block being written; flush.c knows of what */
    gboolean foreign_keys_off; /* the block needs it */
    gboolean executes;         /* the block has statements of people, which expect foreign keys to be on */
    GPtrArray *blocks;         /* SqlBlock* */
} Compiler;

/* `before` is the database as far as it is known (NULL: not at all); both models start as what `ops` say of it. */
void sqlite_compiler_init(Compiler *compiler, const GPtrArray *ops, const MetaData *before);
void sqlite_compiler_clear(Compiler *compiler);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Compiler, sqlite_compiler_clear)

/* --- blocks --- */

/* Adds a statement (taken) to the block being written. */
void sqlite_emit(Compiler *compiler, char *sql);
/* The same for one with which SQLite has to rewrite what refers to the renamed thing. */
void sqlite_emit_rename(Compiler *compiler, char *sql);
/* Moves the block being written to `blocks`: as several, where renames stand between statements that need foreign keys
 * off. */
void sqlite_end_block(Compiler *compiler);
/* What is emitted next runs with foreign keys off; statements of people before it keep them on. */
void sqlite_need_foreign_keys_off(Compiler *compiler);

/* --- touched tables --- */

/* Marks the table as touched by `op`, which `state` has already. What it returns is valid until the next flush. */
const Touched *sqlite_touch(Compiler *compiler, const char *name, const MigrateOp *op);
/* Nothing is written for the table any more. */
void sqlite_forget_touched(Compiler *compiler, const char *name);
/* Writes what lies between `live` and `state` for one touched table (none, if it is not touched) or for all. */
gboolean sqlite_flush_table(Compiler *compiler, const char *name, GError **error);
gboolean sqlite_flush(Compiler *compiler, GError **error);

/* --- triggers, in `live` --- */

gboolean sqlite_is_trigger_of(const SchemaObject *object, const char *table);
/* Adds the triggers (SchemaObject*, not copied) of a table or view that are made again. FALSE when the text of one is
 * not known. */
gboolean sqlite_triggers_of(const Compiler *compiler, const char *table, GPtrArray *triggers, GError **error);
/* The trigger's text behind a rename (taken); NULL: only SQLite can tell. */
void sqlite_take_trigger_text(Compiler *compiler, SchemaObject *trigger, char *text);

/* --- compile_object.c --- */

/* An operation on a view or trigger, or on an object that SQLite does not have, which makes no statement. */
gboolean sqlite_compile_object(Compiler *compiler, const MigrateOp *op, GError **error);

#pragma GCC visibility pop

#endif
