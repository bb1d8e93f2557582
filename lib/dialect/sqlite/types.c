/* Types as SQLAlchemy's SQLite dialect spells them; SQLite itself takes any words. */
#include <string.h>

#include "base/error.h"
#include "dialect/sqlite/sqlite.h"

typedef struct Spelling {
    SqlTypeKind kind;
    const char *sql;
} Spelling;

/* Written for a kind, and read as the kind where it stands first. VARCHAR is read as String, TEXT as Text, DATETIME as
 * DateTime, though Unicode, UnicodeText and Interval are written so, too. */
static const Spelling spellings[] = {
    {SQL_TYPE_INTEGER, "INTEGER"},        {SQL_TYPE_STRING, "VARCHAR"},     {SQL_TYPE_TEXT, "TEXT"},
    {SQL_TYPE_SMALL_INTEGER, "SMALLINT"}, {SQL_TYPE_BIG_INTEGER, "BIGINT"}, {SQL_TYPE_FLOAT, "FLOAT"},
    {SQL_TYPE_DOUBLE, "DOUBLE"},          {SQL_TYPE_NUMERIC, "NUMERIC"},    {SQL_TYPE_BOOLEAN, "BOOLEAN"},
    {SQL_TYPE_LARGE_BINARY, "BLOB"},      {SQL_TYPE_DATE, "DATE"},          {SQL_TYPE_TIME, "TIME"},
    {SQL_TYPE_DATE_TIME, "DATETIME"},     {SQL_TYPE_JSON, "JSON"},          {SQL_TYPE_NULL, ""},
    {SQL_TYPE_UNICODE, "VARCHAR"},        {SQL_TYPE_UNICODE_TEXT, "TEXT"},  {SQL_TYPE_INTERVAL, "DATETIME"},
};

static const char *spelling_of(SqlTypeKind kind)
{
    for (gsize i = 0; i < G_N_ELEMENTS(spellings); i++)
        if (spellings[i].kind == kind)
            return spellings[i].sql;
    return NULL;
}

static char *enum_sql(const SqlType *type, GError **error)
{
    glong longest = 0;

    if (type->values == NULL) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                    "SQLite has no type '%s': write the enum's values where it is used, Enum('a', 'b')",
                    type->name ? type->name : "Enum");
        return NULL;
    }
    for (char **value = type->values; *value != NULL; value++)
        longest = MAX(longest, g_utf8_strlen(*value, -1));
    return g_strdup_printf("VARCHAR(%ld)", longest);
}

static char *numeric_sql(const SqlType *type)
{
    if (type->precision < 0)
        return g_strdup("NUMERIC");
    if (type->scale < 0)
        return g_strdup_printf("NUMERIC(%d)", type->precision);
    return g_strdup_printf("NUMERIC(%d, %d)", type->precision, type->scale);
}

char *sqlite_type_sql(const SqlType *type, GError **error)
{
    if (type->kind == SQL_TYPE_NATIVE)
        return g_strdup(type->name);
    if (type->kind == SQL_TYPE_UUID)
        return g_strdup("CHAR(32)");
    if (type->kind == SQL_TYPE_ENUM)
        return enum_sql(type, error);
    if (type->kind == SQL_TYPE_NUMERIC)
        return numeric_sql(type);

    const char *sql = spelling_of(type->kind);
    if (sql == NULL) {
        g_autofree char *written = sql_type_to_string(type);
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                    "SQLite has no type for '%s': give another for it, {\"default\": …, \"sqlite\": …}", written);
        return NULL;
    }
    if ((type->kind == SQL_TYPE_STRING || type->kind == SQL_TYPE_UNICODE) && type->length >= 0)
        return g_strdup_printf("%s(%d)", sql, type->length);
    return g_strdup(sql);
}

/* The spelling with single spaces, "NAME(1, 2)", capitals outside of quotes, and without comments. */
static char *tidy_spelling(const char *spelling)
{
    GString *tidy = g_string_new(NULL);
    gsize length = strlen(spelling), position = 0;
    gboolean glued = TRUE;

    for (;;) {
        SqlToken token = sql_next_significant(&sqlite_dialect, spelling, length, &position);
        if (token.kind == SQL_TOKEN_END)
            return g_string_free(tidy, FALSE);
        char first = spelling[token.start];
        if (!glued && first != '(' && first != ')' && first != ',')
            g_string_append_c(tidy, ' ');
        for (gsize i = token.start; i < token.start + token.length; i++)
            g_string_append_c(tidy, token.kind == SQL_TOKEN_WORD ? g_ascii_toupper(spelling[i]) : spelling[i]);
        glued = first == '(' || first == '+' || first == '-';
    }
}

/* Reads "(10, 2)" behind a name: how many numbers, -1 when it is something else. */
static int read_arguments(const char *text, int arguments[2])
{
    char *end = NULL;
    int n = 0;

    if (*text == '\0')
        return 0;
    do {
        text++;
        if (*text == ' ')
            text++;
        gboolean padded = text[0] == '0' && g_ascii_isdigit(text[1]);
        if (n == 2 || !g_ascii_isdigit(*text) || padded) /* it is to be written as it was read */
            return -1;
        guint64 value = g_ascii_strtoull(text, &end, 10);
        if (value > G_MAXINT)
            return -1;
        arguments[n++] = (int)value;
        text = end;
    } while (*text == ',');
    return strcmp(text, ")") == 0 ? n : -1;
}

static SqlType *generic_type(const char *spelling)
{
    gsize name_length = strcspn(spelling, "(");
    int arguments[2] = {-1, -1};

    for (gsize i = 0; i < G_N_ELEMENTS(spellings); i++) {
        if (strlen(spellings[i].sql) != name_length || memcmp(spellings[i].sql, spelling, name_length) != 0)
            continue;
        int n = read_arguments(spelling + name_length, arguments);
        SqlTypeKind kind = spellings[i].kind;
        if (n < 0 || n > (kind == SQL_TYPE_NUMERIC ? 2 : kind == SQL_TYPE_STRING ? 1 : 0))
            return NULL;
        SqlType *type = sql_type_new(kind);
        if (kind == SQL_TYPE_STRING) {
            type->length = arguments[0];
        } else if (kind == SQL_TYPE_NUMERIC) {
            type->precision = arguments[0];
            type->scale = arguments[1];
        }
        return type;
    }
    return NULL;
}

SqlType *sqlite_type_from_sql(const char *spelling)
{
    SqlType *type = generic_type(spelling); /* mostly it is tidy */
    if (type != NULL)
        return type;

    g_autofree char *tidy = tidy_spelling(spelling);
    type = generic_type(tidy);
    return type ? type : sql_type_new_native(tidy);
}

gboolean sqlite_type_equal(const SqlType *a, const SqlType *b)
{
    g_autofree char *sql_a = sqlite_type_sql(a, NULL);
    g_autofree char *sql_b = sqlite_type_sql(b, NULL);

    if (sql_a == NULL || sql_b == NULL)
        return sql_type_equal(a, b);
    if (strcmp(sql_a, sql_b) == 0)
        return TRUE;
    g_autofree char *tidy_a = tidy_spelling(sql_a);
    g_autofree char *tidy_b = tidy_spelling(sql_b);
    return strcmp(tidy_a, tidy_b) == 0;
}
