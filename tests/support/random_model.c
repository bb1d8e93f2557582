#include "support/random_model.h"

#include <string.h>

#include "support/random_parts.h"

/* --- columns --- */

static const char *const column_names[] = {"name", "title", "amount", "select", "a b",   "Mixed", "note", "weight",
                                           "city", "state", "born",   "rank",   "\"q\"", "x",     "data", "owner"};
static const char *const loose_types[] = {"Integer", "BigInteger",     "String(20)", "String(40)",
                                          "Text",    "Numeric(10, 2)", "Boolean",    "DateTime",
                                          "Date",    "Float",          "VARCHAR(9)", "LargeBinary"};
static const char *const strict_types[] = {"INTEGER", "TEXT", "REAL", "ANY"};

static gboolean is_number(const char *type)
{
    return g_str_has_prefix(type, "Int") || g_str_has_prefix(type, "Big") || g_str_has_prefix(type, "Num") ||
           g_str_has_prefix(type, "Flo") || strcmp(type, "INTEGER") == 0 || strcmp(type, "REAL") == 0;
}

static gboolean is_text(const char *type)
{
    return g_str_has_prefix(type, "String") || strcmp(type, "Text") == 0 || strcmp(type, "TEXT") == 0 ||
           g_str_has_prefix(type, "VARCHAR");
}

static const char *default_for(const char *type, GRand *random)
{
    static const char *const texts[] = {"'none'", "'it''s; -- \"so\"'", "''", "'a,b)'"};
    static const char *const numbers[] = {"0", "17", "-3"};
    if (is_text(type))
        return PICK(random, texts);
    if (is_number(type))
        return PICK(random, numbers);
    return strcmp(type, "DateTime") == 0 ? "CURRENT_TIMESTAMP" : "'1'";
}

static cJSON *new_column(GRand *random, const char *name, gboolean strict, gboolean has_rows)
{
    cJSON *column = cJSON_CreateObject();
    const char *type = strict ? PICK(random, strict_types) : PICK(random, loose_types);
    cJSON_AddStringToObject(column, "name", name);
    cJSON_AddStringToObject(column, "type", type);
    gboolean not_null = chance(random, 35);
    if (not_null)
        cJSON_AddFalseToObject(column, "nullable");
    /* A NOT NULL column can only be added to rows when they get a value. */
    if (chance(random, 30) || (not_null && has_rows)) {
        const char *value = default_for(type, random);
        gboolean strict_text = strict && !is_text(type) && !is_number(type);
        if (strict && strcmp(type, "REAL") == 0)
            value = "1.5";
        cJSON_AddStringToObject(column, "server_default", strict_text ? "'any'" : value);
    }
    if (is_text(type) && chance(random, 15))
        cJSON_AddStringToObject(column, "collation", "NOCASE");
    return column;
}

/* It may have been another column's. */
static const char *free_column_name(const cJSON *columns, GRand *random)
{
    for (int i = 0; i < 40; i++) {
        const char *name = PICK(random, column_names);
        if (!find(columns, "name", name))
            return name;
    }
    return NULL;
}

/* --- parts of tables --- */

static void add_check(cJSON *table, GRand *random, int number)
{
    cJSON *column = plain_column(table, random);
    if (!column)
        return;
    const char *type = text(column, "type");
    g_autofree char *name = quote(text(column, "name"));
    cJSON *check = cJSON_CreateObject();
    if (chance(random, 70)) {
        g_autofree char *constraint = g_strdup_printf("ck_%s_%d", text(table, "name"), number);
        cJSON_AddStringToObject(check, "name", constraint);
    }
    g_autofree char *expression = is_number(type)
                                      ? g_strdup_printf("%s > -100", name)
                                      : g_strdup_printf("length(%s) < 1000 OR %s IN ('a', 'b')", name, name);
    cJSON_AddStringToObject(check, "expression", expression);
    cJSON_AddItemToArray(list(table, "check_constraints"), check);
}

static void add_unique(cJSON *table, GRand *random, int number)
{
    cJSON *column = plain_column(table, random);
    if (!column || cJSON_GetObjectItem(column, "server_default") || strcmp(text(column, "type"), "Boolean") == 0)
        return;
    cJSON *unique = cJSON_CreateObject();
    g_autofree char *constraint = g_strdup_printf("uq_%s_%d", text(table, "name"), number);
    cJSON_AddStringToObject(unique, "name", constraint);
    cJSON *columns = cJSON_AddArrayToObject(unique, "columns");
    cJSON_AddItemToArray(columns, cJSON_CreateString(text(column, "name")));
    cJSON_AddItemToArray(list(table, "unique_constraints"), unique);
}

static void add_index(cJSON *table, GRand *random, int number)
{
    cJSON *column = plain_column(table, random);
    if (!column)
        return;
    const char *column_name = text(column, "name");
    g_autofree char *quoted = quote(column_name);
    g_autofree char *name = g_strdup_printf("ix_%s_%d", text(table, "name"), number);
    cJSON *index = cJSON_CreateObject();
    cJSON_AddStringToObject(index, "name", name);
    cJSON *columns = cJSON_AddArrayToObject(index, "columns");
    switch (g_rand_int_range(random, 0, 4)) {
    case 0: {
        cJSON *entry = cJSON_CreateObject();
        g_autofree char *expression = g_strdup_printf("lower(%s)", quoted);
        cJSON_AddStringToObject(entry, "expression", expression);
        cJSON_AddItemToArray(columns, entry);
        break;
    }
    case 1: {
        cJSON *entry = cJSON_CreateObject();
        cJSON_AddStringToObject(entry, "column", column_name);
        cJSON_AddStringToObject(entry, "order", "desc");
        cJSON_AddItemToArray(columns, entry);
        break;
    }
    case 2: {
        g_autofree char *where = g_strdup_printf("%s IS NOT NULL", quoted);
        cJSON_AddItemToArray(columns, cJSON_CreateString(column_name));
        cJSON_AddStringToObject(index, "where", where);
        break;
    }
    default:
        cJSON_AddItemToArray(columns, cJSON_CreateString(column_name));
    }
    cJSON_AddItemToArray(list(table, "indexes"), index);
}

static void add_computed(cJSON *table, GRand *random)
{
    cJSON *column = plain_column(table, random);
    cJSON *columns = cJSON_GetObjectItem(table, "columns");
    const char *name = free_column_name(columns, random);
    if (!column || !name || cJSON_GetObjectItem(table, "options"))
        return;
    g_autofree char *quoted = quote(text(column, "name"));
    g_autofree char *expression = g_strdup_printf("coalesce(%s, 0) || '-'", quoted);
    cJSON *computed_column = cJSON_CreateObject();
    cJSON_AddStringToObject(computed_column, "name", name);
    cJSON_AddStringToObject(computed_column, "type", "Text");
    cJSON *computed = cJSON_AddObjectToObject(computed_column, "computed");
    cJSON_AddStringToObject(computed, "expression", expression);
    cJSON_AddBoolToObject(computed, "persisted", chance(random, 50));
    cJSON_AddItemToArray(columns, computed_column);
}

/* A nullable reference to an earlier table (or the table itself) with a key of one column. */
static void add_reference(cJSON *table, const cJSON *tables, GRand *random)
{
    static const char *const actions[] = {"CASCADE", "SET NULL", "RESTRICT", "NO ACTION"};
    const cJSON *target = cJSON_GetArrayItem(tables, g_rand_int_range(random, 0, cJSON_GetArraySize(tables)));
    cJSON *columns = cJSON_GetObjectItem(table, "columns");
    const char *name = free_column_name(columns, random);
    if (!name || !target || flag(target, "composite"))
        return;
    cJSON *column = cJSON_CreateObject();
    g_autofree char *reference = g_strdup_printf("%s.id", text(target, "name"));
    cJSON_AddStringToObject(column, "name", name);
    gboolean strict = flag(cJSON_GetObjectItem(cJSON_GetObjectItem(table, "options"), "sqlite"), "strict");
    cJSON_AddStringToObject(column, "type", strict ? "INTEGER" : "Integer");
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

static void add_key(cJSON *table, GRand *random)
{
    cJSON *columns = cJSON_GetObjectItem(table, "columns");
    cJSON *id = cJSON_CreateObject();
    cJSON_AddStringToObject(id, "name", "id");
    cJSON_AddStringToObject(id, "type", "Integer");
    cJSON_AddTrueToObject(id, "primary_key");
    gboolean without_rowid = chance(random, 12);
    if (!without_rowid && chance(random, 30))
        cJSON_AddTrueToObject(id, "autoincrement");
    else if (chance(random, 15)) {
        cJSON *part = cJSON_CreateObject();
        cJSON_AddStringToObject(part, "name", "part");
        cJSON_AddStringToObject(part, "type", "Integer");
        cJSON_AddTrueToObject(part, "primary_key");
        cJSON_AddItemToArray(columns, part);
        cJSON_AddTrueToObject(table, "composite"); /* taken out before the model is written */
    }
    cJSON_AddItemToArray(columns, id);
    gboolean strict = chance(random, 10);
    if (strict || without_rowid) {
        cJSON *options = cJSON_AddObjectToObject(table, "options");
        cJSON *sqlite = cJSON_AddObjectToObject(options, "sqlite");
        if (strict)
            cJSON_AddTrueToObject(sqlite, "strict");
        if (without_rowid)
            cJSON_AddTrueToObject(sqlite, "without_rowid");
    }
}

static gboolean is_strict(const cJSON *table)
{
    return flag(cJSON_GetObjectItem(cJSON_GetObjectItem(table, "options"), "sqlite"), "strict");
}

static void new_table(cJSON *tables, const char *name, GRand *random)
{
    cJSON *table = cJSON_CreateObject();
    cJSON_AddStringToObject(table, "name", name);
    cJSON *columns = cJSON_AddArrayToObject(table, "columns");
    add_key(table, random);
    for (int i = g_rand_int_range(random, 1, 6); i > 0; i--) {
        const char *column_name = free_column_name(columns, random);
        if (column_name)
            cJSON_AddItemToArray(columns, new_column(random, column_name, is_strict(table), FALSE));
    }
    cJSON_AddItemToArray(tables, table);
    if (chance(random, 45))
        add_reference(table, tables, random);
    if (chance(random, 20))
        add_computed(table, random);
    for (int i = g_rand_int_range(random, 0, 3); i > 0; i--)
        add_index(table, random, i);
    if (chance(random, 35))
        add_check(table, random, 1);
    if (chance(random, 25))
        add_unique(table, random, 1);
}

static void add_view(cJSON *model, GRand *random, const char *name)
{
    cJSON *tables = cJSON_GetObjectItem(model, "tables");
    const cJSON *table = cJSON_GetArrayItem(tables, g_rand_int_range(random, 0, cJSON_GetArraySize(tables)));
    g_autofree char *quoted = quote(text(table, "name"));
    g_autofree char *definition = g_strdup_printf("CREATE VIEW %s AS SELECT id FROM %s WHERE id > %d", name, quoted,
                                                  g_rand_int_range(random, 0, 3));
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "kind", "view");
    cJSON_AddStringToObject(object, "name", name);
    cJSON_AddStringToObject(object, "definition", definition);
    cJSON_AddItemToArray(list(model, "objects"), object);
}

static void add_trigger(cJSON *model, GRand *random, const char *name)
{
    cJSON *tables = cJSON_GetObjectItem(model, "tables");
    const cJSON *table = cJSON_GetArrayItem(tables, g_rand_int_range(random, 0, cJSON_GetArraySize(tables)));
    g_autofree char *quoted = quote(text(table, "name"));
    g_autofree char *definition = g_strdup_printf(
        "CREATE TRIGGER %s AFTER DELETE ON %s BEGIN SELECT CASE WHEN OLD.id > %d THEN 1 ELSE 2 END; END", name, quoted,
        g_rand_int_range(random, 0, 3));
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "kind", "trigger");
    cJSON_AddStringToObject(object, "name", name);
    cJSON_AddStringToObject(object, "definition", definition);
    cJSON_AddItemToArray(list(model, "objects"), object);
}

cJSON *random_model(GRand *random)
{
    cJSON *model = cJSON_CreateObject();
    cJSON *tables = cJSON_AddArrayToObject(model, "tables");
    for (int i = g_rand_int_range(random, 1, 6); i > 0; i--) {
        const char *name = free_table_name(tables, random);
        if (name)
            new_table(tables, name, random);
    }
    if (chance(random, 35))
        add_view(model, random, "v_one");
    if (chance(random, 20))
        add_view(model, random, "v_two");
    if (chance(random, 25))
        add_trigger(model, random, "tr_one");
    return model;
}

/* --- change --- */

static void change_type(cJSON *column)
{
    const char *type = text(column, "type");
    const char *changed = g_str_has_prefix(type, "String")  ? "Text"
                          : strcmp(type, "Integer") == 0    ? "BigInteger"
                          : strcmp(type, "Text") == 0       ? "String(200)"
                          : strcmp(type, "BigInteger") == 0 ? "Integer"
                          : strcmp(type, "VARCHAR(9)") == 0 ? "VARCHAR(19)"
                          : strcmp(type, "Date") == 0       ? "DateTime"
                                                            : NULL;
    if (changed && !cJSON_GetObjectItem(column, "server_default"))
        set_string(column, "type", changed);
}

static void change_column(cJSON *table, cJSON *column, const cJSON *former, GRand *random)
{
    const char *type = text(column, "type");
    switch (g_rand_int_range(random, 0, 5)) {
    case 0:
        if (!is_strict(table))
            change_type(column);
        break;
    case 1: /* the rows hold no NULL in the columns of the first model, so both ways run */
        if (cJSON_GetObjectItem(column, "nullable"))
            cJSON_DeleteItemFromObject(column, "nullable");
        else
            cJSON_AddFalseToObject(column, "nullable");
        break;
    case 2:
        if (cJSON_GetObjectItem(column, "server_default") && !cJSON_GetObjectItem(column, "nullable"))
            cJSON_DeleteItemFromObject(column, "server_default");
        else if (!is_strict(table))
            set_string(column, "server_default", default_for(type, random));
        break;
    case 3:
        if (is_text(type) && !cJSON_GetObjectItem(column, "collation"))
            cJSON_AddStringToObject(column, "collation", "NOCASE");
        else
            cJSON_DeleteItemFromObject(column, "collation");
        break;
    default: {
        const char *name = free_column_name(cJSON_GetObjectItem(table, "columns"), random);
        if (name && !find(former, "name", name) && !is_used(table, text(column, "name"))) {
            g_autofree char *old_name = g_strdup(text(column, "name"));
            set_string(column, "name", name);
            cJSON_AddStringToObject(column, "renamed_from", old_name);
        }
    }
    }
}

static void change_table(cJSON *model, cJSON *table, GRand *random)
{
    cJSON *columns = cJSON_GetObjectItem(table, "columns");
    cJSON *former = cJSON_Duplicate(columns, TRUE);
    g_autoptr(GPtrArray) added = g_ptr_array_new(); /* they have what rows need, and keep it */
    for (int i = g_rand_int_range(random, 1, 4); i > 0; i--) {
        const char *name;
        cJSON *column;
        switch (g_rand_int_range(random, 0, 10)) {
        case 0:
        case 1:
            if ((name = free_column_name(columns, random))) {
                g_ptr_array_add(added, new_column(random, name, is_strict(table), TRUE));
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
        default:
            add_new_reference(model, table, former, add_reference, random);
        }
    }
    cJSON_Delete(former);
}

static void change_objects(cJSON *model, GRand *random)
{
    cJSON *objects = list(model, "objects");
    if (chance(random, 25) && cJSON_GetArraySize(objects) > 0)
        cJSON_DeleteItemFromArray(objects, 0);
    if (chance(random, 25) && !find(objects, "name", "v_three"))
        add_view(model, random, "v_three");
}

cJSON *random_change(const cJSON *model, GRand *random)
{
    static const Changes changes = {quote, new_table, change_table, change_objects};
    return changed_model(model, &changes, random);
}

/* --- rows --- */

static void append_value(GString *sql, const cJSON *column, int row)
{
    const char *type = text(column, "type");
    int salt = (int)(g_str_hash(text(column, "name")) % 7) + 1;
    if (is_number(type))
        g_string_append_printf(sql, strstr(type, "Int") || strcmp(type, "INTEGER") == 0 ? "%d" : "%d.25",
                               row * 8 + salt);
    else if (strcmp(type, "Boolean") == 0)
        g_string_append_printf(sql, "%d", row % 2);
    else if (strcmp(type, "LargeBinary") == 0)
        g_string_append_printf(sql, "x'00%02x27'", row);
    else
        g_string_append_printf(sql, "'r%d it''s \u00e9 %d; -- \"'", row, salt);
}

GPtrArray *random_rows(const cJSON *model, GRand *random)
{
    return rows_of(model, quote, "VALUES", append_value, random);
}
