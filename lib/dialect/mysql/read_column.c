/* Columns. */
#include <string.h>

#include "dialect/mysql/adapt.h"
#include "dialect/mysql/inspector.h"

enum {
    TABLE,
    NAME,
    TYPE,
    IS_NULLABLE,
    DEFAULT,
    EXTRA,
    COLLATION,
    GENERATION_EXPRESSION,
    COMMENT,
    SRID,
};

/* --- types --- */

/* What MariaDB writes behind a type in a comment for itself, as in "varchar(10) / *M!100301 COMPRESSED* /", is an
 * option. */
static SqlType *read_type(const MysqlInspector *inspector, const char *spelling, GPtrArray *options)
{
    const char *comment = strstr(spelling, " /*M!");
    g_autofree char *type = comment ? g_strndup(spelling, (gsize)(comment - spelling)) : g_strdup(spelling);

    if (comment != NULL && strstr(comment, "COMPRESSED") != NULL)
        options_set(options, "compressed", "true");
    return mysql_type_from_sql(type, inspector->flavour);
}

static gboolean is_type(const char *spelling, const char *const *words, gsize n_words)
{
    for (gsize i = 0; i < n_words; i++) {
        gsize length = strlen(words[i]);
        if (g_ascii_strncasecmp(spelling, words[i], length) == 0 && !g_ascii_isalnum(spelling[length]))
            return TRUE;
    }
    return FALSE;
}

/* --- defaults --- */

/* In SQL, also for MySQL, which gives '' and 0 as they are stored. Its manual, "Bit-Value Literals" and "Hexadecimal
 * Literals": those of BIT and binary columns are told as literals already. */
static char *literal_default(const char *value, const char *type)
{
    static const char *const bare[] = {"tinyint", "smallint", "mediumint", "int",  "bigint",
                                       "decimal", "float",    "double",    "year", "bit"};
    static const char *const binary[] = {"binary", "varbinary"};

    if (is_type(type, bare, G_N_ELEMENTS(bare)) ||
        (is_type(type, binary, G_N_ELEMENTS(binary)) && g_str_has_prefix(value, "0x")))
        return g_strdup(value);
    return mysql_quote_literal(value);
}

/* The current time is told without DEFAULT_GENERATED before MySQL 8.0.13, which has no other expressions. */
static char *mysql_default(const MysqlInspector *inspector, Result *row)
{
    static const char *const times[] = {"datetime", "timestamp"};
    const char *text = result_text(row, DEFAULT), *extra = result_text(row, EXTRA), *type = result_text(row, TYPE);

    if (is_type(type, times, G_N_ELEMENTS(times)) && g_str_has_prefix(text, "CURRENT_TIMESTAMP"))
        return g_strdup(text);
    if (strstr(extra, "DEFAULT_GENERATED") == NULL)
        return literal_default(text, type);
    g_autofree char *expression = inspector_expression(inspector, text);
    return g_strdup_printf("(%s)", expression);
}

/* MariaDB tells a default that was not given as NULL where there may be NULLs. */
static char *read_default(const MysqlInspector *inspector, Result *row)
{
    const char *text = result_text(row, DEFAULT);

    if (text == NULL || (inspector->flavour == FLAVOUR_MARIADB && g_ascii_strcasecmp(text, "NULL") == 0))
        return NULL;
    return inspector->flavour == FLAVOUR_MYSQL ? mysql_default(inspector, row) : inspector_expression(inspector, text);
}

/* --- what EXTRA holds --- */

static void read_on_update(Result *row, GPtrArray *options)
{
    static const char words[] = "on update ";
    const char *at = strstr(result_text(row, EXTRA), words);

    if (at == NULL)
        return;
    at += strlen(words);
    g_autofree char *said = g_strndup(at, strcspn(at, " ,"));
    options_set(options, "on_update", said);
}

/* The columns that hold a versioned row's period have names only where they were declared (MariaDB: "System-Versioned
 * Tables", "Creating a System-Versioned Table"). */
static gboolean read_period(Table *table, Column *column, const char *expression)
{
    static const char option[] = "period_for_system_time";
    gboolean start = strcmp(expression, "ROW START") == 0;
    const char *other = options_get(table->options, option);

    if (!start && strcmp(expression, "ROW END") != 0)
        return FALSE;
    options_set(column->options, start ? "row_start" : "row_end", "true");
    g_autofree char *name = mysql_quote_identifier(column->name);
    g_autofree char *both = !other  ? g_strdup(name)
                            : start ? g_strdup_printf("%s, %s", name, other)
                                    : g_strdup_printf("%s, %s", other, name);
    options_set(table->options, option, both);
    return TRUE;
}

static void read_extra(const MysqlInspector *inspector, Result *row, Table *table, Column *column)
{
    const char *extra = result_text(row, EXTRA), *generated = result_text(row, GENERATION_EXPRESSION);

    if (strstr(extra, "auto_increment") != NULL)
        column->autoincrement = AUTOINCREMENT_TRUE;
    if (strstr(extra, "INVISIBLE") != NULL)
        options_set(column->options, "invisible", "true");
    if (strstr(extra, "WITHOUT SYSTEM VERSIONING") != NULL)
        options_set(column->options, "without_system_versioning", "true");
    read_on_update(row, column->options);
    if (generated == NULL || *generated == '\0' || read_period(table, column, generated))
        return;
    g_autofree char *expression = inspector_expression(inspector, generated);
    column->computed = computed_new(expression, strstr(extra, "VIRTUAL GENERATED") == NULL);
}

/* --- all together --- */

static void read_column(const MysqlInspector *inspector, Result *row, Table *table)
{
    Column *column = column_new(result_text(row, NAME), NULL);
    const char *collation = result_text(row, COLLATION), *comment = result_text(row, COMMENT);
    const char *srid = result_text(row, SRID);

    g_ptr_array_add(table->columns, column);
    column->type = read_type(inspector, result_text(row, TYPE), column->options);
    column->nullable = strcmp(result_text(row, IS_NULLABLE), "YES") == 0;
    column->comment = comment != NULL && *comment != '\0' ? g_strdup(comment) : NULL;
    column->server_default = read_default(inspector, row);
    if (collation != NULL) {
        g_autofree char *name = mysql_charset_name(collation);
        if (strcmp(name, inspector_table_collation(inspector, table)) != 0)
            column->collation = g_steal_pointer(&name);
    }
    if (srid != NULL)
        options_set(column->options, "srid", srid);
    read_extra(inspector, row, table, column);
    mysql_adapt_default(column, inspector->flavour, &column->server_default, column->options);
}

gboolean mysql_read_columns(MysqlInspector *inspector, Result *result, GError **error)
{
    int more;
    while ((more = result_next(result, error)) > 0) {
        Table *table = inspector_table(inspector, result_text(result, TABLE));
        if (table != NULL)
            read_column(inspector, result, table);
    }
    return more == 0;
}

/* --- MariaDB's geometry columns --- */

static Column *next_geometry(const Table *table, guint *at)
{
    static const char *const types[] = {"GEOMETRY",   "POINT",           "LINESTRING",   "POLYGON",
                                        "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION"};

    while (*at < table->columns->len) {
        Column *column = table->columns->pdata[(*at)++];
        if (column->type->kind == SQL_TYPE_NATIVE && is_type(column->type->name, types, G_N_ELEMENTS(types)))
            return column;
    }
    return NULL;
}

gboolean mysql_read_geometry(MysqlInspector *inspector, Result *result, GError **error)
{
    const Table *last = NULL;
    guint at = 0;
    int more;

    while ((more = result_next(result, error)) > 0) {
        enum { GEOMETRY_TABLE, GEOMETRY_SRID };
        const Table *table = inspector_table(inspector, result_text(result, GEOMETRY_TABLE));
        at = table == last ? at : 0;
        last = table;
        Column *column = table ? next_geometry(table, &at) : NULL;
        if (column != NULL && result_integer(result, GEOMETRY_SRID) != 0)
            options_set(column->options, "srid", result_text(result, GEOMETRY_SRID));
    }
    return more == 0;
}
