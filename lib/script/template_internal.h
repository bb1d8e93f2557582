/* What the files about templates share. */
#ifndef MIGRATE_SCRIPT_TEMPLATE_INTERNAL_H
#define MIGRATE_SCRIPT_TEMPLATE_INTERNAL_H

#include "script/script.h"

#define TEMPLATE_CONFIG "migrate.ini" /* goes into the project folder, everything else into the script location */

/* A file that a template writes. */
typedef struct TemplateFile {
    char *path; /* relative */
    char *text;
    gsize length;
    gboolean executable;
} TemplateFile;
TemplateFile *template_file_new(const char *path, const char *text, gsize length);
void template_file_free(TemplateFile *file);

/* The files of a person's template (TemplateFile*, sorted by path): all below the folder but .git and backups (*~). An
 * empty folder, and one nested too deep, is BASE_ERROR_IO. */
GPtrArray *template_folder_read(const char *folder, GError **error);
/* The first line of its README, README.md or README.txt without '#' and white space; "" without one. New string. */
char *template_folder_summary(const char *folder);
/* The folders in `folder`: names (char*), sorted. */
GPtrArray *template_folder_list(const char *folder, GError **error);

#endif
