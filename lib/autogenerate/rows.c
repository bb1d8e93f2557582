/* How many rows the tables have whose values operations lose. */
#include "autogenerate/autogenerate.h"

#include "base/log.h"

/* More than a query takes (SQLite: 500 parts of a compound one). */
enum { QUESTIONS_AT_ONCE = 200 };

static gboolean risks_data(const Dialect *dialect, const MigrateOp *op)
{
    return migrate_op_risks_data(op, !(dialect->capabilities & DIALECT_LOOSE_VALUES));
}

static char *key_of(const char *schema, const char *table)
{
    return g_strconcat(schema ? schema : "", "\n", table, NULL);
}

/* The names that tables have in the database, where operations before have renamed them: key -> name. */
static void note_rename(GHashTable *former, const MigrateOp *op)
{
    g_autofree char *key = key_of(op->schema, op->table_name);
    const char *before = g_hash_table_lookup(former, key);
    g_hash_table_replace(former, key_of(op->schema, op->new_name), g_strdup(before ? before : op->table_name));
}

static guint question_for(GArray *questions, const Table *table)
{
    for (guint i = 0; i < questions->len; i++) {
        const RowQuestion *question = &g_array_index(questions, RowQuestion, i);
        if (g_strcmp0(question->schema, table->schema) == 0 && g_strcmp0(question->table, table->name) == 0)
            return i;
    }
    RowQuestion question = {.schema = table->schema, .table = table->name};
    g_array_append_val(questions, question);
    return questions->len - 1;
}

/* One after the other, when one of them cannot be read. */
static void ask(const Dialect *dialect, Connection *connection, RowQuestion *questions, guint n)
{
    g_autoptr(GError) failure = NULL;
    if (dialect->estimate_rows(connection, questions, n, &failure))
        return;
    for (guint i = 0; n > 1 && i < n; i++)
        ask(dialect, connection, &questions[i], 1);
    if (n == 1)
        log_detail("rows of table '%s' are not counted: %s", questions->table, failure->message);
}

void comparison_estimate_rows(const Comparison *comparison, const Dialect *dialect, const MetaData *live,
                              Session *session)
{
    g_autoptr(GArray) questions = g_array_new(FALSE, FALSE, sizeof(RowQuestion));
    g_autoptr(GHashTable) former = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GHashTable) asked = g_hash_table_new(NULL, NULL); /* MigrateOp* -> its question's number + 1 */
    for (guint i = 0; i < comparison->operations->len; i++) {
        const MigrateOp *op = comparison->operations->pdata[i];
        if (op->kind == OP_RENAME_TABLE)
            note_rename(former, op);
        if (!risks_data(dialect, op))
            continue;
        g_autofree char *key = key_of(op->schema, op->table_name);
        const char *name = g_hash_table_lookup(former, key);
        const Table *table = metadata_find_table(live, op->schema, name ? name : op->table_name);
        if (table)
            g_hash_table_insert(asked, (gpointer)op, GUINT_TO_POINTER(question_for(questions, table) + 1));
    }
    for (guint i = 0; i < questions->len; i += QUESTIONS_AT_ONCE)
        ask(dialect, session_connection(session), &g_array_index(questions, RowQuestion, i),
            MIN(QUESTIONS_AT_ONCE, questions->len - i));
    for (guint i = 0; i < comparison->operations->len; i++) {
        MigrateOp *op = comparison->operations->pdata[i];
        guint number = GPOINTER_TO_UINT(g_hash_table_lookup(asked, op));
        if (number)
            op->rows = g_array_index(questions, RowQuestion, number - 1).rows;
    }
}
