#include "dialect/ops_target.h"

OpsTarget ops_target_for(const Dialect *dialect)
{
    return (OpsTarget){.dialect = dialect->name,
                       .ignore_case = (dialect->capabilities & DIALECT_IGNORE_CASE) != 0,
                       .names_in_characters = (dialect->capabilities & DIALECT_NAMES_IN_CHARACTERS) != 0,
                       .max_identifier_length = dialect->max_identifier_length,
                       .adapt = dialect->adapt,
                       .joins_alters = (dialect->capabilities & DIALECT_TABLE_REBUILD) != 0,
                       .joins_references = (dialect->capabilities & DIALECT_EXACT_REFERENCES) != 0};
}
