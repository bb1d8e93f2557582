/* The modes that routines, triggers and events keep (MariaDB: "SQL_MODE", MySQL 8.0: 5.1.11 "Server SQL Modes"). */
#include <string.h>

#include "base/text.h"
#include "dialect/mysql/mysql.h"
#include "schema/metadata.h"

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static gboolean has_mode(const char *sql_mode, const char *name)
{
    g_auto(GStrv) modes = g_strsplit(sql_mode, ",", -1);
    return g_strv_contains((const char *const *)modes, name);
}

static char *sorted_modes(const char *written, gboolean with_accounts)
{
    g_auto(GStrv) modes = g_strsplit(written, ",", -1);
    g_autoptr(GPtrArray) names = strings_new();
    for (guint i = 0; modes[i]; i++) {
        g_autofree char *name = g_ascii_strup(g_strstrip(modes[i]), -1);
        if (*name && (with_accounts || strcmp(name, "NO_AUTO_CREATE_USER") != 0))
            g_ptr_array_add(names, g_steal_pointer(&name));
    }
    g_ptr_array_sort(names, compare_names);
    return text_list(names, ",");
}

const char *mysql_own_sql_mode(MysqlFlavour flavour)
{
    return flavour == FLAVOUR_MARIADB ? MARIADB_SQL_MODE : MYSQL_SQL_MODE;
}

/* MySQL 8.0 has NO_AUTO_CREATE_USER no more. */
char *mysql_sql_mode(const char *written, MysqlFlavour flavour)
{
    gboolean with_accounts = flavour == FLAVOUR_MARIADB;
    g_autofree char *modes = sorted_modes(written, with_accounts);
    g_autofree char *own = sorted_modes(mysql_own_sql_mode(flavour), with_accounts);
    return strcmp(modes, own) == 0 ? NULL : g_steal_pointer(&modes);
}

gboolean mysql_mode_same_code(const char *a, const char *b)
{
    g_autofree char *modes = sorted_modes(a ? a : MYSQL_SQL_MODE, FALSE);
    g_autofree char *others = sorted_modes(b ? b : MYSQL_SQL_MODE, FALSE);
    return strcmp(modes, others) == 0;
}

gboolean mysql_mode_reads_otherwise(const char *sql_mode)
{
    static const char *const modes[] = {
        "ANSI_QUOTES",         "PIPES_AS_CONCAT", "IGNORE_SPACE", "NO_BACKSLASH_ESCAPES",
        "HIGH_NOT_PRECEDENCE", "REAL_AS_FLOAT",   "ORACLE",       "EMPTY_STRING_IS_NULL"};
    for (gsize i = 0; sql_mode && i < G_N_ELEMENTS(modes); i++)
        if (has_mode(sql_mode, modes[i]))
            return TRUE;
    return FALSE;
}

gboolean mysql_mode_quotes_names(const char *sql_mode)
{
    return sql_mode && has_mode(sql_mode, "ANSI_QUOTES");
}
