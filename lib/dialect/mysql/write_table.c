#include "dialect/mysql/compiler.h"

#include <string.h>

#include "base/error.h"

/* --- types --- */

/* The word that a type begins with, in capitals. */
static char *type_word(const SqlType *type, MysqlFlavour flavour)
{
    g_autofree char *sql = mysql_type_sql(type, flavour, NULL);
    char *word = g_ascii_strup(sql ? sql : "", -1);
    word[strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")] = '\0';
    return word;
}

static gboolean type_is(const SqlType *type, MysqlFlavour flavour, const char *const *words)
{
    g_autofree char *word = type_word(type, flavour);
    return g_strv_contains(words, word);
}

gboolean mysql_is_text(const Column *column, MysqlFlavour flavour)
{
    static const char *const words[] = {"CHAR",     "VARCHAR", "TEXT", "TINYTEXT", "MEDIUMTEXT",
                                        "LONGTEXT", "ENUM",    "SET",  NULL};
    return type_is(column->type, flavour, words);
}

/* --- defaults --- */

static gboolean is_current_timestamp(const char *text, gsize length, gsize *position)
{
    static const char *const words[] = {"CURRENT_TIMESTAMP", "NOW", "LOCALTIME", "LOCALTIMESTAMP"};
    SqlToken token = sql_next_significant(&mariadb_dialect, text, length, position);
    gboolean found = FALSE;
    for (gsize i = 0; !found && i < G_N_ELEMENTS(words); i++)
        found = sql_token_is(&token, text, words[i]);
    if (!found)
        return FALSE;
    token = sql_next_significant(&mariadb_dialect, text, length, position);
    if (!sql_token_is(&token, text, "("))
        return token.kind == SQL_TOKEN_END;
    token = sql_next_significant(&mariadb_dialect, text, length, position);
    if (token.kind == SQL_TOKEN_NUMBER)
        token = sql_next_significant(&mariadb_dialect, text, length, position);
    return sql_token_is(&token, text, ")") &&
           sql_next_significant(&mariadb_dialect, text, length, position).kind == SQL_TOKEN_END;
}

/* b'101', x'41' and _utf8mb4'x' are a word and a string to some readers. */
static gboolean is_literal(const char *text, gsize length)
{
    gsize position = 0;
    SqlToken token = sql_next_significant(&mariadb_dialect, text, length, &position);
    if (sql_token_is(&token, text, "-") || sql_token_is(&token, text, "+")) {
        token = sql_next_significant(&mariadb_dialect, text, length, &position);
        if (token.kind != SQL_TOKEN_NUMBER)
            return FALSE;
    } else if (token.kind == SQL_TOKEN_WORD && position < length && text[position] == '\'') {
        token = sql_next_significant(&mariadb_dialect, text, length, &position);
    }
    gboolean word =
        sql_token_is(&token, text, "NULL") || sql_token_is(&token, text, "TRUE") || sql_token_is(&token, text, "FALSE");
    return (word || token.kind == SQL_TOKEN_STRING || token.kind == SQL_TOKEN_NUMBER) &&
           sql_next_significant(&mariadb_dialect, text, length, &position).kind == SQL_TOKEN_END;
}

/* "The BLOB, TEXT, GEOMETRY, and JSON data types can be assigned a default value only if the value is written as an
 * expression" (MySQL 8.0 manual, "Data Type Default Values"). */
static gboolean takes_only_expressions(const SqlType *type, MysqlFlavour flavour)
{
    static const char *const words[] = {"TEXT",
                                        "TINYTEXT",
                                        "MEDIUMTEXT",
                                        "LONGTEXT",
                                        "BLOB",
                                        "TINYBLOB",
                                        "MEDIUMBLOB",
                                        "LONGBLOB",
                                        "JSON",
                                        "GEOMETRY",
                                        "POINT",
                                        "LINESTRING",
                                        "POLYGON",
                                        "MULTIPOINT",
                                        "GEOMCOLLECTION",
                                        "GEOMETRYCOLLECTION",
                                        "MULTILINESTRING",
                                        "MULTIPOLYGON",
                                        NULL};
    return flavour == FLAVOUR_MYSQL && type_is(type, flavour, words);
}

char *mysql_default_sql(const SqlType *type, const char *expression, MysqlFlavour flavour)
{
    static const char *const times[] = {"DATETIME", "TIMESTAMP", NULL};
    gsize length = strlen(expression), position = 0;
    gboolean plain = is_literal(expression, length) && !takes_only_expressions(type, flavour);
    if (is_current_timestamp(expression, length, &position))
        plain = flavour == FLAVOUR_MARIADB || type_is(type, flavour, times);
    if (plain || sql_is_enclosed(&mariadb_dialect, expression))
        return g_strdup(expression);
    g_autoptr(GString) sql = g_string_new("(");
    sql_append(&mariadb_dialect, sql, expression);
    g_string_append_c(sql, ')');
    return g_string_free(g_steal_pointer(&sql), FALSE);
}

/* --- columns --- */

static void append_flag(GString *sql, const GPtrArray *options, const char *name, const char *words)
{
    if (options_get(options, name))
        g_string_append(sql, words);
}

static gboolean append_type(GString *sql, const Table *table, const Column *column, MysqlFlavour flavour,
                            GError **error)
{
    g_autofree char *type = mysql_type_sql(column->type, flavour, error);
    if (!type) {
        g_prefix_error(error, "column '%s.%s': ", table->name, column->name);
        return FALSE;
    }
    g_string_append_printf(sql, " %s", type);
    append_flag(sql, column->options, "compressed", " COMPRESSED");
    const char *charset = options_get(column->options, "charset"), *srid = options_get(column->options, "srid");
    if (charset)
        g_string_append_printf(sql, " CHARACTER SET %s", charset);
    if (column->collation)
        g_string_append_printf(sql, " COLLATE %s", column->collation);
    if (srid)
        g_string_append_printf(sql, flavour == FLAVOUR_MARIADB ? " REF_SYSTEM_ID=%s" : " SRID %s", srid);
    return TRUE;
}

/* MariaDB's grammar has no NOT NULL behind a generated column: such a model is not one that the server could hold. */
static gboolean append_computed(GString *sql, const Table *table, const Column *column, MysqlFlavour flavour,
                                GError **error)
{
    if (flavour == FLAVOUR_MARIADB && !column->nullable) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                    "column '%s.%s': MariaDB takes no NOT NULL for generated columns; use a check", table->name,
                    column->name);
        return FALSE;
    }
    g_string_append(sql, " GENERATED ALWAYS AS (");
    sql_append(&mariadb_dialect, sql, column->computed->expression);
    g_string_append(sql, column->computed->persisted ? ") STORED" : ") VIRTUAL");
    if (!column->nullable)
        g_string_append(sql, " NOT NULL");
    return TRUE;
}

/* Without a word, a TIMESTAMP takes NULL or not as explicit_defaults_for_timestamp says. */
static void append_value(GString *sql, const Column *column, MysqlFlavour flavour)
{
    static const char *const timestamp[] = {"TIMESTAMP", NULL};
    const char *on_update = options_get(column->options, "on_update");
    if (!column->nullable)
        g_string_append(sql, " NOT NULL");
    else if (type_is(column->type, flavour, timestamp))
        g_string_append(sql, " NULL");
    if (column->autoincrement == AUTOINCREMENT_TRUE) {
        g_string_append(sql, " AUTO_INCREMENT");
    } else if (column->server_default) {
        g_autofree char *value = mysql_default_sql(column->type, column->server_default, flavour);
        g_string_append_printf(sql, " DEFAULT %s", value);
    } else if (column->nullable && type_is(column->type, flavour, timestamp)) {
        g_string_append(sql, " DEFAULT NULL");
    }
    if (on_update)
        g_string_append_printf(sql, " ON UPDATE %s", on_update);
}

/* MariaDB wants it behind everything else. */
static void append_check(GString *sql, const Table *table, const Column *column)
{
    for (guint i = 0; i < table->constraints->len; i++) {
        const Constraint *constraint = table->constraints->pdata[i];
        if (g_strcmp0(options_get(constraint->options, "column"), column->name) != 0)
            continue;
        g_string_append(sql, " CHECK (");
        sql_append(&mariadb_dialect, sql, constraint->expression);
        g_string_append_c(sql, ')');
    }
}

char *mysql_column_sql(const Table *table, const Column *column, MysqlFlavour flavour, GError **error)
{
    g_autofree char *name = mysql_quote_identifier(column->name);
    g_autoptr(GString) sql = g_string_new(name);
    if (column->identity) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                    "column '%s.%s': there are no identity columns; use autoincrement", table->name, column->name);
        return NULL;
    }
    if (!append_type(sql, table, column, flavour, error))
        return NULL;
    if (options_get(column->options, "row_start") || options_get(column->options, "row_end")) {
        g_string_append(sql, " GENERATED ALWAYS AS ROW ");
        g_string_append(sql, options_get(column->options, "row_start") ? "START" : "END");
    } else if (!column->computed) {
        append_value(sql, column, flavour);
    } else if (!append_computed(sql, table, column, flavour, error)) {
        return NULL;
    }
    append_flag(sql, column->options, "invisible", " INVISIBLE");
    append_flag(sql, column->options, "without_system_versioning", " WITHOUT SYSTEM VERSIONING");
    if (column->comment && *column->comment) {
        g_autofree char *comment = mysql_quote_literal(column->comment);
        g_string_append_printf(sql, " COMMENT %s", comment);
    }
    append_check(sql, table, column);
    return g_string_free(g_steal_pointer(&sql), FALSE);
}

/* --- options --- */

static gboolean is_word(const char *value)
{
    for (const char *at = value; *at; at++)
        if (!g_ascii_isalnum(*at) && *at != '_')
            return FALSE;
    return *value != '\0';
}

char *mysql_option_sql(const char *name, const char *value)
{
    static const char *const clauses[] = {"partition_by", "system_versioning", "period_for_system_time", "period",
                                          NULL};
    static const char *const literals[] = {"compression",
                                           "encryption",
                                           "connection",
                                           "data_directory",
                                           "index_directory",
                                           "password",
                                           "secondary_engine_attribute",
                                           "engine_attribute",
                                           NULL};
    if (g_strv_contains(clauses, name))
        return NULL;
    if (strcmp(name, "engine") == 0)
        return g_strdup_printf("ENGINE=%s", value);
    if (strcmp(name, "charset") == 0)
        return g_strdup_printf("DEFAULT CHARSET=%s", value);
    g_autofree char *upper = g_ascii_strup(name, -1);
    if (g_str_has_suffix(name, "_directory"))
        g_strdelimit(upper, "_", ' ');
    if (!g_strv_contains(literals, name) && is_word(value))
        return g_strdup_printf("%s=%s", upper, value);
    g_autofree char *literal = mysql_quote_literal(value);
    return g_strdup_printf("%s=%s", upper, literal);
}

static void append_options(GString *sql, const Table *table)
{
    static const char *const first[] = {"charset", "collate"};
    const char *engine = options_get(table->options, "engine");
    g_string_append_printf(sql, " ENGINE=%s", engine ? engine : "InnoDB");
    for (gsize i = 0; i < G_N_ELEMENTS(first); i++) {
        const char *value = options_get(table->options, first[i]);
        g_autofree char *text = value ? mysql_option_sql(first[i], value) : NULL;
        if (text)
            g_string_append_printf(sql, " %s", text);
    }
    for (guint i = 0; i < table->options->len; i++) {
        const Option *option = table->options->pdata[i];
        gboolean done = strcmp(option->name, "engine") == 0 || strcmp(option->name, "charset") == 0 ||
                        strcmp(option->name, "collate") == 0;
        g_autofree char *text = done ? NULL : mysql_option_sql(option->name, option->value ? option->value : "1");
        if (text)
            g_string_append_printf(sql, " %s", text);
    }
    if (table->comment && *table->comment) {
        g_autofree char *comment = mysql_quote_literal(table->comment);
        g_string_append_printf(sql, " COMMENT=%s", comment);
    }
    append_flag(sql, table->options, "system_versioning", " WITH SYSTEM VERSIONING");
    const char *partitions = options_get(table->options, "partition_by");
    if (partitions)
        g_string_append_printf(sql, "\nPARTITION BY %s", partitions);
}

/* --- tables --- */

/* Adds a line (taken); FALSE for NULL. */
static gboolean add_line(GString *body, char *line)
{
    if (!line)
        return FALSE;
    g_string_append(body, body->len > 0 ? ",\n    " : "\n    ");
    g_string_append(body, line);
    g_free(line);
    return TRUE;
}

static void add_periods(GString *body, const Table *table)
{
    const char *system = options_get(table->options, "period_for_system_time");
    const char *period = options_get(table->options, "period");
    if (system)
        add_line(body, g_strdup_printf("PERIOD FOR SYSTEM_TIME (%s)", system));
    if (period)
        add_line(body, g_strdup_printf("PERIOD FOR %s", period));
}

static gboolean add_constraints(GString *body, const Table *table, ConstraintKind kind,
                                gboolean (*inlines)(const Constraint *constraint, void *data), void *data,
                                GError **error)
{
    for (guint i = 0; i < table->constraints->len; i++) {
        const Constraint *constraint = table->constraints->pdata[i];
        if (constraint->kind != kind || options_get(constraint->options, "column") ||
            (kind == CONSTRAINT_FOREIGN_KEY && !inlines(constraint, data)))
            continue;
        if (!add_line(body, mysql_constraint_sql(constraint, error)))
            return FALSE;
    }
    return TRUE;
}

char *mysql_create_table_sql(const Table *table, MysqlFlavour flavour,
                             gboolean (*inlines)(const Constraint *constraint, void *data), void *data, GError **error)
{
    g_autofree char *name = mysql_quote_identifier(table->name);
    g_autoptr(GString) body = g_string_new(NULL), sql = g_string_new(NULL);
    for (guint i = 0; i < table->columns->len; i++)
        if (!add_line(body, mysql_column_sql(table, table->columns->pdata[i], flavour, error)))
            return NULL;
    add_periods(body, table);
    if (table->primary_key && !add_line(body, mysql_constraint_sql(table->primary_key, error)))
        return NULL;
    for (guint i = 0; i < table->indexes->len; i++)
        if (!add_line(body, mysql_index_sql(table, table->indexes->pdata[i], flavour, error)))
            return NULL;
    if (!add_constraints(body, table, CONSTRAINT_EXCLUDE, inlines, data, error) ||
        !add_constraints(body, table, CONSTRAINT_CHECK, inlines, data, error) ||
        !add_constraints(body, table, CONSTRAINT_FOREIGN_KEY, inlines, data, error))
        return NULL;
    g_string_printf(sql, "CREATE TABLE %s (%s\n)", name, body->str);
    append_options(sql, table);
    return g_string_free(g_steal_pointer(&sql), FALSE);
}
