/*
 * CREATE TABLE and CREATE INDEX as SQLite stores them, read by its grammar (parse.y). SQLite has accepted the text:
 * what is checked here is only what the reader needs to go on, and whatever it does not know is an error, never
 * skipped.
 */
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "dialect/sqlite/sqlite.h"

#define MANY_COLUMNS 64 /* from here on, columns are looked up by hash */

typedef struct Reader {
    const char *sql;
    gsize length, position; /* behind `token` */
    gsize previous_end;     /* behind the token before it */
    SqlToken token;         /* the one to be read next; neither space nor comment */
} Reader;

/* A stretch of the text without the space and comments around it. */
typedef struct Span {
    gsize start, end;
} Span;

/* --- tokens --- */

static void advance(Reader *reader)
{
    reader->previous_end = reader->token.start + reader->token.length;
    reader->token = sql_next_significant(&sqlite_dialect, reader->sql, reader->length, &reader->position);
}

static void reader_init(Reader *reader, const char *sql)
{
    *reader = (Reader){.sql = sql, .length = strlen(sql)};
    advance(reader);
}

static gboolean at(const Reader *reader, const char *word)
{
    return sql_token_is(&reader->token, reader->sql, word);
}

static gboolean at_any(const Reader *reader, const char *const *words)
{
    for (; *words != NULL; words++)
        if (at(reader, *words))
            return TRUE;
    return FALSE;
}

/* Reads `word` if it stands here. */
static gboolean take(Reader *reader, const char *word)
{
    if (!at(reader, word))
        return FALSE;
    advance(reader);
    return TRUE;
}

static gboolean take_two(Reader *reader, const char *first, const char *second)
{
    Reader before = *reader;

    if (take(reader, first) && take(reader, second))
        return TRUE;
    *reader = before;
    return FALSE;
}

static gboolean failed(const Reader *reader, const char *expected, GError **error)
{
    TextPosition place = text_position(reader->sql, reader->length, reader->token.start);

    if (reader->token.kind == SQL_TOKEN_END)
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_CATALOG, "%d:%d: expected %s, but the text ends", place.line,
                    place.column, expected);
    else
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_CATALOG, "%d:%d: expected %s before '%.*s'", place.line,
                    place.column, expected, (int)MIN(reader->token.length, 40), reader->sql + reader->token.start);
    return FALSE;
}

static gboolean expect(Reader *reader, const char *word, GError **error)
{
    g_autofree char *quoted = NULL;

    if (take(reader, word))
        return TRUE;
    quoted = g_strdup_printf("'%s'", word);
    return failed(reader, quoted, error);
}

static gboolean at_name(const Reader *reader)
{
    return reader->token.kind == SQL_TOKEN_WORD || reader->token.kind == SQL_TOKEN_QUOTED ||
           (reader->token.kind == SQL_TOKEN_STRING && reader->sql[reader->token.start] == '\'');
}

/* A name in any of the four quotes, or in none. New string. */
static char *read_name(Reader *reader, const char *expected, GError **error)
{
    if (!at_name(reader)) {
        failed(reader, expected, error);
        return NULL;
    }
    char *name = sql_token_identifier(&reader->token, reader->sql);
    advance(reader);
    return name;
}

static char *span_text(const Reader *reader, Span span)
{
    return g_strndup(reader->sql + span.start, span.end - span.start);
}

/* Reads up to a comma or closing parenthesis of this level, or to the end. */
static Span skip_item(Reader *reader)
{
    Span span = {reader->token.start, reader->token.start};

    for (guint depth = 0; reader->token.kind != SQL_TOKEN_END; advance(reader)) {
        if (depth == 0 && (at(reader, ",") || at(reader, ")")))
            break;
        if (at(reader, "("))
            depth++;
        else if (at(reader, ")"))
            depth--;
        span.end = reader->token.start + reader->token.length;
    }
    return span;
}

/* Reads "( … )". */
static gboolean read_parenthesised(Reader *reader, Span *inside, GError **error)
{
    guint depth = 1;

    if (!expect(reader, "(", error))
        return FALSE;
    *inside = (Span){reader->token.start, reader->token.start};
    for (; reader->token.kind != SQL_TOKEN_END; advance(reader)) {
        if (at(reader, "("))
            depth++;
        else if (at(reader, ")") && --depth == 0)
            break;
        inside->end = reader->token.start + reader->token.length;
    }
    return expect(reader, ")", error);
}

/* --- parts of constraints --- */

/* ON CONFLICT, as the value of an option; ABORT is the default and no option. */
static gboolean read_on_conflict(Reader *reader, GPtrArray *options, const char *option, GError **error)
{
    if (!take_two(reader, "ON", "CONFLICT"))
        return TRUE;
    g_autofree char *name = read_name(reader, "a conflict resolution", error);
    if (name == NULL)
        return FALSE;
    g_autofree char *upper = g_ascii_strup(name, -1);
    if (options != NULL && strcmp(upper, "ABORT") != 0)
        options_set(options, option, upper);
    return TRUE;
}

/* "(a, b)". */
static gboolean read_names(Reader *reader, GPtrArray *names, GError **error)
{
    if (!expect(reader, "(", error))
        return FALSE;
    do {
        char *name = read_name(reader, "a column's name", error);
        if (name == NULL)
            return FALSE;
        g_ptr_array_add(names, name);
    } while (take(reader, ","));
    return expect(reader, ")", error);
}

/* "(a COLLATE c DESC, b)": what stands behind the names is kept as option "sort". AUTOINCREMENT may stand at the end.
 */
static gboolean read_key_columns(Reader *reader, Constraint *constraint, gboolean *autoincrement, GError **error)
{
    g_autoptr(GString) sort = g_string_new(NULL);
    gboolean sorted = FALSE;

    if (!expect(reader, "(", error))
        return FALSE;
    do {
        char *name = read_name(reader, "a column's name", error);
        if (name == NULL)
            return FALSE;
        g_ptr_array_add(constraint->columns, name);
        if (constraint->columns->len > 1)
            g_string_append_c(sort, ',');
        if (take(reader, "COLLATE")) {
            g_autofree char *collation = read_name(reader, "a collation's name", error);
            if (collation == NULL)
                return FALSE;
            g_autofree char *quoted = sqlite_quote_identifier(collation);
            g_string_append_printf(sort, "COLLATE %s", quoted);
            sorted = TRUE;
        }
        if (take(reader, "DESC")) {
            g_string_append(sort, sort->len > 0 && sort->str[sort->len - 1] != ',' ? " DESC" : "DESC");
            sorted = TRUE;
        } else {
            take(reader, "ASC");
        }
        if (take(reader, "AUTOINCREMENT"))
            *autoincrement = TRUE;
    } while (take(reader, ","));
    if (sorted)
        options_set(constraint->options, "sort", sort->str);
    return expect(reader, ")", error);
}

/* The action behind ON DELETE or ON UPDATE; NULL for NO ACTION. */
static gboolean read_action(Reader *reader, char **action, GError **error)
{
    const char *found = NULL;

    if (take_two(reader, "NO", "ACTION"))
        found = NULL;
    else if (take_two(reader, "SET", "NULL"))
        found = "SET NULL";
    else if (take_two(reader, "SET", "DEFAULT"))
        found = "SET DEFAULT";
    else if (take(reader, "CASCADE"))
        found = "CASCADE";
    else if (take(reader, "RESTRICT"))
        found = "RESTRICT";
    else
        return failed(reader, "a foreign key's action", error);
    g_free(*action);
    *action = g_strdup(found);
    return TRUE;
}

static gboolean read_match(Reader *reader, Constraint *constraint, GError **error)
{
    g_autofree char *match = read_name(reader, "a word behind MATCH", error);
    if (match == NULL)
        return FALSE;
    g_clear_pointer(&constraint->match, g_free);
    if (g_ascii_strcasecmp(match, "SIMPLE") != 0)
        constraint->match = g_ascii_strup(match, -1);
    return TRUE;
}

/* [NOT] DEFERRABLE [INITIALLY …]. `constraint` may be NULL: SQLite takes the clause behind no key, too. FALSE: nothing
 * of that kind stands here. */
static gboolean take_deferral(Reader *reader, Constraint *constraint)
{
    gboolean deferrable = FALSE, deferred = FALSE;

    if (!take_two(reader, "NOT", "DEFERRABLE")) {
        if (!take(reader, "DEFERRABLE"))
            return FALSE;
        deferrable = TRUE;
    }
    if (take_two(reader, "INITIALLY", "DEFERRED"))
        deferred = deferrable;
    else
        take_two(reader, "INITIALLY", "IMMEDIATE");
    if (constraint != NULL) {
        constraint->deferrable = deferrable;
        g_free(constraint->initially);
        constraint->initially = deferred ? g_strdup("DEFERRED") : NULL;
    }
    return TRUE;
}

/* Behind REFERENCES. */
static gboolean read_reference(Reader *reader, Constraint *constraint, GError **error)
{
    char *insert = NULL;

    constraint->referred_table = read_name(reader, "the referred table's name", error);
    if (constraint->referred_table == NULL)
        return FALSE;
    if (at(reader, "(") && !read_names(reader, constraint->referred_columns, error))
        return FALSE;
    for (;;) {
        gboolean good;
        if (take(reader, "MATCH")) {
            good = read_match(reader, constraint, error);
        } else if (take_two(reader, "ON", "DELETE")) {
            good = read_action(reader, &constraint->ondelete, error);
        } else if (take_two(reader, "ON", "UPDATE")) {
            good = read_action(reader, &constraint->onupdate, error);
        } else if (take_two(reader, "ON", "INSERT")) { /* is read and means nothing */
            good = read_action(reader, &insert, error);
            g_clear_pointer(&insert, g_free);
        } else {
            return TRUE;
        }
        if (!good)
            return FALSE;
    }
}

static Constraint *add_constraint(Table *table, ConstraintKind kind, char **name)
{
    Constraint *constraint = constraint_new(kind, *name);

    g_clear_pointer(name, g_free);
    if (kind == CONSTRAINT_PRIMARY_KEY && table->primary_key == NULL)
        table->primary_key = constraint;
    else
        g_ptr_array_add(table->constraints, constraint);
    return constraint;
}

static gboolean read_check(Reader *reader, Table *table, char **name, GError **error)
{
    Span inside;

    if (!read_parenthesised(reader, &inside, error))
        return FALSE;
    add_constraint(table, CONSTRAINT_CHECK, name)->expression = span_text(reader, inside);
    /* SQLite reads the clause and ignores it. */
    return read_on_conflict(reader, NULL, NULL, error);
}

static gboolean refuse_second_key(const Reader *reader, const Table *table, GError **error)
{
    return table->primary_key == NULL || failed(reader, "no second primary key", error);
}

/* --- columns --- */

/* The words of a type end where a column's constraints begin. GENERATED is one of them only with ALWAYS. */
static gboolean at_type_word(const Reader *reader)
{
    static const char *const stops[] = {"CONSTRAINT", "DEFAULT",    "NULL",       "NOT",     "PRIMARY", "UNIQUE",
                                        "CHECK",      "REFERENCES", "DEFERRABLE", "COLLATE", "AS",      NULL};
    Reader ahead = *reader;

    if (!at_name(reader) || at_any(reader, stops))
        return FALSE;
    return !take_two(&ahead, "GENERATED", "ALWAYS");
}

static gboolean read_type(Reader *reader, SqlType **type, GError **error)
{
    Span span = {reader->token.start, reader->token.start}, arguments;

    while (at_type_word(reader)) {
        advance(reader);
        span.end = reader->previous_end;
    }
    if (span.end > span.start && at(reader, "(")) {
        if (!read_parenthesised(reader, &arguments, error))
            return FALSE;
        span.end = reader->previous_end;
    }
    g_autofree char *spelling = span_text(reader, span);
    *type = sqlite_type_from_sql(spelling);
    return TRUE;
}

static gboolean read_default(Reader *reader, Column *column, GError **error)
{
    Span span = {reader->token.start, 0};

    if (at(reader, "(")) {
        if (!read_parenthesised(reader, &span, error))
            return FALSE;
    } else {
        if (!take(reader, "-"))
            take(reader, "+");
        if (reader->token.kind == SQL_TOKEN_END || reader->token.kind == SQL_TOKEN_OPERATOR)
            return failed(reader, "a default value", error);
        advance(reader);
        span.end = reader->previous_end;
    }
    g_free(column->server_default);
    column->server_default = span_text(reader, span);
    return TRUE;
}

/* Behind AS. */
static gboolean read_computed(Reader *reader, Column *column, GError **error)
{
    Span inside;

    if (!read_parenthesised(reader, &inside, error))
        return FALSE;
    gboolean persisted = take(reader, "STORED");
    if (!persisted)
        take(reader, "VIRTUAL");
    g_autofree char *expression = span_text(reader, inside);
    computed_free(column->computed);
    column->computed = computed_new(expression, persisted);
    return TRUE;
}

/* Behind PRIMARY KEY. A key that descends in the column itself makes no rowid (sqlite.org/lang_createtable.html). */
static gboolean read_column_key(Reader *reader, Table *table, Column *column, char **name, GError **error)
{
    if (!refuse_second_key(reader, table, error))
        return FALSE;
    Constraint *key = add_constraint(table, CONSTRAINT_PRIMARY_KEY, name);
    g_ptr_array_add(key->columns, g_strdup(column->name));
    if (take(reader, "DESC")) {
        if (column->type->kind == SQL_TYPE_INTEGER)
            options_set(key->options, "not_rowid", "true");
        else
            options_set(key->options, "sort", "DESC");
    } else {
        take(reader, "ASC");
    }
    if (!read_on_conflict(reader, key->options, "on_conflict", error))
        return FALSE;
    if (take(reader, "AUTOINCREMENT"))
        column->autoincrement = AUTOINCREMENT_TRUE;
    return TRUE;
}

typedef struct ColumnReading {
    Table *table;
    Column *column;
    char *name;              /* behind CONSTRAINT, for the constraint that follows */
    Constraint *foreign_key; /* the last one of the table, which DEFERRABLE is about */
} ColumnReading;

/* Constraints that change the column only; the name that was given to one is not kept by SQLite either. */
static gboolean read_column_property(Reader *reader, ColumnReading *reading, gboolean *known, GError **error)
{
    Column *column = reading->column;

    if (take(reader, "NULL"))
        return read_on_conflict(reader, NULL, NULL, error);
    if (take_two(reader, "NOT", "NULL")) {
        column->nullable = FALSE;
        return read_on_conflict(reader, column->options, "on_conflict_not_null", error);
    }
    if (take(reader, "DEFAULT"))
        return read_default(reader, column, error);
    if (take(reader, "COLLATE")) {
        g_free(column->collation);
        column->collation = read_name(reader, "a collation's name", error);
        return column->collation != NULL;
    }
    if (take_two(reader, "GENERATED", "ALWAYS"))
        return expect(reader, "AS", error) && read_computed(reader, column, error);
    if (take(reader, "AS"))
        return read_computed(reader, column, error);
    *known = FALSE;
    return TRUE;
}

static gboolean read_column_constraint(Reader *reader, ColumnReading *reading, GError **error)
{
    gboolean known = TRUE;

    if (take(reader, "CONSTRAINT")) {
        g_free(reading->name);
        reading->name = read_name(reader, "a constraint's name", error);
        return reading->name != NULL;
    }
    if (take_two(reader, "PRIMARY", "KEY"))
        return read_column_key(reader, reading->table, reading->column, &reading->name, error);
    if (take(reader, "UNIQUE")) {
        Constraint *unique = add_constraint(reading->table, CONSTRAINT_UNIQUE, &reading->name);
        g_ptr_array_add(unique->columns, g_strdup(reading->column->name));
        return read_on_conflict(reader, unique->options, "on_conflict", error);
    }
    if (take(reader, "CHECK"))
        return read_check(reader, reading->table, &reading->name, error);
    if (take(reader, "REFERENCES")) {
        reading->foreign_key = add_constraint(reading->table, CONSTRAINT_FOREIGN_KEY, &reading->name);
        g_ptr_array_add(reading->foreign_key->columns, g_strdup(reading->column->name));
        return read_reference(reader, reading->foreign_key, error);
    }
    if (take_deferral(reader, reading->foreign_key))
        return TRUE;
    if (!read_column_property(reader, reading, &known, error))
        return FALSE;
    if (!known)
        return failed(reader, "a column constraint", error);
    g_clear_pointer(&reading->name, g_free);
    return TRUE;
}

static gboolean read_column(Reader *reader, Table *table, Constraint **foreign_key, GError **error)
{
    g_autofree char *name = read_name(reader, "a column's name", error);
    SqlType *type = NULL;

    if (name == NULL || !read_type(reader, &type, error))
        return FALSE;
    ColumnReading reading = {.table = table, .column = column_new(name, type), .foreign_key = *foreign_key};
    g_ptr_array_add(table->columns, reading.column);
    gboolean good = TRUE;
    while (good && !at(reader, ",") && !at(reader, ")"))
        good = read_column_constraint(reader, &reading, error);
    g_free(reading.name);
    *foreign_key = reading.foreign_key;
    return good;
}

/* --- tables --- */

static gboolean read_table_key(Reader *reader, Table *table, char **name, GError **error)
{
    gboolean autoincrement = FALSE;

    if (!refuse_second_key(reader, table, error))
        return FALSE;
    Constraint *key = add_constraint(table, CONSTRAINT_PRIMARY_KEY, name);
    if (!read_key_columns(reader, key, &autoincrement, error))
        return FALSE;
    Column *column = key->columns->len == 1 ? table_find_column(table, key->columns->pdata[0]) : NULL;
    if (autoincrement && column != NULL)
        column->autoincrement = AUTOINCREMENT_TRUE;
    /* Here DESC does not keep the column from being the rowid, and means nothing then. */
    if (column != NULL && column->type->kind == SQL_TYPE_INTEGER)
        options_remove(key->options, "sort");
    return read_on_conflict(reader, key->options, "on_conflict", error);
}

static gboolean read_foreign_key(Reader *reader, Table *table, char **name, GError **error)
{
    Constraint *key = add_constraint(table, CONSTRAINT_FOREIGN_KEY, name);

    if (!read_names(reader, key->columns, error) || !expect(reader, "REFERENCES", error) ||
        !read_reference(reader, key, error))
        return FALSE;
    take_deferral(reader, key);
    return TRUE;
}

static gboolean at_table_constraint(const Reader *reader)
{
    static const char *const words[] = {"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", NULL};
    return at_any(reader, words);
}

static gboolean read_table_constraint(Reader *reader, Table *table, char **name, GError **error)
{
    gboolean autoincrement = FALSE;

    if (take(reader, "CONSTRAINT")) {
        g_free(*name);
        *name = read_name(reader, "a constraint's name", error);
        return *name != NULL;
    }
    if (take_two(reader, "PRIMARY", "KEY"))
        return read_table_key(reader, table, name, error);
    if (take(reader, "UNIQUE")) {
        Constraint *unique = add_constraint(table, CONSTRAINT_UNIQUE, name);
        return read_key_columns(reader, unique, &autoincrement, error) &&
               read_on_conflict(reader, unique->options, "on_conflict", error);
    }
    if (take(reader, "CHECK"))
        return read_check(reader, table, name, error);
    if (take_two(reader, "FOREIGN", "KEY"))
        return read_foreign_key(reader, table, name, error);
    return failed(reader, "a table constraint", error);
}

/* What stands between the parentheses: columns, then constraints, which commas may separate. */
static gboolean read_body(Reader *reader, Table *table, GError **error)
{
    g_autofree char *name = NULL;
    Constraint *foreign_key = NULL;

    do {
        if (at_table_constraint(reader))
            break;
        if (!read_column(reader, table, &foreign_key, error))
            return FALSE;
    } while (take(reader, ","));
    while (!at(reader, ")")) {
        if (!read_table_constraint(reader, table, &name, error))
            return FALSE;
        if (take(reader, ","))
            g_clear_pointer(&name, g_free);
    }
    return expect(reader, ")", error);
}

static gboolean read_table_options(Reader *reader, Table *table, GError **error)
{
    while (reader->token.kind != SQL_TOKEN_END) {
        if (take_two(reader, "WITHOUT", "ROWID"))
            options_set(table->options, "without_rowid", "true");
        else if (take(reader, "STRICT"))
            options_set(table->options, "strict", "true");
        else
            return failed(reader, "WITHOUT ROWID or STRICT", error);
        if (!take(reader, ","))
            break;
    }
    return reader->token.kind == SQL_TOKEN_END || failed(reader, "the end", error);
}

/* The table's columns by lower-case name, when it has many. */
static GHashTable *index_columns(const Table *table)
{
    if (table->columns->len < MANY_COLUMNS)
        return NULL;
    GHashTable *by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < table->columns->len; i++) {
        Column *column = table->columns->pdata[i];
        g_hash_table_insert(by_name, g_ascii_strdown(column->name, -1), column);
    }
    return by_name;
}

static Column *find_column(const Table *table, GHashTable *by_name, const char *name)
{
    if (by_name == NULL)
        return table_find_column(table, name);
    g_autofree char *lower = g_ascii_strdown(name, -1);
    return g_hash_table_lookup(by_name, lower);
}

/* A key's columns are NOT NULL for the model. Where SQLite lets them be NULL all the same (a table with a rowid of its
 * own, not STRICT), option "nullable_key" keeps it. */
static void settle_primary_key(Table *table)
{
    const Constraint *key = table->primary_key;
    if (key == NULL)
        return;

    g_autoptr(GHashTable) by_name = index_columns(table);
    gboolean implied = options_get(table->options, "without_rowid") || options_get(table->options, "strict");
    for (guint i = 0; i < key->columns->len; i++) {
        Column *column = find_column(table, by_name, key->columns->pdata[i]);
        if (column == NULL)
            continue;
        gboolean alias = key->columns->len == 1 && column->type->kind == SQL_TYPE_INTEGER &&
                         options_get(key->options, "not_rowid") == NULL;
        if (column->nullable && !implied && !alias)
            options_set(column->options, "nullable_key", "true");
        column->nullable = FALSE;
    }
}

gboolean sqlite_read_table(Table *table, const char *sql, GError **error)
{
    Reader reader;

    reader_init(&reader, sql);
    if (!expect(&reader, "CREATE", error))
        return FALSE;
    if (!take(&reader, "TEMP"))
        take(&reader, "TEMPORARY");
    if (!expect(&reader, "TABLE", error))
        return FALSE;
    g_autofree char *name = read_name(&reader, "the table's name", error);
    if (name == NULL || !expect(&reader, "(", error) || !read_body(&reader, table, error) ||
        !read_table_options(&reader, table, error))
        return FALSE;
    settle_primary_key(table);
    return TRUE;
}

/* --- indexes --- */

/* Cuts the parentheses that enclose a single name: SQLite does not see them either. */
static gboolean single_name(const char *text, Span span, SqlToken *name)
{
    gsize position = span.start;
    guint opened = 0;

    do {
        *name = sql_next_significant(&sqlite_dialect, text, span.end, &position);
    } while (sql_token_is(name, text, "(") && ++opened > 0);
    if (name->kind != SQL_TOKEN_WORD && name->kind != SQL_TOKEN_QUOTED)
        return FALSE;
    for (;;) {
        SqlToken token = sql_next_significant(&sqlite_dialect, text, span.end, &position);
        if (token.kind == SQL_TOKEN_END)
            return opened == 0;
        if (!sql_token_is(&token, text, ")") || opened-- == 0)
            return FALSE;
    }
}

/* The last tokens of an index column, which say its order and collation. */
typedef struct Tail {
    SqlToken tokens[4]; /* the last ones, oldest first */
    guint n;
} Tail;

static void tail_push(Tail *tail, SqlToken token)
{
    if (tail->n == G_N_ELEMENTS(tail->tokens)) {
        memmove(tail->tokens, tail->tokens + 1, sizeof tail->tokens - sizeof *tail->tokens);
        tail->n--;
    }
    tail->tokens[tail->n++] = token;
}

static gsize token_end(SqlToken token)
{
    return token.start + token.length;
}

/* expression [COLLATE name] [ASC | DESC] in `span`. */
static IndexColumn *read_index_column(const Reader *reader, const Table *table, Span span)
{
    const char *sql = reader->sql;
    g_autofree char *collation = NULL;
    gboolean descending = FALSE;
    Tail tail = {.n = 0};

    for (gsize position = span.start; position < span.end;) {
        SqlToken token = sql_next_significant(&sqlite_dialect, sql, span.end, &position);
        if (token.kind != SQL_TOKEN_END)
            tail_push(&tail, token);
    }
    if (tail.n > 1 &&
        (sql_token_is(&tail.tokens[tail.n - 1], sql, "DESC") || sql_token_is(&tail.tokens[tail.n - 1], sql, "ASC"))) {
        descending = sql_token_is(&tail.tokens[--tail.n], sql, "DESC");
        span.end = token_end(tail.tokens[tail.n - 1]);
    }
    if (tail.n > 2 && sql_token_is(&tail.tokens[tail.n - 2], sql, "COLLATE")) {
        collation = sql_token_identifier(&tail.tokens[tail.n - 1], sql);
        span.end = token_end(tail.tokens[tail.n - 3]);
    }

    SqlToken token;
    g_autofree char *name = single_name(sql, span, &token) ? sql_token_identifier(&token, sql) : NULL;
    g_autofree char *expression = span_text(reader, span);
    const Column *column = name ? table_find_column(table, name) : NULL;
    /* A quoted word that is no column is a string to SQLite; `rowid` and the like are refused there. */
    IndexColumn *index_column = column ? index_column_new(column->name, NULL) : index_column_new(NULL, expression);
    index_column->descending = descending;
    index_column->collation = g_steal_pointer(&collation);
    return index_column;
}

static gboolean read_index_columns(Reader *reader, const Table *table, Index *index, GError **error)
{
    if (!expect(reader, "(", error))
        return FALSE;
    do {
        Span span = skip_item(reader);
        if (span.end == span.start)
            return failed(reader, "a column or expression", error);
        g_ptr_array_add(index->columns, read_index_column(reader, table, span));
    } while (take(reader, ","));
    return expect(reader, ")", error);
}

static gboolean read_index(Reader *reader, const Table *table, Index *index, GError **error)
{
    if (!expect(reader, "CREATE", error))
        return FALSE;
    index->unique = take(reader, "UNIQUE");
    if (!expect(reader, "INDEX", error))
        return FALSE;
    g_autofree char *name = read_name(reader, "the index's name", error);
    if (name == NULL || !expect(reader, "ON", error))
        return FALSE;
    g_autofree char *table_name = read_name(reader, "the table's name", error);
    if (table_name == NULL || !read_index_columns(reader, table, index, error))
        return FALSE;
    if (take(reader, "WHERE")) {
        Span span = {reader->token.start, reader->length};
        while (reader->token.kind != SQL_TOKEN_END)
            advance(reader);
        span.end = reader->previous_end;
        index->where = span_text(reader, span);
    }
    return reader->token.kind == SQL_TOKEN_END || failed(reader, "WHERE or the end", error);
}

Index *sqlite_read_index(const Table *table, const char *name, const char *sql, GError **error)
{
    g_autoptr(Index) index = index_new(name);
    Reader reader;

    reader_init(&reader, sql);
    return read_index(&reader, table, index, error) ? g_steal_pointer(&index) : NULL;
}
