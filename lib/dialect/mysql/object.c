/* CREATE statements of objects, in the words of the catalog: the frame of all kinds, and views. */
#include "dialect/mysql/object.h"

#include <string.h>

#include "base/error.h"

static const struct {
    const char *kind, *word;
} kinds[] = {
    {"view", "VIEW"}, {"trigger", "TRIGGER"}, {"function", "FUNCTION"}, {"procedure", "PROCEDURE"}, {"event", "EVENT"},
};

const char *mysql_object_word(const char *kind)
{
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (strcmp(kinds[i].kind, kind) == 0)
            return kinds[i].word;
    return NULL;
}

/* --- what all kinds need --- */

gboolean object_expected(const ObjectReader *reading, const char *what, GError **error)
{
    const SqlReader *reader = &reading->reader;
    const SchemaObject *object = reading->object;
    if (sql_reader_at_end(reader)) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_SYNTAX, "%s '%s': its definition ends where %s is expected",
                    object->kind, object->name, what);
        return FALSE;
    }
    g_autofree char *found =
        g_utf8_make_valid(reader->sql + reader->token.start, (gssize)MIN(reader->token.length, 40));
    g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_SYNTAX, "%s '%s': its definition has '%s' where %s is expected",
                object->kind, object->name, found, what);
    return FALSE;
}

gboolean object_take(ObjectReader *reading, const char *word, GError **error)
{
    return sql_reader_take(&reading->reader, word) || object_expected(reading, word, error);
}

/* "x" is a name where the object's modes say so. */
static char *take_identifier(ObjectReader *reading)
{
    SqlReader *reader = &reading->reader;
    if (reader->token.kind != SQL_TOKEN_STRING || reader->sql[reader->token.start] != '"' ||
        !mysql_mode_quotes_names(reading->object->sql_mode))
        return sql_reader_take_identifier(reader);
    char *name = sql_token_identifier(&reader->token, reader->sql);
    sql_reader_advance(reader);
    return name;
}

char *object_take_name(ObjectReader *reading, const char *what, GError **error)
{
    g_autofree char *name = take_identifier(reading);
    if (reading->lenient && name != NULL && sql_reader_take(&reading->reader, ".")) {
        g_free(name);
        name = take_identifier(reading);
    }
    if (name == NULL) {
        object_expected(reading, what, error);
        return NULL;
    }
    if (sql_reader_is(&reading->reader, ".")) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                    "%s '%s': %s is written with its database, '%s': write it without, the connection's is meant",
                    reading->object->kind, reading->object->name, what, name);
        return NULL;
    }
    return g_steal_pointer(&name);
}

char *object_take_until(ObjectReader *reading, const char *const *words)
{
    static const char *const delimiters[] = {",", ")", NULL};
    SqlReader *reader = &reading->reader;
    gsize start = reader->token.start, end = start;
    while (!sql_reader_at_end(reader) && !sql_reader_is_one_of(reader, delimiters) &&
           !sql_reader_is_one_of(reader, words)) {
        if (!sql_reader_skip_parentheses(reader)) {
            end = reader->token.start + reader->token.length;
            sql_reader_advance(reader);
            continue;
        }
        /* The reader is behind the space and comments that follow the parenthesis. */
        for (end = reader->token.start; reader->sql[end - 1] != ')';)
            end--;
    }
    return g_strndup(reader->sql + start, end - start);
}

char *mysql_literal_value(const char *literal, gsize length)
{
    static const char letters[] = "0nrtbZ", values[] = "\0\n\r\t\b\032";
    GString *value = g_string_new(NULL);
    for (gsize i = 1; i + 1 < length; i++) {
        const char *escape = literal[i] == '\\' && literal[i + 1] != '\0' ? strchr(letters, literal[i + 1]) : NULL;
        if (escape != NULL) {
            g_string_append_c(value, values[escape - letters]);
            i++;
            continue;
        }
        gboolean pattern = literal[i] == '\\' && (literal[i + 1] == '%' || literal[i + 1] == '_'); /* both stay */
        if (!pattern && (literal[i] == '\\' || literal[i] == *literal)) /* escaped or doubled */
            i++;
        g_string_append_c(value, literal[i]);
    }
    return g_string_free(value, FALSE);
}

gboolean object_take_comment(ObjectReader *reading, GError **error)
{
    SqlReader *reader = &reading->reader;
    SchemaObject *object = reading->object;
    if (reader->token.kind != SQL_TOKEN_STRING)
        return object_expected(reading, "the comment's text", error);
    g_autofree char *value = mysql_literal_value(reader->sql + reader->token.start, reader->token.length);
    sql_reader_advance(reader);
    if (object->comment != NULL && strcmp(object->comment, value) != 0) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                    "%s '%s' has two comments, one in its definition ('%s') and another one", object->kind,
                    object->name, value);
        return FALSE;
    }
    g_free(object->comment);
    object->comment = *value != '\0' ? g_steal_pointer(&value) : NULL;
    return TRUE;
}

void object_write_comment(const ObjectReader *reading)
{
    g_autofree char *literal = mysql_quote_literal(reading->object->comment);
    if (reading->commented && reading->object->comment != NULL)
        g_string_append_printf(reading->text, "\nCOMMENT %s", literal);
}

gboolean object_take_body(ObjectReader *reading, GError **error)
{
    SqlReader *reader = &reading->reader;
    gsize start = reader->token.start, end = start;
    if (sql_reader_at_end(reader))
        return object_expected(reading, "its body", error);
    reading->body_at = reading->text->len;
    if (reading->lines_at == 0)
        reading->lines_at = reading->body_at;
    for (; reader->token.kind != SQL_TOKEN_END; sql_reader_advance(reader))
        if (reader->token.kind != SQL_TOKEN_SEMICOLON)
            end = reader->token.start + reader->token.length;
    g_string_append_len(reading->text, reader->sql + start, (gssize)(end - start));
    return TRUE;
}

/* --- views --- */

/* How many bytes at the end of a view's query are WITH CHECK OPTION, whose default is CASCADED. */
static gsize short_check_option(const char *query)
{
    static const char *const words[] = {"WITH", "CHECK", "OPTION"};
    SqlReader reader = sql_reader_new(&mysql_dialect, query, strlen(query));
    gsize starts[G_N_ELEMENTS(words)] = {0};
    guint matched = 0;
    for (; reader.token.kind != SQL_TOKEN_END; sql_reader_advance(&reader)) {
        if (matched == G_N_ELEMENTS(words) || !sql_reader_is(&reader, words[matched]))
            matched = 0;
        if (sql_reader_is(&reader, words[matched]))
            starts[matched++] = reader.token.start;
    }
    return matched == G_N_ELEMENTS(words) ? strlen(query) - starts[0] : 0;
}

static void write_view_start(ObjectReader *reading)
{
    g_string_append(reading->text, "CREATE ");
    if (reading->algorithm != NULL && strcmp(reading->algorithm, "UNDEFINED") != 0) {
        if (reading->flavour == FLAVOUR_MARIADB)
            g_string_append_printf(reading->text, "ALGORITHM = %s ", reading->algorithm);
        else if (reading->notes != NULL)
            g_ptr_array_add(reading->notes, g_strdup_printf("ALGORITHM = %s of view '%s' is left out: MySQL's catalog "
                                                            "does not tell it",
                                                            reading->algorithm, reading->object->name));
    }
    if (reading->invoker)
        g_string_append(reading->text, "SQL SECURITY INVOKER ");
}

static gboolean read_view(ObjectReader *reading, GError **error)
{
    SqlReader *reader = &reading->reader;
    g_autofree char *name = mysql_quote_identifier(reading->object->name);
    write_view_start(reading);
    g_string_append_printf(reading->text, "VIEW %s", name);
    if (sql_reader_is(reader, "(")) {
        static const char *const as[] = {"AS", NULL};
        g_autofree char *columns = object_take_until(reading, as);
        g_string_append_printf(reading->text, " %s", columns);
    }
    if (!object_take(reading, "AS", error))
        return FALSE;
    g_string_append(reading->text, " AS ");
    gsize query = reading->text->len;
    if (!object_take_body(reading, error))
        return FALSE;
    gsize option = short_check_option(reading->text->str + query);
    if (option > 0) {
        g_string_truncate(reading->text, reading->text->len - option);
        g_string_append(reading->text, "WITH CASCADED CHECK OPTION");
    }
    return TRUE;
}

/* --- the frame --- */

void object_skip_account(SqlReader *reader)
{
    gsize end = 0;
    do {
        end = reader->token.start + reader->token.length;
        sql_reader_advance(reader);
    } while (!sql_reader_at_end(reader) && reader->token.start == end);
    sql_reader_skip_parentheses(reader);
}

/* Once for all objects. */
static void note_definer(const ObjectReader *reading)
{
    static const char note[] = "DEFINER is left out: an object belongs to the account that creates it";
    if (reading->notes != NULL && !g_ptr_array_find_with_equal_func(reading->notes, note, g_str_equal, NULL))
        g_ptr_array_add(reading->notes, g_strdup(note));
}

/* What may stand between CREATE and the word of the kind. */
static gboolean read_start(ObjectReader *reading, GError **error)
{
    SqlReader *reader = &reading->reader;
    for (;;) {
        if (sql_reader_take_words(reader, "OR", "REPLACE"))
            continue;
        if (sql_reader_take(reader, "AGGREGATE")) {
            reading->aggregate = TRUE;
        } else if (sql_reader_take(reader, "ALGORITHM")) {
            if (!object_take(reading, "=", error))
                return FALSE;
            g_free(reading->algorithm);
            reading->algorithm = g_ascii_strup(reader->sql + reader->token.start, (gssize)reader->token.length);
            sql_reader_advance(reader);
        } else if (sql_reader_take(reader, "DEFINER")) {
            if (!object_take(reading, "=", error))
                return FALSE;
            object_skip_account(reader);
            note_definer(reading);
        } else if (sql_reader_take_words(reader, "SQL", "SECURITY")) {
            reading->invoker = sql_reader_take(reader, "INVOKER");
            if (!reading->invoker && !object_take(reading, "DEFINER", error))
                return FALSE;
        } else {
            return TRUE;
        }
    }
}

static gboolean read_name(ObjectReader *reading, GError **error)
{
    const SchemaObject *object = reading->object;
    gboolean counts = strcmp(object->kind, "view") == 0 || strcmp(object->kind, "trigger") == 0;
    SqlReader *reader = &reading->reader;
    if (sql_reader_take_words(reader, "IF", "NOT"))
        if (!object_take(reading, "EXISTS", error))
            return FALSE;
    g_autofree char *name = object_take_name(reading, "its name", error);
    if (name == NULL)
        return FALSE;
    if (counts ? strcmp(name, object->name) == 0 : g_ascii_strcasecmp(name, object->name) == 0)
        return TRUE;
    g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_SYNTAX, "%s '%s': its definition creates '%s'", object->kind,
                object->name, name);
    return FALSE;
}

static gboolean read_definition(ObjectReader *reading, const char *word, GError **error)
{
    const SchemaObject *object = reading->object;
    if (sql_reader_is(&reading->reader, "DELIMITER")) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_SYNTAX,
                    "%s '%s': DELIMITER is a command of the client, no SQL: leave it out, a definition is one "
                    "statement whatever semicolons its body has",
                    object->kind, object->name);
        return FALSE;
    }
    if (!object_take(reading, "CREATE", error) || !read_start(reading, error) || !object_take(reading, word, error) ||
        !read_name(reading, error))
        return FALSE;
    if (strcmp(object->kind, "view") == 0)
        return read_view(reading, error);
    if (strcmp(object->kind, "trigger") == 0)
        return object_read_trigger(reading, error);
    if (strcmp(object->kind, "event") == 0)
        return object_read_event(reading, error);
    return object_read_routine(reading, error);
}

static gboolean check_object(const SchemaObject *object, MysqlFlavour flavour, GError **error)
{
    const char *product = flavour == FLAVOUR_MARIADB ? "MariaDB" : "MySQL";
    if (mysql_object_word(object->kind) == NULL)
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "%s '%s': %s has no such kind of object",
                    object->kind, object->name, product);
    else if (object->definition == NULL)
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "%s '%s' has no definition for %s", object->kind,
                    object->name, product);
    else
        return TRUE;
    return FALSE;
}

/* A view is kept as a tree. */
static void adapt_mode(SchemaObject *object, MysqlFlavour flavour)
{
    g_autofree char *written = g_steal_pointer(&object->sql_mode);
    if (written != NULL && strcmp(object->kind, "view") != 0)
        object->sql_mode = mysql_sql_mode(written, flavour);
}

/* `reading` says how. */
static gboolean adapt(SchemaObject *object, ObjectReader *reading, GError **error)
{
    if (!check_object(object, reading->flavour, error))
        return FALSE;
    g_autoptr(GString) text = g_string_new(NULL);
    reading->object = object;
    reading->text = text;
    adapt_mode(object, reading->flavour);
    reading->reader = sql_reader_new(&mysql_dialect, object->definition, strlen(object->definition));
    gboolean read = read_definition(reading, mysql_object_word(object->kind), error);
    g_clear_pointer(&reading->algorithm, g_free);
    reading->text = NULL;
    if (!read)
        return FALSE;
    g_free(object->definition);
    object->definition = g_strdup(text->str);
    return TRUE;
}

/* A second statement would run beside it, in every revision that writes the object. */
gboolean mysql_object_is_one_statement(const SchemaObject *object, GError **error)
{
    g_autoptr(GPtrArray) statements = mysql_split(object->definition, strlen(object->definition), error);
    if (statements == NULL)
        g_prefix_error(error, "%s '%s': its definition: ", object->kind, object->name);
    else if (statements->len > 1)
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_SYNTAX,
                    "%s '%s': its definition is %u statements, not one: is there a BEGIN … END missing?", object->kind,
                    object->name, statements->len);
    return statements != NULL && statements->len <= 1;
}

gboolean mysql_adapt_object(SchemaObject *object, MysqlFlavour flavour, GPtrArray *notes, GError **error)
{
    ObjectReader reading = {.flavour = flavour, .notes = notes};
    return adapt(object, &reading, error);
}

gboolean mysql_adapt_object_to_live(SchemaObject *object, MysqlFlavour flavour, const MetaData *live, GError **error)
{
    ObjectReader reading = {.flavour = flavour, .live = live};
    return adapt(object, &reading, error);
}

char *mysql_object_sql(const SchemaObject *object, MysqlFlavour flavour, GError **error)
{
    ObjectReader reading = {.flavour = flavour, .commented = TRUE};
    g_autoptr(SchemaObject) copy = schema_object_copy(object);
    return adapt(copy, &reading, error) ? g_steal_pointer(&copy->definition) : NULL;
}

gboolean mysql_take_body(SchemaObject *object, const char *statement, MysqlFlavour flavour, GError **error)
{
    ObjectReader own = {.flavour = flavour}, shown = {.flavour = flavour, .lenient = TRUE};
    g_autoptr(SchemaObject) other = schema_object_new(object->kind, NULL, object->name, statement);
    other->sql_mode = g_strdup(object->sql_mode);
    if (!adapt(object, &own, error) || !adapt(other, &shown, error))
        return FALSE;
    const char *definition = object->definition, *from = other->definition;
    gsize behind = own.parameters_at + own.parameters;
    g_autoptr(GString) text = g_string_new_len(definition, (gssize)own.parameters_at);
    g_string_append_len(text, from + shown.parameters_at, (gssize)shown.parameters);
    g_string_append_len(text, definition + behind, (gssize)(own.lines_at - behind));
    g_string_append(text, from + shown.lines_at);
    g_free(object->definition);
    object->definition = g_strdup(text->str);
    return TRUE;
}

gboolean mysql_object_equal(const SchemaObject *a, const SchemaObject *b)
{
    ObjectReader first = {.unified = TRUE}, second = {.unified = TRUE};
    g_autoptr(SchemaObject) copy_a = schema_object_copy(a), copy_b = schema_object_copy(b);
    if (strcmp(a->kind, "view") == 0 || !adapt(copy_a, &first, NULL) || !adapt(copy_b, &second, NULL))
        return sql_equal(&mysql_dialect, a->definition, b->definition);
    if (!sql_same_tokens(&mysql_dialect, copy_a->definition + first.body_at, copy_b->definition + second.body_at))
        return FALSE;
    copy_a->definition[first.body_at] = copy_b->definition[second.body_at] = '\0';
    return sql_equal(&mysql_dialect, copy_a->definition, copy_b->definition);
}
