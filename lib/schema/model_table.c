/* One table: its columns, then what goes over several of them, then names for what has none. */
#include <string.h>

#include "base/text.h"
#include "schema/model_reader.h"

enum {
    NAME,
    SCHEMA,
    COMMENT,
    RENAMED_FROM,
    COLUMNS,
    PRIMARY_KEY,
    UNIQUE_CONSTRAINTS,
    FOREIGN_KEYS,
    CHECK_CONSTRAINTS,
    EXCLUDE_CONSTRAINTS,
    INDEXES,
    OPTIONS,
    INFO,
    DOC,
    KEYS
};

static const char *const table_keys[] = {"name",
                                         "schema",
                                         "comment",
                                         "renamed_from",
                                         "columns",
                                         "primary_key",
                                         "unique_constraints",
                                         "foreign_keys",
                                         "check_constraints",
                                         "exclude_constraints",
                                         "indexes",
                                         "options",
                                         "info",
                                         "doc",
                                         NULL};

/* --- the primary key --- */

static Constraint *key_of_flags(const TableReader *reader)
{
    Constraint *key = constraint_new(CONSTRAINT_PRIMARY_KEY, NULL);
    for (guint i = 0; i < reader->facts->len; i++) {
        const Column *column = reader->table->columns->pdata[i];
        if (g_array_index(reader->facts, ColumnFacts, i).primary_key == TRUE)
            g_ptr_array_add(key->columns, g_strdup(column->name));
    }
    return key;
}

/* What single columns say must agree with the table's own primary key. */
static void check_flags(TableReader *reader)
{
    gboolean flagged = FALSE;
    for (guint i = 0; i < reader->facts->len; i++)
        flagged = flagged || g_array_index(reader->facts, ColumnFacts, i).primary_key == TRUE;
    for (guint i = 0; i < reader->facts->len; i++) {
        const Column *column = reader->table->columns->pdata[i];
        const ColumnFacts *facts = &g_array_index(reader->facts, ColumnFacts, i);
        gboolean listed = table_in_primary_key(reader->table, column->name);
        if (!listed && facts->primary_key == TRUE)
            MODEL_MISTAKE(reader->reader, facts->node, "the column '%s' is not in the table's 'primary_key'",
                          column->name);
        else if (listed && (facts->primary_key == FALSE || (flagged && facts->primary_key < 0)))
            MODEL_MISTAKE(reader->reader, facts->node,
                          "the column '%s' is in the table's 'primary_key', which other columns or this one contradict",
                          column->name);
    }
}

static void read_primary_key(TableReader *reader, const cJSON *node, const cJSON *table)
{
    if (node && !cJSON_IsNull(node)) {
        model_read_primary_key(reader, node);
        if (reader->table->primary_key && reader->ok)
            check_flags(reader);
    } else {
        Constraint *key = key_of_flags(reader);
        if (key->columns->len > 0)
            model_add_constraint(reader, key, PICKED_ABSENT, table);
        else
            constraint_free(key);
    }
    for (guint i = 0; i < reader->facts->len; i++) {
        Column *column = reader->table->columns->pdata[i];
        if (!g_array_index(reader->facts, ColumnFacts, i).nullable_given &&
            table_in_primary_key(reader->table, column->name))
            column->nullable = FALSE;
    }
}

static gboolean is_for_postgresql(const TableReader *reader)
{
    return strcmp(reader->reader->dialect, "postgresql") == 0;
}

/* --- autoincrement --- */

static gboolean leads_an_index(const Table *table, const Column *column)
{
    for (guint i = 0; i < table->constraints->len; i++) {
        const Constraint *constraint = table->constraints->pdata[i];
        if (constraint->kind == CONSTRAINT_UNIQUE && constraint->columns->len > 0 &&
            name_equal(constraint->columns->pdata[0], column->name, table->ignore_case))
            return TRUE;
    }
    for (guint i = 0; i < table->indexes->len; i++) {
        const Index *index = table->indexes->pdata[i];
        const IndexColumn *first = index->columns->len > 0 ? index->columns->pdata[0] : NULL;
        if (first && name_equal(first->name, column->name, table->ignore_case))
            return TRUE;
    }
    return FALSE;
}

/* On PostgreSQL, any number of columns may be SERIAL. */
static void check_autoincrement(const TableReader *reader)
{
    const Column *first = NULL;
    if (is_for_postgresql(reader))
        return;
    for (guint i = 0; i < reader->facts->len; i++) {
        const cJSON *node = g_array_index(reader->facts, ColumnFacts, i).node;
        const Column *column = reader->table->columns->pdata[i];
        if (column->autoincrement != AUTOINCREMENT_TRUE)
            continue;
        if (first)
            MODEL_MISTAKE(reader->reader, node, "a second autoincrement beside the column '%s'", first->name);
        else if (!table_in_primary_key(reader->table, column->name) && !leads_an_index(reader->table, column))
            MODEL_MISTAKE(reader->reader, node, "autoincrement on a column that is neither a primary key nor indexed");
        first = column;
    }
}

/* --- names --- */

static void name_one(const TableReader *reader, const Nameless *nameless)
{
    const NamingConvention *convention = reader->reader->current->convention;
    NameLimit limit = reader->reader->name_limit;
    char **name = nameless->index ? &nameless->index->name : &nameless->constraint->name;
    *name = nameless->index ? naming_index_name(convention, reader->table, nameless->index, limit)
                            : naming_constraint_name(convention, reader->table, nameless->constraint, limit);
    if (*name && !**name)
        MODEL_MISTAKE(reader->reader, nameless->node, "the naming convention makes an empty name: give it one");
}

/* An index's name is one of the table's schema, on MySQL one of the table. */
static void claim_index(TableReader *reader, const Index *index, const cJSON *node)
{
    ModelReader *model = reader->reader;
    if (strcmp(model->dialect, "mysql") != 0 && strcmp(model->dialect, "mariadb") != 0) {
        model_claim(model, "relation", reader->table->schema, index->name, "index", node);
        return;
    }
    g_autofree char *space = g_strconcat("index of ", reader->table->name, NULL);
    model_claim(model, space, reader->table->schema, index->name, "index", node);
}

void model_name_nameless(TableReader *reader)
{
    for (guint i = 0; i < reader->nameless->len; i++)
        name_one(reader, &g_array_index(reader->nameless, Nameless, i));
}

static int compare_kinds(gconstpointer a, gconstpointer b)
{
    const Constraint *x = *(Constraint *const *)a, *y = *(Constraint *const *)b;
    return (int)x->kind - (int)y->kind;
}

/* --- a reader --- */

TableReader *model_table_reader_new(ModelReader *reader, Table *table, gboolean columns_known)
{
    TableReader *made = g_new0(TableReader, 1);
    made->reader = reader;
    made->table = table;
    made->columns = model_name_table(reader->ignore_case);
    for (guint i = 0; i < table->columns->len; i++)
        g_hash_table_add(made->columns, ((const Column *)table->columns->pdata[i])->name);
    made->facts = g_array_new(FALSE, FALSE, sizeof(ColumnFacts));
    made->nameless = g_array_new(FALSE, FALSE, sizeof(Nameless));
    made->index_nodes = g_array_new(FALSE, FALSE, sizeof(const cJSON *));
    made->ok = columns_known;
    return made;
}

void model_table_reader_free(TableReader *reader)
{
    if (!reader)
        return;
    g_hash_table_unref(reader->columns);
    g_array_unref(reader->facts);
    g_array_unref(reader->nameless);
    g_array_unref(reader->index_nodes);
    g_free(reader);
}

/* --- the table --- */

static void read_columns(TableReader *reader, const cJSON *node, const cJSON *list)
{
    if (!model_is_list(reader->reader, list)) {
        reader->ok = FALSE;
        return;
    }
    for (const cJSON *child = list ? list->child : NULL; child; child = child->next)
        model_read_column(reader, child);
    /* On PostgreSQL, a partition has those of its parent, and other tables may do without. */
    if (reader->table->columns->len == 0 && reader->ok && !is_for_postgresql(reader))
        MODEL_MISTAKE(reader->reader, list ? list : node, "a table without columns");
}

static void read_contents(TableReader *reader, const cJSON *node, const cJSON *const *fields)
{
    Table *table = reader->table;
    read_columns(reader, node, fields[COLUMNS]);
    read_primary_key(reader, fields[PRIMARY_KEY], node);
    model_read_constraints(reader, CONSTRAINT_UNIQUE, fields[UNIQUE_CONSTRAINTS]);
    model_read_constraints(reader, CONSTRAINT_FOREIGN_KEY, fields[FOREIGN_KEYS]);
    model_read_constraints(reader, CONSTRAINT_CHECK, fields[CHECK_CONSTRAINTS]);
    model_read_constraints(reader, CONSTRAINT_EXCLUDE, fields[EXCLUDE_CONSTRAINTS]);
    model_read_indexes(reader, fields[INDEXES]);
    check_autoincrement(reader);
    model_name_nameless(reader);
    /* The order in which they are written, so that a model reads the same before and after. */
    g_ptr_array_sort(table->constraints, compare_kinds);
}

static void claim_names(TableReader *reader, const cJSON *const *fields)
{
    Table *table = reader->table;
    model_claim(reader->reader, "relation", table->schema, table->name, "table", fields[NAME]);
    if (table->renamed_from)
        model_claim(reader->reader, "former table", table->schema, table->renamed_from, "renamed_from of a table",
                    fields[RENAMED_FROM]);
    for (guint i = 0; i < table->indexes->len; i++) {
        const Index *index = table->indexes->pdata[i];
        if (index->name && *index->name)
            claim_index(reader, index, g_array_index(reader->index_nodes, const cJSON *, i));
    }
}

void model_read_table(ModelReader *reader, const cJSON *node)
{
    const cJSON *fields[KEYS];
    gboolean wrong = FALSE;
    char *name = NULL;

    if (!model_fields(reader, node, table_keys, fields))
        return;
    gboolean wanted = model_required_name(reader, node, fields[NAME], &name, &wrong);
    g_autofree char *schema = model_optional_text(reader, fields[SCHEMA]);
    g_autoptr(Table) table = table_new(schema, name ? name : "");
    g_free(name);
    table->ignore_case = reader->ignore_case;
    table->comment = model_optional_text(reader, fields[COMMENT]);
    model_name(reader, fields[RENAMED_FROM], &table->renamed_from);
    model_options(reader, fields[OPTIONS], table->options);

    g_autoptr(TableReader) table_reader = model_table_reader_new(reader, table, TRUE);
    guint n_references = reader->references->len;
    read_contents(table_reader, node, fields);
    if (!wanted) { /* for other dialects only: what it refers to may be so, too */
        g_array_set_size(reader->references, n_references);
        model_elsewhere(reader, fields[NAME]);
        return;
    }
    claim_names(table_reader, fields);
    metadata_add_table(reader->metadata, g_steal_pointer(&table));
}
