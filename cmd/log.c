#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "blaming.h"
#include "commands.h"
#include "exit.h"
#include "revisions.h"

/* TRUE when the table itself says it already: "create table users" of "create table users, with id INTEGER". */
static gboolean is_said(const GPtrArray *texts, const char *text)
{
    for (guint i = 0; i < texts->len; i++) {
        const char *said = texts->pdata[i];
        gsize length = strlen(said);
        if (strncmp(text, said, length) == 0 && (text[length] == '\0' || text[length] == ','))
            return TRUE;
    }
    return FALSE;
}

static void add_texts(GPtrArray *texts, const Life *life, guint step)
{
    for (guint i = 0; i < life->events->len; i++) {
        const LifeEvent *event = life->events->pdata[i];
        if (event->step == step && !is_said(texts, event->text))
            g_ptr_array_add(texts, event->text);
    }
}

/* A line for what one revision did to it and to its parts, if it did anything. */
static gboolean add_line(BlameTable *table, const Life *life, guint step)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new();
    add_texts(texts, life, step);
    for (guint i = 0; i < life->parts->len; i++)
        add_texts(texts, life->parts->pdata[i], step);
    if (!texts->len)
        return FALSE;
    g_ptr_array_add(texts, NULL);
    g_autofree char *text = g_strjoinv("; ", (char **)texts->pdata);
    blame_table_add(table, life, step, text);
    return TRUE;
}

static gboolean read_range(Invocation *invocation, GPtrArray **range, GError **error)
{
    const char *text = option_string(invocation, "rev-range");
    RevisionMap *map = script_directory_map(invocation->directory, error);
    *range = map && text ? revision_map_range(map, text, NULL, error) : NULL;
    return map && (*range || !text);
}

static int run(Invocation *invocation, GError **error)
{
    const char *name = option_string(invocation, "object");
    g_auto(Blaming) blaming = {0};
    g_autoptr(GPtrArray) range = NULL;
    if (!name) {
        g_set_error_literal(error, BASE_ERROR, BASE_ERROR_USAGE,
                            "which object? pass --object NAME ('migrate history' lists all revisions)");
        return -1;
    }
    if (!read_range(invocation, &range, error) || !blaming_open(&blaming, invocation, name, TRUE, error))
        return -1;
    BlameTable *table = blame_table_new(&blaming, FALSE, invocation->json);
    gboolean any = FALSE;
    for (guint i = blaming.effects->revisions->len; i-- > 0;)
        if (!range || g_ptr_array_find(range, blaming_revision(&blaming, i), NULL))
            any |= add_line(table, blaming.life, i);
    blame_table_end(table);
    if (!any)
        log_info("no revision of %s touched '%s'", option_string(invocation, "rev-range"), name);
    return EXIT_DONE;
}

static const OptionSpec options[] = {
    {"object", 0, OPTION_STRING, "NAME", "a table, a column (table.column), a view, a function, a type …", NULL},
    {"rev-range", 'r', OPTION_STRING, "A:B", "only these, for example base:head, 1975ea:, -3:head", NULL},
    OPTION_DIALECT,
    {0},
};

const Command command_log = {
    .name = "log",
    .summary = "list the revisions that touched an object, newest first",
    .description = "Lists each revision that changed the table (its columns, keys and indexes count), the column, the "
                   "view, the function or the type, or that wrote rows of it, through renames. What a revision did "
                   "stands in one line, with the commit that brought its file, its author and the date, where the "
                   "revisions are in a git repository.\n\n" EFFECTS_DESCRIPTION,
    .examples = "migrate log --object users\nmigrate log --object users.email -r 1975ea:\n"
                "migrate log --object paid_orders --json",
    .options = options,
    .needs = NEEDS_CONFIG | NEEDS_SCRIPT_DIRECTORY,
    .run = run,
};
