/* What is noted about tables, written in an order that runs. */
#include "dialect/mysql/compiler.h"

#include <string.h>

#include "base/error.h"

static const char history[] = "system_versioning";

static gboolean is_versioned(const Table *table)
{
    return options_get(table->options, history) != NULL;
}

/* A versioned table is altered with its history, or not at all (MariaDB: "System-Versioned Tables",
 * "system_versioning_alter_history"). */
void mysql_keep_history(MysqlCompiler *compiler, const Table *table)
{
    if (!table || !is_versioned(table) || compiler->keeps_history)
        return;
    mysql_add(compiler, g_strdup("SET system_versioning_alter_history = KEEP"));
    compiler->keeps_history = TRUE;
}

static void add_clause(MysqlCompiler *compiler, const Table *table, const char *clause)
{
    g_autofree char *name = mysql_quote_identifier(table->name);
    mysql_add(compiler, g_strdup_printf("ALTER TABLE %s %s", name, clause));
}

/* The server takes WITHOUT SYSTEM VERSIONING only for columns of a table that is versioned already. */
static gboolean has_columns_without(const Table *table)
{
    for (guint i = 0; i < table->columns->len; i++)
        if (options_get(((const Column *)table->columns->pdata[i])->options, "without_system_versioning"))
            return TRUE;
    return FALSE;
}

/* --- alter --- */

/* Moves the table, before it is versioned: a copy of `from`, as it is then. */
static Table *table_in_engine(MysqlCompiler *compiler, const Table *from, const Table *to)
{
    const char *engine = options_get(to->options, "engine");
    g_autofree char *clause = g_strdup_printf("ENGINE=%s", engine ? engine : "InnoDB");
    add_clause(compiler, to, clause);
    Table *between = table_copy(from);
    options_remove(between->options, "engine");
    if (engine)
        options_set(between->options, "engine", engine);
    return between;
}

/* A versioned table stays in the engine's own system versioning, or outside of it (error 4120). */
static gboolean refuse_other_engine(const Table *from, const Table *to, GError **error)
{
    gboolean was_own = options_get(from->options, "engine") == NULL,
             is_own = options_get(to->options, "engine") == NULL;
    if (!is_versioned(from) || !is_versioned(to) || was_own == is_own)
        return TRUE;
    g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                "table '%s': MariaDB moves no system-versioned table to or from InnoDB: take system_versioning away in "
                "a revision of its own, and its history with it",
                to->name);
    return FALSE;
}

static gboolean alter_one(MysqlCompiler *compiler, const MysqlTableChange *change, GError **error)
{
    const Table *from = metadata_find_table(compiler->written, NULL, change->former);
    const Table *to = metadata_find_table(compiler->database, NULL, change->name);
    g_autoptr(Table) between = NULL;
    gboolean begins = !is_versioned(from) && is_versioned(to), early = begins && has_columns_without(to);
    if (!refuse_other_engine(from, to, error))
        return FALSE;
    if (is_versioned(from) && !is_versioned(to))
        add_clause(compiler, to, "DROP SYSTEM VERSIONING");
    else
        mysql_keep_history(compiler, early ? to : from);
    if (early && g_strcmp0(options_get(from->options, "engine"), options_get(to->options, "engine")) != 0) {
        between = table_in_engine(compiler, from, to);
        from = between;
    }
    if (early)
        add_clause(compiler, to, "ADD SYSTEM VERSIONING");
    if (!mysql_alter_table(compiler, change, from, to, error))
        return FALSE;
    if (begins && !early)
        add_clause(compiler, to, "ADD SYSTEM VERSIONING");
    return TRUE;
}

static gboolean alter_tables(MysqlCompiler *compiler, GError **error)
{
    for (guint i = 0; i < compiler->changes->len; i++) {
        const MysqlTableChange *change = compiler->changes->pdata[i];
        if (change->former && change->name && !alter_one(compiler, change, error))
            return FALSE;
    }
    return TRUE;
}

/* --- rename, create, drop --- */

static void rename_tables(MysqlCompiler *compiler)
{
    for (guint i = 0; i < compiler->renames->len; i++) {
        const MysqlName *rename = compiler->renames->pdata[i];
        g_autofree char *former = mysql_quote_identifier(rename->former);
        g_autofree char *name = mysql_quote_identifier(rename->current);
        mysql_add(compiler, g_strdup_printf("RENAME TABLE %s TO %s", former, name));
    }
}

typedef struct Inlining {
    const MysqlCompiler *compiler;
    const Table *table;
} Inlining;

static gboolean is_inline(const Constraint *constraint, void *data)
{
    const Inlining *inlining = data;
    return mysql_is_inline(inlining->compiler, inlining->table, constraint);
}

static gboolean create_tables(MysqlCompiler *compiler, GError **error)
{
    for (guint i = 0; i < compiler->changes->len; i++) {
        const MysqlTableChange *change = compiler->changes->pdata[i];
        if (change->former)
            continue;
        const Table *table = metadata_find_table(compiler->database, NULL, change->name);
        Inlining inlining = {compiler, table};
        char *sql = mysql_create_table_sql(table, compiler->flavour, is_inline, &inlining, error);
        if (!sql)
            return FALSE;
        mysql_add(compiler, sql);
    }
    return TRUE;
}

static void drop_tables(MysqlCompiler *compiler, gboolean early)
{
    for (guint i = 0; i < compiler->dropped->len; i++) {
        const char *name = compiler->dropped->pdata[i];
        g_autofree char *quoted = mysql_quote_identifier(name);
        const Table *table = metadata_find_table(compiler->written, NULL, name);
        if (table && mysql_goes_early(compiler, table) == early)
            mysql_add(compiler, g_strdup_printf("DROP TABLE %s", quoted));
    }
}

/* --- all together --- */

void mysql_is_written(MysqlCompiler *compiler)
{
    mysql_mark_constraints(compiler->database);
    metadata_free(compiler->written);
    compiler->written = metadata_copy(compiler->database);
    g_ptr_array_set_size(compiler->changes, 0);
    g_ptr_array_set_size(compiler->renames, 0);
    g_ptr_array_set_size(compiler->dropped, 0);
}

gboolean mysql_flush(MysqlCompiler *compiler, GError **error)
{
    if (compiler->changes->len == 0)
        return TRUE;
    for (guint i = 0; i < compiler->changes->len; i++) {
        const MysqlTableChange *change = compiler->changes->pdata[i];
        const Table *table = change->name ? metadata_find_table(compiler->database, NULL, change->name) : NULL;
        if (table)
            mysql_name_constraints(table, compiler->flavour);
    }
    g_autoptr(MysqlReferences) references = mysql_references_new(compiler);
    mysql_drop_references(compiler, references);
    rename_tables(compiler);
    drop_tables(compiler, TRUE);
    if (!alter_tables(compiler, error) || !create_tables(compiler, error) ||
        !mysql_add_references(compiler, references, error))
        return FALSE;
    drop_tables(compiler, FALSE);
    mysql_is_written(compiler);
    return TRUE;
}
