/* A SQLite connection that fails on purpose: the scripted double of the driver. */
#ifndef MIGRATE_TESTS_SUPPORT_FAULTY_H
#define MIGRATE_TESTS_SUPPORT_FAULTY_H

#include "driver/driver.h"

typedef enum FaultKind {
    FAULT_REFUSE, /* the n-th call fails, those behind it work: a statement the server refuses */
    FAULT_DIE,    /* the n-th call and all behind it fail: the process died before it */
    FAULT_VANISH, /* the n-th call takes effect but its answer is lost, all behind it fail: it died after it */
} FaultKind;

/* Turns `connection` (of the SQLite driver itself, without trace) into one that counts its calls and fails at call
 * `at`, from 1; 0 only counts. One connection at a time. */
void faulty_arm(Connection *connection, FaultKind kind, guint at);
/* Calls since faulty_arm(). */
guint faulty_calls(void);
/* Every statement since faulty_arm(), queries too: char*, owned by faulty.c. */
const GPtrArray *faulty_log(void);
void faulty_disarm(Connection *connection);

#endif
