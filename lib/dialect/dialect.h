/*
 * What a dialect must offer: one const struct of functions and capability bits. A dialect has no state; its only I/O
 * is reading the catalog through a Connection.
 */
#ifndef MIGRATE_DIALECT_DIALECT_H
#define MIGRATE_DIALECT_DIALECT_H

#include <glib.h>

#include "base/text.h"
#include "driver/driver.h"
#include "operations/operations.h"
#include "schema/metadata.h"

typedef enum DialectCapability {
    DIALECT_TRANSACTIONAL_DDL = 1 << 0, /* DDL rolls back */
    DIALECT_FILE_LOCK = 1 << 1,         /* runs are serialised by a lock file beside the database */
    DIALECT_COMMENTS = 1 << 2,
    DIALECT_SCHEMAS = 1 << 3,
    DIALECT_ENUM_TYPES = 1 << 4,
    DIALECT_SEQUENCES = 1 << 5,
    DIALECT_IGNORE_CASE = 1 << 6,          /* identifiers compare without ASCII case */
    DIALECT_LATE_REFERENCES = 1 << 7,      /* a foreign key may name a table that does not exist yet */
    DIALECT_TABLE_REBUILD = 1 << 8,        /* ALTER TABLE is so poor that tables are rebuilt */
    DIALECT_MEMORY_SCRATCH = 1 << 9,       /* a scratch database is free: in memory */
    DIALECT_SERIAL = 1 << 10,              /* sequences and identity columns number rows, not the row id itself */
    DIALECT_NAMES_IN_CHARACTERS = 1 << 11, /* max_identifier_length counts characters */
    /* Views, triggers and routines are kept as texts whose names are looked up when they are used: nothing has to step
     * aside for what changes beneath, and nobody writes new names into them but for the table that a trigger is on. */
    DIALECT_OBJECTS_BY_NAME = 1 << 12,
    /* Names of constraints and indexes are found without case: one in other letters is the same name. */
    DIALECT_KEYS_IGNORE_CASE = 1 << 13,
    /* A foreign key's columns have the very types of those they refer to: both are altered while the key is away. */
    DIALECT_EXACT_REFERENCES = 1 << 14,
    DIALECT_SQL_MODE = 1 << 15,     /* routines, triggers and events keep the sql_mode that they were created in */
    DIALECT_LOOSE_VALUES = 1 << 16, /* a value need not fit its column's type: a narrower one takes what is there */
} DialectCapability;

typedef enum SqlTokenKind {
    SQL_TOKEN_WORD,   /* identifier or keyword, as written */
    SQL_TOKEN_QUOTED, /* quoted identifier, quotes included */
    SQL_TOKEN_STRING, /* string or blob literal, quotes included */
    SQL_TOKEN_NUMBER,
    SQL_TOKEN_PARAMETER, /* ?1 :name @name $name */
    SQL_TOKEN_OPERATOR,  /* one operator or punctuation: || <= ( ) , … */
    SQL_TOKEN_SEMICOLON,
    SQL_TOKEN_SPACE, /* white space and line ends, BOM */
    SQL_TOKEN_COMMENT,
    SQL_TOKEN_UNFINISHED, /* string, quoted identifier or comment without its end; runs to the end of the text */
    SQL_TOKEN_ILLEGAL,    /* a byte that no token starts with */
    /* Beginning or end of a comment whose text a server executes when it is of a certain version (MySQL). It counts,
     * but who reads statements skips it. */
    SQL_TOKEN_CONDITION,
    SQL_TOKEN_END,
} SqlTokenKind;

typedef struct SqlToken {
    SqlTokenKind kind;
    gsize start, length; /* bytes of the text */
} SqlToken;

/* One statement of a longer text, without its terminator and without comments and space around it. */
typedef struct SqlStatement {
    gsize start, length; /* bytes of the text that was split */
    int line, column;    /* from 1, of its first token, counted from the start of the text */
    /* Rows that follow COPY … FROM STDIN, up to the line "\\." (not included); length 0 and start 0: none. */
    gsize data_start, data_length;
    gboolean has_data;
} SqlStatement;

/* Rows inside a text that is read as tokens: bytes of it, and the place behind the line that ends them. */
typedef struct SqlInlineData {
    gsize start, length, behind;
} SqlInlineData;

/* Statements that belong in one section of a revision file. */
typedef struct SqlBlock {
    gboolean foreign_keys_off; /* section option foreign-keys:off */
    gboolean transactional;    /* FALSE: transaction:false */
    GPtrArray *statements;     /* char*, without terminator */
} SqlBlock;
SqlBlock *sql_block_new(gboolean transactional, gboolean foreign_keys_off);
void sql_block_free(SqlBlock *block);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SqlBlock, sql_block_free)
/* Whether two lists of SqlBlock* say the same, word by word. */
gboolean sql_blocks_equal(const GPtrArray *a, const GPtrArray *b);

/* What becomes of a statement of a model in SQL, which may be a dump, in the scratch database where the model is run.
 */
typedef enum ModelFate {
    MODEL_RUN,    /* it is sent */
    MODEL_READS,  /* it is sent, and may read rows that the model has written */
    MODEL_ROWS,   /* it writes rows: sent only when a statement behind it may read them */
    MODEL_TRY,    /* it is sent alone; refused with one of `forgiven` (NULL: none), it is left out for `reason` */
    MODEL_SKIP,   /* left out: what it does is no part of a schema, or not for a scratch database */
    MODEL_REFUSE, /* it would reach beyond the scratch database, or cannot be done */
} ModelFate;
typedef struct ModelStatement {
    ModelFate fate;
    char *sql;                   /* what is sent instead; new; NULL: the statement as it is */
    char *reason;                /* new; SKIP, TRY: "privileges"; REFUSE: why, behind a line end what to do */
    const char *const *forgiven; /* SQLSTATEs, or numbers where the server's errors have them; NULL-terminated */
    const char *advice;          /* what to do when the server refuses it; NULL */
} ModelStatement;
void model_statement_clear(ModelStatement *statement);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ModelStatement, model_statement_clear)
/* For a dialect's answer. `reason` is copied. */
void model_statement_set(ModelStatement *statement, ModelFate fate, const char *reason);
/* What the statements before it have said. Starts with zeros. */
typedef struct ModelScript {
    char *database;   /* what the model calls its own database (USE, \connect); NULL: nothing yet */
    gboolean creates; /* something was created */
} ModelScript;

/* The model goes to a database of this name: SKIP, and REFUSE (and FALSE) when it has been another before. */
gboolean model_script_is_of(ModelScript *script, const char *database, ModelStatement *answer);

/* Which objects the inspector leaves out, by name. NULL members: no filter. */
typedef struct InspectOptions {
    const char *const *ignore_tables;   /* exact names (the version and history tables), NULL-terminated */
    const char *const *include_schemas; /* NULL-terminated, or NULL for the default schema */
    /* What is in this schema is reported without schema; NULL: the first of the search path. */
    const char *default_schema;
    /* The caller's transaction may be rolled back behind the queries, in the same round trip. A hint: the caller looks
     * whether it was. */
    gboolean roll_back;
    /* What belongs to other tables than this one may be left out. A hint, too. */
    const char *only_table;
    /* Also fill MetaData.not_modelled, which takes a query of its own. */
    gboolean not_modelled;
} InspectOptions;

/* A table (schema NULL: the default one), and the answer of Dialect.estimate_rows. */
typedef struct RowQuestion {
    const char *schema, *table;
    RowEstimate rows;
} RowQuestion;
enum { ROWS_COUNTED = 100000 };

/* A migration lock that the server keeps for a connection, which dies with the process: one of its own, or with
 * `on_session` the one that does the work. That is right where a server goes on with the statement of a client that has
 * died: the lock then outlives the client until the statement has ended. `name` tells locks of one server apart
 * (version table; the database is added by the dialect where the server needs that). All strings new. */
typedef struct DialectLock {
    gboolean on_session;
    char *(*release_query)(const char *name); /* on_session only */
    const char *const *begin;                 /* sent first; NULL-terminated; NULL with on_session */
    /* One row: 't' or '1' when the lock is ours now, and maybe a second value: a warning to be said once, or NULL.
     * Never waits. */
    char *(*try_query)(const char *name);
    char *(*holder_query)(const char *name); /* rows of one text: who holds it and since when; may give none */
    /* Sent behind each query on this connection, in the same round trip: in the extended protocol a query's portal, and
     * with it its snapshot, which CREATE INDEX CONCURRENTLY of the other connection waits for, lives until the next
     * statement. One that takes no snapshot itself; NULL: no need. */
    const char *rest;
} DialectLock;

/* How rows are written in INSERT (bulk_insert.h). */
typedef struct ValueStyle {
    guint max_parameters;                      /* of one statement */
    gboolean numbered_parameters;              /* $1, $2 …; else ? */
    gboolean boolean_words;                    /* true and false; else 1 and 0 */
    gboolean uuid_digits;                      /* a Uuid is kept as 32 digits without dashes */
    gboolean space_before_time;                /* DateTime: "2026-01-02 03:04:05", where ISO 8601 has a T */
    gboolean no_time_zones;                    /* times have no offset from UTC */
    const char *binary_prefix, *binary_suffix; /* around the hexadecimal digits of bytes */
    const char *default_row;                   /* behind "INSERT INTO t": a row of defaults */
} ValueStyle;

/* What became of a statement outside transactions. */
typedef enum StatementEffect {
    EFFECT_NONE,    /* it did not take effect, or to send it (again) does no harm */
    EFFECT_DONE,    /* it took effect, all of it */
    EFFECT_PARTLY,  /* `rest` is what remains to be sent */
    EFFECT_UNKNOWN, /* the catalog cannot tell: `reason` */
} StatementEffect;
typedef struct StatementOutcome {
    StatementEffect effect;
    char *rest;   /* new; EFFECT_PARTLY only */
    char *reason; /* new; EFFECT_UNKNOWN: "a CALL leaves no trace in the catalog" */
} StatementOutcome;
void statement_outcome_clear(StatementOutcome *outcome);

typedef struct Dialect Dialect;
struct Dialect {
    const char *name;            /* "sqlite" */
    guint capabilities;          /* DialectCapability */
    guint max_identifier_length; /* bytes, with DIALECT_NAMES_IN_CHARACTERS characters; 0 none */

    /* lexer.c */
    SqlToken (*next_token)(const char *text, gsize length, gsize position);
    /* Statements of a text; comments-only statements are left out. DIALECT_ERROR_SYNTAX with LINE:COLUMN for an
     * unfinished string, comment or trigger body. `items` are SqlStatement*, owned by the array. */
    GPtrArray *(*split)(const char *text, gsize length, GError **error);

    /* Optional: as split(), of a text for the product's own client: its commands, where a statement could begin, are
     * statements up to the end of their line. NULL: split() does. */
    GPtrArray *(*split_model)(const char *text, gsize length, GError **error);
    /* What becomes of a statement (without terminator) of a model in SQL; `answer` is zero. */
    void (*read_model_statement)(ModelScript *script, const char *sql, gsize length, ModelStatement *answer);
    /* Optional: statements for the connection that runs a model in an empty database, so that names without a schema
     * mean there what they mean on `live` (NULL: not known); *schema (new) is that schema. New NULL-terminated. */
    char **(*model_setup)(Connection *live, char **schema, GError **error);
    /* Optional: a query for the names of the schemas that are not the server's own. */
    const char *user_schemas_query;

    /* Optional: TRUE when rows follow the terminator at byte `terminator`, which ends the statement that begins at
     * `statement` (COPY … FROM STDIN): fills *data, to the text's end when the line "\\." is missing. */
    gboolean (*inline_data)(const char *text, gsize length, gsize statement, gsize terminator, SqlInlineData *data);

    /* Optional: adds a statement to a script so that the product's own client takes it as one (bodies with ";" need its
     * DELIMITER), with a line end. NULL: ";" behind it is enough. */
    void (*append_statement)(GString *script, const char *sql);
    /* Optional: statements at the top of a script of a whole schema, so that it means the same whatever the client's
     * settings and the order of its functions. NULL-terminated. */
    const char *const *script_setup;

    /* types.c */
    char *(*type_sql)(const SqlType *type, GError **error); /* "VARCHAR(20)": new string */
    /* The type of a catalog spelling: the generic one when type_sql() of it gives the same spelling back, else NATIVE.
     */
    SqlType *(*type_from_sql)(const char *spelling);
    gboolean (*type_equal)(const SqlType *a, const SqlType *b); /* equal for the database, whatever the spelling */

    /* Optional: writes what means the same in the same words, in the words of a text as sql_normalise() joins them
     * (char*, owned by the array): for what the database itself keeps as different as it was said. */
    void (*unify)(GPtrArray *words);
    /* Optional: TRUE when the definitions of two objects of one kind mean the same. NULL: sql_equal() knows. */
    gboolean (*object_equal)(const SchemaObject *a, const SchemaObject *b);

    char *(*quote_identifier)(const char *name); /* quotes only where needed: new string */
    char *(*quote_literal)(const char *value);   /* NULL gives NULL (the word): new string */

    const ValueStyle *value_style;

    /* Makes a model say what this database can store (enums become VARCHAR + CHECK, comments go …), so that it can
     * be compared with what the inspector gives. Changes `model`; adds a line to `notes` (char*) for everything that
     * was left out. */
    gboolean (*adapt)(MetaData *model, GPtrArray *notes, GError **error);

    /* Optional, behind adapt(): leaves out of the model what `live` has by default anyway, which adapt() cannot know.
     */
    gboolean (*adapt_to_live)(MetaData *model, const MetaData *live, GError **error);

    /* inspector.c: the live schema in a fixed number of queries, sorted by name. Inside the caller's transaction when
     * there is one. */
    MetaData *(*inspect)(Connection *connection, const InspectOptions *options, GError **error);

    /* compiler.c: the SQL of `ops` (sorted) on a database that looks like `before`. New GPtrArray of SqlBlock*.
     * DIALECT_ERROR_UNSUPPORTED names what cannot be done. */
    GPtrArray *(*compile)(const GPtrArray *ops, const MetaData *before, GError **error);

    /* Optional, behind migrate_op_apply(): what the server changes by itself in definitions that the op is not about (a
     * trigger's table is renamed, the trigger it FOLLOWS is dropped). */
    void (*fold)(const MigrateOp *op, const MetaData *state);

    /* About how many rows each of the tables has: what the catalog estimates where they are many, else counted, up to
     * ROWS_COUNTED. In one round trip, waiting for no lock for long, outside transactions. A table that cannot be read
     * fails it all. */
    gboolean (*estimate_rows)(Connection *connection, RowQuestion *questions, guint n, GError **error);

    /* Statements around a run. Static strings. */
    const char *begin, *commit, *rollback;
    /* Optional: what follows BEGIN in the same round trip (SET LOCAL lock_timeout …). Seconds; 0 for statement_timeout:
     * none. New NULL-terminated array. */
    char **(*transaction_setup)(double lock_timeout, double statement_timeout);
    const DialectLock *lock; /* NULL: a lock file, or none */
    /* Optional: rows of one text: who keeps connection `backend_id` waiting (its pid, program, age, query). New. */
    char *(*blockers_query)(gint64 backend_id);
    /* Optional: statements that open a transaction in which scratch objects can be created, where unqualified names are
     * created in a schema of their own, `schema`, or with `temporary` in the connection's temporary schema (for roles
     * that may not create a schema), and everything else is still found; it is always rolled back. New. */
    char **(*scratch_begin)(Connection *live, const char *schema, gboolean temporary);
    /* Where DDL cannot be rolled back: scratch_begin (which gives NULL with `temporary`) creates a database for the
     * scratch objects, with the collation of that of `live`, and goes there; nothing outside of it is found. These
     * statements drop it and go back to the database `home`, come what may. NULL: a transaction, as above. New. */
    char **(*scratch_end)(const char *schema, const char *home);
    /* Optional: a throw-away database of a server, with the encoding and the collations of that of `home`, a connection
     * in no transaction that stays open as long as it is used. Statements, to be sent one by one. They take care that
     * scratch_left_query of other runs does not give it. New NULL-terminated array. */
    char **(*scratch_database_create)(Connection *home, const char *name, GError **error);
    /* They drop it (it may not be there) when its own connections are closed. New NULL-terminated array. */
    char **(*scratch_database_drop)(Connection *home, const char *name);
    /* What a user needs who may not create one: "the right CREATEDB (…)". */
    const char *scratch_database_right;
    /* Codes of the errors that say that a right is missing: server_error_is_one_of(). */
    const char *const *forbidden_errors;
    /* A query for the names of such databases that killed runs have left. */
    const char *scratch_left_query;
    /* The kinds of objects that must be created to learn how the database writes them; NULL-terminated. NULL: all that
     * can be created there. Others are kept as they were said. */
    const char *const *scratch_kinds;
    /* Optional, before a statement (without terminator) is sent that commits by itself: what the objects that it is
     * about look like, as one line of text for the journal (new), from which resume_statement can tell later whether it
     * took effect. *state NULL: to repeat it does no harm. */
    gboolean (*state_before)(Connection *connection, const char *sql, gsize length, char **state, GError **error);
    /* Optional, for a statement outside transactions that was in flight when its run died: looks in the catalog
     * whether it took effect, and removes what it has left half-made (an INVALID index), so that it can be sent again.
     * `state` is what state_before said (NULL: nothing, or the dialect has no such function); it stands for itself: the
     * statement may have been edited since, and is only asked for `rest`. */
    gboolean (*resume_statement)(Connection *connection, const char *sql, gsize length, const char *state,
                                 StatementOutcome *outcome, GError **error);
    /* Optional: whether what the statement wants is so already (EFFECT_DONE: CREATE of what is there, DROP of what is
     * gone, ALTER TABLE whose clauses have all taken effect), not yet (EFFECT_NONE), or in part or unknowable
     * (EFFECT_UNKNOWN), without knowing what was before: for taking back a revision that is half applied. */
    gboolean (*find_effect)(Connection *connection, const char *sql, gsize length, StatementOutcome *outcome,
                            GError **error);
    /* Optional, for a statement that does not commit by itself: *does is FALSE when it names a table whose engine has
     * no transactions: what it has written is then not rolled back with its journal row. One query (none without
     * names); tables that only a view, a trigger or a function of it reaches are not looked at. */
    gboolean (*rolls_back)(Connection *connection, const char *sql, gsize length, gboolean *does, GError **error);
    /* Optional: TRUE when two statements that commit by themselves are about an object of the same name (ALTER TABLE t
     * and DROP TABLE t), two changes of one table only when they name the same in it. */
    gboolean (*share_object)(const char *a, gsize a_length, const char *b, gsize b_length);
    /* Optional: sent once on each new connection, before anything else, and at the top of what is written for later
     * (sql_mode, time-outs). Seconds; 0 for statement_timeout: none. New NULL-terminated array. */
    char **(*connection_setup)(double lock_timeout, double statement_timeout);
    /* Optional: the dialect of the server that answers, when a URL's is one of several that a server of its kind may
     * speak (MySQL and MariaDB). */
    const Dialect *(*of_server)(Connection *connection);
    /* Sent once before a run's first transaction, so that revisions see the database as applications do (SQLite:
     * foreign_keys=ON). NULL-terminated list, or NULL. */
    const char *const *session_setup;
    /* What the runner does around a section with foreign_keys_off: each NULL-terminated list of statements, or NULL. */
    const char *const *before_foreign_keys_off; /* outside the transaction */
    const char *const *after_foreign_keys_off;  /* outside the transaction, also after a failure */
    /* A query whose one value is 0 while foreign keys are off: it proves that before_foreign_keys_off took effect.
     * NULL: nothing to prove. */
    const char *foreign_keys_query;
    /* Optional: checks inside the transaction; `baseline` (new, from start) makes sure that old violations are not
     * blamed on us. */
    gboolean (*check_begin)(Connection *connection, gpointer *baseline, GError **error);
    gboolean (*check_end)(Connection *connection, gpointer baseline, GError **error);
    void (*baseline_free)(gpointer baseline);
    /* At the start and end of such a section inside the transaction (SQLite: legacy_alter_table), or NULL. */
    const char *section_begin, *section_end;

    /* TRUE when the statement (without terminator) cannot run inside a transaction (VACUUM …), or ends it by committing
     * (DDL where it is not transactional). */
    gboolean (*refuses_transaction)(const char *sql, gsize length);
    /* Optional: TRUE when the statement may commit by itself, which it only can outside transactions (CALL): there it
     * is sent alone. Inside one it runs, too, as long as it does not. */
    gboolean (*may_commit)(const char *sql, gsize length);
    /* TRUE when the statement itself controls transactions (BEGIN, COMMIT, ROLLBACK, SAVEPOINT, …). */
    gboolean (*controls_transaction)(const char *sql, gsize length);
    /* Optional: NULL, or why a statement has no place in a revision although it controls no transaction, and behind a
     * line end what to do instead (USE, LOCK TABLES: they cut the run off from its own tables). */
    const char *(*refusal)(const char *sql, gsize length);
    /* Optional: NULL, or what a statement would change beyond the database it runs in ("roles, which belong to the
     * whole server"): nothing for a throw-away one. What a routine does that is called is not known. Static. */
    const char *(*reaches_beyond)(const char *sql, gsize length);
    /* Optional: TRUE when the statement changes nothing but the connection, or does no harm when it is sent again
     * (PRAGMA, ATTACH). A resumed run sends it to its new connection too. */
    gboolean (*sets_session)(const char *sql, gsize length);
    /* Names of existing tables among the given, "SELECT name …" : one query. For ensure_version. New array of char*. */
    GPtrArray *(*existing_tables)(Connection *connection, const char *schema, const char *const *names, GError **error);
    /* Optional: a query whose one value is the schema that names without one are in. */
    const char *default_schema_query;
    /* Of the tool's own tables: the type of texts of any length (NULL: TEXT), and what follows the closing parenthesis
     * of CREATE TABLE (NULL: nothing), with a space in front. */
    const char *long_text_type, *own_table_suffix;
    /* "now" as an SQL expression giving UTC "YYYY-MM-DDTHH:MM:SS.mmmZ" text. Static. */
    const char *now_utc;
};

extern const Dialect sqlite_dialect;
extern const Dialect postgresql_dialect;
extern const Dialect mysql_dialect, mariadb_dialect;

/* Looks a dialect up by a URL's dialect name ("sqlite", "postgresql", "mysql", "mariadb"). NULL with
 * ENGINE_ERROR_DIALECT naming those in this build. */
const Dialect *dialect_find(const char *name, GError **error);
extern const Dialect *const dialects[]; /* NULL-terminated */

/* --- shared by all dialects (dialect.c, tokens.c) --- */

/* TRUE for an op without if_exists and if_not_exists, and for the kinds that are in `kinds` (1 << OpKind);
 * DIALECT_ERROR_UNSUPPORTED for others: `product` has no such clause. */
gboolean dialect_check_existence(const MigrateOp *op, guint kinds, const char *product, GError **error);

/* Adds to metadata->not_modelled from rows of six texts: subject, text, and each NULL where it does not matter: the
 * table it hangs on (ignore_tables), kind, schema and name of an object or sequence that the MetaData may have after
 * all. The kind "out of scope" says so (NotModelled). */
gboolean dialect_read_not_modelled(Result *rows, const InspectOptions *options, MetaData *metadata, GError **error);

/* TRUE when names are quoted `x`: MetaData.backticks of a schema that does not come from the database. */
gboolean dialect_has_backticks(const Dialect *dialect);

/* The next token that is neither space nor comment, from *position, which moves behind it. */
SqlToken sql_next_significant(const Dialect *dialect, const char *text, gsize length, gsize *position);
gboolean sql_token_is(const SqlToken *token, const char *text,
                      const char *word); /* WORD, ASCII case ignored, or OPERATOR */
/* The name in a token (a string that stands for a name, too): without quotes, doubled quotes undone. New string. */
char *sql_token_identifier(const SqlToken *token, const char *text);

/* Lines and columns of places in a text that is read once from its start: each byte is counted once, as long as the
 * places ascend; going back is slower. A byte order mark has no column. */
typedef struct SqlLines {
    const char *text;
    gsize length, counted;
    TextPosition position; /* of byte `counted` */
} SqlLines;
void sql_lines_init(SqlLines *lines, const char *text, gsize length);
TextPosition sql_lines_at(SqlLines *lines, gsize offset);
/* DIALECT_ERROR_SYNTAX, "LINE:COLUMN: what". Always FALSE. */
gboolean sql_lines_refuse(SqlLines *lines, gsize offset, const char *what, GError **error);

/* `text` between two `mark`s, those inside doubled. New string. */
char *sql_quote(const char *text, char mark);
/* TRUE when the word is among `words`, which are sorted; ASCII case is ignored. */
gboolean sql_is_word_of(const char *word, gsize length, const char *const *words, gsize n_words);

/* Expressions in a form for comparing: tokens joined by single spaces, unquoted words in lower case, quoted
 * identifiers that need no quotes as words, redundant outer parentheses and comments gone; then Dialect.unify. New
 * string. */
char *sql_normalise(const Dialect *dialect, const char *text);
gboolean sql_equal(const Dialect *dialect, const char *a, const char *b); /* NULL equals NULL */
/* The same tokens, byte for byte; space, comments and semicolons at the end do not count. */
gboolean sql_same_tokens(const Dialect *dialect, const char *a, const char *b);

/* Adds a text behind which more follows: a "--" or "#" comment at its end gets its line end. */
void sql_append(const Dialect *dialect, GString *sql, const char *text);
/* TRUE when a pair of parentheses stands around all of the text. */
gboolean sql_is_enclosed(const Dialect *dialect, const char *text);

/* `sql` (taken; NULL gives NULL) with `words` behind the first `behind` in it: "IF NOT EXISTS " behind "CREATE TABLE ".
 * New string. */
char *sql_with_words(char *sql, const char *behind, const char *words);
/* The text without parentheses around all of it. New string. */
char *sql_without_parentheses(const Dialect *dialect, const char *text);

/* SHA-256 (hex) of the token stream of statements: comments, white space, line ends and a final terminator do not
 * count; strings and everything else count byte for byte, also inline data, but for CR at its lines' ends. New string.
 */
char *sql_token_hash(const Dialect *dialect, const char *text, gsize length);

/* Puts the notes of `ops` (MigrateOp.note) as "-- …" lines above the statements that carry them out; `blocks` are those
 * of `ops`, compiled. To the server, to hashes of tokens and to split() nothing changes. */
void sql_blocks_add_notes(const Dialect *dialect, const GPtrArray *blocks, const GPtrArray *ops);

/* --- for Dialect.estimate_rows (rows.c) --- */
/* "SELECT 0, … UNION ALL SELECT 1, …" of what `append` adds for each question behind its number; it is given the
 * table's quoted name and the query that counts its rows, up to one more than ROWS_COUNTED. New string. */
typedef void (*RowQueryAppend)(GString *sql, const RowQuestion *question, const char *name, const char *count);
char *row_query(const Dialect *dialect, const RowQuestion *questions, guint n, RowQueryAppend append);
/* Its rows, number and count, into the answers; a negative count is not known. One beyond ROWS_COUNTED that was counted
 * is "at least" that. */
gboolean row_query_read(Result *result, RowQuestion *questions, guint n, GError **error);

/* Answer of Dialect.user_schemas_query: names, and NULL behind the last. New array; NULL with an error. */
GPtrArray *dialect_user_schemas(const Dialect *dialect, Connection *connection, GError **error);

/* Names of tables and views mentioned by a statement (every identifier token in it), for dependency order. New array.
 */
GPtrArray *sql_identifiers(const Dialect *dialect, const char *text);

#endif
