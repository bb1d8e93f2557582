/*
 * A project folder in which tests of random schemas run the real program. Failures fail the running cmocka test;
 * `label` says in a message which case it was.
 */
#ifndef MIGRATE_TESTS_PROJECT_H
#define MIGRATE_TESTS_PROJECT_H

#include <cjson/cJSON.h>
#include <glib.h>

/* Around all projects. MIGRATE_TEST_KEEP=DIR works there and keeps the last one for a look. */
void project_start(void);
void project_end(void);
const char *project_folder(void);
/* Empties it: no revisions, and a migrate.ini with `settings`, lines of its own behind those that say that revisions
 * are in the folder and the model is the file `model`. */
void project_new(const char *model, const char *settings);
/* From now on the model is the file `model`. */
void project_use_model(const char *model);
/* Without the generator's own notes. */
void project_write_model(const cJSON *model, const char *file);
/* Runs the program there. Its exit status; *output gets both streams. */
int project_run(char **output, const char *const *arguments);
void project_expect(const char *label, int wanted, const char *what, const char *const *arguments);
#define PROJECT_EXPECT(label, status, what, ...)                                                                       \
    project_expect(label, status, what, (const char *const[]){__VA_ARGS__, NULL})
/* Two fingerprints, which are lines: NULL when they are the same, else the lines that only one has, '-' in front of
 * those wanted. New string. */
char *project_difference(const char *wanted, const char *found);
void project_assert_same(const char *label, const char *what, const char *wanted, const char *found);

#endif
