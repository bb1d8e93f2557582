#include "script/alembic.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "script/internal.h"
#include "script/python.h"

enum { NAME_REVISION, NAME_DOWN_REVISION, NAME_BRANCH_LABELS, NAME_DEPENDS_ON, NAME_COUNT };
static const char *const names[NAME_COUNT + 1] = {"revision", "down_revision", "branch_labels", "depends_on", NULL};
static const char *const functions[] = {"upgrade", "downgrade", NULL};

void foreign_revision_free(ForeignRevision *revision)
{
    if (revision == NULL)
        return;
    GPtrArray *arrays[] = {revision->down_revisions, revision->branch_labels, revision->depends_on};
    for (guint i = 0; i < G_N_ELEMENTS(arrays); i++)
        if (arrays[i] != NULL)
            g_ptr_array_unref(arrays[i]);
    g_free(revision->path);
    g_free(revision->id);
    g_free(revision->message);
    g_free(revision->created);
    g_free(revision);
}

/* ---- what the docstring says ---- */

/* "2026-11-21 08:15:00.123456+01:00" as ISO 8601, to the second; what is no time stays as it is. */
static char *created_of(const char *text)
{
    g_autoptr(GRegex) pattern = g_regex_new(
        "^(\\d{4}-\\d\\d-\\d\\d)[ T](\\d\\d:\\d\\d:\\d\\d)(?:[.,]\\d+)?(?: ?(Z|[+-]\\d\\d:?\\d\\d))?$", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    if (!g_regex_match(pattern, text, 0, &match))
        return g_strdup(text);
    g_autofree char *day = g_match_info_fetch(match, 1), *time = g_match_info_fetch(match, 2),
                    *zone = g_match_info_fetch(match, 3);
    gboolean utc = g_strcmp0(zone, "+00:00") == 0 || g_strcmp0(zone, "+0000") == 0;
    return g_strconcat(day, "T", time, utc ? "Z" : zone, NULL);
}

/* Behind `key` when the line starts with it, else NULL. */
static const char *line_value(const char *line, const char *key)
{
    return g_ascii_strncasecmp(line, key, strlen(key)) == 0 ? line + strlen(key) : NULL;
}

/* The lines that script.py.mako adds repeat what the assignments say, but for the date. */
static void read_doc(ForeignRevision *revision, const char *doc)
{
    static const char *const own[] = {"Revision ID:", "Revises:"};
    g_auto(GStrv) lines = g_strsplit(doc != NULL ? doc : "", "\n", -1);
    g_autoptr(GString) message = g_string_new(NULL);
    for (guint i = 0; lines[i] != NULL; i++) {
        const char *line = g_strstrip(lines[i]);
        const char *date = line_value(line, "Create Date:");
        if (date != NULL && revision->created == NULL) {
            g_autofree char *text = g_strstrip(g_strdup(date));
            revision->created = *text != '\0' ? created_of(text) : NULL;
        } else if (line_value(line, own[0]) == NULL && line_value(line, own[1]) == NULL) {
            g_string_append_printf(message, "%s\n", line);
        }
    }
    revision->message = g_strdup(g_strstrip(message->str));
}

/* ---- one file ---- */

static gboolean fail_at(const char *path, const char *text, gsize length, gsize place, GError **error,
                        const char *format, ...) G_GNUC_PRINTF(6, 7);
static gboolean fail_at(const char *path, const char *text, gsize length, gsize place, GError **error,
                        const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    TextPosition position = text_position(text, length, place);
    g_set_error(error, BASE_ERROR, BASE_ERROR_SYNTAX, "%s:%d:%d: %s", path, position.line, position.column, message);
    return FALSE;
}

/* The strings of a value; those that this tool cannot keep as they are, are refused. */
static GPtrArray *take_names(const char *path, const char *text, gsize length, PythonValue *value, gboolean ids,
                             GError **error)
{
    g_autoptr(GPtrArray) taken = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; value->strings != NULL && i < value->strings->len; i++) {
        const char *name = g_ptr_array_index(value->strings, i);
        g_autoptr(GError) problem = NULL;
        if (!(ids ? revision_id_check(name, &problem) : branch_label_check(name, &problem))) {
            fail_at(path, text, length, value->place, error, "%s", problem->message);
            return NULL;
        }
        if (!g_ptr_array_find_with_equal_func(taken, name, g_str_equal, NULL))
            g_ptr_array_add(taken, g_strdup(name));
    }
    return g_steal_pointer(&taken);
}

ForeignRevision *alembic_parse(const char *path, const char *text, gsize length, GError **error)
{
    g_autoptr(PythonModule) module = python_module_read(path, text, length, names, functions, error);
    if (module == NULL)
        return NULL;
    PythonValue *values = module->values, *id = &values[NAME_REVISION], *down = &values[NAME_DOWN_REVISION];
    if (!id->assigned && !down->assigned)
        return NULL;
    if (!id->assigned || !down->assigned) {
        const PythonValue *other = id->assigned ? id : down;
        fail_at(path, text, length, other->place, error,
                "the file says '%s', but not '%s', which Alembic needs beside it",
                names[id->assigned ? NAME_REVISION : NAME_DOWN_REVISION],
                names[id->assigned ? NAME_DOWN_REVISION : NAME_REVISION]);
        return NULL;
    }
    if (id->is_none || id->is_list) {
        fail_at(path, text, length, id->place, error, "'revision' is to be one string");
        return NULL;
    }
    g_autoptr(ForeignRevision) revision = g_new0(ForeignRevision, 1);
    g_autoptr(GPtrArray) ids = take_names(path, text, length, id, TRUE, error);
    if (ids == NULL || (revision->down_revisions = take_names(path, text, length, down, TRUE, error)) == NULL ||
        (revision->branch_labels = take_names(path, text, length, &values[NAME_BRANCH_LABELS], FALSE, error)) == NULL ||
        (revision->depends_on = take_names(path, text, length, &values[NAME_DEPENDS_ON], FALSE, error)) == NULL)
        return NULL;
    revision->path = g_strdup(path);
    revision->id = g_strdup(g_ptr_array_index(ids, 0));
    revision->empty_up = module->does_nothing[0];
    revision->empty_down = module->does_nothing[1];
    read_doc(revision, module->doc);
    return g_steal_pointer(&revision);
}
