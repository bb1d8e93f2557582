/* What is created in the scratch: what differs, what is new, and what those need. Everything else is found where it is
 * (or, in a database in memory, is not needed). */
#include <string.h>

#include "autogenerate/internal.h"
#include "base/text.h"

static void item_free(ScratchItem *item)
{
    migrate_op_free(item->op);
    g_free(item);
}

void wanted_free(Wanted *wanted)
{
    if (!wanted)
        return;
    g_ptr_array_unref(wanted->items);
    g_ptr_array_unref(wanted->schemas);
    g_ptr_array_unref(wanted->stands);
    g_hash_table_unref(wanted->names);
    g_free(wanted);
}

/* What is chosen from the model, before it gets its operations. */
typedef struct Choice {
    const Comparing *comparing;
    Wanted *wanted;
    gboolean temporary;
    GPtrArray *tables;    /* const Table* */
    GPtrArray *enums;     /* const EnumType* */
    GPtrArray *sequences; /* const Sequence* */
    GPtrArray *objects;   /* const SchemaObject* */
    GHashTable *chosen;   /* any of these */
} Choice;

/* The temporary schema is one for all. */
static gboolean choose(Choice *choice, GPtrArray *list, gconstpointer thing, const char *schema, const char *name)
{
    if (choice->temporary && schema) {
        choice->wanted->incomplete = TRUE;
        return FALSE;
    }
    if (!g_hash_table_add(choice->chosen, (gpointer)thing))
        return FALSE;
    g_ptr_array_add(list, (gpointer)thing);
    g_hash_table_add(choice->wanted->names, scratch_key(choice->comparing, schema, name));
    return TRUE;
}

static void choose_schema(Choice *choice, const char *schema)
{
    Wanted *wanted = choice->wanted;
    if (!schema || !wanted->main || scratch_schema(wanted, schema) != schema)
        return;
    g_ptr_array_add(wanted->schemas, g_strdup(schema));
    g_ptr_array_add(wanted->stands, g_strdup_printf("%s_%u", wanted->main, wanted->stands->len + 1));
}

/* --- tables --- */

static const Table *model_table(const Choice *choice, const char *schema, const char *name)
{
    return metadata_find_table(choice->comparing->model, schema, name);
}

static void choose_sequence(Choice *choice, const Sequence *sequence)
{
    if (choose(choice, choice->sequences, sequence, sequence->schema, sequence->name))
        choose_schema(choice, sequence->schema);
}

/* Where nothing is found that is not created there: those that defaults take their values from. */
static void choose_mentioned_sequences(Choice *choice, const Table *table)
{
    const Comparing *comparing = choice->comparing;
    g_autoptr(GHashTable) words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < table->columns->len; i++) {
        const Column *column = table->columns->pdata[i];
        if (column->server_default)
            add_words(comparing, column->server_default, TRUE, words);
    }
    for (guint i = 0; i < comparing->model->sequences->len; i++) {
        const Sequence *sequence = comparing->model->sequences->pdata[i];
        if (mentions(comparing, words, sequence->name))
            choose_sequence(choice, sequence);
    }
}

static void choose_mentioned_tables(Choice *choice, GHashTable *words);

/* Parents of a partition or of inheritance are there, or are created beside it: never the live ones. */
static void choose_table(Choice *choice, const Table *table)
{
    static const char *const parents[] = {"partition_of", "inherits"};
    if (!choose(choice, choice->tables, table, table->schema, table->name))
        return;
    choose_schema(choice, table->schema);
    if (choice->wanted->home)
        choose_mentioned_sequences(choice, table);
    for (guint i = 0; i < G_N_ELEMENTS(parents); i++) {
        const char *value = options_get(table->options, parents[i]);
        g_autoptr(GHashTable) words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        if (!value)
            continue;
        add_words(choice->comparing, value, FALSE, words);
        choose_mentioned_tables(choice, words);
    }
}

static void choose_mentioned_tables(Choice *choice, GHashTable *words)
{
    const Comparing *comparing = choice->comparing;
    for (guint i = 0; i < comparing->model->tables->len; i++) {
        const Table *table = comparing->model->tables->pdata[i];
        if (mentions(comparing, words, table->name))
            choose_table(choice, table);
    }
}

static void choose_tables(Choice *choice)
{
    const GPtrArray *pairs = choice->comparing->pairs;
    for (guint i = 0; i < pairs->len; i++)
        choose_table(choice, ((const TablePair *)pairs->pdata[i])->model);
}

/* --- types --- */

static void choose_types(Choice *choice)
{
    const Comparing *comparing = choice->comparing;
    for (guint i = 0; i < comparing->model->enums->len; i++) {
        const EnumType *type = comparing->model->enums->pdata[i];
        const EnumType *live = metadata_find_enum(comparing->live, type->schema, type->name);
        if ((!live || !strings_equal(live->values, type->values, FALSE)) &&
            choose(choice, choice->enums, type, type->schema, type->name))
            choose_schema(choice, type->schema);
    }
    for (guint i = 0; i < comparing->model->sequences->len; i++) {
        const Sequence *sequence = comparing->model->sequences->pdata[i];
        const Sequence *live = metadata_find_sequence(comparing->live, sequence->schema, sequence->name);
        if (!live || !sequence_equal(comparing, sequence, live))
            choose_sequence(choice, sequence);
    }
}

/* What is renamed is not yet there under the name that the model uses. */
static void choose_renamed(Choice *choice)
{
    const Comparing *comparing = choice->comparing;
    const MetaData *model = comparing->model;
    for (guint i = 0; i < comparing->operations->len; i++) {
        const MigrateOp *op = comparing->operations->pdata[i];
        const Table *table = NULL;
        if (op->kind == OP_RENAME_TABLE || op->kind == OP_ALTER_COLUMN)
            table = model_table(choice, op->schema, op->kind == OP_RENAME_TABLE ? op->new_name : op->table_name);
        if (table)
            choose_table(choice, table);
        const EnumType *type =
            op->enum_type ? metadata_find_enum(model, op->enum_type->schema, op->enum_type->name) : NULL;
        if (type && choose(choice, choice->enums, type, type->schema, type->name))
            choose_schema(choice, type->schema);
        const Sequence *sequence =
            op->sequence ? metadata_find_sequence(model, op->sequence->schema, op->sequence->name) : NULL;
        if (sequence)
            choose_sequence(choice, sequence);
    }
}

/* --- objects --- */

/* Whether the database is to be asked how it writes such objects. */
static gboolean is_asked_for(const Comparing *comparing, const SchemaObject *object)
{
    const char *const *kinds = comparing->dialect->scratch_kinds;
    return !kinds || g_strv_contains(kinds, object->kind);
}

gboolean is_in_question(const Comparing *comparing, const Subject *subject)
{
    return subject->fate == REPLACE && is_asked_for(comparing, subject->model);
}

static gboolean can_be_there(const Choice *choice, const SchemaObject *object)
{
    static const char *const never[] = {"extension", "schema", "event", "event_trigger", NULL};
    return !g_strv_contains(never, object->kind) &&
           !(choice->temporary && strcmp(object->kind, "materialized_view") == 0);
}

/* Statements inside a definition are looked at when it is created, and lock what they write to. */
static gboolean may_write(const Choice *choice, const SchemaObject *object, GHashTable *words)
{
    static const char *const kinds[] = {"rule", "function", "procedure", "view", "materialized_view", NULL};
    static const char *const verbs[] = {"insert", "update", "delete", "merge", "lock", "truncate"};
    if (!choice->wanted->main || !g_strv_contains(kinds, object->kind))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(verbs); i++)
        if (mentions(choice->comparing, words, verbs[i]))
            return TRUE;
    return FALSE;
}

/* FALSE: it may write to a table that is not in the model. */
static gboolean choose_written(Choice *choice, GHashTable *words)
{
    const Comparing *comparing = choice->comparing;
    for (guint i = 0; i < comparing->live->tables->len; i++) {
        const Table *live = comparing->live->tables->pdata[i];
        if (mentions(comparing, words, live->name) && !model_table(choice, live->schema, live->name))
            return FALSE;
    }
    choose_mentioned_tables(choice, words);
    return TRUE;
}

static void choose_object(Choice *choice, const SchemaObject *object);

/* Nothing is found there that is not created there. */
static void choose_mentioned(Choice *choice, const SchemaObject *object, GHashTable *words)
{
    const Comparing *comparing = choice->comparing;
    choose_mentioned_tables(choice, words);
    for (guint i = 0; i < comparing->model->objects->len; i++) {
        const SchemaObject *other = comparing->model->objects->pdata[i];
        gboolean needed = is_asked_for(comparing, other) || strcmp(other->kind, "function") == 0;
        if (needed && other != object && !g_hash_table_contains(choice->chosen, other) &&
            mentions(comparing, words, other->name))
            choose_object(choice, other);
    }
}

/* The table or view it hangs on. */
static void choose_base(Choice *choice, const SchemaObject *object)
{
    const Table *table = model_table(choice, object->schema, object->table_name);
    static const char *const kinds[] = {"view", "materialized_view"};
    if (table)
        choose_table(choice, table);
    for (guint i = 0; !table && i < G_N_ELEMENTS(kinds); i++) {
        const SchemaObject *view =
            metadata_find_object(choice->comparing->model, kinds[i], object->schema, object->table_name);
        if (view)
            choose_object(choice, view);
    }
}

static void choose_object(Choice *choice, const SchemaObject *object)
{
    g_assert(object != NULL);
    g_autoptr(GHashTable) words = object_needs(choice->comparing, object);
    g_autofree char *name = object_base_name(object);
    if (!can_be_there(choice, object)) {
        choice->wanted->incomplete = TRUE;
        return;
    }
    if (may_write(choice, object, words) && !choose_written(choice, words))
        return;
    if (object->table_name)
        choose_base(choice, object);
    if (strcmp(object->kind, "statistics") == 0)
        choose_mentioned_tables(choice, words);
    if (!choose(choice, choice->objects, object, object->schema, name))
        return;
    choose_schema(choice, object->schema);
    if (choice->wanted->home)
        choose_mentioned(choice, object, words);
}

static void choose_objects(Choice *choice)
{
    const Comparing *comparing = choice->comparing;
    g_autoptr(GHashTable) matched = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < comparing->subjects->len; i++) {
        const Subject *subject = comparing->subjects->pdata[i];
        if (!subject->model)
            continue;
        g_hash_table_add(matched, (gpointer)subject->model);
        if (is_in_question(comparing, subject) || (is_renamed(subject) && can_be_there(choice, subject->model)))
            choose_object(choice, subject->model);
    }
    for (guint i = 0; i < comparing->model->objects->len; i++) {
        const SchemaObject *object = comparing->model->objects->pdata[i];
        if (!g_hash_table_contains(matched, object) && object_in_scope(comparing, object) &&
            is_asked_for(comparing, object))
            choose_object(choice, object);
    }
}

/* --- operations --- */

static void add_item(const Choice *choice, MigrateOp *op, const Table *model)
{
    ScratchItem *item = g_new0(ScratchItem, 1);
    item->op = op;
    item->model = model;
    g_ptr_array_add(choice->wanted->items, item);
}

static void place_one(char **text, gpointer data)
{
    const Choice *choice = data;
    char *placed = place_text(choice->comparing, choice->wanted, *text);
    g_free(*text);
    *text = placed;
}

static void set_schema(const Choice *choice, char **schema)
{
    char *stand = g_strdup(scratch_schema(choice->wanted, *schema));
    g_free(*schema);
    *schema = stand;
}

static void remove_storage(GPtrArray *options)
{
    for (const char *const *name = storage_options; *name; name++)
        options_remove(options, *name);
}

static void strip_constraint(Constraint *constraint, char *name)
{
    g_clear_pointer(&constraint->comment, g_free);
    remove_storage(constraint->options);
    if (!constraint->name)
        constraint->name = g_strdup(name);
    g_free(name);
}

/* Comments and places of storage are compared as they are; references would lock live tables, and are compared as they
 * are as well. */
static void strip_table(const Choice *choice, Table *table)
{
    gboolean late_references = (choice->comparing->dialect->capabilities & DIALECT_LATE_REFERENCES) != 0;
    g_clear_pointer(&table->comment, g_free);
    remove_storage(table->options);
    for (guint i = 0; i < table->columns->len; i++)
        g_clear_pointer(&((Column *)table->columns->pdata[i])->comment, g_free);
    for (guint i = 0; i < table->constraints->len; i++)
        strip_constraint(table->constraints->pdata[i], scratch_constraint_name(i));
    for (guint i = table->constraints->len; i-- > 0 && !late_references;)
        if (((const Constraint *)table->constraints->pdata[i])->kind == CONSTRAINT_FOREIGN_KEY)
            g_ptr_array_remove_index(table->constraints, i);
    for (guint i = 0; i < table->indexes->len; i++) {
        Index *index = table->indexes->pdata[i];
        g_clear_pointer(&index->comment, g_free);
        remove_storage(index->options);
        options_remove(index->options, "invalid");
    }
}

static void add_table_items(Choice *choice)
{
    for (guint i = 0; i < choice->tables->len; i++) {
        const Table *model = choice->tables->pdata[i];
        MigrateOp *op = new_create_table(model);
        if (choice->wanted->main) {
            strip_table(choice, op->table);
            table_texts(op->table, place_one, choice);
            set_schema(choice, &op->table->schema);
            set_schema(choice, &op->schema);
        } else {
            strip_table(choice, op->table);
        }
        add_item(choice, op, model);
    }
}

static void add_type_items(const Choice *choice)
{
    for (guint i = 0; i < choice->wanted->stands->len; i++) {
        g_autofree char *definition = g_strdup_printf("CREATE SCHEMA %s", (char *)choice->wanted->stands->pdata[i]);
        g_autoptr(SchemaObject) schema =
            schema_object_new("schema", NULL, choice->wanted->stands->pdata[i], definition);
        add_item(choice, migrate_op_create_object(schema), NULL);
    }
    for (guint i = 0; i < choice->enums->len; i++) {
        MigrateOp *op = enum_op(OP_CREATE_ENUM, NULL, choice->enums->pdata[i]);
        set_schema(choice, &op->enum_type->schema);
        g_clear_pointer(&op->enum_type->comment, g_free);
        add_item(choice, op, NULL);
    }
    for (guint i = 0; i < choice->sequences->len; i++) {
        MigrateOp *op = sequence_op(OP_CREATE_SEQUENCE, NULL, choice->sequences->pdata[i]);
        set_schema(choice, &op->sequence->schema);
        g_clear_pointer(&op->sequence->comment, g_free);
        g_clear_pointer(&op->sequence->owned_by_table, g_free);
        g_clear_pointer(&op->sequence->owned_by_column, g_free);
        add_item(choice, op, NULL);
    }
}

static void add_object_items(const Choice *choice)
{
    for (guint i = 0; i < choice->objects->len; i++) {
        const SchemaObject *object = choice->objects->pdata[i];
        g_autoptr(SchemaObject) copy = schema_object_copy(object);
        g_clear_pointer(&copy->comment, g_free);
        g_clear_pointer(&copy->renamed_from, g_free);
        if (choice->wanted->main) {
            char *definition = place_definition(choice->comparing, choice->wanted, object);
            if (!definition)
                continue;
            g_free(copy->definition);
            copy->definition = definition;
            set_schema(choice, &copy->schema);
        }
        add_item(choice, migrate_op_create_object(copy), NULL);
    }
}

/* Without an order (a cycle) the one given has to do. */
static void sort_items(const Comparing *comparing, GPtrArray *items)
{
    g_autoptr(GPtrArray) ops = g_ptr_array_new();
    g_autoptr(GHashTable) by_op = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < items->len; i++) {
        ScratchItem *item = items->pdata[i];
        g_ptr_array_add(ops, item->op);
        g_hash_table_insert(by_op, item->op, item);
    }
    complete_dependencies(comparing, ops);
    operations_sort(ops, FALSE, NULL);
    g_ptr_array_set_free_func(ops, NULL);
    for (guint i = 0; i < items->len; i++)
        items->pdata[i] = g_hash_table_lookup(by_op, ops->pdata[i]);
}

static void choice_clear(Choice *choice)
{
    g_ptr_array_unref(choice->tables);
    g_ptr_array_unref(choice->enums);
    g_ptr_array_unref(choice->sequences);
    g_ptr_array_unref(choice->objects);
    g_hash_table_unref(choice->chosen);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Choice, choice_clear)

Wanted *wanted_new(const Comparing *comparing, const char *schema, gboolean temporary, const char *home)
{
    Wanted *wanted = g_new0(Wanted, 1);
    wanted->items = g_ptr_array_new_with_free_func((GDestroyNotify)item_free);
    wanted->schemas = strings_new();
    wanted->stands = strings_new();
    wanted->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    wanted->main = schema;
    wanted->home = home;
    g_auto(Choice) choice = {
        .comparing = comparing,
        .wanted = wanted,
        .temporary = temporary,
        .tables = g_ptr_array_new(),
        .enums = g_ptr_array_new(),
        .sequences = g_ptr_array_new(),
        .objects = g_ptr_array_new(),
        .chosen = g_hash_table_new(NULL, NULL),
    };
    choose_types(&choice);
    choose_renamed(&choice);
    choose_tables(&choice);
    choose_objects(&choice);
    add_type_items(&choice);
    add_table_items(&choice);
    add_object_items(&choice);
    sort_items(comparing, wanted->items);
    return wanted;
}
