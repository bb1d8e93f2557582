#include "commands.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "exit.h"
#include "opening.h"
#include "output.h"
#include "revisions.h"

/* The range may speak of `current`, and -i shows it: only then is the database asked. */
static gboolean wants_current(const Invocation *invocation)
{
    const char *range = option_string(invocation, "rev-range");
    return option_flag(invocation, "indicate-current") || (range && strstr(range, "current")) ||
           (range && strpbrk(range, "+-"));
}

static GPtrArray *select_revisions(const Invocation *invocation, const RevisionMap *map, char **current, GError **error)
{
    const char *range = option_string(invocation, "rev-range");
    return revision_map_range(map, range ? range : "base:heads", (const char *const *)current, error);
}

static void print_lines(const Invocation *invocation, const GPtrArray *revisions, char **current)
{
    for (guint i = 0; i < revisions->len; i++) {
        const Revision *revision = revisions->pdata[i];
        gboolean is_current = current && g_strv_contains((const char *const *)current, revision->id);
        if (invocation->verbose) {
            revision_print_details(revision, is_current);
            continue;
        }
        g_autofree char *parents = revision_parents_text(revision);
        g_autofree char *marks = revision_marks(revision, is_current);
        g_autofree char *styled = output_styled(is_current ? STYLE_GOOD : STYLE_MARK, revision->id);
        g_autofree char *title = text_first_line(revision->message);
        printf("%s -> %s%s%s%s\n", parents, styled, marks, *title ? ", " : "", title);
    }
}

static int run(Invocation *invocation, GError **error)
{
    RevisionMap *map = script_directory_map(invocation->directory, error);
    if (!map)
        return -1;
    g_auto(GStrv) current = NULL;
    if (wants_current(invocation) && !(current = invocation_current(invocation, error)))
        return -1;
    g_autoptr(GPtrArray) revisions = select_revisions(invocation, map, current, error);
    if (!revisions)
        return -1;
    if (!invocation->json) {
        print_lines(invocation, revisions, current);
        return EXIT_DONE;
    }
    cJSON *document = cJSON_CreateArray();
    for (guint i = 0; i < revisions->len; i++) {
        const Revision *revision = revisions->pdata[i];
        cJSON *item = revision_to_json(revision);
        if (current)
            cJSON_AddBoolToObject(item, "is_current", g_strv_contains((const char *const *)current, revision->id));
        cJSON_AddItemToArray(document, item);
    }
    output_json(document);
    return EXIT_DONE;
}

static guint needs_by_options(const Invocation *invocation)
{
    return wants_current(invocation) ? NEEDS_SESSION | NEEDS_READ_ONLY : 0;
}

static const OptionSpec options[] = {
    {"rev-range", 'r', OPTION_STRING, "A:B", "only these, for example base:head, 1975ea:, -3:current", NULL},
    {"indicate-current", 'i', OPTION_FLAG, NULL, "mark the revision the database stands at", NULL},
    {0},
};

const Command command_history = {
    .name = "history",
    .summary = "list the revisions, newest first",
    .description = "Lists the revision files and what each builds on. The database is asked only with -i, or when the "
                   "range speaks of where it stands.",
    .examples = "migrate history\nmigrate history -v -r 1975ea:head\nmigrate history -i",
    .options = options,
    .needs = NEEDS_CONFIG | NEEDS_SCRIPT_DIRECTORY,
    .needs_by_options = needs_by_options,
    .run = run,
};
