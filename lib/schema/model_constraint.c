/* Constraints and indexes of a table. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "schema/model_reader.h"

/* The first keys are the same for every kind of constraint; then come its columns or its expression. */
enum {
    NAME,
    COMMENT,
    OPTIONS,
    INFO,
    DEFERRABLE,
    INITIALLY,
    RENAMED_FROM,
    COLUMNS,
    EXPRESSION = COLUMNS,
    REFERRED_SCHEMA,
    REFERRED_TABLE,
    REFERRED_COLUMNS,
    ONDELETE,
    ONUPDATE,
    MATCH,
    EXTERNAL,
    KEYS
};
#define COMMON_KEYS "name", "comment", "options", "info", "deferrable", "initially", "renamed_from"

static const char *const key_keys[] = {COMMON_KEYS, "columns", NULL};
static const char *const expression_keys[] = {COMMON_KEYS, "expression", NULL};
static const char *const foreign_key_keys[] = {COMMON_KEYS,        "columns",  "referred_schema", "referred_table",
                                               "referred_columns", "ondelete", "onupdate",        "match",
                                               "external",         NULL};

/* --- names of columns --- */

static gboolean check_column(const TableReader *reader, const char *name, const cJSON *node)
{
    if (!reader->ok || table_inherits(reader->table) || g_hash_table_contains(reader->columns, name))
        return TRUE;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < reader->table->columns->len; i++)
        g_ptr_array_add(names, ((const Column *)reader->table->columns->pdata[i])->name);
    const char *nearest = text_nearest(name, (const char *const *)names->pdata, names->len);
    if (nearest)
        MODEL_MISTAKE(reader->reader, node, "the table has no column '%s', did you mean '%s'?", name, nearest);
    else
        MODEL_MISTAKE(reader->reader, node, "the table has no column '%s'", name);
    return FALSE;
}

/* Columns of this table, each once. */
static void read_column_names(const TableReader *reader, const cJSON *object, const cJSON *list, GPtrArray *columns)
{
    guint mistakes = json_mistakes_count(reader->reader->mistakes);
    g_autoptr(GHashTable) seen = model_name_table(reader->reader->ignore_case);

    if (!model_is_list(reader->reader, list))
        return;
    for (const cJSON *child = list ? list->child : NULL; child; child = child->next) {
        char *name = NULL;
        if (model_name(reader->reader, child, &name) == PICKED_NULL)
            model_wrong(reader->reader, child, "the name of a column");
        if (!name)
            continue;
        g_ptr_array_add(columns, name);
        if (!g_hash_table_add(seen, name))
            MODEL_MISTAKE(reader->reader, child, "the column '%s' stands twice", name);
        else
            check_column(reader, name, child);
    }
    if (columns->len == 0 && json_mistakes_count(reader->reader->mistakes) == mistakes)
        MODEL_MISTAKE(reader->reader, list ? list : object, "expected the names of columns%s%s%s",
                      list ? "" : " in the key '", list ? "" : model_key(reader->reader, object, "columns"),
                      list ? "" : "'");
}

/* --- words --- */

static char *read_action(ModelReader *reader, const cJSON *node)
{
    static const char *const actions[] = {"CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION", NULL};
    return g_strdup(model_word(reader, node, actions, "NO ACTION"));
}

/* "SET NULL (a, b)": PostgreSQL can name the columns. */
static char *read_ondelete(ModelReader *reader, const cJSON *node)
{
    static const char *const actions[] = {"SET NULL", "SET DEFAULT"};
    const cJSON *value;
    Picked picked = model_pick(reader, node, model_check_filled_text, &value);
    if (picked == PICKED_WRONG)
        return NULL;
    for (guint i = 0; picked == PICKED_VALUE && i < G_N_ELEMENTS(actions); i++) {
        const char *text = value->valuestring;
        if (g_ascii_strncasecmp(text, actions[i], strlen(actions[i])) != 0)
            continue;
        const char *columns = text + strlen(actions[i]);
        columns += strspn(columns, " ");
        if (*columns == '(' && g_str_has_suffix(columns, ")"))
            return g_strdup_printf("%s %s", actions[i], columns);
    }
    return read_action(reader, node);
}

void model_read_actions(ModelReader *reader, const cJSON *ondelete, const cJSON *onupdate, const cJSON *match,
                        Constraint *constraint)
{
    static const char *const matches[] = {"FULL", "PARTIAL", "SIMPLE", NULL};
    constraint->ondelete = read_ondelete(reader, ondelete);
    constraint->onupdate = read_action(reader, onupdate);
    constraint->match = g_strdup(model_word(reader, match, matches, "SIMPLE"));
}

void model_read_deferral(ModelReader *reader, const cJSON *deferrable, const cJSON *initially, Constraint *constraint)
{
    static const char *const times[] = {"DEFERRED", "IMMEDIATE", NULL};
    constraint->initially = g_strdup(model_word(reader, initially, times, "IMMEDIATE"));
    constraint->deferrable = model_flag(reader, deferrable, constraint->initially != NULL);
    if (constraint->initially && !constraint->deferrable)
        MODEL_MISTAKE(reader, initially, "what is not deferrable cannot be initially deferred");
}

/* --- constraints --- */

void model_add_constraint(TableReader *reader, Constraint *constraint, Picked name, const cJSON *node)
{
    const Constraint *other = constraint->name ? table_find_constraint(reader->table, constraint->name) : NULL;
    if (name == PICKED_NOTHING || name == PICKED_WRONG) {
        constraint_free(constraint);
        return;
    }
    if (other)
        MODEL_MISTAKE(reader->reader, node, "a second constraint '%s' in this table", constraint->name);
    if (constraint->kind == CONSTRAINT_PRIMARY_KEY)
        reader->table->primary_key = constraint;
    else
        g_ptr_array_add(reader->table->constraints, constraint);
    if (constraint->kind == CONSTRAINT_FOREIGN_KEY) {
        const ModelReference reference = {.kind = REFERENCE_FOREIGN_KEY,
                                          .document = reader->reader->current,
                                          .node = node,
                                          .table = reader->table,
                                          .constraint = constraint,
                                          .needs_name = name == PICKED_ABSENT};
        g_array_append_val(reader->reader->references, reference);
    } else if (name == PICKED_ABSENT) {
        const Nameless nameless = {.constraint = constraint, .node = node};
        g_array_append_val(reader->nameless, nameless);
    }
}

static void read_referred(ModelReader *reader, const cJSON *node, const cJSON *const *fields, Constraint *key)
{
    gboolean wrong = FALSE;
    key->referred_schema = model_optional_text(reader, fields[REFERRED_SCHEMA]);
    model_required_text(reader, node, fields[REFERRED_TABLE], "referred_table", &key->referred_table, &wrong);
    model_names(reader, fields[REFERRED_COLUMNS], key->referred_columns);
    model_read_actions(reader, fields[ONDELETE], fields[ONUPDATE], fields[MATCH], key);
    model_flag(reader, fields[EXTERNAL], FALSE); /* it is looked at when all tables are known */
    if (key->referred_columns->len > 0 && key->columns->len > 0 && key->referred_columns->len != key->columns->len)
        MODEL_MISTAKE(reader, fields[REFERRED_COLUMNS], "%u columns refer to %u", key->columns->len,
                      key->referred_columns->len);
}

/* FALSE when it has nothing to check in this dialect, or a mistake. */
static gboolean read_body(TableReader *reader, const cJSON *node, const cJSON *const *fields, Constraint *constraint)
{
    gboolean wrong = FALSE;
    if (constraint->kind == CONSTRAINT_CHECK || constraint->kind == CONSTRAINT_EXCLUDE)
        return model_required_text(reader->reader, node, fields[EXPRESSION], "expression", &constraint->expression,
                                   &wrong);
    read_column_names(reader, node, fields[COLUMNS], constraint->columns);
    if (constraint->kind != CONSTRAINT_FOREIGN_KEY)
        return TRUE;
    read_referred(reader->reader, node, fields, constraint);
    return constraint->referred_table != NULL;
}

void model_read_constraint(TableReader *reader, ConstraintKind kind, const cJSON *node)
{
    const cJSON *fields[KEYS] = {NULL};
    const char *const *keys = key_keys;
    if (kind == CONSTRAINT_FOREIGN_KEY)
        keys = foreign_key_keys;
    else if (kind == CONSTRAINT_CHECK || kind == CONSTRAINT_EXCLUDE)
        keys = expression_keys;
    if (!model_fields(reader->reader, node, keys, fields))
        return;

    Constraint *constraint = constraint_new(kind, NULL);
    Picked name = model_name(reader->reader, fields[NAME], &constraint->name);
    if (kind == CONSTRAINT_PRIMARY_KEY && name == PICKED_NOTHING) /* a key is no less a key without a name */
        name = PICKED_ABSENT;
    constraint->comment = model_optional_text(reader->reader, fields[COMMENT]);
    model_name(reader->reader, fields[RENAMED_FROM], &constraint->renamed_from);
    model_options(reader->reader, fields[OPTIONS], constraint->options);
    model_read_deferral(reader->reader, fields[DEFERRABLE], fields[INITIALLY], constraint);
    gboolean whole = read_body(reader, node, fields, constraint);
    model_add_constraint(reader, constraint, whole ? name : PICKED_WRONG, node);
}

void model_read_primary_key(TableReader *reader, const cJSON *node)
{
    model_read_constraint(reader, CONSTRAINT_PRIMARY_KEY, node);
}

void model_read_constraints(TableReader *reader, ConstraintKind kind, const cJSON *list)
{
    if (!model_is_list(reader->reader, list))
        return;
    for (const cJSON *child = list ? list->child : NULL; child; child = child->next)
        model_read_constraint(reader, kind, child);
}

/* --- indexes --- */

void model_add_index(TableReader *reader, Index *index, const cJSON *node)
{
    g_ptr_array_add(reader->table->indexes, index);
    g_array_append_val(reader->index_nodes, node);
    if (!index->name) {
        const Nameless nameless = {.index = index, .node = node};
        g_array_append_val(reader->nameless, nameless);
    }
}

static void read_index_column_facts(ModelReader *reader, const cJSON *const *fields, IndexColumn *column)
{
    static const char *const orders[] = {"ASC", "DESC", NULL}, *const nulls[] = {"FIRST", "LAST", NULL};
    column->descending = model_word(reader, fields[0], orders, "ASC") != NULL;
    column->nulls = g_strdup(model_word(reader, fields[1], nulls, NULL));
    column->opclass = model_optional_text(reader, fields[2]);
    column->collation = model_optional_text(reader, fields[3]);
    g_autofree char *length = model_integer(reader, fields[4], 1);
    if (length && strlen(length) > 9)
        MODEL_MISTAKE(reader, fields[4], "a length of %s is no prefix", length);
    else if (length)
        column->length = atoi(length);
}

/* {"column": "c", …} or {"expression": "lower(b)", …}. NULL when it is a mistake or, for the expression, not for this
 * dialect. */
static IndexColumn *read_index_object(const TableReader *reader, const cJSON *node)
{
    enum { ORDER, NULLS, OPCLASS, COLLATION, LENGTH, COLUMN, INDEX_EXPRESSION, INDEX_KEYS };
    static const char *const keys[] = {"order",  "nulls",  "opclass",    "collation",
                                       "length", "column", "expression", NULL};
    const cJSON *fields[INDEX_KEYS];
    gboolean wrong = FALSE;
    g_autofree char *name = NULL;
    g_autofree char *expression = NULL;

    if (!model_fields(reader->reader, node, keys, fields))
        return NULL;
    IndexColumn *column = index_column_new(NULL, NULL);
    read_index_column_facts(reader->reader, fields, column);
    if (fields[COLUMN] && fields[INDEX_EXPRESSION])
        MODEL_MISTAKE(reader->reader, node, "either a column or an expression, not both");
    else if (fields[COLUMN] && model_required_text(reader->reader, node, fields[COLUMN], "column", &name, &wrong))
        check_column(reader, name, fields[COLUMN]);
    else if (!fields[COLUMN])
        model_required_text(reader->reader, node, fields[INDEX_EXPRESSION], "expression", &expression, &wrong);
    column->name = g_steal_pointer(&name);
    column->expression = g_steal_pointer(&expression);
    if (!column->name && !column->expression)
        g_clear_pointer(&column, index_column_free);
    return column;
}

static gboolean is_index_object(const cJSON *node)
{
    return cJSON_IsObject(node) &&
           (cJSON_GetObjectItemCaseSensitive(node, "column") || cJSON_GetObjectItemCaseSensitive(node, "expression"));
}

/* FALSE when a column is missing, for this dialect or by mistake. */
static gboolean read_index_columns(const TableReader *reader, const cJSON *object, const cJSON *list, Index *index)
{
    gboolean all = TRUE;
    if (!model_is_list(reader->reader, list))
        return FALSE;
    for (const cJSON *child = list ? list->child : NULL; child; child = child->next) {
        g_autofree char *name = NULL;
        IndexColumn *column = NULL;
        if (is_index_object(child))
            column = read_index_object(reader, child);
        else if (model_name(reader->reader, child, &name) == PICKED_VALUE && check_column(reader, name, child))
            column = index_column_new(name, NULL);
        else if (cJSON_IsNull(child))
            model_wrong(reader->reader, child, "a column");
        all = all && column;
        if (column)
            g_ptr_array_add(index->columns, column);
    }
    if (!list || !list->child)
        MODEL_MISTAKE(reader->reader, list ? list : object, "an index without columns");
    return all && list && list->child;
}

void model_read_index(TableReader *reader, const cJSON *node)
{
    enum { INDEX_COLUMNS = INFO + 1, UNIQUE, WHERE, USING, INCLUDE, INDEX_RENAMED_FROM, INDEX_KEYS };
    static const char *const keys[] = {"name",  "comment", "options", "info",         "columns", "unique",
                                       "where", "using",   "include", "renamed_from", NULL};
    const cJSON *fields[INDEX_KEYS];

    if (!model_fields(reader->reader, node, keys, fields))
        return;
    g_autoptr(Index) index = index_new(NULL);
    Picked name = model_name(reader->reader, fields[NAME], &index->name);
    if (name == PICKED_NULL)
        MODEL_MISTAKE(reader->reader, fields[NAME], "an index has a name; leave the key out for one by the convention");
    index->comment = model_optional_text(reader->reader, fields[COMMENT]);
    model_options(reader->reader, fields[OPTIONS], index->options);
    index->unique = model_flag(reader->reader, fields[UNIQUE], FALSE);
    model_text(reader->reader, fields[WHERE], &index->where);
    g_autofree char *access_method = model_optional_text(reader->reader, fields[USING]);
    index->using = access_method ? g_ascii_strdown(access_method, -1) : NULL;
    model_name(reader->reader, fields[INDEX_RENAMED_FROM], &index->renamed_from);
    if (fields[INCLUDE] && !cJSON_IsNull(fields[INCLUDE]))
        read_column_names(reader, node, fields[INCLUDE], index->include);
    gboolean whole = read_index_columns(reader, node, fields[INDEX_COLUMNS], index);
    if (whole && (name == PICKED_VALUE || name == PICKED_ABSENT))
        model_add_index(reader, g_steal_pointer(&index), node);
}

void model_read_indexes(TableReader *reader, const cJSON *list)
{
    if (!model_is_list(reader->reader, list))
        return;
    for (const cJSON *child = list ? list->child : NULL; child; child = child->next)
        model_read_index(reader, child);
}
