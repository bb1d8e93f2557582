/* Revision files of operations for the tests of this folder: parsed, and resolved one op after the other. */
#ifndef MIGRATE_TESTS_OPERATIONS_DOCUMENT_SUPPORT_H
#define MIGRATE_TESTS_OPERATIONS_DOCUMENT_SUPPORT_H

#include <string.h>

#include "support.h"

#include "dialect/ops_target.h"
#include "schema/model.h"

static UNUSED OpsTarget target_of(const Dialect *dialect, gboolean whole)
{
    OpsTarget target = ops_target_for(dialect);
    target.backticks = g_str_has_prefix(dialect->name, "m");
    target.state_is_whole = whole;
    target.joins_alters = target.joins_references = FALSE;
    return target;
}

/* `ops` is the text inside of "upgrade": […]. */
static UNUSED OpsDocument *parse_ops(const char *ops, GError **error)
{
    g_autofree char *text = g_strdup_printf("{\"revision\": \"r\", \"upgrade\": [%s]}", ops);
    return ops_document_parse("f.json", text, strlen(text), error);
}

/* A model as the state before: new. */
static UNUSED MetaData *state_of(const Dialect *dialect, const char *model)
{
    g_autoptr(GError) error = NULL;
    const OpsTarget target = target_of(dialect, TRUE);
    g_autoptr(ModelReader) reader = model_reader_new(dialect->name, target.ignore_case, NULL, 0);
    assert_true(model_reader_add(reader, "m.json", model, strlen(model), &error));
    g_autoptr(MetaData) state = model_reader_finish(reader, &error);
    if (!state)
        print_message("%s\n", error->message);
    assert_non_null(state);
    g_autoptr(GPtrArray) enums = g_ptr_array_new();
    for (guint i = 0; i < state->enums->len; i++)
        g_ptr_array_add(enums, enum_type_copy(state->enums->pdata[i]));
    assert_true(dialect->adapt(state, NULL, &error));
    state->backticks = target.backticks;
    g_ptr_array_set_size(state->enums, 0);
    for (guint i = 0; i < enums->len; i++)
        g_ptr_array_add(state->enums, enums->pdata[i]);
    return g_steal_pointer(&state);
}

static UNUSED void append_sql(GString *out, const Dialect *dialect, const GPtrArray *ops, const MetaData *state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) blocks = dialect->compile(ops, state, &error);
    if (!blocks) {
        g_string_append_printf(out, "ERROR %s\n", error->message);
        return;
    }
    for (guint i = 0; i < blocks->len; i++) {
        const SqlBlock *block = blocks->pdata[i];
        for (guint j = 0; j < block->statements->len; j++)
            g_string_append_printf(out, "%s\n", (const char *)block->statements->pdata[j]);
    }
}

/* The SQL of all ops, or "ERROR …"; `state` is changed by them. New string. */
static UNUSED char *sql_of(const Dialect *dialect, MetaData *state, gboolean whole, const char *ops)
{
    g_autoptr(GError) error = NULL;
    GString *out = g_string_new(NULL);
    g_autoptr(OpsDocument) document = parse_ops(ops, &error);
    const OpsTarget target = target_of(dialect, whole);
    guint index = 0;
    if (!document) {
        g_string_append_printf(out, "ERROR %s\n", error->message);
        return g_string_free(out, FALSE);
    }
    for (;;) {
        g_autoptr(OpsStep) step = ops_document_resolve(document, TRUE, &index, &target, state, &error);
        if (!step)
            break;
        if (step->operations)
            operations_assume_tables(step->operations, state);
        if (step->operations)
            append_sql(out, dialect, step->operations, state);
        for (guint i = 0; step->statements && i < step->statements->len; i++)
            g_string_append_printf(out, "%s\n", (const char *)step->statements->pdata[i]);
        if (!ops_step_apply(step, state, &error))
            break;
    }
    if (error)
        g_string_append_printf(out, "ERROR %s\n", error->message);
    return g_string_free(out, FALSE);
}

static UNUSED void assert_sql(const Dialect *dialect, const char *model, const char *ops, const char *expected)
{
    g_autoptr(MetaData) state = state_of(dialect, model);
    g_autofree char *sql = sql_of(dialect, state, TRUE, ops);
    assert_string_equal(sql, expected);
}

/* In `ops` and `expected`, ` stands for ". */
static UNUSED char *with_quotes(const char *text)
{
    return g_strdelimit(g_strdup(text), "`", '"');
}

static UNUSED void assert_mistake(const char *ops, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *json = with_quotes(ops), *message = with_quotes(expected);
    g_autoptr(OpsDocument) document = parse_ops(json, &error);
    if (document)
        fail_msg("no mistake in %s", json);
    assert_true(g_error_matches(error, OPERATIONS_ERROR, OPERATIONS_ERROR_SYNTAX));
    assert_string_equal(error->message, message);
}

/* The file is fine, but its op does not fit the state. */
static UNUSED void assert_misfit(const Dialect *dialect, const MetaData *state, gboolean whole, const char *ops,
                                 const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *json = with_quotes(ops), *message = with_quotes(expected);
    const OpsTarget target = target_of(dialect, whole);
    guint index = 0;
    g_autoptr(OpsDocument) document = parse_ops(json, &error);
    if (!document)
        fail_msg("%s", error->message);
    g_autoptr(OpsStep) step = ops_document_resolve(document, TRUE, &index, &target, state, &error);
    if (step)
        fail_msg("it fits: %s", json);
    assert_true(g_error_matches(error, OPERATIONS_ERROR, OPERATIONS_ERROR_CONFLICT));
    assert_string_equal(error->message, message);
    assert_int_equal(index, 0);
}

#endif
