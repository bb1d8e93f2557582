/* The second stage: canonical form meets canonical form. */
#include <string.h>

#include "autogenerate/internal.h"

static gboolean is_something_to_ask(const Comparing *comparing)
{
    for (guint i = 0; i < comparing->subjects->len; i++) {
        const Subject *subject = comparing->subjects->pdata[i];
        if (is_in_question(comparing, subject))
            return TRUE;
    }
    return comparing->pairs->len > 0;
}

static void replace_ops(Comparing *comparing, const TablePair *pair, const Table *settled, const char *verdict)
{
    comparing->verdict = verdict;
    g_ptr_array_set_size(pair->ops, 0);
    compare_table(comparing, settled, pair->live, pair->ops);
    comparing->verdict = "tokens";
}

static void judge_table(Comparing *comparing, TablePair *pair, const MetaData *canonical)
{
    const Table *read = metadata_find_table(canonical, pair->model->schema, pair->model->name);
    if (!read || !pair->live)
        return;
    g_autoptr(Table) settled = settle_table(comparing, pair->model, read, pair->live);
    replace_ops(comparing, pair, settled, "canonical");
}

const SchemaObject *find_read(const MetaData *canonical, const SchemaObject *model)
{
    const SchemaObject *read = metadata_find_same_object(canonical, model);
    g_autofree char *name = object_base_name(model);
    for (guint i = 0; !read && i < canonical->objects->len; i++) {
        const SchemaObject *object = canonical->objects->pdata[i];
        g_autofree char *other = object_base_name(object);
        if (strcmp(object->kind, model->kind) == 0 && strcmp(name, other) == 0 &&
            g_strcmp0(object->schema, model->schema) == 0)
            read = object;
    }
    return read;
}

static void judge_object(const Comparing *comparing, Subject *subject, const MetaData *canonical)
{
    const SchemaObject *read = find_read(canonical, subject->model);
    if (!read)
        return;
    g_autoptr(SchemaObject) copy = schema_object_copy(read);
    g_free(copy->comment);
    copy->comment = g_strdup(subject->model->comment);
    subject->verdict = "canonical";
    if (!definition_equal(comparing, copy, subject->live))
        return;
    subject->fate = KEEP;
    subject->verdict = "structure";
}

static void judge(Comparing *comparing, const MetaData *canonical)
{
    for (guint i = 0; i < comparing->pairs->len; i++)
        judge_table(comparing, comparing->pairs->pdata[i], canonical);
    for (guint i = 0; i < comparing->subjects->len; i++) {
        Subject *subject = comparing->subjects->pdata[i];
        if (is_in_question(comparing, subject))
            judge_object(comparing, subject, canonical);
    }
}

/* What the model only says in other words is left as it is; what it says beyond doubt is done. */
static void leave_in_doubt(Comparing *comparing, const char *reason)
{
    guint before = comparing->result->findings->len;
    for (guint i = 0; i < comparing->pairs->len; i++) {
        TablePair *pair = comparing->pairs->pdata[i];
        if (!pair->live)
            continue;
        g_autoptr(Table) settled = settle_unknown(comparing, pair->model, pair->live);
        replace_ops(comparing, pair, settled, "tokens");
    }
    for (guint i = 0; i < comparing->subjects->len; i++) {
        Subject *subject = comparing->subjects->pdata[i];
        if (!is_in_question(comparing, subject))
            continue;
        subject->fate = KEEP;
        add_finding(comparing->result, "unknown", g_strdup_printf("%s %s", subject->live->kind, subject->live->name),
                    g_strdup("differs in its text; whether it means the same could not be asked"));
    }
    if (comparing->result->findings->len > before)
        add_finding(comparing->result, "unknown", g_strdup("second stage"),
                    g_strdup_printf(
                        "skipped: this role may not create what is needed to compare with, a schema or "
                        "database of its own (%s)%s",
                        reason,
                        comparing->dialect->scratch_end ? "; grant it (migrate-models(5)), or set scratch_url" : ""));
}

/* The database has said it all when it read the model: what differs now differs in its own words. */
static void trust_words(Comparing *comparing)
{
    for (guint i = 0; i < comparing->pairs->len; i++) {
        const TablePair *pair = comparing->pairs->pdata[i];
        if (pair->live)
            replace_ops(comparing, pair, pair->model, "canonical");
    }
    for (guint i = 0; i < comparing->subjects->len; i++) {
        Subject *subject = comparing->subjects->pdata[i];
        if (is_in_question(comparing, subject))
            subject->verdict = "canonical";
    }
}

gboolean ask_database(Comparing *comparing, GError **error)
{
    ScratchOutcome outcome = SCRATCH_NONE;
    g_autofree char *reason = NULL;
    if (!is_something_to_ask(comparing))
        return TRUE;
    if (comparing->model->canonical) {
        trust_words(comparing);
        return TRUE;
    }
    if (!scratch_read(comparing, &outcome, &comparing->canonical, &reason, error))
        return FALSE;
    if (outcome == SCRATCH_READ)
        judge(comparing, comparing->canonical);
    else if (outcome == SCRATCH_REFUSED)
        leave_in_doubt(comparing, reason);
    return TRUE;
}
