/* What the files of this room share; nobody outside includes it. */
#ifndef MIGRATE_RUNTIME_INTERNAL_H
#define MIGRATE_RUNTIME_INTERNAL_H

#include "runtime/runtime.h"
#include "runtime/schema_state.h"

struct MigrationContext {
    Session *session; /* not owned; NULL: no database yet */
    ScriptDirectory *directory;
    const Dialect *dialect; /* NULL without a session */
    char *schema;           /* NULL: the default one */
    char *version_table, *history_table;
    char *version_name, *history_name; /* the same, quoted and with schema; NULL without a session */
    gboolean one_transaction, allow_edited;
    char *who, *tool_version;
    NamingConvention *naming_convention; /* of operations without a name */
    GPtrArray *maps;   /* RevisionMap*: of files and history together, kept since plans point into them */
    GPtrArray *edited; /* EditedRevision*: migration_edited() */
    RevisionFinder finder;
    GHashTable *missing_files; /* id -> MissingFile* of what was looked for */
};

/* TRUE where DDL commits by itself: then each step is journalled statement by statement. */
static inline gboolean commits_ddl(const Dialect *dialect)
{
    return (dialect->capabilities & DIALECT_TRANSACTIONAL_DDL) == 0;
}

/* ---- context.c ---- */

/* Which of the two tables exist, in one query. */
gboolean context_find_tables(MigrationContext *context, gboolean *version, gboolean *history, GError **error);
/* The query for the version rows, the table being there (new string), and what its Result says. */
char *context_rows_sql(const MigrationContext *context);
char **context_rows_of(Result *result, GError **error);
/* Creates the tables asked for if they are missing, in a transaction of its own, without a look first. */
gboolean context_create_tables(MigrationContext *context, gboolean version, gboolean history, GError **error);
/* Adds the statements (char*) that change the version rows to `sql`. */
void context_change_sql(const MigrationContext *context, const GPtrArray *delete_ids, const GPtrArray *insert_ids,
                        GPtrArray *sql);
/* `rows` behind such a change, sorted: new array. */
char **rows_change(const char *const *rows, const GPtrArray *delete_ids, const GPtrArray *insert_ids);

/* ---- history.c ---- */

typedef struct History {
    GPtrArray *rows;     /* HistoryRow*, oldest first */
    GHashTable *applied; /* revision -> its row (up, stamp or edit) that is in force; not owned */
    GPtrArray *started;  /* HistoryRow* of interrupted steps, not owned */
} History;
void history_free(History *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(History, history_free)
typedef enum HistoryPart {
    HISTORY_STARTED, /* only the interrupted steps */
    HISTORY_ROWS,    /* all rows without their down scripts */
    HISTORY_WHOLE,
} HistoryPart;
/* The version rows and a part of the history, each empty without its table, in one round trip where the connection runs
 * many. What was read before a failure stays in *rows, else NULL. */
gboolean history_read(MigrationContext *context, gboolean has_version, gboolean has_history, HistoryPart part,
                      char ***rows, History **history, GError **error);
/* The query for it, the table being there (new string), and what its Result says (NULL: an empty history). */
char *history_query_sql(const MigrationContext *context, HistoryPart part);
History *history_of(Result *result, GError **error);
/* The same of rows (HistoryRow*), which it takes. */
History *history_new(GPtrArray *rows);
/* The interrupted step of a revision, or NULL. */
const HistoryRow *history_find_started(const History *history, const char *revision, StepDirection direction);

/* Statements that write the table, to be sent with others or alone. New strings. */
char *history_create_sql(const MigrationContext *context);
/* A row that says the step begins (state started). `in_flight` here and below: the mark (in_flight.c) of the statement
 * that is sent next, NULL for none; it counts only where DDL commits by itself, and not in SQL for later. */
char *history_started_sql(const MigrationContext *context, const PlanStep *step, const char *in_flight);
/* The journal: `done` statements of the started row's step are done, `done_hash` stands for them. When the row says
 * another number than `before` by now, the server refuses it (NOT NULL): what a killed run had sent may be finished by
 * the server after the next run's look, and that run waits for it here, as its first statement. */
char *history_progress_sql(const MigrationContext *context, const PlanStep *step, guint before, guint done,
                           const char *done_hash, const char *in_flight);
/* The started row's step is done. */
char *history_finish_sql(const MigrationContext *context, const PlanStep *step);
/* What went wrong: noted in the started row when there is one that stays, else in a new row (state failed). */
char *history_failure_sql(const MigrationContext *context, const PlanStep *step, gboolean journalled, const char *text);
/* history_progress_sql() of a step that has stopped, with what went wrong. */
char *history_stopped_sql(const MigrationContext *context, const PlanStep *step, guint before, guint done,
                          const char *done_hash, const char *in_flight, const char *text);
/* The started up row of a revision that is taken back becomes a failed one. */
char *history_taken_back_sql(const MigrationContext *context, const PlanStep *step);
/* The newest up row of a revision, or NULL. */
const HistoryRow *history_find_up(const History *history, const char *revision);
/* A row of a stamp or an accepted edit, which is done at once. */
char *history_stamp_sql(const MigrationContext *context, const PlanStep *step);
/* Every interrupted step becomes a failed one. */
char *history_give_up_sql(const MigrationContext *context);
const char *direction_name(StepDirection direction); /* "up", "down", "stamp", "edit": as stored */
/* The up or stamp row that an edit's row is about; another row itself. */
const HistoryRow *history_row_applied(const HistoryRow *row);

/* Stands for a sequence of statements; `before` is that of the ones before (NULL: none). Comments and space do not
 * count. New string. */
char *statement_chain(const Dialect *dialect, const char *before, const char *sql);
/* The same for a statement with its rows, which count byte for byte but for their line ends' CR. */
char *statement_chain_with_data(const Dialect *dialect, const char *before, const PlanStatement *statement);

/* ---- in_flight.c: the mark of a statement in flight, where DDL commits by itself ---- */

typedef enum MarkKind {
    MARK_STATE,    /* sent; `state` is what Dialect.state_before said */
    MARK_HARMLESS, /* sent; to repeat it does no harm */
    MARK_ROWS,     /* sent; it changes rows that no transaction rolls back */
    MARK_ASKED,    /* not sent: whether it has to be could not be told (taking back) */
    MARK_TOLD,     /* the same; `state` is the reason, which the catalog does not show */
    MARK_SEND,     /* not sent: somebody has said that it has to be (repair) */
} MarkKind;
typedef struct Mark {
    MarkKind kind;
    char *chain;       /* statement_chain_with_data() of all statements up to it */
    const char *state; /* inside the text that was read; "" for none */
} Mark;
void mark_clear(Mark *mark);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Mark, mark_clear)
/* The text for the history table. New string. */
char *mark_text(MarkKind kind, const char *chain, const char *state);
/* RUNTIME_ERROR_PLAN for what is no such text. */
gboolean mark_read(const char *text, Mark *mark, GError **error);
/* What the catalog says about the statement in flight; `sql` is what the file says in its place now, NULL for
 * nothing. */
gboolean mark_outcome(const MigrationContext *context, const Mark *mark, const char *sql, StatementOutcome *outcome,
                      GError **error);

/* ---- graph.c: where the database stands among the revisions ---- */

/* The directory's map, and with rows that no file holds also what only the history table or the finder know. `rows`
 * that nobody knows are RUNTIME_ERROR_UNKNOWN; with `unknown` (a set of char*, which takes the ids) they are left out
 * instead. *missing gets the ids (set of char*) of which only the recorded way down is to be used, NULL when there is
 * none: the others have the file that was found, and are dealt with as if it was here. The map belongs to the context
 * or the directory. */
RevisionMap *graph_find(MigrationContext *context, const char *const *rows, const History *history, GHashTable *unknown,
                        GHashTable **missing, GError **error);
/* What the database holds, read at once, with the whole history. */
typedef struct Standing {
    char **rows;
    History *history;
    RevisionMap *map;
    GHashTable *missing; /* as of graph_find() */
} Standing;
void standing_clear(Standing *standing);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Standing, standing_clear)
gboolean standing_read(Standing *standing, MigrationContext *context, GError **error);
/* Whether a row stands on the revision, or is it. */
gboolean graph_is_applied(const RevisionMap *map, char **rows, const Revision *revision);
/* Whether every row has a file, and what is interrupted (`history`: may be NULL) has one: then no history is needed. */
gboolean graph_has_files(RevisionMap *map, const char *const *rows, const History *history);
/* The revision of a recorded row, with the down sections stored in it; *header_lines is how many lines of its text
 * stand before the stored script. */
Revision *revision_from_history(const MigrationContext *context, const HistoryRow *row, int *header_lines,
                                GError **error);
/* "applied 2026-… by …", and "edit accepted …" behind it: new string. */
char *history_row_describe(const HistoryRow *row);

/* ---- missing_file.c: applied revisions that no file holds ---- */

typedef struct MissingFile {
    FoundRevision *found; /* NULL: nowhere */
    FoundMatch match;
    FileTree *tree; /* holds that one file; NULL: it is not to be used */
    char *problem;  /* why it cannot be read, or NULL */
    char *looked;   /* where it was looked for, when it was not found; NULL: there is no finder */
} MissingFile;
/* What the finder knows of a revision, `row` being what is recorded of it (or NULL); it is asked once. Owned by the
 * context. */
const MissingFile *missing_file_get(MigrationContext *context, const char *id, const HistoryRow *row);
/* A revision of that file for a map, loaded: what it revises and depends on is what is recorded of it, and its branch
 * labels are left out, for they may stand in files of here. NULL: there is none to be used. */
Revision *missing_file_revision(const MissingFile *file, const HistoryRow *row);
void missing_file_free(MissingFile *file);
/* Whether a revision of a map is such a file. */
gboolean missing_file_has(const MigrationContext *context, const Revision *revision);
/* What is to be told of a revision without a file; `row` is what is recorded of it, or NULL. New. */
MissingRevision *missing_revision_new(MigrationContext *context, const char *id, const HistoryRow *row);
/* What helps while the database stands at it: lines of it. New string. */
char *missing_revision_advice(const MissingRevision *missing);

/* ---- plan.c ---- */

/* What the planner starts from. */
typedef struct PlanBase {
    MigrationContext *context;
    RevisionMap *map;
    GHashTable *missing; /* may be NULL */
    const History *history;
    const char *const *rows;
    const HistoryRow
        *half;          /* the interrupted row of a revision to be taken back, which `rows` count as applied; or NULL */
    SchemaState *state; /* before the next step; NULL: no step needs it */
} PlanBase;
/* One revision up or down, by its file, or by what is recorded where that is not here; the history's interrupted runs,
 * the schema behind it and the version rows are the caller's matter. */
PlanStep *plan_step_up(const PlanBase *base, Revision *revision, GError **error);
PlanStep *plan_step_down(const PlanBase *base, Revision *revision, GError **error);
/* A stamp of `revision`: no groups. */
PlanStep *plan_stamp_step(const PlanBase *base, Revision *revision, GError **error);
/* The same for an accepted edit of a revision that has a file. */
PlanStep *plan_edit_step(const PlanBase *base, Revision *revision, GError **error);
PlanStep *plan_step_new(StepDirection direction, const char *id, const char *message);
void plan_step_free(PlanStep *step);
/* The step's statement with this number, from 0; NULL beyond the last. */
const PlanStatement *plan_step_statement(const PlanStep *step, guint index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PlanStep, plan_step_free)

/* ---- plan_build.c ---- */

/* Steps for `path` (Revision*, in order); everything that can be refused is refused here. */
Plan *plan_build(const PlanBase *base, const GPtrArray *path, StepDirection direction, GError **error);
/* Steps down for the one, then steps up for the other. */
Plan *plan_build_switch(const PlanBase *base, const GPtrArray *down, const GPtrArray *up, GError **error);
/* The interrupted step of a started row, as the files say it now; the statements done must still be the same. */
PlanStep *plan_interrupted(PlanBase *base, const HistoryRow *row, GError **error);

/* ---- groups.c: the statements of a revision in groups ---- */

/* Where statements come from. */
typedef struct StatementSource {
    const Dialect *dialect;
    const char *name;                             /* of the file, for messages */
    gboolean up, transactional, foreign_keys_off; /* of their section, or of what stands for one */
    gboolean is_ops;                              /* they are no section's */
    int line;                                     /* of the first */
} StatementSource;
GPtrArray *groups_new(void); /* of PlanGroup* */
/* The group that statements of the source go to; NULL: each finds its own. */
PlanGroup *groups_open(GPtrArray *groups, const StatementSource *source);
/* Takes the statement, whose text and place are known; FALSE with RUNTIME_ERROR_PLAN when it may not stand there. */
gboolean groups_add(GPtrArray *groups, PlanGroup *group, const StatementSource *source, PlanStatement *statement,
                    GError **error);
/* A revision without any statement has one empty group. */
void groups_finish(GPtrArray *groups);

/* ---- sections.c ---- */

/* The up (or down) sections of a loaded revision for this dialect as groups; `source` is the name in messages, and
 * `skip_lines` are not counted. New array of PlanGroup*, never empty; *found tells whether there was a section. */
GPtrArray *sections_group(const MigrationContext *context, const Revision *revision, gboolean up, const char *source,
                          int skip_lines, gboolean *found, GError **error);
/* Hash of the tokens of the up sections for this dialect. New string. */
char *sections_hash(const Dialect *dialect, const Revision *revision);
/* The sections of one direction for this dialect, with their markers. New string; NULL: there is none. */
char *sections_text(const Dialect *dialect, const Revision *revision, gboolean up);
/* The up section that only stands for SQL of elsewhere, or NULL. */
const Section *sections_imported(const Dialect *dialect, const Revision *revision);
/* The reason of a down section that cannot be taken, or NULL. */
const char *sections_irreversible(const Dialect *dialect, const Revision *revision);

/* ---- portable.c ---- */

/* The operations of a loaded revision as groups, on the schema before them, which goes on to the one behind them. New
 * array of PlanGroup*, never empty. RUNTIME_ERROR_PLAN with FILE:LINE:COLUMN of the operation. */
GPtrArray *ops_group(const MigrationContext *context, const Revision *revision, gboolean up, SchemaState *state,
                     GError **error);
/* Hash of what counts of the way up. New string. */
char *ops_hash(const Revision *revision);

/* ---- down_script.c ---- */

/* Groups as the sections of a revision file that become the same groups again. New string; NULL with a reason in
 * RUNTIME_ERROR_PLAN when a statement cannot stand in one. */
char *groups_to_sections(const Dialect *dialect, const GPtrArray *groups, gboolean up, GError **error);
/* Whether the file speaks of the direction at all: an empty list says that there is nothing to do. */
gboolean ops_has_direction(const Revision *revision, gboolean up);
/* The sections that take the operations of a revision back, with the state behind them, which stays; or the reason why
 * that cannot be done. New string. */
char *ops_down_text(const MigrationContext *context, const Revision *revision, SchemaState *state);

/* ---- applied_schema.c ---- */

/* The schema of the applied revisions by their files, without a half-applied one that is to be taken back. */
SchemaState *applied_schema(const PlanBase *base, GError **error);
/* Goes on with statements of people. */
void applied_schema_run(SchemaState *state, const GPtrArray *groups, const char *source);
/* Goes on with a revision that goes up or down: what is not known then is a doubt, no error. */
void applied_schema_follow(SchemaState *state, const MigrationContext *context, Revision *revision, gboolean up);

/* ---- edited.c ---- */

/* The applied revisions that have files, in the map's order; new array, not owned. With `missing` also the others. */
GPtrArray *applied_revisions(const PlanBase *base, gboolean missing);

/* Whether the file of an applied revision has other statements than the recorded row; reads the file. */
gboolean revision_is_edited(const MigrationContext *context, Revision *revision, const HistoryRow *row,
                            gboolean *edited, GError **error);
/* What is to be told of such a revision. New; BASE_ERROR_IO when its file changes meanwhile. */
EditedRevision *edited_revision_new(Revision *revision, const HistoryRow *row, GError **error);
/* RUNTIME_ERROR_EDITED (or a warning with allow_edited) names every edited file among the applied revisions. */
gboolean refuse_edited(const PlanBase *base, GError **error);
/* The git blob id of the revision's file, which was just loaded: BASE_ERROR_IO when it changed meanwhile. */
char *revision_blob_id(const Revision *revision, GError **error);

/* ---- runner.c ---- */

/* Runs the steps on the context's session, the lock being held and the tables being there. `rows` as the plan
 * expects them. */
RunResult *plan_run(MigrationContext *context, const Plan *plan, const char *const *rows, ProgressFunction progress,
                    void *data, GError **error);
RunResult *run_result_new(const char *const *rows);

/* ---- report.c ---- */

/* What stays, for the message of a failure. */
typedef struct Remains {
    const GPtrArray *steps;   /* char*: steps of this run that are done */
    guint down;               /* so many of them, the first ones, took a revision down */
    gboolean one_transaction; /* and they are rolled back too */
    gboolean journalled;      /* the failing step keeps what it has done */
    guint done;               /* statements of it */
    gboolean commits;         /* DDL commits by itself here */
} Remains;
/* The statement, its place, the server's words, what remains and what to do. *summary gets one line of it: the place
 * and the server's words (new string, an older one is freed). */
void report_statement(Connection *connection, const PlanStep *step, const PlanStatement *statement,
                      const Remains *remains, const GError *cause, char **summary, GError **error);
/* The same for what is no statement of the file ("commit", "check of the foreign keys and views"). */
void report_action(const PlanStep *step, const char *action, const Remains *remains, const GError *cause,
                   char **summary, GError **error);
void report_interrupt(const PlanStep *step, const Remains *remains, GError **error);
/* The connection was lost (`cause`) while `statement`, or with NULL the tool's own `action`, was on its way.
 * `is_unknown`: a COMMIT was, too, and nobody knows whether it took effect. */
void report_lost(const PlanStep *step, const PlanStatement *statement, const char *action, gboolean is_unknown,
                 const Remains *remains, const GError *cause, GError **error);
/* Whether the statement took effect (or with `asked`, whether it has to be sent at all) cannot be told, for `reason`.
 */
void report_undecided(const PlanStep *step, const PlanStatement *statement, gboolean asked, const char *reason,
                      GError **error);
/* The statement in flight has left something, and the file says another one (or with NULL none) in its place now. */
void report_edited_in_flight(const PlanStep *step, const PlanStatement *statement, GError **error);
/* "FILE:LINE:COLUMN" of the statement. New string. */
char *report_place(const PlanStep *step, const PlanStatement *statement);

#endif
