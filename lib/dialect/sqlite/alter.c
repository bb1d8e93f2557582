/* From one definition of a table to another by ALTER TABLE … ADD COLUMN and DROP COLUMN, where they do exactly that. */
#include <string.h>

#include "base/text.h"
#include "dialect/sqlite/compiler.h"
#include "dialect/sqlite/sqlite.h"

/* A column that ALTER TABLE can add to a table with rows. */
static gboolean can_add(const Table *table, const Column *column)
{
    if (table_in_primary_key(table, column->name) || (column->computed && column->computed->persisted))
        return FALSE;
    if (column->server_default && !sqlite_default_is_constant(column->server_default))
        return FALSE;
    return column->nullable || column->computed ||
           (column->server_default && !sqlite_default_is_null(column->server_default));
}

/* A check or foreign key about this column alone can be written with it. */
static gboolean can_inline(const Table *table, const Column *column, const Constraint *constraint)
{
    if (constraint->kind == CONSTRAINT_FOREIGN_KEY)
        return constraint->columns->len == 1 && name_equal(constraint->columns->pdata[0], column->name, TRUE) &&
               (!column->server_default || sqlite_default_is_null(column->server_default));
    if (constraint->kind != CONSTRAINT_CHECK || !sqlite_mentions(constraint->expression, column->name))
        return FALSE;
    for (guint i = 0; i < table->columns->len; i++) {
        const Column *other = table->columns->pdata[i];
        if (other != column && sqlite_mentions(constraint->expression, other->name))
            return FALSE;
    }
    return TRUE;
}

static gboolean constraint_uses(const Constraint *constraint, const char *column)
{
    for (guint i = 0; i < constraint->columns->len; i++)
        if (name_equal(constraint->columns->pdata[i], column, TRUE))
            return TRUE;
    return constraint->expression && sqlite_mentions(constraint->expression, column);
}

static gboolean index_uses(const Index *index, const char *column)
{
    for (guint i = 0; i < index->columns->len; i++) {
        const IndexColumn *part = index->columns->pdata[i];
        if (name_equal(part->name, column, TRUE) || (part->expression && sqlite_mentions(part->expression, column)))
            return TRUE;
    }
    return index->where && sqlite_mentions(index->where, column);
}

gboolean sqlite_referred_to(const MetaData *metadata, const char *table, const char *column)
{
    for (guint i = 0; i < metadata->tables->len; i++) {
        const Table *child = metadata->tables->pdata[i];
        for (guint j = 0; j < child->constraints->len; j++) {
            const Constraint *constraint = child->constraints->pdata[j];
            if (constraint->kind != CONSTRAINT_FOREIGN_KEY || !name_equal(constraint->referred_table, table, TRUE))
                continue;
            for (guint k = 0; column && k < constraint->referred_columns->len; k++)
                if (name_equal(constraint->referred_columns->pdata[k], column, TRUE))
                    return TRUE;
            if (!column)
                return TRUE;
        }
    }
    return FALSE;
}

/* SQLite refuses DROP COLUMN while a view or trigger anywhere names what does not exist. */
static gboolean has_broken(const MetaData *database)
{
    for (guint i = 0; i < database->objects->len; i++)
        if (((const SchemaObject *)database->objects->pdata[i])->broken)
            return TRUE;
    return FALSE;
}

/* DROP COLUMN leaves triggers behind that fail when they run; what follows a rebuild (checks.c) notices. So it is for
 * columns that nothing else names. `table`: as it was, without the indexes dropped before. */
static gboolean can_drop(const MetaData *database, const Table *table, const Column *column)
{
    if (table_in_primary_key(table, column->name) || sqlite_referred_to(database, table->name, column->name) ||
        has_broken(database))
        return FALSE;
    for (guint i = 0; i < table->constraints->len; i++)
        if (constraint_uses(table->constraints->pdata[i], column->name))
            return FALSE;
    for (guint i = 0; i < table->indexes->len; i++)
        if (index_uses(table->indexes->pdata[i], column->name))
            return FALSE;
    for (guint i = 0; i < table->columns->len; i++) {
        const Column *other = table->columns->pdata[i];
        if (other != column && other->computed && sqlite_mentions(other->computed->expression, column->name))
            return FALSE;
    }
    for (guint i = 0; i < database->objects->len; i++) {
        const SchemaObject *object = database->objects->pdata[i];
        if (strcmp(object->kind, "virtual_table") != 0 && sqlite_mentions(object->definition, column->name) &&
            sqlite_mentions(object->definition, table->name))
            return FALSE;
    }
    return TRUE;
}

/* The steps of ALTER TABLE that lead from one definition to the other. */
typedef struct Steps {
    GPtrArray *dropped; /* Column* of the old table */
    GPtrArray *added;   /* Column* of the new table */
    GPtrArray *inlined; /* GPtrArray of Constraint*, for each added column */
} Steps;

static void steps_init(Steps *steps)
{
    steps->dropped = g_ptr_array_new();
    steps->added = g_ptr_array_new();
    steps->inlined = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
}

static void steps_clear(Steps *steps)
{
    g_ptr_array_unref(steps->dropped);
    g_ptr_array_unref(steps->added);
    g_ptr_array_unref(steps->inlined);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Steps, steps_clear)

static void find_steps(const Table *old, const Table *table, Steps *steps)
{
    for (guint i = 0; i < old->columns->len; i++) {
        Column *column = old->columns->pdata[i];
        if (!table_find_column(table, column->name))
            g_ptr_array_add(steps->dropped, column);
    }
    for (guint i = 0; i < table->columns->len; i++) {
        Column *column = table->columns->pdata[i];
        if (!table_find_column(old, column->name))
            g_ptr_array_add(steps->added, column);
    }
    for (guint i = 0; i < steps->added->len; i++) {
        GPtrArray *inlined = g_ptr_array_new();
        for (guint j = 0; j < table->constraints->len; j++)
            if (can_inline(table, steps->added->pdata[i], table->constraints->pdata[j]))
                g_ptr_array_add(inlined, table->constraints->pdata[j]);
        g_ptr_array_add(steps->inlined, inlined);
    }
}

static gboolean is_inlined(const Steps *steps, const Constraint *constraint)
{
    for (guint i = 0; i < steps->inlined->len; i++)
        if (g_ptr_array_find(steps->inlined->pdata[i], constraint, NULL))
            return TRUE;
    return FALSE;
}

/* What the steps make of `old`. */
static Table *take_steps(const Table *old, const Table *table, const Steps *steps)
{
    Table *result = table_copy(old);
    for (guint i = 0; i < steps->dropped->len; i++) {
        const Column *column = steps->dropped->pdata[i];
        g_ptr_array_remove(result->columns, table_find_column(result, column->name));
    }
    for (guint i = 0; i < steps->added->len; i++)
        g_ptr_array_add(result->columns, column_copy(steps->added->pdata[i]));
    for (guint i = 0; i < table->constraints->len; i++)
        if (is_inlined(steps, table->constraints->pdata[i]))
            g_ptr_array_add(result->constraints, constraint_copy(table->constraints->pdata[i]));
    return result;
}

static gboolean same_definition(const Table *a, const Table *b)
{
    g_autofree char *definition_a = sqlite_definition(a);
    g_autofree char *definition_b = sqlite_definition(b);
    return definition_a && g_strcmp0(definition_a, definition_b) == 0;
}

/* TRUE when ALTER TABLE gets there by `steps`. */
static gboolean steps_suffice(const MetaData *database, const Table *old, const Table *table, const Steps *steps)
{
    for (guint i = 0; i < steps->added->len; i++)
        if (!can_add(table, steps->added->pdata[i]))
            return FALSE;
    for (guint i = 0; i < steps->dropped->len; i++)
        if (!can_drop(database, old, steps->dropped->pdata[i]))
            return FALSE;
    if (old->columns->len == steps->dropped->len)
        return FALSE;
    g_autoptr(Table) reached = take_steps(old, table, steps);
    return same_definition(reached, table);
}

static gboolean add_steps(const Table *table, const Steps *steps, GPtrArray *statements, GError **error)
{
    g_autofree char *name = sqlite_quote_identifier(table->name);
    for (guint i = 0; i < steps->added->len; i++) {
        char *sql = sqlite_add_column_sql(table, steps->added->pdata[i], steps->inlined->pdata[i], error);
        if (!sql)
            return FALSE;
        g_ptr_array_add(statements, sql);
    }
    for (guint i = 0; i < steps->dropped->len; i++) {
        const Column *column = steps->dropped->pdata[i];
        g_autofree char *quoted = sqlite_quote_identifier(column->name);
        g_ptr_array_add(statements, g_strdup_printf("ALTER TABLE %s DROP COLUMN %s", name, quoted));
    }
    return TRUE;
}

gboolean sqlite_alter(const MetaData *database, const Table *old, const Table *table, GPtrArray *statements,
                      gboolean *done, GError **error)
{
    g_auto(Steps) steps;
    steps_init(&steps);
    find_steps(old, table, &steps);
    *done = steps_suffice(database, old, table, &steps);
    return !*done || add_steps(table, &steps, statements, error);
}
