/* A revision file's operations: parsed, counted, written in a fixed form, and resolved one after the other. */
#include "operations/document.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "operations/reader.h"

struct OpsDocument {
    JsonDocument *json;
    const cJSON *lists[2]; /* arrays: downgrade, upgrade; NULL: none */
};

const OpSpec *const op_specs[] = {
    &op_create_table,
    &op_drop_table,
    &op_rename_table,
    &op_add_column,
    &op_drop_column,
    &op_alter_column,
    &op_create_index,
    &op_drop_index,
    &op_create_foreign_key,
    &op_create_unique_constraint,
    &op_create_check_constraint,
    &op_create_primary_key,
    &op_create_exclude_constraint,
    &op_drop_constraint,
    &op_create_table_comment,
    &op_drop_table_comment,
    &op_bulk_insert,
    &op_execute,
    &op_batch_alter_table,
    &op_alter_table_options,
    &op_rename_index,
    &op_rename_constraint,
    &op_create_enum,
    &op_drop_enum,
    &op_alter_enum,
    &op_create_sequence,
    &op_drop_sequence,
    &op_alter_sequence,
    &op_create_object,
    &op_drop_object,
    &op_replace_object,
    NULL,
};

/* --- one op --- */

static const OpSpec *find_spec(const OpReader *reader, const cJSON *node)
{
    const cJSON *name = cJSON_GetObjectItemCaseSensitive(node, "op");
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    if (!cJSON_IsString(name)) {
        OP_MISTAKE(reader, name ? name : node, name ? "expected the name of an operation" : "the key 'op' is missing");
        return NULL;
    }
    for (guint i = 0; op_specs[i]; i++) {
        if (strcmp(op_specs[i]->name, name->valuestring) == 0)
            return op_specs[i];
        g_ptr_array_add(names, (gpointer)op_specs[i]->name);
    }
    const char *nearest = text_nearest(name->valuestring, (const char *const *)names->pdata, names->len);
    if (nearest)
        OP_MISTAKE(reader, name, "unknown operation '%s', did you mean '%s'?", name->valuestring, nearest);
    else
        OP_MISTAKE(reader, name, "unknown operation '%s'", name->valuestring);
    return NULL;
}

/* A reader for the next thing with a model's keys: forgets what was read before. */
static void renew(OpReader *reader)
{
    ModelReader *model = reader->model;
    g_hash_table_remove_all(model->claims);
    g_array_set_size(model->references, 0);
    metadata_free(model->metadata);
    model->metadata = metadata_new(model->ignore_case);
}

/* `known`: the op's own keys, in front, and others that are not unknown. What the model's functions will read is told
 * by them, with these. */
static void read_with(OpReader *reader, const OpSpec *spec, GPtrArray *known)
{
    static const char *const no_names[] = {NULL};
    guint n = g_strv_length((char **)spec->keys);
    g_autofree const cJSON **fields = g_new0(const cJSON *, n + 1);
    const ModelKeys keys = {.node = reader->node,
                            .names = spec->names ? spec->names : no_names,
                            .more = (const char *const *)known->pdata,
                            .dialects = spec->dialects,
                            .changes = spec->changes};
    for (guint i = 0; i < n; i++)
        fields[i] = cJSON_GetObjectItemCaseSensitive(reader->node, spec->keys[i]);
    const ModelKeys *before = reader->model->keys;
    reader->model->keys = &keys;
    if (!spec->names) {
        const cJSON *none[1];
        model_fields(reader->model, reader->node, no_names, none);
    }
    spec->read(reader, fields);
    reader->model->keys = before;
}

void op_read(OpReader *reader, const cJSON *node)
{
    if (!cJSON_IsObject(node)) {
        model_wrong(reader->model, node, "an operation, {\"op\": …}");
        return;
    }
    const OpSpec *spec = find_spec(reader, node);
    if (!spec)
        return;
    if (reader->batch && !spec->in_batch) {
        OP_MISTAKE(reader, node, "'%s' cannot stand in a batch_alter_table: write it before or behind it", spec->name);
        return;
    }
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    for (const char *const *key = spec->keys; *key; key++)
        g_ptr_array_add(known, (gpointer)*key);
    g_ptr_array_add(known, (gpointer) "op");
    /* of diff: why it is there, and what it loses */
    static const char *const of_diff[] = {"verdict", "rows", "estimated", "at_least"};
    for (gsize i = 0; i < G_N_ELEMENTS(of_diff); i++)
        g_ptr_array_add(known, (gpointer)of_diff[i]);

    const cJSON *outer = reader->node;
    const OpSpec *outer_spec = reader->spec;
    reader->node = node;
    reader->spec = spec;
    op_refuse_arguments(reader, known);
    g_ptr_array_add(known, NULL);
    renew(reader);
    read_with(reader, spec, known);
    reader->node = outer;
    reader->spec = outer_spec;
}

/* --- the file --- */

static const cJSON *list_of(const cJSON *root, const char *key, OpReader *reader)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(root, key);
    if (!model_is_list(reader->model, list))
        return NULL;
    for (const cJSON *node = list ? list->child : NULL; node; node = node->next)
        op_read(reader, node);
    return cJSON_IsArray(list) ? list : NULL;
}

static void check_document(OpsDocument *document, ModelReader *model)
{
    static const char *const keys[] = {"revision",    "down_revision", "branch_labels", "depends_on", "message",
                                       "create_date", "upgrade",       "downgrade",     "$schema",    NULL};
    const cJSON *fields[G_N_ELEMENTS(keys)];
    const cJSON *root = json_document_root(document->json);
    OpReader reader = {.document = document, .model = model};
    if (!model_fields(model, root, keys, fields))
        return;
    document->lists[TRUE] = list_of(root, "upgrade", &reader);
    document->lists[FALSE] = list_of(root, "downgrade", &reader);
}

OpsDocument *ops_document_parse(const char *path, const char *text, gsize length, GError **error)
{
    JsonDocument *json = json_document_parse(path, text, length, error);
    if (!json) {
        if (error && *error && (*error)->domain == BASE_ERROR) {
            (*error)->domain = OPERATIONS_ERROR;
            (*error)->code = OPERATIONS_ERROR_SYNTAX;
        }
        return NULL;
    }
    g_autoptr(OpsDocument) document = g_new0(OpsDocument, 1);
    document->json = json;
    g_autoptr(ModelReader) model = model_reader_new_for_parts(json, NULL, FALSE, NULL, (NameLimit){0});
    check_document(document, model);
    if (!json_mistakes_finish(model->mistakes, OPERATIONS_ERROR, OPERATIONS_ERROR_SYNTAX, error))
        return NULL;
    return g_steal_pointer(&document);
}

void ops_document_free(OpsDocument *document)
{
    if (!document)
        return;
    json_document_free(document->json);
    g_free(document);
}

const JsonDocument *ops_document_json(const OpsDocument *document)
{
    return document->json;
}

guint ops_document_count(const OpsDocument *document, gboolean up)
{
    const cJSON *list = document->lists[up ? TRUE : FALSE];
    return list ? (guint)cJSON_GetArraySize(list) : 0;
}

char *ops_document_canonical(const OpsDocument *document, gboolean up)
{
    const cJSON *list = document->lists[up ? TRUE : FALSE];
    GString *text = g_string_new(NULL);
    if (list)
        op_append_json(text, document->json, list, TRUE);
    else
        g_string_append(text, "[]");
    return g_string_free(text, FALSE);
}

/* --- steps --- */

static OpsStep *step_new(void)
{
    OpsStep *step = g_new0(OpsStep, 1);
    step->notes = strings_new();
    return step;
}

void bulk_insert_free(BulkInsert *insert)
{
    if (!insert)
        return;
    for (guint i = 0; i < insert->rows->len; i++) {
        BulkValue *row = insert->rows->pdata[i];
        for (guint j = 0; j < insert->columns->len; j++)
            g_free(row[j].text);
        g_free(row);
    }
    g_ptr_array_unref(insert->rows);
    for (guint i = 0; i < insert->types->len; i++)
        sql_type_free(insert->types->pdata[i]);
    g_ptr_array_unref(insert->types);
    g_ptr_array_unref(insert->columns);
    g_free(insert->schema);
    g_free(insert->table_name);
    g_free(insert);
}

void ops_step_free(OpsStep *step)
{
    if (!step)
        return;
    g_clear_pointer(&step->operations, g_ptr_array_unref);
    g_clear_pointer(&step->declared, g_ptr_array_unref);
    g_clear_pointer(&step->statements, g_ptr_array_unref);
    g_clear_pointer(&step->inserts, g_ptr_array_unref);
    g_ptr_array_unref(step->notes);
    g_free(step);
}

gboolean ops_step_apply(const OpsStep *step, MetaData *state, GError **error)
{
    return (!step->operations || operations_apply(step->operations, state, error)) &&
           (!step->declared || operations_apply(step->declared, state, error));
}

/* "FILE:3:5" */
static void read_place(const OpsDocument *document, const cJSON *node, OpsStep *step)
{
    g_autofree char *place = json_document_locate(document->json, node, FALSE);
    char *colon = strrchr(place, ':');
    if (!colon)
        return;
    step->column = atoi(colon + 1);
    *colon = '\0';
    colon = strrchr(place, ':');
    step->line = colon ? atoi(colon + 1) : 0;
}

static MetaData *new_work(const MetaData *state)
{
    MetaData *work = metadata_new(state->ignore_case);
    work->folds_names = state->folds_names;
    work->backticks = state->backticks;
    return work;
}

const OpSpec *op_spec_named(const char *name)
{
    for (guint i = 0; op_specs[i]; i++)
        if (g_strcmp0(op_specs[i]->name, name) == 0)
            return op_specs[i];
    return NULL;
}

OpsStep *ops_document_resolve(const OpsDocument *document, gboolean up, guint *index, const OpsTarget *target,
                              const MetaData *state, GError **error)
{
    const cJSON *list = document->lists[up ? TRUE : FALSE];
    const cJSON *node = list ? cJSON_GetArrayItem(list, (int)*index) : NULL;
    if (!node)
        return NULL;
    const NameLimit limit = {target->max_identifier_length, target->names_in_characters};
    g_autoptr(ModelReader) model = model_reader_new_for_parts(document->json, target->dialect, target->ignore_case,
                                                              target->naming_convention, limit);
    g_autoptr(MetaData) work = new_work(state);
    g_autoptr(OpsStep) step = step_new();
    OpReader reader = {
        .document = document, .model = model, .target = target, .state = state, .work = work, .step = step};
    work->backticks = work->backticks || target->backticks;
    read_place(document, node, step);
    guint n_read = ops_join(node, target, state);
    for (guint i = 0; i < n_read; i++, node = node->next)
        op_read(&reader, node);
    if (!json_mistakes_finish(model->mistakes, OPERATIONS_ERROR, OPERATIONS_ERROR_CONFLICT, error))
        return NULL;
    *index += n_read;
    return g_steal_pointer(&step);
}
