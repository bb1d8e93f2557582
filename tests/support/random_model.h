/*
 * Random models for tests, as models.json trees, and rows that fit them. Everything follows from the seed. Knows
 * nothing of the library: what it writes is what a person could have written.
 */
#ifndef MIGRATE_TESTS_RANDOM_MODEL_H
#define MIGRATE_TESTS_RANDOM_MODEL_H

#include <cjson/cJSON.h>
#include <glib.h>

/* A model of 1 to 5 tables with keys, constraints, indexes, views and triggers. */
cJSON *random_model(GRand *random);
/* A changed copy: tables and columns added, dropped, renamed (renamed_from) and altered, in ways that rows made by
 * random_rows() survive. */
cJSON *random_change(const cJSON *model, GRand *random);
/* INSERT statements for every table, parents first; every value is unlike every other in its column. */
GPtrArray *random_rows(const cJSON *model, GRand *random);

/* The same with what MariaDB has. */
cJSON *random_mysql_model(GRand *random);
cJSON *random_mysql_change(const cJSON *model, GRand *random);
GPtrArray *random_mysql_rows(const cJSON *model, GRand *random);

/* The same with what PostgreSQL has. */
cJSON *random_postgresql_model(GRand *random);
cJSON *random_postgresql_change(const cJSON *model, GRand *random);
GPtrArray *random_postgresql_rows(const cJSON *model, GRand *random);

/* The same with what every database can store; nothing makes rows for it. */
cJSON *random_portable_model(GRand *random);
cJSON *random_portable_change(const cJSON *model, GRand *random);

#endif
