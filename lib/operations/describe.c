/* Operations for people: Alembic's names and one line of text. */
#include <string.h>

#include "operations/operations.h"

static const char *const kind_names[] = {
    [OP_CREATE_TABLE] = "create_table",
    [OP_DROP_TABLE] = "drop_table",
    [OP_RENAME_TABLE] = "rename_table",
    [OP_ALTER_TABLE_OPTIONS] = "alter_table_options",
    [OP_ADD_COLUMN] = "add_column",
    [OP_DROP_COLUMN] = "drop_column",
    [OP_ALTER_COLUMN] = "alter_column",
    [OP_CREATE_INDEX] = "create_index",
    [OP_DROP_INDEX] = "drop_index",
    [OP_RENAME_INDEX] = "rename_index",
    [OP_CREATE_CONSTRAINT] = NULL, /* by its kind */
    [OP_DROP_CONSTRAINT] = "drop_constraint",
    [OP_RENAME_CONSTRAINT] = "rename_constraint",
    [OP_CREATE_TABLE_COMMENT] = "create_table_comment",
    [OP_DROP_TABLE_COMMENT] = "drop_table_comment",
    [OP_CREATE_ENUM] = "create_enum",
    [OP_DROP_ENUM] = "drop_enum",
    [OP_ALTER_ENUM] = "alter_enum",
    [OP_CREATE_SEQUENCE] = "create_sequence",
    [OP_DROP_SEQUENCE] = "drop_sequence",
    [OP_ALTER_SEQUENCE] = "alter_sequence",
    [OP_CREATE_OBJECT] = "create_object",
    [OP_DROP_OBJECT] = "drop_object",
    [OP_REPLACE_OBJECT] = "replace_object",
    [OP_EXECUTE] = "execute",
};

static const struct {
    const char *op_name, *words;
} constraint_kinds[] = {
    [CONSTRAINT_PRIMARY_KEY] = {"create_primary_key", "primary key"},
    [CONSTRAINT_UNIQUE] = {"create_unique_constraint", "unique constraint"},
    [CONSTRAINT_FOREIGN_KEY] = {"create_foreign_key", "foreign key"},
    [CONSTRAINT_CHECK] = {"create_check_constraint", "check constraint"},
    [CONSTRAINT_EXCLUDE] = {"create_exclude_constraint", "exclude constraint"},
};

const char *migrate_op_name(const MigrateOp *op)
{
    if (op->kind == OP_CREATE_CONSTRAINT)
        return constraint_kinds[op->constraint->kind].op_name;
    return kind_names[op->kind];
}

static void append_qualified(GString *text, const char *schema, const char *name)
{
    if (schema)
        g_string_append_printf(text, "%s.", schema);
    g_string_append(text, name);
}

static void append_table(GString *text, const MigrateOp *op)
{
    append_qualified(text, op->schema, op->table_name);
}

static void append_column(GString *text, const MigrateOp *op, const char *name)
{
    append_table(text, op);
    g_string_append_printf(text, ".%s", name);
}

/* "check constraint ck_total on orders", "unique constraint on orders (a, b)". */
static void append_constraint(GString *text, const MigrateOp *op)
{
    const Constraint *constraint = op->constraint;
    g_string_append(text, constraint_kinds[constraint->kind].words);
    if (constraint->name)
        g_string_append_printf(text, " %s", constraint->name);
    g_string_append(text, " on ");
    append_table(text, op);
    if (constraint->name)
        return;
    if (constraint->expression) {
        g_string_append_printf(text, " (%s)", constraint->expression);
        return;
    }
    g_string_append(text, " (");
    for (guint i = 0; i < constraint->columns->len; i++)
        g_string_append_printf(text, "%s%s", i ? ", " : "", (const char *)constraint->columns->pdata[i]);
    g_string_append_c(text, ')');
}

static void append_change(GString *text, const char *facet, const char *from, const char *to)
{
    if (g_strcmp0(from, to) != 0)
        g_string_append_printf(text, "%s %s %s -> %s", text->len ? "," : "", facet, from ? from : "none",
                               to ? to : "none");
}

static const char *autoincrement_word(const Column *column)
{
    return column->autoincrement == AUTOINCREMENT_TRUE ? "on" : "off";
}

/* ": type Text -> String(20), not null": what an alter_column changes beside the name. */
static void append_column_changes(GString *text, const Column *given_from, const Column *given_to)
{
    g_autoptr(Column) from = column_copy(given_from), to = column_copy(given_to);
    columns_settle(from, to);
    g_autoptr(GString) changes = g_string_new(NULL);
    g_autofree char *from_type = sql_type_to_string(from->type);
    g_autofree char *to_type = sql_type_to_string(to->type);
    if (from->type->kind == SQL_TYPE_NULL && to->type->kind != SQL_TYPE_NULL) /* none, or not known */
        g_string_append_printf(changes, " type %s", to_type);
    else
        append_change(changes, "type", from_type, to_type);
    if (from->nullable != to->nullable)
        g_string_append_printf(changes, "%s %s", changes->len ? "," : "", to->nullable ? "nullable" : "not null");
    append_change(changes, "default", from->server_default, to->server_default);
    append_change(changes, "collation", from->collation, to->collation);
    append_change(changes, "autoincrement", autoincrement_word(from), autoincrement_word(to));
    append_change(changes, "generated as", from->computed ? from->computed->expression : NULL,
                  to->computed ? to->computed->expression : NULL);
    if (from->computed && to->computed && from->computed->persisted != to->computed->persisted)
        append_change(changes, "generated", from->computed->persisted ? "stored" : "virtual",
                      to->computed->persisted ? "stored" : "virtual");
    if (!identity_equal(from->identity, to->identity))
        g_string_append_printf(changes, "%s identity", changes->len ? "," : "");
    append_change(changes, "comment", from->comment, to->comment);
    if (!options_equal(from->options, to->options))
        g_string_append_printf(changes, "%s options", changes->len ? "," : "");
    if (changes->len)
        g_string_append_printf(text, ":%s", changes->str);
}

static void describe_alter_column(GString *text, const MigrateOp *op)
{
    gboolean renamed = strcmp(op->existing->name, op->column->name) != 0;
    g_string_append(text, renamed ? "rename column " : "alter column ");
    append_column(text, op, op->existing->name);
    if (renamed)
        g_string_append_printf(text, " to %s", op->column->name);
    append_column_changes(text, op->existing, op->column);
    for (guint i = 0; op->renamed_values && i < op->renamed_values->len; i++) {
        const Option *pair = op->renamed_values->pdata[i];
        g_string_append_printf(text, "%s value '%s' becomes '%s'", i ? "," : ":", pair->name, pair->value);
    }
}

static void append_object(GString *text, const SchemaObject *object)
{
    g_autofree char *words = g_strdup(object->kind);
    g_strdelimit(words, "_", ' ');
    g_string_append_printf(text, "%s ", words);
    append_qualified(text, object->schema, object->name);
}

/* Of a type or sequence: `former` is its name before. */
static void describe_alter(GString *text, const char *what, const char *schema, const char *former, const char *name)
{
    gboolean renamed = former && strcmp(former, name) != 0;
    g_string_append_printf(text, "%s %s ", renamed ? "rename" : "alter", what);
    append_qualified(text, schema, renamed ? former : name);
    if (renamed)
        g_string_append_printf(text, " to %s", name);
}

/* How the types of a function's arguments are written is no matter of its name. */
static void describe_replace_object(GString *text, const SchemaObject *existing, const SchemaObject *object)
{
    gsize former = existing ? strcspn(existing->name, "(") : 0, length = strcspn(object->name, "(");
    gboolean renamed = existing && (former != length || strncmp(existing->name, object->name, length) != 0);
    g_string_append(text, renamed ? "rename " : "change ");
    append_object(text, renamed ? existing : object);
    if (renamed)
        g_string_append_printf(text, " to %s", object->name);
}

char *migrate_op_describe(const MigrateOp *op)
{
    GString *text = g_string_new(NULL);
    switch (op->kind) {
    case OP_CREATE_TABLE:
    case OP_DROP_TABLE:
        g_string_append(text, op->kind == OP_CREATE_TABLE ? "create table " : "drop table ");
        append_table(text, op);
        break;
    case OP_RENAME_TABLE:
        g_string_append(text, "rename table ");
        append_table(text, op);
        g_string_append_printf(text, " to %s", op->new_name);
        break;
    case OP_ALTER_TABLE_OPTIONS:
        g_string_append(text, "change options of table ");
        append_table(text, op);
        break;
    case OP_ADD_COLUMN:
        g_string_append(text, "add column ");
        append_column(text, op, op->column->name);
        break;
    case OP_DROP_COLUMN:
        g_string_append(text, "drop column ");
        append_column(text, op, op->existing->name);
        break;
    case OP_ALTER_COLUMN:
        describe_alter_column(text, op);
        break;
    case OP_CREATE_INDEX:
    case OP_DROP_INDEX:
        g_string_append_printf(text, "%s %sindex %s on ", op->kind == OP_CREATE_INDEX ? "create" : "drop",
                               op->index->unique ? "unique " : "", op->index->name);
        append_table(text, op);
        break;
    case OP_RENAME_INDEX:
    case OP_RENAME_CONSTRAINT:
        g_string_append_printf(text, "rename %s %s to %s on ", op->kind == OP_RENAME_INDEX ? "index" : "constraint",
                               op->name, op->new_name);
        append_table(text, op);
        break;
    case OP_CREATE_CONSTRAINT:
    case OP_DROP_CONSTRAINT:
        g_string_append(text, op->kind == OP_CREATE_CONSTRAINT ? "create " : "drop ");
        append_constraint(text, op);
        break;
    case OP_CREATE_TABLE_COMMENT:
    case OP_DROP_TABLE_COMMENT:
        g_string_append(text, op->kind == OP_CREATE_TABLE_COMMENT ? "comment table " : "drop comment of table ");
        append_table(text, op);
        break;
    case OP_CREATE_ENUM:
        g_string_append(text, "create enum ");
        append_qualified(text, op->enum_type->schema, op->enum_type->name);
        break;
    case OP_ALTER_ENUM:
        describe_alter(text, "enum", op->enum_type->schema, op->existing_enum ? op->existing_enum->name : NULL,
                       op->enum_type->name);
        break;
    case OP_DROP_ENUM:
        g_string_append(text, "drop enum ");
        append_qualified(text, op->existing_enum->schema, op->existing_enum->name);
        break;
    case OP_CREATE_SEQUENCE:
        g_string_append(text, "create sequence ");
        append_qualified(text, op->sequence->schema, op->sequence->name);
        break;
    case OP_ALTER_SEQUENCE:
        describe_alter(text, "sequence", op->sequence->schema,
                       op->existing_sequence ? op->existing_sequence->name : NULL, op->sequence->name);
        break;
    case OP_DROP_SEQUENCE:
        g_string_append(text, "drop sequence ");
        append_qualified(text, op->existing_sequence->schema, op->existing_sequence->name);
        break;
    case OP_CREATE_OBJECT:
        g_string_append(text, "create ");
        append_object(text, op->object);
        break;
    case OP_REPLACE_OBJECT:
        describe_replace_object(text, op->existing_object, op->object);
        break;
    case OP_DROP_OBJECT:
        g_string_append(text, "drop ");
        append_object(text, op->existing_object);
        break;
    case OP_EXECUTE:
        g_string_append(text, "execute SQL");
        break;
    }
    if (op->if_exists || op->if_not_exists)
        g_string_append(text, op->if_exists ? " if it exists" : " if it does not exist");
    return g_string_free(text, FALSE);
}
