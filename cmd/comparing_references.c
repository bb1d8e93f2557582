#include "comparing_references.h"

#include <string.h>

#include "base/error.h"
#include "replay.h"
#include "repository.h"

/* Models in SQL have been to a server: then of several that a URL may mean, the one that answered. */
static const Dialect *answering_dialect(const Invocation *invocation, const Dialect *dialect)
{
    return invocation->engine ? engine_dialect(invocation->engine) : dialect;
}

/* What one side's models are. `ref` NULL: those in the working folder. */
static MetaData *read_side(Invocation *invocation, const char *ref, const Dialect *dialect, GPtrArray *notes,
                           GError **error)
{
    Invocation side = *invocation;
    GError *failure = NULL;
    g_autofree char *commit = ref ? repository_resolve(invocation->repository, ref, error) : NULL;
    g_autoptr(FileTree) tree = commit ? repository_tree(invocation->repository, commit, ref, error) : NULL;
    if (ref && !tree)
        return NULL;
    g_autoptr(Config) own = tree ? config_at(invocation, tree, &failure) : NULL;
    side.session = NULL;
    side.tree = tree;
    side.layout = own ? own : invocation->config;
    g_autoptr(MetaData) model = failure ? NULL : read_model(&side, dialect, &failure);
    dialect = answering_dialect(invocation, dialect);
    if (model && (dialect->capabilities & DIALECT_SCHEMAS))
        model_add_schemas(dialect, model);
    if (model && dialect->adapt(model, notes, &failure))
        return g_steal_pointer(&model);
    if (!invocation->engine && !(dialect->capabilities & DIALECT_MEMORY_SCRATCH)) {
        g_autofree char *said = g_strdup(failure->message);
        g_free(failure->message);
        failure->message = g_strdup_printf("%s\nmodels in SQL need a server of this kind, for a scratch database: set "
                                           "'url' or 'scratch_url'",
                                           said);
    }
    g_propagate_prefixed_error(error, failure, "in %s: ", tree ? tree->name : "the working folder");
    return NULL;
}

/* The two ends; *second NULL: the working folder. */
static gboolean split_range(const char *range, char **first, char **second, GError **error)
{
    const char *dots = strstr(range, "..");
    if (dots && (dots[2] == '.' || strstr(dots + 2, ".."))) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "'%s' is no range of commits: REF1..REF2, with two dots",
                    range);
        return FALSE;
    }
    *first = dots == range ? g_strdup("HEAD") : dots ? g_strndup(range, (gsize)(dots - range)) : g_strdup(range);
    *second = !dots ? NULL : g_strdup(dots[2] ? dots + 2 : "HEAD");
    return TRUE;
}

static Comparison *compare_sides(const Invocation *invocation, const Dialect *dialect, MetaData *after,
                                 const MetaData *before, GError **error)
{
    CompareOptions options = {0};
    g_autoptr(GPtrArray) include = NULL, exclude = NULL;
    if (!read_compare_options(invocation, &options, &include, &exclude, error))
        return NULL;
    options.renames = option_strings(invocation, "rename");
    /* Both were said by people, or both read back from a database: then other words are another meaning. */
    if (after->canonical == before->canonical)
        after->canonical = TRUE;
    return autogenerate_compare(dialect, after, before, &options, error);
}

ModelComparison *compare_references(Invocation *invocation, const char *range, GError **error)
{
    const Dialect *dialect = NULL;
    g_autofree char *first = NULL, *second = NULL;
    if (!split_range(range, &first, &second, error) || !invocation_need_repository(invocation, error) ||
        !replay_open_dialect(invocation, &dialect, error))
        return NULL;
    g_autoptr(ModelComparison) result = model_comparison_new(dialect);
    g_autoptr(GPtrArray) former_notes = g_ptr_array_new_with_free_func(g_free);
    result->live = read_side(invocation, first, dialect, former_notes, error);
    result->dialect = dialect = answering_dialect(invocation, dialect);
    g_autoptr(MetaData) after = result->live ? read_side(invocation, second, dialect, result->notes, error) : NULL;
    if (after)
        result->comparison = compare_sides(invocation, dialect, after, result->live, error);
    return result->comparison ? g_steal_pointer(&result) : NULL;
}
