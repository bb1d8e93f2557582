/* Naming conventions with SQLAlchemy's keys (ix uq ck fk pk) and tokens (SQLAlchemy docs, "Configuring Constraint
 * Naming Conventions"). */
#ifndef MIGRATE_SCHEMA_NAMING_H
#define MIGRATE_SCHEMA_NAMING_H

#include "schema/metadata.h"

typedef struct NamingConvention {
    char *ix, *uq, *ck, *fk, *pk; /* NULL (not ix): such constraints stay without a name */
} NamingConvention;

/* SQLAlchemy's recommended set: "ix_%(column_0_label)s", "uq_%(table_name)s_%(column_0_name)s",
 * "ck_%(table_name)s_%(constraint_name)s", "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
 * "pk_%(table_name)s". */
NamingConvention *naming_convention_new_default(void);
NamingConvention *naming_convention_copy(const NamingConvention *convention);
void naming_convention_free(NamingConvention *convention);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NamingConvention, naming_convention_free)
/* FALSE and SCHEMA_ERROR_MODEL when `key` or a token in `format` is unknown (nearest named), or has no meaning for this
 * kind. `format` NULL: no names. */
gboolean naming_convention_set(NamingConvention *convention, const char *key, const char *format, GError **error);

/* How long names may be. */
typedef struct NameLimit {
    guint length;           /* 0: no limit */
    gboolean in_characters; /* UTF-8 characters instead of bytes */
} NameLimit;
gsize name_limit_measure(NameLimit limit, const char *name); /* in what the limit counts */

/* The name for a constraint or index of `table` that the model gives no name; a given name is kept as it is and never
 * comes here. %(constraint_name)s of a check are the columns that its expression mentions, joined by '_', or a number
 * when there are none. An index's expression counts as the columns that it mentions. Names stay unique within the table
 * ("…_2"), and are cut to `limit` with a hash at the end as SQLAlchemy does. New string, or
 * NULL when the convention leaves such constraints without a name. */
char *naming_constraint_name(const NamingConvention *convention, const Table *table, const Constraint *constraint,
                             NameLimit limit);
char *naming_index_name(const NamingConvention *convention, const Table *table, const Index *index, NameLimit limit);

#endif
