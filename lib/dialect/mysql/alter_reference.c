/*
 * Foreign keys go before everything else and come behind it. In between go those that stand in the way: the server
 * changes neither the type nor the character set of a column on either side (errors 1832 and 1833), nor an index that a
 * foreign key needs when no other one takes its place (1553), nor the engine (1217).
 */
#include "dialect/mysql/compiler.h"

#include <string.h>

typedef struct MysqlReference {
    char *table; /* by the name that it has then */
    const Constraint *constraint;
} MysqlReference;

static void reference_free(gpointer data)
{
    MysqlReference *reference = data;
    g_free(reference->table);
    g_free(reference);
}

static void add_reference(GPtrArray *references, const char *table, const Constraint *constraint)
{
    MysqlReference *reference = g_new0(MysqlReference, 1);
    reference->table = g_strdup(table);
    reference->constraint = constraint;
    g_ptr_array_add(references, reference);
}

/* --- what is in the way --- */

/* A table before and behind; `change` NULL: nothing is done to it. */
typedef struct Side {
    const MysqlTableChange *change;
    const Table *from, *to;
} Side;

static Side side_of(const MysqlCompiler *compiler, const char *former)
{
    Side side = {mysql_change_of(compiler, former), metadata_find_table(compiler->written, NULL, former), NULL};
    const char *name = side.change ? side.change->name : former;
    side.to = name ? metadata_find_table(compiler->database, NULL, name) : NULL;
    return side;
}

static gboolean definition_differs(const MysqlCompiler *compiler, const Side *side, const char *former)
{
    MysqlFlavour flavour = compiler->flavour;
    const char *name = mysql_current_name(side->change->columns, former);
    const Column *from = table_find_column(side->from, former);
    const Column *to = name ? table_find_column(side->to, name) : NULL;
    if (!from || !to)
        return TRUE;
    g_autofree char *before = mysql_type_sql(from->type, flavour, NULL);
    g_autofree char *now = mysql_type_sql(to->type, flavour, NULL);
    gboolean text = mysql_is_text(to, flavour);
    return g_strcmp0(before, now) != 0 || (text && g_strcmp0(from->collation, to->collation) != 0) ||
           (text && g_strcmp0(options_get(from->options, "charset"), options_get(to->options, "charset")) != 0) ||
           (text && !to->collation && mysql_collation_differs(side->from, side->to)) ||
           (from->computed != NULL) != (to->computed != NULL);
}

static gboolean columns_differ(const MysqlCompiler *compiler, const Side *side, const GPtrArray *columns)
{
    g_autoptr(GPtrArray) rewritten = mysql_rewritten_columns(side->change, side->from, side->to, compiler->flavour);
    for (guint i = 0; i < columns->len; i++)
        if (mysql_has_name(rewritten, columns->pdata[i]) || definition_differs(compiler, side, columns->pdata[i]))
            return TRUE;
    return FALSE;
}

static gboolean index_begins_with(const Index *index, const GPtrArray *columns)
{
    if (index->columns->len < columns->len || options_get(index->options, "prefix"))
        return FALSE;
    for (guint i = 0; i < columns->len; i++) {
        const IndexColumn *part = index->columns->pdata[i];
        if (part->length > 0 || g_strcmp0(part->name, columns->pdata[i]) != 0)
            return FALSE;
    }
    return TRUE;
}

static gboolean key_begins_with(const Constraint *key, const GPtrArray *columns)
{
    if (!key || key->columns->len < columns->len)
        return FALSE;
    for (guint i = 0; i < columns->len; i++)
        if (g_strcmp0(key->columns->pdata[i], columns->pdata[i]) != 0)
            return FALSE;
    return TRUE;
}

static gboolean has_index_for(const Table *table, const GPtrArray *columns)
{
    if (key_begins_with(table->primary_key, columns))
        return TRUE;
    for (guint i = 0; i < table->indexes->len; i++)
        if (index_begins_with(table->indexes->pdata[i], columns))
            return TRUE;
    return FALSE;
}

/* `before`: the key's columns on this side; `now`: as they are called behind. */
static gboolean side_is_in_the_way(const MysqlCompiler *compiler, const Side *side, const GPtrArray *before,
                                   const GPtrArray *now)
{
    if (!side->change || !side->from || !side->to)
        return FALSE;
    return columns_differ(compiler, side, before) ||
           (has_index_for(side->from, before) && !has_index_for(side->to, now)) ||
           g_strcmp0(options_get(side->from->options, "engine"), options_get(side->to->options, "engine")) != 0 ||
           g_strcmp0(options_get(side->from->options, "partition_by"),
                     options_get(side->to->options, "partition_by")) != 0;
}

static gboolean is_in_the_way(const MysqlCompiler *compiler, const Side *side, const Constraint *from,
                              const Constraint *to)
{
    Side referred = side_of(compiler, from->referred_table);
    return from->referred_schema == NULL &&
           (side_is_in_the_way(compiler, side, from->columns, to->columns) ||
            side_is_in_the_way(compiler, &referred, from->referred_columns, to->referred_columns));
}

/* --- dropped and created again --- */

static void take_names(const GPtrArray *names, const GPtrArray *columns)
{
    for (guint i = 0; i < columns->len; i++) {
        const char *name = mysql_current_name(names, columns->pdata[i]);
        char *copy = g_strdup(name ? name : "");
        g_free(columns->pdata[i]);
        columns->pdata[i] = copy;
    }
}

/* The former foreign key in the words that now mean it. New. */
static char *in_new_names(const MysqlCompiler *compiler, const Side *side, const Constraint *from)
{
    g_autoptr(Constraint) copy = constraint_copy(from);
    Side referred = side_of(compiler, from->referred_table);
    if (side->change)
        take_names(side->change->columns, copy->columns);
    if (referred.change && referred.to && !from->referred_schema) {
        take_names(referred.change->columns, copy->referred_columns);
        g_free(copy->referred_table);
        copy->referred_table = g_strdup(referred.to->name);
    }
    return mysql_constraint_sql(copy, NULL);
}

/* Operations for every database drop a foreign key and create it again where only some need that. */
static const Constraint *created_again(const MysqlCompiler *compiler, const Side *side, const Constraint *from)
{
    g_autofree char *former = in_new_names(compiler, side, from);
    for (guint i = 0; former && i < side->to->constraints->len; i++) {
        const Constraint *constraint = side->to->constraints->pdata[i];
        if (constraint->kind != CONSTRAINT_FOREIGN_KEY || mysql_is_marked(constraint))
            continue;
        g_autofree char *now = mysql_constraint_sql(constraint, NULL);
        if (g_strcmp0(former, now) != 0)
            continue;
        mysql_take_mark(constraint, from);
        return constraint;
    }
    return NULL;
}

/* --- dropped tables --- */

static gboolean has_constraint(const Table *table, const char *name)
{
    for (guint i = 0; table && i < table->constraints->len; i++)
        if (g_strcmp0(mysql_constraint_name(table->constraints->pdata[i]), name) == 0)
            return TRUE;
    return FALSE;
}

/* TRUE when a table has a constraint of that name that it did not have before. */
static gboolean is_new_name(const MysqlCompiler *compiler, const char *name)
{
    for (guint i = 0; i < compiler->changes->len; i++) {
        const MysqlTableChange *change = compiler->changes->pdata[i];
        const Table *to = change->name ? metadata_find_table(compiler->database, NULL, change->name) : NULL;
        const Table *from = change->former ? metadata_find_table(compiler->written, NULL, change->former) : NULL;
        if (has_constraint(to, name) && !has_constraint(from, name))
            return TRUE;
    }
    return FALSE;
}

gboolean mysql_goes_early(const MysqlCompiler *compiler, const Table *dropped)
{
    if (metadata_find_table(compiler->database, NULL, dropped->name))
        return TRUE;
    for (guint i = 0; i < dropped->constraints->len; i++) {
        const Constraint *constraint = dropped->constraints->pdata[i];
        gboolean shared = constraint->kind == CONSTRAINT_FOREIGN_KEY ||
                          (constraint->kind == CONSTRAINT_CHECK && compiler->flavour == FLAVOUR_MYSQL);
        if (shared && is_new_name(compiler, mysql_constraint_name(constraint)))
            return TRUE;
    }
    return FALSE;
}

/* The place in the order in which tables are dropped; -1: it is not. */
static int drop_place(const MysqlCompiler *compiler, const char *name)
{
    for (guint i = 0; i < compiler->dropped->len; i++) {
        if (strcmp(compiler->dropped->pdata[i], name) != 0)
            continue;
        const Table *table = metadata_find_table(compiler->written, NULL, name);
        return (int)i + (table && !mysql_goes_early(compiler, table) ? (int)compiler->dropped->len : 0);
    }
    return -1;
}

/* The server drops no table that another one refers to. */
static gboolean refers_to_earlier_drop(const MysqlCompiler *compiler, const Table *table, const Constraint *constraint)
{
    int place = drop_place(compiler, table->name), other = drop_place(compiler, constraint->referred_table);
    return other >= 0 && other < place;
}

/* A table that is dropped last still refers to columns that change before. */
static gboolean refers_to_change(const MysqlCompiler *compiler, const Table *dropped, const Constraint *constraint)
{
    Side referred = side_of(compiler, constraint->referred_table);
    if (constraint->referred_schema || !referred.change || mysql_goes_early(compiler, dropped))
        return FALSE;
    g_autoptr(Constraint) now = constraint_copy(constraint);
    take_names(referred.change->columns, now->referred_columns);
    return side_is_in_the_way(compiler, &referred, constraint->referred_columns, now->referred_columns);
}

/* --- collecting --- */

static void collect_drops(const MysqlCompiler *compiler, MysqlReferences *references, const Table *table)
{
    Side side = side_of(compiler, table->name);
    for (guint i = 0; i < table->constraints->len; i++) {
        const Constraint *from = table->constraints->pdata[i];
        if (from->kind != CONSTRAINT_FOREIGN_KEY)
            continue;
        const Constraint *to = side.to ? mysql_same_constraint(side.to, from) : NULL;
        if (side.to && !to)
            to = created_again(compiler, &side, from);
        if (!side.to) {
            if (refers_to_earlier_drop(compiler, table, from) || refers_to_change(compiler, table, from))
                add_reference(references->drops, table->name, from);
        } else if (!to) {
            add_reference(references->drops, table->name, from);
        } else if (g_strcmp0(from->name, to->name) != 0 || is_in_the_way(compiler, &side, from, to)) {
            add_reference(references->drops, table->name, from);
            add_reference(references->adds, side.to->name, to);
        }
    }
}

gboolean mysql_is_inline(const MysqlCompiler *compiler, const Table *table, const Constraint *constraint)
{
    if (constraint->referred_schema || strcmp(constraint->referred_table, table->name) == 0)
        return TRUE;
    for (guint i = compiler->changes->len; i-- > 0;) {
        const MysqlTableChange *change = compiler->changes->pdata[i];
        if (g_strcmp0(change->name, table->name) == 0)
            return TRUE;
        if (!change->former && g_strcmp0(change->name, constraint->referred_table) == 0)
            return FALSE;
    }
    return TRUE;
}

static void collect_adds(const MysqlCompiler *compiler, MysqlReferences *references, const MysqlTableChange *change)
{
    const Table *table = change->name ? metadata_find_table(compiler->database, NULL, change->name) : NULL;
    for (guint i = 0; table && i < table->constraints->len; i++) {
        const Constraint *constraint = table->constraints->pdata[i];
        if (constraint->kind == CONSTRAINT_FOREIGN_KEY && !mysql_is_marked(constraint) &&
            (change->former || !mysql_is_inline(compiler, table, constraint)))
            add_reference(references->adds, table->name, constraint);
    }
}

MysqlReferences *mysql_references_new(const MysqlCompiler *compiler)
{
    MysqlReferences *references = g_new0(MysqlReferences, 1);
    references->drops = g_ptr_array_new_with_free_func(reference_free);
    references->adds = g_ptr_array_new_with_free_func(reference_free);
    for (guint i = 0; i < compiler->written->tables->len; i++)
        collect_drops(compiler, references, compiler->written->tables->pdata[i]);
    for (guint i = 0; i < compiler->changes->len; i++)
        collect_adds(compiler, references, compiler->changes->pdata[i]);
    return references;
}

void mysql_references_free(MysqlReferences *references)
{
    if (!references)
        return;
    g_ptr_array_unref(references->drops);
    g_ptr_array_unref(references->adds);
    g_free(references);
}

/* --- writing --- */

static gboolean is_first_of_table(const GPtrArray *references, guint position)
{
    const MysqlReference *reference = references->pdata[position];
    for (guint i = 0; i < position; i++)
        if (strcmp(((const MysqlReference *)references->pdata[i])->table, reference->table) == 0)
            return FALSE;
    return TRUE;
}

static char *reference_clause(const MysqlReference *reference, gboolean adds, GError **error)
{
    if (!adds) {
        g_autofree char *name = mysql_quote_identifier(mysql_constraint_name(reference->constraint));
        return g_strdup_printf("DROP FOREIGN KEY %s", name);
    }
    g_autofree char *sql = mysql_constraint_sql(reference->constraint, error);
    return sql ? g_strdup_printf("ADD %s", sql) : NULL;
}

static gboolean write_references(MysqlCompiler *compiler, const GPtrArray *references, gboolean adds, GError **error)
{
    for (guint i = 0; i < references->len; i++) {
        const MysqlReference *first = references->pdata[i];
        g_autoptr(GPtrArray) clauses = strings_new();
        if (!is_first_of_table(references, i))
            continue;
        for (guint j = i; j < references->len; j++) {
            const MysqlReference *reference = references->pdata[j];
            if (strcmp(reference->table, first->table) != 0)
                continue;
            char *clause = reference_clause(reference, adds, error);
            if (!clause)
                return FALSE;
            g_ptr_array_add(clauses, clause);
        }
        mysql_keep_history(compiler,
                           metadata_find_table(adds ? compiler->database : compiler->written, NULL, first->table));
        mysql_add_alter(compiler, first->table, "", clauses);
    }
    return TRUE;
}

gboolean mysql_add_references(MysqlCompiler *compiler, const MysqlReferences *references, GError **error)
{
    return write_references(compiler, references->adds, TRUE, error);
}

void mysql_drop_references(MysqlCompiler *compiler, const MysqlReferences *references)
{
    write_references(compiler, references->drops, FALSE, NULL);
}
