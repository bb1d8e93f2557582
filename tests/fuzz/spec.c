/* On a fixed graph, with branches, a merge, two bases and a dependency: a spec names revisions of the graph, no path
 * holds one twice, and every path keeps the order of the graph. The first byte chooses where the database stands. */
#include <string.h>

#include "fuzz.h"
#include "script/script.h"

static const char *const files[] = {
    "-- Revision: ae1027a6acf1\n-- Revises:\n\n-- migrate:up\n",
    "-- Revision: 1975ea83b712\n-- Revises: ae1027a6acf1\n\n-- migrate:up\n",
    "-- Revision: 1975ea83b7ff\n-- Revises: 1975ea83b712\n\n-- migrate:up\n",
    "-- Revision: 55af2cb1c267\n-- Revises: 1975ea83b712\n-- Branch-Labels: billing\n\n-- migrate:up\n",
    "-- Revision: 27c6a30d7c24\n-- Revises: 55af2cb1c267\n\n-- migrate:up\n",
    "-- Revision: 53fffde5ad5a\n-- Revises: 27c6a30d7c24, 1975ea83b7ff\n\n-- migrate:up\n",
    "-- Revision: deadbeef0001\n-- Revises: 1975ea83b7ff\n\n-- migrate:up\n",
    "-- Revision: 0ther\n-- Revises:\n-- Branch-Labels: reports, head-office\n-- Depends-On: 55af\n\n-- migrate:up\n",
    "-- Revision: 0ther2\n-- Revises: 0ther\n\n-- migrate:up\n",
};

static const char *const stands[][4] = {
    {NULL},
    {"ae1027a6acf1", NULL},
    {"1975ea83b712", NULL},
    {"1975ea83b7ff", "27c6a30d7c24", NULL},
    {"53fffde5ad5a", "deadbeef0001", "0ther2", NULL},
    {"53fffde5ad5a", NULL},
    {"0ther", NULL},
    {"unknown", "ae1027a6acf1", NULL},
};

static RevisionMap *make_map(void)
{
    GPtrArray *revisions = g_ptr_array_new_with_free_func((GDestroyNotify)revision_free);
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_strdup_printf("%zu.sql", i);
        Revision *revision = revision_parse(path, files[i], strlen(files[i]), NULL);
        promise(revision);
        g_ptr_array_add(revisions, revision);
    }
    RevisionMap *map = revision_map_new(revisions, NULL);
    promise(map);
    return map;
}

static gboolean is_ancestor(const RevisionMap *map, const Revision *of, const Revision *revision)
{
    g_autoptr(GHashTable) ancestors = revision_map_ancestors(map, of);
    return g_hash_table_contains(ancestors, revision);
}

/* `rising`: no revision comes before one it builds on; else the other way round. */
static void check_path(const RevisionMap *map, GPtrArray *path, const GError *error, gboolean rising)
{
    promise_one(path, error);
    for (guint i = 0; path && i < path->len; i++) {
        const Revision *revision = g_ptr_array_index(path, i);
        promise(revision_map_get(map, revision->id) == revision);
        for (guint j = i + 1; j < path->len; j++) {
            const Revision *later = g_ptr_array_index(path, j);
            promise(revision != later);
            promise(!is_ancestor(map, rising ? revision : later, rising ? later : revision));
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static RevisionMap *map;
    if (!map)
        map = make_map();
    if (size == 0)
        return 0;
    guint choice = data[0] % (G_N_ELEMENTS(stands) + 1);
    const char *const *current = choice < G_N_ELEMENTS(stands) ? stands[choice] : NULL;
    g_autofree char *spec = g_strndup((const char *)data + 1, size - 1);
    g_autoptr(GError) find_error = NULL, up_error = NULL, down_error = NULL, stamp_error = NULL, range_error = NULL;

    const Revision *found = revision_map_find(map, spec, &find_error);
    promise_one(found, find_error);
    g_autoptr(GPtrArray) up = revision_map_upgrade_path(map, spec, current, &up_error);
    check_path(map, up, up_error, TRUE);
    g_autoptr(GPtrArray) down = revision_map_downgrade_path(map, spec, current, &down_error);
    check_path(map, down, down_error, FALSE);
    g_autoptr(GPtrArray) targets = revision_map_stamp_targets(map, spec, current, &stamp_error);
    promise_one(targets, stamp_error);
    g_autoptr(GPtrArray) range = revision_map_range(map, spec, current, &range_error);
    check_path(map, range, range_error, FALSE);
    return 0;
}
