#include "tamper.h"

#include "output.h"

cJSON *edited_to_json(const EditedRevision *edited)
{
    cJSON *item = cJSON_CreateObject();
    json_add_string(item, "path", edited->revision->path);
    json_add_string(item, "recorded_blob", edited->recorded_blob);
    json_add_string(item, "file_blob", edited->file_blob);
    return item;
}
