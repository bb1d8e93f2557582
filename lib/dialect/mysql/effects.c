/* What kind of change a statement makes, and to which objects, by its tokens. */
#include "dialect/mysql/effects.h"

#include <string.h>

static const char rows_risk[] = "rows leave no trace in the catalog";

static const char *const kind_names[N_TARGET_KINDS] = {
    [TARGET_TABLE] = "table",         [TARGET_VIEW] = "view",         [TARGET_TRIGGER] = "trigger",
    [TARGET_PROCEDURE] = "procedure", [TARGET_FUNCTION] = "function", [TARGET_EVENT] = "event",
    [TARGET_SEQUENCE] = "sequence",   [TARGET_DATABASE] = "database", [TARGET_USER] = "user",
    [TARGET_SERVER] = "server",
};

static const char *const verb_names[N_EFFECT_VERBS] = {
    [EFFECT_VERB_HARMLESS] = "harmless", [EFFECT_VERB_OPAQUE] = "other",      [EFFECT_VERB_CREATE] = "create",
    [EFFECT_VERB_REPLACE] = "replace",   [EFFECT_VERB_ALTER] = "alter",       [EFFECT_VERB_DROP] = "drop",
    [EFFECT_VERB_RENAME] = "rename",     [EFFECT_VERB_TRUNCATE] = "truncate", [EFFECT_VERB_REVOKE] = "revoke",
};

Target *mysql_target_new(TargetKind kind, Wish wish, const char *schema, const char *name)
{
    Target *target = g_new0(Target, 1);
    *target = (Target){.kind = kind, .wish = wish, .schema = g_strdup(schema), .name = g_strdup(name)};
    return target;
}

void mysql_target_free(Target *target)
{
    if (target == NULL)
        return;
    g_free(target->schema);
    g_free(target->name);
    g_free(target->state);
    g_free(target);
}

const char *mysql_target_kind_name(TargetKind kind)
{
    return kind_names[kind];
}

const char *mysql_effect_verb_name(EffectVerb verb)
{
    return verb_names[verb];
}

char *mysql_target_sql(const Target *target)
{
    if (target->kind == TARGET_USER)
        return g_strdup(target->name);
    g_autofree char *name = sql_quote(target->name, '`');
    g_autofree char *schema = target->schema != NULL ? sql_quote(target->schema, '`') : NULL;
    return schema != NULL ? g_strconcat(schema, ".", name, NULL) : g_steal_pointer(&name);
}

void mysql_effect_free(Effect *effect)
{
    if (effect == NULL)
        return;
    g_ptr_array_unref(effect->targets);
    g_free(effect->created_index);
    g_free(effect->dropped_index);
    g_free(effect);
}

/* --- names --- */

/* The later wish stands: of RENAME TABLE a TO t, b TO a. Takes the strings; FALSE without a name. */
static gboolean add_target(Effect *effect, TargetKind kind, Wish wish, char *schema, char *name)
{
    g_autofree char *own_schema G_GNUC_UNUSED = schema;
    g_autofree char *own_name G_GNUC_UNUSED = name;

    if (name == NULL)
        return FALSE;
    for (guint i = 0; i < effect->targets->len; i++) {
        Target *target = effect->targets->pdata[i];
        if (target->kind != kind || g_strcmp0(target->schema, schema) != 0 || strcmp(target->name, name) != 0)
            continue;
        target->twice = target->twice || target->wish != wish;
        target->wish = wish;
        return TRUE;
    }
    g_ptr_array_add(effect->targets, mysql_target_new(kind, wish, schema, name));
    return TRUE;
}

static gboolean take_target(Effect *effect, SqlReader *reader, TargetKind kind, Wish wish)
{
    char *schema = NULL, *name = sql_reader_take_identifier(reader);
    if (name != NULL && sql_reader_take(reader, ".")) {
        schema = name;
        name = sql_reader_take_identifier(reader);
    }
    if (name == NULL)
        g_clear_pointer(&schema, g_free);
    return add_target(effect, kind, wish, schema, name);
}

/* 'user'@'host', as it was written. */
static gboolean take_account(Effect *effect, SqlReader *reader, Wish wish)
{
    gsize start = reader->token.start, end = start + reader->token.length;

    if (reader->token.kind != SQL_TOKEN_STRING && reader->token.kind != SQL_TOKEN_WORD &&
        reader->token.kind != SQL_TOKEN_QUOTED)
        return FALSE;
    sql_reader_advance(reader);
    gboolean has_host = reader->token.length > 0 && reader->sql[reader->token.start] == '@';
    if (has_host) {
        /* The host is a token of its own where the lexer sees no variable. */
        if (reader->token.length == 1)
            sql_reader_advance(reader);
        end = reader->token.start + reader->token.length;
        sql_reader_advance(reader);
    }
    if (sql_reader_is(reader, "("))
        sql_reader_skip_parentheses(reader); /* CURRENT_USER() */
    return add_target(effect, TARGET_USER, wish, NULL, g_strndup(reader->sql + start, end - start));
}

static void skip_if_exists(SqlReader *reader)
{
    if (!sql_reader_take(reader, "IF"))
        return;
    sql_reader_take(reader, "NOT");
    sql_reader_take(reader, "EXISTS");
}

/* Goes behind the next comma outside of parentheses. */
static gboolean skip_behind_comma(SqlReader *reader)
{
    while (!sql_reader_at_end(reader)) {
        if (sql_reader_take(reader, ","))
            return TRUE;
        if (!sql_reader_skip_parentheses(reader))
            sql_reader_advance(reader);
    }
    return FALSE;
}

/* One name, or with `list` those between commas. */
static gboolean take_targets(Effect *effect, SqlReader *reader, TargetKind kind, Wish wish, gboolean list)
{
    do {
        gboolean taken =
            kind == TARGET_USER ? take_account(effect, reader, wish) : take_target(effect, reader, kind, wish);
        if (!taken)
            return FALSE;
    } while (list && skip_behind_comma(reader));
    return TRUE;
}

/* --- what CREATE, ALTER and DROP are about --- */

enum { NOUN_INDEX = N_TARGET_KINDS, NOUN_UNKNOWN };

/* Behind CREATE, ALTER, DROP: goes behind ALGORITHM=…, DEFINER=…, UNIQUE and the like, and the word for the object. */
static int take_noun(SqlReader *reader)
{
    static const struct {
        const char *word;
        int noun;
    } nouns[] = {
        {"TABLE", TARGET_TABLE},     {"TABLES", TARGET_TABLE},        {"VIEW", TARGET_VIEW},
        {"TRIGGER", TARGET_TRIGGER}, {"PROCEDURE", TARGET_PROCEDURE}, {"FUNCTION", TARGET_FUNCTION},
        {"EVENT", TARGET_EVENT},     {"SEQUENCE", TARGET_SEQUENCE},   {"DATABASE", TARGET_DATABASE},
        {"SCHEMA", TARGET_DATABASE}, {"USER", TARGET_USER},           {"ROLE", TARGET_USER},
        {"SERVER", TARGET_SERVER},   {"INDEX", NOUN_INDEX},
    };
    static const char *const others[] = {"TABLESPACE", "LOGFILE",  "PACKAGE", "RESOURCE",
                                         "REFERENCE",  "INSTANCE", "PREPARE", NULL};

    for (; !sql_reader_at_end(reader) && !sql_reader_is_one_of(reader, others); sql_reader_advance(reader))
        for (gsize i = 0; i < G_N_ELEMENTS(nouns); i++)
            if (sql_reader_take(reader, nouns[i].word))
                return nouns[i].noun;
    return NOUN_UNKNOWN;
}

/* Behind CREATE INDEX or DROP INDEX. */
static gboolean read_index(Effect *effect, SqlReader *reader, char **index)
{
    skip_if_exists(reader);
    *index = sql_reader_take_identifier(reader);
    effect->verb = EFFECT_VERB_ALTER;
    while (!sql_reader_at_end(reader) && !sql_reader_is(reader, "ON"))
        sql_reader_advance(reader); /* USING BTREE */
    gboolean taken = sql_reader_take(reader, "ON") && take_target(effect, reader, TARGET_TABLE, WISH_CHANGED);
    effect->rest = *reader;
    return taken;
}

/* What a CREATE OR REPLACE that has left everything as it was may have cost. */
static const char *risk_of_replacing(int noun)
{
    if (noun == TARGET_TABLE)
        return "a CREATE OR REPLACE TABLE with the same definition shows only in the rows that are gone";
    if (noun == TARGET_DATABASE)
        return "a CREATE OR REPLACE DATABASE shows only in the tables that are gone";
    if (noun == TARGET_SEQUENCE)
        return "a CREATE OR REPLACE SEQUENCE with the same definition shows only in its next value";
    return NULL;
}

static gboolean read_create(Effect *effect, SqlReader *reader)
{
    gboolean replace = sql_reader_take_words(reader, "OR", "REPLACE");
    gboolean temporary = sql_reader_is(reader, "TEMPORARY");
    int noun = take_noun(reader);

    effect->verb = replace ? EFFECT_VERB_REPLACE : EFFECT_VERB_CREATE;
    if (temporary) { /* it has gone with its connection */
        effect->verb = EFFECT_VERB_HARMLESS;
        return noun == TARGET_TABLE || noun == TARGET_SEQUENCE;
    }
    if (noun == NOUN_INDEX)
        return read_index(effect, reader, &effect->created_index);
    if (noun == NOUN_UNKNOWN)
        return FALSE;
    skip_if_exists(reader);
    /* A loadable function is another thing than a stored one: the manuals' "CREATE FUNCTION" for them. */
    if (noun == TARGET_FUNCTION && sql_reader_has_word(*reader, "SONAME"))
        return FALSE;
    /* DEFAULT ROLE a, b ends a list of users. */
    gboolean list = noun == TARGET_USER && !sql_reader_has_word(*reader, "DEFAULT");
    if (!take_targets(effect, reader, (TargetKind)noun, WISH_THERE, list))
        return FALSE;
    effect->rest = *reader;
    effect->risk = replace ? risk_of_replacing(noun) : NULL;
    return TRUE;
}

static gboolean read_drop(Effect *effect, SqlReader *reader)
{
    if (sql_reader_is(reader, "TEMPORARY") || sql_reader_is(reader, "PREPARE")) {
        effect->verb = EFFECT_VERB_HARMLESS;
        return TRUE;
    }
    int noun = take_noun(reader);
    effect->verb = EFFECT_VERB_DROP;
    if (noun == NOUN_INDEX)
        return read_index(effect, reader, &effect->dropped_index);
    if (noun == NOUN_UNKNOWN)
        return FALSE;
    effect->if_exists = sql_reader_is(reader, "IF");
    skip_if_exists(reader);
    return take_targets(effect, reader, (TargetKind)noun, WISH_GONE, TRUE);
}

/* --- ALTER --- */

/* Behind ALTER TABLE name or ALTER EVENT name: RENAME [TO] other, which is no RENAME COLUMN or INDEX. */
static void read_new_name(Effect *effect, SqlReader reader, TargetKind kind)
{
    static const char *const others[] = {"COLUMN", "INDEX", "KEY", NULL};
    static const char *const fillers[] = {"TO", "AS", "=", NULL};
    Target *target = effect->targets->pdata[0];

    while (!sql_reader_at_end(&reader) && !sql_reader_is(&reader, "DO")) { /* DO: the body of an event */
        if (sql_reader_skip_parentheses(&reader))
            continue;
        gboolean renames = sql_reader_is(&reader, "RENAME");
        sql_reader_advance(&reader);
        if (!renames || sql_reader_is_one_of(&reader, others))
            continue;
        if (sql_reader_is_one_of(&reader, fillers))
            sql_reader_advance(&reader);
        target->wish = WISH_GONE;
        take_target(effect, &reader, kind, WISH_THERE);
        return;
    }
}

static gboolean has_words(SqlReader reader, const char *first, const char *second)
{
    for (; !sql_reader_at_end(&reader); sql_reader_advance(&reader)) {
        sql_reader_skip_parentheses(&reader);
        if (sql_reader_take_words(&reader, first, second))
            return TRUE;
    }
    return FALSE;
}

/* DROP [COLUMN] a, ADD [COLUMN] a …: when the new column looks like the old one, which values are there? */
static gboolean has_column_again(SqlReader reader)
{
    static const char *const others[] = {"INDEX",    "KEY",     "CONSTRAINT", "FOREIGN",   "PRIMARY", "UNIQUE",
                                         "FULLTEXT", "SPATIAL", "CHECK",      "PARTITION", "SYSTEM",  NULL};
    g_autoptr(GHashTable) dropped = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    do {
        gboolean drops = sql_reader_take(&reader, "DROP");
        if ((!drops && !sql_reader_take(&reader, "ADD")) || sql_reader_is_one_of(&reader, others))
            continue;
        sql_reader_take(&reader, "COLUMN");
        skip_if_exists(&reader);
        g_autofree char *name = sql_reader_take_identifier(&reader);
        g_autofree char *folded = name != NULL ? g_utf8_casefold(name, -1) : g_strdup("");
        if (drops)
            g_hash_table_add(dropped, g_steal_pointer(&folded));
        else if (g_hash_table_contains(dropped, folded))
            return TRUE;
    } while (skip_behind_comma(&reader));
    return FALSE;
}

static const char *risk_of_altering(SqlReader reader, TargetKind kind)
{
    if (kind == TARGET_SEQUENCE)
        return sql_reader_has_word(reader, "RESTART") ? "an ALTER SEQUENCE … RESTART shows only in the next value"
                                                      : NULL;
    if (kind != TARGET_TABLE)
        return NULL;
    if (has_words(reader, "EXCHANGE", "PARTITION"))
        return "an EXCHANGE PARTITION leaves both tables' definitions as they were";
    if (has_words(reader, "TRUNCATE", "PARTITION"))
        return rows_risk;
    if (sql_reader_has_word(reader, "TABLESPACE") &&
        (sql_reader_has_word(reader, "DISCARD") || sql_reader_has_word(reader, "IMPORT")))
        return "DISCARD and IMPORT TABLESPACE leave the table's definition as it was";
    return has_column_again(reader) ? "a column that is dropped and added again may look as before" : NULL;
}

static gboolean read_alter(Effect *effect, SqlReader *reader)
{
    int noun = take_noun(reader);

    effect->verb = EFFECT_VERB_ALTER;
    if (noun == NOUN_UNKNOWN || noun == NOUN_INDEX)
        return FALSE;
    /* They say what it is to be: the same again. */
    if (noun == TARGET_USER || noun == TARGET_DATABASE || noun == TARGET_SERVER) {
        effect->verb = EFFECT_VERB_HARMLESS;
        return TRUE;
    }
    skip_if_exists(reader);
    if (!take_target(effect, reader, (TargetKind)noun, WISH_CHANGED))
        return FALSE;
    effect->rest = *reader;
    effect->risk = risk_of_altering(*reader, (TargetKind)noun);
    if (noun == TARGET_TABLE || noun == TARGET_EVENT)
        read_new_name(effect, *reader, (TargetKind)noun);
    return TRUE;
}

/* --- the others --- */

static gboolean read_rename(Effect *effect, SqlReader *reader)
{
    gboolean users = sql_reader_is(reader, "USER");

    effect->verb = EFFECT_VERB_RENAME;
    if (!users && !sql_reader_is(reader, "TABLE") && !sql_reader_is(reader, "TABLES"))
        return FALSE;
    sql_reader_advance(reader);
    skip_if_exists(reader);
    do {
        TargetKind kind = users ? TARGET_USER : TARGET_TABLE;
        if (!take_targets(effect, reader, kind, WISH_GONE, FALSE))
            return FALSE;
        while (!sql_reader_at_end(reader) && !sql_reader_is(reader, "TO"))
            sql_reader_advance(reader); /* WAIT n, NOWAIT */
        if (!sql_reader_take(reader, "TO") || !take_targets(effect, reader, kind, WISH_THERE, FALSE))
            return FALSE;
    } while (skip_behind_comma(reader));
    return TRUE;
}

static gboolean read_truncate(Effect *effect, SqlReader *reader)
{
    effect->verb = EFFECT_VERB_TRUNCATE;
    effect->risk = "a TRUNCATE shows only in the rows that are gone, and the table holds rows";
    sql_reader_take(reader, "TABLE");
    return take_target(effect, reader, TARGET_TABLE, WISH_CHANGED);
}

static gboolean read_revoke(Effect *effect, SqlReader *reader)
{
    effect->verb = EFFECT_VERB_REVOKE;
    while (!sql_reader_at_end(reader) && !sql_reader_is(reader, "FROM"))
        sql_reader_advance(reader);
    return sql_reader_take(reader, "FROM") && take_targets(effect, reader, TARGET_USER, WISH_CHANGED, TRUE);
}

static gboolean read_any(Effect *effect, SqlReader *reader)
{
    static const char *const harmless[] = {"ANALYZE", "CHECK", "CHECKSUM", "OPTIMIZE", "REPAIR",  "FLUSH",
                                           "SET",     "GRANT", "USE",      "SHOW",     "EXPLAIN", "DESCRIBE",
                                           "DESC",    "HELP",  "UNLOCK",   "CACHE",    NULL};
    if (sql_reader_take_words(reader, "SET", "STATEMENT")) {
        while (!sql_reader_at_end(reader) && !sql_reader_is(reader, "FOR"))
            sql_reader_advance(reader);
        return sql_reader_take(reader, "FOR") && read_any(effect, reader);
    }
    if (sql_reader_is_one_of(reader, harmless) || sql_reader_at_end(reader)) {
        effect->verb = EFFECT_VERB_HARMLESS;
        return TRUE;
    }
    if (sql_reader_take(reader, "CREATE"))
        return read_create(effect, reader);
    if (sql_reader_take(reader, "ALTER"))
        return read_alter(effect, reader);
    if (sql_reader_take(reader, "DROP"))
        return read_drop(effect, reader);
    if (sql_reader_take(reader, "RENAME"))
        return read_rename(effect, reader);
    if (sql_reader_take(reader, "TRUNCATE"))
        return read_truncate(effect, reader);
    return sql_reader_take(reader, "REVOKE") && read_revoke(effect, reader);
}

static const char *risk_of_opaque(SqlReader *reader)
{
    static const char *const rows[] = {"INSERT", "UPDATE", "DELETE", "REPLACE", "LOAD",
                                       "WITH",   "SELECT", "VALUES", "DO",      NULL};
    if (sql_reader_is_one_of(reader, rows))
        return rows_risk;
    if (sql_reader_is(reader, "CALL"))
        return "a CALL leaves no trace in the catalog";
    if (sql_reader_is(reader, "EXECUTE") || sql_reader_is(reader, "PREPARE"))
        return "a prepared statement leaves no trace in the catalog";
    if (sql_reader_is(reader, "BEGIN"))
        return "a block leaves no trace in the catalog";
    return "the catalog does not show what such a statement does";
}

Effect *mysql_effect_new(const char *sql, gsize length)
{
    Effect *effect = g_new0(Effect, 1);
    SqlReader reader = sql_reader_new(&mysql_dialect, sql, length), first = reader;

    effect->targets = g_ptr_array_new_with_free_func((GDestroyNotify)mysql_target_free);
    effect->rest = reader;
    if (read_any(effect, &reader))
        return effect;
    effect->verb = EFFECT_VERB_OPAQUE;
    effect->risk = risk_of_opaque(&first);
    g_ptr_array_set_size(effect->targets, 0);
    return effect;
}
