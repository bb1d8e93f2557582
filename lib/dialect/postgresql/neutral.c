/* What rows hold in a column that comes back and takes no NULL. */
#include "dialect/postgresql/object.h"

#include <string.h>

/* By the canonical name in lower case, without arguments. */
static const char *const native_values[][2] = {
    {"bit varying", "''"},
    {"box", "'(0,0),(0,0)'"},
    {"bpchar", "''"},
    {"\"bit\"", "B''"},
    {"\"char\"", "''"},
    {"character", "''"},
    {"cid", "'0'"},
    {"cidr", "'0.0.0.0/0'"},
    {"circle", "'<(0,0),0>'"},
    {"citext", "''"},
    {"hstore", "''"},
    {"inet", "'0.0.0.0'"},
    {"int2vector", "''"},
    {"jsonb", "'{}'"},
    {"jsonpath", "'$'"},
    {"line", "'{0,1,0}'"},
    {"lseg", "'[(0,0),(0,0)]'"},
    {"ltree", "''"},
    {"macaddr", "'00:00:00:00:00:00'"},
    {"macaddr8", "'00:00:00:00:00:00:00:00'"},
    {"money", "'0'"},
    {"name", "''"},
    {"numeric", "0"},
    {"oid", "0"},
    {"oidvector", "''"},
    {"path", "'((0,0))'"},
    {"pg_lsn", "'0/0'"},
    {"pg_snapshot", "'1:1:'"},
    {"point", "'(0,0)'"},
    {"polygon", "'((0,0))'"},
    {"refcursor", "''"},
    {"regclass", "'-'"},
    {"regcollation", "'-'"},
    {"regconfig", "'-'"},
    {"regdictionary", "'-'"},
    {"regnamespace", "'-'"},
    {"regoper", "'0'"},
    {"regoperator", "'0'"},
    {"regproc", "'-'"},
    {"regprocedure", "'-'"},
    {"regrole", "0::oid::regrole"}, /* a constant is refused */
    {"regtype", "'-'"},
    {"tid", "'(0,0)'"},
    {"tsquery", "''"},
    {"tsvector", "''"},
    {"txid_snapshot", "'1:1:'"},
    {"xid", "'0'"},
    {"xid8", "'0'"},
    {"xml", "''"},
};

static const char *const range_types[] = {"int4range", "int8range", "numrange", "daterange",
                                          "tsrange",   "tstzrange", NULL};
static const char *const multirange_types[] = {
    "int4multirange", "int8multirange", "nummultirange", "datemultirange", "tsmultirange", "tstzmultirange", NULL};

static const SchemaObject *find_type(const MetaData *database, const char *kind, const char *spelling)
{
    for (guint i = 0; i < database->objects->len; i++) {
        const SchemaObject *object = database->objects->pdata[i];
        if (strcmp(object->kind, kind) != 0)
            continue;
        g_autofree char *name = object_qualified_name(object);
        if (strcmp(name, spelling) == 0)
            return object;
    }
    return NULL;
}

/* The database's own types. Whether a domain's checks let the value pass only the server knows: where they do not, the
 * column could not come back into a table with rows without the value either. */
static char *own_type_value(const MetaData *database, const char *spelling)
{
    const SchemaObject *domain = find_type(database, "domain", spelling);
    if (!domain)
        return find_type(database, "range_type", spelling) ? g_strdup("'empty'") : NULL;
    gboolean has_default = FALSE;
    g_autofree char *base = object_domain_base(domain, &has_default);
    g_autoptr(SqlType) type = base && !has_default ? postgresql_type_from_sql(base) : NULL;
    return type ? postgresql_neutral_value(database, type) : NULL;
}

static char *native_value(const MetaData *database, const SqlType *type)
{
    g_autofree char *name = g_ascii_strdown(type->name, -1);
    name[strcspn(name, "(")] = '\0';
    if (strcmp(name, "bit") == 0) /* the cast fills up */
        return g_strdup_printf("B'0'::%s", type->name);
    if (strcmp(name, "interval") == 0 || g_str_has_prefix(name, "interval "))
        return g_strdup("'0'");
    if (g_strv_contains(range_types, name))
        return g_strdup("'empty'");
    if (g_strv_contains(multirange_types, name))
        return g_strdup("'{}'");
    for (gsize i = 0; i < G_N_ELEMENTS(native_values); i++)
        if (strcmp(native_values[i][0], name) == 0)
            return g_strdup(native_values[i][1]);
    return own_type_value(database, type->name);
}

static char *enum_value(const MetaData *database, const char *reference)
{
    const char *dot = reference ? strchr(reference, '.') : NULL;
    g_autofree char *schema = dot ? g_strndup(reference, (gsize)(dot - reference)) : NULL;
    const EnumType *found = reference ? metadata_find_enum(database, schema, dot ? dot + 1 : reference) : NULL;
    return found && found->values->len ? postgresql_quote_literal(found->values->pdata[0]) : NULL;
}

char *postgresql_neutral_value(const MetaData *database, const SqlType *type)
{
    switch (type->kind) {
    case SQL_TYPE_INTEGER:
    case SQL_TYPE_SMALL_INTEGER:
    case SQL_TYPE_BIG_INTEGER:
    case SQL_TYPE_FLOAT:
    case SQL_TYPE_DOUBLE:
    case SQL_TYPE_NUMERIC:
        return g_strdup("0");
    case SQL_TYPE_BOOLEAN:
        return g_strdup("false");
    case SQL_TYPE_STRING:
    case SQL_TYPE_TEXT:
    case SQL_TYPE_UNICODE:
    case SQL_TYPE_UNICODE_TEXT:
    case SQL_TYPE_LARGE_BINARY:
        return g_strdup("''");
    case SQL_TYPE_DATE:
        return g_strdup("'1970-01-01'");
    case SQL_TYPE_TIME:
        return g_strdup("'00:00:00'");
    case SQL_TYPE_DATE_TIME:
        return g_strdup("'1970-01-01 00:00:00'");
    case SQL_TYPE_INTERVAL:
        return g_strdup("'0'");
    case SQL_TYPE_JSON:
    case SQL_TYPE_ARRAY:
        return g_strdup("'{}'");
    case SQL_TYPE_UUID:
        return g_strdup("'00000000-0000-0000-0000-000000000000'");
    case SQL_TYPE_ENUM:
        return enum_value(database, type->name);
    case SQL_TYPE_NULL:
        return NULL;
    case SQL_TYPE_NATIVE: {
        g_autoptr(SqlType) canonical = postgresql_type_from_sql(type->name);
        return canonical->kind == SQL_TYPE_NATIVE ? native_value(database, canonical)
                                                  : postgresql_neutral_value(database, canonical);
    }
    }
    g_return_val_if_reached(NULL);
}
