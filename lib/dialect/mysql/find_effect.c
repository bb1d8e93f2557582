/* Whether what a statement wants is so already, when nobody has written down how it was before. */
#include "dialect/mysql/table_facts.h"

#include <string.h>

static gboolean decide(StatementOutcome *outcome, StatementEffect effect, const char *reason)
{
    outcome->effect = effect;
    outcome->reason = effect == EFFECT_UNKNOWN ? g_strdup(reason) : NULL;
    return TRUE;
}

/* --- what is there, and what is gone --- */

/* Names on both sides of RENAME TABLE a TO b, c TO a say nothing by themselves. */
static gboolean decide_by_wishes(const Effect *effect, StatementOutcome *outcome)
{
    guint met = 0, open = 0;

    for (guint i = 0; i < effect->targets->len; i++) {
        const Target *target = effect->targets->pdata[i];
        if (target->twice || target->wish == WISH_CHANGED)
            continue;
        gboolean is = (target->state == NULL) == (target->wish == WISH_GONE);
        met += is;
        open += !is;
    }
    if (met > 0 && open > 0 && effect->if_exists)
        return decide(outcome, EFFECT_NONE, NULL);
    if (met > 0 && open > 0)
        return decide(outcome, EFFECT_UNKNOWN, "a part of what it is about is so already, and a part is not");
    if (met == 0 && open == 0)
        return decide(outcome, EFFECT_UNKNOWN, "the names are the same before and after it");
    return decide(outcome, met > 0 ? EFFECT_DONE : EFFECT_NONE, NULL);
}

/* --- CREATE TABLE --- */

/* At the "(" of CREATE TABLE: how many columns there are, and whether the table has all of them. FALSE: there is no
 * list of columns. */
static gboolean read_columns(const TableFacts *facts, SqlReader *reader, guint *n, gboolean *all)
{
    static const char *const others[] = {"PRIMARY",    "KEY",     "INDEX", "UNIQUE", "FULLTEXT", "SPATIAL",
                                         "CONSTRAINT", "FOREIGN", "CHECK", "PERIOD", NULL};
    *n = 0;
    *all = TRUE;
    if (!sql_reader_is(reader, "("))
        return FALSE;
    do {
        sql_reader_advance(reader);
        if (sql_reader_is(reader, "LIKE") || sql_reader_is(reader, "SELECT"))
            return FALSE;
        if (!sql_reader_is_one_of(reader, others)) {
            g_autofree char *name = sql_reader_take_identifier(reader);
            *all = *all && name != NULL && mysql_column_facts(facts, name, NULL) != NULL;
            (*n)++;
        }
        while (!sql_reader_at_end(reader) && !sql_reader_is(reader, ",") && !sql_reader_is(reader, ")"))
            if (!sql_reader_skip_parentheses(reader))
                sql_reader_advance(reader);
    } while (sql_reader_is(reader, ","));
    return sql_reader_take(reader, ")");
}

static gboolean find_created_table(Connection *connection, const Effect *effect, StatementOutcome *outcome,
                                   GError **error)
{
    const Target *target = effect->targets->pdata[0];
    SqlReader reader = effect->rest;
    guint n = 0;
    gboolean all = TRUE;

    if (target->state == NULL)
        return decide(outcome, EFFECT_NONE, NULL);
    g_autoptr(TableFacts) facts = mysql_table_facts_read(connection, target, error);
    if (facts == NULL)
        return FALSE;
    gboolean listed = read_columns(facts, &reader, &n, &all);
    gboolean selects = listed && sql_reader_has_word(reader, "SELECT"); /* adds columns of its own */
    if (!listed || (all && (selects || n == facts->columns->len)))
        return decide(outcome, EFFECT_DONE, NULL);
    return decide(outcome, EFFECT_UNKNOWN, "there is a table of that name, with other columns");
}

/* --- tables that change --- */

static gboolean find_index(const Effect *effect, const TableFacts *facts, StatementOutcome *outcome)
{
    const char *written = effect->created_index != NULL ? effect->created_index : effect->dropped_index;
    g_autofree char *name = mysql_fold_name(written);
    const char *now = g_hash_table_lookup(facts->indexes, name);
    SqlReader reader = effect->rest;

    if (effect->dropped_index != NULL || now == NULL)
        return decide(outcome, (now != NULL) == (effect->created_index != NULL) ? EFFECT_DONE : EFFECT_NONE, NULL);
    g_autofree char *columns = mysql_index_columns(&reader);
    if (columns == NULL || strcmp(columns, now) == 0)
        return decide(outcome, EFFECT_DONE, NULL);
    return decide(outcome, EFFECT_UNKNOWN, "there is an index of that name, with other columns");
}

static gboolean find_altered(Connection *connection, const Effect *effect, StatementOutcome *outcome, GError **error)
{
    const Target *target = effect->targets->pdata[0];

    if (effect->targets->len > 1) /* with RENAME TO: all of it, or none */
        return decide_by_wishes(effect, outcome);
    if (target->kind != TARGET_TABLE) /* says what the object is to be: the same again */
        return decide(outcome, effect->risk != NULL ? EFFECT_UNKNOWN : EFFECT_NONE, effect->risk);
    g_autoptr(TableFacts) facts = mysql_table_facts_read(connection, target, error);
    if (facts == NULL)
        return FALSE;
    if (effect->created_index != NULL || effect->dropped_index != NULL)
        return find_index(effect, facts, outcome);
    mysql_find_alter_effect(facts, effect->rest, outcome);
    return TRUE;
}

/* What has neither rows nor privileges may be replaced by the same again. */
static gboolean find_replaced(const Effect *effect, StatementOutcome *outcome)
{
    const char *risk = effect->risk;

    for (guint i = 0; i < effect->targets->len && risk == NULL; i++) {
        const Target *target = effect->targets->pdata[i];
        if (target->kind == TARGET_USER && target->state != NULL)
            risk = "a CREATE OR REPLACE USER takes the privileges away";
    }
    if (effect->targets->len == 1 && ((const Target *)effect->targets->pdata[0])->state == NULL)
        risk = NULL;
    return decide(outcome, risk != NULL ? EFFECT_UNKNOWN : EFFECT_NONE, risk);
}

/* --- all --- */

static gboolean find(Connection *connection, const Effect *effect, StatementOutcome *outcome, GError **error)
{
    const Target *first = effect->targets->len > 0 ? effect->targets->pdata[0] : NULL;

    switch (effect->verb) {
    case EFFECT_VERB_CREATE:
        return first != NULL && effect->targets->len == 1 && first->kind == TARGET_TABLE
                   ? find_created_table(connection, effect, outcome, error)
                   : decide_by_wishes(effect, outcome);
    case EFFECT_VERB_REPLACE:
        return find_replaced(effect, outcome);
    case EFFECT_VERB_ALTER:
        return find_altered(connection, effect, outcome, error);
    case EFFECT_VERB_DROP:
    case EFFECT_VERB_RENAME:
        return decide_by_wishes(effect, outcome);
    case EFFECT_VERB_TRUNCATE:
        return decide(outcome, EFFECT_UNKNOWN, "rows leave no trace in the catalog");
    case EFFECT_VERB_REVOKE:
        return decide(outcome, EFFECT_UNKNOWN, "privileges are not compared");
    case EFFECT_VERB_HARMLESS:
        return decide(outcome, EFFECT_NONE, NULL);
    case EFFECT_VERB_OPAQUE:
    case N_EFFECT_VERBS:
    default:
        return decide(outcome, EFFECT_UNKNOWN, effect->risk);
    }
}

gboolean mysql_find_effect(Connection *connection, const char *sql, gsize length, StatementOutcome *outcome,
                           GError **error)
{
    g_autoptr(Effect) effect = mysql_effect_new(sql, length);
    const char *temporary = NULL;

    if (!mysql_look_up_targets(connection, effect->targets, &temporary, error))
        return FALSE;
    if (temporary != NULL)
        return decide(outcome, EFFECT_UNKNOWN, "a temporary table hides the one that it is about");
    for (guint i = 0; i < effect->targets->len; i++)
        if (g_strcmp0(((const Target *)effect->targets->pdata[i])->state, STATE_UNREADABLE) == 0)
            return decide(outcome, EFFECT_UNKNOWN, "the role may not read the definition");
    return find(connection, effect, outcome, error);
}

/* --- which statements are about the same --- */

/* Tables, views and sequences share their names. */
static TargetKind name_space(const Target *target)
{
    return target->kind == TARGET_VIEW || target->kind == TARGET_SEQUENCE ? TARGET_TABLE : target->kind;
}

/* Rather one object too many is the same: which names have no case is the server's setting. */
static gboolean is_same_object(const Target *a, const Target *b)
{
    return name_space(a) == name_space(b) && name_equal(a->name, b->name, TRUE) &&
           (a->schema == NULL || b->schema == NULL || name_equal(a->schema, b->schema, TRUE));
}

/* Names in a change of a table, but for the table's. */
static GHashTable *names_within(const char *sql, gsize length, const Target *table)
{
    GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *text = g_strndup(sql, length);
    g_autoptr(GPtrArray) words = sql_identifiers(&mysql_dialect, text);

    for (guint i = 0; i < words->len; i++) {
        const char *word = words->pdata[i];
        if (!mysql_is_reserved(word, strlen(word)) && !name_equal(word, table->name, TRUE))
            g_hash_table_add(names, g_ascii_strdown(word, -1));
    }
    return names;
}

/* Two changes of one table may be about other columns and keys of it. */
static gboolean share_name(const char *a, gsize a_length, const char *b, gsize b_length, const Target *table)
{
    g_autoptr(GHashTable) first = names_within(a, a_length, table);
    g_autoptr(GHashTable) second = names_within(b, b_length, table);
    GHashTableIter iter;
    gpointer name;

    g_hash_table_iter_init(&iter, first);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        if (g_hash_table_contains(second, name))
            return TRUE;
    return FALSE;
}

gboolean mysql_share_object(const char *a, gsize a_length, const char *b, gsize b_length)
{
    g_autoptr(Effect) first = mysql_effect_new(a, a_length);
    g_autoptr(Effect) second = mysql_effect_new(b, b_length);
    gboolean both_change = first->verb == EFFECT_VERB_ALTER && second->verb == EFFECT_VERB_ALTER;

    for (guint i = 0; i < first->targets->len; i++)
        for (guint j = 0; j < second->targets->len; j++) {
            const Target *target = first->targets->pdata[i];
            if (is_same_object(target, second->targets->pdata[j]) &&
                (!both_change || target->kind != TARGET_TABLE || share_name(a, a_length, b, b_length, target)))
                return TRUE;
        }
    return FALSE;
}
