/* MariaDB's sequences. */
#include "dialect/mysql/compiler.h"

#include <string.h>

#include "base/error.h"

/* --- options --- */

static gboolean descends(const SequenceOptions *options)
{
    return options->increment != NULL && *options->increment == '-';
}

static const char *minimum_of(const SequenceOptions *options)
{
    if (options->minvalue != NULL)
        return options->minvalue;
    return descends(options) ? "-9223372036854775807" : "1";
}

static const char *maximum_of(const SequenceOptions *options)
{
    if (options->maxvalue != NULL)
        return options->maxvalue;
    return descends(options) ? "-1" : "9223372036854775806";
}

static const char *start_of(const SequenceOptions *options)
{
    if (options->start != NULL)
        return options->start;
    return descends(options) ? maximum_of(options) : minimum_of(options);
}

static void append_option(GString *sql, const char *words, const char *value)
{
    if (value != NULL)
        g_string_append_printf(sql, " %s %s", words, value);
}

static char *create_options(const SequenceOptions *options)
{
    GString *sql = g_string_new(NULL);
    append_option(sql, "START WITH", options->start);
    append_option(sql, "MINVALUE", options->minvalue);
    append_option(sql, "MAXVALUE", options->maxvalue);
    append_option(sql, "INCREMENT BY", options->increment);
    append_option(sql, "CACHE", options->cache);
    if (options->cycle)
        g_string_append(sql, " CYCLE");
    return g_string_free(sql, FALSE);
}

static void append_change(GString *sql, const char *words, const char *before, const char *after)
{
    if (strcmp(before, after) != 0)
        g_string_append_printf(sql, " %s %s", words, after);
}

static const char *or_default(const char *value, const char *initial)
{
    return value != NULL ? value : initial;
}

/* From a start inside the new limits a sequence leaves them only by going round, or when somebody has set it: what has
 * been given out must not be given out again. */
static gboolean stays_inside(const SequenceOptions *before, gint64 low, gint64 high)
{
    gint64 start = g_ascii_strtoll(start_of(before), NULL, 10);
    return !before->cycle && start >= low && start <= high;
}

/* The next number has to be inside the limits: where it may not be, the sequence goes on at the limit that it has met.
 * The catalog's own next number is not at hand when a revision is written. */
static void append_restart(GString *sql, const SequenceOptions *before, const SequenceOptions *after)
{
    gboolean down = descends(after);
    gint64 low = g_ascii_strtoll(minimum_of(after), NULL, 10), high = g_ascii_strtoll(maximum_of(after), NULL, 10);
    gint64 former_low = g_ascii_strtoll(minimum_of(before), NULL, 10);
    gint64 former_high = g_ascii_strtoll(maximum_of(before), NULL, 10);
    gboolean narrows = down ? high < former_high : low > former_low;
    if (down != descends(before) || (narrows && !stays_inside(before, low, high)))
        g_string_append_printf(sql, " RESTART WITH %s", down ? maximum_of(after) : minimum_of(after));
}

static char *changed_options(const SequenceOptions *before, const SequenceOptions *after)
{
    GString *sql = g_string_new(NULL);
    append_change(sql, "START WITH", start_of(before), start_of(after));
    append_change(sql, "MINVALUE", minimum_of(before), minimum_of(after));
    append_change(sql, "MAXVALUE", maximum_of(before), maximum_of(after));
    append_change(sql, "INCREMENT BY", or_default(before->increment, "1"), or_default(after->increment, "1"));
    append_change(sql, "CACHE", or_default(before->cache, "1000"), or_default(after->cache, "1000"));
    if (!before->cycle != !after->cycle)
        g_string_append(sql, after->cycle ? " CYCLE" : " NOCYCLE");
    append_restart(sql, before, after);
    return g_string_free(sql, FALSE);
}

/* --- operations --- */

static void create_sequence(MysqlCompiler *compiler, const Sequence *sequence)
{
    g_autofree char *name = mysql_quote_identifier(sequence->name);
    g_autofree char *options = create_options(&sequence->options);
    g_autofree char *comment = mysql_quote_literal(sequence->comment);
    gboolean has_comment = sequence->comment != NULL && *sequence->comment != '\0';
    mysql_add(compiler, g_strdup_printf("CREATE SEQUENCE %s%s ENGINE=InnoDB%s%s", name, options,
                                        has_comment ? " COMMENT=" : "", has_comment ? comment : ""));
}

static void drop_sequence(MysqlCompiler *compiler, const Sequence *existing)
{
    g_autofree char *name = mysql_quote_identifier(existing->name);
    mysql_add(compiler, g_strdup_printf("DROP SEQUENCE %s", name));
}

static const char *comment_of(const Sequence *sequence)
{
    return sequence->comment != NULL ? sequence->comment : "";
}

/* Names and comments change as those of tables do. */
static void alter_sequence(MysqlCompiler *compiler, const Sequence *existing, const Sequence *sequence)
{
    g_autofree char *former = mysql_quote_identifier(existing->name);
    g_autofree char *name = mysql_quote_identifier(sequence->name);
    g_autofree char *options = changed_options(&existing->options, &sequence->options);
    g_autofree char *comment = mysql_quote_literal(comment_of(sequence));
    if (strcmp(existing->name, sequence->name) != 0)
        mysql_add(compiler, g_strdup_printf("RENAME TABLE %s TO %s", former, name));
    if (*options != '\0')
        mysql_add(compiler, g_strdup_printf("ALTER SEQUENCE %s%s", name, options));
    if (strcmp(comment_of(existing), comment_of(sequence)) != 0)
        mysql_add(compiler, g_strdup_printf("ALTER TABLE %s COMMENT=%s", name, comment));
}

static gboolean refuse(const Sequence *sequence, const char *why, GError **error)
{
    g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "sequence '%s': %s", sequence->name, why);
    return FALSE;
}

gboolean mysql_write_sequence_op(MysqlCompiler *compiler, const MigrateOp *op, GError **error)
{
    const Sequence *sequence = op->kind == OP_DROP_SEQUENCE ? op->existing_sequence : op->sequence;
    if (compiler->flavour == FLAVOUR_MYSQL)
        return refuse(sequence, "MySQL has no sequences", error);
    if (sequence->schema != NULL)
        return refuse(sequence, "it is in another database", error);
    if (op->kind != OP_DROP_SEQUENCE && sequence->owned_by_table != NULL)
        return refuse(sequence, "MariaDB's sequences are not owned by columns", error);
    if (op->kind != OP_DROP_SEQUENCE && sequence->type != NULL && g_ascii_strcasecmp(sequence->type, "bigint") != 0)
        return refuse(sequence, "its type can only be given from MariaDB 11.5 on, and is not supported", error);
    if (op->kind == OP_CREATE_SEQUENCE)
        create_sequence(compiler, sequence);
    else if (op->kind == OP_DROP_SEQUENCE)
        drop_sequence(compiler, sequence);
    else
        alter_sequence(compiler, op->existing_sequence, sequence);
    return TRUE;
}
