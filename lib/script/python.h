/*
 * Python source, read and not run: the strings that a module assigns to names on its outermost level, its docstring,
 * and which of its functions do nothing. For Alembic's version files. Facts: The Python Language Reference, chapters 2
 * (lexical analysis), 6.2 (atoms) and 7.2 (assignments). Private to this room.
 */
#ifndef MIGRATE_SCRIPT_PYTHON_H
#define MIGRATE_SCRIPT_PYTHON_H

#include <glib.h>

/* ---- tokens (python_lexer.c) ---- */

typedef enum PythonTokenKind {
    PYTHON_NAME, /* keywords, too */
    PYTHON_NUMBER,
    PYTHON_STRING, /* with its prefix and quotes */
    PYTHON_OPERATOR,
    PYTHON_NEWLINE, /* the end of a logical line: none inside brackets, none behind empty lines */
    PYTHON_END,
    PYTHON_WRONG, /* `wrong` says why; nothing follows */
} PythonTokenKind;

typedef struct PythonToken {
    PythonTokenKind kind;
    gsize start, length; /* bytes of the text */
    int depth;           /* of brackets around it; a bracket counts as outside of itself */
    const char *wrong;
} PythonToken;

/* Start with the text and zeros. `text` is UTF-8 without NUL and byte order mark. */
typedef struct PythonLexer {
    const char *text;
    gsize length, position;
    int depth;
    gboolean in_line; /* a token of the logical line has been read */
} PythonLexer;
PythonToken python_next_token(PythonLexer *lexer);

/* Appends what a string literal says to `value`. FALSE with *wrong: bytes, an f-string with fields, an escape that
 * means nothing, a NUL. */
gboolean python_string_value(const char *text, const PythonToken *token, GString *value, const char **wrong);

/* ---- modules (python.c) ---- */

typedef struct PythonValue {
    gboolean assigned, is_none, is_list; /* neither none nor list: one string */
    GPtrArray *strings;                  /* char*; of a list, or the one */
    gsize place;                         /* byte of the text where the value starts */
} PythonValue;

typedef struct PythonModule {
    char *doc;              /* docstring as written, or NULL */
    PythonValue *values;    /* one per wanted name */
    gboolean *does_nothing; /* one per wanted function: it is there, and holds only pass, ..., return and strings */
    guint n_values;
} PythonModule;
void python_module_free(PythonModule *module);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PythonModule, python_module_free)

/* `names` and `functions` are NULL-terminated. An assignment to one of the names that cannot be read without running
 * the module (a name, a call, an f-string with fields, inside an if …) is BASE_ERROR_SYNTAX with FILE:LINE:COLUMN, and
 * so is what is no Python. The last assignment counts. */
PythonModule *python_module_read(const char *file, const char *text, gsize length, const char *const *names,
                                 const char *const *functions, GError **error);

#endif
