/* What a server that keeps definitions as trees writes into them when something is renamed. */
#include <string.h>

#include "autogenerate/internal.h"
#include "base/text.h"

/* --- triggers where all else is a text --- */

static void follow_target(const Comparing *comparing, const MigrateOp *op, const MetaData *live)
{
    for (guint i = 0; op->kind == OP_RENAME_TABLE && i < live->objects->len; i++) {
        SchemaObject *object = live->objects->pdata[i];
        if (strcmp(object->kind, "trigger") == 0 &&
            name_equal(object->table_name, op->table_name, comparing->ignore_case))
            rename_target(comparing, object, op->new_name);
    }
}

/* --- definitions --- */

/* The strings are new, for Renaming. */
typedef struct Names {
    char *old_name, *new_name;
} Names;

static void names_clear(Names *names)
{
    g_free(names->old_name);
    g_free(names->new_name);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Names, names_clear)

static NameRole object_role(const SchemaObject *object)
{
    static const char *const types[] = {"domain", "composite_type", "range_type", NULL};
    static const char *const relations[] = {"view", "materialized_view", NULL};
    if (g_strv_contains(types, object->kind))
        return NAME_OF_TYPE;
    return g_strv_contains(relations, object->kind) ? NAME_OF_RELATION : NAME_OF_ROUTINE;
}

/* FALSE for what others do not mention, or by a number. */
static gboolean read_renaming(const MigrateOp *op, Renaming *renaming, Names *names)
{
    static const char *const alone[] = {"trigger", "policy", "rule", "index", "event", "extension", "schema", NULL};
    renaming->schema = op->schema;
    if (op->kind == OP_RENAME_TABLE) {
        *names = (Names){g_strdup(op->table_name), g_strdup(op->new_name)};
        renaming->role = NAME_OF_RELATION;
    } else if (op->kind == OP_ALTER_COLUMN) {
        *names = (Names){g_strdup(op->existing->name), g_strdup(op->column->name)};
        renaming->role = NAME_OF_COLUMN;
    } else if (op->kind == OP_ALTER_ENUM) {
        *names = (Names){g_strdup(op->existing_enum->name), g_strdup(op->enum_type->name)};
        renaming->role = NAME_OF_TYPE;
    } else if (op->kind == OP_REPLACE_OBJECT && !g_strv_contains(alone, op->object->kind)) {
        *names = (Names){object_base_name(op->existing_object), object_base_name(op->object)};
        renaming->role = object_role(op->object);
        renaming->schema = op->object->schema;
    } else {
        return FALSE;
    }
    renaming->old_name = names->old_name;
    renaming->new_name = names->new_name;
    return TRUE;
}

/* The columns of a view keep their names: it has to be created again when one is renamed (object.c). */
static gboolean follows(const Comparing *comparing, const SchemaObject *object, const MigrateOp *op)
{
    static const char *const always[] = {"trigger", "policy", "rule", "index", NULL};
    if (op->kind == OP_REPLACE_OBJECT && metadata_find_same_object(comparing->live, op->existing_object) == object)
        return FALSE;
    if (op->kind != OP_ALTER_COLUMN)
        return TRUE;
    g_autoptr(GHashTable) words = object_words(comparing, object);
    return g_strv_contains(always, object->kind) && mentions(comparing, words, op->table_name);
}

/* A name may be that of several things in one text: what the model has as it was has not changed. */
static gboolean is_as_wanted(const Comparing *comparing, const SchemaObject *object)
{
    const SchemaObject *model = metadata_find_same_object(comparing->model, object);
    return model && model->definition && sql_equal(comparing->dialect, model->definition, object->definition);
}

static void follow_in_objects(const Comparing *comparing, const MigrateOp *op, const Renaming *renaming,
                              const MetaData *live)
{
    for (guint i = 0; i < live->objects->len; i++) {
        SchemaObject *object = live->objects->pdata[i];
        if (!object->definition || !follows(comparing, object, op) || is_as_wanted(comparing, object))
            continue;
        char *definition = rename_in_text(comparing, object->definition, renaming);
        g_free(object->definition);
        object->definition = definition;
    }
}

/* --- tables --- */

typedef struct Following {
    const Comparing *comparing;
    const Renaming *renaming;
} Following;

static void follow_text(char **text, gpointer data)
{
    const Following *following = data;
    char *renamed = rename_in_text(following->comparing, *text, following->renaming);
    g_free(*text);
    *text = renamed;
}

/* Names of parents. */
static void follow_parents(Following *following, const Table *table)
{
    static const char *const names[] = {"partition_of", "inherits", NULL};
    for (guint i = 0; i < table->options->len; i++) {
        Option *option = table->options->pdata[i];
        if (option->value && g_strv_contains(names, option->name))
            follow_text(&option->value, following);
    }
}

/* Names of columns in the texts of their own table are the operation's to change. */
static void follow_in_tables(const Comparing *comparing, const Renaming *renaming, const MetaData *live)
{
    Following following = {comparing, renaming};
    for (guint i = 0; i < live->tables->len; i++) {
        Table *table = live->tables->pdata[i];
        if (renaming->role == NAME_OF_RELATION)
            follow_parents(&following, table);
        else if (renaming->role != NAME_OF_COLUMN)
            table_texts(table, follow_text, &following);
    }
}

void follow_rename(const Comparing *comparing, const MigrateOp *op, const MetaData *live)
{
    g_auto(Names) names = {0};
    Renaming renaming;
    if (comparing->dialect->capabilities & DIALECT_TABLE_REBUILD)
        return;
    if (comparing->dialect->capabilities & DIALECT_OBJECTS_BY_NAME) {
        follow_target(comparing, op, live);
        return;
    }
    if (!read_renaming(op, &renaming, &names))
        return;
    follow_in_objects(comparing, op, &renaming, live);
    follow_in_tables(comparing, &renaming, live);
}
