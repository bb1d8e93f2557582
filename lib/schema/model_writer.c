/* MetaData as models.json: only what is not the default, one column, constraint or index per line. */
#include <string.h>

#include "schema/model.h"

static void add_text(cJSON *node, const char *key, const char *value)
{
    if (value)
        cJSON_AddItemToObject(node, key, cJSON_CreateString(value));
}

/* null says that there is no name: without the key the convention would make one. */
static void add_name(cJSON *node, const char *name)
{
    cJSON_AddItemToObject(node, "name", name ? cJSON_CreateString(name) : cJSON_CreateNull());
}

static void add_flag(cJSON *node, const char *key, gboolean value)
{
    if (value)
        cJSON_AddItemToObject(node, key, cJSON_CreateTrue());
}

static void add_names(cJSON *node, const char *key, const GPtrArray *names)
{
    cJSON_AddItemToObject(node, key, json_string_array_of(names));
}

static void add_lower(cJSON *node, const char *key, const char *word)
{
    g_autofree char *lower = word ? g_ascii_strdown(word, -1) : NULL;
    add_text(node, key, lower);
}

/* --- options and numbers --- */

static gboolean is_integer(const char *text)
{
    gint64 number;
    g_autofree char *plain = NULL;
    if (!g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &number, NULL))
        return FALSE;
    plain = g_strdup_printf("%" G_GINT64_FORMAT, number);
    return strcmp(plain, text) == 0;
}

static cJSON *number_or_text(const char *text)
{
    return is_integer(text) ? cJSON_CreateRaw(text) : cJSON_CreateString(text);
}

static cJSON *option_value(const char *value)
{
    if (!value)
        return cJSON_CreateNull();
    if (strcmp(value, "true") == 0)
        return cJSON_CreateTrue();
    return strcmp(value, "false") == 0 ? cJSON_CreateFalse() : number_or_text(value);
}

/* "with.fillfactor" stands as "fillfactor" in the object "with". */
static void add_option(cJSON *node, const Option *option)
{
    const char *dot = strchr(option->name, '.');
    if (!dot || dot == option->name) {
        cJSON_AddItemToObject(node, option->name, option_value(option->value));
        return;
    }
    g_autofree char *outer = g_strndup(option->name, (gsize)(dot - option->name));
    cJSON *inner = cJSON_GetObjectItemCaseSensitive(node, outer);
    if (!cJSON_IsObject(inner)) {
        if (inner) { /* the plain option of that name came first */
            cJSON_AddItemToObject(node, option->name, option_value(option->value));
            return;
        }
        inner = cJSON_CreateObject();
        cJSON_AddItemToObject(node, outer, inner);
    }
    cJSON_AddItemToObject(inner, dot + 1, option_value(option->value));
}

static void add_options(cJSON *node, const GPtrArray *options, const char *dialect)
{
    if (options->len == 0)
        return;
    cJSON *inner = cJSON_CreateObject();
    for (guint i = 0; i < options->len; i++)
        add_option(inner, options->pdata[i]);
    cJSON *outer = cJSON_CreateObject();
    cJSON_AddItemToObject(outer, dialect ? dialect : "default", inner);
    cJSON_AddItemToObject(node, "options", outer);
}

static void add_number(cJSON *node, const char *key, const char *digits)
{
    if (digits)
        cJSON_AddItemToObject(node, key, number_or_text(digits));
}

static void add_sequence_options(cJSON *node, const SequenceOptions *options)
{
    add_number(node, "start", options->start);
    add_number(node, "increment", options->increment);
    add_number(node, "minvalue", options->minvalue);
    add_number(node, "maxvalue", options->maxvalue);
    add_number(node, "cache", options->cache);
    add_flag(node, "cycle", options->cycle);
}

/* --- columns --- */

static void add_computed(cJSON *node, const Computed *value, const char *dialect)
{
    cJSON *computed = cJSON_AddObjectToObject(node, "computed");
    add_text(computed, "expression", value->expression);
    /* What is left out is STORED on PostgreSQL. */
    if (value->persisted || g_strcmp0(dialect, "postgresql") == 0)
        cJSON_AddBoolToObject(computed, "persisted", value->persisted);
}

static void add_sources(cJSON *node, const Column *column, const char *dialect)
{
    add_text(node, "server_default", column->server_default);
    if (column->computed)
        add_computed(node, column->computed, dialect);
    if (column->identity) {
        cJSON *identity = cJSON_AddObjectToObject(node, "identity");
        add_flag(identity, "always", column->identity->always);
        add_sequence_options(identity, &column->identity->options);
    }
    if (column->autoincrement != AUTOINCREMENT_AUTO)
        cJSON_AddBoolToObject(node, "autoincrement", column->autoincrement == AUTOINCREMENT_TRUE);
}

static cJSON *column_to_json(const Column *column, gboolean in_key, const char *dialect)
{
    cJSON *node = cJSON_CreateObject();
    g_autofree char *type = sql_type_to_string(column->type);
    gboolean nullable = !in_key && !column->identity;
    add_name(node, column->name);
    add_text(node, "type", type);
    if (!column->nullable != !nullable)
        cJSON_AddBoolToObject(node, "nullable", column->nullable);
    add_sources(node, column, dialect);
    add_text(node, "collation", column->collation);
    add_text(node, "comment", column->comment);
    add_text(node, "renamed_from", column->renamed_from);
    add_options(node, column->options, dialect);
    return node;
}

cJSON *model_column_to_json(const Column *column, const char *dialect)
{
    return column_to_json(column, FALSE, dialect);
}

/* --- constraints and indexes --- */

static void add_foreign_key(cJSON *node, const Constraint *key)
{
    add_text(node, "referred_schema", key->referred_schema);
    add_text(node, "referred_table", key->referred_table);
    if (key->referred_columns->len > 0)
        add_names(node, "referred_columns", key->referred_columns);
    add_text(node, "ondelete", key->ondelete);
    add_text(node, "onupdate", key->onupdate);
    add_text(node, "match", key->match);
}

cJSON *model_constraint_to_json(const Constraint *constraint, const char *dialect)
{
    cJSON *node = cJSON_CreateObject();
    add_name(node, constraint->name);
    if (constraint->kind == CONSTRAINT_CHECK || constraint->kind == CONSTRAINT_EXCLUDE)
        add_text(node, "expression", constraint->expression);
    else
        add_names(node, "columns", constraint->columns);
    if (constraint->kind == CONSTRAINT_FOREIGN_KEY)
        add_foreign_key(node, constraint);
    if (constraint->deferrable)
        add_flag(node, "deferrable", TRUE);
    add_text(node, "initially", constraint->initially);
    add_text(node, "comment", constraint->comment);
    add_text(node, "renamed_from", constraint->renamed_from);
    add_options(node, constraint->options, dialect);
    return node;
}

static gboolean is_plain(const IndexColumn *column)
{
    return column->name && !column->descending && !column->nulls && !column->collation && !column->opclass &&
           column->length == 0;
}

static cJSON *index_column_to_json(const IndexColumn *column)
{
    if (is_plain(column))
        return cJSON_CreateString(column->name);
    cJSON *node = cJSON_CreateObject();
    add_text(node, column->name ? "column" : "expression", column->name ? column->name : column->expression);
    add_text(node, "order", column->descending ? "desc" : NULL);
    add_lower(node, "nulls", column->nulls);
    add_text(node, "collation", column->collation);
    add_text(node, "opclass", column->opclass);
    if (column->length > 0)
        cJSON_AddNumberToObject(node, "length", column->length);
    return node;
}

cJSON *model_index_to_json(const Index *index, const char *dialect)
{
    cJSON *node = cJSON_CreateObject();
    add_name(node, index->name);
    cJSON *columns = cJSON_AddArrayToObject(node, "columns");
    for (guint i = 0; i < index->columns->len; i++)
        cJSON_AddItemToArray(columns, index_column_to_json(index->columns->pdata[i]));
    add_flag(node, "unique", index->unique);
    add_text(node, "where", index->where);
    add_text(node, "using", index->using);
    if (index->include->len > 0)
        add_names(node, "include", index->include);
    add_text(node, "comment", index->comment);
    add_text(node, "renamed_from", index->renamed_from);
    add_options(node, index->options, dialect);
    return node;
}

/* --- tables --- */

static void add_constraints(cJSON *node, const Table *table, ConstraintKind kind, const char *key, const char *dialect)
{
    cJSON *list = NULL;
    for (guint i = 0; i < table->constraints->len; i++) {
        const Constraint *constraint = table->constraints->pdata[i];
        if (constraint->kind != kind)
            continue;
        if (!list)
            list = cJSON_AddArrayToObject(node, key);
        cJSON_AddItemToArray(list, model_constraint_to_json(constraint, dialect));
    }
}

cJSON *model_table_to_json(const Table *table, const char *dialect)
{
    cJSON *node = cJSON_CreateObject();
    add_name(node, table->name);
    add_text(node, "schema", table->schema);
    add_text(node, "comment", table->comment);
    add_text(node, "renamed_from", table->renamed_from);
    cJSON *columns = cJSON_AddArrayToObject(node, "columns");
    for (guint i = 0; i < table->columns->len; i++) {
        const Column *column = table->columns->pdata[i];
        cJSON_AddItemToArray(columns, column_to_json(column, table_in_primary_key(table, column->name), dialect));
    }
    if (table->primary_key)
        cJSON_AddItemToObject(node, "primary_key", model_constraint_to_json(table->primary_key, dialect));
    add_constraints(node, table, CONSTRAINT_UNIQUE, "unique_constraints", dialect);
    add_constraints(node, table, CONSTRAINT_FOREIGN_KEY, "foreign_keys", dialect);
    add_constraints(node, table, CONSTRAINT_CHECK, "check_constraints", dialect);
    add_constraints(node, table, CONSTRAINT_EXCLUDE, "exclude_constraints", dialect);
    if (table->indexes->len > 0) {
        cJSON *indexes = cJSON_AddArrayToObject(node, "indexes");
        for (guint i = 0; i < table->indexes->len; i++)
            cJSON_AddItemToArray(indexes, model_index_to_json(table->indexes->pdata[i], dialect));
    }
    add_options(node, table->options, dialect);
    return node;
}

/* --- what stands beside tables --- */

cJSON *model_enum_to_json(const EnumType *type)
{
    cJSON *node = cJSON_CreateObject();
    add_name(node, type->name);
    add_text(node, "schema", type->schema);
    add_names(node, "values", type->values);
    add_text(node, "comment", type->comment);
    add_text(node, "renamed_from", type->renamed_from);
    cJSON *renamed = type->renamed_values->len ? cJSON_AddObjectToObject(node, "renamed_values") : NULL;
    for (guint i = 0; i < type->renamed_values->len; i++) {
        const Option *pair = type->renamed_values->pdata[i];
        add_text(renamed, pair->name, pair->value);
    }
    return node;
}

cJSON *model_sequence_to_json(const Sequence *sequence)
{
    cJSON *node = cJSON_CreateObject();
    add_name(node, sequence->name);
    add_text(node, "schema", sequence->schema);
    add_text(node, "type", sequence->type);
    add_sequence_options(node, &sequence->options);
    if (sequence->owned_by_table) {
        g_autofree char *owner = g_strdup_printf("%s.%s", sequence->owned_by_table, sequence->owned_by_column);
        add_text(node, "owned_by", owner);
    }
    add_flag(node, "unlogged", sequence->unlogged);
    add_text(node, "comment", sequence->comment);
    add_text(node, "renamed_from", sequence->renamed_from);
    return node;
}

/* A definition of several lines is written as an array of them, to be read and compared line by line. */
static void add_definition(cJSON *node, const char *definition)
{
    if (!definition || !strchr(definition, '\n')) {
        add_text(node, "definition", definition);
        return;
    }
    cJSON *lines = cJSON_AddArrayToObject(node, "definition");
    g_auto(GStrv) texts = g_strsplit(definition, "\n", -1);
    for (guint i = 0; texts[i]; i++)
        cJSON_AddItemToArray(lines, cJSON_CreateString(texts[i]));
}

cJSON *model_object_to_json(const SchemaObject *object)
{
    cJSON *node = cJSON_CreateObject();
    add_text(node, "kind", object->kind);
    add_name(node, object->name);
    add_text(node, "schema", object->schema);
    add_text(node, "table_name", object->table_name);
    add_definition(node, object->definition);
    if (object->depends_on->len > 0)
        add_names(node, "depends_on", object->depends_on);
    add_text(node, "sql_mode", object->sql_mode);
    add_text(node, "comment", object->comment);
    add_text(node, "renamed_from", object->renamed_from);
    return node;
}

/* --- layout --- */

#define WIDTH 120

/* Lists of objects (columns, indexes …) have a line for each, and so what holds them is broken, too; what else fits
 * into a line stands on it. `depth` keeps the columns of an index together. */
static gboolean must_break(const cJSON *node, guint depth)
{
    if (node->string && strcmp(node->string, "definition") == 0)
        return cJSON_IsArray(node);
    for (const cJSON *child = node->child; child; child = child->next) {
        if ((cJSON_IsArray(node) && cJSON_IsObject(child) && depth < 2) || must_break(child, depth + 1))
            return TRUE;
    }
    return FALSE;
}

static void append_node(GString *out, const cJSON *node, guint depth, guint indent, guint used)
{
    gsize start = out->len;
    gboolean container = cJSON_IsArray(node) || cJSON_IsObject(node);
    if (!container || !must_break(node, depth)) {
        json_append_line(out, node);
        /* one column for the comma behind it; bytes are never fewer than characters */
        if (!container || !node->child || used + (out->len - start) < WIDTH ||
            used + (gsize)g_utf8_strlen(out->str + start, -1) < WIDTH)
            return;
        g_string_truncate(out, start);
    }
    g_string_append_c(out, cJSON_IsArray(node) ? '[' : '{');
    for (const cJSON *child = node->child; child; child = child->next) {
        gsize line = out->len + 1;
        g_string_append_printf(out, "\n%*s", (int)indent + 2, "");
        if (cJSON_IsObject(node)) {
            g_autoptr(cJSON) key = cJSON_CreateStringReference(child->string);
            json_append_line(out, key);
            g_string_append(out, ": ");
        }
        append_node(out, child, depth + 1, indent + 2, (guint)(out->len - line));
        if (child->next)
            g_string_append_c(out, ',');
    }
    g_string_append_printf(out, "\n%*s%c", (int)indent, "", cJSON_IsArray(node) ? ']' : '}');
}

void model_append_json(GString *out, const cJSON *node, guint depth, guint indent)
{
    append_node(out, node, depth, indent, indent);
}

/* --- the document, thing by thing: no tree of the whole --- */

typedef struct Writer {
    GString *out;
    const MetaData *metadata;
    const char *dialect;
    gboolean any; /* a list was written */
} Writer;

typedef cJSON *(*ToJson)(const Writer *writer, gconstpointer thing);

static cJSON *write_enum(const Writer *writer, gconstpointer type)
{
    (void)writer;
    return model_enum_to_json(type);
}

/* Foreign keys to tables that are not in the model, which the reader would take for mistakes. */
static void mark_external(const MetaData *metadata, const Table *table, const cJSON *keys)
{
    const cJSON *node = keys ? keys->child : NULL;
    for (guint i = 0; node && i < table->constraints->len; i++) {
        const Constraint *key = table->constraints->pdata[i];
        if (key->kind != CONSTRAINT_FOREIGN_KEY)
            continue;
        if (!metadata_find_table(metadata, key->referred_schema, key->referred_table))
            cJSON_AddTrueToObject((cJSON *)node, "external");
        node = node->next;
    }
}

static cJSON *write_table(const Writer *writer, gconstpointer table)
{
    cJSON *node = model_table_to_json(table, writer->dialect);
    mark_external(writer->metadata, table, cJSON_GetObjectItemCaseSensitive(node, "foreign_keys"));
    return node;
}

static cJSON *write_sequence(const Writer *writer, gconstpointer sequence)
{
    (void)writer;
    return model_sequence_to_json(sequence);
}

static cJSON *write_object(const Writer *writer, gconstpointer object)
{
    (void)writer;
    return model_object_to_json(object);
}

cJSON *model_not_modelled_to_json(const NotModelled *thing)
{
    cJSON *node = cJSON_CreateObject();
    cJSON_AddStringToObject(node, "subject", thing->subject);
    cJSON_AddStringToObject(node, "text", thing->text);
    if (thing->out_of_scope)
        cJSON_AddTrueToObject(node, "out_of_scope");
    return node;
}

static cJSON *write_not_modelled(const Writer *writer, gconstpointer thing)
{
    (void)writer;
    return model_not_modelled_to_json(thing);
}

static int compare_not_modelled(gconstpointer a, gconstpointer b)
{
    const NotModelled *x = *(NotModelled *const *)a, *y = *(NotModelled *const *)b;
    int order = strcmp(x->subject, y->subject);
    return order != 0 ? order : strcmp(x->text, y->text);
}

static void write_list(Writer *writer, const char *key, const GPtrArray *list, GCompareFunc compare, ToJson to_json)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_sized_new(list->len);
    for (guint i = 0; i < list->len; i++)
        g_ptr_array_add(sorted, list->pdata[i]);
    g_ptr_array_sort(sorted, compare);
    for (guint i = 0; i < sorted->len; i++) {
        if (i == 0)
            g_string_append_printf(writer->out, "%s\n  \"%s\": [", writer->any ? "," : "", key);
        g_string_append(writer->out, i > 0 ? ",\n    " : "\n    ");
        g_autoptr(cJSON) node = to_json(writer, sorted->pdata[i]);
        model_append_json(writer->out, node, 0, 4);
    }
    if (sorted->len > 0)
        g_string_append(writer->out, "\n  ]");
    writer->any = writer->any || sorted->len > 0;
}

char *model_write(const MetaData *metadata, const char *dialect)
{
    Writer writer = {.out = g_string_new("{"), .metadata = metadata, .dialect = dialect};
    write_list(&writer, "enums", metadata->enums, metadata_compare_enums, write_enum);
    write_list(&writer, "tables", metadata->tables, metadata_compare_tables, write_table);
    write_list(&writer, "sequences", metadata->sequences, metadata_compare_sequences, write_sequence);
    write_list(&writer, "objects", metadata->objects, metadata_compare_objects, write_object);
    if (metadata->not_modelled)
        write_list(&writer, "not_modelled", metadata->not_modelled, compare_not_modelled, write_not_modelled);
    g_string_append(writer.out, writer.any ? "\n}\n" : "\"tables\": []}\n");
    return g_string_free(writer.out, FALSE);
}
