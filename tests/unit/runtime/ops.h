/* Revisions of operations for the tests of this room. */
#ifndef MIGRATE_TESTS_UNIT_RUNTIME_OPS_H
#define MIGRATE_TESTS_UNIT_RUNTIME_OPS_H

#include "unit/runtime/project.h"

static inline char *ops_path(const Project *project, const char *id)
{
    g_autofree char *name = g_strdup_printf("%s.json", id);
    return g_build_filename(project->versions, name, NULL);
}

/* Writes a revision of operations. `revises` as JSON: "null", "\"a\"" …; `up` and `down` are lists of ops without their
 * brackets, `down` NULL: none is said. Quotes are written as '. The ops of the way up begin on line 2. */
static inline void ops_write(const Project *project, const char *id, const char *revises, const char *up,
                             const char *down)
{
    g_autofree char *path = ops_path(project, id);
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text, "{'revision': '%s', 'down_revision': %s, 'message': 'about %s', 'upgrade': [\n%s]", id,
                           revises, id, up);
    if (down != NULL)
        g_string_append_printf(text, ",\n'downgrade': [\n%s]", down);
    g_string_append(text, "}\n");
    g_string_replace(text, "'", "\"", 0);
    g_string_replace(text, "\"\"", "''", 0);
    assert_true(g_file_set_contents(path, text->str, -1, NULL));
}

#endif
