/* What parses prints as text that parses to the same print; every node has a place and a path. */
#include <string.h>

#include "base/json.h"
#include "fuzz.h"

static void visit(JsonDocument *document, const cJSON *node, guint *left)
{
    if ((*left)-- == 0)
        return;
    g_autofree char *place = json_document_locate(document, node, TRUE);
    g_autofree char *path = json_document_path(document, node);
    g_autofree char *number = json_document_number_text(document, node);
    promise(path && g_str_has_prefix(place, "f.json:"));
    promise((number != NULL) == (cJSON_IsNumber(node) != 0));
    for (const cJSON *child = node->child; child && *left > 0; child = child->next)
        visit(document, child, left);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const known[] = {"tables", "name", NULL};
    g_autoptr(GError) error = NULL, again_error = NULL;
    g_autoptr(JsonDocument) document = json_document_parse("f.json", (const char *)data, size, &error);
    promise_one(document, error);
    if (!document) {
        promise(g_str_has_prefix(error->message, "f.json:") && g_utf8_validate(error->message, -1, NULL));
        return 0;
    }
    guint left = 50;
    visit(document, json_document_root(document), &left);

    g_autoptr(JsonMistakes) mistakes = json_mistakes_new();
    json_mistakes_check_keys(mistakes, document, json_document_root(document), known);
    g_autoptr(GError) listed = NULL;
    promise(json_mistakes_finish(mistakes, g_quark_from_static_string("fuzz"), 0, &listed) ==
            (json_mistakes_count(mistakes) == 0));

    g_autofree char *printed = json_print(json_document_root(document));
    g_autoptr(JsonDocument) again = json_document_parse("again", printed, strlen(printed), &again_error);
    promise(again);
    g_autofree char *printed_again = json_print(json_document_root(again));
    promise(strcmp(printed, printed_again) == 0);
    return 0;
}
