/* Views, triggers and all else that is known by its text. What depends on names (a view on a table's column, a trigger
 * on a view) is found in the identifiers of the definitions. */
#include <string.h>

#include "autogenerate/internal.h"
#include "base/text.h"

static void subject_free(Subject *subject)
{
    g_clear_pointer(&subject->words, g_hash_table_unref);
    g_free(subject);
}

static char *object_key(const Comparing *comparing, const SchemaObject *object)
{
    g_autofree char *key = g_strdup_printf("%s\n%s\n%s\n%s", object->kind, object->schema ? object->schema : "",
                                           object->name, strcmp(object->kind, "policy") == 0 ? object->table_name : "");
    return fold_name(key, comparing->ignore_case);
}

static GHashTable *index_objects(const Comparing *comparing, const GPtrArray *objects)
{
    GHashTable *by_key = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < objects->len; i++)
        g_hash_table_insert(by_key, object_key(comparing, objects->pdata[i]), objects->pdata[i]);
    return by_key;
}

static const SchemaObject *find_object(const Comparing *comparing, GHashTable *by_key, const SchemaObject *like)
{
    g_autofree char *key = object_key(comparing, like);
    return g_hash_table_lookup(by_key, key);
}

GHashTable *object_words(const Comparing *comparing, const SchemaObject *object)
{
    GHashTable *words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) names = sql_identifiers(comparing->dialect, object->definition);
    for (guint i = 0; i < names->len; i++)
        g_hash_table_add(words, fold_name(names->pdata[i], comparing->ignore_case));
    for (guint i = 0; i < object->depends_on->len; i++)
        g_hash_table_add(words, fold_name(object->depends_on->pdata[i], comparing->ignore_case));
    if (object->table_name)
        g_hash_table_add(words, fold_name(object->table_name, comparing->ignore_case));
    return words;
}

gboolean mentions(const Comparing *comparing, GHashTable *words, const char *name)
{
    g_autofree char *folded = fold_name(name, comparing->ignore_case);
    return g_hash_table_contains(words, folded);
}

static GHashTable *subject_words(const Comparing *comparing, Subject *subject)
{
    if (!subject->words)
        subject->words = object_words(comparing, subject->live);
    return subject->words;
}

/* --- what the changes of tables mean for an object --- */

/* The name that the live definitions know the table of `op` by. */
static const char *former_table(const Comparing *comparing, const MigrateOp *op)
{
    for (guint i = 0; i < comparing->operations->len; i++) {
        const MigrateOp *rename = comparing->operations->pdata[i];
        if (rename->kind == OP_RENAME_TABLE && name_equal(rename->new_name, op->table_name, comparing->ignore_case) &&
            name_equal(rename->schema, op->schema, comparing->ignore_case))
            return rename->table_name;
    }
    return op->table_name;
}

/* TRUE when the database would refuse `op`, or leave a broken object behind, while the object stands. */
static gboolean in_the_way(const Comparing *comparing, const MigrateOp *op, GHashTable *words)
{
    gboolean rebuilds = (comparing->dialect->capabilities & DIALECT_TABLE_REBUILD) != 0;
    gboolean renamed = op->kind == OP_ALTER_COLUMN && strcmp(op->existing->name, op->column->name) != 0;
    if (op->kind == OP_RENAME_TABLE || op->kind == OP_DROP_TABLE)
        return mentions(comparing, words, op->table_name);
    /* Elsewhere than in SQLite, the type of a column that a view uses is fixed as well. */
    if (op->kind == OP_DROP_COLUMN || renamed || (op->kind == OP_ALTER_COLUMN && !rebuilds))
        return mentions(comparing, words, op->existing->name) &&
               mentions(comparing, words, former_table(comparing, op));
    return FALSE;
}

static GPtrArray *disturbing_ops(const Comparing *comparing)
{
    GPtrArray *disturbing = g_ptr_array_new();
    for (guint i = 0; i < comparing->operations->len; i++) {
        MigrateOp *op = comparing->operations->pdata[i];
        if (op->kind == OP_RENAME_TABLE || op->kind == OP_DROP_TABLE || op->kind == OP_DROP_COLUMN ||
            op->kind == OP_ALTER_COLUMN)
            g_ptr_array_add(disturbing, op);
    }
    return disturbing;
}

static Fate moved(Fate fate)
{
    return fate == DROP ? DROP : RECREATE;
}

/* What stands on something that goes away for a while must go before it and come back behind it. */
static void spread(const Comparing *comparing, const GPtrArray *subjects)
{
    g_autoptr(GPtrArray) gone = g_ptr_array_new();
    for (guint i = 0; i < subjects->len; i++)
        if (((const Subject *)subjects->pdata[i])->fate != KEEP)
            g_ptr_array_add(gone, subjects->pdata[i]);
    for (guint i = 0; i < gone->len; i++) {
        const Subject *base = gone->pdata[i];
        for (guint j = 0; j < subjects->len; j++) {
            Subject *subject = subjects->pdata[j];
            if (subject == base || subject->fate == DROP || subject->fate == RECREATE ||
                !mentions(comparing, subject_words(comparing, subject), base->live->name))
                continue;
            if (subject->fate == KEEP)
                g_ptr_array_add(gone, subject);
            subject->fate = RECREATE;
        }
    }
}

static void disturb(const Comparing *comparing, const GPtrArray *subjects)
{
    g_autoptr(GPtrArray) disturbing = disturbing_ops(comparing);
    gboolean changes = disturbing->len > 0;
    for (guint i = 0; i < subjects->len; i++) {
        Subject *subject = subjects->pdata[i];
        for (guint j = 0; j < disturbing->len; j++)
            if (in_the_way(comparing, disturbing->pdata[j], subject_words(comparing, subject)))
                subject->fate = moved(subject->fate);
        changes = changes || subject->fate != KEEP;
    }
    if (changes)
        spread(comparing, subjects);
}

/* --- operations --- */

static void add_drop(const Comparing *comparing, const Subject *subject)
{
    MigrateOp *op = migrate_op_drop_object(subject->live);
    add_op(comparing->operations, op, subject->verdict);
}

static void add_create(const Comparing *comparing, const SchemaObject *object, const char *verdict)
{
    MigrateOp *op = migrate_op_create_object(object);
    g_clear_pointer(&op->object->renamed_from, g_free);
    add_op(comparing->operations, op, verdict);
}

static void add_replace(const Comparing *comparing, const Subject *subject)
{
    MigrateOp *op = migrate_op_replace_object(subject->live, subject->model);
    g_clear_pointer(&op->object->renamed_from, g_free);
    add_op(comparing->operations, op, subject->verdict);
}

static void add_subject_ops(const Comparing *comparing, const Subject *subject)
{
    if (subject->fate == REPLACE) {
        add_replace(comparing, subject);
    } else if (subject->fate != KEEP) {
        add_drop(comparing, subject);
        if (subject->fate == RECREATE)
            add_create(comparing, subject->model, subject->verdict);
    }
}

/* --- comparing --- */

/* A definition without what may end the statement. New string. */
static char *trimmed(const char *definition)
{
    char *text = g_strchomp(g_strdup(definition));
    if (g_str_has_suffix(text, ";"))
        text[strlen(text) - 1] = '\0';
    return text;
}

gboolean definition_equal(const Comparing *comparing, const SchemaObject *a, const SchemaObject *b)
{
    if (!comment_equal(a->comment, b->comment))
        return FALSE;
    if (strcmp(a->definition, b->definition) == 0)
        return TRUE;
    gboolean filled = strcmp(a->kind, "materialized_view") == 0;
    g_autofree char *first = filled ? cut_data_clause(comparing, a->definition) : trimmed(a->definition);
    g_autofree char *second = filled ? cut_data_clause(comparing, b->definition) : trimmed(b->definition);
    return sql_equal(comparing->dialect, first, second);
}

void match_objects(Comparing *comparing)
{
    comparing->subjects = g_ptr_array_new_with_free_func((GDestroyNotify)subject_free);
    g_autoptr(GHashTable) by_key = index_objects(comparing, comparing->model->objects);
    for (guint i = 0; i < comparing->live->objects->len; i++) {
        const SchemaObject *live = comparing->live->objects->pdata[i];
        if (!object_in_scope(comparing, live))
            continue;
        Subject *subject = g_new0(Subject, 1);
        subject->live = live;
        subject->model = find_object(comparing, by_key, live);
        subject->verdict = "structure";
        if (!subject->model) {
            subject->fate = DROP;
        } else if (!definition_equal(comparing, subject->model, live)) {
            subject->fate = REPLACE;
            subject->verdict = "tokens";
        }
        g_ptr_array_add(comparing->subjects, subject);
    }
}

static void add_new_objects(const Comparing *comparing)
{
    g_autoptr(GHashTable) by_key = index_objects(comparing, comparing->live->objects);
    for (guint i = 0; i < comparing->model->objects->len; i++) {
        const SchemaObject *object = comparing->model->objects->pdata[i];
        if (object_in_scope(comparing, object) && !find_object(comparing, by_key, object))
            add_create(comparing, object, "structure");
    }
}

void add_object_ops(Comparing *comparing)
{
    disturb(comparing, comparing->subjects);
    for (guint i = 0; i < comparing->subjects->len; i++)
        add_subject_ops(comparing, comparing->subjects->pdata[i]);
    add_new_objects(comparing);
}

void compare_missing_objects(const Comparing *comparing)
{
    add_new_objects(comparing);
}
