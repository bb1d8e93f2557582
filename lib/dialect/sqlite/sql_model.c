/* Statements of models in SQL: what the shell's .dump and .schema write, and it reads. */
#include <string.h>

#include "dialect/reader.h"
#include "dialect/sqlite/sqlite.h"

static const char transactions[] = "transactions";
static const char not_taken_back[] = "what a model says is not taken back (the shell writes this at the end of a dump "
                                     "that failed)\ndump again, or take it out";
static const char other_databases[] =
    "a model changes no other database than its own\ntake it out: a model in SQL is one database";
static const char shell_command[] = "this is a command of the sqlite3 shell, no SQL\n"
                                    "take it out; files that it would .read are named in 'models', too";

/* The last part of a name, which may be qualified. NULL: none. New string. */
static char *take_last_name(SqlReader *reader)
{
    g_autofree char *name = sql_reader_take_identifier(reader);
    return name && sql_reader_take(reader, ".") ? sql_reader_take_identifier(reader) : g_steal_pointer(&name);
}

/* .schema and .dump show SQLite's own tables, which nobody may create. */
static void read_create(SqlReader *reader, ModelStatement *answer)
{
    if (!sql_reader_take(reader, "TABLE"))
        return;
    if (sql_reader_take(reader, "IF"))
        sql_reader_take_words(reader, "NOT", "EXISTS");
    g_autofree char *name = take_last_name(reader);
    if (name && g_ascii_strncasecmp(name, "sqlite_", strlen("sqlite_")) == 0)
        model_statement_set(answer, MODEL_SKIP, "SQLite's own tables");
}

/* Virtual tables are dumped as rows of sqlite_schema: INSERT INTO, UPDATE, DELETE FROM. */
static void read_rows(SqlReader *reader, ModelStatement *answer)
{
    static const char *const catalog[] = {"sqlite_schema", "sqlite_master", NULL};
    enum { WORDS_BEFORE_NAME = 6 };
    for (int i = 0; i < WORDS_BEFORE_NAME && !sql_reader_at_end(reader); i++) {
        g_autofree char *name = sql_token_identifier(&reader->token, reader->sql);
        g_autofree char *lower = g_ascii_strdown(name, -1);
        if (g_strv_contains(catalog, lower))
            return;
        sql_reader_advance(reader);
    }
    model_statement_set(answer, MODEL_ROWS, "rows");
}

/* The connection that has written into the catalog must read it again: the shell's next one would. */
static void read_pragma(SqlReader *reader, ModelStatement *answer)
{
    static const char *const off[] = {"OFF", "NO", "FALSE", "0", NULL};
    if (!sql_reader_take(reader, "writable_schema") || (!sql_reader_take(reader, "=") && !sql_reader_take(reader, "(")))
        return;
    g_autofree char *value = sql_token_identifier(&reader->token, reader->sql);
    g_autofree char *upper = g_ascii_strup(value, -1);
    if (g_strv_contains(off, upper))
        answer->sql = g_strdup("PRAGMA writable_schema = RESET");
}

static const struct {
    const char *word;
    ModelFate fate;
    const char *reason;
} kinds[] = {
    {"SELECT", MODEL_SKIP, "queries"},          {"VALUES", MODEL_SKIP, "queries"},
    {"EXPLAIN", MODEL_SKIP, "queries"},         {"BEGIN", MODEL_SKIP, transactions},
    {"COMMIT", MODEL_SKIP, transactions},       {"END", MODEL_SKIP, transactions},
    {"SAVEPOINT", MODEL_SKIP, transactions},    {"RELEASE", MODEL_SKIP, transactions},
    {"ROLLBACK", MODEL_REFUSE, not_taken_back}, {"ATTACH", MODEL_REFUSE, other_databases},
    {"DETACH", MODEL_REFUSE, other_databases},  {"ANALYZE", MODEL_SKIP, "upkeep"},
    {"REINDEX", MODEL_SKIP, "upkeep"},          {"VACUUM", MODEL_SKIP, "upkeep"},
    {".", MODEL_REFUSE, shell_command},
};

void sqlite_read_model_statement(ModelScript *script, const char *sql, gsize length, ModelStatement *answer)
{
    static const char *const rows[] = {"INSERT", "REPLACE", "UPDATE", "DELETE", "WITH", NULL};
    SqlReader reader = sql_reader_new(&sqlite_dialect, sql, length);

    (void)script;
    answer->fate = MODEL_RUN;
    if (sql_reader_is_one_of(&reader, rows))
        read_rows(&reader, answer);
    else if (sql_reader_take(&reader, "CREATE"))
        read_create(&reader, answer);
    else if (sql_reader_take(&reader, "PRAGMA"))
        read_pragma(&reader, answer);
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (sql_reader_is(&reader, kinds[i].word) && answer->fate == MODEL_RUN)
            model_statement_set(answer, kinds[i].fate, kinds[i].reason);
}
