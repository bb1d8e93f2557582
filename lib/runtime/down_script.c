/* The way down of operations as SQL, for the history table: their file may be gone when it is needed. */
#include <string.h>

#include "base/error.h"
#include "runtime/internal.h"

static void append_marker(GString *text, gboolean up, gboolean transactional, gboolean foreign_keys_off)
{
    g_string_append_printf(text, "-- migrate:%s%s%s\n", up ? "up" : "down", transactional ? "" : " transaction:false",
                           foreign_keys_off ? " foreign-keys:off" : "");
}

/* A line of a statement that looks like a marker would end its section. */
static gboolean check_lines(const PlanStatement *statement, GError **error)
{
    const char *texts[] = {statement->sql, statement->data};
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (texts[i] == NULL || !revision_has_marker(texts[i], strlen(texts[i])))
            continue;
        g_set_error(error, RUNTIME_ERROR, RUNTIME_ERROR_PLAN,
                    "a statement of line %d has a line that begins with '-- migrate:', which would be read as a marker",
                    statement->line);
        return FALSE;
    }
    return TRUE;
}

static void append_statement(const Dialect *dialect, GString *text, const PlanStatement *statement)
{
    if (dialect->append_statement != NULL)
        dialect->append_statement(text, statement->sql);
    else
        g_string_append_printf(text, "%s;\n", statement->sql);
    if (statement->data == NULL)
        return;
    g_string_append_len(text, statement->data, (gssize)statement->data_length);
    g_string_append_printf(text, "%s\\.\n", g_str_has_suffix(text->str, "\n") ? "" : "\n");
}

/* The section being written. */
typedef struct Written {
    const PlanGroup *group; /* NULL: none yet */
    gboolean transactional, keys_off;
} Written;

static gboolean goes_on(const Written *written, const Written *wanted, const Dialect *dialect)
{
    return written->group != NULL && written->transactional == wanted->transactional &&
           written->keys_off == wanted->keys_off &&
           (written->group == wanted->group || (wanted->transactional && commits_ddl(dialect)));
}

char *groups_to_sections(const Dialect *dialect, const GPtrArray *groups, gboolean up, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    Written written = {NULL, TRUE, FALSE};
    for (guint i = 0; i < groups->len; i++) {
        const PlanGroup *group = g_ptr_array_index(groups, i);
        for (guint j = 0; j < group->statements->len; j++) {
            const PlanStatement *statement = g_ptr_array_index(group->statements, j);
            /* Where DDL commits by itself, it is the statement that decides where it stands. */
            Written wanted = {group, group->transactional || (commits_ddl(dialect) && !group->alone),
                              statement->foreign_keys_off};
            if (!check_lines(statement, error))
                return NULL;
            if (!goes_on(&written, &wanted, dialect))
                append_marker(text, up, wanted.transactional, wanted.keys_off);
            written = wanted;
            append_statement(dialect, text, statement);
        }
    }
    if (written.group == NULL)
        append_marker(text, up, TRUE, FALSE);
    return g_strdup(text->str);
}

/* `reason` on one line, in the quotes of a marker. */
static char *irreversible(const char *reason)
{
    g_autoptr(GString) text = g_string_new("-- migrate:down irreversible:\"");
    for (const char *at = reason; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\')
            g_string_append_c(text, '\\');
        g_string_append_c(text, *at == '\n' || *at == '\r' ? ' ' : *at);
    }
    g_string_append(text, "\"\n");
    return g_strdup(text->str);
}

gboolean ops_has_direction(const Revision *revision, gboolean up)
{
    const cJSON *root = json_document_root(ops_document_json(revision->ops));
    return cJSON_GetObjectItemCaseSensitive(root, up ? "upgrade" : "downgrade") != NULL;
}

static GPtrArray *down_groups(const MigrationContext *context, const Revision *revision, SchemaState *state,
                              GError **error)
{
    g_autofree char *text = ops_document_canonical(revision->ops, FALSE);
    if (!schema_state_mark(state, text, error))
        return NULL;
    g_autoptr(GPtrArray) groups = ops_group(context, revision, FALSE, state, error);
    return schema_state_return(state, groups != NULL ? error : NULL) ? g_steal_pointer(&groups) : NULL;
}

char *ops_down_text(const MigrationContext *context, const Revision *revision, SchemaState *state)
{
    g_autoptr(GError) failure = NULL;
    if (!ops_has_direction(revision, FALSE))
        return g_strdup("");
    g_autoptr(GPtrArray) groups = down_groups(context, revision, state, &failure);
    g_autofree char *text = groups != NULL ? groups_to_sections(context->dialect, groups, FALSE, &failure) : NULL;
    return text != NULL ? g_steal_pointer(&text) : irreversible(failure->message);
}
