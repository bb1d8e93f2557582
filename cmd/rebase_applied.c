#include "rebase_applied.h"

#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "opening.h"

/* The newest row of each revision that went up or down: id -> HistoryRow*, not owned. */
static GHashTable *newest_rows(const GPtrArray *history)
{
    GHashTable *rows = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < history->len; i++) {
        HistoryRow *row = history->pdata[i];
        g_hash_table_insert(rows, row->revision, row);
    }
    return rows;
}

static void add_ids(const char *list, GPtrArray *ids)
{
    g_auto(GStrv) words = g_strsplit_set(list ? list : "", ", ", -1);
    for (guint i = 0; words[i]; i++)
        if (*words[i])
            g_ptr_array_add(ids, g_strdup(words[i]));
}

/* What is applied by the version rows and the files, and where no file holds a revision, by the history table. */
static GHashTable *find_applied(const Rebase *rebase, char **current, GHashTable *newest)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; current[i]; i++)
        g_ptr_array_add(rows, g_strdup(current[i]));
    for (guint known = 0;;) {
        guint count = rows->len;
        g_ptr_array_add(rows, NULL);
        g_autoptr(GHashTable) applied = rebase_applied(rebase, (const char *const *)rows->pdata);
        g_ptr_array_set_size(rows, (int)count);
        if (g_hash_table_size(applied) == known)
            return g_steal_pointer(&applied);
        known = g_hash_table_size(applied);
        GHashTableIter each;
        gpointer id;
        for (g_hash_table_iter_init(&each, applied); g_hash_table_iter_next(&each, &id, NULL);) {
            const HistoryRow *row = g_hash_table_lookup(newest, id);
            add_ids(row ? row->revises : NULL, rows);
            add_ids(row ? row->depends_on : NULL, rows);
        }
    }
}

static gboolean refuse(const RebasePlan *plan, GHashTable *applied, GHashTable *newest, const char *database,
                       GError **error)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    const Revision *first = NULL;
    gboolean half = FALSE;
    for (guint i = 0; i < plan->moves->len; i++) {
        Revision *revision = ((const RebaseMove *)plan->moves->pdata[i])->revision;
        const HistoryRow *row = g_hash_table_lookup(newest, revision->id);
        gboolean started = row && g_strcmp0(row->state, "started") == 0;
        if (!started && !g_hash_table_contains(applied, revision->id))
            continue;
        if (!first)
            first = revision;
        half = half || started;
        g_ptr_array_add(ids, g_strdup_printf("'%s'", revision->id));
    }
    if (!first)
        return TRUE;
    g_autofree char *list = text_join(ids, "and");
    const char *below = first->down_revisions->len > 0 ? first->down_revisions->pdata[0] : "base";
    g_set_error(error, RUNTIME_ERROR, RUNTIME_ERROR_PLAN,
                "%s in '%s' %s %sapplied in %s, so what %s must stay as it is: no file was changed\n"
                "take %s down first with 'migrate downgrade %s', then run this again; or pass --no-database for a "
                "database that is thrown away",
                list, first->path, ids->len == 1 ? "is" : "are", half ? "half " : "", database,
                ids->len == 1 ? "it revises" : "they revise", ids->len == 1 ? "it" : "them", below);
    return FALSE;
}

gboolean rebase_check_applied(Invocation *invocation, const Rebase *rebase, const RebasePlan *plan, char **database,
                              GError **error)
{
    if (option_flag(invocation, "no-database"))
        return TRUE;
    if (!config_is_set(invocation->config, "migrate", "url")) {
        log_info("no url is set: no database was asked whether these revisions are applied");
        return TRUE;
    }
    g_autoptr(GError) failure = NULL;
    if (!invocation_open_engine(invocation, &failure) || !invocation_open_session(invocation, &failure)) {
        g_set_error(error, failure->domain, failure->code,
                    "%s\nwhether these revisions are applied there is not known, so no file was changed; pass "
                    "--no-database not to ask",
                    failure->message);
        return FALSE;
    }
    *database = engine_describe(invocation->engine);
    g_auto(GStrv) current = invocation_current(invocation, error);
    g_autoptr(GPtrArray) history = current ? migration_history(invocation->context, error) : NULL;
    if (!history)
        return FALSE;
    g_autoptr(GHashTable) newest = newest_rows(history);
    g_autoptr(GHashTable) applied = find_applied(rebase, current, newest);
    return refuse(plan, applied, newest, *database, error);
}
