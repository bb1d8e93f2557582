/*
 * What the files of MySQL's and MariaDB's dialects share: the functions behind mysql_dialect and mariadb_dialect
 * (dialect.h says what each does). Servers: MySQL 8.0 and later, MariaDB 10.6 and later. What differs between the two
 * takes a MysqlFlavour; what no server of Debian's can show (MySQL's own) is written from its manual, with the section.
 */
#ifndef MIGRATE_DIALECT_MYSQL_MYSQL_H
#define MIGRATE_DIALECT_MYSQL_MYSQL_H

#include <glib.h>

#include "dialect/dialect.h"

#pragma GCC visibility push(hidden)

typedef enum MysqlFlavour { FLAVOUR_MYSQL, FLAVOUR_MARIADB } MysqlFlavour;

/*
 * How a schema is told (schema/metadata.h): what the inspector reports, adapt() makes of a model, and the compiler
 * writes. What has its default is no option. A database is what others call a schema; only the connection's own one is
 * looked at, and names in it have no schema.
 *
 * Options
 * - table: "engine" (not InnoDB: the compiler writes ENGINE=InnoDB where there is none), "charset" and "collate" (both,
 *   when the table's collation is not the database's default), "row_format", "key_block_size", "partition_by" = all
 *   behind PARTITION BY, partitions included; "system_versioning" = "true" (MariaDB), and any other CREATE OPTION of
 *   information_schema.TABLES under its lower-case name. AUTO_INCREMENT is not reported.
 *   Of MariaDB's periods: "period_for_system_time" = "row_start, row_end" (the columns' names, in SQL) of a table whose
 *   versioning was declared with columns of its own, "period" = "p (s, e)" (PERIOD FOR p (s, e)).
 * - column: "on_update" = "CURRENT_TIMESTAMP(6)"; "invisible" = "true"; "charset" in a model (Column.collation is what
 *   the inspector gives, when it is not the table's); "srid"; "without_system_versioning" = "true"; "compressed";
 *   "row_start" or "row_end" = "true" (GENERATED ALWAYS AS ROW START)
 * - primary key: without a name; "key_parts" = "a(10), b DESC" where they are more than its columns' names
 * - constraint CHECK: "column" = the column whose definition holds it (MariaDB; its name is the column's);
 *   "not_enforced" = "true" (MySQL)
 * - constraint FOREIGN KEY: RESTRICT and NO ACTION are one to InnoDB, and no rule at all here
 * - index: "prefix" = "FULLTEXT" or "SPATIAL"; "with_parser"; "invisible" = "true" (MySQL INVISIBLE, MariaDB IGNORED);
 *   "without_overlaps" = the period that is its last part (MariaDB). KEY_BLOCK_SIZE of an index is in no catalog.
 *   Index.using is NULL for what the engine takes by itself (btree; MEMORY: hash), and on anything but MEMORY always;
 *   IndexColumn.length is a prefix in characters, IndexColumn.expression a functional part (MySQL).
 *
 * Keys: a unique key is an Index with `unique`, never a constraint: the catalog keeps no difference, so adapt() makes
 * unique constraints of a model unique indexes (without a name: the name that the server would choose). The index that
 * the server adds for a foreign key is added to the model by adapt(), with Index.implied, where no other index or key
 * of the table begins with the columns: its name is the foreign key's, without one the first column's.
 *
 * Types: generic where type_sql() of the generic type gives the same type back, else NATIVE in the spelling of
 * information_schema in capitals, without display widths (INTEGER UNSIGNED, ENUM('a','b'), DATETIME(6) is
 * DateTime(precision=6), TINYINT(1) is Boolean, YEAR, BIT(8), MEDIUMTEXT). An Enum of a model is ENUM(…), whatever its
 * name. MariaDB's JSON (LONGTEXT with a JSON_VALID check of the column) is JSON, and the check is not reported; its
 * Uuid is UUID, MySQL's CHAR(32).
 *
 * Defaults, checks, generated columns and views are reported as the server writes them, but for: string literals in
 * quotes as SQL, current_timestamp() as CURRENT_TIMESTAMP, MariaDB's DEFAULT NULL as none, and names qualified with
 * the connection's database without it. A view's definition is CREATE [ALGORITHM = …] [SQL SECURITY INVOKER] VIEW name
 * AS …; DEFINER is left out everywhere. The kinds of objects: view, trigger, function, procedure, event; sequences are
 * MetaData's (MariaDB).
 */

/* --- lexer.c --- sql_mode is the one that connection_setup pins: backslash escapes in strings, "x" a string, || an
 * operator. A comment that servers execute (with ! or M! behind its beginning, and a version) is SQL_TOKEN_CONDITION at
 * its beginning and its end, and what stands between is tokens as anywhere: it counts in hashes, and SqlReader reads it
 * as if the server did, whatever the version. Only versions that no server has (99999, 999999) make a plain comment.
 * PARAMETER is also @name, @`name`, @@global.name as a whole, the host of an account (@`%`), and "?". The introducer in
 * _utf8mb4'x' is a WORD; N'x', x'00' and b'01' are one STRING. */
SqlToken mysql_next_token(const char *text, gsize length, gsize position);
gboolean mysql_is_reserved(const char *word, gsize length); /* needs quotes as a name, in either product */

/* --- split.c --- bodies of routines, triggers and events (BEGIN … END, IF, CASE, LOOP …) are one statement without
 * DELIMITER; DELIMITER lines of the client are understood as well (a body then goes up to the delimiter). Its other
 * commands, \G as well, are DIALECT_ERROR_SYNTAX with what to do instead. */
GPtrArray *mysql_split(const char *text, gsize length, GError **error);
GPtrArray *mysql_split_model(const char *text, gsize length, GError **error);
/* As the client needs it: with DELIMITER around what has a semicolon in it. */
void mysql_append_statement(GString *script, const char *sql);

/* --- statements.c: what kind of statement it is; in front of its verb may stand parentheses and MariaDB's SET
 * STATEMENT … FOR --- */
/* TRUE when it commits by itself (the manuals' lists of statements that cause an implicit commit), also where it fails.
 * ALTER TABLE counts for temporary tables too. */
gboolean mysql_refuses_transaction(const char *sql, gsize length);
/* What it runs is not in it: CALL, EXECUTE; or anywhere in it: BEGIN NOT ATOMIC and MariaDB's other compound
 * statements. */
gboolean mysql_may_commit(const char *sql, gsize length);
/* BEGIN, COMMIT, XA, SET autocommit …, and what would lock the run out of its own tables (LOCK TABLES). */
gboolean mysql_controls_transaction(const char *sql, gsize length);
/* Dialect.refusal: USE, and what locks tables (of which mysql_controls_transaction() knows, too). */
const char *mysql_refusal(const char *sql, gsize length);
/* Dialect.estimate_rows: of information_schema, or counted. */
gboolean mysql_estimate_rows(Connection *connection, RowQuestion *questions, guint n, GError **error);
/* Dialect.reaches_beyond: users, databases, settings of the server, and what is written with another database in front
 * of its name. */
const char *mysql_reaches_beyond(const char *sql, gsize length);
/* SET of variables of the session and of user variables, USE, PREPARE. Not CREATE TEMPORARY TABLE: its rows are gone
 * with the connection. */
/* TRUE when SET assigns to this variable of the connection; when it assigns to one of the server. */
gboolean mysql_sets_variable(const char *sql, gsize length, const char *variable);
gboolean mysql_sets_server(const char *sql, gsize length);
gboolean mysql_sets_session(const char *sql, gsize length);

/* --- mysql.c: quoting --- */
char *mysql_quote_identifier(const char *name); /* in backticks where needed */
char *mysql_quote_literal(const char *value);   /* backslashes doubled */

/* --- types.c --- */
char *mysql_type_sql(const SqlType *type, MysqlFlavour flavour, GError **error);
SqlType *mysql_type_from_sql(const char *spelling, MysqlFlavour flavour);
/* The canonical name of a generic type that is the same whatever its arguments are; NULL: only its spelling tells. */
const char *mysql_generic_name(const SqlType *type);
gboolean mysql_type_equal(const SqlType *a, const SqlType *b, MysqlFlavour flavour);
/* What a model's type may say besides the type: "VARCHAR(20) CHARACTER SET latin1". NULL, FALSE: nothing. */
typedef struct MysqlTypeAttributes {
    char *charset, *collation; /* new */
    gboolean binary;           /* BINARY behind it: the character set's _bin collation */
    gboolean serial;           /* SERIAL: NOT NULL, AUTO_INCREMENT and a unique key */
    gboolean compressed;       /* COMPRESSED (MariaDB) */
} MysqlTypeAttributes;
void mysql_type_attributes_clear(MysqlTypeAttributes *attributes);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MysqlTypeAttributes, mysql_type_attributes_clear)
/* mysql_type_from_sql(), and what else is said; `attributes` may be NULL. */
SqlType *mysql_read_type(const char *spelling, MysqlFlavour flavour, MysqlTypeAttributes *attributes);
/* "MySQL", "MariaDB": for messages. */
#define mysql_product(flavour) ((flavour) == FLAVOUR_MARIADB ? "MariaDB" : "MySQL")

/* --- equal.c --- */
void mysql_unify(GPtrArray *words);

/* --- adapt.c --- */
gboolean mysql_adapt(MetaData *model, MysqlFlavour flavour, GPtrArray *notes, GError **error);
/* Leaves out of an adapted model the character sets and collations that tables, columns, parameters and results of
 * routines say although the live database has them by default. --- adapt_live.c --- */
gboolean mysql_adapt_to_live(MetaData *model, const MetaData *live, MysqlFlavour flavour, GError **error);
/* Makes a model's definition of a view, trigger, routine or event say what the inspector reports, where words make the
 * only difference (OR REPLACE, IF NOT EXISTS, DEFINER). DIALECT_ERROR_SYNTAX when it is no CREATE statement of that
 * kind and name. --- object.c --- */
gboolean mysql_adapt_object(SchemaObject *object, MysqlFlavour flavour, GPtrArray *notes, GError **error);
/* Adapted definitions: all but a body may be spelled in several ways. Both servers keep bodies as they are written, so
 * that they are the same only token by token. */
gboolean mysql_object_equal(const SchemaObject *a, const SchemaObject *b);
/* FALSE, with DIALECT_ERROR_SYNTAX, when a model's definition holds more than one statement, or an unfinished one. */
gboolean mysql_object_is_one_statement(const SchemaObject *object, GError **error);
/* Behind it, for all triggers of a model: where there are several for one event of one table, the first has no FOLLOWS
 * or PRECEDES, and each other FOLLOWS the one before it. DIALECT_ERROR_UNSUPPORTED when one names a trigger that is not
 * there. --- object_trigger.c --- */
gboolean mysql_order_triggers(MetaData *model, GError **error);

/* Dialect.fold. --- fold.c --- */
void mysql_fold(const MigrateOp *op, const MetaData *state);

/* --- inspector.c --- at most 12 queries of information_schema */
MetaData *mysql_inspect(Connection *connection, const InspectOptions *options, MysqlFlavour flavour, GError **error);
GPtrArray *mysql_existing_tables(Connection *connection, const char *schema, const char *const *names, GError **error);

/* --- partition.c --- What stands behind PARTITION BY in the form that the inspector gives, so that what means the same
 * is the same text: keywords in capitals, names without needless quotes, single spaces, "=" behind a partition's
 * settings; without ENGINE where it is `engine` (NULL: InnoDB), and without STARTS. New string. */
char *mysql_partition_by(const char *text, const char *engine);

/* --- compiler.c --- */
GPtrArray *mysql_compile(const GPtrArray *ops, const MetaData *before, MysqlFlavour flavour, GError **error);

/* --- journal.c, find_effect.c: what statements do to the catalog; nothing is written. The mark is one line of JSON:
 * {"class": "drop", "objects": [{"kind": "table", "schema": …, "name": "t", "wish": "gone", "state": SHA-256 of SHOW
 * CREATE TABLE, or null: there is none, or "unreadable"}], "risk": why it must not be sent again although all looks as
 * before}; without "schema" the object is in the connection's database, without "risk" it may be sent again. DROP of a
 * list can be EFFECT_PARTLY. DDL of engines that MariaDB's atomic DDL does not cover is not told apart. --- */
gboolean mysql_state_before(Connection *connection, const char *sql, gsize length, char **state, GError **error);
gboolean mysql_resume_statement(Connection *connection, const char *sql, gsize length, const char *state,
                                StatementOutcome *outcome, GError **error);
gboolean mysql_find_effect(Connection *connection, const char *sql, gsize length, StatementOutcome *outcome,
                           GError **error);
gboolean mysql_share_object(const char *a, gsize a_length, const char *b, gsize b_length);

/* --- sql_model.c --- */
void mysql_read_model_statement(ModelScript *script, const char *sql, gsize length, ModelStatement *answer);

/* --- engines.c --- information_schema.TABLES and .ENGINES (TRANSACTIONS) */
gboolean mysql_rolls_back(Connection *connection, const char *sql, gsize length, gboolean *does, GError **error);

/* --- blockers.c: Dialect.blockers_query --- */
char *mysql_blockers_query(gint64 backend_id);
char *mariadb_blockers_query(gint64 backend_id);

/* The sql_mode of every connection of ours, which both products have and the lexer counts on; strict, so that nothing
 * is cut off in silence. */
#define MYSQL_SQL_MODE "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"
/* The server's default, and what MySQL 8.0 always does: GRANT makes no accounts. */
#define MARIADB_SQL_MODE "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION"
/* Static. */
const char *mysql_own_sql_mode(MysqlFlavour flavour);

/* --- sql_mode.c --- */
/* Modes by name, in capitals, sorted, without what says nothing about a text; NULL: those of our connections. New
 * string. */
char *mysql_sql_mode(const char *written, MysqlFlavour flavour);
/* Two modes of objects (NULL: the tool's own) that differ in nothing but whether GRANT makes accounts. */
gboolean mysql_mode_same_code(const char *a, const char *b);
/* TRUE when a text means something else in these modes (NULL: ours) than in ours. */
gboolean mysql_mode_reads_otherwise(const char *sql_mode);
gboolean mysql_mode_quotes_names(const char *sql_mode); /* "x" is a name */

/* An expression without the names of `database` in front of its own (`d`.`sequence`). New string. --- read_text.c ---
 */
char *mysql_without_database(const char *expression, const char *database);

#pragma GCC visibility pop

#endif
