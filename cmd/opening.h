/* Opens what a command declares as its needs, from the config and the global options. */
#ifndef MIGRATE_CMD_OPENING_H
#define MIGRATE_CMD_OPENING_H

#include "command.h"

/* Fills config, directory, engine, session and context of `invocation` by its command's needs. With NEEDS_READ_ONLY and
 * a database that does not exist yet, session stays NULL, and the context finds nothing: commands treat that as an
 * empty database. */
gboolean invocation_open(Invocation *invocation, GError **error);
void invocation_close(Invocation *invocation);

/* A configuration of a tree (NULL: the disk), with what the command line says in place of its keys. New. */
Config *invocation_load_config(const Invocation *invocation, const FileTree *tree, const char *path, GError **error);
/* The script directory that a configuration names, in a tree, which outlives it; NULL: on disk. New. */
ScriptDirectory *open_script_directory(const Config *config, const FileTree *tree, GError **error);

/* A context with the settings of migrate.ini on a session of the caller's, which stays the caller's. */
MigrationContext *invocation_context_new(const Invocation *invocation, Session *session, GError **error);

/* The engine of url, without needs: --url, or the key. */
gboolean invocation_open_engine(Invocation *invocation, GError **error);
/* A connection of the engine, and the context on it. Where the command only reads and there is no database yet, the
 * context is without a connection. */
gboolean invocation_open_session(Invocation *invocation, GError **error);

char **invocation_current(Invocation *invocation, GError **error); /* version rows; empty without a database */
/* The same, with a query's value: see migration_context_current_with(). */
char **invocation_current_with(Invocation *invocation, const char *query, char **value, GError **error);

/* naming_convention.* of the configuration, or SQLAlchemy's. */
NamingConvention *read_naming_convention(const Config *config, GError **error);

#endif
