/* Columns, constraints, indexes and what stands beside tables: made, copied, freed. */
#include "schema/metadata.h"

/* --- columns --- */

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
    g_free(column->enum_name);
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
    if (column->computed)
        copy->computed = computed_new(column->computed->expression, column->computed->persisted);
    copy->identity = identity_copy(column->identity);
    copy->options = options_copy(column->options);
    copy->enum_name = g_strdup(column->enum_name);
    copy->unknown = column->unknown;
    return copy;
}

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

void identity_free(Identity *identity)
{
    if (!identity)
        return;
    sequence_options_clear(&identity->options);
    g_free(identity);
}

Identity *identity_copy(const Identity *identity)
{
    if (!identity)
        return NULL;
    Identity *copy = g_new0(Identity, 1);
    copy->always = identity->always;
    sequence_options_copy(&copy->options, &identity->options);
    return copy;
}

gboolean identity_equal(const Identity *a, const Identity *b)
{
    if (!a || !b)
        return a == b;
    return !a->always == !b->always && g_strcmp0(a->options.start, b->options.start) == 0 &&
           g_strcmp0(a->options.increment, b->options.increment) == 0 &&
           g_strcmp0(a->options.minvalue, b->options.minvalue) == 0 &&
           g_strcmp0(a->options.maxvalue, b->options.maxvalue) == 0 &&
           g_strcmp0(a->options.cache, b->options.cache) == 0 && !a->options.cycle == !b->options.cycle;
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
    to->start = g_strdup(from->start);
    to->increment = g_strdup(from->increment);
    to->minvalue = g_strdup(from->minvalue);
    to->maxvalue = g_strdup(from->maxvalue);
    to->cache = g_strdup(from->cache);
    to->cycle = from->cycle;
}

/* --- constraints --- */

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
    g_free(constraint->renamed_from);
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
    copy->renamed_from = g_strdup(constraint->renamed_from);
    copy->comment = g_strdup(constraint->comment);
    copy->exact_name = constraint->exact_name;
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

/* --- indexes --- */

static void free_index_column(gpointer column)
{
    index_column_free(column);
}

Index *index_new(const char *name)
{
    Index *index = g_new0(Index, 1);
    index->name = g_strdup(name);
    index->columns = g_ptr_array_new_with_free_func(free_index_column);
    index->include = strings_new();
    index->options = options_new();
    return index;
}

void index_free(Index *index)
{
    if (!index)
        return;
    g_free(index->name);
    g_free(index->renamed_from);
    g_free(index->comment);
    g_ptr_array_unref(index->columns);
    g_free(index->where);
    g_free(index->using);
    g_ptr_array_unref(index->include);
    g_ptr_array_unref(index->options);
    g_free(index);
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

Index *index_copy(const Index *index)
{
    Index *copy = g_new0(Index, 1);
    copy->name = g_strdup(index->name);
    copy->renamed_from = g_strdup(index->renamed_from);
    copy->comment = g_strdup(index->comment);
    copy->columns = g_ptr_array_new_with_free_func(free_index_column);
    for (guint i = 0; i < index->columns->len; i++)
        g_ptr_array_add(copy->columns, index_column_copy(index->columns->pdata[i]));
    copy->unique = index->unique;
    copy->where = g_strdup(index->where);
    copy->using = g_strdup(index->using);
    copy->include = strings_copy(index->include);
    copy->options = options_copy(index->options);
    copy->implied = index->implied;
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

/* --- enums, sequences, objects --- */

EnumType *enum_type_new(const char *schema, const char *name)
{
    EnumType *type = g_new0(EnumType, 1);
    type->schema = g_strdup(schema);
    type->name = g_strdup(name);
    type->values = strings_new();
    type->renamed_values = options_new();
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
    g_ptr_array_unref(type->renamed_values);
    g_free(type);
}

EnumType *enum_type_copy(const EnumType *type)
{
    EnumType *copy = g_new0(EnumType, 1);
    copy->schema = g_strdup(type->schema);
    copy->name = g_strdup(type->name);
    copy->renamed_from = g_strdup(type->renamed_from);
    copy->comment = g_strdup(type->comment);
    copy->values = strings_copy(type->values);
    copy->renamed_values = options_copy(type->renamed_values);
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
    g_free(sequence->type);
    g_free(sequence->owned_by_table);
    g_free(sequence->owned_by_column);
    sequence_options_clear(&sequence->options);
    g_free(sequence);
}

Sequence *sequence_copy(const Sequence *sequence)
{
    Sequence *copy = sequence_new(sequence->schema, sequence->name);
    copy->renamed_from = g_strdup(sequence->renamed_from);
    copy->comment = g_strdup(sequence->comment);
    copy->type = g_strdup(sequence->type);
    copy->owned_by_table = g_strdup(sequence->owned_by_table);
    copy->owned_by_column = g_strdup(sequence->owned_by_column);
    copy->unlogged = sequence->unlogged;
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
    g_free(object->comment);
    g_free(object->table_name);
    g_free(object->definition);
    g_free(object->sql_mode);
    g_ptr_array_unref(object->depends_on);
    g_clear_pointer(&object->grants, g_ptr_array_unref);
    g_free(object);
}

SchemaObject *schema_object_copy(const SchemaObject *object)
{
    SchemaObject *copy = g_new0(SchemaObject, 1);
    copy->kind = g_strdup(object->kind);
    copy->schema = g_strdup(object->schema);
    copy->name = g_strdup(object->name);
    copy->renamed_from = g_strdup(object->renamed_from);
    copy->comment = g_strdup(object->comment);
    copy->table_name = g_strdup(object->table_name);
    copy->definition = g_strdup(object->definition);
    copy->depends_on = strings_copy(object->depends_on);
    copy->implied = object->implied;
    copy->sql_mode = g_strdup(object->sql_mode);
    copy->broken = object->broken;
    copy->grants = object->grants ? options_copy(object->grants) : NULL;
    return copy;
}

/* --- order --- */

static int compare_names(const char *schema, const char *name, const char *other_schema, const char *other_name)
{
    int order = g_strcmp0(schema, other_schema);
    return order != 0 ? order : g_strcmp0(name, other_name);
}

int metadata_compare_enums(gconstpointer a, gconstpointer b)
{
    const EnumType *x = *(EnumType *const *)a, *y = *(EnumType *const *)b;
    return compare_names(x->schema, x->name, y->schema, y->name);
}

int metadata_compare_tables(gconstpointer a, gconstpointer b)
{
    const Table *x = *(Table *const *)a, *y = *(Table *const *)b;
    return compare_names(x->schema, x->name, y->schema, y->name);
}

int metadata_compare_sequences(gconstpointer a, gconstpointer b)
{
    const Sequence *x = *(Sequence *const *)a, *y = *(Sequence *const *)b;
    return compare_names(x->schema, x->name, y->schema, y->name);
}

int metadata_compare_objects(gconstpointer a, gconstpointer b)
{
    const SchemaObject *x = *(SchemaObject *const *)a, *y = *(SchemaObject *const *)b;
    int order = g_strcmp0(x->kind, y->kind);
    if (order == 0)
        order = compare_names(x->schema, x->name, y->schema, y->name);
    return order != 0 ? order : g_strcmp0(x->table_name, y->table_name); /* triggers of two tables may share a name */
}

/* --- one order for all --- */

static int compare_lists(const GPtrArray *a, const GPtrArray *b)
{
    for (guint i = 0; i < a->len && i < b->len; i++) {
        int order = strcmp(a->pdata[i], b->pdata[i]);
        if (order != 0)
            return order;
    }
    return (int)a->len - (int)b->len;
}

/* Those without a name behind the others, by what they say. */
static int compare_constraints(gconstpointer a, gconstpointer b)
{
    const Constraint *x = *(Constraint *const *)a, *y = *(Constraint *const *)b;
    if (x->kind != y->kind)
        return (int)x->kind - (int)y->kind;
    if (x->name || y->name)
        return !x->name ? 1 : !y->name ? -1 : strcmp(x->name, y->name);
    int order = compare_lists(x->columns, y->columns);
    if (order == 0)
        order = g_strcmp0(x->expression, y->expression);
    if (order == 0)
        order = compare_names(x->referred_schema, x->referred_table, y->referred_schema, y->referred_table);
    return order != 0 ? order : compare_lists(x->referred_columns, y->referred_columns);
}

static int compare_indexes(gconstpointer a, gconstpointer b)
{
    return g_strcmp0((*(Index *const *)a)->name, (*(Index *const *)b)->name);
}

static int compare_options(gconstpointer a, gconstpointer b)
{
    return strcmp((*(Option *const *)a)->name, (*(Option *const *)b)->name);
}

static void sort_table(const Table *table)
{
    g_ptr_array_sort(table->constraints, compare_constraints);
    g_ptr_array_sort(table->indexes, compare_indexes);
    g_ptr_array_sort(table->options, compare_options);
    if (table->primary_key)
        g_ptr_array_sort(table->primary_key->options, compare_options);
    for (guint i = 0; i < table->columns->len; i++)
        g_ptr_array_sort(((Column *)table->columns->pdata[i])->options, compare_options);
    for (guint i = 0; i < table->constraints->len; i++)
        g_ptr_array_sort(((Constraint *)table->constraints->pdata[i])->options, compare_options);
    for (guint i = 0; i < table->indexes->len; i++)
        g_ptr_array_sort(((Index *)table->indexes->pdata[i])->options, compare_options);
}

void metadata_sort(MetaData *metadata)
{
    g_ptr_array_sort(metadata->tables, metadata_compare_tables);
    g_ptr_array_sort(metadata->enums, metadata_compare_enums);
    g_ptr_array_sort(metadata->sequences, metadata_compare_sequences);
    g_ptr_array_sort(metadata->objects, metadata_compare_objects);
    for (guint i = 0; i < metadata->tables->len; i++)
        sort_table(metadata->tables->pdata[i]);
}
