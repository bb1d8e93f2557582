#include "operations/lives.h"

#include <string.h>

#include "base/text.h"

struct Lives {
    GPtrArray *all; /* Life* */
    GPtrArray *top; /* Life*, not owned: those that stand by themselves */
    gboolean ignore_case;
    char *(*type_sql)(const SqlType *type, GError **error);
};

static void event_free(gpointer data)
{
    LifeEvent *event = data;
    g_free(event->text);
    g_free(event);
}

static void life_free(gpointer data)
{
    Life *life = data;
    g_free(life->kind);
    g_free(life->schema);
    g_free(life->name);
    g_ptr_array_unref(life->parts);
    g_ptr_array_unref(life->former);
    g_ptr_array_unref(life->events);
    constraint_free(life->constraint);
    g_free(life);
}

Lives *lives_new(gboolean ignore_case, char *(*type_sql)(const SqlType *type, GError **error))
{
    Lives *lives = g_new0(Lives, 1);
    lives->all = g_ptr_array_new_with_free_func(life_free);
    lives->top = g_ptr_array_new();
    lives->ignore_case = ignore_case;
    lives->type_sql = type_sql;
    return lives;
}

void lives_free(Lives *lives)
{
    if (lives == NULL)
        return;
    g_ptr_array_unref(lives->all);
    g_ptr_array_unref(lives->top);
    g_free(lives);
}

const GPtrArray *lives_all(const Lives *lives)
{
    return lives->all;
}

void life_add(Life *life, guint step, const char *text)
{
    const LifeEvent *last = life->events->len > 0 ? g_ptr_array_index(life->events, life->events->len - 1) : NULL;
    if (last != NULL && last->step == step && strcmp(last->text, text) == 0)
        return;
    LifeEvent *event = g_new0(LifeEvent, 1);
    event->step = step;
    event->text = g_strdup(text);
    g_ptr_array_add(life->events, event);
}

/* ---- names ---- */

static const char *const constraint_words[] = {
    [CONSTRAINT_PRIMARY_KEY] = "primary key",    [CONSTRAINT_UNIQUE] = "unique constraint",
    [CONSTRAINT_FOREIGN_KEY] = "foreign key",    [CONSTRAINT_CHECK] = "check constraint",
    [CONSTRAINT_EXCLUDE] = "exclude constraint",
};

/* "primary key (id)", "check constraint (total >= 0)". */
static char *constraint_label(const Constraint *constraint)
{
    g_autofree char *columns = text_list(constraint->columns, ", ");
    return g_strdup_printf("%s (%s)", constraint_words[constraint->kind],
                           constraint->expression != NULL ? constraint->expression : columns);
}

char *life_label(const Life *life)
{
    if (life->name == NULL)
        return constraint_label(life->constraint);
    if (life->table != NULL && strcmp(life->kind, "column") == 0)
        return g_strconcat(life->table->schema != NULL ? life->table->schema : "",
                           life->table->schema != NULL ? "." : "", life->table->name, ".", life->name, NULL);
    return g_strconcat(life->schema != NULL ? life->schema : "", life->schema != NULL ? "." : "", life->name, NULL);
}

static gboolean equal(const Lives *lives, const char *a, const char *b)
{
    return name_equal(a, b, lives->ignore_case);
}

/* `exact`: the default schema is no other schema. */
static Life *find_top(const Lives *lives, const char *kind, const char *schema, gboolean exact, const char *name,
                      gboolean gone)
{
    for (guint i = lives->top->len; i-- > 0;) {
        Life *life = g_ptr_array_index(lives->top, i);
        gboolean is_there = exact || schema != NULL ? equal(lives, life->schema, schema) : TRUE;
        if (life->gone == gone && is_there && (kind == NULL || strcmp(life->kind, kind) == 0) &&
            equal(lives, life->name, name))
            return life;
    }
    return NULL;
}

static Life *find_part(const Lives *lives, const Life *table, const char *kind, const char *name, gboolean gone)
{
    for (guint i = table->parts->len; i-- > 0;) {
        Life *life = g_ptr_array_index(table->parts, i);
        if (life->gone == gone && strcmp(life->kind, kind) == 0 && life->name != NULL && equal(lives, life->name, name))
            return life;
    }
    return NULL;
}

Life *lives_find(const Lives *lives, const char *schema, const char *name)
{
    Life *life = find_top(lives, "table", schema, FALSE, name, FALSE);
    if (life == NULL)
        life = find_top(lives, NULL, schema, FALSE, name, FALSE);
    return life != NULL ? life : find_top(lives, NULL, schema, FALSE, name, TRUE);
}

static gboolean was_called(const Lives *lives, const Life *life, const char *name)
{
    for (guint i = 0; i < life->former->len; i++)
        if (equal(lives, g_ptr_array_index(life->former, i), name))
            return TRUE;
    return FALSE;
}

Life *lives_find_former(const Lives *lives, const char *schema, const char *name)
{
    for (guint i = lives->top->len; i-- > 0;) {
        Life *life = g_ptr_array_index(lives->top, i);
        if ((schema == NULL || equal(lives, life->schema, schema)) && was_called(lives, life, name))
            return life;
    }
    return NULL;
}

Life *lives_find_column(const Lives *lives, const Life *table, const char *name)
{
    Life *life = find_part(lives, table, "column", name, FALSE);
    if (life == NULL)
        life = find_part(lives, table, "column", name, TRUE);
    for (guint i = table->parts->len; life == NULL && i-- > 0;) {
        Life *part = g_ptr_array_index(table->parts, i);
        if (strcmp(part->kind, "column") == 0 && was_called(lives, part, name))
            life = part;
    }
    return life;
}

/* ---- beginnings ---- */

static Life *begin(Lives *lives, const char *kind, const char *schema, const char *name, Life *table)
{
    Life *life = g_new0(Life, 1);
    life->kind = g_strdup(kind);
    life->schema = g_strdup(schema);
    life->name = g_strdup(name);
    life->table = table;
    life->parts = g_ptr_array_new();
    life->former = g_ptr_array_new_with_free_func(g_free);
    life->events = g_ptr_array_new_with_free_func(event_free);
    g_ptr_array_add(lives->all, life);
    g_ptr_array_add(table != NULL ? table->parts : lives->top, life);
    return life;
}

static Life *top_of(Lives *lives, const char *kind, const char *schema, const char *name)
{
    Life *life = find_top(lives, kind, schema, TRUE, name, FALSE);
    return life != NULL ? life : begin(lives, kind, schema, name, NULL);
}

static Life *table_of(Lives *lives, const MigrateOp *op)
{
    return top_of(lives, "table", op->schema, op->table_name);
}

/* What was dropped in this step and is made again is the same thing, changed. */
static Life *revive(Life *life, guint step)
{
    const LifeEvent *last =
        life != NULL && life->events->len > 0 ? g_ptr_array_index(life->events, life->events->len - 1) : NULL;
    if (last == NULL || last->step != step)
        return NULL;
    life->gone = FALSE;
    return life;
}

static Life *part_of(Lives *lives, Life *table, const char *kind, const char *name, guint step)
{
    Life *life = find_part(lives, table, kind, name, FALSE);
    if (life == NULL && strcmp(kind, "index") == 0)
        life = revive(find_part(lives, table, kind, name, TRUE), step);
    return life != NULL ? life : begin(lives, kind, table->schema, name, table);
}

static Life *begin_constraint(Lives *lives, Life *table, const Constraint *constraint)
{
    Life *life = begin(lives, constraint_words[constraint->kind], table->schema, constraint->name, table);
    life->constraint = constraint_copy(constraint);
    return life;
}

/* A database may have lost the name on the way (a table that was made anew): then it is what the constraint says. */
static gboolean same_constraint(const Lives *lives, const Constraint *a, const Constraint *b)
{
    if (a->kind != b->kind || a->kind == CONSTRAINT_PRIMARY_KEY)
        return a->kind == b->kind;
    if (a->name != NULL && b->name != NULL)
        return equal(lives, a->name, b->name);
    return strings_equal(a->columns, b->columns, lives->ignore_case) && equal(lives, a->expression, b->expression);
}

static Life *constraint_of(Lives *lives, Life *table, const Constraint *constraint, guint step)
{
    Life *gone = NULL;
    for (guint i = 0; i < table->parts->len; i++) {
        Life *life = g_ptr_array_index(table->parts, i);
        if (life->constraint == NULL || !same_constraint(lives, life->constraint, constraint))
            continue;
        if (!life->gone)
            return life;
        gone = life;
    }
    Life *revived = revive(gone, step);
    if (revived == NULL)
        return begin_constraint(lives, table, constraint);
    constraint_free(revived->constraint);
    revived->constraint = constraint_copy(constraint);
    return revived;
}

/* ---- words ---- */

/* "VARCHAR(20) NOT NULL DEFAULT 'x'". */
static char *column_words(const Lives *lives, const Column *column)
{
    g_autofree char *type = lives->type_sql != NULL ? lives->type_sql(column->type, NULL) : NULL;
    GString *words = g_string_new(type);
    if (type == NULL) {
        g_autofree char *generic = sql_type_to_string(column->type);
        g_string_append(words, generic);
    }
    if (!column->nullable)
        g_string_append(words, " NOT NULL");
    if (column->server_default != NULL)
        g_string_append_printf(words, " DEFAULT %s", column->server_default);
    if (column->computed != NULL)
        g_string_append_printf(words, " GENERATED ALWAYS AS (%s)", column->computed->expression);
    return g_string_free(words, FALSE);
}

static void add_made(Life *life, guint step, const char *text, const char *with)
{
    g_autofree char *whole = g_strdup_printf("%s, with %s", text, with);
    life_add(life, step, whole);
}

/* ---- operations ---- */

static void create_table(Lives *lives, const MigrateOp *op, guint step, const char *text)
{
    Life *table = find_top(lives, "table", op->schema, TRUE, op->table_name, FALSE);
    if (table != NULL && op->if_not_exists)
        return;
    const Table *made = op->table;
    table = begin(lives, "table", op->schema, op->table_name, NULL);
    life_add(table, step, text);
    for (guint i = 0; i < made->columns->len; i++) {
        const Column *column = g_ptr_array_index(made->columns, i);
        g_autofree char *words = column_words(lives, column);
        g_autofree char *with = g_strdup_printf("%s %s", column->name, words);
        add_made(begin(lives, "column", op->schema, column->name, table), step, text, with);
    }
    for (guint i = 0; i <= made->constraints->len; i++) {
        const Constraint *constraint =
            i == 0 ? made->primary_key : (const Constraint *)g_ptr_array_index(made->constraints, i - 1);
        if (constraint == NULL)
            continue;
        g_autofree char *with = constraint_label(constraint);
        add_made(begin_constraint(lives, table, constraint), step, text, with);
    }
    for (guint i = 0; i < made->indexes->len; i++) {
        const Index *index = g_ptr_array_index(made->indexes, i);
        g_autofree char *with = g_strdup_printf("%sindex %s", index->unique ? "unique " : "", index->name);
        add_made(begin(lives, "index", op->schema, index->name, table), step, text, with);
    }
}

static void end(Life *life, guint step, const char *text)
{
    life_add(life, step, text);
    life->gone = TRUE;
    for (guint i = 0; i < life->parts->len; i++) {
        Life *part = g_ptr_array_index(life->parts, i);
        if (!part->gone)
            end(part, step, text);
    }
}

static void rename_life(Life *life, const char *name)
{
    g_ptr_array_add(life->former, life->name);
    life->name = g_strdup(name);
    if (life->constraint != NULL) {
        g_free(life->constraint->name);
        life->constraint->name = g_strdup(name);
    }
}

/* In keys, which then are about the same column under its other name. */
static void rename_in_keys(const Lives *lives, const Life *table, const char *from, const char *to)
{
    for (guint i = 0; i < table->parts->len; i++) {
        const Life *part = g_ptr_array_index(table->parts, i);
        const GPtrArray *columns = part->constraint != NULL && !part->gone ? part->constraint->columns : NULL;
        for (guint j = 0; columns != NULL && j < columns->len; j++)
            if (equal(lives, g_ptr_array_index(columns, j), from)) {
                g_free(columns->pdata[j]);
                columns->pdata[j] = g_strdup(to);
            }
    }
}

static void alter_column(Lives *lives, const MigrateOp *op, guint step, const char *text)
{
    Life *table = table_of(lives, op);
    Life *column = part_of(lives, table, "column", op->existing->name, step);
    life_add(column, step, text);
    if (strcmp(op->existing->name, op->column->name) == 0)
        return;
    rename_life(column, op->column->name);
    rename_in_keys(lives, table, op->existing->name, op->column->name);
}

static void follow_parts(Lives *lives, const MigrateOp *op, guint step, const char *text)
{
    Life *table = table_of(lives, op), *part;
    if (op->kind == OP_ADD_COLUMN) {
        g_autofree char *words = column_words(lives, op->column);
        g_autofree char *whole = g_strdup_printf("%s %s", text, words);
        life_add(part_of(lives, table, "column", op->column->name, step), step, whole);
    } else if (op->kind == OP_DROP_COLUMN) {
        end(part_of(lives, table, "column", op->existing->name, step), step, text);
    } else if (op->kind == OP_CREATE_INDEX) {
        life_add(part_of(lives, table, "index", op->index->name, step), step, text);
    } else if (op->kind == OP_DROP_INDEX) {
        end(part_of(lives, table, "index", op->index->name, step), step, text);
    } else if (op->kind == OP_RENAME_INDEX) {
        part = part_of(lives, table, "index", op->name, step);
        life_add(part, step, text);
        rename_life(part, op->new_name);
    } else if (op->kind == OP_CREATE_CONSTRAINT) {
        life_add(constraint_of(lives, table, op->constraint, step), step, text);
    } else if (op->kind == OP_DROP_CONSTRAINT) {
        end(constraint_of(lives, table, op->constraint, step), step, text);
    }
}

static void rename_constraint(Lives *lives, const MigrateOp *op, guint step, const char *text)
{
    const Life *table = table_of(lives, op);
    for (guint i = 0; i < table->parts->len; i++) {
        Life *part = g_ptr_array_index(table->parts, i);
        if (part->gone || part->constraint == NULL || part->name == NULL || !equal(lives, part->name, op->name))
            continue;
        life_add(part, step, text);
        rename_life(part, op->new_name);
    }
}

static Life *object_of(Lives *lives, const SchemaObject *object)
{
    g_autofree char *kind = g_strdelimit(g_strdup(object->kind), "_", ' ');
    return top_of(lives, kind, object->schema, object->name);
}

/* Something by itself that an operation makes, changes to another name, or drops. */
static void follow_top(Lives *lives, const MigrateOp *op, guint step, const char *text)
{
    gboolean of_enum = op->kind >= OP_CREATE_ENUM && op->kind <= OP_ALTER_ENUM;
    gboolean of_sequence = op->kind >= OP_CREATE_SEQUENCE && op->kind <= OP_ALTER_SEQUENCE;
    Life *life;
    const char *name;
    if (of_enum) {
        const EnumType *former = op->existing_enum != NULL ? op->existing_enum : op->enum_type;
        life = top_of(lives, "enum", former->schema, former->name);
        name = op->enum_type != NULL ? op->enum_type->name : NULL;
    } else if (of_sequence) {
        const Sequence *former = op->existing_sequence != NULL ? op->existing_sequence : op->sequence;
        life = top_of(lives, "sequence", former->schema, former->name);
        name = op->sequence != NULL ? op->sequence->name : NULL;
    } else {
        life = object_of(lives, op->existing_object != NULL ? op->existing_object : op->object);
        name = op->object != NULL ? op->object->name : NULL;
    }
    if (op->kind == OP_DROP_ENUM || op->kind == OP_DROP_SEQUENCE || op->kind == OP_DROP_OBJECT) {
        end(life, step, text);
        return;
    }
    life_add(life, step, text);
    if (name != NULL && g_strcmp0(life->name, name) != 0)
        rename_life(life, name);
}

void lives_follow(Lives *lives, const MigrateOp *op, guint step)
{
    g_autofree char *text = migrate_op_describe(op);
    Life *life;
    switch (op->kind) {
    case OP_CREATE_TABLE:
        create_table(lives, op, step, text);
        break;
    case OP_DROP_TABLE:
        end(table_of(lives, op), step, text);
        break;
    case OP_RENAME_TABLE:
        life = table_of(lives, op);
        life_add(life, step, text);
        rename_life(life, op->new_name);
        break;
    case OP_ALTER_TABLE_OPTIONS:
    case OP_CREATE_TABLE_COMMENT:
    case OP_DROP_TABLE_COMMENT:
        life_add(table_of(lives, op), step, text);
        break;
    case OP_ALTER_COLUMN:
        alter_column(lives, op, step, text);
        break;
    case OP_ADD_COLUMN:
    case OP_DROP_COLUMN:
    case OP_CREATE_INDEX:
    case OP_DROP_INDEX:
    case OP_RENAME_INDEX:
    case OP_CREATE_CONSTRAINT:
    case OP_DROP_CONSTRAINT:
        follow_parts(lives, op, step, text);
        break;
    case OP_RENAME_CONSTRAINT:
        rename_constraint(lives, op, step, text);
        break;
    case OP_CREATE_ENUM:
    case OP_DROP_ENUM:
    case OP_ALTER_ENUM:
    case OP_CREATE_SEQUENCE:
    case OP_DROP_SEQUENCE:
    case OP_ALTER_SEQUENCE:
    case OP_CREATE_OBJECT:
    case OP_DROP_OBJECT:
    case OP_REPLACE_OBJECT:
        follow_top(lives, op, step, text);
        break;
    case OP_EXECUTE:
        break;
    }
}
