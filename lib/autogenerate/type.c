/* Enums and sequences. */
#include "autogenerate/internal.h"
#include "base/text.h"

MigrateOp *enum_op(OpKind kind, const EnumType *existing, const EnumType *type)
{
    MigrateOp *op = migrate_op_new(kind);
    op->existing_enum = existing ? enum_type_copy(existing) : NULL;
    op->enum_type = type ? enum_type_copy(type) : NULL;
    return op;
}

/* What a table outside the scope uses, or owns, stays. */
static gboolean may_drop(const Comparing *comparing, const char *schema, const char *owner, const char *name)
{
    if (owner)
        return in_scope(comparing, schema, owner);
    return !used_out_of_scope(comparing, name);
}

void compare_enums(const Comparing *comparing)
{
    const MetaData *model = comparing->model, *live = comparing->live;
    for (guint i = 0; i < model->enums->len; i++) {
        const EnumType *type = model->enums->pdata[i];
        const EnumType *existing = metadata_find_enum(live, type->schema, type->name);
        if (!existing)
            add_op(comparing->operations, enum_op(OP_CREATE_ENUM, NULL, type), "structure");
        else if (!strings_equal(existing->values, type->values, FALSE) ||
                 !comment_equal(existing->comment, type->comment))
            add_op(comparing->operations, enum_op(OP_ALTER_ENUM, existing, type), "structure");
    }
    for (guint i = 0; i < live->enums->len; i++) {
        const EnumType *existing = live->enums->pdata[i];
        if (!metadata_find_enum(model, existing->schema, existing->name) &&
            may_drop(comparing, existing->schema, NULL, existing->name))
            add_op(comparing->operations, enum_op(OP_DROP_ENUM, existing, NULL), "structure");
    }
}

MigrateOp *sequence_op(OpKind kind, const Sequence *existing, const Sequence *sequence)
{
    MigrateOp *op = migrate_op_new(kind);
    op->existing_sequence = existing ? sequence_copy(existing) : NULL;
    op->sequence = sequence ? sequence_copy(sequence) : NULL;
    return op;
}

gboolean sequence_equal(const Comparing *comparing, const Sequence *a, const Sequence *b)
{
    Identity first = {FALSE, a->options}, second = {FALSE, b->options};
    return identity_equal(&first, &second) && comment_equal(a->comment, b->comment) &&
           g_strcmp0(a->type, b->type) == 0 && a->unlogged == b->unlogged &&
           name_equal(a->owned_by_table, b->owned_by_table, comparing->ignore_case) &&
           name_equal(a->owned_by_column, b->owned_by_column, comparing->ignore_case);
}

static Sequence *without_owner(const Sequence *sequence)
{
    Sequence *copy = sequence_copy(sequence);
    g_clear_pointer(&copy->owned_by_table, g_free);
    g_clear_pointer(&copy->owned_by_column, g_free);
    return copy;
}

static gboolean owner_is_new(const Comparing *comparing, const Sequence *sequence)
{
    if (!sequence->owned_by_table)
        return FALSE;
    const Table *table = metadata_find_table(comparing->live, sequence->schema, sequence->owned_by_table);
    return !table || !table_find_column(table, sequence->owned_by_column);
}

static gboolean owner_is_dropped(const Comparing *comparing, const Sequence *sequence)
{
    if (!sequence->owned_by_table)
        return FALSE;
    const Table *table = metadata_find_table(comparing->model, sequence->schema, sequence->owned_by_table);
    return !table || !table_find_column(table, sequence->owned_by_column);
}

/* The column needs the sequence for its default, and the sequence needs the column that is to own it. */
static void create_sequence(const Comparing *comparing, const Sequence *sequence)
{
    if (!owner_is_new(comparing, sequence)) {
        add_op(comparing->operations, sequence_op(OP_CREATE_SEQUENCE, NULL, sequence), "structure");
        return;
    }
    Sequence *free_one = without_owner(sequence);
    add_op(comparing->operations, sequence_op(OP_CREATE_SEQUENCE, NULL, free_one), "structure");
    add_op(comparing->operations, sequence_op(OP_ALTER_SEQUENCE, free_one, sequence), "structure");
    sequence_free(free_one);
}

static void alter_sequence(const Comparing *comparing, const Sequence *existing, const Sequence *sequence)
{
    if (!owner_is_dropped(comparing, existing) || !sequence->owned_by_table) {
        add_op(comparing->operations, sequence_op(OP_ALTER_SEQUENCE, existing, sequence), "structure");
        return;
    }
    Sequence *free_one = without_owner(existing);
    add_op(comparing->operations, sequence_op(OP_ALTER_SEQUENCE, existing, free_one), "structure");
    add_op(comparing->operations, sequence_op(OP_ALTER_SEQUENCE, free_one, sequence), "structure");
    sequence_free(free_one);
}

/* It would go with the column that owns it, before its own turn. */
static void drop_sequence(const Comparing *comparing, const Sequence *existing)
{
    if (!owner_is_dropped(comparing, existing)) {
        add_op(comparing->operations, sequence_op(OP_DROP_SEQUENCE, existing, NULL), "structure");
        return;
    }
    Sequence *free_one = without_owner(existing);
    add_op(comparing->operations, sequence_op(OP_ALTER_SEQUENCE, existing, free_one), "structure");
    add_op(comparing->operations, sequence_op(OP_DROP_SEQUENCE, free_one, NULL), "structure");
    sequence_free(free_one);
}

void compare_sequences(const Comparing *comparing)
{
    const MetaData *model = comparing->model, *live = comparing->live;
    for (guint i = 0; i < model->sequences->len; i++) {
        const Sequence *sequence = model->sequences->pdata[i];
        const Sequence *existing = metadata_find_sequence(live, sequence->schema, sequence->name);
        if (!existing)
            create_sequence(comparing, sequence);
        else if (!sequence_equal(comparing, existing, sequence))
            alter_sequence(comparing, existing, sequence);
    }
    for (guint i = 0; i < live->sequences->len; i++) {
        const Sequence *existing = live->sequences->pdata[i];
        if (!metadata_find_sequence(model, existing->schema, existing->name) &&
            may_drop(comparing, existing->schema, existing->owned_by_table, existing->name))
            drop_sequence(comparing, existing);
    }
}

void compare_missing_types(const Comparing *comparing)
{
    const MetaData *model = comparing->model, *live = comparing->live;
    for (guint i = 0; i < model->enums->len; i++) {
        const EnumType *type = model->enums->pdata[i];
        if (!metadata_find_enum(live, type->schema, type->name))
            add_op(comparing->operations, enum_op(OP_CREATE_ENUM, NULL, type), "structure");
    }
    for (guint i = 0; i < model->sequences->len; i++) {
        const Sequence *sequence = model->sequences->pdata[i];
        if (!metadata_find_sequence(live, sequence->schema, sequence->name))
            create_sequence(comparing, sequence);
    }
}
