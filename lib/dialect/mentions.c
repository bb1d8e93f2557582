#include "dialect/mentions.h"

#include <string.h>

#include "dialect/reader.h"

/* ---- renames ---- */

static void rename_free(gpointer data)
{
    SqlRename *rename = data;
    g_free(rename->kind);
    g_free(rename->table);
    g_free(rename->old_name);
    g_free(rename->new_name);
    g_free(rename);
}

/* Takes the names; without one of them there is nothing to add. */
static void add_rename(GPtrArray *renames, const char *kind, const char *table, char *old_name, char *new_name)
{
    SqlRename *rename = g_new0(SqlRename, 1);
    rename->kind = g_ascii_strdown(kind, -1);
    rename->table = g_strdup(table);
    rename->old_name = old_name;
    rename->new_name = new_name;
    if (old_name != NULL && new_name != NULL)
        g_ptr_array_add(renames, rename);
    else
        rename_free(rename);
}

/* The last name of a qualified one, behind IF EXISTS and ONLY. New string; NULL when none stands here. */
static char *take_last_name(SqlReader *reader)
{
    sql_reader_take_words(reader, "IF", "EXISTS");
    sql_reader_take(reader, "ONLY");
    char *name = sql_reader_take_identifier(reader);
    while (name != NULL && sql_reader_take(reader, ".")) {
        g_free(name);
        name = sql_reader_take_identifier(reader);
    }
    sql_reader_take(reader, "*");
    return name;
}

/* Behind RENAME in an ALTER TABLE. */
static void read_rename_clause(SqlReader *reader, const char *table, GPtrArray *renames)
{
    static const char *const parts[] = {"COLUMN", "INDEX", "KEY", "CONSTRAINT"};
    const char *kind = NULL;
    if (sql_reader_take(reader, "TO") || sql_reader_take(reader, "AS")) {
        add_rename(renames, "table", NULL, g_strdup(table), take_last_name(reader));
        return;
    }
    for (guint i = 0; i < G_N_ELEMENTS(parts) && kind == NULL; i++)
        if (sql_reader_take(reader, parts[i]))
            kind = strcmp(parts[i], "KEY") == 0 ? "index" : parts[i];
    g_autofree char *name = take_last_name(reader);
    if (sql_reader_take(reader, "TO"))
        add_rename(renames, kind != NULL ? kind : "column", table, g_steal_pointer(&name), take_last_name(reader));
    else if (kind == NULL)
        add_rename(renames, "table", NULL, g_strdup(table), g_steal_pointer(&name));
}

static void read_alter_table(SqlReader *reader, GPtrArray *renames)
{
    g_autofree char *table = take_last_name(reader);
    gboolean starts = TRUE; /* a clause does */
    while (table != NULL && !sql_reader_at_end(reader)) {
        gboolean started = starts;
        starts = FALSE;
        if (started && sql_reader_take(reader, "RENAME")) {
            read_rename_clause(reader, table, renames);
        } else if (started && sql_reader_take(reader, "CHANGE")) {
            sql_reader_take(reader, "COLUMN");
            char *old_name = take_last_name(reader);
            add_rename(renames, "column", table, old_name, take_last_name(reader));
        } else if (sql_reader_take(reader, ",")) {
            starts = TRUE;
        } else if (!sql_reader_skip_parentheses(reader)) {
            sql_reader_advance(reader);
        }
    }
}

/* "ALTER VIEW a RENAME TO b". */
static void read_alter(SqlReader *reader, GPtrArray *renames)
{
    sql_reader_take(reader, "MATERIALIZED");
    if (reader->token.kind != SQL_TOKEN_WORD)
        return;
    g_autofree char *kind = sql_reader_take_identifier(reader);
    g_autofree char *name = take_last_name(reader);
    sql_reader_skip_parentheses(reader);
    if (sql_reader_take_words(reader, "RENAME", "TO"))
        add_rename(renames, kind, NULL, g_steal_pointer(&name), take_last_name(reader));
}

GPtrArray *sql_renames(const Dialect *dialect, const char *sql)
{
    GPtrArray *renames = g_ptr_array_new_with_free_func(rename_free);
    SqlReader reader = sql_reader_new(dialect, sql, strlen(sql));
    if (sql_reader_take_words(&reader, "ALTER", "TABLE")) {
        read_alter_table(&reader, renames);
    } else if (sql_reader_take(&reader, "ALTER")) {
        read_alter(&reader, renames);
    } else if (sql_reader_take_words(&reader, "RENAME", "TABLE")) {
        do {
            char *old_name = take_last_name(&reader);
            sql_reader_take(&reader, "TO");
            add_rename(renames, "table", NULL, old_name, take_last_name(&reader));
        } while (sql_reader_take(&reader, ","));
    }
    return renames;
}

/* ---- marks ---- */

/* What is called `rename->new_name` now, from its first name on. */
typedef struct Chain {
    const char *kind, *first, *last;
    const char *table; /* its name now */
} Chain;

static gboolean same_name(const MetaData *metadata, const char *a, const char *b)
{
    return g_strcmp0(a, b) == 0 || (metadata->ignore_case && a != NULL && b != NULL && g_ascii_strcasecmp(a, b) == 0);
}

static GArray *chains_of(const GPtrArray *renames, const MetaData *after)
{
    GArray *chains = g_array_new(FALSE, FALSE, sizeof(Chain));
    for (guint i = 0; i < renames->len; i++) {
        const SqlRename *rename = g_ptr_array_index(renames, i);
        gboolean found = FALSE;
        for (guint j = 0; j < chains->len; j++) {
            Chain *chain = &g_array_index(chains, Chain, j);
            if (strcmp(rename->kind, "table") == 0 && same_name(after, chain->table, rename->old_name))
                chain->table = rename->new_name;
            if (strcmp(chain->kind, rename->kind) == 0 && same_name(after, chain->last, rename->old_name) &&
                same_name(after, chain->table, rename->table)) {
                chain->last = rename->new_name;
                found = TRUE;
            }
        }
        const Chain chain = {rename->kind, rename->old_name, rename->new_name, rename->table};
        if (!found)
            g_array_append_val(chains, chain);
    }
    return chains;
}

static void set_former(char **renamed_from, const char *name)
{
    g_free(*renamed_from);
    *renamed_from = g_strdup(name);
}

static const Table *find_table(const MetaData *metadata, const char *name)
{
    for (guint i = 0; i < metadata->tables->len; i++) {
        const Table *table = g_ptr_array_index(metadata->tables, i);
        if (same_name(metadata, table->name, name))
            return table;
    }
    return NULL;
}

static void mark_table(const Chain *chain, const MetaData *before, const MetaData *after)
{
    Table *table = (Table *)find_table(after, chain->last);
    if (table != NULL && metadata_find_table(before, table->schema, chain->first) != NULL &&
        metadata_find_table(before, table->schema, table->name) == NULL &&
        metadata_find_table(after, table->schema, chain->first) == NULL)
        set_former(&table->renamed_from, chain->first);
}

static void mark_part(const Chain *chain, const Table *was, const Table *table)
{
    Column *column = table_find_column(table, chain->last);
    Index *index = table_find_index(table, chain->last);
    Constraint *constraint = table_find_constraint(table, chain->last);
    if (strcmp(chain->kind, "column") == 0 && column != NULL && table_find_column(was, chain->first) != NULL &&
        table_find_column(was, chain->last) == NULL && table_find_column(table, chain->first) == NULL)
        set_former(&column->renamed_from, chain->first);
    if (strcmp(chain->kind, "index") == 0 && index != NULL && table_find_index(was, chain->first) != NULL &&
        table_find_index(was, chain->last) == NULL)
        set_former(&index->renamed_from, chain->first);
    if (strcmp(chain->kind, "constraint") == 0 && constraint != NULL &&
        table_find_constraint(was, chain->first) != NULL && table_find_constraint(was, chain->last) == NULL)
        set_former(&constraint->renamed_from, chain->first);
}

static void mark_parts(const Chain *chain, const MetaData *before, const MetaData *after)
{
    for (guint i = 0; i < after->tables->len; i++) {
        const Table *table = g_ptr_array_index(after->tables, i);
        if (chain->table != NULL && !same_name(after, chain->table, table->name))
            continue;
        const char *former = table->renamed_from != NULL ? table->renamed_from : table->name;
        const Table *was = metadata_find_table(before, table->schema, former);
        if (was != NULL)
            mark_part(chain, was, table);
    }
}

static void mark_others(const Chain *chain, const MetaData *before, const MetaData *after)
{
    for (guint i = 0; i < after->enums->len; i++) {
        EnumType *type = g_ptr_array_index(after->enums, i);
        if (same_name(after, type->name, chain->last) &&
            metadata_find_enum(before, type->schema, chain->first) != NULL &&
            metadata_find_enum(before, type->schema, type->name) == NULL)
            set_former(&type->renamed_from, chain->first);
    }
    for (guint i = 0; i < after->sequences->len; i++) {
        Sequence *sequence = g_ptr_array_index(after->sequences, i);
        if (same_name(after, sequence->name, chain->last) &&
            metadata_find_sequence(before, sequence->schema, chain->first) != NULL &&
            metadata_find_sequence(before, sequence->schema, sequence->name) == NULL)
            set_former(&sequence->renamed_from, chain->first);
    }
    for (guint i = 0; i < after->objects->len; i++) {
        SchemaObject *object = g_ptr_array_index(after->objects, i);
        if (same_name(after, object->name, chain->last) &&
            metadata_find_object(before, object->kind, object->schema, chain->first) != NULL &&
            metadata_find_object(before, object->kind, object->schema, object->name) == NULL)
            set_former(&object->renamed_from, chain->first);
    }
}

void sql_renames_mark(const GPtrArray *renames, const MetaData *before, const MetaData *after)
{
    g_autoptr(GArray) chains = chains_of(renames, after);
    for (guint i = 0; i < chains->len; i++) {
        const Chain *chain = &g_array_index(chains, Chain, i);
        if (strcmp(chain->kind, "table") == 0)
            mark_table(chain, before, after);
    }
    for (guint i = 0; i < chains->len; i++) {
        const Chain *chain = &g_array_index(chains, Chain, i);
        if (strcmp(chain->kind, "table") == 0)
            continue;
        mark_parts(chain, before, after);
        if (chain->table == NULL)
            mark_others(chain, before, after);
    }
}

/* ---- rows ---- */

char *sql_written_table(const Dialect *dialect, const char *sql, const char **verb)
{
    static const struct {
        const char *word, *verb;
    } verbs[] = {{"INSERT", "insert into"}, {"REPLACE", "replace into"}, {"MERGE", "merge into"}, {"UPDATE", "update"},
                 {"DELETE", "delete from"}, {"TRUNCATE", "truncate"},    {"COPY", "copy into"}};
    static const char *const between[] = {"OR",    "ROLLBACK", "ABORT", "REPLACE", "FAIL",  "IGNORE", "LOW_PRIORITY",
                                          "QUICK", "DELAYED",  "INTO",  "FROM",    "TABLE", "ONLY",   NULL};
    SqlReader reader = sql_reader_new(dialect, sql, strlen(sql));
    gboolean with = sql_reader_is(&reader, "WITH");
    while (with && !sql_reader_at_end(&reader) && !sql_reader_is(&reader, "INSERT") &&
           !sql_reader_is(&reader, "UPDATE") && !sql_reader_is(&reader, "DELETE") && !sql_reader_is(&reader, "MERGE"))
        if (!sql_reader_skip_parentheses(&reader))
            sql_reader_advance(&reader);
    for (guint i = 0; i < G_N_ELEMENTS(verbs); i++) {
        if (!sql_reader_take(&reader, verbs[i].word))
            continue;
        *verb = verbs[i].verb;
        while (sql_reader_is_one_of(&reader, between))
            sql_reader_advance(&reader);
        return take_last_name(&reader);
    }
    return NULL;
}

/* ---- mentions ---- */

/* A word; and what a dollar quote keeps apart in it: "AS $$BEGIN". */
static void add_word(GHashTable *words, const char *word, gsize length)
{
    g_autofree char *whole = g_ascii_strdown(word, (gssize)length);
    g_auto(GStrv) parts = g_strsplit(whole, "$", -1);
    for (guint i = 0; parts[i] != NULL && parts[1] != NULL; i++)
        if (parts[i][0] != '\0')
            g_hash_table_add(words, g_strdup(parts[i]));
    g_hash_table_add(words, g_steal_pointer(&whole));
}

GHashTable *sql_all_words(const Dialect *dialect, const char *text)
{
    GHashTable *words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (const char *at = text; *at != '\0';) {
        gsize length = 0;
        while (g_ascii_isalnum(at[length]) || at[length] == '_' || at[length] == '$' || (guchar)at[length] >= 0x80)
            length++;
        if (length > 0)
            add_word(words, at, length);
        at += length > 0 ? length : 1;
    }
    g_autoptr(GPtrArray) names = sql_identifiers(dialect, text);
    for (guint i = 0; i < names->len; i++)
        g_hash_table_add(words, g_ascii_strdown(g_ptr_array_index(names, i), -1));
    return words;
}

gboolean sql_has_body(const Dialect *dialect, const char *sql)
{
    static const char *const kinds[] = {"FUNCTION", "PROCEDURE", "TRIGGER", "EVENT", NULL};
    static const char *const others[] = {"TABLE", "VIEW", "INDEX", "SEQUENCE", "TYPE", "DOMAIN", "AS", NULL};
    SqlReader reader = sql_reader_new(dialect, sql, strlen(sql));
    if (sql_reader_is(&reader, "DO") || sql_reader_is(&reader, "EXECUTE") || sql_reader_is(&reader, "PREPARE"))
        return TRUE;
    if (!sql_reader_take(&reader, "CREATE"))
        return FALSE;
    while (!sql_reader_at_end(&reader) && !sql_reader_is_one_of(&reader, others)) {
        if (sql_reader_is_one_of(&reader, kinds))
            return TRUE;
        sql_reader_advance(&reader);
    }
    return FALSE;
}

/* 'orders', 'public."Orders"': the words of a text that is a name and nothing else. */
static void add_name_in(GHashTable *words, const char *text, gsize length)
{
    for (gsize i = 0; i < length; i++)
        if (!g_ascii_isalnum(text[i]) && strchr("_$.\"", text[i]) == NULL && (guchar)text[i] < 0x80)
            return;
    for (gsize at = 0; at < length;) {
        gsize end = at;
        while (end < length && text[end] != '.' && text[end] != '"')
            end++;
        if (end > at)
            g_hash_table_add(words, g_ascii_strdown(text + at, (gssize)(end - at)));
        at = end + 1;
    }
}

/* Names that are strings to the server: 'orders'::regclass, and what functions of sequences are given. */
static void add_named_by_strings(GHashTable *words, const Dialect *dialect, const char *sql)
{
    static const char *const functions[] = {"nextval",     "setval",     "currval",    "pg_get_serial_sequence",
                                            "to_regclass", "to_regtype", "to_regproc", NULL};
    static const char *const types[] = {"regclass", "regtype", "regproc", "regprocedure", "regnamespace", NULL};
    gboolean called = FALSE;
    for (SqlReader reader = sql_reader_new(dialect, sql, strlen(sql)); reader.token.kind != SQL_TOKEN_END;) {
        SqlToken token = reader.token;
        gboolean was_called = called && token.kind == SQL_TOKEN_STRING;
        gboolean is_function = sql_reader_is_one_of(&reader, functions);
        sql_reader_advance(&reader);
        called = is_function && sql_reader_is(&reader, "(");
        if (called)
            sql_reader_advance(&reader);
        gboolean cast =
            token.kind == SQL_TOKEN_STRING && sql_reader_take(&reader, "::") && sql_reader_is_one_of(&reader, types);
        if ((was_called || cast) && token.length >= 2)
            add_name_in(words, sql + token.start + 1, token.length - 2);
    }
}

GHashTable *sql_mentions(const Dialect *dialect, const char *sql)
{
    if (sql_has_body(dialect, sql))
        return sql_all_words(dialect, sql);
    GHashTable *words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) names = sql_identifiers(dialect, sql);
    for (guint i = 0; i < names->len; i++)
        g_hash_table_add(words, g_ascii_strdown(g_ptr_array_index(names, i), -1));
    add_named_by_strings(words, dialect, sql);
    return words;
}

/* ---- what is built ---- */

static SqlToken next(const Dialect *dialect, const char *text, gsize length, gsize *position)
{
    return sql_next_significant(dialect, text, length, position);
}

/* Behind EXECUTE [IMMEDIATE] or FROM: a text that stands there as it is, and nothing is joined to it. */
static gboolean is_constant(const Dialect *dialect, const char *text, gsize length, gsize position)
{
    SqlToken token = next(dialect, text, length, &position);
    if (token.kind != SQL_TOKEN_STRING)
        return FALSE;
    token = next(dialect, text, length, &position);
    return token.kind == SQL_TOKEN_END || token.kind == SQL_TOKEN_SEMICOLON || sql_token_is(&token, text, "USING") ||
           sql_token_is(&token, text, "INTO");
}

static gboolean builds_sql(const Dialect *dialect, const char *text, gsize length);

/* $$ … $$: a body. */
static gboolean body_builds_sql(const Dialect *dialect, const char *token, gsize length)
{
    const char *end = length > 1 && *token == '$' ? memchr(token + 1, '$', length - 1) : NULL;
    gsize tag = end != NULL ? (gsize)(end - token) + 1 : 0;
    return tag > 0 && length >= 2 * tag && builds_sql(dialect, token + tag, length - 2 * tag);
}

static gboolean execute_builds(const Dialect *dialect, const char *text, gsize length, gsize position)
{
    gsize behind = position;
    SqlToken token = next(dialect, text, length, &behind);
    if (sql_token_is(&token, text, "FUNCTION") || sql_token_is(&token, text, "PROCEDURE") ||
        sql_token_is(&token, text, "ON") || sql_token_is(&token, text, ","))
        return FALSE;
    return !is_constant(dialect, text, length, sql_token_is(&token, text, "IMMEDIATE") ? behind : position);
}

/* "PREPARE name FROM …"; PostgreSQL's PREPARE … AS has its statement behind it. */
static gboolean prepare_builds(const Dialect *dialect, const char *text, gsize length, gsize position)
{
    next(dialect, text, length, &position);
    SqlToken token = next(dialect, text, length, &position);
    return sql_token_is(&token, text, "FROM") && !is_constant(dialect, text, length, position);
}

static gboolean builds_sql(const Dialect *dialect, const char *text, gsize length)
{
    gsize position = 0;
    for (;;) {
        SqlToken token = next(dialect, text, length, &position);
        if (token.kind == SQL_TOKEN_END)
            return FALSE;
        if ((sql_token_is(&token, text, "EXECUTE") && execute_builds(dialect, text, length, position)) ||
            (sql_token_is(&token, text, "PREPARE") && prepare_builds(dialect, text, length, position)) ||
            (token.kind == SQL_TOKEN_STRING && body_builds_sql(dialect, text + token.start, token.length)))
            return TRUE;
    }
}

/* "GRANT … ON ALL TABLES IN SCHEMA s", "ALTER TABLE ALL IN TABLESPACE". */
static gboolean is_about_all(SqlReader reader)
{
    while (!sql_reader_at_end(&reader)) {
        if (sql_reader_take(&reader, "ALL")) {
            if (sql_reader_is(&reader, "IN"))
                return TRUE;
            sql_reader_advance(&reader);
            if (sql_reader_is(&reader, "IN"))
                return TRUE;
        } else {
            sql_reader_advance(&reader);
        }
    }
    return FALSE;
}

const char *sql_cannot_be_told(const Dialect *dialect, const char *sql)
{
    SqlReader reader = sql_reader_new(dialect, sql, strlen(sql));
    SqlReader words = reader;
    gboolean grants = sql_reader_is(&reader, "GRANT") || sql_reader_is(&reader, "REVOKE");
    if (sql_reader_take_words(&words, "ALTER", "DEFAULT"))
        return "it is about all that is made after it";
    if ((grants || sql_reader_is(&reader, "ALTER")) && is_about_all(reader))
        return "it is about all that is there when it runs";
    if (grants || !builds_sql(dialect, sql, strlen(sql)))
        return NULL;
    return sql_reader_is(&reader, "CREATE") ? "a routine that runs SQL which it builds" : "it runs SQL that is built";
}
