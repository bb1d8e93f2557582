/* What rows hold in a column that comes back and takes no NULL. MySQL and MariaDB fill new columns in by themselves
 * (MySQL 8.0 manual, "Data Type Default Values"): with what a type's columns can hold, but for dates ('0000-00-00'),
 * JSON and geometry (an empty text, which is none). */
#include "dialect/mysql/compiler.h"

#include <string.h>

static const char *const geometries[][2] = {
    {"GEOMETRY", "POINT(0 0)"},
    {"POINT", "POINT(0 0)"},
    {"LINESTRING", "LINESTRING(0 0,1 1)"},
    {"POLYGON", "POLYGON((0 0,1 0,1 1,0 0))"},
    {"MULTIPOINT", "MULTIPOINT(0 0)"},
    {"MULTILINESTRING", "MULTILINESTRING((0 0,1 1))"},
    {"MULTIPOLYGON", "MULTIPOLYGON(((0 0,1 0,1 1,0 0)))"},
    {"GEOMETRYCOLLECTION", "GEOMETRYCOLLECTION(POINT(0 0))"},
    {"GEOMCOLLECTION", "GEOMETRYCOLLECTION(POINT(0 0))"},
};

/* By the word that the type begins with. */
static const struct {
    const char *word, *value;
    gboolean filled;
} values[] = {
    {"TINYINT", "0", TRUE},
    {"SMALLINT", "0", TRUE},
    {"MEDIUMINT", "0", TRUE},
    {"INT", "0", TRUE},
    {"INTEGER", "0", TRUE},
    {"BIGINT", "0", TRUE},
    {"BOOL", "0", TRUE},
    {"BOOLEAN", "0", TRUE},
    {"DECIMAL", "0", TRUE},
    {"NUMERIC", "0", TRUE},
    {"FLOAT", "0", TRUE},
    {"DOUBLE", "0", TRUE},
    {"REAL", "0", TRUE},
    {"BIT", "b'0'", TRUE},
    {"YEAR", "0000", TRUE},
    {"CHAR", "''", TRUE},
    {"VARCHAR", "''", TRUE},
    {"TINYTEXT", "''", TRUE},
    {"TEXT", "''", TRUE},
    {"MEDIUMTEXT", "''", TRUE},
    {"LONGTEXT", "''", TRUE},
    {"BINARY", "''", TRUE},
    {"VARBINARY", "''", TRUE},
    {"TINYBLOB", "''", TRUE},
    {"BLOB", "''", TRUE},
    {"MEDIUMBLOB", "''", TRUE},
    {"LONGBLOB", "''", TRUE},
    {"SET", "''", TRUE},
    {"TIME", "'00:00:00'", TRUE},
    {"INET4", "'0.0.0.0'", TRUE},
    {"INET6", "'::'", TRUE},
    {"DATE", "'1970-01-01'", FALSE},
    {"UUID", "'00000000-0000-0000-0000-000000000000'", TRUE},
    {"DATETIME", "'1970-01-01 00:00:00'", FALSE},
    {"TIMESTAMP", "'1970-01-02 00:00:00'", FALSE}, /* its range begins at 1970-01-01 in UTC, wherever the session is */
    {"JSON", "'{}'", FALSE},
};

/* The first value of ENUM('a','b'). */
static char *first_value(const char *sql)
{
    gsize length = strlen(sql), position = strlen("ENUM");
    sql_next_significant(&mariadb_dialect, sql, length, &position); /* the bracket */
    SqlToken token = sql_next_significant(&mariadb_dialect, sql, length, &position);
    return token.kind == SQL_TOKEN_STRING ? g_strndup(sql + token.start, token.length) : NULL;
}

char *mysql_neutral_value(const SqlType *type, MysqlFlavour flavour, gboolean *filled)
{
    g_autofree char *sql = mysql_type_sql(type, flavour, NULL);
    if (!sql)
        return NULL;
    g_autofree char *word = g_ascii_strup(sql, -1);
    word[strcspn(word, " (")] = '\0';
    *filled = TRUE;
    if (strcmp(word, "ENUM") == 0)
        return first_value(sql);
    for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
        if (strcmp(values[i].word, word) != 0)
            continue;
        *filled = values[i].filled;
        return g_strdup(values[i].value);
    }
    *filled = FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(geometries); i++)
        if (strcmp(geometries[i][0], word) == 0)
            return g_strdup_printf("ST_GeomFromText('%s')", geometries[i][1]);
    return NULL;
}
