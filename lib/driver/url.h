/*
 * Database URLs in SQLAlchemy's form (SQLAlchemy docs, "Engine Configuration: Database URLs"):
 * dialect[+driver]://user:password@host:port/database?option=value. The +driver is accepted and ignored.
 * Complete for every dialect; needs no server and no client library.
 */
#ifndef MIGRATE_DRIVER_URL_H
#define MIGRATE_DRIVER_URL_H

#include <glib.h>

typedef struct UrlHost {
    char *host; /* percent-decoded, without the brackets of an IPv6 address; "" for the default */
    int port;   /* 0: not given */
} UrlHost;

typedef struct Url {
    char *dialect;  /* "sqlite", "postgresql", "mysql", "mariadb"; postgres:// becomes "postgresql" */
    char *driver;   /* "psycopg2" …, or NULL */
    char *username; /* decoded, or NULL */
    char *password; /* decoded, or NULL; never printed */
    UrlHost *hosts; /* libpq's host lists; one entry or none elsewhere */
    guint n_hosts;
    char *database;    /* decoded; sqlite: the file's path, NULL for in memory */
    GPtrArray *names;  /* query option names in order, decoded; strings owned */
    GPtrArray *values; /* their values, decoded; strings owned */
    char *original;    /* as given, with password: for libpq only, never for messages */
} Url;

/* DRIVER_ERROR_URL says what is wrong and where, without ever quoting the password. A relative sqlite path stays
 * relative. An unescaped '@', '/' or '#' in a password is recognised and the message says to percent-encode it. */
Url *url_parse(const char *text, GError **error);
void url_free(Url *url);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Url, url_free)

const char *url_option(const Url *url, const char *name); /* last value of an option, or NULL */
/* The URL with the password (also password-like options) as "***". New string. */
char *url_to_string(const Url *url);

#endif
