#include "schema/type.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"

/* Which arguments a generic type takes. */
enum { TAKES_LENGTH = 1, TAKES_PRECISION = 2, TAKES_SCALE = 4, TAKES_TIMEZONE = 8 };

static const struct TypeName {
    const char *name;
    SqlTypeKind kind;
    int takes;
} type_names[] = {
    {"Integer", SQL_TYPE_INTEGER, 0},
    {"SmallInteger", SQL_TYPE_SMALL_INTEGER, 0},
    {"BigInteger", SQL_TYPE_BIG_INTEGER, 0},
    {"Float", SQL_TYPE_FLOAT, TAKES_PRECISION},
    {"Double", SQL_TYPE_DOUBLE, TAKES_PRECISION},
    {"Numeric", SQL_TYPE_NUMERIC, TAKES_PRECISION | TAKES_SCALE},
    {"Boolean", SQL_TYPE_BOOLEAN, 0},
    {"String", SQL_TYPE_STRING, TAKES_LENGTH},
    {"Text", SQL_TYPE_TEXT, TAKES_LENGTH},
    {"Unicode", SQL_TYPE_UNICODE, TAKES_LENGTH},
    {"UnicodeText", SQL_TYPE_UNICODE_TEXT, TAKES_LENGTH},
    {"LargeBinary", SQL_TYPE_LARGE_BINARY, TAKES_LENGTH},
    {"Date", SQL_TYPE_DATE, 0},
    {"Time", SQL_TYPE_TIME, TAKES_PRECISION | TAKES_TIMEZONE},
    {"DateTime", SQL_TYPE_DATE_TIME, TAKES_PRECISION | TAKES_TIMEZONE},
    {"Interval", SQL_TYPE_INTERVAL, TAKES_PRECISION},
    {"JSON", SQL_TYPE_JSON, 0},
    {"Uuid", SQL_TYPE_UUID, 0},
    {"NullType", SQL_TYPE_NULL, 0},
};

SqlType *sql_type_new(SqlTypeKind kind)
{
    SqlType *type = g_new0(SqlType, 1);
    type->kind = kind;
    type->length = type->precision = type->scale = -1;
    return type;
}

SqlType *sql_type_new_native(const char *spelling)
{
    SqlType *type = sql_type_new(SQL_TYPE_NATIVE);
    type->name = g_strdup(spelling);
    return type;
}

void sql_type_free(SqlType *type)
{
    if (!type)
        return;
    g_free(type->name);
    g_strfreev(type->values);
    sql_type_free(type->item);
    g_free(type);
}

SqlType *sql_type_copy(const SqlType *type)
{
    if (!type)
        return NULL;
    SqlType *copy = g_new(SqlType, 1);
    *copy = *type;
    copy->name = g_strdup(type->name);
    copy->values = g_strdupv(type->values);
    copy->item = sql_type_copy(type->item);
    return copy;
}

gboolean sql_type_equal(const SqlType *a, const SqlType *b)
{
    if (!a || !b)
        return a == b;
    if (a->kind != b->kind || a->length != b->length || a->precision != b->precision || a->scale != b->scale ||
        a->timezone != b->timezone || g_strcmp0(a->name, b->name) != 0 || !a->values != !b->values)
        return FALSE;
    return (!a->values || g_strv_equal((const char *const *)a->values, (const char *const *)b->values)) &&
           sql_type_equal(a->item, b->item);
}

/* --- reading --- */

typedef struct Reader {
    const char *text, *at;
} Reader;

static void skip_space(Reader *reader)
{
    while (g_ascii_isspace(*reader->at))
        reader->at++;
}

static gboolean accept(Reader *reader, char wanted)
{
    skip_space(reader);
    if (*reader->at != wanted)
        return FALSE;
    reader->at++;
    skip_space(reader);
    return TRUE;
}

static gboolean fail(const Reader *reader, GError **error, const char *expected)
{
    g_set_error(error, SCHEMA_ERROR, SCHEMA_ERROR_TYPE, "type '%s': expected %s at '%s'", reader->text, expected,
                *reader->at ? reader->at : "the end");
    return FALSE;
}

static char *read_word(Reader *reader)
{
    const char *start = reader->at;
    while (g_ascii_isalnum(*reader->at) || *reader->at == '_' || *reader->at == '.' || (*reader->at & 0x80))
        reader->at++;
    return g_strndup(start, (gsize)(reader->at - start));
}

static gboolean read_number(Reader *reader, int *number, GError **error)
{
    g_autofree char *word = read_word(reader);
    gint64 value;
    if (!g_ascii_string_to_signed(word, 10, 0, G_MAXINT, &value, NULL))
        return fail(reader, error, "a number from 0 up");
    *number = (int)value;
    return TRUE;
}

/* 'it''s' */
static char *read_quoted(Reader *reader, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (reader->at++; *reader->at; reader->at++) {
        if (*reader->at == '\'') {
            if (reader->at[1] != '\'') {
                reader->at++;
                return g_strdup(text->str);
            }
            reader->at++;
        }
        g_string_append_c(text, *reader->at);
    }
    fail(reader, error, "a closing quote");
    return NULL;
}

static gboolean read_boolean(Reader *reader, gboolean *value, GError **error)
{
    g_autofree char *word = read_word(reader);
    if (g_ascii_strcasecmp(word, "true") != 0 && g_ascii_strcasecmp(word, "false") != 0)
        return fail(reader, error, "true or false");
    *value = g_ascii_tolower(*word) == 't';
    return TRUE;
}

/* A positional number goes to the first argument that the type takes. */
static gboolean read_positional(Reader *reader, SqlType *type, int takes, int position, GError **error)
{
    if (position == 0 && (takes & TAKES_LENGTH))
        return read_number(reader, &type->length, error);
    if (position == 0 && (takes & TAKES_PRECISION))
        return read_number(reader, &type->precision, error);
    if (position == 1 && (takes & TAKES_SCALE))
        return read_number(reader, &type->scale, error);
    return fail(reader, error, "no further argument");
}

static gboolean read_named(Reader *reader, SqlType *type, int takes, const char *name, GError **error)
{
    if (strcmp(name, "length") == 0 && (takes & TAKES_LENGTH))
        return read_number(reader, &type->length, error);
    if (strcmp(name, "precision") == 0 && (takes & TAKES_PRECISION))
        return read_number(reader, &type->precision, error);
    if (strcmp(name, "scale") == 0 && (takes & TAKES_SCALE))
        return read_number(reader, &type->scale, error);
    if (strcmp(name, "timezone") == 0 && (takes & TAKES_TIMEZONE))
        return read_boolean(reader, &type->timezone, error);
    g_set_error(error, SCHEMA_ERROR, SCHEMA_ERROR_TYPE, "type '%s': no argument '%s' here", reader->text, name);
    return FALSE;
}

static gboolean read_arguments(Reader *reader, SqlType *type, int takes, GError **error)
{
    if (!accept(reader, '(') || accept(reader, ')'))
        return TRUE;
    for (int position = 0;; position++) {
        const char *start = reader->at;
        g_autofree char *name = read_word(reader);
        gboolean named = *name && accept(reader, '=');
        if (!named)
            reader->at = start;
        if (!(named ? read_named(reader, type, takes, name, error)
                    : read_positional(reader, type, takes, position, error)))
            return FALSE;
        if (accept(reader, ')'))
            return TRUE;
        if (!accept(reader, ','))
            return fail(reader, error, "',' or ')'");
    }
}

static gboolean read_enum(Reader *reader, SqlType *type, GError **error)
{
    if (!accept(reader, '('))
        return fail(reader, error, "'(' and the values, or the name of an enum");
    g_autoptr(GStrvBuilder) values = g_strv_builder_new();
    if (*reader->at != '\'') {
        type->name = read_word(reader);
        if (!*type->name)
            return fail(reader, error, "a quoted value, or the name of an enum");
        return accept(reader, ')') || fail(reader, error, "')'");
    }
    do {
        if (*reader->at != '\'')
            return fail(reader, error, "a quoted value");
        g_autofree char *value = read_quoted(reader, error);
        if (!value)
            return FALSE;
        g_strv_builder_add(values, value);
    } while (accept(reader, ','));
    type->values = g_strv_builder_end(values);
    return accept(reader, ')') || fail(reader, error, "',' or ')'");
}

#define MAX_ARRAY_DEPTH 16

static SqlType *read_type(Reader *reader, int depth, GError **error);

static gboolean read_array(Reader *reader, SqlType *type, int depth, GError **error)
{
    if (depth >= MAX_ARRAY_DEPTH)
        return fail(reader, error, "less nesting");
    if (!accept(reader, '('))
        return fail(reader, error, "'(' and the type of the items");
    type->item = read_type(reader, depth + 1, error);
    return type->item && (accept(reader, ')') || fail(reader, error, "')'"));
}

static const struct TypeName *find_name(const char *word)
{
    for (guint i = 0; i < G_N_ELEMENTS(type_names); i++)
        if (strcmp(type_names[i].name, word) == 0)
            return &type_names[i];
    return NULL;
}

static gboolean is_capital(const char *word)
{
    if (!g_ascii_isalpha(*word) && *word != '_')
        return FALSE;
    for (; *word; word++)
        if (g_ascii_islower(*word))
            return FALSE;
    return TRUE;
}

static void unknown_type(const char *text, const char *word, GError **error)
{
    const char *known[G_N_ELEMENTS(type_names) + 2];
    for (guint i = 0; i < G_N_ELEMENTS(type_names); i++)
        known[i] = type_names[i].name;
    known[G_N_ELEMENTS(type_names)] = "Enum";
    known[G_N_ELEMENTS(type_names) + 1] = "ARRAY";
    const char *nearest = text_nearest(word, known, G_N_ELEMENTS(known));
    g_set_error(error, SCHEMA_ERROR, SCHEMA_ERROR_TYPE,
                "unknown type '%s'%s%s%s; a database's own type is written in capitals", text,
                nearest ? ", did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

/* The spelling of a database's own type runs to the end, or to the bracket that closes an ARRAY around it. */
static SqlType *read_native(Reader *reader, const char *start, int array_depth)
{
    int depth = 0;
    for (; *reader->at; reader->at++) {
        if (*reader->at == '(')
            depth++;
        else if (*reader->at == ')' && depth-- == 0 && array_depth > 0)
            break;
    }
    g_autofree char *spelling = g_strndup(start, (gsize)(reader->at - start));
    return sql_type_new_native(g_strstrip(spelling));
}

static SqlType *read_type(Reader *reader, int depth, GError **error)
{
    skip_space(reader);
    const char *start = reader->at;
    g_autofree char *word = read_word(reader);
    if (strcmp(word, "Enum") == 0) {
        g_autoptr(SqlType) type = sql_type_new(SQL_TYPE_ENUM);
        return read_enum(reader, type, error) ? g_steal_pointer(&type) : NULL;
    }
    if (strcmp(word, "ARRAY") == 0) {
        g_autoptr(SqlType) type = sql_type_new(SQL_TYPE_ARRAY);
        return read_array(reader, type, depth, error) ? g_steal_pointer(&type) : NULL;
    }
    const struct TypeName *known = find_name(word);
    if (known) {
        g_autoptr(SqlType) type = sql_type_new(known->kind);
        return read_arguments(reader, type, known->takes, error) ? g_steal_pointer(&type) : NULL;
    }
    /* Only a single word in mixed case is a mistake: everything else is some database's own spelling. */
    if (is_capital(word) || *word == '\0' || strchr(start, ' ') ||
        (*reader->at && *reader->at != '(' && *reader->at != ')'))
        if (*start)
            return read_native(reader, start, depth);
    unknown_type(reader->text, word, error);
    return NULL;
}

SqlType *sql_type_parse(const char *text, GError **error)
{
    Reader reader = {text, text};
    g_autoptr(SqlType) type = read_type(&reader, 0, error);
    if (!type)
        return NULL;
    skip_space(&reader);
    if (*reader.at) {
        fail(&reader, error, "the end");
        return NULL;
    }
    return g_steal_pointer(&type);
}

/* --- writing --- */

static void append_argument(GString *text, gboolean *any, const char *name, int value)
{
    g_string_append_printf(text, "%s%s%d", *any ? ", " : "(", name, value);
    *any = TRUE;
}

static void append_flag(GString *text, gboolean *any, const char *flag)
{
    g_string_append_printf(text, "%s%s", *any ? ", " : "(", flag);
    *any = TRUE;
}

static void append_arguments(GString *text, const SqlType *type)
{
    gboolean any = FALSE;
    gboolean named = type->kind == SQL_TYPE_TIME || type->kind == SQL_TYPE_DATE_TIME || type->kind == SQL_TYPE_INTERVAL;
    if (type->length >= 0)
        append_argument(text, &any, "", type->length);
    if (type->timezone)
        append_flag(text, &any, "timezone=true");
    if (type->precision >= 0)
        append_argument(text, &any, named ? "precision=" : "", type->precision);
    if (type->scale >= 0)
        append_argument(text, &any, type->precision >= 0 ? "" : "scale=", type->scale);
    if (any)
        g_string_append_c(text, ')');
}

static void append_enum(GString *text, const SqlType *type)
{
    g_string_append(text, "Enum(");
    if (!type->values)
        g_string_append(text, type->name ? type->name : "");
    for (guint i = 0; type->values && type->values[i]; i++) {
        g_auto(GStrv) parts = g_strsplit(type->values[i], "'", -1);
        g_autofree char *doubled = g_strjoinv("''", parts);
        g_string_append_printf(text, "%s'%s'", i ? ", " : "", doubled);
    }
    g_string_append_c(text, ')');
}

char *sql_type_to_string(const SqlType *type)
{
    if (type->kind == SQL_TYPE_NATIVE)
        return g_strdup(type->name);
    GString *text = g_string_new(NULL);
    if (type->kind == SQL_TYPE_ENUM) {
        append_enum(text, type);
    } else if (type->kind == SQL_TYPE_ARRAY) {
        g_autofree char *item = sql_type_to_string(type->item);
        g_string_append_printf(text, "ARRAY(%s)", item);
    } else {
        for (guint i = 0; i < G_N_ELEMENTS(type_names); i++)
            if (type_names[i].kind == type->kind)
                g_string_append(text, type_names[i].name);
        append_arguments(text, type);
    }
    return g_string_free(text, FALSE);
}
