#include "support/git_answers.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Repository *git_tests_open(const char *path)
{
    g_autoptr(GError) error = NULL;
    Repository *repository = repository_open(path, &error);
    if (!repository)
        g_error("%s", error->message);
    return repository;
}

static char *says(const char *folder, const char *format, va_list arguments)
{
    g_autofree char *what = g_strdup_vprintf(format, arguments), *quoted = g_shell_quote(folder);
    g_autofree char *line = g_strdup_printf("git -C %s %s", quoted, what), *shell_line = g_shell_quote(line);
    g_autofree char *command = g_strdup_printf("sh -c %s", shell_line);
    char *output = NULL;
    g_autofree char *errors = NULL;
    int status = 0;
    g_autoptr(GError) error = NULL;
    if (!g_spawn_command_line_sync(command, &output, &errors, &status, &error))
        g_error("%s: %s", line, error->message);
    if (status != 0) {
        fprintf(stderr, "%s: %s\n", line, errors);
        exit(1);
    }
    return g_strchomp(output);
}

char *git_says(const char *folder, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *output = says(folder, format, arguments);
    va_end(arguments);
    return output;
}

GStrv git_lines(const char *folder, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *output = says(folder, format, arguments);
    va_end(arguments);
    return *output ? g_strsplit(output, "\n", -1) : g_new0(char *, 1);
}

/* ---- at random ---- */

typedef struct Node {
    git_oid commit;
    GHashTable *files; /* path -> content, with 'x' in front where it is executable, else '-' */
    guint branch;
} Node;

static const char *const branch_names[] = {"main", "b0", "b1", "b2", "b3"};
static const char *const paths[] = {"db/versions/a.sql",
                                    "db/versions/b.sql",
                                    "db/versions/c.sql",
                                    "db/versions/d.sql",
                                    "db/versions/e.sql",
                                    "db/versions/sub/a.sql",
                                    "db/versions/sub/f.sql",
                                    "db/other/a.sql",
                                    "db/other/g.sql",
                                    "db/versions.sql",
                                    "src/a.c",
                                    "src/b.c",
                                    "a.sql",
                                    "README"};

static guint below(GRand *random, guint n)
{
    return (guint)g_rand_int_range(random, 0, (gint32)n);
}

static gboolean one_in(GRand *random, guint n)
{
    return below(random, n) == 0;
}

static GHashTable *files_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
}

static void files_add(gpointer path, gpointer content, gpointer files)
{
    g_hash_table_insert(files, path, g_strdup(content));
}

static void change_files(GRand *random, GHashTable *files)
{
    for (guint n = below(random, 3); n > 0; n--) {
        const char *path = paths[below(random, G_N_ELEMENTS(paths))],
                   *other = paths[below(random, G_N_ELEMENTS(paths))];
        const char *content = g_hash_table_lookup(files, path), *moved = g_hash_table_lookup(files, other);
        guint what = below(random, 10);
        if (what < 2) {
            g_hash_table_remove(files, path);
        } else if (what == 2 && content) {
            g_hash_table_insert(files, (gpointer)path,
                                g_strdup_printf("%c%s", *content == 'x' ? '-' : 'x', content + 1));
        } else if (what < 5 && moved && path != other) {
            g_hash_table_insert(files, (gpointer)path, g_strdup(moved));
            g_hash_table_remove(files, other);
        } else {
            g_hash_table_insert(files, (gpointer)path, g_strdup_printf("-text %u\n", below(random, 8)));
        }
    }
}

/* Each file from either side, or from neither. */
static void merge_files(GRand *random, GHashTable *files, GHashTable *theirs)
{
    for (guint i = 0; i < G_N_ELEMENTS(paths); i++) {
        const char *content = g_hash_table_lookup(theirs, paths[i]);
        if (one_in(random, 12))
            g_hash_table_insert(files, (gpointer)paths[i], g_strdup("-of a merge\n"));
        else if (one_in(random, 2) && content)
            g_hash_table_insert(files, (gpointer)paths[i], g_strdup(content));
        else if (one_in(random, 2) && !content)
            g_hash_table_remove(files, paths[i]);
    }
}

static git_oid write_files(GitFixture *fixture, GHashTable *files)
{
    git_index *index = NULL;
    git_must(git_index_new(&index));
    GHashTableIter iter;
    gpointer path, content;
    g_hash_table_iter_init(&iter, files);
    while (g_hash_table_iter_next(&iter, &path, &content)) {
        const char *text = content;
        git_index_entry entry = {.path = path, .mode = *text == 'x' ? GIT_FILEMODE_BLOB_EXECUTABLE : GIT_FILEMODE_BLOB};
        git_must(git_blob_create_from_buffer(&entry.id, fixture->git, text + 1, strlen(text + 1)));
        git_must(git_index_add(index, &entry));
    }
    git_oid tree;
    git_must(git_index_write_tree_to(&tree, index, fixture->git));
    git_index_free(index);
    return tree;
}

static const Node *tip_of(const GArray *nodes, guint branch)
{
    for (guint i = nodes->len; i-- > 0;)
        if (g_array_index(nodes, Node, i).branch == branch)
            return &g_array_index(nodes, Node, i);
    return NULL;
}

static void add_random_commit(GitFixture *fixture, GRand *random, GArray *nodes)
{
    Node node = {.files = files_new(), .branch = below(random, G_N_ELEMENTS(branch_names))};
    const Node *tip = tip_of(nodes, node.branch);
    if (!tip && nodes->len > 0 && !one_in(random, 10))
        tip = &g_array_index(nodes, Node, below(random, nodes->len));
    git_oid parents[3];
    guint n = 0;
    if (tip) {
        parents[n++] = tip->commit;
        g_hash_table_foreach(tip->files, files_add, node.files);
    }
    while (n > 0 && n < G_N_ELEMENTS(parents) && one_in(random, 4)) {
        const Node *other = &g_array_index(nodes, Node, below(random, nodes->len));
        if (git_oid_equal(&other->commit, &parents[0]) || git_oid_equal(&other->commit, &parents[n - 1]))
            continue;
        merge_files(random, node.files, other->files);
        parents[n++] = other->commit;
    }
    if (n < 2)
        change_files(random, node.files);
    fixture->date -= one_in(random, 8) ? 600 : 0;
    git_oid tree = write_files(fixture, node.files);
    node.commit = git_fixture_commit_tree(fixture, &tree, parents, n, "at random");
    g_array_append_val(nodes, node);
}

void git_random_history(GitFixture *fixture, guint seed, guint commits)
{
    GRand *random = g_rand_new_with_seed(seed);
    GArray *nodes = g_array_new(FALSE, FALSE, sizeof(Node));
    while (nodes->len < commits)
        add_random_commit(fixture, random, nodes);
    for (guint i = 0; i < G_N_ELEMENTS(branch_names); i++) {
        const Node *tip = tip_of(nodes, i);
        if (!tip)
            continue;
        git_reference *reference = NULL;
        g_autofree char *name = g_strconcat("refs/heads/", branch_names[i], NULL);
        git_must(git_reference_create(&reference, fixture->git, name, &tip->commit, TRUE, NULL));
        git_reference_free(reference);
    }
    for (guint i = 0; i < nodes->len; i++)
        g_hash_table_unref(g_array_index(nodes, Node, i).files);
    g_array_unref(nodes);
    g_rand_free(random);
}

static gint compare_lines(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char *git_sorted(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(GPtrArray) array = g_ptr_array_new();
    for (char **line = lines; *line; line++)
        if (**line)
            g_ptr_array_add(array, *line);
    g_ptr_array_sort(array, compare_lines);
    g_ptr_array_add(array, NULL);
    return g_strjoinv("\n", (char **)array->pdata);
}
