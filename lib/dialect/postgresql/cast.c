/*
 * How values of one type become values of another: pg_cast of servers 12 to 18, and the rules beside it (CREATE CAST,
 * "Notes"): everything becomes text by assignment, text becomes everything by an explicit cast, arrays go by their
 * items.
 */
#include <string.h>

#include "base/error.h"
#include "dialect/postgresql/compiler.h"

/* By the names in pg_type, each with a space behind it. */
typedef struct Casts {
    const char *type;
    const char *assigned; /* implicit and assignment casts */
    const char *explicit; /* what only USING does */
} Casts;

static const Casts casts[] = {
    {"int2", "int4 int8 float4 float8 numeric oid ", ""},
    {"int4", "int2 int8 float4 float8 numeric money oid ", "bool bit "},
    {"int8", "int2 int4 float4 float8 numeric money oid ", "bit "},
    {"float4", "int2 int4 int8 float8 numeric ", ""},
    {"float8", "int2 int4 int8 float4 numeric ", ""},
    {"numeric", "int2 int4 int8 float4 float8 money ", ""},
    {"money", "numeric ", ""},
    {"oid", "int4 int8 ", ""},
    {"bool", "", "int4 "},
    {"bytea", "", ""},
    {"date", "timestamp timestamptz ", ""},
    {"time", "interval timetz ", ""},
    {"timetz", "time ", ""},
    {"timestamp", "date time timestamptz ", ""},
    {"timestamptz", "date time timetz timestamp ", ""},
    {"interval", "time ", ""},
    {"json", "jsonb ", ""},
    {"jsonb", "json ", "bool numeric int2 int4 int8 float4 float8 "},
    {"uuid", "", ""},
    {"inet", "cidr ", ""},
    {"cidr", "inet ", ""},
    {"macaddr", "macaddr8 ", ""},
    {"macaddr8", "macaddr ", ""},
    {"bit", "varbit ", "int4 int8 "},
    {"varbit", "bit ", ""},
    {"xml", "", ""},
    {"tsvector", "", ""},
    {"tsquery", "", ""},
    {"point", "box ", ""},
    {"lseg", "", "point "},
    {"line", "", ""},
    {"path", "polygon ", ""},
    {"box", "polygon ", "point lseg circle "},
    {"polygon", "path ", "point box circle "},
    {"circle", "", "point box polygon "},
    {"int4range", "", "int4multirange "},
    {"int8range", "", "int8multirange "},
    {"numrange", "", "nummultirange "},
    {"daterange", "", "datemultirange "},
    {"tsrange", "", "tsmultirange "},
    {"tstzrange", "", "tstzmultirange "},
};

#define TEXT "text" /* every type of the string category */

static const struct {
    const char *spelling, *type;
} spellings[] = {
    {"character varying", TEXT},
    {"varchar", TEXT},
    {"character", TEXT},
    {"char", TEXT},
    {"bpchar", TEXT},
    {TEXT, TEXT},
    {"citext", TEXT},
    {"name", TEXT},
    {"bit varying", "varbit"},
    {"smallint", "int2"},
    {"integer", "int4"},
    {"int", "int4"},
    {"bigint", "int8"},
    {"real", "float4"},
    {"double precision", "float8"},
    {"decimal", "numeric"},
    {"boolean", "bool"},
    {"time without time zone", "time"},
    {"time with time zone", "timetz"},
    {"timestamp without time zone", "timestamp"},
    {"timestamp with time zone", "timestamptz"},
};

/* "timestamp(3) with time zone", "NUMERIC (10, 2)": lower case, without what stands in parentheses. New string. */
static char *bare_spelling(const char *spelling)
{
    GString *bare = g_string_new(NULL);
    guint depth = 0;
    for (const char *at = spelling; *at; at++) {
        if (*at == '(')
            depth++;
        else if (*at == ')' && depth > 0)
            depth--;
        else if (depth == 0 && (!g_ascii_isspace(*at) || (bare->len > 0 && bare->str[bare->len - 1] != ' ')))
            g_string_append_c(bare, g_ascii_isspace(*at) ? ' ' : g_ascii_tolower(*at));
    }
    return g_strchomp(g_string_free(bare, FALSE));
}

static const Casts *find_casts(const char *type)
{
    for (gsize i = 0; i < G_N_ELEMENTS(casts); i++)
        if (strcmp(casts[i].type, type) == 0)
            return &casts[i];
    return NULL;
}

/* The name in pg_type; NULL for a type that only the server knows. Static. */
static const char *native_type(const char *spelling)
{
    g_autofree char *bare = bare_spelling(spelling);
    for (gsize i = 0; i < G_N_ELEMENTS(spellings); i++)
        if (strcmp(spellings[i].spelling, bare) == 0)
            return spellings[i].type;
    const Casts *found = find_casts(bare);
    return found ? found->type : NULL;
}

static const char *builtin_type(const SqlType *type)
{
    if (type->kind == SQL_TYPE_ENUM || type->kind == SQL_TYPE_ARRAY)
        return NULL;
    if (type->kind == SQL_TYPE_FLOAT)
        return type->precision > 0 && type->precision <= 24 ? "float4" : "float8";
    g_autofree char *spelling = postgresql_type_sql(type, NULL);
    g_autoptr(SqlType) known = spelling && type->kind == SQL_TYPE_NATIVE ? postgresql_type_from_sql(spelling) : NULL;
    if (known && known->kind != SQL_TYPE_NATIVE)
        return builtin_type(known);
    return spelling ? native_type(spelling) : NULL;
}

static gboolean has_word(const char *words, const char *word)
{
    g_autofree char *spaced = g_strdup_printf("%s ", word);
    for (const char *at = strstr(words, spaced); at; at = strstr(at + 1, spaced))
        if (at == words || at[-1] == ' ')
            return TRUE;
    return FALSE;
}

static gboolean is_one_of(const char *type, const char *words)
{
    return type && has_word(words, type);
}

/* --- enums --- */

gboolean postgresql_type_is_enum(const SqlType *type, const EnumType *enum_type)
{
    while (type->item)
        type = type->item;
    if (!type->name || type->values || (type->kind != SQL_TYPE_ENUM && type->kind != SQL_TYPE_NATIVE))
        return FALSE;
    g_autofree char *plain =
        enum_type->schema ? g_strdup_printf("%s.%s", enum_type->schema, enum_type->name) : g_strdup(enum_type->name);
    g_autofree char *quoted = postgresql_qualified(enum_type->schema, enum_type->name);
    g_autofree char *array = g_strdup_printf("%s[]", quoted);
    return strcmp(type->name, plain) == 0 ||
           (type->kind == SQL_TYPE_NATIVE && (strcmp(type->name, quoted) == 0 || strcmp(type->name, array) == 0));
}

/* --- casting --- */

typedef enum Way { WAY_ASSIGNED, WAY_EXPLICIT, WAY_EXPRESSION, WAY_NONE } Way;

static const char number_types[] = "int2 int4 int8 float4 float8 numeric ";

/* Without a cast, or with one that depends on the session or would not bring the value back. New string, or NULL. */
static char *special_expression(const char *column, const char *from, const char *to)
{
    if (is_one_of(from, number_types) && g_strcmp0(to, "bool") == 0)
        return g_strdup_printf("%s <> 0", column);
    if (g_strcmp0(from, "bool") == 0 && is_one_of(to, number_types))
        return g_strdup_printf("%s::integer", column);
    /* The session's TimeZone would decide else: UTC, on every machine. */
    if (is_one_of(from, "date timestamp ") && g_strcmp0(to, "timestamptz") == 0)
        return g_strdup_printf("%s%s AT TIME ZONE 'UTC'", column, *from == 'd' ? "::timestamp" : "");
    if (g_strcmp0(from, "timestamptz") == 0 && is_one_of(to, "timestamp date time "))
        return g_strdup_printf("%s AT TIME ZONE 'UTC'", column);
    if (g_strcmp0(from, TEXT) == 0 && g_strcmp0(to, "bytea") == 0)
        return g_strdup_printf("convert_to(%s, 'UTF8')", column);
    if (g_strcmp0(from, "bytea") == 0 && g_strcmp0(to, TEXT) == 0)
        return g_strdup_printf("convert_from(%s, 'UTF8')", column);
    return NULL;
}

static Way find_way(const SqlType *from, const SqlType *to);

static Way way_between_names(const char *from, const char *to)
{
    if (strcmp(from, to) == 0 || strcmp(to, TEXT) == 0)
        return WAY_ASSIGNED;
    if (strcmp(from, TEXT) == 0)
        return WAY_EXPLICIT;
    const Casts *known = find_casts(from);
    if (known && has_word(known->assigned, to))
        return WAY_ASSIGNED;
    return known && has_word(known->explicit, to) ? WAY_EXPLICIT : WAY_NONE;
}

static Way way_of_arrays(const SqlType *from, const SqlType *to)
{
    const char *other = builtin_type(from->kind == SQL_TYPE_ARRAY ? to : from);
    if (from->kind == SQL_TYPE_ARRAY && to->kind == SQL_TYPE_ARRAY)
        return find_way(from->item, to->item);
    if (from->kind == SQL_TYPE_ENUM || to->kind == SQL_TYPE_ENUM)
        return WAY_NONE;
    if (!other)
        return WAY_EXPLICIT; /* a domain over an array, perhaps */
    if (strcmp(other, TEXT) != 0)
        return WAY_NONE;
    return to->kind == SQL_TYPE_ARRAY ? WAY_EXPLICIT : WAY_ASSIGNED;
}

static Way find_way(const SqlType *from, const SqlType *to)
{
    if (from->kind == SQL_TYPE_ARRAY || to->kind == SQL_TYPE_ARRAY)
        return way_of_arrays(from, to);
    const char *from_name = builtin_type(from), *to_name = builtin_type(to);
    if (from->kind == SQL_TYPE_ENUM && to->kind == SQL_TYPE_ENUM)
        return WAY_EXPRESSION;
    if (to_name && strcmp(to_name, TEXT) == 0)
        return WAY_ASSIGNED;
    if (from_name && strcmp(from_name, TEXT) == 0)
        return WAY_EXPLICIT;
    if (from_name && to_name)
        return way_between_names(from_name, to_name);
    /* No cast of the server's own has an enum on one side. */
    if ((from->kind == SQL_TYPE_ENUM && to_name) || (to->kind == SQL_TYPE_ENUM && from_name))
        return WAY_NONE;
    return WAY_EXPLICIT;
}

gboolean postgresql_same_operators(const SqlType *from, const SqlType *to)
{
    const char *from_name = builtin_type(from), *to_name = builtin_type(to);
    return from_name && to_name &&
           (strcmp(from_name, to_name) == 0 ||
            (is_one_of(from_name, number_types) && is_one_of(to_name, number_types)));
}

static gboolean no_cast(const char *from, const char *to, GError **error)
{
    g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                "PostgreSQL has no cast from %s to %s: add a second column of the new type, fill it with an UPDATE of "
                "your own in a revision, then drop the first and rename the second",
                from, to);
    return FALSE;
}

gboolean postgresql_cast(const char *column, const SqlType *from, const SqlType *to, char **expression, GError **error)
{
    *expression = NULL;
    g_autofree char *from_sql = postgresql_type_sql(from, error);
    g_autofree char *to_sql = from_sql ? postgresql_type_sql(to, error) : NULL;
    if (!to_sql)
        return FALSE;
    if (from->kind != SQL_TYPE_ARRAY && to->kind != SQL_TYPE_ARRAY) {
        *expression = special_expression(column, builtin_type(from), builtin_type(to));
        if (*expression)
            return TRUE;
    }
    switch (find_way(from, to)) {
    case WAY_ASSIGNED:
        return TRUE;
    case WAY_EXPLICIT:
        *expression = g_strdup_printf("%s::%s", column, to_sql);
        return TRUE;
    case WAY_EXPRESSION: /* from enum to enum, by way of the labels */
        *expression = g_strdup_printf("%s::text%s::%s", column, from->kind == SQL_TYPE_ARRAY ? "[]" : "", to_sql);
        return TRUE;
    case WAY_NONE:
        break;
    }
    return no_cast(from_sql, to_sql, error);
}
