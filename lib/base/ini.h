/*
 * INI text by inih, with what it lacks: line numbers, every mistake instead of the first, and nothing cut in silence.
 * Lines are `key = value` or `key: value` under a [section]. A line that is indented deeper than its key continues the
 * value (joined with a line end). Comments are whole lines that start with # or ;, because " ;" may be part of a URL.
 */
#ifndef MIGRATE_BASE_INI_H
#define MIGRATE_BASE_INI_H

#include <glib.h>

#define INI_LINE_MAX 65536 /* bytes; a longer line is a mistake */
#define INI_NAME_MAX 48    /* bytes of a section's or key's name; a longer one is a mistake */

typedef struct IniEntry {
    char *section, *key, *value;
    int line; /* of the key, from 1 */
} IniEntry;
IniEntry *ini_entry_new(const char *section, const char *key, const char *value, int line);
void ini_entry_free(IniEntry *entry);

typedef struct IniSection {
    char *name;
    int line;
} IniSection;

typedef struct IniMistake {
    int line;
    char *text;
} IniMistake;

typedef struct IniFile {
    GPtrArray *sections; /* IniSection*, in file order; one that stands twice is there twice */
    GPtrArray *entries;  /* IniEntry*, in file order; all are kept, also of the same key */
    GPtrArray *mistakes; /* IniMistake* */
} IniFile;

/* Never fails: what cannot be read is in `mistakes`. `text` is UTF-8 without NUL. */
IniFile *ini_read(const char *text, gsize length);
void ini_file_free(IniFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IniFile, ini_file_free)
void ini_file_add_mistake(IniFile *file, int line, const char *format, ...) G_GNUC_PRINTF(3, 4);

#endif
