#include "commands.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "exit.h"
#include "opening.h"
#include "output.h"
#include "revisions.h"

static guint needs_by_options(const Invocation *invocation)
{
    gboolean of_url = option_flag(invocation, "sql") && !option_string(invocation, "dialect");
    return arguments_want_current(invocation) | (of_url ? NEEDS_ENGINE : 0);
}

/* ---- --sql ---- */

/* A context that knows a dialect and no database. */
typedef struct Offline {
    GString *output;
    Session *session;
    MigrationContext *context;
} Offline;

static void offline_clear(Offline *offline)
{
    migration_context_free(offline->context);
    session_close(offline->session);
    if (offline->output)
        g_string_free(offline->output, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Offline, offline_clear)

static gboolean offline_open(const Invocation *invocation, Offline *offline, GError **error)
{
    const char *name = option_string(invocation, "dialect");
    const Dialect *dialect = name ? dialect_find(name, error) : engine_dialect(invocation->engine);
    EngineOptions options = engine_options_default();
    if (!dialect)
        return FALSE;
    offline->output = g_string_new(NULL);
    offline->session = session_open_offline(dialect, &options, offline->output);
    offline->context = invocation_context_new(invocation, offline->session, error);
    return offline->context != NULL;
}

static cJSON *sql_to_json(const Revision *revision, const Dialect *dialect, const char *up, const char *down)
{
    cJSON *item = revision_to_json(revision);
    json_add_string(item, "dialect", dialect->name);
    json_add_string(item, "upgrade", up);
    json_add_string(item, "downgrade", down);
    return item;
}

static void print_section(const char *text)
{
    if (text)
        fputs(text, stdout);
}

static gboolean show_sql(const Invocation *invocation, Revision *revision, cJSON *document, GError **error)
{
    g_auto(Offline) offline = {0};
    g_autofree char *up = NULL, *down = NULL;
    gboolean wants_up = option_flag(invocation, "up"), wants_down = option_flag(invocation, "down");
    if (!offline_open(invocation, &offline, error) || !migration_show(offline.context, revision, &up, &down, error))
        return FALSE;
    if (wants_down && !wants_up)
        g_clear_pointer(&up, g_free);
    if (wants_up && !wants_down)
        g_clear_pointer(&down, g_free);
    const Dialect *dialect = session_dialect(offline.session);
    if (document) {
        cJSON_AddItemToArray(document, sql_to_json(revision, dialect, up, down));
        return TRUE;
    }
    printf("-- %s on %s\n", revision->id, dialect->name);
    print_section(up);
    print_section(down);
    return TRUE;
}

static gboolean check_options(const Invocation *invocation, GError **error)
{
    static const char *const with_sql[] = {"up", "down"};
    gboolean sql = option_flag(invocation, "sql");
    const char *lonely = !sql && option_string(invocation, "dialect") ? "dialect" : NULL;
    for (guint i = 0; i < G_N_ELEMENTS(with_sql); i++)
        if (!sql && option_flag(invocation, with_sql[i]))
            lonely = with_sql[i];
    if (!lonely)
        return TRUE;
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "option '--%s' has a meaning only with --sql", lonely);
    return FALSE;
}

/* ---- the file ---- */

static void add_operations(cJSON *item, const Revision *revision)
{
    static const char *const keys[] = {"upgrade", "downgrade"};
    const cJSON *root = json_document_root(ops_document_json(revision->ops));
    for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
        const cJSON *ops = cJSON_GetObjectItemCaseSensitive(root, keys[i]);
        cJSON_AddItemToObject(item, keys[i], ops ? cJSON_Duplicate(ops, TRUE) : cJSON_CreateNull());
    }
}

static cJSON *show_to_json(const RevisionView *view, const Revision *revision)
{
    cJSON *item = revision_to_json(revision);
    revision_commits_add(view->commits, revision, item);
    if (revision->is_ops)
        add_operations(item, revision);
    cJSON *sections = cJSON_AddArrayToObject(item, "sections");
    for (guint i = 0; i < revision->sections->len; i++) {
        const Section *section = revision->sections->pdata[i];
        cJSON *entry = cJSON_CreateObject();
        json_add_string(entry, "direction", section->up ? "up" : "down");
        cJSON_AddBoolToObject(entry, "transaction", section->transactional);
        cJSON_AddBoolToObject(entry, "foreign_keys", !section->foreign_keys_off);
        cJSON_AddItemToObject(entry, "dialects", json_string_array_of(section->dialects));
        json_add_string(entry, "irreversible", section->irreversible);
        json_add_string(entry, "imported", section->imported);
        cJSON_AddNumberToObject(entry, "line", section->line);
        g_autofree char *sql = g_strndup(revision->text + section->start, section->length);
        json_add_string(entry, "sql", g_strstrip(sql));
        cJSON_AddItemToArray(sections, entry);
    }
    return item;
}

static gboolean show_one(const Invocation *invocation, const RevisionView *view, Revision *revision, cJSON *document,
                         GError **error)
{
    if (option_flag(invocation, "sql"))
        return show_sql(invocation, revision, document, error);
    if (!revision_load(revision, error))
        return FALSE;
    if (document) {
        cJSON_AddItemToArray(document, show_to_json(view, revision));
        return TRUE;
    }
    g_autofree char *entry = revision_entry(view, revision);
    printf("%s\n", entry);
    if (!invocation->quiet) {
        fwrite(revision->text, 1, revision->length, stdout);
        if (revision->length && revision->text[revision->length - 1] != '\n')
            putchar('\n');
    }
    return TRUE;
}

static gboolean show_all(const Invocation *invocation, const RevisionView *view, const GPtrArray *revisions,
                         cJSON *document, GError **error)
{
    for (guint i = 0; i < revisions->len; i++)
        if (!show_one(invocation, view, revisions->pdata[i], document, error))
            return FALSE;
    return TRUE;
}

static int run(Invocation *invocation, GError **error)
{
    if (!check_options(invocation, error))
        return -1;
    RevisionMap *map = script_directory_map(invocation->directory, error);
    g_auto(GStrv) current = map ? invocation_current(invocation, error) : NULL;
    if (!current)
        return -1;
    g_auto(RevisionView) view = {0};
    revision_view_init(&view, map, NULL);
    if (!option_flag(invocation, "sql"))
        view.commits = revision_commits_new(invocation);
    cJSON *document = invocation->json ? cJSON_CreateArray() : NULL;
    for (guint i = 0; i < argument_count(invocation); i++) {
        g_autoptr(GPtrArray) revisions =
            revision_map_range(map, argument_at(invocation, i), (const char *const *)current, error);
        if (!revisions || !show_all(invocation, &view, revisions, document, error)) {
            cJSON_Delete(document);
            return -1;
        }
    }
    if (document)
        output_json(document);
    return EXIT_DONE;
}

static const OptionSpec options[] = {
    {"sql", 0, OPTION_FLAG, NULL, "print what the revision becomes on a dialect, up and down, as sections of SQL",
     NULL},
    {"dialect", 0, OPTION_STRING, "NAME", "with --sql: which one (default: that of the URL)", NULL},
    {"up", 0, OPTION_FLAG, NULL, "with --sql: the way up alone", NULL},
    {"down", 0, OPTION_FLAG, NULL, "with --sql: the way down alone", NULL},
    {0},
};

static const ArgumentSpec arguments[] = {
    {"REVISION", "head, heads, current, an id or its unique beginning, or a range", FALSE, TRUE},
    {0},
};

const Command command_show = {
    .name = "show",
    .summary = "print a revision's header and text",
    .description =
        "Prints what is known of the revision, with the commit and the author that git knows, then its file. With -q "
        "only the first part. With --sql it "
        "prints what the revision's operations (or its sections of SQL) are on a dialect, as the files alone "
        "say: no database is asked.",
    .examples =
        "migrate show head\nmigrate show 1975ea\nmigrate show -q heads\nmigrate show head --sql --dialect postgresql",
    .options = options,
    .arguments = arguments,
    .needs = NEEDS_CONFIG | NEEDS_SCRIPT_DIRECTORY,
    .needs_by_options = needs_by_options,
    .run = run,
};
