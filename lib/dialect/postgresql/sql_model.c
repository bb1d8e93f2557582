/* Statements of models in SQL: what pg_dump and pg_dumpall write, and psql reads. */
#include <string.h>

#include "dialect/postgresql/postgresql.h"
#include "dialect/reader.h"

typedef struct Reading {
    ModelScript *script;
    const char *sql;
    gsize length;
    SqlReader reader;
    ModelStatement *answer;
} Reading;

static const char of_server[] = "it is about the whole server, not about one database\n"
                                "take it out: a model holds one database, as pg_dump writes it (not pg_dumpall)";
static const char data[] = "rows";
static const char roles[] = "roles";
static const char privileges[] = "privileges";
static const char transactions[] = "transactions";
static const char replication[] = "replication";
static const char of_database[] = "the database itself";
static const char upkeep[] = "upkeep";
static const char leftovers[] = "removal of what was there before";

static void answer(const Reading *reading, ModelFate fate, const char *reason)
{
    model_statement_set(reading->answer, fate, reason);
}

static void attempt(const Reading *reading, const char *reason, const char *const *forgiven)
{
    model_statement_set(reading->answer, MODEL_TRY, reason);
    reading->answer->forgiven = forgiven;
}

/* The statement with `words` in place of the bytes from `start` to `end`. */
static void replace(const Reading *reading, gsize start, gsize end, const char *words)
{
    g_autofree char *before = g_strndup(reading->sql, start);
    g_autofree char *behind = g_strndup(reading->sql + end, reading->length - end);
    reading->answer->sql = g_strconcat(before, words, behind, NULL);
}

/* --- psql's commands --- */

/* The last argument of \connect, without quotes. */
static void read_connect(const Reading *reading, const char *arguments)
{
    g_autofree char *line = g_strstrip(g_strdup(arguments));
    const char *last = strrchr(line, ' ');
    g_autofree char *name = NULL;
    if (*line == '"' || *line == '\'')
        name = g_strndup(line + 1, strlen(line) - (strlen(line) > 1 ? 2 : 1));
    else
        name = g_strdup(last && !strchr(line, '"') ? last + 1 : line);
    model_script_is_of(reading->script, name, reading->answer);
}

static void read_command(const Reading *reading)
{
    static const char *const harmless[] = {"\\restrict", "\\unrestrict", "\\encoding",   "\\set",    "\\unset",
                                           "\\echo",     "\\qecho",      "\\warn",       "\\timing", "\\pset",
                                           "\\x",        "\\t",          "\\a",          "\\f",      "\\o",
                                           "\\r",        "\\reset",      "\\errverbose", "\\prompt", NULL};
    static const char *const files[] = {"\\i", "\\ir", "\\include", "\\include_relative", NULL};
    g_autofree char *line = g_strndup(reading->sql, reading->length);
    gsize end = strcspn(line, " \t");
    g_autofree char *name = g_strndup(line, end);

    if (strcmp(name, "\\c") == 0 || strcmp(name, "\\connect") == 0) {
        read_connect(reading, line + end);
    } else if (strcmp(name, "\\copy") == 0) {
        answer(reading, MODEL_SKIP, data);
    } else if (g_strv_contains(harmless, name)) {
        answer(reading, MODEL_SKIP, "commands of psql");
    } else {
        reading->answer->fate = MODEL_REFUSE;
        reading->answer->reason =
            g_strdup_printf("'%s' is a command of psql, no SQL\n%s", name,
                            g_strv_contains(files, name) ? "name the file in 'models', too: they are read in that order"
                                                         : "take it out, or write what it does as SQL");
    }
}

/* --- rows and queries --- */

/* These connect from inside of the server. */
static gboolean reaches_out(const Reading *reading)
{
    for (SqlReader reader = reading->reader; reader.token.kind != SQL_TOKEN_END; sql_reader_advance(&reader)) {
        SqlTokenKind kind = reader.token.kind;
        const char *text = reader.sql + reader.token.start;
        gsize length = reader.token.length;
        if (kind != SQL_TOKEN_WORD && kind != SQL_TOKEN_QUOTED && kind != SQL_TOKEN_STRING)
            continue;
        for (gsize i = 0; i + strlen("dblink") <= length; i++)
            if (g_ascii_strncasecmp(text + i, "dblink", strlen("dblink")) == 0)
                return TRUE;
    }
    return FALSE;
}

static void read_rows_reader(const Reading *reading)
{
    if (reaches_out(reading))
        answer(reading, MODEL_REFUSE, "dblink reaches other databases, and a model changes none\ntake it out");
    else
        answer(reading, MODEL_READS, NULL);
}

static void read_select(Reading *reading)
{
    static const char *const values[] = {"setval",   "lo_create",     "lo_creat", "lo_open", "lowrite",
                                         "lo_close", "lo_from_bytea", "lo_put",   NULL};
    SqlReader reader = reading->reader;

    if (sql_reader_take(&reader, "pg_catalog"))
        sql_reader_take(&reader, ".");
    if (sql_reader_is_one_of(&reader, values))
        answer(reading, MODEL_SKIP, data);
    else if (sql_reader_is(&reader, "set_config"))
        answer(reading, MODEL_RUN, NULL);
    else
        read_rows_reader(reading);
}

/* COPY … TO, and from files and programs: the table's name may be a query in parentheses. */
static void read_copy(Reading *reading)
{
    SqlReader reader = reading->reader;
    gboolean from = FALSE;

    while (!from && !sql_reader_at_end(&reader))
        if (!sql_reader_skip_parentheses(&reader) && !(from = sql_reader_take(&reader, "FROM")))
            sql_reader_advance(&reader);
    answer(reading, from && sql_reader_is(&reader, "STDIN") ? MODEL_ROWS : MODEL_SKIP, data);
}

/* --- SET --- */

/* Parameters that this server does not have, their values that it does not have, and those that need rights. */
static const char *const unknown_settings[] = {"42704", "22023", "42501", NULL};

static void read_set(Reading *reading)
{
    SqlReader *reader = &reading->reader;
    gsize start = reader->token.start;

    if (sql_reader_take(reader, "LOCAL")) {
        attempt(reading, "settings that this server does not have", unknown_settings);
        replace(reading, start, start + strlen("LOCAL"), "SESSION");
        return;
    }
    gboolean session = sql_reader_take(reader, "SESSION");
    if (sql_reader_is(reader, "ROLE") || (session && sql_reader_is(reader, "AUTHORIZATION")))
        answer(reading, MODEL_SKIP, roles);
    else if (sql_reader_is(reader, "TRANSACTION") || sql_reader_is(reader, "CONSTRAINTS") ||
             sql_reader_is(reader, "CHARACTERISTICS"))
        answer(reading, MODEL_SKIP, transactions);
    else
        attempt(reading, "settings that this server does not have", unknown_settings);
}

static void read_reset(Reading *reading)
{
    SqlReader *reader = &reading->reader;

    if (sql_reader_is(reader, "ROLE") || sql_reader_take_words(reader, "SESSION", "AUTHORIZATION"))
        answer(reading, MODEL_SKIP, roles);
    else
        answer(reading, MODEL_RUN, NULL);
}

/* --- CREATE --- */

/* Whom it belongs to does not matter: CREATE SCHEMA AUTHORIZATION r is CREATE SCHEMA r. */
static void read_schema(Reading *reading)
{
    static const char *const is_there[] = {"42P06", NULL};
    SqlReader *reader = &reading->reader;

    attempt(reading, "schemas that are there anyway", is_there);
    if (sql_reader_take(reader, "IF"))
        sql_reader_take_words(reader, "NOT", "EXISTS");
    gsize start = reader->token.start;
    gboolean unnamed = sql_reader_is(reader, "AUTHORIZATION");
    if (!unnamed)
        g_free(sql_reader_take_name(reader, FALSE));
    gsize clause = reader->token.start;
    if (!sql_reader_take(reader, "AUTHORIZATION"))
        return;
    gsize role = reader->token.start;
    sql_reader_advance(reader);
    if (unnamed)
        replace(reading, start, role, "");
    else
        replace(reading, clause, reader->previous_end, "");
}

static void read_extension(Reading *reading)
{
    static const char *const is_there[] = {"42710", NULL};

    attempt(reading, "extensions that are there anyway", is_there);
    reading->answer->advice =
        "a scratch database has the extensions that the model creates: they must be installed on the server, and the "
        "user must be allowed to create them (superuser, or a trusted extension); else set scratch_url to a server "
        "where that is so";
}

/* pg_dump --clean puts such views in the place of those that are in a cycle with a key. */
static gboolean is_placeholder(const Reading *reading)
{
    SqlReader reader = reading->reader;

    if (!sql_reader_take(&reader, "VIEW"))
        return FALSE;
    while (!sql_reader_at_end(&reader) && !sql_reader_is(&reader, "AS"))
        sql_reader_advance(&reader);
    return sql_reader_take(&reader, "AS") && sql_reader_take_words(&reader, "SELECT", "NULL") &&
           sql_reader_is(&reader, "::");
}

static void read_create(Reading *reading)
{
    static const char *const server[] = {"ROLE", "USER", "GROUP", "TABLESPACE", NULL};
    SqlReader *reader = &reading->reader;
    gboolean replaces = sql_reader_take_words(reader, "OR", "REPLACE");

    if (sql_reader_take_words(reader, "USER", "MAPPING")) {
        answer(reading, MODEL_SKIP, roles);
    } else if (sql_reader_is_one_of(reader, server)) {
        answer(reading, MODEL_REFUSE, of_server);
    } else if (sql_reader_is(reader, "DATABASE")) {
        answer(reading, MODEL_SKIP, of_database);
    } else if (sql_reader_is(reader, "SUBSCRIPTION") || sql_reader_is(reader, "PUBLICATION")) {
        answer(reading, MODEL_SKIP, replication);
    } else if (replaces && !reading->script->creates && is_placeholder(reading)) {
        answer(reading, MODEL_SKIP, leftovers);
    } else {
        reading->script->creates = TRUE;
        reading->answer->fate = MODEL_RUN;
        if (sql_reader_take(reader, "SCHEMA"))
            read_schema(reading);
        else if (sql_reader_is(reader, "EXTENSION"))
            read_extension(reading);
        else if (sql_reader_is(reader, "POLICY"))
            reading->answer->advice = "a role that a policy names must exist where the scratch database is: create it "
                                      "there, or set scratch_url to a server that has it";
    }
}

/* --- ALTER, DROP, COMMENT --- */

/* ALTER TYPE t OWNER TO r; with something else behind a comma it is sent. */
static gboolean changes_owner(SqlReader reader)
{
    gboolean owner = FALSE;

    while (!sql_reader_at_end(&reader)) {
        if (sql_reader_is(&reader, ","))
            return FALSE;
        owner = sql_reader_take_words(&reader, "OWNER", "TO") || owner;
        if (!sql_reader_skip_parentheses(&reader))
            sql_reader_advance(&reader);
    }
    return owner;
}

static gboolean switches_triggers(SqlReader reader)
{
    while (!sql_reader_at_end(&reader) && !sql_reader_is(&reader, "ENABLE") && !sql_reader_is(&reader, "DISABLE"))
        sql_reader_advance(&reader);
    sql_reader_advance(&reader);
    return sql_reader_take_words(&reader, "TRIGGER", "ALL");
}

static void read_alter_role(Reading *reading)
{
    const SqlReader reader = reading->reader;

    if (sql_reader_has_word(reader, "DATABASE"))
        answer(reading, MODEL_SKIP, of_database);
    else
        answer(reading, MODEL_REFUSE, of_server);
}

static void read_alter(Reading *reading)
{
    static const char *const role_words[] = {"ROLE", "USER", "GROUP", NULL};
    SqlReader *reader = &reading->reader;

    if (sql_reader_take_words(reader, "DEFAULT", "PRIVILEGES"))
        answer(reading, MODEL_SKIP, privileges);
    else if (sql_reader_take_words(reader, "USER", "MAPPING"))
        answer(reading, MODEL_SKIP, roles);
    else if (sql_reader_is_one_of(reader, role_words))
        read_alter_role(reading);
    else if (sql_reader_is(reader, "SYSTEM") || sql_reader_is(reader, "TABLESPACE"))
        answer(reading, MODEL_REFUSE, of_server);
    else if (sql_reader_is(reader, "DATABASE"))
        answer(reading, MODEL_SKIP, of_database);
    else if (sql_reader_is(reader, "SUBSCRIPTION") || sql_reader_is(reader, "PUBLICATION"))
        answer(reading, MODEL_SKIP, replication);
    else if (sql_reader_is(reader, "LARGE") || switches_triggers(*reader))
        answer(reading, MODEL_SKIP, data);
    else if (changes_owner(*reader))
        answer(reading, MODEL_SKIP, "owners");
    else if (!reading->script->creates && sql_reader_has_word(*reader, "DROP"))
        answer(reading, MODEL_SKIP, leftovers);
    else if (sql_reader_is(reader, "TYPE") && sql_reader_has_word(*reader, "ADD"))
        attempt(reading, NULL, NULL); /* a new value cannot be used in its own transaction */
    else
        answer(reading, MODEL_RUN, NULL);
}

static void read_drop(Reading *reading)
{
    static const char *const server[] = {"ROLE", "USER", "GROUP", "TABLESPACE", NULL};
    SqlReader *reader = &reading->reader;

    if (sql_reader_take_words(reader, "USER", "MAPPING"))
        answer(reading, MODEL_SKIP, roles);
    else if (sql_reader_is_one_of(reader, server))
        answer(reading, MODEL_REFUSE, of_server);
    else if (sql_reader_is(reader, "DATABASE"))
        answer(reading, MODEL_SKIP, of_database);
    else if (sql_reader_is(reader, "SUBSCRIPTION") || sql_reader_is(reader, "PUBLICATION"))
        answer(reading, MODEL_SKIP, replication);
    else if (sql_reader_is(reader, "OWNED"))
        answer(reading, MODEL_SKIP, roles);
    else if (!reading->script->creates)
        answer(reading, MODEL_SKIP, leftovers);
    else
        answer(reading, MODEL_RUN, NULL);
}

static void read_comment(Reading *reading)
{
    static const char *const elsewhere[] = {"DATABASE",    "ROLE",  "TABLESPACE", "SUBSCRIPTION",
                                            "PUBLICATION", "LARGE", NULL};
    static const char *const not_the_owner[] = {"42501", NULL};
    SqlReader *reader = &reading->reader;

    sql_reader_take(reader, "ON");
    if (sql_reader_is_one_of(reader, elsewhere))
        answer(reading, MODEL_SKIP, "comments on what is no part of the schema");
    else if (sql_reader_is(reader, "EXTENSION"))
        attempt(reading, "comments on extensions of somebody else", not_the_owner);
    else
        answer(reading, MODEL_RUN, NULL);
}

/* --- all of them --- */

typedef void (*ReadFunction)(Reading *reading);

static const struct {
    const char *word;
    ReadFunction read; /* behind the word; NULL: as below */
    ModelFate fate;
    const char *reason;
} kinds[] = {
    {"CREATE", read_create, MODEL_RUN, NULL},
    {"ALTER", read_alter, MODEL_RUN, NULL},
    {"DROP", read_drop, MODEL_RUN, NULL},
    {"COMMENT", read_comment, MODEL_RUN, NULL},
    {"SET", read_set, MODEL_RUN, NULL},
    {"RESET", read_reset, MODEL_RUN, NULL},
    {"SELECT", read_select, MODEL_RUN, NULL},
    {"COPY", read_copy, MODEL_ROWS, NULL},
    {"INSERT", NULL, MODEL_ROWS, data},
    {"UPDATE", NULL, MODEL_ROWS, data},
    {"DELETE", NULL, MODEL_ROWS, data},
    {"MERGE", NULL, MODEL_ROWS, data},
    {"TRUNCATE", NULL, MODEL_ROWS, data},
    {"REFRESH", NULL, MODEL_ROWS, data},
    {"GRANT", NULL, MODEL_SKIP, privileges},
    {"REVOKE", NULL, MODEL_SKIP, privileges},
    {"REASSIGN", NULL, MODEL_SKIP, roles},
    {"SECURITY", NULL, MODEL_SKIP, "security labels"},
    {"BEGIN", NULL, MODEL_SKIP, transactions},
    {"START", NULL, MODEL_SKIP, transactions},
    {"COMMIT", NULL, MODEL_SKIP, transactions},
    {"END", NULL, MODEL_SKIP, transactions},
    {"SAVEPOINT", NULL, MODEL_SKIP, transactions},
    {"RELEASE", NULL, MODEL_SKIP, transactions},
    {"LOCK", NULL, MODEL_SKIP, transactions},
    {"ROLLBACK", NULL, MODEL_REFUSE, "what a model says is not taken back\ntake it out, and what it would undo"},
    {"ABORT", NULL, MODEL_REFUSE, "what a model says is not taken back\ntake it out, and what it would undo"},
    {"ANALYZE", NULL, MODEL_SKIP, upkeep},
    {"ANALYSE", NULL, MODEL_SKIP, upkeep},
    {"VACUUM", NULL, MODEL_SKIP, upkeep},
    {"CLUSTER", NULL, MODEL_SKIP, upkeep},
    {"REINDEX", NULL, MODEL_SKIP, upkeep},
    {"CHECKPOINT", NULL, MODEL_SKIP, upkeep},
    {"NOTIFY", NULL, MODEL_SKIP, upkeep},
    {"LISTEN", NULL, MODEL_SKIP, upkeep},
    {"UNLISTEN", NULL, MODEL_SKIP, upkeep},
    {"SHOW", NULL, MODEL_SKIP, "queries"},
    {"EXPLAIN", NULL, MODEL_SKIP, "queries"},
};

void postgresql_read_model_statement(ModelScript *script, const char *sql, gsize length, ModelStatement *result)
{
    Reading reading = {script, sql, length, sql_reader_new(&postgresql_dialect, sql, length), result};

    if (length > 0 && *sql == '\\') {
        read_command(&reading);
        return;
    }
    if (sql_reader_is(&reading.reader, "PREPARE") && postgresql_controls_transaction(sql, length)) {
        answer(&reading, MODEL_SKIP, transactions);
        return;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (!sql_reader_take(&reading.reader, kinds[i].word))
            continue;
        if (kinds[i].read != NULL)
            kinds[i].read(&reading);
        else
            answer(&reading, kinds[i].fate, kinds[i].reason);
        return;
    }
    /* DO, CALL, EXECUTE, WITH, VALUES, and what a later server knows. */
    read_rows_reader(&reading);
}

/* --- where names without a schema are --- */

char **postgresql_model_setup(Connection *live, char **schema, GError **error)
{
    static const char query[] = "SELECT current_schema(), current_setting('search_path')";
    GPtrArray *setup = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Result) row = live ? connection_query(live, query, error) : NULL;
    int more = row ? result_next(row, error) : live ? -1 : 0;

    g_ptr_array_add(setup, g_strdup("SET standard_conforming_strings = on"));
    if (more > 0 && result_text(row, 0) != NULL) {
        g_autofree char *name = postgresql_quote_identifier(result_text(row, 0));
        g_autofree char *path = postgresql_quote_literal(result_text(row, 1));
        *schema = g_strdup(result_text(row, 0));
        if (strcmp(name, "public") != 0) /* that one is there */
            g_ptr_array_add(setup, g_strdup_printf("CREATE SCHEMA %s", name));
        g_ptr_array_add(setup, g_strdup_printf("SELECT pg_catalog.set_config('search_path', %s, false)", path));
    }
    g_ptr_array_add(setup, NULL);
    if (more >= 0)
        return (char **)g_ptr_array_free(setup, FALSE);
    g_ptr_array_unref(setup);
    return NULL;
}
