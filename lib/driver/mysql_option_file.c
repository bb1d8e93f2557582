#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "driver/mysql_url.h"

enum { DEPTH_MAX = 10 };

typedef struct Reader {
    const char *const *groups;
    MysqlOptionFunction set;
    void *data;
    int depth;
} Reader;

static gboolean read_file(Reader *reader, const char *path, GError **error);

static gboolean fail(GError **error, const char *path, guint line, const char *what)
{
    g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_URL, "option file '%s', line %u: %s", path, line, what);
    return FALSE;
}

/* Quotes around the whole, and the escapes \b \t \n \r \\ \s; any other backslash is itself. Behind what is in no
 * quotes, " #" begins a comment. New string. */
static char *read_value(const char *text)
{
    char quote = *text == '"' || *text == '\'' ? *text++ : '\0';
    GString *value = g_string_new(NULL);
    for (const char *at = text; *at; at++) {
        static const char letters[] = "btnr\\s\"'", meanings[] = "\b\t\n\r\\ \"'";
        const char *letter = *at == '\\' && at[1] ? strchr(letters, at[1]) : NULL;
        if (quote && *at == quote)
            break;
        if (!quote && *at == '#' && at > text && g_ascii_isspace(at[-1]))
            break;
        g_string_append_c(value, letter ? meanings[letter - letters] : *at);
        at += letter ? 1 : 0;
    }
    while (!quote && value->len > 0 && g_ascii_isspace(value->str[value->len - 1]))
        g_string_truncate(value, value->len - 1);
    return g_string_free(value, FALSE);
}

static gboolean read_option(const Reader *reader, char *line, GError **error)
{
    char *equals = strchr(line, '=');
    if (equals)
        *equals = '\0';
    g_strdelimit(g_strstrip(line), "_", '-');
    g_autofree char *value = equals ? read_value(g_strstrip(equals + 1)) : NULL;
    return reader->set(line, value, reader->data, error);
}

static gboolean read_include(Reader *reader, const char *directive, GError **error)
{
    g_autofree char *folder = NULL;
    if (g_str_has_prefix(directive, "!include ") || g_str_has_prefix(directive, "!include\t")) {
        g_autofree char *path = g_strstrip(g_strdup(directive + strlen("!include")));
        return read_file(reader, path, error);
    }
    if (!g_str_has_prefix(directive, "!includedir"))
        return TRUE;
    folder = g_strstrip(g_strdup(directive + strlen("!includedir")));
    g_autofree char *pattern = g_build_filename(folder, "*.cnf", NULL);
    g_autoptr(GPtrArray) paths = file_glob(pattern, error);
    for (guint i = 0; paths && i < paths->len; i++)
        if (!read_file(reader, paths->pdata[i], error))
            return FALSE;
    return paths != NULL;
}

static gboolean read_lines(Reader *reader, const char *path, char *text, GError **error)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    gboolean wanted = FALSE;
    for (guint i = 0; lines[i]; i++) {
        char *line = g_strstrip(lines[i]);
        char *end = *line == '[' ? strchr(line, ']') : NULL;
        if (*line == '\0' || *line == '#' || *line == ';')
            continue;
        if (*line == '[' && !end)
            return fail(error, path, i + 1, "a '[' has no ']'");
        if (end) {
            *end = '\0';
            wanted = g_strv_contains(reader->groups, line + 1);
        } else if (*line == '!') {
            if (!read_include(reader, line, error))
                return FALSE;
        } else if (wanted && !read_option(reader, line, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean read_file(Reader *reader, const char *path, GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) cause = NULL;
    gsize length;
    if (reader->depth == DEPTH_MAX)
        return fail(error, path, 1, "files include each other too deeply");
    if (!file_read_text(path, &text, &length, &cause)) {
        g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_URL, "option file: %s", cause->message);
        return FALSE;
    }
    reader->depth++;
    gboolean done = read_lines(reader, path, text, error);
    reader->depth--;
    explicit_bzero(text, length); /* there may be a password in it */
    return done;
}

gboolean mysql_option_file_read(const char *path, const char *const *groups, MysqlOptionFunction set, void *data,
                                GError **error)
{
    Reader reader = {.groups = groups, .set = set, .data = data};
    g_autofree char *full = g_str_has_prefix(path, "~/") ? g_build_filename(g_get_home_dir(), path + 2, NULL) : NULL;
    return read_file(&reader, full ? full : path, error);
}
