#include "commands.h"

#include <stdio.h>

#include "base/error.h"
#include "base/file.h"
#include "exit.h"
#include "output.h"

static int run(Invocation *invocation, GError **error)
{
    const char *path = argument_at(invocation, 0);
    const char *name = option_string(invocation, "dialect");
    const Dialect *dialect = dialect_find(name ? name : "sqlite", error);
    g_autofree char *text = NULL;
    gsize length;
    if (!dialect || !file_read_input(path, &text, &length, error))
        return -1;
    g_autoptr(GPtrArray) statements = dialect->split(text, length, error);
    if (!statements) {
        g_prefix_error(error, "%s:", path);
        return -1;
    }
    cJSON *document = invocation->json ? cJSON_CreateArray() : NULL;
    for (guint i = 0; i < statements->len; i++) {
        const SqlStatement *statement = statements->pdata[i];
        g_autofree char *sql = g_strndup(text + statement->start, statement->length);
        if (document) {
            cJSON *item = cJSON_CreateObject();
            cJSON_AddNumberToObject(item, "line", statement->line);
            cJSON_AddNumberToObject(item, "column", statement->column);
            json_add_string(item, "sql", sql);
            cJSON_AddItemToArray(document, item);
        } else {
            printf("-- %s:%d:%d\n%s;\n", path, statement->line, statement->column, sql);
        }
    }
    if (document)
        output_json(document);
    return EXIT_DONE;
}

static const OptionSpec options[] = {
    {"dialect", 0, OPTION_STRING, "NAME", "whose lexer splits (default: sqlite)", NULL},
    {0},
};

static const ArgumentSpec arguments[] = {
    {"FILE", "an SQL file; - is standard input", FALSE, FALSE},
    {0},
};

const Command command_split = {
    .name = "split",
    .summary = "print the statements of an SQL file, one by one",
    .description = "Shows how a file is cut into statements before it runs: strings, comments and trigger bodies are "
                   "understood. Connects to nothing.",
    .examples = "migrate split release.sql",
    .options = options,
    .arguments = arguments,
    .needs = NEEDS_NOTHING,
    .run = run,
};
