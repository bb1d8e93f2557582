#include "base/ini.h"

#include <ini.h>
#include <stdarg.h>
#include <string.h>

typedef struct Reader {
    IniFile *file;
    const char *next, *end; /* text not yet handed out */
    int line;               /* of the line handed out last */
    gboolean expects_entry; /* that line must give an entry */
    gboolean got_entry;
    gboolean continues;  /* that line continues `last` */
    gsize key_indent;    /* of the line that `last` began on */
    const char *section; /* owned by file->sections; NULL before the first */
    IniEntry *last;      /* in this section, or NULL */
    GString *value;      /* of `last`, while lines may continue it */
} Reader;

IniEntry *ini_entry_new(const char *section, const char *key, const char *value, int line)
{
    IniEntry *entry = g_new0(IniEntry, 1);
    entry->section = g_strdup(section);
    entry->key = g_strdup(key);
    entry->value = g_strdup(value);
    entry->line = line;
    return entry;
}

void ini_entry_free(IniEntry *entry)
{
    if (!entry)
        return;
    g_free(entry->section);
    g_free(entry->key);
    g_free(entry->value);
    g_free(entry);
}

static void section_free(gpointer section)
{
    g_free(((IniSection *)section)->name);
    g_free(section);
}

static void mistake_free(gpointer mistake)
{
    g_free(((IniMistake *)mistake)->text);
    g_free(mistake);
}

void ini_file_free(IniFile *file)
{
    if (!file)
        return;
    g_ptr_array_unref(file->sections);
    g_ptr_array_unref(file->entries);
    g_ptr_array_unref(file->mistakes);
    g_free(file);
}

void ini_file_add_mistake(IniFile *file, int line, const char *format, ...)
{
    va_list arguments;
    IniMistake *mistake = g_new0(IniMistake, 1);
    mistake->line = line;
    va_start(arguments, format);
    mistake->text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_ptr_array_add(file->mistakes, mistake);
}

static void finish_entry(Reader *reader)
{
    if (reader->last)
        reader->last->value = g_strndup(reader->value->str, reader->value->len);
    reader->last = NULL;
}

static void read_section(Reader *reader, const char *line, gsize length)
{
    const char *close = memchr(line, ']', length);
    finish_entry(reader);
    if (!close)
        ini_file_add_mistake(reader->file, reader->line, "the section's name has no closing ']'");
    gsize name_length = close ? (gsize)(close - line) - 1 : length - 1;
    g_autofree char *name = g_strndup(line + 1, name_length);
    g_strstrip(name);
    if (close && *name == '\0')
        ini_file_add_mistake(reader->file, reader->line, "a section without a name");
    if (name_length > INI_NAME_MAX)
        ini_file_add_mistake(reader->file, reader->line, "a section's name has at most %d bytes", INI_NAME_MAX);
    if (close) {
        g_autofree char *rest = g_strndup(close + 1, length - name_length - 2);
        g_strstrip(rest);
        if (*rest && *rest != '#' && *rest != ';')
            ini_file_add_mistake(reader->file, reader->line, "nothing may follow a section's name on its line");
    }

    IniSection *section = g_new0(IniSection, 1);
    section->name = g_steal_pointer(&name);
    section->line = reader->line;
    g_ptr_array_add(reader->file->sections, section);
    reader->section = section->name;
}

/* Looks at a line before inih does. Returns what inih is to see of it. */
static const char *prepare_line(Reader *reader, const char *line, gsize *length)
{
    gsize indent = 0;
    while (indent < *length && (line[indent] == ' ' || line[indent] == '\t'))
        indent++;

    const char *start = line + indent;
    gsize rest = *length - indent;
    reader->continues = FALSE;
    reader->expects_entry = FALSE;
    reader->got_entry = FALSE;
    if (*length > INI_LINE_MAX) {
        ini_file_add_mistake(reader->file, reader->line, "the line is longer than %d bytes", INI_LINE_MAX);
        *length = 0;
    } else if (rest == 0 || *start == '#' || *start == ';') {
        *length = 0;
    } else if (reader->last && indent > reader->key_indent) {
        reader->continues = TRUE;
        reader->expects_entry = TRUE;
        return line;
    } else if (*start == '[') {
        read_section(reader, start, rest);
        *length = 0;
        /* inih forgets the key that a deeper line would continue only at a section. */
        start = "[s]";
        *length = 3;
    } else {
        reader->expects_entry = TRUE;
        reader->key_indent = indent;
        *length = rest;
    }
    return start;
}

static void finish_line(Reader *reader)
{
    if (reader->expects_entry && !reader->got_entry)
        ini_file_add_mistake(reader->file, reader->line, "expected 'key = value' or '[section]'");
    reader->expects_entry = FALSE;
}

/* An ini_reader: one line without its end. inih sizes the buffer by INI_LINE_MAX, see ini_read(). */
static char *next_line(char *buffer, int size, void *data)
{
    Reader *reader = data;
    finish_line(reader);
    if (reader->next >= reader->end)
        return NULL;

    const char *line = reader->next;
    const char *newline = memchr(line, '\n', (gsize)(reader->end - line));
    gsize length = (gsize)((newline ? newline : reader->end) - line);
    reader->next = newline ? newline + 1 : reader->end;
    reader->line++;
    while (length > 0 && g_ascii_isspace(line[length - 1]))
        length--;

    const char *start = prepare_line(reader, line, &length);
    if (length + 1 > (gsize)size) {
        ini_file_add_mistake(reader->file, reader->line, "the line is longer than %d bytes", size - 1);
        reader->expects_entry = FALSE;
        length = 0;
    }
    memcpy(buffer, start, length);
    buffer[length] = '\0';
    return buffer;
}

static int take_entry(void *data, const char *section, const char *name, const char *value)
{
    (void)section; /* cut at 49 bytes by inih; the reader has the whole name */
    Reader *reader = data;
    if (!name) /* inih may be built to announce sections */
        return 1;
    reader->got_entry = TRUE;
    if (reader->continues) {
        if (reader->value->len > 0)
            g_string_append_c(reader->value, '\n');
        g_string_append(reader->value, value);
        return 1;
    }
    finish_entry(reader);

    if (*name == '\0')
        ini_file_add_mistake(reader->file, reader->line, "a value without a key");
    else if (!reader->section)
        ini_file_add_mistake(reader->file, reader->line, "'%s' stands before the first [section]", name);
    if (strlen(name) > INI_NAME_MAX)
        ini_file_add_mistake(reader->file, reader->line, "a key has at most %d bytes", INI_NAME_MAX);
    reader->last = ini_entry_new(reader->section ? reader->section : "", name, NULL, reader->line);
    g_string_assign(reader->value, value);
    g_ptr_array_add(reader->file->entries, reader->last);
    return 1;
}

IniFile *ini_read(const char *text, gsize length)
{
    IniFile *file = g_new0(IniFile, 1);
    file->sections = g_ptr_array_new_with_free_func(section_free);
    file->entries = g_ptr_array_new_with_free_func((GDestroyNotify)ini_entry_free);
    file->mistakes = g_ptr_array_new_with_free_func(mistake_free);

    ini_use_stack = FALSE;
    ini_allow_realloc = FALSE;
    ini_max_line = ini_initial_alloc = INI_LINE_MAX + 4;
    ini_allow_multiline = TRUE;
    ini_allow_inline_comments = FALSE;
    ini_stop_on_first_error = FALSE;
    Reader reader = {.file = file, .next = text, .end = text + length, .value = g_string_new(NULL)};
    if (ini_parse_stream(next_line, &reader, take_entry, &reader) == -2)
        ini_file_add_mistake(file, 1, "out of memory");
    finish_line(&reader);
    finish_entry(&reader);
    g_string_free(reader.value, TRUE);
    return file;
}
