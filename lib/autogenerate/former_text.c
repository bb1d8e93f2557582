#include <string.h>

#include "autogenerate/former.h"
#include "dialect/adapter.h"

void former_doubt(const Former *former, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_ptr_array_add(former->doubts, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

/* --- expressions --- */

/* Functions and words that mean the same everywhere. */
static gboolean is_common_function(const char *word)
{
    static const char *const names[] = {"abs",   "coalesce", "length", "lower", "nullif", "replace", "round", "trim",
                                        "upper", "in",       "and",    "or",    "not",    "between", NULL};
    return g_strv_contains(names, word);
}

static gboolean is_common_operator(const char *text, const SqlToken *token)
{
    static const char *const operators[] = {"+", "-", "*",  "/",  "(",  ")",  ",",  "=",
                                            "<", ">", "<=", ">=", "<>", "!=", "||", NULL};
    g_autofree char *operator= g_strndup(text + token->start, token->length);
    return g_strv_contains(operators, operator);
}

/* 'pending'::character varying: the cast only repeats the column's type. */
static void skip_cast(const Dialect *dialect, const char *text, gsize length, gsize *position)
{
    gsize behind = *position;
    SqlToken token = sql_next_significant(dialect, text, length, &behind);
    if (!sql_token_is(&token, text, "::"))
        return;
    do {
        *position = behind;
        token = sql_next_significant(dialect, text, length, &behind);
    } while (token.kind == SQL_TOKEN_WORD);
}

static gboolean append_word(const Former *former, GString *out, const char *text, const SqlToken *token, gsize behind)
{
    const Dialect *from = former->change->dialect;
    if (token->kind == SQL_TOKEN_QUOTED) {
        g_autofree char *name = sql_token_identifier(token, text);
        g_autofree char *quoted = former->dialect->quote_identifier(name);
        g_string_append(out, quoted);
        return TRUE;
    }
    g_autofree char *word = g_ascii_strdown(text + token->start, (gssize)token->length);
    SqlToken next = sql_next_significant(from, text, strlen(text), &behind);
    g_string_append_len(out, text + token->start, (gssize)token->length);
    return !sql_token_is(&next, text, "(") || is_common_function(word);
}

static gboolean append_token(const Former *former, GString *out, const char *text, const SqlToken *token,
                             gsize *position)
{
    if (out->len > 0 && text[token->start] != ',' && text[token->start] != ')' && out->str[out->len - 1] != '(')
        g_string_append_c(out, ' ');
    switch (token->kind) {
    case SQL_TOKEN_WORD:
    case SQL_TOKEN_QUOTED:
        return append_word(former, out, text, token, *position);
    case SQL_TOKEN_STRING:
        g_string_append_len(out, text + token->start, (gssize)token->length);
        skip_cast(former->change->dialect, text, strlen(text), position);
        return text[token->start] == '\'' && !memchr(text + token->start, '\\', token->length);
    case SQL_TOKEN_NUMBER:
        g_string_append_len(out, text + token->start, (gssize)token->length);
        return TRUE;
    case SQL_TOKEN_OPERATOR:
        g_string_append_len(out, text + token->start, (gssize)token->length);
        return is_common_operator(text, token);
    case SQL_TOKEN_PARAMETER:
    case SQL_TOKEN_SEMICOLON:
    case SQL_TOKEN_SPACE:
    case SQL_TOKEN_COMMENT:
    case SQL_TOKEN_UNFINISHED:
    case SQL_TOKEN_ILLEGAL:
    case SQL_TOKEN_CONDITION:
    case SQL_TOKEN_END:
        return FALSE;
    }
    return FALSE;
}

/* The text of an expression for the other dialect; `subject` is what it belongs to. New string; NULL gives NULL. */
static char *translate_expression(const Former *former, const char *text, const char *subject)
{
    const Dialect *from = former->change->dialect;
    g_autoptr(GString) out = g_string_new(NULL);
    gsize position = 0;
    if (!text || former->same)
        return g_strdup(text);
    for (;;) {
        SqlToken token = sql_next_significant(from, text, strlen(text), &position);
        if (token.kind == SQL_TOKEN_END)
            return g_string_free(g_steal_pointer(&out), FALSE);
        if (!append_token(former, out, text, &token, &position))
            break;
    }
    former_doubt(former, "%s: its former '%s' is in the words of %s", subject, text, from->name);
    return g_strdup(text);
}

static void translate(const Former *former, char **text, const char *subject)
{
    char *translated = translate_expression(former, *text, subject);
    g_free(*text);
    *text = translated;
}

/* --- definitions --- */

static void translate_type(const Former *former, const char *subject, const SqlType *type)
{
    while (type->kind == SQL_TYPE_ARRAY)
        type = type->item;
    if (!former->same && type->kind == SQL_TYPE_NATIVE)
        former_doubt(former, "%s: its former type %s is one of %s", subject, type->name, former->change->dialect->name);
}

/* What every model leaves unsaid. */
static void settle_autoincrement(const Former *former, const Table *table, Column *column)
{
    gboolean key = adapter_is_numbered_key(table, column);
    gboolean serial = (former->change->dialect->capabilities & DIALECT_SERIAL) != 0;
    if (key ? column->autoincrement == AUTOINCREMENT_TRUE && serial : column->autoincrement == AUTOINCREMENT_FALSE)
        column->autoincrement = AUTOINCREMENT_AUTO;
}

void former_column(const Former *former, const Table *table, Column *column)
{
    g_autofree char *subject = g_strdup_printf("%s.%s", table->name, column->name);
    translate_type(former, subject, column->type);
    translate(former, &column->server_default, subject);
    if (column->computed)
        translate(former, &column->computed->expression, subject);
    settle_autoincrement(former, table, column);
    if (former->same)
        return;
    g_clear_pointer(&column->collation, g_free);
    g_ptr_array_set_size(column->options, 0);
}

void former_constraint(const Former *former, const Table *table, Constraint *constraint)
{
    if (former->same)
        return;
    g_autofree char *subject =
        g_strdup_printf("constraint %s of %s", constraint->name ? constraint->name : "without a name", table->name);
    translate(former, &constraint->expression, subject);
    g_ptr_array_set_size(constraint->options, 0);
}

void former_index(const Former *former, const Table *table, Index *index)
{
    if (former->same)
        return;
    g_autofree char *subject = g_strdup_printf("index %s of %s", index->name, table->name);
    translate(former, &index->where, subject);
    for (guint i = 0; i < index->columns->len; i++) {
        IndexColumn *column = index->columns->pdata[i];
        translate(former, &column->expression, subject);
        g_clear_pointer(&column->collation, g_free);
        g_clear_pointer(&column->opclass, g_free);
    }
    g_clear_pointer(&index->using, g_free);
    g_ptr_array_set_size(index->options, 0);
}

gboolean former_is_unique_key(const Former *former, const Index *index)
{
    if (former->same || !index->unique || index->where || !file_names_has(former->files, index->name) ||
        file_names_definition(former->files, "index", index->name))
        return FALSE;
    for (guint i = 0; i < index->columns->len; i++) {
        const IndexColumn *column = index->columns->pdata[i];
        if (!column->name || column->descending || column->length > 0)
            return FALSE;
    }
    return TRUE;
}

Constraint *former_unique_key(const Index *index)
{
    Constraint *unique = constraint_new(CONSTRAINT_UNIQUE, index->name);
    for (guint i = 0; i < index->columns->len; i++)
        g_ptr_array_add(unique->columns, g_strdup(((const IndexColumn *)index->columns->pdata[i])->name));
    return unique;
}

/* The check that stands for an enum where the database has none is no constraint where it has. */
static gboolean is_own_check(const Former *former, const Constraint *constraint)
{
    return !former->same && former_is_enum_check(former, constraint, NULL, NULL) && constraint->name &&
           file_names_has(former->change->files, constraint->name) && !file_names_has(former->files, constraint->name);
}

void former_table(const Former *former, Table *table)
{
    for (guint i = 0; i < table->columns->len; i++)
        former_column(former, table, table->columns->pdata[i]);
    if (table->primary_key)
        former_constraint(former, table, table->primary_key);
    for (guint i = table->constraints->len; i-- > 0;) {
        Constraint *constraint = table->constraints->pdata[i];
        if (is_own_check(former, constraint)) {
            former_doubt(former, "table %s: whether its columns were enums is not known", table->name);
            g_ptr_array_remove_index(table->constraints, i);
            continue;
        }
        former_constraint(former, table, constraint);
    }
    for (guint i = table->indexes->len; i-- > 0;) {
        Index *index = table->indexes->pdata[i];
        if (former_is_unique_key(former, index)) {
            g_ptr_array_add(table->constraints, former_unique_key(index));
            g_ptr_array_remove_index(table->indexes, i);
        } else {
            former_index(former, table, index);
        }
    }
    if (!former->same)
        g_ptr_array_set_size(table->options, 0);
}
