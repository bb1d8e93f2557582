#include "dialect/bulk_insert.h"

#include <string.h>

#include "base/error.h"

enum { CHUNK_BYTES = 1024 * 1024, DATE_LENGTH = 10, UUID_LENGTH = 36 };

/* What a value is sent as. */
typedef struct Bound {
    ParameterKind kind;
    char *text; /* NULL for NULL */
    gsize length;
    gboolean word; /* its literal has no quotes */
} Bound;

void bulk_statement_free(BulkStatement *statement)
{
    if (!statement)
        return;
    g_free(statement->sql);
    g_free(statement->prepared);
    g_ptr_array_unref(statement->values);
    g_array_unref(statement->kinds);
    g_array_unref(statement->lengths);
    g_free(statement);
}

Request bulk_statement_request(const BulkStatement *statement)
{
    return (Request){.sql = statement->prepared,
                     .params = (const char *const *)statement->values->pdata,
                     .n_params = statement->values->len,
                     .kinds = (const ParameterKind *)(void *)statement->kinds->data,
                     .lengths = (const gsize *)(void *)statement->lengths->data};
}

/* --- values --- */

static gboolean has_kind(const SqlType *type, SqlTypeKind kind)
{
    return type && type->kind == kind;
}

/* "550e8400-e29b-41d4-a716-446655440000" where 32 digits are kept. */
static gboolean is_dashed_uuid(const ValueStyle *style, const SqlType *type, const char *text)
{
    gboolean kept = has_kind(type, SQL_TYPE_UUID) ||
                    (has_kind(type, SQL_TYPE_NATIVE) && g_ascii_strcasecmp(type->name, "CHAR(32)") == 0);
    return style->uuid_digits && kept && strlen(text) == UUID_LENGTH && g_uuid_string_is_valid(text);
}

static char *without_dashes(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "-", -1);
    return g_strjoinv(NULL, parts);
}

/* Where "Z", "+02:00" … begins in a time of day; NULL: nowhere. */
static char *find_offset(char *time)
{
    char *end = time + strlen(time);
    if (end > time && g_ascii_toupper(end[-1]) == 'Z')
        return end - 1;
    return strpbrk(time, "+-");
}

static gboolean is_utc(const char *offset)
{
    return g_ascii_strcasecmp(offset, "Z") == 0 || strcmp(offset, "+00:00") == 0 || strcmp(offset, "-00:00") == 0 ||
           strcmp(offset, "+00") == 0;
}

/* Changes `text` in place. */
static gboolean fit_time(const ValueStyle *style, const SqlType *type, char *text, GError **error)
{
    gboolean with_date = has_kind(type, SQL_TYPE_DATE_TIME), has_date = with_date && strlen(text) > DATE_LENGTH;
    if (!has_date && !has_kind(type, SQL_TYPE_TIME))
        return TRUE;
    if (has_date && style->space_before_time && g_ascii_toupper(text[DATE_LENGTH]) == 'T')
        text[DATE_LENGTH] = ' ';
    char *offset = style->no_time_zones ? find_offset(has_date ? text + DATE_LENGTH : text) : NULL;
    if (offset && !is_utc(offset)) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                    "'%s' has an offset from UTC, which this database cannot store: write the time in UTC", text);
        return FALSE;
    }
    if (offset)
        *offset = '\0';
    return TRUE;
}

static void bind_text(Bound *bound, ParameterKind kind, char *text)
{
    *bound = (Bound){.kind = kind, .text = text, .length = strlen(text), .word = kind != PARAMETER_TEXT};
}

static void bind_boolean(const ValueStyle *style, gboolean value, Bound *bound)
{
    if (style->boolean_words)
        bind_text(bound, PARAMETER_TEXT, g_strdup(value ? "true" : "false"));
    else
        bind_text(bound, PARAMETER_INTEGER, g_strdup(value ? "1" : "0"));
    bound->word = TRUE;
}

static gboolean is_integer(const char *text)
{
    gint64 value;
    return g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &value, NULL);
}

static void bind_number(const ValueStyle *style, const char *text, const SqlType *type, Bound *bound)
{
    if (has_kind(type, SQL_TYPE_BOOLEAN) && (strcmp(text, "0") == 0 || strcmp(text, "1") == 0))
        bind_boolean(style, *text == '1', bound);
    else
        bind_text(bound, is_integer(text) ? PARAMETER_INTEGER : PARAMETER_REAL, g_strdup(text));
}

static gboolean bind_value(const ValueStyle *style, const BulkValue *value, const SqlType *type, Bound *bound,
                           GError **error)
{
    switch (value->kind) {
    case BULK_NULL:
        *bound = (Bound){.kind = PARAMETER_TEXT};
        return TRUE;
    case BULK_NUMBER:
        bind_number(style, value->text, type, bound);
        return TRUE;
    case BULK_BOOLEAN:
        bind_boolean(style, strcmp(value->text, "true") == 0, bound);
        return TRUE;
    case BULK_BINARY: {
        char *bytes = g_malloc0(value->length + 1);
        memcpy(bytes, value->text, value->length);
        *bound = (Bound){.kind = PARAMETER_BINARY, .text = bytes, .length = value->length};
        return TRUE;
    }
    case BULK_JSON:
        bind_text(bound, PARAMETER_TEXT, g_strdup(value->text));
        return TRUE;
    case BULK_TEXT:
        bind_text(bound, PARAMETER_TEXT,
                  is_dashed_uuid(style, type, value->text) ? without_dashes(value->text) : g_strdup(value->text));
        return fit_time(style, type, bound->text, error);
    }
    g_return_val_if_reached(FALSE);
}

static void append_binary(const ValueStyle *style, GString *sql, const Bound *bound)
{
    g_string_append(sql, style->binary_prefix);
    for (gsize i = 0; i < bound->length; i++)
        g_string_append_printf(sql, "%02x", (guchar)bound->text[i]);
    g_string_append(sql, style->binary_suffix);
}

static void append_literal(const Dialect *dialect, GString *sql, const Bound *bound)
{
    if (bound->text && bound->kind == PARAMETER_BINARY) {
        append_binary(dialect->value_style, sql, bound);
    } else if (bound->text && bound->word) {
        g_string_append(sql, bound->text);
    } else {
        g_autofree char *literal = dialect->quote_literal(bound->text);
        g_string_append(sql, literal);
    }
}

/* --- statements --- */

/* One that is being written. */
typedef struct Chunk {
    const Dialect *dialect;
    const BulkInsert *insert;
    char *head; /* "INSERT INTO t (a, b) VALUES " */
    GString *sql, *prepared;
    BulkStatement *statement; /* NULL: none yet */
    gsize bytes;              /* of its values */
    GPtrArray *statements;    /* those that are done */
} Chunk;

static char *statement_head(const Dialect *dialect, const BulkInsert *insert)
{
    GString *head = g_string_new("INSERT INTO ");
    g_autofree char *schema = insert->schema ? dialect->quote_identifier(insert->schema) : NULL;
    g_autofree char *table = dialect->quote_identifier(insert->table_name);
    g_string_append_printf(head, "%s%s%s", schema ? schema : "", schema ? "." : "", table);
    if (insert->columns->len == 0)
        return g_string_free(g_string_append(head, dialect->value_style->default_row), FALSE);
    for (guint i = 0; i < insert->columns->len; i++) {
        g_autofree char *column = dialect->quote_identifier(insert->columns->pdata[i]);
        g_string_append_printf(head, "%s%s", i ? ", " : " (", column);
    }
    return g_string_free(g_string_append(head, ") VALUES "), FALSE);
}

static void chunk_end(Chunk *chunk)
{
    if (!chunk->statement)
        return;
    chunk->statement->sql = g_strndup(chunk->sql->str, chunk->sql->len);
    chunk->statement->prepared = g_strndup(chunk->prepared->str, chunk->prepared->len);
    g_ptr_array_add(chunk->statements, g_steal_pointer(&chunk->statement));
}

static void chunk_begin(Chunk *chunk)
{
    chunk_end(chunk);
    chunk->statement = g_new0(BulkStatement, 1);
    chunk->statement->values = g_ptr_array_new_with_free_func(g_free);
    chunk->statement->kinds = g_array_new(FALSE, FALSE, sizeof(ParameterKind));
    chunk->statement->lengths = g_array_new(FALSE, FALSE, sizeof(gsize));
    g_string_assign(chunk->sql, chunk->head);
    g_string_assign(chunk->prepared, chunk->head);
    chunk->bytes = 0;
}

/* A row without columns is a statement of its own. */
static gboolean chunk_is_full(const Chunk *chunk)
{
    const BulkStatement *statement = chunk->statement;
    guint columns = chunk->insert->columns->len;
    return !statement || columns == 0 || chunk->bytes >= CHUNK_BYTES ||
           statement->values->len + columns > chunk->dialect->value_style->max_parameters;
}

/* Takes what is bound. */
static void chunk_add(Chunk *chunk, Bound *bound)
{
    BulkStatement *statement = chunk->statement;
    append_literal(chunk->dialect, chunk->sql, bound);
    g_ptr_array_add(statement->values, bound->text);
    g_array_append_val(statement->kinds, bound->kind);
    g_array_append_val(statement->lengths, bound->length);
    if (chunk->dialect->value_style->numbered_parameters)
        g_string_append_printf(chunk->prepared, "$%u", statement->values->len);
    else
        g_string_append_c(chunk->prepared, '?');
    chunk->bytes += bound->length + 1;
}

static void append_both(Chunk *chunk, const char *text)
{
    g_string_append(chunk->sql, text);
    g_string_append(chunk->prepared, text);
}

static gboolean chunk_add_row(Chunk *chunk, const BulkValue *row, GError **error)
{
    const BulkInsert *insert = chunk->insert;
    if (chunk_is_full(chunk))
        chunk_begin(chunk);
    for (guint i = 0; i < insert->columns->len; i++) {
        Bound bound = {0};
        if (!bind_value(chunk->dialect->value_style, &row[i], insert->types->pdata[i], &bound, error)) {
            g_prefix_error(error, "column '%s': ", (const char *)insert->columns->pdata[i]);
            g_free(bound.text);
            return FALSE;
        }
        append_both(chunk, i ? ", " : chunk->statement->n_rows ? ", (" : "(");
        chunk_add(chunk, &bound);
    }
    append_both(chunk, insert->columns->len ? ")" : "");
    chunk->statement->n_rows++;
    return TRUE;
}

static gboolean write_rows(Chunk *chunk, GError **error)
{
    for (guint i = 0; i < chunk->insert->rows->len; i++) {
        if (!chunk_add_row(chunk, chunk->insert->rows->pdata[i], error)) {
            g_prefix_error(error, "bulk_insert: row %u, ", i + 1);
            return FALSE;
        }
    }
    chunk_end(chunk);
    return TRUE;
}

GPtrArray *bulk_insert_statements(const Dialect *dialect, const BulkInsert *insert, GError **error)
{
    Chunk chunk = {.dialect = dialect,
                   .insert = insert,
                   .head = statement_head(dialect, insert),
                   .sql = g_string_new(NULL),
                   .prepared = g_string_new(NULL),
                   .statements = g_ptr_array_new_with_free_func((GDestroyNotify)bulk_statement_free)};
    if (!write_rows(&chunk, error))
        g_clear_pointer(&chunk.statements, g_ptr_array_unref);
    bulk_statement_free(chunk.statement);
    g_free(chunk.head);
    g_string_free(chunk.sql, TRUE);
    g_string_free(chunk.prepared, TRUE);
    return chunk.statements;
}
