#include "commands.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "exit.h"
#include "opening.h"
#include "output.h"
#include "revisions.h"

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

static gboolean show_one(const Invocation *invocation, const RevisionView *view, Revision *revision, cJSON *document,
                         GError **error)
{
    if (!revision_load(revision, error))
        return FALSE;
    if (document) {
        cJSON_AddItemToArray(document, show_to_json(revision));
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
    RevisionMap *map = script_directory_map(invocation->directory, error);
    g_auto(GStrv) current = map ? invocation_current(invocation, error) : NULL;
    if (!current)
        return -1;
    g_auto(RevisionView) view = {0};
    revision_view_init(&view, map, NULL);
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

static const ArgumentSpec arguments[] = {
    {"REVISION", "head, heads, current, an id or its unique beginning, or a range", FALSE, TRUE},
    {0},
};

const Command command_show = {
    .name = "show",
    .summary = "print a revision's header and text",
    .description = "Prints what is known of the revision, then its file. With -q only the first part.",
    .examples = "migrate show head\nmigrate show 1975ea\nmigrate show -q heads",
    .arguments = arguments,
    .needs = NEEDS_CONFIG | NEEDS_SCRIPT_DIRECTORY,
    .needs_by_options = arguments_want_current,
    .run = run,
};
