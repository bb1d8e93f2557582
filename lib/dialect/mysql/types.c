/* Types as SQLAlchemy's MySQL dialect spells them, and as information_schema.COLUMNS.COLUMN_TYPE does. Two spellings
 * are one type when their canonical form is the same: COLUMN_TYPE in capitals, without display widths, with INTEGER for
 * int (MySQL 8.0 manual, "Data Types"; MariaDB manual, "Data Types"). */
#include <string.h>

#include "base/error.h"
#include "dialect/mysql/mysql.h"
#include "dialect/mysql/spelling.h"

/* --- writing --- */

static const char *const plain_spellings[] = {
    [SQL_TYPE_INTEGER] = "INTEGER",    [SQL_TYPE_SMALL_INTEGER] = "SMALLINT",
    [SQL_TYPE_BIG_INTEGER] = "BIGINT", [SQL_TYPE_FLOAT] = "FLOAT",
    [SQL_TYPE_DOUBLE] = "DOUBLE",      [SQL_TYPE_NUMERIC] = "NUMERIC",
    [SQL_TYPE_BOOLEAN] = "BOOL",       [SQL_TYPE_STRING] = "VARCHAR",
    [SQL_TYPE_TEXT] = "TEXT",          [SQL_TYPE_UNICODE] = "VARCHAR",
    [SQL_TYPE_UNICODE_TEXT] = "TEXT",  [SQL_TYPE_LARGE_BINARY] = "BLOB",
    [SQL_TYPE_DATE] = "DATE",          [SQL_TYPE_TIME] = "TIME",
    [SQL_TYPE_DATE_TIME] = "DATETIME", [SQL_TYPE_INTERVAL] = "DATETIME",
    [SQL_TYPE_JSON] = "JSON",          [SQL_TYPE_UUID] = "UUID",
};

static char *unsupported(const SqlType *type, MysqlFlavour flavour, const char *advice, GError **error)
{
    g_autofree char *written = sql_type_to_string(type);
    g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "%s has no type for '%s': %s", mysql_product(flavour),
                written, advice);
    return NULL;
}

static char *enum_sql(const SqlType *type, MysqlFlavour flavour, GError **error)
{
    if (type->values == NULL)
        return unsupported(type, flavour, "an enum's values stand in the column, ENUM('a', 'b')", error);
    g_autoptr(GString) sql = g_string_new("ENUM(");
    for (char **value = type->values; *value != NULL; value++) {
        g_autofree char *literal = mysql_quote_literal(*value);
        g_string_append_printf(sql, "%s%s", value > type->values ? "," : "", literal);
    }
    g_string_append_c(sql, ')');
    return g_strdup(sql->str);
}

static char *with_argument(const char *sql, int argument)
{
    return argument < 0 ? g_strdup(sql) : g_strdup_printf("%s(%d)", sql, argument);
}

char *mysql_type_sql(const SqlType *type, MysqlFlavour flavour, GError **error)
{
    const char *plain = (gsize)type->kind < G_N_ELEMENTS(plain_spellings) ? plain_spellings[type->kind] : NULL;

    switch (type->kind) {
    case SQL_TYPE_NATIVE:
        return g_strdup(type->name);
    case SQL_TYPE_ENUM:
        return enum_sql(type, flavour, error);
    case SQL_TYPE_ARRAY:
        return unsupported(type, flavour, "there are no arrays; JSON holds lists", error);
    case SQL_TYPE_NULL:
        return unsupported(type, flavour, "every column needs a type", error);
    case SQL_TYPE_STRING:
    case SQL_TYPE_UNICODE:
        if (type->length < 0)
            return unsupported(type, flavour, "VARCHAR needs a length, String(255); Text needs none", error);
        return with_argument(plain, type->length);
    case SQL_TYPE_TEXT:
    case SQL_TYPE_UNICODE_TEXT:
    case SQL_TYPE_LARGE_BINARY:
        return with_argument(plain, type->length);
    case SQL_TYPE_NUMERIC:
        if (type->precision >= 0 && type->scale >= 0)
            return g_strdup_printf("NUMERIC(%d, %d)", type->precision, type->scale);
        return with_argument(plain, type->precision);
    case SQL_TYPE_FLOAT:
    case SQL_TYPE_TIME: /* without time zones, whatever `timezone` says */
    case SQL_TYPE_DATE_TIME:
    case SQL_TYPE_INTERVAL:
        return with_argument(plain, type->precision);
    case SQL_TYPE_UUID:
        return g_strdup(flavour == FLAVOUR_MARIADB ? plain : "CHAR(32)");
    case SQL_TYPE_INTEGER:
    case SQL_TYPE_SMALL_INTEGER:
    case SQL_TYPE_BIG_INTEGER:
    case SQL_TYPE_DOUBLE:
    case SQL_TYPE_BOOLEAN:
    case SQL_TYPE_DATE:
    case SQL_TYPE_JSON:
        break;
    }
    return g_strdup(plain);
}

/* --- the generic type of a spelling --- */

typedef enum GenericArguments { NO_ARGUMENTS, A_LENGTH, A_PRECISION, PRECISION_AND_SCALE } GenericArguments;

static const struct {
    const char *name; /* canonical */
    SqlTypeKind kind;
    GenericArguments arguments;
} generic_types[] = {
    {"INTEGER", SQL_TYPE_INTEGER, NO_ARGUMENTS},    {"SMALLINT", SQL_TYPE_SMALL_INTEGER, NO_ARGUMENTS},
    {"BIGINT", SQL_TYPE_BIG_INTEGER, NO_ARGUMENTS}, {"FLOAT", SQL_TYPE_FLOAT, NO_ARGUMENTS},
    {"DOUBLE", SQL_TYPE_DOUBLE, NO_ARGUMENTS},      {"DECIMAL", SQL_TYPE_NUMERIC, PRECISION_AND_SCALE},
    {"VARCHAR", SQL_TYPE_STRING, A_LENGTH},         {"TEXT", SQL_TYPE_TEXT, NO_ARGUMENTS},
    {"BLOB", SQL_TYPE_LARGE_BINARY, NO_ARGUMENTS},  {"DATE", SQL_TYPE_DATE, NO_ARGUMENTS},
    {"TIME", SQL_TYPE_TIME, A_PRECISION},           {"DATETIME", SQL_TYPE_DATE_TIME, A_PRECISION},
    {"JSON", SQL_TYPE_JSON, NO_ARGUMENTS},
};

static gboolean has_arguments_for(const Spelling *spelling, GenericArguments arguments)
{
    switch (arguments) {
    case NO_ARGUMENTS:
        return spelling->arguments->len == 0;
    case A_LENGTH:
        return spelling->arguments->len == 1;
    case A_PRECISION:
        return spelling->arguments->len <= 1;
    case PRECISION_AND_SCALE:
        return spelling->arguments->len == 2;
    }
    g_return_val_if_reached(FALSE);
}

static SqlType *generic_type(const Spelling *spelling)
{
    for (gsize i = 0; i < G_N_ELEMENTS(generic_types); i++) {
        if (strcmp(generic_types[i].name, spelling->name->str) != 0 ||
            !has_arguments_for(spelling, generic_types[i].arguments))
            continue;
        SqlType *type = sql_type_new(generic_types[i].kind);
        if (generic_types[i].arguments == A_LENGTH)
            type->length = spelling_number(spelling, 0);
        else
            type->precision = spelling_number(spelling, 0);
        type->scale = spelling_number(spelling, 1);
        return type;
    }
    return NULL;
}

const char *mysql_generic_name(const SqlType *type)
{
    for (gsize i = 0; i < G_N_ELEMENTS(generic_types); i++) {
        if (generic_types[i].kind != type->kind)
            continue;
        gboolean plain = type->length < 0 && type->precision < 0;
        gboolean fits = generic_types[i].arguments == NO_ARGUMENTS ? plain
                        : generic_types[i].arguments == A_LENGTH   ? type->length >= 0
                                                                   : TRUE;
        return fits ? generic_types[i].name : NULL;
    }
    return NULL;
}

static SqlType *enum_type(const Spelling *spelling)
{
    SqlType *type = sql_type_new(SQL_TYPE_ENUM);
    type->values = g_new0(char *, spelling->arguments->len + 1);
    for (guint i = 0; i < spelling->arguments->len; i++)
        type->values[i] = g_strdup(spelling->arguments->pdata[i]);
    return type;
}

static SqlType *type_of(const Spelling *spelling, MysqlFlavour flavour)
{
    SqlType *type = NULL;
    if (spelling->is_boolean)
        return sql_type_new(SQL_TYPE_BOOLEAN);
    if (!spelling->is_unsigned && !spelling->zerofill && !spelling->odd) {
        if (strcmp(spelling->name->str, "ENUM") == 0 && spelling->arguments->len > 0)
            return enum_type(spelling);
        if (strcmp(spelling->name->str, "UUID") == 0 && flavour == FLAVOUR_MARIADB)
            return sql_type_new(SQL_TYPE_UUID);
        type = generic_type(spelling);
    }
    if (type != NULL)
        return type;
    g_autofree char *text = spelling_text(spelling);
    return sql_type_new_native(text);
}

SqlType *mysql_read_type(const char *text, MysqlFlavour flavour, MysqlTypeAttributes *attributes)
{
    g_auto(Spelling) spelling = {0};
    spelling_init(&spelling, text);
    if (attributes != NULL) {
        attributes->charset = g_strdup(spelling.charset);
        attributes->collation = g_strdup(spelling.collation);
        attributes->binary = spelling.binary;
        attributes->serial = spelling.serial;
        attributes->compressed = spelling.compressed;
    }
    return spelling.name->len > 0 ? type_of(&spelling, flavour) : sql_type_new_native(text);
}

void mysql_type_attributes_clear(MysqlTypeAttributes *attributes)
{
    g_clear_pointer(&attributes->charset, g_free);
    g_clear_pointer(&attributes->collation, g_free);
}

SqlType *mysql_type_from_sql(const char *spelling, MysqlFlavour flavour)
{
    return mysql_read_type(spelling, flavour, NULL);
}

/* --- comparing --- */

static char *canonical(const SqlType *type, MysqlFlavour flavour)
{
    g_autofree char *sql = mysql_type_sql(type, flavour, NULL);
    if (sql == NULL)
        return NULL;
    g_auto(Spelling) spelling = {0};
    spelling_init(&spelling, sql);
    return spelling_text(&spelling);
}

gboolean mysql_type_equal(const SqlType *a, const SqlType *b, MysqlFlavour flavour)
{
    if (sql_type_equal(a, b))
        return TRUE;
    g_autofree char *sql_a = canonical(a, flavour);
    g_autofree char *sql_b = canonical(b, flavour);

    return sql_a != NULL && sql_b != NULL && strcmp(sql_a, sql_b) == 0;
}
