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
        if (!metadata_find_enum(model, existing->schema, existing->name))
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
           g_strcmp0(a->type, b->type) == 0 &&
           name_equal(a->owned_by_table, b->owned_by_table, comparing->ignore_case) &&
           name_equal(a->owned_by_column, b->owned_by_column, comparing->ignore_case);
}

void compare_sequences(const Comparing *comparing)
{
    const MetaData *model = comparing->model, *live = comparing->live;
    for (guint i = 0; i < model->sequences->len; i++) {
        const Sequence *sequence = model->sequences->pdata[i];
        const Sequence *existing = metadata_find_sequence(live, sequence->schema, sequence->name);
        if (!existing)
            add_op(comparing->operations, sequence_op(OP_CREATE_SEQUENCE, NULL, sequence), "structure");
        else if (!sequence_equal(comparing, existing, sequence))
            add_op(comparing->operations, sequence_op(OP_ALTER_SEQUENCE, existing, sequence), "structure");
    }
    for (guint i = 0; i < live->sequences->len; i++) {
        const Sequence *existing = live->sequences->pdata[i];
        if (!metadata_find_sequence(model, existing->schema, existing->name))
            add_op(comparing->operations, sequence_op(OP_DROP_SEQUENCE, existing, NULL), "structure");
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
            add_op(comparing->operations, sequence_op(OP_CREATE_SEQUENCE, NULL, sequence), "structure");
    }
}
