#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "dialect/postgresql/compiler.h"

/* --- names in options --- */

typedef struct NamePart {
    char *schema, *name;
} NamePart;

static void name_part_free(gpointer data)
{
    NamePart *parent = data;
    g_free(parent->schema);
    g_free(parent->name);
    g_free(parent);
}

/* As the server reads it: without quotes in lower case. */
static char *folded(const SqlToken *token, const char *text)
{
    g_autofree char *name = sql_token_identifier(token, text);
    return token->kind == SQL_TOKEN_WORD ? g_ascii_strdown(name, -1) : g_steal_pointer(&name);
}

static GPtrArray *read_names(const char *text)
{
    GPtrArray *parents = g_ptr_array_new_with_free_func(name_part_free);
    gsize length = text ? strlen(text) : 0, position = 0;
    NamePart *current = NULL;
    while (text) {
        SqlToken token = sql_next_significant(&postgresql_dialect, text, length, &position);
        if (token.kind == SQL_TOKEN_END)
            break;
        if (sql_token_is(&token, text, ",")) {
            current = NULL;
        } else if (token.kind == SQL_TOKEN_WORD || token.kind == SQL_TOKEN_QUOTED) {
            if (!current) {
                current = g_new0(NamePart, 1);
                g_ptr_array_add(parents, current);
            }
            g_free(current->schema);
            current->schema = current->name;
            current->name = folded(&token, text);
        }
    }
    return parents;
}

static const char *parents_text(const GPtrArray *options)
{
    const char *parent = options_get(options, "partition_of");
    return parent ? parent : options_get(options, "inherits");
}

GPtrArray *postgresql_names_in(const char *text)
{
    g_autoptr(GPtrArray) parts = read_names(text);
    GPtrArray *names = strings_new();
    for (guint i = 0; i < parts->len; i++) {
        const NamePart *part = parts->pdata[i];
        g_ptr_array_add(names, postgresql_qualified(part->schema, part->name));
    }
    return names;
}

const Column *compiler_inherited_column(const PgCompiler *compiler, const Table *table, const char *column)
{
    g_autoptr(GPtrArray) parents = read_names(parents_text(table->options));
    for (guint i = 0; i < parents->len; i++) {
        const NamePart *name = parents->pdata[i];
        const Table *parent = metadata_find_table(compiler->database, name->schema, name->name);
        if (!parent || parent == table)
            continue;
        const Column *found = table_find_column(parent, column);
        if (!found)
            found = compiler_inherited_column(compiler, parent, column);
        if (found)
            return found;
    }
    return NULL;
}

gboolean compiler_descends_from(const PgCompiler *compiler, const Table *table, const Table *parent)
{
    g_autoptr(GPtrArray) parents = read_names(parents_text(table->options));
    for (guint i = 0; i < parents->len; i++) {
        const NamePart *name = parents->pdata[i];
        const Table *found = metadata_find_table(compiler->database, name->schema, name->name);
        if (found && found != table && (found == parent || compiler_descends_from(compiler, found, parent)))
            return TRUE;
    }
    return FALSE;
}

/* --- options --- */

typedef struct OptionChange {
    PgCompiler *compiler;
    const char *table; /* quoted */
    const GPtrArray *from, *to;
} OptionChange;

static gboolean option_differs(const OptionChange *change, const char *name)
{
    return g_strcmp0(options_get(change->from, name), options_get(change->to, name)) != 0;
}

static void alter(const OptionChange *change, const char *action)
{
    compiler_add(change->compiler, g_strdup_printf("ALTER TABLE %s %s", change->table, action));
}

static void alter_with_name(const OptionChange *change, const char *action, const char *name)
{
    g_autofree char *text = g_strdup_printf("%s %s", action, name);
    alter(change, text);
}

static void change_switch(const OptionChange *change, const char *name, const char *on, const char *off)
{
    if (option_differs(change, name))
        alter(change, options_get(change->to, name) ? on : off);
}

static gboolean lists(GPtrArray *names, const char *name)
{
    return g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL);
}

static void alter_missing(const OptionChange *change, const GPtrArray *names, GPtrArray *others, const char *action)
{
    for (guint i = 0; i < names->len; i++)
        if (!lists(others, names->pdata[i]))
            alter_with_name(change, action, names->pdata[i]);
}

/* The server keeps what the table has from its parent, indexes under names of its own choice: what the model wants of
 * it is created by later statements. */
#define DETACH_BLOCK                                                                                                   \
    "-- Constraints and indexes that the table has from its parent go with it.\n"                                      \
    "DO $$\n"                                                                                                          \
    "DECLARE\n"                                                                                                        \
    "    drops text[];\n"                                                                                              \
    "    statement text;\n"                                                                                            \
    "BEGIN\n"                                                                                                          \
    "    SELECT coalesce(array_agg(inherited.text), '{}') INTO drops\n"                                                \
    "    FROM (\n"                                                                                                     \
    "        SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', k.conrelid::regclass, k.conname) AS text\n"          \
    "        FROM pg_constraint k\n"                                                                                   \
    "        WHERE k.conrelid = %s::regclass AND k.coninhcount > 0 AND k.contype <> 'n'\n"                             \
    "        UNION ALL\n"                                                                                              \
    "        SELECT format('DROP INDEX %%s', i.indexrelid::regclass)\n"                                                \
    "        FROM pg_index i JOIN pg_inherits h ON h.inhrelid = i.indexrelid\n"                                        \
    "        WHERE i.indrelid = %s::regclass\n"                                                                        \
    "            AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.conrelid = "        \
    "i.indrelid)\n"                                                                                                    \
    "    ) inherited;\n"                                                                                               \
    "    ALTER TABLE %s DETACH PARTITION %s;\n"                                                                        \
    "    FOREACH statement IN ARRAY drops LOOP\n"                                                                      \
    "        EXECUTE statement;\n"                                                                                     \
    "    END LOOP;\n"                                                                                                  \
    "END\n"                                                                                                            \
    "$$"

static void detach(const OptionChange *change, const char *parent)
{
    g_autofree char *table = postgresql_quote_literal(change->table);
    compiler_add(change->compiler, g_strdup_printf(DETACH_BLOCK, table, table, parent, change->table));
}

static void change_partition(const OptionChange *change, const Table *table)
{
    const char *from = options_get(change->from, "partition_of"), *to = options_get(change->to, "partition_of");
    const char *bound = options_get(change->to, "partition_bound");
    if (!option_differs(change, "partition_of") && !option_differs(change, "partition_bound"))
        return;
    if (from && g_strcmp0(from, to) != 0)
        detach(change, from);
    else if (from)
        compiler_add(change->compiler, g_strdup_printf("ALTER TABLE %s DETACH PARTITION %s", from, change->table));
    if (to)
        compiler_add(change->compiler, g_strdup_printf("ALTER TABLE %s ATTACH PARTITION %s %s", to, change->table,
                                                       bound ? bound : "DEFAULT"));
    if (to && !from)
        compiler_adopt_settings(change->compiler, table, change->to);
}

static void change_inheritance(const OptionChange *change)
{
    if (!option_differs(change, "inherits"))
        return;
    g_autoptr(GPtrArray) from = postgresql_names_in(options_get(change->from, "inherits"));
    g_autoptr(GPtrArray) to = postgresql_names_in(options_get(change->to, "inherits"));
    alter_missing(change, from, to, "NO INHERIT");
    alter_missing(change, to, from, "INHERIT");
}

void compiler_change_storage(PgCompiler *compiler, const char *target, const GPtrArray *from, const GPtrArray *to)
{
    g_autoptr(GPtrArray) set = strings_new(), reset = strings_new();
    for (guint i = 0; i < to->len; i++) {
        const Option *option = to->pdata[i];
        if (g_str_has_prefix(option->name, "with.") &&
            g_strcmp0(options_get(from, option->name), option->value ? option->value : "") != 0)
            g_ptr_array_add(set, postgresql_storage_parameter(option->name + strlen("with."), option->value));
    }
    for (guint i = 0; i < from->len; i++) {
        const Option *option = from->pdata[i];
        if (g_str_has_prefix(option->name, "with.") && !options_get(to, option->name))
            g_ptr_array_add(reset, g_strdup(option->name + strlen("with.")));
    }
    g_autofree char *settings = text_list(set, ", "), *names = text_list(reset, ", ");
    if (reset->len)
        compiler_add(compiler, g_strdup_printf("ALTER %s RESET (%s)", target, names));
    if (set->len)
        compiler_add(compiler, g_strdup_printf("ALTER %s SET (%s)", target, settings));
}

void compiler_change_tablespace(PgCompiler *compiler, const char *target, const GPtrArray *from, const GPtrArray *to)
{
    const char *tablespace = options_get(to, "tablespace");
    if (g_strcmp0(options_get(from, "tablespace"), tablespace) == 0)
        return;
    g_autofree char *quoted = postgresql_quote_identifier(tablespace ? tablespace : "pg_default");
    compiler_add(compiler, g_strdup_printf("ALTER %s SET TABLESPACE %s", target, quoted));
}

static gboolean alter_options(PgCompiler *compiler, const Table *table, const MigrateOp *op, GError **error)
{
    g_autoptr(GPtrArray) none = options_new();
    g_autofree char *name = postgresql_table_name(table);
    g_autofree char *target = g_strdup_printf("TABLE %s", name);
    const GPtrArray *before = table->partial && op->existing_options ? op->existing_options : table->options;
    OptionChange change = {compiler, name, before, op->options ? op->options : none};
    if (option_differs(&change, "partition_by")) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                    "table '%s': how a table is partitioned cannot be changed; create a new table, move the rows and "
                    "drop this one",
                    table->name);
        return FALSE;
    }
    change_partition(&change, table);
    change_inheritance(&change);
    compiler_change_own_settings(compiler, table, change.from, change.to);
    change_switch(&change, "unlogged", "SET UNLOGGED", "SET LOGGED");
    compiler_change_storage(compiler, target, change.from, change.to);
    compiler_change_tablespace(compiler, target, change.from, change.to);
    change_switch(&change, "row_security", "ENABLE ROW LEVEL SECURITY", "DISABLE ROW LEVEL SECURITY");
    change_switch(&change, "force_row_security", "FORCE ROW LEVEL SECURITY", "NO FORCE ROW LEVEL SECURITY");
    return TRUE;
}

/* --- tables --- */

static void rename_table(PgCompiler *compiler, const Table *table, const char *new_name)
{
    g_autofree char *name = postgresql_table_name(table);
    g_autofree char *quoted = postgresql_quote_identifier(new_name);
    if (strcmp(table->name, new_name) != 0)
        compiler_add(compiler, g_strdup_printf("ALTER TABLE %s RENAME TO %s", name, quoted));
}

static void comment_table(PgCompiler *compiler, const Table *table, const char *comment)
{
    g_autofree char *name = postgresql_table_name(table);
    g_autofree char *target = g_strdup_printf("TABLE %s", name);
    compiler_comment(compiler, target, comment);
}

gboolean compile_table_op(PgCompiler *compiler, const MigrateOp *op, GError **error)
{
    const Table *table = compiler_table(compiler, op, error);
    if (!table)
        return FALSE;
    if (op->kind == OP_ALTER_TABLE_OPTIONS)
        return alter_options(compiler, table, op, error);
    if (op->kind == OP_RENAME_TABLE)
        rename_table(compiler, table, op->new_name);
    else
        comment_table(compiler, table, op->kind == OP_CREATE_TABLE_COMMENT ? op->comment : NULL);
    return TRUE;
}
