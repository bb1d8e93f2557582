/* How the files of mysql_adapt() share the work, and what the inspector says in the same words. Private to them. */
#ifndef MIGRATE_DIALECT_MYSQL_ADAPT_H
#define MIGRATE_DIALECT_MYSQL_ADAPT_H

#include "dialect/adapter.h"
#include "dialect/mysql/mysql.h"

#pragma GCC visibility push(hidden)

typedef struct MysqlAdapter {
    Adapter adapter;
    MysqlFlavour flavour;
} MysqlAdapter;

/* --- adapt.c --- */
/* Names of character sets and collations as the catalog has them: in lower case, utf8mb3 for utf8. New string, which
 * replaces the option; nothing happens when there is none. */
void mysql_normalise_charset(GPtrArray *options, const char *name);
char *mysql_charset_name(const char *name);
/* The character set of a collation, which its name begins with; NULL: it does not tell (uca1400_ai_ci). New string. */
char *mysql_charset_of(const char *collation);
/* An option that only the other product has, which the two share in a model, is left out with a note. Static strings,
 * as for adapter_leave_out(). */
void mysql_leave_option_out(MysqlAdapter *adapter, GPtrArray *options, const char *name, const char *one,
                            const char *many);
/* FALSE with an error when a comment has more characters than the server keeps. An empty one goes. */
gboolean mysql_adapt_comment(const MysqlAdapter *adapter, char **comment, glong most, const char *what, GError **error);

/* What CREATE_OPTIONS tells of tables of the engine Aria that nobody has said: all have transactional=1, and
 * page_checksum=1 comes with the first ALTER TABLE. --- adapt.c --- */
gboolean mysql_is_aria_default(const char *name, const char *value);

/* --- adapt_column.c --- */
/* Type, character set, default and the like; not yet the numbering. */
gboolean mysql_adapt_column(MysqlAdapter *adapter, Table *table, Column *column, GError **error);
/* AUTO_INCREMENT, once the table's keys are what they will be. */
gboolean mysql_adapt_numbering(MysqlAdapter *adapter, Table *table, GError **error);
/* The canonical name of a column's type, without arguments: "VARCHAR". New string. */
char *mysql_type_word(const Column *column, MysqlFlavour flavour);

/* --- adapt_default.c --- */
/* server_default, and the option on_update, in the words in which the inspector reports them. */
void mysql_adapt_default(const Column *column, MysqlFlavour flavour, char **server_default, GPtrArray *options);

/* --- adapt_key.c --- */
/* Primary key, constraints and indexes: unique constraints become indexes, foreign keys bring theirs. */
gboolean mysql_adapt_keys(MysqlAdapter *adapter, Table *table, GError **error);
/* Whether an index or the primary key begins with these columns (char*), each as a whole. */
gboolean mysql_key_begins_with(const Table *table, const GPtrArray *columns);
/* An index's name that is free in the table: the column's, or with _2, _3 behind it. New string. */
char *mysql_free_index_name(const Table *table, const char *column);

#pragma GCC visibility pop

#endif
