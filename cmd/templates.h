/* Where a person's own templates are. */
#ifndef MIGRATE_CMD_TEMPLATES_H
#define MIGRATE_CMD_TEMPLATES_H

#define TEMPLATES_VARIABLE "MIGRATE_TEMPLATES"
const char *own_templates(void); /* the folder that the environment names, or NULL */

#endif
