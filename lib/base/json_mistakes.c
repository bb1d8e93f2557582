#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"

#define LISTED_MAX 100

typedef struct Mistake {
    guint document; /* documents in the order of their first mistake */
    int line, column;
    guint order;
    char *text;
} Mistake;

struct JsonMistakes {
    GArray *list;     /* Mistake, at most LISTED_MAX */
    GPtrArray *files; /* char* */
    guint count;
};

static void mistake_clear(gpointer mistake)
{
    g_free(((Mistake *)mistake)->text);
}

JsonMistakes *json_mistakes_new(void)
{
    JsonMistakes *mistakes = g_new0(JsonMistakes, 1);
    mistakes->list = g_array_new(FALSE, FALSE, sizeof(Mistake));
    g_array_set_clear_func(mistakes->list, mistake_clear);
    mistakes->files = g_ptr_array_new_with_free_func(g_free);
    return mistakes;
}

void json_mistakes_free(JsonMistakes *mistakes)
{
    if (!mistakes)
        return;
    g_array_unref(mistakes->list);
    g_ptr_array_unref(mistakes->files);
    g_free(mistakes);
}

static guint file_index(JsonMistakes *mistakes, const char *file)
{
    guint index = 0;
    if (!g_ptr_array_find_with_equal_func(mistakes->files, file, g_str_equal, &index)) {
        index = mistakes->files->len;
        g_ptr_array_add(mistakes->files, g_strdup(file));
    }
    return index;
}

/* Line and column out of "FILE:LINE:COLUMN". */
static void read_place(const char *place, gsize file_length, Mistake *mistake)
{
    if (place[file_length] != ':')
        return;
    char *end = NULL;
    mistake->line = (int)strtol(place + file_length + 1, &end, 10);
    mistake->column = *end == ':' ? (int)strtol(end + 1, NULL, 10) : 0;
}

void json_mistakes_add(JsonMistakes *mistakes, const JsonDocument *document, const cJSON *node, gboolean at_key,
                       const char *format, ...)
{
    /* Finding a place takes a walk through the text: not for mistakes that nobody will see. */
    if (++mistakes->count > LISTED_MAX)
        return;

    va_list arguments;
    va_start(arguments, format);
    g_autofree char *what = g_strdup_vprintf(format, arguments);
    va_end(arguments);

    g_autofree char *place = json_document_locate(document, node, at_key);
    g_autofree char *path = json_document_path(document, node);
    Mistake mistake = {.order = mistakes->count};
    mistake.document = file_index(mistakes, json_document_file(document));
    read_place(place, strlen(json_document_file(document)), &mistake);
    mistake.text = g_strdup_printf("%s: %s%s%s", place, path, *path ? ": " : "", what);
    g_array_append_val(mistakes->list, mistake);
}

guint json_mistakes_count(const JsonMistakes *mistakes)
{
    return mistakes->count;
}

void json_mistakes_check_keys(JsonMistakes *mistakes, const JsonDocument *document, const cJSON *node,
                              const char *const *known)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (const cJSON *child = cJSON_IsObject(node) ? node->child : NULL; child; child = child->next) {
        if (!g_hash_table_add(seen, child->string))
            json_mistakes_add(mistakes, document, child, TRUE, "the key '%s' stands twice in this object",
                              child->string);
        else if (!g_strv_contains(known, child->string)) {
            const char *nearest = text_nearest(child->string, known, -1);
            if (nearest)
                json_mistakes_add(mistakes, document, child, TRUE, "unknown key '%s', did you mean '%s'?",
                                  child->string, nearest);
            else
                json_mistakes_add(mistakes, document, child, TRUE, "unknown key '%s'", child->string);
        }
    }
}

static int compare_mistakes(gconstpointer a, gconstpointer b)
{
    const Mistake *x = a, *y = b;
    if (x->document != y->document)
        return x->document < y->document ? -1 : 1;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    if (x->column != y->column)
        return x->column < y->column ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

gboolean json_mistakes_finish(JsonMistakes *mistakes, GQuark domain, int code, GError **error)
{
    if (mistakes->count == 0)
        return TRUE;

    g_autoptr(GString) text = g_string_new(NULL);
    g_array_sort(mistakes->list, compare_mistakes);
    for (guint i = 0; i < mistakes->list->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? "\n" : "", g_array_index(mistakes->list, Mistake, i).text);
    if (mistakes->count > LISTED_MAX)
        g_string_append_printf(text, "\n… and %u more", mistakes->count - LISTED_MAX);
    g_set_error_literal(error, domain, code, text->str);
    return FALSE;
}
