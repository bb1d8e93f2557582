#include "operations/graph.h"

struct Graph {
    guint n;
    GArray **needs;      /* per node: guint */
    GHashTable *by_name; /* folded name -> GArray of guint */
};

Graph *graph_new(guint n)
{
    Graph *graph = g_new0(Graph, 1);
    graph->n = n;
    graph->needs = g_new0(GArray *, n);
    graph->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);
    return graph;
}

void graph_free(Graph *graph)
{
    if (!graph)
        return;
    for (guint i = 0; i < graph->n; i++)
        if (graph->needs[i])
            g_array_unref(graph->needs[i]);
    g_free(graph->needs);
    g_hash_table_unref(graph->by_name);
    g_free(graph);
}

static char *folded(const char *schema, const char *name)
{
    g_autofree char *key = schema ? g_strdup_printf("%s.%s", schema, name) : g_strdup(name);
    return g_ascii_strdown(key, -1);
}

void graph_name(Graph *graph, guint node, const char *schema, const char *name)
{
    char *key = folded(schema, name);
    GArray *nodes = g_hash_table_lookup(graph->by_name, key);
    if (nodes) {
        g_free(key);
    } else {
        nodes = g_array_new(FALSE, FALSE, sizeof(guint));
        g_hash_table_insert(graph->by_name, key, nodes);
    }
    g_array_append_val(nodes, node);
}

void graph_need(Graph *graph, guint node, const char *schema, const char *name)
{
    g_autofree char *key = folded(schema, name);
    const GArray *found = g_hash_table_lookup(graph->by_name, key);
    if (!found)
        return;
    for (guint i = 0; i < found->len; i++) {
        guint needed = g_array_index(found, guint, i);
        if (needed == node)
            continue;
        if (!graph->needs[node])
            graph->needs[node] = g_array_new(FALSE, FALSE, sizeof(guint));
        g_array_append_val(graph->needs[node], needed);
    }
}

typedef struct Step {
    guint node, next; /* next: index of the edge to follow */
} Step;

typedef enum { NEW, OPEN, DONE } State;

/* Depth first with a stack of our own: a chain of foreign keys may be as long as the schema. */
GArray *graph_order(const Graph *graph, GraphCycleFunction cycle, void *data)
{
    GArray *order = g_array_sized_new(FALSE, FALSE, sizeof(guint), graph->n);
    g_autoptr(GArray) stack = g_array_new(FALSE, FALSE, sizeof(Step));
    g_autofree State *state = g_new0(State, graph->n);
    for (guint root = 0; root < graph->n; root++) {
        if (state[root] != NEW)
            continue;
        Step first = {root, 0};
        state[root] = OPEN;
        g_array_append_val(stack, first);
        while (stack->len) {
            Step *step = &g_array_index(stack, Step, stack->len - 1);
            const GArray *needs = graph->needs[step->node];
            if (!needs || step->next == needs->len) {
                state[step->node] = DONE;
                g_array_append_val(order, step->node);
                g_array_set_size(stack, stack->len - 1);
                continue;
            }
            guint needed = g_array_index(needs, guint, step->next++);
            if (state[needed] == OPEN && cycle)
                cycle(step->node, needed, data);
            if (state[needed] != NEW)
                continue;
            Step deeper = {needed, 0};
            state[needed] = OPEN;
            g_array_append_val(stack, deeper);
        }
    }
    return order;
}
