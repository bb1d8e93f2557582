/* Random models with what PostgreSQL has and SQLite has not. Values fit their columns, defaults and checks are written
 * in other words than the server's own. */
#include <string.h>

#include "support/random_model.h"
#include "support/random_parts.h"

/* A type, two literals for row %d, and defaults. */
typedef struct Kind {
    const char *type;
    const char *value; /* printf format with one %d; all rows get different values unless `repeats` */
    const char *defaults[3];
    const char *wider; /* what it may become and come back from; NULL: nothing */
    gboolean repeats, no_btree;
} Kind;

static const Kind kinds[] = {
    {"Integer", "%d", {"0", "1 + 1", "-3"}, "BigInteger", FALSE, FALSE},
    {"BigInteger", "%d", {"17", "(2 * 3)", "abs(-4)"}, "Text", FALSE, FALSE},
    {"SmallInteger", "%d", {"0", "'7'", "5"}, "Integer", FALSE, FALSE},
    {"String(20)", "'r%d it''s'", {"'none'", "'it''s; -- \"so\"'", "''"}, "Text", FALSE, FALSE},
    {"String(40)", "'s%d é'", {"'a,b)'", "lower('X')", "'$$'"}, "String(60)", FALSE, FALSE},
    {"Text", "'t%d \\ x'", {"'none'", "concat('a', 'b')", "'x'::text"}, "String(200)", FALSE, FALSE},
    {"Numeric(10, 2)", "%d.25", {"0", "1.50", "'3'"}, "Numeric(14, 2)", FALSE, FALSE},
    {"Boolean", "(%d %% 2 = 0)", {"true", "'f'", "(not false)"}, NULL, TRUE, FALSE},
    {"DateTime",
     "timestamp '2024-01-01 00:00:01' + %d * interval '1 day'",
     {"CURRENT_TIMESTAMP", "now()", "'2020-02-02 02:02:02'"},
     NULL,
     FALSE,
     FALSE},
    {"DateTime(timezone=true)",
     "timestamptz '2024-01-01 00:00:01+00' + %d * interval '1 day'",
     {"now()", "CURRENT_TIMESTAMP", "transaction_timestamp()"},
     NULL,
     FALSE,
     FALSE},
    {"Date", "date '2024-01-01' + %d", {"CURRENT_DATE", "'2020-02-02'", "now()::date"}, "Text", FALSE, FALSE},
    {"Time", "time '00:00:01' + %d * interval '1 second'", {"'12:00'", "LOCALTIME", "'00:00:01'"}, NULL, FALSE, FALSE},
    {"Interval", "%d * interval '1 hour'", {"'1 day'", "interval '2' hour", "'00:00:01'"}, NULL, FALSE, FALSE},
    {"Float", "%d.5", {"0", "1.5", "'2'"}, NULL, FALSE, FALSE},
    {"Double", "%d.5", {"0", "random()", "pi()"}, NULL, FALSE, FALSE},
    {"LargeBinary", "'\\x00%02d27'::bytea", {"'\\x00'", "''", "'abc'"}, NULL, FALSE, FALSE},
    {"Uuid",
     "('00000000-0000-0000-0000-' || lpad('%d', 12, '0'))::uuid",
     {"gen_random_uuid()", "'00000000-0000-0000-0000-000000000001'", "gen_random_uuid()"},
     "Text",
     FALSE,
     FALSE},
    {"JSONB", "jsonb_build_object('n', %d)", {"'{}'", "'[1, 2]'", "jsonb_build_array()"}, NULL, FALSE, FALSE},
    {"JSON", "json_build_object('n', %d)", {"'{}'", "'[1, 2]'", "'null'"}, NULL, FALSE, TRUE},
    {"INET", "('10.0.0.' || %d)::inet", {"'127.0.0.1'", "'::1'", "'10.0.0.0/8'"}, NULL, FALSE, FALSE},
    {"ARRAY(Integer)", "ARRAY[%d, 2]", {"'{}'", "ARRAY[1, 2]", "array_fill(0, ARRAY[2])"}, NULL, FALSE, FALSE},
    {"ARRAY(Text)", "ARRAY['a', '%d']", {"'{}'", "ARRAY['x']", "'{a,b}'"}, NULL, FALSE, FALSE},
    {"INT4RANGE", "int4range(%d, 1000)", {"'empty'", "int4range(1, 5)", "'[1,2)'"}, NULL, FALSE, FALSE},
    {"TSVECTOR", "to_tsvector('simple', 'w%d')", {"''", "to_tsvector('simple', 'a')", "'a b'"}, NULL, FALSE, FALSE},
    {"CHAR(6)", "'c%d'", {"'a'", "'b'", "''"}, NULL, FALSE, FALSE},
    {"BIT VARYING(8)", "%d::bit(8)::bit varying", {"B'1'", "'101'", "B''"}, NULL, FALSE, FALSE},
    {"Enum(mood)", "(ARRAY['ok', 'so so'])[1 + %d %% 2]::mood", {"'ok'", "'so so'", "'ok'::mood"}, NULL, TRUE, FALSE},
    {"Native('\"Short text\"')", "'d%d'", {"'a'", "'b'", "lower('C')"}, NULL, FALSE, FALSE},
};

static const Kind *kind_of(const cJSON *column)
{
    const char *type = text(column, "type");
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (strcmp(kinds[i].type, type) == 0)
            return &kinds[i];
    return NULL;
}

static gboolean is_integer(const char *type)
{
    return strcmp(type, "Integer") == 0 || strcmp(type, "BigInteger") == 0 || strcmp(type, "SmallInteger") == 0;
}

static gboolean is_text(const char *type)
{
    return g_str_has_prefix(type, "String") || strcmp(type, "Text") == 0;
}

static const char *const column_names[] = {"name", "title", "amount", "select", "a b",   "Mixed", "note", "weight",
                                           "city", "state", "born",   "rank",   "\"q\"", "x",     "data", "owner",
                                           "user", "limit", "éa",     "_1",     "$a",    "tag"};

/* --- columns --- */

static cJSON *new_column(GRand *random, const char *name, gboolean has_rows)
{
    const Kind *kind = &kinds[g_rand_int_range(random, 0, G_N_ELEMENTS(kinds))];
    cJSON *column = cJSON_CreateObject();
    cJSON_AddStringToObject(column, "name", name);
    cJSON_AddStringToObject(column, "type", kind->type);
    gboolean not_null = chance(random, 35);
    if (not_null)
        cJSON_AddFalseToObject(column, "nullable");
    if (chance(random, 30) || (not_null && has_rows))
        cJSON_AddStringToObject(column, "server_default", PICK(random, kind->defaults));
    if (is_text(kind->type) && chance(random, 15))
        cJSON_AddStringToObject(column, "collation", "C");
    if (chance(random, 15))
        cJSON_AddStringToObject(column, "comment", "what it's for");
    return column;
}

static void add_computed(cJSON *table, GRand *random)
{
    cJSON *column = plain_column(table, random);
    cJSON *columns = cJSON_GetObjectItem(table, "columns");
    const char *name = FREE_NAME(columns, column_names, random);
    if (!column || !name || !(is_integer(text(column, "type")) || is_text(text(column, "type"))))
        return;
    gboolean number = is_integer(text(column, "type"));
    g_autofree char *quoted = quote(text(column, "name"));
    g_autofree char *expression =
        g_strdup_printf(number ? "coalesce(%s, 0) * 2" : "upper(coalesce(%s, 'none'))", quoted);
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "name", name);
    cJSON_AddStringToObject(item, "type", number ? "BigInteger" : "Text");
    cJSON *computed = cJSON_AddObjectToObject(item, "computed");
    cJSON_AddStringToObject(computed, "expression", expression);
    cJSON_AddTrueToObject(computed, "persisted");
    cJSON_AddItemToArray(columns, item);
}

/* --- constraints and indexes --- */

static void add_check(cJSON *table, GRand *random, int number)
{
    cJSON *column = plain_column(table, random);
    if (!column)
        return;
    const char *type = text(column, "type");
    g_autofree char *name = quote(text(column, "name"));
    g_autofree char *expression =
        is_integer(type)     ? g_strdup_printf("%s in (1, 2, 3) OR %s >= -100 and %s <> 99999", name, name, name)
        : is_text(type)      ? g_strdup_printf("length(%s) < 1000 OR %s IN ('a', 'b')", name, name)
        : chance(random, 50) ? g_strdup_printf("(%s IS NOT NULL) or %s is null", name, name)
                             : g_strdup_printf("NOT (%s IS NULL AND 1 = 2)", name);
    cJSON *check = cJSON_CreateObject();
    g_autofree char *constraint = g_strdup_printf("ck_%s_%d", text(table, "name"), number);
    cJSON_AddStringToObject(check, "name", constraint);
    cJSON_AddStringToObject(check, "expression", expression);
    if (chance(random, 20))
        cJSON_AddStringToObject(check, "comment", "must hold");
    if (chance(random, 15))
        cJSON_AddTrueToObject(options_of(check, "postgresql"), chance(random, 50) ? "not_valid" : "no_inherit");
    cJSON_AddItemToArray(list(table, "check_constraints"), check);
}

static void add_unique(cJSON *table, GRand *random, int number)
{
    cJSON *column = plain_column(table, random);
    const Kind *kind = column ? kind_of(column) : NULL;
    if (!kind || kind->repeats || kind->no_btree || cJSON_GetObjectItem(column, "server_default"))
        return;
    cJSON *unique = cJSON_CreateObject();
    g_autofree char *constraint = g_strdup_printf("uq_%s_%d", text(table, "name"), number);
    cJSON_AddStringToObject(unique, "name", constraint);
    cJSON *columns = cJSON_AddArrayToObject(unique, "columns");
    cJSON_AddItemToArray(columns, cJSON_CreateString(text(column, "name")));
    switch (g_rand_int_range(random, 0, 5)) {
    case 0:
        cJSON_AddTrueToObject(unique, "deferrable");
        cJSON_AddStringToObject(unique, "initially", "DEFERRED");
        break;
    case 1:
        cJSON_AddStringToObject(options_of(unique, "postgresql"), "include", "id");
        break;
    case 2:
        cJSON_AddStringToObject(options_of(unique, "postgresql"), "with.fillfactor", "80");
        break;
    default:
        break;
    }
    cJSON_AddItemToArray(list(table, "unique_constraints"), unique);
}

static void add_index_columns(cJSON *index, const cJSON *column, GRand *random)
{
    const char *name = text(column, "name"), *type = text(column, "type");
    g_autofree char *quoted = quote(name);
    cJSON *columns = cJSON_AddArrayToObject(index, "columns");
    cJSON *entry = cJSON_CreateObject();
    int choice = g_rand_int_range(random, 0, 6);
    if (strcmp(type, "JSONB") == 0 || g_str_has_prefix(type, "ARRAY") || strcmp(type, "TSVECTOR") == 0) {
        cJSON_AddStringToObject(index, "using", "gin");
        cJSON_AddStringToObject(entry, "column", name);
        if (strcmp(type, "JSONB") == 0 && choice < 3)
            cJSON_AddStringToObject(entry, "opclass", "jsonb_path_ops");
    } else if (choice == 0 && is_text(type)) {
        g_autofree char *expression = g_strdup_printf("lower(%s)", quoted);
        cJSON_AddStringToObject(entry, "expression", expression);
    } else {
        cJSON_AddStringToObject(entry, "column", name);
        if (choice == 1)
            cJSON_AddStringToObject(entry, "order", "desc");
        if (choice == 1 || choice == 2)
            cJSON_AddStringToObject(entry, "nulls", chance(random, 50) ? "last" : "first");
        if (choice == 3 && is_text(type))
            cJSON_AddStringToObject(entry, "opclass", type[0] == 'T' ? "text_pattern_ops" : "varchar_pattern_ops");
        if (choice == 4)
            cJSON_AddItemToArray(cJSON_AddArrayToObject(index, "include"), cJSON_CreateString("id"));
    }
    cJSON_AddItemToArray(columns, entry);
}

static void add_index(cJSON *table, GRand *random, int number)
{
    cJSON *column = plain_column(table, random);
    const Kind *kind = column ? kind_of(column) : NULL;
    if (!kind || kind->no_btree)
        return;
    g_autofree char *quoted = quote(text(column, "name"));
    g_autofree char *name = g_strdup_printf("ix_%s_%d", text(table, "name"), number);
    cJSON *index = cJSON_CreateObject();
    cJSON_AddStringToObject(index, "name", name);
    add_index_columns(index, column, random);
    if (chance(random, 25)) {
        g_autofree char *where = g_strdup_printf("%s IS NOT NULL and id in (1,2) or id>0", quoted);
        cJSON_AddStringToObject(index, "where", where);
    }
    if (chance(random, 15) && !cJSON_GetObjectItem(index, "using"))
        cJSON_AddNumberToObject(options_of(index, "postgresql"), "with.fillfactor", 70);
    if (chance(random, 15))
        cJSON_AddStringToObject(index, "comment", "for the search");
    cJSON_AddItemToArray(list(table, "indexes"), index);
}

static void add_reference(cJSON *table, const cJSON *tables, GRand *random)
{
    static const char *const actions[] = {"CASCADE", "SET NULL", "RESTRICT", "NO ACTION", "SET DEFAULT"};
    const cJSON *target = cJSON_GetArrayItem(tables, g_rand_int_range(random, 0, cJSON_GetArraySize(tables)));
    cJSON *columns = cJSON_GetObjectItem(table, "columns");
    const char *name = FREE_NAME(columns, column_names, random);
    if (!name || !target || flag(target, "composite"))
        return;
    cJSON *column = cJSON_CreateObject();
    g_autofree char *reference = g_strdup_printf("%s.id", text(target, "name"));
    cJSON_AddStringToObject(column, "name", name);
    cJSON_AddStringToObject(column, "type", text(find(cJSON_GetObjectItem(target, "columns"), "name", "id"), "type"));
    cJSON_AddStringToObject(column, "foreign_key", reference);
    if (chance(random, 70))
        cJSON_AddStringToObject(column, "ondelete", PICK(random, actions));
    if (chance(random, 20)) {
        cJSON_AddTrueToObject(column, "deferrable");
        cJSON_AddStringToObject(column, "initially", "DEFERRED");
    }
    if (chance(random, 30))
        cJSON_AddTrueToObject(column, "index");
    cJSON_AddItemToArray(columns, column);
}

/* --- tables --- */

static void add_key(cJSON *table, GRand *random)
{
    static const char *const types[] = {"Integer", "BigInteger", "SmallInteger"};
    cJSON *columns = cJSON_GetObjectItem(table, "columns");
    cJSON *id = cJSON_CreateObject();
    cJSON_AddStringToObject(id, "name", "id");
    cJSON_AddStringToObject(id, "type", PICK(random, types));
    cJSON_AddTrueToObject(id, "primary_key");
    switch (g_rand_int_range(random, 0, 5)) {
    case 0:
        cJSON_AddTrueToObject(id, "autoincrement");
        break;
    case 1: {
        cJSON *identity = cJSON_AddObjectToObject(id, "identity");
        if (chance(random, 50))
            cJSON_AddNumberToObject(identity, "increment", 5);
        break;
    }
    case 2:
        cJSON_AddFalseToObject(id, "autoincrement");
        break;
    case 3: {
        cJSON *part = cJSON_CreateObject();
        cJSON_AddStringToObject(part, "name", "part");
        cJSON_AddStringToObject(part, "type", "Integer");
        cJSON_AddTrueToObject(part, "primary_key");
        cJSON_AddItemToArray(columns, part);
        cJSON_AddTrueToObject(table, "composite"); /* taken out before the model is written */
        break;
    }
    default:
        break;
    }
    cJSON_AddItemToArray(columns, id);
}

static void add_table_options(cJSON *table, GRand *random)
{
    if (chance(random, 15))
        cJSON_AddStringToObject(table, "comment", "rows; of \"things\" that're here");
    if (chance(random, 10))
        cJSON_AddNumberToObject(options_of(table, "postgresql"), "with.fillfactor", 60);
    if (chance(random, 10))
        cJSON_AddTrueToObject(options_of(table, "postgresql"), "row_security");
}

static void new_table(cJSON *tables, const char *name, GRand *random)
{
    cJSON *table = cJSON_CreateObject();
    cJSON_AddStringToObject(table, "name", name);
    cJSON *columns = cJSON_AddArrayToObject(table, "columns");
    add_key(table, random);
    for (int i = g_rand_int_range(random, 1, 8); i > 0; i--) {
        const char *column_name = FREE_NAME(columns, column_names, random);
        if (column_name)
            cJSON_AddItemToArray(columns, new_column(random, column_name, FALSE));
    }
    cJSON_AddItemToArray(tables, table);
    if (chance(random, 45))
        add_reference(table, tables, random);
    if (chance(random, 20))
        add_computed(table, random);
    for (int i = g_rand_int_range(random, 0, 4); i > 0; i--)
        add_index(table, random, i);
    if (chance(random, 35))
        add_check(table, random, 1);
    if (chance(random, 25))
        add_unique(table, random, 1);
    add_table_options(table, random);
}

/* --- objects --- */

static void add_view(cJSON *model, GRand *random, const char *name, gboolean materialized)
{
    g_autofree char *quoted = quote(text(any_table(model, random), "name"));
    add_object(model, materialized ? "materialized_view" : "view", name, NULL,
               g_strdup_printf("CREATE %s %s AS SELECT id, id + %d AS next FROM %s WHERE id in (1,2) or id>%d",
                               materialized ? "MATERIALIZED VIEW" : "VIEW", name, g_rand_int_range(random, 1, 9),
                               quoted, g_rand_int_range(random, 0, 3)));
    if (materialized)
        add_object(model, "index", "ix_of_matview", name,
                   g_strdup_printf("CREATE INDEX ix_of_matview ON %s (next desc, (id*2))", name));
}

static void add_function(cJSON *model, GRand *random)
{
    add_object(model, "function", "touch", NULL,
               g_strdup_printf("CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $body$\nBEGIN\n"
                               "    RETURN NEW; -- %d\nEND;\n$body$",
                               g_rand_int_range(random, 0, 100)));
}

static void add_trigger(cJSON *model, GRand *random)
{
    const char *table = text(any_table(model, random), "name");
    g_autofree char *quoted = quote(table);
    if (!find(list(model, "objects"), "name", "touch"))
        add_function(model, random);
    add_object(model, "trigger", "tr_touch", table,
               g_strdup_printf("CREATE TRIGGER tr_touch BEFORE INSERT OR UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION "
                               "touch()",
                               quoted));
}

static void add_policy(cJSON *model, GRand *random, const char *name)
{
    const char *table = text(any_table(model, random), "name");
    g_autofree char *quoted = quote(table);
    add_object(model, "policy", name, table,
               g_strdup_printf("CREATE POLICY %s ON %s FOR ALL USING (id in (1,2) or id>%d)", name, quoted,
                               g_rand_int_range(random, 0, 9)));
}

static void add_types(cJSON *model, GRand *random)
{
    cJSON *type = cJSON_CreateObject();
    cJSON_AddStringToObject(type, "name", "mood");
    cJSON *values = cJSON_AddArrayToObject(type, "values");
    cJSON_AddItemToArray(values, cJSON_CreateString("ok"));
    cJSON_AddItemToArray(values, cJSON_CreateString("so so"));
    if (chance(random, 50))
        cJSON_AddItemToArray(values, cJSON_CreateString("it's"));
    cJSON_AddItemToArray(list(model, "enums"), type);
    add_object(model, "domain", "Short text", NULL,
               g_strdup_printf("CREATE DOMAIN \"Short text\" AS varchar(%d) DEFAULT 'none' "
                               "CONSTRAINT not_x CHECK (VALUE <> 'x')",
                               30));
    if (chance(random, 40)) {
        cJSON *sequence = cJSON_CreateObject();
        cJSON_AddStringToObject(sequence, "name", "numbers");
        cJSON_AddNumberToObject(sequence, "start", 10);
        cJSON_AddItemToArray(list(model, "sequences"), sequence);
    }
}

cJSON *random_postgresql_model(GRand *random)
{
    cJSON *model = cJSON_CreateObject();
    add_conventions(model);
    cJSON *tables = cJSON_AddArrayToObject(model, "tables");
    add_types(model, random);
    for (int i = g_rand_int_range(random, 1, 6); i > 0; i--) {
        const char *name = free_table_name(tables, random);
        if (name)
            new_table(tables, name, random);
    }
    if (chance(random, 35))
        add_view(model, random, "v_one", FALSE);
    if (chance(random, 20))
        add_view(model, random, "v_two", FALSE);
    if (chance(random, 20))
        add_view(model, random, "m_one", TRUE);
    if (chance(random, 30))
        add_trigger(model, random);
    if (chance(random, 25))
        add_policy(model, random, "pol_one");
    return model;
}

/* --- change --- */

static void change_column(cJSON *table, cJSON *column, const cJSON *former, GRand *random)
{
    const Kind *kind = kind_of(column);
    switch (g_rand_int_range(random, 0, 6)) {
    case 0:
        /* Operators and classes of the old type would not do for the new one. */
        if (kind && kind->wider && !is_used(table, text(column, "name")) && !cJSON_GetObjectItem(column, "collation") &&
            !cJSON_GetObjectItem(column, "server_default"))
            set_string(column, "type", kind->wider);
        break;
    case 1: /* the rows hold no NULL in the columns of the first model, so both ways run */
        if (cJSON_GetObjectItem(column, "nullable"))
            cJSON_DeleteItemFromObject(column, "nullable");
        else
            cJSON_AddFalseToObject(column, "nullable");
        break;
    case 2:
        if (cJSON_GetObjectItem(column, "server_default"))
            cJSON_DeleteItemFromObject(column, "server_default");
        else if (kind)
            set_string(column, "server_default", PICK(random, kind->defaults));
        break;
    case 3:
        if (is_text(text(column, "type")))
            toggle(column, "collation", "C");
        break;
    case 4:
        toggle(column, "comment", "another word");
        break;
    default: {
        const char *name = FREE_NAME(cJSON_GetObjectItem(table, "columns"), column_names, random);
        if (name && !find(former, "name", name) && !is_used(table, text(column, "name"))) {
            g_autofree char *old_name = g_strdup(text(column, "name"));
            set_string(column, "name", name);
            cJSON_AddStringToObject(column, "renamed_from", old_name);
        }
    }
    }
}

/* serial, identity, or neither. */
static void change_numbering(cJSON *table, GRand *random)
{
    cJSON *id = find(cJSON_GetObjectItem(table, "columns"), "name", "id");
    if (flag(table, "composite"))
        return;
    cJSON_DeleteItemFromObject(id, "identity");
    cJSON_DeleteItemFromObject(id, "autoincrement");
    switch (g_rand_int_range(random, 0, 3)) {
    case 0:
        cJSON_AddTrueToObject(id, "autoincrement");
        break;
    case 1:
        cJSON_AddBoolToObject(cJSON_AddObjectToObject(id, "identity"), "always", chance(random, 50));
        break;
    default:
        cJSON_AddFalseToObject(id, "autoincrement");
    }
}

static void change_options(cJSON *table, GRand *random)
{
    cJSON *options = options_of(table, "postgresql");
    if (chance(random, 50)) {
        cJSON_DeleteItemFromObject(options, "with.fillfactor");
        if (chance(random, 50))
            cJSON_AddNumberToObject(options, "with.fillfactor", 50);
    } else if (cJSON_GetObjectItem(options, "row_security")) {
        cJSON_DeleteItemFromObject(options, "row_security");
    } else {
        cJSON_AddTrueToObject(options, "row_security");
    }
    toggle(table, "comment", "now with; a comment");
}

static void change_table(cJSON *model, cJSON *table, GRand *random)
{
    cJSON *columns = cJSON_GetObjectItem(table, "columns");
    cJSON *former = cJSON_Duplicate(columns, TRUE);
    g_autoptr(GPtrArray) added = g_ptr_array_new(); /* they have what rows need, and keep it */
    for (int i = g_rand_int_range(random, 1, 5); i > 0; i--) {
        const char *name;
        cJSON *column;
        switch (g_rand_int_range(random, 0, 12)) {
        case 0:
        case 1:
            if ((name = FREE_NAME(columns, column_names, random)) && !find(former, "name", name)) {
                g_ptr_array_add(added, new_column(random, name, TRUE));
                cJSON_AddItemToArray(columns, added->pdata[added->len - 1]);
            }
            break;
        case 2:
            drop_column(table, random);
            break;
        case 3:
        case 4:
            if ((column = plain_column(table, random)) && !cJSON_GetObjectItem(column, "renamed_from") &&
                !g_ptr_array_find(added, column, NULL))
                change_column(table, column, former, random);
            break;
        case 5:
            add_check(table, random, 2);
            break;
        case 6:
            drop_random(table, chance(random, 50) ? "check_constraints" : "unique_constraints", random);
            break;
        case 7:
            add_index(table, random, 9);
            break;
        case 8:
            drop_random(table, "indexes", random);
            break;
        case 9:
            change_numbering(table, random);
            break;
        case 10:
            change_options(table, random);
            break;
        default:
            add_new_reference(model, table, former, add_reference, random);
        }
    }
    cJSON_Delete(former);
}

static void change_enum(cJSON *model, GRand *random)
{
    cJSON *values = cJSON_GetObjectItem(cJSON_GetArrayItem(cJSON_GetObjectItem(model, "enums"), 0), "values");
    switch (g_rand_int_range(random, 0, 4)) {
    case 0:
        cJSON_InsertItemInArray(values, 0, cJSON_CreateString("first"));
        break;
    case 1:
        cJSON_InsertItemInArray(values, 1, cJSON_CreateString("between"));
        cJSON_AddItemToArray(values, cJSON_CreateString("last"));
        break;
    case 2: /* no row has it */
        if (cJSON_GetArraySize(values) > 2)
            cJSON_DeleteItemFromArray(values, 2);
        break;
    default:
        cJSON_AddItemToArray(values, cJSON_DetachItemFromArray(values, 0));
    }
}

static void change_objects(cJSON *model, GRand *random)
{
    cJSON *objects = list(model, "objects");
    cJSON *function = find(objects, "name", "touch");
    cJSON *policy = find(objects, "name", "pol_one");
    cJSON *view = find(objects, "name", "v_one");
    cJSON *domain = find(objects, "kind", "domain");
    if (function && chance(random, 50)) {
        cJSON_Delete(cJSON_DetachItemViaPointer(objects, function));
        add_function(model, random);
    }
    if (policy && chance(random, 60))
        cJSON_Delete(cJSON_DetachItemViaPointer(objects, policy));
    if (view && chance(random, 30))
        cJSON_Delete(cJSON_DetachItemViaPointer(objects, view));
    if (chance(random, 25) && !find(objects, "name", "v_three"))
        add_view(model, random, "v_three", FALSE);
    if (domain && chance(random, 25))
        set_string(domain, "definition",
                   "CREATE DOMAIN \"Short text\" AS varchar(30) CONSTRAINT not_x CHECK (VALUE <> 'x') "
                   "CONSTRAINT not_y CHECK (VALUE <> ALL (ARRAY['y', 'z']))");
    if (chance(random, 20))
        change_enum(model, random);
}

cJSON *random_postgresql_change(const cJSON *model, GRand *random)
{
    static const Changes changes = {quote, new_table, change_table, change_objects};
    return changed_model(model, &changes, random);
}

/* --- rows --- */

static void append_value(GString *sql, const cJSON *column, int row)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    g_string_append_printf(sql, kind_of(column)->value, row);
#pragma GCC diagnostic pop
}

GPtrArray *random_postgresql_rows(const cJSON *model, GRand *random)
{
    return rows_of(model, quote, "OVERRIDING SYSTEM VALUE VALUES", append_value, random);
}
