/* One column, and the constraints and indexes that stand beside it. */
#include <string.h>

#include "base/text.h"
#include "schema/model_reader.h"

enum {
    NAME,
    TYPE,
    PRIMARY_KEY,
    NULLABLE,
    SERVER_DEFAULT,
    COMPUTED,
    IDENTITY,
    AUTOINCREMENT,
    UNIQUE,
    INDEX,
    FOREIGN_KEY,
    ONDELETE,
    ONUPDATE,
    DEFERRABLE,
    INITIALLY,
    MATCH,
    COLLATION,
    COMMENT,
    RENAMED_FROM,
    OPTIONS,
    DEFAULT,
    INFO,
    DOC,
    KEYS
};

static const char *const column_keys[] = {
    "name",      "type",    "primary_key",  "nullable", "server_default", "computed",   "identity",  "autoincrement",
    "unique",    "index",   "foreign_key",  "ondelete", "onupdate",       "deferrable", "initially", "match",
    "collation", "comment", "renamed_from", "options",  "default",        "info",       "doc",       NULL};

static gboolean is_given(const cJSON *node)
{
    return node && !cJSON_IsNull(node);
}

/* --- what makes the value --- */

static Computed *read_computed(ModelReader *reader, const cJSON *node)
{
    enum { EXPRESSION, PERSISTED, COMPUTED_KEYS };
    static const char *const keys[] = {"expression", "persisted", NULL};
    const cJSON *fields[COMPUTED_KEYS];
    gboolean wrong = FALSE;
    g_autofree char *expression = NULL;

    if (!is_given(node) || !model_fields(reader, node, keys, fields))
        return NULL;
    /* Before 18, PostgreSQL has no others. */
    gboolean ordinary = strcmp(reader->dialect, "postgresql") == 0;
    gboolean persisted = model_flag(reader, fields[PERSISTED], ordinary);
    if (!model_required_text(reader, node, fields[EXPRESSION], "expression", &expression, &wrong))
        return NULL;
    return computed_new(expression, persisted);
}

static Identity *read_identity(ModelReader *reader, const cJSON *node)
{
    static const char *const keys[] = {MODEL_SEQUENCE_KEYS, "always", NULL};
    const cJSON *fields[G_N_ELEMENTS(keys)];

    if (!is_given(node) || !model_fields(reader, node, keys, fields))
        return NULL;
    Identity *identity = g_new0(Identity, 1);
    model_sequence_options(reader, fields, node, &identity->options);
    identity->always = model_flag(reader, fields[6], FALSE);
    return identity;
}

static Autoincrement read_autoincrement(ModelReader *reader, const cJSON *node)
{
    if (!is_given(node))
        return AUTOINCREMENT_AUTO;
    if (cJSON_IsBool(node))
        return cJSON_IsTrue(node) ? AUTOINCREMENT_TRUE : AUTOINCREMENT_FALSE;
    if (!cJSON_IsString(node) || strcmp(node->valuestring, "auto") != 0)
        MODEL_MISTAKE(reader, node, "expected true, false or \"auto\"");
    return AUTOINCREMENT_AUTO;
}

static gboolean can_count(const SqlType *type)
{
    return type->kind == SQL_TYPE_INTEGER || type->kind == SQL_TYPE_SMALL_INTEGER ||
           type->kind == SQL_TYPE_BIG_INTEGER || type->kind == SQL_TYPE_NUMERIC || type->kind == SQL_TYPE_NATIVE ||
           type->kind == SQL_TYPE_NULL;
}

/* A column's value comes from one source. */
static void check_sources(ModelReader *reader, const Column *column, const cJSON *const *fields)
{
    gboolean counts = column->autoincrement == AUTOINCREMENT_TRUE;
    if (column->computed && column->server_default)
        MODEL_MISTAKE(reader, fields[COMPUTED], "a computed column cannot have a server_default");
    if (column->computed && column->identity)
        MODEL_MISTAKE(reader, fields[COMPUTED], "a computed column cannot be an identity");
    if (column->computed && counts)
        MODEL_MISTAKE(reader, fields[COMPUTED], "a computed column cannot have autoincrement");
    if (column->identity && column->server_default)
        MODEL_MISTAKE(reader, fields[IDENTITY], "an identity column cannot have a server_default");
    if (counts && column->server_default)
        MODEL_MISTAKE(reader, fields[AUTOINCREMENT], "a column with a server_default cannot have autoincrement");
    if (column->identity && !can_count(column->type))
        MODEL_MISTAKE(reader, fields[IDENTITY], "only a column of an integer type can be an identity");
    if (counts && !can_count(column->type))
        MODEL_MISTAKE(reader, fields[AUTOINCREMENT], "only a column of an integer type can have autoincrement");
}

/* --- constraints and indexes beside the column --- */

static gboolean check_reference(ModelReader *reader, const cJSON *value)
{
    const char *dot = cJSON_IsString(value) ? strrchr(value->valuestring, '.') : NULL;
    if (dot && dot > value->valuestring && dot[1] && value->valuestring[0] != '.')
        return TRUE;
    if (cJSON_IsString(value))
        MODEL_MISTAKE(reader, value, "expected \"table.column\" or \"schema.table.column\", not '%s'",
                      value->valuestring);
    else
        model_wrong(reader, value, "\"table.column\" or \"schema.table.column\"");
    return FALSE;
}

static void check_actions_alone(ModelReader *reader, const cJSON *const *fields)
{
    for (guint i = ONDELETE; i <= MATCH; i++) {
        if (is_given(fields[i]))
            MODEL_MISTAKE(reader, fields[i], "'%s' means nothing without a 'foreign_key' in this column",
                          column_keys[i]);
    }
}

/* Columns are named by the last word, tables by the one before. */
static void add_foreign_key(TableReader *reader, const char *column, const char *target, const cJSON *const *fields)
{
    Constraint *key = constraint_new(CONSTRAINT_FOREIGN_KEY, NULL);
    const char *dot = strrchr(target, '.');
    g_autofree char *table = g_strndup(target, (gsize)(dot - target));
    char *schema_dot = strrchr(table, '.');
    if (schema_dot) {
        *schema_dot = '\0';
        key->referred_schema = g_strdup(table);
    }
    key->referred_table = g_strdup(schema_dot ? schema_dot + 1 : table);
    g_ptr_array_add(key->columns, g_strdup(column));
    g_ptr_array_add(key->referred_columns, g_strdup(dot + 1));
    model_read_actions(reader->reader, fields[ONDELETE], fields[ONUPDATE], fields[MATCH], key);
    model_read_deferral(reader->reader, fields[DEFERRABLE], fields[INITIALLY], key);
    model_add_constraint(reader, key, PICKED_ABSENT, fields[FOREIGN_KEY]);
}

/* As in SQLAlchemy: unique and index together make a unique index and no constraint. */
static void add_unique_and_index(TableReader *reader, const char *column, gboolean unique, gboolean indexed,
                                 const cJSON *const *fields)
{
    if (indexed) {
        Index *index = index_new(NULL);
        index->unique = unique;
        g_ptr_array_add(index->columns, index_column_new(column, NULL));
        model_add_index(reader, index, fields[INDEX]);
    } else if (unique) {
        Constraint *constraint = constraint_new(CONSTRAINT_UNIQUE, NULL);
        g_ptr_array_add(constraint->columns, g_strdup(column));
        model_add_constraint(reader, constraint, PICKED_ABSENT, fields[UNIQUE]);
    }
}

static void read_beside(TableReader *reader, const Column *column, gboolean wanted, const cJSON *const *fields)
{
    const cJSON *value;
    gboolean unique = model_flag(reader->reader, fields[UNIQUE], FALSE);
    gboolean indexed = model_flag(reader->reader, fields[INDEX], FALSE);
    Picked target = model_pick(reader->reader, fields[FOREIGN_KEY], check_reference, &value);
    if (target == PICKED_ABSENT || target == PICKED_NULL)
        check_actions_alone(reader->reader, fields);
    if (!wanted)
        return;
    add_unique_and_index(reader, column->name, unique, indexed, fields);
    if (target == PICKED_VALUE)
        add_foreign_key(reader, column->name, value->valuestring, fields);
}

/* --- the column --- */

static void check_former_name(const TableReader *reader, const Column *column, const cJSON *node)
{
    for (guint i = 0; column->renamed_from && i < reader->table->columns->len; i++) {
        const Column *other = reader->table->columns->pdata[i];
        if (name_equal(other->renamed_from, column->renamed_from, reader->table->ignore_case)) {
            MODEL_MISTAKE(reader->reader, node, "the column '%s' is renamed from '%s' already", other->name,
                          column->renamed_from);
            return;
        }
    }
}

/* A column that is only changed need not say its type. */
static SqlType *read_type(ModelReader *reader, const cJSON *node, const cJSON *type)
{
    gboolean changes = reader->keys && reader->keys->node == node && reader->keys->changes;
    return changes && !model_says(reader, type) ? NULL : model_type(reader, node, type);
}

static Column *read_facts(ModelReader *reader, const cJSON *node, const char *name, const cJSON *const *fields)
{
    SqlType *type = read_type(reader, node, fields[TYPE]);
    Column *column = column_new(name, type ? type : sql_type_new(SQL_TYPE_NULL));
    model_name(reader, fields[RENAMED_FROM], &column->renamed_from);
    column->comment = model_optional_text(reader, fields[COMMENT]);
    column->collation = model_optional_text(reader, fields[COLLATION]);
    column->server_default = model_server_default(reader, fields[SERVER_DEFAULT]);
    column->computed = read_computed(reader, fields[COMPUTED]);
    column->identity = read_identity(reader, fields[IDENTITY]);
    column->autoincrement = read_autoincrement(reader, fields[AUTOINCREMENT]);
    column->nullable = model_flag(reader, fields[NULLABLE], !column->identity);
    model_options(reader, fields[OPTIONS], column->options);
    check_sources(reader, column, fields);
    return column;
}

void model_read_column(TableReader *reader, const cJSON *node)
{
    const cJSON *fields[KEYS];
    gboolean wrong = FALSE;
    g_autofree char *name = NULL;

    if (!model_fields(reader->reader, node, column_keys, fields)) {
        reader->ok = FALSE;
        return;
    }
    gboolean wanted = model_required_name(reader->reader, node, fields[NAME], &name, &wrong);
    g_autoptr(Column) column = read_facts(reader->reader, node, name ? name : "", fields);
    ColumnFacts facts = {.node = node, .nullable_given = is_given(fields[NULLABLE]), .primary_key = -1};
    if (is_given(fields[PRIMARY_KEY]))
        facts.primary_key = model_flag(reader->reader, fields[PRIMARY_KEY], FALSE);
    reader->ok = reader->ok && !wrong;
    if (wanted && g_hash_table_contains(reader->columns, name)) {
        MODEL_MISTAKE(reader->reader, fields[NAME], "a second column '%s' in this table", name);
        wanted = FALSE;
    }
    read_beside(reader, column, wanted, fields);
    if (!wanted)
        return;
    check_former_name(reader, column, fields[RENAMED_FROM]);
    g_hash_table_add(reader->columns, column->name);
    g_array_append_val(reader->facts, facts);
    g_ptr_array_add(reader->table->columns, g_steal_pointer(&column));
}
