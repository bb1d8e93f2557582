/* How objects look now, as digests of what SHOW CREATE says. */
#include "dialect/mysql/effects.h"

#include <string.h>

/* The session's own settings may be anything, and the texts follow them: the pinned ones for these queries. */
static const char settings_begin[] = "SET @migrate_sql_mode = coalesce(@migrate_sql_mode, @@session.sql_mode), "
                                     "@migrate_quote = coalesce(@migrate_quote, @@session.sql_quote_show_create), "
                                     "@@session.sql_mode = '" MYSQL_SQL_MODE "', "
                                     "@@session.sql_quote_show_create = 1";
static const char settings_end[] =
    "SET @@session.sql_mode = @migrate_sql_mode, @@session.sql_quote_show_create = @migrate_quote, "
    "@migrate_sql_mode = NULL, @migrate_quote = NULL";

static const struct {
    const char *query; /* %s: the name */
    guint column;      /* of the definition */
} shows[N_TARGET_KINDS] = {
    [TARGET_TABLE] = {"SHOW CREATE TABLE %s", 1},
    [TARGET_VIEW] = {"SHOW CREATE VIEW %s", 1},
    [TARGET_TRIGGER] = {"SHOW CREATE TRIGGER %s", 2},
    [TARGET_PROCEDURE] = {"SHOW CREATE PROCEDURE %s", 2},
    [TARGET_FUNCTION] = {"SHOW CREATE FUNCTION %s", 2},
    [TARGET_EVENT] = {"SHOW CREATE EVENT %s", 3},
    [TARGET_SEQUENCE] = {"SHOW CREATE SEQUENCE %s", 1},
    [TARGET_DATABASE] = {"SHOW CREATE DATABASE %s", 1},
    [TARGET_USER] = {"SHOW GRANTS FOR %s", 0},
    [TARGET_SERVER] = {"SELECT concat_ws(char(0), Host, Db, Username, Password, Port, Socket, Wrapper, Owner) "
                       "FROM mysql.servers WHERE Server_name = %s",
                       0},
};

static char *query_of(const Target *target)
{
    g_autofree char *name =
        target->kind == TARGET_SERVER ? mysql_quote_literal(target->name) : mysql_target_sql(target);
    g_autoptr(GString) sql = g_string_new(shows[target->kind].query);
    g_string_replace(sql, "%s", name, 1);
    return g_strdup(sql->str);
}

/* --- what the server says when it shows nothing (both manuals: "Server Error Message Reference") --- */

static gboolean is_one_of(int code, const int *codes, gsize n)
{
    for (gsize i = 0; i < n; i++)
        if (codes[i] == code)
            return TRUE;
    return FALSE;
}

static gboolean says_missing(int code)
{
    static const int codes[] = {
        1049, /* unknown database */
        1141, /* no such grant */
        1146, /* no such table */
        1305, /* no such routine */
        1347, /* not a view */
        1360, /* no such trigger */
        1539, /* no such event */
        4089, /* not a sequence */
        4091, /* unknown sequence */
    };
    return is_one_of(code, codes, G_N_ELEMENTS(codes));
}

static gboolean says_denied(int code)
{
    static const int codes[] = {
        1044, /* to a database */
        1142, /* to a table */
        1143, /* to a column */
        1227, /* without a privilege */
        1356, /* a view refers to what its definer may not use */
        1370, /* to a routine */
    };
    return is_one_of(code, codes, G_N_ELEMENTS(codes));
}

/* --- digests --- */

static void hash_token(GChecksum *checksum, const char *text, const SqlToken *token)
{
    g_checksum_update(checksum, (const guchar *)text + token->start, (gssize)token->length);
}

/* CREATE TABLE `name` (… AUTO_INCREMENT=5 …): without the name and the number. */
static void hash_table(GChecksum *checksum, const char *text)
{
    gsize length = strlen(text), position = 0;
    gboolean named = FALSE, masks = FALSE;
    SqlToken before = {.kind = SQL_TOKEN_END};

    for (;;) {
        SqlToken token = mysql_next_token(text, length, position);
        if (token.kind == SQL_TOKEN_END)
            return;
        position = token.start + token.length;
        if (sql_token_is(&token, text, "="))
            masks = sql_token_is(&before, text, "AUTO_INCREMENT");
        else if (masks && token.kind == SQL_TOKEN_NUMBER)
            masks = FALSE;
        else if (!named && token.kind == SQL_TOKEN_QUOTED)
            named = TRUE;
        else if (!sql_token_is(&token, text, "AUTO_INCREMENT") || text[position] != '=')
            hash_token(checksum, text, &token);
        before = token;
    }
}

/* NULL without a row. */
static gboolean digest(Result *result, TargetKind kind, char **state, gboolean *temporary, GError **error)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    gboolean readable = TRUE;
    int row = 0, rows = 0;

    while ((row = result_next(result, error)) > 0) {
        guint column = MIN(shows[kind].column, result_n_columns(result) - 1);
        const char *text = result_text(result, column);
        rows++;
        readable = readable && text != NULL; /* a routine of somebody else's */
        if (text == NULL)
            continue;
        *temporary = g_str_has_prefix(text, "CREATE TEMPORARY TABLE");
        if (kind == TARGET_TABLE && g_str_has_prefix(text, "CREATE TABLE"))
            hash_table(checksum, text);
        else
            g_checksum_update(checksum, (const guchar *)text, -1);
        g_checksum_update(checksum, (const guchar *)"\n", 1);
    }
    if (rows > 0)
        *state = g_strdup(readable ? g_checksum_get_string(checksum) : STATE_UNREADABLE);
    return row == 0;
}

/* --- asking --- */

typedef struct Looks {
    Connection *connection;
    GPtrArray *left; /* Target*, whose state is asked for */
    GPtrArray *sql;  /* theirs, and the settings around them */
    Result **results;
} Looks;

static void free_results(Looks *looks)
{
    for (guint i = 0; i < looks->sql->len; i++)
        result_free(looks->results[i]);
}

/* One round trip. FALSE without an error: one target said that it is not there, and is no longer among those left. */
static gboolean ask(Looks *looks, GError **error)
{
    g_autofree Request *requests = g_new0(Request, looks->sql->len);
    g_autoptr(GError) failure = NULL;
    guint failed = 0;

    for (guint i = 0; i < looks->sql->len; i++)
        requests[i].sql = looks->sql->pdata[i];
    if (connection_run_many(looks->connection, requests, looks->sql->len, looks->results, &failed, &failure))
        return TRUE;
    int code = connection_last_error(looks->connection)->code;
    gboolean denied = says_denied(code), empty = code == 1032 /* no such record */;
    if ((!denied && !empty && !says_missing(code)) || failed == 0 || failed > looks->left->len) {
        connection_execute(looks->connection, settings_end, NULL);
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    Target *target = looks->left->pdata[failed - 1];
    target->state = g_strdup(denied ? STATE_UNREADABLE : empty ? STATE_EMPTY : NULL);
    g_ptr_array_remove_index(looks->left, failed - 1);
    g_ptr_array_remove_index(looks->sql, failed);
    return FALSE;
}

static gboolean read_states(Looks *looks, const char **temporary, GError **error)
{
    for (guint i = 0; i < looks->left->len; i++) {
        Target *target = looks->left->pdata[i];
        gboolean is_temporary = FALSE;
        if (!digest(looks->results[i + 1], target->kind, &target->state, &is_temporary, error))
            return FALSE;
        if (is_temporary && temporary != NULL)
            *temporary = target->name;
    }
    return TRUE;
}

static gboolean look_up(Looks *looks, const char **temporary, GError **error)
{
    GError *failure = NULL;

    g_ptr_array_add(looks->sql, g_strdup(settings_begin));
    for (guint i = 0; i < looks->left->len; i++)
        g_ptr_array_add(looks->sql, query_of(looks->left->pdata[i]));
    g_ptr_array_add(looks->sql, g_strdup(settings_end));
    looks->results = g_new0(Result *, looks->sql->len);
    while (!ask(looks, &failure)) {
        if (failure == NULL)
            continue;
        g_propagate_error(error, failure);
        return FALSE;
    }
    gboolean read = read_states(looks, temporary, error);
    free_results(looks);
    return read;
}

gboolean mysql_look_up_targets(Connection *connection, GPtrArray *targets, const char **temporary, GError **error)
{
    Looks looks = {.connection = connection, .left = g_ptr_array_new(), .sql = g_ptr_array_new_with_free_func(g_free)};
    gboolean done = TRUE;

    if (temporary != NULL)
        *temporary = NULL;
    for (guint i = 0; i < targets->len; i++) {
        Target *target = targets->pdata[i];
        g_clear_pointer(&target->state, g_free);
        g_ptr_array_add(looks.left, target);
    }
    if (targets->len > 0)
        done = look_up(&looks, temporary, error);
    g_free(looks.results);
    g_ptr_array_unref(looks.left);
    g_ptr_array_unref(looks.sql);
    return done;
}

gboolean mysql_is_listed(Connection *connection, const Target *table, gboolean *listed, GError **error)
{
    GError *failure = NULL;
    g_autofree char *schema = table->schema != NULL ? mysql_quote_literal(table->schema) : g_strdup("database()");
    g_autofree char *name = mysql_quote_literal(table->name);
    g_autofree char *sql = g_strdup_printf(
        "SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s", schema, name);
    g_autofree char *found = connection_scalar(connection, sql, &failure);

    *listed = found != NULL;
    if (failure == NULL)
        return TRUE;
    g_propagate_error(error, failure);
    return FALSE;
}

gboolean mysql_has_rows(Connection *connection, const Target *table, gboolean *has, GError **error)
{
    GError *failure = NULL;
    g_autofree char *name = mysql_target_sql(table);
    g_autofree char *sql = g_strdup_printf("SELECT 1 FROM %s LIMIT 1", name);
    g_autofree char *found = connection_scalar(connection, sql, &failure);

    *has = found != NULL;
    if (failure == NULL)
        return TRUE;
    g_propagate_error(error, failure);
    return FALSE;
}
