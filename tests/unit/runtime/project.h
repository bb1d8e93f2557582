/* A project in a folder of its own, for the tests of this room. */
#ifndef MIGRATE_TESTS_UNIT_RUNTIME_PROJECT_H
#define MIGRATE_TESTS_UNIT_RUNTIME_PROJECT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "base/error.h"
#include "base/log.h"
#include "runtime/internal.h"

typedef struct Project {
    char *folder, *versions, *database;
    char *url;              /* NULL: the SQLite file `database` */
    const Dialect *dialect; /* of the context; NULL: the engine's */
    ScriptDirectory *directory;
    Engine *engine;
    Session *session;
    MigrationContext *context;
    MigrationOptions options;
    double lock_wait, lock_timeout;
    GString *log; /* what was logged, a line each */
} Project;

static inline void project_log(LogLevel level, const char *text, void *data)
{
    if (level <= LOG_WARNING)
        g_string_append_printf(((Project *)data)->log, "%s\n", text);
}

static inline void assert_no_error(const GError *error)
{
    if (error != NULL)
        fail_msg("%s", error->message);
}

/* The error must be of this kind and speak of all the given texts (NULL at the end); it is freed. */
#define assert_fails(error, domain, code, ...)                                                                         \
    assert_fails_((error), (domain), (int)(code), (const char *[]){__VA_ARGS__})
static inline void assert_fails_(GError *error, GQuark domain, int code, const char *const *texts)
{
    assert_non_null(error);
    if (error->domain != domain || error->code != code)
        fail_msg("%s %d: %s", g_quark_to_string(error->domain), error->code, error->message);
    for (; *texts != NULL; texts++)
        if (strstr(error->message, *texts) == NULL)
            fail_msg("'%s' is not in: %s", *texts, error->message);
    g_error_free(error);
}

static inline void project_close(Project *project)
{
    g_clear_pointer(&project->context, migration_context_free);
    g_clear_pointer(&project->session, session_close);
    g_clear_pointer(&project->engine, engine_free);
    g_clear_pointer(&project->directory, script_directory_free);
}

/* Closes what is open and opens it again: a new process, as far as the database can tell. */
static inline void project_open(Project *project)
{
    g_autoptr(GError) error = NULL;
    project_close(project);
    ScriptDirectoryOptions directory = {.location = project->folder};
    project->directory = script_directory_open(&directory, &error);
    assert_no_error(error);
    EngineOptions options = engine_options_default();
    options.lock_wait = project->lock_wait;
    options.lock_timeout = project->lock_timeout;
    g_autofree char *url =
        project->url != NULL ? g_strdup(project->url) : g_strconcat("sqlite:///", project->database, NULL);
    project->engine = engine_new(url, NULL, &options, &error);
    assert_no_error(error);
    project->session = session_open(project->engine, &error);
    assert_no_error(error);
    /* No test pulls the plug, so nothing needs to reach the disk; a locked database may refuse this. */
    if (project->url == NULL)
        connection_execute(session_connection(project->session), "PRAGMA synchronous = OFF", NULL);
    project->context = migration_context_new(project->session, project->directory, &project->options);
    if (project->dialect != NULL)
        project->context->dialect = project->dialect;
}

static inline Project *project_new(void)
{
    Project *project = g_new0(Project, 1);
    project->folder = g_dir_make_tmp("migrate-runtime-XXXXXX", NULL);
    project->versions = g_build_filename(project->folder, "versions", NULL);
    project->database = g_build_filename(project->folder, "app.db", NULL);
    g_mkdir(project->versions, 0777);
    project->options.who = "ada@here";
    project->options.tool_version = "0.0";
    project->lock_wait = 0.3;
    project->lock_timeout = 0.1;
    project->log = g_string_new(NULL);
    log_set_handler(project_log, project);
    return project;
}

static inline void remove_folder(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        if (g_file_test(child, G_FILE_TEST_IS_DIR))
            remove_folder(child);
        else
            g_unlink(child);
    }
    g_rmdir(path);
}

static inline void project_free(Project *project)
{
    project_close(project);
    log_set_handler(NULL, NULL);
    remove_folder(project->folder);
    g_string_free(project->log, TRUE);
    g_free(project->url);
    g_free(project->folder);
    g_free(project->versions);
    g_free(project->database);
    g_free(project);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Project, project_free)

static inline char *project_file(const Project *project, const char *id)
{
    g_autofree char *name = g_strdup_printf("%s.sql", id);
    return g_build_filename(project->versions, name, NULL);
}

/* Writes a revision; `body` holds the sections. Takes effect with the next project_open(). */
static inline void project_write(const Project *project, const char *id, const char *revises, const char *body)
{
    g_autofree char *path = project_file(project, id);
    g_autofree char *text =
        g_strdup_printf("-- Message: about %s\n-- Revision: %s\n-- Revises: %s\n\n%s", id, id, revises, body);
    FILE *file = g_fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0 && fclose(file) == 0);
}

static inline void project_remove(const Project *project, const char *id)
{
    g_autofree char *path = project_file(project, id);
    assert_int_equal(g_unlink(path), 0);
}

/* A query's rows: columns joined by '|', rows by '\n'. */
static inline char *project_query(const Project *project, const char *sql)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Result) result = connection_query(session_connection(project->session), sql, &error);
    assert_no_error(error);
    GString *text = g_string_new(NULL);
    int more;
    while ((more = result_next(result, &error)) == 1) {
        for (guint i = 0; i < result_n_columns(result); i++)
            g_string_append_printf(text, "%s%s",
                                   i > 0           ? "|"
                                   : text->len > 0 ? "\n"
                                                   : "",
                                   result_text(result, i) != NULL ? result_text(result, i) : "NULL");
    }
    assert_no_error(error);
    return g_string_free(text, FALSE);
}

static inline void assert_query(const Project *project, const char *sql, const char *expected)
{
    g_autofree char *found = project_query(project, sql);
    assert_string_equal(found, expected);
}

static inline void project_execute(const Project *project, const char *sql)
{
    g_autoptr(GError) error = NULL;
    connection_execute(session_connection(project->session), sql, &error);
    assert_no_error(error);
}

/* Opens again and runs; the ids that ran, joined by ' '. */
static inline char *project_run(Project *project, StepDirection direction, const char *spec, GError **error)
{
    project_open(project);
    g_autoptr(RunResult) result = direction == STEP_UP ? migration_upgrade(project->context, spec, NULL, NULL, error)
                                  : direction == STEP_DOWN
                                      ? migration_downgrade(project->context, spec, NULL, NULL, error)
                                      : migration_stamp(project->context, spec, FALSE, error);
    if (result == NULL)
        return NULL;
    g_ptr_array_add(result->steps, NULL);
    return g_strjoinv(" ", (char **)result->steps->pdata);
}

static inline void assert_run(Project *project, StepDirection direction, const char *spec, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *ran = project_run(project, direction, spec, &error);
    assert_no_error(error);
    assert_string_equal(ran, expected);
}

/* The run must fail; the error is returned. */
static inline GError *project_fail(Project *project, StepDirection direction, const char *spec)
{
    GError *error = NULL;
    g_autofree char *ran = project_run(project, direction, spec, &error);
    if (ran != NULL)
        fail_msg("ran: %s", ran);
    return error;
}

#endif
