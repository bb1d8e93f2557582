/* Tables and objects of MariaDB that have more to do with each other than those of random_mysql.c. They follow from a
 * list of small numbers; a changed model is what another list makes of the same. A column's "doc", which makes no DDL,
 * is the printf format of its value in row %d: rows have the ids 3, 6, …, and every table has the first. */
#include "support/random_mysql_more.h"

#include <stdarg.h>
#include <string.h>

#include "support/random_parts.h"

/* --- numbers --- */

typedef enum Dial {
    /* pairs: a key of two columns, and who refers to it */
    PAIR_THERE,
    PAIR_PARENT_NAME,
    PAIR_CHILD_NAME,
    PAIR_PART_NAME,
    PAIR_PART_TYPE,
    PAIR_KEY_ORDER,
    PAIR_REFERENCE,
    PAIR_REFERENCE_NAME,
    PAIR_INDEX,
    PAIR_SELF,
    PAIR_SELF_INDEX,
    PAIR_CODE_TYPE,
    PAIR_CODE_REFERENCE,
    /* a cycle */
    CYCLE_SHAPE,
    CYCLE_TYPE,
    CYCLE_ACTION,
    CYCLE_NAME,
    /* words: character sets and collations */
    WORD_THERE,
    WORD_CHARSET,
    WORD_COLLATION,
    WORD_KEY,
    WORD_TEXT,
    WORD_ENUM,
    WORD_FULLTEXT,
    WORD_REFERENCE,
    /* primary keys */
    KEY_THERE,
    KEY_SHAPE,
    KEY_TYPE,
    KEY_CODE_TYPE,
    KEY_CODE_NAME,
    KEY_CHILD,
    /* columns of many kinds */
    KIND_THERE,
    KIND_POINT,
    KIND_NUMBER_NAME,
    KIND_COMPUTED,
    KIND_COMPUTED_KEY,
    KIND_LOWER,
    KIND_CHECK,
    KIND_SECOND_CHECK,
    KIND_ENUM,
    KIND_ENUM_NULLABLE,
    KIND_ENUM_KEY,
    KIND_SET,
    KIND_PREFIX,
    /* engines, and history */
    ENGINE_THERE,
    ENGINE_NAME,
    ENGINE_ENGINE,
    ENGINE_VERSIONED,
    ENGINE_EXTRA,
    ENGINE_WITHOUT,
    ENGINE_KEY,
    ENGINE_CHECK,
    /* objects */
    OBJECT_THERE,
    OBJECT_TABLE_NAME,
    OBJECT_COLUMN_NAME,
    OBJECT_CHILD,
    OBJECT_LOW,
    OBJECT_TOP,
    OBJECT_JOIN,
    OBJECT_TRIGGERS,
    OBJECT_TRIGGER_BODY,
    OBJECT_LATE_TRIGGERS,
    OBJECT_PROCEDURE,
    OBJECT_FUNCTION,
    OBJECT_SEQUENCE,
    OBJECT_SEQUENCE_RANGE,
    OBJECT_SEQUENCE_USE,
    OBJECT_EVENT,
    DIALS
} Dial;

static const guchar positions[DIALS] = {
    [PAIR_THERE] = 2,
    [PAIR_PARENT_NAME] = 2,
    [PAIR_CHILD_NAME] = 2,
    [PAIR_PART_NAME] = 2,
    [PAIR_PART_TYPE] = 4,
    [PAIR_KEY_ORDER] = 2,
    [PAIR_REFERENCE] = 4,
    [PAIR_REFERENCE_NAME] = 3,
    [PAIR_INDEX] = 4,
    [PAIR_SELF] = 3,
    [PAIR_SELF_INDEX] = 2,
    [PAIR_CODE_TYPE] = 3,
    [PAIR_CODE_REFERENCE] = 3,
    [CYCLE_SHAPE] = 5,
    [CYCLE_TYPE] = 3,
    [CYCLE_ACTION] = 3,
    [CYCLE_NAME] = 2,
    [WORD_THERE] = 2,
    [WORD_CHARSET] = 4,
    [WORD_COLLATION] = 4,
    [WORD_KEY] = 5,
    [WORD_TEXT] = 3,
    [WORD_ENUM] = 2,
    [WORD_FULLTEXT] = 3,
    [WORD_REFERENCE] = 3,
    [KEY_THERE] = 2,
    [KEY_SHAPE] = 5,
    [KEY_TYPE] = 3,
    [KEY_CODE_TYPE] = 3,
    [KEY_CODE_NAME] = 2,
    [KEY_CHILD] = 3,
    [KIND_THERE] = 2,
    [KIND_POINT] = 4,
    [KIND_NUMBER_NAME] = 2,
    [KIND_COMPUTED] = 5,
    [KIND_COMPUTED_KEY] = 3,
    [KIND_LOWER] = 4,
    [KIND_CHECK] = 4,
    [KIND_SECOND_CHECK] = 3,
    [KIND_ENUM] = 6,
    [KIND_ENUM_NULLABLE] = 2,
    [KIND_ENUM_KEY] = 2,
    [KIND_SET] = 3,
    [KIND_PREFIX] = 3,
    [ENGINE_THERE] = 2,
    [ENGINE_NAME] = 2,
    [ENGINE_ENGINE] = 3,
    [ENGINE_VERSIONED] = 2,
    [ENGINE_EXTRA] = 3,
    [ENGINE_WITHOUT] = 2,
    [ENGINE_KEY] = 4,
    [ENGINE_CHECK] = 2,
    [OBJECT_THERE] = 2,
    [OBJECT_TABLE_NAME] = 2,
    [OBJECT_COLUMN_NAME] = 2,
    [OBJECT_CHILD] = 3,
    [OBJECT_LOW] = 3,
    [OBJECT_TOP] = 3,
    [OBJECT_JOIN] = 2,
    [OBJECT_TRIGGERS] = 6,
    [OBJECT_TRIGGER_BODY] = 3,
    [OBJECT_LATE_TRIGGERS] = 3,
    [OBJECT_PROCEDURE] = 4,
    [OBJECT_FUNCTION] = 3,
    [OBJECT_SEQUENCE] = 4,
    [OBJECT_SEQUENCE_RANGE] = 3,
    [OBJECT_SEQUENCE_USE] = 2,
    [OBJECT_EVENT] = 3,
};

typedef struct World {
    int dials[DIALS];
    const int *former; /* what the dials were; NULL: this is the first model */
    cJSON *model;
} World;

static int dial(const World *world, Dial which)
{
    return world->dials[which];
}

/* The name of what is renamed where the dial has moved: "one|other". */
static const char *name_by(const World *world, Dial which, const char *one, const char *other)
{
    return dial(world, which) ? other : one;
}

static void note_rename(const World *world, cJSON *named, Dial which, const char *one, const char *other)
{
    if (world->former && world->former[which] != world->dials[which])
        cJSON_AddStringToObject(named, "renamed_from", world->former[which] ? other : one);
}

/* --- parts of a model --- */

static cJSON *add_table(const World *world, const char *name)
{
    cJSON *table = cJSON_CreateObject();
    cJSON_AddStringToObject(table, "name", name);
    cJSON_AddArrayToObject(table, "columns");
    cJSON_AddItemToArray(list(world->model, "tables"), table);
    return table;
}

static cJSON *add_column(cJSON *table, const char *name, const char *type, const char *value)
{
    cJSON *column = cJSON_CreateObject();
    cJSON_AddStringToObject(column, "name", name);
    cJSON_AddStringToObject(column, "type", type);
    cJSON_AddStringToObject(column, "doc", value);
    cJSON_AddItemToArray(cJSON_GetObjectItem(table, "columns"), column);
    return column;
}

static cJSON *add_id(cJSON *table, const char *type)
{
    cJSON *id = add_column(table, "id", type, "3 * %d");
    cJSON_AddTrueToObject(id, "primary_key");
    return id;
}

static cJSON *own_options(cJSON *object)
{
    return options_of(object, "mysql");
}

static cJSON *names(const char *first, const char *second)
{
    cJSON *array = cJSON_CreateArray();
    cJSON_AddItemToArray(array, cJSON_CreateString(first));
    if (second)
        cJSON_AddItemToArray(array, cJSON_CreateString(second));
    return array;
}

static cJSON *add_foreign_key(cJSON *table, cJSON *columns, const char *referred, cJSON *referred_columns,
                              const char *ondelete)
{
    cJSON *key = cJSON_CreateObject();
    cJSON_AddItemToObject(key, "columns", columns);
    cJSON_AddStringToObject(key, "referred_table", referred);
    cJSON_AddItemToObject(key, "referred_columns", referred_columns);
    if (ondelete)
        cJSON_AddStringToObject(key, "ondelete", ondelete);
    cJSON_AddItemToArray(list(table, "foreign_keys"), key);
    return key;
}

static cJSON *add_index(cJSON *table, const char *name, cJSON *columns, gboolean unique)
{
    cJSON *index = cJSON_CreateObject();
    cJSON_AddStringToObject(index, "name", name);
    cJSON_AddItemToObject(index, "columns", columns);
    if (unique)
        cJSON_AddTrueToObject(index, "unique");
    cJSON_AddItemToArray(list(table, "indexes"), index);
    return index;
}

static cJSON *prefix_of(const char *column, int length)
{
    cJSON *columns = cJSON_CreateArray();
    cJSON *entry = cJSON_CreateObject();
    cJSON_AddStringToObject(entry, "column", column);
    cJSON_AddNumberToObject(entry, "length", length);
    cJSON_AddItemToArray(columns, entry);
    return columns;
}

static void add_check(cJSON *table, const char *name, const char *column, char *expression)
{
    g_autofree char *taken = expression;
    cJSON *check = cJSON_CreateObject();
    if (name)
        cJSON_AddStringToObject(check, "name", name);
    cJSON_AddStringToObject(check, "expression", taken);
    if (column)
        cJSON_AddStringToObject(own_options(check), "column", column);
    cJSON_AddItemToArray(list(table, "check_constraints"), check);
}

static void add_computed(cJSON *table, const char *name, const char *type, char *expression, gboolean persisted)
{
    g_autofree char *taken = expression;
    cJSON *column = cJSON_CreateObject();
    cJSON_AddStringToObject(column, "name", name);
    cJSON_AddStringToObject(column, "type", type);
    cJSON *computed = cJSON_AddObjectToObject(column, "computed");
    cJSON_AddStringToObject(computed, "expression", taken);
    cJSON_AddBoolToObject(computed, "persisted", persisted);
    cJSON_AddItemToArray(cJSON_GetObjectItem(table, "columns"), column);
}

/* --- keys of two columns, keys to the same table, keys on text ---
 * An index stays under its name when the model takes it away and a foreign key still needs it: "fk_…" is what
 * without_past() knows such names by. */

static void add_pair_references(const World *world, cJSON *child, const char *parent, const char *part)
{
    static const char *const actions[] = {NULL, NULL, "CASCADE", "SET NULL"};
    static const char *const constraint_names[] = {NULL, "fk_by_pair", "fk_by_both"};
    gboolean turned = dial(world, PAIR_KEY_ORDER);
    if (dial(world, PAIR_REFERENCE)) {
        cJSON *key =
            add_foreign_key(child, turned ? names("p_id", part) : names(part, "p_id"), parent,
                            turned ? names("id", "part") : names("part", "id"), actions[dial(world, PAIR_REFERENCE)]);
        const char *name = constraint_names[dial(world, PAIR_REFERENCE_NAME)];
        if (name)
            cJSON_AddStringToObject(key, "name", name);
    }
    if (dial(world, PAIR_INDEX) == 1)
        add_index(child, "fk_pair", names(part, "p_id"), FALSE);
    else if (dial(world, PAIR_INDEX) == 2)
        add_index(child, "fk_pair", names("p_id", part), FALSE);
    else if (dial(world, PAIR_INDEX) == 3)
        add_index(child, "fk_part", names(part, NULL), FALSE);
    if (dial(world, PAIR_CODE_REFERENCE)) {
        cJSON *key = add_foreign_key(child, names("p_code", NULL), parent, names("code", NULL), NULL);
        if (dial(world, PAIR_CODE_REFERENCE) == 2)
            cJSON_AddStringToObject(key, "onupdate", "CASCADE");
    }
}

static void add_pairs(const World *world)
{
    static const char *const part_types[] = {"Integer", "BigInteger", "SmallInteger", "INTEGER UNSIGNED"};
    static const char *const code_types[] = {"String(20)", "String(30)", "String(20)"};
    if (!dial(world, PAIR_THERE))
        return;
    const char *parent = name_by(world, PAIR_PARENT_NAME, "m_parent", "m elder");
    const char *part_type = part_types[dial(world, PAIR_PART_TYPE)];
    gboolean turned = dial(world, PAIR_KEY_ORDER), binary = dial(world, PAIR_CODE_TYPE) == 2;
    cJSON *table = add_table(world, parent);
    note_rename(world, table, PAIR_PARENT_NAME, "m_parent", "m elder");
    cJSON_AddFalseToObject(add_column(table, "part", part_type, "3 * %d"), "nullable");
    cJSON *id = add_column(table, "id", "Integer", "3 * %d");
    cJSON_AddFalseToObject(id, "nullable");
    cJSON_AddItemToObject(cJSON_AddObjectToObject(table, "primary_key"), "columns",
                          turned ? names("id", "part") : names("part", "id"));
    cJSON *code = add_column(table, "code", code_types[dial(world, PAIR_CODE_TYPE)], "concat('c', 3 * %d)");
    add_index(table, "m_uq_code", names("code", NULL), TRUE);

    const char *name = name_by(world, PAIR_CHILD_NAME, "m_child", "m_younger");
    const char *part = name_by(world, PAIR_PART_NAME, "p_part", "p `part`");
    cJSON *child = add_table(world, name);
    note_rename(world, child, PAIR_CHILD_NAME, "m_child", "m_younger");
    add_id(child, "Integer");
    cJSON *p_part = add_column(child, part, part_type, "if(%d %% 2, NULL, 3)");
    note_rename(world, p_part, PAIR_PART_NAME, "p_part", "p `part`");
    add_column(child, "p_id", "Integer", "if(%d %% 2, NULL, 3)");
    cJSON *p_code = add_column(child, "p_code", code_types[dial(world, PAIR_CODE_TYPE)], "if(%d %% 2, NULL, 'c3')");
    if (binary) {
        cJSON_AddStringToObject(code, "collation", "utf8mb4_bin");
        cJSON_AddStringToObject(p_code, "collation", "utf8mb4_bin");
    }
    cJSON *boss = add_column(child, "boss", "Integer", "if(%d %% 2, NULL, 3)");
    if (dial(world, PAIR_SELF) == 1) {
        g_autofree char *reference = g_strdup_printf("%s.id", name);
        cJSON_AddStringToObject(boss, "foreign_key", reference);
    } else if (dial(world, PAIR_SELF) == 2) {
        add_foreign_key(child, names("boss", NULL), name, names("id", NULL), "CASCADE");
    }
    if (dial(world, PAIR_SELF_INDEX))
        add_index(child, "fk_boss", names("boss", NULL), FALSE);
    add_pair_references(world, child, parent, part);
}

/* --- cycles: of two tables, of three, or none --- */

static void add_cycle(const World *world)
{
    static const char *const types[] = {"Integer", "BigInteger", "INTEGER UNSIGNED"};
    static const char *const actions[] = {NULL, "SET NULL", "CASCADE"};
    int shape = dial(world, CYCLE_SHAPE), n = shape == 4 ? 3 : 2;
    const char *tables[] = {"m_hen", name_by(world, CYCLE_NAME, "m_egg", "m_chick"), "m_farm"};
    for (int i = 0; shape > 0 && i < 3; i++) { /* the third is there all the time, as its rows have to be */
        cJSON *table = add_table(world, tables[i]);
        if (i == 1)
            note_rename(world, table, CYCLE_NAME, "m_egg", "m_chick");
        add_id(table, types[dial(world, CYCLE_TYPE)]);
        cJSON *next = add_column(table, "next", types[dial(world, CYCLE_TYPE)], "if(%d %% 2, NULL, 3)");
        /* of shape 1 no key, of shape 2 only one */
        if (shape == 1 || i >= n || (shape == 2 && i == 1))
            continue;
        cJSON *key = add_foreign_key(table, names("next", NULL), tables[(i + 1) % n], names("id", NULL),
                                     actions[dial(world, CYCLE_ACTION)]);
        if (i == 0)
            cJSON_AddStringToObject(key, "name", "m_to_next");
        else
            cJSON_AddStringToObject(next, "comment", "the next one");
    }
}

/* --- words --- */

static void set_charset(cJSON *table, int which)
{
    if (which == 1 || which == 3)
        cJSON_AddStringToObject(own_options(table), "charset", "latin1");
    if (which == 2)
        cJSON_AddStringToObject(own_options(table), "collate", "utf8mb4_unicode_ci");
    if (which == 3)
        cJSON_AddStringToObject(own_options(table), "collate", "latin1_bin");
}

static void add_words(const World *world)
{
    static const char *const collations[] = {NULL, "utf8mb4_bin", "latin1_swedish_ci", "utf8mb4_unicode_ci"};
    static const char *const texts[] = {"Text", "TINYTEXT", "String(100)"};
    if (!dial(world, WORD_THERE))
        return;
    const char *collation = collations[dial(world, WORD_COLLATION)];
    cJSON *table = add_table(world, "m_words");
    set_charset(table, dial(world, WORD_CHARSET));
    add_id(table, "Integer");
    add_column(table, "word", "String(30)", "concat('w', 3 * %d)");
    cJSON *other = add_column(table, "other", "String(40)", "'o%d é'");
    if (collation)
        cJSON_AddStringToObject(other, "collation", collation);
    add_column(table, "text", texts[dial(world, WORD_TEXT)], "'t%d é'");
    if (dial(world, WORD_ENUM))
        add_column(table, "e", "ENUM('so','été')", "if(%d %% 2, 'so', 'été')");
    add_index(table, "m_uq_word", names("word", NULL), TRUE);
    int key = dial(world, WORD_KEY);
    if (key == 1 || key == 2)
        add_index(table, "m_ix_other", names("other", key == 2 ? "id" : NULL), FALSE);
    else if (key == 3)
        add_index(table, "m_ix_other", names("other", NULL), TRUE);
    else if (key == 4)
        add_index(table, "m_ix_other", prefix_of("other", 12), TRUE);
    if (dial(world, WORD_FULLTEXT)) {
        cJSON *index = add_index(table, "m_ft", names("text", dial(world, WORD_FULLTEXT) == 2 ? "word" : NULL), FALSE);
        cJSON_AddStringToObject(own_options(index), "prefix", "FULLTEXT");
    }
    cJSON *refers = add_table(world, "m_spoken");
    set_charset(refers, dial(world, WORD_CHARSET));
    add_id(refers, "Integer");
    add_column(refers, "word", "String(30)", "if(%d %% 2, NULL, 'w3')");
    if (dial(world, WORD_REFERENCE))
        add_foreign_key(refers, names("word", NULL), "m_words", names("word", NULL),
                        dial(world, WORD_REFERENCE) == 2 ? "CASCADE" : NULL);
}

/* --- primary keys that change --- */

static void add_keys(const World *world)
{
    static const char *const types[] = {"Integer", "BigInteger", "INTEGER UNSIGNED"};
    static const char *const code_types[] = {"Integer", "String(20)", "BigInteger"};
    static const char *const columns[][2] = {{"id", NULL}, {"id", NULL}, {"code", NULL}, {"id", "code"}, {NULL, NULL}};
    if (!dial(world, KEY_THERE))
        return;
    int shape = dial(world, KEY_SHAPE);
    const char *code = name_by(world, KEY_CODE_NAME, "code", "the code");
    cJSON *table = add_table(world, "m_keys");
    cJSON *id = add_column(table, "id", types[dial(world, KEY_TYPE)], "3 * %d");
    cJSON_AddFalseToObject(id, "nullable");
    cJSON_AddBoolToObject(id, "autoincrement", shape == 0);
    cJSON *column = add_column(table, code, code_types[dial(world, KEY_CODE_TYPE)], "100 + %d");
    cJSON_AddFalseToObject(column, "nullable");
    cJSON_AddFalseToObject(column, "autoincrement");
    note_rename(world, column, KEY_CODE_NAME, "code", "the code");
    const char *first = columns[shape][0], *second = columns[shape][1];
    if (first)
        cJSON_AddItemToObject(cJSON_AddObjectToObject(table, "primary_key"), "columns",
                              names(strcmp(first, "id") == 0 ? "id" : code, second ? code : NULL));
    if (shape == 2 || shape == 4)
        add_index(table, "m_ix_id", names("id", NULL), shape == 4);
    if (!dial(world, KEY_CHILD))
        return;
    cJSON *child = add_table(world, "m_locks");
    add_id(child, "Integer");
    add_column(child, "key_id", types[dial(world, KEY_TYPE)], "if(%d %% 2, NULL, 3)");
    if (dial(world, KEY_CHILD) == 2)
        add_foreign_key(child, names("key_id", NULL), "m_keys", names("id", NULL), "SET NULL");
}

/* --- columns of many kinds --- */

static void add_checks(const World *world, cJSON *table, const char *number, const char *quoted)
{
    int check = dial(world, KIND_CHECK);
    if (check == 1 || check == 2)
        add_check(table, NULL, number, g_strdup_printf("%s > -%d or %s is null", quoted, check, quoted));
    else if (check == 3)
        add_check(table, "m_ck_number", NULL, g_strdup_printf("%s > -1 or %s is null", quoted, quoted));
    if (dial(world, KIND_SECOND_CHECK))
        add_check(table, NULL, "s", g_strdup_printf("length(s) < %d", 100 + dial(world, KIND_SECOND_CHECK)));
}

static void add_computed_columns(const World *world, cJSON *table, const char *quoted)
{
    static const char *const keys[] = {NULL, "m_ix_double", "m_uq_double"};
    int computed = dial(world, KIND_COMPUTED), lower = dial(world, KIND_LOWER);
    if (computed) {
        add_computed(table, "double", "BigInteger", g_strdup_printf("%s * %d", quoted, computed > 2 ? 3 : 2),
                     computed % 2);
        const char *key = keys[dial(world, KIND_COMPUTED_KEY)];
        if (key)
            add_index(table, key, names("double", NULL), dial(world, KIND_COMPUTED_KEY) == 2);
    }
    if (lower) {
        add_computed(table, "low", "String(60)", g_strdup(lower == 3 ? "upper(s)" : "lower(trim(s))"), lower == 2);
        add_index(table, "m_ix_low", names("low", "id"), FALSE);
    }
}

static void add_kinds(const World *world)
{
    static const char *const enums[] = {"ENUM('ok','so so','it''s')",   "ENUM('ok','it''s')",
                                        "ENUM('it''s','so so','ok')",   "Enum('ok', 'so so', 'it''s', 'more,')",
                                        "ENUM('new','ok','x','it''s')", "VARCHAR(20)"};
    static const char *const sets[] = {"SET('a','b','c d')", "SET('a','b','c d','e')", "SET('x','a','b','c d')"};
    if (!dial(world, KIND_THERE))
        return;
    const char *number = name_by(world, KIND_NUMBER_NAME, "n", "the n");
    const char *quoted = name_by(world, KIND_NUMBER_NAME, "`n`", "`the n`");
    cJSON *table = add_table(world, "m_kinds");
    add_id(table, "Integer");
    cJSON *n = add_column(table, number, "Integer", "%d");
    note_rename(world, n, KIND_NUMBER_NAME, "n", "the n");
    add_column(table, "s", "String(50)", "'S%d it''s'");
    cJSON *point = add_column(table, "g", "POINT", "ST_GeomFromText('POINT(%d 1)')");
    cJSON_AddFalseToObject(point, "nullable");
    if (dial(world, KIND_POINT) == 3)
        cJSON_AddStringToObject(own_options(point), "srid", "4326");
    if (dial(world, KIND_POINT) >= 2)
        cJSON_AddStringToObject(own_options(add_index(table, "m_sp", names("g", NULL), FALSE)), "prefix", "SPATIAL");
    cJSON *e = add_column(table, "e", enums[dial(world, KIND_ENUM)], "if(%d %% 2, 'ok', 'it''s')");
    if (dial(world, KIND_ENUM_NULLABLE)) {
        cJSON_AddFalseToObject(e, "nullable");
        cJSON_AddStringToObject(e, "server_default", "'it''s'");
    }
    if (dial(world, KIND_ENUM_KEY))
        add_index(table, "m_ix_e", names("e", "id"), FALSE);
    add_column(table, "choice", sets[dial(world, KIND_SET)], "if(%d %% 2, 'a', 'b,c d')");
    cJSON *text = add_column(table, "long", "Text", "'long%d'");
    cJSON_AddStringToObject(text, "comment", "x");
    if (dial(world, KIND_PREFIX))
        add_index(table, "m_uq_long", prefix_of("long", 10 * dial(world, KIND_PREFIX)), TRUE);
    add_checks(world, table, number, quoted);
    add_computed_columns(world, table, quoted);
}

/* --- engines --- */

static void add_engines(const World *world)
{
    static const char *const engines[] = {NULL, "MyISAM", "Aria"};
    if (!dial(world, ENGINE_THERE))
        return;
    cJSON *table = add_table(world, name_by(world, ENGINE_NAME, "m_engine", "m_motor"));
    note_rename(world, table, ENGINE_NAME, "m_engine", "m_motor");
    const char *engine = engines[dial(world, ENGINE_ENGINE)];
    if (engine)
        cJSON_AddStringToObject(own_options(table), "engine", engine);
    add_id(table, "Integer");
    cJSON *note = add_column(table, "note", "String(50)", "'n%d'");
    if (dial(world, ENGINE_VERSIONED)) {
        cJSON_AddTrueToObject(own_options(table), "system_versioning");
        if (dial(world, ENGINE_WITHOUT))
            cJSON_AddTrueToObject(own_options(note), "without_system_versioning");
    }
    if (dial(world, ENGINE_EXTRA)) {
        cJSON *extra = add_column(table, "extra", dial(world, ENGINE_EXTRA) == 2 ? "BigInteger" : "Integer", "%d");
        cJSON_AddStringToObject(extra, "server_default", "0");
        cJSON_AddFalseToObject(extra, "nullable");
    }
    int key = dial(world, ENGINE_KEY);
    if (key == 1)
        add_index(table, "m_ix_note", names("note", NULL), FALSE);
    else if (key == 2)
        cJSON_AddStringToObject(own_options(add_index(table, "m_ix_note", names("note", NULL), FALSE)), "prefix",
                                "FULLTEXT");
    else if (key == 3)
        add_index(table, "m_ix_note", prefix_of("note", 20), FALSE);
    if (dial(world, ENGINE_CHECK))
        add_check(table, "m_ck_note", NULL, g_strdup("note <> 'no'"));
}

/* --- objects --- */

/* Each digit of an order is a trigger. */
static void add_triggers(const World *world, const char *table, const char *quoted, const char *column)
{
    static const char *const orders[] = {"", "1", "12", "21", "312", "13"};
    static const char *const late_orders[] = {"", "45", "5"};
    int body = dial(world, OBJECT_TRIGGER_BODY);
    for (const char *c = orders[dial(world, OBJECT_TRIGGERS)]; *c; c++) {
        g_autofree char *name = g_strdup_printf("m_tr_%c", *c);
        add_object(world->model, "trigger", name, table,
                   g_strdup_printf("CREATE TRIGGER %s BEFORE INSERT ON %s FOR EACH ROW SET @m%c = NEW.%s + %d", name,
                                   quoted, *c, column, *c == '1' ? body : 0));
    }
    for (const char *c = late_orders[dial(world, OBJECT_LATE_TRIGGERS)]; *c; c++) {
        g_autofree char *name = g_strdup_printf("m_tr_%c", *c);
        add_object(world->model, "trigger", name, table,
                   g_strdup_printf("CREATE TRIGGER %s AFTER DELETE ON %s FOR EACH ROW\nBEGIN\n  SET @m%c = OLD.id;\n  "
                                   "SET @n = (SELECT count(*) FROM %s);\nEND",
                                   name, quoted, *c, quoted));
    }
}

static void add_routines(const World *world)
{
    static const char *const procedures[] = {
        NULL, "CREATE PROCEDURE m_pr(IN a INT)\nBEGIN\n    SET @a = a; -- one\nEND",
        "CREATE PROCEDURE m_pr(a BIGINT, OUT b VARCHAR(20))\n    MODIFIES SQL DATA\nBEGIN\n    SET b = a;\nEND",
        "CREATE PROCEDURE m_pr(INOUT `the a` DECIMAL(10,2), IN b ENUM('x','y'))\n    COMMENT 'it''s'\n    SQL SECURITY "
        "INVOKER\nSELECT b"};
    static const char *const functions[] = {
        NULL, "CREATE FUNCTION m_fn(a INT) RETURNS INT DETERMINISTIC NO SQL\nRETURN a + 1",
        "CREATE FUNCTION m_fn(a INT) RETURNS BIGINT UNSIGNED READS SQL DATA\nRETURN (SELECT count(*) + a FROM "
        "m_count)"};
    const char *procedure = procedures[dial(world, OBJECT_PROCEDURE)];
    const char *function = functions[dial(world, OBJECT_FUNCTION)];
    if (procedure)
        add_object(world->model, "procedure", "m_pr", NULL, g_strdup(procedure));
    if (function)
        add_object(world->model, "function", "m_fn", NULL, g_strdup(function));
    if (dial(world, OBJECT_EVENT))
        add_object(world->model, "event", "m_ev", NULL,
                   g_strdup(dial(world, OBJECT_EVENT) == 1
                                ? "CREATE EVENT m_ev ON SCHEDULE EVERY 2 HOUR STARTS '2031-01-01 00:00:00' ON "
                                  "COMPLETION PRESERVE DISABLE DO SET @e = 1"
                                : "CREATE EVENT m_ev ON SCHEDULE AT '2032-01-01 00:00:00' COMMENT 'late' DO\nBEGIN\n  "
                                  "SET @e = 1;\n  SET @f = 2;\nEND"));
}

static void add_views(const World *world, const char *quoted, const char *column)
{
    int low = dial(world, OBJECT_LOW), top = dial(world, OBJECT_TOP);
    if (!low)
        return;
    add_object(world->model, "view", "m_low", NULL,
               g_strdup_printf(low == 1 ? "CREATE VIEW m_low AS SELECT id, %s AS a FROM %s"
                                        : "CREATE SQL SECURITY INVOKER VIEW m_low AS SELECT id, %s AS a, 'x' AS more "
                                          "FROM %s WHERE id between 1 and 99 WITH CHECK OPTION",
                               column, quoted));
    if (top) /* sorts in front of what it is made of */
        add_object(world->model, "view", "m_a_top", NULL,
                   g_strdup_printf("CREATE VIEW m_a_top AS SELECT m.a, count(*) AS n%s FROM m_low AS m GROUP BY m.a",
                                   top == 2 && low == 2 ? ", max(more) AS more" : ""));
    if (top && dial(world, OBJECT_JOIN))
        add_object(world->model, "view", "m_join", NULL,
                   g_strdup_printf("CREATE VIEW m_join AS SELECT t.id, v.n FROM %s t JOIN m_a_top v ON v.a = t.%s LEFT "
                                   "JOIN m_low l USING (id)",
                                   quoted, column));
}

static void add_sequence(const World *world)
{
    int shape = dial(world, OBJECT_SEQUENCE), range = dial(world, OBJECT_SEQUENCE_RANGE);
    if (!shape)
        return;
    cJSON *sequence = cJSON_CreateObject();
    cJSON_AddStringToObject(sequence, "name", "m_seq");
    cJSON_AddNumberToObject(sequence, "start", 20);
    if (shape > 1)
        cJSON_AddNumberToObject(sequence, "increment", shape);
    if (shape == 3)
        cJSON_AddTrueToObject(sequence, "cycle");
    if (range) {
        cJSON_AddNumberToObject(sequence, "minvalue", 10);
        cJSON_AddNumberToObject(sequence, "maxvalue", 1000 * range);
        cJSON_AddNumberToObject(sequence, "cache", 20 * range);
    }
    cJSON_AddItemToArray(list(world->model, "sequences"), sequence);
}

static void add_objects(const World *world)
{
    if (!dial(world, OBJECT_THERE))
        return;
    const char *name = name_by(world, OBJECT_TABLE_NAME, "m_ground", "m base");
    const char *quoted = name_by(world, OBJECT_TABLE_NAME, "`m_ground`", "`m base`");
    const char *column = name_by(world, OBJECT_COLUMN_NAME, "a", "b");
    cJSON *table = add_table(world, name);
    note_rename(world, table, OBJECT_TABLE_NAME, "m_ground", "m base");
    add_id(table, "Integer");
    cJSON *a = add_column(table, column, "Integer", "%d");
    note_rename(world, a, OBJECT_COLUMN_NAME, "a", "b");
    cJSON *number = add_column(table, "number", "BigInteger", "%d");
    if (dial(world, OBJECT_SEQUENCE) && dial(world, OBJECT_SEQUENCE_USE))
        cJSON_AddStringToObject(number, "server_default", "nextval(m_seq)");
    add_id(add_table(world, "m_count"), "Integer");
    if (dial(world, OBJECT_CHILD)) {
        cJSON *child = add_table(world, "m_above");
        add_id(child, "Integer");
        add_column(child, "base", "Integer", "if(%d %% 2, NULL, 3)");
        add_foreign_key(child, names("base", NULL), name, names("id", NULL),
                        dial(world, OBJECT_CHILD) == 2 ? "CASCADE" : NULL);
    }
    add_triggers(world, name, quoted, column);
    add_routines(world);
    add_views(world, quoted, column);
    add_sequence(world);
}

/* --- the whole --- */

static void build(World *world)
{
    add_pairs(world);
    add_cycle(world);
    add_words(world);
    add_keys(world);
    add_kinds(world);
    add_engines(world);
    add_objects(world);
    cJSON_AddItemToObject(world->model, "dials", cJSON_CreateIntArray(world->dials, DIALS));
}

/* Five of seven parts stay away from a model, so that a pair does not take too long. */
static gboolean is_part(int which)
{
    return which == PAIR_THERE || which == CYCLE_SHAPE || which == WORD_THERE || which == KEY_THERE ||
           which == KIND_THERE || which == ENGINE_THERE || which == OBJECT_THERE;
}

void random_mysql_more(cJSON *model, GRand *random)
{
    World world = {.model = model};
    for (int i = 0; i < DIALS; i++) {
        world.dials[i] = g_rand_int_range(random, 0, positions[i]);
        if (is_part(i) && chance(random, 60))
            world.dials[i] = 0;
    }
    build(&world);
}

void random_mysql_more_change(cJSON *changed, const cJSON *model, GRand *random)
{
    World world = {.model = changed};
    int former[DIALS] = {0};
    for (int i = 0; i < DIALS; i++) {
        former[i] = cJSON_GetArrayItem(cJSON_GetObjectItem(model, "dials"), i)->valueint;
        gboolean moves = chance(random, is_part(i) ? 12 : 35);
        int other = g_rand_int_range(random, 0, positions[i]);
        world.dials[i] = moves ? other : former[i];
    }
    if (former[ENGINE_VERSIONED] && world.dials[ENGINE_VERSIONED]) /* the server refuses another engine */
        world.dials[ENGINE_ENGINE] = former[ENGINE_ENGINE];
    world.former = former;
    build(&world);
}

void random_mysql_without_more(cJSON *model)
{
    static const char *const lists[] = {"tables", "objects", "sequences"};
    cJSON_DeleteItemFromObject(model, "dials");
    for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
        cJSON *array = cJSON_GetObjectItem(model, lists[i]);
        for (int item = cJSON_GetArraySize(array) - 1; item >= 0; item--) {
            const char *name = text(cJSON_GetArrayItem(array, item), "name");
            if (g_str_has_prefix(name, "m_") || g_str_has_prefix(name, "m "))
                cJSON_DeleteItemFromArray(array, item);
        }
        if (array && i > 0 && cJSON_GetArraySize(array) == 0)
            cJSON_DeleteItemFromObject(model, lists[i]);
    }
}
