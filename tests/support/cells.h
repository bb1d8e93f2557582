/* Values of columns as fingerprints give them (TestBackend.cells): one line a row, "class:value". */
#ifndef MIGRATE_TESTS_CELLS_H
#define MIGRATE_TESTS_CELLS_H

#include <glib.h>

/* The values alone: a change of type may change the storage class (a number becomes its text); the value may not. With
 * `sorted` the order of rows does not count. New string. */
char *cells_values(const char *cells, gboolean sorted);
/* TRUE when the rows of that column's table are in an order of their own: the table has a column `id`. */
gboolean cells_are_ordered(GHashTable *cells, const char *table_column);

#endif
