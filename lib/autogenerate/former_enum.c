/* Where a database has no enums, a check lists their values, or the column's type does. */
#include <string.h>

#include "autogenerate/former.h"

/* Words of "status IN ('a', 'b')" and of what servers make of it: "status::text = ANY (ARRAY['a'::character varying])".
 */
static gboolean is_list_word(const char *word)
{
    static const char *const words[] = {"in", "any", "array", "character", "varying", "text", "varchar", NULL};
    return g_strv_contains(words, word);
}

static gboolean is_list_operator(const char *text, const SqlToken *token)
{
    return token->kind == SQL_TOKEN_OPERATOR && token->length <= 2 && strchr("(),=:[]", text[token->start]);
}

gboolean is_enum_check(const Dialect *dialect, const Constraint *constraint, char **column, GPtrArray *values)
{
    const char *text = constraint->expression;
    gsize position = 0;
    guint strings = 0;
    g_autofree char *name = NULL;
    if (constraint->kind != CONSTRAINT_CHECK || !text)
        return FALSE;
    for (;;) {
        SqlToken token = sql_next_significant(dialect, text, strlen(text), &position);
        if (token.kind == SQL_TOKEN_END)
            break;
        gboolean is_word = token.kind == SQL_TOKEN_WORD || token.kind == SQL_TOKEN_QUOTED;
        g_autofree char *word = is_word || token.kind == SQL_TOKEN_STRING ? sql_token_identifier(&token, text) : NULL;
        g_autofree char *folded = word ? g_ascii_strdown(word, -1) : NULL;
        if (token.kind == SQL_TOKEN_STRING && text[token.start] == '\'') {
            strings++;
            if (values)
                g_ptr_array_add(values, g_strdup(word));
        } else if (is_word && !name) {
            name = g_steal_pointer(&word);
        } else if (!(is_word && is_list_word(folded)) && !is_list_operator(text, &token)) {
            return FALSE;
        }
    }
    if (!name || strings == 0)
        return FALSE;
    if (column)
        *column = g_steal_pointer(&name);
    return TRUE;
}

gboolean former_is_enum_check(const Former *former, const Constraint *constraint, char **column, GPtrArray *values)
{
    return is_enum_check(former->change->dialect, constraint, column, values);
}

static char *enum_key(const char *table, const char *column)
{
    g_autofree char *key = g_strconcat(table, ".", column, NULL);
    return g_ascii_strdown(key, -1);
}

void former_collect_enums(Former *former, const GPtrArray *reversed)
{
    for (guint i = 0; i < reversed->len; i++) {
        const MigrateOp *op = reversed->pdata[i];
        g_autofree char *column = NULL;
        g_autoptr(GPtrArray) values = strings_new();
        if (op->kind == OP_CREATE_CONSTRAINT && former_is_enum_check(former, op->constraint, &column, values))
            g_hash_table_replace(former->enum_values, enum_key(op->table_name, column), g_steal_pointer(&values));
    }
}

static EnumType *declared(const Former *former, const SqlType *type)
{
    for (guint i = 0; type->name && i < former->before->enums->len; i++) {
        EnumType *candidate = former->before->enums->pdata[i];
        g_autofree char *full = candidate->schema ? g_strconcat(candidate->schema, ".", candidate->name, NULL) : NULL;
        if (strcmp(candidate->name, type->name) == 0 || g_strcmp0(full, type->name) == 0)
            return candidate;
    }
    return NULL;
}

void former_set_values(const Former *former, Column *column, const GPtrArray *values)
{
    SqlType *type = column->type;
    EnumType *named = type->values ? NULL : declared(former, type);
    if (named) {
        g_ptr_array_unref(named->values);
        named->values = strings_copy(values);
        g_ptr_array_set_size(named->renamed_values, 0);
        return;
    }
    g_strfreev(type->values);
    type->values = g_new0(char *, values->len + 1);
    for (guint i = 0; i < values->len; i++)
        type->values[i] = g_strdup(values->pdata[i]);
}

/* The one enum of these values; NULL when there are several, or none. */
static const EnumType *find_by_values(const Former *former, const GPtrArray *values)
{
    const EnumType *found = NULL;
    for (guint i = 0; i < former->before->enums->len; i++) {
        const EnumType *candidate = former->before->enums->pdata[i];
        if (!strings_equal(candidate->values, values, FALSE))
            continue;
        if (found)
            return NULL;
        found = candidate;
    }
    return found;
}

void former_restore_enum(const Former *former, const char *table, Column *column, const GPtrArray *values)
{
    gboolean has_enums = (former->dialect->capabilities & DIALECT_ENUM_TYPES) != 0;
    g_autofree char *check = g_strdup_printf("ck_%s_%s", table, column->name);
    const EnumType *named = file_names_has(former->files, check) && has_enums ? NULL : find_by_values(former, values);
    SqlType *type = sql_type_new(SQL_TYPE_ENUM);
    sql_type_free(column->type);
    column->type = type;
    if (named) {
        type->name = named->schema ? g_strconcat(named->schema, ".", named->name, NULL) : g_strdup(named->name);
        return;
    }
    former_set_values(former, column, values);
    if (!has_enums || file_names_has(former->files, check))
        return;
    former_doubt(former, "%s.%s: whether it was an enum with a name is not known", table, column->name);
    type->kind = SQL_TYPE_TEXT;
    g_clear_pointer(&type->values, g_strfreev);
}

/* Before it was an enum. */
static void set_live_type(const Former *former, const MigrateOp *op, Column *column)
{
    const Table *live = metadata_find_table(former->change->live, op->schema, op->table_name);
    const Column *was = live ? table_find_column(live, column->name) : NULL;
    if (!was)
        return;
    sql_type_free(column->type);
    column->type = sql_type_copy(was->type);
}

gboolean former_take_back_check(Former *former, const MigrateOp *op)
{
    g_autofree char *name = NULL;
    const Table *table = metadata_find_table(former->before, op->schema, op->table_name);
    if (!table || !former_is_enum_check(former, op->constraint, &name, NULL))
        return FALSE;
    Column *column = table_find_column(table, name);
    g_autofree char *key = enum_key(op->table_name, name);
    const GPtrArray *values = g_hash_table_lookup(former->enum_values, key);
    gboolean has_enums = (former->dialect->capabilities & DIALECT_ENUM_TYPES) != 0;
    gboolean is_check = former->same || op->constraint->name == NULL ||
                        (has_enums && file_names_has(former->files, op->constraint->name));
    if (column && column->type->kind != SQL_TYPE_ENUM && op->kind == OP_CREATE_CONSTRAINT && values && !is_check) {
        former_restore_enum(former, op->table_name, column, values);
        return TRUE;
    }
    if (!column || column->type->kind != SQL_TYPE_ENUM)
        return FALSE;
    if (values)
        former_set_values(former, column, values);
    else if (op->kind == OP_DROP_CONSTRAINT)
        set_live_type(former, op, column);
    return TRUE;
}
