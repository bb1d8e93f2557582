#include "schema/type.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"

#define NESTING_MAX 16 /* ARRAY(ARRAY(…)): no server has more dimensions than a few */

typedef enum Arguments {
    ARGUMENTS_NONE,
    ARGUMENTS_LENGTH,    /* (20) or (length=20) */
    ARGUMENTS_PRECISION, /* (53) or (precision=53) */
    ARGUMENTS_NUMERIC,   /* (10, 2) or (precision=10, scale=2) */
    ARGUMENTS_FRACTION,  /* (precision=6) */
    ARGUMENTS_TIME,      /* (timezone=true, precision=6) */
    ARGUMENTS_ENUM,
    ARGUMENTS_ITEM,
    ARGUMENTS_NATIVE,
} Arguments;

/* By kind. "Native" spells what cannot stand for itself: Native('my type'). */
static const struct {
    const char *name;
    Arguments arguments;
} generic_types[] = {
    [SQL_TYPE_INTEGER] = {"Integer", ARGUMENTS_NONE},
    [SQL_TYPE_SMALL_INTEGER] = {"SmallInteger", ARGUMENTS_NONE},
    [SQL_TYPE_BIG_INTEGER] = {"BigInteger", ARGUMENTS_NONE},
    [SQL_TYPE_FLOAT] = {"Float", ARGUMENTS_PRECISION},
    [SQL_TYPE_DOUBLE] = {"Double", ARGUMENTS_NONE},
    [SQL_TYPE_NUMERIC] = {"Numeric", ARGUMENTS_NUMERIC},
    [SQL_TYPE_BOOLEAN] = {"Boolean", ARGUMENTS_NONE},
    [SQL_TYPE_STRING] = {"String", ARGUMENTS_LENGTH},
    [SQL_TYPE_TEXT] = {"Text", ARGUMENTS_NONE},
    [SQL_TYPE_UNICODE] = {"Unicode", ARGUMENTS_LENGTH},
    [SQL_TYPE_UNICODE_TEXT] = {"UnicodeText", ARGUMENTS_NONE},
    [SQL_TYPE_LARGE_BINARY] = {"LargeBinary", ARGUMENTS_LENGTH},
    [SQL_TYPE_DATE] = {"Date", ARGUMENTS_NONE},
    [SQL_TYPE_TIME] = {"Time", ARGUMENTS_TIME},
    [SQL_TYPE_DATE_TIME] = {"DateTime", ARGUMENTS_TIME},
    [SQL_TYPE_INTERVAL] = {"Interval", ARGUMENTS_FRACTION},
    [SQL_TYPE_JSON] = {"JSON", ARGUMENTS_NONE},
    [SQL_TYPE_UUID] = {"Uuid", ARGUMENTS_NONE},
    [SQL_TYPE_ENUM] = {"Enum", ARGUMENTS_ENUM},
    [SQL_TYPE_ARRAY] = {"ARRAY", ARGUMENTS_ITEM},
    [SQL_TYPE_NULL] = {"NullType", ARGUMENTS_NONE},
    [SQL_TYPE_NATIVE] = {"Native", ARGUMENTS_NATIVE},
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
    while (type) {
        SqlType *item = type->item;
        g_free(type->name);
        g_strfreev(type->values);
        g_free(type);
        type = item;
    }
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
        !a->timezone != !b->timezone || g_strcmp0(a->name, b->name) != 0 || !a->values != !b->values)
        return FALSE;
    if (a->values && !g_strv_equal((const char *const *)a->values, (const char *const *)b->values))
        return FALSE;
    return sql_type_equal(a->item, b->item);
}

/* --- reading --- */

typedef struct Reader {
    const char *text; /* the whole type, for messages */
    const char *at;   /* what is not read yet */
    guint depth;
} Reader;

static SqlType *read_type(Reader *reader, GError **error);

static gboolean fail(const Reader *reader, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);
static gboolean fail(const Reader *reader, GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, SCHEMA_ERROR, SCHEMA_ERROR_TYPE, "type '%s': %s", reader->text, what);
    return FALSE;
}

static void skip_space(Reader *reader)
{
    while (g_ascii_isspace(*reader->at))
        reader->at++;
}

static gboolean take(Reader *reader, char expected)
{
    skip_space(reader);
    if (*reader->at != expected)
        return FALSE;
    reader->at++;
    return TRUE;
}

static gboolean is_word_byte(char c)
{
    return g_ascii_isalnum(c) || c == '_' || c == '$' || (guchar)c >= 0x80;
}

/* A run of word bytes and dots, or NULL. */
static char *take_word(Reader *reader)
{
    skip_space(reader);
    const char *start = reader->at;
    while (is_word_byte(*reader->at) || *reader->at == '.')
        reader->at++;
    return reader->at > start ? g_strndup(start, (gsize)(reader->at - start)) : NULL;
}

/* Text in `quote`s, which are doubled inside. The caller has seen the first one. */
static char *take_quoted(Reader *reader, char quote, GError **error)
{
    g_autoptr(GString) value = g_string_new(NULL);
    for (reader->at++; *reader->at != quote || reader->at[1] == quote; reader->at++) {
        if (*reader->at == '\0') {
            fail(reader, error, "the closing %c is missing", quote);
            return NULL;
        }
        if (*reader->at == quote)
            reader->at++;
        g_string_append_c(value, *reader->at);
    }
    reader->at++;
    return g_strdup(value->str);
}

/* FALSE at the closing parenthesis; an error when neither it nor a comma follows. */
static gboolean next_argument(Reader *reader, gboolean *wrong, GError **error)
{
    if (take(reader, ')'))
        return FALSE;
    if (take(reader, ','))
        return TRUE;
    *wrong = TRUE;
    return *reader->at ? fail(reader, error, "unexpected '%s'", reader->at)
                       : fail(reader, error, "the closing ) is missing");
}

static gboolean read_number(const Reader *reader, const char *what, const char *word, int *number, GError **error)
{
    gint64 value;
    if (!g_ascii_string_to_signed(word, 10, 0, G_MAXINT, &value, NULL))
        return fail(reader, error, "%s must be a whole number from 0, not '%s'", what, word);
    *number = (int)value;
    return TRUE;
}

static gboolean set_argument(const Reader *reader, SqlType *type, const char *key, const char *value, GError **error)
{
    if (strcmp(key, "length") == 0)
        return read_number(reader, key, value, &type->length, error);
    if (strcmp(key, "precision") == 0)
        return read_number(reader, key, value, &type->precision, error);
    if (strcmp(key, "scale") == 0)
        return read_number(reader, key, value, &type->scale, error);
    if (g_ascii_strcasecmp(value, "true") != 0 && g_ascii_strcasecmp(value, "false") != 0)
        return fail(reader, error, "timezone must be true or false, not '%s'", value);
    type->timezone = g_ascii_strcasecmp(value, "true") == 0;
    return TRUE;
}

/* The keys of an argument list, in the order in which they may stand without their key. */
typedef struct ArgumentKeys {
    guint n, positional;
    const char *names[2];
} ArgumentKeys;

static const ArgumentKeys argument_keys[] = {
    [ARGUMENTS_NONE] = {0},
    [ARGUMENTS_LENGTH] = {1, 1, {"length"}},
    [ARGUMENTS_PRECISION] = {1, 1, {"precision"}},
    [ARGUMENTS_NUMERIC] = {2, 2, {"precision", "scale"}},
    [ARGUMENTS_FRACTION] = {1, 0, {"precision"}},
    [ARGUMENTS_TIME] = {2, 0, {"timezone", "precision"}},
};

/* A word with the sign before it; "" when there is none. */
static char *take_value(Reader *reader)
{
    skip_space(reader);
    const char *start = reader->at;
    reader->at += strspn(reader->at, "+-");
    g_free(take_word(reader));
    return g_strndup(start, (gsize)(reader->at - start));
}

static gboolean read_argument(Reader *reader, SqlType *type, guint position, guint *seen, GError **error)
{
    guint index = 0;
    const ArgumentKeys *keys = &argument_keys[generic_types[type->kind].arguments];
    g_autofree char *word = take_value(reader);
    if (!*word)
        return fail(reader, error, "an argument is missing before '%s'", reader->at);
    if (!take(reader, '=')) {
        if (position < keys->positional) {
            *seen |= 1u << position;
            return set_argument(reader, type, keys->names[position], word, error);
        }
        if (keys->positional > 0)
            return fail(reader, error, "one argument too many: '%s'", word);
        return fail(reader, error, "'%s' needs its name: write %s=%s", word,
                    g_ascii_isalpha(*word) ? keys->names[0] : "precision", word);
    }
    while (index < keys->n && strcmp(keys->names[index], word) != 0)
        index++;
    if (index == keys->n)
        return fail(reader, error, "unknown argument '%s', expected %s%s%s", word, keys->names[0],
                    keys->n > 1 ? " or " : "", keys->n > 1 ? keys->names[1] : "");
    if (*seen & 1u << index)
        return fail(reader, error, "the argument '%s' stands twice", word);
    *seen |= 1u << index;
    g_autofree char *value = take_value(reader);
    return set_argument(reader, type, keys->names[index], value, error);
}

static gboolean read_arguments(Reader *reader, SqlType *type, GError **error)
{
    gboolean wrong = FALSE;
    guint position = 0, seen = 0;
    if (generic_types[type->kind].arguments == ARGUMENTS_NONE)
        return fail(reader, error, "%s takes no arguments", generic_types[type->kind].name);
    if (take(reader, ')'))
        return TRUE;
    do {
        if (!read_argument(reader, type, position++, &seen, error))
            return FALSE;
    } while (next_argument(reader, &wrong, error));
    if (!wrong && type->scale >= 0 && type->precision < 0)
        return fail(reader, error, "a scale needs a precision");
    return !wrong;
}

/* Enum('a', 'b'), Enum('a', 'b', name=mood), Enum(mood), Enum("my mood"). */
static gboolean read_enum(Reader *reader, SqlType *type, GError **error)
{
    gboolean wrong = FALSE;
    g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func(g_free);
    do {
        skip_space(reader);
        if (*reader->at == '\'') {
            char *value = take_quoted(reader, '\'', error);
            if (!value)
                return FALSE;
            gboolean twice = g_ptr_array_find_with_equal_func(values, value, g_str_equal, NULL);
            g_ptr_array_add(values, value);
            if (twice)
                return fail(reader, error, "the value '%s' stands twice", value);
            continue;
        }
        g_autofree char *word = *reader->at == '"' ? NULL : take_word(reader);
        gboolean keyword = word && take(reader, '=');
        if (keyword && strcmp(word, "name") != 0)
            return fail(reader, error, "unknown argument '%s', expected name", word);
        if (type->name)
            return fail(reader, error, "a second name");
        if (!keyword && values->len > 0)
            return fail(reader, error, "values stand in single quotes, a name is written name=…");
        if (!keyword && word) {
            type->name = g_steal_pointer(&word);
            continue;
        }
        skip_space(reader);
        gboolean quoted = *reader->at == '"';
        type->name = quoted ? take_quoted(reader, '"', error) : take_word(reader);
        if (!type->name)
            return quoted ? FALSE : fail(reader, error, "expected values in single quotes or an enum's name");
    } while (next_argument(reader, &wrong, error));
    if (wrong)
        return FALSE;
    if (type->name && !*type->name)
        return fail(reader, error, "the enum's name is empty");
    if (values->len > 0) {
        g_ptr_array_add(values, NULL);
        type->values = (char **)g_ptr_array_steal(values, NULL);
    }
    return TRUE;
}

static gboolean read_item(Reader *reader, SqlType *type, GError **error)
{
    if (++reader->depth > NESTING_MAX)
        return fail(reader, error, "more than %d arrays in each other", NESTING_MAX);
    type->item = read_type(reader, error);
    if (!type->item)
        return FALSE;
    if (type->item->kind == SQL_TYPE_NULL)
        return fail(reader, error, "an array of nothing");
    return take(reader, ')') ||
           fail(reader, error, *reader->at ? "unexpected '%s'" : "the closing ) is missing%s", reader->at);
}

static gboolean read_native_argument(Reader *reader, SqlType *type, GError **error)
{
    skip_space(reader);
    if (*reader->at != '\'')
        return fail(reader, error, "expected the type's spelling in single quotes");
    type->name = take_quoted(reader, '\'', error);
    if (!type->name)
        return FALSE;
    if (!*type->name)
        return fail(reader, error, "the spelling is empty");
    return take(reader, ')') || fail(reader, error, "expected ) behind the spelling");
}

static gboolean read_generic(Reader *reader, SqlType *type, GError **error)
{
    Arguments arguments = generic_types[type->kind].arguments;
    if (!take(reader, '(')) {
        if (arguments == ARGUMENTS_ENUM)
            return fail(reader, error, "Enum needs values or a name: Enum('a', 'b') or Enum(name)");
        if (arguments >= ARGUMENTS_ITEM)
            return fail(reader, error, "%s needs an argument", generic_types[type->kind].name);
        return TRUE;
    }
    if (arguments == ARGUMENTS_ENUM)
        return read_enum(reader, type, error);
    if (arguments == ARGUMENTS_ITEM)
        return read_item(reader, type, error);
    if (arguments == ARGUMENTS_NATIVE)
        return read_native_argument(reader, type, error);
    return read_arguments(reader, type, error);
}

/* A dialect's spelling runs to the end, inside of ARRAY() to its parenthesis. What stands in it goes into DDL: strings
 * and parentheses must have their ends. */
static SqlType *read_native(Reader *reader, GError **error)
{
    guint parentheses = 0;
    const char *start = reader->at;
    for (; *reader->at && (parentheses > 0 || reader->depth == 0 || *reader->at != ')'); reader->at++) {
        if (*reader->at == '\'' || *reader->at == '"' || *reader->at == '`') {
            g_autofree char *quoted = take_quoted(reader, *reader->at, error);
            if (!quoted)
                return NULL;
            reader->at--;
        } else if (*reader->at == '(') {
            parentheses++;
        } else if (*reader->at == ')') {
            if (parentheses-- == 0) {
                fail(reader, error, "a closing ) too many");
                return NULL;
            }
        } else if (*reader->at == ',' && parentheses == 0) {
            fail(reader, error, "unexpected ','");
            return NULL;
        } else if (*reader->at == ';' || strncmp(reader->at, "--", 2) == 0 || strncmp(reader->at, "/*", 2) == 0) {
            fail(reader, error, "'%s' does not belong into a type", *reader->at == ';' ? ";" : "a comment");
            return NULL;
        }
    }
    if (parentheses > 0) {
        fail(reader, error, "the closing ) is missing");
        return NULL;
    }
    g_autofree char *spelling = g_strndup(start, (gsize)(reader->at - start));
    return sql_type_new_native(g_strchomp(spelling));
}

/* Capitals, and digits and underscores behind the first one. */
static gboolean is_capital(const char *word)
{
    if (!g_ascii_isupper(*word) && !(*word == '_' && g_ascii_isupper(word[1])))
        return FALSE;
    for (const char *p = word; *p; p++) {
        if (g_ascii_islower(*p) || *p == '.')
            return FALSE;
    }
    return TRUE;
}

static gboolean another_word_follows(const Reader *reader)
{
    const char *next = reader->at;
    while (g_ascii_isspace(*next))
        next++;
    return next > reader->at && is_word_byte(*next);
}

static SqlType *fail_unknown(const char *word, GError **error)
{
    const char *names[G_N_ELEMENTS(generic_types)];
    for (gsize i = 0; i < G_N_ELEMENTS(generic_types); i++)
        names[i] = generic_types[i].name;
    const char *nearest = text_nearest(word, names, G_N_ELEMENTS(names));
    g_autofree char *meant = nearest ? g_strdup_printf(", did you mean '%s'?", nearest) : g_strdup("");
    g_set_error(error, SCHEMA_ERROR, SCHEMA_ERROR_TYPE,
                "unknown type '%s'%s (a dialect's own type is written in capitals, or as Native('%s'))", word, meant,
                word);
    return NULL;
}

static SqlType *read_type(Reader *reader, GError **error)
{
    skip_space(reader);
    const char *start = reader->at;
    g_autofree char *word = take_word(reader);
    if (!word) {
        fail(reader, error, *start ? "expected the name of a type" : "the name of a type is missing");
        return NULL;
    }
    for (gsize kind = 0; kind < G_N_ELEMENTS(generic_types); kind++) {
        if (strcmp(word, generic_types[kind].name) != 0)
            continue;
        if (is_capital(word) && another_word_follows(reader)) /* "JSON …": the one word alone is generic */
            break;
        g_autoptr(SqlType) type = sql_type_new((SqlTypeKind)kind);
        return read_generic(reader, type, error) ? g_steal_pointer(&type) : NULL;
    }
    if (!is_capital(word) && !another_word_follows(reader))
        return fail_unknown(word, error);
    reader->at = start;
    return read_native(reader, error);
}

SqlType *sql_type_parse(const char *text, GError **error)
{
    Reader reader = {.text = text, .at = text};
    g_autoptr(SqlType) type = read_type(&reader, error);
    if (!type)
        return NULL;
    skip_space(&reader);
    if (*reader.at) {
        fail(&reader, error, "unexpected '%s'", reader.at);
        return NULL;
    }
    return g_steal_pointer(&type);
}

/* --- writing --- */

static void append_type(GString *out, const SqlType *type, gboolean nested);

static void append_quoted(GString *out, const char *text, char quote)
{
    g_string_append_c(out, quote);
    for (const char *p = text; *p; p++) {
        if (*p == quote)
            g_string_append_c(out, quote);
        g_string_append_c(out, *p);
    }
    g_string_append_c(out, quote);
}

static void append_enum(GString *out, const SqlType *type)
{
    gboolean plain = type->name && *type->name;
    for (const char *p = type->name; plain && *p; p++)
        plain = is_word_byte(*p) || *p == '.';
    g_string_append(out, "Enum(");
    for (guint i = 0; type->values && type->values[i]; i++) {
        g_string_append(out, i > 0 ? ", " : "");
        append_quoted(out, type->values[i], '\'');
    }
    if (type->name && type->values)
        g_string_append(out, ", name=");
    if (type->name && plain)
        g_string_append(out, type->name);
    else if (type->name)
        append_quoted(out, type->name, '"');
    g_string_append_c(out, ')');
}

/* In its own spelling where that would be read back, else as Native('…'). */
static void append_native(GString *out, const char *spelling, gboolean nested)
{
    Reader reader = {.text = spelling, .at = spelling, .depth = nested ? 1 : 0};
    g_autoptr(SqlType) back = read_type(&reader, NULL);
    if (back && back->kind == SQL_TYPE_NATIVE && !*reader.at && strcmp(back->name, spelling) == 0) {
        g_string_append(out, spelling);
        return;
    }
    g_string_append(out, "Native(");
    append_quoted(out, spelling, '\'');
    g_string_append_c(out, ')');
}

static void append_numbers(GString *out, const SqlType *type)
{
    Arguments arguments = generic_types[type->kind].arguments;
    if (arguments == ARGUMENTS_LENGTH && type->length >= 0)
        g_string_append_printf(out, "(%d)", type->length);
    else if (arguments == ARGUMENTS_NUMERIC && type->precision >= 0 && type->scale >= 0)
        g_string_append_printf(out, "(%d, %d)", type->precision, type->scale);
    else if ((arguments == ARGUMENTS_NUMERIC || arguments == ARGUMENTS_PRECISION) && type->precision >= 0)
        g_string_append_printf(out, "(%d)", type->precision);
    else if (arguments == ARGUMENTS_FRACTION && type->precision >= 0)
        g_string_append_printf(out, "(precision=%d)", type->precision);
    else if (arguments == ARGUMENTS_TIME && (type->timezone || type->precision >= 0)) {
        g_string_append(out, type->timezone ? "(timezone=true" : "(");
        if (type->precision >= 0)
            g_string_append_printf(out, "%sprecision=%d", type->timezone ? ", " : "", type->precision);
        g_string_append_c(out, ')');
    }
}

static void append_type(GString *out, const SqlType *type, gboolean nested)
{
    if (type->kind == SQL_TYPE_NATIVE) {
        append_native(out, type->name, nested);
    } else if (type->kind == SQL_TYPE_ENUM) {
        append_enum(out, type);
    } else if (type->kind == SQL_TYPE_ARRAY) {
        g_string_append(out, "ARRAY(");
        append_type(out, type->item, TRUE);
        g_string_append_c(out, ')');
    } else {
        g_string_append(out, generic_types[type->kind].name);
        append_numbers(out, type);
    }
}

char *sql_type_to_string(const SqlType *type)
{
    GString *out = g_string_new(NULL);
    append_type(out, type, FALSE);
    return g_string_free(out, FALSE);
}
