#include "commands.h"

#include <stdio.h>
#include <string.h>

#include "alembic_sql.h"
#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "exit.h"
#include "output.h"
#include "script/alembic.h"

/* What one call imports. */
typedef struct Import {
    const Invocation *invocation;
    GPtrArray *revisions;   /* ForeignRevision* */
    GPtrArray *passed_over; /* char* */
    AlembicSql *up, *down;  /* or NULL: not handed over */
    const char *dialect;    /* of --dialect, or NULL: sections for all */
    char *others;           /* dialects that the sections are not for, or NULL */
    GPtrArray *sections;    /* GPtrArray of NewSection*, one per revision */
    GPtrArray *texts;       /* char*: what the sections point to */
} Import;

static void import_clear(Import *import)
{
    g_clear_pointer(&import->sections, g_ptr_array_unref);
    g_clear_pointer(&import->texts, g_ptr_array_unref);
    g_clear_pointer(&import->up, alembic_sql_free);
    g_clear_pointer(&import->down, alembic_sql_free);
    g_clear_pointer(&import->revisions, g_ptr_array_unref);
    g_clear_pointer(&import->passed_over, g_ptr_array_unref);
    g_clear_pointer(&import->others, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Import, import_clear)

/* ---- the SQL that was handed over ---- */

static const Dialect *dialect_of_sql(const Invocation *invocation, GError **error)
{
    const char *name = option_string(invocation, "dialect");
    return name ? dialect_find(name, error) : engine_dialect(invocation->engine);
}

/* Every revision of the text must be one of Alembic's folder: else the two do not belong together. */
static gboolean check_sql(const Import *import, const AlembicSql *sql, GError **error)
{
    for (guint i = 0; i < sql->ids->len; i++) {
        const char *id = sql->ids->pdata[i];
        gboolean known = FALSE;
        for (guint k = 0; k < import->revisions->len && !known; k++)
            known = strcmp(((const ForeignRevision *)import->revisions->pdata[k])->id, id) == 0;
        if (known)
            continue;
        g_set_error(error, BASE_ERROR, BASE_ERROR_SYNTAX, "%s: no file of '%s' holds revision '%s'",
                    (const char *)sql->places->pdata[i], argument_at(import->invocation, 1), id);
        return FALSE;
    }
    return TRUE;
}

/* *sql stays NULL without the option. */
static gboolean read_sql(const Import *import, const char *option, gboolean up, AlembicSql **sql, GError **error)
{
    const Invocation *invocation = import->invocation;
    const GPtrArray *paths = option_strings(invocation, option);
    if (!paths)
        return TRUE;
    const Dialect *dialect = dialect_of_sql(invocation, error);
    g_autofree char *version_table =
        dialect ? config_string(invocation->config, "migrate", "version_table", error) : NULL;
    if (!version_table)
        return FALSE;
    *sql = alembic_sql_new();
    for (guint i = 0; i < paths->len; i++) {
        g_autofree char *text = NULL;
        gsize length = 0;
        if (!file_read_input(paths->pdata[i], &text, &length, error) ||
            !alembic_sql_add(*sql, paths->pdata[i], text, length, dialect, up, version_table, error))
            return FALSE;
    }
    return check_sql(import, *sql, error);
}

/* ---- sections ---- */

static void add_section(GPtrArray *sections, NewSection section)
{
    g_ptr_array_add(sections, g_memdup2(&section, sizeof section));
}

/* SqlBlock*, or NULL: not handed over. */
static const GPtrArray *blocks_of(const Import *import, const ForeignRevision *revision, gboolean up)
{
    const AlembicSql *sql = up ? import->up : import->down;
    return sql ? g_hash_table_lookup(sql->blocks, revision->id) : NULL;
}

static void add_blocks(const Import *import, const GPtrArray *blocks, gboolean up, GPtrArray *sections)
{
    for (guint i = 0; blocks && i < blocks->len; i++) {
        const SqlBlock *block = blocks->pdata[i];
        add_section(sections, (NewSection){.up = up,
                                           .transactional = block->transactional,
                                           .foreign_keys_off = block->foreign_keys_off,
                                           .dialect = import->dialect,
                                           .statements = block->statements});
    }
    if (blocks && blocks->len == 0)
        add_section(sections, (NewSection){.up = up, .transactional = TRUE, .dialect = import->dialect});
}

/* What upgrade() or downgrade() does not do is done with any database; what it does and no SQL says is not here. */
static void add_direction(Import *import, const ForeignRevision *revision, gboolean up, GPtrArray *sections)
{
    NewSection rest = {.up = up, .transactional = TRUE};
    const GPtrArray *blocks = blocks_of(import, revision, up);
    if ((up ? revision->empty_up : revision->empty_down) && (!blocks || blocks->len == 0)) {
        add_section(sections, rest);
        return;
    }
    add_blocks(import, blocks, up, sections);
    rest.dialect = blocks ? import->others : NULL;
    if (blocks && !rest.dialect)
        return;
    char *reason = up ? g_strdup(revision->path)
                      : g_strdup_printf("imported from %s without the SQL of its downgrade", revision->path);
    g_ptr_array_add(import->texts, reason);
    if (up)
        rest.imported = reason;
    else
        rest.irreversible = reason;
    add_section(sections, rest);
}

static void fill_sections(Import *import)
{
    import->texts = g_ptr_array_new_with_free_func(g_free);
    import->sections = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    for (guint i = 0; i < import->revisions->len; i++) {
        ForeignRevision *revision = import->revisions->pdata[i];
        GPtrArray *sections = g_ptr_array_new_with_free_func(g_free);
        add_direction(import, revision, TRUE, sections);
        add_direction(import, revision, FALSE, sections);
        revision->sections = sections;
        g_ptr_array_add(import->sections, sections);
    }
}

/* ---- the result ---- */

static gboolean has_sql(const Import *import, const ForeignRevision *revision)
{
    return revision->empty_up || blocks_of(import, revision, TRUE) != NULL;
}

static void print_json(const Import *import, const GPtrArray *paths)
{
    cJSON *document = cJSON_CreateObject();
    cJSON *revisions = cJSON_AddArrayToObject(document, "revisions");
    for (guint i = 0; i < paths->len; i++) {
        const ForeignRevision *revision = import->revisions->pdata[i];
        cJSON *item = cJSON_CreateObject();
        json_add_string(item, "revision", revision->id);
        json_add_string(item, "source", revision->path);
        json_add_string(item, "path", paths->pdata[i]);
        cJSON_AddBoolToObject(item, "sql", has_sql(import, revision));
        cJSON_AddItemToArray(revisions, item);
    }
    cJSON_AddItemToObject(document, "passed_over", json_string_array_of(import->passed_over));
    output_json(document);
}

/* What is written goes to stdout, what remains to be done is said. */
static int print_result(const Import *import, const GPtrArray *paths, GError **error)
{
    guint there = 0, without = 0;
    for (guint i = 0; i < import->passed_over->len; i++)
        log_info("passed over '%s': it is no revision", (const char *)import->passed_over->pdata[i]);
    for (guint i = 0; i < paths->len; i++) {
        there += paths->pdata[i] == NULL;
        without += paths->pdata[i] && !has_sql(import, import->revisions->pdata[i]);
        if (paths->pdata[i] && !import->invocation->json)
            printf("%s\n", (const char *)paths->pdata[i]);
    }
    if (there > 0)
        log_info("%u revision%s there already: left as they are", there, there == 1 ? " was" : "s were");
    if (without > 0)
        log_warning(
            "the SQL of %u revision%s was not handed over: upgrade refuses to apply %s\n"
            "for a new database, import again with --sql FILE, FILE being what 'alembic upgrade base:heads --sql' "
            "prints",
            without, without == 1 ? "" : "s", without == 1 ? "it" : "them");
    g_autofree char *table = config_string(import->invocation->config, "migrate", "version_table", error);
    if (!table)
        return -1;
    if (strcmp(table, "alembic_version") != 0)
        log_info(
            "to go on with databases that Alembic has migrated, say version_table = alembic_version in migrate.ini");
    if (import->invocation->json)
        print_json(import, paths);
    return EXIT_DONE;
}

static guint count_stdin(const GPtrArray *paths)
{
    guint n = 0;
    for (guint i = 0; paths && i < paths->len; i++)
        n += strcmp(paths->pdata[i], "-") == 0;
    return n;
}

static gboolean check_usage(const Invocation *invocation, GError **error)
{
    const char *kind = argument_at(invocation, 0);
    const GPtrArray *up = option_strings(invocation, "sql"), *down = option_strings(invocation, "downgrade-sql");
    if (strcmp(kind, "alembic") != 0)
        g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
                    "nothing can be imported from '%s': it is 'migrate import alembic DIR'", kind);
    else if (option_string(invocation, "dialect") && !up && !down)
        g_set_error_literal(error, BASE_ERROR, BASE_ERROR_USAGE,
                            "--dialect says what the SQL is for: pass --sql FILE, too");
    else if (count_stdin(up) + count_stdin(down) > 1)
        g_set_error_literal(error, BASE_ERROR, BASE_ERROR_USAGE, "the standard input can be read only once");
    else
        return TRUE;
    return FALSE;
}

static int run(Invocation *invocation, GError **error)
{
    if (!check_usage(invocation, error))
        return -1;
    g_auto(Import) import = {.invocation = invocation};
    import.revisions = alembic_read(argument_at(invocation, 1), &import.passed_over, error);
    if (!import.revisions || !read_sql(&import, "sql", TRUE, &import.up, error) ||
        !read_sql(&import, "downgrade-sql", FALSE, &import.down, error))
        return -1;
    import.dialect =
        option_string(invocation, "dialect") ? section_dialect(dialect_of_sql(invocation, error)->name) : NULL;
    import.others = import.dialect ? section_other_dialects(import.dialect) : NULL;
    fill_sections(&import);
    g_autoptr(GPtrArray) paths = script_directory_import(invocation->directory, import.revisions,
                                                         option_string(invocation, "version-path"), error);
    return paths ? print_result(&import, paths, error) : -1;
}

/* Without --dialect the URL says whose SQL it is. */
static guint needs_by_options(const Invocation *invocation)
{
    gboolean sql = option_strings(invocation, "sql") || option_strings(invocation, "downgrade-sql");
    return sql && !option_string(invocation, "dialect") ? NEEDS_ENGINE : 0;
}

static const OptionSpec options[] = {
    {"sql", 0, OPTION_STRINGS, "FILE", "what 'alembic upgrade base:heads --sql' prints; - is standard input", NULL},
    {"downgrade-sql", 0, OPTION_STRINGS, "FILE", "what 'alembic downgrade HEAD:base --sql' prints, for each head",
     NULL},
    {"dialect", 0, OPTION_STRING, "NAME", "the SQL is for this dialect only (default: the URL's lexer, for any)", NULL},
    {"version-path", 0, OPTION_STRING, "FOLDER", "which of several version_locations the files go to", NULL},
    {0},
};

static const ArgumentSpec arguments[] = {
    {"KIND", "what is imported: alembic", FALSE, FALSE},
    {"DIR", "Alembic's folder, or its folder of versions", FALSE, FALSE},
    {0},
};

const Command command_import = {
    .name = "import",
    .summary = "take over the revisions of Alembic",
    .description =
        "Reads Alembic's version files in DIR, without running Python, and writes a revision file of the same id for "
        "each, with its down_revision, branch_labels, depends_on and message. Everything is checked first, and all "
        "files are written or none; a revision that is there already stays as it is, so a second import adds what is "
        "new; only one that was marked imported and has no SQL is filled with what is handed over now. What Python "
        "would have to compute (a name or a call as revision or down_revision) is an error with its "
        "place.\n\n"
        "With version_table = alembic_version in migrate.ini, current, history, stamp, upgrade and downgrade then go "
        "on where Alembic has left a database.\n\n"
        "The SQL of the revisions is known to Alembic only: hand over what it prints with --sql, and with "
        "--downgrade-sql, which may be given again: Alembic prints the way down from one head at a time. BEGIN, COMMIT "
        "and the statements about Alembic's version table are left out; what "
        "Alembic runs in an autocommit block becomes a section with transaction:false. A revision whose SQL was not "
        "handed over is marked imported:\"FILE\": upgrade refuses to apply it, and a database that has it is not "
        "concerned. One whose upgrade() only says pass needs no SQL.\n\n"
        "With --dialect the sections are for this dialect, and the other dialects have to do without.",
    .examples = "migrate import alembic alembic\n"
                "alembic upgrade base:heads --sql | migrate import alembic alembic --sql -\n"
                "migrate import alembic alembic --sql up.sql --downgrade-sql down.sql --dialect postgresql",
    .options = options,
    .arguments = arguments,
    .needs = NEEDS_CONFIG | NEEDS_SCRIPT_DIRECTORY,
    .needs_by_options = needs_by_options,
    .run = run,
};
