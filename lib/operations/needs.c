/*
 * One graph over all operations of a segment: what needs a name comes behind what provides it, and what goes away comes
 * behind what still needs it. The phases are the order wherever nothing is needed; what they get wrong (a default calls
 * a function that reads a view of another table) is put right here.
 */
#include <string.h>

#include "operations/internal.h"

typedef struct Edge {
    guint to;
    gboolean hard; /* FALSE: may be left out where everything would wait for everything */
} Edge;

typedef struct Node {
    const MigrateOp *op;
    GArray *edges;    /* Edge: to what has to come behind */
    guint hard, soft; /* edges that still lead here */
    gboolean done;
} Node;

typedef struct Needs {
    Node *nodes;
    guint n;
    GHashTable *about;  /* folded plain name -> GArray of guint: operations that create, change or drop what it names */
    GHashTable *tables; /* the same of the table that they are on, in whatever schema */
    GHashTable *chains; /* folded "schema.name" -> GArray of guint: operations on that table */
} Needs;

static const MigrateOp *op_of(const Needs *needs, guint node)
{
    const MigrateOp *op = needs->nodes[node].op;
    g_assert(op != NULL);
    return op;
}

static char *folded(const char *name)
{
    g_autofree char *plain = plain_name(name);
    return g_ascii_strdown(plain, -1);
}

static void add_to_list(GHashTable *index, const char *key, guint node)
{
    GArray *nodes = g_hash_table_lookup(index, key);
    if (!nodes) {
        nodes = g_array_new(FALSE, FALSE, sizeof(guint));
        g_hash_table_insert(index, g_strdup(key), nodes);
    }
    g_array_append_val(nodes, node);
}

static void add_to_index(GHashTable *index, const char *name, guint node)
{
    g_autofree char *key = folded(name);
    add_to_list(index, key, node);
}

static void add_to_chain(const Needs *needs, const char *schema, const char *table_name, guint node)
{
    g_autofree char *name = g_strdup_printf("%s.%s", schema ? schema : "", table_name);
    g_autofree char *key = g_ascii_strdown(name, -1);
    add_to_list(needs->chains, key, node);
}

static const GArray *find_in_index(GHashTable *index, const char *name)
{
    g_autofree char *key = folded(name);
    return g_hash_table_lookup(index, key);
}

static const SchemaObject *object_of(const MigrateOp *op)
{
    return op->object ? op->object : op->existing_object;
}

static gboolean is_kind(const SchemaObject *object, const char *const *kinds)
{
    return object && g_strv_contains(kinds, object->kind);
}

static gboolean is_one_of_its_name(const SchemaObject *object)
{
    static const char *const kinds[] = {"function", "procedure", "aggregate", NULL};
    return is_kind(object, kinds);
}

/* Views, triggers … are nothing that a table is built from. */
static gboolean builds_tables(const MigrateOp *op)
{
    static const char *const kinds[] = {"function",   "aggregate", "domain", "composite_type",
                                        "range_type", "collation", NULL};
    return !object_of(op) || is_kind(object_of(op), kinds);
}

static gboolean creates(const MigrateOp *op)
{
    return op->kind == OP_CREATE_OBJECT || op->kind == OP_CREATE_TABLE || op->kind == OP_CREATE_ENUM ||
           op->kind == OP_CREATE_SEQUENCE;
}

static gboolean drops(const MigrateOp *op)
{
    return op->kind == OP_DROP_OBJECT || op->kind == OP_DROP_TABLE || op->kind == OP_DROP_ENUM ||
           op->kind == OP_DROP_SEQUENCE;
}

static gboolean changes(const MigrateOp *op)
{
    return op->kind == OP_REPLACE_OBJECT || op->kind == OP_ALTER_ENUM;
}

/* --- edges --- */

static void add_edge(const Needs *needs, guint from, guint to, gboolean hard)
{
    const Edge edge = {to, hard};
    if (from == to)
        return;
    g_array_append_val(needs->nodes[from].edges, edge);
    if (hard)
        needs->nodes[to].hard++;
    else
        needs->nodes[to].soft++;
}

/* `name` has to be there, as it is to be, before `node` runs. */
static void need_before(const Needs *needs, guint node, const char *name)
{
    const GArray *about = find_in_index(needs->about, name), *shaping = find_in_index(needs->tables, name);
    const MigrateOp *op = op_of(needs, node);
    for (guint i = 0; about && i < about->len; i++) {
        guint other = g_array_index(about, guint, i);
        const MigrateOp *provider = op_of(needs, other);
        if (op->table_name && !builds_tables(provider))
            continue;
        if (creates(provider) || changes(provider))
            add_edge(needs, other, node, creates(provider));
    }
    for (guint i = 0; shaping && !op->table_name && i < shaping->len; i++) {
        guint other = g_array_index(shaping, guint, i);
        if (!drops(op_of(needs, other)) && !creates(op_of(needs, other)))
            add_edge(needs, other, node, FALSE);
    }
}

/* `name` is there, as it was, until `node` has run. */
static void need_until(const Needs *needs, guint node, const char *name)
{
    const GArray *about = find_in_index(needs->about, name), *shaping = find_in_index(needs->tables, name);
    const MigrateOp *op = op_of(needs, node);
    gboolean goes = op->kind == OP_DROP_OBJECT || op->kind == OP_DROP_COLUMN; /* and comes back to what it was */
    for (guint i = 0; about && i < about->len; i++) {
        guint other = g_array_index(about, guint, i);
        const MigrateOp *remover = op_of(needs, other);
        if (op->table_name && !builds_tables(remover))
            continue;
        if (drops(remover) || (changes(remover) && goes))
            add_edge(needs, node, other, drops(remover));
    }
    for (guint i = 0; shaping && op->kind == OP_DROP_OBJECT && i < shaping->len; i++) {
        guint other = g_array_index(shaping, guint, i);
        const OpKind kind = op_of(needs, other)->kind;
        if (kind == OP_DROP_COLUMN || kind == OP_ALTER_COLUMN || kind == OP_DROP_CONSTRAINT)
            add_edge(needs, node, other, FALSE);
    }
}

static void need_all(const Needs *needs, guint node, const GPtrArray *names,
                     void (*need)(const Needs *needs, guint node, const char *name))
{
    for (guint i = 0; names && i < names->len; i++)
        need(needs, node, names->pdata[i]);
}

/* What the new definitions of `node` need, and what its former ones did. */
static void add_needs(const Needs *needs, guint node)
{
    const MigrateOp *op = op_of(needs, node);
    if (op->object) {
        need_all(needs, node, op->object->depends_on, need_before);
        if (op->object->table_name)
            need_before(needs, node, op->object->table_name);
    }
    if (op->existing_object) {
        need_all(needs, node, op->existing_object->depends_on, need_until);
        if (op->existing_object->table_name)
            need_until(needs, node, op->existing_object->table_name);
    }
    need_all(needs, node, op->depends_on, need_before);
    need_all(needs, node, op->existing_depends_on, need_until);
}

/* A foreign key follows whatever happens to the table that it refers to, as far as the phases say so. */
static void follow_references(const Needs *needs, guint node, const Constraint *constraint)
{
    const GArray *shaping =
        constraint->kind == CONSTRAINT_FOREIGN_KEY ? find_in_index(needs->tables, constraint->referred_table) : NULL;
    for (guint i = 0; shaping && i < shaping->len; i++)
        if (g_array_index(shaping, guint, i) < node)
            add_edge(needs, g_array_index(shaping, guint, i), node, FALSE);
}

static void add_references(const Needs *needs, guint node)
{
    const MigrateOp *op = op_of(needs, node);
    if (op->kind == OP_CREATE_CONSTRAINT)
        follow_references(needs, node, op->constraint);
    for (guint i = 0; op->kind == OP_CREATE_TABLE && i < op->table->constraints->len; i++)
        follow_references(needs, node, op->table->constraints->pdata[i]);
}

/* What was split off a new table follows it, whatever its phase. */
static void create_first(const Needs *needs, const GArray *nodes)
{
    guint created = nodes->len;
    for (guint i = 0; i < nodes->len; i++) {
        const MigrateOp *op = op_of(needs, g_array_index(nodes, guint, i));
        if (op->kind == OP_DROP_TABLE)
            return;
        if (op->kind == OP_CREATE_TABLE)
            created = i;
    }
    for (guint i = created < nodes->len ? created : 0; i > 0; i--) {
        const guint node = g_array_index(nodes, guint, i);
        g_array_index(nodes, guint, i) = g_array_index(nodes, guint, i - 1);
        g_array_index(nodes, guint, i - 1) = node;
    }
}

/* Operations on one table keep their order; so do those that take a name and give it to something else. */
static void keep_orders(const Needs *needs)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, needs->chains);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const GArray *nodes = value;
        create_first(needs, nodes);
        for (guint i = 1; i < nodes->len; i++)
            add_edge(needs, g_array_index(nodes, guint, i - 1), g_array_index(nodes, guint, i), TRUE);
    }
    g_hash_table_iter_init(&iter, needs->about);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const GArray *nodes = value;
        for (guint i = 0; i < nodes->len; i++)
            for (guint j = 0; j < nodes->len; j++) {
                guint from = g_array_index(nodes, guint, i), to = g_array_index(nodes, guint, j);
                const MigrateOp *former = op_of(needs, from), *op = op_of(needs, to);
                gboolean same = is_one_of_its_name(object_of(former)) == is_one_of_its_name(object_of(op));
                if (drops(former) && creates(op) && same)
                    add_edge(needs, from, to, TRUE);
            }
    }
}

/* --- order --- */

static void release(const Needs *needs, guint node)
{
    for (guint i = 0; i < needs->nodes[node].edges->len; i++) {
        const Edge *edge = &g_array_index(needs->nodes[node].edges, Edge, i);
        if (edge->hard)
            needs->nodes[edge->to].hard--;
        else
            needs->nodes[edge->to].soft--;
    }
    needs->nodes[node].done = TRUE;
}

/* The first that waits for nothing; else the first that only would rather wait; else the first. */
static guint next_node(const Needs *needs, guint *first)
{
    guint soft = needs->n;
    while (needs->nodes[*first].done)
        (*first)++;
    for (guint i = *first; i < needs->n; i++) {
        const Node *node = &needs->nodes[i];
        if (node->done || node->hard > 0)
            continue;
        if (node->soft == 0)
            return i;
        soft = MIN(soft, i);
    }
    return soft < needs->n ? soft : *first;
}

/* Schemas and extensions go when everything else has gone. An event trigger is not to fire for what the rest does. */
static gboolean goes_last(const MigrateOp *op)
{
    static const char *const kinds[] = {"schema", "extension", NULL};
    if (op->kind == OP_CREATE_OBJECT && strcmp(op->object->kind, "event_trigger") == 0)
        return TRUE;
    return op->kind == OP_DROP_OBJECT && is_kind(op->existing_object, kinds);
}

static void arrange(const Needs *needs, gpointer *ops)
{
    guint at = 0, first = 0;
    for (guint i = 0; i < needs->n; i++) {
        guint node = next_node(needs, &first);
        release(needs, node);
        if (!goes_last(op_of(needs, node)))
            ops[at++] = (gpointer)op_of(needs, node);
    }
    for (guint i = 0; i < needs->n; i++)
        if (goes_last(op_of(needs, i)))
            ops[at++] = (gpointer)op_of(needs, i);
}

static void read_names(const Needs *needs, guint node)
{
    const MigrateOp *op = op_of(needs, node);
    const EnumType *type = op->enum_type ? op->enum_type : op->existing_enum;
    const Sequence *sequence = op->sequence ? op->sequence : op->existing_sequence;
    const char *table_name = op->kind == OP_RENAME_TABLE ? op->new_name : op->table_name;
    if (object_of(op) && !object_of(op)->table_name)
        add_to_index(needs->about, object_of(op)->name, node);
    if (op->kind == OP_CREATE_TABLE || op->kind == OP_DROP_TABLE)
        add_to_index(needs->about, op->table_name, node);
    if (type)
        add_to_index(needs->about, type->name, node);
    if (sequence)
        add_to_index(needs->about, sequence->name, node);
    if (!table_name)
        return;
    add_to_index(needs->tables, table_name, node);
    add_to_chain(needs, op->schema, table_name, node);
}

static gboolean has_objects(gpointer *ops, guint n)
{
    for (guint i = 0; i < n; i++)
        if (object_of(ops[i]))
            return TRUE;
    return FALSE;
}

void operations_order_needs(gpointer *ops, guint n)
{
    if (!has_objects(ops, n))
        return;
    Needs needs = {
        .nodes = g_new0(Node, n),
        .n = n,
        .about = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref),
        .tables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref),
        .chains = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref),
    };
    for (guint i = 0; i < n; i++) {
        needs.nodes[i].op = ops[i];
        needs.nodes[i].edges = g_array_new(FALSE, FALSE, sizeof(Edge));
        read_names(&needs, i);
    }
    for (guint i = 0; i < n; i++) {
        add_needs(&needs, i);
        add_references(&needs, i);
    }
    keep_orders(&needs);
    arrange(&needs, ops);
    for (guint i = 0; i < n; i++)
        g_array_unref(needs.nodes[i].edges);
    g_free(needs.nodes);
    g_hash_table_unref(needs.about);
    g_hash_table_unref(needs.tables);
    g_hash_table_unref(needs.chains);
}
