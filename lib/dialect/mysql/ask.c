/* Operations that ask first: the clause is the server's, so that each is a statement of its own. */
#include "base/error.h"
#include "dialect/mysql/compiler.h"

static const guint mysql_kinds = 1U << OP_CREATE_TABLE | 1U << OP_DROP_TABLE;
static const guint mariadb_kinds = 1U << OP_CREATE_TABLE | 1U << OP_DROP_TABLE | 1U << OP_ADD_COLUMN |
                                   1U << OP_DROP_COLUMN | 1U << OP_CREATE_INDEX | 1U << OP_DROP_INDEX |
                                   1U << OP_DROP_CONSTRAINT;

gboolean mysql_asks(const MigrateOp *op)
{
    return op->if_exists || op->if_not_exists;
}

static gboolean everything(const Constraint *constraint, void *data)
{
    (void)constraint;
    (void)data;
    return TRUE;
}

/* "CLAUSE x", for ALTER TABLE; NULL with `error`. */
static char *clause_of(const MysqlCompiler *compiler, const Table *table, const MigrateOp *op, GError **error)
{
    const char *words = op->kind == OP_DROP_COLUMN  ? "DROP COLUMN IF EXISTS"
                        : op->kind == OP_DROP_INDEX ? "DROP INDEX IF EXISTS"
                                                    : "DROP CONSTRAINT IF EXISTS";
    if (op->kind == OP_ADD_COLUMN) {
        g_autofree char *column = mysql_column_sql(table, op->column, compiler->flavour, error);
        return column ? g_strdup_printf("ADD COLUMN IF NOT EXISTS %s", column) : NULL;
    }
    if (op->kind == OP_CREATE_INDEX) {
        g_autofree char *index =
            sql_with_words(mysql_index_sql(table, op->index, compiler->flavour, error), "KEY ", "IF NOT EXISTS ");
        return index ? g_strdup_printf("ADD %s", index) : NULL;
    }
    const char *name = op->kind == OP_DROP_COLUMN  ? op->existing->name
                       : op->kind == OP_DROP_INDEX ? op->index->name
                                                   : op->constraint->name;
    if (!name) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "%s: what has no name cannot be asked for",
                    migrate_op_name(op));
        return NULL;
    }
    g_autofree char *quoted = mysql_quote_identifier(name);
    return g_strdup_printf("%s %s", words, quoted);
}

static char *statement_of(const MysqlCompiler *compiler, const MigrateOp *op, GError **error)
{
    g_autofree char *name = mysql_quote_identifier(op->table_name);
    if (op->kind == OP_DROP_TABLE)
        return g_strdup_printf("DROP TABLE IF EXISTS %s", name);
    if (op->kind == OP_CREATE_TABLE) {
        mysql_name_constraints(op->table, compiler->flavour);
        return sql_with_words(mysql_create_table_sql(op->table, compiler->flavour, everything, NULL, error),
                              "CREATE TABLE ", "IF NOT EXISTS ");
    }
    const Table *table = metadata_find_table(compiler->database, NULL, op->table_name);
    if (!table) {
        g_set_error(error, OPERATIONS_ERROR, OPERATIONS_ERROR_CONFLICT, "%s: table '%s' does not exist",
                    migrate_op_name(op), op->table_name);
        return NULL;
    }
    g_autofree char *clause = clause_of(compiler, table, op, error);
    return clause ? g_strdup_printf("ALTER TABLE %s %s", name, clause) : NULL;
}

gboolean mysql_compile_asking(MysqlCompiler *compiler, const MigrateOp *op, GError **error)
{
    gboolean mariadb = compiler->flavour == FLAVOUR_MARIADB;
    if (!dialect_check_existence(op, mariadb ? mariadb_kinds : mysql_kinds, mariadb ? "MariaDB" : "MySQL", error) ||
        !mysql_flush(compiler, error))
        return FALSE;
    char *sql = statement_of(compiler, op, error);
    if (!sql)
        return FALSE;
    mysql_add(compiler, sql);
    if (!migrate_op_apply(op, compiler->database, error))
        return FALSE;
    mysql_is_written(compiler);
    return TRUE;
}
