#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "script/internal.h"

static const char *const option_names[] = {"dialect", "transaction", "foreign-keys", "irreversible", "imported"};
static const char *const dialect_names[] = {"sqlite", "postgresql", "mysql", "mariadb"};

/* A marker's text while it is read. */
typedef struct MarkerReader {
    const char *path;
    int line;
    const char *at, *end;
    guint seen; /* bit per option_names */
} MarkerReader;

gboolean line_next(const char *text, gsize length, Line *line)
{
    if (line->next >= length)
        return FALSE;
    line->start = line->next;
    const char *feed = memchr(text + line->start, '\n', length - line->start);
    line->end = feed != NULL ? (gsize)(feed - text) : length;
    line->next = feed != NULL ? line->end + 1 : length;
    if (line->end > line->start && text[line->end - 1] == '\r')
        line->end--;
    line->number++;
    return TRUE;
}

gboolean line_is_marker(const char *text, const Line *line, gsize *rest)
{
    const char *at = text + line->start, *end = text + line->end;
    while (at < end && g_ascii_isspace(*at))
        at++;
    if (end - at < 2 || at[0] != '-' || at[1] != '-')
        return FALSE;
    at += 2;
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    const gsize word = strlen("migrate:");
    if ((gsize)(end - at) < word || g_ascii_strncasecmp(at, "migrate:", word) != 0)
        return FALSE;
    *rest = (gsize)(at - text) + word;
    return TRUE;
}

static void section_free(Section *section)
{
    g_ptr_array_unref(section->dialects);
    g_free(section->irreversible);
    g_free(section->imported);
    g_free(section);
}

static gboolean marker_fail(const MarkerReader *reader, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);
static gboolean marker_fail(const MarkerReader *reader, GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_FILE, "%s:%d: %s", reader->path, reader->line, text);
    return FALSE;
}

static void marker_skip_space(MarkerReader *reader)
{
    while (reader->at < reader->end && g_ascii_isspace(*reader->at))
        reader->at++;
}

/* Up to white space or, with `stop_at_colon`, a colon. */
static char *marker_word(MarkerReader *reader, gboolean stop_at_colon)
{
    const char *start = reader->at;
    while (reader->at < reader->end && !g_ascii_isspace(*reader->at) && !(stop_at_colon && *reader->at == ':'))
        reader->at++;
    return g_strndup(start, (gsize)(reader->at - start));
}

/* A word, or a text in double quotes in which \" and \\ stand for themselves. */
static char *marker_value(MarkerReader *reader, GError **error)
{
    if (reader->at >= reader->end || *reader->at != '"')
        return marker_word(reader, FALSE);
    g_autoptr(GString) value = g_string_new(NULL);
    for (const char *at = reader->at + 1; at < reader->end; at++) {
        if (*at == '"') {
            reader->at = at + 1;
            if (reader->at < reader->end && !g_ascii_isspace(*reader->at)) {
                marker_fail(reader, error, "text right behind the closing quote of \"%s\"", value->str);
                return NULL;
            }
            return g_string_free(g_steal_pointer(&value), FALSE);
        }
        if (*at == '\\' && at + 1 < reader->end && (at[1] == '"' || at[1] == '\\'))
            at++;
        g_string_append_c(value, *at);
    }
    marker_fail(reader, error, "the quote before '%s' is not closed on this line", value->str);
    return NULL;
}

static gboolean read_dialects(const MarkerReader *reader, Section *section, const char *value, GError **error)
{
    g_auto(GStrv) words = g_strsplit(value, ",", -1);
    for (guint i = 0; words[i] != NULL; i++) {
        const char *word = g_strstrip(words[i]);
        if (g_ascii_strcasecmp(word, "postgres") == 0)
            word = "postgresql";
        const char *known = NULL;
        for (guint k = 0; k < G_N_ELEMENTS(dialect_names) && known == NULL; k++)
            if (g_ascii_strcasecmp(word, dialect_names[k]) == 0)
                known = dialect_names[k];
        if (known != NULL) {
            g_ptr_array_add(section->dialects, g_strdup(known));
            continue;
        }
        const char *near = text_nearest(word, dialect_names, G_N_ELEMENTS(dialect_names));
        if (near != NULL)
            return marker_fail(reader, error, "unknown dialect '%s': did you mean '%s'", word, near);
        return marker_fail(reader, error, "unknown dialect '%s': sqlite, postgresql, mysql and mariadb are known",
                           word);
    }
    return TRUE;
}

/* One of two words; TRUE for `yes`. */
static gboolean read_choice(const MarkerReader *reader, const char *name, const char *value, const char *yes,
                            const char *no, gboolean *chosen, GError **error)
{
    *chosen = g_ascii_strcasecmp(value, yes) == 0;
    if (*chosen || g_ascii_strcasecmp(value, no) == 0)
        return TRUE;
    return marker_fail(reader, error, "%s:%s is neither %s:%s nor %s:%s", name, value, name, yes, name, no);
}

static gboolean read_option(MarkerReader *reader, Section *section, GError **error)
{
    g_autofree char *name = marker_word(reader, TRUE);
    guint option = 0;
    while (option < G_N_ELEMENTS(option_names) && g_ascii_strcasecmp(name, option_names[option]) != 0)
        option++;
    if (option == G_N_ELEMENTS(option_names)) {
        const char *near = text_nearest(name, option_names, G_N_ELEMENTS(option_names));
        if (near != NULL)
            return marker_fail(reader, error, "unknown section option '%s': did you mean '%s'", name, near);
        return marker_fail(reader, error,
                           "unknown section option '%s': dialect, transaction, foreign-keys, irreversible and "
                           "imported are known",
                           name);
    }
    if (reader->at >= reader->end || *reader->at != ':')
        return marker_fail(reader, error, "section option '%s' has no value: write %s:VALUE without spaces", name,
                           name);
    reader->at++;
    if ((reader->seen & (1u << option)) != 0)
        return marker_fail(reader, error, "section option '%s' stands twice", name);
    reader->seen |= 1u << option;
    g_autofree char *value = marker_value(reader, error);
    if (value == NULL)
        return FALSE;
    if (*g_strstrip(value) == '\0')
        return marker_fail(reader, error, "section option '%s' has an empty value", name);
    gboolean on = TRUE;
    switch (option) {
    case 0:
        return read_dialects(reader, section, value, error);
    case 1:
        return read_choice(reader, name, value, "true", "false", &section->transactional, error);
    case 2:
        if (!read_choice(reader, name, value, "on", "off", &on, error))
            return FALSE;
        section->foreign_keys_off = !on;
        return TRUE;
    case 3:
        if (section->up)
            return marker_fail(reader, error, "irreversible belongs on a '-- migrate:down' marker");
        section->irreversible = g_steal_pointer(&value);
        return TRUE;
    default:
        if (!section->up)
            return marker_fail(reader, error,
                               "imported belongs on a '-- migrate:up' marker: a way down that is not there is "
                               "irreversible:\"reason\"");
        section->imported = g_steal_pointer(&value);
        return TRUE;
    }
}

static gboolean read_marker(MarkerReader *reader, Section *section, GError **error)
{
    g_autofree char *direction = marker_word(reader, FALSE);
    section->up = g_ascii_strcasecmp(direction, "up") == 0;
    if (!section->up && g_ascii_strcasecmp(direction, "down") != 0)
        return marker_fail(reader, error, "unknown marker 'migrate:%s': it is '-- migrate:up' or '-- migrate:down'",
                           direction);
    for (marker_skip_space(reader); reader->at < reader->end; marker_skip_space(reader))
        if (!read_option(reader, section, error))
            return FALSE;
    return TRUE;
}

const char *section_dialect(const char *dialect)
{
    return strcmp(dialect, "mariadb") == 0 ? "mysql" : dialect;
}

char *section_other_dialects(const char *dialect)
{
    g_autoptr(GPtrArray) others = g_ptr_array_new();
    for (guint i = 0; i < G_N_ELEMENTS(dialect_names); i++)
        if (strcmp(section_dialect(dialect_names[i]), dialect_names[i]) == 0 &&
            strcmp(section_dialect(dialect), dialect_names[i]) != 0)
            g_ptr_array_add(others, (gpointer)dialect_names[i]);
    return text_list(others, ",");
}

GPtrArray *sections_parse(const char *path, const char *text, gsize length, GError **error)
{
    g_autoptr(GPtrArray) sections = g_ptr_array_new_with_free_func((GDestroyNotify)section_free);
    Section *open = NULL;
    Line line = {0};
    gsize rest;
    while (line_next(text, length, &line)) {
        if (!line_is_marker(text, &line, &rest))
            continue;
        if (open != NULL)
            open->length = line.start - open->start;
        open = g_new0(Section, 1);
        open->transactional = TRUE;
        open->dialects = g_ptr_array_new_with_free_func(g_free);
        open->marker_line = line.number;
        open->start = line.next;
        open->line = line.number + 1;
        g_ptr_array_add(sections, open);
        MarkerReader reader = {.path = path, .line = line.number, .at = text + rest, .end = text + line.end};
        if (!read_marker(&reader, open, error))
            return NULL;
    }
    if (open != NULL)
        open->length = length - open->start;
    return g_steal_pointer(&sections);
}

gboolean section_is_for(const Section *section, const char *dialect)
{
    for (guint i = 0; i < section->dialects->len; i++) {
        const char *name = g_ptr_array_index(section->dialects, i);
        if (strcmp(name, dialect) == 0 || (strcmp(name, "mysql") == 0 && strcmp(dialect, "mariadb") == 0))
            return TRUE;
    }
    return section->dialects->len == 0;
}

void section_append_text(const Revision *revision, const Section *section, GString *text)
{
    /* The marker is the line that ends where the section starts. */
    gsize marker = section->start;
    if (marker > 0 && revision->text[marker - 1] == '\n')
        marker--;
    while (marker > 0 && revision->text[marker - 1] != '\n')
        marker--;
    g_string_append_len(text, revision->text + marker, (gssize)(section->start + section->length - marker));
}

char *revision_down_text(const Revision *revision)
{
    GString *down = g_string_new(NULL);
    for (guint i = 0; revision->sections != NULL && i < revision->sections->len; i++) {
        const Section *section = g_ptr_array_index(revision->sections, i);
        if (!section->up)
            section_append_text(revision, section, down);
    }
    return g_string_free(down, FALSE);
}
