/* Who keeps a statement waiting. */
#include "dialect/mysql/mysql.h"

/* Of a row p of the process list; of other accounts only PROCESS shows more than a number. */
#define WHO                                                                                                            \
    "concat('connection ', b.id, coalesce(concat(' (user ', p.user, ', ', p.host, ')'), ''), "                         \
    "coalesce(concat(', ', lower(p.command), ' for ', p.time, ' s'), ''), "                                            \
    "coalesce(concat(': ', nullif(trim(replace(left(p.info, 100), '\\n', ' ')), '')), ''))"

/* MySQL 8.0 manual, "The innodb_lock_waits and x$innodb_lock_waits Views" and "The schema_table_lock_waits and
 * x$schema_table_lock_waits Views". */
char *mysql_blockers_query(gint64 backend_id)
{
    return g_strdup_printf("SELECT " WHO " FROM (SELECT blocking_pid AS id FROM sys.innodb_lock_waits WHERE "
                           "waiting_pid = %" G_GINT64_FORMAT " UNION SELECT blocking_pid FROM "
                           "sys.schema_table_lock_waits WHERE waiting_pid = %" G_GINT64_FORMAT
                           " AND blocking_pid <> waiting_pid) b LEFT JOIN information_schema.processlist p ON p.id = "
                           "b.id ORDER BY b.id",
                           backend_id, backend_id);
}

/* Who holds a metadata lock is only known with the plugin METADATA_LOCK_INFO (MariaDB manual, "Metadata Lock Info
 * Plugin"); without it, whoever has a transaction open may be it. */
char *mariadb_blockers_query(gint64 backend_id)
{
    return g_strdup_printf(
        "SELECT concat(if(b.sure, '', 'perhaps '), " WHO ") FROM (SELECT t.trx_mysql_thread_id AS id, EXISTS (SELECT 1 "
        "FROM information_schema.innodb_lock_waits w JOIN information_schema.innodb_trx r ON r.trx_id = "
        "w.requesting_trx_id WHERE r.trx_mysql_thread_id = %" G_GINT64_FORMAT " AND w.blocking_trx_id = t.trx_id) AS "
        "sure, EXISTS (SELECT 1 FROM information_schema.processlist k WHERE k.id = %" G_GINT64_FORMAT
        " AND k.state LIKE 'Waiting for table metadata lock%%') AS possible FROM information_schema.innodb_trx t WHERE "
        "t.trx_mysql_thread_id NOT IN (0, %" G_GINT64_FORMAT
        ")) b LEFT JOIN information_schema.processlist p ON p.id = "
        "b.id WHERE b.sure OR b.possible ORDER BY b.sure DESC, b.id",
        backend_id, backend_id, backend_id);
}
