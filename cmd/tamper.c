#include "tamper.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "commits.h"
#include "output.h"
#include "repository.h"

enum { DIFF_LINES = 40, REPORTS = 5 };

void tampering_free(Tampering *tampering)
{
    if (!tampering)
        return;
    commit_free(tampering->commit);
    char *texts[] = {tampering->unknown, tampering->diff, tampering->no_diff, tampering->note, tampering->restore};
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    g_free(tampering);
}

/* A failure as one line: what is wrong, and what to do, but where there is no git to be asked. New string. */
static char *one_line(const GError *failure)
{
    gboolean none = g_error_matches(failure, REPOSITORY_ERROR, REPOSITORY_ERROR_NOT_FOUND) ||
                    g_error_matches(failure, REPOSITORY_ERROR, REPOSITORY_ERROR_NOT_BUILT);
    if (none)
        return text_first_line(failure->message);
    g_auto(GStrv) lines = g_strsplit(failure->message, "\n", -1);
    return g_strjoinv("; ", lines);
}

/* ---- who ---- */

/* The statements of a file as a commit has it; NULL: it has none of this revision there. New string. */
static char *hash_at(const Tampering *tampering, const MigrationContext *context, Repository *repository,
                     const char *commit, const char *path)
{
    g_autoptr(FileTree) tree = repository_tree(repository, commit, NULL, NULL);
    g_autofree char *place = repository_absolute(repository, path);
    g_autofree char *bytes = NULL;
    gsize length = 0;
    if (!tree || !file_tree_read(tree, place, &bytes, &length, NULL))
        return NULL;
    return edited_revision_hash(context, tampering->edited, path, bytes, length);
}

/* The newest commit up to `from` that gave the file the statements that `from` has, past those that changed comments or
 * line ends alone; what a merge did is looked for on its first side. */
static Commit *find_edit(Tampering *tampering, const MigrationContext *context, Repository *repository,
                         const char *from, const char *path, GError **error)
{
    enum { STEPS = 200 };
    g_autofree char *hash = hash_at(tampering, context, repository, from, path);
    g_autoptr(Commit) found = repository_last_change(repository, from, path, error);
    for (guint i = 0; found && i < STEPS; i++) {
        g_autofree char *name = g_strconcat(found->id, "^", NULL);
        g_autofree char *parent = repository_resolve(repository, name, NULL);
        g_autofree char *before = parent ? hash_at(tampering, context, repository, parent, path) : NULL;
        tampering->moved = parent && !before;
        tampering->earliest = !parent && repository_is_shallow(repository);
        g_autoptr(Commit) older =
            before && g_strcmp0(before, hash) == 0 ? repository_last_change(repository, parent, path, NULL) : NULL;
        if (!older)
            break;
        commit_free(found);
        found = g_steal_pointer(&older);
    }
    return g_steal_pointer(&found);
}

/* Finds out by whom and whether it is committed; FALSE with an error where git cannot say. */
static gboolean find_author(Tampering *tampering, Invocation *invocation, Repository *repository, const char *path,
                            GError **error)
{
    const Revision *revision = tampering->edited->revision;
    GError *failure = NULL;
    g_autofree char *from = invocation_newest_commit(invocation, &failure);
    g_autoptr(FileTree) head = from ? repository_tree(repository, from, NULL, &failure) : NULL;
    if (failure) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    tampering->uncommitted = !revision->tree && !commit_has_file(repository, head, revision->path);
    g_autofree char *hash = head ? hash_at(tampering, invocation->context, repository, from, path) : NULL;
    /* A commit of what is there now is no edit where that has the statements that were applied. */
    if (!hash || strcmp(hash, tampering->edited->recorded_hash) == 0)
        return TRUE;
    tampering->commit = find_edit(tampering, invocation->context, repository, from, path, &failure);
    if (failure)
        g_propagate_error(error, failure);
    return !failure;
}

/* ---- the difference ---- */

/* Control characters are shown as '?', tabs stay; line ends do not count. Ends with a line end. New string. */
static char *clean_lines(const char *text)
{
    g_autoptr(GString) clean = g_string_new(NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i] && (lines[i + 1] || *lines[i]); i++) {
        g_auto(GStrv) pieces = g_strsplit(lines[i], "\t", -1);
        for (guint j = 0; pieces[j]; j++) {
            g_autofree char *piece = output_clean(pieces[j]);
            g_string_append_printf(clean, "%s%s", j ? "\t" : "", piece);
        }
        g_string_append_c(clean, '\n');
    }
    return g_strdup(clean->str);
}

/* Without a byte order mark, and with \n alone at the ends of lines. New memory. */
static char *plain_text(const char *bytes, gsize *length)
{
    const char *start = text_skip_bom(bytes, length);
    char *text = g_malloc(*length + 1);
    memcpy(text, start, *length);
    *length = text_drop_returns(text, *length);
    return text;
}

static void make_diff(Tampering *tampering, const FoundFile *found)
{
    const Revision *revision = tampering->edited->revision;
    g_autoptr(GError) failure = NULL;
    g_autofree char *bytes = NULL;
    gsize old_length = found->length, new_length = 0;
    if (!file_tree_read(revision->tree, revision->path, &bytes, &new_length, &failure)) {
        tampering->no_diff = one_line(failure);
        return;
    }
    g_autofree char *old_text = plain_text(found->bytes, &old_length);
    g_autofree char *new_text = plain_text(bytes, &new_length);
    g_autofree char *diff = repository_diff_texts(old_text, old_length, new_text, new_length);
    if (diff)
        tampering->diff = clean_lines(diff);
    else
        tampering->no_diff = g_strdup("this program was built without libgit2");
}

/* ---- as it was applied ---- */

/* What looks for a file with other comments or line ends than the one that was applied. */
typedef struct Match {
    const MigrationContext *context;
    const EditedRevision *edited;
} Match;

static gboolean matches(const char *path, const char *bytes, gsize length, void *data)
{
    const Match *match = data;
    return edited_revision_matches(match->context, match->edited, path, bytes, length);
}

static char *restore_command(const Repository *repository, const Revision *revision, const FoundFile *found,
                             const char *path)
{
    g_autofree char *root = text_shell_word(repository_root(repository));
    g_autofree char *here = text_shell_word(path);
    g_autofree char *target = text_shell_word(revision->path);
    if (!found->commit)
        return g_strdup_printf("git -C %s cat-file blob %s > %s", root, found->blob, target);
    if (strcmp(found->path, path) == 0 && !repository_is_bare(repository))
        return g_strdup_printf("git -C %s checkout %.12s -- %s", root, found->commit->id, here);
    g_autofree char *object = g_strdup_printf("%.12s:%s", found->commit->id, found->path);
    g_autofree char *source = text_shell_word(object);
    return g_strdup_printf("git -C %s show %s > %s", root, source, target);
}

static void take_found(Tampering *tampering, const Repository *repository, const FoundFile *found, const char *path)
{
    const char *recorded = tampering->edited->recorded_blob;
    const Revision *revision = tampering->edited->revision;
    if (!revision->tree)
        tampering->restore = restore_command(repository, revision, found, path);
    if (revision->tree && found->commit)
        tampering->note = g_strdup_printf("as it was applied, commit %.12s has it", found->commit->id);
    else if (g_strcmp0(found->blob, recorded) != 0)
        tampering->note = g_strdup_printf("compared with %s of commit %.8s: it has the statements that were applied, "
                                          "with other comments or line ends",
                                          found->path, found->commit ? found->commit->id : found->blob);
    make_diff(tampering, found);
}

static void say_not_found(Tampering *tampering, const Repository *repository)
{
    const char *blob = tampering->edited->recorded_blob;
    tampering->no_diff = g_strdup_printf(
        "git has the file as it was applied (blob %s) in no commit%s", blob ? blob : "not recorded",
        repository_is_shallow(repository) ? " of this shallow clone: git fetch --unshallow may bring it" : "");
}

static void find_applied(Tampering *tampering, const MigrationContext *context, Repository *repository,
                         const char *path)
{
    g_autoptr(GError) failure = NULL;
    Match match = {context, tampering->edited};
    g_autoptr(FoundFile) found = repository_find_file(repository, tampering->edited->recorded_blob, path,
                                                      revision_suffixes, matches, &match, &failure);
    if (found)
        take_found(tampering, repository, found, path);
    else if (failure)
        tampering->no_diff = one_line(failure);
    else
        say_not_found(tampering, repository);
}

Tampering *tampering_new(Invocation *invocation, const EditedRevision *edited)
{
    g_autoptr(GError) failure = NULL;
    Tampering *tampering = g_new0(Tampering, 1);
    tampering->edited = edited;
    Repository *repository = invocation_need_repository(invocation, &failure);
    g_autofree char *path = repository ? repository_relative(repository, edited->revision->path) : NULL;
    if (repository && !path)
        g_set_error(&failure, REPOSITORY_ERROR, REPOSITORY_ERROR_NOT_FOUND, "it lies outside of the repository '%s'",
                    repository_root(repository));
    if (failure) {
        tampering->unknown = one_line(failure);
        tampering->no_diff = g_strdup(tampering->unknown);
        return tampering;
    }
    if (!find_author(tampering, invocation, repository, path, &failure))
        tampering->unknown = one_line(failure);
    find_applied(tampering, invocation->context, repository, path);
    return tampering;
}

/* ---- telling ---- */

static void append_author(GString *text, const Tampering *tampering)
{
    g_autofree char *described = tampering->commit ? commit_describe(tampering->commit) : NULL;
    g_autofree char *commit = described ? output_clean(described) : NULL;
    if (commit)
        g_string_append_printf(text, "  %s in %s%s%s\n",
                               tampering->moved ? "edited, or moved here with the edit," : "edited", commit,
                               tampering->earliest ? ", or before that, which this shallow clone lacks" : "",
                               tampering->uncommitted ? ", and again since: not committed yet" : "");
    else if (tampering->uncommitted)
        g_string_append(text, "  the edit is not committed yet\n");
    else if (tampering->unknown && tampering->diff)
        g_string_append_printf(text, "  who edited it is not known: %s\n", tampering->unknown);
}

static OutputStyle line_style(const char *line)
{
    switch (*line) {
    case '+':
        return STYLE_GOOD;
    case '-':
        return STYLE_BAD;
    case '@':
        return STYLE_MARK;
    default:
        return STYLE_PLAIN;
    }
}

static void append_diff(GString *text, const char *diff, gboolean whole, gboolean colours)
{
    g_auto(GStrv) lines = g_strsplit(diff, "\n", -1);
    guint n = g_strv_length(lines);
    if (n && !*lines[n - 1])
        n--;
    guint shown = whole || n <= DIFF_LINES ? n : DIFF_LINES;
    for (guint i = 0; i < shown; i++) {
        g_autofree char *line = colours ? output_styled(line_style(lines[i]), lines[i]) : g_strdup(lines[i]);
        g_string_append_printf(text, "    %s\n", line);
    }
    if (shown < n)
        g_string_append_printf(text, "    … and %u lines more, all with -v\n", n - shown);
}

static void append_ways_out(GString *text, const Tampering *tampering)
{
    if (tampering->restore)
        g_string_append_printf(text, "  put it back as it was applied:    %s\n", tampering->restore);
    if (tampering->edited->revision->tree)
        g_string_append_printf(text, "  it is that of %s: correct it there, or give another --ref\n",
                               tampering->edited->revision->tree->name);
    else
        g_string_append_printf(text, "  take it for what was applied:      migrate repair %s --accept-edit\n",
                               tampering->edited->revision->id);
}

char *tampering_text(const Invocation *invocation, const Tampering *tampering, gboolean accepting, gboolean colours)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const EditedRevision *edited = tampering->edited;
    g_string_append_printf(text, "'%s': %s (%s)\n", edited->revision->id, edited->revision->path, edited->applied);
    append_author(text, tampering);
    if (tampering->note)
        g_string_append_printf(text, "  %s\n", tampering->note);
    if (tampering->diff)
        append_diff(text, tampering->diff, invocation->verbose, colours);
    else
        g_string_append_printf(text, "  no difference is shown: %s\n", tampering->no_diff);
    if (!accepting)
        append_ways_out(text, tampering);
    return g_strdup(text->str);
}

cJSON *tampering_to_json(const Tampering *tampering)
{
    cJSON *item = cJSON_CreateObject();
    json_add_string(item, "path", tampering->edited->revision->path);
    json_add_string(item, "recorded_blob", tampering->edited->recorded_blob);
    json_add_string(item, "file_blob", tampering->edited->file_blob);
    cJSON_AddItemToObject(item, "commit", commit_to_json(tampering->commit));
    cJSON_AddBoolToObject(item, "moved", tampering->moved);
    cJSON_AddBoolToObject(item, "earliest", tampering->earliest);
    cJSON_AddItemToObject(item, "uncommitted",
                          tampering->unknown ? cJSON_CreateNull() : cJSON_CreateBool(tampering->uncommitted));
    json_add_string(item, "diff", tampering->diff);
    json_add_string(item, "no_diff", tampering->no_diff);
    json_add_string(item, "note", tampering->note);
    json_add_string(item, "restore", tampering->restore);
    return item;
}

char *tamper_report(Invocation *invocation, const GPtrArray *edited, gboolean colours)
{
    g_autoptr(GString) text = g_string_new(NULL);
    guint shown = invocation->verbose || edited->len <= REPORTS ? edited->len : REPORTS;
    for (guint i = 0; i < shown; i++) {
        g_autoptr(Tampering) tampering = tampering_new(invocation, edited->pdata[i]);
        g_autofree char *report = tampering_text(invocation, tampering, FALSE, colours);
        g_string_append_printf(text, "%s%s", i ? "\n" : "", report);
    }
    if (shown < edited->len)
        g_string_append_printf(text, "\nand %u edited revisions more: migrate status -v\n", edited->len - shown);
    return g_strdup(text->str);
}

void tamper_explain(Invocation *invocation, GError **error)
{
    const GPtrArray *edited = migration_edited(invocation->context);
    if (!error || !g_error_matches(*error, RUNTIME_ERROR, RUNTIME_ERROR_EDITED) || edited->len == 0)
        return;
    g_autofree char *report = tamper_report(invocation, edited, FALSE);
    /* Of one, the error has said which file. */
    char *lines = edited->len == 1 ? strchr(report, '\n') : NULL;
    g_autoptr(GError) plain = g_steal_pointer(error);
    g_set_error(error, plain->domain, plain->code, "%s%s%s", plain->message, lines ? "" : "\n\n",
                g_strchomp(lines ? lines : report));
}
