#include <string.h>

#include "base/error.h"
#include "runtime/internal.h"

static void plan_statement_free(PlanStatement *statement)
{
    g_free(statement->sql);
    g_free(statement->data);
    bulk_statement_free(statement->parameters);
    g_free(statement);
}

static void group_free(PlanGroup *group)
{
    g_ptr_array_unref(group->statements);
    g_free(group);
}

GPtrArray *groups_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)group_free);
}

/* Whether statements may go on in the group. */
static gboolean group_takes(const PlanGroup *group, gboolean transactional, gboolean alone)
{
    return group != NULL && group->transactional == transactional && !group->alone && !alone;
}

static PlanGroup *group_add(GPtrArray *groups, gboolean transactional, int line)
{
    PlanGroup *group = g_new0(PlanGroup, 1);
    group->transactional = transactional;
    group->section_line = line;
    group->statements = g_ptr_array_new_with_free_func((GDestroyNotify)plan_statement_free);
    g_ptr_array_add(groups, group);
    return group;
}

static PlanGroup *group_last(const GPtrArray *groups)
{
    return groups->len > 0 ? g_ptr_array_index(groups, groups->len - 1) : NULL;
}

void groups_finish(GPtrArray *groups)
{
    if (groups->len == 0)
        group_add(groups, TRUE, 0);
}

static char *first_word(const char *sql)
{
    gsize length = 0;
    while (g_ascii_isalpha(sql[length]))
        length++;
    return g_ascii_strup(sql, (gssize)length);
}

/* Where a statement may stand that must not stand where it does. New string. */
static char *own_section(const StatementSource *source)
{
    return g_strdup_printf("'-- migrate:%s transaction:false'", source->up ? "up" : "down");
}

/* Whether the statement may stand where it stands. */
static gboolean statement_check(const StatementSource *source, const PlanStatement *statement, GError **error)
{
    const char *sql = statement->sql;
    g_autofree char *word = first_word(sql), *section = own_section(source);
    const char *refusal = source->dialect->refusal ? source->dialect->refusal(sql, strlen(sql)) : NULL;
    if (refusal != NULL) {
        g_set_error(error, RUNTIME_ERROR, RUNTIME_ERROR_PLAN, "%s:%d:%d: '%s' in a revision: %s", source->name,
                    statement->line, statement->column, word, refusal);
        return FALSE;
    }
    if (source->dialect->controls_transaction(sql, strlen(sql))) {
        g_set_error(error, RUNTIME_ERROR, RUNTIME_ERROR_PLAN,
                    "%s:%d:%d: '%s' in a revision: the tool begins and ends the transactions itself\n"
                    "take the statement out; %s that must not run in one transaction is marked %s",
                    source->name, statement->line, statement->column, word,
                    source->is_ops ? "a section of an SQL revision" : "a section", section);
        return FALSE;
    }
    if (source->transactional && statement->bare && !commits_ddl(source->dialect)) {
        g_set_error(error, RUNTIME_ERROR, RUNTIME_ERROR_PLAN,
                    "%s:%d:%d: this '%s' has no effect or fails inside a transaction\n"
                    "put it into %s of its own: %s",
                    source->name, statement->line, statement->column, word,
                    source->is_ops ? "an SQL revision (*.sql)" : "a section", section);
        return FALSE;
    }
    return TRUE;
}

static gboolean is_bare(const StatementSource *source, const char *sql)
{
    const Dialect *dialect = source->dialect;
    gsize length = strlen(sql);
    gboolean may_commit = dialect->may_commit != NULL && dialect->may_commit(sql, length);
    return dialect->refuses_transaction(sql, length) ||
           (may_commit && (!source->transactional || commits_ddl(dialect)));
}

PlanGroup *groups_open(GPtrArray *groups, const StatementSource *source)
{
    if (commits_ddl(source->dialect))
        return NULL;
    PlanGroup *group = group_last(groups);
    if (!source->transactional || !group_takes(group, source->transactional, FALSE))
        group = group_add(groups, source->transactional, source->line);
    group->foreign_keys_off = group->foreign_keys_off || source->foreign_keys_off;
    return group;
}

/* Where DDL commits by itself, what a statement does decides where it stands, not its section. */
static PlanGroup *group_for(const StatementSource *source, GPtrArray *groups, const PlanStatement *statement)
{
    PlanGroup *group = group_last(groups);
    gboolean alone = !source->transactional && !statement->bare;
    if (!group_takes(group, !statement->bare, alone))
        group = group_add(groups, !statement->bare, statement->line);
    group->alone = alone;
    group->foreign_keys_off = group->foreign_keys_off || source->foreign_keys_off;
    return group;
}

gboolean groups_add(GPtrArray *groups, PlanGroup *group, const StatementSource *source, PlanStatement *statement,
                    GError **error)
{
    statement->foreign_keys_off = source->foreign_keys_off;
    statement->bare = is_bare(source, statement->sql);
    PlanGroup *into = group != NULL ? group : group_for(source, groups, statement);
    g_ptr_array_add(into->statements, statement);
    return statement_check(source, statement, error);
}
