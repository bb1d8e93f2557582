/* Keys, checks and indexes of a model. */
#include <string.h>

#include "base/text.h"
#include "dialect/mysql/adapt.h"

#define COMMENT_MAX 1024 /* characters */

/* --- which keys there are --- */

static gboolean begins_with(const GPtrArray *names, const GPtrArray *columns)
{
    gboolean begins = names->len >= columns->len;
    for (guint i = 0; begins && i < columns->len; i++)
        begins = name_equal(names->pdata[i], columns->pdata[i], TRUE);
    return begins;
}

/* The columns that an index begins with as a whole. New array, names borrowed. */
static GPtrArray *whole_columns(const Index *index)
{
    GPtrArray *names = g_ptr_array_new();
    for (guint i = 0; !options_get(index->options, "prefix") && i < index->columns->len; i++) {
        const IndexColumn *column = index->columns->pdata[i];
        if (!column->name || column->length)
            break;
        g_ptr_array_add(names, column->name);
    }
    return names;
}

gboolean mysql_key_begins_with(const Table *table, const GPtrArray *columns)
{
    if (table->primary_key && !options_get(table->primary_key->options, "key_parts") &&
        begins_with(table->primary_key->columns, columns))
        return TRUE;
    for (guint i = 0; i < table->indexes->len; i++) {
        g_autoptr(GPtrArray) names = whole_columns(table->indexes->pdata[i]);
        if (begins_with(names, columns))
            return TRUE;
    }
    return FALSE;
}

static gboolean is_taken(const Table *table, const char *name)
{
    if (name_equal(name, "PRIMARY", TRUE))
        return TRUE;
    for (guint i = 0; i < table->indexes->len; i++)
        if (name_equal(((const Index *)table->indexes->pdata[i])->name, name, TRUE))
            return TRUE;
    for (guint i = 0; i < table->constraints->len; i++) {
        const Constraint *constraint = table->constraints->pdata[i];
        if (constraint->kind == CONSTRAINT_UNIQUE && name_equal(constraint->name, name, TRUE))
            return TRUE;
    }
    return FALSE;
}

char *mysql_free_index_name(const Table *table, const char *column)
{
    char *name = g_strdup(column);
    for (guint number = 2; is_taken(table, name); number++) {
        g_free(name);
        name = g_strdup_printf("%s_%u", column, number);
    }
    return name;
}

/* --- constraints --- */

static void drop_deferrable(MysqlAdapter *adapter, Constraint *constraint)
{
    if (!constraint->deferrable && !constraint->initially)
        return;
    constraint->deferrable = FALSE;
    g_clear_pointer(&constraint->initially, g_free);
    adapter_leave_out(&adapter->adapter, "DEFERRABLE of a constraint is", "DEFERRABLE of constraints are",
                      "InnoDB looks at each row at once");
}

static gboolean adapt_primary_key(MysqlAdapter *adapter, Table *table, GError **error)
{
    static const char *const known[] = {"key_parts", NULL};
    Constraint *key = table->primary_key;
    g_autofree char *what = g_strdup_printf("the primary key of table '%s'", table->name);
    if (!key)
        return TRUE;
    drop_deferrable(adapter, key);
    g_clear_pointer(&key->name, g_free); /* it is PRIMARY, whatever was said */
    return adapter_check_options(&adapter->adapter, key->options, known, what, error) &&
           mysql_adapt_comment(adapter, &key->comment, COMMENT_MAX, what, error);
}

/* The catalog keeps no difference between a unique constraint and a unique index. */
static void make_unique_index(Table *table, Constraint *constraint)
{
    g_autofree char *name =
        constraint->name ? g_strdup(constraint->name) : mysql_free_index_name(table, constraint->columns->pdata[0]);
    Index *index = index_new(name);
    index->unique = TRUE;
    index->comment = g_steal_pointer(&constraint->comment);
    for (guint i = 0; i < constraint->columns->len; i++)
        g_ptr_array_add(index->columns, index_column_new(constraint->columns->pdata[i], NULL));
    g_ptr_array_unref(index->options);
    index->options = options_copy(constraint->options);
    g_ptr_array_add(table->indexes, index);
}

static void drop_rule(char **rule)
{
    adapter_drop_ordinary(rule, "NO ACTION");
    if (*rule)
        adapter_drop_ordinary(rule, "RESTRICT"); /* the same where nothing is deferred */
}

static gboolean adapt_foreign_key(MysqlAdapter *adapter, Constraint *key, const char *what, GError **error)
{
    const char *product = mysql_product(adapter->flavour);
    const Table *referred = metadata_find_table(adapter->adapter.model, NULL, key->referred_table);
    if (key->referred_schema)
        return adapter_refuse(error,
                              "%s: it refers to '%s.%s', but only the connection's own database is looked at; leave "
                              "the schema out for mysql",
                              what, key->referred_schema, key->referred_table);
    if (g_strcmp0(key->ondelete, "SET DEFAULT") == 0 || g_strcmp0(key->onupdate, "SET DEFAULT") == 0)
        return adapter_refuse(error, "%s: InnoDB has no SET DEFAULT", what);
    drop_rule(&key->ondelete);
    drop_rule(&key->onupdate);
    adapter_drop_ordinary(&key->match, "SIMPLE");
    adapter_drop_text(&adapter->adapter, &key->match, "MATCH of a foreign key is", "MATCH of foreign keys are",
                      adapter->flavour == FLAVOUR_MARIADB ? "MariaDB has SIMPLE only" : "MySQL has SIMPLE only");
    for (guint i = 0; referred && referred->primary_key && i < referred->primary_key->columns->len; i++)
        if (key->referred_columns->len <= i && key->referred_columns->len < key->columns->len)
            g_ptr_array_add(key->referred_columns, g_strdup(referred->primary_key->columns->pdata[i]));
    return key->referred_columns->len == key->columns->len ||
           adapter_refuse(error, "%s: %s needs the referred columns, as many as there are columns", what, product);
}

/* MariaDB keeps which column's definition holds a check, MySQL makes all of them the table's. */
static gboolean adapt_check(MysqlAdapter *adapter, const Table *table, Constraint *check, const char *what,
                            GError **error)
{
    const char *of = options_get(check->options, "column");
    const Column *column = of ? table_find_column(table, of) : NULL;
    adapter_normalise_switch(check->options, "not_enforced");
    if (of && !column)
        return adapter_refuse(error, "%s: its option 'column' names '%s', which is no column", what, of);
    if (adapter->flavour == FLAVOUR_MYSQL) {
        options_remove(check->options, "column");
        return TRUE;
    }
    if (column) {
        g_free(check->name);
        check->name = g_strdup(column->name);
    }
    return !options_get(check->options, "not_enforced") ||
           adapter_refuse(error, "%s: MariaDB enforces all checks; leave the check out for mariadb", what);
}

static gboolean adapt_constraint(MysqlAdapter *adapter, Table *table, Constraint *constraint, GError **error)
{
    static const char *const check_options[] = {"column", "not_enforced", NULL};
    static const char *const no_options[] = {NULL};
    g_autofree char *what = g_strdup_printf("constraint '%s' of table '%s'",
                                            constraint->name ? constraint->name : "(unnamed)", table->name);
    drop_deferrable(adapter, constraint);
    if (constraint->kind == CONSTRAINT_UNIQUE) /* its options are the index's */
        return TRUE;
    adapter_drop_ordinary(&constraint->comment, "");
    adapter_drop_text(&adapter->adapter, &constraint->comment, "comment of a constraint is",
                      "comments of constraints are", "there are none for foreign keys and checks");
    gboolean check = constraint->kind == CONSTRAINT_CHECK;
    if (!adapter_check_options(&adapter->adapter, constraint->options, check ? check_options : no_options, what, error))
        return FALSE;
    return check ? adapt_check(adapter, table, constraint, what, error)
                 : adapt_foreign_key(adapter, constraint, what, error);
}

static gboolean adapt_constraints(MysqlAdapter *adapter, Table *table, GError **error)
{
    for (guint i = 0; i < table->constraints->len;) {
        Constraint *constraint = table->constraints->pdata[i];
        if (constraint->kind == CONSTRAINT_EXCLUDE) {
            adapter_leave_out(&adapter->adapter, "exclusion constraint is", "exclusion constraints are",
                              adapter->flavour == FLAVOUR_MARIADB ? "MariaDB has none" : "MySQL has none");
        } else if (!adapt_constraint(adapter, table, constraint, error)) {
            return FALSE;
        } else if (constraint->kind != CONSTRAINT_UNIQUE) {
            i++;
            continue;
        } else {
            make_unique_index(table, constraint);
        }
        g_ptr_array_remove_index(table->constraints, i);
    }
    return TRUE;
}

/* --- indexes --- */

/* SQLAlchemy's mysql_length: {"length": 10} for all columns, {"length": {"a": 10}} for one. */
static gboolean take_length(Index *index, const Option *option, const char *what, GError **error)
{
    guint64 length = 0;
    guint found = 0;
    const char *column = g_str_has_prefix(option->name, "length.") ? option->name + strlen("length.") : NULL;
    if (!option->value || !g_ascii_string_to_unsigned(option->value, 10, 1, G_MAXINT, &length, NULL))
        return adapter_refuse(error, "%s: its option '%s' must be a number of characters, not '%s'", what, option->name,
                              option->value ? option->value : "");
    for (guint i = 0; i < index->columns->len; i++) {
        IndexColumn *part = index->columns->pdata[i];
        if (!part->name || (column && !name_equal(part->name, column, TRUE)))
            continue;
        part->length = (int)length;
        found++;
    }
    return found > 0 || adapter_refuse(error, "%s: its option '%s' is for none of its columns", what, option->name);
}

static gboolean take_lengths(Index *index, const char *what, GError **error)
{
    for (guint i = 0; i < index->options->len;) {
        const Option *option = index->options->pdata[i];
        if (strcmp(option->name, "length") != 0 && !g_str_has_prefix(option->name, "length.")) {
            i++;
            continue;
        }
        if (!take_length(index, option, what, error))
            return FALSE;
        g_ptr_array_remove_index(index->options, i);
    }
    return TRUE;
}

static gboolean adapt_prefix(Index *index, const char *what, GError **error)
{
    const char *prefix = options_get(index->options, "prefix");
    if (!prefix)
        return TRUE;
    g_autofree char *upper = g_ascii_strup(prefix, -1);
    if (strcmp(upper, "FULLTEXT") != 0 && strcmp(upper, "SPATIAL") != 0)
        return adapter_refuse(error, "%s: its option 'prefix' is FULLTEXT or SPATIAL, not '%s'", what, prefix);
    if (index->unique)
        return adapter_refuse(error, "%s: a %s index cannot be unique", what, upper);
    options_set(index->options, "prefix", upper);
    g_clear_pointer(&index->using, g_free);
    return TRUE;
}

/* InnoDB's indexes are all B-trees, and it says so whatever it was told. MEMORY hashes where nothing is said. */
static void adapt_using(MysqlAdapter *adapter, const Table *table, Index *index)
{
    const char *engine = options_get(table->options, "engine");
    gboolean memory = engine && g_ascii_strcasecmp(engine, "MEMORY") == 0;
    if (!index->using)
        return;
    g_autofree char *method = g_ascii_strdown(index->using, -1);
    g_free(index->using);
    index->using = NULL;
    if (memory && strcmp(method, "btree") == 0)
        index->using = g_steal_pointer(&method);
    else if (strcmp(method, "btree") != 0 && !(memory && strcmp(method, "hash") == 0))
        adapter_leave_out(&adapter->adapter, "access method of an index is", "access methods of indexes are",
                          "InnoDB's indexes are B-trees; FULLTEXT and SPATIAL are an option, 'prefix'");
}

static gboolean adapt_index_column(MysqlAdapter *adapter, const Table *table, IndexColumn *part, const char *what,
                                   GError **error)
{
    const Column *column = part->name ? table_find_column(table, part->name) : NULL;
    if (part->expression && adapter->flavour == FLAVOUR_MARIADB)
        return adapter_refuse(error,
                              "%s: MariaDB has no indexes on expressions; add a generated column, and an index on it: "
                              "\"computed\": {\"expression\": \"%s\"}",
                              what, part->expression);
    adapter_drop_ordinary(&part->nulls, part->descending ? "LAST" : "FIRST");
    adapter_drop_text(&adapter->adapter, &part->nulls, "NULLS FIRST or LAST of an index is",
                      "NULLS FIRST or LAST of indexes are", "NULL comes first, or last when descending");
    adapter_drop_text(&adapter->adapter, &part->opclass, "operator class is", "operator classes are",
                      "there are none on MySQL and MariaDB");
    adapter_drop_text(&adapter->adapter, &part->collation, "collation of an index is", "collations of indexes are",
                      "an index has that of its columns");
    if (column && part->length > 0 && part->length == column->type->length)
        part->length = 0; /* the whole value */
    return TRUE;
}

static gboolean adapt_where(MysqlAdapter *adapter, Index *index, const char *what, GError **error)
{
    if (index->where && index->unique)
        return adapter_refuse(error,
                              "%s: there are no partial indexes, and without \"where\" it would refuse more rows; make "
                              "it unique on a generated column that is NULL for the others",
                              what);
    adapter_drop_text(&adapter->adapter, &index->where, "\"where\" of an index is", "\"where\" of indexes are",
                      "there are no partial indexes; all rows are in it");
    if (index->include->len) {
        g_ptr_array_set_size(index->include, 0);
        adapter_leave_out(&adapter->adapter, "included column list is", "included column lists are",
                          "indexes of MySQL and MariaDB have none");
    }
    return TRUE;
}

static gboolean adapt_index(MysqlAdapter *adapter, const Table *table, Index *index, GError **error)
{
    static const char *const known[] = {"prefix",           "with_parser", "invisible", "key_block_size",
                                        "without_overlaps", "length",      "length.",   NULL};
    g_autofree char *what = g_strdup_printf("index '%s' of table '%s'", index->name, table->name);
    if (!adapter_check_options(&adapter->adapter, index->options, known, what, error) ||
        !take_lengths(index, what, error) || !adapt_prefix(index, what, error) ||
        !adapt_where(adapter, index, what, error) ||
        !mysql_adapt_comment(adapter, &index->comment, COMMENT_MAX, what, error))
        return FALSE;
    adapter_normalise_switch(index->options, "invisible");
    if (options_get(index->options, "key_block_size")) {
        options_remove(index->options, "key_block_size");
        adapter_leave_out(&adapter->adapter, "KEY_BLOCK_SIZE of an index is", "KEY_BLOCK_SIZE of indexes are",
                          "InnoDB ignores it, and the catalog does not keep it");
    }
    adapt_using(adapter, table, index);
    for (guint i = 0; i < index->columns->len; i++)
        if (!adapt_index_column(adapter, table, index->columns->pdata[i], what, error))
            return FALSE;
    return TRUE;
}

/* --- what foreign keys bring along --- */

/* Of two foreign keys whose columns begin with the same ones the longer one's index serves both; of two with the same
 * columns the server keeps that of the later one. */
static gboolean is_served_by_another(const Table *table, guint position)
{
    const Constraint *key = table->constraints->pdata[position];
    for (guint i = 0; i < table->constraints->len; i++) {
        const Constraint *other = table->constraints->pdata[i];
        if (i == position || other->kind != CONSTRAINT_FOREIGN_KEY || !begins_with(other->columns, key->columns))
            continue;
        if (other->columns->len > key->columns->len || i > position)
            return TRUE;
    }
    return FALSE;
}

static void add_implied_indexes(Table *table)
{
    for (guint i = 0; i < table->constraints->len; i++) {
        const Constraint *key = table->constraints->pdata[i];
        if (key->kind != CONSTRAINT_FOREIGN_KEY || mysql_key_begins_with(table, key->columns) ||
            is_served_by_another(table, i))
            continue;
        g_autofree char *name = mysql_free_index_name(table, key->name ? key->name : key->columns->pdata[0]);
        Index *index = index_new(name);
        index->implied = TRUE;
        for (guint j = 0; j < key->columns->len; j++)
            g_ptr_array_add(index->columns, index_column_new(key->columns->pdata[j], NULL));
        g_ptr_array_add(table->indexes, index);
    }
}

static gboolean check_names(const Table *table, GError **error)
{
    for (guint i = 0; i < table->indexes->len; i++)
        for (guint j = 0; j < i; j++) {
            const Index *index = table->indexes->pdata[i], *other = table->indexes->pdata[j];
            if (name_equal(index->name, other->name, TRUE))
                return adapter_refuse(error, "table '%s': '%s' is the name of two indexes or unique constraints",
                                      table->name, index->name);
        }
    return TRUE;
}

gboolean mysql_adapt_keys(MysqlAdapter *adapter, Table *table, GError **error)
{
    if (!adapt_primary_key(adapter, table, error) || !adapt_constraints(adapter, table, error))
        return FALSE;
    for (guint i = 0; i < table->indexes->len; i++)
        if (!adapt_index(adapter, table, table->indexes->pdata[i], error))
            return FALSE;
    add_implied_indexes(table);
    return check_names(table, error);
}
