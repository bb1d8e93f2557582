#include <git2/sys/mempack.h>
#include <git2/sys/odb_backend.h>
#include <git2/sys/refdb_backend.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/git_repository.h"

static void write_text(const char *path, const char *text)
{
    if (!g_file_set_contents(path, text, -1, NULL))
        g_error("'%s' cannot be written", path);
}

/* ---- packs ---- */

static int add_to_pack(const git_oid *id, void *builder)
{
    return git_packbuilder_insert(builder, id, NULL);
}

/* git's own objects/xx/… */
static void remove_loose(git_repository *git)
{
    for (int i = 0; i < 256; i++) {
        g_autofree char *folder = g_strdup_printf("%sobjects/%02x", git_repository_commondir(git), i);
        GDir *dir = g_dir_open(folder, 0, NULL);
        for (const char *name; dir && (name = g_dir_read_name(dir));) {
            g_autofree char *path = g_build_filename(folder, name, NULL);
            remove(path);
        }
        if (dir)
            g_dir_close(dir);
        remove(folder);
    }
}

void git_fixture_pack(GitFixture *fixture)
{
    git_packbuilder *builder = NULL;
    git_odb *odb = NULL;
    git_refdb *refs = NULL;
    git_must(git_packbuilder_new(&builder, fixture->git));
    git_must(git_repository_odb(&odb, fixture->git));
    git_must(git_odb_foreach(odb, add_to_pack, builder));
    git_must(git_packbuilder_write(builder, NULL, 0, NULL, NULL));
    git_packbuilder_free(builder);
    remove_loose(fixture->git);
    git_must(git_odb_refresh(odb));
    git_odb_free(odb);
    git_must(git_repository_refdb(&refs, fixture->git));
    git_must(git_refdb_compress(refs));
    git_refdb_free(refs);
}

/* ---- clones ---- */

static void copy_object(git_odb *from, git_odb *to, const git_oid *id)
{
    git_odb_object *object = NULL;
    git_oid copy;
    git_must(git_odb_read(&object, from, id));
    git_must(git_odb_write(&copy, to, git_odb_object_data(object), git_odb_object_size(object),
                           git_odb_object_type(object)));
    git_odb_object_free(object);
}

typedef struct Refs {
    GitFixture *source, *copy;
    gboolean bare;
} Refs;

static void copy_reference(const Refs *refs, const char *name)
{
    git_reference *ref = NULL, *copy = NULL, *target = NULL;
    gboolean branch = g_str_has_prefix(name, "refs/heads/");
    if (!branch && !g_str_has_prefix(name, "refs/tags/"))
        return;
    git_must(git_reference_lookup(&ref, refs->source->git, name));
    git_must(git_reference_resolve(&target, ref));
    g_autofree char *remote = g_strconcat("refs/remotes/origin/", name + (branch ? strlen("refs/heads/") : 0), NULL);
    git_must(git_reference_create(&copy, refs->copy->git, branch && !refs->bare ? remote : name,
                                  git_reference_target(target), TRUE, "clone"));
    git_reference_free(copy);
    git_reference_free(target);
    git_reference_free(ref);
}

static void copy_references(const Refs *refs)
{
    git_strarray names = {0};
    git_must(git_reference_list(&names, refs->source->git));
    for (gsize i = 0; i < names.count; i++)
        copy_reference(refs, names.strings[i]);
    git_strarray_dispose(&names);
}

/* git_remote_create() and git_clone() of libgit2 1.5 do not free all of their memory. */
static void add_origin(GitFixture *fixture, const char *url)
{
    git_fixture_config(fixture, "remote.origin.url", url);
    if (!git_repository_is_bare(fixture->git))
        git_fixture_config(fixture, "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*");
}

typedef struct Objects {
    git_odb *from, *to;
} Objects;

static int copy_one(const git_oid *id, void *data)
{
    const Objects *objects = data;
    copy_object(objects->from, objects->to, id);
    return 0;
}

/* All of `from` into an empty repository. */
static void clone_into(GitFixture *fixture, const char *from)
{
    GitFixture *source = git_fixture_open(g_str_has_prefix(from, "file://") ? from + strlen("file://") : from);
    gboolean bare = git_repository_is_bare(fixture->git);
    Objects objects;
    git_must(git_repository_odb(&objects.from, source->git));
    git_must(git_repository_odb(&objects.to, fixture->git));
    git_must(git_odb_foreach(objects.from, copy_one, &objects));
    git_odb_free(objects.from);
    git_odb_free(objects.to);
    Refs refs = {source, fixture, bare};
    copy_references(&refs);
    add_origin(fixture, from);
    git_reference *head = NULL, *remote = NULL;
    if (git_repository_head(&head, source->git) == 0) {
        g_autofree char *branch = g_strdup(git_reference_shorthand(head));
        g_autofree char *name = g_strconcat("refs/heads/", branch, NULL);
        g_autofree char *remote_name = g_strconcat("refs/remotes/origin/", branch, NULL);
        gboolean detached = git_repository_head_detached(source->git) == 1;
        git_oid id = git_fixture_resolve(source, "HEAD");
        if (!bare && !detached) {
            git_must(git_reference_symbolic_create(&remote, fixture->git, "refs/remotes/origin/HEAD", remote_name, TRUE,
                                                   "clone"));
            git_reference_free(remote);
            git_must(git_reference_create(&remote, fixture->git, name, &id, TRUE, "clone"));
            git_reference_free(remote);
        }
        if (detached)
            git_must(git_repository_set_head_detached(fixture->git, &id));
        else
            git_must(git_repository_set_head(fixture->git, name));
        if (!bare)
            git_fixture_checkout(fixture, detached ? "HEAD" : branch);
        git_reference_free(head);
    }
    git_fixture_free(source);
}

GitFixture *git_fixture_clone(const char *from, const char *folder, gboolean bare)
{
    GitFixture *fixture = git_fixture_new(folder, bare);
    clone_into(fixture, from);
    git_fixture_free(fixture);
    return git_fixture_open(folder); /* dates go on behind what it has */
}

typedef struct Copy {
    git_repository *source;
    git_odb *from, *to;
    gboolean blobs;
} Copy;

static void copy_tree(const Copy *copy, const git_oid *id)
{
    if (git_odb_exists(copy->to, id) && !copy->blobs)
        return;
    git_tree *tree = NULL;
    git_must(git_tree_lookup(&tree, copy->source, id));
    copy_object(copy->from, copy->to, id);
    for (gsize i = 0; i < git_tree_entrycount(tree); i++) {
        const git_tree_entry *entry = git_tree_entry_byindex(tree, i);
        if (git_tree_entry_type(entry) == GIT_OBJECT_TREE)
            copy_tree(copy, git_tree_entry_id(entry));
        else if (git_tree_entry_type(entry) == GIT_OBJECT_BLOB && copy->blobs)
            copy_object(copy->from, copy->to, git_tree_entry_id(entry));
    }
    git_tree_free(tree);
}

/* The commit and what it reaches in `depth` generations; those whose parents stay behind into `shallow`. */
static void copy_commits(const Copy *copy, const git_oid *id, guint depth, GString *shallow)
{
    git_commit *commit = NULL;
    git_must(git_commit_lookup(&commit, copy->source, id));
    copy_object(copy->from, copy->to, id);
    copy_tree(copy, git_commit_tree_id(commit));
    guint n = git_commit_parentcount(commit);
    g_autofree char *text = git_fixture_text(id);
    if (depth <= 1 && n > 0 && !strstr(shallow->str, text))
        g_string_append_printf(shallow, "%s\n", text);
    for (guint i = 0; depth > 1 && i < n; i++)
        copy_commits(copy, git_commit_parent_id(commit, i), depth - 1, shallow);
    git_commit_free(commit);
}

static GitFixture *copy_clone(const char *from, const char *folder, guint depth, const char *branch, gboolean blobs)
{
    GitFixture *source = git_fixture_open(from), *fixture = git_fixture_new(folder, FALSE);
    git_reference *head = NULL;
    git_oid id;
    git_must(git_repository_head(&head, source->git));
    g_autofree char *name = g_strdup(branch ? branch : git_reference_shorthand(head));
    g_autofree char *local = g_strconcat("refs/heads/", name, NULL);
    g_autofree char *remote = g_strconcat("refs/remotes/origin/", name, NULL);
    git_must(git_reference_name_to_id(&id, source->git, local));
    Copy copy = {source->git, NULL, NULL, blobs};
    git_must(git_repository_odb(&copy.from, source->git));
    git_must(git_repository_odb(&copy.to, fixture->git));
    GString *shallow = g_string_new(NULL);
    copy_commits(&copy, &id, depth, shallow);
    copy.blobs = TRUE;
    git_commit *tip = NULL;
    git_must(git_commit_lookup(&tip, source->git, &id));
    copy_tree(&copy, git_commit_tree_id(tip));
    git_commit_free(tip);
    if (shallow->len > 0) {
        g_autofree char *file = g_build_filename(git_repository_path(fixture->git), "shallow", NULL);
        write_text(file, shallow->str);
    }
    add_origin(fixture, source->folder);
    const char *names[] = {local, remote};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        git_reference *ref = NULL;
        git_must(git_reference_create(&ref, fixture->git, names[i], &id, TRUE, "clone"));
        git_reference_free(ref);
    }
    git_odb_free(copy.from);
    git_odb_free(copy.to);
    git_reference_free(head);
    g_string_free(shallow, TRUE);
    git_fixture_free(source);
    git_fixture_checkout(fixture, name);
    return fixture;
}

GitFixture *git_fixture_clone_shallow(const char *from, const char *folder, guint depth, const char *branch)
{
    return copy_clone(from, folder, depth, branch, TRUE);
}

GitFixture *git_fixture_clone_partial(const char *from, const char *folder)
{
    GitFixture *fixture = copy_clone(from, folder, 10000, NULL, FALSE);
    git_fixture_config(fixture, "core.repositoryformatversion", "1");
    git_fixture_config(fixture, "extensions.partialclone", "origin");
    git_fixture_config(fixture, "remote.origin.promisor", "true");
    git_fixture_config(fixture, "remote.origin.partialclonefilter", "blob:none");
    return fixture;
}

GitFixture *git_fixture_worktree(GitFixture *fixture, const char *folder, const char *branch)
{
    git_worktree *worktree = NULL;
    git_reference *ref = NULL;
    git_worktree_add_options options;
    git_must(git_worktree_add_options_init(&options, GIT_WORKTREE_ADD_OPTIONS_VERSION));
    g_autofree char *name = g_path_get_basename(folder), *full = g_strconcat("refs/heads/", branch, NULL);
    if (git_reference_lookup(&ref, fixture->git, full) != 0) {
        git_fixture_branch(fixture, branch, "HEAD");
        git_must(git_reference_lookup(&ref, fixture->git, full));
    }
    options.ref = ref;
    git_must(git_worktree_add(&worktree, fixture->git, name, folder, &options));
    git_worktree_free(worktree);
    git_reference_free(ref);
    return git_fixture_open(folder);
}

void git_fixture_submodule(GitFixture *fixture, const char *from, const char *path)
{
    g_autofree char *folder = g_build_filename(fixture->folder, path, NULL);
    g_autofree char *store = g_build_filename(git_repository_path(fixture->git), "modules", path, NULL);
    g_autofree char *list = g_build_filename(fixture->folder, ".gitmodules", NULL), *before = NULL;
    git_repository_init_options options;
    git_must(git_repository_init_options_init(&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION));
    options.flags = GIT_REPOSITORY_INIT_MKPATH | GIT_REPOSITORY_INIT_NO_DOTGIT_DIR;
    options.workdir_path = folder;
    options.initial_head = "main";
    git_repository *git = NULL;
    git_must(git_repository_init_ext(&git, store, &options));
    git_repository_free(git);
    GitFixture *submodule = git_fixture_open(folder);
    clone_into(submodule, from);
    git_fixture_free(submodule);
    g_file_get_contents(list, &before, NULL, NULL);
    g_autofree char *text =
        g_strdup_printf("%s[submodule \"%s\"]\n\tpath = %s\n\turl = %s\n", before ? before : "", path, path, from);
    write_text(list, text);
    g_autofree char *key = g_strdup_printf("submodule.%s.url", path);
    git_fixture_config(fixture, key, from);
    g_autofree char *message = g_strdup_printf("add the submodule %s", path);
    g_free(git_fixture_commit_all(fixture, message));
}

/* ---- long histories ---- */

/* A folder whose entries come in the order of their names: its object is written as it grows. */
static void append_entry(GByteArray *tree, const char *name, const git_oid *id)
{
    g_autofree char *head = g_strdup_printf("100644 %s", name);
    g_byte_array_append(tree, (const guint8 *)head, (guint)strlen(head) + 1);
    g_byte_array_append(tree, id->id, GIT_OID_RAWSZ);
}

typedef struct History {
    GitFixture *fixture;
    git_odb *odb;
    git_packbuilder *builder;
    GByteArray *revisions;
    git_oid revisions_tree, source_tree, root;
} History;

static git_oid keep(History *history, const void *bytes, gsize length, git_object_t type)
{
    git_oid id;
    git_must(git_odb_write(&id, history->odb, bytes, length, type));
    git_must(git_packbuilder_insert(history->builder, &id, NULL));
    return id;
}

static void add_revision(History *history, guint number)
{
    g_autofree char *parent = number > 1 ? g_strdup_printf("%012x", number - 1) : g_strdup("");
    g_autofree char *text = g_strdup_printf("-- Message: table %u\n-- Revision: %012x\n-- Revises: %s\n"
                                            "-- Created: 2026-01-01T00:00:00Z\n\n-- migrate:up\nCREATE TABLE t_%u (id "
                                            "INTEGER PRIMARY KEY);\n\n-- migrate:down\nDROP TABLE t_%u;\n",
                                            number, number, parent, number, number);
    g_autofree char *name = g_strdup_printf("%012x_table_%u.sql", number, number);
    git_oid blob = keep(history, text, strlen(text), GIT_OBJECT_BLOB);
    append_entry(history->revisions, name, &blob);
    history->revisions_tree = keep(history, history->revisions->data, history->revisions->len, GIT_OBJECT_TREE);
}

static void change_source(History *history, guint number)
{
    g_autofree char *text = g_strdup_printf("line %u\n", number);
    git_oid blob = keep(history, text, strlen(text), GIT_OBJECT_BLOB);
    GByteArray *tree = g_byte_array_new();
    append_entry(tree, "main.txt", &blob);
    history->source_tree = keep(history, tree->data, tree->len, GIT_OBJECT_TREE);
    g_byte_array_unref(tree);
}

static git_oid with_folder(History *history, const git_oid *tree_id, const char *path, const git_oid *folder)
{
    git_tree *tree = NULL;
    git_treebuilder *builder = NULL;
    const char *slash = strchr(path, '/');
    g_autofree char *name = slash ? g_strndup(path, (gsize)(slash - path)) : g_strdup(path);
    if (tree_id)
        git_must(git_tree_lookup(&tree, history->fixture->git, tree_id));
    git_must(git_treebuilder_new(&builder, history->fixture->git, tree));
    const git_tree_entry *old = git_treebuilder_get(builder, name);
    git_oid old_id = old ? *git_tree_entry_id(old) : *folder, child = *folder, result;
    if (slash)
        child = with_folder(history, old ? &old_id : NULL, slash + 1, folder);
    git_must(git_treebuilder_insert(NULL, builder, name, &child, GIT_FILEMODE_TREE));
    git_must(git_treebuilder_write(&result, builder));
    git_must(git_packbuilder_insert(history->builder, &result, NULL));
    git_treebuilder_free(builder);
    git_tree_free(tree);
    return result;
}

/* The working folder has what the last commit has. */
static void finish_history(History *history, const char *head, git_odb_backend *memory)
{
    GitFixture *fixture = history->fixture;
    git_reference *ref = NULL, *moved = NULL;
    git_oid id;
    git_must(git_oid_fromstr(&id, head));
    git_must(git_packbuilder_write(history->builder, NULL, 0, NULL, NULL));
    git_packbuilder_free(history->builder);
    git_must(git_mempack_reset(memory));
    git_must(git_odb_refresh(history->odb));
    git_odb_free(history->odb);
    g_byte_array_unref(history->revisions);
    git_must(git_reference_lookup(&ref, fixture->git, "HEAD"));
    g_autofree char *name = g_strdup(git_reference_symbolic_target(ref));
    git_must(git_reference_create(&moved, fixture->git, name ? name : "HEAD", &id, TRUE, "history"));
    git_reference_free(moved);
    git_reference_free(ref);
    g_autofree char *branch = g_strdup(name ? name + strlen("refs/heads/") : head);
    git_fixture_checkout(fixture, branch);
}

void git_fixture_history(GitFixture *fixture, guint commits, guint revisions, const char *folder)
{
    History history = {.fixture = fixture, .revisions = g_byte_array_new()};
    git_odb_backend *memory = NULL;
    git_oid parent;
    gboolean born = git_reference_name_to_id(&parent, fixture->git, "HEAD") == 0;
    git_must(git_repository_odb(&history.odb, fixture->git));
    git_must(git_mempack_new(&memory));
    git_must(git_odb_add_backend(history.odb, memory, 1000));
    git_must(git_packbuilder_new(&history.builder, fixture->git));
    git_commit *head = NULL;
    if (born)
        git_must(git_commit_lookup(&head, fixture->git, &parent));
    git_oid base = head ? *git_commit_tree_id(head) : parent;
    git_commit_free(head);
    for (guint i = 0, brought = 0; i < commits; i++) {
        guint due = (guint)((guint64)(i + 1) * revisions / commits);
        if (brought == due)
            change_source(&history, i);
        gboolean has_source = brought == due || brought < i;
        while (brought < due)
            add_revision(&history, ++brought);
        git_oid root = base;
        const git_oid *start = born || i > 0 ? &root : NULL;
        if (brought > 0) {
            root = with_folder(&history, start, folder, &history.revisions_tree);
            start = &root;
        }
        if (has_source)
            root = with_folder(&history, start, "src", &history.source_tree);
        base = root;
        g_autofree char *message = g_strdup_printf("change %u", i + 1);
        parent = git_fixture_commit_tree(fixture, &root, &parent, born || i > 0, message);
        git_must(git_packbuilder_insert(history.builder, &parent, NULL));
    }
    g_autofree char *last = git_fixture_text(&parent);
    finish_history(&history, last, memory);
}
