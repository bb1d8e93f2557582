/* The skeleton of new revision files that a person keeps, as Alembic's script.py.mako. */
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "script/internal.h"

enum { PLACE_HEADER, PLACE_UPGRADE, PLACE_DOWNGRADE, PLACE_COUNT };

/* A line of the skeleton and what stands there in its place. */
typedef struct Place {
    const char *line;
    char *text;
} Place;

static gboolean skeleton_fail(const char *file, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);
static gboolean skeleton_fail(const char *file, GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *problem = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_FILE, "skeleton of new revisions '%s': %s", file, problem);
    return FALSE;
}

static char *piece(const char *text, gsize start, gsize end)
{
    return g_strchomp(g_strndup(text + start, end - start));
}

/* Cuts the text of a revision at its first marker, and at the first one that leads down. */
static void cut_sections(const char *text, const GPtrArray *sections, Place places[PLACE_COUNT])
{
    gsize length = strlen(text), up = length, down = length, rest;
    int down_line = 0;
    for (guint i = sections->len; i > 0; i--) {
        const Section *section = g_ptr_array_index(sections, i - 1);
        if (!section->up)
            down_line = section->marker_line;
    }
    for (Line line = {0}; line_next(text, length, &line);) {
        if (!line_is_marker(text, &line, &rest))
            continue;
        up = MIN(up, line.start);
        if (line.number == down_line)
            down = line.start;
    }
    places[PLACE_HEADER].text = piece(text, 0, up);
    places[PLACE_UPGRADE].text = piece(text, up, down);
    places[PLACE_DOWNGRADE].text = piece(text, down, length);
}

/* The skeleton with the places filled in; each has to be there once, on a line of its own. */
static char *fill_in(const char *file, const char *skeleton, const Place *places, guint n, GError **error)
{
    g_auto(GStrv) lines = g_strsplit(skeleton, "\n", -1);
    guint seen[PLACE_COUNT] = {0};
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; lines[i] != NULL; i++) {
        g_autofree char *word = g_strstrip(g_strdup(lines[i]));
        guint place = 0;
        while (place < n && strcmp(word, places[place].line) != 0)
            place++;
        if (place < n)
            seen[place]++;
        g_string_append(text, place < n ? places[place].text : lines[i]);
        if (lines[i + 1] != NULL)
            g_string_append_c(text, '\n');
    }
    for (guint place = 0; place < n; place++)
        if (seen[place] != 1) {
            skeleton_fail(file, error, "the line %s has to stand in it once, alone, not %s", places[place].line,
                          seen[place] == 0 ? "never" : "several times");
            return NULL;
        }
    return g_strdup(text->str);
}

static gboolean same_words(const GPtrArray *a, const GPtrArray *b)
{
    gboolean same = a->len == b->len;
    for (guint i = 0; same && i < a->len; i++)
        same = strcmp(g_ptr_array_index(a, i), g_ptr_array_index(b, i)) == 0;
    return same;
}

static gboolean check_sql(const char *file, const char *path, const char *text, const Revision *meant, GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autoptr(Revision) read = revision_parse(path, text, strlen(text), &problem);
    if (read == NULL)
        return skeleton_fail(file, error, "the revision would not be one: %s", problem->message);
    return (strcmp(read->id, meant->id) == 0 && strcmp(read->message, meant->message) == 0 &&
            same_words(read->down_revisions, meant->down_revisions) &&
            same_words(read->branch_labels, meant->branch_labels) && same_words(read->depends_on, meant->depends_on) &&
            read->sections->len >= meant->sections->len) ||
           skeleton_fail(file, error, "it changes the header or the sections of the revision");
}

static char *apply_sql(const char *file, const char *skeleton, const char *path, const char *text, GError **error)
{
    Place places[PLACE_COUNT] = {{.line = "@HEADER@"}, {.line = "@UPGRADE@"}, {.line = "@DOWNGRADE@"}};
    g_autoptr(Revision) meant = revision_parse(path, text, strlen(text), error);
    if (meant == NULL)
        return NULL;
    cut_sections(text, meant->sections, places);
    g_autofree char *filled = fill_in(file, skeleton, places, PLACE_COUNT, error);
    for (guint i = 0; i < PLACE_COUNT; i++)
        g_free(places[i].text);
    return filled != NULL && check_sql(file, path, filled, meant, error) ? g_steal_pointer(&filled) : NULL;
}

static char *apply_ops(const char *file, const char *skeleton, const char *path, const char *text, GError **error)
{
    g_autofree char *object = piece(text, 0, strlen(text));
    const Place place = {.line = "@REVISION@", .text = object};
    g_autofree char *filled = fill_in(file, skeleton, &place, 1, error);
    g_autoptr(GError) problem = NULL;
    g_autoptr(JsonDocument) meant = json_document_parse(path, text, strlen(text), error);
    if (filled == NULL || meant == NULL)
        return NULL;
    g_autoptr(JsonDocument) read = json_document_parse(path, filled, strlen(filled), &problem);
    if (read == NULL) {
        skeleton_fail(file, error, "only comments may stand around %s: %s", place.line, problem->message);
        return NULL;
    }
    if (!cJSON_Compare(json_document_root(read), json_document_root(meant), TRUE)) {
        skeleton_fail(file, error, "only comments may stand around %s", place.line);
        return NULL;
    }
    return g_steal_pointer(&filled);
}

char *skeleton_apply(const ScriptDirectory *directory, gboolean is_ops, const char *path, const char *text,
                     GError **error)
{
    g_autofree char *file = g_build_filename(directory->location, is_ops ? SKELETON_OPS : SKELETON_SQL, NULL);
    g_autofree char *skeleton = NULL;
    gsize length = 0;
    GError *problem = NULL;
    if (!file_read_text(file, &skeleton, &length, &problem)) {
        if (g_error_matches(problem, BASE_ERROR, BASE_ERROR_NOT_FOUND)) {
            g_error_free(problem);
            return g_strdup(text);
        }
        g_propagate_prefixed_error(error, problem, "skeleton of new revisions: ");
        return NULL;
    }
    return is_ops ? apply_ops(file, skeleton, path, text, error) : apply_sql(file, skeleton, path, text, error);
}
