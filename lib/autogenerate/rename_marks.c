/* What the comments of an SQL model say of former names, written into the MetaData that was read back. */
#include <string.h>

#include "autogenerate/internal.h"
#include "autogenerate/rename_comments.h"
#include "base/error.h"
#include "base/text.h"

typedef struct Marking {
    const RenameComment *comment;
    const MetaData *model;
    gboolean ignore_case;
} Marking;

static gboolean is_called(const Marking *marking, const char *name, const char *wanted)
{
    return name && wanted && name_equal(name, wanted, marking->ignore_case);
}

/* How well a schema fits; 0: another one. What is read back has none where it is the default one. */
static int schema_fit(const Marking *marking, const char *schema)
{
    if (is_called(marking, schema, marking->comment->schema))
        return 3;
    return !schema ? 2 : !marking->comment->schema;
}

static Table *find_table(const Marking *marking, const char *name)
{
    Table *found = NULL;
    int best = 0;
    for (guint i = 0; i < marking->model->tables->len; i++) {
        Table *table = marking->model->tables->pdata[i];
        int fit = is_called(marking, table->name, name) ? schema_fit(marking, table->schema) : 0;
        if (fit > best) {
            found = table;
            best = fit;
        }
    }
    return found;
}

static EnumType *find_enum(const Marking *marking, const char *name)
{
    EnumType *found = NULL;
    int best = 0;
    for (guint i = 0; i < marking->model->enums->len; i++) {
        EnumType *type = marking->model->enums->pdata[i];
        int fit = is_called(marking, type->name, name) ? schema_fit(marking, type->schema) : 0;
        if (fit > best) {
            found = type;
            best = fit;
        }
    }
    return found;
}

static char **sequence_mark(const Marking *marking)
{
    char **mark = NULL;
    int best = 0;
    for (guint i = 0; i < marking->model->sequences->len; i++) {
        Sequence *sequence = marking->model->sequences->pdata[i];
        int fit =
            is_called(marking, sequence->name, marking->comment->name) ? schema_fit(marking, sequence->schema) : 0;
        if (fit > best) {
            mark = &sequence->renamed_from;
            best = fit;
        }
    }
    return mark;
}

/* `kinds`: those that CREATE TYPE makes, or the one that the comment says. */
static char **object_mark(const Marking *marking, const char *const *kinds)
{
    const RenameComment *comment = marking->comment;
    char **mark = NULL;
    int best = 0;
    for (guint i = 0; i < marking->model->objects->len; i++) {
        SchemaObject *object = marking->model->objects->pdata[i];
        g_autofree char *name = object_base_name(object);
        if (!g_strv_contains(kinds, object->kind) || !is_called(marking, name, comment->name) ||
            (comment->owner && !is_called(marking, object->table_name, comment->owner)))
            continue;
        int fit = schema_fit(marking, object->schema);
        if (fit > best) {
            mark = &object->renamed_from;
            best = fit;
        }
    }
    return mark;
}

static char **index_mark(const Marking *marking, const Table *table)
{
    for (guint i = 0; table && i < table->indexes->len; i++) {
        Index *index = table->indexes->pdata[i];
        if (is_called(marking, index->name, marking->comment->name))
            return &index->renamed_from;
    }
    return NULL;
}

static char **constraint_mark(const Marking *marking, const Table *table)
{
    if (table && table->primary_key && is_called(marking, table->primary_key->name, marking->comment->name))
        return &table->primary_key->renamed_from;
    for (guint i = 0; table && i < table->constraints->len; i++) {
        Constraint *constraint = table->constraints->pdata[i];
        if (is_called(marking, constraint->name, marking->comment->name))
            return &constraint->renamed_from;
    }
    return NULL;
}

static char **column_mark(const Marking *marking, const Table *table)
{
    for (guint i = 0; table && i < table->columns->len; i++) {
        Column *column = table->columns->pdata[i];
        if (is_called(marking, column->name, marking->comment->name))
            return &column->renamed_from;
    }
    return NULL;
}

static char **part_mark(const Marking *marking, const char *kind)
{
    const Table *table = find_table(marking, marking->comment->owner);
    char **mark = NULL;
    if (strcmp(kind, "column") == 0)
        return column_mark(marking, table);
    if (strcmp(kind, "index") != 0)
        mark = constraint_mark(marking, table);
    if (!mark && strcmp(kind, "constraint") != 0)
        mark = index_mark(marking, table);
    return mark;
}

/* Where the former name goes; NULL: the model has no such thing. */
static char **find_mark(const Marking *marking)
{
    static const char *const types[] = {"composite_type", "range_type", NULL};
    static const char *const parts[] = {"column", "constraint", "key", "index", NULL};
    const char *kind = marking->comment->kind;
    const char *const own[] = {kind, NULL};
    char **mark = NULL;
    if (g_strv_contains(parts, kind))
        mark = part_mark(marking, kind);
    if (mark || (g_strv_contains(parts, kind) && strcmp(kind, "index") != 0))
        return mark;
    if (strcmp(kind, "table") == 0) {
        Table *table = find_table(marking, marking->comment->name);
        return table ? &table->renamed_from : NULL;
    }
    if (strcmp(kind, "sequence") == 0)
        return sequence_mark(marking);
    if (strcmp(kind, "type") != 0)
        return object_mark(marking, own);
    EnumType *type = find_enum(marking, marking->comment->name);
    return type ? &type->renamed_from : object_mark(marking, types);
}

static gboolean refuse(const ModelSource *source, const RenameComment *comment, GError **error)
{
    TextPosition position = text_position(source->text, source->length, comment->offset);
    gboolean attribute = strcmp(comment->kind, "attribute") == 0;
    g_set_error(error, SCHEMA_ERROR, SCHEMA_ERROR_MODEL, "%s:%d:%d: 'renamed from:' is about %s '%s%s%s', %s",
                source->name, position.line, position.column, comment->kind, comment->owner ? comment->owner : "",
                comment->owner ? "." : "", comment->name,
                attribute ? "which is renamed by a revision that says ALTER TYPE … RENAME ATTRIBUTE"
                          : "which the model does not have");
    return FALSE;
}

static gboolean apply_comment(const Marking *marking, const ModelSource *source, GError **error)
{
    const RenameComment *comment = marking->comment;
    if (strcmp(comment->kind, "attribute") == 0)
        return refuse(source, comment, error);
    if (strcmp(comment->kind, "enum value") == 0) {
        const EnumType *type = find_enum(marking, comment->owner);
        if (!type)
            return refuse(source, comment, error);
        options_set(type->renamed_values, comment->former_name, comment->name);
        return TRUE;
    }
    char **mark = find_mark(marking);
    if (!mark)
        return refuse(source, comment, error);
    g_free(*mark);
    *mark = g_strdup(comment->former_name);
    return TRUE;
}

gboolean model_apply_rename_comments(const Dialect *dialect, const ModelSource *source, const MetaData *model,
                                     GError **error)
{
    g_autoptr(GPtrArray) comments = rename_comments_read(dialect, source->name, source->text, source->length, error);
    for (guint i = 0; comments && i < comments->len; i++) {
        const Marking marking = {comments->pdata[i], model, model->ignore_case || dialect_has_backticks(dialect)};
        if (!apply_comment(&marking, source, error))
            return FALSE;
    }
    return comments != NULL;
}
