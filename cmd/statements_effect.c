#include "statements_effect.h"

#include <string.h>

#include "autogenerate/autogenerate.h"
#include "dialect/mentions.h"
#include "dialect/reader.h"
#include "runtime/schema_part.h"

static void add_name(GHashTable *names, const char *name)
{
    if (name)
        g_hash_table_add(names, g_ascii_strdown(name, -1));
}

static void add_all(GHashTable *names, GHashTable *more)
{
    GHashTableIter iter;
    gpointer name;
    g_hash_table_iter_init(&iter, more);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        add_name(names, name);
}

/* A statement may change what it does not name: by CASCADE, or in a routine. */
static gboolean may_change_all(const Dialect *dialect, const char *sql)
{
    static const char *const plain[] = {"CREATE", "ALTER",   "DROP",    "RENAME",   "COMMENT", "INSERT",
                                        "UPDATE", "DELETE",  "REPLACE", "PRAGMA",   "SET",     "ANALYZE",
                                        "VACUUM", "REINDEX", "GRANT",   "TRUNCATE", "REFRESH", NULL};
    SqlReader reader = sql_reader_new(dialect, sql, strlen(sql));
    return !sql_reader_is_one_of(&reader, plain) || sql_reader_has_word(reader, "CASCADE");
}

/* The tables (in lower case) that both sides are compared in; NULL: all. */
static GHashTable *names_of(const Dialect *dialect, const GPtrArray *statements)
{
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < statements->len; i++) {
        if (may_change_all(dialect, statements->pdata[i]))
            return NULL;
        g_autoptr(GHashTable) words = sql_mentions(dialect, statements->pdata[i]);
        add_all(names, words);
    }
    return g_steal_pointer(&names);
}

/* Tables that the other side does not have. */
static void add_different(GHashTable *names, const MetaData *metadata, const MetaData *other)
{
    for (guint i = 0; i < metadata->tables->len; i++) {
        const Table *table = metadata->tables->pdata[i];
        if (!metadata_find_table(other, table->schema, table->name))
            add_name(names, table->name);
    }
}

/* Those that refer to one of them, or that one of them refers to; and those that get columns from elsewhere. */
static void add_related(GHashTable *related, GHashTable *names, const MetaData *metadata)
{
    for (guint i = 0; i < metadata->tables->len; i++) {
        const Table *table = metadata->tables->pdata[i];
        gboolean named = schema_has_word(names, table->name);
        if (table_inherits(table))
            add_name(related, table->name);
        for (guint k = 0; k < table->constraints->len; k++) {
            const Constraint *constraint = table->constraints->pdata[k];
            if (named)
                add_name(related, constraint->referred_table);
            else if (schema_has_word(names, constraint->referred_table))
                add_name(related, table->name);
        }
    }
}

static GPtrArray *renames_of(const Dialect *dialect, const GPtrArray *statements)
{
    GPtrArray *renames = NULL;
    for (guint i = 0; i < statements->len; i++) {
        GPtrArray *found = sql_renames(dialect, statements->pdata[i]);
        if (renames)
            g_ptr_array_extend_and_steal(renames, found);
        else
            renames = found;
    }
    return renames;
}

/* A view steps aside for a table that is renamed and comes back: as another, or as it was. */
static void join_objects(const Dialect *dialect, GPtrArray *operations)
{
    for (guint i = 0; i < operations->len; i++) {
        const MigrateOp *drop = operations->pdata[i];
        for (guint k = i + 1; drop->kind == OP_DROP_OBJECT && k < operations->len; k++) {
            const MigrateOp *create = operations->pdata[k];
            const SchemaObject *was = drop->existing_object, *now = create->object;
            if (create->kind != OP_CREATE_OBJECT || strcmp(was->kind, now->kind) != 0 ||
                g_strcmp0(was->schema, now->schema) != 0 || g_strcmp0(was->table_name, now->table_name) != 0 ||
                strcmp(was->name, now->name) != 0)
                continue;
            gboolean same = sql_equal(dialect, was->definition, now->definition);
            MigrateOp *change = same ? NULL : migrate_op_replace_object(was, now);
            g_ptr_array_remove_index(operations, k);
            g_ptr_array_remove_index(operations, i);
            if (change)
                g_ptr_array_insert(operations, (gint)(k - 1), change);
            i--;
            break;
        }
    }
}

GPtrArray *statements_effect(const Dialect *dialect, const GPtrArray *statements, const MetaData *before,
                             const MetaData *after, GError **error)
{
    g_autoptr(GHashTable) names = names_of(dialect, statements);
    if (names) {
        g_autoptr(GHashTable) related = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        add_different(names, before, after);
        add_different(names, after, before);
        add_related(related, names, before);
        add_related(related, names, after);
        add_all(names, related);
    }
    g_autoptr(MetaData) former = names ? schema_part_named(before, names) : metadata_copy(before);
    g_autoptr(MetaData) now = names ? schema_part_named(after, names) : metadata_copy(after);
    now->canonical = TRUE;
    g_autoptr(GPtrArray) renames = renames_of(dialect, statements);
    if (renames)
        sql_renames_mark(renames, former, now);
    const CompareOptions options = {.compare_type = TRUE, .compare_server_default = TRUE, .assume_no_renames = TRUE};
    g_autoptr(Comparison) comparison = autogenerate_compare(dialect, now, former, &options, error);
    if (!comparison)
        return NULL;
    join_objects(dialect, comparison->operations);
    return g_ptr_array_ref(comparison->operations);
}
