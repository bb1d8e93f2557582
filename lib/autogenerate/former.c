#include <string.h>

#include "autogenerate/former.h"
#include "base/text.h"

static gboolean is_empty(const MetaData *metadata)
{
    return metadata->tables->len == 0 && metadata->enums->len == 0 && metadata->sequences->len == 0 &&
           metadata->objects->len == 0;
}

/* --- what the model says for this dialect alone --- */

static gboolean was_told(const Former *former, const char *name)
{
    return !name || file_names_has(former->files, name);
}

/* Keys and indexes that neither the database nor an earlier revision has are new. Where the files do not tell how the
 * table came to be, nothing can be said. */
static void remove_new_keys(const Former *former, Table *table, const Table *other)
{
    for (guint i = table->constraints->len; i-- > 0;) {
        const Constraint *constraint = table->constraints->pdata[i];
        if (!was_told(former, constraint->name) && !table_find_constraint(other, constraint->name))
            g_ptr_array_remove_index(table->constraints, i);
    }
    for (guint i = table->indexes->len; i-- > 0;) {
        const Index *index = table->indexes->pdata[i];
        if (!was_told(former, index->name) && !table_find_index(other, index->name))
            g_ptr_array_remove_index(table->indexes, i);
    }
}

static void remove_new_tables(const Former *former, const MetaData *after)
{
    MetaData *before = former->before;
    for (guint i = before->tables->len; i-- > 0;) {
        Table *table = before->tables->pdata[i];
        const Table *other = metadata_find_table(after, table->schema, table->name);
        if (other && file_names_has(former->files, table->name))
            remove_new_keys(former, table, other);
        else if (!other && !was_told(former, table->name))
            table_free(metadata_steal_table(before, table->schema, table->name));
    }
}

static void remove_new_sequences(const Former *former, const MetaData *after)
{
    GPtrArray *sequences = former->before->sequences;
    for (guint i = sequences->len; i-- > 0;) {
        const Sequence *sequence = sequences->pdata[i];
        if (!metadata_find_sequence(after, sequence->schema, sequence->name) &&
            !file_names_definition(former->files, "sequence", sequence->name))
            g_ptr_array_remove_index(sequences, i);
    }
}

/* Objects were as the files say; what they do not say is as in the model. */
static void settle_objects(const Former *former, const MetaData *after)
{
    GPtrArray *objects = former->before->objects;
    for (guint i = objects->len; i-- > 0;) {
        SchemaObject *object = objects->pdata[i];
        if (object->implied)
            continue;
        const char *told = file_names_definition(former->files, object->kind, object->name);
        if (!told && !metadata_find_same_object(after, object)) {
            g_ptr_array_remove_index(objects, i);
        } else if (told && *told) {
            g_free(object->definition);
            object->definition = g_strdup(told);
        }
    }
}

/* --- enums --- */

static gboolean uses_enum(const SqlType *type, const EnumType *declared)
{
    while (type->kind == SQL_TYPE_ARRAY)
        type = type->item;
    if (type->kind != SQL_TYPE_ENUM || type->values || !type->name)
        return FALSE;
    const char *dot = strrchr(type->name, '.');
    return strcmp(type->name, declared->name) == 0 || (dot && strcmp(dot + 1, declared->name) == 0);
}

static gboolean is_used(const MetaData *metadata, const EnumType *declared)
{
    for (guint i = 0; i < metadata->tables->len; i++) {
        const Table *table = metadata->tables->pdata[i];
        for (guint j = 0; j < table->columns->len; j++)
            if (uses_enum(((const Column *)table->columns->pdata[j])->type, declared))
                return TRUE;
    }
    return FALSE;
}

/* A database that has enums has told by its operations which are new. */
static gboolean settle_enums(const Former *former, GError **error)
{
    GPtrArray *enums = former->before->enums;
    if (former->change->dialect->capabilities & DIALECT_ENUM_TYPES)
        return TRUE;
    for (guint i = enums->len; i-- > 0;) {
        const EnumType *declared = enums->pdata[i];
        const char *former_name = declared->renamed_from;
        if (file_names_definition(former->files, "type", declared->name))
            continue;
        if (former_name && file_names_definition(former->files, "type", former_name)) {
            g_autoptr(MigrateOp) rename = migrate_op_new(OP_ALTER_ENUM);
            rename->existing_enum = enum_type_copy(declared);
            rename->enum_type = enum_type_copy(declared);
            g_free(rename->enum_type->name);
            rename->enum_type->name = g_strdup(former_name);
            if (!migrate_op_apply(rename, former->before, error))
                return FALSE;
        } else if (!is_used(former->before, declared)) {
            g_ptr_array_remove_index(enums, i);
        }
    }
    return TRUE;
}

static gboolean take_all_back(Former *former, const MetaData *after, GError **error)
{
    g_autoptr(GPtrArray) reversed = downgrade_operations(former->change->dialect, former->change->operations, error);
    if (!reversed)
        return FALSE;
    if ((former->dialect->capabilities & DIALECT_ENUM_TYPES) &&
        !(former->change->dialect->capabilities & DIALECT_ENUM_TYPES))
        file_names_add_enums(former->files, former->before);
    former_collect_enums(former, reversed);
    for (guint i = 0; i < reversed->len; i++)
        former_take_back(former, reversed->pdata[i]);
    if (!former->same) {
        remove_new_tables(former, after);
        remove_new_sequences(former, after);
        settle_objects(former, after);
    }
    return settle_enums(former, error);
}

MetaData *former_model(const FoundChange *change, const Dialect *dialect, const MetaData *model, const FileNames *files,
                       GPtrArray *doubts, GError **error)
{
    if (is_empty(change->live))
        return metadata_new(model->ignore_case);
    g_autoptr(MetaData) after = metadata_copy(change->live);
    if (!operations_apply(change->operations, after, error))
        return NULL;
    Former former = {.change = change,
                     .dialect = dialect,
                     .same = dialect == change->dialect,
                     .files = files,
                     .before = metadata_copy(model),
                     .enum_values =
                         g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref),
                     .doubts = doubts};
    gboolean done = take_all_back(&former, after, error);
    g_hash_table_unref(former.enum_values);
    if (done)
        return former.before;
    metadata_free(former.before);
    return NULL;
}
