#include "autogenerate/rename_comments.h"

#include <string.h>

#include "base/error.h"
#include "dialect/reader.h"

#define MARK "renamed from:"
#define MAX_MODIFIERS 30 /* words between CREATE and the kind (OR REPLACE, DEFINER = …) */

/* --- what a statement creates --- */

/* Bytes of the text. */
typedef struct Span {
    gsize start, end;
} Span;

typedef struct Created {
    const char *kind; /* NULL: nothing that has a name */
    char *schema, *owner, *name;
    gboolean is_enum;
    GArray *elements; /* Span, in the parentheses of a table or type; empty: there are none */
    Span list;        /* those parentheses */
} Created;

static void created_clear(Created *created)
{
    g_free(created->schema);
    g_free(created->owner);
    g_free(created->name);
    g_array_unref(created->elements);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Created, created_clear)

/* Where case counts and names are not quoted by backticks, they are in lower case unless they are quoted. */
static gboolean folds(const Dialect *dialect)
{
    return !(dialect->capabilities & DIALECT_IGNORE_CASE) && !dialect_has_backticks(dialect);
}

static char *take_part(SqlReader *reader)
{
    gboolean folded = reader->token.kind == SQL_TOKEN_WORD && folds(reader->dialect);
    g_autofree char *name = sql_reader_take_identifier(reader);
    return name && folded ? g_ascii_strdown(name, -1) : g_steal_pointer(&name);
}

/* The last part of a qualified name; *schema (may be NULL) gets the one before it. New string, NULL: none. */
static char *take_qualified(SqlReader *reader, char **schema)
{
    char *name = take_part(reader);
    while (name && sql_reader_take(reader, ".")) {
        g_autofree char *qualifier = name;
        name = take_part(reader);
        if (!schema)
            continue;
        g_free(*schema);
        *schema = g_steal_pointer(&qualifier);
    }
    return name;
}

static const char *take_kind(SqlReader *reader)
{
    static const struct {
        const char *word, *kind;
    } kinds[] = {
        {"table", "table"},         {"index", "index"},
        {"view", "view"},           {"materialized", "materialized_view"},
        {"type", "type"},           {"domain", "domain"},
        {"sequence", "sequence"},   {"function", "function"},
        {"procedure", "procedure"}, {"aggregate", "aggregate"},
        {"trigger", "trigger"},     {"policy", "policy"},
        {"rule", "rule"},           {"event", "event"},
        {"schema", "schema"},
    };
    for (guint n = 0; n < MAX_MODIFIERS && !sql_reader_at_end(reader) && !sql_reader_is(reader, "("); n++) {
        for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
            if (sql_reader_take(reader, kinds[i].word)) {
                sql_reader_take(reader, "view");
                return kinds[i].kind;
            }
        sql_reader_advance(reader);
    }
    return NULL;
}

/* The table behind ON, of a rule behind TO. */
static char *find_owner(SqlReader reader, const char *kind)
{
    const char *word = strcmp(kind, "rule") == 0 ? "to" : "on";
    while (!sql_reader_at_end(&reader) && !sql_reader_take(&reader, word))
        sql_reader_advance(&reader);
    sql_reader_take(&reader, "only");
    return take_qualified(&reader, NULL);
}

/* At "(". `base`: where the statement stands in the text. */
static void read_elements(SqlReader *reader, gsize base, Created *created)
{
    Span element = {0, 0};
    int depth = 0;
    created->list.start = base + reader->token.start;
    for (; !sql_reader_at_end(reader); sql_reader_advance(reader)) {
        gsize start = base + reader->token.start, end = start + reader->token.length;
        gboolean opens = sql_reader_is(reader, "("), closes = sql_reader_is(reader, ")");
        depth += opens - closes;
        if (depth == 0 || (depth == 1 && sql_reader_is(reader, ","))) {
            if (element.end)
                g_array_append_val(created->elements, element);
            element = (Span){0, 0};
            created->list.end = end;
            if (depth == 0)
                return;
            continue;
        }
        if (opens && depth == 1)
            continue;
        element = (Span){element.end ? element.start : start, end};
    }
}

/* ALTER TABLE t ADD CONSTRAINT c, as dumps have it. */
static void read_alter(SqlReader *reader, Created *created)
{
    g_autofree char *schema = NULL;
    if (!sql_reader_take(reader, "table"))
        return;
    sql_reader_take_words(reader, "if", "exists");
    sql_reader_take(reader, "only");
    g_autofree char *table = take_qualified(reader, &schema);
    if (!table || !sql_reader_take_words(reader, "add", "constraint"))
        return;
    created->name = take_part(reader);
    created->kind = created->name ? "constraint" : NULL;
    created->schema = g_steal_pointer(&schema);
    created->owner = g_steal_pointer(&table);
}

static void read_create(SqlReader *reader, gsize base, Created *created)
{
    static const char *const hanging[] = {"trigger", "policy", "rule", "index", NULL};
    const char *kind = take_kind(reader);
    if (!kind)
        return;
    sql_reader_take(reader, "concurrently");
    if (sql_reader_take_words(reader, "if", "not"))
        sql_reader_take(reader, "exists");
    created->name = take_qualified(reader, &created->schema);
    if (!created->name)
        return;
    created->kind = kind;
    if (g_strv_contains(hanging, kind))
        created->owner = find_owner(*reader, kind);
    if (strcmp(kind, "type") == 0 && sql_reader_take(reader, "as"))
        created->is_enum = sql_reader_take(reader, "enum");
    else if (strcmp(kind, "table") != 0)
        return;
    if (sql_reader_is(reader, "("))
        read_elements(reader, base, created);
}

static void read_statement(const Dialect *dialect, const char *text, const SqlStatement *statement, Created *created)
{
    SqlReader reader = sql_reader_new(dialect, text + statement->start, statement->length);
    if (sql_reader_take(&reader, "create"))
        read_create(&reader, statement->start, created);
    else if (sql_reader_take(&reader, "alter"))
        read_alter(&reader, created);
}

/* --- the comments --- */

typedef struct Reading {
    const Dialect *dialect;
    const char *file, *text;
    gsize length;
    GPtrArray *comments; /* RenameComment*, found so far */
} Reading;

static void rename_comment_free(RenameComment *comment)
{
    g_free(comment->schema);
    g_free(comment->owner);
    g_free(comment->name);
    g_free(comment->former_name);
    g_free(comment);
}

static gboolean refuse(const Reading *reading, gsize offset, const char *what, GError **error)
{
    TextPosition position = text_position(reading->text, reading->length, offset);
    g_set_error(error, SCHEMA_ERROR, SCHEMA_ERROR_MODEL, "%s:%d:%d: %s", reading->file, position.line, position.column,
                what);
    return FALSE;
}

/* What stands behind the mark, NULL when the comment has none. New string. */
static char *marked_text(const char *text, const SqlToken *comment)
{
    const char *start = text + comment->start, *end = start + comment->length;
    if (g_str_has_prefix(start, "/*")) {
        start += 2;
        end -= 2;
    }
    while (start < end && (*start == '-' || *start == '#' || g_ascii_isspace(*start)))
        start++;
    gsize mark = strlen(MARK);
    if (start >= end || (gsize)(end - start) < mark || g_ascii_strncasecmp(start, MARK, mark) != 0)
        return NULL;
    return g_strstrip(g_strndup(start + mark, (gsize)(end - start) - mark));
}

/* A name, or the string that a value of an enum is. NULL: it is neither. New string. */
static char *read_former_name(const Dialect *dialect, const char *marked)
{
    SqlReader reader = sql_reader_new(dialect, marked, strlen(marked));
    g_autofree char *name = NULL;
    if (reader.token.kind == SQL_TOKEN_STRING) {
        name = sql_token_identifier(&reader.token, marked);
        sql_reader_advance(&reader);
    } else {
        name = take_qualified(&reader, NULL);
    }
    return sql_reader_at_end(&reader) ? g_steal_pointer(&name) : NULL;
}

/* Takes the name. */
static gboolean add_comment(const Reading *reading, const SqlToken *token, const Created *created, const char *kind,
                            char *name, GError **error)
{
    g_autofree char *marked = marked_text(reading->text, token), *taken = name;
    g_autofree char *former_name = marked ? read_former_name(reading->dialect, marked) : NULL;
    if (!former_name)
        return refuse(reading, token->start, "'renamed from:' wants the former name, and nothing behind it", error);
    RenameComment *comment = g_new0(RenameComment, 1);
    comment->kind = kind;
    comment->schema = g_strdup(created->schema);
    comment->owner = g_strdup(taken ? created->name : created->owner);
    comment->name = taken ? g_steal_pointer(&taken) : g_strdup(created->name);
    comment->former_name = g_steal_pointer(&former_name);
    comment->offset = token->start;
    g_ptr_array_add(reading->comments, comment);
    return TRUE;
}

/* --- elements --- */

/* "UNIQUE KEY name (", "KEY name (" where indexes are declared inside tables. */
static char *take_key_name(SqlReader *reader)
{
    static const char *const first[] = {"unique", "fulltext", "spatial", NULL};
    static const char *const words[] = {"key", "index", NULL};
    gboolean key = FALSE;
    if (!dialect_has_backticks(reader->dialect) || reader->token.kind != SQL_TOKEN_WORD)
        return NULL;
    for (; sql_reader_is_one_of(reader, first) || sql_reader_is_one_of(reader, words); key = TRUE)
        sql_reader_advance(reader);
    return key ? take_part(reader) : NULL;
}

static gboolean has_no_name(const SqlReader *reader)
{
    static const char *const words[] = {"primary", "unique", "foreign", "check", "exclude", "like", NULL};
    return reader->token.kind == SQL_TOKEN_WORD && sql_reader_is_one_of(reader, words);
}

static gboolean add_of_element(const Reading *reading, const SqlToken *token, const Created *created,
                               const Span *element, GError **error)
{
    SqlReader reader = sql_reader_new(reading->dialect, reading->text + element->start, element->end - element->start);
    if (created->is_enum)
        return add_comment(reading, token, created, "enum value", sql_token_identifier(&reader.token, reader.sql),
                           error);
    if (strcmp(created->kind, "type") == 0)
        return add_comment(reading, token, created, "attribute", take_part(&reader), error);
    SqlReader key = reader;
    g_autofree char *key_name = take_key_name(&key);
    if (key_name)
        return add_comment(reading, token, created, "key", g_steal_pointer(&key_name), error);
    if (reader.token.kind == SQL_TOKEN_WORD && sql_reader_take(&reader, "constraint"))
        return add_comment(reading, token, created, "constraint", take_part(&reader), error);
    if (has_no_name(&reader))
        return refuse(reading, token->start, "'renamed from:' is about a constraint without a name", error);
    return add_comment(reading, token, created, "column", take_part(&reader), error);
}

/* --- places --- */

static gboolean same_line(const char *text, gsize from, gsize to)
{
    return from > to || !memchr(text + from, '\n', to - from);
}

/* Significant tokens around a comment. */
static SqlToken token_before(const Reading *reading, gsize from, gsize to)
{
    SqlToken last = {SQL_TOKEN_END, from, 0};
    for (gsize position = from; position < to;) {
        SqlToken token = sql_next_significant(reading->dialect, reading->text, to, &position);
        if (token.kind == SQL_TOKEN_END)
            break;
        last = token;
    }
    return last;
}

/* A comment in front of something, on the line of that. */
static gboolean leads(const Reading *reading, const SqlToken *comment, const Created *created)
{
    gsize behind = comment->start + comment->length, position = behind;
    SqlToken next = sql_next_significant(reading->dialect, reading->text, created->list.end, &position);
    SqlToken before = token_before(reading, created->list.start, comment->start);
    return same_line(reading->text, behind, next.start) && next.start + next.length < created->list.end &&
           (sql_token_is(&before, reading->text, ",") || sql_token_is(&before, reading->text, "("));
}

static const Span *element_on_line(const Reading *reading, const SqlToken *comment, const Created *created)
{
    for (guint i = created->elements->len; i-- > 0;) {
        const Span *element = &g_array_index(created->elements, Span, i);
        if (element->start > comment->start)
            continue;
        SqlToken last = token_before(reading, element->start, MIN(element->end, comment->start));
        return same_line(reading->text, last.start + last.length, comment->start) ? element : NULL;
    }
    return NULL;
}

static const Span *element_behind(const SqlToken *comment, const Created *created)
{
    for (guint i = 0; i < created->elements->len; i++) {
        const Span *element = &g_array_index(created->elements, Span, i);
        if (element->start > comment->start)
            return element;
    }
    return NULL;
}

static gboolean fits_nothing(const Reading *reading, gsize offset, GError **error)
{
    return refuse(
        reading, offset,
        "'renamed from:' is about nothing here: write it before a CREATE statement or on its first line, or in "
        "the line of a column, constraint or value, or in the line above that",
        error);
}

static gboolean add_of_statement(const Reading *reading, const SqlToken *comment, const Created *created,
                                 GError **error)
{
    if (!created->kind)
        return fits_nothing(reading, comment->start, error);
    return add_comment(reading, comment, created, created->kind, NULL, error);
}

static gboolean add_inside(const Reading *reading, const SqlToken *comment, const SqlStatement *statement,
                           const Created *created, GError **error)
{
    gboolean in_list = created->kind && comment->start > created->list.start && comment->start < created->list.end;
    gboolean first_line = same_line(reading->text, statement->start, comment->start);
    const Span *element = NULL;
    if (in_list && !leads(reading, comment, created))
        element = element_on_line(reading, comment, created);
    if (!element && first_line && !(in_list && leads(reading, comment, created)))
        return add_of_statement(reading, comment, created, error);
    if (!element && in_list)
        element = element_behind(comment, created);
    return element ? add_of_element(reading, comment, created, element, error)
                   : fits_nothing(reading, comment->start, error);
}

/* Between two statements; either may be NULL. */
typedef struct Neighbours {
    const SqlStatement *before, *behind;
    const Created *created_before, *created_behind;
} Neighbours;

static gboolean add_between(const Reading *reading, const SqlToken *comment, const Neighbours *between, GError **error)
{
    const SqlStatement *before = between->before;
    if (before && same_line(reading->text, before->start, comment->start))
        return add_of_statement(reading, comment, between->created_before, error);
    if (!between->behind || (before && same_line(reading->text, before->start + before->length, comment->start)))
        return fits_nothing(reading, comment->start, error);
    return add_of_statement(reading, comment, between->created_behind, error);
}

/* The marked comments from `from` up to `to`. */
static gboolean read_range(const Reading *reading, gsize from, gsize to, const Neighbours *between, GError **error)
{
    for (gsize position = from; position < to;) {
        SqlToken token = reading->dialect->next_token(reading->text, to, position);
        if (token.kind == SQL_TOKEN_END)
            return TRUE;
        position = token.start + token.length;
        g_autofree char *marked = token.kind == SQL_TOKEN_COMMENT ? marked_text(reading->text, &token) : NULL;
        if (!marked)
            continue;
        gboolean inside = between->behind && token.start >= between->behind->start;
        if (inside ? !add_inside(reading, &token, between->behind, between->created_behind, error)
                   : !add_between(reading, &token, between, error))
            return FALSE;
    }
    return TRUE;
}

static gsize end_of(const SqlStatement *statement)
{
    return statement->has_data ? statement->data_start + statement->data_length : statement->start + statement->length;
}

static gboolean read_all(const Reading *reading, const GPtrArray *statements, GError **error)
{
    gsize from = 0;
    g_auto(Created) before = {.elements = g_array_new(FALSE, FALSE, sizeof(Span))};
    for (guint i = 0; i <= statements->len; i++) {
        const SqlStatement *statement = i < statements->len ? statements->pdata[i] : NULL;
        g_auto(Created) created = {.elements = g_array_new(FALSE, FALSE, sizeof(Span))};
        if (statement)
            read_statement(reading->dialect, reading->text, statement, &created);
        const Neighbours between = {i ? statements->pdata[i - 1] : NULL, statement, &before, &created};
        gsize to = statement ? statement->start + statement->length : reading->length;
        if (!read_range(reading, from, to, &between, error))
            return FALSE;
        from = statement ? end_of(statement) : to;
        Created swap = before;
        before = created;
        created = swap;
    }
    return TRUE;
}

/* Most files have none: they need not be read. */
static gboolean has_mark(const char *text, gsize length)
{
    gsize mark = strlen(MARK);
    for (const char *at = text; (at = memchr(at, ':', length - (gsize)(at - text))) != NULL; at++)
        if ((gsize)(at - text) + 1 >= mark && g_ascii_strncasecmp(at + 1 - mark, MARK, mark) == 0)
            return TRUE;
    return FALSE;
}

GPtrArray *rename_comments_read(const Dialect *dialect, const char *file, const char *text, gsize length,
                                GError **error)
{
    g_autoptr(GPtrArray) comments = g_ptr_array_new_with_free_func((GDestroyNotify)rename_comment_free);
    g_autoptr(GError) failure = NULL;
    if (!has_mark(text, length))
        return g_steal_pointer(&comments);
    g_autoptr(GPtrArray) statements = dialect->split(text, length, &failure);
    if (!statements) {
        g_propagate_prefixed_error(error, g_steal_pointer(&failure), "%s:", file);
        return NULL;
    }
    const Reading reading = {dialect, file, text, length, comments};
    return read_all(&reading, statements, error) ? g_steal_pointer(&comments) : NULL;
}
