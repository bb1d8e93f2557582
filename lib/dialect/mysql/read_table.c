/* Tables, and the list of all that this part of the inspector asks. */
#include <string.h>

#include "base/error.h"
#include "dialect/mysql/adapt.h"
#include "dialect/mysql/inspector.h"
#include "embedded.h"

enum { NAME, TYPE, ENGINE, COLLATION, CREATE_OPTIONS, COMMENT };

/* --- create options --- */

/* A value from *at to its end, which *at moves to: in quotes of some kind, or up to the next space. New string. */
static char *read_value(const char **at)
{
    char quote = strchr("'\"`", **at) != NULL && **at != '\0' ? **at : '\0';
    g_autoptr(GString) value = g_string_new(NULL);
    const char *p = *at + (quote ? 1 : 0);

    for (; *p != '\0' && (quote ? *p != quote || p[1] == quote : *p != ' ' && *p != '='); p++) {
        if (quote && *p == quote)
            p++;
        g_string_append_c(value, *p);
    }
    *at = quote && *p != '\0' ? p + 1 : p;
    return g_string_free(g_steal_pointer(&value), FALSE);
}

/* What CREATE TABLE was told, and only that: "row_format=DYNAMIC stats_persistent=1 partitioned", with the options of
 * MariaDB's engines as `page_compressed`='1' and MySQL's as COMPRESSION="zlib". Whether it is partitioned. */
static gboolean read_create_options(GPtrArray *options, const char *text)
{
    gboolean partitioned = FALSE;

    for (const char *at = text ? text : ""; *at != '\0';) {
        if (*at == ' ') {
            at++;
            continue;
        }
        g_autofree char *said = read_value(&at), *name = g_ascii_strdown(said, -1);
        g_autofree char *value = *at == '=' ? (at++, read_value(&at)) : NULL;
        if (strcmp(name, "partitioned") == 0)
            partitioned = TRUE;
        else if (!mysql_is_aria_default(name, value))
            options_set(options, name, value ? value : "true");
    }
    return partitioned;
}

/* --- tables --- */

/* Instead of a comment and of nearly all else there is the reason why the server cannot open the table. */
static gboolean refuse_broken(const char *name, Result *row, GError **error)
{
    const char *comment = result_text(row, COMMENT);
    g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_CATALOG, "the server cannot open table '%s': %s", name,
                comment != NULL && *comment != '\0' ? comment : "it gives no reason");
    return FALSE;
}

static void read_collation(MysqlInspector *inspector, Table *table, const char *collation)
{
    char *name = mysql_charset_name(collation);
    g_autofree char *charset = mysql_charset_of(name);

    g_hash_table_insert(inspector->collations, table, name);
    if (strcmp(name, inspector->collation) == 0)
        return;
    if (charset != NULL)
        options_set(table->options, "charset", charset);
    options_set(table->options, "collate", name);
}

static gboolean read_table(MysqlInspector *inspector, Result *row, GError **error)
{
    const char *name = result_text(row, NAME), *engine = result_text(row, ENGINE);
    const char *collation = result_text(row, COLLATION), *comment = result_text(row, COMMENT);

    if (inspector_ignores(inspector, name))
        return TRUE;
    if (engine == NULL || collation == NULL)
        return refuse_broken(name, row, error);
    Table *table = table_new(NULL, name);
    inspector_add_table(inspector, table);
    if (g_ascii_strcasecmp(engine, "InnoDB") != 0)
        options_set(table->options, "engine", engine);
    read_collation(inspector, table, collation);
    if (read_create_options(table->options, result_text(row, CREATE_OPTIONS)))
        g_hash_table_add(inspector->partitioned, table);
    if (strcmp(result_text(row, TYPE), "SYSTEM VERSIONED") == 0)
        options_set(table->options, "system_versioning", "true");
    table->comment = comment != NULL && *comment != '\0' ? g_strdup(comment) : NULL;
    return TRUE;
}

static gboolean read_tables(MysqlInspector *inspector, Result *result, GError **error)
{
    int more;
    while ((more = result_next(result, error)) > 0)
        if (!read_table(inspector, result, error))
            return FALSE;
    return more == 0;
}

#define BOTH(file)                                                                                                     \
    {                                                                                                                  \
        embedded_lib_dialect_mysql_##file##_sql, embedded_lib_dialect_mysql_##file##_sql                               \
    }
#define EACH(file)                                                                                                     \
    {                                                                                                                  \
        embedded_lib_dialect_mysql_##file##_mysql_sql, embedded_lib_dialect_mysql_##file##_mariadb_sql                 \
    }

const MysqlQuery mysql_table_queries[] = {
    {BOTH(tables), read_tables},
    {EACH(columns), mysql_read_columns},
    {EACH(keys), mysql_read_keys},
    {BOTH(foreign_keys), mysql_read_foreign_keys},
    {BOTH(foreign_key_columns), mysql_read_foreign_key_columns},
    {EACH(checks), mysql_read_checks},
    {{NULL, embedded_lib_dialect_mysql_geometry_mariadb_sql}, mysql_read_geometry},
    {{NULL, NULL}, NULL},
};
