#include "support/backend.h"

#include <string.h>

#include "support/fingerprint.h"
#include "support/postgresql.h"
#include "support/random_model.h"

#define RESET                                                                                                          \
    "SET client_min_messages = warning; DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public; "                  \
    "GRANT ALL ON SCHEMA public TO public"

/* A new database for each pair would take longer than the pair. */
static char *server_create(const char *folder, const char *name)
{
    static GHashTable *urls;
    (void)folder;
    if (!urls)
        urls = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    if (!g_hash_table_contains(urls, name))
        g_hash_table_insert(urls, g_strdup(name), postgresql_database(name));
    const char *url = g_hash_table_lookup(urls, name);
    postgresql_run(url, RESET);
    return g_strdup(url);
}

static char *server_schema(const char *url)
{
    return fingerprint_postgresql(url);
}

static void server_run(const char *url, const GPtrArray *statements)
{
    g_autoptr(GString) script = g_string_new("BEGIN;\n");
    for (guint i = 0; i < statements->len; i++)
        g_string_append_printf(script, "%s;\n", (char *)statements->pdata[i]);
    g_string_append(script, "COMMIT");
    postgresql_run(url, script->str);
}

static GHashTable *server_cells(const char *url)
{
    GHashTable *cells = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autofree char *columns = postgresql_rows(
        url, "SELECT c.relname || '.' || a.attname || E'\\t' || format('SELECT ''v:'' || quote_nullable(%I::text) FROM "
             "%I ORDER BY id', a.attname, c.relname) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
             "WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE 'migrate\\_%' "
             "AND a.attnum > 0 AND NOT a.attisdropped");
    g_auto(GStrv) lines = g_strsplit(columns, "\n", -1);
    for (guint i = 0; lines[i] && *lines[i]; i++) {
        char *query = strchr(lines[i], '\t');
        *query++ = '\0';
        g_hash_table_insert(cells, g_strdup(lines[i]), postgresql_rows(url, query));
    }
    return cells;
}

/* The sequence of a SERIAL column keeps its name when the table or column is renamed. */
static char *without_sequence_names(const char *schema)
{
    static GRegex *regex;
    g_autoptr(GString) kept = g_string_new(NULL);
    g_auto(GStrv) lines = g_strsplit(schema, "\n", -1);
    if (!regex)
        regex = g_regex_new("nextval\\('[^|]*'::regclass\\)", 0, 0, NULL);
    for (guint i = 0; lines[i]; i++) {
        g_auto(GStrv) fields = g_strsplit(lines[i], "|", -1);
        gboolean relation = fields[0] && fields[1] && fields[2] && strcmp(fields[0], "relation") == 0;
        if ((relation && strcmp(fields[2], "S") == 0) || g_strcmp0(fields[0], "sequence") == 0)
            continue;
        g_autofree char *line = g_regex_replace_literal(regex, lines[i], -1, 0, "nextval()", 0, NULL);
        g_string_append_printf(kept, "%s\n", line);
    }
    return g_strdup(kept->str);
}

const TestBackend postgresql_backend = {
    .name = "postgresql",
    .pairs = 200,
    .create = server_create,
    .schema = server_schema,
    .cells = server_cells,
    .run = server_run,
    .model = random_postgresql_model,
    .change = random_postgresql_change,
    .rows = random_postgresql_rows,
    .without_past = without_sequence_names,
};
