/* Schemas made by hand, for the tests of this folder. */
#ifndef MIGRATE_TESTS_OPERATIONS_SUPPORT_H
#define MIGRATE_TESTS_OPERATIONS_SUPPORT_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "base/error.h"
#include "operations/operations.h"

#define UNUSED __attribute__((unused))

static UNUSED Constraint *new_constraint(ConstraintKind kind, const char *name, const char *column)
{
    Constraint *constraint = constraint_new(kind, name);
    if (column)
        g_ptr_array_add(constraint->columns, g_strdup(column));
    return constraint;
}

static UNUSED Constraint *new_check(const char *name, const char *expression)
{
    Constraint *constraint = constraint_new(CONSTRAINT_CHECK, name);
    constraint->expression = g_strdup(expression);
    return constraint;
}

static UNUSED Constraint *new_foreign_key(const char *name, const char *column, const char *table, const char *referred)
{
    Constraint *constraint = new_constraint(CONSTRAINT_FOREIGN_KEY, name, column);
    constraint->referred_table = g_strdup(table);
    g_ptr_array_add(constraint->referred_columns, g_strdup(referred));
    return constraint;
}

static UNUSED Index *new_index(const char *name, const char *column)
{
    Index *index = index_new(name);
    g_ptr_array_add(index->columns, index_column_new(column, NULL));
    return index;
}

/* Columns: words separated by spaces, all of type Integer; "id" is the primary key. */
static UNUSED Table *new_table(const char *name, const char *columns)
{
    Table *table = table_new(NULL, name);
    g_auto(GStrv) words = g_strsplit(columns, " ", -1);
    table->ignore_case = TRUE;
    for (char **word = words; *word; word++) {
        g_ptr_array_add(table->columns, column_new(*word, sql_type_new(SQL_TYPE_INTEGER)));
        if (g_strcmp0(*word, "id") == 0)
            table->primary_key = new_constraint(CONSTRAINT_PRIMARY_KEY, NULL, "id");
    }
    return table;
}

static UNUSED void assert_conflict(const MigrateOp *op, MetaData *metadata, const char *expected)
{
    g_autoptr(GError) error = NULL;
    assert_false(migrate_op_apply(op, metadata, &error));
    assert_true(g_error_matches(error, OPERATIONS_ERROR, OPERATIONS_ERROR_CONFLICT));
    assert_non_null(strstr(error->message, expected));
}

/* The operations as people read them, one per line. */
static UNUSED char *describe_all(const GPtrArray *ops)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < ops->len; i++) {
        g_autofree char *line = migrate_op_describe(ops->pdata[i]);
        g_string_append_printf(text, "%s\n", line);
    }
    return g_string_free(text, FALSE);
}

#endif
