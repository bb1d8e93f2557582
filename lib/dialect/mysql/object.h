/*
 * CREATE statements of views, triggers, routines and events. Private to the files of MySQL's dialect.
 *
 * What mysql_adapt_object() makes of a definition, be it a model's or one put together from the catalog:
 * - no OR REPLACE, IF NOT EXISTS, DEFINER and LANGUAGE SQL, no clause that says the default; keywords in capitals, the
 *   object's name as SchemaObject has it; bodies byte for byte.
 * - a routine's or event's COMMENT is SchemaObject.comment, and not in the definition.
 * - a routine's parameters as they are written, which is how both servers keep them; the type of its result as
 *   type_sql() spells it, "CHARSET x" and "COLLATE y" behind it.
 * - a schedule's times are literals with a time of day; STARTS CURRENT_TIMESTAMP is left out: it is what an event
 *   without STARTS gets.
 * - MySQL only: a view's ALGORITHM is left out, with a note: the catalog does not tell it.
 * Of several triggers for one event of one table the first one has no order, each other "FOLLOWS" the one before it
 * (mysql_order_triggers()).
 */
#ifndef MIGRATE_DIALECT_MYSQL_OBJECT_H
#define MIGRATE_DIALECT_MYSQL_OBJECT_H

#include "dialect/mysql/mysql.h"
#include "dialect/reader.h"

#pragma GCC visibility push(hidden)

/* A definition on its way through mysql_adapt_object(). */
typedef struct ObjectReader {
    SchemaObject *object;
    MysqlFlavour flavour;
    SqlReader reader;
    GPtrArray *notes;     /* may be NULL */
    const MetaData *live; /* whose character set and collation go without saying; NULL */
    GString *text;        /* the adapted definition, as far as it is written */
    char *algorithm;      /* a view's, in capitals; NULL */
    gboolean invoker;     /* SQL SECURITY INVOKER stood before the kind */
    gboolean aggregate;   /* AGGREGATE FUNCTION (MariaDB) */
    gboolean commented;   /* COMMENT is written into the text */
    gboolean unified;     /* parameters are written in one way, for comparing */
    gboolean changed;     /* a type has lost its character set */
    gboolean lenient;     /* names may have a database in front, which is left out */
    gsize parameters_at;  /* byte of the text behind the "(" of a routine's parameters; 0: none */
    gsize parameters;     /* how many bytes they have */
    gsize lines_at;       /* byte of the text where the space in front of the body begins */
    gsize body_at;        /* byte of the text where the body begins */
} ObjectReader;

/* --- object.c --- */
/* FALSE, with DIALECT_ERROR_SYNTAX: what was expected where the reader is. */
gboolean object_expected(const ObjectReader *reading, const char *what, GError **error);
/* FALSE, with that error, when the word does not stand here; else goes behind it. */
gboolean object_take(ObjectReader *reading, const char *word, GError **error);
/* A name without a database in front, without quotes; NULL with an error. New string. */
char *object_take_name(ObjectReader *reading, const char *what, GError **error);
/* Goes on, but not into anything in parentheses, until one of the words (NULL-terminated), a "," or ")", or the end
 * follows: what stood there, as written; "" for nothing. New string. */
char *object_take_until(ObjectReader *reading, const char *const *words);
/* COMMENT 'text', where the reader is at the string: into SchemaObject.comment, which may not say anything else. */
gboolean object_take_comment(ObjectReader *reading, GError **error);
/* "\nCOMMENT '…'" into the text, where it is to be written. */
void object_write_comment(const ObjectReader *reading);
/* All that remains, without what may end a statement, into reading->text. FALSE, with an error, when there is nothing.
 */
gboolean object_take_body(ObjectReader *reading, GError **error);

/* Goes behind `user`@`host`, a role, CURRENT_USER(): one word, without space inside. */
void object_skip_account(SqlReader *reader);

/* --- object_trigger.c, object_routine.c, object_event.c: what follows the name --- */
gboolean object_read_trigger(ObjectReader *reading, GError **error);
gboolean object_read_routine(ObjectReader *reading, GError **error);
gboolean object_read_event(ObjectReader *reading, GError **error);

/* "VIEW", "TRIGGER", "FUNCTION", "PROCEDURE", "EVENT"; NULL for a kind that the servers have not. Static. */
const char *mysql_object_word(const char *kind);

/* The object's CREATE statement with its comment. New string. */
char *mysql_object_sql(const SchemaObject *object, MysqlFlavour flavour, GError **error);

/* Leaves out of an adapted definition of a routine the character sets and collations that `live` has by default. */
gboolean mysql_adapt_object_to_live(SchemaObject *object, MysqlFlavour flavour, const MetaData *live, GError **error);

/* Puts the parameters and the body of `statement`, the server's CREATE statement of the same object, in the place of
 * the object's own. */
gboolean mysql_take_body(SchemaObject *object, const char *statement, MysqlFlavour flavour, GError **error);

/* A trigger's adapted definition in its parts. */
typedef struct MysqlTrigger {
    char *event;          /* "BEFORE INSERT" */
    char *table;          /* without quotes */
    gboolean precedes;    /* PRECEDES `other`; FALSE: FOLLOWS */
    char *other;          /* NULL: neither */
    gsize order, body_at; /* byte behind FOR EACH ROW, and that in front of the space before the body */
} MysqlTrigger;
/* DIALECT_ERROR_SYNTAX when it is no trigger's. Fill only; nothing to clear after a failure. */
gboolean mysql_trigger_read(const SchemaObject *object, MysqlTrigger *trigger, GError **error);
void mysql_trigger_clear(MysqlTrigger *trigger);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MysqlTrigger, mysql_trigger_clear)
/* The definition with another order: "FOLLOWS" or "PRECEDES", or NULL for none. New string. */
char *mysql_trigger_ordered(const SchemaObject *object, const MysqlTrigger *trigger, const char *word,
                            const char *other);

/* The value of a string literal, without quotes and escapes. New string. */
char *mysql_literal_value(const char *literal, gsize length);

#pragma GCC visibility pop

#endif
