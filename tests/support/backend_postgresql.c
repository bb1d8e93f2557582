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
#include "support/postgresql.h"
#include "support/random_model.h"

/* Everything that a schema's script can make in a database. */
#define RESET                                                                                                          \
    "SET client_min_messages = warning; DO $$ DECLARE statement text; BEGIN FOR statement IN "                         \
    "SELECT format('DROP EVENT TRIGGER %I', evtname) FROM pg_event_trigger "                                           \
    "UNION ALL SELECT format('DROP PUBLICATION %I', pubname) FROM pg_publication "                                     \
    "UNION ALL SELECT format('DROP FOREIGN DATA WRAPPER %I CASCADE', fdwname) FROM pg_foreign_data_wrapper "           \
    "UNION ALL SELECT format('DROP SCHEMA %I CASCADE', nspname) FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' "    \
    "AND nspname <> 'information_schema' "                                                                             \
    "UNION ALL SELECT format('DROP EXTENSION IF EXISTS %I CASCADE', extname) FROM pg_extension WHERE extname <> "      \
    "'plpgsql' LOOP EXECUTE statement; END LOOP; END $$; CREATE SCHEMA public; GRANT ALL ON SCHEMA public TO public"

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
        url, "SELECT t.label || '.' || a.attname || E'\\t' || format('SELECT ''v:'' || quote_nullable(%I::text) FROM "
             "%s%s', a.attname, c.oid::regclass, CASE WHEN EXISTS (SELECT FROM pg_attribute i WHERE i.attrelid = c.oid "
             "AND i.attname = 'id' AND NOT i.attisdropped) THEN ' ORDER BY id' END) FROM pg_attribute a JOIN pg_class "
             "c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace, concat(NULLIF(nspname, 'public') "
             "|| '.', c.relname) t (label) WHERE c.relkind IN ('r', 'p') AND nspname NOT LIKE 'pg\\_%' AND nspname <> "
             "'information_schema' AND c.relname NOT LIKE 'migrate\\_%' AND a.attnum > 0 AND NOT a.attisdropped");
    g_auto(GStrv) lines = g_strsplit(columns, "\n", -1);
    for (guint i = 0; lines[i] && *lines[i]; i++) {
        char *query = strchr(lines[i], '\t');
        *query++ = '\0';
        g_hash_table_insert(cells, g_strdup(lines[i]), postgresql_rows(url, query));
    }
    return cells;
}

/* sequence|LABEL|facts|owned=aTABLE.COLUMN: gives the last field's words, or NULL for any other line. */
static const char *owner_of_sequence(char **fields)
{
    guint n = g_strv_length(fields);
    gboolean owned = n > 2 && strcmp(fields[0], "sequence") == 0 && g_str_has_prefix(fields[n - 1], "owned=");
    return owned ? fields[n - 1] : NULL;
}

/* Labels of owned sequences -> "(owned=…)". */
static GHashTable *owned_sequences(char **lines)
{
    GHashTable *masks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint i = 0; lines[i]; i++) {
        g_auto(GStrv) fields = g_strsplit(lines[i], "|", -1);
        const char *owner = owner_of_sequence(fields);
        if (owner)
            g_hash_table_insert(masks, g_strdup(fields[1]), g_strdup_printf("(%s)", owner));
    }
    return masks;
}

static char *masked_default(const char *line, GHashTable *masks)
{
    static const char call[] = "nextval('";
    const char *start = strstr(line, call);
    const char *end = start ? strstr(start, "'::regclass)") : NULL;
    if (!end)
        return g_strdup(line);
    g_autofree char *label = g_strndup(start + strlen(call), (gsize)(end - start) - strlen(call));
    const char *mask = g_hash_table_lookup(masks, label);
    return g_strdup_printf("%.*s%s%s", (int)(start - line) + (int)strlen(call), line, mask ? mask : label, end);
}

static char *masked_line(const char *line, GHashTable *masks)
{
    g_auto(GStrv) fields = g_strsplit(line, "|", -1);
    const char *mask = fields[0] && fields[1] ? g_hash_table_lookup(masks, fields[1]) : NULL;
    if (!mask || (strcmp(fields[0], "sequence") != 0 && strcmp(fields[0], "relation") != 0))
        return masked_default(line, masks);
    g_free(fields[1]);
    fields[1] = g_strdup(mask);
    return g_strjoinv("|", fields);
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* x IN ('a', 'b') on VARCHAR is shown as (ARRAY['a'::character varying, …])::text[]; read once more, as it is when it
 * comes back, each element is cast: ARRAY[('a'::character varying)::text, …]. Both without the cast. */
static char *without_array_casts(const char *line)
{
    static GRegex *element, *array;
    if (!element) {
        element = g_regex_new("\\(('(?:[^']|'')*'::character varying)\\)::text", 0, 0, NULL);
        array = g_regex_new("\\(ARRAY\\[((?:'(?:[^']|'')*'::character varying(?:, )?)+)\\]\\)::text\\[\\]", 0, 0, NULL);
    }
    g_autofree char *plain = g_regex_replace(element, line, -1, 0, "\\1", 0, NULL);
    return g_regex_replace(array, plain, -1, 0, "ARRAY[\\1]", 0, NULL);
}

/* The sequence of a SERIAL column keeps its name when the table or column is renamed, and one that comes back for the
 * renamed column is named after what the column is called then. */
static char *without_past(const char *schema)
{
    g_auto(GStrv) lines = g_strsplit(schema, "\n", -1);
    g_autoptr(GHashTable) masks = owned_sequences(lines);
    for (guint i = 0; lines[i]; i++) {
        g_autofree char *line = masked_line(lines[i], masks);
        g_free(lines[i]);
        lines[i] = without_array_casts(line);
    }
    qsort(lines, g_strv_length(lines), sizeof *lines, compare_lines);
    return g_strjoinv("\n", lines);
}

/* Order is that of the objects' age, and a comma tells who stands last: neither counts. */
static char *server_dump(const char *url)
{
    static GRegex *sequence;
    const char *argv[] = {"pg_dump", "--schema-only", "--no-owner", "--no-privileges", "-T", "migrate_*", url, NULL};
    g_autofree char *out = NULL, *err = NULL;
    int status = 1;
    if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err, &status, NULL) || status)
        fail_msg("pg_dump: %s", err ? err : "not found");
    if (!sequence)
        sequence = g_regex_new("\"[^\"]*_seq[0-9]*\"|\\w+_seq[0-9]*", 0, 0, NULL);
    g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) lines = g_strsplit(out, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        if (!*lines[i] || g_str_has_prefix(lines[i], "--") || g_str_has_prefix(lines[i], "\\"))
            continue;
        g_autofree char *masked = g_regex_replace_literal(sequence, lines[i], -1, 0, "(sequence)", 0, NULL);
        char *line = without_array_casts(masked);
        if (g_str_has_suffix(line, ","))
            line[strlen(line) - 1] = '\0';
        g_ptr_array_add(kept, line);
    }
    g_ptr_array_sort(kept, compare_lines);
    g_ptr_array_add(kept, NULL);
    return g_strjoinv("\n", (char **)kept->pdata);
}

static char *server_load(const char *url, const char *file)
{
    const char *const argv[] = {"psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, NULL};
    return client_run(argv, file);
}

const TestBackend postgresql_backend = {
    .name = "postgresql",
    .pairs = 100,
    .ops_pairs = 3,
    .create = server_create,
    .schema = server_schema,
    .cells = server_cells,
    .run = server_run,
    .model = random_postgresql_model,
    .change = random_postgresql_change,
    .rows = random_postgresql_rows,
    .without_past = without_past,
    .dump = server_dump,
    .sql_pairs = "postgresql",
    .n_sql_pairs = 60,
    .load = server_load,
};
