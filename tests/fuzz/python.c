/* Tokens of Python move on and lie in the text; a file of Alembic gives a revision, nothing, or an error with a place.
 */
#include <string.h>

#include "fuzz.h"
#include "script/alembic.h"
#include "script/python.h"

static void check_tokens(const char *text, gsize length)
{
    PythonLexer lexer = {.text = text, .length = length};
    gsize end = 0;
    for (;;) {
        PythonToken token = python_next_token(&lexer);
        promise(token.start >= end && token.start + token.length <= length && token.depth >= 0);
        promise((token.kind == PYTHON_WRONG) == (token.wrong != NULL));
        if (token.kind == PYTHON_END || token.kind == PYTHON_WRONG)
            return;
        promise(token.length > 0 || token.kind == PYTHON_NEWLINE);
        end = token.start + token.length;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size); /* ends at a NUL byte */
    gsize length = strlen(text);
    if (!g_utf8_validate(text, -1, NULL))
        return 0;
    check_tokens(text, length);
    g_autoptr(GError) error = NULL;
    g_autoptr(ForeignRevision) revision = alembic_parse("f.py", text, length, &error);
    promise(!revision || !error);
    promise(!error || strstr(error->message, "f.py:"));
    if (revision) {
        promise(*revision->id && revision->message && revision->path);
        promise(revision->down_revisions && revision->branch_labels && revision->depends_on);
        promise(g_utf8_validate(revision->message, -1, NULL));
    }
    return 0;
}
