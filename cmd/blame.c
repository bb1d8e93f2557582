#include "commands.h"

#include <string.h>

#include "base/log.h"
#include "blaming.h"
#include "exit.h"

/* All that happened to it, oldest first. */
static void add_life(BlameTable *table, const Life *life)
{
    for (guint i = 0; i < life->events->len; i++) {
        const LifeEvent *event = life->events->pdata[i];
        blame_table_add(table, life, event->step, event->text);
    }
}

/* What the last revision did to it that did anything. */
static void add_last(BlameTable *table, const Life *life)
{
    const LifeEvent *last = life->events->len ? life->events->pdata[life->events->len - 1] : NULL;
    if (!last)
        return;
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < life->events->len; i++) {
        const LifeEvent *event = life->events->pdata[i];
        if (event->step == last->step)
            g_string_append_printf(text, "%s%s", text->len ? "; " : "", event->text);
    }
    blame_table_add(table, life, last->step, text->str);
}

static void add_others(BlameTable *table, const Life *life, gboolean keys)
{
    for (guint i = 0; i < life->parts->len; i++) {
        const Life *part = life->parts->pdata[i];
        if (!part->gone && strcmp(part->kind, "column") != 0 && (part->constraint != NULL) == keys)
            add_last(table, part);
    }
}

/* As the table has them now: columns in its order, then keys, then indexes. */
static void add_parts(BlameTable *table, const Blaming *blaming)
{
    const Life *life = blaming->life;
    const Table *now = metadata_find_table(blaming->effects->after, life->schema, life->name);
    for (guint i = 0; now && i < now->columns->len; i++) {
        const Life *column = lives_find_column(blaming->lives, life, ((const Column *)now->columns->pdata[i])->name);
        if (column && !column->gone)
            add_last(table, column);
    }
    add_others(table, life, TRUE);
    add_others(table, life, FALSE);
}

static void say_gone(const Blaming *blaming)
{
    const Life *life = blaming->life;
    const LifeEvent *last = life->events->pdata[life->events->len - 1];
    const Revision *revision = blaming_revision(blaming, last->step);
    g_autofree char *label = life_label(life);
    log_info("%s '%s' is there no more: revision %s dropped it (%s)", life->kind, label, revision->id, revision->path);
}

static int run(Invocation *invocation, GError **error)
{
    g_auto(Blaming) blaming = {0};
    if (!blaming_open(&blaming, invocation, argument_at(invocation, 0), FALSE, error))
        return -1;
    const Life *life = blaming.life;
    gboolean whole = strcmp(life->kind, "table") == 0 && !life->gone;
    BlameTable *table = blame_table_new(&blaming, whole, invocation->json);
    add_life(table, life);
    if (whole)
        add_parts(table, &blaming);
    blame_table_end(table);
    if (life->gone)
        say_gone(&blaming);
    return EXIT_DONE;
}

static const OptionSpec options[] = {OPTION_DIALECT, {0}};

static const ArgumentSpec arguments[] = {
    {"NAME", "a table, a column (table.column), a view, a function, a type …, with its schema or without", FALSE,
     FALSE},
    {0},
};

const Command command_blame = {
    .name = "blame",
    .summary = "show which revisions made a table or a column what it is",
    .description =
        "Of a table: what made it and gave it its name; then each column, key and index that it has now, with the "
        "revision that changed it last. Of a column, a view, a type …: its whole life, oldest first, through renames "
        "of it and of its table. With each revision stand the commit that brought its file, the author and the date, "
        "where the revisions are in a git repository. What was dropped is shown up to its end.\n\n" EFFECTS_DESCRIPTION,
    .examples = "migrate blame users\nmigrate blame users.email\nmigrate blame billing.invoices.total --json\n"
                "# without a database\nmigrate blame users --dialect sqlite",
    .options = options,
    .arguments = arguments,
    .needs = NEEDS_CONFIG | NEEDS_SCRIPT_DIRECTORY,
    .run = run,
};
