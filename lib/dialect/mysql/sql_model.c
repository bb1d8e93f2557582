/* Statements of models in SQL: what mysqldump and mariadb-dump write, and their client reads. */
#include <string.h>

#include "dialect/mysql/body.h"
#include "dialect/mysql/effects.h"
#include "dialect/mysql/object.h"

typedef struct Reading {
    ModelScript *script;
    const char *sql;
    gsize length;
    SqlReader reader; /* at the verb */
    ModelStatement *answer;
} Reading;

static const char of_server[] = "it is about the whole server, not about one database\n"
                                "take it out: a model holds one database, as mysqldump DATABASE writes it";
static const char data[] = "rows";
static const char privileges[] = "privileges";
static const char transactions[] = "transactions";
static const char locks[] = "locks";
static const char replication[] = "replication";
static const char of_database[] = "the database itself";
static const char upkeep[] = "upkeep";
static const char queries[] = "queries";

static void answer(const Reading *reading, ModelFate fate, const char *reason)
{
    model_statement_set(reading->answer, fate, reason);
}

static void attempt(const Reading *reading, const char *reason, const char *const *forgiven)
{
    model_statement_set(reading->answer, MODEL_TRY, reason);
    reading->answer->forgiven = forgiven;
}

/* --- the client's commands --- */

static gboolean read_command(const Reading *reading)
{
    static const char *const harmless[] = {"charset", "nopager", "notee",  "nowarning", "pager",    "print",
                                           "prompt",  "rehash",  "status", "tee",       "warnings", "\\C",
                                           "\\n",     "\\t",     "\\w",    "\\W",       "\\P",      "\\p",
                                           "\\R",     "\\#",     "\\s",    "\\T",       NULL};
    static const char *const commands[] = {"clear", "connect", "edit",   "ego",    "exit",
                                           "go",    "quit",    "source", "system", NULL};
    gsize end = 0;
    while (end < reading->length && !g_ascii_isspace(reading->sql[end]) && reading->sql[end] != ';')
        end++;
    g_autofree char *written = g_strndup(reading->sql, end);
    g_autofree char *name = *written == '\\' ? g_strndup(written, 2) : g_ascii_strdown(written, -1);

    if (*name != '\\' && !g_strv_contains(harmless, name) && !g_strv_contains(commands, name))
        return FALSE;
    if (g_strv_contains(harmless, name)) {
        answer(reading, MODEL_SKIP, "commands of the client");
        return TRUE;
    }
    gboolean file = strcmp(name, "source") == 0 || strcmp(name, "\\.") == 0;
    reading->answer->fate = MODEL_REFUSE;
    reading->answer->reason =
        g_strdup_printf("'%s' is a command of the mysql client, no SQL\n%s", name,
                        file ? "name the file in 'models', too: they are read in that order" : "take it out");
    return TRUE;
}

/* --- SET --- */

static void read_set(Reading *reading)
{
    /* Unknown variables, values of others, and what needs rights; and nothing at all in a comment for others. */
    static const char *const unknown[] = {"1193", "1231", "1227", "1238", "1065", NULL};
    SqlReader behind = reading->reader;
    sql_reader_advance(&behind);

    if (sql_reader_is(&behind, "PASSWORD"))
        answer(reading, MODEL_REFUSE, of_server);
    else if (sql_reader_is(&behind, "ROLE") || sql_reader_take_words(&behind, "DEFAULT", "ROLE"))
        answer(reading, MODEL_SKIP, privileges);
    else if (mysql_sets_server(reading->sql, reading->length))
        answer(reading, MODEL_SKIP, "settings of the server");
    else if (mysql_sets_variable(reading->sql, reading->length, "sql_log_bin"))
        answer(reading, MODEL_SKIP, replication);
    else if (mysql_controls_transaction(reading->sql, reading->length) || sql_reader_is(&behind, "TRANSACTION"))
        answer(reading, MODEL_SKIP, transactions);
    else
        attempt(reading, "settings that this server does not have", unknown);
}

/* --- what is sent in other words: in place, so that the server's positions stay right --- */

static void blank(const Reading *reading, gsize start, gsize end)
{
    if (!reading->answer->sql)
        reading->answer->sql = g_strndup(reading->sql, reading->length);
    memset(reading->answer->sql + start, ' ', end - start);
}

/* Bodies are kept as they were written: what stands in them stays. */
static gsize header_end(const Reading *reading)
{
    MysqlBody body;
    SqlReader reader = sql_reader_new(&mariadb_dialect, reading->sql, reading->length);
    gsize end = reading->length;

    mysql_body_init(&body, reading->sql);
    for (; end == reading->length && reader.token.kind != SQL_TOKEN_END; sql_reader_advance(&reader)) {
        mysql_body_feed(&body, &reader.token);
        if (body.phase == BODY_INSIDE)
            end = reader.token.start;
    }
    mysql_body_clear(&body);
    return end;
}

/* An account may be of another server, and to create something for another one needs a right. */
static void leave_out_definer(const Reading *reading, SqlReader reader)
{
    while (!sql_reader_at_end(&reader) && !sql_reader_is(&reader, "(")) {
        gsize start = reader.token.start;
        if (sql_reader_take_words(&reader, "DEFINER", "=")) {
            object_skip_account(&reader);
            blank(reading, start, reader.previous_end);
            return;
        }
        sql_reader_advance(&reader);
    }
}

/* Behind these stands the name of a table, a view, a routine. */
static gboolean name_follows(const SqlReader *reader)
{
    static const char *const words[] = {"TABLE",  "VIEW", "TRIGGER", "PROCEDURE", "FUNCTION",   "EVENT", "SEQUENCE",
                                        "ON",     "FROM", "EXISTS",  "JOIN",      "INTO",       "LIKE",  "TO",
                                        "RENAME", "AS",   "CALL",    "UPDATE",    "REFERENCES", NULL};
    return sql_reader_is_one_of(reader, words);
}

/* `database`.`name` is `name`: the scratch database stands for it. */
static void leave_out_database(const Reading *reading, SqlReader reader)
{
    const char *database = reading->script->database;
    gboolean follows = FALSE;

    while (database && !sql_reader_at_end(&reader)) {
        gsize start = reader.token.start;
        SqlReader ahead = reader;
        g_autofree char *name = follows ? sql_reader_take_identifier(&ahead) : NULL;
        if (name && strcmp(name, database) == 0 && sql_reader_take(&ahead, "."))
            blank(reading, start, ahead.previous_end);
        follows = name_follows(&reader);
        sql_reader_advance(&reader);
    }
}

static void leave_out(const Reading *reading)
{
    SqlReader header = sql_reader_new(&mariadb_dialect, reading->sql, header_end(reading));
    leave_out_definer(reading, header);
    leave_out_database(reading, header);
}

/* --- CREATE, ALTER, DROP, RENAME --- */

/* FALSE: answered. */
static gboolean read_target(const Reading *reading, const Effect *effect, const Target *target)
{
    gboolean creates = effect->verb == EFFECT_VERB_CREATE || effect->verb == EFFECT_VERB_REPLACE;

    if (target->kind == TARGET_DATABASE && creates) {
        model_script_is_of(reading->script, target->name, reading->answer);
        return FALSE;
    }
    if (target->kind == TARGET_DATABASE) {
        answer(reading, MODEL_SKIP, of_database);
        return FALSE;
    }
    if (!target->schema || g_strcmp0(target->schema, reading->script->database) == 0)
        return TRUE;
    reading->answer->fate = MODEL_REFUSE;
    reading->answer->reason = g_strdup_printf(
        "a model changes nothing outside of its own database, and '%s.%s' is in '%s'\n"
        "leave the database's name out, or say USE %s in front of it when that is the one which the model describes",
        target->schema, target->name, target->schema, target->schema);
    return FALSE;
}

static gboolean is_of_server(SqlReader reader)
{
    static const char *const nouns[] = {"USER",    "ROLE",     "SERVER",   "TABLESPACE",
                                        "LOGFILE", "INSTANCE", "RESOURCE", NULL};
    sql_reader_advance(&reader);
    sql_reader_take_words(&reader, "OR", "REPLACE");
    sql_reader_take(&reader, "UNDO");
    return sql_reader_is_one_of(&reader, nouns);
}

static gboolean switches_keys(SqlReader reader)
{
    while (!sql_reader_at_end(&reader) && !sql_reader_is(&reader, "ENABLE") && !sql_reader_is(&reader, "DISABLE"))
        sql_reader_advance(&reader);
    sql_reader_advance(&reader);
    return sql_reader_is(&reader, "KEYS");
}

static gboolean alters_database(SqlReader reader)
{
    return sql_reader_take_words(&reader, "ALTER", "DATABASE") || sql_reader_take_words(&reader, "ALTER", "SCHEMA");
}

static void read_definition(Reading *reading)
{
    if (is_of_server(reading->reader) || sql_reader_has_word(reading->reader, "SONAME")) {
        answer(reading, MODEL_REFUSE, of_server);
        return;
    }
    g_autoptr(Effect) effect = mysql_effect_new(reading->sql, reading->length);
    for (guint i = 0; i < effect->targets->len; i++)
        if (!read_target(reading, effect, effect->targets->pdata[i]))
            return;
    if (alters_database(reading->reader)) {
        answer(reading, MODEL_SKIP, of_database);
    } else if (sql_reader_is(&reading->reader, "ALTER") && switches_keys(reading->reader)) {
        answer(reading, MODEL_SKIP, data);
    } else {
        reading->script->creates = TRUE;
        reading->answer->fate = MODEL_RUN;
        leave_out(reading);
    }
}

/* --- rows and queries --- */

/* SETVAL of a sequence, as mariadb-dump writes it. */
static void read_query(Reading *reading)
{
    SqlReader reader = reading->reader;

    sql_reader_advance(&reader);
    if (sql_reader_is(&reader, "SETVAL"))
        answer(reading, MODEL_SKIP, data);
    else
        answer(reading, MODEL_READS, NULL);
}

static void read_use(Reading *reading)
{
    SqlReader reader = reading->reader;

    sql_reader_advance(&reader);
    g_autofree char *name = sql_reader_take_identifier(&reader);
    model_script_is_of(reading->script, name ? name : "", reading->answer);
}

/* START TRANSACTION, and BEGIN that is not BEGIN NOT ATOMIC. */
static void read_start(Reading *reading)
{
    if (mysql_controls_transaction(reading->sql, reading->length))
        answer(reading, MODEL_SKIP, transactions);
    else if (sql_reader_is(&reading->reader, "START"))
        answer(reading, MODEL_SKIP, replication);
    else
        answer(reading, MODEL_READS, NULL);
}

/* --- all of them --- */

typedef void (*ReadFunction)(Reading *reading);

static const struct {
    const char *word;
    ReadFunction read; /* NULL: as below */
    ModelFate fate;
    const char *reason;
} kinds[] = {
    {"CREATE", read_definition, MODEL_RUN, NULL},
    {"ALTER", read_definition, MODEL_RUN, NULL},
    {"DROP", read_definition, MODEL_RUN, NULL},
    {"RENAME", read_definition, MODEL_RUN, NULL},
    {"SET", read_set, MODEL_TRY, NULL},
    {"USE", read_use, MODEL_SKIP, NULL},
    {"SELECT", read_query, MODEL_READS, NULL},
    {"DO", read_query, MODEL_READS, NULL},
    {"BEGIN", read_start, MODEL_SKIP, NULL},
    {"START", read_start, MODEL_SKIP, NULL},
    {"INSERT", NULL, MODEL_ROWS, data},
    {"REPLACE", NULL, MODEL_ROWS, data},
    {"UPDATE", NULL, MODEL_ROWS, data},
    {"DELETE", NULL, MODEL_ROWS, data},
    {"TRUNCATE", NULL, MODEL_ROWS, data},
    {"LOAD", NULL, MODEL_SKIP, data},
    {"HANDLER", NULL, MODEL_SKIP, data},
    {"LOCK", NULL, MODEL_SKIP, locks},
    {"UNLOCK", NULL, MODEL_SKIP, locks},
    {"FLUSH", NULL, MODEL_SKIP, locks},
    {"COMMIT", NULL, MODEL_SKIP, transactions},
    {"SAVEPOINT", NULL, MODEL_SKIP, transactions},
    {"RELEASE", NULL, MODEL_SKIP, transactions},
    {"XA", NULL, MODEL_SKIP, transactions},
    {"ROLLBACK", NULL, MODEL_REFUSE, "what a model says is not taken back\ntake it out, and what it would undo"},
    {"GRANT", NULL, MODEL_SKIP, privileges},
    {"REVOKE", NULL, MODEL_SKIP, privileges},
    {"CHANGE", NULL, MODEL_SKIP, replication},
    {"STOP", NULL, MODEL_SKIP, replication},
    {"RESET", NULL, MODEL_SKIP, replication},
    {"PURGE", NULL, MODEL_SKIP, replication},
    {"BINLOG", NULL, MODEL_SKIP, replication},
    {"ANALYZE", NULL, MODEL_SKIP, upkeep},
    {"CHECK", NULL, MODEL_SKIP, upkeep},
    {"CHECKSUM", NULL, MODEL_SKIP, upkeep},
    {"OPTIMIZE", NULL, MODEL_SKIP, upkeep},
    {"REPAIR", NULL, MODEL_SKIP, upkeep},
    {"CACHE", NULL, MODEL_SKIP, upkeep},
    {"SHOW", NULL, MODEL_SKIP, queries},
    {"EXPLAIN", NULL, MODEL_SKIP, queries},
    {"DESCRIBE", NULL, MODEL_SKIP, queries},
    {"DESC", NULL, MODEL_SKIP, queries},
    {"HELP", NULL, MODEL_SKIP, queries},
    {"INSTALL", NULL, MODEL_REFUSE, of_server},
    {"UNINSTALL", NULL, MODEL_REFUSE, of_server},
    {"KILL", NULL, MODEL_REFUSE, of_server},
    {"SHUTDOWN", NULL, MODEL_REFUSE, of_server},
    {"RESTART", NULL, MODEL_REFUSE, of_server},
    {"CLONE", NULL, MODEL_REFUSE, of_server},
    {"BACKUP", NULL, MODEL_REFUSE, of_server},
};

/* A comment for servers of a version that this one does not have leaves nothing of such a statement. */
static void allow_nothing(const Reading *reading)
{
    static const char *const empty[] = {"1065", NULL};
    gboolean conditional = g_str_has_prefix(reading->sql, "/*!") || g_str_has_prefix(reading->sql, "/*M!");

    if (conditional && (reading->answer->fate == MODEL_RUN || reading->answer->fate == MODEL_READS))
        attempt(reading, "comments for servers of other versions", empty);
}

void mysql_read_model_statement(ModelScript *script, const char *sql, gsize length, ModelStatement *result)
{
    Reading reading = {script, sql, length, sql_reader_new(&mariadb_dialect, sql, length), result};

    if (read_command(&reading))
        return;
    result->fate = MODEL_READS; /* CALL, EXECUTE, WITH, compound statements, and what a later server knows */
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (!sql_reader_is(&reading.reader, kinds[i].word))
            continue;
        if (kinds[i].read != NULL)
            kinds[i].read(&reading);
        else
            answer(&reading, kinds[i].fate, kinds[i].reason);
        break;
    }
    allow_nothing(&reading);
}
