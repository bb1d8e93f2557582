/* Further tables and objects for random models of MariaDB, beside those of random_mysql.c, which are not touched: what
 * follows from a seed there stays the same. Their names begin with "m". */
#ifndef MIGRATE_TESTS_RANDOM_MYSQL_MORE_H
#define MIGRATE_TESTS_RANDOM_MYSQL_MORE_H

#include <cjson/cJSON.h>
#include <glib.h>

/* Adds them, and a list "dials", from which they follow and which is no part of a model. */
void random_mysql_more(cJSON *model, GRand *random);
/* Adds to `changed`, which has none, what becomes of those of `model`. */
void random_mysql_more_change(cJSON *changed, const cJSON *model, GRand *random);
void random_mysql_without_more(cJSON *model); /* takes all of it out again */

#endif
