#include "postgresql_blocks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "postgresql.h"
#include "schema/model.h"

MetaData *postgresql_read_model(const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *json = g_strdup(text);
    for (char *at = json; *at; at++)
        *at = (char)(*at == '\'' ? '"' : *at == '`' ? '\'' : *at);
    g_autoptr(ModelReader) reader =
        model_reader_new("postgresql", FALSE, NULL, postgresql_dialect.max_identifier_length);
    MetaData *model = NULL;
    if (model_reader_add(reader, "models.json", json, strlen(json), &error))
        model = model_reader_finish(reader, &error);
    if (!model)
        fail_msg("%s", error->message);
    return model;
}

MetaData *postgresql_model(const char *text)
{
    g_autoptr(GError) error = NULL;
    MetaData *model = postgresql_read_model(text);
    if (!postgresql_dialect.adapt(model, NULL, &error))
        fail_msg("%s", error->message);
    return model;
}

static char *text_of(const GPtrArray *blocks)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < blocks->len; i++) {
        const SqlBlock *block = blocks->pdata[i];
        g_string_append(text, block->transactional ? "" : "[alone]\n");
        for (guint j = 0; j < block->statements->len; j++)
            g_string_append_printf(text, "%s;\n", (char *)block->statements->pdata[j]);
    }
    return g_string_free(text, FALSE);
}

char *postgresql_compiled(GPtrArray *ops, const MetaData *before)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) blocks = NULL;
    if (operations_sort(ops, TRUE, &error))
        blocks = postgresql_dialect.compile(ops, before, &error);
    if (!blocks)
        fail_msg("%s", error->message);
    return text_of(blocks);
}

void postgresql_run_compiled(const char *url, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "[alone]\n", -1);
    for (char **part = parts; *part; part++)
        if (**part)
            postgresql_run(url, *part);
}

static void add_new(GPtrArray *ops, OpKind kind, gpointer copy)
{
    MigrateOp *op = migrate_op_new(kind);
    if (kind == OP_CREATE_ENUM)
        op->enum_type = copy;
    else
        op->sequence = copy;
    g_ptr_array_add(ops, op);
}

void postgresql_create(const char *url, const MetaData *model)
{
    g_autoptr(GPtrArray) ops = operations_new();
    g_autoptr(MetaData) nothing = metadata_new(FALSE);
    for (guint i = 0; i < model->enums->len; i++)
        add_new(ops, OP_CREATE_ENUM, enum_type_copy(model->enums->pdata[i]));
    for (guint i = 0; i < model->sequences->len; i++)
        add_new(ops, OP_CREATE_SEQUENCE, sequence_copy(model->sequences->pdata[i]));
    for (guint i = 0; i < model->tables->len; i++)
        g_ptr_array_add(ops, migrate_op_create_table(model->tables->pdata[i]));
    for (guint i = 0; i < model->objects->len; i++)
        g_ptr_array_add(ops, migrate_op_create_object(model->objects->pdata[i]));
    g_autofree char *text = postgresql_compiled(ops, nothing);
    postgresql_run_compiled(url, text);
}

char *postgresql_dump(const char *url)
{
    const char *argv[] = {"pg_dump", "--schema-only", "--no-owner", "-d", url, NULL};
    g_autofree char *complaint = NULL;
    g_autoptr(GError) error = NULL;
    char *dump = NULL;
    int status = 0;
    if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &dump, &complaint, &status, &error))
        fail_msg("%s", error->message);
    if (status != 0)
        fail_msg("pg_dump: %s", complaint);
    /* Newer ones write a random word at the beginning and the end. */
    g_autoptr(GRegex) regex = g_regex_new("^\\\\(un)?restrict .*$", G_REGEX_MULTILINE, 0, NULL);
    char *plain = g_regex_replace_literal(regex, dump, -1, 0, "", 0, NULL);
    g_free(dump);
    return plain;
}

static void run_and_expect(const char *url, const char *text, const char *expected)
{
    postgresql_run_compiled(url, text);
    g_autofree char *dump = postgresql_dump(url);
    if (strcmp(dump, expected) != 0)
        fail_msg("behind\n%s\nthe dump is\n%s\nand should be\n%s", text, dump, expected);
}

void postgresql_there_and_back(const MetaData *before, GPtrArray *ops, char **up, char **down)
{
    g_autofree char *url = postgresql_database("there_and_back");
    g_autoptr(MetaData) after = metadata_copy(before);
    g_autoptr(GError) error = NULL;
    postgresql_create(url, before);
    g_autofree char *at_first = postgresql_dump(url);
    g_autofree char *forwards = postgresql_compiled(ops, before);
    g_autoptr(GPtrArray) reverse = operations_reverse(ops, &error);
    if (!reverse || !operations_apply(ops, after, &error))
        fail_msg("%s", error->message);
    g_autofree char *backwards = postgresql_compiled(reverse, after);
    postgresql_run_compiled(url, forwards);
    g_autofree char *changed = postgresql_dump(url);
    run_and_expect(url, backwards, at_first);
    run_and_expect(url, forwards, changed);
    run_and_expect(url, backwards, at_first);
    if (up)
        *up = g_steal_pointer(&forwards);
    if (down)
        *down = g_steal_pointer(&backwards);
}
