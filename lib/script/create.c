#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "script/internal.h"

enum { ID_BYTES = 6 };

/* A revision on its way to a file. */
typedef struct Draft {
    const NewRevision *wanted;
    char *id;
    GPtrArray *parents;    /* Revision*, not owned */
    GPtrArray *depends_on; /* char*, as written to the file */
    GDateTime *now;
} Draft;

static void draft_clear(Draft *draft)
{
    g_clear_pointer(&draft->id, g_free);
    g_clear_pointer(&draft->parents, g_ptr_array_unref);
    g_clear_pointer(&draft->depends_on, g_ptr_array_unref);
    g_clear_pointer(&draft->now, g_date_time_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Draft, draft_clear)

static gboolean create_fail(GError **error, ScriptError code, const char *format, ...) G_GNUC_PRINTF(3, 4);
static gboolean create_fail(GError **error, ScriptError code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, SCRIPT_ERROR, (int)code, text);
    return FALSE;
}

/* ---- what the file says ---- */

static char *random_id(GError **error)
{
    unsigned char bytes[ID_BYTES];
    if (getrandom(bytes, sizeof bytes, 0) != (gssize)sizeof bytes) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "no random numbers for a revision id: %s", g_strerror(errno));
        return NULL;
    }
    GString *id = g_string_new(NULL);
    for (guint i = 0; i < sizeof bytes; i++)
        g_string_append_printf(id, "%02x", bytes[i]);
    return g_string_free(id, FALSE);
}

static const Revision *taken_by(const RevisionMap *map, const char *name)
{
    const Revision *revision = g_hash_table_lookup(map->by_id, name);
    return revision != NULL ? revision : g_hash_table_lookup(map->by_label, name);
}

static gboolean choose_id(Draft *draft, const RevisionMap *map, GError **error)
{
    if (draft->wanted->rev_id == NULL) {
        do {
            g_free(draft->id);
            draft->id = random_id(error);
        } while (draft->id != NULL && taken_by(map, draft->id) != NULL);
        return draft->id != NULL;
    }
    draft->id = g_strdup(draft->wanted->rev_id);
    if (!revision_id_check(draft->id, error))
        return FALSE;
    const Revision *other = taken_by(map, draft->id);
    return other == NULL ||
           create_fail(error, SCRIPT_ERROR_DUPLICATE, "revision id '%s' is taken by '%s'", draft->id, other->path);
}

/* A merge of something with its own ancestor would say nothing. */
static gboolean check_parents(const Draft *draft, const RevisionMap *map, GError **error)
{
    for (guint i = 0; i < draft->parents->len; i++) {
        Revision *upper = g_ptr_array_index(draft->parents, i);
        if (!draft->wanted->splice && !revision_is_head(upper)) {
            g_autoptr(GPtrArray) heads = revision_map_heads(map);
            g_autofree char *names = revisions_quote(heads, 8);
            return create_fail(error, SCRIPT_ERROR_SPEC,
                               "revision '%s' is not a head (%s)\npass --splice to start a new branch from it",
                               upper->id, names);
        }
        g_autoptr(GPtrArray) start = g_ptr_array_new();
        g_ptr_array_add(start, upper);
        g_autoptr(GHashTable) below = revisions_reach(start, EDGES_DOWN);
        for (guint k = 0; k < draft->parents->len; k++) {
            Revision *lower = g_ptr_array_index(draft->parents, k);
            if (lower != upper && g_hash_table_contains(below, lower))
                return create_fail(error, SCRIPT_ERROR_RANGE,
                                   "'%s' and '%s' cannot be merged: the one stands on the other already", lower->id,
                                   upper->id);
        }
    }
    return TRUE;
}

static gboolean choose_parents(Draft *draft, const RevisionMap *map, GError **error)
{
    draft->parents = g_ptr_array_new();
    g_auto(GStrv) words = spec_words(draft->wanted->head != NULL ? draft->wanted->head : "head", error);
    if (words == NULL)
        return FALSE;
    for (guint i = 0; words[i] != NULL; i++) {
        g_autoptr(GError) problem = NULL;
        g_autoptr(GPtrArray) found = spec_targets(map, words[i], NULL, FALSE, &problem);
        if (g_error_matches(problem, SCRIPT_ERROR, SCRIPT_ERROR_MULTIPLE_HEADS)) {
            g_autoptr(GPtrArray) heads = revision_map_heads(map);
            g_autofree char *names = revisions_quote(heads, 8);
            return create_fail(error, SCRIPT_ERROR_MULTIPLE_HEADS,
                               "there are several heads to revise: %s\n"
                               "name one with --head REVISION or --head BRANCH@head, "
                               "or join them first with 'migrate merge'",
                               names);
        }
        if (found == NULL) {
            g_propagate_error(error, g_steal_pointer(&problem));
            return FALSE;
        }
        for (guint k = 0; k < found->len; k++)
            if (!g_ptr_array_find(draft->parents, g_ptr_array_index(found, k), NULL))
                g_ptr_array_add(draft->parents, g_ptr_array_index(found, k));
    }
    return check_parents(draft, map, error);
}

static gboolean check_labels(const Draft *draft, const RevisionMap *map, GError **error)
{
    const GPtrArray *labels = draft->wanted->branch_labels;
    for (guint i = 0; labels != NULL && i < labels->len; i++) {
        const char *label = g_ptr_array_index(labels, i);
        if (!branch_label_check(label, error))
            return FALSE;
        const Revision *other = taken_by(map, label);
        if (other != NULL)
            return create_fail(error, SCRIPT_ERROR_DUPLICATE, "branch label '%s' is taken by revision '%s' ('%s')",
                               label, other->id, other->path);
    }
    return TRUE;
}

/* Labels stay as they are, everything else is written as the whole id. */
static gboolean choose_dependencies(Draft *draft, const RevisionMap *map, GError **error)
{
    draft->depends_on = g_ptr_array_new_with_free_func(g_free);
    const GPtrArray *names = draft->wanted->depends_on;
    for (guint i = 0; names != NULL && i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        const char *written = name;
        if (!g_hash_table_contains(map->by_label, name)) {
            g_autoptr(GPtrArray) found = spec_targets(map, name, NULL, FALSE, error);
            if (found == NULL)
                return FALSE;
            if (found->len != 1)
                return create_fail(error, SCRIPT_ERROR_SPEC, "'%s' is not one revision to depend on", name);
            written = ((const Revision *)g_ptr_array_index(found, 0))->id;
        }
        if (!g_ptr_array_find_with_equal_func(draft->depends_on, written, g_str_equal, NULL))
            g_ptr_array_add(draft->depends_on, g_strdup(written));
    }
    return TRUE;
}

static gboolean choose_time(Draft *draft, const char *name, GError **error)
{
    g_autoptr(GTimeZone) zone = name != NULL ? g_time_zone_new_identifier(name) : g_time_zone_new_utc();
    if (zone == NULL) { /* "utc", as Alembic takes it */
        g_autofree char *upper = g_ascii_strup(name, -1);
        zone = g_time_zone_new_identifier(upper);
    }
    if (zone == NULL)
        return create_fail(error, SCRIPT_ERROR_FILE,
                           "unknown timezone '%s': write a name like 'Europe/Berlin', 'UTC' or '+02:00'", name);
    draft->now = g_date_time_new_now(zone);
    return TRUE;
}

static char *draft_write(const Draft *draft, const char *path, GError **error)
{
    g_autoptr(GPtrArray) parents = g_ptr_array_new();
    for (guint i = 0; i < draft->parents->len; i++)
        g_ptr_array_add(parents, ((const Revision *)g_ptr_array_index(draft->parents, i))->id);
    gboolean utc = g_date_time_get_utc_offset(draft->now) == 0;
    g_autofree char *created = g_date_time_format(draft->now, utc ? "%Y-%m-%dT%H:%M:%SZ" : "%Y-%m-%dT%H:%M:%S%:z");
    const RevisionText text = {.id = draft->id,
                               .message = draft->wanted->message,
                               .created = created,
                               .down_revisions = parents,
                               .branch_labels = draft->wanted->branch_labels,
                               .depends_on = draft->depends_on,
                               .sections = draft->wanted->sections,
                               .is_ops = draft->wanted->is_ops,
                               .upgrade = draft->wanted->upgrade,
                               .upgrade_notes = draft->wanted->upgrade_notes,
                               .downgrade_notes = draft->wanted->downgrade_notes,
                               .downgrade = draft->wanted->downgrade};
    return revision_text_write(&text, path, error);
}

const char *script_directory_choose_folder(const ScriptDirectory *directory, const char *version_path,
                                           const GPtrArray *beside, GError **error)
{
    const GPtrArray *locations = directory->version_locations;
    if (version_path != NULL) {
        g_autofree char *path = g_canonicalize_filename(version_path, NULL);
        for (guint i = 0; i < locations->len; i++)
            if (strcmp(g_ptr_array_index(locations, i), path) == 0)
                return g_ptr_array_index(locations, i);
        create_fail(error, SCRIPT_ERROR_FILE, "'%s' is not among the version_locations of migrate.ini", version_path);
        return NULL;
    }
    if (locations->len == 1)
        return g_ptr_array_index(locations, 0);
    for (guint k = 0; beside != NULL && k < beside->len; k++) {
        const Revision *parent = g_ptr_array_index(beside, k);
        for (guint i = 0; i < locations->len; i++) {
            const char *location = g_ptr_array_index(locations, i);
            if (g_str_has_prefix(parent->path, location) && parent->path[strlen(location)] == '/')
                return location;
        }
    }
    create_fail(error, SCRIPT_ERROR_FILE,
                "there are several version locations, and no revision to stand beside: pass --version-path FOLDER");
    return NULL;
}

char *script_directory_create_revision(ScriptDirectory *directory, const NewRevision *revision, GError **error)
{
    const RevisionMap *map = script_directory_map(directory, error);
    g_auto(Draft) draft = {.wanted = revision};
    if (map == NULL || !choose_id(&draft, map, error) || !choose_parents(&draft, map, error) ||
        !check_labels(&draft, map, error) || !choose_dependencies(&draft, map, error) ||
        !choose_time(&draft, directory->timezone, error))
        return NULL;
    const char *folder = script_directory_choose_folder(directory, revision->version_path, draft.parents, error);
    if (folder == NULL)
        return NULL;
    g_autofree char *path =
        file_template_expand(directory, folder, draft.id, revision->message != NULL ? revision->message : "",
                             revision->is_ops, draft.now, error);
    g_autofree char *plain = path != NULL ? draft_write(&draft, path, error) : NULL;
    g_autofree char *text = plain != NULL ? skeleton_apply(directory, revision->is_ops, path, plain, error) : NULL;
    if (text == NULL || !file_write(path, text, strlen(text), FILE_WRITE_NEW, error))
        return NULL;
    script_directory_forget_map(directory);
    return g_steal_pointer(&path);
}
