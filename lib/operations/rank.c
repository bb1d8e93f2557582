/* Where objects stand among tables: functions may be used by tables (defaults, checks, indexes) and use tables
 * themselves. The names in depends_on tell. */
#include <string.h>

#include "operations/internal.h"

struct Ranks {
    GHashTable *by_op; /* MigrateOp* -> ObjectRank + 1 */
};

char *plain_name(const char *name)
{
    gsize length = strcspn(name, "(");
    g_autofree char *whole = g_strchomp(g_strndup(name, length));
    const char *dot = strrchr(whole, '.');
    return g_strdup(dot ? dot + 1 : whole);
}

/* One direction: what is created, or what is dropped. */
typedef struct Side {
    gboolean drops;
    GHashTable *objects; /* folded plain name -> GPtrArray of MigrateOp* */
    GHashTable *tables;  /* folded names of tables that come or go */
    GHashTable *types;   /* folded names of enums and sequences */
    GHashTable *needed;  /* MigrateOp* that tables are built from */
    GHashTable *behind;  /* MigrateOp* of functions that use what is built on tables */
} Side;

static char *folded(const char *name)
{
    g_autofree char *plain = plain_name(name);
    return g_ascii_strdown(plain, -1);
}

static const SchemaObject *object_of(const MigrateOp *op)
{
    return op->object ? op->object : op->existing_object;
}

static gboolean is_object_op(const Side *side, const MigrateOp *op)
{
    return op->kind == OP_DROP_OBJECT ? side->drops
                                      : !side->drops && (op->kind == OP_CREATE_OBJECT || op->kind == OP_REPLACE_OBJECT);
}

static gboolean is_table_op(const Side *side, const MigrateOp *op)
{
    if (op->kind == OP_DROP_TABLE || op->kind == OP_DROP_COLUMN || op->kind == OP_DROP_CONSTRAINT ||
        op->kind == OP_DROP_INDEX)
        return side->drops;
    return op->table_name && (!side->drops || op->kind == OP_ALTER_COLUMN);
}

static gboolean always_before(const SchemaObject *object)
{
    static const char *const kinds[] = {"schema",     "extension", "domain", "composite_type",
                                        "range_type", "collation", NULL};
    return g_strv_contains(kinds, object->kind);
}

static gboolean is_routine(const SchemaObject *object)
{
    static const char *const kinds[] = {"function", "procedure", "aggregate", NULL};
    return g_strv_contains(kinds, object->kind);
}

static GHashTable *names_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

static void add_object(const Side *side, MigrateOp *op)
{
    char *name = folded(object_of(op)->name);
    GPtrArray *same = g_hash_table_lookup(side->objects, name);
    if (!same) {
        same = g_ptr_array_new();
        g_hash_table_insert(side->objects, name, same);
    } else {
        g_free(name);
    }
    g_ptr_array_add(same, op);
}

static void add_names(const Side *side, const MigrateOp *const *ops, guint n)
{
    for (guint i = 0; i < n; i++) {
        const MigrateOp *op = ops[i];
        const EnumType *type = op->enum_type ? op->enum_type : op->existing_enum;
        const Sequence *sequence = op->sequence ? op->sequence : op->existing_sequence;
        if (is_object_op(side, op))
            add_object(side, (MigrateOp *)op);
        if (op->kind == (side->drops ? OP_DROP_TABLE : OP_CREATE_TABLE))
            g_hash_table_add(side->tables, folded(op->table_name));
        if (type)
            g_hash_table_add(side->types, folded(type->name));
        if (sequence)
            g_hash_table_add(side->types, folded(sequence->name));
    }
}

static const GPtrArray *objects_named(const Side *side, const char *name)
{
    g_autofree char *key = folded(name);
    return g_hash_table_lookup(side->objects, key);
}

/* --- what tables are built from --- */

static void need_names(const Side *side, const GPtrArray *names, GPtrArray *open)
{
    for (guint i = 0; names && i < names->len; i++) {
        const GPtrArray *found = objects_named(side, names->pdata[i]);
        for (guint j = 0; found && j < found->len; j++)
            if (g_hash_table_add(side->needed, found->pdata[j]))
                g_ptr_array_add(open, found->pdata[j]);
    }
}

static void find_needed(const Side *side, const MigrateOp *const *ops, guint n)
{
    g_autoptr(GPtrArray) open = g_ptr_array_new();
    for (guint i = 0; i < n; i++) {
        const MigrateOp *op = ops[i];
        if (is_table_op(side, op))
            need_names(side, side->drops ? op->existing_depends_on : op->depends_on, open);
        else if (is_object_op(side, op) && always_before(object_of(op)) && g_hash_table_add(side->needed, (gpointer)op))
            g_ptr_array_add(open, (gpointer)op);
    }
    for (guint i = 0; i < open->len; i++)
        need_names(side, object_of(open->pdata[i])->depends_on, open);
}

/* --- what is built on tables --- */

static gboolean is_behind(const Side *side, const MigrateOp *op)
{
    return g_hash_table_contains(side->behind, op) ||
           (!g_hash_table_contains(side->needed, op) && !is_routine(object_of(op)));
}

/* A name that nothing here is about may be that of a table. */
static gboolean keeps_behind(const Side *side, const char *name)
{
    g_autofree char *key = folded(name);
    const GPtrArray *found = g_hash_table_lookup(side->objects, key);
    for (guint i = 0; found && i < found->len; i++)
        if (is_behind(side, found->pdata[i]))
            return TRUE;
    return !found && !g_hash_table_contains(side->types, key);
}

static void find_behind(const Side *side, const MigrateOp *const *ops, guint n)
{
    gboolean found;
    do {
        found = FALSE;
        for (guint i = 0; i < n; i++) {
            const MigrateOp *op = ops[i];
            if (!is_object_op(side, op) || !is_routine(object_of(op)) || g_hash_table_contains(side->needed, op) ||
                g_hash_table_contains(side->behind, op))
                continue;
            const GPtrArray *names = object_of(op)->depends_on;
            for (guint j = 0; j < names->len; j++)
                if (keeps_behind(side, names->pdata[j])) {
                    g_hash_table_add(side->behind, (gpointer)op);
                    found = TRUE;
                    break;
                }
        }
    } while (found);
}

/* Over other objects as well. */
static gboolean uses_tables(const Side *side, const MigrateOp *op, GHashTable *seen)
{
    const GPtrArray *names = object_of(op)->depends_on;
    if (!g_hash_table_add(seen, (gpointer)op))
        return FALSE;
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *key = folded(names->pdata[i]);
        const GPtrArray *found = g_hash_table_lookup(side->objects, key);
        if (g_hash_table_contains(side->tables, key))
            return TRUE;
        for (guint j = 0; found && j < found->len; j++)
            if (uses_tables(side, found->pdata[j], seen))
                return TRUE;
    }
    return FALSE;
}

static ObjectRank rank_on(const Side *side, const MigrateOp *op)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    if (is_behind(side, op))
        return RANK_BEHIND_TABLES;
    return g_hash_table_contains(side->needed, op) && uses_tables(side, op, seen) ? RANK_AMONG_TABLES
                                                                                  : RANK_BEFORE_TABLES;
}

static void rank_side(Ranks *ranks, gboolean drops, const MigrateOp *const *ops, guint n)
{
    Side side = {
        .drops = drops,
        .objects = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref),
        .tables = names_new(),
        .types = names_new(),
        .needed = g_hash_table_new(NULL, NULL),
        .behind = g_hash_table_new(NULL, NULL),
    };
    add_names(&side, ops, n);
    find_needed(&side, ops, n);
    find_behind(&side, ops, n);
    for (guint i = 0; i < n; i++)
        if (is_object_op(&side, ops[i]))
            g_hash_table_insert(ranks->by_op, (gpointer)ops[i], GUINT_TO_POINTER(rank_on(&side, ops[i]) + 1));
    g_hash_table_unref(side.objects);
    g_hash_table_unref(side.tables);
    g_hash_table_unref(side.types);
    g_hash_table_unref(side.needed);
    g_hash_table_unref(side.behind);
}

/* Another one of its name may have the same arguments. */
static char *object_key(const SchemaObject *object)
{
    g_autofree char *name = plain_name(object->name);
    return g_strdup_printf("%s\n%s\n%s", object->kind, object->schema ? object->schema : "", name);
}

/* A routine that is dropped to be created again stands aside while everything else happens. */
static void rank_recreated(Ranks *ranks, const MigrateOp *const *ops, guint n)
{
    g_autoptr(GHashTable) kinds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    static const OpKind pair[] = {OP_DROP_OBJECT, OP_CREATE_OBJECT};
    for (guint i = 0; i < n; i++)
        for (guint j = 0; j < G_N_ELEMENTS(pair); j++)
            if (ops[i]->kind == pair[j] && is_routine(object_of(ops[i]))) {
                char *key = object_key(object_of(ops[i]));
                guint seen = GPOINTER_TO_UINT(g_hash_table_lookup(kinds, key));
                g_hash_table_replace(kinds, key, GUINT_TO_POINTER(seen | 1U << j));
            }
    for (guint i = 0; i < n; i++) {
        if (ops[i]->kind != OP_DROP_OBJECT && ops[i]->kind != OP_CREATE_OBJECT)
            continue;
        g_autofree char *key = object_key(object_of(ops[i]));
        if (GPOINTER_TO_UINT(g_hash_table_lookup(kinds, key)) == 3)
            g_hash_table_insert(ranks->by_op, (gpointer)ops[i], GUINT_TO_POINTER(RANK_BEHIND_TABLES + 1));
    }
}

Ranks *ranks_new(const MigrateOp *const *ops, guint n)
{
    Ranks *ranks = g_new0(Ranks, 1);
    ranks->by_op = g_hash_table_new(NULL, NULL);
    rank_side(ranks, FALSE, ops, n);
    rank_side(ranks, TRUE, ops, n);
    rank_recreated(ranks, ops, n);
    return ranks;
}

void ranks_free(Ranks *ranks)
{
    if (!ranks)
        return;
    g_hash_table_unref(ranks->by_op);
    g_free(ranks);
}

ObjectRank object_rank(const Ranks *ranks, const MigrateOp *op)
{
    return (ObjectRank)(GPOINTER_TO_UINT(g_hash_table_lookup(ranks->by_op, op)) - 1);
}
