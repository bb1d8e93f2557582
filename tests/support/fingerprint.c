#include "support/fingerprint.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Neither the tool's tables nor SQLite's: a condition about the column `name`. */
#define OTHERS(name) name " NOT LIKE 'migrate\\_%' ESCAPE '\\' AND " name " NOT LIKE 'sqlite\\_%' ESCAPE '\\'"

/* Behind the token at `at`: a string, a name in quotes, a word or number, or one other byte. */
static const char *token_end(const char *at)
{
    char mark = *at == '[' ? ']' : *at;
    if (!strchr("'\"`[", *at)) {
        const char *end = at;
        while (g_ascii_isalnum(*end) || *end == '_' || *end == '$' || (guchar)*end >= 0x80)
            end++;
        return end == at ? at + 1 : end;
    }
    for (at++; *at && (*at != mark || (mark != ']' && at[1] == mark)); at++)
        at += *at == mark;
    return *at ? at + 1 : at;
}

static const char *behind_comment(const char *at)
{
    const char *end = g_str_has_prefix(at, "--") ? strchr(at, '\n') : strstr(at + 2, "*/");
    return !end ? at + strlen(at) : *end == '*' ? end + 2 : end;
}

/* Tokens with one space between them, without quotes around names, comments and the case of words. */
static char *collapse(const char *sql)
{
    g_autoptr(GString) text = g_string_new(NULL);
    while (*sql) {
        if (g_ascii_isspace(*sql)) {
            sql++;
            continue;
        }
        if (g_str_has_prefix(sql, "--") || g_str_has_prefix(sql, "/*")) {
            sql = behind_comment(sql);
            continue;
        }
        const char *end = token_end(sql);
        gsize quotes = strchr("\"`[", *sql) ? 1 : 0;
        g_autofree char *token = g_strndup(sql + quotes, (gsize)(end - sql) - 2 * quotes);
        g_autofree char *lower = g_ascii_strdown(token, -1);
        g_string_append_printf(text, "%s%s", text->len ? " " : "", *sql == '\'' ? token : lower);
        sql = end;
    }
    return g_strdup(text->str);
}

/* The end of the parenthesis that opens at `open`. */
static const char *closing(const char *open)
{
    int depth = 0;
    gboolean in_string = FALSE;
    for (; *open; open++) {
        if (*open == '\'')
            in_string = !in_string;
        if (in_string)
            continue;
        if (*open == '(')
            depth++;
        else if (*open == ')' && --depth == 0)
            return open;
    }
    return open;
}

/* Of an expression: without parentheses around all of it. */
static void plain(sqlite3_context *context, int n, sqlite3_value **values)
{
    const char *sql = (const char *)sqlite3_value_text(values[n - 1]);
    g_autofree char *text = collapse(sql ? sql : "NULL");
    while (g_str_has_prefix(text, "( ") && closing(text) == text + strlen(text) - 1) {
        char *inside = g_strndup(text + 2, strlen(text) - 4);
        g_free(text);
        text = inside;
    }
    sqlite3_result_text(context, text, -1, SQLITE_TRANSIENT);
}

static sqlite3 *open_database(const char *path)
{
    sqlite3 *database = NULL;
    if (sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK)
        fail_msg("%s: %s", path, sqlite3_errmsg(database));
    sqlite3_create_function(database, "plain", 1, SQLITE_UTF8, NULL, plain, NULL, NULL);
    return database;
}

static sqlite3_stmt *prepare(sqlite3 *database, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(database));
    return statement;
}

/* What fails half-way would be half a fingerprint. */
static gboolean next(sqlite3_stmt *statement)
{
    int result = sqlite3_step(statement);
    if (result != SQLITE_ROW && result != SQLITE_DONE)
        fail_msg("%s: %s", sqlite3_sql(statement), sqlite3_errmsg(sqlite3_db_handle(statement)));
    return result == SQLITE_ROW;
}

static const char *cell(sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    return text ? text : "NULL";
}

/* Every row of a query as one line, its cells joined by '|'. */
static void add_rows(GPtrArray *lines, sqlite3 *database, const char *sql)
{
    sqlite3_stmt *statement = prepare(database, sql);
    while (next(statement)) {
        GString *line = g_string_new(NULL);
        for (int i = 0; i < sqlite3_column_count(statement); i++)
            g_string_append_printf(line, "%s|", cell(statement, i));
        g_ptr_array_add(lines, g_string_free(line, FALSE));
    }
    sqlite3_finalize(statement);
}

/* SQLite reads names of NOT NULL, DEFAULT and COLLATE clauses and forgets them; ABORT is what is done anyway. */
static gboolean counts(const char *clause, const char *word)
{
    static const char *const named[] = {" check ", " unique ", " primary ", " foreign ", " references "};
    if (g_str_has_prefix(clause, "on conflict"))
        return !g_str_has_prefix(word, "abort");
    if (!g_str_has_prefix(clause, "constraint"))
        return TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(named); i++)
        if (g_str_has_prefix(word + strcspn(word, " "), named[i]))
            return TRUE;
    return FALSE;
}

/* What no pragma tells: names of constraints, check and generated expressions, collations, AUTOINCREMENT, deferral. */
static void add_clauses(GPtrArray *lines, const char *table, const char *sql)
{
    static const char *const with_expression[] = {"check (", "as ("};
    static const char *const with_word[] = {"constraint ", "collate ", "on conflict "};
    static const char *const flags[] = {"autoincrement", "initially deferred", "deferrable"};
    g_autofree char *text = collapse(sql);
    for (guint i = 0; i < G_N_ELEMENTS(with_expression); i++)
        for (const char *at = text; (at = strstr(at, with_expression[i])); at++) {
            const char *open = strchr(at, '(');
            g_autofree char *inside = g_strndup(open, (gsize)(closing(open) - open));
            g_ptr_array_add(lines, g_strdup_printf("clause|%s|%.2s|%s", table, with_expression[i], inside));
        }
    for (guint i = 0; i < G_N_ELEMENTS(with_word); i++)
        for (const char *at = text; (at = strstr(at, with_word[i])); at++) {
            const char *word = at + strlen(with_word[i]);
            if (counts(with_word[i], word))
                g_ptr_array_add(
                    lines, g_strdup_printf("clause|%s|%s%.*s", table, with_word[i], (int)strcspn(word, " ,()"), word));
        }
    for (guint i = 0; i < G_N_ELEMENTS(flags); i++)
        for (const char *at = text; (at = strstr(at, flags[i])); at++)
            if (at - text < 4 || strncmp(at - 4, "not ", 4) != 0)
                g_ptr_array_add(lines, g_strdup_printf("clause|%s|%s", table, flags[i]));
}

/* Takes the text. */
static char *without_ascending(char *text)
{
    g_autofree char *taken = text;
    g_auto(GStrv) last = g_strsplit(taken, " asc )", -1);
    g_autofree char *joined = g_strjoinv(" )", last);
    g_auto(GStrv) others = g_strsplit(joined, " asc ,", -1);
    return g_strjoinv(" ,", others);
}

static void add_stored_sql(GPtrArray *lines, sqlite3 *database)
{
    sqlite3_stmt *statement =
        prepare(database, "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND " OTHERS("tbl_name"));
    while (next(statement)) {
        const char *sql = cell(statement, 2);
        if (strcmp(cell(statement, 0), "table") == 0) {
            add_clauses(lines, cell(statement, 1), sql);
        } else {
            g_autofree char *text = without_ascending(collapse(sql));
            g_ptr_array_add(lines, g_strdup_printf("sql|%s|%s", cell(statement, 1), text));
        }
    }
    sqlite3_finalize(statement);
}

static int by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char *fingerprint_schema(const char *path)
{
    sqlite3 *database = open_database(path);
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    add_rows(lines, database,
             "SELECT 'table', name, type, wr, strict FROM pragma_table_list WHERE schema = 'main' AND " OTHERS("name"));
    add_rows(
        lines, database,
        "SELECT 'column', t.name, c.name, upper(replace(c.type, ' ', '')), c.\"notnull\" AND NOT "
        /* The rowid under another name is never NULL, whatever is said. */
        "(c.pk = 1 AND NOT (SELECT wr FROM pragma_table_list(t.name)) AND NOT EXISTS (SELECT 1 FROM "
        "pragma_index_list(t.name) WHERE origin = 'pk')), plain(c.dflt_value), c.pk, c.hidden FROM sqlite_schema t, "
        "pragma_table_xinfo(t.name) c WHERE t.type = 'table' AND " OTHERS("t.name"));
    add_rows(lines, database,
             "SELECT 'key', t.name, f.\"table\", group_concat(f.\"from\" || '>' || coalesce(f.\"to\", ''), ','), "
             "f.on_update, "
             "f.on_delete, f.match FROM sqlite_schema t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table' "
             "AND " OTHERS("t.name") " GROUP BY t.name, f.id");
    add_rows(
        lines, database,
        "SELECT 'index', t.name, CASE i.origin WHEN 'c' THEN i.name END, i.\"unique\", i.origin, i.partial, (SELECT "
        "group_concat(coalesce(x.name, '(expression)') || ' ' || x.desc || ' ' || x.coll, ',') FROM "
        "pragma_index_xinfo(i.name) x WHERE x.key) FROM sqlite_schema t, pragma_index_list(t.name) i WHERE t.type = "
        "'table' AND " OTHERS("t.name"));
    add_stored_sql(lines, database);
    sqlite3_close(database);
    g_ptr_array_sort(lines, by_text);
    g_ptr_array_add(lines, NULL);
    return g_strjoinv("\n", (char **)lines->pdata);
}

static char *column_cells(sqlite3 *database, const char *table, const char *column, gboolean has_id)
{
    /* As bytes, so that text and a blob of the same bytes, 13 and 13.0, are one value in two storage classes. */
    char *sql = sqlite3_mprintf("SELECT typeof(\"%w\"), hex(CASE WHEN typeof(\"%w\") IN ('integer', 'real') THEN "
                                "printf('%%.15g', \"%w\") ELSE \"%w\" END) FROM \"%w\"%s",
                                column, column, column, column, table, has_id ? " ORDER BY id" : "");
    sqlite3_stmt *statement = prepare(database, sql);
    sqlite3_free(sql);
    GString *cells = g_string_new(NULL);
    while (next(statement))
        g_string_append_printf(cells, "%s:%s\n", cell(statement, 0), cell(statement, 1));
    sqlite3_finalize(statement);
    return g_string_free(cells, FALSE);
}

/* The last number that AUTOINCREMENT gave, as a column of the table's. */
static void add_sequences(sqlite3 *database, GHashTable *cells)
{
    sqlite3_stmt *statement = prepare(database, "SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'");
    gboolean any = next(statement);
    sqlite3_finalize(statement);
    if (!any)
        return;
    statement = prepare(database, "SELECT name, seq FROM sqlite_sequence WHERE " OTHERS("name"));
    while (next(statement))
        g_hash_table_insert(cells, g_strdup_printf("%s.(sequence)", cell(statement, 0)),
                            g_strdup_printf("integer:%s\n", cell(statement, 1)));
    sqlite3_finalize(statement);
}

GHashTable *fingerprint_cells(const char *path)
{
    sqlite3 *database = open_database(path);
    GHashTable *cells = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    sqlite3_stmt *statement =
        prepare(database, "SELECT t.name, c.name, EXISTS (SELECT 1 FROM pragma_table_xinfo(t.name) i WHERE i.name = "
                          "'id') FROM sqlite_schema t, pragma_table_xinfo(t.name) c WHERE t.type = "
                          "'table' AND c.hidden <> 1 AND " OTHERS("t.name"));
    while (next(statement)) {
        const char *table = cell(statement, 0), *column = cell(statement, 1);
        g_hash_table_insert(cells, g_strdup_printf("%s.%s", table, column),
                            column_cells(database, table, column, sqlite3_column_int(statement, 2)));
    }
    sqlite3_finalize(statement);
    add_sequences(database, cells);
    sqlite3_close(database);
    return cells;
}

void database_run(const char *path, const GPtrArray *statements)
{
    sqlite3 *database = open_database(path);
    sqlite3_exec(database, "PRAGMA foreign_keys = ON; BEGIN", NULL, NULL, NULL);
    for (guint i = 0; i < statements->len; i++)
        if (sqlite3_exec(database, statements->pdata[i], NULL, NULL, NULL) != SQLITE_OK)
            fail_msg("%s: %s", (char *)statements->pdata[i], sqlite3_errmsg(database));
    sqlite3_exec(database, "COMMIT", NULL, NULL, NULL);
    sqlite3_close(database);
}
