/* A column type's spelling taken apart, in its canonical form. */
#ifndef MIGRATE_DIALECT_MYSQL_SPELLING_H
#define MIGRATE_DIALECT_MYSQL_SPELLING_H

#include <glib.h>

#pragma GCC visibility push(hidden)

typedef struct Spelling {
    GString *name;        /* words in capitals with single spaces: the server's own name, but INTEGER for int */
    GPtrArray *arguments; /* char*: numbers, and what the strings of ENUM and SET say; without display widths */
    gboolean is_unsigned, zerofill;
    gboolean is_boolean;       /* TINYINT(1), which is TINYINT to the server */
    gboolean serial;           /* SERIAL: also NOT NULL, AUTO_INCREMENT and a unique key */
    gboolean binary;           /* BINARY behind a text type: the character set's _bin collation */
    gboolean compressed;       /* MariaDB: COLUMN_TYPE says so as well */
    gboolean odd;              /* something that no spelling of a known type holds, and stands in the name */
    char *charset, *collation; /* what stood behind the type; NULL: nothing. NATIONAL is utf8mb3 */
} Spelling;

/* Reads a type with its attributes. TEXT(n) and BLOB(n) become the type that the server picks; n characters take as
 * many bytes as the spelling's character set says, without one those of utf8mb4. */
void spelling_init(Spelling *spelling, const char *text);
void spelling_clear(Spelling *spelling);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Spelling, spelling_clear)

/* The canonical text, without character set and collation. New string. */
char *spelling_text(const Spelling *spelling);
/* An argument that is a number; -1: there is none. */
int spelling_number(const Spelling *spelling, guint position);

/* What a string literal in quotes of either kind says (MySQL 8.0 manual, "String Literals"; \% and \_ keep their
 * backslash). New string. */
char *mysql_string_value(const char *literal, gsize length);

#pragma GCC visibility pop

#endif
