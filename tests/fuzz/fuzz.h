/*
 * A fuzz target: one parser, and what must be true of its answers. A broken promise aborts. Linked with libFuzzer by
 * `make fuzz`, and with replay.c, which feeds it its corpus, by `make test`.
 */
#ifndef MIGRATE_TESTS_FUZZ_H
#define MIGRATE_TESTS_FUZZ_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define promise(condition)                                                                                             \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            g_printerr("%s:%d: broken promise: %s\n", __FILE__, __LINE__, #condition);                                 \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

/* A result or an error, never both and never neither; the error says something. */
static inline void promise_one(const void *result, const GError *error)
{
    promise((result != NULL) == (error == NULL));
    promise(!error || *error->message);
}

#endif
