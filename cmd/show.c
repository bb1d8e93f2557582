#include "commands.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "exit.h"
#include "opening.h"
#include "output.h"
#include "revisions.h"

static guint needs_by_options(const Invocation *invocation)
{
    const char *spec = argument_at(invocation, 0);
    return spec && strpbrk(spec, "+-")            ? NEEDS_SESSION | NEEDS_READ_ONLY
           : spec && strcmp(spec, "current") == 0 ? NEEDS_SESSION | NEEDS_READ_ONLY
                                                  : 0;
}

static cJSON *show_to_json(const Revision *revision)
{
    cJSON *item = revision_to_json(revision);
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

static gboolean show_one(const Invocation *invocation, Revision *revision, cJSON *document, GError **error)
{
    if (!revision_load(revision, error))
        return FALSE;
    if (document) {
        cJSON_AddItemToArray(document, show_to_json(revision));
        return TRUE;
    }
    revision_print_details(revision, FALSE);
    if (!invocation->quiet) {
        fwrite(revision->text, 1, revision->length, stdout);
        if (revision->length && revision->text[revision->length - 1] != '\n')
            putchar('\n');
    }
    return TRUE;
}

static int run(Invocation *invocation, GError **error)
{
    RevisionMap *map = script_directory_map(invocation->directory, error);
    g_auto(GStrv) current = map ? invocation_current(invocation, error) : NULL;
    g_autoptr(GPtrArray) revisions =
        current ? revision_map_stamp_targets(map, argument_at(invocation, 0), (const char *const *)current, error)
                : NULL;
    if (!revisions)
        return -1;
    cJSON *document = invocation->json ? cJSON_CreateArray() : NULL;
    for (guint i = 0; i < revisions->len; i++) {
        if (!show_one(invocation, revisions->pdata[i], document, error)) {
            cJSON_Delete(document);
            return -1;
        }
    }
    if (document)
        output_json(document);
    return EXIT_DONE;
}

static const ArgumentSpec arguments[] = {
    {"REVISION", "head, heads, current, an id or its unique beginning", FALSE, FALSE},
    {0},
};

const Command command_show = {
    .name = "show",
    .summary = "print a revision's header and text",
    .description = "Prints what is known of the revision, then its file. With -q only the first part.",
    .examples = "migrate show head\nmigrate show 1975ea",
    .arguments = arguments,
    .needs = NEEDS_CONFIG | NEEDS_SCRIPT_DIRECTORY,
    .needs_by_options = needs_by_options,
    .run = run,
};
