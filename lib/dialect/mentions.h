/*
 * What statements that people wrote say of names, read from their tokens: what they rename, whose rows they write, what
 * they mention at all.
 */
#ifndef MIGRATE_DIALECT_MENTIONS_H
#define MIGRATE_DIALECT_MENTIONS_H

#include "dialect/dialect.h"

/* One name that a statement replaces by another. */
typedef struct SqlRename {
    char *kind; /* "table", "column", "constraint", "index", or the word behind ALTER in lower case: "view", "type" … */
    char *table; /* of a column or constraint (and of MySQL's indexes): its table, without schema; else NULL */
    char *old_name, *new_name;
} SqlRename;
/* What the statement renames (SqlRename*, new array), in its order: ALTER … RENAME, RENAME TABLE, and a CHANGE that
 * gives a column another name. */
GPtrArray *sql_renames(const Dialect *dialect, const char *sql);

/* What a column was called before all of a list of renames, and so on: writes the former names into Table.renamed_from,
 * Column.renamed_from … of `after`, where `before` has the one name and not the other, and `after` the other way round.
 * `renames` (SqlRename*) are those of all statements between the two, in order. */
void sql_renames_mark(const GPtrArray *renames, const MetaData *before, const MetaData *after);

/* The table whose rows an INSERT, UPDATE, DELETE, TRUNCATE … writes, without schema, and its verb in lower case
 * (static). NULL: it writes none that its text names first. New string. */
char *sql_written_table(const Dialect *dialect, const char *sql, const char **verb);

/* What happens to rows of a table. */
typedef enum SqlWrite {
    SQL_WRITE_ADDS = 1, /* INSERT: those that are there stay as they are */
    SQL_WRITE_CHANGES,  /* UPDATE, DELETE, TRUNCATE, REPLACE, MERGE, INSERT with ON CONFLICT or ON DUPLICATE KEY */
} SqlWrite;
/* The tables (and views) whose rows a statement writes, also in WITH and in the body of a routine or a block that it
 * defines: names without schema in lower case -> GUINT_TO_POINTER(SqlWrite); new. May hold names that are none. */
GHashTable *sql_writes(const Dialect *dialect, const char *sql);

/* It defines a routine, or runs a block or SQL in a string: what its text is about stands in strings, too. */
gboolean sql_has_body(const Dialect *dialect, const char *sql);
/* Every word of a text in lower case, those inside strings and bodies of functions, too, and the names that it quotes:
 * new set of char*. */
GHashTable *sql_all_words(const Dialect *dialect, const char *text);
/* Every name that a statement mentions, in lower case, as 'name'::regclass and as nextval('name'), too; of what defines
 * a routine or runs a block, every word in its body as well. New set of char*. */
GHashTable *sql_mentions(const Dialect *dialect, const char *sql);

/* NULL, or why what a statement touches cannot be told from its text: it runs SQL that it builds, or is about all that
 * there is by then. Static. */
const char *sql_cannot_be_told(const Dialect *dialect, const char *sql);

#endif
