#include "commands.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "base_reference.h"
#include "committing.h"
#include "exit.h"
#include "git/repository.h"
#include "opening.h"
#include "output.h"
#include "rebase_applied.h"
#include "repository.h"
#include "script/rebase.h"

/* One run. */
typedef struct Rebasing {
    Repository *repository; /* the invocation's */
    BaseReference onto;
    char *commit;   /* of `onto` */
    FileTree *tree; /* of that commit */
    ScriptDirectory *directory;
    RevisionMap *empty;  /* stands for theirs where that commit has no revisions at all */
    RevisionMap *theirs; /* one of the two's */
    GPtrArray *ours;
    Rebase rebase;
    RebasePlan *plan;
    GPtrArray *texts; /* GBytes*: the new files, as plan->moves */
    Committing committing;
    char *database;    /* that was asked; NULL: none */
    gboolean contains; /* this branch has all of `onto` */
} Rebasing;

static void rebasing_clear(Rebasing *rebasing)
{
    base_reference_clear(&rebasing->onto);
    committing_clear(&rebasing->committing);
    g_free(rebasing->commit);
    g_free(rebasing->database);
    rebase_plan_free(rebasing->plan);
    g_clear_pointer(&rebasing->texts, g_ptr_array_unref);
    g_clear_pointer(&rebasing->ours, g_ptr_array_unref);
    revision_map_free(rebasing->empty);
    script_directory_free(rebasing->directory);
    file_tree_free(rebasing->tree);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Rebasing, rebasing_clear)

/* --- the two sides --- */

/* The revisions of a tree: the map of *directory, or an empty one where the tree has nothing of this project yet. */
static RevisionMap *read_theirs(Invocation *invocation, const FileTree *tree, ScriptDirectory **directory,
                                RevisionMap **empty, GError **error)
{
    GError *failure = NULL;
    g_autoptr(Config) config = config_at(invocation, tree, &failure);
    if (failure) {
        g_propagate_error(error, failure);
        return NULL;
    }
    const char *location = script_directory_location(invocation->directory);
    if (!config && file_tree_kind(tree, location) == FILE_KIND_NONE)
        return *empty = revision_map_new(g_ptr_array_new(), error);
    *directory = script_directory_at(invocation, tree, error);
    if (!*directory)
        return NULL;
    script_directory_allow_gaps(*directory);
    return script_directory_map(*directory, error);
}

static gboolean read_sides(Invocation *invocation, Rebasing *rebasing, GError **error)
{
    Repository *repository = rebasing->repository = invocation_need_repository(invocation, error);
    if (!repository)
        return FALSE;
    if (repository_is_bare(repository)) {
        g_set_error(error, REPOSITORY_ERROR, REPOSITORY_ERROR_WRITE,
                    "repository '%s' is bare: it has no files to change\nrun this in a clone of it",
                    repository_root(repository));
        return FALSE;
    }
    if (!base_reference_find(repository, option_string(invocation, "onto"), "--onto", &rebasing->onto, error))
        return FALSE;
    const char *ref = rebasing->onto.ref;
    if (rebasing->onto.origin)
        log_detail("onto %s: %s", ref, rebasing->onto.origin);
    rebasing->commit = repository_resolve(repository, ref, error);
    rebasing->tree = rebasing->commit ? repository_tree(repository, rebasing->commit, ref, error) : NULL;
    if (!rebasing->tree)
        return FALSE;
    rebasing->theirs = read_theirs(invocation, rebasing->tree, &rebasing->directory, &rebasing->empty, error);
    if (!rebasing->theirs) {
        g_prefix_error(error, "the revisions of %s cannot be read: ", ref);
        return FALSE;
    }
    rebasing->ours = script_directory_read(invocation->directory, NULL, error);
    return rebasing->ours != NULL;
}

/* Where both sides began without revisions, the first ones of each are no branches that somebody wanted. */
static gboolean began_empty(Invocation *invocation, const Rebasing *rebasing)
{
    g_autofree char *head = repository_resolve(rebasing->repository, "HEAD", NULL);
    g_autofree char *base = head ? repository_merge_base(rebasing->repository, head, rebasing->commit, NULL) : NULL;
    g_autoptr(FileTree) tree = base ? repository_tree(rebasing->repository, base, NULL, NULL) : NULL;
    g_autoptr(ScriptDirectory) directory = NULL;
    g_autoptr(RevisionMap) empty = NULL;
    RevisionMap *map = tree ? read_theirs(invocation, tree, &directory, &empty, NULL) : NULL;
    return map && revision_map_all(map)->len == 0;
}

static gboolean make_plan(Invocation *invocation, Rebasing *rebasing, GError **error)
{
    rebasing->rebase = (Rebase){.ours = rebasing->ours,
                                .theirs = rebasing->theirs,
                                .name = rebasing->onto.ref,
                                .head = option_string(invocation, "head")};
    rebasing->plan = rebase_plan(&rebasing->rebase, error);
    if (!rebasing->plan || rebasing->plan->bases->len == 0 || !began_empty(invocation, rebasing))
        return rebasing->plan != NULL;
    rebase_plan_free(rebasing->plan);
    rebasing->rebase.move_bases = TRUE;
    rebasing->plan = rebase_plan(&rebasing->rebase, error);
    return rebasing->plan != NULL;
}

/* --- the files --- */

/* All are made, and what can be refused is, before the first is written. */
static gboolean make_texts(Rebasing *rebasing, GError **error)
{
    const GPtrArray *moves = rebasing->plan->moves;
    rebasing->texts = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    for (guint i = 0; i < moves->len; i++) {
        const RebaseMove *move = moves->pdata[i];
        const char *path = move->revision->path;
        g_autofree char *bytes = NULL;
        gsize length = 0, new_length = 0;
        if (!committing_check(&rebasing->committing, path, error))
            return FALSE;
        char *text = file_read(path, &bytes, &length, error)
                         ? revision_text_reparent(path, bytes, length, move->parents, &new_length, error)
                         : NULL;
        if (!text)
            return FALSE;
        g_ptr_array_add(rebasing->texts, g_bytes_new_take(text, new_length));
    }
    return TRUE;
}

static gboolean write_texts(const Rebasing *rebasing, GError **error)
{
    const GPtrArray *moves = rebasing->plan->moves;
    for (guint i = 0; i < moves->len; i++) {
        const RebaseMove *move = moves->pdata[i];
        gsize length;
        const char *text = g_bytes_get_data(rebasing->texts->pdata[i], &length);
        if (file_write(move->revision->path, text, length, FILE_WRITE_REPLACE, error))
            continue;
        g_prefix_error(error, "%u of %u files are written, the next is not: ", i, moves->len);
        return FALSE;
    }
    return TRUE;
}

static gboolean commit_files(Rebasing *rebasing, GError **error)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    for (guint i = 0; i < rebasing->plan->moves->len; i++) {
        const RebaseMove *move = rebasing->plan->moves->pdata[i];
        g_ptr_array_add(paths, move->revision->path);
        g_ptr_array_add(ids, move->revision->id);
    }
    g_autofree char *list = text_list(ids, ", ");
    g_autofree char *message =
        g_strdup_printf("Rebase revision%s %s onto the head of %s", ids->len == 1 ? "" : "s", list, rebasing->onto.ref);
    return committing_finish(&rebasing->committing, paths, message, error);
}

/* --- what is said --- */

static char *parents_text(const GPtrArray *ids)
{
    g_autofree char *list = text_list(ids, ", ");
    return g_strdup(*list ? list : "<base>");
}

static void print_moves(const Rebasing *rebasing)
{
    for (guint i = 0; i < rebasing->plan->moves->len; i++) {
        const RebaseMove *move = rebasing->plan->moves->pdata[i];
        g_autofree char *old = parents_text(move->revision->down_revisions);
        g_autofree char *now = parents_text(move->parents);
        g_autofree char *path = repository_relative(rebasing->repository, move->revision->path);
        printf("%s: revises %s -> %s (%s)\n", move->revision->id, old, now, path ? path : move->revision->path);
    }
}

/* What brings both together. */
static void print_next(const Rebasing *rebasing, gboolean is_dry)
{
    g_autofree char *ref = text_shell_word(rebasing->onto.ref);
    gboolean committed = rebasing->committing.id != NULL;
    if (is_dry)
        log_info("nothing was written: run this without --dry-run");
    else if (!rebasing->contains)
        log_info("next: %sgit rebase %s, or git merge %s, which brings the revisions that they revise",
                 committed ? "" : "commit these files, then ", ref, ref);
    else if (!committed)
        log_info("next: commit these files");
}

static cJSON *result_to_json(const Rebasing *rebasing, gboolean is_dry)
{
    cJSON *document = cJSON_CreateObject();
    json_add_string(document, "onto", rebasing->onto.ref);
    json_add_string(document, "onto_commit", rebasing->commit);
    cJSON_AddBoolToObject(document, "onto_is_merged", rebasing->contains);
    json_add_string(document, "database", rebasing->database);
    cJSON_AddBoolToObject(document, "dry_run", is_dry);
    committing_add_json(&rebasing->committing, document);
    cJSON *revisions = cJSON_AddArrayToObject(document, "revisions");
    for (guint i = 0; i < rebasing->plan->moves->len; i++) {
        const RebaseMove *move = rebasing->plan->moves->pdata[i];
        cJSON *item = cJSON_CreateObject();
        json_add_string(item, "revision", move->revision->id);
        json_add_string(item, "path", move->revision->path);
        cJSON_AddItemToObject(item, "former_down_revision", json_string_array_of(move->revision->down_revisions));
        cJSON_AddItemToObject(item, "down_revision", json_string_array_of(move->parents));
        cJSON_AddItemToArray(revisions, item);
    }
    return document;
}

static void print_nothing(const Rebasing *rebasing)
{
    guint own = rebasing->plan->own->len;
    if (own == 0)
        printf("nothing to do: %s has all revisions that are here\n", rebasing->onto.ref);
    else
        printf("nothing to do: %u revision%s that %s has not, on its heads already\n", own, own == 1 ? "" : "s",
               rebasing->onto.ref);
}

static void log_bases(const Rebasing *rebasing)
{
    for (guint i = 0; i < rebasing->plan->bases->len; i++) {
        const Revision *base = rebasing->plan->bases->pdata[i];
        log_info("'%s' stays a base: it revises nothing of %s", base->id, rebasing->onto.ref);
    }
}

static gboolean contains_ref(const Rebasing *rebasing)
{
    g_autofree char *head = repository_resolve(rebasing->repository, "HEAD", NULL);
    g_autofree char *base = head ? repository_merge_base(rebasing->repository, head, rebasing->commit, NULL) : NULL;
    return g_strcmp0(base, rebasing->commit) == 0;
}

static int run(Invocation *invocation, GError **error)
{
    gboolean is_dry = option_flag(invocation, "dry-run");
    g_auto(Rebasing) rebasing = {0};
    if (!committing_init(&rebasing.committing, invocation, error) || !read_sides(invocation, &rebasing, error) ||
        !make_plan(invocation, &rebasing, error))
        return -1;
    gboolean found = rebasing.plan->moves->len > 0;
    if (found && (!rebase_check_applied(invocation, &rebasing.rebase, rebasing.plan, &rebasing.database, error) ||
                  !make_texts(&rebasing, error)))
        return -1;
    if (found && !is_dry && !(write_texts(&rebasing, error) && commit_files(&rebasing, error)))
        return -1;
    rebasing.contains = contains_ref(&rebasing);
    log_bases(&rebasing);
    if (invocation->json)
        output_json(result_to_json(&rebasing, is_dry));
    else if (found)
        print_moves(&rebasing);
    else
        print_nothing(&rebasing);
    if (found)
        print_next(&rebasing, is_dry);
    return EXIT_DONE;
}

static const OptionSpec options[] = {
    {"onto", 0, OPTION_STRING, "REF", "the branch that this one is for (default: the pull request's, or the remote's)",
     NULL},
    {"head", 0, OPTION_STRING, "REV", "the head of REF to revise, where there are several", NULL},
    {"dry-run", 0, OPTION_FLAG, NULL, "print what would change, and write nothing", NULL},
    {"no-database", 0, OPTION_FLAG, NULL, "do not look whether the revisions are applied", NULL},
    {"commit", 0, OPTION_FLAG, NULL, "commit the changed files alone, as git's user.name and user.email", NULL},
    {"stage", 0, OPTION_FLAG, NULL, "put the changed files into git's index", NULL},
    {0},
};

const Command command_rebase = {
    .name = "rebase",
    .summary = "let a branch's own revisions revise the head of another branch",
    .description =
        "Two branches that both add a revision to the same head merge without a conflict in git, and leave two heads. "
        "This command changes the revisions that only this branch has, committed or not, so that the first of them "
        "revises the head that REF has by now. Only the header of the files changes: the line -- Revises:, or the "
        "value of \"down_revision\". Revisions that REF has, too, are left alone.\n\n"
        "REF is a branch, a tag or a commit. Without --onto it is the branch that the pull request is for, as the CI "
        "system says it, or else the default branch of the remote origin.\n\n"
        "A revision whose parent is a head of REF already stays. One whose parent is not becomes a child of the head "
        "above it; where there are several, of the one on the same branch (branch labels), or of --head. In a chain "
        "only the first one changes. What a merge revision of this branch revises and what has become an ancestor of "
        "its other parent is taken out.\n\n"
        "A revision that is applied in the configured database is not moved: its place among the others is recorded "
        "there. Take it down first. With --no-database, or without a url, no database is asked. A database that "
        "cannot be reached is an error.\n\n"
        "The revisions of REF need not be in the working folder: commit the files, and bring the branches together "
        "with git rebase or git merge. After git rebase the command does the same. See migrate-git(7).",
    .examples = "git fetch origin && migrate rebase\nmigrate rebase --onto origin/main --dry-run\n"
                "migrate rebase --onto release-2 --head billing@head --no-database",
    .options = options,
    .needs = NEEDS_CONFIG | NEEDS_SCRIPT_DIRECTORY | NEEDS_READ_ONLY,
    .run = run,
};
