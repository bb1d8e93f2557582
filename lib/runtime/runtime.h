/*
 * Applying revisions: version table, history table, Plan, runner. `Plan` is pure and printable; what it prints is
 * what runs.
 */
#ifndef MIGRATE_RUNTIME_RUNTIME_H
#define MIGRATE_RUNTIME_RUNTIME_H

#include <glib.h>

#include "dialect/bulk_insert.h"
#include "engine/engine.h"
#include "script/script.h"

/* A revision file that the version locations lack, and where it lives. */
typedef struct FoundRevision {
    char *name; /* git's own, "3f2a9c1b:db/versions/3f2a_x.sql": it ends as the file's name does */
    char *bytes;
    gsize length;
    char *blob_id;         /* git's id of the file */
    char *place;           /* "on branch 'billing', commit 3f2a9c1b" */
    char *where;           /* the same, with who and when */
    char *bring;           /* a shell command that brings it here */
    char *path;            /* relative to the root of its repository; NULL: not known */
    char *commit;          /* the commit that brought it; NULL: not known */
    char *author, *date;   /* of that commit, or NULL */
    GPtrArray *references; /* char*: branches and tags that have it; may be empty */
} FoundRevision;
void found_revision_free(FoundRevision *found);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FoundRevision, found_revision_free)
/* Asked for applied revisions that no file holds, each once; never when nothing is missing. */
typedef struct RevisionFinder {
    /* `blob_id`: git's id of the file as it was applied, which is looked for first, or NULL. NULL: found nowhere; then
     * *looked says where it was looked for, and what might help (new string, whole sentences, or lines of them). */
    FoundRevision *(*find)(const char *id, const char *blob_id, char **looked, void *data);
    void *data;
} RevisionFinder;

typedef struct MigrationOptions {
    const char *version_table;                 /* "migrate_version" */
    const char *version_table_schema;          /* NULL */
    const char *history_table;                 /* "migrate_history" */
    gboolean one_transaction;                  /* transaction = all */
    gboolean allow_edited;                     /* upgrade goes on although applied files were edited */
    const char *who;                           /* NULL: login name @ host */
    const char *tag;                           /* a word of the person's (a release, a ticket): history rows of this run
                                                  have it behind `who`, "me@host [v1.2]"; NULL: none */
    const NamingConvention *naming_convention; /* of operations without a name; NULL: SQLAlchemy's */
    const char *tool_version;
    RevisionFinder finder; /* its `find` may be NULL: there is none; `data` outlives the context */
} MigrationOptions;

typedef struct MigrationContext MigrationContext;
/* `session` and `directory` stay the caller's; the options are copied. `directory` may be NULL for what needs only the
 * tables. `session` may be NULL when there is no database yet: what only reads then finds nothing. */
MigrationContext *migration_context_new(Session *session, ScriptDirectory *directory, const MigrationOptions *options);
void migration_context_free(MigrationContext *context);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MigrationContext, migration_context_free)

/* The version rows, sorted; an absent table gives none. No lock. New NULL-terminated array. */
char **migration_context_current(MigrationContext *context, GError **error);
/* The same, and the first value that `query` gives (*value is new; NULL without a row, a query or a session) in the
 * same round trip where the connection runs many. */
char **migration_context_current_with(MigrationContext *context, const char *query, char **value, GError **error);
/* Creates version and history table where missing; offline it writes what would create them. */
gboolean migration_context_ensure_version(MigrationContext *context, gboolean *created, GError **error);

/* session_lock() for what changes the database as migrations do: one run at a time per version table. */
gboolean migration_lock(MigrationContext *context, GError **error);

typedef enum StepDirection { STEP_UP, STEP_DOWN, STEP_STAMP, STEP_EDIT /* migration_accept_edit() */ } StepDirection;
typedef struct PlanStatement {
    char *sql;                 /* without terminator; with `parameters` the same with literals: what --sql, --dry-run,
                                  messages and hashes take */
    BulkStatement *parameters; /* of a bulk_insert, without its own `sql`: what is sent online; NULL: `sql` is */
    char *data;                /* the rows of COPY … FROM STDIN, without the final "\\."; NULL: none */
    gsize data_length;
    int line, column;          /* in the file (or in the stored down script); of its operation, where one made it */
    gboolean of_op;            /* an operation made it: the file has no such text */
    gboolean foreign_keys_off; /* its section says foreign-keys:off */
    gboolean bare;             /* only outside transactions: it refuses to run inside one, or may commit by itself */
} PlanStatement;
/* Neighbouring sections that share a transaction, or one section outside transactions, whose statements are journalled
 * one by one. Where DDL commits by itself (no DIALECT_TRANSACTIONAL_DDL): neighbouring statements that do not commit,
 * or such that do, whatever their sections. */
typedef struct PlanGroup {
    gboolean transactional;
    gboolean alone;            /* its one statement is of a section outside transactions: nothing joins it */
    gboolean foreign_keys_off; /* one of its sections wants them off: so they are for the whole transaction */
    GPtrArray *statements;     /* PlanStatement* */
    int section_line;
} PlanGroup;
typedef struct PlanStep PlanStep;
/* A downgrade of a revision that is half applied, where DDL commits by itself: its statements run one by one, those
 * alone that have something to take back, and the version rows stay. */
typedef struct PlanTaken {
    PlanStep *up;      /* what the file says of the way up, and how far it has come */
    gboolean complete; /* all of it was done, and it was interrupted before its end was written */
    gboolean begun;    /* an earlier run has begun to take it back */
    gboolean nothing;  /* its first statement was refused: what the way down would drop is somebody else's */
} PlanTaken;
struct PlanStep {
    StepDirection direction;
    const Revision *revision; /* NULL: only the history table knows it */
    char *id, *message;
    char *source;               /* the file's path, or where the down script is stored */
    const FoundRevision *found; /* where the file lives that the version locations lack; the context's; or NULL */
    GPtrArray *groups;          /* PlanGroup*, at least one */
    guint total;                /* statements of all groups */
    GPtrArray *delete_ids, *insert_ids; /* char*: version rows */
    char *revises, *depends_on;         /* ids, "a, b" */
    char *blob_id;                      /* git's id of the file; NULL without a file */
    char *token_hash;                   /* of the up sections for this dialect; NULL without a file */
    char *down_text;                    /* stored with an upgrade, and of operations while they are taken down */
    gboolean started;                   /* the journal has a row of an earlier, interrupted run */
    guint done;                         /* statements that the journal says are done: resume behind them */
    char *in_flight;                    /* HistoryRow.in_flight of the interrupted run, or NULL */
    PlanTaken *taken;                   /* NULL but for the downgrade of a half-applied revision */
};
typedef struct Plan {
    GPtrArray *steps; /* PlanStep* */
} Plan;
void plan_free(Plan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Plan, plan_free)

/* Called when a step starts and when it is done, for progress on stderr. */
typedef void (*ProgressFunction)(const PlanStep *step, guint index, guint total, gboolean done, double seconds,
                                 void *data);

typedef struct RunResult {
    GPtrArray *steps; /* char*: ids in the order they ran */
    guint down;       /* so many of them, the first ones, were taken down */
    char **heads;     /* version rows afterwards */
    gboolean waited;  /* another run was waited for */
} RunResult;
void run_result_free(RunResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RunResult, run_result_free)

/* Fast path (no lock, no write, no file read beyond its header) when there is nothing to do; else lock, look again,
 * plan, run.
 *
 * A revision's transactional sections run in one transaction with its version and history rows. Foreign keys are
 * enforced in it, as in an application: dropping a table that others refer to deletes or refuses accordingly. With a
 * foreign-keys:off section they are off for the whole transaction and checked at its end. Sections with
 * transaction:false are journalled statement by statement in the history row (state started); running again goes on
 * behind the last statement done, provided that the statements done are still the same.
 *
 * Where DDL commits by itself, every step is journalled so. What does not commit runs in transactions with its journal
 * progress; before a statement that commits, the history row says which one is in flight and what its objects look
 * like. Running again asks the catalog what became of it; where that cannot be known it is RUNTIME_ERROR_UNDECIDED, and
 * migration_repair() decides. There a revision that is half applied can also be taken back: for a downgrade it counts
 * as applied, and the catalog is asked of each statement of its down sections whether there is anything to be taken
 * back.
 *
 * Refused before anything runs: applied files whose statements were edited (RUNTIME_ERROR_EDITED; upgrade only, and not
 * with allow_edited), rows nobody knows (_UNKNOWN), a step that cannot be taken down (_IRREVERSIBLE), a half-done step
 * of the other direction or outside the path (_INTERRUPTED), and statements that cannot run where they stand (_PLAN).
 * A failing statement is RUNTIME_ERROR_STATEMENT; an interrupt DRIVER_ERROR_CANCELLED.
 *
 * A downgrade takes the file's down sections; when the file is gone or its up sections were edited since, the down
 * script that was recorded when it was applied; when nothing is recorded, the file that RevisionFinder finds. */
RunResult *migration_upgrade(MigrationContext *context, const char *spec, ProgressFunction progress, void *data,
                             GError **error);
RunResult *migration_downgrade(MigrationContext *context, const char *spec, ProgressFunction progress, void *data,
                               GError **error);
/* Takes down what is applied and no file of the version locations holds (where history or the finder know how), then
 * applies all that they hold: to their heads. One lock around both; what either refuses is refused before the first
 * statement, and so is every interrupted step but the one that would be gone on with first. Nothing to do: as above. */
RunResult *migration_switch(MigrationContext *context, ProgressFunction progress, void *data, GError **error);
/* Writes version and history rows, runs nothing. `purge` forgets the rows that are there first. A half-done step is
 * given up: the person says where the database stands. */
RunResult *migration_stamp(MigrationContext *context, const char *spec, gboolean purge, GError **error);
/* Offline: the session is an offline one; "A:B", or "B" from base (not for a downgrade: BASE_ERROR_USAGE). The output
 * is what a run on a database at A sends; only what has to be asked from a database (checks) is not in it. */
gboolean migration_offline(MigrationContext *context, const char *range, StepDirection direction, GError **error);
/* The same for a stamp: "A:B", or "B" from base; B may name several. `purge` empties the version table first, whatever
 * is in it. */
gboolean migration_offline_stamp(MigrationContext *context, const char *range, gboolean purge, GError **error);
/* The plan alone, for --dry-run and tests. */
Plan *migration_plan(MigrationContext *context, const char *spec, StepDirection direction, GError **error);

/* The plan of a switch: the steps down, then those up. */
Plan *migration_switch_plan(MigrationContext *context, GError **error);

/* What the step's own statements take away that rows may be in, as far as they say it: "table lines", "column
 * users.name", "rows of users" (char*, new array). A table that is rebuilt is not among them. */
GPtrArray *migration_drops(const MigrationContext *context, const PlanStep *step);

/* What a revision becomes on the context's dialect, with what it stands on applied, by the files alone: sections of a
 * revision file. *up and *down are new; NULL when the revision says nothing of that direction. What cannot be taken
 * down is a section that says why. The session may be an offline one. */
gboolean migration_show(MigrationContext *context, Revision *revision, char **up, char **down, GError **error);

/* What a revision says otherwise than before, both loaded: RevisionChange bits. The tokens of the sections count, for
 * each dialect, as for the hash that is recorded; comments, white space and line ends do not, nor does the header. */
guint revision_changes(const Revision *before, const Revision *after);

/* History rows and what the files say to them. */
typedef struct HistoryRow {
    gint64 id;
    char *revision, *direction, *state; /* direction: up, down, stamp, edit; state: started, done, failed */
    gint64 done, total;
    char *revises, *depends_on; /* ids, "a, b" */
    char *blob_id, *token_hash, *done_hash, *down_text, *started, *finished, *who, *tool_version, *error, *message;
    char *in_flight; /* the statement behind those done, and what its objects looked like before it; NULL: none. Only
                        where DDL commits by itself */
    double seconds;  /* between started and finished */
    const struct HistoryRow *accepted; /* of an edit in force: the row before it, an up, a stamp or another edit; not
                                          owned */
} HistoryRow;
void history_row_free(HistoryRow *row);
GPtrArray *migration_history(MigrationContext *context,
                             GError **error); /* HistoryRow*, oldest first; empty without the table */

/* What became of the statement in flight of an interrupted step. */
typedef enum InterruptionVerdict {
    VERDICT_NOTHING, /* none is in flight, or the next run knows (where DDL rolls back) */
    VERDICT_TOOK_EFFECT,
    VERDICT_NO_EFFECT,
    VERDICT_PARTLY,  /* and what remains is known */
    VERDICT_SEND,    /* it was not sent, or somebody has decided that it has to be */
    VERDICT_UNKNOWN, /* `reason` */
    VERDICT_EDITED,  /* it left something, and the file says another statement in its place now */
} InterruptionVerdict;
typedef struct Interruption {
    char *revision, *direction; /* direction: up, down */
    gint64 done, total;
    char *place, *statement; /* the first that is not done: FILE:LINE:COLUMN and its text; NULL: none left */
    char *stopped_at;        /* what went wrong at last, or NULL */
    InterruptionVerdict verdict;
    char *reason; /* or NULL */
} Interruption;
void interruption_free(Interruption *interruption);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Interruption, interruption_free)
/* TRUE when it is for migration_repair() to decide. */
gboolean interruption_is_undecided(const Interruption *interruption);
/* The interrupted steps (Interruption*), usually one or none; takes the migration lock when there is one. */
GPtrArray *migration_interrupted(MigrationContext *context, GError **error);
/* A person's word on the statement in flight, which the next run goes by: it is `done`, or has to be sent again. Only
 * where interruption_is_undecided(), else RUNTIME_ERROR_PLAN. *decided is new; NULL when nothing is interrupted. */
gboolean migration_repair(MigrationContext *context, gboolean done, Interruption **decided, GError **error);

/* An applied revision whose file says other statements than those that were applied. */
typedef struct EditedRevision {
    const Revision *revision; /* of its file as it is now; not owned */
    char *applied;            /* "applied 2026-… by …" */
    char *recorded_blob;      /* git's id of the file as it was applied; NULL: not recorded */
    char *recorded_hash;      /* of its statements */
    char *file_blob;          /* git's id of the file as it is now */
} EditedRevision;
void edited_revision_free(EditedRevision *edited);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EditedRevision, edited_revision_free)
/* Those that the last RUNTIME_ERROR_EDITED of this context is about: EditedRevision*, in topological order, owned by
 * the context. Empty when it is about what was interrupted. */
const GPtrArray *migration_edited(const MigrationContext *context);
/* Stands for the statements of a text, whatever its comments, white space or line ends; `path` tells its format by its
 * end. New string; NULL when it is no file of this revision. */
char *edited_revision_hash(const MigrationContext *context, const EditedRevision *edited, const char *path,
                           const char *text, gsize length);
/* Whether those are the statements that were applied. */
gboolean edited_revision_matches(const MigrationContext *context, const EditedRevision *edited, const char *path,
                                 const char *text, gsize length);
/* The edited revision that `spec` (one revision: an id, its unique beginning, head) names. RUNTIME_ERROR_PLAN where
 * there is nothing to accept, and why: not applied, not edited, interrupted, no file, or no history row to compare
 * with. New. No lock. */
EditedRevision *migration_find_edited(MigrationContext *context, const char *spec, GError **error);
/* The file as it is now counts as what was applied: a history row (direction edit, by whom and when) with its blob id,
 * token hash and way down is in force from now on; the rows before it stay as they are. Takes the migration lock and
 * looks again: RUNTIME_ERROR_MOVED when file or history are no longer what `edited` says. */
gboolean migration_accept_edit(MigrationContext *context, const EditedRevision *edited, GError **error);

/* What a file found elsewhere is to what was applied. */
typedef enum FoundMatch {
    FOUND_NOWHERE,
    FOUND_UNRECORDED,  /* nothing is recorded to compare it with */
    FOUND_SAME,        /* the same bytes */
    FOUND_SAME_TOKENS, /* the same statements on the way up */
    FOUND_OTHER,       /* others: it is not used */
} FoundMatch;
/* An applied (or half-applied) revision that no file of the version locations holds. */
typedef struct MissingRevision {
    char *id;
    char *message; /* by the history table, or by the file; or NULL */
    char *applied; /* "applied 2026-… by …"; NULL: history does not know it */
    FoundMatch match;
    const FoundRevision *found; /* the context's; NULL with FOUND_NOWHERE */
    char *looked;               /* with FOUND_NOWHERE as of RevisionFinder; NULL: there is none */
    char *detail;               /* "revision 'x' has no file here (applied …): it is on branch …" */
} MissingRevision;
void missing_revision_free(MissingRevision *missing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MissingRevision, missing_revision_free)
/* The map of the files, and where the database stands on revisions that no file holds, of those as well, as far as
 * history or the finder know them. *rows: the version rows (new). *missing: id -> MissingRevision*, in a new table;
 * NULL when nothing is missing. The map is the context's or the directory's; the table and what is in it is the
 * caller's. What nobody knows is in the table, and not in the map. */
RevisionMap *migration_map(MigrationContext *context, char ***rows, GHashTable **missing, GError **error);

typedef enum RevisionState {
    REVISION_APPLIED,
    REVISION_PENDING,
    REVISION_EDITED,      /* applied, and the tokens of the up sections are others now; the way down may be corrected */
    REVISION_MISSING,     /* applied, and no file holds it */
    REVISION_INTERRUPTED, /* half applied, or half taken down */
} RevisionState;
typedef struct RevisionStatus {
    char *id;
    const Revision *revision; /* NULL: missing file */
    RevisionState state;
    char *applied_at, *who;   /* from history, or NULL */
    char *detail;             /* "3 of 7 statements done", or NULL */
    EditedRevision *edited;   /* NULL unless the state is REVISION_EDITED */
    MissingRevision *missing; /* NULL: it has a file */
} RevisionStatus;
typedef struct Status {
    char **current;       /* version rows */
    GPtrArray *heads;     /* Revision*, not owned */
    GPtrArray *revisions; /* RevisionStatus*, in topological order, missing ones last */
    guint applied, pending, edited, missing, interrupted;
} Status;
void status_free(Status *status);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Status, status_free)
Status *migration_status(MigrationContext *context, GError **error);

#endif
