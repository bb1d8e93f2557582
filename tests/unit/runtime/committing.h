/* SQLite as a database where DDL commits by itself, so that every statement can be made to fail, or its answer to get
 * lost. */
#ifndef MIGRATE_TESTS_UNIT_RUNTIME_COMMITTING_H
#define MIGRATE_TESTS_UNIT_RUNTIME_COMMITTING_H

#include "project.h"
#include "support/faulty.h"

#define VERSIONS "SELECT version_num FROM migrate_version ORDER BY 1"
#define JOURNAL "SELECT revision, direction, state, statements_done, statements_total FROM migrate_history ORDER BY id"
#define MARK "SELECT in_flight IS NOT NULL FROM migrate_history ORDER BY id DESC LIMIT 1"

/* What remains of the statement in flight, whatever the catalog says; NULL: ask it. */
static const char *forced_rest;

static inline gboolean starts_with_any(const char *sql, const char *const *words)
{
    for (; *words != NULL; words++)
        if (g_ascii_strncasecmp(sql, *words, strlen(*words)) == 0)
            return TRUE;
    return FALSE;
}

static inline gboolean committing_refuses(const char *sql, gsize length)
{
    static const char *const words[] = {"CREATE", "DROP", "ALTER", "PRAGMA user_version", NULL};
    return starts_with_any(sql, words) || sqlite_dialect.refuses_transaction(sql, length);
}

static inline gboolean committing_sets_session(const char *sql, gsize length)
{
    return g_str_has_prefix(sql, "PRAGMA cache_size") && length > 0;
}

static inline char *catalog_digest(Connection *connection)
{
    g_autofree char *all = connection_scalar(connection,
                                             "SELECT coalesce(group_concat(sql), '-') FROM (SELECT sql FROM "
                                             "sqlite_master WHERE name NOT LIKE '%migrate%' ORDER BY name)",
                                             NULL);
    return all != NULL ? g_compute_checksum_for_string(G_CHECKSUM_MD5, all, -1) : NULL;
}

static inline gboolean committing_state(Connection *connection, const char *sql, gsize length, char **state,
                                        GError **error)
{
    (void)length;
    *state = g_str_has_prefix(sql, "VACUUM")   ? NULL
             : g_str_has_prefix(sql, "PRAGMA") ? g_strdup("opaque")
                                               : catalog_digest(connection);
    if (*state == NULL && !g_str_has_prefix(sql, "VACUUM"))
        g_set_error_literal(error, DRIVER_ERROR, DRIVER_ERROR_STATEMENT, "the catalog does not answer");
    return *state != NULL || g_str_has_prefix(sql, "VACUUM");
}

static inline gboolean committing_resume(Connection *connection, const char *sql, gsize length, const char *state,
                                         StatementOutcome *outcome, GError **error)
{
    (void)sql;
    (void)length;
    if (forced_rest != NULL) {
        *outcome = (StatementOutcome){EFFECT_PARTLY, g_strdup(forced_rest), NULL};
        return TRUE;
    }
    if (strcmp(state, "opaque") == 0) {
        *outcome = (StatementOutcome){EFFECT_UNKNOWN, NULL, g_strdup("a PRAGMA leaves no trace in the catalog")};
        return TRUE;
    }
    g_autofree char *now = catalog_digest(connection);
    if (now == NULL)
        g_set_error_literal(error, DRIVER_ERROR, DRIVER_ERROR_STATEMENT, "the catalog does not answer");
    outcome->effect = g_strcmp0(now, state) == 0 ? EFFECT_NONE : EFFECT_DONE;
    return now != NULL;
}

static inline gboolean committing_find(Connection *connection, const char *sql, gsize length, StatementOutcome *outcome,
                                       GError **error)
{
    char kind[20], name[20];
    (void)length;
    if (sscanf(sql, "%19s TABLE %19[a-z]", kind, name) != 2) {
        *outcome = (StatementOutcome){EFFECT_UNKNOWN, NULL, g_strdup("rows leave no trace in the catalog")};
        return TRUE;
    }
    g_autofree char *query = g_strdup_printf("SELECT count(*) FROM sqlite_master WHERE name = '%s'", name);
    g_autofree char *there = connection_scalar(connection, query, error);
    gboolean wants = strcmp(kind, "CREATE") == 0;
    outcome->effect = there != NULL && (*there == '1') == wants ? EFFECT_DONE : EFFECT_NONE;
    return there != NULL;
}

static inline gboolean committing_rolls_back(Connection *connection, const char *sql, gsize length, gboolean *does,
                                             GError **error)
{
    (void)connection;
    (void)length;
    (void)error;
    *does = strstr(sql, "plain") == NULL;
    return TRUE;
}

static inline const Dialect *committing_dialect(void)
{
    static Dialect dialect;
    dialect = sqlite_dialect;
    dialect.capabilities &= ~(guint)DIALECT_TRANSACTIONAL_DDL;
    dialect.refuses_transaction = committing_refuses;
    dialect.sets_session = committing_sets_session;
    dialect.state_before = committing_state;
    dialect.resume_statement = committing_resume;
    dialect.find_effect = committing_find;
    dialect.rolls_back = committing_rolls_back;
    forced_rest = NULL;
    return &dialect;
}

static inline Project *committing_project(void)
{
    Project *project = project_new();
    project->dialect = committing_dialect();
    return project;
}

/* Runs until a call that begins with `sql`, which takes effect, but nobody hears of it, and the program dies. */
static inline void die_behind(Project *project, StepDirection direction, const char *spec, const char *sql)
{
    for (guint at = 1;; at++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *bytes = NULL;
        gsize length = 0;
        gboolean was_there = g_file_get_contents(project->database, &bytes, &length, NULL);
        project_open(project);
        faulty_arm(session_connection(project->session), FAULT_VANISH, at);
        g_autoptr(RunResult) G_GNUC_UNUSED result =
            direction == STEP_UP ? migration_upgrade(project->context, spec, NULL, NULL, &error)
                                 : migration_downgrade(project->context, spec, NULL, NULL, &error);
        gboolean found = faulty_calls() >= at && g_str_has_prefix(faulty_log()->pdata[at - 1], sql);
        gboolean missed = faulty_calls() < at;
        faulty_disarm(session_connection(project->session));
        project_close(project);
        if (found)
            return;
        if (missed)
            fail_msg("'%s' was never sent", sql);
        g_unlink(project->database);
        if (was_there)
            assert_true(g_file_set_contents(project->database, bytes, (gssize)length, NULL));
    }
}

#endif
