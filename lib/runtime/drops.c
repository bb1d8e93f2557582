/* What the statements of a step take away that rows may be in. */
#include <string.h>

#include "dialect/reader.h"
#include "runtime/internal.h"

static void skip_if_exists(SqlReader *reader)
{
    sql_reader_take_words(reader, "IF", "EXISTS");
}

static void add(GPtrArray *drops, const char *kind, const char *name, const char *column)
{
    if (name != NULL)
        g_ptr_array_add(
            drops, g_strdup_printf("%s %s%s%s", kind, name, column != NULL ? "." : "", column != NULL ? column : ""));
}

static void add_tables(GPtrArray *drops, GHashTable *made, SqlReader *reader, const char *kind)
{
    skip_if_exists(reader);
    do {
        sql_reader_take(reader, "ONLY");
        g_autofree char *name = sql_reader_take_name(reader, FALSE);
        if (name == NULL || !g_hash_table_contains(made, name))
            add(drops, kind, name, NULL);
    } while (sql_reader_take(reader, ","));
}

/* What stands behind DROP in an ALTER TABLE and is no column. */
static const char *const no_columns[] = {"CONSTRAINT", "INDEX",   "KEY",      "PRIMARY",    "FOREIGN",
                                         "CHECK",      "DEFAULT", "NOT",      "EXPRESSION", "PARTITION",
                                         "SYSTEM",     "PERIOD",  "IDENTITY", NULL};

static void remove_name(GPtrArray *drops, const char *name)
{
    g_autofree char *entry = g_strconcat("table ", name, NULL);
    guint at;
    if (g_ptr_array_find_with_equal_func(drops, entry, g_str_equal, &at))
        g_ptr_array_remove_index(drops, at);
}

/* Behind ALTER TABLE. A table that gets the name of one that was dropped has been rebuilt. */
static void read_alter(GPtrArray *drops, SqlReader *reader)
{
    skip_if_exists(reader);
    sql_reader_take(reader, "ONLY");
    g_autofree char *table = sql_reader_take_name(reader, FALSE);
    while (!sql_reader_at_end(reader)) {
        if (sql_reader_take_words(reader, "RENAME", "TO")) {
            g_autofree char *name = sql_reader_take_name(reader, FALSE);
            if (name != NULL)
                remove_name(drops, name);
        } else if (sql_reader_take(reader, "DROP")) {
            gboolean named = sql_reader_take(reader, "COLUMN");
            if (!named && sql_reader_is_one_of(reader, no_columns))
                continue;
            skip_if_exists(reader);
            g_autofree char *column = sql_reader_take_identifier(reader);
            if (column != NULL)
                add(drops, "column", table, column);
        } else if (!sql_reader_skip_parentheses(reader)) {
            sql_reader_advance(reader);
        }
    }
}

/* Behind CREATE: what the step makes itself, it may drop. */
static void read_create(GHashTable *made, SqlReader *reader)
{
    if (!sql_reader_take(reader, "TEMP"))
        sql_reader_take(reader, "TEMPORARY");
    if (!sql_reader_take(reader, "TABLE"))
        return;
    if (sql_reader_take(reader, "IF"))
        sql_reader_take_words(reader, "NOT", "EXISTS");
    char *name = sql_reader_take_name(reader, FALSE);
    if (name != NULL)
        g_hash_table_add(made, name);
}

static void read_statement(GPtrArray *drops, GHashTable *made, const Dialect *dialect, const char *sql)
{
    SqlReader reader = sql_reader_new(dialect, sql, strlen(sql));
    if (sql_reader_take(&reader, "CREATE"))
        read_create(made, &reader);
    else if (sql_reader_take_words(&reader, "DROP", "TABLE"))
        add_tables(drops, made, &reader, "table");
    else if (sql_reader_take_words(&reader, "DELETE", "FROM"))
        add_tables(drops, made, &reader, "rows of");
    else if (sql_reader_take_words(&reader, "TRUNCATE", "TABLE") || sql_reader_take(&reader, "TRUNCATE"))
        add_tables(drops, made, &reader, "rows of");
    else if (sql_reader_take_words(&reader, "ALTER", "TABLE"))
        read_alter(drops, &reader);
}

GPtrArray *migration_drops(const MigrationContext *context, const PlanStep *step)
{
    g_autoptr(GHashTable) made = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GPtrArray *drops = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < step->groups->len; i++) {
        const PlanGroup *group = g_ptr_array_index(step->groups, i);
        for (guint j = 0; j < group->statements->len; j++)
            read_statement(drops, made, context->dialect,
                           ((const PlanStatement *)g_ptr_array_index(group->statements, j))->sql);
    }
    return drops;
}
