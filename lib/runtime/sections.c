#include <string.h>

#include "base/error.h"
#include "runtime/internal.h"

/* `text` is the section's, with empty lines before it so that lines count as in the file. */
static gboolean section_read(const StatementSource *source, const GString *text, GPtrArray *groups, PlanGroup *group,
                             GError **error)
{
    GError *failure = NULL;
    g_autoptr(GPtrArray) found = source->dialect->split(text->str, text->len, &failure);
    if (found == NULL) {
        g_propagate_prefixed_error(error, failure, "%s:", source->name);
        return FALSE;
    }
    for (guint i = 0; i < found->len; i++) {
        const SqlStatement *place = g_ptr_array_index(found, i);
        PlanStatement *statement = g_new0(PlanStatement, 1);
        statement->sql = g_strndup(text->str + place->start, place->length);
        if (place->has_data) {
            statement->data = g_strndup(text->str + place->data_start, place->data_length);
            statement->data_length = place->data_length;
        }
        statement->line = place->line;
        statement->column = place->column;
        if (!groups_add(groups, group, source, statement, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean section_group(const StatementSource *source, const Section *section, const GString *text,
                              GPtrArray *groups, GError **error)
{
    if (section->foreign_keys_off && !section->transactional) {
        g_set_error(error, RUNTIME_ERROR, RUNTIME_ERROR_PLAN,
                    "%s:%d: a section cannot be both foreign-keys:off and transaction:false: foreign keys are checked "
                    "before the transaction commits",
                    source->name, section->marker_line);
        return FALSE;
    }
    return section_read(source, text, groups, groups_open(groups, source), error);
}

GPtrArray *sections_group(const MigrationContext *context, const Revision *revision, gboolean up, const char *source,
                          int skip_lines, gboolean *found, GError **error)
{
    g_autoptr(GPtrArray) groups = groups_new();
    *found = FALSE;
    for (guint i = 0; i < revision->sections->len; i++) {
        const Section *section = g_ptr_array_index(revision->sections, i);
        if (section->up != up || !section_is_for(section, context->dialect->name))
            continue;
        *found = TRUE;
        int line = MAX(section->line - skip_lines, 1);
        g_autoptr(GString) text = g_string_new(NULL);
        for (int n = 1; n < line; n++)
            g_string_append_c(text, '\n');
        g_string_append_len(text, revision->text + section->start, (gssize)section->length);
        StatementSource place = {context->dialect,          source, section->up, section->transactional,
                                 section->foreign_keys_off, FALSE,  line};
        if (!section_group(&place, section, text, groups, error))
            return NULL;
    }
    groups_finish(groups);
    return g_steal_pointer(&groups);
}

/* Of the tokens of one direction's sections for this dialect. New string. */
static char *hash_direction(const Dialect *dialect, const Revision *revision, gboolean up)
{
    g_autofree char *hash = NULL;
    for (guint i = 0; i < revision->sections->len; i++) {
        const Section *section = g_ptr_array_index(revision->sections, i);
        if (section->up != up || !section_is_for(section, dialect->name))
            continue;
        g_autofree char *before = g_steal_pointer(&hash);
        g_autofree char *text = g_strndup(revision->text + section->start, section->length);
        hash = statement_chain(dialect, before, text);
    }
    return hash != NULL ? g_steal_pointer(&hash) : statement_chain(dialect, NULL, "");
}

char *sections_hash(const Dialect *dialect, const Revision *revision)
{
    return revision->is_ops ? ops_hash(revision) : hash_direction(dialect, revision, TRUE);
}

static gboolean is_same_direction(const Revision *before, const Revision *after, gboolean up)
{
    if (before->is_ops != after->is_ops)
        return FALSE;
    if (before->is_ops) {
        g_autofree char *old = ops_document_canonical(before->ops, up), *new = ops_document_canonical(after->ops, up);
        return strcmp(old, new) == 0;
    }
    for (guint i = 0; dialects[i] != NULL; i++) {
        g_autofree char *old = hash_direction(dialects[i], before, up), *new = hash_direction(dialects[i], after, up);
        if (strcmp(old, new) != 0)
            return FALSE;
    }
    return TRUE;
}

guint revision_changes(const Revision *before, const Revision *after)
{
    return (is_same_direction(before, after, TRUE) ? 0 : REVISION_CHANGE_UP) |
           (is_same_direction(before, after, FALSE) ? 0 : REVISION_CHANGE_DOWN);
}

char *sections_text(const Dialect *dialect, const Revision *revision, gboolean up)
{
    GString *text = NULL;
    for (guint i = 0; i < revision->sections->len; i++) {
        const Section *section = g_ptr_array_index(revision->sections, i);
        if (section->up != up || !section_is_for(section, dialect->name))
            continue;
        if (text == NULL)
            text = g_string_new(NULL);
        section_append_text(revision, section, text);
    }
    return text != NULL ? g_string_free(text, FALSE) : NULL;
}

const Section *sections_imported(const Dialect *dialect, const Revision *revision)
{
    for (guint i = 0; i < revision->sections->len; i++) {
        const Section *section = g_ptr_array_index(revision->sections, i);
        if (section->imported != NULL && section_is_for(section, dialect->name))
            return section;
    }
    return NULL;
}

const char *sections_irreversible(const Dialect *dialect, const Revision *revision)
{
    for (guint i = 0; i < revision->sections->len; i++) {
        const Section *section = g_ptr_array_index(revision->sections, i);
        if (!section->up && section->irreversible != NULL && section_is_for(section, dialect->name))
            return section->irreversible;
    }
    return NULL;
}
