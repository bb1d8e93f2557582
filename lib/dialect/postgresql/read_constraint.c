/* Primary keys, unique constraints, foreign keys, checks and exclusion constraints. */
#include <string.h>

#include "base/error.h"
#include "dialect/postgresql/inspector.h"

enum {
    TABLE,
    KIND,
    NAME,
    COMMENT,
    COLUMNS,
    EXPRESSION,
    DEFERRABLE,
    DEFERRED,
    VALIDATED,
    NO_INHERIT,
    REFERRED,
    REFERRED_SCHEMA,
    REFERRED_TABLE,
    REFERRED_COLUMNS,
    ONDELETE,
    ONUPDATE,
    MATCH,
    SET_COLUMNS,
    INCLUDE_KEY,
    KEY_LENGTH,
    NULLS_NOT_DISTINCT,
    RELOPTIONS,
    TABLESPACE,
    ENFORCED,
    PERIOD,
};

static gboolean kind_of(Result *row, ConstraintKind *kind, GError **error)
{
    switch (*result_text(row, KIND)) {
    case 'p':
        *kind = CONSTRAINT_PRIMARY_KEY;
        return TRUE;
    case 'u':
        *kind = CONSTRAINT_UNIQUE;
        return TRUE;
    case 'f':
        *kind = CONSTRAINT_FOREIGN_KEY;
        return TRUE;
    case 'c':
        *kind = CONSTRAINT_CHECK;
        return TRUE;
    case 'x':
        *kind = CONSTRAINT_EXCLUDE;
        return TRUE;
    default:
        return inspector_unknown("the kind of constraint", result_text(row, NAME), result_text(row, KIND), error);
    }
}

/* --- foreign keys --- */

/* NULL for NO ACTION, the default. */
static gboolean read_action(const char *code, char **action)
{
    switch (*code) {
    case 'a':
        return TRUE;
    case 'r':
        *action = g_strdup("RESTRICT");
        return TRUE;
    case 'c':
        *action = g_strdup("CASCADE");
        return TRUE;
    case 'n':
        *action = g_strdup("SET NULL");
        return TRUE;
    case 'd':
        *action = g_strdup("SET DEFAULT");
        return TRUE;
    default:
        return FALSE;
    }
}

/* SET NULL (a, b) */
static gboolean read_set_columns(const PgInspector *inspector, Result *row, Constraint *key, GError **error)
{
    g_autoptr(GPtrArray) columns = strings_new();

    if (!inspector_column_names(inspector, result_text(row, TABLE), result_text(row, SET_COLUMNS), columns, error))
        return FALSE;
    if (columns->len > 0) {
        g_autofree char *names = inspector_names(inspector, NULL, columns);
        g_autofree char *action = g_steal_pointer(&key->ondelete);
        key->ondelete = g_strdup_printf("%s (%s)", action ? action : "NO ACTION", names);
    }
    return TRUE;
}

static gboolean read_foreign_key(const PgInspector *inspector, Result *row, Constraint *key, GError **error)
{
    const char *match = result_text(row, MATCH);

    key->referred_schema = g_strdup(inspector_schema(inspector, result_text(row, REFERRED_SCHEMA)));
    key->referred_table = g_strdup(result_text(row, REFERRED_TABLE));
    if (!inspector_column_names(inspector, result_text(row, REFERRED), result_text(row, REFERRED_COLUMNS),
                                key->referred_columns, error))
        return FALSE;
    if (!read_action(result_text(row, ONDELETE), &key->ondelete))
        return inspector_unknown("ON DELETE of foreign key", key->name, result_text(row, ONDELETE), error);
    if (!read_action(result_text(row, ONUPDATE), &key->onupdate))
        return inspector_unknown("ON UPDATE of foreign key", key->name, result_text(row, ONUPDATE), error);
    if (*match == 'f')
        key->match = g_strdup("FULL");
    else if (*match != 's')
        return inspector_unknown("MATCH of foreign key", key->name, match, error);
    return read_set_columns(inspector, row, key, error);
}

/* --- keys, and the index behind them --- */

static gboolean read_key(const PgInspector *inspector, Result *row, Constraint *key, GError **error)
{
    const char *include_key = result_text(row, INCLUDE_KEY), *tablespace = result_text(row, TABLESPACE);

    if (include_key != NULL) {
        g_auto(GStrv) numbers = g_strsplit(include_key, " ", -1);
        g_autoptr(GPtrArray) names = strings_new();
        for (guint i = (guint)result_integer(row, KEY_LENGTH); i < g_strv_length(numbers); i++) {
            const char *name = inspector_column_name(inspector, result_text(row, TABLE), numbers[i], error);
            if (name == NULL)
                return FALSE;
            g_ptr_array_add(names, g_strdup(name));
        }
        g_autofree char *list = inspector_names(inspector, NULL, names);
        options_set(key->options, "include", list);
    }
    if (inspector_flag(row, NULLS_NOT_DISTINCT))
        options_set(key->options, "nulls_not_distinct", "true");
    inspector_storage_parameters(key->options, "with", result_text(row, RELOPTIONS));
    if (tablespace != NULL)
        options_set(key->options, "tablespace", tablespace);
    return TRUE;
}

/* --- expressions --- */

/* "EXCLUDE USING gist (…) DEFERRABLE INITIALLY DEFERRED": what is between the first word and the deferral. */
static gboolean read_exclusion(const char *definition, Constraint *constraint, GError **error)
{
    static const char *const tails[] = {" INITIALLY DEFERRED", " DEFERRABLE"};

    if (definition == NULL || !g_str_has_prefix(definition, "EXCLUDE "))
        return inspector_unknown("the definition of constraint", constraint->name, definition, error);
    char *text = constraint->expression = g_strdup(definition + strlen("EXCLUDE "));
    for (guint i = 0; constraint->deferrable && i < G_N_ELEMENTS(tails); i++)
        if (g_str_has_suffix(text, tails[i]))
            text[strlen(text) - strlen(tails[i])] = '\0';
    return TRUE;
}

static gboolean read_check(Result *row, Constraint *constraint, GError **error)
{
    const char *expression = result_text(row, EXPRESSION);

    if (expression == NULL)
        return inspector_unknown("the condition of constraint", constraint->name, NULL, error);
    constraint->expression = sql_without_parentheses(&postgresql_dialect, expression);
    if (inspector_flag(row, NO_INHERIT))
        options_set(constraint->options, "no_inherit", "true");
    return TRUE;
}

/* --- all --- */

static void read_state(Result *row, Constraint *constraint)
{
    const char *enforced = result_text(row, ENFORCED);

    constraint->deferrable = inspector_flag(row, DEFERRABLE);
    if (inspector_flag(row, DEFERRED))
        constraint->initially = g_strdup("DEFERRED");
    if (enforced != NULL && *enforced == 'f')
        options_set(constraint->options, "not_enforced", "true");
    else if (!inspector_flag(row, VALIDATED))
        options_set(constraint->options, "not_valid", "true");
    if (inspector_flag(row, PERIOD))
        options_set(constraint->options, "period", "true");
}

static gboolean read_body(const PgInspector *inspector, Result *row, Constraint *constraint, GError **error)
{
    if (constraint->kind == CONSTRAINT_CHECK)
        return read_check(row, constraint, error);
    if (constraint->kind == CONSTRAINT_EXCLUDE)
        return read_exclusion(result_text(row, EXPRESSION), constraint, error);
    if (!inspector_column_names(inspector, result_text(row, TABLE), result_text(row, COLUMNS), constraint->columns,
                                error))
        return FALSE;
    if (constraint->kind == CONSTRAINT_FOREIGN_KEY)
        return read_foreign_key(inspector, row, constraint, error);
    return read_key(inspector, row, constraint, error);
}

static gboolean read_constraint(const PgInspector *inspector, Result *row, Table *table, GError **error)
{
    ConstraintKind kind = CONSTRAINT_CHECK;
    if (!kind_of(row, &kind, error))
        return FALSE;
    g_autoptr(Constraint) constraint = constraint_new(kind, result_text(row, NAME));
    constraint->comment = g_strdup(result_text(row, COMMENT));
    read_state(row, constraint);
    if (!read_body(inspector, row, constraint, error))
        return FALSE;
    if (kind == CONSTRAINT_PRIMARY_KEY)
        table->primary_key = g_steal_pointer(&constraint);
    else
        g_ptr_array_add(table->constraints, g_steal_pointer(&constraint));
    return TRUE;
}

gboolean read_constraints(PgInspector *inspector, Result *result, GError **error)
{
    int more;
    while ((more = result_next(result, error)) > 0) {
        Table *table = g_hash_table_lookup(inspector->tables, result_text(result, TABLE));
        if (table != NULL && !read_constraint(inspector, result, table, error)) {
            g_prefix_error(error, "table '%s': ", table->name);
            return FALSE;
        }
    }
    return more == 0;
}
