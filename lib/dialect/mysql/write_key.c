#include "dialect/mysql/compiler.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"

/* Options of the compiler's own, in its copies of the schema only. */
#define WRITTEN_NAME "compiler.name"
#define MARK "compiler.mark"

/* --- small things --- */

gboolean mysql_has_name(const GPtrArray *names, const char *name)
{
    for (guint i = 0; i < names->len; i++)
        if (g_strcmp0(names->pdata[i], name) == 0)
            return TRUE;
    return FALSE;
}

gboolean mysql_mentions(const char *text, const GPtrArray *names)
{
    if (!text || names->len == 0)
        return FALSE;
    g_autoptr(GPtrArray) found = sql_identifiers(&mariadb_dialect, text);
    for (guint i = 0; i < found->len; i++)
        for (guint j = 0; j < names->len; j++)
            if (g_ascii_strcasecmp(found->pdata[i], names->pdata[j]) == 0)
                return TRUE;
    return FALSE;
}

static char *names_sql(const GPtrArray *names)
{
    g_autoptr(GPtrArray) quoted = strings_new();
    for (guint i = 0; i < names->len; i++)
        g_ptr_array_add(quoted, mysql_quote_identifier(names->pdata[i]));
    return text_list(quoted, ", ");
}

static void append_comment(GString *sql, const char *comment)
{
    if (!comment || !*comment)
        return;
    g_autofree char *literal = mysql_quote_literal(comment);
    g_string_append_printf(sql, " COMMENT %s", literal);
}

/* --- marks and names --- */

void mysql_mark_constraints(const MetaData *metadata)
{
    guint mark = 0;
    for (guint i = 0; i < metadata->tables->len; i++) {
        const Table *table = metadata->tables->pdata[i];
        for (guint j = 0; j < table->constraints->len; j++) {
            const Constraint *constraint = table->constraints->pdata[j];
            g_autofree char *text = g_strdup_printf("%u", mark++);
            options_set(constraint->options, MARK, text);
        }
    }
}

gboolean mysql_is_marked(const Constraint *constraint)
{
    return options_get(constraint->options, MARK) != NULL;
}

const Constraint *mysql_same_constraint(const Table *table, const Constraint *like)
{
    const char *mark = options_get(like->options, MARK);
    for (guint i = 0; mark && i < table->constraints->len; i++) {
        const Constraint *constraint = table->constraints->pdata[i];
        if (g_strcmp0(options_get(constraint->options, MARK), mark) == 0)
            return constraint;
    }
    return NULL;
}

void mysql_take_mark(const Constraint *constraint, const Constraint *from)
{
    options_set(constraint->options, MARK, options_get(from->options, MARK));
}

const char *mysql_constraint_name(const Constraint *constraint)
{
    const char *written = options_get(constraint->options, WRITTEN_NAME);
    return written ? written : constraint->name;
}

/* The number N in PREFIXN, or 0. */
static guint64 number_behind(const char *name, const char *prefix)
{
    if (!name || !g_str_has_prefix(name, prefix))
        return 0;
    char *end = NULL;
    guint64 number = g_ascii_strtoull(name + strlen(prefix), &end, 10);
    return *end == '\0' ? number : 0;
}

/* The server's choice: one more than the highest number so far. */
static void name_constraints(const Table *table, ConstraintKind kind, const char *prefix)
{
    guint64 highest = 0;
    for (guint i = 0; i < table->constraints->len; i++) {
        const Constraint *constraint = table->constraints->pdata[i];
        highest = MAX(highest, number_behind(mysql_constraint_name(constraint), prefix));
    }
    for (guint i = 0; i < table->constraints->len; i++) {
        const Constraint *constraint = table->constraints->pdata[i];
        if (constraint->kind != kind || mysql_constraint_name(constraint))
            continue;
        g_autofree char *name = g_strdup_printf("%s%" G_GUINT64_FORMAT, prefix, ++highest);
        options_set(constraint->options, WRITTEN_NAME, name);
    }
}

void mysql_name_constraints(const Table *table, MysqlFlavour flavour)
{
    g_autofree char *reference = g_strdup_printf("%s_ibfk_", table->name);
    g_autofree char *check = g_strdup_printf("%s_chk_", table->name);
    name_constraints(table, CONSTRAINT_FOREIGN_KEY, reference);
    name_constraints(table, CONSTRAINT_CHECK, flavour == FLAVOUR_MARIADB ? "CONSTRAINT_" : check);
}

void mysql_rename_constraints(const Table *table, const char *former, MysqlFlavour flavour)
{
    g_autofree char *reference = g_strdup_printf("%s_ibfk_", former), *check = g_strdup_printf("%s_chk_", former);
    for (guint i = 0; i < table->constraints->len; i++) {
        const Constraint *constraint = table->constraints->pdata[i];
        const char *name = mysql_constraint_name(constraint);
        gboolean named =
            (constraint->kind == CONSTRAINT_FOREIGN_KEY && number_behind(name, reference)) ||
            (flavour == FLAVOUR_MYSQL && constraint->kind == CONSTRAINT_CHECK && number_behind(name, check));
        if (!named)
            continue;
        g_autofree char *renamed = g_strconcat(table->name, name + strlen(former), NULL);
        options_set(constraint->options, WRITTEN_NAME, renamed);
    }
}

void mysql_forget_name(const Table *table, const char *name)
{
    const Constraint *constraint = table_find_constraint(table, name);
    if (constraint)
        options_remove(constraint->options, WRITTEN_NAME);
}

/* --- constraints --- */

static char *refuse(const Constraint *constraint, const char *why, GError **error)
{
    g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "constraint '%s': %s",
                constraint->name ? constraint->name : "(unnamed)", why);
    return NULL;
}

static char *foreign_key_sql(const Constraint *constraint, GError **error)
{
    if (constraint->deferrable || constraint->initially)
        return refuse(constraint, "foreign keys cannot be deferred", error);
    if (constraint->match)
        return refuse(constraint, "MATCH is not possible: the server would ignore it, and ON DELETE with it", error);
    if (constraint->referred_columns->len == 0)
        return refuse(constraint, "the referred columns are not known", error);
    g_autofree char *columns = names_sql(constraint->columns), *referred = names_sql(constraint->referred_columns);
    g_autofree char *table = mysql_quote_identifier(constraint->referred_table);
    g_autofree char *name = mysql_quote_identifier(mysql_constraint_name(constraint));
    g_autofree char *schema = constraint->referred_schema ? mysql_quote_identifier(constraint->referred_schema) : NULL;
    g_autoptr(GString) sql = g_string_new(NULL);
    g_string_printf(sql, "CONSTRAINT %s FOREIGN KEY (%s) REFERENCES %s%s%s (%s)", name, columns, schema ? schema : "",
                    schema ? "." : "", table, referred);
    if (constraint->ondelete)
        g_string_append_printf(sql, " ON DELETE %s", constraint->ondelete);
    if (constraint->onupdate)
        g_string_append_printf(sql, " ON UPDATE %s", constraint->onupdate);
    return g_string_free(g_steal_pointer(&sql), FALSE);
}

static char *primary_key_sql(const Constraint *constraint)
{
    const char *parts = options_get(constraint->options, "key_parts");
    g_autofree char *columns = parts ? g_strdup(parts) : names_sql(constraint->columns);
    g_autoptr(GString) sql = g_string_new("PRIMARY KEY (");
    const char *period = options_get(constraint->options, "without_overlaps");
    g_string_append(sql, columns);
    if (period) {
        g_autofree char *name = mysql_quote_identifier(period);
        g_string_append_printf(sql, ", %s WITHOUT OVERLAPS", name);
    }
    g_string_append_c(sql, ')');
    append_comment(sql, constraint->comment);
    return g_string_free(g_steal_pointer(&sql), FALSE);
}

static char *check_sql(const Constraint *constraint)
{
    g_autofree char *name = mysql_quote_identifier(mysql_constraint_name(constraint));
    g_autoptr(GString) sql = g_string_new(NULL);
    g_string_printf(sql, "CONSTRAINT %s CHECK (", name);
    sql_append(&mariadb_dialect, sql, constraint->expression);
    g_string_append(sql, options_get(constraint->options, "not_enforced") ? ") NOT ENFORCED" : ")");
    return g_string_free(g_steal_pointer(&sql), FALSE);
}

char *mysql_constraint_sql(const Constraint *constraint, GError **error)
{
    switch (constraint->kind) {
    case CONSTRAINT_PRIMARY_KEY:
        return primary_key_sql(constraint);
    case CONSTRAINT_FOREIGN_KEY:
        return foreign_key_sql(constraint, error);
    case CONSTRAINT_CHECK:
        return check_sql(constraint);
    case CONSTRAINT_EXCLUDE:
        return refuse(constraint, "there are no exclusion constraints", error);
    case CONSTRAINT_UNIQUE: /* mysql_unique_index() */
        break;
    }
    g_return_val_if_reached(NULL);
}

/* --- indexes --- */

static gboolean part_sql(GString *sql, const Index *index, const IndexColumn *part, MysqlFlavour flavour,
                         GError **error)
{
    const char *why = NULL;
    if (part->expression && flavour == FLAVOUR_MARIADB)
        why = "MariaDB has no indexes of expressions; index a generated column";
    else if (part->nulls)
        why = "where NULLs sort cannot be said";
    else if (part->opclass || part->collation)
        why = "a column in an index has the column's own collation";
    if (why) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "index '%s': %s", index->name, why);
        return FALSE;
    }
    g_autofree char *name = part->name ? mysql_quote_identifier(part->name) : NULL;
    if (name) {
        g_string_append(sql, name);
    } else {
        g_string_append_c(sql, '(');
        sql_append(&mysql_dialect, sql, part->expression);
        g_string_append_c(sql, ')');
    }
    if (part->length > 0)
        g_string_append_printf(sql, "(%d)", part->length);
    g_string_append(sql, part->descending ? " DESC" : "");
    return TRUE;
}

const char *mysql_index_visibility(gboolean invisible, MysqlFlavour flavour)
{
    if (flavour == FLAVOUR_MARIADB)
        return invisible ? " IGNORED" : " NOT IGNORED";
    return invisible ? " INVISIBLE" : " VISIBLE";
}

static void append_index_options(GString *sql, const Index *index, MysqlFlavour flavour)
{
    const char *parser = options_get(index->options, "with_parser");
    const char *block_size = options_get(index->options, "key_block_size");
    if (index->using)
        g_string_append_printf(sql, " USING %s", g_ascii_strcasecmp(index->using, "hash") == 0 ? "HASH" : "BTREE");
    if (block_size)
        g_string_append_printf(sql, " KEY_BLOCK_SIZE=%s", block_size);
    if (parser)
        g_string_append_printf(sql, " WITH PARSER %s", parser);
    append_comment(sql, index->comment);
    if (options_get(index->options, "invisible"))
        g_string_append(sql, mysql_index_visibility(TRUE, flavour));
}

char *mysql_index_sql(const Table *table, const Index *index, MysqlFlavour flavour, GError **error)
{
    const char *prefix = options_get(index->options, "prefix");
    const char *period = options_get(index->options, "without_overlaps");
    g_autofree char *name = mysql_quote_identifier(index->name);
    g_autoptr(GString) sql = g_string_new(NULL);
    if (index->where || index->include->len) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "index '%s.%s': there are no indexes with %s",
                    table->name, index->name, index->where ? "a WHERE" : "included columns");
        return NULL;
    }
    if (prefix)
        g_string_append_printf(sql, "%s ", prefix);
    g_string_append_printf(sql, "%sKEY %s (", index->unique ? "UNIQUE " : "", name);
    for (guint i = 0; i < index->columns->len; i++) {
        g_string_append(sql, i > 0 ? ", " : "");
        if (!part_sql(sql, index, index->columns->pdata[i], flavour, error))
            return NULL;
    }
    if (period) {
        g_autofree char *quoted = mysql_quote_identifier(period);
        g_string_append_printf(sql, ", %s WITHOUT OVERLAPS", quoted);
    }
    g_string_append_c(sql, ')');
    append_index_options(sql, index, flavour);
    return g_string_free(g_steal_pointer(&sql), FALSE);
}

/* Named after its first column, with _2, _3 … where that is taken (make_unique_key_name() in the server). */
static char *free_index_name(const Table *table, const char *column)
{
    g_autofree char *name = g_strdup(column);
    for (guint i = 2; table_find_index(table, name); i++) {
        g_free(name);
        name = g_strdup_printf("%s_%u", column, i);
    }
    return g_steal_pointer(&name);
}

Index *mysql_unique_index(const Table *table, const Constraint *constraint)
{
    g_autofree char *name = constraint->name || constraint->columns->len == 0
                                ? g_strdup(constraint->name)
                                : free_index_name(table, constraint->columns->pdata[0]);
    Index *index = index_new(name);
    index->unique = TRUE;
    index->comment = g_strdup(constraint->comment);
    for (guint i = 0; i < constraint->columns->len; i++)
        g_ptr_array_add(index->columns, index_column_new(constraint->columns->pdata[i], NULL));
    return index;
}
