/* Constraints and indexes: matched by name, then by structure. */
#include <string.h>

#include "autogenerate/internal.h"
#include "base/text.h"

MigrateOp *new_create_constraint(const Table *table, const Constraint *constraint)
{
    MigrateOp *op = migrate_op_create_constraint(table, constraint);
    g_clear_pointer(&op->constraint->renamed_from, g_free);
    return op;
}

static void add_all(const GPtrArray *columns, GPtrArray *names)
{
    for (guint i = 0; i < columns->len; i++)
        g_ptr_array_add(names, columns->pdata[i]);
}

/* Left out in the constraint, the referred columns are the primary key of the referred table. */
static const GPtrArray *referred_columns(const MetaData *metadata, const Constraint *constraint)
{
    if (constraint->referred_columns->len)
        return constraint->referred_columns;
    const Table *table = metadata_find_table(metadata, constraint->referred_schema, constraint->referred_table);
    return table && table->primary_key ? table->primary_key->columns : constraint->referred_columns;
}

static gboolean foreign_key_equal(const Comparing *comparing, const Constraint *model, const Constraint *live)
{
    gboolean ignore_case = comparing->ignore_case;
    return name_equal(model->referred_table, live->referred_table, ignore_case) &&
           name_equal(model->referred_schema, live->referred_schema, ignore_case) &&
           g_strcmp0(model->ondelete, live->ondelete) == 0 && g_strcmp0(model->onupdate, live->onupdate) == 0 &&
           g_strcmp0(model->match, live->match) == 0 &&
           strings_equal(referred_columns(comparing->model, model), referred_columns(comparing->live, live),
                         ignore_case);
}

gboolean constraint_equal(const Comparing *comparing, const Constraint *model, const Constraint *live)
{
    return model->kind == live->kind && model->deferrable == live->deferrable &&
           g_strcmp0(model->initially, live->initially) == 0 &&
           strings_equal(model->columns, live->columns, comparing->ignore_case) &&
           sql_equal(comparing->dialect, model->expression, live->expression) &&
           options_equal(model->options, live->options) && comment_equal(model->comment, live->comment) &&
           (model->kind != CONSTRAINT_FOREIGN_KEY || foreign_key_equal(comparing, model, live));
}

static gboolean names_agree(const Comparing *comparing, const Constraint *model, const Constraint *live)
{
    if (!model->name || !live->name)
        return !model->exact_name || (!model->name && !live->name);
    return name_equal(model->name, live->name, comparing->ignore_case);
}

void compare_primary_key(const Comparing *comparing, const Table *model, const Table *live, GPtrArray *ops)
{
    const Constraint *wanted = model->primary_key, *existing = live->primary_key;
    if (wanted && existing && names_agree(comparing, wanted, existing) && constraint_equal(comparing, wanted, existing))
        return;
    if (existing)
        add_op(ops, migrate_op_drop_constraint(live, existing), "structure");
    if (wanted)
        add_op(ops, new_create_constraint(live, wanted), "structure");
}

/* Takes what pairs up out of both lists (sets the entry to NULL). */
static void pair_constraints(const Comparing *comparing, GPtrArray *wanted, GPtrArray *existing, gboolean by_name)
{
    for (guint i = 0; i < wanted->len; i++) {
        const Constraint *constraint = wanted->pdata[i];
        for (guint j = 0; constraint && j < existing->len; j++) {
            const Constraint *other = existing->pdata[j];
            if (!other || by_name != (constraint->name && other->name) || !names_agree(comparing, constraint, other) ||
                !constraint_equal(comparing, constraint, other))
                continue;
            wanted->pdata[i] = existing->pdata[j] = NULL;
            break;
        }
    }
}

static gboolean has_check(const GPtrArray *constraints, const char *name, gboolean ignore_case)
{
    for (guint i = 0; i < constraints->len; i++) {
        const Constraint *constraint = constraints->pdata[i];
        if (constraint && constraint->expression && name_equal(constraint->name, name, ignore_case))
            return TRUE;
    }
    return FALSE;
}

/* Two conditions under one name, or without any, differ as texts only. */
static const char *verdict_of(const Comparing *comparing, const Constraint *constraint, const GPtrArray *others)
{
    if (constraint->expression && has_check(others, constraint->name, comparing->ignore_case))
        return comparing->verdict;
    return "structure";
}

void compare_constraints(const Comparing *comparing, const Table *model, const Table *live, GPtrArray *ops)
{
    if (model->constraints->len == 0 && live->constraints->len == 0)
        return;
    g_autoptr(GPtrArray) wanted = g_ptr_array_new(), existing = g_ptr_array_new();
    add_all(model->constraints, wanted);
    add_all(live->constraints, existing);
    pair_constraints(comparing, wanted, existing, TRUE);
    pair_constraints(comparing, wanted, existing, FALSE);
    for (guint i = 0; i < existing->len; i++) {
        const Constraint *constraint = existing->pdata[i];
        if (constraint)
            add_op(ops, migrate_op_drop_constraint(live, constraint), verdict_of(comparing, constraint, wanted));
    }
    for (guint i = 0; i < wanted->len; i++) {
        const Constraint *constraint = wanted->pdata[i];
        if (constraint)
            add_op(ops, new_create_constraint(live, constraint), verdict_of(comparing, constraint, existing));
    }
}

/* --- indexes --- */

/* An index column without a collation has that of its column. */
static const char *effective_collation(const Table *table, const IndexColumn *column)
{
    if (column->collation)
        return column->collation;
    const Column *of_table = column->name ? table_find_column(table, column->name) : NULL;
    return of_table && of_table->collation ? of_table->collation : "BINARY";
}

static gboolean index_column_equal(const Comparing *comparing, const Table *model_table, const IndexColumn *model,
                                   const Table *live_table, const IndexColumn *live)
{
    return name_equal(model->name, live->name, comparing->ignore_case) && model->descending == live->descending &&
           model->length == live->length && g_strcmp0(model->nulls, live->nulls) == 0 &&
           g_strcmp0(model->opclass, live->opclass) == 0 &&
           name_equal(effective_collation(model_table, model), effective_collation(live_table, live), TRUE) &&
           sql_equal(comparing->dialect, model->expression, live->expression);
}

gboolean index_equal(const Comparing *comparing, const Table *model_table, const Index *model, const Table *live_table,
                     const Index *live)
{
    if (model->unique != live->unique || model->columns->len != live->columns->len ||
        g_strcmp0(model->using, live->using) != 0 || !comment_equal(model->comment, live->comment) ||
        !strings_equal(model->include, live->include, comparing->ignore_case) ||
        !options_equal(model->options, live->options) || !sql_equal(comparing->dialect, model->where, live->where))
        return FALSE;
    for (guint i = 0; i < model->columns->len; i++)
        if (!index_column_equal(comparing, model_table, model->columns->pdata[i], live_table, live->columns->pdata[i]))
            return FALSE;
    return TRUE;
}

static MigrateOp *new_create_index(const Table *table, const Index *index)
{
    MigrateOp *op = migrate_op_create_index(table, index);
    g_clear_pointer(&op->index->renamed_from, g_free);
    return op;
}

static gboolean begins_with(const Comparing *comparing, const Index *index, const Index *beginning)
{
    gboolean begins =
        index->columns->len >= beginning->columns->len && !index->using && !options_get(index->options, "prefix");
    for (guint i = 0; begins && i < beginning->columns->len; i++) {
        const IndexColumn *column = index->columns->pdata[i], *wanted = beginning->columns->pdata[i];
        begins = column->name && column->length == 0 && name_equal(column->name, wanted->name, comparing->ignore_case);
    }
    return begins;
}

/* A foreign key is content with any index that begins with its columns: one that only the database has serves as well
 * as the one that it would bring along. */
static const Index *stand_in(const Comparing *comparing, const Table *model, const Index *implied, const Table *live)
{
    for (guint i = 0; i < live->indexes->len; i++) {
        const Index *existing = live->indexes->pdata[i];
        if (!table_find_index(model, existing->name) && begins_with(comparing, existing, implied))
            return existing;
    }
    return NULL;
}

void compare_indexes(const Comparing *comparing, const Table *model, const Table *live, GPtrArray *ops)
{
    g_autoptr(GPtrArray) kept = g_ptr_array_new();
    for (guint i = 0; i < model->indexes->len; i++) {
        const Index *index = model->indexes->pdata[i];
        const Index *existing = table_find_index(live, index->name);
        const Index *other = index->implied && !existing ? stand_in(comparing, model, index, live) : NULL;
        if (other) {
            g_ptr_array_add(kept, (gpointer)other);
        } else if (!existing) {
            add_op(ops, new_create_index(live, index), "structure");
        } else if (!index_equal(comparing, model, index, live, existing)) {
            add_op(ops, migrate_op_drop_index(live, existing), comparing->verdict);
            add_op(ops, new_create_index(live, index), comparing->verdict);
        }
    }
    for (guint i = 0; i < live->indexes->len; i++) {
        const Index *existing = live->indexes->pdata[i];
        if (!table_find_index(model, existing->name) && !g_ptr_array_find(kept, existing, NULL))
            add_op(ops, migrate_op_drop_index(live, existing), "structure");
    }
}
