#include "revision_contents.h"

#include "base/text.h"

void revision_format_clear(RevisionFormat *format)
{
    g_clear_pointer(&format->dialects, g_ptr_array_unref);
}

void revision_contents_clear(RevisionContents *contents)
{
    g_clear_pointer(&contents->sections, g_ptr_array_unref);
    g_clear_pointer(&contents->blocks, g_ptr_array_unref);
    g_clear_pointer(&contents->texts, g_ptr_array_unref);
    g_clear_pointer(&contents->upgrade_notes, g_ptr_array_unref);
    g_clear_pointer(&contents->downgrade_notes, g_ptr_array_unref);
    g_clear_pointer(&contents->upgrade, cJSON_Delete);
    g_clear_pointer(&contents->downgrade, cJSON_Delete);
}

gboolean contents_say_something(const RevisionContents *contents)
{
    return (contents->sections && contents->sections->len > 0) || (contents->upgrade && contents->upgrade->child);
}

static void add_operations(const Revision *revision, FileNames *names)
{
    const cJSON *root = json_document_root(ops_document_json(revision->ops));
    const cJSON *operations = cJSON_GetObjectItemCaseSensitive(root, "upgrade");
    for (const cJSON *operation = operations ? operations->child : NULL; operation; operation = operation->next)
        file_names_add_operation(names, operation);
}

static gboolean add_sections(const Revision *revision, const Dialect *dialect, FileNames *names, GError **error)
{
    for (guint i = 0; i < revision->sections->len; i++) {
        const Section *section = revision->sections->pdata[i];
        if (section->up && section_is_for(section, dialect->name) &&
            !file_names_add_sql(names, revision->path, revision->text + section->start, section->length, error))
            return FALSE;
    }
    return TRUE;
}

FileNames *read_file_names(const Invocation *invocation, const Dialect *dialect, GError **error)
{
    g_autoptr(FileNames) names = file_names_new(dialect);
    RevisionMap *map = script_directory_map(invocation->directory, error);
    const GPtrArray *revisions = map ? revision_map_all(map) : NULL;
    for (guint i = 0; revisions && i < revisions->len; i++) {
        Revision *revision = revisions->pdata[i];
        if (!revision_load(revision, error) || (!revision->is_ops && !add_sections(revision, dialect, names, error)))
            return NULL;
        if (revision->is_ops)
            add_operations(revision, names);
    }
    return map ? g_steal_pointer(&names) : NULL;
}

void log_doubts(const Dialect *dialect, const GPtrArray *doubts)
{
    for (guint i = 0; i < doubts->len; i++)
        log_warning("downgrade on %s: %s: read it before you trust it", dialect->name, (char *)doubts->pdata[i]);
}

void log_unknown(const Dialect *compared, const Dialect *dialect, const GPtrArray *unknown)
{
    if (unknown->len == 0)
        return;
    g_autofree char *list = text_list(unknown, ", ");
    log_warning("%s: comments that no revision tells, and that %s does not store: %s: write them into this revision by "
                "hand, or run 'migrate revision --autogenerate' there",
                dialect->name, compared->name, list);
}
