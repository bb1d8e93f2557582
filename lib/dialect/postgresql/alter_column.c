#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "dialect/postgresql/compiler.h"

/* --- parts --- */

void compiler_alter_column(PgCompiler *compiler, const Table *table, const char *column, const char *action)
{
    g_autofree char *name = postgresql_table_name(table);
    g_autofree char *quoted = postgresql_quote_identifier(column);
    compiler_add(compiler, g_strdup_printf("ALTER TABLE %s ALTER COLUMN %s %s", name, quoted, action));
}

void compiler_set_default(PgCompiler *compiler, const Table *table, const char *column, const char *expression)
{
    g_autofree char *action = expression ? g_strdup_printf("SET DEFAULT %s", expression) : g_strdup("DROP DEFAULT");
    compiler_alter_column(compiler, table, column, action);
}

static void comment_column(PgCompiler *compiler, const Table *table, const Column *column)
{
    g_autofree char *name = postgresql_table_name(table);
    g_autofree char *quoted = postgresql_quote_identifier(column->name);
    g_autofree char *target = g_strdup_printf("COLUMN %s.%s", name, quoted);
    compiler_comment(compiler, target, column->comment);
}

/* --- storage, compression, statistics --- */

/* How the server stores a type that can be stored in more than one way, when nobody says (pg_type.typstorage). NULL:
 * only the catalog knows. */
static const char *default_storage(const SqlType *type)
{
    static const char *const main_storage[] = {"numeric", "inet", "cidr", NULL};
    static const char *const extended[] = {"varchar", "text",      "bytea",       "json",   "jsonb",
                                           "xml",     "character", "tsvector",    "bit",    "path",
                                           "polygon", "jsonpath",  "bit varying", "hstore", NULL};
    g_autofree char *sql = postgresql_type_sql(type, NULL);
    if (!sql)
        return NULL;
    g_autofree char *name = g_ascii_strdown(sql, -1);
    if (g_str_has_suffix(name, "]"))
        return "EXTENDED";
    name[strcspn(name, "(")] = '\0';
    g_strchomp(name);
    if (g_strv_contains(main_storage, name))
        return "MAIN";
    return g_strv_contains(extended, name) ? "EXTENDED" : NULL;
}

typedef struct ColumnSetting {
    const char *option, *words, *unset; /* `unset` takes it away; NULL: the type's own */
} ColumnSetting;

static const ColumnSetting settings[] = {
    {"storage", "SET STORAGE", NULL},
    {"compression", "SET COMPRESSION", "default"},
    {"statistics", "SET STATISTICS", "-1"},
};

static void set_setting(PgCompiler *compiler, const Table *table, const Column *column, const ColumnSetting *setting,
                        const char *value)
{
    g_autofree char *action = g_strdup_printf("%s %s", setting->words, value);
    compiler_alter_column(compiler, table, column->name, action);
}

static void set_settings(PgCompiler *compiler, const Table *table, const Column *column)
{
    for (gsize i = 0; i < G_N_ELEMENTS(settings); i++) {
        const char *value = options_get(column->options, settings[i].option);
        if (value)
            set_setting(compiler, table, column, &settings[i], value);
    }
}

static gboolean change_setting(PgCompiler *compiler, const Table *table, const Column *from, const Column *to,
                               const ColumnSetting *setting, GError **error)
{
    const char *before = options_get(from->options, setting->option),
               *value = options_get(to->options, setting->option);
    if (g_strcmp0(before, value) == 0)
        return TRUE;
    if (!value)
        value = setting->unset ? setting->unset : default_storage(to->type);
    if (!value) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                    "column '%s.%s': only the server knows how its type is stored by default; give the column the "
                    "option 'storage'",
                    table->name, to->name);
        return FALSE;
    }
    set_setting(compiler, table, to, setting, value);
    return TRUE;
}

static gboolean change_settings(PgCompiler *compiler, const Table *table, const Column *from, const Column *to,
                                gboolean type_changed, GError **error)
{
    g_autoptr(Column) before = column_copy(from);
    if (type_changed) { /* the server stores it as the new type's default says */
        options_remove(before->options, "storage");
        options_remove(before->options, "compression");
    }
    for (gsize i = 0; i < G_N_ELEMENTS(settings); i++)
        if (!change_setting(compiler, table, before, to, &settings[i], error))
            return FALSE;
    return TRUE;
}

/* --- add and drop --- */

/* SERIAL is NOT NULL whatever else is said. */
static gboolean is_nullable_serial(const Column *column)
{
    return column->nullable && column->autoincrement == AUTOINCREMENT_TRUE && !column->identity;
}

void compiler_finish_column(PgCompiler *compiler, const Table *table, const Column *column)
{
    if (is_nullable_serial(column))
        compiler_alter_column(compiler, table, column->name, "DROP NOT NULL");
    set_settings(compiler, table, column);
    if (column->comment)
        comment_column(compiler, table, column);
}

/* `words`: "" or "IF NOT EXISTS ". */
static gboolean add_column(PgCompiler *compiler, const Table *table, const Column *column, const char *comment,
                           const char *words, GError **error)
{
    g_autofree char *definition = postgresql_column_sql(table, column, error);
    if (!definition)
        return FALSE;
    g_autofree char *name = postgresql_table_name(table);
    compiler_add(compiler, g_strdup_printf("%sALTER TABLE %s ADD COLUMN %s%s", comment, name, words, definition));
    return TRUE;
}

gboolean compile_add_column(PgCompiler *compiler, const Table *table, const Column *column, GError **error)
{
    if (!add_column(compiler, table, column, "", "", error))
        return FALSE;
    compiler_finish_column(compiler, table, column);
    return TRUE;
}

gboolean compile_placeholder(PgCompiler *compiler, const Table *table, const Column *column, GError **error)
{
    g_autoptr(Column) empty = column_new(column->name, sql_type_copy(column->type));
    return add_column(compiler, table, empty,
                      "-- Empty: a later statement drops it, or adds it anew as it is computed then.\n", "", error);
}

static gboolean lost_its_values(const MigrateOp *op)
{
    const Column *column = op->column;
    return op->restores && !column->nullable && !column->server_default && !column->computed && !column->identity &&
           column->autoincrement != AUTOINCREMENT_TRUE;
}

static gboolean restore_column(PgCompiler *compiler, const Table *table, const Column *column, GError **error)
{
    g_autofree char *value = postgresql_neutral_value(compiler->database, column->type);
    if (!value)
        return compile_add_column(compiler, table, column, error);
    g_autoptr(Column) filled = column_copy(column);
    filled->server_default = g_strdup(value);
    g_autofree char *comment =
        g_strdup_printf("-- The values of '%s' were dropped and cannot come back: rows get %s.\n", column->name, value);
    if (strchr(column->name, '\n'))
        comment[0] = '\0';
    if (!add_column(compiler, table, filled, comment, "", error))
        return FALSE;
    compiler_set_default(compiler, table, column->name, NULL);
    compiler_finish_column(compiler, table, column);
    return TRUE;
}

static gboolean is_serial(const Column *column)
{
    return column->autoincrement == AUTOINCREMENT_TRUE && !column->identity;
}

/* The default in its own right: that of a serial column belongs to its numbering. */
static const char *own_default(const Column *column)
{
    return is_serial(column) || column->identity || column->computed ? NULL : column->server_default;
}

static void alter_later(PgCompiler *compiler, const Table *table, const Column *column, const char *action,
                        const char *value)
{
    g_autofree char *name = postgresql_table_name(table);
    g_autofree char *quoted = postgresql_quote_identifier(column->name);
    g_ptr_array_add(compiler->late,
                    g_strdup_printf("ALTER TABLE %s ALTER COLUMN %s %s%s", name, quoted, action, value));
}

/* A table that is no partition or child any more has the columns already, as its parent has them. */
static void keep_column(PgCompiler *compiler, const Table *table, const Column *parents, const Column *wanted)
{
    g_autoptr(Column) inherited = compiler_column_with_own_settings(table, parents);
    const char *expression = own_default(wanted);
    if (expression && !sql_equal(&postgresql_dialect, own_default(inherited), expression))
        alter_later(compiler, table, wanted, "SET DEFAULT ", expression);
    else if (!expression && (own_default(inherited) || is_serial(inherited)))
        alter_later(compiler, table, wanted, "DROP DEFAULT", "");
    if (!inherited->nullable != !wanted->nullable)
        alter_later(compiler, table, wanted, wanted->nullable ? "DROP NOT NULL" : "SET NOT NULL", "");
}

/* What follows it (a comment, storage) holds for a column that is there, too. */
static gboolean add_if_missing(PgCompiler *compiler, const Table *table, const MigrateOp *op, GError **error)
{
    if (!add_column(compiler, table, op->column, "", "IF NOT EXISTS ", error))
        return FALSE;
    compiler_finish_column(compiler, table, op->column);
    return migrate_op_apply(op, compiler->database, error);
}

static gboolean compile_add(PgCompiler *compiler, const Table *table, const MigrateOp *op, GError **error)
{
    if (op->if_not_exists)
        return add_if_missing(compiler, table, op, error);
    if (is_computed_later(compiler, table, op->column))
        return compile_placeholder(compiler, table, op->column, error) &&
               migrate_op_apply(op, compiler->database, error);
    const Column *inherited = compiler_inherited_column(compiler, table, op->column->name);
    if (inherited)
        keep_column(compiler, table, inherited, op->column);
    else if (!(lost_its_values(op) ? restore_column(compiler, table, op->column, error)
                                   : compile_add_column(compiler, table, op->column, error)))
        return FALSE;
    return migrate_op_apply(op, compiler->database, error);
}

static gboolean compile_drop(PgCompiler *compiler, const Table *table, const MigrateOp *op, GError **error)
{
    /* A table that has become a partition keeps the column: it is the parent's now. */
    if (compiler_inherited_column(compiler, table, op->existing->name))
        return migrate_op_apply(op, compiler->database, error);
    g_autofree char *name = postgresql_table_name(table);
    g_autofree char *column = postgresql_quote_identifier(op->existing->name);
    compiler_add(compiler,
                 g_strdup_printf("ALTER TABLE %s DROP COLUMN %s%s", name, op->if_exists ? "IF EXISTS " : "", column));
    return migrate_op_apply(op, compiler->database, error);
}

/* --- alter --- */

static gboolean collations_differ(const Column *a, const Column *b)
{
    return g_strcmp0(a->collation, b->collation) != 0;
}

static gboolean computed_differs(const Column *a, const Column *b)
{
    if (!a->computed || !b->computed)
        return a->computed != b->computed;
    return !a->computed->persisted != !b->computed->persisted ||
           !sql_equal(&postgresql_dialect, a->computed->expression, b->computed->expression);
}

gboolean column_is_rewritten(const Column *from, const Column *to)
{
    return !postgresql_type_equal(from->type, to->type) || collations_differ(from, to) || computed_differs(from, to);
}

static gboolean numbering_differs(const Column *a, const Column *b)
{
    return is_serial(a) != is_serial(b) || !identity_equal(a->identity, b->identity);
}

static gboolean change_values(PgCompiler *compiler, const Table *table, const MigrateOp *op, gboolean type_changed,
                              GError **error)
{
    const Column *from = op->existing, *to = op->column;
    gboolean numbering = numbering_differs(from, to);
    const char *before = own_default(from), *wanted = own_default(to);
    if (type_changed) {
        if (!compile_column_type(compiler, op, error))
            return FALSE;
        before = wanted;
    }
    if (numbering) {
        if (before && !wanted)
            compiler_set_default(compiler, table, to->name, NULL);
        if (!compile_column_numbering(compiler, op, error))
            return FALSE;
        if (!wanted)
            before = NULL;
    }
    if (!sql_equal(&postgresql_dialect, before, wanted))
        compiler_set_default(compiler, table, to->name, wanted);
    return TRUE;
}

static gboolean alter_column(PgCompiler *compiler, const Table *table, const MigrateOp *op, GError **error)
{
    const Column *from = op->existing, *to = op->column;
    gboolean type_changed = column_is_rewritten(from, to) || op->using;
    if (to->computed && computed_differs(from, to)) /* made anew, whole */
        return compile_column_type(compiler, op, error);
    if (from->nullable && !to->nullable)
        compiler_alter_column(compiler, table, to->name, "SET NOT NULL");
    if (!change_values(compiler, table, op, type_changed, error))
        return FALSE;
    if (!from->nullable && to->nullable)
        compiler_alter_column(compiler, table, to->name, "DROP NOT NULL");
    if (!from->nullable != !to->nullable || !sql_equal(&postgresql_dialect, own_default(from), own_default(to)))
        compiler_keep_own_settings(compiler, table, to->name);
    if (!change_settings(compiler, table, from, to, type_changed, error))
        return FALSE;
    if (g_strcmp0(from->comment, to->comment) != 0)
        comment_column(compiler, table, to);
    return TRUE;
}

/* The column as it is, under its new name. */
static gboolean rename_column(PgCompiler *compiler, const Table *table, const MigrateOp *op, GError **error)
{
    g_autofree char *name = postgresql_table_name(table);
    g_autofree char *from = postgresql_quote_identifier(op->existing->name);
    g_autofree char *to = postgresql_quote_identifier(op->column->name);
    g_autoptr(MigrateOp) rename = migrate_op_copy(op);
    column_free(rename->column);
    rename->column = column_copy(op->existing);
    g_free(rename->column->name);
    rename->column->name = g_strdup(op->column->name);
    compiler_add(compiler, g_strdup_printf("ALTER TABLE %s RENAME COLUMN %s TO %s", name, from, to));
    return migrate_op_apply(rename, compiler->database, error);
}

static void set_name(Column *column, const char *name)
{
    char *copy = g_strdup(name);
    g_free(column->name);
    column->name = copy;
}

/* Where the values are listed in a check, which goes before and comes back behind. */
static void move_values(PgCompiler *compiler, const Table *table, const MigrateOp *op)
{
    g_autofree char *name = postgresql_table_name(table), *column = postgresql_quote_identifier(op->column->name);
    g_autoptr(GString) cases = g_string_new(NULL), former = g_string_new(NULL);
    for (guint i = 0; op->renamed_values && i < op->renamed_values->len; i++) {
        const Option *pair = op->renamed_values->pdata[i];
        g_autofree char *from = postgresql_quote_literal(pair->name), *to = postgresql_quote_literal(pair->value);
        g_string_append_printf(cases, " WHEN %s THEN %s", from, to);
        g_string_append_printf(former, "%s%s", i ? ", " : "", from);
    }
    if (cases->len)
        compiler_add(compiler, g_strdup_printf("UPDATE %s SET %s = CASE %s%s ELSE %s END WHERE %s IN (%s)", name,
                                               column, column, cases->str, column, column, former->str));
}

static gboolean alter_and_apply(PgCompiler *compiler, const Table *table, const MigrateOp *op, GError **error)
{
    g_autoptr(MigrateOp) settled = migrate_op_copy(op);
    columns_settle(settled->existing, settled->column);
    if (!alter_column(compiler, table, settled, error))
        return FALSE;
    move_values(compiler, table, op);
    return migrate_op_apply(op, compiler->database, error);
}

/* USING knows the column by its former name. */
static gboolean alter_and_rename(PgCompiler *compiler, const Table *table, const MigrateOp *op, GError **error)
{
    g_autoptr(MigrateOp) first = migrate_op_copy(op), rename = migrate_op_copy(op);
    set_name(first->column, op->existing->name);
    column_free(rename->existing);
    rename->existing = column_copy(first->column);
    return alter_and_apply(compiler, table, first, error) && rename_column(compiler, table, rename, error);
}

static gboolean compile_alter(PgCompiler *compiler, const Table *table, const MigrateOp *op, GError **error)
{
    gboolean renamed = strcmp(op->existing->name, op->column->name) != 0;
    if (renamed && op->using)
        return alter_and_rename(compiler, table, op, error);
    g_autoptr(MigrateOp) rest = migrate_op_copy(op);
    if (renamed && !rename_column(compiler, table, op, error))
        return FALSE;
    set_name(rest->existing, op->column->name);
    return alter_and_apply(compiler, table, rest, error);
}

gboolean compile_column_op(PgCompiler *compiler, const MigrateOp *op, GError **error)
{
    const Table *table = compiler_table(compiler, op, error);
    if (!table)
        return FALSE;
    if (op->kind == OP_ADD_COLUMN)
        return compile_add(compiler, table, op, error);
    if (op->kind == OP_DROP_COLUMN)
        return compile_drop(compiler, table, op, error);
    return compile_alter(compiler, table, op, error);
}
