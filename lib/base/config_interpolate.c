#include <string.h>

#include "base/config_internal.h"
#include "base/error.h"
#include "base/file.h"

#define DEPTH_MAX 20 /* defaults within defaults */

gsize config_placeholder_length(const char *text)
{
    gsize depth = 0;
    for (gsize i = 0; text[i]; i++) {
        if (text[i] == '$' && text[i + 1] == '{') {
            depth++;
            i++;
        } else if (text[i] == '}' && --depth == 0) {
            return i + 1;
        }
    }
    return 0;
}

typedef struct Context {
    const char *here, *origin;
} Context;

static gboolean expand(const Context *context, const char *text, GString *out, guint depth, GError **error);

static gboolean append_file(const Context *context, const char *path, GString *out, guint depth, GError **error)
{
    g_autoptr(GString) name = g_string_new(NULL);
    g_autoptr(GError) cause = NULL;
    g_autofree char *content = NULL;
    gsize length = 0;

    if (!expand(context, path, name, depth + 1, error))
        return FALSE;
    g_autofree char *absolute = g_canonicalize_filename(name->str, context->here);
    if (!file_read_text(absolute, &content, &length, &cause)) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONFIG, "%s: ${file:…}: %s", context->origin, cause->message);
        return FALSE;
    }
    if (length > 0 && content[length - 1] == '\n')
        length--;
    if (length > 0 && content[length - 1] == '\r')
        length--;
    g_string_append_len(out, content, (gssize)length);
    return TRUE;
}

static gboolean is_variable_name(const char *name)
{
    if (!g_ascii_isalpha(*name) && *name != '_')
        return FALSE;
    while (g_ascii_isalnum(*name) || *name == '_')
        name++;
    return *name == '\0';
}

/* `inner` stands between "${" and "}". */
static gboolean append_placeholder(const Context *context, const char *inner, GString *out, guint depth, GError **error)
{
    if (g_str_has_prefix(inner, "file:"))
        return append_file(context, inner + strlen("file:"), out, depth, error);

    const char *separator = strstr(inner, ":-");
    g_autofree char *name = separator ? g_strndup(inner, (gsize)(separator - inner)) : g_strdup(inner);
    if (!is_variable_name(name)) {
        /* Not quoted: it may be part of a password. */
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONFIG,
                    "%s: '${' must be followed by a variable's name: ${VAR}, ${VAR:-default} or ${file:PATH}",
                    context->origin);
        return FALSE;
    }
    const char *value = g_getenv(name);
    /* As in the shell: with ":-" an empty variable counts as unset. */
    if (value && (*value || !separator)) {
        g_string_append(out, value);
        return TRUE;
    }
    if (separator)
        return expand(context, separator + 2, out, depth + 1, error);
    g_set_error(error, BASE_ERROR, BASE_ERROR_CONFIG,
                "%s: the environment variable '%s' is not set\nset it, or write ${%s:-default}", context->origin, name,
                name);
    return FALSE;
}

static gboolean expand(const Context *context, const char *text, GString *out, guint depth, GError **error)
{
    static const char here[] = "%(here)s";

    if (depth > DEPTH_MAX) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONFIG, "%s: more than %d placeholders within each other",
                    context->origin, DEPTH_MAX);
        return FALSE;
    }
    while (*text) {
        if (g_str_has_prefix(text, here)) {
            g_string_append(out, context->here);
            text += strlen(here);
        } else if (g_str_has_prefix(text, "${")) {
            gsize length = config_placeholder_length(text);
            if (length == 0) {
                g_set_error(error, BASE_ERROR, BASE_ERROR_CONFIG, "%s: a '${' without its '}'", context->origin);
                return FALSE;
            }
            g_autofree char *inner = g_strndup(text + 2, length - 3);
            if (!append_placeholder(context, inner, out, depth, error))
                return FALSE;
            text += length;
        } else {
            g_string_append_c(out, *text++);
        }
    }
    return TRUE;
}

char *config_interpolate(const char *text, const char *here, const char *origin, GError **error)
{
    Context context = {here, origin};
    g_autoptr(GString) out = g_string_new(NULL);
    if (!expand(&context, text, out, 0, error))
        return NULL;
    return g_string_free(g_steal_pointer(&out), FALSE);
}
