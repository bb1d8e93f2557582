/* An order that runs. Phases settle how kinds of operations follow each other; inside a phase the order given stays,
 * except where names depend on names (tables, renames, objects). */
#include <string.h>

#include "base/error.h"
#include "operations/graph.h"
#include "operations/internal.h"

/* Renames come right behind the dropped objects, so that everything else can use the new names. What is created stands
 * before what is dropped, so that data can be moved in between by whoever edits the revision. */
typedef enum Phase {
    PHASE_DROP_OBJECT,
    PHASE_RENAME_TABLE,
    PHASE_RENAME_COLUMN,
    PHASE_DROP_FOREIGN_KEY,
    PHASE_DROP_INDEX,
    PHASE_DROP_CONSTRAINT,
    PHASE_DROP_TABLE_EARLY, /* its name, or that of one of its indexes, is used again */
    PHASE_CREATE_TYPE,      /* enums, sequences, and objects that tables are built from */
    PHASE_ADD_COLUMN,
    PHASE_ALTER,
    PHASE_CREATE_KEY,
    PHASE_CREATE_INDEX,
    PHASE_CREATE_TABLE,
    PHASE_DROP_COLUMN,
    PHASE_CREATE_CHECK,
    PHASE_CREATE_FOREIGN_KEY,
    PHASE_DROP_TABLE,
    PHASE_DROP_TYPE,
    PHASE_CREATE_OBJECT,
    N_PHASES,
} Phase;

static Phase constraint_phase(const MigrateOp *op)
{
    switch (op->constraint->kind) {
    case CONSTRAINT_PRIMARY_KEY:
    case CONSTRAINT_UNIQUE:
        return PHASE_CREATE_KEY;
    case CONSTRAINT_FOREIGN_KEY:
        return PHASE_CREATE_FOREIGN_KEY;
    case CONSTRAINT_CHECK:
    case CONSTRAINT_EXCLUDE:
        return PHASE_CREATE_CHECK;
    }
    g_return_val_if_reached(PHASE_CREATE_CHECK);
}

static gboolean renames_column(const MigrateOp *op)
{
    return strcmp(op->existing->name, op->column->name) != 0;
}

static Phase object_phase(const MigrateOp *op, const Ranks *ranks)
{
    gboolean drops = op->kind == OP_DROP_OBJECT;
    switch (object_rank(ranks, op)) {
    case RANK_BEFORE_TABLES:
        return drops ? PHASE_DROP_TYPE : PHASE_CREATE_TYPE;
    case RANK_AMONG_TABLES:
        return drops ? PHASE_DROP_TABLE : PHASE_CREATE_TABLE;
    case RANK_BEHIND_TABLES:
        return drops ? PHASE_DROP_OBJECT : PHASE_CREATE_OBJECT;
    }
    g_return_val_if_reached(PHASE_CREATE_OBJECT);
}

/* A column that owns a sequence takes it along when it goes, and must be there to own it. */
static Phase sequence_phase(const MigrateOp *op)
{
    const Sequence *former = op->existing_sequence, *sequence = op->sequence;
    if (sequence->owned_by_table && (g_strcmp0(sequence->owned_by_table, former->owned_by_table) != 0 ||
                                     g_strcmp0(sequence->owned_by_column, former->owned_by_column) != 0))
        return PHASE_CREATE_CHECK;
    return former->owned_by_table && !sequence->owned_by_table ? PHASE_DROP_FOREIGN_KEY : PHASE_CREATE_TYPE;
}

static Phase op_phase(const MigrateOp *op, const Ranks *ranks)
{
    switch (op->kind) {
    case OP_DROP_OBJECT:
    case OP_CREATE_OBJECT:
    case OP_REPLACE_OBJECT:
        return object_phase(op, ranks);
    case OP_RENAME_TABLE:
        return PHASE_RENAME_TABLE;
    case OP_ALTER_COLUMN:
        return renames_column(op) ? PHASE_RENAME_COLUMN : PHASE_ALTER;
    case OP_DROP_INDEX:
    case OP_RENAME_INDEX:
        return PHASE_DROP_INDEX;
    case OP_DROP_CONSTRAINT:
        return op->constraint->kind == CONSTRAINT_FOREIGN_KEY ? PHASE_DROP_FOREIGN_KEY : PHASE_DROP_CONSTRAINT;
    case OP_RENAME_CONSTRAINT:
        return PHASE_DROP_CONSTRAINT;
    case OP_CREATE_ENUM:
    case OP_ALTER_ENUM:
    case OP_CREATE_SEQUENCE:
        return PHASE_CREATE_TYPE;
    case OP_ALTER_SEQUENCE:
        return sequence_phase(op);
    case OP_ADD_COLUMN:
        return PHASE_ADD_COLUMN;
    case OP_ALTER_TABLE_OPTIONS: /* of a partition: its new parent may be created */
        return op->depends_on ? PHASE_CREATE_CHECK : PHASE_ALTER;
    case OP_CREATE_TABLE_COMMENT:
    case OP_DROP_TABLE_COMMENT:
        return PHASE_ALTER;
    case OP_CREATE_CONSTRAINT:
        return constraint_phase(op);
    case OP_CREATE_INDEX:
        return PHASE_CREATE_INDEX;
    case OP_CREATE_TABLE:
        return PHASE_CREATE_TABLE;
    case OP_DROP_COLUMN:
        return PHASE_DROP_COLUMN;
    case OP_DROP_TABLE:
        return PHASE_DROP_TABLE;
    case OP_DROP_ENUM:
    case OP_DROP_SEQUENCE:
        return PHASE_DROP_TYPE;
    case OP_EXECUTE:
        break; /* a barrier, never sorted */
    }
    g_return_val_if_reached(PHASE_CREATE_OBJECT);
}

/* --- tables --- */

typedef struct Cycles {
    GPtrArray *tables;      /* MigrateOp*, the nodes */
    GPtrArray *constraints; /* MigrateOp* that the split gave, or NULL: no split */
    OpKind kind;            /* of those */
} Cycles;

static gboolean same_name(const char *a, const char *b)
{
    return a && b ? g_ascii_strcasecmp(a, b) == 0 : a == b;
}

static void split_cycle(guint node, guint needed, void *data)
{
    Cycles *cycles = data;
    const MigrateOp *from = cycles->tables->pdata[node], *to = cycles->tables->pdata[needed];
    for (guint i = 0; cycles->constraints && from->table && i < from->table->constraints->len;) {
        const Constraint *constraint = from->table->constraints->pdata[i];
        if (constraint->kind != CONSTRAINT_FOREIGN_KEY || !same_name(constraint->referred_table, to->table_name) ||
            !same_name(constraint->referred_schema, to->schema)) {
            i++;
            continue;
        }
        g_ptr_array_add(cycles->constraints, cycles->kind == OP_CREATE_CONSTRAINT
                                                 ? migrate_op_create_constraint(from->table, constraint)
                                                 : migrate_op_drop_constraint(from->table, constraint));
        g_ptr_array_remove_index(from->table->constraints, i);
    }
}

static void reverse_array(GPtrArray *array)
{
    for (guint i = 0; i < array->len / 2; i++) {
        gpointer other = array->pdata[array->len - 1 - i];
        array->pdata[array->len - 1 - i] = array->pdata[i];
        array->pdata[i] = other;
    }
}

static void permute(GPtrArray *array, const GArray *order)
{
    g_autofree gpointer *copy = g_memdup2(array->pdata, array->len * sizeof(gpointer));
    for (guint i = 0; i < array->len; i++)
        array->pdata[i] = copy[g_array_index(order, guint, i)];
}

static const SchemaObject *op_object(const MigrateOp *op)
{
    return op->object ? op->object : op->existing_object;
}

/* What depends_on names is looked for in every schema. */
#define ANY_SCHEMA "*"

static void need_dependencies(Graph *graph, guint node, const GPtrArray *depends_on)
{
    for (guint i = 0; depends_on && i < depends_on->len; i++) {
        g_autofree char *name = plain_name(depends_on->pdata[i]);
        graph_need(graph, node, ANY_SCHEMA, name);
    }
}

/* --- partitions: a foreign key to the whole table hangs on each of them --- */

#define PARTITIONS_OF " partitions of" /* in the place of a schema: no schema is called that */

/* The plain name of a table's parent, without quotes; NULL when it is no partition. New string. */
static char *parent_name(const Table *table)
{
    const char *parent = options_get(table->options, "partition_of");
    const char *start = parent;
    if (!parent)
        return NULL;
    gboolean quoted = FALSE;
    for (const char *at = parent; *at; at++) {
        quoted ^= *at == '"';
        if (*at == '.' && !quoted)
            start = at + 1;
    }
    if (*start != '"')
        return g_strdup(start);
    g_autofree char *inside = g_strndup(start + 1, strlen(start) - 2);
    g_auto(GStrv) parts = g_strsplit(inside, "\"\"", -1);
    return g_strjoinv("\"", parts);
}

static const Table *find_table(const GPtrArray *ops, const char *name)
{
    for (guint i = 0; i < ops->len; i++) {
        const MigrateOp *op = ops->pdata[i];
        if (op->table && strcmp(op->table->name, name) == 0)
            return op->table;
    }
    return NULL;
}

/* By every table above it: partitions may be partitioned themselves. */
static void name_partition(Graph *graph, guint node, const Table *table, const GPtrArray *ops)
{
    for (guint depth = 0; table && depth < ops->len; depth++) {
        g_autofree char *parent = parent_name(table);
        if (!parent)
            return;
        graph_name(graph, node, PARTITIONS_OF, parent);
        table = find_table(ops, parent);
    }
}

/* Referred tables first, and the functions among them that some of them use and that use others. */
static void order_tables(GPtrArray *ops, Cycles *cycles)
{
    g_autoptr(Graph) graph = graph_new(ops->len);
    for (guint i = 0; i < ops->len; i++) {
        const MigrateOp *op = ops->pdata[i];
        g_autofree char *name = plain_name(op->table ? op->table_name : op_object(op)->name);
        graph_name(graph, i, ANY_SCHEMA, name);
        if (!op->table)
            continue;
        graph_name(graph, i, op->schema, op->table_name);
        name_partition(graph, i, op->table, ops);
    }
    for (guint i = 0; i < ops->len; i++) {
        const MigrateOp *op = ops->pdata[i];
        need_dependencies(graph, i,
                          !op->table                  ? op_object(op)->depends_on
                          : op->kind == OP_DROP_TABLE ? op->existing_depends_on
                                                      : op->depends_on);
        for (guint j = 0; op->table && j < op->table->constraints->len; j++) {
            const Constraint *constraint = op->table->constraints->pdata[j];
            if (constraint->kind != CONSTRAINT_FOREIGN_KEY)
                continue;
            graph_need(graph, i, constraint->referred_schema, constraint->referred_table);
            if (strcmp(constraint->referred_table, op->table->name) != 0)
                graph_need(graph, i, PARTITIONS_OF, constraint->referred_table);
        }
    }
    cycles->tables = ops;
    g_autoptr(GArray) order = graph_order(graph, split_cycle, cycles);
    permute(ops, order);
}

static void add_name(GHashTable *names, const char *name)
{
    g_hash_table_add(names, g_ascii_strdown(name, -1));
}

static gboolean has_name(GHashTable *names, const char *name)
{
    g_autofree char *folded = g_ascii_strdown(name, -1);
    return g_hash_table_contains(names, folded);
}

static void add_created_names(GHashTable *names, const GPtrArray *ops)
{
    for (guint i = 0; i < ops->len; i++) {
        const MigrateOp *op = ops->pdata[i];
        if (op->kind == OP_CREATE_INDEX)
            add_name(names, op->index->name);
        if (op->kind != OP_CREATE_TABLE)
            continue;
        add_name(names, op->table_name);
        for (guint j = 0; j < op->table->indexes->len; j++)
            add_name(names, ((const Index *)op->table->indexes->pdata[j])->name);
    }
}

static gboolean must_go_early(const MigrateOp *op, GHashTable *created, GHashTable *early)
{
    if (!op->table)
        return FALSE;
    if (has_name(created, op->table_name))
        return TRUE;
    for (guint i = 0; i < op->table->indexes->len; i++)
        if (has_name(created, ((const Index *)op->table->indexes->pdata[i])->name))
            return TRUE;
    for (guint i = 0; i < op->table->constraints->len; i++) {
        const Constraint *constraint = op->table->constraints->pdata[i];
        if (constraint->kind == CONSTRAINT_FOREIGN_KEY && has_name(early, constraint->referred_table))
            return TRUE;
    }
    return FALSE;
}

/* Moves dropped tables whose names are used again, and with them the tables that refer to them. */
static void move_early_drops(GPtrArray **phases)
{
    g_autoptr(GHashTable) created = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) early = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GPtrArray *late = phases[PHASE_DROP_TABLE], *first = phases[PHASE_DROP_TABLE_EARLY];
    add_created_names(created, phases[PHASE_CREATE_TABLE]);
    add_created_names(created, phases[PHASE_CREATE_INDEX]);
    if (late->len == 0 || g_hash_table_size(created) == 0)
        return;
    guint found = 0;
    do {
        found = g_hash_table_size(early);
        for (guint i = late->len; i-- > 0;) {
            const MigrateOp *op = late->pdata[i];
            if (op->table && !has_name(early, op->table_name) && must_go_early(op, created, early))
                add_name(early, op->table_name);
        }
    } while (found != g_hash_table_size(early));
    for (guint i = 0; i < late->len;) {
        const MigrateOp *op = late->pdata[i];
        if (op->table && has_name(early, op->table_name))
            g_ptr_array_add(first, g_ptr_array_remove_index(late, i));
        else
            i++;
    }
}

/* A column that is added again, computed by something else, must free its name first. */
static void move_early_columns(GPtrArray **phases)
{
    GPtrArray *late = phases[PHASE_DROP_COLUMN], *first = phases[PHASE_DROP_TABLE_EARLY];
    for (guint i = 0; i < late->len;) {
        const MigrateOp *op = late->pdata[i];
        gboolean again = FALSE;
        for (guint j = 0; !again && j < phases[PHASE_ADD_COLUMN]->len; j++) {
            const MigrateOp *added = phases[PHASE_ADD_COLUMN]->pdata[j];
            again = same_name(op->table_name, added->table_name) && same_name(op->schema, added->schema) &&
                    same_name(op->existing->name, added->column->name);
        }
        if (again)
            g_ptr_array_add(first, g_ptr_array_remove_index(late, i));
        else
            i++;
    }
}

/* --- renames --- */

static void rename_cycle(guint node, guint needed, void *data)
{
    guint *cycle = data;
    (void)needed;
    *cycle = node;
}

/* a -> b runs behind b -> c. */
static gboolean order_renames(GPtrArray *ops, GError **error)
{
    g_autoptr(Graph) graph = graph_new(ops->len);
    guint cycle = ops->len;
    for (guint i = 0; i < ops->len; i++) {
        const MigrateOp *op = ops->pdata[i];
        if (op->kind == OP_RENAME_TABLE)
            graph_name(graph, i, op->schema, op->table_name);
        else
            graph_name(graph, i, op->table_name, op->existing->name);
    }
    for (guint i = 0; i < ops->len; i++) {
        const MigrateOp *op = ops->pdata[i];
        if (op->kind == OP_RENAME_TABLE)
            graph_need(graph, i, op->schema, op->new_name);
        else
            graph_need(graph, i, op->table_name, op->column->name);
    }
    g_autoptr(GArray) order = graph_order(graph, rename_cycle, &cycle);
    if (cycle < ops->len) {
        g_autofree char *what = migrate_op_describe(ops->pdata[cycle]);
        g_set_error(error, OPERATIONS_ERROR, OPERATIONS_ERROR_CYCLE,
                    "%s: the names change places in a circle; rename in two revisions, over a name that is free", what);
        return FALSE;
    }
    permute(ops, order);
    return TRUE;
}

/* --- views, triggers … --- */

static gboolean hangs_on_table(const SchemaObject *object)
{
    return object->table_name != NULL;
}

/* Those without a table of their own (views, functions) first, then triggers and policies; within, what is needed
 * first. Unknown names (tables) do not matter here. */
static void order_objects(GPtrArray *ops)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_sized_new(ops->len);
    for (int hanging = 0; hanging <= 1; hanging++)
        for (guint i = 0; i < ops->len; i++)
            if (hangs_on_table(op_object(ops->pdata[i])) == hanging)
                g_ptr_array_add(sorted, ops->pdata[i]);
    g_autoptr(Graph) graph = graph_new(sorted->len);
    for (guint i = 0; i < sorted->len; i++) {
        const SchemaObject *object = op_object(sorted->pdata[i]);
        g_autofree char *name = plain_name(object->name);
        graph_name(graph, i, NULL, name);
        if (object->schema)
            graph_name(graph, i, object->schema, name);
    }
    for (guint i = 0; i < sorted->len; i++) {
        const SchemaObject *object = op_object(sorted->pdata[i]);
        if (object->table_name)
            graph_need(graph, i, NULL, object->table_name);
        for (guint j = 0; j < object->depends_on->len; j++)
            graph_need(graph, i, NULL, object->depends_on->pdata[j]);
    }
    g_autoptr(GArray) order = graph_order(graph, NULL, NULL);
    permute(sorted, order);
    if (ops->len)
        memcpy(ops->pdata, sorted->pdata, ops->len * sizeof(gpointer));
}

static void order_dropped_objects(GPtrArray *ops)
{
    reverse_array(ops);
    order_objects(ops);
    reverse_array(ops);
}

/* Schemas first, then extensions, then enums and sequences, then the objects that may use them. */
static void order_types(GPtrArray *ops)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_new(), extensions = g_ptr_array_new(), types = g_ptr_array_new(),
                         objects = g_ptr_array_new();
    for (guint i = 0; i < ops->len; i++) {
        const SchemaObject *object = op_object(ops->pdata[i]);
        gboolean schema = object && strcmp(object->kind, "schema") == 0;
        gboolean extension = object && strcmp(object->kind, "extension") == 0;
        g_ptr_array_add(schema ? sorted : extension ? extensions : object ? objects : types, ops->pdata[i]);
    }
    order_objects(extensions);
    order_objects(objects);
    g_ptr_array_extend(sorted, extensions, NULL, NULL);
    g_ptr_array_extend(sorted, types, NULL, NULL);
    g_ptr_array_extend(sorted, objects, NULL, NULL);
    if (ops->len)
        memcpy(ops->pdata, sorted->pdata, ops->len * sizeof(gpointer));
}

static void sort_phases(GPtrArray **phases, gboolean split_cycles, GError **error)
{
    Cycles created = {NULL, split_cycles ? phases[PHASE_CREATE_FOREIGN_KEY] : NULL, OP_CREATE_CONSTRAINT};
    Cycles dropped = {NULL, split_cycles ? phases[PHASE_DROP_FOREIGN_KEY] : NULL, OP_DROP_CONSTRAINT};
    order_tables(phases[PHASE_CREATE_TABLE], &created);
    reverse_array(phases[PHASE_DROP_TABLE]);
    order_tables(phases[PHASE_DROP_TABLE], &dropped);
    reverse_array(phases[PHASE_DROP_TABLE]);
    move_early_drops(phases);
    move_early_columns(phases);
    order_dropped_objects(phases[PHASE_DROP_OBJECT]);
    order_types(phases[PHASE_CREATE_TYPE]);
    reverse_array(phases[PHASE_DROP_TYPE]);
    order_types(phases[PHASE_DROP_TYPE]);
    reverse_array(phases[PHASE_DROP_TYPE]);
    order_objects(phases[PHASE_CREATE_OBJECT]);
    if (order_renames(phases[PHASE_RENAME_TABLE], error))
        order_renames(phases[PHASE_RENAME_COLUMN], error);
}

/* Appends the `n` ops to `result`, sorted. On failure they are all there, but in no useful order. */
static void sort_segment(gpointer *ops, guint n, GPtrArray *result, gboolean split_cycles, GError **error)
{
    GPtrArray *phases[N_PHASES];
    const guint before = result->len;
    for (guint i = 0; i < N_PHASES; i++)
        phases[i] = g_ptr_array_new();
    g_autoptr(Ranks) ranks = ranks_new((const MigrateOp *const *)ops, n);
    for (guint i = 0; i < n; i++)
        g_ptr_array_add(phases[op_phase(ops[i], ranks)], ops[i]);
    sort_phases(phases, split_cycles, error);
    for (guint i = 0; i < N_PHASES; i++) {
        g_ptr_array_extend(result, phases[i], NULL, NULL);
        g_ptr_array_unref(phases[i]);
    }
    operations_order_needs(&result->pdata[before], result->len - before);
}

gboolean operations_sort(GPtrArray *ops, gboolean split_cycles, GError **error)
{
    g_autoptr(GPtrArray) result = g_ptr_array_new();
    g_autoptr(GError) failure = NULL;
    for (guint from = 0; from < ops->len;) {
        guint to = from;
        while (to < ops->len && ((const MigrateOp *)ops->pdata[to])->kind != OP_EXECUTE)
            to++;
        sort_segment(&ops->pdata[from], to - from, result, split_cycles, failure ? NULL : &failure);
        if (to < ops->len)
            g_ptr_array_add(result, ops->pdata[to]);
        from = to + 1;
    }
    g_ptr_array_set_free_func(ops, NULL);
    g_ptr_array_set_size(ops, 0);
    g_ptr_array_extend(ops, result, NULL, NULL);
    g_ptr_array_set_free_func(ops, (GDestroyNotify)migrate_op_free);
    if (!failure)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
}
