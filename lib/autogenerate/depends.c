/* Makes what operations mention known to their sorting, which cannot read SQL. */
#include <string.h>

#include "autogenerate/internal.h"
#include "base/text.h"

/* Names of what operations are about: only those matter for their order. */
typedef struct Names {
    const Comparing *comparing;
    GHashTable *tables; /* folded name -> the folded name of what has it */
    GHashTable *others; /* the same of enums, sequences, objects */
    GHashTable *found;  /* in the texts of one operation */
} Names;

char *object_base_name(const SchemaObject *object)
{
    static const char *const callable[] = {"function", "procedure", "aggregate", NULL};
    const char *arguments = strchr(object->name, '(');
    if (!arguments || !g_strv_contains(callable, object->kind))
        return g_strdup(object->name);
    return g_strchomp(g_strndup(object->name, (gsize)(arguments - object->name)));
}

/* What is between the quotes of a string token, 'so' or $tag$so$tag$. New string. */
static char *inside_quotes(const SqlToken *token, const char *text)
{
    const char *start = text + token->start, *end = start + token->length;
    const char *open = memchr(start, '\'', token->length);
    if (*start == '$')
        open = memchr(start + 1, '$', token->length - 1);
    gsize opened = open ? (gsize)(open - start) + 1 : token->length;
    gsize closed = *start == '$' ? opened : 1;
    if (opened + closed > token->length)
        return g_strdup("");
    return g_strndup(start + opened, (gsize)(end - start) - opened - closed);
}

/* Where case counts, a name without quotes may still mean its lower case. */
static void add_word(const Comparing *comparing, const SqlToken *token, const char *text, GHashTable *words)
{
    g_autofree char *name = sql_token_identifier(token, text);
    if (token->kind == SQL_TOKEN_WORD)
        g_hash_table_add(words, g_ascii_strdown(name, -1));
    g_hash_table_add(words, fold_name(name, comparing->ignore_case));
}

void add_words(const Comparing *comparing, const char *text, gboolean of_strings, GHashTable *words)
{
    gsize length = strlen(text), position = 0;
    for (;;) {
        SqlToken token = sql_next_significant(comparing->dialect, text, length, &position);
        if (token.kind == SQL_TOKEN_END)
            return;
        if (token.kind == SQL_TOKEN_WORD || token.kind == SQL_TOKEN_QUOTED)
            add_word(comparing, &token, text, words);
        if (token.kind != SQL_TOKEN_STRING || !of_strings)
            continue;
        g_autofree char *inside = inside_quotes(&token, text);
        add_words(comparing, inside, FALSE, words);
    }
}

GHashTable *object_needs(const Comparing *comparing, const SchemaObject *object)
{
    static const char *const with_bodies[] = {"function", "procedure", NULL};
    GHashTable *words = object_words(comparing, object);
    if (g_strv_contains(with_bodies, object->kind) && mentions(comparing, words, "sql"))
        add_words(comparing, object->definition, TRUE, words);
    return words;
}

static void know(GHashTable *names, const Comparing *comparing, const char *name)
{
    if (name)
        g_hash_table_add(names, fold_name(name, comparing->ignore_case));
}

/* A range type brings a multirange type along, whose name stands in its definition: who mentions that needs the range
 * type. */
static void know_multirange(const Names *names, const SchemaObject *range)
{
    const Dialect *dialect = names->comparing->dialect;
    gsize length = strlen(range->definition), position = 0;
    SqlToken token = {.kind = SQL_TOKEN_SPACE};
    while (token.kind != SQL_TOKEN_END && !sql_token_is(&token, range->definition, "multirange_type_name"))
        token = sql_next_significant(dialect, range->definition, length, &position);
    g_autofree char *name = NULL;
    while (token.kind != SQL_TOKEN_END && !sql_token_is(&token, range->definition, ",") &&
           !sql_token_is(&token, range->definition, ")")) {
        token = sql_next_significant(dialect, range->definition, length, &position);
        if (token.kind != SQL_TOKEN_WORD && token.kind != SQL_TOKEN_QUOTED)
            continue;
        g_free(name); /* behind a schema stands the name itself */
        name = sql_token_identifier(&token, range->definition);
    }
    g_autofree char *folded = fold_name(range->name, names->comparing->ignore_case);
    if (name)
        g_hash_table_insert(names->others, fold_name(name, names->comparing->ignore_case),
                            (gpointer)g_intern_string(folded));
}

static void know_object(const Names *names, const SchemaObject *object)
{
    if (!object)
        return;
    g_autofree char *name = object_base_name(object);
    know(names->others, names->comparing, name);
    if (strcmp(object->kind, "range_type") == 0)
        know_multirange(names, object);
}

static void know_op(const Names *names, const MigrateOp *op)
{
    know(names->tables, names->comparing, op->table_name);
    if (op->kind == OP_RENAME_TABLE)
        know(names->tables, names->comparing, op->new_name);
    know_object(names, op->object);
    know_object(names, op->existing_object);
    if (op->enum_type)
        know(names->others, names->comparing, op->enum_type->name);
    if (op->existing_enum)
        know(names->others, names->comparing, op->existing_enum->name);
    if (op->sequence)
        know(names->others, names->comparing, op->sequence->name);
    if (op->existing_sequence)
        know(names->others, names->comparing, op->existing_sequence->name);
}

/* --- table operations --- */

/* PostgreSQL's functions and types that take a name as a string: nextval('s'), 's'::regclass. Any other string may be
 * called like a view without meaning it. */
static gboolean strings_are_names(const Comparing *comparing, const char *text)
{
    static const char *const words[] = {"nextval",    "currval",      "setval",       "regclass",
                                        "regproc",    "regprocedure", "regtype",      "to_regclass",
                                        "to_regproc", "to_regtype",   "regoper",      "regdictionary",
                                        "regconfig",  "regcollation", "regnamespace", NULL};
    g_autoptr(GHashTable) found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    add_words(comparing, text, FALSE, found);
    for (guint i = 0; words[i]; i++)
        if (g_hash_table_contains(found, words[i]))
            return TRUE;
    return FALSE;
}

static void find_words(char **text, gpointer data)
{
    const Names *names = data;
    add_words(names->comparing, *text, strings_are_names(names->comparing, *text), names->found);
}

static void find_in_options(const Names *names, const GPtrArray *options)
{
    for (guint i = 0; options && i < options->len; i++) {
        const Option *option = options->pdata[i];
        if (option->value)
            add_words(names->comparing, option->value, FALSE, names->found);
    }
}

static gboolean is_drop(const MigrateOp *op)
{
    return op->kind == OP_DROP_TABLE || op->kind == OP_DROP_INDEX || op->kind == OP_DROP_CONSTRAINT;
}

/* `existing`: in what was there before it. */
static void find_in_op(Names *names, const MigrateOp *op, gboolean existing)
{
    Column *column = existing ? op->existing : op->column;
    if (column)
        column_texts(column, find_words, names);
    if (column && column->collation)
        add_words(names->comparing, column->collation, FALSE, names->found);
    if (is_drop(op) != existing)
        return;
    if (op->table)
        table_texts(op->table, find_words, names);
    if (op->constraint)
        constraint_texts(op->constraint, find_words, names);
    if (op->index)
        index_texts(op->index, find_words, names);
}

static void need(GPtrArray **list, const char *name)
{
    if (!*list)
        *list = strings_new();
    g_ptr_array_add(*list, g_strdup(name));
}

static int by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What is mentioned in `words` and is `known`, sorted. Folded, owned by `known`. */
static GPtrArray *common_names(GHashTable *words, GHashTable *known)
{
    GPtrArray *common = g_ptr_array_new();
    GHashTableIter iter;
    gpointer word;
    g_hash_table_iter_init(&iter, words);
    while (g_hash_table_iter_next(&iter, &word, NULL)) {
        gpointer name = g_hash_table_lookup(known, word);
        if (name)
            g_ptr_array_add(common, name);
    }
    g_ptr_array_sort(common, by_text);
    return common;
}

/* The names of columns are no names of tables, but those in the type and in the options of a partition are. */
static void complete_side(Names *names, MigrateOp *op, gboolean existing)
{
    GPtrArray **list = existing ? &op->existing_depends_on : &op->depends_on;
    find_in_op(names, op, existing);
    g_autoptr(GPtrArray) others = common_names(names->found, names->others);
    for (guint i = 0; i < others->len; i++)
        need(list, others->pdata[i]);
    g_hash_table_remove_all(names->found);
    find_in_options(names, op->table && is_drop(op) == existing ? op->table->options : NULL);
    find_in_options(names, existing ? op->existing_options : op->options);
    g_autoptr(GPtrArray) tables = common_names(names->found, names->tables);
    for (guint i = 0; i < tables->len; i++)
        if (!name_equal(tables->pdata[i], op->table_name, TRUE))
            need(list, tables->pdata[i]);
    g_hash_table_remove_all(names->found);
}

/* --- objects --- */

static gboolean has_name(const GPtrArray *names, const char *name, gboolean ignore_case)
{
    for (guint i = 0; i < names->len; i++)
        if (name_equal(names->pdata[i], name, ignore_case))
            return TRUE;
    return FALSE;
}

static void complete_object(const Names *names, SchemaObject *object)
{
    const Comparing *comparing = names->comparing;
    if (!object)
        return;
    g_autoptr(GHashTable) words = object_needs(comparing, object);
    g_autofree char *own = object_base_name(object);
    GHashTable *const known[] = {names->others, names->tables};
    for (guint i = 0; i < G_N_ELEMENTS(known); i++) {
        g_autoptr(GPtrArray) common = common_names(words, known[i]);
        for (guint j = 0; j < common->len; j++)
            if (!name_equal(common->pdata[j], own, comparing->ignore_case) &&
                !has_name(object->depends_on, common->pdata[j], comparing->ignore_case))
                g_ptr_array_add(object->depends_on, g_strdup(common->pdata[j]));
    }
}

void complete_dependencies(const Comparing *comparing, const GPtrArray *ops)
{
    g_autoptr(GHashTable) tables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) others = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Names names = {comparing, tables, others, found};
    for (guint i = 0; i < ops->len; i++)
        know_op(&names, ops->pdata[i]);
    for (guint i = 0; i < ops->len; i++) {
        MigrateOp *op = ops->pdata[i];
        if (op->table_name && (g_hash_table_size(others) || op->table || op->options))
            for (int existing = 0; existing <= 1; existing++)
                complete_side(&names, op, existing);
        complete_object(&names, op->object);
        complete_object(&names, op->existing_object);
    }
}
