#include <errno.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "git/internal.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_config_entry, git_config_entry_free)

static gboolean refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static gboolean refuse(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, REPOSITORY_ERROR, REPOSITORY_ERROR_WRITE, text);
    return FALSE;
}

/* Of a libgit2 function that returned `code` while it wrote. */
static gboolean write_failed(const Repository *repository, int code, GError **error, const char *what)
{
    const git_error *last = git_error_last();
    const char *words = last && last->message ? last->message : "no reason is known";
    if (code == GIT_ELOCKED)
        return refuse(error,
                      "%s: %s\nanother git is at work in '%s' (an editor of a commit message, a rebase): finish it and "
                      "try again; where none is, a git that was killed left a lock in '%s': remove its index.lock, "
                      "HEAD.lock or refs/heads/BRANCH.lock",
                      what, words, repository->root, git_repository_path(repository->git));
    return refuse(error, "%s: %s", what, words);
}

/* ---- which files ---- */

static char *path_to_stage(const Repository *repository, const char *absolute, GError **error)
{
    char *relative = repository_relative(repository, absolute);
    if (!relative)
        refuse(error, "'%s' is outside of the repository '%s': it cannot be committed there", absolute,
               repository->root);
    return relative;
}

/* What to do where only git can commit; `paths` is NULL while the files are not there yet. New string. */
static char *by_git(const GPtrArray *paths)
{
    if (!paths)
        return g_strdup("leave that to 'git commit'");
    GString *text = g_string_new("stage the files and commit them with git:\ngit add -f --");
    for (int turn = 0; turn < 2; turn++) {
        for (guint i = 0; i < paths->len; i++) {
            g_autofree char *word = text_shell_word(g_ptr_array_index(paths, i));
            g_string_append_printf(text, " %s", word);
        }
        if (turn == 0)
            g_string_append(text, " && git commit --only --");
    }
    return g_string_free(text, FALSE);
}

/* A repository inside of the repository takes its files into its own commits. */
static gboolean check_not_nested(const Repository *repository, git_index *index, const char *path, GError **error)
{
    for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
        g_autofree char *folder = g_strndup(path, (gsize)(slash - path));
        g_autofree char *inner = g_build_filename(repository->root, folder, ".git", NULL);
        const git_index_entry *entry = git_index_get_bypath(index, folder, 0);
        if ((entry && entry->mode == GIT_FILEMODE_COMMIT) || g_file_test(inner, G_FILE_TEST_EXISTS))
            return refuse(
                error, "'%s' is in '%s', which is a repository of its own (a submodule): it has to be committed there",
                path, folder);
    }
    return TRUE;
}

/* What libgit2 does not do to a file on its way into the repository, git has to. */
static gboolean check_attributes(const Repository *repository, git_config *config, const char *path, GError **error)
{
    const char *value = NULL;
    g_autofree char *pathspec = g_strconcat(":/", path, NULL);
    g_autofree char *word = text_shell_word(pathspec);
    if (git_attr_get(&value, repository->git, GIT_ATTR_CHECK_FILE_THEN_INDEX, path, "filter") == 0 &&
        git_attr_value(value) == GIT_ATTR_VALUE_STRING) {
        g_autofree char *clean = g_strdup_printf("filter.%s.clean", value);
        g_autofree char *process = g_strdup_printf("filter.%s.process", value);
        g_autoptr(git_config_entry) entry = NULL;
        if (git_config_get_entry(&entry, config, clean) == 0 || git_config_get_entry(&entry, config, process) == 0)
            return refuse(error,
                          "'%s' goes through the filter '%s' (.gitattributes), which only git runs: git add -- %s",
                          path, value, word);
    }
    if (git_attr_get(&value, repository->git, GIT_ATTR_CHECK_FILE_THEN_INDEX, path, "working-tree-encoding") == 0 &&
        git_attr_value(value) == GIT_ATTR_VALUE_STRING)
        return refuse(error,
                      "'%s' has the encoding '%s' in the working folder (.gitattributes), which only git converts: "
                      "git add -- %s",
                      path, value, word);
    return TRUE;
}

static gboolean stage_file(const Repository *repository, git_index *index, const char *path, GError **error)
{
    g_autofree char *absolute = repository_absolute(repository, path);
    g_autofree char *what = g_strdup_printf("'%s' cannot be staged", absolute);
    GStatBuf status;
    int code = 0;
    if (g_lstat(absolute, &status) == 0) {
        if (S_ISDIR(status.st_mode))
            return refuse(error, "'%s' is a folder: only files can be staged", absolute);
        code = git_index_add_bypath(index, path);
    } else if (errno != ENOENT && errno != ENOTDIR) {
        return refuse(error, "%s: %s", what, g_strerror(errno));
    } else if (!git_index_get_bypath(index, path, 0)) {
        return refuse(error, "'%s' does not exist, and the repository does not have it either", absolute);
    } else {
        code = git_index_remove_bypath(index, path);
    }
    return code == 0 || write_failed(repository, code, error, what);
}

/* The index as it is on disk now, with the files in it, not yet written. `relative`: their paths. */
static git_index *stage_all(const Repository *repository, git_config *config, const GPtrArray *paths,
                            GPtrArray *relative, GError **error)
{
    if (repository_is_bare(repository)) {
        refuse(error, "the repository '%s' is bare: it has no working folder to stage files of", repository->root);
        return NULL;
    }
    g_autoptr(git_index) index = NULL;
    int code = git_repository_index(&index, repository->git);
    if (code == 0)
        code = git_index_read(index, TRUE);
    if (code != 0) {
        write_failed(repository, code, error, "the index cannot be read");
        return NULL;
    }
    for (guint i = 0; i < paths->len; i++) {
        char *path = path_to_stage(repository, g_ptr_array_index(paths, i), error);
        if (!path)
            return NULL;
        g_ptr_array_add(relative, path);
        if (!check_not_nested(repository, index, path, error) || !check_attributes(repository, config, path, error) ||
            !stage_file(repository, index, path, error))
            return NULL;
    }
    return g_steal_pointer(&index);
}

static gboolean write_index(const Repository *repository, git_index *index, GError **error)
{
    int code = git_index_write(index);
    return code == 0 || write_failed(repository, code, error, "the index cannot be written: nothing is staged");
}

static git_config *read_config(const Repository *repository, GError **error)
{
    git_config *config = NULL;
    int code = git_repository_config_snapshot(&config, repository->git);
    if (code != 0)
        write_failed(repository, code, error, "git's configuration cannot be read");
    return config;
}

gboolean repository_stage(Repository *repository, const GPtrArray *paths, GError **error)
{
    g_autoptr(git_config) config = read_config(repository, error);
    if (!config)
        return FALSE;
    g_autoptr(GPtrArray) relative = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(git_index) index = stage_all(repository, config, paths, relative, error);
    return index && write_index(repository, index, error);
}

/* ---- what stands in the way of a commit ---- */

static const char *unfinished(const Repository *repository)
{
    switch ((git_repository_state_t)git_repository_state(repository->git)) {
    case GIT_REPOSITORY_STATE_MERGE:
        return "merge";
    case GIT_REPOSITORY_STATE_REVERT:
    case GIT_REPOSITORY_STATE_REVERT_SEQUENCE:
        return "revert";
    case GIT_REPOSITORY_STATE_CHERRYPICK:
    case GIT_REPOSITORY_STATE_CHERRYPICK_SEQUENCE:
        return "cherry-pick";
    case GIT_REPOSITORY_STATE_REBASE:
    case GIT_REPOSITORY_STATE_REBASE_INTERACTIVE:
    case GIT_REPOSITORY_STATE_REBASE_MERGE:
        return "rebase";
    case GIT_REPOSITORY_STATE_APPLY_MAILBOX:
    case GIT_REPOSITORY_STATE_APPLY_MAILBOX_OR_REBASE:
        return "am";
    case GIT_REPOSITORY_STATE_BISECT:
    case GIT_REPOSITORY_STATE_NONE:
        break;
    }
    return NULL;
}

static char *hooks_folder(const Repository *repository, git_config *config)
{
    g_auto(git_buf) path = {0};
    if (git_config_get_path(&path, config, "core.hooksPath") != 0)
        return g_build_filename(git_repository_commondir(repository->git), "hooks", NULL);
    return g_path_is_absolute(path.ptr) ? g_strdup(path.ptr) : repository_absolute(repository, path.ptr);
}

static gboolean check_hooks(const Repository *repository, git_config *config, const GPtrArray *paths, GError **error)
{
    static const char *const names[] = {"pre-commit", "prepare-commit-msg", "commit-msg", "post-commit"};
    g_autofree char *folder = hooks_folder(repository, config);
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *hook = g_build_filename(folder, names[i], NULL);
        if (g_file_test(hook, G_FILE_TEST_IS_REGULAR) && access(hook, X_OK) == 0) {
            g_autofree char *advice = by_git(paths);
            return refuse(error, "the hook '%s' has to run, which only git does: %s", hook, advice);
        }
    }
    return TRUE;
}

static gboolean check_commit(const Repository *repository, git_config *config, const GPtrArray *paths, GError **error)
{
    const char *doing = unfinished(repository);
    if (doing)
        return refuse(error,
                      "a %s is in progress in '%s': finish it ('git status' says how), or end it with 'git %s "
                      "--abort'",
                      doing, repository->root, doing);
    int sign = 0;
    if (git_config_get_bool(&sign, config, "commit.gpgsign") == 0 && sign) {
        g_autofree char *advice = by_git(paths);
        return refuse(error, "commits have to be signed here (commit.gpgsign), which only git does: %s", advice);
    }
    return check_hooks(repository, config, paths, error);
}

/* ---- who commits, and when ---- */

/* "1700000000 +0100", "@1700000000 +0100", or ISO 8601, as in GIT_AUTHOR_DATE. */
static gboolean parse_date(const char *text, gint64 *time, int *offset)
{
    const char *digits = *text == '@' ? text + 1 : text;
    char *end = NULL;
    gint64 seconds = g_ascii_strtoll(digits, &end, 10);
    gboolean raw = end > digits && (*end == '\0' || (*end == ' ' && strlen(end) == 6 && strchr("+-", end[1])));
    if (raw && (*text == '@' || end - digits > 8)) {
        int zone = *end ? atoi(end + 2) : 0; // NOLINT: four digits
        *time = seconds;
        *offset = (zone / 100 * 60 + zone % 100) * (*end && end[1] == '-' ? -1 : 1);
        return TRUE;
    }
    g_autofree char *iso = g_strdup(text);
    if (strlen(iso) > 10 && iso[10] == ' ')
        iso[10] = 'T';
    char *space = strchr(iso, ' '); /* in front of the zone */
    if (space)
        memmove(space, space + 1, strlen(space));
    g_autoptr(GTimeZone) local = g_time_zone_new_local();
    g_autoptr(GDateTime) date = g_date_time_new_from_iso8601(iso, local);
    if (!date)
        return FALSE;
    *time = g_date_time_to_unix(date);
    *offset = (int)(g_date_time_get_utc_offset(date) / G_TIME_SPAN_MINUTE);
    return TRUE;
}

/* From the environment, from "author.name" or "committer.name", from "user.name", in this order. New string, or NULL.
 */
static char *identity(git_config *config, const char *variable, const char *role, const char *key)
{
    const char *value = g_getenv(variable);
    if (value && *value)
        return g_strdup(value);
    const char *sections[] = {role, "user"};
    for (guint i = 0; i < G_N_ELEMENTS(sections); i++) {
        g_autofree char *name = g_strdup_printf("%s.%s", sections[i], key);
        g_auto(git_buf) text = {0};
        if (git_config_get_string_buf(&text, config, name) == 0 && text.size > 0)
            return g_strdup(text.ptr);
    }
    return NULL;
}

/* role: "AUTHOR" or "COMMITTER". */
static git_signature *signature_of(const Repository *repository, git_config *config, const char *role, GError **error)
{
    g_autofree char *name_variable = g_strdup_printf("GIT_%s_NAME", role);
    g_autofree char *email_variable = g_strdup_printf("GIT_%s_EMAIL", role);
    g_autofree char *date_variable = g_strdup_printf("GIT_%s_DATE", role);
    g_autofree char *section = g_ascii_strdown(role, -1);
    g_autofree char *name = identity(config, name_variable, section, "name");
    g_autofree char *email = identity(config, email_variable, section, "email");
    if (!email && g_getenv("EMAIL"))
        email = g_strdup(g_getenv("EMAIL"));
    if (!name || !email) {
        refuse(error,
               "git does not know who commits: user.%s is not set\n"
               "git config --global user.name 'Your Name' && git config --global user.email you@example.org",
               name ? "email" : "name");
        return NULL;
    }
    const char *date = g_getenv(date_variable);
    gint64 time = 0;
    int offset = 0;
    if (date && *date && !parse_date(date, &time, &offset)) {
        refuse(error, "%s '%s' is no date as '2026-11-21T08:15:00+01:00' or '1795245300 +0100'", date_variable, date);
        return NULL;
    }
    git_signature *signature = NULL;
    int code = date && *date ? git_signature_new(&signature, name, email, time, offset)
                             : git_signature_now(&signature, name, email);
    if (code != 0)
        write_failed(repository, code, error, "user.name and user.email cannot be used");
    return signature;
}

/* ---- the commit ---- */

/* HEAD's commit, NULL in *commit where there is none yet. */
static gboolean read_head(const Repository *repository, git_commit **commit, GError **error)
{
    git_oid id;
    int code = git_reference_name_to_id(&id, repository->git, "HEAD");
    if (code == GIT_ENOTFOUND && git_repository_head_unborn(repository->git) == 1)
        return TRUE;
    if (code == 0)
        code = git_commit_lookup(commit, repository->git, &id);
    return code == 0 || write_failed(repository, code, error, "HEAD's commit cannot be read");
}

/* HEAD's files, with those that were staged as they are in the index. */
static gboolean partial_tree(const Repository *repository, const git_commit *head, git_index *index,
                             const GPtrArray *relative, git_oid *tree, GError **error)
{
    g_autoptr(git_index) files = NULL;
    g_autoptr(git_tree) head_tree = NULL;
    int code = git_index_new(&files);
    if (code == 0 && head)
        code = git_commit_tree(&head_tree, head);
    if (code == 0 && head)
        code = git_index_read_tree(files, head_tree);
    for (guint i = 0; i < relative->len && code == 0; i++) {
        const char *path = g_ptr_array_index(relative, i);
        const git_index_entry *entry = git_index_get_bypath(index, path, 0);
        if (entry)
            code = git_index_add(files, entry);
        else if (git_index_get_bypath(files, path, 0))
            code = git_index_remove(files, path, 0);
    }
    if (code == 0)
        code = git_index_write_tree_to(tree, files, repository->git);
    if (code != 0)
        return write_failed(repository, code, error, "the commit's files cannot be written");
    if (head ? git_oid_equal(tree, git_commit_tree_id(head)) : git_index_entrycount(files) == 0) {
        g_autofree char *names = text_list(relative, ", ");
        return refuse(error, "there is nothing to commit: HEAD has '%s' as it is", names);
    }
    return TRUE;
}

typedef struct Draft {
    git_signature *author, *committer;
    git_commit *head; /* NULL: the first commit */
    git_oid tree;
} Draft;

static void draft_clear(Draft *draft)
{
    git_signature_free(draft->author);
    git_signature_free(draft->committer);
    git_commit_free(draft->head);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Draft, draft_clear)

static gboolean draft_fill(Draft *draft, const Repository *repository, git_config *config, GError **error)
{
    draft->author = signature_of(repository, config, "AUTHOR", error);
    draft->committer = draft->author ? signature_of(repository, config, "COMMITTER", error) : NULL;
    return draft->committer && read_head(repository, &draft->head, error);
}

/* The index first: of what fails between the two, staged files are left, which is no harm. */
static char *draft_commit(const Draft *draft, const Repository *repository, git_index *index, const char *message,
                          GError **error)
{
    g_auto(git_buf) text = {0};
    const git_commit *parents[] = {draft->head};
    git_oid id;
    if (git_message_prettify(&text, message, FALSE, '#') != 0 || text.size == 0) {
        refuse(error, "the commit has no message");
        return NULL;
    }
    if (!write_index(repository, index, error))
        return NULL;
    /* the reflog's line is by whoever this handle says */
    git_repository_set_ident(repository->git, draft->committer->name, draft->committer->email);
    g_autoptr(git_tree) tree = NULL;
    int code = git_tree_lookup(&tree, repository->git, &draft->tree);
    if (code == 0)
        code = git_commit_create(&id, repository->git, "HEAD", draft->author, draft->committer, NULL, text.ptr, tree,
                                 draft->head ? 1 : 0, parents);
    if (code == 0)
        return git_id_text(&id);
    write_failed(repository, code, error, "the files are staged, but nothing was committed");
    return NULL;
}

static gboolean check_no_conflicts(const Repository *repository, git_index *index, GError **error)
{
    return !git_index_has_conflicts(index) ||
           refuse(error,
                  "the index of '%s' has files with conflicts: 'git status' lists them, 'git add' says that one is "
                  "solved",
                  repository->root);
}

char *repository_commit_files(Repository *repository, const GPtrArray *paths, const char *message, GError **error)
{
    g_autoptr(git_config) config = read_config(repository, error);
    if (!config || !check_commit(repository, config, paths, error))
        return NULL;
    g_auto(Draft) draft = {0};
    if (!draft_fill(&draft, repository, config, error))
        return NULL;
    g_autoptr(GPtrArray) relative = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(git_index) index = stage_all(repository, config, paths, relative, error);
    if (!index || !check_no_conflicts(repository, index, error))
        return NULL;
    if (!partial_tree(repository, draft.head, index, relative, &draft.tree, error))
        return NULL;
    return draft_commit(&draft, repository, index, message, error);
}

/* ---- before the files are there ---- */

/* `file` of the folder is one that git has while it changes what it is named for. */
static gboolean check_unlocked(const char *folder, const char *file, GError **error)
{
    g_autofree char *name = g_strconcat(file, ".lock", NULL), *lock = g_build_filename(folder, name, NULL);
    return !g_file_test(lock, G_FILE_TEST_EXISTS) ||
           refuse(error,
                  "another git is at work: '%s' exists\nfinish it and try again; where none is, a git that was killed "
                  "left the file: remove it",
                  lock);
}

/* What HEAD is on, or HEAD itself where it is detached. */
static gboolean check_branch_unlocked(const Repository *repository, GError **error)
{
    g_autoptr(git_reference) head = NULL;
    const char *branch =
        git_reference_lookup(&head, repository->git, "HEAD") == 0 ? git_reference_symbolic_target(head) : NULL;
    return branch ? check_unlocked(git_repository_commondir(repository->git), branch, error)
                  : check_unlocked(git_repository_path(repository->git), "HEAD", error);
}

static gboolean check_index(const Repository *repository, gboolean commit, const char *path, GError **error)
{
    if (!check_unlocked(git_repository_path(repository->git), "index", error) ||
        (commit && !check_branch_unlocked(repository, error)))
        return FALSE;
    g_autoptr(git_index) index = NULL;
    int code = git_repository_index(&index, repository->git);
    if (code == 0)
        code = git_index_read(index, TRUE);
    if (code != 0)
        return write_failed(repository, code, error, "the index cannot be read");
    return check_not_nested(repository, index, path, error) &&
           (!commit || check_no_conflicts(repository, index, error));
}

gboolean repository_can_write(Repository *repository, const char *path, gboolean commit, GError **error)
{
    if (repository_is_bare(repository))
        return refuse(error, "the repository '%s' is bare: it has no working folder to stage files of",
                      repository->root);
    g_autoptr(git_config) config = read_config(repository, error);
    g_autofree char *relative = config ? path_to_stage(repository, path, error) : NULL;
    if (!relative || !check_attributes(repository, config, relative, error) ||
        (commit && !check_commit(repository, config, NULL, error)))
        return FALSE;
    g_auto(Draft) draft = {0};
    return (!commit || draft_fill(&draft, repository, config, error)) &&
           check_index(repository, commit, relative, error);
}
