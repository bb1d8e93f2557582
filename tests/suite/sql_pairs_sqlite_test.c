/* Pairs of SQL schemas, see support/sql_pairs.h. */
#include "support/sql_pairs.h"

int main(void)
{
    return sql_pairs_main(&sqlite_backend);
}
