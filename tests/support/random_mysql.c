/* Random models with what MariaDB has and others have not. Values fit their columns, defaults and checks are written in
 * other words than the server's own. */
#include <string.h>

#include "support/random_model.h"
#include "support/random_mysql_more.h"
#include "support/random_parts.h"

/* A type, a literal for row %d, and defaults. */
typedef struct Kind {
    const char *type;
    const char *value; /* printf format with one %d; all rows get different values unless `repeats` */
    const char *defaults[3];
    const char *wider;         /* what it may become and come back from; NULL: nothing */
    gboolean repeats, is_long; /* an index of a long one needs a length */
} Kind;

static const Kind kinds[] = {
    {"Integer", "%d", {"0", "(1 + 1)", "-3"}, "BigInteger", FALSE, FALSE},
    {"BigInteger", "%d", {"17", "(2 * 3)", "abs(-4)"}, "String(30)", FALSE, FALSE},
    {"SmallInteger", "%d", {"0", "'7'", "5"}, "Integer", FALSE, FALSE},
    {"INTEGER UNSIGNED", "%d", {"0", "'7'", "5"}, "BIGINT UNSIGNED", FALSE, FALSE},
    {"TINYINT", "%d", {"0", "-7", "5"}, "SmallInteger", FALSE, FALSE},
    {"MEDIUMINT(8) UNSIGNED", "%d", {"0", "7", "5"}, "INT(11) UNSIGNED", FALSE, FALSE},
    {"INT(7) UNSIGNED ZEROFILL", "%d", {"0", "7", "'0000005'"}, NULL, FALSE, FALSE},
    {"String(20)", "'r%d it''s'", {"'none'", "'it''s; -- \"so\"'", "''"}, "Text", FALSE, FALSE},
    {"String(40)", "'s%d é'", {"'a,b)'", "lower('X')", "'back\\\\slash'"}, "String(60)", FALSE, FALSE},
    {"Text", "'t%d \\\\ x'", {"'none'", "concat('a', 'b')", "\"x\""}, "MEDIUMTEXT", FALSE, TRUE},
    {"TINYTEXT", "'t%d'", {"'none'", "'#'", "'/*'"}, "Text", FALSE, TRUE},
    {"Numeric(10, 2)", "%d.25", {"0", "1.50", "'3'"}, "Numeric(14, 2)", FALSE, FALSE},
    {"DECIMAL(8,3) UNSIGNED", "%d.125", {"0", "1.500", "'3'"}, "DECIMAL(12,3) UNSIGNED", FALSE, FALSE},
    {"Boolean", "(%d %% 2 = 0)", {"true", "0", "false"}, NULL, TRUE, FALSE},
    {"DateTime",
     "'2024-01-01 00:00:01' + INTERVAL %d DAY",
     {"CURRENT_TIMESTAMP", "now()", "'2020-02-02 02:02:02'"},
     "DateTime(precision=3)",
     FALSE,
     FALSE},
    {"DateTime(precision=6)",
     "'2024-01-01 00:00:01.250000' + INTERVAL %d DAY",
     {"current_timestamp(6)", "now(6)", "'2020-02-02 02:02:02.5'"},
     NULL,
     FALSE,
     FALSE},
    {"TIMESTAMP",
     "'2024-01-01 00:00:01' + INTERVAL %d DAY",
     {"CURRENT_TIMESTAMP()", "localtime", "'2020-02-02 02:02:02'"},
     NULL,
     FALSE,
     FALSE},
    {"Date", "'2024-01-01' + INTERVAL %d DAY", {"'2020-02-02'", "curdate()", "(curdate())"}, NULL, FALSE, FALSE},
    {"Time", "sec_to_time(%d)", {"'12:00'", "'00:00:01'", "'-01:00:00'"}, NULL, FALSE, FALSE},
    {"YEAR", "2000 + %d", {"'2020'", "2021", "1999"}, NULL, FALSE, FALSE},
    {"Float", "%d.5", {"0", "1.5", "'2'"}, "Double", FALSE, FALSE},
    {"Double", "%d.5", {"0", "rand()", "pi()"}, NULL, FALSE, FALSE},
    {"LargeBinary", "concat(x'00', '%d')", {"'a'", "''", "'abc'"}, "LONGBLOB", FALSE, TRUE},
    {"VARBINARY(20)", "concat(x'27', '%d')", {"'a'", "x'4142'", "''"}, "VARBINARY(30)", FALSE, FALSE},
    {"BINARY(4)", "'b%d'", {"'a'", "'b'", "'c'"}, NULL, FALSE, FALSE},
    {"Uuid",
     "'00000000-0000-0000-0000-%012d'",
     {"uuid()", "'00000000-0000-0000-0000-000000000001'", "(uuid())"},
     NULL,
     FALSE,
     FALSE},
    {"JSON", "json_object('n', %d)", {"'{}'", "'[1, 2]'", "json_array()"}, NULL, FALSE, TRUE},
    {"INET6", "concat('::', %d)", {"'::1'", "'::ffff:1.2.3.4'", "'fe80::'"}, NULL, FALSE, FALSE},
    {"ENUM('ok','so so','it''s')",
     "elt(1 + %d %% 2, 'ok', 'it''s')",
     {"'ok'", "'it''s'", "'so so'"},
     NULL,
     TRUE,
     FALSE},
    {"Enum('x', 'y,z')", "elt(1 + %d %% 2, 'x', 'y,z')", {"'x'", "'y,z'", "'x'"}, NULL, TRUE, FALSE},
    {"SET('a','b','c d')", "elt(1 + %d %% 2, 'a', 'b,c d')", {"''", "'a,b'", "'c d'"}, NULL, TRUE, FALSE},
    {"BIT(8)", "%d", {"b'101'", "5", "0"}, "BIT(12)", FALSE, FALSE},
    {"CHAR(6)", "'c%d'", {"'a'", "'b'", "''"}, "VARCHAR(9)", FALSE, FALSE},
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
    return g_str_has_prefix(type, "String") || strcmp(type, "Text") == 0 || strcmp(type, "CHAR(6)") == 0;
}

static char *ticked(const char *name)
{
    g_auto(GStrv) parts = g_strsplit(name, "`", -1);
    g_autofree char *doubled = g_strjoinv("``", parts);
    return g_strdup_printf("`%s`", doubled);
}

static const char *const column_names[] = {"name", "title", "amount", "select", "a b",   "Mixed", "note", "weight",
                                           "city", "state", "born",   "rank",   "\"q\"", "x",     "data", "owner",
                                           "user", "limit", "éa",     "_1",     "$a",    "tag",   "key",  "a`b"};

static const char *table_option(const cJSON *table, const char *name)
{
    return text(cJSON_GetObjectItem(cJSON_GetObjectItem(table, "options"), "mysql"), name);
}

/* No foreign keys, and no keys without its columns. */
static gboolean is_partitioned(const cJSON *table)
{
    return table_option(table, "partition_by") != NULL;
}

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
    if (is_text(kind->type) && chance(random, 20))
        cJSON_AddStringToObject(column, "collation", chance(random, 50) ? "utf8mb4_bin" : "latin1_swedish_ci");
    if (chance(random, 15))
        cJSON_AddStringToObject(column, "comment", "what it's for; \\ and \"so\"");
    if (strcmp(kind->type, "DateTime") == 0 && chance(random, 30))
        cJSON_AddStringToObject(options_of(column, "mysql"), "on_update",
                                chance(random, 50) ? "CURRENT_TIMESTAMP" : "now()");
    if (chance(random, 8) && (!not_null || cJSON_GetObjectItem(column, "server_default")))
        cJSON_AddTrueToObject(options_of(column, "mysql"), "invisible");
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
    g_autofree char *quoted = ticked(text(column, "name"));
    g_autofree char *expression = g_strdup_printf(number ? "coalesce(%s, 0) * 2" : "lower(trim(%s))", quoted);
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "name", name);
    cJSON_AddStringToObject(item, "type", number ? "BigInteger" : "String(250)");
    cJSON *computed = cJSON_AddObjectToObject(item, "computed");
    cJSON_AddStringToObject(computed, "expression", expression);
    cJSON_AddBoolToObject(computed, "persisted", chance(random, 50));
    cJSON_AddItemToArray(columns, item);
}

/* --- constraints and indexes --- */

static void add_check(cJSON *table, GRand *random, int number)
{
    cJSON *column = plain_column(table, random);
    if (!column)
        return;
    const char *type = text(column, "type");
    g_autofree char *name = ticked(text(column, "name"));
    g_autofree char *expression =
        is_integer(type)     ? g_strdup_printf("%s in (1, 2, 3) OR %s >= -100 and %s <> 99999", name, name, name)
        : is_text(type)      ? g_strdup_printf("length(%s) < 1000 OR %s IN ('a', 'b')", name, name)
        : chance(random, 50) ? g_strdup_printf("(%s IS NOT NULL) or %s is null", name, name)
                             : g_strdup_printf("NOT (%s IS NULL AND 1 = 2)", name);
    cJSON *check = cJSON_CreateObject();
    g_autofree char *constraint = g_strdup_printf("ck_%s_%d", text(table, "name"), number);
    if (chance(random, 80))
        cJSON_AddStringToObject(check, "name", constraint);
    cJSON_AddStringToObject(check, "expression", expression);
    cJSON_AddItemToArray(list(table, "check_constraints"), check);
}

static void add_unique(cJSON *table, GRand *random, int number)
{
    cJSON *column = plain_column(table, random);
    const Kind *kind = column ? kind_of(column) : NULL;
    if (!kind || kind->repeats || kind->is_long || cJSON_GetObjectItem(column, "server_default") ||
        is_partitioned(table))
        return;
    cJSON *unique = cJSON_CreateObject();
    g_autofree char *constraint = g_strdup_printf("uq_%s_%d", text(table, "name"), number);
    cJSON_AddStringToObject(unique, "name", constraint);
    cJSON *columns = cJSON_AddArrayToObject(unique, "columns");
    cJSON_AddItemToArray(columns, cJSON_CreateString(text(column, "name")));
    cJSON_AddItemToArray(list(table, "unique_constraints"), unique);
}

static void add_index_column(cJSON *index, const Kind *kind, const char *name, GRand *random)
{
    cJSON *columns = cJSON_AddArrayToObject(index, "columns");
    cJSON *entry = cJSON_CreateObject();
    cJSON_AddStringToObject(entry, "column", name);
    if (kind->is_long || (is_text(kind->type) && chance(random, 25)))
        cJSON_AddNumberToObject(entry, "length", 5);
    if (chance(random, 20))
        cJSON_AddStringToObject(entry, "order", "desc");
    cJSON_AddItemToArray(columns, entry);
    if (chance(random, 20) && strcmp(name, "id") != 0)
        cJSON_AddItemToArray(columns, cJSON_CreateString("id"));
}

static void add_index(cJSON *table, GRand *random, int number)
{
    cJSON *column = plain_column(table, random);
    const Kind *kind = column ? kind_of(column) : NULL;
    if (!kind)
        return;
    g_autofree char *name = g_strdup_printf("ix_%s_%d", text(table, "name"), number);
    cJSON *index = cJSON_CreateObject();
    cJSON_AddStringToObject(index, "name", name);
    if (is_text(kind->type) && chance(random, 20) && !is_partitioned(table)) {
        cJSON_AddItemToArray(cJSON_AddArrayToObject(index, "columns"), cJSON_CreateString(text(column, "name")));
        cJSON_AddStringToObject(options_of(index, "mysql"), "prefix", "FULLTEXT");
    } else {
        add_index_column(index, kind, text(column, "name"), random);
        if (chance(random, 10))
            cJSON_AddTrueToObject(options_of(index, "mysql"), "invisible");
    }
    if (chance(random, 15))
        cJSON_AddStringToObject(index, "comment", "for the search");
    cJSON_AddItemToArray(list(table, "indexes"), index);
}

static void add_reference(cJSON *table, const cJSON *tables, GRand *random)
{
    static const char *const actions[] = {"CASCADE", "SET NULL", "RESTRICT", "NO ACTION"};
    const cJSON *target = cJSON_GetArrayItem(tables, g_rand_int_range(random, 0, cJSON_GetArraySize(tables)));
    cJSON *columns = cJSON_GetObjectItem(table, "columns");
    const char *name = FREE_NAME(columns, column_names, random);
    if (!name || !target || flag(target, "composite") || is_partitioned(target) || is_partitioned(table))
        return;
    cJSON *column = cJSON_CreateObject();
    g_autofree char *reference = g_strdup_printf("%s.id", text(target, "name"));
    cJSON_AddStringToObject(column, "name", name);
    cJSON_AddStringToObject(column, "type", text(find(cJSON_GetObjectItem(target, "columns"), "name", "id"), "type"));
    cJSON_AddStringToObject(column, "foreign_key", reference);
    if (chance(random, 60))
        cJSON_AddStringToObject(column, "ondelete", PICK(random, actions));
    if (chance(random, 20))
        cJSON_AddStringToObject(column, "onupdate", PICK(random, actions));
    if (chance(random, 30))
        cJSON_AddTrueToObject(column, "index");
    cJSON_AddItemToArray(columns, column);
}

/* --- tables --- */

static void add_key(cJSON *table, GRand *random)
{
    static const char *const types[] = {"Integer", "BigInteger", "SmallInteger", "INTEGER UNSIGNED"};
    cJSON *columns = cJSON_GetObjectItem(table, "columns");
    cJSON *id = cJSON_CreateObject();
    cJSON_AddStringToObject(id, "name", "id");
    cJSON_AddStringToObject(id, "type", PICK(random, types));
    cJSON_AddTrueToObject(id, "primary_key");
    switch (g_rand_int_range(random, 0, 4)) {
    case 0:
        cJSON_AddTrueToObject(id, "autoincrement");
        break;
    case 1:
        cJSON_AddFalseToObject(id, "autoincrement");
        break;
    case 2: {
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

static void set_partitions(cJSON *table, GRand *random)
{
    static const char *const ways[] = {
        "HASH (id) PARTITIONS 3",
        "RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN MAXVALUE)",
        ("range (`id`) (partition p0 values less than (10), partition p1 values less than (100), partition p2 values "
         "less than maxvalue)"),
        "KEY (id) PARTITIONS 2"};
    cJSON *options = options_of(table, "mysql");
    set_string(options, "partition_by", PICK(random, ways));
}

static void add_table_options(cJSON *table, GRand *random)
{
    if (chance(random, 15))
        cJSON_AddStringToObject(table, "comment", "rows; of \"things\" that're here");
    if (chance(random, 10))
        cJSON_AddStringToObject(options_of(table, "mysql"), "row_format", chance(random, 50) ? "COMPACT" : "dynamic");
    if (chance(random, 10)) {
        cJSON_AddStringToObject(options_of(table, "mysql"), "charset", "utf8mb4");
        cJSON_AddStringToObject(options_of(table, "mysql"), "collate", "utf8mb4_unicode_ci");
    }
}

static gboolean has_reference(const cJSON *table)
{
    const cJSON *column;
    cJSON_ArrayForEach(column, cJSON_GetObjectItem(table, "columns"))
    {
        if (cJSON_GetObjectItem(column, "foreign_key"))
            return TRUE;
    }
    return FALSE;
}

static void new_table(cJSON *tables, const char *name, GRand *random)
{
    cJSON *table = cJSON_CreateObject();
    cJSON_AddStringToObject(table, "name", name);
    cJSON *columns = cJSON_AddArrayToObject(table, "columns");
    add_key(table, random);
    if (chance(random, 8))
        set_partitions(table, random);
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

static void add_view(cJSON *model, GRand *random, const char *name)
{
    g_autofree char *quoted = ticked(text(any_table(model, random), "name"));
    add_object(model, "view", name, NULL,
               g_strdup_printf("CREATE VIEW %s AS SELECT id, id + %d AS next FROM %s WHERE id in (1,2) or id>%d", name,
                               g_rand_int_range(random, 1, 9), quoted, g_rand_int_range(random, 0, 3)));
}

static void add_trigger(cJSON *model, GRand *random)
{
    const char *table = text(any_table(model, random), "name");
    g_autofree char *quoted = ticked(table);
    add_object(model, "trigger", "tr_touch", table,
               g_strdup_printf(chance(random, 50)
                                   ? "CREATE TRIGGER tr_touch BEFORE INSERT ON %s FOR EACH ROW SET @touched = %d"
                                   : "CREATE TRIGGER tr_touch AFTER UPDATE ON %s FOR EACH ROW\nBEGIN\n    -- one; two\n"
                                     "    IF NEW.id > %d THEN SET @touched = 'a;b'; END IF;\nEND",
                               quoted, g_rand_int_range(random, 0, 100)));
}

static void add_routines(cJSON *model, GRand *random)
{
    if (chance(random, 30))
        add_object(model, "function", "twice", NULL,
                   g_strdup_printf("CREATE FUNCTION twice(n INT) RETURNS INT DETERMINISTIC\nRETURN n * 2 + %d",
                                   g_rand_int_range(random, 0, 9)));
    if (chance(random, 25))
        add_object(model, "procedure", "busy", NULL,
                   g_strdup_printf("CREATE PROCEDURE busy(IN a INT, OUT b VARCHAR(20))\nBEGIN\n    DECLARE i INT "
                                   "DEFAULT %d;\n    WHILE i > 0 DO SET i = i - 1; END WHILE;\n    SET b = 'it''s';\n"
                                   "END",
                                   g_rand_int_range(random, 0, 9)));
    if (chance(random, 15))
        add_object(model, "event", "nightly", NULL,
                   g_strdup_printf("CREATE EVENT nightly ON SCHEDULE EVERY %d DAY STARTS '2030-01-01 00:00:00' DO "
                                   "SET @night = 1",
                                   g_rand_int_range(random, 1, 9)));
}

static void add_sequence(cJSON *model, GRand *random)
{
    cJSON *sequence = cJSON_CreateObject();
    cJSON_AddStringToObject(sequence, "name", "numbers");
    cJSON_AddNumberToObject(sequence, "start", 10);
    if (chance(random, 50))
        cJSON_AddNumberToObject(sequence, "increment", 5);
    cJSON_AddItemToArray(list(model, "sequences"), sequence);
}

/* What follows from a seed so far stays as it is: what has come since draws from numbers of its own. */
static GRand *further_numbers(GRand *random)
{
    g_autoptr(GRand) copy = g_rand_copy(random);
    return g_rand_new_with_seed(g_rand_int(copy) ^ 0x9e3779b9U);
}

cJSON *random_mysql_model(GRand *random)
{
    cJSON *model = cJSON_CreateObject();
    if (chance(random, 70))
        add_conventions(model);
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
    if (chance(random, 30))
        add_trigger(model, random);
    add_routines(model, random);
    if (chance(random, 15))
        add_sequence(model, random);
    g_autoptr(GRand) further = further_numbers(random);
    random_mysql_more(model, further);
    return model;
}

/* --- change --- */

static void change_column(cJSON *table, cJSON *column, const cJSON *former, GRand *random)
{
    const Kind *kind = kind_of(column);
    switch (g_rand_int_range(random, 0, 7)) {
    case 0: /* a long type cannot be in a key */
        if (kind && kind->wider && !is_used(table, text(column, "name")) && !cJSON_GetObjectItem(column, "collation") &&
            !cJSON_GetObjectItem(column, "server_default"))
            set_string(column, "type", kind->wider);
        break;
    case 1: /* the rows hold no NULL in the columns of the first model, so both ways run */
        if (cJSON_GetObjectItem(column, "nullable"))
            cJSON_DeleteItemFromObject(column, "nullable");
        else if (!cJSON_GetObjectItem(column, "options"))
            cJSON_AddFalseToObject(column, "nullable");
        break;
    case 2:
        if (cJSON_GetObjectItem(column, "server_default") && !cJSON_GetObjectItem(column, "options"))
            cJSON_DeleteItemFromObject(column, "server_default");
        else if (kind)
            set_string(column, "server_default", PICK(random, kind->defaults));
        break;
    case 3:
        if (is_text(text(column, "type")))
            toggle(column, "collation", "utf8mb4_bin");
        break;
    case 4:
        toggle(column, "comment", "another word");
        break;
    case 5:
        if (cJSON_GetObjectItem(column, "options"))
            cJSON_DeleteItemFromObject(column, "options");
        else if (!cJSON_GetObjectItem(column, "nullable"))
            cJSON_AddTrueToObject(options_of(column, "mysql"), "invisible");
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

static void change_numbering(cJSON *table, GRand *random)
{
    cJSON *id = find(cJSON_GetObjectItem(table, "columns"), "name", "id");
    if (flag(table, "composite"))
        return;
    cJSON_DeleteItemFromObject(id, "autoincrement");
    cJSON_AddBoolToObject(id, "autoincrement", chance(random, 50));
}

static void change_options(const cJSON *model, cJSON *table, GRand *random)
{
    cJSON *options = options_of(table, "mysql");
    switch (g_rand_int_range(random, 0, 4)) {
    case 0:
        toggle(options, "row_format", "COMPACT");
        break;
    case 1:
        toggle(options, "collate", "utf8mb4_unicode_ci");
        if (cJSON_GetObjectItem(options, "collate"))
            set_string(options, "charset", "utf8mb4");
        else
            cJSON_DeleteItemFromObject(options, "charset");
        break;
    case 2: {
        g_autofree char *reference = g_strdup_printf("\"%s.id\"", text(table, "name"));
        g_autofree char *print = cJSON_PrintUnformatted(model);
        if (is_partitioned(table))
            chance(random, 50) ? cJSON_DeleteItemFromObject(options, "partition_by") : set_partitions(table, random);
        else if (!has_reference(table) && !strstr(print, reference) &&
                 !cJSON_GetObjectItem(table, "unique_constraints") && !strstr(print, "FULLTEXT"))
            set_partitions(table, random);
        break;
    }
    default:
        toggle(table, "comment", "now with; a comment");
    }
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
            add_index(table, random, 10 + i);
            break;
        case 6:
            drop_random(table, "indexes", random);
            break;
        case 7:
            add_check(table, random, 10 + i);
            break;
        case 8:
            drop_random(table, "check_constraints", random);
            break;
        case 9:
            change_numbering(table, random);
            break;
        case 10:
            change_options(model, table, random);
            break;
        default:
            add_new_reference(model, table, former, add_reference, random);
        }
    }
    cJSON_Delete(former);
}

static void change_objects(cJSON *model, GRand *random)
{
    static const char *const names[] = {"twice", "busy", "nightly", "v_one", "tr_touch"};
    cJSON *objects = list(model, "objects");
    gboolean again = chance(random, 50);
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        cJSON *object = chance(random, 35) ? find(objects, "name", names[i]) : NULL;
        if (object)
            cJSON_Delete(cJSON_DetachItemViaPointer(objects, object));
    }
    if (again && !find(objects, "name", "twice") && !find(objects, "name", "busy") && !find(objects, "name", "nightly"))
        add_routines(model, random);
    if (again && !find(objects, "name", "tr_touch"))
        add_trigger(model, random);
    if (chance(random, 25) && !find(objects, "name", "v_three"))
        add_view(model, random, "v_three");
    if (chance(random, 10) && cJSON_GetObjectItem(model, "sequences"))
        cJSON_DeleteItemFromObject(model, "sequences");
    else if (chance(random, 15) && !cJSON_GetObjectItem(model, "sequences"))
        add_sequence(model, random);
}

cJSON *random_mysql_change(const cJSON *model, GRand *random)
{
    static const Changes changes = {ticked, new_table, change_table, change_objects};
    g_autoptr(GRand) further = further_numbers(random);
    cJSON *without = cJSON_Duplicate(model, TRUE);
    random_mysql_without_more(without);
    cJSON *changed = changed_model(without, &changes, random);
    random_mysql_more_change(changed, model, further);
    cJSON_Delete(without);
    return changed;
}

/* --- rows --- */

static void append_value(GString *sql, const cJSON *column, int row)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    g_string_append_printf(sql, text(column, "doc") ? text(column, "doc") : kind_of(column)->value, row);
#pragma GCC diagnostic pop
}

GPtrArray *random_mysql_rows(const cJSON *model, GRand *random)
{
    GPtrArray *rows = rows_of(model, ticked, "VALUES", append_value, random);
    g_ptr_array_insert(rows, 0, g_strdup("SET foreign_key_checks = 0")); /* in a cycle nobody is first */
    return rows;
}
