/* The procedure of sqlite.org/lang_altertable.html#otheralter, as statements for a foreign-keys:off section. */
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "dialect/sqlite/compiler.h"
#include "dialect/sqlite/sqlite.h"

typedef struct Rebuild {
    const Table *old, *table;
    const GPtrArray *restored, *moved;
    char *name, *scratch;     /* quoted: the table's name, and that of the new table while it is filled */
    const char *scratch_name; /* not quoted */
    GString *comment;
    GString *into, *from; /* the columns of INSERT and SELECT */
} Rebuild;

static gboolean name_is_taken(const MetaData *database, const char *name)
{
    if (metadata_find_table(database, NULL, name))
        return TRUE;
    for (guint i = 0; i < database->objects->len; i++) {
        const SchemaObject *object = database->objects->pdata[i];
        if (name_equal(object->name, name, TRUE))
            return TRUE;
    }
    return FALSE;
}

static char *free_name(const MetaData *database, const char *table)
{
    char *name = g_strdup_printf("_migrate_new_%s", table);
    for (guint i = 2; name_is_taken(database, name); i++) {
        g_free(name);
        name = g_strdup_printf("_migrate_new_%s_%u", table, i);
    }
    return name;
}

/* Text of people in a one-line comment: a line end in it would end the comment. */
static void append_comment(Rebuild *rebuild, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void append_comment(Rebuild *rebuild, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *line = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    for (char *at = line; *at; at++)
        if (g_ascii_iscntrl(*at))
            *at = ' ';
    g_string_append_printf(rebuild->comment, "-- %s\n", line);
}

/* --- what is copied --- */

static void copy_into(Rebuild *rebuild, const char *column, const char *expression)
{
    const char *comma = rebuild->into->len ? ", " : "";
    g_string_append_printf(rebuild->into, "%s%s", comma, column);
    g_string_append_printf(rebuild->from, "%s%s", comma, expression);
}

typedef enum Affinity { AFFINITY_BLOB, AFFINITY_TEXT, AFFINITY_INTEGER, AFFINITY_REAL, AFFINITY_NUMERIC } Affinity;

/* sqlite.org/datatype3.html#determination_of_column_affinity */
static Affinity affinity(const SqlType *type)
{
    g_autofree char *spelling = sqlite_type_sql(type, NULL);
    g_autofree char *upper = g_ascii_strup(spelling ? spelling : "", -1);
    if (strstr(upper, "INT"))
        return AFFINITY_INTEGER;
    if (strstr(upper, "CHAR") || strstr(upper, "CLOB") || strstr(upper, "TEXT"))
        return AFFINITY_TEXT;
    if (*upper == '\0' || strstr(upper, "BLOB") || strcmp(upper, "ANY") == 0)
        return AFFINITY_BLOB;
    if (strstr(upper, "REAL") || strstr(upper, "FLOA") || strstr(upper, "DOUB"))
        return AFFINITY_REAL;
    return AFFINITY_NUMERIC;
}

static gboolean is_any(const SqlType *type)
{
    g_autofree char *spelling = sqlite_type_sql(type, NULL);
    return spelling && (*spelling == '\0' || g_ascii_strcasecmp(spelling, "ANY") == 0);
}

/* Between text and blobs nothing is converted by itself, so an application would keep reading the former kind. */
static char *convert(Rebuild *rebuild, const Column *old, const Column *column, const char *quoted)
{
    Affinity from = affinity(old->type), to = affinity(column->type);
    if (from == to || is_any(column->type))
        return g_strdup(quoted);
    if (to == AFFINITY_BLOB && from == AFFINITY_TEXT)
        return g_strdup_printf("CAST(%s AS BLOB)", quoted);
    if (to == AFFINITY_TEXT && from == AFFINITY_BLOB && !is_any(old->type))
        return g_strdup_printf("CAST(%s AS TEXT)", quoted);
    if (from == AFFINITY_TEXT)
        append_comment(rebuild, "Text in '%s' that reads as a number becomes one: '007' becomes 7.", column->name);
    else if (to == AFFINITY_TEXT)
        append_comment(rebuild, "Numbers in '%s' become text: 1.5 becomes '1.5'.", column->name);
    else if (to == AFFINITY_REAL)
        append_comment(rebuild, "Numbers in '%s' beyond 2^53 may lose digits.", column->name);
    return g_strdup(quoted);
}

static gboolean becomes_not_null(const Rebuild *rebuild, const Column *old, const Column *column)
{
    return sqlite_accepts_null(rebuild->old, old) && !sqlite_accepts_null(rebuild->table, column) &&
           !sqlite_is_rowid_alias(rebuild->old, old);
}

/* "CASE x WHEN 'old' THEN 'new' … ELSE x END" where values were renamed, else x. New string. */
static char *move_values(const Rebuild *rebuild, const Column *column, const char *value)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < rebuild->moved->len; i++) {
        const RenamedValues *moved = rebuild->moved->pdata[i];
        for (guint j = 0; name_equal(moved->column, column->name, TRUE) && j < moved->pairs->len; j++) {
            const Option *pair = moved->pairs->pdata[j];
            g_autofree char *from = sqlite_quote_literal(pair->name), *to = sqlite_quote_literal(pair->value);
            g_string_append_printf(text, " WHEN %s THEN %s", from, to);
        }
    }
    return text->len ? g_strdup_printf("CASE %s%s ELSE %s END", value, text->str, value) : g_strdup(value);
}

static void copy_column(Rebuild *rebuild, const Column *old, const Column *column)
{
    g_autofree char *quoted = sqlite_quote_identifier(column->name);
    g_autofree char *converted = convert(rebuild, old, column, quoted);
    g_autofree char *value = move_values(rebuild, column, converted);
    if (!becomes_not_null(rebuild, old, column)) {
        copy_into(rebuild, quoted, value);
    } else if (!column->server_default || sqlite_default_is_null(column->server_default)) {
        append_comment(rebuild, "Fails, and changes nothing, while '%s' holds NULL.", column->name);
        copy_into(rebuild, quoted, value);
    } else {
        g_autofree char *fallback = sqlite_default_expression(column->server_default);
        g_autofree char *expression = g_strdup_printf("coalesce(%s, %s)", value, fallback);
        append_comment(rebuild, "NULL in '%s' becomes its default.", column->name);
        copy_into(rebuild, quoted, expression);
    }
}

/* "column IN ('a', …)", as an enum's check says: the first value. New string or NULL. */
static char *first_allowed(const Table *table, const Column *column)
{
    g_autofree char *quoted = sqlite_quote_identifier(column->name);
    g_autofree char *given = g_strdup_printf("%s IN (", quoted);
    g_autofree char *start = sql_normalise(&sqlite_dialect, given);
    for (guint i = 0; i < table->constraints->len; i++) {
        const Constraint *constraint = table->constraints->pdata[i];
        g_autofree char *text = constraint->kind == CONSTRAINT_CHECK
                                    ? sql_normalise(&sqlite_dialect, constraint->expression)
                                    : g_strdup("");
        if (!g_str_has_prefix(text, start))
            continue;
        gsize length = strlen(text), position = strlen(start);
        SqlToken token = sql_next_significant(&sqlite_dialect, text, length, &position);
        if (token.kind == SQL_TOKEN_STRING || token.kind == SQL_TOKEN_NUMBER)
            return g_strndup(text + token.start, token.length);
    }
    return NULL;
}

/* What a column that takes no NULL can hold when its values are gone. New string. */
static char *neutral_value(const Table *table, const Column *column)
{
    char *allowed = first_allowed(table, column);
    if (allowed)
        return allowed;
    g_autofree char *spelling = sqlite_type_sql(column->type, NULL);
    g_autofree char *upper = g_ascii_strup(spelling ? spelling : "", -1);
    if (strstr(upper, "DATETIME") || strstr(upper, "TIMESTAMP"))
        return g_strdup("'1970-01-01 00:00:00'");
    if (strstr(upper, "DATE"))
        return g_strdup("'1970-01-01'");
    if (strcmp(upper, "TIME") == 0)
        return g_strdup("'00:00:00'");
    switch (affinity(column->type)) {
    case AFFINITY_TEXT:
        return g_strdup("''");
    case AFFINITY_BLOB:
        return g_strdup("x''");
    case AFFINITY_INTEGER:
    case AFFINITY_REAL:
    case AFFINITY_NUMERIC:
        break;
    }
    return g_strdup("0");
}

/* One value for all rows would break a key. */
static gboolean is_in_key(const Table *table, const char *name)
{
    if (table_in_primary_key(table, name))
        return TRUE;
    for (guint i = 0; i < table->constraints->len; i++) {
        const Constraint *constraint = table->constraints->pdata[i];
        for (guint j = 0; j < constraint->columns->len; j++)
            if (name_equal(constraint->columns->pdata[j], name, TRUE))
                return TRUE;
    }
    return FALSE;
}

static gboolean is_restored(const Rebuild *rebuild, const Column *column)
{
    for (guint i = 0; i < rebuild->restored->len; i++)
        if (name_equal(rebuild->restored->pdata[i], column->name, TRUE))
            return TRUE;
    return FALSE;
}

/* A new column gets its default, if it has one; a computed one computes itself. */
static void fill_column(Rebuild *rebuild, const Column *column)
{
    if (column->computed || column->server_default || sqlite_accepts_null(rebuild->table, column) ||
        sqlite_is_rowid_alias(rebuild->table, column))
        return;
    if (!is_restored(rebuild, column) || is_in_key(rebuild->table, column->name)) {
        append_comment(rebuild, "Fails, and changes nothing, while the table has rows: '%s' has no value for them.",
                       column->name);
        return;
    }
    g_autofree char *quoted = sqlite_quote_identifier(column->name);
    g_autofree char *value = neutral_value(rebuild->table, column);
    append_comment(rebuild, "The values of '%s' were dropped and cannot come back: rows get %s.", column->name, value);
    copy_into(rebuild, quoted, value);
}

static void copy_columns(Rebuild *rebuild)
{
    for (guint i = 0; i < rebuild->table->columns->len; i++) {
        const Column *column = rebuild->table->columns->pdata[i];
        const Column *old = table_find_column(rebuild->old, column->name);
        if (!old)
            fill_column(rebuild, column);
        else if (!column->computed)
            copy_column(rebuild, old, column);
    }
}

static void comment_dropped_columns(Rebuild *rebuild)
{
    for (guint i = 0; i < rebuild->old->columns->len; i++) {
        const Column *column = rebuild->old->columns->pdata[i];
        if (!table_find_column(rebuild->table, column->name))
            append_comment(rebuild, "The values of '%s' are dropped.", column->name);
    }
}

/* A name of the rowid that no column hides; NULL when there is none. */
static const char *rowid_name(const Table *table)
{
    static const char *const names[] = {"rowid", "_rowid_", "oid"};
    if (sqlite_is_without_rowid(table))
        return NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (!table_find_column(table, names[i]))
            return names[i];
    const Column *alias = sqlite_rowid_alias(table);
    return alias ? alias->name : NULL;
}

/* Rowids are kept: full-text indexes and applications may refer to them, and they are the order of reading. */
static void copy_rowid(Rebuild *rebuild)
{
    const Column *alias = sqlite_rowid_alias(rebuild->table);
    const char *from = rowid_name(rebuild->old), *into = alias ? alias->name : rowid_name(rebuild->table);
    if (!from || !into || (alias && table_find_column(rebuild->old, alias->name)))
        return;
    g_autofree char *quoted_from = sqlite_quote_identifier(from);
    g_autofree char *quoted_into = sqlite_quote_identifier(into);
    copy_into(rebuild, quoted_into, quoted_from);
}

/* --- statements --- */

static void add_statement(GPtrArray *statements, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void add_statement(GPtrArray *statements, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_ptr_array_add(statements, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

/* ", 'a', 'b'" in a growing list of literals. */
static void append_literal(GString *list, const char *name)
{
    g_autofree char *literal = sqlite_quote_literal(name);
    g_string_append_printf(list, "%s%s", list->len ? ", " : "", literal);
}

/* DROP TABLE takes along every column, index and trigger. What somebody added to this database by hand, and the
 * revision does not know, must not be lost in silence: the name of the failing check is the message. */
static void add_guard(const Rebuild *rebuild, const GPtrArray *triggers, GPtrArray *statements)
{
    g_autoptr(GString) columns = g_string_new(NULL);
    g_autoptr(GString) others = g_string_new(NULL);
    for (guint i = 0; i < rebuild->old->columns->len; i++)
        append_literal(columns, ((const Column *)rebuild->old->columns->pdata[i])->name);
    for (guint i = 0; i < rebuild->old->indexes->len; i++)
        append_literal(others, ((const Index *)rebuild->old->indexes->pdata[i])->name);
    for (guint i = 0; i < triggers->len; i++)
        append_literal(others, ((const SchemaObject *)triggers->pdata[i])->name);
    g_autofree char *table = sqlite_quote_literal(rebuild->old->name);
    g_autofree char *message = g_strdup_printf(
        "table %s has columns, indexes or triggers that this revision would drop unasked", rebuild->old->name);
    g_autofree char *constraint = sqlite_quote_identifier(message);
    add_statement(statements,
                  "%sCREATE TEMP TABLE _migrate_guard (unknown TEXT, CONSTRAINT %s CHECK (unknown IS NULL))",
                  rebuild->comment->str, constraint);
    add_statement(
        statements,
        "INSERT INTO _migrate_guard (unknown)\nSELECT name\nFROM pragma_table_xinfo(%s)\nWHERE name COLLATE "
        "NOCASE NOT IN (%s)\nUNION ALL\nSELECT name\nFROM sqlite_schema\nWHERE tbl_name = %s COLLATE NOCASE AND "
        "type IN ('index', 'trigger') AND sql IS NOT NULL AND name COLLATE NOCASE NOT IN (%s)",
        table, columns->str, table, others->str);
    add_statement(statements, "DROP TABLE _migrate_guard");
}

/* A conflict clause in the new table (ON CONFLICT IGNORE, REPLACE) would drop rows in silence. */
static gboolean has_conflict_clause(const Table *table)
{
    if (table->primary_key && options_get(table->primary_key->options, "on_conflict"))
        return TRUE;
    for (guint i = 0; i < table->constraints->len; i++) {
        const Constraint *constraint = table->constraints->pdata[i];
        if (options_get(constraint->options, "on_conflict"))
            return TRUE;
    }
    for (guint i = 0; i < table->columns->len; i++) {
        const Column *column = table->columns->pdata[i];
        if (options_get(column->options, "on_conflict_not_null"))
            return TRUE;
    }
    return FALSE;
}

static void add_copy(const Rebuild *rebuild, GPtrArray *statements)
{
    const char *verb = has_conflict_clause(rebuild->table) ? "INSERT OR ABORT" : "INSERT";
    const char *order = rowid_name(rebuild->old);
    g_autofree char *quoted_order = order ? sqlite_quote_identifier(order) : NULL;
    add_statement(statements, "%s INTO %s (%s)\nSELECT %s\nFROM %s%s%s", verb, rebuild->scratch, rebuild->into->str,
                  rebuild->from->str, rebuild->name, order ? "\nORDER BY " : "", order ? quoted_order : "");
}

/* The highest number ever given: without it numbers of deleted rows would be given again. */
static void add_sequence(const Rebuild *rebuild, GPtrArray *statements)
{
    if (!sqlite_has_autoincrement(rebuild->old) || !sqlite_has_autoincrement(rebuild->table))
        return;
    g_autofree char *scratch = sqlite_quote_literal(rebuild->scratch_name);
    g_autofree char *name = sqlite_quote_literal(rebuild->old->name);
    add_statement(statements, "DELETE FROM sqlite_sequence WHERE name = %s", scratch);
    add_statement(statements,
                  "INSERT INTO sqlite_sequence (name, seq)\nSELECT %s, seq\nFROM sqlite_sequence\nWHERE name = %s",
                  scratch, name);
}

static void add_dependents(const Rebuild *rebuild, const GPtrArray *triggers, GPtrArray *statements)
{
    for (guint i = 0; i < rebuild->table->indexes->len; i++)
        g_ptr_array_add(statements, sqlite_create_index_sql(rebuild->table, rebuild->table->indexes->pdata[i]));
    for (guint i = 0; i < triggers->len; i++) {
        const SchemaObject *trigger = triggers->pdata[i];
        g_ptr_array_add(statements, g_strdup(trigger->definition));
    }
}

static void rebuild_init(Rebuild *rebuild, const RebuildNeeds *needs, const char *scratch_name)
{
    *rebuild = (Rebuild){
        .old = needs->old,
        .table = needs->table,
        .restored = needs->restored,
        .moved = needs->moved,
        .name = sqlite_quote_identifier(needs->table->name),
        .scratch = sqlite_quote_identifier(scratch_name),
        .scratch_name = scratch_name,
        .comment = g_string_new(NULL),
        .into = g_string_new(NULL),
        .from = g_string_new(NULL),
    };
}

static void rebuild_clear(Rebuild *rebuild)
{
    g_free(rebuild->name);
    g_free(rebuild->scratch);
    g_string_free(rebuild->comment, TRUE);
    g_string_free(rebuild->into, TRUE);
    g_string_free(rebuild->from, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Rebuild, rebuild_clear)

gboolean sqlite_rebuild(const RebuildNeeds *needs, GPtrArray *statements, GError **error)
{
    const char *name = needs->table->name;
    g_autofree char *scratch_name = free_name(needs->database, name);
    g_autofree char *create = sqlite_create_table_sql(needs->table, scratch_name, error);
    if (!create)
        return FALSE;
    g_auto(Rebuild) rebuild;
    rebuild_init(&rebuild, needs, scratch_name);
    append_comment(&rebuild,
                   needs->wanted ? "Table %s is rebuilt, as its revision file says, and keeps its rows:"
                                 : "Table %s is rebuilt and keeps its rows; ALTER TABLE of SQLite cannot do this:",
                   name);
    for (guint i = 0; i < needs->reasons->len; i++)
        append_comment(&rebuild, "  %s", (const char *)needs->reasons->pdata[i]);
    copy_rowid(&rebuild);
    copy_columns(&rebuild);
    comment_dropped_columns(&rebuild);
    if (rebuild.into->len == 0) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                    "table '%s': no column stays, so its rows cannot be kept; drop the table and create it again",
                    name);
        return FALSE;
    }
    add_guard(&rebuild, needs->triggers, statements);
    add_statement(statements, "%s", create);
    add_copy(&rebuild, statements);
    add_sequence(&rebuild, statements);
    add_statement(statements, "DROP TABLE %s", rebuild.name);
    add_statement(statements, "ALTER TABLE %s RENAME TO %s", rebuild.scratch, rebuild.name);
    add_dependents(&rebuild, needs->triggers, statements);
    return TRUE;
}
