/* create_primary_key, create_unique_constraint …, drop_constraint, rename_constraint. */
#include <string.h>

#include "base/text.h"
#include "operations/internal.h"
#include "operations/reader.h"

/* --- create_… --- */

static Constraint *last_constraint(const Table *table, ConstraintKind kind)
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
    const Constraint *constraint = last_constraint(wanted, kind);
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
    op_dialect_arguments(reader, take_option, last_constraint(wanted, kind));
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

/* --- drop_constraint --- */

static gboolean find_kind(const char *word, ConstraintKind *kind)
{
    static const char *const words[] = {
        [CONSTRAINT_PRIMARY_KEY] = "primary", [CONSTRAINT_UNIQUE] = "unique",   [CONSTRAINT_FOREIGN_KEY] = "foreignkey",
        [CONSTRAINT_CHECK] = "check",         [CONSTRAINT_EXCLUDE] = "exclude",
    };
    for (guint i = 0; word && i < G_N_ELEMENTS(words); i++)
        if (strcmp(words[i], word) == 0) {
            *kind = (ConstraintKind)i;
            return TRUE;
        }
    return FALSE;
}

/* What a unique constraint of this name is on the dialect: an index of it on some. */
static gboolean is_index_here(OpReader *reader, const Table *table, const char *name)
{
    g_autoptr(Table) alone = table_new(table->schema, table->name);
    Constraint *constraint = constraint_new(CONSTRAINT_UNIQUE, name);
    g_ptr_array_add(alone->columns, column_new("c", sql_type_new(SQL_TYPE_INTEGER)));
    g_ptr_array_add(constraint->columns, g_strdup("c"));
    g_ptr_array_add(alone->constraints, constraint);
    alone->ignore_case = table->ignore_case;
    g_autoptr(MetaData) small = op_adapt_table(reader, alone);
    return small && table_find_index(small->tables->pdata[0], name) != NULL;
}

typedef struct Drop {
    char *name; /* NULL: without one */
    gboolean has_kind, if_exists;
    ConstraintKind kind;
    Constraint *said; /* `existing` */
} Drop;

static void unknown_constraint(OpReader *reader, const Table *table, const Drop *drop)
{
    g_autofree char *what = g_strdup_printf("the table '%s' has no constraint", table->name);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < table->constraints->len; i++) {
        const Constraint *constraint = table->constraints->pdata[i];
        if (constraint->name)
            g_ptr_array_add(names, constraint->name);
    }
    if (table->primary_key && table->primary_key->name)
        g_ptr_array_add(names, table->primary_key->name);
    op_unknown(reader, reader->node, what, drop->name ? drop->name : "(unnamed)", names);
}

/* As the dialect would have it: primary keys have no names on some. */
static const Constraint *find_constraint(OpReader *reader, const Table *table, const Drop *drop)
{
    if (drop->has_kind && drop->kind == CONSTRAINT_PRIMARY_KEY)
        return table->primary_key;
    if (drop->name)
        return table_find_constraint(table, drop->name);
    if (!drop->said)
        return NULL;
    g_autoptr(Table) with = table_copy(table);
    g_ptr_array_add(with->constraints, constraint_copy(drop->said));
    g_autoptr(MetaData) small = op_adapt_table(reader, with);
    const Table *adapted = small ? small->tables->pdata[0] : NULL;
    return adapted && adapted->constraints->len > table->constraints->len
               ? constraint_lookup(table, last_constraint(adapted, drop->said->kind))
               : NULL;
}

static gboolean begins_with(const Index *index, const GPtrArray *columns)
{
    for (guint i = 0; i < columns->len; i++) {
        const IndexColumn *column = i < index->columns->len ? index->columns->pdata[i] : NULL;
        if (!column || g_strcmp0(column->name, columns->pdata[i]) != 0)
            return FALSE;
    }
    return TRUE;
}

static gboolean is_op(const cJSON *node, const char *name)
{
    const cJSON *op = cJSON_GetObjectItemCaseSensitive(node, "op");
    return cJSON_IsString(op) && strcmp(op->valuestring, name) == 0;
}

static gboolean are_names(const cJSON *list, const GPtrArray *names)
{
    guint i = 0;
    for (const cJSON *child = list ? list->child : NULL; child; child = child->next, i++)
        if (i >= names->len || !cJSON_IsString(child) || strcmp(child->valuestring, names->pdata[i]) != 0)
            return FALSE;
    return i == names->len;
}

/* It is dropped by an op of its own, or serves another foreign key of the table. */
static gboolean is_settled_later(const OpReader *reader, const Index *index, const GPtrArray *columns,
                                 const char *table_name)
{
    for (const cJSON *later = reader->node->next; later; later = later->next) {
        const cJSON *name = cJSON_GetObjectItemCaseSensitive(later, "index_name");
        const cJSON *table = cJSON_GetObjectItemCaseSensitive(later, "source_table");
        if (is_op(later, "drop_index") && cJSON_IsString(name) && strcmp(name->valuestring, index->name) == 0)
            return TRUE;
        if (is_op(later, "create_foreign_key") &&
            (reader->batch || (cJSON_IsString(table) && strcmp(table->valuestring, table_name) == 0)) &&
            are_names(cJSON_GetObjectItemCaseSensitive(later, "local_cols"), columns))
            return TRUE;
    }
    return FALSE;
}

/* An index that came with a foreign key goes with the last one that needs it, be it said or not. */
static void drop_implied_index(OpReader *reader, const Table *table, const GPtrArray *columns)
{
    for (guint i = 0; i < table->indexes->len; i++) {
        const Index *index = table->indexes->pdata[i];
        gboolean needed = !index->implied || !begins_with(index, columns);
        for (guint j = 0; !needed && j < table->constraints->len; j++) {
            const Constraint *key = table->constraints->pdata[j];
            needed = key->kind == CONSTRAINT_FOREIGN_KEY && begins_with(index, key->columns);
        }
        if (needed)
            continue;
        if (!is_settled_later(reader, index, columns, table->name))
            op_emit(reader, migrate_op_drop_index(table, index));
        return;
    }
}

static void emit_drop(OpReader *reader, const Table *table, const Constraint *constraint, gboolean if_exists)
{
    gboolean foreign = constraint->kind == CONSTRAINT_FOREIGN_KEY;
    g_autoptr(GPtrArray) columns = strings_copy(constraint->columns);
    MigrateOp *op = migrate_op_drop_constraint(table, constraint);
    op->if_exists = if_exists;
    op_emit(reader, op);
    if (foreign)
        drop_implied_index(reader, table, columns);
}

static void emit_drop_index(OpReader *reader, const Table *table, const char *name, gboolean if_exists)
{
    const Index *known = table_find_index(table, name);
    g_autoptr(Index) index = known ? index_copy(known) : index_new(name);
    if (!known)
        index->unique = TRUE;
    MigrateOp *op = migrate_op_drop_index(table, index);
    op->if_exists = if_exists;
    op_emit(reader, op);
}

static void drop_constraint(OpReader *reader, const Table *table, const Drop *drop)
{
    const Constraint *constraint = find_constraint(reader, table, drop);
    gboolean unique = drop->name && (!drop->has_kind || drop->kind == CONSTRAINT_UNIQUE);
    if (constraint && drop->has_kind && constraint->kind != drop->kind) {
        OP_MISTAKE(reader, reader->node, "drop_constraint: the constraint '%s' of table '%s' is of another type_",
                   drop->name, table->name);
        return;
    }
    if (constraint) {
        emit_drop(reader, table, constraint, drop->if_exists);
        return;
    }
    if (unique && (table_find_index(table, drop->name) || !op_is_known(table) || drop->if_exists) &&
        is_index_here(reader, table, drop->name)) {
        emit_drop_index(reader, table, drop->name, drop->if_exists);
        return;
    }
    if (op_is_known(table) && !drop->if_exists) {
        unknown_constraint(reader, table, drop);
    } else if (!drop->has_kind && !drop->said) {
        OP_MISTAKE(reader, reader->node,
                   "drop_constraint: the revisions before do not say what '%s' of table '%s' is: "
                   "add \"type_\"",
                   drop->name ? drop->name : "(unnamed)", table->name);
    } else {
        g_autoptr(Constraint) former =
            drop->said ? constraint_copy(drop->said) : constraint_new(drop->kind, drop->name);
        emit_drop(reader, table, former, drop->if_exists);
    }
}

static void read_drop_constraint(OpReader *reader, const cJSON *const *fields)
{
    enum { CONSTRAINT_NAME, TABLE_NAME, SCHEMA, TYPE_, IF_EXISTS, EXISTING };
    static const char *const types[] = {"foreignkey", "primary", "unique", "check", "exclude", NULL};
    g_autofree char *schema = NULL, *name = NULL, *constraint_name = NULL;
    Drop drop = {.if_exists = op_flag(reader, fields[IF_EXISTS])};
    const char *word = model_word(reader->model, fields[TYPE_], types, NULL);
    drop.has_kind = find_kind(word, &drop.kind);
    if (fields[EXISTING] && !drop.has_kind)
        OP_MISTAKE(reader, fields[EXISTING], "'existing' of drop_constraint needs 'type_'");
    g_autoptr(Constraint) said =
        fields[EXISTING] && drop.has_kind ? op_read_constraint(reader, drop.kind, fields[EXISTING]) : NULL;
    Picked picked = model_name(reader->model, fields[CONSTRAINT_NAME], &constraint_name);
    gboolean primary = drop.has_kind && drop.kind == CONSTRAINT_PRIMARY_KEY;
    if (!constraint_name && !said && !primary && picked != PICKED_NOTHING)
        OP_MISTAKE(reader, reader->node, "the argument 'constraint_name' of drop_constraint is missing");
    gboolean named = op_table_name(reader, fields[SCHEMA], fields[TABLE_NAME], "table_name", &schema, &name);
    const Table *table =
        named && op_reader_resolves(reader) && picked != PICKED_NOTHING ? op_need_table(reader, schema, name) : NULL;
    drop.name = constraint_name;
    drop.said = said;
    if (table)
        drop_constraint(reader, table, &drop);
}

static const char *const drop_keys[] = {"constraint_name", "table_name", "schema", "type_",
                                        "if_exists",       "existing",   NULL};
const OpSpec op_drop_constraint = {
    .name = "drop_constraint", .keys = drop_keys, .in_batch = TRUE, .read = read_drop_constraint};

/* --- rename_constraint --- */

static void read_rename_constraint(OpReader *reader, const cJSON *const *fields)
{
    enum { CONSTRAINT_NAME, NEW_CONSTRAINT_NAME, TABLE_NAME, SCHEMA };
    g_autofree char *schema = NULL, *name = NULL;
    g_autofree char *constraint_name = op_name(reader, fields[CONSTRAINT_NAME], "constraint_name");
    g_autofree char *new_name = op_name(reader, fields[NEW_CONSTRAINT_NAME], "new_constraint_name");
    if (!op_table_name(reader, fields[SCHEMA], fields[TABLE_NAME], "table_name", &schema, &name) || !constraint_name ||
        !new_name || !op_reader_resolves(reader))
        return;
    const Table *table = op_need_table(reader, schema, name);
    if (!table)
        return;
    const Drop like = {.name = constraint_name};
    gboolean is_index = !table_find_constraint(table, constraint_name) && table_find_index(table, constraint_name) &&
                        is_index_here(reader, table, constraint_name);
    if (op_is_known(table) && !is_index && !table_find_constraint(table, constraint_name)) {
        unknown_constraint(reader, table, &like);
        return;
    }
    MigrateOp *op = migrate_op_new(is_index ? OP_RENAME_INDEX : OP_RENAME_CONSTRAINT);
    op->schema = g_strdup(table->schema);
    op->table_name = g_strdup(table->name);
    op->name = g_steal_pointer(&constraint_name);
    op->new_name = g_steal_pointer(&new_name);
    op_emit(reader, op);
}

static const char *const rename_keys[] = {"constraint_name", "new_constraint_name", "table_name", "schema", NULL};
const OpSpec op_rename_constraint = {
    .name = "rename_constraint", .keys = rename_keys, .in_batch = TRUE, .read = read_rename_constraint};
