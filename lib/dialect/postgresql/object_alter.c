/* Functions, rules, policies, extensions: what ALTER and CREATE OR REPLACE can do for them. */
#include "dialect/postgresql/object.h"

#include <string.h>

#include "base/error.h"

static guint end_of(const PgDefinition *definition)
{
    return definition->tokens->len;
}

/* CREATE OR REPLACE, whatever the definition says. */
static void add_or_replace(const ObjectChange *change)
{
    const char *create = change->to->create + strlen("CREATE");
    gboolean replaces = definition_is(change->to, 1, "OR");
    const SqlToken *first = &g_array_index(change->to->tokens, SqlToken, 0);
    compiler_add(change->compiler, replaces ? g_strdup(change->to->create)
                                            : g_strdup_printf("CREATE OR REPLACE%s", create + first->start));
}

/* --- functions and procedures --- */

/* Spellings that the server reads as the same type. */
static const char *canonical_word(const char *word)
{
    static const char *const same[][2] = {
        {"int", "integer"},
        {"int4", "integer"},
        {"int2", "smallint"},
        {"int8", "bigint"},
        {"bool", "boolean"},
        {"float8", "double precision"},
        {"float4", "real"},
        {"decimal", "numeric"},
        {"varchar", "character varying"},
        {"char", "character"},
        {"timestamptz", "timestamp with time zone"},
        {"timetz", "time with time zone"},
        {"varbit", "bit varying"},
        {"in", ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(same); i++)
        if (strcmp(same[i][0], word) == 0)
            return same[i][1];
    return word;
}

/* The words of a parameter or a result type, alike for all spellings of a type. Length and precision do not count
 * there. */
static char *canonical_words(const PgDefinition *definition, PgSpan span)
{
    GString *words = g_string_new(NULL);
    for (guint i = span.from; i < span.to; i++) {
        g_autofree char *name = definition_identifier(definition, i);
        g_autofree char *text = name ? NULL : definition_text(definition, (PgSpan){i, i + 1});
        const char *word = name ? canonical_word(name) : text;
        if (*word)
            g_string_append_printf(words, "%s ", word);
    }
    return g_string_free(words, FALSE);
}

/* Parameters are the same by mode, name and type; a default can come and change, but not go. */
static gboolean same_parameters(const ObjectChange *change)
{
    static const char *const defaults[] = {"DEFAULT", "=", NULL};
    g_autoptr(GArray) former = definition_list(change->from, change->from->name.to);
    g_autoptr(GArray) list = definition_list(change->to, change->to->name.to);
    for (guint i = 0; i < MAX(former->len, list->len); i++) {
        if (i >= former->len || i >= list->len)
            return FALSE;
        PgSpan a = g_array_index(former, PgSpan, i), b = g_array_index(list, PgSpan, i);
        const guint end_a = a.to, end_b = b.to;
        a.to = definition_find(change->from, a, defaults);
        b.to = definition_find(change->to, b, defaults);
        g_autofree char *words_a = canonical_words(change->from, a), *words_b = canonical_words(change->to, b);
        if (strcmp(words_a, words_b) != 0 || (a.to < end_a && b.to == end_b))
            return FALSE;
    }
    return TRUE;
}

static char *result_words(const PgDefinition *definition)
{
    static const char *const returns[] = {"RETURNS", NULL};
    static const char *const clauses[] = {"LANGUAGE", "TRANSFORM", "WINDOW", "IMMUTABLE", "STABLE",  "VOLATILE",
                                          "NOT",      "LEAKPROOF", "CALLED", "RETURNS",   "STRICT",  "EXTERNAL",
                                          "SECURITY", "PARALLEL",  "COST",   "ROWS",      "SUPPORT", "SET",
                                          "AS",       "BEGIN",     "RETURN", NULL};
    PgSpan span = {definition_behind_group(definition, definition->name.to), end_of(definition)};
    if (!definition_is(definition, span.from, "RETURNS"))
        span.from = definition_find(definition, span, returns);
    span.from = MIN(span.from + 1, span.to);
    span.to = definition_find(definition, span, clauses);
    return canonical_words(definition, span);
}

gboolean object_alter_routine(ObjectChange *change, GError **error)
{
    g_autofree char *former = result_words(change->from), *result = result_words(change->to);
    change->recreate = !same_parameters(change) || strcmp(former, result) != 0 || change->from->statements->len > 1 ||
                       change->to->statements->len > 1;
    (void)error;
    if (!change->recreate)
        add_or_replace(change);
    return TRUE;
}

/* --- rules --- */

/* OR REPLACE keeps the state (DISABLE …), which is a statement of its own. */
gboolean object_alter_rule(ObjectChange *change, GError **error)
{
    (void)error;
    change->recreate = change->from->statements->len > 1 || change->to->statements->len > 1;
    if (!change->recreate)
        add_or_replace(change);
    return TRUE;
}

/* --- policies --- */

typedef struct Policy {
    PgSpan head;                /* from ON up to TO: the table, AS, FOR */
    PgSpan roles, using, check; /* empty where they are not given */
} Policy;

static Policy read_policy(const PgDefinition *definition)
{
    static const char *const all[] = {"TO", "USING", "WITH", NULL};
    const char *const *behind_roles = all + 1, *const *behind_using = all + 2;
    guint end = end_of(definition);
    Policy policy = {.head = {definition->name.to, end}};
    policy.head.to = definition_find(definition, policy.head, all);
    guint at = policy.head.to;
    if (definition_is(definition, at, "TO")) {
        policy.roles = (PgSpan){at + 1, definition_find(definition, (PgSpan){at, end}, behind_roles)};
        at = policy.roles.to;
    }
    if (definition_is(definition, at, "USING")) {
        policy.using = (PgSpan){at + 1, definition_find(definition, (PgSpan){at, end}, behind_using)};
        at = policy.using.to;
    }
    if (definition_is(definition, at, "WITH"))
        policy.check = (PgSpan){at + 2, end};
    return policy;
}

static gboolean is_given(PgSpan span)
{
    return span.to > span.from;
}

static void append_clause(GString *sql, const ObjectChange *change, const char *word, PgSpan former, PgSpan span)
{
    if (definition_spans_equal(change->from, former, change->to, span))
        return;
    g_autofree char *text = definition_text(change->to, span);
    g_string_append_printf(sql, " %s %s", word, is_given(span) ? text : "PUBLIC");
}

/* ALTER POLICY sets the roles and the conditions, but takes no condition away. */
gboolean object_alter_policy(ObjectChange *change, GError **error)
{
    const Policy from = read_policy(change->from), to = read_policy(change->to);
    (void)error;
    change->recreate = !definition_spans_equal(change->from, from.head, change->to, to.head) ||
                       is_given(from.using) != is_given(to.using) || is_given(from.check) != is_given(to.check);
    if (change->recreate)
        return TRUE;
    g_autoptr(GString) sql = g_string_new(NULL);
    g_string_append_printf(sql, "ALTER %s", change->target);
    append_clause(sql, change, "TO", from.roles, to.roles);
    append_clause(sql, change, "USING", from.using, to.using);
    append_clause(sql, change, "WITH CHECK", from.check, to.check);
    compiler_add(change->compiler, g_strdup(sql->str));
    return TRUE;
}

/* --- extensions and schemas --- */

static char *extension_schema(const PgDefinition *definition)
{
    static const char *const schema[] = {"SCHEMA", NULL};
    guint at = definition_find(definition, (PgSpan){definition->name.to, end_of(definition)}, schema);
    g_autofree char *name = at < end_of(definition) ? definition_identifier(definition, at + 1) : NULL;
    return name ? g_steal_pointer(&name) : g_strdup("public");
}

/* Only the schema is compared; dropping and creating would take along every column that uses the extension. */
gboolean object_alter_extension(ObjectChange *change, GError **error)
{
    g_autofree char *former = extension_schema(change->from), *schema = extension_schema(change->to);
    if (strcmp(former, schema) == 0) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                    "extension '%s': only its schema can be changed; for its version, write ALTER EXTENSION … UPDATE "
                    "into a revision",
                    change->object->name);
        return FALSE;
    }
    g_autofree char *quoted = postgresql_quote_identifier(schema);
    compiler_add(change->compiler, g_strdup_printf("ALTER %s SET SCHEMA %s", change->target, quoted));
    return TRUE;
}

gboolean object_alter_schema(ObjectChange *change, GError **error)
{
    g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                "schema '%s': only its name and comment can be changed; write ALTER SCHEMA … OWNER TO into a revision",
                change->object->name);
    return FALSE;
}
