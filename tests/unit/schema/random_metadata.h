/* Random MetaData with everything that a model can say, and a judge of equality that shares no code with the reader
 * and writer. Everything follows from the seed. */
#ifndef MIGRATE_TESTS_UNIT_SCHEMA_RANDOM_METADATA_H
#define MIGRATE_TESTS_UNIT_SCHEMA_RANDOM_METADATA_H

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "schema/metadata.h"

/* --- all facts as lines --- */

static void dump_strings(GString *out, const char *label, const GPtrArray *strings)
{
    g_string_append_printf(out, " %s[", label);
    for (guint i = 0; i < strings->len; i++)
        g_string_append_printf(out, "<%s>", (const char *)strings->pdata[i]);
    g_string_append_c(out, ']');
}

static void dump_text(GString *out, const char *label, const char *text)
{
    if (text)
        g_string_append_printf(out, " %s<%s>", label, text);
}

static int compare_lines(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Their order does not count. */
static void dump_options(GString *out, const GPtrArray *options)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < options->len; i++) {
        const Option *option = options->pdata[i];
        g_ptr_array_add(texts, g_strdup_printf(" option<%s=%s>", option->name, option->value ? option->value : "NULL"));
    }
    g_ptr_array_sort(texts, compare_lines);
    for (guint i = 0; i < texts->len; i++)
        g_string_append(out, texts->pdata[i]);
}

static void dump_sequence(GString *out, const SequenceOptions *options)
{
    dump_text(out, "start", options->start);
    dump_text(out, "increment", options->increment);
    dump_text(out, "min", options->minvalue);
    dump_text(out, "max", options->maxvalue);
    dump_text(out, "cache", options->cache);
    g_string_append(out, options->cycle ? " cycle" : "");
}

static void dump_type(GString *out, const SqlType *type)
{
    g_string_append_printf(out, " type %d %d %d %d %d", type->kind, type->length, type->precision, type->scale,
                           type->timezone != FALSE);
    dump_text(out, "name", type->name);
    for (guint i = 0; type->values && type->values[i]; i++)
        dump_text(out, "value", type->values[i]);
    if (type->item)
        dump_type(out, type->item);
}

static void dump_column(GString *out, const Column *column)
{
    g_string_append_printf(out, "  column<%s> null %d auto %d", column->name, column->nullable != FALSE,
                           column->autoincrement);
    dump_type(out, column->type);
    dump_text(out, "from", column->renamed_from);
    dump_text(out, "comment", column->comment);
    dump_text(out, "default", column->server_default);
    dump_text(out, "collation", column->collation);
    if (column->computed)
        g_string_append_printf(out, " computed<%s> %d", column->computed->expression,
                               column->computed->persisted != FALSE);
    if (column->identity) {
        g_string_append_printf(out, " identity %d", column->identity->always != FALSE);
        dump_sequence(out, &column->identity->options);
    }
    dump_options(out, column->options);
    g_string_append_c(out, '\n');
}

static void dump_constraint(GString *out, const Constraint *constraint)
{
    g_string_append_printf(out, "  constraint %d<%s> deferrable %d", constraint->kind,
                           constraint->name ? constraint->name : "NULL", constraint->deferrable != FALSE);
    dump_strings(out, "columns", constraint->columns);
    dump_text(out, "expression", constraint->expression);
    dump_text(out, "schema", constraint->referred_schema);
    dump_text(out, "table", constraint->referred_table);
    dump_strings(out, "referred", constraint->referred_columns);
    dump_text(out, "ondelete", constraint->ondelete);
    dump_text(out, "onupdate", constraint->onupdate);
    dump_text(out, "match", constraint->match);
    dump_text(out, "initially", constraint->initially);
    dump_text(out, "comment", constraint->comment);
    dump_text(out, "from", constraint->renamed_from);
    dump_options(out, constraint->options);
    g_string_append_c(out, '\n');
}

static void dump_index(GString *out, const Index *index)
{
    g_string_append_printf(out, "  index<%s> unique %d", index->name, index->unique != FALSE);
    for (guint i = 0; i < index->columns->len; i++) {
        const IndexColumn *column = index->columns->pdata[i];
        dump_text(out, "column", column->name);
        dump_text(out, "expression", column->expression);
        dump_text(out, "nulls", column->nulls);
        dump_text(out, "collation", column->collation);
        dump_text(out, "opclass", column->opclass);
        g_string_append_printf(out, " %d %d", column->descending != FALSE, column->length);
    }
    dump_text(out, "where", index->where);
    dump_text(out, "using", index->using);
    dump_strings(out, "include", index->include);
    dump_text(out, "from", index->renamed_from);
    dump_text(out, "comment", index->comment);
    dump_options(out, index->options);
    g_string_append_c(out, '\n');
}

static char *dump_table(const Table *table)
{
    GString *out = g_string_new(NULL);
    g_string_append_printf(out, "table<%s>", table->name);
    dump_text(out, "schema", table->schema);
    dump_text(out, "from", table->renamed_from);
    dump_text(out, "comment", table->comment);
    dump_options(out, table->options);
    g_string_append_c(out, '\n');
    for (guint i = 0; i < table->columns->len; i++)
        dump_column(out, table->columns->pdata[i]);
    if (table->primary_key)
        dump_constraint(out, table->primary_key);
    for (guint i = 0; i < table->constraints->len; i++)
        dump_constraint(out, table->constraints->pdata[i]);
    for (guint i = 0; i < table->indexes->len; i++)
        dump_index(out, table->indexes->pdata[i]);
    return g_string_free(out, FALSE);
}

static char *dump_beside(const char *kind, const char *schema, const char *name, const char *from, const char *comment,
                         const GPtrArray *strings, const SequenceOptions *options, const SchemaObject *object)
{
    GString *out = g_string_new(kind);
    dump_text(out, "name", name);
    dump_text(out, "schema", schema);
    dump_text(out, "from", from);
    dump_text(out, "comment", comment);
    if (strings)
        dump_strings(out, "strings", strings);
    if (options)
        dump_sequence(out, options);
    if (object) {
        dump_text(out, "table", object->table_name);
        dump_text(out, "definition", object->definition);
    }
    g_string_append_c(out, '\n');
    return g_string_free(out, FALSE);
}

/* The order of tables and of what stands beside them does not count; that inside of tables does. */
static char *dump_metadata(const MetaData *metadata)
{
    g_autoptr(GPtrArray) things = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < metadata->tables->len; i++)
        g_ptr_array_add(things, dump_table(metadata->tables->pdata[i]));
    for (guint i = 0; i < metadata->enums->len; i++) {
        const EnumType *type = metadata->enums->pdata[i];
        g_ptr_array_add(things, dump_beside("enum", type->schema, type->name, type->renamed_from, type->comment,
                                            type->values, NULL, NULL));
    }
    for (guint i = 0; i < metadata->sequences->len; i++) {
        const Sequence *sequence = metadata->sequences->pdata[i];
        g_ptr_array_add(things, dump_beside("sequence", sequence->schema, sequence->name, sequence->renamed_from,
                                            sequence->comment, NULL, &sequence->options, NULL));
    }
    for (guint i = 0; i < metadata->objects->len; i++) {
        const SchemaObject *object = metadata->objects->pdata[i];
        g_ptr_array_add(things, dump_beside(object->kind, object->schema, object->name, object->renamed_from, NULL,
                                            object->depends_on, NULL, object));
    }
    g_ptr_array_sort(things, compare_lines);
    g_ptr_array_add(things, NULL);
    return g_strjoinv("", (char **)things->pdata);
}

static inline void assert_metadata_equal(const MetaData *a, const MetaData *b)
{
    g_autofree char *left = dump_metadata(a), *right = dump_metadata(b);
    g_auto(GStrv) lines = g_strsplit(left, "\n", -1), others = g_strsplit(right, "\n", -1);
    for (guint i = 0; lines[i] && others[i]; i++) {
        if (strcmp(lines[i], others[i]) != 0)
            fail_msg("'%s' is not '%s'", lines[i], others[i]);
    }
    assert_int_equal(g_strv_length(lines), g_strv_length(others));
}

/* --- random --- */

static gboolean one_in(GRand *random, int n)
{
    return g_rand_int_range(random, 0, n) == 0;
}

#define PICK(random, words) ((words)[g_rand_int_range((random), 0, G_N_ELEMENTS(words))])

static char *random_text(GRand *random)
{
    static const char *const texts[] = {
        "x",    "'pending'", "a \"b\" \\ c",  "naïve – 名前", "lower(name)", "CURRENT_TIMESTAMP",
        "1\t2", "%(x)s",     "// no /* c */", "\x01\x7f",     "''",          "0"};
    return g_strdup(PICK(random, texts));
}

static char *random_maybe(GRand *random, int n)
{
    return one_in(random, n) ? random_text(random) : NULL;
}

/* Unlike every other name by its number. */
static char *random_name(GRand *random, const char *prefix, guint *number)
{
    static const char *const tails[] = {"", "", "_x", " y", "é", "\"", "'", ".z", "名", "]", "`", "\\"};
    return g_strdup_printf("%s%u%s", prefix, (*number)++, PICK(random, tails));
}

static void random_options(GRand *random, GPtrArray *options)
{
    static const char *const names[] = {"strict", "on_conflict", "with.fillfactor", "with.x", "Key", "a b"};
    static const char *const values[] = {"true", "false", "REPLACE", "70", "-1", "007", "", "9223372036854775807",
                                         NULL};
    while (one_in(random, 4))
        options_set(options, PICK(random, names), PICK(random, values));
}

static void random_sequence(GRand *random, SequenceOptions *options)
{
    static const char *const starts[] = {"1", "-5", "100", NULL}, *const steps[] = {"1", "-9223372036854775808", NULL};
    static const char *const caches[] = {"1", "9223372036854775807", NULL};
    options->start = g_strdup(PICK(random, starts));
    options->increment = g_strdup(PICK(random, steps));
    options->minvalue = one_in(random, 3) ? g_strdup("-9223372036854775808") : NULL;
    options->maxvalue = one_in(random, 3) ? g_strdup("9007199254740993") : NULL;
    options->cache = g_strdup(PICK(random, caches));
    options->cycle = one_in(random, 3);
}

static SqlType *random_type(GRand *random, const MetaData *metadata)
{
    static const char *const texts[] = {
        "Integer",           "String(20)",         "Numeric(10, 2)", "DateTime(timezone=true, precision=3)",
        "Enum('a', 'b''c')", "ARRAY(ARRAY(Text))", "VARCHAR(20)",    "JSON",
        "NullType",          "DOUBLE PRECISION",   "LargeBinary(9)", "Enum('x', name=inline)"};
    static const char *const spellings[] = {"text", "My.Type", "VARCHAR(20) COLLATE \"x\"",
                                            "A;B",  "Date",    "varchar (3)"};
    if (one_in(random, 8))
        return sql_type_new_native(PICK(random, spellings));
    if (one_in(random, 8) && metadata->enums->len > 0) {
        const EnumType *named = metadata->enums->pdata[0];
        SqlType *type = sql_type_new(SQL_TYPE_ENUM);
        type->name = g_strdup(named->name);
        return type;
    }
    return sql_type_parse(PICK(random, texts), NULL);
}

static Column *random_column(GRand *random, const MetaData *metadata, guint *number)
{
    g_autofree char *name = random_name(random, "c", number);
    Column *column = column_new(name, random_type(random, metadata));
    column->nullable = one_in(random, 2);
    column->autoincrement = one_in(random, 5) ? AUTOINCREMENT_FALSE : AUTOINCREMENT_AUTO;
    column->renamed_from = one_in(random, 8) ? g_strdup_printf("former_%s", name) : NULL;
    column->comment = random_maybe(random, 4);
    column->collation = random_maybe(random, 8);
    if (one_in(random, 3)) {
        column->server_default = random_text(random);
    } else if (one_in(random, 6)) {
        column->computed = computed_new("lower(x)", one_in(random, 2));
    } else if (one_in(random, 6)) {
        sql_type_free(column->type);
        column->type = sql_type_new(SQL_TYPE_BIG_INTEGER);
        column->identity = g_new0(Identity, 1);
        column->identity->always = one_in(random, 2);
        random_sequence(random, &column->identity->options);
    }
    random_options(random, column->options);
    return column;
}

static void random_columns(GRand *random, const Table *table, GPtrArray *names, guint n)
{
    guint start = (guint)g_rand_int_range(random, 0, (gint32)table->columns->len);
    for (guint i = 0; i < n && i < table->columns->len; i++) {
        const Column *column = table->columns->pdata[(start + i) % table->columns->len];
        g_ptr_array_add(names, g_strdup(column->name));
    }
}

static Constraint *random_constraint(GRand *random, const MetaData *metadata, const Table *table, ConstraintKind kind,
                                     guint *number)
{
    static const char *const actions[] = {"CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", NULL};
    g_autofree char *name = one_in(random, 3) ? NULL : random_name(random, "k", number);
    Constraint *constraint = constraint_new(kind, name);
    constraint->comment = random_maybe(random, 6);
    constraint->renamed_from = one_in(random, 6) ? g_strdup("former") : NULL;
    constraint->deferrable = one_in(random, 3);
    constraint->initially = constraint->deferrable && one_in(random, 2) ? g_strdup("DEFERRED") : NULL;
    random_options(random, constraint->options);
    if (kind == CONSTRAINT_CHECK || kind == CONSTRAINT_EXCLUDE)
        constraint->expression = random_text(random);
    else
        random_columns(random, table, constraint->columns, (guint)g_rand_int_range(random, 1, 4));
    if (kind != CONSTRAINT_FOREIGN_KEY)
        return constraint;
    const Table *referred = metadata->tables->len > 0 && one_in(random, 2) ? metadata->tables->pdata[0] : table;
    constraint->referred_schema = g_strdup(referred->schema);
    constraint->referred_table = g_strdup(referred->name);
    while (constraint->columns->len > referred->columns->len)
        g_ptr_array_remove_index(constraint->columns, 0);
    gboolean key_fits = referred->primary_key && referred->primary_key->columns->len == constraint->columns->len;
    if (!key_fits || one_in(random, 2))
        random_columns(random, referred, constraint->referred_columns, constraint->columns->len);
    constraint->ondelete = g_strdup(PICK(random, actions));
    constraint->onupdate = g_strdup(PICK(random, actions));
    constraint->match = one_in(random, 4) ? g_strdup("FULL") : NULL;
    return constraint;
}

static Index *random_index(GRand *random, const Table *table, guint *number)
{
    g_autofree char *name = random_name(random, "i", number);
    Index *index = index_new(name);
    g_autoptr(GPtrArray) names = strings_new();
    random_columns(random, table, names, (guint)g_rand_int_range(random, 1, 4));
    for (guint i = 0; i < names->len; i++) {
        gboolean plain = !one_in(random, 3);
        IndexColumn *column = index_column_new(plain ? names->pdata[i] : NULL, plain ? NULL : "lower(\"x\")");
        column->descending = one_in(random, 3);
        column->nulls = one_in(random, 4) ? g_strdup(one_in(random, 2) ? "FIRST" : "LAST") : NULL;
        column->collation = random_maybe(random, 6);
        column->opclass = one_in(random, 6) ? g_strdup("text_pattern_ops") : NULL;
        column->length = one_in(random, 6) ? 10 : 0;
        g_ptr_array_add(index->columns, column);
    }
    index->unique = one_in(random, 3);
    index->where = random_maybe(random, 4);
    index->using = one_in(random, 4) ? g_strdup("gin") : NULL;
    if (one_in(random, 4))
        random_columns(random, table, index->include, 2);
    index->comment = random_maybe(random, 6);
    index->renamed_from = one_in(random, 6) ? g_strdup("former") : NULL;
    random_options(random, index->options);
    return index;
}

static Table *random_table(GRand *random, const MetaData *metadata, guint *number)
{
    g_autofree char *name = random_name(random, "t", number);
    Table *table = table_new(one_in(random, 4) ? "app" : NULL, name);
    table->comment = random_maybe(random, 4);
    table->renamed_from = one_in(random, 6) ? g_strdup_printf("former_%s", name) : NULL;
    random_options(random, table->options);
    int n = g_rand_int_range(random, 1, 7);
    for (int i = 0; i < n; i++)
        g_ptr_array_add(table->columns, random_column(random, metadata, number));
    if (one_in(random, 2))
        table->primary_key = random_constraint(random, metadata, table, CONSTRAINT_PRIMARY_KEY, number);
    Column *first = table->columns->pdata[0];
    if (table->primary_key && table_in_primary_key(table, first->name) && !first->computed && !first->server_default &&
        one_in(random, 2)) {
        sql_type_free(first->type);
        first->type = sql_type_new(SQL_TYPE_INTEGER);
        first->autoincrement = AUTOINCREMENT_TRUE;
    }
    for (int kind = CONSTRAINT_UNIQUE; kind <= CONSTRAINT_EXCLUDE; kind++) {
        while (one_in(random, 2))
            g_ptr_array_add(table->constraints,
                            random_constraint(random, metadata, table, (ConstraintKind)kind, number));
    }
    while (one_in(random, 2))
        g_ptr_array_add(table->indexes, random_index(random, table, number));
    return table;
}

static void random_object(GRand *random, MetaData *metadata, guint *number)
{
    static const char *const kinds[] = {"view", "trigger", "function", "policy", "event", "domain"};
    static const char *const texts[] = {"CREATE VIEW v AS SELECT 1", "CREATE VIEW v AS\nSELECT 'a;'\r\n  FROM t",
                                        "CREATE TRIGGER x AFTER INSERT ON t BEGIN\n\n  SELECT 1;\nEND"};
    g_autofree char *name = random_name(random, "o", number);
    SchemaObject *object =
        schema_object_new(PICK(random, kinds), one_in(random, 3) ? "app" : NULL, name, PICK(random, texts));
    object->renamed_from = random_maybe(random, 6);
    if (strcmp(object->kind, "trigger") == 0 || strcmp(object->kind, "policy") == 0)
        object->table_name = g_strdup("t");
    if (metadata->tables->len > 0 && one_in(random, 2)) {
        const Table *table = metadata->tables->pdata[0];
        g_ptr_array_add(object->depends_on, g_strdup(table->name));
    }
    g_ptr_array_add(metadata->objects, object);
}

static inline MetaData *random_metadata(guint32 seed)
{
    guint number = 0;
    GRand *random = g_rand_new_with_seed(seed);
    MetaData *metadata = metadata_new(one_in(random, 2));
    while (one_in(random, 2)) {
        g_autofree char *name = random_name(random, "e", &number);
        EnumType *type = enum_type_new(NULL, name);
        g_ptr_array_add(type->values, g_strdup("it's"));
        g_ptr_array_add(type->values, g_strdup(""));
        type->comment = random_maybe(random, 2);
        g_ptr_array_add(metadata->enums, type);
    }
    while (one_in(random, 2)) {
        g_autofree char *name = random_name(random, "s", &number);
        Sequence *sequence = sequence_new(one_in(random, 3) ? "app" : NULL, name);
        sequence->renamed_from = random_maybe(random, 4);
        random_sequence(random, &sequence->options);
        g_ptr_array_add(metadata->sequences, sequence);
    }
    int n = g_rand_int_range(random, 0, 5);
    for (int i = 0; i < n; i++)
        metadata_add_table(metadata, random_table(random, metadata, &number));
    while (!one_in(random, 3))
        random_object(random, metadata, &number);
    g_rand_free(random);
    return metadata;
}

#endif
