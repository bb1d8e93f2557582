/* Whether a statement that was in flight when its run died has taken effect: how the objects that it is about look now,
 * against how they looked before. DDL is atomic in both products (MySQL 8.0 manual, "Atomic Data Definition Statement
 * Support"; MariaDB 10.6, "Atomic DDL"), but for lists of objects on MariaDB. The statement is not at work any more:
 * the server goes on with it when its client has died, but then the migration lock (GET_LOCK) of that same connection
 * is not free, and nobody comes here. */
#include "dialect/mysql/effects.h"

#include <string.h>

#include "base/json.h"

static const char *const wish_names[N_WISHES] = {
    [WISH_CHANGED] = "changed", [WISH_THERE] = "there", [WISH_GONE] = "gone"};

/* What is written down before a statement is sent. */
typedef struct Mark {
    EffectVerb verb;
    GPtrArray *before; /* Target* with their states */
    char *risk;
} Mark;

static void mark_clear(Mark *mark)
{
    g_clear_pointer(&mark->before, g_ptr_array_unref);
    g_clear_pointer(&mark->risk, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Mark, mark_clear)

static gboolean decide(StatementOutcome *outcome, StatementEffect effect, const char *reason)
{
    outcome->effect = effect;
    g_free(outcome->reason);
    outcome->reason = effect == EFFECT_UNKNOWN ? g_strdup(reason) : NULL;
    return TRUE;
}

/* --- the mark as JSON --- */

static void add_text(cJSON *object, const char *key, const char *text)
{
    if (text != NULL)
        cJSON_AddStringToObject(object, key, text);
}

static cJSON *target_to_json(const Target *target)
{
    cJSON *object = cJSON_CreateObject();
    add_text(object, "kind", mysql_target_kind_name(target->kind));
    add_text(object, "schema", target->schema);
    add_text(object, "name", target->name);
    add_text(object, "wish", wish_names[target->wish]);
    cJSON_AddItemToObject(object, "state",
                          target->state != NULL ? cJSON_CreateString(target->state) : cJSON_CreateNull());
    return object;
}

static char *mark_to_text(const Effect *effect, const char *risk)
{
    g_autoptr(cJSON) mark = cJSON_CreateObject();
    g_autoptr(GString) text = g_string_new(NULL);

    add_text(mark, "class", mysql_effect_verb_name(effect->verb));
    cJSON *objects = cJSON_AddArrayToObject(mark, "objects");
    for (guint i = 0; i < effect->targets->len; i++)
        cJSON_AddItemToArray(objects, target_to_json(effect->targets->pdata[i]));
    add_text(mark, "risk", risk);
    json_append_line(text, mark);
    return g_strdup(text->str);
}

static const char *text_of(const cJSON *object, const char *key)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
}

static int index_of(const char *word, const char *(*name)(int index), int n)
{
    for (int i = 0; word != NULL && i < n; i++)
        if (strcmp(word, name(i)) == 0)
            return i;
    return -1;
}

static const char *kind_name(int index)
{
    return mysql_target_kind_name((TargetKind)index);
}

static const char *verb_name(int index)
{
    return mysql_effect_verb_name((EffectVerb)index);
}

static const char *wish_name(int index)
{
    return wish_names[index];
}

static Target *target_of_json(const cJSON *object)
{
    int kind = index_of(text_of(object, "kind"), kind_name, N_TARGET_KINDS);
    int wish = index_of(text_of(object, "wish"), wish_name, N_WISHES);
    const char *name = text_of(object, "name");

    if (kind < 0 || wish < 0 || name == NULL)
        return NULL;
    Target *target = mysql_target_new((TargetKind)kind, (Wish)wish, text_of(object, "schema"), name);
    target->state = g_strdup(text_of(object, "state"));
    return target;
}

static gboolean mark_of_text(Mark *mark, const char *text)
{
    g_autoptr(cJSON) object = cJSON_Parse(text);
    const cJSON *objects = cJSON_GetObjectItemCaseSensitive(object, "objects"), *item = NULL;
    int verb = index_of(text_of(object, "class"), verb_name, N_EFFECT_VERBS);

    mark->before = g_ptr_array_new_with_free_func((GDestroyNotify)mysql_target_free);
    if (verb < 0 || !cJSON_IsArray(objects))
        return FALSE;
    mark->verb = (EffectVerb)verb;
    mark->risk = g_strdup(text_of(object, "risk"));
    cJSON_ArrayForEach(item, objects)
    {
        Target *target = target_of_json(item);
        if (target == NULL)
            return FALSE;
        g_ptr_array_add(mark->before, target);
    }
    return TRUE;
}

/* --- before --- */

/* RENAME TABLE a TO c, b TO a, c TO b leaves everything as it was when both are defined alike. */
static const char *risk_of_swapping(const GPtrArray *targets)
{
    for (guint i = 0; i < targets->len; i++) {
        const Target *target = targets->pdata[i];
        for (guint k = 0; k < i && target->state != NULL && target->wish == WISH_THERE; k++) {
            const Target *other = targets->pdata[k];
            if (other->wish == WISH_THERE && g_strcmp0(target->state, other->state) == 0)
                return "tables that are defined alike change places";
        }
    }
    return NULL;
}

static const char temporary_risk[] = "it is about a temporary table, which has gone with its connection";

/* What CREATE TABLE is about is not there as a rule: then there is no state to be read. */
static gboolean look_before(Connection *connection, const Effect *effect, const char **temporary, GError **error)
{
    const Target *first = effect->targets->len == 1 ? effect->targets->pdata[0] : NULL;
    gboolean listed = TRUE;
    if (effect->verb == EFFECT_VERB_CREATE && first != NULL && first->kind == TARGET_TABLE &&
        !mysql_is_listed(connection, first, &listed, error))
        return FALSE;
    return !listed || mysql_look_up_targets(connection, effect->targets, temporary, error);
}

gboolean mysql_state_before(Connection *connection, const char *sql, gsize length, char **state, GError **error)
{
    g_autoptr(Effect) effect = mysql_effect_new(sql, length);
    const char *temporary = NULL, *risk = effect->risk;

    *state = NULL;
    if (effect->verb == EFFECT_VERB_HARMLESS)
        return TRUE;
    if (!look_before(connection, effect, &temporary, error))
        return FALSE;
    if (effect->verb == EFFECT_VERB_RENAME)
        risk = risk_of_swapping(effect->targets);
    if (temporary != NULL) { /* another one of that name may be behind it */
        effect->verb = EFFECT_VERB_OPAQUE;
        risk = temporary_risk;
    }
    *state = mark_to_text(effect, risk);
    return TRUE;
}

/* --- after --- */

static GPtrArray *copy_of(const GPtrArray *targets)
{
    GPtrArray *copies = g_ptr_array_new_with_free_func((GDestroyNotify)mysql_target_free);
    for (guint i = 0; i < targets->len; i++) {
        const Target *target = targets->pdata[i];
        g_ptr_array_add(copies, mysql_target_new(target->kind, target->wish, target->schema, target->name));
    }
    return copies;
}

/* DROP of what is left of a list. */
static char *rest_of(const GPtrArray *left)
{
    g_autoptr(GString) sql = g_string_new("DROP ");
    for (guint i = 0; i < left->len; i++) {
        const Target *target = left->pdata[i];
        g_autofree char *kind = g_ascii_strup(mysql_target_kind_name(target->kind), -1);
        g_autofree char *name = mysql_target_sql(target);
        g_string_append_printf(sql, "%s %s", i == 0 ? kind : ",", name);
    }
    return g_strdup(sql->str);
}

static gboolean decide_drop(const Mark *mark, const GPtrArray *now, StatementOutcome *outcome)
{
    g_autoptr(GPtrArray) left = g_ptr_array_new();
    guint gone = 0;

    for (guint i = 0; i < now->len; i++) {
        const Target *old = mark->before->pdata[i], *new = now->pdata[i];
        gone += old->state != NULL && new->state == NULL;
        if (new->state != NULL)
            g_ptr_array_add(left, now->pdata[i]);
    }
    if (gone == 0)
        return decide(outcome, EFFECT_NONE, NULL);
    if (left->len == 0)
        return decide(outcome, EFFECT_DONE, NULL);
    outcome->rest = rest_of(left);
    return decide(outcome, EFFECT_PARTLY, NULL);
}

/* Nothing has changed; may it be sent again? */
static gboolean decide_same(Connection *connection, const Mark *mark, const GPtrArray *now, StatementOutcome *outcome,
                            GError **error)
{
    for (guint i = 0; i < now->len; i++)
        if (g_strcmp0(((const Target *)now->pdata[i])->state, STATE_UNREADABLE) == 0)
            return decide(outcome, EFFECT_UNKNOWN, "the role may not read the definition");
    if (mark->risk == NULL)
        return decide(outcome, EFFECT_NONE, NULL);
    const Target *target = now->len > 0 ? now->pdata[0] : NULL;
    gboolean empties = mark->verb == EFFECT_VERB_TRUNCATE || mark->verb == EFFECT_VERB_REPLACE;
    gboolean has = TRUE;
    if (target != NULL && target->state == NULL)
        return decide(outcome, EFFECT_NONE, NULL);
    if (empties && target != NULL && target->kind == TARGET_TABLE && !mysql_has_rows(connection, target, &has, error))
        return FALSE;
    return decide(outcome, has ? EFFECT_UNKNOWN : EFFECT_NONE, mark->risk);
}

static gboolean is_as_wished(const Target *target)
{
    return (target->state == NULL) == (target->wish == WISH_GONE);
}

static gboolean decide_changed(const Mark *mark, const GPtrArray *now, guint changed, StatementOutcome *outcome)
{
    gboolean all = mark->verb != EFFECT_VERB_REVOKE || changed == now->len;

    for (guint i = 0; i < now->len; i++)
        all = all && is_as_wished(now->pdata[i]);
    if (all)
        return decide(outcome, EFFECT_DONE, NULL);
    /* MariaDB's CREATE OR REPLACE TABLE drops first: "Atomic DDL". */
    if (mark->verb == EFFECT_VERB_REPLACE && now->len == 1)
        return decide(outcome, EFFECT_NONE, NULL);
    return decide(outcome, EFFECT_UNKNOWN, "only a part of what it is about has changed");
}

/* A sequence is a table with one row, and MariaDB writes that behind the table. What a server that dies in between
 * leaves cannot be used, and 10.11 dies of dropping it, though it is gone then: nothing to be done unasked. */
static const char empty_risk[] =
    "the server died between a sequence and its row: such a sequence cannot be used; drop it "
    "(MariaDB may stop at that, and has dropped it when it is up again), and send the "
    "statement again";

static gboolean has_empty(const GPtrArray *now)
{
    for (guint i = 0; i < now->len; i++)
        if (g_strcmp0(((const Target *)now->pdata[i])->state, STATE_EMPTY) == 0)
            return TRUE;
    return FALSE;
}

gboolean mysql_resume_statement(Connection *connection, const char *sql, gsize length, const char *state,
                                StatementOutcome *outcome, GError **error)
{
    g_auto(Mark) mark = {0};
    const char *temporary = NULL;
    guint changed = 0;

    (void)sql; /* the mark knows the names */
    (void)length;
    if (state == NULL)
        return decide(outcome, EFFECT_NONE, NULL);
    if (!mark_of_text(&mark, state))
        return decide(outcome, EFFECT_UNKNOWN, "the journal's mark cannot be read");
    if (mark.verb == EFFECT_VERB_OPAQUE)
        return decide(outcome, EFFECT_UNKNOWN, mark.risk);
    g_autoptr(GPtrArray) now = copy_of(mark.before);
    if (!mysql_look_up_targets(connection, now, &temporary, error))
        return FALSE;
    if (temporary != NULL) /* it hides what the mark is about */
        return decide(outcome, EFFECT_UNKNOWN, temporary_risk);
    if (mark.verb == EFFECT_VERB_DROP)
        return decide_drop(&mark, now, outcome);
    if (has_empty(now))
        return decide(outcome, EFFECT_UNKNOWN, empty_risk);
    for (guint i = 0; i < now->len; i++)
        changed += g_strcmp0(((Target *)now->pdata[i])->state, ((Target *)mark.before->pdata[i])->state) != 0;
    if (changed == 0)
        return decide_same(connection, &mark, now, outcome, error);
    return decide_changed(&mark, now, changed, outcome);
}
