#include "dialect/dialect.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"

const Dialect *const dialects[] = {&sqlite_dialect, &postgresql_dialect, &mysql_dialect, &mariadb_dialect, NULL};

SqlBlock *sql_block_new(gboolean transactional, gboolean foreign_keys_off)
{
    SqlBlock *block = g_new0(SqlBlock, 1);
    block->transactional = transactional;
    block->foreign_keys_off = foreign_keys_off;
    block->statements = strings_new();
    return block;
}

void sql_block_free(SqlBlock *block)
{
    if (block == NULL)
        return;
    g_ptr_array_unref(block->statements);
    g_free(block);
}

gboolean sql_blocks_equal(const GPtrArray *a, const GPtrArray *b)
{
    if (a->len != b->len)
        return FALSE;
    for (guint i = 0; i < a->len; i++) {
        const SqlBlock *x = a->pdata[i], *y = b->pdata[i];
        if (x->transactional != y->transactional || x->foreign_keys_off != y->foreign_keys_off ||
            !strings_equal(x->statements, y->statements, FALSE))
            return FALSE;
    }
    return TRUE;
}

void model_statement_clear(ModelStatement *statement)
{
    g_clear_pointer(&statement->sql, g_free);
    g_clear_pointer(&statement->reason, g_free);
}

void model_statement_set(ModelStatement *statement, ModelFate fate, const char *reason)
{
    statement->fate = fate;
    statement->reason = g_strdup(reason);
}

gboolean dialect_has_backticks(const Dialect *dialect)
{
    /* How a dialect quotes names shows in a name that needs it. */
    g_autofree char *quoted = dialect->quote_identifier("a b");
    return *quoted == '`';
}

gboolean dialect_check_existence(const MigrateOp *op, guint kinds, const char *product, GError **error)
{
    if ((!op->if_exists && !op->if_not_exists) || (kinds & (1U << op->kind)))
        return TRUE;
    g_autofree char *what = migrate_op_describe(op);
    g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "%s: %s has no %s for this: leave '%s' out", what,
                product, op->if_exists ? "IF EXISTS" : "IF NOT EXISTS", op->if_exists ? "if_exists" : "if_not_exists");
    return FALSE;
}

char *sql_with_words(char *sql, const char *behind, const char *words)
{
    const char *at = sql ? strstr(sql, behind) : NULL;
    if (!at)
        return sql;
    at += strlen(behind);
    char *result = g_strdup_printf("%.*s%s%s", (int)(at - sql), sql, words, at);
    g_free(sql);
    return result;
}

void statement_outcome_clear(StatementOutcome *outcome)
{
    g_clear_pointer(&outcome->rest, g_free);
    g_clear_pointer(&outcome->reason, g_free);
    outcome->effect = EFFECT_NONE;
}

const Dialect *dialect_find(const char *name, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (gsize i = 0; dialects[i] != NULL; i++) {
        if (g_ascii_strcasecmp(dialects[i]->name, name) == 0)
            return dialects[i];
        g_ptr_array_add(names, (char *)dialects[i]->name);
    }
    g_autofree char *known = text_join(names, "and");
    g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_DIALECT, "no dialect '%s' in this build, which has %s", name, known);
    return NULL;
}

gboolean model_script_is_of(ModelScript *script, const char *database, ModelStatement *answer)
{
    if (!script->database)
        script->database = g_strdup(database);
    if (strcmp(script->database, database) == 0) {
        model_statement_set(answer, MODEL_SKIP, "the database itself");
        return TRUE;
    }
    answer->fate = MODEL_REFUSE;
    answer->reason = g_strdup_printf("a model is of one database, and behind '%s' this is '%s'\n"
                                     "dump the one that is meant into a file of its own",
                                     script->database, database);
    return FALSE;
}

GPtrArray *dialect_user_schemas(const Dialect *dialect, Connection *connection, GError **error)
{
    g_autoptr(GPtrArray) names = strings_new();
    g_autoptr(Result) result = connection_query(connection, dialect->user_schemas_query, error);
    int more = result ? 1 : -1;
    while (more > 0 && (more = result_next(result, error)) > 0)
        g_ptr_array_add(names, g_strdup(result_text(result, 0)));
    g_ptr_array_add(names, NULL);
    return more < 0 ? NULL : g_steal_pointer(&names);
}
