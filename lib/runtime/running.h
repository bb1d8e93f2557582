/* How the files of the runner share the work: runner.c goes through steps and groups, transaction.c sends. Private to
 * them. */
#ifndef MIGRATE_RUNTIME_RUNNING_H
#define MIGRATE_RUNTIME_RUNNING_H

#include "runtime/internal.h"

/* One run of a plan. Of the current step, `done` counts what is committed; what a transaction has reached beyond that
 * is in `reached`. */
typedef struct Runner {
    MigrationContext *context;
    Session *session;
    Connection *connection;
    const Dialect *dialect;
    gboolean offline;
    char **rows;
    RunResult *result;

    const PlanStep *step;
    const PlanStep *next;  /* behind it; NULL: it is the last */
    const PlanStep *begun; /* its started row is there, with `mark` for its first statement, which was not sent */
    gboolean journalled;   /* the step has more than one transaction */
    gboolean has_row;      /* its started row is there and stays */
    guint done, reached;
    char *done_chain, *chain; /* stand for the statements done and reached; only when journalled */
    guint written;            /* what the journal row says is done; less than `done` behind a bare statement */
    char *mark;               /* what the next row or progress says is in flight; NULL: nothing */
    gboolean keeps_mark;      /* the failing statement has left something: the journal's mark stays */
    guint must_send;          /* the statement that certainly did not take effect; G_MAXUINT: none */
    guint in_flight;          /* the statement that an earlier try may have left half-made; G_MAXUINT: none */

    gboolean keys_off;   /* foreign keys are off around this transaction */
    gboolean in_section; /* section_begin was sent, section_end was not */
    gpointer baseline;   /* of check_begin */
    char *summary;       /* of the failure, for the history table */

    gboolean together;   /* the connection runs many: what is sent waits for the others until it must go */
    GArray *requests;    /* Request: what waits */
    GArray *purposes;    /* Purpose of each */
    GPtrArray *texts;    /* char*: the requests' own SQL */
    gsize size;          /* bytes that wait */
    gboolean busy;       /* the failure was somebody else's lock: worth a retry */
    char *busy_place;    /* what met it */
    gboolean refused;    /* it was a statement of the file, and the server has said so */
    guint started_steps; /* said to the progress function, and not again when a run of one transaction is retried */
    guint done_steps;
} Runner;

/* What a request is, for the message of its failure. */
typedef struct Purpose {
    const PlanStatement *statement; /* NULL: the tool's own */
    const char *action;             /* "writing the history table": static */
    gboolean is_row;                /* a row of the tool's own tables */
} Purpose;

/* What one try of a part is about; what a part does not need is 0. */
typedef struct Part {
    const PlanGroup *group;
    const PlanStatement *statement;
    guint first; /* the number of the group's first statement, or of the statement */
    gboolean last;
    MarkKind kind; /* of the statement, where DDL commits by itself */
} Part;
typedef gboolean (*PartFunction)(Runner *runner, const Part *part, GError **error);

/* All of these give FALSE with the finished message in `error`. */

/* FALSE for `return`: the cause (taken) with what remains, for what is no statement of the file. */
gboolean fail_action(Runner *runner, const char *action, GError *cause, GError **error);
gboolean fail_interrupted(Runner *runner, GError **error);
gboolean execute_list(const Runner *runner, const char *const *list, GError **error);

/* Opens a transaction in which the version rows are still those of the runner. */
gboolean transaction_begin(Runner *runner, gboolean keys_off, GError **error);
/* Sends what waits and the COMMIT. */
gboolean transaction_commit(Runner *runner, GError **error);
/* Leaves the connection as it was before the transaction, whatever has gone wrong. What waits is forgotten. */
void transaction_abandon(Runner *runner);

/* To be sent inside the transaction: at once, or together with what follows. `sql` is taken. */
gboolean send_own(Runner *runner, char *sql, const char *action, GError **error);
gboolean send_statement(Runner *runner, const PlanStatement *statement, GError **error);
gboolean send_section_switch(Runner *runner, gboolean on, GError **error);
/* Sends what waits. */
gboolean send_waiting(Runner *runner, GError **error);
/* One statement by itself, outside transactions. */
gboolean run_bare(Runner *runner, const PlanStatement *statement, GError **error);
/* The same for one that was done before. */
gboolean repeat_statement(Runner *runner, const PlanStatement *statement, GError **error);
/* Counts the statement among the reached ones. */
void reach_statement(Runner *runner, const PlanStatement *statement);

/* ---- runner.c ---- */

/* A transaction of the part's own, where the run is not one. Committed, it leaves the journal row, and as many
 * statements done as were reached in it. */
gboolean begin_own(Runner *runner, gboolean keys_off, GError **error);
gboolean commit_own(Runner *runner, GError **error);
/* The version rows, and that the step is done. */
gboolean send_finish(Runner *runner, GError **error);

/* Tries a part again while somebody's lock is in its way, for lock_wait from the first failure on. */
gboolean run_part(Runner *runner, PartFunction run, const Part *part, GError **error);
/* Parts: a group from its first statement that is not done; the last progress; the end of the step. */
gboolean run_transactional(Runner *runner, const Part *part, GError **error);
gboolean run_started(Runner *runner, const Part *part, GError **error);
gboolean run_progress(Runner *runner, const Part *part, GError **error);
gboolean run_finish(Runner *runner, const Part *part, GError **error);
/* What the interrupted run had told its connection (PRAGMA foreign_keys=OFF …) is said again to this one. */
gboolean repeat_session_state(Runner *runner, const PlanStatement *statement, GError **error);

/* ---- journal.c: a step where DDL commits by itself ---- */

gboolean journal_run(Runner *runner, GError **error);

#endif
