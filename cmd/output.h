/* Results on stdout: tables and colours for a terminal, plain lines for a pipe, one JSON document with --json. */
#ifndef MIGRATE_CMD_OUTPUT_H
#define MIGRATE_CMD_OUTPUT_H

#include <cjson/cJSON.h>
#include <glib.h>

#include "command.h"

typedef enum OutputStyle { STYLE_PLAIN, STYLE_GOOD, STYLE_BAD, STYLE_MARK, STYLE_FAINT } OutputStyle;

/* `when`: "auto", "always", "never" or NULL (auto). Decides for stdout and for the log on stderr. */
void output_set_colour(const char *when);
gboolean output_is_terminal(void);
/* Columns: $COLUMNS, else the terminal's; 0 without a limit. */
guint output_width(void);
/* `text` in a style when stdout shows colours. New string. */
char *output_styled(OutputStyle style, const char *text);

/* What may be shown or written anywhere: `text` as valid UTF-8, '?' for control characters. New string. */
char *output_clean(const char *text);

/* Prints the document and frees it. */
void output_json(cJSON *document);
/* Helpers for documents: NULL becomes null. */
void json_add_string(cJSON *object, const char *name, const char *value);
cJSON *json_string_array(const char *const *strings);

/* A table: aligned with a heading on a terminal (libsmartcols), tab-separated without one in a pipe. */
typedef struct OutputTable OutputTable;
OutputTable *output_table_new(const char *const *headings); /* NULL-terminated */
void output_table_free(OutputTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OutputTable, output_table_free)
/* One row: as many strings as headings, NULL for an empty cell. */
void output_table_row(OutputTable *table, OutputStyle style, const char *const *cells);
void output_table_print(OutputTable *table);

/* Asks on stderr, reads stdin; only called when both are terminals. The end of the input is no answer. */
typedef enum Answer { ANSWER_NO, ANSWER_YES, ANSWER_NONE } Answer;
Answer output_ask(const char *question);
gboolean output_can_ask(const Invocation *invocation);

#endif
