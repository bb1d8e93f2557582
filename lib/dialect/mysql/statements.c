#include "dialect/mysql/mysql.h"

#include "base/error.h"

gboolean mysql_refuses_transaction(const char *sql, gsize length)
{
    return sql != NULL && length > 0;
}

gboolean mysql_may_commit(const char *sql, gsize length)
{
    return sql != NULL && length > 0;
}

gboolean mysql_controls_transaction(const char *sql, gsize length)
{
    return sql == NULL && length > 0;
}

gboolean mysql_sets_session(const char *sql, gsize length)
{
    return sql == NULL && length > 0;
}
