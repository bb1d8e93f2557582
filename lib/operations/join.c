/* Which neighbouring operations are one step. */
#include <string.h>

#include "base/text.h"
#include "operations/reader.h"
#include "schema/model.h"

typedef struct Neighbours {
    const OpsTarget *target;
    const MetaData *state;
} Neighbours;

/* What the op says in either of two arguments: a foreign key has a word of its own for its table. NULL: nothing for
 * this dialect. */
static const char *text_of(const Neighbours *neighbours, const cJSON *op, const char *key, const char *other_key)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(op, key);
    if (!value)
        value = cJSON_GetObjectItemCaseSensitive(op, other_key);
    return value ? cJSON_GetStringValue(model_value_for(value, neighbours->target->dialect)) : NULL;
}

static const char *table_of(const Neighbours *neighbours, const cJSON *op)
{
    return text_of(neighbours, op, "table_name", "source_table");
}

static const char *schema_of(const Neighbours *neighbours, const cJSON *op)
{
    return text_of(neighbours, op, "schema", "source_schema");
}

static gboolean alters_table(const Neighbours *neighbours, const cJSON *op)
{
    const OpSpec *spec = op_spec_named(text_of(neighbours, op, "op", "op"));
    return spec && spec->in_batch && table_of(neighbours, op);
}

static gboolean same_table(const Neighbours *neighbours, const cJSON *a, const cJSON *b)
{
    return g_strcmp0(table_of(neighbours, a), table_of(neighbours, b)) == 0 &&
           g_strcmp0(schema_of(neighbours, a), schema_of(neighbours, b)) == 0;
}

/* --- columns of a foreign key --- */

static const char *altered_column(const Neighbours *neighbours, const cJSON *op)
{
    if (g_strcmp0(text_of(neighbours, op, "op", "op"), "alter_column") != 0)
        return NULL;
    return text_of(neighbours, op, "column_name", "column_name");
}

static gboolean key_joins(const Constraint *key, const char *column, const char *referred, gboolean ignore_case)
{
    for (guint i = 0; i < MIN(key->columns->len, key->referred_columns->len); i++)
        if (name_equal(key->columns->pdata[i], column, ignore_case) &&
            name_equal(key->referred_columns->pdata[i], referred, ignore_case))
            return TRUE;
    return FALSE;
}

/* A foreign key of the table that `op` alters makes its column refer to the one that `other` alters. */
static gboolean refers(const Neighbours *neighbours, const cJSON *op, const cJSON *other)
{
    const char *column = altered_column(neighbours, op), *referred = altered_column(neighbours, other);
    gboolean ignore_case = neighbours->state->ignore_case;
    const Table *table =
        column && referred ? metadata_find_table(neighbours->state, schema_of(neighbours, op), table_of(neighbours, op))
                           : NULL;
    for (guint i = 0; table && i < table->constraints->len; i++) {
        const Constraint *key = table->constraints->pdata[i];
        if (key->kind == CONSTRAINT_FOREIGN_KEY &&
            name_equal(key->referred_table, table_of(neighbours, other), ignore_case) &&
            g_strcmp0(key->referred_schema, schema_of(neighbours, other)) == 0 &&
            key_joins(key, column, referred, ignore_case))
            return TRUE;
    }
    return FALSE;
}

/* --- all --- */

static guint count_of_table(const Neighbours *neighbours, const cJSON *first)
{
    guint n = 1;
    for (const cJSON *next = first->next; next; next = next->next, n++)
        if (!alters_table(neighbours, next) || !same_table(neighbours, first, next))
            break;
    return n;
}

/* Up to the last op that alters the other column of a foreign key, as long as nothing but altered tables stands
 * between. */
static guint count_of_references(const Neighbours *neighbours, const cJSON *first)
{
    guint n = 1, place = 0;
    for (const cJSON *op = first; op && place < n; op = op->next, place++) {
        guint other_place = place + 1;
        for (const cJSON *other = op->next; other && alters_table(neighbours, other);
             other = other->next, other_place++)
            if (refers(neighbours, op, other) || refers(neighbours, other, op))
                n = MAX(n, other_place + 1);
    }
    return n;
}

guint ops_join(const cJSON *first, const OpsTarget *target, const MetaData *state)
{
    const Neighbours neighbours = {target, state};
    if (!alters_table(&neighbours, first))
        return 1;
    guint n = target->joins_alters ? count_of_table(&neighbours, first) : 1;
    return target->joins_references ? MAX(n, count_of_references(&neighbours, first)) : n;
}
