#include "schema/naming.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"

/* --- conventions --- */

NamingConvention *naming_convention_new_default(void)
{
    const NamingConvention names = {
        .ix = (char *)"ix_%(column_0_label)s",
        .uq = (char *)"uq_%(table_name)s_%(column_0_name)s",
        .ck = (char *)"ck_%(table_name)s_%(constraint_name)s",
        .fk = (char *)"fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        .pk = (char *)"pk_%(table_name)s",
    };
    return naming_convention_copy(&names);
}

NamingConvention *naming_convention_copy(const NamingConvention *convention)
{
    NamingConvention *copy = g_new0(NamingConvention, 1);
    copy->ix = g_strdup(convention->ix);
    copy->uq = g_strdup(convention->uq);
    copy->ck = g_strdup(convention->ck);
    copy->fk = g_strdup(convention->fk);
    copy->pk = g_strdup(convention->pk);
    return copy;
}

void naming_convention_free(NamingConvention *convention)
{
    if (!convention)
        return;
    g_free(convention->ix);
    g_free(convention->uq);
    g_free(convention->ck);
    g_free(convention->fk);
    g_free(convention->pk);
    g_free(convention);
}

/* --- tokens --- */

typedef enum TokenKind {
    TOKEN_TABLE_NAME,
    TOKEN_REFERRED_TABLE_NAME,
    TOKEN_CONSTRAINT_NAME,
    TOKEN_COLUMN,
    TOKEN_REFERRED_COLUMN,
} TokenKind;

typedef struct Token {
    TokenKind kind;
    guint column;
    gboolean all;          /* 0N: this column and all behind it … */
    const char *separator; /* … with this between them */
    gboolean label;        /* the table's name before the column's */
} Token;

/* "column_0_name", "column_0N_name" (all, run together), "column_0_N_name" (all, with '_' between), "…_key", "…_label",
 * "referred_column_…_name". */
static gboolean read_column_token(const char *name, Token *token)
{
    const char *at = name;
    token->kind = g_str_has_prefix(at, "referred_") ? TOKEN_REFERRED_COLUMN : TOKEN_COLUMN;
    at += token->kind == TOKEN_REFERRED_COLUMN ? strlen("referred_") : 0;
    if (!g_str_has_prefix(at, "column_"))
        return FALSE;
    at += strlen("column_");
    char *end = NULL;
    guint64 column = g_ascii_isdigit(*at) ? g_ascii_strtoull(at, &end, 10) : G_MAXUINT64;
    if (column > 9999)
        return FALSE;
    token->column = (guint)column;
    token->separator = g_str_has_prefix(end, "_N_") ? "_" : "";
    token->all = g_str_has_prefix(end, "_N_") || g_str_has_prefix(end, "N_");
    end += token->all ? (*token->separator ? 2 : 1) : 0;
    token->label = strcmp(end, "_label") == 0;
    if (token->kind == TOKEN_REFERRED_COLUMN)
        return strcmp(end, "_name") == 0;
    return token->label || strcmp(end, "_name") == 0 || strcmp(end, "_key") == 0;
}

static gboolean read_token(const char *name, Token *token)
{
    *token = (Token){0};
    if (strcmp(name, "table_name") == 0)
        token->kind = TOKEN_TABLE_NAME;
    else if (strcmp(name, "referred_table_name") == 0)
        token->kind = TOKEN_REFERRED_TABLE_NAME;
    else if (strcmp(name, "constraint_name") == 0)
        token->kind = TOKEN_CONSTRAINT_NAME;
    else
        return read_column_token(name, token);
    return TRUE;
}

/* The text up to the next "%(token)s", which is read into `token`: *found FALSE at the end. */
static gboolean next_token(const char **format, GString *text, Token *token, gboolean *found, GError **error)
{
    *found = FALSE;
    for (; **format; (*format)++) {
        if (**format != '%') {
            g_string_append_c(text, **format);
            continue;
        }
        if ((*format)[1] == '%') {
            g_string_append_c(text, '%');
            (*format)++;
            continue;
        }
        const char *end = (*format)[1] == '(' ? strchr(*format, ')') : NULL;
        if (!end || end[1] != 's') {
            g_set_error(error, SCHEMA_ERROR, SCHEMA_ERROR_MODEL,
                        "'%s' is no token: write %%(table_name)s, and %%%% for a percent sign", *format);
            return FALSE;
        }
        g_autofree char *name = g_strndup(*format + 2, (gsize)(end - *format - 2));
        *format = end + 2;
        *found = read_token(name, token);
        if (*found)
            return TRUE;
        static const char *const known[] = {"table_name",
                                            "referred_table_name",
                                            "constraint_name",
                                            "column_0_name",
                                            "column_0N_name",
                                            "column_0_N_name",
                                            "column_0_label",
                                            "column_0N_label",
                                            "column_0_N_label",
                                            "column_0_key",
                                            "column_0N_key",
                                            "column_0_N_key",
                                            "referred_column_0_name",
                                            "referred_column_0N_name",
                                            "referred_column_0_N_name",
                                            NULL};
        const char *nearest = text_nearest(name, known, -1);
        g_set_error(error, SCHEMA_ERROR, SCHEMA_ERROR_MODEL, "unknown token '%%(%s)s'%s%s%s", name,
                    nearest ? ", did you mean '%(" : "", nearest ? nearest : "", nearest ? ")s'?" : "");
        return FALSE;
    }
    return TRUE;
}

static gboolean check_format(const char *key, const char *format, GError **error)
{
    gboolean found = TRUE;
    const char *at = format;
    g_autoptr(GString) text = g_string_new(NULL);
    while (found) {
        Token token = {0};
        if (!next_token(&at, text, &token, &found, error))
            return FALSE;
        if (!found)
            break;
        const char *only = NULL;
        if (token.kind == TOKEN_REFERRED_TABLE_NAME || token.kind == TOKEN_REFERRED_COLUMN)
            only = "fk";
        else if (token.kind == TOKEN_CONSTRAINT_NAME)
            only = "ck";
        if (only && strcmp(key, only) != 0) {
            g_set_error(error, SCHEMA_ERROR, SCHEMA_ERROR_MODEL, "'%s' holds a token that only '%s' may have", format,
                        only);
            return FALSE;
        }
    }
    return TRUE;
}

gboolean naming_convention_set(NamingConvention *convention, const char *key, const char *format, GError **error)
{
    static const char *const keys[] = {"ix", "uq", "ck", "fk", "pk"};
    char **const formats[] = {&convention->ix, &convention->uq, &convention->ck, &convention->fk, &convention->pk};

    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (strcmp(key, keys[i]) != 0)
            continue;
        if (format ? !*format : i == 0) {
            g_set_error(error, SCHEMA_ERROR, SCHEMA_ERROR_MODEL, "the naming convention '%s' is empty", key);
            return FALSE;
        }
        if (format && !check_format(key, format, error))
            return FALSE;
        char *copy = g_strdup(format);
        g_free(*formats[i]);
        *formats[i] = copy;
        return TRUE;
    }
    const char *nearest = text_nearest(key, keys, G_N_ELEMENTS(keys));
    g_set_error(error, SCHEMA_ERROR, SCHEMA_ERROR_MODEL,
                "unknown naming convention '%s'%s%s%s: there are ix, uq, ck, fk and pk", key,
                nearest ? ", did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
    return FALSE;
}

/* --- columns in expressions --- */

static gboolean is_word_byte(char c)
{
    return g_ascii_isalnum(c) || c == '_' || c == '$' || (guchar)c >= 0x80;
}

/* The next word or quoted identifier; strings are skipped. NULL at the end. */
static char *next_identifier(const char **at)
{
    while (**at) {
        const char *start = *at;
        char end = *start == '[' ? ']' : *start;
        if (*start == '\'' || *start == '"' || *start == '`' || *start == '[') {
            const char *close = strchr(start + 1, end);
            *at = close ? close + 1 : start + strlen(start);
            if (*start != '\'' && close)
                return g_strndup(start + 1, (gsize)(close - start - 1));
        } else if (is_word_byte(*start)) {
            while (is_word_byte(**at))
                (*at)++;
            if (**at != '(') /* a function */
                return g_strndup(start, (gsize)(*at - start));
        } else {
            (*at)++;
        }
    }
    return NULL;
}

static void add_mentioned(GPtrArray *columns, const Table *table, const char *expression)
{
    for (const char *at = expression; at && *at;) {
        g_autofree char *word = next_identifier(&at);
        const Column *column = word ? table_find_column(table, word) : NULL;
        if (column && !g_ptr_array_find(columns, column->name, NULL))
            g_ptr_array_add(columns, column->name);
    }
}

/* --- names --- */

typedef struct Naming {
    const char *format;
    const Table *table;
    const GPtrArray *columns; /* char* */
    const GPtrArray *referred_columns;
    const char *referred_table;
    const Constraint *constraint; /* NULL for an index */
    const Index *index;
    NameLimit limit;
} Naming;

static void append_column(GString *name, const Table *table, const char *column, gboolean label)
{
    if (label && table->schema) {
        g_auto(GStrv) parts = g_strsplit(table->schema, ".", -1);
        g_autofree char *schema = g_strjoinv("_", parts);
        g_string_append_printf(name, "%s_", schema);
    }
    if (label)
        g_string_append_printf(name, "%s_", table->name);
    g_string_append(name, column);
}

static void append_columns(GString *name, const Naming *naming, const Token *token)
{
    const GPtrArray *columns = token->kind == TOKEN_REFERRED_COLUMN ? naming->referred_columns : naming->columns;
    for (guint i = token->column; columns && i < columns->len && (token->all || i == token->column); i++) {
        if (i > token->column)
            g_string_append(name, token->separator);
        append_column(name, naming->table, columns->pdata[i], token->label);
    }
}

/* For %(constraint_name)s: a check has no name of its own here. */
static void append_check(GString *name, const Naming *naming, guint number)
{
    for (guint i = 0; i < naming->columns->len; i++)
        g_string_append_printf(name, "%s%s", i > 0 ? "_" : "", (const char *)naming->columns->pdata[i]);
    if (naming->columns->len == 0)
        g_string_append_printf(name, "%u", number);
}

static char *expand(const Naming *naming, guint number)
{
    gboolean found = TRUE;
    const char *at = naming->format;
    GString *name = g_string_new(NULL);
    while (found) {
        Token token = {0};
        if (!next_token(&at, name, &token, &found, NULL) || !found)
            break;
        switch (token.kind) {
        case TOKEN_TABLE_NAME:
            g_string_append(name, naming->table->name);
            break;
        case TOKEN_REFERRED_TABLE_NAME:
            g_string_append(name, naming->referred_table ? naming->referred_table : "");
            break;
        case TOKEN_CONSTRAINT_NAME:
            append_check(name, naming, number);
            break;
        case TOKEN_COLUMN:
        case TOKEN_REFERRED_COLUMN:
            append_columns(name, naming, &token);
            break;
        }
    }
    return g_string_free(name, FALSE);
}

gsize name_limit_measure(NameLimit limit, const char *name)
{
    return limit.in_characters ? (gsize)g_utf8_strlen(name, -1) : strlen(name);
}

/* As SQLAlchemy's IdentifierPreparer.truncate_and_render_maxlen_name(). */
static char *cut(const char *name, NameLimit limit)
{
    if (limit.length == 0 || name_limit_measure(limit, name) <= limit.length)
        return g_strdup(name);
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_MD5, name, -1);
    if (limit.length <= 8)
        return g_strndup(hash, limit.length);
    gsize kept = limit.length - 8;
    if (limit.in_characters)
        kept = (gsize)(g_utf8_offset_to_pointer(name, (glong)kept) - name);
    while (kept > 0 && ((guchar)name[kept] & 0xC0) == 0x80)
        kept--;
    return g_strdup_printf("%.*s_%s", (int)kept, name, hash + strlen(hash) - 4);
}

static gboolean is_taken(const Naming *naming, const char *name)
{
    const Constraint *constraint = table_find_constraint(naming->table, name);
    const Index *index = table_find_index(naming->table, name);
    return (constraint && constraint != naming->constraint) || (index && index != naming->index);
}

static char *make_name(const Naming *naming)
{
    g_autofree char *first = expand(naming, 1);
    char *name = cut(first, naming->limit);
    for (guint number = 2; is_taken(naming, name); number++) {
        char *next = expand(naming, number);
        if (strcmp(next, first) == 0) {
            g_free(next);
            next = g_strdup_printf("%s_%u", first, number);
        }
        g_free(name);
        name = cut(next, naming->limit);
        g_free(next);
    }
    return name;
}

static const char *constraint_format(const NamingConvention *convention, ConstraintKind kind)
{
    switch (kind) {
    case CONSTRAINT_PRIMARY_KEY:
        return convention->pk;
    case CONSTRAINT_UNIQUE:
        return convention->uq;
    case CONSTRAINT_FOREIGN_KEY:
        return convention->fk;
    case CONSTRAINT_CHECK:
        return convention->ck;
    case CONSTRAINT_EXCLUDE: /* SQLAlchemy has no key for it */
        return NULL;
    }
    g_return_val_if_reached(NULL);
}

char *naming_constraint_name(const NamingConvention *convention, const Table *table, const Constraint *constraint,
                             NameLimit limit)
{
    const char *format = constraint_format(convention, constraint->kind);
    if (!format)
        return NULL;
    g_autoptr(GPtrArray) mentioned = g_ptr_array_new();
    if (constraint->kind == CONSTRAINT_CHECK)
        add_mentioned(mentioned, table, constraint->expression);
    const Naming naming = {
        .format = format,
        .table = table,
        .columns = constraint->kind == CONSTRAINT_CHECK ? mentioned : constraint->columns,
        .referred_columns = constraint->referred_columns,
        .referred_table = constraint->referred_table,
        .constraint = constraint,
        .limit = limit,
    };
    return make_name(&naming);
}

char *naming_index_name(const NamingConvention *convention, const Table *table, const Index *index, NameLimit limit)
{
    g_autoptr(GPtrArray) columns = g_ptr_array_new();
    for (guint i = 0; i < index->columns->len; i++) {
        const IndexColumn *column = index->columns->pdata[i];
        if (column->name)
            g_ptr_array_add(columns, column->name);
        else
            add_mentioned(columns, table, column->expression);
    }
    const Naming naming = {
        .format = convention->ix, .table = table, .columns = columns, .index = index, .limit = limit};
    return make_name(&naming);
}
