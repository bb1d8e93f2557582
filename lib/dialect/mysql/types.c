#include "dialect/mysql/mysql.h"

#include "base/error.h"

char *mysql_type_sql(const SqlType *type, MysqlFlavour flavour, GError **error)
{
    (void)type;
    (void)flavour;
    g_set_error_literal(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "not in this build yet");
    return NULL;
}

SqlType *mysql_type_from_sql(const char *spelling, MysqlFlavour flavour)
{
    (void)flavour;
    return sql_type_new_native(spelling);
}

gboolean mysql_type_equal(const SqlType *a, const SqlType *b, MysqlFlavour flavour)
{
    (void)flavour;
    return sql_type_equal(a, b);
}
