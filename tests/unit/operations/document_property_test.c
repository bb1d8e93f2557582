/* For random schemas a and b of each dialect: each operation that takes a to b is written as JSON, read back, resolved
 * on the schema that it came from, and does there what it did before. */
#include <stdlib.h>

#include "document_support.h"

#include "../schema/random_metadata.h"
#include "autogenerate/autogenerate.h"
#include "base/json.h"
#include "support/random_model.h"
#include "support/scale.h"

typedef struct Generator {
    const Dialect *dialect;
    cJSON *(*model)(GRand *random);
    cJSON *(*change)(const cJSON *model, GRand *random);
} Generator;

static MetaData *metadata_of(const Dialect *dialect, const cJSON *json)
{
    g_autoptr(cJSON) copy = cJSON_Duplicate(json, TRUE);
    cJSON *table = NULL;
    cJSON_ArrayForEach(table, cJSON_GetObjectItem(copy, "tables"))
    {
        cJSON_DeleteItemFromObject(table, "composite"); /* marks of the generators for themselves */
        /* What a column is in a table that becomes strict depends on which operation comes first. */
        cJSON_DeleteItemFromObject(cJSON_GetObjectItem(table, "options"), "sqlite");
    }
    cJSON_DeleteItemFromObject(copy, "dials");
    g_autofree char *text = json_print(copy);
    return state_of(dialect, text);
}

static void check_same(const char *what, const char *json, const MetaData *expected, const MetaData *found)
{
    g_autofree char *a = dump_metadata(expected), *b = dump_metadata(found);
    if (strcmp(a, b) == 0)
        return;
    g_auto(GStrv) x = g_strsplit(a, "\n", -1), y = g_strsplit(b, "\n", -1);
    for (char **line = x; *line; line++)
        if (!g_strv_contains((const char *const *)y, *line))
            print_message("expected: %s\n", *line);
    for (char **line = y; *line; line++)
        if (!g_strv_contains((const char *const *)x, *line))
            print_message("found: %s\n", *line);
    fail_msg("%s:\n%s", what, json);
}

/* What the step, read from the file, does to `state`. */
static void apply_read(const Generator *generator, const char *what, const char *json, MetaData *state)
{
    g_autoptr(GError) error = NULL;
    const OpsTarget target = target_of(generator->dialect, TRUE);
    guint index = 0;
    g_autoptr(OpsDocument) document = parse_ops(json, &error);
    if (!document)
        fail_msg("%s: %s\n%s", what, error->message, json);
    g_autoptr(OpsStep) step = ops_document_resolve(document, TRUE, &index, &target, state, &error);
    if (!step || !ops_step_apply(step, state, &error))
        fail_msg("%s: %s\n%s", what, error->message, json);
}

/* The operations from `first` on: some look at what follows. */
static char *from_op(const Generator *generator, const GPtrArray *ops, guint first)
{
    GString *text = g_string_new(NULL);
    for (guint i = first; i < ops->len; i++) {
        g_autoptr(cJSON) node = migrate_op_to_json(ops->pdata[i], generator->dialect->name);
        g_autofree char *json = json_print(node);
        g_string_append_printf(text, "%s%s", i > first ? ",\n" : "", json);
    }
    return g_string_free(text, FALSE);
}

/* FALSE where an op alone does not do what it did among the others. */
static gboolean is_like_the_whole(const Generator *generator, const MigrateOp *op)
{
    /* A new trigger comes last; the next operations say which one follows it. */
    if (generator->dialect == &mariadb_dialect && op->kind == OP_CREATE_OBJECT &&
        strcmp(op->object->kind, "trigger") == 0 && !strstr(op->object->definition, " FOLLOWS "))
        return FALSE;
    /* The index that came with a foreign key goes with it; the comparison may still have need of it. */
    return generator->dialect != &mariadb_dialect || op->kind != OP_DROP_CONSTRAINT ||
           op->constraint->kind != CONSTRAINT_FOREIGN_KEY;
}

static guint check_ops(const Generator *generator, guint seed, const char *way, const GPtrArray *ops, MetaData *state)
{
    for (guint i = 0; i < ops->len; i++) {
        g_autoptr(GError) error = NULL;
        const MigrateOp *op = ops->pdata[i];
        g_autofree char *line = migrate_op_describe(op);
        g_autofree char *what = g_strdup_printf("%s, seed %u, %s, %s", generator->dialect->name, seed, way, line);
        g_autofree char *json = from_op(generator, ops, i);
        gboolean like_the_whole = is_like_the_whole(generator, op);
        g_autoptr(MetaData) read = metadata_copy(state);
        read->backticks = state->backticks;
        if (!migrate_op_apply(op, state, &error))
            fail_msg("%s: %s", what, error->message);
        apply_read(generator, what, json, read);
        if (like_the_whole)
            check_same(what, json, state, read);
    }
    return ops->len;
}

static guint there_and_back(const Generator *generator, guint seed)
{
    static const CompareOptions all = {.compare_type = TRUE, .compare_server_default = TRUE};
    g_autoptr(GError) error = NULL;
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);
    g_autoptr(cJSON) first = generator->model(random);
    g_autoptr(cJSON) second = generator->dialect != &mariadb_dialect && seed % 3 == 0
                                  ? generator->model(random)
                                  : generator->change(first, random);
    g_autoptr(MetaData) a = metadata_of(generator->dialect, first), b = metadata_of(generator->dialect, second);
    g_autoptr(Comparison) comparison = autogenerate_compare(generator->dialect, b, a, &all, &error);
    if (!comparison)
        fail_msg("%s, seed %u: %s", generator->dialect->name, seed, error->message);
    g_autoptr(GPtrArray) reverse = downgrade_operations(generator->dialect, comparison->operations, &error);
    assert_non_null(reverse);
    return check_ops(generator, seed, "forward", comparison->operations, a) +
           check_ops(generator, seed, "back", reverse, a);
}

static void run(const Generator *generator)
{
    guint n_ops = 0;
    for (guint seed = 1; seed <= test_scale(150, 10); seed++)
        n_ops += there_and_back(generator, seed);
    assert_true(n_ops > 50);
}

static void test_sqlite(void **state)
{
    (void)state;
    run(&(Generator){&sqlite_dialect, random_model, random_change});
}

#ifdef MIGRATE_WITH_POSTGRESQL
static void test_postgresql(void **state)
{
    (void)state;
    run(&(Generator){&postgresql_dialect, random_postgresql_model, random_postgresql_change});
}
#endif

#ifdef MIGRATE_WITH_MYSQL
static void test_mariadb(void **state)
{
    (void)state;
    run(&(Generator){&mariadb_dialect, random_mysql_model, random_mysql_change});
}
#endif

int main(void)
{
    (void)random_metadata;
    (void)assert_metadata_equal;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sqlite),
#ifdef MIGRATE_WITH_POSTGRESQL
        cmocka_unit_test(test_postgresql),
#endif
#ifdef MIGRATE_WITH_MYSQL
        cmocka_unit_test(test_mariadb),
#endif
    };
    return cmocka_run_group_tests_name("operations/document_property", tests, NULL, NULL);
}
