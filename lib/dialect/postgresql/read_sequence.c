/* Sequences, with those of serial and identity columns, and enum types. */
#include <string.h>

#include "base/error.h"
#include "dialect/adapter.h"
#include "dialect/postgresql/inspector.h"

enum {
    SCHEMA,
    NAME,
    COMMENT,
    TYPE,
    START,
    INCREMENT,
    MINVALUE,
    MAXVALUE,
    CACHE,
    CYCLE,
    OWNED,
    OWNER,
    OWNER_COLUMN,
    PERSISTENCE,
    NEXTVAL,
};

/* --- what differs from the defaults (CREATE SEQUENCE in the manual) --- */

typedef struct Bounds {
    const char *type, *lowest, *highest;
    SqlTypeKind column; /* of a serial column */
} Bounds;

static const Bounds *bounds_of(const char *type)
{
    static const Bounds bounds[] = {
        {"bigint", "-9223372036854775808", "9223372036854775807", SQL_TYPE_BIG_INTEGER},
        {"integer", "-2147483648", "2147483647", SQL_TYPE_INTEGER},
        {"smallint", "-32768", "32767", SQL_TYPE_SMALL_INTEGER},
    };
    for (guint i = 0; i < G_N_ELEMENTS(bounds); i++)
        if (g_strcmp0(type, bounds[i].type) == 0)
            return &bounds[i];
    return NULL;
}

static char *unless_default(const char *value, const char *usual)
{
    return g_strcmp0(value, usual) == 0 ? NULL : g_strdup(value);
}

static void read_options(Result *row, const Bounds *bounds, SequenceOptions *options)
{
    const char *increment = result_text(row, INCREMENT);
    const char *minvalue = result_text(row, MINVALUE), *maxvalue = result_text(row, MAXVALUE);
    gboolean down = *increment == '-';

    options->increment = unless_default(increment, "1");
    options->minvalue = unless_default(minvalue, down ? bounds->lowest : "1");
    options->maxvalue = unless_default(maxvalue, down ? "-1" : bounds->highest);
    options->start = unless_default(result_text(row, START), down ? maxvalue : minvalue);
    options->cache = unless_default(result_text(row, CACHE), "1");
    options->cycle = inspector_flag(row, CYCLE);
}

static gboolean are_defaults(const SequenceOptions *options)
{
    return options->start == NULL && options->increment == NULL && options->minvalue == NULL &&
           options->maxvalue == NULL && options->cache == NULL && !options->cycle;
}

/* --- who owns it --- */

/* Servers before 10 made every serial's sequence a bigint, and pg_upgrade keeps it. */
static gboolean is_serial(Result *row, const Bounds *bounds, const SequenceOptions *options, const Column *column)
{
    gboolean fits = column->type->kind == bounds->column ||
                    (bounds->column == SQL_TYPE_BIG_INTEGER &&
                     (column->type->kind == SQL_TYPE_INTEGER || column->type->kind == SQL_TYPE_SMALL_INTEGER));

    return fits && !column->nullable && are_defaults(options) &&
           g_strcmp0(column->server_default, result_text(row, NEXTVAL)) == 0;
}

/* TRUE when the column says it all. Takes the options then. */
static gboolean is_columns_own(Result *row, const Bounds *bounds, SequenceOptions *options, Column *column)
{
    if (*result_text(row, OWNED) == 'i' && column->identity != NULL) {
        sequence_options_clear(&column->identity->options);
        column->identity->options = *options;
        *options = (SequenceOptions){.start = NULL};
        return TRUE;
    }
    if (!is_serial(row, bounds, options, column))
        return FALSE;
    g_clear_pointer(&column->server_default, g_free);
    column->autoincrement = AUTOINCREMENT_TRUE;
    return TRUE;
}

static gboolean read_sequence(PgInspector *inspector, Result *row, GError **error)
{
    const char *owner = result_text(row, OWNER), *name = result_text(row, NAME), *type = result_text(row, TYPE);
    const Table *table = owner ? g_hash_table_lookup(inspector->tables, owner) : NULL;
    const Bounds *bounds = bounds_of(type);
    const char *column_name = NULL;

    if (owner != NULL && table == NULL) /* it belongs to what is left out */
        return TRUE;
    if (bounds == NULL)
        return inspector_unknown("the type of sequence", name, type, error);
    if (table != NULL) {
        column_name = inspector_column_name(inspector, owner, result_text(row, OWNER_COLUMN), error);
        if (column_name == NULL)
            return FALSE;
    }

    SequenceOptions options = {.start = NULL};
    Column *column = column_name ? table_find_column(table, column_name) : NULL;
    read_options(row, bounds, &options);
    if (column != NULL && is_columns_own(row, bounds, &options, column)) {
        sequence_options_clear(&options);
        return TRUE;
    }
    Sequence *sequence = sequence_new(inspector_schema(inspector, result_text(row, SCHEMA)), name);
    sequence->options = options;
    sequence->type = unless_default(type, "bigint");
    sequence->unlogged = *result_text(row, PERSISTENCE) == 'u';
    sequence->comment = g_strdup(result_text(row, COMMENT));
    sequence->owned_by_table = table ? g_strdup(table->name) : NULL;
    sequence->owned_by_column = g_strdup(column_name);
    g_ptr_array_add(inspector->metadata->sequences, sequence);
    return TRUE;
}

/* --- a key that does not count --- */

/* In a model, the only integer column of a primary key counts unless it says otherwise. */
static void say_what_does_not_count(const Table *table)
{
    if (table->primary_key == NULL || table->primary_key->columns->len != 1)
        return;
    Column *column = table_find_column(table, table->primary_key->columns->pdata[0]);
    if (column == NULL || column->autoincrement != AUTOINCREMENT_AUTO || column->identity != NULL ||
        !adapter_is_numbered_key(table, column))
        return;
    if (column->type->kind == SQL_TYPE_INTEGER || column->type->kind == SQL_TYPE_SMALL_INTEGER ||
        column->type->kind == SQL_TYPE_BIG_INTEGER)
        column->autoincrement = AUTOINCREMENT_FALSE;
}

gboolean read_sequences(PgInspector *inspector, Result *result, GError **error)
{
    int more;
    while ((more = result_next(result, error)) > 0)
        if (!read_sequence(inspector, result, error))
            return FALSE;
    for (guint i = 0; i < inspector->metadata->tables->len; i++)
        say_what_does_not_count(inspector->metadata->tables->pdata[i]);
    return more == 0;
}

/* --- enum types --- */

enum { ENUM_SCHEMA, ENUM_NAME, ENUM_COMMENT, ENUM_LABELS };

gboolean read_enums(PgInspector *inspector, Result *result, GError **error)
{
    int more;
    while ((more = result_next(result, error)) > 0) {
        const char *schema = inspector_schema(inspector, result_text(result, ENUM_SCHEMA));
        EnumType *type = enum_type_new(schema, result_text(result, ENUM_NAME));
        type->comment = g_strdup(result_text(result, ENUM_COMMENT));
        g_ptr_array_unref(type->values);
        type->values = inspector_array(result_text(result, ENUM_LABELS));
        g_ptr_array_add(inspector->metadata->enums, type);
    }
    return more == 0;
}
