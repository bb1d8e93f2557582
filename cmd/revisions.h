/* How commands choose, print and tell revisions; the lines are Alembic's. */
#ifndef MIGRATE_CMD_REVISIONS_H
#define MIGRATE_CMD_REVISIONS_H

#include <cjson/cJSON.h>

#include "command.h"
#include "commits.h"

/* What a line about one revision takes from the whole graph and from the database. */
typedef struct RevisionView {
    const RevisionMap *map;
    const RevisionMap *files; /* the map of the files, where `map` has more than them; else NULL */
    GHashTable *missing;      /* of those: id -> MissingRevision*, owned; NULL: none */
    char **current;           /* the version rows where they are to be marked, else NULL; owned */
    GHashTable *labels;       /* revision_map_branch_labels(); owned */
    /* Of which entries and nodes tell; NULL: they do not. Owned; the caller may put it here after init. */
    RevisionCommits *commits;
} RevisionView;
/* Takes `current`. */
void revision_view_init(RevisionView *view, const RevisionMap *map, char **current);
void revision_view_clear(RevisionView *view);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RevisionView, revision_view_clear)
gboolean revision_view_is_current(const RevisionView *view, const Revision *revision);

/* What a line holds besides the id and (head), (effective head) and (current); Alembic's cmd_format(). */
typedef enum LinePart {
    LINE_PARENTS = 1 << 0, /* "1975ea83b712 -> " in front, "<base> (27c6a30d7c24) -> " with a dependency */
    LINE_LABELS = 1 << 1,  /* " (billing)": of its branch */
    LINE_TREE = 1 << 2,    /* " (branchpoint)", " (mergepoint)" */
    LINE_TITLE = 1 << 3,   /* ", message": its first line */
} LinePart;
/* One line without its end; the id in colours where stdout shows them. New string. */
char *revision_line(const RevisionView *view, const Revision *revision, guint parts);
/* The marks of a line, each with a space before: LINE_TREE, and always (head), (effective head), (current). New string.
 */
char *revision_marks(const RevisionView *view, const Revision *revision, guint parts);
/* Alembic's paragraph, and what its template writes into a file's docstring: Rev, Parent or Merges, Path, (Commit,) the
 * message, Revision ID, Revises, Create Date. Ends with a line end. New string. */
char *revision_entry(const RevisionView *view, const Revision *revision);

cJSON *revision_to_json(const Revision *revision);
cJSON *revision_ids_to_json(const GPtrArray *revisions); /* of Revision*: an array of their ids */
/* {"nodes": [...], "edges": [{"from", "to", "kind": "revises" | "depends_on"}]}: the revisions, and what each stands
 * on, be it among them or not. */
cJSON *revision_graph_to_json(const RevisionView *view, const GPtrArray *revisions);

/* Whether a new revision is to be a file of operations: by `said` ("sql" or "ops"), or NULL and the key
 * revision_format. */
gboolean revision_format(const Invocation *invocation, const char *said, gboolean *is_ops, GError **error);

/* The needs of a command whose arguments are such specs. */
guint arguments_want_current(const Invocation *invocation);
/* For commands with the options OPTION_RANGE and OPTION_INDICATE: the revisions they choose, newest first, and in *view
 * what is to be marked. NULL with an error; *view is initialised all the same. */
#define OPTION_RANGE                                                                                                   \
    {                                                                                                                  \
        "rev-range", 'r', OPTION_STRING, "A:B", "only these, for example base:head, 1975ea:, -3:current", NULL         \
    }
#define OPTION_INDICATE                                                                                                \
    {                                                                                                                  \
        "indicate-current", 'i', OPTION_FLAG, NULL, "mark the revision the database stands at", NULL                   \
    }
GPtrArray *revisions_choose(Invocation *invocation, RevisionView *view, GError **error);
guint revisions_choose_needs(const Invocation *invocation);

#endif
