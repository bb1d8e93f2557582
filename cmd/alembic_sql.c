#include "alembic_sql.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "dialect/reader.h"

/* A "-- Running upgrade A -> B" comment. */
typedef struct Marker {
    gsize start; /* byte of the text */
    int line;
    char *id;
    GPtrArray *blocks; /* SqlBlock* */
} Marker;

/* A text while it is cut. */
typedef struct Cutter {
    const char *path, *text;
    gsize length;
    const Dialect *dialect;
    gboolean up;
    const char *version_table;
    GPtrArray *markers; /* Marker* */
    gboolean begins;    /* the text has BEGIN: what stands outside is meant to */
    gboolean inside;    /* of a transaction */
} Cutter;

static void marker_free(Marker *marker)
{
    g_free(marker->id);
    g_clear_pointer(&marker->blocks, g_ptr_array_unref);
    g_free(marker);
}

AlembicSql *alembic_sql_new(void)
{
    AlembicSql *sql = g_new0(AlembicSql, 1);
    sql->blocks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    sql->places = g_ptr_array_new_with_free_func(g_free);
    sql->ids = g_ptr_array_new_with_free_func(g_free);
    return sql;
}

void alembic_sql_free(AlembicSql *sql)
{
    if (!sql)
        return;
    g_hash_table_unref(sql->blocks);
    g_ptr_array_unref(sql->places);
    g_ptr_array_unref(sql->ids);
    g_free(sql);
}

static gboolean fail_line(const Cutter *cutter, int line, GError **error, const char *format, ...) G_GNUC_PRINTF(4, 5);
static gboolean fail_line(const Cutter *cutter, int line, GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, BASE_ERROR, BASE_ERROR_SYNTAX, "%s:%d: %s", cutter->path, line, text);
    return FALSE;
}

/* ---- the comments ---- */

/* "upgrade A, B -> C" or "downgrade C -> A, B": the revision whose step it is. Labels in parentheses, which old
 * versions of Alembic print behind an id, are no part of it. */
static char *marker_revision(const Cutter *cutter, const char *step, int line, GError **error)
{
    g_auto(GStrv) words = g_strsplit(step, " ", 2);
    const char *direction = words[0], *sides = words[0] ? words[1] : NULL;
    const char *arrow = sides ? strstr(sides, "->") : NULL;
    if (g_strcmp0(direction, cutter->up ? "downgrade" : "upgrade") == 0) {
        fail_line(cutter, line, error, "this is what 'alembic %s --sql' prints: hand it over with %s", direction,
                  cutter->up ? "--downgrade-sql" : "--sql");
        return NULL;
    }
    if (g_strcmp0(direction, cutter->up ? "upgrade" : "downgrade") != 0 || !arrow) {
        fail_line(cutter, line, error, "'-- Running %s' is no step of 'alembic %s --sql'", step,
                  cutter->up ? "upgrade" : "downgrade");
        return NULL;
    }
    g_autofree char *side = cutter->up ? g_strdup(arrow + 2) : g_strndup(sides, (gsize)(arrow - sides));
    g_strstrip(side);
    side[strcspn(side, " ,(")] = '\0';
    if (*side == '\0') {
        fail_line(cutter, line, error, "'-- Running %s' names no revision", step);
        return NULL;
    }
    return g_steal_pointer(&side);
}

static gboolean add_marker(Cutter *cutter, gsize start, const char *step, GError **error)
{
    int line = text_position(cutter->text, cutter->length, start).line;
    char *id = marker_revision(cutter, step, line, error);
    if (!id)
        return FALSE;
    Marker *marker = g_new0(Marker, 1);
    *marker = (Marker){start, line, id, g_ptr_array_new_with_free_func((GDestroyNotify)sql_block_free)};
    g_ptr_array_add(cutter->markers, marker);
    return TRUE;
}

/* What Alembic prints, on stdout as well, when it gives up: the rest of the SQL is missing, and its words are no SQL.
 */
static gboolean check_failed(const Cutter *cutter, const SqlToken *token, GError **error)
{
    static const char word[] = "FAILED: ";
    const char *at = cutter->text + token->start;
    gsize left = cutter->length - token->start;
    if ((token->start > 0 && at[-1] != '\n') || left < sizeof word - 1 || strncmp(at, word, sizeof word - 1) != 0)
        return TRUE;
    const char *end = memchr(at, '\n', left);
    g_autofree char *message = g_strndup(at, end ? (gsize)(end - at) : left);
    return fail_line(cutter, text_position(cutter->text, cutter->length, token->start).line, error,
                     "Alembic stopped here: %s\n"
                     "nothing was imported; hand over what a run prints that goes through%s",
                     g_strchomp(message), cutter->up ? "" : ", or leave --downgrade-sql out");
}

static gboolean find_markers(Cutter *cutter, GError **error)
{
    static const char word[] = "-- Running ";
    const gsize size = sizeof word - 1;
    gsize position = 0;
    for (;;) {
        SqlToken token = cutter->dialect->next_token(cutter->text, cutter->length, position);
        if (token.kind == SQL_TOKEN_END)
            break;
        position = token.start + token.length;
        if (!check_failed(cutter, &token, error))
            return FALSE;
        const char *comment = cutter->text + token.start;
        if (token.kind != SQL_TOKEN_COMMENT || token.length < size || strncmp(comment, word, size) != 0)
            continue;
        g_autofree char *step = g_strndup(comment + size, token.length - size);
        if (!add_marker(cutter, token.start, g_strchomp(step), error))
            return FALSE;
    }
    return cutter->markers->len > 0 ||
           fail_line(cutter, 1, error, "there is no '-- Running %s' line: this is not what 'alembic %s --sql' prints",
                     cutter->up ? "upgrade" : "downgrade", cutter->up ? "upgrade" : "downgrade");
}

/* ---- the statements ---- */

/* The last part of a qualified name. New string, or NULL. */
static char *table_name(SqlReader *reader)
{
    char *name = sql_reader_take_identifier(reader);
    while (name && sql_reader_take(reader, ".")) {
        g_free(name);
        name = sql_reader_take_identifier(reader);
    }
    return name;
}

static gboolean is_about_version_table(const Cutter *cutter, const char *sql, gsize length)
{
    SqlReader reader = sql_reader_new(cutter->dialect, sql, length);
    if (!sql_reader_take_words(&reader, "CREATE", "TABLE") && !sql_reader_take_words(&reader, "DROP", "TABLE") &&
        !sql_reader_take_words(&reader, "INSERT", "INTO") && !sql_reader_take_words(&reader, "DELETE", "FROM") &&
        !sql_reader_take(&reader, "UPDATE"))
        return FALSE;
    g_autofree char *name = table_name(&reader);
    return name && (strcmp(name, "alembic_version") == 0 || g_strcmp0(name, cutter->version_table) == 0);
}

static gboolean drops_table(const Cutter *cutter, const char *sql, gsize length)
{
    SqlReader reader = sql_reader_new(cutter->dialect, sql, length);
    return sql_reader_take_words(&reader, "DROP", "TABLE");
}

/* BEGIN or COMMIT: TRUE, and *begins says which. */
static gboolean is_bracket(const Cutter *cutter, const char *sql, gsize length, gboolean *begins)
{
    static const char *const first[] = {"BEGIN", "START", NULL}, *const last[] = {"COMMIT", "END", NULL};
    SqlReader reader = sql_reader_new(cutter->dialect, sql, length);
    if (!cutter->dialect->controls_transaction(sql, length))
        return FALSE;
    *begins = sql_reader_is_one_of(&reader, first);
    return *begins || sql_reader_is_one_of(&reader, last);
}

static void add_statement(const Cutter *cutter, GPtrArray *blocks, const char *sql, gsize length)
{
    SqlBlock *block = blocks->len > 0 ? blocks->pdata[blocks->len - 1] : NULL;
    if (!block || block->transactional != cutter->inside) {
        block = sql_block_new(cutter->inside, FALSE);
        g_ptr_array_add(blocks, block);
    }
    if (block->transactional && (cutter->dialect->capabilities & DIALECT_TABLE_REBUILD) != 0 &&
        drops_table(cutter, sql, length))
        block->foreign_keys_off = TRUE;
    g_ptr_array_add(block->statements, g_strndup(sql, length));
}

static gboolean cut_statement(Cutter *cutter, const SqlStatement *statement, const Marker *marker, const Marker *next,
                              GError **error)
{
    const char *sql = cutter->text + statement->start;
    gboolean begins = FALSE;
    if (is_bracket(cutter, sql, statement->length, &begins)) {
        cutter->inside = begins;
        return TRUE;
    }
    if (is_about_version_table(cutter, sql, statement->length))
        return TRUE;
    if (!marker)
        return fail_line(cutter, statement->line, error,
                         "this statement stands before the first '-- Running' line, so it belongs to no revision\n"
                         "take it out of the file, or move it behind the line of the revision that needs it");
    if (next && statement->start + statement->length > next->start)
        return fail_line(cutter, statement->line, error,
                         "this statement goes on behind the '-- Running' line of revision '%s': it is not ended",
                         next->id);
    if (statement->has_data)
        return fail_line(cutter, statement->line, error, "rows behind COPY are nothing that Alembic prints");
    add_statement(cutter, marker->blocks, sql, statement->length);
    return TRUE;
}

static gboolean cut(Cutter *cutter, GError **error)
{
    GError *failure = NULL;
    g_autoptr(GPtrArray) statements = cutter->dialect->split(cutter->text, cutter->length, &failure);
    if (!statements) {
        g_propagate_prefixed_error(error, failure, "%s:", cutter->path);
        return FALSE;
    }
    for (guint i = 0; i < statements->len && !cutter->begins; i++) {
        const SqlStatement *statement = statements->pdata[i];
        gboolean begins = FALSE;
        cutter->begins = is_bracket(cutter, cutter->text + statement->start, statement->length, &begins) && begins;
    }
    cutter->inside = !cutter->begins;
    guint passed = 0; /* markers before the statement */
    for (guint i = 0; i < statements->len; i++) {
        const SqlStatement *statement = statements->pdata[i];
        for (; passed < cutter->markers->len; passed++) {
            const Marker *marker = cutter->markers->pdata[passed];
            if (marker->start > statement->start)
                break;
            /* Without transactions in the text, a COMMIT of a revision's own counts up to its end. */
            cutter->inside = cutter->inside || !cutter->begins;
        }
        const Marker *marker = passed > 0 ? cutter->markers->pdata[passed - 1] : NULL;
        const Marker *next = passed < cutter->markers->len ? cutter->markers->pdata[passed] : NULL;
        if (!cut_statement(cutter, statement, marker, next, error))
            return FALSE;
    }
    return TRUE;
}

/* ---- the result ---- */

static gboolean add_revisions(const Cutter *cutter, AlembicSql *sql, GError **error)
{
    for (guint i = 0; i < cutter->markers->len; i++) {
        Marker *marker = cutter->markers->pdata[i];
        const GPtrArray *before = g_hash_table_lookup(sql->blocks, marker->id);
        if (before && !sql_blocks_equal(before, marker->blocks))
            return fail_line(cutter, marker->line, error, "revision '%s' stands here again, with other SQL",
                             marker->id);
        if (before)
            continue;
        g_ptr_array_add(sql->ids, g_strdup(marker->id));
        g_ptr_array_add(sql->places, g_strdup_printf("%s:%d", cutter->path, marker->line));
        g_hash_table_insert(sql->blocks, g_strdup(marker->id), g_steal_pointer(&marker->blocks));
    }
    return TRUE;
}

gboolean alembic_sql_add(AlembicSql *sql, const char *path, const char *text, gsize length, const Dialect *dialect,
                         gboolean up, const char *version_table, GError **error)
{
    g_autoptr(GPtrArray) markers = g_ptr_array_new_with_free_func((GDestroyNotify)marker_free);
    Cutter cutter = {.path = path,
                     .text = text,
                     .length = length,
                     .dialect = dialect,
                     .up = up,
                     .version_table = version_table,
                     .markers = markers};
    return find_markers(&cutter, error) && cut(&cutter, error) && add_revisions(&cutter, sql, error);
}
