#include "dialect/mysql/mysql.h"

#include "base/error.h"

GPtrArray *mysql_split(const char *text, gsize length, GError **error)
{
    (void)text;
    (void)length;
    g_set_error_literal(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "not in this build yet");
    return NULL;
}
