/*
 * "-- renamed from: x" in models that are SQL (migrate-models(5), RENAMES says where it may stand): what each of them
 * is about.
 */
#ifndef MIGRATE_AUTOGENERATE_RENAME_COMMENTS_H
#define MIGRATE_AUTOGENERATE_RENAME_COMMENTS_H

#include "dialect/dialect.h"

/* A former name, and whose. Names are as the dialect keeps them. */
typedef struct RenameComment {
    const char *kind; /* "table", "column", "constraint", "key" (a constraint or an index), "enum value", "attribute",
                         "sequence", "type", "index", or that of an object; static */
    char *schema;     /* as written; NULL: not written */
    char *owner;      /* the table or type that it is a part of, or hangs on; NULL: none */
    char *name;
    char *former_name;
    gsize offset; /* of the comment in the text */
} RenameComment;

/* All of one text, in their order: RenameComment*. SCHEMA_ERROR_MODEL, FILE:LINE:COLUMN, for one that is about nothing,
 * or that has no name. */
GPtrArray *rename_comments_read(const Dialect *dialect, const char *file, const char *text, gsize length,
                                GError **error);

#endif
