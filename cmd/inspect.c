#include "commands.h"

#include <stdio.h>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "comparing.h"
#include "exit.h"
#include "schema/model.h"

static gboolean is_wanted(const Invocation *invocation, const char *name)
{
    if (argument_count(invocation) == 0)
        return TRUE;
    for (guint i = 0; i < argument_count(invocation); i++)
        if (text_glob_match(argument_at(invocation, i), name))
            return TRUE;
    return FALSE;
}

static gboolean uses_enum(const MetaData *live, const EnumType *type)
{
    for (guint i = 0; i < live->tables->len; i++) {
        const Table *table = live->tables->pdata[i];
        for (guint j = 0; j < table->columns->len; j++) {
            const SqlType *of_column = ((const Column *)table->columns->pdata[j])->type;
            while (of_column->item)
                of_column = of_column->item;
            const char *dot = of_column->name ? strrchr(of_column->name, '.') : NULL;
            if (of_column->kind == SQL_TYPE_ENUM && g_strcmp0(dot ? dot + 1 : of_column->name, type->name) == 0)
                return TRUE;
        }
    }
    return FALSE;
}

/* Enums that the tables use are kept with them. */
static void keep_wanted_types(const Invocation *invocation, const MetaData *live)
{
    for (guint i = live->enums->len; i-- > 0;) {
        const EnumType *type = live->enums->pdata[i];
        if (!is_wanted(invocation, type->name) && !uses_enum(live, type))
            g_ptr_array_remove_index(live->enums, i);
    }
    for (guint i = live->sequences->len; i-- > 0;) {
        const Sequence *sequence = live->sequences->pdata[i];
        if (!is_wanted(invocation, sequence->name) &&
            !(sequence->owned_by_table && is_wanted(invocation, sequence->owned_by_table)))
            g_ptr_array_remove_index(live->sequences, i);
    }
}

static void keep_wanted(const Invocation *invocation, MetaData *live)
{
    for (guint i = live->tables->len; i-- > 0;) {
        Table *table = live->tables->pdata[i];
        if (!is_wanted(invocation, table->name))
            table_free(metadata_steal_table(live, table->schema, table->name));
    }
    for (guint i = live->objects->len; i-- > 0;) {
        const SchemaObject *object = live->objects->pdata[i];
        if (!is_wanted(invocation, object->name) && !(object->table_name && is_wanted(invocation, object->table_name)))
            g_ptr_array_remove_index(live->objects, i);
    }
    keep_wanted_types(invocation, live);
}

/* A mistyped name must not look like an empty schema. */
static void warn_unmatched(const Invocation *invocation, const MetaData *live)
{
    for (guint i = 0; i < argument_count(invocation); i++) {
        const char *pattern = argument_at(invocation, i);
        gboolean found = FALSE;
        for (guint j = 0; j < live->tables->len && !found; j++)
            found = text_glob_match(pattern, ((const Table *)live->tables->pdata[j])->name);
        for (guint j = 0; j < live->objects->len && !found; j++)
            found = text_glob_match(pattern, ((const SchemaObject *)live->objects->pdata[j])->name);
        for (guint j = 0; j < live->enums->len && !found; j++)
            found = text_glob_match(pattern, ((const EnumType *)live->enums->pdata[j])->name);
        for (guint j = 0; j < live->sequences->len && !found; j++)
            found = text_glob_match(pattern, ((const Sequence *)live->sequences->pdata[j])->name);
        if (!found)
            log_warning("no table, view or trigger is named '%s'", pattern);
    }
}

static int run(Invocation *invocation, GError **error)
{
    if (!invocation->session) {
        g_autofree char *url = engine_describe(invocation->engine);
        g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_CONNECT, "database '%s' does not exist", url);
        return -1;
    }
    g_autoptr(MetaData) live = inspect_live(invocation, error);
    if (!live)
        return -1;
    warn_unmatched(invocation, live);
    keep_wanted(invocation, live);
    g_autofree char *text = model_write(live, engine_dialect(invocation->engine)->name);
    fputs(text, stdout);
    return EXIT_DONE;
}

static const ArgumentSpec arguments[] = {
    {"TABLE", "only tables, views and triggers of these names; * and ? match", TRUE, TRUE},
    {0},
};

const Command command_inspect = {
    .name = "inspect",
    .summary = "print the live schema as models.json",
    .description =
        "Reads the catalog and prints the schema as a model, sorted and stable, fit for version control. The "
        "tool's own tables are left out. Needs no migrate.ini when --url is given.",
    .examples = "migrate inspect --url sqlite:///app.db >models.json\nmigrate inspect 'order*'",
    .arguments = arguments,
    .needs = NEEDS_CONFIG | NEEDS_URL_ONLY | NEEDS_SESSION | NEEDS_READ_ONLY,
    .run = run,
};
