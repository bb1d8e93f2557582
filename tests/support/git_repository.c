#include "support/git_repository.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_DATE G_GINT64_CONSTANT(1767225600) /* 2026-01-01T00:00:00Z */

int git_must_at(int code, const char *file, int line)
{
    if (code >= 0)
        return code;
    fprintf(stderr, "%s:%d: libgit2: %s\n", file, line, git_error_last() ? git_error_last()->message : "?");
    exit(1);
}

char *git_tests_folder;

int git_tests_setup(void **state)
{
    (void)state;
    g_autofree char *made = g_dir_make_tmp("migrate git XXXXXX", NULL);
    char *real = realpath(made, NULL);
    git_tests_folder = g_strdup(real);
    free(real);
    g_autofree char *home = git_tests_path("home");
    g_mkdir_with_parents(home, 0700);
    g_setenv("HOME", home, TRUE);
    g_setenv("XDG_CONFIG_HOME", home, TRUE);
    g_setenv("GIT_CONFIG_NOSYSTEM", "1", TRUE);
    static const char *const inherited[] = {"GIT_DIR",
                                            "GIT_WORK_TREE",
                                            "GIT_INDEX_FILE",
                                            "GIT_CEILING_DIRECTORIES",
                                            "GIT_CONFIG_COUNT",
                                            "GIT_AUTHOR_NAME",
                                            "GIT_AUTHOR_EMAIL",
                                            "GIT_AUTHOR_DATE",
                                            "GIT_COMMITTER_NAME",
                                            "GIT_COMMITTER_EMAIL",
                                            "GIT_COMMITTER_DATE",
                                            "EMAIL",
                                            "SUDO_UID"};
    for (gsize i = 0; i < G_N_ELEMENTS(inherited); i++)
        g_unsetenv(inherited[i]);
    git_must(git_libgit2_init());
    const int levels[] = {GIT_CONFIG_LEVEL_GLOBAL, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_SYSTEM};
    for (gsize i = 0; i < G_N_ELEMENTS(levels); i++)
        git_must(git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], home));
    return 0;
}

char *git_tests_path(const char *name)
{
    return g_build_filename(git_tests_folder, name, NULL);
}

int git_tests_teardown(void **state)
{
    (void)state;
    g_autofree char *command = g_strdup_printf("rm -rf '%s'", git_tests_folder);
    int status = system(command);
    g_clear_pointer(&git_tests_folder, g_free);
    return status;
}

/* ---- opening ---- */

static GitFixture *fixture_of(git_repository *git)
{
    GitFixture *fixture = g_new0(GitFixture, 1);
    const char *folder = git_repository_workdir(git) ? git_repository_workdir(git) : git_repository_path(git);
    fixture->git = git;
    fixture->folder = g_strndup(folder, strlen(folder) - 1);
    fixture->date = FIRST_DATE;
    git_fixture_author(fixture, "Ada <ada@example.org>", NULL);
    git_oid id;
    git_commit *head = NULL;
    if (git_reference_name_to_id(&id, git, "HEAD") == 0 && git_commit_lookup(&head, git, &id) == 0) {
        fixture->date = MAX(FIRST_DATE, git_commit_time(head) + 60);
        git_commit_free(head);
    }
    return fixture;
}

GitFixture *git_fixture_new(const char *folder, gboolean bare)
{
    git_libgit2_init();
    git_repository_init_options options;
    git_must(git_repository_init_options_init(&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION));
    options.flags = GIT_REPOSITORY_INIT_MKPATH | (bare ? GIT_REPOSITORY_INIT_BARE : 0);
    options.initial_head = "main";
    git_repository *git = NULL;
    git_must(git_repository_init_ext(&git, folder, &options));
    GitFixture *fixture = fixture_of(git);
    git_fixture_config(fixture, "user.name", "Ada");
    git_fixture_config(fixture, "user.email", "ada@example.org");
    return fixture;
}

GitFixture *git_tests_fixture(const char *name)
{
    g_autofree char *path = git_tests_path(name);
    return git_fixture_new(path, FALSE);
}

GitFixture *git_fixture_open(const char *folder)
{
    git_libgit2_init();
    git_repository *git = NULL;
    git_must(git_repository_open_ext(&git, folder, 0, NULL));
    return fixture_of(git);
}

void git_fixture_free(GitFixture *fixture)
{
    if (!fixture)
        return;
    git_repository_free(fixture->git);
    g_free(fixture->folder);
    g_free(fixture->author);
    g_free(fixture->email);
    g_free(fixture->encoding);
    g_free(fixture);
}

void git_fixture_author(GitFixture *fixture, const char *author, const char *date)
{
    const char *email = strstr(author, " <");
    if (!email || !g_str_has_suffix(author, ">"))
        g_error("an author is 'NAME <EMAIL>', not '%s'", author);
    g_free(fixture->author);
    g_free(fixture->email);
    fixture->author = g_strndup(author, (gsize)(email - author));
    fixture->email = g_strndup(email + 2, strlen(email) - 3);
    if (!date)
        return;
    GDateTime *when = g_date_time_new_from_iso8601(date, NULL);
    if (!when)
        g_error("a date is like 2026-02-03T04:05:06+01:00, not '%s'", date);
    fixture->date = g_date_time_to_unix(when);
    fixture->offset = (int)(g_date_time_get_utc_offset(when) / G_TIME_SPAN_MINUTE);
    g_date_time_unref(when);
}

void git_fixture_config(GitFixture *fixture, const char *key, const char *value)
{
    git_config *config = NULL;
    git_must(git_repository_config(&config, fixture->git));
    git_must(git_config_set_string(config, key, value));
    git_config_free(config);
}

/* ---- commits ---- */

git_oid git_fixture_resolve(GitFixture *fixture, const char *ref)
{
    git_object *object = NULL, *commit = NULL;
    git_must(git_revparse_single(&object, fixture->git, ref));
    git_must(git_object_peel(&commit, object, GIT_OBJECT_COMMIT));
    git_oid id = *git_object_id(commit);
    git_object_free(commit);
    git_object_free(object);
    return id;
}

char *git_fixture_text(const git_oid *id)
{
    char text[GIT_OID_HEXSZ + 1];
    return g_strdup(git_oid_tostr(text, sizeof text, id));
}

char *git_fixture_id(GitFixture *fixture, const char *ref)
{
    git_oid id = git_fixture_resolve(fixture, ref);
    return git_fixture_text(&id);
}

git_oid git_fixture_commit_tree(GitFixture *fixture, const git_oid *tree, const git_oid *parents, gsize n_parents,
                                const char *message)
{
    GString *text = g_string_new(NULL);
    g_autofree char *tree_id = git_fixture_text(tree);
    g_string_append_printf(text, "tree %s\n", tree_id);
    for (gsize i = 0; i < n_parents; i++) {
        g_autofree char *parent = git_fixture_text(&parents[i]);
        g_string_append_printf(text, "parent %s\n", parent);
    }
    int minutes = abs(fixture->offset);
    g_autofree char *when = g_strdup_printf("%" G_GINT64_FORMAT " %c%02d%02d", fixture->date,
                                            fixture->offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
    /* Written by hand: libgit2 refuses what older programs did write. */
    g_string_append_printf(text, "author %s <%s> %s\ncommitter %s <%s> %s\n", fixture->author, fixture->email, when,
                           fixture->author, fixture->email, when);
    if (fixture->encoding)
        g_string_append_printf(text, "encoding %s\n", fixture->encoding);
    g_string_append_printf(text, "\n%s\n", message);
    git_odb *odb = NULL;
    git_oid id;
    git_must(git_repository_odb(&odb, fixture->git));
    git_must(git_odb_write(&id, odb, text->str, text->len, GIT_OBJECT_COMMIT));
    git_odb_free(odb);
    g_string_free(text, TRUE);
    fixture->date += 60;
    return id;
}

static void set_reference(GitFixture *fixture, const char *name, const git_oid *id)
{
    git_reference *ref = NULL;
    git_must(git_reference_create(&ref, fixture->git, name, id, TRUE, "fixture"));
    git_reference_free(ref);
}

/* HEAD's branch, "refs/heads/main"; "HEAD" where it is detached. */
static char *head_name(GitFixture *fixture)
{
    git_reference *head = NULL;
    git_must(git_reference_lookup(&head, fixture->git, "HEAD"));
    const char *target = git_reference_symbolic_target(head);
    char *name = g_strdup(target ? target : "HEAD");
    git_reference_free(head);
    return name;
}

/* The working folder and the index as HEAD is. */
static void check_out_head(GitFixture *fixture)
{
    if (git_repository_is_bare(fixture->git))
        return;
    git_checkout_options options;
    git_must(git_checkout_options_init(&options, GIT_CHECKOUT_OPTIONS_VERSION));
    options.checkout_strategy = GIT_CHECKOUT_FORCE | GIT_CHECKOUT_REMOVE_UNTRACKED;
    git_must(git_checkout_head(fixture->git, &options));
}

/* Puts a path of any depth into a tree, or takes it out (`id` NULL). FALSE in *left: nothing is left of the tree. */
static git_oid put(git_repository *git, const git_oid *tree_id, const char *path, const git_oid *id,
                   git_filemode_t mode, gboolean *left)
{
    git_tree *tree = NULL;
    git_treebuilder *builder = NULL;
    const char *slash = strchr(path, '/');
    g_autofree char *name = slash ? g_strndup(path, (gsize)(slash - path)) : g_strdup(path);
    if (tree_id)
        git_must(git_tree_lookup(&tree, git, tree_id));
    git_must(git_treebuilder_new(&builder, git, tree));
    const git_tree_entry *old = git_treebuilder_get(builder, name);
    gboolean there = id != NULL;
    git_oid child = id ? *id : (git_oid){{0}};
    if (slash) {
        git_oid old_id = old ? *git_tree_entry_id(old) : child;
        gboolean folder = old && git_tree_entry_filemode(old) == GIT_FILEMODE_TREE;
        child = put(git, folder ? &old_id : NULL, slash + 1, id, mode, &there);
        mode = GIT_FILEMODE_TREE;
    }
    if (there)
        git_must(git_treebuilder_insert(NULL, builder, name, &child, mode));
    else if (old)
        git_must(git_treebuilder_remove(builder, name));
    git_oid result;
    *left = git_treebuilder_entrycount(builder) > 0;
    git_must(git_treebuilder_write(&result, builder));
    git_treebuilder_free(builder);
    git_tree_free(tree);
    return result;
}

static git_oid put_file(GitFixture *fixture, const git_oid *tree, const char *path, const char *content)
{
    git_oid blob;
    gboolean left, link = content && g_str_has_prefix(content, "link:");
    if (link)
        content += strlen("link:");
    if (content)
        git_must(git_blob_create_from_buffer(&blob, fixture->git, content, strlen(content)));
    return put(fixture->git, tree, path, content ? &blob : NULL, link ? GIT_FILEMODE_LINK : GIT_FILEMODE_BLOB, &left);
}

static git_oid tree_of(GitFixture *fixture, const git_oid *commit_id)
{
    git_commit *commit = NULL;
    git_must(git_commit_lookup(&commit, fixture->git, commit_id));
    git_oid tree = *git_commit_tree_id(commit);
    git_commit_free(commit);
    return tree;
}

static git_oid empty_tree(GitFixture *fixture)
{
    git_treebuilder *builder = NULL;
    git_oid tree;
    git_must(git_treebuilder_new(&builder, fixture->git, NULL));
    git_must(git_treebuilder_write(&tree, builder));
    git_treebuilder_free(builder);
    return tree;
}

char *git_fixture_commit(GitFixture *fixture, const char *branch, const char *message, ...)
{
    g_autofree char *name = g_strconcat("refs/heads/", branch, NULL), *head = head_name(fixture);
    git_oid parent;
    gboolean born = git_reference_name_to_id(&parent, fixture->git, name) == 0 ||
                    git_reference_name_to_id(&parent, fixture->git, "HEAD") == 0;
    git_oid tree = born ? tree_of(fixture, &parent) : empty_tree(fixture);
    va_list arguments;
    va_start(arguments, message);
    for (const char *path = va_arg(arguments, const char *); path; path = va_arg(arguments, const char *))
        tree = put_file(fixture, &tree, path, va_arg(arguments, const char *));
    va_end(arguments);
    git_oid id = git_fixture_commit_tree(fixture, &tree, &parent, born, message);
    set_reference(fixture, name, &id);
    if (strcmp(head, name) == 0)
        check_out_head(fixture);
    return git_fixture_text(&id);
}

/* By hand, as all that meets a submodule: libgit2 1.5 does not free what it finds by regular expressions. */
static void add_folder(GitFixture *fixture, git_index *index, const char *folder)
{
    g_autofree char *absolute = g_build_filename(fixture->folder, folder, NULL);
    GDir *dir = g_dir_open(absolute, 0, NULL);
    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        g_autofree char *path = *folder ? g_strdup_printf("%s/%s", folder, name) : g_strdup(name);
        g_autofree char *file = g_build_filename(fixture->folder, path, NULL);
        g_autofree char *inner = g_build_filename(file, ".git", NULL);
        int ignored = 0;
        if (strcmp(name, ".git") == 0)
            continue;
        git_must(git_ignore_path_is_ignored(&ignored, fixture->git, path));
        if (ignored)
            continue;
        if (g_file_test(file, G_FILE_TEST_IS_SYMLINK) || !g_file_test(file, G_FILE_TEST_IS_DIR)) {
            git_must(git_index_add_bypath(index, path));
        } else if (g_file_test(inner, G_FILE_TEST_EXISTS)) {
            GitFixture *submodule = git_fixture_open(file);
            git_index_entry entry = {
                .mode = GIT_FILEMODE_COMMIT, .path = path, .id = git_fixture_resolve(submodule, "HEAD")};
            git_must(git_index_add(index, &entry));
            git_fixture_free(submodule);
        } else {
            add_folder(fixture, index, path);
        }
    }
    if (dir)
        g_dir_close(dir);
}

char *git_fixture_commit_all(GitFixture *fixture, const char *message)
{
    git_index *index = NULL;
    git_oid tree, parent;
    git_must(git_repository_index(&index, fixture->git));
    git_must(git_index_clear(index));
    add_folder(fixture, index, "");
    git_must(git_index_write(index));
    git_must(git_index_write_tree(&tree, index));
    git_index_free(index);
    gboolean born = git_reference_name_to_id(&parent, fixture->git, "HEAD") == 0;
    git_oid id = git_fixture_commit_tree(fixture, &tree, &parent, born, message);
    g_autofree char *head = head_name(fixture);
    set_reference(fixture, head, &id);
    return git_fixture_text(&id);
}

/* ---- branches, merges, tags ---- */

void git_fixture_branch(GitFixture *fixture, const char *name, const char *ref)
{
    g_autofree char *full = g_strconcat("refs/heads/", name, NULL);
    git_oid id = git_fixture_resolve(fixture, ref);
    set_reference(fixture, full, &id);
}

void git_fixture_checkout(GitFixture *fixture, const char *ref)
{
    g_autofree char *name = g_strconcat("refs/heads/", ref, NULL);
    git_oid id;
    if (git_reference_name_to_id(&id, fixture->git, name) == 0) {
        git_must(git_repository_set_head(fixture->git, name));
    } else {
        id = git_fixture_resolve(fixture, ref);
        git_must(git_repository_set_head_detached(fixture->git, &id));
    }
    check_out_head(fixture);
}

void git_fixture_unborn(GitFixture *fixture, const char *branch)
{
    g_autofree char *name = g_strconcat("refs/heads/", branch, NULL);
    git_must(git_repository_set_head(fixture->git, name));
}

/* What is in conflict is as the favoured side has it. */
static void settle(git_index *index, gboolean theirs)
{
    git_index_conflict_iterator *iterator = NULL;
    const git_index_entry *ancestor, *ours, *other;
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(git_index_entry));
    git_must(git_index_conflict_iterator_new(&iterator, index));
    while (git_index_conflict_next(&ancestor, &ours, &other, iterator) == 0) {
        const git_index_entry *all[] = {ancestor, ours, other}, *taken = theirs ? other : ours;
        for (gsize i = 0; i < G_N_ELEMENTS(all); i++)
            if (all[i])
                g_ptr_array_add(paths, g_strdup(all[i]->path));
        if (taken) {
            git_index_entry entry = {.mode = taken->mode, .id = taken->id, .path = g_strdup(taken->path)};
            g_ptr_array_add(paths, (char *)entry.path);
            g_array_append_val(entries, entry);
        }
    }
    git_index_conflict_iterator_free(iterator);
    for (guint i = 0; i < paths->len; i++)
        git_index_conflict_remove(index, paths->pdata[i]);
    for (guint i = 0; i < entries->len; i++)
        git_must(git_index_add(index, &g_array_index(entries, git_index_entry, i)));
}

char *git_fixture_merge(GitFixture *fixture, const char *ref, const char *message, const char *favor)
{
    git_oid parents[] = {git_fixture_resolve(fixture, "HEAD"), git_fixture_resolve(fixture, ref)}, tree;
    git_commit *ours = NULL, *theirs = NULL;
    git_index *index = NULL;
    gboolean take_theirs = g_strcmp0(favor, "theirs") == 0;
    git_merge_options options;
    git_must(git_merge_options_init(&options, GIT_MERGE_OPTIONS_VERSION));
    options.file_favor = take_theirs ? GIT_MERGE_FILE_FAVOR_THEIRS : GIT_MERGE_FILE_FAVOR_OURS;
    git_must(git_commit_lookup(&ours, fixture->git, &parents[0]));
    git_must(git_commit_lookup(&theirs, fixture->git, &parents[1]));
    git_must(git_merge_commits(&index, fixture->git, ours, theirs, &options));
    settle(index, take_theirs);
    git_must(git_index_write_tree_to(&tree, index, fixture->git));
    git_index_free(index);
    git_commit_free(ours);
    git_commit_free(theirs);
    git_oid id = git_fixture_commit_tree(fixture, &tree, parents, 2, message);
    g_autofree char *head = head_name(fixture);
    set_reference(fixture, head, &id);
    check_out_head(fixture);
    return git_fixture_text(&id);
}

void git_fixture_tag(GitFixture *fixture, const char *name, const char *ref, const char *message)
{
    git_oid id = git_fixture_resolve(fixture, ref), tag;
    git_object *object = NULL;
    git_signature *tagger = NULL;
    git_must(git_object_lookup(&object, fixture->git, &id, GIT_OBJECT_COMMIT));
    if (message) {
        git_must(git_signature_new(&tagger, fixture->author, fixture->email, fixture->date, fixture->offset));
        git_must(git_tag_create(&tag, fixture->git, name, object, tagger, message, TRUE));
        git_signature_free(tagger);
    } else {
        git_must(git_tag_create_lightweight(&tag, fixture->git, name, object, TRUE));
    }
    git_object_free(object);
}

char *git_fixture_ask(GitFixture *fixture, const char *command, ...)
{
    va_list arguments;
    va_start(arguments, command);
    g_autofree char *words = g_strdup_vprintf(command, arguments), *folder = g_shell_quote(fixture->folder);
    va_end(arguments);
    g_autofree char *line = g_strdup_printf("git -C %s %s", folder, words);
    char *argv[] = {"/bin/sh", "-c", line, NULL}, *out = NULL;
    int status = 0;
    if (!g_spawn_sync(NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, NULL, &status, NULL) || status != 0)
        g_error("'%s' failed", line);
    return g_strchomp(out);
}
