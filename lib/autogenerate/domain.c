/* Domains whose checks or default call functions that are not there for a while: they go without these clauses in
 * between. Columns are of a domain, so that it cannot go itself. */
#include <string.h>

#include "autogenerate/internal.h"

typedef struct Clauses {
    const Comparing *comparing;
    GHashTable *names; /* folded */
    const char *text;
    GString *kept;
} Clauses;

static gboolean is_any(const SqlToken *token, const char *text, const char *const *words)
{
    for (; *words; words++)
        if (sql_token_is(token, text, *words))
            return TRUE;
    return FALSE;
}

static gboolean calls(const Clauses *clauses, const char *clause)
{
    g_autoptr(GHashTable) words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    add_words(clauses->comparing, clause, *clause != ';', words);
    GHashTableIter iter;
    gpointer name;
    g_hash_table_iter_init(&iter, clauses->names);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        if (g_hash_table_contains(words, name))
            return TRUE;
    return FALSE;
}

/* The clause that begins with `word` (NULL: CREATE DOMAIN name AS type) is kept unless it calls one of the names. */
static void end_clause(const Clauses *clauses, const char *word, gsize start, gsize end)
{
    static const char *const removable[] = {"DEFAULT", "CONSTRAINT", "CHECK", ";", NULL};
    g_autofree char *clause = g_strndup(clauses->text + start, end - start);
    if (!word || !g_strv_contains(removable, word) || !calls(clauses, clause))
        g_string_append(clauses->kept, clause);
}

/* Whether the token begins a clause, `words` behind the beginning of the one called `word`. */
static gboolean begins_clause(const Clauses *clauses, const SqlToken *token, const char *word, guint words)
{
    static const char *const starts[] = {"DEFAULT", "CONSTRAINT", "CHECK", "NOT", "NULL", "COLLATE", NULL};
    if (token->kind == SQL_TOKEN_SEMICOLON)
        return TRUE;
    if (g_strcmp0(word, ";") == 0 || (g_strcmp0(word, "CONSTRAINT") == 0 && words <= 2))
        return FALSE;
    if (words == 1 && (g_strcmp0(word, "DEFAULT") == 0 || g_strcmp0(word, "NOT") == 0))
        return FALSE;
    return token->kind == SQL_TOKEN_WORD && is_any(token, clauses->text, starts);
}

/* What it says it depends on without `names`. */
static void forget_names(const Comparing *comparing, SchemaObject *domain, GHashTable *names)
{
    for (guint i = domain->depends_on->len; i-- > 0;) {
        const char *name = domain->depends_on->pdata[i];
        g_autofree char *base = g_strndup(name, strcspn(name, "("));
        g_autofree char *folded = fold_name(base, comparing->ignore_case);
        if (g_hash_table_contains(names, folded))
            g_ptr_array_remove_index(domain->depends_on, i);
    }
}

SchemaObject *domain_without(const Comparing *comparing, const SchemaObject *domain, GHashTable *names)
{
    static const char *const opens[] = {"(", "[", "CASE", NULL}, *const closes[] = {")", "]", "END", NULL};
    const char *text = domain->definition;
    g_autoptr(GString) kept = g_string_new(NULL);
    const Clauses clauses = {comparing, names, text, kept};
    g_autofree char *word = NULL;
    gsize length = strlen(text), position = 0, start = 0;
    guint depth = 0, words = 0;
    for (;;) {
        SqlToken token = sql_next_significant(comparing->dialect, text, length, &position);
        if (token.kind == SQL_TOKEN_END)
            break;
        if (depth == 0 && begins_clause(&clauses, &token, word, words)) {
            end_clause(&clauses, word, start, token.start);
            g_free(word);
            word = g_ascii_strup(text + token.start, (gssize)token.length);
            start = token.start;
            words = 0;
        }
        words++;
        if (is_any(&token, text, opens))
            depth++;
        else if (depth > 0 && is_any(&token, text, closes))
            depth--;
    }
    end_clause(&clauses, word, start, length);
    if (kept->len == length)
        return NULL;
    SchemaObject *without = schema_object_copy(domain);
    g_free(without->definition);
    without->definition = g_strdup(kept->str);
    forget_names(comparing, without, names);
    return without;
}
