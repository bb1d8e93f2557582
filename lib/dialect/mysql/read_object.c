/* All that is a SchemaObject, and MariaDB's sequences. */
#include "dialect/mysql/inspector.h"

const MysqlQuery mysql_object_queries[] = {
    {{NULL, NULL}, NULL},
};
