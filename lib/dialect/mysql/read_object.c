/* All that is a SchemaObject, and MariaDB's sequences: put together as CREATE statements, which are then adapted like a
 * model's (object.h), so that both say the same in one way. */
#include "dialect/mysql/adapt.h"
#include "dialect/mysql/inspector.h"

#include <string.h>

#include "base/error.h"
#include "dialect/mysql/object.h"
#include "embedded.h"

/* The body is not told to everybody who may know that the object is there. */
static gboolean refuse_hidden(const char *kind, const char *name, const char *privilege, GError **error)
{
    g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_CATALOG,
                "the server does not show the definition of %s '%s' to this account: grant it %s", kind, name,
                privilege);
    return FALSE;
}

/* Takes the text. */
static gboolean add_object(MysqlInspector *inspector, const char *kind, const char *name, GString *text,
                           const char *sql_mode, GError **error)
{
    g_autofree char *definition = g_string_free(text, FALSE);
    g_autoptr(SchemaObject) object = schema_object_new(kind, NULL, name, definition);
    object->sql_mode = g_strdup(sql_mode);
    if (!mysql_adapt_object(object, inspector->flavour, NULL, error)) {
        g_prefix_error(error, "cannot read what the catalog says: ");
        return FALSE;
    }
    g_ptr_array_add(inspector->metadata->objects, g_steal_pointer(&object));
    return TRUE;
}

static void append_clause(GString *text, const char *words, const char *value)
{
    g_autofree char *literal = mysql_quote_literal(value);
    if (value != NULL && *value != '\0')
        g_string_append_printf(text, " %s %s", words, literal);
}

/* --- views --- */

static gboolean is_token(const GArray *tokens, guint i, const char *text, const char *word)
{
    return i < tokens->len && sql_token_is(&g_array_index(tokens, SqlToken, i), text, word);
}

static gboolean is_name(const GArray *tokens, guint i, const char *text, const char *name)
{
    const SqlToken *token = i < tokens->len ? &g_array_index(tokens, SqlToken, i) : NULL;
    g_autofree char *found =
        token != NULL && token->kind == SQL_TOKEN_QUOTED ? sql_token_identifier(token, text) : NULL;
    return g_strcmp0(found, name) == 0;
}

static GArray *read_tokens(const char *text)
{
    GArray *tokens = g_array_new(FALSE, FALSE, sizeof(SqlToken));
    for (SqlReader reader = sql_reader_new(&mysql_dialect, text, strlen(text)); reader.token.kind != SQL_TOKEN_END;
         sql_reader_advance(&reader))
        g_array_append_val(tokens, reader.token);
    return tokens;
}

/* TRUE when a table, or what stands for one, has the name of the database: `name`.`x` may be a column of it. */
static gboolean is_ambiguous(const GArray *tokens, const char *text, const char *database)
{
    for (guint i = 0; i < tokens->len; i++)
        if (is_name(tokens, i, text, database) &&
            (!is_token(tokens, i + 1, text, ".") || is_name(tokens, i + 2, text, database)))
            return TRUE;
    return FALSE;
}

/* `database`.`t`.`c`, FROM `database`.`t`, and all else where nothing but the database has the name. */
static gboolean is_qualifier(const GArray *tokens, guint i, const char *text, const char *database, gboolean ambiguous)
{
    if (!is_name(tokens, i, text, database) || !is_token(tokens, i + 1, text, ".") ||
        (i > 0 && is_token(tokens, i - 1, text, ".")))
        return FALSE;
    if (!ambiguous || is_token(tokens, i + 3, text, ".") || is_token(tokens, i + 3, text, "("))
        return TRUE;
    guint before = i;
    while (before > 0 && is_token(tokens, before - 1, text, "("))
        before--;
    return before > 0 && (is_token(tokens, before - 1, text, "from") || is_token(tokens, before - 1, text, "join") ||
                          is_token(tokens, before - 1, text, "straight_join"));
}

/* A quoted name as a person would write it. A function keeps its quotes: the server may have one of that name; so does
 * what may be taken for a character set's introducer. */
static char *plain_name(const GArray *tokens, guint i, const char *text)
{
    const SqlToken *token = &g_array_index(tokens, SqlToken, i);
    if (token->kind != SQL_TOKEN_QUOTED || is_token(tokens, i + 1, text, "(") || text[token->start + 1] == '_')
        return g_strndup(text + token->start, token->length);
    g_autofree char *name = sql_token_identifier(token, text);
    return mysql_quote_identifier(name);
}

/* A view's query with names as they are written in `database`. New string. */
static char *readable_query(const char *text, const char *database)
{
    g_autoptr(GArray) tokens = read_tokens(text);
    gboolean ambiguous = is_ambiguous(tokens, text, database);
    GString *query = g_string_new(NULL);
    gsize copied = 0;
    for (guint i = 0; i < tokens->len; i++) {
        guint skipped = is_qualifier(tokens, i, text, database, ambiguous) ? 2 : 0;
        g_string_append_len(query, text + copied, (gssize)(g_array_index(tokens, SqlToken, i).start - copied));
        i += skipped;
        if (i >= tokens->len)
            break;
        const SqlToken *token = &g_array_index(tokens, SqlToken, i);
        g_autofree char *name = plain_name(tokens, i, text);
        g_string_append(query, name);
        copied = token->start + token->length;
    }
    return g_string_free(query, FALSE);
}

static gboolean add_view(MysqlInspector *inspector, Result *row, GError **error)
{
    enum { KIND, NAME, DEFINITION, ALGORITHM, SECURITY, CHECK_OPTION };
    const char *name = result_text(row, NAME), *definition = result_text(row, DEFINITION);
    const char *option = result_text(row, CHECK_OPTION);
    if (definition == NULL || *definition == '\0')
        return refuse_hidden("view", name, "SHOW VIEW", error);
    g_autofree char *quoted = mysql_quote_identifier(name);
    g_autofree char *query = readable_query(definition, inspector->database);
    GString *text = g_string_new(NULL);
    g_string_printf(text, "CREATE ALGORITHM = %s SQL SECURITY %s VIEW %s AS %s", result_text(row, ALGORITHM),
                    result_text(row, SECURITY), quoted, query);
    if (option != NULL && strcmp(option, "NONE") != 0)
        g_string_append_printf(text, " WITH %s CHECK OPTION", option);
    return add_object(inspector, "view", name, text, NULL, error);
}

/* --- sequences --- */

/* So many in one query. */
enum { SEQUENCES_AT_ONCE = 500 };

static char *sequences_query(const MysqlInspector *inspector, const GPtrArray *found, guint from)
{
    GString *sql = g_string_new(NULL);
    g_autofree char *database = mysql_quote_identifier(inspector->database);
    for (guint i = from; i < found->len && i < from + SEQUENCES_AT_ONCE; i++) {
        const Sequence *sequence = found->pdata[i];
        g_autofree char *name = mysql_quote_identifier(sequence->name);
        g_string_append_printf(sql,
                               "%sSELECT %u AS number, start_value AS start_value, increment AS increment, "
                               "minimum_value AS minimum_value, maximum_value AS maximum_value, "
                               "cache_size AS cache_size, cycle_option AS cycle_option FROM %s.%s",
                               i > from ? " UNION ALL " : "", i, database, name);
    }
    return g_string_free(sql, FALSE);
}

static char *unless_default(const char *value, const char *initial)
{
    return g_strcmp0(value, initial) != 0 ? g_strdup(value) : NULL;
}

/* Defaults: MariaDB's manual, "CREATE SEQUENCE". */
static void fill_sequence(Sequence *sequence, Result *row)
{
    enum { NUMBER, START, INCREMENT, MINIMUM, MAXIMUM, CACHE, CYCLE };
    SequenceOptions *options = &sequence->options;
    gboolean down = *result_text(row, INCREMENT) == '-';
    const char *minimum = result_text(row, MINIMUM), *maximum = result_text(row, MAXIMUM);
    options->increment = unless_default(result_text(row, INCREMENT), "1");
    options->start = unless_default(result_text(row, START), down ? maximum : minimum);
    options->minvalue = unless_default(minimum, down ? "-9223372036854775807" : "1");
    options->maxvalue = unless_default(maximum, down ? "-1" : "9223372036854775806");
    options->cache = unless_default(result_text(row, CACHE), "1000");
    options->cycle = result_integer(row, CYCLE) != 0;
}

static gboolean read_sequences(MysqlInspector *inspector, const GPtrArray *found, GError **error)
{
    for (guint from = 0; from < found->len; from += SEQUENCES_AT_ONCE) {
        g_autofree char *sql = sequences_query(inspector, found, from);
        g_autoptr(Result) result = connection_query(inspector->connection, sql, error);
        int more = result != NULL ? 1 : -1;
        while (more > 0 && (more = result_next(result, error)) > 0)
            fill_sequence(found->pdata[result_integer(result, 0)], result);
        if (more < 0) {
            g_prefix_error(error, "cannot read the sequences: ");
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean read_views(MysqlInspector *inspector, Result *result, GError **error)
{
    enum { KIND, NAME, COMMENT = 6 };
    GPtrArray *sequences = inspector->metadata->sequences;
    int more;
    while ((more = result_next(result, error)) > 0) {
        const char *comment = result_text(result, COMMENT);
        if (strcmp(result_text(result, KIND), "VIEW") != 0) {
            Sequence *sequence = sequence_new(NULL, result_text(result, NAME));
            sequence->comment = comment != NULL && *comment != '\0' ? g_strdup(comment) : NULL;
            g_ptr_array_add(sequences, sequence);
        } else if (!add_view(inspector, result, error)) {
            return FALSE;
        }
    }
    return more == 0 && read_sequences(inspector, sequences, error);
}

/* --- triggers --- */

static gboolean read_triggers(MysqlInspector *inspector, Result *result, GError **error)
{
    enum { NAME, TABLE_NAME, TIMING, EVENT, BODY, SQL_MODE };
    g_autofree char *before = NULL, *group = NULL; /* the trigger in front, and what it is for */
    int more;
    while ((more = result_next(result, error)) > 0) {
        const char *name = result_text(result, NAME), *table_name = result_text(result, TABLE_NAME);
        if (inspector_ignores(inspector, table_name))
            continue;
        g_autofree char *quoted = mysql_quote_identifier(name);
        g_autofree char *table = mysql_quote_identifier(table_name);
        g_autofree char *own =
            g_strdup_printf("%s %s ON %s", result_text(result, TIMING), result_text(result, EVENT), table);
        GString *text = g_string_new(NULL);
        g_string_printf(text, "CREATE TRIGGER %s %s FOR EACH ROW ", quoted, own);
        if (g_strcmp0(own, group) == 0)
            g_string_append_printf(text, "FOLLOWS %s ", before);
        g_string_append(text, result_text(result, BODY));
        if (!add_object(inspector, "trigger", name, text, result_text(result, SQL_MODE), error))
            return FALSE;
        g_free(before);
        g_free(group);
        before = g_steal_pointer(&quoted);
        group = g_steal_pointer(&own);
    }
    return more == 0;
}

/* --- routines --- */

typedef struct Routine {
    char *kind, *name; /* NULL: none yet */
    char *collation;   /* of the database when it was created */
    char *body, *sql_mode;
    GString *parameters, *result, *characteristics;
} Routine;

static void routine_clear(Routine *routine)
{
    g_free(routine->kind);
    g_free(routine->name);
    g_free(routine->collation);
    g_free(routine->body);
    g_free(routine->sql_mode);
    g_string_free(routine->parameters, TRUE);
    g_string_free(routine->result, TRUE);
    g_string_free(routine->characteristics, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Routine, routine_clear)

static void routine_init(Routine *routine)
{
    *routine = (Routine){
        .parameters = g_string_new(NULL), .result = g_string_new(NULL), .characteristics = g_string_new(NULL)};
}

/* The catalog does not tell, but no other function may have the statement (MariaDB's manual, "Stored Aggregate
 * Functions"). */
static gboolean is_aggregate(const char *body)
{
    SqlReader reader = sql_reader_new(&mysql_dialect, body, strlen(body));
    for (; reader.token.kind != SQL_TOKEN_END; sql_reader_advance(&reader)) {
        SqlReader ahead = reader;
        if (sql_reader_take_words(&ahead, "FETCH", "GROUP") && sql_reader_take_words(&ahead, "NEXT", "ROW"))
            return TRUE;
    }
    return FALSE;
}

static gboolean finish_routine(MysqlInspector *inspector, const Routine *routine, GError **error)
{
    if (routine->name == NULL)
        return TRUE;
    gboolean function = strcmp(routine->kind, "FUNCTION") == 0;
    g_autofree char *name = mysql_quote_identifier(routine->name);
    GString *text = g_string_new(NULL);
    g_string_printf(text, "CREATE %s%s %s(%s)%s%s%s\n%s", function && is_aggregate(routine->body) ? "AGGREGATE " : "",
                    routine->kind, name, routine->parameters->str, function ? " RETURNS " : "", routine->result->str,
                    routine->characteristics->str, routine->body);
    return add_object(inspector, function ? "function" : "procedure", routine->name, text, routine->sql_mode, error);
}

static gboolean start_routine(const MysqlInspector *inspector, Routine *routine, Result *row, GError **error)
{
    enum {
        KIND,
        NAME,
        POSITION,
        DETERMINISTIC,
        ACCESS,
        SECURITY,
        COMMENT,
        COLLATION,
        IS_DEFAULT,
        DEFINITION,
        SQL_MODE
    };
    const char *kind = result_text(row, KIND), *name = result_text(row, NAME), *body = result_text(row, DEFINITION);
    if (body == NULL) {
        g_autofree char *word = g_ascii_strdown(kind, -1);
        /* MySQL 8.0 manual, "The INFORMATION_SCHEMA ROUTINES Table". */
        return refuse_hidden(
            word, name, inspector->flavour == FLAVOUR_MARIADB ? "SELECT ON mysql.proc" : "SHOW_ROUTINE ON *.*", error);
    }
    routine_clear(routine);
    routine_init(routine);
    routine->kind = g_strdup(kind);
    routine->name = g_strdup(name);
    routine->body = g_strdup(body);
    routine->sql_mode = g_strdup(result_text(row, SQL_MODE));
    routine->collation = g_strdup(result_text(row, COLLATION));
    g_string_printf(routine->characteristics, "%s %s SQL SECURITY %s",
                    strcmp(result_text(row, DETERMINISTIC), "YES") == 0 ? " DETERMINISTIC" : "",
                    result_text(row, ACCESS), result_text(row, SECURITY));
    append_clause(routine->characteristics, "COMMENT", result_text(row, COMMENT));
    return TRUE;
}

static void append_type(GString *text, const Routine *routine, const char *type, const char *collation,
                        const char *is_default)
{
    g_string_append(text, type);
    if (collation == NULL || g_strcmp0(collation, routine->collation) == 0)
        return;
    g_autofree char *charset = mysql_charset_of(collation);
    if (charset != NULL)
        g_string_append_printf(text, " CHARSET %s", charset);
    if (g_strcmp0(is_default, "Yes") != 0)
        g_string_append_printf(text, " COLLATE %s", collation);
}

static void read_parameter(Routine *routine, Result *row)
{
    enum { POSITION = 2, MODE, NAME, COLLATION = 7, IS_DEFAULT, TYPE };
    const char *type = result_text(row, TYPE), *mode = result_text(row, MODE), *name = result_text(row, NAME);
    const char *collation = result_text(row, COLLATION), *is_default = result_text(row, IS_DEFAULT);
    if (result_integer(row, POSITION) == 0) {
        append_type(routine->result, routine, type, collation, is_default);
        return;
    }
    g_autofree char *quoted = mysql_quote_identifier(name != NULL ? name : "");
    g_string_append_printf(routine->parameters, "%s%s %s ", routine->parameters->len > 0 ? ", " : "",
                           mode != NULL ? mode : "", quoted);
    append_type(routine->parameters, routine, type, collation, is_default);
}

static gboolean read_routines(MysqlInspector *inspector, Result *result, GError **error)
{
    enum { KIND, NAME, POSITION };
    g_auto(Routine) routine;
    int more;
    routine_init(&routine);
    while ((more = result_next(result, error)) > 0) {
        if (result_integer(result, POSITION) < 0) {
            if (!finish_routine(inspector, &routine, error) || !start_routine(inspector, &routine, result, error))
                return FALSE;
        } else if (g_strcmp0(routine.name, result_text(result, NAME)) == 0 &&
                   g_strcmp0(routine.kind, result_text(result, KIND)) == 0) {
            read_parameter(&routine, result);
        }
    }
    return more == 0 && finish_routine(inspector, &routine, error);
}

/* --- events --- */

static void append_schedule(GString *text, Result *row)
{
    enum { NAME, EXECUTE_AT, INTERVAL_VALUE, INTERVAL_FIELD, STARTS, ENDS };
    const char *every = result_text(row, INTERVAL_VALUE);
    append_clause(text, "AT", result_text(row, EXECUTE_AT));
    if (every == NULL)
        return;
    g_autofree char *literal = *every == '\'' ? g_strdup(every) : mysql_quote_literal(every);
    g_string_append_printf(text, " EVERY %s %s", literal, result_text(row, INTERVAL_FIELD));
    append_clause(text, "STARTS", result_text(row, STARTS));
    append_clause(text, "ENDS", result_text(row, ENDS));
}

/* SLAVESIDE_DISABLED, or REPLICA_SIDE_DISABLED (MySQL 8.0 manual, "The INFORMATION_SCHEMA EVENTS Table"). */
static const char *status_clause(const char *status)
{
    if (strcmp(status, "ENABLED") == 0)
        return "ENABLE";
    return strcmp(status, "DISABLED") == 0 ? "DISABLE" : "DISABLE ON SLAVE";
}

static gboolean add_event(MysqlInspector *inspector, Result *row, GError **error)
{
    enum { NAME, ON_COMPLETION = 6, STATUS, COMMENT, BODY, SQL_MODE };
    const char *name = result_text(row, NAME), *body = result_text(row, BODY);
    if (body == NULL)
        return refuse_hidden("event", name, "EVENT", error);
    g_autofree char *quoted = mysql_quote_identifier(name);
    GString *text = g_string_new(NULL);
    g_string_printf(text, "CREATE EVENT %s ON SCHEDULE", quoted);
    append_schedule(text, row);
    g_string_append_printf(text, " ON COMPLETION %s %s", result_text(row, ON_COMPLETION),
                           status_clause(result_text(row, STATUS)));
    append_clause(text, "COMMENT", result_text(row, COMMENT));
    g_string_append_printf(text, " DO %s", body);
    return add_object(inspector, "event", name, text, result_text(row, SQL_MODE), error);
}

/* --- bodies with strings: information_schema has them without introducers, and two backslashes as one; parameters and
 * lines in front of a trigger's body: it has them in its own words --- */

/* So many in one round trip. */
enum { BODIES_AT_ONCE = 200 };

static gboolean is_kept_otherwise(const SchemaObject *object)
{
    static const char *const kinds[] = {"function", "procedure", "trigger", NULL};
    return g_strv_contains(kinds, object->kind) ||
           (strcmp(object->kind, "event") == 0 && strpbrk(object->definition, "'\"") != NULL);
}

static char *show_create(const MysqlInspector *inspector, const SchemaObject *object)
{
    g_autofree char *database = mysql_quote_identifier(inspector->database);
    g_autofree char *name = mysql_quote_identifier(object->name);
    return g_strdup_printf("SHOW CREATE %s %s.%s", mysql_object_word(object->kind), database, name);
}

static gboolean is_routine(const SchemaObject *object)
{
    return strcmp(object->kind, "function") == 0 || strcmp(object->kind, "procedure") == 0;
}

/* What the database's own character set says in a parameter anyway is left out, as it is of a model. */
static gboolean take_body(const MysqlInspector *inspector, SchemaObject *object, Result *result, GError **error)
{
    guint column = strcmp(object->kind, "event") == 0 ? 3 : 2; /* behind name, sql_mode, and an event's time zone */
    int more = result_next(result, error);
    const char *statement = more > 0 ? result_text(result, column) : NULL;
    if (statement != NULL)
        return mysql_take_body(object, statement, inspector->flavour, error) &&
               (!is_routine(object) ||
                mysql_adapt_object_to_live(object, inspector->flavour, inspector->metadata, error));
    return more >= 0 && refuse_hidden(object->kind, object->name, "what SHOW CREATE needs", error);
}

static gboolean read_some_bodies(const MysqlInspector *inspector, SchemaObject **objects, guint n, GError **error)
{
    g_autoptr(GPtrArray) texts = strings_new();
    g_autofree Request *requests = g_new0(Request, n);
    g_autofree Result **results = g_new0(Result *, n);
    for (guint i = 0; i < n; i++) {
        g_ptr_array_add(texts, show_create(inspector, objects[i]));
        requests[i].sql = texts->pdata[i];
    }
    gboolean read = connection_run_many(inspector->connection, requests, n, results, NULL, error);
    for (guint i = 0; i < n; i++) {
        read = read && take_body(inspector, objects[i], results[i], error);
        result_free(results[i]);
    }
    return read;
}

static gboolean read_bodies(const MysqlInspector *inspector, GError **error)
{
    g_autoptr(GPtrArray) objects = g_ptr_array_new();
    for (guint i = 0; i < inspector->metadata->objects->len; i++)
        if (is_kept_otherwise(inspector->metadata->objects->pdata[i]))
            g_ptr_array_add(objects, inspector->metadata->objects->pdata[i]);
    for (guint from = 0; from < objects->len; from += BODIES_AT_ONCE)
        if (!read_some_bodies(inspector, (SchemaObject **)objects->pdata + from,
                              MIN(objects->len - from, BODIES_AT_ONCE), error)) {
            g_prefix_error(error, "cannot read the catalog: ");
            return FALSE;
        }
    return TRUE;
}

/* --- what they use, by the names in their definitions --- */

static void add_name(GHashTable *names, const char *name)
{
    g_hash_table_insert(names, g_ascii_strdown(name, -1), (gpointer)name);
}

static GHashTable *all_names(const MetaData *metadata)
{
    GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < metadata->objects->len; i++)
        add_name(names, ((const SchemaObject *)metadata->objects->pdata[i])->name);
    for (guint i = 0; i < metadata->sequences->len; i++)
        add_name(names, ((const Sequence *)metadata->sequences->pdata[i])->name);
    for (guint i = 0; i < metadata->tables->len; i++)
        add_name(names, ((const Table *)metadata->tables->pdata[i])->name);
    return names;
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void fill_dependencies(const MysqlInspector *inspector)
{
    const MetaData *metadata = inspector->metadata;
    g_autoptr(GHashTable) names = all_names(metadata);
    for (guint i = 0; i < metadata->objects->len; i++) {
        SchemaObject *object = metadata->objects->pdata[i];
        g_autofree char *text = g_strdup(object->definition);
        if (mysql_mode_quotes_names(object->sql_mode))
            g_strdelimit(text, "\"", '`');
        g_autoptr(GPtrArray) words = sql_identifiers(&mysql_dialect, text);
        g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
        for (guint j = 0; j < words->len; j++) {
            g_autofree char *folded = g_ascii_strdown(words->pdata[j], -1);
            char *used = g_hash_table_lookup(names, folded);
            if (used != NULL && strcmp(used, object->name) != 0 && g_strcmp0(used, object->table_name) != 0 &&
                g_hash_table_add(seen, used))
                g_ptr_array_add(object->depends_on, g_strdup(used));
        }
        g_ptr_array_sort(object->depends_on, compare_names);
    }
}

/* The last of the list. */
static gboolean read_events(MysqlInspector *inspector, Result *result, GError **error)
{
    int more;
    while ((more = result_next(result, error)) > 0)
        if (!add_event(inspector, result, error))
            return FALSE;
    if (more < 0 || !read_bodies(inspector, error))
        return FALSE;
    fill_dependencies(inspector);
    return TRUE;
}

#define BOTH(sql)                                                                                                      \
    {                                                                                                                  \
        sql, sql                                                                                                       \
    }
const MysqlQuery mysql_object_queries[] = {
    {{embedded_lib_dialect_mysql_object_views_mysql_sql, embedded_lib_dialect_mysql_object_views_mariadb_sql},
     read_views},
    {BOTH(embedded_lib_dialect_mysql_object_triggers_sql), read_triggers},
    {BOTH(embedded_lib_dialect_mysql_object_routines_sql), read_routines},
    {BOTH(embedded_lib_dialect_mysql_object_events_sql), read_events},
    {{NULL, NULL}, NULL},
};
