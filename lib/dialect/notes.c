/*
 * Notes of operations above the statements that carry them out. Compilers join, split and reorder what operations say,
 * so that the statement is found by what it does: it drops or creates the table, drops, adds or alters the column, or
 * copies the rows of a table that is made anew.
 */
#include <string.h>

#include "dialect/reader.h"

typedef enum StatementKind { KIND_OTHER, KIND_CREATE, KIND_DROP, KIND_ALTER, KIND_COPY } StatementKind;

/* One statement about a table. */
typedef struct Place {
    char **sql; /* of its block */
    StatementKind kind;
    char *schema, *table; /* `schema` NULL: not said */
    SqlReader behind;     /* the table's name */
    GString *notes;       /* NULL: none */
} Place;

static void place_free(Place *place)
{
    g_free(place->schema);
    g_free(place->table);
    if (place->notes)
        g_string_free(place->notes, TRUE);
    g_free(place);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Place, place_free)

/* --- reading --- */

static gboolean take_table_name(Place *place, SqlReader *reader)
{
    place->table = sql_reader_take_identifier(reader);
    if (place->table && sql_reader_take(reader, ".")) {
        place->schema = place->table;
        place->table = sql_reader_take_identifier(reader);
    }
    place->behind = *reader;
    return place->table != NULL;
}

/* INSERT INTO new … SELECT … FROM old. */
static gboolean read_copy(Place *place, SqlReader *reader)
{
    while (!sql_reader_at_end(reader) && !sql_reader_is(reader, "FROM"))
        if (!sql_reader_skip_parentheses(reader))
            sql_reader_advance(reader);
    place->kind = KIND_COPY;
    return sql_reader_take(reader, "FROM") && take_table_name(place, reader);
}

static gboolean read_place(Place *place, SqlReader *reader)
{
    static const char *const manners[] = {"UNLOGGED", "TEMP", "TEMPORARY", "VIRTUAL", "FOREIGN", NULL};
    if (sql_reader_take_words(reader, "INSERT", "INTO"))
        return read_copy(place, reader);
    if (sql_reader_take(reader, "CREATE"))
        place->kind = KIND_CREATE;
    else if (sql_reader_take(reader, "DROP"))
        place->kind = KIND_DROP;
    else if (sql_reader_take(reader, "ALTER"))
        place->kind = KIND_ALTER;
    while (sql_reader_is_one_of(reader, manners))
        sql_reader_advance(reader);
    if (place->kind == KIND_OTHER || !sql_reader_take(reader, "TABLE"))
        return FALSE;
    if (sql_reader_take(reader, "IF")) {
        sql_reader_take(reader, "NOT");
        sql_reader_take(reader, "EXISTS");
    }
    sql_reader_take(reader, "ONLY");
    return take_table_name(place, reader);
}

/* By their tables' names in lower case. */
static GHashTable *read_places(const Dialect *dialect, const GPtrArray *blocks, GPtrArray *places)
{
    GHashTable *by_table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    for (guint i = 0; i < blocks->len; i++) {
        const SqlBlock *block = blocks->pdata[i];
        for (guint j = 0; j < block->statements->len; j++) {
            g_autoptr(Place) place = g_new0(Place, 1);
            place->sql = (char **)&block->statements->pdata[j];
            SqlReader reader = sql_reader_new(dialect, *place->sql, strlen(*place->sql));
            if (!read_place(place, &reader))
                continue;
            g_autofree char *key = g_ascii_strdown(place->table, -1);
            GPtrArray *list = g_hash_table_lookup(by_table, key);
            if (!list) {
                list = g_ptr_array_new();
                g_hash_table_insert(by_table, g_steal_pointer(&key), list);
            }
            g_ptr_array_add(list, place);
            g_ptr_array_add(places, g_steal_pointer(&place));
        }
    }
    return by_table;
}

/* --- finding --- */

/* DROP [COLUMN] [IF EXISTS] name, behind the table's name. With `type`, only what changes that. */
static gboolean does(const Place *place, const char *const *verbs, const char *column, gboolean type)
{
    for (SqlReader reader = place->behind; !sql_reader_at_end(&reader);) {
        gboolean is_verb = sql_reader_is_one_of(&reader, verbs), alters = sql_reader_is(&reader, "ALTER");
        sql_reader_advance(&reader);
        if (!is_verb)
            continue;
        SqlReader name = reader;
        sql_reader_take(&name, "COLUMN");
        if (sql_reader_take(&name, "IF")) {
            sql_reader_take(&name, "NOT");
            sql_reader_take(&name, "EXISTS");
        }
        g_autofree char *found = sql_reader_take_identifier(&name);
        if (found && g_ascii_strcasecmp(found, column) == 0 &&
            (!type || !alters || sql_reader_is(&name, "TYPE") || sql_reader_take_words(&name, "SET", "DATA")))
            return TRUE;
    }
    return FALSE;
}

static gboolean is_column_place(const Place *place, const MigrateOp *op)
{
    static const char *const drops[] = {"DROP", NULL}, *const adds[] = {"ADD", NULL};
    static const char *const alters[] = {"ALTER", "MODIFY", "CHANGE", NULL};
    if (place->kind != KIND_ALTER)
        return FALSE;
    if (op->kind == OP_ALTER_COLUMN)
        return does(place, alters, op->existing->name, TRUE) || does(place, alters, op->column->name, TRUE);
    return op->kind == OP_DROP_COLUMN ? does(place, drops, op->existing->name, FALSE)
                                      : does(place, adds, op->column->name, FALSE);
}

static gboolean is_place(const Place *place, const MigrateOp *op)
{
    if (op->kind == OP_CREATE_TABLE)
        return place->kind == KIND_CREATE;
    return op->kind == OP_DROP_TABLE ? place->kind == KIND_DROP : is_column_place(place, op);
}

static gboolean same_schema(const Place *place, const MigrateOp *op)
{
    return !place->schema || !op->schema || g_ascii_strcasecmp(place->schema, op->schema) == 0;
}

static Place *find_place_of(GHashTable *by_table, const MigrateOp *op, const char *table)
{
    g_autofree char *key = g_ascii_strdown(table, -1);
    const GPtrArray *places = g_hash_table_lookup(by_table, key);
    gboolean of_table = op->kind == OP_CREATE_TABLE || op->kind == OP_DROP_TABLE;
    for (guint i = 0; places && i < places->len; i++)
        if (is_place(places->pdata[i], op) && same_schema(places->pdata[i], op))
            return places->pdata[i];
    for (guint i = 0; places && !of_table && i < places->len; i++)
        if (((const Place *)places->pdata[i])->kind == KIND_COPY)
            return places->pdata[i];
    return NULL;
}

/* A table that is renamed as well: the compiler may have had its reasons to do that earlier, or later. */
static Place *find_place(GHashTable *by_table, const MigrateOp *op, const GPtrArray *ops)
{
    Place *place = find_place_of(by_table, op, op->table_name);
    for (guint i = 0; !place && i < ops->len; i++) {
        const MigrateOp *rename = ops->pdata[i];
        if (rename->kind != OP_RENAME_TABLE || g_strcmp0(rename->schema, op->schema) != 0)
            continue;
        if (strcmp(rename->new_name, op->table_name) == 0)
            place = find_place_of(by_table, op, rename->table_name);
        else if (strcmp(rename->table_name, op->table_name) == 0)
            place = find_place_of(by_table, op, rename->new_name);
    }
    return place;
}

void sql_blocks_add_notes(const Dialect *dialect, const GPtrArray *blocks, const GPtrArray *ops)
{
    g_autoptr(GPtrArray) places = g_ptr_array_new_with_free_func((GDestroyNotify)place_free);
    g_autoptr(GHashTable) by_table = read_places(dialect, blocks, places);
    for (guint i = 0; i < ops->len; i++) {
        const MigrateOp *op = ops->pdata[i];
        Place *place = op->note ? find_place(by_table, op, ops) : NULL;
        if (!place)
            continue;
        if (!place->notes)
            place->notes = g_string_new(NULL);
        g_string_append_printf(place->notes, "-- %s\n", op->note);
    }
    for (guint i = 0; i < places->len; i++) {
        const Place *place = places->pdata[i];
        if (!place->notes)
            continue;
        char *sql = g_strconcat(place->notes->str, *place->sql, NULL);
        g_free(*place->sql);
        *place->sql = sql;
    }
}
