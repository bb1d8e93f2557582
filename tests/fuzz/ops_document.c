/* A document of operations that parses is the same when its canonical text is parsed; resolving ends, goes on, and
 * gives one of the things that a step may be. */
#include <string.h>

#include "base/error.h"
#include "dialect/dialect.h"
#include "fuzz.h"
#include "operations/document.h"

static void check_canonical(const OpsDocument *document)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *up = ops_document_canonical(document, TRUE), *down = ops_document_canonical(document, FALSE);
    g_autofree char *text = g_strdup_printf("{\"upgrade\": %s, \"downgrade\": %s}", up, down);
    g_autoptr(OpsDocument) again = ops_document_parse("g.json", text, strlen(text), &error);
    if (!again)
        g_printerr("%s\n%s\n", text, error->message);
    promise(again);
    g_autofree char *up_again = ops_document_canonical(again, TRUE);
    promise(strcmp(up, up_again) == 0);
    promise(ops_document_count(document, TRUE) == ops_document_count(again, TRUE));
}

static void resolve(const OpsDocument *document, const Dialect *dialect, gboolean up, gboolean whole)
{
    const gboolean ignore_case = (dialect->capabilities & DIALECT_IGNORE_CASE) != 0;
    const OpsTarget target = {.dialect = dialect->name,
                              .ignore_case = ignore_case,
                              .max_identifier_length = dialect->max_identifier_length,
                              .adapt = dialect->adapt,
                              .state_is_whole = whole};
    g_autoptr(MetaData) state = metadata_new(ignore_case);
    for (guint index = 0, before = 0;; before = index) {
        g_autoptr(GError) error = NULL;
        g_autoptr(OpsStep) step = ops_document_resolve(document, up, &index, &target, state, &error);
        if (!step && !error)
            break;
        promise_one(step, error);
        promise(!error || (error->domain == OPERATIONS_ERROR && index == before && strstr(error->message, "f.json")));
        if (!step)
            break;
        promise(index > before && step->line > 0 && step->column > 0 && step->notes);
        promise(!step->operations + !step->statements + !step->inserts >= 2);
        for (guint i = 0; step->operations && i < step->operations->len; i++) {
            g_autofree char *line = migrate_op_describe(step->operations->pdata[i]);
            promise(*line);
        }
        if (step->operations && !whole)
            operations_assume_tables(step->operations, state);
        if (!ops_step_apply(step, state, NULL))
            break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const Dialect *const all[] = {&sqlite_dialect, &postgresql_dialect, &mariadb_dialect};
    g_autoptr(GError) error = NULL;
    g_autoptr(OpsDocument) document = ops_document_parse("f.json", (const char *)data, size, &error);
    promise_one(document, error);
    promise(!error || (error->domain == OPERATIONS_ERROR && strstr(error->message, "f.json")));
    if (!document)
        return 0;
    check_canonical(document);
    for (guint i = 0; i < G_N_ELEMENTS(all); i++)
        for (int mode = 0; mode < 4; mode++)
            resolve(document, all[i], mode & 1, mode & 2);
    return 0;
}
