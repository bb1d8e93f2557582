/* What of the rows an operation loses. */
#include <stdio.h>
#include <string.h>

#include "operations/operations.h"

/* --- narrower types --- */

typedef enum Family { FAMILY_OTHER, FAMILY_INTEGER, FAMILY_NUMBER, FAMILY_TEXT, FAMILY_TIME, FAMILY_NATIVE } Family;

static Family family_of(const SqlType *type)
{
    switch (type->kind) {
    case SQL_TYPE_SMALL_INTEGER:
    case SQL_TYPE_INTEGER:
    case SQL_TYPE_BIG_INTEGER:
        return FAMILY_INTEGER;
    case SQL_TYPE_FLOAT:
    case SQL_TYPE_DOUBLE:
    case SQL_TYPE_NUMERIC:
        return FAMILY_NUMBER;
    case SQL_TYPE_STRING:
    case SQL_TYPE_TEXT:
    case SQL_TYPE_UNICODE:
    case SQL_TYPE_UNICODE_TEXT:
        return FAMILY_TEXT;
    case SQL_TYPE_DATE:
    case SQL_TYPE_TIME:
    case SQL_TYPE_DATE_TIME:
        return FAMILY_TIME;
    case SQL_TYPE_ARRAY:
    case SQL_TYPE_NULL:
    case SQL_TYPE_NATIVE:
        return FAMILY_NATIVE;
    case SQL_TYPE_BOOLEAN:
    case SQL_TYPE_LARGE_BINARY:
    case SQL_TYPE_INTERVAL:
    case SQL_TYPE_JSON:
    case SQL_TYPE_UUID:
    case SQL_TYPE_ENUM:
        return FAMILY_OTHER;
    }
    return FAMILY_OTHER;
}

static int integer_rank(const SqlType *type)
{
    if (type->kind == SQL_TYPE_SMALL_INTEGER)
        return 1;
    return type->kind == SQL_TYPE_INTEGER ? 2 : 3;
}

/* -1: no limit. */
static gboolean limit_shrinks(int from, int to)
{
    return to >= 0 && (from < 0 || to < from);
}

static gboolean number_narrows(const SqlType *from, const SqlType *to)
{
    if (from->kind != to->kind) /* other rounding; a double holds all of a float */
        return !(from->kind == SQL_TYPE_FLOAT && to->kind == SQL_TYPE_DOUBLE);
    if (from->kind != SQL_TYPE_NUMERIC || to->precision < 0)
        return limit_shrinks(from->precision, to->precision);
    int from_scale = MAX(from->scale, 0), to_scale = MAX(to->scale, 0);
    return from->precision < 0 || to_scale < from_scale || to->precision - to_scale < from->precision - from_scale;
}

/* A date is a time of its day; a time zone that goes takes what it says along. */
static gboolean time_narrows(const SqlType *from, const SqlType *to)
{
    if (from->kind != to->kind)
        return !(from->kind == SQL_TYPE_DATE && to->kind == SQL_TYPE_DATE_TIME);
    return (from->timezone && !to->timezone) || limit_shrinks(from->precision, to->precision);
}

static gboolean values_narrow(const SqlType *from, const SqlType *to)
{
    for (guint i = 0; from->values && to->values && from->values[i]; i++)
        if (!g_strv_contains((const char *const *)to->values, from->values[i]))
            return TRUE;
    return FALSE;
}

/* "VARCHAR(20)" in a dialect's own spelling: the same word with a smaller number. */
static gboolean spelling_narrows(const SqlType *from, const SqlType *to)
{
    const char *a = from->kind == SQL_TYPE_NATIVE ? strchr(from->name, '(') : NULL;
    const char *b = to->kind == SQL_TYPE_NATIVE ? strchr(to->name, '(') : NULL;
    int before, after;
    return a && b && a - from->name == b - to->name &&
           g_ascii_strncasecmp(from->name, to->name, (gsize)(a - from->name)) == 0 && sscanf(a, "(%d", &before) == 1 &&
           sscanf(b, "(%d", &after) == 1 && after < before;
}

static gboolean other_family_narrows(const SqlType *from, const SqlType *to)
{
    Family source = family_of(from), target = family_of(to);
    if (target == FAMILY_TEXT)
        return to->length >= 0;
    if (source == FAMILY_INTEGER && target == FAMILY_NUMBER)
        return to->kind == SQL_TYPE_NUMERIC && to->precision >= 0;
    return !(from->kind == SQL_TYPE_BOOLEAN && target == FAMILY_INTEGER);
}

gboolean sql_type_narrows(const SqlType *from, const SqlType *to)
{
    Family source = family_of(from), target = family_of(to);
    if (source == FAMILY_NATIVE || target == FAMILY_NATIVE)
        return spelling_narrows(from, to);
    if (source != target)
        return other_family_narrows(from, to);
    switch (source) {
    case FAMILY_INTEGER:
        return integer_rank(to) < integer_rank(from);
    case FAMILY_NUMBER:
        return number_narrows(from, to);
    case FAMILY_TEXT:
        return limit_shrinks(from->length, to->length);
    case FAMILY_TIME:
        return time_narrows(from, to);
    case FAMILY_OTHER:
    case FAMILY_NATIVE:
        break;
    }
    return from->kind != to->kind || limit_shrinks(from->length, to->length) || values_narrow(from, to);
}

static gboolean column_narrows(const MigrateOp *op)
{
    return op->kind == OP_ALTER_COLUMN && !((op->existing->unknown | op->column->unknown) & COLUMN_TYPE) &&
           !op->existing->computed && sql_type_narrows(op->existing->type, op->column->type);
}

gboolean migrate_op_risks_data(const MigrateOp *op, gboolean narrows)
{
    return migrate_op_loses_data(op) || (narrows && column_narrows(op));
}

/* --- notes --- */

/* "12,300": an estimate has no more than three digits that mean something. */
static char *round_number(gint64 number)
{
    gint64 unit = 1;
    while (number / unit >= 1000)
        unit *= 10;
    number = (number + unit / 2) / unit * unit;
    g_autofree char *digits = g_strdup_printf("%" G_GINT64_FORMAT, number);
    GString *text = g_string_new(NULL);
    for (gsize i = 0, n = strlen(digits); i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0)
            g_string_append_c(text, ',');
        g_string_append_c(text, digits[i]);
    }
    return g_string_free(text, FALSE);
}

char *row_estimate_text(const RowEstimate *estimate)
{
    if (!estimate->known)
        return NULL;
    if (estimate->rows == 0)
        return g_strdup("no rows");
    g_autofree char *number = round_number(estimate->rows);
    return g_strdup_printf("%s %s row%s", estimate->at_least ? "more than" : "about", number,
                           estimate->rows == 1 ? "" : "s");
}

static char *table_name(const MigrateOp *op)
{
    return op->schema ? g_strconcat(op->schema, ".", op->table_name, NULL) : g_strdup(op->table_name);
}

static char *column_name(const MigrateOp *op, const Column *column)
{
    g_autofree char *table = table_name(op);
    return g_strconcat(table, ".", column->name, NULL);
}

/* "drops table orders with about 12,300 rows". New string. */
static char *what_is_dropped(const MigrateOp *op)
{
    gboolean of_column = op->kind == OP_DROP_COLUMN;
    g_autofree char *name = of_column ? column_name(op, op->existing) : table_name(op);
    g_autofree char *rows = row_estimate_text(&op->rows);
    return g_strdup_printf("drops %s %s%s%s", of_column ? "column" : "table", name,
                           !rows       ? ""
                           : of_column ? ", in a table with "
                                       : " with ",
                           rows ? rows : "");
}

static char *drop_note(const MigrateOp *op, gboolean back)
{
    g_autofree char *what = what_is_dropped(op);
    if (back)
        return g_strdup_printf("%s: what was written to it since is lost", what);
    const char *lost = op->kind == OP_DROP_COLUMN ? "its values are" : op->rows.known ? "they are" : "its rows are";
    if (op->rows.known && op->rows.rows == 0)
        return g_strdup_printf("%s where it was compared: those of other databases are lost, and the downgrade cannot "
                               "bring them back",
                               what);
    return g_strdup_printf("%s: %s lost, and the downgrade cannot bring them back", what, lost);
}

static char *narrow_note(const MigrateOp *op)
{
    g_autofree char *name = column_name(op, op->existing);
    g_autofree char *from = sql_type_to_string(op->existing->type), *to = sql_type_to_string(op->column->type);
    g_autofree char *rows = row_estimate_text(&op->rows);
    return g_strdup_printf("column %s of %s becomes %s%s%s: values that do not fit are cut, rounded or refused", name,
                           from, to, rows ? ", in a table with " : "", rows ? rows : "");
}

static char *restored_note(const MigrateOp *op)
{
    gboolean of_column = op->kind == OP_ADD_COLUMN;
    g_autofree char *name = of_column ? column_name(op, op->column) : table_name(op);
    return g_strdup_printf("the %s of %s do not come back", of_column ? "values" : "rows", name);
}

static gboolean widens_back(const MigrateOp *op)
{
    return op->kind == OP_ALTER_COLUMN && !op->column->computed &&
           !((op->existing->unknown | op->column->unknown) & COLUMN_TYPE) &&
           sql_type_narrows(op->column->type, op->existing->type);
}

static char *note_of(const MigrateOp *op, gboolean back, gboolean narrows)
{
    if (migrate_op_loses_data(op))
        return drop_note(op, back);
    if (narrows && column_narrows(op))
        return narrow_note(op);
    if (!back)
        return NULL;
    if (op->kind == OP_CREATE_TABLE || (op->kind == OP_ADD_COLUMN && op->restores && !op->column->computed))
        return restored_note(op);
    if (!narrows || !widens_back(op))
        return NULL;
    g_autofree char *name = column_name(op, op->column);
    return g_strdup_printf("what did not fit into the narrower %s does not come back", name);
}

void operations_set_notes(const GPtrArray *ops, gboolean back, gboolean narrows)
{
    for (guint i = 0; i < ops->len; i++) {
        MigrateOp *op = ops->pdata[i];
        g_free(op->note);
        op->note = note_of(op, back, narrows);
        /* It stays on its line, whatever a name holds. */
        for (char *at = op->note; at && *at; at++)
            if (g_ascii_iscntrl(*at))
                *at = '?';
    }
}

static gboolean same_change(const MigrateOp *a, const MigrateOp *b)
{
    const Column *of_a = a->existing, *of_b = b->existing;
    return a->kind == b->kind && g_strcmp0(a->schema, b->schema) == 0 && g_strcmp0(a->table_name, b->table_name) == 0 &&
           g_strcmp0(of_a ? of_a->name : NULL, of_b ? of_b->name : NULL) == 0;
}

void operations_take_rows(const GPtrArray *ops, const GPtrArray *from)
{
    for (guint i = 0; i < from->len; i++) {
        const MigrateOp *known = from->pdata[i];
        for (guint j = 0; known->rows.known && j < ops->len; j++) {
            MigrateOp *op = ops->pdata[j];
            if (same_change(op, known))
                op->rows = known->rows;
        }
    }
}
