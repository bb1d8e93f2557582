#include <string.h>

#include "base/error.h"
#include "script/internal.h"

static void append_list(GString *text, const char *key, const GPtrArray *words)
{
    if (words == NULL || words->len == 0)
        return;
    g_string_append_printf(text, "-- %s: ", key);
    for (guint i = 0; i < words->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", (const char *)g_ptr_array_index(words, i));
    g_string_append_c(text, '\n');
}

/* Header lines end at line ends: a message keeps its own as further Message lines. */
static void append_message(GString *text, const char *message)
{
    g_autofree char *valid = g_utf8_make_valid(message != NULL ? message : "", -1);
    g_auto(GStrv) lines = g_strsplit(g_strstrip(valid), "\n", -1);
    if (lines[0] == NULL)
        g_string_append(text, "-- Message:\n");
    for (guint i = 0; lines[i] != NULL; i++) {
        const char *line = g_strstrip(g_strdelimit(lines[i], "\r\t\v\f", ' '));
        g_string_append_printf(text, "-- Message:%s%s\n", *line != '\0' ? " " : "", line);
    }
}

static void append_header(GString *text, const RevisionText *revision)
{
    append_message(text, revision->message);
    g_string_append_printf(text, "-- Revision: %s\n-- Revises:", revision->id);
    for (guint i = 0; i < revision->down_revisions->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : " ",
                               (const char *)g_ptr_array_index(revision->down_revisions, i));
    g_string_append_c(text, '\n');
    append_list(text, "Branch-Labels", revision->branch_labels);
    append_list(text, "Depends-On", revision->depends_on);
    if (revision->created != NULL)
        g_string_append_printf(text, "-- Created: %s\n", revision->created);
}

static void append_reason(GString *text, const char *option, const char *reason)
{
    if (reason == NULL)
        return;
    g_string_append_printf(text, " %s:\"", option);
    for (const char *at = reason; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\')
            g_string_append_c(text, '\\');
        g_string_append_c(text, *at == '\n' || *at == '\r' ? ' ' : *at);
    }
    g_string_append_c(text, '"');
}

static void append_marker(GString *text, const NewSection *section)
{
    g_string_append_printf(text, "\n-- migrate:%s", section->up ? "up" : "down");
    if (section->dialect != NULL)
        g_string_append_printf(text, " dialect:%s", section->dialect);
    if (!section->transactional)
        g_string_append(text, " transaction:false");
    if (section->foreign_keys_off)
        g_string_append(text, " foreign-keys:off");
    append_reason(text, "irreversible", section->irreversible);
    append_reason(text, "imported", section->imported);
    g_string_append_c(text, '\n');
}

static void append_section(GString *text, const NewSection *section)
{
    append_marker(text, section);
    for (guint i = 0; section->statements != NULL && i < section->statements->len; i++) {
        const char *statement = g_ptr_array_index(section->statements, i);
        gsize length = strlen(statement);
        while (length > 0 && g_ascii_isspace(statement[length - 1]))
            length--;
        if (i > 0)
            g_string_append_c(text, '\n');
        g_string_append_len(text, statement, (gssize)length);
        /* Behind a comment on the last line a semicolon would belong to the comment. */
        const char *last_line = g_strrstr_len(statement, (gssize)length, "\n");
        const char *from = last_line != NULL ? last_line : statement;
        gboolean comment = g_strstr_len(from, (gssize)length - (from - statement), "--") != NULL;
        g_string_append(text, comment ? "\n;\n" : ";\n");
    }
}

static char *write_text(const RevisionText *revision)
{
    static const NewSection empty[] = {{.up = TRUE, .transactional = TRUE}, {.up = FALSE, .transactional = TRUE}};
    const GPtrArray *sections = revision->sections;
    GString *text = g_string_new(NULL);
    append_header(text, revision);
    for (guint i = 0; sections != NULL && i < sections->len; i++)
        append_section(text, g_ptr_array_index(sections, i));
    for (guint i = 0; (sections == NULL || sections->len == 0) && i < G_N_ELEMENTS(empty); i++)
        append_section(text, &empty[i]);
    return g_string_free(text, FALSE);
}

static gboolean same_section(const Section *read, const NewSection *wanted)
{
    const char *dialect = read->dialects->len > 0 ? g_ptr_array_index(read->dialects, 0) : NULL;
    return read->up == wanted->up && read->transactional == wanted->transactional &&
           read->foreign_keys_off == wanted->foreign_keys_off &&
           (read->irreversible != NULL) == (wanted->irreversible != NULL) &&
           (read->imported != NULL) == (wanted->imported != NULL) && (dialect != NULL) == (wanted->dialect != NULL);
}

/* A statement with a line like a marker would tear a section. */
static gboolean check_text(const RevisionText *revision, const char *path, const char *text, GError **error)
{
    g_autoptr(Revision) read = revision_parse(path, text, strlen(text), error);
    if (read == NULL || revision->is_ops)
        return read != NULL;
    const GPtrArray *wanted = revision->sections;
    gboolean same = strcmp(read->id, revision->id) == 0 && read->down_revisions->len == revision->down_revisions->len;
    if (wanted != NULL && wanted->len > 0) {
        same = same && read->sections->len == wanted->len;
        for (guint i = 0; same && i < wanted->len; i++)
            same = same_section(g_ptr_array_index(read->sections, i), g_ptr_array_index(wanted, i));
    }
    if (!same)
        g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_FILE,
                    "%s: a statement holds a line that starts like a section marker, '-- migrate:'", path);
    return same;
}

char *revision_text_write(const RevisionText *revision, const char *path, GError **error)
{
    g_autofree char *text = revision->is_ops ? ops_text_write(revision) : write_text(revision);
    return check_text(revision, path, text, error) ? g_steal_pointer(&text) : NULL;
}
