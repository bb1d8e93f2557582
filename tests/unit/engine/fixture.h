/* A folder for databases, engines with short waits, and child processes. */
#ifndef TESTS_UNIT_ENGINE_FIXTURE_H
#define TESTS_UNIT_ENGINE_FIXTURE_H

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "base/error.h"
#include "engine/engine.h"
#include "support/child.h"

static char *folder;

static inline void folder_make(void)
{
    folder = g_dir_make_tmp("migrate-engine.XXXXXX", NULL);
}

static inline void folder_remove(void)
{
    g_autofree char *command = g_strdup_printf("rm -rf '%s'", folder);
    g_spawn_command_line_sync(command, NULL, NULL, NULL, NULL);
    g_clear_pointer(&folder, g_free);
}

static inline char *path_of(const char *name)
{
    return g_build_filename(folder, name, NULL);
}

static inline EngineOptions quick(void)
{
    EngineOptions options = engine_options_default();
    options.lock_wait = 0.2;
    options.lock_timeout = 0.05;
    return options;
}

static inline EngineOptions patient(void)
{
    EngineOptions options = quick();
    options.lock_wait = 30;
    return options;
}

static inline Engine *open_engine(const char *name, EngineOptions options)
{
    g_autofree char *url = g_strconcat("sqlite:///", name, NULL);
    g_autoptr(GError) error = NULL;
    Engine *engine = engine_new(url, folder, &options, &error);
    assert_null(error);
    return engine;
}

static inline Session *open_session(Engine *engine)
{
    g_autoptr(GError) error = NULL;
    Session *session = session_open(engine, &error);
    if (error)
        fail_msg("%s", error->message);
    return session;
}

static inline void execute(Session *session, const char *sql)
{
    g_autoptr(GError) error = NULL;
    connection_execute(session_connection(session), sql, &error);
    if (error)
        fail_msg("%s: %s", sql, error->message);
}

static inline gint64 count(Session *session, const char *sql)
{
    g_autofree char *value = connection_scalar(session_connection(session), sql, NULL);
    assert_non_null(value);
    return g_ascii_strtoll(value, NULL, 10);
}

static inline void assert_contains(const GError *error, const char *text)
{
    assert_non_null(error);
    if (!strstr(error->message, text))
        fail_msg("'%s' is not in: %s", text, error->message);
}

/* A child that runs `function` on a session of the database, and then waits to be killed. When child_start() returns,
 * the function has returned; it ends the child with a status above 0 if the function gave FALSE. */
typedef gboolean (*ChildFunction)(Session *session);

static inline pid_t child_start(const char *name, ChildFunction function)
{
    int ready[2];
    char byte = 0;
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        alarm(60);
        Session *session = open_session(open_engine(name, quick()));
        if (function(session) && write(ready[1], "x", 1) == 1)
            pause();
        child_exit(1);
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return child;
}

static inline gboolean take_lock(Session *session)
{
    return session_lock(session, "migrate_version", NULL);
}

static inline gboolean take_transaction(Session *session)
{
    return session_begin(session, NULL);
}

#endif
