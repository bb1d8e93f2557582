/* A drop and an add that look like one thing under another name: tables and columns. */
#include <string.h>

#include "autogenerate/internal.h"
#include "base/text.h"

#define MIN_TABLE_SCORE 60  /* per cent, of table_score() */
#define MIN_SHAPE 3         /* columns that tables have to have to be alike by their types only */
#define MIN_SHARED_NAMES 30 /* per cent of columns that a table has to share to be looked at */
#define MAX_TABLE_CHECKS 16 /* dropped tables looked at closely for each added one */
#define MAX_NAME_LENGTH 128 /* bytes that count for similarity */

static int candidate_order(gconstpointer a, gconstpointer b)
{
    const LikelyPair *first = a, *second = b;
    if (first->score != second->score)
        return second->score - first->score;
    if (first->added != second->added)
        return first->added < second->added ? -1 : 1;
    return first->dropped < second->dropped ? -1 : first->dropped > second->dropped;
}

/* Length of the longest common subsequence, in per cent of the longer name. */
int name_similarity(const char *a, const char *b)
{
    gsize n = MIN(strlen(a), MAX_NAME_LENGTH), m = MIN(strlen(b), MAX_NAME_LENGTH);
    guint row[MAX_NAME_LENGTH + 1] = {0};
    for (gsize i = 0; i < n; i++) {
        guint diagonal = 0;
        for (gsize j = 1; j <= m; j++) {
            guint above = row[j];
            if (g_ascii_tolower(a[i]) == g_ascii_tolower(b[j - 1]))
                row[j] = diagonal + 1;
            else
                row[j] = MAX(row[j], row[j - 1]);
            diagonal = above;
        }
    }
    return n || m ? (int)((gsize)row[m] * 100 / MAX(n, m)) : 100;
}

/* "schema.table.name", without what there is not. New string. */
static char *spelled(const char *schema, const char *owner, const char *name)
{
    return g_strdup_printf("%s%s%s%s%s", schema ? schema : "", schema ? "." : "", owner ? owner : "", owner ? "." : "",
                           name);
}

void add_likely(const Comparing *comparing, const LikelyNames *names)
{
    LikelyRename *rename = g_new0(LikelyRename, 1);
    g_autofree char *old_name = spelled(names->schema, names->owner, names->old_name);
    g_autofree char *new_name = spelled(names->schema, names->owner, names->new_name);
    rename->kind = names->kind;
    rename->owner = g_strdup(names->owner);
    rename->old_name = g_strdup(names->old_name);
    rename->new_name = g_strdup(names->new_name);
    rename->rename = g_strdup_printf("%s:%s", old_name, new_name);
    g_autofree char *word = text_shell_word(rename->rename);
    rename->flag = g_strdup_printf("--rename %s", word);
    g_ptr_array_add(comparing->result->likely_renames, rename);
}

/* Best score first, each drop and each add once. */
void choose_likely(const Comparing *comparing, GArray *candidates, const GPtrArray *dropped, const GPtrArray *added,
                   LikelyFunction pair)
{
    g_autofree gboolean *dropped_used = g_new0(gboolean, dropped->len + 1);
    g_autofree gboolean *added_used = g_new0(gboolean, added->len + 1);
    g_array_sort(candidates, candidate_order);
    for (guint i = 0; i < candidates->len; i++) {
        const LikelyPair *candidate = &g_array_index(candidates, LikelyPair, i);
        if (dropped_used[candidate->dropped] || added_used[candidate->added])
            continue;
        dropped_used[candidate->dropped] = added_used[candidate->added] = TRUE;
        pair(comparing, dropped->pdata[candidate->dropped], added->pdata[candidate->added]);
    }
}

/* --- tables --- */

/* The same types in the same order. */
static gboolean same_shape(const Comparing *comparing, const Table *a, const Table *b)
{
    gboolean same = a->columns->len == b->columns->len && a->columns->len >= MIN_SHAPE;
    for (guint i = 0; same && i < a->columns->len; i++) {
        const Column *column = a->columns->pdata[i], *other = b->columns->pdata[i];
        same = comparing->dialect->type_equal(column->type, other->type);
    }
    return same;
}

/* In per cent of the columns that both have on average: those that the other has with the same type, in part those that
 * it has with another one, and a little those that may be its column at the same place under another name. */
static int table_score(const Comparing *comparing, const Table *a, const Table *b)
{
    guint score = 0, both = a->columns->len + b->columns->len;
    for (guint i = 0; i < a->columns->len; i++) {
        const Column *column = a->columns->pdata[i];
        const Column *other = table_find_column(b, column->name);
        const Column *beside = i < b->columns->len ? b->columns->pdata[i] : NULL;
        if (other)
            score += comparing->dialect->type_equal(column->type, other->type) ? 100 : 60;
        else if (beside && !table_find_column(a, beside->name) &&
                 comparing->dialect->type_equal(column->type, beside->type))
            score += 15;
    }
    score = both ? score * 2 / both : 0;
    return same_shape(comparing, a, b) ? MAX(MIN_TABLE_SCORE, (int)score) : (int)score;
}

/* Column name -> positions of the dropped tables that have it. */
static GHashTable *index_columns(const Comparing *comparing, const GPtrArray *dropped)
{
    GHashTable *by_column = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);
    for (guint i = 0; i < dropped->len; i++) {
        const Table *table = ((const MigrateOp *)dropped->pdata[i])->table;
        for (guint j = 0; j < table->columns->len; j++) {
            char *name = fold_name(((const Column *)table->columns->pdata[j])->name, comparing->ignore_case);
            GArray *positions = g_hash_table_lookup(by_column, name);
            if (!positions) {
                positions = g_array_new(FALSE, FALSE, sizeof(guint));
                g_hash_table_insert(by_column, name, positions);
            } else {
                g_free(name);
            }
            g_array_append_val(positions, i);
        }
    }
    return by_column;
}

/* The dropped tables that share most column names with `table`, of equal ones those with a similar name. */
static GArray *nearest_dropped(const Comparing *comparing, const GPtrArray *dropped, GHashTable *by_column,
                               const Table *table)
{
    g_autofree guint *shared = g_new0(guint, dropped->len);
    GArray *nearest = g_array_new(FALSE, FALSE, sizeof(LikelyPair));
    for (guint i = 0; i < table->columns->len; i++) {
        g_autofree char *name = fold_name(((const Column *)table->columns->pdata[i])->name, comparing->ignore_case);
        const GArray *positions = g_hash_table_lookup(by_column, name);
        for (guint j = 0; positions && j < positions->len; j++)
            shared[g_array_index(positions, guint, j)]++;
    }
    for (guint i = 0; i < dropped->len; i++) {
        const Table *other = ((const MigrateOp *)dropped->pdata[i])->table;
        if (shared[i] * 100 < MIN_SHARED_NAMES * MAX(table->columns->len, other->columns->len))
            continue;
        LikelyPair candidate = {i, 0, (int)shared[i] * 1000 + name_similarity(other->name, table->name)};
        g_array_append_val(nearest, candidate);
    }
    g_array_sort(nearest, candidate_order);
    if (nearest->len > MAX_TABLE_CHECKS)
        g_array_set_size(nearest, MAX_TABLE_CHECKS);
    return nearest;
}

static void pair_tables(const Comparing *comparing, const MigrateOp *dropped, const MigrateOp *added)
{
    add_likely(comparing, &(LikelyNames){.kind = "table",
                                         .schema = dropped->table->schema,
                                         .old_name = dropped->table->name,
                                         .new_name = added->table->name});
}

static void likely_tables(const Comparing *comparing, const GPtrArray *dropped, const GPtrArray *added)
{
    g_autoptr(GHashTable) by_column = index_columns(comparing, dropped);
    g_autoptr(GArray) candidates = g_array_new(FALSE, FALSE, sizeof(LikelyPair));
    for (guint i = 0; i < added->len; i++) {
        const Table *table = ((const MigrateOp *)added->pdata[i])->table;
        g_autoptr(GArray) nearest = nearest_dropped(comparing, dropped, by_column, table);
        for (guint j = 0; j < nearest->len; j++) {
            LikelyPair candidate = {g_array_index(nearest, LikelyPair, j).dropped, i, 0};
            const Table *other = ((const MigrateOp *)dropped->pdata[candidate.dropped])->table;
            int score = table_score(comparing, other, table);
            candidate.score = score * 100 + name_similarity(other->name, table->name);
            if (score >= MIN_TABLE_SCORE && g_strcmp0(other->schema, table->schema) == 0)
                g_array_append_val(candidates, candidate);
        }
    }
    choose_likely(comparing, candidates, dropped, added, pair_tables);
}

/* --- columns --- */

typedef enum Family { INTEGERS, NUMBERS, TEXTS, BYTES, TIMES, BOOLEANS, OTHERS } Family;

/* By the words SQL databases use in type names (as SQLite finds a column's affinity). */
static Family native_family(const char *spelling)
{
    static const struct {
        const char *word;
        Family family;
    } words[] = {
        {"INTERVAL", TIMES}, {"INT", INTEGERS}, {"SERIAL", INTEGERS}, {"CHAR", TEXTS},  {"TEXT", TEXTS},
        {"CLOB", TEXTS},     {"BLOB", BYTES},   {"BINARY", BYTES},    {"BYTEA", BYTES}, {"REAL", NUMBERS},
        {"FLOA", NUMBERS},   {"DOUB", NUMBERS}, {"NUMERIC", NUMBERS}, {"DEC", NUMBERS}, {"BOOL", BOOLEANS},
        {"DATE", TIMES},     {"TIME", TIMES},
    };
    g_autofree char *upper = g_ascii_strup(spelling ? spelling : "", -1);
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (strstr(upper, words[i].word))
            return words[i].family;
    return OTHERS;
}

static Family type_family(const SqlType *type)
{
    switch (type->kind) {
    case SQL_TYPE_INTEGER:
    case SQL_TYPE_SMALL_INTEGER:
    case SQL_TYPE_BIG_INTEGER:
        return INTEGERS;
    case SQL_TYPE_FLOAT:
    case SQL_TYPE_DOUBLE:
    case SQL_TYPE_NUMERIC:
        return NUMBERS;
    case SQL_TYPE_STRING:
    case SQL_TYPE_TEXT:
    case SQL_TYPE_UNICODE:
    case SQL_TYPE_UNICODE_TEXT:
    case SQL_TYPE_UUID:
    case SQL_TYPE_ENUM:
        return TEXTS;
    case SQL_TYPE_LARGE_BINARY:
        return BYTES;
    case SQL_TYPE_DATE:
    case SQL_TYPE_TIME:
    case SQL_TYPE_DATE_TIME:
    case SQL_TYPE_INTERVAL:
        return TIMES;
    case SQL_TYPE_BOOLEAN:
        return BOOLEANS;
    case SQL_TYPE_NATIVE:
        return native_family(type->name);
    case SQL_TYPE_JSON:
    case SQL_TYPE_ARRAY:
    case SQL_TYPE_NULL:
        return OTHERS;
    }
    g_return_val_if_reached(OTHERS);
}

static int position_of(const Table *table, const char *name)
{
    for (guint i = 0; table && i < table->columns->len; i++)
        if (name_equal(((const Column *)table->columns->pdata[i])->name, name, table->ignore_case))
            return (int)i;
    return -1;
}

/* 0: not one and the same. */
static int column_score(const Comparing *comparing, const MigrateOp *dropped, const MigrateOp *added)
{
    const Column *old = dropped->existing, *new = added->column;
    const Table *live = metadata_find_table(comparing->live, dropped->schema, dropped->table_name);
    const Table *model = metadata_find_table(comparing->model, added->schema, added->table_name);
    gboolean same_type = comparing->dialect->type_equal(old->type, new->type);
    Family family = type_family(old->type);
    if (!same_type && (family != type_family(new->type) || family == OTHERS))
        return 0;
    if ((old->computed != NULL) != (new->computed != NULL))
        return 0;
    int score = 1 + name_similarity(old->name, new->name) * 2;
    score += same_type ? 100 : 0;
    score += old->nullable == new->nullable ? 40 : 0;
    score += sql_equal(comparing->dialect, old->server_default, new->server_default) ? 40 : 0;
    score += position_of(live, old->name) == position_of(model, new->name) ? 30 : 0;
    return score;
}

static void pair_columns(const Comparing *comparing, const MigrateOp *dropped, const MigrateOp *added)
{
    add_likely(comparing, &(LikelyNames){.kind = "column",
                                         .schema = dropped->schema,
                                         .owner = dropped->table_name,
                                         .old_name = dropped->existing->name,
                                         .new_name = added->column->name});
}

/* A generated column has no data to lose. */
static void likely_columns(const Comparing *comparing, const GPtrArray *dropped, const GPtrArray *added)
{
    g_autoptr(GArray) candidates = g_array_new(FALSE, FALSE, sizeof(LikelyPair));
    for (guint i = 0; i < dropped->len; i++)
        for (guint j = 0; j < added->len && migrate_op_loses_data(dropped->pdata[i]); j++) {
            LikelyPair candidate = {i, j, column_score(comparing, dropped->pdata[i], added->pdata[j])};
            if (candidate.score)
                g_array_append_val(candidates, candidate);
        }
    choose_likely(comparing, candidates, dropped, added, pair_columns);
}

static gboolean same_table(const MigrateOp *a, const MigrateOp *b)
{
    return strcmp(a->table_name, b->table_name) == 0 && g_strcmp0(a->schema, b->schema) == 0;
}

/* The operations of one table stand together. */
static void likely_columns_of_all(const Comparing *comparing)
{
    const GPtrArray *ops = comparing->operations;
    for (guint from = 0, to = 0; from < ops->len; from = to) {
        g_autoptr(GPtrArray) dropped = g_ptr_array_new(), added = g_ptr_array_new();
        const MigrateOp *first = ops->pdata[from];
        for (to = from; to < ops->len; to++) {
            MigrateOp *op = ops->pdata[to];
            if (!op->table_name || !first->table_name || !same_table(first, op))
                break;
            if (op->kind == OP_DROP_COLUMN)
                g_ptr_array_add(dropped, op);
            else if (op->kind == OP_ADD_COLUMN)
                g_ptr_array_add(added, op);
        }
        if (dropped->len && added->len)
            likely_columns(comparing, dropped, added);
        to = MAX(to, from + 1);
    }
}

void find_likely_renames(Comparing *comparing)
{
    const GPtrArray *ops = comparing->operations;
    g_autoptr(GPtrArray) dropped = g_ptr_array_new(), added = g_ptr_array_new();
    for (guint i = 0; i < ops->len; i++) {
        MigrateOp *op = ops->pdata[i];
        if (op->kind == OP_DROP_TABLE)
            g_ptr_array_add(dropped, op);
        else if (op->kind == OP_CREATE_TABLE)
            g_ptr_array_add(added, op);
    }
    if (dropped->len && added->len)
        likely_tables(comparing, dropped, added);
    likely_columns_of_all(comparing);
    likely_types_and_objects(comparing);
}
