#include "runtime/schema_part.h"

#include <string.h>

#include "dialect/mentions.h"
#include "dialect/reader.h"

/* ---- words ---- */

static gboolean take_any(SqlReader *reader, const char *const *words)
{
    gboolean is = sql_reader_is_one_of(reader, words);
    if (is)
        sql_reader_advance(reader);
    return is;
}

/* "schema.table" at the start: its last name in lower case. New string; NULL when there is none. */
static char *take_name(SqlReader *reader)
{
    static const char *const before[] = {"IF", "NOT", "EXISTS", "ONLY", NULL};
    while (take_any(reader, before))
        ;
    char *name = sql_reader_take_identifier(reader);
    while (name != NULL && sql_reader_take(reader, ".")) {
        g_free(name);
        name = sql_reader_take_identifier(reader);
    }
    g_autofree char *last = name;
    return last != NULL ? g_ascii_strdown(last, -1) : NULL;
}

static gboolean take_table(SqlReader *reader, GHashTable *words)
{
    char *name = take_name(reader);
    if (name != NULL)
        g_hash_table_add(words, name);
    return name != NULL;
}

/* ALTER TABLE that is about other tables, too. */
static gboolean reaches_others(SqlReader reader)
{
    static const char *const words[] = {"RENAME", "ATTACH", "DETACH", "EXCHANGE", "INHERIT", NULL};
    while (!sql_reader_at_end(&reader) && !sql_reader_is_one_of(&reader, words))
        sql_reader_advance(&reader);
    return !sql_reader_at_end(&reader);
}

GHashTable *schema_changed_words(const Dialect *dialect, const char *sql)
{
    static const char *const rows[] = {"INSERT", "UPDATE", "DELETE",  "REPLACE", "WITH",     "COPY", "SELECT", "VALUES",
                                       "GRANT",  "REVOKE", "ANALYZE", "LOCK",    "TRUNCATE", "SET",  NULL};
    static const char *const kinds[] = {"OR",       "REPLACE", "TEMPORARY", "TEMP",    "GLOBAL", "LOCAL",
                                        "UNLOGGED", "UNIQUE",  "FULLTEXT",  "SPATIAL", NULL};
    /* What is created of these changes no table; what a routine does is known when it runs, by somebody. */
    static const char *const beside[] = {"VIEW",   "MATERIALIZED", "TRIGGER",   "SEQUENCE",  "TYPE",
                                         "DOMAIN", "SCHEMA",       "EXTENSION", "RECURSIVE", NULL};
    GHashTable *words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    SqlReader reader = sql_reader_new(dialect, sql, strlen(sql));
    if (sql_reader_is_one_of(&reader, rows))
        return words;
    if (sql_reader_take(&reader, "CREATE")) {
        while (take_any(&reader, kinds))
            ;
        if (sql_reader_is_one_of(&reader, beside) || (sql_reader_take(&reader, "TABLE") && take_table(&reader, words)))
            return words;
    } else if (sql_reader_take_words(&reader, "ALTER", "TABLE") && !reaches_others(reader) &&
               take_table(&reader, words)) {
        return words;
    }
    g_hash_table_unref(words);
    return sql_all_words(dialect, sql);
}

/* "UNIQUE INDEX name ON table". */
static char *take_indexed(SqlReader *reader)
{
    sql_reader_take(reader, "UNIQUE");
    g_autofree char *name = sql_reader_take(reader, "INDEX") ? take_name(reader) : NULL;
    return name != NULL && sql_reader_take(reader, "ON") ? take_name(reader) : NULL;
}

char *schema_only_table(const Dialect *dialect, const char *sql)
{
    SqlReader reader = sql_reader_new(dialect, sql, strlen(sql));
    if (sql_reader_take(&reader, "CREATE"))
        return sql_reader_take(&reader, "TABLE") ? take_name(&reader) : take_indexed(&reader);
    if (sql_reader_take(&reader, "ALTER"))
        return sql_reader_take(&reader, "TABLE") && !reaches_others(reader) ? take_name(&reader) : NULL;
    g_autofree char *name = sql_reader_take_words(&reader, "DROP", "TABLE") ? take_name(&reader) : NULL;
    return sql_reader_at_end(&reader) ? g_steal_pointer(&name) : NULL;
}

gboolean schema_has_word(GHashTable *words, const char *name)
{
    g_autofree char *lower = name != NULL ? g_ascii_strdown(name, -1) : NULL;
    return lower != NULL && g_hash_table_contains(words, lower);
}

static void add_word(GHashTable *words, const char *name)
{
    if (name != NULL)
        g_hash_table_add(words, g_ascii_strdown(name, -1));
}

/* ---- parts ---- */

static void add_referred(GHashTable *words, const Table *table)
{
    for (guint i = 0; i < table->constraints->len; i++)
        add_word(words, ((const Constraint *)g_ptr_array_index(table->constraints, i))->referred_table);
}

static MetaData *empty_like(const MetaData *metadata)
{
    MetaData *part = metadata_new(metadata->ignore_case);
    part->folds_names = metadata->folds_names;
    part->backticks = metadata->backticks;
    part->collation = g_strdup(metadata->collation);
    part->charset = g_strdup(metadata->charset);
    part->database = g_strdup(metadata->database);
    return part;
}

static void copy_others(const MetaData *metadata, MetaData *part)
{
    for (guint i = 0; i < metadata->enums->len; i++)
        g_ptr_array_add(part->enums, enum_type_copy(g_ptr_array_index(metadata->enums, i)));
    for (guint i = 0; i < metadata->sequences->len; i++) {
        const Sequence *sequence = g_ptr_array_index(metadata->sequences, i);
        if (sequence->owned_by_table == NULL ||
            metadata_find_table(part, sequence->schema, sequence->owned_by_table) != NULL)
            g_ptr_array_add(part->sequences, sequence_copy(sequence));
    }
    for (guint i = 0; i < metadata->objects->len; i++) {
        const SchemaObject *object = g_ptr_array_index(metadata->objects, i);
        gboolean is_elsewhere = object->table_name != NULL &&
                                metadata_find_table(metadata, object->schema, object->table_name) != NULL &&
                                metadata_find_table(part, object->schema, object->table_name) == NULL;
        if (!is_elsewhere)
            g_ptr_array_add(part->objects, schema_object_copy(object));
    }
}

/* Adds what is named, what refers to it and what hangs on other tables in a way that is not looked into here. */
static void find_wanted(const MetaData *metadata, SchemaIndex *index, GHashTable *words, GHashTable *wanted)
{
    g_autoptr(GHashTable) named = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) referred = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter iter;
    gpointer item;
    g_hash_table_iter_init(&iter, words);
    while (g_hash_table_iter_next(&iter, &item, NULL)) {
        schema_index_named(index, metadata, item, named);
        schema_index_referring(index, metadata, item, wanted);
    }
    schema_index_always(index, metadata, wanted);
    g_hash_table_iter_init(&iter, named);
    while (g_hash_table_iter_next(&iter, &item, NULL)) {
        g_hash_table_add(wanted, item);
        add_referred(referred, item);
    }
    g_hash_table_iter_init(&iter, referred);
    while (g_hash_table_iter_next(&iter, &item, NULL))
        schema_index_named(index, metadata, item, wanted);
}

MetaData *schema_part(const MetaData *metadata, SchemaIndex *index, GHashTable *words)
{
    g_autoptr(GHashTable) wanted = g_hash_table_new(NULL, NULL);
    find_wanted(metadata, index, words, wanted);
    g_autoptr(GPtrArray) tables = schema_index_sort(index, wanted);
    MetaData *part = empty_like(metadata);
    for (guint i = 0; i < tables->len; i++)
        metadata_add_table(part, table_copy(g_ptr_array_index(tables, i)));
    copy_others(metadata, part);
    return part;
}

MetaData *schema_part_named(const MetaData *metadata, GHashTable *words)
{
    MetaData *part = empty_like(metadata);
    for (guint i = 0; i < metadata->tables->len; i++) {
        const Table *table = g_ptr_array_index(metadata->tables, i);
        if (schema_has_word(words, table->name))
            metadata_add_table(part, table_copy(table));
    }
    copy_others(metadata, part);
    return part;
}

static void add_op(GHashTable *words, const MigrateOp *op)
{
    add_word(words, op->table_name);
    add_word(words, op->new_name);
    if (op->table != NULL)
        add_referred(words, op->table);
    if (op->constraint != NULL)
        add_word(words, op->constraint->referred_table);
}

/* Types, sequences and objects may have to do with any table, and so may what an op says it depends on. */
static gboolean is_about_tables(const MigrateOp *op)
{
    return op->kind < OP_CREATE_ENUM && op->depends_on == NULL;
}

MetaData *schema_part_of(const MetaData *metadata, SchemaIndex *index, const GPtrArray *operations)
{
    g_autoptr(GHashTable) words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < operations->len; i++) {
        const MigrateOp *op = g_ptr_array_index(operations, i);
        if (!is_about_tables(op))
            return metadata_copy(metadata);
        add_op(words, op);
    }
    return schema_part(metadata, index, words);
}
