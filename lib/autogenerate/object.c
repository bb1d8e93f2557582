/* Views, triggers and all else that is known by its text. What depends on names (a view on a table's column, a trigger
 * on a view) is found in the identifiers of the definitions. */
#include <string.h>

#include "autogenerate/internal.h"
#include "base/text.h"

static void subject_free(Subject *subject)
{
    g_clear_pointer(&subject->words, g_hash_table_unref);
    g_clear_pointer(&subject->between, schema_object_free);
    g_free(subject);
}

/* There may be one trigger, rule and policy of a name on every table. */
static char *object_key(const Comparing *comparing, const SchemaObject *object)
{
    static const char *const per_table[] = {"trigger", "rule", "policy", NULL};
    const char *table_name = g_strv_contains(per_table, object->kind) ? object->table_name : NULL;
    g_autofree char *key = g_strdup_printf("%s\n%s\n%s\n%s", object->kind, object->schema ? object->schema : "",
                                           object->name, table_name ? table_name : "");
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
    add_words(comparing, object->definition, FALSE, words);
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

/* The model does not have it, and it is not dropped: nothing may happen to it. */
static gboolean is_left_alone(const Subject *subject)
{
    return !subject->model && subject->fate == KEEP;
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

/* Servers keep views as trees, in which types of columns are fixed; names are not. */
static gboolean fixed_facet_changes(const Comparing *comparing, const MigrateOp *op)
{
    const Column *existing = op->existing, *column = op->column;
    return !comparing->dialect->type_equal(existing->type, column->type) ||
           g_strcmp0(existing->collation, column->collation) != 0 ||
           !computed_equal(comparing, existing->computed, column->computed);
}

/* Triggers, policies … follow a renamed column; the columns of a view would keep the old name. */
static gboolean keeps_column_names(const SchemaObject *object)
{
    static const char *const kinds[] = {"view", "materialized_view", "function", "procedure", NULL};
    return g_strv_contains(kinds, object->kind);
}

gboolean keeps_values(const EnumType *existing, const EnumType *type)
{
    guint at = 0;
    for (guint i = 0; i < existing->values->len; i++) {
        const char *value = existing->values->pdata[i], *renamed = options_get(type->renamed_values, value);
        while (at < type->values->len && strcmp(type->values->pdata[at], value) != 0 &&
               g_strcmp0(type->values->pdata[at], renamed) != 0)
            at++;
        if (at++ >= type->values->len)
            return FALSE;
    }
    return TRUE;
}

static gboolean is_of_enum(const Column *column, const EnumType *type)
{
    const SqlType *inner = column->type;
    while (inner->item)
        inner = inner->item;
    const char *dot = inner->name ? strrchr(inner->name, '.') : NULL;
    return inner->name && strcmp(dot ? dot + 1 : inner->name, type->name) == 0;
}

static gboolean uses_enum(const Comparing *comparing, const EnumType *type, GHashTable *words)
{
    if (mentions(comparing, words, type->name))
        return TRUE;
    for (guint i = 0; i < comparing->live->tables->len; i++) {
        const Table *table = comparing->live->tables->pdata[i];
        if (!mentions(comparing, words, table->name))
            continue;
        for (guint j = 0; j < table->columns->len; j++) {
            const Column *column = table->columns->pdata[j];
            if (is_of_enum(column, type) && mentions(comparing, words, column->name))
                return TRUE;
        }
    }
    return FALSE;
}

/* TRUE when the database would refuse `op`, or leave a broken object behind, while the object stands. */
static gboolean in_the_way(const Comparing *comparing, const MigrateOp *op, const SchemaObject *object,
                           GHashTable *words)
{
    gboolean rebuilds = (comparing->dialect->capabilities & DIALECT_TABLE_REBUILD) != 0;
    if (op->kind == OP_ALTER_ENUM)
        return uses_enum(comparing, op->existing_enum, words);
    if (op->kind == OP_DROP_TABLE || (op->kind == OP_RENAME_TABLE && rebuilds))
        return mentions(comparing, words, op->table_name);
    if (op->kind == OP_RENAME_TABLE)
        return FALSE;
    gboolean disturbs = op->kind == OP_DROP_COLUMN;
    if (op->kind == OP_ALTER_COLUMN && strcmp(op->existing->name, op->column->name) != 0)
        disturbs = rebuilds || keeps_column_names(object);
    else if (op->kind == OP_ALTER_COLUMN)
        disturbs = !rebuilds && fixed_facet_changes(comparing, op);
    return disturbs && mentions(comparing, words, op->existing->name) &&
           (mentions(comparing, words, former_table(comparing, op)) || mentions(comparing, words, op->table_name));
}

static GPtrArray *disturbing_ops(const Comparing *comparing)
{
    GPtrArray *disturbing = g_ptr_array_new();
    for (guint i = 0; i < comparing->operations->len; i++) {
        MigrateOp *op = comparing->operations->pdata[i];
        if (op->kind == OP_RENAME_TABLE || op->kind == OP_DROP_TABLE || op->kind == OP_DROP_COLUMN ||
            op->kind == OP_ALTER_COLUMN ||
            (op->kind == OP_ALTER_ENUM && !keeps_values(op->existing_enum, op->enum_type)))
            g_ptr_array_add(disturbing, op);
    }
    return disturbing;
}

static Fate moved(Fate fate)
{
    return fate == DROP ? DROP : RECREATE;
}

/* Where comments are no part of the definition, the object stands while its comment changes. */
static gboolean only_comment_differs(const Comparing *comparing, const Subject *subject)
{
    return strcmp(subject->live->name, subject->model->name) == 0 &&
           sql_equal(comparing->dialect, subject->live->definition, subject->model->definition);
}

/* TRUE when others that use it must not stand while it changes. */
static gboolean takes_along(const Comparing *comparing, const Subject *subject)
{
    static const char *const in_place[] = {"domain",  "range_type", "extension", "schema", "policy",
                                           "trigger", "rule",       "index",     NULL};
    static const char *const routines[] = {"function", "procedure", NULL};
    if (subject->fate != REPLACE)
        return subject->fate != KEEP;
    g_assert(subject->model != NULL);
    if (g_strv_contains(in_place, subject->live->kind) || only_comment_differs(comparing, subject))
        return FALSE;
    if (!g_strv_contains(routines, subject->live->kind))
        return TRUE;
    g_autofree char *former = routine_signature(comparing, subject->live->definition);
    g_autofree char *signature = routine_signature(comparing, subject->model->definition);
    return !sql_equal(comparing->dialect, former, signature);
}

/* Every definition mentions its own name, which overloaded functions share. */
static gboolean is_named(const Comparing *comparing, const Subject *subject, const char *name)
{
    g_autofree char *own = object_base_name(subject->live);
    return name_equal(own, name, comparing->ignore_case);
}

/* Columns are of it: the dialect alters it where it is, whatever it is made of. */
static gboolean is_type(const SchemaObject *object)
{
    static const char *const kinds[] = {"domain", "composite_type", "range_type", NULL};
    return g_strv_contains(kinds, object->kind);
}

/* It changes in place, before what it used goes for good. */
static gboolean stays_in_place(const Comparing *comparing, const Subject *base, Subject *subject)
{
    g_autofree char *name = object_base_name(base->live);
    if (base->fate != DROP || subject->fate != REPLACE || takes_along(comparing, subject))
        return FALSE;
    g_autoptr(GHashTable) words = object_words(comparing, subject->model);
    return !mentions(comparing, words, name);
}

/* A composite type changes in place; what reads its attributes must not stand meanwhile, and a function that changes
 * with it fits neither the former type nor the new one, as it is once before and once behind it (on the way back). */
static gboolean stands_on(const Subject *base, const Subject *subject)
{
    static const char *const readers[] = {"view", "materialized_view", "rule", "trigger", "index", NULL};
    static const char *const routines[] = {"function", "procedure", NULL};
    if (strcmp(base->live->kind, "composite_type") != 0 || base->fate != REPLACE)
        return TRUE;
    return g_strv_contains(readers, subject->live->kind) ||
           (subject->fate == REPLACE && g_strv_contains(routines, subject->live->kind));
}

/* What stands on something that goes away for a while must go before it and come back behind it. */
static void spread(const Comparing *comparing, const GPtrArray *subjects)
{
    g_autoptr(GPtrArray) gone = g_ptr_array_new();
    for (guint i = 0; i < subjects->len; i++)
        if (takes_along(comparing, subjects->pdata[i]))
            g_ptr_array_add(gone, subjects->pdata[i]);
    for (guint i = 0; i < gone->len; i++) {
        const Subject *base = gone->pdata[i];
        g_autofree char *name = object_base_name(base->live);
        for (guint j = 0; j < subjects->len; j++) {
            Subject *subject = subjects->pdata[j];
            if (!stands_on(base, subject))
                continue;
            if (stays_in_place(comparing, base, subject))
                continue;
            if (subject == base || subject->fate == DROP || subject->fate == RECREATE || is_left_alone(subject) ||
                is_type(subject->live) || !mentions(comparing, subject_words(comparing, subject), name) ||
                is_named(comparing, subject, name))
                continue;
            if (!takes_along(comparing, subject))
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
        for (guint j = 0; j < disturbing->len && !is_left_alone(subject) && !is_type(subject->live); j++)
            if (in_the_way(comparing, disturbing->pdata[j], subject->live, subject_words(comparing, subject)))
                subject->fate = moved(subject->fate);
        changes = changes || subject->fate != KEEP;
    }
    if (changes)
        spread(comparing, subjects);
}

/* --- operations --- */

static void add_drop(const Comparing *comparing, const Subject *subject)
{
    MigrateOp *op = migrate_op_drop_object(subject->original);
    add_op(comparing->operations, op, subject->verdict);
}

static void add_create(const Comparing *comparing, const SchemaObject *object, const char *verdict)
{
    MigrateOp *op = migrate_op_create_object(object);
    g_clear_pointer(&op->object->renamed_from, g_free);
    add_op(comparing->operations, op, verdict);
}

gboolean is_renamed(const Subject *subject)
{
    g_autofree char *former = object_base_name(subject->original), *name = object_base_name(subject->live);
    return strcmp(former, name) != 0;
}

static void add_replace(const Comparing *comparing, const Subject *subject, const SchemaObject *object)
{
    MigrateOp *op = migrate_op_replace_object(subject->live, object);
    g_clear_pointer(&op->object->renamed_from, g_free);
    if (is_renamed(subject)) {
        SchemaObject *existing = op->existing_object;
        g_autofree char *name = object_base_name(subject->original);
        g_free(existing->name);
        g_free(existing->definition);
        existing->name = g_strdup(subject->original->name);
        existing->definition = rename_own(comparing, subject->live->definition, name);
    }
    add_op(comparing->operations, op, subject->verdict);
}

static void add_subject_ops(const Comparing *comparing, const Subject *subject)
{
    if (subject->between) {
        const SchemaObject *object = subject->fate == REPLACE ? subject->model : subject->live;
        MigrateOp *back = migrate_op_replace_object(subject->between, object);
        g_clear_pointer(&back->object->renamed_from, g_free);
        add_replace(comparing, subject, subject->between);
        add_op(comparing->operations, back, subject->verdict);
    } else if (subject->fate == REPLACE) {
        add_replace(comparing, subject, subject->model);
    } else if (subject->fate == KEEP) {
        if (is_renamed(subject))
            add_replace(comparing, subject, subject->live);
    } else {
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
    gboolean silent = strcmp(a->kind, "schema") == 0 && !a->comment; /* it may be there for its tables only */
    gboolean modes = (comparing->dialect->capabilities & DIALECT_SQL_MODE) != 0;
    if ((!silent && !comment_equal(a->comment, b->comment)) || (modes && g_strcmp0(a->sql_mode, b->sql_mode) != 0))
        return FALSE;
    if (strcmp(a->definition, b->definition) == 0)
        return TRUE;
    if (comparing->dialect->object_equal)
        return comparing->dialect->object_equal(a, b);
    gboolean filled = strcmp(a->kind, "materialized_view") == 0;
    g_autofree char *first = filled ? cut_data_clause(comparing, a->definition) : trimmed(a->definition);
    g_autofree char *second = filled ? cut_data_clause(comparing, b->definition) : trimmed(b->definition);
    return sql_equal(comparing->dialect, first, second);
}

static const SchemaObject *find_signature(const Comparing *comparing, const SchemaObject *live, const char *name)
{
    g_autofree char *signature = routine_signature(comparing, live->definition);
    for (guint i = 0; i < comparing->model->objects->len; i++) {
        const SchemaObject *model = comparing->model->objects->pdata[i];
        if (strcmp(model->kind, live->kind) != 0 || g_strcmp0(model->schema, live->schema) != 0 ||
            !name_equal(model->name, name, comparing->ignore_case))
            continue;
        g_autofree char *other = routine_signature(comparing, model->definition);
        if (sql_equal(comparing->dialect, signature, other))
            return model;
    }
    return NULL;
}

/* The only routine of its name on both sides, or the one with the same arguments, written with their types or without.
 */
static const SchemaObject *find_routine(const Comparing *comparing, const SchemaObject *live)
{
    g_autofree char *name = object_base_name(live);
    const SchemaObject *found = NULL;
    const GPtrArray *const sides[] = {comparing->live->objects, comparing->model->objects};
    for (guint side = 0; side < G_N_ELEMENTS(sides); side++) {
        guint n = 0;
        for (guint i = 0; i < sides[side]->len; i++) {
            const SchemaObject *object = sides[side]->pdata[i];
            g_autofree char *other = object_base_name(object);
            if (strcmp(object->kind, live->kind) != 0 || g_strcmp0(object->schema, live->schema) != 0 ||
                !name_equal(other, name, comparing->ignore_case))
                continue;
            found = object;
            n++;
        }
        if (n != 1)
            return find_signature(comparing, live, name);
    }
    return found;
}

static const SchemaObject *find_model(const Comparing *comparing, GHashTable *by_key, const SchemaObject *live)
{
    static const char *const routines[] = {"function", "procedure", "aggregate", NULL};
    const SchemaObject *model = find_object(comparing, by_key, live);
    if (!model && g_strv_contains(routines, live->kind))
        model = find_routine(comparing, live);
    return model;
}

/* Schemas and extensions that were there before the model are not the model's to drop, unless it names such things at
 * all; nor is what a table out of scope uses. */
static gboolean stays_unnamed(const Comparing *comparing, const SchemaObject *live)
{
    static const char *const kinds[] = {"schema", "extension", NULL};
    g_autofree char *name = object_base_name(live);
    if (used_out_of_scope(comparing, name))
        return TRUE;
    if (!g_strv_contains(kinds, live->kind))
        return FALSE;
    for (guint i = 0; i < comparing->model->objects->len; i++) {
        const SchemaObject *model = comparing->model->objects->pdata[i];
        if (!model->implied && strcmp(model->kind, live->kind) == 0)
            return FALSE;
    }
    add_finding(comparing->result, "note", g_strdup_printf("%s %s", live->kind, live->name),
                g_strdup_printf("is not in the model and is left alone, since the model names no %s", live->kind));
    return TRUE;
}

/* What is left alone keeps what it needs. */
static void keep_needed(const Comparing *comparing, Subject *left)
{
    for (guint i = 0; i < comparing->subjects->len; i++) {
        Subject *subject = comparing->subjects->pdata[i];
        const char *name = subject->live->name;
        if (subject->fate != DROP || is_named(comparing, left, name) ||
            !mentions(comparing, subject_words(comparing, left), name))
            continue;
        subject->fate = KEEP;
        add_finding(comparing->result, "note", g_strdup_printf("%s %s", subject->live->kind, subject->live->name),
                    g_strdup_printf("is not in the model and is left alone, since %s %s needs it", left->live->kind,
                                    left->live->name));
    }
}

/* Its data is not its text's alone: one that is there is neither changed nor dropped. */
static gboolean is_only_created(const Comparing *comparing, GHashTable *by_key, const SchemaObject *live)
{
    if (strcmp(live->kind, "virtual_table") != 0)
        return FALSE;
    const SchemaObject *model = find_object(comparing, by_key, live);
    if (model && !definition_equal(comparing, model, live))
        add_finding(comparing->result, "unknown", g_strdup_printf("virtual table %s", live->name),
                    g_strdup("differs from the model and is left alone; dropped by hand, it is created anew"));
    return TRUE;
}

void match_objects(Comparing *comparing)
{
    comparing->subjects = g_ptr_array_new_with_free_func((GDestroyNotify)subject_free);
    g_autoptr(GHashTable) by_key = index_objects(comparing, comparing->model->objects);
    for (guint i = 0; i < comparing->live->objects->len; i++) {
        const SchemaObject *live = comparing->live->objects->pdata[i];
        if (!object_in_scope(comparing, live) ||
            is_only_created(comparing, by_key, comparing->original->objects->pdata[i]))
            continue;
        Subject *subject = g_new0(Subject, 1);
        subject->live = live;
        subject->original = comparing->original->objects->pdata[i]; /* renames keep the order */
        subject->model = find_model(comparing, by_key, live);
        subject->verdict = "structure";
        if (!subject->model) {
            subject->fate = stays_unnamed(comparing, live) ? KEEP : DROP;
        } else if (!definition_equal(comparing, subject->model, live)) {
            subject->fate = REPLACE;
            subject->verdict = "tokens";
        }
        g_ptr_array_add(comparing->subjects, subject);
    }
    for (guint i = 0; i < comparing->subjects->len; i++)
        if (is_left_alone(comparing->subjects->pdata[i]))
            keep_needed(comparing, comparing->subjects->pdata[i]);
}

static void add_new_objects(const Comparing *comparing)
{
    g_autoptr(GHashTable) by_key = index_objects(comparing, comparing->live->objects);
    g_autoptr(GHashTable) matched = g_hash_table_new(NULL, NULL);
    for (guint i = 0; comparing->subjects && i < comparing->subjects->len; i++)
        g_hash_table_add(matched, (gpointer)((const Subject *)comparing->subjects->pdata[i])->model);
    for (guint i = 0; i < comparing->model->objects->len; i++) {
        const SchemaObject *object = comparing->model->objects->pdata[i];
        if (object_in_scope(comparing, object) && !g_hash_table_contains(matched, object) &&
            !find_object(comparing, by_key, object))
            add_create(comparing, object, "structure");
    }
}

/* Functions that are not there for a while, or whose name another one takes. */
static GHashTable *names_between(const Comparing *comparing)
{
    GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) wanted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < comparing->model->objects->len; i++)
        g_hash_table_add(wanted, object_base_name(comparing->model->objects->pdata[i]));
    for (guint i = 0; i < comparing->subjects->len; i++) {
        const Subject *subject = comparing->subjects->pdata[i];
        g_autofree char *name = object_base_name(subject->live);
        if (strcmp(subject->live->kind, "function") == 0 &&
            (subject->fate == RECREATE || (subject->fate == DROP && g_hash_table_contains(wanted, name))))
            g_hash_table_add(names, fold_name(name, comparing->ignore_case));
    }
    return names;
}

/* A routine that CREATE OR REPLACE cannot change is dropped in one place and created in another. */
static void recreate_routines(const Comparing *comparing)
{
    static const char *const routines[] = {"function", "procedure", NULL};
    for (guint i = 0; i < comparing->subjects->len; i++) {
        Subject *subject = comparing->subjects->pdata[i];
        g_autofree char *base = subject->model ? object_base_name(subject->model) : g_strdup("");
        if (subject->fate == REPLACE && g_strv_contains(routines, subject->live->kind) &&
            is_named(comparing, subject, base) && takes_along(comparing, subject))
            subject->fate = RECREATE;
    }
}

/* Domains stay, without what calls a function that is not there for a while. */
static void detach_domains(const Comparing *comparing, GHashTable *names)
{
    for (guint i = 0; i < comparing->subjects->len; i++) {
        Subject *subject = comparing->subjects->pdata[i];
        const SchemaObject *latter = subject->fate == REPLACE ? subject->model : subject->live;
        if (strcmp(subject->live->kind, "domain") != 0 || subject->fate == DROP || is_left_alone(subject))
            continue;
        g_autoptr(SchemaObject) without = domain_without(comparing, latter, names);
        g_autoptr(SchemaObject) between = domain_without(comparing, subject->live, names);
        if (without && between && !subject->between)
            subject->between = g_steal_pointer(&between);
    }
}

/* What is in the way of tables steps aside, and what of tables is in its way, until nothing is. */
static void make_way(const Comparing *comparing)
{
    gboolean more;
    recreate_routines(comparing);
    do {
        disturb(comparing, comparing->subjects);
        g_autoptr(GHashTable) names = names_between(comparing);
        more = detach_tables(comparing, names);
        if (!more)
            detach_domains(comparing, names);
    } while (more);
}

void add_object_ops(Comparing *comparing)
{
    if (!(comparing->dialect->capabilities & (DIALECT_OBJECTS_BY_NAME | DIALECT_TABLE_REBUILD)))
        make_way(comparing);
    else if (!(comparing->dialect->capabilities & DIALECT_OBJECTS_BY_NAME))
        disturb(comparing, comparing->subjects);
    for (guint i = 0; i < comparing->subjects->len; i++)
        add_subject_ops(comparing, comparing->subjects->pdata[i]);
    add_new_objects(comparing);
}

void compare_missing_objects(const Comparing *comparing)
{
    add_new_objects(comparing);
}
