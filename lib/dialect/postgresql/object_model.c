/* Definitions of a model in the words of the inspector. What only the server can tell (types, columns, conditions) is
 * left as it is: the comparison asks the server. */
#include <string.h>

#include "base/error.h"
#include "dialect/postgresql/definition.h"

static void note(GPtrArray *notes, const SchemaObject *object, const char *what)
{
    if (notes)
        g_ptr_array_add(notes, g_strdup_printf("%s '%s': %s", object->kind, object->name, what));
}

static gboolean is_one_of(const SchemaObject *object, const char *const *kinds)
{
    return g_strv_contains(kinds, object->kind);
}

/* CREATE and the words before the name, in capitals. */
static void append_head(GString *text, const SchemaObject *object, const PgDefinition *definition)
{
    static const char *const left_out[] = {"CREATE", "OR", "REPLACE", "IF", "NOT", "EXISTS", "CONCURRENTLY", NULL};
    static const char *const routines[] = {"function", "procedure", NULL};
    g_string_append(text, is_one_of(object, routines) ? "CREATE OR REPLACE " : "CREATE ");
    for (guint i = 0; i < definition->name.from; i++) {
        g_autofree char *written = definition_text(definition, (PgSpan){i, i + 1});
        g_autofree char *word = g_ascii_strup(written, -1);
        if (!g_strv_contains(left_out, word))
            g_string_append_printf(text, "%s ", word);
    }
}

static void append_span(GString *text, const PgDefinition *definition, PgSpan span)
{
    g_autofree char *part = definition_text(definition, span);
    g_string_append(text, part);
}

/* The rest as written, from right behind the name, so that spaces stay. */
static void append_rest(GString *text, const PgDefinition *definition, guint to)
{
    const SqlToken *name = &g_array_index(definition->tokens, SqlToken, definition->name.to - 1);
    gsize end = strlen(definition->create);
    if (to < definition->tokens->len) {
        const SqlToken *last = &g_array_index(definition->tokens, SqlToken, to - 1);
        end = last->start + last->length;
    }
    gsize start = name->start + name->length;
    g_string_append_len(text, definition->create + start, (gssize)(end - start));
}

/* --- kinds --- */

static gboolean append_schema(GString *text, const SchemaObject *object, const PgDefinition *definition,
                              GPtrArray *notes, GError **error)
{
    static const char *const create[] = {"CREATE", "GRANT", NULL};
    (void)text;
    guint end = definition->tokens->len;
    if (definition_find(definition, (PgSpan){definition->name.to, end}, create) < end) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                    "schema '%s': what its CREATE SCHEMA creates inside must be given as objects and tables of their "
                    "own",
                    object->name);
        return FALSE;
    }
    if (definition->name.to < end)
        note(notes, object, "AUTHORIZATION is left out: owners are not compared");
    return TRUE;
}

static gboolean append_extension(GString *text, const SchemaObject *object, const PgDefinition *definition,
                                 GPtrArray *notes, GError **error)
{
    for (guint i = definition->name.to; i < definition->tokens->len; i++) {
        if (definition_is(definition, i, "WITH"))
            continue;
        if (definition_is(definition, i, "SCHEMA")) {
            g_autofree char *schema = definition_identifier(definition, ++i);
            g_autofree char *quoted = schema ? postgresql_quote_identifier(schema) : NULL;
            if (quoted && strcmp(quoted, "public") != 0)
                g_string_append_printf(text, " SCHEMA %s", quoted);
        } else if (definition_is(definition, i, "VERSION")) {
            note(notes, object, "VERSION is left out: the server's default version is installed");
            i++;
        } else if (definition_is(definition, i, "CASCADE")) {
            note(notes, object, "CASCADE is left out: what it needs must be among the objects");
        } else {
            g_autofree char *word = definition_text(definition, (PgSpan){i, i + 1});
            g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_SYNTAX,
                        "extension '%s': cannot read '%s' in its definition", object->name, word);
            return FALSE;
        }
    }
    return TRUE;
}

/* WITH [NO] DATA at the end. */
static gboolean append_materialized_view(GString *text, const SchemaObject *object, const PgDefinition *definition,
                                         GPtrArray *notes, GError **error)
{
    (void)error;
    guint end = definition->tokens->len;
    if (end > 3 && definition_is(definition, end - 1, "DATA")) {
        gboolean no = definition_is(definition, end - 2, "NO");
        guint with = no ? end - 3 : end - 2;
        if (definition_is(definition, with, "WITH"))
            end = with;
        if (no)
            note(notes, object, "WITH NO DATA is left out: a revision fills what it creates");
    }
    append_rest(text, definition, end);
    return TRUE;
}

static gboolean append_trigger(GString *text, const SchemaObject *object, const PgDefinition *definition,
                               GPtrArray *notes, GError **error)
{
    static const char *const execute[] = {"EXECUTE", NULL};
    (void)object;
    (void)notes;
    (void)error;
    guint end = definition->tokens->len;
    guint at = definition_find(definition, (PgSpan){definition->name.to, end}, execute) + 1;
    gboolean procedure = definition_is(definition, at, "PROCEDURE");
    append_rest(text, definition, procedure ? at : end);
    if (procedure) {
        g_string_append(text, " FUNCTION ");
        append_span(text, definition, (PgSpan){at + 1, end});
    }
    return TRUE;
}

static gboolean append_other(GString *text, const SchemaObject *object, const PgDefinition *definition,
                             GPtrArray *notes, GError **error)
{
    (void)object;
    (void)notes;
    (void)error;
    append_rest(text, definition, definition->tokens->len);
    return TRUE;
}

typedef gboolean (*AppendFunction)(GString *text, const SchemaObject *object, const PgDefinition *definition,
                                   GPtrArray *notes, GError **error);

static AppendFunction append_function(const char *kind)
{
    static const struct {
        const char *kind;
        AppendFunction append;
    } kinds[] = {
        {"schema", append_schema},   {"extension", append_extension},   {"materialized_view", append_materialized_view},
        {"trigger", append_trigger}, {"event_trigger", append_trigger},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (strcmp(kinds[i].kind, kind) == 0)
            return kinds[i].append;
    return append_other;
}

gboolean postgresql_adapt_object(SchemaObject *object, GPtrArray *notes, GError **error)
{
    g_autoptr(PgDefinition) definition = postgresql_definition_read(object, error);
    if (!definition)
        return FALSE;
    g_autofree char *name = postgresql_object_base_name(object);
    if (strcmp(name, definition->base_name) != 0) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_SYNTAX, "%s '%s': its definition creates '%s'", object->kind,
                    object->name, definition->base_name);
        return FALSE;
    }
    g_autoptr(GString) text = g_string_new(NULL);
    append_head(text, object, definition);
    append_span(text, definition, definition->name);
    if (!append_function(object->kind)(text, object, definition, notes, error))
        return FALSE;
    for (guint i = 1; i < definition->statements->len; i++)
        g_string_append_printf(text, ";\n%s", (const char *)definition->statements->pdata[i]);
    g_free(object->definition);
    object->definition = g_strdup(text->str);
    return TRUE;
}
