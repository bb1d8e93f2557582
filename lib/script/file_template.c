#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "script/internal.h"

static const char *const tokens[] = {"year", "month", "day", "hour", "minute", "second", "epoch", "rev", "slug"};
enum { TOKEN_YEAR, TOKEN_MONTH, TOKEN_DAY, TOKEN_HOUR, TOKEN_MINUTE, TOKEN_SECOND, TOKEN_EPOCH, TOKEN_REV, TOKEN_SLUG };

static gboolean template_fail(const char *text, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);
static gboolean template_fail(const char *text, GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *problem = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_FILE, "file_template '%s': %s", text, problem);
    return FALSE;
}

static gint64 token_number(int token, GDateTime *now)
{
    switch (token) {
    case TOKEN_YEAR:
        return g_date_time_get_year(now);
    case TOKEN_MONTH:
        return g_date_time_get_month(now);
    case TOKEN_DAY:
        return g_date_time_get_day_of_month(now);
    case TOKEN_HOUR:
        return g_date_time_get_hour(now);
    case TOKEN_MINUTE:
        return g_date_time_get_minute(now);
    case TOKEN_SECOND:
        return g_date_time_get_second(now);
    default:
        return g_date_time_to_unix(now);
    }
}

/* Python's "%(NAME)s", "%(NAME)d", "%(NAME).2d" and "%(NAME)02d"; *at stands behind "%(". */
static gboolean expand_token(const char *text, const char **at, GString *out, const char *rev_id, const char *slug,
                             GDateTime *now, GError **error)
{
    const char *close = strchr(*at, ')');
    if (close == NULL)
        return template_fail(text, error, "'%%(' without ')'");
    g_autofree char *name = g_strndup(*at, (gsize)(close - *at));
    int token = 0;
    while (token < (int)G_N_ELEMENTS(tokens) && strcmp(name, tokens[token]) != 0)
        token++;
    if (token == (int)G_N_ELEMENTS(tokens)) {
        const char *near = text_nearest(name, tokens, G_N_ELEMENTS(tokens));
        if (near != NULL)
            return template_fail(text, error, "unknown token '%s': did you mean '%s'", name, near);
        return template_fail(text, error,
                             "unknown token '%s': year, month, day, hour, minute, second, epoch, rev and "
                             "slug are known",
                             name);
    }
    const char *format = close + 1;
    if (*format == '.' || *format == '0')
        format++;
    int width = 0;
    if (g_ascii_isdigit(*format))
        width = *format++ - '0';
    if (*format != 's' && *format != 'd')
        return template_fail(text, error, "behind '%%(%s)' stands '%.4s', not 's', 'd' or '.2d'", name, close + 1);
    *at = format + 1;
    if (token == TOKEN_REV || token == TOKEN_SLUG)
        g_string_append(out, token == TOKEN_REV ? rev_id : slug);
    else
        g_string_append_printf(out, "%0*" G_GINT64_FORMAT, width, token_number(token, now));
    return TRUE;
}

/* An empty slug leaves its separator behind: "3f2a_" becomes "3f2a". */
static void trim_separators(GString *name)
{
    while (name->len > 0 && strchr("_-. ", name->str[name->len - 1]) != NULL)
        g_string_truncate(name, name->len - 1);
}

static gboolean check_name(const ScriptDirectory *directory, const GString *name, GError **error)
{
    const char *text = directory->file_template;
    g_auto(GStrv) parts = g_strsplit(name->str, "/", -1);
    guint n = g_strv_length(parts);
    for (guint i = 0; i < n; i++)
        if (*parts[i] == '\0' || *parts[i] == '.')
            return template_fail(text, error, "gives '%s', which is no path below the version location", name->str);
    if (n == 0)
        return template_fail(text, error, "gives an empty name");
    if (n > 1 && !directory->recursive)
        return template_fail(text, error,
                             "holds a folder: set recursive_version_locations = true, or its files are not found");
    return TRUE;
}

char *file_template_expand(const ScriptDirectory *directory, const char *folder, const char *rev_id,
                           const char *message, gboolean is_ops, GDateTime *now, GError **error)
{
    g_autofree char *slug = text_slug(message, (gsize)directory->truncate_slug_length);
    g_autoptr(GString) name = g_string_new(NULL);
    for (const char *at = directory->file_template; *at != '\0';) {
        if (at[0] == '%' && at[1] == '(') {
            at += 2;
            if (!expand_token(directory->file_template, &at, name, rev_id, slug, now, error))
                return NULL;
        } else if (g_str_has_prefix(at, "%%(")) {
            template_fail(directory->file_template, error,
                          "'%%%%(' is alembic.ini's way to write it: a token has one '%%' here, as in '%%(rev)s'");
            return NULL;
        } else {
            if (at[0] == '%' && at[1] == '%')
                at++;
            g_string_append_c(name, *at++);
        }
    }
    trim_separators(name);
    if (!check_name(directory, name, error))
        return NULL;
    g_autofree char *file = g_strconcat(name->str, is_ops ? ".json" : ".sql", NULL);
    return g_build_filename(folder, file, NULL);
}
