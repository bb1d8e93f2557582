#include "script/python.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"

enum { NESTING = 50 };

/* A module while it is read. */
typedef struct Reader {
    const char *file, *text;
    gsize length;
    const char *const *names, *const *functions;
    PythonModule *module;
    PythonLexer lexer;
    GArray *line;     /* PythonToken of the logical line, without its end */
    gsize first;      /* the statement's tokens: from here */
    gsize end;        /* to here */
    int function;     /* wanted function whose body is read, or -1 */
    gboolean skipped; /* the indented lines belong to a def or class */
    gboolean started; /* a statement has been read: no docstring any more */
    gboolean decorated;
} Reader;

static void value_clear(PythonValue *value)
{
    g_clear_pointer(&value->strings, g_ptr_array_unref);
    *value = (PythonValue){0};
}

void python_module_free(PythonModule *module)
{
    if (module == NULL)
        return;
    g_free(module->doc);
    for (guint i = 0; i < module->n_values; i++)
        value_clear(&module->values[i]);
    g_free(module->values);
    g_free(module->does_nothing);
    g_free(module);
}

static gboolean fail_at(const Reader *reader, gsize place, GError **error, const char *format, ...) G_GNUC_PRINTF(4, 5);
static gboolean fail_at(const Reader *reader, gsize place, GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    TextPosition position = text_position(reader->text, reader->length, place);
    g_set_error(error, BASE_ERROR, BASE_ERROR_SYNTAX, "%s:%d:%d: %s", reader->file, position.line, position.column,
                text);
    return FALSE;
}

/* ---- tokens of the line ---- */

static const PythonToken *token_at(const Reader *reader, gsize index)
{
    return &g_array_index(reader->line, PythonToken, index);
}

static gboolean is_text(const Reader *reader, gsize index, const char *text)
{
    if (index >= reader->end)
        return FALSE;
    const PythonToken *token = token_at(reader, index);
    return token->kind != PYTHON_STRING && token->length == strlen(text) &&
           memcmp(reader->text + token->start, text, token->length) == 0;
}

static gboolean is_one_of(const Reader *reader, gsize index, const char *const *words)
{
    for (; *words != NULL; words++)
        if (is_text(reader, index, *words))
            return TRUE;
    return FALSE;
}

static gboolean is_string(const Reader *reader, gsize index)
{
    return index < reader->end && token_at(reader, index)->kind == PYTHON_STRING;
}

static int index_of(const Reader *reader, gsize index, const char *const *names)
{
    for (int i = 0; names[i] != NULL; i++)
        if (is_text(reader, index, names[i]))
            return i;
    return -1;
}

/* Where a token would stand that is not there. */
static gsize place_of(const Reader *reader, gsize index)
{
    if (index < reader->end)
        return token_at(reader, index)->start;
    const PythonToken *last = token_at(reader, reader->end - 1);
    return last->start + last->length;
}

/* The next of the statement's tokens outside brackets that is `text`; the statement's end when there is none. */
static gsize find_outside(const Reader *reader, gsize from, const char *text)
{
    while (from < reader->end && !(token_at(reader, from)->depth == 0 && is_text(reader, from, text)))
        from++;
    return from;
}

/* ---- values ---- */

static gboolean refuse_value(const Reader *reader, const char *name, gsize index, const char *why, GError **error)
{
    return fail_at(reader, place_of(reader, index), error,
                   "'%s' cannot be read without running Python: %s\n"
                   "write it as a string, as a tuple of strings, or as None",
                   name, why);
}

/* Adjacent literals are one string. */
static gboolean read_string(const Reader *reader, const char *name, gsize *index, GPtrArray *strings, GError **error)
{
    g_autoptr(GString) value = g_string_new(NULL);
    for (; is_string(reader, *index); (*index)++) {
        const char *wrong = NULL;
        if (!python_string_value(reader->text, token_at(reader, *index), value, &wrong))
            return refuse_value(reader, name, *index, wrong, error);
    }
    g_ptr_array_add(strings, g_strdup(value->str));
    return TRUE;
}

static const char *closing_of(const Reader *reader, gsize index)
{
    return is_text(reader, index, "(")   ? ")"
           : is_text(reader, index, "[") ? "]"
           : is_text(reader, index, "{") ? "}"
                                         : NULL;
}

static const char *why_not(const Reader *reader, gsize index)
{
    if (index >= reader->end)
        return "there is no value";
    switch (token_at(reader, index)->kind) {
    case PYTHON_NAME:
        return "a name, whose value is known only when it runs";
    case PYTHON_NUMBER:
        return "a number";
    case PYTHON_STRING:
    case PYTHON_OPERATOR:
    case PYTHON_NEWLINE:
    case PYTHON_END:
    case PYTHON_WRONG:
    default:
        return "an expression";
    }
}

/* Strings with commas up to `closing`, or NULL: to the statement's end. *commas: there was one. */
static gboolean read_strings(const Reader *reader, const char *name, gsize *index, const char *closing,
                             GPtrArray *strings, gboolean *commas, GError **error)
{
    while (*index < reader->end && (closing == NULL || !is_text(reader, *index, closing))) {
        if (!is_string(reader, *index))
            return refuse_value(reader, name, *index, why_not(reader, *index), error);
        if (!read_string(reader, name, index, strings, error))
            return FALSE;
        if (is_text(reader, *index, ",")) {
            *commas = TRUE;
            (*index)++;
        } else if (*index < reader->end && (closing == NULL || !is_text(reader, *index, closing))) {
            return refuse_value(reader, name, *index, "an expression", error);
        }
    }
    return TRUE;
}

static gboolean read_value(const Reader *reader, const char *name, gsize index, PythonValue *value, GError **error)
{
    value->strings = g_ptr_array_new_with_free_func(g_free);
    value->assigned = TRUE;
    value->place = place_of(reader, index);
    /* (("a")) is "a". */
    gsize open = 0, closed = 0;
    while (is_text(reader, index, "(") && is_text(reader, index + 1, "(") && open < NESTING)
        index++, open++;
    const char *closing = closing_of(reader, index);
    gboolean commas = FALSE;
    if (closing != NULL) {
        gboolean group = *closing == ')';
        index++;
        if (group && is_text(reader, index, "None") && is_text(reader, index + 1, ")")) {
            value->is_none = TRUE;
            index++;
        } else if (!read_strings(reader, name, &index, closing, value->strings, &commas, error)) {
            return FALSE;
        }
        value->is_list = !value->is_none && (!group || commas || value->strings->len == 0);
        index++;
    } else if (is_text(reader, index, "None")) {
        value->is_none = TRUE;
        index++;
    } else if (index >= reader->end || !is_string(reader, index)) {
        return refuse_value(reader, name, index, why_not(reader, index), error);
    } else if (!read_strings(reader, name, &index, NULL, value->strings, &commas, error)) {
        return FALSE;
    } else {
        value->is_list = commas;
    }
    while (closed < open && is_text(reader, index, ")"))
        index++, closed++;
    if (closed < open || index < reader->end)
        return refuse_value(reader, name, index, "an expression", error);
    return TRUE;
}

/* ---- statements ---- */

static gboolean refuse_form(const Reader *reader, gsize index, int name, GError **error)
{
    return fail_at(reader, place_of(reader, index), error,
                   "what '%s' is assigned here cannot be read without running Python\n"
                   "write '%s = …' as a statement of its own, not indented",
                   reader->names[name], reader->names[name]);
}

static gboolean ends_with_equals(const Reader *reader, gsize index)
{
    if (index >= reader->end || token_at(reader, index)->kind != PYTHON_OPERATOR)
        return FALSE;
    static const char *const comparisons[] = {"==", "!=", "<=", ">=", NULL};
    const PythonToken *token = token_at(reader, index);
    return reader->text[token->start + token->length - 1] == '=' && !is_one_of(reader, index, comparisons);
}

/* An assignment to a wanted name, plain or with an annotation. */
static gboolean read_assignment(Reader *reader, gboolean plain_sight, GError **error)
{
    int name = index_of(reader, reader->first, reader->names);
    gsize equals = reader->first + 1;
    if (is_text(reader, equals, ":"))
        equals = find_outside(reader, equals, "=");
    if (name >= 0 && is_text(reader, equals, "=") && plain_sight) {
        PythonValue value = {0};
        if (!read_value(reader, reader->names[name], equals + 1, &value, error)) {
            value_clear(&value);
            return FALSE;
        }
        value_clear(&reader->module->values[name]);
        reader->module->values[name] = value;
        return TRUE;
    }
    /* a = revision = "…", revision, x = …, revision += …, if x: revision = … */
    for (gsize i = reader->first; i < reader->end; i++) {
        name = token_at(reader, i)->depth == 0 ? index_of(reader, i, reader->names) : -1;
        if (name < 0 || (i > 0 && is_text(reader, i - 1, ".")))
            continue;
        gsize behind = i + 1;
        while (is_text(reader, behind, ",") || (is_text(reader, behind - 1, ",") && behind < reader->end &&
                                                token_at(reader, behind)->kind == PYTHON_NAME))
            behind++;
        if (is_text(reader, behind, ":") && i == reader->first)
            behind = find_outside(reader, behind, "=");
        if (ends_with_equals(reader, behind))
            return refuse_form(reader, i, name, error);
    }
    return TRUE;
}

/* pass, ..., return, return None, strings. */
static gboolean statement_does_nothing(const Reader *reader)
{
    static const char *const idle[] = {"pass", "...", NULL};
    gsize count = reader->end - reader->first;
    if (count == 0 || (count == 1 && is_one_of(reader, reader->first, idle)))
        return TRUE;
    if (is_text(reader, reader->first, "return"))
        return count == 1 || (count == 2 && is_text(reader, reader->first + 1, "None"));
    for (gsize i = reader->first; i < reader->end; i++)
        if (!is_string(reader, i))
            return FALSE;
    return TRUE;
}

/* From `from`, statement by statement: what stands on one line with semicolons. */
static gboolean each_statement(Reader *reader, gsize from, gboolean (*read)(Reader *reader, GError **error),
                               GError **error)
{
    gsize whole = reader->line->len;
    for (reader->first = from; reader->first < whole; reader->first = reader->end + 1) {
        reader->end = whole;
        reader->end = find_outside(reader, reader->first, ";");
        if (reader->end > reader->first && !read(reader, error))
            return FALSE;
    }
    reader->first = 0;
    reader->end = whole;
    return TRUE;
}

static gboolean read_body(Reader *reader, GError **error)
{
    (void)error;
    if (!statement_does_nothing(reader))
        reader->module->does_nothing[reader->function] = FALSE;
    return TRUE;
}

static gboolean read_docstring(Reader *reader, GError **error)
{
    for (gsize i = reader->first; i < reader->end; i++)
        if (!is_string(reader, i))
            return TRUE;
    g_autoptr(GString) doc = g_string_new(NULL);
    for (gsize i = reader->first; i < reader->end; i++) {
        const char *wrong = NULL;
        if (!python_string_value(reader->text, token_at(reader, i), doc, &wrong))
            return fail_at(reader, place_of(reader, i), error, "the docstring cannot be read: %s", wrong);
    }
    reader->module->doc = g_strdup(doc->str);
    return TRUE;
}

static gboolean read_statement(Reader *reader, GError **error)
{
    if (!reader->started) {
        reader->started = TRUE;
        if (is_string(reader, reader->first))
            return read_docstring(reader, error);
    }
    return read_assignment(reader, TRUE, error);
}

static gboolean read_nested_statement(Reader *reader, GError **error)
{
    return read_assignment(reader, FALSE, error);
}

/* "def NAME(…): …" */
static gboolean read_function(Reader *reader, gsize name, GError **error)
{
    reader->function = index_of(reader, name, reader->functions);
    if (reader->function < 0)
        return TRUE;
    reader->module->does_nothing[reader->function] = !reader->decorated;
    return each_statement(reader, find_outside(reader, name, ":") + 1, read_body, error);
}

/* A logical line that is not indented. */
static gboolean read_outer_line(Reader *reader, GError **error)
{
    static const char *const compound[] = {"if",     "elif", "else",    "for",   "while", "try",
                                           "except", "with", "finally", "match", NULL};
    reader->function = -1;
    gsize word = is_text(reader, 0, "async") ? 1 : 0;
    gboolean is_function = is_text(reader, word, "def");
    gboolean is_decorator = is_text(reader, 0, "@");
    reader->skipped = is_function || is_text(reader, 0, "class");
    gboolean read = TRUE;
    if (is_function)
        read = read_function(reader, word + 1, error);
    else if (is_one_of(reader, word, compound) && !is_text(reader, word + 1, "="))
        read = each_statement(reader, 0, read_nested_statement, error);
    else if (!reader->skipped && !is_decorator)
        read = each_statement(reader, 0, read_statement, error);
    reader->decorated = is_decorator;
    reader->started = TRUE;
    return read;
}

static gboolean read_line(Reader *reader, GError **error)
{
    gsize start = token_at(reader, 0)->start;
    gboolean indented = start > 0 && reader->text[start - 1] != '\n' && reader->text[start - 1] != '\r';
    reader->first = 0;
    reader->end = reader->line->len;
    if (!indented)
        return read_outer_line(reader, error);
    if (reader->function >= 0)
        return each_statement(reader, 0, read_body, error);
    return reader->skipped || each_statement(reader, 0, read_nested_statement, error);
}

static gboolean read_lines(Reader *reader, GError **error)
{
    for (;;) {
        PythonToken token = python_next_token(&reader->lexer);
        if (token.kind == PYTHON_WRONG)
            return fail_at(reader, token.start, error, "%s", token.wrong);
        if (token.kind != PYTHON_NEWLINE && token.kind != PYTHON_END) {
            g_array_append_val(reader->line, token);
            continue;
        }
        if (reader->line->len > 0 && !read_line(reader, error))
            return FALSE;
        g_array_set_size(reader->line, 0);
        if (token.kind == PYTHON_END)
            return TRUE;
    }
}

PythonModule *python_module_read(const char *file, const char *text, gsize length, const char *const *names,
                                 const char *const *functions, GError **error)
{
    g_autoptr(PythonModule) module = g_new0(PythonModule, 1);
    module->n_values = g_strv_length((char **)names);
    module->values = g_new0(PythonValue, module->n_values);
    module->does_nothing = g_new0(gboolean, g_strv_length((char **)functions));
    g_autoptr(GArray) line = g_array_new(FALSE, FALSE, sizeof(PythonToken));
    Reader reader = {.file = file,
                     .text = text,
                     .length = length,
                     .names = names,
                     .functions = functions,
                     .module = module,
                     .lexer = {.text = text, .length = length},
                     .line = line,
                     .function = -1};
    return read_lines(&reader, error) ? g_steal_pointer(&module) : NULL;
}
