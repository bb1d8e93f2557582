#include "schema/metadata.h"

#include "base/text.h"

/* --- the table index: the tables are their own keys --- */

static guint hash_name(guint hash, const char *name, gboolean ignore_case)
{
    for (const char *p = name; p && *p; p++)
        hash = hash * 33 + (guchar)(ignore_case ? g_ascii_tolower(*p) : *p);
    return hash;
}

static guint table_hash(gconstpointer data)
{
    const Table *table = data;
    return hash_name(hash_name(5381, table->schema, FALSE) * 33, table->name, FALSE);
}

static guint table_hash_ignore_case(gconstpointer data)
{
    const Table *table = data;
    return hash_name(hash_name(5381, table->schema, TRUE) * 33, table->name, TRUE);
}

static gboolean tables_match(const Table *a, const Table *b, gboolean ignore_case)
{
    return name_equal(a->name, b->name, ignore_case) && name_equal(a->schema, b->schema, ignore_case);
}

static gboolean table_key_equal(gconstpointer a, gconstpointer b)
{
    return tables_match(a, b, FALSE);
}

static gboolean table_key_equal_ignore_case(gconstpointer a, gconstpointer b)
{
    return tables_match(a, b, TRUE);
}

/* --- MetaData --- */

static void free_table(gpointer table)
{
    table_free(table);
}

static void free_enum_type(gpointer type)
{
    enum_type_free(type);
}

static void free_sequence(gpointer sequence)
{
    sequence_free(sequence);
}

static void free_object(gpointer object)
{
    schema_object_free(object);
}

MetaData *metadata_new(gboolean ignore_case)
{
    MetaData *metadata = g_new0(MetaData, 1);
    metadata->tables = g_ptr_array_new_with_free_func(free_table);
    metadata->enums = g_ptr_array_new_with_free_func(free_enum_type);
    metadata->column_enums = g_ptr_array_new_with_free_func(free_enum_type);
    metadata->sequences = g_ptr_array_new_with_free_func(free_sequence);
    metadata->objects = g_ptr_array_new_with_free_func(free_object);
    metadata->ignore_case = ignore_case;
    metadata->by_name = ignore_case ? g_hash_table_new(table_hash_ignore_case, table_key_equal_ignore_case)
                                    : g_hash_table_new(table_hash, table_key_equal);
    return metadata;
}

void metadata_free(MetaData *metadata)
{
    if (!metadata)
        return;
    g_hash_table_unref(metadata->by_name);
    g_ptr_array_unref(metadata->tables);
    g_ptr_array_unref(metadata->enums);
    g_ptr_array_unref(metadata->column_enums);
    g_ptr_array_unref(metadata->sequences);
    g_ptr_array_unref(metadata->objects);
    g_clear_pointer(&metadata->not_modelled, g_ptr_array_unref);
    g_free(metadata->collation);
    g_free(metadata->database);
    g_free(metadata->charset);
    g_free(metadata);
}

static void free_not_modelled(gpointer data)
{
    NotModelled *thing = data;
    g_free(thing->subject);
    g_free(thing->text);
    g_free(thing);
}

void metadata_add_not_modelled(MetaData *metadata, const char *subject, const char *text, gboolean out_of_scope)
{
    NotModelled *thing = g_new0(NotModelled, 1);
    thing->subject = g_strdup(subject);
    thing->text = g_strdup(text);
    thing->out_of_scope = out_of_scope;
    if (!metadata->not_modelled)
        metadata->not_modelled = g_ptr_array_new_with_free_func(free_not_modelled);
    g_ptr_array_add(metadata->not_modelled, thing);
}

MetaData *metadata_copy(const MetaData *metadata)
{
    MetaData *copy = metadata_new(metadata->ignore_case);
    copy->backticks = metadata->backticks;
    copy->canonical = metadata->canonical;
    copy->folds_names = metadata->folds_names;
    copy->collation = g_strdup(metadata->collation);
    copy->database = g_strdup(metadata->database);
    copy->charset = g_strdup(metadata->charset);
    for (guint i = 0; i < metadata->tables->len; i++)
        metadata_add_table(copy, table_copy(metadata->tables->pdata[i]));
    for (guint i = 0; i < metadata->enums->len; i++)
        g_ptr_array_add(copy->enums, enum_type_copy(metadata->enums->pdata[i]));
    for (guint i = 0; i < metadata->column_enums->len; i++)
        g_ptr_array_add(copy->column_enums, enum_type_copy(metadata->column_enums->pdata[i]));
    for (guint i = 0; i < metadata->sequences->len; i++)
        g_ptr_array_add(copy->sequences, sequence_copy(metadata->sequences->pdata[i]));
    for (guint i = 0; i < metadata->objects->len; i++)
        g_ptr_array_add(copy->objects, schema_object_copy(metadata->objects->pdata[i]));
    for (guint i = 0; metadata->not_modelled && i < metadata->not_modelled->len; i++) {
        const NotModelled *thing = metadata->not_modelled->pdata[i];
        metadata_add_not_modelled(copy, thing->subject, thing->text, thing->out_of_scope);
    }
    return copy;
}

Table *metadata_find_table(const MetaData *metadata, const char *schema, const char *name)
{
    const Table key = {.schema = (char *)schema, .name = (char *)name};
    return name ? g_hash_table_lookup(metadata->by_name, &key) : NULL;
}

/* Of two tables with one name the first stays the one that is found. */
static void index_table(MetaData *metadata, Table *table)
{
    if (!g_hash_table_contains(metadata->by_name, table))
        g_hash_table_add(metadata->by_name, table);
}

static void unindex_table(MetaData *metadata, Table *table)
{
    if (g_hash_table_lookup(metadata->by_name, table) == table)
        g_hash_table_remove(metadata->by_name, table);
}

void metadata_add_table(MetaData *metadata, Table *table)
{
    table->ignore_case = metadata->ignore_case;
    g_ptr_array_add(metadata->tables, table);
    index_table(metadata, table);
}

Table *metadata_steal_table(MetaData *metadata, const char *schema, const char *name)
{
    guint index;
    Table *table = metadata_find_table(metadata, schema, name);
    if (!table || !g_ptr_array_find(metadata->tables, table, &index))
        return NULL;
    unindex_table(metadata, table);
    return g_ptr_array_steal_index(metadata->tables, index);
}

void metadata_rename_table(MetaData *metadata, Table *table, const char *new_name)
{
    char *name = g_strdup(new_name);
    unindex_table(metadata, table);
    g_free(table->name);
    table->name = name;
    index_table(metadata, table);
}

EnumType *metadata_find_enum(const MetaData *metadata, const char *schema, const char *name)
{
    for (guint i = 0; i < metadata->enums->len; i++) {
        EnumType *type = metadata->enums->pdata[i];
        if (name_equal(type->name, name, metadata->ignore_case) &&
            name_equal(type->schema, schema, metadata->ignore_case))
            return type;
    }
    return NULL;
}

Sequence *metadata_find_sequence(const MetaData *metadata, const char *schema, const char *name)
{
    for (guint i = 0; i < metadata->sequences->len; i++) {
        Sequence *sequence = metadata->sequences->pdata[i];
        if (name_equal(sequence->name, name, metadata->ignore_case) &&
            name_equal(sequence->schema, schema, metadata->ignore_case))
            return sequence;
    }
    return NULL;
}

static gboolean is_object(const MetaData *metadata, const SchemaObject *object, const char *kind, const char *schema,
                          const char *name)
{
    return name_equal(object->name, name, metadata->ignore_case) && g_str_equal(object->kind, kind) &&
           name_equal(object->schema, schema, metadata->ignore_case);
}

SchemaObject *metadata_find_object(const MetaData *metadata, const char *kind, const char *schema, const char *name)
{
    for (guint i = 0; i < metadata->objects->len; i++)
        if (is_object(metadata, metadata->objects->pdata[i], kind, schema, name))
            return metadata->objects->pdata[i];
    return NULL;
}

SchemaObject *metadata_find_same_object(const MetaData *metadata, const SchemaObject *like)
{
    for (guint i = 0; i < metadata->objects->len; i++) {
        SchemaObject *object = metadata->objects->pdata[i];
        if (is_object(metadata, object, like->kind, like->schema, like->name) &&
            name_equal(object->table_name, like->table_name, metadata->ignore_case))
            return object;
    }
    return NULL;
}

/* --- tables --- */

static void free_column(gpointer column)
{
    column_free(column);
}

static void free_constraint(gpointer constraint)
{
    constraint_free(constraint);
}

static void free_index(gpointer index)
{
    index_free(index);
}

Table *table_new(const char *schema, const char *name)
{
    Table *table = g_new0(Table, 1);
    table->schema = g_strdup(schema);
    table->name = g_strdup(name);
    table->columns = g_ptr_array_new_with_free_func(free_column);
    table->constraints = g_ptr_array_new_with_free_func(free_constraint);
    table->indexes = g_ptr_array_new_with_free_func(free_index);
    table->options = options_new();
    return table;
}

void table_free(Table *table)
{
    if (!table)
        return;
    g_free(table->schema);
    g_free(table->name);
    g_free(table->renamed_from);
    g_free(table->comment);
    g_ptr_array_unref(table->columns);
    constraint_free(table->primary_key);
    g_ptr_array_unref(table->constraints);
    g_ptr_array_unref(table->indexes);
    g_ptr_array_unref(table->options);
    g_clear_pointer(&table->grants, g_ptr_array_unref);
    g_free(table);
}

Table *table_copy(const Table *table)
{
    Table *copy = table_new(table->schema, table->name);
    copy->renamed_from = g_strdup(table->renamed_from);
    copy->comment = g_strdup(table->comment);
    copy->ignore_case = table->ignore_case;
    copy->partial = table->partial;
    for (guint i = 0; i < table->columns->len; i++)
        g_ptr_array_add(copy->columns, column_copy(table->columns->pdata[i]));
    if (table->primary_key)
        copy->primary_key = constraint_copy(table->primary_key);
    for (guint i = 0; i < table->constraints->len; i++)
        g_ptr_array_add(copy->constraints, constraint_copy(table->constraints->pdata[i]));
    for (guint i = 0; i < table->indexes->len; i++)
        g_ptr_array_add(copy->indexes, index_copy(table->indexes->pdata[i]));
    g_ptr_array_unref(copy->options);
    copy->options = options_copy(table->options);
    copy->grants = table->grants ? options_copy(table->grants) : NULL;
    return copy;
}

Column *table_find_column(const Table *table, const char *name)
{
    for (guint i = 0; i < table->columns->len; i++) {
        Column *column = table->columns->pdata[i];
        if (name_equal(column->name, name, table->ignore_case))
            return column;
    }
    return NULL;
}

Constraint *table_find_constraint(const Table *table, const char *name)
{
    if (!name)
        return NULL;
    if (table->primary_key && name_equal(table->primary_key->name, name, table->ignore_case))
        return table->primary_key;
    for (guint i = 0; i < table->constraints->len; i++) {
        Constraint *constraint = table->constraints->pdata[i];
        if (name_equal(constraint->name, name, table->ignore_case))
            return constraint;
    }
    return NULL;
}

Index *table_find_index(const Table *table, const char *name)
{
    for (guint i = 0; name && i < table->indexes->len; i++) {
        Index *index = table->indexes->pdata[i];
        if (name_equal(index->name, name, table->ignore_case))
            return index;
    }
    return NULL;
}

gboolean table_column_refers(const Table *table, const char *column_name)
{
    for (guint i = 0; i < table->constraints->len; i++) {
        const Constraint *constraint = table->constraints->pdata[i];
        for (guint j = 0; constraint->kind == CONSTRAINT_FOREIGN_KEY && j < constraint->columns->len; j++)
            if (name_equal(constraint->columns->pdata[j], column_name, table->ignore_case))
                return TRUE;
    }
    return FALSE;
}

gboolean table_inherits(const Table *table)
{
    return options_get(table->options, "partition_of") || options_get(table->options, "inherits");
}

gboolean table_in_primary_key(const Table *table, const char *column_name)
{
    for (guint i = 0; table->primary_key && i < table->primary_key->columns->len; i++) {
        if (name_equal(table->primary_key->columns->pdata[i], column_name, table->ignore_case))
            return TRUE;
    }
    return FALSE;
}
