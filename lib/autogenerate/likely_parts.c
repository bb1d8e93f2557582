/* A drop and an add that look like one thing under another name: types, their values, sequences and objects. */
#include <string.h>

#include "autogenerate/internal.h"
#include "base/text.h"

#define MIN_VALUES 60 /* per cent of an enum's values that have to be the same */

/* The operations of two kinds, that drop and that add. */
static void collect(const Comparing *comparing, OpKind drops, OpKind adds, GPtrArray *dropped, GPtrArray *added)
{
    for (guint i = 0; i < comparing->operations->len; i++) {
        MigrateOp *op = comparing->operations->pdata[i];
        if (op->kind == drops)
            g_ptr_array_add(dropped, op);
        else if (op->kind == adds)
            g_ptr_array_add(added, op);
    }
}

/* 0: not one and the same. */
typedef int (*ScoreFunction)(const Comparing *comparing, const MigrateOp *dropped, const MigrateOp *added);

static void find_pairs(const Comparing *comparing, const GPtrArray *dropped, const GPtrArray *added,
                       ScoreFunction score, LikelyFunction pair)
{
    g_autoptr(GArray) candidates = g_array_new(FALSE, FALSE, sizeof(LikelyPair));
    for (guint i = 0; i < dropped->len; i++)
        for (guint j = 0; j < added->len; j++) {
            LikelyPair candidate = {i, j, score(comparing, dropped->pdata[i], added->pdata[j])};
            if (candidate.score > 0)
                g_array_append_val(candidates, candidate);
        }
    choose_likely(comparing, candidates, dropped, added, pair);
}

static void find_of_kinds(const Comparing *comparing, OpKind drops, OpKind adds, ScoreFunction score,
                          LikelyFunction pair)
{
    g_autoptr(GPtrArray) dropped = g_ptr_array_new(), added = g_ptr_array_new();
    collect(comparing, drops, adds, dropped, added);
    if (dropped->len && added->len)
        find_pairs(comparing, dropped, added, score, pair);
}

/* --- enums --- */

static gboolean has_value(const GPtrArray *values, const char *value)
{
    return g_ptr_array_find_with_equal_func((GPtrArray *)values, value, g_str_equal, NULL);
}

static int enum_score(const Comparing *comparing, const MigrateOp *dropped, const MigrateOp *added)
{
    const EnumType *old = dropped->existing_enum, *type = added->enum_type;
    guint same = 0, longer = MAX(MAX(old->values->len, type->values->len), 1);
    (void)comparing;
    for (guint i = 0; i < old->values->len; i++)
        same += has_value(type->values, old->values->pdata[i]) ? 1 : 0;
    if (g_strcmp0(old->schema, type->schema) != 0 || same == 0 || same * 100 < MIN_VALUES * longer)
        return 0;
    return (int)(same * 10000 / longer) + name_similarity(old->name, type->name);
}

static void pair_enums(const Comparing *comparing, const MigrateOp *dropped, const MigrateOp *added)
{
    add_likely(comparing, &(LikelyNames){.kind = "enum",
                                         .schema = dropped->existing_enum->schema,
                                         .old_name = dropped->existing_enum->name,
                                         .new_name = added->enum_type->name});
}

/* --- values of an enum --- */

/* The former name of a value where the model says it, else its name. */
static const char *former_value(const EnumType *type, const char *value)
{
    for (guint i = 0; i < type->renamed_values->len; i++) {
        const Option *pair = type->renamed_values->pdata[i];
        if (g_strcmp0(pair->value, value) == 0)
            return pair->name;
    }
    return value;
}

static gboolean is_kept(const GPtrArray *values, const EnumType *type, const char *value)
{
    return has_value(values, value) || has_value(values, former_value(type, value));
}

/* How many values from `from` on are only on this side. */
static guint gap_of_live(const EnumType *live, const EnumType *model, guint from)
{
    guint i = from;
    while (i < live->values->len && !has_value(model->values, live->values->pdata[i]) &&
           !options_get(model->renamed_values, live->values->pdata[i]))
        i++;
    return i - from;
}

static guint gap_of_model(const EnumType *live, const EnumType *model, guint from)
{
    guint i = from;
    while (i < model->values->len && !is_kept(live->values, model, model->values->pdata[i]))
        i++;
    return i - from;
}

/* Between two values that stay, as many are gone as are new. */
static void likely_values(const Comparing *comparing, const EnumType *live, const EnumType *model)
{
    guint i = 0, j = 0;
    for (;;) {
        guint gone = gap_of_live(live, model, i), added = gap_of_model(live, model, j);
        for (guint k = 0; gone == added && k < gone; k++)
            add_likely(comparing, &(LikelyNames){.kind = "enum value",
                                                 .schema = model->schema,
                                                 .owner = model->name,
                                                 .old_name = live->values->pdata[i + k],
                                                 .new_name = model->values->pdata[j + k]});
        i += gone;
        j += added;
        if (i >= live->values->len || j >= model->values->len ||
            (strcmp(live->values->pdata[i], model->values->pdata[j]) != 0 &&
             strcmp(live->values->pdata[i], former_value(model, model->values->pdata[j])) != 0))
            return;
        i++;
        j++;
    }
}

static void find_values(const Comparing *comparing)
{
    for (guint i = 0; i < comparing->model->enums->len; i++) {
        const EnumType *model = comparing->model->enums->pdata[i];
        const EnumType *live = metadata_find_enum(comparing->live, model->schema, model->name);
        if (live && !strings_equal(live->values, model->values, FALSE))
            likely_values(comparing, live, model);
    }
}

/* --- sequences --- */

/* Who owns it may be renamed as well. */
static int sequence_score(const Comparing *comparing, const MigrateOp *dropped, const MigrateOp *added)
{
    Sequence old = *dropped->existing_sequence, sequence = *added->sequence;
    if (g_strcmp0(old.schema, sequence.schema) != 0 || !old.owned_by_table != !sequence.owned_by_table)
        return 0;
    old.owned_by_table = sequence.owned_by_table;
    old.owned_by_column = sequence.owned_by_column;
    return sequence_equal(comparing, &old, &sequence) ? 1 + name_similarity(old.name, sequence.name) : 0;
}

static void pair_sequences(const Comparing *comparing, const MigrateOp *dropped, const MigrateOp *added)
{
    add_likely(comparing, &(LikelyNames){.kind = "sequence",
                                         .schema = dropped->existing_sequence->schema,
                                         .old_name = dropped->existing_sequence->name,
                                         .new_name = added->sequence->name});
}

/* --- objects --- */

/* `definition` under the name of `object`; names that the server made of its own follow. */
static gboolean same_but_for_name(const Comparing *comparing, const SchemaObject *old, const SchemaObject *object)
{
    g_autofree char *former = object_base_name(old), *name = object_base_name(object);
    SchemaObject renamed = *old, other = *object;
    renamed.comment = other.comment = NULL;
    g_autofree char *definition = rename_own(comparing, old->definition, name);
    renamed.definition = definition;
    if (definition_equal(comparing, &renamed, &other))
        return TRUE;
    g_auto(GStrv) parts = g_strsplit(old->definition, former, -1);
    g_autofree char *everywhere = g_strjoinv(name, parts);
    renamed.definition = everywhere;
    return definition_equal(comparing, &renamed, &other);
}

static int object_score(const Comparing *comparing, const MigrateOp *dropped, const MigrateOp *added)
{
    static const char *const kinds[] = {"view",           "materialized_view", "domain",
                                        "composite_type", "range_type",        "function",
                                        "procedure",      "aggregate",         NULL};
    const SchemaObject *old = dropped->existing_object, *object = added->object;
    if (metadata_find_same_object(comparing->live, object) || strcmp(old->kind, object->kind) != 0 ||
        g_strcmp0(old->schema, object->schema) != 0 || !old->definition || !object->definition ||
        !g_strv_contains(kinds, object->kind))
        return 0;
    /* What is dropped is known by its definition before the renames. */
    const SchemaObject *live = metadata_find_same_object(comparing->live, old);
    old = live ? live : old;
    const SchemaObject *read = comparing->canonical ? find_read(comparing->canonical, object) : NULL;
    if (!same_but_for_name(comparing, old, object) && !(read && same_but_for_name(comparing, old, read)))
        return 0;
    return 1 + name_similarity(old->name, object->name);
}

static const char *static_kind(const char *kind)
{
    return g_intern_string(kind);
}

static void pair_objects(const Comparing *comparing, const MigrateOp *dropped, const MigrateOp *added)
{
    g_autofree char *old_name = object_base_name(dropped->existing_object), *name = object_base_name(added->object);
    if (strcmp(old_name, name) != 0)
        add_likely(comparing, &(LikelyNames){.kind = static_kind(added->object->kind),
                                             .schema = added->object->schema,
                                             .old_name = dropped->existing_object->name,
                                             .new_name = added->object->name});
}

/* TRUE when the drop and the create are of one object, which only steps aside. */
static gboolean comes_back(const MigrateOp *drop, const GPtrArray *added)
{
    for (guint i = 0; i < added->len; i++) {
        const SchemaObject *object = ((const MigrateOp *)added->pdata[i])->object, *old = drop->existing_object;
        if (strcmp(object->kind, old->kind) == 0 && strcmp(object->name, old->name) == 0 &&
            g_strcmp0(object->schema, old->schema) == 0)
            return TRUE;
    }
    return FALSE;
}

/* Where definitions are only texts, or cannot be renamed, nothing is lost that a rename would keep. */
static void find_objects(const Comparing *comparing)
{
    g_autoptr(GPtrArray) dropped = g_ptr_array_new(), added = g_ptr_array_new(), gone = g_ptr_array_new();
    if (comparing->dialect->capabilities & (DIALECT_TABLE_REBUILD | DIALECT_OBJECTS_BY_NAME))
        return;
    collect(comparing, OP_DROP_OBJECT, OP_CREATE_OBJECT, dropped, added);
    for (guint i = 0; i < dropped->len; i++)
        if (!comes_back(dropped->pdata[i], added))
            g_ptr_array_add(gone, dropped->pdata[i]);
    if (gone->len && added->len)
        find_pairs(comparing, gone, added, object_score, pair_objects);
}

void likely_types_and_objects(const Comparing *comparing)
{
    find_of_kinds(comparing, OP_DROP_ENUM, OP_CREATE_ENUM, enum_score, pair_enums);
    find_values(comparing);
    find_of_kinds(comparing, OP_DROP_SEQUENCE, OP_CREATE_SEQUENCE, sequence_score, pair_sequences);
    find_objects(comparing);
}
