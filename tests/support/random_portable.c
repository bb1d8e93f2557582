#include "support/random_model.h"

#include <string.h>

#include "support/random_parts.h"

/* The second half only where no expression needs them: each database has quotes of its own. */
static const char *const column_names[] = {"amount", "city", "note", "owner", "state", "weight",     "born",
                                           "select", "a b",  "x\"y", "Mixed", "key",   "semi;colon", "größe"};
static const char *const portable_types[] = {
    "Integer", "BigInteger", "SmallInteger",   "String(20)",         "String(40)",     "Unicode(30)", "Text",
    "Boolean", "Date",       "Numeric(10, 2)", "DateTime",           "Time",           "Float",       "Double",
    "JSON",    "Uuid",       "LargeBinary",    "Enum('a', 'it''s')", "Enum('a', 'b')", "Enum(mood)"};

static gboolean is_integer(const char *type)
{
    return g_str_has_suffix(type, "Integer");
}

static gboolean is_short_text(const char *type)
{
    return g_str_has_prefix(type, "String") || g_str_has_prefix(type, "Unicode");
}

/* MariaDB wants a length to index the others, PostgreSQL has no order for some. */
static gboolean can_be_key(const char *type)
{
    return strcmp(type, "Text") != 0 && strcmp(type, "JSON") != 0 && strcmp(type, "LargeBinary") != 0;
}

static gboolean is_simple_name(const char *name)
{
    return strspn(name, "abcdefghijklmnopqrstuvwxyz") == strlen(name) && strcmp(name, "select") != 0 &&
           strcmp(name, "key") != 0;
}

/* NULL: it gets none. */
static const char *default_for(const char *type, GRand *random)
{
    static const char *const texts[] = {"'none'", "'it''s; -- \"so\"'", "''"};
    static const char *const numbers[] = {"0", "17", "-3"};
    static const char *const booleans[] = {"true", "false"};
    if (is_short_text(type))
        return PICK(random, texts);
    if (is_integer(type) || g_str_has_prefix(type, "Numeric") || strcmp(type, "Double") == 0)
        return PICK(random, numbers);
    if (strcmp(type, "Boolean") == 0)
        return PICK(random, booleans);
    if (strcmp(type, "DateTime") == 0)
        return "CURRENT_TIMESTAMP";
    if (strcmp(type, "Date") == 0)
        return "'2020-02-29'";
    return g_str_has_prefix(type, "Enum('") ? "'a'" : strcmp(type, "Enum(mood)") == 0 ? "'ok'" : NULL;
}

static cJSON *new_column(GRand *random, const char *name)
{
    static const char *const comments[] = {"what it is", "it's \"so\"; -- yes"};
    cJSON *column = cJSON_CreateObject();
    const char *type = PICK(random, portable_types);
    cJSON_AddStringToObject(column, "name", name);
    cJSON_AddStringToObject(column, "type", type);
    const char *value = default_for(type, random);
    if (chance(random, 35))
        cJSON_AddFalseToObject(column, "nullable");
    if (value && chance(random, 35))
        cJSON_AddStringToObject(column, "server_default", value);
    if (chance(random, 20))
        cJSON_AddStringToObject(column, "comment", PICK(random, comments));
    return column;
}

static const char *type_of(const cJSON *column)
{
    return text(column, "type");
}

static cJSON *plain_column_of(const cJSON *table, gboolean (*fits)(const char *type), gboolean simple, GRand *random)
{
    for (int i = 0; i < 8; i++) {
        cJSON *column = plain_column(table, random);
        if (column && fits(type_of(column)) && (!simple || is_simple_name(text(column, "name"))))
            return column;
    }
    return NULL;
}

/* --- parts of tables --- */

static void add_check(cJSON *table, GRand *random, int number)
{
    cJSON *column = plain_column_of(table, chance(random, 50) ? is_integer : is_short_text, TRUE, random);
    if (!column)
        return;
    const char *name = text(column, "name");
    cJSON *check = cJSON_CreateObject();
    g_autofree char *constraint = g_strdup_printf("ck_%s_%d", text(table, "name"), number);
    cJSON_AddStringToObject(check, "name", constraint);
    g_autofree char *expression = is_integer(type_of(column))
                                      ? g_strdup_printf("%s > -%d", name, g_rand_int_range(random, 10, 99))
                                      : g_strdup_printf("%s <> 'x' OR %s IN ('a', 'it''s')", name, name);
    cJSON_AddStringToObject(check, "expression", expression);
    cJSON_AddItemToArray(list(table, "check_constraints"), check);
}

static void add_unique(cJSON *table, GRand *random, int number)
{
    cJSON *column = plain_column_of(table, can_be_key, FALSE, random);
    if (!column)
        return;
    cJSON *unique = cJSON_CreateObject();
    if (chance(random, 70)) {
        g_autofree char *constraint = g_strdup_printf("uq_%s_%d", text(table, "name"), number);
        cJSON_AddStringToObject(unique, "name", constraint);
    }
    cJSON *columns = cJSON_AddArrayToObject(unique, "columns");
    cJSON_AddItemToArray(columns, cJSON_CreateString(text(column, "name")));
    if (chance(random, 40))
        cJSON_AddItemToArray(columns, cJSON_CreateString("id"));
    cJSON_AddItemToArray(list(table, "unique_constraints"), unique);
}

static void add_index(cJSON *table, GRand *random, int number)
{
    cJSON *column = plain_column_of(table, can_be_key, FALSE, random);
    if (!column)
        return;
    g_autofree char *name = g_strdup_printf("ix_%s_%d", text(table, "name"), number);
    cJSON *index = cJSON_CreateObject();
    cJSON_AddStringToObject(index, "name", name);
    cJSON *columns = cJSON_AddArrayToObject(index, "columns");
    if (chance(random, 30)) {
        cJSON *entry = cJSON_CreateObject();
        cJSON_AddStringToObject(entry, "column", text(column, "name"));
        cJSON_AddStringToObject(entry, "order", "desc");
        cJSON_AddItemToArray(columns, entry);
    } else {
        cJSON_AddItemToArray(columns, cJSON_CreateString(text(column, "name")));
    }
    if (chance(random, 30))
        cJSON_AddItemToArray(columns, cJSON_CreateString("id"));
    if (chance(random, 25))
        cJSON_AddTrueToObject(index, "unique");
    cJSON_AddItemToArray(list(table, "indexes"), index);
}

static void add_computed(cJSON *table, GRand *random)
{
    cJSON *column = plain_column_of(table, is_integer, TRUE, random);
    cJSON *columns = cJSON_GetObjectItem(table, "columns");
    const char *name = FREE_NAME(columns, column_names, random);
    if (!column || !name)
        return;
    g_autofree char *expression = g_strdup_printf("%s * %d", text(column, "name"), g_rand_int_range(random, 2, 9));
    cJSON *computed_column = cJSON_CreateObject();
    cJSON_AddStringToObject(computed_column, "name", name);
    cJSON_AddStringToObject(computed_column, "type", "BigInteger");
    cJSON *computed = cJSON_AddObjectToObject(computed_column, "computed");
    cJSON_AddStringToObject(computed, "expression", expression);
    cJSON_AddTrueToObject(computed, "persisted");
    cJSON_AddItemToArray(columns, computed_column);
}

static void add_reference(cJSON *table, const cJSON *tables, GRand *random)
{
    static const char *const actions[] = {"CASCADE", "SET NULL", "RESTRICT", "NO ACTION"};
    const cJSON *target = cJSON_GetArrayItem(tables, g_rand_int_range(random, 0, cJSON_GetArraySize(tables)));
    cJSON *columns = cJSON_GetObjectItem(table, "columns");
    const char *name = FREE_NAME(columns, column_names, random);
    if (!name || !target || flag(target, "composite"))
        return;
    cJSON *column = cJSON_CreateObject();
    g_autofree char *reference = g_strdup_printf("%s.id", text(target, "name"));
    cJSON_AddStringToObject(column, "name", name);
    cJSON_AddStringToObject(column, "type", "Integer");
    cJSON_AddStringToObject(column, "foreign_key", reference);
    if (chance(random, 70))
        cJSON_AddStringToObject(column, "ondelete", PICK(random, actions));
    if (chance(random, 30))
        cJSON_AddTrueToObject(column, "index");
    cJSON_AddItemToArray(columns, column);
}

static void add_key_column(cJSON *columns, const char *name, gboolean autoincrement)
{
    cJSON *column = cJSON_CreateObject();
    cJSON_AddStringToObject(column, "name", name);
    cJSON_AddStringToObject(column, "type", "Integer");
    cJSON_AddTrueToObject(column, "primary_key");
    if (autoincrement)
        cJSON_AddTrueToObject(column, "autoincrement");
    cJSON_AddItemToArray(columns, column);
}

static void new_table(cJSON *tables, const char *name, GRand *random)
{
    cJSON *table = cJSON_CreateObject();
    cJSON_AddStringToObject(table, "name", name);
    if (chance(random, 30))
        cJSON_AddStringToObject(table, "comment", "a table's; comment");
    cJSON *columns = cJSON_AddArrayToObject(table, "columns");
    gboolean composite = chance(random, 15);
    add_key_column(columns, "id", !composite && chance(random, 20));
    if (composite) {
        add_key_column(columns, "part", FALSE);
        cJSON_AddTrueToObject(table, "composite"); /* taken out before the model is written */
    }
    for (int i = g_rand_int_range(random, 1, 7); i > 0; i--) {
        const char *column_name = FREE_NAME(columns, column_names, random);
        if (column_name)
            cJSON_AddItemToArray(columns, new_column(random, column_name));
    }
    cJSON_AddItemToArray(tables, table);
    if (chance(random, 45))
        add_reference(table, tables, random);
    if (chance(random, 25))
        add_computed(table, random);
    for (int i = g_rand_int_range(random, 0, 3); i > 0; i--)
        add_index(table, random, i);
    if (chance(random, 35))
        add_check(table, random, 1);
    if (chance(random, 30))
        add_unique(table, random, 1);
}

static void set_mood(cJSON *model, const char *values)
{
    cJSON_DeleteItemFromObject(model, "enums");
    g_autofree char *json = g_strdup_printf("[{\"name\": \"mood\", \"values\": %s}]", values);
    cJSON_AddItemToObject(model, "enums", cJSON_Parse(json));
}

cJSON *random_portable_model(GRand *random)
{
    cJSON *model = cJSON_CreateObject();
    add_conventions(model);
    cJSON_AddStringToObject(cJSON_GetObjectItem(model, "naming_convention"), "uq",
                            "uq_%(table_name)s_%(column_0_N_name)s");
    set_mood(model, "[\"ok\", \"sad\"]");
    cJSON *tables = cJSON_AddArrayToObject(model, "tables");
    for (int i = g_rand_int_range(random, 1, 4); i > 0; i--) {
        const char *name = free_table_name(tables, random);
        if (name)
            new_table(tables, name, random);
    }
    return model;
}

/* --- change --- */

static void change_type(cJSON *column, GRand *random)
{
    static const struct {
        const char *from, *to;
    } changes[] = {
        {"String(20)", "String(60)"},
        {"String(40)", "Text"},
        {"Integer", "BigInteger"},
        {"BigInteger", "Integer"},
        {"Numeric(10, 2)", "Numeric(12, 4)"},
        {"Float", "Double"},
        {"SmallInteger", "Integer"},
        {"Enum('a', 'b')", "Enum('a', 'b', 'c')"},
        {"Text", "String(200)"},
        {"Unicode(30)", "Unicode(9)"},
        {"Enum('a', 'it''s')", "String(20)"},
        {"Date", "DateTime"},
        {"Enum(mood)", "String(20)"},
        {"DateTime", "DateTime(timezone=true)"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(changes); i++) {
        if (strcmp(type_of(column), changes[i].from) != 0)
            continue;
        set_string(column, "type", changes[i].to);
        const char *value = text(column, "server_default");
        if (value && !default_for(changes[i].to, random))
            cJSON_DeleteItemFromObject(column, "server_default");
        return;
    }
}

static void rename_column(cJSON *table, cJSON *column, const cJSON *former, GRand *random)
{
    const char *name = FREE_NAME(cJSON_GetObjectItem(table, "columns"), column_names, random);
    if (!name || find(former, "name", name) || is_used(table, text(column, "name")))
        return;
    g_autofree char *old_name = g_strdup(text(column, "name"));
    set_string(column, "name", name);
    cJSON_AddStringToObject(column, "renamed_from", old_name);
}

static void change_column(cJSON *table, cJSON *column, const cJSON *former, GRand *random)
{
    const char *value = default_for(type_of(column), random);
    switch (g_rand_int_range(random, 0, 6)) {
    case 0:
    case 1:
        if (!is_used(table, text(column, "name")))
            change_type(column, random);
        break;
    case 2:
        if (cJSON_GetObjectItem(column, "nullable"))
            cJSON_DeleteItemFromObject(column, "nullable");
        else
            cJSON_AddFalseToObject(column, "nullable");
        break;
    case 3:
        if (value)
            toggle(column, "server_default", value);
        break;
    case 4:
        toggle(column, "comment", "another");
        break;
    default:
        rename_column(table, column, former, random);
    }
}

static void change_table(cJSON *model, cJSON *table, GRand *random)
{
    cJSON *columns = cJSON_GetObjectItem(table, "columns");
    cJSON *former = cJSON_Duplicate(columns, TRUE);
    for (int i = g_rand_int_range(random, 1, 5); i > 0; i--) {
        const char *name;
        cJSON *column;
        switch (g_rand_int_range(random, 0, 12)) {
        case 0:
        case 1:
            if ((name = FREE_NAME(columns, column_names, random)) && !find(former, "name", name))
                cJSON_AddItemToArray(columns, new_column(random, name));
            break;
        case 2:
            drop_column(table, random);
            break;
        case 3:
        case 4:
        case 5:
            if ((column = plain_column(table, random)) && find(former, "name", text(column, "name")))
                change_column(table, column, former, random);
            break;
        case 6:
            add_check(table, random, 2);
            break;
        case 7:
            drop_random(table, chance(random, 50) ? "check_constraints" : "unique_constraints", random);
            break;
        case 8:
            add_index(table, random, 9);
            break;
        case 9:
            drop_random(table, "indexes", random);
            break;
        case 10:
            toggle(table, "comment", "now it has one");
            break;
        default:
            add_new_reference(model, table, former, add_reference, random);
        }
    }
    cJSON_Delete(former);
}

static void change_objects(cJSON *model, GRand *random)
{
    if (chance(random, 25))
        set_mood(model, "[\"ok\", \"sad\", \"so so\"]");
}

/* Operations do not know yet that the checks of its enums have the table's name in theirs. */
static gboolean renames_enums(const cJSON *changed)
{
    const cJSON *table;
    cJSON_ArrayForEach(table, cJSON_GetObjectItem(changed, "tables"))
    {
        g_autofree char *print = cJSON_PrintUnformatted(table);
        if (text(table, "renamed_from") && strstr(print, "\"Enum("))
            return TRUE;
    }
    return FALSE;
}

cJSON *random_portable_change(const cJSON *model, GRand *random)
{
    static const Changes changes = {quote, new_table, change_table, change_objects};
    cJSON *changed = changed_model(model, &changes, random);
    while (renames_enums(changed)) {
        cJSON_Delete(changed);
        changed = changed_model(model, &changes, random);
    }
    return changed;
}
