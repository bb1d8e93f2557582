/* Sequences. */
#include <string.h>

#include "base/error.h"
#include "dialect/postgresql/compiler.h"

static void append_option(GString *sql, const char *words, const char *value)
{
    if (value)
        g_string_append_printf(sql, " %s %s", words, value);
}

char *postgresql_sequence_options_sql(const SequenceOptions *options)
{
    GString *sql = g_string_new(NULL);
    append_option(sql, "START WITH", options->start);
    append_option(sql, "INCREMENT BY", options->increment);
    append_option(sql, "MINVALUE", options->minvalue);
    append_option(sql, "MAXVALUE", options->maxvalue);
    append_option(sql, "CACHE", options->cache);
    if (options->cycle)
        g_string_append(sql, " CYCLE");
    return g_string_free(sql, FALSE);
}

static gboolean descends(const SequenceOptions *options)
{
    return options->increment && *options->increment == '-';
}

/* Where numbers begin, as far as the limits say. */
static const char *first_number(const SequenceOptions *options)
{
    if (descends(options))
        return options->maxvalue ? options->maxvalue : "-1";
    return options->minvalue ? options->minvalue : "1";
}

/* What START WITH is without being said (CREATE SEQUENCE). */
static const char *start_of(const SequenceOptions *options)
{
    return options->start ? options->start : first_number(options);
}

static void append_change(GString *sql, const char *prefix, const char *words, const char *before, const char *after)
{
    if (g_strcmp0(before, after) != 0)
        g_string_append_printf(sql, "%s%s %s", prefix, words, after);
}

/* NO MINVALUE stands for another number when the direction changes. */
static void append_limit(GString *sql, const char *prefix, const char *word, const char *before, const char *after,
                         gboolean turned)
{
    if (after && g_strcmp0(before, after) != 0)
        g_string_append_printf(sql, "%s%s %s", prefix, word, after);
    else if (!after && (before || turned))
        g_string_append_printf(sql, "%sNO %s", prefix, word);
}

static const char *or_one(const char *value)
{
    return value ? value : "1";
}

char *postgresql_sequence_changes_sql(const SequenceOptions *before, const SequenceOptions *after, const char *prefix)
{
    gboolean turned = descends(before) != descends(after);
    GString *sql = g_string_new(NULL);
    append_change(sql, prefix, "INCREMENT BY", or_one(before->increment), or_one(after->increment));
    append_limit(sql, prefix, "MINVALUE", before->minvalue, after->minvalue, turned);
    append_limit(sql, prefix, "MAXVALUE", before->maxvalue, after->maxvalue, turned);
    append_change(sql, prefix, "START WITH", start_of(before), start_of(after));
    if (turned) /* the number that it had is outside of the new limits, most often */
        g_string_append(sql, " RESTART");
    append_change(sql, prefix, "CACHE", or_one(before->cache), or_one(after->cache));
    if (!before->cycle != !after->cycle)
        g_string_append_printf(sql, "%s%s", prefix, after->cycle ? "CYCLE" : "NO CYCLE");
    return g_string_free(sql, FALSE);
}

/* --- the column that owns it --- */

static gboolean owner_exists(const PgCompiler *compiler, const Sequence *sequence)
{
    const Table *table = metadata_find_table(compiler->database, sequence->schema, sequence->owned_by_table);
    return table && table_find_column(table, sequence->owned_by_column);
}

static char *owner_sql(const Sequence *sequence)
{
    if (!sequence->owned_by_table)
        return g_strdup("NONE");
    g_autofree char *table = postgresql_qualified(sequence->schema, sequence->owned_by_table);
    g_autofree char *column = postgresql_quote_identifier(sequence->owned_by_column);
    return g_strdup_printf("%s.%s", table, column);
}

/* Sequences come before the tables whose defaults call them, and so before their owner where that is new, too. */
static void set_owner(PgCompiler *compiler, const Sequence *sequence)
{
    g_autofree char *name = postgresql_qualified(sequence->schema, sequence->name);
    g_autofree char *owner = owner_sql(sequence);
    char *sql = g_strdup_printf("ALTER SEQUENCE %s OWNED BY %s", name, owner);
    if (sequence->owned_by_table && !owner_exists(compiler, sequence))
        g_ptr_array_add(compiler->late, sql);
    else
        compiler_add(compiler, sql);
}

/* --- operations --- */

static void comment_on(PgCompiler *compiler, const Sequence *sequence)
{
    g_autofree char *name = postgresql_qualified(sequence->schema, sequence->name);
    g_autofree char *target = g_strdup_printf("SEQUENCE %s", name);
    compiler_comment(compiler, target, sequence->comment);
}

static void create_sequence(PgCompiler *compiler, const Sequence *sequence)
{
    g_autofree char *name = postgresql_qualified(sequence->schema, sequence->name);
    g_autofree char *options = postgresql_sequence_options_sql(&sequence->options);
    compiler_add(compiler,
                 g_strdup_printf("CREATE %sSEQUENCE %s%s%s%s", sequence->unlogged ? "UNLOGGED " : "", name,
                                 sequence->type ? " AS " : "", sequence->type ? sequence->type : "", options));
    if (sequence->owned_by_table)
        set_owner(compiler, sequence);
    if (sequence->comment)
        comment_on(compiler, sequence);
}

static void drop_sequence(PgCompiler *compiler, const Sequence *existing)
{
    const Sequence *live = metadata_find_sequence(compiler->database, existing->schema, existing->name);
    /* It went with the column that owned it. */
    if (live && live->owned_by_table && !owner_exists(compiler, live))
        return;
    g_autofree char *name = postgresql_qualified(existing->schema, existing->name);
    compiler_add(compiler, g_strdup_printf("DROP SEQUENCE %s", name));
}

static const char *type_of(const Sequence *sequence)
{
    return sequence->type ? sequence->type : "bigint";
}

/* The server refuses limits that the current value is outside of. Numbers below a raised MINVALUE (above a lowered
 * MAXVALUE of one that descends) will not come any more: it goes on at the limit. */
char *postgresql_sequence_advance_sql(const char *sequence, const SequenceOptions *before, const SequenceOptions *after)
{
    gboolean down = descends(after);
    const char *limit = first_number(after);
    gint64 former = g_ascii_strtoll(first_number(before), NULL, 10), now = g_ascii_strtoll(limit, NULL, 10);
    if (down != descends(before) || (down ? now >= former : now <= former))
        return NULL;
    return g_strdup_printf("SELECT setval(%s, %s, false) WHERE coalesce(pg_sequence_last_value(%s::regclass), %s) %s "
                           "%s",
                           sequence, limit, sequence, start_of(before), down ? ">" : "<", limit);
}

gboolean compiler_move(PgCompiler *compiler, const char *what, const char *schema, const char *name,
                       const char *new_schema, const char *new_name, GError **error)
{
    g_autofree char *former = postgresql_qualified(schema, name);
    if (g_strcmp0(schema, new_schema) != 0) {
        if (!new_schema) {
            g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                        "%s leaves its schema for the default one, whose name only the server knows: write ALTER %s %s "
                        "SET SCHEMA by hand",
                        former, what, former);
            return FALSE;
        }
        g_autofree char *quoted = postgresql_quote_identifier(new_schema);
        compiler_add(compiler, g_strdup_printf("ALTER %s %s SET SCHEMA %s", what, former, quoted));
    }
    if (strcmp(name, new_name) == 0)
        return TRUE;
    g_autofree char *moved = postgresql_qualified(new_schema, name);
    g_autofree char *renamed = postgresql_quote_identifier(new_name);
    compiler_add(compiler, g_strdup_printf("ALTER %s %s RENAME TO %s", what, moved, renamed));
    return TRUE;
}

static gboolean alter_sequence(PgCompiler *compiler, const Sequence *existing, const Sequence *sequence, GError **error)
{
    if (!compiler_move(compiler, "SEQUENCE", existing->schema, existing->name, sequence->schema, sequence->name, error))
        return FALSE;
    g_autofree char *name = postgresql_qualified(sequence->schema, sequence->name);
    g_autofree char *literal = postgresql_quote_literal(name);
    g_autofree char *changes = postgresql_sequence_changes_sql(&existing->options, &sequence->options, " ");
    char *advance = postgresql_sequence_advance_sql(literal, &existing->options, &sequence->options);
    gboolean retyped = strcmp(type_of(existing), type_of(sequence)) != 0;
    if (advance)
        compiler_add(compiler, advance);
    /* A limit that is the type's own becomes that of the new type, whatever else the statement says. */
    gboolean apart = retyped && descends(&existing->options) != descends(&sequence->options);
    if (apart)
        compiler_add(compiler, g_strdup_printf("ALTER SEQUENCE %s AS %s", name, type_of(sequence)));
    if (retyped || *changes)
        compiler_add(compiler, g_strdup_printf("ALTER SEQUENCE %s%s%s%s", name, retyped && !apart ? " AS " : "",
                                               retyped && !apart ? type_of(sequence) : "", changes));
    if (existing->unlogged != sequence->unlogged)
        compiler_add(compiler,
                     g_strdup_printf("ALTER SEQUENCE %s SET %s", name, sequence->unlogged ? "UNLOGGED" : "LOGGED"));
    if (g_strcmp0(existing->owned_by_table, sequence->owned_by_table) != 0 ||
        g_strcmp0(existing->owned_by_column, sequence->owned_by_column) != 0)
        set_owner(compiler, sequence);
    if (g_strcmp0(existing->comment, sequence->comment) != 0)
        comment_on(compiler, sequence);
    return TRUE;
}

gboolean compile_sequence_op(PgCompiler *compiler, const MigrateOp *op, GError **error)
{
    if (op->kind == OP_CREATE_SEQUENCE)
        create_sequence(compiler, op->sequence);
    else if (op->kind == OP_DROP_SEQUENCE)
        drop_sequence(compiler, op->existing_sequence);
    else
        return alter_sequence(compiler, op->existing_sequence, op->sequence, error);
    return TRUE;
}
