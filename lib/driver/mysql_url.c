#include "driver/mysql_url.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "driver/mysql_error.h"

typedef enum {
    OPTION_TEXT,          /* at `offset` */
    OPTION_NUMBER,        /* an int at `offset` */
    OPTION_SECONDS,       /* a guint at `offset` */
    OPTION_SSL_MODE,      /* a word of modes[] */
    OPTION_SSL,           /* `mode`, when it is on or has no value */
    OPTION_SSL_UNCHECKED, /* TLS_VERIFY_CA when it is on, else encryption that looks at no certificate */
    OPTION_CHARSET,
    OPTION_OFF,   /* must not be on */
    OPTION_FILE,  /* read_default_file and read_default_group, which only a URL has */
    OPTION_OTHER, /* how Python hands out text: nothing here */
} OptionKind;

typedef struct Option {
    const char *name;      /* in a URL; NULL: in option files only */
    const char *file_name; /* in option files, with '-'; NULL: in URLs only */
    gsize offset;
    OptionKind kind;
    MysqlSslMode mode;
} Option;

#define AT(member) G_STRUCT_OFFSET(MysqlParameters, member)

static const Option options[] = {
    {"unix_socket", "socket", AT(socket), OPTION_TEXT, 0},
    {"ssl_ca", "ssl-ca", AT(ssl_ca), OPTION_TEXT, 0},
    {"ssl_capath", "ssl-capath", AT(ssl_capath), OPTION_TEXT, 0},
    {"ssl_cert", "ssl-cert", AT(ssl_cert), OPTION_TEXT, 0},
    {"ssl_key", "ssl-key", AT(ssl_key), OPTION_TEXT, 0},
    {"ssl_cipher", "ssl-cipher", AT(ssl_cipher), OPTION_TEXT, 0},
    {"ssl_mode", "ssl-mode", 0, OPTION_SSL_MODE, 0},
    {"ssl", "ssl", 0, OPTION_SSL, TLS_REQUIRED},
    {"ssl_disabled", "skip-ssl", 0, OPTION_SSL, TLS_DISABLED},
    {"ssl_verify_cert", NULL, 0, OPTION_SSL_UNCHECKED, 0},
    {"ssl_verify_identity", "ssl-verify-server-cert", 0, OPTION_SSL, TLS_VERIFY_IDENTITY},
    {"ssl_check_hostname", NULL, 0, OPTION_SSL, TLS_VERIFY_IDENTITY},
    {"charset", NULL, 0, OPTION_CHARSET, 0},
    {"connect_timeout", "connect-timeout", AT(connect_timeout), OPTION_SECONDS, 0},
    {"read_timeout", NULL, AT(read_timeout), OPTION_SECONDS, 0},
    {"write_timeout", NULL, AT(write_timeout), OPTION_SECONDS, 0},
    {"local_infile", NULL, 0, OPTION_OFF, 0},
    {"read_default_file", NULL, 0, OPTION_FILE, 0},
    {"read_default_group", NULL, 0, OPTION_FILE, 0},
    {"use_unicode", NULL, 0, OPTION_OTHER, 0},
    {"binary_prefix", NULL, 0, OPTION_OTHER, 0},
    {NULL, "host", AT(host), OPTION_TEXT, 0},
    {NULL, "user", AT(user), OPTION_TEXT, 0},
    {NULL, "password", AT(password), OPTION_TEXT, 0},
    {NULL, "database", AT(database), OPTION_TEXT, 0},
    {NULL, "port", AT(port), OPTION_NUMBER, 0},
};

static const char *const modes[] = {"", "DISABLED", "PREFERRED", "REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY"};
static const char *const charsets[] = {"utf8mb4", "utf8", "utf8mb3", NULL};

/* Where an option was read, with what is known by then. */
typedef struct Reading {
    MysqlParameters *parameters;
    const char *source; /* "the mysql URL", "option file …" */
    gboolean connect_timeout_given;
} Reading;

static gboolean fail(GError **error, const Reading *reading, const char *name, const char *expected, const char *value)
{
    g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_URL, "option '%s' of %s must be %s, not '%s'", name, reading->source,
                expected, value);
    return FALSE;
}

/* "ssl", "ssl=1": as the clients read it. FALSE when it is neither on nor off. */
static gboolean read_boolean(const char *value, gboolean *on)
{
    static const char *const words[] = {"0", "false", "no", "off", "1", "true", "yes", "on"};
    *on = !value || *value == '\0';
    for (guint i = 0; value && i < G_N_ELEMENTS(words); i++)
        if (g_ascii_strcasecmp(value, words[i]) == 0) {
            *on = i >= G_N_ELEMENTS(words) / 2;
            return TRUE;
        }
    return *on;
}

static gboolean read_number(const char *value, guint max, guint *number)
{
    guint64 read;
    if (!value || !g_ascii_string_to_unsigned(value, 10, 0, max, &read, NULL))
        return FALSE;
    *number = (guint)read;
    return TRUE;
}

/* The strictest of what is said counts. */
static void ask_for(MysqlParameters *parameters, MysqlSslMode mode)
{
    parameters->ssl_mode = MAX(parameters->ssl_mode, mode);
}

static gboolean set_ssl_mode(const Reading *reading, const char *name, const char *value, GError **error)
{
    g_autofree char *word = g_ascii_strup(value ? value : "", -1);
    g_strdelimit(word, "-", '_');
    for (guint i = 1; i < G_N_ELEMENTS(modes); i++)
        if (strcmp(word, modes[i]) == 0) {
            ask_for(reading->parameters, (MysqlSslMode)i);
            return TRUE;
        }
    return fail(error, reading, name, "DISABLED, PREFERRED, REQUIRED, VERIFY_CA or VERIFY_IDENTITY",
                value ? value : "");
}

static gboolean set_switch(const Reading *reading, const Option *option, const char *name, const char *value,
                           GError **error)
{
    gboolean on;
    if (!read_boolean(value, &on))
        return fail(error, reading, name, "true or false", value);
    if (option->kind == OPTION_OFF && on) {
        g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_URL,
                    "option '%s' of %s cannot be on: no server may ask for files of this computer", name,
                    reading->source);
        return FALSE;
    }
    if (option->kind == OPTION_SSL_UNCHECKED)
        ask_for(reading->parameters, on ? TLS_VERIFY_CA : TLS_REQUIRED);
    else if (option->kind == OPTION_SSL && on)
        ask_for(reading->parameters, option->mode);
    else if (option->mode == TLS_REQUIRED)
        ask_for(reading->parameters, TLS_DISABLED); /* ssl=false */
    return TRUE;
}

static gboolean set_seconds(Reading *reading, const Option *option, const char *name, const char *value, GError **error)
{
    guint *seconds = G_STRUCT_MEMBER_P(reading->parameters, option->offset);
    if (!read_number(value, 365 * 24 * 3600, seconds))
        return fail(error, reading, name, "a number of seconds", value ? value : "");
    if (option->offset == AT(connect_timeout))
        reading->connect_timeout_given = TRUE;
    return TRUE;
}

static gboolean set_option(Reading *reading, const Option *option, const char *name, const char *value, GError **error)
{
    char **text = G_STRUCT_MEMBER_P(reading->parameters, option->offset);
    guint port;
    switch (option->kind) {
    case OPTION_TEXT:
        g_free(*text);
        *text = g_strdup(value ? value : "");
        break;
    case OPTION_NUMBER:
        if (!read_number(value, 65535, &port))
            return fail(error, reading, name, "a port", value ? value : "");
        reading->parameters->port = (int)port;
        break;
    case OPTION_SECONDS:
        return set_seconds(reading, option, name, value, error);
    case OPTION_SSL_MODE:
        return set_ssl_mode(reading, name, value, error);
    case OPTION_SSL:
    case OPTION_SSL_UNCHECKED:
    case OPTION_OFF:
        return set_switch(reading, option, name, value, error);
    case OPTION_CHARSET:
        if (!g_strv_contains(charsets, value ? value : ""))
            return fail(error, reading, name, "utf8mb4 (files and output are UTF-8)", value ? value : "");
        break;
    case OPTION_FILE:
    case OPTION_OTHER:
        break;
    }
    return TRUE;
}

static gboolean unknown_option(const char *name, GError **error)
{
    const char *known[G_N_ELEMENTS(options)];
    guint n = 0;
    for (guint i = 0; i < G_N_ELEMENTS(options); i++)
        if (options[i].name)
            known[n++] = options[i].name;
    const char *nearest = text_nearest(name, known, (gssize)n);
    g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_URL, "unknown option '%s' in the mysql URL%s%s%s", name,
                nearest ? ", did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
    return FALSE;
}

static gboolean read_url(Reading *reading, const Url *url, GError **error)
{
    MysqlParameters *parameters = reading->parameters;
    if (url->n_hosts > 0) {
        parameters->host = *url->hosts[0].host ? g_strdup(url->hosts[0].host) : NULL;
        parameters->port = url->hosts[0].port;
    }
    parameters->user = g_strdup(url->username);
    parameters->password = g_strdup(url->password);
    parameters->database = g_strdup(url->database);
    for (guint i = 0; i < url->names->len; i++) {
        const char *name = url->names->pdata[i];
        const Option *found = NULL;
        for (guint j = 0; j < G_N_ELEMENTS(options) && !found; j++)
            found = g_strcmp0(options[j].name, name) == 0 ? &options[j] : NULL;
        if (!found)
            return unknown_option(name, error);
        if (!set_option(reading, found, name, url->values->pdata[i], error))
            return FALSE;
    }
    return TRUE;
}

/* --- the option file --- */

/* What is no option of a connection is for other programs. */
static gboolean set_from_file(const char *name, const char *value, void *data, GError **error)
{
    Reading *reading = data;
    for (guint i = 0; i < G_N_ELEMENTS(options); i++)
        if (g_strcmp0(options[i].file_name, name) == 0)
            return set_option(reading, &options[i], name, value, error);
    return TRUE;
}

static void take_text(MysqlParameters *parameters, MysqlParameters *file)
{
    for (guint i = 0; i < G_N_ELEMENTS(options); i++) {
        if (options[i].kind != OPTION_TEXT)
            continue;
        char **mine = G_STRUCT_MEMBER_P(parameters, options[i].offset);
        if (!*mine)
            *mine = g_steal_pointer((char **)G_STRUCT_MEMBER_P(file, options[i].offset));
    }
}

static gboolean read_option_file(Reading *reading, const Url *url, GError **error)
{
    const char *path = url_option(url, "read_default_file"), *group = url_option(url, "read_default_group");
    const char *const groups[] = {"client", "client-server", "client-mariadb", group, NULL};
    MysqlParameters *parameters = reading->parameters;
    g_auto(MysqlParameters) file = {0};
    if (!path && !group)
        return TRUE;
    if (!path) {
        g_set_error_literal(error, DRIVER_ERROR, DRIVER_ERROR_URL,
                            "option 'read_default_group' of the mysql URL needs read_default_file: without one, no "
                            "option file is read");
        return FALSE;
    }
    g_autofree char *source = g_strdup_printf("option file '%s'", path);
    Reading inner = {.parameters = &file, .source = source};
    if (!mysql_option_file_read(path, groups, set_from_file, &inner, error))
        return FALSE;
    if (parameters->host && strcmp(parameters->host, "localhost") != 0)
        g_clear_pointer(&file.socket, g_free);
    take_text(parameters, &file);
    if (parameters->port == 0 && (!url->n_hosts || *url->hosts[0].host == '\0'))
        parameters->port = file.port;
    if (!reading->connect_timeout_given && inner.connect_timeout_given) {
        parameters->connect_timeout = file.connect_timeout;
        reading->connect_timeout_given = TRUE;
    }
    if (!parameters->ssl_mode)
        parameters->ssl_mode = file.ssl_mode;
    return TRUE;
}

/* --- the whole --- */

static gboolean is_given(const char *text)
{
    return text && *text;
}

gboolean mysql_parameters_use_socket(const MysqlParameters *parameters)
{
    if (is_given(parameters->socket))
        return TRUE;
    return !is_given(parameters->host) ? parameters->port == 0
                                       : strcmp(parameters->host, "localhost") == 0 && parameters->port == 0;
}

static gboolean choose_ssl_mode(MysqlParameters *parameters, GError **error)
{
    gboolean has_ca = is_given(parameters->ssl_ca) || is_given(parameters->ssl_capath);
    gboolean on_socket = mysql_parameters_use_socket(parameters);
    if (!parameters->ssl_mode)
        parameters->ssl_mode = has_ca ? TLS_VERIFY_CA : on_socket ? TLS_DISABLED : TLS_PREFERRED;
    if (parameters->ssl_mode == TLS_VERIFY_CA && !has_ca) {
        g_set_error_literal(error, DRIVER_ERROR, DRIVER_ERROR_URL,
                            "ssl_mode VERIFY_CA of the mysql URL needs the authority's certificate: ssl_ca=FILE or "
                            "ssl_capath=FOLDER");
        return FALSE;
    }
    if (parameters->ssl_mode == TLS_VERIFY_IDENTITY && on_socket) {
        g_set_error_literal(error, DRIVER_ERROR, DRIVER_ERROR_URL,
                            "ssl_mode VERIFY_IDENTITY of the mysql URL needs a host: a unix socket has no name that a "
                            "certificate could be for");
        return FALSE;
    }
    return TRUE;
}

gboolean mysql_parameters_init(MysqlParameters *parameters, const Url *url, GError **error)
{
    Reading reading = {.parameters = parameters, .source = "the mysql URL"};
    if (!read_url(&reading, url, error) || !read_option_file(&reading, url, error))
        return FALSE;
    if (!reading.connect_timeout_given)
        parameters->connect_timeout = MYSQL_DEFAULT_CONNECT_TIMEOUT;
    return choose_ssl_mode(parameters, error);
}

void mysql_parameters_clear(MysqlParameters *parameters)
{
    if (parameters->password)
        explicit_bzero(parameters->password, strlen(parameters->password));
    for (guint i = 0; i < G_N_ELEMENTS(options); i++)
        if (options[i].kind == OPTION_TEXT)
            g_clear_pointer((char **)G_STRUCT_MEMBER_P(parameters, options[i].offset), g_free);
}

char *mysql_describe(const MysqlParameters *parameters)
{
    GString *text = g_string_new(is_given(parameters->database) ? "database" : "a server");
    if (is_given(parameters->database))
        g_string_append_printf(text, " '%s'", parameters->database);
    if (is_given(parameters->socket))
        g_string_append_printf(text, " on socket '%s'", parameters->socket);
    else if (mysql_parameters_use_socket(parameters))
        g_string_append(text, " on the default socket");
    else
        g_string_append_printf(text, " on host '%s', port %d",
                               is_given(parameters->host) ? parameters->host : "localhost",
                               parameters->port ? parameters->port : 3306);
    if (is_given(parameters->user))
        g_string_append_printf(text, " as user '%s'", parameters->user);
    return g_string_free(text, FALSE);
}

void mysql_set_connect_error(const MysqlParameters *parameters, MysqlAttempt attempt, guint timeout, guint code,
                             const char *words, GError **error)
{
    g_autofree char *target = mysql_describe(parameters);
    if (attempt == ATTEMPT_INTERRUPTED) {
        g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_CANCELLED, "interrupted while connecting to %s", target);
        return;
    }
    if (attempt == ATTEMPT_LATE) {
        g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_CONNECT,
                    "%s cannot be connected to\nit gave no answer within %u seconds (connect_timeout)", target,
                    timeout);
        return;
    }
    const char *hint = mysql_connect_hint(code, words);
    g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_CONNECT, "%s cannot be connected to\n%s%s%s", target, words,
                hint ? "\n" : "", hint ? hint : "");
}

/* MariaDB puts "5.5.5-" before its version: old clients would take 10 for 1. */
int mysql_version_number(const char *text)
{
    static const char prefix[] = "5.5.5-";
    int major = 0, minor = 0, patch = 0;
    if (g_str_has_prefix(text, prefix) && g_ascii_isdigit(text[strlen(prefix)]))
        text += strlen(prefix);
    sscanf(text, "%d.%d.%d", &major, &minor, &patch);
    return major * 10000 + minor * 100 + patch;
}

const char *mysql_product(const char *version)
{
    g_autofree char *lower = g_ascii_strdown(version, -1);
    return strstr(lower, "mariadb") ? "MariaDB" : "MySQL";
}
