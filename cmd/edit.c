#include "commands.h"

#include <string.h>

#include "base/error.h"
#include "exit.h"
#include "opening.h"
#include "output.h"
#include "revisions.h"

static const char *find_editor(void)
{
    static const char *const variables[] = {"VISUAL", "EDITOR"};
    for (guint i = 0; i < G_N_ELEMENTS(variables); i++) {
        const char *editor = g_getenv(variables[i]);
        if (editor && *editor)
            return editor;
    }
    return NULL;
}

/* By the shell, for an editor may have options: "code --wait". With --json stdout is for the document alone. */
static gboolean run_editor(const Invocation *invocation, const char *editor, const char *path, GError **error)
{
    g_autofree char *command = g_strconcat(editor, " \"$@\"", invocation->json ? " 1>&2" : "", NULL);
    const char *arguments[] = {"/bin/sh", "-c", command, editor, path, NULL};
    g_autoptr(GError) failure = NULL;
    int status = 0;
    if (g_spawn_sync(NULL, (char **)arguments, NULL, G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL, NULL, NULL, &status,
                     &failure) &&
        g_spawn_check_wait_status(status, &failure))
        return TRUE;
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "editor '%s' failed on '%s': %s", editor, path, failure->message);
    return FALSE;
}

/* A file that can no longer be read would stop every other command: better said now. */
static gboolean check_file(const char *path, GError **error)
{
    g_autoptr(Revision) revision = revision_read_header(path, error);
    return revision && revision_load(revision, error);
}

static gboolean edit_all(const Invocation *invocation, const GPtrArray *paths, GError **error)
{
    const char *editor = find_editor();
    if (!editor) {
        g_set_error_literal(error, BASE_ERROR, BASE_ERROR_USAGE,
                            "no editor: set the environment variable VISUAL or EDITOR, as in EDITOR=vi");
        return FALSE;
    }
    for (guint i = 0; i < paths->len; i++)
        if (!run_editor(invocation, editor, paths->pdata[i], error) || !check_file(paths->pdata[i], error))
            return FALSE;
    return TRUE;
}

/* The map and its revisions end with the first edit: what is wanted of them is copied. */
static GPtrArray *choose_paths(Invocation *invocation, GError **error)
{
    RevisionMap *map = script_directory_map(invocation->directory, error);
    g_auto(GStrv) current = map ? invocation_current(invocation, error) : NULL;
    if (!current)
        return NULL;
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < argument_count(invocation); i++) {
        const char *spec = argument_at(invocation, i);
        g_autoptr(GPtrArray) found = revision_map_range(map, spec, (const char *const *)current, error);
        if (!found)
            return NULL;
        if (!found->len) {
            g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_SPEC, "'%s' is no revision: there is no file to edit", spec);
            return NULL;
        }
        for (guint k = 0; k < found->len; k++) {
            const Revision *revision = found->pdata[k];
            if (!g_ptr_array_find_with_equal_func(paths, revision->path, g_str_equal, NULL))
                g_ptr_array_add(paths, g_strdup(revision->path));
        }
    }
    return g_steal_pointer(&paths);
}

static int run(Invocation *invocation, GError **error)
{
    g_autoptr(GPtrArray) paths = choose_paths(invocation, error);
    if (!paths || !edit_all(invocation, paths, error))
        return -1;
    if (invocation->json) {
        cJSON *document = cJSON_CreateObject();
        cJSON_AddItemToObject(document, "paths", json_string_array_of(paths));
        output_json(document);
    }
    return EXIT_DONE;
}

static const ArgumentSpec arguments[] = {
    {"REVISION", "head, heads, current, an id or its unique beginning", FALSE, TRUE},
    {0},
};

const Command command_edit = {
    .name = "edit",
    .summary = "open a revision's file in the editor",
    .description = "Runs $VISUAL, or else $EDITOR, through the shell, on the file of the revision; of several, on one "
                   "after the other. When the editor is done the file is read, and a mistake in it is told.",
    .examples = "migrate edit head\nEDITOR=vi migrate edit 1975ea",
    .arguments = arguments,
    .needs = NEEDS_CONFIG | NEEDS_SCRIPT_DIRECTORY,
    .needs_by_options = arguments_want_current,
    .run = run,
};
