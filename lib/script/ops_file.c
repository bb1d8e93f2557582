#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "script/internal.h"

/* A header while it is read; mistakes are collected. */
typedef struct OpsHeader {
    const JsonDocument *document;
    JsonMistakes *mistakes;
    Revision *revision;
} OpsHeader;

static const cJSON *header_get(const OpsHeader *header, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(json_document_root(header->document), key);
}

static void mistake(const OpsHeader *header, const cJSON *node, const char *what)
{
    json_mistakes_add(header->mistakes, header->document, node, FALSE, "%s", what);
}

/* ---- names ---- */

static void read_name(const OpsHeader *header, const cJSON *node, gboolean is_id, GPtrArray *list)
{
    g_autoptr(GError) problem = NULL;
    if (!cJSON_IsString(node)) {
        mistake(header, node, "a string is expected");
        return;
    }
    const char *name = node->valuestring;
    if (!(is_id ? revision_id_check(name, &problem) : branch_label_check(name, &problem)))
        mistake(header, node, problem->message);
    else if (g_ptr_array_find_with_equal_func(list, name, g_str_equal, NULL))
        json_mistakes_add(header->mistakes, header->document, node, FALSE, "'%s' stands twice", name);
    else
        g_ptr_array_add(list, g_strdup(name));
}

/* null, one name, or a list of them: each key is written so in Alembic. */
static void read_names(const OpsHeader *header, const char *key, gboolean is_id, GPtrArray *list)
{
    const cJSON *node = header_get(header, key);
    if (node == NULL || cJSON_IsNull(node))
        return;
    if (cJSON_IsString(node))
        read_name(header, node, is_id, list);
    else if (!cJSON_IsArray(node))
        mistake(header, node, "null, a string or a list of strings is expected");
    else
        for (const cJSON *item = node->child; item != NULL; item = item->next)
            read_name(header, item, is_id, list);
}

/* ---- texts ---- */

static void read_id(const OpsHeader *header)
{
    const cJSON *node = header_get(header, "revision");
    g_autoptr(GError) problem = NULL;
    if (node == NULL)
        mistake(header, json_document_root(header->document), "there is no \"revision\"");
    else if (!cJSON_IsString(node))
        mistake(header, node, "a string is expected: the revision's id");
    else if (!revision_id_check(node->valuestring, &problem))
        mistake(header, node, problem->message);
    else
        header->revision->id = g_strdup(node->valuestring);
}

/* A text, or a list of its lines. */
static void read_message(const OpsHeader *header)
{
    const cJSON *node = header_get(header, "message"), *item;
    if (node == NULL || cJSON_IsNull(node))
        return;
    g_autoptr(GString) text = g_string_new(cJSON_IsString(node) ? node->valuestring : NULL);
    if (!cJSON_IsString(node) && !cJSON_IsArray(node))
        mistake(header, node, "a string, or a list of lines, is expected");
    for (item = cJSON_IsArray(node) ? node->child : NULL; item != NULL; item = item->next) {
        if (cJSON_IsString(item))
            g_string_append_printf(text, "%s%s", item != node->child ? "\n" : "", item->valuestring);
        else
            mistake(header, item, "a string is expected: a line of the message");
    }
    g_free(header->revision->message);
    header->revision->message = g_strdup(g_strstrip(text->str));
}

static void read_created(const OpsHeader *header)
{
    const cJSON *node = header_get(header, "create_date");
    if (node == NULL || cJSON_IsNull(node))
        return;
    if (!cJSON_IsString(node))
        mistake(header, node, "a string is expected: a time as \"2026-11-21T08:15:00Z\"");
    else if (*node->valuestring != '\0')
        header->revision->created = g_strdup(node->valuestring);
}

static gboolean check_ops(const OpsHeader *header, const char *key)
{
    const cJSON *node = header_get(header, key);
    if (node != NULL && !cJSON_IsArray(node))
        mistake(header, node, "a list of operations is expected");
    return node != NULL;
}

/* ---- the file ---- */

static Revision *read_document(const char *path, const JsonDocument *document, GError **error)
{
    static const char *const known[] = {"revision",    "down_revision", "branch_labels", "depends_on", "message",
                                        "create_date", "upgrade",       "downgrade",     NULL};
    g_autoptr(JsonMistakes) mistakes = json_mistakes_new();
    g_autoptr(Revision) revision = revision_new(path);
    revision->is_ops = TRUE;
    OpsHeader header = {document, mistakes, revision};
    json_mistakes_check_keys(mistakes, document, json_document_root(document), known);
    read_id(&header);
    read_names(&header, "down_revision", TRUE, revision->down_revisions);
    read_names(&header, "branch_labels", FALSE, revision->branch_labels);
    read_names(&header, "depends_on", FALSE, revision->depends_on);
    read_message(&header);
    read_created(&header);
    gboolean up = check_ops(&header, "upgrade"), down = check_ops(&header, "downgrade");
    if (!up && !down)
        mistake(&header, json_document_root(document), "there is neither \"upgrade\" nor \"downgrade\"");
    return json_mistakes_finish(mistakes, SCRIPT_ERROR, SCRIPT_ERROR_FILE, error) ? g_steal_pointer(&revision) : NULL;
}

/* What has no "revision" is somebody else's, unless it looks like a revision without its id. */
static gboolean is_foreign(const cJSON *root)
{
    return !cJSON_IsObject(root) || (cJSON_GetObjectItemCaseSensitive(root, "revision") == NULL &&
                                     (cJSON_GetObjectItemCaseSensitive(root, "down_revision") == NULL ||
                                      cJSON_GetObjectItemCaseSensitive(root, "upgrade") == NULL));
}

Revision *ops_header_parse(const char *path, const char *text, gsize length, gboolean *foreign, GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autoptr(JsonDocument) document = json_document_parse(path, text, length, &problem);
    if (document == NULL && foreign != NULL && g_strstr_len(text, (gssize)length, "\"revision\"") == NULL) {
        log_warning("passed over what cannot be read as JSON: %s", problem->message);
        *foreign = TRUE;
        return NULL;
    }
    if (document == NULL) {
        g_set_error_literal(error, SCRIPT_ERROR, SCRIPT_ERROR_FILE, problem->message);
        return NULL;
    }
    if (foreign != NULL && is_foreign(json_document_root(document))) {
        *foreign = TRUE;
        return NULL;
    }
    return read_document(path, document, error);
}

Revision *ops_header_read_block(const char *path, const char *text, gsize length)
{
    static const char *const operations[] = {"upgrade", "downgrade", NULL};
    static const char *const header[] = {"revision", "down_revision", "branch_labels", "depends_on", "message"};
    gsize end = json_find_key(text, length, operations);
    g_autofree char *cut = g_strdup_printf("%.*s\"upgrade\": []}", (int)end, text);
    g_autoptr(JsonDocument) document = end > 0 ? json_document_parse(path, cut, strlen(cut), NULL) : NULL;
    for (guint i = 0; document != NULL && i < G_N_ELEMENTS(header); i++)
        if (cJSON_GetObjectItemCaseSensitive(json_document_root(document), header[i]) == NULL)
            return NULL;
    return document != NULL ? read_document(path, document, NULL) : NULL;
}

gboolean ops_file_is(const char *path)
{
    return g_str_has_suffix(path, ".json");
}

Revision *ops_header_read(const FileTree *tree, const char *path, gboolean *foreign, GError **error)
{
    g_autofree char *text = NULL;
    gsize length = 0;
    return file_tree_read(tree, path, &text, &length, error) ? ops_header_parse(path, text, length, foreign, error)
                                                             : NULL;
}
