#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "runtime/internal.h"

/* One section being read. */
typedef struct Reader {
    const Dialect *dialect;
    const char *source; /* for messages */
    const Section *section;
    const char *text; /* the section's, with empty lines before it so that lines count as in the file */
    gsize length;
} Reader;

static void statement_free(PlanStatement *statement)
{
    g_free(statement->sql);
    g_free(statement->data);
    g_free(statement);
}

static void group_free(PlanGroup *group)
{
    g_ptr_array_unref(group->statements);
    g_free(group);
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
    group->statements = g_ptr_array_new_with_free_func((GDestroyNotify)statement_free);
    g_ptr_array_add(groups, group);
    return group;
}

static gboolean is_for(const Section *section, const Dialect *dialect)
{
    for (guint i = 0; i < section->dialects->len; i++) {
        const char *name = g_ptr_array_index(section->dialects, i);
        if (strcmp(name, dialect->name) == 0 || (strcmp(name, "mysql") == 0 && strcmp(dialect->name, "mariadb") == 0))
            return TRUE;
    }
    return section->dialects->len == 0;
}

static char *first_word(const char *sql)
{
    gsize length = 0;
    while (g_ascii_isalpha(sql[length]))
        length++;
    return g_ascii_strup(sql, (gssize)length);
}

/* Whether the statement may stand where it stands. */
static gboolean statement_check(const Reader *reader, const PlanStatement *statement, GError **error)
{
    const char *sql = statement->sql;
    g_autofree char *word = first_word(sql);
    const char *refusal = reader->dialect->refusal ? reader->dialect->refusal(sql, strlen(sql)) : NULL;
    if (refusal != NULL) {
        g_set_error(error, RUNTIME_ERROR, RUNTIME_ERROR_PLAN, "%s:%d:%d: '%s' in a revision: %s", reader->source,
                    statement->line, statement->column, word, refusal);
        return FALSE;
    }
    if (reader->dialect->controls_transaction(sql, strlen(sql))) {
        g_set_error(error, RUNTIME_ERROR, RUNTIME_ERROR_PLAN,
                    "%s:%d:%d: '%s' in a revision: the tool begins and ends the transactions itself\n"
                    "take the statement out; a section that must not run in one transaction is marked "
                    "'-- migrate:%s transaction:false'",
                    reader->source, statement->line, statement->column, word, reader->section->up ? "up" : "down");
        return FALSE;
    }
    if (reader->section->transactional && statement->bare && !commits_ddl(reader->dialect)) {
        g_set_error(error, RUNTIME_ERROR, RUNTIME_ERROR_PLAN,
                    "%s:%d:%d: this '%s' has no effect or fails inside a transaction\n"
                    "put it into a section of its own: '-- migrate:%s transaction:false'",
                    reader->source, statement->line, statement->column, word, reader->section->up ? "up" : "down");
        return FALSE;
    }
    return TRUE;
}

static gboolean is_bare(const Reader *reader, const char *sql, gsize length)
{
    const Dialect *dialect = reader->dialect;
    gboolean may_commit = dialect->may_commit != NULL && dialect->may_commit(sql, length);
    return dialect->refuses_transaction(sql, length) ||
           (may_commit && (!reader->section->transactional || commits_ddl(dialect)));
}

/* Where DDL commits by itself, what a statement does decides where it stands, not its section. */
static PlanGroup *group_for(const Reader *reader, GPtrArray *groups, const PlanStatement *statement)
{
    PlanGroup *group = groups->len > 0 ? g_ptr_array_index(groups, groups->len - 1) : NULL;
    gboolean alone = !reader->section->transactional && !statement->bare;
    if (!group_takes(group, !statement->bare, alone))
        group = group_add(groups, !statement->bare, statement->line);
    group->alone = alone;
    group->foreign_keys_off = group->foreign_keys_off || reader->section->foreign_keys_off;
    return group;
}

/* Into `group`, or with NULL each statement into that of its kind. */
static gboolean section_read(const Reader *reader, GPtrArray *groups, PlanGroup *group, GError **error)
{
    GError *failure = NULL;
    g_autoptr(GPtrArray) found = reader->dialect->split(reader->text, reader->length, &failure);
    if (found == NULL) {
        g_propagate_prefixed_error(error, failure, "%s:", reader->source);
        return FALSE;
    }
    for (guint i = 0; i < found->len; i++) {
        const SqlStatement *place = g_ptr_array_index(found, i);
        PlanStatement *statement = g_new0(PlanStatement, 1);
        statement->sql = g_strndup(reader->text + place->start, place->length);
        if (place->has_data) {
            statement->data = g_strndup(reader->text + place->data_start, place->data_length);
            statement->data_length = place->data_length;
        }
        statement->line = place->line;
        statement->column = place->column;
        statement->foreign_keys_off = reader->section->foreign_keys_off;
        statement->bare = is_bare(reader, statement->sql, place->length);
        PlanGroup *into = group != NULL ? group : group_for(reader, groups, statement);
        g_ptr_array_add(into->statements, statement);
        if (!statement_check(reader, statement, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean section_group(const Reader *reader, GPtrArray *groups, int line, GError **error)
{
    const Section *section = reader->section;
    if (section->foreign_keys_off && !section->transactional) {
        g_set_error(error, RUNTIME_ERROR, RUNTIME_ERROR_PLAN,
                    "%s:%d: a section cannot be both foreign-keys:off and transaction:false: foreign keys are checked "
                    "before the transaction commits",
                    reader->source, section->marker_line);
        return FALSE;
    }
    if (commits_ddl(reader->dialect))
        return section_read(reader, groups, NULL, error);
    PlanGroup *group = groups->len > 0 ? g_ptr_array_index(groups, groups->len - 1) : NULL;
    if (!section->transactional || !group_takes(group, section->transactional, FALSE))
        group = group_add(groups, section->transactional, line);
    group->foreign_keys_off = group->foreign_keys_off || section->foreign_keys_off;
    return section_read(reader, groups, group, error);
}

GPtrArray *sections_group(const MigrationContext *context, const Revision *revision, gboolean up, const char *source,
                          int skip_lines, gboolean *found, GError **error)
{
    g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func((GDestroyNotify)group_free);
    *found = FALSE;
    for (guint i = 0; i < revision->sections->len; i++) {
        const Section *section = g_ptr_array_index(revision->sections, i);
        if (section->up != up || !is_for(section, context->dialect))
            continue;
        *found = TRUE;
        int line = MAX(section->line - skip_lines, 1);
        g_autoptr(GString) text = g_string_new(NULL);
        for (int n = 1; n < line; n++)
            g_string_append_c(text, '\n');
        g_string_append_len(text, revision->text + section->start, (gssize)section->length);
        Reader reader = {context->dialect, source, section, text->str, text->len};
        if (!section_group(&reader, groups, line, error))
            return NULL;
    }
    if (groups->len == 0)
        group_add(groups, TRUE, 0);
    return g_steal_pointer(&groups);
}

char *sections_hash(const Dialect *dialect, const Revision *revision)
{
    g_autofree char *hash = NULL;
    for (guint i = 0; i < revision->sections->len; i++) {
        const Section *section = g_ptr_array_index(revision->sections, i);
        if (!section->up || !is_for(section, dialect))
            continue;
        g_autofree char *before = g_steal_pointer(&hash);
        g_autofree char *text = g_strndup(revision->text + section->start, section->length);
        hash = statement_chain(dialect, before, text);
    }
    return hash != NULL ? g_steal_pointer(&hash) : statement_chain(dialect, NULL, "");
}

const Section *sections_imported(const Dialect *dialect, const Revision *revision)
{
    for (guint i = 0; i < revision->sections->len; i++) {
        const Section *section = g_ptr_array_index(revision->sections, i);
        if (section->imported != NULL && is_for(section, dialect))
            return section;
    }
    return NULL;
}

const char *sections_irreversible(const Dialect *dialect, const Revision *revision)
{
    for (guint i = 0; i < revision->sections->len; i++) {
        const Section *section = g_ptr_array_index(revision->sections, i);
        if (!section->up && section->irreversible != NULL && is_for(section, dialect))
            return section->irreversible;
    }
    return NULL;
}
