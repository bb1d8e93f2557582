/* What the database sees as equal takes the live spelling, what it does not keeps the model's: operations are written
 * in the words of the model, and only for what really differs. */
#include <string.h>

#include "autogenerate/internal.h"
#include "base/text.h"

const char *const storage_options[] = {"tablespace", "unlogged", NULL};

char *scratch_constraint_name(guint position)
{
    return g_strdup_printf("migrate_%u", position);
}

static void set_string(char **place, const char *value)
{
    char *copy = g_strdup(value);
    g_free(*place);
    *place = copy;
}

/* --- options --- */

static void settle_option(GPtrArray *model, const GPtrArray *canonical, const GPtrArray *live, const char *name)
{
    const char *value = options_get(live, name);
    if (g_strv_contains(storage_options, name) || g_strcmp0(options_get(canonical, name), value) != 0)
        return;
    if (value)
        options_set(model, name, value);
    else
        options_remove(model, name);
}

static void settle_options(GPtrArray *model, const GPtrArray *canonical, const GPtrArray *live)
{
    g_autoptr(GPtrArray) before = options_copy(model);
    for (guint i = 0; i < before->len; i++)
        settle_option(model, canonical, live, ((const Option *)before->pdata[i])->name);
    for (guint i = 0; i < live->len; i++)
        settle_option(model, canonical, live, ((const Option *)live->pdata[i])->name);
}

/* What was left out when it was created. */
static void complete_canonical(GPtrArray *options, const GPtrArray *model)
{
    for (const char *const *name = storage_options; *name; name++)
        if (options_get(model, *name))
            options_set(options, *name, options_get(model, *name));
}

/* --- columns --- */

static void settle_column(const Comparing *comparing, Column *model, const Column *canonical, const Column *live)
{
    const Dialect *dialect = comparing->dialect;
    if (dialect->type_equal(canonical->type, live->type)) {
        sql_type_free(model->type);
        model->type = sql_type_copy(live->type);
    }
    if (sql_equal(dialect, canonical->server_default, live->server_default))
        set_string(&model->server_default, live->server_default);
    if (computed_equal(comparing, canonical->computed, live->computed)) {
        g_clear_pointer(&model->computed, computed_free);
        if (live->computed)
            model->computed = computed_new(live->computed->expression, live->computed->persisted);
    }
    if (identity_equal(canonical->identity, live->identity)) {
        g_clear_pointer(&model->identity, identity_free);
        model->identity = identity_copy(live->identity);
    }
    if (canonical->nullable == live->nullable)
        model->nullable = live->nullable;
    if ((canonical->autoincrement == AUTOINCREMENT_TRUE) == (live->autoincrement == AUTOINCREMENT_TRUE))
        model->autoincrement = live->autoincrement;
    if (name_equal(canonical->collation, live->collation, TRUE))
        set_string(&model->collation, live->collation);
    settle_options(model->options, canonical->options, live->options);
}

/* --- constraints and indexes --- */

/* A comment that differs is no other constraint. Changes that of `canonical`. */
static gboolean equal_but_for_comment(const Comparing *comparing, Constraint *canonical, const Constraint *live)
{
    set_string(&canonical->comment, live->comment);
    return constraint_equal(comparing, canonical, live);
}

/* Under another name than `name` only what `model` does not have under its own. */
static Constraint *live_constraint(const Comparing *comparing, const Table *model, Constraint *canonical,
                                   const char *name, const Table *live)
{
    Constraint *named = name ? table_find_constraint(live, name) : NULL;
    if (named)
        return equal_but_for_comment(comparing, canonical, named) ? named : NULL;
    for (guint i = 0; i < live->constraints->len; i++) {
        Constraint *existing = live->constraints->pdata[i];
        if ((!name || !existing->name || !table_find_constraint(model, existing->name)) &&
            equal_but_for_comment(comparing, canonical, existing))
            return existing;
    }
    return NULL;
}

/* The constraint in the words of `live`, or NULL where it differs. New. */
static Constraint *settled_constraint(const Comparing *comparing, const Table *table, const Constraint *model,
                                      const Constraint *read, const Table *live)
{
    g_autoptr(Constraint) canonical = constraint_copy(read);
    complete_canonical(canonical->options, model->options);
    const Constraint *existing = live_constraint(comparing, table, canonical, model->name, live);
    if (!existing)
        return NULL;
    Constraint *settled = constraint_copy(existing);
    set_string(&settled->name, model->name);
    settled->exact_name = model->exact_name;
    set_string(&settled->comment, model->comment);
    return settled;
}

/* Where another part differs, words must not: the dialect may be able to change that part alone. */
static void settle_text(const Comparing *comparing, char **model, const char *canonical, const char *live)
{
    if (*model && live && sql_equal(comparing->dialect, canonical, live))
        set_string(model, live);
}

static void settle_constraints(const Comparing *comparing, Table *table, const Table *canonical, const Table *live)
{
    for (guint i = 0; i < table->constraints->len; i++) {
        Constraint *constraint = table->constraints->pdata[i];
        g_autofree char *unnamed = scratch_constraint_name(i);
        const Constraint *read = table_find_constraint(canonical, constraint->name ? constraint->name : unnamed);
        if (!read || constraint->kind == CONSTRAINT_FOREIGN_KEY)
            continue;
        Constraint *settled = settled_constraint(comparing, table, constraint, read, live);
        const Constraint *existing = constraint->name ? table_find_constraint(live, constraint->name) : NULL;
        if (settled) {
            constraint_free(constraint);
            table->constraints->pdata[i] = settled;
        } else if (existing && existing->kind == constraint->kind) {
            settle_text(comparing, &constraint->expression, read->expression, existing->expression);
        }
    }
    if (!table->primary_key || !canonical->primary_key || !live->primary_key)
        return;
    Constraint *key = settled_constraint(comparing, table, table->primary_key, canonical->primary_key, live);
    g_autoptr(Constraint) read = constraint_copy(canonical->primary_key);
    if (!key && !table->primary_key->name && equal_but_for_comment(comparing, read, live->primary_key)) {
        key = constraint_copy(live->primary_key);
        g_clear_pointer(&key->name, g_free);
        key->exact_name = table->primary_key->exact_name;
        set_string(&key->comment, table->primary_key->comment);
    }
    if (!key)
        return;
    constraint_free(table->primary_key);
    table->primary_key = key;
}

static void settle_index_texts(const Comparing *comparing, Index *model, const Index *canonical, const Index *live)
{
    settle_text(comparing, &model->where, canonical->where, live->where);
    if (model->columns->len != canonical->columns->len || model->columns->len != live->columns->len)
        return;
    for (guint i = 0; i < model->columns->len; i++) {
        IndexColumn *column = model->columns->pdata[i];
        const IndexColumn *read = canonical->columns->pdata[i], *existing = live->columns->pdata[i];
        settle_text(comparing, &column->expression, read->expression, existing->expression);
    }
}

/* The live index of this name, or one that the model has only under this name. */
static const Index *live_index(const Comparing *comparing, const Table *model, const Table *canonical,
                               const Index *read, const Table *live)
{
    const Index *existing = table_find_index(live, read->name);
    g_autoptr(Index) copy = index_copy(read);
    for (guint i = 0; !existing && i < live->indexes->len; i++) {
        const Index *other = live->indexes->pdata[i];
        set_string(&copy->comment, other->comment);
        if (!table_find_index(model, other->name) && index_equal(comparing, canonical, copy, live, other))
            existing = other;
    }
    return existing;
}

static void settle_indexes(const Comparing *comparing, Table *table, const Table *canonical, const Table *live)
{
    for (guint i = 0; i < table->indexes->len; i++) {
        Index *index = table->indexes->pdata[i];
        const Index *read = table_find_index(canonical, index->name);
        const Index *existing = read ? live_index(comparing, table, canonical, read, live) : NULL;
        if (!existing)
            continue;
        g_autoptr(Index) copy = index_copy(read);
        set_string(&copy->comment, existing->comment);
        complete_canonical(copy->options, index->options);
        if (!index_equal(comparing, canonical, copy, live, existing)) {
            settle_index_texts(comparing, index, read, existing);
            continue;
        }
        Index *settled = index_copy(existing);
        set_string(&settled->name, index->name);
        set_string(&settled->comment, index->comment);
        index_free(index);
        table->indexes->pdata[i] = settled;
    }
}

Table *settle_table(const Comparing *comparing, const Table *model, const Table *canonical, const Table *live)
{
    Table *table = table_copy(model);
    for (guint i = 0; i < table->columns->len; i++) {
        Column *column = table->columns->pdata[i];
        const Column *existing = table_find_column(live, column->name);
        const Column *read = table_find_column(canonical, column->name);
        if (existing && read)
            settle_column(comparing, column, read, existing);
    }
    settle_constraints(comparing, table, canonical, live);
    settle_indexes(comparing, table, canonical, live);
    settle_options(table->options, canonical->options, live->options);
    return table;
}

/* --- without an answer --- */

static void in_doubt(const Comparing *comparing, const Table *table, const char *part)
{
    add_finding(comparing->result, "unknown", g_strdup_printf("%s.%s", table->name, part),
                g_strdup("differs in its text; whether it means the same could not be asked"));
}

/* Takes the live text, and says whether it made a difference. */
static gboolean take_text(const Comparing *comparing, char **model, const char *live)
{
    if (!*model || !live || sql_equal(comparing->dialect, *model, live))
        return FALSE;
    set_string(model, live);
    return TRUE;
}

static void column_in_doubt(const Comparing *comparing, const Table *table, Column *model, const Column *live)
{
    gboolean differs = comparing->options->compare_server_default &&
                       take_text(comparing, &model->server_default, live->server_default);
    if (model->computed && live->computed)
        differs = take_text(comparing, &model->computed->expression, live->computed->expression) || differs;
    if (differs)
        in_doubt(comparing, table, model->name);
}

static void constraint_in_doubt(const Comparing *comparing, const Table *table, Constraint *model, const Table *live)
{
    for (guint i = 0; model->expression && i < live->constraints->len; i++) {
        const Constraint *existing = live->constraints->pdata[i];
        if (!existing->expression || existing->kind != model->kind ||
            (model->name ? !name_equal(model->name, existing->name, comparing->ignore_case)
                         : table_find_constraint(table, existing->name) != NULL))
            continue;
        if (take_text(comparing, &model->expression, existing->expression))
            in_doubt(comparing, table, existing->name ? existing->name : existing->expression);
        set_string(&model->name, existing->name);
        return;
    }
}

static void index_in_doubt(const Comparing *comparing, const Table *table, Index *model, const Table *live)
{
    const Index *existing = table_find_index(live, model->name);
    if (!existing || existing->columns->len != model->columns->len)
        return;
    gboolean differs = take_text(comparing, &model->where, existing->where);
    for (guint i = 0; i < model->columns->len; i++) {
        IndexColumn *column = model->columns->pdata[i];
        const IndexColumn *other = existing->columns->pdata[i];
        differs = take_text(comparing, &column->expression, other->expression) || differs;
    }
    if (differs)
        in_doubt(comparing, table, model->name);
}

Table *settle_unknown(const Comparing *comparing, const Table *model, const Table *live)
{
    Table *table = table_copy(model);
    for (guint i = 0; i < table->columns->len; i++) {
        Column *column = table->columns->pdata[i];
        const Column *existing = table_find_column(live, column->name);
        if (existing)
            column_in_doubt(comparing, table, column, existing);
    }
    for (guint i = 0; i < table->constraints->len; i++)
        constraint_in_doubt(comparing, table, table->constraints->pdata[i], live);
    for (guint i = 0; i < table->indexes->len; i++)
        index_in_doubt(comparing, table, table->indexes->pdata[i], live);
    return table;
}
