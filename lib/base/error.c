#include "base/error.h"

/* The macro makes a string of its first word: it must not be spaced out. */
/* clang-format off */
G_DEFINE_QUARK(migrate-base-error, base_error)
G_DEFINE_QUARK(migrate-schema-error, schema_error)
G_DEFINE_QUARK(migrate-operations-error, operations_error)
G_DEFINE_QUARK(migrate-driver-error, driver_error)
G_DEFINE_QUARK(migrate-dialect-error, dialect_error)
G_DEFINE_QUARK(migrate-engine-error, engine_error)
G_DEFINE_QUARK(migrate-repository-error, repository_error)
G_DEFINE_QUARK(migrate-script-error, script_error)
G_DEFINE_QUARK(migrate-autogenerate-error, autogenerate_error)
G_DEFINE_QUARK(migrate-runtime-error, runtime_error)
/* clang-format on */
