#include "runtime/memory_schema.h"

#include "engine/engine.h"

#define MARK "SAVEPOINT migrate_mark"
#define RETURN "ROLLBACK TO SAVEPOINT migrate_mark"
#define RELEASE "RELEASE SAVEPOINT migrate_mark"

typedef struct Pending {
    char *sql;
    gboolean foreign_keys_off;
} Pending;

struct MemorySchema {
    const Dialect *dialect;
    Session *session;
    GPtrArray *pending; /* Pending*: added, and not sent yet */
    gboolean is_marked;
    guint n_before;   /* of `pending` those of before the mark */
    gboolean is_open; /* the mark is a savepoint */
};

static void pending_free(gpointer data)
{
    Pending *pending = data;
    g_free(pending->sql);
    g_free(pending);
}

static gboolean execute(const MemorySchema *memory, const char *sql, GError **error)
{
    return connection_execute(session_connection(memory->session), sql, error);
}

MemorySchema *memory_schema_new(const Dialect *dialect, GError **error)
{
    Session *session = engine_open_scratch(dialect, error);
    if (session == NULL)
        return NULL;
    MemorySchema *memory = g_new0(MemorySchema, 1);
    memory->dialect = dialect;
    memory->session = session;
    memory->pending = g_ptr_array_new_with_free_func(pending_free);
    for (const char *const *sql = dialect->before_foreign_keys_off; sql != NULL && *sql != NULL; sql++)
        if (!execute(memory, *sql, error)) {
            memory_schema_free(memory);
            return NULL;
        }
    return memory;
}

void memory_schema_free(MemorySchema *memory)
{
    if (memory == NULL)
        return;
    session_close(memory->session);
    g_ptr_array_unref(memory->pending);
    g_free(memory);
}

void memory_schema_add(MemorySchema *memory, const char *sql, gboolean foreign_keys_off)
{
    Pending *pending = g_new0(Pending, 1);
    pending->sql = g_strdup(sql);
    pending->foreign_keys_off = foreign_keys_off;
    g_ptr_array_add(memory->pending, pending);
}

/* As its section would. */
static gboolean send_one(const MemorySchema *memory, const Pending *pending, GError **error)
{
    const char *begin = pending->foreign_keys_off ? memory->dialect->section_begin : NULL;
    const char *end = pending->foreign_keys_off ? memory->dialect->section_end : NULL;
    if (begin != NULL && !execute(memory, begin, error))
        return FALSE;
    gboolean sent = execute(memory, pending->sql, error);
    return (end == NULL || execute(memory, end, sent ? error : NULL)) && sent;
}

static gboolean send_first(MemorySchema *memory, guint n, GError **error)
{
    gboolean sent = TRUE;
    for (guint i = 0; i < n && sent; i++)
        sent = send_one(memory, g_ptr_array_index(memory->pending, i), error);
    if (n > 0)
        g_ptr_array_remove_range(memory->pending, 0, n);
    return sent;
}

/* A rollback makes SQLite read its whole schema again, so there is a savepoint only when something is sent behind a
 * mark. */
gboolean memory_schema_flush(MemorySchema *memory, GError **error)
{
    if (memory->is_marked && !memory->is_open) {
        gboolean sent = send_first(memory, memory->n_before, error);
        memory->n_before = 0;
        if (!sent || !execute(memory, MARK, error))
            return FALSE;
        memory->is_open = TRUE;
    }
    return send_first(memory, memory->pending->len, error);
}

MetaData *memory_schema_inspect(MemorySchema *memory, const char *table, GError **error)
{
    const InspectOptions options = {.only_table = table};
    return memory_schema_flush(memory, error)
               ? memory->dialect->inspect(session_connection(memory->session), &options, error)
               : NULL;
}

void memory_schema_mark(MemorySchema *memory)
{
    memory->is_marked = TRUE;
    memory->n_before = memory->pending->len;
}

gboolean memory_schema_return(MemorySchema *memory, GError **error)
{
    gboolean is_open = memory->is_open;
    g_ptr_array_set_size(memory->pending, (gint)memory->n_before);
    memory->is_marked = memory->is_open = FALSE;
    return !is_open || (execute(memory, RETURN, error) && execute(memory, RELEASE, error));
}
