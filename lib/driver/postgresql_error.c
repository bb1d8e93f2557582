#include "driver/postgresql_error.h"

#include <string.h>

static const struct {
    const char *sqlstate; /* or the two characters of a class */
    DriverError class;
    const char *hint;
} meanings[] = {
    {"23", DRIVER_ERROR_CONSTRAINT, NULL},
    {"55P03", DRIVER_ERROR_BUSY, "another session holds a lock; wait for it to finish, or raise lock_timeout"},
    {"40P01", DRIVER_ERROR_BUSY, NULL},
    {"40001", DRIVER_ERROR_BUSY, NULL},
    {"25006", DRIVER_ERROR_READ_ONLY,
     "the server is a standby, or default_transaction_read_only is set; with several hosts in the URL, "
     "target_session_attrs=read-write finds the one that can be written"},
    {"53100", DRIVER_ERROR_FULL, "make room on the server's disk"},
    {"2D000", DRIVER_ERROR_STATEMENT,
     "what commits by itself runs outside transactions only: make it a procedure, and CALL that in a section with "
     "transaction:false"},
};

DriverError postgresql_error_class(const char *sqlstate, gboolean cancelled)
{
    if (!sqlstate)
        return DRIVER_ERROR_STATEMENT;
    if (strcmp(sqlstate, "57014") == 0)
        return cancelled ? DRIVER_ERROR_CANCELLED : DRIVER_ERROR_STATEMENT;
    for (guint i = 0; i < G_N_ELEMENTS(meanings); i++)
        if (g_str_has_prefix(sqlstate, meanings[i].sqlstate))
            return meanings[i].class;
    return DRIVER_ERROR_STATEMENT;
}

const char *postgresql_error_hint(const char *sqlstate, gboolean cancelled)
{
    if (!sqlstate)
        return NULL;
    if (strcmp(sqlstate, "57014") == 0)
        return cancelled
                   ? NULL
                   : "a statement_timeout (of migrate.ini, the role or the database), or another session, ended it";
    for (guint i = 0; i < G_N_ELEMENTS(meanings); i++)
        if (g_str_has_prefix(sqlstate, meanings[i].sqlstate))
            return meanings[i].hint;
    return NULL;
}

int postgresql_error_position(const char *sql, const char *position)
{
    guint64 characters = position ? g_ascii_strtoull(position, NULL, 10) : 0;
    if (characters == 0)
        return -1;
    const char *at = sql;
    for (; characters > 1 && *at; characters--)
        do
            at++;
        while (((guchar)*at & 0xC0) == 0x80);
    return characters == 1 ? (int)(at - sql) : -1;
}
