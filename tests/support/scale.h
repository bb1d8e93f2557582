/* MIGRATE_TEST_SCALE=small: under sanitizers, valgrind and coverage the programs are several times slower, and what
 * repeats itself with other numbers repeats itself less often. The plain build runs everything. */
#ifndef MIGRATE_TEST_SCALE_H
#define MIGRATE_TEST_SCALE_H
#include <glib.h>

static inline guint test_scale(guint all, guint small)
{
    return g_strcmp0(g_getenv("MIGRATE_TEST_SCALE"), "small") == 0 ? small : all;
}

#endif
