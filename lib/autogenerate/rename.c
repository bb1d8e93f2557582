/* Renames that somebody confirmed: renamed_from in the model, where --rename is written as well (rename_flags.c). They
 * are done on a copy of the live schema first, so that all else is compared under the new names. */
#include <string.h>

#include "autogenerate/internal.h"
#include "base/text.h"

/* The names of one kind (tables, or columns of one table) on both sides, and who wants to come from where. */
typedef struct Names {
    gboolean ignore_case;
    GPtrArray *model;      /* const char* */
    GPtrArray *old;        /* const char* beside each, or NULL; NULL again when the rename is done */
    GHashTable *positions; /* folded model name -> position + 1 */
    GHashTable *live;      /* folded names */
} Names;

static void names_init(Names *names, gboolean ignore_case)
{
    names->ignore_case = ignore_case;
    names->model = g_ptr_array_new();
    names->old = g_ptr_array_new();
    names->positions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    names->live = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

static void names_clear(Names *names)
{
    g_ptr_array_unref(names->model);
    g_ptr_array_unref(names->old);
    g_hash_table_unref(names->positions);
    g_hash_table_unref(names->live);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Names, names_clear)

static void names_add_model(Names *names, const char *name, const char *old_name)
{
    g_ptr_array_add(names->model, (gpointer)name);
    g_ptr_array_add(names->old, (gpointer)old_name);
    g_hash_table_insert(names->positions, fold_name(name, names->ignore_case), GUINT_TO_POINTER(names->model->len));
}

static void names_add_live(Names *names, const char *name)
{
    g_hash_table_add(names->live, fold_name(name, names->ignore_case));
}

static gboolean names_in_live(const Names *names, const char *name)
{
    g_autofree char *folded = fold_name(name, names->ignore_case);
    return g_hash_table_contains(names->live, folded);
}

/* The position in the model, or -1. */
static int names_position(const Names *names, const char *name)
{
    g_autofree char *folded = fold_name(name, names->ignore_case);
    return (int)GPOINTER_TO_UINT(g_hash_table_lookup(names->positions, folded)) - 1;
}

/* The positions that are renamed when the one at `start`, new to the database, takes what it comes from, whose name may
 * go to another one that is renamed as well, or to a new one. In an order that works; NULL when it does not come out.
 */
static GArray *rename_chain(const Names *names, int start)
{
    g_autoptr(GArray) chain = g_array_new(FALSE, FALSE, sizeof(int));
    if (names_in_live(names, names->model->pdata[start]))
        return NULL;
    for (int position = start; position >= 0;) {
        const char *old_name = names->old->pdata[position];
        if (!old_name && position != start)
            break;
        if (!old_name || !names_in_live(names, old_name) || chain->len > names->model->len)
            return NULL;
        g_array_append_val(chain, position);
        position = names_position(names, old_name);
    }
    return g_steal_pointer(&chain);
}

typedef MigrateOp *(*RenameFunction)(const Comparing *comparing, const char *old_name, const char *new_name,
                                     const void *data);

/* The first rename makes the copy that all of them are done on. */
static gboolean do_on_copy(Comparing *comparing, const MigrateOp *op, GError **error)
{
    if (!comparing->renamed) {
        comparing->renamed = metadata_copy(comparing->live);
        comparing->live = comparing->renamed;
    }
    follow_rename(comparing, op, comparing->renamed);
    return migrate_op_apply(op, comparing->renamed, error);
}

static gboolean do_rename(Comparing *comparing, MigrateOp *op, GError **error)
{
    add_op(comparing->operations, op, "structure");
    return do_on_copy(comparing, op, error);
}

/* --- enums and sequences --- */

static gboolean rename_enums(Comparing *comparing, GError **error)
{
    for (guint i = 0; i < comparing->model->enums->len; i++) {
        const EnumType *model = comparing->model->enums->pdata[i];
        const EnumType *live =
            model->renamed_from ? metadata_find_enum(comparing->live, model->schema, model->renamed_from) : NULL;
        if (!live || metadata_find_enum(comparing->live, model->schema, model->name) ||
            metadata_find_enum(comparing->model, model->schema, model->renamed_from))
            continue;
        g_autoptr(MigrateOp) op = enum_op(OP_ALTER_ENUM, live, live);
        g_free(op->enum_type->name);
        op->enum_type->name = g_strdup(model->name);
        if (!do_rename(comparing, g_steal_pointer(&op), error))
            return FALSE;
    }
    return TRUE;
}

/* The server knows the sequence of a default by its number, not by its name. */
static void rename_in_defaults(const MetaData *live, const char *old_name, const char *new_name)
{
    g_autofree char *from = g_strdup_printf("'%s'", old_name), *to = g_strdup_printf("'%s'", new_name);
    for (guint i = 0; i < live->tables->len; i++) {
        const Table *table = live->tables->pdata[i];
        for (guint j = 0; j < table->columns->len; j++) {
            Column *column = table->columns->pdata[j];
            if (!column->server_default || !strstr(column->server_default, from))
                continue;
            g_auto(GStrv) parts = g_strsplit(column->server_default, from, -1);
            g_free(column->server_default);
            column->server_default = g_strjoinv(to, parts);
        }
    }
}

static gboolean rename_sequences(Comparing *comparing, GError **error)
{
    for (guint i = 0; i < comparing->model->sequences->len; i++) {
        const Sequence *model = comparing->model->sequences->pdata[i];
        const Sequence *live =
            model->renamed_from ? metadata_find_sequence(comparing->live, model->schema, model->renamed_from) : NULL;
        if (!live || metadata_find_sequence(comparing->live, model->schema, model->name) ||
            metadata_find_sequence(comparing->model, model->schema, model->renamed_from))
            continue;
        g_autoptr(MigrateOp) op = sequence_op(OP_ALTER_SEQUENCE, live, live);
        g_free(op->sequence->name);
        op->sequence->name = g_strdup(model->name);
        if (!do_rename(comparing, g_steal_pointer(&op), error))
            return FALSE;
        rename_in_defaults(comparing->renamed, model->renamed_from, model->name);
    }
    return TRUE;
}

static gboolean rename_all(Comparing *comparing, Names *names, RenameFunction rename, const void *data, GError **error)
{
    for (guint i = 0; i < names->model->len; i++) {
        g_autoptr(GArray) chain = names->old->pdata[i] ? rename_chain(names, (int)i) : NULL;
        for (guint j = 0; chain && j < chain->len; j++) {
            int position = g_array_index(chain, int, j);
            const char *old_name = names->old->pdata[position];
            g_autofree char *folded = fold_name(old_name, names->ignore_case);
            if (!do_rename(comparing, rename(comparing, old_name, names->model->pdata[position], data), error))
                return FALSE;
            g_hash_table_remove(names->live, folded);
            names->old->pdata[position] = NULL;
        }
    }
    return TRUE;
}

/* --- tables --- */

static MigrateOp *rename_table(const Comparing *comparing, const char *old_name, const char *new_name, const void *data)
{
    return migrate_op_rename_table(metadata_find_table(comparing->live, data, old_name), new_name);
}

static void note_ambiguous(const Comparing *comparing, const Table *model)
{
    const MetaData *live = comparing->live;
    if (!model->renamed_from || metadata_find_table(comparing->model, model->schema, model->renamed_from) ||
        !metadata_find_table(live, model->schema, model->renamed_from) ||
        !metadata_find_table(live, model->schema, model->name))
        return;
    add_finding(comparing->result, "note", g_strdup(model->name),
                g_strdup_printf("renamed_from '%s' is left aside: the database has both tables", model->renamed_from));
}

/* Those of one schema: a rename does not leave it. */
static gboolean rename_tables_of(Comparing *comparing, const char *schema, GError **error)
{
    g_auto(Names) names;
    names_init(&names, comparing->ignore_case);
    const MetaData *live = comparing->live;
    for (guint i = 0; i < comparing->model->tables->len; i++) {
        const Table *model = comparing->model->tables->pdata[i];
        if (!name_equal(model->schema, schema, comparing->ignore_case) || !in_scope(comparing, schema, model->name))
            continue;
        names_add_model(&names, model->name, model->renamed_from);
        note_ambiguous(comparing, model);
    }
    for (guint i = 0; i < live->tables->len; i++) {
        const Table *table = live->tables->pdata[i];
        if (name_equal(table->schema, schema, comparing->ignore_case) && in_scope(comparing, schema, table->name))
            names_add_live(&names, table->name);
    }
    return rename_all(comparing, &names, rename_table, schema, error);
}

static gboolean rename_tables(Comparing *comparing, GError **error)
{
    g_autoptr(GHashTable) schemas = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < comparing->model->tables->len; i++) {
        const Table *model = comparing->model->tables->pdata[i];
        if (!model->renamed_from)
            continue;
        if (!g_hash_table_add(schemas, model->schema ? model->schema : (char *)""))
            continue;
        if (!rename_tables_of(comparing, model->schema, error))
            return FALSE;
    }
    return TRUE;
}

/* --- columns --- */

static MigrateOp *rename_column(const Comparing *comparing, const char *old_name, const char *new_name,
                                const void *data)
{
    const Table *model = data;
    const Table *live = metadata_find_table(comparing->live, model->schema, model->name);
    const Column *existing = table_find_column(live, old_name);
    g_autoptr(Column) column = column_copy(existing);
    g_free(column->name);
    column->name = g_strdup(new_name);
    return migrate_op_alter_column(live, existing, column);
}

static gboolean mentions_column_rename(const Table *model)
{
    for (guint i = 0; i < model->columns->len; i++)
        if (((const Column *)model->columns->pdata[i])->renamed_from)
            return TRUE;
    return FALSE;
}

/* Two columns that trade names, or one that was renamed long ago before its old name was used again: the database looks
 * the same, so nothing is done, and that is said. */
static void report_left_aside(const Comparing *comparing, const Names *names, const Table *model)
{
    const Table *live = metadata_find_table(comparing->live, model->schema, model->name);
    for (guint i = 0; i < names->model->len; i++) {
        const char *name = names->model->pdata[i], *old_name = names->old->pdata[i];
        if (!old_name || !table_find_column(live, old_name) || !table_find_column(live, name))
            continue;
        add_finding(
            comparing->result, "unknown", g_strdup_printf("%s.%s", model->name, name),
            g_strdup_printf("renamed_from '%s' is left aside: the database has both columns; if it was done long "
                            "ago, take it out of the model, else rename in two revisions",
                            old_name));
    }
}

static gboolean rename_columns_of(Comparing *comparing, const Table *model, const Table *live, GError **error)
{
    g_auto(Names) names;
    names_init(&names, comparing->ignore_case);
    for (guint i = 0; i < live->columns->len; i++)
        names_add_live(&names, ((const Column *)live->columns->pdata[i])->name);
    for (guint i = 0; i < model->columns->len; i++) {
        const Column *column = model->columns->pdata[i];
        names_add_model(&names, column->name, column->renamed_from);
    }
    if (!rename_all(comparing, &names, rename_column, model, error))
        return FALSE;
    report_left_aside(comparing, &names, model);
    return TRUE;
}

static gboolean rename_columns(Comparing *comparing, GError **error)
{
    for (guint i = 0; i < comparing->model->tables->len; i++) {
        const Table *model = comparing->model->tables->pdata[i];
        if (!mentions_column_rename(model))
            continue;
        const Table *live = metadata_find_table(comparing->live, model->schema, model->name);
        if (live && in_scope(comparing, model->schema, model->name) &&
            !rename_columns_of(comparing, model, live, error))
            return FALSE;
    }
    return TRUE;
}

/* --- indexes and constraints --- */

/* One whose name alone differs needs no word (key_names.c): this is for those that change as well. */
static MigrateOp *rename_key(const Table *live, OpKind kind, const char *old_name, const char *new_name)
{
    MigrateOp *op = migrate_op_new(kind);
    op->schema = g_strdup(live->schema);
    op->table_name = g_strdup(live->name);
    op->name = g_strdup(old_name);
    op->new_name = g_strdup(new_name);
    return op;
}

static gboolean rename_index(Comparing *comparing, const Table *model, const Index *index, GError **error)
{
    const Table *live = metadata_find_table(comparing->live, model->schema, model->name);
    if (!index->renamed_from || !live || !table_find_index(live, index->renamed_from) ||
        table_find_index(live, index->name) || table_find_index(model, index->renamed_from))
        return TRUE;
    return do_rename(comparing, rename_key(live, OP_RENAME_INDEX, index->renamed_from, index->name), error);
}

static gboolean rename_constraint(Comparing *comparing, const Table *model, const Constraint *constraint,
                                  GError **error)
{
    const Table *live = metadata_find_table(comparing->live, model->schema, model->name);
    const char *former = constraint->renamed_from;
    const Constraint *existing = former && live ? table_find_constraint(live, former) : NULL;
    if (!existing || existing->kind != constraint->kind || !constraint->name ||
        table_find_constraint(live, constraint->name) || table_find_constraint(model, former))
        return TRUE;
    return do_rename(comparing, rename_key(live, OP_RENAME_CONSTRAINT, former, constraint->name), error);
}

/* Where a table is rebuilt, names of its keys come for free. */
static gboolean rename_keys_of(Comparing *comparing, GError **error)
{
    const GPtrArray *tables = comparing->model->tables;
    gboolean rebuilds = (comparing->dialect->capabilities & DIALECT_TABLE_REBUILD) != 0;
    for (guint i = 0; !rebuilds && i < tables->len; i++) {
        const Table *model = tables->pdata[i];
        if (!in_scope(comparing, model->schema, model->name))
            continue;
        for (guint j = 0; j < model->indexes->len; j++)
            if (!rename_index(comparing, model, model->indexes->pdata[j], error))
                return FALSE;
        for (guint j = 0; j < model->constraints->len; j++)
            if (!rename_constraint(comparing, model, model->constraints->pdata[j], error))
                return FALSE;
        if (model->primary_key && !rename_constraint(comparing, model, model->primary_key, error))
            return FALSE;
    }
    return TRUE;
}

/* --- views, routines, types … --- */

/* Of routines without the types of arguments, when there is one of the name only. */
static const SchemaObject *find_former(const Comparing *comparing, const SchemaObject *model)
{
    const SchemaObject like = {
        .kind = model->kind, .schema = model->schema, .name = model->renamed_from, .table_name = model->table_name};
    const SchemaObject *found = metadata_find_same_object(comparing->live, &like);
    for (guint i = 0; !found && i < comparing->live->objects->len; i++) {
        const SchemaObject *live = comparing->live->objects->pdata[i];
        g_autofree char *name = object_base_name(live);
        if (strcmp(live->kind, model->kind) == 0 && g_strcmp0(live->schema, model->schema) == 0 &&
            g_strcmp0(live->table_name, model->table_name) == 0 && strcmp(name, model->renamed_from) == 0)
            found = live;
    }
    return found;
}

/* The live object that the model calls by another name now, NULL when there is none. */
static const SchemaObject *renamed_object(const Comparing *comparing, const SchemaObject *model)
{
    if (!model->renamed_from || metadata_find_same_object(comparing->live, model))
        return NULL;
    const SchemaObject like = {
        .kind = model->kind, .schema = model->schema, .name = model->renamed_from, .table_name = model->table_name};
    return metadata_find_same_object(comparing->model, &like) ? NULL : find_former(comparing, model);
}

/* The operation comes with those of all other objects (object.c), where it is known what else becomes of it. */
static gboolean rename_object(Comparing *comparing, const SchemaObject *model, GError **error)
{
    const SchemaObject *live = renamed_object(comparing, model);
    if (!live || !live->definition || !object_in_scope(comparing, live))
        return TRUE;
    g_autoptr(SchemaObject) renamed = schema_object_copy(live);
    g_autofree char *name = object_base_name(model);
    g_free(renamed->name);
    g_free(renamed->definition);
    renamed->name = g_strdup(model->name);
    renamed->definition = rename_own(comparing, live->definition, name);
    g_autoptr(MigrateOp) op = migrate_op_replace_object(live, renamed);
    return do_on_copy(comparing, op, error);
}

/* What hangs on others behind those. SQLite has no way to rename a view or trigger but to create it again. */
static gboolean rename_objects(Comparing *comparing, GError **error)
{
    const GPtrArray *objects = comparing->model->objects;
    if (comparing->dialect->capabilities & DIALECT_TABLE_REBUILD)
        return TRUE;
    for (guint i = 0; i < objects->len; i++)
        if (!((const SchemaObject *)objects->pdata[i])->table_name &&
            !rename_object(comparing, objects->pdata[i], error))
            return FALSE;
    for (guint i = 0; i < objects->len; i++)
        if (((const SchemaObject *)objects->pdata[i])->table_name &&
            !rename_object(comparing, objects->pdata[i], error))
            return FALSE;
    return TRUE;
}

gboolean resolve_renames(Comparing *comparing, GError **error)
{
    return rename_tables(comparing, error) && rename_columns(comparing, error) && rename_keys_of(comparing, error) &&
           rename_enums(comparing, error) && rename_sequences(comparing, error) && rename_objects(comparing, error);
}
