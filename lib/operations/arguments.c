/* Arguments of operations, and things with a model's keys in them. */
#include <string.h>

#include "operations/reader.h"

char *op_name(OpReader *reader, const cJSON *node, const char *key)
{
    char *name = NULL;
    Picked picked = model_name(reader->model, node, &name);
    if (picked == PICKED_ABSENT)
        OP_MISTAKE(reader, reader->node, "the argument '%s' of %s is missing", key, reader->spec->name);
    else if (picked == PICKED_NULL && !cJSON_IsObject(node))
        model_wrong(reader->model, node, "a name");
    return name;
}

char *op_optional_name(OpReader *reader, const cJSON *node)
{
    char *name = NULL;
    model_name(reader->model, node, &name);
    return name;
}

gboolean op_flag(OpReader *reader, const cJSON *node)
{
    return model_flag(reader->model, node, FALSE);
}

void op_refuse_arguments(OpReader *reader, GPtrArray *known)
{
    static const struct {
        const char *op, *key, *why; /* key: its beginning, when it ends in '_' */
    } refused[] = {
        {"add_column", "inline_references", "\"foreign_key\" in the column makes the constraint"},
        {"add_column", "inline_primary_key", "write create_primary_key behind it"},
        {"create_index", "quote", "names are quoted where they have to be"},
        {NULL, "mssql_", "there is no such dialect"},
        {NULL, "oracle_", "there is no such dialect"},
    };
    for (const cJSON *node = reader->node->child; node; node = node->next)
        for (guint i = 0; i < G_N_ELEMENTS(refused); i++) {
            gboolean is_beginning = g_str_has_suffix(refused[i].key, "_");
            if ((refused[i].op && strcmp(refused[i].op, reader->spec->name) != 0) ||
                (is_beginning ? !g_str_has_prefix(node->string, refused[i].key)
                              : strcmp(node->string, refused[i].key) != 0))
                continue;
            OP_MISTAKE(reader, node, "'%s' of Alembic has no meaning here: %s", node->string, refused[i].why);
            g_ptr_array_add(known, node->string);
        }
}

/* A default schema may have a name of its own ("main"): as the dialect calls it. */
static gboolean adapt_schema(OpReader *reader, char **schema)
{
    if (!op_reader_resolves(reader) || !*schema)
        return TRUE;
    g_autoptr(MetaData) small = op_small(reader);
    Table *probe = table_new(*schema, "t");
    g_ptr_array_add(probe->columns, column_new("c", sql_type_new(SQL_TYPE_INTEGER)));
    metadata_add_table(small, probe);
    if (!op_adapt(reader, small))
        return FALSE;
    char *adapted = g_strdup(((const Table *)small->tables->pdata[0])->schema);
    g_free(*schema);
    *schema = adapted;
    return TRUE;
}

gboolean op_table_name(OpReader *reader, const cJSON *schema, const cJSON *table, const char *key, char **schema_name,
                       char **table_name)
{
    if (!reader->batch) {
        *table_name = op_name(reader, table, key);
        *schema_name = model_optional_text(reader->model, schema);
        return *table_name && adapt_schema(reader, schema_name);
    }
    if (table || schema) {
        OP_MISTAKE(reader, table ? table : schema, "the batch_alter_table around it names the table");
        return FALSE;
    }
    *table_name = NULL;
    model_name(reader->model, cJSON_GetObjectItemCaseSensitive(reader->batch, "table_name"), table_name);
    *schema_name = model_optional_text(reader->model, cJSON_GetObjectItemCaseSensitive(reader->batch, "schema"));
    return *table_name && adapt_schema(reader, schema_name);
}

/* --- things with a model's keys --- */

static gpointer take_last(GPtrArray *list)
{
    return list->len > 0 ? g_ptr_array_steal_index(list, list->len - 1) : NULL;
}

Table *op_read_table(OpReader *reader, const cJSON *node)
{
    MetaData *metadata = reader->model->metadata;
    model_read_table(reader->model, node);
    const Table *table = metadata->tables->len > 0 ? metadata->tables->pdata[0] : NULL;
    return table ? metadata_steal_table(metadata, table->schema, table->name) : NULL;
}

Column *op_read_column(OpReader *reader, const cJSON *node)
{
    g_autoptr(Table) scratch = table_new(NULL, "t");
    g_autoptr(TableReader) table = model_table_reader_new(reader->model, scratch, FALSE);
    guint n_references = reader->model->references->len;
    model_read_column(table, node);
    g_array_set_size(reader->model->references, n_references);
    return take_last(scratch->columns);
}

Index *op_read_index(OpReader *reader, const cJSON *node)
{
    g_autoptr(Table) scratch = table_new(NULL, "t");
    g_autoptr(TableReader) table = model_table_reader_new(reader->model, scratch, FALSE);
    model_read_index(table, node);
    return take_last(scratch->indexes);
}

Constraint *op_read_constraint(OpReader *reader, ConstraintKind kind, const cJSON *node)
{
    g_autoptr(Table) scratch = table_new(NULL, "t");
    g_autoptr(TableReader) table = model_table_reader_new(reader->model, scratch, FALSE);
    guint n_references = reader->model->references->len;
    model_read_constraint(table, kind, node);
    g_array_set_size(reader->model->references, n_references);
    return kind == CONSTRAINT_PRIMARY_KEY ? g_steal_pointer(&scratch->primary_key) : take_last(scratch->constraints);
}

EnumType *op_read_enum(OpReader *reader, const cJSON *node)
{
    g_hash_table_remove_all(reader->model->claims);
    model_read_enum(reader->model, node);
    return take_last(reader->model->metadata->enums);
}

Sequence *op_read_sequence(OpReader *reader, const cJSON *node)
{
    g_hash_table_remove_all(reader->model->claims);
    model_read_sequence(reader->model, node);
    return take_last(reader->model->metadata->sequences);
}

SchemaObject *op_read_object(OpReader *reader, const cJSON *node)
{
    g_hash_table_remove_all(reader->model->claims);
    model_read_object(reader->model, node);
    return take_last(reader->model->metadata->objects);
}

SqlType *op_read_type(OpReader *reader, const cJSON *node)
{
    return model_type(reader->model, reader->node, node);
}

/* --- arguments of dialects --- */

static int nearness_of(const OpReader *reader, const cJSON *argument)
{
    const char *name = model_dialect_argument(argument->string);
    if (!name)
        return 0;
    g_autofree char *dialect = g_strndup(argument->string, (gsize)(name - argument->string) - 1);
    return model_nearness(reader->model, dialect);
}

/* "mariadb_x" stands before "mysql_x". */
static gboolean is_nearest(const OpReader *reader, const cJSON *argument)
{
    const char *name = model_dialect_argument(argument->string);
    int nearness = nearness_of(reader, argument);
    for (const cJSON *other = reader->node->child; other && !reader->model->any_dialect; other = other->next) {
        const char *other_name = model_dialect_argument(other->string);
        if (other_name && strcmp(name, other_name) == 0 && nearness_of(reader, other) > nearness)
            return FALSE;
    }
    return nearness > 0;
}

void op_dialect_arguments(OpReader *reader, void (*take)(OpReader *, const cJSON *, const char *name, gpointer),
                          gpointer data)
{
    for (const cJSON *argument = reader->node->child; argument; argument = argument->next)
        if (model_dialect_argument(argument->string) && is_nearest(reader, argument))
            take(reader, argument, model_dialect_argument(argument->string), data);
}
