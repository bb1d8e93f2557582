/* What `revision --autogenerate` writes: SQL sections, or operations. */
#ifndef MIGRATE_CMD_REVISION_CONTENTS_H
#define MIGRATE_CMD_REVISION_CONTENTS_H

#include "comparing.h"

/* What the configuration and --format ask for. */
typedef struct RevisionFormat {
    gboolean is_ops;
    GPtrArray *dialects; /* char*: the key `dialects`; NULL: not set */
} RevisionFormat;
void revision_format_clear(RevisionFormat *format);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RevisionFormat, revision_format_clear)

/* What goes into the file; all NULL: to be filled in. */
typedef struct RevisionContents {
    gboolean is_ops;
    GPtrArray *sections; /* NewSection* */
    GPtrArray *blocks;   /* GPtrArray* of SqlBlock*: the statements of the sections */
    GPtrArray *texts;    /* char*: their dialects and reasons */
    cJSON *upgrade, *downgrade;
    GPtrArray *upgrade_notes, *downgrade_notes; /* char* above each operation, "" for none */
} RevisionContents;
void revision_contents_clear(RevisionContents *contents);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RevisionContents, revision_contents_clear)
gboolean contents_say_something(const RevisionContents *contents);

/* Sections for the dialect that was compared, and with several `dialects` for each of them. */
gboolean contents_of_sections(const Invocation *invocation, const ModelComparison *result, const RevisionFormat *format,
                              RevisionContents *contents, GError **error);
/* Operations that mean the change on every dialect, or on those of `dialects`; empty lists when there is none. Where
 * earlier revisions, all in operations, explain the database, the change is that since them, also in what the database
 * does not store or what is for other dialects. */
gboolean contents_of_operations(const Invocation *invocation, const ModelComparison *result,
                                const RevisionFormat *format, RevisionContents *contents, GError **error);

/* What the revisions that there are tell a dialect. */
FileNames *read_file_names(const Invocation *invocation, const Dialect *dialect, GError **error);
/* The model as the revisions that there are have told it to a dialect, not adapted. NULL in *model: statements have
 * changed what operations do not tell. */
gboolean read_told_model(const Invocation *invocation, const Dialect *dialect, MetaData **model, GError **error);
/* Why the way back on a dialect is to be read before it is trusted. */
void log_doubts(const Dialect *dialect, const GPtrArray *doubts);
/* Comments that may have changed, which the dialect that was compared does not store. */
void log_unknown(const Dialect *compared, const Dialect *dialect, const GPtrArray *unknown);

#endif
