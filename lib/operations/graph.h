/* Dependency order of a handful of named things. Private to operations/. */
#ifndef MIGRATE_OPERATIONS_GRAPH_H
#define MIGRATE_OPERATIONS_GRAPH_H

#include <glib.h>

/* Nodes are 0 .. n-1; several nodes may answer to one name, and one node to several. */
typedef struct Graph Graph;

Graph *graph_new(guint n);
void graph_free(Graph *graph);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Graph, graph_free)

/* Names match without ASCII case: an edge too many does no harm. */
void graph_name(Graph *graph, guint node, const char *schema, const char *name);
/* `node` comes after whatever has that name (itself excepted). Unknown names are ignored. Name all nodes first. */
void graph_need(Graph *graph, guint node, const char *schema, const char *name);

/* Called for an edge that closes a cycle: `node` would need `needed`, which in turn needs `node`. */
typedef void (*GraphCycleFunction)(guint node, guint needed, void *data);
/* Every node behind those it needs, else in the order 0 .. n-1. Edges that close a cycle are reported to `cycle` (or
 * NULL) and left out. New array of guint. */
GArray *graph_order(const Graph *graph, GraphCycleFunction cycle, void *data);

#endif
