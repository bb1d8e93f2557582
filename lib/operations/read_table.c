/* Operations on whole tables, and batch_alter_table. */
#include <string.h>

#include "base/text.h"
#include "operations/reader.h"

static MigrateOp *new_op(OpKind kind, const Table *table)
{
    MigrateOp *op = migrate_op_new(kind);
    op->schema = g_strdup(table->schema);
    op->table_name = g_strdup(table->name);
    return op;
}

/* --- create_table --- */

static void take_option(OpReader *reader, const cJSON *node, const char *name, gpointer options)
{
    if (!options_get(options, name))
        model_option(reader->model, node, name, options);
}

static void read_create_table(OpReader *reader, const cJSON *const *fields)
{
    enum { IF_NOT_EXISTS };
    gboolean if_not_exists = op_flag(reader, fields[IF_NOT_EXISTS]);
    g_autoptr(GPtrArray) options = options_new();
    op_dialect_arguments(reader, take_option, options);
    g_autoptr(Table) table = op_read_table(reader, reader->node);
    if (!table || !op_reader_resolves(reader))
        return;
    for (guint i = 0; i < options->len; i++) {
        const Option *option = options->pdata[i];
        if (!options_get(table->options, option->name))
            options_set(table->options, option->name, option->value);
    }
    op_settle_references(reader, table);
    g_autoptr(MetaData) small = op_adapt_table(reader, table);
    if (!small)
        return;
    const Table *adapted = small->tables->pdata[0];
    const Table *existing = op_find_table(reader, adapted->schema, adapted->name);
    if (existing && !existing->partial && !if_not_exists) {
        OP_MISTAKE(reader, reader->node, "create_table: there is a table '%s' already", adapted->name);
        return;
    }
    MigrateOp *op = migrate_op_create_table(adapted);
    op->if_not_exists = if_not_exists;
    op_emit_only(reader, op);
}

static const char *const create_table_keys[] = {"if_not_exists", NULL};
static const char *const create_table_names[] = {"name", "table_name", NULL};
const OpSpec op_create_table = {.name = "create_table",
                                .keys = create_table_keys,
                                .names = create_table_names,
                                .dialects = TRUE,
                                .read = read_create_table};

/* --- drop_table, rename_table --- */

/* What is there, or was said to be there, or at least its name. */
static Table *former_table(OpReader *reader, const char *schema, const char *name, Table *said, gboolean if_exists)
{
    const Table *known = op_find_table(reader, schema, name);
    if (known && (!known->partial || !said))
        return table_copy(known);
    if (!known && !if_exists && !op_need_table(reader, schema, name))
        return NULL;
    g_autoptr(MetaData) small = said ? op_adapt_table(reader, said) : NULL;
    Table *table = small ? table_copy(small->tables->pdata[0]) : table_new(schema, name);
    table->partial = small == NULL;
    return table;
}

static void read_drop_table(OpReader *reader, const cJSON *const *fields)
{
    enum { TABLE_NAME, SCHEMA, IF_EXISTS, EXISTING };
    g_autofree char *schema = NULL, *name = NULL;
    gboolean if_exists = op_flag(reader, fields[IF_EXISTS]);
    g_autoptr(Table) said = fields[EXISTING] ? op_read_table(reader, fields[EXISTING]) : NULL;
    if (!op_table_name(reader, fields[SCHEMA], fields[TABLE_NAME], "table_name", &schema, &name) ||
        !op_reader_resolves(reader))
        return;
    g_autoptr(Table) table = former_table(reader, schema, name, said, if_exists);
    if (!table)
        return;
    MigrateOp *op = migrate_op_drop_table(table);
    op->if_exists = if_exists;
    op_emit_only(reader, op);
}

static const char *const drop_table_keys[] = {"table_name", "schema", "if_exists", "existing", NULL};
const OpSpec op_drop_table = {.name = "drop_table", .keys = drop_table_keys, .read = read_drop_table};

static void read_rename_table(OpReader *reader, const cJSON *const *fields)
{
    enum { OLD_TABLE_NAME, NEW_TABLE_NAME, SCHEMA };
    g_autofree char *schema = NULL, *name = NULL;
    g_autofree char *new_name = op_name(reader, fields[NEW_TABLE_NAME], "new_table_name");
    if (!op_table_name(reader, fields[SCHEMA], fields[OLD_TABLE_NAME], "old_table_name", &schema, &name) || !new_name ||
        !op_reader_resolves(reader))
        return;
    const Table *table = op_need_table(reader, schema, name);
    if (!table)
        return;
    if (op_find_table(reader, schema, new_name) && !name_equal(name, new_name, reader->work->ignore_case))
        OP_MISTAKE(reader, fields[NEW_TABLE_NAME], "rename_table: there is a table '%s' already", new_name);
    else
        op_emit_only(reader, migrate_op_rename_table(table, new_name));
}

static const char *const rename_table_keys[] = {"old_table_name", "new_table_name", "schema", NULL};
const OpSpec op_rename_table = {.name = "rename_table", .keys = rename_table_keys, .read = read_rename_table};

/* --- comments --- */

static void emit_comment(OpReader *reader, const Table *table, const char *comment, const char *existing)
{
    g_autoptr(Table) wanted = table_copy(table);
    g_free(wanted->comment);
    wanted->comment = g_strdup(comment);
    g_autoptr(MetaData) small = op_adapt_table(reader, wanted);
    const Table *adapted = small ? small->tables->pdata[0] : NULL;
    /* A dialect that stores none has left it out, and none to drop. */
    if (!adapted || (comment && *comment && !adapted->comment))
        return;
    if (!comment) {
        wanted->comment = g_strdup("x");
        g_autoptr(MetaData) probe = op_adapt_table(reader, wanted);
        if (!probe || !((const Table *)probe->tables->pdata[0])->comment)
            return;
    }
    MigrateOp *op = new_op(adapted->comment ? OP_CREATE_TABLE_COMMENT : OP_DROP_TABLE_COMMENT, table);
    op->comment = g_strdup(adapted->comment);
    op->existing_comment = g_strdup(table->comment ? table->comment : existing);
    op_emit(reader, op);
}

static void read_comment(OpReader *reader, const cJSON *schema_node, const cJSON *table_node, const char *comment,
                         const char *existing)
{
    g_autofree char *schema = NULL, *name = NULL;
    if (!op_table_name(reader, schema_node, table_node, "table_name", &schema, &name) || !op_reader_resolves(reader))
        return;
    const Table *table = op_need_table(reader, schema, name);
    if (table)
        emit_comment(reader, table, comment, existing);
}

static void read_create_comment(OpReader *reader, const cJSON *const *fields)
{
    enum { TABLE_NAME, SCHEMA, EXISTING_COMMENT, COMMENT };
    g_autofree char *comment = model_optional_text(reader->model, fields[COMMENT]);
    g_autofree char *existing = model_optional_text(reader->model, fields[EXISTING_COMMENT]);
    if (!fields[COMMENT])
        OP_MISTAKE(reader, reader->node, "the argument 'comment' of create_table_comment is missing");
    read_comment(reader, fields[SCHEMA], fields[TABLE_NAME], comment, existing);
}

static void read_drop_comment(OpReader *reader, const cJSON *const *fields)
{
    enum { TABLE_NAME, SCHEMA, EXISTING_COMMENT };
    g_autofree char *existing = model_optional_text(reader->model, fields[EXISTING_COMMENT]);
    read_comment(reader, fields[SCHEMA], fields[TABLE_NAME], NULL, existing);
}

static const char *const create_comment_keys[] = {"table_name", "schema", "existing_comment", "comment", NULL};
const OpSpec op_create_table_comment = {
    .name = "create_table_comment", .keys = create_comment_keys, .in_batch = TRUE, .read = read_create_comment};
static const char *const drop_comment_keys[] = {"table_name", "schema", "existing_comment", NULL};
const OpSpec op_drop_table_comment = {
    .name = "drop_table_comment", .keys = drop_comment_keys, .in_batch = TRUE, .read = read_drop_comment};

/* --- alter_table_options --- */

static void emit_options(OpReader *reader, const Table *table, const GPtrArray *options, const GPtrArray *existing)
{
    g_autoptr(Table) wanted = table_copy(table);
    g_ptr_array_unref(wanted->options);
    wanted->options = options_copy(options);
    g_autoptr(MetaData) small = op_adapt_table(reader, wanted);
    if (!small)
        return;
    const Table *adapted = small->tables->pdata[0];
    const GPtrArray *former = op_is_known(table) || table->options->len > 0 ? table->options : existing;
    if (!options_equal(former, adapted->options) || table->partial)
        op_emit(reader, migrate_op_alter_table_options(table, former, adapted->options));
}

static void read_alter_options(OpReader *reader, const cJSON *const *fields)
{
    enum { TABLE_NAME, SCHEMA, OPTIONS, EXISTING_OPTIONS };
    g_autofree char *schema = NULL, *name = NULL;
    g_autoptr(GPtrArray) options = options_new(), existing = options_new();
    if (!fields[OPTIONS])
        OP_MISTAKE(reader, reader->node, "the argument 'options' of alter_table_options is missing");
    model_options(reader->model, fields[OPTIONS], options);
    model_options(reader->model, fields[EXISTING_OPTIONS], existing);
    if (!op_table_name(reader, fields[SCHEMA], fields[TABLE_NAME], "table_name", &schema, &name) ||
        !op_reader_resolves(reader) || !model_says(reader->model, fields[OPTIONS]))
        return;
    const Table *table = op_need_table(reader, schema, name);
    if (table)
        emit_options(reader, table, options, existing);
}

static const char *const alter_options_keys[] = {"table_name", "schema", "options", "existing_options", NULL};
const OpSpec op_alter_table_options = {
    .name = "alter_table_options", .keys = alter_options_keys, .in_batch = TRUE, .read = read_alter_options};

/* --- batch_alter_table --- */

enum { BATCH_TABLE_NAME, BATCH_SCHEMA, RECREATE, OPERATIONS, REFUSED };
static const char *const batch_keys[] = {
    "table_name",   "schema",       "recreate",       "operations",        "copy_from",          "table_args",
    "table_kwargs", "reflect_args", "reflect_kwargs", "naming_convention", "partial_reordering", NULL};

static void refuse_batch_arguments(OpReader *reader, const cJSON *const *fields)
{
    static const char *const why[] = {
        "the table's definition is known from the revisions before",
        "write what changes as operations",
        "write alter_table_options for options of the table",
        "nothing is reflected: the table's definition is known from the revisions before",
        "nothing is reflected: the table's definition is known from the revisions before",
        "the convention is the configuration's",
        "write insert_before or insert_after at add_column",
    };
    for (guint i = 0; i < G_N_ELEMENTS(why); i++)
        if (fields[REFUSED + i])
            OP_MISTAKE(reader, fields[REFUSED + i], "'%s' of Alembic has no meaning here: %s", batch_keys[REFUSED + i],
                       why[i]);
}

static Recreate read_recreate(OpReader *reader, const cJSON *node)
{
    static const char *const words[] = {"auto", "always", "never", NULL};
    const char *word = model_word(reader->model, node, words, "auto");
    if (g_strcmp0(word, "always") == 0)
        return RECREATE_ALWAYS;
    return word ? RECREATE_NEVER : RECREATE_AUTO;
}

/* Even an empty batch may make the table anew. */
static void mark_recreate(OpReader *reader, const char *schema, const char *name, Recreate recreate)
{
    const GPtrArray *ops = reader->step->operations;
    if (!ops && recreate == RECREATE_ALWAYS) {
        const Table *table = op_need_table(reader, schema, name);
        if (table)
            op_emit_only(reader, migrate_op_alter_table_options(table, table->options, table->options));
    }
    ops = reader->step->operations;
    for (guint i = 0; ops && i < ops->len; i++)
        ((MigrateOp *)ops->pdata[i])->recreate = recreate;
}

static void read_batch(OpReader *reader, const cJSON *const *fields)
{
    g_autofree char *schema = NULL, *name = NULL;
    refuse_batch_arguments(reader, fields);
    Recreate recreate = read_recreate(reader, fields[RECREATE]);
    gboolean named =
        op_table_name(reader, fields[BATCH_SCHEMA], fields[BATCH_TABLE_NAME], "table_name", &schema, &name);
    if (!fields[OPERATIONS])
        OP_MISTAKE(reader, reader->node, "the argument 'operations' of batch_alter_table is missing");
    if (!model_is_list(reader->model, fields[OPERATIONS]) || !fields[OPERATIONS] ||
        (!named && op_reader_resolves(reader)))
        return;
    if (op_reader_resolves(reader) && !op_need_table(reader, schema, name))
        return;
    reader->batch = reader->node;
    for (const cJSON *node = fields[OPERATIONS]->child; node; node = node->next)
        op_read(reader, node);
    reader->batch = NULL;
    if (op_reader_resolves(reader))
        mark_recreate(reader, schema, name, recreate);
}

const OpSpec op_batch_alter_table = {.name = "batch_alter_table", .keys = batch_keys, .read = read_batch};
