/*
 * graph-answers FOLDER…: answers the questions that alembic_graph.py wrote into each folder, in the same words, into
 * the file `ours` there. A program beside the real one, because there are a hundred thousand questions.
 */
#include <stdio.h>
#include <string.h>

#include "script/script.h"

typedef struct Question {
    const char *kind, *spec;
    char **rows; /* the version rows */
} Question;

static gint compare_strings(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void add_ids(GString *answer, const GPtrArray *revisions)
{
    for (guint i = 0; i < revisions->len; i++)
        g_string_append_printf(answer, "%s%s", answer->len > 0 ? " " : "",
                               ((const Revision *)g_ptr_array_index(revisions, i))->id);
}

/* The ids in strcmp's order. */
static void add_sorted(GString *answer, const GPtrArray *revisions)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    for (guint i = 0; i < revisions->len; i++)
        g_ptr_array_add(ids, ((const Revision *)g_ptr_array_index(revisions, i))->id);
    g_ptr_array_sort(ids, compare_strings);
    for (guint i = 0; i < ids->len; i++)
        g_string_append_printf(answer, "%s%s", answer->len > 0 ? " " : "", (const char *)g_ptr_array_index(ids, i));
}

/* The version rows when the steps of `path` are done, behind "|". */
static void add_rows(GString *answer, const RevisionMap *map, const GPtrArray *path, gboolean up, char **current)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; current[i] != NULL; i++)
        g_ptr_array_add(rows, g_strdup(current[i]));
    for (guint i = 0; i < path->len; i++) {
        g_autoptr(GPtrArray) gone = NULL;
        g_autoptr(GPtrArray) new = NULL;
        g_ptr_array_add(rows, NULL);
        revision_map_head_change(map, g_ptr_array_index(path, i), up, (const char *const *)rows->pdata, &gone, &new);
        g_ptr_array_remove_index(rows, rows->len - 1);
        guint at = 0;
        for (guint k = 0; k < gone->len; k++)
            if (g_ptr_array_find_with_equal_func(rows, g_ptr_array_index(gone, k), g_str_equal, &at))
                g_ptr_array_remove_index(rows, at);
        for (guint k = 0; k < new->len; k++)
            g_ptr_array_add(rows, g_strdup(g_ptr_array_index(new, k)));
    }
    g_ptr_array_sort(rows, compare_strings);
    g_string_append(answer, answer->len > 0 ? " |" : "|");
    for (guint i = 0; i < rows->len; i++)
        g_string_append_printf(answer, " %s", (const char *)g_ptr_array_index(rows, i));
}

static gboolean is_branch_point(const Revision *revision)
{
    return revision->children->len > 1;
}

static GPtrArray *branch_points(const RevisionMap *map)
{
    GPtrArray *found = g_ptr_array_new();
    const GPtrArray *all = revision_map_all(map);
    for (guint i = 0; i < all->len; i++)
        if (is_branch_point(g_ptr_array_index(all, i)))
            g_ptr_array_add(found, g_ptr_array_index(all, i));
    return found;
}

static gboolean answer_about_all(const RevisionMap *map, const Question *question, GString *answer)
{
    g_autoptr(GPtrArray) found = NULL;
    if (strcmp(question->kind, "heads") == 0)
        found = revision_map_heads(map);
    else if (strcmp(question->kind, "bases") == 0)
        found = revision_map_bases(map);
    else if (strcmp(question->kind, "real_heads") == 0)
        found = revision_map_real_heads(map);
    else if (strcmp(question->kind, "branch_points") == 0)
        found = branch_points(map);
    else
        return FALSE;
    add_sorted(answer, found);
    return TRUE;
}

static gboolean answer(const RevisionMap *map, const Question *question, GString *text, GError **error)
{
    if (answer_about_all(map, question, text))
        return TRUE;
    const char *const *rows = (const char *const *)question->rows;
    gboolean up = strcmp(question->kind, "upgrade") == 0;
    g_autoptr(GPtrArray) path = NULL;
    if (strcmp(question->kind, "current") == 0) {
        path = revision_map_all_current(map, rows, error);
        if (path != NULL)
            add_sorted(text, path);
    } else if (strcmp(question->kind, "history") == 0) {
        path = revision_map_range(map, question->spec, rows, error);
        if (path != NULL)
            add_ids(text, path);
    } else if (strcmp(question->kind, "stamp") == 0) {
        path = revision_map_stamp_targets(map, question->spec, rows, error);
        g_string_append(text, "|");
        if (path != NULL)
            add_sorted(text, path);
    } else if (up || strcmp(question->kind, "downgrade") == 0) {
        path = up ? revision_map_upgrade_path(map, question->spec, rows, error)
                  : revision_map_downgrade_path(map, question->spec, rows, error);
        if (path != NULL) {
            add_ids(text, path);
            add_rows(text, map, path, up, question->rows);
        }
    } else {
        g_string_append_printf(text, "?%s", question->kind);
        return TRUE;
    }
    return path != NULL;
}

static gboolean answer_line(const RevisionMap *map, const char *line, FILE *output)
{
    g_auto(GStrv) fields = g_strsplit(line, "\t", 3);
    if (g_strv_length(fields) != 3)
        return FALSE;
    g_auto(GStrv) rows = *fields[1] != '\0' ? g_strsplit(fields[1], " ", -1) : g_new0(char *, 1);
    Question question = {.kind = fields[0], .rows = rows, .spec = fields[2]};
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    if (!answer(map, &question, text, &error)) {
        g_autofree char *message = g_strdelimit(g_strdup(error->message), "\n\t", ' ');
        g_string_printf(text, "!%s", message);
    }
    fprintf(output, "%s\n", text->str);
    return TRUE;
}

static gboolean answer_folder(const char *folder)
{
    g_autofree char *location = g_build_filename(folder, "migrations", NULL);
    g_autofree char *questions_path = g_build_filename(folder, "questions", NULL);
    g_autofree char *ours_path = g_build_filename(folder, "ours", NULL);
    g_autofree char *questions = NULL;
    g_autoptr(GError) error = NULL;
    ScriptDirectoryOptions options = {.location = location};
    g_autoptr(ScriptDirectory) directory = script_directory_open(&options, &error);
    RevisionMap *map = directory != NULL ? script_directory_map(directory, &error) : NULL;
    if (map == NULL || !g_file_get_contents(questions_path, &questions, NULL, &error)) {
        fprintf(stderr, "%s: %s\n", folder, error->message);
        return FALSE;
    }
    FILE *output = fopen(ours_path, "we");
    if (output == NULL)
        return FALSE;
    g_auto(GStrv) lines = g_strsplit(questions, "\n", -1);
    gboolean good = TRUE;
    for (guint i = 0; lines[i] != NULL && good; i++)
        good = *lines[i] == '\0' || answer_line(map, lines[i], output);
    return fclose(output) == 0 && good;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (!answer_folder(argv[i]))
            return 1;
    return 0;
}
