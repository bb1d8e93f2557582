/*
 * Revisions of Alembic, read from its version files (*.py) without running them, and written as revisions of the same
 * ids. Facts: Alembic's documentation, "Tutorial", "Working with Branches" and script.py.mako.
 */
#ifndef MIGRATE_SCRIPT_ALEMBIC_H
#define MIGRATE_SCRIPT_ALEMBIC_H

#include "script/script.h"

/* A revision that comes from elsewhere. */
typedef struct ForeignRevision {
    char *path; /* its file, as found */
    char *id;
    GPtrArray *down_revisions, *branch_labels, *depends_on; /* char* */
    char *message;                                          /* the docstring without Alembic's own lines */
    char *created;                                          /* ISO 8601 where Create Date is a time, or NULL */
    gboolean empty_up, empty_down;                          /* upgrade() or downgrade() is there, and does nothing */
    const GPtrArray *sections;                              /* NewSection*, for who writes it; not owned */
} ForeignRevision;
void foreign_revision_free(ForeignRevision *revision);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ForeignRevision, foreign_revision_free)

/* One file. NULL without error: it assigns neither `revision` nor `down_revision`, so it is none of Alembic's. What
 * cannot be read without running it is BASE_ERROR_SYNTAX with FILE:LINE:COLUMN. */
ForeignRevision *alembic_parse(const char *path, const char *text, gsize length, GError **error);

/* All of a folder: that of an alembic.ini, Alembic's script folder, or a folder of versions. An alembic.ini in it, or
 * beside it with this script_location, says the version_locations. __init__.py and what is no *.py are not looked at.
 * *passed_over gets the paths (char*, new array) of other Python files. ForeignRevision*, by path; new array. */
GPtrArray *alembic_read(const char *folder, GPtrArray **passed_over, GError **error);

/* Writes each as a revision file of the same id into `version_path` (NULL: the only version location).
 * All are checked first, as one graph with the revisions that are there: errors name the Python files. One that is
 * there already with the same down_revisions stays as it is, unless it has no SQL and stands for some (imported), and
 * `sections` bring it. When a file cannot be written, those before it are removed
 * again. The paths (char*, new array), in the order of `revisions`, NULL for what was there. */
GPtrArray *script_directory_import(ScriptDirectory *directory, const GPtrArray *revisions, const char *version_path,
                                   GError **error);

#endif
