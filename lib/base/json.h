/*
 * JSON text as people write it: cJSON for the tree, and around it what cJSON lacks: comments, duplicate keys, and
 * the place (line, column) of a value, found again in the text only when a mistake has to be reported.
 */
#ifndef MIGRATE_BASE_JSON_H
#define MIGRATE_BASE_JSON_H

#include <cjson/cJSON.h>
#include <glib.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(cJSON, cJSON_Delete)

/* A parsed document. `file` is the name for messages. */
typedef struct JsonDocument JsonDocument;

/* Parses `text` (UTF-8, a BOM, CRLF and // and block comments are fine). BASE_ERROR_SYNTAX "FILE:LINE:COLUMN: …" on
 * bad syntax, trailing text, nesting over 200 levels, or an empty file. The document keeps its own copy of the text. */
JsonDocument *json_document_parse(const char *file, const char *text, gsize length, GError **error);
void json_document_free(JsonDocument *document);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JsonDocument, json_document_free)

cJSON *json_document_root(const JsonDocument *document); /* owned by the document */
const char *json_document_file(const JsonDocument *document);

/* "FILE:LINE:COLUMN" of the value `node` (of its key with `at_key`). New string. */
char *json_document_locate(const JsonDocument *document, const cJSON *node, gboolean at_key);
/* The bytes of the value `node` in the text without its byte order mark; of an object or a list its opening bracket.
 * FALSE when it is not in the document. */
gboolean json_document_token(const JsonDocument *document, const cJSON *node, gsize *start, gsize *length);
/* "tables[3].columns[0].type"; "" for the root. New string. */
char *json_document_path(const JsonDocument *document, const cJSON *node);
/* The number exactly as written (integers over 2^53 lose digits in cJSON). New string, NULL when not a number. */
char *json_document_number_text(JsonDocument *document, const cJSON *node);

/* Where the first key of the outermost object that is in the NULL-terminated `keys` begins, or 0. The text may end
 * anywhere behind it, and is not checked. */
gsize json_find_key(const char *text, gsize length, const char *const *keys);

/* A list of mistakes collected while reading one or several documents, so that one run reports them all. */
typedef struct JsonMistakes JsonMistakes;
JsonMistakes *json_mistakes_new(void);
void json_mistakes_free(JsonMistakes *mistakes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JsonMistakes, json_mistakes_free)
/* Adds "FILE:LINE:COLUMN: PATH: text". */
void json_mistakes_add(JsonMistakes *mistakes, const JsonDocument *document, const cJSON *node, gboolean at_key,
                       const char *format, ...) G_GNUC_PRINTF(5, 6);
guint json_mistakes_count(const JsonMistakes *mistakes);
/* Reports keys of object `node` that stand twice or are not in the NULL-terminated `known` list, with the nearest known
 * one. */
void json_mistakes_check_keys(JsonMistakes *mistakes, const JsonDocument *document, const cJSON *node,
                              const char *const *known);
/* FALSE and one error with all mistakes, a line each in file order, when there are any (more than 100 are counted, not
 * listed). */
gboolean json_mistakes_finish(JsonMistakes *mistakes, GQuark domain, int code, GError **error);

/* Pretty text (two spaces, final newline, empty and short scalar arrays on one line, key order as built), UTF-8 as it
 * is. New string. */
char *json_print(const cJSON *node);
/* The same on one line, without a line end: {"a": 1, "b": [2, 3]}. */
void json_append_line(GString *out, const cJSON *node);
/* ["a", "b"] of char*; NULL: []. New. */
cJSON *json_string_array_of(const GPtrArray *strings);

#endif
