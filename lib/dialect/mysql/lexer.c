#include "dialect/mysql/mysql.h"

#include "base/error.h"

SqlToken mysql_next_token(const char *text, gsize length, gsize position)
{
    (void)text;
    return (SqlToken){SQL_TOKEN_END, MIN(position, length), 0};
}

gboolean mysql_is_reserved(const char *word, gsize length)
{
    (void)word;
    return length > 0;
}
