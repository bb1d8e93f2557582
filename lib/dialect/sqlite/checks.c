/* What SQLite does not check while foreign keys are off and legacy_alter_table is on. */
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "dialect/sqlite/sqlite.h"

/* A row whose foreign key refers to nothing. */
typedef struct Violation {
    char *table, *rowid, *parent; /* rowid is NULL in a table WITHOUT ROWID */
    int key;                      /* PRAGMA foreign_key_list's id */
    gboolean matched;             /* a violation of the former state has been found again */
} Violation;

/* What is wrong with a database. */
typedef struct Baseline {
    GPtrArray *violations; /* Violation* */
    GHashTable *problems;  /* broken views and triggers, mismatching foreign keys: what -> SQLite's words */
    GHashTable *tables;    /* names of tables, lower case */
} Baseline;

static void violation_free(gpointer data)
{
    Violation *violation = data;
    g_free(violation->table);
    g_free(violation->rowid);
    g_free(violation->parent);
    g_free(violation);
}

static Baseline *baseline_new(void)
{
    Baseline *baseline = g_new0(Baseline, 1);
    baseline->violations = g_ptr_array_new_with_free_func(violation_free);
    baseline->problems = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    baseline->tables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return baseline;
}

void sqlite_baseline_free(gpointer data)
{
    Baseline *baseline = data;
    if (!baseline)
        return;
    g_ptr_array_unref(baseline->violations);
    g_hash_table_unref(baseline->problems);
    g_hash_table_unref(baseline->tables);
    g_free(baseline);
}
typedef Baseline BaselineAuto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BaselineAuto, sqlite_baseline_free)

/* TRUE when SQLite could not make sense of the statement, as opposed to a lock or a broken disk. */
static gboolean is_complaint(const GError *error)
{
    return g_error_matches(error, DRIVER_ERROR, DRIVER_ERROR_STATEMENT);
}

/* --- foreign keys --- */

static gboolean read_violations(Connection *connection, const char *sql, GPtrArray *violations, GError **error)
{
    g_autoptr(Result) result = connection_query(connection, sql, error);
    int more = result ? result_next(result, error) : -1;
    for (; more > 0; more = result_next(result, error)) {
        Violation *violation = g_new0(Violation, 1);
        violation->table = g_strdup(result_text(result, 0));
        violation->rowid = g_strdup(result_text(result, 1));
        violation->parent = g_strdup(result_text(result, 2));
        violation->key = (int)result_integer(result, 3);
        g_ptr_array_add(violations, violation);
    }
    return more == 0;
}

static gboolean read_names(Connection *connection, const char *sql, GPtrArray *names, GError **error)
{
    g_autoptr(Result) result = connection_query(connection, sql, error);
    int more = result ? result_next(result, error) : -1;
    for (; more > 0; more = result_next(result, error))
        g_ptr_array_add(names, g_strdup(result_text(result, 0)));
    return more == 0;
}

/* A foreign key whose parent has no matching unique key makes the whole check fail: then each table is asked. */
static gboolean check_tables_singly(Connection *connection, Baseline *baseline, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    if (!read_names(connection, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name", names, error))
        return FALSE;
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *quoted = sqlite_quote_identifier(names->pdata[i]);
        g_autofree char *sql = g_strdup_printf("PRAGMA foreign_key_check(%s)", quoted);
        g_autoptr(GError) problem = NULL;
        if (read_violations(connection, sql, baseline->violations, &problem))
            continue;
        if (!is_complaint(problem)) {
            g_propagate_error(error, g_steal_pointer(&problem));
            return FALSE;
        }
        g_hash_table_insert(baseline->problems,
                            g_strdup_printf("the foreign keys of table '%s'", (char *)names->pdata[i]),
                            g_strdup(problem->message));
    }
    return TRUE;
}

static gboolean check_foreign_keys(Connection *connection, Baseline *baseline, GError **error)
{
    g_autoptr(GError) problem = NULL;
    if (read_violations(connection, "PRAGMA foreign_key_check", baseline->violations, &problem))
        return TRUE;
    if (!is_complaint(problem)) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return FALSE;
    }
    g_ptr_array_set_size(baseline->violations, 0);
    return check_tables_singly(connection, baseline, error);
}

/* --- views and triggers --- */

/* Lets SQLite compile a statement and notes under `what` why it cannot. */
static gboolean try_statement(Connection *connection, const char *sql, const char *what, Baseline *baseline,
                              GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autoptr(Result) result = connection_query(connection, sql, &problem);
    if (result && result_next(result, &problem) >= 0)
        return TRUE;
    if (!is_complaint(problem)) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return FALSE;
    }
    g_hash_table_insert(baseline->problems, g_strdup(what), g_strdup(problem->message));
    return TRUE;
}

static gboolean check_views(Connection *connection, Baseline *baseline, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    if (!read_names(connection, "SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name", names, error))
        return FALSE;
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *quoted = sqlite_quote_identifier(names->pdata[i]);
        g_autofree char *sql = g_strdup_printf("SELECT * FROM %s LIMIT 0", quoted);
        g_autofree char *what = g_strdup_printf("view '%s'", (char *)names->pdata[i]);
        if (!try_statement(connection, sql, what, baseline, error))
            return FALSE;
    }
    return TRUE;
}

/* The triggers of one table or view for one event are compiled together. */
typedef struct TriggerGroup {
    char *table, *event; /* "INSERT", "UPDATE", "DELETE" */
    GPtrArray *names;    /* char* */
} TriggerGroup;

static void trigger_group_free(gpointer data)
{
    TriggerGroup *group = data;
    g_free(group->table);
    g_free(group->event);
    g_ptr_array_unref(group->names);
    g_free(group);
}

/* CREATE TRIGGER name [BEFORE | AFTER | INSTEAD OF] event …; a name that is such a word is quoted, or stands before. */
static const char *trigger_event(const char *sql)
{
    static const char *const events[] = {"INSERT", "UPDATE", "DELETE"};
    gsize length = strlen(sql), position = 0;
    for (;;) {
        SqlToken token = sql_next_significant(&sqlite_dialect, sql, length, &position);
        if (token.kind == SQL_TOKEN_END)
            return NULL;
        for (gsize i = 0; i < G_N_ELEMENTS(events); i++)
            if (sql_token_is(&token, sql, events[i]))
                return events[i];
    }
}

static void add_trigger(GPtrArray *groups, const char *name, const char *table, const char *event)
{
    TriggerGroup *group = NULL;
    for (guint i = 0; i < groups->len && !group; i++) {
        TriggerGroup *candidate = groups->pdata[i];
        if (name_equal(candidate->table, table, TRUE) && strcmp(candidate->event, event) == 0)
            group = candidate;
    }
    if (!group) {
        group = g_new0(TriggerGroup, 1);
        group->table = g_strdup(table);
        group->event = g_strdup(event);
        group->names = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(groups, group);
    }
    g_ptr_array_add(group->names, g_strdup(name));
}

static gboolean read_triggers(Connection *connection, GPtrArray *groups, GError **error)
{
    g_autoptr(Result) result = connection_query(
        connection, "SELECT name, tbl_name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY tbl_name, name",
        error);
    int more = result ? result_next(result, error) : -1;
    for (; more > 0; more = result_next(result, error)) {
        const char *event = trigger_event(result_text(result, 2));
        if (event)
            add_trigger(groups, result_text(result, 0), result_text(result, 1), event);
    }
    return more == 0;
}

/* "a = a, b = b": all columns, so that UPDATE OF triggers are compiled whichever column they watch. NULL: error. */
static char *assignments(Connection *connection, const char *table, GError **error)
{
    g_autofree char *quoted_table = sqlite_quote_literal(table);
    g_autofree char *sql =
        g_strdup_printf("SELECT name FROM pragma_table_xinfo(%s) WHERE hidden = 0 ORDER BY cid", quoted_table);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) list = g_string_new(NULL);
    if (!read_names(connection, sql, names, error))
        return NULL;
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *quoted = sqlite_quote_identifier(names->pdata[i]);
        g_string_append_printf(list, "%s%s = %s", i ? ", " : "", quoted, quoted);
    }
    return g_strdup(list->str);
}

/* A statement that fires the triggers, to be compiled only. NULL: error. */
static char *firing_statement(Connection *connection, const TriggerGroup *group, GError **error)
{
    g_autofree char *table = sqlite_quote_identifier(group->table);
    if (strcmp(group->event, "INSERT") == 0)
        return g_strdup_printf("EXPLAIN INSERT INTO %s DEFAULT VALUES", table);
    if (strcmp(group->event, "DELETE") == 0)
        return g_strdup_printf("EXPLAIN DELETE FROM %s", table);
    g_autofree char *list = assignments(connection, group->table, error);
    return list ? g_strdup_printf("EXPLAIN UPDATE %s SET %s", table, list) : NULL;
}

static char *describe_group(const TriggerGroup *group)
{
    g_autofree char *names = text_join(group->names, "or");
    return g_strdup_printf("trigger %s (%s of '%s')", names, group->event, group->table);
}

static gboolean check_triggers(Connection *connection, Baseline *baseline, GError **error)
{
    g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func(trigger_group_free);
    if (!read_triggers(connection, groups, error))
        return FALSE;
    for (guint i = 0; i < groups->len; i++) {
        const TriggerGroup *group = groups->pdata[i];
        g_autofree char *what = describe_group(group);
        g_autoptr(GError) problem = NULL;
        g_autofree char *sql = firing_statement(connection, group, &problem);
        if (!sql && !is_complaint(problem)) {
            g_propagate_error(error, g_steal_pointer(&problem));
            return FALSE;
        }
        /* The columns of a broken view cannot be read: check_views() says so. */
        if (sql && !try_statement(connection, sql, what, baseline, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean read_tables(Connection *connection, Baseline *baseline, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    if (!read_names(connection, "SELECT lower(name) FROM sqlite_schema WHERE type = 'table'", names, error))
        return FALSE;
    for (guint i = 0; i < names->len; i++)
        g_hash_table_add(baseline->tables, g_strdup(names->pdata[i]));
    return TRUE;
}

static Baseline *look(Connection *connection, GError **error)
{
    g_autoptr(BaselineAuto) baseline = baseline_new();
    if (!read_tables(connection, baseline, error) || !check_foreign_keys(connection, baseline, error) ||
        !check_views(connection, baseline, error) || !check_triggers(connection, baseline, error))
        return NULL;
    return g_steal_pointer(&baseline);
}

gboolean sqlite_check_begin(Connection *connection, gpointer *baseline, GError **error)
{
    *baseline = look(connection, error);
    return *baseline != NULL;
}

/* --- what is new --- */

static gboolean has_table(const Baseline *baseline, const char *name)
{
    g_autofree char *lower = g_ascii_strdown(name ? name : "", -1);
    return g_hash_table_contains(baseline->tables, lower);
}

/* The same name, or a table that has got another one since. */
static gboolean same_table(const Baseline *now, const char *former, const char *name)
{
    return name_equal(former, name, TRUE) || !has_table(now, former);
}

static char *violation_key(const Violation *violation)
{
    return g_strdup_printf("%s\n%s\n%s", violation->table, violation->rowid ? violation->rowid : "", violation->parent);
}

/* Marks what was violated before by the same names; the many stay cheap. */
static void match_exactly(const Baseline *before, const Baseline *now)
{
    g_autoptr(GHashTable) former = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < before->violations->len; i++) {
        char *key = violation_key(before->violations->pdata[i]);
        gpointer chain = g_hash_table_lookup(former, key);
        g_hash_table_replace(former, key, g_slist_prepend(chain, before->violations->pdata[i]));
    }
    for (guint i = 0; i < now->violations->len; i++) {
        Violation *violation = now->violations->pdata[i];
        g_autofree char *key = violation_key(violation);
        GSList *chain = g_hash_table_lookup(former, key);
        if (!chain)
            continue;
        Violation *old = chain->data;
        old->matched = violation->matched = TRUE;
        g_hash_table_replace(former, g_strdup(key), g_slist_delete_link(chain, chain));
    }
    GHashTableIter iterator;
    gpointer chain = NULL;
    g_hash_table_iter_init(&iterator, former);
    while (g_hash_table_iter_next(&iterator, NULL, &chain))
        g_slist_free(chain);
}

/* Both lists come in the same order, so looking on where the last one was found finds the next one soon. */
static gboolean was_violated(const Baseline *before, const Baseline *now, const Violation *violation, guint *cursor)
{
    for (guint i = 0; i < before->violations->len; i++) {
        guint at = (*cursor + i) % before->violations->len;
        Violation *former = before->violations->pdata[at];
        if (!former->matched && g_strcmp0(former->rowid, violation->rowid) == 0 &&
            same_table(now, former->table, violation->table) && same_table(now, former->parent, violation->parent)) {
            former->matched = TRUE;
            *cursor = at + 1;
            return TRUE;
        }
    }
    return FALSE;
}

/* "(customer_id) to 'customers'": the columns of a foreign key; the parent alone when they cannot be read. */
static char *describe_key(Connection *connection, const Violation *violation)
{
    g_autofree char *table = sqlite_quote_literal(violation->table);
    g_autofree char *sql = g_strdup_printf(
        "SELECT \"from\" FROM pragma_foreign_key_list(%s) WHERE id = %d ORDER BY seq", table, violation->key);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    if (!read_names(connection, sql, names, NULL) || names->len == 0)
        return g_strdup_printf("to '%s'", violation->parent);
    g_ptr_array_add(names, NULL);
    g_autofree char *list = g_strjoinv(", ", (char **)names->pdata);
    return g_strdup_printf("(%s) to '%s'", list, violation->parent);
}

static gboolean compare_violations(Connection *connection, const Baseline *before, const Baseline *now, GError **error)
{
    const Violation *first = NULL;
    guint count = 0, cursor = 0;
    match_exactly(before, now);
    for (guint i = 0; i < now->violations->len; i++) {
        const Violation *violation = now->violations->pdata[i];
        if (violation->matched || was_violated(before, now, violation, &cursor))
            continue;
        first = first ? first : violation;
        count++;
    }
    if (!first)
        return TRUE;
    g_autofree char *key = describe_key(connection, first);
    g_autofree char *row = first->rowid ? g_strdup_printf("row %s of table '%s'", first->rowid, first->table)
                                        : g_strdup_printf("a row of table '%s'", first->table);
    g_autofree char *others = count > 1 ? g_strdup_printf(" (and %u more)", count - 1) : g_strdup("");
    g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_CHECK,
                "%s%s would refer to a row that does not exist, by its foreign key %s; delete or correct such rows in "
                "this revision",
                row, others, key);
    return FALSE;
}

static gboolean compare_problems(const Baseline *before, const Baseline *now, GError **error)
{
    g_autoptr(GList) keys = g_list_sort(g_hash_table_get_keys(now->problems), (GCompareFunc)strcmp);
    for (const GList *key = keys; key; key = key->next) {
        if (g_hash_table_contains(before->problems, key->data))
            continue;
        const char *words = g_hash_table_lookup(now->problems, key->data);
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_CHECK,
                    "%s would no longer work: %s; drop it or change it in this revision", (const char *)key->data,
                    words);
        return FALSE;
    }
    return TRUE;
}

gboolean sqlite_check_end(Connection *connection, gpointer baseline, GError **error)
{
    g_autoptr(BaselineAuto) now = look(connection, error);
    return now && compare_problems(baseline, now, error) && compare_violations(connection, baseline, now, error);
}
