#include "driver/postgresql_url.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"

static void add(PostgresqlParameters *parameters, const char *keyword, const char *value)
{
    g_ptr_array_add(parameters->keywords, (gpointer)keyword);
    g_ptr_array_add(parameters->values, (gpointer)value);
}

/* Takes `value`. */
static void add_owned(PostgresqlParameters *parameters, const char *keyword, char *value)
{
    g_ptr_array_add(parameters->owned, value);
    add(parameters, keyword, value);
}

static void add_to_list(GString *hosts, GString *ports, const char *host, gsize length, const char *port)
{
    if (hosts->len > 0 || ports->len > 0)
        g_string_append_c(hosts, ',');
    g_string_append_len(hosts, host, (gssize)length);
    g_string_append_printf(ports, "%s%s", port, ",");
}

/* An empty element of the list of ports is the default one; a list without any is none. */
static void add_hosts(PostgresqlParameters *parameters, const GString *hosts, GString *ports)
{
    g_string_truncate(ports, ports->len - 1);
    add_owned(parameters, "host", g_strdup(hosts->str));
    if (strspn(ports->str, ",") < ports->len)
        add_owned(parameters, "port", g_strdup(ports->str));
}

static void add_url_hosts(PostgresqlParameters *parameters, const Url *url)
{
    if (url->n_hosts == 0)
        return;
    g_autoptr(GString) hosts = g_string_new(NULL), ports = g_string_new(NULL);
    for (guint i = 0; i < url->n_hosts; i++) {
        char port[16] = "";
        if (url->hosts[i].port)
            g_snprintf(port, sizeof port, "%d", url->hosts[i].port);
        add_to_list(hosts, ports, url->hosts[i].host, strlen(url->hosts[i].host), port);
    }
    add_hosts(parameters, hosts, ports);
}

/* The port in "name:port"; NULL in a socket's folder, a list or an IPv6 address. */
static const char *port_in(const char *host)
{
    const char *colon = strchr(host, ':');
    if (!colon || *host == '/' || *host == '@' || strchr(host, ',') || colon[1] == '\0')
        return NULL;
    return colon[1 + strspn(colon + 1, "0123456789")] == '\0' ? colon + 1 : NULL;
}

static void add_option_hosts(PostgresqlParameters *parameters, const Url *url)
{
    g_autoptr(GString) hosts = g_string_new(NULL), ports = g_string_new(NULL);
    guint n = 0;
    gboolean any_port = FALSE;
    for (guint i = 0; i < url->names->len; i++) {
        if (strcmp(url->names->pdata[i], "host") != 0)
            continue;
        const char *host = url->values->pdata[i], *port = port_in(host);
        any_port |= port != NULL;
        n++;
        add_to_list(hosts, ports, host, port ? (gsize)(port - 1 - host) : strlen(host), port ? port : "");
    }
    if (any_port)
        add_hosts(parameters, hosts, ports);
    else if (n > 0)
        add_owned(parameters, "host", g_strdup(hosts->str));
}

static gboolean unknown_option(const char *name, const char *const *known, guint n_known, GError **error)
{
    const char *nearest = text_nearest(name, known, n_known);
    g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_URL, "option '%s' of the postgresql URL is none of libpq's%s%s%s",
                name, nearest ? ", did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
    return FALSE;
}

static gboolean is_utf8(const char *encoding)
{
    return g_ascii_strcasecmp(encoding, "utf8") == 0 || g_ascii_strcasecmp(encoding, "utf-8") == 0;
}

static gboolean add_option(PostgresqlParameters *parameters, const char *name, const char *value,
                           const char *const *known, guint n_known, GError **error)
{
    if (strcmp(name, "ssl") == 0 && strcmp(value, "true") == 0) {
        add(parameters, "sslmode", "require");
        return TRUE;
    }
    gboolean found = FALSE;
    for (guint i = 0; i < n_known && !found; i++)
        found = strcmp(known[i], name) == 0;
    if (!found)
        return unknown_option(name, known, n_known, error);
    if (strcmp(name, "client_encoding") == 0) {
        if (is_utf8(value))
            return TRUE;
        g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_URL,
                    "option 'client_encoding' of the postgresql URL must be utf8, not '%s': files and output are UTF-8",
                    value);
        return FALSE;
    }
    add(parameters, name, value);
    return TRUE;
}

gboolean postgresql_parameters_init(PostgresqlParameters *parameters, const Url *url, const char *const *known,
                                    guint n_known, GError **error)
{
    parameters->keywords = g_ptr_array_new();
    parameters->values = g_ptr_array_new();
    parameters->owned = g_ptr_array_new_with_free_func(g_free);
    add(parameters, "fallback_application_name", "migrate");
    add(parameters, "client_encoding", "UTF8");
    add_url_hosts(parameters, url);
    if (url->username)
        add(parameters, "user", url->username);
    if (url->password)
        add(parameters, "password", url->password);
    if (url->database)
        add(parameters, "dbname", url->database);
    add_option_hosts(parameters, url);
    for (guint i = 0; i < url->names->len; i++) {
        const char *name = url->names->pdata[i];
        if (strcmp(name, "host") != 0 && !add_option(parameters, name, url->values->pdata[i], known, n_known, error))
            return FALSE;
    }
    add(parameters, NULL, NULL);
    return TRUE;
}

void postgresql_parameters_clear(PostgresqlParameters *parameters)
{
    g_clear_pointer(&parameters->keywords, g_ptr_array_unref);
    g_clear_pointer(&parameters->values, g_ptr_array_unref);
    g_clear_pointer(&parameters->owned, g_ptr_array_unref);
}

/* A list of one element is for all hosts, and stays. New string. */
static char *list_without(const char *list, guint index)
{
    g_auto(GStrv) elements = g_strsplit(list, ",", -1);
    GString *rest = g_string_new(NULL);
    guint n = g_strv_length(elements);
    for (guint i = 0, kept = 0; i < n; i++)
        if (n == 1 || i != index)
            g_string_append_printf(rest, "%s%s", kept++ ? "," : "", elements[i]);
    return g_string_free(rest, FALSE);
}

/* libpq's default, which an empty element of a list stands for. */
static const char *port_of(const GStrv ports, guint index)
{
    guint n = g_strv_length(ports);
    const char *port = n == 0 ? "" : n == 1 ? ports[0] : index < n ? ports[index] : "";
    return *port ? port : "5432";
}

gboolean postgresql_parameters_skip_host(PostgresqlParameters *parameters, const char *hosts, const char *addresses,
                                         const char *ports, const char *host, const char *port)
{
    g_auto(GStrv) names = g_strsplit(*hosts ? hosts : addresses, ",", -1);
    g_auto(GStrv) numbers = g_strsplit(ports, ",", -1);
    guint n = g_strv_length(names), at = 0;
    while (at < n && (strcmp(names[at], host) != 0 || strcmp(port_of(numbers, at), port) != 0))
        at++;
    if (n < 2 || at == n)
        return FALSE;
    g_ptr_array_set_size(parameters->keywords, (int)parameters->keywords->len - 1);
    g_ptr_array_set_size(parameters->values, (int)parameters->values->len - 1);
    if (*hosts)
        add_owned(parameters, "host", list_without(hosts, at));
    if (*addresses)
        add_owned(parameters, "hostaddr", list_without(addresses, at));
    add_owned(parameters, "port", list_without(ports, at));
    add(parameters, NULL, NULL);
    return TRUE;
}

static gboolean is_given(const char *text)
{
    return text && *text;
}

char *postgresql_describe(const char *hosts, const char *ports, const char *database, const char *user)
{
    GString *text = g_string_new(is_given(database) ? "database" : "a database");
    if (is_given(database))
        g_string_append_printf(text, " '%s'", database);
    if (is_given(hosts))
        g_string_append_printf(text, " on host '%s'", hosts);
    if (is_given(ports))
        g_string_append_printf(text, "%s port %s", is_given(hosts) ? "," : " on", ports);
    if (is_given(user))
        g_string_append_printf(text, " as user '%s'", user);
    return g_string_free(text, FALSE);
}

const char *postgresql_connect_hint(const char *words, gboolean needs_password)
{
    static const struct {
        const char *first, *second, *hint;
    } hints[] = {
        {"database \"", "\" does not exist", "create it first, as with createdb, or correct the database in the URL"},
        {"role \"", "\" does not exist", "correct the user in the URL, or create it as with createuser"},
        {"password authentication failed", "", "in a URL, a password's '@', '/', '?', '#' and '%' are percent-encoded"},
        {"does not support SSL", "", "without encryption: sslmode=disable or sslmode=prefer in the URL"},
        {"root certificate file", "does not exist",
         "name the certificate of the authority that signed the server's: sslrootcert=FILE in the URL"},
        {"certificate verify failed", "",
         "the server's certificate is not signed by an authority in sslrootcert: correct one of them"},
        {"does not match host name", "",
         "sslmode=verify-full wants a host name that the server's certificate is for; verify-ca does not look at it"},
        {"no pg_hba.conf entry", "no encryption", "the server may want sslmode=require in the URL"},
        {"No such file or directory", "socket", "start the server, or name its host: postgresql://user@host/database"},
    };
    if (needs_password)
        return "a password is needed: in the URL (as ${VARIABLE} or ${file:PATH} in migrate.ini), in PGPASSWORD, or in "
               "~/.pgpass";
    for (guint i = 0; i < G_N_ELEMENTS(hints); i++)
        if (strstr(words, hints[i].first) && strstr(words, hints[i].second))
            return hints[i].hint;
    return NULL;
}
