/*
 * A kind of database for the compliance suite: how to get an empty one, what it is by its own catalog (without a line
 * of the library), and random models with what it has.
 */
#ifndef MIGRATE_TESTS_BACKEND_H
#define MIGRATE_TESTS_BACKEND_H

#include <cjson/cJSON.h>
#include <glib.h>

typedef struct TestBackend {
    const char *name;
    int pairs; /* of random schemas in an ordinary run */
    /* Each n-th of them has revisions of operations; 0: none. MariaDB's generator makes what operations cannot do one
     * after the other yet (a column's own check, the versioning of single columns, keys between changing columns). */
    int ops_pairs;
    /* An empty database of that name, in `folder` where databases are files: its URL. New string. */
    char *(*create)(const char *folder, const char *name);
    char *(*schema)(const char *url); /* fingerprint, one line per fact: new string */
    /* "table.column" -> one line a row, "class:value", in order of a column `id` where there is one; owns both. */
    GHashTable *(*cells)(const char *url);
    void (*run)(const char *url, const GPtrArray *statements);
    cJSON *(*model)(GRand *random);
    cJSON *(*change)(const cJSON *model, GRand *random);
    GPtrArray *(*rows)(const cJSON *model, GRand *random);
    /* A fingerprint without what tells of an object's past: names that the server chose by itself, spellings that
     * change when it reads its own text. NULL: there is nothing of the kind. */
    char *(*without_past)(const char *schema);
    /* What the engine's own dump program says of the schema, as a sorted set of lines, without_past() applied. New
     * string. NULL: no second witness. */
    char *(*dump)(const char *url);
    const char *sql_pairs; /* the folder of its pairs of SQL schemas, below tests/fixtures/pairs */
    guint n_sql_pairs;     /* how many of them in an ordinary run */
    /* The engine's own client runs a file: NULL, or what it said. New string. */
    char *(*load)(const char *url, const char *file);
} TestBackend;

extern const TestBackend *const test_backends[]; /* those in this build; ends with NULL */
extern const TestBackend sqlite_backend, postgresql_backend, mysql_backend;

#endif
