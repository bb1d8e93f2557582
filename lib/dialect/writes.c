#include <string.h>

#include "dialect/mentions.h"
#include "dialect/reader.h"

/* One text that is read for the rows that it writes. */
typedef struct Writes {
    const Dialect *dialect;
    GHashTable *tables; /* char* -> GUINT_TO_POINTER(SqlWrite) */
    gboolean strings;   /* those hold SQL, too */
} Writes;

static void add_write(const Writes *writes, char *name, SqlWrite what)
{
    if (name == NULL)
        return;
    char *lower = g_ascii_strdown(name, -1);
    guint before = GPOINTER_TO_UINT(g_hash_table_lookup(writes->tables, lower));
    g_hash_table_insert(writes->tables, lower, GUINT_TO_POINTER(MAX(before, (guint)what)));
    g_free(name);
}

static char *take_name(SqlReader *reader)
{
    char *name = sql_reader_take_identifier(reader);
    while (name != NULL && sql_reader_take(reader, ".")) {
        g_free(name);
        name = sql_reader_take_identifier(reader);
    }
    return name;
}

/* Every name up to one of these words, where each may be a table: "UPDATE a JOIN b ON … SET". A statement that ends
 * before a `needed` word is another one ("FOR UPDATE"). */
static void read_list(const Writes *writes, SqlReader reader, const char *const *ends, gboolean needed)
{
    static const char *const between[] = {"FROM", "ONLY", "JOIN", "ON", "USING", "AS", NULL};
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    while (!sql_reader_at_end(&reader) && !sql_reader_is_one_of(&reader, ends)) {
        char *name = sql_reader_is_one_of(&reader, between) ? NULL : take_name(&reader);
        if (name != NULL)
            g_ptr_array_add(names, name);
        else if (!sql_reader_skip_parentheses(&reader))
            sql_reader_advance(&reader);
    }
    gboolean whole = !needed || sql_reader_is_one_of(&reader, ends);
    for (guint i = 0; i < names->len; i++)
        if (whole)
            add_write(writes, names->pdata[i], SQL_WRITE_CHANGES);
        else
            g_free(names->pdata[i]);
}

/* "INSERT … INTO t": rows that are in its way may be changed or go, when it says so. */
static void read_insert(const Writes *writes, SqlReader reader, gboolean replaces)
{
    static const char *const between[] = {"OR",      "ROLLBACK",     "ABORT", "REPLACE", "FAIL", "IGNORE",
                                          "DELAYED", "LOW_PRIORITY", "INTO",  "TABLE",   "ONLY", NULL};
    while (sql_reader_is_one_of(&reader, between)) {
        replaces |= sql_reader_is(&reader, "REPLACE");
        sql_reader_advance(&reader);
    }
    char *name = take_name(&reader);
    replaces |= sql_reader_has_word(reader, "CONFLICT") || sql_reader_has_word(reader, "DUPLICATE");
    add_write(writes, name, replaces ? SQL_WRITE_CHANGES : SQL_WRITE_ADDS);
}

static void read_verb(const Writes *writes, SqlReader reader)
{
    static const char *const set[] = {"SET", NULL}, *const where[] = {"WHERE", "RETURNING", "USING", NULL},
                             *const none[] = {NULL};
    if (sql_reader_take(&reader, "INSERT") || sql_reader_take(&reader, "COPY"))
        read_insert(writes, reader, FALSE);
    else if (sql_reader_take(&reader, "REPLACE") || sql_reader_take(&reader, "MERGE"))
        read_insert(writes, reader, TRUE);
    else if (sql_reader_take(&reader, "LOAD"))
        while (!sql_reader_at_end(&reader)) {
            if (sql_reader_take_words(&reader, "INTO", "TABLE"))
                read_insert(writes, reader, TRUE);
            sql_reader_advance(&reader);
        }
    else if (sql_reader_take(&reader, "UPDATE"))
        read_list(writes, reader, set, TRUE);
    else if (sql_reader_take(&reader, "DELETE"))
        read_list(writes, reader, where, FALSE);
    else if (sql_reader_take(&reader, "TRUNCATE"))
        read_list(writes, reader, none, FALSE);
}

static void read_text(const Writes *writes, const char *text, gsize length);

/* $$ … $$ and '…'. */
static void read_string(const Writes *writes, const char *token, gsize length)
{
    const char *end = length > 1 && *token == '$' ? memchr(token + 1, '$', length - 1) : NULL;
    gsize tag = end != NULL ? (gsize)(end - token) + 1 : 1;
    if (length >= 2 * tag)
        read_text(writes, token + tag, length - 2 * tag);
}

static void read_text(const Writes *writes, const char *text, gsize length)
{
    /* Behind these a verb is a part of something else: "BEFORE UPDATE ON", "ON DELETE CASCADE", "CREATE OR REPLACE". */
    static const char *const before[] = {"BEFORE", "AFTER", "OR", "OF", "ON", "FOR", "KEY", "DO", "GRANT", ",", NULL};
    SqlReader reader = sql_reader_new(writes->dialect, text, length);
    gboolean is_verb = TRUE;
    while (reader.token.kind != SQL_TOKEN_END) {
        if (is_verb && reader.token.kind == SQL_TOKEN_WORD)
            read_verb(writes, reader);
        else if (writes->strings && reader.token.kind == SQL_TOKEN_STRING)
            read_string(writes, text + reader.token.start, reader.token.length);
        is_verb = !sql_reader_is_one_of(&reader, before);
        sql_reader_advance(&reader);
    }
}

GHashTable *sql_writes(const Dialect *dialect, const char *sql)
{
    GHashTable *tables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const Writes writes = {dialect, tables, sql_has_body(dialect, sql)};
    read_text(&writes, sql, strlen(sql));
    return tables;
}
