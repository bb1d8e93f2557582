/* Whether the clauses of ALTER TABLE are in place. The statement is atomic: all of them, or none. */
#include "dialect/mysql/object.h"
#include "dialect/mysql/table_facts.h"

#include <string.h>

typedef struct Clauses {
    const TableFacts *facts;
    SqlReader reader;
    GHashTable *added, *dropped; /* folded names of indexes and columns that the statement drops and adds, both sorts */
    guint n_set, n_open;
    char *unread; /* the first clause that cannot be told */
} Clauses;

/* --- small things --- */

static gboolean at_end(const SqlReader *reader)
{
    return sql_reader_at_end(reader) || sql_reader_is(reader, ",");
}

static void skip_rest(SqlReader *reader)
{
    while (!at_end(reader))
        if (!sql_reader_skip_parentheses(reader))
            sql_reader_advance(reader);
}

static void skip_if_exists(SqlReader *reader)
{
    if (!sql_reader_take(reader, "IF"))
        return;
    sql_reader_take(reader, "NOT");
    sql_reader_take(reader, "EXISTS");
}

/* New string, folded; NULL when none stands here. */
static char *take_folded(SqlReader *reader)
{
    g_autofree char *name = sql_reader_take_identifier(reader);
    return name != NULL ? mysql_fold_name(name) : NULL;
}

static gboolean take_one_of(SqlReader *reader, const char *const *words)
{
    if (!sql_reader_is_one_of(reader, words))
        return FALSE;
    sql_reader_advance(reader);
    return TRUE;
}

static gboolean take_key_word(SqlReader *reader)
{
    static const char *const words[] = {"INDEX", "KEY", NULL};
    return take_one_of(reader, words);
}

static Standing standing_of(gboolean set)
{
    return set ? STANDING_SET : STANDING_OPEN;
}

static Standing has_name(GHashTable *names, const char *name)
{
    return name != NULL ? standing_of(g_hash_table_contains(names, name)) : STANDING_UNREAD;
}

static Standing lacks_name(GHashTable *names, const char *name)
{
    return name != NULL ? standing_of(!g_hash_table_contains(names, name)) : STANDING_UNREAD;
}

/* --- indexes --- */

char *mysql_index_columns(SqlReader *reader)
{
    g_autoptr(GString) columns = g_string_new(NULL);

    if (!sql_reader_take(reader, "("))
        return NULL;
    do {
        g_autofree char *name = take_folded(reader);
        if (name == NULL)
            return NULL;
        g_string_append_printf(columns, "%s%s", columns->len > 0 ? "," : "", name);
        if (sql_reader_take(reader, "(")) {
            g_string_append_printf(columns, "(%.*s)", (int)reader->token.length, reader->sql + reader->token.start);
            sql_reader_advance(reader);
            if (!sql_reader_take(reader, ")"))
                return NULL;
        }
        if (sql_reader_take(reader, "DESC"))
            g_string_append(columns, " desc");
        sql_reader_take(reader, "ASC");
    } while (sql_reader_take(reader, ","));
    return sql_reader_take(reader, ")") ? g_strdup(columns->str) : NULL;
}

/* At what follows an index's name: an index of that name may have other columns. */
static Standing compare_index(const TableFacts *facts, const char *name, SqlReader *reader)
{
    while (!at_end(reader) && !sql_reader_is(reader, "("))
        sql_reader_advance(reader); /* USING BTREE */
    g_autofree char *columns = mysql_index_columns(reader);
    skip_rest(reader);
    if (name == NULL)
        return STANDING_UNREAD; /* the server has chosen one */
    const char *now = g_hash_table_lookup(facts->indexes, name);
    if (now == NULL)
        return STANDING_OPEN;
    return columns != NULL ? standing_of(strcmp(columns, now) == 0) : STANDING_UNREAD;
}

/* Of an index that is dropped and added in one statement, the columns that it is added with tell. */
static Standing find_dropped_index(const Clauses *clauses, const char *name)
{
    if (name != NULL && g_hash_table_contains(clauses->added, name))
        return STANDING_NEUTRAL;
    return lacks_name(clauses->facts->indexes, name);
}

/* --- ADD --- */

/* ADD [INDEX] [name] …; `name` is CONSTRAINT's. Takes it. */
static Standing find_added_index(const Clauses *clauses, SqlReader *reader, char *name)
{
    g_autofree char *owned = name;
    take_key_word(reader);
    skip_if_exists(reader);
    if (!sql_reader_is(reader, "(") && !sql_reader_is(reader, "USING")) {
        g_free(owned);
        owned = take_folded(reader);
    }
    return compare_index(clauses->facts, owned, reader);
}

static Standing find_added_partitions(const TableFacts *facts, SqlReader *reader)
{
    guint n_set = 0, n_open = 0, depth = 0;

    for (; !sql_reader_at_end(reader); sql_reader_advance(reader)) {
        if (sql_reader_is(reader, "("))
            depth++;
        else if (sql_reader_is(reader, ")"))
            depth--;
        if (depth != 1 || !sql_reader_is(reader, "PARTITION"))
            continue;
        sql_reader_advance(reader);
        g_autofree char *name = take_folded(reader);
        Standing standing = has_name(facts->partitions, name);
        n_set += standing == STANDING_SET;
        n_open += standing == STANDING_OPEN;
    }
    return (n_set == 0) == (n_open == 0) ? STANDING_UNREAD : standing_of(n_set > 0);
}

static Standing find_added_column(const Clauses *clauses, SqlReader *reader)
{
    g_autofree char *name = take_folded(reader);

    skip_rest(reader);
    if (name == NULL || g_hash_table_contains(clauses->dropped, name))
        return STANDING_UNREAD; /* dropped and added: they may look alike */
    return standing_of(mysql_column_facts(clauses->facts, name, NULL) != NULL);
}

/* ADD (a INT, b INT). */
static Standing find_added_columns(const Clauses *clauses, SqlReader *reader)
{
    guint n_set = 0, n_open = 0;

    do {
        sql_reader_advance(reader);
        g_autofree char *name = sql_reader_take_identifier(reader);
        gboolean there = name != NULL && mysql_column_facts(clauses->facts, name, NULL) != NULL;
        n_set += there;
        n_open += !there;
        while (!at_end(reader) && !sql_reader_is(reader, ")"))
            if (!sql_reader_skip_parentheses(reader))
                sql_reader_advance(reader);
    } while (sql_reader_is(reader, ","));
    sql_reader_take(reader, ")");
    return n_set > 0 && n_open > 0 ? STANDING_UNREAD : standing_of(n_set > 0);
}

static Standing find_added(Clauses *clauses, SqlReader *reader)
{
    static const char *const kinds[] = {"UNIQUE", "FULLTEXT", "SPATIAL", NULL};
    const TableFacts *facts = clauses->facts;
    g_autofree char *name = NULL;

    if (sql_reader_take(reader, "PARTITION"))
        return find_added_partitions(facts, reader);
    if (sql_reader_is(reader, "SYSTEM") || sql_reader_is(reader, "PERIOD"))
        return STANDING_UNREAD;
    if (sql_reader_take(reader, "CONSTRAINT")) {
        skip_if_exists(reader);
        static const char *const next[] = {"PRIMARY", "UNIQUE", "FOREIGN", "CHECK", NULL};
        name = sql_reader_is_one_of(reader, next) ? NULL : take_folded(reader);
    }
    if (sql_reader_take_words(reader, "PRIMARY", "KEY"))
        return compare_index(facts, "primary", reader);
    if (sql_reader_take_words(reader, "FOREIGN", "KEY")) {
        skip_rest(reader);
        return has_name(facts->keys, name);
    }
    if (sql_reader_take(reader, "CHECK")) {
        skip_rest(reader);
        return has_name(facts->checks, name);
    }
    if (take_one_of(reader, kinds) || sql_reader_is(reader, "INDEX") || sql_reader_is(reader, "KEY"))
        return find_added_index(clauses, reader, g_steal_pointer(&name));
    sql_reader_take(reader, "COLUMN");
    skip_if_exists(reader);
    return sql_reader_is(reader, "(") ? find_added_columns(clauses, reader) : find_added_column(clauses, reader);
}

/* --- DROP --- */

static Standing find_dropped_partitions(const TableFacts *facts, SqlReader *reader)
{
    guint n_set = 0, n_open = 0;

    skip_if_exists(reader);
    do {
        g_autofree char *name = take_folded(reader);
        Standing standing = lacks_name(facts->partitions, name);
        n_set += standing == STANDING_SET;
        n_open += standing == STANDING_OPEN;
    } while (sql_reader_take(reader, ","));
    return n_set > 0 && n_open > 0 ? STANDING_UNREAD : standing_of(n_set > 0);
}

/* A constraint of any sort: MariaDB's DROP CONSTRAINT is also for unique keys. */
static Standing find_dropped_constraint(const TableFacts *facts, const char *name)
{
    if (name == NULL)
        return STANDING_UNREAD;
    return standing_of(!g_hash_table_contains(facts->keys, name) && !g_hash_table_contains(facts->checks, name) &&
                       !g_hash_table_contains(facts->indexes, name));
}

static Standing find_dropped(const Clauses *clauses, SqlReader *reader)
{
    enum { COLUMN, INDEX, FOREIGN_KEY, CHECK, CONSTRAINT } sort = COLUMN;
    const TableFacts *facts = clauses->facts;

    if (sql_reader_take(reader, "PARTITION"))
        return find_dropped_partitions(facts, reader);
    if (sql_reader_is(reader, "SYSTEM") || sql_reader_is(reader, "PERIOD"))
        return STANDING_UNREAD;
    if (sql_reader_take_words(reader, "PRIMARY", "KEY"))
        return find_dropped_index(clauses, "primary");
    if (take_key_word(reader))
        sort = INDEX;
    else if (sql_reader_take_words(reader, "FOREIGN", "KEY"))
        sort = FOREIGN_KEY;
    else if (sql_reader_take(reader, "CHECK"))
        sort = CHECK;
    else if (sql_reader_take(reader, "CONSTRAINT"))
        sort = CONSTRAINT;
    else
        sql_reader_take(reader, "COLUMN");
    skip_if_exists(reader);
    g_autofree char *name = take_folded(reader);
    skip_rest(reader); /* RESTRICT */
    switch (sort) {
    case INDEX:
        return find_dropped_index(clauses, name);
    case FOREIGN_KEY:
        return lacks_name(facts->keys, name);
    case CHECK:
        return lacks_name(facts->checks, name);
    case CONSTRAINT:
        return find_dropped_constraint(facts, name);
    case COLUMN:
    default:
        break;
    }
    if (name == NULL || g_hash_table_contains(clauses->added, name))
        return STANDING_UNREAD;
    return standing_of(mysql_column_facts(facts, name, NULL) == NULL);
}

/* --- the other clauses --- */

/* Of two names one must be there: the new one, or the old one. */
static Standing compare_names(gboolean has_old, gboolean has_new)
{
    return has_old == has_new ? STANDING_UNREAD : standing_of(has_new);
}

static Standing find_renamed(const TableFacts *facts, SqlReader *reader)
{
    gboolean index = take_key_word(reader);

    if (!index && !sql_reader_take(reader, "COLUMN"))
        return STANDING_UNREAD;
    skip_if_exists(reader);
    g_autofree char *old = take_folded(reader);
    sql_reader_take(reader, "TO");
    g_autofree char *new = take_folded(reader);
    if (old == NULL || new == NULL)
        return STANDING_UNREAD;
    if (index)
        return compare_names(g_hash_table_contains(facts->indexes, old), g_hash_table_contains(facts->indexes, new));
    return compare_names(mysql_column_facts(facts, old, NULL) != NULL, mysql_column_facts(facts, new, NULL) != NULL);
}

static Standing find_changed(const TableFacts *facts, SqlReader *reader, gboolean renames)
{
    sql_reader_take(reader, "COLUMN");
    skip_if_exists(reader);
    g_autofree char *old = take_folded(reader);
    g_autofree char *new = renames ? take_folded(reader) : g_strdup(old);
    if (old == NULL || new == NULL)
        return STANDING_UNREAD;
    Standing standing = mysql_compare_column(facts, new, reader);
    if (strcmp(old, new) == 0)
        return standing;
    Standing names =
        compare_names(mysql_column_facts(facts, old, NULL) != NULL, mysql_column_facts(facts, new, NULL) != NULL);
    return names == STANDING_SET ? standing : names;
}

/* ALTER [COLUMN] name SET DEFAULT … | DROP DEFAULT. */
static Standing find_default(const TableFacts *facts, SqlReader *reader)
{
    static const char *const others[] = {"INDEX", "KEY", "CHECK", "CONSTRAINT", NULL};
    if (sql_reader_is_one_of(reader, others))
        return STANDING_UNREAD;
    sql_reader_take(reader, "COLUMN");
    skip_if_exists(reader);
    g_autofree char *name = sql_reader_take_identifier(reader);
    const ColumnFacts *column = name != NULL ? mysql_column_facts(facts, name, NULL) : NULL;
    if (column == NULL)
        return STANDING_UNREAD;
    if (sql_reader_take_words(reader, "DROP", "DEFAULT"))
        return mysql_compare_default(facts, column, NULL);
    if (!sql_reader_take_words(reader, "SET", "DEFAULT"))
        return STANDING_UNREAD;
    gsize start = reader->token.start;
    skip_rest(reader);
    g_autofree char *expression = g_strndup(reader->sql + start, reader->token.start - start);
    return mysql_compare_default(facts, column, g_strchomp(expression));
}

static Standing compare_option(SqlReader *reader, const char *now, gboolean ignore_case)
{
    sql_reader_take(reader, "=");
    const char *bytes = reader->sql + reader->token.start;
    g_autofree char *wished = reader->token.kind == SQL_TOKEN_STRING
                                  ? mysql_literal_value(bytes, reader->token.length)
                                  : sql_token_identifier(&reader->token, reader->sql);
    sql_reader_advance(reader);
    return standing_of(name_equal(wished, now != NULL ? now : "", ignore_case));
}

/* [DEFAULT] CHARACTER SET x [COLLATE y]: without y, it is the character set's default collation, whichever. */
static Standing find_charset(const TableFacts *facts, SqlReader *reader)
{
    sql_reader_take(reader, "=");
    g_autofree char *charset = sql_token_identifier(&reader->token, reader->sql);
    g_autofree char *prefix = g_strconcat(g_ascii_strcasecmp(charset, "utf8") == 0 ? "utf8mb3" : charset, "_", NULL);
    sql_reader_advance(reader);
    sql_reader_take(reader, "DEFAULT");
    if (sql_reader_take(reader, "COLLATE"))
        return compare_option(reader, facts->collation, TRUE);
    gboolean same = facts->collation != NULL && g_ascii_strncasecmp(facts->collation, prefix, strlen(prefix)) == 0;
    return same ? STANDING_UNREAD : STANDING_OPEN;
}

/* Table options need no comma between them. */
static Standing find_option(const TableFacts *facts, SqlReader *reader)
{
    static const char *const neutral[] = {"ALGORITHM", "LOCK", "WAIT", NULL};
    static const char *const bare[] = {"NOWAIT", "FORCE", NULL};

    if (take_one_of(reader, bare))
        return STANDING_NEUTRAL;
    if (take_one_of(reader, neutral)) {
        sql_reader_take(reader, "=");
        sql_reader_advance(reader);
        return STANDING_NEUTRAL;
    }
    sql_reader_take(reader, "DEFAULT");
    if (sql_reader_take(reader, "CHARSET") || sql_reader_take_words(reader, "CHARACTER", "SET"))
        return find_charset(facts, reader);
    if (sql_reader_take(reader, "COMMENT"))
        return compare_option(reader, facts->comment, FALSE);
    if (sql_reader_take(reader, "ENGINE"))
        return compare_option(reader, facts->engine, TRUE);
    if (sql_reader_take(reader, "COLLATE"))
        return compare_option(reader, facts->collation, TRUE);
    if (sql_reader_take(reader, "ROW_FORMAT"))
        return compare_option(reader, facts->row_format, TRUE);
    if (sql_reader_take_words(reader, "REMOVE", "PARTITIONING"))
        return standing_of(g_hash_table_size(facts->partitions) == 0);
    return STANDING_UNREAD;
}

static Standing find_clause(Clauses *clauses)
{
    SqlReader *reader = &clauses->reader;
    const TableFacts *facts = clauses->facts;

    if (sql_reader_take(reader, "ADD"))
        return find_added(clauses, reader);
    if (sql_reader_take(reader, "DROP"))
        return find_dropped(clauses, reader);
    if (sql_reader_take(reader, "RENAME"))
        return find_renamed(facts, reader);
    if (sql_reader_take(reader, "MODIFY"))
        return find_changed(facts, reader, FALSE);
    if (sql_reader_take(reader, "CHANGE"))
        return find_changed(facts, reader, TRUE);
    if (sql_reader_take(reader, "ALTER"))
        return find_default(facts, reader);
    return find_option(facts, reader);
}

/* --- all of them --- */

/* The names behind ADD and DROP, of whatever. */
static void note_names(Clauses *clauses, SqlReader reader)
{
    static const char *const fillers[] = {"COLUMN", "INDEX",  "KEY",     "UNIQUE",     "FULLTEXT", "SPATIAL", "IF",
                                          "NOT",    "EXISTS", "FOREIGN", "CONSTRAINT", "PRIMARY",  "CHECK",   NULL};
    do {
        gboolean adds = sql_reader_take(&reader, "ADD");
        if (!adds && !sql_reader_take(&reader, "DROP"))
            continue;
        gboolean primary = FALSE;
        while (sql_reader_is_one_of(&reader, fillers)) {
            primary = primary || sql_reader_is(&reader, "PRIMARY");
            sql_reader_advance(&reader);
        }
        char *name = primary ? g_strdup("primary") : take_folded(&reader);
        if (name != NULL)
            g_hash_table_add(adds ? clauses->added : clauses->dropped, name);
    } while (skip_rest(&reader), sql_reader_take(&reader, ","));
}

static void read_clauses(Clauses *clauses)
{
    SqlReader *reader = &clauses->reader;

    while (!sql_reader_at_end(reader)) {
        gsize start = reader->token.start;
        if (sql_reader_take(reader, ","))
            continue;
        Standing standing = find_clause(clauses);
        clauses->n_set += standing == STANDING_SET;
        clauses->n_open += standing == STANDING_OPEN;
        if (standing != STANDING_UNREAD)
            continue;
        skip_rest(reader);
        if (clauses->unread == NULL)
            clauses->unread = g_strndup(reader->sql + start, reader->token.start - start);
    }
}

/* A clause in a message: one line, not too long. */
static char *shorten(const char *clause)
{
    enum { LONGEST = 60 };
    g_autofree char *line = text_first_line(clause);
    g_strchomp(line);
    if (g_utf8_strlen(line, -1) <= LONGEST)
        return g_steal_pointer(&line);
    g_autofree char *head = g_utf8_substring(line, 0, LONGEST);
    return g_strconcat(head, "…", NULL);
}

void mysql_find_alter_effect(const TableFacts *facts, SqlReader reader, StatementOutcome *outcome)
{
    Clauses clauses = {.facts = facts,
                       .reader = reader,
                       .added = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                       .dropped = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};

    note_names(&clauses, reader);
    read_clauses(&clauses);
    outcome->effect = EFFECT_UNKNOWN;
    if (clauses.unread != NULL) {
        g_autofree char *clause = shorten(clauses.unread);
        outcome->reason = g_strdup_printf("the catalog does not tell whether '%s' has taken effect", clause);
    } else if (clauses.n_set > 0 && clauses.n_open > 0) {
        outcome->reason = g_strdup("some of its clauses are in place, and some are not");
    } else if (clauses.n_set == 0 && clauses.n_open == 0) {
        outcome->reason = g_strdup("none of its clauses shows in the catalog");
    } else {
        outcome->effect = clauses.n_set > 0 ? EFFECT_DONE : EFFECT_NONE;
    }
    g_free(clauses.unread);
    g_hash_table_unref(clauses.added);
    g_hash_table_unref(clauses.dropped);
}
