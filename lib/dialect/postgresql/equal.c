/*
 * Texts that mean the same and stay different however often the server reads and writes them: it keeps the words for
 * what SQL has two of, and an array's cast moves to its elements only when the text is read once more (after a dump, or
 * when a model takes over what the database said).
 */
#include <string.h>

#include "dialect/postgresql/postgresql.h"

/* No type has more words, and nobody nests array casts deeper; a text made up to be slow is left as it is. */
enum { MAX_TYPE_WORDS = 16, MAX_DEPTH = 32 };

typedef struct Unifying {
    const GPtrArray *words;
    guint *partners; /* of "(" and "[": the place of what closes it; 0 without */
    GPtrArray *out;
} Unifying;

static gboolean is_word(const Unifying *unifying, guint position, const char *word)
{
    return position < unifying->words->len && strcmp(unifying->words->pdata[position], word) == 0;
}

static void add(const Unifying *unifying, const char *word)
{
    g_ptr_array_add(unifying->out, g_strdup(word));
}

static void find_partners(Unifying *unifying)
{
    guint n = unifying->words->len, opened = 0;
    g_autofree guint *stack = g_new(guint, n + 1);
    unifying->partners = g_new0(guint, n + 1);
    for (guint i = 0; i < n; i++) {
        if (is_word(unifying, i, "(") || is_word(unifying, i, "["))
            stack[opened++] = i;
        else if (opened > 0 && (is_word(unifying, i, ")") || is_word(unifying, i, "]")))
            unifying->partners[stack[--opened]] = i;
    }
}

/* --- words --- */

typedef struct Synonym {
    const char *word;
    gboolean called; /* with "()" behind it */
    const char *standard;
} Synonym;

/* "current_schema" needs its quotes where it is called as a function. */
static const Synonym synonyms[] = {
    {"now", TRUE, "current_timestamp"},
    {"transaction_timestamp", TRUE, "current_timestamp"},
    {"user", FALSE, "current_user"},
    {"current_role", FALSE, "current_user"},
    {"current_database", TRUE, "current_catalog"},
    {"current_schema", TRUE, "current_schema"},
    {"\"current_schema\"", TRUE, "current_schema"},
};

/* In "s.now()" it is another's function, in "t.user" and "AS user" a name. */
static gboolean is_expression(const Unifying *unifying, guint position)
{
    static const char *const names_follow[] = {".", "as", "function", "procedure", NULL};
    return position == 0 || !g_strv_contains(names_follow, unifying->words->pdata[position - 1]);
}

/* The synonym at `position`; NULL: none. */
static const Synonym *find_synonym(const Unifying *unifying, guint position)
{
    for (guint i = 0; i < G_N_ELEMENTS(synonyms); i++) {
        const Synonym *synonym = &synonyms[i];
        gboolean called = is_word(unifying, position + 1, "(") && is_word(unifying, position + 2, ")");
        if (is_word(unifying, position, synonym->word) && (called || !synonym->called) &&
            is_expression(unifying, position))
            return synonym;
    }
    return NULL;
}

/* --- (ARRAY['a'::varchar, 'b'::varchar])::text[] is ARRAY[('a'::varchar)::text, ('b'::varchar)::text] --- */

typedef struct ArrayCast {
    guint open, close;      /* the elements' "[" and "]" */
    guint type, type_end;   /* the elements' type */
    guint end;              /* behind all of it */
    gboolean parenthesised; /* so are the elements then; the server leaves both out of what it writes prettily */
} ArrayCast;

/* The place of the "[" in "text[]", "numeric(10, 2)[]" or "s.t[]", which begins at `position`; 0 when it is no such
 * type. */
static guint find_brackets(const Unifying *unifying, guint position)
{
    guint n = MIN(unifying->words->len, position + MAX_TYPE_WORDS);
    for (guint i = position; i < n; i++) {
        const char *word = unifying->words->pdata[i];
        if (strcmp(word, "[") == 0)
            return i > position && is_word(unifying, i + 1, "]") && !is_word(unifying, i + 2, "[") ? i : 0;
        if (strcmp(word, "(") == 0 && unifying->partners[i] > 0)
            i = unifying->partners[i];
        else if (!g_ascii_isalpha(*word) && *word != '_' && *word != '"' && *word != '.')
            return 0;
    }
    return 0;
}

static gboolean find_cast(const Unifying *unifying, guint position, ArrayCast *cast)
{
    cast->parenthesised = is_word(unifying, position, "(");
    guint array = cast->parenthesised ? position + 1 : position;
    cast->open = array + 1;
    if (!is_word(unifying, array, "array") || !is_word(unifying, cast->open, "["))
        return FALSE;
    cast->close = unifying->partners[cast->open];
    if (cast->close <= cast->open + 1)
        return FALSE;
    guint behind = cast->close + 1;
    if (cast->parenthesised && unifying->partners[position] != behind++)
        return FALSE;
    cast->type = behind + 1;
    cast->type_end = is_word(unifying, behind, "::") ? find_brackets(unifying, cast->type) : 0;
    cast->end = cast->type_end + 2;
    return cast->type_end > 0;
}

static void unify_range(const Unifying *unifying, guint start, guint end, guint depth);

static void add_element(const Unifying *unifying, const ArrayCast *cast, guint start, guint end, guint depth)
{
    if (cast->parenthesised)
        add(unifying, "(");
    unify_range(unifying, start, end, depth);
    if (cast->parenthesised)
        add(unifying, ")");
    add(unifying, "::");
    for (guint i = cast->type; i < cast->type_end; i++)
        add(unifying, unifying->words->pdata[i]);
}

static void add_cast(const Unifying *unifying, const ArrayCast *cast, guint depth)
{
    guint start = cast->open + 1;
    add(unifying, "array");
    add(unifying, "[");
    for (guint i = start; i <= cast->close; i++) {
        if (i == cast->close || is_word(unifying, i, ",")) {
            add_element(unifying, cast, start, i, depth);
            add(unifying, unifying->words->pdata[i]); /* "," or "]" */
            start = i + 1;
        } else if (unifying->partners[i] > 0) {
            i = unifying->partners[i];
        }
    }
}

static void unify_range(const Unifying *unifying, guint start, guint end, guint depth)
{
    for (guint i = start; i < end; i++) {
        ArrayCast cast;
        const Synonym *synonym = find_synonym(unifying, i);
        if (synonym) {
            add(unifying, synonym->standard);
            i += synonym->called ? 2 : 0;
        } else if (depth < MAX_DEPTH && find_cast(unifying, i, &cast) && cast.end <= end) {
            add_cast(unifying, &cast, depth + 1);
            i = cast.end - 1;
        } else {
            add(unifying, unifying->words->pdata[i]);
        }
    }
}

void postgresql_unify(GPtrArray *words)
{
    Unifying unifying = {.words = words, .out = g_ptr_array_sized_new(words->len)};
    find_partners(&unifying);
    unify_range(&unifying, 0, words->len, 0);
    g_free(unifying.partners);
    g_ptr_array_set_size(words, 0);
    for (guint i = 0; i < unifying.out->len; i++)
        g_ptr_array_add(words, unifying.out->pdata[i]);
    g_ptr_array_unref(unifying.out);
}
