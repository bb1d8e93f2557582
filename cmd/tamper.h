/* What is told of applied revisions whose files were edited since. */
#ifndef MIGRATE_CMD_TAMPER_H
#define MIGRATE_CMD_TAMPER_H

#include <cjson/cJSON.h>

#include "command.h"

cJSON *edited_to_json(const EditedRevision *edited);

#endif
