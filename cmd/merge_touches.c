#include "merge_touches.h"

#include <string.h>

#include "base/text.h"
#include "dialect/mentions.h"
#include "output.h"

void touch_free(gpointer data)
{
    Touch *touch = data;
    g_free(touch->name);
    g_free(touch->how);
    g_free(touch);
}

void doubt_free(gpointer data)
{
    Doubt *doubt = data;
    g_free(doubt->text);
    g_free(doubt);
}

/* ---- known names ---- */

/* Without the arguments of a function. */
static char *fold(const char *name)
{
    return g_ascii_strdown(name, (gssize)strcspn(name, "("));
}

static void know(GHashTable *known, const char *name)
{
    if (name)
        g_hash_table_add(known, fold(name));
}

static void know_schema(GHashTable *known, const MetaData *metadata)
{
    for (guint i = 0; i < metadata->tables->len; i++)
        know(known, ((const Table *)metadata->tables->pdata[i])->name);
    for (guint i = 0; i < metadata->enums->len; i++)
        know(known, ((const EnumType *)metadata->enums->pdata[i])->name);
    for (guint i = 0; i < metadata->sequences->len; i++)
        know(known, ((const Sequence *)metadata->sequences->pdata[i])->name);
    for (guint i = 0; i < metadata->objects->len; i++) {
        const SchemaObject *object = metadata->objects->pdata[i];
        if (strcmp(object->kind, "schema") != 0)
            know(known, object->name);
    }
}

/* What operations drop or rename is in no schema behind them. */
static void know_operation(GHashTable *known, const MigrateOp *op)
{
    know(known, op->table_name);
    know(known, op->kind == OP_RENAME_TABLE ? op->new_name : NULL);
    know(known, op->existing_enum ? op->existing_enum->name : NULL);
    know(known, op->existing_sequence ? op->existing_sequence->name : NULL);
    know(known, op->existing_object ? op->existing_object->name : NULL);
}

void known_names_add(GHashTable *known, const Effects *effects)
{
    know_schema(known, effects->after);
    for (guint i = 0; i < effects->revisions->len; i++) {
        const RevisionEffect *effect = effects->revisions->pdata[i];
        for (guint k = 0; k < effect->operations->len; k++)
            know_operation(known, effect->operations->pdata[k]);
    }
}

/* ---- what a side touches ---- */

/* A side that is read, at one of its revisions. */
typedef struct Touching {
    const Effects *effects;
    GHashTable *known;
    GPtrArray *touches, *doubts;
    const Revision *revision;
} Touching;

/* The first thing that a revision has to do with an object is told. `name` NULL: nothing. */
static void touch(Touching *touching, const char *name, const char *how)
{
    g_autofree char *folded = name ? fold(name) : NULL;
    if (!folded || !*folded)
        return;
    for (guint i = 0; i < touching->touches->len; i++) {
        const Touch *other = touching->touches->pdata[i];
        if (other->revision == touching->revision && strcmp(other->name, folded) == 0)
            return;
    }
    Touch *added = g_new0(Touch, 1);
    added->name = g_steal_pointer(&folded);
    added->how = g_strdup(how);
    added->revision = touching->revision;
    g_ptr_array_add(touching->touches, added);
}

static void touch_referred(Touching *touching, const Constraint *constraint, const char *how)
{
    if (!constraint || !constraint->referred_table)
        return;
    g_autofree char *text = g_strdup_printf("%s, which refers to %s", how, constraint->referred_table);
    touch(touching, constraint->referred_table, text);
}

/* A type of the schema's own is one that is known by a name. */
static void touch_type(Touching *touching, const Column *column, const char *how)
{
    const char *const names[] = {column ? column->type->name : NULL, column ? column->enum_name : NULL};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *folded = names[i] ? fold(names[i]) : NULL;
        if (folded && g_hash_table_contains(touching->known, folded))
            touch(touching, folded, how);
    }
}

static void touch_object(Touching *touching, const SchemaObject *object, const char *how)
{
    if (!object)
        return;
    touch(touching, object->name, how);
    touch(touching, object->table_name, how);
    for (guint i = 0; i < object->depends_on->len; i++)
        touch(touching, object->depends_on->pdata[i], how);
    g_autoptr(GHashTable) names =
        object->definition ? sql_mentions(touching->effects->dialect, object->definition) : NULL;
    GHashTableIter iter;
    gpointer name;
    if (names)
        g_hash_table_iter_init(&iter, names);
    while (names && g_hash_table_iter_next(&iter, &name, NULL))
        if (g_hash_table_contains(touching->known, name))
            touch(touching, name, how);
}

static void touch_operation(Touching *touching, const MigrateOp *op)
{
    g_autofree char *how = migrate_op_describe(op);
    touch(touching, op->table_name, how);
    touch(touching, op->kind == OP_RENAME_TABLE ? op->new_name : NULL, how);
    touch(touching, op->enum_type ? op->enum_type->name : NULL, how);
    touch(touching, op->existing_enum ? op->existing_enum->name : NULL, how);
    touch(touching, op->sequence ? op->sequence->name : NULL, how);
    touch(touching, op->existing_sequence ? op->existing_sequence->name : NULL, how);
    touch_object(touching, op->object, how);
    touch_object(touching, op->existing_object, how);
    touch_referred(touching, op->constraint, how);
    touch_type(touching, op->column, how);
    for (guint i = 0; op->table && i < op->table->constraints->len; i++)
        touch_referred(touching, op->table->constraints->pdata[i], how);
    for (guint i = 0; op->table && i < op->table->columns->len; i++)
        touch_type(touching, op->table->columns->pdata[i], how);
    for (guint i = 0; op->depends_on && i < op->depends_on->len; i++)
        touch(touching, op->depends_on->pdata[i], how);
}

static char *short_statement(const char *sql)
{
    enum { MAX_CHARACTERS = 60 };
    g_autofree char *line = text_first_line(sql);
    g_autofree char *clean = output_clean(line);
    gboolean whole = strcmp(line, sql) == 0 && g_utf8_strlen(clean, -1) <= MAX_CHARACTERS;
    g_autofree char *start = g_utf8_substring(clean, 0, MIN(g_utf8_strlen(clean, -1), MAX_CHARACTERS));
    return g_strconcat(start, whole ? "" : " …", NULL);
}

static void add_doubt(Touching *touching, const char *sql, const char *through, const char *why)
{
    g_autofree char *statement = short_statement(sql);
    Doubt *doubt = g_new0(Doubt, 1);
    doubt->revision = touching->revision;
    doubt->text = g_strdup_printf("%s: %s%s%s%s", statement, through ? "by way of '" : "", through ? through : "",
                                  through ? "': " : "", why);
    g_ptr_array_add(touching->doubts, doubt);
}

/* What one statement has to do with, found step by step: the names that it mentions, and what stands behind those. */
typedef struct Reach {
    Touching *touching;
    const char *sql;    /* the statement */
    GPtrArray *queue;   /* names (char*) that are mentioned; grows on the way */
    GHashTable *writes; /* of sql_writes(); grows, too */
    GHashTable *seen;   /* SchemaObject* and Constraint* that were reached, and names of views that are written */
} Reach;

static void reach_clear(Reach *reach)
{
    g_ptr_array_unref(reach->queue);
    g_hash_table_unref(reach->writes);
    g_hash_table_unref(reach->seen);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reach, reach_clear)

static void reach_write(Reach *reach, const char *name, SqlWrite what)
{
    guint before = GPOINTER_TO_UINT(g_hash_table_lookup(reach->writes, name));
    g_hash_table_insert(reach->writes, g_strdup(name), GUINT_TO_POINTER(MAX(before, (guint)what)));
    g_ptr_array_add(reach->queue, g_strdup(name));
}

/* All that a text mentions, and what it writes. Through a view that is written, `through`, its tables are. */
static void reach_text(Reach *reach, const char *text, SqlWrite through)
{
    const Dialect *dialect = reach->touching->effects->dialect;
    g_autoptr(GHashTable) names = sql_mentions(dialect, text), writes = sql_writes(dialect, text);
    GHashTableIter iter;
    gpointer name, what;
    g_hash_table_iter_init(&iter, names);
    while (g_hash_table_iter_next(&iter, &name, NULL)) {
        g_autofree char *folded = fold(name);
        if (through)
            reach_write(reach, folded, through);
        else
            g_ptr_array_add(reach->queue, g_steal_pointer(&folded));
    }
    g_hash_table_iter_init(&iter, writes);
    while (g_hash_table_iter_next(&iter, &name, &what)) {
        g_autofree char *folded = fold(name);
        reach_write(reach, folded, (SqlWrite)GPOINTER_TO_UINT(what));
    }
}

/* Views and routines by their names, and the triggers of a table whose rows are written. */
static void reach_objects(Reach *reach, const char *name, SqlWrite written)
{
    const Effects *effects = reach->touching->effects;
    for (guint i = 0; i < effects->after->objects->len; i++) {
        const SchemaObject *object = effects->after->objects->pdata[i];
        gboolean is_trigger = strcmp(object->kind, "trigger") == 0;
        g_autofree char *own = fold(is_trigger && object->table_name ? object->table_name : object->name);
        if (!object->definition || (is_trigger && !written) || strcmp(own, name) != 0)
            continue;
        /* a view that is read may be written later on */
        gboolean is_view = written && strcmp(object->kind, "view") == 0;
        gboolean seen = !g_hash_table_add(reach->seen, (gpointer)object);
        if (seen && !(is_view && g_hash_table_add(reach->seen, (gpointer)object->name)))
            continue;
        const char *why = seen ? NULL : sql_cannot_be_told(effects->dialect, object->definition);
        if (why)
            add_doubt(reach->touching, reach->sql, object->name, why);
        reach_text(reach, object->definition, is_view ? written : 0);
    }
}

/* Rows that refer to those that are changed or go, change or go with them, or keep them from it. */
static void reach_referring(Reach *reach, const char *name)
{
    const GPtrArray *tables = reach->touching->effects->after->tables;
    for (guint i = 0; i < tables->len; i++) {
        const Table *table = tables->pdata[i];
        for (guint k = 0; k < table->constraints->len; k++) {
            const Constraint *constraint = table->constraints->pdata[k];
            g_autofree char *referred = constraint->referred_table ? fold(constraint->referred_table) : NULL;
            g_autofree char *own = fold(table->name);
            if (!referred || strcmp(referred, name) != 0 || !g_hash_table_add(reach->seen, (gpointer)constraint))
                continue;
            if (constraint->ondelete || constraint->onupdate)
                reach_write(reach, own, SQL_WRITE_CHANGES);
            else
                g_ptr_array_add(reach->queue, g_steal_pointer(&own));
        }
    }
}

/* What a statement or an expression has to do with. */
static void touch_text(Touching *touching, const char *sql, const char *how)
{
    g_auto(Reach) reach = {.touching = touching,
                           .sql = sql,
                           .queue = g_ptr_array_new_with_free_func(g_free),
                           .writes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                           .seen = g_hash_table_new(NULL, NULL)};
    reach_text(&reach, sql, 0);
    for (guint i = 0; i < reach.queue->len; i++) {
        const char *name = reach.queue->pdata[i];
        SqlWrite written = (SqlWrite)GPOINTER_TO_UINT(g_hash_table_lookup(reach.writes, name));
        if (!g_hash_table_contains(touching->known, name))
            continue;
        touch(touching, name, how);
        reach_objects(&reach, name, written);
        if (written == SQL_WRITE_CHANGES)
            reach_referring(&reach, name);
    }
}

static void touch_statement(Touching *touching, const char *sql)
{
    const char *why = sql_cannot_be_told(touching->effects->dialect, sql);
    g_autofree char *statement = short_statement(sql);
    if (why)
        add_doubt(touching, sql, NULL, why);
    touch_text(touching, sql, statement);
}

/* ---- expressions of operations ---- */

static void touch_expression(Touching *touching, const char *expression, const char *how)
{
    if (expression)
        touch_text(touching, expression, how);
}

static void touch_column(Touching *touching, const Column *column, const char *how)
{
    if (!column)
        return;
    touch_expression(touching, column->server_default, how);
    touch_expression(touching, column->computed ? column->computed->expression : NULL, how);
}

static void touch_index(Touching *touching, const Index *index, const char *how)
{
    for (guint i = 0; index && i < index->columns->len; i++)
        touch_expression(touching, ((const IndexColumn *)index->columns->pdata[i])->expression, how);
    touch_expression(touching, index ? index->where : NULL, how);
}

static void touch_options(Touching *touching, const GPtrArray *list, const char *how)
{
    for (guint i = 0; list && i < list->len; i++)
        touch_expression(touching, ((const Option *)list->pdata[i])->value, how);
}

/* Files of operations have no text that would mention them. */
static void touch_expressions(Touching *touching, const MigrateOp *op)
{
    const Table *table = op->table;
    g_autofree char *how = migrate_op_describe(op);
    touch_column(touching, op->column, how);
    touch_index(touching, op->index, how);
    touch_expression(touching, op->constraint ? op->constraint->expression : NULL, how);
    touch_options(touching, op->options, how);
    touch_options(touching, table ? table->options : NULL, how);
    for (guint i = 0; table && i < table->columns->len; i++)
        touch_column(touching, table->columns->pdata[i], how);
    for (guint i = 0; table && i < table->constraints->len; i++)
        touch_expression(touching, ((const Constraint *)table->constraints->pdata[i])->expression, how);
    for (guint i = 0; table && i < table->indexes->len; i++)
        touch_index(touching, table->indexes->pdata[i], how);
}

void touches_read(const Effects *effects, GHashTable *known, GPtrArray *touches, GPtrArray *doubts)
{
    Touching touching = {.effects = effects, .known = known, .touches = touches, .doubts = doubts};
    for (guint i = 0; i < effects->revisions->len; i++) {
        const RevisionEffect *effect = effects->revisions->pdata[i];
        touching.revision = effect->revision;
        for (guint k = 0; k < effect->operations->len; k++) {
            touch_operation(&touching, effect->operations->pdata[k]);
            touch_expressions(&touching, effect->operations->pdata[k]);
        }
        for (guint k = 0; k < effect->statements->len; k++)
            touch_statement(&touching, effect->statements->pdata[k]);
    }
}
