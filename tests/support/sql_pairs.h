/*
 * All pairs of SQL schemas of one backend (support/sql_pair.h) as a test program: each feature A to B, B to A, and
 * either from nothing and to nothing; and several features at random, each as A, as B or absent on either side. An
 * ordinary run takes every n-th pair, as many as TestBackend.n_sql_pairs says, spread over all of them.
 *
 *   MIGRATE_TEST_PAIRS=all      all of them                MIGRATE_TEST_SEED=N    other combinations, and where every
 *                                                                                 n-th pair starts (0)
 *   MIGRATE_TEST_PAIRS=combinations   all of those of several features
 *   MIGRATE_TEST_FEATURE=NAME   that feature alone, all its pairs
 *   MIGRATE_TEST_PAIR=NAME      that pair alone            MIGRATE_TEST_KEEP=DIR  works there, keeps the last pair
 *
 * tests/fixtures/pairs/ENGINE/known.txt lists pairs that fail, with the reason: lines "NAME: REASON", '#' in front of
 * remarks. A listed pair that passes fails the test; random combinations leave out what is listed by itself.
 */
#ifndef MIGRATE_TESTS_SQL_PAIRS_H
#define MIGRATE_TESTS_SQL_PAIRS_H

#include "support/backend.h"

/* For main(): its exit status. */
int sql_pairs_main(const TestBackend *backend);

#endif
