/* drop_constraint, rename_constraint. */
#include <string.h>

#include "base/text.h"
#include "operations/internal.h"
#include "operations/reader.h"

/* --- drop_constraint --- */

const char *const op_constraint_types[] = {
    [CONSTRAINT_PRIMARY_KEY] = "primary", [CONSTRAINT_UNIQUE] = "unique",   [CONSTRAINT_FOREIGN_KEY] = "foreignkey",
    [CONSTRAINT_CHECK] = "check",         [CONSTRAINT_EXCLUDE] = "exclude", NULL};

static gboolean find_kind(const char *word, ConstraintKind *kind)
{
    for (guint i = 0; word && op_constraint_types[i]; i++)
        if (strcmp(op_constraint_types[i], word) == 0) {
            *kind = (ConstraintKind)i;
            return TRUE;
        }
    return FALSE;
}

/* What a unique constraint of this name is on the dialect: an index of it on some. */
static gboolean is_index_here(OpReader *reader, const Table *table, const char *name)
{
    g_autoptr(Table) alone = table_new(table->schema, table->name);
    Constraint *constraint = constraint_new(CONSTRAINT_UNIQUE, name);
    g_ptr_array_add(alone->columns, column_new("c", sql_type_new(SQL_TYPE_INTEGER)));
    g_ptr_array_add(constraint->columns, g_strdup("c"));
    g_ptr_array_add(alone->constraints, constraint);
    alone->ignore_case = table->ignore_case;
    g_autoptr(MetaData) small = op_adapt_table(reader, alone);
    return small && table_find_index(small->tables->pdata[0], name) != NULL;
}

typedef struct Drop {
    char *name; /* NULL: without one */
    gboolean has_kind, if_exists;
    ConstraintKind kind;
    Constraint *said; /* `existing` */
} Drop;

static void unknown_constraint(OpReader *reader, const Table *table, const Drop *drop)
{
    g_autofree char *what = g_strdup_printf("the table '%s' has no constraint", table->name);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < table->constraints->len; i++) {
        const Constraint *constraint = table->constraints->pdata[i];
        if (constraint->name)
            g_ptr_array_add(names, constraint->name);
    }
    if (table->primary_key && table->primary_key->name)
        g_ptr_array_add(names, table->primary_key->name);
    op_unknown(reader, reader->node, what, drop->name ? drop->name : "(unnamed)", names);
}

/* As the dialect would have it: primary keys have no names on some. */
static const Constraint *find_constraint(OpReader *reader, const Table *table, const Drop *drop)
{
    if (drop->has_kind && drop->kind == CONSTRAINT_PRIMARY_KEY)
        return table->primary_key;
    if (drop->name)
        return table_find_constraint(table, drop->name);
    if (!drop->said)
        return NULL;
    g_autoptr(Table) with = table_copy(table);
    g_ptr_array_add(with->constraints, constraint_copy(drop->said));
    g_autoptr(MetaData) small = op_adapt_table(reader, with);
    const Table *adapted = small ? small->tables->pdata[0] : NULL;
    return adapted && adapted->constraints->len > table->constraints->len
               ? constraint_lookup(table, op_last_constraint(adapted, drop->said->kind))
               : NULL;
}

static void emit_drop(OpReader *reader, const Table *table, const Constraint *constraint, gboolean if_exists)
{
    gboolean foreign = constraint->kind == CONSTRAINT_FOREIGN_KEY;
    g_autoptr(GPtrArray) columns = strings_copy(constraint->columns);
    MigrateOp *op = migrate_op_drop_constraint(table, constraint);
    op->if_exists = if_exists;
    op_emit(reader, op);
    if (foreign)
        op_drop_implied_index(reader, table, columns);
}

static void emit_drop_index(OpReader *reader, const Table *table, const char *name, gboolean if_exists)
{
    const Index *known = table_find_index(table, name);
    g_autoptr(Index) index = known ? index_copy(known) : index_new(name);
    if (!known)
        index->unique = TRUE;
    MigrateOp *op = migrate_op_drop_index(table, index);
    op->if_exists = if_exists;
    op_emit(reader, op);
}

static void drop_constraint(OpReader *reader, const Table *table, const Drop *drop)
{
    const Constraint *constraint = find_constraint(reader, table, drop);
    gboolean unique = drop->name && (!drop->has_kind || drop->kind == CONSTRAINT_UNIQUE);
    if (constraint && drop->has_kind && constraint->kind != drop->kind) {
        OP_MISTAKE(reader, reader->node, "drop_constraint: the constraint '%s' of table '%s' is of another type_",
                   drop->name, table->name);
        return;
    }
    if (constraint) {
        emit_drop(reader, table, constraint, drop->if_exists);
        return;
    }
    if (unique && (table_find_index(table, drop->name) || !op_is_known(table) || drop->if_exists) &&
        is_index_here(reader, table, drop->name)) {
        emit_drop_index(reader, table, drop->name, drop->if_exists);
        return;
    }
    if (op_is_known(table) && !drop->if_exists) {
        unknown_constraint(reader, table, drop);
    } else if (!drop->has_kind && !drop->said) {
        OP_MISTAKE(reader, reader->node,
                   "drop_constraint: the revisions before do not say what '%s' of table '%s' is: "
                   "add \"type_\"",
                   drop->name ? drop->name : "(unnamed)", table->name);
    } else {
        g_autoptr(Constraint) former =
            drop->said ? constraint_copy(drop->said) : constraint_new(drop->kind, drop->name);
        emit_drop(reader, table, former, drop->if_exists);
    }
}

static void read_drop_constraint(OpReader *reader, const cJSON *const *fields)
{
    enum { CONSTRAINT_NAME, TABLE_NAME, SCHEMA, TYPE_, IF_EXISTS, EXISTING };
    g_autofree char *schema = NULL, *name = NULL, *constraint_name = NULL;
    Drop drop = {.if_exists = op_flag(reader, fields[IF_EXISTS])};
    const char *word = model_word(reader->model, fields[TYPE_], op_constraint_types, NULL);
    drop.has_kind = find_kind(word, &drop.kind);
    if (fields[EXISTING] && !drop.has_kind)
        OP_MISTAKE(reader, fields[EXISTING], "'existing' of drop_constraint needs 'type_'");
    g_autoptr(Constraint) said =
        fields[EXISTING] && drop.has_kind ? op_read_constraint(reader, drop.kind, fields[EXISTING]) : NULL;
    Picked picked = model_name(reader->model, fields[CONSTRAINT_NAME], &constraint_name);
    gboolean primary = drop.has_kind && drop.kind == CONSTRAINT_PRIMARY_KEY;
    if (!constraint_name && !said && !primary && picked != PICKED_NOTHING)
        OP_MISTAKE(reader, reader->node, "the argument 'constraint_name' of drop_constraint is missing");
    gboolean named = op_table_name(reader, fields[SCHEMA], fields[TABLE_NAME], "table_name", &schema, &name);
    const Table *table =
        named && op_reader_resolves(reader) && picked != PICKED_NOTHING ? op_need_table(reader, schema, name) : NULL;
    drop.name = constraint_name;
    drop.said = said;
    if (table)
        drop_constraint(reader, table, &drop);
}

static const char *const drop_keys[] = {"constraint_name", "table_name", "schema", "type_",
                                        "if_exists",       "existing",   NULL};
const OpSpec op_drop_constraint = {
    .name = "drop_constraint", .keys = drop_keys, .in_batch = TRUE, .read = read_drop_constraint};

/* --- rename_constraint --- */

static void read_rename_constraint(OpReader *reader, const cJSON *const *fields)
{
    enum { CONSTRAINT_NAME, NEW_CONSTRAINT_NAME, TABLE_NAME, SCHEMA };
    g_autofree char *schema = NULL, *name = NULL;
    g_autofree char *constraint_name = op_name(reader, fields[CONSTRAINT_NAME], "constraint_name");
    g_autofree char *new_name = op_name(reader, fields[NEW_CONSTRAINT_NAME], "new_constraint_name");
    if (!op_table_name(reader, fields[SCHEMA], fields[TABLE_NAME], "table_name", &schema, &name) || !constraint_name ||
        !new_name || !op_reader_resolves(reader))
        return;
    const Table *table = op_need_table(reader, schema, name);
    if (!table)
        return;
    const Drop like = {.name = constraint_name};
    gboolean is_index = !table_find_constraint(table, constraint_name) && table_find_index(table, constraint_name) &&
                        is_index_here(reader, table, constraint_name);
    if (op_is_known(table) && !is_index && !table_find_constraint(table, constraint_name)) {
        unknown_constraint(reader, table, &like);
        return;
    }
    MigrateOp *op = migrate_op_new(is_index ? OP_RENAME_INDEX : OP_RENAME_CONSTRAINT);
    op->schema = g_strdup(table->schema);
    op->table_name = g_strdup(table->name);
    op->name = g_steal_pointer(&constraint_name);
    op->new_name = g_steal_pointer(&new_name);
    op_emit(reader, op);
}

static const char *const rename_keys[] = {"constraint_name", "new_constraint_name", "table_name", "schema", NULL};
const OpSpec op_rename_constraint = {
    .name = "rename_constraint", .keys = rename_keys, .in_batch = TRUE, .read = read_rename_constraint};
