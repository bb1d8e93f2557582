/* create_index, drop_index, rename_index. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "operations/reader.h"

/* --- arguments of dialects --- */

static void set_text(OpReader *reader, const cJSON *node, char **text)
{
    g_autofree char *said = model_optional_text(reader->model, node);
    if (said) {
        g_free(*text);
        *text = g_steal_pointer(&said);
    }
}

static IndexColumn *find_index_column(const Index *index, const char *name)
{
    for (guint i = 0; i < index->columns->len; i++) {
        IndexColumn *column = index->columns->pdata[i];
        if (g_strcmp0(column->name, name) == 0 || g_strcmp0(column->expression, name) == 0)
            return column;
    }
    return NULL;
}

/* {"column": "text_pattern_ops"} */
static void take_ops(OpReader *reader, const cJSON *node, const Index *index)
{
    if (!cJSON_IsObject(node))
        model_wrong(reader->model, node, "an object, {\"column\": \"operator class\"}");
    for (const cJSON *child = cJSON_IsObject(node) ? node->child : NULL; child; child = child->next) {
        IndexColumn *column = find_index_column(index, child->string);
        if (!model_check_filled_text(reader->model, child))
            continue;
        if (column)
            set_text(reader, child, &column->opclass);
        else
            OP_MISTAKE(reader, child, "the index has no column '%s'", child->string);
    }
}

static void set_length(OpReader *reader, const cJSON *node, IndexColumn *column)
{
    g_autofree char *length = model_integer(reader->model, node, 1);
    if (length && strlen(length) > 9)
        OP_MISTAKE(reader, node, "a length of %s is no prefix", length);
    else if (length && column)
        column->length = atoi(length);
}

/* A number for all columns, or {"column": 10}. */
static void take_lengths(OpReader *reader, const cJSON *node, const Index *index)
{
    for (const cJSON *child = cJSON_IsObject(node) ? node->child : NULL; child; child = child->next) {
        IndexColumn *column = find_index_column(index, child->string);
        if (!column)
            OP_MISTAKE(reader, child, "the index has no column '%s'", child->string);
        set_length(reader, child, column);
    }
    for (guint i = 0; !cJSON_IsObject(node) && i < index->columns->len; i++)
        set_length(reader, node, index->columns->pdata[i]);
}

typedef struct IndexArguments {
    Index *index;
    gboolean concurrently;
} IndexArguments;

static void take_argument(OpReader *reader, const cJSON *node, const char *name, gpointer data)
{
    IndexArguments *arguments = data;
    Index *index = arguments->index;
    if (strcmp(name, "concurrently") == 0) {
        arguments->concurrently = op_flag(reader, node);
    } else if (strcmp(name, "where") == 0) {
        set_text(reader, node, &index->where);
    } else if (strcmp(name, "using") == 0) {
        set_text(reader, node, &index->using);
        for (char *p = index->using; p && *p; p++)
            *p = g_ascii_tolower(*p);
    } else if (strcmp(name, "include") == 0) {
        g_ptr_array_set_size(index->include, 0);
        model_names(reader->model, node, index->include);
    } else if (strcmp(name, "ops") == 0) {
        take_ops(reader, node, index);
    } else if (strcmp(name, "length") == 0) {
        take_lengths(reader, node, index);
    } else {
        options_remove(index->options, name);
        model_option(reader->model, node, name, index->options);
    }
}

/* --- create_index --- */

static void emit_index(OpReader *reader, const Table *table, const Table *wanted, const MigrateOp *manner)
{
    const Index *index = wanted->indexes->pdata[wanted->indexes->len - 1];
    if (table_find_index(table, index->name) && !manner->if_not_exists) {
        OP_MISTAKE(reader, reader->node, "create_index: the table '%s' has an index '%s' already", table->name,
                   index->name);
        return;
    }
    g_autoptr(MetaData) small = op_adapt_table(reader, wanted);
    if (!small)
        return;
    op_emit_additions(reader, table, small->tables->pdata[0], manner);
    op_drop_served_indexes(reader, table, index);
}

static void read_create_index(OpReader *reader, const cJSON *const *fields)
{
    enum { TABLE_NAME, SCHEMA, IF_NOT_EXISTS };
    g_autofree char *schema = NULL, *name = NULL;
    MigrateOp manner = {.kind = OP_CREATE_INDEX, .if_not_exists = op_flag(reader, fields[IF_NOT_EXISTS])};
    gboolean named = op_table_name(reader, fields[SCHEMA], fields[TABLE_NAME], "table_name", &schema, &name);
    const Table *table = named && op_reader_resolves(reader) ? op_need_table(reader, schema, name) : NULL;
    if (op_reader_resolves(reader) && !table)
        return;
    g_autoptr(Table) wanted = table ? table_copy(table) : table_new(NULL, "t");
    guint n_indexes = wanted->indexes->len;
    g_autoptr(TableReader) part = model_table_reader_new(reader->model, wanted, table && op_is_known(table));
    model_read_index(part, reader->node);
    if (wanted->indexes->len == n_indexes)
        return;
    IndexArguments arguments = {.index = wanted->indexes->pdata[n_indexes]};
    op_dialect_arguments(reader, take_argument, &arguments);
    manner.concurrently = arguments.concurrently;
    if (!table)
        return;
    model_name_nameless(part);
    emit_index(reader, table, wanted, &manner);
}

static const char *const create_index_keys[] = {"table_name", "schema", "if_not_exists", NULL};
static const char *const create_index_names[] = {"name", "index_name", NULL};
const OpSpec op_create_index = {.name = "create_index",
                                .keys = create_index_keys,
                                .names = create_index_names,
                                .dialects = TRUE,
                                .in_batch = TRUE,
                                .read = read_create_index};

/* --- drop_index, rename_index --- */

/* Alembic's drop_index may leave the table out. */
static const Table *table_of_index(OpReader *reader, const char *schema, const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < reader->state->tables->len; i++) {
        const Table *table = reader->state->tables->pdata[i];
        for (guint j = 0; j < table->indexes->len; j++)
            g_ptr_array_add(names, ((const Index *)table->indexes->pdata[j])->name);
        if (g_strcmp0(table->schema, schema) == 0 && table_find_index(table, name))
            return op_find_table(reader, table->schema, table->name);
    }
    if (reader->target->state_is_whole)
        op_unknown(reader, reader->node, "there is no index", name, names);
    else
        OP_MISTAKE(reader, reader->node,
                   "%s: the revisions before do not say which table has the index '%s': add "
                   "\"table_name\"",
                   reader->spec->name, name);
    return NULL;
}

static gboolean need_index(OpReader *reader, const Table *table, const char *name)
{
    if (!op_is_known(table) || table_find_index(table, name))
        return TRUE;
    g_autofree char *what = g_strdup_printf("the table '%s' has no index", table->name);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < table->indexes->len; i++)
        g_ptr_array_add(names, ((const Index *)table->indexes->pdata[i])->name);
    op_unknown(reader, cJSON_GetObjectItemCaseSensitive(reader->node, "index_name"), what, name, names);
    return FALSE;
}

static Index *former_index(OpReader *reader, const Table *table, const char *name, const Index *said)
{
    const Index *known = table_find_index(table, name);
    if (known)
        return index_copy(known);
    if (!said)
        return index_new(name);
    g_autoptr(Table) with = table_copy(table);
    g_ptr_array_add(with->indexes, index_copy(said));
    g_autoptr(MetaData) small = op_adapt_table(reader, with);
    const Index *adapted = small ? table_find_index(small->tables->pdata[0], said->name) : NULL;
    return adapted ? index_copy(adapted) : index_new(name);
}

static void take_concurrently(OpReader *reader, const cJSON *node, const char *name, gpointer concurrently)
{
    if (strcmp(name, "concurrently") == 0)
        *(gboolean *)concurrently = op_flag(reader, node);
    else
        OP_MISTAKE(reader, node, "drop_index has no argument '%s'", node->string);
}

static void read_drop_index(OpReader *reader, const cJSON *const *fields)
{
    enum { INDEX_NAME, TABLE_NAME, SCHEMA, IF_EXISTS, EXISTING };
    gboolean concurrently = FALSE, if_exists = op_flag(reader, fields[IF_EXISTS]);
    g_autofree char *schema = NULL, *name = NULL;
    g_autofree char *index_name = op_name(reader, fields[INDEX_NAME], "index_name");
    g_autoptr(Index) said = fields[EXISTING] ? op_read_index(reader, fields[EXISTING]) : NULL;
    gboolean tabled = fields[TABLE_NAME] || reader->batch;
    op_dialect_arguments(reader, take_concurrently, &concurrently);
    if (tabled && !op_table_name(reader, fields[SCHEMA], fields[TABLE_NAME], "table_name", &schema, &name))
        return;
    if (!tabled)
        schema = model_optional_text(reader->model, fields[SCHEMA]);
    if (!index_name || !op_reader_resolves(reader))
        return;
    const Table *table = tabled ? op_need_table(reader, schema, name) : table_of_index(reader, schema, index_name);
    if (!table || (!if_exists && !need_index(reader, table, index_name)))
        return;
    g_autoptr(Index) index = former_index(reader, table, index_name, said);
    MigrateOp *op = migrate_op_drop_index(table, index);
    op->if_exists = if_exists;
    op->concurrently = concurrently;
    op_emit(reader, op);
}

static const char *const drop_index_keys[] = {"index_name", "table_name", "schema", "if_exists", "existing", NULL};
const OpSpec op_drop_index = {
    .name = "drop_index", .keys = drop_index_keys, .dialects = TRUE, .in_batch = TRUE, .read = read_drop_index};

static void read_rename_index(OpReader *reader, const cJSON *const *fields)
{
    enum { INDEX_NAME, NEW_INDEX_NAME, TABLE_NAME, SCHEMA };
    g_autofree char *schema = NULL, *name = NULL;
    g_autofree char *index_name = op_name(reader, fields[INDEX_NAME], "index_name");
    g_autofree char *new_name = op_name(reader, fields[NEW_INDEX_NAME], "new_index_name");
    if (!op_table_name(reader, fields[SCHEMA], fields[TABLE_NAME], "table_name", &schema, &name) || !index_name ||
        !new_name || !op_reader_resolves(reader))
        return;
    const Table *table = op_need_table(reader, schema, name);
    if (!table || !need_index(reader, table, index_name))
        return;
    MigrateOp *op = migrate_op_new(OP_RENAME_INDEX);
    op->schema = g_strdup(table->schema);
    op->table_name = g_strdup(table->name);
    op->name = g_steal_pointer(&index_name);
    op->new_name = g_steal_pointer(&new_name);
    op_emit(reader, op);
}

static const char *const rename_index_keys[] = {"index_name", "new_index_name", "table_name", "schema", NULL};
const OpSpec op_rename_index = {
    .name = "rename_index", .keys = rename_index_keys, .in_batch = TRUE, .read = read_rename_index};
