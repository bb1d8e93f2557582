#include "driver/url.h"

#include <string.h>

#include "base/error.h"

/* No message quotes more of a URL than its dialect: whatever else stands there may be a piece of a password that was
 * not percent-encoded. */

static gboolean fail(GError **error, const char *what)
{
    g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_URL, "invalid database URL: %s", what);
    return FALSE;
}

static void hosts_clear(Url *url)
{
    for (guint i = 0; i < url->n_hosts; i++)
        g_free(url->hosts[i].host);
    g_clear_pointer(&url->hosts, g_free);
    url->n_hosts = 0;
}

/* A secret does not stay in freed memory. */
static void free_secret(char *text)
{
    if (text)
        explicit_bzero(text, strlen(text));
    g_free(text);
}

void url_free(Url *url)
{
    if (!url)
        return;
    hosts_clear(url);
    g_free(url->dialect);
    g_free(url->driver);
    g_free(url->username);
    free_secret(url->password);
    g_free(url->database);
    g_ptr_array_unref(url->names);
    g_ptr_array_unref(url->values);
    free_secret(url->original);
    g_free(url);
}

/* Undoes %XX; a '%' without two hex digits is itself. NULL when a NUL byte comes out. */
static char *decode(const char *text, gsize length)
{
    char *decoded = g_malloc(length + 1);
    gsize n = 0;
    for (gsize i = 0; i < length; i++) {
        char byte = text[i];
        if (byte == '%' && i + 2 < length && g_ascii_isxdigit(text[i + 1]) && g_ascii_isxdigit(text[i + 2])) {
            byte = (char)(g_ascii_xdigit_value(text[i + 1]) * 16 + g_ascii_xdigit_value(text[i + 2]));
            i += 2;
        }
        if (byte == '\0') {
            g_free(decoded);
            return NULL;
        }
        decoded[n++] = byte;
    }
    decoded[n] = '\0';
    return decoded;
}

static gboolean decode_into(char **target, const char *text, gsize length, GError **error)
{
    g_free(*target);
    *target = decode(text, length);
    return *target || fail(error, "%00 stands for no character");
}

static gboolean is_word(const char *text, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isalnum(text[i]) && text[i] != '_' && text[i] != '-' && text[i] != '.')
            return FALSE;
    }
    return length > 0;
}

/* Reads "dialect[+driver]://"; *rest gets what follows. */
static gboolean parse_scheme(Url *url, const char *text, const char **rest, GError **error)
{
    const char *colon = strchr(text, ':');
    gsize length = colon ? (gsize)(colon - text) : 0;
    const char *plus = colon ? memchr(text, '+', length) : NULL;
    gsize dialect_length = plus ? (gsize)(plus - text) : length;

    if (*text == '\0')
        return fail(error, "it is empty");
    if (!colon || !is_word(text, dialect_length) || (plus && !is_word(plus + 1, length - dialect_length - 1)))
        return fail(error, "it must start with its dialect, as in sqlite:///app.db or postgresql://user@host/database");
    g_autofree char *dialect = g_ascii_strdown(text, (gssize)dialect_length);
    if (!g_str_has_prefix(colon, "://")) {
        g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_URL, "invalid database URL: '%s:' must be followed by '//'",
                    dialect);
        return FALSE;
    }
    url->dialect = g_strdup(strcmp(dialect, "postgres") == 0 ? "postgresql" : dialect);
    url->driver = plus ? g_strndup(plus + 1, length - dialect_length - 1) : NULL;
    *rest = colon + strlen("://");
    return TRUE;
}

static gboolean parse_port(const char *text, gsize length, int *port, GError **error)
{
    *port = 0;
    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isdigit(text[i]))
            return fail(error,
                        "the port is no number\nin a user name or password, write '/' as %2F, '?' as %3F, '#' as "
                        "%23, '@' as %40 and ':' in a user name as %3A");
        *port = *port * 10 + (text[i] - '0');
        if (*port > 65535)
            return fail(error, "the port is larger than 65535");
    }
    if (length > 0 && *port == 0)
        return fail(error, "port 0 cannot be connected to");
    return TRUE;
}

/* "host", "host:port", "[address]", "[address]:port", or "". */
static gboolean parse_host(Url *url, const char *text, gsize length, GError **error)
{
    gsize host_start = 0, host_length = length;
    const char *port = NULL;

    if (length > 0 && text[0] == '[') {
        const char *close = memchr(text, ']', length);
        if (!close)
            return fail(error, "a '[' before a host's address has no ']'");
        host_start = 1;
        host_length = (gsize)(close - text) - 1;
        gsize behind = host_length + 2;
        if (host_length == 0 || (behind < length && text[behind] != ':'))
            return fail(error, "an IPv6 address must stand alone between '[' and ']'");
        port = behind < length ? close + 2 : NULL;
    } else {
        const char *colon = memchr(text, ':', length);
        host_length = colon ? (gsize)(colon - text) : length;
        port = colon ? colon + 1 : NULL;
        if (port && memchr(port, ':', (gsize)(text + length - port)))
            return fail(error, "an IPv6 address must stand between '[' and ']', and ':' in a user name or password "
                               "comes before an '@'");
    }

    UrlHost host = {NULL, 0};
    if (port && !parse_port(port, (gsize)(text + length - port), &host.port, error))
        return FALSE;
    if (!decode_into(&host.host, text + host_start, host_length, error))
        return FALSE;
    for (const char *p = host.host; *p; p++) {
        if (strchr(" \t\"'<>\\^`{|}[]", *p)) {
            g_free(host.host);
            return fail(error, "the host holds a character that no host's name has");
        }
    }
    url->hosts = g_renew(UrlHost, url->hosts, url->n_hosts + 1);
    url->hosts[url->n_hosts++] = host;
    return TRUE;
}

static gboolean parse_hosts(Url *url, const char *text, gsize length, GError **error)
{
    gboolean list = strcmp(url->dialect, "postgresql") == 0;

    for (const char *end = text + length;;) {
        const char *comma = memchr(text, ',', (gsize)(end - text));
        if (comma && !list)
            return fail(error, "only postgresql takes more than one host");
        const char *stop = comma ? comma : end;
        if (!parse_host(url, text, (gsize)(stop - text), error))
            return FALSE;
        if (!comma)
            break;
        text = comma + 1;
    }
    if (url->n_hosts == 1 && *url->hosts[0].host == '\0' && url->hosts[0].port == 0)
        hosts_clear(url);
    return TRUE;
}

/* "user:password@host:port" and everything that may be wrong with it. */
static gboolean parse_authority(Url *url, const char *text, gsize length, GError **error)
{
    const char *at = memchr(text, '@', length);
    if (!at)
        return parse_hosts(url, text, length, error);
    gsize user_length = (gsize)(at - text);
    if (memchr(at + 1, '@', length - user_length - 1))
        return fail(error, "there is more than one '@'\nin a user name or password, write '@' as %40");

    const char *colon = memchr(text, ':', user_length);
    gsize name_length = colon ? (gsize)(colon - text) : user_length;
    if (name_length > 0 && !decode_into(&url->username, text, name_length, error))
        return FALSE;
    if (colon && !decode_into(&url->password, colon + 1, user_length - name_length - 1, error))
        return FALSE;
    return parse_hosts(url, at + 1, length - user_length - 1, error);
}

static gboolean parse_query(Url *url, const char *text, GError **error)
{
    g_auto(GStrv) pairs = g_strsplit(text, "&", -1);

    for (char **pair = pairs; *pair; pair++) {
        if (**pair == '\0')
            continue;
        const char *equals = strchr(*pair, '=');
        gsize name_length = equals ? (gsize)(equals - *pair) : strlen(*pair);
        if (name_length == 0)
            return fail(error, "an option behind '?' has no name");
        char *name = NULL, *value = NULL;
        if (!decode_into(&name, *pair, name_length, error))
            return FALSE;
        g_ptr_array_add(url->names, name);
        if (!decode_into(&value, equals ? equals + 1 : "", equals ? strlen(equals + 1) : 0, error)) {
            g_ptr_array_set_size(url->names, (int)url->names->len - 1);
            return FALSE;
        }
        g_ptr_array_add(url->values, value);
    }
    return TRUE;
}

/* SQLAlchemy: what follows "sqlite:///" is the path, so a fourth slash makes it absolute. */
static gboolean parse_sqlite(Url *url, const char *rest, GError **error)
{
    gsize length = strcspn(rest, "?");
    if (rest[length] == '?' && !parse_query(url, rest + length + 1, error))
        return FALSE;
    if (length == 0)
        return TRUE;
    if (*rest != '/')
        return fail(error,
                    "a path follows three slashes, as in sqlite:///app.db, or four, as in sqlite:////var/app.db");
    if (!decode_into(&url->database, rest + 1, length - 1, error))
        return FALSE;
    if (*url->database == '\0' || strcmp(url->database, ":memory:") == 0)
        g_clear_pointer(&url->database, g_free);
    return TRUE;
}

static gboolean parse_network(Url *url, const char *rest, GError **error)
{
    gsize authority = strcspn(rest, "/?#");
    const char *path = rest + authority;
    gsize path_length = strcspn(path, "?#");
    const char *query = path + path_length;

    if (strchr(path, '#'))
        return fail(error, "a '#' must be written %23");
    if (!parse_authority(url, rest, authority, error))
        return FALSE;
    if (memchr(path, '@', path_length))
        return fail(error, "there is an '@' behind the host\nin a user name or password, write '/' as %2F; in a "
                           "database's name, write '@' as %40");
    if (*query == '?' && !memchr(rest, '@', authority) && strchr(query, '@') && memchr(rest, ':', authority))
        return fail(error, "there is an '@' behind a '?'\nin a password, write '?' as %3F; in an option, write '@' as "
                           "%40");
    if (path_length > 1 && !decode_into(&url->database, path + 1, path_length - 1, error))
        return FALSE;
    return *query != '?' || parse_query(url, query + 1, error);
}

static gboolean check_text(const char *text, GError **error)
{
    if (!g_utf8_validate(text, -1, NULL))
        return fail(error, "it is not UTF-8");
    for (const char *p = text; *p; p++) {
        if (g_ascii_iscntrl(*p))
            return fail(error, "it holds a line end or another control character");
    }
    if (*text == ' ' || g_str_has_suffix(text, " "))
        return fail(error, "there is a space before or behind it");
    return TRUE;
}

Url *url_parse(const char *text, GError **error)
{
    g_autoptr(Url) url = g_new0(Url, 1);
    const char *rest = NULL;

    url->names = g_ptr_array_new_with_free_func(g_free);
    url->values = g_ptr_array_new_with_free_func((GDestroyNotify)free_secret);
    url->original = g_strdup(text);
    if (!check_text(text, error) || !parse_scheme(url, text, &rest, error))
        return NULL;
    gboolean is_sqlite = strcmp(url->dialect, "sqlite") == 0;
    if (!(is_sqlite ? parse_sqlite(url, rest, error) : parse_network(url, rest, error)))
        return NULL;
    return g_steal_pointer(&url);
}

const char *url_option(const Url *url, const char *name)
{
    for (guint i = url->names->len; i > 0; i--) {
        if (strcmp(g_ptr_array_index(url->names, i - 1), name) == 0)
            return g_ptr_array_index(url->values, i - 1);
    }
    return NULL;
}

/* --- writing --- */

static gboolean is_secret(const char *option)
{
    static const char *const words[] = {"pass", "pwd", "secret", "token", "credential"};
    g_autofree char *lower = g_ascii_strdown(option, -1);
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        if (strstr(lower, words[i]))
            return TRUE;
    }
    return FALSE;
}

static void append_encoded(GString *out, const char *text, const char *plain)
{
    g_autofree char *encoded = g_uri_escape_string(text, plain, TRUE);
    g_string_append(out, encoded);
}

static void append_hosts(GString *out, const Url *url)
{
    for (guint i = 0; i < url->n_hosts; i++) {
        const UrlHost *host = &url->hosts[i];
        gboolean address = strchr(host->host, ':') != NULL;
        if (i > 0)
            g_string_append_c(out, ',');
        if (address)
            g_string_append_c(out, '[');
        append_encoded(out, host->host, address ? ":" : NULL);
        if (address)
            g_string_append_c(out, ']');
        if (host->port)
            g_string_append_printf(out, ":%d", host->port);
    }
}

char *url_to_string(const Url *url)
{
    GString *out = g_string_new(url->dialect);

    if (url->driver)
        g_string_append_printf(out, "+%s", url->driver);
    g_string_append(out, "://");
    if (url->username)
        append_encoded(out, url->username, NULL);
    if (url->password)
        g_string_append(out, ":***");
    if (url->username || url->password)
        g_string_append_c(out, '@');
    append_hosts(out, url);
    if (url->database) {
        g_string_append_c(out, '/');
        append_encoded(out, url->database, "/:!$'()*+,;=");
    }
    for (guint i = 0; i < url->names->len; i++) {
        const char *name = g_ptr_array_index(url->names, i);
        g_string_append_c(out, i == 0 ? '?' : '&');
        append_encoded(out, name, NULL);
        g_string_append_c(out, '=');
        if (is_secret(name))
            g_string_append(out, "***");
        else
            append_encoded(out, g_ptr_array_index(url->values, i), "/:,");
    }
    return g_string_free(out, FALSE);
}
