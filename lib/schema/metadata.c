#include "schema/metadata.h"

#include <string.h>

#include "base/text.h"

/* --- lists --- */

static gpointer copy_string(gconstpointer text, gpointer data)
{
    (void)data;
    return g_strdup(text);
}

GPtrArray *strings_new(void)
{
    return g_ptr_array_new_with_free_func(g_free);
}

GPtrArray *strings_copy(const GPtrArray *strings)
{
    GPtrArray *copy = strings_new();
    for (guint i = 0; i < strings->len; i++)
        g_ptr_array_add(copy, copy_string(strings->pdata[i], NULL));
    return copy;
}

gboolean strings_equal(const GPtrArray *a, const GPtrArray *b, gboolean ignore_case)
{
    if (a->len != b->len)
        return FALSE;
    for (guint i = 0; i < a->len; i++)
        if (!name_equal(a->pdata[i], b->pdata[i], ignore_case))
            return FALSE;
    return TRUE;
}

static void option_free(Option *option)
{
    g_free(option->name);
    g_free(option->value);
    g_free(option);
}

GPtrArray *options_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)option_free);
}

static Option *find_option(const GPtrArray *options, const char *name)
{
    for (guint i = 0; i < options->len; i++) {
        Option *option = options->pdata[i];
        if (strcmp(option->name, name) == 0)
            return option;
    }
    return NULL;
}

void options_set(GPtrArray *options, const char *name, const char *value)
{
    Option *option = find_option(options, name);
    if (option) {
        char *copy = g_strdup(value);
        g_free(option->value);
        option->value = copy;
        return;
    }
    option = g_new0(Option, 1);
    option->name = g_strdup(name);
    option->value = g_strdup(value);
    g_ptr_array_add(options, option);
}

void options_remove(GPtrArray *options, const char *name)
{
    Option *option = find_option(options, name);
    if (option)
        g_ptr_array_remove(options, option);
}

const char *options_get(const GPtrArray *options, const char *name)
{
    const Option *option = find_option(options, name);
    return !option ? NULL : option->value ? option->value : "";
}

gboolean options_equal(const GPtrArray *a, const GPtrArray *b)
{
    if (a->len != b->len)
        return FALSE;
    for (guint i = 0; i < a->len; i++) {
        const Option *option = a->pdata[i];
        const Option *other = find_option(b, option->name);
        if (!other || g_strcmp0(option->value, other->value) != 0)
            return FALSE;
    }
    return TRUE;
}

GPtrArray *options_copy(const GPtrArray *options)
{
    GPtrArray *copy = options_new();
    for (guint i = 0; i < options->len; i++) {
        const Option *option = options->pdata[i];
        options_set(copy, option->name, option->value);
    }
    return copy;
}

/* A deep copy of a list of things with copy and free functions of their own. */
#define COPY_LIST(copy, list, function)                                                                                \
    for (guint i = 0; i < (list)->len; i++)                                                                            \
    g_ptr_array_add((copy), function((list)->pdata[i]))

/* --- columns --- */

Computed *computed_new(const char *expression, gboolean persisted)
{
    Computed *computed = g_new0(Computed, 1);
    computed->expression = g_strdup(expression);
    computed->persisted = persisted;
    return computed;
}

void computed_free(Computed *computed)
{
    if (!computed)
        return;
    g_free(computed->expression);
    g_free(computed);
}

void sequence_options_clear(SequenceOptions *options)
{
    g_free(options->start);
    g_free(options->increment);
    g_free(options->minvalue);
    g_free(options->maxvalue);
    g_free(options->cache);
    *options = (SequenceOptions){0};
}

void sequence_options_copy(SequenceOptions *to, const SequenceOptions *from)
{
    *to = (SequenceOptions){
        .start = g_strdup(from->start),
        .increment = g_strdup(from->increment),
        .minvalue = g_strdup(from->minvalue),
        .maxvalue = g_strdup(from->maxvalue),
        .cache = g_strdup(from->cache),
        .cycle = from->cycle,
    };
}

static gboolean sequence_options_equal(const SequenceOptions *a, const SequenceOptions *b)
{
    return g_strcmp0(a->start, b->start) == 0 && g_strcmp0(a->increment, b->increment) == 0 &&
           g_strcmp0(a->minvalue, b->minvalue) == 0 && g_strcmp0(a->maxvalue, b->maxvalue) == 0 &&
           g_strcmp0(a->cache, b->cache) == 0 && a->cycle == b->cycle;
}

void identity_free(Identity *identity)
{
    if (!identity)
        return;
    sequence_options_clear(&identity->options);
    g_free(identity);
}

Identity *identity_copy(const Identity *identity)
{
    Identity *copy = g_new0(Identity, 1);
    copy->always = identity->always;
    sequence_options_copy(&copy->options, &identity->options);
    return copy;
}

gboolean identity_equal(const Identity *a, const Identity *b)
{
    if (!a || !b)
        return a == b;
    return a->always == b->always && sequence_options_equal(&a->options, &b->options);
}

Column *column_new(const char *name, SqlType *type)
{
    Column *column = g_new0(Column, 1);
    column->name = g_strdup(name);
    column->type = type;
    column->nullable = TRUE;
    column->options = options_new();
    return column;
}

void column_free(Column *column)
{
    if (!column)
        return;
    g_free(column->name);
    g_free(column->renamed_from);
    g_free(column->comment);
    sql_type_free(column->type);
    g_free(column->server_default);
    g_free(column->collation);
    computed_free(column->computed);
    identity_free(column->identity);
    g_ptr_array_unref(column->options);
    g_free(column);
}

Column *column_copy(const Column *column)
{
    Column *copy = g_new0(Column, 1);
    copy->name = g_strdup(column->name);
    copy->renamed_from = g_strdup(column->renamed_from);
    copy->comment = g_strdup(column->comment);
    copy->type = sql_type_copy(column->type);
    copy->nullable = column->nullable;
    copy->autoincrement = column->autoincrement;
    copy->server_default = g_strdup(column->server_default);
    copy->collation = g_strdup(column->collation);
    copy->computed = column->computed ? computed_new(column->computed->expression, column->computed->persisted) : NULL;
    copy->identity = column->identity ? identity_copy(column->identity) : NULL;
    copy->options = options_copy(column->options);
    return copy;
}

/* --- constraints and indexes --- */

Constraint *constraint_new(ConstraintKind kind, const char *name)
{
    Constraint *constraint = g_new0(Constraint, 1);
    constraint->kind = kind;
    constraint->name = g_strdup(name);
    constraint->columns = strings_new();
    constraint->referred_columns = strings_new();
    constraint->options = options_new();
    return constraint;
}

void constraint_free(Constraint *constraint)
{
    if (!constraint)
        return;
    g_free(constraint->name);
    g_free(constraint->comment);
    g_ptr_array_unref(constraint->columns);
    g_free(constraint->expression);
    g_free(constraint->referred_schema);
    g_free(constraint->referred_table);
    g_ptr_array_unref(constraint->referred_columns);
    g_free(constraint->ondelete);
    g_free(constraint->onupdate);
    g_free(constraint->match);
    g_free(constraint->initially);
    g_ptr_array_unref(constraint->options);
    g_free(constraint);
}

Constraint *constraint_copy(const Constraint *constraint)
{
    Constraint *copy = g_new0(Constraint, 1);
    copy->kind = constraint->kind;
    copy->name = g_strdup(constraint->name);
    copy->comment = g_strdup(constraint->comment);
    copy->columns = strings_copy(constraint->columns);
    copy->expression = g_strdup(constraint->expression);
    copy->referred_schema = g_strdup(constraint->referred_schema);
    copy->referred_table = g_strdup(constraint->referred_table);
    copy->referred_columns = strings_copy(constraint->referred_columns);
    copy->ondelete = g_strdup(constraint->ondelete);
    copy->onupdate = g_strdup(constraint->onupdate);
    copy->match = g_strdup(constraint->match);
    copy->deferrable = constraint->deferrable;
    copy->initially = g_strdup(constraint->initially);
    copy->options = options_copy(constraint->options);
    return copy;
}

IndexColumn *index_column_new(const char *name, const char *expression)
{
    IndexColumn *column = g_new0(IndexColumn, 1);
    column->name = g_strdup(name);
    column->expression = g_strdup(expression);
    return column;
}

void index_column_free(IndexColumn *column)
{
    if (!column)
        return;
    g_free(column->name);
    g_free(column->expression);
    g_free(column->nulls);
    g_free(column->collation);
    g_free(column->opclass);
    g_free(column);
}

static IndexColumn *index_column_copy(const IndexColumn *column)
{
    IndexColumn *copy = index_column_new(column->name, column->expression);
    copy->descending = column->descending;
    copy->nulls = g_strdup(column->nulls);
    copy->collation = g_strdup(column->collation);
    copy->opclass = g_strdup(column->opclass);
    copy->length = column->length;
    return copy;
}

Index *index_new(const char *name)
{
    Index *made = g_new0(Index, 1);
    made->name = g_strdup(name);
    made->columns = g_ptr_array_new_with_free_func((GDestroyNotify)index_column_free);
    made->include = strings_new();
    made->options = options_new();
    return made;
}

void index_free(Index *freed)
{
    if (!freed)
        return;
    g_free(freed->name);
    g_free(freed->renamed_from);
    g_free(freed->comment);
    g_ptr_array_unref(freed->columns);
    g_free(freed->where);
    g_free(freed->using);
    g_ptr_array_unref(freed->include);
    g_ptr_array_unref(freed->options);
    g_free(freed);
}

Index *index_copy(const Index *original)
{
    Index *copy = index_new(original->name);
    copy->renamed_from = g_strdup(original->renamed_from);
    copy->comment = g_strdup(original->comment);
    COPY_LIST(copy->columns, original->columns, index_column_copy);
    copy->unique = original->unique;
    copy->where = g_strdup(original->where);
    copy->using = g_strdup(original->using);
    COPY_LIST(copy->include, original->include, g_strdup);
    g_ptr_array_unref(copy->options);
    copy->options = options_copy(original->options);
    return copy;
}

/* --- tables --- */

Table *table_new(const char *schema, const char *name)
{
    Table *table = g_new0(Table, 1);
    table->schema = g_strdup(schema);
    table->name = g_strdup(name);
    table->columns = g_ptr_array_new_with_free_func((GDestroyNotify)column_free);
    table->constraints = g_ptr_array_new_with_free_func((GDestroyNotify)constraint_free);
    table->indexes = g_ptr_array_new_with_free_func((GDestroyNotify)index_free);
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
    g_free(table);
}

Table *table_copy(const Table *table)
{
    Table *copy = table_new(table->schema, table->name);
    copy->renamed_from = g_strdup(table->renamed_from);
    copy->comment = g_strdup(table->comment);
    COPY_LIST(copy->columns, table->columns, column_copy);
    copy->primary_key = table->primary_key ? constraint_copy(table->primary_key) : NULL;
    COPY_LIST(copy->constraints, table->constraints, constraint_copy);
    COPY_LIST(copy->indexes, table->indexes, index_copy);
    g_ptr_array_unref(copy->options);
    copy->options = options_copy(table->options);
    copy->ignore_case = table->ignore_case;
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
    for (guint i = 0; i < table->indexes->len; i++) {
        Index *found = table->indexes->pdata[i];
        if (name_equal(found->name, name, table->ignore_case))
            return found;
    }
    return NULL;
}

gboolean table_in_primary_key(const Table *table, const char *column_name)
{
    for (guint i = 0; table->primary_key && i < table->primary_key->columns->len; i++)
        if (name_equal(table->primary_key->columns->pdata[i], column_name, table->ignore_case))
            return TRUE;
    return FALSE;
}

/* --- other objects --- */

EnumType *enum_type_new(const char *schema, const char *name)
{
    EnumType *type = g_new0(EnumType, 1);
    type->schema = g_strdup(schema);
    type->name = g_strdup(name);
    type->values = strings_new();
    return type;
}

void enum_type_free(EnumType *type)
{
    if (!type)
        return;
    g_free(type->schema);
    g_free(type->name);
    g_free(type->renamed_from);
    g_free(type->comment);
    g_ptr_array_unref(type->values);
    g_free(type);
}

EnumType *enum_type_copy(const EnumType *type)
{
    EnumType *copy = enum_type_new(type->schema, type->name);
    copy->renamed_from = g_strdup(type->renamed_from);
    copy->comment = g_strdup(type->comment);
    COPY_LIST(copy->values, type->values, g_strdup);
    return copy;
}

Sequence *sequence_new(const char *schema, const char *name)
{
    Sequence *sequence = g_new0(Sequence, 1);
    sequence->schema = g_strdup(schema);
    sequence->name = g_strdup(name);
    return sequence;
}

void sequence_free(Sequence *sequence)
{
    if (!sequence)
        return;
    g_free(sequence->schema);
    g_free(sequence->name);
    g_free(sequence->renamed_from);
    g_free(sequence->comment);
    sequence_options_clear(&sequence->options);
    g_free(sequence);
}

Sequence *sequence_copy(const Sequence *sequence)
{
    Sequence *copy = sequence_new(sequence->schema, sequence->name);
    copy->renamed_from = g_strdup(sequence->renamed_from);
    copy->comment = g_strdup(sequence->comment);
    sequence_options_copy(&copy->options, &sequence->options);
    return copy;
}

SchemaObject *schema_object_new(const char *kind, const char *schema, const char *name, const char *definition)
{
    SchemaObject *object = g_new0(SchemaObject, 1);
    object->kind = g_strdup(kind);
    object->schema = g_strdup(schema);
    object->name = g_strdup(name);
    object->definition = g_strdup(definition);
    object->depends_on = strings_new();
    return object;
}

void schema_object_free(SchemaObject *object)
{
    if (!object)
        return;
    g_free(object->kind);
    g_free(object->schema);
    g_free(object->name);
    g_free(object->renamed_from);
    g_free(object->table_name);
    g_free(object->definition);
    g_ptr_array_unref(object->depends_on);
    g_free(object);
}

SchemaObject *schema_object_copy(const SchemaObject *object)
{
    SchemaObject *copy = schema_object_new(object->kind, object->schema, object->name, object->definition);
    copy->renamed_from = g_strdup(object->renamed_from);
    copy->table_name = g_strdup(object->table_name);
    COPY_LIST(copy->depends_on, object->depends_on, g_strdup);
    return copy;
}

/* --- the whole --- */

/* The index key of a table: schema and name, folded where case does not count. */
static char *table_key(const MetaData *metadata, const char *schema, const char *name)
{
    char *key = schema ? g_strconcat(schema, ".", name, NULL) : g_strdup(name);
    for (char *c = key; metadata->ignore_case && *c; c++)
        *c = g_ascii_tolower(*c);
    return key;
}

MetaData *metadata_new(gboolean ignore_case)
{
    MetaData *metadata = g_new0(MetaData, 1);
    metadata->tables = g_ptr_array_new_with_free_func((GDestroyNotify)table_free);
    metadata->enums = g_ptr_array_new_with_free_func((GDestroyNotify)enum_type_free);
    metadata->sequences = g_ptr_array_new_with_free_func((GDestroyNotify)sequence_free);
    metadata->objects = g_ptr_array_new_with_free_func((GDestroyNotify)schema_object_free);
    metadata->ignore_case = ignore_case;
    metadata->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return metadata;
}

void metadata_free(MetaData *metadata)
{
    if (!metadata)
        return;
    g_hash_table_unref(metadata->by_name);
    g_ptr_array_unref(metadata->tables);
    g_ptr_array_unref(metadata->enums);
    g_ptr_array_unref(metadata->sequences);
    g_ptr_array_unref(metadata->objects);
    g_free(metadata);
}

MetaData *metadata_copy(const MetaData *metadata)
{
    MetaData *copy = metadata_new(metadata->ignore_case);
    for (guint i = 0; i < metadata->tables->len; i++)
        metadata_add_table(copy, table_copy(metadata->tables->pdata[i]));
    COPY_LIST(copy->enums, metadata->enums, enum_type_copy);
    COPY_LIST(copy->sequences, metadata->sequences, sequence_copy);
    COPY_LIST(copy->objects, metadata->objects, schema_object_copy);
    return copy;
}

Table *metadata_find_table(const MetaData *metadata, const char *schema, const char *name)
{
    g_autofree char *key = table_key(metadata, schema, name);
    return g_hash_table_lookup(metadata->by_name, key);
}

void metadata_add_table(MetaData *metadata, Table *table)
{
    table->ignore_case = metadata->ignore_case;
    g_ptr_array_add(metadata->tables, table);
    g_hash_table_insert(metadata->by_name, table_key(metadata, table->schema, table->name), table);
}

Table *metadata_steal_table(MetaData *metadata, const char *schema, const char *name)
{
    g_autofree char *key = table_key(metadata, schema, name);
    Table *table = g_hash_table_lookup(metadata->by_name, key);
    guint index;
    if (!table || !g_ptr_array_find(metadata->tables, table, &index))
        return NULL;
    g_hash_table_remove(metadata->by_name, key);
    return g_ptr_array_steal_index(metadata->tables, index);
}

void metadata_rename_table(MetaData *metadata, Table *table, const char *new_name)
{
    g_autofree char *key = table_key(metadata, table->schema, table->name);
    g_hash_table_remove(metadata->by_name, key);
    char *name = g_strdup(new_name);
    g_free(table->name);
    table->name = name;
    g_hash_table_insert(metadata->by_name, table_key(metadata, table->schema, name), table);
}

EnumType *metadata_find_enum(const MetaData *metadata, const char *schema, const char *name)
{
    for (guint i = 0; i < metadata->enums->len; i++) {
        EnumType *type = metadata->enums->pdata[i];
        if (name_equal(type->schema, schema, metadata->ignore_case) &&
            name_equal(type->name, name, metadata->ignore_case))
            return type;
    }
    return NULL;
}

Sequence *metadata_find_sequence(const MetaData *metadata, const char *schema, const char *name)
{
    for (guint i = 0; i < metadata->sequences->len; i++) {
        Sequence *sequence = metadata->sequences->pdata[i];
        if (name_equal(sequence->schema, schema, metadata->ignore_case) &&
            name_equal(sequence->name, name, metadata->ignore_case))
            return sequence;
    }
    return NULL;
}

SchemaObject *metadata_find_object(const MetaData *metadata, const char *kind, const char *schema, const char *name)
{
    for (guint i = 0; i < metadata->objects->len; i++) {
        SchemaObject *object = metadata->objects->pdata[i];
        if (strcmp(object->kind, kind) == 0 && name_equal(object->schema, schema, metadata->ignore_case) &&
            name_equal(object->name, name, metadata->ignore_case))
            return object;
    }
    return NULL;
}
