/* Types as SQLAlchemy's PostgreSQL dialect spells them, and as format_type() does. Two spellings are one type when
 * their canonical form is the same, which is format_type()'s. */
#include <string.h>

#include "base/error.h"
#include "dialect/postgresql/postgresql.h"

/* --- writing --- */

static const char *const plain_spellings[] = {
    [SQL_TYPE_INTEGER] = "INTEGER",
    [SQL_TYPE_SMALL_INTEGER] = "SMALLINT",
    [SQL_TYPE_BIG_INTEGER] = "BIGINT",
    [SQL_TYPE_FLOAT] = "FLOAT",
    [SQL_TYPE_DOUBLE] = "DOUBLE PRECISION",
    [SQL_TYPE_NUMERIC] = "NUMERIC",
    [SQL_TYPE_BOOLEAN] = "BOOLEAN",
    [SQL_TYPE_STRING] = "VARCHAR",
    [SQL_TYPE_TEXT] = "TEXT",
    [SQL_TYPE_UNICODE] = "VARCHAR",
    [SQL_TYPE_UNICODE_TEXT] = "TEXT",
    [SQL_TYPE_LARGE_BINARY] = "BYTEA",
    [SQL_TYPE_DATE] = "DATE",
    [SQL_TYPE_TIME] = "TIME",
    [SQL_TYPE_DATE_TIME] = "TIMESTAMP",
    [SQL_TYPE_INTERVAL] = "INTERVAL",
    [SQL_TYPE_JSON] = "JSON",
    [SQL_TYPE_UUID] = "UUID",
};

static char *unsupported(const SqlType *type, const char *advice, GError **error)
{
    g_autofree char *written = sql_type_to_string(type);
    g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "PostgreSQL has no type for '%s': %s", written,
                advice);
    return NULL;
}

/* "app.mood": a name with a dot is qualified. */
static char *enum_sql(const SqlType *type, GError **error)
{
    if (type->name == NULL)
        return unsupported(type, "an enum needs a name, Enum('a', 'b', name=…)", error);
    const char *dot = strchr(type->name, '.');
    if (dot == NULL || dot == type->name || dot[1] == '\0')
        return postgresql_quote_identifier(type->name);
    g_autofree char *schema = g_strndup(type->name, (gsize)(dot - type->name));
    return postgresql_qualified(schema, dot + 1);
}

static char *array_sql(const SqlType *type, GError **error)
{
    g_autofree char *item = postgresql_type_sql(type->item, error);
    return item ? g_strconcat(item, "[]", NULL) : NULL;
}

static char *with_argument(const char *sql, int argument, const char *rest)
{
    return argument < 0 ? g_strconcat(sql, rest, NULL) : g_strdup_printf("%s(%d)%s", sql, argument, rest);
}

char *postgresql_type_sql(const SqlType *type, GError **error)
{
    const char *plain = (gsize)type->kind < G_N_ELEMENTS(plain_spellings) ? plain_spellings[type->kind] : NULL;

    switch (type->kind) {
    case SQL_TYPE_NATIVE:
        return g_strdup(type->name);
    case SQL_TYPE_ENUM:
        return enum_sql(type, error);
    case SQL_TYPE_ARRAY:
        return array_sql(type, error);
    case SQL_TYPE_NULL:
        return unsupported(type, "every column needs a type", error);
    case SQL_TYPE_STRING:
    case SQL_TYPE_UNICODE:
        return with_argument(plain, type->length, "");
    case SQL_TYPE_TIME:
    case SQL_TYPE_DATE_TIME:
        return with_argument(plain, type->precision, type->timezone ? " WITH TIME ZONE" : " WITHOUT TIME ZONE");
    case SQL_TYPE_NUMERIC:
        if (type->precision >= 0 && type->scale >= 0)
            return g_strdup_printf("NUMERIC(%d, %d)", type->precision, type->scale);
        return with_argument(plain, type->precision, "");
    case SQL_TYPE_FLOAT:
    case SQL_TYPE_INTERVAL:
        return with_argument(plain, type->precision, "");
    case SQL_TYPE_INTEGER:
    case SQL_TYPE_SMALL_INTEGER:
    case SQL_TYPE_BIG_INTEGER:
    case SQL_TYPE_DOUBLE:
    case SQL_TYPE_BOOLEAN:
    case SQL_TYPE_TEXT:
    case SQL_TYPE_UNICODE_TEXT:
    case SQL_TYPE_LARGE_BINARY:
    case SQL_TYPE_DATE:
    case SQL_TYPE_JSON:
    case SQL_TYPE_UUID:
        break;
    }
    return g_strdup(plain);
}

/* --- reading --- */

/* A type taken apart. "timestamp(3) with time zone[]" is "timestamp", "(3)", " with time zone", an array. */
typedef struct Spelling {
    GString *name;      /* words, lower case, single spaces; quoted where needed */
    GString *arguments; /* "(10,2)" or "" */
    GString *suffix;    /* words behind the arguments, each with a space before it */
    gboolean array, quoted;
} Spelling;

static void spelling_clear(Spelling *spelling)
{
    g_string_free(spelling->name, TRUE);
    g_string_free(spelling->arguments, TRUE);
    g_string_free(spelling->suffix, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Spelling, spelling_clear)

/* The catalog's names that differ from SQL's. Also between double quotes they mean the type. */
static const char *const internal_names[][2] = {
    {"int2", "smallint"},
    {"int4", "integer"},
    {"int8", "bigint"},
    {"float4", "real"},
    {"float8", "double precision"},
    {"bool", "boolean"},
    {"varchar", "character varying"},
    {"varbit", "bit varying"},
    {"numeric", "numeric"},
    {"interval", "interval"},
    {"time", "time"},
    {"timestamp", "timestamp"},
    {"timetz", "timetz"},
    {"timestamptz", "timestamptz"},
};

/* SQL's other names, keywords of the grammar. */
static const char *const keyword_names[][2] = {
    {"int", "integer"},
    {"dec", "numeric"},
    {"decimal", "numeric"},
    {"float", "double precision"},
    {"char", "character"},
    {"nchar", "character"},
    {"national char", "character"},
    {"national character", "character"},
    {"char varying", "character varying"},
    {"nchar varying", "character varying"},
    {"national char varying", "character varying"},
    {"national character varying", "character varying"},
};

static const char *look_up(const char *const (*names)[2], gsize n, const char *name)
{
    for (gsize i = 0; i < n; i++)
        if (strcmp(names[i][0], name) == 0)
            return names[i][1];
    return NULL;
}

static void append_lower(GString *out, const char *text, const SqlToken *token)
{
    for (gsize i = token->start; i < token->start + token->length; i++)
        g_string_append_c(out, g_ascii_tolower(text[i]));
}

static void append_word(Spelling *spelling, const char *text, const SqlToken *token)
{
    GString *words = spelling->arguments->len > 0 ? spelling->suffix : spelling->name;
    gboolean glued = words->len > 0 && words->str[words->len - 1] == '.';

    if (words == spelling->suffix || (words->len > 0 && !glued))
        g_string_append_c(words, ' ');
    if (token->kind != SQL_TOKEN_QUOTED) {
        append_lower(words, text, token);
        return;
    }
    g_autofree char *name = sql_token_identifier(token, text);
    gboolean internal = look_up(internal_names, G_N_ELEMENTS(internal_names), name) != NULL;
    g_autofree char *quoted = internal ? g_strdup(name) : postgresql_quote_identifier(name);
    g_string_append(words, quoted);
    spelling->quoted = TRUE;
}

static void read_spelling(Spelling *spelling, const char *text)
{
    gsize length = strlen(text), position = 0;
    guint depth = 0;

    for (;;) {
        SqlToken token = sql_next_significant(&postgresql_dialect, text, length, &position);
        if (token.kind == SQL_TOKEN_END)
            return;
        gboolean opens = sql_token_is(&token, text, "("), name = token.kind == SQL_TOKEN_QUOTED;
        if (sql_token_is(&token, text, "[") || sql_token_is(&token, text, "ARRAY")) {
            spelling->array = TRUE; /* its bounds and dimensions mean nothing to the server */
            return;
        }
        depth += opens ? 1 : 0;
        if (depth > 0 && name) /* a modifier's spelling is its type's own */
            g_string_append_len(spelling->arguments, text + token.start, (gssize)token.length);
        else if (depth > 0)
            append_lower(spelling->arguments, text, &token);
        else if (sql_token_is(&token, text, "."))
            g_string_append_c(spelling->name, '.');
        else
            append_word(spelling, text, &token);
        if (depth > 0 && sql_token_is(&token, text, ")"))
            depth--;
    }
}

/* CHAR is CHAR(1), but what the catalog calls bpchar has no length; the same goes for BIT. */
static void read_character(Spelling *spelling)
{
    gboolean with_length = spelling->arguments->len > 0;
    const char *name = spelling->name->str;

    if (strcmp(name, "bpchar") == 0 && with_length)
        g_string_assign(spelling->name, "character");
    else if (strcmp(name, "character") == 0 && !with_length)
        g_string_assign(spelling->arguments, "(1)");
    else if (strcmp(name, "\"bit\"") == 0 && with_length)
        g_string_assign(spelling->name, "bit");
    else if (strcmp(name, "bit") == 0 && !with_length)
        g_string_assign(spelling->arguments, "(1)");
}

/* FLOAT(24) is REAL, FLOAT(25) DOUBLE PRECISION. */
static gboolean read_float(Spelling *spelling)
{
    if (strcmp(spelling->name->str, "float") != 0 || spelling->arguments->len == 0)
        return FALSE;
    gint64 bits = g_ascii_strtoll(spelling->arguments->str + 1, NULL, 10);
    if (bits < 1 || bits > 53)
        return TRUE;
    g_string_assign(spelling->name, bits <= 24 ? "real" : "double precision");
    g_string_truncate(spelling->arguments, 0);
    return TRUE;
}

static void read_time(Spelling *spelling)
{
    static const char *const without = " without time zone", *const with = " with time zone";
    GString *name = spelling->name;
    gboolean zone = strcmp(name->str, "timetz") == 0 || strcmp(name->str, "timestamptz") == 0;

    for (guint i = 0; i < 2; i++) { /* words that belong behind the precision, which is not there */
        const char *words = i ? with : without;
        if (g_str_has_prefix(name->str, "time") && g_str_has_suffix(name->str, words)) {
            g_string_truncate(name, name->len - strlen(words));
            g_string_assign(spelling->suffix, words);
        }
    }
    if (zone)
        g_string_truncate(name, name->len - 2);
    if (strcmp(name->str, "time") != 0 && strcmp(name->str, "timestamp") != 0)
        return;
    if (zone || spelling->suffix->len == 0)
        g_string_assign(spelling->suffix, zone ? with : without);
}

static void make_canonical(Spelling *spelling)
{
    static const char builtin_schema[] = "pg_catalog.";
    GString *name = spelling->name;

    if (g_str_has_prefix(name->str, builtin_schema)) {
        g_string_erase(name, 0, strlen(builtin_schema));
        /* There these are the catalog's names, not the grammar's. */
        if (strcmp(name->str, "char") == 0 || strcmp(name->str, "bit") == 0) {
            g_string_prepend_c(name, '"');
            g_string_append_c(name, '"');
        }
    }
    const char *other = look_up(internal_names, G_N_ELEMENTS(internal_names), name->str);
    if (other == NULL && !read_float(spelling))
        other = look_up(keyword_names, G_N_ELEMENTS(keyword_names), name->str);
    if (other != NULL)
        g_string_assign(name, other);
    read_character(spelling);
    read_time(spelling);
    if (strcmp(name->str, "numeric") == 0 && spelling->arguments->len > 0 && !strchr(spelling->arguments->str, ','))
        g_string_insert(spelling->arguments, (gssize)spelling->arguments->len - 1, ",0");
}

static void spelling_init(Spelling *spelling, const char *text)
{
    *spelling = (Spelling){.name = g_string_new(NULL), .arguments = g_string_new(NULL), .suffix = g_string_new(NULL)};
    read_spelling(spelling, text);
    make_canonical(spelling);
}

static char *spelling_text(const Spelling *spelling)
{
    return g_strconcat(spelling->name->str, spelling->arguments->str, spelling->suffix->str,
                       spelling->array ? "[]" : "", NULL);
}

/* --- the generic type of a spelling --- */

static const struct {
    const char *name, *suffix;
    SqlTypeKind kind;
    guint arguments; /* at most */
    gboolean timezone;
} generic_types[] = {
    {"integer", "", SQL_TYPE_INTEGER, 0, FALSE},
    {"smallint", "", SQL_TYPE_SMALL_INTEGER, 0, FALSE},
    {"bigint", "", SQL_TYPE_BIG_INTEGER, 0, FALSE},
    {"double precision", "", SQL_TYPE_DOUBLE, 0, FALSE},
    {"real", "", SQL_TYPE_FLOAT, 0, FALSE},
    {"numeric", "", SQL_TYPE_NUMERIC, 2, FALSE},
    {"boolean", "", SQL_TYPE_BOOLEAN, 0, FALSE},
    {"character varying", "", SQL_TYPE_STRING, 1, FALSE},
    {"text", "", SQL_TYPE_TEXT, 0, FALSE},
    {"bytea", "", SQL_TYPE_LARGE_BINARY, 0, FALSE},
    {"date", "", SQL_TYPE_DATE, 0, FALSE},
    {"time", " without time zone", SQL_TYPE_TIME, 1, FALSE},
    {"time", " with time zone", SQL_TYPE_TIME, 1, TRUE},
    {"timestamp", " without time zone", SQL_TYPE_DATE_TIME, 1, FALSE},
    {"timestamp", " with time zone", SQL_TYPE_DATE_TIME, 1, TRUE},
    {"interval", "", SQL_TYPE_INTERVAL, 1, FALSE},
    {"json", "", SQL_TYPE_JSON, 0, FALSE},
    {"uuid", "", SQL_TYPE_UUID, 0, FALSE},
};

/* The numbers of "(10,2)"; FALSE when it is something else, or holds more than `most`. */
static gboolean read_arguments(const char *text, guint most, int *numbers)
{
    for (guint n = 0; *text != '\0' && strcmp(text, ")") != 0; n++) {
        char *end = NULL;
        if (n == most || !g_ascii_isdigit(text[1]))
            return FALSE;
        guint64 value = g_ascii_strtoull(text + 1, &end, 10);
        if (value > G_MAXINT)
            return FALSE;
        numbers[n] = (int)value;
        text = end;
    }
    return TRUE;
}

static SqlType *generic_type(const Spelling *spelling)
{
    for (gsize i = 0; i < G_N_ELEMENTS(generic_types); i++) {
        int numbers[2] = {-1, -1};
        if (strcmp(generic_types[i].name, spelling->name->str) != 0 ||
            strcmp(generic_types[i].suffix, spelling->suffix->str) != 0)
            continue;
        if (!read_arguments(spelling->arguments->str, generic_types[i].arguments, numbers))
            return NULL;
        SqlType *type = sql_type_new(generic_types[i].kind);
        type->timezone = generic_types[i].timezone;
        if (type->kind == SQL_TYPE_STRING) {
            type->length = numbers[0];
        } else {
            type->precision = type->kind == SQL_TYPE_FLOAT ? 24 : numbers[0];
            type->scale = numbers[1];
        }
        return type;
    }
    return NULL;
}

/* Built-in types without a generic name, which are written in capitals like the others. Sorted. */
static const char *const native_types[] = {
    "bit",
    "bit varying",
    "box",
    "bpchar",
    "character",
    "cidr",
    "circle",
    "datemultirange",
    "daterange",
    "inet",
    "int4multirange",
    "int4range",
    "int8multirange",
    "int8range",
    "interval",
    "jsonb",
    "jsonpath",
    "line",
    "lseg",
    "macaddr",
    "macaddr8",
    "money",
    "name",
    "nummultirange",
    "numeric",
    "numrange",
    "oid",
    "path",
    "pg_lsn",
    "pg_snapshot",
    "point",
    "polygon",
    "regclass",
    "regconfig",
    "regproc",
    "regprocedure",
    "regrole",
    "regtype",
    "tid",
    "tsmultirange",
    "tsquery",
    "tsrange",
    "tstzmultirange",
    "tstzrange",
    "tsvector",
    "xid",
    "xid8",
    "xml",
};

static SqlType *native_type(const Spelling *spelling)
{
    g_autofree char *text = g_strconcat(spelling->name->str, spelling->arguments->str, spelling->suffix->str, NULL);
    gboolean builtin = FALSE;

    /* "interval day to second" begins with one */
    for (gsize i = 0; !spelling->quoted && !builtin && i < G_N_ELEMENTS(native_types); i++) {
        gsize n = strlen(native_types[i]);
        builtin = strncmp(spelling->name->str, native_types[i], n) == 0 &&
                  (spelling->name->str[n] == '\0' || spelling->name->str[n] == ' ');
    }
    if (!builtin)
        return sql_type_new_native(text);
    g_autofree char *capitals = g_ascii_strup(text, -1);
    return sql_type_new_native(capitals);
}

SqlType *postgresql_type_from_sql(const char *spelling)
{
    g_auto(Spelling) parts = {0};
    spelling_init(&parts, spelling);
    if (parts.name->len == 0)
        return sql_type_new_native(spelling);
    SqlType *type = generic_type(&parts);
    if (type == NULL)
        type = native_type(&parts);
    if (!parts.array)
        return type;
    SqlType *array = sql_type_new(SQL_TYPE_ARRAY);
    array->item = type;
    return array;
}

static char *canonical(const SqlType *type)
{
    g_autofree char *sql = postgresql_type_sql(type, NULL);
    if (sql == NULL)
        return NULL;
    g_auto(Spelling) parts = {0};
    spelling_init(&parts, sql);
    return spelling_text(&parts);
}

gboolean postgresql_type_equal(const SqlType *a, const SqlType *b)
{
    g_autofree char *sql_a = canonical(a);
    g_autofree char *sql_b = canonical(b);

    if (sql_a == NULL || sql_b == NULL)
        return sql_type_equal(a, b);
    return strcmp(sql_a, sql_b) == 0;
}
