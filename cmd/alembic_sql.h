/* What `alembic upgrade A:B --sql` and `alembic downgrade B:A --sql` print, cut into revisions. */
#ifndef MIGRATE_CMD_ALEMBIC_SQL_H
#define MIGRATE_CMD_ALEMBIC_SQL_H

#include "dialect/dialect.h"

/* The revisions of such a text, each with its blocks. */
typedef struct AlembicSql {
    GHashTable *blocks; /* id (char*) -> GPtrArray of SqlBlock*, which is empty where Alembic has nothing to run */
    GPtrArray *ids;     /* char*, in the text's order */
    GPtrArray *places;  /* char*: "FILE:LINE" of their "-- Running" comments */
} AlembicSql;
AlembicSql *alembic_sql_new(void);
void alembic_sql_free(AlembicSql *sql);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AlembicSql, alembic_sql_free)

/* Adds a text to `sql`; `up`: it is an upgrade's. Statements are split by the dialect's lexer and belong to the "--
 * Running upgrade A -> B" comment before them. BEGIN and COMMIT only tell which of them stand in a transaction, where
 * the text has any; what Alembic does to its own version table (`version_table`, and alembic_version) is left out.
 * Where the dialect rebuilds tables, a block that drops a table runs with foreign keys off, as Alembic's do on that
 * database. A revision may stand in several runs (the ways down from several heads share ancestors), when they say the
 * same. Errors (BASE_ERROR_SYNTAX) start with FILE:LINE, `path` being FILE. */
gboolean alembic_sql_add(AlembicSql *sql, const char *path, const char *text, gsize length, const Dialect *dialect,
                         gboolean up, const char *version_table, GError **error);

#endif
