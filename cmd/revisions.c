#include "revisions.h"

#include <stdio.h>

#include "base/text.h"
#include "output.h"

char *revision_parents_text(const Revision *revision)
{
    return revision->down_revisions->len ? text_list(revision->down_revisions, ", ") : g_strdup("<base>");
}

char *revision_marks(const Revision *revision, gboolean is_current)
{
    GString *marks = g_string_new(NULL);
    if (revision->branch_labels->len) {
        g_autofree char *labels = text_list(revision->branch_labels, ", ");
        g_string_append_printf(marks, " (%s)", labels);
    }
    if (is_current)
        g_string_append(marks, " (current)");
    if (revision_is_head(revision))
        g_string_append(marks, " (head)");
    if (revision->children && revision->children->len > 1)
        g_string_append(marks, " (branchpoint)");
    if (revision_is_merge(revision))
        g_string_append(marks, " (mergepoint)");
    return g_string_free(marks, FALSE);
}

void revision_print_details(const Revision *revision, gboolean is_current)
{
    g_autofree char *parents = revision_parents_text(revision);
    g_autofree char *marks = revision_marks(revision, is_current);
    printf("Rev: %s%s\nParent: %s\n", revision->id, marks, parents);
    if (revision->depends_on->len) {
        g_autofree char *depends_on = text_list(revision->depends_on, ", ");
        printf("Depends on: %s\n", depends_on);
    }
    printf("Path: %s\n", revision->path);
    if (revision->created)
        printf("Created: %s\n", revision->created);
    printf("\n    %s\n\n", revision->message);
}

cJSON *revision_to_json(const Revision *revision)
{
    cJSON *item = cJSON_CreateObject();
    json_add_string(item, "revision", revision->id);
    cJSON_AddItemToObject(item, "down_revision", json_string_array_of(revision->down_revisions));
    cJSON_AddItemToObject(item, "branch_labels", json_string_array_of(revision->branch_labels));
    cJSON_AddItemToObject(item, "depends_on", json_string_array_of(revision->depends_on));
    json_add_string(item, "message", revision->message);
    json_add_string(item, "create_date", revision->created);
    json_add_string(item, "path", revision->path);
    cJSON_AddBoolToObject(item, "is_head", revision_is_head(revision));
    return item;
}

cJSON *revision_ids_to_json(const GPtrArray *revisions)
{
    cJSON *ids = cJSON_CreateArray();
    for (guint i = 0; i < revisions->len; i++)
        cJSON_AddItemToArray(ids, cJSON_CreateString(((const Revision *)revisions->pdata[i])->id));
    return ids;
}
