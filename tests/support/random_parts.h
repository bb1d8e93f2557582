/* Little helpers of the generators of random models. */
#ifndef MIGRATE_TESTS_RANDOM_PARTS_H
#define MIGRATE_TESTS_RANDOM_PARTS_H

#include <cjson/cJSON.h>
#include <glib.h>

gboolean chance(GRand *random, int percent);
const char *pick(GRand *random, const char *const *words, int n);
#define PICK(random, words) pick(random, words, G_N_ELEMENTS(words))
const char *text(const cJSON *object, const char *key);
gboolean flag(const cJSON *object, const char *key);
cJSON *find(const cJSON *array, const char *key, const char *value); /* the item with that text, or NULL */
cJSON *list(cJSON *object, const char *key);                         /* the array, made when it is not there */
char *quote(const char *name);                                       /* as an SQL identifier: new string */
void set_string(cJSON *object, const char *key, const char *value);

/* --- models --- */

const char *free_table_name(const cJSON *tables, GRand *random); /* neither a name nor a former one; NULL: none found */
/* The same for columns, of `names`. */
const char *free_name(const cJSON *columns, const char *const *names, int n, GRand *random);
#define FREE_NAME(columns, names, random) free_name(columns, names, G_N_ELEMENTS(names), random)
cJSON *options_of(cJSON *object, const char *dialect);          /* made when they are not there */
void drop_random(cJSON *table, const char *key, GRand *random); /* one of the table's list, if there is any */
void drop_duplicate_names(cJSON *table, const char *key);
gboolean is_plain(const cJSON *column);                 /* no key, not generated, no reference */
cJSON *plain_column(const cJSON *table, GRand *random); /* NULL: none found */
gboolean is_used(const cJSON *table, const char *name); /* something else of the table speaks of that column */
const cJSON *any_table(const cJSON *model, GRand *random);
/* Takes the definition. `table`: what a trigger … hangs on, or NULL. */
void add_object(cJSON *model, const char *kind, const char *name, const char *table, char *definition);
void add_conventions(cJSON *model); /* names for keys and indexes */
void toggle(cJSON *object, const char *key, const char *value);
void drop_column(cJSON *table, GRand *random); /* one that nothing speaks of */
/* `add` adds a column with a reference, which is taken back where `former` has one of its name. */
void add_new_reference(const cJSON *model, cJSON *table, const cJSON *former,
                       void (*add)(cJSON *table, const cJSON *tables, GRand *random), GRand *random);

typedef char *(*Quote)(const char *name); /* as definitions and INSERT have it: new string */
/* What each database has its own way of. */
typedef struct Changes {
    Quote quoted;
    void (*new_table)(cJSON *tables, const char *name, GRand *random);
    void (*change_table)(cJSON *model, cJSON *table, GRand *random);
    void (*change_objects)(cJSON *model, GRand *random);
} Changes;
/* A changed copy: tables dropped (but for those that others or objects speak of), renamed, changed and added. */
cJSON *changed_model(const cJSON *model, const Changes *changes, GRand *random);

typedef void (*AppendValue)(GString *values, const cJSON *column, int row);
/* INSERT statements; `before_values`: VALUES and what stands before it. */
GPtrArray *rows_of(const cJSON *model, Quote quoted, const char *before_values, AppendValue append, GRand *random);

#endif
