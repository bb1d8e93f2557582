/* Domains: columns use them, so that they are altered part by part; for another base type a second domain takes over
 * the columns. */
#include "dialect/postgresql/object.h"

#include <string.h>

#include "base/error.h"

typedef struct DomainCheck {
    char *name;
    char *condition; /* with its parentheses */
    gboolean not_valid;
} DomainCheck;

typedef struct Domain {
    char *type;
    char *collation, *server_default; /* or NULL */
    gboolean not_null;
    GPtrArray *checks; /* DomainCheck* */
} Domain;

static void check_free(DomainCheck *check)
{
    g_free(check->name);
    g_free(check->condition);
    g_free(check);
}

static void domain_free(Domain *domain)
{
    if (!domain)
        return;
    g_free(domain->type);
    g_free(domain->collation);
    g_free(domain->server_default);
    g_ptr_array_unref(domain->checks);
    g_free(domain);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Domain, domain_free)

/* --- reading --- */

static const DomainCheck *find_check(const Domain *domain, const char *name)
{
    for (guint i = 0; i < domain->checks->len; i++) {
        const DomainCheck *check = domain->checks->pdata[i];
        if (g_strcmp0(check->name, name) == 0)
            return check;
    }
    return NULL;
}

/* What has no name gets the one that the server chooses. */
static void name_checks(Domain *domain, const char *domain_name)
{
    for (guint i = 0, number = 0; i < domain->checks->len; i++) {
        DomainCheck *check = domain->checks->pdata[i];
        while (!check->name) {
            g_autofree char *label = number ? g_strdup_printf("check%u", number) : g_strdup("check");
            g_autofree char *name = postgresql_object_name(domain_name, NULL, label);
            number++;
            if (!find_check(domain, name))
                check->name = g_steal_pointer(&name);
        }
    }
}

/* [CONSTRAINT name] CHECK (condition) [NOT VALID] at *at, which moves behind it. */
static gboolean read_check(Domain *domain, const PgDefinition *definition, guint *at)
{
    gboolean named = definition_is(definition, *at, "CONSTRAINT");
    guint word = named ? *at + 2 : *at;
    if (!definition_is(definition, word, "CHECK") || !definition_is(definition, word + 1, "("))
        return FALSE;
    DomainCheck *check = g_new0(DomainCheck, 1);
    check->name = named ? definition_identifier(definition, *at + 1) : NULL;
    *at = definition_behind_group(definition, word + 1);
    check->condition = definition_text(definition, (PgSpan){word + 1, *at});
    check->not_valid = definition_is(definition, *at, "NOT") && definition_is(definition, *at + 1, "VALID");
    if (check->not_valid)
        *at += 2;
    g_ptr_array_add(domain->checks, check);
    return TRUE;
}

static char *read_expression(const PgDefinition *definition, guint *at)
{
    static const char *const clauses[] = {"NOT", "NULL", "CONSTRAINT", "CHECK", "COLLATE", NULL};
    /* The first word belongs to it: DEFAULT NULL. */
    guint from = *at;
    gboolean group = definition_is(definition, from, "(") || definition_is(definition, from, "CASE");
    guint behind = group ? definition_behind_group(definition, from) : from + 1;
    *at = definition_find(definition, (PgSpan){behind, definition->tokens->len}, clauses);
    return definition_text(definition, (PgSpan){from, *at});
}

/* One clause behind the type. */
static gboolean read_clause(Domain *domain, const PgDefinition *definition, guint *at)
{
    guint i = *at;
    if (definition_is(definition, i, "COLLATE")) {
        *at = definition_is(definition, i + 2, ".") ? i + 4 : i + 2;
        domain->collation = definition_text(definition, (PgSpan){i + 1, MIN(*at, definition->tokens->len)});
        return TRUE;
    }
    if (definition_is(definition, i, "DEFAULT")) {
        (*at)++;
        domain->server_default = read_expression(definition, at);
        return TRUE;
    }
    gboolean named = definition_is(definition, i, "CONSTRAINT");
    guint word = named ? i + 2 : i;
    if (definition_is(definition, word, "NOT") && definition_is(definition, word + 1, "NULL")) {
        domain->not_null = TRUE;
        *at = word + 2;
        return TRUE;
    }
    if (definition_is(definition, word, "NULL")) {
        *at = word + 1;
        return TRUE;
    }
    return read_check(domain, definition, at);
}

/* ALTER DOMAIN n ADD CONSTRAINT … among the statements behind the CREATE. */
static void read_added_checks(Domain *domain, const SchemaObject *object, const PgDefinition *definition)
{
    static const char *const add[] = {"ADD", NULL};
    for (guint i = 1; i < definition->statements->len; i++) {
        const char *statement = definition->statements->pdata[i];
        if (g_ascii_strncasecmp(statement, "ALTER", strlen("ALTER")) != 0)
            continue;
        /* Read as what it is like. */
        g_autofree char *text = g_strconcat("CREATE", statement + strlen("ALTER"), NULL);
        g_autoptr(SchemaObject) like = schema_object_new(object->kind, object->schema, object->name, text);
        g_autoptr(PgDefinition) added = postgresql_definition_read(like, NULL);
        if (!added)
            continue;
        guint at = definition_find(added, (PgSpan){added->name.to, added->tokens->len}, add) + 1;
        read_check(domain, added, &at);
    }
}

static Domain *read_domain(const SchemaObject *object, const PgDefinition *definition, GError **error)
{
    static const char *const clauses[] = {"COLLATE", "DEFAULT", "NOT", "NULL", "CONSTRAINT", "CHECK", NULL};
    g_autoptr(Domain) domain = g_new0(Domain, 1);
    domain->checks = g_ptr_array_new_with_free_func((GDestroyNotify)check_free);
    guint end = definition->tokens->len, at = definition->name.to;
    if (definition_is(definition, at, "AS"))
        at++;
    guint behind = definition_find(definition, (PgSpan){at, end}, clauses);
    domain->type = definition_text(definition, (PgSpan){at, behind});
    at = behind;
    while (at < end)
        if (!read_clause(domain, definition, &at)) {
            g_autofree char *rest = definition_text(definition, (PgSpan){at, end});
            g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_SYNTAX, "domain '%s': cannot read '%s' in its definition",
                        object->name, rest);
            return NULL;
        }
    read_added_checks(domain, object, definition);
    name_checks(domain, definition->base_name);
    return g_steal_pointer(&domain);
}

char *object_domain_base(const SchemaObject *object, gboolean *has_default)
{
    g_autoptr(PgDefinition) definition = postgresql_definition_read(object, NULL);
    g_autoptr(Domain) domain = definition ? read_domain(object, definition, NULL) : NULL;
    if (!domain)
        return NULL;
    *has_default = domain->server_default != NULL;
    return g_strdup(domain->type);
}

/* --- altering --- */

static void add_action(const ObjectChange *change, char *action)
{
    compiler_add(change->compiler, g_strdup_printf("ALTER %s %s", change->target, action));
    g_free(action);
}

static gboolean same_condition(const DomainCheck *a, const DomainCheck *b)
{
    return sql_equal(&postgresql_dialect, a->condition, b->condition);
}

/* The check of `to` that says the same under a name that is new. */
static const DomainCheck *renamed_check(const Domain *from, const Domain *to, const DomainCheck *former)
{
    for (guint i = 0; i < to->checks->len; i++) {
        const DomainCheck *check = to->checks->pdata[i];
        if (!find_check(from, check->name) && same_condition(former, check))
            return check;
    }
    return NULL;
}

/* A check that became valid can be validated; one that is not any more must be added anew. */
static gboolean can_stay(const DomainCheck *former, const DomainCheck *check)
{
    return same_condition(former, check) && (former->not_valid || !check->not_valid);
}

/* Gives what is kept: names of `to`. */
static GHashTable *drop_checks(const ObjectChange *change, const Domain *from, const Domain *to)
{
    GHashTable *kept = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < from->checks->len; i++) {
        const DomainCheck *former = from->checks->pdata[i], *check = find_check(to, former->name);
        const DomainCheck *renamed = check ? NULL : renamed_check(from, to, former);
        g_autofree char *name = postgresql_quote_identifier(former->name);
        if (renamed && can_stay(former, renamed) && !g_hash_table_contains(kept, renamed->name)) {
            g_autofree char *new_name = postgresql_quote_identifier(renamed->name);
            add_action(change, g_strdup_printf("RENAME CONSTRAINT %s TO %s", name, new_name));
            check = renamed;
        } else if (!check || !can_stay(former, check)) {
            add_action(change, g_strdup_printf("DROP CONSTRAINT %s", name));
            continue;
        }
        g_hash_table_add(kept, check->name);
        g_autofree char *quoted = postgresql_quote_identifier(check->name);
        if (former->not_valid && !check->not_valid)
            add_action(change, g_strdup_printf("VALIDATE CONSTRAINT %s", quoted));
    }
    return kept;
}

/* TRUE when one was added. */
static gboolean change_checks(const ObjectChange *change, const Domain *from, const Domain *to)
{
    gboolean added = FALSE;
    g_autoptr(GHashTable) kept = drop_checks(change, from, to);
    for (guint i = 0; i < to->checks->len; i++) {
        const DomainCheck *check = to->checks->pdata[i];
        if (g_hash_table_contains(kept, check->name))
            continue;
        g_autofree char *name = postgresql_quote_identifier(check->name);
        add_action(change, g_strdup_printf("ADD CONSTRAINT %s CHECK %s%s", name, check->condition,
                                           check->not_valid ? " NOT VALID" : ""));
        added = TRUE;
    }
    return added;
}

static void alter_in_place(const ObjectChange *change, const Domain *from, const Domain *to)
{
    object_clear_comments(change);
    if (from->not_null && !to->not_null)
        add_action(change, g_strdup("DROP NOT NULL"));
    gboolean added = change_checks(change, from, to);
    if (!sql_equal(&postgresql_dialect, from->server_default, to->server_default))
        add_action(change, to->server_default ? g_strdup_printf("SET DEFAULT %s", to->server_default)
                                              : g_strdup("DROP DEFAULT"));
    if (!from->not_null && to->not_null)
        add_action(change, g_strdup("SET NOT NULL"));
    object_set_comments(change, added);
}

/* --- another base type, or columns that the server does not check --- */

static gboolean change_base_type(const ObjectChange *change, GError **error)
{
    const SchemaObject *existing = change->existing;
    g_autoptr(PgTypeSwap) swap = type_swap_begin(change->compiler, existing->schema, existing->name, TRUE, error);
    return swap && object_drop(change->compiler, existing, error) &&
           object_create(change->compiler, change->object, error) && type_swap_end(swap, error);
}

static gboolean is_stricter(const Domain *from, const Domain *to)
{
    for (guint i = 0; i < to->checks->len; i++) {
        const DomainCheck *check = to->checks->pdata[i], *former = find_check(from, check->name);
        if (!former || !can_stay(former, check) || (former->not_valid && !check->not_valid))
            return TRUE;
    }
    return to->not_null && !from->not_null;
}

/* The server does not look into arrays and composite values. */
static gboolean is_contained(const ObjectChange *change)
{
    const Table *table = NULL;
    const MetaData *database = change->compiler->database;
    g_autofree char *name = object_qualified_name(change->existing);
    g_autofree char *array = g_strconcat(name, "[]", NULL);
    return postgresql_is_in_type(database, change->existing->name) ||
           object_column_of_type(database, array, 0, &table) != NULL;
}

static gboolean alter_contained(const ObjectChange *change, const Domain *from, const Domain *to, GError **error)
{
    const SchemaObject *existing = change->existing;
    g_autoptr(PgTypeSwap) swap = type_swap_begin(change->compiler, existing->schema, existing->name, FALSE, error);
    if (!swap)
        return FALSE;
    alter_in_place(change, from, to);
    return type_swap_end(swap, error);
}

gboolean object_alter_domain(ObjectChange *change, GError **error)
{
    g_autoptr(Domain) from = read_domain(change->existing, change->from, error);
    g_autoptr(Domain) to = from ? read_domain(change->object, change->to, error) : NULL;
    if (!to)
        return FALSE;
    g_autoptr(SqlType) a = postgresql_type_from_sql(from->type);
    g_autoptr(SqlType) b = postgresql_type_from_sql(to->type);
    if (!postgresql_type_equal(a, b) || !sql_equal(&postgresql_dialect, from->collation, to->collation))
        return change_base_type(change, error);
    if (is_stricter(from, to) && is_contained(change))
        return alter_contained(change, from, to, error);
    alter_in_place(change, from, to);
    return TRUE;
}
