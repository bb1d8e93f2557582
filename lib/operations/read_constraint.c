/* create_primary_key, create_unique_constraint … */
#include <string.h>

#include "base/text.h"
#include "operations/reader.h"

/* --- create_… --- */

Constraint *op_last_constraint(const Table *table, ConstraintKind kind)
{
    if (kind == CONSTRAINT_PRIMARY_KEY)
        return table->primary_key;
    return table->constraints->len > 0 ? table->constraints->pdata[table->constraints->len - 1] : NULL;
}

static void take_option(OpReader *reader, const cJSON *node, const char *name, gpointer data)
{
    const Constraint *constraint = data;
    options_remove(constraint->options, name);
    if (cJSON_IsArray(node)) { /* postgresql_include */
        g_autoptr(GPtrArray) names = strings_new();
        model_names(reader->model, node, names);
        g_autofree char *list = text_list(names, ", ");
        options_set(constraint->options, name, list);
    } else {
        model_option(reader->model, node, name, constraint->options);
    }
}

/* The rules of its columns: a key's take no NULL. */
static void emit_not_null(OpReader *reader, const Table *table, const Constraint *key)
{
    g_autoptr(GPtrArray) ops = g_ptr_array_new();
    for (guint i = 0; i < key->columns->len; i++) {
        const Column *column = table_find_column(table, key->columns->pdata[i]);
        if (!column || !column->nullable)
            continue;
        g_autoptr(Column) changed = column_copy(column);
        changed->nullable = FALSE;
        g_ptr_array_add(ops, migrate_op_alter_column(table, column, changed));
    }
    for (guint i = 0; i < ops->len; i++)
        op_emit(reader, ops->pdata[i]);
}

static gboolean check_free(OpReader *reader, const Table *table, const Constraint *constraint)
{
    if (constraint->kind == CONSTRAINT_PRIMARY_KEY && table->primary_key)
        OP_MISTAKE(reader, reader->node, "create_primary_key: the table '%s' has a primary key already", table->name);
    else if (constraint->name && table_find_constraint(table, constraint->name))
        OP_MISTAKE(reader, reader->node, "%s: the table '%s' has a constraint '%s' already", reader->spec->name,
                   table->name, constraint->name);
    else
        return TRUE;
    return FALSE;
}

/* `scratch` has nothing but the constraint; `part` reads it. */
static void emit_constraint(OpReader *reader, const Table *table, TableReader *part, ConstraintKind kind)
{
    Table *wanted = part->table;
    const MigrateOp manner = {.kind = OP_CREATE_CONSTRAINT};
    model_name_nameless(part);
    op_settle_references(reader, wanted);
    const Constraint *constraint = op_last_constraint(wanted, kind);
    if (!check_free(reader, table, constraint))
        return;
    if (kind == CONSTRAINT_PRIMARY_KEY)
        emit_not_null(reader, table, constraint);
    for (guint i = 0; kind == CONSTRAINT_PRIMARY_KEY && i < constraint->columns->len; i++) {
        Column *column = table_find_column(wanted, constraint->columns->pdata[i]);
        if (column)
            column->nullable = FALSE;
    }
    g_autoptr(MetaData) small = op_adapt_table(reader, wanted);
    if (small)
        op_emit_additions(reader, table, small->tables->pdata[0], &manner);
}

static void read_on_table(OpReader *reader, ConstraintKind kind, const cJSON *schema_node, const cJSON *table_node,
                          const char *table_key)
{
    g_autofree char *schema = NULL, *name = NULL;
    gboolean named = op_table_name(reader, schema_node, table_node, table_key, &schema, &name);
    const Table *table = named && op_reader_resolves(reader) ? op_need_table(reader, schema, name) : NULL;
    if (op_reader_resolves(reader) && !table)
        return;
    g_autoptr(Table) wanted = table ? table_copy(table) : table_new(NULL, "t");
    if (kind == CONSTRAINT_PRIMARY_KEY)
        g_clear_pointer(&wanted->primary_key, constraint_free);
    guint n_constraints = wanted->constraints->len;
    g_autoptr(TableReader) part = model_table_reader_new(reader->model, wanted, table && op_is_known(table));
    model_read_constraint(part, kind, reader->node);
    if (wanted->constraints->len == n_constraints && (kind != CONSTRAINT_PRIMARY_KEY || !wanted->primary_key))
        return;
    op_dialect_arguments(reader, take_option, op_last_constraint(wanted, kind));
    if (table)
        emit_constraint(reader, table, part, kind);
}

static void read_primary_key(OpReader *reader, const cJSON *const *fields)
{
    read_on_table(reader, CONSTRAINT_PRIMARY_KEY, fields[1], fields[0], "table_name");
}

static void read_unique(OpReader *reader, const cJSON *const *fields)
{
    read_on_table(reader, CONSTRAINT_UNIQUE, fields[1], fields[0], "table_name");
}

static void read_check(OpReader *reader, const cJSON *const *fields)
{
    read_on_table(reader, CONSTRAINT_CHECK, fields[1], fields[0], "table_name");
}

static void read_foreign_key(OpReader *reader, const cJSON *const *fields)
{
    read_on_table(reader, CONSTRAINT_FOREIGN_KEY, fields[1], fields[0], "source_table");
}

static const char *const table_keys[] = {"table_name", "schema", NULL};
static const char *const key_names[] = {"name", "constraint_name", NULL};
const OpSpec op_create_primary_key = {.name = "create_primary_key",
                                      .keys = table_keys,
                                      .names = key_names,
                                      .dialects = TRUE,
                                      .in_batch = TRUE,
                                      .read = read_primary_key};
const OpSpec op_create_unique_constraint = {.name = "create_unique_constraint",
                                            .keys = table_keys,
                                            .names = key_names,
                                            .dialects = TRUE,
                                            .in_batch = TRUE,
                                            .read = read_unique};
static const char *const check_names[] = {"name", "constraint_name", "expression", "condition", NULL};
const OpSpec op_create_check_constraint = {.name = "create_check_constraint",
                                           .keys = table_keys,
                                           .names = check_names,
                                           .dialects = TRUE,
                                           .in_batch = TRUE,
                                           .read = read_check};
static const char *const source_keys[] = {"source_table", "source_schema", NULL};
static const char *const foreign_key_names[] = {"name",
                                                "constraint_name",
                                                "columns",
                                                "local_cols",
                                                "referred_schema",
                                                "referent_schema",
                                                "referred_table",
                                                "referent_table",
                                                "referred_columns",
                                                "remote_cols",
                                                NULL};
const OpSpec op_create_foreign_key = {.name = "create_foreign_key",
                                      .keys = source_keys,
                                      .names = foreign_key_names,
                                      .dialects = TRUE,
                                      .in_batch = TRUE,
                                      .read = read_foreign_key};

/* --- create_exclude_constraint: [["c", "&&"], …], or the whole text as a model has it --- */

static gboolean append_element(OpReader *reader, const cJSON *element, GString *text)
{
    const cJSON *what = cJSON_GetArrayItem(element, 0), *with = cJSON_GetArrayItem(element, 1);
    if (!cJSON_IsArray(element) || cJSON_GetArraySize(element) != 2 || !cJSON_IsString(what) || !cJSON_IsString(with)) {
        model_wrong(reader->model, element, "a pair, [\"column or expression\", \"operator\"]");
        return FALSE;
    }
    g_string_append_printf(text, "%s%s WITH %s", text->len > 0 ? ", " : "", what->valuestring, with->valuestring);
    return TRUE;
}

/* "USING gist (c WITH &&) WHERE (…)": new string, or NULL and a mistake. */
static char *exclusion(OpReader *reader, const cJSON *elements, const cJSON *using, const cJSON *where)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *method = model_optional_text(reader->model, using);
    g_autofree char *predicate = model_optional_text(reader->model, where);
    gboolean ok = cJSON_IsArray(elements) && elements->child;
    if (!ok)
        OP_MISTAKE(reader, elements ? elements : reader->node,
                   "expected the 'elements' of the constraint, [[\"column or expression\", \"operator\"], …]");
    for (const cJSON *element = ok ? elements->child : NULL; element; element = element->next)
        ok = append_element(reader, element, text) && ok;
    if (!ok)
        return NULL;
    return g_strdup_printf("USING %s (%s)%s%s%s", method ? method : "gist", text->str, predicate ? " WHERE (" : "",
                           predicate ? predicate : "", predicate ? ")" : "");
}

/* The model's reader wants the expression in the op itself, so the op is read without it, and it is put in place. */
static void read_exclude(OpReader *reader, const cJSON *const *fields)
{
    enum { TABLE_NAME, SCHEMA, ELEMENTS, USING, WHERE, CONSTRAINT_NAME, DEFERRABLE, INITIALLY, EXPRESSION };
    g_autofree char *schema = NULL, *name = NULL, *expression = NULL;
    Constraint *constraint = constraint_new(CONSTRAINT_EXCLUDE, NULL);
    g_autoptr(Constraint) owned = constraint;
    Picked picked = model_name(reader->model, fields[CONSTRAINT_NAME], &constraint->name);
    model_read_deferral(reader->model, fields[DEFERRABLE], fields[INITIALLY], constraint);
    gboolean nothing = FALSE;
    if (fields[EXPRESSION])
        nothing = model_text(reader->model, fields[EXPRESSION], &expression) == PICKED_NOTHING;
    else
        expression = exclusion(reader, fields[ELEMENTS], fields[USING], fields[WHERE]);
    constraint->expression = g_steal_pointer(&expression);
    op_dialect_arguments(reader, take_option, constraint);
    gboolean named = op_table_name(reader, fields[SCHEMA], fields[TABLE_NAME], "table_name", &schema, &name);
    if (!named || nothing || !constraint->expression || !op_reader_resolves(reader))
        return;
    const Table *table = op_need_table(reader, schema, name);
    if (!table || picked == PICKED_NOTHING)
        return;
    g_autoptr(Table) wanted = table_copy(table);
    g_autoptr(TableReader) part = model_table_reader_new(reader->model, wanted, op_is_known(table));
    model_add_constraint(part, g_steal_pointer(&owned), picked, reader->node);
    emit_constraint(reader, table, part, CONSTRAINT_EXCLUDE);
}

static const char *const exclude_keys[] = {"table_name",      "schema",     "elements",  "using",      "where",
                                           "constraint_name", "deferrable", "initially", "expression", NULL};
const OpSpec op_create_exclude_constraint = {.name = "create_exclude_constraint",
                                             .keys = exclude_keys,
                                             .dialects = TRUE,
                                             .in_batch = TRUE,
                                             .read = read_exclude};
