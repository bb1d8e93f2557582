/* Tokens of a stored definition, and the parts of constraints that stand in columns and in tables alike. */
#include "dialect/sqlite/ddl_reader.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "dialect/sqlite/sqlite.h"

/* --- tokens --- */

SqlReader ddl_reader_new(const char *sql)
{
    return sql_reader_new(&sqlite_dialect, sql, strlen(sql));
}

gboolean ddl_failed(const SqlReader *reader, const char *expected, GError **error)
{
    TextPosition place = text_position(reader->sql, reader->length, reader->token.start);

    if (reader->token.kind == SQL_TOKEN_END)
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_CATALOG, "%d:%d: expected %s, but the text ends", place.line,
                    place.column, expected);
    else
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_CATALOG, "%d:%d: expected %s before '%.*s'", place.line,
                    place.column, expected, (int)MIN(reader->token.length, 40), reader->sql + reader->token.start);
    return FALSE;
}

gboolean ddl_expect(SqlReader *reader, const char *word, GError **error)
{
    g_autofree char *quoted = NULL;

    if (sql_reader_take(reader, word))
        return TRUE;
    quoted = g_strdup_printf("'%s'", word);
    return ddl_failed(reader, quoted, error);
}

gboolean ddl_at_name(const SqlReader *reader)
{
    return reader->token.kind == SQL_TOKEN_WORD || reader->token.kind == SQL_TOKEN_QUOTED ||
           (reader->token.kind == SQL_TOKEN_STRING && reader->sql[reader->token.start] == '\'');
}

char *ddl_read_name(SqlReader *reader, const char *expected, GError **error)
{
    if (!ddl_at_name(reader)) {
        ddl_failed(reader, expected, error);
        return NULL;
    }
    char *name = sql_token_identifier(&reader->token, reader->sql);
    sql_reader_advance(reader);
    return name;
}

char *ddl_text(const SqlReader *reader, DdlSpan span)
{
    return g_strndup(reader->sql + span.start, span.end - span.start);
}

DdlSpan ddl_skip_item(SqlReader *reader)
{
    DdlSpan span = {reader->token.start, reader->token.start};

    for (guint depth = 0; reader->token.kind != SQL_TOKEN_END; sql_reader_advance(reader)) {
        if (depth == 0 && (sql_reader_is(reader, ",") || sql_reader_is(reader, ")")))
            break;
        if (sql_reader_is(reader, "("))
            depth++;
        else if (sql_reader_is(reader, ")"))
            depth--;
        span.end = reader->token.start + reader->token.length;
    }
    return span;
}

gboolean ddl_read_parenthesised(SqlReader *reader, DdlSpan *inside, GError **error)
{
    guint depth = 1;

    if (!ddl_expect(reader, "(", error))
        return FALSE;
    *inside = (DdlSpan){reader->token.start, reader->token.start};
    for (; reader->token.kind != SQL_TOKEN_END; sql_reader_advance(reader)) {
        if (sql_reader_is(reader, "("))
            depth++;
        else if (sql_reader_is(reader, ")") && --depth == 0)
            break;
        inside->end = reader->token.start + reader->token.length;
    }
    return ddl_expect(reader, ")", error);
}

/* --- parts of constraints --- */

gboolean ddl_read_on_conflict(SqlReader *reader, GPtrArray *options, const char *option, GError **error)
{
    if (!sql_reader_take_words(reader, "ON", "CONFLICT"))
        return TRUE;
    g_autofree char *name = ddl_read_name(reader, "a conflict resolution", error);
    if (name == NULL)
        return FALSE;
    g_autofree char *upper = g_ascii_strup(name, -1);
    if (options != NULL && strcmp(upper, "ABORT") != 0)
        options_set(options, option, upper);
    return TRUE;
}

gboolean ddl_read_names(SqlReader *reader, GPtrArray *names, GError **error)
{
    if (!ddl_expect(reader, "(", error))
        return FALSE;
    do {
        char *name = ddl_read_name(reader, "a column's name", error);
        if (name == NULL)
            return FALSE;
        g_ptr_array_add(names, name);
    } while (sql_reader_take(reader, ","));
    return ddl_expect(reader, ")", error);
}

gboolean ddl_read_key_columns(SqlReader *reader, Constraint *constraint, gboolean *autoincrement, GError **error)
{
    g_autoptr(GString) sort = g_string_new(NULL);
    gboolean sorted = FALSE;

    if (!ddl_expect(reader, "(", error))
        return FALSE;
    do {
        char *name = ddl_read_name(reader, "a column's name", error);
        if (name == NULL)
            return FALSE;
        g_ptr_array_add(constraint->columns, name);
        if (constraint->columns->len > 1)
            g_string_append_c(sort, ',');
        if (sql_reader_take(reader, "COLLATE")) {
            g_autofree char *collation = ddl_read_name(reader, "a collation's name", error);
            if (collation == NULL)
                return FALSE;
            g_autofree char *quoted = sqlite_quote_identifier(collation);
            g_string_append_printf(sort, "COLLATE %s", quoted);
            sorted = TRUE;
        }
        if (sql_reader_take(reader, "DESC")) {
            g_string_append(sort, sort->len > 0 && sort->str[sort->len - 1] != ',' ? " DESC" : "DESC");
            sorted = TRUE;
        } else {
            sql_reader_take(reader, "ASC");
        }
        if (sql_reader_take(reader, "AUTOINCREMENT"))
            *autoincrement = TRUE;
    } while (sql_reader_take(reader, ","));
    if (sorted)
        options_set(constraint->options, "sort", sort->str);
    return ddl_expect(reader, ")", error);
}

/* The action behind ON DELETE or ON UPDATE; NULL for NO ACTION. */
static gboolean read_action(SqlReader *reader, char **action, GError **error)
{
    const char *found = NULL;

    if (sql_reader_take_words(reader, "NO", "ACTION"))
        found = NULL;
    else if (sql_reader_take_words(reader, "SET", "NULL"))
        found = "SET NULL";
    else if (sql_reader_take_words(reader, "SET", "DEFAULT"))
        found = "SET DEFAULT";
    else if (sql_reader_take(reader, "CASCADE"))
        found = "CASCADE";
    else if (sql_reader_take(reader, "RESTRICT"))
        found = "RESTRICT";
    else
        return ddl_failed(reader, "a foreign key's action", error);
    g_free(*action);
    *action = g_strdup(found);
    return TRUE;
}

static gboolean read_match(SqlReader *reader, Constraint *constraint, GError **error)
{
    g_autofree char *match = ddl_read_name(reader, "a word behind MATCH", error);
    if (match == NULL)
        return FALSE;
    g_clear_pointer(&constraint->match, g_free);
    if (g_ascii_strcasecmp(match, "SIMPLE") != 0)
        constraint->match = g_ascii_strup(match, -1);
    return TRUE;
}

gboolean ddl_take_deferral(SqlReader *reader, Constraint *constraint)
{
    gboolean deferrable = FALSE, deferred = FALSE;

    if (!sql_reader_take_words(reader, "NOT", "DEFERRABLE")) {
        if (!sql_reader_take(reader, "DEFERRABLE"))
            return FALSE;
        deferrable = TRUE;
    }
    if (sql_reader_take_words(reader, "INITIALLY", "DEFERRED"))
        deferred = deferrable;
    else
        sql_reader_take_words(reader, "INITIALLY", "IMMEDIATE");
    if (constraint != NULL) {
        constraint->deferrable = deferrable;
        g_free(constraint->initially);
        constraint->initially = deferred ? g_strdup("DEFERRED") : NULL;
    }
    return TRUE;
}

gboolean ddl_read_reference(SqlReader *reader, Constraint *constraint, GError **error)
{
    char *insert = NULL;

    constraint->referred_table = ddl_read_name(reader, "the referred table's name", error);
    if (constraint->referred_table == NULL)
        return FALSE;
    if (sql_reader_is(reader, "(") && !ddl_read_names(reader, constraint->referred_columns, error))
        return FALSE;
    for (;;) {
        gboolean good;
        if (sql_reader_take(reader, "MATCH")) {
            good = read_match(reader, constraint, error);
        } else if (sql_reader_take_words(reader, "ON", "DELETE")) {
            good = read_action(reader, &constraint->ondelete, error);
        } else if (sql_reader_take_words(reader, "ON", "UPDATE")) {
            good = read_action(reader, &constraint->onupdate, error);
        } else if (sql_reader_take_words(reader, "ON", "INSERT")) { /* is read and means nothing */
            good = read_action(reader, &insert, error);
            g_clear_pointer(&insert, g_free);
        } else {
            return TRUE;
        }
        if (!good)
            return FALSE;
    }
}
