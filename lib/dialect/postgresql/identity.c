/*
 * Serial and identity columns. The name of a serial's sequence is what it was when the column was made: renames of the
 * table and the column leave it. So statements about it ask the server for it, in DO blocks.
 */
#include <string.h>

#include "dialect/postgresql/compiler.h"

static gboolean is_serial(const Column *column)
{
    return !column->identity && column->autoincrement == AUTOINCREMENT_TRUE;
}

static gboolean is_numbered(const Column *column)
{
    return column->identity || is_serial(column);
}

/* What the statements name, as SQL. */
typedef struct Names {
    char *table, *column;               /* identifiers */
    char *table_literal, *name_literal; /* for pg_get_serial_sequence(), whose column name is not folded */
    char *sequence;                     /* pg_get_serial_sequence('t', 'c') */
} Names;

static void names_init(Names *names, const Table *table, const Column *column)
{
    names->table = postgresql_table_name(table);
    names->column = postgresql_quote_identifier(column->name);
    names->table_literal = postgresql_quote_literal(names->table);
    names->name_literal = postgresql_quote_literal(column->name);
    names->sequence = g_strdup_printf("pg_get_serial_sequence(%s, %s)", names->table_literal, names->name_literal);
}

static void names_clear(Names *names)
{
    g_free(names->table);
    g_free(names->column);
    g_free(names->table_literal);
    g_free(names->name_literal);
    g_free(names->sequence);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Names, names_clear)

/* A dollar quote that does not occur in `body`. */
static void add_do(PgCompiler *compiler, const char *body)
{
    g_autoptr(GString) tag = g_string_new("$migrate$");
    while (strstr(body, tag->str))
        g_string_insert(tag, (gssize)tag->len - 1, "_");
    compiler_add(compiler, g_strdup_printf("DO %s\n%s\n%s", tag->str, body, tag->str));
}

/* --- what it ends with --- */

void compiler_end_numbering(PgCompiler *compiler, const Table *table, const Column *existing)
{
    g_auto(Names) names;
    names_init(&names, table, existing);
    if (existing->identity) {
        compiler_alter_column(compiler, table, existing->name, "DROP IDENTITY");
        return;
    }
    compiler_set_default(compiler, table, existing->name, NULL);
    g_autofree char *body = g_strdup_printf("BEGIN\n    EXECUTE format('DROP SEQUENCE %%s', %s);\nEND", names.sequence);
    add_do(compiler, body);
}

static gboolean is_integer(const SqlType *type)
{
    return postgresql_serial_type(type) != NULL;
}

gboolean numbering_ends_first(const MigrateOp *op)
{
    return is_numbered(op->existing) && !is_numbered(op->column) && !is_integer(op->column->type);
}

void compiler_retype_serial(PgCompiler *compiler, const Table *table, const Column *column)
{
    g_auto(Names) names;
    names_init(&names, table, column);
    g_autofree char *type = postgresql_type_sql(column->type, NULL);
    g_autofree char *body =
        g_strdup_printf("BEGIN\n    EXECUTE format('ALTER SEQUENCE %%s AS %s', %s);\nEND", type, names.sequence);
    add_do(compiler, body);
}

/* --- what it starts with --- */

static char *generated_sql(const Identity *identity)
{
    return g_strdup_printf("GENERATED %s AS IDENTITY", identity->always ? "ALWAYS" : "BY DEFAULT");
}

/* "BIGSERIAL" and the like stand for a sequence of that integer type. */
static const char *sequence_type(const SqlType *type)
{
    const char *serial = postgresql_serial_type(type);
    if (g_strcmp0(serial, "BIGSERIAL") == 0)
        return "bigint";
    return g_strcmp0(serial, "SMALLSERIAL") == 0 ? "smallint" : "integer";
}

static gboolean is_taken(const MetaData *database, const char *schema, const char *name)
{
    if (metadata_find_table(database, schema, name) || metadata_find_sequence(database, schema, name))
        return TRUE;
    for (guint i = 0; i < database->objects->len; i++) {
        const SchemaObject *object = database->objects->pdata[i];
        if (strcmp(object->name, name) == 0 && g_strcmp0(object->schema, schema) == 0 &&
            (strstr(object->kind, "view") || strcmp(object->kind, "index") == 0))
            return TRUE;
    }
    for (guint i = 0; i < database->tables->len; i++) {
        const Table *table = database->tables->pdata[i];
        if (g_strcmp0(table->schema, schema) == 0 && table_find_index(table, name))
            return TRUE;
    }
    return FALSE;
}

/* As the server names the sequence that SERIAL makes. */
static char *serial_sequence_name(const MetaData *database, const Table *table, const Column *column)
{
    char *name = postgresql_object_name(table->name, column->name, "seq");
    for (guint i = 1; is_taken(database, table->schema, name); i++) {
        g_autofree char *label = g_strdup_printf("seq%u", i);
        g_free(name);
        name = postgresql_object_name(table->name, column->name, label);
    }
    return name;
}

/* Numbers that are there already are not given again. */
static void start_behind_rows(PgCompiler *compiler, const Names *names, const SequenceOptions *options)
{
    gboolean down = options->increment && *options->increment == '-';
    const char *limit = options->start ? options->start : down ? options->maxvalue : options->minvalue;
    compiler_add(compiler, g_strdup_printf("SELECT setval(%s, %s(%s)) FROM %s HAVING %s(%s) %s %s", names->sequence,
                                           down ? "min" : "max", names->column, names->table, down ? "min" : "max",
                                           names->column, down ? "<=" : ">=",
                                           limit  ? limit
                                           : down ? "-1"
                                                  : "1"));
}

static void start_identity(PgCompiler *compiler, const Table *table, const Column *column, const Names *names)
{
    g_autofree char *generated = generated_sql(column->identity);
    g_autofree char *options = postgresql_sequence_options_sql(&column->identity->options);
    g_autofree char *action = g_strdup_printf("ADD %s%s%s%s", generated, *options ? " (" : "",
                                              *options ? options + 1 : "", *options ? ")" : "");
    compiler_alter_column(compiler, table, column->name, action);
    start_behind_rows(compiler, names, &column->identity->options);
}

static void start_serial(PgCompiler *compiler, const Table *table, const Column *column, const Names *names)
{
    static const SequenceOptions none;
    g_autofree char *plain = serial_sequence_name(compiler->database, table, column);
    g_autofree char *name = postgresql_qualified(table->schema, plain);
    g_autofree char *literal = postgresql_quote_literal(name);
    g_autofree char *expression = g_strdup_printf("nextval(%s)", literal);
    compiler_add(compiler, g_strdup_printf("CREATE SEQUENCE %s AS %s OWNED BY %s.%s", name, sequence_type(column->type),
                                           names->table, names->column));
    compiler_set_default(compiler, table, column->name, expression);
    start_behind_rows(compiler, names, &none);
}

/* --- from one to the other: the sequence keeps its name and goes on where it was --- */

/* format() writes the sequence's name where %s and %L stand in `format`. */
static char *execute_sql(const char *format)
{
    g_autofree char *literal = postgresql_quote_literal(format);
    return g_strdup_printf("    EXECUTE format(%s, name);\n", literal);
}

/* `end` is a statement, the others go through format(). */
static void convert_numbering(PgCompiler *compiler, const Names *names, const char *end, const char *then,
                              const char *last)
{
    g_autofree char *second = execute_sql(then), *third = execute_sql(last);
    g_autofree char *body = g_strdup_printf("DECLARE\n"
                                            "    name text := %s;\n"
                                            "    value bigint;\n"
                                            "    called boolean;\n"
                                            "BEGIN\n"
                                            "    EXECUTE format('SELECT last_value, is_called FROM %%s', name) INTO "
                                            "value, called;\n"
                                            "    %s;\n"
                                            "%s%s"
                                            "    PERFORM setval(name, value, called);\n"
                                            "END",
                                            names->sequence, end, second, third);
    add_do(compiler, body);
}

/* Inside of format() a % of a name stands twice. */
static char *escape_format(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "%", -1);
    return g_strjoinv("%%", parts);
}

static void serial_to_identity(PgCompiler *compiler, const Column *column, const Names *names)
{
    g_autofree char *table = escape_format(names->table), *name = escape_format(names->column);
    g_autofree char *generated = generated_sql(column->identity);
    g_autofree char *options = postgresql_sequence_options_sql(&column->identity->options);
    g_autofree char *undo = g_strdup_printf("ALTER TABLE %s ALTER COLUMN %s DROP DEFAULT", names->table, names->column);
    g_autofree char *make =
        g_strdup_printf("ALTER TABLE %s ALTER COLUMN %s ADD %s (SEQUENCE NAME %%s%s)", table, name, generated, options);
    convert_numbering(compiler, names, undo, "DROP SEQUENCE %s", make);
}

static void identity_to_serial(PgCompiler *compiler, const Column *column, const Names *names)
{
    g_autofree char *table = escape_format(names->table), *name = escape_format(names->column);
    g_autofree char *undo =
        g_strdup_printf("ALTER TABLE %s ALTER COLUMN %s DROP IDENTITY", names->table, names->column);
    g_autofree char *make =
        g_strdup_printf("CREATE SEQUENCE %%s AS %s OWNED BY %s.%s", sequence_type(column->type), table, name);
    g_autofree char *number = g_strdup_printf("ALTER TABLE %s ALTER COLUMN %s SET DEFAULT nextval(%%1$L)", table, name);
    convert_numbering(compiler, names, undo, make, number);
}

static void alter_identity(PgCompiler *compiler, const Table *table, const MigrateOp *op, const Names *names)
{
    const Identity *before = op->existing->identity, *after = op->column->identity;
    g_autofree char *changes = postgresql_sequence_changes_sql(&before->options, &after->options, " SET ");
    char *advance = postgresql_sequence_advance_sql(names->sequence, &before->options, &after->options);
    gboolean switched = !before->always != !after->always;
    g_autofree char *action = g_strdup_printf(
        "%s%s", switched ? after->always ? " SET GENERATED ALWAYS" : " SET GENERATED BY DEFAULT" : "", changes);
    if (advance)
        compiler_add(compiler, advance);
    if (*action)
        compiler_alter_column(compiler, table, op->column->name, action + 1);
}

gboolean compile_column_numbering(PgCompiler *compiler, const MigrateOp *op, G_GNUC_UNUSED GError **error)
{
    const Table *table = metadata_find_table(compiler->database, op->schema, op->table_name);
    const Column *existing = op->existing, *column = op->column;
    g_auto(Names) names;
    names_init(&names, table, column);
    if (existing->identity && column->identity)
        alter_identity(compiler, table, op, &names);
    else if (existing->identity && is_serial(column))
        identity_to_serial(compiler, column, &names);
    else if (is_serial(existing) && column->identity)
        serial_to_identity(compiler, column, &names);
    else if (is_numbered(existing) && !is_numbered(column) && !numbering_ends_first(op))
        compiler_end_numbering(compiler, table, existing);
    else if (!is_numbered(existing) && column->identity)
        start_identity(compiler, table, column, &names);
    else if (!is_numbered(existing) && is_serial(column))
        start_serial(compiler, table, column, &names);
    return TRUE;
}
