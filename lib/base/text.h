/* Small text helpers that GLib lacks. */
#ifndef MIGRATE_BASE_TEXT_H
#define MIGRATE_BASE_TEXT_H

#include <glib.h>

/* Line and column (both from 1; the column counts UTF-8 characters, a tab is one) of byte `offset` in `text`.
 * An offset past the end gives the position just behind the last byte. CRLF counts as one line end. */
typedef struct TextPosition {
    int line, column;
} TextPosition;
TextPosition text_position(const char *text, gsize length, gsize offset);

/* The candidate (array of strings, `n` long, or NULL-terminated with n = -1) nearest to `word` by edit distance
 * (insert, delete, replace, swap of neighbours; case-insensitive), or NULL when none is near enough to be
 * meant. The result points into `candidates`. */
const char *text_nearest(const char *word, const char *const *candidates, gssize n);

/* "a, b and c" / "a, b or c": new string. */
char *text_join(const GPtrArray *words, const char *last_separator);
/* The words (NULL: none) with `separator` between them, the last two like the others. New string. */
char *text_list(const GPtrArray *words, const char *separator);
/* The first line of `text` (NULL: ""): what fits into one line of a list. New string. */
char *text_first_line(const char *text);

/* Shell-style match (`*`, `?`, `[abc]`, `[!abc]`) of the whole `name`. */
gboolean text_glob_match(const char *pattern, const char *name);

/* A file-name slug: lower-case words joined by '_', at most `max_length` bytes, cut at a word's end. New string. */
char *text_slug(const char *message, gsize max_length);

/* `text` as one word of a command for a POSIX shell, to be pasted: as it is where it is plain, else quoted. New string.
 */
char *text_shell_word(const char *text);

/* Pointer to the text behind a UTF-8 byte order mark, with *length made smaller; `text` itself without one. */
const char *text_skip_bom(const char *text, gsize *length);

/* Takes the \r of each \r\n out of `text`, `length` bytes with a NUL behind them, in place; what that leaves of the
 * length, with a NUL behind it. */
gsize text_drop_returns(char *text, gsize length);

/* Equality of names; ASCII case is ignored where `ignore_case` (SQLite's identifiers). NULL equals NULL only. */
gboolean name_equal(const char *a, const char *b, gboolean ignore_case);

#endif
