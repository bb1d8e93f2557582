/*
 * SQL types: SQLAlchemy's generic names, plus any type of a dialect in its own spelling.
 */
#ifndef MIGRATE_SCHEMA_TYPE_H
#define MIGRATE_SCHEMA_TYPE_H

#include <glib.h>

typedef enum SqlTypeKind {
    SQL_TYPE_INTEGER,
    SQL_TYPE_SMALL_INTEGER,
    SQL_TYPE_BIG_INTEGER,
    SQL_TYPE_FLOAT,
    SQL_TYPE_DOUBLE,
    SQL_TYPE_NUMERIC,
    SQL_TYPE_BOOLEAN,
    SQL_TYPE_STRING,
    SQL_TYPE_TEXT,
    SQL_TYPE_UNICODE,
    SQL_TYPE_UNICODE_TEXT,
    SQL_TYPE_LARGE_BINARY,
    SQL_TYPE_DATE,
    SQL_TYPE_TIME,
    SQL_TYPE_DATE_TIME,
    SQL_TYPE_INTERVAL,
    SQL_TYPE_JSON,
    SQL_TYPE_UUID,
    SQL_TYPE_ENUM,
    SQL_TYPE_ARRAY,
    SQL_TYPE_NULL,   /* "NullType": a column without a declared type (SQLite) */
    SQL_TYPE_NATIVE, /* `name` is the dialect's own spelling, arguments included */
} SqlTypeKind;

typedef struct SqlType SqlType;
struct SqlType {
    SqlTypeKind kind;
    int length;           /* String, Unicode, LargeBinary; -1 none */
    int precision, scale; /* Numeric, Float, Time, DateTime, Interval; -1 none */
    gboolean timezone;    /* Time, DateTime */
    char *name;           /* Enum: its name or NULL; NATIVE: the spelling */
    char **values;        /* Enum given in place: NULL-terminated; NULL when `name` refers to MetaData.enums */
    SqlType *item;        /* Array */
};

SqlType *sql_type_new(SqlTypeKind kind); /* all arguments "none" */
SqlType *sql_type_new_native(const char *spelling);
void sql_type_free(SqlType *type);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SqlType, sql_type_free)
SqlType *sql_type_copy(const SqlType *type);
gboolean sql_type_equal(const SqlType *a, const SqlType *b);

/* Reads "Numeric(10, 2)", "DateTime(timezone=true)", "Enum('a', 'b')", "Enum('a', name=mood)", "Enum(mood)",
 * "ARRAY(Integer)". Generic names are those of DESIGN section 3 in their exact case, arguments may have their names
 * ("Numeric(precision=10)"). NATIVE is a text whose first word is in capitals ("VARCHAR(20)"), or with a
 * second word ("character varying(20)"); any other spelling is written Native('mood'). Any other word is
 * SCHEMA_ERROR_TYPE and names the nearest type. */
SqlType *sql_type_parse(const char *text, GError **error);
/* The text that sql_type_parse() reads back as the same type. New string. */
char *sql_type_to_string(const SqlType *type);

#endif
