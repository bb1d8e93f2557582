#include "commands.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "comparing.h"
#include "exit.h"
#include "output.h"
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

/* The live schema, or the model as this database can have it. */
static MetaData *read_schema(Invocation *invocation, gboolean as_sql, const Dialect **dialect, GError **error)
{
    if (option_flag(invocation, "models"))
        return read_model_alone(invocation, as_sql, dialect, error);
    *dialect = engine_dialect(invocation->engine);
    if (!invocation->session) {
        g_autofree char *url = engine_describe(invocation->engine);
        g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_CONNECT, "database '%s' does not exist", url);
        return NULL;
    }
    return inspect_live(invocation, error);
}

/* As it is, or in a JSON document of its own. */
static char *script_text(const Dialect *dialect, const MetaData *schema, gboolean as_document, GError **error)
{
    g_autofree char *script = schema_script(dialect, schema, error);
    if (!script || !as_document)
        return g_steal_pointer(&script);
    g_autoptr(cJSON) document = cJSON_CreateObject();
    json_add_string(document, "dialect", dialect->name);
    json_add_string(document, "sql", script);
    if (schema->not_modelled)
        cJSON_AddItemToObject(document, "not_modelled", not_modelled_to_json(schema));
    g_autofree char *text = cJSON_Print(document);
    return g_strconcat(text, "\n", NULL);
}

static int run(Invocation *invocation, GError **error)
{
    gboolean as_sql = g_strcmp0(option_string(invocation, "format"), "sql") == 0;
    const Dialect *dialect = NULL;
    const char *file = option_string(invocation, "output");
    gboolean as_document = invocation->json && !file;
    g_autoptr(MetaData) schema = read_schema(invocation, as_sql, &dialect, error);
    if (!schema)
        return -1;
    warn_unmatched(invocation, schema);
    keep_wanted(invocation, schema);
    metadata_sort(schema);
    log_not_modelled(schema, NULL);
    if (!as_document)
        g_clear_pointer(&schema->not_modelled, g_ptr_array_unref);
    g_autofree char *text =
        as_sql ? script_text(dialect, schema, as_document, error) : model_write(schema, dialect->name);
    if (!text)
        return -1;
    if (file)
        return file_write(file, text, strlen(text), FILE_WRITE_REPLACE, error) ? EXIT_DONE : -1;
    fputs(text, stdout);
    return EXIT_DONE;
}

/* A model needs no database. */
static guint needs_by_options(const Invocation *invocation)
{
    return option_flag(invocation, "models") ? 0 : NEEDS_SESSION;
}

static const OptionSpec options[] = {
    {"format", 0, OPTION_STRING, "FORMAT", "how to print the schema (default: json)", "sql|json"},
    {"models", 0, OPTION_FLAG, NULL, "print the configured models instead of the live schema", NULL},
    {"output", 'o', OPTION_STRING, "FILE", "write FILE, whole or not at all, instead of printing", NULL},
    {0},
};

static const ArgumentSpec arguments[] = {
    {"TABLE", "only tables, views and triggers of these names; * and ? match", TRUE, TRUE},
    {0},
};

const Command command_inspect = {
    .name = "inspect",
    .summary = "print the live schema as models.json or schema.sql",
    .description =
        "Reads the catalog and prints the schema as a model, sorted and stable, fit for version control: the same "
        "schema gives the same bytes, whatever the age of its objects. The tool's own tables are left out. Needs no "
        "migrate.ini when --url is given.\n\nWith --format sql it is a script of CREATE statements, what others need "
        "first, that the database's own client loads as it is (sqlite3, psql, mariadb with comments switched on) and "
        "that is as "
        "good as a model (models = schema.sql). Data, and what the tool does not model, is not in it.\n\nWith --models "
        "the configured models are printed: JSON becomes SQL, and SQL becomes JSON. On SQLite no database is needed "
        "for "
        "that, on a server at most a scratch database.\n\nWhat the tool does not model it never touches. With -v it "
        "is listed on stderr (and with --json as \"not_modelled\"): kinds of objects, and properties of objects.",
    .examples = "migrate inspect --url sqlite:///app.db >models.json\nmigrate inspect 'order*'\n"
                "# CI: is schema.sql what the revisions make?\n"
                "migrate inspect --format sql --output schema.sql && test -z \"$(git status -s schema.sql)\"\n"
                "migrate inspect --models --format sql",
    .options = options,
    .arguments = arguments,
    .needs = NEEDS_CONFIG | NEEDS_URL_ONLY | NEEDS_ENGINE | NEEDS_READ_ONLY,
    .needs_by_options = needs_by_options,
    .run = run,
};
