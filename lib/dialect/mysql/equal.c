#include "dialect/mysql/mysql.h"

void mysql_unify(GPtrArray *words)
{
    (void)words;
}
