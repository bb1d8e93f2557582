#include "merge_auto.h"

#include <stdio.h>
#include <string.h>

#include "autogenerate/autogenerate.h"
#include "base/text.h"
#include "commits.h"
#include "dialect/mentions.h"
#include "effects.h"
#include "output.h"
#include "revisions.h"

/* What one revision has to do with one object, by its name in lower case. */
typedef struct Touch {
    char *name, *how;
    const Revision *revision;
} Touch;

/* What nobody can know from the text. */
typedef struct Doubt {
    char *text; /* the statement, its first line, and why */
    const Revision *revision;
} Doubt;

typedef struct Side {
    const Revision *head;
    GHashTable *ancestors; /* Revision*, itself included */
    Effects *effects;
    GPtrArray *touches; /* Touch* */
} Side;

struct AutoMerge {
    GPtrArray *sides;    /* Side* */
    GHashTable *known;   /* names in lower case */
    GPtrArray *doubts;   /* Doubt* */
    GPtrArray *overlaps; /* Overlap* */
    char *difference;    /* what keeps the two orders from making the same; NULL: they do, or were not run */
    RevisionCommits *commits;
    gboolean has_commits;
};

/* An object that two sides touch. */
typedef struct Overlap {
    char *name;
    GPtrArray *touches; /* const Touch*, not owned */
} Overlap;

/* ---- memory ---- */

static void touch_free(gpointer data)
{
    Touch *touch = data;
    g_free(touch->name);
    g_free(touch->how);
    g_free(touch);
}

static void doubt_free(gpointer data)
{
    Doubt *doubt = data;
    g_free(doubt->text);
    g_free(doubt);
}

static void side_free(gpointer data)
{
    Side *side = data;
    g_hash_table_unref(side->ancestors);
    effects_free(side->effects);
    g_ptr_array_unref(side->touches);
    g_free(side);
}

static void overlap_free(gpointer data)
{
    Overlap *overlap = data;
    g_free(overlap->name);
    g_ptr_array_unref(overlap->touches);
    g_free(overlap);
}

void auto_merge_free(AutoMerge *merge)
{
    if (!merge)
        return;
    g_ptr_array_unref(merge->sides);
    g_hash_table_unref(merge->known);
    g_ptr_array_unref(merge->doubts);
    g_ptr_array_unref(merge->overlaps);
    g_free(merge->difference);
    revision_commits_free(merge->commits);
    g_free(merge);
}

/* ---- sides ---- */

static Side *side_new(const RevisionMap *map, const Revision *head)
{
    Side *side = g_new0(Side, 1);
    side->head = head;
    side->ancestors = revision_map_ancestors(map, head);
    side->touches = g_ptr_array_new_with_free_func(touch_free);
    return side;
}

/* Whether a revision is one of this side, and not of all. */
static gboolean is_own(const AutoMerge *merge, const Side *side, const Revision *revision)
{
    gboolean of_all = TRUE;
    for (guint i = 0; i < merge->sides->len; i++)
        of_all &= g_hash_table_contains(((const Side *)merge->sides->pdata[i])->ancestors, revision);
    return !of_all && g_hash_table_contains(side->ancestors, revision);
}

static gboolean read_side(const AutoMerge *merge, Invocation *invocation, Side *side, GError **error)
{
    const char *const specs[] = {side->head->id, NULL};
    g_autoptr(GHashTable) wanted = g_hash_table_new(NULL, NULL);
    GHashTableIter iter;
    gpointer revision;
    g_hash_table_iter_init(&iter, side->ancestors);
    while (g_hash_table_iter_next(&iter, &revision, NULL))
        if (is_own(merge, side, revision))
            g_hash_table_add(wanted, revision);
    side->effects = effects_read(invocation, specs, wanted, error);
    return side->effects != NULL;
}

/* ---- names ---- */

/* Without the arguments of a function. */
static char *fold(const char *name)
{
    return g_ascii_strdown(name, (gssize)strcspn(name, "("));
}

static void know(AutoMerge *merge, const char *name)
{
    if (name)
        g_hash_table_add(merge->known, fold(name));
}

static void know_schema(AutoMerge *merge, const MetaData *metadata)
{
    for (guint i = 0; i < metadata->tables->len; i++)
        know(merge, ((const Table *)metadata->tables->pdata[i])->name);
    for (guint i = 0; i < metadata->enums->len; i++)
        know(merge, ((const EnumType *)metadata->enums->pdata[i])->name);
    for (guint i = 0; i < metadata->sequences->len; i++)
        know(merge, ((const Sequence *)metadata->sequences->pdata[i])->name);
    for (guint i = 0; i < metadata->objects->len; i++) {
        const SchemaObject *object = metadata->objects->pdata[i];
        if (strcmp(object->kind, "schema") != 0)
            know(merge, object->name);
    }
}

/* What operations drop or rename is in no schema behind them. */
static void know_operation(AutoMerge *merge, const MigrateOp *op)
{
    know(merge, op->table_name);
    know(merge, op->kind == OP_RENAME_TABLE ? op->new_name : NULL);
    know(merge, op->existing_enum ? op->existing_enum->name : NULL);
    know(merge, op->existing_sequence ? op->existing_sequence->name : NULL);
    know(merge, op->existing_object ? op->existing_object->name : NULL);
}

static void know_side(AutoMerge *merge, const Side *side)
{
    know_schema(merge, side->effects->after);
    for (guint i = 0; i < side->effects->revisions->len; i++) {
        const RevisionEffect *effect = side->effects->revisions->pdata[i];
        for (guint k = 0; k < effect->operations->len; k++)
            know_operation(merge, effect->operations->pdata[k]);
    }
}

/* ---- what a side touches ---- */

/* The first thing that a revision has to do with an object is told. `name` NULL: nothing. */
static void touch(Side *side, const Revision *revision, const char *name, const char *how)
{
    g_autofree char *folded = name ? fold(name) : NULL;
    if (!folded || !*folded)
        return;
    for (guint i = 0; i < side->touches->len; i++) {
        const Touch *other = side->touches->pdata[i];
        if (other->revision == revision && strcmp(other->name, folded) == 0)
            return;
    }
    Touch *added = g_new0(Touch, 1);
    added->name = g_steal_pointer(&folded);
    added->how = g_strdup(how);
    added->revision = revision;
    g_ptr_array_add(side->touches, added);
}

static void touch_referred(Side *side, const Revision *revision, const Constraint *constraint, const char *how)
{
    if (!constraint || !constraint->referred_table)
        return;
    g_autofree char *text = g_strdup_printf("%s, which refers to %s", how, constraint->referred_table);
    touch(side, revision, constraint->referred_table, text);
}

/* A type of the schema's own is one that is known by a name. */
static void touch_type(Side *side, const AutoMerge *merge, const Revision *revision, const Column *column,
                       const char *how)
{
    const char *const names[] = {column ? column->type->name : NULL, column ? column->enum_name : NULL};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *folded = names[i] ? fold(names[i]) : NULL;
        if (folded && g_hash_table_contains(merge->known, folded))
            touch(side, revision, folded, how);
    }
}

static void touch_object(Side *side, const AutoMerge *merge, const Revision *revision, const SchemaObject *object,
                         const char *how)
{
    if (!object)
        return;
    touch(side, revision, object->name, how);
    touch(side, revision, object->table_name, how);
    for (guint i = 0; i < object->depends_on->len; i++)
        touch(side, revision, object->depends_on->pdata[i], how);
    g_autoptr(GHashTable) names = object->definition ? sql_mentions(side->effects->dialect, object->definition) : NULL;
    GHashTableIter iter;
    gpointer name;
    if (names)
        g_hash_table_iter_init(&iter, names);
    while (names && g_hash_table_iter_next(&iter, &name, NULL))
        if (g_hash_table_contains(merge->known, name))
            touch(side, revision, name, how);
}

static void touch_operation(Side *side, const AutoMerge *merge, const Revision *revision, const MigrateOp *op)
{
    g_autofree char *how = migrate_op_describe(op);
    touch(side, revision, op->table_name, how);
    touch(side, revision, op->kind == OP_RENAME_TABLE ? op->new_name : NULL, how);
    touch(side, revision, op->enum_type ? op->enum_type->name : NULL, how);
    touch(side, revision, op->existing_enum ? op->existing_enum->name : NULL, how);
    touch(side, revision, op->sequence ? op->sequence->name : NULL, how);
    touch(side, revision, op->existing_sequence ? op->existing_sequence->name : NULL, how);
    touch_object(side, merge, revision, op->object, how);
    touch_object(side, merge, revision, op->existing_object, how);
    touch_referred(side, revision, op->constraint, how);
    touch_type(side, merge, revision, op->column, how);
    for (guint i = 0; op->table && i < op->table->constraints->len; i++)
        touch_referred(side, revision, op->table->constraints->pdata[i], how);
    for (guint i = 0; op->table && i < op->table->columns->len; i++)
        touch_type(side, merge, revision, op->table->columns->pdata[i], how);
    for (guint i = 0; op->depends_on && i < op->depends_on->len; i++)
        touch(side, revision, op->depends_on->pdata[i], how);
}

static char *short_statement(const char *sql)
{
    enum { MAX_CHARACTERS = 60 };
    g_autofree char *line = text_first_line(sql);
    g_autofree char *clean = output_clean(line);
    gboolean whole = strcmp(line, sql) == 0 && g_utf8_strlen(clean, -1) <= MAX_CHARACTERS;
    g_autofree char *start = g_utf8_substring(clean, 0, MIN(g_utf8_strlen(clean, -1), MAX_CHARACTERS));
    return g_strconcat(start, whole ? "" : " …", NULL);
}

static void add_doubt(AutoMerge *merge, const Revision *revision, const char *sql, const char *through, const char *why)
{
    g_autofree char *statement = short_statement(sql);
    Doubt *doubt = g_new0(Doubt, 1);
    doubt->revision = revision;
    doubt->text = g_strdup_printf("%s: %s%s%s%s", statement, through ? "by way of '" : "", through ? through : "",
                                  through ? "': " : "", why);
    g_ptr_array_add(merge->doubts, doubt);
}

/* What has the name: views and routines, and the triggers of a table whose rows are written. */
static gboolean is_reached(const SchemaObject *object, const char *name, const char *written)
{
    g_autofree char *own = fold(object->name);
    gboolean is_trigger = strcmp(object->kind, "trigger") == 0;
    if (!is_trigger)
        return strcmp(own, name) == 0;
    return written && object->table_name && g_ascii_strcasecmp(object->table_name, written) == 0 &&
           g_ascii_strcasecmp(name, written) == 0;
}

/* Names that a statement mentions, and then what stands behind those: `queue` grows on the way. */
static void touch_statement(AutoMerge *merge, Side *side, const Revision *revision, const char *sql)
{
    const Dialect *dialect = side->effects->dialect;
    const GPtrArray *objects = side->effects->after->objects;
    const char *verb = NULL, *why = sql_cannot_be_told(dialect, sql);
    g_autofree char *written = sql_written_table(dialect, sql, &verb), *statement = short_statement(sql);
    g_autoptr(GHashTable) names = sql_mentions(dialect, sql), seen = g_hash_table_new(NULL, NULL);
    g_autoptr(GPtrArray) queue = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter iter;
    gpointer name;
    if (why)
        add_doubt(merge, revision, sql, NULL, why);
    g_hash_table_iter_init(&iter, names);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        g_ptr_array_add(queue, g_strdup(name));
    for (guint i = 0; i < queue->len; i++) {
        if (!g_hash_table_contains(merge->known, queue->pdata[i]))
            continue;
        touch(side, revision, queue->pdata[i], statement);
        for (guint k = 0; k < objects->len; k++) {
            const SchemaObject *object = objects->pdata[k];
            if (!object->definition || !is_reached(object, queue->pdata[i], written) ||
                !g_hash_table_add(seen, (gpointer)object))
                continue;
            why = sql_cannot_be_told(dialect, object->definition);
            if (why)
                add_doubt(merge, revision, sql, object->name, why);
            g_autoptr(GHashTable) behind = sql_mentions(dialect, object->definition);
            g_hash_table_iter_init(&iter, behind);
            while (g_hash_table_iter_next(&iter, &name, NULL))
                g_ptr_array_add(queue, g_strdup(name));
        }
    }
}

static void read_touches(AutoMerge *merge, Side *side)
{
    for (guint i = 0; i < side->effects->revisions->len; i++) {
        const RevisionEffect *effect = side->effects->revisions->pdata[i];
        for (guint k = 0; k < effect->operations->len; k++)
            touch_operation(side, merge, effect->revision, effect->operations->pdata[k]);
        for (guint k = 0; k < effect->statements->len; k++)
            touch_statement(merge, side, effect->revision, effect->statements->pdata[k]);
    }
}

/* ---- what sides have in common ---- */

static void add_touch(AutoMerge *merge, const Touch *touched)
{
    Overlap *overlap = NULL;
    for (guint i = 0; i < merge->overlaps->len && !overlap; i++) {
        Overlap *other = merge->overlaps->pdata[i];
        overlap = strcmp(other->name, touched->name) == 0 ? other : NULL;
    }
    if (!overlap) {
        overlap = g_new0(Overlap, 1);
        overlap->name = g_strdup(touched->name);
        overlap->touches = g_ptr_array_new();
        g_ptr_array_add(merge->overlaps, overlap);
    }
    for (guint i = 0; i < overlap->touches->len; i++) {
        const Touch *other = overlap->touches->pdata[i];
        if (other->revision == touched->revision)
            return;
    }
    g_ptr_array_add(overlap->touches, (gpointer)touched);
}

static void compare_sides(AutoMerge *merge, const Side *a, const Side *b)
{
    for (guint i = 0; i < a->touches->len; i++) {
        const Touch *ours = a->touches->pdata[i];
        if (g_hash_table_contains(b->ancestors, ours->revision))
            continue;
        for (guint k = 0; k < b->touches->len; k++) {
            const Touch *theirs = b->touches->pdata[k];
            if (g_hash_table_contains(a->ancestors, theirs->revision) || strcmp(ours->name, theirs->name) != 0)
                continue;
            add_touch(merge, ours);
            add_touch(merge, theirs);
        }
    }
}

/* ---- both orders ---- */

static Effects *run_order(const AutoMerge *merge, Invocation *invocation, gboolean backwards, GError **error)
{
    g_autoptr(GHashTable) none = g_hash_table_new(NULL, NULL);
    g_autoptr(GPtrArray) specs = g_ptr_array_new();
    for (guint i = 0; i < merge->sides->len; i++) {
        const Side *side = merge->sides->pdata[backwards ? merge->sides->len - 1 - i : i];
        g_ptr_array_add(specs, side->head->id);
    }
    g_ptr_array_add(specs, NULL);
    return effects_read(invocation, (const char *const *)specs->pdata, none, error);
}

/* FALSE with an error that is none of the revisions'. */
static gboolean prove(AutoMerge *merge, Invocation *invocation, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(Effects) there = run_order(merge, invocation, FALSE, &failure);
    g_autoptr(Effects) back = there ? run_order(merge, invocation, TRUE, &failure) : NULL;
    if (!back && engine_interrupted()) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    if (!back) {
        merge->difference = g_strdup_printf("one after the other they do not run: %s", failure->message);
        return TRUE;
    }
    there->after->canonical = TRUE;
    const CompareOptions options = {.compare_type = TRUE, .compare_server_default = TRUE, .assume_no_renames = TRUE};
    g_autoptr(Comparison) comparison = autogenerate_compare(there->dialect, there->after, back->after, &options, error);
    if (comparison && comparison->operations->len > 0) {
        g_autofree char *first = migrate_op_describe(comparison->operations->pdata[0]);
        merge->difference = g_strdup_printf("the two orders make different schemas, %u operation%s apart: %s%s",
                                            comparison->operations->len, comparison->operations->len == 1 ? "" : "s",
                                            first, comparison->operations->len == 1 ? "" : " …");
    }
    return comparison != NULL;
}

AutoMerge *auto_merge_check(Invocation *invocation, const GPtrArray *heads, GError **error)
{
    const RevisionMap *map = script_directory_map(invocation->directory, error);
    g_autoptr(AutoMerge) merge = g_new0(AutoMerge, 1);
    merge->sides = g_ptr_array_new_with_free_func(side_free);
    merge->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    merge->doubts = g_ptr_array_new_with_free_func(doubt_free);
    merge->overlaps = g_ptr_array_new_with_free_func(overlap_free);
    for (guint i = 0; map && i < heads->len; i++)
        g_ptr_array_add(merge->sides, side_new(map, heads->pdata[i]));
    for (guint i = 0; i < merge->sides->len; i++)
        if (!read_side(merge, invocation, merge->sides->pdata[i], error))
            return NULL;
    for (guint i = 0; i < merge->sides->len; i++)
        know_side(merge, merge->sides->pdata[i]);
    for (guint i = 0; i < merge->sides->len; i++)
        read_touches(merge, merge->sides->pdata[i]);
    for (guint i = 0; i < merge->sides->len; i++)
        for (guint k = i + 1; k < merge->sides->len; k++)
            compare_sides(merge, merge->sides->pdata[i], merge->sides->pdata[k]);
    if (!map || (auto_merge_is_clean(merge) && !prove(merge, invocation, error)))
        return NULL;
    return g_steal_pointer(&merge);
}

gboolean auto_merge_is_clean(const AutoMerge *merge)
{
    return !merge->overlaps->len && !merge->doubts->len && !merge->difference;
}

/* ---- telling ---- */

static const Commit *commit_of(AutoMerge *merge, Invocation *invocation, const Revision *revision)
{
    if (!merge->has_commits)
        merge->commits = revision_commits_new(invocation);
    merge->has_commits = TRUE;
    return revision_commits_first(merge->commits, revision);
}

/* "  0002 add mail (3f2a9c1b by Ada <ada@example.org>, 2026-11-21): …". */
static void print_line(AutoMerge *merge, Invocation *invocation, const Revision *revision, const char *text)
{
    const Commit *commit = commit_of(merge, invocation, revision);
    g_autofree char *title = text_first_line(revision->message);
    g_autofree char *described = commit ? commit_describe(commit) : NULL;
    g_autofree char *by = described        ? g_strdup_printf(" (%s)", described)
                          : merge->commits ? g_strdup(" (not committed)")
                                           : g_strdup("");
    g_autofree char *line = g_strdup_printf("%s%s%s%s: %s", revision->id, *title ? " " : "", title, by, text);
    g_autofree char *clean = output_clean(line);
    printf("    %s\n", clean);
}

void auto_merge_print(AutoMerge *merge, Invocation *invocation)
{
    if (merge->overlaps->len)
        puts("the sides touch the same objects, so nothing is written:");
    for (guint i = 0; i < merge->overlaps->len; i++) {
        const Overlap *overlap = merge->overlaps->pdata[i];
        printf("  %s\n", overlap->name);
        for (guint k = 0; k < overlap->touches->len; k++) {
            const Touch *touched = overlap->touches->pdata[k];
            print_line(merge, invocation, touched->revision, touched->how);
        }
    }
    if (merge->doubts->len)
        puts("what these statements touch cannot be told, so nothing is written:");
    for (guint i = 0; i < merge->doubts->len; i++) {
        const Doubt *doubt = merge->doubts->pdata[i];
        print_line(merge, invocation, doubt->revision, doubt->text);
    }
    if (merge->difference)
        printf("nothing is written: %s\nthe sides:\n", merge->difference);
    for (guint i = 0; merge->difference && i < merge->sides->len; i++) {
        const Side *side = merge->sides->pdata[i];
        g_autofree char *count = g_strdup_printf("head of %u revision%s", side->effects->revisions->len,
                                                 side->effects->revisions->len == 1 ? "" : "s");
        print_line(merge, invocation, side->head, count);
    }
    puts("look at these revisions; when both orders are right, 'migrate merge' without --auto joins them, and what has "
         "to be done where they meet can stand in that revision");
}

static cJSON *entry_to_json(AutoMerge *merge, Invocation *invocation, const Revision *revision)
{
    cJSON *entry = cJSON_CreateObject();
    g_autofree char *title = text_first_line(revision->message);
    json_add_string(entry, "revision", revision->id);
    json_add_string(entry, "message", title);
    json_add_string(entry, "path", revision->path);
    const Commit *commit = commit_of(merge, invocation, revision);
    if (merge->commits)
        cJSON_AddItemToObject(entry, "commit", commit_to_json(commit));
    return entry;
}

void auto_merge_add_json(AutoMerge *merge, Invocation *invocation, cJSON *document)
{
    cJSON *heads = cJSON_AddArrayToObject(document, "heads"), *overlaps = cJSON_AddArrayToObject(document, "overlaps");
    for (guint i = 0; i < merge->sides->len; i++)
        cJSON_AddItemToArray(heads, entry_to_json(merge, invocation, ((const Side *)merge->sides->pdata[i])->head));
    for (guint i = 0; i < merge->overlaps->len; i++) {
        const Overlap *overlap = merge->overlaps->pdata[i];
        cJSON *item = cJSON_CreateObject();
        json_add_string(item, "object", overlap->name);
        cJSON *revisions = cJSON_AddArrayToObject(item, "revisions");
        for (guint k = 0; k < overlap->touches->len; k++) {
            const Touch *touched = overlap->touches->pdata[k];
            cJSON *entry = entry_to_json(merge, invocation, touched->revision);
            json_add_string(entry, "did", touched->how);
            cJSON_AddItemToArray(revisions, entry);
        }
        cJSON_AddItemToArray(overlaps, item);
    }
    cJSON *doubts = cJSON_AddArrayToObject(document, "cannot_be_told");
    for (guint i = 0; i < merge->doubts->len; i++) {
        const Doubt *doubt = merge->doubts->pdata[i];
        cJSON *entry = entry_to_json(merge, invocation, doubt->revision);
        json_add_string(entry, "statement", doubt->text);
        cJSON_AddItemToArray(doubts, entry);
    }
    if (merge->overlaps->len || merge->doubts->len)
        cJSON_AddNullToObject(document, "both_orders_agree");
    else
        cJSON_AddBoolToObject(document, "both_orders_agree", !merge->difference);
    json_add_string(document, "difference", merge->difference);
}
