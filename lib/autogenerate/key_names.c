/* Keys and indexes whose name is all that differs, and keys that others refer to. For databases that change a table in
 * place: where it is rebuilt, both come for free. */
#include <string.h>

#include "autogenerate/internal.h"
#include "base/text.h"

static gboolean rebuilds(const Comparing *comparing)
{
    return (comparing->dialect->capabilities & DIALECT_TABLE_REBUILD) != 0;
}

/* --- another name --- */

static gboolean is_rename(const Comparing *comparing, const Table *model, const Table *live, const MigrateOp *drop,
                          const MigrateOp *create)
{
    if (drop->kind == OP_DROP_CONSTRAINT && create->kind == OP_CREATE_CONSTRAINT)
        return drop->constraint->name && create->constraint->name &&
               constraint_equal(comparing, create->constraint, drop->constraint);
    return drop->kind == OP_DROP_INDEX && create->kind == OP_CREATE_INDEX &&
           index_equal(comparing, model, create->index, live, drop->index);
}

static MigrateOp *new_rename(const Table *live, const MigrateOp *drop, const MigrateOp *create)
{
    gboolean index = drop->kind == OP_DROP_INDEX;
    MigrateOp *op = migrate_op_new(index ? OP_RENAME_INDEX : OP_RENAME_CONSTRAINT);
    op->schema = g_strdup(live->schema);
    op->table_name = g_strdup(live->name);
    op->name = g_strdup(index ? drop->index->name : drop->constraint->name);
    op->new_name = g_strdup(index ? create->index->name : create->constraint->name);
    op->verdict = "structure";
    return op;
}

/* A name that the database finds already. */
static gboolean is_same_name(const Comparing *comparing, const MigrateOp *rename)
{
    return (comparing->dialect->capabilities & DIALECT_KEYS_IGNORE_CASE) != 0 &&
           name_equal(rename->name, rename->new_name, TRUE);
}

void rename_keys(const Comparing *comparing, const Table *model, const Table *live, GPtrArray *ops)
{
    for (guint i = 0; !rebuilds(comparing) && i < ops->len; i++) {
        for (guint j = 0; j < ops->len; j++) {
            if (!is_rename(comparing, model, live, ops->pdata[i], ops->pdata[j]))
                continue;
            MigrateOp *op = new_rename(live, ops->pdata[i], ops->pdata[j]);
            migrate_op_free(ops->pdata[i]);
            ops->pdata[i] = op;
            g_ptr_array_remove_index(ops, j);
            i -= j < i ? 1 : 0;
            if (is_same_name(comparing, op))
                g_ptr_array_remove_index(ops, i--);
            break;
        }
    }
}

static const char *dropped_name(const MigrateOp *op)
{
    if (op->kind == OP_DROP_INDEX)
        return op->index->name;
    return op->kind == OP_DROP_CONSTRAINT ? op->constraint->name : NULL;
}

static MigrateOp *find_drop_of(const GPtrArray *ops, const MigrateOp *rename)
{
    OpKind kind = rename->kind == OP_RENAME_INDEX ? OP_DROP_INDEX : OP_DROP_CONSTRAINT;
    for (guint i = 0; i < ops->len; i++) {
        MigrateOp *op = ops->pdata[i];
        if (op->kind == kind && g_strcmp0(dropped_name(op), rename->new_name) == 0 &&
            strcmp(op->table_name, rename->table_name) == 0 && g_strcmp0(op->schema, rename->schema) == 0)
            return op;
    }
    return NULL;
}

/* The server changes a comment where the index or constraint is. */
static gboolean only_comment_differs(const Comparing *comparing, const MigrateOp *drop, const MigrateOp *create)
{
    if (drop->kind == OP_DROP_CONSTRAINT) {
        g_autoptr(Constraint) copy = constraint_copy(create->constraint);
        g_free(copy->comment);
        copy->comment = g_strdup(drop->constraint->comment);
        return constraint_equal(comparing, copy, drop->constraint);
    }
    const Table *live = metadata_find_table(comparing->live, drop->schema, drop->table_name);
    const Table *model = metadata_find_table(comparing->model, drop->schema, drop->table_name);
    g_autoptr(Index) copy = index_copy(create->index);
    g_free(copy->comment);
    copy->comment = g_strdup(drop->index->comment);
    return live && model && index_equal(comparing, model, copy, live, drop->index);
}

/* NULL: it does not come back, so that the name is another's from now on. */
static const MigrateOp *find_create_again(const Comparing *comparing, const MigrateOp *drop)
{
    OpKind kind = drop->kind == OP_DROP_INDEX ? OP_CREATE_INDEX : OP_CREATE_CONSTRAINT;
    for (guint i = 0; i < comparing->operations->len; i++) {
        const MigrateOp *op = comparing->operations->pdata[i];
        const char *name = op->kind != kind ? NULL : op->index ? op->index->name : op->constraint->name;
        if (g_strcmp0(name, dropped_name(drop)) == 0 && strcmp(op->table_name, drop->table_name) == 0 &&
            g_strcmp0(op->schema, drop->schema) == 0 && name)
            return op;
    }
    return NULL;
}

void forget_useless_renames(const Comparing *comparing)
{
    GPtrArray *ops = comparing->operations;
    for (guint i = 0; i < ops->len; i++) {
        const MigrateOp *rename = ops->pdata[i];
        gboolean key = rename->kind == OP_RENAME_INDEX || rename->kind == OP_RENAME_CONSTRAINT;
        const MigrateOp *drop = key ? find_drop_of(ops, rename) : NULL;
        const MigrateOp *create = drop ? find_create_again(comparing, drop) : NULL;
        if (!create || only_comment_differs(comparing, drop, create))
            continue;
        char **name = drop->kind == OP_DROP_INDEX ? &drop->index->name : &drop->constraint->name;
        g_free(*name);
        *name = g_strdup(rename->name);
        g_ptr_array_remove_index(ops, i--);
    }
}

/* --- what refers to a key --- */

static gboolean is_dropped_key(const MigrateOp *op)
{
    return op->kind == OP_DROP_CONSTRAINT &&
           (op->constraint->kind == CONSTRAINT_PRIMARY_KEY || op->constraint->kind == CONSTRAINT_UNIQUE);
}

static gboolean refers_to(const Comparing *comparing, const Constraint *constraint, const MigrateOp *drop)
{
    if (constraint->kind != CONSTRAINT_FOREIGN_KEY ||
        !name_equal(constraint->referred_table, drop->table_name, comparing->ignore_case) ||
        !name_equal(constraint->referred_schema, drop->schema, comparing->ignore_case))
        return FALSE;
    /* In any order: that is how the server matches a foreign key with its index. */
    guint found = 0;
    for (guint i = 0; i < constraint->referred_columns->len; i++)
        for (guint j = 0; j < drop->constraint->columns->len; j++)
            found += name_equal(constraint->referred_columns->pdata[i], drop->constraint->columns->pdata[j],
                                comparing->ignore_case);
    return found == drop->constraint->columns->len && found == constraint->referred_columns->len;
}

static gboolean is_dropped_already(const Comparing *comparing, const Table *table, const Constraint *constraint)
{
    for (guint i = 0; i < comparing->operations->len; i++) {
        const MigrateOp *op = comparing->operations->pdata[i];
        if (op->kind == OP_DROP_CONSTRAINT && g_strcmp0(op->constraint->name, constraint->name) == 0 &&
            name_equal(op->table_name, table->name, comparing->ignore_case) &&
            name_equal(op->schema, table->schema, comparing->ignore_case))
            return TRUE;
    }
    return FALSE;
}

/* What is dropped before its table goes is no more in the table, which its reverse makes again. */
static void take_out_of_drop(const Comparing *comparing, const Table *table, const Constraint *constraint)
{
    for (guint i = 0; i < comparing->operations->len; i++) {
        const MigrateOp *op = comparing->operations->pdata[i];
        if (op->kind != OP_DROP_TABLE || g_strcmp0(op->table_name, table->name) != 0 ||
            g_strcmp0(op->schema, table->schema) != 0)
            continue;
        for (guint j = op->table->constraints->len; j-- > 0;) {
            const Constraint *its = op->table->constraints->pdata[j];
            if (its->kind == constraint->kind && g_strcmp0(its->name, constraint->name) == 0)
                g_ptr_array_remove_index(op->table->constraints, j);
        }
    }
}

static void step_aside(const Comparing *comparing, const Table *table, const Constraint *constraint)
{
    const Table *model = metadata_find_table(comparing->model, table->schema, table->name);
    const Constraint *wanted = model ? table_find_constraint(model, constraint->name) : NULL;
    if (is_dropped_already(comparing, table, constraint))
        return;
    add_op(comparing->operations, migrate_op_drop_constraint(table, constraint), "structure");
    if (!model)
        take_out_of_drop(comparing, table, constraint);
    else
        add_op(comparing->operations, new_create_constraint(table, wanted ? wanted : constraint), "structure");
}

void detach_references(const Comparing *comparing)
{
    guint n = comparing->operations->len;
    for (guint i = 0; !rebuilds(comparing) && i < n; i++) {
        const MigrateOp *drop = comparing->operations->pdata[i];
        if (!is_dropped_key(drop))
            continue;
        for (guint j = 0; j < comparing->live->tables->len; j++) {
            const Table *table = comparing->live->tables->pdata[j];
            for (guint k = 0; k < table->constraints->len; k++)
                if (refers_to(comparing, table->constraints->pdata[k], drop))
                    step_aside(comparing, table, table->constraints->pdata[k]);
        }
    }
}
