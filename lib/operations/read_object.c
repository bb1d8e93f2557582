/* Sequences and objects that are known by their text. */
#include <string.h>

#include "base/text.h"
#include "operations/reader.h"

/* --- sequences --- */

/* As the dialect can store it; NULL: it has none, or a mistake. */
static Sequence *adapt_sequence(OpReader *reader, const Sequence *sequence)
{
    g_autoptr(MetaData) small = op_small(reader);
    g_ptr_array_add(small->sequences, sequence_copy(sequence));
    if (!op_adapt(reader, small) || small->sequences->len == 0)
        return NULL;
    return sequence_copy(small->sequences->pdata[0]);
}

static const Sequence *need_sequence(OpReader *reader, const char *schema, const char *name)
{
    const Sequence *known = metadata_find_sequence(reader->state, schema, name);
    if (known || !reader->target->state_is_whole)
        return known;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < reader->state->sequences->len; i++)
        g_ptr_array_add(names, ((const Sequence *)reader->state->sequences->pdata[i])->name);
    op_unknown(reader, reader->node, "there is no sequence", name, names);
    return NULL;
}

static void read_create_sequence(OpReader *reader, const cJSON *const *fields)
{
    enum { IF_NOT_EXISTS };
    gboolean if_not_exists = op_flag(reader, fields[IF_NOT_EXISTS]);
    g_autoptr(Sequence) said = op_read_sequence(reader, reader->node);
    g_autoptr(Sequence) adapted = said && op_reader_resolves(reader) ? adapt_sequence(reader, said) : NULL;
    if (!adapted)
        return;
    if (metadata_find_sequence(reader->state, adapted->schema, adapted->name)) {
        if (!if_not_exists)
            OP_MISTAKE(reader, reader->node, "create_sequence: there is a sequence '%s' already", adapted->name);
        return;
    }
    MigrateOp *op = migrate_op_new(OP_CREATE_SEQUENCE);
    op->if_not_exists = if_not_exists;
    op->sequence = g_steal_pointer(&adapted);
    op_emit_only(reader, op);
}

/* The one that is there, or said to be, or at least its name. NULL: the dialect has none, or a mistake. */
static Sequence *former_sequence(OpReader *reader, const char *schema, const char *name, const Sequence *said,
                                 gboolean if_exists)
{
    g_autoptr(Sequence) plain = said ? sequence_copy(said) : sequence_new(schema, name);
    g_autoptr(Sequence) adapted = adapt_sequence(reader, plain);
    if (!adapted)
        return NULL;
    const Sequence *known = if_exists ? metadata_find_sequence(reader->state, adapted->schema, adapted->name)
                                      : need_sequence(reader, adapted->schema, adapted->name);
    if (known)
        return sequence_copy(known);
    return reader->target->state_is_whole ? NULL : g_steal_pointer(&adapted);
}

static void read_drop_sequence(OpReader *reader, const cJSON *const *fields)
{
    enum { NAME, SCHEMA, IF_EXISTS, EXISTING };
    gboolean if_exists = op_flag(reader, fields[IF_EXISTS]);
    g_autofree char *name = op_name(reader, fields[NAME], "name");
    g_autofree char *schema = model_optional_text(reader->model, fields[SCHEMA]);
    g_autoptr(Sequence) said = fields[EXISTING] ? op_read_sequence(reader, fields[EXISTING]) : NULL;
    Sequence *former =
        name && op_reader_resolves(reader) ? former_sequence(reader, schema, name, said, if_exists) : NULL;
    if (!former)
        return;
    MigrateOp *op = migrate_op_new(OP_DROP_SEQUENCE);
    op->if_exists = if_exists;
    op->existing_sequence = former;
    op_emit_only(reader, op);
}

static void read_alter_sequence(OpReader *reader, const cJSON *const *fields)
{
    enum { EXISTING };
    g_autoptr(Sequence) existing = fields[EXISTING] ? op_read_sequence(reader, fields[EXISTING]) : NULL;
    g_autoptr(Sequence) said = op_read_sequence(reader, reader->node);
    if (!said || !op_reader_resolves(reader))
        return;
    g_autoptr(Sequence) adapted = adapt_sequence(reader, said);
    const char *former_name = said->renamed_from ? said->renamed_from : said->name;
    Sequence *former = adapted ? former_sequence(reader, said->schema, former_name, existing, FALSE) : NULL;
    if (!former)
        return;
    MigrateOp *op = migrate_op_new(OP_ALTER_SEQUENCE);
    op->existing_sequence = former;
    op->sequence = g_steal_pointer(&adapted);
    op_emit_only(reader, op);
}

static const char *const no_names[] = {NULL};
static const char *const if_not_exists_keys[] = {"if_not_exists", NULL};
static const char *const existing_keys[] = {"existing", NULL};
static const char *const drop_keys[] = {"name", "schema", "if_exists", "existing", NULL};
const OpSpec op_create_sequence = {
    .name = "create_sequence", .keys = if_not_exists_keys, .names = no_names, .read = read_create_sequence};
const OpSpec op_drop_sequence = {.name = "drop_sequence", .keys = drop_keys, .read = read_drop_sequence};
const OpSpec op_alter_sequence = {
    .name = "alter_sequence", .keys = existing_keys, .names = no_names, .read = read_alter_sequence};

/* --- views, triggers, functions … --- */

/* Triggers of one table may follow each other: those that those in `small` name are there, too, and so on. */
static void add_neighbours(const OpReader *reader, const SchemaObject *first, const MetaData *small)
{
    for (guint next = 0; first->table_name && next < small->objects->len; next++) {
        const SchemaObject *object = small->objects->pdata[next];
        for (guint i = 0; i < reader->state->objects->len; i++) {
            const SchemaObject *other = reader->state->objects->pdata[i];
            if (g_strcmp0(other->table_name, first->table_name) == 0 && strcmp(other->kind, first->kind) == 0 &&
                strcmp(other->name, first->name) != 0 && g_strcmp0(other->name, first->renamed_from) != 0 &&
                strstr(object->definition, other->name) && !metadata_find_same_object(small, other))
                g_ptr_array_add(small->objects, schema_object_copy(other));
        }
    }
}

static SchemaObject *find_adapted(const MetaData *small, const SchemaObject *object)
{
    for (guint i = 0; i < small->objects->len; i++) {
        const SchemaObject *adapted = small->objects->pdata[i];
        if (strcmp(adapted->name, object->name) == 0)
            return schema_object_copy(adapted);
    }
    return NULL;
}

static SchemaObject *adapt_object(OpReader *reader, const SchemaObject *object)
{
    g_autoptr(MetaData) small = op_small(reader);
    g_ptr_array_add(small->objects, schema_object_copy(object));
    add_neighbours(reader, object, small);
    return op_adapt(reader, small) ? find_adapted(small, object) : NULL;
}

/* A trigger that is new comes behind those that are there, unless it says otherwise. What is wrong with the others is
 * no mistake of this op. */
static SchemaObject *adapt_new_object(OpReader *reader, const SchemaObject *object)
{
    g_autoptr(MetaData) small = op_small(reader);
    for (guint i = 0; object->table_name && i < reader->state->objects->len; i++) {
        const SchemaObject *other = reader->state->objects->pdata[i];
        if (g_strcmp0(other->table_name, object->table_name) == 0 && strcmp(other->kind, object->kind) == 0 &&
            strcmp(other->name, object->name) != 0)
            g_ptr_array_add(small->objects, schema_object_copy(other));
    }
    g_ptr_array_add(small->objects, schema_object_copy(object));
    g_autoptr(GPtrArray) notes = strings_new();
    return small->objects->len > 1 && reader->target->adapt(small, notes, NULL) ? find_adapted(small, object)
                                                                                : adapt_object(reader, object);
}

static void read_create_object(OpReader *reader, const cJSON *const *fields)
{
    enum { IF_NOT_EXISTS };
    gboolean if_not_exists = op_flag(reader, fields[IF_NOT_EXISTS]);
    g_autoptr(SchemaObject) said = op_read_object(reader, reader->node);
    g_autoptr(SchemaObject) adapted = said && op_reader_resolves(reader) ? adapt_new_object(reader, said) : NULL;
    if (!adapted)
        return;
    if (metadata_find_same_object(reader->state, adapted)) {
        if (!if_not_exists)
            OP_MISTAKE(reader, reader->node, "create_object: there is a %s '%s' already", adapted->kind, adapted->name);
        return;
    }
    MigrateOp *op = migrate_op_create_object(adapted);
    op->if_not_exists = if_not_exists;
    op_emit_only(reader, op);
}

static const SchemaObject *known_object(const OpReader *reader, const SchemaObject *like)
{
    const SchemaObject *same = metadata_find_same_object(reader->state, like);
    return same ? same : metadata_find_object(reader->state, like->kind, like->schema, like->name);
}

static void unknown_object(OpReader *reader, const SchemaObject *like)
{
    g_autofree char *what = g_strdup_printf("there is no %s", like->kind);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < reader->state->objects->len; i++) {
        const SchemaObject *object = reader->state->objects->pdata[i];
        if (strcmp(object->kind, like->kind) == 0)
            g_ptr_array_add(names, object->name);
    }
    op_unknown(reader, reader->node, what, like->name, names);
}

/* As with former_sequence(). An object that nobody knows can be dropped by its name, if the dialect has its kind. */
static SchemaObject *former_object(OpReader *reader, const SchemaObject *like, const SchemaObject *said,
                                   gboolean if_exists)
{
    const SchemaObject *known = known_object(reader, like);
    if (known)
        return schema_object_copy(known);
    if (said)
        return adapt_object(reader, said);
    if (reader->target->state_is_whole) {
        if (!if_exists)
            unknown_object(reader, like);
        return NULL;
    }
    return schema_object_copy(like);
}

/* Does the dialect have such objects? What its definition would be does not matter. */
static gboolean has_kind(OpReader *reader, const char *kind)
{
    g_autoptr(MetaData) small = op_small(reader);
    g_autoptr(GPtrArray) notes = strings_new();
    g_autoptr(SchemaObject) probe = schema_object_new(kind, NULL, "x", "CREATE VIEW x AS SELECT 1");
    g_ptr_array_add(small->objects, g_steal_pointer(&probe));
    /* A definition that it cannot read is one that it has looked at. */
    if (!reader->target->adapt || !reader->target->adapt(small, notes, NULL))
        return TRUE;
    return small->objects->len > 0;
}

static void read_drop_object(OpReader *reader, const cJSON *const *fields)
{
    enum { KIND, NAME, SCHEMA, TABLE_NAME, IF_EXISTS, EXISTING };
    gboolean if_exists = op_flag(reader, fields[IF_EXISTS]);
    g_autofree char *kind = op_name(reader, fields[KIND], "kind");
    g_autofree char *name = op_name(reader, fields[NAME], "name");
    g_autofree char *schema = model_optional_text(reader->model, fields[SCHEMA]);
    g_autoptr(SchemaObject) said = fields[EXISTING] ? op_read_object(reader, fields[EXISTING]) : NULL;
    g_autoptr(SchemaObject) like = schema_object_new(kind, schema, name, "");
    like->table_name = model_optional_text(reader->model, fields[TABLE_NAME]);
    if (kind && !model_is_object_kind(kind))
        OP_MISTAKE(reader, fields[KIND], "there is no kind of object '%s'", kind);
    if (!kind || !name || !op_reader_resolves(reader) || !has_kind(reader, kind))
        return;
    g_autoptr(SchemaObject) former = former_object(reader, like, said, if_exists);
    if (!former)
        return;
    MigrateOp *op = migrate_op_drop_object(former);
    op->if_exists = if_exists;
    op_emit_only(reader, op);
}

static void read_replace_object(OpReader *reader, const cJSON *const *fields)
{
    enum { EXISTING };
    g_autoptr(SchemaObject) existing = fields[EXISTING] ? op_read_object(reader, fields[EXISTING]) : NULL;
    g_autoptr(SchemaObject) said = op_read_object(reader, reader->node);
    g_autoptr(SchemaObject) adapted = said && op_reader_resolves(reader) ? adapt_object(reader, said) : NULL;
    if (!adapted)
        return;
    g_autoptr(SchemaObject) like = schema_object_copy(adapted);
    if (adapted->renamed_from) {
        g_free(like->name);
        like->name = g_strdup(adapted->renamed_from);
    }
    g_autoptr(SchemaObject) former = former_object(reader, like, existing, FALSE);
    if (former)
        op_emit_only(reader, migrate_op_replace_object(former, adapted));
}

static const char *const drop_object_keys[] = {"kind", "name", "schema", "table_name", "if_exists", "existing", NULL};
const OpSpec op_create_object = {
    .name = "create_object", .keys = if_not_exists_keys, .names = no_names, .read = read_create_object};
const OpSpec op_drop_object = {.name = "drop_object", .keys = drop_object_keys, .read = read_drop_object};
const OpSpec op_replace_object = {
    .name = "replace_object", .keys = existing_keys, .names = no_names, .read = read_replace_object};
