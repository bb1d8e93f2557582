/*
 * One ALTER TABLE says all that becomes of a table. The server looks at the former table for what is dropped, changed
 * and renamed, and at the new one for what is added, so that the order of the clauses does not matter but for readers.
 * What MariaDB 10.11 gets wrong in one statement stands apart: see rename_first().
 */
#include "dialect/mysql/alter.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"

void mysql_add_alter(MysqlCompiler *compiler, const char *table, const char *comment, const GPtrArray *clauses)
{
    if (clauses->len == 0)
        return;
    g_autofree char *name = mysql_quote_identifier(table), *list = text_list(clauses, ",\n    ");
    mysql_add(compiler,
              g_strdup_printf("%sALTER TABLE %s%s%s", comment, name, clauses->len > 1 ? "\n    " : " ", list));
}

void mysql_add_clause(GPtrArray *clauses, const char *words, const char *name)
{
    g_autofree char *quoted = mysql_quote_identifier(name);
    g_ptr_array_add(clauses, g_strdup_printf("%s %s", words, quoted));
}

gboolean mysql_add_definition(GPtrArray *clauses, const char *words, char *definition)
{
    if (!definition)
        return FALSE;
    g_ptr_array_add(clauses, g_strdup_printf("%s %s", words, definition));
    g_free(definition);
    return TRUE;
}

/* --- indexes --- */

/* The former index in the columns' new names. */
static Index *index_in_new_names(const Alter *alter, const Index *from)
{
    Index *index = index_copy(from);
    for (guint i = 0; i < index->columns->len; i++) {
        IndexColumn *part = index->columns->pdata[i];
        const char *name = part->name ? mysql_current_name(alter->change->columns, part->name) : NULL;
        if (!name || strcmp(name, part->name) == 0)
            continue;
        g_free(part->name);
        part->name = g_strdup(name);
    }
    return index;
}

static gboolean uses_rewritten(const Alter *alter, const Index *index)
{
    for (guint i = 0; i < index->columns->len; i++) {
        const IndexColumn *part = index->columns->pdata[i];
        if ((part->name && mysql_has_name(alter->rewritten, part->name)) ||
            mysql_mentions(part->expression, alter->rewritten))
            return TRUE;
    }
    return FALSE;
}

/* TRUE when the two say the same but for what ALTER INDEX changes. */
static gboolean same_index(const Alter *alter, const Index *from, const Index *to, gboolean *visibility)
{
    MysqlFlavour flavour = alter->compiler->flavour;
    g_autoptr(Index) former = index_in_new_names(alter, from), now = index_copy(to);
    g_free(former->name);
    former->name = g_strdup(now->name);
    *visibility =
        (options_get(former->options, "invisible") != NULL) != (options_get(now->options, "invisible") != NULL);
    options_remove(former->options, "invisible");
    options_remove(now->options, "invisible");
    g_autofree char *before = mysql_index_sql(alter->from, former, flavour, NULL);
    g_autofree char *behind = mysql_index_sql(alter->to, now, flavour, NULL);
    return before && behind && strcmp(before, behind) == 0;
}

/* What is there behind in the place of the former index: the same one, renamed or not, or one that was created under
 * its name and says the same. NULL: it is dropped. MariaDB takes an index that is dropped and added in one statement
 * for the same one, IGNORED or not. */
static const Index *index_now(const Alter *alter, const Index *from)
{
    gboolean visibility = FALSE;
    if (uses_rewritten(alter, from))
        return NULL;
    const char *name = mysql_current_name(alter->change->indexes, from->name);
    if (name)
        return table_find_index(alter->to, name);
    const Index *created =
        mysql_former_name(alter->change->indexes, from->name) ? NULL : table_find_index(alter->to, from->name);
    return created && same_index(alter, from, created, &visibility) ? created : NULL;
}

static gboolean stays_index(const Alter *alter, const Index *index)
{
    for (guint i = 0; i < alter->from->indexes->len; i++)
        if (index_now(alter, alter->from->indexes->pdata[i]) == index)
            return TRUE;
    return FALSE;
}

static void drop_indexes(const Alter *alter)
{
    for (guint i = 0; i < alter->from->indexes->len; i++) {
        const Index *index = alter->from->indexes->pdata[i];
        if (!index_now(alter, index))
            mysql_add_clause(alter->clauses, "DROP INDEX", index->name);
    }
}

static void keep_indexes(const Alter *alter)
{
    for (guint i = 0; i < alter->from->indexes->len; i++) {
        const Index *from = alter->from->indexes->pdata[i], *to = index_now(alter, from);
        gboolean visibility = FALSE;
        if (!to)
            continue;
        g_autofree char *former = mysql_quote_identifier(from->name), *name = mysql_quote_identifier(to->name);
        if (strcmp(from->name, to->name) != 0)
            g_ptr_array_add(alter->clauses, g_strdup_printf("RENAME INDEX %s TO %s", former, name));
        if (same_index(alter, from, to, &visibility) && visibility)
            g_ptr_array_add(alter->clauses,
                            g_strdup_printf("ALTER INDEX %s%s", name,
                                            mysql_index_visibility(options_get(to->options, "invisible") != NULL,
                                                                   alter->compiler->flavour)));
    }
}

/* "InnoDB presently supports one FULLTEXT index creation at a time". */
static gboolean add_indexes(const Alter *alter, GError **error)
{
    gboolean fulltext = FALSE;
    for (guint i = 0; i < alter->to->indexes->len; i++) {
        const Index *index = alter->to->indexes->pdata[i];
        gboolean is_fulltext = g_strcmp0(options_get(index->options, "prefix"), "FULLTEXT") == 0;
        if (stays_index(alter, index))
            continue;
        if (!mysql_add_definition(is_fulltext && fulltext ? alter->fulltext : alter->clauses, "ADD",
                                  mysql_index_sql(alter->to, index, alter->compiler->flavour, error)))
            return FALSE;
        fulltext |= is_fulltext;
    }
    return TRUE;
}

/* --- primary key, checks --- */

static char *primary_key_text(const Table *table, const GPtrArray *names)
{
    if (!table->primary_key)
        return NULL;
    g_autoptr(Constraint) key = constraint_copy(table->primary_key);
    for (guint i = 0; names && i < key->columns->len; i++) {
        char *name = g_strdup(mysql_current_name(names, key->columns->pdata[i]));
        g_free(key->columns->pdata[i]);
        key->columns->pdata[i] = name ? name : g_strdup("");
    }
    return mysql_constraint_sql(key, NULL);
}

static void change_primary_key(const Alter *alter)
{
    g_autofree char *before = primary_key_text(alter->from, alter->change->columns);
    g_autofree char *now = primary_key_text(alter->to, NULL);
    if (g_strcmp0(before, now) == 0)
        return;
    if (before)
        g_ptr_array_insert(alter->clauses, 0, g_strdup("DROP PRIMARY KEY"));
    if (now)
        g_ptr_array_add(alter->clauses, g_strdup_printf("ADD %s", now));
}

static gboolean is_table_check(const Constraint *constraint)
{
    return constraint->kind == CONSTRAINT_CHECK && !options_get(constraint->options, "column");
}

/* MariaDB renames columns in checks by itself; MySQL refuses to (error 3959). */
static gboolean keeps_check(const Alter *alter, const Constraint *from)
{
    const Constraint *to = mysql_same_constraint(alter->to, from);
    return to && strcmp(mysql_constraint_name(from), mysql_constraint_name(to)) == 0 &&
           !mysql_mentions(from->expression, alter->rewritten) &&
           (alter->compiler->flavour == FLAVOUR_MARIADB || strcmp(from->expression, to->expression) == 0);
}

static void drop_checks(const Alter *alter)
{
    const char *words = alter->compiler->flavour == FLAVOUR_MARIADB ? "DROP CONSTRAINT" : "DROP CHECK";
    for (guint i = 0; i < alter->from->constraints->len; i++) {
        const Constraint *check = alter->from->constraints->pdata[i];
        if (is_table_check(check) && !keeps_check(alter, check))
            mysql_add_clause(alter->clauses, words, mysql_constraint_name(check));
    }
}

static gboolean add_checks(const Alter *alter, GError **error)
{
    for (guint i = 0; i < alter->to->constraints->len; i++) {
        const Constraint *check = alter->to->constraints->pdata[i];
        const Constraint *former = mysql_same_constraint(alter->from, check);
        gboolean other = check->kind == CONSTRAINT_EXCLUDE && !former;
        if ((!is_table_check(check) && !other) || (former && keeps_check(alter, former)))
            continue;
        if (!mysql_add_definition(alter->clauses, "ADD", mysql_constraint_sql(check, error)))
            return FALSE;
    }
    return TRUE;
}

/* --- what stands in front --- */

/* A column that is added under the former name of a renamed one would get that one's indexes and checks (MariaDB 10.11
 * looks for it by its former name among the new columns). */
static gboolean renames_to_free(const Alter *alter)
{
    for (guint i = 0; i < alter->to->columns->len; i++) {
        const Column *column = alter->to->columns->pdata[i];
        const MysqlName *name = mysql_column_name(alter, column->name);
        if (!mysql_former_name(alter->change->columns, column->name) && name && name->current)
            return TRUE;
    }
    return FALSE;
}

static gboolean alter(MysqlCompiler *compiler, const MysqlTableChange *change, const Table *from, const Table *to,
                      GError **error);

static gboolean rename_in(MetaData *scratch, Table *table, const char *from, const char *to, GError **error)
{
    const Column *existing = table_find_column(table, from);
    g_autoptr(Column) column = existing ? column_copy(existing) : NULL;
    if (!column)
        return TRUE;
    g_free(column->name);
    column->name = g_strdup(to);
    g_autoptr(MigrateOp) op = migrate_op_alter_column(table, existing, column);
    return migrate_op_apply(op, scratch, error);
}

/* Over names of their own first, since two may change places. */
static gboolean rename_columns(MetaData *scratch, Table *table, MysqlTableChange *change, GPtrArray *clauses,
                               GError **error)
{
    static const char between[] = "migrate renames %u";
    for (int pass = 0; pass < 2; pass++)
        for (guint i = 0; i < change->columns->len; i++) {
            MysqlName *name = change->columns->pdata[i];
            if (!name->current || strcmp(name->former, name->current) == 0)
                continue;
            g_autofree char *other = g_strdup_printf(between, i);
            if (!rename_in(scratch, table, pass == 0 ? name->former : other, pass == 0 ? other : name->current, error))
                return FALSE;
            if (pass == 0)
                continue;
            g_autofree char *former = mysql_quote_identifier(name->former);
            g_autofree char *now = mysql_quote_identifier(name->current);
            g_ptr_array_add(clauses, g_strdup_printf("RENAME COLUMN %s TO %s", former, now));
            g_free(name->former);
            name->former = g_strdup(name->current);
        }
    return TRUE;
}

/* A statement of their own; the rest starts from there. */
static gboolean rename_first(const Alter *work, GError **error)
{
    g_autoptr(MetaData) scratch = metadata_new(FALSE);
    g_autoptr(GPtrArray) clauses = strings_new();
    scratch->backticks = TRUE;
    Table *table = table_copy(work->from);
    metadata_add_table(scratch, table);
    MysqlTableChange *change = mysql_table_change_copy(work->change);
    gboolean renamed = rename_columns(scratch, table, change, clauses, error);
    if (renamed) {
        mysql_add_alter(work->compiler, table->name, "", clauses);
        renamed = alter(work->compiler, change, table, work->to, error);
    }
    mysql_table_change_free(change);
    return renamed;
}

static gboolean loses_its_values(const Alter *work, const Column *column)
{
    const Column *now = mysql_column_now(work->change, work->to, column);
    return now && column->computed && !column->computed->persisted && !now->computed;
}

static gboolean needs_storing(const Alter *work)
{
    for (guint i = 0; i < work->from->columns->len; i++)
        if (loses_its_values(work, work->from->columns->pdata[i]))
            return TRUE;
    return FALSE;
}

/* A virtual column that becomes a plain one would lose its values: it is stored first. */
static gboolean store_first(const Alter *work, GError **error)
{
    g_autoptr(Table) between = table_copy(work->from);
    for (guint i = 0; i < between->columns->len; i++) {
        Column *column = between->columns->pdata[i];
        if (loses_its_values(work, column))
            column->computed->persisted = TRUE;
    }
    MysqlTableChange *first = mysql_table_change_new(work->from->name, work->from);
    gboolean altered = alter(work->compiler, first, work->from, between, error) &&
                       alter(work->compiler, work->change, between, work->to, error);
    mysql_table_change_free(first);
    return altered;
}

static gboolean move_values_first(const Alter *work, GError **error)
{
    MysqlTableChange *first = mysql_table_change_new(work->from->name, work->from);
    MysqlTableChange *rest = mysql_table_change_copy(work->change);
    g_autoptr(Table) between = mysql_table_of_both(work, first);
    gboolean altered = alter(work->compiler, first, work->from, between, error);
    if (altered)
        mysql_add_updates(work, between);
    for (guint i = 0; i < rest->columns->len; i++)
        g_clear_pointer(&((MysqlName *)rest->columns->pdata[i])->renamed_values, g_ptr_array_unref);
    altered = altered && alter(work->compiler, rest, between, work->to, error);
    mysql_table_change_free(first);
    mysql_table_change_free(rest);
    return altered;
}

/* --- all together --- */

static gboolean write_clauses(const Alter *work, GError **error)
{
    drop_checks(work);
    drop_indexes(work);
    if (!mysql_change_columns(work, error) || !mysql_add_columns(work, error))
        return FALSE;
    change_primary_key(work);
    keep_indexes(work);
    return add_indexes(work, error) && add_checks(work, error) &&
           mysql_option_clauses(work->from, work->to, work->compiler->flavour, work->clauses, error);
}

static void write_statements(const Alter *work)
{
    const char *name = work->to->name;
    gboolean others = work->clauses->len > 0;
    mysql_partition_before(work->compiler, work->from, work->to, others);
    mysql_add_alter(work->compiler, name, work->comment->str, work->clauses);
    for (guint i = 0; i < work->fulltext->len; i++) {
        g_autoptr(GPtrArray) clauses = g_ptr_array_new();
        g_ptr_array_add(clauses, work->fulltext->pdata[i]);
        mysql_add_alter(work->compiler, name, "", clauses);
    }
    mysql_add_alter(work->compiler, name, "", work->finish);
    mysql_partition_behind(work->compiler, work->from, work->to);
}

static gboolean alter(MysqlCompiler *compiler, const MysqlTableChange *change, const Table *from, const Table *to,
                      GError **error)
{
    g_autoptr(GPtrArray) rewritten = mysql_rewritten_columns(change, from, to, compiler->flavour);
    g_autoptr(GPtrArray) clauses = strings_new(), fulltext = strings_new(), finish = strings_new();
    g_autoptr(GString) comment = g_string_new(NULL);
    Alter work = {compiler, change, from, to, rewritten, clauses, fulltext, finish, comment};
    if (renames_to_free(&work))
        return rename_first(&work, error);
    if (mysql_moves_values(&work))
        return move_values_first(&work, error);
    if (needs_storing(&work))
        return store_first(&work, error);
    if (!write_clauses(&work, error))
        return FALSE;
    write_statements(&work);
    return TRUE;
}

gboolean mysql_alter_table(MysqlCompiler *compiler, const MysqlTableChange *change, const Table *from, const Table *to,
                           GError **error)
{
    g_autoptr(Table) renamed = table_copy(from);
    g_free(renamed->name);
    renamed->name = g_strdup(to->name);
    if (alter(compiler, change, renamed, to, error))
        return TRUE;
    g_prefix_error(error, "table '%s': ", to->name);
    return FALSE;
}
