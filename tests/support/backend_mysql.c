#include "support/backend.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/client.h"
#include "support/fingerprint.h"
#include "support/mysql.h"
#include "support/random_model.h"

static char *server_create(const char *folder, const char *name)
{
    (void)folder;
    return mysql_database(name);
}

static char *server_schema(const char *url)
{
    return fingerprint_mysql(url);
}

static void server_run(const char *url, const GPtrArray *statements)
{
    g_autoptr(GString) script = g_string_new("START TRANSACTION;\n");
    for (guint i = 0; i < statements->len; i++)
        g_string_append_printf(script, "%s;\n", (char *)statements->pdata[i]);
    g_string_append(script, "COMMIT");
    mysql_run(url, script->str);
}

/* A time is the same whether its type shows fractions of a second or not. */
static char *without_fractions(char *rows)
{
    static GRegex *zeros;
    if (!zeros)
        zeros = g_regex_new("(:\\d\\d)\\.0+'", 0, 0, NULL);
    g_autofree char *taken = rows;
    return g_regex_replace(zeros, taken, -1, 0, "\\1'", 0, NULL);
}

/* A query for each column that gives its values, bytes as hexadecimal digits. Those of generated columns are what the
 * others and their expressions say. */
static GHashTable *server_cells(const char *url)
{
    GHashTable *cells = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autofree char *columns = mysql_rows(
        url, "SELECT concat(c.table_name, '.', c.column_name, '\\t', 'SELECT concat(''v:'', ifnull(quote(', "
             "if(c.data_type REGEXP 'blob|binary|bit|point|geom|line|polygon', 'hex(', 'convert('), '`', "
             "replace(c.column_name, '`', "
             "'``'), '`', if(c.data_type REGEXP 'blob|binary|bit|point|geom|line|polygon', ')', ' USING utf8mb4)'), "
             "'), ''NULL'')) FROM "
             "`', replace(c.table_name, '`', '``'), '`', if(exists(SELECT 1 FROM information_schema.columns i WHERE "
             "i.table_schema = c.table_schema AND i.table_name = c.table_name AND i.column_name = 'id'), ' ORDER BY "
             "id', '')) "
             "FROM information_schema.columns c JOIN information_schema.tables t ON t.table_schema = c.table_schema "
             "AND t.table_name = c.table_name WHERE c.table_schema = database() AND t.table_type <> 'VIEW' AND "
             "t.table_type <> 'SEQUENCE' AND c.extra NOT LIKE '%GENERATED%' AND c.table_name NOT LIKE 'migrate\\_%'");
    g_auto(GStrv) lines = g_strsplit(columns, "\n", -1);
    for (guint i = 0; lines[i] && *lines[i]; i++) {
        char *query = strchr(lines[i], '\t');
        *query++ = '\0';
        g_hash_table_insert(cells, g_strdup(lines[i]), without_fractions(mysql_rows(url, query)));
    }
    return cells;
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names that the server gives, by number (t_ibfk_2, CONSTRAINT_1); of indexes that foreign keys brought along under
 * names that they had; the database's own name; and quotes that a name does not need, which texts of triggers keep. */
static char *without_past(const char *schema)
{
    static GRegex *given, *brought, *quotes, *database;
    if (!given) {
        given = g_regex_new("\\b(\\w+_ibfk_|CONSTRAINT_)\\d+", 0, 0, NULL);
        brought = g_regex_new("(KEY `)fk_(?:[^`]|``)*|(^key\\|[^|]*\\|)fk_[^|]*", G_REGEX_MULTILINE, 0, NULL);
        database = g_regex_new("`(app|fresh)`\\.", 0, 0, NULL);
        quotes = g_regex_new(" ON [`\"]([a-z_]+)[`\"] FOR EACH", 0, 0, NULL);
    }
    g_autofree char *unnumbered = g_regex_replace(given, schema, -1, 0, "\\1N", 0, NULL);
    g_autofree char *unnamed = g_regex_replace(brought, unnumbered, -1, 0, "\\1\\2(fk)", 0, NULL);
    g_autofree char *unqualified = g_regex_replace_literal(database, unnamed, -1, 0, "", 0, NULL);
    g_autofree char *masked = g_regex_replace(quotes, unqualified, -1, 0, " ON \\1 FOR EACH", 0, NULL);
    g_auto(GStrv) lines = g_strsplit(masked, "\n", -1);
    qsort(lines, g_strv_length(lines), sizeof *lines, compare_lines);
    return g_strjoinv("\n", lines);
}

/* Order is none, and a comma tells who stands last; but whose column it is counts. */
static char *with_owners(const char *dump)
{
    g_auto(GStrv) lines = g_strsplit(dump, "\n", -1);
    g_autoptr(GString) text = g_string_new(NULL);
    const char *owner = "";
    for (guint i = 0; lines[i]; i++) {
        if (g_str_has_prefix(lines[i], "CREATE TABLE "))
            owner = lines[i];
        g_string_append_printf(text, "%s%s%s\n", owner, *owner ? ": " : "", lines[i]);
        if (g_str_has_prefix(lines[i], ")"))
            owner = "";
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* The settings around each statement stand there again and again: once is enough. */
static char *without_repetitions(const char *sorted)
{
    g_auto(GStrv) lines = g_strsplit(sorted, "\n", -1);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; lines[i]; i++)
        if (*lines[i] && (i == 0 || strcmp(lines[i], lines[i - 1]) != 0))
            g_string_append_printf(text, "%s\n", lines[i]);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static char *server_dump(const char *url)
{
    static GRegex *incidents;
    g_autofree char *socket = g_strconcat("--socket=", mysql_server_socket(), NULL);
    const char *database = strrchr(url, '/') + 1;
    const char *argv[] = {"mysqldump",
                          "--no-defaults",
                          socket,
                          "--user=root",
                          "--no-data",
                          "--routines",
                          "--triggers",
                          "--events",
                          "--skip-comments",
                          "--skip-add-drop-table",
                          database,
                          NULL};
    g_autofree char *out = NULL, *err = NULL;
    int status = 1;
    if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err, &status, NULL) || status)
        fail_msg("mysqldump: %s", err ? err : "not found");
    if (!incidents)
        incidents =
            g_regex_new(" AUTO_INCREMENT=\\d+| PAGE_CHECKSUM=1|(?:SELECT|DO) SETVAL.*|.*migrate_(version|history).*|,$",
                        G_REGEX_MULTILINE, 0, NULL);
    g_autofree char *owned = with_owners(out);
    g_autofree char *masked = g_regex_replace_literal(incidents, owned, -1, 0, "", 0, NULL);
    g_autofree char *sorted = without_past(masked);
    return without_repetitions(sorted);
}

static char *server_load(const char *url, const char *file)
{
    g_autofree char *socket = g_strconcat("--socket=", mysql_server_socket(), NULL);
    const char *const argv[] = {
        "mariadb", "--no-defaults",       socket, "--user=root", "--default-character-set=utf8mb4",
        "--batch", strrchr(url, '/') + 1, NULL};
    return client_run(argv, file);
}

const TestBackend mysql_backend = {
    .name = "mariadb",
    .pairs = 100,
    .create = server_create,
    .schema = server_schema,
    .cells = server_cells,
    .run = server_run,
    .model = random_mysql_model,
    .change = random_mysql_change,
    .rows = random_mysql_rows,
    .without_past = without_past,
    .dump = server_dump,
    .sql_pairs = "mysql",
    .n_sql_pairs = 60,
    .load = server_load,
};
