#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "git/internal.h"

/* ---- where it is ---- */

static char *without_slash(const char *path)
{
    gsize length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    return g_strndup(path, length);
}

/* The nearest folder upwards that has a ".git"; NULL: none. */
static char *folder_with_git(const char *folder)
{
    for (g_autofree char *at = g_strdup(folder);;) {
        g_autofree char *git = g_build_filename(at, ".git", NULL);
        if (g_file_test(git, G_FILE_TEST_EXISTS))
            return g_steal_pointer(&at);
        char *parent = g_path_get_dirname(at);
        gboolean top = strcmp(parent, at) == 0;
        g_free(at);
        at = parent;
        if (top)
            return NULL;
    }
}

/* What a person calls the repository that `folder` lies in. */
static char *known_as(const char *folder)
{
    char *with_git = folder_with_git(folder);
    if (with_git)
        return with_git;
    g_auto(git_buf) path = GIT_BUF_INIT;
    return git_repository_discover(&path, folder, FALSE, NULL) == 0 ? without_slash(path.ptr) : g_strdup(folder);
}

/* ---- whose it is ---- */

static gboolean is_safe_for(const char *value, const char *folder)
{
    g_autofree char *plain = without_slash(value);
    if (strcmp(plain, "*") == 0)
        return TRUE;
    if (g_str_has_suffix(plain, "/*")) {
        plain[strlen(plain) - 2] = '\0';
        const char *rest = file_path_below(plain, folder);
        return rest && *rest;
    }
    g_autofree char *real = file_real_path(plain);
    return strcmp(plain, folder) == 0 || strcmp(real, folder) == 0;
}

typedef struct SafeDirectory {
    const char *folder;
    gboolean safe;
} SafeDirectory;

static void note_safe(SafeDirectory *directory, const char *value)
{
    /* An empty value takes back those before it. */
    directory->safe = *value && (directory->safe || is_safe_for(value, directory->folder));
}

static int note_safe_entry(const git_config_entry *entry, void *data)
{
    if (strcmp(entry->name, "safe.directory") == 0)
        note_safe(data, entry->value ? entry->value : "");
    return 0;
}

/* What `git -c` and CI systems hand down. */
static void note_safe_of_environment(SafeDirectory *directory)
{
    const char *count = g_getenv("GIT_CONFIG_COUNT");
    gint64 n = count ? g_ascii_strtoll(count, NULL, 10) : 0;
    for (gint64 i = 0; i < MIN(n, 1000); i++) {
        g_autofree char *key = g_strdup_printf("GIT_CONFIG_KEY_%d", (int)i);
        g_autofree char *value = g_strdup_printf("GIT_CONFIG_VALUE_%d", (int)i);
        if (g_getenv(key) && g_getenv(value) && g_ascii_strcasecmp(g_getenv(key), "safe.directory") == 0)
            note_safe(directory, g_getenv(value));
    }
}

static gboolean is_safe(const char *folder)
{
    SafeDirectory directory = {folder, FALSE};
    g_autoptr(git_config) config = NULL;
    if (git_config_open_default(&config) == 0)
        git_config_foreach(config, note_safe_entry, &directory);
    note_safe_of_environment(&directory);
    return directory.safe;
}

/* Under sudo it may be that of who called it. What is not there is nobody else's. */
static gboolean is_own(const char *path)
{
    const char *user = geteuid() == 0 ? g_getenv("SUDO_UID") : NULL;
    struct stat status;
    guint64 id = 0;
    if (lstat(path, &status) != 0 || status.st_uid == geteuid())
        return TRUE;
    return user && g_ascii_string_to_unsigned(user, 10, 0, G_MAXUINT32, &id, NULL) && status.st_uid == id;
}

/* As git does it. libgit2's own check is switched off: it knows fewer ways to write safe.directory and none of the
 * environment, and where nothing sets safe.directory at all, 1.5 says that there is no repository. */
static gboolean may_be_read(git_repository *git, const char *root)
{
    g_autofree char *link = g_build_filename(root, ".git", NULL);
    return (is_own(root) && is_own(link) && is_own(git_repository_path(git))) || is_safe(root);
}

static gboolean refuse_owner(const char *name, GError **error)
{
    g_autofree char *word = text_shell_word(name);
    g_set_error(error, REPOSITORY_ERROR, REPOSITORY_ERROR_OWNER,
                "the repository '%s' belongs to another user, and git's safe.directory does not name it\n"
                "if you trust it: git config --global --add safe.directory %s",
                name, word);
    return FALSE;
}

/* ---- what cannot be read ---- */

/* Of the extensions.* of the repository's own config; NULL: not set. New string. */
static char *extension(const char *folder, const char *name)
{
    g_auto(git_buf) path = GIT_BUF_INIT;
    if (git_repository_discover(&path, folder, FALSE, NULL) != 0)
        return NULL;
    g_autofree char *common = NULL, *key = g_strdup_printf("extensions.%s", name);
    g_autofree char *common_file = g_build_filename(path.ptr, "commondir", NULL);
    if (g_file_get_contents(common_file, &common, NULL, NULL))
        g_strchomp(common);
    g_autofree char *git = common ? g_canonicalize_filename(common, path.ptr) : g_strdup(path.ptr);
    g_autofree char *file = g_build_filename(git, "config", NULL);
    g_autoptr(git_config) config = NULL, snapshot = NULL;
    const char *value = NULL;
    if (git_config_open_ondisk(&config, file) != 0 || git_config_snapshot(&snapshot, config) != 0 ||
        git_config_get_string(&value, snapshot, key) != 0)
        return NULL;
    return g_strdup(value);
}

static const char read_from_folder[] = "write the files of a commit into a folder (git worktree add FOLDER COMMIT) and "
                                       "give its migrate.ini with --config";

static gboolean refuse_format(const char *folder, GError **error)
{
    g_autofree char *words = g_utf8_make_valid(git_error_last() ? git_error_last()->message : "", -1);
    g_autofree char *name = known_as(folder), *format = extension(folder, "objectformat");
    g_autofree char *storage = extension(folder, "refstorage");
    const char *why = NULL;
    if (format && g_ascii_strcasecmp(format, "sha1") != 0)
        why = "its object ids are not SHA-1 (extensions.objectFormat)";
    else if (storage && g_ascii_strcasecmp(storage, "files") != 0)
        why =
            "its branches and tags are in a reftable ('git refs migrate --ref-format=files' of git 2.46 changes that)";
    else if (!strstr(words, "extension") && !strstr(words, "version"))
        return git_failed(NULL, GIT_ERROR, error, "the repository '%s' cannot be read", name);
    g_set_error(error, REPOSITORY_ERROR, REPOSITORY_ERROR_UNSUPPORTED,
                "the repository '%s' cannot be read by libgit2 %s: %s\nwhat needs no git works as ever; else %s", name,
                LIBGIT2_VERSION, why ? why : words, read_from_folder);
    return FALSE;
}

/* Nothing was found: not where a ".git" leads nowhere, as git says, too. */
static gboolean check_nothing_there(const char *folder, GError **error)
{
    g_autofree char *with_git = folder_with_git(folder);
    g_autofree char *git = with_git ? g_build_filename(with_git, ".git", NULL) : NULL, *text = NULL;
    if (!git || g_file_test(git, G_FILE_TEST_IS_DIR) || !g_file_get_contents(git, &text, NULL, NULL) ||
        !g_str_has_prefix(text, "gitdir:"))
        return TRUE;
    g_autofree char *target = g_canonicalize_filename(g_strstrip(text + strlen("gitdir:")), with_git);
    if (g_file_test(target, G_FILE_TEST_EXISTS))
        return TRUE;
    g_set_error(error, REPOSITORY_ERROR, REPOSITORY_ERROR_READ,
                "'%s' says that its repository is '%s', which is not there\n"
                "a worktree: 'git worktree repair' in the repository; a submodule: 'git submodule update --init'",
                git, target);
    return FALSE;
}

/* ---- opening ---- */

static char *root_of(git_repository *git)
{
    const char *folder = git_repository_workdir(git);
    g_autofree char *plain = without_slash(folder ? folder : git_repository_path(git));
    return file_real_path(plain);
}

/* FALSE without an error: none. */
static gboolean open_git(const char *folder, guint flags, const char *ceilings, git_repository **git, GError **error)
{
    int code = git_repository_open_ext(git, folder, flags, ceilings);
    if (code == GIT_ENOTFOUND)
        return FALSE;
    if (code != 0)
        return refuse_format(folder, error);
    g_autofree char *root = root_of(*git);
    if (!may_be_read(*git, root)) {
        g_clear_pointer(git, git_repository_free);
        return refuse_owner(root, error);
    }
    g_autofree char *storage = extension(git_repository_path(*git), "refstorage");
    if (storage && g_ascii_strcasecmp(storage, "files") != 0) {
        g_clear_pointer(git, git_repository_free);
        return refuse_format(folder, error);
    }
    return TRUE;
}

static GHashTable *read_shallow(git_repository *git)
{
    g_autofree char *file = g_build_filename(git_repository_commondir(git), "shallow", NULL), *text = NULL;
    if (!g_file_get_contents(file, &text, NULL, NULL))
        return NULL;
    GHashTable *shallow = g_hash_table_new_full(git_id_hash, git_id_equal, g_free, NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        git_oid id;
        if (git_oid_fromstr(&id, *line) == 0)
            g_hash_table_add(shallow, g_memdup2(&id, sizeof id));
    }
    if (g_hash_table_size(shallow) == 0)
        g_clear_pointer(&shallow, g_hash_table_unref);
    return shallow;
}

static int found_promisor(const git_config_entry *entry, void *data)
{
    gboolean of_remote = g_str_has_prefix(entry->name, "remote.") && g_str_has_suffix(entry->name, ".promisor");
    if (of_remote || strcmp(entry->name, "extensions.partialclone") == 0)
        *(gboolean *)data = TRUE;
    return 0;
}

static gboolean is_partial(git_repository *git)
{
    g_autoptr(git_config) config = NULL;
    gboolean partial = FALSE;
    if (git_repository_config(&config, git) != 0)
        return FALSE;
    /* Not git_config_foreach_match(): libgit2 1.5 leaks memory there with each entry. */
    git_config_foreach(config, found_promisor, &partial);
    return partial;
}

void git_add_quarantine(git_repository *git)
{
    const char *path = g_getenv("GIT_QUARANTINE_PATH");
    g_autofree char *objects = g_build_filename(git_repository_commondir(git), "objects", NULL);
    g_autofree char *own = file_real_path(objects), *incoming = path && *path ? file_real_path(path) : NULL;
    g_autoptr(git_odb) odb = NULL;
    if (!incoming || !file_path_below(own, incoming) || git_repository_odb(&odb, git) != 0)
        return;
    if (git_odb_add_disk_alternate(odb, incoming) != 0)
        log_warning("what this push brings cannot be read from '%s'", incoming);
}

static Repository *new_repository(git_repository *git)
{
    git_add_quarantine(git);
    Repository *repository = g_new0(Repository, 1);
    repository->git = git;
    repository->root = root_of(git);
    repository->shallow = read_shallow(git);
    repository->partial = is_partial(git);
    return repository;
}

/* As git does it: GIT_DIR names the repository, GIT_WORK_TREE its working folder. FALSE without an error: not set. */
static gboolean open_of_environment(git_repository **git, GError **error)
{
    const char *folder = g_getenv("GIT_DIR"), *work_tree = g_getenv("GIT_WORK_TREE");
    if (!folder || !*folder)
        return FALSE;
    if (!open_git(folder, GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_NO_DOTGIT, NULL, git, error)) {
        if (error && !*error)
            g_set_error(error, REPOSITORY_ERROR, REPOSITORY_ERROR_READ,
                        "GIT_DIR in the environment is '%s', which is no repository", folder);
        return FALSE;
    }
    int code = work_tree && *work_tree ? git_repository_set_workdir(*git, work_tree, FALSE) : 0;
    if (code != 0) {
        g_clear_pointer(git, git_repository_free);
        return git_failed(NULL, code, error, "GIT_WORK_TREE in the environment is '%s', which cannot be used",
                          work_tree);
    }
    return TRUE;
}

/* The environment's repository is meant where the folder lies in it, or in none: a hook of one repository may run this
 * for another one's folder. */
static gboolean is_meant(git_repository *of_environment, git_repository *found, const char *folder)
{
    g_autofree char *root = root_of(of_environment);
    return !found || file_path_below(root, folder) != NULL;
}

/* The folder, or where it would come to be; without links. */
static char *existing_folder(const char *folder)
{
    g_autofree char *at = file_real_path(folder);
    while (!g_file_test(at, G_FILE_TEST_EXISTS)) {
        char *parent = g_path_get_dirname(at);
        g_free(at);
        at = parent;
    }
    return g_steal_pointer(&at);
}

Repository *repository_discover(const char *folder, GError **error)
{
    git_library_start();
    g_autofree char *real = existing_folder(folder);
    g_autoptr(git_repository) found = NULL, of_environment = NULL;
    g_autoptr(GError) failed = NULL;
    guint flags = g_getenv("GIT_DISCOVERY_ACROSS_FILESYSTEM") ? GIT_REPOSITORY_OPEN_CROSS_FS : 0;
    if (!open_of_environment(&of_environment, &failed) && failed) {
        g_propagate_error(error, g_steal_pointer(&failed));
        return NULL;
    }
    gboolean opened = open_git(real, flags, g_getenv("GIT_CEILING_DIRECTORIES"), &found, &failed);
    if (of_environment && is_meant(of_environment, found, real))
        return new_repository(g_steal_pointer(&of_environment));
    if (failed) {
        g_propagate_error(error, g_steal_pointer(&failed));
        return NULL;
    }
    if (!opened) {
        check_nothing_there(real, error);
        return NULL;
    }
    return new_repository(g_steal_pointer(&found));
}

Repository *repository_open(const char *folder, GError **error)
{
    GError *failed = NULL;
    Repository *repository = repository_discover(folder, &failed);
    if (!repository && !failed)
        g_set_error(
            &failed, REPOSITORY_ERROR, REPOSITORY_ERROR_NOT_FOUND,
            "'%s' is not in a git repository\n'git init' makes one; migrate.ini's folder is where it is looked for",
            folder);
    if (failed)
        g_propagate_error(error, failed);
    return repository;
}

void repository_free(Repository *repository)
{
    if (!repository)
        return;
    git_repository_free(repository->git);
    g_clear_pointer(&repository->shallow, g_hash_table_unref);
    g_free(repository->root);
    g_free(repository);
}

/* ---- what it is ---- */

const char *repository_root(const Repository *repository)
{
    return repository->root;
}

gboolean repository_is_bare(const Repository *repository)
{
    return git_repository_is_bare(repository->git) == 1;
}

gboolean repository_is_shallow(const Repository *repository)
{
    return repository->shallow != NULL;
}

char *repository_relative(const Repository *repository, const char *absolute)
{
    /* A link to a file is a file of git's own, one to a folder is not. */
    g_autofree char *plain = g_canonicalize_filename(absolute, NULL);
    g_autofree char *name = g_path_get_basename(plain), *folder = g_path_get_dirname(plain);
    g_autofree char *real_folder = file_real_path(folder), *real = file_real_path(plain);
    g_autofree char *itself = g_build_filename(real_folder, name, NULL);
    const char *inside = g_file_test(plain, G_FILE_TEST_IS_DIR) ? NULL : file_path_below(repository->root, itself);
    return g_strdup(inside ? inside : file_path_below(repository->root, real));
}

char *repository_absolute(const Repository *repository, const char *relative)
{
    return *relative ? g_build_filename(repository->root, relative, NULL) : g_strdup(repository->root);
}

char *repository_branch(const Repository *repository)
{
    g_autoptr(git_reference) head = NULL;
    if (git_reference_lookup(&head, repository->git, "HEAD") != 0 || git_reference_type(head) != GIT_REFERENCE_SYMBOLIC)
        return NULL;
    const char *target = git_reference_symbolic_target(head);
    const char *name = g_str_has_prefix(target, "refs/heads/") ? target + strlen("refs/heads/") : target;
    return g_utf8_make_valid(name, -1);
}
