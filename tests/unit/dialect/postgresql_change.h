/*
 * A change from one model to another, run on a real server and back. What was there is made by hand-written SQL, and
 * pg_dump and queries judge, so that nothing of the dialect judges itself.
 */
#ifndef MIGRATE_TESTS_UNIT_DIALECT_POSTGRESQL_CHANGE_H
#define MIGRATE_TESTS_UNIT_DIALECT_POSTGRESQL_CHANGE_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
/* clang-format on */

#include "base/error.h"
#include "dialect/dialect.h"
#include "operations/operations.h"
#include "schema/model.h"
#include "support/postgresql.h"

#define UNUSED __attribute__((unused))

typedef struct Change {
    char *url, *dump; /* the database, and pg_dump of it as it was */
    MetaData *before, *after;
    GPtrArray *ops; /* sorted */
} Change;

/* Quotes are written ' in models of tests; a real one is ^. */
static UNUSED MetaData *read_model(const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *json = g_strdup(text);
    g_strdelimit(json, "'", '"');
    g_strdelimit(json, "^", '\'');
    g_autoptr(ModelReader) reader = model_reader_new("postgresql", FALSE, NULL, 63);
    gboolean ok = model_reader_add(reader, "model", json, strlen(json), &error);
    MetaData *metadata = ok ? model_reader_finish(reader, &error) : NULL;
    if (!metadata)
        fail_msg("%s", error->message);
    return metadata;
}

static UNUSED char *pg_dump(const char *url)
{
    const char *argv[] = {"pg_dump", "--schema-only", "--no-owner", url, NULL};
    g_autofree char *output = NULL, *errors = NULL;
    int status = 0;
    assert_true(
        g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, &errors, &status, NULL));
    if (status != 0)
        fail_msg("pg_dump: %s", errors);
    g_auto(GStrv) lines = g_strsplit(output, "\n", -1);
    GString *dump = g_string_new(NULL);
    for (char **line = lines; *line; line++) /* newer ones hold a random key */
        if (!g_str_has_prefix(*line, "\\"))
            g_string_append_printf(dump, "%s\n", *line);
    return g_string_free(dump, FALSE);
}

static UNUSED void add_enum_op(GPtrArray *ops, const EnumType *existing, const EnumType *type)
{
    MigrateOp *op = migrate_op_new(!existing ? OP_CREATE_ENUM : type ? OP_ALTER_ENUM : OP_DROP_ENUM);
    op->existing_enum = existing ? enum_type_copy(existing) : NULL;
    op->enum_type = type ? enum_type_copy(type) : NULL;
    g_ptr_array_add(ops, op);
}

static UNUSED void add_sequence_op(GPtrArray *ops, const Sequence *existing, const Sequence *sequence)
{
    MigrateOp *op = migrate_op_new(!existing ? OP_CREATE_SEQUENCE : sequence ? OP_ALTER_SEQUENCE : OP_DROP_SEQUENCE);
    op->existing_sequence = existing ? sequence_copy(existing) : NULL;
    op->sequence = sequence ? sequence_copy(sequence) : NULL;
    g_ptr_array_add(ops, op);
}

static UNUSED gpointer at(const GPtrArray *list, guint i)
{
    return i < list->len ? list->pdata[i] : NULL;
}

static UNUSED gboolean same_column(const Column *a, const Column *b)
{
    cJSON *left = model_column_to_json(a, "postgresql"), *right = model_column_to_json(b, "postgresql");
    gboolean same = cJSON_Compare(left, right, TRUE);
    cJSON_Delete(left);
    cJSON_Delete(right);
    return same;
}

/* Things at the same place are the same thing, whatever their names. */
static UNUSED GPtrArray *find_changes(const MetaData *before, const MetaData *after)
{
    GPtrArray *ops = operations_new();
    for (guint i = 0; i < MAX(before->enums->len, after->enums->len); i++)
        add_enum_op(ops, at(before->enums, i), at(after->enums, i));
    for (guint i = 0; i < MAX(before->sequences->len, after->sequences->len); i++)
        add_sequence_op(ops, at(before->sequences, i), at(after->sequences, i));
    for (guint i = 0; i < MAX(before->tables->len, after->tables->len); i++) {
        const Table *from = at(before->tables, i), *to = at(after->tables, i);
        if (!from || !to) {
            g_ptr_array_add(ops, from ? migrate_op_drop_table(from) : migrate_op_create_table(to));
            continue;
        }
        for (guint j = 0; j < MAX(from->columns->len, to->columns->len); j++) {
            const Column *old = at(from->columns, j), *new = at(to->columns, j);
            if (!old || !new)
                g_ptr_array_add(ops, old ? migrate_op_drop_column(from, old) : migrate_op_add_column(from, new));
            else if (!same_column(old, new))
                g_ptr_array_add(ops, migrate_op_alter_column(from, old, new));
        }
    }
    return ops;
}

/* The blocks as the runner runs them: a failing one is rolled back and ends it. */
static UNUSED gboolean run_blocks(const char *url, const GPtrArray *blocks, GError **error)
{
    g_autoptr(Url) parsed = url_parse(url, error);
    ConnectOptions options = {0};
    g_autoptr(Connection) connection = parsed ? connection_open(&postgresql_driver, parsed, &options, error) : NULL;
    if (!connection)
        return FALSE;
    for (guint i = 0; i < blocks->len; i++) {
        const SqlBlock *block = blocks->pdata[i];
        if (block->transactional && !connection_execute(connection, "BEGIN", error))
            return FALSE;
        for (guint j = 0; j < block->statements->len; j++)
            if (!connection_execute(connection, block->statements->pdata[j], error)) {
                g_prefix_error(error, "%s\n", (const char *)block->statements->pdata[j]);
                return FALSE;
            }
        if (block->transactional && !connection_execute(connection, "COMMIT", error))
            return FALSE;
    }
    return TRUE;
}

/* All statements with ";\n" behind each, "[alone] " before those of a block without a transaction. New string. */
static UNUSED char *text_of(const GPtrArray *blocks)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < blocks->len; i++) {
        const SqlBlock *block = blocks->pdata[i];
        for (guint j = 0; j < block->statements->len; j++)
            g_string_append_printf(text, "%s%s;\n", block->transactional ? "" : "[alone] ",
                                   (const char *)block->statements->pdata[j]);
    }
    return g_string_free(text, FALSE);
}

static UNUSED void change_init(Change *change, const char *database, const char *script, const char *before,
                               const char *after)
{
    g_autoptr(GError) error = NULL;
    change->url = postgresql_database(database);
    postgresql_run(change->url, script);
    change->dump = pg_dump(change->url);
    change->before = read_model(before);
    change->after = read_model(after);
    change->ops = find_changes(change->before, change->after);
    if (!operations_sort(change->ops, TRUE, &error))
        fail_msg("%s", error->message);
}

static UNUSED void change_clear(Change *change)
{
    g_free(change->url);
    g_free(change->dump);
    metadata_free(change->before);
    metadata_free(change->after);
    g_ptr_array_unref(change->ops);
}

/* "", or why the change cannot be compiled or run. Nothing of it is left then. New string. */
static UNUSED char *change_try(const Change *change)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) blocks = postgresql_dialect.compile(change->ops, change->before, &error);
    if (!blocks || !run_blocks(change->url, blocks, &error))
        return g_strdup(error->message);
    return g_strdup("");
}

static UNUSED char *change_up(const Change *change)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) blocks = postgresql_dialect.compile(change->ops, change->before, &error);
    if (!blocks || !run_blocks(change->url, blocks, &error))
        fail_msg("up: %s", error->message);
    return text_of(blocks);
}

/* Back, by the operations in reverse: the schema is what it was. */
static UNUSED char *change_down(const Change *change)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MetaData) database = metadata_copy(change->before);
    g_autoptr(GPtrArray) ops = operations_reverse(change->ops, &error);
    assert_true(operations_apply(change->ops, database, &error));
    assert_true(operations_sort(ops, TRUE, &error));
    g_autoptr(GPtrArray) blocks = postgresql_dialect.compile(ops, database, &error);
    if (!blocks || !run_blocks(change->url, blocks, &error))
        fail_msg("down: %s", error->message);
    g_autofree char *dump = pg_dump(change->url);
    if (strcmp(dump, change->dump) != 0)
        fail_msg("behind the way back:\n%s\nbefore:\n%s", dump, change->dump);
    return text_of(blocks);
}

static UNUSED void check_rows(const char *url, const char *query, const char *expected)
{
    g_autofree char *rows = postgresql_rows(url, query);
    if (strcmp(rows, expected) != 0)
        fail_msg("%s\nfound\n%s\nexpected\n%s", query, rows, expected);
}

#define COLUMN_TABLE(columns) "{'tables': [{'name': 't', 'columns': [" columns "]}]}"

#endif
